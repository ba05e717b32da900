//! A guide: the blocks that fit, and what is said about them.

use std::fmt::Write as _;

use super::maker::{Block, Form, HOST, Maker};
use super::{Request, Whose};
use crate::language::Language;
use crate::language::texts::setup as texts;
use crate::site;
use crate::text::markdown;

/// The shortest host that there can be, in characters: `a.de`.
const SHORTEST_HOST: usize = 4;

/// What to paste, and how it came to be.
#[derive(Debug)]
pub struct Guide<'a> {
    request: Request<'a>,
    /// What to paste; nothing where no URL fits.
    pub blocks: Vec<Block>,
    form: Form,
    /// Whether a person's name did not fit, and the phone puts in its number.
    pub by_number: bool,
    /// How many characters the server's host may have, where its own has too many and `HOST` stands in its place.
    pub room: Option<usize>,
}

/// Makes a guide whose URLs fit into what the vendor's phones take.
#[must_use]
pub fn guide<'a>(request: &Request<'a>) -> Guide<'a> {
    let vendor = request.vendor;
    let nameless = Request {
        whose: Whose::Everyone,
        ..*request
    };
    let made = |of: &Request<'a>, form: Form, host: Option<&str>| {
        let mut maker = Maker::new(of, form, host);
        let blocks = (vendor.blocks)(&mut maker);
        let guide = Guide {
            request: *request,
            blocks,
            form,
            by_number: of.whose != request.whose,
            room: None,
        };
        (guide, maker.longest())
    };
    let attempts = [*request, nameless];
    for of in &attempts {
        for &form in vendor.forms {
            let (guide, longest) = made(of, form, None);
            if longest <= vendor.limit {
                return guide;
            }
        }
    }
    // Nothing fits with this host: how long might it be? Who has a name keeps it, if a host fits at all.
    for of in &attempts {
        let (mut guide, longest) = made(of, Form::Short, Some(HOST));
        let room = (vendor.limit + HOST.len()).saturating_sub(longest);
        if room >= SHORTEST_HOST {
            guide.room = Some(room);
            return guide;
        }
    }
    Guide {
        request: *request,
        blocks: Vec::new(),
        form: Form::Short,
        by_number: false,
        room: Some(0),
    }
}

impl Guide<'_> {
    /// The guide for a reader, as Markdown.
    #[must_use]
    pub fn markdown(&self, language: Language) -> String {
        let Request { vendor, whose, .. } = self.request;
        let phones = (vendor.name)(language);
        let mut text = match whose {
            Whose::Person(name) => texts::person(language, phones, markdown(name)),
            Whose::Everyone => texts::everyone(language, phones),
        };
        text.push('\n');
        if let Some(room) = self.room {
            let host = site::host(self.request.base);
            let what = match room {
                0 => texts::nothing_fits(language, vendor.limit),
                _ => texts::host_too_long(language, format!("`{host}`"), vendor.limit, room),
            };
            let _ = write!(text, "\n{what}\n");
        }
        if self.blocks.is_empty() {
            return text;
        }
        for block in &self.blocks {
            let title = (block.title)(language);
            let _ = write!(text, "\n{title}\n```{}\n{}\n```\n", block.kind, block.text);
        }
        text.push('\n');
        let own = vendor.notes.iter().map(|note| note(language));
        let names = self
            .names(language)
            .into_iter()
            .chain(self.addresses(language));
        for note in names.chain(own) {
            let _ = writeln!(text, "- {note}");
        }
        for note in [self.secret(language), texts::check(language)] {
            let _ = writeln!(text, "- {note}");
        }
        text
    }

    /// Where the names of people come from.
    fn names(&self, language: Language) -> Option<String> {
        let vendor = self.request.vendor;
        match self.request.whose {
            Whose::Person(name) if self.by_number => {
                let name = markdown(name);
                Some(texts::name_too_long(language, name, vendor.limit))
            }
            // No code may end in the name.
            Whose::Person(name) => Some(texts::own_number(language, name.replace('`', "'"))),
            Whose::Everyone => Some(texts::numbers(language)),
        }
    }

    /// That a phone's MAC address may stand for its number, where the URLs have it.
    fn addresses(&self, language: Language) -> Option<String> {
        let mut blocks = self.blocks.iter();
        let has_address = blocks.any(|block| block.text.contains("mac="));
        has_address.then(|| texts::numbers_or_mac(language))
    }

    /// What the reader does about the secret.
    fn secret(&self, language: Language) -> String {
        let keys = self.request.keys;
        match (keys.shown, self.form) {
            (true, _) if keys.secret.is_empty() => texts::no_secret(language, keys.setting),
            (true, _) => texts::keep_secret(language),
            (false, Form::Plain) => texts::placeholder(language),
            (false, Form::Short) => texts::short_placeholder(language),
        }
    }
}
