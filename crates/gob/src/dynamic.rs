//! Sending values whose type is known at run time only.

use std::collections::HashMap;
use std::sync::Arc;

use crate::desc::{ANY, Desc};
use crate::encode::Encode;
use crate::encoder::Writer;
use crate::error::EncodeError;
use crate::limits::{MAX_DEPTH, MAX_DYNAMIC_TYPES, MAX_NAME_BYTES};
use crate::registry::FIRST_DYNAMIC_ID;
use crate::shape::{Names, Shape, adopt, infer, position};
use crate::types::{WireKind, id, put_definition};
use crate::value::Value;
use crate::wire::put_int;

/// The types made at run time that a stream has defined.
#[derive(Debug, Default)]
pub(crate) struct Dynamic {
    /// Structs by name: their fields only become more, so that definitions come to an end.
    names: Arc<Names>,
    /// How often `names` has changed; types that refer to it are then defined anew.
    generation: u64,
    /// The id of each type, with the generation if it refers to names.
    ids: HashMap<(Shape, u64), i64>,
    /// How many ids were given out.
    given: i64,
}

/// A point to go back to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark(i64);

impl Dynamic {
    pub(crate) fn mark(&self) -> Mark {
        Mark(self.given)
    }

    /// Forgets what was defined since.
    pub(crate) fn rewind(&mut self, mark: Mark) {
        if self.given != mark.0 {
            self.given = mark.0;
            self.ids.retain(|_, id| *id < FIRST_DYNAMIC_ID + mark.0);
        }
    }

    /// The type of a value, its id, and the structs it refers to. What is new is defined in `out`.
    fn define(
        &mut self,
        value: &Value,
        registered: Option<&str>,
        out: &mut Vec<u8>,
    ) -> Result<(Shape, i64, Arc<Names>), EncodeError> {
        let mut names = Names::new();
        let shape = infer(value, registered, MAX_DEPTH, &mut names)?;
        if !names.is_empty() && adopt(Arc::make_mut(&mut self.names), names) {
            self.generation += 1;
        }
        let names = Arc::clone(&self.names);
        let id = self.id(&shape, &names, out)?;
        Ok((shape, id, names))
    }

    fn id(&mut self, shape: &Shape, names: &Names, out: &mut Vec<u8>) -> Result<i64, EncodeError> {
        let builtin = match shape {
            Shape::Bool => Some(id::BOOL),
            Shape::Int => Some(id::INT),
            Shape::Uint => Some(id::UINT),
            Shape::Float => Some(id::FLOAT),
            Shape::Complex => Some(id::COMPLEX),
            Shape::Bytes => Some(id::BYTES),
            Shape::String => Some(id::STRING),
            Shape::Unknown | Shape::Interface => Some(id::INTERFACE),
            _ => None,
        };
        if let Some(id) = builtin {
            return Ok(id);
        }
        let key = (
            shape.clone(),
            if shape.is_by_name() {
                self.generation
            } else {
                0
            },
        );
        if let Some(&id) = self.ids.get(&key) {
            return Ok(id);
        }
        if self.given as usize >= MAX_DYNAMIC_TYPES {
            return Err(EncodeError::TooManyTypes);
        }
        let id = FIRST_DYNAMIC_ID + self.given;
        self.given += 1;
        // Known before it is described, for one of its fields may lead back here.
        self.ids.insert(key, id);
        let none = Vec::new();
        let (name, fields) = match shape {
            Shape::Named(name) => (name.as_str(), names.get(name).unwrap_or(&none)),
            Shape::Struct(fields) => ("", fields),
            Shape::Opaque(_, name) => (name.as_str(), &none),
            _ => ("", &none),
        };
        let mut ids = Vec::with_capacity(fields.len());
        for (name, shape) in fields {
            ids.push((name.as_str(), self.id(shape, names, out)?));
        }
        let kind = match shape {
            Shape::Slice(elem) => WireKind::Slice {
                elem: self.id(elem, names, out)?,
            },
            Shape::Array(len, elem) => WireKind::Array {
                elem: self.id(elem, names, out)?,
                len: *len as u64,
            },
            Shape::Map(types) => WireKind::Map {
                key: self.id(&types.0, names, out)?,
                elem: self.id(&types.1, names, out)?,
            },
            Shape::Opaque(by, _) => WireKind::Opaque(*by),
            _ => WireKind::Struct { fields: [].into() },
        };
        put_definition(out, id, name, &kind, ids.into_iter());
        Ok(id)
    }
}

impl Value {
    /// Writes the type's id, calls `after_id`, and writes the value as it stands alone.
    pub(crate) fn write_concrete(
        &self,
        registered: Option<&str>,
        w: &mut Writer<'_>,
        after_id: impl FnOnce(&mut Vec<u8>),
    ) {
        let (dynamic, definitions) = w.stream.dynamic();
        match dynamic.define(self, registered, definitions) {
            Ok((shape, id, names)) => {
                put_int(w.out, id);
                after_id(w.out);
                if !matches!(shape, Shape::Struct(_) | Shape::Named(_)) {
                    w.out.push(0);
                }
                self.write_as(&shape, &names, w);
            }
            Err(error) => {
                after_id(w.out);
                w.fail(error);
            }
        }
    }

    fn write_as(&self, shape: &Shape, names: &Names, w: &mut Writer<'_>) {
        if w.enter() {
            self.write_within(shape, names, w);
        }
        w.leave();
    }

    fn write_within(&self, shape: &Shape, names: &Names, w: &mut Writer<'_>) {
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
                    item.write_as(elem, names, w);
                }
            }
            (Self::Map(entries), Shape::Map(types)) => {
                w.uint(entries.len() as u64);
                for (key, value) in entries {
                    key.write_as(&types.0, names, w);
                    value.write_as(&types.1, names, w);
                }
            }
            (Self::Struct(s), Shape::Struct(fields)) => write_fields(&s.fields, fields, names, w),
            (Self::Struct(s), Shape::Named(name)) => match names.get(name) {
                Some(fields) => write_fields(&s.fields, fields, names, w),
                None => w.fail(EncodeError::Mixed),
            },
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

fn write_fields(
    values: &[(String, Value)],
    fields: &[(String, Shape)],
    names: &Names,
    w: &mut Writer<'_>,
) {
    let mut last = 0;
    for (i, (name, shape)) in fields.iter().enumerate() {
        let value = position(values, i, name).map(|at| &values[at].1);
        if let Some(value) = value.filter(|value| !value.is_zero_as(shape)) {
            let number = i as u64 + 1;
            w.uint(number - last);
            last = number;
            value.write_as(shape, names, w);
        }
    }
    w.out.push(0);
}

/// An interface; at the top of a message, the value itself.
impl Encode for Value {
    fn desc() -> &'static Desc {
        &ANY
    }

    fn is_zero(&self) -> bool {
        matches!(self, Self::Nil)
    }

    fn write(&self, w: &mut Writer<'_>) {
        match self {
            Self::Nil => w.nil_interface(),
            Self::Interface(interface) => interface.write(w),
            _ => match infer(self, None, MAX_DEPTH, &mut Names::new())
                .map(|shape| shape.usual_name())
            {
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
