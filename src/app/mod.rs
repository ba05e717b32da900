//! The composition: settings, board, posts and what else belongs together, behind one object that the
//! plugin's hooks and HTTP talk to.

mod asterisk_task;
mod attempts;
mod board_task;
mod day_task;
mod effects;
mod links;
mod members;
mod missed;
mod number_book;
mod ovh_task;
mod pages;
mod peers;
mod people;
mod resolver;
mod restart;
mod status;
#[cfg(test)]
pub(crate) mod tests;
mod viewers;

#[cfg(test)]
pub(crate) use attempts::WINDOW;
pub(crate) use attempts::{Attempts, Door, Verdict};
#[cfg(test)]
pub(crate) use board_task::board_that_begins;
pub use board_task::{
    BoardHandle, Calls as EndedCalls, History, MAX_QUEUED_EVENTS, Stopped, board_alone,
};
pub(crate) use board_task::{Duty, Followers};
pub(crate) use links::{
    APPROVE, BUTTON_PATH as LINK_BUTTON_PATH, DECISION, LinkError, Linking, TOKEN as LINK_TOKEN,
    USER, not_linked,
};
pub use members::{Access, BELIEVED, MAX_REMEMBERED};
pub(crate) use peers::{Errand, Leads, MAX_ERRANDS, MAX_OUTGOING, Ways};
pub(crate) use people::PhoneSwitch;
pub use resolver::{RESOLVE_LIMIT, RETRY_NOT_FOUND};

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};
use tokio::task::AbortHandle;

use crate::board::{Erased, Event, Snapshot, Timestamp};
use crate::calls::Calls;
use crate::cluster::Role;
use crate::config::{BoardNumbers, Bundle, Config, GUESSABLE, Problem, Secret, Setting};
use crate::feed::CloseCode;
use crate::host::{ApiCalls, Host, HostError, Person, UserId};
use crate::language::Language;
use crate::live::{self, Live, Shown, Signal, Sources};
use crate::number_book::{Labels, Lookup};
use crate::outbound::Client;
use crate::people::{CodesShown, People, PhoneTimers};
use crate::presence::{self, CLOSE_LIMIT, Presence};
use crate::sinks::Sink;
use crate::sinks::free::Free;
use crate::sinks::metrics::CallCounts;
use crate::sinks::missed::MissedCalls;
use crate::sinks::posts::{Counts, Posting, Target};
use crate::sinks::status::{StatusSink, Statuses};
use crate::sources::asterisk::Asterisk;
use crate::sources::ovh::Ovh;
use crate::sources::phone_urls;
use crate::store::board::Keeping;
use crate::tasks;
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
    attempts: Attempts,
    history_under_way: Arc<Semaphore>,
    phone_counts: phone_urls::Counts,
    call_counts: Arc<CallCounts>,
    started: Timestamp,
    tasks: Mutex<Vec<AbortHandle>>,
}

/// How much answers with calls that ended may hold at once, in KB: three of the longest, which have about 2.5 MB. A client that takes nothing
/// keeps its answer until the server hangs up.
pub const HISTORY_UNDER_WAY_KB: usize = 8 * 1024;

/// What stays when a node begins to lead others, or ceases to.
pub(crate) struct Lasting<H> {
    pub(crate) id: String,
    pub(crate) clock: Clock,
    pub(crate) presence: Arc<Presence<H>>,
    pub(crate) board: BoardHandle,
    pub(crate) task: AbortHandle,
}

impl<H: Host> Lasting<H> {
    /// A board in that role which nobody follows yet, and presence that is turned off. Must be called inside a tokio runtime.
    pub(crate) fn new(id: &str, host: &Arc<H>, role: (Role, Ways), clock: Clock) -> Self {
        let (role, ways) = role;
        let (board, task) = board_task::start(role, ways, clock);
        Self {
            id: id.to_owned(),
            clock,
            presence: Presence::new(Arc::clone(host)),
            board,
            task,
        }
    }
}

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
        let lasting = Lasting::new(id, &host, (Role::Alone, Ways::alone()), clock);
        let (app, followers) = Self::of(&lasting, host, Arc::new(|| true), true);
        lasting.board.follow_at_once(followers);
        lock(&app.tasks).push(lasting.task);
        app
    }

    /// The product over what lasts. `active`: it does what only one node of a cluster does, wherever `leads` agrees. What is answered beside
    /// it is to follow the board.
    pub(crate) fn of(
        lasting: &Lasting<H>,
        host: Arc<H>,
        leads: Leads,
        active: bool,
    ) -> (Arc<Self>, Followers) {
        let (id, clock) = (&*lasting.id, lasting.clock);
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
        let missed = missed::start(&host, &people, &zones, target_receiver.clone(), clock);
        let statuses = Statuses::start(Arc::clone(&host), Arc::clone(&people), clock);
        let statuses = Arc::new(statuses);
        let outbound = Arc::new(Client::default());
        let effects =
            effects::Effects::new(&host, &outbound, &zones, target_receiver, (clock, leads));
        let (out, outputs) = mpsc::channel(asterisk_task::MAX_QUEUED_OUTPUTS);
        let asterisk = Asterisk::new(out, clock);
        let (out, events) = mpsc::channel(ovh_task::MAX_QUEUED_EVENTS);
        let ovh = Ovh::new(out, clock);
        let signal = Arc::<Signal>::default();
        let call_counts = Arc::<CallCounts>::default();
        let mut sinks: Vec<Box<dyn Sink>> = Vec::new();
        if active {
            sinks.push(Box::new(StatusSink::new(Arc::clone(&statuses))));
            sinks.push(Box::new(posts.sink()));
            sinks.push(Box::new(free.sink()));
            sinks.push(Box::new(missed.sink()));
            sinks.push(Box::new(traces.sink()));
            sinks.push(Box::new(call_counts.sink()));
        }
        sinks.push(Box::new(signal.sink()));
        if active {
            sinks.push(Box::new(restart::Resuming::new(&asterisk, &ovh)));
            sinks.extend(effects.sinks());
        }
        let (lookup, asks) = Lookup::new();
        let labels = Arc::new(Labels::new(Arc::clone(&lookup)));
        let board = lasting.board.clone();
        let (begin, begins) = oneshot::channel();
        let keeping =
            active.then(|| Keeping::start(Arc::clone(&host), board.clone(), begin, clock));
        let mut tasks = number_book::start(&lookup, asks, &outbound, &board, clock);
        let resolver = tasks::spawn(resolver::run(
            Arc::clone(&host),
            Arc::clone(&posts),
            wanted_receiver,
            resolved_sender,
            target.clone(),
        ));
        let ovh_task = tasks::spawn(ovh_task::run(events, board.clone()));
        let calls = Calls::new(Arc::clone(&host), Arc::clone(&asterisk));
        let live = Live::new(
            signal,
            board.clone(),
            Sources::new(&asterisk, &ovh, clock),
            clock,
        );
        let follower =
            asterisk_task::run(outputs, board.clone(), Arc::clone(&calls), missed.sink());
        let follower = tasks::spawn(follower);
        let desk = links::Desk::start(&host, clock, Arc::clone(&codes));
        let in_force = desk.links().in_force();
        let settings = links::Settings::new(
            &config,
            in_force,
            (&asterisk, &ovh),
            &calls,
            (&board, clock),
            active,
        );
        let settings = Arc::new(settings);
        let linking = tasks::spawn(Arc::clone(&settings).follow());
        effects.show_on(&live);
        let days = Arc::<Notify>::default();
        let telling = day_task::Days {
            board: board.clone(),
            zones: Arc::clone(&zones),
            config: Arc::clone(&config),
            changed: Arc::clone(&days),
            clock,
        };
        if active {
            tasks.push(tasks::spawn(telling.run()).abort_handle());
            let telling = links::tell_others(Arc::clone(&host), desk.links().in_force());
            tasks.push(tasks::spawn(telling).abort_handle());
        }
        tasks.push(live::start(&live));
        tasks.extend([resolver, follower, ovh_task, linking].map(|task| task.abort_handle()));
        let app = Arc::new(Self {
            id: id.to_owned(),
            bundle: Bundle::of(id),
            asterisk,
            ovh,
            calls,
            people,
            video: Video::start(Arc::clone(&host), Arc::clone(&statuses), clock),
            statuses,
            zones,
            traces,
            phone_timers: PhoneTimers::start(Arc::clone(&host), clock),
            labels: Arc::clone(&labels),
            lookup,
            outbound,
            effects,
            presence: Arc::clone(&lasting.presence),
            active,
            walls: Arc::new(Walls::new(Arc::clone(&host), clock)),
            shown: Shown::default(),
            live: Arc::clone(&live),
            days,
            attempts: Attempts::default(),
            history_under_way: Arc::new(Semaphore::new(HISTORY_UNDER_WAY_KB)),
            phone_counts: phone_urls::Counts::default(),
            call_counts,
            started: clock(),
            host,
            clock,
            config: Arc::clone(&config),
            settings,
            desk,
            raw: Mutex::default(),
            board,
            keeping,
            posts,
            free,
            missed,
            wanted,
            target,
            resolved,
            members: members::Members::default(),
            tasks: Mutex::new(tasks),
        });
        let checking = tasks::spawn(viewers::run(Arc::downgrade(&app)));
        lock(&app.tasks).push(checking.abort_handle());
        let followers = Followers {
            sinks,
            labels: Some(labels),
            codes,
            config,
            begins: active.then_some(begins),
            replaced: Some(Box::new(move || live.begin_anew())),
        };
        (app, followers)
    }

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
        if first && self.active {
            restart::leave_sources(&config, &self.board, self.clock);
        }
        self.configure_presence((!first).then_some(&*before), &config);
        if self.active {
            self.configure_statuses(&config);
            self.video.configure(config.video.clone());
            self.missed.configure(&config);
            self.effects.configure(&config);
        }
        self.configure_live(&before, &config);
        self.configure_links(&config);
        if !first && self.active {
            self.configure_pages(&before, &config);
        }
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
                what = %format_args!("has fewer than {GUESSABLE} characters, and whoever reaches this server may try it"),
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

    /// `before`: nothing where these are the first settings that this sees. Clients may be there all the same, as presence lasts.
    fn configure_presence(&self, before: Option<&Config>, config: &Config) {
        let on = !config.presence_secret.is_empty();
        self.presence.configure(on.then_some(presence::Settings {
            calls_per_second: config.presence_calls_per_second,
        }));
        let changed = |before: &Config| before.presence_secret != config.presence_secret;
        if on && before.is_some_and(changed) {
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

    /// The settings as they came, with their secrets.
    pub(crate) fn raw_settings(&self) -> Vec<u8> {
        lock(&self.raw).clone().unwrap_or_default()
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
        problems.extend(self.ovh.problems());
        let setting = self.setting(Setting::NumberLookupUrl);
        let config = self.config();
        problems.extend(self.lookup.problem(setting, config.number_lookup.as_ref()));
        if let Some(keeping) = &self.keeping {
            problems.extend(keeping.report().problems());
        }
        problems.extend(self.day_problem());
        problems.extend(self.missed_problems());
        problems.extend(self.effects_problems());
        problems.extend(self.statuses.problem());
        problems.extend(self.board.standing().problem());
        problems.extend(self.video.problems());
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

    /// Makes somebody nobody in all that is remembered of calls, here and in the store: lines, agents and other sides of that name, and of
    /// the number that the settings give that name. What goes on now is not touched.
    ///
    /// # Errors
    ///
    /// [`HostError`] where the store could not be brought to that yet: it is tried again until it is.
    pub(crate) async fn erase(&self, name: &str) -> Result<(), HostError> {
        let stopping = |_| HostError::transient(Stopped.to_string());
        self.forget(name).await.map_err(stopping)?;
        match &self.keeping {
            Some(keeping) => keeping.purge().await,
            None => Ok(()),
        }
    }

    /// The same for somebody who was deactivated; the store follows within a second, for all who were in it.
    pub(crate) async fn deactivated(&self, name: &str) {
        // A board that has stopped remembers nothing more.
        if self.forget(name).await.is_ok() {
            self.store_whole().await;
        }
    }

    /// Has the whole board stored soon, and everything older deleted.
    pub(crate) async fn store_whole(&self) {
        if let Some(keeping) = &self.keeping {
            keeping.purge_soon().await;
        }
    }

    async fn forget(&self, name: &str) -> Result<(), Stopped> {
        let config = self.config();
        let number = config.numbers_users.number_of(name).map(Arc::from);
        let whom = Erased {
            names: vec![name.into()],
            numbers: number.into_iter().collect(),
        };
        self.submit(Event::Erased(whom)).await
    }

    /// The whole board, with every event in it that was submitted before.
    ///
    /// # Errors
    ///
    /// [`Stopped`] once the plugin is stopping.
    pub async fn snapshot(&self) -> Result<Arc<Snapshot>, Stopped> {
        self.board.snapshot().await
    }

    /// The whole board as viewers may see it: numbers are masked as the settings say. Whatever shows the board outside of the plugin
    /// takes this.
    ///
    /// # Errors
    ///
    /// [`Stopped`] once the plugin is stopping.
    pub async fn snapshot_for_viewers(&self) -> Result<Arc<Snapshot>, Stopped> {
        let board = self.board.snapshot().await?;
        Ok(self.shown.of(&board, self.config().board.numbers))
    }

    /// The calls that ended, as viewers may see them.
    ///
    /// # Errors
    ///
    /// [`Stopped`] once the plugin is stopping.
    pub async fn history_for_viewers(&self, wanted: History) -> Result<EndedCalls, Stopped> {
        let mut ended = self.board.history(wanted).await?;
        let numbers = self.config().board.numbers;
        if numbers != BoardNumbers::Full {
            for call in &mut ended.calls {
                numbers.record(Arc::make_mut(call));
            }
        }
        Ok(ended)
    }

    /// Room for so many KB of an answer with calls that ended, for as long as it is under way; nothing where there is none at the moment.
    /// One that needs more than all of it has it alone.
    pub(crate) fn history_room(&self, kilobytes: u32) -> Option<OwnedSemaphorePermit> {
        let kilobytes = kilobytes.min(HISTORY_UNDER_WAY_KB as u32);
        let under_way = Arc::clone(&self.history_under_way);
        under_way.try_acquire_many_owned(kilobytes).ok()
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

    /// Waits until what the settings name was looked for, `limit` at most: someone who has just saved them and
    /// asks whether all is well wants to hear of these settings.
    pub async fn settled(&self, limit: Duration) {
        let mut resolved = self.resolved.clone();
        let settled = resolved.wait_for(|resolved| resolved.answers(&self.wanted.borrow()));
        // What is not known by then is not told of yet.
        let settled = async {
            let _ = tokio::time::timeout(limit, settled).await;
        };
        tokio::join!(
            settled,
            self.asterisk.settled(limit),
            self.ovh.settled(limit)
        );
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

    /// Ends in good order: takes no more events, applies those it has, makes the posts that wait, and takes
    /// leave of the clients, all of it until the deadline at the latest.
    pub async fn stop(&self, deadline: Duration) -> StopReport {
        self.end(deadline, true).await
    }

    /// Ends what this node did in its role until now, as far as that does not last.
    pub(crate) async fn retire(&self, deadline: Duration) {
        self.end(deadline, false).await;
    }

    async fn end(&self, deadline: Duration, last: bool) -> StopReport {
        let board_and_posts = async {
            let started = tokio::time::Instant::now();
            self.ovh.stop();
            let last = match last {
                true => self.board.stop(deadline).await,
                false => None,
            };
            let left = deadline.saturating_sub(started.elapsed());
            let (_, posts, conferences, statuses, missed, notices) = tokio::join!(
                async {
                    if let Some(keeping) = &self.keeping {
                        keeping.stop(last, left).await;
                    }
                },
                self.posts.stop(left),
                self.video.stop(left),
                self.statuses.stop(left),
                self.missed.stop(left),
                self.effects.stop(left)
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
            posts + conferences + notices
        };
        let leave = async {
            let limit = CLOSE_LIMIT.min(deadline);
            let presence = async {
                if last {
                    self.presence.stop(limit).await;
                }
            };
            tokio::join!(presence, self.live.stop(limit));
        };
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

/// Secrets that are short enough to be guessed. Those of phones are not among them: some phones have room for a short one only. That of Asterisk is one of them because of eeCallUs's URL, which takes it from
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
    .filter(|(secret, _)| secret.is_some_and(Secret::is_guessable))
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
