//! The pairs of a request's query and form, under whichever names phones and people give them.

use super::{Body, MAX_CALL_ID_BYTES, PhoneRequest, form_pairs, party};

/// The most numbers a request may name; later ones are not read.
const MAX_NUMBERS: usize = 4;

/// The longest name of a parameter that is known, in characters that count.
const MAX_KEY: usize = 13;

/// What a request says.
#[derive(Debug, Default)]
pub(super) struct Params {
    pub(super) user: Option<String>,
    /// What else the phone calls itself.
    pub(super) own: Option<String>,
    pub(super) mac: Option<String>,
    pub(super) call_id: Option<String>,
    numbers: [Option<String>; MAX_NUMBERS],
    /// What the phone shows of the other side, which may be a name or a number.
    shown: Option<String>,
    /// A call that ended did so while it rang here.
    pub(super) ended_ringing: bool,
}

/// The state of a line in which a call that ends was missed: the phone rang ("Action URI Disconnected" in Mitel's "IP Phones
/// Administrator Guide").
const RANG: &str = "INCOMING";

/// What a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    User,
    /// One of a call's two sides.
    Number,
    Shown,
    CallId,
    Mac,
    /// In which state the line was, in Mitel's words.
    LineState,
}

impl Key {
    /// The parameter of that name: ours, or the name that a vendor's variable has, which people who fill in a URL like to give to
    /// its parameter as well. Case, `_` and `-` do not matter. An `&amp;` that was copied out of XML is an `&`.
    fn of(name: &str) -> Option<Self> {
        let name = name.strip_prefix("amp;").unwrap_or(name);
        let mut bytes = [0; MAX_KEY];
        let mut length = 0;
        for byte in name.bytes().filter(|byte| !matches!(byte, b'_' | b'-')) {
            *bytes.get_mut(length)? = byte.to_ascii_lowercase();
            length += 1;
        }
        Some(match &bytes[..length] {
            b"user" | b"activeuser" | b"sipusername" => Self::User,
            b"number" | b"n" | b"remote" | b"remotenumber" | b"local" | b"localnumber" => {
                Self::Number
            }
            b"displayremote" | b"remotename" | b"incomingname" => Self::Shown,
            b"callid" => Self::CallId,
            b"mac" => Self::Mac,
            b"l" | b"linestate" => Self::LineState,
            _ => return None,
        })
    }
}

impl Params {
    /// Of several values for one thing the first one that says something holds, the query's before the form's.
    pub(super) fn read(request: &PhoneRequest<'_>) -> Self {
        let mut params = Self::default();
        let form = match request.body {
            Body::Form(form) => form,
            _ => "",
        };
        let mut count = 0;
        let clean = |value: &str| party::clean(value, party::Plus::MaybeBlank);
        for (key, value) in form_pairs(request.query).chain(form_pairs(form)) {
            match Key::of(&key) {
                Some(Key::User) if params.user.is_none() => params.user = clean(&value),
                Some(Key::User) if params.own.is_none() => params.own = clean(&value),
                // Vendors differ in which side is the `remote` one: whichever is not the user's own is taken.
                Some(Key::Number) if count < MAX_NUMBERS => {
                    params.numbers[count] = clean(&value);
                    count += 1;
                }
                Some(Key::Shown) if params.shown.is_none() => params.shown = clean(&value),
                Some(Key::Mac) if params.mac.is_none() => params.mac = party::address(&value),
                Some(Key::CallId) if params.call_id.is_none() => {
                    params.call_id =
                        party::filled(&value).filter(|id| id.len() <= MAX_CALL_ID_BYTES);
                }
                Some(Key::LineState) => {
                    params.ended_ringing |= value.trim().eq_ignore_ascii_case(RANG);
                }
                _ => {}
            }
        }
        params
    }

    /// Who the other side may be, the likeliest first.
    pub(super) fn sides(self) -> impl Iterator<Item = String> {
        self.numbers.into_iter().chain([self.shown]).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_known_by_their_vendors_names() {
        for (name, expected) in [
            ("user", Some(Key::User)),
            ("active_user", Some(Key::User)),
            ("SIPUSERNAME", Some(Key::User)),
            ("number", Some(Key::Number)),
            ("n", Some(Key::Number)),
            ("remote", Some(Key::Number)),
            ("remoteNumber", Some(Key::Number)),
            ("REMOTENUMBER", Some(Key::Number)),
            ("local", Some(Key::Number)),
            ("amp;number", Some(Key::Number)),
            ("display_remote", Some(Key::Shown)),
            ("call_id", Some(Key::CallId)),
            ("call-id", Some(Key::CallId)),
            ("callid", Some(Key::CallId)),
            ("Call-ID", Some(Key::CallId)),
            ("mac", Some(Key::Mac)),
            ("MAC", Some(Key::Mac)),
            ("l", Some(Key::LineState)),
            ("LINESTATE", Some(Key::LineState)),
            ("display_local", None),
            ("active_url", None),
            ("secret", None),
            ("", None),
            ("_", None),
            ("incomingnames", None),
            ("numbernumbernumber", None),
        ] {
            assert_eq!(Key::of(name), expected, "{name}");
        }
    }
}
