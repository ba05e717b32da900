//! Lists in sentences, and what goes by a count.

use std::fmt::{Display, Write as _};

use super::Language;
use super::texts::units;

impl Language {
    /// "a, b and c". Nothing of nothing: where there may be none, the sentence is another one.
    #[must_use]
    pub fn list<T: Display>(self, items: &[T]) -> String {
        joined(items, |before, last| units::and(self, before, last))
    }

    /// "a, b or c", the same for a choice.
    #[must_use]
    pub fn choice<T: Display>(self, items: &[T]) -> String {
        joined(items, |before, last| units::or(self, before, last))
    }

    /// A list that is cut: "a, b and 3 more" of five items where two are to be named.
    #[must_use]
    pub fn short_list<T: Display>(self, items: &[T], most: usize) -> String {
        let (shown, more) = items.split_at(most.min(items.len()));
        if more.is_empty() {
            return self.list(items);
        }
        units::and_more(self, commas(shown), more.len())
    }

    /// Whether a count takes the singular: 1 does, and in French 0 as well.
    #[must_use]
    pub const fn is_singular(self, count: u64) -> bool {
        count == 1 || (count == 0 && matches!(self, Self::French))
    }
}

fn joined<T: Display>(
    items: &[T],
    join: impl FnOnce(&dyn Display, &dyn Display) -> String,
) -> String {
    match items {
        [before @ .., last] if !before.is_empty() => join(&commas(before), last),
        items => commas(items),
    }
}

fn commas<T: Display>(items: &[T]) -> String {
    let mut text = String::new();
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            text.push_str(", ");
        }
        // A string takes everything.
        let _ = write!(text, "{item}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sentences_parts() {
        for (items, expected) in [
            (&[][..], ["", "", ""]),
            (&["a"], ["a", "a", "a"]),
            (&["a", "b"], ["a and b", "a und b", "a et b"]),
            (&["a", "b", "c"], ["a, b and c", "a, b und c", "a, b et c"]),
        ] {
            assert_eq!(Language::ALL.map(|language| language.list(items)), expected);
        }
        let choices = Language::ALL.map(|language| language.choice(&["a", "b", "c"]));
        assert_eq!(choices, ["a, b or c", "a, b oder c", "a, b ou c"]);
    }

    #[test]
    fn long_lists_are_cut() {
        let cut = |language: Language| language.short_list(&[1, 2, 3, 4], 2);
        assert_eq!(
            Language::ALL.map(cut),
            ["1, 2 and 2 more", "1, 2 und 2 weitere", "1, 2 et 2 de plus"]
        );
        assert_eq!(Language::English.short_list(&[1, 2], 2), "1 and 2");
    }

    #[test]
    fn french_nothing_is_singular() {
        for (count, expected) in [
            (0, [false, false, true]),
            (1, [true; 3]),
            (2, [false; 3]),
            (21, [false; 3]),
        ] {
            let singular = Language::ALL.map(|language| language.is_singular(count));
            assert_eq!(singular, expected, "{count}");
        }
    }
}
