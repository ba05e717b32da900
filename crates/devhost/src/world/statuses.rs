//! Presence: online, away, do not disturb, offline, out of office.
//!
//! The rules are Mattermost 9.11's, as recorded in `tests/statuses`. Each status is in the server's table, and most
//! of the time in its cache too; a page of statuses reads less from the table than there is, and the
//! cache then believes that this is all.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{AppError, Event, World};

/// What a status can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    /// There.
    Online,
    /// There, but idle.
    Away,
    /// Do not disturb.
    Dnd,
    /// Not there.
    #[default]
    Offline,
    /// Out of office.
    Ooo,
}

impl Presence {
    /// The server's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Away => "away",
            Self::Dnd => "dnd",
            Self::Offline => "offline",
            Self::Ooo => "ooo",
        }
    }

    /// What that word means, if it is one.
    pub fn from_word(word: &str) -> Option<Self> {
        [
            Self::Online,
            Self::Away,
            Self::Dnd,
            Self::Offline,
            Self::Ooo,
        ]
        .into_iter()
        .find(|presence| presence.as_str() == word)
    }
}

/// Someone's status.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Status {
    /// Whose.
    pub user_id: String,
    /// What it is.
    pub status: Presence,
    /// Whether it was chosen and so outlasts coming and going.
    pub manual: bool,
    /// Milliseconds since 1970.
    pub last_activity_at: i64,
    /// Seconds since 1970 when a timed do-not-disturb ends, or zero. It may stand there still when
    /// the status is another one by now.
    pub dnd_end_time: i64,
    /// What it returns to then.
    pub prev_status: Option<Presence>,
}

impl Status {
    /// The server's word for it; none where it answers nobody's, as it does while statuses are
    /// switched off.
    pub fn word(&self) -> &'static str {
        if self.user_id.is_empty() {
            ""
        } else {
            self.status.as_str()
        }
    }

    /// Of someone who has none yet.
    fn none(user: &str) -> Self {
        Self {
            user_id: user.into(),
            ..Self::default()
        }
    }
}

#[derive(Default)]
pub(crate) struct Statuses {
    table: BTreeMap<String, Status>,
    cache: BTreeMap<String, Status>,
}

impl Statuses {
    /// As the server finds one: in its cache, else in the table, which it leaves at that.
    fn find(&self, user: &str) -> Option<&Status> {
        self.cache.get(user).or_else(|| self.table.get(user))
    }
}

impl World {
    /// Someone's status (`GetUserStatus`); nobody's when the server has statuses switched off.
    ///
    /// # Errors
    /// 404 when they never had one.
    pub fn status(&self, user: &str) -> Result<Status, AppError> {
        let state = self.state();
        if !state.config.enable_user_statuses {
            return Ok(Status::default());
        }
        state.statuses.find(user).cloned().ok_or_else(|| {
            AppError::missing(
                "GetStatus",
                "app.status.get.missing.app_error",
                "No entry for that status exists.",
            )
        })
    }

    /// Several statuses (`GetUserStatusesByIds`): first of those who are in the server's cache, then
    /// of those who are in the table alone, without the end of a timed do-not-disturb and what it
    /// returns to, and last of everybody else, people without a record and ids of nobody, who are
    /// offline. There are none at all when the server has statuses switched off.
    ///
    /// What comes from the table is in the cache from then on, as incomplete as it came.
    pub fn statuses(&self, users: &[String]) -> Vec<Status> {
        let mut state = self.state();
        if !state.config.enable_user_statuses {
            return Vec::new();
        }
        let Statuses { table, cache } = &mut state.statuses;
        let (mut found, mut read, mut without) = (Vec::new(), Vec::new(), Vec::new());
        for id in users {
            if let Some(status) = cache.get(id) {
                found.push(status.clone());
            } else if let Some(status) = table.get(id) {
                let mut status = status.clone();
                status.dnd_end_time = 0;
                status.prev_status = None;
                read.push(status);
            } else {
                without.push(Status::none(id));
            }
        }
        cache.extend(
            read.iter()
                .map(|status| (status.user_id.clone(), status.clone())),
        );
        found.append(&mut read);
        found.append(&mut without);
        found
    }

    /// Empties the server's cache of statuses.
    pub fn forget_status_cache(&self) {
        self.state().statuses.cache.clear();
    }

    /// Sets someone's status for a plugin (`UpdateUserStatus`). Online is never manual, the others
    /// always are. The end of a timed do-not-disturb stays noted, except by offline.
    ///
    /// # Errors
    /// 400 for what is no status or cannot be set this way. Nobody asks whether there is such a
    /// person.
    pub fn set_status(&self, user: &str, word: &str) -> Result<Status, AppError> {
        let presence = Presence::from_word(word).filter(|presence| *presence != Presence::Ooo);
        let presence = presence.ok_or_else(|| {
            let id = "plugin.api.update_user_status.bad_status";
            AppError::new(
                "UpdateUserStatus",
                id,
                "Unable to set the user status. Unknown user status.",
                400,
            )
        })?;
        self.change_status(user, |status, now| match presence {
            Presence::Online => come_online(status, now),
            Presence::Offline => *status = offline(&status.user_id, true, now),
            _ => {
                status.status = presence;
                status.manual = true;
            }
        });
        self.status(user)
    }

    /// Do not disturb until `end`, in seconds since 1970 (`SetUserStatusTimedDND`), or without end when
    /// it is zero. Set during do not disturb, that is also what it returns to.
    ///
    /// # Errors
    /// None, even for nobody and for an end that is past.
    pub fn set_timed_dnd(&self, user: &str, end: i64) -> Result<Status, AppError> {
        self.change_status(user, |status, _| {
            status.prev_status = Some(status.status);
            status.status = Presence::Dnd;
            status.manual = true;
            status.dnd_end_time = end;
        });
        self.status(user)
    }

    /// Gives back the statuses whose timed do-not-disturb is over. The server looks every five
    /// minutes; this world whenever it is asked to, and when its clock is put forward.
    pub fn end_timed_dnd(&self) {
        let now = self.now() / 1000;
        let mut state = self.state();
        if !state.config.enable_user_statuses {
            return;
        }
        let Statuses { table, cache } = &mut state.statuses;
        let mut ended = Vec::new();
        for status in table.values_mut() {
            let over = status.dnd_end_time > 0 && status.dnd_end_time <= now;
            if over && status.status == Presence::Dnd {
                let returns = status.prev_status.unwrap_or_default();
                status.prev_status = Some(status.status);
                status.status = returns;
                status.manual = false;
                status.dnd_end_time = 0;
                cache.insert(status.user_id.clone(), status.clone());
                ended.push(status.clone());
            }
        }
        drop(state);
        for status in ended {
            self.tell(Event::Status(status));
        }
    }

    /// Changes the status, which is offline for someone who has none yet. Nothing changes while the
    /// server has statuses switched off.
    pub(super) fn change_status(&self, user: &str, change: impl FnOnce(&mut Status, i64)) {
        let now = self.now();
        let mut state = self.state();
        if !state.config.enable_user_statuses {
            return;
        }
        let found = state.statuses.find(user).cloned();
        let is_known = found.is_some();
        let before = found.unwrap_or_else(|| Status::none(user));
        let mut status = before.clone();
        change(&mut status, now);
        let Statuses { table, cache } = &mut state.statuses;
        if status == before {
            if is_known {
                cache.insert(user.into(), status);
            }
            return;
        }
        cache.insert(user.into(), status.clone());
        table.insert(user.into(), status.clone());
        drop(state);
        self.tell(Event::Status(status));
    }
}

/// Whoever is online by now; the end of a timed do-not-disturb stays noted.
pub(super) fn come_online(status: &mut Status, now: i64) {
    status.status = Presence::Online;
    status.manual = false;
    status.last_activity_at = now;
}

/// Whoever is gone; of what was before, nothing is left.
pub(super) fn offline(user: &str, manual: bool, now: i64) -> Status {
    Status {
        manual,
        last_activity_at: now,
        ..Status::none(user)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::fixed_id;

    #[test]
    fn a_page_of_statuses_comes_in_the_servers_order() {
        let (world, bob, carol) = (World::new(), fixed_id("bob"), fixed_id("carol"));
        world.set_out_of_office(&bob).unwrap();
        world.forget_status_cache();
        world.person_connects(&carol);
        let page = world.statuses(&["nobody".into(), bob.clone(), carol.clone()]);
        let said: Vec<_> = page.iter().map(|s| (&*s.user_id, s.status)).collect();
        let wanted = [
            (&*carol, Presence::Online),
            (&*bob, Presence::Ooo),
            ("nobody", Presence::Offline),
        ];
        assert_eq!(said, wanted);
    }
}
