//! What mod_callcenter's words mean, by which queues tell of callers and agents.

use super::super::event::Field;
use super::Told;
use crate::board::{Departure, Timestamp, WAITING_LIMIT};

/// Since when somebody waits of whom nothing was seen before: both ends are of one clock, that of the queue's machine.
pub(super) fn since(told: &Told<'_>, ends: &[Field]) -> Timestamp {
    let joined = told.fields.time(Field::Joined);
    let ended = ends.iter().find_map(|field| told.fields.time(*field));
    let waited = ended.zip(joined).and_then(|(e, j)| e.checked_sub(j));
    let waited = waited.map(|nanoseconds| nanoseconds / 1_000_000);
    let waited = waited.filter(|waited| *waited <= WAITING_LIMIT);
    Timestamp(told.now.0.saturating_sub(waited.unwrap_or_default()))
}

/// How a caller was lost, by FreeSWITCH's words (mod_callcenter's cancel reasons, and the causes of a call to an agent that are the
/// caller's); nothing where they were not, or need not be.
pub(super) fn loss(reason: &str) -> Option<Departure> {
    let is = |words: &[&str]| words.iter().any(|word| reason.eq_ignore_ascii_case(word));
    if is(&["ORIGINATOR_CANCEL", "BREAK_OUT"]) {
        Some(Departure::Abandoned)
    } else if is(&["NO_AGENT_TIMEOUT", "TIMEOUT"]) {
        Some(Departure::TimedOut)
    } else if is(&["EXIT_WITH_KEY"]) {
        Some(Departure::Elsewhere)
    } else {
        None
    }
}

/// The number in `agent_<number>_<n>`, or the whole of anything else.
pub(super) fn agent_number(agent: &str) -> &str {
    let inner = agent
        .strip_prefix("agent_")
        .and_then(|rest| rest.rsplit_once('_'));
    match inner {
        Some((number, n)) if !number.is_empty() && n.bytes().all(|b| b.is_ascii_digit()) => number,
        _ => agent,
    }
}
