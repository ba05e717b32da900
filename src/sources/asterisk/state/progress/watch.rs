//! The course of one order.

mod outcome;

use std::collections::HashMap;
use std::sync::Arc;

use asterisk_rs_ami::RawAmiMessage;
use tokio::sync::mpsc;

use super::super::directory::Directory;
use super::super::failure::failure;
use super::super::fields::{self, Description, value};
use crate::board::Timestamp;
use crate::calls::{Dial, Failure, Leg, Progress};

/// The most channels of one of them; what is dialled beyond that is not looked at.
const MAX_LEGS: usize = 64;

/// How long the dial plan may take until it dials, in milliseconds: one that dials nothing for so long, and does not hang up,
/// plays an announcement or does something else by itself, and so has answered. No event tells that, since the channel
/// counts as answered since the own phone was.
pub(in super::super) const DIAL_LIMIT: u64 = 2_500;

/// How long after all that was dialled failed a call may last until that is told, in milliseconds: the dial plan may dial
/// somebody else, or send the caller to a mailbox.
const AFTER_FAILURE: u64 = 3_000;

/// How long after an answer to the order its events may come, in milliseconds.
pub(in super::super) const AFTER_RESPONSE: u64 = 2_000;

/// How long nothing at all may be heard of a call, in milliseconds, before it is given up. Longer than a phone may ring.
const SILENCE_LIMIT: u64 = 180_000;

/// An order.
#[derive(Debug)]
pub(super) struct Watch {
    pub(super) action_id: Box<str>,
    pub(super) from: Arc<str>,
    pub(super) to: Arc<str>,
    pub(super) progress: mpsc::Sender<Progress>,
    pub(super) began: Option<Timestamp>,
    /// Since when nothing is heard of it at all.
    silent: Option<Timestamp>,
    pub(super) stage: Stage,
    told_ringing: [bool; 2],
    /// The name that both halves have before `;1` and `;2`.
    halves: Option<Box<str>>,
    /// Something was dialled, on the own side.
    dialled: bool,
    legs: HashMap<Arc<str>, WatchedLeg>,
    /// How the first half itself ended: `DialStatus`, and the cause.
    root: (Option<Box<str>>, Option<u16>),
    /// The dial plan's own word on the other side, as of its application Busy.
    said: Option<Failure>,
    /// When an OriginateResponse told that the own phone was answered.
    pub(super) accepted: Option<Timestamp>,
    /// `Reason` of a failed OriginateResponse, and when it came.
    pub(super) refused: Option<(u32, Timestamp)>,
    /// It waits in a queue, where phones ring again and again.
    queued: bool,
    /// It waited in a queue in vain, and nothing was dialled since.
    unanswered: Option<Failure>,
    /// The own side hangs up, or did.
    leaves: bool,
    all_failed: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The own phone is called.
    Own,
    /// It was answered then; the other side is called.
    Other(Timestamp),
    /// Both talk since then.
    Talk(Timestamp),
}

#[derive(Debug)]
struct WatchedLeg {
    side: Leg,
    /// Not one of a Local channel's halves.
    real: bool,
    dialled: bool,
    up: bool,
    ended: bool,
    status: Option<Box<str>>,
    cause: Option<u16>,
}

impl Watch {
    pub(super) fn new(
        action_id: &str,
        from: &Dial,
        to: &Dial,
        progress: mpsc::Sender<Progress>,
    ) -> Self {
        Self {
            action_id: action_id.into(),
            from: from.as_str().into(),
            to: to.as_str().into(),
            progress,
            began: None,
            silent: None,
            stage: Stage::Own,
            told_ringing: [false; 2],
            halves: None,
            dialled: false,
            legs: HashMap::new(),
            root: (None, None),
            said: None,
            accepted: None,
            refused: None,
            queued: false,
            unanswered: None,
            leaves: false,
            all_failed: None,
        }
    }

    /// Whoever asked may be gone; and no call has more steps than there is room for.
    pub(super) fn tell(&self, progress: Progress) {
        let _ = self.progress.try_send(progress);
    }

    /// Whether one of the own phones is one of those that live.
    pub(super) fn own_lives(&self, lives: impl Fn(&str) -> bool) -> bool {
        let mut own = self
            .legs
            .iter()
            .filter(|(_, leg)| leg.side == Leg::Own && leg.real && leg.up);
        own.any(|(id, _)| lives(id))
    }

    /// Whether the own phone still waits for the other side. In a queue it is connected already, and may be for long.
    pub(super) fn waits(&self) -> bool {
        !matches!(self.stage, Stage::Talk(_)) && !self.queued
    }

    /// Whether a channel is one of those that were heard of.
    pub(super) fn has_leg(&self, id: &str) -> bool {
        self.legs.contains_key(id)
    }

    fn rings(&mut self, leg: Leg) {
        let told = &mut self.told_ringing[usize::from(leg == Leg::Other)];
        let late = match self.stage {
            Stage::Own => leg == Leg::Other,
            Stage::Other(_) => leg == Leg::Own,
            Stage::Talk(_) => true,
        };
        if !*told && !late {
            *told = true;
            self.tell(Progress::Ringing(leg));
        }
    }

    pub(super) fn own_answered(&mut self, now: Timestamp) {
        if self.stage == Stage::Own {
            self.stage = Stage::Other(now);
            self.tell(Progress::Answered(Leg::Own));
        }
    }

    fn other_answered(&mut self, since: Timestamp) {
        if matches!(self.stage, Stage::Other(_)) {
            self.stage = Stage::Talk(since);
            self.tell(Progress::Answered(Leg::Other));
        }
    }

    /// Answers whether the call is over.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn event(
        &mut self,
        event: &str,
        message: &RawAmiMessage,
        key: &str,
        source: Option<Description<'_>>,
        dest: Option<Description<'_>>,
        directory: &Directory,
        now: Timestamp,
    ) -> bool {
        self.began.get_or_insert(now);
        for said in source.iter().chain(&dest) {
            self.channel(said, key, now);
        }
        match event {
            "DialBegin" => {
                if let Some(dest) = &dest
                    && dest.id != key
                {
                    self.dials(dest.id);
                    if dest.state == Some(5) {
                        self.leg_rings(dest.id);
                    }
                } else {
                    self.dialled = true;
                }
            }
            "DialState" if message.get("DialStatus") == Some("RINGING") => {
                if let Some(dest) = &dest {
                    self.leg_rings(dest.id);
                }
            }
            "DialEnd" => self.dial_ends(message, key, source.as_ref(), dest.as_ref(), now),
            "BridgeEnter" if source.is_some_and(|said| said.id == key) => self.other_answered(now),
            "QueueCallerJoin" if source.is_some_and(|said| said.id == key) => self.queued = true,
            "QueueCallerAbandon" if source.is_some_and(|said| said.id == key) => {
                self.unanswered = Some(if self.leaves {
                    Failure::HungUp
                } else {
                    Failure::NoAnswer
                });
                self.all_failed = Some(now);
            }
            "QueueCallerLeave" if source.is_some_and(|said| said.id == key) => {
                self.queued = false;
                // From here the dial plan goes on as if the own phone had just answered.
                if let Stage::Other(since) = &mut self.stage {
                    *since = now;
                }
                self.all_failed = self.all_failed.map(|_| now);
            }
            "HangupRequest" | "Hangup" => {
                let Some(source) = &source else { return false };
                let cause = fields::number(message, "Cause");
                return self.hangs_up(source.id, key, cause, event == "Hangup", directory, now);
            }
            _ => {}
        }
        false
    }

    /// What any message says of one of the channels.
    fn channel(&mut self, said: &Description<'_>, key: &str, now: Timestamp) {
        if said.id == key {
            if self.halves.is_none() {
                self.halves = fields::local_half(said.name).map(|(name, _)| name.into());
            }
            match said.state {
                Some(5) => self.rings(Leg::Own),
                Some(6) => self.own_answered(now),
                _ => {}
            }
            return;
        }
        let side = match self.stage {
            Stage::Own => Leg::Own,
            Stage::Other(_) => Leg::Other,
            Stage::Talk(_) => return,
        };
        // Both halves are of the own side, whenever the second is heard of first.
        let half = fields::local_half(said.name);
        let side = if half.is_some_and(|(name, _)| self.halves.as_deref() == Some(name)) {
            Leg::Own
        } else {
            side
        };
        if !self.legs.contains_key(said.id) {
            if self.legs.len() >= MAX_LEGS {
                return;
            }
            let leg = WatchedLeg {
                side,
                real: half.is_none(),
                dialled: false,
                up: false,
                ended: false,
                status: None,
                cause: None,
            };
            self.legs.insert(said.id.into(), leg);
        }
        let Some(leg) = self.legs.get_mut(said.id) else {
            return;
        };
        let rings = said.state == Some(5) && half.is_none_or(|(_, half)| half == '1');
        leg.up |= said.state == Some(6);
        let side = leg.side;
        if rings {
            self.rings(side);
        }
    }

    fn dials(&mut self, id: &str) {
        (self.all_failed, self.unanswered) = (None, None);
        if let Some(leg) = self.legs.get_mut(id) {
            leg.dialled = true;
        }
    }

    fn leg_rings(&mut self, id: &str) {
        if let Some(leg) = self.legs.get(id) {
            self.rings(leg.side);
        }
    }

    fn dial_ends(
        &mut self,
        message: &RawAmiMessage,
        key: &str,
        source: Option<&Description<'_>>,
        dest: Option<&Description<'_>>,
        now: Timestamp,
    ) {
        let (Some(dest), Some(status)) = (dest, value(message, "DialStatus")) else {
            return;
        };
        if status == "ANSWER" {
            if source.is_some_and(|said| said.id == key) {
                self.other_answered(now);
            }
            return;
        }
        let own_half = fields::local_half(dest.name)
            .is_some_and(|(name, _)| self.halves.as_deref() == Some(name));
        if dest.id == key && self.stage == Stage::Own {
            self.root.0 = Some(status.into());
        } else if source.is_none() && (own_half || dest.id == key) {
            // The dial plan itself says so: applications such as Busy and Congestion do.
            self.said = failure(Some(status), None);
        } else if let Some(leg) = self.legs.get_mut(dest.id) {
            leg.status.get_or_insert(status.into());
            leg.ended = true;
            self.note_failures(now);
        }
    }

    /// Whether all that was dialled on the other side came to nothing.
    fn note_failures(&mut self, now: Timestamp) {
        let mut others = self
            .legs
            .values()
            .filter(|leg| leg.side == Leg::Other && leg.dialled)
            .peekable();
        if matches!(self.stage, Stage::Other(_))
            && others.peek().is_some()
            && others.all(|leg| leg.ended)
        {
            self.all_failed.get_or_insert(now);
        }
    }

    fn hangs_up(
        &mut self,
        id: &str,
        key: &str,
        cause: Option<u16>,
        over: bool,
        directory: &Directory,
        now: Timestamp,
    ) -> bool {
        let own = |leg: &WatchedLeg| leg.side == Leg::Own && leg.up;
        if matches!(self.stage, Stage::Other(_)) {
            self.leaves |= id == key || self.legs.get(id).is_some_and(own);
        }
        if id == key {
            if let Some(cause) = cause.filter(|cause| *cause != 0) {
                self.root.1 = Some(cause);
            }
            if !over {
                return false;
            }
            // Local halves that are no longer needed leave the phones to each other.
            if matches!(self.stage, Stage::Talk(_)) && self.own_phone_is_up() {
                return false;
            }
            self.conclude(directory, now);
            return true;
        }
        let Some(leg) = self.legs.get_mut(id) else {
            return false;
        };
        if let Some(cause) = cause.filter(|cause| *cause != 0) {
            leg.cause.get_or_insert(cause);
        }
        leg.ended |= over;
        let own_phone = over && leg.real && leg.side == Leg::Own;
        self.note_failures(now);
        if own_phone && matches!(self.stage, Stage::Talk(_)) && !self.own_phone_is_up() {
            self.conclude(directory, now);
            return true;
        }
        false
    }

    fn own_phone_is_up(&self) -> bool {
        self.legs
            .values()
            .any(|leg| leg.side == Leg::Own && leg.real && leg.up && !leg.ended)
    }

    /// Answers whether it is over.
    pub(super) fn expire(&mut self, directory: &Directory, now: Timestamp) -> bool {
        let past = |since: Timestamp, limit: u64| now >= since.after(limit);
        if let Some((_, at)) = self.refused
            && past(at, AFTER_RESPONSE)
        {
            self.conclude(directory, now);
            return true;
        }
        if let Some(at) = self.accepted
            && past(at, AFTER_RESPONSE)
        {
            // An account without the right to see calls hears nothing else of it.
            self.began.get_or_insert(at);
            self.own_answered(at);
        }
        let Some(began) = self.began else {
            // An account without the right to see calls orders one, and hears no more of it.
            if past(*self.silent.get_or_insert(now), SILENCE_LIMIT) {
                self.tell(Progress::Lost);
                return true;
            }
            return false;
        };
        match self.stage {
            Stage::Own if past(began, SILENCE_LIMIT) => {
                self.tell(Progress::Failed(Leg::Own, Failure::Unknown));
                return true;
            }
            Stage::Other(since) if !self.queued => {
                let dialled = self
                    .legs
                    .values()
                    // A phone's channel is there before Asterisk tells that it is dialled.
                    .any(|leg| leg.side == Leg::Other && (leg.dialled || leg.real));
                if self.all_failed.is_some_and(|at| past(at, AFTER_FAILURE))
                    || (self.said.is_some() && past(since, AFTER_FAILURE))
                {
                    self.conclude(directory, now);
                    return true;
                }
                let failed = self.said.or(self.unanswered).is_some();
                if !dialled && !failed && past(since, DIAL_LIMIT) {
                    match self.why_not_dialled(directory) {
                        Some(why) => {
                            self.tell(Progress::Failed(Leg::Other, why));
                            return true;
                        }
                        None => self.other_answered(since),
                    }
                }
            }
            _ => {}
        }
        false
    }
}
