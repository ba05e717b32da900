//! How the plugin is doing, as Prometheus' text exposition format 0.0.4 has it. docs/operations.md says what to do with it.

mod calls;
mod effects;
mod exposition;
mod plugin;
mod process;
mod sources;
#[cfg(test)]
mod tests;
mod watching;

pub use calls::CallCounts;
pub use process::Process;

use crate::app::App;
use crate::board::Snapshot;
use crate::health;
use crate::host::Host;
use effects::{callbacks, lookups, missed, notices, posts, statuses};
use exposition::Exposition;
use plugin::{api, process, wrong_secrets};
use sources::{asterisk, calls, lines_and_queues, ovh, phones};
use watching::{presence, stream};

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
