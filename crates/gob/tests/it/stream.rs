//! What becomes of a stream: errors that cost one value, errors that end it, definitions sent once.

use std::borrow::Cow;

use gob::{Decode, DecodeErrorKind, Decoder, Encode, EncodeError, Encoder, Gob, Interface, Value};

use crate::build::{INT, INTERFACE, define_slice, define_struct, int, message, text, value};

#[derive(Debug, PartialEq, Gob)]
struct Inner {
    n: u64,
}

#[derive(Debug, PartialEq, Gob)]
struct Outer {
    id: i64,
    list: Vec<Inner>,
}

#[derive(Debug, PartialEq, Decode)]
struct Narrow {
    n: u8,
}

#[derive(Debug, PartialEq, Decode)]
struct NarrowOuter {
    list: Vec<Narrow>,
    id: i64,
}

fn encoded<T: Encode>(values: &[T]) -> Vec<u8> {
    let (mut encoder, mut out) = (Encoder::new(), Vec::new());
    for value in values {
        encoder.encode(value, &mut out).expect("a value");
    }
    out
}

#[test]
fn a_number_that_does_not_fit_names_its_field_and_costs_one_value() {
    let outer = |n| Outer {
        id: 1,
        list: vec![Inner { n: 7 }, Inner { n }],
    };
    let bytes = encoded(&[outer(300), outer(255)]);
    let (mut decoder, mut input) = (Decoder::new(), &bytes[..]);
    let error = decoder
        .decode::<NarrowOuter>(&mut input)
        .expect_err("300 is no u8");
    assert_eq!(error.to_string(), "gob: List[1].N: 300 does not fit u8");
    assert_eq!(
        (error.path(), error.kind(), error.is_fatal()),
        ("List[1].N", DecodeErrorKind::Invalid, false)
    );
    let read = decoder
        .decode::<NarrowOuter>(&mut input)
        .expect("255 is one")
        .expect("whole");
    assert_eq!(
        read,
        NarrowOuter {
            id: 1,
            list: vec![Narrow { n: 7 }, Narrow { n: 255 }]
        }
    );
    assert!(input.is_empty());
}

#[test]
fn every_integer_is_held_to_its_range() {
    fn fits<T: for<'de> Decode<'de>>(i: i64) -> bool {
        Decoder::new().decode::<T>(&mut &encoded(&[i])[..]).is_ok()
    }
    fn fits_unsigned<T: for<'de> Decode<'de>>(u: u64) -> bool {
        Decoder::new().decode::<T>(&mut &encoded(&[u])[..]).is_ok()
    }
    for i in [
        -129,
        -128,
        127,
        128,
        -32_769,
        -32_768,
        32_767,
        32_768,
        i64::MIN,
        i64::MAX,
        1 << 31,
        -(1 << 31),
    ] {
        assert_eq!(fits::<i8>(i), i8::try_from(i).is_ok(), "{i}");
        assert_eq!(fits::<i16>(i), i16::try_from(i).is_ok(), "{i}");
        assert_eq!(fits::<i32>(i), i32::try_from(i).is_ok(), "{i}");
        assert!(fits::<i64>(i));
    }
    for u in [255, 256, 65_535, 65_536, (1 << 32) - 1, 1 << 32, u64::MAX] {
        assert_eq!(fits_unsigned::<u8>(u), u8::try_from(u).is_ok(), "{u}");
        assert_eq!(fits_unsigned::<u16>(u), u16::try_from(u).is_ok(), "{u}");
        assert_eq!(fits_unsigned::<u32>(u), u32::try_from(u).is_ok(), "{u}");
        assert!(fits_unsigned::<u64>(u));
    }
    for (f, fits) in [
        (1e38, true),
        (1e39, false),
        (f64::INFINITY, true),
        (1e-300, true),
        (-3.5e38, false),
    ] {
        assert_eq!(
            Decoder::new()
                .decode::<f32>(&mut &encoded(&[f])[..])
                .is_ok(),
            fits,
            "{f}"
        );
    }
}

#[test]
fn another_type_costs_one_value() {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new();
    encoder.encode("text", &mut bytes).expect("a string");
    encoder
        .encode(&Inner { n: 1 }, &mut bytes)
        .expect("a struct");
    encoder.encode(&7i64, &mut bytes).expect("an integer");
    encoder
        .encode(&Inner { n: 2 }, &mut bytes)
        .expect("a struct");
    let (mut decoder, mut input) = (Decoder::new(), &bytes[..]);
    for wrong in [
        "the peer sends string, ours is struct",
        "none of the peer's fields is one of Outer's",
    ] {
        let error = decoder
            .decode::<Outer>(&mut input)
            .expect_err("another type");
        assert!(error.to_string().contains(wrong), "{error}");
        assert_eq!(
            (error.kind(), error.is_fatal()),
            (DecodeErrorKind::Mismatch, false)
        );
    }
    // Signed and unsigned are different types, as in Go.
    let error = decoder.decode::<u64>(&mut input).expect_err("signed");
    assert_eq!(error.to_string(), "gob: the peer sends int, ours is uint");
    assert_eq!(decoder.decode(&mut input), Ok(Some(Inner { n: 2 })));
    assert!(input.is_empty());
}

#[test]
fn a_field_of_another_type_is_named() {
    #[derive(Debug, Decode)]
    struct Wrong {
        _id: String,
    }
    #[derive(Debug, Decode)]
    struct Other {
        #[allow(dead_code)]
        list: Vec<WrongInner>,
    }
    #[derive(Debug, Decode)]
    struct WrongInner {
        #[allow(dead_code)]
        n: f64,
    }
    let bytes = encoded(&[Outer {
        id: 1,
        list: vec![],
    }]);
    let error = Decoder::new()
        .decode::<Wrong>(&mut &bytes[..])
        .expect_err("an integer is no string");
    assert_eq!(
        error.to_string(),
        "gob: Outer.Id: the peer sends int, ours is string"
    );
    let error = Decoder::new()
        .decode::<Other>(&mut &bytes[..])
        .expect_err("an integer is no float");
    assert_eq!(
        error.to_string(),
        "gob: Inner.N: the peer sends uint, ours is float"
    );
}

#[test]
fn what_is_not_utf8_costs_one_value_or_nothing() {
    let bytes = encoded(&[
        gob::ByteString(Cow::Borrowed(b"\xff\xfe")),
        gob::ByteString(Cow::Borrowed(b"ok")),
    ]);
    let (mut decoder, mut input) = (Decoder::new(), &bytes[..]);
    let error = decoder.decode::<&str>(&mut input).expect_err("not UTF-8");
    assert_eq!(
        (error.kind(), error.is_fatal()),
        (DecodeErrorKind::Invalid, false)
    );
    assert_eq!(decoder.decode(&mut input), Ok(Some("ok")));
    let read: gob::ByteString<'_> = Decoder::new()
        .decode(&mut &bytes[..])
        .expect("any bytes")
        .expect("whole");
    assert_eq!(&*read.0, b"\xff\xfe");
}

#[test]
fn after_a_fatal_error_nothing_is_read() {
    let good = encoded(&[7i64]);
    let mut decoder = Decoder::new();
    let error = decoder
        .skip(&mut &value(99, &[vec![0]])[..])
        .expect_err("an unknown type");
    assert!(error.is_fatal());
    assert_eq!(decoder.decode::<i64>(&mut &good[..]), Err(error));
    // Bytes behind a value, within its message.
    let mut decoder = Decoder::new();
    assert!(
        decoder
            .skip(&mut &value(INT, &[vec![0, 14, 1]])[..])
            .is_err_and(|e| e.is_fatal())
    );
    // A value that is no struct without its zero.
    let mut decoder = Decoder::new();
    assert!(
        decoder
            .skip(&mut &value(INT, &[vec![1, 14]])[..])
            .is_err_and(|e| e.is_fatal())
    );
}

#[test]
fn definitions_are_sent_once_a_stream() {
    let outer = Outer {
        id: 1,
        list: vec![],
    };
    let (mut encoder, mut first, mut second, mut other) =
        (Encoder::new(), Vec::new(), Vec::new(), Vec::new());
    encoder.encode(&outer, &mut first).expect("a value");
    encoder.encode(&outer, &mut second).expect("a value");
    assert!(first.ends_with(&second) && first.len() > 3 * second.len());
    // A part of what was defined needs no definition of its own.
    encoder
        .encode(&Inner { n: 1 }, &mut other)
        .expect("a value");
    assert!(other.len() < 10, "{other:?}");
    // A new stream begins anew, and with the same bytes.
    let mut again = Vec::new();
    Encoder::new().encode(&outer, &mut again).expect("a value");
    assert_eq!(again, first);
    // Only what is missing is added.
    let (mut encoder, mut small, mut large) = (Encoder::new(), Vec::new(), Vec::new());
    encoder
        .encode(&Inner { n: 1 }, &mut small)
        .expect("a value");
    encoder.encode(&outer, &mut large).expect("a value");
    assert!(large.len() < first.len());
    let bytes = [small, large].concat();
    let (mut decoder, mut input) = (Decoder::new(), &bytes[..]);
    assert_eq!(decoder.decode(&mut input), Ok(Some(Inner { n: 1 })));
    assert_eq!(decoder.decode(&mut input), Ok(Some(outer)));
}

#[test]
fn an_error_of_the_encoder_leaves_the_stream_as_it_was() {
    #[derive(Debug, PartialEq, Gob)]
    struct Held {
        list: Vec<Option<Inner>>,
        any: Value,
    }
    let mut encoder = Encoder::new();
    let mut out = vec![1, 2, 3];
    let bad = Held {
        list: vec![Some(Inner { n: 1 }), None],
        any: Value::Nil,
    };
    assert_eq!(encoder.encode(&bad, &mut out), Err(EncodeError::Nil));
    let mixed = Value::Slice(vec![Value::Int(1), Value::Bool(true)]);
    let bad = Held {
        list: vec![],
        any: Value::Interface(Box::new(Interface::new("T", mixed))),
    };
    assert_eq!(encoder.encode(&bad, &mut out), Err(EncodeError::Mixed));
    assert_eq!(
        encoder.encode(&None::<Inner>, &mut out),
        Err(EncodeError::Nil)
    );
    assert_eq!(out, [1, 2, 3]);
    let good = Held {
        list: vec![Some(Inner { n: 1 })],
        any: "x".into(),
    };
    encoder.encode(&good, &mut out).expect("a value");
    let read: Held = Decoder::new()
        .decode(&mut &out[3..])
        .expect("its definitions are there")
        .expect("whole");
    assert_eq!(read.list, good.list);
    assert_eq!(read.any.as_str(), Some("x"));
}

#[test]
fn a_value_that_cannot_be_read_is_skipped_over_all_its_messages() {
    // A message that breaks off in an interface to define its type, as Go's encoder does, goes on in another.
    let first = message(&[
        int(64),
        vec![1, 2, 1],
        text("peer.T"),
        int(-65),
        vec![3, 1, 1],
        text("T"),
        vec![1],
        int(65),
        vec![0, 1, 1, 1],
        text("X"),
        vec![1],
        int(INT),
        vec![0, 0, 0],
    ]);
    let second = message(&[int(65), vec![3, 1, 6, 0], vec![0]]);
    let stream = [
        define_struct(64, "S", &[("N", INT), ("Any", INTERFACE)]),
        first,
        second,
        value(INT, &[vec![0, 8]]),
    ];
    let bytes = stream.concat();

    #[derive(Debug, PartialEq, Decode)]
    struct S {
        n: i64,
        any: Value,
    }
    #[derive(Debug, PartialEq, Decode)]
    struct NotS {
        n: String,
    }
    #[derive(Debug, PartialEq, Decode)]
    struct OtherContents {
        any: Option<Interface<String>>,
    }
    let expect_next = |decoder: &mut Decoder, input: &mut &[u8]| {
        assert_eq!(decoder.decode(input), Ok(Some(4i64)));
        assert!(input.is_empty());
    };
    let (mut decoder, mut input) = (Decoder::new(), &bytes[..]);
    let read: S = decoder
        .decode(&mut input)
        .expect("both messages")
        .expect("whole");
    assert_eq!(
        (read.n, read.any.get("X").and_then(Value::as_i64)),
        (1, Some(3))
    );
    expect_next(&mut decoder, &mut input);
    // A mismatch that is seen at once, and one behind the break.
    let (mut decoder, mut input) = (Decoder::new(), &bytes[..]);
    assert!(
        decoder
            .decode::<NotS>(&mut input)
            .is_err_and(|e| !e.is_fatal())
    );
    expect_next(&mut decoder, &mut input);
    let (mut decoder, mut input) = (Decoder::new(), &bytes[..]);
    let error = decoder
        .decode::<OtherContents>(&mut input)
        .expect_err("a struct is no string");
    assert_eq!((error.path(), error.is_fatal()), ("Any", false));
    expect_next(&mut decoder, &mut input);
    // And while the second message is not there yet, neither is the error.
    for cut in 0..bytes.len() {
        let (mut decoder, mut input) = (Decoder::new(), &bytes[..cut]);
        let early = decoder.decode::<NotS>(&mut input);
        let mut input = &bytes[cut - input.len()..];
        if matches!(early, Ok(None)) {
            assert!(
                decoder
                    .decode::<NotS>(&mut input)
                    .is_err_and(|e| !e.is_fatal()),
                "{cut}"
            );
        }
        expect_next(&mut decoder, &mut input);
    }
}

#[test]
fn streams_with_the_same_definitions_share_them_and_others_do_not() {
    // The same bytes behind different prefixes, and different bytes of one length.
    let numbers = |id: i64| [define_slice(id, INT), value(id, &[vec![0, 1, 4]])].concat();
    let names = |id: i64| [define_slice(id, 6), value(id, &[vec![0, 1, 1, b'x']])].concat();
    for _ in 0..3 {
        let (mut a, mut b) = (Decoder::new(), Decoder::new());
        assert_eq!(a.decode(&mut &numbers(64)[..]), Ok(Some(vec![2i64])));
        assert_eq!(
            b.decode(&mut &names(64)[..]),
            Ok(Some(vec!["x".to_owned()]))
        );
        assert_eq!(
            a.decode(&mut &names(65)[..]),
            Ok(Some(vec!["x".to_owned()]))
        );
        assert_eq!(b.decode(&mut &numbers(65)[..]), Ok(Some(vec![2i64])));
        assert!(
            a.decode::<Vec<i64>>(&mut &value(65, &[vec![0, 1, 1, b'y']])[..])
                .is_err_and(|e| !e.is_fatal())
        );
        // More batches than are shared.
        for id in 66..100 {
            assert_eq!(a.decode(&mut &numbers(id)[..]), Ok(Some(vec![2i64])));
        }
        assert_eq!(
            a.decode(&mut &value(64, &[vec![0, 1, 6]])[..]),
            Ok(Some(vec![3i64]))
        );
    }
}

#[test]
fn more_kinds_of_streams_than_are_remembered() {
    // Three times as many sets of definitions as the process keeps, twice over, on several threads.
    let read = |round: i64| {
        for id in 0..400 {
            let (id, n) = (100 + id, round * 400 + id);
            let types = [
                define_struct(id, "Inner", &[("Other", 6), ("N", 3)]),
                define_slice(id + 1, id),
            ];
            let bytes = [
                types.concat(),
                value(
                    id + 1,
                    &[vec![0, 1, 2], crate::build::uint(n as u64), vec![0]],
                ),
            ]
            .concat();
            let inner: Vec<Inner> = Decoder::new()
                .decode(&mut &bytes[..])
                .expect("a value")
                .expect("whole");
            assert_eq!(inner, [Inner { n: n as u64 }]);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..2).for_each(read));
        }
    });
}
