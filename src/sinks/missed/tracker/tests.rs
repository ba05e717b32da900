//! What phones and a PBX tell, through the real board, and what counts as missed by it.

mod colleagues;
mod kept;
mod phones;

use Told::{Asterisk, Cleared, Phone};

use super::*;
use crate::board::{Board, Event, QueueEvent, QueueReport, Source};

/// One thing that is told: when (in milliseconds from the start), whose line, what, and of whom.
#[derive(Clone, Debug)]
enum Told {
    Phone(&'static str, &'static str, &'static str),
    Asterisk(&'static str, &'static str, &'static str, &'static str),
    Queue(&'static str, QueueEvent),
    /// To which call it belongs, and what becomes of it.
    Outside(&'static str, Reach),
    Cleared,
}

/// Hands on what is told, as the board does or beside it.
fn tell(
    board: &mut Board,
    tracker: &mut Tracker,
    (when, told): &(u64, Told),
    queues: &QueueMissedCalls,
) {
    let at = Timestamp(START + when);
    if let Told::Outside(linked, reach) = told {
        let outside = Outside {
            linked: (*linked).into(),
            channel: "trunk".into(),
            reach: *reach,
        };
        return tracker.outside(&outside, at);
    }
    for change in board.apply(event(told), at) {
        tracker.apply(&change, queues);
    }
}

const START: u64 = 1_000_000;

fn peer(number: &str) -> Option<Peer> {
    // A number with a name behind a colon, as `NumbersUsers` would give it.
    let (number, name) = number
        .split_once(':')
        .map_or((number, None), |(number, name)| (number, Some(name)));
    (!number.is_empty()).then(|| Peer {
        name: name.map(Name::from),
        ..Peer::new(number)
    })
}

fn event(told: &Told) -> Event {
    let report = |source, user: &str, action: &str, number: &str| Report {
        dialed: None,
        own_number: None,
        source,
        user: user.into(),
        action: Action::from_name(action).expect("an action"),
        peer: peer(number),
        reference: None,
        linked: None,
        queue: None,
    };
    match told {
        // An id stands behind a blank; what rings again has a mark behind what it belongs to.
        Phone(user, action, number) => {
            let (number, id) = number.split_once(' ').unwrap_or((number, ""));
            let mut report = report(Source::Phone, user, action, number);
            report.reference = (!id.is_empty()).then(|| id.into());
            report.into()
        }
        Asterisk(user, action, number, linked) => {
            let (linked, queue) = linked
                .split_once('/')
                .map_or((*linked, None), |(l, q)| (l, Some(q)));
            let mut report = report(Source::Asterisk, user, action, number);
            report.reference = Some(format!("{user}-{linked}").into());
            report.linked = Some(linked.trim_end_matches('\'').into());
            report.queue = queue.map(Name::from);
            report.into()
        }
        Told::Queue(queue, event) => Event::Queue(QueueReport {
            source: Source::Asterisk,
            queue: (*queue).into(),
            event: event.clone(),
        }),
        Told::Outside(..) => unreachable!("it is nothing for the board"),
        Cleared => Event::Cleared(Source::Asterisk),
    }
}

/// Everything that counts as missed, as `line<number`, and with its queue `line<number/queue`; a queue's own as `queue!number`.
fn missed(queues: &str, told: &[(u64, Told)]) -> Vec<String> {
    let (queues, complaints) = QueueMissedCalls::parse(queues);
    assert_eq!(complaints, [""; 0]);
    let (mut board, mut tracker) = (Board::new(), Tracker::default());
    let mut news = Vec::new();
    let mut at = 0;
    let mut until = |to: u64, board: &mut Board, tracker: &mut Tracker| {
        // What is due by then happens in its order.
        loop {
            let now = Timestamp(START + to);
            let next = [tracker.next(), board.next_expiry()]
                .into_iter()
                .flatten()
                .min();
            let Some(next) = next.filter(|next| *next <= now) else {
                break;
            };
            let next = next.max(Timestamp(START + at));
            for change in board.expire(next) {
                tracker.apply(&change, &queues);
            }
            news.extend(tracker.decide(next));
        }
        at = to;
    };
    for told in told {
        until(told.0, &mut board, &mut tracker);
        tell(&mut board, &mut tracker, told, &queues);
    }
    until(3_600_000, &mut board, &mut tracker);
    assert_eq!(tracker.next(), None, "nothing is left undecided");
    shown(&news)
}

/// Everything that counts as missed, in the words of [`missed`].
fn shown(news: &[News]) -> Vec<String> {
    let number = |peer: &Option<Peer>| {
        peer.as_ref()
            .map_or("?".to_owned(), |peer| peer.number.to_string())
    };
    news.iter()
        .map(|news| match news {
            News::Call(call) => {
                let queue = call
                    .queue
                    .as_ref()
                    .map_or(String::new(), |queue| format!("/{queue}"));
                format!("{}<{}{queue}", call.line, number(&call.peer))
            }
            News::Queue(wait) => format!("{}!{}", wait.queue, number(&wait.peer)),
        })
        .collect()
}

/// What of these changes counts as missed once nothing more comes.
pub(crate) fn missed_of(changes: &[Change], queues: &str) -> Vec<String> {
    let (queues, complaints) = QueueMissedCalls::parse(queues);
    assert_eq!(complaints, [""; 0]);
    let mut tracker = Tracker::default();
    for change in changes {
        tracker.apply(change, &queues);
    }
    let last = changes.last().map_or(Timestamp(0), |change| change.at);
    let mut news = tracker.decide(last.after(DECISION_WAIT));
    // What still rings there is to be waited for no longer.
    news.extend(tracker.decide_all(last.after(DECISION_WAIT)));
    shown(&news)
}

fn assert_missed(what: &str, told: &[(u64, Told)], expected: &[&str]) {
    assert_eq!(missed("", told), expected, "{what}");
}

fn waits(number: &str) -> QueueEvent {
    QueueEvent::Waits {
        dialed: None,
        own_number: None,
        caller: "L1".into(),
        peer: peer(number),
        since: Timestamp(START),
    }
}

fn leaves(how: Departure) -> QueueEvent {
    QueueEvent::Left {
        caller: "L1".into(),
        how,
    }
}
