//! Phones' action URLs: `/sip/<action>/<user>[/<number>]` and `/sip/<action>?user=&number=&call_id=&mac=`,
//! by GET or POST, and Polycom's XML at `/sip/polycom`. For phones that take few characters only, all of that may stand behind
//! `/s/<short secret>/` as well, with an action's [code](CODES) and `n=`.
//!
//! Vendors differ in what they put there, so a good deal is put up with: variables that the phone did not
//! fill in, SIP addresses in place of numbers, escapes made twice, a `+` that became a blank. Reading is a
//! pure function of the request and of whose number is whose; `docs/phones.md` has a URL for each vendor.

mod agent;
mod codes;
mod counts;
mod decode;
mod params;
mod party;
mod polycom;
#[cfg(test)]
mod tests;

pub use agent::wants_xml;
pub use codes::{CODES, code};
pub use counts::{ANSWERS, Counts};
pub use decode::{form_pairs, unescape};
pub use polycom::{MAX_DEPTH, MAX_EVENTS, MAX_XML_NODES};

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::board::{Action, CallAction, Peer, Report, Source};
use crate::config::NumbersUsers;
use crate::text;
use params::Params;

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
    /// The path behind `/sip/` or `/s/<short secret>/`, its escapes not undone, so that an escaped `/` does not part anything.
    pub path: &'a str,
    /// The query string, its escapes not undone.
    pub query: &'a str,
    /// What the body holds.
    pub body: Body<'a>,
    /// What the phone calls itself in the header `User-Agent`; empty where it says nothing.
    pub agent: &'a str,
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
    let Some(mut action) = codes::action(&action) else {
        return Err(IntakeError::UnknownAction(
            text::clean(&action).into_owned(),
        ));
    };
    let mut params = Params::read(request);
    if action == Action::Call(CallAction::CallTerminated) && params.ended_ringing {
        action = Action::Call(CallAction::MissedCall);
    }
    let path = |segment: Option<&str>| {
        segment.and_then(|segment| party::clean(&unescape(segment), party::Plus::Kept))
    };
    let (named, own) = (params.user.take(), params.own.take());
    let (user, own) = match path(user) {
        Some(user) => (Some(user), named.or(own)),
        None => (named, own),
    };
    let (mac, call_id) = (params.mac.take(), params.call_id.take());
    // Not every vendor has a variable for each event that says whose phone it is.
    let mac = match (&user, mac) {
        (None, None) => agent::mac(request.agent),
        (_, mac) => mac,
    };
    let phone = Phone {
        user: user.as_deref(),
        own: own.as_deref(),
        mac: mac.as_deref(),
    };
    let sides = path(number).into_iter().chain(params.sides());
    event(action, phone, sides, call_id.as_deref(), numbers)
    .map(|event| vec![event])
    .ok_or(IntakeError::Malformed(Cow::Borrowed(
        "malformed request: no user: the path's second part, or user= or mac=, is missing, empty, or a variable that the phone did not fill in",
    )))
}

/// What a request calls its own phone, whether or not it is right: names, numbers, MAC addresses, as many as it gives.
#[must_use]
pub fn named(request: &PhoneRequest<'_>) -> Vec<String> {
    let mut segments = request.path.split('/').skip(1);
    let path = segments.next();
    let path = path.and_then(|user| party::clean(&unescape(user), party::Plus::Kept));
    let params = Params::read(request);
    let posted = match request.body {
        Body::Posted(xml) => polycom::address(xml),
        Body::None | Body::Form(_) => None,
    };
    let agent = agent::mac(request.agent);
    let all = [path, params.user, params.own, params.mac, agent, posted];
    all.into_iter().flatten().collect()
}

/// What a phone says of itself.
#[derive(Clone, Copy, Debug)]
struct Phone<'a> {
    /// Its user's name or number.
    user: Option<&'a str>,
    /// Another of its names or numbers: the other side of its calls is not that.
    own: Option<&'a str>,
    /// Its address, in place of a user.
    mac: Option<&'a str>,
}

/// Makes the event, or `None` where nobody can be told as its user: maps the user, or else the phone's
/// address, and takes as the other side the first number that is not the user's own.
fn event(
    action: Action,
    phone: Phone<'_>,
    sides: impl IntoIterator<Item = String>,
    call_id: Option<&str>,
    numbers: &NumbersUsers,
) -> Option<Report> {
    let (shown, name) = match (phone.user, phone.mac) {
        (Some(user), _) => (user, numbers.user(user)),
        (None, Some(mac)) => (mac, numbers.user_of_mac(mac)),
        (None, None) => return None,
    };
    let name = name.map_or_else(|| Arc::from(shown), Arc::clone);
    let plan = numbers.plan();
    let mut peer = None;
    for number in sides {
        let whose = numbers.user(&number);
        let own = number == *name
            || whose == Some(&name)
            || plan.same(&number, shown)
            || phone.own.is_some_and(|own| plan.same(&number, own))
            || plan
                .read(&number)
                .is_some_and(|read| numbers.is_own(&name, &read));
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
        dialed: None,
        own_number: None,
    })
}
