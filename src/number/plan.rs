//! What a number means in the country where the phones are.
//!
//! The steps are those of libphonenumber's parsing, so that every number means what it means there, which the tests compare; what is
//! read is digits only, and what has no possible length is no number of any plan.

use super::digits::Digits;
use super::pattern::Group;
use super::territory::{Length, Territory};

/// From how many digits on a number is taken for a public one, in countries whose usual numbers are not shorter. Anything shorter is
/// an extension.
pub(super) const PUBLIC_DIGITS: usize = 7;

/// The least and the most digits of a national number, in any country.
const NATIONAL_DIGITS: std::ops::RangeInclusive<usize> = 2..=17;

/// Where the phones are, by which numbers are read. The default knows no country.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    home: Option<&'static Territory>,
    /// What has to be dialled before a number outside.
    outside_prefix: Digits,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            home: None,
            outside_prefix: Digits::EMPTY,
        }
    }
}

impl PartialEq for Plan {
    fn eq(&self, other: &Self) -> bool {
        self.country() == other.country() && self.outside_prefix == other.outside_prefix
    }
}

impl Eq for Plan {}

impl Plan {
    /// The plan of a country, by its two letters (ISO 3166-1 alpha-2) in any case; nothing if no country has them.
    #[must_use]
    pub fn of(country: &str) -> Option<Self> {
        Some(Self {
            home: Some(Territory::of_country(country)?),
            ..Self::default()
        })
    }

    /// The same where this has to be dialled before a number outside. What is longer than 32 digits, or holds something else, counts
    /// as nothing.
    #[must_use]
    pub fn with_outside_prefix(self, prefix: &str) -> Self {
        Self {
            outside_prefix: Digits::joined(prefix, "").unwrap_or(Digits::EMPTY),
            ..self
        }
    }

    /// The country's two letters, if one is known.
    #[must_use]
    pub fn country(&self) -> Option<&'static str> {
        self.home.map(|home| home.id)
    }

    /// The number in international form, without its `+`, of digits as they were written, with a `+` or without.
    pub(super) fn international(&self, digits: &str, plus: bool) -> Option<Digits> {
        let home = self.home?;
        if plus {
            return Reading::of(digits, true, home)?.international();
        }
        let public = home.public_digits();
        if digits.len() < public {
            return None;
        }
        let whole = Reading::of(digits, false, home);
        let prefix = self.outside_prefix.as_str();
        let behind = digits.strip_prefix(prefix);
        let behind = behind.filter(|behind| !prefix.is_empty() && behind.len() >= public);
        let Some(behind) = behind else {
            return whole?.international();
        };
        let inner = Reading::of(behind, false, home);
        // The prefix may as well be the beginning of the number itself: what is likelier holds.
        let rank = |reading: &Option<Reading>| reading.as_ref().map(Reading::rank);
        if rank(&inner) > rank(&whole).max(Some(Rank::Possible)) {
            return inner?.international();
        }
        whole?.international()
    }
}

/// How likely it is that a number is meant so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Impossible,
    Possible,
    /// There are such numbers.
    Valid,
    /// There are, and it begins as only numbers outside do.
    Marked,
}

/// What digits mean, in whichever country it is.
struct Reading {
    territory: &'static Territory,
    national: Digits,
    /// Whether there was anything before the national number.
    is_marked: bool,
}

impl Reading {
    fn of(digits: &str, plus: bool, home: &'static Territory) -> Option<Self> {
        let with_code = country(digits, plus, home)?;
        let is_abroad = with_code.is_some();
        let (territory, number) = match with_code {
            Some(found) => found,
            None => (home, Digits::joined(digits, "")?),
        };
        let national = without_national_prefix(number, territory);
        let is_it = !matches!(
            territory.length(national.as_str()),
            Length::TooShort | Length::LocalOnly | Length::Between
        );
        let (national, shorter) = if is_it {
            (national, national.len() < number.len())
        } else {
            (number, false)
        };
        NATIONAL_DIGITS.contains(&national.len()).then_some(Self {
            territory: territory.main(),
            national,
            is_marked: is_abroad || shorter,
        })
    }

    fn rank(&self) -> Rank {
        let national = self.national.as_str();
        if self.territory.length(national) != Length::Possible {
            Rank::Impossible
        } else if !self.territory.has(national) {
            Rank::Possible
        } else if self.is_marked {
            Rank::Marked
        } else {
            Rank::Valid
        }
    }

    /// The whole number, if there can be such a one. What would be read as another one once it is written so is none: of `000171 1234567`
    /// in Germany only one of the zeros is dialled before a number, and nobody has a number that begins with the others.
    fn international(&self) -> Option<Digits> {
        let national = self.national.as_str();
        if self.territory.length(national) != Length::Possible {
            return None;
        }
        let whole = Digits::joined(self.territory.calling_code, national)?;
        let again = Self::of(whole.as_str(), true, self.territory)?;
        (again.national == self.national).then_some(whole)
    }
}

/// Whose plan an international number belongs to, and what stands behind the calling code. An inner nothing: it is no international
/// number. An outer one: it is none of any plan.
#[expect(clippy::option_option, reason = "both are nothing, of different kinds")]
fn country(
    digits: &str,
    plus: bool,
    home: &'static Territory,
) -> Option<Option<(&'static Territory, Digits)>> {
    let number = if plus {
        Some(digits)
    } else {
        behind_international_prefix(digits, home)
    };
    let Some(number) = number else {
        return Some(behind_own_code(digits, home).map(|number| (home.main(), number)));
    };
    if number.len() <= *NATIONAL_DIGITS.start() {
        return None;
    }
    match Territory::of_number(number) {
        Some((territory, national)) => Some(Some((territory, Digits::joined(national, "")?))),
        // After a `+` that is one too many.
        None if plus => country(digits, false, home)?.map(Some),
        None => None,
    }
}

/// What stands behind the prefix of international numbers, if it is one.
fn behind_international_prefix<'d>(digits: &'d str, home: &Territory) -> Option<&'d str> {
    let end = home.international.get()?.at_start(digits)?.end;
    let behind = &digits[end..];
    // No calling code begins with 0.
    (!behind.starts_with('0')).then_some(behind)
}

/// The national number where the digits begin with the country's own calling code and are no number without that: networks leave out
/// the `+`.
fn behind_own_code(digits: &str, home: &'static Territory) -> Option<Digits> {
    let rest = digits.strip_prefix(home.calling_code)?;
    let national = without_national_prefix(Digits::joined(rest, "")?, home);
    let is_it = !home.has(digits) && home.has(national.as_str());
    (is_it || home.length(digits) == Length::TooLong).then_some(national)
}

/// Without what is dialled before national numbers; as it is where only that makes it one.
pub(super) fn without_national_prefix(number: Digits, territory: &Territory) -> Digits {
    let digits = number.as_str();
    let Some(prefix) = territory.national.get() else {
        return number;
    };
    let Some(found) = prefix.at_start(digits) else {
        return number;
    };
    let behind = &digits[found.end..];
    let last = prefix.kept.checked_sub(1);
    let is_kept = last.is_none_or(|last| found.groups.get(last).copied().flatten().is_some());
    let inner = if territory.rule.is_empty() || !is_kept {
        Digits::joined(behind, "")
    } else {
        instead(territory.rule, digits, &found.groups)
            .and_then(|begin| Digits::joined(begin.as_str(), behind))
    };
    match inner {
        Some(inner) if territory.has(inner.as_str()) || !territory.has(digits) => inner,
        _ => number,
    }
}

/// What a rule such as `9$1` makes of the groups.
fn instead(rule: &str, digits: &str, groups: &[Group]) -> Option<Digits> {
    let mut out = Digits::EMPTY;
    let mut rest = rule.chars();
    while let Some(c) = rest.next() {
        if c != '$' {
            out.push(c)?;
            continue;
        }
        let group = rest.next()?.to_digit(10)? as usize;
        let (from, to) = groups.get(group.checked_sub(1)?).copied().flatten()?;
        out = Digits::joined(out.as_str(), &digits[from..to])?;
    }
    Some(out)
}
