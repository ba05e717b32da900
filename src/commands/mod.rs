//! Slash commands. Each says who it is, for registration, and makes of what it is given a `Step`: an answer that is
//! there, or something for the PBX to do, whose answer takes a while. What somebody typed is read without waiting for anything;
//! only a step that is a `phone::Request` waits.

mod phone;
mod sip_dashboard;
mod sip_status;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::app::App;
use crate::board::Snapshot;
use crate::config::Secret;
use crate::host::{Host, UserId};

/// A command, as it is registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command {
    /// The word behind the slash.
    pub trigger: &'static str,
    /// What it does, for lists of commands.
    pub description: &'static str,
    /// What it does, in the autocomplete list.
    pub autocomplete: &'static str,
    /// Words that may follow it.
    pub subcommands: &'static [Subcommand],
}

/// A word that may follow a command, or another such word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subcommand {
    /// The word, in lower case.
    pub word: &'static str,
    /// What it does.
    pub what: &'static str,
    /// What follows it.
    pub then: Then,
    /// Whether it asks the PBX for something, so that it is offered only where there is one.
    pub pbx: bool,
}

/// What follows a subcommand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Arguments, in this order; none of them: nothing.
    Arguments(&'static [Argument]),
    /// One more word.
    Word(&'static [Subcommand]),
}

/// An argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argument {
    /// Its name in brackets, as it is hinted at.
    pub hint: &'static str,
    /// What it means.
    pub what: &'static str,
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
    /// The server's address as that person reaches it, with its sub-path.
    pub site_url: &'a str,
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
    fn private(text: impl Into<String>) -> Self {
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
    /// The phones' secret, for an admin only.
    secret: Option<&'a Secret>,
    snapshot: &'a Snapshot,
    /// Whether there is a PBX.
    pbx: bool,
    /// What is to be said where the PBX is set and not connected.
    gone: Option<&'static str>,
}

impl Command {
    /// What may stand behind it, in the autocomplete list.
    #[must_use]
    pub fn hint(&self, pbx: bool) -> String {
        match self.subcommands {
            [] => String::new(),
            words => hint(Then::Word(words), pbx),
        }
    }
}

/// What follows, in short: `[one|other]` for words, or the arguments' own hints.
pub(crate) fn hint(then: Then, pbx: bool) -> String {
    match then {
        Then::Word(words) => {
            let offered = words.iter().filter(|word| pbx || !word.pbx);
            let words: Vec<&str> = offered.map(|word| word.word).collect();
            format!("[{}]", words.join("|"))
        }
        Then::Arguments(arguments) => {
            let hints: Vec<&str> = arguments.iter().map(|argument| argument.hint).collect();
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
}

impl From<Response> for Step {
    fn from(response: Response) -> Self {
        Self::Say(response)
    }
}

/// Makes of what somebody typed what comes of it.
type Run = fn(&Context<'_>) -> Step;

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
    ALL.iter().map(|(command, _)| command)
}

impl<H: Host> App<H> {
    /// The commands that this bundle offers.
    pub fn commands(&self) -> impl Iterator<Item = &'static Command> {
        let offered = self.bundle().commands;
        all().filter(|command| offered.contains(&command.trigger))
    }

    /// Whether subcommands that ask the PBX for something are offered: where one is set.
    pub fn offers_pbx(&self) -> bool {
        self.config().asterisk.is_some()
    }

    /// Answers a command. Guests get no answer but that, and nobody but an admin ever gets the secret.
    pub async fn execute(&self, invocation: Invocation<'_>) -> Response {
        let line = invocation.line.trim().trim_start_matches('/');
        let (trigger, arguments) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let found = ALL
            .iter()
            .find(|(command, _)| command.trigger.eq_ignore_ascii_case(trigger));
        let Some((_, run)) = found else {
            return Response::private("This plugin does not know that command.");
        };
        let Some(person) = self.person(invocation.user).await else {
            return Response::private("Mattermost could not be asked who you are. Try again.");
        };
        if person.guest || person.deactivated {
            return Response::private("Guests cannot see the phones.");
        }
        let Ok(snapshot) = self.snapshot().await else {
            return Response::private("The plugin is stopping. Try again in a moment.");
        };
        let config = self.config();
        let snapshot: Arc<Snapshot> = snapshot;
        let step = run(&Context {
            arguments: arguments.trim(),
            id: self.id(),
            site_url: invocation.site_url,
            secret: person.admin.then_some(&config.phones_secret),
            snapshot: &snapshot,
            pbx: config.asterisk.is_some(),
            gone: self.asterisk().report().state.gone(),
        });
        match step {
            Step::Say(response) => response,
            Step::Ask(request) => {
                let answer = request.perform(self.calls(), &person, &snapshot.queues);
                Response::private(answer.await)
            }
        }
    }
}
