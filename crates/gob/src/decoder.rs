//! The receiving end of a stream.

use crate::core::Core;
use crate::decode::Decode;
use crate::desc::{ANY, Desc};
use crate::error::DecodeError;
use crate::limits::{Limits, MAX_RESCANS};
use crate::plan::Node;
use crate::reader::Reader;
use crate::wire::{Uint, get_uint, unfold_int};

/// The receiving end of one gob stream: knows the types that the other end has defined on it.
///
/// It reads from bytes that the caller holds, and keeps none of them but unfinished definitions. One decoder
/// belongs to one stream, from its first byte on.
///
/// Bytes arrive in pieces: what is not used up stays with the caller, and is there again at the next call.
///
/// ```
/// use gob::{DecodeError, Decoder};
/// # use gob::Encoder;
///
/// # let mut stream = Vec::new();
/// # let mut encoder = Encoder::new();
/// # encoder.encode("one", &mut stream).unwrap();
/// # encoder.encode("two", &mut stream).unwrap();
/// let mut decoder = Decoder::new();
/// let mut held = Vec::new();
/// let mut words = Vec::new();
/// for piece in stream.chunks(3) {
///     held.extend_from_slice(piece);
///     let mut input = &held[..];
///     while let Some(word) = decoder.decode::<String>(&mut input)? {
///         words.push(word);
///     }
///     let used = held.len() - input.len();
///     held.drain(..used);
/// }
/// assert_eq!(words, ["one", "two"]);
/// # Ok::<(), DecodeError>(())
/// ```
#[derive(Debug)]
pub struct Decoder {
    core: Core,
    /// Definition messages that came without the value they belong to.
    pending: Vec<u8>,
    /// How many more bytes there must be before it is worth looking again.
    more: usize,
    /// How long the unfinished value at the front must have become before it is worth looking again.
    unfinished: usize,
    /// Bytes of it gone through in vain.
    rescanned: usize,
    broken: Option<DecodeError>,
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

/// A value's first message.
#[derive(Clone, Copy)]
struct Start<'de> {
    id: i64,
    body: &'de [u8],
    rest: &'de [u8],
}

impl Decoder {
    /// The decoder of a new stream, with the usual limits.
    #[must_use]
    pub fn new() -> Self {
        Self::with_limits(Limits::default())
    }

    /// The decoder of a new stream, with limits of its own.
    #[must_use]
    pub fn with_limits(limits: Limits) -> Self {
        Self {
            core: Core::new(limits),
            pending: Vec::new(),
            more: 0,
            unfinished: 0,
            rescanned: 0,
            broken: None,
        }
    }

    /// The next whole value at the front of `input`, which is advanced past it.
    ///
    /// `Ok(None)` says that more bytes are needed. The input may have been advanced past whole definitions even
    /// so: call again with what is left of it and more bytes behind.
    ///
    /// # Errors
    /// Unless [`DecodeError::is_fatal`], the value was read past and the stream goes on behind it. After a fatal
    /// error every call returns that error.
    #[inline]
    pub fn decode<'de, T: Decode<'de>>(
        &mut self,
        input: &mut &'de [u8],
    ) -> Result<Option<T>, DecodeError> {
        let mut value = T::zero();
        let read = |r: &mut Reader<'_, 'de>, node| value.read(r, node);
        Ok(self.value(input, T::desc(), read)?.then_some(value))
    }

    /// Reads past the next value, of whatever type.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    pub fn skip(&mut self, input: &mut &[u8]) -> Result<Option<()>, DecodeError> {
        Ok(self
            .value(input, &ANY, |r, node| r.skip(node))?
            .then_some(()))
    }

    /// After `Ok(None)`: how many bytes more are needed at the least. A message's length counts as soon as it is
    /// there, so that a reader can make room for all of it at once.
    #[must_use]
    pub fn missing(&self) -> usize {
        self.more
    }

    fn value<'de>(
        &mut self,
        input: &mut &'de [u8],
        ours: &'static Desc,
        read: impl FnOnce(&mut Reader<'_, 'de>, Node) -> Result<(), DecodeError>,
    ) -> Result<bool, DecodeError> {
        let Some(start) = self.begin(input)? else {
            return Ok(false);
        };
        let mark = self.core.mark();
        self.unfinished = 0;
        let result = match self.core.plan(start.id, ours) {
            Ok(plan) => Reader::new(&mut self.core, plan, start.body, start.rest).top(read),
            Err(e) => Err(e),
        };
        match result {
            Ok(rest) => {
                *input = rest;
                self.rescanned = 0;
                Ok(true)
            }
            Err(e) => {
                self.core.rewind(mark);
                self.recover(input, start, e)
            }
        }
    }

    /// Takes in definitions up to the next value, and finds that one's first message.
    fn begin<'de>(&mut self, input: &mut &'de [u8]) -> Result<Option<Start<'de>>, DecodeError> {
        if let Some(e) = &self.broken {
            return Err(e.clone());
        }
        if input.len() < self.unfinished {
            self.more = self.unfinished - input.len();
            return Ok(None);
        }
        self.more = 0;
        let (front, mut ahead) = (*input, *input);
        loop {
            let unread = ahead;
            let (len, n) = match get_uint(ahead) {
                Uint::Value(len, n) => (len, n),
                Uint::Short(n) => {
                    let more = n - ahead.len();
                    return self.wait(input, front.len() - unread.len(), more);
                }
                Uint::Invalid => {
                    return Err(self.fail(DecodeError::corrupt("a message of invalid length")));
                }
            };
            let limit = self.core.limits().message_bytes;
            if len > limit as u64 {
                return Err(self.fail(DecodeError::limit(format!(
                    "a message of {len} bytes; {limit} are allowed"
                ))));
            }
            let len = len as usize;
            let Some((message, rest)) = ahead[n..].split_at_checked(len) else {
                return self.wait(input, front.len() - unread.len(), n + len - ahead.len());
            };
            let Uint::Value(folded, n) = get_uint(message) else {
                return Err(self.fail(DecodeError::corrupt("a message without a type id")));
            };
            let id = unfold_int(folded);
            if id < 0 {
                ahead = rest;
                continue;
            }
            let definitions = &front[..front.len() - unread.len()];
            self.define(definitions).map_err(|e| self.fail(e))?;
            *input = unread;
            return Ok(Some(Start {
                id,
                body: &message[n..],
                rest,
            }));
        }
    }

    /// Keeps the definitions at the front until their value is there.
    fn wait<T>(
        &mut self,
        input: &mut &[u8],
        definitions: usize,
        more: usize,
    ) -> Result<Option<T>, DecodeError> {
        let (definitions, rest) = input.split_at(definitions);
        self.pending.extend_from_slice(definitions);
        *input = rest;
        self.more = more;
        if self.pending.len() + self.core.definition_bytes() > self.core.limits().definition_bytes {
            let limit = self.core.limits().definition_bytes;
            return Err(self.fail(DecodeError::limit(format!(
                "more than {limit} bytes of type definitions"
            ))));
        }
        Ok(None)
    }

    fn define(&mut self, definitions: &[u8]) -> Result<(), DecodeError> {
        if self.pending.is_empty() {
            if definitions.is_empty() {
                return Ok(());
            }
            return self.core.define_messages(definitions);
        }
        self.pending.extend_from_slice(definitions);
        let pending = std::mem::take(&mut self.pending);
        self.core.define_messages(&pending)
    }

    /// After a value could not be read: wait for more of it, read past it, or give up the stream.
    #[cold]
    fn recover<'de>(
        &mut self,
        input: &mut &'de [u8],
        start: Start<'de>,
        error: DecodeError,
    ) -> Result<bool, DecodeError> {
        if let Some(more) = error.is_incomplete() {
            return self.wait_for_rest(input, more);
        }
        let mark = self.core.mark();
        let result = match self.core.plan(start.id, &ANY) {
            Ok(plan) => Reader::new(&mut self.core, plan, start.body, start.rest)
                .top(|r, node| r.skip(node)),
            Err(e) => Err(e),
        };
        match result {
            Ok(rest) => {
                *input = rest;
                self.rescanned = 0;
                Err(error)
            }
            Err(e) => {
                self.core.rewind(mark);
                match e.is_incomplete() {
                    Some(more) => self.wait_for_rest(input, more),
                    None => Err(self.fail(error)),
                }
            }
        }
    }

    fn wait_for_rest(&mut self, input: &[u8], more: usize) -> Result<bool, DecodeError> {
        self.rescanned = self.rescanned.saturating_add(input.len());
        if self.rescanned / MAX_RESCANS > self.core.limits().message_bytes {
            return Err(self.fail(DecodeError::limit("a value comes in too many pieces")));
        }
        self.more = more;
        self.unfinished = input.len() + more;
        Ok(false)
    }

    #[cold]
    fn fail(&mut self, error: DecodeError) -> DecodeError {
        let error = error.fatal();
        self.broken = Some(error.clone());
        error
    }
}
