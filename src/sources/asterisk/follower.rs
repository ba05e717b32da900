//! Follows Asterisk: takes what the connection has, lets the [`State`] make sense of it, and hands on what comes of that.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use asterisk_rs_ami::RawAmiMessage;
use bytes::BytesMut;
use tokio::sync::mpsc;
use tokio::task::yield_now;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use super::link::{Item, Limits, Link, Parser, Version};
use super::rights::{Evidence, MissingRight, Rights, missing};
use super::seed::{List, Seed};
use super::state::{Output, Seeded, State};
use crate::app::Clock;
use crate::board::Name;

/// How often everything is asked for without need, so that nothing wrong stays for ever.
const RESEED_EVERY: Duration = Duration::from_secs(10 * 60);

/// How soon the first time after a login, as long as it is not known which events come; twice as late each time.
const RESEED_FIRST: Duration = Duration::from_secs(60);

/// How long after a login an Asterisk may still be starting. Its interface takes logins before its modules are there.
const BOOT_LIMIT: Duration = Duration::from_secs(30);

/// How soon a starting Asterisk is asked again; twice as late each time, once it knows the devices.
const BOOT_PAUSE: Duration = Duration::from_millis(250);

/// How long a missing queue module may be one that is still being loaded, before the rest is shown without it.
const QUEUES_LIMIT: Duration = Duration::from_secs(3);

/// The major version of the manager interface since which there is `DeviceStateList`: that of Asterisk 13, which is 2, as is 12's.
const LISTS_SINCE: u32 = 2;

/// The most names of queues that are kept for [`Known::queues`].
const MAX_QUEUES: usize = 1_000;

/// What is known besides the state.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) version: Option<Version>,
    pub(super) rights: Option<Rights>,
    pub(super) missing: Vec<MissingRight>,
    /// The queues there are, sorted.
    pub(super) queues: Vec<Name>,
    pub(super) events: u64,
    pub(super) malformed: u64,
    /// Seeds after messages were lost.
    pub(super) reseeds: u64,
}

/// What the follower shares with the [`Asterisk`](super::Asterisk).
#[derive(Debug)]
pub(super) struct Followed {
    pub(super) link: Link,
    state: Mutex<State>,
    known: Mutex<Known>,
    /// A call was started, of which events must come.
    pub(super) originated: AtomicBool,
}

impl Followed {
    pub(super) fn new(state: State, limits: Limits) -> Self {
        Self {
            link: Link::with_limits(limits),
            state: Mutex::new(state),
            known: Mutex::default(),
            originated: AtomicBool::new(false),
        }
    }

    /// Nothing that happens under these locks can leave things half changed.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The task's own.
pub(super) struct Follower {
    followed: Arc<Followed>,
    out: mpsc::Sender<Output>,
    clock: Clock,
    parser: Parser,
    evidence: Evidence,
    seed: Option<Seed>,
    /// The queues that the seed told of so far.
    queues: Vec<Name>,
    /// What it told of the account.
    rights: Option<Rights>,
    /// When the next seed begins, unless something happens.
    due: Option<Instant>,
    last_seed: Option<Instant>,
    /// When the connection was made.
    up: Instant,
    /// How often was asked since without need.
    rounds: u32,
    /// How often a starting Asterisk was asked.
    boot_rounds: u32,
}

impl Follower {
    pub(super) fn new(followed: Arc<Followed>, out: mpsc::Sender<Output>, clock: Clock) -> Self {
        Self {
            followed,
            out,
            clock,
            parser: Parser::new(),
            evidence: Evidence::default(),
            seed: None,
            queues: Vec::new(),
            rights: None,
            due: None,
            last_seed: None,
            up: Instant::now(),
            rounds: 0,
            boot_rounds: 0,
        }
    }

    /// Until nobody takes what comes of it.
    pub(super) async fn run(mut self) {
        let followed = Arc::clone(&self.followed);
        let mut seconds = interval(Duration::from_secs(1));
        seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let due = self.due;
            tokio::select! {
                item = followed.link.queue.next() => self.item(item),
                _ = seconds.tick() => self.second(),
                () = at(due) => self.begin_seed(),
            }
            let outputs = followed.state().take();
            for output in outputs {
                if self.out.send(output).await.is_err() {
                    return;
                }
            }
            // Everything else in the process has its turn between two batches.
            yield_now().await;
        }
    }

    fn item(&mut self, item: Item) {
        let now = (self.clock)();
        match item {
            Item::Up => {
                self.up = Instant::now();
                (self.rounds, self.boot_rounds) = (0, 0);
                self.evidence = Evidence::default();
                // It may have been upgraded meanwhile.
                self.followed.known().version = None;
                self.begin_seed();
            }
            Item::Messages(bytes, _) => self.messages(bytes),
            Item::Gap => {
                self.followed.known().reseeds += 1;
                self.evidence.gap();
                self.abandon_seed();
                self.followed.state().gap(now);
                let soonest = self
                    .last_seed
                    .map(|last| last + self.followed.link.limits.reseed_pause);
                self.due = Some(soonest.unwrap_or_else(Instant::now));
            }
            Item::Down => {
                self.abandon_seed();
                self.due = None;
                self.evidence.gap();
                self.followed.state().lost(now);
            }
            Item::Forget => {
                self.followed.state().clear(now);
                let mut known = self.followed.known();
                (known.version, known.rights) = (None, None);
                known.missing.clear();
                known.queues.clear();
            }
            Item::Look => {}
        }
    }

    fn messages(&mut self, mut bytes: BytesMut) {
        let followed = Arc::clone(&self.followed);
        let now = (self.clock)();
        let (mut events, mut malformed) = (0, 0);
        {
            let mut state = followed.state();
            while let Some(message) = self.parser.next(&mut bytes) {
                let Ok(message) = message else {
                    malformed += 1;
                    continue;
                };
                let list = self.seed.as_mut().and_then(|seed| seed.note(&message));
                if let Some(list) = list {
                    self.listed(list, &message);
                }
                if message.is_event() {
                    events += 1;
                    if list.is_none() {
                        self.evidence.event(&message);
                    }
                    state.message(&message, now);
                }
            }
        }
        {
            let mut known = followed.known();
            known.events += events;
            known.malformed += malformed;
        }
        if malformed > 0 {
            // Nobody knows what they said.
            followed.link.queue.push(Item::Gap);
        }
        if self
            .seed
            .as_ref()
            .is_some_and(|s| s.is_over(Instant::now()))
        {
            self.end_seed();
        }
    }

    /// An answer or item of a list, besides what it means for the state.
    fn listed(&mut self, list: List, message: &RawAmiMessage) {
        match list {
            List::Commands if message.is_response() => {
                self.rights = Rights::read(message);
            }
            List::Version => {
                if let Some(version) = message.get("AsteriskVersion") {
                    self.followed.known().version = Version::parse(version);
                }
            }
            _ => self.evidence.item(message),
        }
        if message.get("Event") == Some("QueueParams")
            && let Some(queue) = message.get("Queue")
            && self.queues.len() < MAX_QUEUES
        {
            self.queues.push(Name::from(&*crate::text::clean(queue)));
        }
    }

    fn second(&mut self) {
        let now = Instant::now();
        if self.followed.originated.swap(false, Ordering::Relaxed) {
            self.evidence.originated(now);
        }
        self.evidence.check(now);
        self.judge();
        self.followed.state().expire((self.clock)());
        if self
            .seed
            .as_ref()
            .is_some_and(|s| s.is_over(Instant::now()))
        {
            self.end_seed();
        }
    }

    fn begin_seed(&mut self) {
        self.abandon_seed();
        self.due = None;
        let followed = Arc::clone(&self.followed);
        let Some(connection) = followed.link.connection() else {
            return;
        };
        let with_version = followed.known().version.is_none();
        followed.link.queue.resume();
        followed.state().begin_seed((self.clock)());
        self.queues.clear();
        self.last_seed = Some(Instant::now());
        match Seed::begin(&connection, with_version) {
            Ok(seed) => self.seed = Some(seed),
            Err(_) => {
                followed.state().end_seed(Seeded::default(), (self.clock)());
                self.due = Some(Instant::now() + self.followed.link.limits.reseed_pause);
            }
        }
    }

    /// Ends a seed of which nothing can be concluded.
    fn abandon_seed(&mut self) {
        if self.seed.take().is_some() {
            self.evidence.gap();
            self.followed
                .state()
                .end_seed(Seeded::default(), (self.clock)());
        }
    }

    fn end_seed(&mut self) {
        let Some(seed) = self.seed.take() else { return };
        let now = Instant::now();
        let mut complete = seed.complete();
        let lacks_devices = seed.lacks(List::Devices);
        let lacks_queues = seed.lacks(List::Queues);
        let starting = self.may_be_starting() && (lacks_devices || lacks_queues);
        if starting {
            // It answers with no hints as long as it has read none.
            complete.hints = false;
        }
        self.evidence.end(complete.channels, complete.queues, now);
        {
            let mut state = self.followed.state();
            state.end_seed(complete, (self.clock)());
            if !starting && seed.tells_extensions() {
                state.listed();
            }
        }
        {
            let mut known = self.followed.known();
            if complete.queues {
                self.queues.sort();
                known.queues = std::mem::take(&mut self.queues);
            }
            // An Asterisk that starts does not know all of its own commands yet.
            if let Some(rights) = self.rights.take()
                && !starting
            {
                known.rights = Some(rights);
            }
            if known.version.is_none() {
                let ami = self.followed.link.ami();
                known.version = ami.and_then(|ami| Version::from_ami(&ami));
            }
        }
        self.judge();
        let waits = starting && (lacks_devices || now < self.up + QUEUES_LIMIT);
        if !waits {
            self.followed.link.seeded();
        }
        let pause = if starting {
            let doublings = if waits { 0 } else { self.boot_rounds };
            self.boot_rounds = (self.boot_rounds + 1).min(16);
            BOOT_PAUSE.saturating_mul(1 << doublings)
        } else if seed.is_cut_short() {
            self.followed.link.limits.reseed_pause
        } else if self.evidence.is_complete() {
            RESEED_EVERY
        } else {
            let pause = RESEED_FIRST.saturating_mul(1 << self.rounds.min(8));
            self.rounds += 1;
            pause.min(RESEED_EVERY)
        };
        self.due = Some(now + pause);
    }

    /// Whether Asterisk may lack a list because it is not there yet.
    fn may_be_starting(&self) -> bool {
        let ami = self.followed.link.ami();
        let major = ami.and_then(|ami| ami.split('.').next()?.parse::<u32>().ok());
        major.is_none_or(|major| major >= LISTS_SINCE) && self.up.elapsed() < BOOT_LIMIT
    }

    fn judge(&mut self) {
        let mut known = self.followed.known();
        let found = missing(known.rights, &self.evidence);
        for right in &found {
            if !known.missing.contains(right) {
                let MissingRight { right, without } = right;
                tracing::warn!("the account in Asterisk's manager.conf has no {right}: {without}");
            }
        }
        known.missing = found;
    }
}

/// Waits for a point in time, or for ever.
async fn at(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => std::future::pending().await,
    }
}
