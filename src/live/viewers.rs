//! Who looks at the board now, and how each of them can be sent away.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use super::Viewer;
use crate::feed::{CloseCode, Seat};
use crate::host::UserId;

/// How often it is asked again whether someone who is signed in may look.
pub const CHECK_EVERY: Duration = Duration::from_secs(60);

/// How soon it is asked once more where the server says that a session is over: it says the same where it could not look.
pub const CHECK_AGAIN: Duration = Duration::from_secs(5);

/// How often in a row nobody may know whether someone may look, before they are sent away to come again later.
pub const MAX_UNKNOWN: u8 = 10;

/// What is said to somebody who is sent away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Farewell {
    /// As a websocket's close frame has it.
    pub code: CloseCode,
    /// Why.
    pub reason: &'static str,
}

impl Farewell {
    /// They may not look any more, and need not come again.
    pub const MAY_NOT: Self = Self {
        code: CloseCode::POLICY,
        reason: "you may no longer see the board",
    };
    /// Nobody knew for long whether they may.
    pub const NOT_KNOWN: Self = Self {
        code: CloseCode::TRY_AGAIN_LATER,
        reason: "whether you may see the board is not known at the moment",
    };
    /// The stream begins anew.
    pub const ANEW: Self = Self {
        code: CloseCode::GOING_AWAY,
        reason: "the board begins anew",
    };
    /// The plugin stops.
    pub const STOPPING: Self = Self {
        code: CloseCode::GOING_AWAY,
        reason: "the plugin is stopping",
    };
}

/// A member whose right is to be checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    id: u64,
    /// Who they are.
    pub user: UserId,
    /// The session by which they came, if it has an id.
    pub session: Option<Box<str>>,
}

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// They may.
    May,
    /// They may not.
    MayNot,
    /// Their session is over, or the server could not look.
    NoSession,
    /// Nobody knows.
    Unknown,
}

/// How one of them is sent away.
#[derive(Debug)]
pub(super) enum Way {
    Websocket(Seat),
    /// The same of a wall.
    Wall(Seat),
    Events(watch::Sender<Option<Farewell>>),
}

#[derive(Debug)]
struct Entry {
    viewer: Viewer,
    session: Option<Box<str>>,
    /// When their right is checked; never for those who do not come by a session.
    due: Option<Instant>,
    unknown: u8,
    doubted: bool,
    way: Option<Way>,
}

/// All of them.
#[derive(Debug, Default)]
pub struct Viewers {
    list: Mutex<List>,
    came: Notify,
}

#[derive(Debug, Default)]
struct List {
    entries: HashMap<u64, Entry>,
    last: u64,
}

impl Viewers {
    /// Somebody comes; their id.
    pub(super) fn enter(&self, viewer: Viewer, session: Option<Box<str>>) -> u64 {
        let member = matches!(viewer, Viewer::Member(_));
        let id = {
            let mut list = self.lock();
            list.last += 1;
            let id = list.last;
            let entry = Entry {
                viewer,
                session,
                due: member.then(|| Instant::now() + early(CHECK_EVERY)),
                unknown: 0,
                doubted: false,
                way: None,
            };
            list.entries.insert(id, entry);
            id
        };
        // While one app takes another's place, a task of each waits; and one that waits in a moment is to know, too.
        self.came.notify_waiters();
        self.came.notify_one();
        id
    }

    /// How they are sent away; nothing changes for one who left already.
    pub(super) fn set_way(&self, id: u64, way: Way) {
        if let Some(entry) = self.lock().entries.get_mut(&id) {
            entry.way = Some(way);
        }
    }

    pub(super) fn leave(&self, id: u64) {
        self.lock().entries.remove(&id);
    }

    /// The way of one of them.
    pub(super) fn take_way(&self, id: u64) -> Option<Way> {
        self.lock().entries.get_mut(&id)?.way.take()
    }

    /// The ways of all who are to go.
    pub(super) fn take_ways(&self, goes: impl Fn(&Viewer) -> bool) -> Vec<Way> {
        let mut list = self.lock();
        let entries = list.entries.values_mut();
        let gone = entries.filter(|entry| goes(&entry.viewer));
        gone.filter_map(|entry| entry.way.take()).collect()
    }

    /// Whether some look by a wall's link.
    #[must_use]
    pub fn has_walls(&self) -> bool {
        let list = self.lock();
        let mut entries = list.entries.values();
        entries.any(|entry| matches!(entry.viewer, Viewer::Wall(_)))
    }

    /// Waits for somebody to come.
    pub async fn came(&self) {
        self.came.notified().await;
    }

    /// When the next check is due.
    #[must_use]
    pub fn next_check(&self) -> Option<Instant> {
        let list = self.lock();
        list.entries.values().filter_map(|entry| entry.due).min()
    }

    /// Those whose right is to be checked now. They are due again after [`CHECK_EVERY`].
    #[must_use]
    pub fn due(&self) -> Vec<Check> {
        let now = Instant::now();
        let mut list = self.lock();
        let entries = list.entries.iter_mut();
        let due = entries.filter(|(_, entry)| entry.due.is_some_and(|due| due <= now));
        due.filter_map(|(id, entry)| {
            entry.due = Some(now + early(CHECK_EVERY));
            let Viewer::Member(user) = &entry.viewer else {
                return None;
            };
            Some(Check {
                id: *id,
                user: user.clone(),
                session: entry.session.clone(),
            })
        })
        .collect()
    }

    /// What a check found of one of them, and how they are sent away if they have to go.
    pub(super) fn found(&self, check: &Check, found: Found) -> Option<(Way, Farewell)> {
        let mut list = self.lock();
        let entry = list.entries.get_mut(&check.id)?;
        let farewell = match found {
            Found::May => {
                (entry.unknown, entry.doubted) = (0, false);
                return None;
            }
            Found::NoSession if !entry.doubted => {
                entry.doubted = true;
                entry.due = Some(Instant::now() + CHECK_AGAIN);
                return None;
            }
            Found::Unknown if entry.unknown < MAX_UNKNOWN => {
                entry.unknown += 1;
                return None;
            }
            Found::Unknown => Farewell::NOT_KNOWN,
            Found::MayNot | Found::NoSession => Farewell::MAY_NOT,
        };
        Some((entry.way.take()?, farewell))
    }

    fn lock(&self) -> MutexGuard<'_, List> {
        // Nothing that happens under the lock can leave it half changed.
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// That long, or up to a sixth less, so that those who came together are not all due together.
fn early(period: Duration) -> Duration {
    period.mul_f64(1.0 - fastrand::f64() / 6.0)
}
