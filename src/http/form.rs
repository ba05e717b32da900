//! Queries and forms, `application/x-www-form-urlencoded`: what the client wrote, decoded here.

use std::borrow::Cow;

use http::header::CONTENT_TYPE;
use http::request::Parts;
use percent_encoding::percent_decode_str;

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

/// The first value of that name. Bytes that are no UTF-8 become U+FFFD.
pub(super) fn first<'a>(pairs: &'a str, name: &str) -> Option<Cow<'a, str>> {
    written(pairs, name).map(|value| {
        if value.contains('+') {
            let blanks = value.replace('+', " ");
            return Cow::Owned(percent_decode_str(&blanks).decode_utf8_lossy().into_owned());
        }
        percent_decode_str(value).decode_utf8_lossy()
    })
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
        assert_eq!(first("page=%ff", "page").as_deref(), Some("\u{fffd}"));
    }
}
