//! Percent-escapes and the pairs of queries and forms.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// The pairs of a query string or a form, in their order, escapes undone and `+` as a blank.
pub fn form_pairs(text: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (form_text(key), form_text(value))
    })
}

fn form_text(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|b| matches!(b, b'%' | b'+')) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(unescape(&text.replace('+', " ")).into_owned())
}

/// Undoes percent-escapes, and once more where what comes out is made of escapes again: some phones escape a
/// value that already was. Bytes that are not UTF-8 are read as Latin-1, as old phones write it.
#[must_use]
pub fn unescape(text: &str) -> Cow<'_, str> {
    let once = unescape_once(text);
    if is_escaped(&once) {
        return Cow::Owned(unescape_once(&once).into_owned());
    }
    once
}

fn unescape_once(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let bytes: Cow<'_, [u8]> = percent_decode_str(text).into();
    Cow::Owned(text_of(&bytes).into_owned())
}

/// Bytes as text: UTF-8 where they are, else Latin-1.
pub(super) fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|&b| char::from(b)).collect()),
    }
}

/// Whether there is a `%`, and each one begins an escape.
fn is_escaped(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut any = false;
    for (at, _) in text.match_indices('%') {
        any = true;
        let is_hex = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
        if !is_hex(at + 1) || !is_hex(at + 2) {
            return false;
        }
    }
    any
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone_once_or_twice() {
        for (text, expected) in [
            ("bob", "bob"),
            ("%2B49%201", "+49 1"),
            ("%252B49", "+49"),
            ("100%25", "100%"),
            ("100%", "100%"),
            ("%zz", "%zz"),
            ("j%C3%B6rg", "jörg"),
            ("j%F6rg", "jörg"),
            ("a%2Fb", "a/b"),
        ] {
            assert_eq!(unescape(text), expected, "{text}");
        }
    }

    #[test]
    fn pairs_are_parted() {
        let pairs: Vec<_> = form_pairs("user=bob&number=%2B49+1&&x&y=a=b").collect();
        let pairs: Vec<_> = pairs.iter().map(|(k, v)| (&**k, &**v)).collect();
        assert_eq!(
            pairs,
            [
                ("user", "bob"),
                ("number", "+49 1"),
                ("x", ""),
                ("y", "a=b")
            ]
        );
        assert_eq!(form_pairs("").count(), 0);
    }
}
