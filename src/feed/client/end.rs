//! How a client leaves.

use std::fmt;
use std::io;
use std::time::Duration;

use tokio::time::Instant;

use super::{Client, STUCK_AFTER};
use crate::feed::batch::Batch;
use crate::feed::hub::Closing;
use crate::feed::websocket::close::close_payload;
use crate::feed::websocket::frame::Opcode;
use crate::feed::websocket::reader::Violation;
use crate::feed::{CloseCode, Source};

/// How long a client that wants to close may take to read our answer.
pub const CLOSE_PATIENCE: Duration = Duration::from_secs(5);

/// How long a client that broke the protocol may take to leave by itself. Closed at once, with something unread, the
/// connection could be reset before the client has read why (RFC 6455, section 7.1.1).
pub const VIOLATION_PATIENCE: Duration = Duration::from_secs(1);

/// Why a client is gone.
#[derive(Debug)]
pub(super) enum End {
    /// It sent a close frame, and was answered.
    ClosedByClient(Option<CloseCode>),
    /// All clients were sent a close frame.
    ClosedByUs(CloseCode, &'static str),
    /// It broke the protocol or its limits.
    Violation(Violation),
    /// It ended the connection without a close frame.
    Left,
    /// The connection broke.
    Broken(io::Error),
    /// It took nothing for [`STUCK_AFTER`].
    Stuck,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClosedByClient(Some(code)) => write!(f, "the client closed it ({code})"),
            Self::ClosedByClient(None) => f.write_str("the client closed it"),
            Self::ClosedByUs(code, reason) => write!(f, "closed: {reason} ({code})"),
            Self::Violation(violation) => write!(f, "the client sent {violation}"),
            Self::Left => f.write_str("the client left without a word"),
            Self::Broken(e) => write!(f, "the connection broke: {e}"),
            Self::Stuck => {
                let seconds = STUCK_AFTER.as_secs();
                write!(f, "the client took nothing for {seconds} s")
            }
        }
    }
}

/// The way out, from the moment when it is known that the client leaves.
#[derive(Debug)]
pub(super) struct Leaving {
    pub(super) why: End,
    /// Our close frame, until its turn.
    pub(super) frame: Option<Batch>,
    /// Whether the connection stays until the client closes it, or the websocket.
    pub(super) waits: bool,
    pub(super) deadline: Instant,
}

impl<S: Source, C> Client<S, C> {
    /// The client leaves as all do, unless it is leaving already.
    pub(super) fn close(&mut self, closing: Closing) {
        let Closing {
            code,
            reason,
            deadline,
        } = closing;
        match &mut self.leaving {
            Some(leaving) => leaving.deadline = leaving.deadline.min(deadline),
            None => {
                let said = close_payload(Some(code), reason);
                self.leave(End::ClosedByUs(code, reason), &said, true, deadline);
            }
        }
    }

    /// The client's own close frame: the answer to ours, or answered with the same code.
    pub(super) fn closed_by_client(&mut self, code: Option<CloseCode>, now: Instant) {
        match &mut self.leaving {
            Some(leaving) => leaving.waits = false,
            None => {
                let (end, said) = (End::ClosedByClient(code), close_payload(code, ""));
                self.leave(end, &said, false, now + CLOSE_PATIENCE);
            }
        }
    }

    /// The client is told what it did wrong.
    pub(super) fn violated(&mut self, violation: Violation, now: Instant) {
        match &mut self.leaving {
            Some(leaving) => leaving.waits = false,
            None => {
                let said = close_payload(Some(violation.code), violation.why);
                let deadline = now + VIOLATION_PATIENCE;
                self.leave(End::Violation(violation), &said, true, deadline);
            }
        }
    }

    fn leave(&mut self, why: End, said: &[u8], waits: bool, deadline: Instant) {
        self.pong = None;
        self.leaving = Some(Box::new(Leaving {
            why,
            frame: Some(Batch::control(Opcode::Close, said)),
            waits,
            deadline,
        }));
    }

    /// Why the client is gone: what began its leaving counts, not how that ended.
    pub(super) fn why(&mut self, end: End) -> End {
        self.leaving.take().map_or(end, |leaving| leaving.why)
    }
}
