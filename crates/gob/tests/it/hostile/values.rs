//! Values that are deep, wide or in pieces.

use std::collections::{BTreeMap, HashMap};

use gob::{DecodeErrorKind, Decoder, Encoder, Gob, Limits, MapEntries, Value};

use super::{Small, decode, fatal_for_all};
use crate::build::{
    INT, INTERFACE, UINT, define_map, define_slice, define_struct, int, message, text, uint, value,
};

#[derive(Debug, PartialEq, Gob)]
struct Tree {
    kids: Vec<Tree>,
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
