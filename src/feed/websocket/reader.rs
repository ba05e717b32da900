//! What clients send: checked as it arrives, and skipped.

use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

use super::close::CloseCode;
use super::frame::{MAX_CONTROL_BYTES, Opcode};
use super::utf8::Utf8;

/// The longest message that a client may send, in bytes. It is decided from the frames' headers, before anything is read.
pub const MAX_MESSAGE_BYTES: u64 = 16 * 1024;

/// The most frames that a client may send within [`FLOOD_WINDOW`]. Clients have nothing to say but pings and pongs.
pub const MAX_FRAMES: u16 = 256;

/// The time within which [`MAX_FRAMES`] counts.
pub const FLOOD_WINDOW: Duration = Duration::from_secs(10);

/// The longest header of a frame: two bytes, a length of eight and a mask of four (RFC 6455, section 5.2).
const MAX_HEADER_BYTES: usize = 14;

/// What a client wants an answer to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// Wants a pong with the same payload.
    Ping(Vec<u8>),
    /// Wants to end, with the code it gave. Nothing behind it is read.
    Close(Option<CloseCode>),
}

/// What a client may not do, and the close code for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    pub(crate) code: CloseCode,
    pub(crate) why: &'static str,
}

impl Violation {
    const fn protocol(why: &'static str) -> Self {
        Self {
            code: CloseCode::PROTOCOL_ERROR,
            why,
        }
    }

    const fn not_text(why: &'static str) -> Self {
        Self {
            code: CloseCode::INVALID_DATA,
            why,
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.why, self.code)
    }
}

/// Where in the stream the reader is.
#[derive(Debug)]
enum Place {
    /// Within the header of a frame, of which so much is there.
    Header { have: u8 },
    /// Within the payload of a frame.
    Payload { opcode: Opcode, last: bool },
    /// Behind a close frame or a violation.
    End,
}

/// The message that a data frame begins or goes on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Message {
    None,
    Text,
    Binary,
}

/// A client's stream of frames. It keeps a header and at most the payload of one control frame.
#[derive(Debug)]
pub(crate) struct Reader {
    header: [u8; MAX_HEADER_BYTES],
    place: Place,
    message: Message,
    /// Bytes of the message so far, by the headers; at most [`MAX_MESSAGE_BYTES`].
    message_bytes: u64,
    /// Bytes of the frame's payload that are to come.
    to_come: u64,
    mask: [u8; 4],
    utf8: Utf8,
    control: Vec<u8>,
    frames: u16,
    window: Instant,
}

impl Reader {
    /// A stream that begins now.
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            header: [0; MAX_HEADER_BYTES],
            place: Place::Header { have: 0 },
            message: Message::None,
            message_bytes: 0,
            to_come: 0,
            mask: [0; 4],
            utf8: Utf8::default(),
            control: Vec::new(),
            frames: 0,
            window: now,
        }
    }

    /// The memory that is allocated, in bytes.
    #[cfg(test)]
    pub(crate) fn kept(&self) -> usize {
        self.control.capacity()
    }

    /// Reads on in `bytes`, up to the next event or the end, and leaves there what is not read yet.
    ///
    /// # Errors
    /// [`Violation`]; the stream ends there.
    pub(crate) fn read(
        &mut self,
        bytes: &mut &[u8],
        now: Instant,
    ) -> Result<Option<Event>, Violation> {
        let outcome = self.read_on(bytes, now);
        if outcome.is_err() {
            self.place = Place::End;
        }
        if matches!(self.place, Place::End) {
            *bytes = &[];
        }
        outcome
    }

    fn read_on(&mut self, bytes: &mut &[u8], now: Instant) -> Result<Option<Event>, Violation> {
        loop {
            match self.place {
                Place::End => return Ok(None),
                Place::Header { have } => {
                    let Some((byte, rest)) = bytes.split_first() else {
                        return Ok(None);
                    };
                    *bytes = rest;
                    self.header[usize::from(have)] = *byte;
                    self.place = Place::Header { have: have + 1 };
                    self.header_byte(have + 1, now)?;
                }
                Place::Payload { opcode, last } => {
                    self.payload(bytes, opcode)?;
                    if self.to_come > 0 {
                        return Ok(None);
                    }
                    self.place = Place::Header { have: 0 };
                    if let Some(event) = self.frame_ends(opcode, last)? {
                        return Ok(Some(event));
                    }
                }
            }
        }
    }

    /// Looks at the header as soon as there is something to see: what is wrong is refused before more is read.
    fn header_byte(&mut self, have: u8, now: Instant) -> Result<(), Violation> {
        let have = usize::from(have);
        if have == 1 {
            return self.first_byte(now);
        }
        let length_bytes = match self.header[1] & 0x7F {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        if have == 2 {
            self.second_byte()?;
        }
        if have == 2 + length_bytes {
            self.length(length_bytes)?;
        }
        if have == 2 + length_bytes + self.mask.len() {
            self.mask.copy_from_slice(&self.header[have - 4..have]);
            let (opcode, last) = self.kind()?;
            self.place = Place::Payload { opcode, last };
        }
        Ok(())
    }

    /// The frame's opcode, and whether it is the last of its message.
    fn kind(&self) -> Result<(Opcode, bool), Violation> {
        let opcode = Opcode::from_wire(self.header[0] & 0x0F);
        let opcode = opcode.ok_or(Violation::protocol("an opcode that is reserved"))?;
        Ok((opcode, self.header[0] & 0x80 != 0))
    }

    fn first_byte(&mut self, now: Instant) -> Result<(), Violation> {
        if now.saturating_duration_since(self.window) >= FLOOD_WINDOW {
            (self.window, self.frames) = (now, 0);
        }
        self.frames += 1;
        if self.frames > MAX_FRAMES {
            return Err(Violation {
                code: CloseCode::POLICY,
                why: "too many messages",
            });
        }
        if self.header[0] & 0x70 != 0 {
            let why = "a reserved bit, of an extension that was not agreed to";
            return Err(Violation::protocol(why));
        }
        let (opcode, last) = self.kind()?;
        if opcode.is_control() {
            return if last {
                Ok(())
            } else {
                Err(Violation::protocol("a control frame in parts"))
            };
        }
        let begun = self.message != Message::None;
        match opcode {
            Opcode::Continuation if !begun => {
                Err(Violation::protocol("a continuation of no message"))
            }
            Opcode::Continuation => Ok(()),
            _ if begun => {
                let why = "a new message within another one";
                Err(Violation::protocol(why))
            }
            Opcode::Text => {
                (self.message, self.message_bytes) = (Message::Text, 0);
                Ok(())
            }
            _ => {
                (self.message, self.message_bytes) = (Message::Binary, 0);
                Ok(())
            }
        }
    }

    fn second_byte(&self) -> Result<(), Violation> {
        if self.header[1] & 0x80 == 0 {
            return Err(Violation::protocol("a frame without a mask"));
        }
        let (opcode, _) = self.kind()?;
        let length = usize::from(self.header[1] & 0x7F);
        if opcode.is_control() && length > MAX_CONTROL_BYTES {
            return Err(Violation::protocol(
                "a control frame of more than 125 bytes",
            ));
        }
        Ok(())
    }

    fn length(&mut self, length_bytes: usize) -> Result<(), Violation> {
        let mut wide = [0; 8];
        wide[8 - length_bytes..].copy_from_slice(&self.header[2..2 + length_bytes]);
        let (length, least) = match length_bytes {
            0 => (u64::from(self.header[1] & 0x7F), 0),
            2 => (u64::from_be_bytes(wide), 126),
            _ => (u64::from_be_bytes(wide), 1 << 16),
        };
        if length >> 63 != 0 {
            return Err(Violation::protocol("a length of more than 63 bits"));
        }
        if length < least {
            let why = "a length in more bytes than it needs";
            return Err(Violation::protocol(why));
        }
        let (opcode, _) = self.kind()?;
        if !opcode.is_control() {
            // Neither can be near the end of the range: the one is limited, the other has 63 bits.
            self.message_bytes += length;
            if self.message_bytes > MAX_MESSAGE_BYTES {
                return Err(Violation {
                    code: CloseCode::TOO_BIG,
                    why: "a message of more than 16 KiB",
                });
            }
        }
        self.to_come = length;
        Ok(())
    }

    /// Reads on in a payload, and keeps it only where it is a control frame's.
    fn payload(&mut self, bytes: &mut &[u8], opcode: Opcode) -> Result<(), Violation> {
        let here = usize::try_from(self.to_come).map_or(bytes.len(), |left| left.min(bytes.len()));
        let (payload, rest) = bytes.split_at(here);
        *bytes = rest;
        self.to_come -= here as u64;
        if opcode.is_control() {
            let mask = self.mask;
            let plain = payload.iter().zip(mask.iter().cycle());
            self.control.extend(plain.map(|(byte, mask)| byte ^ mask));
        } else if self.message == Message::Text {
            let mut plain = [0; 256];
            for part in payload.chunks(plain.len()) {
                // A whole number of masks is in every part but the last.
                let plain = &mut plain[..part.len()];
                for ((plain, byte), mask) in
                    plain.iter_mut().zip(part).zip(self.mask.iter().cycle())
                {
                    *plain = byte ^ mask;
                }
                if !self.utf8.goes_on(plain) {
                    return Err(Violation::not_text("text that is not UTF-8"));
                }
            }
        }
        self.mask.rotate_left(here % 4);
        Ok(())
    }

    fn frame_ends(&mut self, opcode: Opcode, last: bool) -> Result<Option<Event>, Violation> {
        match opcode {
            Opcode::Ping => Ok(Some(Event::Ping(std::mem::take(&mut self.control)))),
            Opcode::Pong => {
                self.control = Vec::new();
                Ok(None)
            }
            Opcode::Close => {
                let code = close_code(&std::mem::take(&mut self.control))?;
                self.place = Place::End;
                Ok(Some(Event::Close(code)))
            }
            Opcode::Continuation | Opcode::Text | Opcode::Binary => {
                if last {
                    let was_text = self.message == Message::Text;
                    self.message = Message::None;
                    if was_text && !self.utf8.ends() {
                        return Err(Violation::not_text("text that ends within a character"));
                    }
                }
                Ok(None)
            }
        }
    }
}

/// The code in a close frame (RFC 6455, section 5.5.1).
fn close_code(payload: &[u8]) -> Result<Option<CloseCode>, Violation> {
    let (number, reason) = match payload {
        [] => return Ok(None),
        [_] => return Err(Violation::protocol("a close frame with half a code")),
        [a, b, reason @ ..] => (u16::from_be_bytes([*a, *b]), reason),
    };
    let Some(code) = CloseCode::new(number) else {
        let why = "a close code that may not be sent";
        return Err(Violation::protocol(why));
    };
    if std::str::from_utf8(reason).is_err() {
        let why = "a close frame's reason that is not UTF-8";
        return Err(Violation::not_text(why));
    }
    Ok(Some(code))
}
