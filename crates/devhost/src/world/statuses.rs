//! Presence: online, away, do not disturb, offline, out of office.
//!
//! The rules are Mattermost 9.11's. What a plugin or a person sets is manual, except online; a
//! manual status is not changed by coming and going.

use std::collections::{BTreeMap, BTreeSet};

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
    /// Seconds since 1970 when a timed do-not-disturb ends, or zero.
    pub dnd_end_time: i64,
    /// What it returns to then.
    pub prev_status: Option<Presence>,
}

#[derive(Default)]
pub(crate) struct Statuses {
    by_user: BTreeMap<String, Status>,
    /// Those who are in the table alone, not in the server's cache.
    uncached: BTreeSet<String>,
}

impl World {
    /// Someone is there: online, unless they chose a status.
    pub fn person_connects(&self, user: &str) {
        self.change_status(user, |status| {
            if !status.manual {
                status.status = Presence::Online;
            }
        });
    }

    /// Someone is gone: offline, unless they chose a status.
    pub fn person_disconnects(&self, user: &str) {
        self.change_status(user, |status| {
            if !status.manual {
                status.status = Presence::Offline;
            }
        });
    }

    /// Someone chooses a status, or a plugin does it for them (`UpdateUserStatus`).
    ///
    /// # Errors
    /// 400 for what is no status or cannot be set this way.
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
        self.user(user)?;
        Ok(self.change_status(user, |status| {
            status.status = presence;
            status.manual = presence != Presence::Online;
            status.dnd_end_time = 0;
            status.prev_status = None;
        }))
    }

    /// Do not disturb until `end`, in seconds since 1970 (`SetUserStatusTimedDND`). Set during do
    /// not disturb, that is also what it returns to.
    ///
    /// # Errors
    /// 404 when there is no such person.
    pub fn set_timed_dnd(&self, user: &str, end: i64) -> Result<Status, AppError> {
        self.user(user)?;
        Ok(self.change_status(user, |status| {
            status.prev_status = Some(status.status);
            status.status = Presence::Dnd;
            status.manual = true;
            status.dnd_end_time = end;
        }))
    }

    /// Gives back the statuses whose timed do-not-disturb is over. The server looks every five
    /// minutes; this world whenever it is asked to, and when its clock is put forward.
    pub fn end_timed_dnd(&self) {
        let now = self.now() / 1000;
        let over = |status: &&Status| status.dnd_end_time != 0 && status.dnd_end_time <= now;
        let over: Vec<String> = {
            let state = self.state();
            state
                .statuses
                .by_user
                .values()
                .filter(over)
                .map(|status| status.user_id.clone())
                .collect()
        };
        for user in over {
            self.change_status(&user, |status| {
                status.status = status.prev_status.take().unwrap_or(Presence::Online);
                status.manual = false;
                status.dnd_end_time = 0;
            });
        }
    }

    /// Someone is out of office, as their automatic answer makes them.
    ///
    /// # Errors
    /// 404 when there is no such person.
    pub fn set_out_of_office(&self, user: &str) -> Result<Status, AppError> {
        self.user(user)?;
        Ok(self.change_status(user, |status| {
            status.status = Presence::Ooo;
            status.manual = true;
        }))
    }

    /// Someone's status (`GetUserStatus`); nobody's when the server has statuses switched off.
    ///
    /// # Errors
    /// 404 when they never had one.
    pub fn status(&self, user: &str) -> Result<Status, AppError> {
        let mut state = self.state();
        if !state.config.enable_user_statuses {
            return Ok(Status::default());
        }
        state.statuses.uncached.remove(user);
        state.statuses.by_user.get(user).cloned().ok_or_else(|| {
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
    pub fn statuses(&self, users: &[String]) -> Vec<Status> {
        let mut state = self.state();
        if !state.config.enable_user_statuses {
            return Vec::new();
        }
        let statuses = &mut state.statuses;
        let (mut found, mut table, mut without) = (Vec::new(), Vec::new(), Vec::new());
        for id in users {
            match statuses.by_user.get(id).cloned() {
                Some(mut status) if statuses.uncached.remove(id) => {
                    status.dnd_end_time = 0;
                    status.prev_status = None;
                    table.push(status);
                }
                Some(status) => found.push(status),
                None => without.push(Status {
                    user_id: id.clone(),
                    ..Status::default()
                }),
            }
        }
        found.append(&mut table);
        found.append(&mut without);
        found
    }

    /// Empties the server's cache of statuses.
    pub fn forget_status_cache(&self) {
        let mut state = self.state();
        let everybody: Vec<String> = state.statuses.by_user.keys().cloned().collect();
        state.statuses.uncached.extend(everybody);
    }

    /// Nothing changes while the server has statuses switched off.
    fn change_status(&self, user: &str, change: impl FnOnce(&mut Status)) -> Status {
        let now = self.now();
        let mut state = self.state();
        if !state.config.enable_user_statuses {
            return Status::default();
        }
        let status = state
            .statuses
            .by_user
            .entry(user.into())
            .or_insert_with(|| Status {
                user_id: user.into(),
                ..Status::default()
            });
        change(status);
        status.last_activity_at = now;
        let status = status.clone();
        state.statuses.uncached.remove(user);
        drop(state);
        self.tell(Event::Status(status.clone()));
        status
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::world::fixed_id;

    #[test]
    fn a_chosen_status_outlasts_coming_and_going() {
        let (world, bob) = (World::new(), fixed_id("bob"));
        assert!(world.set_status(&bob, "offline").unwrap().manual);
        world.person_connects(&bob);
        assert_eq!(world.status(&bob).unwrap().status, Presence::Offline);
        assert!(!world.set_status(&bob, "online").unwrap().manual);
        world.person_disconnects(&bob);
        assert_eq!(world.status(&bob).unwrap().status, Presence::Offline);
        assert_eq!(world.set_status(&bob, "ooo").unwrap_err().status_code, 400);
    }

    #[test]
    fn a_second_timed_dnd_returns_to_dnd() {
        let (world, bob) = (World::new(), fixed_id("bob"));
        let soon = world.now() / 1000 + 60;
        world.set_timed_dnd(&bob, soon).unwrap();
        assert_eq!(
            world.set_timed_dnd(&bob, soon).unwrap().prev_status,
            Some(Presence::Dnd)
        );
        world.advance(Duration::from_secs(61));
        let status = world.status(&bob).unwrap();
        assert_eq!(
            (status.status, status.manual, status.dnd_end_time),
            (Presence::Dnd, false, 0)
        );
    }

    #[test]
    fn without_the_cache_a_page_of_statuses_knows_less() {
        let (world, bob) = (World::new(), fixed_id("bob"));
        world.set_timed_dnd(&bob, world.now() / 1000 + 60).unwrap();
        world.forget_status_cache();
        let ids = [bob.clone(), "nobody".into()];
        let page = world.statuses(&ids);
        assert_eq!((page[0].status, page[0].dnd_end_time), (Presence::Dnd, 0));
        assert_eq!(page[1].status, Presence::Offline);
        assert_ne!(world.status(&bob).unwrap().dnd_end_time, 0);
        world.configure(|config| config.enable_user_statuses = false);
        assert!(world.statuses(&ids).is_empty());
        world.set_status(&bob, "away").unwrap();
        assert_eq!(world.status(&bob).unwrap(), Status::default());
        world.configure(|config| config.enable_user_statuses = true);
        assert_eq!(world.status(&bob).unwrap().status, Presence::Dnd);
    }

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
