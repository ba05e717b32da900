//! What people read of missed calls.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::record::{Caller, Record};
use super::tracker::MissedWait;
use crate::board::{Peer, Timestamp};
use crate::host::{Button, Message, Person};
use crate::language::Language;
use crate::language::texts::{missed as texts, units};
use crate::people::is_username;
use crate::text;
use crate::time_zone::TimeZones;

/// The most callers that a message lists whom one before it listed; of more it says how many there are. Those whom none listed are all
/// in it, as far as [they are kept](super::MAX_CALLERS) and fit.
pub const MAX_SHOWN: usize = 10;

/// The most characters of a list, which is what fits into a post of Mattermost's (16,383), with what stands around it.
const MAX_LIST: usize = 15_000;

/// The most buttons to call back, one for each of the latest callers.
pub const MAX_CALL_BUTTONS: usize = 3;

/// The path that the buttons' presses go to.
pub const BUTTON_PATH: &str = "api/v1/buttons/missed";

/// The names in a button's context.
pub const TOKEN: &str = "token";
/// See [`TOKEN`]: the caller to call back, or nothing.
pub const CALLER: &str = "caller";

/// The most characters of a name on a button.
const MAX_ON_BUTTON: usize = 24;

/// The ids of buttons to call back.
const CALL_BUTTONS: [&str; MAX_CALL_BUTTONS] = ["call1", "call2", "call3"];

/// Who reads it, and when.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    pub(super) language: Language,
    pub(super) time_zone: &'a Arc<str>,
    pub(super) zones: &'a TimeZones,
    pub(super) now: Timestamp,
}

impl<'a> Reader<'a> {
    pub(super) fn new(person: &'a Person, zones: &'a TimeZones, now: Timestamp) -> Self {
        Self {
            language: person.language,
            time_zone: &person.time_zone,
            zones,
            now,
        }
    }

    /// When something was, on the reader's clock, or else in UTC, and then it says so.
    fn when(&self, at: u64) -> String {
        let at = Timestamp(at);
        match self.zones.offset(self.time_zone, at) {
            Some(offset) => self.language.when(at, self.now, offset),
            None => units::in_utc(self.language, self.language.when(at, self.now, 0)),
        }
    }
}

/// The message that tells of all of it.
pub(super) fn message(record: &Record, reader: &Reader<'_>) -> Message {
    let language = reader.language;
    let text = match &*record.callers {
        [only] if record.more == 0 => {
            let (who, when) = (who(only, language), reader.when(only.last));
            match only.count {
                1 => texts::one(language, who, when),
                count => texts::several(language, count, who, when),
            }
        }
        _ => list(&texts::heading(language), record, reader),
    };
    Message {
        text,
        buttons: buttons(record, language),
    }
}

/// The same once it is done with.
pub(super) fn done(record: &Record, reader: &Reader<'_>) -> Message {
    list(&texts::heading_done(reader.language), record, reader).into()
}

/// The same once another one follows that tells all of it.
pub(super) fn continued(record: &Record, reader: &Reader<'_>) -> Message {
    let Message { text, .. } = message(record, reader);
    let continued = texts::continued(reader.language);
    format!("{text}\n\n_{continued}_").into()
}

/// The post in the channel of a queue.
pub(super) fn of_queue(wait: &MissedWait, language: Language) -> String {
    let waited = Duration::from_millis(wait.at.0.saturating_sub(wait.since.0));
    let who = match &wait.peer {
        Some(peer) => peer_shown(peer),
        None => texts::no_number(language),
    };
    let queue = text::markdown(&wait.queue);
    texts::of_queue(language, queue, who, language.duration(waited))
}

fn peer_shown(peer: &Peer) -> String {
    let name = peer.name.as_deref().or(peer.label.as_deref());
    named(
        name.map(|name| text::markdown(name).into_owned()),
        Some(&peer.number),
    )
}

/// A name that is safe Markdown, and the number, unless that is the name.
fn named(name: Option<String>, number: Option<&str>) -> String {
    let number = number.map(|number| text::markdown(number).into_owned());
    let number = number.filter(|number| name.as_ref() != Some(number));
    [name, number]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ")
}

fn list(heading: &str, record: &Record, reader: &Reader<'_>) -> String {
    let language = reader.language;
    let mut text = format!("**{heading}**\n");
    let last_new = record.callers.iter().rposition(|caller| !caller.carried);
    let listed = last_new.map_or(0, |at| at + 1).max(MAX_SHOWN);
    let (mut shown, mut length) = (0, 0);
    for caller in record.callers.iter().take(listed) {
        let (who, when) = (who(caller, language), reader.when(caller.last));
        let line = match caller.count {
            1 => texts::listed(language, who, when),
            count => texts::listed_several(language, who, count, when),
        };
        length += line.chars().count() + 3;
        if length > MAX_LIST {
            break;
        }
        text.push_str(&format!("\n- {line}"));
        shown += 1;
    }
    let hidden = record.callers.len() - shown;
    match record.more.saturating_add(hidden as u32) {
        0 => {}
        1 => text.push_str(&format!("\n\n{}", texts::one_more(language))),
        more => text.push_str(&format!("\n\n{}", texts::more(language, more))),
    }
    text
}

/// Who called, as Markdown.
fn who(caller: &Caller, language: Language) -> String {
    let username = caller.username.as_deref().filter(|name| is_username(name));
    let name = caller.name.as_deref();
    let name = match (username, name.map(text::markdown)) {
        (Some(username), Some(name)) if name != username => Some(format!("{name} (@{username})")),
        (Some(username), _) => Some(format!("@{username}")),
        (None, name) => name.map(std::borrow::Cow::into_owned),
    };
    let who = match (name, caller.number.as_deref()) {
        (None, None) => texts::no_number(language),
        (name, number) => named(name, number),
    };
    match &caller.queue {
        Some(queue) => texts::through_queue(language, who, text::markdown(queue)),
        None => who,
    }
}

fn buttons(record: &Record, language: Language) -> Vec<Button> {
    let token = record.message.as_ref().map_or("", |message| &message.token);
    let button = |id, name, caller: Option<&Caller>| Button {
        id,
        name,
        primary: id == CALL_BUTTONS[0],
        path: BUTTON_PATH,
        context: BTreeMap::from([
            (TOKEN, token.to_owned()),
            (
                CALLER,
                caller.map_or_else(String::new, |caller| caller.id.to_string()),
            ),
        ]),
    };
    let can_be_called = record
        .callers
        .iter()
        .filter(|caller| caller.dial().is_some());
    let callers: Vec<&Caller> = can_be_called.take(MAX_CALL_BUTTONS).collect();
    let name = |caller: &Caller| {
        let shown = caller.name.as_deref().or(caller.number.as_deref());
        // Where there is one caller, it is clear who is meant.
        match shown.filter(|_| record.callers.len() > 1) {
            Some(shown) => texts::call_back_who(language, cut(shown)),
            None => texts::call_back(language),
        }
    };
    let mut buttons: Vec<Button> = callers
        .into_iter()
        .zip(CALL_BUTTONS)
        .map(|(caller, id)| button(id, name(caller), Some(caller)))
        .collect();
    buttons.push(button("done", texts::done(language), None));
    buttons
}

/// What fits on a button.
fn cut(name: &str) -> String {
    let name = text::clean(name);
    if name.chars().count() <= MAX_ON_BUTTON {
        return name.into_owned();
    }
    let short: String = name.chars().take(MAX_ON_BUTTON - 1).collect();
    format!("{}…", short.trim_end())
}

/// A number as a link that programs for calling take (RFC 3966), or as it is where it has something else in it.
pub(crate) fn tel(number: &str) -> String {
    let dialled: String = number
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '.' | '/' | '(' | ')'))
        .collect();
    let shown = text::markdown(number);
    let is_dialled = |c: char| c.is_ascii_digit() || matches!(c, '+' | '*' | '#');
    if dialled.is_empty() || !dialled.chars().all(is_dialled) {
        return shown.into_owned();
    }
    format!("[{shown}](tel:{})", dialled.replace('#', "%23"))
}

#[cfg(test)]
mod tests {
    use super::super::record::Entry;
    use super::*;
    use crate::host::PostId;

    /// 2026-06-23 12:05:09 UTC.
    const NOW: Timestamp = Timestamp(1_782_216_309_000);
    const MINUTE: u64 = 60_000;

    fn record(entries: &[Entry]) -> Record {
        let mut record = Record::default();
        for entry in entries {
            record.add(entry);
        }
        record.begin(NOW, || "t0ken".to_owned());
        record
    }

    fn entry(number: &str, minutes_ago: u64) -> Entry {
        Entry {
            peer: Some(Peer::new(number)).filter(|_| !number.is_empty()),
            at: Timestamp(NOW.0 - minutes_ago * MINUTE),
            ..Entry::default()
        }
    }

    fn eve(minutes_ago: u64) -> Entry {
        Entry {
            colleague: Some(("eve".to_owned(), "Eve_*Adams*".to_owned())),
            ..entry("6003", minutes_ago)
        }
    }

    fn told(record: &Record, language: Language) -> Message {
        let zones = TimeZones::in_folder("/nowhere");
        let reader = Reader {
            language,
            time_zone: &"".into(),
            zones: &zones,
            now: NOW,
        };
        message(record, &reader)
    }

    fn texts_of(record: &Record) -> [String; 3] {
        Language::ALL.map(|language| told(record, language).text)
    }

    #[test]
    fn one_call_is_a_sentence() {
        assert_eq!(
            texts_of(&record(&[entry("+49 30 1234567", 5)])),
            [
                "Missed call from +49 30 1234567 at 12:00 (UTC).",
                "Verpasster Anruf von +49 30 1234567 um 12:00 Uhr (UTC).",
                "Appel manqué\u{a0}: +49 30 1234567, à 12:00 (UTC).",
            ]
        );
        assert_eq!(
            texts_of(&record(&[eve(5), eve(1)])),
            [
                "2 missed calls from Eve\\_\\*Adams\\* (@eve), 6003, the last one at 12:04 (UTC).",
                "2 verpasste Anrufe von Eve\\_\\*Adams\\* (@eve), 6003, zuletzt um 12:04 Uhr (UTC).",
                "2 appels manqués\u{a0}: Eve\\_\\*Adams\\* (@eve), 6003, le dernier à 12:04 (UTC).",
            ]
        );
        assert_eq!(
            texts_of(&record(&[entry("", 24 * 60)]))[0],
            "Missed call from a caller without a number yesterday at 12:05 (UTC)."
        );
    }

    #[test]
    fn several_callers_are_a_list() {
        let from_queue = Entry {
            queue: Some("support".into()),
            ..entry("0151777", 1)
        };
        let label = Entry {
            peer: Some(Peer {
                label: Some("Miller & Sons".into()),
                ..Peer::new("0401")
            }),
            ..entry("", 2)
        };
        let record = record(&[eve(30), eve(20), label, from_queue]);
        assert_eq!(
            texts_of(&record),
            [
                "**Missed calls**\n\n- 0151777 (queue support), at 12:04 (UTC)\n- Miller &\u{200b} Sons, 0401, at 12:03 (UTC)\n- Eve\\_\\*Adams\\* (@eve), 6003, 2 times, the last time at 11:45 (UTC)",
                "**Verpasste Anrufe**\n\n- 0151777 (Warteschlange support), um 12:04 Uhr (UTC)\n- Miller &\u{200b} Sons, 0401, um 12:03 Uhr (UTC)\n- Eve\\_\\*Adams\\* (@eve), 6003, 2-mal, zuletzt um 11:45 Uhr (UTC)",
                "**Appels manqués**\n\n- 0151777 (file d’attente support), à 12:04 (UTC)\n- Miller &\u{200b} Sons, 0401, à 12:03 (UTC)\n- Eve\\_\\*Adams\\* (@eve), 6003, 2 fois, la dernière à 11:45 (UTC)",
            ]
        );
        let zones = TimeZones::in_folder("/nowhere");
        let reader = Reader {
            language: Language::German,
            time_zone: &"".into(),
            zones: &zones,
            now: NOW,
        };
        let done = done(&record, &reader);
        assert!(
            done.text
                .starts_with("**Verpasste Anrufe (erledigt)**\n\n- 0151777")
        );
        assert_eq!(done.buttons, []);
    }

    #[test]
    fn a_long_list_is_cut() {
        let callers = |count: u64| {
            let entries: Vec<Entry> = (0..count).map(|n| entry(&format!("60{n:02}"), n)).collect();
            let [english, ..] = texts_of(&record(&entries));
            (
                english.matches("\n- ").count(),
                english.lines().last().map(str::to_owned),
            )
        };
        // Nobody was told of any of them.
        assert_eq!(callers(40).0, 40);
        assert_eq!(callers(51), (50, Some("and one more caller".to_owned())));
        assert_eq!(callers(60), (50, Some("and 10 more callers".to_owned())));
        // A message before this one told of forty; since then two more called, and one of those again.
        let entries: Vec<Entry> = (0..40)
            .map(|n| entry(&format!("60{n:02}"), 50 + n))
            .collect();
        let mut record = record(&entries);
        record.is_told(&PostId::from("p"), NOW);
        record.outgrow_message(NOW);
        for new in [entry("7000", 9), entry("6039", 8), entry("7001", 7)] {
            record.add(&new);
        }
        let [english, ..] = texts_of(&record);
        let lines: Vec<&str> = english.lines().skip(2).collect();
        assert!(lines[0].contains("7001") && lines[1].contains("6039, 2 times"));
        assert!(lines[2].contains("7000") && lines[3].contains("6000"));
        assert_eq!(lines[10..], ["", "and 32 more callers"]);
    }

    #[test]
    fn a_list_of_the_longest_names_fits_into_a_post() {
        let entries: Vec<Entry> = (0..60)
            .map(|n| Entry {
                colleague: Some((format!("u{n}"), "*".repeat(300))),
                queue: Some("_".repeat(79).into()),
                ..entry(&"1".repeat(64), 1)
            })
            .collect();
        let record = record(&entries);
        for text in texts_of(&record) {
            assert!(text.chars().count() <= 16_383, "{}", text.chars().count());
            let shown = text.matches("\n- ").count();
            assert!((10..50).contains(&shown), "{shown}");
            let more = (60 - shown).to_string();
            assert!(text.lines().last().is_some_and(|last| last.contains(&more)));
        }
    }

    #[test]
    fn a_message_says_that_another_one_follows() {
        let record = record(&[entry("6001", 5)]);
        let zones = TimeZones::in_folder("/nowhere");
        let message = |language| {
            let reader = Reader {
                language,
                time_zone: &"".into(),
                zones: &zones,
                now: NOW,
            };
            continued(&record, &reader)
        };
        assert_eq!(message(Language::English).buttons, []);
        assert_eq!(
            Language::ALL.map(|language| message(language).text),
            [
                "Missed call from 6001 at 12:00 (UTC).\n\n_Continued in the newer message below._",
                "Verpasster Anruf von 6001 um 12:00 Uhr (UTC).\n\n_Fortsetzung in der neueren Nachricht weiter unten._",
                "Appel manqué\u{a0}: 6001, à 12:00 (UTC).\n\n_Suite dans le message plus récent ci-dessous._",
            ]
        );
    }

    #[test]
    fn buttons_name_whom_they_call() {
        let names = |record: &Record, language| -> Vec<String> {
            let buttons = told(record, language).buttons;
            buttons.into_iter().map(|button| button.name).collect()
        };
        let one = record(&[eve(1)]);
        assert_eq!(names(&one, Language::English), ["Call back", "Done"]);
        assert_eq!(names(&one, Language::German), ["Zurückrufen", "Erledigt"]);
        assert_eq!(names(&one, Language::French), ["Rappeler", "Traité"]);
        let nobody = record(&[entry("", 1)]);
        assert_eq!(names(&nobody, Language::English), ["Done"]);
        let mut many = record(&[
            entry("1", 9),
            entry("2", 8),
            entry("3", 7),
            entry("", 6),
            eve(5),
        ]);
        assert_eq!(
            names(&many, Language::English),
            [
                "Call Eve_*Adams* back",
                "Call 3 back",
                "Call 2 back",
                "Done"
            ]
        );
        many.is_told(&PostId::from("p"), NOW);
        let buttons = told(&many, Language::English).buttons;
        let mut ids: Vec<&str> = buttons.iter().map(|button| button.id).collect();
        ids.dedup();
        assert_eq!(ids.len(), 4);
        let callers: Vec<&str> = buttons
            .iter()
            .map(|button| &*button.context[CALLER])
            .collect();
        assert_eq!(callers, ["5", "3", "2", ""]);
        assert!(
            buttons
                .iter()
                .all(|button| button.context[TOKEN] == "t0ken")
        );
        let long = Entry {
            colleague: Some(("eve".to_owned(), "E".repeat(90))),
            ..entry("6003", 1)
        };
        let name = &names(&record(&[long, entry("1", 1)]), Language::English)[1];
        assert_eq!(*name, format!("Call {}… back", "E".repeat(23)));
    }

    #[test]
    fn a_queues_channel_reads_who_waited() {
        let mut wait = MissedWait {
            queue: "support".into(),
            peer: Some(Peer::new("0151777")),
            since: Timestamp(NOW.0 - 83_000),
            at: NOW,
        };
        assert_eq!(
            Language::ALL.map(|language| of_queue(&wait, language)),
            [
                "Missed call in the queue support: 0151777 waited for 1 min 23 s.",
                "Verpasster Anruf in der Warteschlange support: 0151777, Wartezeit 1 min 23 s.",
                "Appel manqué dans la file d’attente support\u{a0}: 0151777, attente de 1 min 23 s.",
            ]
        );
        wait.peer = None;
        assert!(of_queue(&wait, Language::English).contains("a caller without a number waited"));
    }

    #[test]
    fn a_number_is_a_link() {
        assert_eq!(tel("+49 (30) 123-45"), "[+49 (30) 123-45](tel:+493012345)");
        assert_eq!(tel("*72#1"), "[\\*72\\#\u{200b}1](tel:*72%231)");
        assert_eq!(
            tel("bob](https://evil)"),
            text::markdown("bob](https://evil)")
        );
    }
}
