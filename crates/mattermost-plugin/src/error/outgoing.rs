//! Errors that hooks answer with.

use std::fmt;

use gob::Encode;

use super::{ApiError, AppError, ErrorString};

/// Why a hook failed. The server shows or logs it as the plugin's error.
///
/// `?` makes one of the API's errors, of I/O errors, and of texts. Of other errors make their text:
///
/// ```
/// use mattermost_plugin::error::HookError;
///
/// fn port(setting: &str) -> Result<u16, HookError> {
///     let port = setting.parse().map_err(|e| format!("the setting Port: {e}"))?;
///     Ok(port)
/// }
/// assert_eq!(port("http").unwrap_err().to_string(), "the setting Port: invalid digit found in string");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HookError {
    /// One with an id and a status; arrives as the server's own kind.
    App(Box<AppError>),
    /// Words.
    Text(String),
}

impl fmt::Display for HookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::App(e) => e.fmt(f),
            Self::Text(words) => f.write_str(words),
        }
    }
}

impl std::error::Error for HookError {}

impl From<String> for HookError {
    fn from(words: String) -> Self {
        Self::Text(words)
    }
}

impl From<&str> for HookError {
    fn from(words: &str) -> Self {
        Self::Text(words.to_owned())
    }
}

impl From<AppError> for HookError {
    fn from(error: AppError) -> Self {
        Self::App(Box::new(error))
    }
}

impl From<ApiError> for HookError {
    fn from(error: ApiError) -> Self {
        match error {
            ApiError::App(error) => Self::App(error),
            other => Self::Text(other.to_string()),
        }
    }
}

impl From<std::io::Error> for HookError {
    fn from(error: std::io::Error) -> Self {
        Self::Text(error.to_string())
    }
}

/// Go's `error` as it is sent: an interface under the names by which every server from 5.x to 11.x
/// registers its own types. One under another name cannot be read by the host, which then takes
/// the call for a success.
///
/// The names hold no import path, though the types have moved twice: for a pointer Go's
/// `gob.Register` keeps the printed type ("the missing full path cannot be fixed without breaking
/// existing gob decoders").
#[derive(Clone, Debug, Default, PartialEq, Encode)]
pub enum OutgoingError {
    /// No error.
    #[default]
    #[gob(nil)]
    Nil,
    /// The server's own kind.
    #[gob(name = "*model.AppError")]
    AppError(AppError),
    /// Words.
    #[gob(name = "*plugin.ErrorString")]
    ErrorString(ErrorString),
}

impl From<HookError> for OutgoingError {
    fn from(error: HookError) -> Self {
        match error {
            HookError::App(error) => Self::AppError(*error),
            HookError::Text(err) => Self::ErrorString(ErrorString { code: 0, err }),
        }
    }
}

impl From<Result<(), HookError>> for OutgoingError {
    fn from(outcome: Result<(), HookError>) -> Self {
        outcome.map_or_else(Self::from, |()| Self::Nil)
    }
}
