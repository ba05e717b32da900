//! Interfaces: a name, the definitions of types not seen before, and the value. The definitions may break a message
//! in pieces, and a value in several messages.

use crate::core::defined_id;
use crate::decode::Decode;
use crate::definition::get_wire_type;
use crate::desc::Desc;
use crate::error::{DecodeError, DecodeErrorKind};
use crate::limits::MAX_NAME_BYTES;
use crate::plan::Node;
use crate::reader::{Reader, early};
use crate::wire::{Uint, get_uint};

impl<'de> Reader<'_, 'de> {
    /// The registered name of an interface's contents, or `None` for a nil interface, which has none.
    #[doc(hidden)]
    pub fn interface_name(&mut self) -> Result<Option<&'de str>, DecodeError> {
        let name = self.bytes()?;
        if name.len() > MAX_NAME_BYTES {
            return Err(DecodeError::limit(format!(
                "a registered name of {} bytes",
                name.len()
            )));
        }
        match std::str::from_utf8(name) {
            Ok("") => Ok(None),
            Ok(name) => Ok(Some(name)),
            Err(_) => Err(DecodeError::invalid("a registered name is not UTF-8")),
        }
    }

    /// Whether a nil interface comes next.
    #[doc(hidden)]
    pub fn at_nil_interface(&self) -> bool {
        self.buf.first() == Some(&0)
    }

    /// Reads an interface's contents, behind their name.
    #[doc(hidden)]
    pub fn interface_contents<T: Decode<'de>>(&mut self, value: &mut T) -> Result<(), DecodeError> {
        self.contents(T::desc(), |r, node| value.read(r, node))
    }

    pub(crate) fn contents(
        &mut self,
        ours: &'static Desc,
        read: impl FnOnce(&mut Self, Node) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        self.enter()?;
        let id = self.type_sequence()?;
        let len = self.uint()?;
        if len > self.buf.len() as u64 {
            return Err(early());
        }
        let (before, definitions) = (self.buf.len(), self.definitions);
        let plan = self.core.plan(id, ours)?;
        let outer = std::mem::replace(&mut self.plan, plan);
        self.single()?;
        read(self, self.plan.root)?;
        self.plan = outer;
        // Definitions inside break the contents into pieces of their own lengths.
        if definitions == self.definitions && before - self.buf.len() != len as usize {
            return Err(DecodeError::corrupt(
                "an interface's contents are not as long as announced",
            ));
        }
        self.leave();
        Ok(())
    }

    /// The definitions in front of an interface's contents, and the id of their type.
    fn type_sequence(&mut self) -> Result<i64, DecodeError> {
        loop {
            if self.buf.is_empty() {
                self.next_message()?;
            }
            let id = self.int()?;
            if id >= 0 {
                return Ok(id);
            }
            let before = self.buf.len();
            let wire_type = get_wire_type(&mut self.buf, self.core.limits())?;
            self.core
                .define(defined_id(id)?, wire_type, before - self.buf.len())?;
            self.definitions += 1;
            // Go on in the next message, or in the next piece of this one, whose length does not matter here.
            if !self.buf.is_empty() {
                self.uint()?;
            }
        }
    }

    /// A value whose interfaces hold types not seen before goes on in further messages.
    fn next_message(&mut self) -> Result<(), DecodeError> {
        let (len, n) = match get_uint(self.rest) {
            Uint::Value(len, n) => (len, n),
            Uint::Short(n) => return Err(DecodeError::incomplete(n - self.rest.len())),
            Uint::Invalid => return Err(DecodeError::corrupt("a message of invalid length")),
        };
        if len > self.bytes as u64 {
            return Err(DecodeError::limit(format!(
                "a value of more than {} bytes over several messages",
                self.core.limits().message_bytes
            )));
        }
        let len = len as usize;
        let Some((message, rest)) = self.rest[n..].split_at_checked(len) else {
            return Err(DecodeError::incomplete(n + len - self.rest.len()));
        };
        self.bytes -= len;
        self.budget = self
            .budget
            .saturating_add(len.saturating_mul(self.core.limits().amplification))
            .min(self.core.limits().decoded_bytes);
        (self.buf, self.rest) = (message, rest);
        Ok(())
    }
}

/// For what the peer's definitions allow and the target type does not.
#[cold]
#[doc(hidden)]
pub fn unknown_name(name: &str) -> DecodeError {
    DecodeError::new(
        DecodeErrorKind::UnknownName,
        format!("nothing here is registered as {name:?}"),
    )
}
