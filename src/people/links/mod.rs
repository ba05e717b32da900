//! Numbers that people said are theirs, each confirmed by a call to that number or by an admin.
//!
//! What the admin set of a number holds before what people say of it. All links stand in one record, which is changed by comparing,
//! so that no node of a cluster loses what another one stores; each node reads it again every few minutes. While the admin does not
//! let people link numbers, no link holds; they are kept.

mod asks;
mod limit;
mod record;
mod shown;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, timeout};

use crate::app::{Clock, SETTINGS_CHANGED};
use crate::board::Name;
use crate::config::NumbersUsers;
use crate::host::{
    Audience, Channels, HostError, HostErrorKind, Members, Person, PostId, Records, Told, UserId,
};
use crate::number::Plan;
use crate::store::{self, RecordError};
use crate::tasks;
use asks::asked;
use limit::Limit;
use record::{Ask, LINKS, Link, ask_key};

pub use shown::{CodesShown, without_codes};

/// The most links of all people. The record has about 100 bytes for each.
pub const MAX_LINKS: usize = 5_000;

/// The most links of one person.
pub const MAX_OWN_LINKS: usize = 5;

/// How long a code can be given.
pub const CODE_FOR: Duration = Duration::from_secs(5 * 60);

/// How many wrong codes can be given.
pub const MAX_WRONG_CODES: u8 = 3;

/// How long an admin can decide.
pub const DECIDE_WITHIN: Duration = Duration::from_secs(7 * 24 * 3600);

/// How often one person can ask within [`ASK_WINDOW`].
pub const MAX_ASKS: u32 = 3;

/// How often a number can be asked for within [`ASK_WINDOW`], whoever asks: more than [`MAX_ASKS`], so that one person alone does not
/// keep its owner from asking.
pub const MAX_ASKS_FOR_NUMBER: u32 = 9;

/// See [`MAX_ASKS`] and [`MAX_ASKS_FOR_NUMBER`].
pub const ASK_WINDOW: Duration = Duration::from_secs(30 * 60);

/// How often the record is read again: another node of a cluster may have changed it.
const READ_EVERY: Duration = Duration::from_secs(5 * 60);

/// How soon it is read once more after another node changed it: what was read at once may come from a replica that lags behind.
const READ_AGAIN: Duration = Duration::from_secs(5);

/// How long a user name is believed. People rename themselves.
const NAME_FOR: Duration = Duration::from_secs(60 * 60);

/// How long between two people whose names are read.
const PACE: Duration = Duration::from_millis(50);

/// How long Mattermost may take to say who somebody is.
const LOOKUP_LIMIT: Duration = Duration::from_secs(5);

/// Why a number is not linked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotLinked {
    /// It is no phone number.
    NoNumber,
    /// It is theirs already.
    Own,
    /// It is somebody else's.
    Taken,
    /// They have [`MAX_OWN_LINKS`] already.
    TooManyOwn,
    /// There are [`MAX_LINKS`] already.
    TooMany,
    /// They, or others for this number, asked too often; after so long it may be tried again.
    TooOften(Duration),
    /// Nothing was asked for, or something else.
    NotAsked,
    /// The time is over.
    TooLate,
    /// The code is wrong; so many wrong ones can still be given.
    WrongCode(u8),
    /// The server did not store it.
    NotStored(HostError),
}

impl From<RecordError> for NotLinked {
    fn from(error: RecordError) -> Self {
        Self::NotStored(error.into_host())
    }
}

/// The links in force: numbers and the user names that they belong to.
pub type InForce = Arc<Vec<(Box<str>, Name)>>;

/// What an admin decided about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The number.
    pub number: String,
    /// The messages to admins: to whom, and which.
    pub posts: Vec<(UserId, PostId)>,
}

/// Links. Every method may be called from several tasks at once.
#[derive(Debug)]
pub struct Links<H> {
    shared: Arc<Shared<H>>,
    task: AbortHandle,
}

#[derive(Debug)]
struct Shared<H> {
    host: Arc<H>,
    clock: Clock,
    /// Whether links are in force.
    on: watch::Sender<bool>,
    /// Another node changed them.
    again: Notify,
    state: Mutex<State>,
    in_force: watch::Sender<InForce>,
    people: Limit,
    numbers: Limit,
    codes: Arc<CodesShown>,
}

#[derive(Debug, Default)]
struct State {
    links: Vec<Link>,
    /// Who is called what, and whose account is deactivated, by user id.
    names: HashMap<String, Known>,
}

#[derive(Clone, Debug)]
struct Known {
    /// Nothing where the account is deactivated or gone.
    name: Option<Name>,
    at: Instant,
}

impl<H: Channels + Members + Records + Send + Sync + 'static> Links<H> {
    /// Without any in force, until [`Links::configure`] says so. `codes` hears which numbers show one. Must be called inside a tokio
    /// runtime.
    #[must_use]
    pub fn start(host: Arc<H>, clock: Clock, codes: Arc<CodesShown>) -> Self {
        let shared = Arc::new(Shared {
            host,
            clock,
            on: watch::Sender::new(false),
            again: Notify::new(),
            state: Mutex::default(),
            in_force: watch::Sender::default(),
            people: Limit::new(MAX_ASKS, ASK_WINDOW),
            numbers: Limit::new(MAX_ASKS_FOR_NUMBER, ASK_WINDOW),
            codes,
        });
        let task = tasks::spawn(run(Arc::clone(&shared)));
        Self {
            shared,
            task: task.abort_handle(),
        }
    }

    /// Whether links are in force.
    pub fn configure(&self, on: bool) {
        self.shared.on.send_if_modified(|before| {
            let changed = *before != on;
            *before = on;
            changed
        });
        if !on {
            self.shared.publish();
        }
    }

    /// Has them read again: another node of a cluster changed them.
    pub fn read_again(&self) {
        self.shared.again.notify_one();
    }

    /// The links in force, now and as they change.
    #[must_use]
    pub fn in_force(&self) -> watch::Receiver<InForce> {
        self.shared.in_force.subscribe()
    }

    /// Whether somebody linked this number themselves, so that they can take it back.
    #[must_use]
    pub fn is_link(&self, user: &UserId, number: &str, plan: &Plan) -> bool {
        let state = self.shared.state();
        let mut links = state.links.iter();
        links.any(|link| link.user == user.as_str() && same(plan, &link.number, number))
    }

    /// Links a number, which was confirmed.
    ///
    /// # Errors
    ///
    /// See [`NotLinked`].
    pub async fn add(
        &self,
        person: &Person,
        number: &str,
        numbers: &NumbersUsers,
    ) -> Result<(), NotLinked> {
        whose(person, number, numbers)?;
        let plan = numbers.plan();
        let gone = self.shared.gone();
        let since = (self.shared.clock)().0;
        let change = |mut links: Vec<Link>| {
            // What belongs to an account that is gone is free.
            links.retain(|link| !(gone.contains(&link.user) && same(plan, &link.number, number)));
            if let Some(link) = links.iter().find(|link| same(plan, &link.number, number)) {
                let why = match link.user == person.id.as_str() {
                    true => NotLinked::Own,
                    false => NotLinked::Taken,
                };
                return (links, Err(why));
            }
            let own = links.iter().filter(|link| link.user == person.id.as_str());
            if own.count() >= MAX_OWN_LINKS {
                return (links, Err(NotLinked::TooManyOwn));
            }
            if links.len() >= MAX_LINKS {
                return (links, Err(NotLinked::TooMany));
            }
            links.push(Link {
                number: number.to_owned(),
                user: person.id.as_str().to_owned(),
                name: person.username.to_string(),
                since,
            });
            (links.clone(), Ok(links))
        };
        let links = store::change(&*self.shared.host, LINKS, change).await??;
        self.shared.take(links);
        self.tell_pages(&person.id);
        Ok(())
    }

    /// Tells somebody's open pages that there is something new: whether they have a phone, for example.
    fn tell_pages(&self, user: &UserId) {
        let (host, user) = (Arc::clone(&self.shared.host), user.clone());
        tasks::spawn(async move {
            let to = Audience::User(&user);
            if let Err(error) = host.tell_clients(SETTINGS_CHANGED, to, Told::new()).await {
                tracing::debug!(%error, "somebody's pages were not told of a number that they linked");
            }
        });
    }

    /// Takes a number back, and whatever was asked for it. `anybodys` is an admin's, who may take anybody's. Answers whether there was a
    /// link, and the messages to admins that ask for it no more.
    ///
    /// # Errors
    ///
    /// The server did not store it.
    pub async fn remove(
        &self,
        user: &UserId,
        number: &str,
        anybodys: bool,
        plan: &Plan,
    ) -> Result<(bool, Option<Asked>), NotLinked> {
        let is = |link: &Link| {
            (anybodys || link.user == user.as_str()) && same(plan, &link.number, number)
        };
        let change = |mut links: Vec<Link>| {
            let removed: Vec<_> = links.extract_if(.., |link| is(link)).collect();
            (links.clone(), (removed, links))
        };
        let (removed, links) = store::change(&*self.shared.host, LINKS, change).await?;
        self.shared.take(links);
        for link in &removed {
            self.tell_pages(&UserId::from(&*link.user));
        }
        let withdraw = |ask: Option<Ask>| match ask {
            Some(ask) if same(plan, &ask.number, number) => (None, Some(ask)),
            other => (other, None),
        };
        let withdrawn = store::change(&*self.shared.host, &ask_key(user), withdraw).await?;
        if withdrawn.is_some() {
            self.shared.codes.over(user);
        }
        Ok((!removed.is_empty(), withdrawn.map(asked)))
    }

    /// Somebody's account was deactivated: their links do not hold any more.
    pub fn forget(&self, user: &UserId) {
        let known = Known {
            name: None,
            at: Instant::now(),
        };
        let mut state = self.shared.state();
        let has = state.links.iter().any(|link| link.user == user.as_str());
        if has {
            state.names.insert(user.as_str().to_owned(), known);
            drop(state);
            self.shared.publish();
        }
    }
}

impl<H> Drop for Links<H> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Whether a number can become theirs, as far as the settings and the links in force say.
fn whose(person: &Person, number: &str, numbers: &NumbersUsers) -> Result<(), NotLinked> {
    if numbers.plan().read(number).is_none() {
        return Err(NotLinked::NoNumber);
    }
    match numbers.user(number) {
        Some(name) if super::fold(name) == super::fold(&person.username) => Err(NotLinked::Own),
        Some(_) => Err(NotLinked::Taken),
        None => Ok(()),
    }
}

/// Whether two are forms of one number.
fn same(plan: &Plan, one: &str, other: &str) -> bool {
    match (plan.read(one), plan.read(other)) {
        (Some(one), Some(other)) => one.same(&other),
        _ => one == other,
    }
}

impl<H> Shared<H> {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that happens under the lock can leave it half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whose accounts are deactivated or gone, by user id.
    fn gone(&self) -> HashSet<String> {
        let state = self.state();
        let gone = state.names.iter().filter(|(_, known)| known.name.is_none());
        gone.map(|(user, _)| user.clone()).collect()
    }

    fn take(&self, links: Vec<Link>) {
        self.state().links = links;
        self.publish();
    }

    /// Puts into force what holds.
    fn publish(&self) {
        let links = if *self.on.borrow() {
            let state = self.state();
            let pair = |link: &Link| {
                let name = match state.names.get(&link.user) {
                    Some(known) => known.name.clone()?,
                    None => Arc::from(&*link.name),
                };
                Some((Box::from(&*link.number), name))
            };
            state.links.iter().filter_map(pair).collect()
        } else {
            Vec::new()
        };
        self.in_force.send_if_modified(|before| {
            let changed = **before != links;
            if changed {
                *before = Arc::new(links);
            }
            changed
        });
    }
}

/// Reads the record now and then, and who the people in it are.
async fn run<H: Members + Records>(shared: Arc<Shared<H>>) {
    let mut on = shared.on.subscribe();
    let mut again = false;
    loop {
        // The sender is in here.
        if on.wait_for(|on| *on).await.is_err() {
            return;
        }
        match store::load_or_default::<Vec<Link>>(&*shared.host, LINKS).await {
            Ok(links) => {
                shared.take(links);
                read_names(&shared).await;
            }
            Err(error) => {
                tracing::warn!(%error, "the numbers that people linked cannot be read; those known before hold");
            }
        }
        let patience = if again { READ_AGAIN } else { READ_EVERY };
        tokio::select! {
            () = sleep(patience) => again = false,
            () = shared.again.notified() => again = true,
            _ = on.wait_for(|on| !*on) => {}
        }
    }
}

/// Asks who the people are that are not known, or have not been asked for a while.
async fn read_names<H: Members>(shared: &Shared<H>) {
    let unknown: Vec<String> = {
        let mut state = shared.state();
        let users: HashSet<String> = state.links.iter().map(|link| link.user.clone()).collect();
        state.names.retain(|user, _| users.contains(user));
        let known = |user: &String| {
            let known = state.names.get(user);
            known.is_some_and(|known| known.at.elapsed() < NAME_FOR)
        };
        users.into_iter().filter(|user| !known(user)).collect()
    };
    for user in unknown {
        let found = timeout(LOOKUP_LIMIT, shared.host.person(&UserId::from(&*user))).await;
        let name = match found {
            Ok(Ok(person)) if !person.deactivated => Some(person.username),
            Ok(Ok(_)) => None,
            Ok(Err(error)) if error.kind == HostErrorKind::NotFound => None,
            // What is known of them holds until the next time.
            Ok(Err(_)) | Err(_) => continue,
        };
        let at = Instant::now();
        shared.state().names.insert(user, Known { name, at });
        sleep(PACE).await;
    }
    shared.publish();
}
