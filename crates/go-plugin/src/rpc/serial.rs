//! Calls one after the other, on a stream made for them.
//!
//! The streams of a single HTTP request carry one to three calls whose order matters. This caller
//! sends the first of them in the frame that opens the stream, and needs no task and no table.

use bytes::{Buf, BytesMut};
use gob::{DecodeOwned, Decoder, Encode, Gob};

use super::{CallError, Client, MessageEncoder, ResponseHeader, framing::value_len};
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
    decoder: Decoder,
    buffer: BytesMut,
}

impl Caller {
    /// A caller that will dial `id`.
    pub fn new(broker: Broker, id: u32) -> Self {
        Self {
            broker,
            id,
            stream: None,
            encoder: MessageEncoder::default(),
            decoder: Decoder::new(),
            buffer: BytesMut::new(),
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

    /// Calls `method` and waits for its answer.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn call<A, R>(&mut self, method: &str, argument: &A) -> Result<R, CallError>
    where
        A: Encode + ?Sized,
        R: DecodeOwned,
    {
        let header = SerialHeader { service_method: method };
        let request = self.encoder.encode(&header, argument)?;
        let stream = match &mut self.stream {
            Some(stream) => {
                stream.sender().send(request)?;
                stream
            }
            none => none.insert(self.broker.dial(self.id, request).await?),
        };
        loop {
            if let Some(answer) = answer(&mut self.decoder, &mut self.buffer)? {
                return answer;
            }
            if !stream.fill(&mut self.buffer).await? {
                return Err(CallError::Gone("the peer finished the stream".into()));
            }
        }
    }

    /// The sending half, if the stream is dialled.
    pub fn sender(&self) -> Option<&Sender> {
        self.stream.as_ref().map(BrokerStream::sender)
    }

    /// Goes on as a client whose calls may overlap.
    ///
    /// # Errors
    /// [`SessionError`] when the stream had yet to be dialled and the session is over.
    pub async fn into_client(self) -> Result<Client, SessionError> {
        let stream = match self.stream {
            Some(stream) => stream,
            None => self.broker.dial(self.id, &[]).await?,
        };
        Ok(Client::resume(stream, self.encoder, self.decoder, self.buffer))
    }
}

/// The answer at the front of `buffer`, if it is all there: outside the stream's own failure,
/// inside the call's.
fn answer<R: DecodeOwned>(
    decoder: &mut Decoder,
    buffer: &mut BytesMut,
) -> Result<Option<Result<R, CallError>>, CallError> {
    let Some((header, whole)) = lengths(buffer)? else { return Ok(None) };
    let (mut head, mut body) = buffer[..whole].split_at(header);
    let head = decoder.decode::<ResponseHeader<'_>>(&mut head).map_err(CallError::Decode)?;
    let answer = match head {
        Some(head) if head.error.is_empty() => match decoder.decode::<R>(&mut body) {
            Ok(Some(value)) => Ok(value),
            Ok(None) => Err(CallError::Gone("the answer is incomplete".into())),
            Err(e) => Err(CallError::Decode(e)),
        },
        Some(head) => {
            let words = head.error.to_owned();
            match decoder.skip(&mut body) {
                Ok(_) => Err(CallError::Remote(words)),
                Err(e) => Err(CallError::Decode(e)),
            }
        }
        None => Err(CallError::Gone("the answer has no header".into())),
    };
    buffer.advance(whole);
    Ok(Some(answer))
}

/// Lengths of the next response's header, and of header and reply together.
pub(super) fn lengths(bytes: &[u8]) -> Result<Option<(usize, usize)>, CallError> {
    let framing = |e: super::ServeError| CallError::Gone(e.to_string());
    let Some(header) = value_len(bytes).map_err(framing)? else { return Ok(None) };
    let body = value_len(&bytes[header..]).map_err(framing)?;
    Ok(body.map(|body| (header, header + body)))
}
