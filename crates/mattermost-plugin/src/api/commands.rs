//! Slash commands.

use super::{api_calls, wire::Done};
use crate::{error::IncomingError, model::Command};

api_calls! {
    /// Registers a slash command, in place of one with the same trigger. It lasts until the plugin
    /// is deactivated.
    pub RegisterCommand "5.2": register_command(command: &Command) -> (), by Done<IncomingError>;

    /// Takes a slash command back; `team_id` is empty for one of all teams.
    pub UnregisterCommand "5.2": unregister_command(team_id: &str, trigger: &str)
        -> (), by Done<IncomingError>;
}
