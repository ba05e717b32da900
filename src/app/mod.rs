//! The composition: settings, board, posts and what else belongs together, behind one object that the
//! plugin's hooks and HTTP talk to.

mod asterisk_task;
mod attempts;
mod board_task;
mod links;
mod members;
mod missed;
mod number_book;
mod people;
mod resolver;
mod status;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use attempts::Verdict;
pub use board_task::{BoardHandle, MAX_QUEUED_EVENTS, Stopped};
pub(crate) use links::{
    APPROVE, BUTTON_PATH as LINK_BUTTON_PATH, DECISION, LinkError, Linking, TOKEN as LINK_TOKEN,
    USER, not_linked,
};
pub use members::{Access, MAX_REMEMBERED, RECHECK_AFTER};
pub(crate) use people::PhoneSwitch;
pub use resolver::{RESOLVE_LIMIT, RETRY_NOT_FOUND};

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;

use crate::board::{Event, Snapshot, Timestamp};
use crate::calls::Calls;
use crate::config::{Bundle, Config, Problem, Setting};
use crate::feed::CloseCode;
use crate::host::{Host, Person, UserId};
use crate::language::Language;
use crate::number_book::{Labels, Lookup};
use crate::outbound::Client;
use crate::people::{CodesShown, People, PhoneTimers};
use crate::presence::{self, CLOSE_LIMIT, Presence};
use crate::sinks::Sink;
use crate::sinks::free::Free;
use crate::sinks::missed::MissedCalls;
use crate::sinks::posts::{Counts, Posting, Target};
use crate::sinks::status::{StatusSink, Statuses};
use crate::sources::asterisk::Asterisk;
use crate::tasks;
use crate::time_zone::TimeZones;
use crate::trace::Traces;

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
    posts: Arc<Posting<H>>,
    free: Free<H>,
    missed: MissedCalls<H>,
    wanted: watch::Sender<resolver::Wanted>,
    target: watch::Sender<Option<Target>>,
    resolved: watch::Receiver<resolver::Resolved>,
    members: members::Members,
    presence: Arc<Presence<H>>,
    asterisk: Arc<Asterisk>,
    calls: Arc<Calls<H, Asterisk>>,
    people: Arc<People<H>>,
    statuses: Arc<Statuses<H>>,
    zones: Arc<TimeZones>,
    traces: Traces<H>,
    phone_timers: PhoneTimers<H>,
    labels: Arc<Labels>,
    lookup: Arc<Lookup>,
    outbound: Arc<Client>,
    attempts: attempts::Attempts,
    account_attempts: attempts::Attempts,
    tasks: Mutex<Vec<AbortHandle>>,
}

/// A secret of presence or of Asterisk that is shorter, in bytes, is warned of. (Some phones have room for a short one only.)
const SHORT_SECRET: usize = 16;

/// How long an orderly stop waits for the last words about calls, and then for Asterisk to take leave.
const HANG_UP_LIMIT: Duration = Duration::from_secs(2);

/// What an orderly stop left undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StopReport {
    /// Posts that were not made before the deadline.
    pub posts_remaining: usize,
}

impl<H: Host> App<H> {
    /// The product under a plugin id, without settings yet: call [`App::configure`] next. Must be called
    /// inside a tokio runtime, whose tasks then own the board and make the posts.
    #[must_use]
    pub fn new(id: &str, host: H) -> Arc<Self> {
        Self::with_clock(id, host, system_clock)
    }

    /// The same with another clock, for tests.
    #[must_use]
    pub fn with_clock(id: &str, host: H, clock: Clock) -> Arc<Self> {
        let host = Arc::new(host);
        let config = Arc::new(RwLock::new(Arc::new(Config::parse(Bundle::of(id), b""))));
        let (wanted, wanted_receiver) = watch::channel(resolver::Wanted::default());
        let (resolved_sender, resolved) = watch::channel(resolver::Resolved::default());
        let (target, target_receiver) = watch::channel(None);
        let posts = Posting::new(Arc::clone(&host), target_receiver.clone(), clock);
        let free = Free::new(Arc::clone(&host), clock);
        let people = Arc::new(People::new(Arc::clone(&host)));
        let zones = Arc::new(TimeZones::default());
        let codes = Arc::<CodesShown>::default();
        let traces = Traces::new(
            Arc::clone(&host),
            Arc::clone(&zones),
            clock,
            Arc::clone(&codes),
        );
        let missed = missed::start(&host, &people, &zones, target_receiver, clock);
        let statuses = Statuses::start(Arc::clone(&host), Arc::clone(&people), clock);
        let statuses = Arc::new(statuses);
        let sinks: Vec<Box<dyn Sink>> = vec![
            Box::new(StatusSink::new(Arc::clone(&statuses))),
            Box::new(posts.sink()),
            Box::new(free.sink()),
            Box::new(missed.sink()),
            Box::new(traces.sink()),
        ];
        let (lookup, asks) = Lookup::new();
        let labels = Arc::new(Labels::new(Arc::clone(&lookup)));
        let outbound = Arc::new(Client::default());
        let kept = (Arc::clone(&labels), Arc::clone(&codes));
        let (board, board_task) = board_task::start(sinks, kept, Arc::clone(&config), clock);
        let mut tasks = number_book::start(&lookup, asks, &outbound, &board, clock);
        let resolver = tasks::spawn(resolver::run(
            Arc::clone(&host),
            Arc::clone(&posts),
            wanted_receiver,
            resolved_sender,
            target.clone(),
        ));
        let (out, outputs) = mpsc::channel(asterisk_task::MAX_QUEUED_OUTPUTS);
        let asterisk = Asterisk::new(out, clock);
        let calls = Calls::new(Arc::clone(&host), Arc::clone(&asterisk));
        let follower =
            asterisk_task::run(outputs, board.clone(), Arc::clone(&calls), missed.sink());
        let follower = tasks::spawn(follower);
        let desk = links::Desk::start(&host, clock, codes);
        let in_force = desk.links().in_force();
        let settings = links::Settings::new(&config, in_force, &asterisk, &calls, (&board, clock));
        let settings = Arc::new(settings);
        let linking = tasks::spawn(Arc::clone(&settings).follow());
        tasks.push(board_task);
        tasks.extend([resolver, follower, linking].map(|task| task.abort_handle()));
        Arc::new(Self {
            id: id.to_owned(),
            bundle: Bundle::of(id),
            asterisk,
            calls,
            people,
            statuses,
            zones,
            traces,
            phone_timers: PhoneTimers::start(Arc::clone(&host), clock),
            labels,
            lookup,
            outbound,
            presence: Presence::new(Arc::clone(&host)),
            attempts: attempts::Attempts::default(),
            account_attempts: attempts::Attempts::default(),
            host,
            clock,
            config,
            settings,
            desk,
            raw: Mutex::default(),
            board,
            posts,
            free,
            missed,
            wanted,
            target,
            resolved,
            members: members::Members::default(),
            tasks: Mutex::new(tasks),
        })
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
        }
        self.posts.language()
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

    /// Takes the settings as `LoadPluginConfiguration` gives them, and tells whether anything changed. The
    /// server calls for this after every save of any of its settings, so nothing happens when nothing of ours
    /// changed; and when something did, the board and waiting posts stay as they are.
    pub fn configure(&self, json: &[u8]) -> bool {
        let first = {
            let mut raw = lock(&self.raw);
            if raw.as_deref() == Some(json) {
                return false;
            }
            raw.replace(json.to_vec()).is_none()
        };
        let config = Arc::new(Config::parse(self.bundle, json));
        // The first settings are told of even where they are as empty as those before them.
        let Some((before, config)) = self.settings.set(config, first) else {
            return false;
        };
        self.configure_presence(&before, &config);
        self.configure_statuses(&config);
        self.missed.configure(&config);
        self.configure_links(&config);
        for problem in &config.problems {
            tracing::warn!(
                setting = %problem.setting,
                what = %problem.what,
                remedy = %problem.remedy,
                "a setting needs attention"
            );
        }
        for setting in short_secrets(&config) {
            tracing::warn!(
                setting = self.setting(setting),
                what = %format_args!("has fewer than {SHORT_SECRET} characters, and whoever reaches this server may try it"),
                remedy = "Choose a longer random text.",
                "a setting needs attention"
            );
        }
        let wanted = resolver::Wanted::of(&config);
        self.wanted.send_if_modified(|current| {
            let changed = *current != wanted;
            *current = wanted;
            if changed {
                // Posts wait until the new channel is found.
                self.target.send_replace(None);
            }
            changed
        });
        true
    }

    fn configure_presence(&self, before: &Config, config: &Config) {
        let on = !config.presence_secret.is_empty();
        self.presence.configure(on.then_some(presence::Settings {
            calls_per_second: config.presence_calls_per_second,
        }));
        if on && before.presence_secret != config.presence_secret {
            let presence = Arc::clone(&self.presence);
            tasks::spawn(async move {
                let why = "the secret was changed";
                presence
                    .close_clients(CloseCode::POLICY, why, CLOSE_LIMIT)
                    .await;
            });
        }
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

    /// Calls and texts that people start.
    #[must_use]
    pub fn calls(&self) -> &Arc<Calls<H, Asterisk>> {
        &self.calls
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

    /// The wrong secrets of presence of late.
    pub(crate) fn attempts(&self) -> &attempts::Attempts {
        &self.attempts
    }

    /// The wrong names and secrets of the Asterisk account, which are counted by themselves: a client of presence whose secret is old
    /// closes no script.
    pub(crate) fn account_attempts(&self) -> &attempts::Attempts {
        &self.account_attempts
    }

    /// Whether everything works, as far as is known.
    #[must_use]
    pub fn healthy(&self) -> bool {
        self.problems().is_empty()
    }

    /// Everything that should be put right, with its remedy.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = self.config().problems.clone();
        problems.extend(self.resolved.borrow().problems(self.bundle));
        problems.extend(self.presence.problems());
        problems.extend(self.asterisk.problems());
        let setting = self.setting(Setting::NumberLookupUrl);
        let config = self.config();
        problems.extend(self.lookup.problem(setting, config.number_lookup.as_ref()));
        problems.extend(self.missed_problems());
        problems.extend(self.statuses.problem());
        if let Some(why) = self.posts.failure() {
            problems.push(Problem::new(
                "posts",
                format!(
                    "the server does not make them: {}",
                    crate::text::clean(&why)
                ),
                "Waiting posts are tried again; see the server's log if this lasts.",
            ));
        }
        if self.board.is_stopped() {
            problems.push(Problem::new(
                "board",
                "has stopped",
                "Disable and enable the plugin.",
            ));
        }
        problems
    }

    /// Hands an event to the board. `Err` gives it back where the queue is full at this moment, or the board has
    /// stopped: then [`App::submit`] waits or tells.
    ///
    /// # Errors
    ///
    /// The event itself.
    pub fn try_submit(&self, event: Event) -> Result<(), Box<Event>> {
        self.board.try_submit(event, (self.clock)())
    }

    /// Hands an event to the board, waiting for a place in its queue. The board waits for nobody, so that is
    /// short.
    ///
    /// # Errors
    ///
    /// [`Stopped`] once the plugin is stopping.
    pub async fn submit(&self, event: Event) -> Result<(), Stopped> {
        self.board.submit(event, (self.clock)()).await
    }

    /// The whole board, with every event in it that was submitted before.
    ///
    /// # Errors
    ///
    /// [`Stopped`] once the plugin is stopping.
    pub async fn snapshot(&self) -> Result<Arc<Snapshot>, Stopped> {
        self.board.snapshot().await
    }

    /// Waits until what the settings name was looked for, `limit` at most: someone who has just saved them and
    /// asks whether all is well wants to hear of these settings.
    pub async fn settled(&self, limit: Duration) {
        let mut resolved = self.resolved.clone();
        let settled = resolved.wait_for(|resolved| resolved.answers(&self.wanted.borrow()));
        // What is not known by then is not told of yet.
        let settled = async {
            let _ = tokio::time::timeout(limit, settled).await;
        };
        tokio::join!(settled, self.asterisk.settled(limit));
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
    /// the server said is believed for [`RECHECK_AFTER`].
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

    /// Ends in good order: takes no more events, applies those it has, makes the posts that wait, and takes
    /// leave of the clients, all of it until the deadline at the latest.
    pub async fn stop(&self, deadline: Duration) -> StopReport {
        let board_and_posts = async {
            let started = tokio::time::Instant::now();
            self.board.stop(deadline).await;
            let left = deadline.saturating_sub(started.elapsed());
            let (posts, statuses, missed) = tokio::join!(
                self.posts.stop(left),
                self.statuses.stop(left),
                self.missed.stop(left)
            );
            if missed > 0 {
                tracing::warn!(missed, "stopped before all missed calls were stored");
            }
            if statuses > 0 {
                tracing::warn!(
                    statuses,
                    "stopped before all statuses were given back, which happens after the next start"
                );
            }
            posts
        };
        let leave = self.presence.stop(CLOSE_LIMIT.min(deadline));
        let calls = async {
            self.calls.stop(HANG_UP_LIMIT.min(deadline)).await;
            self.asterisk.stop(HANG_UP_LIMIT.min(deadline)).await;
        };
        let traces = self.traces.stop(HANG_UP_LIMIT.min(deadline));
        let free = self.free.stop(deadline);
        let (posts_remaining, (), (), (), ()) =
            tokio::join!(board_and_posts, leave, calls, traces, free);
        self.desk.stop();
        for task in lock(&self.tasks).drain(..) {
            task.abort();
        }
        if posts_remaining > 0 {
            tracing::warn!(posts_remaining, "stopped before all posts were made");
        }
        StopReport { posts_remaining }
    }
}

/// Secrets that are short enough to be guessed. That of Asterisk is one of them because of eeCallUs's URL, which takes it from
/// whoever reaches this server, even where a firewall lets nobody else reach Asterisk itself.
fn short_secrets(config: &Config) -> Vec<Setting> {
    let asterisk = config.asterisk.as_ref();
    [
        (Some(&config.presence_secret), Setting::PresenceSecret),
        (
            asterisk.map(|(settings, _)| &settings.secret),
            Setting::AsteriskSecret,
        ),
    ]
    .into_iter()
    .filter(|(secret, _)| {
        secret.is_some_and(|secret| (1..SHORT_SECRET).contains(&secret.reveal().len()))
    })
    .map(|(_, setting)| setting)
    .collect()
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

/// Tells the time that events carry.
pub type Clock = fn() -> Timestamp;

/// The system's clock.
#[must_use]
pub fn system_clock() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Timestamp(since.map_or(0, |since| since.as_millis() as u64))
}

/// Nothing that happens under the locks here can leave them half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
