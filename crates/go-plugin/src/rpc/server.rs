//! The serving side of net/rpc.

use std::{
    fmt,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
};

use gob::{Decode, DecodeError, Decoder, Encode};
use tokio::{select, sync::Notify};

use super::{
    MAX_IN_FLIGHT, MAX_UNSENT, MessageEncoder, RequestHeader, ResponseHeader, ServeError,
    incoming::{self, Incoming},
};
use crate::{
    broker::BrokerStream,
    panics::{CatchPanic, panic_words},
    yamux::{Sender, is_gone},
};

/// What answers the calls of a stream.
///
/// ```
/// use go_plugin::rpc::{Call, Service};
///
/// #[derive(gob::Decode)]
/// struct Args {
///     a: i64,
///     b: i64,
/// }
///
/// struct Arith;
///
/// impl Service for Arith {
///     fn call(&self, call: Call<'_, '_>) {
///         match call.method() {
///             "Arith.Add" => {
///                 if let Some((Args { a, b }, reply)) = call.argument() {
///                     reply.ok(&a.wrapping_add(b));
///                 }
///             }
///             "Arith.Slow" => {
///                 if let Some(((), reply)) = call.argument() {
///                     // A task of its own as soon as it waits; other calls go on.
///                     reply.run(async {
///                         tokio::task::yield_now().await;
///                         Ok(7_i64)
///                     });
///                 }
///             }
///             _ => call.unknown(),
///         }
///     }
/// }
/// ```
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
        let send = |bytes: &[u8]| self.sender.send(bytes);
        let sent = if error.is_empty() {
            encoder.encode(&ResponseHeader::new(seq, ""), value, send)
        } else {
            encoder.encode(&ResponseHeader::new(seq, error), &(), send)
        };
        let sent = sent.or_else(|e| {
            let words = format!("the answer cannot be sent: {e}");
            tracing::error!("{words}");
            encoder.encode(&ResponseHeader::new(seq, &words), &(), send)
        });
        // A stream that is over has nobody who waits for the answer.
        if !matches!(sent, Ok(Ok(()))) {
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

/// What became of a call's argument.
enum Argument {
    Untouched,
    Taken,
    /// More bytes must come; then the service is called again.
    Incomplete,
    /// The stream cannot be followed any further.
    Broken(DecodeError),
}

/// One request.
pub struct Call<'c, 'a> {
    method: &'c str,
    decoder: &'c mut Decoder,
    input: &'c mut &'a [u8],
    argument: &'c mut Argument,
    reply: Reply,
}

impl fmt::Debug for Call<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

impl<'c, 'a> Call<'c, 'a> {
    /// The name as it was sent, `Plugin.ServeHTTP` for example.
    #[must_use]
    pub fn method(&self) -> &'c str {
        self.method
    }

    /// Takes the argument, which may borrow from the request, and the means to answer.
    ///
    /// `None` says that there is nothing to do: the argument is not a `T`, and the peer was told
    /// so; or it is not all there yet, and the service is called again when it is.
    #[must_use]
    pub fn argument<T: Decode<'a>>(mut self) -> Option<(T, Reply)> {
        *self.argument = Argument::Taken;
        match self.decoder.decode(self.input) {
            Ok(Some(value)) => Some((value, self.reply)),
            Ok(None) => {
                *self.argument = Argument::Incomplete;
                self.reply.take();
                None
            }
            Err(e) => {
                self.reply.error(&format!(
                    "the argument of {} cannot be read: {e}",
                    self.method
                ));
                if e.is_fatal() {
                    *self.argument = Argument::Broken(e);
                }
                None
            }
        }
    }

    /// Answers that this method does not exist, in net/rpc's own words.
    pub fn unknown(self) {
        self.reply
            .error(&format!("rpc: can't find method {}", self.method));
    }
}

/// The answer to one request, to be given once. Dropped without one, it tells the peer so.
pub struct Reply {
    seq: u64,
    replies: Option<Arc<Replies>>,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").finish_non_exhaustive()
    }
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
        let words = if words.is_empty() {
            "an error without a text"
        } else {
            words
        };
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
                    let Some(replies) = self.replies.clone() else {
                        return;
                    };
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

/// Serves the calls of `stream` until the peer finishes it, or has gone. Calls that are then still worked on
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
    match result {
        // Why the connection went is told by whoever holds it.
        Err(ServeError::Io(e)) if is_gone(&e) => Ok(()),
        other => other,
    }
}

/// What the reader is in the middle of.
enum Reading {
    Header,
    /// The argument of this call.
    Argument {
        method: String,
        seq: u64,
    },
    /// An argument that the service did not want.
    Skip,
}

async fn serve_calls<S: Service + ?Sized>(
    stream: &mut BrokerStream,
    service: &S,
    replies: &Arc<Replies>,
) -> Result<(), ServeError> {
    let mut incoming = Incoming::default();
    let mut reading = Reading::Header;
    loop {
        loop {
            while replies.in_flight.load(Ordering::Relaxed) >= MAX_IN_FLIGHT {
                replies.answered.notified().await;
            }
            let step = |decoder: &mut Decoder, input: &mut &[u8]| {
                step(&mut reading, decoder, input, service, replies)
            };
            if !incoming.take(step)? {
                break;
            }
        }
        if replies.sender.sent(MAX_UNSENT).await.is_err() || !incoming.fill(stream).await? {
            return Ok(());
        }
    }
}

/// Takes one request off `input`, or the rest of one. `false` when it is not all there.
fn step<S: Service + ?Sized>(
    reading: &mut Reading,
    decoder: &mut Decoder,
    input: &mut &[u8],
    service: &S,
    replies: &Arc<Replies>,
) -> Result<bool, ServeError> {
    let (method, seq) = match &*reading {
        Reading::Header => match decoder.decode::<RequestHeader<'_>>(input)? {
            Some(header) => (header.service_method, header.seq),
            None => return Ok(false),
        },
        Reading::Argument { method, seq } => (&**method, *seq),
        Reading::Skip => return skip(reading, decoder, input),
    };
    replies.in_flight.fetch_add(1, Ordering::Relaxed);
    let reply = Reply {
        seq,
        replies: Some(Arc::clone(replies)),
    };
    let mut argument = Argument::Untouched;
    let call = Call {
        method,
        decoder,
        input,
        argument: &mut argument,
        reply,
    };
    // A panic in a service's own code costs that call, and the reply says so as it is dropped.
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| service.call(call))) {
        tracing::error!("{method} panicked: {}", panic_words(panic.as_ref()));
    }
    match argument {
        Argument::Taken => {
            *reading = Reading::Header;
            Ok(true)
        }
        // What it defines may be used by later calls.
        Argument::Untouched => skip(reading, decoder, input),
        Argument::Incomplete => {
            let method = method.to_owned();
            *reading = Reading::Argument { method, seq };
            Ok(false)
        }
        Argument::Broken(e) => Err(e.into()),
    }
}

fn skip(
    reading: &mut Reading,
    decoder: &mut Decoder,
    input: &mut &[u8],
) -> Result<bool, ServeError> {
    let skipped = incoming::skip(decoder, input)?;
    *reading = if skipped {
        Reading::Header
    } else {
        Reading::Skip
    };
    Ok(skipped)
}
