//! `NumberBook`: what outside numbers are called.

use std::sync::Arc;

use super::numbers::{Blocks, Complaints, Line, Rows, Wanted, cut, range};
use super::shown;
use crate::number::{NumberMap, PhoneNumber, Plan};
use crate::text;

/// The longest text that is read, in bytes. A longer one is read up to the last line that fits.
const MAX_BYTES: usize = 1024 * 1024;

/// The most numbers that are kept.
const MAX_NUMBERS: usize = 20_000;

/// Names of numbers. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct NumberBook(Arc<Index>);

#[derive(Debug, Default)]
struct Index {
    plan: Plan,
    entries: Vec<(PhoneNumber, Arc<str>)>,
    by_number: NumberMap<usize>,
}

impl PartialEq for NumberBook {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
            || (self.0.plan == other.0.plan && self.0.entries == other.0.entries)
    }
}

impl Eq for NumberBook {}

impl NumberBook {
    /// Reads `+49 30 1234567: Miller & Sons`, one a line; or rows of a table, with their cells parted by commas, semicolons or tabs. A
    /// line that begins with `#` says nothing. `|` parts several numbers of one name, and `..` stands between the first and the last
    /// of a block. Wrong lines are left out and described; the others work. Of two lines for one number the later one holds.
    #[must_use]
    pub fn read(input: &str, plan: Plan) -> (Self, Vec<String>) {
        let mut index = Index {
            plan,
            ..Index::default()
        };
        let (mut blocks, mut complaints) = (Blocks::default(), Complaints::default());
        let (input, is_cut) = cut(input, MAX_BYTES);
        if is_cut {
            complaints.push(format!(
                "is longer than {MAX_BYTES} bytes; what stands behind is not read"
            ));
        }
        for (place, line) in Rows::new(input, Wanted::Names) {
            let (numbers, taken) = match line {
                // A name may have colons; a number has none.
                Line::Text(line) => match line.split_once(':') {
                    Some((numbers, name)) => (
                        Some(numbers.to_owned()),
                        index.entry(numbers, name, &mut blocks),
                    ),
                    None => (Some(line.to_owned()), Err("has no colon".to_owned())),
                },
                Line::Row { numbers, name } => {
                    let numbers = numbers.join("|");
                    let taken = index.entry(&numbers, &name, &mut blocks);
                    (Some(numbers), taken)
                }
                Line::Wrong(why) => (None, Err(why.to_owned())),
            };
            if let Err(why) = taken {
                let shown = numbers.and_then(|numbers| shown::number(&numbers));
                complaints.push(shown::complaint(&format!("line {place}"), shown, &why));
            }
        }
        (Self(Arc::new(index)), complaints.finish())
    }

    /// What a number is called.
    #[must_use]
    pub fn name(&self, number: &PhoneNumber) -> Option<&Arc<str>> {
        let at = *self.0.by_number.get(number)?;
        Some(&self.0.entries[at].1)
    }

    /// How many numbers it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.entries.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.entries.is_empty()
    }
}

impl Index {
    /// Every number of the entry that is one is taken; the first that is none is what is wrong.
    fn entry(&mut self, numbers: &str, name: &str, blocks: &mut Blocks) -> Result<(), String> {
        let name = text::clean(name);
        if name.is_empty() {
            return Err("has no name".to_owned());
        }
        let name: Arc<str> = Arc::from(&*name);
        let mut taken = Ok(());
        for number in numbers.split('|') {
            let now = match range(number) {
                Some(block) => {
                    block.and_then(|block| blocks.take(&block, |number| self.insert(number, &name)))
                }
                None => self.insert(number, &name),
            };
            taken = taken.and(now);
        }
        taken
    }

    fn insert(&mut self, number: &str, name: &Arc<str>) -> Result<(), String> {
        let number = self
            .plan
            .read(number)
            .ok_or("has no number before its name")?;
        let known = self.by_number.get(&number).copied();
        let before = match known {
            // What is said once more takes no place of its own.
            Some(at) if self.entries[at].0 == number => {
                Some(std::mem::replace(&mut self.entries[at].1, Arc::clone(name)))
            }
            _ if self.entries.len() == MAX_NUMBERS => {
                return Err(format!("is one more than the {MAX_NUMBERS} that are kept"));
            }
            _ => {
                self.by_number.insert(number, self.entries.len());
                self.entries.push((number, Arc::clone(name)));
                known.map(|at| Arc::clone(&self.entries[at].1))
            }
        };
        match before {
            Some(before) if before != *name => Err(format!(
                "gives a number that is called `{before}` already; this later one holds"
            )),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name<'a>(book: &'a NumberBook, number: &str) -> Option<&'a str> {
        let number = book.0.plan.read(number)?;
        book.name(&number).map(|name| &**name)
    }

    #[test]
    fn lines_and_tables_are_read() {
        for text in [
            "+49 30 1234567: Miller, Sons & Co\n0170 7654321: Praxis: Dr. Wolf",
            "# customers\n\n+49 30 1234567:  Miller, Sons & Co \r\n0170 7654321: Praxis: Dr. Wolf\r\n",
            "+49 30 1234567,\"Miller, Sons & Co\"\nPraxis: Dr. Wolf;0170 7654321",
            "Company\tPhone\nMiller, Sons & Co\t+49 30 1234567\nPraxis: Dr. Wolf\t0170 7654321",
        ] {
            let (book, complaints) = NumberBook::read(text, Plan::default());
            assert_eq!(complaints, [""; 0], "{text}");
            assert_eq!(
                name(&book, "030/1234567"),
                Some("Miller, Sons & Co"),
                "{text}"
            );
            assert_eq!(
                name(&book, "+491707654321"),
                Some("Praxis: Dr. Wolf"),
                "{text}"
            );
            assert_eq!(name(&book, "030/1234568"), None);
        }
        let text = "030 1234-0|030 1234-10..-12: Miller";
        let (book, complaints) = NumberBook::read(text, Plan::of("DE").expect("a country"));
        assert_eq!(complaints, [""; 0]);
        assert_eq!(book.len(), 4);
        assert_eq!(name(&book, "+4930123411"), Some("Miller"));
    }

    #[test]
    fn the_page_showed_a_block_that_is_refused() {
        let page = include_str!("../../docs/numbers.md");
        let section = page.split_once("## The number book").expect("a section").1;
        let example = section.split_once("```text\n").expect("an example").1;
        let example = example.split_once("```").expect("its end").0;
        let (book, complaints) = NumberBook::read(example, Plan::of("DE").expect("a country"));
        assert_eq!(complaints, [""; 0]);
        assert_eq!(book.len(), 102);
        assert_eq!(name(&book, "030 765450"), Some("Wolf GmbH, Berlin"));
        assert_eq!(name(&book, "+49 170 1234567"), Some("Dr. Wolf: Praxis"));
    }

    #[test]
    fn wrong_lines_are_named_and_the_others_work() {
        let text = "+49 30 1234567: Miller\nfoo\nfoo: bar\n+49 30 1234568:\n\n030 1234567: Sons\n5..3: x\n7:y";
        let (book, complaints) = NumberBook::read(text, Plan::of("DE").expect("a country"));
        assert_eq!(
            complaints,
            [
                "line 2 has no colon",
                "line 3 has no number before its name",
                "line 4 `+49 30 1234568` has no name",
                "line 6 `030 1234567` gives a number that is called `Miller` already; this later one holds",
                "line 7 `5..3` has a block whose last number is lower than its first",
            ]
        );
        assert_eq!(name(&book, "0049301234567"), Some("Sons"));
        assert_eq!(name(&book, "7"), Some("y"));
    }

    #[test]
    fn repeated_blocks_made_numbers_without_end() {
        let (book, complaints) =
            NumberBook::read(&"6100..6999,b\n".repeat(80_000), Plan::default());
        assert_eq!(book.len(), 900);
        // 88 blocks of 900 are as many as fit into 80,000.
        let what = "line 89 `6100..6999` is a block too many: ";
        assert!(complaints[0].starts_with(what), "{}", complaints[0]);
        let unnamed = 80_000 - 88 - (complaints.len() - 1);
        let what = format!("has {unnamed} more entries that are wrong");
        assert_eq!(complaints.last(), Some(&what));
        // Nor does a number that is said again and again fill the book, and a block is taken but for what is wrong with it.
        let text = format!(
            "{}6100: Sons\n6100..6101: Miller",
            "7: x\n".repeat(MAX_NUMBERS)
        );
        let (book, complaints) = NumberBook::read(&text, Plan::default());
        assert_eq!((book.len(), complaints.len()), (3, 1), "{complaints:?}");
        assert_eq!(name(&book, "6100"), Some("Miller"));
        assert_eq!(name(&book, "6101"), Some("Miller"));
    }

    #[test]
    fn passwords_of_a_pasted_table_were_told() {
        for text in [
            "6001,s3cretSIP,bob,Bob B\n6002,hush:hush,eve,Eve",
            "extension,password,name\n,s3cretSIP,Bob\nSIP,s3cretSIP,Bob\n6001,s3cretSIP,",
            "extension,password,name\nx:y,s3cretSIP,Bob\n6001,\"s3cretSIP,Bob",
            "x,s3cretSIP,Bob\nx s3cretSIP Bob\nx:s3cretSIP,Bob\ns3cretSIP",
        ] {
            let (_, complaints) = NumberBook::read(text, Plan::default());
            let begins = text.starts_with("extension");
            let wrong = text.lines().count() - usize::from(begins);
            assert_eq!(complaints.len(), wrong, "{complaints:?}");
            for (at, complaint) in complaints.iter().enumerate() {
                let place = format!("line {} ", at + 1 + usize::from(begins));
                assert!(complaint.starts_with(&place), "{complaint}");
                for secret in ["s3cret", "hush", "Bob", "Eve"] {
                    assert!(!complaint.contains(secret), "{complaint}");
                }
            }
        }
    }

    #[test]
    fn names_are_cut_and_clean_and_the_book_is_bounded() {
        let text = format!("1:a\u{202e}b{}", "x".repeat(1000));
        let (book, _) = NumberBook::read(&text, Plan::default());
        let cut = name(&book, "1").expect("a name");
        assert_eq!(cut.chars().count(), text::MAX_CHARS);
        assert!(cut.starts_with("abx"));
        let many: String = (0..=MAX_NUMBERS).map(|n| format!("{n}: x\n")).collect();
        let (book, complaints) = NumberBook::read(&many, Plan::default());
        assert_eq!((book.len(), complaints.len()), (MAX_NUMBERS, 1));
        let long = format!("1: {}\n2: b", "é".repeat(MAX_BYTES));
        let (book, complaints) = NumberBook::read(&long, Plan::default());
        assert_eq!((book.len(), complaints.len()), (0, 1));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(text in "[0-9a-c:,;|\" .\n+é-]{0,80}") {
            let (book, complaints) = NumberBook::read(&text, Plan::default());
            prop_assert!(book.len() + complaints.len() <= text.len() * 1000);
        }
    }
}
