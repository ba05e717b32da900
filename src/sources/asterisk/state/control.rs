//! Which channels a call has, for whoever is to do something to it.

use std::collections::HashMap;
use std::sync::Arc;

use asterisk_rs_ami::RawAmiMessage;
use tokio::sync::oneshot;

use super::State;
use super::channels::{Channel, Phase};
use super::fields::value;
use crate::calls::{CallKey, Dial, Ringing};

/// Who waits to be told where a channel is parked, by its `Uniqueid`. As many as orders are under way.
#[derive(Debug, Default)]
pub(super) struct Parking(HashMap<Arc<str>, oneshot::Sender<Arc<str>>>);

/// The own side of a call that was answered, and the other one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Sides {
    /// The phone's channel.
    pub(in super::super) own: Arc<str>,
    /// The only other channel in its bridge, with its id.
    pub(in super::super) other: Option<(Arc<str>, Arc<str>)>,
}

impl State {
    /// The names of a call's channels on its line; none where there is no such call.
    pub(in super::super) fn call_channels(&self, key: &CallKey) -> Vec<Arc<str>> {
        let legs = self.legs(key);
        legs.map(|channel| Arc::clone(&channel.name)).collect()
    }

    /// Both sides of a call; nothing where it was not answered.
    pub(in super::super) fn sides(&self, key: &CallKey) -> Option<Sides> {
        let ids = self.calls.channels_of(key)?;
        let up = |id: &&Arc<str>| self.channels.get(id).is_some_and(|c| c.phase == Phase::Up);
        let id = ids.iter().find(up)?;
        let own = self.channels.get(id)?;
        let mut others = self
            .channels
            .iter()
            .filter(|(other, channel)| *other != id && channel.bridge == own.bridge);
        let other = match (&own.bridge, others.next(), others.next()) {
            (Some(_), Some((id, channel)), None) => {
                Some((Arc::clone(&channel.name), Arc::clone(id)))
            }
            _ => None,
        };
        Some(Sides {
            own: Arc::clone(&own.name),
            other,
        })
    }

    /// The phone at which a call rings.
    pub(in super::super) fn ringing(&self, key: &CallKey) -> Option<Ringing> {
        let mut legs = self.legs(key);
        let rings = legs.find(|channel| channel.phase == Phase::Ringing)?;
        let (extension, _) = rings.line.as_ref()?;
        Some(Ringing {
            channel: Arc::clone(&rings.name),
            extension: Dial::new(extension)?,
        })
    }

    /// Tells where the channel with this id is parked, once it is.
    pub(in super::super) fn watch_parking(&mut self, id: Arc<str>) -> oneshot::Receiver<Arc<str>> {
        let (sender, receiver) = oneshot::channel();
        self.parking.0.retain(|_, waiting| !waiting.is_closed());
        self.parking.0.insert(id, sender);
        receiver
    }

    pub(super) fn parked(&mut self, message: &RawAmiMessage) {
        if let (Some(id), Some(space)) = (
            value(message, "ParkeeUniqueid"),
            value(message, "ParkingSpace"),
        ) && let Some(waiting) = self.parking.0.remove(id)
        {
            // Who no longer waits does not want it.
            let _ = waiting.send(space.into());
        }
    }

    fn legs(&self, key: &CallKey) -> impl Iterator<Item = &Channel> {
        let ids = self.calls.channels_of(key).unwrap_or_default();
        ids.iter().filter_map(|id| self.channels.get(id))
    }
}
