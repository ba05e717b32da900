//! The streams that wait until less than [`ROOM`](super::ROOM) bytes are on their way, in the order in
//! which they asked.
//!
//! Without an order those who write again at once would always come before those who were made to wait,
//! and under a load that lasts most would never be served. So whoever asks while others wait stands behind
//! them, and keeps the ticket until it has sent: also when it was told to look and others had taken the room.

use std::collections::BTreeMap;

/// Where a stream stands, with its ticket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Place {
    /// It asked for nothing.
    #[default]
    Away,
    Waiting(u64),
    /// It was woken, and has yet to look.
    Admitted(u64),
    /// It was told of room, and has yet to send. Until then it may ask again, as who gathers first and
    /// sends then does.
    Served(u64),
}

impl Place {
    /// The stream has sent something: it begins anew.
    pub(super) fn sent(&mut self) {
        if let Self::Served(_) = self {
            *self = Self::Away;
        }
    }
}

/// Who waits.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    tickets: u64,
    waiting: BTreeMap<u64, u32>,
}

impl Crowd {
    /// Whether stream `id` may send now. If not, it waits.
    pub(super) fn ask(&mut self, id: u32, place: &mut Place, room: bool) -> bool {
        let (ticket, served) = match *place {
            Place::Waiting(_) => return false,
            Place::Admitted(ticket) | Place::Served(ticket) => (ticket, room),
            Place::Away => {
                self.tickets += 1;
                (self.tickets, room && self.waiting.is_empty())
            }
        };
        if served {
            *place = Place::Served(ticket);
        } else {
            *place = Place::Waiting(ticket);
            self.waiting.insert(ticket, id);
        }
        served
    }

    /// Takes the first out, whose [`Place`] is to be the one returned.
    pub(super) fn admit(&mut self) -> Option<(u32, Place)> {
        let (ticket, id) = self.waiting.pop_first()?;
        Some((id, Place::Admitted(ticket)))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDS: std::ops::Range<u32> = 0..6;

    /// A crowd of all, for whom there was no room.
    fn crowd() -> (Crowd, Vec<Place>) {
        let mut crowd = Crowd::default();
        let mut places = vec![Place::Away; IDS.len()];
        for id in IDS {
            assert!(!crowd.ask(id, &mut places[id as usize], false));
        }
        (crowd, places)
    }

    fn admit(crowd: &mut Crowd, places: &mut [Place], count: usize) -> Vec<u32> {
        let admitted = (0..count).map_while(|_| crowd.admit());
        admitted
            .map(|(id, place)| {
                places[id as usize] = place;
                id
            })
            .collect()
    }

    #[test]
    fn nobody_passes_those_who_wait() {
        let (mut crowd, mut places) = crowd();
        let mut new = Place::Away;
        assert!(!crowd.ask(9, &mut new, true));
        assert_eq!(admit(&mut crowd, &mut places, 1), [0]);
        // Those who wait are not served for asking again, and the one who was is so once.
        assert!(!crowd.ask(1, &mut places[1], true));
        assert!(crowd.ask(0, &mut places[0], true));
        places[0].sent();
        assert!(!crowd.ask(0, &mut places[0], true));
        let mut all = places.clone();
        all.resize(10, new);
        assert_eq!(admit(&mut crowd, &mut all, 9), [1, 2, 3, 4, 5, 9, 0]);
        assert!(crowd.is_empty());
    }

    #[test]
    fn who_finds_no_room_goes_back_to_its_place() {
        let (mut crowd, mut places) = crowd();
        assert_eq!(admit(&mut crowd, &mut places, 4), [0, 1, 2, 3]);
        // Whatever the order in which they look.
        assert!(crowd.ask(1, &mut places[1], true));
        places[1].sent();
        for id in [3, 0, 2] {
            assert!(!crowd.ask(id, &mut places[id as usize], false));
        }
        assert_eq!(admit(&mut crowd, &mut places, 9), [0, 2, 3, 4, 5]);
    }

    #[test]
    fn who_was_served_may_ask_until_it_sends() {
        let (mut crowd, mut places) = crowd();
        admit(&mut crowd, &mut places, 1);
        // What others of the same stream send while it has yet to look changes nothing.
        places[0].sent();
        assert!(crowd.ask(0, &mut places[0], true));
        assert!(crowd.ask(0, &mut places[0], true));
        assert!(!crowd.ask(0, &mut places[0], false));
        assert_eq!(admit(&mut crowd, &mut places, 1), [0]);
    }

    #[test]
    fn with_room_and_nobody_waiting_all_are_served() {
        let mut crowd = Crowd::default();
        for id in IDS {
            assert!(crowd.ask(id, &mut Place::Away, true));
        }
        assert!(crowd.is_empty());
    }
}
