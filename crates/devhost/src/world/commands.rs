//! Slash commands that plugins registered.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{AppError, World};

/// A slash command.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SlashCommand {
    /// The plugin whose it is.
    pub plugin_id: String,
    /// The word after the slash.
    pub trigger: String,
    /// Whether it is offered while one types.
    pub auto_complete: bool,
    /// What is said of it then.
    pub description: String,
    /// Its arguments, in words.
    pub hint: String,
}

#[derive(Default)]
pub(crate) struct Commands {
    by_trigger: BTreeMap<String, SlashCommand>,
}

impl World {
    /// Registers a command; one of the same plugin with the same trigger is replaced.
    ///
    /// # Errors
    /// 400 when the trigger is empty or holds a blank or a slash.
    pub fn register_command(&self, command: SlashCommand) -> Result<(), AppError> {
        let trigger = &command.trigger;
        if trigger.is_empty() || trigger.contains([' ', '/']) {
            let words = format!("invalid command trigger {trigger:?}");
            return Err(AppError::new("RegisterCommand", "", words, 400));
        }
        self.state()
            .commands
            .by_trigger
            .insert(trigger.to_lowercase(), command);
        self.changed();
        Ok(())
    }

    /// Takes a plugin's command away.
    pub fn unregister_command(&self, plugin: &str, trigger: &str) {
        let trigger = trigger.to_lowercase();
        let mut state = self.state();
        if state
            .commands
            .by_trigger
            .get(&trigger)
            .is_some_and(|c| c.plugin_id == plugin)
        {
            state.commands.by_trigger.remove(&trigger);
        }
        drop(state);
        self.changed();
    }

    /// Takes all commands of a plugin away, as happens when it is disabled.
    pub fn unregister_commands_of(&self, plugin: &str) {
        self.state()
            .commands
            .by_trigger
            .retain(|_, command| command.plugin_id != plugin);
        self.changed();
    }

    /// The commands, by trigger.
    pub fn commands(&self) -> Vec<SlashCommand> {
        self.state().commands.by_trigger.values().cloned().collect()
    }

    /// The command that a line begins with.
    pub fn command_for(&self, line: &str) -> Option<SlashCommand> {
        let trigger = line
            .strip_prefix('/')?
            .split_whitespace()
            .next()?
            .to_lowercase();
        self.state().commands.by_trigger.get(&trigger).cloned()
    }
}
