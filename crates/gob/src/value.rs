//! Values whose type is known at run time only.

use crate::decode::{Decode, push, reserve};
use crate::desc::{ANY, Desc};
use crate::error::DecodeError;
use crate::interface::Interface;
use crate::numbers::Complex128;
use crate::plan::{Node, Op};
use crate::reader::Reader;
use crate::types::{Marshaler, WireKind};

/// Any gob value.
///
/// As a field or element it is Go's `interface{}`: it reads an interface (or any other type), and writes one.
/// At the top of a message it stands for itself.
///
/// What is written need not be an [`Interface`](Self::Interface) where one is wanted, if Go registers the type by
/// itself: a number, string, byte slice, a slice of those, `[]interface {}` or `map[string]interface {}`.
///
/// These are all kinds that gob has.
///
/// ```
/// use gob::{Decoder, Encoder, Gob, Value};
///
/// #[derive(Gob)]
/// struct Call {
///     from: String,
///     seconds: i64,
/// }
///
/// let mut bytes = Vec::new();
/// Encoder::new().encode(&Call { from: "0240404040".into(), seconds: 12 }, &mut bytes)?;
///
/// // Of a type that is not known here.
/// let value: Value = Decoder::new().decode(&mut &bytes[..])?.expect("all of it is there");
/// assert_eq!(value.get("Seconds").and_then(Value::as_i64), Some(12));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// A nil interface.
    #[default]
    Nil,
    /// `bool`.
    Bool(bool),
    /// Any signed integer.
    Int(i64),
    /// Any unsigned integer.
    Uint(u64),
    /// Any float.
    Float(f64),
    /// Any complex number.
    Complex(Complex128),
    /// `[]byte`.
    Bytes(Vec<u8>),
    /// `string`.
    String(String),
    /// A slice. Its elements have one type; an empty one, or one whose elements are [`Interface`](Self::Interface)s
    /// and [`Nil`](Self::Nil)s, is written as `[]interface {}`.
    Slice(Vec<Value>),
    /// An array.
    Array(Vec<Value>),
    /// A map, in the order of the wire.
    Map(Vec<(Value, Value)>),
    /// A struct.
    Struct(Box<Struct>),
    /// A value that marshals itself.
    Opaque(Box<Opaque>),
    /// An interface that holds something, under its registered name.
    Interface(Box<Interface<Value>>),
}

/// A struct whose type is known at run time only.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Struct {
    /// The type's name, without its package.
    pub name: String,
    /// The fields that were sent, which those of zero value are not, in the order of the wire.
    pub fields: Vec<(String, Value)>,
}

/// A value that marshals itself, and how it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opaque {
    /// By which of Go's interfaces.
    pub by: Marshaler,
    /// The type's name, without its package.
    pub name: String,
    /// What it made of itself.
    pub data: Vec<u8>,
}

impl Value {
    /// The value within, however many interfaces around it.
    #[must_use]
    pub fn inner(&self) -> &Self {
        let mut value = self;
        while let Self::Interface(interface) = value {
            value = &interface.value;
        }
        value
    }

    /// The string, when it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self.inner() {
            Self::String(s) => Some(s),
            _ => None,
        }
    }

    /// The signed integer, when it is one.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self.inner() {
            Self::Int(i) => Some(*i),
            Self::Uint(u) => (*u).try_into().ok(),
            _ => None,
        }
    }

    /// The bool, when it is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.inner() {
            Self::Bool(b) => Some(*b),
            _ => None,
        }
    }

    /// The elements, when it is a slice or an array.
    #[must_use]
    pub fn as_slice(&self) -> Option<&[Self]> {
        match self.inner() {
            Self::Slice(items) | Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The entry of a map with string keys, or the field of a struct, of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self.inner() {
            Self::Map(entries) => entries
                .iter()
                .find(|(key, _)| key.as_str() == Some(name))
                .map(|(_, value)| value),
            Self::Struct(s) => s.get(name),
            _ => None,
        }
    }
}

impl Struct {
    /// The field of this name, when it was sent.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.fields
            .iter()
            .find(|(field, _)| field == name)
            .map(|(_, value)| value)
    }
}

macro_rules! from {
    ($($t:ty => $variant:ident;)*) => {$(
        impl From<$t> for Value {
            fn from(value: $t) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}

from! {
    bool => Bool;
    i8 => Int;
    i16 => Int;
    i32 => Int;
    i64 => Int;
    u8 => Uint;
    u16 => Uint;
    u32 => Uint;
    u64 => Uint;
    f32 => Float;
    f64 => Float;
    String => String;
    &str => String;
    Vec<u8> => Bytes;
}

/// A slice of these.
impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Self::Slice(items)
    }
}

impl From<Interface<Value>> for Value {
    fn from(interface: Interface<Value>) -> Self {
        Self::Interface(Box::new(interface))
    }
}

impl From<Struct> for Value {
    fn from(value: Struct) -> Self {
        Self::Struct(Box::new(value))
    }
}

impl From<Opaque> for Value {
    fn from(value: Opaque) -> Self {
        Self::Opaque(Box::new(value))
    }
}

impl<'de> Decode<'de> for Value {
    fn desc() -> &'static Desc {
        &ANY
    }

    fn zero() -> Self {
        Self::Nil
    }

    fn read(&mut self, r: &mut Reader<'_, 'de>, node: Node) -> Result<(), DecodeError> {
        *self = match r.op(node) {
            Op::Bool => Self::Bool(r.uint()? != 0),
            Op::Int => Self::Int(r.int()?),
            Op::Uint => Self::Uint(r.uint()?),
            Op::Float => Self::Float(r.float()?),
            Op::Complex => Self::Complex(Complex128 {
                re: r.float()?,
                im: r.float()?,
            }),
            Op::Bytes => Self::Bytes(r.bytes()?.to_vec()),
            Op::String => Self::String(r.str()?.to_owned()),
            Op::Interface => return self.read_interface(r),
            Op::Opaque { def } => {
                let def = &r.plan().types[def as usize];
                let by = match def.kind {
                    WireKind::Opaque(by) => by,
                    _ => Marshaler::Gob,
                };
                let name = String::from(&*def.name);
                r.claim(name.len() + size_of::<Opaque>())?;
                Self::Opaque(Box::new(Opaque {
                    by,
                    name,
                    data: r.bytes()?.to_vec(),
                }))
            }
            Op::Array { .. } => {
                let (count, elem) = r.begin_array(node)?;
                Self::Array(read_elements(count, elem, r)?)
            }
            Op::Slice { .. } => {
                let (count, elem) = r.begin_slice(node)?;
                Self::Slice(read_elements(count, elem, r)?)
            }
            Op::Map { .. } => {
                let (count, key, elem) = r.begin_map(node)?;
                let mut entries = Vec::new();
                reserve(&mut entries, count, r)?;
                for i in 0..count {
                    let (mut k, mut v) = (Self::Nil, Self::Nil);
                    k.read(r, key).map_err(|e| e.in_element(i as usize))?;
                    v.read(r, elem).map_err(|e| e.in_element(i as usize))?;
                    push(&mut entries, (k, v), r)?;
                }
                r.leave();
                Self::Map(entries)
            }
            Op::Struct { def, .. } => Self::Struct(Box::new(read_struct(def, node, r)?)),
        };
        Ok(())
    }
}

fn read_elements(
    count: u64,
    elem: Node,
    r: &mut Reader<'_, '_>,
) -> Result<Vec<Value>, DecodeError> {
    let mut items = Vec::new();
    reserve(&mut items, count, r)?;
    for i in 0..count {
        let mut item = Value::Nil;
        item.read(r, elem).map_err(|e| e.in_element(i as usize))?;
        push(&mut items, item, r)?;
    }
    r.leave();
    Ok(items)
}

fn read_struct(def: u32, node: Node, r: &mut Reader<'_, '_>) -> Result<Struct, DecodeError> {
    let def = std::sync::Arc::clone(&r.plan().types[def as usize]);
    let WireKind::Struct { fields: names } = &def.kind else {
        return Err(crate::reader::misplanned());
    };
    // Names are the peer's, and each value has copies of its own.
    r.claim(def.name.len() + size_of::<Struct>())?;
    let mut value = Struct {
        name: String::from(&*def.name),
        fields: Vec::new(),
    };
    let mut fields = r.begin_struct(node)?;
    while let Some((index, node)) = r.next_field(&mut fields)? {
        let name = &*names[index as usize].0;
        r.claim(name.len())?;
        let mut field = Value::Nil;
        field.read(r, node).map_err(|e| e.in_field(name))?;
        push(&mut value.fields, (name.to_owned(), field), r)?;
    }
    Ok(value)
}

impl Value {
    fn read_interface(&mut self, r: &mut Reader<'_, '_>) -> Result<(), DecodeError> {
        *self = match r.interface_name()? {
            None => Self::Nil,
            Some(name) => {
                r.claim(size_of::<Interface<Self>>())?;
                let mut interface = Interface {
                    name: name.to_owned().into(),
                    value: Self::Nil,
                };
                r.interface_contents(&mut interface.value)?;
                Self::Interface(Box::new(interface))
            }
        };
        Ok(())
    }
}
