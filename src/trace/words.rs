//! What a test's message says.

use std::collections::VecDeque;
use std::sync::Arc;

use super::{Outcome, Scope, Seen};
use crate::board::{Peer, Report, Timestamp};
use crate::language::Language;
use crate::language::texts::trace as texts;
use crate::text::markdown;

/// The most characters of a message: the server takes 16,383.
const MAX_MESSAGE: usize = 15_000;

/// Who reads it, and where their clocks are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader {
    pub(super) language: Language,
    /// By how many seconds their clocks are ahead of UTC, where that is known.
    pub(super) offset: Option<i32>,
}

/// How a test goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// It lasts until then.
    Running(Timestamp),
    /// Its time is over.
    Over,
    /// Somebody ended it.
    Ended,
}

/// The whole message: what is shown, the events, and how it goes on. `earlier` are those that are no longer shown, `lost` those that came
/// too fast.
pub(super) fn message(
    reader: Reader,
    scope: &Scope,
    events: &VecDeque<Arc<Seen>>,
    (earlier, lost): (usize, usize),
    stage: Stage,
) -> String {
    let language = reader.language;
    let head = match scope {
        Scope::Own(_) => texts::own(language),
        Scope::Only(text) => texts::only(language, markdown(text)),
        Scope::All => texts::all(language),
    };
    let foot = match stage {
        Stage::Running(until) => texts::until(language, reader.clock(until)),
        Stage::Over => texts::over(language),
        Stage::Ended => texts::ended(language),
    };
    let mut shown: Vec<String> = Vec::new();
    let mut length = 0;
    // The latest ones count.
    for seen in events.iter().rev() {
        let event = event(reader, seen);
        length += event.len();
        if length > MAX_MESSAGE {
            break;
        }
        shown.push(event);
    }
    shown.reverse();
    let earlier = earlier + events.len() - shown.len();
    let mut parts = vec![head];
    if earlier > 0 {
        parts.push(texts::earlier(language, earlier));
    }
    if lost > 0 {
        parts.push(texts::lost(language, lost));
    }
    if shown.is_empty() {
        parts.push(texts::nothing_yet(language));
    } else {
        parts.push(shown.join("\n"));
    }
    parts.push(foot);
    parts.join("\n\n")
}

/// An event: when, what it means, and below it how it came.
fn event(reader: Reader, seen: &Seen) -> String {
    let language = reader.language;
    let what = match (&seen.outcome, &seen.raw) {
        (Outcome::Understood(reports), raw) if !reports.is_empty() => {
            let reports = reports.iter().map(|one| report(language, one));
            let what = reports.collect::<Vec<_>>().join("; ");
            match raw {
                Some(_) => texts::understood(language, what),
                None => texts::pbx(language, what),
            }
        }
        (Outcome::Understood(_), _) => texts::says_nothing(language),
        (Outcome::Refused(why), _) => texts::refused(language, markdown_long(why)),
        (Outcome::WrongSecret, _) => texts::wrong_secret(language),
    };
    let mut text = format!("- {} {what}", reader.clock(seen.at));
    let Some(raw) = &seen.raw else {
        return text;
    };
    text.push_str(&format!("\n  `{}`", raw.line));
    if !raw.body.is_empty() {
        text.push_str(&format!("\n  `{}`", raw.body));
    }
    let from = [&raw.address, &raw.agent].into_iter();
    let from: Vec<_> = from
        .filter(|part| !part.is_empty())
        .map(|part| format!("`{part}`"))
        .collect();
    if !from.is_empty() {
        let from = texts::from(language, from.join(", "));
        text.push_str(&format!("\n  {from}"));
    }
    text
}

/// Whose line, what, with whom, and the call's id.
fn report(language: Language, report: &Report) -> String {
    let mut parts = vec![format!("`{}`", report.action.name())];
    if let Some(peer) = &report.peer {
        parts.push(texts::other_side(language, other(peer)));
    }
    if let Some(id) = &report.reference {
        parts.push(texts::call_id(language, markdown(id)));
    }
    texts::whose(language, markdown(&report.user), parts.join(", "))
}

/// Number and name.
fn other(peer: &Peer) -> String {
    let number = markdown(&peer.number);
    match peer.shown() {
        shown if *shown == *peer.number => number.into_owned(),
        shown => format!("{number} ({})", markdown(shown)),
    }
}

/// A text of ours for phones, which may quote what a phone sent, and be longer than a name.
fn markdown_long(text: &str) -> String {
    let words = text.split(' ').map(|word| markdown(word).into_owned());
    let mut out = words.collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = out.char_indices().nth(300) {
        out.truncate(end);
        out.push('…');
    }
    out
}

impl Reader {
    /// A time of day with its seconds.
    fn clock(self, at: Timestamp) -> String {
        let time = self
            .language
            .time_of_day(at, self.offset.unwrap_or_default());
        let seconds = at.0 / 1000 % 60;
        let zone = if self.offset.is_none() { " UTC" } else { "" };
        format!("{time}:{seconds:02}{zone}")
    }
}
