//! What came, in the words that it came in.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::hidden::{hidden, hidden_cut, hidden_target};
use super::scope::Whose;
use crate::board::{Report, Timestamp};
use crate::config::Config;
use crate::sources::phone_urls::{self, PhoneRequest};

/// The most characters of an address that are shown.
const MAX_TARGET: usize = 300;

/// The most characters of a body that are shown.
const MAX_BODY: usize = 200;

/// The most characters of a program's name that are shown.
const MAX_AGENT: usize = 80;

/// A phone's request, as it came. It holds secrets.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// GET, POST or another.
    pub method: &'a str,
    /// Path and query as the phone wrote them, but with `…` in the place of a secret that stands in the path.
    pub target: &'a str,
    /// What the intake reads.
    pub read: PhoneRequest<'a>,
    /// What was posted.
    pub body: &'a [u8],
    /// From where it came.
    pub address: &'a str,
    /// The phone's name for itself, `User-Agent`.
    pub agent: &'a str,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was understood to mean this.
    Understood(Vec<Report>),
    /// It was refused, in these words.
    Refused(String),
    /// Its secret was wrong or missing.
    WrongSecret,
}

/// What is shown of a request, or of what a PBX told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub(super) at: Timestamp,
    /// The request itself; nothing where a PBX told.
    pub(super) raw: Option<Raw>,
    pub(super) outcome: Outcome,
}

/// A request without its secrets, each part fit to stand between grave accents; empty where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Raw {
    pub(super) line: String,
    pub(super) body: String,
    pub(super) address: String,
    pub(super) agent: String,
}

impl Request<'_> {
    /// Whose it is: what it names itself, and the lines that it was understood to be about.
    pub(super) fn whose(&self, outcome: &Outcome, config: &Config) -> Whose {
        let named = phone_urls::named(&self.read);
        let whose = Whose::new(named, self.address.to_owned(), &config.numbers_users);
        match outcome {
            Outcome::Understood(reports) => {
                whose.about(reports.iter().map(|report| report.user.clone()))
            }
            Outcome::Refused(_) | Outcome::WrongSecret => whose,
        }
    }
}

impl Outcome {
    /// Without the secrets that a request had in other places than theirs: the words of a refusal quote it, and what it was understood to
    /// mean has names, numbers and ids from it.
    fn without_secrets(self, config: &Config) -> Self {
        let hide = |text: &mut Arc<str>| {
            let shown = hidden_cut(text, config);
            if *shown != **text {
                *text = shown.into();
            }
        };
        match self {
            Self::Refused(why) => Self::Refused(hidden_cut(&why, config)),
            Self::WrongSecret => Self::WrongSecret,
            Self::Understood(mut reports) => {
                for report in &mut reports {
                    hide(&mut report.user);
                    report.reference.iter_mut().for_each(hide);
                    let numbers = report.peer.iter_mut().map(|peer| &mut peer.number);
                    numbers.for_each(hide);
                }
                Self::Understood(reports)
            }
        }
    }
}

impl Seen {
    pub(super) fn of(
        request: &Request<'_>,
        outcome: Outcome,
        config: &Config,
        at: Timestamp,
    ) -> Self {
        // A secret may stand across the end of what is shown: it is hidden first. All of this is limited where it is read.
        let target = hidden_target(request.target, config);
        let line = format!("{} {target}", request.method);
        let body = hidden(&text_of(request.body), config);
        let agent = hidden(request.agent, config);
        Self {
            at,
            raw: Some(Raw {
                line: code(&line, MAX_TARGET),
                body: code(&body, MAX_BODY),
                address: code(request.address, MAX_AGENT),
                agent: code(&agent, MAX_AGENT),
            }),
            outcome: outcome.without_secrets(config),
        }
    }

    pub(super) fn of_pbx(report: Report, at: Timestamp) -> Self {
        Self {
            at,
            raw: None,
            outcome: Outcome::Understood(vec![report]),
        }
    }
}

/// Bytes as text: UTF-8 where they are, else Latin-1.
fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        // Cut in the middle of a character.
        Err(error) if error.error_len().is_none() => {
            String::from_utf8_lossy(&bytes[..error.valid_up_to()])
        }
        Err(_) => Cow::Owned(bytes.iter().map(|&b| char::from(b)).collect()),
    }
}

/// One line that can stand between grave accents, of at most so many characters.
fn code(text: &str, most: usize) -> String {
    let mut out = String::with_capacity(text.len().min(4 * most));
    let mut blank = true;
    for c in text.chars() {
        let c = match c {
            '`' => 'ˋ',
            c if c.is_whitespace() || c.is_control() => ' ',
            c => c,
        };
        if c == ' ' && blank {
            continue;
        }
        blank = c == ' ';
        out.push(c);
    }
    let mut out = out.trim_end().to_owned();
    if let Some((end, _)) = out.char_indices().nth(most) {
        out.truncate(end);
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_one_bounded_line() {
        assert_eq!(code("a`b\r\n  c\u{0}d ", 10), "aˋb c d");
        assert_eq!(code(&"é".repeat(20), 10), format!("{}…", "é".repeat(10)));
        assert_eq!(code("", 10), "");
    }

    #[test]
    fn a_cut_character_is_left_out() {
        assert_eq!(text_of(&"aé".as_bytes()[..2]), "a");
        assert_eq!(text_of(b"a\xe9b"), "aéb");
    }
}
