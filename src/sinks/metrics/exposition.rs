//! The text that Prometheus reads, as it grows.

use std::fmt::{Display, Write};

/// A family of metrics with a sample for each of several things: its name, what it is, and the value of one.
pub(super) type Family<T, V> = (&'static str, &'static str, fn(&T) -> V);

/// The text while it grows. Every name begins with `switchboard_`.
#[derive(Default)]
pub(super) struct Exposition(pub(super) String);

impl Exposition {
    pub(super) fn family(&mut self, name: &str, kind: &str, what: &str) {
        // In this format a counter's name has its suffix here, too.
        let suffix = if kind == "counter" { "_total" } else { "" };
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "# HELP switchboard_{name}{suffix} {what}");
        let _ = writeln!(self.0, "# TYPE switchboard_{name}{suffix} {kind}");
    }

    pub(super) fn sample(&mut self, name: &str, value: impl Display) {
        let _ = writeln!(self.0, "switchboard_{name} {value}");
    }

    pub(super) fn gauge(&mut self, name: &str, what: &str, value: impl Display) {
        self.family(name, "gauge", what);
        self.sample(name, value);
    }

    pub(super) fn counter(&mut self, name: &str, what: &str, value: u64) {
        self.family(name, "counter", what);
        self.sample(&format!("{name}_total"), value);
    }
}

/// A label's value.
pub(super) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}
