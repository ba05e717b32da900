//! The table on the nodes of a cluster: what this node sends to the others, and what becomes of what they send.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until, timeout};

use super::replica::{Follower, Forward, Forwards, Inbox, Leader, Message, Outgoing, State};
use super::watcher::Watcher;
use super::{CALL_LIMIT, NotReady, PROBLEM_AFTER, Page, Status, Unknown, lock};
use crate::cluster::Role;
use crate::config::Problem;
use crate::host::{Account, Accounts, Nodes, Statuses, UserId};

/// How long a node waits for its role before it asks the others for the table. A server that is alone knows sooner, and so
/// never asks.
pub const SETTLE: Duration = Duration::from_secs(1);

/// What this node is to the others.
enum Side {
    /// There are no others.
    Alone,
    Leader(Leader),
    Follower(Follower, Forwards),
}

/// This node among the others.
pub(super) struct Copies<H> {
    host: Arc<H>,
    watcher: Arc<Watcher<H>>,
    /// Locked before anything of the watcher's.
    side: Mutex<Side>,
    inbox: Mutex<Inbox>,
    /// There may be something to send sooner than it was.
    wake: Notify,
    started: Instant,
}

impl<H: Accounts + Statuses + Nodes> Copies<H> {
    /// One that follows, until it [runs](Self::run) and learns its role.
    pub(super) fn new(host: Arc<H>, watcher: Arc<Watcher<H>>) -> Arc<Self> {
        let follower = Follower::new(Duration::ZERO, false);
        Arc::new(Self {
            host,
            watcher,
            side: Mutex::new(Side::Follower(follower, Forwards::default())),
            inbox: Mutex::default(),
            wake: Notify::new(),
            started: Instant::now(),
        })
    }

    /// Sends, for ever.
    pub(super) async fn run(self: Arc<Self>, mut role: watch::Receiver<Role>) {
        // Whoever tells the role goes after this, so there is no error to see.
        let _ = timeout(SETTLE, role.changed()).await;
        loop {
            let side = self.side_of(*role.borrow_and_update());
            *self.side() = side;
            self.send(&mut role).await;
        }
    }

    /// Sends as this side, until the role changes.
    async fn send(&self, role: &mut watch::Receiver<Role>) {
        loop {
            while let Some(outgoing) = self.next() {
                let sending = self.host.tell(outgoing.kind, outgoing.data);
                // A message that was not sent is one that got lost: it is asked for again.
                tokio::select! {
                    sent = timeout(CALL_LIMIT, sending) => {
                        if let Ok(Err(error)) = sent {
                            tracing::debug!(%error, "the other nodes cannot be told");
                        }
                    }
                    // In no other role than this one's is it of use.
                    Ok(()) = role.changed() => {
                        role.mark_changed();
                        return;
                    }
                }
            }
            let wake = self.wake();
            tokio::select! {
                () = sleep_until(wake) => {}
                () = self.wake.notified() => {}
                () = self.watcher.news() => {}
                Ok(()) = role.changed() => {
                    role.mark_changed();
                    return;
                }
            }
        }
    }

    fn side_of(&self, role: Role) -> Side {
        match role {
            Role::Alone => {
                lock(self.watcher.table()).settle();
                Side::Alone
            }
            Role::Leader { term } => {
                Side::Leader(Leader::new(term, &mut lock(self.watcher.table())))
            }
            Role::Follower => {
                let whole = self.watcher.not_ready().is_none();
                Side::Follower(Follower::new(self.now(), whole), Forwards::default())
            }
        }
    }

    /// What is to be sent now.
    fn next(&self) -> Option<Outgoing> {
        let now = self.now();
        match &mut *self.side() {
            Side::Alone => None,
            Side::Leader(leader) => {
                let state = State::of(self.watcher.not_ready());
                leader.next(now, &lock(self.watcher.table()), state)
            }
            Side::Follower(follower, forwards) => follower.next(now).or_else(|| forwards.next(now)),
        }
    }

    /// When there is something to send, if nothing happens.
    fn wake(&self) -> Instant {
        let wake = match &*self.side() {
            Side::Alone => None,
            Side::Leader(leader) => Some(leader.wake(&lock(self.watcher.table()))),
            Side::Follower(follower, forwards) => {
                follower.wake().into_iter().chain(forwards.wake()).min()
            }
        };
        const NEVER: Duration = Duration::from_secs(60 * 60);
        self.started + wake.unwrap_or_else(|| self.now() + NEVER)
    }

    /// An event from another node.
    pub(super) fn received(&self, kind: &str, data: &[u8]) {
        let mut inbox = lock(&self.inbox);
        let Some(message) = inbox.read(kind, data) else {
            return;
        };
        let now = self.now();
        let mut side = self.side();
        let (changed, not_ready) = match (&mut *side, message) {
            (Side::Leader(leader), Message::Request(request)) => {
                leader.requested(request);
                self.wake.notify_one();
                return;
            }
            (Side::Leader(_) | Side::Alone, Message::Forward(forwards)) => {
                drop(side);
                for forward in forwards {
                    self.take(forward);
                }
                return;
            }
            (Side::Follower(follower, _), Message::Changes(changes)) => {
                let changed = follower.changes(now, &changes, &mut lock(self.watcher.table()));
                (changed, follower.not_ready())
            }
            (Side::Follower(follower, _), Message::Heartbeat(heartbeat)) => {
                let changed = follower.heartbeat(now, &heartbeat, &mut lock(self.watcher.table()));
                (changed, follower.not_ready())
            }
            _ => return,
        };
        drop(side);
        self.wake.notify_one();
        self.watcher.copied(changed, not_ready);
    }

    /// Does what another node passed on, or this one is told of while it leads.
    fn take(&self, forward: Forward) {
        match forward {
            // Somebody who is not listed here is not on the other node either, soon.
            Forward::Publish { user, status } => drop(self.watcher.publish(&user, status)),
            Forward::Hint { user } => self.watcher.hint(&user),
            Forward::Created(account) => self.watcher.created(&account),
            Forward::Deactivated { user } => self.watcher.deactivated(&user),
            Forward::Turning => self.watcher.turning(),
        }
    }

    /// Does it, or passes it on to the node that leads.
    fn happened(&self, forward: Forward) {
        if let Side::Follower(_, forwards) = &mut *self.side() {
            forwards.push(self.now(), forward);
            self.wake.notify_one();
            return;
        }
        self.take(forward);
    }

    /// A page; the leader closes no holes while somebody turns them here.
    pub(super) async fn page(&self, page: u64, per_page: usize) -> Result<Page, NotReady> {
        if let Side::Follower(_, forwards) = &mut *self.side() {
            forwards.turning(self.now());
            self.wake.notify_one();
        }
        self.watcher.page(page, per_page).await
    }

    /// What an admin should put right among the nodes.
    pub(super) fn problems(&self) -> Vec<Problem> {
        let now = self.now();
        let Side::Follower(follower, _) = &*self.side() else {
            return Vec::new();
        };
        let silence = follower.silence(now);
        let what = if silence >= PROBLEM_AFTER {
            format!("no node has told statuses for {} s", silence.as_secs())
        } else if let Some(waits) = follower.waits(now)
            && waits >= PROBLEM_AFTER
            && follower.not_ready() != Some(NotReady::StatusesOff)
        {
            let seconds = waits.as_secs();
            format!(
                "this node has waited {seconds} s for everybody's status from the node that reads them"
            )
        } else {
            return Vec::new();
        };
        let remedy = "See the logs of all nodes: they must reach the database and one another, and run the same version of the plugin.";
        vec![Problem::new("presence", what, remedy)]
    }

    pub(super) fn publish(&self, user: &UserId, status: Status) -> Result<(), Unknown> {
        if !self.watcher.knows(user) {
            return Err(Unknown);
        }
        let user = user.clone();
        self.happened(Forward::Publish { user, status });
        Ok(())
    }

    pub(super) fn hint(&self, user: &UserId) {
        self.happened(Forward::Hint { user: user.clone() });
    }

    pub(super) fn created(&self, account: Account) {
        self.happened(Forward::Created(account));
    }

    pub(super) fn deactivated(&self, user: &UserId) {
        self.happened(Forward::Deactivated { user: user.clone() });
    }

    fn side(&self) -> MutexGuard<'_, Side> {
        lock(&self.side)
    }

    fn now(&self) -> Duration {
        self.started.elapsed()
    }
}
