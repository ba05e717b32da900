//! Calls one after the other, on a stream made for them.
//!
//! The streams of a single HTTP request carry one to three calls whose order matters. This caller
//! sends the first of them in the frame that opens the stream, and needs no task and no table.

use gob::{DecodeError, DecodeOwned, Decoder, Encode, Gob};

use super::{CallError, Lanes, MessageEncoder, ResponseHeader, incoming::Incoming};
use crate::{
    broker::{Broker, BrokerStream},
    yamux::{Sender, SessionError},
};

/// A request header without its number.
///
/// A number that is left out is zero, and the answer carries the same zero: with one call at a
/// time there is nothing to tell apart. The host compiles every definition anew for every stream,
/// and this one is smaller.
#[derive(Gob)]
#[gob(type_name = "R")]
struct SerialHeader<'a> {
    service_method: &'a str,
}

/// A broker id that will be dialled, at the latest with the first call.
pub struct Caller {
    broker: Broker,
    id: u32,
    stream: Option<BrokerStream>,
    encoder: MessageEncoder,
    incoming: Incoming,
    /// A call is under way, or was given up while it was.
    busy: bool,
}

impl Caller {
    /// A caller that will dial `id`.
    pub fn new(broker: Broker, id: u32) -> Self {
        Self {
            broker,
            id,
            stream: None,
            encoder: MessageEncoder::default(),
            incoming: Incoming::default(),
            busy: false,
        }
    }

    /// Dials now, if that has not happened. The acceptor waits for five seconds only, so whoever
    /// has nothing to say for long dials early.
    ///
    /// # Errors
    /// [`CallError::Gone`] when the session is over.
    pub async fn dial(&mut self) -> Result<(), CallError> {
        if self.stream.is_none() {
            self.stream = Some(self.broker.dial(self.id, &[]).await?);
        }
        Ok(())
    }

    /// Dials now if that needs no waiting, as [`Caller::dial`]. Answers whether it is dialled.
    pub fn try_dial(&mut self) -> bool {
        if self.stream.is_none() {
            // A session that is over shows in the next call.
            self.stream = self.broker.try_dial(self.id, &[]).unwrap_or_default();
        }
        self.stream.is_some()
    }

    /// Calls `method` and waits for its answer. A caller whose call was given up can make no
    /// other: the answer that comes next is not for that one.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn call<A, R>(&mut self, method: &str, argument: &A) -> Result<R, CallError>
    where
        A: Encode + ?Sized,
        R: DecodeOwned,
    {
        if self.busy {
            return Err(CallError::Gone("an earlier call was given up".into()));
        }
        self.busy = true;
        let outcome = self.exchange(method, argument).await;
        self.busy = matches!(outcome, Err(CallError::Gone(_)));
        outcome
    }

    async fn exchange<A, R>(&mut self, method: &str, argument: &A) -> Result<R, CallError>
    where
        A: Encode + ?Sized,
        R: DecodeOwned,
    {
        let header = SerialHeader {
            service_method: method,
        };
        let stream = match &mut self.stream {
            Some(stream) => {
                let send = |bytes: &[u8]| stream.sender().send(bytes);
                self.encoder.encode(&header, argument, send)??;
                stream
            }
            none => {
                let dial = |bytes: &[u8]| match self.broker.try_dial(self.id, bytes) {
                    Ok(Some(stream)) => Ok(Dialled::Now(stream)),
                    Ok(None) => Ok(Dialled::Later(bytes.to_vec())),
                    Err(e) => Err(e),
                };
                none.insert(match self.encoder.encode(&header, argument, dial)?? {
                    Dialled::Now(stream) => stream,
                    Dialled::Later(request) => self.broker.dial(self.id, &request).await?,
                })
            }
        };
        let error = next(&mut self.incoming, stream, |decoder, input| {
            let header = decoder.decode::<ResponseHeader<'_>>(input);
            header.map(|header| header.map(|header| header.words()))
        });
        let error = error.await?;
        if error.is_empty() {
            return next(&mut self.incoming, stream, |decoder, input| {
                decoder.decode(input)
            })
            .await;
        }
        next(&mut self.incoming, stream, |decoder, input| {
            decoder.skip(input)
        })
        .await?;
        Err(CallError::Remote(error))
    }

    /// The sending half, if the stream is dialled.
    pub fn sender(&self) -> Option<&Sender> {
        self.stream.as_ref().map(BrokerStream::sender)
    }

    /// Goes on with calls that may overlap.
    ///
    /// # Errors
    /// [`SessionError`] when the stream had yet to be dialled and the session is over, or a call was
    /// given up.
    pub async fn into_lanes<R, const N: usize>(self) -> Result<Lanes<R, N>, SessionError>
    where
        R: DecodeOwned + Send + 'static,
    {
        if self.busy {
            return Err(SessionError::Closed);
        }
        let stream = match self.stream {
            Some(stream) => stream,
            None => self.broker.dial(self.id, &[]).await?,
        };
        Ok(Lanes::resume(stream, self.encoder, self.incoming))
    }
}

/// What became of the attempt to dial without waiting.
enum Dialled {
    Now(BrokerStream),
    /// So many dials are unacknowledged that this request has to wait.
    Later(Vec<u8>),
}

/// Waits until `read` has found its value.
async fn next<T>(
    incoming: &mut Incoming,
    stream: &mut BrokerStream,
    read: impl Fn(&mut Decoder, &mut &[u8]) -> Result<Option<T>, DecodeError>,
) -> Result<T, CallError> {
    loop {
        if let Some(value) = incoming.take(&read).map_err(CallError::Decode)? {
            return Ok(value);
        }
        if !incoming.fill(stream).await? {
            return Err(CallError::Gone("the peer finished the stream".into()));
        }
    }
}
