//! The stream: the whole board for who comes, then what changes, each thing once, as it is when it is sent.
//!
//! Nothing is made without viewers: the first one has the [table](super::table) made, the last one takes it along.

mod follow;
mod who;

pub use who::{NotTaken, Resume, Who};

use std::fmt;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{Semaphore, watch};

use super::Viewer;
use super::connection::Connection;
use super::rings::{Ring, Rings};
use super::signal::Signal;
use super::sources::{SourceState, Sources};
use super::table::{Sent, Table};
use super::viewers::{Check, Farewell, Found, Viewers, Way};
use crate::app::{BoardHandle, Clock};
use crate::board::Timestamp;
use crate::config::{BoardNumbers, BoardSettings};
use crate::feed::{Batch, Counts, Feed, Start};
use crate::sinks::Sink;
use crate::tasks;

/// The most viewers on websockets at once, besides [walls](MAX_WALL_VIEWERS).
pub const MAX_VIEWERS: usize = 2_000;

/// The most viewers on websockets at once who came by a wall's link.
pub const MAX_WALL_VIEWERS: usize = 500;

/// The most viewers of event streams at once. Each keeps one of the server's calls to the plugin open.
pub const MAX_EVENT_STREAMS: usize = 200;

/// How soon after one change the next one is told, at the earliest. The first one after a while is told at once.
pub const PACE: Duration = Duration::from_millis(200);

/// How often viewers are told how the board itself is, which is the sign of life. Who hears nothing for 25 s may take the connection as
/// lost.
pub const BOARD_EVERY: Duration = Duration::from_secs(10);

/// How long viewers may take to answer a close frame.
pub const CLOSE_LIMIT: Duration = Duration::from_secs(2);

/// The stream. Every method may be called from several tasks at once.
pub struct Live {
    pub(super) signal: Arc<Signal>,
    board: BoardHandle,
    pub(super) sources: Sources,
    pub(super) table: Arc<Table>,
    feed: Arc<Feed<Sent>>,
    /// The feed of those who come by a wall's link, who are told no rings.
    walls: Arc<Feed<Sent>>,
    /// Counted up whenever the table changed, for event streams.
    pub(super) changes: watch::Sender<u64>,
    pub(super) rings: Mutex<Rings>,
    /// How many tests of phones go on in the cluster. They are none of the viewers', but told to other nodes with what is.
    pub(super) tests: Arc<AtomicUsize>,
    settings: Mutex<Settings>,
    viewers: Viewers,
    /// A place for each event stream.
    pub(super) streams: Arc<Semaphore>,
    /// Only one at a time makes or forgets the table.
    making: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Settings {
    numbers: BoardNumbers,
    within: u64,
    epoch: Arc<str>,
    stopped: bool,
    /// What viewers were told last of the sources, and of the time in which calls should be answered.
    told: (Vec<SourceState>, u64),
}

/// Somebody who looks, until this is dropped.
#[derive(Debug)]
pub(super) struct Guard {
    live: Arc<Live>,
    pub(super) id: u64,
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.live.viewers.leave(self.id);
        self.live.signal.leave();
    }
}

/// What a viewer is told first, and where they go on.
pub(super) struct Beginning {
    pub(super) epoch: Arc<str>,
    /// The number of the stream up to which they have everything.
    pub(super) has: u64,
    /// The board's number up to which they do.
    pub(super) after: u64,
    pub(super) first: Box<[u8]>,
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").finish_non_exhaustive()
    }
}

impl Live {
    /// The stream of that board, which tells `signal` of its changes. It lasts as long as the board does, also where this node's role among
    /// others changes: it is told by `lead` and `follow`.
    #[must_use]
    pub fn new(signal: Arc<Signal>, board: BoardHandle, clock: Clock) -> Arc<Self> {
        let table = Arc::new(Table::default());
        let feed = |rings, limit| {
            let table = Arc::clone(&table);
            Feed::with_limit(Arc::new(Sent { table, rings }), limit)
        };
        let settings = BoardSettings::default();
        Arc::new(Self {
            signal,
            board,
            sources: Sources::new(clock),
            feed: feed(true, MAX_VIEWERS),
            walls: feed(false, MAX_WALL_VIEWERS),
            table,
            changes: watch::Sender::new(0),
            rings: Mutex::default(),
            tests: Arc::default(),
            settings: Mutex::new(Settings {
                numbers: settings.numbers,
                within: settings.service_level,
                epoch: new_epoch(),
                stopped: false,
                told: Default::default(),
            }),
            viewers: Viewers::default(),
            streams: Arc::new(Semaphore::new(MAX_EVENT_STREAMS)),
            making: tokio::sync::Mutex::default(),
        })
    }

    /// The sink by which it hears of changes: that of its signal.
    #[must_use]
    pub fn sink(&self) -> impl Sink + use<> {
        self.signal.sink()
    }

    /// Which board this is: another one after every start, and whenever what was told of it is to be forgotten.
    #[must_use]
    pub fn epoch(&self) -> Arc<str> {
        Arc::clone(&lock(&self.settings).epoch)
    }

    /// Whether those that tell the board are there.
    #[must_use]
    pub fn sources(&self) -> Vec<SourceState> {
        self.sources.states()
    }

    /// What the time is by the clock that the board's times are of: that of the node that leads.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.sources.now()
    }

    /// Who looks.
    #[must_use]
    pub fn viewers(&self) -> &Viewers {
        &self.viewers
    }

    /// How many look now.
    #[must_use]
    pub fn count(&self) -> usize {
        self.signal.viewers()
    }

    /// What happened on websockets since the start.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.feed.counts() + self.walls.counts()
    }

    /// Whether no websocket of theirs would be taken now.
    #[must_use]
    pub fn is_full(&self, viewer: &Viewer) -> bool {
        self.feed_of(viewer.is_wall()).is_full()
    }

    fn feed_of(&self, wall: bool) -> &Arc<Feed<Sent>> {
        if wall { &self.walls } else { &self.feed }
    }

    /// Takes over the settings. Where other numbers may be shown, everybody begins anew.
    pub fn configure(&self, board: &BoardSettings) {
        let anew = {
            let mut settings = lock(&self.settings);
            settings.within = board.service_level;
            std::mem::replace(&mut settings.numbers, board.numbers) != board.numbers
        };
        if anew {
            self.begin_anew();
        }
        self.signal.wake();
    }

    /// A call rings whose address is to be opened in the page: viewers are told at once, and those who come within
    /// [`RING_TOLD`](super::RING_TOLD).
    pub fn ring(&self, ring: Ring) {
        lock(&self.rings).push(ring);
        self.signal.wake();
        self.board.tell_beside();
    }

    /// Takes a viewer whose websocket's handshake is done: the whole board, or what changed since they were connected before.
    ///
    /// `still` tells at the end whether they still may: what let them in can have ended meanwhile.
    ///
    /// # Errors
    ///
    /// [`NotTaken`]; the connection is dropped.
    pub async fn accept<C>(
        self: &Arc<Self>,
        connection: C,
        who: Who,
        resume: Option<Resume>,
        still: &(dyn Fn() -> bool + Send + Sync),
    ) -> Result<(), NotTaken>
    where
        C: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let wall = who.viewer.is_wall();
        let guard = self.enter(who.viewer, who.session);
        let id = guard.id;
        let beginning = self.begin(resume).await?;
        let mut first = Batch::default();
        first.push(&beginning.first);
        let start = Start {
            has: beginning.has,
            first,
        };
        let connection = Connection::new(connection, guard);
        let feed = self.feed_of(wall);
        let seat = feed.accept_at(connection, who.address, start);
        let seat = seat.map_err(|_| NotTaken::Full)?;
        let way = if wall { Way::Wall } else { Way::Websocket };
        self.viewers.set_way(id, way(seat));
        if !still() || *beginning.epoch != *self.epoch() {
            let farewell = if still() {
                Farewell::ANEW
            } else {
                Farewell::MAY_NOT
            };
            if let Some(way) = self.viewers.take_way(id) {
                self.send_away(way, farewell);
            }
        }
        Ok(())
    }

    /// Somebody comes.
    pub(super) fn enter(self: &Arc<Self>, viewer: Viewer, session: Option<Box<str>>) -> Guard {
        let id = self.viewers.enter(viewer, session);
        self.signal.come();
        Guard {
            live: Arc::clone(self),
            id,
        }
    }

    /// Sends away whom a check says to send.
    pub fn checked(&self, check: &Check, found: Found) {
        if let Some((way, farewell)) = self.viewers.found(check, found) {
            self.send_away(way, farewell);
        }
    }

    /// Sends away all who may not look any more by what they came by.
    pub fn dismiss(&self, goes: impl Fn(&Viewer) -> bool) {
        for way in self.viewers.take_ways(goes) {
            self.send_away(way, Farewell::MAY_NOT);
        }
    }

    pub(super) fn send_away(&self, way: Way, farewell: Farewell) {
        let Farewell { code, reason } = farewell;
        match way {
            Way::Websocket(seat) => self.feed.close(seat, code, reason, CLOSE_LIMIT),
            Way::Wall(seat) => self.walls.close(seat, code, reason, CLOSE_LIMIT),
            Way::Events(end) => drop(end.send_replace(Some(farewell))),
        }
    }

    /// Takes no more viewers, and takes leave of those there are, within `limit`.
    pub async fn stop(&self, limit: Duration) {
        lock(&self.settings).stopped = true;
        self.feed.stop();
        self.walls.stop();
        for way in self.viewers.take_ways(|_| true) {
            self.send_away(way, Farewell::STOPPING);
        }
        let Farewell { code, reason } = Farewell::STOPPING;
        tokio::join!(
            self.feed.close_all(code, reason, limit),
            self.walls.close_all(code, reason, limit)
        );
    }
}

/// A name that no board had before: 64 random bits.
fn new_epoch() -> Arc<str> {
    format!("{:016x}", fastrand::u64(..)).into()
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing that happens under the locks here can leave what they guard half changed.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts the stream's task.
pub(crate) fn start(live: &Arc<Live>) -> tokio::task::AbortHandle {
    tasks::spawn(Arc::clone(live).run()).abort_handle()
}
