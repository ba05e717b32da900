//! `QueueMissedCalls`: where the missed calls of each queue go.

use std::sync::Arc;

use super::queue_lines::QueueLines;
use super::shown;
use crate::board::Name;
use crate::people::{fold, is_username};

/// The most people who are told of one queue's missed calls.
pub const MAX_TOLD: usize = 50;

/// Mattermost's channel names have up to 64 characters.
const MAX_CHANNEL_NAME: usize = 64;

/// Who is told of the missed calls of a queue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum QueueMissed {
    /// Nobody.
    #[default]
    Nobody,
    /// Every agent whose phone rang for the caller.
    Agents,
    /// The channel of the configured team with this name.
    Channel(Arc<str>),
    /// These people, by their user names.
    People(Arc<[Name]>),
}

/// Who is told, queue by queue. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueueMissedCalls(Arc<QueueLines<QueueMissed>>);

impl QueueMissedCalls {
    /// Reads lines such as `support: ~helpdesk`, `sales: @alice, @bob`, `hotline: agents` and `*: none`. Wrong lines are left out
    /// and described, each by its number and queue; the others work. Of two lines for one queue the later one holds.
    #[must_use]
    pub fn parse(input: &str) -> (Self, Vec<String>) {
        let (lines, complaints) = QueueLines::read(input, told_of);
        (Self(Arc::new(lines)), complaints)
    }

    /// Who is told of that queue's missed calls.
    #[must_use]
    pub fn of(&self, queue: &str) -> &QueueMissed {
        self.0.own(queue).unwrap_or(self.0.others())
    }

    /// The channels that are named, each once, sorted.
    #[must_use]
    pub fn channels(&self) -> Vec<Arc<str>> {
        let all = self.0.values();
        let mut channels: Vec<Arc<str>> = all
            .filter_map(|told| match told {
                QueueMissed::Channel(name) => Some(Arc::clone(name)),
                _ => None,
            })
            .collect();
        channels.sort_unstable();
        channels.dedup();
        channels
    }
}

/// Who is meant, and what of the text is wrong and left out.
fn told_of(text: &str) -> Result<(QueueMissed, Vec<String>), String> {
    if text.is_empty() {
        return Err("tells nobody behind its colon".to_owned());
    }
    if text.eq_ignore_ascii_case("none") {
        return Ok((QueueMissed::Nobody, Vec::new()));
    }
    if text.eq_ignore_ascii_case("agents") {
        return Ok((QueueMissed::Agents, Vec::new()));
    }
    if let Some(channel) = text.strip_prefix('~') {
        let channel = channel.to_lowercase();
        if !is_channel(&channel) {
            return Err("names something that cannot be a channel".to_owned());
        }
        return Ok((QueueMissed::Channel(channel.into()), Vec::new()));
    }
    let mut people: Vec<Name> = Vec::new();
    let mut wrong = Vec::new();
    let words = text.split([',', ' ', '\t', ';']);
    for word in words.filter(|word| !word.is_empty()) {
        let name = fold(word);
        let is_person = word.starts_with('@') && is_username(&name);
        if !is_person {
            let name = word.strip_prefix('@').unwrap_or(word);
            wrong.push(match shown::word(name) {
                Some(name) => format!("has `{name}`, which is no `@` with a user name behind it"),
                None => "has something that is no `@` with a user name behind it".to_owned(),
            });
        } else if people.len() >= MAX_TOLD {
            wrong.push(format!(
                "names more than {MAX_TOLD} people; those behind are not told"
            ));
            break;
        } else if people.iter().all(|other| **other != *name) {
            people.push(name.into());
        }
    }
    if people.is_empty() {
        return Err("tells neither `~channel`, nor `@user`, nor `agents`, nor `none`".to_owned());
    }
    Ok((QueueMissed::People(people.into()), wrong))
}

pub(super) fn is_channel(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b);
    (1..=MAX_CHANNEL_NAME).contains(&name.len()) && name.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::board::MAX_QUEUES;
    use crate::config::queue_lines::{MAX_COMPLAINTS, MAX_QUEUE_LINES_BYTES};

    fn people(names: &[&str]) -> QueueMissed {
        QueueMissed::People(names.iter().map(|name| Name::from(*name)).collect())
    }

    #[test]
    fn each_queue_has_who_is_told() {
        let text = "support: ~helpdesk\n\n  Sales :@Alice, @bob,@alice \r\nhotline: AGENTS\n400:none\n*: ~phones";
        let (calls, complaints) = QueueMissedCalls::parse(text);
        assert_eq!(complaints, [""; 0]);
        let channel = |name: &str| QueueMissed::Channel(name.into());
        for (queue, told) in [
            ("support", channel("helpdesk")),
            ("sales", people(&["alice", "bob"])),
            ("SALES", people(&["alice", "bob"])),
            ("hotline", QueueMissed::Agents),
            ("400", QueueMissed::Nobody),
            ("another", channel("phones")),
        ] {
            assert_eq!(*calls.of(queue), told, "{queue}");
        }
        let channels = calls.channels();
        assert_eq!(
            channels.iter().map(|c| &**c).collect::<Vec<_>>(),
            ["helpdesk", "phones"]
        );
    }

    #[test]
    fn without_a_line_nobody_is_told() {
        for text in ["", "\n \n", "sales: agents"] {
            let (calls, complaints) = QueueMissedCalls::parse(text);
            assert_eq!(complaints, [""; 0]);
            assert_eq!(*calls.of("support"), QueueMissed::Nobody);
        }
    }

    #[test]
    fn a_wrong_line_is_named_and_the_others_work() {
        let good = "sales: @alice";
        for (line, what) in [
            ("support", "has no colon"),
            (": ~helpdesk", "has no queue"),
            ("support:", "tells nobody"),
            ("support: ~Help desk", "cannot be a channel"),
            ("support: ~", "cannot be a channel"),
            ("support: helpdesk", "tells neither"),
            ("support: @", "tells neither"),
            ("support: @al/ice", "tells neither"),
            (
                &format!("{}: none", "q".repeat(80)),
                "more than 79 characters",
            ),
        ] {
            let (calls, complaints) = QueueMissedCalls::parse(&format!("{line}\n{good}"));
            assert_eq!(*calls.of("sales"), people(&["alice"]), "{line}");
            assert_eq!(*calls.of("support"), QueueMissed::Nobody, "{line}");
            assert_eq!(complaints.len(), 1, "{complaints:?}");
            assert!(complaints[0].starts_with("line 1 "), "{complaints:?}");
            assert!(complaints[0].contains(what), "{complaints:?}");
        }
    }

    #[test]
    fn a_wrong_name_is_left_out_alone() {
        let (calls, complaints) =
            QueueMissedCalls::parse("a: none\nsales: @alice, bob, @`x`, @eve");
        assert_eq!(*calls.of("sales"), people(&["alice", "eve"]));
        assert_eq!(complaints.len(), 2);
        let expected = [
            "line 2 `sales` has `bob`, which is no `@` with a user name behind it",
            "line 2 `sales` has something that is no `@` with a user name behind it",
        ];
        assert_eq!(complaints, expected);
    }

    #[test]
    fn passwords_of_a_pasted_table_were_told() {
        let text = "400,Support,s3cret\n401,Sales,s3c:ret\n402: Sales, s3cret\nhttps://s3c:ret@pbx";
        let (_, complaints) = QueueMissedCalls::parse(text);
        for place in ["line 1 ", "line 2 ", "line 3 `402` ", "line 4 `https` "] {
            let named = complaints.iter().any(|what| what.starts_with(place));
            assert!(named, "{place}: {complaints:?}");
        }
        let told = complaints.join("\n");
        assert!(!told.contains("s3c") && !told.contains("ret"), "{told}");
    }

    #[test]
    fn of_two_lines_for_one_queue_the_later_one_holds() {
        let (calls, complaints) = QueueMissedCalls::parse("a: none\nA: agents\n*: none\n*: agents");
        assert_eq!(*calls.of("a"), QueueMissed::Agents);
        assert_eq!(*calls.of("b"), QueueMissed::Agents);
        assert_eq!(complaints.len(), 2, "{complaints:?}");
        assert!(complaints[0].starts_with("line 2 "), "{complaints:?}");
    }

    #[test]
    fn too_much_is_cut_and_told() {
        let line = |n: usize| format!("q{n}: agents\n");
        let many: String = (0..MAX_QUEUES + 30).map(line).collect();
        let (calls, complaints) = QueueMissedCalls::parse(&many);
        assert_eq!(
            *calls.of(&format!("q{}", MAX_QUEUES - 1)),
            QueueMissed::Agents
        );
        assert_eq!(*calls.of(&format!("q{MAX_QUEUES}")), QueueMissed::Nobody);
        assert_eq!(complaints.len(), MAX_COMPLAINTS + 1);
        assert_eq!(complaints[MAX_COMPLAINTS], "has 10 more mistakes");

        let names: String = (0..MAX_TOLD + 9).map(|n| format!("@user{n} ")).collect();
        let (calls, complaints) = QueueMissedCalls::parse(&format!("a: {names}"));
        let QueueMissed::People(told) = calls.of("a") else {
            panic!("{calls:?}");
        };
        assert_eq!((told.len(), complaints.len()), (MAX_TOLD, 1));

        let long = format!(
            "a: agents\n{}\nb: agents",
            "x".repeat(MAX_QUEUE_LINES_BYTES)
        );
        let (calls, complaints) = QueueMissedCalls::parse(&long);
        assert_eq!(*calls.of("a"), QueueMissed::Agents);
        assert_eq!(*calls.of("b"), QueueMissed::Nobody);
        assert_eq!(complaints.len(), 1);
        assert!(complaints[0].len() < 200, "{complaints:?}");
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(text in any::<String>(), lines in "([a-c*]{0,2}[: ]{0,2}[~@]?[a-zA-Z,@ ]{0,9}\n){0,9}") {
            for text in [text, lines] {
                let (calls, complaints) = QueueMissedCalls::parse(&text);
                prop_assert!(complaints.len() <= MAX_COMPLAINTS + 1);
                prop_assert!(calls.channels().len() <= MAX_QUEUES + 1);
            }
        }
    }
}
