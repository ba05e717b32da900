//! Events in, and what the board is afterwards.

mod lines;
mod queues;
mod random;
mod restart;
mod trouble;

use devhost::ovh::Number;
use serde_json::Value;

use super::super::answer::Answer;
use super::*;
use crate::board::{
    Board, CallRecord, Change, ChangeKind, LineView, QueueView, Snapshot, Timestamp,
};

/// The bit of the one token that there is, unless a test says otherwise.
const FIRST: Slots = 1;
const SECOND: Slots = 2;

const BOB: &str = "0033912312301";
const ALICE: &str = "0033912312302";
const DESK: &str = "0033912312303";
const SUPPORT: &str = "0033912312399";
const CALLER: &str = "0033612345678";

/// A state that feeds a board, and their time.
struct Play {
    state: State,
    board: Board,
    now: Timestamp,
    changes: Vec<Change>,
}

impl Play {
    fn new() -> Self {
        let mut play = Self {
            state: State::default(),
            board: Board::new(),
            now: Timestamp(1_700_000_000_000),
            changes: Vec::new(),
        };
        play.number("0033912312301:bob, 0912312302:alice, +33 9 12 31 23 99:support");
        play
    }

    fn number(&mut self, numbers: &str) {
        let (numbers, complaints) = NumbersUsers::parse(numbers);
        assert_eq!(complaints, [""; 0]);
        self.state.set_numbers(&numbers, self.now);
        self.flush();
    }

    /// These come at once.
    fn come(&mut self, events: impl IntoIterator<Item = Value>) -> &mut Self {
        self.come_by(FIRST, events)
    }

    fn come_by(&mut self, slot: Slots, events: impl IntoIterator<Item = Value>) -> &mut Self {
        let events: Vec<Value> = events.into_iter().collect();
        let body = serde_json::json!({"Session": "s", "Events": events}).to_string();
        let answer = Answer::read(body.as_bytes()).expect("an answer");
        self.state.events(&answer.events, slot, self.now);
        self.flush();
        self
    }

    /// One after the other, a tenth of a second apart.
    fn one_by_one(&mut self, events: impl IntoIterator<Item = Value>) -> &mut Self {
        for event in events {
            self.come([event]).pass(100);
        }
        self
    }

    /// So many milliseconds pass.
    fn pass(&mut self, millis: u64) -> &mut Self {
        let end = self.now.after(millis);
        while self.now < end {
            self.now = self.now.after(500).min(end);
            self.changes.extend(self.board.expire(self.now));
            self.state.tick(self.now);
            self.flush();
        }
        self
    }

    fn flush(&mut self) {
        for (event, at) in self.state.take() {
            self.changes.extend(self.board.apply(event, at));
        }
    }

    fn view(&self) -> Snapshot {
        self.board.snapshot()
    }

    fn line(&self, user: &str) -> LineView {
        let view = self.view();
        let line = view.lines.iter().find(|line| &*line.user == user);
        line.unwrap_or_else(|| panic!("no line {user} in {:?}", view.lines))
            .clone()
    }

    fn queue(&self, name: &str) -> QueueView {
        let view = self.view();
        let queue = view.queues.iter().find(|queue| &*queue.name == name);
        queue
            .unwrap_or_else(|| panic!("no queue {name} in {:?}", view.queues))
            .clone()
    }

    /// The calls that ended, the oldest first.
    fn records(&self) -> Vec<CallRecord> {
        let records = self.board.history();
        let mut records: Vec<_> = records.map(|record| CallRecord::clone(record)).collect();
        records.reverse();
        records
    }

    /// What was reported on lines and was news: who, and what.
    fn news(&self) -> Vec<String> {
        let news = self.changes.iter().filter_map(|change| match &change.kind {
            ChangeKind::Reported {
                report,
                repeats: false,
            } => Some(format!("{} {}", report.user, report.action.name())),
            _ => None,
        });
        news.collect()
    }
}

fn bob() -> Number {
    Number::line(BOB, "Bob at the desk")
}

fn alice() -> Number {
    Number::line(ALICE, "Alice")
}

fn desk() -> Number {
    Number::line(DESK, "The front desk")
}

fn support() -> Number {
    Number::queue(SUPPORT, "Hotline")
}
