//! The composition: settings, board, posts and what else belongs together, behind one object that the
//! plugin's hooks and HTTP talk to.

mod asterisk_task;
mod attempts;
mod board_task;
mod clock;
mod configure;
mod day_task;
mod effects;
mod links;
mod members;
mod missed;
mod number_book;
mod on_board;
mod ovh_task;
mod pages;
mod peers;
mod people;
mod resolver;
mod restart;
mod standing;
mod start;
mod status;
mod stop;
#[cfg(test)]
pub(crate) mod tests;
mod viewers;

#[cfg(test)]
pub(crate) use attempts::WINDOW;
pub(crate) use attempts::{Attempts, Door, Verdict};
pub(crate) use board_task::{Beginning, Duty, Followers};
pub use board_task::{
    BoardHandle, Calls as EndedCalls, History, MAX_QUEUED_EVENTS, Stopped, board_alone,
};
#[cfg(test)]
pub(crate) use board_task::{begin_again, board_that_begins};
pub use clock::{Clock, system_clock};
pub(crate) use links::{
    APPROVE, BUTTON_PATH as LINK_BUTTON_PATH, DECISION, LinkError, Linking, TOKEN as LINK_TOKEN,
    USER, not_linked,
};
pub use members::{Access, BELIEVED, MAX_REMEMBERED};
pub use on_board::HISTORY_UNDER_WAY_KB;
pub(crate) use pages::SETTINGS_CHANGED;
pub(crate) use peers::{Errand, Leads, MAX_ERRANDS, MAX_OUTGOING, Ways};
pub(crate) use people::PhoneSwitch;
pub use resolver::{RESOLVE_LIMIT, RETRY_NOT_FOUND};
pub use standing::WaitingEvents;
pub(crate) use start::Lasting;
pub use stop::StopReport;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::AbortHandle;

use crate::board::Timestamp;
use crate::calls::Calls;
use crate::config::{Bundle, Config, Setting};
use crate::host::{ApiCalls, Host, Person, UserId};
use crate::language::Language;
use crate::live::{Live, Shown};
use crate::number_book::{Labels, Lookup};
use crate::outbound::Client;
use crate::people::{People, PhoneTimers};
use crate::presence::Presence;
use crate::sinks::free::Free;
use crate::sinks::metrics::CallCounts;
use crate::sinks::missed::MissedCalls;
use crate::sinks::posts::{Counts, Posting, Target};
use crate::sinks::status::Statuses;
use crate::sources::asterisk::Asterisk;
use crate::sources::ovh::Ovh;
use crate::sources::phone_urls;
use crate::store::board::Keeping;
use crate::time_zone::TimeZones;
use crate::trace::Traces;
use crate::video::Video;
use crate::walls::Walls;

/// The product, over a host. Every method may be called from several tasks at once.
pub struct App<H> {
    id: String,
    bundle: &'static Bundle,
    host: Arc<H>,
    clock: Clock,
    config: Arc<RwLock<Arc<Config>>>,
    settings: Arc<links::Settings<H>>,
    desk: links::Desk<H>,
    /// The settings as they came last, so that a save of something else costs a comparison.
    raw: Mutex<Option<Vec<u8>>>,
    board: BoardHandle,
    /// What keeps the board, on a node that leads or is alone.
    keeping: Option<Keeping>,
    posts: Arc<Posting<H>>,
    free: Free<H>,
    missed: MissedCalls<H>,
    wanted: watch::Sender<resolver::Wanted>,
    target: watch::Sender<Option<Target>>,
    resolved: watch::Receiver<resolver::Resolved>,
    members: members::Members,
    walls: Arc<Walls<H>>,
    shown: Shown,
    live: Arc<Live>,
    /// The settings changed, for whoever tells days.
    days: Arc<Notify>,
    presence: Arc<Presence<H>>,
    asterisk: Arc<Asterisk>,
    ovh: Arc<Ovh>,
    calls: Arc<Calls<H, Asterisk>>,
    people: Arc<People<H>>,
    statuses: Arc<Statuses<H>>,
    video: Arc<Video<H>>,
    zones: Arc<TimeZones>,
    traces: Traces<H>,
    phone_timers: PhoneTimers<H>,
    labels: Arc<Labels>,
    lookup: Arc<Lookup>,
    outbound: Arc<Client>,
    effects: effects::Effects<H>,
    /// Whether it does what only one node of a cluster does.
    active: bool,
    /// Whether this node leads, or is alone, at this moment, by the lease itself.
    leads: Leads,
    attempts: Attempts,
    history_under_way: Arc<Semaphore>,
    phone_counts: phone_urls::Counts,
    call_counts: Arc<CallCounts>,
    started: Timestamp,
    tasks: Mutex<Vec<AbortHandle>>,
}

impl<H: Host> App<H> {
    /// The language of what is said to nobody in particular, as it was last.
    pub(crate) fn spoken_language(&self) -> Language {
        self.posts.language()
    }

    /// Whether it does what only one node of a cluster does.
    pub(crate) fn is_active(&self) -> bool {
        self.active
    }

    /// The plugin's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The language of what is said to nobody in particular, as the server has it now; English where it does not tell.
    pub async fn server_language(&self) -> Language {
        if let Ok(language) = self.host.server_language().await {
            self.posts.set_language(language);
            self.missed.set_language(language);
            self.effects.set_language(language);
            self.video.set_language(language);
        }
        self.posts.language()
    }

    /// The address under which people reach the server, without a slash at its end, where one is set and can be asked for.
    pub(crate) async fn site_url(&self) -> Option<String> {
        match self.host.site_url().await {
            Ok(url) => Some(url).filter(|url| !url.is_empty()),
            Err(error) => {
                tracing::warn!(%error, "the site's address could not be asked for");
                None
            }
        }
    }

    /// The bundle that this id is.
    #[must_use]
    pub fn bundle(&self) -> &'static Bundle {
        self.bundle
    }

    /// The settings in force.
    #[must_use]
    pub fn config(&self) -> Arc<Config> {
        let config = self.config.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&config)
    }

    /// Who is there.
    #[must_use]
    pub fn presence(&self) -> &Arc<Presence<H>> {
        &self.presence
    }

    /// The Asterisk that is set, if any.
    #[must_use]
    pub fn asterisk(&self) -> &Arc<Asterisk> {
        &self.asterisk
    }

    /// OVH's telephony, if it is set.
    #[must_use]
    pub fn ovh(&self) -> &Ovh {
        &self.ovh
    }

    /// Calls and texts that people start.
    #[must_use]
    pub fn calls(&self) -> &Arc<Calls<H, Asterisk>> {
        &self.calls
    }

    /// Video conferences.
    #[must_use]
    pub fn video(&self) -> &Arc<Video<H>> {
        &self.video
    }

    /// Who wants to be told when others are off the phone.
    #[must_use]
    pub fn free(&self) -> &Free<H> {
        &self.free
    }

    /// What numbers are called.
    #[must_use]
    pub fn labels(&self) -> &Arc<Labels> {
        &self.labels
    }

    /// What became of looking names of numbers up.
    #[must_use]
    pub fn lookup_counts(&self) -> crate::number_book::Counts {
        self.lookup.counts()
    }

    /// What asks others over HTTP. There is one, so that its limits hold.
    #[must_use]
    pub fn outbound(&self) -> &Arc<Client> {
        &self.outbound
    }

    /// Who the people on the lines are.
    #[must_use]
    pub fn people(&self) -> &Arc<People<H>> {
        &self.people
    }

    /// The wrong secrets of late.
    pub(crate) fn attempts(&self) -> &Attempts {
        &self.attempts
    }

    /// What became of phones' requests so far.
    #[must_use]
    pub fn phone_counts(&self) -> &phone_urls::Counts {
        &self.phone_counts
    }

    /// Calls so far, as the board told of them.
    #[must_use]
    pub fn call_counts(&self) -> &CallCounts {
        &self.call_counts
    }

    /// When this process began to work.
    #[must_use]
    pub fn started(&self) -> Timestamp {
        self.started
    }

    /// What became of calls of the server's API so far.
    #[must_use]
    pub fn api_calls(&self) -> Vec<ApiCalls> {
        self.host.api_calls()
    }

    /// The server's version, where it tells.
    pub async fn server_version(&self) -> Option<String> {
        self.host.version().await.ok()
    }

    /// The board's stream.
    #[must_use]
    pub fn live(&self) -> &Arc<Live> {
        &self.live
    }

    /// Links for walls.
    #[must_use]
    pub fn walls(&self) -> &Arc<Walls<H>> {
        &self.walls
    }

    /// Where posts go, once it is found.
    #[must_use]
    pub fn target(&self) -> Option<Target> {
        self.current().and_then(|resolved| resolved.target())
    }

    /// What became of posts so far.
    #[must_use]
    pub fn post_counts(&self) -> Counts {
        self.posts.counts()
    }

    /// Whether a signed-in person may see the board: a member of the configured channel who is no guest. What
    /// the server said is believed for [`BELIEVED`].
    pub async fn access(&self, user: &UserId) -> Access {
        let channel = self.current().and_then(|resolved| resolved.channel());
        self.members.access(&*self.host, channel, user).await
    }

    /// What was found, unless it was found for settings before these.
    fn current(&self) -> Option<resolver::Resolved> {
        let resolved = self.resolved.borrow().clone();
        resolved.answers(&self.wanted.borrow()).then_some(resolved)
    }

    /// What the server knows of a person.
    pub(crate) async fn person(&self, user: &UserId) -> Option<Person> {
        match self.host.person(user).await {
            Ok(person) => Some(person),
            Err(error) => {
                tracing::warn!(%error, "a person could not be looked up");
                None
            }
        }
    }

    /// What the bundle calls a setting, for messages to people.
    pub(crate) fn setting(&self, setting: Setting) -> &'static str {
        self.bundle.key(setting).unwrap_or("the settings")
    }
}

/// The settings as they came hold the secret, so they are not shown.
impl<H> std::fmt::Debug for App<H> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl<H> Drop for App<H> {
    fn drop(&mut self) {
        for task in lock(&self.tasks).drain(..) {
            task.abort();
        }
    }
}

/// Nothing that happens under the locks here can leave them half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
