//! From the chat to the phone: do-not-disturb that people choose in the chat is set for their phones, where a PBX can do that and they want
//! it. Statuses are only ever read for it, everybody's in one call; nothing tells of them.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::time::{sleep, timeout};

use super::counts::add;
use super::driver::{Entry, MAX_PARALLEL, Shared};
use super::effects::{CALL_LIMIT, ask, late};
use super::{StatusHost, Statuses};
use crate::board::Name;
use crate::calls::{Dial, NotSwitched};
use crate::host::{HostError, HostErrorKind, UserId};
use crate::store::{self, RecordError};

/// How often the statuses of those are read who want their phones to follow.
pub const POLL: Duration = Duration::from_secs(20);

/// How many people are asked about in one call.
const MAX_A_CALL: usize = 200;

/// What the keys of people's choices begin with.
const CHOICES: &str = "preferences:";

/// What the keys begin with of people whose phone was switched. Each holds the extensions that were switched on.
pub(super) const SWITCHED: &str = "chat-dnd:";

/// Sets do-not-disturb of phones.
pub trait PhoneDnd: Send + Sync + 'static {
    /// The PBX's extensions of the person with this user name: none where the line is not the PBX's.
    ///
    /// # Errors
    ///
    /// It is not known at the moment.
    fn phones_of(&self, line: &Name) -> Result<Vec<Dial>, PhoneDndError>;

    /// Switches it for these, for each although it fails for another one.
    fn set_dnd<'a>(
        &'a self,
        phones: &'a [Dial],
        on: bool,
    ) -> Pin<Box<dyn Future<Output = Result<(), PhoneDndError>> + Send + 'a>>;
}

/// Why do-not-disturb of a phone was not set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneDndError {
    /// Why, in words for the log.
    pub why: String,
    /// Whether it may be set all the same, or is for some of the phones.
    pub touched: bool,
}

impl fmt::Display for PhoneDndError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl From<NotSwitched> for PhoneDndError {
    fn from(not: NotSwitched) -> Self {
        Self {
            why: not.refusal.to_string(),
            touched: not.touched,
        }
    }
}

impl From<PhoneDndError> for HostError {
    /// It is tried again.
    fn from(error: PhoneDndError) -> Self {
        Self::transient(error.why)
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

#[derive(Clone, Copy, Debug, Default)]
struct Follower {
    /// Whether they still want it. Who does not is only given back.
    wants: bool,
    /// Whether their phone's do-not-disturb shows in the chat.
    shows: bool,
    switched: Switched,
}

/// What was done to somebody's phone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Switched {
    #[default]
    No,
    /// It was told to be on, and is certainly not. Its record was deleted, or is to be.
    Refused,
    /// It was told to be on, and may be.
    Tried,
    /// On, because of the chat. While it is, the phone's is no claim on the chat's status.
    On,
    /// Off again, which the phone may not have told of yet.
    Off,
    /// Left alone until the chat's do-not-disturb ends: it is none of the PBX's, or was set at the phone before.
    Left,
}

impl Switched {
    /// Whether nothing was done that is to be given back.
    fn is_untouched(self) -> bool {
        matches!(self, Self::No | Self::Refused)
    }
}

/// What it hangs on what becomes of somebody's phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sight {
    /// Their status is do-not-disturb because they chose it, in the chat or by their own command.
    chosen: bool,
    /// By the command, which switches the phone, too.
    by_command: bool,
    /// The phone tells of do-not-disturb.
    at_phone: bool,
    /// Do-not-disturb was set for the phone's, or by the command, and they chose something else in the chat.
    ended: bool,
}

impl Sight {
    /// Of somebody in this status; nothing while the status is being changed.
    fn new(entry: Option<&Entry>, follower: Follower, status: Option<&str>) -> Option<Self> {
        if entry.is_some_and(|entry| entry.done != entry.generation) {
            return None;
        }
        let held = entry.and_then(|entry| entry.dnd);
        let is_dnd = status == Some("dnd");
        let shown = held.is_some_and(|held| held.phone && (follower.shows || held.own));
        Some(Self {
            chosen: is_dnd && held.is_none_or(|held| held.own),
            by_command: held.is_some_and(|held| held.own),
            at_phone: entry.is_some_and(|entry| entry.claims.has_phone_dnd()),
            ended: !is_dnd && status.is_some() && shown,
        })
    }
}

/// What is to be done about somebody's phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Nothing,
    On,
    /// What was switched on is switched off.
    Off,
    /// Their line is switched off, which they did not get from the chat.
    OffAtPhone,
    /// What was done is done with.
    Forget,
    Leave,
    LeaveNoMore,
    /// They no longer follow.
    Drop,
}

impl Step {
    fn of(follower: Follower, sight: Sight) -> Self {
        let wish = follower.wants && sight.chosen;
        match (follower.switched, wish) {
            (Switched::No, true) if sight.at_phone && !sight.by_command => Self::Leave,
            (Switched::No | Switched::Refused | Switched::Tried, true) => Self::On,
            (Switched::On | Switched::Tried, false) => Self::Off,
            (Switched::Off, _) | (Switched::Refused, false) => Self::Forget,
            (Switched::Left, false) => Self::LeaveNoMore,
            (Switched::On | Switched::Left, true) => Self::Nothing,
            (Switched::No, false) if !follower.wants => Self::Drop,
            // Their phone's do-not-disturb showed in the chat, and they ended it there.
            (Switched::No, false) if sight.ended => Self::OffAtPhone,
            (Switched::No, false) => Self::Nothing,
        }
    }
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

    /// Whether phones can be switched.
    pub(super) fn is_connected(&self) -> bool {
        self.lock().phones.is_some()
    }

    /// Whether the chat switched somebody's phone.
    pub(super) fn is_pushed(&self, user: &UserId) -> bool {
        let state = self.lock();
        let follower = state.followers.get(user);
        let pushed = |follower: &Follower| match follower.switched {
            Switched::No | Switched::Refused | Switched::Left => false,
            Switched::Tried | Switched::On | Switched::Off => true,
        };
        // Where none can be switched any more, what they are in is their own.
        state.phones.is_some() && follower.is_some_and(pushed)
    }

    /// These had their phones switched before the start.
    pub(super) fn resume(&self, users: impl Iterator<Item = UserId>) {
        let mut state = self.lock();
        for user in users {
            state.followers.entry(user).or_default().switched = Switched::On;
        }
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
        let are = phones.is_some();
        let were = std::mem::replace(&mut self.shared.bridge.lock().phones, phones).is_some();
        if are != were {
            let mut inner = self.shared.lock();
            // Whose phone the chat switched counts as its own now, or no longer does.
            self.shared.poke_all(&mut inner);
            // Whose phone is in a do-not-disturb of its own may matter now.
            self.shared.lines_changed(&mut inner);
        }
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
            Some(_) => {
                let state = self.bridge.lock();
                let followers = state.followers.iter();
                followers.map(|(user, own)| (user.clone(), *own)).collect()
            }
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
            for user in inner.awaited() {
                let status = statuses.get(&user);
                if status.is_some_and(|status| inner.goes_on(&user, status)) {
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
            async move { self.follow(&*phones, &user, follower, status).await }
        });
        let done: Vec<_> = done.buffer_unordered(MAX_PARALLEL).collect().await;
        done.into_iter().collect()
    }

    /// Who chose that their phone follows, those included whose phone was switched before a restart.
    async fn read_choices(&self) -> Result<(), HostError> {
        let (read, mut asked) = {
            let state = self.bridge.lock();
            let mut asked = state.ask.clone();
            if !state.read {
                asked.extend(state.followers.keys().cloned());
            }
            (state.read, asked)
        };
        if !read {
            let keys = ask(store::keys(&*self.host, CHOICES)).await?;
            let users = keys.iter().filter_map(|key| key.strip_prefix(CHOICES));
            asked.extend(users.map(UserId::from));
        }
        let choices = stream::iter(asked).map(|user| async move {
            let choices = ask(self.people.preferences(&user)).await;
            choices.map(|choices| (user, choices))
        });
        let choices: Vec<_> = choices.buffer_unordered(MAX_PARALLEL).collect().await;
        let mut state = self.bridge.lock();
        let mut result = Ok(());
        for choice in choices {
            match choice {
                Ok((user, choices)) => {
                    state.ask.remove(&user);
                    if choices.chat_dnd || state.followers.contains_key(&user) {
                        let follower = state.followers.entry(user).or_default();
                        (follower.wants, follower.shows) = (choices.chat_dnd, choices.phone_dnd);
                    }
                }
                Err(error) => result = Err(error),
            }
        }
        state.read |= result.is_ok();
        result
    }

    /// Brings one phone to what the chat says.
    async fn follow(
        self: &Arc<Self>,
        phones: &dyn PhoneDnd,
        user: &UserId,
        follower: Follower,
        status: Option<String>,
    ) -> Result<(), HostError> {
        let sight = Sight::new(self.lock().people.get(user), follower, status.as_deref());
        let Some(step) = sight.map(|sight| Step::of(follower, sight)) else {
            // What is being changed is looked at the next time.
            return Ok(());
        };
        let switched = match step {
            Step::Nothing => return Ok(()),
            Step::Drop => {
                self.bridge.lock().followers.remove(user);
                return Ok(());
            }
            Step::Forget => {
                ask(self.host.put(&key(user), None)).await?;
                self.bridge.set(user, Switched::No);
                // Do-not-disturb of the phone may have been set at the phone since.
                self.poke(&mut self.lock(), user);
                return Ok(());
            }
            Step::LeaveNoMore => {
                self.bridge.set(user, Switched::No);
                return Ok(());
            }
            Step::Leave => Vec::new(),
            Step::On | Step::OffAtPhone => self.line(phones, user).await?,
            Step::Off => self.switched(phones, user).await?,
        };
        if step == Step::On && switched.is_empty() && follower.switched.is_untouched() {
            if follower.switched == Switched::Refused {
                ask(self.host.put(&key(user), None)).await?;
            }
            self.bridge.set(user, Switched::Left);
            return Ok(());
        }
        // All statuses are read at once, and what is told of them here may have changed since.
        let sight = self.look_at(user, follower).await?;
        if sight.is_none_or(|sight| Step::of(follower, sight) != step) {
            return Ok(());
        }
        match step {
            Step::Leave => self.bridge.set(user, Switched::Left),
            Step::On => self.switch_on(phones, user, follower, switched).await?,
            Step::Off => {
                self.switch(phones, &switched, false).await?;
                self.bridge.set(user, Switched::Off);
            }
            _ => self.switch(phones, &switched, false).await?,
        }
        Ok(())
    }

    /// What it hangs on, as it is at this moment: nothing changes the person's status meanwhile. Nothing where something does already.
    async fn look_at(
        self: &Arc<Self>,
        user: &UserId,
        follower: Follower,
    ) -> Result<Option<Sight>, HostError> {
        let (course, is_new) = {
            let mut inner = self.lock();
            if inner.closed {
                return Ok(None);
            }
            let is_new = !inner.people.contains_key(user);
            let entry = inner.people.entry(user.clone()).or_default();
            (Arc::clone(&entry.course), is_new)
        };
        let mut seen = Ok(None);
        if let Ok(mut own) = course.try_lock() {
            seen = async {
                if !own.loaded {
                    self.load(user, &mut own).await?;
                }
                match ask(self.host.personal_status(user)).await {
                    // Somebody who never signed in.
                    Err(error) if error.kind == HostErrorKind::NotFound => Ok(None),
                    seen => seen.map(|seen| Some(seen.status)),
                }
            }
            .await;
        }
        let mut inner = self.lock();
        let entry = inner.people.get(user);
        // Nobody looks after what was let go of meanwhile.
        let same = entry.filter(|entry| Arc::ptr_eq(&entry.course, &course));
        let sight = seen.map(|status| {
            let status = status.as_deref()?;
            Sight::new(Some(same?), follower, Some(status))
        });
        if is_new {
            // Nothing of them stays behind.
            self.poke(&mut inner, user);
        }
        sight
    }

    async fn switch_on(
        self: &Arc<Self>,
        phones: &dyn PhoneDnd,
        user: &UserId,
        follower: Follower,
        mut line: Vec<Dial>,
    ) -> Result<(), HostError> {
        let mut noted = Vec::new();
        let untouched = follower.switched.is_untouched();
        if !untouched {
            noted = self.noted(user).await?;
            line.extend_from_slice(&noted);
            line.sort_unstable();
            line.dedup();
        }
        if line != noted {
            let record: Vec<&str> = line.iter().map(Dial::as_str).collect();
            // Written before it is done, as all that is to be given back.
            let saving = async {
                let saved = store::save(&*self.host, &key(user), &record).await;
                saved.map_err(RecordError::into_host)
            };
            ask(saving).await?;
        }
        self.bridge.set(user, Switched::Tried);
        let Err(not) = self.switch(phones, &line, true).await else {
            self.bridge.set(user, Switched::On);
            return Ok(());
        };
        if untouched && !not.touched {
            // Nothing is to be given back: that might be refused as well, and without end.
            self.bridge.set(user, Switched::Refused);
            // Do-not-disturb of the phone may have been set at the phone meanwhile.
            self.poke(&mut self.lock(), user);
            ask(self.host.put(&key(user), None)).await?;
        }
        Err(not.into())
    }

    /// The extensions of somebody's line.
    async fn line(&self, phones: &dyn PhoneDnd, user: &UserId) -> Result<Vec<Dial>, HostError> {
        let person = match ask(self.host.person(user)).await {
            // Theirs is nobody's.
            Err(error) if error.kind == HostErrorKind::NotFound => return Ok(Vec::new()),
            person => person?,
        };
        Ok(phones.phones_of(&person.username)?)
    }

    /// The extensions of theirs that were switched on.
    async fn switched(&self, phones: &dyn PhoneDnd, user: &UserId) -> Result<Vec<Dial>, HostError> {
        let noted = self.noted(user).await?;
        if noted.is_empty() {
            return self.line(phones, user).await;
        }
        Ok(noted)
    }

    /// The extensions that are noted as switched on; none where it is only noted that the line is, as records had it that knew no
    /// extensions, or where the record was damaged.
    async fn noted(&self, user: &UserId) -> Result<Vec<Dial>, HostError> {
        let key = key(user);
        let loading = store::load_or_default::<Vec<String>>(&*self.host, &key);
        let noted = ask(loading).await?.into_iter();
        Ok(noted.filter_map(|number| Dial::new(&number)).collect())
    }

    async fn switch(
        &self,
        phones: &dyn PhoneDnd,
        numbers: &[Dial],
        on: bool,
    ) -> Result<(), PhoneDndError> {
        let switched = timeout(CALL_LIMIT, phones.set_dnd(numbers, on)).await;
        let switched = switched.unwrap_or_else(|_| {
            Err(PhoneDndError {
                why: late().message,
                touched: true,
            })
        });
        if switched.is_err() {
            add(&self.tally.retried);
        }
        switched
    }
}

fn key(user: &UserId) -> String {
    format!("{SWITCHED}{}", user.as_str())
}
