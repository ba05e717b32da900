//! People's statuses, and records of the key-value store.

use gob::Time;
use mattermost_plugin::model::{CustomStatus as ServerStatus, Preference};

use super::Mattermost;
use crate::host::{
    CustomStatus, HostError, PersonalStatus, PersonalStatuses, Records, Server, UserId,
};
use crate::language::Language;

/// How many keys one page of the store has.
const KEYS_A_PAGE: i64 = 1000;

impl PersonalStatuses for Mattermost {
    async fn personal_status(&self, user: &UserId) -> Result<PersonalStatus, HostError> {
        let status = self.api.get_user_status(user.as_str()).await?;
        Ok(PersonalStatus {
            status: status.status,
            manual: status.manual,
            dnd_end: status.dnd_end_time,
            previous: status.prev_status,
        })
    }

    async fn set_status(&self, user: &UserId, status: &str) -> Result<(), HostError> {
        self.api.update_user_status(user.as_str(), status).await?;
        Ok(())
    }

    async fn set_timed_dnd(&self, user: &UserId, end: i64) -> Result<(), HostError> {
        self.api
            .set_user_status_timed_dnd(user.as_str(), end)
            .await?;
        Ok(())
    }

    async fn custom_status(&self, user: &UserId) -> Result<Option<CustomStatus>, HostError> {
        let user = self.api.get_user(user.as_str()).await?;
        Ok(user.custom_status().map(ours))
    }

    async fn set_custom_status(
        &self,
        user: &UserId,
        status: Option<&CustomStatus>,
    ) -> Result<(), HostError> {
        let user = user.as_str();
        match status {
            Some(status) => {
                self.api
                    .update_user_custom_status(user, &theirs(status))
                    .await?;
            }
            None => self.api.remove_user_custom_status(user).await?,
        }
        Ok(())
    }

    async fn recent_custom_statuses(&self, user: &UserId) -> Result<Option<String>, HostError> {
        let (category, name) = ServerStatus::RECENT;
        let all = self.api.get_preferences_for_user(user.as_str()).await?;
        let recent = all
            .into_iter()
            .find(|preference| preference.category == category && preference.name == name);
        Ok(recent.map(|preference| preference.value))
    }

    async fn set_recent_custom_statuses(&self, user: &UserId, json: &str) -> Result<(), HostError> {
        let (category, name) = ServerStatus::RECENT;
        let preference = Preference {
            user_id: user.as_str().to_owned(),
            category: category.to_owned(),
            name: name.to_owned(),
            value: json.to_owned(),
        };
        Ok(self
            .api
            .update_preferences_for_user(user.as_str(), &[preference])
            .await?)
    }
}

impl Server for Mattermost {
    async fn server_language(&self) -> Result<Language, HostError> {
        let config = self.api.get_config().await?;
        let locale = config.localization_settings.default_server_locale;
        Ok(Language::from_locale(&locale))
    }

    async fn custom_statuses_enabled(&self) -> Result<bool, HostError> {
        let config = self.api.get_config().await?;
        Ok(config.team_settings.enable_custom_user_statuses)
    }
}

impl Records for Mattermost {
    async fn put(&self, key: &str, value: Option<&[u8]>) -> Result<(), HostError> {
        match value {
            Some(value) => self.api.kv_set(key, value).await?,
            None => self.api.kv_delete(key).await?,
        }
        Ok(())
    }

    async fn keys(&self, prefix: &str) -> Result<Vec<String>, HostError> {
        let mut keys = Vec::new();
        for page in 0.. {
            let listed = self.api.kv_list(page, KEYS_A_PAGE).await?;
            let last = listed.len() < KEYS_A_PAGE as usize;
            keys.extend(listed.into_iter().filter(|key| key.starts_with(prefix)));
            if last {
                break;
            }
        }
        Ok(keys)
    }
}

fn ours(status: ServerStatus) -> CustomStatus {
    let end = status.expires_at;
    let millis = || {
        let seconds = u64::try_from(end.unix()).unwrap_or_default();
        // Something that ended before 1970 ended all the same.
        (seconds * 1000 + u64::from(end.nanos() / 1_000_000)).max(1)
    };
    CustomStatus {
        emoji: status.emoji,
        text: status.text,
        duration: status.duration,
        expires_at: if end.is_zero() { 0 } else { millis() },
    }
}

fn theirs(status: &CustomStatus) -> ServerStatus {
    let end = status.expires_at;
    ServerStatus {
        emoji: status.emoji.clone(),
        text: status.text.clone(),
        duration: status.duration.clone(),
        expires_at: match end {
            0 => Time::ZERO,
            end => Time::from_unix((end / 1000) as i64, (end % 1000) as u32 * 1_000_000),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_custom_status_is_the_same_there_and_back() {
        for expires_at in [0, 1, 1_763_000_000_123] {
            let status = CustomStatus {
                emoji: "palm_tree".to_owned(),
                text: "Away".to_owned(),
                duration: "date_and_time".to_owned(),
                expires_at,
            };
            assert_eq!(ours(theirs(&status)), status);
        }
    }
}
