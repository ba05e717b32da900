//! What a real Asterisk sent, to be sent again.

use std::io;
use std::path::Path;

/// The events of a recording.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    events: Vec<Event>,
}

/// An event in pieces: between two of them stands a point in time that is part of an id.
#[derive(Clone, Debug)]
struct Event {
    pieces: Vec<Box<[u8]>>,
    times: Vec<u64>,
}

/// The digits of the seconds in an id such as `pbx-1795250591.3`.
const DIGITS: usize = 10;

impl Recording {
    /// Reads a file that has what came over a connection, byte by byte.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn read(path: impl AsRef<Path>) -> io::Result<Self> {
        Ok(Self::parse(&std::fs::read(path)?))
    }

    /// Takes the events that nobody asked for out of what came over a connection.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let mut events = Vec::new();
        let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
        for message in text.split("\n\n") {
            let message = message.trim();
            let asked = message.lines().any(|line| line.starts_with("ActionID:"));
            let answers = message.starts_with("Event: OriginateResponse");
            if message.starts_with("Event:") && (!asked || answers) {
                let wire = message.replace('\n', "\r\n") + "\r\n\r\n";
                events.push(Event::new(wire.as_bytes()));
            }
        }
        Self { events }
    }

    /// The events of several recordings, one after the other.
    #[must_use]
    pub fn chain(recordings: impl IntoIterator<Item = Self>) -> Self {
        let events = recordings
            .into_iter()
            .flat_map(|recording| recording.events);
        Self {
            events: events.collect(),
        }
    }

    /// Without the events that a connection does not get that asks for these classes.
    #[must_use]
    pub fn of_classes(mut self, classes: &[&str]) -> Self {
        self.events.retain(|event| {
            let whole = event.pieces.concat();
            let text = String::from_utf8_lossy(&whole);
            let line = text
                .lines()
                .find_map(|line| line.strip_prefix("Privilege: "));
            let class = line.and_then(|line| line.split(',').next());
            class.is_some_and(|class| classes.contains(&class))
        });
        self
    }

    /// How many events there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// The events again and again, with other ids in each round.
    pub(super) fn rounds(&self) -> Rounds<'_> {
        Rounds {
            recording: self,
            round: 0,
            at: 0,
        }
    }

    /// One round as it is on the wire.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut rounds = self.rounds();
        let mut bytes = Vec::new();
        for _ in 0..self.len() {
            rounds.next(&mut bytes);
        }
        bytes
    }
}

/// Where a replay is.
#[derive(Debug)]
pub(super) struct Rounds<'a> {
    recording: &'a Recording,
    round: u64,
    at: usize,
}

impl Rounds<'_> {
    /// Appends the next event.
    pub(super) fn next(&mut self, bytes: &mut Vec<u8>) {
        if self.at == self.recording.events.len() {
            self.at = 0;
            self.round += 1;
        }
        if let Some(event) = self.recording.events.get(self.at) {
            event.write(bytes, self.round);
            self.at += 1;
        }
    }
}

impl Event {
    fn new(wire: &[u8]) -> Self {
        let (mut pieces, mut times, mut start, mut at) = (Vec::new(), Vec::new(), 0, 0);
        while at < wire.len() {
            let digits = wire[at..].iter().take_while(|b| b.is_ascii_digit()).count();
            let is_id = digits == DIGITS
                && wire.get(at + digits) == Some(&b'.')
                && wire.get(at + digits + 1).is_some_and(u8::is_ascii_digit);
            if is_id {
                pieces.push(wire[start..at].into());
                let number = wire[at..at + digits].iter();
                times.push(number.fold(0, |sum, b| sum * 10 + u64::from(b - b'0')));
                start = at + digits;
            }
            at += digits.max(1);
        }
        pieces.push(wire[start..].into());
        Self { pieces, times }
    }

    fn write(&self, bytes: &mut Vec<u8>, round: u64) {
        let mut times = self.times.iter();
        for piece in &self.pieces {
            bytes.extend_from_slice(piece);
            if let Some(time) = times.next() {
                bytes.extend_from_slice((time + round).to_string().as_bytes());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_replayed_with_other_ids() {
        let stream = b"Asterisk Call Manager/11.0.0\r\nResponse: Success\r\n\r\n\
            Event: Newchannel\r\nPrivilege: call,all\r\nUniqueid: pbx-1795250591.3\r\nCallerIDNum: 0240404040\r\nLinkedid: 1795250591.2\r\n\r\n\
            Event: Status\r\nActionID: 7\r\n\r\n\
            Event: PeerStatus\r\nPrivilege: system,all\r\n\r\n";
        let recording = Recording::parse(stream);
        assert_eq!(recording.len(), 2);
        let recording = recording.of_classes(&["call"]);
        let (mut rounds, mut bytes) = (recording.rounds(), Vec::new());
        rounds.next(&mut bytes);
        rounds.next(&mut bytes);
        let event = |time: u64| {
            format!(
                "Event: Newchannel\r\nPrivilege: call,all\r\nUniqueid: pbx-{time}.3\r\nCallerIDNum: 0240404040\r\nLinkedid: {time}.2\r\n\r\n"
            )
        };
        let expected = event(1_795_250_591) + &event(1_795_250_592);
        assert_eq!(String::from_utf8_lossy(&bytes), expected);
    }
}
