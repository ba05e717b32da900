//! `/status`: `OK`, or what is wrong, and how each part is doing.

use std::fmt::Write;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use http::{Request, Response, StatusCode};

use super::super::{auth, errors};
use super::{READING, is_reading};
use crate::app::App;
use crate::host::Host;
use crate::presence::{Report, Status};
use crate::sources::asterisk::{self, LinkState};

/// `OK`, or what is wrong.
pub(in crate::http) async fn status<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, _) = request.into_parts();
    if let Err(refusal) = auth::status(&app, &parts) {
        return refusal.answer(&app, false);
    }
    if !is_reading(&parts) {
        return errors::method_not_allowed(READING, false);
    }
    app.settled(auth::SETTLE_LIMIT).await;
    let problems = app.problems();
    let mut lines = String::new();
    let mut code = StatusCode::SERVICE_UNAVAILABLE;
    if problems.is_empty() {
        code = StatusCode::OK;
        lines.push_str("OK\n");
    }
    for problem in problems.into_iter().chain(app.asterisk().warnings()) {
        lines.push_str(&problem.to_string());
        lines.push('\n');
    }
    let asterisk = app.asterisk().report();
    if asterisk.on {
        asterisk_lines(&mut lines, &asterisk);
    }
    let report = app.presence().report();
    if report.on {
        presence_lines(&mut lines, &report);
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

/// How the connection to Asterisk is, in a few words.
pub(super) fn asterisk_words(report: &asterisk::Report) -> String {
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
