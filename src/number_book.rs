//! What outside numbers are called: as the number book has it, or as a service tells that the admin named.
//!
//! An event goes through to the board at once, with the name that is known at that moment. A number that nobody knows is asked for
//! meanwhile, and what it is called comes to the board as an event of its own ([`Event::Named`]): a service that is slow, down or
//! talks nonsense costs a caller's name and nothing else.

mod answer;
mod cache;
mod lookup;
#[cfg(test)]
mod tests;

pub use cache::{FAILED_LASTS, KNOWN_LASTS, MAX_KEPT, UNKNOWN_LASTS};
pub use lookup::{
    Asks, Counts, Lookup, MAX_ASKED_AT_ONCE, MAX_BODY_BYTES, MAX_WAITING, TIME_LIMIT,
};

use std::sync::Arc;

use crate::board::{Event, Name, Peer, QueueEvent};
use crate::config::Config;

/// Tells what the other sides of calls are called, before the board hears of them.
#[derive(Debug)]
pub struct Labels {
    lookup: Arc<Lookup>,
}

impl Labels {
    /// Names come from the settings' number book and this look-up.
    #[must_use]
    pub fn new(lookup: Arc<Lookup>) -> Self {
        Self { lookup }
    }

    /// Gives the other side of an event its number in international form and its label, as far as they are known now. What is not
    /// known is asked for. Waits for nothing.
    pub fn label(&self, event: &mut Event, config: &Config) {
        let peer = match event {
            Event::Line(report) | Event::Found(report) => report.peer.as_mut(),
            Event::Queue(report) => match &mut report.event {
                QueueEvent::Waits { peer, .. } => peer.as_mut(),
                _ => None,
            },
            _ => None,
        };
        if let Some(peer) = peer {
            self.label_peer(peer, config);
        }
    }

    fn label_peer(&self, peer: &mut Peer, config: &Config) {
        let is_looked_up = config.number_lookup.is_some();
        if config.plan.country().is_none() && config.number_book.is_empty() && !is_looked_up {
            return;
        }
        let Some(number) = config.plan.read(&peer.number) else {
            return;
        };
        peer.international = number.international().map(Arc::from);
        if peer.name.is_some() {
            return;
        }
        peer.label = config.number_book.name(&number).cloned();
        if let Some(settings) = &config.number_lookup
            && peer.label.is_none()
            && number.is_public()
        {
            peer.label = self.lookup.find(&number, peer, settings);
        }
    }

    /// What a number is called, as far as that is known now; nobody is asked.
    #[must_use]
    pub fn known(&self, number: &str, config: &Config) -> Option<Name> {
        let number = config.plan.read(number)?;
        let listed = config.number_book.name(&number).cloned();
        listed.or_else(|| self.lookup.known(&number, config.number_lookup.as_ref()?))
    }
}
