//! Preferences.

use super::{
    api_calls,
    wire::{Done, Two},
};
use crate::{error::AppError, model::Preference};

api_calls! {
    //! # Preferences
    //!
    //! Settings of a person's own, as their browser keeps them, by category and name.
    //!
    //! ```
    //! # use mattermost_plugin::{Api, error::ApiError};
    //! use mattermost_plugin::model::Preference;
    //!
    //! # async fn example(api: &Api) -> Result<(), ApiError> {
    //! let preference = Preference {
    //!     user_id: "a user's id".into(),
    //!     category: "com.example.dice".into(),
    //!     name: "sides".into(),
    //!     value: "20".into(),
    //! };
    //! api.update_preferences_for_user("a user's id", &[preference]).await?;
    //! # Ok(())
    //! # }
    //! ```

    /// All of somebody's preferences.
    pub GetPreferencesForUser "5.26": get_preferences_for_user(user_id: &str)
        -> Vec<Preference>, by Two<Vec<Preference>, Option<AppError>>;

    /// Sets these of somebody's preferences; all must be that person's.
    pub UpdatePreferencesForUser "5.26": update_preferences_for_user(
        user_id: &str, preferences: &[Preference]
    ) -> (), by Done;
}
