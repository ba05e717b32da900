//! The forms of answers: a value, an error, or both.

use gob::Encode;

use crate::{
    host::{ErrorString, WireError},
    world::AppError,
};

/// A value and Mattermost's own kind of error.
#[derive(Encode)]
pub(super) struct WithError<V> {
    a: V,
    b: Option<WireError>,
}

impl<V: Default> From<Result<V, AppError>> for WithError<V> {
    fn from(result: Result<V, AppError>) -> Self {
        match result {
            Ok(a) => Self { a, b: None },
            Err(e) => Self {
                a: V::default(),
                b: Some(e.into()),
            },
        }
    }
}

/// Mattermost's own kind of error alone.
#[derive(Encode)]
pub(super) struct ErrorAlone {
    a: Option<WireError>,
}

impl From<Result<(), AppError>> for ErrorAlone {
    fn from(result: Result<(), AppError>) -> Self {
        Self {
            a: result.err().map(Into::into),
        }
    }
}

/// A value alone. Such calls cannot fail.
#[derive(Encode)]
pub(super) struct Alone<V> {
    a: V,
}

impl<V: Default> From<Result<V, AppError>> for Alone<V> {
    fn from(result: Result<V, AppError>) -> Self {
        Self {
            a: result.unwrap_or_default(),
        }
    }
}

/// No answer but that it is done. Such calls cannot fail.
#[derive(Encode)]
pub(super) struct Done {}

impl From<Result<(), AppError>> for Done {
    fn from(_: Result<(), AppError>) -> Self {
        Self {}
    }
}

/// Go's `error`, with the types that the server registers.
#[derive(Encode)]
pub(super) enum AnyError {
    #[gob(nil)]
    None,
    #[gob(name = "*plugin.ErrorString")]
    ErrorString(ErrorString),
    #[gob(name = "*model.AppError")]
    AppError(WireError),
}

impl AnyError {
    /// An error without an id is one of Go's own, of which the server keeps the words.
    fn new(error: AppError) -> Self {
        if error.id.is_empty() {
            Self::ErrorString(ErrorString {
                code: 0,
                err: error.message,
            })
        } else {
            Self::AppError(error.into())
        }
    }
}

/// Go's `error` alone.
#[derive(Encode)]
pub(super) struct AnyErrorAlone {
    a: AnyError,
}

impl From<Result<(), AppError>> for AnyErrorAlone {
    fn from(result: Result<(), AppError>) -> Self {
        Self {
            a: result.err().map_or(AnyError::None, AnyError::new),
        }
    }
}

/// A value and Go's `error`.
#[derive(Encode)]
pub(super) struct WithAnyError<V> {
    a: V,
    b: AnyError,
}

impl<V: Default> From<Result<V, AppError>> for WithAnyError<V> {
    fn from(result: Result<V, AppError>) -> Self {
        match result {
            Ok(a) => Self {
                a,
                b: AnyError::None,
            },
            Err(e) => Self {
                a: V::default(),
                b: AnyError::new(e),
            },
        }
    }
}
