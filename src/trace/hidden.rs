//! Requests without their secrets.

use std::ops::Range;

use memchr::memmem::Finder;

use crate::config::{Config, Secret};
use crate::text;

/// What stands in a secret's place.
const HIDDEN: &str = "…";

/// The shortest secret that is looked for wherever it stands, in bytes. A shorter one would hide half of what is to be seen, and where it
/// should stand it is hidden anyway.
const SHORTEST: usize = 4;

/// Words in the names of parameters whose values nobody is to see.
const NAMES: [&str; 5] = ["secret", "token", "password", "passwd", "auth"];

/// What stands between a name and its value, also escaped once or twice.
const SIGNS: [&str; 3] = ["=", "%3d", "%253d"];

/// A form, or whatever else came, without the values of such parameters and without the secrets that are set, wherever they stand and
/// however they are escaped. It takes time in proportion to the text.
pub(super) fn hidden(text: &str, config: &Config) -> String {
    without(text, 0, config)
}

/// The same of an address: in its path a value ends where the query begins.
pub(super) fn hidden_target(target: &str, config: &Config) -> String {
    let path = target.find('?').unwrap_or(target.len());
    without(target, path, config)
}

/// The same of what was read from a request and [cleaned](text::clean), which may have left only a secret's beginning.
pub(super) fn hidden_cut(text: &str, config: &Config) -> String {
    let mut out = hidden(text, config);
    for secret in secrets(config) {
        // Cleaned as the text is, but for its end.
        let secret = secret.split_whitespace().collect::<Vec<_>>().join(" ");
        if secret.len() >= SHORTEST {
            out = out.replace(&secret, HIDDEN);
        }
        let mut parts: Vec<&str> = out.split(HIDDEN).collect();
        let before_an_end = parts.len() - 1;
        for part in &mut parts[..before_an_end] {
            *part = without_beginning(part, &secret);
        }
        out = parts.join(HIDDEN);
    }
    out
}

/// A text without the beginning of a secret at its end, of at most as many characters as a cleaned text has.
fn without_beginning<'a>(text: &'a str, secret: &str) -> &'a str {
    let ends = secret.char_indices().map(|(at, _)| at);
    let mut ends = ends.take(text::MAX_CHARS).filter(|&end| end >= SHORTEST);
    let all = &mut ends;
    let longest = all.filter_map(|end| text.strip_suffix(&secret[..end]));
    longest.last().unwrap_or(text)
}

/// The secrets that are looked for. A blank that was pasted along with one does not make it another.
fn secrets(config: &Config) -> impl Iterator<Item = &str> {
    [&config.phones_secret, &config.phones_short_secret]
        .into_iter()
        .map(|secret: &Secret| secret.reveal().trim())
        .filter(|secret| secret.len() >= SHORTEST)
}

/// A text of whose beginning so many bytes are an address' path.
fn without(text: &str, path: usize, config: &Config) -> String {
    // All are found in the text as it came: what hides one of them cannot keep another from being found.
    let mut found = values(text, path);
    let finders: Vec<Finder<'_>> = secrets(config).map(Finder::new).collect();
    for finder in &finders {
        let length = finder.needle().len();
        let starts = finder.find_iter(text.as_bytes());
        found.extend(starts.map(|start| start..start + length));
    }
    if !finders.is_empty() && text.contains(['%', '+']) {
        let written = Reading::of(text);
        for reading in [written.unescaped(false), written.unescaped(true)] {
            // Some phones escape a second time what was escaped already.
            let again = reading.unescaped(false);
            for finder in &finders {
                found.extend(reading.find(finder));
                found.extend(again.find(finder));
            }
        }
    }
    found.sort_unstable_by_key(|range| range.start);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for range in found {
        // Both ends stand between characters: secrets and values have whole ones only.
        if range.start >= at {
            out.push_str(&text[at..range.start]);
            out.push_str(HIDDEN);
        }
        at = at.max(range.end);
    }
    out.push_str(&text[at..]);
    out
}

/// Where the values stand behind `secret=` and its like, also where the `=` is escaped or the parameter stands where none belongs. They
/// end where the intake ends them, at a `&`, and at a blank.
fn values(text: &str, path: usize) -> Vec<Range<usize>> {
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(name) = next_name(&lower, at) {
        at = name.end;
        let behind = &lower[at..];
        let Some(sign) = SIGNS.iter().find(|sign| behind.starts_with(**sign)) else {
            continue;
        };
        if !NAMES.iter().any(|word| lower[name.clone()].contains(word)) {
            continue;
        }
        let start = at + sign.len();
        let is_end = |c: char| c == '&' || c.is_whitespace();
        let mut end = text[start..].find(is_end).map_or(text.len(), |n| start + n);
        if start <= path {
            end = end.min(path);
        }
        if end > start {
            found.push(start..end);
        }
        at = end;
    }
    found
}

/// The next run of characters that names have. What was looked at is not looked at again.
fn next_name(text: &str, at: usize) -> Option<Range<usize>> {
    let in_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let bytes = &text.as_bytes()[at..];
    let start = bytes.iter().position(in_name)?;
    let length = bytes[start..].iter().take_while(|b| in_name(b)).count();
    Some(at + start..at + start + length)
}

/// What a text says once its escapes are undone.
struct Reading {
    bytes: Vec<u8>,
    /// Where in the text each byte stands, and behind them where it ends.
    at: Vec<usize>,
}

impl Reading {
    fn of(text: &str) -> Self {
        Self {
            bytes: text.as_bytes().to_vec(),
            at: (0..=text.len()).collect(),
        }
    }

    /// With its escapes undone, and its `+` as blanks or as themselves: the intake takes both.
    fn unescaped(&self, blanks: bool) -> Self {
        let (mut bytes, mut at) = (Vec::new(), Vec::new());
        let mut next = 0;
        while let Some(&byte) = self.bytes.get(next) {
            at.push(self.at[next]);
            let digit = |at: usize| char::from(*self.bytes.get(at)?).to_digit(16);
            let escaped = digit(next + 1).zip(digit(next + 2));
            let (byte, length) = match (byte, escaped) {
                (b'%', Some((high, low))) => ((high * 16 + low) as u8, 3),
                (b'+', _) if blanks => (b' ', 1),
                _ => (byte, 1),
            };
            bytes.push(byte);
            next += length;
        }
        at.extend(self.at.last());
        Self { bytes, at }
    }

    /// Where in the text a secret stands.
    fn find(&self, finder: &Finder<'_>) -> impl Iterator<Item = Range<usize>> {
        let length = finder.needle().len();
        let starts = finder.find_iter(&self.bytes);
        starts.map(move |start| self.at[start]..self.at[start + length])
    }
}

#[cfg(test)]
mod tests {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    use proptest::prelude::*;

    use super::*;

    fn with(secret: &str) -> Config {
        let secret = Secret::new(secret.to_owned());
        Config {
            phones_short_secret: secret.short(),
            phones_secret: secret,
            ..Config::default()
        }
    }

    #[test]
    fn secrets_are_hidden_wherever_they_stand() {
        for (text, expected) in [
            ("/sip/dnd-on/bob?secret=abc", "/sip/dnd-on/bob?secret=…"),
            ("?secret=abc&user=bob", "?secret=…&user=bob"),
            ("?Secret=wrong&x", "?Secret=…&x"),
            ("/sip/dnd-on/bob&secret=abc/1", "/sip/dnd-on/bob&secret=…"),
            ("/sip/secret=abc/1?user=bob", "/sip/secret=…?user=bob"),
            ("?secret%3Dabc&user=b", "?secret%3D…&user=b"),
            ("?secret%253Dabc&user=b", "?secret%253D…&user=b"),
            ("?access_token=a.b-c&n=1", "?access_token=…&n=1"),
            ("?my_secret_key=abc", "?my_secret_key=…"),
            ("?secret=&user=bob", "?secret=&user=bob"),
            ("?secret==a&user=bob", "?secret=…&user=bob"),
            ("/sip/secretary/bob", "/sip/secretary/bob"),
            ("/sip/hush+hush%20%C3%A9/bob", "/sip/…/bob"),
            ("/sip/hush%2Bhush%20%c3%a9/bob", "/sip/…/bob"),
            ("/sip/hush%252bhush%2520%25C3%25A9/bob", "/sip/…/bob"),
            ("/sip/hush%2Bhush+é/bob", "/sip/…/bob"),
            ("/sip/hush+hus%20%C3%A9/bob", "/sip/hush+hus%20%C3%A9/bob"),
            ("x hush+hush é y", "x … y"),
            ("100% é%C3 %zz %", "100% é%C3 %zz %"),
            ("", ""),
        ] {
            let config = with("hush+hush é");
            assert_eq!(hidden_target(text, &config), expected, "{text}");
        }
        let short = with("hush-hush");
        let text = format!("/sip/{}/bob", short.phones_short_secret.reveal());
        assert_eq!(hidden(&text, &short), "/sip/…/bob");
    }

    #[test]
    fn the_end_of_a_secret_with_a_slash_was_shown() {
        for secret in ["ab/cdefgh", "ab;cdefgh", "ab?cdefgh", "a<b#c/d;e?f gh"] {
            let config = with(secret);
            let escaped = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
            let plus = escaped.replace("%20", "+");
            let forms = [secret, &escaped, &escaped.to_lowercase(), &plus];
            for form in forms {
                for (before, behind) in [
                    ("/sip/dnd-on/bob?secret=", ""),
                    ("/sip/dnd-on/bob?secret=", "&number=1"),
                    ("/sip/dnd-on?secret%3D", "&user=bob"),
                    ("/sip/", "/bob"),
                ] {
                    let text = format!("{before}{form}{behind}");
                    let expected = format!("{before}…{behind}");
                    assert_eq!(hidden_target(&text, &config), expected, "{text}");
                }
                let body = format!("user=bob&secret={form}&number=1");
                assert_eq!(hidden(&body, &config), "user=bob&secret=…&number=1");
            }
        }
        // Nor is that of one that is wrong, or was right once.
        let config = with("another one");
        let shown = hidden_target("/sip/dnd-on/bob?secret=ab/c;d?efgh#i<j&n=1", &config);
        assert_eq!(shown, "/sip/dnd-on/bob?secret=…&n=1");
    }

    #[test]
    fn many_names_were_looked_for_again_and_again() {
        // However many names there are, and however much stands behind each: every byte is looked at once for names.
        for (text, names) in [
            ("auth/".repeat(3000), 3000),
            ("auth".repeat(3000), 1),
            ("auth%secret/x.".repeat(1000), 3000),
        ] {
            let (mut at, mut found, mut looked) = (0, 0, 0);
            while let Some(name) = next_name(&text, at) {
                assert!(at <= name.start && name.start < name.end, "{name:?}");
                looked += name.end - at;
                (at, found) = (name.end, found + 1);
            }
            assert_eq!(found, names);
            assert!(looked <= text.len(), "{looked}");
            assert_eq!(hidden(&text, &with("hush-hush")), text);
        }
        // A value is not looked through for names.
        let text = "auth=".repeat(3000);
        assert_eq!(values(&text, 0), vec![5..text.len()]);
    }

    #[test]
    fn a_secret_that_was_cut_is_hidden_up_to_its_end() {
        let secret = "0123456789".repeat(9);
        for text in [
            "x 0123…",
            &text::clean(&secret),
            &text::clean(&secret[..70]),
        ] {
            let shown = hidden_cut(text, &with(&secret));
            assert!(!shown.contains("0123"), "{shown}");
        }
        let config = with(" hush  hush ");
        assert_eq!(hidden_cut("`hush hush` is", &config), "`…` is");
        assert_eq!(hidden_cut("hus… hush", &config), "hus… hush");
    }

    proptest! {
        #[test]
        fn no_value_of_a_secret_is_left(before in "[a-zé&/?=%]{0,9}", value in "[0-9A-Z]{6,9}", after in "(&[a-zé=]{0,9})?") {
            let text = format!("{before}secret={value}{after}");
            let shown = hidden_target(&text, &with("é"));
            prop_assert!(!shown.contains(&value), "{}", shown);
        }

        #[test]
        fn no_secret_is_left(before in "[a-zé&/?=+]{0,9}", secret in "[0-9/;?<#é +%]{2,9}[A-Z]{4}", after in "[a-zé&/?=]{0,9}") {
            let escaped = utf8_percent_encode(&secret, NON_ALPHANUMERIC).to_string();
            for form in [&secret, &escaped] {
                let text = format!("{before}{form}{after}");
                let shown = hidden_target(&text, &with(&secret));
                prop_assert!(!shown.contains(&secret[secret.len() - 4..]), "{}", shown);
            }
        }
    }
}
