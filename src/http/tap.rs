//! Phones' requests for those who watch what their phones send (`/phone test`). While nobody does, it costs one look at a number.

use axum::body::Body;
use http::Response;
use http::header::USER_AGENT;
use http::request::Parts;

use super::auth;
use crate::app::App;
use crate::config::Config;
use crate::host::Host;
use crate::sources::phone_urls::{Body as Posted, MAX_PATH_BYTES, MAX_QUERY_BYTES, PhoneRequest};
use crate::trace::{Outcome, Request};

/// Where a phone's request came, and with what.
#[derive(Clone, Copy)]
pub(super) struct Tap<'a, H> {
    pub(super) app: &'a App<H>,
    pub(super) config: &'a Config,
    pub(super) parts: &'a Parts,
    /// What stands before what the intake reads, without a secret.
    pub(super) place: &'a str,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
}

impl<H: Host> Tap<'_, H> {
    /// Shows what became of it, before its body was read.
    pub(super) fn saw(&self, outcome: impl FnOnce() -> Outcome) {
        self.saw_with(Posted::None, b"", outcome);
    }

    /// The same with what it carries.
    pub(super) fn saw_with(
        &self,
        read: Posted<'_>,
        body: &[u8],
        outcome: impl FnOnce() -> Outcome,
    ) {
        if !self.app.traces().is_on() {
            return;
        }
        let path = cut(self.path, MAX_PATH_BYTES);
        let query = cut(self.query, MAX_QUERY_BYTES);
        let sign = if query.is_empty() { "" } else { "?" };
        let agent = agent(self.parts);
        let request = Request {
            method: self.parts.method.as_str(),
            target: &format!("{}{path}{sign}{query}", self.place),
            read: PhoneRequest {
                path,
                query,
                body: read,
                agent,
            },
            body,
            address: &auth::address(self.parts),
            agent,
        };
        self.app.traces().saw(&request, outcome(), self.config);
    }

    /// Shows that it was refused in these words, and gives the answer.
    pub(super) fn refused(&self, (why, answer): (String, Response<Body>)) -> Response<Body> {
        self.saw(|| Outcome::Refused(why));
        answer
    }
}

/// What a phone calls itself; nothing where that is no text.
pub(super) fn agent(parts: &Parts) -> &str {
    let agent = parts.headers.get(USER_AGENT);
    agent.map_or("", |agent| agent.to_str().unwrap_or_default())
}

/// The first of it, in bytes.
fn cut(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rfind(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or(0)]
}
