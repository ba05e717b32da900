//! A phone and a PBX tell of the same line.

use super::*;

/// What one of them tells, how many milliseconds after the one before.
type Told = (u64, Source, &'static str, &'static str, &'static str);

const PHONE: Source = Source::Phone;
const PBX: Source = Source::Asterisk;

/// What a play comes to: the calls' course as the board shows it, and which reports are news.
fn play(told: &[Told]) -> (Vec<String>, Vec<String>) {
    let mut board = Board::new();
    let mut now = Timestamp(1_000_000);
    let (mut course, mut news) = (Vec::new(), Vec::new());
    for &(later, source, action, number, reference) in told {
        now = now.after(later);
        let some = |text: &str| (!text.is_empty()).then(|| Arc::from(text));
        let report = Report {
            dialed: None,
            own_number: None,
            source,
            user: Arc::from("bob"),
            action: Action::from_name(action).expect("an action's name"),
            peer: some(number).map(Peer::new),
            reference: some(reference),
            linked: None,
            queue: None,
        };
        for change in board.apply(report, now) {
            let shown = |call: &Call| {
                let peer = call.peer.as_ref().map_or("-", |peer| peer.shown());
                format!("{} {:?} {:?} {peer}", call.id, call.direction, call.state)
            };
            match &change.kind {
                ChangeKind::CallBegan(call) | ChangeKind::CallChanged(call) => {
                    course.push(shown(call));
                }
                ChangeKind::CallEnded(call, outcome) => {
                    course.push(format!("{} {outcome:?}", call.id));
                }
                ChangeKind::Reported { repeats: false, .. } => {
                    let who = if source == PHONE { "phone" } else { "pbx" };
                    news.push(format!("{who} {action}"));
                }
                _ => {}
            }
        }
    }
    (course, news)
}

#[test]
fn one_call_of_two_sources_is_one_call() {
    // Whoever is first, with or without ids and numbers, tells the news; the other one repeats it.
    let with_ids = |source| if source == PHONE { "sip-id" } else { "1.1" };
    for (first, second, name) in [(PHONE, PBX, "phone"), (PBX, PHONE, "pbx")] {
        for number in ["0240404040", "+33240404040"] {
            for id in [with_ids(second), ""] {
                let second_id = if second == PBX { "1.1" } else { id };
                let told = [
                    (0, first, "incoming-call", "0240404040", with_ids(first)),
                    (50, second, "incoming-call", number, second_id),
                    (
                        5000,
                        first,
                        "call-established",
                        "0240404040",
                        with_ids(first),
                    ),
                    (50, second, "call-established", number, second_id),
                    (
                        60_000,
                        first,
                        "call-terminated",
                        "0240404040",
                        with_ids(first),
                    ),
                    (50, second, "call-terminated", number, second_id),
                ];
                let (course, news) = play(&told);
                let kinds: Vec<_> = course
                    .iter()
                    .map(|says| {
                        says.split(' ')
                            .skip(1)
                            .take(2)
                            .collect::<Vec<_>>()
                            .join(" ")
                    })
                    .collect();
                let mut kinds: Vec<_> = kinds.iter().map(String::as_str).collect();
                kinds.dedup();
                assert_eq!(
                    kinds,
                    ["Incoming Ringing", "Incoming Talking", "Finished"],
                    "{course:?}"
                );
                assert!(
                    course.iter().all(|says| says.starts_with("1 ")),
                    "{course:?}"
                );
                assert_eq!(
                    news,
                    ["incoming-call", "call-established", "call-terminated"]
                        .map(|action| format!("{name} {action}"))
                );
            }
        }
    }
}

#[test]
fn numbers_may_differ_where_direction_and_state_agree() {
    // The phone shows what was dialled, the PBX what came of it.
    let (course, news) = play(&[
        (0, PHONE, "outgoing-call", "00240404040", "a"),
        (30, PBX, "outgoing-call", "0240404040", "1.1"),
        (9000, PBX, "call-established", "0240404040", "1.1"),
        (30, PHONE, "call-established", "00240404040", "a"),
        (9000, PHONE, "call-terminated", "00240404040", "a"),
        (30, PBX, "call-terminated", "0240404040", "1.1"),
    ]);
    assert_eq!(
        course,
        [
            "1 Outgoing Ringing 00240404040",
            "1 Outgoing Ringing 0240404040",
            "1 Outgoing Talking 0240404040",
            "1 Finished",
        ]
    );
    assert_eq!(
        news,
        [
            "phone outgoing-call",
            "pbx call-established",
            "phone call-terminated"
        ]
    );
    // Later it is another call.
    let (course, news) = play(&[
        (0, PHONE, "outgoing-call", "1", "a"),
        (10_000, PBX, "outgoing-call", "2", "1.1"),
    ]);
    assert_eq!(course, ["1 Outgoing Ringing 1", "2 Outgoing Ringing 2"]);
    assert_eq!(news, ["phone outgoing-call", "pbx outgoing-call"]);
    // And what comes in is not what goes out.
    let (course, _) = play(&[
        (0, PHONE, "incoming-call", "1", "a"),
        (10, PBX, "outgoing-call", "2", "1.1"),
    ]);
    assert_eq!(course, ["1 Incoming Ringing 1", "2 Outgoing Ringing 2"]);
}

#[test]
fn a_call_that_was_ordered_rings_at_the_phone_and_goes_out_for_the_pbx() {
    let (course, news) = play(&[
        (0, PHONE, "incoming-call", "6002", "a"),
        (10, PBX, "outgoing-call", "6002", "1.1"),
        (2000, PHONE, "call-established", "6002", "a"),
        (5000, PBX, "call-established", "6002", "1.1"),
        (10, PBX, "call-terminated", "6002", "1.1"),
        (10, PHONE, "call-terminated", "6002", "a"),
    ]);
    assert_eq!(
        course,
        [
            "1 Incoming Ringing 6002",
            "1 Outgoing Ringing 6002",
            "1 Outgoing Talking 6002",
            "1 Finished",
        ]
    );
    assert_eq!(
        news,
        [
            "phone incoming-call",
            "phone call-established",
            "pbx call-terminated"
        ]
    );
}

#[test]
fn two_calls_of_two_sources_are_two_calls() {
    let (course, _) = play(&[
        (0, PBX, "incoming-call", "1", "1.1"),
        (100, PBX, "incoming-call", "2", "1.2"),
        (100, PHONE, "incoming-call", "2", "b"),
        (100, PHONE, "incoming-call", "1", "a"),
        (100, PHONE, "call-established", "", "b"),
        (100, PBX, "call-established", "2", "1.2"),
        (100, PBX, "missed-call", "1", "1.1"),
        (100, PHONE, "missed-call", "1", "a"),
        (100, PHONE, "call-terminated", "2", "b"),
        (100, PBX, "call-terminated", "2", "1.2"),
    ]);
    assert_eq!(
        course,
        [
            "1 Incoming Ringing 1",
            "2 Incoming Ringing 2",
            "2 Incoming Talking 2",
            "1 Missed",
            "2 Finished",
        ]
    );
}

#[test]
fn a_call_that_the_phone_ended_before_the_pbx_spoke_is_no_second_one() {
    for (begins, ends, number, id) in [
        ("incoming-call", "missed-call", "0240404040", "a"),
        ("incoming-call", "missed-call", "+33240404040", ""),
        ("incoming-call", "missed-call", "", ""),
        ("incoming-call", "call-terminated", "0240404040", ""),
        ("outgoing-call", "call-terminated", "0240404040", "a"),
    ] {
        for first in [PHONE, PBX] {
            let second = if first == PHONE { PBX } else { PHONE };
            let told = |source: Source| match source {
                PHONE => (number, id),
                _ => ("0240404040", "1.1"),
            };
            let ((number, id), (other, other_id)) = (told(first), told(second));
            let (course, news) = play(&[
                (0, first, begins, number, id),
                (600, first, ends, number, id),
                (300, second, begins, other, other_id),
                (10, second, ends, other, other_id),
            ]);
            assert_eq!(course.len(), 2, "{first:?} {ends} {number}: {course:?}");
            assert_eq!(news.len(), 2, "{first:?} {ends} {number}: {news:?}");
        }
    }
}

#[test]
fn two_calls_in_a_row_are_two_whoever_speaks_first() {
    let missed = |course: &[String]| {
        course
            .iter()
            .filter(|says| says.ends_with("Missed"))
            .count()
    };
    // The same caller tries twice, and the PBX is late with both.
    let (course, _) = play(&[
        (0, PHONE, "incoming-call", "1", ""),
        (500, PHONE, "missed-call", "1", ""),
        (200, PBX, "incoming-call", "1", "1.1"),
        (10, PBX, "missed-call", "1", "1.1"),
        (700, PBX, "incoming-call", "1", "1.2"),
        (100, PHONE, "incoming-call", "1", ""),
        (500, PHONE, "missed-call", "1", ""),
        (10, PBX, "missed-call", "1", "1.2"),
    ]);
    assert_eq!(missed(&course), 2, "{course:?}");
    // The PBX speaks of the first one when the second one rings.
    let (course, _) = play(&[
        (0, PHONE, "incoming-call", "1", ""),
        (300, PHONE, "missed-call", "1", ""),
        (700, PHONE, "incoming-call", "1", ""),
        (10, PBX, "incoming-call", "1", "1.1"),
        (10, PBX, "missed-call", "1", "1.1"),
        (10, PBX, "incoming-call", "1", "1.2"),
        (9000, PBX, "call-established", "1", "1.2"),
        (9000, PBX, "call-terminated", "1", "1.2"),
    ]);
    assert_eq!(missed(&course), 1, "{course:?}");
    assert_eq!(course.last().map(String::as_str), Some("2 Finished"));
    // Of the first one the PBX knows nothing: another caller, one whom the line calls back, or one who rang for long.
    for (number, first, rang, second) in [
        ("2", "incoming-call", 500, "incoming-call"),
        ("1", "incoming-call", 500, "outgoing-call"),
        ("1", "incoming-call", 9000, "incoming-call"),
    ] {
        let (course, _) = play(&[
            (0, PHONE, first, "1", ""),
            (rang, PHONE, "missed-call", "1", ""),
            (300, PBX, second, number, "1.1"),
            (9000, PBX, "call-terminated", number, "1.1"),
        ]);
        assert!(course.len() == 4 && course[3] == "2 Finished", "{course:?}");
    }
}

#[test]
fn the_end_that_comes_second_ends_no_other_call() {
    // The phone gives neither numbers nor ids.
    let (course, news) = play(&[
        (0, PBX, "incoming-call", "1", "1.1"),
        (20, PHONE, "incoming-call", "", ""),
        (1000, PBX, "call-established", "1", "1.1"),
        (20, PHONE, "call-established", "", ""),
        (9000, PBX, "call-held", "1", "1.1"),
        (10, PHONE, "call-held", "", ""),
        (9000, PBX, "outgoing-call", "2", "1.2"),
        (20, PHONE, "outgoing-call", "", ""),
        (9000, PBX, "call-terminated", "1", "1.1"),
        (20, PHONE, "call-terminated", "", ""),
    ]);
    assert_eq!(
        course.last().map(String::as_str),
        Some("1 Finished"),
        "{course:?}"
    );
    assert_eq!(news.last().map(String::as_str), Some("pbx call-terminated"));
}

#[test]
fn a_phone_that_tells_a_part_repeats_only_that() {
    let (course, news) = play(&[
        (0, PBX, "incoming-call", "1", "1.1"),
        (3000, PBX, "answered-elsewhere", "1", "1.1"),
        (50, PHONE, "missed-call", "1", ""),
    ]);
    assert_eq!(course, ["1 Incoming Ringing 1", "1 Elsewhere"]);
    assert_eq!(
        news,
        ["pbx incoming-call", "pbx answered-elsewhere"],
        "the phone does not know better"
    );
    let (_, news) = play(&[
        (0, PBX, "incoming-call", "1", "1.1"),
        (3000, PBX, "missed-call", "1", "1.1"),
        (60_000, PHONE, "missed-call", "1", ""),
    ]);
    assert_eq!(news.len(), 3, "a minute later it is another one");
}

#[test]
fn the_pbx_sees_the_other_side_change() {
    let (course, news) = play(&[
        (0, PBX, "incoming-call", "1", "1.1"),
        (1000, PBX, "call-established", "1", "1.1"),
        (1000, PBX, "call-established", "2", "1.1"),
        (1000, PHONE, "call-terminated", "1", ""),
    ]);
    assert_eq!(
        course,
        [
            "1 Incoming Ringing 1",
            "1 Incoming Talking 1",
            "1 Incoming Talking 2",
            "1 Finished"
        ]
    );
    assert_eq!(
        news,
        [
            "pbx incoming-call",
            "pbx call-established",
            "phone call-terminated"
        ]
    );
}

#[test]
fn the_handset_ends_nothing_that_the_pbx_knows_better() {
    let (course, _) = play(&[
        (0, PBX, "outgoing-call", "1", "1.1"),
        (1000, PBX, "call-established", "1", "1.1"),
        (1000, PHONE, "onhook", "", ""),
    ]);
    assert_eq!(course, ["1 Outgoing Ringing 1", "1 Outgoing Talking 1"]);
}

fn report(source: Source, user: &str, action: &str, reference: &str) -> Report {
    Report {
        dialed: None,
        own_number: None,
        source,
        user: Arc::from(user),
        action: Action::from_name(action).expect("an action's name"),
        peer: None,
        reference: Some(Arc::from(reference)),
        linked: None,
        queue: None,
    }
}

#[test]
fn what_is_found_is_no_news() {
    let mut board = Board::new();
    let changes = board.apply(
        Event::Found(report(PBX, "bob", "incoming-call", "1")),
        Timestamp(1),
    );
    assert!(matches!(
        changes[0].kind,
        ChangeKind::Reported { repeats: true, .. }
    ));
    assert!(matches!(changes[2].kind, ChangeKind::CallBegan(_)));
}

#[test]
fn a_source_that_is_gone_takes_along_what_only_it_told() {
    let mut board = Board::new();
    let device = |user: &str| Event::Device {
        source: Source::Asterisk,
        user: Arc::from(user),
        device: Device::Busy,
    };
    board.apply(device("bob"), Timestamp(1));
    board.apply(device("eve"), Timestamp(1));
    board.apply(report(PBX, "bob", "incoming-call", "1.1"), Timestamp(1));
    board.apply(report(PBX, "eve", "incoming-call", "1.2"), Timestamp(1));
    board.apply(report(PHONE, "eve", "incoming-call", "a"), Timestamp(2));
    board.apply(report(PHONE, "joe", "incoming-call", "b"), Timestamp(2));
    let gone = Event::Gone {
        source: PBX,
        user: Arc::from("bob"),
    };
    let changes = board.apply(gone.clone(), Timestamp(3));
    assert!(matches!(
        changes[0].kind,
        ChangeKind::CallEnded(_, Outcome::Untold)
    ));
    assert!(matches!(changes[1].kind, ChangeKind::LineDropped));
    assert_eq!(board.apply(gone, Timestamp(3)), []);
    let seen = QueueReport {
        source: Source::Asterisk,
        queue: Arc::from("support"),
        event: QueueEvent::Seen,
    };
    board.apply(Event::Queue(seen), Timestamp(3));
    let changes = board.apply(Event::Cleared(PBX), Timestamp(4));
    assert!(matches!(
        changes[0].kind,
        ChangeKind::Line(LineState { device: None, .. })
    ));
    assert!(matches!(
        changes[1].kind,
        ChangeKind::Queue(QueueChange::Gone)
    ));
    assert_eq!(changes.len(), 2);
    let snapshot = board.snapshot();
    let lines: Vec<_> = snapshot
        .lines
        .iter()
        .map(|line| (&*line.user, line.calls.len()))
        .collect();
    assert_eq!(
        (lines, snapshot.queues),
        (vec![("eve", 1), ("joe", 1)], Vec::new())
    );
}

#[test]
fn who_tells_of_a_line_and_of_each_call_is_shown() {
    let mut board = Board::new();
    let mut at = 0;
    let mut step = |event: Event| {
        at += 1;
        let before = board.sequence();
        board.apply(event, Timestamp(at));
        // Viewers are told whatever it is that changed.
        let delta = board.since(before, 0);
        let shown = board.snapshot().lines;
        if before > 0 {
            assert_eq!(delta.lines.len(), shown.len(), "step {at}");
        }
        let sources = |tellers: Tellers| {
            let own = Source::ALL
                .into_iter()
                .filter(|source| tellers.has(*source));
            own.map(Source::name).collect::<Vec<_>>().join("+")
        };
        let line = shown.first()?;
        let calls = line.call_sources.iter().map(|one| sources(*one));
        Some((sources(line.sources), calls.collect::<Vec<_>>()))
    };
    let seen = |line: &str, calls: &[&str]| {
        Some((
            line.to_owned(),
            calls.iter().map(ToString::to_string).collect(),
        ))
    };
    let user: Name = Arc::from("bob");
    let device = Event::Device {
        source: PBX,
        user: Arc::clone(&user),
        device: Device::Free,
    };
    assert_eq!(step(device), seen("Asterisk", &[]));
    let rings = |source, id| report(source, "bob", "incoming-call", id).into();
    assert_eq!(step(rings(PBX, "1.1")), seen("Asterisk", &["Asterisk"]));
    // The same call, and then another one.
    let both = &["phone+Asterisk"][..];
    assert_eq!(step(rings(PHONE, "a")), seen("phone+Asterisk", both));
    let two = &["phone+Asterisk", "phone"][..];
    assert_eq!(step(rings(PHONE, "b")), seen("phone+Asterisk", two));
    let lost = Event::Lost(report(PBX, "bob", "call-terminated", "1.1"));
    assert_eq!(step(lost), seen("phone+Asterisk", &["phone", "phone"]));
    let details = |source| Event::Details {
        source,
        user: Arc::clone(&user),
        details: Details::default(),
    };
    let phones = &["phone", "phone"][..];
    assert_eq!(step(details(PBX)), seen("phone+Asterisk", phones));
    assert_eq!(
        step(details(Source::Ovh)),
        seen("phone+Asterisk+OVH", phones)
    );
    let gone = |source| Event::Gone {
        source,
        user: Arc::clone(&user),
    };
    assert_eq!(step(gone(Source::Ovh)), seen("phone+Asterisk", phones));
    assert_eq!(step(gone(PBX)), seen("phone", phones));
    assert_eq!(step(gone(PHONE)), None);
}

#[test]
fn what_a_line_is_in_is_unknown_while_its_pbx_is_gone_unless_its_phone_tells_of_a_call() {
    let mut board = Board::new();
    let gone = Tellers::default().and(PBX);
    let is_unknown = |board: &Board| board.snapshot().lines[0].is_unknown(gone);
    board.apply(report(PHONE, "bob", "dnd-on", ""), Timestamp(1));
    assert!(!is_unknown(&board), "no PBX tells of it");
    board.apply(report(PBX, "bob", "incoming-call", "1.1"), Timestamp(2));
    assert!(is_unknown(&board));
    assert!(!board.snapshot().lines[0].is_unknown(Tellers::default()));
    board.apply(report(PHONE, "bob", "incoming-call", "a"), Timestamp(3));
    assert!(!is_unknown(&board));
}
