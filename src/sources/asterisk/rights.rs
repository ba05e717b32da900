//! What the account may.
//!
//! `ListCommands` shows the actions that it may use, and so its `write`. Its `read`, which events come, cannot be asked: what is seen of
//! them is compared with what the lists tell.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use asterisk_rs_ami::RawAmiMessage;
use tokio::time::Instant;

/// How much later than a list an event may come that is older.
const LATE: Duration = Duration::from_secs(2);

/// The most channels that are compared.
const MAX_COMPARED: usize = 10_000;

/// The classes in `write` that are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rights {
    /// To start calls.
    pub(super) originate: bool,
    /// To send texts.
    pub(super) message: bool,
    /// To ask for channels, devices and hints.
    pub(super) call: bool,
    /// To log agents in and out.
    pub(super) agent: bool,
    /// To end calls, to send them on, and to connect two of them.
    pub(super) control: bool,
    /// To park calls.
    pub(super) park: bool,
}

impl Rights {
    /// From the answer to `ListCommands`, which has a header for each action. Nothing is known from one that does not even have that
    /// action, which everybody may use: some proxies answer so.
    pub(super) fn read(answer: &RawAmiMessage) -> Option<Self> {
        let may = |action| answer.get(action).is_some();
        may("ListCommands").then(|| Self {
            originate: may("Originate"),
            message: may("MessageSend"),
            call: may("Status"),
            // Without app_queue there is nothing to have a right to.
            agent: may("QueueAdd") || !may("QueueStatus"),
            control: may("Hangup") && may("BlindTransfer") && may("Bridge"),
            // Only where res_parking is loaded.
            park: may("Park"),
        })
    }
}

/// A right that misses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingRight {
    /// As manager.conf has it: `write=originate`.
    pub right: &'static str,
    /// What does not work without it, in words that continue "without it …".
    pub without: &'static str,
}

/// What misses, by what the account may and what was seen.
pub(super) fn missing(rights: Option<Rights>, evidence: &Evidence) -> Vec<MissingRight> {
    let rights = rights.unwrap_or(Rights {
        originate: true,
        message: true,
        call: true,
        agent: true,
        control: true,
        park: true,
    });
    [
        (rights.originate, "write=originate", "nobody can start calls"),
        (rights.message, "write=message", "nobody can send texts to phones"),
        (
            rights.call,
            // Or `call`, or `system`: this one allows nothing but to look.
            "write=reporting",
            "lines, devices and calls are not known after a start, nor after the connection was lost",
        ),
        (rights.agent, "write=agent", "agents cannot log in, log out or pause"),
        (
            !evidence.call.misses,
            "read=call",
            "calls are not followed, and what became of those that were started is not known",
        ),
        (!evidence.agent.misses, "read=agent", "queues are not followed"),
    ]
    .into_iter()
    .filter(|(has, ..)| !has)
    .map(|(_, right, without)| MissingRight { right, without })
    .collect()
}

/// What is seen of the classes in `read`.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    call: Class,
    agent: Class,
    hasher: RandomState,
    /// What the list that is coming tells.
    channels: HashSet<u64>,
    queues: HashSet<u64>,
    /// What the list before told.
    before: Option<(HashSet<u64>, HashSet<u64>)>,
}

#[derive(Debug, Default)]
struct Class {
    /// An event of it came.
    seen: bool,
    /// Since when an event of it is overdue.
    overdue: Option<Instant>,
    misses: bool,
}

impl Class {
    fn see(&mut self) {
        *self = Self {
            seen: true,
            ..Self::default()
        };
    }

    fn expect(&mut self, now: Instant) {
        if !self.seen && self.overdue.is_none() {
            self.overdue = Some(now);
        }
    }

    fn check(&mut self, now: Instant) {
        self.misses |= self.overdue.is_some_and(|since| now >= since + LATE);
    }
}

impl Evidence {
    /// Whether there is nothing left to find out.
    pub(super) fn is_complete(&self) -> bool {
        self.call.seen && self.agent.seen
    }

    /// An event that was not asked for.
    pub(super) fn event(&mut self, event: &RawAmiMessage) {
        if self.is_complete() {
            return;
        }
        match event.get("Privilege").and_then(|p| p.split(',').next()) {
            Some("call") => self.call.see(),
            Some("agent") => self.agent.see(),
            _ => {}
        }
    }

    /// An item of a list.
    pub(super) fn item(&mut self, item: &RawAmiMessage) {
        let (set, names): (_, &[&str]) = match item.get("Event") {
            Some("Status") => (&mut self.channels, &["Uniqueid"]),
            // Each of these counters changes with an event of class `agent`.
            Some("QueueParams") => {
                let names = &["Queue", "Calls", "Completed", "Abandoned"];
                (&mut self.queues, names)
            }
            _ => return,
        };
        let values: Vec<_> = names.iter().map(|name| item.get(name)).collect();
        if set.len() < MAX_COMPARED {
            set.insert(self.hasher.hash_one(values));
        }
    }

    /// A call was started: its channel must be told of.
    pub(super) fn originated(&mut self, now: Instant) {
        self.call.expect(now);
    }

    /// The lists came: a channel that is new, or a counter that changed, must have been told of.
    pub(super) fn end(&mut self, channels: bool, queues: bool, now: Instant) {
        let found = (
            std::mem::take(&mut self.channels),
            std::mem::take(&mut self.queues),
        );
        if let Some((old_channels, old_queues)) = &self.before {
            if channels && !found.0.is_subset(old_channels) {
                self.call.expect(now);
            }
            if queues && found.1.len() == old_queues.len() && found.1 != *old_queues {
                self.agent.expect(now);
            }
        }
        self.before = (channels && queues).then_some(found);
    }

    /// Events were lost, so that nothing can be concluded from their absence.
    pub(super) fn gap(&mut self) {
        self.before = None;
        self.channels.clear();
        self.queues.clear();
        self.call.overdue = None;
        self.agent.overdue = None;
    }

    /// To be called about once a second.
    pub(super) fn check(&mut self, now: Instant) {
        self.call.check(now);
        self.agent.check(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(headers: &[(&str, &str)]) -> RawAmiMessage {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        RawAmiMessage {
            headers: headers.iter().map(owned).collect(),
            output: Vec::new(),
            channel_variables: std::collections::HashMap::new(),
        }
    }

    fn channel(id: &str) -> RawAmiMessage {
        message(&[("Event", "Status"), ("Uniqueid", id)])
    }

    fn queue(completed: &str) -> RawAmiMessage {
        let queue = [("Event", "QueueParams"), ("Queue", "sales")];
        message(&[&queue[..], &[("Calls", "0"), ("Completed", completed)]].concat())
    }

    /// A seed of these items, and what misses long after it.
    fn seed(evidence: &mut Evidence, items: &[RawAmiMessage], at: Instant) -> Vec<&'static str> {
        for item in items {
            evidence.item(item);
        }
        evidence.end(true, true, at);
        evidence.check(at + LATE);
        let found = missing(None, evidence);
        found.into_iter().map(|missing| missing.right).collect()
    }

    #[test]
    fn what_must_have_been_told_of_and_was_not_shows_what_misses() {
        let (mut evidence, at) = (Evidence::default(), Instant::now());
        let nothing: [&str; 0] = [];
        // What was there before the login was never told of.
        let first = [channel("1.1"), queue("3")];
        assert_eq!(seed(&mut evidence, &first, at), nothing);
        // A channel that ended.
        assert_eq!(seed(&mut evidence, &[queue("3")], at), nothing);
        let second = [channel("1.2"), queue("3")];
        assert_eq!(seed(&mut evidence, &second, at), ["read=call"]);
        assert_eq!(
            seed(&mut evidence, &[queue("4")], at),
            ["read=call", "read=agent"]
        );
        // A right that was given later.
        evidence.event(&message(&[
            ("Event", "Newchannel"),
            ("Privilege", "call,all"),
        ]));
        evidence.check(at + 2 * LATE);
        let left: Vec<_> = missing(None, &evidence).iter().map(|m| m.right).collect();
        assert_eq!(left, ["read=agent"]);
    }

    #[test]
    fn events_that_come_late_or_were_lost_prove_nothing() {
        let (mut evidence, at) = (Evidence::default(), Instant::now());
        evidence.end(true, true, at);
        evidence.item(&channel("1.1"));
        evidence.end(true, true, at);
        evidence.check(at);
        evidence.event(&message(&[
            ("Event", "Newchannel"),
            ("Privilege", "call,all"),
        ]));
        evidence.check(at + LATE);
        assert!(missing(None, &evidence).is_empty());

        let mut evidence = Evidence::default();
        evidence.end(true, true, at);
        evidence.gap();
        assert!(seed(&mut evidence, &[channel("1.1"), queue("1")], at).is_empty());
    }

    #[test]
    fn a_call_of_ours_must_be_told_of() {
        let (mut evidence, at) = (Evidence::default(), Instant::now());
        evidence.originated(at);
        evidence.check(at);
        assert!(missing(None, &evidence).is_empty());
        evidence.check(at + LATE);
        assert_eq!(missing(None, &evidence)[0].right, "read=call");
    }

    #[test]
    fn an_answer_without_any_action_says_nothing_of_rights() {
        let done = message(&[("Response", "Success"), ("Message", "Done")]);
        assert_eq!(Rights::read(&done), None);
    }

    #[test]
    fn without_queues_no_right_to_them_misses() {
        let commands = message(&[
            ("Response", "Success"),
            ("ListCommands", "…"),
            ("Originate", "…"),
            ("Status", "…"),
        ]);
        let rights = Rights::read(&commands).expect("it has actions");
        assert!(rights.agent && rights.originate && rights.call && !rights.message);
        let found = missing(Some(rights), &Evidence::default());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].right, "write=message");
    }
}
