//! Texts for phones: cut into parts that arrive.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Action, caller_name};
use crate::calls::{Dial, Driver};

/// The longest part of a text, in bytes. In Base64 it fits a line of the manager interface, and with SIP's own headers a datagram
/// (RFC 3428 has at most 1,300 bytes for a whole MESSAGE).
pub(super) const MAX_PART: usize = 700;

/// The most parts of a text: about 68 KB.
pub(super) const MAX_PARTS: usize = 100;

/// Room for `(100/100) `.
const NUMBER: usize = 10;

/// A text in the parts in which it is sent.
#[derive(Debug, PartialEq, Eq)]
pub(in super::super) struct TextParts(Vec<String>);

impl TextParts {
    /// Cuts a text behind a blank if it can, else between characters, and numbers the parts if there are several: put together,
    /// they are the text. Control characters other than line ends and tabs are dropped.
    ///
    /// Nothing if there would be more than [`MAX_PARTS`]; no part if there is nothing to say.
    pub(in super::super) fn cut(text: &str) -> Option<Self> {
        if text.len() > 2 * MAX_PARTS * MAX_PART {
            return None;
        }
        let text: String = text
            .chars()
            .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
            .collect();
        let text = text.trim();
        if text.len() <= MAX_PART {
            let whole = (!text.is_empty()).then(|| text.to_owned());
            return Some(Self(whole.into_iter().collect()));
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            if parts.len() == MAX_PARTS {
                return None;
            }
            let (part, left) = rest.split_at(border(rest, MAX_PART - NUMBER));
            parts.push(part);
            rest = left;
        }
        let count = parts.len();
        let number = |(at, part)| format!("({}/{count}) {part}", at + 1);
        Some(Self(parts.into_iter().enumerate().map(number).collect()))
    }

    /// The parts in their order.
    pub(in super::super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// How many they are.
    pub(in super::super) fn len(&self) -> usize {
        self.0.len()
    }
}

/// Where to cut a text so that at most so many bytes stay: behind the last blank of its second half, else behind the last character.
fn border(text: &str, most: usize) -> usize {
    if text.len() <= most {
        return text.len();
    }
    let end = (0..=most)
        .rfind(|at| text.is_char_boundary(*at))
        .unwrap_or(0);
    let blanks = text[..end].char_indices().rfind(|(_, c)| c.is_whitespace());
    let behind = blanks.map(|(at, c)| at + c.len_utf8());
    behind.filter(|at| *at >= end / 2).unwrap_or(end)
}

/// Sends one part. A body of plain ASCII goes as it is, any other in Base64.
pub(in super::super) fn message_send(driver: Driver, to: &Dial, from: &str, part: &str) -> Action {
    let scheme = match driver {
        Driver::Pjsip => "pjsip",
        Driver::Sip => "sip",
    };
    let action = Action::new("MessageSend").with("To", format!("{scheme}:{to}"));
    let action = match caller_name(from) {
        name if name.is_empty() => action,
        name => action.with("From", format!("\"{name}\" <sip:switchboard>")),
    };
    if part.bytes().all(|b| matches!(b, b' '..=b'~')) {
        action.with("Body", part)
    } else {
        action.with("Base64Body", STANDARD.encode(part))
    }
}
