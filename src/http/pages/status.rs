//! `/status`: `OK`, or how much is wrong; then what is wrong, each with its remedy; then how each part is doing. For programs as JSON.

use std::fmt::Write;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use http::{Request, Response, StatusCode};

use super::super::{auth, errors, form, raw};
use crate::app::App;
use crate::board::Timestamp;
use crate::health;
use crate::host::Host;
use crate::presence::{Report, Status};
use crate::sinks::callbacks::Callbacks;
use crate::sources::asterisk::{self, LinkState};
use crate::sources::ovh;

/// `OK`, or what is wrong.
pub(in crate::http) async fn status<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, _) = request.into_parts();
    let format = form::first(raw(&parts, app.id()).1, "format");
    let json = errors::wants_json(&parts) || format.is_some_and(|format| format == "json");
    if let Err(refusal) = auth::status(&app, &parts).await {
        return refusal.answer(&app, json);
    }
    if let Some(refused) = errors::unless_reading(&parts.method, json) {
        return refused;
    }
    app.settled(auth::SETTLE_LIMIT).await;
    if json {
        let report = health::report(&app).await;
        let code = match report["healthy"].as_bool() {
            Some(true) => StatusCode::OK,
            _ => StatusCode::SERVICE_UNAVAILABLE,
        };
        return errors::response(code, errors::JSON, report.to_string());
    }
    let problems = app.problems();
    let mut lines = String::new();
    let mut code = StatusCode::SERVICE_UNAVAILABLE;
    // Writing to a string cannot fail.
    let _ = match problems.len() {
        0 => {
            code = StatusCode::OK;
            writeln!(lines, "OK")
        }
        1 => writeln!(lines, "NOT OK: 1 problem"),
        several => writeln!(lines, "NOT OK: {several} problems"),
    };
    for problem in problems {
        let _ = writeln!(lines, "{problem}");
    }
    let mut warnings = app.asterisk().warnings();
    warnings.extend(app.effects_warnings());
    for warning in warnings {
        let _ = writeln!(lines, "warning: {warning}");
    }
    let asterisk = app.asterisk().report();
    if asterisk.on {
        asterisk_lines(&mut lines, &asterisk);
    }
    let ovh = app.ovh().report();
    if ovh.on {
        ovh_lines(&mut lines, &ovh, app.now());
    }
    let report = app.presence().report();
    if report.on {
        presence_lines(&mut lines, &report);
    }
    if app.callbacks().is_on() {
        callback_lines(&mut lines, app.callbacks(), app.now());
    }
    // Alone, it is `OK` to the byte, as scripts may compare it.
    if lines == "OK\n" {
        lines.truncate("OK".len());
    }
    errors::response(code, errors::TEXT, lines)
}

/// How presence is doing, a line each for people, clients and the last round.
fn presence_lines(out: &mut String, report: &Report) {
    // Writing to a string cannot fail.
    let people = &report.people;
    let _ = write!(out, "presence: {} people (", people.listed);
    for (at, status) in Status::ALL.into_iter().enumerate() {
        let comma = if at > 0 { ", " } else { "" };
        let (number, word) = (people.by_status[status as usize], status.as_str());
        let _ = write!(out, "{comma}{number} {word}");
    }
    let _ = writeln!(out, ")");
    let _ = writeln!(out, "presence: {} clients connected", report.clients);
    if let Some(why) = report.not_ready {
        let _ = writeln!(out, "presence: not ready: {why}");
    }
    if !report.reading {
        let _ = writeln!(out, "presence: another node of the cluster reads statuses");
        return;
    }
    let Some(round) = report.statuses else { return };
    let ago = round.ended.elapsed().unwrap_or_default().as_secs();
    let plural = if round.calls == 1 { "" } else { "s" };
    let took = match round.took.as_millis() {
        millis @ ..1000 => format!("{millis} ms"),
        _ => format!("{:.1} s", round.took.as_secs_f64()),
    };
    let _ = writeln!(
        out,
        "presence: the last round of statuses took {took} with {} call{plural}, and ended {ago} s ago",
        round.calls
    );
}

/// What became of callbacks, and the last ones, the newest first.
fn callback_lines(out: &mut String, callbacks: &Callbacks, now: Timestamp) {
    // Writing to a string cannot fail.
    let counts = callbacks.counts();
    let _ = writeln!(
        out,
        "callbacks: {} answered, {} failed, {} dropped, {} waiting",
        counts.answered, counts.failed, counts.dropped, counts.waiting
    );
    for done in callbacks.results() {
        let ago = now.since(done.at) / 1000;
        let again = if done.attempts > 1 {
            ", the second attempt"
        } else {
            ""
        };
        let _ = writeln!(
            out,
            "callbacks: {} to {} {ago} s ago{again}: {}",
            done.event, done.host, done.outcome
        );
    }
}

/// How the connection to Asterisk is, in a few words.
pub(in crate::http) fn asterisk_words(report: &asterisk::Report) -> String {
    let version = match &report.version {
        Some(version) => format!("Asterisk {version}"),
        None => "Asterisk".to_owned(),
    };
    match &report.state {
        LinkState::Off => "Asterisk is not set".to_owned(),
        LinkState::Connecting => "Asterisk is being connected".to_owned(),
        LinkState::Seeding => format!("{version} is connected, and is asked for everything"),
        LinkState::Up => format!("{version} is connected"),
        LinkState::Down(why) => format!("Asterisk is not connected: {why}"),
    }
}

/// The same for the status page, and what is followed.
fn asterisk_lines(out: &mut String, report: &asterisk::Report) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "asterisk: {}", asterisk_words(report));
    if report.state != LinkState::Up {
        return;
    }
    let _ = writeln!(
        out,
        "asterisk: {} extensions, {} calls, {} queues; {} events followed, {} lost and asked for anew",
        report.lines, report.calls, report.queues, report.events, report.dropped
    );
}

/// How OVH is followed, in a few words.
pub(in crate::http) fn ovh_words(report: &ovh::Report) -> String {
    match &report.state {
        ovh::LinkState::Off => "OVH is not set".to_owned(),
        ovh::LinkState::Connecting => "OVH is being asked".to_owned(),
        ovh::LinkState::Up => "OVH is followed".to_owned(),
        ovh::LinkState::Down(why) if report.up > 0 => {
            let (up, all) = (report.up, report.tokens);
            format!("OVH is followed by {up} of {all} tokens: {why}")
        }
        ovh::LinkState::Down(why) => format!("OVH is not followed: {why}"),
    }
}

/// The same for the status page, and what is followed.
fn ovh_lines(out: &mut String, report: &ovh::Report, now: Timestamp) {
    // Writing to a string cannot fail.
    let since = now.since(report.since) / 1000;
    let _ = writeln!(out, "ovh: {}, for {since} s", ovh_words(report));
    if let Some(answered) = report.answered {
        let ago = now.since(answered) / 1000;
        let _ = writeln!(out, "ovh: the last answer came {ago} s ago");
    }
    let _ = writeln!(
        out,
        "ovh: {} lines, {} calls, {} queues, {} waiting; {} events followed, {} told twice, {} not understood; {} polls, {} failed",
        report.lines,
        report.calls,
        report.queues,
        report.waiting,
        report.events,
        report.doubled,
        report.ignored,
        report.polls,
        report.errors
    );
}
