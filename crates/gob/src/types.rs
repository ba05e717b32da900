//! Types as they travel on the wire, and how ours are defined.
//!
//! A definition is the message `int(-id) wireType`, and a wireType a struct of seven pointers of which one
//! is set. See "Encoding Details" in the documentation of Go's `encoding/gob`.

use std::collections::HashMap;
use std::sync::Arc;

use crate::wire::{begin_length, end_length, put_bytes, put_int, put_uint};

/// The ids that both sides know without a definition.
pub(crate) mod id {
    pub(crate) const BOOL: i64 = 1;
    pub(crate) const INT: i64 = 2;
    pub(crate) const UINT: i64 = 3;
    pub(crate) const FLOAT: i64 = 4;
    pub(crate) const BYTES: i64 = 5;
    pub(crate) const STRING: i64 = 6;
    pub(crate) const COMPLEX: i64 = 7;
    pub(crate) const INTERFACE: i64 = 8;
    /// The first that a peer may define.
    pub(crate) const FIRST_USER: i64 = 64;
    /// Go keeps ids in 32 bits.
    pub(crate) const LAST_USER: i64 = i32::MAX as i64;
}

/// By which of Go's interfaces a type marshals itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Marshaler {
    /// `gob.GobEncoder`, as `time.Time` does.
    Gob,
    /// `encoding.BinaryMarshaler`, as `*url.URL` does.
    Binary,
    /// `encoding.TextMarshaler`. Go reads such definitions but no longer sends them.
    Text,
}

/// A defined type, its name and what it refers to by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WireType {
    pub(crate) name: Box<str>,
    pub(crate) kind: WireKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WireKind {
    Array { elem: i64, len: u64 },
    Slice { elem: i64 },
    Struct { fields: Box<[(Box<str>, i64)]> },
    Map { key: i64, elem: i64 },
    Opaque(Marshaler),
}

/// What a peer has defined, by id.
pub(crate) type Types = HashMap<i64, Arc<WireType>>;

/// Appends the definition of a type as a message.
pub(crate) fn put_definition<'a>(
    out: &mut Vec<u8>,
    id: i64,
    name: &str,
    kind: &WireKind,
    fields: impl ExactSizeIterator<Item = (&'a str, i64)>,
) {
    let at = begin_length(out);
    put_int(out, -id);
    let number = match kind {
        WireKind::Array { .. } => 1,
        WireKind::Slice { .. } => 2,
        WireKind::Struct { .. } => 3,
        WireKind::Map { .. } => 4,
        WireKind::Opaque(Marshaler::Gob) => 5,
        WireKind::Opaque(Marshaler::Binary) => 6,
        WireKind::Opaque(Marshaler::Text) => 7,
    };
    // The wireType's field, then its CommonType: field 0 of every alternative.
    out.extend_from_slice(&[number, 1]);
    if name.is_empty() {
        out.push(2);
    } else {
        out.push(1);
        put_bytes(out, name.as_bytes());
        out.push(1);
    }
    put_int(out, id);
    out.push(0);
    match *kind {
        WireKind::Array { elem, len } => {
            out.push(1);
            put_int(out, elem);
            if len != 0 {
                out.push(1);
                put_int(out, len as i64);
            }
        }
        WireKind::Slice { elem } => {
            out.push(1);
            put_int(out, elem);
        }
        WireKind::Map { key, elem } => {
            out.push(1);
            put_int(out, key);
            out.push(1);
            put_int(out, elem);
        }
        WireKind::Struct { .. } => {
            if fields.len() > 0 {
                out.push(1);
                put_uint(out, fields.len() as u64);
                for (name, id) in fields {
                    out.push(1);
                    put_bytes(out, name.as_bytes());
                    out.push(1);
                    put_int(out, id);
                    out.push(0);
                }
            }
        }
        WireKind::Opaque(_) => {}
    }
    out.extend_from_slice(&[0, 0]);
    end_length(out, at);
}
