//! The board's task among those on the other nodes of a cluster: what it sends to them, and what becomes of what they send.

mod hear;
mod standing;
mod ways;
mod whole;

pub(crate) use standing::Standing;
pub(crate) use ways::{Errand, Leads, MAX_ERRANDS, MAX_OUTGOING, Ways};

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{oneshot, watch};
use tokio::time::Instant;

use crate::board::{Event, Source};
use crate::cluster::Role;
use crate::cluster::lease::STAND_DOWN;
use crate::cluster::relay::{
    Answers, Asks, Forwarded, Forwards, Leader, NodeId, Outcome, Position, Replica as Follower,
    Step,
};
use crate::journal::{Entry, Origin, Replica};
use crate::live::Live;
use whole::whole;

/// How long a node that leads no longer waits before it looks whether it was told so.
const PAUSE: Duration = Duration::from_millis(500);

/// What this node is to the others.
enum Side {
    /// There are no others.
    Alone,
    Leads(Leader, Answers),
    Follows(Follower),
}

/// What is to become of an event that came to this node.
pub(super) enum Taken {
    /// It is a step of the board, of that origin.
    Step(Option<Origin>),
    /// It goes to the node that leads, or is for that node's own sources to tell.
    Elsewhere,
}

/// What is to be done to the board because of a message.
pub(super) enum Deed {
    Nothing,
    /// These are the next entries.
    Apply(Vec<Entry>),
    /// These happened on another node.
    Take(NodeId, u64, Vec<Forwarded<Event>>),
    /// The board is this one from now on.
    Load(Box<Replica>),
    /// The node that leads tells this beside the entries.
    Hear(Vec<u8>),
}

/// This node among the others.
pub(super) struct Peers {
    side: Side,
    forwards: Forwards<Event>,
    asks: Asks<oneshot::Sender<Outcome>>,
    ways: Ways,
    standing: watch::Sender<Standing>,
    lost: u64,
    started: Instant,
    /// Messages that could not be read are told of once.
    unread: bool,
}

impl Peers {
    pub(super) fn new(ways: Ways, standing: watch::Sender<Standing>) -> Self {
        let node: NodeId = format!("{:016x}", fastrand::u64(..)).into();
        Self {
            side: Side::Alone,
            forwards: Forwards::new(Arc::clone(&node)),
            asks: Asks::new(node),
            ways,
            standing,
            lost: 0,
            started: Instant::now(),
            unread: false,
        }
    }

    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    /// Whether this node's board takes steps of its own, at this moment.
    pub(super) fn leads(&self) -> bool {
        match self.side {
            Side::Alone => true,
            Side::Leads(..) => (self.ways.leads)(),
            Side::Follows(_) => false,
        }
    }

    /// The term of the other node that leads, as far as this one heard.
    fn leader(&self) -> Option<u64> {
        match &self.side {
            Side::Follows(follower) => follower.leader(),
            Side::Alone | Side::Leads(..) => None,
        }
    }

    /// This node's role is that from now on. Of a leader, the board is the one that it begins with, and the step that says so is to be
    /// taken next.
    pub(super) fn become_one(&mut self, role: Role, replica: &Replica) {
        let now = self.now();
        let position = position(replica);
        self.side = match role {
            Role::Alone => Side::Alone,
            Role::Leader { term } => Side::Leads(Leader::new(term, position), Answers::new(term)),
            Role::Follower => Side::Follows(Follower::new(now, position)),
        };
        self.forwards.led_by(now, None);
        self.rebased(replica);
        for asker in self.asks.over(now, None) {
            // Whoever asked may be gone.
            let _ = asker.send(Outcome::Unknown);
        }
        self.tell();
    }

    /// The board is another one.
    fn rebased(&mut self, replica: &Replica) {
        let now = self.now();
        let last = replica.origins().last(self.forwards.node());
        self.forwards.rebased(now, last, replica.index());
    }

    /// Whether something waits for the node that leads.
    pub(super) fn waits(&self) -> bool {
        matches!(self.side, Side::Follows(_)) && self.forwards.waiting() > 0
    }

    /// What waits for a node that leads, which this one does from now on: how long ago each happened.
    pub(super) fn unheld(&self) -> Vec<(Origin, Duration, Event)> {
        self.forwards.unheld(self.now()).collect()
    }

    /// An event came to this node.
    pub(super) fn event(&mut self, event: &Event) -> Taken {
        if let Side::Alone = self.side {
            return Taken::Step(None);
        }
        let leads = self.leads();
        // What a source of the leader's sees, the next leader's sees by itself.
        if !happened_here(event) {
            return if leads {
                Taken::Step(None)
            } else {
                Taken::Elsewhere
            };
        }
        match self.forwards.push(self.now(), event.clone()) {
            Ok(origin) if leads => Taken::Step(Some(origin)),
            Ok(_) => Taken::Elsewhere,
            Err(_) if leads => Taken::Step(None),
            Err(full) => {
                if self.lost == 0 {
                    tracing::error!("{full}");
                }
                self.lost += 1;
                Taken::Elsewhere
            }
        }
    }

    /// The board took a step.
    pub(super) fn applied(&mut self, entry: &Entry) {
        if let Side::Leads(leader, _) = &mut self.side {
            leader.applied(entry);
        }
        if let Some(origin) = &entry.origin
            && origin.node == *self.forwards.node()
        {
            self.forwards.applied(origin.number, entry.index);
        }
    }

    /// The board's steps go on behind that index, with others between that nobody has.
    pub(super) fn jumped(&mut self, index: u64) {
        if let Side::Leads(leader, _) = &mut self.side {
            leader.jumped(index);
        }
    }

    /// Entries up to that one are stored.
    pub(super) fn stored(&mut self, index: u64) {
        if let Side::Leads(leader, _) = &mut self.side {
            leader.stored(index);
            self.forwards.stored(index);
        }
    }

    /// Asks the node that leads.
    pub(super) fn ask(&mut self, limit: Duration, body: Vec<u8>, asker: oneshot::Sender<Outcome>) {
        let now = self.now();
        // One that is silent for so long leads no more.
        let silent =
            matches!(&self.side, Side::Follows(follower) if follower.silence(now) >= STAND_DOWN);
        let refused = match self.leader().filter(|_| !silent) {
            Some(term) => self.asks.push(now, limit, term, body, asker).err(),
            None => Some(asker),
        };
        // Whoever asked may be gone.
        if let Some(asker) = refused {
            let _ = asker.send(Outcome::NotDone);
        }
    }

    /// What another node asked for was done.
    pub(super) fn answer(&mut self, node: &NodeId, number: u64, body: &[u8]) {
        if let Side::Leads(_, answers) = &mut self.side {
            let data = answers.done(node, number, body);
            self.send(data);
        }
    }

    /// There is something new to tell the other nodes beside the board.
    pub(super) fn beside_changed(&mut self) {
        let now = self.now();
        if let Side::Leads(leader, _) = &mut self.side {
            leader.beside_changed(now);
        }
    }

    /// Sends what is to be sent now. `live` knows what is told beside the board.
    pub(super) fn send_all(&mut self, replica: &Replica, live: Option<&Live>) {
        let (now, leads) = (self.now(), self.leads());
        match &mut self.side {
            Side::Alone => return,
            Side::Leads(..) if !leads => {}
            Side::Leads(leader, _) => loop {
                match leader.next(now) {
                    Some(Step::Send(data)) => drop(self.ways.out.try_send(data)),
                    Some(Step::Whole) => leader.whole(now, whole(replica)),
                    Some(Step::Beside) => {
                        if let Some(live) = live {
                            let data = leader.beside(now, &live.beside());
                            let _ = self.ways.out.try_send(data);
                        }
                    }
                    None => break,
                }
            },
            Side::Follows(follower) => {
                self.forwards.stored(follower.stored());
                if let Some(data) = follower.next(now) {
                    let _ = self.ways.out.try_send(data);
                }
                while let Some(data) = self.forwards.next(now) {
                    let _ = self.ways.out.try_send(data);
                }
            }
        }
        for asker in self.asks.over(now, self.leader()) {
            let _ = asker.send(Outcome::Unknown);
        }
        while let Some(data) = self.asks.next(now) {
            self.send(data);
        }
        self.tell();
    }

    /// When there is something to send, if nothing happens.
    pub(super) fn wake(&self) -> Option<Instant> {
        let wake = match &self.side {
            Side::Alone => None,
            // Its role is about to change.
            Side::Leads(..) if !self.leads() => Some(self.now() + PAUSE),
            Side::Leads(leader, _) => Some(leader.wake()),
            Side::Follows(follower) => {
                let times = [follower.wake(), self.forwards.wake(), self.asks.wake()];
                times.into_iter().flatten().min()
            }
        };
        wake.map(|at| self.started + at)
    }

    /// Sends a question or an answer.
    fn send(&self, data: Vec<u8>) {
        let _ = self.ways.questions.try_send(data);
    }

    fn tell(&mut self) {
        let now = self.now();
        if self.lost > 0 && self.forwards.waiting() == 0 {
            let lost = std::mem::take(&mut self.lost);
            tracing::error!(
                lost,
                "events were lost while no node led; all others were taken"
            );
        }
        let (silence, waits) = match &self.side {
            Side::Follows(follower) => (Some(follower.silence(now)), follower.waits(now)),
            _ => (None, None),
        };
        let since = |ago: Option<Duration>| ago.map(|ago| self.started + now.saturating_sub(ago));
        let standing = Standing {
            silent_since: since(silence),
            without_since: since(waits),
            waiting: match self.side {
                Side::Follows(_) => self.forwards.waiting(),
                Side::Alone | Side::Leads(..) => 0,
            },
            lost: match self.side {
                Side::Alone => 0,
                Side::Leads(..) | Side::Follows(_) => self.lost,
            },
        };
        self.standing.send_if_modified(|current| {
            let changed = *current != standing;
            *current = standing;
            changed
        });
    }
}

/// Whether an event happened on this node: no other node sees it, also if that leads.
fn happened_here(event: &Event) -> bool {
    let source = match event {
        Event::Line(report)
        | Event::Found(report)
        | Event::Decided(report, _)
        | Event::Lost(report) => report.source,
        Event::Queue(report) => report.source,
        Event::Device { source, .. }
        | Event::Details { source, .. }
        | Event::Gone { source, .. }
        | Event::Retold { source, .. }
        | Event::Cleared(source) => *source,
        Event::Reset(_) | Event::Erased(_) => return true,
        Event::Named(_) | Event::Day(_) | Event::Forget(_) => return false,
    };
    source == Source::Phone
}

/// How far a board is.
pub(super) fn position(replica: &Replica) -> Position {
    Position {
        term: replica.term(),
        index: replica.index(),
    }
}
