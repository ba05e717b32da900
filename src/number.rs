//! Phone numbers, compared by their digits: the national and the international form of one number match.
//!
//! No numbering plan is consulted. A country code has one to three digits (ITU-T E.164), a national number
//! is written with or without one trunk `0`, and an international one with `+` or `00`.

/// From how many digits on a number is taken for a public one, whose forms are compared. Anything shorter
/// is an extension and matches its own digits only.
const PUBLIC_DIGITS: usize = 7;

/// The longest international number has 15 digits (ITU-T E.164); what is much longer is no number.
const MAX_DIGITS: usize = 32;

/// A phone number, without the marks people write into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneNumber {
    digits: String,
    international: bool,
}

impl PhoneNumber {
    /// Reads digits and the marks `+ - . / ( )` and blanks. Everything else (`bob`, `*72`, an address) is no
    /// number.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let trimmed = text.trim();
        let (rest, mut international) = match trimmed.strip_prefix('+') {
            Some(rest) => (rest, true),
            None => (trimmed, false),
        };
        let mut digits = String::with_capacity(rest.len());
        let mut chars = rest.chars();
        while let Some(c) = chars.next() {
            match c {
                // "+49 (0) 30": the 0 in parentheses is dialled inside the country only.
                '(' if international => {
                    let inside = chars.as_str().trim_start().strip_prefix('0');
                    let behind = inside.and_then(|rest| rest.trim_start().strip_prefix(')'));
                    if let Some(behind) = behind {
                        chars = behind.chars();
                    }
                }
                '0'..='9' => digits.push(c),
                '-' | '.' | '/' | '(' | ')' => {}
                c if c.is_whitespace() => {}
                _ => return None,
            }
        }
        if !international && digits.len() > PUBLIC_DIGITS && digits.starts_with("00") {
            digits.drain(..2);
            international = true;
        }
        (1..=MAX_DIGITS).contains(&digits.len()).then_some(Self {
            digits,
            international,
        })
    }

    /// The last digits, by which numbers that may match are found. Two numbers that are the
    /// [same](Self::same) have the same tail.
    #[must_use]
    pub fn tail(&self) -> &str {
        let national = self.national();
        &national[national.len().saturating_sub(PUBLIC_DIGITS - 1)..]
    }

    /// Whether both are forms of one number.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        if self.digits == other.digits {
            return true;
        }
        let (long, short) = if self.national().len() >= other.national().len() {
            (self, other)
        } else {
            (other, self)
        };
        if short.international {
            return false;
        }
        let national = short.national();
        if national.len() < PUBLIC_DIGITS - 1 || short.digits.len() < PUBLIC_DIGITS {
            return false;
        }
        if !long.international && long.national() == national {
            return true; // the same number, once without its trunk 0
        }
        let Some(country) = long.digits.strip_suffix(national) else {
            return false;
        };
        match country.len() {
            // "+33 2 40…", or the same without its +, against "02 40…"
            1..=3 => long.international || short.has_trunk_zero() || country == "1",
            _ => false,
        }
    }

    fn has_trunk_zero(&self) -> bool {
        !self.international && self.digits.len() >= PUBLIC_DIGITS && self.digits.starts_with('0')
    }

    fn national(&self) -> &str {
        if self.has_trunk_zero() {
            &self.digits[1..]
        } else {
            &self.digits
        }
    }
}

/// Whether two texts mean the same number, or are the same text.
#[must_use]
pub fn same(a: &str, b: &str) -> bool {
    a == b
        || match (PhoneNumber::parse(a), PhoneNumber::parse(b)) {
            (Some(a), Some(b)) => a.same(&b),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn forms_of_one_number_match() {
        for forms in [
            &[
                "+33240404040",
                "0033240404040",
                "0240404040",
                "02 40 40 40 40",
                "33240404040",
            ][..],
            &[
                "+49 (0) 30 1234567",
                "+49 ( 0 ) 30 1234567",
                "+49 30 1234567",
                "030/1234567",
                "0049301234567",
            ],
            &[
                "+1 212 555 1234",
                "12125551234",
                "(212) 555-1234",
                "212.555.1234",
            ],
            &["+39 011 1234567", "011 1234567"],
            &["123", "1-2-3"],
        ] {
            for a in forms {
                for b in forms {
                    assert!(same(a, b), "{a} {b}");
                    let tails = (PhoneNumber::parse(a), PhoneNumber::parse(b));
                    let (Some(a), Some(b)) = tails else {
                        panic!("not read as numbers");
                    };
                    assert_eq!(a.tail(), b.tail());
                }
            }
        }
    }

    #[test]
    fn different_numbers_do_not() {
        for (a, b) in [
            ("123", "0123"),
            ("123", "+49123"),
            ("123456", "49123456"),
            ("+33240404040", "+49240404040"),
            ("0240404040", "0240404041"),
            ("1234567", "8881234567"),
            ("bob", "alice"),
            ("*72", "72"),
            ("", "0"),
        ] {
            assert!(!same(a, b), "{a} {b}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "+", "bob", "100@pbx", "#31#", "①②"] {
            assert_eq!(PhoneNumber::parse(text), None, "{text}");
        }
        assert_eq!(PhoneNumber::parse(&"1".repeat(33)), None);
    }

    proptest! {
        #[test]
        fn same_is_symmetric_and_never_panics(a in "[+0-9 ()./x-]{0,20}", b in "[+0-9 ()./-]{0,20}") {
            prop_assert_eq!(same(&a, &b), same(&b, &a));
            prop_assert!(same(&a, &a));
        }

        #[test]
        fn what_matches_shares_a_tail(country in 1u32..999, national in "[1-9][0-9]{6,9}") {
            let forms = [
                format!("+{country}{national}"),
                format!("00{country}{national}"),
                format!("0{national}"),
            ];
            for a in &forms {
                for b in &forms {
                    prop_assert!(same(a, b), "{} {}", a, b);
                    let tail = |text: &str| PhoneNumber::parse(text).map(|n| n.tail().to_owned());
                    prop_assert_eq!(tail(a), tail(b));
                }
            }
        }
    }
}
