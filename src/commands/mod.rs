//! Slash commands. Each says who it is, for registration, and makes its answer out of what it is given.

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
    /// What may stand behind it, in the autocomplete list.
    pub hint: &'static str,
    /// Words that may follow it, each with what it does.
    pub subcommands: &'static [(&'static str, &'static str)],
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
}

/// Makes a command's answer.
type Run = fn(&Context<'_>) -> Response;

const ALL: &[(Command, Run)] = &[
    (phone::COMMAND, phone::run),
    (sip_dashboard::COMMAND, sip_dashboard::run),
    (sip_status::COMMAND, sip_status::run),
];

impl<H: Host> App<H> {
    /// The commands that this bundle offers.
    pub fn commands(&self) -> impl Iterator<Item = &'static Command> {
        let offered = self.bundle().commands;
        ALL.iter()
            .map(|(command, _)| command)
            .filter(|command| offered.contains(&command.trigger))
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
        run(&Context {
            arguments: arguments.trim(),
            id: self.id(),
            site_url: invocation.site_url,
            secret: person.admin.then_some(&config.phones_secret),
            snapshot: &snapshot,
        })
    }
}
