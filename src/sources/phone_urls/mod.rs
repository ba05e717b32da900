//! Phones' action URLs: `/sip/<action>/<user>[/<number>]` and `/sip/<action>?user=&number=&call_id=&mac=`,
//! by GET or POST, and Polycom's XML at `/sip/polycom`.
//!
//! Vendors differ in what they put there, so a good deal is put up with: variables that the phone did not
//! fill in, SIP addresses in place of numbers, escapes made twice, a `+` that became a blank. Reading is a
//! pure function of the request and of whose number is whose; `docs/phones.md` has a URL for each vendor.

mod decode;
mod party;
mod polycom;
#[cfg(test)]
mod tests;

pub use decode::{form_pairs, unescape};
pub use polycom::{MAX_DEPTH, MAX_EVENTS, MAX_XML_NODES};

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::board::{Action, Peer, Report, Source};
use crate::config::NumbersUsers;
use crate::number::PhoneNumber;
use crate::text;

/// The segment in an action's place under which Polycom's phones post their XML.
pub const POLYCOM: &str = "polycom";

/// The longest query string, in bytes.
pub const MAX_QUERY_BYTES: usize = 8 * 1024;

/// The longest path, in bytes, before its escapes are undone.
pub const MAX_PATH_BYTES: usize = 4 * 1024;

/// The longest body, in bytes: a form or Polycom's XML, both of a few hundred bytes in practice.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// The longest call id that is kept, in bytes; a longer one is taken for none. SIP's are around 40.
pub const MAX_CALL_ID_BYTES: usize = 128;

/// A phone's request, whose secret has been checked already.
#[derive(Clone, Copy, Debug)]
pub struct PhoneRequest<'a> {
    /// The path behind `/sip/`, its escapes not undone, so that an escaped `/` does not part anything.
    pub path: &'a str,
    /// The query string, its escapes not undone.
    pub query: &'a str,
    /// What the body holds.
    pub body: Body<'a>,
}

/// What a request's body holds.
#[derive(Clone, Copy, Debug)]
pub enum Body<'a> {
    /// Nothing that matters; any body of a GET.
    None,
    /// The pairs of a form.
    Form(&'a str),
    /// What was posted, whatever it says it is: Polycom's XML, at its path.
    Posted(&'a [u8]),
}

/// Why a phone's request was not understood. Its text is one line, for the person who set the phone up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IntakeError {
    /// There is no such action.
    UnknownAction(String),
    /// The path has another shape, or a part of it is missing.
    Malformed(Cow<'static, str>),
    /// Polycom's XML comes by POST only.
    WantsPost,
}

impl fmt::Display for IntakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownAction(action) => {
                write!(f, "unknown action `{action}`; the known ones are")?;
                for name in Action::names() {
                    write!(f, " {name}")?;
                }
                write!(f, " {POLYCOM}")
            }
            Self::Malformed(what) => f.write_str(what),
            Self::WantsPost => write!(f, "method not allowed: /sip/{POLYCOM} takes POST"),
        }
    }
}

impl std::error::Error for IntakeError {}

impl IntakeError {
    fn shape() -> Self {
        Self::Malformed(Cow::Borrowed(
            "malformed request: the path is /sip/<action>/<user>[/<number>], or /sip/<action>?user=<user>&number=<number>",
        ))
    }
}

/// Reads a request. Path and query form give one event; Polycom's XML gives any number, and none for events
/// that say nothing about a call or the handset.
///
/// # Errors
///
/// See [`IntakeError`]. Nothing of the request was taken then.
pub fn read(
    request: &PhoneRequest<'_>,
    numbers: &NumbersUsers,
) -> Result<Vec<Report>, IntakeError> {
    let mut segments = request.path.split('/');
    let action = unescape(segments.next().unwrap_or_default());
    let (user, number) = (segments.next(), segments.next());
    if action.is_empty() || segments.next().is_some() {
        return Err(IntakeError::shape());
    }
    if action == POLYCOM {
        return match request.body {
            Body::Posted(xml) => polycom::read(xml, numbers),
            _ => Err(IntakeError::WantsPost),
        };
    }
    let Some(action) = Action::from_name(&action) else {
        return Err(IntakeError::UnknownAction(
            text::clean(&action).into_owned(),
        ));
    };
    let params = Params::read(request);
    let path = |segment: Option<&str>| {
        segment.and_then(|segment| party::clean(&unescape(segment), party::Plus::Kept))
    };
    let user = path(user).or(params.user);
    let peer = [path(number)].into_iter().chain(params.numbers);
    event(
        action,
        user.as_deref(),
        params.mac.as_deref(),
        peer.flatten(),
        params.call_id.as_deref(),
        numbers,
    )
    .map(|event| vec![event])
    .ok_or(IntakeError::Malformed(Cow::Borrowed(
        "malformed request: no user: the path's second part, or user= or mac=, is missing, empty, or a variable that the phone did not fill in",
    )))
}

/// The most numbers a request may name; later ones are not read.
const MAX_NUMBERS: usize = 4;

#[derive(Default)]
struct Params {
    user: Option<String>,
    mac: Option<String>,
    call_id: Option<String>,
    numbers: [Option<String>; MAX_NUMBERS],
}

impl Params {
    fn read(request: &PhoneRequest<'_>) -> Self {
        let mut params = Self::default();
        let form = match request.body {
            Body::Form(form) => form,
            _ => "",
        };
        let mut count = 0;
        for (key, value) in form_pairs(request.query).chain(form_pairs(form)) {
            // The first one that says something holds.
            match &*key {
                "user" if params.user.is_none() => {
                    params.user = party::clean(&value, party::Plus::MaybeBlank);
                }
                // `remote` and `local` are what vendors call the two sides: whichever is not the user's own.
                "number" | "remote" | "local" if count < MAX_NUMBERS => {
                    params.numbers[count] = party::clean(&value, party::Plus::MaybeBlank);
                    count += 1;
                }
                "mac" if params.mac.is_none() => params.mac = party::filled(&value),
                "call_id" | "call-id" | "callid" if params.call_id.is_none() => {
                    params.call_id =
                        party::filled(&value).filter(|id| id.len() <= MAX_CALL_ID_BYTES);
                }
                _ => {}
            }
        }
        params
    }
}

/// Makes the event, or `None` where nobody can be told as its user: maps the user, or else the phone's
/// address, and takes as the other side the first number that is not the user's own.
fn event(
    action: Action,
    user: Option<&str>,
    mac: Option<&str>,
    sides: impl IntoIterator<Item = String>,
    call_id: Option<&str>,
    numbers: &NumbersUsers,
) -> Option<Report> {
    let (shown, name) = match (user, mac) {
        (Some(user), _) => (user, numbers.user(user)),
        (None, Some(mac)) => (mac, numbers.user_of_mac(mac)),
        (None, None) => return None,
    };
    let name = name.map_or_else(|| Arc::from(shown), Arc::clone);
    let mut peer = None;
    for number in sides {
        let whose = numbers.user(&number);
        let read = PhoneNumber::parse(&number);
        let own = number == shown
            || number == *name
            || whose == Some(&name)
            || read.is_some_and(|read| {
                numbers.is_own(&name, &read)
                    || PhoneNumber::parse(shown).is_some_and(|own| own.same(&read))
            });
        if !own {
            peer = Some(Peer {
                name: whose.cloned(),
                ..Peer::new(number)
            });
            break;
        }
    }
    Some(Report {
        source: Source::Phone,
        user: name,
        action,
        peer,
        reference: call_id.map(Arc::from),
        linked: None,
        queue: None,
    })
}
