//! Missed calls: who is told of them, in a direct message that lists them, with buttons to call back and to be done with it.
//!
//! One way leads through here: the tracker says what was missed; it is settled whose it is; and a lane of that person's own
//! keeps the record, the message and its buttons, one thing after the other. Nobody waits for anybody else's.

mod erase;
mod gate;
mod lane;
mod lanes;
mod record;
mod settle;
mod shared;
#[cfg(test)]
mod tests;
mod tracker;
mod wording;

pub use gate::LOOK_AGAIN;
pub use lane::{GIVE_UP_AFTER, Press};
pub use record::{BUTTONS_AGE, MAX_CALLERS, MESSAGE_AGE, NEW_CALLERS_JOIN};
#[cfg(test)]
pub(crate) use tracker::tests::missed_of;
pub use tracker::{DECISION_WAIT, MAX_UNDECIDED, Outside, Reach};
pub(crate) use wording::tel;
pub use wording::{BUTTON_PATH, CALLER, MAX_CALL_BUTTONS, MAX_SHOWN, TOKEN};

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::Sink;
use super::channels::Channels;
use super::posts::Target;
use crate::app::Clock;
use crate::board::{Action, Board, Change, ChangeKind, Erased, PhoneAction, Timestamp};
use crate::calls::Course;
use crate::config::{Config, Problem};
use crate::host::{
    Directory, HostError, Members, Messages, Person, Posts, Records, Statuses, UserId,
};
use crate::language::Language;
use crate::language::texts::missed as texts;
use crate::messages::Messenger;
use crate::people::People;
use crate::time_zone::TimeZones;
use gate::Gate;
use lane::{Verdict, Work};
use shared::{Kind, Shared};

/// The most missed calls whose person is not known yet, because the server does not answer. One more is given up.
pub const MAX_UNSETTLED: usize = 10_000;

/// The most calls of the server at once that read or store something of missed calls. Messages have
/// [a limit of their own](crate::messages::MAX_PARALLEL).
pub const MAX_PARALLEL: usize = 64;

/// How long whoever presses a button waits for the answer.
pub const PRESS_LIMIT: Duration = Duration::from_secs(10);

/// For how long after a call back was ordered another press for the same number does nothing, unless the call is over before: as long as
/// the first phone rings.
pub const CALL_BACK_ONCE: Duration = crate::calls::RING_LIMIT;

/// How long after it failed it is tried again to erase somebody.
const ERASE_AGAIN: Duration = Duration::from_secs(60);

/// What missed calls need of the host.
pub trait MissedHost:
    Messages + Statuses + Directory + Members + Records + Posts + Send + Sync + 'static
{
}

impl<T: Messages + Statuses + Directory + Members + Records + Posts + Send + Sync + 'static>
    MissedHost for T
{
}

/// What became of missed calls since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages that were sent or changed.
    pub told: u64,
    /// What was given up: after [`GIVE_UP_AFTER`], or as one too many.
    pub given_up: u64,
    /// Attempts that failed and were or will be repeated.
    pub retried: u64,
    /// Records that the server would not store.
    pub unstored: u64,
    /// People who wait until they may be told, mostly for the end of their do-not-disturb.
    pub held: usize,
    /// What became of the posts in channels of queues.
    pub posts: super::posts::Counts,
}

/// What a pressed button leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// This number is to be called for whoever pressed it. [`MissedCalls::called`] is to be told what comes of it, or, where it is not
    /// called, [`MissedCalls::not_called`].
    Call(String),
    /// Nothing more.
    Nothing,
    /// Whoever pressed it reads this.
    Say(String),
}

/// Tells people of missed calls. Every method may be called from several tasks at once.
#[derive(Debug)]
pub struct MissedCalls<H> {
    shared: Arc<Shared<H>>,
}

impl<H: MissedHost> MissedCalls<H> {
    /// Without settings yet: call [`MissedCalls::configure`] next. `target` is where other posts go. Must be called inside a tokio runtime.
    #[must_use]
    pub fn new(
        host: Arc<H>,
        people: Arc<People<H>>,
        zones: Arc<TimeZones>,
        target: watch::Receiver<Option<Target>>,
        clock: Clock,
    ) -> Self {
        let stopping = watch::Sender::new(false);
        let shared = Arc::new(Shared {
            people,
            clock,
            messenger: Messenger::new(Arc::clone(&host), stopping.subscribe()),
            gate: Gate::new(Arc::clone(&host)),
            channels: Channels::new(Arc::clone(&host), target),
            host,
            zones,
            tracker: Mutex::default(),
            decide: Notify::new(),
            rules: Mutex::default(),
            on: watch::Sender::new(false),
            lanes: Mutex::default(),
            erased: Mutex::default(),
            erasing: tokio::sync::Mutex::default(),
            unsettled: AtomicUsize::new(0),
            permits: Semaphore::new(MAX_PARALLEL),
            calling: Mutex::default(),
            stopping,
            counts: Default::default(),
            tasks: Mutex::new(JoinSet::new()),
        });
        let own = || Arc::clone(&shared);
        let (deciding, letting_in, finding, sweeping) = (own(), own(), own(), own());
        shared.spawn(deciding.decide());
        shared.spawn(async move { letting_in.gate.run().await });
        shared.spawn(async move { finding.channels.run().await });
        shared.spawn(sweeping.sweep());
        Self { shared }
    }

    /// What follows the board for it.
    #[must_use]
    pub fn sink(&self) -> MissedSink<H> {
        MissedSink(Arc::clone(&self.shared))
    }

    /// Takes the settings. What waits to be told goes by those of the moment in which it is told.
    pub fn configure(&self, config: &Config) {
        let queues = &config.queue_missed_calls;
        self.shared.rules().queues = queues.clone();
        self.shared.on.send_if_modified(|on| {
            let changed = *on != config.missed_calls;
            *on = config.missed_calls;
            changed
        });
        let channels = &self.shared.channels;
        channels.configure(&config.team_name, queues.channels());
    }

    /// What posts in the channels of queues are in from now on.
    pub fn set_language(&self, language: Language) {
        self.shared.rules().language = language;
    }

    /// What of the settings turned out wrong, as problems of the one with that key.
    #[must_use]
    pub fn problems(&self, setting: &str) -> Vec<Problem> {
        self.shared.channels.problems(setting)
    }

    /// What became of missed calls so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let shared = &self.shared;
        let count = |kind| shared.counted(kind);
        Counts {
            told: count(Kind::Told),
            given_up: count(Kind::GivenUp) + lock(&shared.tracker).dropped,
            retried: count(Kind::Retried),
            unstored: count(Kind::Unstored),
            held: shared.gate.waiting(),
            posts: shared.channels.counts(),
        }
    }

    /// A button was pressed by `person`, or somebody says so in their name who may have made it up: it does something only if it is one
    /// of the message that is kept for them.
    pub async fn press(&self, person: &Person, press: Press) -> Pressed {
        let shared = &self.shared;
        let (answer, verdict) = oneshot::channel();
        let ask = async {
            let pressed = Box::new((press, answer));
            shared.hand(&person.id, Work::Press(pressed)).await;
            verdict.await
        };
        let verdict = timeout(PRESS_LIMIT, ask).await;
        let language = person.language;
        Pressed::Say(match verdict {
            Ok(Ok(Verdict::Done)) => return Pressed::Nothing,
            Ok(Ok(Verdict::Call(number))) => {
                if shared.calls_back(&person.id, &number) {
                    return Pressed::Call(number);
                }
                texts::under_way(language)
            }
            Ok(Ok(Verdict::DoneUnchanged)) => texts::done_unchanged(language),
            Ok(Ok(Verdict::Stale)) => texts::stale(language),
            Ok(Ok(Verdict::TooOld)) => texts::too_old(language),
            Ok(Ok(Verdict::NoCaller)) => texts::caller_gone(language),
            Ok(Ok(Verdict::Again) | Err(_)) | Err(_) => texts::try_again(language),
        })
    }

    /// The call that a button led to was not made: it may be pressed again.
    pub fn not_called(&self, user: &UserId, number: &str) {
        self.shared.called_back(user, number);
    }

    /// The call that a button led to goes this way: once it is over, the button may be pressed again.
    pub fn called(&self, user: &UserId, number: String, mut course: watch::Receiver<Course>) {
        let (shared, user) = (Arc::clone(&self.shared), user.clone());
        self.shared.spawn(async move {
            let over = course.wait_for(|course| course.end.is_some());
            // After that it is forgotten anyway. An error of the other kind is that nobody is left who could say more.
            if timeout(CALL_BACK_ONCE, over).await.is_ok() {
                shared.called_back(&user, &number);
            }
        });
    }

    /// Makes somebody an unknown caller in all that is kept of others' missed calls. Answers whether they were anywhere in it.
    ///
    /// # Errors
    ///
    /// [`HostError`] where that is not stored yet. It is tried again until it is.
    pub(crate) async fn erase(&self, whom: Erased) -> Result<bool, HostError> {
        let whom = Arc::new(whom);
        let done = self.shared.erase(&whom).await;
        if done.is_err() {
            self.erase_soon(Erased::clone(&whom));
        }
        done
    }

    /// The same, once for many, and nobody waits for it.
    pub(crate) fn erase_soon(&self, whom: Erased) {
        lock(&self.shared.erased).and(whom);
        self.shared.spawn(Arc::clone(&self.shared).erase_all());
    }

    /// Ends in good order, at the deadline at the latest: what was missed is decided and stored, and told after the next start where it is
    /// not told by now. Tells how much remained.
    pub async fn stop(&self, deadline: Duration) -> usize {
        let shared = &self.shared;
        shared.stopping.send_replace(true);
        let news = lock(&shared.tracker).decide_all(shared.now());
        shared.settle_all(news);
        let stored = async {
            while shared.unsettled.load(Ordering::Relaxed) > 0 || !lock(&shared.lanes).is_empty() {
                sleep(Duration::from_millis(5)).await;
            }
        };
        let posts = shared.channels.stop(deadline);
        // An error is the deadline, and what remains is counted below.
        let (posts, _) = tokio::join!(posts, timeout(deadline, stored));
        lock(&shared.tasks).abort_all();
        posts + shared.unsettled.load(Ordering::Relaxed) + lock(&shared.lanes).len()
    }
}

impl<H> Drop for MissedCalls<H> {
    fn drop(&mut self) {
        lock(&self.shared.tasks).abort_all();
    }
}

/// What follows the board for missed calls.
#[derive(Debug)]
pub struct MissedSink<H>(Arc<Shared<H>>);

impl<H> MissedSink<H> {
    /// Somebody was dialled who is no line's, and so not on the board.
    pub fn outside(&self, told: &Outside, at: Timestamp) {
        lock(&self.0.tracker).outside(told, at);
    }
}

impl<H: MissedHost> Sink for MissedSink<H> {
    fn take(&mut self, change: &Change, config: &Config) {
        match &change.kind {
            ChangeKind::Line(state) => self.0.gate.line(&change.subject, state.dnd, change.at),
            ChangeKind::LineDropped => self.0.gate.dropped(&change.subject, change.at),
            ChangeKind::Reported { report, .. }
                if report.action == Action::Phone(PhoneAction::DndOff) =>
            {
                self.0.gate.ended(&change.subject);
            }
            _ => {}
        }
        let mut tracker = lock(&self.0.tracker);
        let idle = tracker.is_idle();
        tracker.apply(change, &config.queue_missed_calls);
        // What comes behind other calls is not due before they are.
        if idle && !tracker.is_idle() {
            self.0.decide.notify_one();
        }
    }

    /// A call that rings goes on ringing, and may be missed yet.
    fn restored(&mut self, board: &Board, config: &Config) {
        let mut tracker = lock(&self.0.tracker);
        for change in board.retold() {
            if let ChangeKind::Line(state) = &change.kind {
                self.0.gate.line(&change.subject, state.dnd, change.at);
            }
            tracker.apply(&change, &config.queue_missed_calls);
        }
    }
}

/// Nothing that happens under the locks here can leave them half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
