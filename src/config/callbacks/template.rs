//! One address, with words in it that a call's values take the place of.

use std::fmt;
use std::sync::Arc;

use percent_encoding::utf8_percent_encode;

use crate::config::shown;
use crate::outbound::Url;
use crate::site::RESERVED;
use crate::text;

/// The longest address in a setting, in bytes.
pub const MAX_TEMPLATE_BYTES: usize = 2048;

/// The longest address with the call's values in it, in bytes.
pub const MAX_CALLED_BYTES: usize = 8 * 1024;

/// The longest word between two asterisks that is taken for one.
const MAX_WORD: usize = 32;

/// A value of a call that an address can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    Calling,
    Called,
    Dialed,
    Event,
}

impl Word {
    /// As OVH's dashboard has them.
    const ALL: [(&'static str, Self); 4] = [
        ("CALLING", Self::Calling),
        ("CALLED", Self::Called),
        ("DIALED", Self::Dialed),
        ("EVENT", Self::Event),
    ];
}

/// What stands for the words of an address. Numbers are as they were told, and may be empty.
#[derive(Clone, Copy, Debug)]
pub struct CallValues<'a> {
    /// `*CALLING*`: the caller's number.
    pub calling: &'a str,
    /// `*CALLED*`: the number of the line or the queue.
    pub called: &'a str,
    /// `*DIALED*`: the number that the caller dialled.
    pub dialed: &'a str,
    /// `*EVENT*`: what happened.
    pub event: &'a str,
}

/// An address with words such as `*CALLING*` in its path, its query or behind its `#`.
#[derive(Clone, PartialEq, Eq)]
pub struct Template {
    /// What stands before each word, and the word; the last one has none.
    parts: Arc<[(Box<str>, Option<Word>)]>,
    origin: Arc<str>,
    line: usize,
}

/// An address may hold a key, so no more than its host is shown.
impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = (self.line, &self.origin);
        f.debug_tuple("Template").field(&shown).finish()
    }
}

impl Template {
    /// The host, with its port unless that is the usual one: what may be shown of the address.
    #[must_use]
    pub fn origin(&self) -> &Arc<str> {
        &self.origin
    }

    /// The line of the setting that it stands in, from 1: what it is called where something is wrong with it.
    #[must_use]
    pub const fn line(&self) -> usize {
        self.line
    }

    /// The address of a call. Every character of a value that could mean something in an address is escaped (RFC 3986, 2.1), so
    /// that it stays in its place; a value of nothing but dots, which as a part of a path would lead out of it and cannot be
    /// escaped, is left out. Nothing where the address would be longer than [`MAX_CALLED_BYTES`].
    #[must_use]
    pub fn fill(&self, values: &CallValues<'_>) -> Option<String> {
        let mut url = String::new();
        for (before, word) in &*self.parts {
            url.push_str(before);
            let value = match word {
                Some(Word::Calling) => values.calling,
                Some(Word::Called) => values.called,
                Some(Word::Dialed) => values.dialed,
                Some(Word::Event) => values.event,
                None => continue,
            };
            let value = text::clean(value);
            if !value.bytes().all(|b| b == b'.') {
                url.extend(utf8_percent_encode(&value, RESERVED));
            }
        }
        (url.len() <= MAX_CALLED_BYTES).then_some(url)
    }

    /// Reads the address in that line of the setting. An error is what is wrong with it.
    pub(super) fn parse(line: &str, at: usize) -> Result<(Self, Url), String> {
        if line.len() > MAX_TEMPLATE_BYTES {
            return Err(format!("is longer than {MAX_TEMPLATE_BYTES} bytes"));
        }
        let rest = line.split_once("://").map_or("", |(_, rest)| rest);
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (mut parts, mut sample) = (Vec::new(), String::new());
        let path = line.len() - rest.len() + end;
        let (head, mut tail) = line.split_at(path);
        // A caller may not choose whom they are told to.
        if head.contains('*') {
            return Err("has a `*` in its scheme or host".to_owned());
        }
        let mut before = head.to_owned();
        while let Some((plain, behind)) = tail.split_once('*') {
            before.push_str(plain);
            let (word, behind) = word(behind)?;
            sample.push_str(&before);
            sample.push('1');
            parts.push((std::mem::take(&mut before).into(), Some(word)));
            tail = behind;
        }
        before.push_str(tail);
        sample.push_str(&before);
        parts.push((before.into(), None));
        let url = Url::parse(&sample).map_err(|error| format!("cannot be called: {error}"))?;
        let template = Self {
            parts: parts.into(),
            origin: url.origin().into(),
            line: at,
        };
        Ok((template, url))
    }
}

/// The word behind an asterisk, and what follows it.
fn word(behind: &str) -> Result<(Word, &str), String> {
    let fits = |word: &&str| {
        let is_letter = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        (1..=MAX_WORD).contains(&word.len()) && word.bytes().all(is_letter)
    };
    let found = behind.split_once('*').filter(|(word, _)| fits(word));
    let Some((word, behind)) = found else {
        return Err("has a `*` that begins no word; write `%2A` where one is meant".to_owned());
    };
    if let Some((_, known)) = Word::ALL.iter().find(|(name, _)| *name == word) {
        return Ok((*known, behind));
    }
    let same = |(name, _): &&(&str, Word)| word.eq_ignore_ascii_case(name);
    Err(match Word::ALL.iter().find(same) {
        Some((name, _)) => format!("has `*{name}*` in small letters, which is no word"),
        None => match shown::word(word) {
            Some(word) => format!("has the word `*{word}*`, which is unknown"),
            None => "has a word between two `*` that is unknown".to_owned(),
        },
    })
}
