//! What is asked of the server for one person.

use std::future::Future;
use std::time::Duration;

use tokio::time::timeout;

use super::StatusHost;
use super::counts::{Tally, add};
use super::held::{CustomEffect, Due, HeldCustom, HeldStatus, Progress, Step, Undo};
use crate::host::{CustomStatus, HostError, HostErrorKind, PersonalStatus, UserId};

/// How long a call of the server's may take. It is longer than the server itself lets a statement to its database take (30 s, its setting
/// `QueryTimeout`): what was given up earlier could still be done afterwards.
pub const CALL_LIMIT: Duration = Duration::from_secs(60);

/// What a course runs with.
pub(super) struct Surroundings<'a, H> {
    pub(super) host: &'a H,
    pub(super) user: &'a UserId,
    pub(super) clock: crate::app::Clock,
    pub(super) tally: &'a Tally,
}

/// What was seen of each part.
pub(super) type Seen = (
    Result<Option<CustomStatus>, HostError>,
    Result<Option<String>, HostError>,
    Result<Option<PersonalStatus>, HostError>,
);

impl<H: StatusHost> Surroundings<'_, H> {
    pub(super) async fn read(&self, custom_due: Due, status_due: Due) -> Seen {
        let custom = async {
            match custom_due {
                Due::Nothing => Ok(None),
                _ => ask(self.host.custom_status(self.user)).await,
            }
        };
        let recent = async {
            match custom_due {
                Due::Nothing => Ok(None),
                _ => ask(self.host.recent_custom_statuses(self.user)).await,
            }
        };
        let status = async {
            if status_due == Due::Nothing {
                return Ok(None);
            }
            match ask(self.host.personal_status(self.user)).await {
                // Somebody who never signed in; whoever was set to something did.
                Err(error) if status_due == Due::Take && error.kind == HostErrorKind::NotFound => {
                    Ok(None)
                }
                seen => seen.map(Some),
            }
        };
        tokio::join!(custom, recent, status)
    }

    pub(super) async fn set_custom(
        &self,
        own: &mut Option<HeldCustom>,
        undo: &mut Option<Undo>,
        due: Due,
        effect: CustomEffect,
    ) -> Result<(), HostError> {
        let status = match &effect {
            CustomEffect::Nothing => return Ok(()),
            CustomEffect::Set(status) => Some(status),
            CustomEffect::Remove => None,
        };
        let mut done = ask(self.host.set_custom_status(self.user, status)).await;
        let refused =
            |done: &Result<(), HostError>| done.as_ref().is_err_and(|error| !error.is_transient());
        if due == Due::Return && status.is_some() && refused(&done) {
            // An emoji that is there no more, for example. Ours goes all the same.
            add(&self.tally.given_up);
            tracing::warn!(user = self.user.as_str(), error = ?done.err(), "a custom status is not taken back by the server");
            *undo = None;
            done = ask(self.host.set_custom_status(self.user, None)).await;
        }
        let now = (self.clock)();
        if let Some(held) = own {
            held.set_at = now;
            if held.progress == Progress::Meant {
                held.progress = Progress::Tried;
            }
        }
        done?;
        if due == Due::Return {
            *own = None;
            add(&self.tally.given_back);
        } else if let (Some(held), CustomEffect::Set(status)) = (own, effect) {
            (held.ours, held.progress) = (vec![status], Progress::Sure);
            add(&self.tally.set);
        }
        self.put_right(undo, true).await
    }

    pub(super) async fn set_status(
        &self,
        own: &mut Option<HeldStatus>,
        due: Due,
        steps: Vec<Step>,
    ) -> Result<(), HostError> {
        if steps.is_empty() {
            return Ok(());
        }
        if let Some(held) = own {
            held.progress = Progress::Tried;
        }
        for step in steps {
            match step {
                Step::Dnd(end) => {
                    let end = i64::try_from(end).unwrap_or(i64::MAX);
                    ask(self.host.set_timed_dnd(self.user, end)).await?;
                }
                Step::Away => ask(self.host.set_status(self.user, "away")).await?,
                Step::Online => ask(self.host.set_status(self.user, "online")).await?,
            }
        }
        if due == Due::Return {
            *own = None;
            add(&self.tally.given_back);
        } else if let Some(held) = own {
            let last = held.ours.last().copied();
            (held.ours, held.progress) = (last.into_iter().collect(), Progress::Sure);
            held.clearing = false;
            add(&self.tally.set);
        }
        Ok(())
    }

    /// Puts the list of recent custom statuses right, after one was set if that is `sure`.
    pub(super) async fn put_right(
        &self,
        undo: &mut Option<Undo>,
        sure: bool,
    ) -> Result<(), HostError> {
        let Some(wrong) = undo else {
            return Ok(());
        };
        let now = ask(self.host.recent_custom_statuses(self.user)).await?;
        let before = wrong.before.as_deref();
        if let Some(list) = super::recent::undone(before, now.as_deref(), &wrong.pushed, sure) {
            ask(self.host.set_recent_custom_statuses(self.user, &list)).await?;
        }
        *undo = None;
        Ok(())
    }
}

/// Waits for the server, [`CALL_LIMIT`] at most.
pub(super) async fn ask<T>(
    asking: impl Future<Output = Result<T, HostError>>,
) -> Result<T, HostError> {
    timeout(CALL_LIMIT, asking)
        .await
        .unwrap_or_else(|_| Err(late()))
}

pub(super) fn late() -> HostError {
    let seconds = CALL_LIMIT.as_secs();
    HostError::transient(format!("the server did not answer within {seconds} s"))
}
