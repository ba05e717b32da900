//! What sources tell: phones, Asterisk and OVH, and the calls, lines and queues that come of it.

use super::calls::CallCounts;
use super::exposition::{Exposition, Family, escaped};
use crate::board::Snapshot;
use crate::sources::asterisk::{self, LinkState};
use crate::sources::{ovh, phone_urls};

pub(super) fn phones(out: &mut Exposition, counts: &phone_urls::Counts) {
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

pub(super) fn calls(out: &mut Exposition, counts: &CallCounts) {
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
pub(super) fn lines_and_queues(out: &mut Exposition, board: &Snapshot) {
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

pub(super) fn asterisk(out: &mut Exposition, report: &asterisk::Report) {
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

pub(super) fn ovh(out: &mut Exposition, report: &ovh::Report) {
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
