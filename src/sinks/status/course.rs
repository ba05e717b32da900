//! Bringing one person's status to what is wanted: read what is there, write down what is taken, set it, and give it back.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::StatusHost;
use super::counts::add;
use super::effects::{CALL_LIMIT, Surroundings, ask, late};
use super::held::{self, CustomEffect, Due, Held, Progress, Step, Undo};
use super::record::{Record, SavedClaim, key};
use super::wanted::WantedStatus;
use crate::board::Timestamp;
use crate::host::{CustomStatus, HostError};
use crate::store::{self, RecordError};

/// How often the server may refuse the same for good before it is given up.
pub const MAX_REFUSALS: u32 = 4;

/// For how long what was read is acted upon, unless the server is that slow again and again: the person may have changed it since.
pub const FRESH: Duration = Duration::from_secs(10);

/// How often what was read may have become too old in a row.
const MAX_STALE: u32 = 3;

/// What is to become of one person.
#[derive(Clone, Debug, Default)]
pub(super) struct Goal {
    /// When it was set.
    pub(super) at: Timestamp,
    pub(super) custom: Option<CustomStatus>,
    pub(super) status: Option<WantedStatus>,
    /// What it is for, for the record.
    pub(super) claims: Vec<SavedClaim>,
    /// The plugin stops now, in milliseconds since 1970.
    pub(super) stopped_at: Option<u64>,
}

/// What the server is asked for, as far as it is refused or fails on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Custom,
    Status,
    Record,
}

/// What somebody's status waits for. Nothing tells of it, so it is looked for now and then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Awaited {
    /// That they come online: then it could be set.
    Online,
    /// That the server keeps statuses again: then what is set can be seen to.
    Kept,
}

/// One person's course.
#[derive(Debug, Default)]
pub(super) struct Course {
    pub(super) held: Held,
    /// Whether a record from before the start was looked for.
    pub(super) loaded: bool,
    /// Whether the store may have a record.
    pub(super) stored: bool,
    /// Whether their status is left alone because they chose it before.
    passed_over: bool,
    /// What their status waits for, if for something.
    pub(super) awaited: Option<Awaited>,
    /// What the record says that it is for.
    saved: Option<(Vec<SavedClaim>, Option<u64>)>,
    refusals: [u32; 3],
    /// How often in a row what was read had become too old.
    stale: u32,
    given_up: [bool; 2],
}

/// Why it could not be done now, the first reason of several.
pub(super) type Failure = HostError;

impl Course {
    /// Runs towards the goal as far as it goes now. What failed is to be tried again.
    pub(super) async fn run<H: StatusHost>(
        &mut self,
        at: &Surroundings<'_, H>,
        goal: &Goal,
    ) -> Result<(), Failure> {
        let mut failures = Vec::new();
        self.held.forget_meant();
        self.begin(goal);
        if self.held.undo.is_some()
            && let Err(error) = at.put_right(&mut self.held.undo, false).await
        {
            failures.push((Part::Custom, error));
        }
        let blocked = self.held.undo.is_some();
        let custom = goal.custom.as_ref().filter(|_| !self.given_up[0]);
        let status = goal.status.as_ref().filter(|_| !self.given_up[1]);
        let now = (at.clock)();
        let mut custom_due = held::custom_due(self.held.custom.as_ref(), custom, now);
        let mut status_due = held::status_due(self.held.status.as_ref(), status, now);
        if blocked {
            custom_due = Due::Nothing;
        }
        if self.passed_over && status_due == Due::Take && !status.is_some_and(|s| s.own) {
            status_due = Due::Nothing;
        }
        let read_at = Instant::now();
        let (seen_custom, seen_recent, seen_status) = at.read(custom_due, status_due).await;
        let (mut effect, mut steps) = (CustomEffect::Nothing, Vec::new());
        let was_clearing = self.held.status.as_ref().is_some_and(|own| own.clearing);
        match (seen_custom, seen_recent) {
            (Ok(seen), Ok(recent)) => {
                let stood = |own: &held::HeldCustom| !own.lost && own.progress != Progress::Tried;
                let was_ours = self.held.custom.as_ref().is_some_and(stood);
                effect = held::custom(&mut self.held.custom, custom_due, custom, seen, now);
                let is_ours = self.held.custom.as_ref().is_some_and(|own| !own.lost);
                if was_ours && !is_ours {
                    add(&at.tally.theirs);
                }
                if let CustomEffect::Set(pushed) = &effect {
                    self.held.undo = Some(Undo {
                        before: recent,
                        pushed: pushed.clone(),
                    });
                }
            }
            (Err(error), _) | (_, Err(error)) => failures.push((Part::Custom, error)),
        }
        match seen_status {
            Ok(seen) => {
                let stood = |own: &held::HeldStatus| !own.lost && own.progress != Progress::Tried;
                let was_ours = self.held.status.as_ref().is_some_and(stood);
                let own = &mut self.held.status;
                steps = held::status(own, status_due, status, seen.as_ref(), now);
                let is_ours = own.as_ref().is_some_and(|own| !own.lost);
                if was_ours && !is_ours {
                    add(&at.tally.theirs);
                }
                if status_due == Due::Take {
                    // What somebody chose is not asked about again; whoever is idle may come back.
                    self.passed_over = own.is_none()
                        && seen
                            .as_ref()
                            .is_some_and(|seen| seen.manual || seen.status == "ooo");
                    let waits = own.is_none() && !self.passed_over;
                    self.awaited = waits.then_some(Awaited::Online);
                }
                if is_ours && seen.as_ref().is_some_and(|seen| !held::is_kept(seen)) {
                    self.awaited = Some(Awaited::Kept);
                }
            }
            Err(error) => failures.push((Part::Status, error)),
        }
        let takes = |due: Due| matches!(due, Due::Take | Due::Change);
        let clears = self.held.status.as_ref().is_some_and(|own| own.clearing);
        let must_save = matches!(effect, CustomEffect::Set(_))
            || (!steps.is_empty() && (takes(status_due) || clears));
        if must_save && let Err(error) = self.save(at, goal, None).await {
            failures.push((Part::Record, error));
            // Nothing is taken that is not written down. What is given back is.
            if takes(custom_due) {
                (effect, self.held.undo) = (CustomEffect::Nothing, None);
            }
            if takes(status_due) {
                self.leave(&mut steps, was_clearing);
            }
        }
        if effect == CustomEffect::Nothing && steps.is_empty() {
            self.stale = 0;
        } else if read_at.elapsed() > FRESH && self.stale < MAX_STALE {
            self.stale += 1;
            if effect != CustomEffect::Nothing {
                (effect, self.held.undo) = (CustomEffect::Nothing, None);
            }
            self.leave(&mut steps, was_clearing);
            let why = "the server answers so slowly that what it says may be over";
            failures.push((Part::Record, HostError::transient(why)));
        } else {
            self.stale = 0;
        }
        let Held {
            custom: own_custom,
            status: own_status,
            undo,
        } = &mut self.held;
        let (custom, status) = tokio::join!(
            at.set_custom(own_custom, undo, custom_due, effect),
            at.set_status(own_status, status_due, steps)
        );
        failures.extend(custom.err().map(|error| (Part::Custom, error)));
        failures.extend(status.err().map(|error| (Part::Status, error)));
        // Not where it could not be looked what stands there: that is to be done yet.
        let looked = self.awaited != Some(Awaited::Kept)
            && failures.iter().all(|(part, _)| *part != Part::Status);
        if looked && let (Some(own), Some(wanted)) = (&mut self.held.status, &goal.status) {
            own.only_own = wanted.only_own;
        }
        if failures.is_empty() {
            let ended = self.end(at, goal).await;
            failures.extend(ended.err().map(|error| (Part::Record, error)));
        }
        self.judge(at, goal, failures)
    }

    /// Does not take these steps. What the person chooses over ours is theirs then: its end is not being taken away.
    fn leave(&mut self, steps: &mut Vec<Step>, was_clearing: bool) {
        steps.clear();
        if let Some(own) = &mut self.held.status {
            own.clearing = was_clearing;
        }
    }

    /// Nothing is held against a person's next calls.
    fn begin(&mut self, goal: &Goal) {
        self.awaited = None;
        if goal.custom.is_none() {
            self.given_up[0] = false;
        }
        if goal.status.is_none() {
            self.given_up[1] = false;
            self.passed_over = false;
        }
    }

    async fn save<H: StatusHost>(
        &mut self,
        at: &Surroundings<'_, H>,
        goal: &Goal,
        stopped_at: Option<u64>,
    ) -> Result<(), HostError> {
        let record = Record {
            claims: goal.claims.clone(),
            held: self.held.clone(),
            stopped_at,
        };
        self.stored = true;
        let key = key(at.user);
        let saving = store::save(at.host, &key, &record);
        match timeout(CALL_LIMIT, saving).await {
            Ok(saved) => saved.map_err(RecordError::into_host)?,
            Err(_) => return Err(late()),
        }
        self.saved = Some((record.claims, record.stopped_at));
        Ok(())
    }

    /// Keeps the record in step, or deletes it where there is nothing left to give back.
    async fn end<H: StatusHost>(
        &mut self,
        at: &Surroundings<'_, H>,
        goal: &Goal,
    ) -> Result<(), HostError> {
        let to_resume = goal.stopped_at.is_some() && !goal.claims.is_empty();
        if !self.stored {
            return Ok(());
        }
        if self.held.is_empty() && !to_resume {
            ask(at.host.put(&key(at.user), None)).await?;
            (self.stored, self.saved) = (false, None);
            return Ok(());
        }
        if goal.claims.is_empty() && goal.stopped_at.is_none() {
            // What lingers is given back in a moment, and then the record is gone.
            return Ok(());
        }
        let is_saved = self.saved.as_ref().is_some_and(|(claims, stopped_at)| {
            *claims == goal.claims && *stopped_at == goal.stopped_at
        });
        if is_saved {
            return Ok(());
        }
        self.save(at, goal, goal.stopped_at).await
    }

    /// What fails for a while is tried again for ever; what is refused is given up after some attempts.
    fn judge<H>(
        &mut self,
        at: &Surroundings<'_, H>,
        goal: &Goal,
        failures: Vec<(Part, HostError)>,
    ) -> Result<(), Failure> {
        for part in [Part::Custom, Part::Status, Part::Record] {
            let error = failures.iter().find(|(failed, _)| *failed == part);
            let refusals = &mut self.refusals[part as usize];
            let Some((_, error)) = error.filter(|(_, error)| !error.is_transient()) else {
                *refusals = 0;
                continue;
            };
            *refusals += 1;
            if *refusals < MAX_REFUSALS {
                continue;
            }
            *refusals = 0;
            let given_up = add(&at.tally.given_up);
            tracing::warn!(
                %error, ?part, given_up, user = at.user.as_str(),
                "a person's status is given up: the server refuses it"
            );
            match part {
                // What cannot be changed is given back; what cannot be given back either is left where it is.
                Part::Custom if self.given_up[0] || goal.custom.is_none() => {
                    (self.held.custom, self.held.undo) = (None, None);
                }
                Part::Custom => self.given_up[0] = true,
                Part::Status if self.given_up[1] || goal.status.is_none() => {
                    self.held.status = None;
                }
                Part::Status => self.given_up[1] = true,
                Part::Record => {
                    self.given_up = [true; 2];
                    self.stored &= !self.held.is_empty();
                }
            }
        }
        match failures.into_iter().next() {
            Some((_, error)) => Err(error),
            None => Ok(()),
        }
    }

    /// When something is to be done although nothing happens.
    pub(super) fn next(&self, goal: &Goal) -> Option<Timestamp> {
        let custom = self.held.custom.as_ref().filter(|own| !own.lost);
        let custom = custom
            .zip(goal.custom.as_ref())
            .and_then(|(held, wanted)| held::custom_change(held, wanted));
        let status = self.held.status.as_ref().filter(|own| !own.lost);
        let status = status
            .zip(goal.status.as_ref())
            .and_then(|(held, wanted)| held::status_change(held, wanted));
        custom.into_iter().chain(status).min()
    }
}
