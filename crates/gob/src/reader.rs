//! Reading one value along its plan.

use std::sync::Arc;

use crate::core::Core;
use crate::desc::ANY;
use crate::error::DecodeError;
use crate::plan::{Node, Op, Plan};
use crate::wire::{Uint, get_uint, unfold_float, unfold_int};

/// Where [`Decode`](crate::Decode) reads from: the rest of a message, the plan that says what stands in it, and what the value
/// may still claim.
#[derive(Debug)]
pub struct Reader<'r, 'de> {
    /// What is left of the message.
    pub(crate) buf: &'de [u8],
    /// The input behind the message.
    pub(crate) rest: &'de [u8],
    pub(crate) plan: Arc<Plan>,
    pub(crate) core: &'r mut Core,
    /// How many levels deeper the value may go.
    depth: usize,
    /// How many bytes of memory it may claim, and how many it has.
    pub(crate) budget: usize,
    claimed: usize,
    /// How many bytes of further messages it may still take.
    pub(crate) bytes: usize,
    /// How many definitions were found inside it.
    pub(crate) definitions: usize,
}

/// A struct that is being read: where its steps are and which field was the last.
#[derive(Debug)]
#[doc(hidden)]
pub struct Fields {
    first: u32,
    count: u32,
    last: u32,
}

impl<'r, 'de> Reader<'r, 'de> {
    pub(crate) fn new(
        core: &'r mut Core,
        plan: Arc<Plan>,
        buf: &'de [u8],
        rest: &'de [u8],
    ) -> Self {
        let limits = core.limits();
        Self {
            buf,
            rest,
            plan,
            depth: limits.depth,
            budget: limits
                .slack_bytes
                .saturating_add(buf.len().saturating_mul(limits.amplification))
                .min(limits.decoded_bytes),
            claimed: 0,
            bytes: limits.message_bytes.saturating_sub(buf.len()),
            definitions: 0,
            core,
        }
    }

    /// Reads what stands at the top of a message; returns the input behind it.
    pub(crate) fn top(
        &mut self,
        read: impl FnOnce(&mut Self, Node) -> Result<(), DecodeError>,
    ) -> Result<&'de [u8], DecodeError> {
        self.single()?;
        read(self, self.plan.root)?;
        if self.buf.is_empty() {
            Ok(self.rest)
        } else {
            Err(DecodeError::corrupt(format!(
                "{} bytes are left over behind the value",
                self.buf.len()
            )))
        }
    }

    /// Takes the zero in front of what stands alone and is no struct.
    pub(crate) fn single(&mut self) -> Result<(), DecodeError> {
        if !self.plan.root_is_struct && self.uint()? != 0 {
            return Err(DecodeError::corrupt(
                "the zero in front of a value that is no struct is missing",
            ));
        }
        Ok(())
    }

    #[inline]
    pub(crate) fn op(&self, node: Node) -> Op {
        self.plan.op(node)
    }

    pub(crate) fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    #[inline]
    pub(crate) fn remaining(&self) -> usize {
        self.buf.len()
    }

    #[inline]
    pub(crate) fn uint(&mut self) -> Result<u64, DecodeError> {
        if let [first, rest @ ..] = self.buf
            && *first < 0x80
        {
            self.buf = rest;
            return Ok(u64::from(*first));
        }
        self.uint_long()
    }

    fn uint_long(&mut self) -> Result<u64, DecodeError> {
        match get_uint(self.buf) {
            Uint::Value(x, n) => {
                self.buf = &self.buf[n..];
                Ok(x)
            }
            Uint::Short(_) => Err(early()),
            Uint::Invalid => Err(DecodeError::corrupt("an integer of more than eight bytes")),
        }
    }

    #[inline]
    pub(crate) fn int(&mut self) -> Result<i64, DecodeError> {
        self.uint().map(unfold_int)
    }

    #[inline]
    pub(crate) fn float(&mut self) -> Result<f64, DecodeError> {
        self.uint().map(unfold_float)
    }

    /// A counted run of bytes.
    #[inline]
    pub(crate) fn bytes(&mut self) -> Result<&'de [u8], DecodeError> {
        let len = self.uint()?;
        if len > self.buf.len() as u64 {
            return Err(early());
        }
        let (bytes, rest) = self.buf.split_at(len as usize);
        self.buf = rest;
        Ok(bytes)
    }

    /// A string.
    #[inline]
    pub(crate) fn str(&mut self) -> Result<&'de str, DecodeError> {
        std::str::from_utf8(self.bytes()?)
            .map_err(|_| DecodeError::invalid("the string is not UTF-8"))
    }

    /// Claims memory before it is allocated.
    #[inline]
    pub(crate) fn claim(&mut self, bytes: usize) -> Result<(), DecodeError> {
        match self.claimed.checked_add(bytes) {
            Some(claimed) if claimed <= self.budget => {
                self.claimed = claimed;
                Ok(())
            }
            _ => Err(DecodeError::limit(
                "the value takes too much memory for its length",
            )),
        }
    }

    #[inline]
    pub(crate) fn enter(&mut self) -> Result<(), DecodeError> {
        match self.depth.checked_sub(1) {
            Some(left) => {
                self.depth = left;
                Ok(())
            }
            None => Err(DecodeError::limit(format!(
                "the value nests deeper than {}",
                self.core.limits().depth
            ))),
        }
    }

    #[inline]
    pub(crate) fn leave(&mut self) {
        self.depth += 1;
    }

    /// Begins a struct.
    #[inline]
    #[doc(hidden)]
    pub fn begin_struct(&mut self, node: Node) -> Result<Fields, DecodeError> {
        let Op::Struct { first, count, .. } = self.op(node) else {
            return Err(misplanned());
        };
        self.enter()?;
        Ok(Fields {
            first,
            count,
            last: 0,
        })
    }

    /// The next field of a struct: which of ours, and the node to read it by. `None` ends the struct.
    #[inline]
    #[doc(hidden)]
    pub fn next_field(&mut self, fields: &mut Fields) -> Result<Option<(u32, Node)>, DecodeError> {
        let delta = self.uint()?;
        if delta == 0 {
            self.leave();
            return Ok(None);
        }
        if delta > u64::from(fields.count - fields.last) {
            return Err(DecodeError::corrupt(
                "a field's number is beyond its struct's fields",
            ));
        }
        fields.last += delta as u32;
        let step = self.plan.steps[(fields.first + fields.last - 1) as usize];
        Ok(Some((step.field, step.node)))
    }

    /// Checks a count of elements against what is left, each taking `least` bytes at least.
    #[inline]
    fn count(&mut self, least: u64) -> Result<u64, DecodeError> {
        let count = self.uint()?;
        // Where an interface may stand among the elements, they may go on in further messages.
        if count > self.buf.len() as u64 / least && !self.plan.has_interfaces {
            return Err(DecodeError::corrupt(format!(
                "{count} elements in {} bytes",
                self.buf.len()
            )));
        }
        Ok(count)
    }

    /// Begins a slice: its count and its elements' node.
    #[inline]
    pub(crate) fn begin_slice(&mut self, node: Node) -> Result<(u64, Node), DecodeError> {
        let Op::Slice { elem } = self.op(node) else {
            return Err(misplanned());
        };
        self.enter()?;
        Ok((self.count(1)?, elem))
    }

    /// Begins an array: its elements' node. The count is known to be the one defined.
    pub(crate) fn begin_array(&mut self, node: Node) -> Result<(u64, Node), DecodeError> {
        let Op::Array { elem, len } = self.op(node) else {
            return Err(misplanned());
        };
        self.enter()?;
        let count = self.count(1)?;
        if count != len {
            return Err(DecodeError::corrupt(format!(
                "{count} elements in an array of {len}"
            )));
        }
        Ok((count, elem))
    }

    /// Begins a map: its count and its keys' and elements' nodes.
    #[inline]
    pub(crate) fn begin_map(&mut self, node: Node) -> Result<(u64, Node, Node), DecodeError> {
        let Op::Map { key, elem } = self.op(node) else {
            return Err(misplanned());
        };
        self.enter()?;
        Ok((self.count(2)?, key, elem))
    }

    /// Reads past whatever stands here.
    #[doc(hidden)]
    pub fn skip(&mut self, node: Node) -> Result<(), DecodeError> {
        match self.op(node) {
            Op::Bool | Op::Int | Op::Uint | Op::Float => {
                self.uint()?;
            }
            Op::Complex => {
                self.uint()?;
                self.uint()?;
            }
            Op::Bytes | Op::String | Op::Opaque { .. } => {
                self.bytes()?;
            }
            Op::Interface => {
                if self.interface_name()?.is_some() {
                    self.contents(&ANY, Self::skip)?;
                }
            }
            Op::Array { .. } => {
                let (count, elem) = self.begin_array(node)?;
                self.skip_elements(count, elem)?;
            }
            Op::Slice { .. } => {
                let (count, elem) = self.begin_slice(node)?;
                self.skip_elements(count, elem)?;
            }
            Op::Map { .. } => {
                let (count, key, elem) = self.begin_map(node)?;
                for _ in 0..count {
                    self.skip(key)?;
                    self.skip(elem)?;
                }
                self.leave();
            }
            Op::Struct { .. } => {
                let mut fields = self.begin_struct(node)?;
                while let Some((_, node)) = self.next_field(&mut fields)? {
                    self.skip(node)?;
                }
            }
        }
        Ok(())
    }

    fn skip_elements(&mut self, count: u64, elem: Node) -> Result<(), DecodeError> {
        for _ in 0..count {
            self.skip(elem)?;
        }
        self.leave();
        Ok(())
    }
}

#[cold]
pub(crate) fn early() -> DecodeError {
    DecodeError::corrupt("the message ends within a value")
}

/// Compiling has matched every node with the type that reads it.
#[cold]
pub(crate) fn misplanned() -> DecodeError {
    DecodeError::mismatch("the type does not describe what it reads")
}
