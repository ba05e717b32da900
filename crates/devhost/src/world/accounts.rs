//! What becomes of accounts: made by the hundred, deactivated, activated again, renamed.

use super::{AppError, User, World, ids::fixed_id};

/// What one may not do to an account that is not there.
fn known(world: &World, user: &str) -> Result<(), AppError> {
    world.user(user).map(drop)
}

impl World {
    /// Adds so many people at once, `person000000` and on, with the addresses
    /// `person000000@example.com` and on. Nobody is told of them and none has a status. Answers
    /// their ids, in the order in which the server lists them.
    pub fn add_people(&self, count: usize) -> Vec<String> {
        let now = self.now();
        let mut state = self.state();
        let one = |number: usize| {
            let username = format!("person{number:06}");
            let user = User {
                id: fixed_id(&username),
                email: format!("{username}@example.com"),
                username,
                roles: "system_user".into(),
                locale: "en".into(),
                create_at: now,
                ..User::default()
            };
            let id = user.id.clone();
            state.people.insert(user);
            id
        };
        let ids = (0..count).map(one).collect();
        drop(state);
        self.changed();
        ids
    }

    /// Deactivates an account: it is offline then, unless a status was chosen. Plugins learn of it
    /// from [`crate::DevHost::deactivate_user`].
    ///
    /// # Errors
    /// 404 when there is no such person.
    pub fn deactivate(&self, user: &str) -> Result<(), AppError> {
        known(self, user)?;
        let now = self.now();
        self.change_user(user, |user| user.delete_at = now);
        self.person_disconnects(user);
        Ok(())
    }

    /// Activates an account again. No hook tells plugins of it.
    ///
    /// # Errors
    /// 404 when there is no such person.
    pub fn reactivate(&self, user: &str) -> Result<(), AppError> {
        known(self, user)?;
        self.change_user(user, |user| user.delete_at = 0);
        Ok(())
    }

    /// Gives someone another mail address. No hook tells plugins of it.
    ///
    /// # Errors
    /// 404 when there is no such person.
    pub fn set_mail(&self, user: &str, mail: &str) -> Result<(), AppError> {
        known(self, user)?;
        self.change_user(user, |user| user.email = mail.into());
        Ok(())
    }

    /// Gives someone another username, and so another place in the list of people. No hook tells
    /// plugins of it.
    ///
    /// # Errors
    /// 404 when there is no such person, 400 when somebody has that name.
    pub fn rename(&self, user: &str, username: &str) -> Result<(), AppError> {
        known(self, user)?;
        if self
            .user_by_name(username)
            .is_ok_and(|other| other.id != user)
        {
            let id = "app.user.save.username_exists.app_error";
            let words = "An account with that username already exists.";
            return Err(AppError::new("UpdateUser", id, words, 400));
        }
        self.change_user(user, |user| user.username = username.to_lowercase());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{Presence, UserFilter};

    fn names(world: &World, page: usize) -> Vec<String> {
        let filter = UserFilter {
            active: true,
            page,
            per_page: 2,
            ..UserFilter::default()
        };
        let users = world.list_users(&filter).into_iter();
        users.map(|user| user.username).collect()
    }

    #[test]
    fn the_active_are_listed_by_username_page_by_page() {
        let world = World::empty();
        let ids = world.add_people(4);
        assert_eq!(names(&world, 1), ["person000002", "person000003"]);
        world.deactivate(&ids[1]).unwrap();
        assert_eq!(names(&world, 0), ["person000000", "person000002"]);
        assert_eq!(names(&world, 1), ["person000003"]);
        world.reactivate(&ids[1]).unwrap();
        world.rename(&ids[0], "Zoe").unwrap();
        assert_eq!(names(&world, 1), ["person000003", "zoe"]);
        assert!(names(&world, 2).is_empty());
        let taken = world.rename(&ids[0], "person000002").unwrap_err();
        assert_eq!(taken.status_code, 400);
        assert_eq!(world.user(&ids[0]).unwrap().username, "zoe");
    }

    #[test]
    fn who_is_deactivated_is_offline() {
        let world = World::new();
        let bob = fixed_id("bob");
        world.deactivate(&bob).unwrap();
        assert_ne!(world.user(&bob).unwrap().delete_at, 0);
        assert_eq!(world.status(&bob).unwrap().status, Presence::Offline);
        assert_eq!(world.deactivate("nobody").unwrap_err().status_code, 404);
    }
}
