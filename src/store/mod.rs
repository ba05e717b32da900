//! Records in the host's key-value store: JSON behind a line that says the form's version and a checksum, so that a record that was
//! cut or changed is set aside and named, and never read as something else.

pub mod board;

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha1::{Digest, Sha1};

use crate::config::Problem;
use crate::host::{HostError, Records, Store};

/// The version of the line in front. What the JSON holds is each record's own business: fields come and go, none changes its meaning.
const VERSION: &str = "switchboard 1";

/// The longest record that is read or written, in bytes: the server's column holds more, but whoever writes that much wrote too much.
pub const MAX_RECORD_BYTES: usize = 1024 * 1024;

/// The longest key, in characters: Mattermost before 9 keeps no longer ones.
pub const MAX_KEY: usize = 50;

/// Why a record is not stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordError {
    /// The server did not answer, or refused.
    Host(HostError),
    /// It is none that could be read again; why, in a few words.
    Damaged(&'static str),
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(error) => error.fmt(f),
            Self::Damaged(why) => write!(f, "the record is damaged: {why}"),
        }
    }
}

impl std::error::Error for RecordError {}

impl RecordError {
    /// As an error of the server's: one that is written damaged is refused each time.
    #[must_use]
    pub fn into_host(self) -> HostError {
        match self {
            Self::Host(error) => error,
            Self::Damaged(why) => HostError::from_status(400, why),
        }
    }
}

impl From<HostError> for RecordError {
    fn from(error: HostError) -> Self {
        Self::Host(error)
    }
}

/// The record under a key, if there is one. A damaged one is set aside: see [`set_aside`].
///
/// # Errors
///
/// The server did not answer, or refused.
pub async fn load<T: DeserializeOwned>(
    host: &impl Store,
    key: &str,
) -> Result<Option<T>, HostError> {
    let Some(bytes) = host.get(key).await? else {
        return Ok(None);
    };
    match read(&bytes) {
        Ok(record) => Ok(Some(record)),
        Err(why) => {
            set_aside(host, key, &bytes, why).await?;
            Ok(None)
        }
    }
}

/// The same, or the default where there is none.
///
/// # Errors
///
/// See [`load`].
pub async fn load_or_default<T>(host: &impl Store, key: &str) -> Result<T, HostError>
where
    T: DeserializeOwned + Default,
{
    Ok(load(host, key).await?.unwrap_or_default())
}

/// What the key of a record ends with that was set aside.
pub const ASIDE: &str = "-damaged";

/// The most records set aside that are named on `/status`.
pub const MAX_NAMED: usize = 8;

/// The records that were set aside since the start, as `/status` names them.
#[derive(Debug, Default)]
pub struct Damaged(Mutex<(u64, Vec<String>)>);

impl Damaged {
    fn note(&self, key: &str, why: &str) {
        let (count, named) = &mut *self.lock();
        *count += 1;
        if named.len() < MAX_NAMED {
            named.push(format!("`{key}`: {why}"));
        }
    }

    /// How many there were.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.lock().0
    }

    /// What an administrator should know, if there was any.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        let (count, named) = &*self.lock();
        let more = match count - named.len() as u64 {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let what = format!("were damaged, and begin anew: {}{more}", named.join("; "));
        let remedy = "They were set aside, each under its key and `-damaged`, in the plugin's key-value store; the log says of each what that means. Once they were looked at, restart the plugin.";
        (*count > 0).then(|| Problem::new("records", what, remedy))
    }

    fn lock(&self) -> MutexGuard<'_, (u64, Vec<String>)> {
        // Nothing that happens under the lock can leave it half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts a record that cannot be read where it is in nobody's way: under its key and [`ASIDE`], and names it in the log and among the host's
/// [`Damaged`]. What it was for begins anew; an administrator, or a version that can read it, still has it. Nothing is done where `bytes` are
/// no longer what stands there, as where a replica of the database lags behind.
///
/// # Errors
///
/// The server did not answer, or refused.
pub async fn set_aside(
    host: &impl Store,
    key: &str,
    bytes: &[u8],
    why: &str,
) -> Result<(), HostError> {
    let aside = format!("{key}{ASIDE}");
    let before = host.get(&aside).await?;
    host.compare_and_set(&aside, before.as_deref(), Some(bytes))
        .await?;
    if host.compare_and_set(key, Some(bytes), None).await? {
        if let Some(damaged) = host.damaged() {
            damaged.note(key, why);
        }
        tracing::error!(
            key,
            aside,
            why,
            "a damaged record is set aside; what it was for begins anew"
        );
    }
    Ok(())
}

/// The keys of all records that begin with this, without those that were [set aside](set_aside); in no order. The whole store is listed for it:
/// seldom, at a start for example.
///
/// # Errors
///
/// The server did not answer, or refused.
pub async fn keys(host: &impl Records, prefix: &str) -> Result<Vec<String>, HostError> {
    let mut keys = host.keys(prefix).await?;
    keys.retain(|key| !key.ends_with(ASIDE));
    Ok(keys)
}

/// Stores a record.
///
/// # Errors
///
/// See [`RecordError`]; one that would be longer than [`MAX_RECORD_BYTES`] is damaged.
pub async fn save<T: Serialize>(
    host: &impl Records,
    key: &str,
    record: &T,
) -> Result<(), RecordError> {
    let bytes = write(record).map_err(RecordError::Damaged)?;
    Ok(host.put(key, Some(&bytes)).await?)
}

/// How often [`change`] tries while others change the same record.
const MAX_ATTEMPTS: u32 = 8;

/// How long it waits before the second attempt; before each further one, that much longer. What was read may come from a replica
/// that lags behind.
const WAIT: Duration = Duration::from_millis(50);

/// Changes a record without losing what another task or another node of a cluster makes of it meanwhile: `change` gets what is
/// stored, or the default, and gives what is to be stored, and an answer. It may be asked several times, each time anew.
///
/// # Errors
///
/// See [`RecordError`]. A damaged record is none: it is [set aside](set_aside), and `change` gets the default.
pub async fn change<T, R>(
    host: &impl Store,
    key: &str,
    mut change: impl FnMut(T) -> (T, R),
) -> Result<R, RecordError>
where
    T: Serialize + DeserializeOwned + Default,
{
    for attempt in 1..=MAX_ATTEMPTS {
        let old = host.get(key).await?;
        let stored = match &old {
            Some(bytes) => match read(bytes) {
                Ok(stored) => stored,
                Err(why) => {
                    set_aside(host, key, bytes, why).await?;
                    tokio::time::sleep(WAIT * attempt).await;
                    continue;
                }
            },
            None => T::default(),
        };
        let (new, answer) = change(stored);
        let new = write(&new).map_err(RecordError::Damaged)?;
        // Also where it is that already: what was read may be over, and only this asks the database itself.
        if host
            .compare_and_set(key, old.as_deref(), Some(&new))
            .await?
        {
            return Ok(answer);
        }
        tokio::time::sleep(WAIT * attempt).await;
    }
    let what = "the record is changed by others all the time";
    Err(RecordError::Host(HostError::transient(what)))
}

fn sum(json: &[u8]) -> String {
    let sum = Sha1::digest(json);
    sum.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A record as it is stored.
fn write<T: Serialize>(record: &T) -> Result<Vec<u8>, &'static str> {
    let json = serde_json::to_vec(record).map_err(|_| "it cannot be written as JSON")?;
    seal(&json)
}

/// Any bytes as a record.
fn seal(content: &[u8]) -> Result<Vec<u8>, &'static str> {
    if content.len() > MAX_RECORD_BYTES {
        return Err("it is too long");
    }
    let mut bytes = format!("{VERSION} {}\n", sum(content)).into_bytes();
    bytes.extend_from_slice(content);
    Ok(bytes)
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, &'static str> {
    let json = unseal(bytes)?;
    serde_json::from_slice(json).map_err(|_| "its fields are not those of such a record")
}

/// What a record holds.
fn unseal(bytes: &[u8]) -> Result<&[u8], &'static str> {
    if bytes.len() > MAX_RECORD_BYTES + 100 {
        return Err("it is too long");
    }
    let end = bytes.iter().position(|byte| *byte == b'\n');
    let (head, json) = bytes.split_at(end.ok_or("it has no first line")?);
    let json = &json[1..];
    let head = std::str::from_utf8(head).map_err(|_| "its first line is no text")?;
    let stored = head.strip_prefix(VERSION).map(str::trim);
    if stored.ok_or("it is of another version")? != sum(json) {
        return Err("its checksum is wrong");
    }
    Ok(json)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::host::fake::{FakeServer, lock};

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let bytes = write(&("bob", 7)).expect("a record");
        assert_eq!(read::<(String, u32)>(&bytes), Ok(("bob".to_owned(), 7)));
    }

    #[tokio::test(start_paused = true)]
    async fn no_change_is_lost() {
        let server = FakeServer::default();
        server.slow(Duration::from_millis(10));
        let add = |n: u32| {
            change(&server, "list", move |mut list: Vec<u32>| {
                list.push(n);
                let length = list.len();
                (list, length)
            })
        };
        let (one, two, three) = tokio::join!(add(1), add(2), add(3));
        let mut lengths = [one, two, three].map(|length| length.expect("stored"));
        lengths.sort_unstable();
        assert_eq!(lengths, [1, 2, 3]);
        let mut list: Vec<u32> = load(&server, "list").await.expect("read").expect("a list");
        list.sort_unstable();
        assert_eq!(list, [1, 2, 3]);
    }

    /// A server whose replica of the database lags behind by one write.
    struct Lagging {
        server: FakeServer,
        before: Mutex<Option<Vec<u8>>>,
    }

    impl Store for Lagging {
        fn damaged(&self) -> Option<&Damaged> {
            self.server.damaged()
        }

        async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, HostError> {
            let before = lock(&self.before).take();
            match before {
                Some(before) => Ok(Some(before)),
                None => self.server.get(key).await,
            }
        }

        async fn compare_and_set(
            &self,
            key: &str,
            old: Option<&[u8]>,
            value: Option<&[u8]>,
        ) -> Result<bool, HostError> {
            self.server.compare_and_set(key, old, value).await
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_replica_still_shows_as_wanted_is_stored_all_the_same() {
        let server = FakeServer::default();
        save(&server, "phone", &"on").await.expect("stored");
        let lagging = Lagging {
            before: Mutex::new(Some(write(&"on").expect("a record"))),
            server: server.clone(),
        };
        // Another node's, which the replica does not have yet.
        save(&server, "phone", &"off").await.expect("stored");
        let on = |_: String| ("on".to_owned(), ());
        change(&lagging, "phone", on).await.expect("stored");
        let stored: Option<String> = load(&server, "phone").await.expect("read");
        assert_eq!(stored.as_deref(), Some("on"));
    }

    /// Links for walls answered "try again" for ever, and nobody was told why.
    #[tokio::test(start_paused = true)]
    async fn a_damaged_record_is_in_nobodys_way() {
        let server = FakeServer::default();
        let damage = || lock(&server.0.store).insert("list".to_owned(), b"nonsense".to_vec());
        let aside = || lock(&server.0.store).get("list-damaged").cloned();
        damage();
        let push = |mut list: Vec<u32>| {
            list.push(7);
            (list, ())
        };
        change(&server, "list", push).await.expect("stored");
        assert_eq!(load(&server, "list").await, Ok(Some(vec![7])));
        assert_eq!(aside().as_deref(), Some(&b"nonsense"[..]));
        // One that is set aside later takes its place.
        let newer = b"switchboard 2 x\n[7]".to_vec();
        lock(&server.0.store).insert("list".to_owned(), newer.clone());
        assert_eq!(
            load_or_default(&server, "list").await,
            Ok(Vec::<u32>::new())
        );
        assert_eq!(aside(), Some(newer));
        assert_eq!(load::<Vec<u32>>(&server, "list").await, Ok(None));
        assert_eq!(keys(&server, "li").await, Ok(Vec::new()));
        // Both are named.
        let problem = server
            .damaged()
            .expect("a list")
            .problem()
            .expect("damaged records");
        let named = "`list`: it has no first line; `list`: it is of another version";
        assert!(problem.what.ends_with(named), "{problem:?}");
        assert_eq!(server.damaged().expect("a list").count(), 2);
        // What a replica still shows is not what stands there.
        save(&server, "list", &[9]).await.expect("stored");
        let lagging = Lagging {
            before: Mutex::new(Some(b"nonsense".to_vec())),
            server: server.clone(),
        };
        change(&lagging, "list", push).await.expect("stored");
        assert_eq!(load(&server, "list").await, Ok(Some(vec![9, 7])));
    }

    #[test]
    fn a_damaged_record_is_named() {
        let bytes = write(&"bob").expect("a record");
        let last = bytes.len() - 1;
        let mut changed = bytes.clone();
        changed[last - 1] ^= 1;
        assert_eq!(read::<String>(&changed), Err("its checksum is wrong"));
        assert_eq!(read::<String>(&bytes[..last]), Err("its checksum is wrong"));
        assert_eq!(read::<String>(b"\"bob\""), Err("it has no first line"));
        assert_eq!(
            read::<String>(b"switchboard 2 x\n\"bob\""),
            Err("it is of another version")
        );
        assert_eq!(
            read::<u32>(&bytes),
            Err("its fields are not those of such a record")
        );
    }
}
