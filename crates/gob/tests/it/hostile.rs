//! What a peer may send to do harm. Each test is named after the trap.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use gob::{Decode, DecodeError, DecodeErrorKind, Decoder, Encoder, Gob, Limits, MapEntries, Value};

use crate::build::{
    INT, INTERFACE, STRING, UINT, define_array, define_map, define_slice, define_struct,
    definition, int, message, text, uint, value,
};

#[derive(Debug, PartialEq, Gob)]
struct Small {
    a: i64,
    b: String,
}

#[derive(Debug, PartialEq, Gob)]
struct Tree {
    kids: Vec<Tree>,
}

fn decode<'de, T: Decode<'de>>(mut input: &'de [u8]) -> Result<Option<T>, DecodeError> {
    Decoder::new().decode(&mut input)
}

/// Decodes as several types, and skips: none may panic, and all come to the same kind of end.
fn fatal_for_all(bytes: &[u8]) -> DecodeError {
    let error = decode::<Value>(bytes).expect_err("it is malformed");
    assert!(error.is_fatal(), "{error}");
    let mut input = bytes;
    assert!(
        Decoder::new()
            .skip(&mut input)
            .expect_err("it is malformed")
            .is_fatal()
    );
    assert!(
        decode::<Small>(bytes)
            .expect_err("it is malformed")
            .is_fatal()
    );
    assert!(
        decode::<Vec<u64>>(bytes)
            .expect_err("it is malformed")
            .is_fatal()
    );
    error
}

#[test]
fn definitions_chained_ten_thousand_deep() {
    const DEPTH: i64 = 10_000;
    let (mut slices, mut structs) = (Vec::new(), Vec::new());
    for i in 0..DEPTH {
        let inner = if i + 1 < DEPTH { 65 + i } else { INT };
        slices.extend(define_slice(64 + i, inner));
        structs.extend(define_struct(64 + i, "T", &[("F", inner)]));
    }
    // An empty slice of slices of slices …: nothing of the chain is there but its types.
    slices.extend(value(64, &[vec![0, 0]]));
    // A struct that holds a struct …, down to the last one that may stand.
    let nested = |depth: usize| value(64, &[vec![1; depth], vec![0; depth + 1]]);
    let deep = [structs.clone(), nested(10_000)].concat();
    let shallow = [structs, nested(200)].concat();

    // So many types are refused for their number …
    assert_eq!(fatal_for_all(&slices).kind(), DecodeErrorKind::Limit);
    // … and where they are allowed they are compiled one after the other, not one within the other.
    let limits = Limits {
        types: 20_000,
        ..Limits::default()
    };
    let mut decoder = Decoder::with_limits(limits);
    assert_eq!(
        decoder.decode(&mut &slices[..]),
        Ok(Some(Value::Slice(vec![])))
    );
    let mut decoder = Decoder::with_limits(limits);
    assert_eq!(decoder.skip(&mut &slices[..]), Ok(Some(())));
    let mut decoder = Decoder::with_limits(limits);
    assert_eq!(decoder.skip(&mut &shallow[..]), Ok(Some(())));
    let mut decoder = Decoder::with_limits(limits);
    let error = decoder
        .decode::<Value>(&mut &deep[..])
        .expect_err("values have a limit of their own");
    assert_eq!(error.kind(), DecodeErrorKind::Limit);
    let mut decoder = Decoder::with_limits(limits);
    assert_eq!(
        decoder
            .skip(&mut &deep[..])
            .expect_err("skipping too")
            .kind(),
        DecodeErrorKind::Limit
    );
}

#[test]
fn definitions_that_expand_exponentially() {
    // T0 has eight fields of T1, which has eight of T2, and so on: a thousand bytes for 8^11 fields.
    let mut bytes = Vec::new();
    for i in 0..11 {
        let fields: Vec<_> = ["A", "B", "C", "D", "E", "F", "G", "H"]
            .map(|name| (name, 65 + i))
            .into();
        bytes.extend(define_struct(64 + i, "", &fields));
    }
    bytes.extend(define_struct(75, "", &[("X", INT)]));
    assert!(bytes.len() < 1000);
    bytes.extend(value(64, &[vec![8, 8, 0, 0, 0]]));
    let start = Instant::now();
    assert!(matches!(decode(&bytes), Ok(Some(Value::Struct(_)))));
    assert_eq!(Decoder::new().skip(&mut &bytes[..]), Ok(Some(())));
    #[derive(Debug, PartialEq, Gob)]
    struct Own {
        a: Option<Box<Own>>,
        h: Option<Box<Own>>,
    }
    let read = decode::<Own>(&bytes)
        .expect("fields in common")
        .expect("whole");
    assert_eq!(
        read,
        Own {
            a: None,
            h: Some(Box::new(Own {
                a: None,
                h: Some(Box::new(Own { a: None, h: None }))
            }))
        }
    );
    // Not a measurement: eight to the eleventh of anything would take hours.
    assert!(start.elapsed() < Duration::from_secs(60));
}

#[test]
fn ids_at_the_limits_of_integers() {
    let limits = [
        i64::MIN,
        i64::MIN + 1,
        i64::from(i32::MIN) - 1,
        i64::from(i32::MIN),
        -63,
        -16,
        -1,
    ];
    for id in limits {
        let definition = message(&[int(id), vec![2, 2, 1, 4, 0, 0, 0]]);
        let bytes = [definition, value(INT, &[vec![0, 2]])].concat();
        assert_eq!(
            fatal_for_all(&bytes).kind(),
            DecodeErrorKind::Corrupt,
            "{id}"
        );
    }
    for id in [0, 9, 15, 16, 23, 63, 64, i64::from(i32::MAX), i64::MAX] {
        fatal_for_all(&value(id, &[vec![0, 2]]));
        fatal_for_all(&[define_slice(70, id), value(70, &[vec![0, 1, 2]])].concat());
        fatal_for_all(
            &[
                define_struct(70, "S", &[("A", id)]),
                value(70, &[vec![1, 2, 0]]),
            ]
            .concat(),
        );
    }
    // The last that Go could give.
    let last = i64::from(i32::MAX);
    let bytes = [define_slice(last, INT), value(last, &[vec![0, 1, 2]])].concat();
    assert_eq!(decode(&bytes), Ok(Some(vec![1i64])));
}

#[test]
fn lengths_at_the_limits_of_integers() {
    for len in [
        1 << 26 | 1,
        u64::from(u32::MAX),
        i64::MAX as u64,
        1 << 63,
        u64::MAX - 1,
        u64::MAX,
    ] {
        // The length alone is enough: nobody waits for eighteen exabytes.
        let error = decode::<Small>(&uint(len)).expect_err("too long");
        assert_eq!(
            (error.kind(), error.is_fatal()),
            (DecodeErrorKind::Limit, true),
            "{len}"
        );
        // A string, a byte slice, a name, a field's delta, a count.
        fatal_for_all(&value(STRING, &[vec![0], uint(len), vec![b'x'; 9]]));
        fatal_for_all(&value(5, &[vec![0], uint(len)]));
        fatal_for_all(
            &[
                define_struct(70, "S", &[("A", INT)]),
                value(70, &[uint(len), vec![2, 0]]),
            ]
            .concat(),
        );
        let name = message(&[int(-70), vec![3, 1, 1], uint(len), vec![b'n'; 9]]);
        fatal_for_all(&[name, value(70, &[])].concat());
        fatal_for_all(
            &[
                message(&[int(-70), vec![3, 2], uint(len), vec![1; 9]]),
                value(70, &[]),
            ]
            .concat(),
        );
        fatal_for_all(&value(INTERFACE, &[vec![0], uint(len)]));
        fatal_for_all(&value(
            INTERFACE,
            &[vec![0], text("int"), int(INT), uint(len), vec![0, 2]],
        ));
    }
    // Nine bytes for an integer cannot be; one byte for each count byte that announces so.
    for first in 0x80..=0xf7 {
        assert!(decode::<Small>(&[first]).is_err_and(|e| e.is_fatal()));
    }
    // No length at all.
    assert!(decode::<Small>(&[0]).is_err_and(|e| e.is_fatal()));
}

#[test]
fn a_message_cut_at_every_byte() {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new();
    let written = [
        Small {
            a: -7,
            b: "seven".repeat(60),
        },
        Small {
            a: 1 << 40,
            b: String::new(),
        },
    ];
    for small in &written {
        encoder.encode(small, &mut bytes).expect("a value");
    }
    for cut in 0..bytes.len() {
        let mut decoder = Decoder::new();
        let mut read = Vec::new();
        let mut input = &bytes[..cut];
        while let Some(small) = decoder.decode::<Small>(&mut input).expect("no error") {
            read.push(small);
        }
        let missing = decoder.missing();
        assert!(
            (1..=bytes.len() - cut).contains(&missing),
            "{missing} are missing at {cut} of {}",
            bytes.len()
        );
        let used = cut - input.len();
        input = &bytes[used..];
        while let Some(small) = decoder.decode::<Small>(&mut input).expect("no error") {
            read.push(small);
        }
        assert_eq!(read, written);
    }
    // And byte by byte.
    let (mut decoder, mut have, mut read) = (Decoder::new(), Vec::new(), Vec::new());
    for byte in bytes {
        have.push(byte);
        let mut input = &have[..];
        if let Some(small) = decoder.decode::<Small>(&mut input).expect("no error") {
            read.push(small);
        }
        let used = have.len() - input.len();
        have.drain(..used);
    }
    assert_eq!(read, written);
}

#[test]
fn many_messages_before_one_value() {
    // As many definitions as are allowed, one reading away from the next.
    let mut decoder = Decoder::new();
    for id in 0..4096 {
        let definition = define_slice(64 + id, INT);
        let mut input = &definition[..];
        assert_eq!(decoder.decode::<Vec<i64>>(&mut input), Ok(None));
        assert!(input.is_empty(), "whole definitions are taken in");
    }
    let value = value(64 + 4095, &[vec![0, 2, 2, 4]]);
    assert_eq!(decoder.decode(&mut &value[..]), Ok(Some(vec![1i64, 2])));
    // One more is too many.
    let bytes = [define_slice(9999, INT), value].concat();
    let error = decoder
        .decode::<Vec<i64>>(&mut &bytes[..])
        .expect_err("too many");
    assert_eq!(
        (error.kind(), error.is_fatal()),
        (DecodeErrorKind::Limit, true)
    );
    // Nor can definitions go on for ever without a value.
    let long = define_struct(64, &"n".repeat(1 << 16), &[]);
    let mut decoder = Decoder::new();
    let refused = (0..17)
        .find_map(|_| decoder.decode::<Small>(&mut &long[..]).err())
        .expect("a limit");
    assert_eq!(
        (refused.kind(), refused.is_fatal()),
        (DecodeErrorKind::Limit, true)
    );
}

#[test]
fn duplicate_definitions() {
    let twice = [
        define_slice(64, INT),
        define_slice(64, INT),
        value(64, &[vec![0, 0]]),
    ]
    .concat();
    assert_eq!(fatal_for_all(&twice).kind(), DecodeErrorKind::Corrupt);
    // In another batch, behind a value.
    let mut decoder = Decoder::new();
    let first = [define_slice(64, INT), value(64, &[vec![0, 0]])].concat();
    assert_eq!(
        decoder.decode::<Vec<i64>>(&mut &first[..]),
        Ok(Some(vec![]))
    );
    assert!(
        decoder
            .decode::<Vec<i64>>(&mut &first[..])
            .is_err_and(|e| e.is_fatal())
    );
    // In an interface.
    let inside = value(
        INTERFACE,
        &[
            vec![0],
            text("T"),
            int(-64),
            vec![2, 1, 2],
            int(64),
            vec![0, 1],
            int(INT),
            vec![0, 0],
        ],
    );
    let rest = value(64, &[vec![2, 0, 0]]);
    let bytes = [first, inside, rest].concat();
    let mut decoder = Decoder::new();
    let mut input = &bytes[..];
    assert_eq!(decoder.decode::<Vec<i64>>(&mut input), Ok(Some(vec![])));
    let error = decoder.decode::<Value>(&mut input).expect_err("twice");
    assert!(error.to_string().contains("twice"), "{error}");
    assert!(error.is_fatal());
}

#[test]
fn unknown_type_ids() {
    let error = fatal_for_all(&value(70, &[vec![0, 0]]));
    assert!(
        error.to_string().contains("type id 70 is not defined"),
        "{error}"
    );
    let nested = [
        define_struct(64, "S", &[("A", INT), ("Z", 71)]),
        value(64, &[vec![1, 2, 0]]),
    ]
    .concat();
    assert!(
        fatal_for_all(&nested)
            .to_string()
            .contains("S.Z: type id 71 is not defined")
    );
}

#[test]
fn negative_counts() {
    // Counts are unsigned; what would be negative in an int64 is just too many.
    for count in [1 << 63, u64::MAX, u64::MAX - 7] {
        let slice = [
            define_slice(64, INT),
            value(64, &[vec![0], uint(count), vec![2; 9]]),
        ]
        .concat();
        assert_eq!(fatal_for_all(&slice).kind(), DecodeErrorKind::Corrupt);
        let map = [
            define_map(64, STRING, INT),
            value(64, &[vec![0], uint(count), vec![0, 2]]),
        ]
        .concat();
        assert_eq!(fatal_for_all(&map).kind(), DecodeErrorKind::Corrupt);
        let array = [
            define_array(64, INT, 3),
            value(64, &[vec![0], uint(count), vec![2; 9]]),
        ]
        .concat();
        assert_eq!(fatal_for_all(&array).kind(), DecodeErrorKind::Corrupt);
    }
    for len in [-1, i64::MIN] {
        let bytes = [define_array(64, INT, len), value(64, &[vec![0, 0]])].concat();
        assert_eq!(fatal_for_all(&bytes).kind(), DecodeErrorKind::Corrupt);
    }
}

#[test]
fn counts_far_beyond_the_bytes() {
    for count in [100, 1 << 20, 1 << 40, 1 << 62] {
        let body = [vec![0], uint(count), vec![2; 20]];
        let slice = [define_slice(64, INT), value(64, &body)].concat();
        assert!(decode::<Vec<i64>>(&slice).is_err_and(|e| e.is_fatal()));
        assert_eq!(fatal_for_all(&slice).kind(), DecodeErrorKind::Corrupt);
        let map = [define_map(64, INT, INT), value(64, &body)].concat();
        assert!(decode::<HashMap<i64, i64>>(&map).is_err_and(|e| e.is_fatal()));
        assert!(decode::<BTreeMap<i64, i64>>(&map).is_err_and(|e| e.is_fatal()));
        assert!(decode::<MapEntries<i64, i64>>(&map).is_err_and(|e| e.is_fatal()));
        assert_eq!(fatal_for_all(&map).kind(), DecodeErrorKind::Corrupt);
        // Interfaces among the elements could go on in another message; there is none.
        let slice = [
            define_slice(64, INTERFACE),
            value(64, &[vec![0], uint(count), vec![0; 20]]),
        ]
        .concat();
        assert!(decode::<Vec<Value>>(&slice).is_err_and(|e| e.is_fatal()));
        assert_eq!(fatal_for_all(&slice).kind(), DecodeErrorKind::Corrupt);
        let array = [define_array(64, INT, count as i64), value(64, &body)].concat();
        assert_eq!(fatal_for_all(&array).kind(), DecodeErrorKind::Corrupt);
        assert!(decode::<[i64; 4]>(&array).is_err_and(|e| e.is_fatal()));
    }
}

#[test]
fn nested_interfaces_very_deep() {
    // interface{}([]interface{}{[]interface{}{…}}), built from the inside.
    let nested = |depth: usize| {
        let mut inner = vec![0, 0];
        for _ in 0..depth {
            inner = [
                vec![0, 1],
                text("[]interface {}"),
                int(64),
                uint(inner.len() as u64),
                inner,
            ]
            .concat();
        }
        [define_slice(64, INTERFACE), value(64, &[inner])].concat()
    };
    let mut value = decode::<Value>(&nested(100))
        .expect("deep, but not too deep")
        .expect("whole");
    let mut depth = 0;
    while let Some([item]) = value.as_slice() {
        value = item.clone();
        depth += 1;
    }
    assert_eq!(depth, 100);
    for depth in [200, 10_000, 30_000] {
        assert_eq!(
            fatal_for_all(&nested(depth)).kind(),
            DecodeErrorKind::Limit,
            "{depth}"
        );
    }
}

#[test]
fn values_nested_deep_by_their_own_type() {
    let nested = |depth: usize| {
        let types = [
            define_struct(64, "Tree", &[("Kids", 65)]),
            define_slice(65, 64),
        ]
        .concat();
        [
            types,
            value(64, &[[1, 1].repeat(depth), vec![0; depth + 1]]),
        ]
        .concat()
    };
    let mut tree = decode::<Tree>(&nested(120))
        .expect("deep, but not too deep")
        .expect("whole");
    let mut depth = 0;
    while let Some(kid) = tree.kids.pop() {
        tree = kid;
        depth += 1;
    }
    assert_eq!(depth, 120);
    for depth in [200, 1_000_000] {
        let error = decode::<Tree>(&nested(depth)).expect_err("too deep");
        assert_eq!(
            (error.kind(), error.is_fatal()),
            (DecodeErrorKind::Limit, true)
        );
        assert_eq!(
            Decoder::new()
                .skip(&mut &nested(depth)[..])
                .expect_err("too deep")
                .kind(),
            DecodeErrorKind::Limit
        );
    }
    // What we would not read we do not write.
    let mut tree = Tree { kids: vec![] };
    for _ in 0..200 {
        tree = Tree { kids: vec![tree] };
    }
    assert_eq!(
        Encoder::new().encode(&tree, &mut Vec::new()),
        Err(gob::EncodeError::TooDeep)
    );
}

#[test]
fn zero_size_elements_in_huge_numbers() {
    // []struct{} of 2^60 elements: each still takes a byte, and there are ten.
    for elem in [define_struct(65, "", &[]), define_array(65, INT, 0)] {
        let bytes = [
            define_slice(64, 65),
            elem,
            value(64, &[vec![0], uint(1 << 60), vec![0; 10]]),
        ]
        .concat();
        assert!(decode::<Vec<()>>(&bytes).is_err_and(|e| e.is_fatal()));
        assert!(decode::<Vec<[i64; 0]>>(&bytes).is_err_and(|e| e.is_fatal()));
        assert_eq!(fatal_for_all(&bytes).kind(), DecodeErrorKind::Corrupt);
    }
    let bytes = [
        define_slice(64, 65),
        define_struct(65, "", &[]),
        value(64, &[vec![0, 10], vec![0; 10]]),
    ]
    .concat();
    assert_eq!(decode(&bytes), Ok(Some(vec![(); 10])));
}

#[test]
fn a_byte_an_element_and_a_kilobyte_in_memory() {
    #[derive(Debug, Gob)]
    struct Wide {
        fields: [[u64; 16]; 8],
        x: i64,
    }
    let wide = |count: usize| {
        let types = [
            define_slice(64, 65),
            define_struct(65, "Wide", &[("X", INT)]),
        ]
        .concat();
        [
            types,
            value(64, &[vec![0], uint(count as u64), vec![0; count]]),
        ]
        .concat()
    };
    assert_eq!(
        decode::<Vec<Wide>>(&wide(500)).map(|read| read.map(|list| list.len())),
        Ok(Some(500))
    );
    // Ten megabytes of zeros would be ten gigabytes of structs. The value can be skipped, and is.
    let bytes = wide(10 << 20);
    let mut input = &bytes[..];
    let error = Decoder::new()
        .decode::<Vec<Wide>>(&mut input)
        .expect_err("out of proportion");
    assert_eq!(
        (error.kind(), error.is_fatal()),
        (DecodeErrorKind::Limit, false)
    );
    assert!(input.is_empty());
    // The same through pointers, maps and dynamic values.
    assert!(decode::<Vec<Box<Wide>>>(&bytes).is_err_and(|e| e.kind() == DecodeErrorKind::Limit));
    let map = [
        define_map(64, UINT, 65),
        define_struct(65, "Wide", &[("X", INT)]),
    ]
    .concat();
    let body: Vec<u8> = (0..1u64 << 20)
        .flat_map(|key| [uint(key), vec![0]].concat())
        .collect();
    let map = [map, value(64, &[vec![0], uint(1 << 20), body])].concat();
    assert!(decode::<HashMap<u64, Wide>>(&map).is_err_and(|e| e.kind() == DecodeErrorKind::Limit));
    assert!(decode::<BTreeMap<u64, Wide>>(&map).is_err_and(|e| e.kind() == DecodeErrorKind::Limit));
    assert!(
        decode::<MapEntries<u64, Wide>>(&map).is_err_and(|e| e.kind() == DecodeErrorKind::Limit)
    );
    // A struct's name of a kilobyte, a million times over.
    let types = [
        define_slice(64, 65),
        define_struct(65, &"n".repeat(1000), &[]),
    ]
    .concat();
    let bytes = [
        types,
        value(64, &[vec![0], uint(1 << 20), vec![0; 1 << 20]]),
    ]
    .concat();
    assert!(decode::<Value>(&bytes).is_err_and(|e| e.kind() == DecodeErrorKind::Limit));
}

#[test]
fn malformed_definitions() {
    let after = value(INT, &[vec![0, 2]]);
    for body in [
        vec![],                                                   // nothing
        vec![0],                                                  // no alternative
        vec![3, 0],                                               // the wireType does not end
        vec![8, 0, 0],                         // an alternative that does not exist
        vec![1, 1, 1, 1, b'x', 0, 0, 1, 0, 0], // two alternatives
        vec![3, 9, 0, 0],                      // a field that does not exist
        vec![3, 2, 1, 2, 4, 0, 0, 0],          // a struct's field without a name
        vec![3, 2, 1, 1, 1, b'A', 1, 4, 0, 0, 0, 7], // bytes behind it
        vec![0xf8, 255, 255, 255, 255, 255, 255, 255, 255, 1, 0], // field numbers that overflow
    ] {
        let bytes = [message(&[int(-64), body]), after.clone()].concat();
        assert_eq!(fatal_for_all(&bytes).kind(), DecodeErrorKind::Corrupt);
    }
    let fields: Vec<(String, i64)> = (0..2000).map(|i| (format!("F{i}"), INT)).collect();
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, id)| (name.as_str(), *id))
        .collect();
    let bytes = [define_struct(64, "S", &fields), after].concat();
    assert_eq!(fatal_for_all(&bytes).kind(), DecodeErrorKind::Limit);
    // A slice of itself is a type, if of nothing but empty slices.
    let bytes = [define_slice(64, 64), value(64, &[vec![0, 2, 0, 0]])].concat();
    assert_eq!(
        decode(&bytes),
        Ok(Some(Value::Slice(vec![
            Value::Slice(vec![]),
            Value::Slice(vec![])
        ])))
    );
    // Self-marshalled types have a name and no more.
    let bytes = [
        definition(64, 7, "Text", &[]),
        value(64, &[vec![0], text("abc")]),
    ]
    .concat();
    let read: gob::TextMarshaled<'_> = decode(&bytes).expect("bytes").expect("whole");
    assert_eq!(&*read.0, b"abc");
}

#[test]
fn types_that_cost_more_to_match_than_they_take_to_send() {
    // Many roots over the same wide struct: each is a plan of its own, and their sum has a limit.
    let fields: Vec<(String, i64)> = (0..1000).map(|i| (format!("F{i}"), INT)).collect();
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, id)| (name.as_str(), *id))
        .collect();
    let mut bytes = define_struct(64, "Wide", &fields);
    for id in 65..4000 {
        bytes.extend(define_slice(id, 64));
    }
    let mut values = Vec::new();
    for id in 65..4000 {
        values.extend(value(id, &[vec![0, 0]]));
    }
    bytes.extend(values);
    let mut decoder = Decoder::new();
    let mut input = &bytes[..];
    let error = loop {
        match decoder.skip(&mut input) {
            Ok(skipped) => assert_eq!(skipped, Some(())),
            Err(error) => break error,
        }
    };
    assert_eq!(
        (error.kind(), error.is_fatal()),
        (DecodeErrorKind::Limit, true)
    );
}

#[test]
fn a_value_in_ever_more_messages() {
    // []interface{} of so many new types, each of which breaks the message: legal, and limited.
    let mut stream = define_slice(64, INTERFACE);
    let mut part = [int(64), vec![0], uint(5000)].concat();
    for id in 65..5065 {
        let (name, definition) = (
            text("T"),
            [
                int(-id),
                vec![2, 1, 2],
                int(id),
                vec![0, 1],
                int(INT),
                vec![0, 0],
            ],
        );
        stream.extend(message(&[part, name, definition.concat()]));
        part = [int(id), vec![2, 0, 0]].concat();
    }
    let mut decoder = Decoder::new();
    let error = decoder
        .decode::<Vec<Value>>(&mut &stream[..])
        .expect_err("too many types");
    assert_eq!(
        (error.kind(), error.is_fatal()),
        (DecodeErrorKind::Limit, true)
    );

    // Arriving piece by piece it is gone through again for each message, but not for ever: the sum has a limit.
    let limits = Limits {
        message_bytes: 1 << 15,
        ..Limits::default()
    };
    let (mut decoder, mut start) = (Decoder::with_limits(limits), 0);
    let refused = (0..stream.len()).find_map(|end| {
        let mut input = &stream[start..end];
        let result = decoder.decode::<Vec<Value>>(&mut input);
        start = end - input.len();
        result.err()
    });
    let refused = refused.expect("a limit");
    assert_eq!(
        (refused.kind(), refused.is_fatal()),
        (DecodeErrorKind::Limit, true)
    );
    assert!(refused.to_string().contains("too many pieces"), "{refused}");
}
