//! Go's own encoding/gob at the other end: what it writes we read, what we write it reads.

use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use gob::{Decode, Decoder, Encode, Encoder, MapEntries, Time, Value};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::canon::{Bytes, Model, same};
use crate::random::{Random, seed};
use crate::types::{
    Basics, Containers, Empty, EvoOne, EvoTwo, Iface, Node, Ping, Pointers, Special,
};

/// How many streams each test exchanges.
const STREAMS: usize = 400;

/// A stream and what is in it, as gobpeer has it.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Stream {
    types: Vec<String>,
    gob: String,
    canon: Option<Vec<Json>>,
    error: String,
}

impl Stream {
    fn bytes(&self) -> Vec<u8> {
        (0..self.gob.len() / 2)
            .map(|i| u8::from_str_radix(&self.gob[2 * i..2 * i + 2], 16).expect("hex"))
            .collect()
    }

    fn new(types: Vec<String>, bytes: &[u8]) -> Self {
        let gob = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Self {
            types,
            gob,
            ..Self::default()
        }
    }

    fn canon(&self) -> &[Json] {
        self.canon.as_deref().unwrap_or_default()
    }
}

/// The Go program, built once.
fn gobpeer() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/go");
        let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("gobpeer{}", std::env::consts::EXE_SUFFIX));
        let built = Command::new("go")
            .args(["build", "-o"])
            .arg(&program)
            .arg("./gobpeer")
            .current_dir(source)
            .status()
            .expect("these tests compare with Go's own encoding/gob: install Go (https://go.dev/dl), 1.24 or newer");
        assert!(built.success(), "tests/go/gobpeer does not build: {built}");
        program
    })
}

/// Streams of random values that Go made.
fn written_by_go(seed: u64, count: usize) -> Vec<Stream> {
    let output = Command::new(gobpeer())
        .args(["write", &(seed >> 1).to_string(), &count.to_string()])
        .stderr(Stdio::inherit())
        .output()
        .expect("gobpeer runs");
    assert!(output.status.success());
    output
        .stdout
        .lines()
        .map(|line| serde_json::from_str(&line.expect("UTF-8")).expect("JSON"))
        .collect()
}

/// What Go reads from these streams.
fn read_by_go(streams: &[Stream]) -> Vec<Stream> {
    let mut child = Command::new(gobpeer())
        .arg("read")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("gobpeer runs");
    let mut stdin = child.stdin.take().expect("piped");
    let requests: String = streams
        .iter()
        .map(|stream| serde_json::to_string(stream).expect("JSON") + "\n")
        .collect();
    let writer = std::thread::spawn(move || stdin.write_all(requests.as_bytes()));
    let stdout = BufReader::new(child.stdout.take().expect("piped"));
    let answers = stdout
        .lines()
        .map(|line| serde_json::from_str(&line.expect("UTF-8")).expect("JSON"))
        .collect();
    writer
        .join()
        .expect("no panic")
        .expect("gobpeer reads all of it");
    assert!(child.wait().expect("it ends").success());
    answers
}

/// A value that is decoded as one of the catalogue's types, seen as that type or as any.
struct Read {
    canon: Json,
    /// What our encoder makes of the value's message, behind the type's id.
    body: Vec<u8>,
}

fn read_as<T: Model + Encode + for<'de> Decode<'de>>(
    decoder: &mut Decoder,
    input: &mut &[u8],
) -> Option<Read> {
    let value: T = decoder.decode(input).unwrap_or_else(|e| panic!("{e}"))?;
    let mut again = Vec::new();
    Encoder::new()
        .encode(&value, &mut again)
        .expect("what was decoded can be encoded");
    Some(Read {
        canon: value.canon(),
        body: body(&again).to_vec(),
    })
}

/// The last message of some bytes, behind its length and type id.
fn body(mut bytes: &[u8]) -> &[u8] {
    let uint = |bytes: &mut &[u8]| {
        let (&first, rest) = bytes.split_first().expect("an integer");
        let (len, rest) = if first < 128 {
            (0, rest)
        } else {
            (usize::from(first.wrapping_neg()), rest)
        };
        *bytes = &rest[len..];
        if first < 128 {
            u64::from(first)
        } else {
            rest[..len].iter().fold(0, |x, &b| x << 8 | u64::from(b))
        }
    };
    loop {
        let len = uint(&mut bytes) as usize;
        let (mut message, rest) = bytes.split_at(len);
        if rest.is_empty() {
            uint(&mut message);
            return message;
        }
        bytes = rest;
    }
}

/// Decodes the next value as the type of this name.
fn read(name: &str, decoder: &mut Decoder, input: &mut &[u8]) -> Option<Read> {
    let read = match name {
        "Basics" => read_as::<Basics>,
        "Containers" => read_as::<Containers>,
        "Pointers" => read_as::<Pointers>,
        "Node" => read_as::<Node>,
        "Ping" => read_as::<Ping>,
        "Special" => read_as::<Special>,
        "Iface" => read_as::<Iface>,
        "EvoOne" => read_as::<EvoOne>,
        "EvoTwo" => read_as::<EvoTwo>,
        "Empty" => read_as::<Empty>,
        "top:int" => read_as::<i64>,
        "top:string" => read_as::<String>,
        "top:bool" => read_as::<bool>,
        "top:float64" => read_as::<f64>,
        "top:[]uint8" => read_as::<Bytes>,
        "top:time.Time" => read_as::<Time>,
        "top:[]string" => read_as::<Vec<String>>,
        "top:[]any" => read_as::<Vec<Value>>,
        "top:map[string][]string" => read_as::<MapEntries<String, Vec<String>>>,
        "top:[3]int" => read_as::<[i64; 3]>,
        other => panic!("no such type: {other}"),
    };
    read(decoder, input)
}

fn write_as<T: Model + Encode>(g: &mut Random, encoder: &mut Encoder, out: &mut Vec<u8>) -> Json {
    let value = T::random(g, 7);
    encoder
        .encode(&value, out)
        .expect("random values can be encoded");
    value.canon()
}

type Write = fn(&mut Random, &mut Encoder, &mut Vec<u8>) -> Json;

/// Encodes a random value of a random type; gives the type's name and the value's form.
fn write(g: &mut Random, encoder: &mut Encoder, out: &mut Vec<u8>) -> (String, Json) {
    let (name, write): (_, Write) = match g.below(20) {
        0 => ("Basics", write_as::<Basics>),
        1 => ("Containers", write_as::<Containers>),
        2 => ("Pointers", write_as::<Pointers>),
        3 => ("Node", write_as::<Node>),
        4 => ("Ping", write_as::<Ping>),
        5 => ("Special", write_as::<Special>),
        6 | 7 => ("Iface", write_as::<Iface>),
        8 => ("EvoOne", write_as::<EvoOne>),
        9 => ("EvoTwo", write_as::<EvoTwo>),
        10 => ("Empty", write_as::<Empty>),
        11 => ("top:int", write_as::<i64>),
        12 => ("top:string", write_as::<String>),
        13 => ("top:bool", write_as::<bool>),
        14 => ("top:float64", write_as::<f64>),
        15 => ("top:[]uint8", write_as::<Bytes>),
        16 => ("top:time.Time", write_as::<Time>),
        17 => ("top:[]string", write_as::<Vec<String>>),
        18 => ("top:[]any", write_as::<Vec<Value>>),
        _ => (
            "top:map[string][]string",
            write_as::<MapEntries<String, Vec<String>>>,
        ),
    };
    (name.to_owned(), write(g, encoder, out))
}

#[test]
fn what_go_writes_we_read() {
    for stream in written_by_go(seed(), STREAMS) {
        let bytes = stream.bytes();
        let (mut decoder, mut input) = (Decoder::new(), &bytes[..]);
        for (name, canon) in stream.types.iter().zip(stream.canon()) {
            let read = read(name, &mut decoder, &mut input).expect("the stream is whole");
            assert!(
                same(&read.canon, canon),
                "{name}: read {}\nwritten {canon}",
                read.canon
            );
        }
        assert!(input.is_empty());
    }
}

#[test]
fn we_write_the_very_bytes_that_go_writes() {
    // Behind the ids, which are each process's own: those inside interfaces are not behind.
    let mut compared = 0;
    for stream in written_by_go(seed(), STREAMS) {
        let bytes = stream.bytes();
        let (mut decoder, mut input) = (Decoder::new(), &bytes[..]);
        for name in &stream.types {
            let before = input;
            let read = read(name, &mut decoder, &mut input).expect("the stream is whole");
            if !["Iface", "EvoOne", "top:[]any"].contains(&name.as_str()) {
                let message = &before[..before.len() - input.len()];
                assert_eq!(read.body, body(message), "{name}");
                compared += 1;
            }
        }
    }
    assert!(compared > STREAMS);
}

#[test]
fn what_go_writes_we_read_however_it_is_cut() {
    let mut g = Random(seed());
    for stream in written_by_go(g.next(), STREAMS / 4) {
        let bytes = stream.bytes();
        let (mut decoder, mut have, mut rest) = (Decoder::new(), Vec::new(), &bytes[..]);
        for (name, canon) in stream.types.iter().zip(stream.canon()) {
            loop {
                let mut input = &have[..];
                let read = read(name, &mut decoder, &mut input);
                let used = have.len() - input.len();
                have.drain(..used);
                if let Some(read) = read {
                    assert!(same(&read.canon, canon), "{name}");
                    break;
                }
                let missing = decoder.missing();
                assert!(
                    (1..=rest.len()).contains(&missing),
                    "{missing} of {} bytes are missing",
                    rest.len()
                );
                let more = 1 + g.below(40.min(rest.len() as u64)) as usize;
                have.extend_from_slice(&rest[..more]);
                rest = &rest[more..];
            }
        }
        assert!(have.is_empty() && rest.is_empty());
    }
}

#[test]
fn what_go_writes_we_skip() {
    let mut g = Random(seed());
    for stream in written_by_go(g.next(), STREAMS) {
        let bytes = stream.bytes();
        let (mut decoder, mut input) = (Decoder::new(), &bytes[..]);
        for (name, canon) in stream.types.iter().zip(stream.canon()) {
            if g.below(2) == 0 {
                decoder
                    .skip(&mut input)
                    .unwrap_or_else(|e| panic!("{name}: {e}"))
                    .expect("the stream is whole");
            } else {
                let read = read(name, &mut decoder, &mut input).expect("the stream is whole");
                assert!(same(&read.canon, canon), "{name}");
            }
        }
        assert!(input.is_empty());
    }
}

#[test]
fn what_we_write_go_reads() {
    let mut g = Random(seed());
    let (mut streams, mut canons) = (Vec::new(), Vec::new());
    for _ in 0..STREAMS {
        let (mut encoder, mut bytes) = (Encoder::new(), Vec::new());
        let written: Vec<_> = (0..1 + g.below(6))
            .map(|_| write(&mut g, &mut encoder, &mut bytes))
            .collect();
        let (names, canon): (Vec<_>, Vec<_>) = written.into_iter().unzip();
        streams.push(Stream::new(names, &bytes));
        canons.push(canon);
    }
    let answers = read_by_go(&streams);
    assert_eq!(answers.len(), streams.len());
    for ((answer, stream), canons) in answers.iter().zip(&streams).zip(&canons) {
        assert_eq!(answer.error, "", "{stream:?}");
        assert_eq!(answer.canon().len(), canons.len());
        for ((read, written), name) in answer.canon().iter().zip(canons).zip(&stream.types) {
            assert!(
                same(read, written),
                "{name}: read {read}\nwritten {written}"
            );
        }
    }
}

/// Whether a value says enough of its type: empty lists do not say of what, nor structs without fields of which.
fn is_telling(value: &Value) -> bool {
    match value {
        // Go leaves out the name of a type that it met in a map first; if that type holds itself, each of its places
        // here becomes a type of its own, which Go's decoder takes for one.
        Value::Struct(s)
            if s.name.is_empty() && ["Next", "Kids", "Map"].iter().any(|f| s.get(f).is_some()) =>
        {
            false
        }
        Value::Struct(s) => {
            !s.fields.is_empty() && s.fields.iter().all(|(_, value)| is_telling(value))
        }
        Value::Slice(items) => !items.is_empty() && items.iter().all(is_telling),
        Value::Array(items) => items.iter().all(is_telling),
        Value::Map(entries) => {
            !entries.is_empty()
                && entries
                    .iter()
                    .all(|(key, value)| is_telling(key) && is_telling(value))
        }
        // Names of Go's own types say the rest.
        Value::Interface(interface) => match (&*interface.name, &interface.value) {
            ("[]string" | "[]interface {}", Value::Slice(items)) => items.iter().all(is_telling),
            ("map[string]interface {}", Value::Map(entries)) => {
                entries.iter().all(|(_, value)| is_telling(value))
            }
            (_, value) => is_telling(value),
        },
        _ => true,
    }
}

#[test]
fn what_go_writes_comes_back_to_it_through_dynamic_values() {
    let (mut sent, mut back) = (Vec::new(), Vec::new());
    for stream in written_by_go(seed(), STREAMS) {
        let bytes = stream.bytes();
        let (mut decoder, mut input) = (Decoder::new(), &bytes[..]);
        for (name, canon) in stream.types.iter().zip(stream.canon()) {
            let value: Value = decoder
                .decode(&mut input)
                .expect("any value")
                .expect("the stream is whole");
            if is_telling(&value) {
                let mut out = Vec::new();
                Encoder::new()
                    .encode(&value, &mut out)
                    .unwrap_or_else(|e| panic!("{name}: {e}: {value:?}"));
                back.push(Stream::new(vec![name.clone()], &out));
                sent.push(canon.clone());
            }
        }
    }
    let answers = read_by_go(&back);
    for ((answer, stream), canon) in answers.iter().zip(&back).zip(&sent) {
        assert_eq!(answer.error, "", "{stream:?}");
        assert!(
            same(&answer.canon()[0], canon),
            "{}: read {}\nwritten {canon}",
            stream.types[0],
            answer.canon()[0]
        );
    }
}

#[test]
fn types_evolve_both_ways() {
    // Each version of the type is read as the other: what both have is the same, what one has is zero or skipped.
    let in_common = ["Id", "Name", "Count", "Tags", "Sub", "Deep", "Score"];
    // The first version has less precision.
    let narrow = |bits: &Json| {
        let bits = u64::from_str_radix(bits.as_str().expect("a float's bits"), 16).expect("hex");
        f64::from_bits(bits) as f32
    };
    let check = |read: &Json, written: &Json| {
        for field in in_common {
            let (read, written) = (&read[field], &written[field]);
            let alike = match field {
                "Sub" | "Deep" => ["A", "B"]
                    .iter()
                    .all(|inner| same(&read[inner], &written[inner])),
                "Score" => narrow(read) == narrow(written),
                _ => same(read, written),
            };
            assert!(alike, "{field}: read {read}, written {written}");
        }
    };
    let mut g = Random(seed());
    let mut seen = 0;
    for stream in written_by_go(g.next(), STREAMS) {
        let bytes = stream.bytes();
        let (mut decoder, mut input) = (Decoder::new(), &bytes[..]);
        for (name, canon) in stream.types.iter().zip(stream.canon()) {
            let read = match name.as_str() {
                "EvoOne" => decoder
                    .decode::<EvoTwo>(&mut input)
                    .map(|read| read.map(|read| read.canon())),
                "EvoTwo" => decoder
                    .decode::<EvoOne>(&mut input)
                    .map(|read| read.map(|read| read.canon())),
                _ => decoder
                    .skip(&mut input)
                    .map(|skipped| skipped.map(|()| Json::Null)),
            };
            match read {
                Ok(read) => {
                    let read = read.expect("the stream is whole");
                    if !read.is_null() {
                        check(&read, canon);
                        seen += 1;
                    }
                }
                // The only thing that can go wrong: numbers that the other version has no room for.
                Err(e) => {
                    assert!(!e.is_fatal());
                    assert!(["Count", "Score"].contains(&e.path()), "{e}");
                    assert!(e.to_string().contains("does not fit"), "{e}");
                }
            }
        }
        assert!(input.is_empty());
    }
    assert!(seen > STREAMS / 8);

    let (mut streams, mut canons) = (Vec::new(), Vec::new());
    for _ in 0..STREAMS / 4 {
        let mut bytes = Vec::new();
        canons.push(write_as::<EvoOne>(&mut g, &mut Encoder::new(), &mut bytes));
        streams.push(Stream::new(vec!["EvoTwo".into()], &bytes));
    }
    for (answer, canon) in read_by_go(&streams).iter().zip(&canons) {
        assert_eq!(answer.error, "");
        check(&answer.canon()[0], canon);
    }
}

#[test]
fn a_whole_request_of_net_http_is_read_for_a_few_of_its_fields() {
    #[derive(Debug, PartialEq, gob::Decode)]
    struct Args<'a> {
        response_writer_stream: u32,
        request: Option<Request<'a>>,
        request_body_stream: u32,
    }
    #[derive(Debug, PartialEq, gob::Decode)]
    struct Request<'a> {
        method: &'a str,
        #[gob(name = "URL")]
        url: Option<gob::Url<'a>>,
        header: MapEntries<&'a str, Vec<&'a str>>,
        body: Option<gob::Interface<()>>,
        host: &'a str,
    }
    let output = Command::new(gobpeer())
        .arg("request")
        .output()
        .expect("gobpeer runs");
    assert!(output.status.success());
    let stream: Stream = serde_json::from_slice(&output.stdout).expect("JSON");
    let bytes = stream.bytes();
    let (mut decoder, mut input) = (Decoder::new(), &bytes[..]);
    for i in 0..2 {
        let read: Args<'_> = decoder.decode(&mut input).expect("a value").expect("whole");
        let expected = Args {
            response_writer_stream: 7 + i,
            request: Some(Request {
                method: "POST",
                url: Some(gob::Url("/hello/w%C3%B6rld?a=b".into())),
                header: MapEntries(vec![("Accept", vec!["text/plain", "*/*"])]),
                body: None,
                host: "example.org",
            }),
            request_body_stream: 9,
        };
        assert_eq!(read, expected);
    }
    assert!(input.is_empty());
    let (mut decoder, mut input) = (Decoder::new(), &bytes[..]);
    for _ in 0..2 {
        let read: Value = decoder.decode(&mut input).expect("a value").expect("whole");
        let host = read.get("Request").and_then(|request| request.get("Host"));
        assert_eq!(host.and_then(Value::as_str), Some("example.org"));
    }
}
