//! What travels: a call's arguments are a struct with the fields A, B and C, and so is its answer.
//!
//! For a plugin [`Api`](super::Api) does all this, but for calls that it has no method for
//! ([`Api::call_raw`](super::Api::call_raw)). A stand-in for the server needs it too, to read arguments and to write answers.
//!
//! | results in Go | here |
//! |---|---|
//! | none | [`Nothing`] |
//! | `*model.AppError`, `error` | [`Done`], [`Done`]`<`[`IncomingError`]`>` |
//! | `bool`, `string`, `[]T`, `[]byte` | [`One`]`<T>` |
//! | `*model.T` | [`One`]`<Option<T>>` |
//! | `*model.T, *model.AppError` | [`OneOf`]`<T>` |
//! | `*model.T, error` | [`OneOf`]`<T, `[`IncomingError`]`>` |
//! | `bool`, `string` or `[]T, *model.AppError` | [`Two`]`<T, Option<`[`AppError`]`>>` |
//! | others | a struct of one's own with the derive, and [`Answer`] for it |
//!
//! A pointer among the arguments is the value itself, or an `Option` of it where it may be nil; `int` and `int64` are `i64`;
//! `map[string]any` is [`Props`](crate::model::Props). [`gob`] has the whole table. Types have no names on this wire, fields have.

use gob::Gob;

use crate::error::{ApiError, AppError, IncomingError};

/// One argument or result.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob)]
pub struct One<A> {
    /// The first.
    pub a: A,
}

/// Two arguments or results. Of results the second is the error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob)]
pub struct Two<A, B> {
    /// The first.
    pub a: A,
    /// The second.
    pub b: B,
}

/// Three arguments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob)]
pub struct Three<A, B, C> {
    /// The first.
    pub a: A,
    /// The second.
    pub b: B,
    /// The third.
    pub c: C,
}

/// The answer of a call that only succeeds or fails.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob)]
pub struct Done<E = Option<AppError>> {
    /// Why it failed.
    pub a: E,
}

/// The answer of a call that says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Gob)]
pub struct Nothing {}

/// A pointer to a value, or an error.
pub type OneOf<T, E = Option<AppError>> = Two<Option<T>, E>;

/// An error as an answer holds it.
pub trait Failure {
    /// The error, if there is one.
    fn into_error(self) -> Option<ApiError>;
}

impl Failure for Option<AppError> {
    fn into_error(self) -> Option<ApiError> {
        self.map(|error| ApiError::App(Box::new(error)))
    }
}

impl Failure for IncomingError {
    fn into_error(self) -> Option<ApiError> {
        Self::into_error(self)
    }
}

/// An answer, and what a caller makes of it.
///
/// ```
/// use mattermost_plugin::{
///     api::wire::{Answer, Failure},
///     error::{ApiError, AppError},
///     gob::Decode,
/// };
///
/// /// Of a call with the results `(int64, bool, *model.AppError)`.
/// #[derive(Decode)]
/// #[gob(crate = "mattermost_plugin::gob")]
/// struct Counted {
///     a: i64,
///     b: bool,
///     c: Option<AppError>,
/// }
///
/// impl Answer for Counted {
///     type Value = (i64, bool);
///
///     fn into_value(self, _: &'static str) -> Result<Self::Value, ApiError> {
///         self.c.into_error().map_or(Ok((self.a, self.b)), Err)
///     }
/// }
/// ```
pub trait Answer {
    /// What the call is for.
    type Value;

    /// The value, unless the answer is an error. `method` is the call's name, for the error.
    ///
    /// # Errors
    /// The server's error, or [`ApiError::Empty`] when it gave nothing at all.
    fn into_value(self, method: &'static str) -> Result<Self::Value, ApiError>;
}

impl Answer for Nothing {
    type Value = ();

    fn into_value(self, _: &'static str) -> Result<(), ApiError> {
        Ok(())
    }
}

impl<E: Failure> Answer for Done<E> {
    type Value = ();

    fn into_value(self, _: &'static str) -> Result<(), ApiError> {
        self.a.into_error().map_or(Ok(()), Err)
    }
}

impl<T> Answer for One<Option<T>> {
    type Value = T;

    fn into_value(self, method: &'static str) -> Result<T, ApiError> {
        self.a.ok_or(ApiError::Empty { method })
    }
}

impl<T, E: Failure> Answer for Two<Option<T>, E> {
    type Value = T;

    fn into_value(self, method: &'static str) -> Result<T, ApiError> {
        match self.b.into_error() {
            Some(e) => Err(e),
            None => self.a.ok_or(ApiError::Empty { method }),
        }
    }
}

/// Types that are a value of their own, where nothing sent means the empty one.
macro_rules! plain {
    ($([$($generics:tt)*] $type:ty;)*) => {$(
        impl<$($generics)*> Answer for One<$type> {
            type Value = $type;

            fn into_value(self, _: &'static str) -> Result<$type, ApiError> {
                Ok(self.a)
            }
        }

        impl<$($generics)* E: Failure> Answer for Two<$type, E> {
            type Value = $type;

            fn into_value(self, _: &'static str) -> Result<$type, ApiError> {
                self.b.into_error().map_or(Ok(self.a), Err)
            }
        }
    )*};
}

plain! {
    [] bool;
    [] String;
    [T,] Vec<T>;
}
