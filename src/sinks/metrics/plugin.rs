//! The plugin itself: what its process takes, what it asks of the server, and who knocked with a wrong secret.

use std::fmt::Write;

use super::exposition::{Exposition, Family};
use super::process::Process;
use crate::app::{Attempts, Door};
use crate::host::ApiCalls;

/// What the process takes, under the names that Prometheus' own client libraries use.
pub(super) fn process(out: &mut Exposition, process: &Process, started: u64) {
    let mut plain = |name: &str, kind: &str, what: &str, value: Option<f64>| {
        if let Some(value) = value {
            // Writing to a string cannot fail.
            let _ = writeln!(
                out.0,
                "# HELP {name} {what}\n# TYPE {name} {kind}\n{name} {value}"
            );
        }
    };
    let number = |value: Option<u64>| value.map(|value| value as f64);
    for (name, kind, what, value) in [
        (
            "process_resident_memory_bytes",
            "gauge",
            "Memory in use.",
            number(process.resident),
        ),
        (
            "process_cpu_seconds_total",
            "counter",
            "Time of processors that was used.",
            process.cpu.map(|cpu| cpu.as_secs_f64()),
        ),
        (
            "process_open_fds",
            "gauge",
            "Open file descriptors.",
            number(process.open_fds),
        ),
        (
            "process_max_fds",
            "gauge",
            "How many there may be.",
            number(process.max_fds),
        ),
        (
            "process_start_time_seconds",
            "gauge",
            "When the process began to work, as Unix time.",
            Some(started as f64 / 1000.0),
        ),
    ] {
        plain(name, kind, what, value);
    }
    if let Some(most) = process.most_resident {
        let what = "The most memory that was ever in use.";
        out.gauge("resident_memory_max_bytes", what, most);
    }
}

/// Calls of the server's API. A family's samples stand together.
pub(super) fn api(out: &mut Exposition, calls: &[ApiCalls]) {
    let families: [Family<ApiCalls, f64>; 3] = [
        (
            "api_calls",
            "Calls of the server's API that ended.",
            |calls| calls.calls as f64,
        ),
        (
            "api_failures",
            "Those of them that the server could not answer. A refusal is an answer.",
            |calls| calls.failed as f64,
        ),
        ("api_seconds", "How long they took together.", |calls| {
            calls.took.as_secs_f64()
        }),
    ];
    for (name, what, value) in families {
        out.family(name, "counter", what);
        for of in calls {
            let sample = format!("{name}_total{{method=\"{}\"}}", of.method);
            out.sample(&sample, value(of));
        }
    }
}

pub(super) fn wrong_secrets(out: &mut Exposition, attempts: &Attempts) {
    let wrong = Door::ALL.map(|door| (door.name(), attempts.wrong(door)));
    let name = "wrong_secrets";
    let what = "Requests with a wrong secret, or without one, by what they asked for.";
    out.family(name, "counter", what);
    for (door, wrong) in wrong {
        out.sample(&format!("{name}_total{{door=\"{door}\"}}"), wrong.all);
    }
    let name = "wrong_secrets_limited";
    let what = "Those of them that were told to wait, as too many came from their address.";
    out.family(name, "counter", what);
    for (door, wrong) in wrong {
        let sample = format!("{name}_total{{door=\"{door}\"}}");
        out.sample(&sample, wrong.limited);
    }
}
