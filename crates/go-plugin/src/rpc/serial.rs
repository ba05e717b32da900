//! Calls one after the other, on a stream made for them.
//!
//! The streams of a single HTTP request carry one to three calls whose order matters. This caller
//! sends the first of them in the frame that opens the stream, and needs no task and no table.

use std::fmt;

use gob::{DecodeOwned, Encode, Gob};

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

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Caller {
    /// A caller that will dial `id`.
    #[must_use]
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
        let outcome = match self.send(method, argument) {
            Ok(unsent) => self.receive(unsent).await,
            Err(e) => Err(e),
        };
        self.busy = matches!(outcome, Err(CallError::Gone(_)));
        outcome
    }

    /// Sends a request, or answers with what has to be sent when the stream can be dialled.
    fn send<A: Encode + ?Sized>(
        &mut self,
        method: &str,
        argument: &A,
    ) -> Result<Option<Vec<u8>>, CallError> {
        let header = SerialHeader {
            service_method: method,
        };
        let (stream, broker, id) = (&mut self.stream, &self.broker, self.id);
        let sent = self
            .encoder
            .encode(&header, argument, |bytes| match stream {
                Some(stream) => stream.sender().send(bytes).map(|()| None),
                none => {
                    *none = broker.try_dial(id, bytes)?;
                    // So many dials are unacknowledged that this request has to wait.
                    Ok(none.is_none().then(|| bytes.to_vec()))
                }
            })?;
        Ok(sent?)
    }

    /// Waits for the answer. All of the waiting is without the answer's type, so that it is in the executable once.
    async fn receive<R: DecodeOwned>(&mut self, unsent: Option<Vec<u8>>) -> Result<R, CallError> {
        self.outcome(unsent).await?;
        loop {
            let value = self.incoming.take(|decoder, input| decoder.decode(input));
            if let Some(value) = value.map_err(CallError::Decode)? {
                return Ok(value);
            }
            self.fill().await?;
        }
    }

    /// Waits until the answer's value is next, after sending what is yet unsent.
    async fn outcome(&mut self, unsent: Option<Vec<u8>>) -> Result<(), CallError> {
        if let Some(request) = unsent {
            self.stream = Some(self.broker.dial(self.id, &request).await?);
        }
        let error = loop {
            let header = self.incoming.take(|decoder, input| {
                let header = decoder.decode::<ResponseHeader<'_>>(input);
                header.map(|header| header.map(|header| header.words()))
            });
            if let Some(error) = header.map_err(CallError::Decode)? {
                break error;
            }
            self.fill().await?;
        };
        if error.is_empty() {
            return Ok(());
        }
        loop {
            let skipped = self.incoming.take(|decoder, input| decoder.skip(input));
            if skipped.map_err(CallError::Decode)?.is_some() {
                return Err(CallError::Remote(error));
            }
            self.fill().await?;
        }
    }

    /// Waits for more bytes.
    async fn fill(&mut self) -> Result<(), CallError> {
        let filled = match &mut self.stream {
            Some(stream) => self.incoming.fill(stream).await?,
            None => false,
        };
        if !filled {
            return Err(CallError::Gone("the peer finished the stream".into()));
        }
        Ok(())
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
