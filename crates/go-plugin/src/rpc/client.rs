//! The calling side of net/rpc, with many calls in flight.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use gob::{DecodeOwned, Decoder, Encode};
use tokio::sync::oneshot;

use super::{
    CallError, MAX_IN_FLIGHT, MAX_UNSENT, MessageEncoder, RequestHeader, ResponseHeader,
    incoming::{Incoming, skip},
};
use crate::{broker::BrokerStream, yamux::Sender};

/// A caller that waits, with its type inside.
trait Waiting: Send {
    /// Takes the reply off `input`, if it is all there.
    ///
    /// # Errors
    /// One that ends the stream.
    fn complete(&mut self, decoder: &mut Decoder, input: &mut &[u8]) -> Result<bool, String>;
    fn fail(self: Box<Self>, error: CallError);
    fn is_abandoned(&self) -> bool;
}

/// Where an answer is put for its caller, who is told by the channel that it is there. The channel knows no type, so that what waits at
/// it is in the executable once.
struct Typed<R> {
    place: Arc<Mutex<Option<R>>>,
    caller: Option<oneshot::Sender<Result<(), CallError>>>,
}

fn tell(
    caller: &mut Option<oneshot::Sender<Result<(), CallError>>>,
    outcome: Result<(), CallError>,
) {
    if let Some(caller) = caller.take() {
        // A caller that has left wants no answer.
        let _ = caller.send(outcome);
    }
}

impl<R: DecodeOwned + Send> Waiting for Typed<R> {
    fn complete(&mut self, decoder: &mut Decoder, input: &mut &[u8]) -> Result<bool, String> {
        match decoder.decode::<R>(input) {
            Ok(Some(value)) => {
                *self.place.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
                tell(&mut self.caller, Ok(()));
            }
            Ok(None) => return Ok(false),
            Err(e) => {
                let fatal = e.is_fatal().then(|| e.to_string());
                tell(&mut self.caller, Err(CallError::Decode(e)));
                return fatal.map_or(Ok(true), Err);
            }
        }
        Ok(true)
    }

    fn fail(mut self: Box<Self>, error: CallError) {
        tell(&mut self.caller, Err(error));
    }

    fn is_abandoned(&self) -> bool {
        self.caller.as_ref().is_none_or(oneshot::Sender::is_closed)
    }
}

struct State {
    encoder: MessageEncoder,
    next: u64,
    waiting: HashMap<u64, Box<dyn Waiting>>,
    gone: Option<String>,
}

struct Inner {
    sender: Sender,
    state: Mutex<State>,
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The stream is over: everybody who waits learns why.
    fn end(&self, why: &str) {
        let mut state = self.lock();
        state.gone.get_or_insert_with(|| why.to_owned());
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        for caller in waiting.into_values() {
            caller.fail(CallError::Gone(why.to_owned()));
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.sender.finish();
    }
}

/// Finishes the stream when the last client is gone.
struct Handle(Arc<Inner>);

/// A net/rpc client. Clones share one stream; calls overlap freely, so a server in Go may run
/// them in any order.
///
/// ```
/// use go_plugin::rpc::{CallError, Client};
///
/// async fn add(client: &Client) -> Result<i64, CallError> {
///     // In Go: func (t *Arith) Add(args *Args, reply *int) error, where Args has the fields A and B.
///     #[derive(gob::Encode)]
///     struct Args {
///         a: i64,
///         b: i64,
///     }
///
///     client.call("Arith.Add", &Args { a: 7, b: 8 }).await
/// }
/// ```
#[derive(Clone)]
pub struct Client {
    handle: Arc<Handle>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

impl Client {
    /// A client on `stream`, read by a task that lives as long as the stream.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    #[must_use]
    pub fn new(stream: BrokerStream) -> Self {
        let inner = Arc::new(Inner {
            sender: stream.sender().clone(),
            state: Mutex::new(State {
                encoder: MessageEncoder::default(),
                next: 1,
                waiting: HashMap::new(),
                gone: None,
            }),
        });
        tokio::spawn(read(stream, Arc::clone(&inner)));
        Self {
            handle: Arc::new(Handle(inner)),
        }
    }

    /// Calls `method` and waits for its answer, for as long as it takes: a limit is the caller's to set
    /// (`tokio::time::timeout`). Dropping the future abandons the answer, not the call.
    ///
    /// # Errors
    /// [`CallError`]: the peer's own, no answer, or a type that does not fit.
    pub async fn call<A, R>(&self, method: &str, argument: &A) -> Result<R, CallError>
    where
        A: Encode + ?Sized,
        R: DecodeOwned + Send + 'static,
    {
        let place = Arc::default();
        let told = self.send(method, argument, &place)?;
        self.wait(told).await?;
        let answer = place.lock().unwrap_or_else(PoisonError::into_inner).take();
        answer.ok_or_else(closed)
    }

    /// Waits until the request has left and the answer is in its place.
    async fn wait(&self, told: oneshot::Receiver<Result<(), CallError>>) -> Result<(), CallError> {
        self.handle.0.sender.sent(MAX_UNSENT).await?;
        told.await.unwrap_or_else(|_| Err(closed()))
    }

    fn send<A, R>(
        &self,
        method: &str,
        argument: &A,
        place: &Arc<Mutex<Option<R>>>,
    ) -> Result<oneshot::Receiver<Result<(), CallError>>, CallError>
    where
        A: Encode + ?Sized,
        R: DecodeOwned + Send + 'static,
    {
        let inner = &self.handle.0;
        let mut state = inner.lock();
        if let Some(why) = &state.gone {
            return Err(CallError::Gone(why.clone()));
        }
        if state.waiting.len() >= MAX_IN_FLIGHT {
            // Those whose callers have left do not count.
            state.waiting.retain(|_, caller| !caller.is_abandoned());
            if state.waiting.len() >= MAX_IN_FLIGHT {
                return Err(CallError::Gone(format!(
                    "{MAX_IN_FLIGHT} calls are unanswered"
                )));
            }
        }
        let State {
            encoder,
            next,
            waiting,
            ..
        } = &mut *state;
        let header = RequestHeader {
            service_method: method,
            seq: *next,
        };
        encoder.encode(&header, argument, |bytes| inner.sender.send(bytes))??;
        let (sender, receiver) = oneshot::channel();
        let typed = Typed {
            place: Arc::clone(place),
            caller: Some(sender),
        };
        waiting.insert(*next, Box::new(typed));
        *next += 1;
        Ok(receiver)
    }
}

fn closed() -> CallError {
    CallError::Gone("the stream is closed".into())
}

/// What the reader is in the middle of.
enum Reading {
    Header,
    /// The reply of a call, for the one who waits.
    Reply(Box<dyn Waiting>),
    /// A reply that nobody wants: the call failed, or was abandoned and forgotten.
    Skip,
}

async fn read(mut stream: BrokerStream, inner: Arc<Inner>) {
    let mut incoming = Incoming::default();
    let mut reading = Reading::Header;
    let why = loop {
        match incoming.take(|decoder, input| step(&mut reading, decoder, input, &inner)) {
            Ok(true) => continue,
            Ok(false) => {}
            Err(why) => {
                tracing::error!("the peer's answers cannot be followed: {why}");
                break why;
            }
        }
        match incoming.fill(&mut stream).await {
            Ok(true) => {}
            Ok(false) => break "the peer finished the stream".to_owned(),
            Err(e) => break e.to_string(),
        }
    };
    if let Reading::Reply(waiting) = reading {
        waiting.fail(CallError::Gone(why.clone()));
    }
    inner.end(&why);
}

/// Takes one value. `false` when it is not all there.
fn step(
    reading: &mut Reading,
    decoder: &mut Decoder,
    input: &mut &[u8],
    inner: &Inner,
) -> Result<bool, String> {
    let done = match reading {
        Reading::Header => {
            let header = decoder
                .decode::<ResponseHeader<'_>>(input)
                .map_err(|e| e.to_string())?;
            let Some(header) = header else {
                return Ok(false);
            };
            let waiting = inner.lock().waiting.remove(&header.seq);
            *reading = match waiting {
                Some(waiting) if header.error.0.is_empty() => Reading::Reply(waiting),
                Some(waiting) => {
                    waiting.fail(CallError::Remote(header.words()));
                    Reading::Skip
                }
                None => Reading::Skip,
            };
            return Ok(true);
        }
        Reading::Reply(waiting) => waiting.complete(decoder, input)?,
        Reading::Skip => skip(decoder, input).map_err(|e| e.to_string())?,
    };
    if done {
        *reading = Reading::Header;
    }
    Ok(done)
}
