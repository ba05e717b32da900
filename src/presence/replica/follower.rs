//! A follower's side.

use std::time::Duration;

use super::wire::Output;
use super::{
    ASK_GAP, Changes, GAP_PATIENCE, Heartbeat, Outgoing, RECOPY_GAP, Request, SILENCE, State, kind,
};
use crate::host::UserId;
use crate::presence::{NotReady, Table};

/// A follower's side.
#[derive(Debug)]
pub struct Follower {
    /// 0: none was heard of. Terms begin at 1.
    epoch: u64,
    /// The table has everything of the epoch up to here.
    have: u64,
    /// The highest number of the epoch that was heard of.
    head: u64,
    /// What the leader said last.
    state: State,
    /// The leader has read the whole list, at some time of the epoch.
    leader_ready: bool,
    /// The server kept no statuses, and what there is was not read since.
    outdated: bool,
    /// When the leader closed holes last, by number, as far as this node did too.
    closed: u64,
    /// The whole table is being copied: who is not in it will be removed.
    copying: bool,
    whole: bool,
    began_at: Duration,
    heard_at: Duration,
    /// What is missing may be on its way until then.
    patience: Duration,
    /// No question before this.
    ask_at: Duration,
    recopy_at: Duration,
}

impl Follower {
    /// A node that begins to follow. `whole`: whether its table is one that can be shown already, as when it led before.
    #[must_use]
    pub fn new(now: Duration, whole: bool) -> Self {
        Self {
            epoch: 0,
            have: 0,
            head: 0,
            state: State::default(),
            leader_ready: false,
            outdated: false,
            closed: 0,
            copying: true,
            whole,
            began_at: now,
            heard_at: now,
            patience: now,
            ask_at: now,
            recopy_at: now,
        }
    }

    /// Takes changes. True when the table is another than before.
    pub fn changes(&mut self, now: Duration, changes: &Changes<'_>, table: &mut Table) -> bool {
        if !self.listens_to(now, changes.epoch, table) {
            return false;
        }
        let before = table.head();
        self.heard_of(now, changes.head, changes.state);
        // Otherwise something before it is missing, or there is nothing new in it. What is both in it and in the table is
        // not older: a number that this node has was given out before any above it.
        if changes.from <= self.have && changes.to > self.have {
            self.apply(now, changes, table);
        }
        self.finish(table);
        table.head() != before
    }

    /// Takes a sign of life. True when the table is another than before.
    pub fn heartbeat(&mut self, now: Duration, heartbeat: &Heartbeat, table: &mut Table) -> bool {
        if !self.listens_to(now, heartbeat.epoch, table) {
            return false;
        }
        let before = table.head();
        self.heard_of(now, heartbeat.head, heartbeat.state);
        self.finish(table);
        // Few things happen in a table without a record of them, and they show in how many people there are.
        let people = table.people().by_status;
        let people = people.map(|count| u32::try_from(count).unwrap_or(u32::MAX));
        let differs = self.have == heartbeat.head && people != heartbeat.by_status;
        if differs && !self.copying && now >= self.recopy_at {
            tracing::info!(
                "the copy of everybody's status differs from the leader's: copying it anew"
            );
            self.copy(now, table);
        }
        table.head() != before
    }

    /// What is to be sent now, until there is nothing.
    pub fn next(&mut self, now: Duration) -> Option<Outgoing> {
        if self.wake().is_none_or(|at| now < at) {
            return None;
        }
        self.ask_at = now + ASK_GAP;
        let request = Request {
            epoch: self.epoch,
            have: self.have,
        };
        Some(Outgoing {
            kind: kind::REQUEST,
            data: Output::request(request),
        })
    }

    /// When [`next`](Self::next) has something, if nothing is heard.
    #[must_use]
    pub fn wake(&self) -> Option<Duration> {
        self.lacks().then_some(self.ask_at.max(self.patience))
    }

    /// Why the table cannot be shown. A follower that has one shows it while a new leader reads everybody for the first time;
    /// what there was before the server stopped keeping statuses is not shown until the leader has read everybody again.
    #[must_use]
    pub fn not_ready(&self) -> Option<NotReady> {
        if self.state == State::StatusesOff {
            Some(NotReady::StatusesOff)
        } else if !self.whole || self.outdated {
            Some(NotReady::FirstRound)
        } else {
            None
        }
    }

    /// Whether there is a whole table: it is whole, or was. A table that is being copied anew is changed in place, so it
    /// can be shown all the while.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// For how long nothing was heard of the leader, or since this node began to follow.
    #[must_use]
    pub fn silence(&self, now: Duration) -> Duration {
        now.saturating_sub(self.heard_at)
    }

    /// For how long this node follows without a whole table, if it has none.
    #[must_use]
    pub fn waits(&self, now: Duration) -> Option<Duration> {
        (!self.whole).then(|| now.saturating_sub(self.began_at))
    }

    fn lacks(&self) -> bool {
        self.epoch == 0 || self.have < self.head
    }

    /// Whether a message of this epoch counts; that of a newer one begins a new copy.
    fn listens_to(&mut self, now: Duration, epoch: u64, table: &mut Table) -> bool {
        let newer = epoch > self.epoch;
        let elder = epoch < self.epoch && self.silence(now) >= SILENCE;
        if newer || elder {
            self.epoch = epoch;
            self.head = 0;
            self.state = State::default();
            self.leader_ready = false;
            self.copy(now, table);
        } else if epoch < self.epoch {
            return false;
        }
        self.heard_at = now;
        true
    }

    fn heard_of(&mut self, now: Duration, head: u64, state: State) {
        let new_gap = !self.lacks() && self.have > 0;
        self.leader_ready |= state == State::Ready;
        // What is late may say what was.
        if head >= self.head {
            self.state = state;
            match state {
                State::StatusesOff => self.outdated = true,
                State::Ready => self.outdated = false,
                State::FirstRound => {}
            }
        }
        self.head = self.head.max(head);
        if new_gap && self.lacks() {
            self.patience = now + GAP_PATIENCE;
        }
    }

    fn copy(&mut self, now: Duration, table: &mut Table) {
        table.begin_listing();
        self.have = 0;
        self.closed = 0;
        self.copying = true;
        self.patience = now;
        self.recopy_at = now + RECOPY_GAP;
    }

    fn apply(&mut self, now: Duration, changes: &Changes<'_>, table: &mut Table) {
        let closing = changes.closing;
        let closes = closing.number != self.closed && self.have > 0;
        // Those that were told of before are to move, too.
        if closes && (self.copying || changes.to < closing.number) {
            self.copy(now, table);
            return;
        }
        // Who has an address now goes before who had it, and before who has another one now.
        let (listed, gone): (Vec<_>, Vec<_>) =
            changes.records.iter().partition(|record| record.listed);
        for record in &listed {
            let id = UserId::from(record.id);
            table.upsert(&id, record.email);
            table.observe(&id, record.status);
            if self.copying || closes {
                table.note_place(&id, record.place);
            } else {
                table.put(&id, record.place);
            }
        }
        for record in gone {
            table.retire(&UserId::from(record.id), record.email);
        }
        if closes && !table.close_like(closing, listed.iter().map(|record| record.id)) {
            self.copy(now, table);
            return;
        }
        self.closed = closing.number;
        self.have = changes.to;
        self.patience = now + ASK_GAP;
    }

    /// Once everything was copied, who was not in it is gone.
    fn finish(&mut self, table: &mut Table) {
        if !self.copying || !self.leader_ready || self.have < self.head {
            return;
        }
        self.copying = false;
        self.whole = true;
        for user in table.missing() {
            table.remove(&user);
        }
        table.settle();
    }
}
