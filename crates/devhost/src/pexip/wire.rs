//! The forms of answers, and what makes names that nobody guesses.

use axum::body::Body;
use http::{Response, StatusCode, header};
use serde_json::{Value, json};

/// An answer that went well.
pub(super) fn success(result: impl Into<Value>) -> Response<Body> {
    answer(
        StatusCode::OK,
        &json!({"status": "success", "result": result.into()}),
    )
}

/// One that did not.
pub(super) fn failed(status: StatusCode, result: impl Into<Value>) -> Response<Body> {
    answer(
        status,
        &json!({"status": "failed", "result": result.into()}),
    )
}

pub(super) fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

fn answer(status: StatusCode, body: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let json = header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// 128 bits of the system's randomness, as a UUID of version 4 (RFC 9562).
pub(super) fn uuid() -> String {
    let mut bytes = random();
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = hex(&bytes);
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

/// 128 bits of the system's randomness.
pub(super) fn token() -> String {
    hex(&random())
}

fn random() -> [u8; 16] {
    let mut bytes = [0; 16];
    if getrandom::fill(&mut bytes).is_err() {
        // A stand-in on this machine only: guessable is better than none.
        fastrand::fill(&mut bytes);
    }
    bytes
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
