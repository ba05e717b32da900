//! An `error` as a Go peer sends it.

use gob::{Decode, Interface, Value};

use super::{ApiError, AppError, ErrorString};

/// Go's `error` as it arrives: an interface that holds one of the types that servers register.
#[derive(Clone, Debug, PartialEq, Decode)]
pub enum IncomingError {
    /// No error.
    #[gob(nil)]
    Nil,
    /// The server's own.
    AppError(AppError),
    /// Words.
    ErrorString(ErrorString),
    /// Another type: that of a database's driver.
    #[gob(other)]
    Other(Interface<Value>),
}

impl IncomingError {
    /// The error, if it is one.
    pub fn into_error(self) -> Option<ApiError> {
        match self {
            Self::Nil => None,
            Self::AppError(e) => Some(ApiError::App(Box::new(e))),
            Self::ErrorString(e) => Some(ApiError::Plugin(e)),
            Self::Other(e) => {
                // PostgreSQL's and MySQL's both call it so.
                let message = e
                    .value
                    .get("Message")
                    .and_then(Value::as_str)
                    .unwrap_or("an error without words");
                let err = format!("{}: {message}", e.name.trim_start_matches('*'));
                Some(ApiError::Plugin(ErrorString { code: 0, err }))
            }
        }
    }
}
