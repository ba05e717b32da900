//! A board that was put into words and made of them again goes on as the one that was not.

use proptest::prelude::*;

use super::*;

fn name(text: &str) -> Name {
    Arc::from(text)
}

fn some(text: &str) -> Option<Arc<str>> {
    (!text.is_empty()).then(|| Arc::from(text))
}

fn any_source() -> impl Strategy<Value = Source> {
    proptest::sample::select(Source::ALL.to_vec())
}

fn any_peer() -> impl Strategy<Value = Option<Peer>> {
    let peer = ("(1|2|0240404040)", "(|bob)", "(|Ann)", any::<bool>()).prop_map(
        |(number, line, label, international)| Peer {
            number: number.as_str().into(),
            international: international.then(|| format!("+33{number}").into()),
            name: some(&line),
            label: some(&label),
        },
    );
    proptest::option::of(peer)
}

fn any_report() -> impl Strategy<Value = Report> {
    let names: Vec<_> = Action::names().collect();
    let known = ("(|x|y|z)", "(|l1|l2)", "(|support)", "(|0800)", "(|0900)");
    (
        any_source(),
        "[a-e]",
        proptest::sample::select(names),
        any_peer(),
        known,
    )
        .prop_map(
            |(source, user, action, peer, (reference, linked, queue, dialed, own))| Report {
                source,
                user: name(&user),
                action: Action::from_name(action).expect("a name"),
                peer,
                reference: some(&reference),
                linked: some(&linked),
                queue: some(&queue),
                dialed: some(&dialed),
                own_number: some(&own),
            },
        )
}

fn any_details() -> impl Strategy<Value = Details> {
    ("(|Support)", "(|0900)", proptest::option::of(0..3u16)).prop_map(
        |(description, number, simultaneous)| Details {
            description: some(&description),
            number: some(&number),
            simultaneous,
            ..Details::default()
        },
    )
}

fn any_queue_event() -> impl Strategy<Value = QueueEvent> {
    let departure = prop_oneof![
        Just(Departure::Abandoned),
        Just(Departure::TimedOut),
        Just(Departure::Elsewhere),
        "(|amy|bob)".prop_map(|agent| Departure::Answered {
            agent: some(&agent)
        }),
    ];
    let agent = ("PJSIP/[1-3]", "[a-b]", any::<bool>(), 0..3u64);
    prop_oneof![
        1 => Just(QueueEvent::Seen),
        1 => Just(QueueEvent::Gone),
        1 => any_details().prop_map(QueueEvent::Details),
        8 => ("[a-e]", any_peer(), "(|0800)", "(|0900)", 0..9_000u64).prop_map(|(caller, peer, dialed, own, since)| QueueEvent::Waits {
            caller: name(&caller), peer, dialed: some(&dialed), own_number: some(&own), since: Timestamp(since),
        }),
        6 => ("[a-e]", departure).prop_map(|(caller, how)| QueueEvent::Left { caller: name(&caller), how }),
        3 => "[a-e]".prop_map(|caller| QueueEvent::Ended { caller: name(&caller) }),
        1 => "[a-e]".prop_map(|caller| QueueEvent::Lost { caller: name(&caller) }),
        3 => agent.prop_map(|(interface, own, paused, calls)| QueueEvent::Agent(Agent {
            interface: name(&interface), name: name(&own), state: AgentState::Talking, paused,
            reason: paused.then(|| name("lunch")), since: Timestamp(calls), calls,
        })),
        1 => "PJSIP/[1-3]".prop_map(|interface| QueueEvent::AgentGone { interface: name(&interface) }),
        2 => (0..5u64, 0..5u64).prop_map(|(answered, abandoned)| QueueEvent::Totals { answered, abandoned }),
    ]
}

/// Any event that any source has, or the time alone.
pub(crate) fn any_step() -> impl Strategy<Value = (Option<Event>, u64)> {
    let device = proptest::sample::select(vec![Device::Free, Device::Busy, Device::Unreachable]);
    let event = prop_oneof![
        16 => any_report().prop_map(Event::Line),
        4 => any_report().prop_map(Event::Found),
        2 => (any_report(), 0..100_000u64).prop_map(|(report, at)| Event::Decided(report, Timestamp(at))),
        2 => any_report().prop_map(Event::Lost),
        3 => ("[a-e]", device).prop_map(|(user, device)| Event::Device { source: Source::Asterisk, user: name(&user), device }),
        2 => (any_source(), "[a-e]", any_details()).prop_map(|(source, user, details)| Event::Details { source, user: name(&user), details }),
        1 => (any_source(), "[a-e]").prop_map(|(source, user)| Event::Gone { source, user: name(&user) }),
        1 => (any_source(), "[a-e]").prop_map(|(source, user)| Event::Retold { source, user: name(&user) }),
        1 => any_source().prop_map(Event::Cleared),
        1 => ("(1|2|0240404040)", "(|Eve)").prop_map(|(number, label)| Event::Named(Peer {
            label: some(&label), ..Peer::new(number.as_str())
        })),
        1 => proptest::option::of("(support|sales)").prop_map(|queue| Event::Reset(queue.map(|queue| name(&queue)))),
        1 => ("[a-e]", "(|1|2)").prop_map(|(user, number)| Event::Erased(Erased {
            names: vec![name(&user)], numbers: some(&number).into_iter().collect(),
        })),
        1 => (1..4u64).prop_map(|day| Event::Day(Timestamp(day * 3_600_000))),
        24 => (any_source(), "(support|sales)", any_queue_event()).prop_map(|(source, queue, event)| {
            // Mostly the one that told of it first.
            let source = if source == Source::Phone { Source::Asterisk } else { source };
            Event::Queue(QueueReport { source, queue: name(&queue), event })
        }),
    ];
    let later = prop_oneof![6 => 0..5_000_u64, 1 => 0..RINGING_LIMIT, 1 => 0..WAITING_LIMIT];
    (proptest::option::weighted(0.95, event), later)
}

/// Through JSON, as it is stored.
pub(crate) fn kept(board: &Board) -> Board {
    let places = board.record_places();
    let state = serde_json::to_vec(&board.state()).expect("words");
    let records = serde_json::to_vec(&board.records(places.clone())).expect("words");
    let state: State<'_> = serde_json::from_slice(&state).expect("a state");
    let records: Records = serde_json::from_slice(&records).expect("records");
    Board::from_state(state, records, places.end)
}

proptest! {
    #[test]
    fn a_board_that_was_stored_goes_on_as_the_one_that_was_not(
        before in proptest::collection::vec(any_step(), 0..60),
        after in proptest::collection::vec(any_step(), 0..60),
    ) {
        let limits = Limits { history: 5, lines: 4, calls_per_line: 2 };
        let mut board = Board::with_limits(limits);
        let mut now = Timestamp(1_000_000);
        let step = |board: &mut Board, event: Option<Event>, now| match event {
            Some(event) => board.apply(event, now),
            None => board.expire(now),
        };
        for (event, later) in before {
            now = now.after(later);
            step(&mut board, event, now);
        }
        let mut again = kept(&board).limited(limits);
        for (event, later) in after {
            now = now.after(later);
            let changes = step(&mut board, event.clone(), now);
            prop_assert_eq!(changes, step(&mut again, event, now));
            prop_assert_eq!(board.next_expiry(), again.next_expiry());
        }
        prop_assert_eq!(board.snapshot(), again.snapshot());
        prop_assert_eq!(board.record_places(), again.record_places());
        for number in [0, 1, board.sequence() / 2, board.sequence()] {
            prop_assert_eq!(board.since(number, 3), again.since(number, 3));
        }
        // Whatever is kept and not shown is the same, too.
        prop_assert_eq!(format!("{board:?}"), format!("{again:?}"));
    }

    #[test]
    fn an_event_is_read_as_it_was_written((event, _) in any_step()) {
        let json = serde_json::to_string(&event).expect("words");
        prop_assert_eq!(serde_json::from_str::<Option<Event>>(&json).expect("an event"), event);
    }
}

#[test]
fn what_a_later_version_adds_is_no_harm_and_what_it_leaves_out_is_empty() {
    let state: State<'_> =
        serde_json::from_str(r#"{"sequence": 7, "weather": "fine"}"#).expect("a state");
    let board = Board::from_state(state, Records::default(), 0);
    assert_eq!((board.sequence(), board.snapshot().lines.len()), (7, 0));
}
