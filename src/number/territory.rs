//! The countries' numbering plans, as `plans.txt` has them.
//!
//! A line is one country, its columns parted by blanks, `-` for nothing:
//!
//! 1. its two letters (ISO 3166-1), or `001` for what is no country's, such as satellites;
//! 2. the calling code (ITU-T E.164);
//! 3. `1` if its plan stands for all countries with this calling code;
//! 4. what is dialled before an international number, as a [pattern](super::pattern);
//! 5. what is dialled before a national number, as a pattern, and what a carrier is chosen by; its kept groups are part of the number;
//! 6. what stands in place of that, with `$1` and `$2` for the groups;
//! 7. how many digits a national number may have, as a hexadecimal number whose bits they are;
//! 8. how many digits have numbers that can be dialled from nearby only, the same way;
//! 9. how many digits a usual number of a landline has;
//! 10. national numbers, as a pattern.

use std::sync::{LazyLock, OnceLock};

use super::digits::Digits;
use super::pattern::Pattern;
use super::plan::{PUBLIC_DIGITS, without_national_prefix};

const PLANS: &str = include_str!("plans.txt");

/// The most digits of a calling code.
const MAX_CALLING_CODE: usize = 3;

/// One country's plan.
#[derive(Debug)]
pub(super) struct Territory {
    pub(super) id: &'static str,
    pub(super) calling_code: &'static str,
    is_main: bool,
    /// What is dialled before an international number.
    pub(super) international: Rule,
    /// What is dialled before a national number.
    pub(super) national: Rule,
    /// What stands in place of that.
    pub(super) rule: &'static str,
    lengths: u32,
    local_lengths: u32,
    /// How many digits a usual number has.
    usual: usize,
    general: Rule,
}

/// A pattern that is read when it is needed first: hardly anybody needs those of more than a few countries.
#[derive(Debug)]
pub(super) struct Rule {
    text: &'static str,
    read: OnceLock<Pattern>,
}

impl Rule {
    fn new(text: &'static str) -> Self {
        Self {
            text,
            read: OnceLock::new(),
        }
    }

    /// The pattern, if there is one.
    pub(super) fn get(&self) -> Option<&Pattern> {
        let pattern = || Pattern::new(self.text);
        (!self.text.is_empty()).then(|| self.read.get_or_init(pattern))
    }
}

/// Whether there are numbers with so many digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    /// There are.
    Possible,
    /// There are, which can be dialled from nearby only.
    LocalOnly,
    TooShort,
    TooLong,
    /// There are shorter ones and longer ones.
    Between,
}

impl Territory {
    fn read(line: &'static str) -> Option<Self> {
        let mut columns = line.split(' ').map(|c| if c == "-" { "" } else { c });
        let mut next = || columns.next();
        let mask = |text| u32::from_str_radix(text, 16).ok();
        Some(Self {
            id: next()?,
            calling_code: next()?,
            is_main: next()? == "1",
            international: Rule::new(next()?),
            national: Rule::new(next()?),
            rule: next()?,
            lengths: mask(next()?)?,
            local_lengths: mask(next()?)?,
            usual: next()?.parse().ok()?,
            general: Rule::new(next()?),
        })
    }

    /// The country with these two letters, in any case.
    pub(super) fn of_country(letters: &str) -> Option<&'static Self> {
        let is_country = |t: &&Self| t.id.eq_ignore_ascii_case(letters) && t.id.len() == 2;
        TERRITORIES.all.iter().find(is_country)
    }

    /// The calling code at the beginning of an international number, its plan, and the national number.
    pub(super) fn of_number(international: &str) -> Option<(&'static Self, &str)> {
        (1..=MAX_CALLING_CODE).find_map(|length| {
            let (code, rest) = international.split_at_checked(length)?;
            let at = TERRITORIES.by_code[code.parse::<usize>().ok()?]?;
            let territory = &TERRITORIES.all[usize::from(at)];
            // "049" is no calling code.
            (territory.calling_code == code).then_some((territory, rest))
        })
    }

    /// The plan that stands for all countries with the same calling code.
    pub(super) fn main(&'static self) -> &'static Self {
        Self::of_number(self.calling_code).map_or(self, |(main, _)| main)
    }

    /// Whether a 0 is dialled before this national number inside the country. In Italy it is part of the number, in America none is dialled.
    pub(super) fn dials_zero(&self, national: &str) -> bool {
        let dialled = Digits::joined("0", national);
        dialled.is_some_and(|dialled| without_national_prefix(dialled, self).as_str() == national)
    }

    /// From how many digits on a number is no extension.
    pub(super) fn public_digits(&self) -> usize {
        self.usual.clamp(1, PUBLIC_DIGITS)
    }

    /// Whether it has such a national number.
    pub(super) fn has(&self, national: &str) -> bool {
        self.general
            .get()
            .is_some_and(|general| general.is_whole(national))
    }

    /// Whether it has national numbers of this length.
    pub(super) fn length(&self, national: &str) -> Length {
        let bit = 1u32.checked_shl(national.len() as u32).unwrap_or(0);
        if self.local_lengths & bit != 0 {
            Length::LocalOnly
        } else if self.lengths & bit != 0 {
            Length::Possible
        } else if bit == 0 || self.lengths < bit {
            Length::TooLong
        } else if self.lengths & (bit - 1) == 0 {
            Length::TooShort
        } else {
            Length::Between
        }
    }
}

struct Territories {
    all: Vec<Territory>,
    /// By calling code, the plan that stands for it.
    by_code: [Option<u8>; 1000],
}

static TERRITORIES: LazyLock<Territories> = LazyLock::new(|| {
    let lines = PLANS.lines().filter(|line| !line.starts_with('#'));
    let all: Vec<_> = lines.filter_map(Territory::read).collect();
    let mut by_code = [None; 1000];
    for (at, territory) in all.iter().enumerate() {
        let place = territory.calling_code.parse().ok();
        let place = place.and_then(|code: usize| by_code.get_mut(code));
        if let (Some(place), Ok(at)) = (place, u8::try_from(at))
            && (territory.is_main || place.is_none())
        {
            *place = Some(at);
        }
    }
    Territories { all, by_code }
});

#[cfg(test)]
pub(super) fn all() -> impl Iterator<Item = &'static Territory> {
    TERRITORIES.all.iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read() {
        let lines = PLANS.lines().filter(|line| !line.starts_with('#'));
        assert_eq!(all().count(), lines.count());
        assert!(all().count() > 240 && all().count() <= 255);
    }

    #[test]
    fn countries_and_calling_codes_are_found() {
        let of = |letters| Territory::of_country(letters).map(|t| t.calling_code);
        assert_eq!(of("DE"), Some("49"));
        assert_eq!(of("fr"), Some("33"));
        assert_eq!(of("001"), None);
        assert_eq!(of("XX"), None);
        assert_eq!(of(""), None);
        let of = |number| Territory::of_number(number).map(|(t, rest)| (t.id, rest));
        assert_eq!(of("4930123"), Some(("DE", "30123")));
        assert_eq!(of("12125551234"), Some(("US", "2125551234")));
        assert_eq!(of("442079460018"), Some(("GB", "2079460018")));
        assert_eq!(of("0049"), None);
        assert_eq!(of("4"), None);
        assert_eq!(Territory::of_country("CA").map(|t| t.main().id), Some("US"));
    }

    #[test]
    fn lengths_are_told() {
        let us = Territory::of_country("US").expect("a country");
        for (national, expected) in [
            ("2125551234", Length::Possible),
            ("5551234", Length::LocalOnly),
            ("55512", Length::TooShort),
            ("21255512345", Length::TooLong),
            ("212555123", Length::TooShort),
        ] {
            assert_eq!(us.length(national), expected, "{national}");
        }
        let gb = Territory::of_country("GB").expect("a country");
        assert_eq!(gb.length("20794600"), Length::LocalOnly);
        let gl = Territory::of_country("AD").expect("a country");
        assert_eq!(gl.length("1234567"), Length::Between);
        assert_eq!(gl.length(&"1".repeat(40)), Length::TooLong);
    }
}
