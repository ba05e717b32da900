//! Slash commands.

use super::{api_calls, wire::Done};
use crate::{error::IncomingError, model::Command};

api_calls! {
    //! # Slash commands
    //!
    //! A command that is registered arrives at [`Plugin::execute_command`](crate::Plugin::execute_command), of a plugin that asks for
    //! [`Hook::ExecuteCommand`](crate::Hook::ExecuteCommand).
    //!
    //! ```
    //! # use mattermost_plugin::{Api, error::ApiError};
    //! use mattermost_plugin::model::Command;
    //!
    //! # async fn example(api: &Api) -> Result<(), ApiError> {
    //! let command = Command {
    //!     trigger: "dice".into(),
    //!     auto_complete: true,
    //!     auto_complete_desc: "Roll a die".into(),
    //!     auto_complete_hint: "[sides]".into(),
    //!     ..Command::default()
    //! };
    //! api.register_command(&command).await?;
    //! # Ok(())
    //! # }
    //! ```

    /// Registers a slash command, in place of one with the same trigger. It lasts until the plugin
    /// is deactivated.
    pub RegisterCommand "5.2": register_command(command: &Command) -> (), by Done<IncomingError>;

    /// Takes a slash command back; `team_id` is empty for one of all teams.
    pub UnregisterCommand "5.2": unregister_command(team_id: &str, trigger: &str)
        -> (), by Done<IncomingError>;
}
