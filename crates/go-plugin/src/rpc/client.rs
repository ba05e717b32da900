//! The calling side of net/rpc, with many calls in flight.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::{Buf, BytesMut};
use gob::{DecodeOwned, Decoder, Encode};
use tokio::sync::oneshot;

use super::{
    CallError, MAX_IN_FLIGHT, MAX_UNSENT, MessageEncoder, RequestHeader, ResponseHeader, serial::lengths,
};
use crate::{broker::BrokerStream, yamux::Sender};

/// A caller that waits, with its type inside.
trait Waiting: Send {
    /// Takes the reply off `input`. An error ends the stream.
    fn complete(self: Box<Self>, decoder: &mut Decoder, input: &mut &[u8]) -> Result<(), String>;
    fn fail(self: Box<Self>, error: CallError);
    fn is_abandoned(&self) -> bool;
}

struct Typed<R>(oneshot::Sender<Result<R, CallError>>);

impl<R: DecodeOwned + Send> Waiting for Typed<R> {
    fn complete(self: Box<Self>, decoder: &mut Decoder, input: &mut &[u8]) -> Result<(), String> {
        let (answer, fatal) = match decoder.decode::<R>(input) {
            Ok(Some(value)) => (Ok(value), None),
            Ok(None) => (Err(CallError::Gone("the answer is incomplete".into())), None),
            Err(e) => {
                let fatal = e.is_fatal().then(|| e.to_string());
                (Err(CallError::Decode(e)), fatal)
            }
        };
        let _ = self.0.send(answer);
        fatal.map_or(Ok(()), Err)
    }

    fn fail(self: Box<Self>, error: CallError) {
        let _ = self.0.send(Err(error));
    }

    fn is_abandoned(&self) -> bool {
        self.0.is_closed()
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
#[derive(Clone)]
pub struct Client {
    handle: Arc<Handle>,
}

impl Client {
    /// A client on `stream`, read by a task that lives as long as the stream.
    pub fn new(stream: BrokerStream) -> Self {
        Self::resume(stream, MessageEncoder::default(), Decoder::new(), BytesMut::new())
    }

    pub(super) fn resume(
        stream: BrokerStream,
        encoder: MessageEncoder,
        decoder: Decoder,
        buffer: BytesMut,
    ) -> Self {
        let inner = Arc::new(Inner {
            sender: stream.sender().clone(),
            state: Mutex::new(State {
                encoder,
                // Zero was used by the calls that came before on this stream.
                next: 1,
                waiting: HashMap::new(),
                gone: None,
            }),
        });
        tokio::spawn(read(stream, decoder, buffer, Arc::clone(&inner)));
        Self { handle: Arc::new(Handle(inner)) }
    }

    /// Calls `method` and waits for its answer. Dropping the future abandons the answer, not the
    /// call.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn call<A, R>(&self, method: &str, argument: &A) -> Result<R, CallError>
    where
        A: Encode + ?Sized,
        R: DecodeOwned + Send + 'static,
    {
        let answer = self.send(method, argument)?;
        self.handle.0.sender.sent(MAX_UNSENT).await?;
        match answer.await {
            Ok(answer) => answer,
            Err(_) => Err(CallError::Gone("the stream is closed".into())),
        }
    }

    fn send<A, R>(
        &self,
        method: &str,
        argument: &A,
    ) -> Result<oneshot::Receiver<Result<R, CallError>>, CallError>
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
                return Err(CallError::Gone(format!("{MAX_IN_FLIGHT} calls are unanswered")));
            }
        }
        let State { encoder, next, waiting, .. } = &mut *state;
        let header = RequestHeader { service_method: method, seq: *next };
        inner.sender.send(encoder.encode(&header, argument)?)?;
        let (sender, receiver) = oneshot::channel();
        waiting.insert(*next, Box::new(Typed(sender)));
        *next += 1;
        Ok(receiver)
    }
}

async fn read(
    mut stream: BrokerStream,
    mut decoder: Decoder,
    mut buffer: BytesMut,
    inner: Arc<Inner>,
) {
    let why = loop {
        match take_all(&mut decoder, &mut buffer, &inner) {
            Ok(()) => {}
            Err(why) => {
                tracing::error!("answers of the peer cannot be followed: {why}");
                break why;
            }
        }
        match stream.fill(&mut buffer).await {
            Ok(true) => {}
            Ok(false) => break "the peer finished the stream".to_owned(),
            Err(e) => break e.to_string(),
        }
    };
    inner.end(&why);
}

fn take_all(decoder: &mut Decoder, buffer: &mut BytesMut, inner: &Inner) -> Result<(), String> {
    while let Some((header, whole)) = lengths(buffer).map_err(|e| e.to_string())? {
        let (mut head, mut body) = buffer[..whole].split_at(header);
        let head = decoder.decode::<ResponseHeader<'_>>(&mut head).map_err(|e| e.to_string())?;
        let head = head.ok_or("an answer without a header")?;
        let waiting = inner.lock().waiting.remove(&head.seq);
        match waiting {
            Some(waiting) if head.error.is_empty() => waiting.complete(decoder, &mut body)?,
            waiting => {
                // The reply of a call that failed is an empty struct, which may be defined here.
                decoder.skip(&mut body).map_err(|e| e.to_string())?;
                if let Some(waiting) = waiting {
                    waiting.fail(CallError::Remote(head.error.to_owned()));
                }
            }
        }
        buffer.advance(whole);
    }
    Ok(())
}
