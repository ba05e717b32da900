//! Who is to be called, and whether a rule of the admin's allows it.

use super::Dial;
use super::denied::Reason;
use crate::board::Name;
use crate::config::CallRules;

/// From how many digits on a country's code and what follows it are taken for a number: the world's shortest ones have seven.
const INTERNATIONAL_DIGITS: usize = 7;

/// Whom a call or a text is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// What is dialled, with its prefixes.
    pub dial: Dial,
    /// The number as people write it, without the outside prefix.
    pub number: String,
    /// Whose number it is, as people call them, if known. Not yet fit for Markdown.
    pub name: Option<Name>,
    /// Where it leads.
    pub way: Way,
}

/// Where a number leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To an extension, by the patterns of internal numbers.
    Extension,
    /// To a code of the PBX's, with `*` or `#` in it.
    Code,
    /// Outside.
    Outside,
}

impl Target {
    /// What a number that was [read](super::dial::Written) leads to, if a rule allows it. Extensions come first, then codes, which
    /// either list of patterns may allow and which get no prefix; everything else is outside.
    pub(super) fn of_number(number: &str, rules: &CallRules) -> Result<Self, Reason> {
        let target = |dialled: &str, number: &str, way| {
            Ok(Self {
                dial: Dial::new(dialled).ok_or(Reason::TargetTooLong)?,
                number: number.to_owned(),
                name: None,
                way,
            })
        };
        if rules.extensions.matches(number) {
            return target(number, number, Way::Extension);
        }
        let not_allowed = |number: &str| Reason::OutsideNotAllowed {
            number: number.to_owned(),
            none_allowed: rules.outside.is_empty(),
        };
        if number.contains(['*', '#']) {
            let allowed = rules.outside.matches(number);
            return if allowed {
                target(number, number, Way::Code)
            } else {
                Err(Reason::CodeNotAllowed {
                    number: number.to_owned(),
                })
            };
        }
        let international = international(number, &rules.international_prefix);
        let (shown, dialled) = match international {
            Some(digits) => (
                format!("+{digits}"),
                abroad(digits, &rules.international_prefix),
            ),
            None => (number.to_owned(), number.to_owned()),
        };
        // Patterns may be written in either form.
        if !rules.outside.matches(&dialled) && !rules.outside.matches(&shown) {
            return Err(not_allowed(&dialled));
        }
        target(
            &format!("{}{dialled}", rules.outside_prefix),
            &shown,
            Way::Outside,
        )
    }

    /// An extension that has letters in its name.
    pub(super) fn of_named(dial: Dial) -> Self {
        Self {
            number: dial.to_string(),
            dial,
            name: None,
            way: Way::Extension,
        }
    }

    /// The same, as that person's.
    pub(super) fn named(mut self, name: Option<Name>) -> Self {
        self.name = name;
        self
    }
}

/// The digits behind `+`, or behind what stands for it: `00`, or the country's own prefix.
fn international<'a>(number: &'a str, prefix: &str) -> Option<&'a str> {
    if let Some(digits) = number.strip_prefix('+') {
        return Some(digits);
    }
    let own = Some(prefix).filter(|prefix| !prefix.is_empty());
    let prefixes = ["00"].into_iter().chain(own);
    prefixes
        .filter_map(|prefix| number.strip_prefix(prefix))
        // No country's code begins with 0 (ITU-T E.164).
        .find(|digits| digits.len() >= INTERNATIONAL_DIGITS && !digits.starts_with('0'))
}

/// What is dialled for a country's code and what follows it. The countries in which `011` stands for `+` are those of the code 1,
/// which have one numbering plan and dial its numbers with the 1 alone (ITU-T E.164's list of codes).
fn abroad(digits: &str, prefix: &str) -> String {
    if prefix == "011" && digits.starts_with('1') {
        return digits.to_owned();
    }
    format!("{prefix}{digits}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::DialPatterns;
    use proptest::prelude::*;

    fn rules(extensions: &str, outside: &str, prefix: &str, international: &str) -> CallRules {
        CallRules {
            extensions: DialPatterns::parse(extensions).0,
            outside: DialPatterns::parse(outside).0,
            outside_prefix: prefix.to_owned(),
            international_prefix: international.to_owned(),
            calls_per_minute: 6,
            ..CallRules::default()
        }
    }

    fn dialled(number: &str, rules: &CallRules) -> Option<(String, String, Way)> {
        let target = Target::of_number(number, rules).ok()?;
        Some((target.dial.to_string(), target.number, target.way))
    }

    fn is(dial: &str, number: &str, way: Way) -> Option<(String, String, Way)> {
        Some((dial.to_owned(), number.to_owned(), way))
    }

    #[test]
    fn prefixes_go_before_outside_numbers_only() {
        let rules = rules("6XXX", "0., *8X", "9", "00");
        for (number, expected) in [
            ("6002", is("6002", "6002", Way::Extension)),
            ("0240404040", is("90240404040", "0240404040", Way::Outside)),
            (
                "+33240404040",
                is("90033240404040", "+33240404040", Way::Outside),
            ),
            (
                "0033240404040",
                is("90033240404040", "+33240404040", Way::Outside),
            ),
            ("*81", is("*81", "*81", Way::Code)),
            ("*98", None),
            ("7002", None),
        ] {
            assert_eq!(dialled(number, &rules), expected, "{number}");
        }
    }

    #[test]
    fn another_countrys_prefix_stands_for_plus() {
        let rules = rules("6XXX", "011., 1NXXNXXXXXX", "9", "011");
        let france = is("901133240404040", "+33240404040", Way::Outside);
        for number in ["+33240404040", "01133240404040", "0033240404040"] {
            assert_eq!(dialled(number, &rules), france, "{number}");
        }
        let home = is("912125551234", "12125551234", Way::Outside);
        assert_eq!(dialled("12125551234", &rules), home);
        assert_eq!(dialled("2125551234", &rules), None);
    }

    #[test]
    fn a_number_of_north_america_is_not_dialled_as_one_abroad() {
        let rules = rules("6XXX", "011., 1NXXNXXXXXX", "9", "011");
        let home = is("912125551234", "+12125551234", Way::Outside);
        for number in ["+12125551234", "01112125551234", "0012125551234"] {
            assert_eq!(dialled(number, &rules), home, "{number}");
        }
    }

    #[test]
    fn a_code_is_not_allowed_by_the_tail_of_a_pattern() {
        let rules = rules("6XXX, 7.", "., 0!", "9", "00");
        for code in ["*726002", "#31#0240404040", "0900*1", "7*98"] {
            assert_eq!(dialled(code, &rules), None, "{code}");
        }
    }

    #[test]
    fn patterns_may_be_written_with_plus() {
        let rules = rules("6XXX", "+33.", "", "00");
        let france = is("0033240404040", "+33240404040", Way::Outside);
        assert_eq!(dialled("0033240404040", &rules), france);
        assert_eq!(dialled("+49301234567", &rules), None);
    }

    #[test]
    fn a_denial_tells_the_number_and_whether_any_is_allowed() {
        let some = rules("6XXX", "01.", "9", "00");
        let denied = Target::of_number("+33240404040", &some);
        let expected = Reason::OutsideNotAllowed {
            number: "0033240404040".to_owned(),
            none_allowed: false,
        };
        assert_eq!(denied, Err(expected));
        let none = rules("6XXX", "", "9", "00");
        let expected = Reason::OutsideNotAllowed {
            number: "0240404040".to_owned(),
            none_allowed: true,
        };
        assert_eq!(Target::of_number("0240404040", &none), Err(expected));
        let code = Reason::CodeNotAllowed {
            number: "*98".to_owned(),
        };
        assert_eq!(Target::of_number("*98", &some), Err(code));
        let long = Target::of_number(&format!("01{}", "1".repeat(40)), &some);
        assert_eq!(long, Err(Reason::TargetTooLong));
    }

    proptest! {
        #[test]
        fn what_is_dialled_is_allowed_and_prefixed(number in "[+]?[0-9*#]{1,20}", prefix in "[0-9]{0,2}") {
            let rules = rules("6XXX", "0[1-9]., 00[13].", &prefix, "00");
            if let Ok(target) = Target::of_number(&number, &rules) {
                let dialled = target.dial.as_str();
                match target.way {
                    Way::Extension => prop_assert!(rules.extensions.matches(dialled) && dialled == number),
                    Way::Code => prop_assert_eq!(dialled, &number),
                    Way::Outside => {
                        let inner = dialled.strip_prefix(&prefix);
                        prop_assert!(inner.is_some_and(|inner| rules.outside.matches(inner)), "{}", dialled);
                    }
                }
            }
        }
    }
}
