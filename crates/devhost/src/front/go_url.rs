//! URLs as Go's `net/url` and Mattermost's router treat them.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};

/// Escaped by Go in a query: everything but letters, digits and `-_.~`.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Escaped by Go in a path: as in a query, without `$&+,/:;=@`.
const PATH: &AsciiSet = &QUERY
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b',')
    .remove(b'/')
    .remove(b':')
    .remove(b';')
    .remove(b'=')
    .remove(b'@');

/// The path without its escapes; `None` when one of them is malformed.
pub(super) fn unescape_path(path: &str) -> Option<Vec<u8>> {
    escapes_are_whole(path).then(|| percent_decode_str(path).collect())
}

pub(super) fn escape_path(path: &[u8]) -> String {
    percent_encode(path, PATH).to_string()
}

fn escapes_are_whole(text: &str) -> bool {
    let parts = text.split('%').skip(1);
    parts.into_iter().all(|part| {
        let mut digits = part.bytes();
        let two = [digits.next(), digits.next()];
        two.iter()
            .all(|digit| digit.is_some_and(|digit| digit.is_ascii_hexdigit()))
    })
}

/// The path to which Mattermost's router redirects: no empty, `.` or `..` parts.
pub(super) fn clean(path: &[u8]) -> Vec<u8> {
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|b| *b == b'/') {
        match part {
            b"" | b"." => {}
            b".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let mut clean = Vec::with_capacity(path.len() + 1);
    for part in &parts {
        clean.push(b'/');
        clean.extend_from_slice(part);
    }
    if clean.is_empty() || path.ends_with(b"/") {
        clean.push(b'/');
    }
    clean
}

/// The query's pairs; what Go does not understand is left out, as Go does.
pub(super) fn pairs(query: &str) -> Vec<(Vec<u8>, Vec<u8>)> {
    let unescape = |text: &str| {
        let text = text.replace('+', " ");
        escapes_are_whole(&text).then(|| percent_decode_str(&text).collect::<Vec<u8>>())
    };
    let pairs = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.contains(';'));
    pairs
        .filter_map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((unescape(key)?, unescape(value)?))
        })
        .collect()
}

/// The query as Mattermost hands it on: sorted by key, escaped anew, without `access_token`.
pub(super) fn reencode(query: &str) -> String {
    let mut pairs = pairs(query);
    pairs.retain(|(key, _)| key != b"access_token");
    // Stable: the values of one key keep their order.
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    let escape = |text: &[u8]| percent_encode(text, QUERY).to_string().replace("%20", "+");
    let pairs = pairs
        .iter()
        .map(|(key, value)| format!("{}={}", escape(key), escape(value)));
    pairs.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_sorted_and_escaped_anew() {
        for (query, expected) in [
            ("", ""),
            ("b=2&a=1&b=1", "a=1&b=2&b=1"),
            ("secret=s&access_token=t", "secret=s"),
            ("n=%2B49+30&u=a~b*c", "n=%2B49+30&u=a~b%2Ac"),
            ("flag&x=%zz&y=1;2&z=3", "flag=&z=3"),
        ] {
            assert_eq!(reencode(query), expected, "{query}");
        }
    }

    #[test]
    fn paths_are_cleaned_as_the_router_does_it() {
        for (path, expected) in [
            ("/plugins/x//sip", "/plugins/x/sip"),
            ("/plugins/x/../y/./z/", "/plugins/y/z/"),
            ("/", "/"),
            ("/a/b", "/a/b"),
        ] {
            assert_eq!(clean(path.as_bytes()), expected.as_bytes(), "{path}");
        }
    }

    #[test]
    fn paths_are_escaped_as_go_does_it() {
        assert_eq!(unescape_path("/a%2Fb%20c").unwrap(), b"/a/b c");
        assert_eq!(unescape_path("/a%2"), None);
        assert_eq!(
            escape_path(b"/sip:1@x;y/\xc3\xa4 ?"),
            "/sip:1@x;y/%C3%A4%20%3F"
        );
    }
}
