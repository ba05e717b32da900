//! Why a websocket ends: codes, and what a close frame says.

use std::fmt;

use super::frame::MAX_CONTROL_BYTES;

/// Why a websocket ends, as a number that may stand in a close frame (RFC 6455, section 7.4, and IANA's registry of
/// websocket close codes).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CloseCode(u16);

impl CloseCode {
    /// It is done.
    pub const NORMAL: Self = Self(1000);
    /// This side goes away: the plugin stops, or is configured anew. Clients may come again.
    pub const GOING_AWAY: Self = Self(1001);
    /// The other side broke the protocol.
    pub const PROTOCOL_ERROR: Self = Self(1002);
    /// Text that is not UTF-8.
    pub const INVALID_DATA: Self = Self(1007);
    /// The other side may not do that.
    pub const POLICY: Self = Self(1008);
    /// A message that is too long.
    pub const TOO_BIG: Self = Self(1009);
    /// There are too many clients; they may come again later.
    pub const TRY_AGAIN_LATER: Self = Self(1013);

    /// The code with this number; none where a close frame may not carry it: below 1000, 1004 to 1006 and 1015, what
    /// is not given out below 3000, and 5000 and above.
    #[must_use]
    pub const fn new(number: u16) -> Option<Self> {
        match number {
            1000..=1003 | 1007..=1014 | 3000..=4999 => Some(Self(number)),
            _ => None,
        }
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The payload of a close frame. A reason that is too long for one is cut. Without a code there is no reason either.
pub(crate) fn close_payload(code: Option<CloseCode>, reason: &str) -> Vec<u8> {
    let Some(code) = code else {
        return Vec::new();
    };
    let mut end = reason.len().min(MAX_CONTROL_BYTES - 2);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    [&code.0.to_be_bytes(), &reason.as_bytes()[..end]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_a_frame_may_not_carry_are_none() {
        let valid = |number| CloseCode::new(number).is_some();
        for number in [
            0,
            1,
            999,
            1004,
            1005,
            1006,
            1015,
            1016,
            2999,
            5000,
            u16::MAX,
        ] {
            assert!(!valid(number), "{number}");
        }
        for number in [1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 4999] {
            assert!(valid(number), "{number}");
        }
    }

    #[test]
    fn the_named_codes_may_be_sent() {
        for code in [
            CloseCode::NORMAL,
            CloseCode::GOING_AWAY,
            CloseCode::PROTOCOL_ERROR,
            CloseCode::INVALID_DATA,
            CloseCode::POLICY,
            CloseCode::TOO_BIG,
            CloseCode::TRY_AGAIN_LATER,
        ] {
            assert_eq!(CloseCode::new(code.number()), Some(code));
        }
    }

    #[test]
    fn a_close_frame_carries_code_and_reason_or_nothing() {
        assert_eq!(close_payload(None, "unused"), b"");
        let normal = close_payload(Some(CloseCode::NORMAL), "bye");
        assert_eq!(normal, b"\x03\xE8bye");
    }

    #[test]
    fn a_long_reason_is_cut_between_characters() {
        // 122 bytes and then one of two: it does not fit into 123.
        let reason = format!("{}äöü", "x".repeat(122));
        let payload = close_payload(Some(CloseCode::GOING_AWAY), &reason);
        assert_eq!(&payload[2..], "x".repeat(122).as_bytes());
    }
}
