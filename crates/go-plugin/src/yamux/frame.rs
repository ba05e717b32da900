//! The frame header of yamux, version 0.
//!
//! Source: the yamux specification in hashicorp/yamux (`spec.md`). Twelve bytes, big-endian:
//! version (1), type (1), flags (2), stream id (4), length (4).

use super::error::ProtocolError;

/// Length of a frame header in bytes.
pub(crate) const HEADER_LEN: usize = 12;

/// The only protocol version there is.
const VERSION: u8 = 0;

/// What a frame is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FrameType {
    /// `length` bytes of payload follow the header.
    Data,
    /// `length` is added to the receiver's send window.
    WindowUpdate,
    /// `length` is an opaque value that the receiver sends back.
    Ping,
    /// `length` is the reason for which the session ends.
    GoAway,
}

/// Frame flags; several may be set on one frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flags(pub(crate) u16);

impl Flags {
    /// Opens a stream.
    pub(crate) const SYN: Self = Self(1);
    /// Accepts a stream, or answers a ping.
    pub(crate) const ACK: Self = Self(2);
    /// The sender will send no more data on this stream.
    pub(crate) const FIN: Self = Self(4);
    /// The stream is gone, at once.
    pub(crate) const RST: Self = Self(8);

    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// Why a session ends, as GoAway's code says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GoAwayCode {
    Normal = 0,
    Protocol = 1,
}

/// A decoded frame header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) kind: FrameType,
    pub(crate) flags: Flags,
    pub(crate) stream: u32,
    pub(crate) length: u32,
}

impl Header {
    pub(crate) fn new(kind: FrameType, flags: Flags, stream: u32, length: u32) -> Self {
        Self {
            kind,
            flags,
            stream,
            length,
        }
    }

    /// Appends the header's twelve bytes.
    pub(crate) fn put(self, out: &mut Vec<u8>) {
        let mut bytes = [0; HEADER_LEN];
        bytes[0] = VERSION;
        bytes[1] = match self.kind {
            FrameType::Data => 0,
            FrameType::WindowUpdate => 1,
            FrameType::Ping => 2,
            FrameType::GoAway => 3,
        };
        bytes[2..4].copy_from_slice(&self.flags.0.to_be_bytes());
        bytes[4..8].copy_from_slice(&self.stream.to_be_bytes());
        bytes[8..].copy_from_slice(&self.length.to_be_bytes());
        out.extend_from_slice(&bytes);
    }

    /// Reads a header.
    pub(crate) fn parse(bytes: [u8; HEADER_LEN]) -> Result<Self, ProtocolError> {
        let [version, kind, f0, f1, s0, s1, s2, s3, l0, l1, l2, l3] = bytes;
        if version != VERSION {
            return Err(ProtocolError::Version(version));
        }
        let kind = match kind {
            0 => FrameType::Data,
            1 => FrameType::WindowUpdate,
            2 => FrameType::Ping,
            3 => FrameType::GoAway,
            other => return Err(ProtocolError::FrameType(other)),
        };
        Ok(Self {
            kind,
            flags: Flags(u16::from_be_bytes([f0, f1])),
            stream: u32::from_be_bytes([s0, s1, s2, s3]),
            length: u32::from_be_bytes([l0, l1, l2, l3]),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_is_laid_out_as_the_specification_says() {
        let mut out = Vec::new();
        Header::new(
            FrameType::WindowUpdate,
            Flags(0x0102),
            0x0304_0506,
            0x0708_090a,
        )
        .put(&mut out);
        assert_eq!(out, [0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        let parsed = Header::parse(out.try_into().unwrap()).unwrap();
        assert_eq!(parsed.kind, FrameType::WindowUpdate);
        assert_eq!((parsed.stream, parsed.length), (0x0304_0506, 0x0708_090a));
    }

    #[test]
    fn unknown_version_and_type_are_refused() {
        let mut bytes = [0; HEADER_LEN];
        bytes[0] = 1;
        assert_eq!(Header::parse(bytes), Err(ProtocolError::Version(1)));
        bytes[0] = 0;
        bytes[1] = 4;
        assert_eq!(Header::parse(bytes), Err(ProtocolError::FrameType(4)));
    }
}
