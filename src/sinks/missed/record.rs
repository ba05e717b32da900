//! What one person missed, as it is kept: in a record of the store, so that a restart loses nothing.

use serde::{Deserialize, Serialize};

use crate::board::{Name, Peer, Timestamp};
use crate::host::{PostId, UserId};
use crate::number;
use crate::sinks::status::PHONE_DND_LIMIT;

/// The most callers that are kept of one person; of more, those who called longest ago are counted only.
pub const MAX_CALLERS: usize = 50;

/// For how long one message is changed, in milliseconds (12 hours): what is missed later has a message of its own, because nobody is
/// notified of a change.
pub const MESSAGE_AGE: u64 = 12 * 60 * 60 * 1000;

/// For how long callers who are not in a message join it, in milliseconds (5 minutes), so that many who call at once are one message. Who
/// calls later has one of their own: of a change nobody would be notified.
pub const NEW_CALLERS_JOIN: u64 = 5 * 60 * 1000;

/// For how long the buttons of a message work, in milliseconds (a week).
pub const BUTTONS_AGE: u64 = 7 * 24 * 60 * 60 * 1000;

/// How the keys of all records begin.
pub(super) const PREFIX: &str = "missed:";

/// The key of somebody's record.
pub(super) fn key(user: &UserId) -> String {
    format!("{PREFIX}{}", user.as_str())
}

/// Something that somebody missed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// Who called, if known.
    pub(super) peer: Option<Peer>,
    /// The same, where it is a colleague: their user name, and what people call them.
    pub(super) colleague: Option<(String, String)>,
    /// The queue that it came from, if it came from one.
    pub(super) queue: Option<Name>,
    /// When.
    pub(super) at: Timestamp,
}

/// Somebody who called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Caller {
    /// Its number in this record, which buttons name.
    pub(super) id: u32,
    /// The number as it came.
    pub(super) number: Option<String>,
    /// The number in international form, where that is known.
    pub(super) international: Option<String>,
    /// The name of a line, or what an outside number is called.
    pub(super) name: Option<String>,
    /// A colleague's user name.
    pub(super) username: Option<String>,
    /// The queue that the calls came from.
    pub(super) queue: Option<String>,
    /// How many calls.
    pub(super) count: u32,
    /// How many of them a message tells.
    pub(super) told: u32,
    /// Whether that is, or was first, a message before the one that is changed now.
    pub(super) carried: bool,
    /// When the last of them was, in milliseconds since 1970.
    pub(super) last: u64,
}

impl Caller {
    fn new(id: u32, entry: &Entry) -> Self {
        let mut caller = Self {
            id,
            queue: entry.queue.as_deref().map(str::to_owned),
            ..Self::default()
        };
        if let Some(peer) = &entry.peer {
            let text = |text: &Name| (**text).to_owned();
            caller.number = Some(text(&peer.number)).filter(|number| !number.is_empty());
            caller.international = peer.international.as_ref().map(text);
            caller.name = peer.name.as_ref().or(peer.label.as_ref()).map(text);
        }
        if let Some((username, name)) = entry.colleague.clone() {
            (caller.username, caller.name) = (Some(username), Some(name));
        }
        caller
    }

    fn is(&self, other: &Self) -> bool {
        if self.queue != other.queue {
            return false;
        }
        // Where one has none, Mattermost may not have answered who that is: then the number tells.
        if let (Some(a), Some(b)) = (&self.username, &other.username) {
            return a == b;
        }
        // As of any two sides of calls, see [`Peer::is`]: the digits alone do not tell `030 1234567` of one country from that of another.
        if let (Some(a), Some(b)) = (&self.international, &other.international) {
            return a == b;
        }
        match (&self.number, &other.number) {
            (Some(a), Some(b)) => number::same(a, b),
            (None, None) => self.name == other.name,
            _ => false,
        }
    }

    /// Whether calling that one back is calling this one back, or one of both cannot be called back.
    fn dials_as(&self, other: &Self) -> bool {
        match (self.dial(), other.dial()) {
            (Some(a), Some(b)) => number::same(a, b),
            _ => true,
        }
    }

    /// The same calls, of nobody.
    pub(super) fn unknown(self) -> Self {
        Self {
            number: None,
            international: None,
            name: None,
            username: None,
            ..self
        }
    }

    /// Whether both are of nobody, and so of one caller.
    pub(super) fn is_unknown_as(&self, other: &Self) -> bool {
        let is_unknown = |caller: &Self| {
            caller.number.is_none() && caller.name.is_none() && caller.username.is_none()
        };
        is_unknown(self) && is_unknown(other) && self.queue == other.queue
    }

    /// Takes over the calls of that one, which came before.
    pub(super) fn join(&mut self, other: &Self) {
        self.count = self.count.saturating_add(other.count);
        self.told = self.told.saturating_add(other.told);
        self.carried |= other.carried;
    }

    /// What is dialled to call back, if that is known.
    pub(super) fn dial(&self) -> Option<&str> {
        self.international.as_deref().or(self.number.as_deref())
    }
}

/// The message that tells of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Told {
    /// Its post, once it is made.
    pub(super) post: Option<String>,
    /// What its buttons carry: whoever made one up does not know it.
    pub(super) token: String,
    /// When it was sent, in milliseconds since 1970; until then, when it was begun.
    pub(super) since: u64,
}

/// One person's missed calls that are not done with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    /// Who called, the latest first.
    pub(super) callers: Vec<Caller>,
    /// How many callers more there were.
    pub(super) more: u32,
    /// How many of those the message tells.
    more_told: u32,
    /// How many callers there ever were.
    ids: u32,
    /// The message, if one is begun.
    pub(super) message: Option<Told>,
    /// Whether something is to be told that the message does not tell.
    pub(super) waiting: bool,
    /// Since when that waits for the end of the phone's do-not-disturb, in milliseconds since 1970.
    quiet_since: Option<u64>,
}

impl Record {
    /// Whether nothing is to be kept.
    pub(super) fn is_empty(&self) -> bool {
        self.callers.is_empty()
    }

    /// Something was missed.
    pub(super) fn add(&mut self, entry: &Entry) {
        self.ids += 1;
        let mut caller = Caller::new(self.ids, entry);
        let known = self.callers.iter().position(|other| other.is(&caller));
        if let Some(known) = known.map(|at| self.callers.remove(at)) {
            // What is known by now of who it is, is known of the calls before, too.
            if caller.number.is_none() {
                (caller.number, caller.international) =
                    (known.number.clone(), known.international.clone());
            }
            if caller.username.is_none() && known.username.is_some() {
                (caller.username, caller.name) = (known.username.clone(), known.name.clone());
            }
            // A button goes on to mean whom it meant, and never dials another number than the one that it was made for.
            if caller.dials_as(&known) {
                caller.id = known.id;
            }
            caller = Caller {
                count: known.count,
                told: known.told,
                carried: known.carried,
                last: known.last,
                ..caller
            };
        }
        caller.count = caller.count.saturating_add(1);
        caller.last = caller.last.max(entry.at.0);
        let at = self
            .callers
            .partition_point(|other| other.last > caller.last);
        self.callers.insert(at, caller);
        if self.callers.len() > MAX_CALLERS {
            self.callers.truncate(MAX_CALLERS);
            self.more = self.more.saturating_add(1);
        }
        self.waiting = true;
    }

    /// Whether what waits is to have a message of its own: the one that is there is old, or somebody calls who is not in it.
    pub(super) fn outgrows_message(&self, now: Timestamp) -> bool {
        let sent = self.message.as_ref().filter(|told| told.post.is_some());
        let Some(message) = sent else {
            return false;
        };
        let is_new = |caller: &Caller| caller.told == 0;
        let new_callers = self.more > self.more_told || self.callers.iter().any(is_new);
        // The clock may have been set back.
        let age = now.0.abs_diff(message.since);
        age >= MESSAGE_AGE || (new_callers && age >= NEW_CALLERS_JOIN)
    }

    /// The message is changed no more, and another one is to tell what waits, and what this one told: all of it is to be done still. Only
    /// whom it told of and who called last so long ago that no button would work any more, stays with it.
    pub(super) fn outgrow_message(&mut self, now: Timestamp) {
        self.message = None;
        self.forget_more();
        let is_over = |caller: &Caller| {
            caller.told >= caller.count && now.0 >= caller.last.saturating_add(BUTTONS_AGE)
        };
        self.callers.retain(|caller| !is_over(caller));
        for caller in &mut self.callers {
            caller.carried = caller.told > 0;
        }
    }

    /// What waits, waits for the end of the phone's do-not-disturb since then, or does not. Answers whether that is news.
    pub(super) fn is_quiet(&mut self, since: Option<Timestamp>) -> bool {
        let since = since.map(|since| since.0);
        std::mem::replace(&mut self.quiet_since, since) != since
    }

    /// For how long from now on a phone's do-not-disturb counts that was known when the record was stored, in milliseconds.
    pub(super) fn quiet_for(&self, now: Timestamp) -> u64 {
        let left = |since: u64| PHONE_DND_LIMIT.saturating_sub(now.0.saturating_sub(since));
        self.quiet_since.map_or(0, left).min(PHONE_DND_LIMIT)
    }

    /// Those beyond the list whom the message told stay with it.
    fn forget_more(&mut self) {
        self.more = self.more.saturating_sub(self.more_told);
        self.more_told = 0;
    }

    /// Sees to a message that can be told, and answers whether anything changed by it.
    pub(super) fn begin(&mut self, now: Timestamp, token: impl FnOnce() -> String) -> bool {
        if self.message.is_some() {
            return false;
        }
        self.message = Some(Told {
            post: None,
            token: token(),
            since: now.0,
        });
        true
    }

    /// The message is as it is, and nothing of it is to be told again.
    pub(super) fn leave_message(&mut self) {
        self.message = None;
        self.forget_more();
        for caller in &mut self.callers {
            caller.count -= caller.told.min(caller.count);
            (caller.told, caller.carried) = (0, false);
        }
        self.callers.retain(|caller| caller.count > 0);
        self.waiting = !self.callers.is_empty();
    }

    /// What the message tells.
    pub(super) fn told(&self) -> Self {
        let mut told = self.clone();
        for caller in &mut told.callers {
            caller.count = caller.told;
        }
        told.callers.retain(|caller| caller.count > 0);
        told.more = told.more_told;
        told.waiting = false;
        told
    }

    /// What the message does not tell is not to be told.
    pub(super) fn forget_waiting(&mut self) {
        *self = self.told();
        if self.callers.is_empty() {
            *self = Self::default();
        }
    }

    /// The message tells everything, in that post.
    pub(super) fn is_told(&mut self, post: &PostId, now: Timestamp) {
        if let Some(message) = &mut self.message {
            let known = message.post.replace(post.as_str().to_owned());
            if known.is_none() {
                message.since = now.0;
            }
        }
        self.more_told = self.more;
        for caller in &mut self.callers {
            caller.told = caller.count;
        }
        self.waiting = false;
    }

    /// Whether nothing of it is any more to be told or pressed.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        let old = |told: &Told| now.0 >= told.since.saturating_add(BUTTONS_AGE);
        !self.waiting && self.message.as_ref().is_none_or(old)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: &str, at: u64) -> Entry {
        Entry {
            peer: Some(Peer::new(number)).filter(|peer| !peer.number.is_empty()),
            at: Timestamp(at),
            ..Entry::default()
        }
    }

    fn list(record: &Record) -> Vec<(Option<&str>, u32, u64)> {
        let callers = record.callers.iter();
        callers
            .map(|caller| (caller.number.as_deref(), caller.count, caller.last))
            .collect()
    }

    #[test]
    fn each_caller_stands_once_and_the_latest_first() {
        let mut record = Record::default();
        for (number, at) in [
            ("0301234567", 1),
            ("6002", 2),
            ("+49301234567", 3),
            ("", 4),
            ("", 5),
            ("6003", 4),
        ] {
            record.add(&entry(number, at));
        }
        let expected = [
            (None, 2, 5),
            (Some("6003"), 1, 4),
            (Some("+49301234567"), 2, 3),
            (Some("6002"), 1, 2),
        ];
        assert_eq!(list(&record), expected);
        assert!(record.waiting);
        // Told late of what was before.
        record.add(&entry("6002", 1));
        assert_eq!(list(&record)[3], (Some("6002"), 2, 2));
        let ids: Vec<u32> = record.callers.iter().map(|caller| caller.id).collect();
        assert_eq!(ids, [4, 6, 1, 2]);
    }

    #[test]
    fn colleagues_are_known_by_their_names_and_queues_apart() {
        let mut record = Record::default();
        let colleague = |number, at| Entry {
            colleague: Some(("eve".to_owned(), "Eve Adams".to_owned())),
            ..entry(number, at)
        };
        record.add(&colleague("6003", 1));
        record.add(&colleague("0151777", 2));
        record.add(&Entry {
            queue: Some("sales".into()),
            ..colleague("6003", 3)
        });
        assert_eq!(
            list(&record),
            [(Some("6003"), 1, 3), (Some("0151777"), 2, 2)]
        );
        assert_eq!(record.callers[1].name.as_deref(), Some("Eve Adams"));
    }

    /// When Mattermost does not answer who somebody is, the line's name and the number are what is known.
    #[test]
    fn a_colleague_stood_twice_in_the_list_whom_mattermost_did_not_tell_once() {
        let known = |at| Entry {
            colleague: Some(("eve".to_owned(), "Eve Adams".to_owned())),
            ..entry("6003", at)
        };
        let unknown = |at| Entry {
            peer: Some(Peer {
                name: Some("eve".into()),
                ..Peer::new("6003")
            }),
            at: Timestamp(at),
            ..Entry::default()
        };
        for entries in [[known(1), unknown(2)], [unknown(1), known(2)]] {
            let mut record = Record::default();
            for entry in &entries {
                record.add(entry);
            }
            assert_eq!(list(&record), [(Some("6003"), 2, 2)]);
            let eve = &record.callers[0];
            assert_eq!(eve.username.as_deref(), Some("eve"));
            assert_eq!(eve.name.as_deref(), Some("Eve Adams"));
        }
        // Who have names and share a number are two.
        let mut record = Record::default();
        record.add(&known(1));
        record.add(&Entry {
            colleague: Some(("bob".to_owned(), "Bob".to_owned())),
            ..entry("6003", 2)
        });
        assert_eq!(list(&record).len(), 2);
    }

    /// A call as a plan reads its number.
    fn told(number: &str, international: &str, at: u64) -> Entry {
        let peer = Peer {
            international: Some(international)
                .filter(|n| !n.is_empty())
                .map(Name::from),
            ..Peer::new(number)
        };
        Entry {
            peer: Some(peer),
            at: Timestamp(at),
            ..Entry::default()
        }
    }

    /// Whom the button dials that was made for the caller with this id.
    fn dials(record: &Record, id: u32) -> Option<&str> {
        let caller = record.callers.iter().find(|caller| caller.id == id)?;
        caller.dial()
    }

    #[test]
    fn a_foreign_caller_took_over_anothers_button() {
        let (german, austrian) = ("+49301234567", "+43301234567");
        let mut record = Record::default();
        record.add(&told("030 1234567", german, 1));
        record.add(&told("+43 30 1234567", austrian, 2));
        assert_eq!(list(&record).len(), 2, "{:?}", list(&record));
        assert_eq!(dials(&record, 1), Some(german));
        assert_eq!(dials(&record, 2), Some(austrian));
        record.add(&told("+49 30 1234567", german, 3));
        assert_eq!(list(&record)[0], (Some("+49 30 1234567"), 2, 3));
        assert_eq!(dials(&record, 1), Some(german));
    }

    #[test]
    fn a_button_dialled_another_number_than_it_was_made_for() {
        // Without its international form a number may be that of either.
        let mut record = Record::default();
        record.add(&told("030 1234567", "+49301234567", 1));
        record.add(&told("+43 30 1234567", "", 2));
        assert_eq!(list(&record), [(Some("+43 30 1234567"), 2, 2)]);
        assert_eq!(dials(&record, 1), None);
        assert_eq!(dials(&record, 2), Some("+43 30 1234567"));
        // A colleague calls from another phone.
        let colleague = |entry: Entry| Entry {
            colleague: Some(("eve".to_owned(), "Eve Adams".to_owned())),
            ..entry
        };
        let mut record = Record::default();
        record.add(&colleague(told("6003", "", 1)));
        record.add(&colleague(told("0151777", "+49151777", 2)));
        assert_eq!(list(&record), [(Some("0151777"), 2, 2)]);
        assert_eq!(dials(&record, 1), None);
        assert_eq!(dials(&record, 2), Some("+49151777"));
        // What they are called by, and not what they called from, is told: what was known stays.
        record.add(&colleague(entry("", 3)));
        assert_eq!(list(&record), [(Some("0151777"), 3, 3)]);
        assert_eq!(dials(&record, 2), Some("+49151777"));
    }

    #[test]
    fn callers_are_bounded() {
        let mut record = Record::default();
        for n in 0..MAX_CALLERS as u64 + 5 {
            record.add(&entry(&format!("6{n:03}"), n));
        }
        assert_eq!((record.callers.len(), record.more), (MAX_CALLERS, 5));
        assert_eq!(record.callers[0].number.as_deref(), Some("6054"));
    }

    #[test]
    fn a_message_tells_until_it_is_old() {
        let mut record = Record::default();
        record.add(&entry("1", 100));
        record.add(&entry("2", 200));
        assert!(record.begin(Timestamp(300), || "a".to_owned()));
        assert!(
            !record.begin(Timestamp(400), || "b".to_owned()),
            "it is to be made still"
        );
        assert!(!record.outgrows_message(Timestamp(MESSAGE_AGE * 2)));
        record.is_told(&PostId::from("p"), Timestamp(500));
        assert!(!record.waiting);
        record.add(&entry("1", MESSAGE_AGE));
        assert!(!record.outgrows_message(Timestamp(499 + MESSAGE_AGE)));
        assert!(record.outgrows_message(Timestamp(500 + MESSAGE_AGE)));
        // What the old one told is not done with.
        record.outgrow_message(Timestamp(500 + MESSAGE_AGE));
        assert!(record.begin(Timestamp(500 + MESSAGE_AGE), || "c".to_owned()));
        assert_eq!(
            list(&record),
            [(Some("1"), 2, MESSAGE_AGE), (Some("2"), 1, 200)]
        );
        let expected = Told {
            post: None,
            token: "c".to_owned(),
            since: 500 + MESSAGE_AGE,
        };
        assert_eq!(record.message, Some(expected));
        assert!(record.waiting);
    }

    #[test]
    fn a_new_caller_outgrows_a_message_that_somebody_may_have_read() {
        let mut record = Record::default();
        record.add(&entry("1", 1));
        record.begin(Timestamp(1), || "a".to_owned());
        record.is_told(&PostId::from("p"), Timestamp(1));
        // Who is in it already does not.
        record.add(&entry("1", 2));
        assert!(!record.outgrows_message(Timestamp(NEW_CALLERS_JOIN + 1)));
        record.add(&entry("2", 3));
        assert!(!record.outgrows_message(Timestamp(NEW_CALLERS_JOIN)));
        assert!(record.outgrows_message(Timestamp(NEW_CALLERS_JOIN + 1)));
        record.is_told(&PostId::from("p"), Timestamp(5));
        let message = record.message.as_ref().expect("a message");
        assert_eq!(message.since, 1, "it is not sent again");
        assert!(!record.outgrows_message(Timestamp(NEW_CALLERS_JOIN + 1)));
        // One too many for the list is new as well.
        for n in 0..MAX_CALLERS as u64 {
            record.add(&entry(&format!("6{n:03}"), 10 + n));
        }
        record.is_told(&PostId::from("p"), Timestamp(5));
        record.add(&entry("7000", 4));
        assert_eq!(record.more, 3);
        assert!(record.outgrows_message(Timestamp(NEW_CALLERS_JOIN + 1)));
        // The clock was set back by a year.
        record.is_told(&PostId::from("p"), Timestamp(5));
        if let Some(message) = &mut record.message {
            message.since = 2 * MESSAGE_AGE;
        }
        assert!(record.outgrows_message(Timestamp(5)));
    }

    #[test]
    fn whom_a_week_did_not_call_back_stays_with_the_message_that_told() {
        let mut record = Record::default();
        for n in 0..MAX_CALLERS as u64 + 2 {
            record.add(&entry(&format!("6{n:03}"), n));
        }
        record.begin(Timestamp(100), || "a".to_owned());
        record.is_told(&PostId::from("p"), Timestamp(100));
        record.add(&entry("7000", BUTTONS_AGE + 10));
        assert_eq!((record.more, record.told().more), (3, 2));
        record.outgrow_message(Timestamp(BUTTONS_AGE + 10));
        // Of those before, the ones who called after the tenth millisecond, and of those beyond the list whom nobody was told of.
        assert_eq!((record.callers.len(), record.more), (42, 1));
        assert_eq!(record.callers[0].number.as_deref(), Some("7000"));
        let carried = record.callers.iter().filter(|caller| caller.carried);
        assert_eq!(carried.count(), 41);
    }

    #[test]
    fn a_record_is_over_after_a_week() {
        let mut record = Record::default();
        assert!(record.is_over(Timestamp(0)));
        record.add(&entry("1", 100));
        record.begin(Timestamp(100), || "a".to_owned());
        assert!(
            !record.is_over(Timestamp(100 + BUTTONS_AGE)),
            "nothing was told yet"
        );
        record.is_told(&PostId::from("p"), Timestamp(100));
        assert!(!record.is_over(Timestamp(99 + BUTTONS_AGE)));
        assert!(record.is_over(Timestamp(100 + BUTTONS_AGE)));
        record.leave_message();
        assert!(record.is_empty());
    }

    #[test]
    fn what_is_told_is_apart_from_what_waits() {
        let mut record = Record::default();
        record.add(&entry("1", 100));
        record.begin(Timestamp(100), || "a".to_owned());
        record.is_told(&PostId::from("p"), Timestamp(100));
        record.add(&entry("1", 200));
        record.add(&entry("2", 300));
        assert_eq!(list(&record.told()), [(Some("1"), 1, 200)]);
        let mut done = record.clone();
        done.leave_message();
        assert_eq!(list(&done), [(Some("2"), 1, 300), (Some("1"), 1, 200)]);
        assert!(done.waiting && done.message.is_none());
        record.forget_waiting();
        assert_eq!(list(&record), [(Some("1"), 1, 200)]);
        assert!(!record.waiting && record.message.is_some());
        let mut untold = Record::default();
        untold.add(&entry("1", 100));
        untold.forget_waiting();
        assert_eq!(untold, Record::default());
    }

    #[test]
    fn a_record_is_small() {
        let mut record = Record::default();
        for n in 0..MAX_CALLERS {
            let mut entry = entry(&format!("{n:064}"), u64::MAX);
            entry.queue = Some("q".repeat(80).into());
            entry.colleague = Some(("u".repeat(64), "n".repeat(300)));
            record.add(&entry);
        }
        let json = serde_json::to_vec(&record).expect("JSON");
        assert!(
            json.len() < crate::store::MAX_RECORD_BYTES / 20,
            "{}",
            json.len()
        );
    }
}
