//! What can go wrong, split by whose fault it is, in the server's own words.
//!
//! - [`ApiError`]: a call of the API failed. [`AppError`] is the server's own within it.
//! - [`HookError`]: what a hook of the plugin's answers when it fails; `?` makes it of an [`ApiError`]. A slash command answers
//!   with an [`AppError`].
//! - [`IncomingError`], [`OutgoingError`] and [`ErrorString`] are Go's `error` as it travels.
//!
//! Each error says all of it in one line, what stands behind it included. `source` leads to that as a value, for whoever tells kinds
//! apart; a report that writes the whole chain says some things twice.

mod incoming;
mod outgoing;

use std::{fmt, time::Duration};

use go_plugin::rpc::CallError;
use gob::Gob;
use http::StatusCode;
use serde::{Deserialize, Serialize};

pub use incoming::IncomingError;
pub use outgoing::{HookError, OutgoingError};

/// The server's own error: an id, words for a person, and an HTTP status.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob, Serialize, Deserialize)]
#[serde(default)]
pub struct AppError {
    /// Id of the message, as `app.user.missing_account.const`.
    pub id: String,
    /// Words for the one who asked, in the server's language.
    pub message: String,
    /// More for the developer.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detailed_error: String,
    /// The request that it belongs to.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub request_id: String,
    /// HTTP status; 0 when the server gave none.
    pub status_code: i64,
    /// Where in the server it happened.
    #[gob(name = "Where")]
    #[serde(skip)]
    pub where_: String,
    /// Whether the message stands as it is, rather than for one to be translated by its id.
    #[serde(skip)]
    pub skip_translation: bool,
}

impl AppError {
    /// An error of the plugin's own. `id` should begin with the plugin's name; the server shows
    /// `message`.
    ///
    /// ```
    /// use http::StatusCode;
    /// use mattermost_plugin::error::AppError;
    ///
    /// let error = AppError::new("com.example.dice.sides", "A die has two sides or more.", StatusCode::BAD_REQUEST);
    /// assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST));
    /// ```
    #[must_use]
    pub fn new(id: impl Into<String>, message: impl Into<String>, status: StatusCode) -> Self {
        Self {
            id: id.into(),
            message: message.into(),
            status_code: i64::from(status.as_u16()),
            skip_translation: true,
            ..Self::default()
        }
    }

    /// The HTTP status, when it is one.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        u16::try_from(self.status_code)
            .ok()
            .and_then(|code| StatusCode::from_u16(code).ok())
    }
}

/// As Go prints it: where, message, details.
impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.where_.is_empty() {
            write!(f, "{}: ", self.where_)?;
        }
        f.write_str(if self.message.is_empty() {
            &self.id
        } else {
            &self.message
        })?;
        if !self.detailed_error.is_empty() {
            write!(f, ", {}", self.detailed_error)?;
        }
        Ok(())
    }
}

impl std::error::Error for AppError {}

/// An error of Go's that is nothing but a text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob)]
pub struct ErrorString {
    /// 0, or one of a few well-known errors: 1 `io.EOF`, 2 `sql.ErrNoRows`, 3 `sql.ErrConnDone`, 4
    /// `sql.ErrTxDone`.
    pub code: i64,
    /// The words.
    pub err: String,
}

impl fmt::Display for ErrorString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.err)
    }
}

impl std::error::Error for ErrorString {}

/// Why a call of the server's API failed.
///
/// ```
/// use mattermost_plugin::{Api, error::ApiError, model::User};
///
/// /// The person, if there is one.
/// async fn find(api: &Api, name: &str) -> Result<Option<User>, ApiError> {
///     match api.get_user_by_username(name).await {
///         Ok(user) => Ok(Some(user)),
///         Err(e) if e.is_not_found() => Ok(None),
///         Err(e) => {
///             tracing::info!(again = e.is_transient(), "{name} cannot be looked up: {e}");
///             Err(e)
///         }
///     }
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum ApiError {
    /// The server refused, or failed, and says so with a status.
    App(Box<AppError>),
    /// The server refused, or failed, in words alone.
    Plugin(ErrorString),
    /// The server does not know the call: it is older than the call is.
    UnknownMethod {
        /// The call.
        method: &'static str,
        /// The Mattermost version that brought it, `9.8` for example; empty for one of
        /// [`Api::call_raw`](crate::Api::call_raw).
        since: &'static str,
    },
    /// The server did not answer in time. The call may have taken effect all the same.
    Timeout {
        /// The call.
        method: &'static str,
        /// How long it was waited for.
        after: Duration,
    },
    /// The server answered with neither a value nor an error.
    Empty {
        /// The call.
        method: &'static str,
    },
    /// The call was not made: this [`Api`](crate::Api)'s gate is shut.
    Shut {
        /// The call.
        method: &'static str,
    },
    /// The call did not get through, or its answer was not understood.
    Call {
        /// The call.
        method: &'static str,
        /// Why.
        source: CallError,
    },
    /// The answer was no JSON of the expected form.
    Json {
        /// The call.
        method: &'static str,
        /// Why.
        source: serde_json::Error,
    },
}

impl ApiError {
    /// The status that the server gave.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::App(e) => e.status(),
            _ => None,
        }
    }

    /// Whether what was asked for does not exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        match self {
            Self::App(e) => e.status() == Some(StatusCode::NOT_FOUND),
            // sql.ErrNoRows.
            Self::Plugin(e) => e.code == 2,
            _ => false,
        }
    }

    /// Whether the same call may succeed later: the server failed (5xx), had too much to do (429),
    /// did not answer in time, or could not be reached. The server's 500 stands for passing
    /// troubles of its database and for lasting ones alike, so bound what you repeat.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::App(e) => e.status().is_some_and(|status| {
                status == StatusCode::TOO_MANY_REQUESTS
                    || status == StatusCode::REQUEST_TIMEOUT
                    || status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED
            }),
            // sql.ErrConnDone and sql.ErrTxDone.
            Self::Plugin(e) => matches!(e.code, 3 | 4),
            Self::Timeout { .. }
            | Self::Call {
                source: CallError::Gone(_),
                ..
            } => true,
            _ => false,
        }
    }

    /// Whether the server is older than the call.
    #[must_use]
    pub fn is_unknown_method(&self) -> bool {
        matches!(self, Self::UnknownMethod { .. })
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::App(e) => e.fmt(f),
            Self::Plugin(e) => e.fmt(f),
            Self::UnknownMethod { method, since } => {
                write!(f, "this server does not know {method}")?;
                if !since.is_empty() {
                    write!(f, ", which needs Mattermost {since}")?;
                }
                Ok(())
            }
            Self::Timeout { method, after } => {
                write!(
                    f,
                    "the server has not answered {method} for {} s",
                    after.as_secs_f32()
                )
            }
            Self::Empty { method } => write!(f, "the server answered {method} with nothing"),
            Self::Shut { method } => write!(f, "{method} is not asked for any more"),
            Self::Call { method, source } => write!(f, "{method}: {source}"),
            Self::Json { method, source } => {
                write!(f, "the answer to {method} cannot be read: {source}")
            }
        }
    }
}

impl std::error::Error for ApiError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Call { source, .. } => Some(source),
            Self::Json { source, .. } => Some(source),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
