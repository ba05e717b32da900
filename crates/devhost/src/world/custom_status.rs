//! The emoji and words beside a person's name.

use serde::{Deserialize, Serialize};

use super::{AppError, Preference, World};

/// How many of their last custom statuses a person is offered again.
pub const RECENT_CUSTOM_STATUSES: usize = 5;

/// The preference that holds them, as JSON.
const RECENT: (&str, &str) = ("custom_status", "recent_custom_statuses");

/// The account's prop that holds the current one, as JSON.
const PROP: &str = "customStatus";

/// A custom status. As JSON it has the server's own names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomStatus {
    /// The emoji's name, without colons.
    pub emoji: String,
    /// The words.
    pub text: String,
    /// How long it was meant to last, such as `thirty_minutes` or `date_and_time`; empty for ever.
    pub duration: String,
    /// When it ends, in RFC 3339.
    pub expires_at: String,
}

impl World {
    /// Sets someone's custom status (`UpdateUserCustomStatus`), which also puts it in front of
    /// their recent ones.
    ///
    /// # Errors
    /// 400 when emoji and words are both empty, 404 when there is no such person.
    pub fn set_custom_status(&self, user: &str, status: &CustomStatus) -> Result<(), AppError> {
        self.user(user)?;
        if status.emoji.is_empty() && status.text.is_empty() {
            let id = "api.custom_status.set_custom_statuses.update.app_error";
            return Err(AppError::new(
                "SetCustomStatus",
                id,
                "Failed to update the custom status.",
                400,
            ));
        }
        let mut status = status.clone();
        if status.emoji.is_empty() {
            status.emoji = "speech_balloon".into();
        }
        self.put_prop(user, serde_json::to_string(&status).unwrap_or_default());
        let mut recent = self.recent_custom_statuses(user);
        recent.retain(|known| (&known.emoji, &known.text) != (&status.emoji, &status.text));
        recent.insert(0, status);
        recent.truncate(RECENT_CUSTOM_STATUSES);
        let (category, name) = RECENT;
        self.set_preferences(
            user,
            vec![Preference {
                user_id: user.into(),
                category: category.into(),
                name: name.into(),
                value: serde_json::to_string(&recent).unwrap_or_default(),
            }],
        )
    }

    /// Takes someone's custom status away (`RemoveUserCustomStatus`).
    ///
    /// # Errors
    /// 404 when there is no such person.
    pub fn remove_custom_status(&self, user: &str) -> Result<(), AppError> {
        self.user(user)?;
        self.put_prop(user, String::new());
        Ok(())
    }

    /// Someone's custom status, even if its time is over: the server keeps those.
    pub fn custom_status(&self, user: &str) -> Option<CustomStatus> {
        let user = self.user(user).ok()?;
        serde_json::from_str(user.props.get(PROP)?).ok()
    }

    /// The custom statuses that someone is offered again, the latest first.
    pub fn recent_custom_statuses(&self, user: &str) -> Vec<CustomStatus> {
        let preferences = self.preferences(user);
        let recent = preferences
            .iter()
            .find(|p| (p.category.as_str(), p.name.as_str()) == RECENT);
        recent
            .and_then(|p| serde_json::from_str(&p.value).ok())
            .unwrap_or_default()
    }

    /// Every connected client hears of it.
    fn put_prop(&self, user: &str, json: String) {
        self.change_user(user, |user| {
            user.props.insert(PROP.into(), json);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::fixed_id;

    #[test]
    fn five_are_remembered_the_latest_first_and_each_once() {
        let (world, bob) = (World::new(), fixed_id("bob"));
        for text in ["1", "2", "3", "4", "5", "6", "3"] {
            let status = CustomStatus {
                text: text.into(),
                ..CustomStatus::default()
            };
            world.set_custom_status(&bob, &status).unwrap();
        }
        let recent: Vec<_> = world
            .recent_custom_statuses(&bob)
            .into_iter()
            .map(|status| status.text)
            .collect();
        assert_eq!(recent, ["3", "6", "5", "4", "2"]);
        assert_eq!(world.custom_status(&bob).unwrap().emoji, "speech_balloon");
        world.remove_custom_status(&bob).unwrap();
        assert_eq!(world.custom_status(&bob), None);
        assert_eq!(world.recent_custom_statuses(&bob).len(), 5);
    }
}
