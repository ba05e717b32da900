//! The claims on one person, and what follows from them.

use super::claim::{Claim, MAX_CLAIMS, OWN, Origin, Placed, Reason};
use super::lines::{LineCalls, Sign};
use super::wanted::{self, Chosen, Wanted};
use crate::board::{Name, Timestamp};

/// The claims on one person.
#[derive(Debug, Default)]
pub(super) struct Claims {
    /// The oldest first.
    placed: Vec<Placed>,
    /// Whether a call shows. One that is answered meanwhile goes on showing it, however young it is: nothing flickers.
    engaged: bool,
}

impl Claims {
    /// Lays a claim, or changes the one with its key. One whose time is up is none.
    pub(super) fn place(&mut self, new: Placed, now: Timestamp) {
        // What was over by now does not go over into it.
        self.refresh(now);
        let place = self.find(&new.claim.key);
        if new.is_over(now) {
            if let Some(at) = place {
                self.placed.remove(at);
            }
        } else if let Some(at) = place {
            self.placed[at] = new;
        } else if self.placed.len() < MAX_CLAIMS {
            self.placed.push(new);
        }
        let order = |placed: &Placed| (placed.claim.since, placed.claim.key.clone());
        self.placed.sort_by_key(order);
        self.refresh(now);
    }

    /// Withdraws a claim.
    pub(super) fn withdraw(&mut self, key: &str, now: Timestamp) {
        self.refresh(now);
        if let Some(at) = self.find(key) {
            self.end(at, now);
        }
        self.refresh(now);
    }

    /// Takes over what a line is in now.
    pub(super) fn line(&mut self, line: &Name, calls: &LineCalls, now: Timestamp) {
        self.refresh(now);
        let mut at = 0;
        while at < self.placed.len() {
            let placed = &self.placed[at];
            let of_line = placed.origin.as_ref().is_some_and(|own| own.line == *line);
            let gone = of_line
                && placed.resumed.is_none()
                && placed.ended.is_none()
                && !calls.has(line, &placed.claim.key);
            if !gone || !self.end(at, now) {
                at += 1;
            }
        }
        for placed in calls.placed(line) {
            self.adopt(placed, now);
        }
        self.refresh(now);
    }

    /// Places a claim of a line, in the place of the same one from before a restart.
    fn adopt(&mut self, mut new: Placed, now: Timestamp) {
        let is_same = |old: &Placed| {
            let same_call = match (&old.origin, &new.origin) {
                (Some(old), Some(new)) => old.is_same_call(new),
                _ => false,
            };
            let same_dnd = old.claim.reason == Reason::PhoneDnd
                && new.claim.reason == Reason::PhoneDnd
                && old.origin == new.origin;
            old.resumed.is_some() && (same_call || same_dnd)
        };
        if let Some(at) = self.placed.iter().position(is_same) {
            let old = self.placed.remove(at);
            new.claim.since = new.claim.since.min(old.claim.since);
        } else if let Some(at) = self.find(&new.claim.key) {
            new.claim.since = new.claim.since.min(self.placed[at].claim.since);
        }
        self.place(new, now);
    }

    /// Takes over a claim from before a restart, unless it is there again already.
    pub(super) fn resume(&mut self, placed: Placed, now: Timestamp) {
        let same = |live: &&mut Placed| match (&live.origin, &placed.origin) {
            (Some(live), Some(old)) if placed.is_shown() => live.is_same_call(old),
            (Some(live), Some(old)) => live == old,
            _ => live.claim.key == placed.claim.key,
        };
        if let Some(live) = self.placed.iter_mut().find(same) {
            live.claim.since = live.claim.since.min(placed.claim.since);
            self.refresh(now);
        } else {
            self.place(placed, now);
        }
    }

    /// Something on a line shows that what is from before a restart is over.
    pub(super) fn sign(&mut self, line: &Name, sign: &Sign, now: Timestamp) {
        self.refresh(now);
        let mut at = 0;
        while at < self.placed.len() {
            let placed = &self.placed[at];
            let over = placed.resumed.is_some()
                && placed.ended.is_none()
                && sign.ends(line, &placed.claim.reason, placed.origin.as_ref());
            if !over || !self.end(at, now) {
                at += 1;
            }
        }
        self.refresh(now);
    }

    /// Drops what the person chose by a command, because they changed their status otherwise. Says whether there was something.
    pub(super) fn drop_own(&mut self) -> bool {
        let before = self.placed.len();
        self.placed.retain(|placed| !placed.is_own());
        before != self.placed.len()
    }

    /// Whether something on that line is from before a restart, and not over.
    pub(super) fn has_resumed(&self, line: &Name) -> bool {
        let of_line = |placed: &Placed| placed.origin.as_ref().is_some_and(|o| o.line == *line);
        let resumed = |placed: &Placed| placed.resumed.is_some() && placed.ended.is_none();
        self.placed
            .iter()
            .any(|placed| of_line(placed) && resumed(placed))
    }

    pub(super) fn has_phone_dnd(&self) -> bool {
        let mut reasons = self.placed.iter().map(|placed| &placed.claim.reason);
        reasons.any(|reason| *reason == Reason::PhoneDnd)
    }

    /// What they chose by a command, if it still holds.
    pub(super) fn own(&self, now: Timestamp) -> Option<&Claim> {
        let own = self.find(OWN).map(|at| &self.placed[at]);
        own.filter(|own| !own.is_over(now)).map(|own| &own.claim)
    }

    /// What follows from them for someone who chose that.
    pub(super) fn wanted(&mut self, chosen: &Chosen, now: Timestamp) -> Wanted {
        self.refresh(now);
        let counting = self.placed.iter().filter(|placed| self.counts(placed, now));
        wanted::wanted(counting, chosen)
    }

    /// Those that a record keeps: what goes on, whether or not it shows yet.
    pub(super) fn lasting(&self, now: Timestamp) -> impl Iterator<Item = &Placed> {
        let lasts = move |placed: &&Placed| placed.ended.is_none() && !placed.is_over(now);
        self.placed.iter().filter(lasts)
    }

    /// Whether any needs its person's choices: what they chose by a command does not.
    pub(super) fn need_choices(&self) -> bool {
        self.placed.iter().any(|placed| !placed.is_own())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.placed.is_empty()
    }

    /// When something changes by itself.
    pub(super) fn next(&self, now: Timestamp) -> Option<Timestamp> {
        let begins = self.placed.iter().map(Placed::counts_from);
        let stops = self.placed.iter().filter_map(Placed::stops);
        begins.chain(stops).filter(|at| *at > now).min()
    }

    fn find(&self, key: &str) -> Option<usize> {
        let mut keys = self.placed.iter().map(|placed| &*placed.claim.key);
        keys.position(|other| other == key)
    }

    /// Ends one, and says whether it is gone: a call that shows lingers.
    fn end(&mut self, at: usize, now: Timestamp) -> bool {
        if self.placed[at].is_shown() && self.counts(&self.placed[at], now) {
            self.placed[at].ended.get_or_insert(now);
            return false;
        }
        self.placed.remove(at);
        true
    }

    fn counts(&self, placed: &Placed, now: Timestamp) -> bool {
        !placed.is_over(now) && (placed.counts_from() <= now || (placed.is_shown() && self.engaged))
    }

    /// Lets go of what is over.
    fn refresh(&mut self, now: Timestamp) {
        self.placed.retain(|placed| !placed.is_over(now));
        let mut shown = self.placed.iter().filter(|placed| placed.is_shown());
        let shows = |placed: &Placed| self.engaged || placed.counts_from() <= now;
        self.engaged = shown.any(shows);
    }
}

/// The claim of a person's own command.
pub(super) fn own(until: Option<Timestamp>, now: Timestamp) -> Placed {
    let until = until.map(|until| until.0);
    direct(Claim {
        key: OWN.into(),
        reason: Reason::Own { until },
        since: now,
    })
}

/// A claim that comes from no line.
pub(super) fn direct(claim: Claim) -> Placed {
    Placed {
        claim,
        origin: None::<Origin>,
        resumed: None,
        ended: None,
    }
}
