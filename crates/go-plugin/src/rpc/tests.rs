//! Client and server against each other over a session, and against bytes written by hand.

use std::{
    future::{Future, poll_fn},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use gob::{Encoder, Gob, Interface};
use tokio::{
    io::{AsyncReadExt, duplex},
    sync::{Notify, Semaphore},
    task::JoinHandle,
    time::timeout,
};

use super::{
    Call, CallError, Caller, Client, MAX_IN_FLIGHT, RequestHeader, ServeError, Service, serve,
};
use crate::{
    broker::{Broker, BrokerStream},
    yamux::{Mode, Session},
};

mod lanes;
mod spanning;

async fn limited<F: Future>(future: F) -> F::Output {
    timeout(Duration::from_secs(20), future)
        .await
        .expect("it hangs")
}

#[derive(Debug, PartialEq, Gob)]
struct Pair {
    left: i64,
    right: String,
}

#[derive(Debug, PartialEq, Gob)]
struct ErrorString {
    err: String,
}

/// What many of Mattermost's calls answer with.
#[derive(Debug, PartialEq, Gob)]
struct Returns {
    a: String,
    b: Option<Interface<ErrorString>>,
}

/// Answers what the tests ask.
struct Testing {
    started: AtomicUsize,
    dropped: Arc<AtomicUsize>,
    gate: Arc<Notify>,
    room: Arc<Semaphore>,
}

impl Default for Testing {
    fn default() -> Self {
        Self {
            started: AtomicUsize::new(0),
            dropped: Arc::default(),
            gate: Arc::default(),
            room: Arc::new(Semaphore::new(0)),
        }
    }
}

struct CountDrop(Arc<AtomicUsize>);

impl Drop for CountDrop {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Service for Testing {
    fn call(&self, call: Call<'_, '_>) {
        self.started.fetch_add(1, Ordering::SeqCst);
        match call.method() {
            "T.Echo" => {
                if let Some((pair, reply)) = call.argument::<Pair>() {
                    reply.ok(&pair);
                }
            }
            "T.Length" => {
                if let Some((bytes, reply)) = call.argument::<&[u8]>() {
                    reply.ok(&(bytes.len() as u64));
                }
            }
            "T.Wait" => {
                let Some((number, reply)) = call.argument::<u64>() else {
                    return;
                };
                let (gate, count) = (Arc::clone(&self.gate), CountDrop(Arc::clone(&self.dropped)));
                reply.run(async move {
                    gate.notified().await;
                    drop(count);
                    Ok(number)
                });
            }
            "T.Room" => {
                let Some((number, reply)) = call.argument::<u64>() else {
                    return;
                };
                let room = Arc::clone(&self.room);
                reply.run(async move {
                    let _permit = room.acquire().await.map_err(|e| e.to_string())?;
                    Ok(number)
                });
            }
            "T.Error" => {
                if let Some((returns, reply)) = call.argument::<Returns>() {
                    reply.ok(&returns.b.map(|b| b.value.err).unwrap_or_default());
                }
            }
            "T.Fail" => {
                if let Some(((), reply)) = call.argument() {
                    reply.error("it failed");
                }
            }
            "T.Forget" => drop(call.argument::<()>()),
            "T.Panic" => panic!("on purpose, at once"),
            "T.PanicLater" => {
                if let Some(((), reply)) = call.argument() {
                    reply.run(async {
                        tokio::task::yield_now().await;
                        if true {
                            panic!("on purpose, later");
                        }
                        Ok(())
                    });
                }
            }
            _ => call.unknown(),
        }
    }
}

struct Setting {
    client: Broker,
    server: Broker,
}

fn setting() -> Setting {
    let (a, b) = duplex(256 * 1024);
    let broker = |io, mode| {
        let (session, driver) = Session::new(io, mode);
        tokio::spawn(driver);
        let broker = Broker::new(session);
        tokio::spawn(broker.clone().run());
        broker
    };
    Setting {
        client: broker(a, Mode::Client),
        server: broker(b, Mode::Server),
    }
}

impl Setting {
    /// Serves `service` on the next id, and answers the id.
    fn serve(&self, service: &Arc<Testing>) -> (u32, JoinHandle<Result<(), ServeError>>) {
        let (id, server, service) = (
            self.server.next_id(),
            self.server.clone(),
            Arc::clone(service),
        );
        (
            id,
            tokio::spawn(async move { serve(server.accept(id).await.unwrap(), service).await }),
        )
    }

    async fn client(&self, service: &Arc<Testing>) -> Client {
        let (id, _) = self.serve(service);
        Client::new(self.client.dial(id, &[]).await.unwrap())
    }
}

#[tokio::test]
async fn calls_are_answered_and_errors_keep_their_words() {
    let service = Arc::new(Testing::default());
    let client = setting().client(&service).await;
    let pair = Pair {
        left: -5,
        right: "five".into(),
    };
    assert_eq!(
        limited(client.call::<_, Pair>("T.Echo", &pair))
            .await
            .unwrap(),
        pair
    );
    match limited(client.call::<_, ()>("T.Fail", &())).await {
        Err(CallError::Remote(words)) => assert_eq!(words, "it failed"),
        other => panic!("{other:?}"),
    }
    // An argument for a method that nobody knows does not disturb those after it.
    let unknown = limited(client.call::<_, ()>("T.Unknown", &pair))
        .await
        .unwrap_err();
    assert!(unknown.is_unknown_method(), "{unknown}");
    let wrong = limited(client.call::<_, u64>("T.Length", &pair))
        .await
        .unwrap_err();
    assert!(matches!(wrong, CallError::Remote(_)), "{wrong}");
    let surprise = limited(client.call::<_, u64>("T.Echo", &pair))
        .await
        .unwrap_err();
    assert!(matches!(surprise, CallError::Decode(_)), "{surprise}");
    assert_eq!(
        limited(client.call::<_, Pair>("T.Echo", &pair))
            .await
            .unwrap(),
        pair
    );
}

/// An argument that cannot be encoded leaves nothing behind that later calls would miss.
#[tokio::test]
async fn an_argument_that_cannot_be_sent_costs_one_call() {
    let service = Arc::new(Testing::default());
    let client = setting().client(&service).await;
    // Go has no nil element of a slice.
    let nil: [Option<Pair>; 1] = [None];
    let error = limited(client.call::<_, ()>("T.Echo", &nil[..]))
        .await
        .unwrap_err();
    assert!(matches!(error, CallError::Encode(_)), "{error}");
    let pair = Pair {
        left: 1,
        right: "after".into(),
    };
    assert_eq!(
        limited(client.call::<_, Pair>("T.Echo", &pair))
            .await
            .unwrap(),
        pair
    );
}

#[tokio::test]
async fn calls_in_flight_do_not_wait_for_each_other() {
    let service = Arc::new(Testing::default());
    let client = setting().client(&service).await;
    let waiting: Vec<_> = (0..1000_u64)
        .map(|i| {
            let client = client.clone();
            tokio::spawn(async move { client.call::<_, u64>("T.Room", &i).await.unwrap() == i })
        })
        .collect();
    let pair = Pair {
        left: 1,
        right: String::new(),
    };
    // One permit: the thousand go through one after the other, and this passes them all.
    assert_eq!(
        limited(client.call::<_, Pair>("T.Echo", &pair))
            .await
            .unwrap(),
        pair
    );
    service.room.add_permits(1);
    for one in waiting {
        assert!(limited(one).await.unwrap());
    }
}

#[tokio::test]
async fn calls_beyond_the_limit_wait_on_the_stream() {
    let service = Arc::new(Testing::default());
    let setting = setting();
    let (id, _server) = setting.serve(&service);
    let stream = setting.client.dial(id, &[]).await.unwrap();
    let mut encoder = Encoder::new();
    for seq in 0..MAX_IN_FLIGHT as u64 + 100 {
        let mut bytes = Vec::new();
        encoder
            .encode(
                &RequestHeader {
                    service_method: "T.Room",
                    seq,
                },
                &mut bytes,
            )
            .unwrap();
        encoder.encode(&seq, &mut bytes).unwrap();
        stream.sender().send(&bytes).unwrap();
    }
    while service.started.load(Ordering::SeqCst) < MAX_IN_FLIGHT {
        tokio::task::yield_now().await;
    }
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    assert_eq!(service.started.load(Ordering::SeqCst), MAX_IN_FLIGHT);
    service.room.add_permits(1);
    let all = async {
        while service.started.load(Ordering::SeqCst) < MAX_IN_FLIGHT + 100 {
            tokio::task::yield_now().await;
        }
    };
    limited(all).await;
}

#[tokio::test]
async fn a_panic_costs_one_call() {
    let service = Arc::new(Testing::default());
    let client = setting().client(&service).await;
    for method in ["T.Panic", "T.PanicLater", "T.Forget"] {
        let error = limited(client.call::<_, ()>(method, &()))
            .await
            .unwrap_err();
        assert!(matches!(error, CallError::Remote(_)), "{method}: {error}");
    }
    let pair = Pair {
        left: 1,
        right: String::new(),
    };
    assert_eq!(
        limited(client.call::<_, Pair>("T.Echo", &pair))
            .await
            .unwrap(),
        pair
    );
}

#[tokio::test]
async fn work_is_dropped_when_the_stream_goes() {
    let service = Arc::new(Testing::default());
    let setting = setting();
    let (id, server) = setting.serve(&service);
    let client = Client::new(setting.client.dial(id, &[]).await.unwrap());
    let call = {
        let client = client.clone();
        tokio::spawn(async move { client.call::<_, u64>("T.Wait", &1_u64).await })
    };
    while service.started.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(service.dropped.load(Ordering::SeqCst), 0);
    call.abort();
    let _ = call.await;
    drop(client);
    assert!(limited(server).await.unwrap().is_ok());
    let dropped = async {
        while service.dropped.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
    };
    limited(dropped).await;
}

#[tokio::test]
async fn callers_learn_when_the_stream_goes() {
    let setting = setting();
    let id = setting.server.next_id();
    let server = setting.server.clone();
    let accepting = tokio::spawn(async move { server.accept(id).await.unwrap() });
    let client = Client::new(setting.client.dial(id, &[]).await.unwrap());
    let call = {
        let client = client.clone();
        tokio::spawn(async move { client.call::<_, ()>("T.Never", &()).await })
    };
    let mut stream = limited(accepting).await.unwrap();
    limited(stream.read_u8()).await.unwrap();
    drop(stream);
    assert!(matches!(
        limited(call).await.unwrap(),
        Err(CallError::Gone(_))
    ));
    assert!(matches!(
        limited(client.call::<_, ()>("T.Never", &())).await,
        Err(CallError::Gone(_))
    ));
}

/// The first request of a serial caller travels in the frame that opens its stream.
#[tokio::test]
async fn serial_calls_dial_with_the_first_request_and_can_become_lanes() {
    let service = Arc::new(Testing::default());
    let setting = setting();
    let (id, _server) = setting.serve(&service);
    let mut caller = Caller::new(setting.client.clone(), id);
    let length: u64 = limited(caller.call("T.Length", &[0_u8; 1000][..]))
        .await
        .unwrap();
    assert_eq!(length, 1000);
    let error = limited(caller.call::<_, ()>("T.Fail", &()))
        .await
        .unwrap_err();
    assert!(matches!(error, CallError::Remote(_)), "{error}");
    // Larger than the window: it leaves in pieces, as the peer reads.
    let large = vec![1_u8; 1_000_000];
    assert_eq!(
        limited(caller.call::<_, u64>("T.Length", &large[..]))
            .await
            .unwrap(),
        1_000_000
    );
    let lanes = limited(caller.into_lanes::<u64, 2>()).await.unwrap();
    lanes.begin(0, "T.Length", &b"ab"[..]).unwrap();
    lanes.begin(1, "T.Length", &b"abc"[..]).unwrap();
    let done = poll_fn(|cx| lanes.poll_done(1, cx));
    let (answer, done) =
        limited(async { tokio::join!(poll_fn(|cx| lanes.poll_answer(cx)), done) }).await;
    done.unwrap();
    assert_eq!(answer.unwrap(), 2);
}

/// What no decoder can follow ends the stream with a reason, and only that stream.
#[tokio::test]
async fn a_broken_stream_ends_alone() {
    let service = Arc::new(Testing::default());
    let setting = setting();
    for garbage in [
        &[0_u8][..],
        &[0xf7],
        &[3, 0xff, 0x81, 1, 2, 2, 0],
        b"GET / HTTP/1.1\r\n\r\n",
    ] {
        let (id, server) = setting.serve(&service);
        let stream: BrokerStream = setting.client.dial(id, garbage).await.unwrap();
        stream.sender().finish();
        let _ = limited(server).await.unwrap();
    }
    assert_eq!(service.started.load(Ordering::SeqCst), 0);
    let client = setting.client(&service).await;
    let pair = Pair {
        left: 1,
        right: "still here".into(),
    };
    assert_eq!(
        limited(client.call::<_, Pair>("T.Echo", &pair))
            .await
            .unwrap(),
        pair
    );
}

/// Several callers wait for room on one stream: each of them is woken.
#[tokio::test]
async fn callers_that_wait_for_room_all_go_on() {
    let service = Arc::new(Testing::default());
    let setting = setting();
    let (id, server) = (setting.server.next_id(), setting.server.clone());
    let stream = setting.client.dial(id, &[]).await.unwrap();
    let client = Client::new(stream);
    let calls: Vec<_> = (0..4)
        .map(|_| {
            let client = client.clone();
            let large = vec![1_u8; 700 * 1024];
            tokio::spawn(async move { client.call::<_, u64>("T.Length", &large[..]).await })
        })
        .collect();
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    // Only now does anybody read.
    tokio::spawn(async move { serve(server.accept(id).await.unwrap(), service).await });
    for call in calls {
        assert_eq!(limited(call).await.unwrap().unwrap(), 700 * 1024);
    }
}

/// The answer to a call that was given up is not taken for the next one's.
#[tokio::test]
async fn a_dropped_call_does_not_answer_the_next() {
    let service = Arc::new(Testing::default());
    let setting = setting();
    let (id, _server) = setting.serve(&service);
    let mut caller = Caller::new(setting.client.clone(), id);
    {
        let mut first = std::pin::pin!(caller.call::<_, u64>("T.Room", &1_u64));
        let polled = std::future::poll_fn(|cx| std::task::Poll::Ready(first.as_mut().poll(cx)));
        assert!(polled.await.is_pending());
    }
    service.room.add_permits(1);
    let second = caller.call::<_, u64>("T.Room", &2_u64).await;
    assert!(matches!(second, Err(CallError::Gone(_))), "{second:?}");
}

#[tokio::test(start_paused = true)]
async fn an_accept_that_was_given_up_leaves_its_place() {
    let setting = setting();
    let given_up = timeout(Duration::from_secs(1), setting.server.accept(7)).await;
    assert!(given_up.is_err());
    let again = setting.server.accept(7).await.err().unwrap();
    assert!(again.to_string().contains("nobody dialled"), "{again}");
}
