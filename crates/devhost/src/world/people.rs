//! People with an account.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::json;

use super::{AppError, Audience, World, ids::fixed_id};

/// An account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct User {
    /// The id.
    pub id: String,
    /// The name after the `@`.
    pub username: String,
    /// The mail address.
    pub email: String,
    /// The first name.
    pub first_name: String,
    /// The last name.
    pub last_name: String,
    /// The nickname.
    pub nickname: String,
    /// Roles, separated by blanks: `system_user`, `system_admin`, `system_guest`.
    pub roles: String,
    /// The language, such as `en`.
    pub locale: String,
    /// Free values, among them `customStatus`.
    pub props: BTreeMap<String, String>,
    /// Time zone settings, such as `automaticTimezone`.
    pub timezone: BTreeMap<String, String>,
    /// Whether it is a bot.
    pub is_bot: bool,
    /// Milliseconds since 1970.
    pub create_at: i64,
    /// Milliseconds since 1970.
    pub update_at: i64,
    /// Milliseconds since 1970 when it was deactivated, or zero.
    pub delete_at: i64,
}

impl User {
    /// Whether this person administers the system.
    pub fn is_admin(&self) -> bool {
        self.has_role("system_admin")
    }

    /// Whether one of the roles is `role`.
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.split(' ').any(|own| own == role)
    }
}

/// Which people are asked for, and which page of them.
#[derive(Clone, Debug, Default)]
pub struct UserFilter {
    /// Only members of this team; all when empty.
    pub in_team: String,
    /// Only members of this channel; all when empty.
    pub in_channel: String,
    /// Only those who are active.
    pub active: bool,
    /// Only those who are deactivated.
    pub inactive: bool,
    /// The page, from zero.
    pub page: usize,
    /// People a page.
    pub per_page: usize,
}

/// By username, which is the order in which the server lists them.
#[derive(Default)]
pub(crate) struct People {
    by_name: BTreeMap<String, User>,
    /// The username of each id.
    names: HashMap<String, String>,
}

impl People {
    pub(crate) fn by_id(&self, id: &str) -> Option<&User> {
        self.by_name.get(self.names.get(id)?)
    }

    /// Adds someone, or replaces the account with the same id.
    pub(crate) fn insert(&mut self, user: User) {
        let name = self.names.insert(user.id.clone(), user.username.clone());
        if let Some(name) = name.filter(|name| *name != user.username) {
            self.by_name.remove(&name);
        }
        self.by_name.insert(user.username.clone(), user);
    }
}

fn missing(at: &str) -> AppError {
    AppError::missing(
        at,
        "app.user.missing_account.const",
        "Unable to find the user.",
    )
}

impl World {
    /// Adds someone with the address `<username>@example.com`. Answers the id.
    pub fn add_user(&self, username: &str, first_name: &str, last_name: &str) -> String {
        let user = User {
            id: fixed_id(username),
            username: username.into(),
            email: format!("{username}@example.com"),
            first_name: first_name.into(),
            last_name: last_name.into(),
            roles: "system_user".into(),
            locale: "en".into(),
            create_at: self.now(),
            ..User::default()
        };
        let id = user.id.clone();
        self.state().people.insert(user);
        let data = json!({ "user_id": id });
        self.publish("", "new_user", data, Audience::default());
        id
    }

    /// Changes an account, which every connected client hears of; nothing happens when there is
    /// none with this id.
    pub fn change_user(&self, id: &str, change: impl FnOnce(&mut User)) {
        let now = self.now();
        let mut state = self.state();
        let user = state.people.by_id(id).cloned();
        let found = user.map(|mut user| {
            change(&mut user);
            user.update_at = now;
            state.people.insert(user);
        });
        drop(state);
        if found.is_some() {
            let data = json!({ "user": { "id": id } });
            self.publish("", "user_updated", data, Audience::default());
        }
    }

    /// Everybody, by username.
    pub fn users(&self) -> Vec<User> {
        self.state().people.by_name.values().cloned().collect()
    }

    /// The person with this id.
    ///
    /// # Errors
    /// 404.
    pub fn user(&self, id: &str) -> Result<User, AppError> {
        self.state()
            .people
            .by_id(id)
            .cloned()
            .ok_or_else(|| missing("GetUser"))
    }

    /// The person with this username, in any case.
    ///
    /// # Errors
    /// 404.
    pub fn user_by_name(&self, name: &str) -> Result<User, AppError> {
        let name = name.to_lowercase();
        self.state()
            .people
            .by_name
            .get(&name)
            .cloned()
            .ok_or_else(|| missing("GetUserByUsername"))
    }

    /// The person with this mail address, in any case.
    ///
    /// # Errors
    /// 404.
    pub fn user_by_mail(&self, mail: &str) -> Result<User, AppError> {
        let state = self.state();
        let mut everybody = state.people.by_name.values();
        everybody
            .find(|user| user.email.eq_ignore_ascii_case(mail))
            .cloned()
            .ok_or_else(|| missing("GetUserByEmail"))
    }

    /// A page of people.
    pub fn list_users(&self, filter: &UserFilter) -> Vec<User> {
        let state = self.state();
        let wanted = |user: &&User| {
            (!filter.active || user.delete_at == 0)
                && (!filter.inactive || user.delete_at != 0)
                && (filter.in_team.is_empty()
                    || state.places.is_team_member(&filter.in_team, &user.id))
                && (filter.in_channel.is_empty()
                    || state.places.is_member(&filter.in_channel, &user.id))
        };
        let skipped = filter.page.saturating_mul(filter.per_page);
        let everybody = state.people.by_name.values();
        everybody
            .filter(wanted)
            .skip(skipped)
            .take(filter.per_page)
            .cloned()
            .collect()
    }
}
