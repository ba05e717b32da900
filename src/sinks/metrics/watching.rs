//! Who watches: the presence of everybody, and websockets.

use std::time::UNIX_EPOCH;

use super::exposition::Exposition;
use crate::feed;
use crate::presence::{Report, Status};

pub(super) fn presence(out: &mut Exposition, report: &Report) {
    let ready = u8::from(report.not_ready.is_none());
    out.gauge(
        "presence_ready",
        "Whether everybody's status was read once.",
        ready,
    );
    let reading = u8::from(report.reading);
    let what = "Whether this node reads the statuses; in a cluster one does.";
    out.gauge("presence_reading", what, reading);
    out.family("presence_people", "gauge", "Active people by their status.");
    for status in Status::ALL {
        let people = report.people.by_status[status as usize];
        out.sample(
            &format!("presence_people{{status=\"{}\"}}", status.as_str()),
            people,
        );
    }
    let unknown = report.people.unknown();
    out.sample("presence_people{status=\"unknown\"}", unknown);
    out.counter(
        "presence_changes",
        "Changes of a status that were seen.",
        report.changes,
    );
    out.family(
        "presence_calls",
        "counter",
        "Calls to the server, by what they read.",
    );
    out.sample("presence_calls_total{of=\"statuses\"}", report.status_calls);
    out.sample(
        "presence_calls_total{of=\"accounts\"}",
        report.account_calls,
    );
    out.counter(
        "presence_failures",
        "Those of them that failed.",
        report.failures,
    );
    for (name, round) in [("statuses", report.statuses), ("accounts", report.accounts)] {
        // What a node read that reads no longer says nothing of now.
        let Some(round) = round.filter(|_| report.reading) else {
            continue;
        };
        let ended = round.ended.duration_since(UNIX_EPOCH).unwrap_or_default();
        let what = format!("When everybody's {name} were last read whole, as Unix time.");
        let metric = format!("presence_{name}_round_timestamp_seconds");
        out.gauge(&metric, &what, ended.as_secs_f64());
        let metric = format!("presence_{name}_round_duration_seconds");
        out.gauge(&metric, "How long that took.", round.took.as_secs_f64());
        let metric = format!("presence_{name}_round_calls");
        out.gauge(&metric, "How many calls it was.", round.calls);
    }
    out.gauge(
        "feed_clients",
        "Clients that are connected.",
        report.clients,
    );
    stream(out, "feed", &report.feed);
}

/// What happened on websockets of one kind.
pub(super) fn stream(out: &mut Exposition, of: &str, feed: &feed::Counts) {
    out.counter(
        &format!("{of}_connections"),
        "Clients that came.",
        feed.connections,
    );
    out.counter(
        &format!("{of}_refused"),
        "Clients that were one too many.",
        feed.refused,
    );
    out.counter(
        &format!("{of}_messages"),
        "Messages that left, to each client.",
        feed.messages,
    );
    let what = "Those of them that were a sign of life.";
    out.counter(&format!("{of}_signs_of_life"), what, feed.signs_of_life);
    out.counter(&format!("{of}_writes"), "Writes to clients.", feed.writes);
    let what = "Clients that took nothing for too long, and were disconnected.";
    out.counter(&format!("{of}_stuck"), what, feed.stuck);
    let what = "Clients that broke the protocol or its limits.";
    out.counter(&format!("{of}_violations"), what, feed.violations);
}
