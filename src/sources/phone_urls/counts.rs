//! What became of phones' requests.

use std::sync::atomic::{AtomicU64, Ordering};

use http::StatusCode;

/// The statuses that phones are answered with; any other one is counted under the last of them.
pub const ANSWERS: [StatusCode; 9] = [
    StatusCode::OK,
    StatusCode::BAD_REQUEST,
    StatusCode::UNAUTHORIZED,
    StatusCode::NOT_FOUND,
    StatusCode::METHOD_NOT_ALLOWED,
    StatusCode::PAYLOAD_TOO_LARGE,
    StatusCode::URI_TOO_LONG,
    StatusCode::TOO_MANY_REQUESTS,
    StatusCode::SERVICE_UNAVAILABLE,
];

/// Answers to phones by status, and what they reported, since the start.
#[derive(Debug, Default)]
pub struct Counts {
    answers: [AtomicU64; ANSWERS.len()],
    reports: AtomicU64,
}

impl Counts {
    /// A phone was answered with this.
    pub fn answered(&self, status: StatusCode) {
        let at = ANSWERS.iter().position(|known| *known == status);
        self.answers[at.unwrap_or(ANSWERS.len() - 1)].fetch_add(1, Ordering::Relaxed);
    }

    /// A request was understood to report so many things.
    pub fn reported(&self, reports: usize) {
        self.reports.fetch_add(reports as u64, Ordering::Relaxed);
    }

    /// How many were answered with each of [`ANSWERS`].
    #[must_use]
    pub fn answers(&self) -> [(StatusCode, u64); ANSWERS.len()] {
        std::array::from_fn(|at| (ANSWERS[at], self.answers[at].load(Ordering::Relaxed)))
    }

    /// What was reported.
    #[must_use]
    pub fn reports(&self) -> u64 {
        self.reports.load(Ordering::Relaxed)
    }
}
