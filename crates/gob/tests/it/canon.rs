//! The form that values are compared in: see tests/go/gobpeer/canon.go, which makes it from Go's values.

use std::collections::BTreeMap;

use gob::{
    ByteString, Complex64, Complex128, GobEncoded, Interface, MapEntries, Owned, Time, Url, Value,
};
use serde_json::{Value as Json, json};

use crate::random::Random;

/// A type that can be made at random and put into the form to compare.
pub(crate) trait Model: Sized {
    fn canon(&self) -> Json;
    fn random(g: &mut Random, depth: i32) -> Self;
    /// Something random for where a nil pointer cannot stand.
    fn element(g: &mut Random, depth: i32) -> Self {
        Self::random(g, depth)
    }
}

/// Whether two canonical values are the same to gob, which does not tell a nil pointer from one to zero.
pub(crate) fn same(a: &Json, b: &Json) -> bool {
    a == b
        || match (a, b) {
            (Json::Object(a), Json::Object(b)) => {
                let nothing = Json::Null;
                a.keys().chain(b.keys()).all(|key| {
                    let both = a.contains_key(key) && b.contains_key(key);
                    (both || !key.starts_with(ENTRY))
                        && same(
                            a.get(key).unwrap_or(&nothing),
                            b.get(key).unwrap_or(&nothing),
                        )
                })
            }
            (Json::Array(a), Json::Array(b)) if a.len() == b.len() => {
                a.iter().zip(b).all(|(a, b)| same(a, b))
            }
            _ => is_zero(a) && is_zero(b),
        }
}

pub(crate) fn is_zero(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Bool(b) => !b,
        Json::Number(_) => false,
        // "x" are no bytes, "m3c3e" is what Go's zero Custom makes of itself, the last what the zero time does.
        Json::String(s) => {
            ["", "0", "x", "m3c3e", "m01000000000000000000000000ffff"].contains(&s.as_str())
        }
        Json::Array(items) => items.iter().all(is_zero),
        // Neither a map with entries nor an interface with contents is zero, whatever they are.
        Json::Object(fields) => fields
            .iter()
            .all(|(key, value)| key != "name" && !key.starts_with(ENTRY) && is_zero(value)),
    }
}

fn hex(prefix: char, bytes: &[u8]) -> Json {
    let mut text = String::from(prefix);
    for byte in bytes {
        text.push_str(&format!("{byte:02x}"));
    }
    text.into()
}

fn bits(f: f64) -> Json {
    if f == 0.0 {
        "0".into()
    } else {
        format!("{:016x}", f.to_bits()).into()
    }
}

/// What the keys of a map's entries begin with, to tell them from the names of fields.
const ENTRY: &str = "map:";

fn entries<'a, K: Model + 'a, V: Model + 'a>(
    entries: impl IntoIterator<Item = (&'a K, &'a V)>,
) -> Json {
    entries
        .into_iter()
        .map(|(key, value)| (format!("{ENTRY}{}", key.canon()), value.canon()))
        .collect()
}

macro_rules! integers {
    ($($t:ty)*) => {$(
        impl Model for $t {
            fn canon(&self) -> Json {
                self.to_string().into()
            }
            fn random(g: &mut Random, _: i32) -> Self {
                (g.int() >> (64 - Self::BITS)) as $t
            }
        }
    )*};
}

integers!(i8 i16 i32 i64 isize u16 u32 u64 usize);

impl Model for u8 {
    fn canon(&self) -> Json {
        self.to_string().into()
    }
    fn random(g: &mut Random, _: i32) -> Self {
        g.int() as Self
    }
}

impl Model for bool {
    fn canon(&self) -> Json {
        (*self).into()
    }
    fn random(g: &mut Random, _: i32) -> Self {
        g.below(2) == 0
    }
}

impl Model for f64 {
    fn canon(&self) -> Json {
        bits(*self)
    }
    fn random(g: &mut Random, _: i32) -> Self {
        g.float()
    }
}

impl Model for f32 {
    fn canon(&self) -> Json {
        bits((*self).into())
    }
    fn random(g: &mut Random, _: i32) -> Self {
        g.float() as Self
    }
}

impl Model for Complex64 {
    fn canon(&self) -> Json {
        json!([self.re.canon(), self.im.canon()])
    }
    fn random(g: &mut Random, depth: i32) -> Self {
        Self {
            re: f32::random(g, depth),
            im: f32::random(g, depth),
        }
    }
}

impl Model for Complex128 {
    fn canon(&self) -> Json {
        json!([self.re.canon(), self.im.canon()])
    }
    fn random(g: &mut Random, _: i32) -> Self {
        Self {
            re: g.float(),
            im: g.float(),
        }
    }
}

impl Model for String {
    fn canon(&self) -> Json {
        self.as_str().into()
    }
    fn random(g: &mut Random, _: i32) -> Self {
        g.string()
    }
}

impl Model for () {
    fn canon(&self) -> Json {
        json!({})
    }
    fn random(_: &mut Random, _: i32) -> Self {}
}

/// `[]byte`, which is no list of numbers.
#[derive(Debug, Clone, PartialEq, Default, gob::Gob)]
pub(crate) struct Bytes(pub(crate) Vec<u8>);

impl Model for Bytes {
    fn canon(&self) -> Json {
        hex('x', &self.0)
    }
    fn random(g: &mut Random, _: i32) -> Self {
        Self(g.string().into_bytes())
    }
}

impl<T: Model> Model for Vec<T> {
    fn canon(&self) -> Json {
        self.iter().map(Model::canon).collect()
    }
    fn random(g: &mut Random, depth: i32) -> Self {
        let len = if depth > 0 { g.below(4) } else { 0 };
        (0..len).map(|_| T::element(g, depth - 1)).collect()
    }
}

impl<T: Model, const N: usize> Model for [T; N] {
    fn canon(&self) -> Json {
        self.iter().map(Model::canon).collect()
    }
    fn random(g: &mut Random, depth: i32) -> Self {
        std::array::from_fn(|_| T::element(g, depth - 1))
    }
}

impl<K: Model + PartialEq, V: Model> Model for MapEntries<K, V> {
    fn canon(&self) -> Json {
        entries(self)
    }
    fn random(g: &mut Random, depth: i32) -> Self {
        let mut list: Vec<(K, V)> = Vec::new();
        for _ in 0..if depth > 0 { g.below(4) } else { 0 } {
            let (key, value) = (K::element(g, depth - 1), V::element(g, depth - 1));
            if list.iter().all(|(known, _)| *known != key) {
                list.push((key, value));
            }
        }
        Self(list)
    }
}

impl<K: Model + Ord, V: Model> Model for BTreeMap<K, V> {
    fn canon(&self) -> Json {
        entries(self)
    }
    fn random(g: &mut Random, depth: i32) -> Self {
        let len = if depth > 0 { g.below(4) } else { 0 };
        (0..len)
            .map(|_| (K::element(g, depth - 1), V::element(g, depth - 1)))
            .collect()
    }
}

impl<T: Model> Model for Option<T> {
    fn canon(&self) -> Json {
        self.as_ref().map_or(Json::Null, Model::canon)
    }
    fn random(g: &mut Random, depth: i32) -> Self {
        (depth > 0 && g.below(3) > 0).then(|| T::random(g, depth - 1))
    }
    fn element(g: &mut Random, depth: i32) -> Self {
        Some(T::element(g, depth))
    }
}

impl<T: Model> Model for Box<T> {
    fn canon(&self) -> Json {
        (**self).canon()
    }
    fn random(g: &mut Random, depth: i32) -> Self {
        Self::new(T::random(g, depth))
    }
}

impl Model for Time {
    fn canon(&self) -> Json {
        if *self == Self::ZERO {
            return Json::Null;
        }
        // By the documentation of the form, not by our own code.
        let seconds = self.unix().wrapping_add(62_135_596_800);
        let mut bytes = vec![1];
        bytes.extend(seconds.to_be_bytes());
        bytes.extend(self.nanos().to_be_bytes());
        match self.offset() {
            None => bytes.extend([0xff, 0xff]),
            Some(offset) => {
                bytes.extend((offset.div_euclid(60) as i16).to_be_bytes());
                if offset % 60 != 0 {
                    bytes[0] = 2;
                    bytes.push(offset.rem_euclid(60) as u8);
                }
            }
        }
        hex('m', &bytes)
    }
    fn random(g: &mut Random, _: i32) -> Self {
        let time = Self::from_unix(g.int() >> 20, g.below(1_000_000_000) as u32);
        match g.below(5) {
            0 => Self::ZERO,
            1 => time.with_offset(g.below(50_000) as i32),
            2 => time.with_offset(60 * (g.below(1000) as i32 - 1002)),
            3 => time.with_offset(0),
            _ => time,
        }
    }
}

impl Model for Owned<Url<'static>> {
    fn canon(&self) -> Json {
        hex('m', self.0.0.as_bytes())
    }
    fn random(g: &mut Random, _: i32) -> Self {
        Self(Url(format!(
            "/plugins/x{}?q={}",
            g.below(1000),
            g.below(1000)
        )
        .into()))
    }
}

/// Go's `Custom`, which encodes itself as `<text>`.
#[derive(Debug, Clone, PartialEq, Default, gob::Gob)]
pub(crate) struct Custom(pub(crate) Owned<GobEncoded<'static>>);

impl Model for Custom {
    fn canon(&self) -> Json {
        hex(
            'm',
            if self.0.0.0.is_empty() {
                b"<>"
            } else {
                &self.0.0.0
            },
        )
    }
    fn random(g: &mut Random, _: i32) -> Self {
        let text = g.string();
        Self(Owned(GobEncoded(format!("<{text}>").into_bytes().into())))
    }
}

/// Go's `big.Int`: a version and sign byte, and the big-endian number.
#[derive(Debug, Clone, PartialEq, Default, gob::Gob)]
pub(crate) struct BigInt(pub(crate) Owned<GobEncoded<'static>>);

impl Model for BigInt {
    fn canon(&self) -> Json {
        hex('m', &self.0.0.0)
    }
    fn random(g: &mut Random, _: i32) -> Self {
        let mut bytes = vec![2 | u8::from(g.below(2) == 0), 1 + g.below(255) as u8];
        bytes.extend((0..g.below(20)).map(|_| g.next() as u8));
        Self(Owned(GobEncoded(bytes.into())))
    }
}

impl Model for Owned<ByteString<'static>> {
    fn canon(&self) -> Json {
        String::from_utf8_lossy(&self.0.0).into()
    }
    fn random(g: &mut Random, _: i32) -> Self {
        Self(ByteString(g.string().into_bytes().into()))
    }
}

/// An interface that may be nil.
impl Model for Value {
    fn canon(&self) -> Json {
        match self {
            Self::Nil => Json::Null,
            Self::Bool(b) => b.canon(),
            Self::Int(i) => i.canon(),
            Self::Uint(u) => u.canon(),
            Self::Float(f) => f.canon(),
            Self::Complex(c) => c.canon(),
            Self::Bytes(bytes) => hex('x', bytes),
            Self::String(s) => s.canon(),
            Self::Slice(items) | Self::Array(items) => items.iter().map(Model::canon).collect(),
            Self::Map(list) => entries(list.iter().map(|(key, value)| (key, value))),
            Self::Struct(s) => s
                .fields
                .iter()
                .map(|(name, value)| (name.clone(), value.canon()))
                .collect(),
            Self::Opaque(opaque) => hex('m', &opaque.data),
            Self::Interface(interface) => {
                // Go leaves "name" out of no interface; inside, a zero is a zero.
                json!({"name": interface.name, "value": interface.value.canon()})
            }
        }
    }
    fn random(g: &mut Random, depth: i32) -> Self {
        if depth <= 0 || g.below(5) == 0 {
            Self::Nil
        } else {
            contents(g, depth - 1)
        }
    }
}

/// Something under a name that Go has registered (tests/go/gobpeer/types.go).
fn contents(g: &mut Random, depth: i32) -> Value {
    let object = |name: &str, fields: Vec<(&str, Value)>| {
        let fields = fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        Value::from(gob::Struct {
            name: name.to_owned(),
            fields,
        })
    };
    let err = |g: &mut Random| {
        object(
            "ErrStr",
            vec![("Code", g.int().into()), ("Err", g.string().into())],
        )
    };
    let (name, value) = match g.below(12) {
        0 => ("int", g.int().into()),
        1 => ("uint", g.next().into()),
        2 => ("float64", g.float().into()),
        3 => ("string", g.string().into()),
        4 => ("bool", bool::random(g, 0).into()),
        5 => ("[]uint8", g.string().into_bytes().into()),
        6 => (
            "[]string",
            Value::Slice((0..1 + g.below(3)).map(|_| g.string().into()).collect()),
        ),
        7 => ("*example.org/v2/peer.ErrStr", err(g)),
        8 => (
            "example.org/peer.Inner",
            object(
                "Inner",
                vec![("B", g.string().into()), ("A", g.int().into())],
            ),
        ),
        9 => {
            let list = Value::Slice((0..g.below(3)).map(|_| Value::random(g, depth)).collect());
            (
                "example.org/peer.Holder",
                object(
                    "Holder",
                    vec![("Any", Value::random(g, depth)), ("List", list)],
                ),
            )
        }
        10 => (
            "[]interface {}",
            Value::Slice((0..g.below(3)).map(|_| Value::random(g, depth)).collect()),
        ),
        _ => {
            let entries = (0..g.below(3))
                .map(|i| (format!("k{i}").into(), Value::random(g, depth)))
                .collect();
            ("map[string]interface {}", Value::Map(entries))
        }
    };
    let name = name.to_owned();
    // An empty list of values has no type of its own, and an empty map here no key: give it one.
    let value = match value {
        Value::Map(entries) if entries.is_empty() => Value::Map(vec![("k".into(), Value::Nil)]),
        value => value,
    };
    Value::Interface(Box::new(Interface::new(name, value)))
}
