//! Our yamux beside the `yamux` crate, over a Unix socket: what a request of a plugin costs.
//!
//! A round opens [`STREAMS`] streams, sends a small message on each, reads the echo and closes it,
//! as the streams of HTTP requests do. Both ends run in this process, on one thread; the figure is
//! the CPU time of both. `cargo bench -p go-plugin`.

use std::{
    future::{Future, poll_fn},
    task::Poll,
    time::{Duration, Instant},
};

use bytes::BytesMut;
use futures_util::{AsyncReadExt, AsyncWriteExt};
use go_plugin::yamux::{Mode, Session};
use tokio::{
    net::UnixStream,
    sync::{mpsc, oneshot},
};
use tokio_util::compat::TokioAsyncReadCompatExt;

/// Streams in flight at once.
const STREAMS: usize = 16;
const ROUNDS: usize = 4_000;
const PAIRS: usize = 5;
const MESSAGE: &[u8] = &[7; 100];

/// CPU time of this process. Source: proc(5), `/proc/self/schedstat`, in nanoseconds.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanos = stat
        .split(' ')
        .next()
        .and_then(|n| n.parse().ok())
        .unwrap_or_default();
    Duration::from_nanos(nanos)
}

async fn ours() {
    let (a, b) = UnixStream::pair().expect("a socket pair");
    let (client, driver) = Session::new(a, Mode::Client);
    tokio::spawn(driver);
    let (server, driver) = Session::new(b, Mode::Server);
    tokio::spawn(driver);
    tokio::spawn(async move {
        while let Ok(mut stream) = server.accept().await {
            tokio::spawn(async move {
                let mut buffer = BytesMut::new();
                while let Ok(true) = stream.fill(&mut buffer).await {
                    let _ = stream.sender().send(&buffer);
                    buffer.clear();
                }
            });
        }
    });
    for _ in 0..ROUNDS {
        let requests: Vec<_> = (0..STREAMS)
            .map(|_| {
                let client = client.clone();
                tokio::spawn(async move {
                    let mut stream = client.open().await.expect("a stream");
                    stream.sender().send(MESSAGE).expect("sent");
                    let mut buffer = BytesMut::new();
                    while buffer.len() < MESSAGE.len() {
                        assert!(stream.fill(&mut buffer).await.expect("an echo"));
                    }
                })
            })
            .collect();
        for request in requests {
            request.await.expect("no panic");
        }
    }
}

async fn theirs() {
    let (a, b) = UnixStream::pair().expect("a socket pair");
    let config = yamux::Config::default;
    let mut client = yamux::Connection::new(a.compat(), config(), yamux::Mode::Client);
    let mut server = yamux::Connection::new(b.compat(), config(), yamux::Mode::Server);
    tokio::spawn(async move {
        while let Some(Ok(mut stream)) = poll_fn(|cx| server.poll_next_inbound(cx)).await {
            tokio::spawn(async move {
                let mut buffer = [0; 1024];
                while let Ok(n @ 1..) = stream.read(&mut buffer).await {
                    let _ = stream.write_all(&buffer[..n]).await;
                    let _ = stream.flush().await;
                }
                let _ = stream.close().await;
            });
        }
    });
    let (wanted, mut wishes) = mpsc::channel::<oneshot::Sender<yamux::Stream>>(STREAMS);
    tokio::spawn(poll_fn(move |cx| {
        // The connection moves only while it is polled for inbound streams.
        if let Poll::Ready(Some(Err(_)) | None) = client.poll_next_inbound(cx) {
            return Poll::Ready(());
        }
        while let Poll::Ready(wish) = wishes.poll_recv(cx) {
            let Some(wish) = wish else {
                return Poll::Ready(());
            };
            let Poll::Ready(Ok(stream)) = client.poll_new_outbound(cx) else {
                panic!("fewer streams are open than the crate allows");
            };
            let _ = wish.send(stream);
        }
        Poll::Pending
    }));
    for _ in 0..ROUNDS {
        let mut requests = Vec::new();
        for _ in 0..STREAMS {
            let wanted = wanted.clone();
            requests.push(tokio::spawn(async move {
                let (wish, stream) = oneshot::channel();
                wanted.send(wish).await.expect("a connection");
                let mut stream = stream.await.expect("a stream");
                stream.write_all(MESSAGE).await.expect("sent");
                stream.flush().await.expect("sent");
                let mut buffer = [0; MESSAGE.len()];
                stream.read_exact(&mut buffer).await.expect("an echo");
                stream.close().await.expect("closed");
            }));
        }
        for request in requests {
            request.await.expect("no panic");
        }
    }
}

fn measure(work: impl Future<Output = ()>) -> (Duration, Duration) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let (wall, before) = (Instant::now(), cpu());
    runtime.block_on(work);
    (wall.elapsed(), cpu() - before)
}

fn main() {
    let per = |d: Duration| d.as_secs_f64() * 1e6 / (ROUNDS * STREAMS) as f64;
    println!(
        "A stream of one {}-byte echo, {STREAMS} at once, both ends (µs):",
        MESSAGE.len()
    );
    let mut ratios = Vec::new();
    for _ in 0..PAIRS {
        let (our_wall, our_cpu) = measure(ours());
        let (their_wall, their_cpu) = measure(theirs());
        println!(
            "  ours {:6.2} wall {:6.2} CPU   yamux crate {:6.2} wall {:6.2} CPU",
            per(our_wall),
            per(our_cpu),
            per(their_wall),
            per(their_cpu)
        );
        ratios.push(their_cpu.as_secs_f64() / our_cpu.as_secs_f64());
    }
    ratios.sort_by(f64::total_cmp);
    println!(
        "The yamux crate takes {:.1} times our CPU (median of {PAIRS}).",
        ratios[PAIRS / 2]
    );
}
