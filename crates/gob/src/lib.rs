#![doc = include_str!("../README.md")]
//!
//! # Streams
//!
//! An [`Encoder`] and a [`Decoder`] are the two ends of a gob stream. They do no I/O: one appends to a
//! `Vec<u8>`, the other reads from a slice and says when it needs more. Types take part by `#[derive(Gob)]`.
//!
//! ```
//! use gob::{Decoder, Encoder, Gob};
//!
//! #[derive(Debug, PartialEq, Gob)]
//! struct User<'a> {
//!     id: u64,
//!     #[gob(name = "EMail")]
//!     mail: &'a str,
//!     teams: Vec<String>,
//!     manager: Option<Box<User<'a>>>,
//! }
//!
//! let user = User { id: 7, mail: "ada@example.org", teams: vec!["core".into()], manager: None };
//! let mut bytes = Vec::new();
//! Encoder::new().encode(&user, &mut bytes)?;
//!
//! let mut input = &bytes[..];
//! let read: User<'_> = Decoder::new().decode(&mut input)?.expect("all of it is there");
//! assert_eq!(read, user);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Go's types and ours
//!
//! | Go | Rust |
//! |---|---|
//! | `bool`, `int…`, `uint…`, `float32/64`, `string` | `bool`, `i8…isize`, `u8…usize`, `f32/f64`, `String`, `&str`, `Cow<str>`, [`ByteString`] |
//! | `complex64/128` | [`Complex64`], [`Complex128`] |
//! | `[]byte` | `Vec<u8>`, `&[u8]`, `Cow<[u8]>` |
//! | `[]T`, `[N]T` | `Vec<T>` (`&[T]` to send), `[T; N]` |
//! | `map[K]V` | `HashMap`, `BTreeMap`, [`MapEntries`] |
//! | `struct`, `struct{}` | a struct with the derive, `()` |
//! | `*T` | `Option<T>`, `Option<Box<T>>`; `Box<T>` where it is never nil |
//! | `interface{…}` | [`Value`], `Option<`[`Interface`]`<T>>`, an enum with the derive |
//! | `time.Time`, `url.URL` | [`Time`], [`Url`] |
//! | a `GobEncoder`, `BinaryMarshaler` or `TextMarshaler` | [`GobEncoded`], [`BinaryMarshaled`], [`TextMarshaled`] ([`Owned`] to keep a copy) |
//!
//! Fields match by name. The peer's fields that we lack are skipped, ours that the peer lacks or leaves out are what
//! Go calls zero. As in Go, signed, unsigned and floating numbers do not turn into each other, and a number that does
//! not fit its target is an error that names the field.
//!
//! # The derive
//!
//! `#[derive(Gob)]` is both `#[derive(Encode)]` and `#[derive(Decode)]`. A field's Go name is its own in Pascal
//! case: `user_id` is `UserId`.
//!
//! - On a struct: `#[gob(type_name = "Request")]` is its name on the wire, otherwise its own. On a struct or enum,
//!   `#[gob(crate = "path::to::gob")]` says where this crate is, when it is not `::gob`.
//! - On a field: `#[gob(name = "APIMuxId")]` is its Go name, `#[gob(skip)]` leaves it out (and takes its `Default`).
//! - A tuple struct of one field is that field's type.
//! - An enum is an interface; each variant holds the type that is registered under a name. A variant is chosen by its
//!   `#[gob(name = "…")]` (the whole registered name) or by the name's [last element](last_element), which is the
//!   variant's own name or its `#[gob(last = "…")]`. A variant with `#[gob(nil)]` is the nil interface, one with
//!   `#[gob(other)]` holds an [`Interface<Value>`](Interface) for all other names; an enum needs one of the two.
//!   To be sent, a variant needs its whole name.
//!
//! ```
//! use gob::{Decode, Gob, Interface, Value};
//!
//! #[derive(Gob)]
//! struct ErrorString {
//!     code: i64,
//!     err: String,
//! }
//!
//! /// `*github.com/…/plugin.ErrorString`, whatever the path in between.
//! #[derive(Decode)]
//! enum AnyError {
//!     #[gob(nil)]
//!     None,
//!     ErrorString(ErrorString),
//!     #[gob(other)]
//!     Other(Interface<Value>),
//! }
//! ```
//!
//! # Cost
//!
//! Definitions of our types are encoded once a process. The peer's are compared with those of earlier streams; what was
//! compiled from the same bytes is used again. Every limit is a constant in [`limits`].
#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used))]

mod cache;
mod contents;
mod core;
mod decode;
mod decoder;
mod definition;
mod desc;
mod dynamic;
mod encode;
mod encoder;
mod error;
mod interface;
pub mod limits;
mod map;
mod marshaled;
mod numbers;
mod plan;
mod reader;
mod registry;
mod shape;
mod strings;
mod time;
mod types;
mod value;
mod wire;

pub use gob_derive::{Decode, Encode, Gob};

pub use crate::decode::{Decode, DecodeOwned};
pub use crate::decoder::Decoder;
pub use crate::encode::Encode;
pub use crate::encoder::{Encoder, Writer};
pub use crate::error::{DecodeError, DecodeErrorKind, EncodeError};
pub use crate::interface::{Interface, last_element};
pub use crate::limits::Limits;
pub use crate::map::MapEntries;
pub use crate::marshaled::{BinaryMarshaled, GobEncoded, Owned, TextMarshaled, Url};
pub use crate::numbers::{Complex64, Complex128};
pub use crate::reader::Reader;
pub use crate::strings::ByteString;
pub use crate::time::Time;
pub use crate::types::Marshaler;
pub use crate::value::{Opaque, Struct, Value};

/// The example of the derive's own README, which that crate cannot compile itself.
#[cfg(doctest)]
#[doc = include_str!("../../gob-derive/README.md")]
struct DeriveReadme;

/// What the derive's code uses. No part of the interface.
#[doc(hidden)]
pub mod private {
    pub use crate::contents::unknown_name;
    pub use crate::desc::{Desc, DescFn, FieldDesc, StructDesc};
    pub use crate::plan::Node;
}
