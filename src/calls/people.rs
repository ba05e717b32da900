//! Whose number is whose, and what people are called.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};

use super::denied::Reason;
use super::dial::Written;
use super::{Dial, Extension, Target, lock};
use crate::board::Name;
use crate::config::CallRules;
use crate::host::{Directory, HostErrorKind, Person};
pub(super) use crate::people::{fold, is_username};
use crate::tasks;

/// How long Mattermost may take to say who somebody is.
pub(super) const LOOKUP_LIMIT: Duration = Duration::from_secs(5);

/// How long between two people whose names are read in the background.
const PACE: Duration = Duration::from_millis(50);

/// How often the names are read again.
const READ_AGAIN: Duration = Duration::from_secs(60 * 60);

/// How soon they are where one could not be read.
const READ_AGAIN_SOON: Duration = Duration::from_secs(60);

/// The people of `NumbersUsers`, as the rules see them. Made once for each change of the rules.
#[derive(Debug, Default)]
pub(super) struct Book {
    owners: Vec<Owner>,
    by_name: HashMap<Box<str>, usize>,
    /// Extensions with letters in their names, by those in lower case.
    named: HashMap<Box<str>, Dial>,
}

/// Somebody with numbers.
#[derive(Debug)]
pub(super) struct Owner {
    /// As `NumbersUsers` has it.
    pub(super) name: Name,
    /// The same in lower case, without `@`.
    pub(super) folded: Box<str>,
    /// All of their numbers, in their order.
    numbers: Vec<Box<str>>,
    /// The first that is an extension.
    pub(super) extension: Option<Dial>,
    /// All that may be their own phone's, in their order.
    own: Vec<Own>,
    target: Result<Target, Reason>,
}

/// What may be somebody's own phone.
#[derive(Debug)]
struct Own {
    extension: Dial,
    /// Whether the patterns have it. Otherwise there are letters in it, and it may as well be no extension but, say, a pattern.
    sure: bool,
}

impl Book {
    pub(super) fn new(rules: &CallRules) -> Self {
        let mut book = Self::default();
        for (text, name) in rules.numbers.numbers() {
            let Ok(written) = Written::read(text) else {
                continue;
            };
            let extension = match &written {
                Written::Number(number) => {
                    let fits = rules.extensions.matches(number);
                    fits.then(|| Dial::new(number)).flatten()
                }
                Written::Words(words) => Dial::new(words),
            };
            let folded = fold(name).into_boxed_str();
            let at = *book.by_name.entry(folded.clone()).or_insert_with(|| {
                book.owners.push(Owner {
                    name: Arc::clone(name),
                    folded,
                    target: Err(nobody(name)),
                    numbers: Vec::new(),
                    extension: None,
                    own: Vec::new(),
                });
                book.owners.len() - 1
            });
            let owner = &mut book.owners[at];
            if let (Written::Words(words), Some(dial)) = (&written, &extension) {
                book.named.insert(words.to_lowercase().into(), dial.clone());
            }
            owner.numbers.push(text.into());
            if let Some(extension) = extension {
                let sure = rules.extensions.matches(extension.as_str());
                owner.own.push(Own {
                    extension: extension.clone(),
                    sure,
                });
                owner.extension.get_or_insert(extension);
            }
        }
        for owner in &mut book.owners {
            owner.target = owner.find_target(rules);
        }
        book
    }

    pub(super) fn owners(&self) -> &[Owner] {
        &self.owners
    }

    /// Whoever has that name, in any case, with `@` before it or not.
    pub(super) fn owner(&self, name: &str) -> Option<&Owner> {
        self.by_name.get(&*fold(name)).map(|&at| &self.owners[at])
    }

    /// The extension of that name, which has letters in it.
    pub(super) fn named(&self, name: &str) -> Option<&Dial> {
        self.named.get(&*name.to_lowercase())
    }
}

impl Owner {
    /// Their number as `NumbersUsers` has it, the first of them.
    pub(super) fn first_number(&self) -> &str {
        self.numbers.first().map_or("", |number| number)
    }

    /// Their own phone's: the first one that the patterns have or that is one of `known`, the PBX's. Where nothing is known
    /// of the PBX's, any of them may be.
    pub(super) fn own_phone(&self, known: impl FnOnce() -> Vec<Extension>) -> Option<Dial> {
        if self.own.first().is_none_or(|own| own.sure) {
            return self.extension.clone();
        }
        let known = known();
        let is_known = |own: &&Own| {
            own.sure || known.is_empty() || known.iter().any(|known| known.number == own.extension)
        };
        let own = self.own.iter().find(is_known);
        own.map(|own| own.extension.clone())
    }

    /// Where they are called, not yet with a name.
    ///
    /// # Errors
    ///
    /// Why the first of their numbers is not allowed.
    pub(super) fn target(&self) -> Result<Target, Reason> {
        self.target.clone()
    }

    /// At their extension, else at the first of their numbers that a rule allows.
    fn find_target(&self, rules: &CallRules) -> Result<Target, Reason> {
        if let Some(extension) = &self.extension {
            return Ok(Target::of_named(extension.clone()));
        }
        let mut first = None;
        for number in &self.numbers {
            let target = match Written::read(number)? {
                Written::Number(number) => Target::of_number(&number, rules),
                Written::Words(text) => Err(Reason::NotANumber { text }),
            };
            match target {
                Ok(target) => return Ok(target),
                Err(reason) => drop(first.get_or_insert(reason)),
            }
        }
        Err(first.unwrap_or_else(|| nobody(&self.name)))
    }
}

/// There is nobody of that name.
pub(super) fn nobody(name: &str) -> Reason {
    Reason::Nobody {
        name: name.to_owned(),
    }
}

/// What people of the book are called, as far as Mattermost told. It is read in the background, one after the other, so that finding
/// somebody by name asks nothing of the server.
#[derive(Debug, Default)]
pub(super) struct Faces {
    known: Mutex<HashMap<Box<str>, Face>>,
    /// Who is read, and the task that does.
    reading: Mutex<Option<(HashSet<Box<str>>, AbortHandle)>>,
}

/// What somebody is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Face {
    pub(super) display_name: Arc<str>,
    pub(super) deactivated: bool,
}

impl Faces {
    /// Reads the names of these people from now on, and forgets the others.
    pub(super) fn read<H: Directory + Send + Sync + 'static>(
        self: &Arc<Self>,
        host: &Arc<H>,
        book: &Book,
    ) {
        let names = book.owners.iter().map(|owner| &owner.folded);
        let names: HashSet<Box<str>> = names.filter(|name| is_username(name)).cloned().collect();
        let mut reading = lock(&self.reading);
        if reading
            .as_ref()
            .is_some_and(|(before, task)| *before == names && !task.is_finished())
        {
            return;
        }
        if let Some((_, task)) = reading.take() {
            task.abort();
        }
        lock(&self.known).retain(|name, _| names.contains(name));
        if !names.is_empty() {
            let task = tasks::spawn(keep_reading(
                Arc::clone(self),
                Arc::clone(host),
                names.clone(),
            ));
            *reading = Some((names, task.abort_handle()));
        }
    }

    /// Reads no more.
    pub(super) fn stop(&self) {
        if let Some((_, task)) = lock(&self.reading).take() {
            task.abort();
        }
    }

    pub(super) fn of(&self, owner: &Owner) -> Option<Face> {
        lock(&self.known).get(&owner.folded).cloned()
    }

    /// What people call them.
    pub(super) fn name_of(&self, owner: &Owner) -> Name {
        self.of(owner)
            .map_or_else(|| Arc::clone(&owner.name), |face| face.display_name)
    }

    /// What was learnt of somebody on the way.
    pub(super) fn learn(&self, book: &Book, person: &Person) {
        let username = person.username.to_lowercase();
        if book.by_name.contains_key(&*username) {
            lock(&self.known).insert(username.into_boxed_str(), Face::of(person));
        }
    }

    /// Everybody of the book whose display name that is.
    pub(super) fn called<'a>(&self, book: &'a Book, name: &str) -> Vec<&'a Owner> {
        let name = fold(name);
        let known = lock(&self.known);
        let is = |owner: &&Owner| {
            let face = known.get(&owner.folded);
            face.is_some_and(|face| !face.deactivated && fold(&face.display_name) == name)
        };
        book.owners.iter().filter(is).collect()
    }
}

impl Face {
    fn of(person: &Person) -> Self {
        Self {
            display_name: Arc::clone(&person.display_name),
            deactivated: person.deactivated,
        }
    }
}

async fn keep_reading<H: Directory>(faces: Arc<Faces>, host: Arc<H>, names: HashSet<Box<str>>) {
    loop {
        let mut all = true;
        for name in &names {
            match timeout(LOOKUP_LIMIT, host.user_by_name(name)).await {
                Ok(Ok(person)) => {
                    lock(&faces.known).insert(name.clone(), Face::of(&person));
                }
                Ok(Err(error)) if error.kind == HostErrorKind::NotFound => {
                    lock(&faces.known).remove(name);
                }
                Ok(Err(_)) | Err(_) => all = false,
            }
            sleep(PACE).await;
        }
        sleep(if all { READ_AGAIN } else { READ_AGAIN_SOON }).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{DialPatterns, NumbersUsers};

    fn rules(numbers: &str) -> CallRules {
        CallRules {
            extensions: DialPatterns::parse("6XXX").0,
            outside: DialPatterns::parse("01.").0,
            international_prefix: "00".to_owned(),
            numbers: NumbersUsers::parse(numbers).0,
            ..CallRules::default()
        }
    }

    fn dialled(book: &Book, name: &str) -> Option<String> {
        let target = book.owner(name)?.target().ok()?;
        Some(target.dial.to_string())
    }

    #[test]
    fn the_first_extension_is_ones_own() {
        let rules = rules(
            "+33 1 40:Bob, 60-02:@bob, 6003:bob, 0004f2abcdef:bob, desk-4:eve, 0140:zoe, 0240:joe",
        );
        let book = Book::new(&rules);
        let own = |name: &str| book.owner(name)?.extension.as_ref().map(Dial::as_str);
        assert_eq!(own("bob"), Some("6002"));
        assert_eq!(own("BOB"), Some("6002"));
        assert_eq!(own("@Bob"), Some("6002"));
        assert_eq!(own("eve"), Some("desk-4"));
        assert_eq!(own("zoe"), None);
        assert_eq!(own("nobody"), None);
        assert_eq!(dialled(&book, "zoe").as_deref(), Some("0140"));
        assert_eq!(dialled(&book, "joe"), None, "no rule allows it");
        assert_eq!(
            book.owner("zoe").and_then(|zoe| zoe.own_phone(Vec::new)),
            None
        );
        assert_eq!(book.named("Desk-4").map(Dial::as_str), Some("desk-4"));
    }

    #[test]
    fn letters_are_ones_own_phone_where_the_pbx_or_a_pattern_has_them() {
        let mut rules = rules("7xx:carol, 7xx-2:dan, 6003:dan, desk-4:eve");
        let known = |names: &[&str]| -> Vec<Extension> {
            let extension = |name: &&str| Extension {
                number: Dial::new(name).expect("a name"),
                user: Arc::from(*name),
                device: crate::board::Device::Free,
            };
            names.iter().map(extension).collect()
        };
        let own = |rules: &CallRules, name: &str, of: &[&str]| {
            let book = Book::new(rules);
            let own = book.owner(name)?.own_phone(|| known(of));
            own.map(|dial| dial.to_string())
        };
        let there = ["6001", "desk-4"];
        assert_eq!(own(&rules, "carol", &there), None);
        assert_eq!(own(&rules, "dan", &there).as_deref(), Some("6003"));
        assert_eq!(own(&rules, "eve", &there).as_deref(), Some("desk-4"));
        assert_eq!(own(&rules, "eve", &["6001"]), None);
        assert_eq!(own(&rules, "eve", &[]).as_deref(), Some("desk-4"));
        rules.extensions = DialPatterns::parse("6XXX, desk-X").0;
        assert_eq!(own(&rules, "eve", &["6001"]).as_deref(), Some("desk-4"));
    }
}
