//! What is logged.

use std::fmt::{self, Write as _};

use tracing::field::{Field, Visit};
use tracing::span;

use super::*;

/// Keeps each event of calls as a line of its fields.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, "{field}={value:?};").expect("a string has room");
    }
}

impl tracing::Subscriber for Lines {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target().contains("calls") && *metadata.level() <= tracing::Level::INFO
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        lock(&self.0).push(line.0);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[tokio::test(start_paused = true)]
async fn every_call_is_logged_with_who_asked_and_no_text_is() {
    let lines = Lines::default();
    // With a single subscriber in the process, tracing asks the thread that comes to an event first whether anybody
    // wants it, and that may be another test's.
    let _second = tracing::Dispatch::new(Lines::default());
    let _guard = tracing::subscriber::set_default(lines.clone());
    let (calls, _, exchange) = office().await;
    let logged = |expected: &[&str]| {
        let lines = std::mem::take(&mut *lock(&lines.0));
        assert_eq!(lines.len(), 1, "{lines:?}");
        for part in expected {
            assert!(lines[0].contains(part), "{part} in {lines:?}");
        }
        lines
    };
    calls.call(&alice(), "0240404040").await.unwrap();
    settle().await;
    logged(&["call=1;", "asker=@alice;", "from=6001;", "to=90240404040;"]);
    exchange.tell(0, Progress::Failed(Leg::Other, Failure::Busy));
    settle().await;
    logged(&[
        "call=1;",
        "asker=@alice;",
        "to=90240404040;",
        "outcome=the other side is busy;",
    ]);
    calls
        .text(&alice(), "6002", "for your eyes only")
        .await
        .unwrap();
    let lines = logged(&["asker=@alice;", "to=6002;", "parts=1;"]);
    assert!(!lines[0].contains("eyes"));
    let pause = || AgentAction::Pause { reason: None };
    let queue = Some("support");
    calls.agent(&alice(), &[], queue, pause()).await.unwrap();
    logged(&["asker=@alice;", "action=\"pause\";", "queues=support;"]);
    let why = "nothing listens at pbx, port 5038";
    *lock(&exchange.refusal) = Some(Refusal::NotConnected(why.to_owned()));
    // What came before counts for a minute.
    sleep(Duration::from_secs(60)).await;
    let asked = calls.agent(&alice(), &[], queue, pause()).await;
    asked.unwrap_err();
    logged(&[
        "asker=@alice;",
        "outcome=Asterisk is not connected: nothing listens at pbx, port 5038.;",
    ]);
}
