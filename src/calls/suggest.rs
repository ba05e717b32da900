//! Suggestions while somebody types whom to call.

use std::collections::{HashMap, HashSet};

use super::people::{Owner, fold, is_username};
use super::{Calls, CallsHost, Dial, Pbx, Way};
use crate::board::{Device, Name};

/// The most suggestions that are made at once.
pub const MAX_SUGGESTIONS: usize = 50;

/// The longest text that is looked for, in bytes.
const MAX_TYPED: usize = 256;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suggestions {
    /// Whom to call: people with a number that may be called, and extensions.
    Call,
    /// Whom to write to: people with an extension, and extensions.
    Message,
}

/// A suggestion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What is to be typed: `@bob`, or a number.
    pub item: String,
    /// The number behind it.
    pub number: String,
    /// Whose it is, as people call them, if known. Plain text.
    pub name: Option<Name>,
    /// What their phone is in, if Asterisk tells.
    pub device: Option<Device>,
}

impl<H: CallsHost, P: Pbx> Calls<H, P> {
    /// Suggestions for what somebody has typed so far, [`MAX_SUGGESTIONS`] at most: people and lines whose number, user name, or a
    /// word of whose name begins with it. First those whose number or user name does, then by name. Neither the server nor
    /// the PBX is asked for it.
    #[must_use]
    pub fn suggestions(&self, which: Suggestions, typed: &str) -> Vec<Suggestion> {
        let Ok(known) = self.known() else {
            return Vec::new();
        };
        if typed.len() > MAX_TYPED {
            return Vec::new();
        }
        let typed = Typed::new(typed);
        let extensions = self.pbx.extensions();
        let devices: HashMap<&Dial, Device> = extensions
            .iter()
            .map(|extension| (&extension.number, extension.device))
            .collect();
        let mut found: Vec<(u8, Suggestion)> = Vec::new();
        let mut listed: HashSet<Dial> = HashSet::new();
        for owner in known.book.owners() {
            if let Some((dial, suggestion)) = self.person(owner, which, &devices) {
                let rank = typed.rank(&suggestion, &owner.folded);
                found.extend(rank.map(|rank| (rank, suggestion)));
                listed.insert(dial);
            }
        }
        for extension in &extensions {
            let number = extension.number.as_str();
            let allowed =
                known.rules.extensions.matches(number) || known.book.named(number).is_some();
            if !allowed || listed.contains(&extension.number) {
                continue;
            }
            let has_name = *extension.user != *number;
            let suggestion = Suggestion {
                item: number.to_owned(),
                number: number.to_owned(),
                name: has_name.then(|| extension.user.clone()),
                device: Some(extension.device),
            };
            let rank = typed.rank(&suggestion, &extension.user.to_lowercase());
            found.extend(rank.map(|rank| (rank, suggestion)));
        }
        found.sort_by_cached_key(|(rank, suggestion)| {
            let name = suggestion.name.as_ref().map(|name| name.to_lowercase());
            // Lines without a name come last.
            (*rank, name.is_none(), name, suggestion.number.clone())
        });
        found.truncate(MAX_SUGGESTIONS);
        found
            .into_iter()
            .map(|(_, suggestion)| suggestion)
            .collect()
    }

    /// A person as a suggestion; nothing if they cannot be called, or not be written to.
    fn person(
        &self,
        owner: &Owner,
        which: Suggestions,
        devices: &HashMap<&Dial, Device>,
    ) -> Option<(Dial, Suggestion)> {
        let face = self.faces.of(owner);
        if face.as_ref().is_some_and(|face| face.deactivated) {
            return None;
        }
        let target = owner.target().ok()?;
        if which == Suggestions::Message && target.way != Way::Extension {
            return None;
        }
        let item = if is_username(&owner.folded) {
            format!("@{}", owner.folded)
        } else {
            target.number.clone()
        };
        let suggestion = Suggestion {
            item,
            name: Some(face.map_or_else(|| owner.name.clone(), |face| face.display_name)),
            device: devices.get(&target.dial).copied(),
            number: target.number,
        };
        Some((target.dial, suggestion))
    }
}

/// What somebody has typed so far.
struct Typed {
    text: String,
    /// Its digits, if it has no letters.
    number: Option<String>,
}

impl Typed {
    fn new(typed: &str) -> Self {
        let text = fold(typed);
        let is_number =
            !text.contains(char::is_alphabetic) && text.contains(|c: char| is_dialled(c));
        Self {
            number: is_number.then(|| text.chars().filter(|&c| is_dialled(c)).collect()),
            text,
        }
    }

    /// How well a suggestion fits, 0 the best; nothing if it does not.
    fn rank(&self, suggestion: &Suggestion, username: &str) -> Option<u8> {
        let number = self.number.as_ref();
        if username.starts_with(&self.text)
            || number.is_some_and(|number| suggestion.number.starts_with(&**number))
        {
            return Some(0);
        }
        let name = suggestion.name.as_ref()?.to_lowercase();
        let begins = |text: &str| {
            let words = text.split(|c: char| !c.is_alphanumeric());
            text.starts_with(&self.text)
                || words.into_iter().any(|word| word.starts_with(&self.text))
        };
        (begins(&name) || begins(username)).then_some(1)
    }
}

fn is_dialled(c: char) -> bool {
    c.is_ascii_digit() || "+*#".contains(c)
}
