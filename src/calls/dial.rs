//! What may be dialled, and how it is read from what people write.

use std::fmt;

use percent_encoding::percent_decode_str;

use super::denied::Reason;
use crate::number::behind_inland_zero;
use crate::text;

/// The most characters of what is dialled. (Asterisk's own limit of an extension is 79.)
pub const MAX_DIAL: usize = 40;

/// The longest text that is looked at for a number or a name, in bytes: a link with its parameters.
pub(super) const MAX_WRITTEN: usize = 512;

/// A number or an extension's name that is safe wherever a PBX is given one: letters, digits and `* # + . _ -`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Dial(Box<str>);

impl Dial {
    /// Takes it as it is; nothing if it is empty, too long, or holds anything else.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"*#+._-".contains(&b);
        let good = (1..=MAX_DIAL).contains(&text.len()) && text.bytes().all(fits);
        good.then(|| Self(text.into()))
    }

    /// As it is dialled.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Dial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What somebody typed in order to call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// Digits, `*` and `#`, maybe behind a `+`, without the marks people write between them.
    Number(String),
    /// Anything else: one visible line, which is not empty.
    Words(String),
}

impl Written {
    /// Reads a number in any of the forms that people write, or a link to one (`tel:`, `sip:`, `sips:`, `callto:`, with or without
    /// `<` and `>` around it). Of a SIP address only what stands before its `@` counts: it is this PBX that dials.
    pub(super) fn read(text: &str) -> Result<Self, Reason> {
        if text.len() > MAX_WRITTEN {
            return Err(Reason::TargetTooLong);
        }
        let text = match link(text) {
            Some(part) => percent_decode_str(part)
                .decode_utf8()
                .map_err(|_| Reason::ControlCharacter)?,
            None => text.into(),
        };
        if text.chars().any(|c| c.is_control() && c != '\t') {
            return Err(Reason::ControlCharacter);
        }
        if text.trim().chars().count() > text::MAX_CHARS {
            return Err(Reason::TargetTooLong);
        }
        let text = text::clean(&text);
        if text.is_empty() {
            return Err(Reason::NothingToCall);
        }
        Ok(match number(&text) {
            Some(number) => Self::Number(number),
            None => Self::Words(text.into_owned()),
        })
    }
}

/// What a link leads to, still with its percent signs; nothing if it is none.
fn link(text: &str) -> Option<&str> {
    let text = text.trim();
    // "Bob" <sip:6002@pbx>, as in a SIP header or copied from a mail
    let text = match text
        .strip_suffix('>')
        .and_then(|rest| rest.rsplit_once('<'))
    {
        Some((_, inner)) => inner,
        None => text,
    };
    let (scheme, rest) = text.split_once(':')?;
    let is = |name: &str| scheme.eq_ignore_ascii_case(name);
    let end: &[char] = if is("tel") || is("callto") {
        &[';', '?']
    } else if is("sip") || is("sips") {
        // A password may stand behind a colon (RFC 3261, 19.1.1), and a port does where there is no user.
        &[';', '?', '@', ':']
    } else {
        return None;
    };
    let rest = rest.trim_start_matches('/');
    Some(&rest[..rest.find(end).unwrap_or(rest.len())])
}

/// The number in a text of digits and marks; nothing if anything else is in it, or no digit.
fn number(text: &str) -> Option<String> {
    let text: String = text.chars().map(plain).collect();
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '(' => {
                let digits = out.strip_prefix('+');
                let (plus, digits) = (digits.is_some(), digits.unwrap_or(&out));
                if let Some(behind) = behind_inland_zero(plus, digits, rest.as_str()) {
                    rest = behind.chars();
                }
            }
            '0'..='9' | '*' | '#' => out.push(c),
            '+' if out.is_empty() => out.push(c),
            ' ' | '-' | '.' | '/' | ')' => {}
            _ => return None,
        }
    }
    out.contains(|c: char| c != '+').then_some(out)
}

/// Digits and marks of other keyboards as those of ours.
fn plain(c: char) -> char {
    let ascii = match c {
        // The full-width forms stand in ASCII's order.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xff01 + 0x21),
        '\u{0660}'..='\u{0669}' => char::from_u32(c as u32 - 0x0660 + 0x30),
        '\u{06f0}'..='\u{06f9}' => char::from_u32(c as u32 - 0x06f0 + 0x30),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Some('-'),
        _ => None,
    };
    ascii.unwrap_or(c)
}

/// What a program gave to be dialled as it is: only what stands between digits for the eye goes.
pub(super) fn as_given(argument: &'static str, text: &str) -> Result<Dial, Reason> {
    let wrong = || Reason::ScriptNumber {
        argument,
        text: text::clean(text).into_owned(),
    };
    match Written::read(text) {
        Ok(Written::Number(number)) => Dial::new(&number).ok_or_else(wrong),
        Ok(Written::Words(words)) => Dial::new(&words).ok_or_else(wrong),
        Err(_) => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number;
    use proptest::prelude::*;

    fn number_in(text: &str) -> String {
        match Written::read(text) {
            Ok(Written::Number(number)) => number,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, expected) in [
            ("+33 2 40 40 40 40", "+33240404040"),
            ("(02) 40-40.40/40", "0240404040"),
            ("0033 2 40404040", "0033240404040"),
            ("+49 (0) 30 1234567", "+49301234567"),
            ("0049 (0)30 1234567", "0049301234567"),
            ("(+49) 30 1234567", "+49301234567"),
            ("+49 ( 0 ) 30 1234567", "+49301234567"),
            ("(0) 30 12", "03012"),
            ("(030) 12", "03012"),
            ("6002", "6002"),
            (" 6002\t", "6002"),
            ("60 02", "6002"),
            ("*98", "*98"),
            ("*98 # 6002", "*98#6002"),
            ("#31#0240404040", "#31#0240404040"),
            ("\u{202d}+33\u{a0}2\u{2011}40\u{202c}", "+33240"),
            ("＋８１－３", "+813"),
            ("٠١٢", "012"),
            ("tel:+33-2-40-40-40-40", "+33240404040"),
            ("TEL:%2B33%2D240;phone-context=example.com", "+33240"),
            ("tel://6002", "6002"),
            ("callto:6002", "6002"),
            ("sip:6002@pbx.example.com;transport=udp", "6002"),
            ("sips:6002:secret@pbx.example.com:5061", "6002"),
            ("sip:*98", "*98"),
            ("<sip:6002@10.0.0.1>", "6002"),
            ("\"Bob\" <sip:6002@10.0.0.1>", "6002"),
        ] {
            assert_eq!(number_in(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_words() {
        for (text, expected) in [
            ("bob", "bob"),
            ("  Bob \u{200b} Miller ", "Bob Miller"),
            ("@bob", "@bob"),
            ("sip:desk-4@pbx", "desk-4"),
            ("0800 FLOWERS", "0800 FLOWERS"),
            ("+", "+"),
            ("1+2", "1+2"),
            ("++33", "++33"),
            ("+33 x12", "+33 x12"),
            ("6001:x", "6001:x"),
            ("①", "①"),
        ] {
            assert_eq!(Written::read(text), Ok(Written::Words(expected.into())));
        }
    }

    #[test]
    fn control_characters_and_length_are_refused() {
        for text in [
            "6002\r\nAction: Originate",
            "6002\n",
            "60\x0002",
            "tel:6002%0d%0aApplication:%20System",
            "sip:60%00@x",
            "tel:%ff",
            "6002\u{85}",
        ] {
            assert_eq!(Written::read(text), Err(Reason::ControlCharacter), "{text}");
        }
        assert_eq!(
            Written::read(&"1".repeat(64 * 1024)),
            Err(Reason::TargetTooLong)
        );
        assert_eq!(Written::read(&"1".repeat(65)), Err(Reason::TargetTooLong));
        for text in ["", " ", "\u{200b}", "tel:", "sip:@x"] {
            assert_eq!(Written::read(text), Err(Reason::NothingToCall), "{text}");
        }
    }

    #[test]
    fn programs_numbers_stay_as_they_are() {
        let given = |text: &str| as_given("to", text).ok().map(|dial| dial.to_string());
        for (text, expected) in [
            ("100", Some("100")),
            ("0240404040", Some("0240404040")),
            ("02 40 40 40 40", Some("0240404040")),
            ("02.40.40.40.40", Some("0240404040")),
            ("02-40-40.40.40", Some("0240404040")),
            ("+33 2 40", Some("+33240")),
            ("desk-4", Some("desk-4")),
            ("", None),
            ("100/n", None),
            ("100@other", None),
            ("100\r\nApplication: System", None),
            ("Bob Miller", None),
        ] {
            assert_eq!(given(text).as_deref(), expected, "{text}");
        }
        assert!(given(&"1".repeat(41)).is_none());
        assert!(given(&"é".repeat(64 * 1024)).is_none());
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(text in any::<String>()) {
            match Written::read(&text) {
                Ok(Written::Number(number)) => {
                    prop_assert!(number.bytes().all(|b| b.is_ascii_digit() || b"+*#".contains(&b)));
                    prop_assert!(!number.is_empty() && !number[1..].contains('+'));
                }
                Ok(Written::Words(words)) => {
                    prop_assert!(!words.is_empty() && !words.contains(char::is_control));
                }
                Err(_) => {}
            }
            if let Ok(dial) = as_given("to", &text) {
                prop_assert!(Dial::new(dial.as_str()).is_some());
            }
        }

        #[test]
        fn marks_change_no_number(text in "([+]|00)?([0-9 ./()-]|\\( ?0 ?\\)){1,20}") {
            let read = number(&text).and_then(|read| number::PhoneNumber::parse(&read));
            prop_assert_eq!(read, number::PhoneNumber::parse(&text));
        }
    }
}
