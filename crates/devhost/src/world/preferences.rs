//! What people set for themselves.

use std::collections::BTreeMap;

use super::{AppError, World};

/// Longest category, and longest name, of a preference, in characters.
pub const PREFERENCE_NAME_MAX: usize = 32;

/// Longest value of a preference, in characters.
pub const PREFERENCE_VALUE_MAX: usize = 20_000;

/// One setting of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preference {
    /// Whose.
    pub user_id: String,
    /// The group of settings.
    pub category: String,
    /// The name in that group.
    pub name: String,
    /// The value.
    pub value: String,
}

#[derive(Default)]
pub(crate) struct Preferences {
    /// By person, category and name.
    all: BTreeMap<(String, String, String), String>,
}

impl World {
    /// Someone's settings.
    pub fn preferences(&self, user: &str) -> Vec<Preference> {
        let state = self.state();
        let own = state
            .preferences
            .all
            .iter()
            .filter(|((owner, ..), _)| owner == user);
        own.map(|((user_id, category, name), value)| Preference {
            user_id: user_id.clone(),
            category: category.clone(),
            name: name.clone(),
            value: value.clone(),
        })
        .collect()
    }

    /// Changes some of someone's settings.
    ///
    /// # Errors
    /// 403 when one of them is somebody else's, 400 when one has no category, or a category or name of
    /// more than [`PREFERENCE_NAME_MAX`] characters, or a value of more than
    /// [`PREFERENCE_VALUE_MAX`]. Then none is changed.
    pub fn set_preferences(
        &self,
        user: &str,
        preferences: Vec<Preference>,
    ) -> Result<(), AppError> {
        if preferences
            .iter()
            .any(|preference| preference.user_id != user)
        {
            let id = "api.preference.update_preferences.set.app_error";
            return Err(AppError::new(
                "UpdatePreferences",
                id,
                "Unable to set user preferences.",
                403,
            ));
        }
        let long = |text: &str, most: usize| text.chars().count() > most;
        for preference in &preferences {
            let category = &preference.category;
            let wrong = if category.is_empty() || long(category, PREFERENCE_NAME_MAX) {
                "category"
            } else if long(&preference.name, PREFERENCE_NAME_MAX) {
                "name"
            } else if long(&preference.value, PREFERENCE_VALUE_MAX) {
                "value"
            } else {
                continue;
            };
            let id = format!("model.preference.is_valid.{wrong}.app_error");
            let words = format!("Invalid {wrong}.");
            return Err(AppError::new("Preference.IsValid", &id, words, 400));
        }
        let mut state = self.state();
        for Preference {
            user_id,
            category,
            name,
            value,
        } in preferences
        {
            state
                .preferences
                .all
                .insert((user_id, category, name), value);
        }
        drop(state);
        self.changed();
        Ok(())
    }
}
