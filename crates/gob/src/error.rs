//! What can go wrong, split by whose fault it is.

use std::fmt;

/// Why a value could not be encoded. The fault is the caller's; the stream is as it was before.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeError {
    /// `None` where Go needs a value: an element of a slice, array or map, or the top of a message.
    Nil,
    /// The message would be longer than [`MAX_MESSAGE_BYTES`](crate::limits::MAX_MESSAGE_BYTES).
    TooLong,
    /// The value nests deeper than [`MAX_DEPTH`](crate::limits::MAX_DEPTH).
    TooDeep,
    /// More types than [`MAX_DYNAMIC_TYPES`](crate::limits::MAX_DYNAMIC_TYPES), or too many Rust types in one process.
    TooManyTypes,
    /// A value in an interface has no name that Go would know it by: wrap it in an
    /// [`Interface`](crate::Interface) with its registered name.
    Unnamed,
    /// The name of an interface's contents is empty or longer than
    /// [`MAX_NAME_BYTES`](crate::limits::MAX_NAME_BYTES).
    BadName,
    /// An interface that holds an interface, which Go cannot have.
    Nested,
    /// The elements of a dynamic slice, array or map are of different types.
    Mixed,
    /// A time whose offset Go cannot represent.
    BadTime,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nil => "gob: a nil pointer cannot stand as an element or at the top",
            Self::TooLong => "gob: the message is too long",
            Self::TooDeep => "gob: the value nests too deep",
            Self::TooManyTypes => "gob: too many types on one stream",
            Self::Unnamed => "gob: the contents of an interface need a registered name",
            Self::BadName => "gob: the registered name is empty or too long",
            Self::Nested => "gob: an interface cannot hold an interface",
            Self::Mixed => "gob: the elements of a dynamic value are of different types",
            Self::BadTime => "gob: the time's offset cannot be represented",
        })
    }
}

impl std::error::Error for EncodeError {}

/// The kinds of [`DecodeError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The peer's type cannot be read into ours.
    Mismatch,
    /// A number does not fit, a string is not UTF-8, a marshalled value is not what it should be.
    Invalid,
    /// The contents of an interface are registered under a name that the target does not know.
    UnknownName,
    /// One of the [`Limits`](crate::Limits) was exceeded.
    Limit,
    /// The bytes are not a gob stream.
    Corrupt,
}

/// Why a value could not be decoded.
///
/// Unless [`is_fatal`](Self::is_fatal), the value was skipped whole and the stream goes on.
///
/// ```
/// use gob::{DecodeErrorKind, Decoder, Encoder, Gob};
///
/// #[derive(Gob)]
/// struct Big {
///     count: u64,
/// }
///
/// #[derive(Debug, Gob)]
/// struct Small {
///     count: u8,
/// }
///
/// let mut bytes = Vec::new();
/// Encoder::new().encode(&Big { count: 300 }, &mut bytes)?;
/// let error = Decoder::new().decode::<Small>(&mut &bytes[..]).unwrap_err();
/// assert_eq!((error.kind(), error.path()), (DecodeErrorKind::Invalid, "Count"));
/// assert!(!error.is_fatal());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct DecodeError(Box<Inner>);

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    kind: Option<DecodeErrorKind>,
    message: String,
    path: String,
    fatal: bool,
    more: usize,
}

impl DecodeError {
    #[cold]
    pub(crate) fn new(kind: DecodeErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind: Some(kind),
            message: message.into(),
            path: String::new(),
            fatal: false,
            more: 0,
        }))
    }

    #[cold]
    pub(crate) fn corrupt(message: impl Into<String>) -> Self {
        Self::new(DecodeErrorKind::Corrupt, message)
    }

    #[cold]
    pub(crate) fn limit(message: impl Into<String>) -> Self {
        Self::new(DecodeErrorKind::Limit, message)
    }

    #[cold]
    pub(crate) fn mismatch(message: impl Into<String>) -> Self {
        Self::new(DecodeErrorKind::Mismatch, message)
    }

    #[cold]
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(DecodeErrorKind::Invalid, message)
    }

    /// Not an error: the value goes on in a message that needs `more` bytes to be complete.
    #[cold]
    pub(crate) fn incomplete(more: usize) -> Self {
        let mut e = Self::corrupt("the value is incomplete");
        e.0.kind = None;
        e.0.more = more;
        e
    }

    pub(crate) fn is_incomplete(&self) -> Option<usize> {
        self.0.kind.is_none().then_some(self.0.more)
    }

    #[cold]
    pub(crate) fn fatal(mut self) -> Self {
        self.0.fatal = true;
        self
    }

    /// The same error, one field further up.
    #[cold]
    #[doc(hidden)]
    #[must_use]
    pub fn in_field(mut self, name: &str) -> Self {
        let dot = if self.0.path.is_empty() || self.0.path.starts_with('[') {
            ""
        } else {
            "."
        };
        self.0.path.insert_str(0, dot);
        self.0.path.insert_str(0, name);
        self
    }

    #[cold]
    pub(crate) fn in_element(mut self, index: usize) -> Self {
        let dot = if self.0.path.is_empty() || self.0.path.starts_with('[') {
            ""
        } else {
            "."
        };
        self.0.path.insert_str(0, &format!("[{index}]{dot}"));
        self
    }

    /// Whether nothing more can be read from the stream. Otherwise the value alone is lost.
    #[must_use]
    pub fn is_fatal(&self) -> bool {
        self.0.fatal
    }

    /// What kind of error this is.
    #[must_use]
    pub fn kind(&self) -> DecodeErrorKind {
        self.0.kind.unwrap_or(DecodeErrorKind::Corrupt)
    }

    /// The field at fault by its Go names, as in `Request.Header[2]`; empty when no field is.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("gob: ")?;
        if !self.0.path.is_empty() {
            write!(f, "{}: ", self.0.path)?;
        }
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodeError")
            .field("kind", &self.kind())
            .field("path", &self.0.path)
            .field("message", &self.0.message)
            .field("fatal", &self.0.fatal)
            .finish()
    }
}

impl std::error::Error for DecodeError {}
