//! Codes that phones show stay between the phone and whoever reads it.
//!
//! A phone may report what it shows as the other side of a call, in its URLs or by a PBX. Everybody who sees the board could then link
//! somebody else's number. So what reads as a code is taken out before the board hears of it.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::CODE_FOR;
use crate::board::{Event, Peer, QueueEvent, Report};
use crate::calls::Code;
use crate::host::UserId;
use crate::number::Plan;

/// What stands before a code in what a phone shows.
const WORD: &[u8] = b"code";

/// The numbers whose phones show a code that still counts, one for each who waits for one. Every method may be called from several
/// tasks at once.
///
/// Codes themselves are not kept: a guard that compared with them would tell by what is missing on the board which one it is, to whoever
/// can have many numbers tried.
#[derive(Debug, Default)]
pub struct CodesShown {
    waiting: Mutex<HashMap<UserId, (String, Instant)>>,
}

impl CodesShown {
    /// This number's phone is about to show a code for somebody, which counts for [`CODE_FOR`].
    pub(super) fn shows(&self, user: &UserId, number: &str) {
        let now = Instant::now();
        let mut waiting = self.waiting();
        waiting.retain(|_, (_, until)| *until > now);
        waiting.insert(user.clone(), (number.to_owned(), now + CODE_FOR));
    }

    /// The code that somebody waited for counts no more.
    pub(super) fn over(&self, user: &UserId) {
        self.waiting().remove(user);
    }

    /// Whether a line's phone may show a code at this moment.
    #[must_use]
    pub fn awaits(&self, line: &str, plan: &Plan) -> bool {
        let waiting = self.waiting();
        if waiting.is_empty() {
            return false;
        }
        let now = Instant::now();
        let mut waiting = waiting.values();
        waiting.any(|(number, until)| *until > now && plan.same(number, line))
    }

    /// Takes the other side out of an event where that may be a code.
    pub fn keep(&self, event: &mut Event, plan: &Plan) {
        match event {
            Event::Line(report) | Event::Found(report) => self.keep_report(report, plan),
            Event::Queue(report) => {
                if let QueueEvent::Waits { peer, .. } = &mut report.event {
                    peer.take_if(|peer| reads_as_code(peer));
                }
            }
            _ => {}
        }
    }

    /// The same for what a phone or a PBX reports.
    pub fn keep_report(&self, report: &mut Report, plan: &Plan) {
        let (peer, line) = (&mut report.peer, &report.user);
        peer.take_if(|peer| {
            reads_as_code(peer)
                || (peer.name.is_none()
                    && digits(&peer.number) >= Code::DIGITS
                    && self.awaits(line, plan))
        });
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<UserId, (String, Instant)>> {
        // Nothing that happens under the lock can leave it half changed.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A text without the codes in it: those behind the word that is shown before them, or, with `all`, all digits that can be one.
#[must_use]
pub fn without_codes(text: &str, all: bool) -> String {
    let next = if all { run } else { behind_word };
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(found) = next(rest) {
        out.push_str(&rest[..found.start]);
        out.push('…');
        rest = &rest[found.end..];
    }
    out + rest
}

/// Whether that is how phones show a code, whosever it is.
fn reads_as_code(peer: &Peer) -> bool {
    behind_word(&peer.number).is_some()
}

fn digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

/// Where the first digits are that can be a code, or have one in them: whoever escapes a blank as `%20` leaves digits before it.
fn run(text: &str) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut start = 0;
    while start < bytes.len() {
        let length = bytes[start..].iter().take_while(|b| b.is_ascii_digit());
        let length = length.count();
        if length >= Code::DIGITS {
            return Some(start..start + length);
        }
        start += length + 1;
    }
    None
}

/// Where the first of those are that stand behind the word, with no letters between.
fn behind_word(text: &str) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    (0..bytes.len().saturating_sub(WORD.len())).find_map(|at| {
        let end = at + WORD.len();
        if !bytes[at..end].eq_ignore_ascii_case(WORD) {
            return None;
        }
        let stays = |b: &&u8| !b.is_ascii_alphabetic() && b.is_ascii();
        let length = bytes[end..].iter().take_while(stays).count();
        // Both ends stand at bytes of ASCII, so that they part no character.
        let found = run(&text[end..end + length])?;
        Some(end + found.start..end + found.end)
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::board::{Action, CallAction, Name, QueueReport, Source, Timestamp};

    fn report(line: &str, number: &str) -> Report {
        Report {
            dialed: None,
            own_number: None,
            source: Source::Phone,
            user: Name::from(line),
            action: Action::Call(CallAction::IncomingCall),
            peer: Some(Peer::new(number)),
            reference: None,
            linked: None,
            queue: None,
        }
    }

    /// Whether the board would hear who that is.
    fn is_told(codes: &CodesShown, line: &str, number: &str) -> bool {
        let mut event = Event::Line(report(line, number));
        codes.keep(&mut event, &Plan::default());
        matches!(event, Event::Line(report) if report.peer.is_some())
    }

    #[test]
    fn what_reads_as_a_code_is_told_of_no_line() {
        let codes = CodesShown::default();
        for number in [
            "Code 123456",
            "code 000000",
            "\"Code 123456\"",
            "Code%20123456",
            "Code%2520123456",
            "CODE_123456",
            "Code123456",
            "Code: 123456 (PBX)",
        ] {
            assert!(!is_told(&codes, "bob", number), "{number}");
        }
        for number in [
            "0240404040",
            "6002",
            "Bob Code",
            "Code",
            "Code 12345",
            "Code Red 0240404040",
            "Code é 123456",
            "",
        ] {
            assert!(is_told(&codes, "bob", number), "{number}");
        }
        let mut event = Event::Queue(QueueReport {
            source: Source::Asterisk,
            queue: "sales".into(),
            event: QueueEvent::Waits {
                dialed: None,
                own_number: None,
                caller: "1".into(),
                peer: Some(Peer::new("Code 123456")),
                since: Timestamp(0),
            },
        });
        codes.keep(&mut event, &Plan::default());
        assert!(!format!("{event:?}").contains("123456"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_line_that_shows_a_code_tells_nothing_as_long_as_one() {
        let codes = CodesShown::default();
        let (bob, eve) = (UserId::from("bob"), UserId::from("eve"));
        assert!(is_told(&codes, "6003", "123456"));
        codes.shows(&bob, "6003");
        codes.shows(&eve, "0240404040");
        for number in ["123456", "123 456", "9123456", "%2B123456", "0299123456"] {
            assert!(!is_told(&codes, "6003", number), "{number}");
        }
        assert!(is_told(&codes, "6003", "6002"), "too short for a code");
        assert!(is_told(&codes, "6004", "123456"), "of another line");
        assert!(!is_told(&codes, "+33 2 40 40 40 40", "123456"));
        let mut known = report("6003", "123456");
        known.peer.as_mut().expect("a peer").name = Some("zoe".into());
        codes.keep_report(&mut known, &Plan::default());
        assert!(known.peer.is_some(), "it is a number of somebody's");
        codes.over(&bob);
        assert!(is_told(&codes, "6003", "123456"));
        codes.shows(&bob, "6003");
        tokio::time::advance(CODE_FOR - Duration::from_millis(1)).await;
        assert!(!is_told(&codes, "6003", "123456"));
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(is_told(&codes, "6003", "123456"));
        codes.shows(&eve, "6005");
        assert_eq!(codes.waiting().len(), 1, "what is over is forgotten");
    }

    #[test]
    fn texts_are_shown_without_codes() {
        for (text, all, expected) in [
            (
                "?number=0&name=Code%20123456&x",
                false,
                "?number=0&name=Code%…&x",
            ),
            (
                "%22Code+123456%22, CODE 1, Code 654321",
                false,
                "%22Code+…%22, CODE 1, Code …",
            ),
            (
                "?number=123456&user=6003",
                false,
                "?number=123456&user=6003",
            ),
            ("?number=123456&user=6003", true, "?number=…&user=6003"),
            ("é Code é 1234567", true, "é Code é …"),
            ("", true, ""),
        ] {
            assert_eq!(without_codes(text, all), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_code_is_left(before in "[a-zé0-9%&=]{0,12}", between in "[ _+%=\":0-9]{0,4}", code in 0..Code::COUNT, after in ".{0,12}") {
            let code = Code::new(code).to_string();
            let text = format!("{before}Code{between}{code}{after}");
            prop_assert!(!is_told(&CodesShown::default(), "bob", &text));
            let shown = without_codes(&format!("{before}#Code{between}{code}#"), false);
            prop_assert!(!shown.contains(&code), "{}", shown);
            prop_assert!(!without_codes(&text, true).contains(&code));
        }
    }
}
