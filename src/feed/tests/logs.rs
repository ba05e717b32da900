//! What is logged.

use std::fmt::{self, Write as _};

use tracing::field::{Field, Visit};
use tracing::span;

use super::*;
use crate::feed::CloseCode;

/// Keeps each event as a line of its fields.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, "{field}={value:?};").unwrap();
    }
}

impl tracing::Subscriber for Lines {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target().contains("feed") && *metadata.level() <= tracing::Level::INFO
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[tokio::test(start_paused = true)]
async fn who_comes_and_goes_is_logged_with_the_number_of_clients() {
    let lines = Lines::default();
    // With a single subscriber in the process, tracing asks the thread that comes to an event first whether anybody
    // wants it, and that may be another test's.
    let _second = tracing::Dispatch::new(Lines::default());
    let _guard = tracing::subscriber::set_default(lines.clone());
    let (_office, feed) = office(&["alice"]);
    let logged = |expected: [&str; 2]| {
        let lines = std::mem::take(&mut *lines.0.lock().unwrap());
        assert_eq!(lines.len(), 1, "{lines:?}");
        for part in expected.into_iter().chain(["address=\"192.0.2.7\";"]) {
            assert!(lines[0].contains(part), "{part} in {lines:?}");
        }
    };
    let mut first = Desk::open(&feed, 4096);
    logged(["clients=1;", "came"]);
    let mut second = Desk::open(&feed, 4096);
    logged(["clients=2;", "came"]);
    let third = Desk::open(&feed, 4096);
    logged(["clients=3;", "came"]);
    settle().await;
    drop(third);
    settle().await;
    logged(["clients=2;", "left without a word"]);
    first.send(CLOSE, b"\x03\xE8").await;
    settle().await;
    logged(["clients=1;", "the client closed it (1000)"]);
    second.send(0x3, b"").await;
    second.connection.shutdown().await.unwrap();
    settle().await;
    logged(["clients=0;", "an opcode that is reserved (1002)"]);
    let _fourth = Desk::open(&feed, 4096);
    logged(["clients=1;", "came"]);
    let limit = Duration::from_secs(1);
    feed.close_all(CloseCode::GOING_AWAY, "the plugin stops", limit)
        .await;
    logged(["clients=0;", "closed: the plugin stops (1001)"]);
    let _stuck = Desk::open(&feed, 4);
    logged(["clients=1;", "came"]);
    tokio::time::sleep(Duration::from_secs(61)).await;
    logged(["clients=0;", "took nothing for 60 s"]);
}
