//! Numbers that people said are theirs, each confirmed by a call to that number or by an admin.
//!
//! What the admin set of a number holds before what people say of it. All links stand in one record, which is changed by comparing,
//! so that no node of a cluster loses what another one stores; each node reads it again every few minutes. While the admin does not
//! let people link numbers, no link holds; they are kept.

mod limit;
mod record;
mod shown;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, timeout};

use crate::app::Clock;
use crate::board::{Name, Timestamp};
use crate::calls::Code;
use crate::config::NumbersUsers;
use crate::host::{HostError, HostErrorKind, Members, Person, PostId, Records, UserId};
use crate::number::Plan;
use crate::store::{self, RecordError};
use crate::tasks;
pub use shown::{CodesShown, without_codes};

use limit::Limit;
use record::{Ask, LINKS, Link, Way, ask_key};

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
        Self::NotStored(match error {
            RecordError::Host(error) => error,
            RecordError::Damaged(why) => HostError::from_status(400, why),
        })
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

impl<H: Members + Records + Send + Sync + 'static> Links<H> {
    /// Without any in force, until [`Links::configure`] says so. `codes` hears which numbers show one. Must be called inside a tokio
    /// runtime.
    #[must_use]
    pub fn start(host: Arc<H>, clock: Clock, codes: Arc<CodesShown>) -> Self {
        let shared = Arc::new(Shared {
            host,
            clock,
            on: watch::Sender::new(false),
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

    /// Somebody wants this number, and shall give a code that is shown there: whether they may, and then the code.
    ///
    /// # Errors
    ///
    /// See [`NotLinked`].
    pub async fn ask_code(
        &self,
        person: &Person,
        number: &str,
        numbers: &NumbersUsers,
    ) -> Result<Code, NotLinked> {
        self.may_ask(person, number, numbers)?;
        let code = Code::new(random()?);
        let until = self.after(CODE_FOR);
        let ask = Ask::by_code(number, code, MAX_WRONG_CODES, until);
        self.replace_ask(&person.id, Some(ask)).await?;
        self.shared.codes.shows(&person.id, number);
        Ok(code)
    }

    /// The same for an admin to decide about: what the buttons bring along, and what the one before asked for, if there was one.
    ///
    /// # Errors
    ///
    /// See [`NotLinked`].
    pub async fn ask_admin(
        &self,
        person: &Person,
        number: &str,
        numbers: &NumbersUsers,
    ) -> Result<(String, Option<Asked>), NotLinked> {
        self.may_ask(person, number, numbers)?;
        let token = format!("{:08x}{:08x}", random()?, random()?);
        let until = self.after(DECIDE_WITHIN);
        let ask = Ask::by_admin(number, &token, until);
        let before = self.replace_ask(&person.id, Some(ask)).await?;
        Ok((token, before.map(asked)))
    }

    /// These messages went to admins. Answers whether it is still asked for.
    ///
    /// # Errors
    ///
    /// See [`NotLinked`].
    pub async fn told_admins(
        &self,
        user: &UserId,
        token: &str,
        told: &[(UserId, PostId)],
    ) -> Result<bool, NotLinked> {
        let told: Vec<_> = told
            .iter()
            .map(|(admin, post)| (admin.as_str().to_owned(), post.as_str().to_owned()))
            .collect();
        let change = |ask: Option<Ask>| {
            let Some(mut ask) = ask else {
                return (None, false);
            };
            let mut same = false;
            if let Way::Admin {
                token: own, posts, ..
            } = &mut ask.way
                && own == token
            {
                posts.clone_from(&told);
                same = true;
            }
            (Some(ask), same)
        };
        Ok(store::change(&*self.shared.host, &ask_key(user), change).await?)
    }

    /// What somebody asked for and is still to be confirmed: the number, and whether an admin decides.
    ///
    /// # Errors
    ///
    /// See [`NotLinked`].
    pub async fn asked(&self, user: &UserId) -> Result<Option<(String, bool)>, NotLinked> {
        let ask = store::load::<Option<Ask>>(&*self.shared.host, &ask_key(user)).await?;
        let now = (self.shared.clock)();
        let pending = ask.flatten().filter(|ask| ask.until > now.0);
        Ok(pending.map(|ask| (ask.number, matches!(ask.way, Way::Admin { .. }))))
    }

    /// The number for which somebody was to give a code, be it too late by now or not.
    ///
    /// # Errors
    ///
    /// See [`NotLinked`].
    pub async fn awaits_code(&self, user: &UserId) -> Result<Option<String>, NotLinked> {
        let ask = store::load::<Option<Ask>>(&*self.shared.host, &ask_key(user)).await?;
        let code = ask
            .flatten()
            .filter(|ask| matches!(ask.way, Way::Code { .. }));
        Ok(code.map(|ask| ask.number))
    }

    /// Somebody gives a code. With the right one the number is theirs.
    ///
    /// # Errors
    ///
    /// See [`NotLinked`].
    pub async fn confirm(
        &self,
        person: &Person,
        given: &str,
        numbers: &NumbersUsers,
    ) -> Result<String, NotLinked> {
        let now = (self.shared.clock)();
        let change = |ask: Option<Ask>| {
            let Some(mut ask) = ask else {
                return (None, Err(NotLinked::NotAsked));
            };
            let Way::Code { code, left } = &mut ask.way else {
                return (Some(ask), Err(NotLinked::NotAsked));
            };
            if ask.until <= now.0 || *left == 0 {
                return (Some(ask), Err(NotLinked::TooLate));
            }
            if code != given {
                *left -= 1;
                let left = *left;
                return (Some(ask), Err(NotLinked::WrongCode(left)));
            }
            let number = ask.number.clone();
            (Some(ask), Ok(number))
        };
        let key = ask_key(&person.id);
        let number = store::change(&*self.shared.host, &key, change).await??;
        match self.add(person, &number, numbers).await {
            // It was linked by this code, and what follows here failed.
            Ok(()) | Err(NotLinked::Own) => {}
            // The code may be given once more.
            Err(why) => return Err(why),
        }
        let done = |ask: &Ask| matches!(&ask.way, Way::Code { code, .. } if code == given);
        if let Err(error) = self.shared.take_ask(&person.id, done).await {
            tracing::info!(%error, "a code that linked a number counts until its time is over");
        }
        Ok(number)
    }

    /// An admin decides, by the token of a button. It can be decided once, but approved until the number is linked: the caller links
    /// it with [`Links::add`], and says so with [`Links::decided`] once that is done or can never be.
    ///
    /// # Errors
    ///
    /// [`NotLinked::NotAsked`] where it was decided, withdrawn, or never asked for; [`NotLinked::TooLate`]; [`NotLinked::NotStored`].
    pub async fn decide(
        &self,
        user: &UserId,
        token: &str,
        approves: bool,
    ) -> Result<Asked, NotLinked> {
        let now = (self.shared.clock)();
        let change = |ask: Option<Ask>| {
            let Some(mut ask) = ask else {
                return (None, Err(NotLinked::NotAsked));
            };
            match &mut ask.way {
                Way::Admin { token: own, .. } if own != token => {
                    (Some(ask), Err(NotLinked::NotAsked))
                }
                Way::Admin { .. } if ask.until <= now.0 => (Some(ask), Err(NotLinked::TooLate)),
                Way::Admin { approved, .. } if approves => {
                    *approved = true;
                    let asked = asked(ask.clone());
                    (Some(ask), Ok(asked))
                }
                Way::Admin {
                    approved: false, ..
                } => (None, Ok(asked(ask))),
                // Another admin approved it already, or a code is awaited.
                Way::Admin { .. } | Way::Code { .. } => (Some(ask), Err(NotLinked::NotAsked)),
            }
        };
        store::change(&*self.shared.host, &ask_key(user), change).await?
    }

    /// What an admin approved is done. Answers whether nobody said so before: of several admins who approve at once, one does.
    ///
    /// # Errors
    ///
    /// The server did not store it. The buttons can then be pressed again until their time is over, and change nothing.
    pub async fn decided(&self, user: &UserId, token: &str) -> Result<bool, NotLinked> {
        let is_it = |ask: &Ask| matches!(&ask.way, Way::Admin { token: own, .. } if own == token);
        Ok(self.shared.take_ask(user, is_it).await?)
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
        Ok(())
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
            let before = links.len();
            links.retain(|link| !is(link));
            let removed = links.len() < before;
            (links.clone(), (removed, links))
        };
        let (removed, links) = store::change(&*self.shared.host, LINKS, change).await?;
        self.shared.take(links);
        let withdraw = |ask: Option<Ask>| match ask {
            Some(ask) if same(plan, &ask.number, number) => (None, Some(ask)),
            other => (other, None),
        };
        let withdrawn = store::change(&*self.shared.host, &ask_key(user), withdraw).await?;
        if withdrawn.is_some() {
            self.shared.codes.over(user);
        }
        Ok((removed, withdrawn.map(asked)))
    }

    /// What was asked for is not wanted any more.
    ///
    /// # Errors
    ///
    /// The server did not store it.
    pub async fn withdraw(&self, user: &UserId) -> Result<(), NotLinked> {
        self.replace_ask(user, None).await.map(drop)
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

    fn after(&self, time: Duration) -> Timestamp {
        (self.shared.clock)().after(time.as_millis() as u64)
    }

    fn may_ask(
        &self,
        person: &Person,
        number: &str,
        numbers: &NumbersUsers,
    ) -> Result<(), NotLinked> {
        whose(person, number, numbers)?;
        {
            let state = self.shared.state();
            let own = state
                .links
                .iter()
                .filter(|link| link.user == person.id.as_str());
            if own.count() >= MAX_OWN_LINKS {
                return Err(NotLinked::TooManyOwn);
            }
        }
        let shared = &self.shared;
        shared
            .people
            .count(person.id.as_str())
            .map_err(NotLinked::TooOften)?;
        // One number has several forms; those with other beginnings count together.
        let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
        let end: String = digits[digits.len().saturating_sub(6)..].iter().collect();
        shared.numbers.count(&end).map_err(|wait| {
            // It was not asked for.
            shared.people.give_back(person.id.as_str());
            NotLinked::TooOften(wait)
        })
    }

    async fn replace_ask(&self, user: &UserId, ask: Option<Ask>) -> Result<Option<Ask>, NotLinked> {
        let change = |before: Option<Ask>| (ask.clone(), before);
        let before = store::change(&*self.shared.host, &ask_key(user), change).await?;
        self.shared.codes.over(user);
        Ok(before)
    }
}

impl<H> Drop for Links<H> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn asked(ask: Ask) -> Asked {
    Asked {
        posts: ask.posts(),
        number: ask.number,
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

/// A number that nobody can guess.
fn random() -> Result<u32, NotLinked> {
    getrandom::u32().map_err(|_| {
        let what = "the system gives no random numbers";
        NotLinked::NotStored(HostError::transient(what))
    })
}

impl<H: Records> Shared<H> {
    /// Removes what somebody asked for, if that is it. Answers whether it was.
    async fn take_ask(
        &self,
        user: &UserId,
        is_it: impl Fn(&Ask) -> bool,
    ) -> Result<bool, RecordError> {
        let change = |ask: Option<Ask>| match ask {
            Some(ask) if is_it(&ask) => (None, true),
            other => (other, false),
        };
        let taken = store::change(&*self.host, &ask_key(user), change).await?;
        if taken {
            self.codes.over(user);
        }
        Ok(taken)
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
    loop {
        // The sender is in here.
        if on.wait_for(|on| *on).await.is_err() {
            return;
        }
        match store::load::<Vec<Link>>(&*shared.host, LINKS).await {
            Ok(links) => {
                shared.take(links.unwrap_or_default());
                read_names(&shared).await;
            }
            Err(error) => {
                tracing::warn!(%error, "the numbers that people linked cannot be read; those known before hold");
            }
        }
        tokio::select! {
            () = sleep(READ_EVERY) => {}
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
