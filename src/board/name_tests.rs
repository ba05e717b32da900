//! What outside numbers are called becomes known while calls go on.

use super::*;

fn call(user: &str, peer: Peer) -> Report {
    Report {
        dialed: None,
        own_number: None,
        source: Source::Phone,
        user: Arc::from(user),
        action: Action::Call(CallAction::IncomingCall),
        peer: Some(peer),
        reference: Some(Arc::from(user)),
        linked: None,
        queue: None,
    }
}

fn miller(number: &str) -> Peer {
    Peer {
        label: Some(Name::from("Miller")),
        ..Peer::new(number)
    }
}

/// Whose calls changed, and who is on them now.
fn shown(changes: &[Change]) -> Vec<(&str, &str)> {
    let one = |change: &'_ Change| match &change.kind {
        ChangeKind::CallChanged(call) => call.peer.as_ref().map(Peer::shown).map(str::to_owned),
        other => panic!("{other:?}"),
    };
    let shown = changes.iter().map(|change| {
        assert_eq!(one(change).as_deref(), Some("Miller"));
        (&*change.subject, "Miller")
    });
    shown.collect()
}

#[test]
fn all_calls_with_a_number_get_its_name() {
    let mut board = Board::new();
    let told = Peer {
        international: Some(Arc::from("+49301234567")),
        ..Peer::new("90301234567")
    };
    let alice = Peer {
        name: Some(Name::from("alice")),
        ..Peer::new("030 1234567")
    };
    for (user, peer) in [
        ("ann", Peer::new("030 1234567")),
        ("bob", told),
        ("eve", Peer::new("030 7654321")),
        ("joe", alice),
    ] {
        board.apply(call(user, peer), Timestamp(1));
    }
    let named = Peer {
        international: Some(Arc::from("+49301234567")),
        ..miller("+49301234567")
    };
    let changes = board.apply(Event::Named(named.clone()), Timestamp(2));
    assert_eq!(shown(&changes), [("ann", "Miller"), ("bob", "Miller")]);
    assert_eq!(board.apply(Event::Named(named), Timestamp(3)), []);
}

#[test]
fn a_name_stays_when_a_source_tells_the_number_again() {
    let mut board = Board::new();
    let asterisk = |action, number| Report {
        source: Source::Asterisk,
        action: Action::Call(action),
        ..call("bob", Peer::new(number))
    };
    board.apply(
        asterisk(CallAction::IncomingCall, "0301234567"),
        Timestamp(1),
    );
    board.apply(Event::Named(miller("0301234567")), Timestamp(2));
    let answered = asterisk(CallAction::CallEstablished, "0301234567");
    let changes = board.apply(answered, Timestamp(3));
    assert_eq!(shown(&changes[1..]), [("bob", "Miller")]);
    // Transferred to somebody else, who is not Miller.
    let changes = board.apply(
        asterisk(CallAction::CallEstablished, "0309999999"),
        Timestamp(4),
    );
    let ChangeKind::CallChanged(call) = &changes[1].kind else {
        panic!("{changes:?}");
    };
    assert_eq!(call.peer.as_ref().map(Peer::shown), Some("0309999999"));
}

#[test]
fn sources_that_write_a_number_in_two_ways_mean_one_call_where_a_country_tells() {
    let mut board = Board::new();
    let peer = |number: &str| Peer {
        international: Some(Arc::from("+5491123456789")),
        ..Peer::new(number)
    };
    // In Argentina a mobile's number is written with 15 inside the country and with 9 outside.
    board.apply(call("bob", peer("011 15 2345-6789")), Timestamp(1));
    let second = Report {
        source: Source::Asterisk,
        reference: Some(Arc::from("1.1")),
        ..call("bob", peer("+5491123456789"))
    };
    board.apply(second, Timestamp(100_000));
    assert_eq!(board.snapshot().lines[0].calls.len(), 1);
}
