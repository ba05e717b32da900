use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn event(user: &str, action: &str) -> Report {
    Report {
        dialed: None,
        own_number: None,
        source: crate::board::Source::Phone,
        user: Arc::from(user),
        action: Action::from_name(action).expect("an action's name"),
        peer: None,
        reference: None,
        linked: None,
        queue: None,
    }
}

fn call(user: &str, action: &str, number: &str, reference: &str) -> Report {
    let some = |text: &str| (!text.is_empty()).then(|| Arc::from(text));
    Report {
        peer: some(number).map(Peer::new),
        reference: some(reference),
        ..event(user, action)
    }
}

/// Applies events a second apart, and gives bob's calls as words.
fn calls_after(events: &[Report]) -> Vec<String> {
    let mut board = Board::new();
    for (second, event) in events.iter().enumerate() {
        board.apply(event.clone(), Timestamp(1000 * second as u64));
    }
    let snapshot = board.snapshot();
    let calls = snapshot.lines.iter().flat_map(|line| &line.calls);
    calls
        .map(|call| {
            let peer = call.peer.as_ref().map_or("-", |peer| peer.shown());
            format!("{:?} {:?} {peer}", call.direction, call.state)
        })
        .collect()
}

#[test]
fn every_phone_action_is_remembered() {
    let mut board = Board::new();
    for (action, check) in [
        ("dnd-on", (|s| s.dnd) as fn(LineState) -> bool),
        ("dnd-off", |s| !s.dnd),
        ("offhook", |s| s.off_hook),
        ("onhook", |s| !s.off_hook),
        ("paused-on", |s| s.paused),
        ("paused-off", |s| !s.paused),
        ("login", |s| s.logged_in),
        ("logout", |s| !s.logged_in),
        ("agent-login", |s| s.agent_logged_in),
        ("agent-logout", |s| !s.agent_logged_in),
        ("answering-call", |_| true),
    ] {
        let changes = board.apply(event("bob", action), Timestamp(7));
        assert!(matches!(
            changes[0].kind,
            ChangeKind::Reported { repeats: false, .. }
        ));
        let line = board.snapshot().lines[0].state;
        assert!(check(line), "{action}");
        assert_eq!(line.last_action.map(PhoneAction::name), Some(action));
        assert_eq!(line.last_action_at, Some(Timestamp(7)));
    }
    let last = board.apply(event("bob", "dnd-on"), Timestamp(8));
    assert_eq!(last.len(), 2);
    assert!(matches!(
        last[1].kind,
        ChangeKind::Line(LineState { dnd: true, .. })
    ));
}

#[test]
fn call_actions_leave_the_last_phone_action_alone() {
    let mut board = Board::new();
    board.apply(event("bob", "dnd-on"), Timestamp(1));
    board.apply(call("bob", "incoming-call", "123", ""), Timestamp(2));
    board.apply(call("eve", "incoming-call", "123", ""), Timestamp(2));
    let lines = board.snapshot().lines;
    assert_eq!(lines[0].state.last_action, Some(PhoneAction::DndOn));
    assert_eq!(lines[1].state.last_action, None);
}

/// A board of thousands of lines that had a few calls each held more of what was over than of all else: 4 KB a line.
#[test]
fn each_line_kept_eight_ended_calls_and_room_for_four_for_ever() {
    let mut board = Board::new();
    let room = |board: &Board| {
        let rooms = board.lines.values().map(Line::room);
        rooms.fold((0, 0), |(calls, ended), line| {
            (calls + line.0, ended + line.1)
        })
    };
    let mut now = Timestamp(1_000_000);
    for number in 0..30 {
        for action in ["incoming-call", "call-established", "call-terminated"] {
            let (user, id) = (format!("line{}", number % 3), number.to_string());
            board.apply(call(&user, action, "123", &id), now);
            if action == "incoming-call" {
                assert_eq!(room(&board).0, 1, "a call has room, and no other");
            }
        }
        now = now.after(1000);
    }
    // Somebody may still be late for those of three seconds.
    assert_eq!(room(&board), (0, 3));
    board.apply(event("amy", "dnd-on"), now.after(calls::LATE));
    assert_eq!(room(&board), (0, 0));
    assert_eq!(kept(&board).ends.0.len(), 0);
    assert_eq!(board.history().count(), 30);
}

#[test]
fn a_call_is_followed_by_its_id() {
    let events = [
        call("bob", "incoming-call", "123", "a"),
        call("bob", "incoming-call", "123", "b"),
        call("bob", "call-established", "", "a"),
        call("bob", "call-held", "", "a"),
        call("bob", "call-established", "", "b"),
    ];
    assert_eq!(
        calls_after(&events),
        ["Incoming Held 123", "Incoming Talking 123"]
    );
}

#[test]
fn a_call_is_followed_by_its_number() {
    let mut events = vec![
        call("bob", "incoming-call", "+33240404040", ""),
        call("bob", "incoming-call", "124", ""),
        call("bob", "call-established", "0240404040", ""),
    ];
    assert_eq!(
        calls_after(&events),
        ["Incoming Talking +33240404040", "Incoming Ringing 124"]
    );
    events.push(call("bob", "missed-call", "124", ""));
    events.push(call("bob", "call-terminated", "0240404040", ""));
    assert_eq!(calls_after(&events), [""; 0]);
}

#[test]
fn a_call_is_followed_by_what_an_event_can_only_mean() {
    let mut events = vec![
        call("bob", "outgoing-call", "124", ""),
        call("bob", "call-established", "", ""),
    ];
    assert_eq!(calls_after(&events), ["Outgoing Talking 124"]);
    events.push(event("bob", "call-held"));
    events.push(event("bob", "call-resumed"));
    assert_eq!(calls_after(&events), ["Outgoing Talking 124"]);
    events.push(event("bob", "call-terminated"));
    assert_eq!(calls_after(&events), [""; 0]);
}

#[test]
fn a_phone_that_knows_only_its_handset_ends_calls_with_it() {
    let mut events = vec![
        call("bob", "incoming-call", "124", ""),
        event("bob", "offhook"),
    ];
    assert_eq!(
        calls_after(&events),
        ["Incoming Ringing 124"],
        "off-hook is not yet a call"
    );
    events.push(call("bob", "incoming-call", "125", ""));
    events.push(event("bob", "onhook"));
    assert_eq!(
        calls_after(&events),
        ["Incoming Ringing 125"],
        "this one still rings"
    );
}

#[test]
fn a_call_whose_handset_was_lifted_and_put_back_counted_as_missed() {
    let mut board = Board::default();
    for (event, at) in [
        (call("bob", "incoming-call", "124", ""), 1_000),
        (event("bob", "offhook"), 5_000),
        (event("bob", "onhook"), 13_000),
    ] {
        board.apply(event, Timestamp(at));
    }
    let ended = board.history().next().expect("it ended");
    let told = (ended.ending, ended.wait, ended.talk);
    assert_eq!(told, (Ending::Answered, 4_000, Some(8_000)));
}

#[test]
fn a_phone_that_reports_ends_keeps_its_calls_on_hook() {
    let events = [
        call("bob", "outgoing-call", "1", "x"),
        call("bob", "call-terminated", "1", "x"),
        call("bob", "incoming-call", "2", "y"),
        event("bob", "offhook"),
        call("bob", "call-established", "2", "y"),
        event("bob", "onhook"),
    ];
    assert_eq!(calls_after(&events), ["Incoming Talking 2"]);
}

#[test]
fn answering_takes_what_rings() {
    let events = [
        call("bob", "incoming-call", "124", ""),
        event("bob", "answering-call"),
    ];
    assert_eq!(calls_after(&events), ["Incoming Talking 124"]);
}

#[test]
fn answering_takes_the_call_it_names() {
    for answered in [
        call("bob", "answering-call", "124", ""),
        call("bob", "answering-call", "", "a"),
        call("bob", "call-established", "", "a"),
    ] {
        let events = [
            call("bob", "incoming-call", "124", "a"),
            call("bob", "incoming-call", "125", "b"),
            answered,
        ];
        assert_eq!(
            calls_after(&events),
            ["Incoming Talking 124", "Incoming Ringing 125"]
        );
    }
    let events = [
        call("bob", "incoming-call", "1", ""),
        call("bob", "call-established", "2", "x"),
        event("bob", "call-established"),
    ];
    assert_eq!(
        calls_after(&events),
        ["Incoming Talking 1", "Unknown Talking 2"]
    );
    let events = [
        call("bob", "outgoing-call", "1", ""),
        event("bob", "answering-call"),
    ];
    assert_eq!(calls_after(&events), ["Outgoing Ringing 1"]);
}

#[test]
fn a_late_event_does_not_bring_a_call_back() {
    let events = [
        call("bob", "incoming-call", "1", "x"),
        call("bob", "call-terminated", "1", "x"),
        call("bob", "call-established", "1", "x"),
    ];
    assert_eq!(calls_after(&events), [""; 0]);
    let events = [
        call("bob", "call-established", "1", "x"),
        call("bob", "incoming-call", "1", "x"),
    ];
    assert_eq!(calls_after(&events), ["Incoming Talking 1"]);
}

#[test]
fn an_id_may_be_used_again() {
    let mut board = Board::new();
    board.apply(call("bob", "incoming-call", "1", "x"), Timestamp(0));
    board.apply(call("bob", "call-terminated", "1", "x"), Timestamp(1000));
    let changes = board.apply(call("bob", "incoming-call", "2", "x"), Timestamp(3001));
    assert!(matches!(
        changes[0].kind,
        ChangeKind::Reported { repeats: false, .. }
    ));
    assert!(matches!(changes[1].kind, ChangeKind::CallBegan(_)));
}

#[test]
fn only_ids_tell_a_repetition() {
    let mut board = Board::new();
    let mut repeats = |event: Report| {
        let changes = board.apply(event, Timestamp(1));
        matches!(changes[0].kind, ChangeKind::Reported { repeats: true, .. })
    };
    assert!(!repeats(call("bob", "incoming-call", "1", "")));
    assert!(
        !repeats(call("bob", "incoming-call", "1", "")),
        "no id, so perhaps another"
    );
    assert!(
        !repeats(call("bob", "incoming-call", "2", "x")),
        "the first with this id"
    );
    assert!(repeats(call("bob", "incoming-call", "2", "x")));
    assert!(!repeats(call("bob", "incoming-call", "2", "")));
    assert!(!repeats(call("bob", "incoming-call", "1", "y")));
    assert!(!repeats(call("bob", "call-terminated", "", "x")));
    assert!(repeats(call("bob", "call-terminated", "", "x")));
    assert!(!repeats(event("bob", "dnd-on")));
    assert!(!repeats(event("bob", "dnd-on")));
}

#[test]
fn silent_calls_expire() {
    let mut board = Board::new();
    board.apply(call("bob", "incoming-call", "1", ""), Timestamp(0));
    board.apply(call("eve", "call-established", "2", ""), Timestamp(0));
    assert_eq!(board.next_expiry(), Some(Timestamp(RINGING_LIMIT)));
    assert_eq!(board.expire(Timestamp(RINGING_LIMIT - 1)), []);
    let changes = board.expire(Timestamp(RINGING_LIMIT));
    let is_expired = |changes: &[Change]| {
        let kinds = [&changes[0].kind, &changes[1].kind];
        changes.len() == 2
            && matches!(
                kinds,
                [
                    ChangeKind::CallEnded(_, Outcome::Expired),
                    ChangeKind::Recorded(_)
                ]
            )
    };
    assert!(is_expired(&changes));
    assert_eq!(board.next_expiry(), Some(Timestamp(TALKING_LIMIT)));
    assert!(is_expired(&board.expire(Timestamp(TALKING_LIMIT))));
    assert_eq!(board.next_expiry(), None);
}

#[test]
fn the_oldest_idle_line_makes_room() {
    let mut board = Board::with_limits(Limits {
        history: 3,
        lines: 2,
        calls_per_line: 1,
    });
    board.apply(call("amy", "incoming-call", "1", ""), Timestamp(1));
    board.apply(event("bob", "dnd-on"), Timestamp(2));
    let changes = board.apply(event("eve", "dnd-on"), Timestamp(3));
    assert_eq!(
        (&*changes[0].subject, &changes[0].kind),
        ("bob", &ChangeKind::LineDropped)
    );
    board.apply(call("eve", "incoming-call", "2", ""), Timestamp(4));
    let changes = board.apply(event("joe", "dnd-on"), Timestamp(5));
    assert!(matches!(
        changes[0].kind,
        ChangeKind::CallEnded(_, Outcome::Displaced)
    ));
    assert_eq!(
        (&*changes[1].subject, &changes[1].kind),
        ("amy", &ChangeKind::LineDropped)
    );
    let users: Vec<_> = board
        .snapshot()
        .lines
        .into_iter()
        .map(|line| line.user)
        .collect();
    assert_eq!(users, [Arc::from("eve"), Arc::from("joe")]);
}

#[test]
fn a_clock_that_goes_back_does_no_harm() {
    let mut board = Board::new();
    board.apply(event("bob", "dnd-on"), Timestamp(10));
    let changes = board.apply(event("bob", "dnd-off"), Timestamp(5));
    assert_eq!(changes[0].at, Timestamp(10));
}

/// Follows a board by its changes alone.
#[derive(Default)]
struct Follower(BTreeMap<Name, LineView>);

impl Follower {
    fn follow(&mut self, change: &Change) {
        let user = &change.subject;
        if let ChangeKind::Line(state) = &change.kind {
            let line = self.0.entry(Arc::clone(user)).or_insert_with(|| LineView {
                user: Arc::clone(user),
                ..LineView::default()
            });
            line.state = *state;
            return;
        }
        if let ChangeKind::Reported { .. }
        | ChangeKind::Queue(_)
        | ChangeKind::Recorded(_)
        | ChangeKind::Day(_) = change.kind
        {
            return; // no line's
        }
        let calls = &mut self
            .0
            .get_mut(user)
            .expect("a line begins with its state")
            .calls;
        let at = |call: &Call| calls.iter().position(|other| other.id == call.id);
        match &change.kind {
            ChangeKind::CallBegan(call) => {
                assert_eq!(at(call), None, "a call begins once");
                calls.push(call.clone());
            }
            ChangeKind::CallChanged(call) => {
                let at = at(call).expect("a call that is there");
                assert_ne!(calls[at], *call, "a change changes something");
                calls[at] = call.clone();
            }
            ChangeKind::CallEnded(call, _) => {
                let at = at(call).expect("a call that is there");
                assert_eq!(calls.remove(at), *call);
            }
            ChangeKind::LineDropped => {
                assert!(calls.is_empty(), "calls end before their line");
                self.0.remove(user);
            }
            ChangeKind::Details(_) => panic!("nobody told any"),
            _ => {}
        }
    }
}

fn any_event() -> impl Strategy<Value = (Option<Event>, u64)> {
    let names: Vec<&str> = Action::names().collect();
    let report = (
        "[a-e]",
        proptest::sample::select(names),
        "(|1|2|0240404040|[+]33240404040)",
        "(|x|y|z)",
        any::<bool>(),
    )
        .prop_map(|(user, action, number, reference, by_phone)| Report {
            source: if by_phone {
                Source::Phone
            } else {
                Source::Asterisk
            },
            ..call(&user, action, &number, &reference)
        });
    let device = proptest::sample::select(vec![Device::Free, Device::Busy, Device::Unreachable]);
    let source = proptest::sample::select(vec![Source::Phone, Source::Asterisk]);
    let name = |user: String| -> Name { user.into() };
    let event = prop_oneof![
        16 => report.clone().prop_map(Event::Line),
        4 => report.prop_map(Event::Found),
        4 => ("[a-e]", device).prop_map(move |(user, device)| Event::Device { source: Source::Asterisk,  user: name(user), device }),
        1 => ("[a-e]", source.clone()).prop_map(move |(user, source)| Event::Gone { source, user: name(user) }),
        1 => source.prop_map(Event::Cleared),
    ];
    // Mostly soon after the one before, as when two sources tell of one call.
    let later = prop_oneof![2 => 0..5_000_u64, 1 => 0..RINGING_LIMIT];
    (proptest::option::weighted(0.95, event), later)
}

proptest! {
    #[test]
    fn invariants_hold(steps in proptest::collection::vec(any_event(), 0..80)) {
        let limits = Limits { history: 3,  lines: 4, calls_per_line: 2 };
        let (mut board, mut again) = (Board::with_limits(limits), Board::with_limits(limits));
        let mut follower = Follower::default();
        let (mut now, mut sequence, mut last_id) = (Timestamp(0), 0, 0);
        for (event, later) in steps {
            now = now.after(later);
            let (changes, same) = match event {
                Some(event) => (board.apply(event.clone(), now), again.apply(event, now)),
                None => (board.expire(now), again.expire(now)),
            };
            prop_assert_eq!(&changes, &same, "deterministic");
            for change in &changes {
                sequence += 1;
                prop_assert_eq!(change.sequence, sequence);
                if let ChangeKind::CallBegan(call) = &change.kind {
                    prop_assert!(call.id > last_id, "ids are never used again");
                    last_id = call.id;
                }
                follower.follow(change);
            }
            let snapshot = board.snapshot();
            prop_assert_eq!(snapshot.sequence, sequence);
            prop_assert!(snapshot.lines.len() <= limits.lines);
            prop_assert!(snapshot.lines.iter().all(|line| line.calls.len() <= limits.calls_per_line));
            prop_assert!(snapshot.lines.is_sorted_by(|a, b| a.user < b.user));
            let followed: Vec<_> = follower.0.values().cloned().collect();
            // But for who tells of what.
            let bare = |line: &LineView| LineView { sources: Tellers::default(), call_sources: Vec::new(), ..line.clone() };
            let lines: Vec<_> = snapshot.lines.iter().map(bare).collect();
            prop_assert_eq!(&lines, &followed, "changes alone rebuild the board");
            let calls = snapshot.lines.iter().map(|line| line.calls.len()).sum::<usize>();
            prop_assert_eq!(board.expiries.0.len(), calls, "every call's time is kept once");
            let ends = board.lines.iter().filter_map(|(user, line)| Some((line.last_end()?, Arc::clone(user))));
            prop_assert_eq!(&board.ends.0, &ends.collect(), "and when the last one ended");
            let late = board.lines.values().filter_map(Line::last_end).find(|at| at.after(calls::LATE) < board.now);
            prop_assert_eq!(late, None, "nothing is remembered that nobody is late for");
        }
        board.expire(now.after(2 * TALKING_LIMIT));
        prop_assert!(board.snapshot().lines.iter().all(|line| line.calls.is_empty()));
        prop_assert_eq!(board.next_expiry(), None);
    }
}
