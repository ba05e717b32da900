//! Whatever is written is read back; whatever is read does no harm.

use std::collections::{BTreeMap, HashMap};

use gob::{
    Complex128, Decode, Decoder, Encode, Encoder, Gob, Interface, Limits, MapEntries, Time, Value,
};
use proptest::collection::{btree_map, hash_map, vec};
use proptest::prelude::*;

#[derive(Debug, Clone, PartialEq, Gob)]
struct Everything {
    flag: bool,
    signed: (),
    small: i8,
    wide: i64,
    byte: u8,
    count: u64,
    ratio: f64,
    narrow: f32,
    complex: Complex128,
    text: String,
    data: Vec<u8>,
    list: Vec<i32>,
    lists: Vec<Vec<String>>,
    array: [u16; 3],
    map: BTreeMap<String, i64>,
    hash: HashMap<u32, Vec<u8>>,
    entries: MapEntries<String, Vec<String>>,
    pointer: Option<String>,
    inner: Option<Box<Everything>>,
    time: Time,
    any: Value,
}

fn leaf() -> impl Strategy<Value = Everything> {
    let numbers = (
        any::<bool>(),
        any::<i8>(),
        any::<i64>(),
        any::<u8>(),
        any::<u64>(),
    );
    let floats = (any::<f64>(), any::<f32>(), any::<f64>(), any::<f64>());
    let lists = (
        ".{0,9}",
        vec(any::<u8>(), 0..300),
        vec(any::<i32>(), 0..5),
        vec(vec(".{0,3}", 0..3), 0..3),
    );
    let maps = (
        any::<[u16; 3]>(),
        btree_map(".{0,5}", any::<i64>(), 0..4),
        hash_map(any::<u32>(), vec(any::<u8>(), 0..3), 0..4),
        vec((".{0,5}", vec(".{0,5}", 0..3)), 0..4),
    );
    let others = (
        proptest::option::of(".{1,9}"),
        any::<i64>(),
        0..1_000_000_000u32,
        value(),
    );
    (numbers, floats, lists, maps, others).prop_map(|(numbers, floats, lists, maps, others)| {
        let positive = |f: f64| if f == 0.0 || f.is_nan() { 0.0 } else { f };
        Everything {
            flag: numbers.0,
            signed: (),
            small: numbers.1,
            wide: numbers.2,
            byte: numbers.3,
            count: numbers.4,
            ratio: positive(floats.0),
            narrow: positive(floats.1.into()) as f32,
            complex: Complex128 {
                re: positive(floats.2),
                im: positive(floats.3),
            },
            text: lists.0,
            data: lists.1,
            list: lists.2,
            lists: lists.3,
            array: maps.0,
            map: maps.1,
            hash: maps.2,
            entries: MapEntries(maps.3),
            pointer: others.0,
            inner: None,
            time: Time::from_unix(others.1 >> 8, others.2),
            any: others.3,
        }
    })
}

fn everything() -> impl Strategy<Value = Everything> {
    vec(leaf(), 1..4).prop_map(|list| {
        let mut list = list.into_iter();
        let first = list.next().expect("one at least");
        list.fold(first, |inner, outer| Everything {
            inner: Some(Box::new(inner)),
            ..outer
        })
    })
}

/// Values as they are read: each interface with its name.
fn value() -> impl Strategy<Value = Value> {
    let named =
        |name: &'static str, value: Value| Value::Interface(Box::new(Interface::new(name, value)));
    let leaf = prop_oneof![
        Just(Value::Nil),
        any::<bool>().prop_map(move |b| named("bool", b.into())),
        any::<i64>().prop_map(move |i| named("int64", i.into())),
        any::<u64>().prop_map(move |u| named("uint", u.into())),
        ".{0,9}".prop_map(move |s| named("string", s.into())),
        vec(any::<u8>(), 0..9).prop_map(move |bytes| named("[]uint8", bytes.into())),
        vec(".{0,3}", 0..3).prop_map(move |list| named(
            "[]string",
            Value::Slice(list.into_iter().map(Value::from).collect())
        )),
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4)
                .prop_map(move |list| named("[]interface {}", Value::Slice(list))),
            btree_map(".{0,5}", inner.clone(), 0..4).prop_map(move |map| {
                let entries = map
                    .into_iter()
                    .map(|(key, value)| (key.into(), value))
                    .collect();
                named("map[string]interface {}", Value::Map(entries))
            }),
            (".{0,5}", inner).prop_map(move |(text, any)| {
                let mut fields = Vec::new();
                if !text.is_empty() {
                    fields.push(("Text".to_owned(), Value::from(text)));
                }
                if any != Value::Nil {
                    fields.push(("Any".to_owned(), any));
                }
                named(
                    "peer.T",
                    gob::Struct {
                        name: "T".into(),
                        fields,
                    }
                    .into(),
                )
            }),
        ]
    })
}

/// The same with its dynamic values sorted.
fn comparable(mut everything: Everything) -> Everything {
    everything.any = sorted(&everything.any);
    everything.inner = everything.inner.map(|inner| Box::new(comparable(*inner)));
    everything
}

fn encoded<T: Encode>(values: &[T]) -> Vec<u8> {
    let (mut encoder, mut out) = (Encoder::new(), Vec::new());
    for value in values {
        encoder.encode(value, &mut out).expect("a value");
    }
    out
}

/// A value with its fields in the order of their names: which order they were defined in is no part of it.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Slice(items) => Value::Slice(items.iter().map(sorted).collect()),
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        Value::Map(entries) => Value::Map(
            entries
                .iter()
                .map(|(key, value)| (sorted(key), sorted(value)))
                .collect(),
        ),
        Value::Struct(s) => {
            let mut fields: Vec<_> = s
                .fields
                .iter()
                .map(|(name, value)| (name.clone(), sorted(value)))
                .collect();
            fields.sort_by(|(a, _), (b, _)| a.cmp(b));
            gob::Struct {
                name: s.name.clone(),
                fields,
            }
            .into()
        }
        Value::Interface(interface) => Value::Interface(Box::new(Interface::new(
            interface.name.clone(),
            sorted(&interface.value),
        ))),
        other => other.clone(),
    }
}

/// Reads everything that these bytes hold, as this type.
fn read_all<'de, T: Decode<'de>>(mut input: &'de [u8]) {
    let limits = Limits {
        message_bytes: 1 << 16,
        ..Limits::default()
    };
    let mut decoder = Decoder::with_limits(limits);
    loop {
        match decoder.decode::<T>(&mut input) {
            Ok(Some(_)) => {}
            Ok(None) => break assert!(decoder.missing() > 0),
            Err(e) if e.is_fatal() => break,
            Err(_) => {}
        }
    }
}

proptest! {
    // Failures are repeated from the seed that is printed; no files are left behind.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(list in vec(everything(), 1..4)) {
        let bytes = encoded(&list);
        let (mut decoder, mut input) = (Decoder::new(), &bytes[..]);
        for written in &list {
            prop_assert_eq!(decoder.decode::<Everything>(&mut input).expect("a value").map(comparable), Some(comparable(written.clone())));
        }
        prop_assert!(input.is_empty());
    }

    #[test]
    fn dynamic_values_are_read_as_they_were_written(list in vec(value(), 1..4)) {
        let bytes = encoded(std::slice::from_ref(&list));
        let (mut decoder, mut input) = (Decoder::new(), &bytes[..]);
        let read = decoder.decode::<Vec<Value>>(&mut input).expect("a value").expect("whole");
        let sort = |list: &[Value]| list.iter().map(sorted).collect::<Vec<_>>();
        prop_assert_eq!(sort(&read), sort(&list));
    }

    #[test]
    fn whatever_can_be_read_typed_can_be_read_dynamically_and_sent_on(written in everything()) {
        let bytes = encoded(std::slice::from_ref(&written));
        let value: Value = Decoder::new().decode(&mut &bytes[..]).expect("a value").expect("whole");
        let mut again = Vec::new();
        // Of empty lists among others the type is not known: such a value may not come back, but does no harm.
        if Encoder::new().encode(&value, &mut again).is_ok() {
            let same: Value = Decoder::new().decode(&mut &again[..]).expect("a value").expect("whole");
            prop_assert_eq!(sorted(&same), sorted(&value));
        }
    }

    #[test]
    fn damaged_streams_do_no_harm(
        list in vec(everything(), 1..3),
        damage in vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = encoded(&list);
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        read_all::<Everything>(&bytes);
        read_all::<Value>(&bytes);
        read_all::<()>(&bytes);
    }

    #[test]
    fn arbitrary_bytes_do_no_harm(bytes in vec(any::<u8>(), 0..400)) {
        read_all::<Everything>(&bytes);
        read_all::<Value>(&bytes);
        read_all::<HashMap<String, Vec<Value>>>(&bytes);
    }
}
