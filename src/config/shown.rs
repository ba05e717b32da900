//! What is shown of what an admin entered. What is wrong with it is told in the log and on pages, and what was pasted in may hold secrets: a
//! PBX's table the passwords of its phones, an address an account and a key. So nothing is shown but what has the form of what is wanted
//! there, and whoever reads of anything else finds it by its place.

use crate::text;

/// A number, a block of them, several, or a phone's address, also where they are wrong: what has digits, and otherwise only the marks that
/// are written into those.
pub(super) fn number(text: &str) -> Option<String> {
    let is_mark = |c: char| " +-./()|…:".contains(c);
    // Of addresses the letters, but only in pairs as there: a password is made of more.
    let is_address = || {
        let parts = text.split([':', '-']).map(str::trim);
        text.contains([':', '-'])
            && parts.into_iter().all(|part| {
                (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_hexdigit())
            })
    };
    let is_number = || text.chars().all(|c| c.is_ascii_digit() || is_mark(c));
    let has_digits = text.contains(|c: char| c.is_ascii_digit());
    (has_digits && (is_number() || is_address())).then(|| text::clean(text).into_owned())
}

/// A word, if it has nothing but letters.
pub(super) fn word(text: &str) -> Option<String> {
    let is_word = !text.is_empty() && text.chars().all(char::is_alphabetic);
    is_word.then(|| text::clean(text).into_owned())
}

/// A name or an address of a machine, with its port, also where they are wrong; of a whole address what stands in the host's place.
pub(super) fn host(text: &str) -> Option<String> {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (authority, behind) = rest.split_at(end);
    // It may be a password that ended there.
    if behind.contains('@') {
        return None;
    }
    let (_, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let is_v6 = |host: &str| {
        host.matches(':').count() > 1
            && host
                .bytes()
                .all(|b| b.is_ascii_hexdigit() || b"[]:.".contains(&b))
    };
    let is_name = |host: &str| {
        let (name, port) = host.split_once(':').unwrap_or((host, ""));
        let fits = |c: char| c.is_alphanumeric() || ".-_*".contains(c);
        !name.is_empty() && name.chars().all(fits) && port.bytes().all(|b| b.is_ascii_digit())
    };
    (is_name(host) || is_v6(host)).then(|| text::clean(host).into_owned())
}

/// A time zone's name, also one that is wrong.
pub(super) fn zone(text: &str) -> Option<String> {
    let fits = |c: char| c.is_ascii_alphabetic() || "/_+- .".contains(c);
    text.chars()
        .all(fits)
        .then(|| text::clean(text).into_owned())
}

/// A pattern of numbers, unless letters stand in it for themselves.
pub(super) fn pattern(text: &str) -> Option<String> {
    let fits = |c: char| c.is_ascii_digit() || "XxZzNn.![]-*#+_".contains(c);
    text.chars()
        .all(fits)
        .then(|| text::clean(text).into_owned())
}

/// What is wrong, where, and what of it is shown.
pub(super) fn complaint(place: &str, shown: Option<String>, what: &str) -> String {
    match shown {
        Some(shown) => format!("{place} `{shown}` {what}"),
        None => format!("{place} {what}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_the_form_of_what_is_wanted_is_shown() {
        for text in [
            "6001",
            "+49 (30) 12-34/5",
            "6001|6002",
            "6010..6008",
            "00:04:f2:ab:cd:ef",
            "1:2:3",
        ] {
            assert_eq!(number(text).as_deref(), Some(text));
        }
        for text in [
            "",
            "..",
            "bob",
            "s3cret",
            "deadbeef",
            "abcdef123456",
            "6001 s3cret",
            "6001:bob",
        ] {
            assert_eq!(number(text), None, "{text}");
        }
        assert_eq!(word("oops").as_deref(), Some("oops"));
        for text in ["", "s3cret", "a b", "a=b"] {
            assert_eq!(word(text), None, "{text}");
        }
        for (text, expected) in [
            ("a.*.b:0", Some("a.*.b:0")),
            ("ü.example", Some("ü.example")),
            ("[fd00::5]:81", Some("[fd00::5]:81")),
            ("https://u:pw@crm:81/x?key=1", Some("crm:81")),
            ("u:pw@crm", Some("crm")),
            ("crm?key=1", Some("crm")),
            ("https://crm/x@key", None),
            ("https://u:p/w@crm", None),
            ("https://u:pw", None),
            ("key=1", None),
            ("", None),
        ] {
            assert_eq!(host(text).as_deref(), expected, "{text}");
        }
        assert_eq!(pattern("[13-5]X.").as_deref(), Some("[13-5]X."));
        assert_eq!(pattern("s3cret"), None);
        assert_eq!(zone("Europe/Berlln").as_deref(), Some("Europe/Berlln"));
        assert_eq!(zone("s3cret"), None);
    }
}
