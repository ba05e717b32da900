//! A slash command with what is offered while somebody types, a setting and a bot: `/dice [sides]`.
//!
//! The bot posts the roll to the channel, so nobody can write one by hand; what is wrong is told only to the one who typed.

use std::{
    hash::{BuildHasher, RandomState},
    process::ExitCode,
    sync::atomic::{AtomicU64, Ordering},
};

use http::StatusCode;
use mattermost_plugin::{
    Api, Context, Hook, Plugin,
    error::{ApiError, AppError, HookError},
    model::{AutocompleteData, Bot, Command, CommandArgs, CommandResponse, Post},
};
use serde_json::Value;

/// How many sides a die has that was not told of, where no setting says so.
const SIDES: u64 = 6;

/// The most sides.
const MAX_SIDES: u64 = 1000;

struct Dice {
    api: Api,
    bot: String,
    /// How many sides a die has that was not told of.
    sides: AtomicU64,
}

impl Plugin for Dice {
    const HOOKS: &'static [Hook] = &[Hook::ExecuteCommand];

    async fn activate(api: Api) -> Result<Self, HookError> {
        let bot = Bot {
            username: "dice".into(),
            display_name: "Dice".into(),
            description: "Rolls dice: /dice".into(),
            ..Bot::default()
        };
        let bot = api.ensure_bot_user(&bot).await?;
        let offered = AutocompleteData::new("dice", "[sides]", "Roll a die").with_text(
            "How many sides it has",
            "[sides]",
            "[0-9]+",
        );
        let command = Command {
            trigger: "dice".into(),
            auto_complete: true,
            auto_complete_desc: "Roll a die".into(),
            auto_complete_hint: "[sides]".into(),
            autocomplete_data: Some(offered),
            ..Command::default()
        };
        api.register_command(&command).await?;
        let sides = AtomicU64::new(sides(&api).await?);
        Ok(Self { api, bot, sides })
    }

    async fn configuration_changed(&self) -> Result<(), HookError> {
        let sides = sides(&self.api).await?;
        self.sides.store(sides, Ordering::Relaxed);
        Ok(())
    }

    async fn execute_command(
        &self,
        _: Context,
        args: CommandArgs,
    ) -> Result<CommandResponse, AppError> {
        let sides = match args.command.split_whitespace().nth(1) {
            None => self.sides.load(Ordering::Relaxed),
            Some(word) => match word.parse() {
                Ok(sides @ 2..=MAX_SIDES) => sides,
                _ => {
                    let text = format!("A die has 2 to {MAX_SIDES} sides: `/dice 20`.");
                    return Ok(CommandResponse::ephemeral(text));
                }
            },
        };
        // Seeded anew by the system's randomness each time.
        let roll = RandomState::new().hash_one(sides) % sides + 1;
        let post = Post {
            user_id: self.bot.clone(),
            channel_id: args.channel_id,
            root_id: args.root_id,
            message: format!("rolled {roll} of {sides}"),
            ..Post::default()
        };
        match self.api.create_post(&post).await {
            Ok(_) => Ok(CommandResponse::default()),
            Err(e) => Err(AppError::new(
                "com.example.command.post",
                format!("The roll could not be posted: {e}"),
                StatusCode::BAD_GATEWAY,
            )),
        }
    }
}

/// The setting, whichever way it was stored: a number or its text, under a key in any case.
async fn sides(api: &Api) -> Result<u64, ApiError> {
    let settings: Value = api.load_plugin_configuration().await?;
    let mut all = settings.as_object().into_iter().flatten();
    let value = all
        .find(|(key, _)| key.eq_ignore_ascii_case("Sides"))
        .map(|(_, value)| value);
    let sides = match value {
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    };
    Ok(sides
        .filter(|sides| (2..=MAX_SIDES).contains(sides))
        .unwrap_or(SIDES))
}

fn main() -> ExitCode {
    mattermost_plugin::run::<Dice>()
}
