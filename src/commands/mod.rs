//! Slash commands. Each says who it is, for registration, and makes of what it is given a `Step`: an answer that is
//! there, or something to do, whose answer takes a while. What somebody typed is read without waiting for anything; only a step that is
//! to be done waits.

mod phone;
mod sip_dashboard;
mod sip_status;
#[cfg(test)]
mod tests;
mod video;

pub(crate) use phone::{SETTINGS_FORM, switch_dnd};

use std::sync::Arc;

use crate::app::App;
use crate::board::Snapshot;
use crate::config::{Config, PhoneLinks, Secret};
use crate::host::{Host, Person, UserId};
use crate::language::texts::commands as texts;
use crate::language::{Language, Text};

/// A command, as it is registered.
#[derive(Clone, Copy, Debug)]
pub struct Command {
    /// The word behind the slash.
    pub trigger: &'static str,
    /// What it does, for lists of commands.
    pub description: Text,
    /// What it does, in the autocomplete list.
    pub autocomplete: Text,
    /// Words that may follow it.
    pub subcommands: &'static [Subcommand],
    /// What there must be for it to be offered.
    pub needs: Needs,
}

/// A word that may follow a command, or another such word.
#[derive(Clone, Copy, Debug)]
pub struct Subcommand {
    /// The word, in lower case.
    pub word: &'static str,
    /// What it does.
    pub what: Text,
    /// What follows it.
    pub then: Then,
    /// What there must be for it to be offered.
    pub needs: Needs,
}

/// What there must be for a command or a subcommand to be offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing else.
    Nothing,
    /// A PBX that can be asked for something.
    Pbx,
    /// That people may say which number is theirs.
    Links,
    /// Video conferences.
    Video,
}

/// What the settings have, as far as it decides which commands are offered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Features {
    /// A PBX that can be asked for something.
    pub pbx: bool,
    /// People may say which number is theirs.
    pub links: bool,
    /// There are video conferences.
    pub video: bool,
}

impl Features {
    /// What these settings have.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        Self {
            pbx: config.asterisk.is_some(),
            links: config.phone_links != PhoneLinks::Off,
            video: config.video.is_some(),
        }
    }

    /// Whether that is there.
    #[must_use]
    pub fn has(self, needs: Needs) -> bool {
        match needs {
            Needs::Nothing => true,
            Needs::Pbx => self.pbx,
            Needs::Links => self.links,
            Needs::Video => self.video,
        }
    }
}

/// What follows a subcommand.
#[derive(Clone, Copy, Debug)]
pub enum Then {
    /// Arguments, in this order; none of them: nothing.
    Arguments(&'static [Argument]),
    /// One more word.
    Word(&'static [Subcommand]),
}

/// An argument.
#[derive(Clone, Copy, Debug)]
pub struct Argument {
    /// Its name in brackets, as it is hinted at.
    pub hint: Text,
    /// What it means.
    pub what: Text,
    /// What is offered for it.
    pub offers: Offers,
    /// Whether it can be left out.
    pub optional: bool,
}

/// What is offered for an argument while somebody types it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offers {
    /// Nothing: it is free text.
    Nothing,
    /// What the plugin answers under `/api/v1/suggest/` and this name.
    List(&'static str),
}

/// A command as someone gave it.
#[derive(Clone, Copy, Debug)]
pub struct Invocation<'a> {
    /// The whole line, with its slash.
    pub line: &'a str,
    /// Who gave it.
    pub user: &'a UserId,
    /// In which channel, by its id.
    pub channel: &'a str,
    /// The server's address as that person reaches it, with its sub-path.
    pub site_url: &'a str,
    /// With it a form can be shown to them, within a few seconds; empty where the client gives none.
    pub trigger_id: &'a str,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// Markdown.
    pub text: String,
    /// Whether only the person who asked sees it.
    pub ephemeral: bool,
}

impl Response {
    pub(crate) fn private(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ephemeral: true,
        }
    }
}

/// What a command's answer is made of.
struct Context<'a> {
    /// What stands behind the trigger.
    arguments: &'a str,
    id: &'a str,
    site_url: &'a str,
    /// Who asks.
    person: &'a Person,
    config: &'a Config,
    /// The phones' secret, for an admin only.
    secret: Option<&'a Secret>,
    snapshot: &'a Snapshot,
    /// What the settings have.
    features: Features,
    /// What is to be said where the PBX is set and not connected.
    gone: Option<Text>,
}

impl Context<'_> {
    /// The language of whoever asks.
    fn language(&self) -> Language {
        self.person.language
    }
}

impl Command {
    /// What may stand behind it, in the autocomplete list.
    #[must_use]
    pub fn hint(&self, language: Language, features: Features) -> String {
        match self.subcommands {
            [] => String::new(),
            words => hint(language, Then::Word(words), features),
        }
    }
}

/// What follows, in short: `[one|other]` for words, or the arguments' own hints.
pub(crate) fn hint(language: Language, then: Then, features: Features) -> String {
    match then {
        Then::Word(words) => {
            let offered = words.iter().filter(|word| features.has(word.needs));
            let words: Vec<&str> = offered.map(|word| word.word).collect();
            format!("[{}]", words.join("|"))
        }
        Then::Arguments(arguments) => {
            let hints = arguments.iter().map(|argument| (argument.hint)(language));
            let hints: Vec<String> = hints.collect();
            hints.join(" ")
        }
    }
}

/// What a command comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// The answer is there.
    Say(Response),
    /// The PBX is to be asked for something.
    Ask(phone::Request),
    /// Something else is to be done.
    Do(phone::Errand),
}

impl From<Response> for Step {
    fn from(response: Response) -> Self {
        Self::Say(response)
    }
}

/// Makes of what somebody typed what comes of it.
type Run = fn(&Context<'_>) -> Step;

/// The commands that need no look at the phones' board.
const APART: &[Command] = &[video::COMMAND];

const ALL: &[(Command, Run)] = &[
    (phone::COMMAND, phone::run),
    (sip_dashboard::COMMAND, |context| {
        sip_dashboard::run(context).into()
    }),
    (sip_status::COMMAND, |context| {
        sip_status::run(context).into()
    }),
];

/// Every command there is, in whatever bundle.
pub(crate) fn all() -> impl Iterator<Item = &'static Command> {
    ALL.iter().map(|(command, _)| command).chain(APART)
}

impl<H: Host> App<H> {
    /// The commands that this bundle offers.
    pub fn commands(&self) -> impl Iterator<Item = &'static Command> {
        let (offered, features) = (self.bundle().commands, self.features());
        let is = move |command: &&Command| {
            offered.contains(&command.trigger) && features.has(command.needs)
        };
        all().filter(is)
    }

    /// What decides which commands are offered.
    pub fn features(&self) -> Features {
        Features::of(&self.config())
    }

    /// Answers a command. Guests get no answer but that, and nobody but an admin ever gets the secret.
    pub async fn execute(&self, invocation: Invocation<'_>) -> Response {
        let line = invocation.line.trim().trim_start_matches('/');
        let (trigger, arguments) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let found = ALL
            .iter()
            .find(|(command, _)| command.trigger.eq_ignore_ascii_case(trigger));
        let Some(person) = self.person(invocation.user).await else {
            // Nor is it known what they read.
            return Response::private(texts::who_are_you(Language::default()));
        };
        let language = person.language;
        // Also for guests, who may be members of the channel.
        if trigger.eq_ignore_ascii_case(video::COMMAND.trigger) {
            return video::link(self, &person, invocation.channel).await;
        }
        let Some((_, run)) = found else {
            return Response::private(texts::unknown_command(language));
        };
        if person.guest || person.deactivated {
            return Response::private(texts::no_guests(language));
        }
        let Ok(snapshot) = self.snapshot().await else {
            return Response::private(texts::stopping(language));
        };
        let config = self.config();
        let snapshot: Arc<Snapshot> = snapshot;
        let step = run(&Context {
            arguments: arguments.trim(),
            id: self.id(),
            site_url: invocation.site_url,
            person: &person,
            config: &config,
            secret: person.admin.then_some(&config.phones_secret),
            snapshot: &snapshot,
            features: Features::of(&config),
            gone: self.asterisk().report().state.gone(),
        });
        match step {
            Step::Say(response) => response,
            Step::Ask(request) => {
                let answer = request.perform(self.calls(), &person, &snapshot.queues);
                Response::private(answer.await)
            }
            Step::Do(errand) => {
                let asker = phone::Asker {
                    person: &person,
                    trigger_id: invocation.trigger_id,
                };
                Response::private(errand.perform(self, &asker).await)
            }
        }
    }
}
