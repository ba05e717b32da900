//! A stand-in for a Pexip Infinity conferencing node.
//!
//! It speaks the part of the client REST API (`/api/client/v2/conferences/<alias>/…`) that Pexip's own library `@pexip/infinity` 20 uses,
//! in its forms ([Pexip's documentation](https://docs.pexip.com/api_client/api_rest.htm), and what that library validates), and media flow:
//! it answers WebRTC calls and passes on sound, picture and presentation between those in a conference. It mixes nothing: everybody
//! gets the sound and the picture of whoever spoke last, else of the first other one, and of a muted one nothing, where a node would
//! compose a picture of all.
//!
//! It is for tests and `make run`: on this machine only, and nothing in it is a measure of a real node.
//!
//! ```no_run
//! # async fn test() -> std::io::Result<()> {
//! use devhost::pexip::{Options, Pexip};
//!
//! let node = Pexip::start(Options { host_pin: Some("1234".into()), ..Options::default() }).await?;
//! // … let the plugin have node.url() as its Node …
//! node.wait_for("Bob in a call", |node| node.people("matt-town").iter().any(|own| own.name == "Bob" && own.has_media)).await;
//! # Ok(())
//! # }
//! ```

mod conference;
mod events;
mod media;
mod people;
mod rest;
#[cfg(test)]
mod tests;
mod wire;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::timeout_at;

use conference::Conference;
pub use conference::{MAX_CONFERENCES, MAX_PARTICIPANTS};
use media::Media;

/// The hosts' PIN with `make run`.
pub const PIN: &str = "1234";

/// How often tokens are looked at that nobody refreshed.
const SWEEP: Duration = Duration::from_millis(500);

/// Whether people without the hosts' PIN may join.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Guests {
    /// They may, and wait for a host.
    #[default]
    Welcome,
    /// They may with this PIN.
    WithPin(String),
    /// They may not.
    Refused,
}

/// How it is.
#[derive(Clone, Debug)]
pub struct Options {
    /// Conferences are the aliases that begin so.
    pub prefix: String,
    /// The hosts' PIN. Without one everybody is a host.
    pub host_pin: Option<String>,
    /// The others, where there is one.
    pub guests: Guests,
    /// How long a token is good, in whole seconds: Pexip's are for two minutes.
    pub token_life: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            prefix: String::new(),
            host_pin: None,
            guests: Guests::Welcome,
            token_life: Duration::from_secs(120),
        }
    }
}

/// Somebody in a conference, as a test looks at them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Their UUID.
    pub uuid: String,
    /// The name they gave.
    pub name: String,
    /// Host, or guest.
    pub is_host: bool,
    /// In the waiting room.
    pub waits: bool,
    /// By a host or by themselves.
    pub is_muted: bool,
    /// Has a hand up.
    pub has_hand_up: bool,
    /// By a host or by themselves.
    pub is_video_muted: bool,
    /// Presents.
    pub is_presenting: bool,
    /// Has a WebRTC call.
    pub has_media: bool,
    /// Frames of theirs that were passed on to somebody.
    pub passed: Passed,
}

/// Frames that were passed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// Of sound.
    pub audio: u64,
    /// Of the main picture.
    pub video: u64,
    /// Of the presentation.
    pub slides: u64,
}

/// The stand-in. It ends when it is dropped.
#[derive(Debug)]
pub struct Pexip {
    shared: Arc<Shared>,
    address: SocketAddr,
    tasks: [AbortHandle; 3],
}

#[derive(Debug)]
struct Shared {
    options: Options,
    state: Mutex<State>,
    media: Media,
    /// Counted up by whatever happens.
    changed: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct State {
    conferences: BTreeMap<String, Conference>,
    /// Aliases that are locked before anybody is in them.
    locked: BTreeSet<String>,
    /// What the next requests for a token are answered with.
    refusals: VecDeque<(u16, String)>,
    /// By the participant's UUID.
    passed: BTreeMap<String, Passed>,
}

impl Pexip {
    /// Starts on ports of its own, on this machine only.
    ///
    /// # Errors
    ///
    /// No port can be had.
    pub async fn start(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let socket = UdpSocket::bind("127.0.0.1:0").await?;
        let (media, orders) = Media::new(socket.local_addr()?);
        let shared = Arc::new(Shared {
            options,
            state: Mutex::default(),
            media,
            changed: watch::Sender::new(0),
        });
        let router = rest::router(Arc::clone(&shared));
        let serving = async move {
            // It ends with the task.
            let _ = axum::serve(listener, router).await;
        };
        let tasks = [
            tokio::spawn(serving).abort_handle(),
            tokio::spawn(media::run(Arc::clone(&shared), socket, orders)).abort_handle(),
            tokio::spawn(sweep(Arc::clone(&shared))).abort_handle(),
        ];
        Ok(Self {
            shared,
            address,
            tasks,
        })
    }

    /// Where it is, as the plugin's `Node` wants it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The aliases of conferences that somebody is in.
    #[must_use]
    pub fn conferences(&self) -> Vec<String> {
        self.shared.state().conferences.keys().cloned().collect()
    }

    /// Who is in a conference, in the order in which they came.
    #[must_use]
    pub fn people(&self, alias: &str) -> Vec<Person> {
        let state = self.shared.state();
        let Some(conference) = state.conferences.get(alias) else {
            return Vec::new();
        };
        let people = conference.people.iter().map(|own| Person {
            uuid: own.uuid.clone(),
            name: own.name.clone(),
            is_host: own.is_host,
            waits: own.waits,
            is_muted: own.is_muted || own.is_client_muted,
            has_hand_up: own.raised,
            is_video_muted: own.is_video_muted,
            is_presenting: conference.presenter.as_ref() == Some(&own.uuid),
            has_media: own.call.is_some(),
            passed: state.passed.get(&own.uuid).copied().unwrap_or_default(),
        });
        people.collect()
    }

    /// The call of somebody of that name breaks off; they are still in the conference.
    pub fn drop_call(&self, alias: &str, name: &str) {
        self.shared.change(|shared, state| {
            let Some(conference) = state.conferences.get_mut(alias) else {
                return;
            };
            let Some(own) = conference.people.iter_mut().find(|own| own.name == name) else {
                return;
            };
            let uuid = own.uuid.clone();
            if let Some(call) = own.call.take() {
                shared.media.close(&call);
                let event =
                    serde_json::json!({"call_uuid": call, "reason": "Media process disconnected"});
                conference.tell_one(&uuid, &("call_disconnected", event));
                conference.change(&uuid, |_| {});
            }
        });
    }

    /// Somebody of that name is removed, for a reason in Pexip's words ("Disconnected by another participant").
    pub fn disconnect(&self, alias: &str, name: &str, reason: &str) {
        self.shared.change(|shared, state| {
            let people = state.conferences.get(alias).map(|own| own.people.iter());
            let uuid = people.and_then(|mut own| own.find(|own| own.name == name));
            if let Some(uuid) = uuid.map(|own| own.uuid.clone()) {
                shared.leave(state, alias, &uuid, Some(reason));
            }
        });
    }

    /// The conference ends for all, for a reason in Pexip's words ("Conference terminated by an administrator").
    pub fn end(&self, alias: &str, reason: &str) {
        self.shared
            .change(|shared, state| shared.end(state, alias, reason));
    }

    /// Locks or opens a conference, whether or not somebody is in it. Guests of a locked one wait until a host admits them.
    pub fn lock(&self, alias: &str, is_locked: bool) {
        self.shared.change(|_, state| {
            if is_locked {
                state.locked.insert(alias.to_owned());
            } else {
                state.locked.remove(alias);
            }
            if let Some(conference) = state.conferences.get_mut(alias) {
                conference.lock(is_locked);
            }
        });
    }

    /// The next request for a token is refused with this status and result ("Participant limit reached"), and one after the other
    /// those behind it with what else is told.
    pub fn refuse(&self, status: u16, result: &str) {
        let refusal = (status, result.to_owned());
        self.shared
            .change(|_, state| state.refusals.push_back(refusal));
    }

    /// Whether guests of a conference whom a host muted may unmute themselves, as they may from its beginning.
    pub fn let_guests_unmute(&self, alias: &str, may: bool) {
        self.shared.change(|_, state| {
            if let Some(conference) = state.conferences.get_mut(alias) {
                conference.let_guests_unmute(may);
            }
        });
    }

    /// Waits until something is so: the stand-in is looked at again after each change.
    ///
    /// # Panics
    ///
    /// It does not come to be so within [`PATIENCE`](crate::world::PATIENCE).
    pub async fn wait_for(&self, what: &str, mut is: impl FnMut(&Self) -> bool) {
        let mut changed = self.shared.changed.subscribe();
        let waiting = async {
            loop {
                changed.borrow_and_update();
                if is(self) {
                    return;
                }
                if changed.changed().await.is_err() {
                    return;
                }
            }
        };
        let deadline = tokio::time::Instant::now() + crate::world::PATIENCE;
        let waited = timeout_at(deadline, waiting).await;
        assert!(waited.is_ok(), "{what} does not come about");
    }

    /// It ends: its ports are closed, and calls get no media.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Pexip {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&Self, &mut State) -> T) -> T {
        let changed = change(self, &mut self.state());
        self.tell();
        changed
    }

    fn tell(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    /// Somebody goes, with their call; and the conference, if nobody is left who could come back to it.
    fn leave(&self, state: &mut State, alias: &str, uuid: &str, reason: Option<&str>) {
        let Some(conference) = state.conferences.get_mut(alias) else {
            return;
        };
        if let Some(call) = conference.leave(uuid, reason).and_then(|own| own.call) {
            self.media.close(&call);
        }
        state.passed.remove(uuid);
        if conference.people.iter().all(|own| own.is_dialled) {
            state.conferences.remove(alias);
        }
    }

    fn end(&self, state: &mut State, alias: &str, reason: &str) {
        let people = state.conferences.get(alias).map(|own| own.people.iter());
        let people: Vec<String> = people
            .into_iter()
            .flatten()
            .map(|own| own.uuid.clone())
            .collect();
        for uuid in people {
            self.leave(state, alias, &uuid, Some(reason));
        }
    }
}

/// Who does not refresh their token has gone.
async fn sweep(shared: Arc<Shared>) {
    loop {
        tokio::time::sleep(SWEEP).await;
        let now = Instant::now();
        let gone: Vec<_> = {
            let state = shared.state();
            let all = state.conferences.values();
            let all =
                all.flat_map(|own| own.people.iter().map(|person| (own.alias.clone(), person)));
            let gone = all.filter(|(_, own)| !own.is_dialled && own.good_until < now);
            gone.map(|(alias, own)| (alias, own.uuid.clone())).collect()
        };
        for (alias, uuid) in gone {
            let reason = Some("Timer expired awaiting token refresh");
            shared.change(|shared, state| shared.leave(state, &alias, &uuid, reason));
        }
    }
}
