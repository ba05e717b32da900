//! Whether Go would call a body plain text by itself.
//!
//! Go's server writes `Content-Type: text/plain; charset=utf-8` when a handler sets no type and
//! the body begins like text. Then there is no need to spend a call on saying so.
//!
//! Source: Go's `net/http`, `sniff.go`. This looks closer than Go does: when in doubt the answer
//! is no, and the header is sent.

/// How many bytes Go looks at.
const SNIFF_LEN: usize = 512;

/// Beginnings of printable characters that Go takes for something else.
const SIGNATURES: [&[u8]; 13] = [
    b"%PDF-",
    b"%!PS-Adobe-",
    b"BM",
    b"GIF8",
    b"RIFF",
    b"FORM",
    b"OggS",
    b"MThd",
    b"OTTO",
    b"ttcf",
    b"wOF",
    b"Rar!",
    b"PK",
];

/// True when Go is certain to answer `text/plain; charset=utf-8` for this body.
pub(super) fn is_plain_text(body: &[u8]) -> bool {
    let head = &body[..body.len().min(SNIFF_LEN)];
    let text = |b: &u8| matches!(b, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    // Markup is recognised behind white space, and only markup begins with `<`.
    let markup = head.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'<');
    // `ftyp` at the fifth byte is MP4's.
    !head.is_empty()
        && !markup
        && head.get(4..8) != Some(b"ftyp")
        && head.iter().all(text)
        && !SIGNATURES.iter().any(|s| head.starts_with(s))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_certain_is_left_out() {
        for plain in ["OK", "Unauthorized\n", "{\"a\":1}", "unknown action"] {
            assert!(is_plain_text(plain.as_bytes()), "{plain}");
        }
        for other in [
            "",
            " <html>",
            "\u{fc}",
            "a\0",
            "%PDF-1.4",
            "GIF89a",
            "BMW",
            "xxxxftypmp42",
        ] {
            assert!(!is_plain_text(other.as_bytes()), "{other}");
        }
    }
}
