//! Queues as Asterisk tells of them, on a board.

mod any;
mod callers;
mod lists;
mod members;
mod recorded;

use std::collections::HashMap;
use std::fmt::Write;

use asterisk_rs_ami::AmiCodec;
use bytes::BytesMut;
use proptest::prelude::*;
use tokio_util::codec::Decoder;

use super::*;
use crate::board::{Agent, AgentState, Board, Ending, Event, MAX_AGENTS, MAX_WAITING, QueueView};
use crate::config::{DialPatterns, NumbersUsers};

/// The messages of a recording.
pub(in super::super) fn messages(recording: &[u8]) -> Vec<RawAmiMessage> {
    let (mut codec, mut bytes) = (AmiCodec::new(), BytesMut::from(recording));
    let mut found = Vec::new();
    while let Some(message) = codec.decode(&mut bytes).expect("a recording can be read") {
        found.push(message);
    }
    found
}

fn view(numbers: &str) -> View {
    View {
        numbers: NumbersUsers::parse(numbers).0,
        extensions: DialPatterns::default(),
        context: "from-internal".to_owned(),
    }
}

/// All that is known without hints.
impl Lines for View {
    fn extension(&self, _device: &str) -> Option<Arc<str>> {
        None
    }

    fn view(&self) -> &View {
        self
    }
}

/// A follower with a board behind it.
struct Play {
    queues: Queues,
    view: View,
    board: Board,
    now: Timestamp,
    reports: Vec<QueueReport>,
    /// How each queue looked, each time that it looked otherwise.
    seen: BTreeMap<Name, Vec<String>>,
}

impl Play {
    fn new(numbers: &str) -> Self {
        Self {
            queues: Queues::default(),
            view: view(numbers),
            board: Board::new(),
            now: Timestamp(1_900_000_000_000),
            reports: Vec::new(),
            seen: BTreeMap::new(),
        }
    }

    fn act(&mut self, act: impl FnOnce(&mut Queues, &View, Timestamp, &mut Vec<QueueReport>)) {
        let mut out = Vec::new();
        act(&mut self.queues, &self.view, self.now, &mut out);
        for report in out {
            self.board.apply(Event::Queue(report.clone()), self.now);
            self.reports.push(report);
        }
        for queue in self.board.snapshot().queues {
            let (looks, seen) = (shown(&queue), self.seen.entry(queue.name).or_default());
            if seen.last() != Some(&looks) {
                seen.push(looks);
            }
        }
    }

    fn message(&mut self, message: &RawAmiMessage) {
        self.act(|queues, view, now, out| queues.message(message, view, now, out));
    }

    fn event(&mut self, event: &str, headers: &[(&str, &str)]) {
        self.message(&made(event, headers));
    }

    fn begin_seed(&mut self) {
        self.queues.begin_seed();
    }

    fn end_seed(&mut self, complete: bool) {
        self.act(|queues, _, now, out| queues.end_seed(complete, now, out));
    }

    fn wait(&mut self, millis: u64) {
        self.now = self.now.after(millis);
        self.act(|queues, _, now, out| queues.expire(now, out));
    }

    /// The whole recording, whose lists are taken for seeds.
    fn recording(mut self, recording: &[u8]) -> Self {
        for message in messages(recording) {
            if message.get("Message") == Some("Queue status will follow") {
                self.begin_seed();
            }
            self.message(&message);
            if message.get("Event") == Some("QueueStatusComplete") {
                self.end_seed(true);
            }
        }
        self
    }

    fn looks(&self, queue: &str) -> &str {
        self.seen[queue].last().expect("a look")
    }

    fn agent(&self, interface: &str) -> Agent {
        let queues = self.board.snapshot().queues;
        let mut agents = queues.into_iter().flat_map(|queue| queue.agents);
        let found = agents.find(|agent| &*agent.interface == interface);
        found.expect("that agent")
    }

    /// What became of the callers.
    fn departures(&self) -> Vec<Departure> {
        let how = |report: &QueueReport| match &report.event {
            QueueEvent::Left { how, .. } => Some(how.clone()),
            _ => None,
        };
        self.reports.iter().filter_map(how).collect()
    }
}

fn made(event: &str, headers: &[(&str, &str)]) -> RawAmiMessage {
    let mut all = vec![("Event".to_owned(), event.to_owned())];
    all.extend(
        headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    RawAmiMessage {
        headers: all,
        output: Vec::new(),
        channel_variables: HashMap::new(),
    }
}

/// `6001 waits; Dora rings, Emil free; 0 answered, 0 abandoned`
fn shown(queue: &QueueView) -> String {
    let mut text = String::new();
    for waiting in &queue.waiting {
        let peer = waiting.peer.as_ref().map_or("?", |peer| peer.shown());
        write!(text, "{peer} ").expect("written");
    }
    text.push_str(if queue.waiting.is_empty() {
        "nobody waits; "
    } else {
        "waits; "
    });
    for agent in &queue.agents {
        let state = format!("{:?}", agent.state).to_lowercase();
        write!(text, "{} {state}", agent.name).expect("written");
        if agent.paused {
            write!(text, " paused ({})", agent.reason.as_deref().unwrap_or("-")).expect("written");
        }
        text.push_str(", ");
    }
    write!(
        text,
        "{} answered, {} abandoned",
        queue.counters.answered, queue.counters.abandoned
    )
    .expect("written");
    text
}

/// The looks that are expected come in this order, the first one first; others may be in between. At last nobody waits, and
/// the counts are those of the last one. (A recording may end before what the phones are in is told.)
#[track_caller]
fn assert_came(seen: &[String], expected: &[&str]) {
    assert_eq!(seen[0], expected[0]);
    let mut left = seen.iter();
    for look in expected {
        let came = left.any(|seen| seen == look);
        assert!(came, "no {look:?} in its place in {seen:#?}");
    }
    let counts = |look: &str| {
        look.rsplit(", ")
            .take(2)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let last = seen.last().expect("a look");
    assert!(last.starts_with("nobody waits; "), "{seen:#?}");
    assert_eq!(
        counts(last),
        counts(expected[expected.len() - 1]),
        "{seen:#?}"
    );
}

fn answered(agent: &str) -> Departure {
    Departure::Answered {
        agent: Some(Arc::from(agent)),
    }
}

const SUPPORT: (&str, &str) = ("Queue", "support");

const DORA: (&str, &str) = ("Interface", "Local/6004@from-queue/n");

fn join(play: &mut Play, id: &str, number: &str) {
    play.event(
        "QueueCallerJoin",
        &[SUPPORT, ("Uniqueid", id), ("CallerIDNum", number)],
    );
}

/// A queue "support" with Dora in it and someone who waits.
fn waiting() -> Play {
    let mut play = Play::new("");
    play.event(
        "QueueMemberAdded",
        &[
            SUPPORT,
            DORA,
            ("MemberName", "Dora"),
            ("Status", "1"),
            ("Paused", "0"),
        ],
    );
    join(&mut play, "1.1", "124");
    play
}

fn seed(play: &mut Play, waiting: &[&str], member: &[(&str, &str)]) {
    play.begin_seed();
    play.event(
        "QueueParams",
        &[SUPPORT, ("Completed", "7"), ("Abandoned", "3")],
    );
    play.event(
        "QueueMember",
        &[&[SUPPORT, ("Location", DORA.1), ("Name", "Dora")], member].concat(),
    );
    for id in waiting {
        play.event(
            "QueueEntry",
            &[
                SUPPORT,
                ("Uniqueid", id),
                ("CallerIDNum", "124"),
                ("Wait", "90"),
            ],
        );
    }
    play.event("QueueStatusComplete", &[]);
    play.end_seed(true);
}
