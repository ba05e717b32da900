//! The server's API: what a plugin can ask of it.
//!
//! [`Api`] has one method for each call, and names in its documentation the server's own name for
//! it and the version that brought it. Calls overlap freely and a server may run those that are
//! under way together in any order: whoever needs an order waits for one before the next.
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
pub use version::ServerVersion;

use crate::error::ApiError;
use calls::api_calls;
use counts::Counts;
use wire::Answer;

/// How long a call waits for its answer: 30 s. The server waits up to 30 s for its database, and
/// an answer that comes later helps nobody who has asked for it.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// Tells whether calls may be made. It is asked before each one and must not wait.
pub type Gate = Arc<dyn Fn() -> bool + Send + Sync>;

/// The server's API. Clones are cheap and share one connection.
#[derive(Clone)]
pub struct Api {
    client: Client,
    timeout: Duration,
    gate: Option<Gate>,
    version: Arc<OnceLock<ServerVersion>>,
    counts: Arc<Counts>,
}

impl Api {
    /// The API behind the stream that the host named at activation.
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
    /// As every call.
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
