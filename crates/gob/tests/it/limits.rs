//! The limits of a decoder are its own.

use gob::{DecodeErrorKind, Decoder, Encoder, Gob, Limits};

#[derive(Debug, PartialEq, Gob)]
struct Pair {
    first: String,
    second: Option<Box<Pair>>,
}

fn bytes() -> Vec<u8> {
    let inner = Pair {
        first: "i".repeat(100),
        second: None,
    };
    let mut out = Vec::new();
    let pair = Pair {
        first: "o".into(),
        second: Some(Box::new(inner)),
    };
    Encoder::new().encode(&pair, &mut out).expect("a value");
    out
}

#[test]
fn each_limit_is_kept_and_the_usual_ones_suffice() {
    let bytes = bytes();
    let decode = |limits| Decoder::with_limits(limits).decode::<Pair>(&mut &bytes[..]);
    let usual = Limits::default();
    assert!(decode(usual).is_ok_and(|read| read.is_some()));
    let tight = [
        Limits {
            message_bytes: 50,
            ..usual
        },
        Limits { types: 0, ..usual },
        Limits {
            definition_bytes: 10,
            ..usual
        },
        Limits { fields: 1, ..usual },
        Limits { depth: 1, ..usual },
        Limits {
            amplification: 0,
            slack_bytes: 20,
            ..usual
        },
        Limits {
            decoded_bytes: 20,
            ..usual
        },
    ];
    for limits in tight {
        let error = decode(limits).expect_err("over the limit");
        assert_eq!(error.kind(), DecodeErrorKind::Limit, "{limits:?}");
        // What was found too much for one is none for another, though the definitions are the same.
        assert!(decode(usual).is_ok_and(|read| read.is_some()));
    }
    let room = Limits {
        message_bytes: 200,
        types: 1,
        definition_bytes: 100,
        fields: 2,
        depth: 2,
        ..usual
    };
    assert!(decode(room).is_ok_and(|read| read.is_some()));
}

#[test]
fn memory_is_the_only_limit_that_costs_one_value() {
    let bytes = [bytes(), bytes()].concat();
    let limits = Limits {
        amplification: 0,
        slack_bytes: 20,
        ..Limits::default()
    };
    let (mut decoder, mut input) = (Decoder::with_limits(limits), &bytes[..]);
    assert!(
        decoder
            .decode::<Pair>(&mut input)
            .is_err_and(|e| !e.is_fatal())
    );
    // Two streams one behind the other are none: the definition comes twice.
    assert!(
        decoder
            .decode::<Pair>(&mut input)
            .is_err_and(|e| e.is_fatal())
    );
}
