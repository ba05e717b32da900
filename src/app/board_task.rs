//! The one task that owns the board. It takes events in the order in which they come, gives their changes to
//! the sinks, none of which waits, and answers who wants to see the whole.

mod ended;
mod handle;
mod task;

pub use ended::{Calls, History};
pub use handle::BoardHandle;

use std::sync::{Arc, RwLock};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::AbortHandle;

use super::Clock;
use super::peers::{Peers, Standing, Ways};
use crate::board::{Delta, Event, Snapshot, Timestamp};
use crate::cluster::Role;
use crate::cluster::relay::{NodeId, Outcome};
use crate::config::Config;
use crate::journal::{Replica, Tail};
use crate::live::Live;
use crate::number_book::Labels;
use crate::people::CodesShown;
use crate::sinks::Sink;
use crate::tasks;
use task::Task;

/// The most events that wait for the board. It takes one in a few microseconds, so they hardly ever do.
pub const MAX_QUEUED_EVENTS: usize = 4096;

/// The board takes no more events, because the plugin is stopping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped;

impl std::fmt::Display for Stopped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the plugin is stopping")
    }
}

impl std::error::Error for Stopped {}

/// What the board's task is to do from now on.
pub(crate) struct Duty {
    pub(crate) role: Role,
    /// Nothing happens before this says so, or its other end is gone.
    pub(crate) ready: oneshot::Receiver<()>,
    pub(crate) followers: Followers,
}

impl std::fmt::Debug for Duty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Duty")
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// What a board that is to do its work has to know first.
#[derive(Debug)]
pub(crate) enum Beginning {
    /// This is stored.
    Stored(Box<Replica>),
    /// What is stored cannot be read yet. Whether the board begins empty is to be answered.
    Unread(oneshot::Sender<bool>),
}

/// Who follows the board, and what decides what is on it.
#[derive(Default)]
pub(crate) struct Followers {
    pub(super) sinks: Vec<Box<dyn Sink>>,
    /// Says what outside numbers are called.
    pub(super) labels: Option<Arc<Labels>>,
    /// Keeps codes off the board.
    pub(super) codes: Arc<CodesShown>,
    pub(super) config: Arc<RwLock<Arc<Config>>>,
    /// Tells what is stored, for a node that leads or is alone.
    pub(super) begins: Option<oneshot::Receiver<Beginning>>,
    /// Shows the board, and what is told beside it. It hears when the board is another one, whose numbers say nothing of those before.
    pub(super) live: Option<Arc<Live>>,
}

#[derive(Debug)]
enum Message {
    Event(Event, Timestamp),
    Received(Vec<u8>),
    Ask(Vec<u8>, Duration, oneshot::Sender<Outcome>),
    Answer(NodeId, u64, Vec<u8>),
    Become(Box<Duty>, oneshot::Sender<()>),
    Replica(oneshot::Sender<Replica>),
    Absorb(Box<Replica>),
    Stored(u64),
    Beside,
    Snapshot(oneshot::Sender<Arc<Snapshot>>),
    Since(u64, usize, oneshot::Sender<Delta>),
    History(Box<History>, oneshot::Sender<Calls>),
    Stop(oneshot::Sender<Replica>),
}

/// A board by itself, with those sinks and without settings, for measuring what follows it. Must be called inside a tokio runtime.
#[must_use]
pub fn board_alone(sinks: Vec<Box<dyn Sink>>, clock: Clock) -> BoardHandle {
    board_of(
        Followers {
            sinks,
            ..Followers::default()
        },
        clock,
    )
}

/// The same, once it is told what it begins with.
#[cfg(test)]
pub(crate) fn board_that_begins(
    sinks: Vec<Box<dyn Sink>>,
    begins: oneshot::Receiver<Beginning>,
    clock: Clock,
) -> BoardHandle {
    board_of(
        Followers {
            sinks,
            begins: Some(begins),
            ..Followers::default()
        },
        clock,
    )
}

/// Gives a board another role, in which it is told what it begins with.
#[cfg(test)]
pub(crate) async fn begin_again(
    board: &BoardHandle,
    role: Role,
    begins: oneshot::Receiver<Beginning>,
) -> Result<oneshot::Receiver<()>, Stopped> {
    let followers = Followers {
        begins: Some(begins),
        ..Followers::default()
    };
    let duty = Duty {
        role,
        ready: oneshot::channel().1,
        followers,
    };
    board.become_one(duty).await
}

fn board_of(followers: Followers, clock: Clock) -> BoardHandle {
    let (board, _) = start(Role::Alone, Ways::alone(), clock);
    board.follow_at_once(followers);
    board
}

/// Starts the task, in that role.
pub(super) fn start(role: Role, ways: Ways, clock: Clock) -> (BoardHandle, AbortHandle) {
    let (messages, receiver) = mpsc::channel(MAX_QUEUED_EVENTS);
    let tail = Arc::<Tail>::default();
    let (told, standing) = watch::channel(Standing::default());
    let mut task = Task {
        replica: Replica::default(),
        tail: Arc::clone(&tail),
        seen: Arc::default(),
        followers: Followers::default(),
        peers: Peers::new(ways, told),
        clock,
    };
    task.peers.become_one(role, &task.replica);
    let task = tasks::spawn(task.run(receiver));
    let handle = BoardHandle {
        messages,
        tail,
        standing,
    };
    (handle, task.abort_handle())
}
