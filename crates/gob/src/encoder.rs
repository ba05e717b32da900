//! The sending end of a stream.

use crate::desc::Desc;
use crate::dynamic::Dynamic;
use crate::encode::Encode;
use crate::error::EncodeError;
use crate::limits::{MAX_DEPTH, MAX_MESSAGE_BYTES, MAX_NAME_BYTES};
use crate::registry::{self, IdSet, Root};
use crate::wire::{begin_length, end_length, fold_float, fold_int, put_bytes, put_int, put_uint};

/// The sending end of one gob stream: remembers which type definitions the other end has seen.
///
/// One encoder belongs to one stream, from its first byte on.
///
/// ```
/// use gob::{Encode, Encoder};
///
/// #[derive(Encode)]
/// struct Point {
///     x: i64,
///     y: i64,
/// }
///
/// let mut encoder = Encoder::new();
/// let mut bytes = Vec::new();
/// encoder.encode(&Point { x: 22, y: 33 }, &mut bytes)?;
/// let first = bytes.len();
/// encoder.encode(&Point { x: 22, y: 33 }, &mut bytes)?;
/// // The definition of the type went ahead of the first value alone.
/// assert!(bytes.len() - first < first);
/// # Ok::<(), gob::EncodeError>(())
/// ```
#[derive(Debug, Default)]
pub struct Encoder {
    stream: Stream,
}

/// What an encoder knows of its stream.
#[derive(Debug, Default)]
pub(crate) struct Stream {
    /// The process's types that the other end has seen.
    sent: IdSet,
    /// The roots asked for on this stream, by the key of their description.
    roots: Vec<(usize, &'static Root)>,
    /// Types made at run time, which few streams carry.
    dynamic: Option<Box<Dynamic>>,
    /// Definitions found necessary while the current value was written; they go in front of it.
    pub(crate) definitions: Vec<u8>,
}

impl Stream {
    fn root(&mut self, desc: &'static Desc) -> Result<&'static Root, EncodeError> {
        let key = desc.key();
        if let Some((_, root)) = self.roots.iter().find(|(known, _)| *known == key) {
            return Ok(root);
        }
        let root = registry::root(desc)?;
        self.roots.push((key, root));
        Ok(root)
    }

    pub(crate) fn dynamic(&mut self) -> (&mut Dynamic, &mut Vec<u8>) {
        let dynamic = self.dynamic.get_or_insert_default();
        (dynamic, &mut self.definitions)
    }
}

impl Encoder {
    /// The encoder of a new stream.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a value to `out`, after the definitions of those of its types that this stream has not seen.
    ///
    /// What is appended must reach the peer, in order. On an error nothing is appended and the stream is
    /// as it was.
    ///
    /// # Errors
    /// [`EncodeError`] when Go could not represent the value, or it exceeds a limit.
    pub fn encode<T: Encode + ?Sized>(
        &mut self,
        value: &T,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        let start = out.len();
        let sent = self.stream.sent.clone();
        let dynamic = self.stream.dynamic.as_ref().map(|dynamic| dynamic.mark());
        let result = self.message(value, out);
        if result.is_err() {
            out.truncate(start);
            self.stream.sent = sent;
            self.stream.definitions.clear();
            match (dynamic, &mut self.stream.dynamic) {
                (Some(mark), Some(dynamic)) => dynamic.rewind(mark),
                (_, new) => *new = None,
            }
        }
        result
    }

    fn message<T: Encode + ?Sized>(
        &mut self,
        value: &T,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        let at;
        let mut w = Writer {
            out,
            stream: &mut self.stream,
            depth: 0,
            error: None,
        };
        if let Some(value) = value.as_dynamic() {
            at = begin_length(w.out);
            value.write_concrete(None, &mut w, |_| ());
        } else {
            let root = w.stream.root(T::desc())?;
            root.define(&mut w.stream.sent, w.out);
            at = begin_length(w.out);
            w.out.extend_from_slice(&root.head);
            value.write(&mut w);
        }
        if let Some(error) = w.error {
            return Err(error);
        }
        if end_length(out, at) > MAX_MESSAGE_BYTES {
            return Err(EncodeError::TooLong);
        }
        if !self.stream.definitions.is_empty() {
            out.splice(at..at, self.stream.definitions.drain(..));
        }
        Ok(())
    }
}

/// Where [`Encode`] writes to. Errors are kept until the message is complete, so that writing has no branches for them.
#[derive(Debug)]
pub struct Writer<'w> {
    pub(crate) out: &'w mut Vec<u8>,
    pub(crate) stream: &'w mut Stream,
    depth: usize,
    error: Option<EncodeError>,
}

/// A struct that is being written: which field was the last.
#[derive(Debug)]
#[doc(hidden)]
pub struct Fields {
    last: u64,
}

impl Writer<'_> {
    #[cold]
    pub(crate) fn fail(&mut self, error: EncodeError) {
        self.error.get_or_insert(error);
    }

    #[inline]
    pub(crate) fn uint(&mut self, x: u64) {
        put_uint(self.out, x);
    }

    #[inline]
    pub(crate) fn int(&mut self, i: i64) {
        put_uint(self.out, fold_int(i));
    }

    #[inline]
    pub(crate) fn float(&mut self, f: f64) {
        put_uint(self.out, fold_float(f));
    }

    #[inline]
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        put_bytes(self.out, bytes);
    }

    /// One level deeper; whether that is allowed.
    #[inline]
    pub(crate) fn enter(&mut self) -> bool {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.fail(EncodeError::TooDeep);
            return false;
        }
        // After an error nothing written counts: stop early.
        self.error.is_none()
    }

    #[inline]
    pub(crate) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Begins a struct; `None` when it may not be written.
    #[inline]
    #[doc(hidden)]
    pub fn begin_struct(&mut self) -> Option<Fields> {
        if self.enter() {
            Some(Fields { last: 0 })
        } else {
            self.leave();
            None
        }
    }

    /// Writes the field with this number, counted from one, unless Go would omit it.
    #[inline]
    #[doc(hidden)]
    pub fn field<T: Encode + ?Sized>(&mut self, fields: &mut Fields, number: u64, value: &T) {
        if !value.is_zero() {
            self.uint(number - fields.last);
            fields.last = number;
            value.write(self);
        }
    }

    /// Ends a struct.
    #[inline]
    #[doc(hidden)]
    pub fn end_struct(&mut self) {
        self.out.push(0);
        self.leave();
    }

    /// Writes a nil interface.
    #[doc(hidden)]
    pub fn nil_interface(&mut self) {
        self.out.push(0);
    }

    /// Writes an interface that holds `value` under a registered name.
    #[doc(hidden)]
    pub fn interface<T: Encode + ?Sized>(&mut self, name: &str, value: &T) {
        if name.is_empty() || name.len() > MAX_NAME_BYTES {
            return self.fail(EncodeError::BadName);
        }
        if self.enter() {
            self.bytes(name.as_bytes());
            if let Some(value) = value.as_dynamic() {
                let mut at = 0;
                value.write_concrete(Some(name), self, |out| at = begin_length(out));
                end_length(self.out, at);
            } else {
                self.contents(value);
            }
        }
        self.leave();
    }

    fn contents<T: Encode + ?Sized>(&mut self, value: &T) {
        let root = match self.stream.root(T::desc()) {
            Ok(root) => root,
            Err(error) => return self.fail(error),
        };
        // Go breaks the message in two to put definitions between; in front of it they do as well,
        // and a Go decoder that skips the interface keeps them.
        root.define(&mut self.stream.sent, &mut self.stream.definitions);
        put_int(self.out, root.id);
        let at = begin_length(self.out);
        if !matches!(T::desc(), Desc::Struct(_)) {
            self.out.push(0);
        }
        value.write(self);
        end_length(self.out, at);
    }
}
