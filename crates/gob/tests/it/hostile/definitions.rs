//! Definitions that are too many, too deep, too wide or malformed.

use gob::{DecodeErrorKind, Decoder, Gob, Limits, Value};

use super::{Small, decode, fatal_for_all};
use crate::build::{
    INT, INTERFACE, define_slice, define_struct, definition, int, message, text, value,
};

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
    // Eight to the eleventh of anything would take hours.
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
