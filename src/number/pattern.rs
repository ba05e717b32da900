//! The patterns of the numbering plans, matched as they are written in `plans.txt`.
//!
//! Regular expressions that have only what the plans need: digits, `d` for any digit, `[2-57]`, alternatives `|` in groups `( )`,
//! groups `< >` that are kept, the end `$`, and behind each of them `?`, `{3}` or `{3,7}`. They are tried from left to right, the
//! longest repetition first, as libphonenumber's are. Both sides are short (a number has 32 digits at most) and the patterns are
//! our own, so that is quick; nothing is compiled, because most of them are never used.

use std::cell::Cell;

/// The most groups of a pattern that are kept.
pub(super) const MAX_GROUPS: usize = 2;

/// A group's begin and end.
pub(super) type Group = Option<(usize, usize)>;

/// What a pattern found at the beginning of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Where it ends.
    pub(super) end: usize,
    /// The groups that are kept, in their order.
    pub(super) groups: [Group; MAX_GROUPS],
}

/// Whether the pattern is the whole number.
pub(super) fn is_whole(pattern: &str, number: &str) -> bool {
    let matching = Matching::new(number);
    matching.any(pattern.as_bytes(), 0, 0, &mut |end| end == number.len())
}

/// What of the number's beginning the pattern is, if it is any.
pub(super) fn at_start(pattern: &str, number: &str) -> Option<Found> {
    let matching = Matching::new(number);
    let mut at = 0;
    let found = matching.any(pattern.as_bytes(), 0, 0, &mut |end| {
        at = end;
        true
    });
    found.then(|| Found {
        end: at,
        groups: matching.groups.get(),
    })
}

struct Matching<'a> {
    number: &'a [u8],
    groups: Cell<[Group; MAX_GROUPS]>,
}

/// What has to follow.
type Then<'t> = &'t mut dyn FnMut(usize) -> bool;

impl<'a> Matching<'a> {
    fn new(number: &'a str) -> Self {
        Self {
            number: number.as_bytes(),
            groups: Cell::default(),
        }
    }

    /// Any of the alternatives, of which `group` kept groups stand before the first.
    fn any(&self, pattern: &[u8], mut group: usize, at: usize, then: Then<'_>) -> bool {
        let mut rest = pattern;
        loop {
            let end = end_of(rest, |depth, b| depth == 0 && b == b'|');
            let (one, behind) = rest.split_at(end);
            if self.sequence(one, group, at, then) {
                return true;
            }
            if behind.is_empty() {
                return false;
            }
            group += kept_in(one);
            rest = &behind[1..];
        }
    }

    fn sequence(&self, pattern: &[u8], group: usize, at: usize, then: Then<'_>) -> bool {
        let Some(&first) = pattern.first() else {
            return then(at);
        };
        let length = match first {
            b'$' => {
                return at == self.number.len() && self.sequence(&pattern[1..], group, at, then);
            }
            b'[' => 1 + end_of(&pattern[1..], |_, b| b == b']') + 1,
            b'(' | b'<' => end_of(pattern, |depth, b| depth == 1 && closes(b)) + 1,
            _ => 1,
        };
        let (atom, behind) = pattern.split_at(length.min(pattern.len()));
        let (least, most, rest) = repetition(behind);
        let repeated = Repeated { atom, group, rest };
        if matches!(first, b'(' | b'<') {
            return self.groups_of(repeated, least, most, at, then);
        }
        let count = self.number[at..]
            .iter()
            .take(most)
            .take_while(|&&digit| is_one(atom, digit))
            .count();
        (least..=count)
            .rev()
            .any(|times| self.sequence(rest, group, at + times, then))
    }

    /// A group so many times, and what follows it.
    fn groups_of(
        &self,
        repeated: Repeated<'_>,
        least: usize,
        most: usize,
        at: usize,
        then: Then<'_>,
    ) -> bool {
        let Repeated { atom, group, rest } = repeated;
        let is_kept = atom[0] == b'<';
        let before = self.groups.get();
        if most > 0 {
            let inner = &atom[1..atom.len() - 1];
            let found = self.any(inner, group + usize::from(is_kept), at, &mut |end| {
                if is_kept && group < MAX_GROUPS {
                    let mut groups = self.groups.get();
                    groups[group] = Some((at, end));
                    self.groups.set(groups);
                }
                // One that fits nothing is not repeated.
                let most = if end > at { most - 1 } else { 0 };
                self.groups_of(repeated, least.saturating_sub(1), most, end, then)
            });
            if found {
                return true;
            }
            self.groups.set(before);
        }
        least == 0 && self.sequence(rest, group + kept_in(atom), at, then)
    }
}

/// A group, how many kept ones stand before it, and what stands behind it.
#[derive(Clone, Copy)]
struct Repeated<'p> {
    atom: &'p [u8],
    group: usize,
    rest: &'p [u8],
}

fn closes(b: u8) -> bool {
    matches!(b, b')' | b'>')
}

/// Where the first byte is that is wanted, by how many groups are open there; or the pattern's end.
fn end_of(pattern: &[u8], wanted: impl Fn(usize, u8) -> bool) -> usize {
    let mut depth = 0;
    for (at, &b) in pattern.iter().enumerate() {
        if wanted(depth, b) {
            return at;
        }
        match b {
            b'(' | b'<' => depth += 1,
            b if closes(b) => depth -= 1,
            _ => {}
        }
    }
    pattern.len()
}

fn kept_in(pattern: &[u8]) -> usize {
    pattern.iter().filter(|&&b| b == b'<').count()
}

/// How often, at least and at most, and what stands behind that.
fn repetition(pattern: &[u8]) -> (usize, usize, &[u8]) {
    match pattern.first() {
        Some(b'?') => (0, 1, &pattern[1..]),
        Some(b'{') => {
            let end = end_of(pattern, |_, b| b == b'}');
            let (mut least, mut most) = (None, 0);
            for &b in &pattern[1..end] {
                match b {
                    b',' => least = Some(std::mem::take(&mut most)),
                    b => most = most * 10 + usize::from(b - b'0'),
                }
            }
            (least.unwrap_or(most), most, &pattern[end + 1..])
        }
        _ => (1, 1, pattern),
    }
}

/// Whether a digit is what the atom is for: itself, any digit, or one of several.
fn is_one(atom: &[u8], digit: u8) -> bool {
    match atom {
        [b'd'] => true,
        [b'[', digits @ .., b']'] => {
            let mut rest = digits;
            loop {
                rest = match rest {
                    [from, b'-', to, behind @ ..] if (*from..=*to).contains(&digit) => {
                        let _ = behind;
                        return true;
                    }
                    [_, b'-', _, behind @ ..] => behind,
                    [one, ..] if *one == digit => return true,
                    [_, behind @ ..] => behind,
                    [] => return false,
                };
            }
        }
        [one] => *one == digit,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_fit_or_not() {
        for (pattern, fits, others) in [
            ("12", &["12"][..], &["1", "123", "13", ""][..]),
            ("[2-57]d{2}", &["212", "799"], &["612", "21", "2123"]),
            ("1d{1,3}|2", &["11", "1999", "2"], &["1", "19999", "22"]),
            ("(00|[1-9]d)d?", &["00", "001", "12", "123"], &["01", "0"]),
            ("(12){2}3?", &["1212", "12123"], &["12", "123", "121212"]),
            ("1(2(3|4)|5)6", &["1236", "1246", "156"], &["126", "1256"]),
            ("1$|2", &["1", "2"], &["12"]),
        ] {
            for number in fits {
                assert!(is_whole(pattern, number), "{pattern} {number}");
            }
            for number in others {
                assert!(!is_whole(pattern, number), "{pattern} {number}");
            }
        }
    }

    #[test]
    fn beginnings_are_found_with_their_groups() {
        let found = |pattern, number| at_start(pattern, number).map(|f| (f.end, f.groups));
        assert_eq!(found("0", "030"), Some((1, [None, None])));
        assert_eq!(found("0", "30"), None);
        // The first alternative that fits, not the longest.
        assert_eq!(found("8|80", "801"), Some((1, [None, None])));
        assert_eq!(found("80?", "801"), Some((2, [None, None])));
        assert_eq!(
            found("<183[12]>|0", "18311"),
            Some((4, [Some((0, 4)), None]))
        );
        assert_eq!(found("<183[12]>|0", "02"), Some((1, [None, None])));
        assert_eq!(
            found("<[457]d{2}>$|1", "412"),
            Some((3, [Some((0, 3)), None]))
        );
        assert_eq!(found("<[457]d{2}>$|1", "4123"), None);
        let brazil = "(0|90)(<1[245]|31><d{3,4}>)?";
        assert_eq!(
            found(brazil, "0121234"),
            Some((7, [Some((1, 3)), Some((3, 7))]))
        );
        assert_eq!(found(brazil, "0991"), Some((1, [None, None])));
        // What was kept on a way that led nowhere is forgotten.
        assert_eq!(found("(<1>2|<d>3)", "13"), Some((2, [None, Some((0, 1))])));
    }
}
