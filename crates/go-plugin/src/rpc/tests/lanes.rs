//! Lanes against a peer that answers when and how the test says.

use std::{
    sync::atomic::AtomicBool,
    task::{Context, Poll, Wake, Waker},
};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::*;
use crate::rpc::{Lanes, Reply};

/// Hands its calls over to the test.
struct Asking(UnboundedSender<(String, Reply)>);

impl Service for Asking {
    fn call(&self, call: Call<'_, '_>) {
        let method = call.method().to_owned();
        if let Some(((), reply)) = call.argument() {
            // A test that has ended wants no calls.
            let _ = self.0.send((method, reply));
        }
    }
}

type Served = JoinHandle<Result<(), ServeError>>;
type Three = Lanes<String, 3>;

/// Lanes, the calls that reach their peer, and how its stream ends.
async fn lanes() -> (Three, UnboundedReceiver<(String, Reply)>, Served) {
    let Setting { client, server } = setting();
    let (id, (sender, calls)) = (server.next_id(), unbounded_channel());
    let served = tokio::spawn(async move {
        let stream = server.accept(id).await.unwrap();
        serve(stream, Arc::new(Asking(sender))).await
    });
    (
        Lanes::new(client.dial(id, &[]).await.unwrap()),
        calls,
        served,
    )
}

async fn call(calls: &mut UnboundedReceiver<(String, Reply)>, method: &str) -> Reply {
    let (arrived, reply) = limited(calls.recv()).await.unwrap();
    assert_eq!(arrived, method);
    reply
}

async fn answer(lanes: &Three) -> Result<String, CallError> {
    limited(poll_fn(|cx| lanes.poll_answer(cx))).await
}

async fn done(lanes: &Three, lane: usize) -> Result<(), CallError> {
    limited(poll_fn(|cx| lanes.poll_done(lane, cx))).await
}

/// Whether somebody was woken.
#[derive(Default)]
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Flag {
    fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    async fn set(&self) {
        let set = async {
            while !self.is_set() {
                tokio::task::yield_now().await;
            }
        };
        limited(set).await;
    }
}

#[tokio::test]
async fn answers_come_in_any_order() {
    let (lanes, mut calls, _served) = lanes().await;
    for round in 0..3 {
        for (lane, method) in ["T.Zero", "T.One", "T.Two"].into_iter().enumerate() {
            lanes.begin(lane, method, &()).unwrap();
        }
        let zero = call(&mut calls, "T.Zero").await;
        let one = call(&mut calls, "T.One").await;
        let two = call(&mut calls, "T.Two").await;
        two.ok(&2_i64);
        done(&lanes, 2).await.unwrap();
        let busy = lanes.begin(0, "T.Zero", &()).unwrap_err();
        assert!(matches!(busy, CallError::Gone(_)), "{busy}");
        zero.ok(&format!("zero {round}"));
        one.ok(&());
        assert_eq!(answer(&lanes).await.unwrap(), format!("zero {round}"));
        done(&lanes, 1).await.unwrap();
    }
    assert!(matches!(answer(&lanes).await, Err(CallError::Gone(_))));
}

#[tokio::test]
async fn an_error_costs_one_call() {
    let (lanes, mut calls, _served) = lanes().await;
    for _ in 0..2 {
        for lane in 0..3 {
            lanes.begin(lane, "T.Fail", &()).unwrap();
            call(&mut calls, "T.Fail").await.error("it failed");
            let outcome = match lane {
                0 => answer(&lanes).await.map(drop),
                lane => done(&lanes, lane).await,
            };
            match outcome {
                Err(CallError::Remote(words)) => assert_eq!(words, "it failed"),
                other => panic!("{other:?}"),
            }
        }
        // A number where a text is wanted.
        lanes.begin(0, "T.Number", &()).unwrap();
        call(&mut calls, "T.Number").await.ok(&7_u64);
        assert!(matches!(answer(&lanes).await, Err(CallError::Decode(_))));
        // An argument that cannot be sent leaves the lane free.
        let nil: [Option<Pair>; 1] = [None];
        let error = lanes.begin(0, "T.Nil", &nil[..]).unwrap_err();
        assert!(matches!(error, CallError::Encode(_)), "{error}");
        lanes.begin(0, "T.Text", &()).unwrap();
        call(&mut calls, "T.Text").await.ok("text");
        assert_eq!(answer(&lanes).await.unwrap(), "text");
    }
}

/// Whoever asked last may have gone away since: each answer wakes the one whom it concerns.
#[tokio::test]
async fn an_answer_wakes_its_own_caller() {
    let (lanes, mut calls, _served) = lanes().await;
    let flags: [Arc<Flag>; 2] = Default::default();
    let wakers = flags.clone().map(Waker::from);
    let mut contexts = wakers.each_ref().map(Context::from_waker);
    lanes.begin(0, "T.Zero", &()).unwrap();
    lanes.begin(1, "T.One", &()).unwrap();
    let zero = call(&mut calls, "T.Zero").await;
    let one = call(&mut calls, "T.One").await;
    assert!(lanes.poll_done(1, &mut contexts[1]).is_pending());
    assert!(lanes.poll_answer(&mut contexts[0]).is_pending());
    one.ok(&());
    flags[1].set().await;
    assert!(!flags[0].is_set());
    assert!(matches!(
        lanes.poll_done(1, &mut contexts[1]),
        Poll::Ready(Ok(()))
    ));
    lanes.begin(1, "T.One", &()).unwrap();
    let one = call(&mut calls, "T.One").await;
    flags[1].0.store(false, Ordering::SeqCst);
    assert!(lanes.poll_done(1, &mut contexts[1]).is_pending());
    zero.ok("zero");
    flags[0].set().await;
    assert!(!flags[1].is_set());
    let Poll::Ready(Ok(text)) = lanes.poll_answer(&mut contexts[0]) else {
        panic!("no answer");
    };
    assert_eq!(text, "zero");
    drop(one);
    flags[1].set().await;
    let Poll::Ready(Err(CallError::Remote(_))) = lanes.poll_done(1, &mut contexts[1]) else {
        panic!("no error");
    };
}

/// A task may hand the waiting over to another.
#[tokio::test]
async fn the_last_waker_of_a_lane_counts() {
    let (lanes, mut calls, _served) = lanes().await;
    lanes.begin(0, "T.Zero", &()).unwrap();
    let (first, second) = (Arc::new(Flag::default()), Arc::new(Flag::default()));
    for flag in [&first, &second] {
        let waker = Waker::from(Arc::clone(flag));
        assert!(
            lanes
                .poll_answer(&mut Context::from_waker(&waker))
                .is_pending()
        );
    }
    assert_eq!(Arc::strong_count(&first), 1);
    call(&mut calls, "T.Zero").await.ok("zero");
    second.set().await;
    assert_eq!(answer(&lanes).await.unwrap(), "zero");
}

#[tokio::test]
async fn everybody_learns_of_the_end() {
    let (lanes, mut calls, served) = lanes().await;
    lanes.begin(0, "T.Zero", &()).unwrap();
    lanes.begin(2, "T.Two", &()).unwrap();
    let _unanswered = (
        call(&mut calls, "T.Zero").await,
        call(&mut calls, "T.Two").await,
    );
    served.abort();
    let (zero, two) = tokio::join!(answer(&lanes), done(&lanes, 2));
    assert!(matches!(zero, Err(CallError::Gone(_))), "{zero:?}");
    assert!(matches!(two, Err(CallError::Gone(_))), "{two:?}");
    let later = lanes.begin(1, "T.One", &()).unwrap_err();
    assert!(matches!(later, CallError::Gone(_)), "{later}");
    done(&lanes, 1).await.unwrap();
}

/// What is called last is let finish, though nobody waits for it; a read is not waited for.
#[tokio::test]
async fn a_stream_that_nobody_holds_ends_behind_its_last_answer() {
    let (lanes, mut calls, served) = lanes().await;
    lanes.begin(0, "T.Zero", &()).unwrap();
    let _zero = call(&mut calls, "T.Zero").await;
    let clone = lanes.clone();
    drop(lanes);
    clone.begin(1, "T.One", &()).unwrap();
    let one = call(&mut calls, "T.One").await;
    drop(clone);
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    assert!(!served.is_finished());
    one.ok(&());
    limited(served).await.unwrap().unwrap();
}

/// Answers byte by byte, with one that nobody asked for and one that comes twice.
#[tokio::test]
async fn what_nobody_waits_for_is_read_past() {
    let setting = setting();
    let (id, server) = (setting.server.next_id(), setting.server.clone());
    let peer = tokio::spawn(async move {
        let mut stream = server.accept(id).await.unwrap();
        stream.read_u8().await.unwrap();
        let (mut bytes, mut encoder) = (Vec::new(), Encoder::new());
        for (seq, text) in [
            (9, "nobody's"),
            (0, "none"),
            (u64::MAX, "far"),
            (1, "right"),
            (1, "twice"),
        ] {
            let header = crate::rpc::ResponseHeader::new(seq, "");
            encoder.encode(&header, &mut bytes).unwrap();
            encoder.encode(text, &mut bytes).unwrap();
        }
        for byte in bytes {
            stream.sender().send(&[byte]).unwrap();
            tokio::task::yield_now().await;
        }
        stream
    });
    let lanes = Three::new(setting.client.dial(id, &[]).await.unwrap());
    lanes.begin(0, "T.Zero", &()).unwrap();
    assert_eq!(answer(&lanes).await.unwrap(), "right");
    let stream = limited(peer).await.unwrap();
    // The second of them is not the answer to the next call.
    lanes.begin(0, "T.Zero", &()).unwrap();
    let flag = Arc::new(Flag::default());
    let waker = Waker::from(Arc::clone(&flag));
    assert!(
        lanes
            .poll_answer(&mut Context::from_waker(&waker))
            .is_pending()
    );
    drop(stream);
    flag.set().await;
    assert!(matches!(answer(&lanes).await, Err(CallError::Gone(_))));
}

/// What no decoder can follow ends the stream with a reason.
#[tokio::test]
async fn a_stream_that_cannot_be_followed_ends() {
    let setting = setting();
    let (id, server) = (setting.server.next_id(), setting.server.clone());
    let peer = tokio::spawn(async move {
        let mut stream = server.accept(id).await.unwrap();
        stream.read_u8().await.unwrap();
        stream.sender().send(&[0xf7]).unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.map(drop)
    });
    let lanes = Three::new(setting.client.dial(id, &[]).await.unwrap());
    lanes.begin(0, "T.Zero", &()).unwrap();
    assert!(matches!(answer(&lanes).await, Err(CallError::Gone(_))));
    limited(peer).await.unwrap().unwrap();
}

/// An answer's bytes are given back with the answer.
#[tokio::test]
async fn lanes_that_wait_hold_no_buffer() {
    let (lanes, mut calls, _served) = lanes().await;
    assert_eq!(lanes.held(), 0);
    for _ in 0..2 {
        lanes.begin(0, "T.Zero", &()).unwrap();
        call(&mut calls, "T.Zero").await.ok(&"x".repeat(100_000));
        assert_eq!(answer(&lanes).await.unwrap().len(), 100_000);
        assert_eq!(lanes.held(), 0);
    }
}
