//! Which requests a test is about.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::board::Name;
use crate::config::NumbersUsers;
use crate::number;
use crate::people::fold;

/// Which requests a test is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Those of one's own phone, by one's user name.
    Own(Arc<str>),
    /// Those of a number, a name, a MAC address, or from a network address.
    Only(String),
    /// All of them.
    All,
}

/// Whose a request is, as far as it says so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Whose {
    /// The lines that it is about.
    lines: Vec<Name>,
    /// What it calls its phone: names, numbers, MAC addresses.
    named: Vec<String>,
    /// From where it came.
    address: String,
}

impl Whose {
    pub(super) fn new(named: Vec<String>, address: String, numbers: &NumbersUsers) -> Self {
        let line = |named: &String| {
            let known = numbers.user(named).or_else(|| numbers.user_of_mac(named));
            known.map_or_else(|| Arc::from(&**named), Arc::clone)
        };
        Self {
            lines: named.iter().map(line).collect(),
            named,
            address,
        }
    }

    pub(super) fn of_line(line: &Name) -> Self {
        Self {
            lines: vec![Arc::clone(line)],
            ..Self::default()
        }
    }

    pub(super) fn lines(&self) -> &[Name] {
        &self.lines
    }

    pub(super) fn about(mut self, lines: impl IntoIterator<Item = Name>) -> Self {
        self.lines.extend(lines);
        self
    }
}

impl Scope {
    /// Whether that is to be shown.
    pub(super) fn has(&self, whose: &Whose) -> bool {
        let is = |name: &str| {
            let name = fold(name);
            whose.lines.iter().any(|line| fold(line) == name)
        };
        match self {
            Self::All => true,
            Self::Own(username) => is(username),
            Self::Only(text) => {
                let same = |named: &String| {
                    number::same(named, text)
                        || mac(text).is_some_and(|own| mac(named) == Some(own))
                };
                whose.address == *text || is(text) || whose.named.iter().any(same)
            }
        }
    }
}

/// The digits of a MAC address, whatever stands between them.
fn mac(text: &str) -> Option<String> {
    let digits = text.chars().filter(|c| !matches!(c, ':' | '-' | '.' | ' '));
    let digits: String = digits.map(|c| c.to_ascii_lowercase()).collect();
    let is_mac = digits.len() == 12 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    is_mac.then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_whose_phone_it_names() {
        let numbers = NumbersUsers::parse("6001:bob, 0004f2abcdef:eve").0;
        let whose = |named: &[&str]| {
            let named = named.iter().map(|named| (*named).to_owned()).collect();
            Whose::new(named, "10.0.0.5".to_owned(), &numbers)
        };
        let own = |name: &str| Scope::Own(Arc::from(name));
        let only = |text: &str| Scope::Only(text.to_owned());
        for (scope, named, expected) in [
            (own("bob"), &["6001"][..], true),
            (own("bob"), &["Bob"], true),
            (own("bob"), &["6002"], false),
            (own("eve"), &["6001", "00:04:F2:AB:CD:EF"], true),
            (own("zoe"), &[], false),
            (only("6001"), &["6001"], true),
            (only("bob"), &["6001"], true),
            (only("6002"), &["6001"], false),
            (only("0004f2-abcdef"), &["00:04:F2:AB:CD:EF"], true),
            (only("0004f2-abcdee"), &["00:04:F2:AB:CD:EF"], false),
            (only("10.0.0.5"), &[], true),
            (only("10.0.0.6"), &["6001"], false),
            (Scope::All, &[], true),
        ] {
            assert_eq!(scope.has(&whose(named)), expected, "{scope:?} {named:?}");
        }
    }
}
