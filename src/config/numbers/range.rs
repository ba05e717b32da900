//! Blocks of numbers: `6100..6119`, `+49 30 1234-100..-119`.

use crate::number::PhoneNumber;

/// What stands between a block's first and last number. A text editor may have made three dots of two, or one sign.
const MARKS: [&str; 3] = ["...", "…", ".."];

/// The most numbers of one block.
pub const MAX_RANGE: usize = 1000;

/// All numbers of a block, in their order; nothing if it is none.
///
/// # Errors
///
/// It is meant as one, and is wrong: why, in words that continue "it …".
pub(in crate::config) fn range(text: &str) -> Option<Result<Vec<String>, String>> {
    let (first, last) = MARKS.iter().find_map(|mark| text.split_once(mark))?;
    Some(numbers(first.trim(), last.trim()))
}

fn numbers(first: &str, last: &str) -> Result<Vec<String>, String> {
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
    let begin = &from[..same];
    Ok((low..=high)
        .map(|number| match width {
            0 => begin.to_owned(),
            width => format!("{begin}{number:0width$}"),
        })
        .collect())
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
        range(text).expect("a block").expect(text)
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

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(text in "[0-9+ .…-]{0,40}") {
            if let Some(Ok(numbers)) = range(&text) {
                prop_assert!((1..=MAX_RANGE).contains(&numbers.len()));
            }
        }
    }
}
