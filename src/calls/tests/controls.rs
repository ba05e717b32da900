//! Orders about calls that are there.

use super::*;
use crate::board::{Action, Board, Report, Source, Timestamp};

/// What happens to a line: its name, what, and the call's id.
type Told = (&'static str, &'static str, &'static str);

const ALICE_IS_CALLED: Told = ("alice", "incoming-call", "a");
const ALICE_TALKS: Told = ("alice", "call-established", "a");
const BOB_IS_CALLED: Told = ("bob", "incoming-call", "b");

/// A board on which these happened to lines.
fn board(told: &[Told]) -> crate::board::Snapshot {
    let mut board = Board::new();
    for (at, (line, action, reference)) in told.iter().enumerate() {
        let report = Report {
            source: Source::Asterisk,
            user: (*line).into(),
            action: Action::from_name(action).expect("an action"),
            peer: None,
            reference: Some((*reference).into()),
            linked: None,
            queue: None,
            dialed: None,
            own_number: None,
        };
        board.apply(report, Timestamp(10_000 * at as u64));
    }
    board.snapshot()
}

fn wish(line: &str, call: u64, control: Control) -> Wish<'_> {
    Wish {
        line,
        call,
        control,
        to: "6002",
        with: None,
    }
}

#[tokio::test(start_paused = true)]
async fn only_ones_own_calls_are_changed() {
    let (calls, _, exchange) = office().await;
    let board = board(&[ALICE_IS_CALLED, ALICE_TALKS, BOB_IS_CALLED]);
    let ask = async |wish| calls.control(&alice(), &board, wish).await;
    let (kind, said) = denied(ask(wish("bob", 2, Control::Hangup)).await);
    assert_eq!(kind, DeniedKind::Forbidden);
    assert!(said.contains("not yours"), "{said}");
    for forged in [0, 2, 3, u64::MAX] {
        let (kind, said) = denied(ask(wish("alice", forged, Control::Hangup)).await);
        assert_eq!(kind, DeniedKind::NotFound, "{forged}: {said}");
    }
    let (kind, _) = denied(ask(wish("nobody", 1, Control::Pickup)).await);
    assert_eq!(kind, DeniedKind::NotFound);
    let mut guest = alice();
    guest.guest = true;
    let (kind, _) = denied(
        calls
            .control(&guest, &board, wish("alice", 1, Control::Hangup))
            .await,
    );
    assert_eq!(kind, DeniedKind::Forbidden);
    assert!(lock(&exchange.orders).is_empty());

    // However the line is written.
    assert_eq!(
        ask(wish("@Alice", 1, Control::Hangup)).await,
        Ok(Controlled::HungUp)
    );
    let orders = lock(&exchange.orders).clone();
    let [(key, Order::Hangup)] = &orders[..] else {
        panic!("{orders:?}")
    };
    assert_eq!((&*key.line, key.reference.as_deref()), ("alice", Some("a")));
}

#[tokio::test(start_paused = true)]
async fn a_call_must_be_in_the_right_state() {
    let (calls, _, exchange) = office().await;
    let board = board(&[
        ALICE_IS_CALLED,
        BOB_IS_CALLED,
        ("bob", "call-established", "b"),
        ("alice", "incoming-call", "c"),
        ("alice", "call-established", "c"),
    ]);
    let ask = async |wish| calls.control(&alice(), &board, wish).await;
    for control in [Control::Transfer, Control::Park, Control::Join] {
        let (kind, said) = denied(ask(wish("alice", 1, control)).await);
        assert_eq!(kind, DeniedKind::NotNow, "{said}");
    }
    let (kind, _) = denied(ask(wish("alice", 3, Control::Refuse)).await);
    assert_eq!(kind, DeniedKind::NotNow);
    let (kind, _) = denied(ask(wish("bob", 2, Control::Pickup)).await);
    assert_eq!(kind, DeniedKind::NotNow, "it was answered");
    let (kind, _) = denied(ask(wish("alice", 1, Control::Pickup)).await);
    assert_eq!(kind, DeniedKind::BadInput, "it is one's own");
    for with in [None, Some(1), Some(2), Some(3)] {
        let wish = Wish {
            with,
            ..wish("alice", 3, Control::Join)
        };
        let (kind, said) = denied(ask(wish).await);
        assert!(
            matches!(kind, DeniedKind::BadInput | DeniedKind::NotFound),
            "{said}"
        );
    }
    assert!(lock(&exchange.orders).is_empty());
    assert_eq!(
        ask(wish("alice", 1, Control::Refuse)).await,
        Ok(Controlled::Refused)
    );
    let parked = ask(wish("alice", 3, Control::Park)).await.expect("parked");
    assert_eq!(
        parked.sentence(Language::English),
        "The call is parked: dial 701 at any phone to take it back."
    );
}

#[tokio::test(start_paused = true)]
async fn a_transfer_goes_where_calls_may_go() {
    let (calls, _, exchange) = office().await;
    let board = board(&[ALICE_IS_CALLED, ALICE_TALKS]);
    let to = async |to| {
        let wish = Wish {
            to,
            ..wish("alice", 1, Control::Transfer)
        };
        calls.control(&alice(), &board, wish).await
    };
    for (number, kind) in [
        ("", DeniedKind::BadInput),
        ("1100", DeniedKind::Forbidden),
        ("*97", DeniedKind::Forbidden),
        ("6001", DeniedKind::BadInput),
        ("6002\r\nAction: Logoff", DeniedKind::BadInput),
        ("@nobody", DeniedKind::NotFound),
    ] {
        assert_eq!(denied(to(number).await).0, kind, "{number}");
    }
    assert!(lock(&exchange.orders).is_empty());
    let sent = to("0240404040").await.expect("sent on");
    assert_eq!(
        sent.sentence(Language::English),
        "The call was sent on to 0240404040."
    );
    let dialled = Dial::new("90240404040").expect("a number");
    assert_eq!(lock(&exchange.orders)[0].1, Order::Transfer(dialled));
}

#[tokio::test(start_paused = true)]
async fn orders_count_as_what_they_cost() {
    let (calls, _, exchange) = office().await;
    let board = board(&[ALICE_IS_CALLED, ALICE_TALKS, BOB_IS_CALLED]);
    let ask = async |wish| calls.control(&alice(), &board, wish).await;
    // Three calls a minute are allowed: a transfer is one, as is a pickup.
    assert!(ask(wish("alice", 1, Control::Transfer)).await.is_ok());
    assert!(ask(wish("bob", 2, Control::Pickup)).await.is_ok());
    assert!(calls.call(&alice(), "6002").await.is_ok());
    let (kind, _) = denied(ask(wish("alice", 1, Control::Transfer)).await);
    assert!(matches!(kind, DeniedKind::TooMany(_)), "{kind:?}");
    for _ in 0..3 * CONTROLS_PER_CALL {
        assert!(ask(wish("alice", 1, Control::Hangup)).await.is_ok());
    }
    let (kind, _) = denied(ask(wish("alice", 1, Control::Hangup)).await);
    assert!(matches!(kind, DeniedKind::TooMany(_)), "{kind:?}");
    let ordered = exchange.orders();
    assert_eq!(ordered[0].picks_up.as_deref(), Some("PJSIP/bob-1"));
    assert_eq!(ordered[0].from.as_str(), "6001");
    assert_eq!(ordered[1].picks_up, None);
}

#[tokio::test(start_paused = true)]
async fn what_asterisk_says_is_told_in_words() {
    let (calls, _, exchange) = office().await;
    let board = board(&[ALICE_IS_CALLED, ALICE_TALKS]);
    for (refusal, kind, says) in [
        (
            Refusal::Rejected("No such channel".to_owned()),
            DeniedKind::NotFound,
            "is over",
        ),
        (
            Refusal::Impossible(Impossible::UnknownCall),
            DeniedKind::NotNow,
            "does not know this call",
        ),
        (Refusal::MissingRight("call"), DeniedKind::Refused, "call"),
        (Refusal::NoAnswer, DeniedKind::Unknown, "did not answer"),
        (
            Refusal::NotConnected("10.0.0.1 refuses".to_owned()),
            DeniedKind::Unavailable,
            "nothing was changed",
        ),
    ] {
        *lock(&exchange.refusal) = Some(refusal);
        let told = calls
            .control(&alice(), &board, wish("alice", 1, Control::Hangup))
            .await;
        let (found, said) = denied(told);
        assert_eq!(found, kind, "{said}");
        assert!(said.contains(says) && !said.contains("10.0.0.1"), "{said}");
    }
}
