//! What people set for themselves.

use std::collections::BTreeMap;

use super::{AppError, World};

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
    /// 403 when one of them is somebody else's.
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
