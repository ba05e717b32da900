//! What becomes of the calls that we order.
//!
//! Such a call is a Local channel with two halves. The second runs the dial plan for the phone that rings first; once that is
//! answered, the first, whose id is the one that we gave, runs it for what is dialled then. All channels of it have that id as
//! their `Linkedid`. What was dialled before the first half was answered belongs to the own side, what is dialled later to the
//! other one. `OriginateResponse` says too little to rely on: its reason is 0 for busy, refused and not registered alike.

mod watch;

use std::collections::HashMap;
use std::sync::Arc;

use asterisk_rs_ami::RawAmiMessage;
use tokio::sync::mpsc;

use super::channels::Role;
use super::directory::Directory;
use super::fields::{self, Description, value};
use crate::board::Timestamp;
use crate::calls::{Dial, Leg, Progress};
use watch::{Stage, Watch};

#[cfg(test)]
pub(super) use watch::{AFTER_RESPONSE, DIAL_LIMIT};

/// The most calls that are followed at once.
pub(super) const MAX_WATCHES: usize = 500;

/// The most steps that a call can have told.
const MAX_STEPS: usize = 8;

#[derive(Debug, Default)]
pub(super) struct Watches {
    /// By the id of the first half.
    map: HashMap<Arc<str>, Watch>,
    /// Those whose own phone waits no longer.
    released: Vec<Arc<str>>,
}

impl Watches {
    pub(super) fn watch(
        &mut self,
        channel_id: &str,
        action_id: &str,
        from: &Dial,
        to: &Dial,
    ) -> mpsc::Receiver<Progress> {
        let (progress, receiver) = mpsc::channel(MAX_STEPS);
        let released = &mut self.released;
        self.map.retain(|key, watch| {
            let over = watch.progress.is_closed();
            if over && watch.waits() {
                released.push(Arc::clone(key));
            }
            !over
        });
        if self.map.len() >= MAX_WATCHES {
            // There is room for this one: nothing was sent yet.
            let _ = progress.try_send(Progress::Lost);
            return receiver;
        }
        let watch = Watch::new(action_id, from, to, progress);
        self.map.insert(channel_id.into(), watch);
        receiver
    }

    /// The orders, by the ids that they gave, whose own phones wait no longer for the other side.
    pub(super) fn take_released(&mut self) -> Vec<Arc<str>> {
        std::mem::take(&mut self.released)
    }

    /// The part of a channel that was dialled in a call that we ordered.
    pub(super) fn role(&self, linked: &str) -> Option<Role> {
        let (order, watch) = self.map.get_key_value(linked)?;
        let (leg, number) = match watch.stage {
            Stage::Own => (Leg::Own, &watch.to),
            Stage::Other(_) => (Leg::Other, &watch.from),
            Stage::Talk(_) => return None,
        };
        Some(Role {
            order: Arc::clone(order),
            leg,
            number: Arc::clone(number),
            waits: leg == Leg::Own,
        })
    }

    /// An event.
    pub(super) fn message(
        &mut self,
        event: &str,
        message: &RawAmiMessage,
        directory: &Directory,
        now: Timestamp,
    ) {
        if self.map.is_empty() {
            return;
        }
        if event == "OriginateResponse" {
            return self.response(message, now);
        }
        let source = Description::read(message, "");
        let dest = if event.starts_with("Dial") {
            Description::read(message, "Dest")
        } else {
            None
        };
        let Some(linked) = dest.or(source).map(|said| said.linked.unwrap_or(said.id)) else {
            return;
        };
        let by_source = || {
            source
                .map(|said| said.id)
                .filter(|id| self.map.contains_key(*id))
        };
        // Who joins an older call, as in a conference, has that one's `Linkedid` from then on. Its end must be heard of all the same.
        let by_leg = || {
            let id = source?.id;
            let mut found = self.map.iter().filter(|_| event.starts_with("Hangup"));
            found
                .find(|(_, watch)| watch.has_leg(id))
                .map(|(key, _)| &**key)
        };
        let Some(key) = self
            .map
            .contains_key(linked)
            .then_some(linked)
            .or_else(by_source)
            .or_else(by_leg)
        else {
            return;
        };
        let key: Arc<str> = key.into();
        let Some(watch) = self.map.get_mut(&key) else {
            return;
        };
        let waited = watch.waits();
        if watch.event(event, message, &key, source, dest, directory, now) {
            // Its own phone is about to be hung up, or is already.
            self.map.remove(&key);
        } else if waited && !watch.waits() {
            self.released.push(key);
        }
    }

    fn response(&mut self, message: &RawAmiMessage, now: Timestamp) {
        let by_id = value(message, "Uniqueid").and_then(|id| self.map.get_key_value(id));
        let by_action = || {
            let action = value(message, "ActionID")?;
            self.map
                .iter()
                .find(|(_, watch)| &*watch.action_id == action)
        };
        let Some(mut key) = by_id.or_else(by_action).map(|(key, _)| Arc::clone(key)) else {
            return;
        };
        let Some(mut watch) = self.map.remove(&key) else {
            return;
        };
        // Asterisk's thread that tells of channels may be behind the one that sends this: on a busy machine the answer overtakes all
        // that it answers. So what it says waits for them, and holds where they do not come.
        if message.get("Response") == Some("Success") {
            match value(message, "Uniqueid").filter(|id| **id != *key) {
                // An Asterisk before 12 gives the channel an id of its own, and tells everything in order.
                Some(id) if watch.began.is_none() => {
                    key = id.into();
                    watch.began = Some(now);
                    watch.own_answered(now);
                }
                _ => watch.accepted = Some(now),
            }
        } else {
            watch.refused = Some((fields::number(message, "Reason").unwrap_or(0), now));
        }
        self.map.insert(key, watch);
    }

    /// What time alone brings.
    pub(super) fn expire(&mut self, directory: &Directory, now: Timestamp) {
        let released = &mut self.released;
        self.map.retain(|key, watch| {
            let waited = watch.waits();
            let over = watch.progress.is_closed() || watch.expire(directory, now);
            if waited && (over || !watch.waits()) {
                released.push(Arc::clone(key));
            }
            !over
        });
    }

    /// The list of channels came, and is complete: who is not in it is gone.
    pub(super) fn listed(
        &mut self,
        lives: impl Fn(&str) -> bool,
        directory: &Directory,
        now: Timestamp,
    ) {
        let released = &mut self.released;
        self.map.retain(|key, watch| {
            if watch.began.is_none() || lives(key) || (!watch.waits() && watch.own_lives(&lives)) {
                return true;
            }
            watch.conclude(directory, now);
            released.push(Arc::clone(key));
            false
        });
    }

    /// Nothing more will be known of any of them.
    pub(super) fn lost(&mut self) {
        for (key, watch) in self.map.drain() {
            watch.tell(Progress::Lost);
            self.released.push(key);
        }
    }
}
