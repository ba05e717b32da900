//! Bots' accounts and profile pictures.

use std::collections::BTreeMap;

use super::{AppError, User, World, ids::fixed_id};

/// A bot to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewBot {
    /// Its username.
    pub username: String,
    /// The name that people see.
    pub display_name: String,
    /// What it is for.
    pub description: String,
}

#[derive(Default)]
pub(crate) struct Bots {
    /// The plugin that owns each bot, by the bot's id.
    owners: BTreeMap<String, String>,
    images: BTreeMap<String, Vec<u8>>,
}

impl World {
    /// The id of a plugin's bot, which is made if it does not exist (`EnsureBotUser`).
    ///
    /// # Errors
    /// 400 when there is no name, or a person has it.
    pub fn ensure_bot(&self, plugin: &str, bot: &NewBot) -> Result<String, AppError> {
        if let Ok(user) = self.user_by_name(&bot.username) {
            if user.is_bot {
                return Ok(user.id);
            }
            let words = format!("the name {} is a person's", bot.username);
            return Err(AppError::new("EnsureBot", "", words, 400));
        }
        self.create_bot(plugin, bot).map(|user| user.id)
    }

    /// Makes a bot (`CreateBot`).
    ///
    /// # Errors
    /// 400 when there is no name, or it is taken.
    pub fn create_bot(&self, plugin: &str, bot: &NewBot) -> Result<User, AppError> {
        let taken = self.user_by_name(&bot.username).is_ok();
        if bot.username.is_empty() || taken {
            let id = "model.bot.is_valid.username.app_error";
            return Err(AppError::new("CreateBot", id, "Invalid username.", 400));
        }
        let user = User {
            id: fixed_id(&format!("bot{}", bot.username)),
            username: bot.username.to_lowercase(),
            email: format!("{}@localhost", bot.username),
            first_name: bot.display_name.clone(),
            roles: "system_user".into(),
            locale: "en".into(),
            is_bot: true,
            create_at: self.now(),
            ..User::default()
        };
        let mut state = self.state();
        state.people.insert(user.clone());
        state.bots.owners.insert(user.id.clone(), plugin.into());
        drop(state);
        self.changed();
        Ok(user)
    }

    /// The plugin that owns a bot.
    pub fn bot_owner(&self, bot: &str) -> Option<String> {
        self.state().bots.owners.get(bot).cloned()
    }

    /// Sets someone's picture (`SetProfileImage`).
    ///
    /// # Errors
    /// 404 when there is no such person.
    pub fn set_profile_image(&self, user: &str, image: Vec<u8>) -> Result<(), AppError> {
        self.user(user)?;
        self.state().bots.images.insert(user.into(), image);
        self.changed();
        Ok(())
    }

    /// Someone's picture.
    pub fn profile_image(&self, user: &str) -> Option<Vec<u8>> {
        self.state().bots.images.get(user).cloned()
    }
}
