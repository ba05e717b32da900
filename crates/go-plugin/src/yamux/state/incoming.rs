//! What the peer sends: bytes from the socket, cut into frames, and what each does to the state.

use bytes::BytesMut;

use super::State;
use crate::yamux::{
    MAX_BACKLOG, MAX_OUTGOING, MAX_STREAMS, MAX_UNREAD, WINDOW,
    error::ProtocolError,
    frame::{Flags, FrameType, GoAwayCode, HEADER_LEN, Header},
    session::Mode,
    stream_state::{Half, StreamState},
};

/// Where the bytes that come next from the socket belong.
pub(super) enum Incoming {
    Header {
        bytes: [u8; HEADER_LEN],
        have: usize,
    },
    Payload {
        stream: u32,
        left: u32,
    },
}

impl Incoming {
    /// The frame that comes next, of which nothing is there yet.
    pub(super) const NEXT: Self = Self::Header {
        bytes: [0; HEADER_LEN],
        have: 0,
    };
}

impl State {
    /// Takes bytes from the socket. After an error the session is to be ended; the peer is told.
    pub(in super::super) fn receive(&mut self, bytes: &[u8]) -> Result<(), ProtocolError> {
        let result = self.take(bytes);
        if result.is_err() {
            self.go_away(GoAwayCode::Protocol);
        }
        result
    }

    fn take(&mut self, mut bytes: &[u8]) -> Result<(), ProtocolError> {
        while !bytes.is_empty() {
            match &mut self.incoming {
                Incoming::Header {
                    bytes: header,
                    have,
                } => {
                    let take = bytes.len().min(HEADER_LEN - *have);
                    header[*have..*have + take].copy_from_slice(&bytes[..take]);
                    *have += take;
                    bytes = &bytes[take..];
                    if *have == HEADER_LEN {
                        let header = Header::parse(*header)?;
                        self.incoming = Incoming::NEXT;
                        self.frame(header)?;
                    }
                }
                Incoming::Payload { stream, left } => {
                    let take = bytes.len().min(*left as usize);
                    let id = *stream;
                    let mut over = false;
                    if let Some(stream) = self.streams.get_mut(&id)
                        && stream.dropped.is_none()
                        && !stream.reset
                    {
                        over = self.unread + take > MAX_UNREAD;
                        if !over {
                            stream.received.extend_from_slice(&bytes[..take]);
                            self.unread += take;
                            self.wake.extend(stream.reader.take());
                        }
                    }
                    *left -= take as u32;
                    bytes = &bytes[take..];
                    if *left == 0 {
                        self.incoming = Incoming::NEXT;
                    }
                    if over {
                        tracing::warn!("stream {id} is reset: {MAX_UNREAD} bytes wait to be read");
                        self.reset_stream(id);
                    }
                }
            }
        }
        if self.out.len() > 4 * MAX_OUTGOING {
            return Err(ProtocolError::Flood);
        }
        Ok(())
    }

    fn frame(&mut self, header: Header) -> Result<(), ProtocolError> {
        match header.kind {
            FrameType::Ping => {
                if header.flags.has(Flags::SYN) {
                    Header::new(FrameType::Ping, Flags::ACK, 0, header.length).put(&mut self.out);
                    self.touched();
                }
                Ok(())
            }
            FrameType::GoAway => {
                if !std::mem::replace(&mut self.refused, true) {
                    tracing::warn!("the peer takes no more streams: GoAway {}", header.length);
                }
                Ok(())
            }
            FrameType::Data | FrameType::WindowUpdate => self.stream_frame(header),
        }
    }

    fn stream_frame(&mut self, header: Header) -> Result<(), ProtocolError> {
        let id = header.stream;
        if header.flags.has(Flags::SYN) {
            self.opened_by_peer(id)?;
        }
        let payload = if header.kind == FrameType::Data {
            header.length
        } else {
            0
        };
        if payload > 0 {
            self.incoming = Incoming::Payload {
                stream: id,
                left: payload,
            };
        }
        let Some(stream) = self.streams.get_mut(&id) else {
            // A frame that crossed our reset. What it may carry is bounded by the window.
            return if payload > WINDOW {
                Err(ProtocolError::Window {
                    stream: id,
                    length: payload,
                    window: WINDOW,
                })
            } else {
                Ok(())
            };
        };
        if payload > stream.receive_window {
            let window = stream.receive_window;
            return Err(ProtocolError::Window {
                stream: id,
                length: payload,
                window,
            });
        }
        stream.receive_window -= payload;
        if header.flags.has(Flags::ACK) {
            stream.unacknowledged = None;
        }
        if header.kind == FrameType::WindowUpdate && header.length > 0 {
            stream.send_window = stream
                .send_window
                .checked_add(header.length)
                .ok_or(ProtocolError::WindowOverflow(id))?;
        }
        if header.flags.has(Flags::FIN) {
            stream.remote = Half::Finished;
            stream.unacknowledged = None;
            self.wake.extend(stream.reader.take());
        }
        if header.flags.has(Flags::RST) {
            stream.reset = true;
            stream.pending = BytesMut::new();
            stream.unacknowledged = None;
            stream.wake_all(&mut self.wake);
        }
        if header.kind == FrameType::WindowUpdate && header.length > 0 {
            self.flush_stream(id);
            self.touched();
        } else {
            self.forget_if_over(id);
        }
        Ok(())
    }

    fn opened_by_peer(&mut self, id: u32) -> Result<(), ProtocolError> {
        let parity = match self.mode {
            Mode::Client => 0,
            Mode::Server => 1,
        };
        if id == 0 || id % 2 != parity || self.streams.contains_key(&id) {
            return Err(ProtocolError::StreamId(id));
        }
        if self.backlog.len() >= MAX_BACKLOG || self.streams.len() >= MAX_STREAMS || self.closing {
            Header::new(FrameType::WindowUpdate, Flags::RST, id, 0).put(&mut self.out);
            self.touched();
            return Ok(());
        }
        self.streams.insert(id, StreamState::new(false, None));
        self.backlog.push_back(id);
        self.wake.extend(self.acceptor.take());
        Ok(())
    }
}
