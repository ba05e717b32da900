//! Channels: every leg of every call, as far as calls of lines need them.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use asterisk_rs_ami::RawAmiMessage;

use super::fields::Description;
use crate::board::{Direction, Name};
use crate::calls::Leg;

/// The most channels that are followed. An Asterisk with more than a few thousand calls at once is several machines.
pub(super) const MAX_CHANNELS: usize = 10_000;

/// How many channels that ended are remembered, so that a message that comes late does not bring one back.
const REMEMBERED_ENDS: usize = 1024;

/// How far a channel got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// It neither rings nor is answered.
    #[default]
    Quiet,
    /// A phone rings.
    Ringing,
    /// Answered.
    Up,
}

/// A channel's part in a call that we started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Role {
    /// The order, by the id that it gave its channel.
    pub(super) order: Arc<str>,
    /// Which side it is.
    pub(super) leg: Leg,
    /// The other side's number, as it was ordered.
    pub(super) number: Arc<str>,
    /// The other side was not answered yet.
    pub(super) waits: bool,
}

#[derive(Debug)]
pub(super) struct Channel {
    pub(super) name: Arc<str>,
    pub(super) linked: Arc<str>,
    /// The extension whose phone it is, and whose line that is.
    pub(super) line: Option<(Arc<str>, Name)>,
    pub(super) phase: Phase,
    /// Seen from the phone. Nothing until it is known.
    pub(super) direction: Option<Direction>,
    /// The other side's number.
    pub(super) connected: Option<Arc<str>>,
    /// What the phone dialled.
    pub(super) dialled: Option<Arc<str>>,
    /// The extension of the phone for which this one was dialled.
    pub(super) dialler: Option<Arc<str>>,
    pub(super) held: bool,
    /// The bridge that it is in.
    pub(super) bridge: Option<Arc<str>>,
    /// Where it was sent on to by the other side, and the number of that side.
    pub(super) sent_on: Option<(Arc<str>, Option<Arc<str>>)>,
    /// Somebody picked up the call that rings here.
    pub(super) taken: bool,
    /// Why it was hung up: Q.850's numbers.
    pub(super) cause: Option<u16>,
    pub(super) role: Option<Role>,
    /// The line under which the board has its call.
    pub(super) call: Option<Name>,
    /// How many calls of lines it was in: a line's hint, or name, may change while it lives.
    pub(super) calls: u32,
    /// What was told of it, where it is no line's.
    pub(super) outside: Option<super::outside::Told>,
    /// When it began to ring, by [`Channels::step`].
    pub(super) rang: u64,
    /// The queue whose caller waited when this was made. They may have left when it rings at last.
    pub(super) queue: Option<Name>,
    /// The list during which, or after which, it was heard of last.
    pub(super) list: u64,
}

/// What belongs together, by `Linkedid`.
#[derive(Debug, Default)]
struct Linked {
    channels: usize,
    /// When somebody answered last, by [`Channels::step`].
    answered: u64,
    /// The queue in which the caller waits at this moment.
    queue: Option<Name>,
}

impl Channel {
    /// The PBX dialled it.
    pub(super) fn is_dialled(&mut self) {
        self.direction.get_or_insert(Direction::Incoming);
    }

    /// A list tells of it: by its application it is known who called whom.
    pub(super) fn is_listed(&mut self, application: Option<&str>, exten: Option<&str>) {
        if self.direction.is_some() {
            return;
        }
        // "AppDial", "AppDial2" and "AppQueue" are what Asterisk calls those that it dialled.
        if application.is_some_and(|name| name.starts_with("App")) {
            self.direction = Some(Direction::Incoming);
        } else if application.is_some() {
            self.direction = Some(Direction::Outgoing);
            self.dialled = number_of(exten);
        }
    }
}

/// What was dialled: in macros, and at the dial plan's own places such as `s`, the extension is no number.
fn number_of(exten: Option<&str>) -> Option<Arc<str>> {
    let exten = exten?;
    let place = exten.len() == 1 && exten.starts_with(char::is_alphabetic);
    (!place).then(|| exten.into())
}

#[derive(Debug, Default)]
pub(super) struct Channels {
    map: HashMap<Arc<str>, Channel>,
    linked: HashMap<Arc<str>, Linked>,
    ended: HashSet<Arc<str>>,
    ended_order: VecDeque<Arc<str>>,
    /// Counts messages, as a clock that tells before from after.
    pub(super) step: u64,
    pub(super) list: u64,
    pub(super) beyond_limits: u64,
}

impl Channels {
    pub(super) fn len(&self) -> usize {
        self.map.len()
    }

    pub(super) fn get(&self, id: &str) -> Option<&Channel> {
        self.map.get(id)
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Option<&mut Channel> {
        self.map.get_mut(id)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Channel)> {
        self.map.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (&Arc<str>, &mut Channel)> {
        self.map.iter_mut()
    }

    /// Takes over what a message says of a channel, and answers its id and whether it is new; nothing for one that ended, or
    /// when there are too many.
    pub(super) fn update(&mut self, said: &Description<'_>) -> Option<(Arc<str>, bool)> {
        if self.ended.contains(said.id) {
            return None;
        }
        let new = !self.map.contains_key(said.id);
        if new && !self.insert(said) {
            return None;
        }
        let (id, _) = self.map.get_key_value(said.id)?;
        let id = Arc::clone(id);
        let (step, list) = (self.step, self.list);
        let channel = self.map.get_mut(&id)?;
        channel.list = list;
        if &*channel.name != said.name {
            channel.name = said.name.into();
        }
        if let Some(connected) = said.connected
            && channel.connected.as_deref() != Some(connected)
        {
            channel.connected = Some(connected.into());
        }
        let before = channel.phase;
        match said.state {
            Some(4) => {
                let direction = *channel.direction.get_or_insert(Direction::Outgoing);
                if direction == Direction::Outgoing && channel.dialled.is_none() {
                    channel.dialled = number_of(said.exten);
                }
            }
            Some(5) => {
                channel.direction.get_or_insert(Direction::Incoming);
                channel.phase = channel.phase.max(Phase::Ringing);
                if before < Phase::Ringing {
                    channel.rang = step;
                }
            }
            Some(6) => channel.phase = Phase::Up,
            _ => {}
        }
        let answered = before < Phase::Up
            && channel.phase == Phase::Up
            && channel.direction == Some(Direction::Incoming);
        let linked = said.linked.filter(|linked| *linked != &*channel.linked);
        let from = linked.map(|linked| std::mem::replace(&mut channel.linked, linked.into()));
        if let Some(from) = from {
            let to = Arc::clone(&self.map.get(&id)?.linked);
            self.relink(&from, to);
        }
        if answered && !new {
            self.note_answer(&id);
        }
        Some((id, new))
    }

    fn insert(&mut self, said: &Description<'_>) -> bool {
        if self.map.len() >= MAX_CHANNELS {
            self.beyond_limits += 1;
            return false;
        }
        let linked: Arc<str> = said.linked.unwrap_or(said.id).into();
        let together = self.linked.entry(Arc::clone(&linked)).or_default();
        together.channels += 1;
        let queue = together.queue.clone();
        let channel = Channel {
            name: said.name.into(),
            linked,
            line: None,
            phase: Phase::Quiet,
            direction: None,
            connected: None,
            dialled: None,
            dialler: None,
            held: false,
            bridge: None,
            sent_on: None,
            taken: false,
            cause: None,
            role: None,
            call: None,
            calls: 0,
            outside: None,
            rang: 0,
            queue,
            list: self.list,
        };
        self.map.insert(said.id.into(), channel);
        true
    }

    /// A phone or somebody outside answered: the halves of Local channels, which answer for others, do not count.
    fn note_answer(&mut self, id: &str) {
        let Some(channel) = self.map.get(id) else {
            return;
        };
        if channel.name.starts_with("Local/") {
            return;
        }
        if let Some(linked) = self.linked.get_mut(&channel.linked) {
            linked.answered = self.step;
        }
    }

    /// Whether somebody else answered while this one rang.
    pub(super) fn answered_elsewhere(&self, channel: &Channel) -> bool {
        let linked = self.linked.get(&channel.linked);
        linked.is_some_and(|linked| linked.answered > channel.rang && channel.rang > 0)
    }

    /// A message tells that a caller waits in a queue from now on, or in none.
    pub(super) fn waits_in(&mut self, message: &RawAmiMessage, queue: Option<Name>) {
        if let Some(said) = Description::read(message, "")
            && let Some(channel) = self.map.get(said.id)
            && let Some(linked) = self.linked.get_mut(&channel.linked)
        {
            linked.queue = queue;
        }
    }

    /// The queue for whose caller a channel was made, or in which the caller of what it belongs to waits.
    pub(super) fn queue(&self, channel: &Channel) -> Option<Name> {
        let waits = || self.linked.get(&channel.linked)?.queue.clone();
        channel.queue.clone().or_else(waits)
    }

    fn relink(&mut self, from: &str, to: Arc<str>) {
        let answered = self.unlink(from);
        let linked = self.linked.entry(to).or_default();
        linked.channels += 1;
        linked.answered = linked.answered.max(answered);
    }

    fn unlink(&mut self, from: &str) -> u64 {
        let Some(linked) = self.linked.get_mut(from) else {
            return 0;
        };
        let answered = linked.answered;
        linked.channels -= 1;
        if linked.channels == 0 {
            self.linked.remove(from);
        }
        answered
    }

    /// The channel is no more.
    pub(super) fn remove(&mut self, id: &str) -> Option<Channel> {
        let (id, channel) = self.map.remove_entry(id)?;
        self.unlink(&channel.linked);
        self.remember(id);
        Some(channel)
    }

    fn remember(&mut self, id: Arc<str>) {
        if self.ended.insert(Arc::clone(&id)) {
            self.ended_order.push_back(id);
        }
        if self.ended_order.len() > REMEMBERED_ENDS
            && let Some(oldest) = self.ended_order.pop_front()
        {
            self.ended.remove(&oldest);
        }
    }

    /// Forgets all of them.
    pub(super) fn clear(&mut self) {
        *self = Self {
            list: self.list,
            beyond_limits: self.beyond_limits,
            ..Self::default()
        };
    }

    /// Those that nothing was heard of since that list.
    pub(super) fn silent_since(&self, list: u64) -> Vec<Arc<str>> {
        let mut silent: Vec<_> = self
            .map
            .iter()
            .filter(|(_, channel)| channel.list < list)
            .map(|(id, _)| Arc::clone(id))
            .collect();
        silent.sort_unstable();
        silent
    }
}
