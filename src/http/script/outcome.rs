//! What came of it, in words and in a status code.
//!
//! Calls that fail have the status that SIP's own codes give them, as RFC 3398 (7.2.4.1) maps the telephone network's causes to
//! them; a client that does not know 480 or 486 takes them for 400 (RFC 9110, 15).
//!
//! | status | what it means | `outcome` |
//! |---|---|---|
//! | 200 | both answered | `answered` |
//! | 202 | the call still goes on, and nobody knows yet | `calling` |
//! | 202 | Asterisk accepted the text, which does not mean that a phone shows it | `accepted` |
//! | 400 | arguments miss, or are wrong; what is to be dialled cannot be | |
//! | 401 | `user` or `secret` is wrong | |
//! | 403 | `ip` or `port` is not the Asterisk that is set | |
//! | 403 | the call was refused | `refused` |
//! | 404 | there is no such script | |
//! | 404 | there is no such number | `no-such-number` |
//! | 429 | too many wrong accounts came from this address, or there are too many calls at once | |
//! | 480 | nobody answered | `no-answer` |
//! | 480 | no phone is registered there, or it cannot be reached | `unreachable` |
//! | 486 | busy | `busy` |
//! | 487 | whoever answered first hung up before the other did | `hung-up` |
//! | 502 | Asterisk refused the order | |
//! | 502 | it failed, and Asterisk does not tell why | `failed` |
//! | 503 | Asterisk is not set or not connected | |
//! | 503 | the line or the network had no room | `congestion` |
//! | 504 | Asterisk did not answer the order in time, or the link broke meanwhile: nobody knows | `unknown` |

use axum::body::Body;
use http::{Response, StatusCode};

use crate::calls::{Denied, DeniedKind, Failure, Leg, ScriptCall, ScriptOutcome, ScriptText};
use crate::http::errors;
use crate::language::Language;

/// SIP's "Temporarily Unavailable" (RFC 3261, 21.4.18).
const TEMPORARILY_UNAVAILABLE: u16 = 480;
/// SIP's "Busy Here" (RFC 3261, 21.4.24).
const BUSY_HERE: u16 = 486;
/// SIP's "Request Terminated" (RFC 3261, 21.4.25).
const REQUEST_TERMINATED: u16 = 487;

pub(super) fn of_call(call: &ScriptCall, json: bool) -> Response<Body> {
    let (status, word) = status(&call.outcome);
    let leg = match call.outcome {
        ScriptOutcome::Failed(Leg::Own, _) => Some("from"),
        ScriptOutcome::Failed(Leg::Other, _) => Some("to"),
        _ => None,
    };
    answer(status, word, leg, &call.sentence(), json)
}

pub(super) fn of_text(text: &ScriptText, json: bool) -> Response<Body> {
    answer(
        StatusCode::ACCEPTED,
        "accepted",
        None,
        &text.sentence(),
        json,
    )
}

/// An order that was not taken, or of which nobody knows whether it was. Those that a call may end with, too, have its word.
pub(super) fn of_denied(denied: &Denied, json: bool) -> Response<Body> {
    let word = match denied.kind() {
        DeniedKind::NotFound => "no-such-number",
        DeniedKind::Unknown => "unknown",
        _ => return errors::denied(denied, Language::English, json),
    };
    let status = errors::denied_status(denied.kind());
    answer(
        status,
        word,
        None,
        &denied.sentence(Language::English),
        json,
    )
}

/// A line of text, or the same with the outcome's word and the argument whose phone it was that failed.
fn answer(
    status: StatusCode,
    word: &str,
    leg: Option<&str>,
    sentence: &str,
    json: bool,
) -> Response<Body> {
    if !json {
        return errors::answer(status, sentence, false);
    }
    let kind = if status.is_success() {
        "detail"
    } else {
        "error"
    };
    let mut body = serde_json::json!({ "outcome": word, kind: sentence });
    if let Some(leg) = leg {
        body["failed"] = leg.into();
    }
    errors::response(status, errors::JSON, body.to_string())
}

fn status(outcome: &ScriptOutcome) -> (StatusCode, &'static str) {
    let sip = |code| StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_REQUEST);
    match outcome {
        ScriptOutcome::Connected => (StatusCode::OK, "answered"),
        ScriptOutcome::Undecided(_) => (StatusCode::ACCEPTED, "calling"),
        ScriptOutcome::Lost(_) => (StatusCode::GATEWAY_TIMEOUT, "unknown"),
        ScriptOutcome::Failed(_, failure) => match failure {
            Failure::Busy => (sip(BUSY_HERE), "busy"),
            Failure::NoAnswer => (sip(TEMPORARILY_UNAVAILABLE), "no-answer"),
            Failure::Unreachable => (sip(TEMPORARILY_UNAVAILABLE), "unreachable"),
            Failure::HungUp => (sip(REQUEST_TERMINATED), "hung-up"),
            Failure::Refused => (StatusCode::FORBIDDEN, "refused"),
            Failure::NoSuchNumber => (StatusCode::NOT_FOUND, "no-such-number"),
            Failure::Congestion => (StatusCode::SERVICE_UNAVAILABLE, "congestion"),
            Failure::Unknown => (StatusCode::BAD_GATEWAY, "failed"),
        },
    }
}
