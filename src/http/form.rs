//! Queries and forms, `application/x-www-form-urlencoded`: what the client wrote, decoded here.

use std::borrow::Cow;

use axum::body::{Body, to_bytes};
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{Method, Response};
use percent_encoding::percent_decode_str;

use super::errors;

/// The longest body of a form that is read whole, in bytes. One with a secret and a page is short; the longest text for a phone
/// may have 48,000 when every character is escaped.
pub(super) const MAX_FORM_BYTES: usize = 64 * 1024;

/// The form that a POST carries, if it is one.
pub(super) async fn of_body(
    parts: &Parts,
    body: Body,
    json: bool,
) -> Result<Option<String>, Response<Body>> {
    if parts.method != Method::POST || !is_form(parts) {
        return Ok(None);
    }
    match to_bytes(body, MAX_FORM_BYTES).await {
        Ok(bytes) => Ok(Some(text_of(&bytes).into_owned())),
        Err(_) => Err(errors::too_long(MAX_FORM_BYTES, json)),
    }
}

/// Bytes as text: UTF-8 where they are, else Latin-1, as old devices write it.
fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|&byte| char::from(byte)).collect()),
    }
}

/// Whether a body is a form, or does not say what it is.
pub(super) fn is_form(parts: &Parts) -> bool {
    let Some(kind) = parts.headers.get(CONTENT_TYPE) else {
        return true;
    };
    let kind = kind.as_bytes();
    let form = b"application/x-www-form-urlencoded";
    kind.get(..form.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(form))
}

/// The first value of that name as it was written, escapes and all.
pub(super) fn written<'a>(pairs: &'a str, name: &str) -> Option<&'a str> {
    pairs.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        (key == name).then_some(value)
    })
}

/// The queue that is asked for, if one is. OVH's are called as their numbers, and a `+` that is not escaped arrives as a blank.
pub(super) fn queue(pairs: &str) -> Option<String> {
    let value = first(pairs, "queue")?;
    let digits = value.strip_prefix(' ');
    let digits = digits.filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let queue = digits.map_or_else(|| value.to_string(), |digits| format!("+{digits}"));
    (!queue.is_empty()).then_some(queue)
}

/// The first value of that name.
pub(super) fn first<'a>(pairs: &'a str, name: &str) -> Option<Cow<'a, str>> {
    written(pairs, name).map(decoded)
}

/// What somebody meant by what they wrote: `+` is a blank, escapes are bytes of UTF-8, or else of Latin-1.
pub(super) fn decoded(written: &str) -> Cow<'_, str> {
    let blanks = match written.contains('+') {
        true => Cow::Owned(written.replace('+', " ")),
        false => Cow::Borrowed(written),
    };
    if !blanks.contains('%') {
        return blanks;
    }
    let bytes: Cow<'_, [u8]> = percent_decode_str(&blanks).into();
    Cow::Owned(text_of(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_and_decoded() {
        let pairs = "a=1&page=%31+2&page=3&x&y=";
        assert_eq!(written(pairs, "page"), Some("%31+2"));
        assert_eq!(first(pairs, "page").as_deref(), Some("1 2"));
        assert_eq!(first(pairs, "y").as_deref(), Some(""));
        assert_eq!(first(pairs, "x"), None);
        assert_eq!(first(pairs, "pag"), None);
        for (pair, expected) in [
            ("p=d%C3%A9j%c3%a0", "déjà"),
            ("p=d%E9j%e0+", "déjà "),
            ("p=100%", "100%"),
        ] {
            assert_eq!(first(pair, "p").as_deref(), Some(expected), "{pair}");
        }
        assert_eq!(text_of(b"d\xe9j\xe0"), "déjà");
    }
}
