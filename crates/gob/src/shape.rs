//! The types of values whose type is known at run time only.
//!
//! Gob is typed: before a [`Value`] is written, a type is inferred that all of it has. A struct's name stands for one
//! type, for a Go decoder takes it so: all structs of one name have the fields of all of them together, and a
//! struct may hold its own kind.

use std::collections::BTreeMap;

use crate::error::EncodeError;
use crate::types::Marshaler;
use crate::value::Value;

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
    /// A struct without a name.
    Struct(Fields),
    /// A struct by its name; its fields are in [`Names`].
    Named(String),
    Opaque(Marshaler, String),
}

/// The fields of a struct in the order of their numbers.
pub(crate) type Fields = Vec<(String, Shape)>;

/// The fields of structs by the structs' names.
pub(crate) type Names = BTreeMap<String, Fields>;

impl Shape {
    /// Whether this refers to [`Names`].
    pub(crate) fn is_by_name(&self) -> bool {
        match self {
            Self::Named(_) => true,
            Self::Slice(elem) | Self::Array(_, elem) => elem.is_by_name(),
            Self::Map(types) => types.0.is_by_name() || types.1.is_by_name(),
            Self::Struct(fields) => fields.iter().any(|(_, shape)| shape.is_by_name()),
            _ => false,
        }
    }

    /// The type that a registered name of Go's own stands for.
    fn of_name(name: &str) -> Option<Self> {
        Some(match name {
            "bool" => Self::Bool,
            "int" | "int8" | "int16" | "int32" | "int64" => Self::Int,
            "uint" | "uint8" | "uint16" | "uint32" | "uint64" | "uintptr" => Self::Uint,
            "float32" | "float64" => Self::Float,
            "complex64" | "complex128" => Self::Complex,
            "[]uint8" => Self::Bytes,
            "string" => Self::String,
            "interface {}" => Self::Interface,
            _ => {
                if let Some(elem) = name.strip_prefix("[]") {
                    Self::Slice(Box::new(Self::of_name(elem)?))
                } else {
                    // The key of a map that Go could print so is of a simple type: it holds no bracket.
                    let (key, elem) = name.strip_prefix("map[")?.split_once(']')?;
                    Self::Map(Box::new((Self::of_name(key)?, Self::of_name(elem)?)))
                }
            }
        })
    }

    /// The name that Go registers this type under by itself, or that Mattermost does.
    pub(crate) fn usual_name(&self) -> Option<String> {
        Some(match self {
            Self::Bool => "bool".into(),
            Self::Int => "int".into(),
            Self::Uint => "uint".into(),
            Self::Float => "float64".into(),
            Self::Complex => "complex128".into(),
            Self::Bytes => "[]uint8".into(),
            Self::String => "string".into(),
            // Never a name of its own, but part of others.
            Self::Unknown | Self::Interface => "interface {}".into(),
            Self::Slice(elem) => format!("[]{}", elem.usual_name()?),
            Self::Map(types) => format!("map[{}]{}", types.0.usual_name()?, types.1.usual_name()?),
            Self::Array(..) | Self::Struct(_) | Self::Named(_) | Self::Opaque(..) => return None,
        })
    }
}

/// Infers a value's type, and the fields of the structs it names, down to a depth. The registered name that it is
/// to be sent under helps where the value is empty.
pub(crate) fn infer(
    value: &Value,
    registered: Option<&str>,
    depth: usize,
    names: &mut Names,
) -> Result<Shape, EncodeError> {
    let shape = infer_within(value, depth, names)?;
    match registered.and_then(Shape::of_name) {
        // Names may say one thing and values another: then the value is what counts.
        Some(usual) => Ok(unify(shape.clone(), usual).unwrap_or(shape)),
        None => Ok(shape),
    }
}

fn infer_within(value: &Value, depth: usize, names: &mut Names) -> Result<Shape, EncodeError> {
    let depth = depth.checked_sub(1).ok_or(EncodeError::TooDeep)?;
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
        Value::Slice(items) => Shape::Slice(Box::new(infer_all(items.iter(), depth, names)?)),
        Value::Array(items) => Shape::Array(
            items.len(),
            Box::new(infer_all(items.iter(), depth, names)?),
        ),
        Value::Map(entries) => Shape::Map(Box::new((
            infer_all(entries.iter().map(|(key, _)| key), depth, names)?,
            infer_all(entries.iter().map(|(_, value)| value), depth, names)?,
        ))),
        Value::Struct(s) => {
            let mut fields = Vec::with_capacity(s.fields.len());
            for (name, value) in &s.fields {
                fields.push((name.clone(), infer_within(value, depth, names)?));
            }
            if s.name.is_empty() {
                return Ok(Shape::Struct(fields));
            }
            merge_named(names, &s.name, fields)?;
            Shape::Named(s.name.clone())
        }
        Value::Opaque(opaque) => Shape::Opaque(opaque.by, opaque.name.clone()),
    })
}

fn infer_all<'a>(
    items: impl Iterator<Item = &'a Value>,
    depth: usize,
    names: &mut Names,
) -> Result<Shape, EncodeError> {
    let mut shape = Shape::Unknown;
    for item in items {
        shape = unify(shape, infer_within(item, depth, names)?)?;
    }
    Ok(shape)
}

fn merge_named(names: &mut Names, name: &str, fields: Fields) -> Result<(), EncodeError> {
    match names.get_mut(name) {
        Some(known) => *known = merge(std::mem::take(known), fields)?,
        None => {
            names.insert(name.to_owned(), fields);
        }
    }
    Ok(())
}

/// Makes room in what a stream knows of structs for those of one value. Says whether anything changed.
pub(crate) fn adopt(known: &mut Names, new: Names) -> bool {
    let mut changed = false;
    for (name, fields) in new {
        let merged = match known.get(&name) {
            // A struct of another package may have the name as well: then the stream goes on with this one.
            Some(old) => merge(old.clone(), fields.clone()).unwrap_or(fields),
            None => fields,
        };
        if known.get(&name) != Some(&merged) {
            known.insert(name, merged);
            changed = true;
        }
    }
    changed
}

fn merge(mut fields: Fields, more: Fields) -> Result<Fields, EncodeError> {
    for (i, (name, shape)) in more.into_iter().enumerate() {
        match position(&fields, i, &name) {
            Some(at) => {
                let known = std::mem::replace(&mut fields[at].1, Shape::Unknown);
                fields[at].1 = unify(known, shape)?;
            }
            None => fields.push((name, shape)),
        }
    }
    Ok(fields)
}

/// Where the field of this name is; most often at `i`.
pub(crate) fn position<T>(fields: &[(String, T)], i: usize, name: &str) -> Option<usize> {
    match fields.get(i) {
        Some((known, _)) if known == name => Some(i),
        _ => fields.iter().position(|(known, _)| known == name),
    }
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
        (Shape::Struct(fields), Shape::Struct(more)) => Shape::Struct(merge(fields, more)?),
        (a, b) if a == b => a,
        // What is not an interface yet becomes one.
        (Shape::Interface, _) | (_, Shape::Interface) => Shape::Interface,
        _ => return Err(EncodeError::Mixed),
    })
}
