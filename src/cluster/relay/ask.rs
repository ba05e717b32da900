//! What only the leader can do, and who asked for it wants to hear of.
//!
//! Each is done once at most: a question names the term of the leader that it is for, is repeated only to that one, and a leader
//! remembers what it was asked. When leaders change, nobody knows whether it was done, and who asked is told so.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use super::NodeId;
use super::wire::Output;

/// The pause before a question is repeated.
const REPEAT: Duration = Duration::from_secs(1);

/// The most questions of a node at once.
const MAX_ASKS: usize = 256;

/// The most bytes of them. A request or a command has one or two thousand, and the longest some 200,000.
const MAX_ASKED_BYTES: usize = 2 * 1024 * 1024;

/// The most questions that a leader remembers.
const MAX_REMEMBERED: usize = 1024;

/// The most bytes of answers that a leader remembers.
const MAX_REMEMBERED_BYTES: usize = 4 * 1024 * 1024;

/// What became of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done, and this is the answer.
    Done(Vec<u8>),
    /// It was not done, and will not be: the node that leads has too much to do.
    NotDone,
    /// Nobody knows: there was no answer in time, or another node leads by now.
    Unknown,
}

/// The questions of a node that does not lead. `T` is whoever waits for the answer.
#[derive(Debug)]
pub struct Asks<T> {
    node: NodeId,
    last: u64,
    waiting: BTreeMap<u64, Waiting<T>>,
}

#[derive(Debug)]
struct Waiting<T> {
    term: u64,
    body: Vec<u8>,
    send_at: Duration,
    until: Duration,
    asker: T,
}

impl<T> Asks<T> {
    /// Of this node.
    #[must_use]
    pub const fn new(node: NodeId) -> Self {
        Self {
            node,
            last: 0,
            waiting: BTreeMap::new(),
        }
    }

    /// Asks the leader of that term.
    ///
    /// # Errors
    ///
    /// The asker, where too many wait already.
    pub fn push(
        &mut self,
        now: Duration,
        limit: Duration,
        term: u64,
        body: Vec<u8>,
        asker: T,
    ) -> Result<(), T> {
        let bytes: usize = self
            .waiting
            .values()
            .map(|waiting| waiting.body.len())
            .sum();
        if self.waiting.len() >= MAX_ASKS || bytes + body.len() > MAX_ASKED_BYTES {
            return Err(asker);
        }
        self.last += 1;
        let waiting = Waiting {
            term,
            body,
            send_at: now,
            until: now + limit,
            asker,
        };
        self.waiting.insert(self.last, waiting);
        Ok(())
    }

    /// An answer came. Tells who waits for it.
    pub fn answered(&mut self, node: &str, number: u64) -> Option<T> {
        if *node != *self.node {
            return None;
        }
        self.waiting.remove(&number).map(|waiting| waiting.asker)
    }

    /// Those whose time is over, or whose leader is another by now.
    pub fn over(&mut self, now: Duration, leader: Option<u64>) -> impl Iterator<Item = T> {
        let over = |waiting: &Waiting<T>| now >= waiting.until || Some(waiting.term) != leader;
        let numbers = self.waiting.iter().filter(|(_, waiting)| over(waiting));
        let numbers: Vec<_> = numbers.map(|(number, _)| *number).collect();
        numbers
            .into_iter()
            .filter_map(|number| self.waiting.remove(&number))
            .map(|waiting| waiting.asker)
    }

    /// What is to be sent now, until there is nothing.
    pub fn next(&mut self, now: Duration) -> Option<Vec<u8>> {
        let mut waiting = self.waiting.iter_mut();
        let (number, waiting) = waiting.find(|(_, waiting)| now >= waiting.send_at)?;
        waiting.send_at = now + REPEAT;
        Some(Output::ask(
            &self.node,
            *number,
            waiting.term,
            &waiting.body,
        ))
    }

    /// When [`next`](Self::next) or [`over`](Self::over) has something, if nothing happens.
    #[must_use]
    pub fn wake(&self) -> Option<Duration> {
        let times = self.waiting.values();
        times
            .map(|waiting| waiting.send_at.min(waiting.until))
            .min()
    }
}

/// What a leader is to do with a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Do it, then say what became of it by [`Answers::done`], or that it was [`refused`](Answers::refused).
    Do,
    /// Send this.
    Send(Vec<u8>),
    /// It is being done already, or is for another leader.
    Nothing,
}

/// What a leader was asked in its term.
#[derive(Debug)]
pub struct Answers {
    term: u64,
    /// The oldest first; nothing while it is being done.
    known: VecDeque<(NodeId, u64, Option<Vec<u8>>)>,
    bytes: usize,
}

impl Answers {
    /// Of that term's leader.
    #[must_use]
    pub const fn new(term: u64) -> Self {
        Self {
            term,
            known: VecDeque::new(),
            bytes: 0,
        }
    }

    /// A question came.
    pub fn asked(&mut self, node: &NodeId, number: u64, term: u64) -> Asked {
        if term != self.term {
            // The leader of an earlier term may have done it.
            return Asked::Nothing;
        }
        let mut known = self.known.iter();
        match known.find(|known| known.0 == *node && known.1 == number) {
            Some((_, _, None)) => return Asked::Nothing,
            Some((_, _, Some(answer))) => return Asked::Send(answer.clone()),
            None => {}
        }
        if self.known.len() >= MAX_REMEMBERED && !self.forget() {
            return Asked::Send(Output::answer(node, number, false, b""));
        }
        self.known.push_back((Arc::clone(node), number, None));
        Asked::Do
    }

    /// It was done. Answers what is to be sent.
    pub fn done(&mut self, node: &NodeId, number: u64, body: &[u8]) -> Vec<u8> {
        let data = Output::answer(node, number, true, body);
        self.over(node, number, data)
    }

    /// It is not done and will not be: there is no place for it. Answers what is to be sent.
    pub fn refused(&mut self, node: &NodeId, number: u64) -> Vec<u8> {
        let data = Output::answer(node, number, false, b"");
        self.over(node, number, data)
    }

    fn over(&mut self, node: &NodeId, number: u64, data: Vec<u8>) -> Vec<u8> {
        let mut known = self.known.iter_mut();
        if let Some(known) = known.find(|known| known.0 == *node && known.1 == number) {
            self.bytes += data.len();
            known.2 = Some(data.clone());
        }
        while self.bytes > MAX_REMEMBERED_BYTES && self.forget() {}
        data
    }

    /// Forgets the oldest that is done: whoever asked has given up long since, or asks no more. False: there is none.
    fn forget(&mut self) -> bool {
        let oldest = self.known.iter().position(|known| known.2.is_some());
        let Some((_, _, Some(answer))) = oldest.and_then(|at| self.known.remove(at)) else {
            return false;
        };
        self.bytes -= answer.len();
        true
    }
}
