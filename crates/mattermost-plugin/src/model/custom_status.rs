//! The emoji and the words that stand beside a name.

use gob::{Gob, Time};
use serde::{Deserialize, Serialize};

use super::calendar::rfc3339;

/// A custom status.
///
/// Setting one is told to every connected client, and puts it among the person's five recent ones:
/// the preference [`CustomStatus::RECENT`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob, Serialize, Deserialize)]
#[serde(default)]
pub struct CustomStatus {
    /// The emoji's name, without colons.
    pub emoji: String,
    /// The words; the server cuts them at 100 characters.
    pub text: String,
    /// How the end was chosen: `thirty_minutes`, `one_hour`, `four_hours`, `today`, `this_week`,
    /// `date_and_time`, or empty for no end. Shown in the menu only; `expires_at` is what counts.
    pub duration: String,
    /// When it ends; Go's zero time for never. One in the past is taken from a plugin, and refused from a person.
    #[serde(with = "rfc3339")]
    pub expires_at: Time,
}

impl CustomStatus {
    /// The name of the property of [`super::User::props`] that holds it as JSON.
    pub const USER_PROP: &str = "customStatus";

    /// Category and name of the preference that holds the recent ones, a JSON list.
    pub const RECENT: (&str, &str) = ("custom_status", "recent_custom_statuses");

    /// Whether it says nothing, as a removed one does.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.emoji.is_empty() && self.text.is_empty()
    }

    /// Whether it has ended at `now`.
    #[must_use]
    pub fn is_expired(&self, now: Time) -> bool {
        let moment = |time: Time| (time.unix(), time.nanos());
        !self.expires_at.is_zero() && moment(self.expires_at) <= moment(now)
    }
}
