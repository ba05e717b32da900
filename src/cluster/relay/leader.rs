//! The leader's side.

use std::collections::VecDeque;
use std::time::Duration;

use serde::Serialize;

use super::wire::{MAX_PARTS, Output, PART};
use super::{BESIDE_EVERY, BESIDE_GAP, HEARTBEAT, Lineage, Position, SEND_GAP, WHOLE_GAP};

/// The most entries that are kept for who lacks some. Who lacks more copies the whole state.
pub const MAX_KEPT: usize = 4096;

/// The most bytes of them.
pub const MAX_KEPT_BYTES: usize = 4 * 1024 * 1024;

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Send this to all other nodes.
    Send(Vec<u8>),
    /// Hand over the [whole](Leader::whole) state as it is now.
    Whole,
    /// Hand over what is told [beside](Leader::beside) the entries.
    Beside,
}

/// The leader's side. It keeps nothing per node: what is sent goes to all.
#[derive(Debug)]
pub struct Leader {
    lineage: Lineage,
    /// As JSON, the last ones.
    kept: VecDeque<Vec<u8>>,
    bytes: usize,
    /// The last entry.
    head: u64,
    /// Entries up to here were sent.
    sent: u64,
    /// Those after this one are to be sent again.
    again: Option<u64>,
    stored: u64,
    /// Somebody wants the whole state.
    wanted: bool,
    whole: Option<Whole>,
    whole_at: Duration,
    beat_at: Duration,
    news_at: Duration,
    again_at: Duration,
    /// When what is told beside is due, and when it was told last.
    beside_at: Duration,
    beside_told: Option<Duration>,
}

#[derive(Debug)]
struct Whole {
    index: u64,
    bytes: Vec<u8>,
    part: u32,
}

impl Whole {
    fn parts(&self) -> u32 {
        let parts = self.bytes.len().div_ceil(PART).max(1);
        u32::try_from(parts).unwrap_or(u32::MAX)
    }
}

impl Leader {
    /// The leader of that term, above 0, that begins with a state which is so far.
    #[must_use]
    pub fn new(term: u64, from: Position) -> Self {
        Self {
            lineage: Lineage { term, from },
            kept: VecDeque::new(),
            bytes: 0,
            head: from.index,
            sent: from.index,
            again: None,
            stored: 0,
            wanted: false,
            whole: None,
            whole_at: Duration::ZERO,
            beat_at: Duration::ZERO,
            news_at: Duration::ZERO,
            again_at: Duration::ZERO,
            beside_at: Duration::ZERO,
            beside_told: None,
        }
    }

    /// How far this leader is.
    #[must_use]
    pub const fn position(&self) -> Position {
        Position {
            term: self.lineage.term,
            index: self.head,
        }
    }

    /// An entry was applied: the next one.
    pub fn applied(&mut self, entry: &impl Serialize) {
        // What cannot be written, which an entry's type rules out, cannot be read either, so whoever lacks it copies the whole.
        let json = serde_json::to_vec(entry).unwrap_or_else(|_| b"null".to_vec());
        self.head += 1;
        self.bytes += json.len();
        self.kept.push_back(json);
        while self.kept.len() > MAX_KEPT || self.bytes > MAX_KEPT_BYTES {
            let Some(oldest) = self.kept.pop_front() else {
                break;
            };
            self.bytes -= oldest.len();
        }
    }

    /// The next entry is the one behind that index: there are none between. Who has not come so far copies the whole state.
    pub fn jumped(&mut self, index: u64) {
        self.kept.clear();
        self.bytes = 0;
        self.head = index;
        self.sent = index;
        self.again = None;
        self.whole = None;
    }

    /// Entries up to that index are stored.
    pub fn stored(&mut self, index: u64) {
        self.stored = self.stored.max(index.min(self.head));
    }

    /// A node asks for what comes after that; `None`: it has no part of this history.
    pub fn wanted(&mut self, now: Duration, have: Option<Position>) {
        if have.is_some_and(|have| have.term > self.lineage.term) {
            return;
        }
        self.beat_at = now;
        match have.filter(|have| self.lineage.contains(*have)) {
            Some(Position { index, .. }) if (self.forgotten()..=self.head).contains(&index) => {
                let again = self.again.map_or(index, |again| again.min(index));
                self.again = (again < self.sent).then_some(again);
            }
            _ => self.wanted = true,
        }
    }

    /// The whole state, with all entries in it that were applied.
    pub fn whole(&mut self, now: Duration, bytes: Vec<u8>) {
        self.wanted = false;
        self.whole_at = now + WHOLE_GAP;
        let whole = Whole {
            index: self.head,
            bytes,
            part: 0,
        };
        if whole.parts() > MAX_PARTS {
            tracing::error!(
                bytes = whole.bytes.len(),
                "the board is too large to be copied to other nodes"
            );
            return;
        }
        self.whole = Some(whole);
    }

    /// There is something new to tell beside the entries.
    pub fn beside_changed(&mut self, now: Duration) {
        let soonest = self.beside_told.map_or(now, |told| told + BESIDE_GAP);
        self.beside_at = self.beside_at.min(soonest);
    }

    /// What is told beside the entries, to be sent to all other nodes. It is a sign of life, too.
    #[must_use]
    pub fn beside(&mut self, now: Duration, body: &[u8]) -> Vec<u8> {
        self.beside_told = Some(now);
        self.beside_at = now + BESIDE_EVERY;
        self.beat_at = now + HEARTBEAT;
        Output::beside(self.lineage, self.sent + 1, self.stored, body)
    }

    /// What is to be done now, until there is nothing.
    pub fn next(&mut self, now: Duration) -> Option<Step> {
        // Entries fell out of what is kept before they were sent: who lacks them asks.
        self.sent = self.sent.max(self.forgotten());
        let forgotten = self.forgotten();
        self.again = self.again.map(|again| again.max(forgotten));
        if self.head > self.sent && now >= self.news_at {
            self.news_at = now + SEND_GAP;
            self.beat_at = now + HEARTBEAT;
            let (data, to) = self.entries(self.sent);
            self.sent = to;
            return Some(Step::Send(data));
        }
        if now >= self.beside_at {
            // Also where nobody has anything to hand over.
            self.beside_at = now + BESIDE_EVERY;
            return Some(Step::Beside);
        }
        if now >= self.beat_at {
            self.beat_at = now + HEARTBEAT;
            let beat = Output::entries(self.lineage, self.sent + 1, self.stored);
            return Some(Step::Send(beat.end()));
        }
        if now < self.again_at {
            return None;
        }
        if let Some(from) = self.again {
            self.again_at = now + SEND_GAP;
            let (data, to) = self.entries(from);
            self.again = (to < self.sent).then_some(to);
            return Some(Step::Send(data));
        }
        if let Some(whole) = &mut self.whole {
            self.again_at = now + SEND_GAP;
            let (part, parts) = (whole.part, whole.parts());
            let bytes = whole.bytes.chunks(PART).nth(part as usize);
            let bytes = bytes.unwrap_or_default();
            let data = Output::whole(self.lineage, whole.index, part, parts, bytes);
            whole.part += 1;
            if whole.part >= parts {
                self.whole = None;
            }
            return Some(Step::Send(data));
        }
        (self.wanted && now >= self.whole_at).then_some(Step::Whole)
    }

    /// When [`next`](Self::next) has something, if nothing happens.
    #[must_use]
    pub fn wake(&self) -> Duration {
        let mut wake = self.beat_at.min(self.beside_at);
        if self.head > self.sent {
            wake = wake.min(self.news_at);
        }
        if self.again.is_some() || self.whole.is_some() {
            wake = wake.min(self.again_at);
        } else if self.wanted {
            wake = wake.min(self.whole_at.max(self.again_at));
        }
        wake
    }

    /// Entries up to here are not kept.
    fn forgotten(&self) -> u64 {
        self.head - self.kept.len() as u64
    }

    /// As many entries after that one as fit, at least one, and the last one of them.
    fn entries(&self, after: u64) -> (Vec<u8>, u64) {
        let mut output = Output::entries(self.lineage, after + 1, self.stored);
        let mut to = after;
        let skip = usize::try_from(after - self.forgotten()).unwrap_or(usize::MAX);
        for json in self.kept.iter().skip(skip) {
            if !output.line(json, to == after) {
                break;
            }
            to += 1;
        }
        (output.end(), to)
    }
}
