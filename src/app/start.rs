//! How the app begins: what lasts, and everything that is made anew with each role.

use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, mpsc, oneshot, watch};
use tokio::task::AbortHandle;

use super::{
    App, Attempts, BoardHandle, Clock, Followers, HISTORY_UNDER_WAY_KB, Leads, Ways, asterisk_task,
    board_task, clock, day_task, effects, links, lock, members, missed, number_book, ovh_task,
    resolver, restart, system_clock, viewers,
};
use crate::board::Timestamp;
use crate::calls::Calls;
use crate::cluster::Role;
use crate::config::{Bundle, Config};
use crate::host::Host;
use crate::live::{self, Live, Shown};
use crate::node;
use crate::number_book::{Labels, Lookup};
use crate::outbound::Client;
use crate::people::{CodesShown, People, PhoneTimers};
use crate::presence::Presence;
use crate::sinks::Sink;
use crate::sinks::free::Free;
use crate::sinks::metrics::CallCounts;
use crate::sinks::posts::Posting;
use crate::sinks::status::{StatusSink, Statuses};
use crate::sources::asterisk::Asterisk;
use crate::sources::ovh::Ovh;
use crate::sources::phone_urls;
use crate::store::board::Keeping;
use crate::tasks;
use crate::time_zone::TimeZones;
use crate::trace::{self, Between, Traces};
use crate::video::Video;
use crate::walls::Walls;

/// What stays when a node begins to lead others, or ceases to.
pub(crate) struct Lasting<H> {
    pub(crate) id: String,
    pub(crate) clock: Clock,
    pub(crate) presence: Arc<Presence<H>>,
    pub(crate) board: BoardHandle,
    pub(crate) live: Arc<Live>,
    pub(crate) tasks: [AbortHandle; 2],
    /// When the plugin began, whatever its role is now.
    pub(crate) started: Timestamp,
}

impl<H: Host> Lasting<H> {
    /// A board in that role which nobody follows yet, and presence that is turned off. Must be called inside a tokio runtime.
    pub(crate) fn new(id: &str, host: &Arc<H>, role: (Role, Ways), clock: Clock) -> Self {
        let (role, ways) = role;
        let (board, task) = board_task::start(role, ways, clock);
        let live = Live::new(Arc::default(), board.clone(), clock);
        Self {
            id: id.to_owned(),
            clock,
            presence: Presence::new(Arc::clone(host)),
            board,
            tasks: [task, live::start(&live)],
            live,
            started: clock(),
        }
    }
}

/// How long the node that leads may take to show what a phone sent to this one.
const HAND_ON_LIMIT: Duration = Duration::from_secs(5);

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
        lock(&app.tasks).extend(lasting.tasks);
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
        if let Some(told) = lasting.live.told_time().filter(|_| active) {
            clock::go_on_from(told);
        }
        let (id, clock) = (&*lasting.id, lasting.clock);
        let config = Arc::new(RwLock::new(Arc::new(Config::parse(Bundle::of(id), b""))));
        let (wanted, wanted_receiver) = watch::channel(resolver::Wanted::default());
        let (resolved_sender, resolved) = watch::channel(resolver::Resolved::default());
        let (target, target_receiver) = watch::channel(None);
        let posts = Posting::new(Arc::clone(&host), target_receiver.clone(), clock);
        let free = Free::new(Arc::clone(&host), clock, active);
        let people = Arc::new(People::new(Arc::clone(&host)));
        let zones = Arc::new(TimeZones::default());
        let codes = Arc::<CodesShown>::default();
        let (handing_on, handed_on) = mpsc::channel(trace::MAX_HANDED_ON);
        let between = Between {
            count: lasting.live.tests(),
            leader: (!active).then_some(handing_on),
        };
        let traces = Traces::new(
            Arc::clone(&host),
            Arc::clone(&zones),
            clock,
            Arc::clone(&codes),
            between,
        );
        let missed = missed::start(&host, &people, &zones, target_receiver.clone(), clock);
        let statuses = Statuses::start(Arc::clone(&host), Arc::clone(&people), clock);
        let statuses = Arc::new(statuses);
        let outbound = Arc::new(Client::default());
        let effects = effects::Effects::new(
            &host,
            &outbound,
            &zones,
            target_receiver,
            (clock, Arc::clone(&leads)),
        );
        let (out, outputs) = mpsc::channel(asterisk_task::MAX_QUEUED_OUTPUTS);
        let asterisk = Asterisk::new(out, clock);
        let (out, events) = mpsc::channel(ovh_task::MAX_QUEUED_EVENTS);
        let ovh = Ovh::new(out, clock);
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
        sinks.push(Box::new(lasting.live.sink()));
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
        let live = Arc::clone(&lasting.live);
        if active {
            live.lead(&asterisk, &ovh);
        } else {
            live.follow();
        }
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
        } else {
            let handing_on = hand_on(handed_on, board.clone());
            tasks.push(tasks::spawn(handing_on).abort_handle());
        }
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
            leads,
            walls: Arc::new(Walls::new(Arc::clone(&host), clock)),
            shown: Shown::default(),
            live: Arc::clone(&live),
            days,
            attempts: Attempts::default(),
            history_under_way: Arc::new(Semaphore::new(HISTORY_UNDER_WAY_KB)),
            phone_counts: phone_urls::Counts::default(),
            call_counts,
            started: lasting.started,
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
            live: Some(live),
        };
        (app, followers)
    }
}

/// Has the node that leads show what phones send to this one.
async fn hand_on(mut seen: mpsc::Receiver<trace::Elsewhere>, board: BoardHandle) {
    while let Some(seen) = seen.recv().await {
        // What nobody takes is not shown, as while no node leads.
        let _ = board.ask_leader(node::shown(seen), HAND_ON_LIMIT).await;
    }
}
