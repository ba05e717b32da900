use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::super::lock;
use super::{id, mail};
use crate::host::{Account, Accounts, HostError, Nodes, Statuses, Store, UserId};

/// What was asked for, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    Statuses(usize),
    Page(u32),
    Account,
    Setting,
}

/// A server that is made up.
#[derive(Debug)]
pub(super) struct Server {
    people: Mutex<People>,
    calls: Mutex<Vec<(Instant, Call)>>,
    under_way: AtomicUsize,
    most_under_way: AtomicUsize,
    /// How long a call takes.
    pub(super) takes: Mutex<Duration>,
    pub(super) statuses_fail: AtomicBool,
    pub(super) accounts_fail: AtomicBool,
    pub(super) single_fails: AtomicBool,
    pub(super) hangs: AtomicBool,
    pub(super) enabled: AtomicBool,
}

/// In the order of the server's list.
#[derive(Debug, Default)]
struct People {
    list: Vec<(Account, Option<String>)>,
    places: HashMap<UserId, usize>,
}

impl People {
    fn get(&self, user: &UserId) -> Option<&(Account, Option<String>)> {
        Some(&self.list[*self.places.get(user)?])
    }

    fn get_mut(&mut self, n: usize) -> &mut (Account, Option<String>) {
        &mut self.list[self.places[&id(n)]]
    }
}

impl Server {
    /// One with so many people, of whom nobody has a status.
    pub(super) fn with(people: usize) -> Self {
        let server = Self {
            people: Mutex::default(),
            calls: Mutex::default(),
            under_way: AtomicUsize::new(0),
            most_under_way: AtomicUsize::new(0),
            takes: Mutex::new(Duration::from_millis(1)),
            statuses_fail: AtomicBool::new(false),
            accounts_fail: AtomicBool::new(false),
            single_fails: AtomicBool::new(false),
            hangs: AtomicBool::new(false),
            enabled: AtomicBool::new(true),
        };
        for n in 0..people {
            server.join(n);
        }
        server
    }

    pub(super) fn join(&self, n: usize) -> Account {
        let account = Account {
            id: id(n),
            email: mail(n),
            active: true,
        };
        let mut people = lock(&self.people);
        let place = people.list.len();
        people.places.insert(id(n), place);
        people.list.push((account.clone(), None));
        account
    }

    /// Changes an account, as a System Admin does.
    pub(super) fn change(&self, n: usize, change: impl FnOnce(&mut Account)) {
        change(&mut lock(&self.people).get_mut(n).0);
    }

    pub(super) fn set(&self, n: usize, status: &str) {
        lock(&self.people).get_mut(n).1 = Some(status.to_owned());
    }

    pub(super) fn calls(&self) -> Vec<(Instant, Call)> {
        lock(&self.calls).clone()
    }

    pub(super) fn most_under_way(&self) -> usize {
        self.most_under_way.load(Ordering::Relaxed)
    }

    async fn call(&self, call: Call) {
        lock(&self.calls).push((Instant::now(), call));
        let under_way = UnderWay::of(self);
        if self.hangs.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
        let takes = *lock(&self.takes);
        sleep(takes).await;
        drop(under_way);
    }
}

/// A call under way, until it is answered or given up.
struct UnderWay<'a>(&'a Server);

impl<'a> UnderWay<'a> {
    fn of(server: &'a Server) -> Self {
        let under_way = server.under_way.fetch_add(1, Ordering::Relaxed) + 1;
        server
            .most_under_way
            .fetch_max(under_way, Ordering::Relaxed);
        Self(server)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

fn failing(fails: &AtomicBool) -> Result<(), HostError> {
    if fails.load(Ordering::Relaxed) {
        return Err(HostError::from_status(500, "the database is away"));
    }
    Ok(())
}

impl Accounts for Server {
    async fn accounts(&self, page: u32, per_page: u32) -> Result<Vec<Account>, HostError> {
        self.call(Call::Page(page)).await;
        failing(&self.accounts_fail)?;
        let people = lock(&self.people);
        let active = people.list.iter().map(|(account, _)| account);
        let active = active.filter(|account| account.active);
        let here = active
            .skip((page * per_page) as usize)
            .take(per_page as usize);
        Ok(here.cloned().collect())
    }

    async fn account(&self, user: &UserId) -> Result<Account, HostError> {
        self.call(Call::Account).await;
        failing(&self.single_fails)?;
        failing(&self.accounts_fail)?;
        let people = lock(&self.people);
        let found = people.get(user).map(|(account, _)| account.clone());
        found.ok_or_else(|| HostError::from_status(404, "no such account"))
    }
}

impl Statuses for Server {
    /// What was true when the call began, as an answer that is on its way says.
    async fn statuses(&self, users: &[UserId]) -> Result<Vec<(UserId, String)>, HostError> {
        assert!(users.len() <= 1_000, "{}", users.len());
        let answer: Vec<(UserId, String)> = {
            let people = lock(&self.people);
            let status = |user: &UserId| {
                let status = people.get(user)?.1.clone()?;
                Some((user.clone(), status))
            };
            users.iter().filter_map(status).collect()
        };
        self.call(Call::Statuses(users.len())).await;
        failing(&self.statuses_fail)?;
        if !self.enabled.load(Ordering::Relaxed) {
            return Ok(Vec::new());
        }
        Ok(answer)
    }

    async fn statuses_enabled(&self) -> Result<bool, HostError> {
        self.call(Call::Setting).await;
        failing(&self.statuses_fail)?;
        Ok(self.enabled.load(Ordering::Relaxed))
    }
}

impl Nodes for Server {
    async fn clustered(&self) -> Result<bool, HostError> {
        Ok(false)
    }

    async fn tell(&self, _: &str, _: Vec<u8>) -> Result<(), HostError> {
        panic!("there is nobody to tell");
    }
}

impl Store for Server {
    async fn get(&self, _: &str) -> Result<Option<Vec<u8>>, HostError> {
        panic!("a server that is alone needs no lease");
    }

    async fn compare_and_set(
        &self,
        _: &str,
        _: Option<&[u8]>,
        _: Option<&[u8]>,
    ) -> Result<bool, HostError> {
        panic!("a server that is alone needs no lease");
    }
}
