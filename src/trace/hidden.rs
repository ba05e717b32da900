//! Requests without their secrets.

use percent_encoding::utf8_percent_encode;

use crate::config::Config;
use crate::site::RESERVED;

/// What stands in a secret's place.
const HIDDEN: &str = "…";

/// The shortest secret that is looked for wherever it stands. A shorter one would hide half of what is to be seen, and where it should
/// stand it is hidden anyway.
const SHORTEST: usize = 4;

/// Words in the names of parameters whose values nobody is to see.
const NAMES: [&str; 5] = ["secret", "token", "password", "passwd", "auth"];

/// An address, a form or whatever else came, without the values of such parameters and without the secrets that are set, wherever they
/// stand.
pub(super) fn hidden(text: &str, config: &Config) -> String {
    let mut text = without_values(text);
    for secret in [&config.phones_secret, &config.phones_short_secret] {
        let secret = secret.reveal();
        if secret.len() < SHORTEST {
            continue;
        }
        let escaped = utf8_percent_encode(secret, RESERVED).to_string();
        for secret in [secret, &*escaped] {
            if text.contains(secret) {
                text = text.replace(secret, HIDDEN);
            }
        }
    }
    text
}

/// Hides what stands behind `secret=` and its like, also where the `=` is escaped or the parameter stands where none belongs.
fn without_values(text: &str) -> String {
    let is_end = |c: char| matches!(c, '&' | '/' | '?' | '#' | ';' | '<') || c.is_whitespace();
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some((name, behind)) = next_name(&lower, at) {
        let value = ["=", "%3d"].iter().find_map(|sign| {
            lower[behind..]
                .starts_with(sign)
                .then_some(behind + sign.len())
        });
        let Some(value) = value else {
            out.push_str(&text[at..behind]);
            at = behind;
            continue;
        };
        let end = text[value..]
            .find(is_end)
            .map_or(text.len(), |end| value + end);
        out.push_str(&text[at..name]);
        out.push_str(&text[name..value]);
        out.push_str(if end > value { HIDDEN } else { "" });
        at = end;
    }
    out.push_str(&text[at..]);
    out
}

/// Where the next of the names begins, and where the name that it is in ends.
fn next_name(lower: &str, at: usize) -> Option<(usize, usize)> {
    let found = NAMES.iter().filter_map(|name| {
        let start = at + lower[at..].find(name)?;
        Some((start, start + name.len()))
    });
    let (start, end) = found.min()?;
    let in_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let more = lower[end..].bytes().take_while(|b| in_name(*b)).count();
    Some((start, end + more))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::Secret;

    fn config() -> Config {
        Config {
            phones_secret: Secret::new("hush+hush é".to_owned()),
            ..Config::default()
        }
    }

    #[test]
    fn secrets_are_hidden_wherever_they_stand() {
        for (text, expected) in [
            ("/sip/dnd-on/bob?secret=abc", "/sip/dnd-on/bob?secret=…"),
            ("?secret=abc&user=bob", "?secret=…&user=bob"),
            ("?Secret=wrong&x", "?Secret=…&x"),
            ("/sip/dnd-on/bob&secret=abc/1", "/sip/dnd-on/bob&secret=…/1"),
            ("?secret%3Dabc&user=b", "?secret%3D…&user=b"),
            ("?access_token=a.b-c&n=1", "?access_token=…&n=1"),
            ("?my_secret_key=abc", "?my_secret_key=…"),
            ("?secret=&user=bob", "?secret=&user=bob"),
            ("/sip/secretary/bob", "/sip/secretary/bob"),
            ("/sip/hush+hush%20%C3%A9/bob", "/sip/hush+hush%20%C3%A9/bob"),
            ("/sip/hush%2Bhush%20%C3%A9/bob", "/sip/…/bob"),
            ("x hush+hush é y", "x … y"),
            ("", ""),
        ] {
            assert_eq!(hidden(text, &config()), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_value_of_a_secret_is_left(before in "[a-zé&/?=%]{0,9}", value in "[0-9A-Z]{6,9}", after in "(&[a-zé=]{0,9})?") {
            let text = format!("{before}secret={value}{after}");
            let shown = hidden(&text, &config());
            prop_assert!(!shown.contains(&value), "{}", shown);
        }
    }
}
