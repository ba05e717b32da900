use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn report(queue: &str, event: QueueEvent) -> Event {
    Event::Queue(QueueReport {
        source: Source::Asterisk,
        queue: Arc::from(queue),
        event,
    })
}

fn waits(caller: &str, number: &str, since: u64) -> QueueEvent {
    QueueEvent::Waits {
        dialed: None,
        own_number: None,
        caller: Arc::from(caller),
        peer: (!number.is_empty()).then(|| Peer::new(number)),
        since: Timestamp(since),
    }
}

fn left(caller: &str, how: Departure) -> QueueEvent {
    QueueEvent::Left {
        caller: Arc::from(caller),
        how,
    }
}

fn agent(interface: &str, name: &str, state: AgentState) -> Agent {
    Agent {
        interface: Arc::from(interface),
        name: Arc::from(name),
        state,
        paused: false,
        reason: None,
        since: Timestamp(0),
        calls: 0,
    }
}

fn answered() -> Departure {
    Departure::Answered { agent: None }
}

/// Applies events a second apart to the queue "support", and gives that queue.
fn after(events: impl IntoIterator<Item = QueueEvent>) -> QueueView {
    let mut board = Board::new();
    for (second, event) in events.into_iter().enumerate() {
        board.apply(report("support", event), Timestamp(1000 * second as u64));
    }
    let mut queues = board.snapshot().queues;
    assert_eq!(queues.len(), 1);
    queues.remove(0)
}

fn callers(queue: &QueueView) -> Vec<&str> {
    queue.waiting.iter().map(|w| &*w.caller).collect()
}

#[test]
fn who_waits_longest_stands_first() {
    let queue = after([
        waits("b", "", 20),
        waits("c", "", 30),
        waits("a", "", 10),
        waits("b2", "", 20),
    ]);
    assert_eq!(callers(&queue), ["a", "b", "b2", "c"]);
    assert_eq!(queue.waiting[0].since, Timestamp(10));
}

#[test]
fn a_wait_never_begins_anew_and_a_known_caller_stays_known() {
    let queue = after([
        waits("a", "124", 10),
        waits("b", "", 20),
        waits("a", "", 30),
        waits("b", "125", 40),
    ]);
    let seen: Vec<_> = queue
        .waiting
        .iter()
        .map(|w| (w.peer.as_ref().map(Peer::shown), w.since.0))
        .collect();
    assert_eq!(seen, [(Some("124"), 10), (Some("125"), 20)]);
}

#[test]
fn each_departure_is_counted_as_what_it_was() {
    let queue = after([
        waits("a", "", 1),
        waits("b", "", 2),
        waits("c", "", 3),
        waits("d", "", 4),
        left("b", answered()),
        left("a", Departure::Abandoned),
        left("c", Departure::Elsewhere),
        left("b", answered()),
        left("nobody", Departure::Abandoned),
    ]);
    assert_eq!(callers(&queue), ["d"]);
    assert_eq!((queue.counters.answered, queue.counters.abandoned), (1, 1));
}

#[test]
fn a_sources_own_counts_hold_and_are_counted_on() {
    let queue = after([
        waits("a", "", 1),
        left("a", answered()),
        QueueEvent::Totals {
            answered: 40,
            abandoned: 2,
        },
        waits("b", "", 1),
        left("b", answered()),
    ]);
    assert_eq!((queue.counters.answered, queue.counters.abandoned), (41, 2));
}

#[test]
fn agents_are_sorted_by_name_and_keep_their_interface() {
    let queue = after([
        QueueEvent::Agent(agent("PJSIP/2", "zoe", AgentState::Free)),
        QueueEvent::Agent(agent("PJSIP/1", "bob", AgentState::Free)),
        QueueEvent::Agent(agent("PJSIP/3", "bob", AgentState::Free)),
        QueueEvent::Agent(agent("PJSIP/2", "amy", AgentState::Ringing)),
        QueueEvent::AgentGone {
            interface: Arc::from("PJSIP/3"),
        },
    ]);
    let seen: Vec<_> = queue
        .agents
        .iter()
        .map(|a| (&*a.name, &*a.interface, a.state))
        .collect();
    assert_eq!(
        seen,
        [
            ("amy", "PJSIP/2", AgentState::Ringing),
            ("bob", "PJSIP/1", AgentState::Free)
        ]
    );
}

#[test]
fn what_was_known_changes_nothing() {
    let mut board = Board::new();
    for event in [
        QueueEvent::Seen,
        waits("a", "124", 1),
        QueueEvent::Agent(agent("PJSIP/1", "bob", AgentState::Free)),
        QueueEvent::Totals {
            answered: 1,
            abandoned: 1,
        },
    ] {
        let event = report("support", event);
        assert_ne!(board.apply(event.clone(), Timestamp(1)), []);
        assert_eq!(board.apply(event, Timestamp(2)), []);
    }
    for event in [
        QueueEvent::Gone,
        left("a", answered()),
        QueueEvent::AgentGone {
            interface: Arc::from("PJSIP/1"),
        },
    ] {
        assert_eq!(board.apply(report("sales", event), Timestamp(3)), []);
    }
    assert_eq!(board.snapshot().queues.len(), 1);
}

#[test]
fn a_queue_that_goes_takes_all_with_it() {
    let mut board = Board::new();
    board.apply(report("support", waits("a", "", 1)), Timestamp(1));
    let bob = agent("PJSIP/1", "bob", AgentState::Free);
    board.apply(report("support", QueueEvent::Agent(bob)), Timestamp(1));
    let changes = board.apply(report("support", QueueEvent::Gone), Timestamp(2));
    let kinds: Vec<_> = changes.iter().map(|change| &change.kind).collect();
    assert!(
        matches!(
            kinds[..],
            [
                ChangeKind::Queue(QueueChange::Left(_, Departure::Elsewhere)),
                ChangeKind::Recorded(_),
                ChangeKind::Queue(QueueChange::AgentGone(_)),
                ChangeKind::Queue(QueueChange::Gone),
            ]
        ),
        "{kinds:?}"
    );
    assert_eq!(board.snapshot().queues, []);
}

#[test]
fn no_more_is_kept_than_the_limits_allow() {
    let mut board = Board::new();
    let now = Timestamp(1);
    for n in 0..=MAX_QUEUES {
        board.apply(report(&format!("queue {n}"), QueueEvent::Seen), now);
    }
    assert_eq!(board.snapshot().queues.len(), MAX_QUEUES);
    for n in 0..=MAX_WAITING {
        let queue = format!("queue {}", n % 2);
        board.apply(report(&queue, waits(&n.to_string(), "", 1)), now);
    }
    for n in 0..=MAX_AGENTS {
        let (queue, interface) = (format!("queue {}", n % 2), format!("PJSIP/{n}"));
        let agent = agent(&interface, "bob", AgentState::Free);
        board.apply(report(&queue, QueueEvent::Agent(agent)), now);
    }
    let count = |board: &Board| {
        let queues = board.snapshot().queues;
        let waiting = queues.iter().map(|q| q.waiting.len()).sum::<usize>();
        let agents = queues.iter().map(|q| q.agents.len()).sum::<usize>();
        (waiting, agents)
    };
    assert_eq!(count(&board), (MAX_WAITING, MAX_AGENTS));
    let known = agent("PJSIP/0", "bob", AgentState::Ringing);
    let changes = board.apply(report("queue 0", QueueEvent::Agent(known)), now);
    assert_eq!(changes.len(), 1, "who is there may change");
    board.apply(report("queue 0", QueueEvent::Gone), now);
    let half = (MAX_WAITING / 2, MAX_AGENTS / 2);
    assert_eq!(count(&board), half, "what goes makes room");
    board.apply(report("queue 1", waits("new", "", 1)), now);
    assert_eq!(count(&board), (half.0 + 1, half.1));
}

#[test]
fn queues_are_in_the_snapshots_json() {
    let mut board = Board::new();
    board.apply(
        report("support", waits("channel-1", "124", 7)),
        Timestamp(9),
    );
    let json = serde_json::to_value(board.snapshot()).expect("JSON");
    let peer = serde_json::json!({
        "number": "124", "international": null, "name": null, "label": null,
    });
    let waiting = serde_json::json!([{ "id": 1, "peer": peer, "since": 7 }]);
    assert_eq!(json["queues"][0]["name"], "support");
    assert_eq!(json["queues"][0]["waiting"], waiting);
    assert_eq!(json["queues"][0]["abandoned"], 0);
    assert_eq!(
        json["queues"][0]["answered_percent"],
        serde_json::Value::Null
    );
}

#[test]
fn who_waits_is_named_when_the_name_is_known() {
    let mut board = Board::new();
    board.apply(report("support", waits("a", "0401", 7)), Timestamp(9));
    board.apply(report("support", waits("b", "0402", 8)), Timestamp(9));
    let named = Peer {
        label: Some(Name::from("Miller")),
        ..Peer::new("0402")
    };
    let changes = board.apply(Event::Named(named.clone()), Timestamp(10));
    assert_eq!(changes.len(), 1);
    let ChangeKind::Queue(QueueChange::Waits(waiting)) = &changes[0].kind else {
        panic!("{changes:?}");
    };
    assert_eq!(waiting.peer.as_ref().map(Peer::shown), Some("Miller"));
    assert_eq!(board.apply(Event::Named(named), Timestamp(11)), []);
    // A source that tells the number again does not take the name away.
    let again = board.apply(report("support", waits("b", "0402", 8)), Timestamp(12));
    assert_eq!(again, []);
}

/// Follows the queues by their changes alone.
#[derive(Default)]
struct Follower(BTreeMap<Name, QueueView>);

impl Follower {
    fn follow(&mut self, change: &Change) {
        let ChangeKind::Queue(kind) = &change.kind else {
            return;
        };
        let name = &change.subject;
        if let QueueChange::Seen(source) = kind {
            let empty = QueueView {
                name: Arc::clone(name),
                source: *source,
                ..QueueView::default()
            };
            assert_eq!(self.0.insert(Arc::clone(name), empty), None);
            return;
        }
        let queue = self.0.get_mut(name).expect("a queue is seen first");
        match kind {
            QueueChange::Waits(new) => {
                match queue.waiting.iter_mut().find(|w| w.caller == new.caller) {
                    Some(known) => {
                        assert_ne!(known, new, "a change changes something");
                        *known = new.clone();
                    }
                    None => queue.waiting.push(new.clone()),
                }
                // Stable, so that who came at the same time stays in order.
                queue.waiting.sort_by_key(|w| w.since);
            }
            QueueChange::Left(waiting, how) => {
                let at = queue.waiting.iter().position(|w| w == waiting);
                queue.waiting.remove(at.expect("a caller who waits"));
                match how {
                    Departure::Answered { .. } => queue.counters.answered += 1,
                    Departure::Abandoned | Departure::TimedOut => queue.counters.abandoned += 1,
                    Departure::Elsewhere => {}
                }
            }
            QueueChange::Agent(agent) => {
                assert!(!queue.agents.contains(agent), "a change changes something");
                queue.agents.retain(|a| a.interface != agent.interface);
                queue.agents.push(agent.clone());
                queue
                    .agents
                    .sort_by(|a, b| (&a.name, &a.interface).cmp(&(&b.name, &b.interface)));
            }
            QueueChange::AgentGone(agent) => {
                let at = queue.agents.iter().position(|a| a == agent);
                queue.agents.remove(at.expect("an agent who is there"));
            }
            QueueChange::Totals {
                answered,
                abandoned,
            } => {
                assert_ne!(
                    (queue.counters.answered, queue.counters.abandoned),
                    (*answered, *abandoned)
                );
                (queue.counters.answered, queue.counters.abandoned) = (*answered, *abandoned);
            }
            QueueChange::Talks(talk) => queue.talking.push(talk.clone()),
            QueueChange::Ended(talk) => {
                let at = queue.talking.iter().position(|t| t == talk);
                queue.talking.remove(at.expect("someone who talks"));
            }
            QueueChange::Details(details) => queue.details = details.clone(),
            QueueChange::Reset => queue.counters = Counters::default(),
            QueueChange::Gone => {
                assert!(queue.waiting.is_empty() && queue.agents.is_empty());
                assert!(queue.talking.is_empty());
                self.0.remove(name);
            }
            QueueChange::Seen(_) => {}
        }
    }
}

/// A queue without what is reckoned of its changes' times.
fn bare(queue: &QueueView) -> QueueView {
    let mut counters = Counters::default();
    counters.answered = queue.counters.answered;
    counters.abandoned = queue.counters.abandoned;
    QueueView {
        counters,
        tallies: Vec::new(),
        hours: Vec::new(),
        ..queue.clone()
    }
}

fn any_queue_event() -> impl Strategy<Value = QueueEvent> {
    let departure = prop_oneof![
        Just(Departure::Abandoned),
        Just(Departure::TimedOut),
        Just(Departure::Elsewhere),
        Just(answered()),
    ];
    let state = proptest::sample::select(vec![
        AgentState::Free,
        AgentState::Ringing,
        AgentState::Talking,
    ]);
    let changed = ("PJSIP/[1-3]", "[a-b]", state, any::<bool>(), 0..3u64);
    prop_oneof![
        1 => Just(QueueEvent::Seen),
        1 => Just(QueueEvent::Gone),
        8 => ("[a-e]", "(|1|2)", 0..4u64).prop_map(|(caller, number, since)| waits(&caller, &number, since)),
        6 => ("[a-e]", departure).prop_map(|(caller, how)| left(&caller, how)),
        4 => "[a-e]".prop_map(|caller| QueueEvent::Ended { caller: caller.into() }),
        6 => changed.prop_map(|(interface, name, state, paused, calls)| {
            QueueEvent::Agent(Agent { paused, calls, ..agent(&interface, &name, state) })
        }),
        2 => "PJSIP/[1-3]".prop_map(|interface| QueueEvent::AgentGone { interface: interface.into() }),
        1 => (0..2u64, 0..2u64).prop_map(|(answered, abandoned)| QueueEvent::Totals { answered, abandoned }),
    ]
}

proptest! {
    #[test]
    fn changes_alone_rebuild_the_queues(steps in proptest::collection::vec(("[a-b]", any_queue_event()), 0..80)) {
        let mut board = Board::new();
        let mut follower = Follower::default();
        let mut sequence = 0;
        for (at, (queue, event)) in steps.into_iter().enumerate() {
            for change in board.apply(report(&queue, event), Timestamp(at as u64)) {
                sequence += 1;
                prop_assert_eq!(change.sequence, sequence);
                follower.follow(&change);
            }
            let followed: Vec<_> = follower.0.values().map(bare).collect();
            let queues: Vec<_> = board.snapshot().queues.iter().map(bare).collect();
            prop_assert_eq!(queues, followed);
        }
    }
}
