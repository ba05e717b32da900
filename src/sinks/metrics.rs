//! How the plugin is doing, as Prometheus' text exposition format 0.0.4 has it. docs/operations.md says what to do with it.

mod calls;
mod process;
#[cfg(test)]
mod tests;

pub use calls::CallCounts;
pub use process::Process;

use std::fmt::{Display, Write};
use std::time::UNIX_EPOCH;

use crate::app::{App, Attempts, Door};
use crate::board::Snapshot;
use crate::feed;
use crate::health;
use crate::host::{ApiCalls, Host};
use crate::number_book;
use crate::presence::{Report, Status};
use crate::sinks::callbacks;
use crate::sinks::missed;
use crate::sinks::posts::Counts;
use crate::sinks::status;
use crate::sources::asterisk::{self, LinkState};
use crate::sources::ovh;
use crate::sources::phone_urls;

/// The text's media type.
pub const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What there is to measure of this bundle, with its board, at this moment.
#[must_use]
pub fn text<H: Host>(app: &App<H>, board: Option<&Snapshot>) -> String {
    let mut out = Exposition::default();
    let (id, version, platform) = (app.id(), health::VERSION, health::platform());
    out.family("build_info", "gauge", "Which plugin this is; always 1.");
    out.sample(
        &format!("build_info{{id=\"{id}\",version=\"{version}\",platform=\"{platform}\"}}"),
        1,
    );
    process(&mut out, &Process::read(), app.started().0);
    let healthy = u8::from(app.healthy());
    out.gauge("healthy", "Whether nothing needs attention.", healthy);
    let problems = app.problems().len();
    out.gauge("problems", "What needs attention.", problems);
    let what = "Whether this node does what one node of a cluster does for all.";
    out.gauge("leads", what, u8::from(app.leads()));
    wrong_secrets(&mut out, app.attempts());
    api(&mut out, &app.api_calls());
    if app.bundle().has_phones() {
        phones(&mut out, app.phone_counts());
        calls(&mut out, app.call_counts());
        let waiting = app.waiting_events();
        let what = "Events and questions that wait for the board.";
        out.gauge("board_events_waiting", what, waiting.board);
        let what = "Events that came to this node and wait for the one that leads.";
        out.gauge("board_events_for_leader", what, waiting.leader);
        if let Some(board) = board {
            lines_and_queues(&mut out, board);
        }
        out.gauge(
            "board_viewers",
            "Who looks at the board.",
            app.live().count(),
        );
        stream(&mut out, "board_stream", &app.live().counts());
        lookups(&mut out, app.lookup_counts());
        posts(&mut out, app.post_counts());
        statuses(&mut out, app.statuses().counts());
        out.counter(
            "records_damaged",
            "Records of the store that could not be read, and were set aside.",
            app.damaged_records(),
        );
        missed(&mut out, app.missed().counts());
        notices(&mut out, app.notice_counts());
        if app.callbacks().is_on() {
            callbacks(&mut out, app.callbacks().counts());
        }
    }
    let report = app.asterisk().report();
    if report.on {
        asterisk(&mut out, &report);
    }
    let report = app.ovh().report();
    if report.on {
        ovh(&mut out, &report);
    }
    let report = app.presence().report();
    if report.on {
        presence(&mut out, &report);
    }
    out.0
}

/// What the process takes, under the names that Prometheus' own client libraries use.
fn process(out: &mut Exposition, process: &Process, started: u64) {
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

/// A family of metrics with a sample for each of several things: its name, what it is, and the value of one.
type Family<T, V> = (&'static str, &'static str, fn(&T) -> V);

/// Calls of the server's API. A family's samples stand together.
fn api(out: &mut Exposition, calls: &[ApiCalls]) {
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

fn phones(out: &mut Exposition, counts: &phone_urls::Counts) {
    let what = "Answers to phones, by HTTP status.";
    out.family("phone_requests", "counter", what);
    for (status, answered) in counts.answers() {
        let code = status.as_u16();
        out.sample(
            &format!("phone_requests_total{{code=\"{code}\"}}"),
            answered,
        );
    }
    let what = "What phones reported.";
    out.counter("phone_reports", what, counts.reports());
}

fn calls(out: &mut Exposition, counts: &CallCounts) {
    let what = "Calls that began on lines, one between two counted twice.";
    out.counter("calls_began", what, counts.began());
    out.family("calls_ended", "counter", "Calls that ended, by how.");
    for (ending, ended) in counts.ended() {
        let sample = format!("calls_ended_total{{ending=\"{ending}\"}}");
        out.sample(&sample, ended);
    }
    out.counter("board_changes", "Changes of the board.", counts.changes());
}

/// How it looks on the board at this moment.
fn lines_and_queues(out: &mut Exposition, board: &Snapshot) {
    let calls: usize = board.lines.iter().map(|line| line.calls.len()).sum();
    out.gauge("lines", "Lines on the board.", board.lines.len());
    let what = "Calls on these now, one between two counted twice.";
    out.gauge("calls", what, calls);
    out.gauge("queues", "Queues on the board.", board.queues.len());
    let families: [Family<crate::board::QueueView, u64>; 4] = [
        ("queue_waiting", "Callers who wait.", |queue| {
            queue.waiting.len() as u64
        }),
        ("queue_agents", "Agents of the queue.", |queue| {
            queue.agents.len() as u64
        }),
        (
            "queue_answered_today",
            "Callers who were answered since the day began, or counters were reset.",
            |queue| queue.counters.answered,
        ),
        (
            "queue_abandoned_today",
            "Callers who waited in vain since then.",
            |queue| queue.counters.abandoned,
        ),
    ];
    for (name, what, value) in families {
        out.family(name, "gauge", what);
        for queue in &board.queues {
            let label = escaped(&queue.name);
            out.sample(&format!("{name}{{queue=\"{label}\"}}"), value(queue));
        }
    }
}

/// A label's value.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

fn lookups(out: &mut Exposition, counts: number_book::Counts) {
    let what = "Numbers whose names a service was asked for, by what came of it.";
    out.family("number_lookups", "counter", what);
    for (outcome, value) in [
        ("found", counts.found),
        ("unknown", counts.unknown),
        ("failed", counts.failed),
        ("left_out", counts.left_out),
    ] {
        let sample = format!("number_lookups_total{{outcome=\"{outcome}\"}}");
        out.sample(&sample, value);
    }
}

fn wrong_secrets(out: &mut Exposition, attempts: &Attempts) {
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

fn ovh(out: &mut Exposition, report: &ovh::Report) {
    let up = u8::from(report.state == ovh::LinkState::Up);
    out.gauge("ovh_up", "Whether all of OVH's tokens are followed.", up);
    for (name, what, value) in [
        ("ovh_tokens", "Tokens that are set.", report.tokens),
        ("ovh_tokens_up", "Those that are followed.", report.up),
        ("ovh_lines", "Numbers that are lines.", report.lines),
        ("ovh_calls", "Calls on these.", report.calls),
        ("ovh_queues", "Numbers that are queues.", report.queues),
        ("ovh_waiting", "Callers who wait in these.", report.waiting),
    ] {
        out.gauge(name, what, value);
    }
    for (name, what, value) in [
        ("ovh_polls", "Polls that ended.", report.polls),
        ("ovh_poll_errors", "Those that failed.", report.errors),
        ("ovh_events", "Events that were followed.", report.events),
        (
            "ovh_events_doubled",
            "Events that had come before.",
            report.doubled,
        ),
        (
            "ovh_events_ignored",
            "Events of which nothing could be made.",
            report.ignored,
        ),
        (
            "ovh_beyond_limits",
            "What was left out because a limit was reached.",
            report.beyond_limits,
        ),
        (
            "ovh_gaps",
            "How often events may have been lost.",
            report.gaps,
        ),
    ] {
        out.counter(name, what, value);
    }
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

fn notices(out: &mut Exposition, counts: Counts) {
    let what = "Posts of alerts and reports that were made.";
    out.counter("notices_made", what, counts.made);
    let what = "Those of them that were given up.";
    out.counter("notices_given_up", what, counts.given_up);
}

fn callbacks(out: &mut Exposition, counts: callbacks::Counts) {
    for (name, what, value) in [
        (
            "callbacks_answered",
            "Callbacks that were answered.",
            counts.answered,
        ),
        (
            "callbacks_failed",
            "Callbacks that were not answered, or refused.",
            counts.failed,
        ),
        (
            "callbacks_retried",
            "Attempts that failed and were or will be repeated.",
            counts.retried,
        ),
        (
            "callbacks_dropped",
            "Callbacks that were dropped because too many waited.",
            counts.dropped,
        ),
        (
            "callbacks_pages",
            "Pages that viewers were given to open.",
            counts.pages,
        ),
    ] {
        out.counter(name, what, value);
    }
    let what = "Callbacks that wait, or are under way.";
    out.gauge("callbacks_waiting", what, counts.waiting);
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
    out.gauge(
        "feed_clients",
        "Clients that are connected.",
        report.clients,
    );
    stream(out, "feed", &report.feed);
}

/// What happened on websockets of one kind.
fn stream(out: &mut Exposition, of: &str, feed: &feed::Counts) {
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
