//! How OVH is followed, for the status page and the metrics.

use super::Own;
use super::link::Phase;
use super::state::Counts;
use crate::board::Timestamp;
use crate::config::Problem;

/// How things are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Whether it is wanted.
    pub on: bool,
    /// What the polls are in, all of them together.
    pub state: LinkState,
    /// Since when they are in that.
    pub since: Timestamp,
    /// When a poll was answered last.
    pub answered: Option<Timestamp>,
    /// How many tokens there are.
    pub tokens: usize,
    /// How many of them are followed at this moment.
    pub up: usize,
    /// Numbers that are lines.
    pub lines: usize,
    /// Calls on them; one between two lines counts twice.
    pub calls: usize,
    /// Numbers that are queues.
    pub queues: usize,
    /// Callers who wait in those.
    pub waiting: usize,
    /// Polls that ended, since the start.
    pub polls: u64,
    /// Those of them that failed.
    pub errors: u64,
    /// Events that were followed, since the start.
    pub events: u64,
    /// Events that had come before, through another token for instance.
    pub doubled: u64,
    /// Events of which nothing could be made.
    pub ignored: u64,
    /// What was left out because a limit was reached.
    pub beyond_limits: u64,
    /// How often events may have been lost: a session that was not known any more, or a long time without any answer.
    pub gaps: u64,
}

/// What the polls are in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum LinkState {
    /// Not wanted.
    #[default]
    Off,
    /// Being made for the first time.
    Connecting,
    /// All tokens are followed.
    Up,
    /// Not all of them are, for this reason. It is tried again and again.
    Down(String),
}

impl LinkState {
    /// Which of them it is, without why.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

pub(super) fn state(own: &Own) -> LinkState {
    if own.settings.is_none() {
        return LinkState::Off;
    }
    let mut why: Vec<String> = Vec::new();
    let mut is_connecting = false;
    for (at, link) in own.links.iter().enumerate() {
        match &link.phase {
            Phase::Up => {}
            Phase::Connecting => is_connecting = true,
            Phase::Down(trouble) => {
                let words = trouble.words(at + 1, &link.followed.token);
                // What is wrong with all of them is said once.
                if !why.contains(&words) {
                    why.push(words);
                }
            }
        }
    }
    match (why.is_empty(), is_connecting) {
        (false, _) => LinkState::Down(why.join("; ")),
        (true, true) => LinkState::Connecting,
        (true, false) => LinkState::Up,
    }
}

pub(super) fn report(own: &Own, counts: &Counts) -> Report {
    let up = |phase: &Phase| *phase == Phase::Up;
    Report {
        on: own.settings.is_some(),
        state: own.state.clone(),
        since: own.since,
        answered: own.answered,
        tokens: own.links.len(),
        up: own.links.iter().filter(|link| up(&link.phase)).count(),
        lines: counts.lines,
        calls: counts.calls,
        queues: counts.queues,
        waiting: counts.waiting,
        polls: own.polls,
        errors: own.errors,
        events: counts.events,
        doubled: counts.doubled,
        ignored: counts.ignored + own.malformed,
        beyond_limits: counts.beyond_limits,
        gaps: own.gaps,
    }
}

pub(super) fn problems(own: &Own) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (at, link) in own.links.iter().enumerate() {
        if let Phase::Down(trouble) = &link.phase {
            let problem = trouble.problem(at + 1, &link.followed.token);
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
    }
    problems
}
