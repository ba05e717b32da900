//! Whole lines, as the host reads them.

use std::{
    fmt,
    sync::{Arc, Mutex},
    time::{Duration, UNIX_EPOCH},
};

use serde_json::Value;
use tracing::subscriber::with_default;

use super::*;

/// 2026-11-21T02:40:00.123456Z.
fn clock() -> SystemTime {
    UNIX_EPOCH + Duration::from_micros(1_795_228_800_123_456)
}

/// The lines that `log` writes.
fn lines(log: impl FnOnce()) -> Vec<String> {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let taken = Arc::clone(&lines);
    let layer = HclogLayer::new(move |line: &[u8]| {
        taken
            .lock()
            .unwrap()
            .push(String::from_utf8(line.to_vec()).unwrap());
    });
    let subscriber = Registry::default().with(layer.with_clock(clock));
    with_default(subscriber, log);
    Arc::try_unwrap(lines).unwrap().into_inner().unwrap()
}

fn line(log: impl FnOnce()) -> String {
    let mut lines = lines(log);
    assert_eq!(lines.len(), 1, "{lines:?}");
    lines.remove(0)
}

fn parsed(log: impl FnOnce()) -> Value {
    serde_json::from_str(&line(log)).unwrap()
}

#[test]
fn a_line_is_what_hclog_writes() {
    let line =
        line(|| tracing::info!(target: "mine", user = "alice", number = 7, "the phone rings"));
    assert_eq!(
        line,
        "{\"@level\":\"info\",\"@message\":\"the phone rings\",\"@module\":\"mine\",\
         \"@timestamp\":\"2026-11-21T02:40:00.123456Z\",\"user\":\"alice\",\"number\":7}\n"
    );
}

#[test]
fn levels_have_hclogs_names() {
    let lines = lines(|| {
        tracing::error!("m");
        tracing::warn!("m");
        tracing::info!("m");
        tracing::debug!("m");
        tracing::trace!("m");
    });
    let levels: Vec<_> = lines
        .iter()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["@level"].clone())
        .collect();
    assert_eq!(levels, ["error", "warn", "info", "debug", "trace"]);
}

#[test]
fn the_message_is_always_text() {
    // The host's conversion of anything else would panic, and take the server's process along.
    assert_eq!(parsed(|| tracing::info!(answer = 42))["@message"], "");
    assert_eq!(parsed(|| tracing::info!(message = 42))["@message"], "42");
    assert_eq!(
        parsed(|| tracing::info!(message = true))["@message"],
        "true"
    );
    assert_eq!(parsed(|| tracing::info!("{}", "x"))["@message"], "x");
}

#[test]
fn values_keep_their_types_as_far_as_go_keeps_them() {
    let line = parsed(|| {
        tracing::info!(
            whole = -5,
            exact = 9_007_199_254_740_992_u64,
            beyond = 9_007_199_254_740_993_u64,
            far_below = i64::MIN,
            huge = u128::MAX,
            half = 0.5,
            large = 1e300,
            none = f64::NAN,
            endless = f64::NEG_INFINITY,
            yes = true,
            debug = ?Some("x"),
            display = %'c',
            error = &io::Error::other("broken") as &(dyn std::error::Error + 'static),
        );
    });
    assert_eq!(line["whole"], -5);
    assert_eq!(line["exact"], 9_007_199_254_740_992_u64);
    assert_eq!(line["beyond"], "9007199254740993");
    assert_eq!(line["far_below"], "-9223372036854775808");
    assert_eq!(line["huge"], u128::MAX.to_string());
    assert_eq!(line["half"], 0.5);
    assert_eq!(line["large"], 1e300);
    assert_eq!(line["none"], "NaN");
    assert_eq!(line["endless"], "-inf");
    assert_eq!(line["yes"], true);
    assert_eq!(line["debug"], "Some(\"x\")");
    assert_eq!(line["display"], "c");
    assert_eq!(line["error"], "broken");
}

#[test]
fn spans_give_their_fields_and_the_nearest_wins() {
    let line = parsed(|| {
        let outer = tracing::info_span!(
            "outer",
            request = 1,
            user = "alice",
            late = tracing::field::Empty
        );
        outer.record("late", "known");
        let _outer = outer.enter();
        let inner = tracing::info_span!("inner", user = "bob", step = "first");
        inner.record("step", "second");
        let _inner = inner.enter();
        tracing::info!(step = "third", "m");
    });
    assert_eq!(line["request"], 1);
    assert_eq!(line["late"], "known");
    assert_eq!(line["user"], "bob");
    assert_eq!(line["step"], "third");
    assert_eq!(line["@message"], "m");
}

#[test]
fn no_key_is_written_twice() {
    let line = line(|| {
        let span = tracing::info_span!("s", user = "alice", message = "of the span");
        let _span = span.enter();
        tracing::info!(
            user = "bob",
            "@level" = "debug",
            "@message" = "forged",
            r#type = "x",
            "real"
        );
    });
    for (key, value) in [
        ("@level", "info"),
        ("@message", "real"),
        ("user", "bob"),
        ("level", "debug"),
        ("type", "x"),
    ] {
        let member = format!("\"{key}\":\"{value}\"");
        assert_eq!(line.matches(&format!("\"{key}\":")).count(), 1, "{line}");
        assert!(line.contains(&member), "{line}");
    }
}

#[test]
fn a_value_cannot_leave_its_line_or_turn_the_text_around() {
    let forged = "x\n{\"@level\":\"error\"}\r\u{1b}[31m\u{7f}\u{9b}\u{2028}\u{202e}\0";
    let line = line(|| tracing::info!(number = forged, "{forged}"));
    assert_eq!(line.matches('\n').count(), 1);
    let plain = |c: char| !c.is_control() && !matches!(c, '\u{2028}' | '\u{202e}');
    assert!(line.trim_end_matches('\n').chars().all(plain), "{line}");
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(
        (line["number"].as_str(), line["@message"].as_str()),
        (Some(forged), Some(forged))
    );
}

/// Counts what is asked of it.
struct Endless<'a>(&'a std::cell::Cell<usize>);

impl fmt::Display for Endless<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        loop {
            f.write_str("ä\"")?;
            self.0.set(self.0.get() + 1);
        }
    }
}

#[test]
fn long_values_are_cut_at_a_character() {
    let asked = std::cell::Cell::new(0);
    let line = line(|| tracing::info!(value = %Endless(&asked), "m"));
    assert!(asked.get() < MAX_VALUE_BYTES, "asked {} times", asked.get());
    let line: Value = serde_json::from_str(&line).unwrap();
    let value = line["value"].as_str().unwrap();
    assert!(
        value.ends_with("…") && value.starts_with("ä\"ä\""),
        "{value}"
    );
    let json = line["value"].to_string().len();
    assert!(
        json <= MAX_VALUE_BYTES && json > MAX_VALUE_BYTES - 8,
        "{json}"
    );

    // Exactly at the limit nothing is cut: the quotes count.
    for (length, cut) in [(MAX_VALUE_BYTES - 2, false), (MAX_VALUE_BYTES - 1, true)] {
        let line = parsed(|| tracing::info!(value = "x".repeat(length), "m"));
        assert_eq!(
            line["value"].as_str().unwrap().ends_with('…'),
            cut,
            "{length}"
        );
    }
}

#[test]
fn a_line_is_never_longer_than_the_host_can_read() {
    let long = "\u{1}".repeat(MAX_LINE_BYTES);
    let long = long.as_str();
    let line = line(|| {
        let span = tracing::info_span!("s", f = long, g = long, h = long);
        let _span = span.enter();
        tracing::info!(a = long, b = long, c = long, d = long, e = 5, "{long}");
    });
    assert!(line.len() <= MAX_LINE_BYTES, "{}", line.len());
    let line: Value = serde_json::from_str(&line).unwrap();
    // Message and two values are 24 KiB; a third would not leave room for the rest.
    assert!(line["a"].is_string() && line["b"].is_string() && line["c"].is_null());
    assert_eq!(line["e"], 5);
    assert_eq!(line["@warn"], "5 fields left out");
}

/// A secret, as a plugin would have one.
struct Secret(#[allow(dead_code, reason = "that is the point")] String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

#[test]
fn a_type_that_guards_a_secret_guards_it_here() {
    let secret = Secret("hunter2".into());
    let line = line(|| tracing::info!(?secret, "settings: {secret:?}"));
    assert!(!line.contains("hunter2"), "{line}");
    assert_eq!(line.matches("(secret)").count(), 2, "{line}");
}

#[test]
fn without_init_there_is_nothing_to_wait_for() {
    set_level(LevelFilter::TRACE);
    assert!(flush(Duration::ZERO));
}
