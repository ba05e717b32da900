//! How a Rust type describes itself: made by the derive, constant, free of charge.

use crate::types::Marshaler;

/// A function that gives a type's description. A function rather than a reference, so that recursive
/// types can be described by constants.
pub type DescFn = fn() -> &'static Desc;

/// The description of a Rust type in gob's terms. Pointers do not appear: gob flattens them.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub enum Desc {
    Bool,
    Int,
    Uint,
    Float,
    Complex,
    Bytes,
    String,
    /// An interface value with a registered name.
    Interface,
    /// Anything; on the way out an interface. Only [`Value`](crate::Value).
    Any,
    /// A type that marshals itself.
    Opaque(Marshaler, &'static str),
    Slice(DescFn),
    Array(DescFn, usize),
    Map(DescFn, DescFn),
    Struct(StructDesc),
}

/// The one description of anything, so that plans to skip and to read dynamically are the same.
pub(crate) static ANY: Desc = Desc::Any;

/// The description of a struct.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct StructDesc {
    /// The type's name on the wire.
    pub name: &'static str,
    /// The fields in the order of their numbers.
    pub fields: &'static [FieldDesc],
}

/// The description of a field.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct FieldDesc {
    /// The Go name.
    pub name: &'static str,
    /// The type.
    pub desc: DescFn,
}

impl Desc {
    /// A key for this description. Descriptions are constants: where two share an address they are equal,
    /// and no address is ever used again.
    pub(crate) fn key(&'static self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// What a person would call the type.
    pub(crate) fn label(&self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Uint => "uint",
            Self::Float => "float",
            Self::Complex => "complex",
            Self::Bytes => "[]byte",
            Self::String => "string",
            Self::Interface | Self::Any => "interface",
            Self::Opaque(..) => "a type that marshals itself",
            Self::Slice(_) => "slice",
            Self::Array(..) => "array",
            Self::Map(..) => "map",
            Self::Struct(_) => "struct",
        }
    }
}
