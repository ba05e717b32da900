//! Lines of a list that was pasted in: as a PBX or a spreadsheet writes it, with commas, semicolons or tabs, or as it is written by hand.
//!
//! A line is a row of a table where nothing but a row can be meant: behind a header, or with two cells of which one is a number.
//! Everything else is left as it is, for whoever knows what is written by hand there.

use std::borrow::Cow;
use std::iter::Enumerate;
use std::str::Split;

use super::{mac, range};
use crate::number::PhoneNumber;

/// What a column of numbers is called, in lower case and without blanks and marks.
const NUMBERS: &[&str] = &[
    "number",
    "numbers",
    "phone",
    "phonenumber",
    "telephone",
    "telephonenumber",
    "tel",
    "extension",
    "exten",
    "ext",
    "did",
    "mobile",
    "mobilephone",
    "workphone",
    "businessphone",
    "cell",
    "mac",
    "macaddress",
    "nummer",
    "rufnummer",
    "telefon",
    "telefonnummer",
    "durchwahl",
    "nebenstelle",
    "mobil",
    "handy",
    "numéro",
    "numero",
    "téléphone",
    "tél",
    "poste",
    "portable",
];

/// What a column of people's names in Mattermost is called, and one of other names.
const USERS: &[&str] = &[
    "user",
    "username",
    "login",
    "mattermost",
    "mattermostuser",
    "benutzer",
    "benutzername",
    "utilisateur",
    "identifiant",
];
const NAMES: &[&str] = &[
    "name",
    "displayname",
    "fullname",
    "callerid",
    "contact",
    "company",
    "kontakt",
    "firma",
    "nom",
    "société",
];

/// What the heading of a column of secrets has in it. Of two columns, one whose word is known tells that the other one is the rest: but not
/// such a one.
const SECRETS: &[&str] = &[
    "pass",
    "kennwort",
    "secret",
    "geheim",
    "credential",
    "pin",
    "pwd",
    "mdp",
];

/// One line.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::config) enum Line<'a> {
    /// A row of a table.
    Row {
        /// The cells with numbers that hold something.
        numbers: Vec<Cow<'a, str>>,
        /// Whose they are.
        name: Cow<'a, str>,
    },
    /// Something else.
    Text(&'a str),
    /// A row that is wrong: why, in words that continue "it …". Of its cells nobody knows which ones are secrets.
    Wrong(&'static str),
}

/// Which names are wanted where a table has both kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::config) enum Wanted {
    /// Those of people in Mattermost.
    Users,
    /// Those that people read.
    Names,
}

/// The lines of a text that say something, with their places from 1.
#[derive(Debug)]
pub(in crate::config) struct Rows<'a> {
    lines: Enumerate<Split<'a, char>>,
    wanted: Wanted,
    header: Option<Header>,
    is_first: bool,
}

/// The heading of a table.
#[derive(Debug)]
struct Header {
    delimiter: char,
    /// Nothing where the rows cannot be read, because the column that one would have to take holds secrets.
    columns: Option<Columns>,
}

/// Which column is what.
#[derive(Debug)]
struct Columns {
    numbers: Vec<usize>,
    /// Whether its word says that a column has numbers; otherwise it is the other one of two.
    is_told: bool,
    name: usize,
}

struct Cell<'a> {
    text: Cow<'a, str>,
    is_quoted: bool,
}

impl<'a> Rows<'a> {
    pub(in crate::config) fn new(text: &'a str, wanted: Wanted) -> Self {
        Self {
            lines: text.split('\n').enumerate(),
            wanted,
            header: None,
            is_first: true,
        }
    }

    /// What a line is; nothing if it says nothing.
    fn line(&mut self, line: &'a str) -> Option<Line<'a>> {
        let line = line.trim_matches(|c: char| c.is_whitespace() && c != '\t');
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with('#') {
            return None;
        }
        let delimiter = match &self.header {
            Some(header) => Some(header.delimiter),
            None => delimiter(line),
        };
        let Some(delimiter) = delimiter else {
            return Some(Line::Text(bare));
        };
        let Ok(cells) = cells(line, delimiter) else {
            return Some(Line::Wrong("has a quote that is not closed"));
        };
        if cells.iter().all(|cell| cell.text.is_empty()) && self.header.is_some() {
            return None;
        }
        if let Some(header) = &self.header {
            return header.row(bare, cells, self.wanted);
        }
        // What stands alone in its line, such as a title, is no heading.
        let filled = cells.iter().filter(|cell| !cell.text.is_empty());
        let may_head = filled.count() > 1 && std::mem::take(&mut self.is_first);
        if may_head && let Some(header) = Header::read(&cells, delimiter, self.wanted) {
            let is_wrong = header.columns.is_none();
            self.header = Some(header);
            return is_wrong.then_some(Line::Wrong(SECRET_COLUMN));
        }
        Some(row(bare, cells, self.wanted))
    }
}

impl<'a> Iterator for Rows<'a> {
    type Item = (usize, Line<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (at, line) = self.lines.next()?;
            if let Some(line) = self.line(line) {
                return Some((at + 1, line));
            }
        }
    }
}

/// Why the rows below a heading are not read.
const SECRET_COLUMN: &str =
    "heads a column of secrets, and not both numbers and names: the rows below it are not read";

impl Header {
    /// The header that these cells are, if they are one.
    fn read(cells: &[Cell<'_>], delimiter: char, wanted: Wanted) -> Option<Self> {
        let words: Vec<String> = cells.iter().map(|cell| word(&cell.text)).collect();
        let is_data = |cell: &Cell<'_>| is_number(&cell.text) || is_pair(cell, wanted);
        if words.len() < 2 || cells.iter().any(is_data) {
            return None;
        }
        let columns = |known: &[&str]| {
            let mut found = words.iter().enumerate();
            found
                .by_ref()
                .filter(|(_, word)| known.contains(&word.as_str()))
                .map(|(at, _)| at)
                .collect::<Vec<_>>()
        };
        let numbers = columns(NUMBERS);
        let (first, second) = match wanted {
            Wanted::Users => (USERS, NAMES),
            Wanted::Names => (NAMES, USERS),
        };
        let name = columns(first).into_iter().chain(columns(second)).next();
        let is_secret = |at: usize| {
            let is_in = |secret: &&str| words[at].contains(*secret);
            SECRETS.iter().any(is_in)
        };
        // Of two columns one tells what the other is.
        let (is_told, other) = (!numbers.is_empty(), |known: usize| 1 - known);
        let columns = match (name, numbers.as_slice()) {
            (Some(name), [_, ..]) => Some((numbers, name)),
            (Some(name), []) if words.len() == 2 => {
                (!is_secret(other(name))).then(|| (vec![other(name)], name))
            }
            (None, &[number]) if words.len() == 2 => {
                (!is_secret(other(number))).then(|| (numbers, other(number)))
            }
            _ => return None,
        };
        Some(Self {
            delimiter,
            columns: columns.map(|(numbers, name)| Columns {
                numbers,
                is_told,
                name,
            }),
        })
    }

    /// A row below it; nothing where it is not read.
    fn row<'a>(&self, line: &'a str, cells: Vec<Cell<'a>>, wanted: Wanted) -> Option<Line<'a>> {
        // Below a table someone may have gone on by hand.
        let alone = cells.first().filter(|_| cells.len() == 1);
        let numbers = self.columns.iter().flat_map(|columns| &columns.numbers);
        let mut by_hand = numbers.filter_map(|&at| cells.get(at)).chain(alone);
        if by_hand.any(|cell| is_pair(cell, wanted)) {
            return Some(Line::Text(line));
        }
        let columns = self.columns.as_ref()?;
        Some(columns.row(cells))
    }
}

impl Columns {
    fn row<'a>(&self, mut cells: Vec<Cell<'a>>) -> Line<'a> {
        let mut take = |at: usize| {
            let cell = cells.get_mut(at);
            cell.map_or(Cow::Borrowed(""), |cell| std::mem::take(&mut cell.text))
        };
        let name = take(self.name);
        let numbers = self.numbers.iter().map(|&at| take(at));
        let numbers: Vec<_> = numbers.filter(|number| !number.is_empty()).collect();
        if numbers.is_empty() || !(self.is_told || numbers.iter().all(|text| is_number(text))) {
            return Line::Wrong("has no number");
        }
        Line::Row { numbers, name }
    }
}

/// A row, by what its cells look like.
fn row<'a>(line: &'a str, cells: Vec<Cell<'a>>, wanted: Wanted) -> Line<'a> {
    let any_quoted = cells.iter().any(|cell| cell.is_quoted);
    if cells.iter().any(|cell| is_pair(cell, wanted)) {
        return Line::Text(line);
    }
    let mut filled: Vec<_> = cells
        .into_iter()
        .map(|cell| cell.text)
        .filter(|text| !text.is_empty())
        .collect();
    let numbers = filled.iter().filter(|text| is_number(text)).count();
    match (filled.len(), numbers) {
        (2, 1) => {
            let at = filled.iter().position(|text| is_number(text));
            let number = filled.remove(at.unwrap_or_default());
            Line::Row {
                numbers: vec![number],
                name: filled.remove(0),
            }
        }
        (2, 2) => Line::Wrong("has two numbers and no name"),
        (3.., 1..) => Line::Wrong(
            "has more than two cells, and no line above all others says what they are: `number,name`",
        ),
        _ if any_quoted => Line::Wrong("has no number"),
        _ => Line::Text(line),
    }
}

/// What a header's cell is called, without blanks and marks.
fn word(cell: &str) -> String {
    let letters = cell.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// Whether a cell holds a number, a block of them, several, or a phone's address.
fn is_number(text: &str) -> bool {
    let one = |text: &str| {
        PhoneNumber::parse(text).is_some()
            || mac(text).is_some()
            || range::range(text).is_some_and(|range| range.is_ok())
    };
    !text.is_empty() && text.split('|').all(|text| one(text.trim()))
}

/// Whether a cell is an entry of its own, as it is written by hand: `123:bob`. Names that people read may have colons, those of users
/// have none.
fn is_pair(cell: &Cell<'_>, wanted: Wanted) -> bool {
    let Some((before, _)) = cell.text.split_once(':') else {
        return false;
    };
    !cell.is_quoted
        && mac(&cell.text).is_none()
        && (wanted == Wanted::Users || is_number(before.trim()))
}

/// What parts a line's cells: of tab, semicolon and comma the first one that stands outside of quotes.
fn delimiter(line: &str) -> Option<char> {
    let mut found = [false; 3];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            '\t' if !quoted => found[0] = true,
            ';' if !quoted => found[1] = true,
            ',' if !quoted => found[2] = true,
            _ => {}
        }
    }
    let mut signs = found.into_iter().zip(['\t', ';', ',']);
    signs.find(|(found, _)| *found).map(|(_, sign)| sign)
}

/// A row's cells (RFC 4180: a cell may stand in quotes, with two for each one inside).
fn cells(line: &str, delimiter: char) -> Result<Vec<Cell<'_>>, ()> {
    let mut cells = Vec::new();
    let mut rest = line;
    loop {
        let begin = rest.trim_start_matches(' ');
        let behind = if let Some(inner) = begin.strip_prefix('"') {
            let (text, behind) = quoted(inner)?;
            cells.push(Cell {
                text,
                is_quoted: true,
            });
            // What stands between the quote and the next cell is nobody's.
            &behind[behind.find(delimiter).unwrap_or(behind.len())..]
        } else {
            let end = begin.find(delimiter).unwrap_or(begin.len());
            cells.push(Cell {
                text: Cow::Borrowed(begin[..end].trim()),
                is_quoted: false,
            });
            &begin[end..]
        };
        match behind.strip_prefix(delimiter) {
            Some(next) => rest = next,
            None => return Ok(cells),
        }
    }
}

/// A text up to the quote that ends it, and what stands behind that.
fn quoted(text: &str) -> Result<(Cow<'_, str>, &str), ()> {
    let mut from = 0;
    while let Some(at) = text[from..].find('"').map(|at| from + at) {
        if text[at + 1..].starts_with('"') {
            from = at + 2;
            continue;
        }
        let inner = text[..at].trim();
        let inner = if inner.contains('"') {
            Cow::Owned(inner.replace("\"\"", "\""))
        } else {
            Cow::Borrowed(inner)
        };
        return Ok((inner, &text[at + 1..]));
    }
    Err(())
}
