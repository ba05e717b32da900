//! Blocks of numbers: `6100..6119`, `+49 30 1234-100..-119`.

use std::ops::RangeInclusive;

use super::MAX_ENTRIES;
use crate::number::PhoneNumber;

/// What stands between a block's first and last number. A text editor may have made three dots of two, or one sign.
const MARKS: [&str; 3] = ["...", "…", ".."];

/// The most numbers of one block.
pub const MAX_RANGE: usize = 1000;

/// The most numbers of all blocks of a setting together. Blocks that say the same over and over give no more entries, so the limit of
/// entries does not end the work that they make.
pub(in crate::config) const MAX_IN_BLOCKS: usize = 4 * MAX_ENTRIES;

/// A block that is right. Its numbers are made one by one, as they are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::config) struct Block {
    /// What all its numbers begin with.
    begin: String,
    ends: RangeInclusive<usize>,
    /// How many digits the ends have.
    width: usize,
}

impl Block {
    /// How many numbers it has, from 1 to [`MAX_RANGE`].
    fn len(&self) -> usize {
        self.ends.end() - self.ends.start() + 1
    }

    /// All its numbers, in their order.
    fn numbers(&self) -> impl Iterator<Item = String> {
        let (begin, width) = (&self.begin, self.width);
        self.ends.clone().map(move |end| match width {
            0 => begin.clone(),
            width => format!("{begin}{end:0width$}"),
        })
    }
}

/// How many numbers the blocks of a setting may have yet.
#[derive(Debug)]
pub(in crate::config) struct Blocks {
    left: usize,
}

impl Default for Blocks {
    fn default() -> Self {
        let left = MAX_IN_BLOCKS;
        Self { left }
    }
}

impl Blocks {
    /// Takes each number of a block that can be taken.
    ///
    /// # Errors
    ///
    /// Why the first that cannot be taken was not, or all of it was not: the blocks before it had [`MAX_IN_BLOCKS`] numbers, or nearly.
    pub(in crate::config) fn take(
        &mut self,
        block: &Block,
        mut take: impl FnMut(&str) -> Result<(), String>,
    ) -> Result<(), String> {
        let left = self.left.checked_sub(block.len()).ok_or_else(|| {
            format!(
                "is a block too many: all of them may have {MAX_IN_BLOCKS} numbers together, also where they have the same ones"
            )
        })?;
        self.left = left;
        let mut taken = Ok(());
        for number in block.numbers() {
            taken = taken.and(take(&number));
        }
        taken
    }
}

/// The block that a text is; nothing if it is none.
///
/// # Errors
///
/// It is meant as one, and is wrong: why, in words that continue "it …".
pub(in crate::config) fn range(text: &str) -> Option<Result<Block, String>> {
    let (first, last) = MARKS.iter().find_map(|mark| text.split_once(mark))?;
    Some(block(first.trim(), last.trim()))
}

fn block(first: &str, last: &str) -> Result<Block, String> {
    let wrong =
        "has a block whose two ends are no numbers: write `6100..6119`, or `+49 30 1234-100..-119`";
    let from = digits(first).ok_or(wrong)?;
    let to = match last.strip_prefix('-') {
        // "-100..-119": the same but for what stands behind the last hyphen.
        Some(end) => {
            let (_, own) = first.rsplit_once('-').ok_or(wrong)?;
            let end = digits(end).filter(|end| Some(end.len()) == digits(own).map(|own| own.len()));
            let end = end.ok_or(
                "has a block whose two ends differ in length: write `-100..-119`, both with all digits",
            )?;
            format!("{}{end}", &from[..from.len() - end.len()])
        }
        None => digits(last).ok_or(wrong)?,
    };
    if from.len() != to.len() || from.starts_with('+') != to.starts_with('+') {
        return Err(
            "has a block whose two ends differ in length: write both with all digits".to_owned(),
        );
    }
    let same = from.bytes().zip(to.bytes()).take_while(|(a, b)| a == b);
    let same = same.count();
    let width = from.len() - same;
    let too_many = || format!("has a block of more than {MAX_RANGE} numbers");
    if width > MAX_RANGE.to_string().len() {
        return Err(if from > to { backwards() } else { too_many() });
    }
    let end = |text: &str| text[same..].parse::<usize>().unwrap_or_default();
    let (low, high) = (end(&from), end(&to));
    if low > high {
        return Err(backwards());
    }
    if high - low >= MAX_RANGE {
        return Err(too_many());
    }
    Ok(Block {
        begin: from[..same].to_owned(),
        ends: low..=high,
        width,
    })
}

fn backwards() -> String {
    "has a block whose last number is lower than its first".to_owned()
}

/// The digits of a number, with its `+` if it has one.
fn digits(text: &str) -> Option<String> {
    Some(PhoneNumber::parse(text)?.asked())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn block(text: &str) -> Vec<String> {
        let block = range(text).expect("a block").expect(text);
        let numbers: Vec<String> = block.numbers().collect();
        assert_eq!(numbers.len(), block.len());
        numbers
    }

    #[test]
    fn blocks_have_all_their_numbers() {
        assert_eq!(block("6100..6102"), ["6100", "6101", "6102"]);
        assert_eq!(block("098 .. 101"), ["098", "099", "100", "101"]);
        assert_eq!(block("7...7"), ["7"]);
        assert_eq!(block("8…9"), ["8", "9"]);
        let same = ["+49301234100", "+49301234101"];
        assert_eq!(block("+49 30 1234100..+49 30 1234101"), same);
        assert_eq!(block("+49 30 1234-100..-101"), same);
        assert_eq!(block("000..999").len(), MAX_RANGE);
        assert_eq!(range("6100-6119"), None);
        assert_eq!(range("a.b"), None);
    }

    #[test]
    fn what_is_wrong_with_one_is_told() {
        for (text, expected) in [
            ("6119..6100", "lower than its first"),
            ("6100..19", "differ in length"),
            ("+49 30 1234-100..-19", "differ in length"),
            ("6100..-19", "no numbers"),
            ("a..b", "no numbers"),
            ("..", "no numbers"),
            ("1..", "no numbers"),
            ("1000..2000", "more than 1000"),
            ("100000..999999", "more than 1000"),
            ("999999..100000", "lower than its first"),
            ("+100..1100", "differ in length"),
        ] {
            let why = range(text).expect("a block").expect_err(text);
            assert!(why.contains(expected), "{text}: {why}");
        }
    }

    #[test]
    fn repeated_blocks_made_numbers_without_end() {
        let block = range("0000..0899").expect("a block").expect("right");
        let (mut blocks, mut made, mut refused) = (Blocks::default(), 0, 0);
        for _ in 0..1000 {
            let taken = blocks.take(&block, |_| {
                made += 1;
                Ok(())
            });
            refused += usize::from(taken.is_err());
        }
        assert_eq!((made, refused), (88 * 900, 1000 - 88));
        assert!(made <= MAX_IN_BLOCKS);
        // What fits is taken yet, and wrong numbers keep no others from being taken.
        let block = range("000..799").expect("a block").expect("right");
        let taken = blocks.take(&block, |number| {
            made += 1;
            Err(number.to_owned())
        });
        assert_eq!((made, taken), (MAX_IN_BLOCKS, Err("000".to_owned())));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(text in "[0-9+ .…-]{0,40}") {
            if let Some(Ok(block)) = range(&text) {
                prop_assert!((1..=MAX_RANGE).contains(&block.len()));
                prop_assert_eq!(block.numbers().count(), block.len());
            }
        }
    }
}
