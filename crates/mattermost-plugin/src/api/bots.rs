//! Bots.

use super::{
    Api, api_calls,
    wire::{OneOf, Two},
};
use crate::{
    error::{ApiError, IncomingError},
    model::{Bot, BotPatch},
};

/// The key under which Mattermost itself keeps the id of a plugin's bot, in the plugin's own store.
const BOT_KEY: &str = "mmi_botid";

api_calls! {
    //! # Bots
    //!
    //! A plugin's bot is an account in whose name it posts. [`Api::ensure_bot_user`] is the one call that most plugins need.
    //!
    //! ```
    //! # use mattermost_plugin::{Api, error::ApiError};
    //! use mattermost_plugin::model::Bot;
    //!
    //! # async fn example(api: &Api) -> Result<(), ApiError> {
    //! let bot = Bot {
    //!     username: "dice".into(),
    //!     display_name: "Dice".into(),
    //!     description: "Rolls dice".into(),
    //!     ..Bot::default()
    //! };
    //! let bot_id = api.ensure_bot_user(&bot).await?;
    //! # Ok(())
    //! # }
    //! ```

    /// As [`Api::ensure_bot_user`].
    EnsureBotUser "7.1": ensure_bot(bot: &Bot) -> String, by Two<String, IncomingError>;

    /// Makes a bot and its account.
    pub CreateBot "5.10": create_bot(bot: &Bot) -> Bot, by OneOf<Bot>;

    /// Changes a bot.
    pub PatchBot "5.10": patch_bot(bot_user_id: &str, patch: &BotPatch) -> Bot, by OneOf<Bot>;
}

impl Api {
    /// Makes the plugin's bot if it does not exist, gives it this name and description, and says
    /// its account's id. Mattermost's `EnsureBotUser`, from 7.1; on older servers the same is done
    /// in single steps, with the same key in the store, so that it stays one bot through upgrades.
    ///
    /// An account of a person that has this user name already is taken as it is, with a warning in
    /// the log.
    ///
    /// # Errors
    /// [`ApiError`]: the server's refusal, or no answer.
    pub async fn ensure_bot_user(&self, bot: &Bot) -> Result<String, ApiError> {
        match self.ensure_bot(bot).await {
            Err(e) if e.is_unknown_method() => self.ensure_bot_in_steps(bot).await,
            outcome => outcome,
        }
    }

    async fn ensure_bot_in_steps(&self, bot: &Bot) -> Result<String, ApiError> {
        if let Some(id) = self.kv_get(BOT_KEY).await? {
            let id = String::from_utf8_lossy(&id).into_owned();
            let patch = BotPatch {
                username: Some(bot.username.clone()),
                display_name: Some(bot.display_name.clone()),
                description: Some(bot.description.clone()),
            };
            match self.patch_bot(&id, &patch).await {
                Err(e) if e.is_not_found() => {}
                outcome => return outcome.map(|_| id),
            }
        }
        let id = match self.get_user_by_username(&bot.username).await {
            Ok(user) if !user.is_bot => {
                tracing::warn!(
                    username = bot.username,
                    "an account of a person has the bot's name; posts are made in its name"
                );
                return Ok(user.id);
            }
            Ok(user) => user.id,
            Err(e) if e.is_not_found() => self.create_bot(bot).await?.user_id,
            Err(e) => return Err(e),
        };
        self.kv_set(BOT_KEY, id.as_bytes()).await?;
        Ok(id)
    }
}
