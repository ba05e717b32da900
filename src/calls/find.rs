//! Who somebody is on the telephone: their own extension, and whom they mean.

use tokio::time::timeout;

use super::denied::Reason;
use super::dial::Written;
use super::people::{LOOKUP_LIMIT, Owner, fold, is_username, nobody};
use super::{Calls, CallsHost, Denied, Dial, Known, Pbx, Target};
use crate::host::{HostErrorKind, Person};

/// The most people who are listed where several go by one name.
pub(super) const MAX_LISTED: usize = 10;

impl<H: CallsHost, P: Pbx> Calls<H, P> {
    /// That person's own extension: the first one that `NumbersUsers` has for their user name; one with letters in it only if a
    /// pattern or the PBX has it, as far as the PBX's are known. Their display name does not count,
    /// since people choose it themselves.
    ///
    /// # Errors
    ///
    /// They have none; the sentence tells how to link one.
    pub fn extension_of(&self, person: &Person) -> Result<Dial, Denied> {
        let known = self.known()?;
        let username = || person.username.to_string();
        let Some(owner) = known.book.owner(&person.username) else {
            return Err(Reason::NoNumber {
                username: username(),
            }
            .into());
        };
        self.faces.learn(&known.book, person);
        let own = owner.own_phone(|| self.pbx.extensions());
        own.ok_or_else(|| {
            Denied::from(Reason::NoExtension {
                username: username(),
                number: owner.first_number().to_owned(),
            })
        })
    }

    /// Who is meant by a number as people write it, by `@bob`, or by a name, and whether a rule allows to call there. Names are
    /// looked for in this order: extensions that have letters in their names, people in `NumbersUsers`, display names, other
    /// people of the server.
    ///
    /// # Errors
    ///
    /// Nobody, several, or a number that no pattern allows.
    pub async fn target(&self, text: &str) -> Result<Target, Denied> {
        let known = self.known()?;
        let target = match Written::read(text)? {
            Written::Number(number) => {
                let owner = known.rules.numbers.user(&number);
                let owner = owner.and_then(|name| known.book.owner(name));
                let name = owner.map(|owner| self.faces.name_of(owner));
                Target::of_number(&number, &known.rules)?.named(name)
            }
            Written::Words(words) => match words.strip_prefix('@') {
                Some(name) => self.user(&known, name).await?,
                None => self.called(&known, &words).await?,
            },
        };
        Ok(target)
    }

    /// Whoever has that user name.
    async fn user(&self, known: &Known, name: &str) -> Result<Target, Reason> {
        if let Some(owner) = known.book.owner(name) {
            return self.of(owner);
        }
        // What they call themselves does not count: it may be the name of somebody else in NumbersUsers.
        match self.look_up(name).await? {
            Some(person) => Err(no_number(&person)),
            None => Err(nobody(name)),
        }
    }

    /// Whoever, or whatever, goes by that name.
    async fn called(&self, known: &Known, name: &str) -> Result<Target, Reason> {
        if let Some(dial) = known.book.named(name) {
            let owner = known.rules.numbers.user(dial.as_str());
            let owner = owner.and_then(|name| known.book.owner(name));
            let name = owner.map(|owner| self.faces.name_of(owner));
            return Ok(Target::of_named(dial.clone()).named(name));
        }
        if let Some(owner) = known.book.owner(name) {
            return self.of(owner);
        }
        match &*self.faces.called(&known.book, name) {
            [] => {}
            [owner] => return self.of(owner),
            several => {
                let matches = several.iter().take(MAX_LISTED);
                return Err(Reason::Ambiguous {
                    name: name.to_owned(),
                    matches: matches.map(|owner| format!("@{}", owner.folded)).collect(),
                });
            }
        }
        let named = Dial::new(name);
        if let Some(dial) = named
            .as_ref()
            .filter(|_| known.rules.extensions.matches(name))
        {
            return Ok(Target::of_named(dial.clone()));
        }
        if let Some(person) = self.look_up(name).await? {
            // Some have their people's full names in NumbersUsers.
            let owner = known.book.owner(&person.display_name);
            return owner.map_or_else(|| Err(no_number(&person)), |owner| self.of(owner));
        }
        // Letters cannot stand in a pattern by chance, so the admin may not know that they have to.
        let is_known = |dial: &Dial| {
            let mut extensions = self.pbx.extensions().into_iter();
            extensions.any(|extension| extension.number == *dial)
        };
        if named.as_ref().is_some_and(is_known) {
            return Err(Reason::ExtensionNotAllowed {
                number: name.to_owned(),
            });
        }
        if name.starts_with(|c: char| c.is_ascii_digit() || "+(*#".contains(c)) {
            return Err(Reason::NotANumber {
                text: name.to_owned(),
            });
        }
        Err(nobody(name))
    }

    /// The server's user of that name; nothing if there is none.
    async fn look_up(&self, name: &str) -> Result<Option<Person>, Reason> {
        let username = fold(name);
        if !is_username(&username) {
            return Ok(None);
        }
        let lookup = timeout(LOOKUP_LIMIT, self.host.user_by_name(&username));
        match lookup.await {
            Ok(Ok(person)) => Ok(Some(person)),
            Ok(Err(error)) if error.kind == HostErrorKind::NotFound => Ok(None),
            failed => {
                if let Ok(Err(error)) = failed {
                    tracing::warn!(%error, "a person could not be looked up");
                }
                Err(Reason::LookupFailed {
                    name: name.to_owned(),
                })
            }
        }
    }

    fn of(&self, owner: &Owner) -> Result<Target, Reason> {
        let target = owner.target()?;
        Ok(target.named(Some(self.faces.name_of(owner))))
    }
}

fn no_number(person: &Person) -> Reason {
    Reason::TheyHaveNoNumber {
        name: person.display_name.to_string(),
        username: person.username.to_string(),
    }
}

/// What phones and colleagues read of somebody: `6001 alice`, their own extension and their user name, neither of which is anybody
/// else's. The display name is not in it: anybody may take a colleague's. The extension comes first, so that a phone's or a queue's
/// limit cuts the user name. Whoever has none has the word `chat` there, as a user name may look like an extension; and a `_`, which
/// phones are shown as a blank, becomes a hyphen, so that a user name cannot look like both.
pub(super) fn certain_name(person: &Person, extension: Option<&Dial>) -> String {
    let username = person.username.replace('_', "-");
    let extension = extension.map_or("chat", Dial::as_str);
    format!("{extension} {username}")
}
