//! What clients may send, frame by frame, in any pieces.

mod accepted;
mod any;
mod refused;

use tokio::time::Instant;

use super::close::CloseCode;
use super::reader::{Event, Reader, Violation};

/// The mask of the examples in RFC 6455, section 5.7.
const MASK: [u8; 4] = [0x37, 0xFA, 0x21, 0x3D];

const FIN: u8 = 0x80;
const TEXT: u8 = 0x1;
const BINARY: u8 = 0x2;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xA;

/// A masked frame, its length in as few bytes as it needs.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        length @ 0..126 => frame.push(0x80 | length as u8),
        length @ 126..65_536 => {
            frame.push(0x80 | 126);
            frame.extend((length as u16).to_be_bytes());
        }
        length => {
            frame.push(0x80 | 127);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    frame.extend(MASK);
    frame.extend(payload.iter().zip(MASK.iter().cycle()).map(|(b, m)| b ^ m));
    frame
}

/// All that a reader tells of these pieces, all at one time.
fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<Event>, Violation> {
    let now = Instant::now();
    let mut reader = Reader::new(now);
    let mut events = Vec::new();
    for mut piece in pieces {
        while let Some(event) = reader.read(&mut piece, now)? {
            events.push(event);
        }
        assert!(piece.is_empty(), "all was read");
    }
    Ok(events)
}

/// The same, cut in every place, and byte by byte: always with the same outcome.
fn read_in_pieces(stream: &[u8]) -> Result<Vec<Event>, Violation> {
    let outcome = read([stream]);
    for cut in 0..=stream.len() {
        let pieces = [&stream[..cut], &stream[cut..]];
        assert_eq!(read(pieces), outcome, "cut at {cut}");
    }
    assert_eq!(read(stream.chunks(1)), outcome, "byte by byte");
    outcome
}

/// The close code instead of the words.
fn coded<T>(outcome: Result<T, Violation>) -> Result<T, u16> {
    outcome.map_err(|violation| violation.code.number())
}
