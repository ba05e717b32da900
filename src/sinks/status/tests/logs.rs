//! What is logged of a server that fails, and what is told to whoever asks.

use super::*;
use crate::logged::Logged;

#[tokio::test(start_paused = true)]
async fn failures_are_logged_again_once_they_were_over() {
    let (lines, _listening) = Logged::of("sinks::status");
    let mut house = House::new().await;
    let logged = || lines.messages();
    for name in ["alice", "bob"] {
        house.server.person(name);
    }
    for (method, first) in [
        ("custom_status", "a person's status cannot be seen to"),
        ("user_by_name", "it cannot be found out whose line it is"),
        ("custom_status", "a person's status cannot be seen to"),
    ] {
        assert_eq!(logged(), [""; 0]);
        house.server.fail(method, HostErrorKind::Transient);
        house.call("alice", "1").await;
        house.call("bob", "1").await;
        sleep(Duration::from_secs(60)).await;
        // Of all that fail at once, one.
        let expected = format!("{first}, which will be tried again");
        assert_eq!(logged(), [expected], "{method}");
        house.server.mend();
        sleep(LONG).await;
        let over = ["people's statuses can be seen to again"];
        assert_eq!(logged(), over, "{method}");
        house.hang_up("alice", "1").await;
        house.hang_up("bob", "1").await;
        // Who the lines are is asked for again after a while.
        sleep(HOUR).await;
    }
}

#[tokio::test(start_paused = true)]
async fn who_asks_for_do_not_disturb_is_told_their_own_error() {
    let mut house = House::new().await;
    house.server.person("alice");
    let bob = house.server.person("bob");
    house.server.fail("custom_status", HostErrorKind::Permanent);
    house.call("alice", "1").await;
    sleep(LONG).await;
    house.server.mend();
    house.server.fail("set_timed_dnd", HostErrorKind::Permanent);
    let outcome = house.statuses().set_dnd(&bob.id, Dnd::On).await;
    let expected = "set_timed_dnd is Permanent".to_owned();
    assert_eq!(outcome, DndOutcome::Failed(expected));
}
