//! Arbitrary bytes as gob streams, into many types: the same outcome however the bytes arrive and whatever they are read into, and what
//! was read can be written and read again.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use gob::{
    ByteString, Complex64, Complex128, Decode, Decoder, Encoder, Gob, GobEncoded, Interface,
    MapEntries, Time, Url, Value,
};

#[derive(Debug, Clone, PartialEq, Gob)]
struct Request<'a> {
    service_method: &'a str,
    seq: u64,
}

#[derive(Debug, Clone, PartialEq, Gob)]
struct Args<'a> {
    response_writer_stream: u32,
    request: Option<Http<'a>>,
    context: Option<BTreeMap<String, Value>>,
    request_body_stream: u32,
}

#[derive(Debug, Clone, PartialEq, Gob)]
struct Http<'a> {
    method: ByteString<'a>,
    #[gob(name = "URL")]
    url: Option<Url<'a>>,
    proto_major: i8,
    header: MapEntries<&'a str, Vec<&'a str>>,
    body: Cow<'a, [u8]>,
}

/// Fields of the names that the seeds use, of all kinds, some of which never fit.
#[derive(Debug, Clone, PartialEq, Gob)]
struct Kinds<'a> {
    b: bool,
    i: i16,
    i64: i64,
    u: u8,
    u64: u64,
    f32: f32,
    f64: f64,
    c64: Complex64,
    c128: Complex128,
    s: &'a str,
    by: &'a [u8],
    ints: Vec<u8>,
    strs: Vec<Cow<'a, str>>,
    arr: [i16; 3],
    nested: Vec<Vec<String>>,
    map: HashMap<String, i64>,
    header: BTreeMap<String, Vec<String>>,
    empty: (),
    next: Option<Box<Kinds<'a>>>,
    kids: Vec<Kinds<'a>>,
    t: Time,
    c: GobEncoded<'a>,
    a: Value,
    l: Vec<Option<Chosen>>,
    m: MapEntries<String, Option<Interface<Value>>>,
}

#[derive(Debug, Clone, PartialEq, Gob)]
enum Chosen {
    #[gob(nil)]
    Nil,
    #[gob(name = "example.org/v2/peer.ErrStr")]
    ErrStr(ErrStr),
    #[gob(name = "string")]
    Text(String),
    #[gob(other)]
    Other(Interface<Value>),
}

#[derive(Debug, Clone, PartialEq, Gob)]
struct ErrStr {
    code: i32,
    err: String,
}

/// What reading values of one type from these bytes comes to: how many were read, how many cost an error, whether
/// the stream broke, and what was left.
#[derive(Debug, PartialEq)]
struct Outcome {
    read: usize,
    lost: usize,
    broken: bool,
    left: usize,
}

fn read_all<'de, T: Decode<'de>>(mut input: &'de [u8], mut each: impl FnMut(T)) -> Outcome {
    let mut decoder = Decoder::new();
    let mut outcome = Outcome {
        read: 0,
        lost: 0,
        broken: false,
        left: 0,
    };
    loop {
        match decoder.decode::<T>(&mut input) {
            Ok(Some(value)) => {
                outcome.read += 1;
                each(value);
            }
            Ok(None) => {
                assert!(decoder.missing() > 0);
                break;
            }
            Err(e) if e.is_fatal() => {
                outcome.broken = true;
                break;
            }
            Err(_) => outcome.lost += 1,
        }
    }
    outcome.left = if outcome.broken { 0 } else { input.len() };
    outcome
}

fn skip_all(mut input: &[u8]) -> Outcome {
    let mut decoder = Decoder::new();
    let mut outcome = Outcome {
        read: 0,
        lost: 0,
        broken: false,
        left: 0,
    };
    loop {
        match decoder.skip(&mut input) {
            Ok(Some(())) => outcome.read += 1,
            Ok(None) => break,
            Err(e) => {
                outcome.broken = true;
                assert!(e.is_fatal());
                break;
            }
        }
    }
    outcome.left = if outcome.broken { 0 } else { input.len() };
    outcome
}

/// As `read_all` with `Value`, but the bytes arrive in pieces.
fn read_in_pieces(bytes: &[u8], piece: usize) -> Outcome {
    let mut decoder = Decoder::new();
    let mut outcome = Outcome {
        read: 0,
        lost: 0,
        broken: false,
        left: 0,
    };
    let mut have = Vec::new();
    'pieces: for piece in bytes.chunks(piece) {
        have.extend_from_slice(piece);
        loop {
            let mut input = &have[..];
            let result = decoder.decode::<Value>(&mut input);
            let used = have.len() - input.len();
            have.drain(..used);
            match result {
                Ok(Some(_)) => outcome.read += 1,
                Ok(None) => break,
                Err(e) if e.is_fatal() => {
                    outcome.broken = true;
                    break 'pieces;
                }
                Err(_) => outcome.lost += 1,
            }
        }
    }
    outcome.left = if outcome.broken { 0 } else { have.len() };
    outcome
}

/// Arbitrary bytes as gob streams.
pub fn gob_decode(bytes: &[u8]) {
    let skipped = skip_all(bytes);
    let dynamic = read_all::<Value>(bytes, |value| {
        // What was read can mostly be written; then it can be read again.
        let mut again = Vec::new();
        if Encoder::new().encode(&value, &mut again).is_ok() {
            let read = Decoder::new().decode::<Value>(&mut &again[..]);
            assert!(matches!(read, Ok(Some(_))), "{value:?}: {read:?}");
        }
    });
    // A type that takes anything reads what can be skipped, but for strings that are not UTF-8 and too much memory.
    assert_eq!(
        (dynamic.read + dynamic.lost, dynamic.broken, dynamic.left),
        (skipped.read, skipped.broken, skipped.left)
    );
    assert_eq!(read_in_pieces(bytes, super::piece(bytes)), dynamic);

    let typed = read_all::<Kinds<'_>>(bytes, |value| {
        let mut again = Vec::new();
        if Encoder::new().encode(&value, &mut again).is_ok() {
            let read = Decoder::new().decode::<Kinds<'_>>(&mut &again[..]);
            assert!(matches!(read, Ok(Some(_))), "{value:?}: {read:?}");
        }
    });
    assert!(typed.read + typed.lost <= skipped.read);
    read_all::<Args<'_>>(bytes, drop);
    read_all::<Vec<Chosen>>(bytes, drop);
    read_all::<HashMap<String, Vec<Value>>>(bytes, drop);

    // As net/rpc reads: a header, then what belongs to it.
    let (mut decoder, mut input) = (Decoder::new(), bytes);
    while let Ok(Some(request)) = decoder.decode::<Request<'_>>(&mut input) {
        let body = match request.seq % 3 {
            0 => decoder
                .decode::<Args<'_>>(&mut input)
                .map(|args| args.map(drop)),
            1 => decoder
                .decode::<&[u8]>(&mut input)
                .map(|args| args.map(drop)),
            _ => decoder.skip(&mut input),
        };
        if !matches!(body, Ok(Some(())) | Err(_)) {
            break;
        }
    }
}
