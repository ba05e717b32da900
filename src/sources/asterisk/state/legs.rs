//! Which message says what of a channel, and what that means for calls.

use std::collections::HashMap;
use std::sync::Arc;

use asterisk_rs_ami::RawAmiMessage;

use super::State;
use super::fields::{self, Description, value};
use crate::board::{Device, Timestamp};

impl State {
    pub(super) fn channel_event(&mut self, event: &str, message: &RawAmiMessage, now: Timestamp) {
        let listed = matches!(event, "Status" | "CoreShowChannel");
        match event {
            "Newchannel" | "Newstate" | "NewConnectedLine" | "BridgeEnter" | "BridgeLeave"
            | "Status" | "CoreShowChannel" => {
                self.describe(message, "", listed, now);
            }
            "DialBegin" | "DialState" | "DialEnd" => {
                self.describe(message, "", false, now);
                self.describe(message, "Dest", false, now);
            }
            "Hold" | "Unhold" => self.describe(message, "", false, now),
            "HangupRequest" | "SoftHangupRequest" | "Hangup" => self.hangs_up(event, message, now),
            "Pickup" => self.picked_up(message),
            "BlindTransfer" => self.transferred(message, now),
            // What rings while the caller waits, rings for the queue.
            "QueueCallerJoin" | "QueueEntry" => {
                let queue = value(message, "Queue").map(Arc::from);
                self.channels.waits_in(message, queue);
            }
            "QueueCallerLeave" => self.channels.waits_in(message, None),
            "ParkedCall" => return self.parked(message),
            "QueueCallerAbandon" | "OriginateResponse" => {}
            _ => return,
        }
        self.watches.message(event, message, &self.directory, now);
        self.release(now);
    }

    /// Takes over what a message says of a channel.
    fn describe(&mut self, message: &RawAmiMessage, prefix: &str, listed: bool, now: Timestamp) {
        let Some(said) = Description::read(message, prefix) else {
            return;
        };
        let Some((id, new)) = self.channels.update(&said) else {
            return;
        };
        let event = message.get("Event").unwrap_or_default();
        let dialler = match Description::read(message, "") {
            Some(source) if prefix == "Dest" => {
                let line = self
                    .channels
                    .get(source.id)
                    .and_then(|source| source.line.as_ref());
                line.map(|(extension, _)| Arc::clone(extension))
            }
            _ => None,
        };
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        if new {
            channel.line = self.directory.line_of(said.name);
            channel.role = channel
                .line
                .as_ref()
                .and_then(|_| self.watches.role(&channel.linked));
        }
        match event {
            "DialBegin" if prefix == "Dest" => {
                channel.is_dialled();
                channel.dialler = dialler;
            }
            "Hold" => channel.held = true,
            "Unhold" => channel.held = false,
            "BridgeEnter" => channel.bridge = value(message, "BridgeUniqueid").map(Arc::from),
            "BridgeLeave" if channel.bridge.as_deref() == value(message, "BridgeUniqueid") => {
                channel.bridge = None;
            }
            _ if listed => {
                channel.is_listed(value(message, "Application"), said.exten);
                let bridge = value(message, "BridgeID").or(value(message, "BridgeId"));
                channel.bridge = bridge.map(Arc::from);
            }
            _ => {}
        }
        self.sync(&id, listed, now);
    }

    fn hangs_up(&mut self, event: &str, message: &RawAmiMessage, now: Timestamp) {
        let Some(said) = Description::read(message, "") else {
            return;
        };
        if let Some(channel) = self.channels.get_mut(said.id)
            && let Some(cause) = fields::number(message, "Cause").filter(|cause| *cause != 0)
            // Asterisk asks itself to hang up with the cause "normal clearing", whatever it was.
            && event != "SoftHangupRequest"
        {
            channel.cause = Some(cause);
        }
        if event == "Hangup" {
            self.end_channel(said.id, false, now);
        }
    }

    /// Somebody takes a call that rings elsewhere: where it rang, it is not missed.
    fn picked_up(&mut self, message: &RawAmiMessage) {
        if let Some(target) = Description::read(message, "Target")
            && let Some(channel) = self.channels.get_mut(target.id)
        {
            channel.taken = true;
        }
    }

    /// Whom one side sends on talks, from now on, with where they are sent. Asterisk tells that when somebody rings there,
    /// which an announcement does not.
    fn transferred(&mut self, message: &RawAmiMessage, now: Timestamp) {
        let success = message.get("Result") == Some("Success");
        let (Some(sent), Some(to)) = (
            Description::read(message, "Transferee"),
            value(message, "Extension"),
        ) else {
            return;
        };
        if success && let Some(channel) = self.channels.get_mut(sent.id) {
            channel.sent_on = Some((to.into(), channel.connected.clone()));
            self.sync(sent.id, false, now);
        }
    }

    pub(super) fn end_channel(&mut self, id: &str, found: bool, now: Timestamp) {
        let Some(channel) = self.channels.remove(id) else {
            return;
        };
        let mut told = Self::told(&self.directory, &mut self.out, found, now);
        self.calls.ended(&self.channels, id, &channel, &mut told);
        self.outside_ended(id, &channel, now);
    }

    pub(super) fn sync(&mut self, id: &str, found: bool, now: Timestamp) {
        let mut told = Self::told(&self.directory, &mut self.out, found, now);
        self.calls.sync(&mut self.channels, id, &mut told);
        self.outside(id, now);
    }

    /// The own phones of orders whose other side answered, or of which nothing more will be known, wait no longer.
    pub(super) fn release(&mut self, now: Timestamp) {
        let orders = self.watches.take_released();
        if orders.is_empty() {
            return;
        }
        let mut released = Vec::new();
        for (id, channel) in self.channels.iter_mut() {
            if let Some(role) = &mut channel.role
                && role.waits
                && orders.contains(&role.order)
            {
                role.waits = false;
                released.push(Arc::clone(id));
            }
        }
        released.sort_unstable();
        for id in released {
            self.sync(&id, false, now);
        }
    }

    /// Looks up again whose lines the channels belong to.
    pub(super) fn remap(&mut self, now: Timestamp) {
        self.directory.remapped = false;
        let mut moved = Vec::new();
        for (id, channel) in self.channels.iter_mut() {
            let line = self.directory.line_of(&channel.name);
            if line != channel.line {
                channel.line = line;
                moved.push(Arc::clone(id));
            }
        }
        moved.sort_unstable();
        for id in moved {
            self.sync(&id, true, now);
        }
    }

    /// No list says which calls are on hold. But a device that is on hold is one whose other side put it there, so where that
    /// side is a line as well, and the device has this call only, it is known of that line's call. So it is with chan_pjsip; with
    /// chan_sip, a device is on hold whose own phone holds.
    pub(super) fn hold_by_device(&mut self, now: Timestamp) {
        // Those with one channel, of that kind.
        let mut single: HashMap<Arc<str>, bool> = HashMap::new();
        for (_, channel) in self.channels.iter_mut() {
            if let Some((extension, _)) = &channel.line {
                let is_pjsip = channel.name.starts_with("PJSIP/");
                let known = single.entry(Arc::clone(extension));
                known
                    .and_modify(|single| *single = false)
                    .or_insert(is_pjsip);
            }
        }
        let mut changed = Vec::new();
        for (id, channel) in self.channels.iter_mut() {
            let Some(other) = channel
                .connected
                .as_ref()
                .filter(|_| channel.call.is_some())
            else {
                continue;
            };
            let held = match self.directory.device(other) {
                Some(Device::Held) => true,
                Some(Device::Busy) => false,
                _ => continue,
            };
            if single.get(other) == Some(&true) && channel.held != held {
                channel.held = held;
                changed.push(Arc::clone(id));
            }
        }
        changed.sort_unstable();
        for id in changed {
            self.sync(&id, true, now);
        }
    }
}
