//! Logging: [`tracing`] events as lines on stderr, in the form of HashiCorp's hclog.
//!
//! The host reads the plugin's stderr line by line. A line that is a JSON object with `@level`,
//! `@message` and `@timestamp` arrives in Mattermost's log with its level; every other key is
//! a field. Mattermost 11 keeps the fields apart, 9.11 writes them in one piece behind the message:
//! say in the message what must be understood from it alone.
//!
//! ```no_run
//! mattermost_plugin::log::init(tracing::level_filters::LevelFilter::INFO)?;
//! tracing::info!(user = "alice", "the phone rings");
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! writes
//!
//! ```json
//! {"@level":"info","@message":"the phone rings","@module":"mine","@timestamp":"2026-11-21T02:40:00.123456Z","user":"alice"}
//! ```
//!
//! - The fields of the spans around an event are its own too; the nearest wins.
//! - Numbers and booleans stay what they are, as long as a float64 holds them; all else is text,
//!   made by the value's own `Display` or `Debug`: a type that guards a secret guards it here.
//! - Control characters are escaped; messages, values and lines are bounded ([`MAX_VALUE_BYTES`],
//!   [`MAX_LINE_BYTES`], [`MAX_FIELDS`]).
//! - Logging never waits: lines go through a queue of [`MAX_QUEUED_BYTES`] to a thread of their
//!   own, since a write to a pipe that nobody reads would wait for ever. [`flush`] before the
//!   process ends.
//!
//! Source: go-hclog 1.6 (`intlogger.go`), go-plugin 1.8 (`client.go`, `log_entry.go`).

mod line;
mod stderr;
mod timestamp;

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    fmt, io, panic,
    sync::OnceLock,
    time::{Duration, SystemTime},
};

use go_plugin::panics::panic_words;
use tracing::{
    Event, Subscriber,
    level_filters::LevelFilter,
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{
    Layer, Registry,
    layer::{Context, SubscriberExt},
    registry::LookupSpan,
    reload,
};

pub use line::{MAX_FIELDS, MAX_LINE_BYTES, MAX_VALUE_BYTES};
pub use stderr::MAX_QUEUED_BYTES;

use line::Fields;
use stderr::Queue;

static STDERR: OnceLock<Queue> = OnceLock::new();

static LEVEL: OnceLock<reload::Handle<LevelFilter, Registry>> = OnceLock::new();

/// Sends the process's events from `level` up to the host, and its panics as errors. To be called
/// before anything is logged.
///
/// # Errors
/// When the process has a subscriber already, or the writing thread cannot be started.
pub fn init(level: LevelFilter) -> io::Result<()> {
    let queue = Queue::start(io::stderr())?;
    let lines = queue.clone();
    let layer = HclogLayer::new(move |line: &[u8]| lines.push(line));
    let (level, handle) = reload::Layer::new(level);
    tracing::subscriber::set_global_default(Registry::default().with(level).with(layer))
        .map_err(io::Error::other)?;
    // The global subscriber can be set once only, so this is the first.
    let _ = STDERR.set(queue);
    let _ = LEVEL.set(handle);
    panic::set_hook(Box::new(log_panic));
    Ok(())
}

/// Sends events from `level` up from now on. Without [`init`] it does nothing.
pub fn set_level(level: LevelFilter) {
    if let Some(handle) = LEVEL.get() {
        // Fails only when the subscriber is gone, and it is global.
        let _ = handle.reload(level);
    }
}

/// Waits until every line is written, `patience` at most, and says whether they are. To be called
/// before the process ends; true at once when [`init`] was not.
pub fn flush(patience: Duration) -> bool {
    STDERR.get().is_none_or(|queue| queue.flush(patience))
}

fn log_panic(info: &panic::PanicHookInfo<'_>) {
    let location = info.location().map(ToString::to_string).unwrap_or_default();
    let words = panic_words(info.payload());
    let backtrace = Backtrace::capture();
    if backtrace.status() == BacktraceStatus::Captured {
        tracing::error!(location, stacktrace = %backtrace, "panic: {words}");
    } else {
        tracing::error!(location, "panic: {words}");
    }
}

/// A layer that makes an hclog line of every event and hands it to a function.
///
/// [`init`] is the usual way to it; on its own it serves a subscriber that has other layers too.
///
/// ```
/// use mattermost_plugin::log::HclogLayer;
/// use tracing_subscriber::{Registry, layer::SubscriberExt};
///
/// let lines = HclogLayer::new(|line: &[u8]| eprint!("{}", String::from_utf8_lossy(line)));
/// let subscriber = Registry::default().with(lines);
/// tracing::subscriber::with_default(subscriber, || tracing::info!("told"));
/// ```
pub struct HclogLayer<W> {
    write: W,
    clock: fn() -> SystemTime,
}

impl<W> fmt::Debug for HclogLayer<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HclogLayer").finish_non_exhaustive()
    }
}

impl<W: Fn(&[u8]) + 'static> HclogLayer<W> {
    /// A layer that calls `write` with each line, its line feed included. `write` must not log.
    pub fn new(write: W) -> Self {
        Self {
            write,
            clock: SystemTime::now,
        }
    }

    /// The same with another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: fn() -> SystemTime) -> Self {
        self.clock = clock;
        self
    }
}

impl<S, W> Layer<S> for HclogLayer<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: Fn(&[u8]) + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        // Taken out while values write themselves, which may take long or log something.
        let mut fields = span.extensions_mut().remove::<Fields>().unwrap_or_default();
        values.record(&mut fields);
        span.extensions_mut().insert(fields);
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(outer) = span.extensions().get::<Fields>() {
                fields.inherit(outer);
            }
        }
        let metadata = event.metadata();
        (self.write)(&line::line(
            (self.clock)(),
            *metadata.level(),
            metadata.target(),
            &fields,
        ));
    }
}

#[cfg(test)]
mod tests;
