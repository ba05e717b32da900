//! How fast the arguments of Mattermost's ServeHTTP hook are encoded and decoded, beside Go's encoding/gob and the
//! crate `gobwire`, on the bytes that Go made. `cargo bench -p go-gob`, with a number to run so many rounds (5).
//!
//! The rounds alternate between the three, and the table shows each one's median. "First" is what a new stream costs:
//! a new encoder or decoder, the type definitions, and one value; "later" is a further value on the same stream.

use std::collections::HashMap;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use gob::{Decode, Decoder, Encoder, Gob, MapEntries, Owned, Url};

/// How long each measurement takes.
const TIME: Duration = Duration::from_millis(200);

#[derive(Debug, PartialEq, Gob)]
#[gob(type_name = "Z_ServeHTTPArgs")]
struct Args<'a> {
    response_writer_stream: u32,
    request: Option<Request<'a>>,
    context: Option<Context<'a>>,
    request_body_stream: u32,
}

#[derive(Debug, PartialEq, Gob)]
#[gob(type_name = "HTTPRequestSubset")]
struct Request<'a> {
    method: &'a str,
    #[gob(name = "URL")]
    url: Option<Url<'a>>,
    proto: &'a str,
    proto_major: i64,
    proto_minor: i64,
    header: MapEntries<&'a str, Vec<&'a str>>,
    host: &'a str,
    remote_addr: &'a str,
    #[gob(name = "RequestURI")]
    request_uri: &'a str,
}

#[derive(Debug, PartialEq, Gob)]
struct Context<'a> {
    session_id: &'a str,
    request_id: &'a str,
    #[gob(name = "IPAddress")]
    ip_address: &'a str,
    accept_language: &'a str,
    user_agent: &'a str,
}

/// The same without borrowing, and with a hash map: what it costs to keep the value.
#[derive(Debug, Gob)]
#[gob(type_name = "Z_ServeHTTPArgs")]
struct OwnedArgs {
    response_writer_stream: u32,
    request: Option<OwnedRequest>,
    context: Option<OwnedContext>,
    request_body_stream: u32,
}

#[derive(Debug, Gob)]
#[gob(type_name = "HTTPRequestSubset")]
struct OwnedRequest {
    method: String,
    #[gob(name = "URL")]
    url: Option<Owned<Url<'static>>>,
    proto: String,
    proto_major: i64,
    proto_minor: i64,
    header: HashMap<String, Vec<String>>,
    host: String,
    remote_addr: String,
    #[gob(name = "RequestURI")]
    request_uri: String,
}

#[derive(Debug, Gob)]
#[gob(type_name = "Context")]
struct OwnedContext {
    session_id: String,
    request_id: String,
    #[gob(name = "IPAddress")]
    ip_address: String,
    accept_language: String,
    user_agent: String,
}

mod wire {
    use std::collections::HashMap;

    #[derive(Debug, Default, gobwire::Gob)]
    pub(crate) struct Args {
        #[gob(name = "ResponseWriterStream")]
        pub(crate) response_writer_stream: u32,
        #[gob(name = "Request")]
        pub(crate) request: Option<Box<Request>>,
        #[gob(name = "Context")]
        pub(crate) context: Option<Box<Context>>,
        #[gob(name = "RequestBodyStream")]
        pub(crate) request_body_stream: u32,
    }

    #[derive(Debug, Default, gobwire::Gob)]
    pub(crate) struct Request {
        #[gob(name = "Method")]
        pub(crate) method: String,
        #[gob(name = "URL")]
        pub(crate) url: Option<gobwire::BinaryBytes>,
        #[gob(name = "Proto")]
        pub(crate) proto: String,
        #[gob(name = "ProtoMajor")]
        pub(crate) proto_major: i64,
        #[gob(name = "ProtoMinor")]
        pub(crate) proto_minor: i64,
        #[gob(name = "Header")]
        pub(crate) header: HashMap<String, Vec<String>>,
        #[gob(name = "Host")]
        pub(crate) host: String,
        #[gob(name = "RemoteAddr")]
        pub(crate) remote_addr: String,
        #[gob(name = "RequestURI")]
        pub(crate) request_uri: String,
    }

    #[derive(Debug, Default, gobwire::Gob)]
    pub(crate) struct Context {
        #[gob(name = "SessionId")]
        pub(crate) session_id: String,
        #[gob(name = "RequestId")]
        pub(crate) request_id: String,
        #[gob(name = "IPAddress")]
        pub(crate) ip_address: String,
        #[gob(name = "AcceptLanguage")]
        pub(crate) accept_language: String,
        #[gob(name = "UserAgent")]
        pub(crate) user_agent: String,
    }

    /// Takes one whole value off the front, as that crate's documentation does.
    pub(crate) fn decode(decoder: &mut gobwire::Decoder, mut rest: &[u8]) -> Args {
        loop {
            let (width, len) = gobwire::parse_length_prefix(rest)
                .expect("a length")
                .expect("whole");
            let body = &rest[width..width + len];
            rest = &rest[width + len..];
            if decoder.push_message(body).expect("a message") == gobwire::Progress::Ready {
                return decoder.decode().expect("a value");
            }
        }
    }
}

const ROWS: [&str; 4] = [
    "encode first",
    "encode later",
    "decode first",
    "decode later",
];

/// Nanoseconds of one call.
fn measure(mut op: impl FnMut()) -> f64 {
    op();
    let (start, mut calls) = (Instant::now(), 0u32);
    while start.elapsed() < TIME {
        for _ in 0..64 {
            op();
        }
        calls += 64;
    }
    start.elapsed().as_nanos() as f64 / f64::from(calls)
}

fn ours<'a, T: gob::Encode + Decode<'a>>(first: &'a [u8], later: &'a [u8]) -> [f64; 4] {
    let args: T = decode(&mut Decoder::new(), first);
    let mut out = Vec::new();
    let encode_first = measure(|| {
        out.clear();
        Encoder::new()
            .encode(black_box(&args), &mut out)
            .expect("a value");
        black_box(&out);
    });
    let mut encoder = Encoder::new();
    let encode_later = measure(|| {
        out.clear();
        encoder.encode(black_box(&args), &mut out).expect("a value");
        black_box(&out);
    });
    let decode_first = measure(|| {
        black_box(decode::<T>(&mut Decoder::new(), black_box(first)));
    });
    let mut decoder = Decoder::new();
    decode::<T>(&mut decoder, first);
    let decode_later = measure(|| {
        black_box(decode::<T>(&mut decoder, black_box(later)));
    });
    [encode_first, encode_later, decode_first, decode_later]
}

fn decode<'a, T: Decode<'a>>(decoder: &mut Decoder, mut input: &'a [u8]) -> T {
    decoder.decode(&mut input).expect("a value").expect("whole")
}

fn gobwires(first: &[u8], later: &[u8]) -> [f64; 4] {
    let args = wire::decode(&mut gobwire::Decoder::new(), first);
    let mut out = Vec::new();
    let encode_first = measure(|| {
        out.clear();
        gobwire::Encoder::new()
            .encode_into(black_box(&args), &mut out)
            .expect("a value");
        black_box(&out);
    });
    let mut encoder = gobwire::Encoder::new();
    let encode_later = measure(|| {
        out.clear();
        encoder
            .encode_into(black_box(&args), &mut out)
            .expect("a value");
        black_box(&out);
    });
    let decode_first = measure(|| {
        black_box(wire::decode(&mut gobwire::Decoder::new(), black_box(first)));
    });
    let mut decoder = gobwire::Decoder::new();
    wire::decode(&mut decoder, first);
    let decode_later = measure(|| {
        black_box(wire::decode(&mut decoder, black_box(later)));
    });
    [encode_first, encode_later, decode_first, decode_later]
}

fn run(program: &Path, args: &[&str]) -> String {
    let output = Command::new(program)
        .args(args)
        .output()
        .expect("the Go program runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn gos(program: &Path) -> [f64; 4] {
    let text = run(program, &["run", &TIME.as_millis().to_string()]);
    ROWS.map(|row| {
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(row))
            .expect("a line for each row");
        line.trim().parse().expect("a number")
    })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    let rounds = std::env::args()
        .filter_map(|arg| arg.parse().ok())
        .next()
        .unwrap_or(5);
    let program = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("gobbench{}", std::env::consts::EXE_SUFFIX));
    let built = Command::new("go")
        .args(["build", "-o"])
        .arg(&program)
        .arg("./gobpeer/bench")
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/go"))
        .status()
        .expect("this compares with Go's own encoding/gob: install Go (https://go.dev/dl), 1.24 or newer");
    assert!(
        built.success(),
        "tests/go/gobpeer/bench does not build: {built}"
    );
    let messages: Vec<Vec<u8>> = run(&program, &["stream"])
        .lines()
        .map(|line| {
            (0..line.len() / 2)
                .map(|i| u8::from_str_radix(&line[2 * i..2 * i + 2], 16).expect("hex"))
                .collect()
        })
        .collect();
    let (first, later) = (&messages[0][..], &messages[1][..]);
    println!(
        "ServeHTTP's arguments: {} bytes first, {} later; {rounds} rounds",
        first.len(),
        later.len()
    );

    let mut rounds: Vec<[[f64; 4]; 4]> = (0..rounds)
        .map(|_| {
            [
                ours::<Args<'_>>(first, later),
                ours::<OwnedArgs>(first, later),
                gobwires(first, later),
                gos(&program),
            ]
        })
        .collect();
    let mut column =
        |who: usize, row: usize| median(rounds.iter_mut().map(|round| round[who][row]).collect());
    println!(
        "{:<14}{:>10}{:>10}{:>10}{:>10}{:>8}{:>11}",
        "ns", "gob", "owned", "gobwire", "Go", "Go/gob", "wire/gob"
    );
    for (i, row) in ROWS.iter().enumerate() {
        let [gob, owned, wire, go] = [0, 1, 2, 3].map(|who| column(who, i));
        println!(
            "{row:<14}{gob:>10.0}{owned:>10.0}{wire:>10.0}{go:>10.0}{:>8.1}{:>11.1}",
            go / gob,
            wire / gob
        );
    }
}
