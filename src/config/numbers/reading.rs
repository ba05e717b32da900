//! How `NumbersUsers` is written.

use std::sync::Arc;

use super::complaints::Complaints;
use super::range::{Blocks, range};
use super::rows::{Line, Rows, Wanted};
use super::{Index, MAX_BYTES, MAX_ENTRIES, NumbersUsers, mac};
use crate::config::shown;
use crate::number::Plan;
use crate::text;

pub(super) struct Reading {
    index: Index,
    /// The place of the entry being read, from 1, as an admin counts them.
    place: usize,
    /// Whether places are lines: there are several.
    by_line: bool,
    blocks: Blocks,
    complaints: Complaints,
}

/// The longest beginning of a list that can be read, up to a whole entry; and whether it was cut.
pub(in crate::config) fn cut(input: &str, limit: usize) -> (&str, bool) {
    let input = input.trim_start_matches('\u{feff}');
    if input.len() <= limit {
        return (input, false);
    }
    let ends = |wanted: fn(char) -> bool| {
        let signs = input.char_indices().take_while(|(at, _)| *at <= limit);
        signs.filter(|(_, c)| wanted(*c)).last().map(|(at, _)| at)
    };
    let end = ends(|c| c == '\n').or_else(|| ends(|c| matches!(c, ',' | ';')));
    (&input[..end.unwrap_or(0)], true)
}

impl Reading {
    pub(super) fn new(plan: Plan) -> Self {
        Self {
            index: Index {
                plan,
                ..Index::default()
            },
            place: 0,
            by_line: false,
            blocks: Blocks::default(),
            complaints: Complaints::default(),
        }
    }

    pub(super) fn read(mut self, input: &str) -> (NumbersUsers, Vec<String>) {
        let (input, is_cut) = cut(input, MAX_BYTES);
        if is_cut {
            self.complaints.push(format!(
                "is longer than {MAX_BYTES} bytes; what stands behind is not read"
            ));
        }
        self.by_line = input.trim().contains('\n');
        for (place, line) in Rows::new(input, Wanted::Users) {
            if self.by_line {
                self.place = place;
            }
            match line {
                Line::Text(line) => self.line(line),
                Line::Row { numbers, name } => {
                    self.count();
                    for number in numbers {
                        for number in number.split('|') {
                            self.entry(number.trim(), &name);
                        }
                    }
                }
                Line::Wrong(why) => {
                    self.count();
                    self.complain(None, why);
                }
            }
        }
        (NumbersUsers(Arc::new(self.index)), self.complaints.finish())
    }

    /// A line as it is written by hand: `123:bob, 124:alice`.
    fn line(&mut self, line: &str) {
        let chunks = || line.split([',', ';', '\r']).map(str::trim);
        let is_alone = chunks().filter(|chunk| !chunk.is_empty()).count() == 1;
        let by_hand = is_alone || chunks().any(is_pair);
        for chunk in chunks() {
            let words = || chunk.split_whitespace();
            if words().count() > 1 && words().all(is_pair) {
                words().for_each(|word| self.pair(word, false));
            } else {
                self.pair(chunk, by_hand);
            }
        }
    }

    /// `123:bob`, `6001|+49 30 1234567:bob`. What has no colon is shown only if it stands alone in its line, or beside what was written
    /// by hand: otherwise it may be a cell of a table.
    fn pair(&mut self, entry: &str, by_hand: bool) {
        if entry.is_empty() {
            return;
        }
        self.count();
        let Some((numbers, user)) = entry.rsplit_once(':') else {
            let word = || shown::word(entry).filter(|_| !self.by_line);
            let shown = shown::number(entry).or_else(word);
            return self.complain(shown.filter(|_| by_hand), "has no colon");
        };
        if numbers.trim().is_empty() {
            return self.complain(None, "has no number before its colon");
        }
        if user.trim().is_empty() {
            return self.complain(shown::number(numbers), "has no name behind its colon");
        }
        for number in numbers.split('|') {
            self.entry(number.trim(), user);
        }
    }

    /// One number, or a block of them, and whose it is.
    fn entry(&mut self, number: &str, user: &str) {
        let user = user.trim();
        let user = text::clean(user.strip_prefix('@').unwrap_or(user));
        if user.is_empty() {
            return self.complain(shown::number(number), "has no name");
        }
        if number.is_empty() {
            return self.complain(None, "has nothing on one side of a `|`");
        }
        let user = self.index.user(&user);
        let taken = match range(number) {
            Some(block) => block.and_then(|block| {
                let insert = |number: &str| insert(&mut self.index, number, &user);
                self.blocks.take(&block, insert)
            }),
            None => insert(&mut self.index, number, &user),
        };
        if let Err(why) = taken {
            self.complain(shown::number(number), &why);
        }
    }

    fn count(&mut self) {
        if !self.by_line {
            self.place += 1;
        }
    }

    fn complain(&mut self, shown: Option<String>, what: &str) {
        let kind = if self.by_line { "line" } else { "entry" };
        let place = format!("{kind} {}", self.place);
        self.complaints.push(shown::complaint(&place, shown, what));
    }
}

fn insert(index: &mut Index, key: &str, user: &Arc<str>) -> Result<(), String> {
    if key.contains(':') && mac(key).is_none() {
        return Err("has more than one colon".to_owned());
    }
    if key.chars().count() > text::MAX_CHARS {
        return Err(format!(
            "has a number of more than {} characters",
            text::MAX_CHARS
        ));
    }
    let is_known = index.by_text.contains_key(key);
    if index.entries.len() == MAX_ENTRIES && !is_known {
        return Err(format!("is one more than the {MAX_ENTRIES} that are kept"));
    }
    match index.insert(key, user) {
        Some(before) => Err(format!(
            "gives a number that is `{before}`'s already; this later one holds"
        )),
        None => Ok(()),
    }
}

fn is_pair(word: &str) -> bool {
    word.rsplit_once(':')
        .is_some_and(|(number, user)| !number.is_empty() && !user.is_empty())
}
