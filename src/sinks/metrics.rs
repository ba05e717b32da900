//! How the plugin is doing, as Prometheus' text exposition format 0.0.4 has it.

use std::fmt::{Display, Write};
use std::time::UNIX_EPOCH;

use crate::app::App;
use crate::host::Host;
use crate::presence::{Report, Status};
use crate::sinks::missed;
use crate::sinks::posts::Counts;
use crate::sinks::status;
use crate::sources::asterisk::{self, LinkState};

/// The text's media type.
pub const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What there is to measure of this bundle at this moment.
#[must_use]
pub fn text<H: Host>(app: &App<H>) -> String {
    let mut out = Exposition::default();
    let healthy = u8::from(app.healthy());
    out.gauge("healthy", "Whether nothing needs attention.", healthy);
    if app.bundle().has_phones() {
        posts(&mut out, app.post_counts());
        statuses(&mut out, app.statuses().counts());
        missed(&mut out, app.missed().counts());
    }
    let report = app.asterisk().report();
    if report.on {
        asterisk(&mut out, &report);
    }
    let report = app.presence().report();
    if report.on {
        presence(&mut out, &report);
    }
    out.0
}

fn asterisk(out: &mut Exposition, report: &asterisk::Report) {
    let up = u8::from(report.state == LinkState::Up);
    out.gauge("asterisk_up", "Whether Asterisk is connected.", up);
    for (name, what, value) in [
        (
            "asterisk_extensions",
            "Extensions that are lines.",
            report.lines,
        ),
        (
            "asterisk_calls",
            "Calls of these, one between two counted twice.",
            report.calls,
        ),
        ("asterisk_channels", "Asterisk's channels.", report.channels),
        ("asterisk_queues", "Asterisk's queues.", report.queues),
    ] {
        out.gauge(name, what, value);
    }
    for (name, what, value) in [
        (
            "asterisk_events",
            "Events that were followed.",
            report.events,
        ),
        (
            "asterisk_dropped",
            "Messages that were dropped because too many came.",
            report.dropped,
        ),
        (
            "asterisk_malformed",
            "Messages that could not be read.",
            report.malformed,
        ),
        (
            "asterisk_reseeds",
            "How often everything was asked for anew.",
            report.reseeds,
        ),
    ] {
        out.counter(name, what, value);
    }
    let behind = report.most_behind.as_secs_f64();
    out.gauge(
        "asterisk_most_behind_seconds",
        "How long a message waited at most.",
        behind,
    );
}

fn posts(out: &mut Exposition, counts: Counts) {
    out.counter("posts_made", "Posts that were made.", counts.made);
    out.counter(
        "posts_given_up",
        "Posts that were given up.",
        counts.given_up,
    );
    let what = "Attempts at a post that failed and were or will be repeated.";
    out.counter("posts_retried", what, counts.retried);
    out.gauge("posts_waiting", "Posts that wait.", counts.waiting);
    out.counter("posts_changed", "Changes of posts.", counts.changed);
    let what = "Events that were not posted because their phone reported them too often.";
    out.counter("posts_flapped", what, counts.flapped);
}

fn missed(out: &mut Exposition, counts: missed::Counts) {
    for (name, what, value) in [
        (
            "missed_calls_told",
            "Messages of missed calls that were sent or changed.",
            counts.told,
        ),
        (
            "missed_calls_given_up",
            "Missed calls that were given up.",
            counts.given_up,
        ),
        (
            "missed_calls_retried",
            "Attempts to tell of one that failed and were or will be repeated.",
            counts.retried,
        ),
        (
            "missed_calls_unstored",
            "Times at which missed calls could not be stored.",
            counts.unstored,
        ),
        (
            "missed_calls_posted",
            "Posts of queues' missed calls that were made.",
            counts.posts.made,
        ),
        (
            "missed_calls_posts_given_up",
            "Those of them that were given up.",
            counts.posts.given_up,
        ),
    ] {
        out.counter(name, what, value);
    }
    let what = "People who are told of missed calls once they may be disturbed.";
    out.gauge("missed_calls_held", what, counts.held);
}

fn statuses(out: &mut Exposition, counts: status::Counts) {
    for (name, what, value) in [
        ("statuses_set", "Statuses that were set.", counts.set),
        (
            "statuses_given_back",
            "Those that were given back.",
            counts.given_back,
        ),
        (
            "statuses_changed_by_people",
            "Those that their person changed meanwhile.",
            counts.theirs,
        ),
        (
            "statuses_retried",
            "Attempts that failed and were or will be repeated.",
            counts.retried,
        ),
        (
            "statuses_given_up",
            "Attempts that the server refused for good.",
            counts.given_up,
        ),
        (
            "statuses_damaged",
            "Records of statuses that could not be read.",
            counts.damaged,
        ),
    ] {
        out.counter(name, what, value);
    }
    out.gauge("statuses_held", "People something is set for.", counts.held);
    let what = "People whose status is being changed, or waits for that.";
    out.gauge("statuses_waiting", what, counts.waiting);
    let what = "Those of them with whom it failed last.";
    out.gauge("statuses_failing", what, counts.failing);
}

fn presence(out: &mut Exposition, report: &Report) {
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
    let feed = &report.feed;
    out.gauge(
        "feed_clients",
        "Clients that are connected.",
        report.clients,
    );
    out.counter("feed_connections", "Clients that came.", feed.connections);
    out.counter(
        "feed_refused",
        "Clients that were one too many.",
        feed.refused,
    );
    out.counter(
        "feed_messages",
        "Messages that left, to each client.",
        feed.messages,
    );
    let what = "Those of them that were a sign of life.";
    out.counter("feed_signs_of_life", what, feed.signs_of_life);
    out.counter("feed_writes", "Writes to clients.", feed.writes);
    let what = "Clients that took nothing for too long, and were disconnected.";
    out.counter("feed_stuck", what, feed.stuck);
    let what = "Clients that broke the protocol or its limits.";
    out.counter("feed_violations", what, feed.violations);
}

/// The text while it grows. Every name begins with `switchboard_`.
#[derive(Default)]
struct Exposition(String);

impl Exposition {
    fn family(&mut self, name: &str, kind: &str, what: &str) {
        // In this format a counter's name has its suffix here, too.
        let suffix = if kind == "counter" { "_total" } else { "" };
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "# HELP switchboard_{name}{suffix} {what}");
        let _ = writeln!(self.0, "# TYPE switchboard_{name}{suffix} {kind}");
    }

    fn sample(&mut self, name: &str, value: impl Display) {
        let _ = writeln!(self.0, "switchboard_{name} {value}");
    }

    fn gauge(&mut self, name: &str, what: &str, value: impl Display) {
        self.family(name, "gauge", what);
        self.sample(name, value);
    }

    fn counter(&mut self, name: &str, what: &str, value: u64) {
        self.family(name, "counter", what);
        self.sample(&format!("{name}_total"), value);
    }
}
