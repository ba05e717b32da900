//! The session against itself, and against frames written by hand.

use std::{
    future::{Future, poll_fn},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use bytes::BytesMut;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex},
    sync::{Semaphore, oneshot},
    task::{JoinHandle, JoinSet},
    time::timeout,
};

use super::{
    MAX_BACKLOG, MAX_FRAME, MAX_UNACKNOWLEDGED, Mode, ProtocolError, ROOM, Sender, Session,
    SessionError, WINDOW,
    frame::{Flags, FrameType, HEADER_LEN, Header},
};

mod limits;
mod room;

type Driving = JoinHandle<Result<(), SessionError>>;

/// Two sessions that talk to each other.
fn pair() -> (Session, Session) {
    let (a, b) = duplex(256 * 1024);
    let (client, driver) = Session::new(a, Mode::Client);
    tokio::spawn(driver);
    let (server, driver) = Session::new(b, Mode::Server);
    tokio::spawn(driver);
    (client, server)
}

/// A server session, and the raw other end of its connection.
fn raw() -> (Session, Driving, DuplexStream) {
    let (ours, theirs) = duplex(4 * 1024 * 1024);
    let (session, driver) = Session::new(ours, Mode::Server);
    (session, tokio::spawn(driver), theirs)
}

async fn put(peer: &mut DuplexStream, header: Header, payload: &[u8]) {
    let mut bytes = Vec::new();
    header.put(&mut bytes);
    bytes.extend_from_slice(payload);
    peer.write_all(&bytes).await.unwrap();
}

async fn frame(peer: &mut DuplexStream) -> (Header, Vec<u8>) {
    let mut bytes = [0; HEADER_LEN];
    limited(peer.read_exact(&mut bytes)).await.unwrap();
    let header = Header::parse(bytes).unwrap();
    let mut payload = Vec::new();
    if header.kind == FrameType::Data {
        payload.resize(header.length as usize, 0);
        limited(peer.read_exact(&mut payload)).await.unwrap();
    }
    (header, payload)
}

/// Nothing here takes long; what hangs must fail instead.
async fn limited<F: Future>(future: F) -> F::Output {
    timeout(Duration::from_secs(20), future)
        .await
        .expect("it hangs")
}

#[tokio::test]
async fn streams_carry_bytes_both_ways_until_their_end() {
    let (client, server) = pair();
    let mut ours = client.open().await.unwrap();
    ours.write_all(b"question").await.unwrap();
    ours.shutdown().await.unwrap();
    let mut theirs = limited(server.accept()).await.unwrap();
    let mut read = Vec::new();
    limited(theirs.read_to_end(&mut read)).await.unwrap();
    assert_eq!(read, b"question");
    theirs.write_all(b"answer").await.unwrap();
    drop(theirs);
    let mut read = Vec::new();
    limited(ours.read_to_end(&mut read)).await.unwrap();
    assert_eq!(read, b"answer");
}

#[tokio::test]
async fn streams_that_both_sides_have_left_are_forgotten() {
    let (client, server) = pair();
    for _ in 0..MAX_UNACKNOWLEDGED * 3 {
        let ours = limited(client.open()).await.unwrap();
        ours.sender().send(b"x").unwrap();
        drop(ours);
        let mut theirs = limited(server.accept()).await.unwrap();
        let mut read = Vec::new();
        limited(theirs.read_to_end(&mut read)).await.unwrap();
        assert_eq!(read, b"x");
    }
    // The last end may still be under way; a stream after it is not.
    let ours = client.open().await.unwrap();
    ours.sender().send(b"y").unwrap();
    let mut theirs = limited(server.accept()).await.unwrap();
    theirs.read_u8().await.unwrap();
    assert_eq!((client.stream_count(), server.stream_count()), (1, 1));
}

#[tokio::test]
async fn large_bodies_flow_within_the_window() {
    let (client, server) = pair();
    let total = 20 * 1024 * 1024;
    let mut ours = client.open().await.unwrap();
    let writer = tokio::spawn(async move {
        let chunk: Vec<u8> = (0..100_000_u32).map(|i| (i % 251) as u8).collect();
        let mut left = total;
        while left > 0 {
            let n = left.min(chunk.len());
            ours.write_all(&chunk[..n]).await.unwrap();
            left -= n;
        }
        ours
    });
    let mut theirs = limited(server.accept()).await.unwrap();
    let (mut seen, mut buffer) = (0, BytesMut::new());
    while seen < total {
        assert!(limited(theirs.fill(&mut buffer)).await.unwrap());
        assert!(buffer.len() <= WINDOW as usize);
        for (i, byte) in buffer.iter().enumerate() {
            assert_eq!(usize::from(*byte), (seen + i) % 100_000 % 251);
        }
        seen += buffer.len();
        buffer.clear();
    }
    limited(writer).await.unwrap();
}

#[tokio::test]
async fn sending_without_waiting_keeps_what_the_window_does_not_allow() {
    let (client, server) = pair();
    let ours = client.open().await.unwrap();
    let data: Vec<u8> = (0..WINDOW * 3).map(|i| (i % 239) as u8).collect();
    ours.sender().send(&data).unwrap();
    ours.sender().finish();
    let mut theirs = limited(server.accept()).await.unwrap();
    let mut read = Vec::new();
    limited(theirs.read_to_end(&mut read)).await.unwrap();
    assert!(read == data);
    limited(ours.sender().sent(0)).await.unwrap();
}

/// The first trap of hashicorp/yamux 0.1.1: it marks a stream as closed before it stores the data.
#[tokio::test]
async fn fin_never_rides_on_data() {
    let (session, _driver, mut peer) = raw();
    let stream = session.open().await.unwrap();
    stream.sender().send(&vec![7; MAX_FRAME + 1]).unwrap();
    drop(stream);
    let (first, payload) = frame(&mut peer).await;
    assert_eq!(
        (first.kind, first.flags, payload.len()),
        (FrameType::Data, Flags::SYN, MAX_FRAME)
    );
    let (second, payload) = frame(&mut peer).await;
    assert_eq!(
        (second.kind, second.flags, payload.len()),
        (FrameType::Data, Flags(0), 1)
    );
    let (last, _) = frame(&mut peer).await;
    assert_eq!(
        (last.kind, last.flags),
        (FrameType::WindowUpdate, Flags::FIN)
    );
}

/// The first bytes of a stream travel in the frame that opens it.
#[tokio::test]
async fn a_stream_opens_with_its_first_bytes() {
    let (session, _driver, mut peer) = raw();
    let silent = session.open().await.unwrap();
    let stream = session.open().await.unwrap();
    stream.sender().send(b"hi").unwrap();
    let (header, payload) = frame(&mut peer).await;
    assert_eq!(
        (header.kind, header.flags, header.stream),
        (FrameType::Data, Flags::SYN, 4)
    );
    assert_eq!(payload, b"hi");
    silent.sender().announce();
    let (header, _) = frame(&mut peer).await;
    assert_eq!(
        (header.kind, header.flags, header.stream),
        (FrameType::WindowUpdate, Flags::SYN, 2)
    );
}

#[tokio::test]
async fn pings_are_answered_and_late_frames_ignored() {
    let (_session, _driver, mut peer) = raw();
    // Data for a stream that is not there any more crossed its reset; it is passed over.
    put(
        &mut peer,
        Header::new(FrameType::Data, Flags(0), 8, 3),
        b"abc",
    )
    .await;
    put(
        &mut peer,
        Header::new(FrameType::WindowUpdate, Flags::RST, 8, 0),
        &[],
    )
    .await;
    put(
        &mut peer,
        Header::new(FrameType::Ping, Flags::SYN, 0, 77),
        &[],
    )
    .await;
    let (header, _) = frame(&mut peer).await;
    assert_eq!(
        (header.kind, header.flags, header.length),
        (FrameType::Ping, Flags::ACK, 77)
    );
}

#[tokio::test]
async fn everybody_learns_when_the_connection_goes() {
    let (session, driver, mut peer) = raw();
    let mut stream = session.open().await.unwrap();
    stream.sender().send(b"x").unwrap();
    frame(&mut peer).await;
    let reader = tokio::spawn(async move { stream.read_u8().await });
    let accepting = {
        let session = session.clone();
        tokio::spawn(async move { session.accept().await.map(|_| ()) })
    };
    tokio::task::yield_now().await;
    drop(peer);
    assert!(limited(driver).await.unwrap().is_ok());
    assert!(limited(reader).await.unwrap().is_err());
    assert!(limited(accepting).await.unwrap().is_err());
    assert!(session.open().await.is_err());
}

#[tokio::test]
async fn a_reset_stream_fails_and_the_others_go_on() {
    let (client, server) = pair();
    let mut first = client.open().await.unwrap();
    first.sender().send(b"x").unwrap();
    let theirs = limited(server.accept()).await.unwrap();
    theirs.sender().reset();
    assert!(limited(first.read_u8()).await.is_err());
    assert!(first.sender().send(b"y").is_err());
    let second = client.open().await.unwrap();
    second.sender().send(b"z").unwrap();
    assert_eq!(
        limited(limited(server.accept()).await.unwrap().read_u8())
            .await
            .unwrap(),
        b'z'
    );
}

/// A stream that we left and the peer never finishes is reset after a while.
#[tokio::test(start_paused = true)]
async fn streams_left_open_by_the_peer_are_reset_in_time() {
    let (session, _driver, mut peer) = raw();
    let stream = session.open().await.unwrap();
    stream.sender().send(b"x").unwrap();
    drop(stream);
    frame(&mut peer).await;
    frame(&mut peer).await;
    assert_eq!(session.stream_count(), 1);
    tokio::time::sleep(Duration::from_secs(super::CLOSE_TIMEOUT_SECS + 120)).await;
    let mut bytes = [0; HEADER_LEN];
    peer.read_exact(&mut bytes).await.unwrap();
    assert_eq!(Header::parse(bytes).unwrap().flags, Flags::RST);
    assert_eq!(session.stream_count(), 0);
}

/// One write carries everything that is ready.
#[tokio::test]
async fn what_is_ready_leaves_in_one_write() {
    let (session, _driver, mut peer) = raw();
    for _ in 0..10 {
        let stream = session.open().await.unwrap();
        stream.sender().send(&[1; 100]).unwrap();
    }
    let mut bytes = vec![0; 64 * 1024];
    let n = limited(peer.read(&mut bytes)).await.unwrap();
    // Ten times a data frame and the frame of its end.
    assert_eq!(n, 10 * (HEADER_LEN + 100 + HEADER_LEN));
}

/// What was reset before the peer knew of it stays unknown to it.
#[tokio::test]
async fn a_stream_reset_before_it_was_opened_is_never_opened() {
    let (session, _driver, mut peer) = raw();
    let stream = session.open().await.unwrap();
    stream.sender().reset();
    drop(stream);
    let next = session.open().await.unwrap();
    next.sender().send(b"x").unwrap();
    let (header, _) = frame(&mut peer).await;
    assert_eq!((header.stream, header.flags), (4, Flags::SYN));
}

/// A waker that uses the session when it is woken, and when it is dropped.
struct Uses {
    sender: Sender,
    woken: Arc<AtomicUsize>,
}

impl Wake for Uses {
    fn wake(self: Arc<Self>) {
        self.sender.announce();
        self.woken.fetch_add(1, Ordering::SeqCst);
    }
}

impl Drop for Uses {
    fn drop(&mut self) {
        self.sender.announce();
    }
}

#[tokio::test]
async fn wakers_are_woken_and_dropped_while_the_session_is_free() {
    let (ours, _theirs) = duplex(1024);
    let (session, driver) = Session::new(ours, Mode::Server);
    let [mut stream, other] = [session.open().await.unwrap(), session.open().await.unwrap()];
    other.sender().send(&[1; ROOM]).unwrap();
    let woken = Arc::new(AtomicUsize::new(0));
    let (done, work) = oneshot::channel();
    // A lock that is taken twice stops its thread.
    std::thread::spawn(move || {
        let waker = || {
            let (sender, woken) = (other.sender().clone(), Arc::clone(&woken));
            Waker::from(Arc::new(Uses { sender, woken }))
        };
        let mut buffer = BytesMut::new();
        // The second takes the place of the first.
        for _ in 0..2 {
            let filled = stream.poll_fill(&mut Context::from_waker(&waker()), &mut buffer);
            assert!(filled.is_pending());
        }
        let room = stream
            .sender()
            .poll_room(&mut Context::from_waker(&waker()));
        assert!(room.is_pending());
        for _ in 0..2 {
            let accepting = std::pin::pin!(session.accept());
            let accepted = accepting.poll(&mut Context::from_waker(&waker()));
            assert!(accepted.is_pending());
        }
        drop(stream);
        done.send(woken.load(Ordering::SeqCst)).unwrap();
        drop(driver);
    });
    let woken = limited(work).await.unwrap();
    // Who waited to write learns that nothing can be written; nobody is left to read.
    assert_eq!(woken, 1);
}
