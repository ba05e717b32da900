//! Links for walls: an admin makes one for a screen on which nobody is signed in, and can withdraw it.
//!
//! A link carries a random token; what is stored is only its SHA-256, from which nobody learns the link.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::app::Clock;
use crate::board::{Name, Timestamp};
use crate::host::{HostError, Nodes, Store, UserId};
use crate::live::CHECK_EVERY;
use crate::store::{self, RecordError};

/// The record's key in the key-value store.
pub const KEY: &str = "board.walls";

/// The kind of the event by which the plugin's copies on other nodes of a cluster learn that links changed.
pub const CLUSTER_EVENT: &str = "walls";

/// The most links at once.
pub const MAX_WALLS: usize = 50;

/// The longest name, in characters.
pub const MAX_NAME: usize = 64;

/// Random bytes of a token; its text is a third longer.
pub const TOKEN_BYTES: usize = 24;

/// For how long what was read is believed of links that are unknown: one may have been made on another node of a cluster since.
pub const REREAD_AFTER: Duration = Duration::from_secs(5);

/// A link, as far as it can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wall {
    /// What the admin called it.
    pub name: Name,
    /// Who made it.
    pub by: UserId,
    /// When.
    pub made: Timestamp,
}

/// Why a link cannot be had, or not withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WallError {
    /// It has no name.
    NoName,
    /// The name has more than [`MAX_NAME`] characters.
    LongName,
    /// Another one has this name, in whatever case.
    Taken,
    /// There are [`MAX_WALLS`].
    TooMany,
    /// None has that name.
    Unknown,
    /// The system has no random bytes.
    NoRandom,
    /// The record cannot be read or written.
    Record(RecordError),
}

impl fmt::Display for WallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoName => f.write_str("a link for a wall needs a name"),
            Self::LongName => write!(f, "the name has more than {MAX_NAME} characters"),
            Self::Taken => f.write_str("there is a link with that name"),
            Self::TooMany => write!(f, "there are {MAX_WALLS} links; withdraw one first"),
            Self::Unknown => f.write_str("there is no link with that name"),
            Self::NoRandom => f.write_str("the system has no random numbers for a link"),
            Self::Record(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for WallError {}

impl From<RecordError> for WallError {
    fn from(error: RecordError) -> Self {
        Self::Record(error)
    }
}

impl From<HostError> for WallError {
    fn from(error: HostError) -> Self {
        Self::Record(RecordError::Host(error))
    }
}

/// All links, as they are stored.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Stored {
    /// One more with each change, so that what a replica of the database still has is known to be old.
    revision: u64,
    walls: Vec<StoredWall>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct StoredWall {
    name: Name,
    /// SHA-256 of the token, in base64's letters for URLs.
    sha256: String,
    by: String,
    made: u64,
}

impl Stored {
    /// The name under which a token's hash is stored. All are compared, each in the same time.
    fn name_of(&self, sha256: &str) -> Option<Name> {
        let mut found = None;
        for wall in &self.walls {
            if bool::from(wall.sha256.as_bytes().ct_eq(sha256.as_bytes())) {
                found = Some(Arc::clone(&wall.name));
            }
        }
        found
    }

    fn at(&self, name: &str) -> Option<usize> {
        let name = name.to_lowercase();
        let mut walls = self.walls.iter();
        walls.position(|wall| wall.name.to_lowercase() == name)
    }
}

/// What is known of the record.
#[derive(Debug, Default)]
struct Known {
    stored: Stored,
    read: Option<Instant>,
}

/// The links. Every method may be called from several tasks at once.
pub struct Walls<H> {
    host: Arc<H>,
    clock: Clock,
    known: Mutex<Known>,
    changes: watch::Sender<()>,
}

impl<H> fmt::Debug for Walls<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Walls").finish_non_exhaustive()
    }
}

impl<H: Store + Nodes> Walls<H> {
    /// Those that are stored there. Nothing is read before it is needed.
    #[must_use]
    pub fn new(host: Arc<H>, clock: Clock) -> Self {
        Self {
            host,
            clock,
            known: Mutex::default(),
            changes: watch::Sender::new(()),
        }
    }

    /// Makes a link of that name, and answers its token, which is told nowhere else: `wall=TOKEN` in a URL of the board.
    ///
    /// # Errors
    ///
    /// See [`WallError`].
    pub async fn create(&self, name: &str, by: &UserId) -> Result<String, WallError> {
        if name.trim().chars().count() > MAX_NAME {
            return Err(WallError::LongName);
        }
        let name = crate::text::clean(name).into_owned();
        if name.is_empty() {
            return Err(WallError::NoName);
        }
        let mut random = [0; TOKEN_BYTES];
        getrandom::fill(&mut random).map_err(|_| WallError::NoRandom)?;
        let token = URL_SAFE_NO_PAD.encode(random);
        let wall = StoredWall {
            name: name.into(),
            sha256: mark(&token),
            by: by.as_str().to_owned(),
            made: (self.clock)().0,
        };
        self.change(|stored| {
            if stored.at(&wall.name).is_some() {
                return Err(WallError::Taken);
            }
            if stored.walls.len() >= MAX_WALLS {
                return Err(WallError::TooMany);
            }
            stored.walls.push(wall.clone());
            Ok(())
        })
        .await?;
        Ok(token)
    }

    /// All of them, in the order in which they were made.
    ///
    /// # Errors
    ///
    /// Where the record cannot be read.
    pub async fn list(&self) -> Result<Vec<Wall>, WallError> {
        self.read().await?;
        let known = self.lock();
        let walls = known.stored.walls.iter().map(|wall| Wall {
            name: Arc::clone(&wall.name),
            by: UserId::from(&*wall.by),
            made: Timestamp(wall.made),
        });
        Ok(walls.collect())
    }

    /// Withdraws the link of that name, in whatever case. Who looks at the board by it is closed at once, here and on other nodes.
    ///
    /// # Errors
    ///
    /// See [`WallError`].
    pub async fn withdraw(&self, name: &str) -> Result<(), WallError> {
        let name = crate::text::clean(name);
        self.change(|stored| {
            let at = stored.at(&name).ok_or(WallError::Unknown)?;
            stored.walls.remove(at);
            Ok(())
        })
        .await
    }

    /// The name of the link with that token, if there is one. Another node of a cluster may have withdrawn it: what was read is believed
    /// for [`CHECK_EVERY`], and longer only where it cannot be read anew.
    ///
    /// # Errors
    ///
    /// Where the record has not been read yet and cannot be.
    pub async fn name_of(&self, token: &str) -> Result<Option<Name>, HostError> {
        let mark = mark(token);
        let (name, believed) = {
            let known = self.lock();
            let name = known.stored.name_of(&mark);
            let limit = match name {
                Some(_) => CHECK_EVERY,
                None => REREAD_AFTER,
            };
            let believed = known.read.is_some_and(|read| read.elapsed() < limit);
            (name, believed)
        };
        if believed {
            return Ok(name);
        }
        match self.read().await {
            Err(error) if name.is_none() => return Err(error),
            Err(error) => tracing::warn!(%error, "links for walls could not be read"),
            Ok(()) => {}
        }
        Ok(self.lock().stored.name_of(&mark))
    }

    /// Whether the link with that [`mark`] is there, as far as is known without asking.
    #[must_use]
    pub fn knows(&self, mark: &str) -> bool {
        self.lock().stored.name_of(mark).is_some()
    }

    /// Tells when links changed.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    /// Reads the record anew, as after a word from another node. What cannot be read leaves what is known.
    ///
    /// # Errors
    ///
    /// Where the record cannot be read.
    pub async fn read(&self) -> Result<(), HostError> {
        let stored = store::load_or_default(&*self.host, KEY).await?;
        self.keep(stored, false);
        Ok(())
    }

    async fn change(
        &self,
        change: impl Fn(&mut Stored) -> Result<(), WallError>,
    ) -> Result<(), WallError> {
        let changed = store::change(&*self.host, KEY, |mut stored: Stored| {
            let outcome = change(&mut stored);
            stored.revision += u64::from(outcome.is_ok());
            (stored.clone(), outcome.map(|()| stored))
        });
        self.keep(changed.await??, true);
        if let Err(error) = self.host.tell(CLUSTER_EVENT, Vec::new()).await {
            tracing::debug!(%error, "other nodes were not told of links for walls");
        }
        Ok(())
    }

    /// Keeps what was read, or what is `sure` to be stored.
    fn keep(&self, stored: Stored, sure: bool) {
        let changed = {
            let mut known = self.lock();
            known.read = Some(Instant::now());
            // A replica may lag behind what is known already.
            let changed = sure || stored.revision > known.stored.revision;
            if changed {
                known.stored = stored;
            }
            changed
        };
        if changed {
            self.changes.send_replace(());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        // Nothing that happens under the lock can leave it half changed.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What tells a link from all others, also from a later one of the same name, and opens nothing: the hash of its token.
#[must_use]
pub fn mark(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, token.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::HostErrorKind;
    use crate::host::fake::{FakeServer, lock};

    fn clock() -> Timestamp {
        Timestamp(1_700_000_000_000)
    }

    fn walls(server: &FakeServer) -> Walls<FakeServer> {
        Walls::new(Arc::new(server.clone()), clock)
    }

    fn admin() -> UserId {
        UserId::from("id-admin")
    }

    #[tokio::test(start_paused = true)]
    async fn a_link_is_known_until_it_is_withdrawn() {
        let server = FakeServer::default();
        let walls = walls(&server);
        assert_eq!(walls.name_of("x").await, Ok(None));
        let token = walls
            .create("  Call centre ", &admin())
            .await
            .expect("a link");
        assert_eq!(token.len(), TOKEN_BYTES / 3 * 4);
        let other = walls.create("Hall", &admin()).await.expect("a link");
        assert_ne!(token, other);
        assert_eq!(walls.name_of(&token).await, Ok(Some("Call centre".into())));
        for wrong in ["", &token[1..], &other.to_lowercase()] {
            assert_eq!(walls.name_of(wrong).await, Ok(None), "{wrong}");
        }
        let listed = walls.list().await.expect("a list");
        let names: Vec<_> = listed.iter().map(|wall| &*wall.name).collect();
        assert_eq!(names, ["Call centre", "Hall"]);
        assert_eq!((&listed[0].by, listed[0].made), (&admin(), clock()));

        let mut changes = walls.changes();
        walls.withdraw("call CENTRE").await.expect("withdrawn");
        assert!(changes.has_changed().expect("it is there"));
        changes.mark_unchanged();
        assert_eq!(walls.name_of(&token).await, Ok(None));
        assert!(!walls.knows(&mark(&token)) && walls.knows(&mark(&other)));
        assert_eq!(walls.withdraw("Call centre").await, Err(WallError::Unknown));
        assert!(!changes.has_changed().expect("it is there"));
    }

    #[tokio::test(start_paused = true)]
    async fn no_token_is_stored() {
        let server = FakeServer::default();
        let token = walls(&server)
            .create("Hall", &admin())
            .await
            .expect("a link");
        let stored = lock(&server.0.store)[KEY].clone();
        let stored = String::from_utf8(stored).expect("text");
        assert!(
            stored.contains("Hall") && !stored.contains(&token),
            "{stored}"
        );
        // By another process, or after a restart, it is known all the same.
        let name = walls(&server).name_of(&token).await;
        assert_eq!(name, Ok(Some("Hall".into())));
    }

    #[tokio::test(start_paused = true)]
    async fn what_another_node_did_is_seen() {
        let server = FakeServer::default();
        let (one, two) = (walls(&server), walls(&server));
        assert_eq!(two.name_of("x").await, Ok(None));
        let token = one.create("Hall", &admin()).await.expect("a link");
        assert_eq!(two.name_of(&token).await, Ok(None), "it was just read");
        tokio::time::sleep(REREAD_AFTER).await;
        assert_eq!(two.name_of(&token).await, Ok(Some("Hall".into())));
        one.withdraw("Hall").await.expect("withdrawn");
        two.read().await.expect("read");
        assert_eq!(two.name_of(&token).await, Ok(None));
    }

    #[tokio::test(start_paused = true)]
    async fn a_link_that_another_node_withdrew_is_good_for_a_minute_at_most() {
        let server = FakeServer::default();
        let (one, two) = (walls(&server), walls(&server));
        let token = one.create("Hall", &admin()).await.expect("a link");
        assert_eq!(two.name_of(&token).await, Ok(Some("Hall".into())));
        tokio::time::sleep(CHECK_EVERY).await;
        // What cannot be read turns no screen dark.
        lock(&server.0.failures).insert("get", HostErrorKind::Transient);
        assert_eq!(two.name_of(&token).await, Ok(Some("Hall".into())));
        lock(&server.0.failures).clear();
        one.withdraw("Hall").await.expect("withdrawn");
        assert_eq!(two.name_of(&token).await, Ok(None));
    }

    #[tokio::test(start_paused = true)]
    async fn a_new_link_of_an_old_name_is_another_one() {
        let server = FakeServer::default();
        let walls = walls(&server);
        let before = walls.create("Hall", &admin()).await.expect("a link");
        walls.withdraw("Hall").await.expect("withdrawn");
        let after = walls.create("Hall", &admin()).await.expect("a link");
        assert!(!walls.knows(&mark(&before)) && walls.knows(&mark(&after)));
    }

    #[tokio::test(start_paused = true)]
    async fn an_old_replica_brings_nothing_back() {
        let server = FakeServer::default();
        let walls = walls(&server);
        let token = walls.create("Hall", &admin()).await.expect("a link");
        let before = lock(&server.0.store)[KEY].clone();
        walls.withdraw("Hall").await.expect("withdrawn");
        lock(&server.0.store).insert(KEY.to_owned(), before);
        walls.read().await.expect("read");
        assert_eq!(walls.name_of(&token).await, Ok(None));
    }

    #[tokio::test(start_paused = true)]
    async fn names_and_numbers_are_limited() {
        let server = FakeServer::default();
        let walls = walls(&server);
        let create = async |name: &str| walls.create(name, &admin()).await.map(drop);
        assert_eq!(create(" \n").await, Err(WallError::NoName));
        assert_eq!(
            create(&"ü".repeat(MAX_NAME + 1)).await,
            Err(WallError::LongName)
        );
        assert_eq!(create(&"ü".repeat(MAX_NAME)).await, Ok(()));
        assert_eq!(create(&"Ü".repeat(MAX_NAME)).await, Err(WallError::Taken));
        for n in 1..MAX_WALLS {
            assert_eq!(create(&n.to_string()).await, Ok(()));
        }
        assert_eq!(create("one more").await, Err(WallError::TooMany));
    }

    #[tokio::test(start_paused = true)]
    async fn what_cannot_be_read_lets_nobody_in() {
        let server = FakeServer::default();
        lock(&server.0.failures).insert("get", HostErrorKind::Transient);
        assert!(walls(&server).name_of("x").await.is_err());
        lock(&server.0.failures).clear();
    }

    /// Every wall and every command said "try again" for ever.
    #[tokio::test(start_paused = true)]
    async fn a_damaged_record_is_set_aside_and_links_begin_anew() {
        for asked_first in [true, false] {
            let server = FakeServer::default();
            lock(&server.0.store).insert(KEY.to_owned(), b"something else".to_vec());
            let walls = walls(&server);
            if asked_first {
                assert_eq!(walls.list().await, Ok(Vec::new()));
                assert_eq!(walls.name_of("x").await, Ok(None));
            }
            let token = walls.create("Hall", &admin()).await.expect("made");
            assert_eq!(walls.name_of(&token).await, Ok(Some("Hall".into())));
            let aside = lock(&server.0.store)["board.walls-damaged"].clone();
            assert_eq!(aside, b"something else");
        }
    }
}
