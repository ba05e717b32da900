//! Preferences.

use super::{
    api_calls,
    wire::{Done, Two},
};
use crate::{error::AppError, model::Preference};

api_calls! {
    /// All of somebody's preferences.
    pub GetPreferencesForUser "5.26": get_preferences_for_user(user_id: &str)
        -> Vec<Preference>, by Two<Vec<Preference>, Option<AppError>>;

    /// Sets these of somebody's preferences; all must be that person's.
    pub UpdatePreferencesForUser "5.26": update_preferences_for_user(
        user_id: &str, preferences: &[Preference]
    ) -> (), by Done;
}
