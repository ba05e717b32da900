//! What phones and a PBX tell, through the real board, and what counts as missed by it.

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

use Told::{Asterisk, Cleared, Phone};

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

#[test]
fn each_way_in_which_a_phone_tells_it() {
    for (what, told, expected) in [
        (
            "it rings, and the phone says that it was missed",
            &[
                (0, Phone("bob", "incoming-call", "123")),
                (20_000, Phone("bob", "missed-call", "123")),
            ][..],
            &["bob<123"][..],
        ),
        (
            "it rings and ends",
            &[
                (0, Phone("bob", "incoming-call", "123")),
                (20_000, Phone("bob", "call-terminated", "123")),
            ],
            &["bob<123"],
        ),
        (
            "the same without a number",
            &[
                (0, Phone("bob", "incoming-call", "")),
                (20_000, Phone("bob", "call-terminated", "")),
            ],
            &["bob<?"],
        ),
        (
            "missed, and nothing told of the ringing",
            &[(0, Phone("bob", "missed-call", "123"))],
            &["bob<123"],
        ),
        (
            "the same of a phone that gives ids",
            &[(0, Phone("bob", "missed-call", "123 a1"))],
            &["bob<123"],
        ),
        (
            "the same twice, as phones repeat requests",
            &[
                (0, Phone("bob", "missed-call", "123")),
                (300, Phone("bob", "missed-call", "123")),
            ],
            &["bob<123"],
        ),
        (
            "ended and missed, both told",
            &[
                (0, Phone("bob", "incoming-call", "123 a1")),
                (20_000, Phone("bob", "call-terminated", "123 a1")),
                (20_050, Phone("bob", "missed-call", "123 a1")),
            ],
            &["bob<123"],
        ),
        (
            "the same without ids",
            &[
                (0, Phone("bob", "incoming-call", "123")),
                (20_000, Phone("bob", "call-terminated", "123")),
                (20_050, Phone("bob", "missed-call", "")),
            ],
            &["bob<123"],
        ),
        (
            "missed before it rang, as requests change places",
            &[
                (0, Phone("bob", "missed-call", "123")),
                (80, Phone("bob", "incoming-call", "123")),
                (100, Phone("bob", "call-terminated", "123")),
            ],
            &["bob<123"],
        ),
        (
            "a call is answered and ends",
            &[
                (0, Phone("bob", "incoming-call", "123")),
                (5_000, Phone("bob", "call-established", "123")),
                (60_000, Phone("bob", "call-terminated", "123")),
            ],
            &[],
        ),
        (
            "one is answered while another is missed",
            &[
                (0, Phone("bob", "incoming-call", "123 a")),
                (5_000, Phone("bob", "call-established", "123 a")),
                (20_000, Phone("bob", "incoming-call", "456 b")),
                (40_000, Phone("bob", "missed-call", "456 b")),
                (60_000, Phone("bob", "call-terminated", "123 a")),
            ],
            &["bob<456"],
        ),
        (
            "the person calls, and nobody answers",
            &[
                (0, Phone("bob", "outgoing-call", "123")),
                (20_000, Phone("bob", "call-terminated", "123")),
            ],
            &[],
        ),
        (
            "answered by a phone that says so of itself",
            &[
                (0, Phone("bob", "incoming-call", "123")),
                (5_000, Phone("bob", "answering-call", "")),
                (60_000, Phone("bob", "call-terminated", "123")),
            ],
            &[],
        ),
        (
            "somebody answered it elsewhere",
            &[
                (0, Phone("bob", "incoming-call", "123")),
                (5_000, Phone("bob", "answered-elsewhere", "123")),
            ],
            &[],
        ),
        (
            "refused",
            &[
                (0, Phone("bob", "incoming-call", "123")),
                (5_000, Phone("bob", "refused-call", "123")),
            ],
            &[],
        ),
        (
            "two calls, one after the other, are two",
            &[
                (0, Phone("bob", "incoming-call", "123")),
                (20_000, Phone("bob", "missed-call", "123")),
                (21_000, Phone("bob", "incoming-call", "123")),
                (40_000, Phone("bob", "missed-call", "123")),
            ],
            &["bob<123", "bob<123"],
        ),
        (
            "conferences and unknown extensions are calls",
            &[
                (0, Phone("bob", "incoming-conf", "123")),
                (20_000, Phone("bob", "missed-call", "123")),
                (40_000, Phone("bob", "unknown-exten", "456")),
                (60_000, Phone("bob", "missed-call", "456")),
            ],
            &["bob<123", "bob<456"],
        ),
    ] {
        assert_missed(what, told, expected);
    }
}

#[test]
fn a_handset_tells_what_calls_do_not() {
    for (what, told, expected) in [
        (
            "lifted while it rings, and put down",
            &[
                (0, Phone("bob", "incoming-call", "123")),
                (5_000, Phone("bob", "offhook", "")),
                (60_000, Phone("bob", "onhook", "")),
            ][..],
            &[][..],
        ),
        (
            "lifted while it rings, of a phone that tells ends",
            &[
                (0, Phone("bob", "incoming-call", "123")),
                (5_000, Phone("bob", "offhook", "")),
                (60_000, Phone("bob", "call-terminated", "123")),
            ],
            &[],
        ),
        (
            "never heard of again, of a phone that tells of its handset",
            &[
                (0, Phone("bob", "offhook", "")),
                (9_000, Phone("bob", "onhook", "")),
                (20_000, Phone("bob", "incoming-call", "123")),
            ],
            &["bob<123"],
        ),
        (
            "never heard of again, and it was lifted",
            &[
                (20_000, Phone("bob", "incoming-call", "123")),
                (25_000, Phone("bob", "offhook", "")),
            ],
            &[],
        ),
        (
            "never heard of again, and it was lifted before",
            &[
                (0, Phone("bob", "offhook", "")),
                (20_000, Phone("bob", "incoming-call", "123")),
            ],
            &[],
        ),
        (
            "never heard of again, of a phone that tells of nothing else",
            &[(0, Phone("bob", "incoming-call", "123"))],
            &[],
        ),
    ] {
        assert_missed(what, told, expected);
    }
}

#[test]
fn do_not_disturb_refuses_in_nobodys_name() {
    for (what, told, expected) in [
        (
            "the phone rejects at once",
            &[
                (0, Phone("bob", "dnd-on", "")),
                (1_000, Phone("bob", "incoming-call", "123")),
                (1_010, Phone("bob", "call-terminated", "123")),
            ][..],
            &["bob<123"][..],
        ),
        (
            "the same, and says that it was missed alone",
            &[
                (0, Phone("bob", "dnd-on", "")),
                (1_000, Phone("bob", "missed-call", "123")),
            ],
            &["bob<123"],
        ),
        (
            "Asterisk saw that it refused",
            &[
                (0, Phone("bob", "dnd-on", "")),
                (1_000, Asterisk("bob", "incoming-call", "123", "L1")),
                (1_010, Asterisk("bob", "refused-call", "123", "L1")),
            ],
            &["bob<123"],
        ),
        (
            "do-not-disturb is off again: the person refused",
            &[
                (0, Phone("bob", "dnd-on", "")),
                (500, Phone("bob", "dnd-off", "")),
                (1_000, Asterisk("bob", "incoming-call", "123", "L1")),
                (5_000, Asterisk("bob", "refused-call", "123", "L1")),
            ],
            &[],
        ),
    ] {
        assert_missed(what, told, expected);
    }
}

#[test]
fn a_colleague_who_picks_up_leaves_nothing_missed() {
    for (what, told, expected) in [
        (
            "phones of a group, by the caller's number",
            &[
                (0, Phone("bob", "incoming-call", "+49301234567")),
                (20, Phone("eve", "incoming-call", "0301234567")),
                (5_000, Phone("eve", "call-established", "0301234567")),
                (5_030, Phone("bob", "missed-call", "+49301234567")),
                (60_000, Phone("eve", "call-terminated", "0301234567")),
            ][..],
            &[][..],
        ),
        (
            "the news comes after the end",
            &[
                (0, Phone("bob", "incoming-call", "123")),
                (20, Phone("eve", "incoming-call", "123")),
                (5_000, Phone("bob", "missed-call", "123")),
                (7_000, Phone("eve", "call-established", "123")),
            ],
            &[],
        ),
        (
            "too late to be the same call",
            &[
                (0, Phone("bob", "incoming-call", "123")),
                (5_000, Phone("bob", "missed-call", "123")),
                (6_000, Phone("eve", "incoming-call", "123")),
                (9_000, Phone("eve", "call-established", "123")),
            ],
            &["bob<123"],
        ),
        (
            "another caller's call was answered",
            &[
                (0, Phone("bob", "incoming-call", "123")),
                (20, Phone("eve", "incoming-call", "456")),
                (5_000, Phone("eve", "call-established", "456")),
                (5_030, Phone("bob", "missed-call", "123")),
            ],
            &["bob<123"],
        ),
        (
            "callers who show no number, and came at once",
            &[
                (0, Phone("bob", "incoming-call", "")),
                (20, Phone("eve", "incoming-call", "")),
                (5_000, Phone("eve", "call-established", "")),
                (5_030, Phone("bob", "missed-call", "")),
            ],
            &[],
        ),
        (
            "callers who show no number, and did not",
            &[
                (0, Phone("eve", "incoming-call", "")),
                (4_000, Phone("bob", "incoming-call", "")),
                (5_000, Phone("eve", "call-established", "")),
                (9_000, Phone("bob", "missed-call", "")),
            ],
            &["bob<?"],
        ),
        (
            "the caller's own phone talks, with a voicemail",
            &[
                (0, Phone("alice", "outgoing-call", "6002:bob")),
                (20, Phone("bob", "incoming-call", "6001:alice")),
                (15_000, Phone("alice", "call-established", "6002:bob")),
                (15_030, Phone("bob", "missed-call", "6001:alice")),
            ],
            &["bob<6001"],
        ),
        (
            "two phones of one person, one of which answers",
            &[
                (0, Phone("bob", "incoming-call", "123 a")),
                (20, Phone("bob", "incoming-call", "123 b")),
                (5_000, Phone("bob", "call-established", "123 b")),
                (5_030, Phone("bob", "missed-call", "123 a")),
            ],
            &[],
        ),
        (
            "two phones of one person, neither of which answers",
            &[
                (0, Phone("bob", "incoming-call", "123 a")),
                (20, Phone("bob", "incoming-call", "123 b")),
                (20_000, Phone("bob", "missed-call", "123 a")),
                (20_030, Phone("bob", "missed-call", "123 b")),
            ],
            &["bob<123"],
        ),
        (
            "by what belongs together",
            &[
                (0, Asterisk("bob", "incoming-call", "123", "L1")),
                (20, Asterisk("eve", "incoming-call", "123", "L1")),
                (5_000, Asterisk("eve", "call-established", "123", "L1")),
                (5_030, Asterisk("bob", "missed-call", "123", "L1")),
            ],
            &[],
        ),
        (
            "one number, and two calls that do not belong together",
            &[
                (0, Asterisk("bob", "incoming-call", "123", "L1")),
                (20, Asterisk("eve", "incoming-call", "123", "L2")),
                (5_000, Asterisk("eve", "call-established", "123", "L2")),
                (5_030, Asterisk("bob", "missed-call", "123", "L1")),
            ],
            &["bob<123"],
        ),
        (
            "a phone that Asterisk does not know",
            &[
                (0, Asterisk("bob", "incoming-call", "123", "L1")),
                (20, Phone("eve", "incoming-call", "123")),
                (5_000, Phone("eve", "call-established", "123")),
                (5_030, Asterisk("bob", "missed-call", "123", "L1")),
            ],
            &[],
        ),
        (
            "the next in the row picks up long after",
            &[
                (0, Asterisk("bob", "incoming-call", "123", "L1")),
                (20_000, Asterisk("bob", "missed-call", "123", "L1")),
                (20_500, Asterisk("eve", "incoming-call", "123", "L1")),
                (39_000, Asterisk("eve", "call-established", "123", "L1")),
            ],
            &[],
        ),
        (
            "the next in the row does not, either",
            &[
                (0, Asterisk("bob", "incoming-call", "123", "L1")),
                (20_000, Asterisk("bob", "missed-call", "123", "L1")),
                (20_500, Asterisk("eve", "incoming-call", "123", "L1")),
                (40_000, Asterisk("eve", "missed-call", "123", "L1")),
            ],
            &["bob<123", "eve<123"],
        ),
        (
            "the caller's own line talks, with a voicemail",
            &[
                (0, Asterisk("alice", "outgoing-call", "6002:bob", "L1")),
                (20, Asterisk("bob", "incoming-call", "6001:alice", "L1")),
                (15_000, Asterisk("bob", "missed-call", "6001:alice", "L1")),
                (15_030, Asterisk("alice", "call-established", "*97", "L1")),
            ],
            &["bob<6001"],
        ),
        (
            "who answered had it before it was handed on",
            &[
                (0, Asterisk("eve", "incoming-call", "123", "L1")),
                (5_000, Asterisk("eve", "call-established", "123", "L1")),
                (30_000, Asterisk("bob", "incoming-call", "123", "L1")),
                (50_000, Asterisk("bob", "missed-call", "123", "L1")),
            ],
            &["bob<123"],
        ),
    ] {
        assert_missed(what, told, expected);
    }
}

#[test]
fn a_whole_call_is_missed_once() {
    for (what, told, expected) in [
        (
            "a phone rings thrice",
            &[
                (0, Asterisk("bob", "incoming-call", "123", "L1")),
                (20_000, Asterisk("bob", "missed-call", "123", "L1")),
                (30_000, Asterisk("bob", "incoming-call", "123", "L1'")),
                (50_000, Asterisk("bob", "missed-call", "123", "L1'")),
                (90_000, Asterisk("bob", "incoming-call", "123", "L1''")),
                (99_000, Asterisk("bob", "missed-call", "123", "L1''")),
            ][..],
            &["bob<123"][..],
        ),
        (
            "and is answered at once the second time",
            &[
                (0, Asterisk("bob", "incoming-call", "123", "L1")),
                (20_000, Asterisk("bob", "missed-call", "123", "L1")),
                (21_000, Asterisk("bob", "incoming-call", "123", "L1'")),
                (30_000, Asterisk("bob", "call-established", "123", "L1'")),
            ],
            &[],
        ),
        (
            "the phone and Asterisk tell of one call",
            &[
                (0, Asterisk("bob", "incoming-call", "123", "L1")),
                (50, Phone("bob", "incoming-call", "0049123")),
                (20_000, Phone("bob", "call-terminated", "0049123")),
                (20_050, Asterisk("bob", "missed-call", "123", "L1")),
                (20_090, Phone("bob", "missed-call", "0049123")),
            ],
            &["bob<123"],
        ),
    ] {
        assert_missed(what, told, expected);
    }
}

#[test]
fn another_source_may_know_better() {
    let begun = [
        (0, Asterisk("bob", "incoming-call", "123", "L1")),
        (50, Phone("bob", "incoming-call", "123")),
        (20_000, Phone("bob", "call-terminated", "123")),
    ];
    for (what, last, expected) in [
        ("somebody answered elsewhere", "answered-elsewhere", &[][..]),
        ("the person refused", "refused-call", &[]),
        ("it was missed", "missed-call", &["bob<123"]),
    ] {
        let mut told = begun.to_vec();
        told.push((20_100, Asterisk("bob", last, "123", "L1")));
        assert_missed(what, &told, expected);
        // The other way round.
        told.swap(2, 3);
        (told[2].0, told[3].0) = (20_000, 20_100);
        assert_missed(what, &told, expected);
    }
}

#[test]
fn a_source_that_is_gone_says_nothing() {
    for (what, told) in [
        (
            "Asterisk is gone while it rings",
            &[
                (0, Asterisk("bob", "incoming-call", "123", "L1")),
                (5_000, Cleared),
            ][..],
        ),
        (
            "it tells no more than that the call ended",
            &[
                (0, Asterisk("bob", "incoming-call", "123", "L1")),
                (5_000, Asterisk("bob", "call-terminated", "123", "L1")),
            ],
        ),
    ] {
        assert_missed(what, told, &[]);
    }
    // Nine calls at once are one more than a line has.
    let many: Vec<_> = (0..9)
        .map(|n| {
            (
                n,
                Phone(
                    "bob",
                    "incoming-call",
                    [
                        "1 a", "2 b", "3 c", "4 d", "5 e", "6 f", "7 g", "8 h", "9 i",
                    ][n as usize],
                ),
            )
        })
        .collect();
    assert_missed("one takes another's place", &many, &[]);
}

fn waits(number: &str) -> QueueEvent {
    QueueEvent::Waits {
        dialed: None,
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

#[test]
fn a_queues_call_is_the_queues() {
    use Told::Queue;
    let answered = || Departure::Answered { agent: None };
    let rings = |then: Departure| {
        vec![
            (0, Queue("support", waits("123"))),
            (100, Asterisk("bob", "incoming-call", "123", "L1/support")),
            (100, Asterisk("eve", "incoming-call", "123", "L1/support")),
            (15_000, Asterisk("bob", "missed-call", "123", "L1/support")),
            (15_000, Asterisk("eve", "missed-call", "123", "L1/support")),
            (
                20_000,
                Asterisk("bob", "incoming-call", "123", "L1'/support"),
            ),
            (35_000, Asterisk("bob", "missed-call", "123", "L1'/support")),
            (70_000, Queue("support", leaves(then))),
        ]
    };
    let agents = &["bob<123/support", "eve<123/support"][..];
    for (setting, then, expected) in [
        ("", Departure::Abandoned, &[][..]),
        ("support: none\n*: agents", Departure::Abandoned, &[]),
        ("support: ~helpdesk", Departure::Abandoned, &["support!123"]),
        ("*: @alice", Departure::Abandoned, &["support!123"]),
        ("Support: agents", Departure::Abandoned, agents),
        ("support: agents", answered(), &[]),
        ("support: ~helpdesk", answered(), &[]),
        ("support: @alice", Departure::Elsewhere, &[]),
        ("support: agents", Departure::Elsewhere, agents),
    ] {
        let mut missed = missed(setting, &rings(then.clone()));
        missed.sort();
        assert_eq!(missed, expected, "{setting} {then:?}");
    }
    // Not before the caller left.
    let still_waits = &rings(Departure::Abandoned)[..7];
    let (mut board, mut tracker) = (Board::new(), Tracker::default());
    let queues = QueueMissedCalls::parse("*: agents").0;
    for told in still_waits {
        tell(&mut board, &mut tracker, told, &queues);
    }
    assert_eq!(tracker.decide(Timestamp(START + 69_999)), []);
}

#[test]
fn an_orderly_stop_told_of_calls_that_still_rang_or_waited() {
    use Told::Queue;
    let rang = (15_000, Asterisk("bob", "missed-call", "123", "L1/support"));
    for (what, told, expected) in [
        (
            "the caller waits",
            vec![
                (0, Queue("support", waits("123"))),
                (100, Asterisk("bob", "incoming-call", "123", "L1/support")),
                rang.clone(),
            ],
            &[][..],
        ),
        (
            "it rings elsewhere",
            vec![
                (100, Asterisk("bob", "incoming-call", "123", "L1/support")),
                rang.clone(),
                (15_100, Asterisk("eve", "incoming-call", "123", "L1")),
            ],
            &[],
        ),
        (
            "the caller is gone",
            vec![
                (0, Queue("support", waits("123"))),
                (100, Asterisk("bob", "incoming-call", "123", "L1/support")),
                rang,
                (15_100, Queue("support", leaves(Departure::Abandoned))),
            ],
            &["bob<123/support"],
        ),
    ] {
        let (mut board, mut tracker) = (Board::new(), Tracker::default());
        let queues = QueueMissedCalls::parse("*: agents").0;
        for told in &told {
            tell(&mut board, &mut tracker, told, &queues);
        }
        let now = Timestamp(START + 15_200);
        assert_eq!(shown(&tracker.decide_all(now)), expected, "{what}");
        assert!(tracker.is_idle(), "{what}");
    }
}

/// Nothing is ever to be decided of them.
#[test]
fn calls_that_only_went_out_were_remembered_for_ever() {
    let mut tracker = Tracker::default();
    for minute in 0..100 {
        for reach in [Reach::Dialled, Reach::Answered] {
            let outside = Outside {
                linked: format!("L{minute}").into(),
                channel: "trunk".into(),
                reach,
            };
            tracker.outside(&outside, Timestamp(START + minute * 60_000));
        }
    }
    // Those of the last ten minutes.
    assert_eq!(tracker.wholes.len(), 11);
}

/// As with FreePBX's Follow Me: the desk rings, and then the mobile.
#[test]
fn a_call_that_a_phone_outside_took_was_missed() {
    use Reach::{Answered, Dialled, Over};
    use Told::Outside;
    let desk = || {
        vec![
            (1_000, Asterisk("bob", "incoming-call", "123", "L1")),
            (20_000, Asterisk("bob", "missed-call", "123", "L1")),
        ]
    };
    for (what, then, expected) in [
        (
            "the mobile answers",
            vec![
                (20_500, Outside("L1", Dialled)),
                (30_500, Outside("L1", Answered)),
            ],
            &[][..],
        ),
        (
            "nor does the mobile",
            vec![
                (20_500, Outside("L1", Dialled)),
                (40_500, Outside("L1", Over)),
            ],
            &["bob<123"],
        ),
        (
            "another call's mobile answers",
            vec![
                (20_500, Outside("L2", Dialled)),
                (30_500, Outside("L2", Answered)),
            ],
            &["bob<123"],
        ),
        (
            "no more is heard of the mobile",
            vec![(20_500, Outside("L1", Dialled))],
            &["bob<123"],
        ),
        (
            "both rang at once",
            vec![
                (1_100, Outside("L1", Dialled)),
                (19_990, Outside("L1", Answered)),
            ],
            &[],
        ),
        (
            "who handed it on was outside",
            vec![(0, Outside("L1", Dialled)), (500, Outside("L1", Answered))],
            &["bob<123"],
        ),
    ] {
        let mut told = [desk(), then].concat();
        told.sort_by_key(|(when, _)| *when);
        assert_eq!(missed("", &told), expected, "{what}");
    }
}

/// Asterisk says of a queue's time-out what it says of a caller who hung up.
#[test]
fn a_queues_time_out_was_missed_although_a_colleague_took_the_call() {
    use Told::Queue;
    let times_out = || {
        vec![
            (0, Queue("support", waits("123"))),
            (60_000, Queue("support", leaves(Departure::Abandoned))),
        ]
    };
    let next = |end: QueueEvent| {
        vec![
            (60_100, Queue("sales", waits("123"))),
            (90_000, Queue("sales", end)),
        ]
    };
    let desk = |end: &'static str| {
        vec![
            (62_400, Asterisk("eve", "incoming-call", "123", "L1")),
            (80_000, Asterisk("eve", end, "123", "L1")),
        ]
    };
    let answered = Departure::Answered { agent: None };
    for (what, then, expected) in [
        ("an extension answers", desk("call-established"), &[][..]),
        ("the next queue does", next(leaves(answered)), &[]),
        (
            "nor does the extension",
            desk("refused-call"),
            &["support!123"],
        ),
        (
            "nor does the next queue",
            next(leaves(Departure::Abandoned)),
            &["support!123"],
        ),
        ("the caller hung up", Vec::new(), &["support!123"]),
    ] {
        for setting in ["support: @alice", "support: ~helpdesk"] {
            let told = [times_out(), then.clone()].concat();
            assert_eq!(missed(setting, &told), expected, "{what}: {setting}");
        }
    }
}

#[test]
fn memory_is_bounded() {
    let (mut board, mut tracker) = (Board::new(), Tracker::default());
    let queues = QueueMissedCalls::default();
    let beyond = 100;
    for n in 0..MAX_UNDECIDED + beyond {
        let told = event(&Phone("bob", "missed-call", ""));
        let Event::Line(mut report) = told else {
            unreachable!("phones tell of lines");
        };
        report.peer = peer(&format!("{n}"));
        for change in board.apply(report, Timestamp(START)) {
            tracker.apply(&change, &queues);
        }
    }
    assert_eq!(tracker.undecided.len(), MAX_UNDECIDED);
    assert_eq!(tracker.dropped, beyond as u64);
    // They are decided bit by bit.
    let now = Timestamp(START + DECISION_WAIT);
    let mut decided = 0;
    while tracker.next().is_some_and(|next| next <= now) {
        let news = tracker.decide(now).len();
        assert!((1..=DECIDED_AT_ONCE).contains(&news));
        decided += news;
    }
    assert_eq!(decided, MAX_UNDECIDED);

    for n in 0..MAX_ANSWERS as u64 + 9 {
        for action in ["incoming-call", "call-established", "call-terminated"] {
            let line = event(&Asterisk("eve", action, "1", "x"));
            let Event::Line(mut report) = line else {
                unreachable!("phones tell of lines");
            };
            (report.linked, report.reference) =
                (Some(format!("w{n}").into()), Some(format!("r{n}").into()));
            for change in board.apply(report, Timestamp(START + 10_000 + n)) {
                tracker.apply(&change, &queues);
            }
        }
    }
    assert_eq!(tracker.answers.len(), MAX_ANSWERS);
    tracker.decide(Timestamp(START + 2 * 3_600_000));
    assert_eq!(tracker.answers.len(), 0);
    assert_eq!(tracker.wholes.len(), 0);
}
