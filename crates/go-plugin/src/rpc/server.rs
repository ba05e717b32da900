//! The serving side of net/rpc.

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
};

use bytes::{Buf, BytesMut};
use gob::{Decode, DecodeError, Decoder, Encode};
use tokio::{select, sync::Notify};

use super::{
    MAX_IN_FLIGHT, MAX_UNSENT, MessageEncoder, RequestHeader, ResponseHeader, ServeError,
    framing::value_len,
};
use crate::{
    broker::BrokerStream,
    panics::{CatchPanic, panic_words},
    yamux::Sender,
};

/// What answers the calls of a stream.
pub trait Service: Send + Sync + 'static {
    /// Called for each request in the order in which they arrived. It must not block: what takes
    /// long goes into [`Reply::run`], or the [`Reply`] is kept for later.
    fn call(&self, call: Call<'_, '_>);
}

/// Where the replies of one stream go.
struct Replies {
    encoder: Mutex<MessageEncoder>,
    sender: Sender,
    in_flight: AtomicUsize,
    answered: Notify,
    gone: AtomicBool,
    left: Notify,
}

impl Replies {
    fn send<T: Encode + ?Sized>(&self, seq: u64, error: &str, value: &T) {
        if self.gone.load(Ordering::Relaxed) {
            return;
        }
        // The order on the stream is the order of encoding: a definition comes before its use.
        let mut encoder = self.encoder.lock().unwrap_or_else(PoisonError::into_inner);
        let header = |error| ResponseHeader { service_method: "", seq, error };
        let encoded = if error.is_empty() {
            encoder.encode(&header(""), value)
        } else {
            encoder.encode(&header(error), &())
        };
        // A stream that is over has nobody who waits for the answer.
        let sent = match encoded {
            Ok(bytes) => self.sender.send(bytes).map_err(drop),
            Err(e) => {
                let words = format!("the answer cannot be sent: {e}");
                tracing::error!("{words}");
                let bytes = encoder.encode(&header(&words), &()).map_err(drop);
                bytes.and_then(|bytes| self.sender.send(bytes).map_err(drop))
            }
        };
        if sent.is_err() {
            tracing::debug!("an answer came after its stream");
        }
    }

    async fn gone(&self) {
        let left = self.left.notified();
        if !self.gone.load(Ordering::Acquire) {
            left.await;
        }
    }
}

/// The argument of a call while it waits for its type.
struct Argument<'a> {
    bytes: &'a [u8],
    taken: bool,
    error: Option<DecodeError>,
}

/// One request.
pub struct Call<'c, 'a> {
    method: &'a str,
    decoder: &'c mut Decoder,
    argument: &'c mut Argument<'a>,
    reply: Reply,
}

impl<'a> Call<'_, 'a> {
    /// The name as it was sent, `Plugin.ServeHTTP` for example.
    pub fn method(&self) -> &'a str {
        self.method
    }

    /// Takes the argument, which may borrow from the request, and the means to answer.
    ///
    /// When the argument is not a `T`, the peer is told so and `None` comes back.
    pub fn argument<T: Decode<'a>>(self) -> Option<(T, Reply)> {
        self.argument.taken = true;
        match self.decoder.decode(&mut self.argument.bytes) {
            Ok(Some(value)) => Some((value, self.reply)),
            Ok(None) => {
                self.reply.error("the argument is incomplete");
                None
            }
            Err(e) => {
                self.reply.error(&format!("the argument of {} cannot be read: {e}", self.method));
                self.argument.error = Some(e);
                None
            }
        }
    }

    /// Answers that this method does not exist, in net/rpc's own words.
    pub fn unknown(self) {
        self.reply.error(&format!("rpc: can't find method {}", self.method));
    }
}

/// The answer to one request, to be given once. Dropped without one, it tells the peer so.
pub struct Reply {
    seq: u64,
    replies: Option<Arc<Replies>>,
}

impl Reply {
    /// Answers with `value`.
    pub fn ok<T: Encode + ?Sized>(mut self, value: &T) {
        if let Some(replies) = self.take() {
            replies.send(self.seq, "", value);
        }
    }

    /// Answers with an error of net/rpc's own kind. Go's client returns it as `rpc.ServerError`.
    pub fn error(mut self, words: &str) {
        let words = if words.is_empty() { "an error without a text" } else { words };
        if let Some(replies) = self.take() {
            replies.send(self.seq, words, &());
        }
    }

    /// Answers with what `work` comes to, when it does. It starts at once, and is dropped when the
    /// stream of the call is gone. A panic in it is answered as an error.
    pub fn run<T, F>(self, work: F)
    where
        T: Encode + 'static,
        F: Future<Output = Result<T, String>> + Send + 'static,
    {
        let mut work = CatchPanic::new(work);
        // Most calls need nothing that they must wait for: polled here they cost no task. One
        // that does is polled again by its task, so the waker of this first time does not matter.
        match Pin::new(&mut work).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(outcome) => self.settle(outcome),
            Poll::Pending => {
                tokio::spawn(async move {
                    let Some(replies) = self.replies.clone() else { return };
                    select! {
                        biased;
                        outcome = work => self.settle(outcome),
                        () = replies.gone() => {}
                    }
                });
            }
        }
    }

    fn settle<T: Encode>(self, outcome: std::thread::Result<Result<T, String>>) {
        match outcome {
            Ok(Ok(value)) => self.ok(&value),
            Ok(Err(words)) => self.error(&words),
            Err(panic) => {
                let words = panic_words(panic.as_ref());
                tracing::error!("a call panicked: {words}");
                self.error(&format!("panic: {words}"));
            }
        }
    }

    fn take(&mut self) -> Option<Arc<Replies>> {
        let replies = self.replies.take()?;
        if replies.in_flight.fetch_sub(1, Ordering::Relaxed) == MAX_IN_FLIGHT {
            replies.answered.notify_one();
        }
        Some(replies)
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        if let Some(replies) = self.take() {
            replies.send(self.seq, "the call was given up without an answer", &());
        }
    }
}

/// Serves the calls of `stream` until the peer finishes it. Calls that are then still worked on
/// are dropped.
///
/// # Errors
/// [`ServeError`] when the stream breaks, or the peer breaks its protocol.
pub async fn serve<S: Service + ?Sized>(
    mut stream: BrokerStream,
    service: Arc<S>,
) -> Result<(), ServeError> {
    let replies = Arc::new(Replies {
        encoder: Mutex::default(),
        sender: stream.sender().clone(),
        in_flight: AtomicUsize::new(0),
        answered: Notify::new(),
        gone: AtomicBool::new(false),
        left: Notify::new(),
    });
    let result = serve_calls(&mut stream, &*service, &replies).await;
    replies.gone.store(true, Ordering::Release);
    replies.left.notify_waiters();
    result
}

async fn serve_calls<S: Service + ?Sized>(
    stream: &mut BrokerStream,
    service: &S,
    replies: &Arc<Replies>,
) -> Result<(), ServeError> {
    let mut decoder = Decoder::new();
    let mut buffer = BytesMut::new();
    loop {
        while let Some((header, whole)) = next_call(&buffer)? {
            while replies.in_flight.load(Ordering::Relaxed) >= MAX_IN_FLIGHT {
                replies.answered.notified().await;
            }
            one_call(&buffer[..whole], header, &mut decoder, service, replies)?;
            buffer.advance(whole);
        }
        if replies.sender.sent(MAX_UNSENT).await.is_err() || !stream.fill(&mut buffer).await? {
            return Ok(());
        }
    }
}

/// Lengths of the next request's header, and of header and argument together.
fn next_call(bytes: &[u8]) -> Result<Option<(usize, usize)>, ServeError> {
    let Some(header) = value_len(bytes)? else { return Ok(None) };
    Ok(value_len(&bytes[header..])?.map(|argument| (header, header + argument)))
}

fn one_call<S: Service + ?Sized>(
    bytes: &[u8],
    header: usize,
    decoder: &mut Decoder,
    service: &S,
    replies: &Arc<Replies>,
) -> Result<(), ServeError> {
    let (mut head, rest) = bytes.split_at(header);
    let head: RequestHeader<'_> =
        decoder.decode(&mut head)?.ok_or(ServeError::Framing("a request without a header"))?;
    replies.in_flight.fetch_add(1, Ordering::Relaxed);
    let reply = Reply { seq: head.seq, replies: Some(Arc::clone(replies)) };
    let mut argument = Argument { bytes: rest, taken: false, error: None };
    let call = Call { method: head.service_method, decoder, argument: &mut argument, reply };
    // A panic in a service's own code costs that call, and the reply says so as it is dropped.
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| service.call(call))) {
        tracing::error!("{} panicked: {}", head.service_method, panic_words(panic.as_ref()));
    }
    if !argument.taken {
        // What it defines may be used by later calls.
        if let Err(e) = decoder.skip(&mut argument.bytes) {
            argument.error = Some(e);
        }
    }
    match argument.error {
        Some(e) if e.is_fatal() => Err(e.into()),
        _ => Ok(()),
    }
}
