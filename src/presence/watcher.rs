//! The loop that reads: one call at a time, never two.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until, timeout};

use super::plan::{Plan, Reading, Step};
use super::tally::Done;
use super::{
    FIRST_ROUND_PATIENCE, NotReady, Page, Report, Round, Settings, Status, Table, Unknown, lock,
};
use crate::cluster::Role;
use crate::config::Problem;
use crate::feed::Feed;
use crate::host::{Account, Accounts, HostError, MAX_ACCOUNTS_A_PAGE, Statuses, UserId};

/// How long one call may take before it counts as failed. The server may still be at it when the next one is made,
/// which is why it is long.
pub const CALL_LIMIT: Duration = Duration::from_secs(30);

/// How long reading must fail before it is a problem of the admin's.
pub const PROBLEM_AFTER: Duration = Duration::from_secs(60);

pub(super) type SharedTable = Mutex<Table>;

/// What reads, and what it has read.
pub(super) struct Watcher<H> {
    host: Arc<H>,
    table: Arc<SharedTable>,
    feed: Arc<Feed<SharedTable>>,
    plan: Mutex<Plan>,
    /// Something is to be done sooner than it was.
    wake: Notify,
    /// The table changed: there is news for other nodes.
    news: Notify,
    /// Why there are no pages.
    not_ready: watch::Sender<Option<NotReady>>,
    role: watch::Receiver<Role>,
    started: Instant,
}

impl<H: Accounts + Statuses> Watcher<H> {
    /// One that has read nothing. It reads in [`Watcher::run`], while `role` leads.
    pub(super) fn new(host: Arc<H>, settings: Settings, role: watch::Receiver<Role>) -> Arc<Self> {
        let table = Arc::new(Mutex::new(Table::new()));
        Arc::new(Self {
            host,
            feed: Feed::new(Arc::clone(&table)),
            table,
            plan: Mutex::new(Plan::new(settings.calls_per_second)),
            wake: Notify::new(),
            news: Notify::new(),
            not_ready: watch::Sender::new(Some(NotReady::FirstRound)),
            role,
            started: Instant::now(),
        })
    }

    /// Reads, for ever.
    pub(super) async fn run(self: Arc<Self>, mut settings: watch::Receiver<Settings>) {
        let mut role = self.role.clone();
        let mut led = false;
        loop {
            let leads = role.borrow_and_update().leads();
            if leads && !led {
                self.plan().take_over(self.now());
            } else if led && !leads {
                self.plan().give_up();
            }
            led = leads;
            let budget = settings.borrow_and_update().calls_per_second;
            let step = {
                let mut plan = self.plan();
                plan.set_budget(budget);
                if leads {
                    let table = &mut lock(&self.table);
                    let closed = table.closing();
                    let step = plan.next(self.now(), table);
                    if table.closing() != closed {
                        self.news.notify_one();
                    }
                    step
                } else {
                    plan.follow(self.now(), &mut lock(&self.table))
                }
            };
            let Step::Wait(until) = step else {
                // Whoever loses the lead gives up the call that is under way: its answer is no longer theirs to tell.
                tokio::select! {
                    () = self.perform(step) => {}
                    Ok(_) = role.wait_for(|role| !role.leads()) => {}
                }
                self.tell_ready();
                continue;
            };
            self.tell_ready();
            tokio::select! {
                () = sleep_until(self.started + until) => {}
                () = self.wake.notified() => {}
                Ok(()) = role.changed() => {}
                Ok(()) = settings.changed() => {}
            }
        }
    }

    async fn perform(&self, step: Step) {
        let changed = match step {
            Step::Statuses(reading) => self.read_statuses(&reading).await,
            Step::Page(page) => {
                let accounts = limited(self.host.accounts(page, MAX_ACCOUNTS_A_PAGE)).await;
                let (now, mut plan) = (self.now(), self.plan());
                match accounts {
                    Ok(accounts) => plan.took_page(now, &accounts, &mut lock(&self.table)),
                    Err(error) => {
                        plan.accounts_failed(now, &error);
                        false
                    }
                }
            }
            Step::Single(user) => {
                let answer = limited(self.host.account(&user)).await;
                let (now, mut plan) = (self.now(), self.plan());
                plan.took_single(now, &user, &answer, &mut lock(&self.table))
            }
            Step::Setting => {
                self.read_setting().await;
                false
            }
            Step::Wait(_) => false,
        };
        if changed {
            self.changed();
        }
    }

    /// True when the table changed.
    async fn read_statuses(&self, reading: &Reading) -> bool {
        let answer = match limited(self.host.statuses(&reading.ids)).await {
            Ok(answer) => answer,
            Err(error) => {
                self.plan().statuses_failed(self.now(), &error);
                return false;
            }
        };
        // These people exist. Either none of them was ever there, or the server keeps no statuses.
        let doubts = answer.is_empty() && {
            let (now, plan) = (self.now(), self.plan());
            plan.doubts(now, reading, &lock(&self.table))
        };
        if doubts && !self.read_setting().await {
            return false;
        }
        let (now, mut plan) = (self.now(), self.plan());
        plan.took_statuses(now, reading, &answer, &mut lock(&self.table))
    }

    /// Whether the server keeps statuses. No answer is none that does.
    async fn read_setting(&self) -> bool {
        let answer = limited(self.host.statuses_enabled()).await;
        let (now, mut plan) = (self.now(), self.plan());
        match answer {
            Ok(enabled) => {
                plan.took_setting(now, enabled);
                enabled
            }
            Err(error) => {
                plan.statuses_failed(now, &error);
                false
            }
        }
    }

    pub(super) fn feed(&self) -> &Arc<Feed<SharedTable>> {
        &self.feed
    }

    pub(super) fn table(&self) -> &Arc<SharedTable> {
        &self.table
    }

    pub(super) async fn page(&self, page: u64, per_page: usize) -> Result<Page, NotReady> {
        if self.not_ready.borrow().is_some() {
            self.patience().await;
        }
        if let Some(why) = *self.not_ready.borrow() {
            return Err(why);
        }
        self.plan().house.asked(self.now());
        Ok(lock(&self.table).page(page, per_page))
    }

    /// Waits until there are pages, or there is no use in waiting.
    async fn patience(&self) {
        let mut not_ready = self.not_ready.subscribe();
        let settled = not_ready.wait_for(|why| match why {
            None | Some(NotReady::Off | NotReady::StatusesOff) => true,
            Some(NotReady::FirstRound | NotReady::Failing) => false,
        });
        // An error is the end of patience; the reason is as it was.
        let _ = timeout(FIRST_ROUND_PATIENCE, settled).await;
    }

    /// Presence is turned off: nobody waits for a page any longer.
    pub(super) fn turn_off(&self) {
        self.not_ready.send_replace(Some(NotReady::Off));
    }

    pub(super) fn knows(&self, user: &UserId) -> bool {
        lock(&self.table).status(user).is_some()
    }

    pub(super) fn status(&self, user: &UserId) -> Option<Status> {
        lock(&self.table).status(user)?
    }

    pub(super) fn publish(&self, user: &UserId, status: Status) -> Result<(), Unknown> {
        let changed = {
            let mut plan = self.plan();
            plan.publish(self.now(), user, status, &mut lock(&self.table))
        };
        self.after(changed.ok_or(Unknown)?);
        Ok(())
    }

    pub(super) fn hint(&self, user: &UserId) {
        let now = self.now();
        self.plan().hint(now, user, &lock(&self.table));
        self.wake.notify_one();
    }

    pub(super) fn created(&self, account: &Account) {
        let changed = self.plan().created(account, &mut lock(&self.table));
        self.after(changed);
    }

    pub(super) fn deactivated(&self, user: &UserId) {
        let now = self.now();
        let changed = self.plan().deactivated(now, user, &mut lock(&self.table));
        self.after(changed);
    }

    /// Another node's table was copied into this one: whether that changed it, and why it cannot be shown.
    pub(super) fn copied(&self, changed: bool, not_ready: Option<NotReady>) {
        if not_ready != self.not_ready() {
            let now = self.now();
            self.plan().copied(now, not_ready);
            self.tell_ready();
        }
        if changed {
            self.feed.changed();
        }
    }

    /// Somebody turns pages, on another node.
    pub(super) fn turning(&self) {
        let now = self.now();
        self.plan().house.asked(now);
    }

    /// Returns once the table changed, by what this node read or was told of.
    pub(super) async fn news(&self) {
        self.news.notified().await;
    }

    /// Why there are no pages.
    pub(super) fn not_ready(&self) -> Option<NotReady> {
        self.plan().not_ready()
    }

    pub(super) fn leads(&self) -> bool {
        self.role.borrow().leads()
    }

    pub(super) fn report(&self) -> Report {
        let plan = self.plan();
        let now = self.now();
        let round = |done: Done| Round {
            ended: SystemTime::now() - now.saturating_sub(done.ended),
            took: done.took,
            calls: done.calls,
        };
        let tally = plan.tally;
        Report {
            on: true,
            not_ready: plan.not_ready(),
            reading: self.leads(),
            people: lock(&self.table).people(),
            clients: self.feed.clients(),
            feed: self.feed.counts(),
            statuses: tally.statuses.map(round),
            accounts: tally.accounts.map(round),
            status_calls: tally.status_calls,
            account_calls: tally.account_calls,
            failures: tally.failures,
            changes: tally.changes,
        }
    }

    pub(super) fn problems(&self) -> Vec<Problem> {
        let plan = self.plan();
        let mut problems = Vec::new();
        if plan.not_ready() == Some(NotReady::StatusesOff) {
            problems.push(Problem::new(
                "presence",
                "the server keeps no statuses, so there are none to show",
                "Set EnableUserStatuses in the server's ServiceSettings to true.",
            ));
        }
        for (what, trouble) in [("statuses", &plan.statuses), ("accounts", &plan.accounts)] {
            if let Some((since, error)) = &trouble.failing
                && self.now().saturating_sub(*since) >= PROBLEM_AFTER
            {
                let error = crate::text::clean(error);
                problems.push(Problem::new(
                    "presence",
                    format!("the server's {what} cannot be read: {error}"),
                    "It is tried again; see the server's log if this lasts.",
                ));
            }
        }
        problems
    }

    fn after(&self, changed: bool) {
        if changed {
            self.changed();
        }
        // A call may be under way for long, so this does not wait for the loop.
        self.tell_ready();
        self.wake.notify_one();
    }

    fn changed(&self) {
        self.feed.changed();
        self.news.notify_one();
    }

    fn tell_ready(&self) {
        let why = self.not_ready();
        let told = self.not_ready.send_if_modified(|current| {
            let other = *current != why && *current != Some(NotReady::Off);
            if other {
                *current = why;
            }
            other
        });
        if told {
            self.news.notify_one();
        }
    }

    /// Locked before the table where both are.
    fn plan(&self) -> MutexGuard<'_, Plan> {
        lock(&self.plan)
    }

    fn now(&self) -> Duration {
        self.started.elapsed()
    }
}

async fn limited<T>(call: impl Future<Output = Result<T, HostError>>) -> Result<T, HostError> {
    let answer = timeout(CALL_LIMIT, call).await;
    answer.unwrap_or_else(|_| {
        let seconds = CALL_LIMIT.as_secs();
        let words = format!("the server did not answer within {seconds} s");
        Err(HostError::transient(words))
    })
}
