//! Sending values whose type is known at run time only.
//!
//! Gob is typed: before a [`Value`] is written, a type is inferred that all of it has. Structs in a slice may
//! each lack fields that others have; their type then has all of them.

use crate::desc::Desc;
use crate::encode::Encode;
use crate::encoder::{Stream, Writer};
use crate::error::EncodeError;
use crate::limits::{MAX_DEPTH, MAX_DYNAMIC_TYPES, MAX_NAME_BYTES};
use crate::registry::FIRST_DYNAMIC_ID;
use crate::types::{Marshaler, WireKind, id, put_definition};
use crate::value::Value;
use crate::wire::put_int;

/// The type of a [`Value`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Shape {
    /// Of an empty slice's elements: whatever other elements turn out to be, or else interfaces.
    Unknown,
    Bool,
    Int,
    Uint,
    Float,
    Complex,
    Bytes,
    String,
    Interface,
    Slice(Box<Shape>),
    Array(usize, Box<Shape>),
    Map(Box<(Shape, Shape)>),
    Struct(String, Vec<(String, Shape)>),
    Opaque(Marshaler, String),
}

fn shape_of(value: &Value, depth: usize) -> Result<Shape, EncodeError> {
    let depth = depth.checked_sub(1).ok_or(EncodeError::TooDeep)?;
    let all = |mut items: &mut dyn Iterator<Item = &Value>| {
        (&mut items).try_fold(Shape::Unknown, |shape, item| {
            unify(shape, shape_of(item, depth)?)
        })
    };
    Ok(match value {
        Value::Bool(_) => Shape::Bool,
        Value::Int(_) => Shape::Int,
        Value::Uint(_) => Shape::Uint,
        Value::Float(_) => Shape::Float,
        Value::Complex(_) => Shape::Complex,
        Value::Bytes(_) => Shape::Bytes,
        Value::String(_) => Shape::String,
        // What is inside has a type of its own, inferred when it is written.
        Value::Nil | Value::Interface(_) => Shape::Interface,
        Value::Slice(items) => Shape::Slice(Box::new(all(&mut items.iter())?)),
        Value::Array(items) => Shape::Array(items.len(), Box::new(all(&mut items.iter())?)),
        Value::Map(entries) => Shape::Map(Box::new((
            all(&mut entries.iter().map(|(key, _)| key))?,
            all(&mut entries.iter().map(|(_, value)| value))?,
        ))),
        Value::Struct(s) => Shape::Struct(
            s.name.clone(),
            s.fields
                .iter()
                .map(|(name, value)| Ok((name.clone(), shape_of(value, depth)?)))
                .collect::<Result<_, _>>()?,
        ),
        Value::Opaque(opaque) => Shape::Opaque(opaque.by, opaque.name.clone()),
    })
}

/// The type that has room for both.
fn unify(a: Shape, b: Shape) -> Result<Shape, EncodeError> {
    Ok(match (a, b) {
        (Shape::Unknown, shape) | (shape, Shape::Unknown) => shape,
        (Shape::Slice(a), Shape::Slice(b)) => Shape::Slice(Box::new(unify(*a, *b)?)),
        (Shape::Array(n, a), Shape::Array(m, b)) if n == m => {
            Shape::Array(n, Box::new(unify(*a, *b)?))
        }
        (Shape::Map(a), Shape::Map(b)) => {
            Shape::Map(Box::new((unify(a.0, b.0)?, unify(a.1, b.1)?)))
        }
        (Shape::Struct(name, mut fields), Shape::Struct(other, more)) if name == other => {
            for (i, (name, shape)) in more.into_iter().enumerate() {
                let at = match fields.get(i) {
                    Some((known, _)) if *known == name => Some(i),
                    _ => fields.iter().position(|(known, _)| *known == name),
                };
                match at {
                    Some(at) => {
                        let known = std::mem::replace(&mut fields[at].1, Shape::Unknown);
                        fields[at].1 = unify(known, shape)?;
                    }
                    None => fields.push((name, shape)),
                }
            }
            Shape::Struct(name, fields)
        }
        (a, b) if a == b => a,
        // What is not an interface yet becomes one.
        (Shape::Interface, _) | (_, Shape::Interface) => Shape::Interface,
        _ => return Err(EncodeError::Mixed),
    })
}

/// The name that Go registers a type under by itself, or that Mattermost does.
fn usual_name(shape: &Shape) -> Option<String> {
    Some(match shape {
        Shape::Bool => "bool".into(),
        Shape::Int => "int".into(),
        Shape::Uint => "uint".into(),
        Shape::Float => "float64".into(),
        Shape::Complex => "complex128".into(),
        Shape::Bytes => "[]uint8".into(),
        Shape::String => "string".into(),
        // Never a name of its own, but part of others.
        Shape::Unknown | Shape::Interface => "interface {}".into(),
        Shape::Slice(elem) => format!("[]{}", usual_name(elem)?),
        Shape::Map(types) => format!("map[{}]{}", usual_name(&types.0)?, usual_name(&types.1)?),
        Shape::Array(..) | Shape::Struct(..) | Shape::Opaque(..) => return None,
    })
}

impl Stream {
    /// The id of a type made at run time, which is defined first when it is new.
    fn dynamic_id(&mut self, shape: &Shape) -> Result<i64, EncodeError> {
        let (name, kind) = match shape {
            Shape::Bool => return Ok(id::BOOL),
            Shape::Int => return Ok(id::INT),
            Shape::Uint => return Ok(id::UINT),
            Shape::Float => return Ok(id::FLOAT),
            Shape::Complex => return Ok(id::COMPLEX),
            Shape::Bytes => return Ok(id::BYTES),
            Shape::String => return Ok(id::STRING),
            Shape::Unknown | Shape::Interface => return Ok(id::INTERFACE),
            _ if self.dynamic.contains_key(shape) => return Ok(self.dynamic[shape]),
            Shape::Slice(elem) => (
                "",
                WireKind::Slice {
                    elem: self.dynamic_id(elem)?,
                },
            ),
            Shape::Array(len, elem) => (
                "",
                WireKind::Array {
                    elem: self.dynamic_id(elem)?,
                    len: *len as u64,
                },
            ),
            Shape::Map(types) => (
                "",
                WireKind::Map {
                    key: self.dynamic_id(&types.0)?,
                    elem: self.dynamic_id(&types.1)?,
                },
            ),
            Shape::Struct(name, fields) => {
                let fields = fields
                    .iter()
                    .map(|(name, shape)| Ok((name.as_str().into(), self.dynamic_id(shape)?)))
                    .collect::<Result<_, _>>()?;
                (name.as_str(), WireKind::Struct { fields })
            }
            Shape::Opaque(by, name) => (name.as_str(), WireKind::Opaque(*by)),
        };
        if self.dynamic.len() >= MAX_DYNAMIC_TYPES {
            return Err(EncodeError::TooManyTypes);
        }
        let id = self.next_dynamic.max(FIRST_DYNAMIC_ID);
        self.next_dynamic = id + 1;
        let none: &[(Box<str>, i64)] = &[];
        let fields = match &kind {
            WireKind::Struct { fields } => fields,
            _ => none,
        };
        put_definition(
            &mut self.definitions,
            id,
            name,
            &kind,
            fields.iter().map(|(name, id)| (&**name, *id)),
        );
        self.dynamic.insert(shape.clone(), id);
        Ok(id)
    }
}

impl Value {
    /// Writes the type's id, calls `after_id`, and writes the value as it stands alone.
    pub(crate) fn write_concrete(&self, w: &mut Writer<'_>, after_id: impl FnOnce(&mut Vec<u8>)) {
        match shape_of(self, MAX_DEPTH).and_then(|shape| Ok((w.stream.dynamic_id(&shape)?, shape)))
        {
            Ok((id, shape)) => {
                put_int(w.out, id);
                after_id(w.out);
                if !matches!(shape, Shape::Struct(..)) {
                    w.out.push(0);
                }
                self.write_as(&shape, w);
            }
            Err(error) => {
                after_id(w.out);
                w.fail(error);
            }
        }
    }

    fn write_as(&self, shape: &Shape, w: &mut Writer<'_>) {
        if w.enter() {
            self.write_within(shape, w);
        }
        w.leave();
    }

    fn write_within(&self, shape: &Shape, w: &mut Writer<'_>) {
        match (self, shape) {
            (Self::Bool(b), Shape::Bool) => w.uint(u64::from(*b)),
            (Self::Int(i), Shape::Int) => w.int(*i),
            (Self::Uint(u), Shape::Uint) => w.uint(*u),
            (Self::Float(f), Shape::Float) => w.float(*f),
            (Self::Complex(c), Shape::Complex) => c.write(w),
            (Self::Bytes(bytes), Shape::Bytes) => w.bytes(bytes),
            (Self::String(s), Shape::String) => w.bytes(s.as_bytes()),
            (Self::Opaque(opaque), Shape::Opaque(..)) => w.bytes(&opaque.data),
            (_, Shape::Interface | Shape::Unknown) => self.write(w),
            (Self::Slice(items), Shape::Slice(elem))
            | (Self::Array(items), Shape::Array(_, elem)) => {
                w.uint(items.len() as u64);
                for item in items {
                    item.write_as(elem, w);
                }
            }
            (Self::Map(entries), Shape::Map(types)) => {
                w.uint(entries.len() as u64);
                for (key, value) in entries {
                    key.write_as(&types.0, w);
                    value.write_as(&types.1, w);
                }
            }
            (Self::Struct(s), Shape::Struct(_, fields)) => {
                let mut last = 0;
                for (i, (name, shape)) in fields.iter().enumerate() {
                    let value = match s.fields.get(i) {
                        Some((known, value)) if known == name => Some(value),
                        _ => s.get(name),
                    };
                    if let Some(value) = value.filter(|value| !value.is_zero_as(shape)) {
                        let number = i as u64 + 1;
                        w.uint(number - last);
                        last = number;
                        value.write_as(shape, w);
                    }
                }
                w.out.push(0);
            }
            _ => w.fail(EncodeError::Mixed),
        }
    }

    /// Whether Go would omit this from a struct.
    fn is_zero_as(&self, shape: &Shape) -> bool {
        if matches!(shape, Shape::Interface) {
            return matches!(self, Self::Nil);
        }
        match self {
            Self::Nil => true,
            Self::Bool(b) => !b,
            Self::Int(i) => *i == 0,
            Self::Uint(u) => *u == 0,
            Self::Float(f) => *f == 0.0,
            Self::Complex(c) => c.is_zero(),
            Self::Bytes(bytes) => bytes.is_empty(),
            Self::String(s) => s.is_empty(),
            Self::Slice(items) => items.is_empty(),
            // An array, a map that is there, a struct and what is in an interface are sent whatever is in them.
            Self::Array(_)
            | Self::Map(_)
            | Self::Struct(_)
            | Self::Opaque(_)
            | Self::Interface(_) => false,
        }
    }
}

/// An interface; at the top of a message, the value itself.
impl Encode for Value {
    fn desc() -> &'static Desc {
        &Desc::Any
    }

    fn is_zero(&self) -> bool {
        matches!(self, Self::Nil)
    }

    fn write(&self, w: &mut Writer<'_>) {
        match self {
            Self::Nil => w.nil_interface(),
            Self::Interface(interface) => interface.write(w),
            _ => match shape_of(self, MAX_DEPTH).map(|shape| usual_name(&shape)) {
                Ok(Some(name)) if name.len() <= MAX_NAME_BYTES => w.interface(&name, self),
                Ok(_) => w.fail(EncodeError::Unnamed),
                Err(error) => w.fail(error),
            },
        }
    }

    fn write_nil(w: &mut Writer<'_>) {
        w.nil_interface();
    }

    fn as_dynamic(&self) -> Option<&Value> {
        Some(self)
    }
}
