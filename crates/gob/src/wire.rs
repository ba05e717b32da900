//! The primitives of the wire: unsigned and signed integers, floats, and the length in front of a message.
//!
//! An unsigned integer below 128 is one byte; any other is one byte that holds the negated count of the
//! big-endian bytes that follow. A signed integer is an unsigned one whose lowest bit says that the rest
//! is complemented. A float is its IEEE 754 bits, byte-reversed, as an unsigned integer.
//! (Go's `encoding/gob` documentation, "Encoding Details".)

/// Most bytes an encoded integer takes.
pub(crate) const MAX_UINT_BYTES: usize = 9;

/// Appends an unsigned integer.
#[inline]
pub(crate) fn put_uint(out: &mut Vec<u8>, x: u64) {
    if x < 0x80 {
        out.push(x as u8);
    } else {
        put_uint_long(out, x);
    }
}

fn put_uint_long(out: &mut Vec<u8>, x: u64) {
    let skip = (x.leading_zeros() / 8) as usize;
    let mut buf = [0; MAX_UINT_BYTES];
    buf[1..].copy_from_slice(&x.to_be_bytes());
    buf[skip] = (skip as u8).wrapping_sub(8);
    out.extend_from_slice(&buf[skip..]);
}

/// Appends a signed integer.
#[inline]
pub(crate) fn put_int(out: &mut Vec<u8>, i: i64) {
    put_uint(out, fold_int(i));
}

/// Appends a counted run of bytes: a string, a byte slice, a name.
#[inline]
pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_uint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// The unsigned form of a signed integer.
#[inline]
pub(crate) fn fold_int(i: i64) -> u64 {
    ((i << 1) ^ (i >> 63)) as u64
}

/// The signed integer behind its unsigned form.
#[inline]
pub(crate) fn unfold_int(x: u64) -> i64 {
    (x >> 1) as i64 ^ -((x & 1) as i64)
}

/// The unsigned form of a float.
#[inline]
pub(crate) fn fold_float(f: f64) -> u64 {
    f.to_bits().swap_bytes()
}

/// The float behind its unsigned form.
#[inline]
pub(crate) fn unfold_float(x: u64) -> f64 {
    f64::from_bits(x.swap_bytes())
}

/// What reading an integer off the front of some bytes can come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Uint {
    /// The value, and how many bytes it took.
    Value(u64, usize),
    /// More bytes are needed: at least so many in all.
    Short(usize),
    /// The count byte announces more than eight bytes.
    Invalid,
}

/// Reads an unsigned integer off the front of `bytes`.
#[inline]
pub(crate) fn get_uint(bytes: &[u8]) -> Uint {
    match bytes.first() {
        None => Uint::Short(1),
        Some(&b) if b < 0x80 => Uint::Value(u64::from(b), 1),
        Some(&b) => get_uint_long(bytes, b),
    }
}

fn get_uint_long(bytes: &[u8], first: u8) -> Uint {
    let n = usize::from(first.wrapping_neg());
    if n > 8 {
        return Uint::Invalid;
    }
    if let Some(eight) = bytes.get(1..).and_then(<[u8]>::first_chunk) {
        return Uint::Value(u64::from_be_bytes(*eight) >> (64 - 8 * n), n + 1);
    }
    let Some(digits) = bytes.get(1..=n) else {
        return Uint::Short(n + 1);
    };
    let x = digits.iter().fold(0, |x, &d| x << 8 | u64::from(d));
    Uint::Value(x, n + 1)
}

/// Room left for a length that is not known yet: the three bytes that lengths from 256 to 65,535 take.
const LENGTH_ROOM: usize = 3;

/// Leaves room for a length and returns where.
#[inline]
pub(crate) fn begin_length(out: &mut Vec<u8>) -> usize {
    let at = out.len();
    out.extend_from_slice(&[0; LENGTH_ROOM]);
    at
}

/// Fills in the length of everything after the room left at `at`; returns that length.
#[inline]
pub(crate) fn end_length(out: &mut Vec<u8>, at: usize) -> usize {
    let body = at + LENGTH_ROOM;
    let len = out.len() - body;
    if (0x100..=0xffff).contains(&len) {
        out[at..body].copy_from_slice(&[0xfe, (len >> 8) as u8, len as u8]);
    } else {
        let mut head = Vec::with_capacity(MAX_UINT_BYTES);
        put_uint(&mut head, len as u64);
        out.splice(at..body, head);
    }
    len
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uint(x: u64) -> Vec<u8> {
        let mut out = Vec::new();
        put_uint(&mut out, x);
        out
    }

    #[test]
    fn unsigned_integers_as_go_documents_them() {
        assert_eq!(uint(0), [0]);
        assert_eq!(uint(7), [7]);
        assert_eq!(uint(127), [127]);
        assert_eq!(uint(128), [0xff, 128]);
        assert_eq!(uint(256), [0xfe, 1, 0]);
        assert_eq!(
            uint(u64::MAX),
            [0xf8, 255, 255, 255, 255, 255, 255, 255, 255]
        );
    }

    #[test]
    fn signed_integers_and_floats_as_go_documents_them() {
        let mut out = Vec::new();
        put_int(&mut out, -129);
        assert_eq!(out, [0xfe, 1, 1]);
        assert_eq!(uint(fold_float(17.0)), [0xfe, 0x31, 0x40]);
        for i in [0, 1, -1, 63, -64, i64::MAX, i64::MIN] {
            assert_eq!(unfold_int(fold_int(i)), i);
        }
    }

    #[test]
    fn every_width_reads_back_and_every_cut_asks_for_more() {
        for shift in 0..64 {
            let x = u64::MAX >> shift;
            let bytes = uint(x);
            assert_eq!(get_uint(&bytes), Uint::Value(x, bytes.len()));
            let with_more = [&bytes[..], &[0xa5; 9]].concat();
            assert_eq!(get_uint(&with_more), Uint::Value(x, bytes.len()));
            for cut in 0..bytes.len() {
                let want = if cut == 0 { 1 } else { bytes.len() };
                assert_eq!(get_uint(&bytes[..cut]), Uint::Short(want));
            }
        }
        assert_eq!(get_uint(&[0xf7; 20]), Uint::Invalid);
        assert_eq!(get_uint(&[0x80; 200]), Uint::Invalid);
    }

    #[test]
    fn lengths_are_minimal_whatever_the_room() {
        for len in [0, 1, 127, 128, 255, 256, 65_535, 65_536, 70_000] {
            let mut out = vec![9];
            let at = begin_length(&mut out);
            out.extend(std::iter::repeat_n(1, len));
            assert_eq!(end_length(&mut out, at), len);
            let head = uint(len as u64);
            assert_eq!(out[1..=head.len()], head);
            assert_eq!(out.len(), 1 + head.len() + len);
        }
    }
}
