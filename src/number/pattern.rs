//! The patterns of the numbering plans.
//!
//! Regular expressions that have only what the plans need: digits, `d` for any digit, `[2-57]`, alternatives `|` in groups `( )`,
//! groups `< >` that are kept, the end `$`, and behind each of them `?`, `{3}` or `{3,7}`. They are tried from left to right, the
//! longest repetition first, as libphonenumber's are. What can be told by the next digit alone is not tried.

use std::cell::Cell;

/// The most groups of a pattern that are kept.
pub(super) const MAX_GROUPS: usize = 2;

/// The bit of a set of digits that stands for no digit at all.
const NOTHING: u16 = 1 << 15;

/// A group's begin and end.
pub(super) type Group = Option<(usize, usize)>;

/// A pattern.
#[derive(Debug)]
pub(super) struct Pattern {
    branches: Vec<Branch>,
    /// How many of its groups are kept.
    pub(super) kept: usize,
}

/// One of several alternatives.
#[derive(Debug)]
struct Branch {
    /// What it can begin with: a bit for each digit, and [`NOTHING`].
    first: u16,
    items: Vec<Item>,
}

#[derive(Debug)]
struct Item {
    what: What,
    least: usize,
    most: usize,
}

#[derive(Debug)]
enum What {
    /// Any of the digits whose bits are set.
    Digit(u16),
    Group {
        branches: Vec<Branch>,
        /// Its place among those that are kept, if it is.
        kept: Option<usize>,
    },
    End,
}

/// What a pattern found at the beginning of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Where it ends.
    pub(super) end: usize,
    /// The groups that are kept, in their order.
    pub(super) groups: [Group; MAX_GROUPS],
}

impl Pattern {
    /// Reads a pattern. What is not understood of it fits nothing.
    pub(super) fn new(text: &str) -> Self {
        let mut reading = Reading {
            rest: text.bytes().collect::<Vec<_>>().into_iter().peekable(),
            kept: 0,
        };
        let branches = reading.branches();
        Self {
            branches,
            kept: reading.kept,
        }
    }

    /// Whether it is the whole number.
    pub(super) fn is_whole(&self, number: &str) -> bool {
        let matching = Matching::new(number);
        matching.any(&self.branches, 0, &mut |end| end == number.len())
    }

    /// What of the number's beginning it is, if it is any.
    pub(super) fn at_start(&self, number: &str) -> Option<Found> {
        let matching = Matching::new(number);
        let mut at = 0;
        let found = matching.any(&self.branches, 0, &mut |end| {
            at = end;
            true
        });
        found.then(|| Found {
            end: at,
            groups: matching.groups.get(),
        })
    }
}

struct Reading {
    rest: std::iter::Peekable<std::vec::IntoIter<u8>>,
    kept: usize,
}

impl Reading {
    /// Alternatives, up to the end of their group.
    fn branches(&mut self) -> Vec<Branch> {
        let (mut branches, mut items) = (Vec::new(), Vec::new());
        loop {
            let what = match self.rest.next() {
                None | Some(b')' | b'>') => {
                    branches.push(Branch::new(items));
                    return branches;
                }
                Some(b'|') => {
                    branches.push(Branch::new(std::mem::take(&mut items)));
                    continue;
                }
                Some(open @ (b'(' | b'<')) => {
                    let kept = (open == b'<').then_some(self.kept);
                    self.kept += usize::from(kept.is_some());
                    What::Group {
                        branches: self.branches(),
                        kept,
                    }
                }
                Some(b'$') => What::End,
                Some(b'[') => What::Digit(self.set()),
                Some(b'd') => What::Digit(0x3ff),
                Some(digit) => What::Digit(bit(digit)),
            };
            let (least, most) = self.repetition();
            items.push(Item { what, least, most });
        }
    }

    /// Digits and ranges of them, up to `]`.
    fn set(&mut self) -> u16 {
        let (mut set, mut last, mut is_range) = (0, b'0', false);
        for b in self.rest.by_ref() {
            match b {
                b']' => break,
                b'-' => is_range = true,
                digit => {
                    let from = if std::mem::take(&mut is_range) {
                        last
                    } else {
                        digit
                    };
                    (from..=digit).for_each(|digit| set |= bit(digit));
                    last = digit;
                }
            }
        }
        set
    }

    /// How often, at least and at most.
    fn repetition(&mut self) -> (usize, usize) {
        match self.rest.peek() {
            Some(b'?') => {
                self.rest.next();
                (0, 1)
            }
            Some(b'{') => {
                self.rest.next();
                let (mut least, mut most) = (None, 0);
                for b in self.rest.by_ref() {
                    match b {
                        b'}' => break,
                        b',' => least = Some(std::mem::take(&mut most)),
                        digit => most = most * 10 + usize::from(digit.saturating_sub(b'0')),
                    }
                }
                (least.unwrap_or(most), most)
            }
            _ => (1, 1),
        }
    }
}

impl Branch {
    fn new(items: Vec<Item>) -> Self {
        let mut first = 0;
        let mut may_be_empty = true;
        for item in &items {
            let own = match &item.what {
                What::Digit(set) => *set,
                What::Group { branches, .. } => branches.iter().fold(0, |all, b| all | b.first),
                What::End => NOTHING,
            };
            first |= own & !NOTHING;
            if item.least > 0 && own & NOTHING == 0 {
                may_be_empty = false;
                break;
            }
        }
        if may_be_empty {
            first |= NOTHING;
        }
        Self { first, items }
    }
}

/// A digit's bit; none for anything else.
fn bit(digit: u8) -> u16 {
    match digit {
        b'0'..=b'9' => 1 << (digit - b'0'),
        _ => 0,
    }
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

    fn any(&self, branches: &[Branch], at: usize, then: Then<'_>) -> bool {
        let next = self.number.get(at).map_or(0, |digit| bit(*digit)) | NOTHING;
        branches
            .iter()
            .any(|branch| branch.first & next != 0 && self.all(&branch.items, at, then))
    }

    fn all(&self, items: &[Item], at: usize, then: Then<'_>) -> bool {
        let Some((item, rest)) = items.split_first() else {
            return then(at);
        };
        match &item.what {
            What::End => at == self.number.len() && self.all(rest, at, then),
            What::Digit(set) => {
                let count = self.number[at..]
                    .iter()
                    .take(item.most)
                    .take_while(|digit| bit(**digit) & set != 0)
                    .count();
                let mut times = (item.least..=count).rev();
                times.any(|times| self.all(rest, at + times, then))
            }
            What::Group { branches, kept } => {
                let group = Repeated {
                    branches,
                    kept: *kept,
                    rest,
                };
                self.group(group, item.least, item.most, at, then)
            }
        }
    }

    /// A group so many times, and what follows it.
    fn group(
        &self,
        group: Repeated<'_>,
        least: usize,
        most: usize,
        at: usize,
        then: Then<'_>,
    ) -> bool {
        let before = self.groups.get();
        if most > 0 {
            let found = self.any(group.branches, at, &mut |end| {
                if let Some(kept) = group.kept.filter(|kept| *kept < MAX_GROUPS) {
                    let mut groups = self.groups.get();
                    groups[kept] = Some((at, end));
                    self.groups.set(groups);
                }
                // One that fits nothing is not repeated.
                let most = if end > at { most - 1 } else { 0 };
                self.group(group, least.saturating_sub(1), most, end, then)
            });
            if found {
                return true;
            }
            self.groups.set(before);
        }
        least == 0 && self.all(group.rest, at, then)
    }
}

/// A group, and what stands behind it.
#[derive(Clone, Copy)]
struct Repeated<'p> {
    branches: &'p [Branch],
    kept: Option<usize>,
    rest: &'p [Item],
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_whole(pattern: &str, number: &str) -> bool {
        Pattern::new(pattern).is_whole(number)
    }

    fn at_start(pattern: &str, number: &str) -> Option<Found> {
        Pattern::new(pattern).at_start(number)
    }

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
