//! Where one gob value ends, without looking into it.
//!
//! Source: Go's `encoding/gob`, `doc.go`, "Encoding Details". A message is an unsigned length and
//! so many bytes; those begin with a signed type id, negative for a definition. A value is any
//! number of definitions and the message that holds it.

use super::{MAX_MESSAGE, ServeError};

/// Definitions before one value. Go's peers send a few dozen for the largest argument.
const MAX_DEFINITIONS: usize = 4096;

/// Length of the value at the front of `bytes`, its definitions included; `None` while it is not
/// all there.
///
/// # Errors
/// When a length is malformed or beyond [`MAX_MESSAGE`], as soon as it has arrived.
pub(super) fn value_len(bytes: &[u8]) -> Result<Option<usize>, ServeError> {
    let mut at = 0;
    for _ in 0..MAX_DEFINITIONS {
        let Some((length, prefix)) = uint(&bytes[at..])? else { return Ok(None) };
        let start = at + prefix;
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length == 0 {
            return Err(ServeError::Framing("an empty message"));
        }
        // The sum of all is bounded, not only each: definitions are held until their value is there.
        if length > MAX_MESSAGE - start.min(MAX_MESSAGE) {
            return Err(ServeError::Framing("a message over the limit"));
        }
        let Some((id, _)) = uint(&bytes[start..bytes.len().min(start + length)])? else {
            // The id may be cut off only by the end of what has arrived.
            return if bytes.len() < start + length {
                Ok(None)
            } else {
                Err(ServeError::Framing("a message without a type id"))
            };
        };
        at = start + length;
        if at > bytes.len() {
            return Ok(None);
        }
        // The lowest bit of an encoded signed number is its sign.
        if id & 1 == 0 {
            return Ok(Some(at));
        }
    }
    Err(ServeError::Framing("too many type definitions before a value"))
}

/// An unsigned number and how many bytes it took: one byte up to 127, else the negated count of
/// the big-endian bytes that follow.
fn uint(bytes: &[u8]) -> Result<Option<(u64, usize)>, ServeError> {
    let Some((&first, rest)) = bytes.split_first() else { return Ok(None) };
    if first < 0x80 {
        return Ok(Some((u64::from(first), 1)));
    }
    let count = usize::from(first.wrapping_neg());
    if count > 8 {
        return Err(ServeError::Framing("a number of more than eight bytes"));
    }
    let Some(digits) = rest.get(..count) else { return Ok(None) };
    let value = digits.iter().fold(0, |value, digit| value << 8 | u64::from(*digit));
    Ok(Some((value, 1 + count)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_ends_behind_its_definitions() {
        // Two definitions (ids -65 and -66), then a value of type 65, then something else.
        let mut bytes = vec![3, 0xff, 0x81, 9, 3, 0xff, 0x83, 9, 3, 0xff, 0x82, 0];
        let whole = bytes.len();
        bytes.push(7);
        for cut in 0..whole {
            assert!(matches!(value_len(&bytes[..cut]), Ok(None)), "cut at {cut}");
        }
        assert_eq!(value_len(&bytes).unwrap(), Some(whole));
    }

    #[test]
    fn lengths_beyond_the_limit_are_refused_before_they_arrive() {
        let huge = [0xf8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        assert!(matches!(value_len(&huge), Err(ServeError::Framing(_))));
        assert!(matches!(value_len(&[0xf7]), Err(ServeError::Framing(_))));
        assert!(matches!(value_len(&[0]), Err(ServeError::Framing(_))));
        let length = (MAX_MESSAGE as u32 + 1).to_be_bytes();
        let over = [&[0xfc][..], &length].concat();
        assert!(matches!(value_len(&over), Err(ServeError::Framing(_))));
    }

    #[test]
    fn endless_definitions_are_refused() {
        let bytes = [1, 1].repeat(MAX_DEFINITIONS + 1);
        assert!(matches!(value_len(&bytes), Err(ServeError::Framing(_))));
    }
}
