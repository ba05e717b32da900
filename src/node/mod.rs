//! This process as one node of a cluster, or the only one: what it does changes with its [role](crate::cluster::Role).
//!
//! The board, presence and the lease last. Everything else is an [`App`], and there is a new one whenever the role changes, as
//! after a start: what a node that begins to lead has to know is in the store and on the board, where a node that was started again finds it,
//! too. An app that is *active* talks to telephone systems and does what must be done once; any other serves phones, pages and feeds, and has
//! the leader do the rest (`errand`).
//!
//! The host of an active app answers calls only while this node leads, by the lease's own clock: what was under way when the lease was lost ends
//! there.

mod errand;
#[cfg(test)]
mod tests;

pub(crate) use errand::shown;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::{Request, Response};
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout};

use crate::app::{
    App, BoardHandle, Clock, Duty, Errand, Lasting, Leads, MAX_ERRANDS, MAX_OUTGOING, StopReport,
    Ways, system_clock,
};
use crate::cluster::relay::CLUSTER_EVENT;
use crate::cluster::{Leadership, Role};
use crate::commands::{Invocation, Response as Spoken};
use crate::host::{Host, Nodes, UserId};
use crate::http::{Answer, Service};
use crate::presence::Presence;
use crate::tasks;
use crate::walls;

/// Under which key the nodes agree on which one leads.
pub const LEASE_KEY: &str = "board.leader";

/// How long a start waits for its role. A server that is alone knows at once.
const SETTLE: Duration = Duration::from_secs(1);

/// How long an app that is no longer needed may take to end. A node that lost its lease cannot do anything in it.
const RETIRE_LIMIT: Duration = Duration::from_secs(5);

/// How long giving the lease back may take at a stop, after everything else.
const GIVE_BACK: Duration = Duration::from_secs(2);

/// How long a stop waits for a role that this node is just taking. What is not done by then is not done any more.
const CHANGE_LIMIT: Duration = Duration::from_secs(2);

/// How long a message to the other nodes may take.
const TELL_LIMIT: Duration = Duration::from_secs(3);

/// How many things other nodes ask for are done at once.
const MAX_PARALLEL: usize = 32;

/// The kind of the event by which nodes learn that people's links with numbers changed.
pub const LINKS_EVENT: &str = "links";

/// Whether the host answers, asked at each call.
pub type Gate = Arc<dyn Fn() -> bool + Send + Sync>;

/// What makes a host, whose calls are refused while the gate is shut.
type MakeHost<H> = Box<dyn Fn(Gate) -> H + Send + Sync>;

/// This node. Every method may be called from several tasks at once.
pub struct Node<H> {
    lasting: Lasting<H>,
    leadership: Arc<Leadership>,
    make: MakeHost<H>,
    current: RwLock<Current<H>>,
    /// The settings as they came last.
    settings: Mutex<Option<Arc<[u8]>>>,
    /// Only one at a time changes what this node does.
    changing: tokio::sync::Mutex<bool>,
    /// What changes it.
    following: Mutex<Option<AbortHandle>>,
    tasks: Mutex<Vec<AbortHandle>>,
}

/// What this node does now.
struct Current<H> {
    app: Arc<App<H>>,
    service: Service<H>,
    /// Nothing of it gets to the server any more.
    shut: Arc<AtomicBool>,
}

impl<H> Clone for Current<H> {
    fn clone(&self) -> Self {
        Self {
            app: Arc::clone(&self.app),
            service: self.service.clone(),
            shut: Arc::clone(&self.shut),
        }
    }
}

impl<H: Host> Node<H> {
    /// Starts the node, and waits a moment for its role. Must be called inside a tokio runtime.
    pub async fn start(id: &str, make: impl Fn(Gate) -> H + Send + Sync + 'static) -> Arc<Self> {
        Self::with_clock(id, make, system_clock).await
    }

    /// The same with another clock, for tests.
    pub async fn with_clock(
        id: &str,
        make: impl Fn(Gate) -> H + Send + Sync + 'static,
        clock: Clock,
    ) -> Arc<Self> {
        let host = Arc::new(make(Arc::new(|| true)));
        let leadership = Arc::new(Leadership::start(Arc::clone(&host), LEASE_KEY));
        let mut role = leadership.watch();
        // Whoever is not told by then follows until it is.
        let _ = timeout(SETTLE, role.wait_for(|role| role.leads())).await;
        let role = *role.borrow_and_update();
        let (out, outgoing) = mpsc::channel(MAX_OUTGOING);
        let (questions, asking) = mpsc::channel(MAX_OUTGOING);
        let (errands, asked) = mpsc::channel(MAX_ERRANDS);
        let own = Arc::clone(&leadership);
        let ways = Ways {
            out,
            questions,
            errands,
            leads: Arc::new(move || own.role().leads()),
        };
        let lasting = Lasting::new(id, &host, (Role::Follower, ways), clock);
        let make: MakeHost<H> = Box::new(make);
        // Settings come later, and nothing happens before.
        let (_, ready) = oneshot::channel();
        let (current, duty) = begin(&lasting, &make, &leadership, (role, ready));
        // The board has just begun, so it has not stopped.
        let _ = lasting.board.become_one(duty).await;
        let node = Arc::new(Self {
            lasting,
            leadership,
            make,
            current: RwLock::new(current),
            settings: Mutex::default(),
            changing: tokio::sync::Mutex::new(false),
            following: Mutex::default(),
            tasks: Mutex::default(),
        });
        let telling = tasks::spawn(tell(host, outgoing, asking));
        let own = Arc::downgrade(&node);
        let perform = move |body: Vec<u8>| {
            let own = own.clone();
            async move {
                match own.upgrade() {
                    Some(node) => node.perform(&body).await,
                    None => Vec::new(),
                }
            }
        };
        let doing = tasks::spawn(answer(node.lasting.board.clone(), asked, perform));
        let following = tasks::spawn(follow(Arc::downgrade(&node), role));
        *lock(&node.following) = Some(following.abort_handle());
        lock(&node.tasks).extend([telling, doing].map(|task| task.abort_handle()));
        node
    }

    /// What this node does now.
    #[must_use]
    pub fn app(&self) -> Arc<App<H>> {
        Arc::clone(
            &self
                .current
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .app,
        )
    }

    fn current(&self) -> Current<H> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.clone()
    }

    /// Who is there.
    #[must_use]
    pub fn presence(&self) -> &Arc<Presence<H>> {
        &self.lasting.presence
    }

    /// Takes the settings: see [`App::configure`].
    pub fn configure(&self, json: &[u8]) -> bool {
        // Locked while the app takes them, so that one that is being made has these or is told.
        let mut settings = lock(&self.settings);
        *settings = Some(json.into());
        self.app().configure(json)
    }

    /// The server's own configuration changed.
    pub fn server_changed(&self) {
        self.leadership.configuration_changed();
        self.lasting.presence.configuration_changed();
        let app = self.app();
        if app.is_active() {
            app.statuses().server_changed();
        }
    }

    /// An account was deactivated.
    pub async fn deactivated(self: &Arc<Self>, name: &str, user: &UserId) {
        self.lasting.presence.deactivated(user);
        let app = self.app();
        if app.is_active() {
            errand::forget(&app, name, user).await;
        } else {
            app.people().forget(user);
            let (node, name, user) = (Arc::clone(self), name.to_owned(), user.clone());
            tasks::spawn(async move { node.leader_forgets(name, &user).await });
        }
    }

    /// An event of a copy of the plugin on another node.
    pub async fn cluster_event(&self, kind: &str, data: Vec<u8>) {
        match kind {
            CLUSTER_EVENT => self.lasting.board.received(data),
            walls::CLUSTER_EVENT => {
                if let Err(error) = self.app().walls().read().await {
                    tracing::warn!(%error, "links for walls could not be read");
                }
            }
            LINKS_EVENT => self.app().links().read_again(),
            _ => self.lasting.presence.cluster_event(kind, &data),
        }
    }

    /// Executes a slash command, here or on the node that leads.
    pub async fn execute(&self, invocation: Invocation<'_>) -> Spoken {
        let app = self.app();
        if app.is_active() {
            return app.execute(invocation).await;
        }
        self.command_at_leader(&app, invocation).await
    }

    /// The plugin's HTTP.
    #[must_use]
    pub fn http(self: &Arc<Self>) -> Front<H> {
        Front(Arc::clone(self))
    }

    /// Ends in good order until the `deadline` at the latest: see [`App::stop`]. The lease is given back, for which `GIVE_BACK` of
    /// that time is left.
    pub async fn stop(&self, deadline: Duration) -> StopReport {
        let until = Instant::now() + deadline.saturating_sub(GIVE_BACK);
        let changing = timeout(CHANGE_LIMIT, self.changing.lock()).await;
        if let Some(following) = lock(&self.following).take() {
            following.abort();
        }
        let mut stopped = match changing {
            Ok(stopped) => stopped,
            Err(_) => {
                tracing::warn!("stopped while this node was taking another role");
                self.changing.lock().await
            }
        };
        *stopped = true;
        let left = until.saturating_duration_since(Instant::now());
        let report = self.app().stop(left).await;
        self.leadership.stop(GIVE_BACK).await;
        for task in lock(&self.tasks).drain(..) {
            task.abort();
        }
        self.lasting.tasks.iter().for_each(AbortHandle::abort);
        report
    }

    /// Does what is to be done in that role from now on.
    async fn become_one(&self, role: Role) {
        let stopped = self.changing.lock().await;
        if *stopped {
            return;
        }
        let before = self.current();
        let ends = async |before: Current<H>| before.app.retire(RETIRE_LIMIT).await;
        if !role.leads() {
            // Nothing more gets out, not even what is under way.
            before.shut.store(true, Ordering::SeqCst);
        } else if before.app.is_active() {
            // Two of them would give people's statuses back to each other.
            ends(before.clone()).await;
        }
        let (ready, is_ready) = oneshot::channel();
        let (current, duty) = begin(
            &self.lasting,
            &self.make,
            &self.leadership,
            (role, is_ready),
        );
        let (app, active) = (Arc::clone(&current.app), role.leads());
        // What telephone systems tell from now on comes behind this.
        let Ok(begun) = self.lasting.board.become_one(duty).await else {
            return; // It has stopped.
        };
        {
            let settings = lock(&self.settings);
            if let Some(json) = &*settings {
                app.configure(json);
            }
            *self.current.write().unwrap_or_else(PoisonError::into_inner) = current;
        }
        let _ = ready.send(());
        let _ = begun.await;
        if let Role::Leader { .. } = role {
            // What the leader before stored is no part of this board where that went on elsewhere.
            app.store_whole().await;
        }
        tracing::info!(active, "this node has another role among the others");
        tasks::spawn(async move { ends(before).await });
        // What is said to nobody in particular.
        app.server_language().await;
    }
}

impl<H> Drop for Node<H> {
    fn drop(&mut self) {
        let following = lock(&self.following).take();
        for task in lock(&self.tasks).drain(..).chain(following) {
            task.abort();
        }
        self.lasting.tasks.iter().for_each(AbortHandle::abort);
    }
}

impl<H> std::fmt::Debug for Node<H> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Node").finish_non_exhaustive()
    }
}

/// What a node does in that role, without settings yet, and what its board does then.
fn begin<H: Host>(
    lasting: &Lasting<H>,
    make: &MakeHost<H>,
    leadership: &Arc<Leadership>,
    (role, ready): (Role, oneshot::Receiver<()>),
) -> (Current<H>, Duty) {
    let active = role.leads();
    let shut = Arc::<AtomicBool>::default();
    let open: Leads = {
        let (shut, leadership) = (Arc::clone(&shut), Arc::clone(leadership));
        Arc::new(move || !shut.load(Ordering::SeqCst) && (!active || leadership.role().leads()))
    };
    let host = Arc::new(make(Arc::clone(&open)));
    let (app, followers) = App::of(lasting, host, open, active);
    let current = Current {
        service: match active {
            true => Service::new(Arc::clone(&app)),
            false => Service::following(Arc::clone(&app), errand::at_leader(&app, &lasting.board)),
        },
        app,
        shut,
    };
    let duty = Duty {
        role,
        ready,
        followers,
    };
    (current, duty)
}

/// Sends messages to the other nodes, questions and answers only where nothing else waits. One that cannot be sent got lost, which those
/// who send them reckon with.
async fn tell<H: Nodes>(
    host: Arc<H>,
    mut outgoing: mpsc::Receiver<Vec<u8>>,
    mut questions: mpsc::Receiver<Vec<u8>>,
) {
    loop {
        let data = tokio::select! {
            biased;
            Some(data) = outgoing.recv() => data,
            Some(data) = questions.recv() => data,
            else => return,
        };
        if let Ok(Err(error)) = timeout(TELL_LIMIT, host.tell(CLUSTER_EVENT, data)).await {
            tracing::debug!(%error, "the other nodes cannot be told");
        }
    }
}

/// Has what other nodes ask for done by `perform`, and tells them what came of it. An answer without anything says that nobody knows, as of
/// what panicked.
pub(crate) async fn answer<P, F>(board: BoardHandle, mut asked: mpsc::Receiver<Errand>, perform: P)
where
    P: Fn(Vec<u8>) -> F,
    F: Future<Output = Vec<u8>> + Send + 'static,
{
    let places = Arc::new(Semaphore::new(MAX_PARALLEL));
    while let Some(Errand {
        node: from,
        number,
        body,
    }) = asked.recv().await
    {
        // It is never closed.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let (board, performed) = (board.clone(), tasks::spawn(perform(body)));
        tasks::spawn(async move {
            board
                .answer(from, number, performed.await.unwrap_or_default())
                .await;
            drop(place);
        });
    }
}

/// Has the node do what its role asks for, whenever that changes.
async fn follow<H: Host>(node: std::sync::Weak<Node<H>>, mut known: Role) {
    let Some(mut roles): Option<watch::Receiver<Role>> =
        node.upgrade().map(|node| node.leadership.watch())
    else {
        return;
    };
    loop {
        let role = *roles.borrow_and_update();
        if role != known {
            let Some(node) = node.upgrade() else { return };
            node.become_one(role).await;
            known = role;
        }
        if roles.changed().await.is_err() {
            return;
        }
    }
}

/// The plugin's HTTP, on whichever node it is.
pub struct Front<H>(Arc<Node<H>>);

impl<H> Clone for Front<H> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<H> std::fmt::Debug for Front<H> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Front").finish_non_exhaustive()
    }
}

impl<H, B> tower_service::Service<Request<B>> for Front<H>
where
    H: Host,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    type Response = Response<Body>;
    type Error = std::convert::Infallible;
    type Future = Answer;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), Self::Error>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Answer {
        tower_service::Service::call(&mut self.0.current().service, request)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing that happens under the locks can leave what they guard half changed.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
