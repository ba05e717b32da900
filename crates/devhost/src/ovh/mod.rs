//! A stand-in for OVH's CTI events.
//!
//! It speaks as OVH's guide ("Documentation technique CTI") and example (telephony-example-cti-dashboard) have it: `GET
//! /?token=T[&session=S]` is answered with `{"Session", "Message", "Events"}` when something happened, or after a while when nothing did. A
//! session keeps what happened since its last poll; a poll without one opens a new one, and hears of nothing before. How the service answers
//! tokens and sessions that it does not know is written nowhere: here, as HTTP would have it.
//!
//! It does not play telephony: what happens is what a test [sends](Ovh::send), best in the words of [`Call`], [`Queued`] and [`Number`], or a
//! [`Morning`].
//!
//! ```no_run
//! # async fn test() -> std::io::Result<()> {
//! use devhost::ovh::{Number, Options, Ovh, TOKEN};
//!
//! let ovh = Ovh::start(Options::default()).await?;
//! // … let the plugin follow ovh.url() with TOKEN …
//! let bob = Number::line("0033912312312", "Bob");
//! let call = bob.call("0033612345678", "a-1");
//! ovh.send(call.start_ringing());
//! ovh.send(call.start_calling());
//! # Ok(())
//! # }
//! ```

mod events;
mod morning;

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::routing::get;
use bytes::Bytes;
use futures_util::stream;
use http::{Response, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, timeout_at};

pub use events::{Call, Number, Queued, Spelling};
pub use morning::{Expected, MORNING_NUMBERS, Morning};

/// The token that it knows unless told.
pub const TOKEN: &str = "ABCDEFAB-CDEF-ABCD-EFAB-CDEFABCD0001";

/// A second one, for tests with two.
pub const OTHER_TOKEN: &str = "ABCDEFAB-CDEF-ABCD-EFAB-CDEFABCD0002";

/// How it is.
#[derive(Clone, Debug)]
pub struct Options {
    /// The tokens that it knows.
    pub tokens: Vec<String>,
    /// How long a poll waits for something to happen.
    pub hold: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            tokens: vec![TOKEN.to_owned()],
            hold: Duration::from_secs(20),
        }
    }
}

/// What goes wrong with one poll.
#[derive(Clone, Debug)]
pub enum Fault {
    /// It is answered with this status and body.
    Answer(u16, String),
    /// The connection ends in the middle of the answer.
    Truncated,
    /// It is answered only after that time.
    Slow(Duration),
    /// The answer has at least so many bytes.
    Huge(usize),
    /// It is sent to another address.
    Elsewhere(String),
}

/// A poll that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Poll {
    /// Its token, if it had one.
    pub token: Option<String>,
    /// Its session, if it had one.
    pub session: Option<String>,
}

/// The stand-in. It ends when it is dropped.
#[derive(Debug)]
pub struct Ovh {
    shared: Arc<Shared>,
    address: SocketAddr,
    task: AbortHandle,
}

#[derive(Debug)]
struct Shared {
    inner: Mutex<Inner>,
    hold: Duration,
    /// Counted up by whatever happens.
    changed: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Inner {
    /// The tokens that are known.
    tokens: Vec<String>,
    sessions: BTreeMap<String, Session>,
    opened: u64,
    faults: VecDeque<Fault>,
    polls: Vec<Poll>,
    /// How many wait at this moment, by their token.
    waiting: BTreeMap<String, usize>,
}

#[derive(Debug, Default)]
struct Session {
    token: String,
    events: Vec<Value>,
}

impl Ovh {
    /// Starts on a port of its own, on this machine only.
    ///
    /// # Errors
    ///
    /// No port can be had.
    pub async fn start(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            inner: Mutex::new(Inner {
                tokens: options.tokens,
                ..Inner::default()
            }),
            hold: options.hold,
            changed: watch::Sender::new(0),
        });
        let router = Router::new()
            .route("/", get(poll))
            .with_state(Arc::clone(&shared));
        let serving = async move {
            // It ends with the task.
            let _ = axum::serve(listener, router).await;
        };
        let task = tokio::spawn(serving).abort_handle();
        Ok(Self {
            shared,
            address,
            task,
        })
    }

    /// Where it is, as the plugin's settings want it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Something happened that all tokens hear of.
    pub fn send(&self, event: Value) {
        self.send_all([event]);
    }

    /// The same for several things at once.
    pub fn send_all(&self, events: impl IntoIterator<Item = Value>) {
        let events: Vec<Value> = events.into_iter().collect();
        self.change(|inner| {
            for session in inner.sessions.values_mut() {
                session.tell(&events);
            }
        });
    }

    /// Something happened that this token alone hears of.
    pub fn send_to(&self, token: &str, event: &Value) {
        self.change(|inner| {
            let own = inner.sessions.values_mut();
            for session in own.filter(|session| session.token == token) {
                session.tell(std::slice::from_ref(event));
            }
        });
    }

    /// The next poll that comes goes wrong like that, and one after the other those behind it by what else is told. Polls that wait
    /// already are not concerned.
    pub fn fault(&self, fault: Fault) {
        self.change(|inner| inner.faults.push_back(fault));
    }

    /// No session is known any more. Polls that wait are told so.
    pub fn expire_sessions(&self) {
        self.change(|inner| inner.sessions.clear());
    }

    /// A token is known no more, and its sessions.
    pub fn expire_token(&self, token: &str) {
        self.change(|inner| {
            inner.tokens.retain(|own| own != token);
            inner.sessions.retain(|_, session| session.token != token);
        });
    }

    /// A token is known from now on.
    pub fn add_token(&self, token: &str) {
        self.change(|inner| inner.tokens.push(token.to_owned()));
    }

    /// The polls that came so far.
    #[must_use]
    pub fn polls(&self) -> Vec<Poll> {
        self.shared.inner().polls.clone()
    }

    /// How many polls of a token wait at this moment for something to happen.
    #[must_use]
    pub fn waiting(&self, token: &str) -> usize {
        let inner = self.shared.inner();
        inner.waiting.get(token).copied().unwrap_or_default()
    }

    /// Waits until something is so of what happens here: the stand-in is looked at again after each change.
    ///
    /// # Panics
    ///
    /// It does not come to be so within [`PATIENCE`](crate::world::PATIENCE).
    pub async fn wait_for(&self, what: &str, mut is: impl FnMut(&Self) -> bool) {
        let mut changed = self.shared.changed.subscribe();
        let waiting = async {
            loop {
                changed.borrow_and_update();
                if is(self) {
                    return;
                }
                if changed.changed().await.is_err() {
                    return;
                }
            }
        };
        let deadline = Instant::now() + crate::world::PATIENCE;
        let waited = timeout_at(deadline, waiting).await;
        assert!(waited.is_ok(), "{what} does not come about");
    }

    /// Waits until a poll of this token waits for something to happen, which it then hears of.
    pub async fn followed(&self, token: &str) {
        self.wait_for("a poll that waits", |ovh| ovh.waiting(token) > 0)
            .await;
    }

    fn change<T>(&self, change: impl FnOnce(&mut Inner) -> T) -> T {
        let changed = change(&mut self.shared.inner());
        self.shared.tell();
        changed
    }
}

impl Drop for Ovh {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Session {
    /// As OVH, which puts the token into each event.
    fn tell(&mut self, events: &[Value]) {
        for event in events {
            let mut event = event.clone();
            if let Some(fields) = event.as_object_mut() {
                fields.insert("Token".to_owned(), json!(self.token));
            }
            self.events.push(event);
        }
    }
}

impl Shared {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self) {
        self.changed.send_modify(|count| *count += 1);
    }
}

/// A poll counts as waiting for as long as this is there.
struct Waits {
    shared: Arc<Shared>,
    token: String,
}

impl Waits {
    fn new(shared: &Arc<Shared>, token: &str) -> Self {
        *shared.inner().waiting.entry(token.to_owned()).or_default() += 1;
        shared.tell();
        Self {
            shared: Arc::clone(shared),
            token: token.to_owned(),
        }
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        if let Some(count) = self.shared.inner().waiting.get_mut(&self.token) {
            *count -= 1;
        }
        self.shared.tell();
    }
}

async fn poll(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Response<Body> {
    let poll = Poll {
        token: query.get("token").cloned(),
        session: query.get("session").cloned(),
    };
    let fault = {
        let mut inner = shared.inner();
        inner.polls.push(poll.clone());
        inner.faults.pop_front()
    };
    shared.tell();
    match fault {
        None => {}
        Some(Fault::Slow(time)) => sleep(time).await,
        Some(Fault::Answer(status, body)) => return answer(status, body),
        Some(Fault::Truncated) => return truncated(),
        Some(Fault::Huge(bytes)) => {
            let message = "x".repeat(bytes);
            let body = json!({"Session": "huge", "Message": message, "Events": []});
            return answer(200, body.to_string());
        }
        Some(Fault::Elsewhere(location)) => {
            let mut answer = answer(302, String::new());
            if let Ok(location) = location.parse() {
                let headers = answer.headers_mut();
                headers.insert(http::header::LOCATION, location);
            }
            return answer;
        }
    }
    let token = poll.token.unwrap_or_default();
    let refused = |what: &str| answer(403, json!({"Message": what}).to_string());
    let session = {
        let mut inner = shared.inner();
        if !inner.tokens.contains(&token) {
            return refused("Invalid token");
        }
        match poll.session {
            Some(session) if inner.is_open(&session, &token) => session,
            Some(_) => return refused("Unknown session"),
            None => inner.open(&token),
        }
    };
    wait(&shared, &session, &token).await
}

/// Answers a poll with what happened, now or as soon as something does.
async fn wait(shared: &Arc<Shared>, session: &str, token: &str) -> Response<Body> {
    let mut changed = shared.changed.subscribe();
    let waits = Waits::new(shared, token);
    let deadline = Instant::now() + shared.hold;
    loop {
        let events = {
            let mut inner = shared.inner();
            match inner.sessions.get_mut(session) {
                Some(own) => std::mem::take(&mut own.events),
                None => {
                    drop(inner);
                    drop(waits);
                    return answer(403, json!({"Message": "Unknown session"}).to_string());
                }
            }
        };
        let is_over = Instant::now() >= deadline;
        if is_over || !events.is_empty() {
            let message = if events.is_empty() { "timeout" } else { "" };
            let body = json!({"Session": session, "Message": message, "Events": events});
            drop(waits);
            return answer(200, body.to_string());
        }
        // Whether something changed or the time is over, it looks again.
        let _ = timeout_at(deadline, changed.changed()).await;
    }
}

impl Inner {
    fn is_open(&self, session: &str, token: &str) -> bool {
        let own = self.sessions.get(session);
        own.is_some_and(|own| own.token == token)
    }

    fn open(&mut self, token: &str) -> String {
        self.opened += 1;
        let name = format!("session {}/{}", self.opened, &token[token.len() - 4..]);
        let session = Session {
            token: token.to_owned(),
            events: Vec::new(),
        };
        self.sessions.insert(name.clone(), session);
        name
    }
}

fn answer(status: u16, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    let status = StatusCode::from_u16(status);
    *response.status_mut() = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}

fn truncated() -> Response<Body> {
    let begin = Bytes::from_static(b"{\"Session\": \"cut\", \"Events\": [{\"Event\": \"start_");
    let parts = [Ok(begin), Err(io::Error::other("cut off"))];
    Response::new(Body::from_stream(stream::iter(parts)))
}
