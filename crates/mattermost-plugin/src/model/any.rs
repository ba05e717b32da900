//! Values of any type, as in a post's props.

use std::collections::BTreeMap;

use gob::{Gob, Interface, Value};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Values by name, `map[string]any` in Go: a post's props, a websocket event's payload.
pub type Props = BTreeMap<String, Any>;

/// A value of a type that is known at run time only: Go's `any`.
///
/// These are the types that JSON has, and in gob those that every Mattermost server has
/// registered. Anything else that a server sends is [`Any::Other`]: sent back it is what it was.
/// Give [`Any::from`] a [`serde_json::Value`] for what is no simple value.
///
/// ```
/// use mattermost_plugin::model::{Any, Props};
///
/// let payload = Props::from([
///     ("line".to_owned(), "123".into()),
///     ("ringing".to_owned(), true.into()),
///     ("calls".to_owned(), serde_json::json!([{ "from": "0240404040" }]).into()),
/// ]);
/// assert_eq!(payload["line"].as_str(), Some("123"));
/// assert_eq!(payload["calls"].to_json()[0]["from"], "0240404040");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Gob)]
#[non_exhaustive]
pub enum Any {
    /// `nil`.
    #[default]
    #[gob(nil)]
    Nil,
    /// A truth value.
    #[gob(name = "bool", last = "bool")]
    Bool(bool),
    /// A whole number.
    #[gob(name = "int", last = "int")]
    Int(i64),
    /// A whole number whose type in Go says its size, as times have.
    #[gob(name = "int64", last = "int64")]
    Int64(i64),
    /// A floating-point number. All numbers that a server read from JSON are.
    #[gob(name = "float64", last = "float64")]
    Float(f64),
    /// A text.
    #[gob(name = "string", last = "string")]
    String(String),
    /// A list.
    #[gob(name = "[]interface {}", last = "[]interface {}")]
    List(Vec<Any>),
    /// Values by name.
    #[gob(name = "map[string]interface {}", last = "map[string]interface {}")]
    Map(Props),
    /// A value of another type, under its registered name.
    #[gob(other)]
    Other(Interface<Value>),
}

impl Any {
    /// The text, when it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value, when it is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The whole number, when it is one, whatever its type.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        /// Beyond this not every whole number is a float64.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        match self {
            Self::Int(value) | Self::Int64(value) => Some(*value),
            Self::Float(value) if value.fract() == 0.0 && value.abs() <= EXACT => {
                Some(*value as i64)
            }
            Self::Other(value) => value.value.as_i64(),
            _ => None,
        }
    }

    /// The value of this name, when this is a map that has it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Map(map) => map.get(name),
            _ => None,
        }
    }

    /// The value as JSON. Structs of [`Any::Other`] have Go's field names there, bytes are lists of
    /// numbers, and what JSON has no form for is null.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match self {
            Self::Nil => Json::Null,
            Self::Bool(value) => (*value).into(),
            Self::Int(value) | Self::Int64(value) => (*value).into(),
            Self::Float(value) => (*value).into(),
            Self::String(text) => text.as_str().into(),
            Self::List(items) => items.iter().map(Self::to_json).collect(),
            Self::Map(map) => object(
                map.iter()
                    .map(|(name, value)| (name.clone(), value.to_json())),
            ),
            Self::Other(value) => value_to_json(&value.value),
        }
    }
}

/// An object of entries that are put in one by one: `collect` sorts them first, by kilobytes of code for each kind of iterator.
fn object(entries: impl Iterator<Item = (String, serde_json::Value)>) -> serde_json::Value {
    let mut map = serde_json::Map::new();
    map.extend(entries);
    map.into()
}

fn value_to_json(value: &Value) -> serde_json::Value {
    use serde_json::Value as Json;
    match value.inner() {
        Value::Bool(value) => (*value).into(),
        Value::Int(value) => (*value).into(),
        Value::Uint(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::Bytes(bytes) => bytes.as_slice().into(),
        Value::String(text) => text.as_str().into(),
        Value::Slice(items) | Value::Array(items) => items.iter().map(value_to_json).collect(),
        Value::Map(entries) => object(
            entries
                .iter()
                .filter_map(|(key, value)| Some((key.as_str()?.to_owned(), value_to_json(value)))),
        ),
        Value::Struct(fields) => object(
            fields
                .fields
                .iter()
                .map(|(name, value)| (name.clone(), value_to_json(value))),
        ),
        Value::Nil | Value::Complex(_) | Value::Opaque(_) | Value::Interface(_) => Json::Null,
    }
}

impl From<serde_json::Value> for Any {
    fn from(json: serde_json::Value) -> Self {
        use serde_json::Value as Json;
        match json {
            Json::Null => Self::Nil,
            Json::Bool(value) => Self::Bool(value),
            Json::Number(number) => number.as_i64().map_or_else(
                || Self::Float(number.as_f64().unwrap_or_default()),
                Self::Int,
            ),
            Json::String(text) => Self::String(text),
            Json::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            Json::Object(entries) => {
                let mut map = BTreeMap::new();
                map.extend(
                    entries
                        .into_iter()
                        .map(|(name, value)| (name, value.into())),
                );
                Self::Map(map)
            }
        }
    }
}

macro_rules! from {
    ($($type:ty => $variant:ident;)*) => {$(
        impl From<$type> for Any {
            fn from(value: $type) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}

from! {
    bool => Bool;
    i32 => Int;
    u32 => Int;
    i64 => Int;
    f64 => Float;
    &str => String;
    String => String;
    Vec<Any> => List;
    Props => Map;
}

impl Serialize for Any {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Any {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(serde_json::Value::deserialize(deserializer)?.into())
    }
}
