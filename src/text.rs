//! Text from outside: names and numbers that a phone, a caller or a directory chose.
//!
//! It is untrusted. [`clean`] makes it one bounded line without anything invisible, where it comes in;
//! [`markdown`] and [`html`] write it where it is shown, so that it means nothing there but itself.

use std::borrow::Cow;

/// The most characters of a name or a number that are kept. Mattermost's own user names have at most 64.
pub const MAX_CHARS: usize = 64;

/// A character without width, at which Mattermost's patterns for mentions, links, hashtags and emoji end.
const ZERO_WIDTH_SPACE: char = '\u{200b}';

/// One visible line: control, format, direction and other invisible characters are dropped, blanks and line
/// ends become single blanks, none at either end, and at most [`MAX_CHARS`] characters stay (the last of
/// them `…` when there were more).
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.len() <= MAX_CHARS && is_clean_ascii(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len().min(4 * MAX_CHARS));
    let mut chars = 0;
    let mut blank = false;
    for c in text.chars() {
        if c.is_whitespace() {
            blank = true;
            continue;
        }
        if is_invisible(c) {
            continue;
        }
        if blank && chars > 0 {
            out.push(' ');
            chars += 1;
        }
        blank = false;
        out.push(c);
        chars += 1;
        if chars > MAX_CHARS {
            let keep = out
                .char_indices()
                .nth(MAX_CHARS - 1)
                .map_or(0, |(at, _)| at);
            out.truncate(keep);
            out.truncate(out.trim_end().len());
            out.push('…');
            break;
        }
    }
    Cow::Owned(out)
}

fn is_clean_ascii(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut blank = true;
    for &b in bytes {
        match b {
            b' ' if blank => return false,
            b' ' => blank = true,
            b'!'..=b'~' => blank = false,
            _ => return false,
        }
    }
    bytes.is_empty() || !blank
}

/// Characters that show nothing, or change how what stands beside them is shown: controls, Unicode's format
/// characters (general category Cf, with the direction overrides and the tag characters), variation
/// selectors, fillers and the blank braille pattern.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}' | '\u{034f}' | '\u{0600}'..='\u{0605}' | '\u{061c}' | '\u{06dd}' | '\u{070f}'
            | '\u{0890}' | '\u{0891}' | '\u{08e2}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}'
            | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// [Cleaned](clean) text as Markdown that shows it and does nothing else: it does not mention, format, link,
/// start a list or a heading, become an emoji or a formula, or end a table's cell. Letters, digits, blanks and
/// what stands inside ordinary names and numbers (`bob`, `jörg.müller`, `alice-smith_2`, `+49 1234`) come
/// out as they are, byte for byte.
///
/// Mattermost's web client (its fork of marked) unescapes a backslash before it looks for mentions,
/// channel links, hashtags and emoji, so those are broken by a zero-width space; it knows no escape at all for
/// `<` and `$`, so those are shown by their full-width twins. The rest is escaped with a backslash.
#[must_use]
pub fn markdown(text: &str) -> Cow<'_, str> {
    let text = clean(text);
    if text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' ') {
        return text;
    }
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len() + 16);
    for (at, &c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| chars[at]);
        let after = chars.get(at + 1).copied();
        match c {
            // A backslash is left alone before a character that cannot be escaped.
            '@' | '\u{ff20}' | '\u{fe6b}' | ':' | ';' | '&' | '\\' => {
                out.push(c);
                out.push(ZERO_WIDTH_SPACE);
            }
            '#' | '~' => {
                out.push('\\');
                out.push(c);
                out.push(ZERO_WIDTH_SPACE);
            }
            '`' | '*' | '[' | ']' | '>' | '|' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out.push('＜'),
            '$' => out.push('＄'),
            // "example.com/x" is a link, whatever stands before it.
            '/' => {
                out.push(ZERO_WIDTH_SPACE);
                out.push(c);
            }
            '.' if ends_in_www(&chars[..at]) => {
                out.push(ZERO_WIDTH_SPACE);
                out.push(c);
            }
            '_' if is_ascii_word(before) && is_ascii_word(after) => out.push(c),
            // Bullets and numbers of a list want a blank behind them; a rule wants its like.
            '-' | '+' | '.' if after.is_some_and(char::is_alphanumeric) => {
                if c == '-' && is_laughing(&chars, at) {
                    out.push(ZERO_WIDTH_SPACE);
                }
                out.push(c);
            }
            ')' if at == 0 || !chars[..at].iter().all(char::is_ascii_digit) => out.push(c),
            '_' | '-' | '+' | '.' | ')' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

fn is_ascii_word(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_ascii_alphanumeric())
}

/// Whether a link's `www`, `www2` … ends here.
fn ends_in_www(before: &[char]) -> bool {
    let digits = before
        .iter()
        .rev()
        .take_while(|c| c.is_ascii_digit())
        .count();
    let rest = &before[..before.len() - digits];
    digits <= 3
        && rest.len() >= 3
        && rest[rest.len() - 3..]
            .iter()
            .all(|c| matches!(c, 'w' | 'W'))
}

/// Whether this hyphen is that of `x-d`, the one emoticon without punctuation around it.
fn is_laughing(chars: &[char], at: usize) -> bool {
    let char_at = |at: Option<usize>| at.and_then(|at| chars.get(at)).copied();
    matches!(char_at(at.checked_sub(1)), Some('x' | 'X'))
        && matches!(char_at(Some(at + 1)), Some('d' | 'D'))
        && !is_ascii_word(char_at(at.checked_sub(2)))
        && !is_ascii_word(char_at(Some(at + 2)))
}

/// Appends [cleaned](clean) text to HTML, as text or inside a quoted attribute.
pub fn html(out: &mut String, text: &str) {
    for c in clean(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const Z: &str = "\u{200b}";

    /// What a reader sees of Markdown that [`markdown`] wrote.
    fn shown(markdown: &str) -> String {
        let mut out = String::new();
        let mut chars = markdown.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                ZERO_WIDTH_SPACE => {}
                '\\' if chars.peek().is_some_and(char::is_ascii_punctuation) => {
                    out.extend(chars.next());
                }
                c => out.push(c),
            }
        }
        out
    }

    #[test]
    fn ordinary_names_and_numbers_stay_byte_for_byte() {
        for text in [
            "bob",
            "Bob Miller",
            "jörg.müller",
            "alice-smith_2",
            "+49 1234",
            "1234567",
            "李雷",
            "o'brien",
            "max_m",
            "100",
            "(030) 1234",
            "a.b-c_d",
            "Zoë, Büro 4",
            "…",
        ] {
            assert_eq!(markdown(text), text);
        }
    }

    #[test]
    fn mentions_links_tags_and_emoji_are_broken() {
        for (text, expected) in [
            ("@all", format!("@{Z}all")),
            ("@channel @here", format!("@{Z}channel @{Z}here")),
            ("\u{ff20}all", format!("\u{ff20}{Z}all")),
            ("@\u{200b}all", format!("@{Z}all")),
            ("@\u{2060}\u{fe0f}all", format!("@{Z}all")),
            ("~town-square", format!("\\~{Z}town-square")),
            ("#tag", format!("\\#{Z}tag")),
            (":smile:", format!(":{Z}smile:{Z}")),
            (":)", format!(":{Z})")),
            (";-)", format!(";{Z}\\-)")),
            ("x-d", format!("x{Z}-d")),
            ("max-dee x-dog", "max-dee x-dog".to_owned()),
            (
                "https://evil.example/x",
                format!("https:{Z}{Z}/{Z}/evil.example{Z}/x"),
            ),
            ("www.evil.example", format!("www{Z}.evil.example")),
            ("WWW2.evil.example", format!("WWW2{Z}.evil.example")),
            ("evil.com/x", format!("evil.com{Z}/x")),
            ("mailto:a@b.cc", format!("mailto:{Z}a@{Z}b.cc")),
            ("<http://a.b>", format!("＜http:{Z}{Z}/{Z}/a.b\\>")),
            ("&lt;b&gt;", format!("&{Z}lt;{Z}b&{Z}gt;{Z}")),
            ("$x$", "＄x＄".to_owned()),
        ] {
            assert_eq!(markdown(text), expected, "{text}");
        }
    }

    #[test]
    fn formatting_is_escaped() {
        for (text, expected) in [
            ("*bold* _it_", "\\*bold\\* \\_it\\_"),
            ("__b__", "\\_\\_b\\_\\_"),
            ("a__b", "a\\_\\_b"),
            ("ü_x_y", "ü\\_x_y"),
            ("`code`", "\\`code\\`"),
            ("[a](b)", "\\[a\\](b)"),
            ("![a](b)", "!\\[a\\](b)"),
            ("a|b", "a\\|b"),
            ("> quote", "\\> quote"),
            ("- item", "\\- item"),
            ("+ item", "\\+ item"),
            ("1. item", "1\\. item"),
            ("1) item", "1\\) item"),
            ("---", "\\-\\-\\-"),
            ("J. R. Doe", "J\\. R\\. Doe"),
            ("a\\b", "a\\\u{200b}b"),
            ("\\*", "\\\u{200b}\\*"),
            ("# head", "\\#\u{200b} head"),
        ] {
            assert_eq!(markdown(text), expected, "{text}");
        }
    }

    #[test]
    fn invisible_characters_go_and_length_is_bounded() {
        assert_eq!(clean("a\u{202e}b\u{200d}c\0d"), "abcd");
        assert_eq!(clean("  a\r\n\tb\u{2028}c  "), "a b c");
        assert_eq!(clean("\u{200b}\u{3164}\u{2800}"), "");
        assert_eq!(clean(&"x".repeat(64)).len(), 64);
        let cut = clean(&"ü".repeat(65)).into_owned();
        assert_eq!(cut.chars().count(), MAX_CHARS);
        assert!(cut.ends_with("ü…"), "{cut}");
    }

    #[test]
    fn html_is_escaped() {
        let mut out = String::new();
        html(&mut out, "<a href=\"x\" title='y'>&amp;");
        assert_eq!(
            out,
            "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;"
        );
    }

    proptest! {
        #[test]
        fn clean_is_bounded_and_idempotent(text in any::<String>()) {
            let once = clean(&text).into_owned();
            prop_assert!(once.chars().count() <= MAX_CHARS);
            prop_assert!(!once.chars().any(is_invisible));
            prop_assert_eq!(clean(&once).into_owned(), once.clone());
        }

        #[test]
        fn markdown_shows_what_was_cleaned(text in any::<String>()) {
            let expected: String = clean(&text)
                .chars()
                .map(|c| match c { '<' => '＜', '$' => '＄', c => c })
                .collect();
            prop_assert_eq!(shown(&markdown(&text)), expected);
        }

        #[test]
        fn nothing_special_is_left_bare(text in "[-@#~:;<>$&*_`\\[\\]()|/.+a-c1w \\\\]{0,40}") {
            let out: Vec<char> = markdown(&text).chars().collect();
            for (at, &c) in out.iter().enumerate() {
                let escaped = at > 0 && out[at - 1] == '\\';
                let broken = out.get(at + 1) == Some(&ZERO_WIDTH_SPACE);
                match c {
                    '@' | ':' | ';' | '&' => prop_assert!(broken),
                    '#' | '~' => prop_assert!(broken && escaped),
                    '*' | '`' | '[' | ']' | '|' | '>' => prop_assert!(escaped),
                    '/' => prop_assert!(at > 0 && out[at - 1] == ZERO_WIDTH_SPACE),
                    '<' | '$' => prop_assert!(false, "{:?}", out),
                    _ => {}
                }
            }
        }

        #[test]
        fn html_has_no_markup(text in any::<String>()) {
            let mut out = String::new();
            html(&mut out, &text);
            prop_assert!(!out.contains(['<', '>', '"', '\'']));
        }
    }
}
