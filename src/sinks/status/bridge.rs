//! From the chat to the phone: do-not-disturb that people choose in the chat is set for their phones, where a PBX can do that and they want
//! it. Statuses are only ever read for it, everybody's in one call; nothing tells of them.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::time::sleep;

use super::chat::MAX_A_CALL;
use super::counts::add;
use super::driver::{DndHeld, MAX_PARALLEL, Shared};
use super::effects::ask;
use super::{StatusHost, Statuses};
use crate::board::Name;
use crate::host::{HostError, UserId};

/// How often the statuses of those are read who want their phones to follow.
pub const POLL: Duration = Duration::from_secs(20);

/// What the keys of people's choices begin with.
const CHOICES: &str = "preferences:";

/// What the keys begin with of people whose phone was switched.
const SWITCHED: &str = "chat-dnd:";

/// Sets do-not-disturb of phones.
pub trait PhoneDnd: Send + Sync + 'static {
    /// Switches it for the line of the person with this user name, and answers whether that is a line of the PBX's.
    fn set_phone_dnd<'a>(
        &'a self,
        line: &'a Name,
        on: bool,
    ) -> Pin<Box<dyn Future<Output = Result<bool, PhoneDndError>> + Send + 'a>>;
}

/// Why do-not-disturb of a phone was not set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneDndError(pub String);

impl fmt::Display for PhoneDndError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for PhoneDndError {}

/// Those whose phones follow.
#[derive(Default)]
pub(super) struct Bridge(Mutex<State>);

#[derive(Default)]
struct State {
    phones: Option<Arc<dyn PhoneDnd>>,
    /// Whether it is known who chose it.
    read: bool,
    /// Whose choice is to be read again.
    ask: HashSet<UserId>,
    followers: HashMap<UserId, Follower>,
    failing: bool,
}

#[derive(Clone, Debug, Default)]
struct Follower {
    /// Whether they still want it. Who does not is only given back.
    wants: bool,
    switched: Switched,
}

/// What was done to somebody's phone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Switched {
    #[default]
    No,
    /// It was told to be on, and may be.
    Tried,
    /// On, because of the chat. While it is, the phone's is no claim on the chat's status.
    On,
    /// Off again, which the phone may not have told of yet.
    Off,
}

impl fmt::Debug for Bridge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bridge").finish_non_exhaustive()
    }
}

impl Bridge {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that happens under the lock can leave it half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the chat switched somebody's phone.
    pub(super) fn is_pushed(&self, user: &UserId) -> bool {
        let state = self.lock();
        let follower = state.followers.get(user);
        follower.is_some_and(|follower| follower.switched != Switched::No)
    }

    /// Somebody may have chosen something else.
    pub(super) fn ask_again(&self, user: &UserId) {
        self.lock().ask.insert(user.clone());
    }

    fn set(&self, user: &UserId, switched: Switched) {
        let mut state = self.lock();
        state.followers.entry(user.clone()).or_default().switched = switched;
    }
}

impl<H: StatusHost> Statuses<H> {
    /// What sets do-not-disturb of phones, or nothing where that is not wanted: then none is touched any more.
    pub fn connect(&self, phones: Option<Arc<dyn PhoneDnd>>) {
        self.shared.bridge.lock().phones = phones;
    }
}

impl<H: StatusHost> Shared<H> {
    /// Reads, every [`POLL`], the statuses of those that something follows from.
    pub(super) async fn watch_chat(self: Arc<Self>) {
        let mut listed = self.listed.subscribe();
        // An error cannot be: the sender is in here.
        let _ = listed.wait_for(|listed| *listed).await;
        loop {
            sleep(POLL).await;
            let phones = self.bridge.lock().phones.clone();
            let result = self.look(phones).await;
            let mut state = self.bridge.lock();
            let failed = result.is_err();
            if let Err(error) = result
                && !state.failing
            {
                tracing::warn!(%error, "phones cannot follow the chat's do-not-disturb at the moment, which will be tried again");
            }
            state.failing = failed;
        }
    }

    async fn look(self: &Arc<Self>, phones: Option<Arc<dyn PhoneDnd>>) -> Result<(), HostError> {
        if phones.is_some() {
            self.read_choices().await?;
        }
        let followers: Vec<(UserId, Follower)> = match &phones {
            Some(_) => self.bridge.lock().followers.clone().into_iter().collect(),
            None => Vec::new(),
        };
        let mut asked: HashSet<UserId> = followers.iter().map(|(user, _)| user.clone()).collect();
        asked.extend(self.lock().awaited());
        let asked: Vec<UserId> = asked.into_iter().collect();
        let mut statuses = HashMap::new();
        for some in asked.chunks(MAX_A_CALL) {
            statuses.extend(ask(self.host.statuses(some)).await?);
        }
        {
            let mut inner = self.lock();
            let is_online = |user: &UserId| statuses.get(user).is_some_and(|s| s == "online");
            for user in inner.awaited() {
                if is_online(&user) {
                    self.poke(&mut inner, &user);
                }
            }
        }
        let Some(phones) = phones else {
            return Ok(());
        };
        let done = stream::iter(followers).map(|(user, follower)| {
            let status = statuses.get(&user).cloned();
            let phones = Arc::clone(&phones);
            async move { self.follow(&*phones, &user, &follower, status).await }
        });
        let done: Vec<_> = done.buffer_unordered(MAX_PARALLEL).collect().await;
        done.into_iter().collect()
    }

    /// Who chose that their phone follows, and whose phone was switched before a restart.
    async fn read_choices(&self) -> Result<(), HostError> {
        let (read, mut asked) = {
            let state = self.bridge.lock();
            (state.read, state.ask.clone())
        };
        let mut switched = Vec::new();
        if !read {
            let users = |keys: Vec<String>, prefix: &str| -> Vec<UserId> {
                let users = keys.iter().filter_map(|key| key.strip_prefix(prefix));
                users.map(UserId::from).collect()
            };
            asked.extend(users(ask(self.host.keys(CHOICES)).await?, CHOICES));
            switched = users(ask(self.host.keys(SWITCHED)).await?, SWITCHED);
            asked.extend(switched.iter().cloned());
        }
        let choices = stream::iter(asked).map(|user| async move {
            let choices = ask(self.people.preferences(&user)).await;
            choices.map(|choices| (user, choices.chat_dnd))
        });
        let choices: Vec<_> = choices.buffer_unordered(MAX_PARALLEL).collect().await;
        let mut state = self.bridge.lock();
        let mut result = Ok(());
        for choice in choices {
            match choice {
                Ok((user, wants)) => {
                    state.ask.remove(&user);
                    if wants || state.followers.contains_key(&user) || switched.contains(&user) {
                        state.followers.entry(user).or_default().wants = wants;
                    }
                }
                Err(error) => result = Err(error),
            }
        }
        for user in switched {
            state.followers.entry(user).or_default().switched = Switched::On;
        }
        state.read |= result.is_ok();
        result
    }

    /// Brings one phone to what the chat says.
    async fn follow(
        &self,
        phones: &dyn PhoneDnd,
        user: &UserId,
        follower: &Follower,
        status: Option<String>,
    ) -> Result<(), HostError> {
        let held = {
            let inner = self.lock();
            let entry = inner.people.get(user);
            match entry {
                // What is being changed is looked at the next time.
                Some(entry) if entry.done != entry.generation => return Ok(()),
                entry => entry.and_then(|entry| entry.dnd),
            }
        };
        let is_dnd = status.as_deref() == Some("dnd");
        let by_person = is_dnd && held.is_none_or(|held| held.own);
        let wanted = follower.wants && by_person;
        match (follower.switched, wanted) {
            (Switched::No | Switched::Tried, true) => {
                let key = format!("{SWITCHED}{}", user.as_str());
                // Written before it is done, as all that is to be given back.
                ask(self.host.put(&key, Some(b"1"))).await?;
                self.bridge.set(user, Switched::Tried);
                if self.switch(phones, user, true).await? {
                    self.bridge.set(user, Switched::On);
                } else {
                    // It is none of the PBX's.
                    self.bridge.set(user, Switched::Off);
                }
            }
            (Switched::On | Switched::Tried, false) => {
                self.switch(phones, user, false).await?;
                self.bridge.set(user, Switched::Off);
            }
            (Switched::Off, _) => {
                let key = format!("{SWITCHED}{}", user.as_str());
                ask(self.host.put(&key, None)).await?;
                self.bridge.set(user, Switched::No);
            }
            // Their phone's do-not-disturb showed in the chat, and they ended it there.
            (Switched::No, false)
                if follower.wants
                    && !is_dnd
                    && status.is_some()
                    && held.is_some_and(|held: DndHeld| held.phone) =>
            {
                self.switch(phones, user, false).await?;
            }
            (Switched::No, false) if !follower.wants => {
                self.bridge.lock().followers.remove(user);
            }
            _ => {}
        }
        Ok(())
    }

    async fn switch(
        &self,
        phones: &dyn PhoneDnd,
        user: &UserId,
        on: bool,
    ) -> Result<bool, HostError> {
        let username = ask(self.host.person(user)).await?.username;
        let switching = async {
            let switched = phones.set_phone_dnd(&username, on).await;
            switched.map_err(|PhoneDndError(why)| HostError::transient(why))
        };
        let switched = ask(switching).await;
        if switched.is_err() {
            add(&self.tally.retried);
        }
        switched
    }
}
