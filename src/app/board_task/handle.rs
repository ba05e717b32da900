//! The way to the task.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};

use super::{Calls, Duty, Followers, History, Message, Stopped};
use crate::app::peers::Standing;
use crate::board::{Delta, Event, Snapshot, Timestamp};
use crate::cluster::Role;
use crate::cluster::relay::{NodeId, Outcome};
use crate::journal::{Replica, Tail};

/// The way to the board.
#[derive(Clone, Debug)]
pub struct BoardHandle {
    pub(super) messages: mpsc::Sender<Message>,
    pub(super) tail: Arc<Tail>,
    pub(super) standing: watch::Receiver<Standing>,
}

impl BoardHandle {
    pub(in crate::app) fn try_submit(&self, event: Event, at: Timestamp) -> Result<(), Box<Event>> {
        match self.messages.try_reserve() {
            Ok(place) => {
                place.send(Message::Event(event, at));
                Ok(())
            }
            Err(_) => Err(Box::new(event)),
        }
    }

    /// Hands an event of that time to the board, waiting for a place in its queue.
    ///
    /// # Errors
    ///
    /// [`Stopped`] once the board is.
    pub async fn submit(&self, event: Event, at: Timestamp) -> Result<(), Stopped> {
        let message = Message::Event(event, at);
        self.messages.send(message).await.map_err(|_| Stopped)
    }

    /// A message of another node came. It is dropped where too much waits: what gets lost is sent again.
    pub(crate) fn received(&self, data: Vec<u8>) {
        let _ = self.messages.try_send(Message::Received(data));
    }

    /// Asks the node that leads to do something, for so long at most.
    pub(crate) async fn ask_leader(&self, body: Vec<u8>, limit: Duration) -> Outcome {
        let asked = self.ask(|sender| Message::Ask(body, limit, sender)).await;
        asked.unwrap_or(Outcome::Unknown)
    }

    /// What another node asked for was done.
    pub(crate) async fn answer(&self, node: NodeId, number: u64, body: Vec<u8>) {
        // A board that has stopped leads no more.
        let _ = self
            .messages
            .send(Message::Answer(node, number, body))
            .await;
    }

    /// Changes what this node's board does, before whatever it is told after this. What is answered tells when it does so.
    ///
    /// # Errors
    ///
    /// [`Stopped`] once the board is.
    pub(crate) async fn become_one(&self, duty: Duty) -> Result<oneshot::Receiver<()>, Stopped> {
        let (sender, begun) = oneshot::channel();
        let message = Message::Become(Box::new(duty), sender);
        self.messages.send(message).await.map_err(|_| Stopped)?;
        Ok(begun)
    }

    /// Has a board without other nodes followed, before anything happens on it.
    pub(in crate::app) fn follow_at_once(&self, followers: Followers) {
        let duty = Duty {
            role: Role::Alone,
            ready: oneshot::channel().1,
            followers,
        };
        let (sender, _) = oneshot::channel();
        // Its queue is empty, and it has just begun.
        let _ = self
            .messages
            .try_send(Message::Become(Box::new(duty), sender));
    }

    /// How many events and questions wait for the board.
    pub(in crate::app) fn queued(&self) -> usize {
        self.messages.max_capacity() - self.messages.capacity()
    }

    /// How this node is among the others.
    pub(in crate::app) fn standing(&self) -> Standing {
        *self.standing.borrow()
    }

    /// The whole board, and how far it is: a copy.
    ///
    /// # Errors
    ///
    /// [`Stopped`] once the board is.
    pub async fn replica(&self) -> Result<Replica, Stopped> {
        self.ask(Message::Replica).await
    }

    /// Takes over what was stored and could not be read at the start, if the board began without it.
    pub(crate) async fn absorb(&self, earlier: Replica) {
        // A board that has stopped needs nothing more.
        drop(self.messages.send(Message::Absorb(Box::new(earlier))).await);
    }

    /// All steps up to that one are stored.
    pub(crate) async fn stored(&self, index: u64) {
        // A board that has stopped needs nothing more.
        drop(self.messages.send(Message::Stored(index)).await);
    }

    /// There is something new to tell other nodes beside the board. Where too much waits it is told with the next sign of life.
    pub(crate) fn tell_beside(&self) {
        let _ = self.messages.try_send(Message::Beside);
    }

    /// The last steps that it took.
    #[must_use]
    pub fn tail(&self) -> &Arc<Tail> {
        &self.tail
    }

    pub(in crate::app) async fn snapshot(&self) -> Result<Arc<Snapshot>, Stopped> {
        self.ask(Message::Snapshot).await
    }

    /// See [`Board::since`].
    pub(crate) async fn since(&self, number: u64, records: usize) -> Result<Delta, Stopped> {
        self.ask(|sender| Message::Since(number, records, sender))
            .await
    }

    pub(in crate::app) async fn history(&self, wanted: History) -> Result<Calls, Stopped> {
        self.ask(|sender| Message::History(Box::new(wanted), sender))
            .await
    }

    async fn ask<T>(
        &self,
        message: impl FnOnce(oneshot::Sender<T>) -> Message,
    ) -> Result<T, Stopped> {
        let (sender, receiver) = oneshot::channel();
        let message = message(sender);
        self.messages.send(message).await.map_err(|_| Stopped)?;
        receiver.await.map_err(|_| Stopped)
    }

    pub(in crate::app) fn is_stopped(&self) -> bool {
        self.messages.is_closed()
    }

    /// Lets the board finish what it has, and take no more. Gives its last state.
    pub(crate) async fn stop(&self, deadline: Duration) -> Option<Replica> {
        let (sender, receiver) = oneshot::channel();
        let stopping = async {
            self.messages.send(Message::Stop(sender)).await.ok()?;
            receiver.await.ok()
        };
        // Past the deadline the task is ended by whoever stops the product.
        let stopped = tokio::time::timeout(deadline, stopping).await;
        stopped.ok().flatten()
    }
}
