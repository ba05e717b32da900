//! What a peer may send to do harm. Each test is named after the trap.

mod definitions;
mod integers;
mod values;

use gob::{Decode, DecodeError, Decoder, Gob, Value};

#[derive(Debug, PartialEq, Gob)]
struct Small {
    a: i64,
    b: String,
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
