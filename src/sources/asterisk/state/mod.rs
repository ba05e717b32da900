//! What AMI's messages mean.

mod calls;
mod channels;
mod control;
mod directory;
mod failure;
mod fields;
mod legs;
mod mailbox;
mod output;
mod outside;
mod progress;
mod queues;
mod resume;
mod seed;
#[cfg(test)]
mod tests;
mod view;

use std::sync::Arc;

use asterisk_rs_ami::RawAmiMessage;
use tokio::sync::mpsc;

pub(super) use control::Sides;
pub use output::Output;
pub(super) use seed::Seeded;
pub(super) use view::View;

use crate::board::{Action, Event, Name, PhoneAction, QueueReport, Report, Source, Timestamp};
#[cfg(test)]
use crate::calls::Extension;
use crate::calls::{Dial, Listing, Progress};
use calls::{Calls, Told};
use channels::Channels;
use directory::{Directory, LineChange};
use fields::value;
use progress::Watches;
use queues::{Lines, Queues};
use resume::Resumed;

/// For how long calls are kept that nobody can vouch for, in milliseconds (5 minutes): the link was lost, or events were, and
/// since then neither an event nor a list told of them.
const UNVERIFIED_LIMIT: u64 = 5 * 60 * 1000;

/// How much there is at this moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Extensions that are lines of the board.
    pub(super) lines: usize,
    /// Calls of these lines; one between two of them counts twice.
    pub(super) calls: usize,
    /// Channels, of whatever kind.
    pub(super) channels: usize,
    /// Queues.
    pub(super) queues: usize,
    /// How many things were not taken over since the start, because a limit was reached.
    pub(super) beyond_limits: u64,
}

/// Follows an Asterisk by its messages.
#[derive(Debug)]
pub(super) struct State {
    directory: Directory,
    channels: Channels,
    calls: Calls,
    queues: Queues,
    watches: Watches,
    out: Vec<Output>,
    seeding: Seeding,
    /// Since when the link is lost, or events were, and the list that vouches for what goes on.
    lost: Option<(Timestamp, u64)>,
    /// Whether it was told which extensions there are.
    listed: bool,
    parking: control::Parking,
    /// What the board was told of before this process began.
    resumed: Resumed,
}

/// Whether lists are under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seeding {
    /// Events alone.
    No,
    /// Lists too.
    Yes,
    /// Lists, and nothing was known before them: until they are complete, half of it would be told.
    First,
}

impl State {
    /// Knows nothing yet.
    pub(super) fn new(view: View) -> Self {
        Self {
            directory: Directory::new(view),
            channels: Channels::default(),
            calls: Calls::default(),
            queues: Queues::default(),
            watches: Watches::default(),
            out: Vec::new(),
            seeding: Seeding::No,
            lost: None,
            listed: false,
            parking: control::Parking::default(),
            resumed: Resumed::default(),
        }
    }

    /// From now on numbers mean this.
    pub(super) fn set_view(&mut self, view: View, now: Timestamp) {
        if *self.directory.view() == view {
            return;
        }
        self.directory.set_view(view);
        self.remap(now);
        self.tell_lines(true, now);
        let mut reports = Vec::new();
        self.queues.rename(&self.directory, now, &mut reports);
        self.tell_queues(reports, now);
    }

    /// The lists that describe the whole state are asked for now.
    pub(super) fn begin_seed(&mut self, _now: Timestamp) {
        let first = self.directory.len() == 0 || self.lost.is_some();
        self.seeding = if first { Seeding::First } else { Seeding::Yes };
        self.channels.list += 1;
        self.directory.begin_list();
        self.queues.begin_seed();
    }

    /// An event, whether it happened now or is an item of a list.
    pub(super) fn message(&mut self, message: &RawAmiMessage, now: Timestamp) {
        let Some(event) = message.get("Event") else {
            return;
        };
        self.channels.step += 1;
        match event {
            "DeviceStateChange" => {
                if let (Some(device), Some(state)) =
                    (value(message, "Device"), value(message, "State"))
                {
                    self.directory.device_state(device, state);
                }
            }
            "ExtensionStatus" => {
                if let Some(exten) = value(message, "Exten") {
                    let hint = value(message, "Hint").unwrap_or_default();
                    let status = fields::number(message, "Status");
                    self.directory.extension_status(exten, hint, status);
                }
            }
            "MessageWaiting" => {
                let mailbox = mailbox::message(message).map(Output::Mailbox);
                self.out.extend(mailbox);
            }
            _ => self.channel_event(event, message, now),
        }
        let mut reports = Vec::new();
        self.queues
            .message(message, &self.directory, now, &mut reports);
        self.tell_queues(reports, now);
        if self.seeding != Seeding::First {
            self.tell_lines(self.seeding == Seeding::Yes, now);
        }
    }

    /// The lists came, and these came completely: what was not in one of those is no longer there.
    pub(super) fn end_seed(&mut self, complete: Seeded, now: Timestamp) {
        self.directory.end_list(complete.devices, complete.hints);
        if complete.channels {
            self.lost = None;
            for id in self.channels.silent_since(self.channels.list) {
                self.end_channel(&id, true, now);
            }
            let channels = &self.channels;
            self.watches
                .listed(|id| channels.get(id).is_some(), &self.directory, now);
            self.release(now);
        }
        self.seeding = Seeding::No;
        self.remap(now);
        self.tell_lines(true, now);
        if complete.devices {
            self.hold_by_device(now);
        }
        let mut reports = Vec::new();
        if complete.channels {
            let channels = &self.channels;
            self.queues
                .end_talks(|talk| channels.get(talk).is_some(), &mut reports);
        }
        self.queues.end_seed(complete.queues, now, &mut reports);
        self.tell_queues(reports, now);
        self.leave_behind(complete, now);
    }

    /// By now it was told which extensions there are: the lists of them came, or are refused.
    pub(super) fn listed(&mut self) {
        self.listed = true;
    }

    /// Events were lost, ends of calls perhaps. What runs is taken to run on, until the next lists tell.
    pub(super) fn gap(&mut self, now: Timestamp) {
        self.channels.list += 1;
        self.lost.get_or_insert((now, self.channels.list));
    }

    /// The link is lost. What runs is taken to run on, until the next lists tell.
    pub(super) fn lost(&mut self, now: Timestamp) {
        self.seeding = Seeding::No;
        self.channels.list += 1;
        self.lost = Some((now, self.channels.list));
        self.watches.lost();
        self.release(now);
        self.directory.lost();
        self.tell_lines(true, now);
        let mut reports = Vec::new();
        self.queues.lost(now, &mut reports);
        self.tell_queues(reports, now);
    }

    /// This Asterisk is followed no longer: everything it told leaves the board.
    pub(super) fn clear(&mut self, now: Timestamp) {
        self.watches.lost();
        for change in self.directory.clear() {
            self.tell_line(change, true, now);
        }
        self.out
            .push(Output::Board(Event::Cleared(Source::Asterisk), now));
        let mut reports = Vec::new();
        self.queues.clear(&mut reports);
        self.calls = Calls::default();
        self.channels.clear();
        self.seeding = Seeding::No;
        self.lost = None;
        self.listed = false;
        self.resumed = Resumed::default();
    }

    /// Does what time alone brings. To be called about once a second.
    pub(super) fn expire(&mut self, now: Timestamp) {
        // A hint that is new may be that of a phone in a call. That is rare, and takes a look at every channel.
        if self.directory.remapped && self.seeding == Seeding::No {
            self.remap(now);
        }
        self.watches.expire(&self.directory, now);
        self.release(now);
        if let Some((at, list)) = self.lost
            && now >= at.after(UNVERIFIED_LIMIT)
        {
            self.lost = None;
            for id in self.channels.silent_since(list) {
                self.end_channel(&id, true, now);
            }
        }
        self.expire_resumed(now);
        let mut reports = Vec::new();
        self.queues.expire(now, &mut reports);
        self.tell_queues(reports, now);
    }

    /// What came of all that, in its order.
    pub(super) fn take(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.out)
    }

    /// Follows a call that is about to be ordered with these ids (`ChannelId` and `ActionID` of the action Originate, whose
    /// channel is `Local/<from>@<context>/n` and whose extension is `to`). Dropping the receiver ends it.
    pub(super) fn watch(
        &mut self,
        channel_id: &str,
        action_id: &str,
        from: &Dial,
        to: &Dial,
    ) -> mpsc::Receiver<Progress> {
        self.watches.watch(channel_id, action_id, from, to)
    }

    /// The extensions that are lines, sorted by number, and whether these are all.
    pub(super) fn listing(&self) -> Listing {
        Listing {
            extensions: self.directory.extensions(),
            complete: self.listed,
        }
    }

    /// The extensions that are lines, sorted by number.
    #[cfg(test)]
    fn extensions(&self) -> Vec<Extension> {
        self.directory.extensions()
    }

    /// How much there is.
    pub(super) fn counts(&self) -> Counts {
        Counts {
            lines: self.directory.len(),
            calls: self.calls.len(),
            channels: self.channels.len(),
            queues: self.queues.len(),
            beyond_limits: self.directory.beyond_limits
                + self.channels.beyond_limits
                + self.queues.beyond_limits(),
        }
    }

    /// The queues that an extension is an agent of, and the interface by which it is.
    pub(super) fn agent_interfaces(&self, extension: &Dial) -> Vec<(Name, Arc<str>)> {
        self.queues.interfaces(extension.as_str())
    }

    fn tell_queues(&mut self, reports: Vec<QueueReport>, now: Timestamp) {
        let reports = reports.into_iter();
        self.out
            .extend(reports.map(|report| Output::Board(Event::Queue(report), now)));
    }

    fn tell_lines(&mut self, found: bool, now: Timestamp) {
        for change in self.directory.changes() {
            self.tell_line(change, found, now);
        }
    }

    fn tell_line(&mut self, change: LineChange, found: bool, now: Timestamp) {
        if let LineChange::Gone(user) = &change {
            for id in self.calls.forget(user) {
                if let Some(channel) = self.channels.get_mut(&id) {
                    channel.call = None;
                }
            }
        }
        let event = match change {
            LineChange::Device(user, device) => Event::Device {
                source: Source::Asterisk,
                user,
                device,
            },
            LineChange::Gone(user) => Event::Gone {
                source: Source::Asterisk,
                user,
            },
            LineChange::Dnd(user, on) => {
                let action = if on {
                    PhoneAction::DndOn
                } else {
                    PhoneAction::DndOff
                };
                let report = Report {
                    source: Source::Asterisk,
                    user,
                    action: Action::Phone(action),
                    peer: None,
                    reference: None,
                    linked: None,
                    queue: None,
                    dialed: None,
                    own_number: None,
                };
                if found {
                    Event::Found(report)
                } else {
                    Event::Line(report)
                }
            }
        };
        self.out.push(Output::Board(event, now));
    }

    /// Where calls tell what changed.
    fn told<'a>(
        directory: &'a Directory,
        out: &'a mut Vec<Output>,
        found: bool,
        now: Timestamp,
    ) -> Told<'a> {
        Told {
            view: directory.view(),
            out,
            now,
            found,
        }
    }
}
