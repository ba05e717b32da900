//! Phone numbers, compared in every form in which people write and phones send them.
//!
//! Without a country, numbers are compared by their digits, and the national and the international form of one number match: the
//! international one, written with `+` or `00`, begins with a country's code (ITU-T E.164), and in that country the other is dialled for it,
//! with a trunk `0` where there is one.
//!
//! With a [`Plan`], numbers are read by the country's own rules, and those that it tells in international form are compared by that.

mod digits;
mod map;
#[cfg(test)]
mod oracle;
mod pattern;
mod plan;
mod territory;
#[cfg(test)]
mod tests;

pub use map::NumberMap;
pub use plan::Plan;

use digits::Digits;
use plan::PUBLIC_DIGITS;
use territory::{Length, Territory};

/// A phone number, without the marks people write into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PhoneNumber {
    digits: Digits,
    international: bool,
    /// In international form, where a plan tells it.
    told: Option<Digits>,
}

impl PhoneNumber {
    /// Reads a number without any plan; see [`Plan::read`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Plan::default().read(text)
    }

    /// The number in international form, `+` and digits (E.164), where the plan tells it. Extensions have none.
    #[must_use]
    pub fn international(&self) -> Option<String> {
        self.told.map(|told| format!("+{}", told.as_str()))
    }

    /// Whether a plan tells its international form.
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.told.is_some()
    }

    /// Whether it may be a number outside: it has the digits of one, or its plan says so. Extensions are shorter.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.told.is_some() || self.digits.len() >= PUBLIC_DIGITS
    }

    /// The number as it can be asked for: in international form if that is known, else its digits.
    #[must_use]
    pub fn asked(&self) -> String {
        let digits = self.digits.as_str();
        match self.told {
            Some(told) => format!("+{}", told.as_str()),
            None if self.international => format!("+{digits}"),
            None => digits.to_owned(),
        }
    }

    /// Whether both are forms of one number. Both have been read by the same plan.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        if self.digits == other.digits {
            return true;
        }
        if let (Some(own), Some(other)) = (self.told, other.told) {
            return own == other;
        }
        let own_is_longer = self.national().len() >= other.national().len();
        let (long, short) = match (self.international, other.international) {
            (true, false) => (self, other),
            (false, true) => (other, self),
            _ if own_is_longer => (self, other),
            _ => (other, self),
        };
        if short.international {
            return false;
        }
        let national = short.national();
        // Of an extension and a number outside none is the other's form.
        let least = self.digits.len().min(other.digits.len());
        if national.len() < PUBLIC_DIGITS - 1 || least < PUBLIC_DIGITS {
            return false;
        }
        if !long.international && long.national() == national {
            return true; // the same number, once without its trunk 0
        }
        // "+33 2 40…", or the same without its +, against "02 40…"
        let Some((country, behind)) = Territory::of_number(long.digits.as_str()) else {
            return false;
        };
        if !long.international {
            let is_told = short.has_trunk_zero() || country.calling_code == "1";
            if !is_told || country.length(behind) != Length::Possible {
                return false;
            }
        }
        let dialled = short.digits.as_str();
        let with_zero = || dialled.strip_prefix('0') == Some(behind) && country.dials_zero(behind);
        dialled == behind || with_zero()
    }

    /// What national forms of this number, as an international one, have in common. Whether they are such forms, [`same`](Self::same) tells.
    fn behind_code(&self) -> Option<Digits> {
        let (_, behind) = Territory::of_number(self.digits.as_str())?;
        Digits::joined(behind.strip_prefix('0').unwrap_or(behind), "")
    }

    fn has_trunk_zero(&self) -> bool {
        let digits = self.digits.as_str();
        !self.international && digits.len() >= PUBLIC_DIGITS && digits.starts_with('0')
    }

    fn national(&self) -> &str {
        let digits = self.digits.as_str();
        if self.has_trunk_zero() {
            &digits[1..]
        } else {
            digits
        }
    }
}

/// What stands behind a 0 in parentheses that is dialled inside the country only ("+49 (0) 30", "0049 (0) 30"), of a text behind its
/// opening parenthesis: nothing where it is no such 0. `plus` and `digits` are what stands before it.
pub(crate) fn behind_inland_zero<'a>(plus: bool, digits: &str, text: &'a str) -> Option<&'a str> {
    let code = digits.strip_prefix("00");
    if !plus && code.is_none_or(str::is_empty) {
        return None;
    }
    let inside = text.trim_start().strip_prefix('0')?;
    inside.trim_start().strip_prefix(')')
}

impl Plan {
    /// Reads digits and the marks `+ - . / ( )` and blanks. Everything else (`bob`, `*72`, an address) is no number.
    #[must_use]
    pub fn read(&self, text: &str) -> Option<PhoneNumber> {
        let trimmed = text.trim();
        let (rest, plus) = match trimmed.strip_prefix('+') {
            Some(rest) => (rest, true),
            None => (trimmed, false),
        };
        let mut digits = Digits::EMPTY;
        // As they were written; the plan knows whether a 0 in parentheses belongs to the number.
        let mut all = Digits::EMPTY;
        let mut chars = rest.chars();
        while let Some(c) = chars.next() {
            match c {
                '(' => {
                    if let Some(behind) = behind_inland_zero(plus, all.as_str(), chars.as_str()) {
                        chars = behind.chars();
                        all.push('0')?;
                    }
                }
                '0'..='9' => {
                    digits.push(c)?;
                    all.push(c)?;
                }
                '-' | '.' | '/' | ')' => {}
                c if c.is_whitespace() => {}
                _ => return None,
            }
        }
        let told = self.international(all.as_str(), plus);
        let mut international = plus;
        if !plus && digits.len() > PUBLIC_DIGITS && digits.as_str().starts_with("00") {
            digits = digits.behind(2);
            international = true;
        }
        (digits.len() > 0).then_some(PhoneNumber {
            digits,
            international,
            told,
        })
    }

    /// Whether two texts mean the same number, or are the same text.
    #[must_use]
    pub fn same(&self, a: &str, b: &str) -> bool {
        a == b
            || match (self.read(a), self.read(b)) {
                (Some(a), Some(b)) => a.same(&b),
                _ => false,
            }
    }
}

/// Whether two texts mean the same number without any plan, or are the same text; see [`Plan::same`].
#[must_use]
pub fn same(a: &str, b: &str) -> bool {
    Plan::default().same(a, b)
}
