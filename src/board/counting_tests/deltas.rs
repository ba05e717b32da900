//! What viewers are sent of it.

use super::*;

/// A viewer who has what deltas told.
#[derive(Debug, Default)]
struct Viewer {
    number: u64,
    lines: BTreeMap<Name, LineView>,
    queues: BTreeMap<Name, QueueView>,
    records: Vec<CallRecord>,
    day: Day,
}

impl Viewer {
    fn take(&mut self, delta: Delta) {
        if delta.whole {
            *self = Self::default();
        }
        // In the order of their numbers, as a stream has them.
        let mut gone = delta.gone.into_iter().peekable();
        let mut there: Vec<(u64, Result<LineView, QueueView>)> = Vec::new();
        there.extend(
            delta
                .lines
                .into_iter()
                .map(|(number, line)| (number, Ok(line))),
        );
        there.extend(
            delta
                .queues
                .into_iter()
                .map(|(number, queue)| (number, Err(queue))),
        );
        there.sort_by_key(|(number, _)| *number);
        for (number, thing) in there {
            while let Some((_, gone)) = gone.next_if(|(own, _)| *own < number) {
                self.drop(&gone);
            }
            match thing {
                Ok(line) => drop(self.lines.insert(Arc::clone(&line.user), line)),
                Err(queue) => drop(self.queues.insert(Arc::clone(&queue.name), queue)),
            }
        }
        for (_, gone) in gone {
            self.drop(&gone);
        }
        self.records
            .extend(delta.records.into_iter().map(|(_, record)| record));
        if let Some((_, day)) = delta.day {
            self.day = day;
        }
        self.number = delta.sequence;
    }

    fn drop(&mut self, gone: &Gone) {
        match gone {
            Gone::Line(user) => drop(self.lines.remove(user)),
            Gone::Queue(queue) => drop(self.queues.remove(queue)),
        }
    }
}

fn any_event() -> impl Strategy<Value = Event> {
    let action = proptest::sample::select(CallAction::ALL);
    let source = proptest::sample::select(vec![Source::Asterisk, Source::Ovh]);
    let in_queue = prop_oneof![
        ("[a-d]", 0..9u64).prop_map(|(caller, since)| waits(&caller, since)),
        "[a-d]".prop_map(|caller| left(&caller, answered("amy"))),
        "[a-d]".prop_map(|caller| left(&caller, Departure::Abandoned)),
        "[a-d]".prop_map(|caller| ended(&caller)),
        Just(QueueEvent::Gone),
    ];
    prop_oneof![
        6 => ("[a-c]", action, "[1-3]").prop_map(|(user, action, id)| call(&user, action, &id)),
        6 => (source.clone(), "[x-z]", in_queue).prop_map(|(source, name, event)| queue_of(source, &name, event)),
        1 => source.clone().prop_map(Event::Cleared),
        1 => ("[a-d]", source.clone()).prop_map(|(user, source)| Event::Gone { source, user: user.into() }),
        1 => ("[a-d]", source, 0..3u16).prop_map(|(user, source, simultaneous)| Event::Details {
            source,
            user: user.into(),
            details: Details { simultaneous: Some(simultaneous), ..Details::default() },
        }),
        1 => (1..4u64).prop_map(|day| Event::Day(Timestamp(day))),
        1 => Just(Event::Reset(None)),
    ]
}

proptest! {
    /// Viewers who ask at different times all have what the board has.
    #[test]
    fn deltas_bring_every_viewer_up_to_date(steps in proptest::collection::vec((any_event(), 0..3usize), 0..120)) {
        let mut board = Board::with_limits(Limits { lines: 3, ..Limits::default() });
        let mut viewers = [Viewer::default(), Viewer::default()];
        for (at, (event, who)) in steps.into_iter().enumerate() {
            board.apply(event, Timestamp(at as u64 * 1000));
            let Some(viewer) = viewers.get_mut(who) else { continue };
            viewer.take(board.since(viewer.number, MAX_HISTORY));
            let snapshot = board.snapshot();
            prop_assert_eq!(&snapshot.lines, &viewer.lines.values().cloned().collect::<Vec<_>>());
            prop_assert_eq!(&snapshot.queues, &viewer.queues.values().cloned().collect::<Vec<_>>());
            prop_assert_eq!(&snapshot.day, &viewer.day);
            prop_assert!(board.history().map(|record| &**record).eq(viewer.records.iter().rev()));
        }
    }
}

#[test]
fn who_misses_too_much_or_comes_from_another_board_is_sent_everything() {
    let mut board = Board::new();
    board.apply(queue("there", QueueEvent::Seen), Timestamp(0));
    let first = board.sequence();
    assert!(!board.since(first, 0).whole);
    assert!(board.since(0, 0).whole);
    assert!(
        board.since(first + 1, 0).whole,
        "a number of another board's"
    );
    for _ in 0..=MAX_GONE {
        for event in [QueueEvent::Seen, QueueEvent::Gone] {
            board.apply(queue("support", event), Timestamp(0));
        }
    }
    let delta = board.since(first, 0);
    assert!(delta.whole);
    assert_eq!((delta.queues.len(), delta.gone.len()), (1, 0));
    assert!(!board.since(board.sequence() - 1, 0).whole);
}

#[test]
fn a_delta_has_the_newest_records_only() {
    let board = of_three_callers(Limits::default());
    let ids = |after, most| -> Vec<_> {
        let delta = board.since(after, most);
        delta.records.iter().map(|(_, record)| record.id).collect()
    };
    assert_eq!(ids(0, 2), [2, 3]);
    let last = board.since(0, 9).records[1].0;
    assert_eq!(ids(last, 2), [3]);
}
