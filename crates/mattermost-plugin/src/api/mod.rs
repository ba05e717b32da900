//! The server's API: what a plugin can ask of it.
//!
//! [`Api`] has one method for each call, and names in its documentation the server's own name for
//! it and the version that brought it. Of Go's `plugin.API` these are the calls that a product of some size needed;
//! [`Api::call_raw`] makes any other. Calls overlap freely and a server may run those that are
//! under way together in any order: whoever needs an order waits for one before the next.
//!
//! # Testing a plugin
//!
//! What calls the API can be tested without a server: [`Api::new`] takes a connection to whatever answers, which [`wire`] helps to
//! write.
//!
//! ```
//! use std::sync::Arc;
//!
//! use mattermost_plugin::{
//!     Api,
//!     api::wire::{One, Two},
//!     error::AppError,
//!     go_plugin::{
//!         broker::BrokerStream,
//!         rpc::{Call, Client, Service, serve},
//!         yamux::{Mode, Session},
//!     },
//!     model::User,
//! };
//!
//! /// A server on which everybody is called Alice.
//! struct Server;
//!
//! impl Service for Server {
//!     fn call(&self, call: Call<'_, '_>) {
//!         match call.method() {
//!             "Plugin.GetUser" => {
//!                 if let Some((One { a: id }, reply)) = call.argument::<One<String>>() {
//!                     let user = User { id, username: "alice".into(), ..User::default() };
//!                     reply.ok(&Two { a: Some(user), b: None::<AppError> });
//!                 }
//!             }
//!             // As a server that is older than the call.
//!             _ => call.unknown(),
//!         }
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (ours, theirs) = tokio::io::duplex(64 * 1024);
//! let (plugin, driver) = Session::new(ours, Mode::Server);
//! tokio::spawn(driver);
//! let (host, driver) = Session::new(theirs, Mode::Client);
//! tokio::spawn(driver);
//! let stream = plugin.open().await?;
//! let api = Api::new(Client::new(BrokerStream::from(stream)));
//! tokio::spawn(async move {
//!     if let Ok(stream) = host.accept().await {
//!         let _ = serve(BrokerStream::from(stream), Arc::new(Server)).await;
//!     }
//! });
//!
//! assert_eq!(api.get_user("an id").await?.username, "alice");
//! assert!(api.get_post("an id").await.unwrap_err().is_unknown_method());
//! # Ok(())
//! # }
//! ```
//!
//! Source: Mattermost 9.11 and 11, `server/public/plugin` (`api.go`, `client_rpc.go`,
//! `client_rpc_generated.go`).

mod bots;
mod calls;
mod channels;
mod commands;
mod counts;
mod events;
mod http;
mod kv;
mod log;
mod permissions;
mod posts;
mod preferences;
mod raw;
mod server;
mod statuses;
mod users;
mod version;
pub mod wire;

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use go_plugin::rpc::{CallError, Client};
use gob::{DecodeOwned, Encode};

pub use counts::MethodCounts;
pub use kv::MAX_KV_KEY_CHARS;
pub use version::ServerVersion;

use crate::error::ApiError;
use calls::api_calls;
use counts::Counts;
use wire::Answer;

/// How long a call waits for its answer: 30 s. The server waits up to 30 s for its database, and
/// an answer that comes later helps nobody who has asked for it.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// Tells whether calls may be made. It is asked before each one, by whichever task makes it, and must not wait.
pub type Gate = Arc<dyn Fn() -> bool + Send + Sync>;

/// The server's API, as [`Plugin::activate`](crate::Plugin::activate) gets it.
///
/// Clones are cheap, can go to other tasks and threads, and share one connection; each keeps its own patience and gate.
/// To drop a call's future abandons its answer, not the call.
///
/// At most [`MAX_IN_FLIGHT`](go_plugin::rpc::MAX_IN_FLIGHT) calls may be unanswered, and what travels is bounded by
/// [`gob::limits`]: 64 MiB for a message.
///
/// ```
/// use mattermost_plugin::{Api, error::ApiError, model::Post};
///
/// async fn greet(api: &Api, bot_id: &str, channel_id: &str, user_id: &str) -> Result<(), ApiError> {
///     let name = api.get_user(user_id).await?.username;
///     let post = Post::new(bot_id, channel_id, format!("Hello, @{name}!"));
///     api.create_post(&post).await?;
///     Ok(())
/// }
/// ```
#[derive(Clone)]
pub struct Api {
    client: Client,
    timeout: Duration,
    gate: Option<Gate>,
    version: Arc<OnceLock<ServerVersion>>,
    counts: Arc<Counts>,
}

impl Api {
    /// The API behind a connection of one's own. A plugin gets its own at
    /// [`activation`](crate::Plugin::activate); this is for tests against a stand-in for the server.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self {
            client,
            timeout: CALL_TIMEOUT,
            gate: None,
            version: Arc::new(OnceLock::new()),
            counts: Arc::default(),
        }
    }

    /// The same with another patience than [`CALL_TIMEOUT`].
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The same with a gate: while it answers false, every call is refused with [`ApiError::Shut`] before anything is sent.
    ///
    /// ```
    /// use std::sync::{Arc, atomic::{AtomicBool, Ordering}};
    /// # use mattermost_plugin::Api;
    ///
    /// # fn example(api: Api) {
    /// let leads = Arc::new(AtomicBool::new(false));
    /// let gate = Arc::clone(&leads);
    /// let api = api.with_gate(Arc::new(move || gate.load(Ordering::Relaxed)));
    /// # }
    /// ```
    #[must_use]
    pub fn with_gate(mut self, gate: Gate) -> Self {
        self.gate = Some(gate);
        self
    }

    /// What became of calls so far, by method, in the order of their names; clones count together. A call that nobody waits for
    /// any longer counts as one without an answer.
    #[must_use]
    pub fn counts(&self) -> Vec<(&'static str, MethodCounts)> {
        self.counts.all()
    }

    /// The server's version. Asked once, known from then on.
    ///
    /// # Errors
    /// [`ApiError`]: no answer.
    pub async fn server_version(&self) -> Result<&ServerVersion, ApiError> {
        if let Some(version) = self.version.get() {
            return Ok(version);
        }
        let version = ServerVersion::parse(&self.get_server_version().await?);
        Ok(self.version.get_or_init(|| version))
    }

    /// Calls `path`, which is `Plugin.` and then `method`.
    async fn call<A, R>(
        &self,
        method: &'static str,
        path: &'static str,
        since: &'static str,
        arguments: &A,
    ) -> Result<R::Value, ApiError>
    where
        A: Encode + ?Sized,
        R: Answer + DecodeOwned + Send + 'static,
    {
        if self.gate.as_ref().is_some_and(|gate| !gate()) {
            return Err(ApiError::Shut { method });
        }
        let counted = self.counts.begin(method);
        let answer = self.client.call::<A, R>(path, arguments);
        let answer = match tokio::time::timeout(self.timeout, answer).await {
            Ok(Ok(answer)) => answer.into_value(method),
            Ok(Err(e)) => Err(failed(method, since, e)),
            Err(_) => Err(ApiError::Timeout {
                method,
                after: self.timeout,
            }),
        };
        counted.ended(answer.as_ref().err());
        answer
    }
}

fn failed(method: &'static str, since: &'static str, error: CallError) -> ApiError {
    if error.is_unknown_method() {
        ApiError::UnknownMethod { method, since }
    } else {
        ApiError::Call {
            method,
            source: error,
        }
    }
}

impl std::fmt::Debug for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Api")
            .field("version", &self.version.get())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
