//! Frames on their way out, and the numbers of both ways.

/// The longest payload of a control frame, in bytes (RFC 6455, section 5.5).
pub(crate) const MAX_CONTROL_BYTES: usize = 125;

/// The kinds of frames that RFC 6455 has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opcode {
    Continuation,
    Text,
    Binary,
    Close,
    Ping,
    Pong,
}

impl Opcode {
    /// The number in a frame's header; none for those that are reserved.
    pub(crate) const fn from_wire(number: u8) -> Option<Self> {
        Some(match number {
            0x0 => Self::Continuation,
            0x1 => Self::Text,
            0x2 => Self::Binary,
            0x8 => Self::Close,
            0x9 => Self::Ping,
            0xA => Self::Pong,
            _ => return None,
        })
    }

    const fn to_wire(self) -> u8 {
        match self {
            Self::Continuation => 0x0,
            Self::Text => 0x1,
            Self::Binary => 0x2,
            Self::Close => 0x8,
            Self::Ping => 0x9,
            Self::Pong => 0xA,
        }
    }

    /// Close, ping and pong, which may come between the parts of a message.
    pub(crate) const fn is_control(self) -> bool {
        matches!(self, Self::Close | Self::Ping | Self::Pong)
    }
}

/// Adds the header of a whole, unmasked message, as servers send it.
pub(crate) fn put_header(out: &mut Vec<u8>, opcode: Opcode, length: usize) {
    const FIN: u8 = 0x80;
    let first = FIN | opcode.to_wire();
    if let Ok(length) = u8::try_from(length)
        && usize::from(length) <= MAX_CONTROL_BYTES
    {
        out.extend_from_slice(&[first, length]);
    } else if let Ok(length) = u16::try_from(length) {
        let [a, b] = length.to_be_bytes();
        out.extend_from_slice(&[first, 126, a, b]);
    } else {
        out.extend_from_slice(&[first, 127]);
        out.extend_from_slice(&(length as u64).to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(opcode: Opcode, length: usize) -> Vec<u8> {
        let mut out = Vec::new();
        put_header(&mut out, opcode, length);
        out
    }

    #[test]
    fn lengths_take_the_fewest_bytes() {
        // RFC 6455, section 5.2, and the examples of section 5.7.
        assert_eq!(header(Opcode::Text, 0), [0x81, 0x00]);
        assert_eq!(header(Opcode::Text, 125), [0x81, 0x7D]);
        assert_eq!(header(Opcode::Text, 126), [0x81, 0x7E, 0x00, 0x7E]);
        assert_eq!(header(Opcode::Binary, 256), [0x82, 0x7E, 0x01, 0x00]);
        assert_eq!(header(Opcode::Binary, 65_535), [0x82, 0x7E, 0xFF, 0xFF]);
        let long = [0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0];
        assert_eq!(header(Opcode::Binary, 65_536), long);
        assert_eq!(header(Opcode::Pong, 5), [0x8A, 0x05]);
    }

    #[test]
    fn every_number_that_is_not_reserved_comes_back() {
        let known: Vec<u8> = (0..16)
            .filter(|number| Opcode::from_wire(*number).is_some())
            .collect();
        assert_eq!(known, [0x0, 0x1, 0x2, 0x8, 0x9, 0xA]);
        for number in known {
            let opcode = Opcode::from_wire(number).unwrap();
            assert_eq!(opcode.to_wire(), number);
            assert_eq!(opcode.is_control(), number >= 0x8);
        }
    }
}
