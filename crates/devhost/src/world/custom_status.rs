//! The emoji and words beside a person's name.
//!
//! The rules are Mattermost 9.11's, as recorded in `tests/statuses`.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::{AppError, Preference, World};

/// How many of their last custom statuses a person is offered again.
pub const RECENT_CUSTOM_STATUSES: usize = 5;

/// Characters of a custom status's words; the rest is cut off.
pub const CUSTOM_STATUS_TEXT_MAX: usize = 100;

/// The preference that holds the recent ones, as JSON.
const RECENT: (&str, &str) = ("custom_status", "recent_custom_statuses");

/// The account's prop that holds the current one, as JSON.
const PROP: &str = "customStatus";

/// How Go writes its zero time: a custom status without end.
const NO_END: &str = "0001-01-01T00:00:00Z";

/// A custom status. As JSON it has the server's own names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CustomStatus {
    /// The emoji's name, without colons.
    pub emoji: String,
    /// The words.
    pub text: String,
    /// How long it was meant to last, such as `thirty_minutes` or `date_and_time`; empty for ever.
    pub duration: String,
    /// When it ends, in RFC 3339; `0001-01-01T00:00:00Z` for never.
    pub expires_at: String,
}

impl Default for CustomStatus {
    fn default() -> Self {
        Self {
            emoji: String::new(),
            text: String::new(),
            duration: String::new(),
            expires_at: NO_END.into(),
        }
    }
}

impl CustomStatus {
    /// Its end in milliseconds since 1970; `None` for never.
    fn end(&self) -> Option<i64> {
        let end = humantime::parse_rfc3339(&self.expires_at).ok()?;
        let end = end.duration_since(std::time::UNIX_EPOCH).ok()?;
        i64::try_from(end.as_millis()).ok()
    }
}

fn refused(id: &str, words: &str) -> AppError {
    let id = format!("api.custom_status.set_custom_statuses.{id}");
    AppError::new("SetCustomStatus", &id, words, 400)
}

impl World {
    /// Sets someone's custom status (`UpdateUserCustomStatus`), which also puts it in front of
    /// their recent ones, in place of one with the same words. An end that is past is taken.
    ///
    /// # Errors
    /// 400 when emoji and words are both empty, or there is no such emoji
    /// ([`super::ServerConfig::missing_emojis`]); 404 when there is no such person.
    pub fn set_custom_status(&self, user: &str, status: &CustomStatus) -> Result<(), AppError> {
        if status.emoji.is_empty() && status.text.is_empty() {
            return Err(refused(
                "update.app_error",
                "Failed to update the custom status.",
            ));
        }
        if self.config().missing_emojis.contains(&status.emoji) {
            return Err(refused("emoji_not_found", "No such emoji."));
        }
        self.user(user)?;
        let mut shown = status.clone();
        shown.text = status.text.chars().take(CUSTOM_STATUS_TEXT_MAX).collect();
        if shown.duration.is_empty() && shown.end().is_some_and(|end| end >= self.now()) {
            shown.duration = "date_and_time".into();
        }
        self.put_prop(user, as_go_writes(&shown));
        // What the preference holds is not what the account shows: neither cut nor completed.
        match self.recent_as_kept(user) {
            Some(Err(_)) => Ok(()),
            recent => {
                let mut recent = recent.and_then(Result::ok).unwrap_or_default();
                recent.retain(|known| known.text != status.text);
                recent.insert(0, status.clone());
                recent.truncate(RECENT_CUSTOM_STATUSES);
                self.keep_recent(user, &recent)
            }
        }
    }

    /// Someone sets their custom status themselves (`PUT /api/v4/users/me/status/custom`).
    ///
    /// # Errors
    /// As [`World::set_custom_status`], and 400 for an end that is past, 501 where custom statuses are
    /// switched off.
    pub fn choose_custom_status(&self, user: &str, status: &CustomStatus) -> Result<(), AppError> {
        self.custom_statuses_are_on()?;
        let empty = status.emoji.is_empty() && status.text.is_empty();
        if empty || status.end().is_some_and(|end| end < self.now()) {
            let id = "api.context.invalid_body_param.app_error";
            let words = "Invalid or missing custom_status in request body.";
            return Err(AppError::new("SetInvalidParam", id, words, 400));
        }
        self.set_custom_status(user, status)
    }

    /// Takes someone's custom status away (`RemoveUserCustomStatus`). The recent ones stay.
    ///
    /// # Errors
    /// 404 when there is no such person.
    pub fn remove_custom_status(&self, user: &str) -> Result<(), AppError> {
        self.user(user)?;
        self.put_prop(user, String::new());
        Ok(())
    }

    /// Someone takes their custom status away themselves (`DELETE /api/v4/users/me/status/custom`).
    ///
    /// # Errors
    /// As [`World::remove_custom_status`], and 501 where custom statuses are switched off.
    pub fn drop_custom_status(&self, user: &str) -> Result<(), AppError> {
        self.custom_statuses_are_on()?;
        self.remove_custom_status(user)
    }

    /// Someone's custom status, even if its time is over: the server keeps those.
    pub fn custom_status(&self, user: &str) -> Option<CustomStatus> {
        let user = self.user(user).ok()?;
        serde_json::from_str(user.props.get(PROP)?).ok()
    }

    /// The custom statuses that someone is offered again, the latest first.
    pub fn recent_custom_statuses(&self, user: &str) -> Vec<CustomStatus> {
        let kept = self.recent_as_kept(user);
        kept.and_then(Result::ok).unwrap_or_default()
    }

    /// Someone takes one off those that they are offered again
    /// (`POST /api/v4/users/me/status/custom/recent/delete`).
    ///
    /// # Errors
    /// 400 when it is not among them exactly as it is, end and all.
    pub fn forget_recent_custom_status(
        &self,
        user: &str,
        status: &CustomStatus,
    ) -> Result<(), AppError> {
        let mut recent = self.recent_custom_statuses(user);
        let before = recent.len();
        recent.retain(|known| known != status);
        if recent.len() == before {
            let id = "api.custom_status.recent_custom_statuses.delete.app_error";
            let words = "Failed to delete the recent status.";
            return Err(AppError::new("RemoveRecentCustomStatus", id, words, 400));
        }
        self.keep_recent(user, &recent)
    }

    fn custom_statuses_are_on(&self) -> Result<(), AppError> {
        if self.config().enable_custom_user_statuses {
            return Ok(());
        }
        let id = "api.custom_status.disabled";
        let words = "Custom statuses are switched off.";
        Err(AppError::new("CustomStatus", id, words, 501))
    }

    /// `None` when there are none, an error when what stands there cannot be read.
    fn recent_as_kept(&self, user: &str) -> Option<Result<Vec<CustomStatus>, serde_json::Error>> {
        let preferences = self.preferences(user);
        let recent = preferences
            .iter()
            .find(|p| (p.category.as_str(), p.name.as_str()) == RECENT);
        let json = recent
            .map(|p| p.value.as_str())
            .filter(|json| !json.is_empty())?;
        Some(serde_json::from_str(json))
    }

    fn keep_recent(&self, user: &str, recent: &[CustomStatus]) -> Result<(), AppError> {
        let (category, name) = RECENT;
        let preference = Preference {
            user_id: user.into(),
            category: category.into(),
            name: name.into(),
            value: as_go_writes(&recent),
        };
        self.set_preferences(user, vec![preference])
    }

    /// Every connected client hears of it.
    fn put_prop(&self, user: &str, json: String) {
        self.change_user(user, |user| {
            user.props.insert(PROP.into(), json);
        });
    }
}

/// JSON as Go's encoder writes it, which escapes what could end a script in a page.
fn as_go_writes(value: &impl Serialize) -> String {
    let json = serde_json::to_string(value).unwrap_or_default();
    let mut written = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                // A string takes everything.
                let _ = write!(written, "\\u{:04x}", u32::from(c));
            }
            c => written.push(c),
        }
    }
    written
}
