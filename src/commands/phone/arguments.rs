//! The words that somebody typed behind a command.

/// Marks in which an argument may stand that has blanks in it, each with those that end it. Phones and word processors put
/// typographic ones in the place of `"`.
const QUOTES: &[(char, &[char])] = &[
    ('"', &['"']),
    ('\u{201c}', &['\u{201d}', '"']),
    ('\u{201e}', &['\u{201c}', '\u{201d}', '"']),
    ('\u{ab}', &['\u{bb}']),
];

/// The first word, and what stands behind it, without the blanks and line ends before that. Both are empty at the end.
pub(super) fn word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    (word, rest.trim_start())
}

/// The first argument, which is a word or stands in quotes, and what stands behind it as [`word`] has it. Quotes that do not
/// end are none.
pub(super) fn argument(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    if let Some((inside, rest)) = quoted(text)
        && (rest.is_empty() || rest.starts_with(char::is_whitespace))
    {
        return (inside.trim(), rest.trim_start());
    }
    word(text)
}

/// All of it as one argument, without the quotes around it, if there are any.
pub(super) fn whole(text: &str) -> &str {
    let text = text.trim();
    match quoted(text) {
        Some((inside, "")) => inside.trim(),
        _ => text,
    }
}

/// What stands in the quotes at the beginning, and behind them.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let first = text.chars().next()?;
    let (_, ends) = QUOTES.iter().find(|(begin, _)| *begin == first)?;
    let rest = &text[first.len_utf8()..];
    let at = rest.find(*ends)?;
    let behind = &rest[at..];
    let end = behind.chars().next().map_or(0, char::len_utf8);
    Some((&rest[..at], &behind[end..]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_parted_at_blanks_of_any_kind() {
        for (text, expected) in [
            ("", ("", "")),
            (" \n", ("", "")),
            ("call", ("call", "")),
            ("  call \u{a0}\n 6002 ", ("call", "6002 ")),
            ("call\t\"a b\"", ("call", "\"a b\"")),
        ] {
            assert_eq!(word(text), expected, "{text:?}");
        }
    }

    #[test]
    fn quotes_hold_an_argument_together() {
        for (text, expected) in [
            ("@bob hi", ("@bob", "hi")),
            (
                "\"Bob Miller\" hi  \"there\"",
                ("Bob Miller", "hi  \"there\""),
            ),
            ("\u{201c}Bob Miller\u{201d}\nhi", ("Bob Miller", "hi")),
            ("\u{201e}Bob Miller\u{201c} hi", ("Bob Miller", "hi")),
            ("\u{ab} Bob Miller \u{bb} hi", ("Bob Miller", "hi")),
            ("\"Bob hi", ("\"Bob", "hi")),
            ("\"Bob\"hi there", ("\"Bob\"hi", "there")),
            ("\"\"", ("", "")),
            ("\"", ("\"", "")),
        ] {
            assert_eq!(argument(text), expected, "{text:?}");
        }
        assert_eq!(whole(" \"Bob Miller\" "), "Bob Miller");
        assert_eq!(whole("Bob \"the\" Miller"), "Bob \"the\" Miller");
        assert_eq!(whole("\"Bob\" \"Miller\""), "\"Bob\" \"Miller\"");
    }

    proptest! {
        #[test]
        fn nothing_typed_is_lost_or_harms(text in "[\"\u{201c}\u{201d} \n\u{a0}a\u{e9}]{0,20}") {
            let (first, rest) = argument(&text);
            prop_assert!(text.contains(first) && text.ends_with(rest));
            prop_assert!(text.contains(whole(&text)));
        }
    }
}
