//! What Asterisk dials that is no line's: numbers outside, and phones that nobody made a line.
//!
//! The board has no line for them, and so no call. But a call that is forwarded there, and answered, was missed by nobody whose phone rang
//! before.

use std::sync::Arc;

use super::State;
use super::channels::{Channel, Phase};
use super::fields::{device_of, resource_of};
use super::output::Output;
use crate::board::{Direction, Timestamp};
use crate::sinks::missed::{Outside, Reach};

/// What was told of a channel: to what whole call it belongs, and how far it got.
pub(super) type Told = (Arc<str>, Reach);

/// What is to be known of a channel.
fn reach(channel: &Channel) -> Option<Told> {
    let dialled = channel.direction == Some(Direction::Incoming) && channel.line.is_none();
    let is_phone = || device_of(&channel.name).and_then(resource_of).is_some();
    let reach = match channel.phase {
        Phase::Up => Reach::Answered,
        Phase::Quiet | Phase::Ringing => Reach::Dialled,
    };
    (dialled && is_phone()).then(|| (Arc::clone(&channel.linked), reach))
}

impl State {
    /// Tells what changed of a channel, if it is one of those. What was answered before it was seen, or was answered in another call, is
    /// no news.
    pub(super) fn outside(&mut self, id: &str, now: Timestamp) {
        let Some(channel) = self.channels.get_mut(id) else {
            return;
        };
        let is = reach(channel);
        if channel.outside == is {
            return;
        }
        let was = std::mem::replace(&mut channel.outside, is.clone());
        let dialled = was.filter(|(_, reach)| *reach == Reach::Dialled);
        match (dialled, is) {
            (Some((from, _)), Some((to, reach))) => {
                if from != to {
                    self.tell_outside(id, from, Reach::Over, now);
                }
                self.tell_outside(id, to, reach, now);
            }
            (Some((from, _)), None) => self.tell_outside(id, from, Reach::Over, now),
            (None, Some((to, Reach::Dialled))) => self.tell_outside(id, to, Reach::Dialled, now),
            (None, _) => {}
        }
    }

    /// A channel is no more.
    pub(super) fn outside_ended(&mut self, id: &str, channel: &Channel, now: Timestamp) {
        if let Some((linked, Reach::Dialled)) = &channel.outside {
            self.tell_outside(id, Arc::clone(linked), Reach::Over, now);
        }
    }

    fn tell_outside(&mut self, id: &str, linked: Arc<str>, reach: Reach, now: Timestamp) {
        let outside = Outside {
            linked,
            channel: id.into(),
            reach,
        };
        self.out.push(Output::Outside(outside, now));
    }
}
