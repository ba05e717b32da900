//! What is logged of a server that fails, and what is told to whoever asks.

use std::fmt;
use std::sync::Mutex;

use tracing::field::{Field, Visit};
use tracing::span;

use super::*;

/// Keeps what is logged of statuses: warnings, and that they are over.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

struct Words<'a>(&'a mut Vec<String>);

impl Visit for Words<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0.push(format!("{value:?}"));
        }
    }
}

impl tracing::Subscriber for Lines {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target().contains("sinks::status") && *metadata.level() <= tracing::Level::INFO
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut Words(&mut lock(&self.0)));
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[tokio::test(start_paused = true)]
async fn failures_are_logged_again_once_they_were_over() {
    let lines = Lines::default();
    // With a single subscriber in the process, tracing asks the thread that comes to an event first whether anybody wants it, and that
    // may be another test's.
    let _second = tracing::Dispatch::new(Lines::default());
    let _guard = tracing::subscriber::set_default(lines.clone());
    let mut house = House::new().await;
    let logged = || std::mem::take(&mut *lock(&lines.0));
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
