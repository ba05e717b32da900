//! What is logged, for tests.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::field::{Field, Visit};
use tracing::subscriber::DefaultGuard;
use tracing::{Dispatch, Level, Metadata, span};

/// Keeps what one part logs: warnings, errors, and what it tells besides.
#[derive(Clone)]
pub(crate) struct Logged {
    part: &'static str,
    lines: Arc<Mutex<Vec<Line>>>,
}

/// A line of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) message: String,
    /// What stands beside it, as `name=value` with a space before each.
    pub(crate) fields: String,
}

/// Listens until it is dropped.
pub(crate) struct Listening {
    _guard: DefaultGuard,
    _second: Dispatch,
}

impl Logged {
    /// What the modules log whose path has `part` in it, on this thread, for as long as the guard is kept.
    pub(crate) fn of(part: &'static str) -> (Self, Listening) {
        let new = || Self {
            part,
            lines: Arc::default(),
        };
        let logged = new();
        let listening = Listening {
            // With a single subscriber in the process, tracing asks the thread that comes to an event first whether anybody wants it, and
            // that may be another test's.
            _second: Dispatch::new(new()),
            _guard: tracing::subscriber::set_default(logged.clone()),
        };
        (logged, listening)
    }

    /// What was logged since this was asked last.
    pub(crate) fn take(&self) -> Vec<Line> {
        std::mem::take(&mut *self.lines())
    }

    /// The same, without what stands beside the messages.
    pub(crate) fn messages(&self) -> Vec<String> {
        self.take().into_iter().map(|line| line.message).collect()
    }

    fn lines(&self) -> MutexGuard<'_, Vec<Line>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.message = format!("{value:?}");
        } else {
            self.fields += &format!(" {}={value:?}", field.name());
        }
    }
}

impl tracing::Subscriber for Logged {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().contains(self.part) && *metadata.level() <= Level::INFO
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        self.lines().push(line);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}
