//! Who is there: everybody's status, read from the server, told to clients as it changes.
//!
//! Mattermost tells plugins of no change of a status, so statuses are read in bulk and compared: those who were last seen
//! not offline, and whose websockets come and go, often, everybody else seldom ([`schedule`]). The [`table`] numbers what
//! changed, the [feed](crate::feed) sends it, and the [`pages`] show it.

pub mod directory;
pub mod hints;
pub mod house;
mod nodes;
pub mod pages;
mod plan;
mod record;
pub mod replica;
mod report;
pub mod schedule;
mod slots;
mod source;
mod status;
pub mod table;
mod tally;
mod watcher;

#[cfg(test)]
mod tests;

pub use nodes::SETTLE;
pub use pages::Page;
pub use plan::SETTING_PERIOD;
pub use record::Record;
pub use report::{NotReady, Report, Round, Unknown};
pub use slots::ID_BYTES;
pub use status::Status;
pub use table::{People, Table};
pub use watcher::{CALL_LIMIT, PROBLEM_AFTER};

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::cluster::Leadership;
use crate::config::Problem;
use crate::feed::{CloseCode, Full};
use crate::host::{Account, Accounts, Nodes, Statuses, Store, UserId};
use crate::tasks;
use nodes::Copies;
use watcher::Watcher;

/// How long a page waits for the first round, at most. The Windows program gives up on its start when a page fails, so
/// waiting is better than refusing; and a server's own limit for a request is 300 s at least.
pub const FIRST_ROUND_PATIENCE: Duration = Duration::from_secs(30);

/// How long clients may take to answer a close frame when presence is turned off.
pub const CLOSE_LIMIT: Duration = Duration::from_secs(2);

/// Where in the key-value store the nodes of a cluster agree on which one reads.
pub const LEASE_KEY: &str = "presence.leader";

/// What an admin may set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The most calls for statuses in a second. Below 10 the promises of [`schedule`] do not hold for many people.
    pub calls_per_second: u32,
}

/// The whole part. Every method may be called from several tasks at once, and at any time.
pub struct Presence<H> {
    host: Arc<H>,
    running: Mutex<Option<Running<H>>>,
}

/// Presence while it is turned on.
struct Running<H> {
    watcher: Arc<Watcher<H>>,
    copies: Arc<Copies<H>>,
    leadership: Leadership,
    settings: watch::Sender<Settings>,
    tasks: [AbortHandle; 2],
}

impl<H: Accounts + Statuses + Nodes + Store + Send + Sync + 'static> Running<H> {
    fn start(host: &Arc<H>, settings: Settings) -> Self {
        let leadership = Leadership::start(Arc::clone(host), LEASE_KEY);
        let role = leadership.watch();
        let watcher = Watcher::new(Arc::clone(host), settings, role.clone());
        let copies = Copies::new(Arc::clone(host), Arc::clone(&watcher));
        let (settings, receiver) = watch::channel(settings);
        let reading = tasks::spawn(Arc::clone(&watcher).run(receiver));
        let telling = tasks::spawn(Arc::clone(&copies).run(role));
        Self {
            watcher,
            copies,
            leadership,
            settings,
            tasks: [reading.abort_handle(), telling.abort_handle()],
        }
    }

    /// Ends the reading at once, and takes no more clients; the future takes leave of those there are, and gives the
    /// lease back.
    fn stop(self, why: &'static str, limit: Duration) -> impl Future<Output = ()> + Send {
        for task in &self.tasks {
            task.abort();
        }
        self.watcher.turn_off();
        self.watcher.feed().stop();
        async move {
            let feed = self.watcher.feed();
            let closing = feed.close_all(CloseCode::GOING_AWAY, why, limit);
            tokio::join!(closing, self.leadership.stop(limit));
        }
    }
}

impl<H> Drop for Running<H> {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl<H: Accounts + Statuses + Nodes + Store + Send + Sync + 'static> Presence<H> {
    /// Presence that is turned off, until it is [configured](Self::configure).
    #[must_use]
    pub fn new(host: Arc<H>) -> Arc<Self> {
        Arc::new(Self {
            host,
            running: Mutex::default(),
        })
    }

    /// Turns it on, off (`None`: everything is forgotten, and the clients are sent away), or changes its settings. Must
    /// be called inside a tokio runtime.
    pub fn configure(&self, settings: Option<Settings>) {
        let mut running = self.lock();
        match (settings, &*running) {
            (Some(settings), Some(running)) => {
                running
                    .settings
                    .send_if_modified(|current| std::mem::replace(current, settings) != settings);
            }
            (Some(settings), None) => {
                *running = Some(Running::start(&self.host, settings));
            }
            (None, Some(_)) => {
                if let Some(running) = running.take() {
                    tasks::spawn(running.stop("presence was turned off", CLOSE_LIMIT));
                }
            }
            (None, None) => {}
        }
    }

    /// A page of everybody who is active, in an order that stays. Waits for the first round, [`FIRST_ROUND_PATIENCE`] at
    /// most.
    ///
    /// # Errors
    ///
    /// [`NotReady`], which says why in words.
    pub async fn page(&self, page: u64, per_page: usize) -> Result<Page, NotReady> {
        let copies = self.copies().ok_or(NotReady::Off)?;
        copies.page(page, per_page).await
    }

    /// Why there are no pages, without waiting for them; `None` when there are. Until the first round is done also
    /// [`publish`](Self::publish) knows only some of the people.
    #[must_use]
    pub fn not_ready(&self) -> Option<NotReady> {
        let watcher = self.watcher();
        watcher.map_or(Some(NotReady::Off), |watcher| watcher.not_ready())
    }

    /// Whether someone is in the list of active accounts.
    #[must_use]
    pub fn knows(&self, user: &UserId) -> bool {
        self.watcher().is_some_and(|watcher| watcher.knows(user))
    }

    /// Someone's status, as far as it is known.
    #[must_use]
    pub fn status(&self, user: &UserId) -> Option<Status> {
        self.watcher()?.status(user)
    }

    /// Takes someone's own word for their status: believed, and told, until the server is asked next, which is soon.
    ///
    /// # Errors
    ///
    /// [`Unknown`] for who is not in the list of active accounts.
    pub fn publish(&self, user: &UserId, status: Status) -> Result<(), Unknown> {
        self.copies().ok_or(Unknown)?.publish(user, status)
    }

    /// A websocket of theirs came or went: their status may change now, so it is read soon. Of somebody unknown, their
    /// account is asked for: it may have been activated again.
    pub fn hint(&self, user: &UserId) {
        if let Some(copies) = self.copies() {
            copies.hint(user);
        }
    }

    /// An account was made.
    pub fn created(&self, account: Account) {
        if let Some(copies) = self.copies() {
            copies.created(account);
        }
    }

    /// An account was deactivated.
    pub fn deactivated(&self, user: &UserId) {
        if let Some(copies) = self.copies() {
            copies.deactivated(user);
        }
    }

    /// Whether [`accept`](Self::accept) would refuse a client. Between the two another may come.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.watcher()
            .is_none_or(|watcher| watcher.feed().is_full())
    }

    /// Takes a client of the feed, whose handshake is done.
    ///
    /// # Errors
    ///
    /// [`Full`] when there are too many, or presence is turned off; the connection is closed.
    pub fn accept<C>(self: &Arc<Self>, connection: C, address: String) -> Result<(), Full>
    where
        C: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let watcher = self.watcher().ok_or(Full)?;
        watcher.feed().accept(connection, address)
    }

    /// Sends all clients away, as when the secret changes. New ones are taken.
    pub async fn close_clients(&self, code: CloseCode, reason: &'static str, limit: Duration) {
        if let Some(watcher) = self.watcher() {
            watcher.feed().close_all(code, reason, limit).await;
        }
    }

    /// How it is doing.
    #[must_use]
    pub fn report(&self) -> Report {
        let watcher = self.watcher();
        watcher.map_or_else(Report::default, |watcher| watcher.report())
    }

    /// What an admin should put right.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if let (Some(watcher), Some(copies)) = (self.watcher(), self.copies()) {
            problems.extend(watcher.problems());
            problems.extend(copies.problems());
        }
        problems
    }

    /// Ends in good order: reads no more, and takes leave of the clients, within `limit`.
    pub async fn stop(&self, limit: Duration) {
        let running = self.lock().take();
        if let Some(running) = running {
            running.stop("the plugin is stopping", limit).await;
        }
    }

    /// Takes an event from a copy of the plugin on another node.
    pub fn cluster_event(&self, kind: &str, data: &[u8]) {
        if let Some(copies) = self.copies() {
            copies.received(kind, data);
        }
    }

    /// The server's configuration changed: it may be one of a cluster now.
    pub fn configuration_changed(&self) {
        if let Some(running) = &*self.lock() {
            running.leadership.configuration_changed();
        }
    }

    fn watcher(&self) -> Option<Arc<Watcher<H>>> {
        let running = self.lock();
        running.as_ref().map(|running| Arc::clone(&running.watcher))
    }

    fn copies(&self) -> Option<Arc<Copies<H>>> {
        let running = self.lock();
        running.as_ref().map(|running| Arc::clone(&running.copies))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Running<H>>> {
        lock(&self.running)
    }
}

impl<H> std::fmt::Debug for Presence<H> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Presence").finish_non_exhaustive()
    }
}

/// Nothing that happens under the locks here can leave what they guard half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
