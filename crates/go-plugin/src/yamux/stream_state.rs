//! The state of one stream.

use std::task::Waker;

use bytes::{Buf, BytesMut};
use tokio::sync::OwnedSemaphorePermit;

use super::{
    MAX_FRAME, MAX_OUTGOING, WINDOW,
    crowd::Place,
    frame::{Flags, FrameType, Header},
};

/// One side of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Half {
    Open,
    /// We want to send FIN as soon as what is pending has left.
    Finishing,
    Finished,
}

#[derive(Debug)]
pub(super) struct StreamState {
    pub(super) received: BytesMut,
    /// What the peer may still send.
    pub(super) receive_window: u32,
    /// What was read here and not yet given back to the peer's window.
    pub(super) consumed: u32,
    pub(super) send_window: u32,
    /// Written here, and held back by the window or by a full `out`.
    pub(super) pending: BytesMut,
    pub(super) reader: Option<Waker>,
    /// Everybody who waits for room: several callers may share a stream.
    pub(super) writers: Vec<Waker>,
    /// Held until the peer acknowledges a stream that we opened.
    pub(super) unacknowledged: Option<OwnedSemaphorePermit>,
    /// The next frame is our first and carries SYN.
    pub(super) opening: bool,
    pub(super) stalled: bool,
    /// Where it stands among those who wait for room in the session.
    pub(super) place: Place,
    pub(super) local: Half,
    pub(super) remote: Half,
    pub(super) reset: bool,
    /// The tick in which the handle was dropped.
    pub(super) dropped: Option<u64>,
}

impl StreamState {
    pub(super) fn new(opening: bool, unacknowledged: Option<OwnedSemaphorePermit>) -> Self {
        Self {
            received: BytesMut::new(),
            receive_window: WINDOW,
            consumed: 0,
            send_window: WINDOW,
            pending: BytesMut::new(),
            reader: None,
            writers: Vec::new(),
            unacknowledged,
            opening,
            stalled: false,
            place: Place::Away,
            local: Half::Open,
            remote: Half::Open,
            reset: false,
            dropped: None,
        }
    }

    /// Wakes `waker` with the others who wait for room.
    pub(super) fn add_writer(&mut self, waker: &Waker) {
        if !self.writers.iter().any(|known| known.will_wake(waker)) {
            self.writers.push(waker.clone());
        }
    }

    pub(super) fn wake_all(&mut self, wake: &mut Vec<Waker>) {
        wake.extend(self.reader.take());
        wake.append(&mut self.writers);
    }

    /// Nothing more can happen to a stream that nobody holds and both sides have finished.
    pub(super) fn is_over(&self) -> bool {
        self.dropped.is_some()
            && (self.reset || (self.local == Half::Finished && self.remote == Half::Finished))
    }

    pub(super) fn first_flags(&mut self) -> Flags {
        if std::mem::take(&mut self.opening) {
            Flags::SYN
        } else {
            Flags::default()
        }
    }

    /// Moves what it can of `data` into frames, and answers how many bytes it took.
    pub(super) fn emit(&mut self, id: u32, data: &[u8], out: &mut Vec<u8>) -> usize {
        let mut sent = 0;
        while sent < data.len() && self.send_window > 0 && out.len() < MAX_OUTGOING {
            let length = (data.len() - sent)
                .min(self.send_window as usize)
                .min(MAX_FRAME);
            // FIN never rides on a data frame: hashicorp/yamux 0.1.1 marks the stream as closed
            // before it stores the data, and the reader never sees it.
            Header::new(FrameType::Data, self.first_flags(), id, length as u32).put(out);
            out.extend_from_slice(&data[sent..sent + length]);
            self.send_window -= length as u32;
            sent += length;
        }
        sent
    }

    /// Sends what is pending, and FIN behind it. Answers whether only a full `out` holds it back.
    pub(super) fn flush(&mut self, id: u32, out: &mut Vec<u8>) -> bool {
        if self.reset {
            return false;
        }
        if !self.pending.is_empty() {
            let pending = std::mem::take(&mut self.pending);
            let sent = self.emit(id, &pending, out);
            self.pending = pending;
            self.pending.advance(sent);
            if self.pending.is_empty() {
                self.pending = BytesMut::new();
            }
        }
        if self.pending.is_empty() && self.local == Half::Finishing {
            if self.opening {
                Header::new(FrameType::WindowUpdate, self.first_flags(), id, 0).put(out);
            }
            Header::new(FrameType::WindowUpdate, Flags::FIN, id, 0).put(out);
            self.local = Half::Finished;
        }
        !self.pending.is_empty() && self.send_window > 0
    }
}
