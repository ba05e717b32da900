//! The task that drives the lease.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::lease::{CALL_LIMIT, Lease, Step};
use super::{Holder, MAX_KEY, Role};
use crate::backoff::Backoff;
use crate::host::{HostError, Nodes, Store};
use crate::tasks;

/// How long giving the lease back may take. What is not given back in time is taken over by
/// [`TAKE_OVER`](super::lease::TAKE_OVER).
pub const GIVE_BACK_LIMIT: Duration = Duration::from_secs(4);

/// This node's part in the cluster, kept up by a task of its own.
///
/// Where the server is not one of a cluster (its setting `ClusterSettings.Enable`), the role is [`Role::Alone`] as soon
/// as the server has said so, and the store is never touched. Until it has said so the role is [`Role::Follower`].
///
/// When the setting cannot be read (an error, or no answer within [`CALL_LIMIT`]), the node competes for the lease as in
/// a cluster, and goes on asking: a single server then gets the lease at its first attempt, so it does not wait, and the
/// nodes of a cluster are not all alone at once. Once the setting was read, a failure to read it again changes nothing.
#[derive(Debug)]
pub struct Leadership {
    shared: Arc<Shared>,
    task: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct Shared {
    role: watch::Sender<Role>,
    /// When leading ends unless a renewal gets through; only for [`Role::Leader`].
    until: Mutex<Option<Instant>>,
    /// The setting is to be read again.
    ask: Notify,
    stopping: watch::Sender<bool>,
}

impl Leadership {
    /// Starts the task, with the lease under `key`, of [`MAX_KEY`] bytes at most. Must be called inside a tokio runtime.
    #[must_use]
    pub fn start<H>(host: Arc<H>, key: &'static str) -> Self
    where
        H: Nodes + Store + Send + Sync + 'static,
    {
        debug_assert!(key.len() <= MAX_KEY, "the store refuses such a key");
        let shared = Arc::new(Shared {
            role: watch::Sender::new(Role::Follower),
            until: Mutex::default(),
            ask: Notify::new(),
            stopping: watch::Sender::new(false),
        });
        let task = tasks::spawn(run(host, key, Arc::clone(&shared)));
        Self {
            shared,
            task: Mutex::new(Some(task)),
        }
    }

    /// The role, and its changes. A leader that cannot renew its lease is a follower here in time also while a call hangs.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Role> {
        self.shared.role.subscribe()
    }

    /// The role at this moment, by the clock: a process that wakes from a pause may find its lease expired before the
    /// task has noticed. What must not be done twice asks here, right before it is done.
    #[must_use]
    pub fn role(&self) -> Role {
        let until = *self.shared.until();
        match *self.shared.role.borrow() {
            Role::Leader { .. } if until.is_none_or(|until| Instant::now() >= until) => {
                Role::Follower
            }
            role => role,
        }
    }

    /// The server's configuration changed: looks whether it is one of a cluster now. Never waits.
    pub fn configuration_changed(&self) {
        self.shared.ask.notify_one();
    }

    /// Ends the task. The role is [`Role::Follower`] from then on, and the lease is given back so that another node can
    /// take it at once; that takes `limit` at most, and [`GIVE_BACK_LIMIT`]. A second call does nothing.
    pub async fn stop(&self, limit: Duration) {
        self.shared.stopping.send_replace(true);
        let task = lock(&self.task).take();
        let Some(mut task) = task else { return };
        if timeout(limit, &mut task).await.is_err() {
            task.abort();
        }
        self.shared.publish(Role::Follower, None);
    }
}

impl Drop for Leadership {
    fn drop(&mut self) {
        if let Some(task) = lock(&self.task).take() {
            task.abort();
        }
    }
}

impl Shared {
    fn until(&self) -> MutexGuard<'_, Option<Instant>> {
        lock(&self.until)
    }

    fn publish(&self, role: Role, until: Option<Instant>) {
        *self.until() = until;
        let before = self.role.send_replace_if_other(role);
        match (before, role) {
            (Some(_), Role::Leader { term }) => {
                tracing::info!(term, "this node leads the cluster's nodes");
            }
            (Some(Role::Leader { .. }), _) => tracing::info!("this node leads no longer"),
            _ => {}
        }
    }
}

trait SendIfOther<T> {
    /// Puts a value there and wakes who waits, if it is another than before, which it then answers.
    fn send_replace_if_other(&self, value: T) -> Option<T>;
}

impl<T: PartialEq> SendIfOther<T> for watch::Sender<T> {
    fn send_replace_if_other(&self, value: T) -> Option<T> {
        let mut before = None;
        self.send_if_modified(|current| {
            if *current != value {
                before = Some(std::mem::replace(current, value));
            }
            before.is_some()
        });
        before
    }
}

async fn run<H: Nodes + Store>(host: Arc<H>, key: &'static str, shared: Arc<Shared>) {
    let setting = watch::Sender::new(None);
    let mut node = Node {
        host: &*host,
        key,
        shared: &shared,
        setting: setting.subscribe(),
        stopping: shared.stopping.subscribe(),
        started: Instant::now(),
        failing: false,
    };
    tokio::select! {
        () = read_setting(&*host, &shared.ask, &setting) => {}
        () = node.run() => {}
    }
}

/// Keeps `setting` to whether the server is one of a cluster, reading it again whenever it is asked to. Never ends.
async fn read_setting<H: Nodes>(host: &H, ask: &Notify, setting: &watch::Sender<Option<bool>>) {
    let mut backoff = Backoff::default();
    loop {
        let error = match timeout(CALL_LIMIT, host.clustered()).await {
            Ok(Ok(clustered)) => {
                setting.send_replace_if_other(Some(clustered));
                backoff = Backoff::default();
                ask.notified().await;
                continue;
            }
            Ok(Err(error)) => error,
            Err(_) => hanging(),
        };
        tracing::warn!("it is not known whether this server is one of a cluster: {error}");
        if setting.borrow().is_none() {
            setting.send_replace(Some(true));
        }
        tokio::select! {
            () = ask.notified() => {}
            () = sleep(backoff.next_wait()) => {}
        }
    }
}

fn hanging() -> HostError {
    HostError::transient(format!("no answer within {} s", CALL_LIMIT.as_secs()))
}

/// What a call brought.
enum Outcome {
    Read(Result<Option<Vec<u8>>, HostError>),
    Swapped(Result<bool, HostError>),
    /// There was nothing to do but wait.
    Waited,
}

struct Node<'a, H> {
    host: &'a H,
    key: &'static str,
    shared: &'a Shared,
    setting: watch::Receiver<Option<bool>>,
    stopping: watch::Receiver<bool>,
    started: Instant,
    /// Whether the last call failed, so that a row of failures is logged once.
    failing: bool,
}

impl<H: Nodes + Store> Node<'_, H> {
    async fn run(&mut self) {
        while !*self.stopping.borrow() {
            let clustered = *self.setting.borrow_and_update();
            match clustered {
                Some(true) => self.compete().await,
                Some(false) => {
                    self.shared.publish(Role::Alone, None);
                    self.other_setting(clustered).await;
                }
                None => self.other_setting(clustered).await,
            }
        }
        self.shared.publish(Role::Follower, None);
    }

    /// Returns once the setting is another one, or the task is to end.
    async fn other_setting(&mut self, than: Option<bool>) {
        // Neither sender goes before the task does, so there is no error to see.
        tokio::select! {
            _ = self.setting.wait_for(|setting| *setting != than) => {}
            _ = self.stopping.wait_for(|stopping| *stopping) => {}
        }
    }

    /// Takes part in the cluster until it is one no longer, or the task is to end; then gives the lease back.
    async fn compete(&mut self) {
        let mut lease = Lease::new(Holder(fastrand::u128(..)));
        let (host, key, shared, started) = (self.host, self.key, self.shared, self.started);
        loop {
            let step = lease.next(self.now());
            let role = lease.leads(self.now());
            let until = role.and(lease.leads_until()).map(|until| started + until);
            let role = role.map_or(Role::Follower, |term| Role::Leader { term });
            shared.publish(role, until);
            let expiry = async {
                if let Some(until) = until {
                    sleep_until(until).await;
                    shared.publish(Role::Follower, None);
                }
                std::future::pending::<()>().await;
            };
            let outcome = tokio::select! {
                biased;
                () = self.other_setting(Some(true)) => None,
                outcome = perform(host, key, started, step) => Some(outcome),
                () = expiry => None,
            };
            let Some(outcome) = outcome else { break };
            self.told(&mut lease, outcome);
        }
        let role = match *self.setting.borrow() {
            Some(false) if !*self.stopping.borrow() => Role::Alone,
            _ => Role::Follower,
        };
        shared.publish(role, None);
        let giving_back = pin!(self.give_back(lease));
        // What remains is taken over once it rests.
        let _ = timeout(GIVE_BACK_LIMIT, giving_back).await;
    }

    async fn give_back(&mut self, mut lease: Lease) {
        lease.release(self.now());
        loop {
            let step = lease.next(self.now());
            if step == Step::Done {
                return;
            }
            let outcome = perform(self.host, self.key, self.started, step).await;
            self.told(&mut lease, outcome);
        }
    }

    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    fn told(&mut self, lease: &mut Lease, outcome: Outcome) {
        let now = self.now();
        let error = match outcome {
            Outcome::Waited => return,
            Outcome::Read(Ok(value)) => {
                lease.read(now, value);
                None
            }
            Outcome::Swapped(Ok(done)) => {
                lease.swapped(now, done);
                None
            }
            Outcome::Read(Err(error)) | Outcome::Swapped(Err(error)) => {
                lease.failed(now);
                Some(error)
            }
        };
        match (std::mem::replace(&mut self.failing, error.is_some()), error) {
            (false, Some(error)) => tracing::warn!(
                key = self.key,
                "the lease on leading cannot be read or renewed: {error}"
            ),
            (true, None) => tracing::info!(
                key = self.key,
                "the lease on leading can be read and renewed again"
            ),
            _ => {}
        }
    }
}

async fn perform<H: Store>(host: &H, key: &str, started: Instant, step: Step) -> Outcome {
    match step {
        Step::Read => Outcome::Read(limited(host.get(key)).await),
        Step::Swap { old, new } => {
            let swap = host.compare_and_set(key, old.as_deref(), Some(&new));
            Outcome::Swapped(limited(swap).await)
        }
        Step::Wait(until) => {
            sleep_until(started + until).await;
            Outcome::Waited
        }
        Step::Done => Outcome::Waited,
    }
}

async fn limited<T>(call: impl Future<Output = Result<T, HostError>>) -> Result<T, HostError> {
    let answer = timeout(CALL_LIMIT, call).await;
    answer.unwrap_or_else(|_| Err(hanging()))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
