//! What is shown of numbers: everything that viewers of the board get goes through here.
//!
//! Names and labels stay, as do the names of lines and queues; numbers go, and with them the ids that phones and PBXs give their calls and
//! lines, in which a number may stand.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::sync::{Arc, LazyLock};

use crate::board::{CallRecord, LineView, Peer, QueueView, Snapshot};
use crate::config::BoardNumbers;

/// How many of a number's last digits are masked.
pub const MASKED_DIGITS: usize = 4;

/// What stands for a digit.
const DOT: char = '•';

/// What stands in the place of a number that is hidden.
pub const HIDDEN: &str = "•••";

/// By which names are given to what must not be told; others after each start, so that nobody finds out by trying numbers.
static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);

impl BoardNumbers {
    /// A number as it is shown.
    #[must_use]
    pub fn number(self, number: &Arc<str>) -> Arc<str> {
        match self {
            Self::Full => Arc::clone(number),
            Self::Hidden if number.is_empty() => Arc::clone(number),
            Self::Hidden => Arc::from(HIDDEN),
            Self::Masked => {
                let digits = number.chars().filter(char::is_ascii_digit).count();
                let mut left = digits.saturating_sub(MASKED_DIGITS);
                let masked = number.chars().map(|c| {
                    if !c.is_ascii_digit() {
                        c
                    } else if left > 0 {
                        left -= 1;
                        c
                    } else {
                        DOT
                    }
                });
                masked.collect::<String>().into()
            }
        }
    }

    /// Somebody as they are shown.
    pub fn peer(self, peer: &mut Peer) {
        peer.number = self.number(&peer.number);
        peer.international = match self {
            Self::Hidden => None,
            _ => peer
                .international
                .as_ref()
                .map(|number| self.number(number)),
        };
    }

    /// A line as it is shown.
    pub fn line(self, line: &mut LineView) {
        if self == Self::Full {
            return;
        }
        self.optional(&mut line.details.number);
        for call in &mut line.calls {
            (call.reference, call.linked) = (None, None);
            self.optional(&mut call.dialed);
            if let Some(peer) = &mut call.peer {
                self.peer(peer);
            }
        }
    }

    /// A queue as it is shown.
    pub fn queue(self, queue: &mut QueueView) {
        if self == Self::Full {
            return;
        }
        self.optional(&mut queue.details.number);
        for agent in &mut queue.agents {
            // They are told apart by it, and it may be a number or have one in it.
            let hash = HASHER.hash_one(&agent.interface);
            agent.interface = format!("{hash:016x}").into();
        }
        for waiting in &mut queue.waiting {
            self.optional(&mut waiting.dialed);
            if let Some(peer) = &mut waiting.peer {
                self.peer(peer);
            }
        }
        let talking = queue.talking.iter_mut();
        for peer in talking.filter_map(|talk| talk.peer.as_mut()) {
            self.peer(peer);
        }
    }

    /// A call that ended as it is shown.
    pub fn record(self, record: &mut CallRecord) {
        if self == Self::Full {
            return;
        }
        if let Some(peer) = &mut record.peer {
            self.peer(peer);
        }
    }

    /// The whole board as it is shown.
    #[must_use]
    pub fn snapshot(self, board: &Arc<Snapshot>) -> Arc<Snapshot> {
        if self == Self::Full {
            return Arc::clone(board);
        }
        let mut board = Snapshot::clone(board);
        board.lines.iter_mut().for_each(|line| self.line(line));
        board.queues.iter_mut().for_each(|queue| self.queue(queue));
        Arc::new(board)
    }

    fn optional(self, number: &mut Option<Arc<str>>) {
        *number = match self {
            Self::Hidden => None,
            _ => number.as_ref().map(|number| self.number(number)),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::board::{
        Action, Agent, AgentState, Board, Departure, Details, Event, QueueEvent, QueueReport,
        Report, Source, Timestamp,
    };

    const NUMBER: &str = "0240404040";

    fn peer(label: Option<&str>) -> Peer {
        Peer {
            international: Some("+49240404040".into()),
            label: label.map(Arc::from),
            ..Peer::new(NUMBER)
        }
    }

    /// A board on which the number is wherever one can be.
    fn board() -> Board {
        let mut board = Board::new();
        let details = Details {
            number: Some(NUMBER.into()),
            ..Details::default()
        };
        let apply = |board: &mut Board, event: Event| {
            board.apply(event, Timestamp(1000));
        };
        for action in ["incoming-call", "call-established"] {
            let report = Report {
                source: Source::Ovh,
                user: "bob".into(),
                action: Action::from_name(action).expect("an action"),
                peer: Some(peer(Some("Miller"))),
                reference: Some(NUMBER.into()),
                linked: Some(NUMBER.into()),
                queue: None,
                dialed: Some(NUMBER.into()),
                own_number: None,
            };
            apply(&mut board, report.into());
        }
        let (source, user) = (Source::Ovh, "bob".into());
        let event = Event::Details {
            source,
            user,
            details: details.clone(),
        };
        apply(&mut board, event);
        let waits = |caller: &str| QueueEvent::Waits {
            caller: caller.into(),
            peer: Some(peer(None)),
            dialed: Some(NUMBER.into()),
            own_number: None,
            since: Timestamp(900),
        };
        let left = |how| QueueEvent::Left {
            caller: "1".into(),
            how,
        };
        let answered = Departure::Answered { agent: None };
        let agent = Agent {
            interface: format!("PJSIP/{NUMBER}").into(),
            name: "amy".into(),
            state: AgentState::Free,
            paused: false,
            reason: None,
            since: Timestamp(0),
            calls: 0,
        };
        for event in [
            QueueEvent::Agent(agent),
            QueueEvent::Details(details),
            waits("1"),
            left(answered),
            waits("2"),
            waits("1"),
            left(Departure::Abandoned),
        ] {
            let queue = "support".into();
            let report = QueueReport {
                source,
                queue,
                event,
            };
            apply(&mut board, Event::Queue(report));
        }
        board
    }

    fn shown(numbers: BoardNumbers) -> String {
        let board = board();
        let snapshot = numbers.snapshot(&Arc::new(board.snapshot()));
        let records = board.history();
        let mut records: Vec<_> = records.map(|record| CallRecord::clone(record)).collect();
        assert!(!records.is_empty() && !snapshot.queues[0].talking.is_empty());
        records.iter_mut().for_each(|record| numbers.record(record));
        serde_json::to_string(&(&*snapshot, records)).expect("JSON")
    }

    #[test]
    fn numbers_lose_their_last_digits_and_nothing_else() {
        for (number, expected) in [
            ("", ""),
            ("1", "•"),
            ("6001", "••••"),
            ("0240404040", "024040••••"),
            ("+49 (30) 12-34/5", "+49 (30) 1•-••/•"),
            ("alice1985", "alice••••"),
            ("anonymous", "anonymous"),
        ] {
            let masked = BoardNumbers::Masked.number(&number.into());
            assert_eq!(&*masked, expected, "{number}");
            let hidden = BoardNumbers::Hidden.number(&number.into());
            assert_eq!(&*hidden, if number.is_empty() { "" } else { HIDDEN });
            assert_eq!(&*BoardNumbers::Full.number(&number.into()), number);
        }
    }

    #[test]
    fn agents_without_their_numbers_are_still_told_apart() {
        let mut queue = board().snapshot().queues.remove(0);
        let second = Agent {
            interface: "PJSIP/6002".into(),
            ..queue.agents[0].clone()
        };
        queue.agents.push(second);
        let ids = |mut queue: QueueView| {
            BoardNumbers::Masked.queue(&mut queue);
            let ids = queue.agents.iter().map(|agent| agent.interface.to_string());
            ids.collect::<Vec<_>>()
        };
        let one = ids(queue.clone());
        assert_ne!(one[0], one[1]);
        assert_eq!(one, ids(queue), "they stay the same");
    }

    #[test]
    fn no_number_is_left_anywhere_and_names_stay() {
        let full = shown(BoardNumbers::Full);
        assert!(full.matches("240404040").count() >= 13, "{full}");
        for numbers in [BoardNumbers::Masked, BoardNumbers::Hidden] {
            let shown = shown(numbers);
            assert!(!shown.contains("40404040"), "{shown}");
            assert!(
                shown.contains("Miller") && shown.contains("\"bob\""),
                "{shown}"
            );
            assert!(shown.contains("support"), "{shown}");
        }
        // An agent's mark is any sixteen digits.
        let hidden = shown(BoardNumbers::Hidden);
        let (before, behind) = hidden.split_once("\"interface\":\"").expect("an agent");
        for text in [before, &behind[16..]] {
            assert!(!text.contains("024"), "{hidden}");
        }
        assert!(shown(BoardNumbers::Masked).contains("+4924040••••"));
    }
}
