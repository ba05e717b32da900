//! Video conferences on a Pexip Infinity: a room for each channel, who is in it, and what follows from that.
//!
//! The plugin takes no part in a conference. It says who may have a room's address and its host PIN, and clients tell it when they are
//! really in, now and then that they still are, and when they leave. From that follow a claim on each one's status, the channel's post, and
//! what other members' clients show. Who enters a room by knowing its address alone is the conferencing side's to allow.

mod conferences;
mod door;
mod follow;
mod key;
mod posts;
mod record;
mod refused;
mod room;
#[cfg(test)]
mod tests;

pub use conferences::{
    BEAT, BEAT_LIMIT, MAX_CONFERENCES, MAX_IN_CONFERENCE, MAX_OF_PERSON, MAX_REPLACED,
    REOPENS_WITHIN, SILENT_LIMIT,
};
pub use door::{JOIN_WINDOW, MAX_JOINS, MAX_ROOMS};
pub use follow::MAX_TOLD;
pub use key::KEY;
pub use posts::MAX_NAMED;
pub use record::{NOTED_EVERY, RESUMES_WITHIN};
pub use refused::Refused;
pub use room::{KEY_BYTES, SECRET_CHARS, trial};

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{Notify, OnceCell, watch};
use tokio::task::JoinSet;

use crate::app::Clock;
use crate::board::Timestamp;
use crate::config::{Problem, VideoSettings};
use crate::host::{Audience, ChannelId, Channels, HostError, Person, Posts, UserId};
use crate::language::Language;
use crate::sinks::status::{StatusHost, Statuses};
use crate::tasks;
use conferences::Conferences;
use posts::Desks;

/// The event by which a channel's members learn of its conference when somebody comes or goes: `channelId`, `since` in milliseconds since
/// 1970, how many are in as `count`, and the ids of the first [`MAX_TOLD`] of them as `people`.
pub const EVENT: &str = "video_changed";

/// The event by which somebody's own clients learn that another tab of theirs took over: the `participations` that are no more, which
/// nobody else knows, and the `channelId`.
pub const TAKEN_OVER: &str = "video_taken_over";

/// The longest sleep until something is due: clocks are put right, and machines sleep.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// What the server is asked for.
pub trait VideoHost: StatusHost + Channels + Posts {}

impl<T: StatusHost + Channels + Posts> VideoHost for T {}

/// Who wants to join where.
#[derive(Clone, Copy, Debug)]
pub struct Join<'a> {
    /// Who.
    pub person: &'a Person,
    /// Where.
    pub channel: &'a ChannelId,
    /// What their client calls its tab.
    pub tab: &'a str,
    /// Whether this tab takes the place of another one.
    pub take_over: bool,
}

/// What somebody gets who may join.
#[derive(Clone, PartialEq, Eq)]
pub struct Joined {
    /// What their client says that it is in, still there, or gone by. Nobody else knows it.
    pub participation: String,
    /// What the room is called.
    pub alias: String,
    /// What they are called in it.
    pub display_name: String,
    /// The room's address for SIP devices.
    pub sip: String,
    /// The host PIN, for those who may host.
    pub pin: Option<String>,
    /// Whether they may host.
    pub host: bool,
    /// Whether each member of the channel who is no guest may.
    pub members_host: bool,
    /// Where conferences have a window of their own: its address.
    pub window: Option<String>,
    /// The settings that this follows from.
    pub settings: Arc<VideoSettings>,
}

/// Neither the PIN nor what it is joined by is shown.
impl fmt::Debug for Joined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Joined").finish_non_exhaustive()
    }
}

/// A conference that goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// Whose it is.
    pub channel: ChannelId,
    /// Since when.
    pub since: Timestamp,
    /// Who is in, as they came.
    pub people: Vec<UserId>,
}

/// The conferences. Every method may be called from several tasks at once, inside a tokio runtime.
pub struct Video<H> {
    host: Arc<H>,
    statuses: Arc<Statuses<H>>,
    clock: Clock,
    key: OnceCell<[u8; KEY_BYTES]>,
    state: Mutex<State<H>>,
    /// Told when something becomes due sooner than was known.
    timer: Arc<Notify>,
    /// Told when a record is to be written.
    dirty: Arc<Notify>,
    /// Told when clients are to be told something.
    telling: Arc<Notify>,
    /// Set once what went on before the start is known.
    resumed: watch::Sender<bool>,
    tasks: Mutex<JoinSet<()>>,
}

struct State<H> {
    settings: Option<Arc<VideoSettings>>,
    conferences: Conferences,
    desks: Desks<H>,
    /// Whose records are to be written.
    unsaved: HashSet<ChannelId>,
    /// Of whose conferences clients are to be told, in the order in which these changed.
    untold: VecDeque<ChannelId>,
    /// Why it is not known who posts, while that is so.
    no_author: Option<String>,
    /// Whether it is being found out.
    asks_author: bool,
    /// Whether records of an earlier process are, or were, looked for.
    looks_back: bool,
    /// How often people joined of late, and since when that is counted.
    joins: HashMap<UserId, (Timestamp, u32)>,
    /// Who is a member where, as far as it was asked for what is only shown, and until when that is believed.
    members: HashMap<(ChannelId, UserId), (bool, Timestamp)>,
}

impl<H> fmt::Debug for Video<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Video").finish_non_exhaustive()
    }
}

impl<H: VideoHost> Video<H> {
    /// Without settings there is none. Must be called inside a tokio runtime.
    #[must_use]
    pub fn start(host: Arc<H>, statuses: Arc<Statuses<H>>, clock: Clock) -> Arc<Self> {
        let state = State {
            settings: None,
            conferences: Conferences::default(),
            desks: Desks::new(Arc::clone(&host)),
            unsaved: HashSet::new(),
            untold: VecDeque::new(),
            no_author: None,
            asks_author: false,
            looks_back: false,
            joins: HashMap::new(),
            members: HashMap::new(),
        };
        let video = Arc::new(Self {
            host,
            statuses,
            clock,
            key: OnceCell::new(),
            state: Mutex::new(state),
            timer: Arc::default(),
            dirty: Arc::default(),
            telling: Arc::default(),
            resumed: watch::Sender::new(false),
            tasks: Mutex::default(),
        });
        let tending = tend(Arc::downgrade(&video), Arc::clone(&video.timer));
        let saving = follow::save(Arc::downgrade(&video), Arc::clone(&video.dirty));
        video.spawn(tending);
        video.spawn(saving);
        video.spawn(follow::tell(
            Arc::downgrade(&video),
            Arc::clone(&video.telling),
        ));
        video
    }

    /// Takes the settings; nothing: video is off, and whoever is in a conference is no longer followed.
    pub fn configure(self: &Arc<Self>, settings: Option<Arc<VideoSettings>>) {
        let off = settings.is_none();
        let mut state = self.state();
        if off {
            // By the settings that held: who read that somebody joined reads that they left.
            let steps = state.conferences.clear((self.clock)());
            self.follow(&mut state, steps);
        }
        state.settings = settings;
        if off {
            return;
        }
        if !std::mem::replace(&mut state.looks_back, true) {
            drop(state);
            self.spawn(follow::resume(Arc::downgrade(self)));
        }
    }

    /// What is posted is in that language from now on, but for the words of Pexip Video Connect.
    pub fn set_language(&self, language: Language) {
        self.state().desks.language = language;
    }

    /// What should be put right.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let state = self.state();
        let clean = |why: &str| crate::text::clean(why).into_owned();
        let no_author = state.no_author.as_deref().map(|why| {
            Problem::new(
                "bot",
                format!("the account that posts about conferences cannot be had: {}", clean(why)),
                "Rename or delete the account of a person that has the bot's name; it is tried again. Conferences go on without posts.",
            )
        });
        let failure = state.desks.failure().map(|why| {
            Problem::new(
                "video",
                format!(
                    "the server does not make posts about conferences: {}",
                    clean(&why)
                ),
                "Waiting posts are tried again; see the server's log if this lasts.",
            )
        });
        no_author.into_iter().chain(failure).collect()
    }

    /// The settings in force.
    #[must_use]
    pub fn settings(&self) -> Option<Arc<VideoSettings>> {
        self.state().settings.clone()
    }

    /// Lets somebody join, if they may. Nothing is announced by that.
    ///
    /// # Errors
    ///
    /// See [`Refused`].
    pub async fn join(&self, join: Join<'_>) -> Result<Joined, Refused> {
        self.count(&join.person.id)?;
        self.looked_back().await;
        let admitted = self.admit(join.person, join.channel).await?;
        let joined = self.door(join.person, &admitted).await?;
        let replaced = self.take(&joined, &join, Some(join.tab))?;
        self.tell_replaced(&join, &replaced);
        Ok(joined)
    }

    /// Their client is in the conference.
    ///
    /// # Errors
    ///
    /// See [`Refused`].
    pub async fn joined(self: &Arc<Self>, id: &str, user: &UserId) -> Result<(), Refused> {
        self.still(id, user).await?;
        let mut state = self.state();
        let now = (self.clock)();
        let (since, step) = state.conferences.joined(id, user, now)?;
        match step {
            Some(step) => self.follow(&mut state, vec![step]),
            // Also where they were in before a restart: what was set then may have been given back.
            None => {
                if let Ok(channel) = state.conferences.channel(id, user) {
                    self.claim(user, &channel, since);
                }
            }
        }
        Ok(())
    }

    /// Their client is still there. Who may not be there any more is let go.
    ///
    /// # Errors
    ///
    /// See [`Refused`].
    pub async fn beat(self: &Arc<Self>, id: &str, user: &UserId) -> Result<(), Refused> {
        self.still(id, user).await?;
        let beat = self.state().conferences.beat(id, user, (self.clock)());
        Ok(beat?)
    }

    /// Their client left. Where it is not known who asks, knowing the participation is enough: a page that is being closed cannot say
    /// who it is.
    ///
    /// # Errors
    ///
    /// [`Refused::Gone`] where there is no such participation of theirs.
    pub fn leave(self: &Arc<Self>, id: &str, user: Option<&UserId>) -> Result<(), Refused> {
        let mut state = self.state();
        let step = state.conferences.leave(id, user, (self.clock)())?;
        self.follow(&mut state, step.into_iter().collect());
        Ok(())
    }

    /// Everybody leaves.
    #[cfg(test)]
    fn leave_all(self: &Arc<Self>) {
        let mut state = self.state();
        let steps = state.conferences.clear((self.clock)());
        self.follow(&mut state, steps);
    }

    /// A client of Pexip Video Connect says that somebody joined, or left: all in one, without a participation that it knows.
    ///
    /// # Errors
    ///
    /// See [`Refused`].
    pub async fn notified(
        self: &Arc<Self>,
        person: &Person,
        channel: &ChannelId,
        joined: bool,
    ) -> Result<(), Refused> {
        if !joined {
            let mut state = self.state();
            let now = (self.clock)();
            let steps = state.conferences.leave_channel(channel, &person.id, now);
            self.follow(&mut state, steps);
            return Ok(());
        }
        self.count(&person.id)?;
        self.looked_back().await;
        let admitted = self.admit(person, channel).await?;
        let door = self.door(person, &admitted).await?;
        let join = Join {
            person,
            channel,
            tab: "",
            take_over: true,
        };
        self.take(&door, &join, None)?;
        self.joined(&door.participation, &person.id).await
    }

    /// Tells somebody's own clients what they chose, as the webapp of Pexip Video Connect asks for.
    ///
    /// # Errors
    ///
    /// The server did not take it.
    pub async fn chosen(
        &self,
        user: &UserId,
        event: &str,
        fields: &[(&str, &str)],
    ) -> Result<(), HostError> {
        let field = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).into());
        let told = fields.iter().map(field).collect();
        self.host
            .tell_clients(event, Audience::User(user), told)
            .await
    }

    /// Ends in good order, until the deadline at the latest: posts of conferences that go on say that they are no longer followed, and
    /// what goes on is noted. Tells how many posts remained.
    pub async fn stop(&self, limit: Duration) -> usize {
        lock(&self.tasks).abort_all();
        {
            let mut state = self.state();
            let going_on = state.conferences.going_on();
            let channels = going_on.into_iter().map(|(channel, _)| channel);
            state.unsaved.extend(channels);
        }
        let _ = tokio::time::timeout(limit, self.save_all()).await;
        let posts = self.state().desks.stop(limit);
        posts.await
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut all = lock(&self.tasks);
        while all.try_join_next().is_some() {}
        tasks::spawn_in(&mut all, task);
    }

    fn state(&self) -> MutexGuard<'_, State<H>> {
        lock(&self.state)
    }
}

impl<H> Drop for Video<H> {
    fn drop(&mut self) {
        lock(&self.tasks).abort_all();
    }
}

/// Lets go of whoever is gone, until all is over.
async fn tend<H: VideoHost>(video: Weak<Video<H>>, timer: Arc<Notify>) {
    loop {
        let Some(strong) = video.upgrade() else {
            return;
        };
        let wait = strong.expire();
        drop(strong);
        match wait {
            // Whichever comes first.
            Some(wait) => drop(tokio::time::timeout(wait, timer.notified()).await),
            None => timer.notified().await,
        }
    }
}

/// Nothing that happens under the locks here can leave them half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
