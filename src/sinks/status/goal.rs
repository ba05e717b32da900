//! What is to become of a person, by the claims on them, their choices and the server's.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::Instant;

use super::StatusHost;
use super::course::{Course, Goal};
use super::driver::Shared;
use super::effects::ask;
use super::wanted::{Chosen, Shown};
use super::words;
use crate::host::{HostError, UserId};
use crate::language::Language;

/// How long it is believed whether people can have custom statuses at all.
const SERVER_BELIEVED_FOR: Duration = Duration::from_secs(60);

impl<H: StatusHost> Shared<H> {
    /// What is to become of somebody now.
    pub(super) async fn goal(&self, user: &UserId, course: &Course) -> Result<Goal, HostError> {
        let (follows, person) = {
            let inner = self.lock();
            let entry = inner.people.get(user);
            let follows = inner.enabled
                && !inner.closed
                && entry.is_some_and(|entry| entry.claims.need_choices());
            (follows, entry.and_then(|entry| entry.person.clone()))
        };
        let mut chosen = Chosen::NOTHING;
        let mut language = Language::English;
        if follows {
            match ask(self.people.preferences(user)).await {
                Ok(preferences) => chosen = Chosen::from(&*preferences),
                Err(error) if error.is_transient() => return Err(error),
                Err(error) => tracing::warn!(%error, "what somebody chose cannot be read"),
            }
            language = match person {
                Some(person) => person.language,
                None => self.look_up(user).await?,
            };
        }
        // What the chat did to the phone is not to come back from there.
        chosen.phone_dnd &= !self.bridge.is_pushed(user);
        let now = (self.clock)();
        let (mut wanted, claims, closed) = {
            let mut inner = self.lock();
            let closed = inner.closed;
            let Some(entry) = inner.people.get_mut(user) else {
                return Ok(Goal::default());
            };
            let wanted = entry.claims.wanted(&chosen, now);
            let claims = entry.claims.lasting(now);
            (wanted, claims.map(Into::into).collect(), closed)
        };
        if wanted.custom.is_some() && course.held.custom.is_none() && !self.has_custom().await? {
            wanted.custom = None;
        }
        let mut custom = None;
        if let Some(wanted) = &wanted.custom {
            let other = match &wanted.shown {
                Shown::Call(Some(other)) => Some(self.display(other).await),
                _ => None,
            };
            custom = Some(words::custom_status(wanted, other.as_deref(), language));
        }
        Ok(Goal {
            at: now,
            custom,
            status: wanted.status,
            claims,
            stopped_at: closed.then_some(now.0),
        })
    }

    /// The language of somebody whose line told nothing of them.
    async fn look_up(&self, user: &UserId) -> Result<Language, HostError> {
        match ask(self.host.person(user)).await {
            Ok(person) => {
                let language = person.language;
                if let Some(entry) = self.lock().people.get_mut(user) {
                    entry.person = Some(person);
                }
                Ok(language)
            }
            Err(error) if error.is_transient() => Err(error),
            Err(_) => Ok(Language::default()),
        }
    }

    /// What people call the other side.
    async fn display(&self, other: &super::Other) -> Arc<str> {
        if let Some(name) = &other.name
            && let Ok(Some(person)) = ask(self.people.of(name)).await
        {
            return person.display_name;
        }
        Arc::clone(&other.shown)
    }

    /// Whether people can have custom statuses.
    async fn has_custom(&self) -> Result<bool, HostError> {
        let mut known = self.custom_enabled.lock().await;
        let settings = self.server_settings.load(Ordering::Acquire);
        if let Some((enabled, until, of)) = *known
            && Instant::now() < until
            && of == settings
        {
            return Ok(enabled);
        }
        let enabled = match ask(self.host.custom_statuses_enabled()).await {
            Err(error) if error.is_transient() => return Err(error),
            // What else stands in the way shows when one is set.
            answer => answer.unwrap_or(true),
        };
        *known = Some((enabled, Instant::now() + SERVER_BELIEVED_FOR, settings));
        Ok(enabled)
    }
}
