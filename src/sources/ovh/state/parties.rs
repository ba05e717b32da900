//! Who has a call with whom, and what the SIP message says by which that was seen.

use std::sync::Arc;

use super::super::event::{Field, Fields};
use super::{State, Told, told_number};
use crate::text::clean;

/// Who has a call with whom.
pub(super) struct Parties {
    pub(super) outgoing: bool,
    pub(super) peer: Option<Arc<str>>,
    pub(super) dialed: Option<Arc<str>>,
    /// The number on this side, as it came.
    pub(super) own_number: Arc<str>,
}

impl Parties {
    pub(super) fn of(state: &State, told: &Told<'_>) -> Self {
        let number = |field| told_number(told.fields.get(field));
        let is_own =
            |number: &str| state.key(number) == *told.key || state.same(number, told.number);
        let (calling, called) = (number(Field::Calling), number(Field::Called));
        let outgoing = match (calling, called) {
            (Some(calling), Some(called)) => is_own(calling) && !is_own(called),
            (Some(calling), None) => {
                is_own(calling) && number(Field::Dialed).is_some_and(|n| !is_own(n))
            }
            // Whoever hides their number calls in; so does nobody who dials.
            (None, _) => false,
        };
        let dialed = number(Field::Dialed);
        let own_number = if outgoing { calling } else { called };
        let peer = if outgoing { called.or(dialed) } else { calling };
        let peer = peer.filter(|peer| !is_own(peer));
        let dialed = dialed
            .filter(|dialed| !is_own(dialed) && !peer.is_some_and(|peer| state.same(peer, dialed)));
        Self {
            outgoing,
            peer: peer.map(short),
            dialed: dialed.map(short),
            own_number: short(own_number.unwrap_or(told.number)),
        }
    }
}

/// A number as it is shown.
pub(super) fn short(number: &str) -> Arc<str> {
    Arc::from(&*clean(number))
}

/// An id, without what is not seen.
pub(super) fn id(text: &str) -> Arc<str> {
    text.chars()
        .filter(|c| !c.is_control())
        .collect::<String>()
        .into()
}

/// Whether the ring ended because it was answered: the SIP message is a success of an INVITE (RFC 3261, 13.3.1.4).
pub(super) fn is_answer(fields: &Fields) -> bool {
    let invites = fields.get(Field::Cseq).is_some_and(|cseq| {
        let method = cseq.split_whitespace().last();
        method.is_some_and(|method| method.eq_ignore_ascii_case("INVITE"))
    });
    invites && fields.get(Field::Body).and_then(sip_status) == Some(200)
}

/// The status in a line as `SIP/2.0 486 Busy Here`.
pub(super) fn sip_status(body: &str) -> Option<u16> {
    let mut words = body.split_whitespace();
    let version = words.next()?;
    if !version.get(..4)?.eq_ignore_ascii_case("SIP/") {
        return None;
    }
    words.next()?.parse().ok()
}
