//! What the state machine makes of recordings of a real Asterisk, told by what the board shows.

mod any;
mod cards;
mod codes;
mod lines;
mod missed;
mod orders;
mod outside;
mod plays;
mod restart;
mod seeds;
mod turns;

use std::collections::{BTreeMap, HashMap};

use asterisk_rs_ami::RawAmiMessage;
use tokio::sync::mpsc;

use super::*;
use crate::board::{Board, Call, Change, ChangeKind, Device, Direction, Outcome};
use crate::config::{DialPatterns, NumbersUsers};
use crate::sinks::missed::Outside;

/// How long it takes from one message to the next, in milliseconds.
const TICK: u64 = 10;

/// What an account with the least rights received when that was played.
fn recording(play: &str) -> Vec<RawAmiMessage> {
    let path = format!(
        "{}/tests/asterisk/recordings/least/{play}.ami",
        env!("CARGO_MANIFEST_DIR")
    );
    let bytes = std::fs::read(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    super::queues::tests::messages(&bytes)
}

fn view(numbers: &str) -> View {
    View {
        numbers: NumbersUsers::parse(numbers).0,
        extensions: DialPatterns::parse("XX, XXX, XXXX, XXXXX").0,
        context: "from-internal".to_owned(),
    }
}

fn dial(number: &str) -> Dial {
    Dial::new(number).expect("a number")
}

/// A message of these headers, written as AMI writes them.
fn event(text: &str) -> RawAmiMessage {
    let header = |line: &str| {
        let (name, value) = line.trim().split_once(':').expect("a header");
        (name.to_owned(), value.trim().to_owned())
    };
    RawAmiMessage {
        headers: text
            .split('\n')
            .filter(|line| !line.trim().is_empty())
            .map(header)
            .collect(),
        output: Vec::new(),
        channel_variables: HashMap::new(),
    }
}

/// The state machine with a board behind it.
struct Play {
    state: State,
    board: Board,
    now: Timestamp,
    /// What the board showed of each line, in its order.
    shown: BTreeMap<Name, Vec<String>>,
    /// The reports that are news: those that may become posts.
    news: Vec<String>,
    changes: Vec<Change>,
    /// What was told of those who are dialled and are no line's.
    outside: Vec<Outside>,
}

impl Play {
    fn new(numbers: &str) -> Self {
        Self {
            state: State::new(view(numbers)),
            board: Board::new(),
            now: Timestamp(1_900_000_000_000),
            shown: BTreeMap::new(),
            news: Vec::new(),
            changes: Vec::new(),
            outside: Vec::new(),
        }
    }

    /// Plays a recording: first the lists that it begins with, then what happened.
    fn recording(play: &str) -> Self {
        let mut it = Self::new("");
        it.seed(&recording(play));
        it
    }

    /// A seed by the lists that a recording begins with; what follows them is played as events.
    fn seed(&mut self, messages: &[RawAmiMessage]) {
        let at = messages
            .iter()
            .position(|m| m.get("Event") == Some("QueueSummaryComplete"));
        let (lists, events) = messages.split_at(at.expect("the last list") + 1);
        self.lists(lists);
        self.all(events);
    }

    fn lists(&mut self, messages: &[RawAmiMessage]) {
        let complete = Seeded {
            channels: true,
            devices: true,
            hints: true,
            queues: true,
        };
        self.act(State::begin_seed);
        self.all(messages);
        self.act(|state, now| state.end_seed(complete, now));
    }

    fn all(&mut self, messages: &[RawAmiMessage]) {
        for message in messages {
            self.act(|state, now| state.message(message, now));
        }
    }

    fn act(&mut self, act: impl FnOnce(&mut State, Timestamp)) {
        self.now = self.now.after(TICK);
        act(&mut self.state, self.now);
        for output in self.state.take() {
            let (event, at) = match output {
                Output::Board(event, at) => (event, at),
                Output::Outside(outside, _) => {
                    self.outside.push(outside);
                    continue;
                }
                Output::Mailbox(_) => continue,
            };
            for change in self.board.apply(event, at) {
                self.note(&change);
                self.changes.push(change);
            }
        }
    }

    fn note(&mut self, change: &Change) {
        let says = match &change.kind {
            ChangeKind::CallBegan(call) | ChangeKind::CallChanged(call) => {
                let state = format!("{:?}", call.state).to_lowercase();
                format!("{} {state}", with(call))
            }
            ChangeKind::CallEnded(call, outcome) => {
                let how = match outcome {
                    Outcome::Finished => "ends",
                    Outcome::Missed => "is missed",
                    Outcome::Elsewhere => "is answered elsewhere",
                    Outcome::Refused => "is refused",
                    Outcome::Untold => "is lost sight of",
                    Outcome::Expired | Outcome::Displaced | Outcome::Retold => "is forgotten",
                };
                format!("{} {how}", with(call))
            }
            ChangeKind::Reported {
                report,
                repeats: false,
            } => {
                self.news
                    .push(format!("{} {}", report.user, report.action.name()));
                return;
            }
            _ => return,
        };
        self.shown
            .entry(Arc::clone(&change.subject))
            .or_default()
            .push(says);
    }

    /// What the board showed, line by line. Calls that end one right after the other are sorted: of two that end by one reason
    /// nothing says which is first.
    fn shown(&self) -> Vec<(&str, String)> {
        let lines = self.shown.iter().map(|(line, says)| {
            let mut says = says.clone();
            says.chunk_by_mut(|a, b| a.ends_with("ends") && b.ends_with("ends"))
                .for_each(<[_]>::sort);
            (&**line, says.join(", "))
        });
        lines.collect()
    }

    /// What the lines' devices are in, of those that are registered.
    fn devices(&self) -> Vec<String> {
        let extensions = self.state.extensions().into_iter();
        let there = extensions.filter(|e| e.device != Device::Unreachable);
        there
            .map(|e| format!("{} {:?}", e.number, e.device).to_lowercase())
            .collect()
    }

    /// The calls on the board now.
    fn calls(&self) -> Vec<String> {
        let snapshot = self.board.snapshot();
        let lines = snapshot.lines.iter();
        let calls = lines.flat_map(|line| line.calls.iter().map(move |call| (line, call)));
        calls
            .map(|(line, call)| {
                format!("{}{} {:?}", line.user, with(call), call.state).to_lowercase()
            })
            .collect()
    }

    fn dnd(&self) -> Vec<Name> {
        let lines = self.board.snapshot().lines.into_iter();
        lines
            .filter(|line| line.state.dnd)
            .map(|line| line.user)
            .collect()
    }

    fn nothing_is_left(&self, play: &str) {
        assert_eq!(self.calls(), [""; 0], "{play}");
        let counts = self.state.counts();
        assert_eq!((counts.calls, counts.channels), (0, 0), "{play}");
    }
}

/// `>6002` for a call to 6002, `<6001` for one from 6001.
fn with(call: &Call) -> String {
    let arrow = match call.direction {
        Direction::Incoming => '<',
        Direction::Outgoing => '>',
        Direction::Unknown => '-',
    };
    format!(
        "{arrow}{}",
        call.peer.as_ref().map_or("?", |peer| peer.shown())
    )
}

fn progress(receiver: &mut mpsc::Receiver<Progress>) -> Vec<Progress> {
    std::iter::from_fn(|| receiver.try_recv().ok()).collect()
}
