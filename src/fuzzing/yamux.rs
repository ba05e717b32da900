//! yamux, as the host speaks it to us: whatever frames come.

use std::collections::BTreeMap;
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::BytesMut;
use go_plugin::yamux::{MAX_BACKLOG, MAX_FRAME, Mode, Session, Stream, WINDOW};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::piece;

/// Version, type, flags, stream, length (yamux' `spec.md`).
const HEADER: usize = 12;

const DATA: u8 = 0;
const WINDOW_UPDATE: u8 = 1;
const PING: u8 = 2;
const GO_AWAY: u8 = 3;

const SYN: u16 = 1;
const ACK: u16 = 2;
const FIN: u16 = 4;
const RST: u16 = 8;

/// What we send on a stream of our own, in bytes: more than the peer takes before it gives room.
const MUCH: usize = WINDOW as usize + 3 * MAX_FRAME;

/// Frames of a peer, of any kind. The first bit of the input says which side we are, the second one whether we send much ourselves. What
/// is accepted and read is what another reading of the specification finds; what is sent are whole frames within the peer's windows;
/// and both are the same however the bytes arrive.
pub fn yamux(bytes: &[u8]) {
    let (first, bytes) = bytes.split_first().unwrap_or((&0, bytes));
    let mode = match first & 1 {
        0 => Mode::Server,
        _ => Mode::Client,
    };
    let much = if first & 2 == 0 { 0 } else { MUCH };
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
    else {
        return; // The machine has no room for it.
    };
    let _inside = runtime.enter();
    let whole = play(mode, bytes, bytes.len().max(1), much);
    assert_eq!(play(mode, bytes, piece(bytes), much), whole, "in pieces");
    let expected = Expected::of(mode, bytes, much);
    assert_eq!(whole.streams, expected.streams(), "what arrived");
    assert_eq!(whole.failed, expected.failed, "whether it is wrong");
    sent(&whole.sent, mode, &expected);
}

/// What came of a session.
#[derive(Debug, PartialEq)]
struct Outcome {
    /// What was read of each stream, in the order in which they were opened, and whether the peer had finished it.
    streams: Vec<(Vec<u8>, bool)>,
    /// Whether the peer broke the protocol.
    failed: bool,
    /// What the peer gets.
    sent: Vec<u8>,
}

/// Both ends of a connection.
#[derive(Default)]
struct Wire {
    /// What the peer sends, and how much of it arrives at once.
    input: Vec<u8>,
    piece: usize,
    read: usize,
    closed: bool,
    output: Vec<u8>,
}

#[derive(Clone, Default)]
struct Socket(Arc<Mutex<Wire>>);

impl Socket {
    fn wire(&self) -> MutexGuard<'_, Wire> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let wire = &mut *self.wire();
        let left = &wire.input[wire.read..];
        if left.is_empty() && !wire.closed {
            return Poll::Pending;
        }
        let take = left.len().min(wire.piece).min(buffer.remaining());
        buffer.put_slice(&left[..take]);
        wire.read += take;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.wire().output.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Opens a stream, takes all that the peer sends, reads it, answers on each stream, and ends.
fn play(mode: Mode, bytes: &[u8], piece: usize, much: usize) -> Outcome {
    let socket = Socket::default();
    *socket.wire() = Wire {
        input: bytes.to_vec(),
        piece,
        ..Wire::default()
    };
    let (session, mut driver) = Session::new(socket.clone(), mode);
    let cx = &mut Context::from_waker(Waker::noop());
    let own = session
        .try_open()
        .ok()
        .flatten()
        .expect("a new session opens a stream");
    own.sender()
        .send(&vec![b'x'; much])
        .expect("a new stream takes what is sent");
    own.sender().finish();
    let mut ended = Poll::Pending;
    let mut drive = |ended: &mut Poll<_>, cx: &mut Context<'_>| {
        // A driver looks at so many pieces and lets others have their turn.
        while ended.is_pending() {
            let before = socket.wire().read;
            *ended = Future::poll(Pin::new(&mut driver), cx);
            let wire = socket.wire();
            if wire.read == before {
                break;
            }
        }
    };
    drive(&mut ended, cx);
    let mut accepted = Vec::new();
    while let Poll::Ready(Ok(stream)) = pin!(session.accept()).poll(cx) {
        accepted.push(stream);
    }
    let streams = accepted
        .iter_mut()
        .map(|stream| contents(stream, cx))
        .collect();
    for stream in &accepted {
        // The peer may have reset it.
        let _ = stream.sender().send(b"answer");
    }
    drop((accepted, own));
    drive(&mut ended, cx);
    socket.wire().closed = true;
    drive(&mut ended, cx);
    let Poll::Ready(ended) = ended else {
        panic!("a session outlives its connection");
    };
    let sent = std::mem::take(&mut socket.wire().output);
    Outcome {
        streams,
        failed: ended.is_err(),
        sent,
    }
}

fn contents(stream: &mut Stream, cx: &mut Context<'_>) -> (Vec<u8>, bool) {
    let mut buffer = BytesMut::new();
    loop {
        match stream.poll_fill(cx, &mut buffer) {
            Poll::Ready(Ok(true)) => {}
            Poll::Ready(Ok(false)) => return (buffer.to_vec(), true),
            Poll::Ready(Err(_)) | Poll::Pending => return (buffer.to_vec(), false),
        }
    }
}

/// A frame's header.
struct Frame {
    kind: u8,
    flags: u16,
    stream: u32,
    length: u32,
}

/// The first frame's header and what is behind it. An error for one that is none.
fn frame(bytes: &[u8]) -> Option<(Result<Frame, ()>, &[u8])> {
    let (header, rest) = bytes.split_at_checked(HEADER)?;
    let number = |at: usize| {
        u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
    };
    let frame = Frame {
        kind: header[1],
        flags: u16::from_be_bytes([header[2], header[3]]),
        stream: number(4),
        length: number(8),
    };
    let is_one = header[0] == 0 && frame.kind <= GO_AWAY;
    Some((is_one.then_some(frame).ok_or(()), rest))
}

/// A stream.
struct Line {
    /// What the peer has sent, and how much it has said that it sends.
    data: Vec<u8>,
    used: u32,
    finished: bool,
    reset: bool,
    /// What we may send now, have sent, and have left to send.
    room: u32,
    sent: usize,
    left: usize,
}

impl Line {
    fn new(left: usize) -> Self {
        let mut line = Self {
            data: Vec::new(),
            used: 0,
            finished: false,
            reset: false,
            room: WINDOW,
            sent: 0,
            left,
        };
        line.send();
        line
    }

    fn send(&mut self) {
        let now = self.left.min(self.room as usize);
        self.room -= now as u32;
        self.left -= now;
        self.sent += now;
    }

    /// Takes a frame with so much payload. An error where it may not come.
    fn take(&mut self, frame: &Frame, payload: u32) -> Result<(), ()> {
        self.used = self.used.saturating_add(payload);
        if self.used > WINDOW {
            return Err(());
        }
        if frame.kind == WINDOW_UPDATE {
            self.room = self.room.checked_add(frame.length).ok_or(())?;
        }
        self.finished |= frame.flags & FIN != 0;
        self.reset |= frame.flags & RST != 0;
        if !self.reset {
            self.send();
        }
        Ok(())
    }
}

/// What a session comes to, by another reading of the specification.
struct Expected {
    by_peer: BTreeMap<u32, Line>,
    /// In the order in which they were opened.
    order: Vec<u32>,
    own: Line,
    pings: Vec<u32>,
    failed: bool,
}

impl Expected {
    fn of(mode: Mode, mut bytes: &[u8], much: usize) -> Self {
        let mut it = Self {
            by_peer: BTreeMap::new(),
            order: Vec::new(),
            own: Line::new(much),
            pings: Vec::new(),
            failed: false,
        };
        let own = own_id(mode);
        while let Some((frame, rest)) = frame(bytes) {
            bytes = rest;
            let Ok(frame) = frame else {
                it.failed = true;
                break;
            };
            if frame.kind == PING && frame.flags & SYN != 0 {
                it.pings.push(frame.length);
            }
            if frame.kind >= PING {
                continue;
            }
            let id = frame.stream;
            if frame.flags & SYN != 0 {
                if id == 0 || id % 2 == own % 2 || it.by_peer.contains_key(&id) {
                    it.failed = true;
                    break;
                }
                if it.order.len() < MAX_BACKLOG {
                    it.by_peer.insert(id, Line::new(0));
                    it.order.push(id);
                }
            }
            let payload = if frame.kind == DATA { frame.length } else { 0 };
            let stream = match it.by_peer.get_mut(&id) {
                Some(stream) => Some(stream),
                None if id == own => Some(&mut it.own),
                None => None,
            };
            let fits = match stream {
                Some(stream) => stream.take(&frame, payload).is_ok(),
                // It crossed our end of the stream.
                None => payload <= WINDOW,
            };
            if !fits {
                it.failed = true;
                break;
            }
            let (data, rest) = bytes.split_at(bytes.len().min(payload as usize));
            if let Some(stream) = it.by_peer.get_mut(&id) {
                stream.data.extend_from_slice(data);
            }
            bytes = rest;
        }
        it
    }

    fn streams(&self) -> Vec<(Vec<u8>, bool)> {
        let streams = self.order.iter().map(|id| &self.by_peer[id]);
        // One that is reset before anybody wanted it is not accepted, nor is any once the session is over.
        let accepted = streams.filter(|stream| !stream.reset && !self.failed);
        accepted
            .map(|stream| (stream.data.clone(), stream.finished))
            .collect()
    }
}

fn own_id(mode: Mode) -> u32 {
    match mode {
        Mode::Client => 1,
        Mode::Server => 2,
    }
}

/// What is sent are whole frames: an answer to each ping in its order, our own stream within its window, and nothing on streams that there
/// are not.
fn sent(mut bytes: &[u8], mode: Mode, expected: &Expected) {
    let own = own_id(mode);
    let (mut pings, mut own_bytes, mut opened) = (Vec::new(), 0, 0);
    while !bytes.is_empty() {
        let Some((Ok(frame), rest)) = frame(bytes) else {
            panic!("no frame: {bytes:?}");
        };
        bytes = rest;
        match frame.kind {
            PING => {
                assert_eq!(frame.flags, ACK);
                pings.push(frame.length);
            }
            GO_AWAY => assert_eq!(
                (frame.stream, frame.length),
                (0, u32::from(expected.failed))
            ),
            _ if frame.stream == own => {
                opened += usize::from(frame.flags & SYN != 0);
                assert_eq!(opened, 1, "a stream of ours begins once");
            }
            // Those beyond the backlog are reset.
            _ => assert!(expected.by_peer.contains_key(&frame.stream) || frame.flags & RST != 0),
        }
        if frame.kind != DATA {
            continue;
        }
        let length = frame.length as usize;
        assert!(length <= MAX_FRAME && length <= bytes.len(), "{length}");
        if frame.stream == own {
            own_bytes += length;
        } else {
            assert_eq!(&bytes[..length], b"answer");
        }
        bytes = &bytes[length..];
    }
    assert_eq!(pings, expected.pings);
    assert_eq!(own_bytes, expected.own.sent, "what we may send and no more");
}
