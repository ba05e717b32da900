//! What people do to their own status: come and go, fall idle, choose one.
//!
//! The rules are Mattermost 9.11's, as recorded in `tests/statuses`.

use super::{
    AppError, Presence, Status, World,
    statuses::{come_online, offline},
};

impl World {
    /// Someone's client connects: online, unless they chose a status.
    pub fn person_connects(&self, user: &str) {
        self.person_is_active(user);
    }

    /// Someone's last client is gone: offline, unless they chose a status.
    pub fn person_disconnects(&self, user: &str) {
        self.change_status(user, |status, now| {
            if !status.manual {
                *status = offline(&status.user_id, false, now);
            }
        });
    }

    /// Someone's client says that they are there: online, unless they chose a status.
    pub fn person_is_active(&self, user: &str) {
        self.change_status(user, |status, now| {
            if !status.manual {
                come_online(status, now);
            }
        });
    }

    /// Someone's client says that they are not there: away, unless they chose a status or were
    /// active within the server's `UserStatusAwayTimeout`.
    pub fn person_is_idle(&self, user: &str) {
        let timeout = self.config().user_status_away_timeout.as_millis();
        self.change_status(user, |status, now| {
            let idle = now.saturating_sub(status.last_activity_at);
            if !status.manual && u128::try_from(idle).is_ok_and(|idle| idle >= timeout) {
                status.status = Presence::Away;
            }
        });
    }

    /// Someone is out of office, as their automatic answer makes them.
    ///
    /// # Errors
    /// 404 when there is no such person.
    pub fn set_out_of_office(&self, user: &str) -> Result<Status, AppError> {
        self.user(user)?;
        // That they answer automatically stands in their account.
        self.change_user(user, |_| {});
        self.change_status(user, |status, _| {
            status.status = Presence::Ooo;
            status.manual = true;
        });
        self.status(user)
    }

    /// Someone ends their automatic answer, and so is online.
    ///
    /// # Errors
    /// 404 when there is no such person.
    pub fn back_in_office(&self, user: &str) -> Result<Status, AppError> {
        self.user(user)?;
        self.change_user(user, |_| {});
        self.change_status(user, come_online);
        self.status(user)
    }

    /// Someone chooses their status in the menu (`PUT /api/v4/users/me/status`), do not disturb until
    /// `end`, in seconds since 1970, or without end when it is zero.
    ///
    /// # Errors
    /// 400 for what is no status or cannot be chosen, 404 while the server has statuses switched off.
    pub fn choose_status(&self, user: &str, word: &str, end: i64) -> Result<Status, AppError> {
        if !self.config().enable_user_statuses {
            let id = "api.status.user_not_found.app_error";
            return Err(AppError::missing("UserStatus", id, "User not found."));
        }
        match Presence::from_word(word) {
            Some(Presence::Dnd) => self.set_timed_dnd(user, end),
            Some(Presence::Online | Presence::Away | Presence::Offline) => {
                self.set_status(user, word)
            }
            Some(Presence::Ooo) | None => Err(AppError::new(
                "SetInvalidParam",
                "api.context.invalid_body_param.app_error",
                "Invalid or missing status in request body.",
                400,
            )),
        }
    }
}
