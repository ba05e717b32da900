//! A few calls on one stream, of which the next ones are known: without a task and without a table.
//!
//! Thousands of connections may each have a read waiting and a write under way for hours. What waits
//! here is the connection itself: the stream wakes it when bytes arrive, whoever asked last, and it wakes the
//! callers whose answers they were. So callers may be polled from different tasks, or not at all.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Wake, Waker},
};

use gob::{DecodeOwned, Decoder, Encode};

use super::{
    CallError, MessageEncoder, RequestHeader, ResponseHeader,
    incoming::{Incoming, skip},
};
use crate::broker::BrokerStream;

/// The lane whose calls are answered with a value.
const ASKED: usize = 0;

/// The calls of one stream, at most one at a time in each of `N` lanes. Clones share the stream.
///
/// Those in lane 0 are answered with an `R`; of those in the others only whether they succeeded is told. The
/// peer may answer in any order. When the last clone is dropped, the stream is finished as soon
/// as what was called in lanes other than 0 is answered.
pub struct Lanes<R, const N: usize>(Arc<Shared<R, N>>)
where
    R: DecodeOwned + Send + 'static;

struct Shared<R, const N: usize>(Mutex<State<R, N>>);

struct State<R, const N: usize> {
    /// None once it is over.
    stream: Option<BrokerStream>,
    encoder: MessageEncoder,
    incoming: Incoming,
    reading: Reading,
    lanes: [Lane; N],
    answer: Option<R>,
    gone: Option<Box<str>>,
    handles: u32,
}

/// What is to be decoded next.
#[derive(Clone, Copy)]
enum Reading {
    Header,
    /// The answer of the call in this lane.
    Answer(usize),
    /// What stands in the place of an answer that is an error, or that nobody waits for.
    Skip,
}

#[derive(Default)]
struct Lane {
    call: Progress,
    waker: Option<Waker>,
}

#[derive(Default)]
enum Progress {
    #[default]
    Idle,
    Waiting,
    Answered,
    Failed(Box<CallError>),
}

impl Lane {
    fn is_waiting(&self) -> bool {
        matches!(self.call, Progress::Waiting)
    }
}

impl<R: DecodeOwned + Send + 'static, const N: usize> fmt::Debug for Lanes<R, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lanes")
            .field("lanes", &N)
            .finish_non_exhaustive()
    }
}

impl<R: DecodeOwned + Send + 'static, const N: usize> Lanes<R, N> {
    /// Calls on `stream`.
    #[must_use]
    pub fn new(stream: BrokerStream) -> Self {
        Self::resume(stream, MessageEncoder::default(), Incoming::default())
    }

    pub(super) fn resume(
        stream: BrokerStream,
        encoder: MessageEncoder,
        incoming: Incoming,
    ) -> Self {
        let shared = Arc::new(Shared(Mutex::new(State {
            stream: Some(stream),
            encoder,
            incoming,
            reading: Reading::Header,
            lanes: std::array::from_fn(|_| Lane::default()),
            answer: None,
            gone: None,
            handles: 1,
        })));
        // From here on the stream wakes it.
        Arc::clone(&shared).wake();
        Self(shared)
    }

    /// Calls `method` in `lane`. What the peer's window does not allow now is kept and sent later.
    ///
    /// # Errors
    /// [`CallError`] when the argument cannot be sent, when the stream is over, or when the answer of an earlier
    /// call in this lane was not yet taken.
    ///
    /// # Panics
    /// When there is no such lane.
    pub fn begin<A>(&self, lane: usize, method: &str, argument: &A) -> Result<(), CallError>
    where
        A: Encode + ?Sized,
    {
        let state = &mut *self.0.lock();
        if !matches!(state.lanes[lane].call, Progress::Idle) {
            return Err(CallError::Gone("an earlier call is under way".into()));
        }
        let Some(stream) = &state.stream else {
            return Err(state.why());
        };
        // One call a lane at a time: the lane is all that an answer needs to name.
        let header = RequestHeader {
            service_method: method,
            seq: lane as u64 + 1,
        };
        let send = |bytes: &[u8]| stream.sender().send(bytes);
        state.encoder.encode(&header, argument, send)??;
        state.lanes[lane].call = Progress::Waiting;
        Ok(())
    }

    /// The answer of the call that was begun in lane 0.
    ///
    /// # Errors
    /// [`CallError`]; also when no call was begun.
    pub fn poll_answer(&self, cx: &mut Context<'_>) -> Poll<Result<R, CallError>> {
        self.poll(ASKED, cx, |state| match state.answer.take() {
            Some(answer) => Ok(answer),
            None => Err(CallError::Gone("no call was begun".into())),
        })
    }

    /// Ready when the call that was begun in `lane`, which is not 0, is answered, or none was begun.
    ///
    /// # Errors
    /// [`CallError`].
    ///
    /// # Panics
    /// When there is no such lane.
    pub fn poll_done(&self, lane: usize, cx: &mut Context<'_>) -> Poll<Result<(), CallError>> {
        debug_assert_ne!(lane, ASKED, "its answer would be left behind");
        self.poll(lane, cx, |_| Ok(()))
    }

    fn poll<T>(
        &self,
        lane: usize,
        cx: &mut Context<'_>,
        answer: impl FnOnce(&mut State<R, N>) -> Result<T, CallError>,
    ) -> Poll<Result<T, CallError>> {
        let mut state = self.0.lock();
        let place = &mut state.lanes[lane];
        if place.is_waiting() {
            let known = place.waker.as_ref();
            if !known.is_some_and(|waker| waker.will_wake(cx.waker())) {
                let replaced = place.waker.replace(cx.waker().clone());
                // A waker that is dropped may run code of its task.
                drop(state);
                drop(replaced);
            }
            return Poll::Pending;
        }
        Poll::Ready(match std::mem::take(&mut place.call) {
            Progress::Failed(e) => Err(*e),
            Progress::Idle | Progress::Waiting | Progress::Answered => answer(&mut state),
        })
    }

    /// Ready when the connection takes more at once. See [`Sender::poll_room`](crate::yamux::Sender::poll_room).
    pub fn poll_room(&self, cx: &mut Context<'_>) -> Poll<()> {
        match &self.0.lock().stream {
            Some(stream) => stream.sender().poll_room(cx),
            None => Poll::Ready(()),
        }
    }
}

#[cfg(test)]
impl<R: DecodeOwned + Send + 'static, const N: usize> Lanes<R, N> {
    /// Bytes of memory for what has arrived.
    pub(super) fn held(&self) -> usize {
        self.0.lock().incoming.capacity()
    }
}

impl<R: DecodeOwned + Send + 'static, const N: usize> Clone for Lanes<R, N> {
    fn clone(&self) -> Self {
        self.0.lock().handles += 1;
        Self(Arc::clone(&self.0))
    }
}

impl<R: DecodeOwned + Send + 'static, const N: usize> Drop for Lanes<R, N> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.handles -= 1;
        let over = state.finish_if_done();
        drop(state);
        drop(over);
    }
}

impl<R, const N: usize> Shared<R, N> {
    fn lock(&self) -> MutexGuard<'_, State<R, N>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Bytes have arrived, or the stream is over.
impl<R: DecodeOwned + Send + 'static, const N: usize> Wake for Shared<R, N> {
    fn wake(self: Arc<Self>) {
        // The stream never wakes us while its state is locked, nor out of a call that we make: see
        // `yamux::Stream`. So this lock is not ours already.
        let shared = Arc::clone(&self);
        let waker = Waker::from(self);
        let (woken, over) = shared.lock().advance(&mut Context::from_waker(&waker));
        drop(over);
        woken.into_iter().flatten().for_each(Waker::wake);
    }
}

impl<R: DecodeOwned, const N: usize> State<R, N> {
    /// Takes what has arrived, and answers whom to wake, and the stream when it is over.
    fn advance(&mut self, cx: &mut Context<'_>) -> ([Option<Waker>; N], Option<BrokerStream>) {
        let why = loop {
            match self.step() {
                Ok(true) => continue,
                Ok(false) => {}
                Err(why) => {
                    tracing::error!("the peer's answers cannot be followed: {why}");
                    break Some(why);
                }
            }
            let Some(stream) = &mut self.stream else {
                break None;
            };
            match self.incoming.poll_fill(stream, cx) {
                Poll::Ready(Ok(true)) => {}
                Poll::Ready(Ok(false)) => break Some("the peer finished the stream".to_owned()),
                Poll::Ready(Err(e)) => break Some(e.to_string()),
                Poll::Pending => break None,
            }
        };
        let mut over = None;
        if let Some(why) = why {
            over = self.stream.take();
            self.gone = Some(why.into());
            for lane in 0..N {
                if self.lanes[lane].is_waiting() {
                    self.lanes[lane].call = Progress::Failed(Box::new(self.why()));
                }
            }
        }
        self.incoming.shrink();
        let woken = std::array::from_fn(|lane| {
            let lane = &mut self.lanes[lane];
            lane.waker
                .take_if(|_| !matches!(lane.call, Progress::Waiting))
        });
        (woken, over.or_else(|| self.finish_if_done()))
    }

    /// Decodes one value. `false` when it is not all there.
    fn step(&mut self) -> Result<bool, String> {
        if self.incoming.is_empty() {
            return Ok(false);
        }
        let (reading, lanes, answer) = (self.reading, &mut self.lanes, &mut self.answer);
        let next = self.incoming.take(|decoder, input| match reading {
            Reading::Header => take_header(decoder, input, lanes),
            Reading::Answer(ASKED) => take_answer(decoder, input, &mut lanes[ASKED], answer),
            Reading::Answer(lane) => {
                let next = pass_over(decoder, input)?;
                if next.is_some() {
                    lanes[lane].call = Progress::Answered;
                }
                Ok(next)
            }
            Reading::Skip => pass_over(decoder, input),
        })?;
        self.reading = next.unwrap_or(reading);
        Ok(next.is_some())
    }

    /// The stream, when nobody holds it and nobody is still to learn anything. To be dropped when the lock
    /// is free again: that wakes who waits for room.
    fn finish_if_done(&mut self) -> Option<BrokerStream> {
        let waits = self.lanes.iter().skip(ASKED + 1).any(Lane::is_waiting);
        if self.handles > 0 || waits {
            return None;
        }
        self.stream.take()
    }

    fn why(&self) -> CallError {
        CallError::Gone(
            self.gone
                .as_deref()
                .unwrap_or("the stream is closed")
                .into(),
        )
    }
}

/// Each answers what comes next, or `None` when it needs more bytes.
type Next = Result<Option<Reading>, String>;

fn take_header(decoder: &mut Decoder, input: &mut &[u8], lanes: &mut [Lane]) -> Next {
    let header = decoder.decode::<ResponseHeader<'_>>(input);
    let Some(header) = header.map_err(|e| e.to_string())? else {
        return Ok(None);
    };
    let lane = header.seq.checked_sub(1);
    let lane = lane.and_then(|lane| usize::try_from(lane).ok());
    let waiting = lane.filter(|lane| lanes.get(*lane).is_some_and(Lane::is_waiting));
    Ok(Some(match waiting {
        Some(lane) if header.error.0.is_empty() => Reading::Answer(lane),
        Some(lane) => {
            lanes[lane].call = Progress::Failed(Box::new(CallError::Remote(header.words())));
            Reading::Skip
        }
        None => Reading::Skip,
    }))
}

fn take_answer<R: DecodeOwned>(
    decoder: &mut Decoder,
    input: &mut &[u8],
    lane: &mut Lane,
    answer: &mut Option<R>,
) -> Next {
    match decoder.decode::<R>(input) {
        Ok(Some(value)) => {
            *answer = Some(value);
            lane.call = Progress::Answered;
        }
        Ok(None) => return Ok(None),
        Err(e) => {
            let fatal = e.is_fatal().then(|| e.to_string());
            lane.call = Progress::Failed(Box::new(CallError::Decode(e)));
            if let Some(why) = fatal {
                return Err(why);
            }
        }
    }
    Ok(Some(Reading::Header))
}

fn pass_over(decoder: &mut Decoder, input: &mut &[u8]) -> Next {
    let skipped = skip(decoder, input).map_err(|e| e.to_string())?;
    Ok(skipped.then_some(Reading::Header))
}
