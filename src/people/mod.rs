//! Who the people on the lines are, and what each of them chose.

mod preferences;

pub use preferences::{CallStatus, Preferences};

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::board::Name;
use crate::host::{Directory, HostError, HostErrorKind, Person, Records, UserId};
use crate::store::RecordError;

/// How long it is believed who a line's name is. People rename themselves, choose another language, and leave.
const BELIEVED_FOR: Duration = Duration::from_secs(10 * 60);

/// How long it is believed that nobody has a line's name.
const NOBODY_FOR: Duration = Duration::from_secs(60);

/// The most names that are remembered, and the most people's preferences.
const MAX_REMEMBERED: usize = 20_000;

/// The people on the lines. Every method may be called from several tasks at once.
#[derive(Debug)]
pub struct People<H> {
    host: Arc<H>,
    known: Mutex<HashMap<Name, (Option<Person>, Instant)>>,
    preferences: Mutex<HashMap<UserId, Arc<Preferences>>>,
}

impl<H: Directory + Records> People<H> {
    /// Nobody is known yet.
    #[must_use]
    pub fn new(host: Arc<H>) -> Self {
        Self {
            host,
            known: Mutex::default(),
            preferences: Mutex::default(),
        }
    }

    /// Who a line's name is: the person with this user name, unless their account is deactivated.
    ///
    /// # Errors
    ///
    /// The server did not tell; that there is nobody of that name is none.
    pub async fn of(&self, name: &Name) -> Result<Option<Person>, HostError> {
        let now = Instant::now();
        if let Some((person, until)) = lock(&self.known).get(name)
            && now < *until
        {
            return Ok(person.clone());
        }
        let found = match self.host.user_by_name(&name.to_lowercase()).await {
            Ok(person) => Some(person).filter(|person| !person.deactivated),
            Err(error) if error.kind == HostErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let believed = if found.is_some() {
            BELIEVED_FOR
        } else {
            NOBODY_FOR
        };
        let mut known = lock(&self.known);
        if known.len() >= MAX_REMEMBERED {
            known.clear();
        }
        known.insert(Arc::clone(name), (found.clone(), now + believed));
        Ok(found)
    }

    /// What somebody chose.
    ///
    /// # Errors
    ///
    /// The store did not tell. A damaged record counts as none: its owner chooses again.
    pub async fn preferences(&self, user: &UserId) -> Result<Arc<Preferences>, HostError> {
        if let Some(known) = lock(&self.preferences).get(user) {
            return Ok(Arc::clone(known));
        }
        let stored = crate::store::load(&*self.host, &preferences::key(user)).await;
        let stored = match stored {
            Ok(stored) => stored.unwrap_or_default(),
            Err(RecordError::Host(error)) => return Err(error),
            Err(error @ RecordError::Damaged(_)) => {
                tracing::warn!(%error, "somebody's preferences cannot be read; the defaults hold");
                Preferences::default()
            }
        };
        let stored = Arc::new(stored);
        self.remember(user, &stored);
        Ok(stored)
    }

    /// Stores what somebody chose.
    ///
    /// # Errors
    ///
    /// It was not stored, and what held before holds.
    pub async fn choose(&self, user: &UserId, chosen: Preferences) -> Result<(), HostError> {
        let saved = crate::store::save(&*self.host, &preferences::key(user), &chosen).await;
        saved.map_err(|error| match error {
            RecordError::Host(error) => error,
            RecordError::Damaged(why) => HostError::from_status(400, why),
        })?;
        self.remember(user, &Arc::new(chosen));
        Ok(())
    }

    fn remember(&self, user: &UserId, preferences: &Arc<Preferences>) {
        let mut known = lock(&self.preferences);
        if known.len() >= MAX_REMEMBERED {
            known.clear();
        }
        known.insert(user.clone(), Arc::clone(preferences));
    }
}

/// Nothing that happens under the locks here can leave them half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
