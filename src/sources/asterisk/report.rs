//! How Asterisk and the connection to it are, for the status page and the metrics.

use std::time::Duration;

use super::MissingRight;
use super::Settings;
use super::follower::Followed;
use super::link::Phase;
use crate::config::Problem;
use crate::language::Text;
use crate::language::texts::signs;

/// How things are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Whether a connection is wanted.
    pub on: bool,
    /// What the connection is in.
    pub state: LinkState,
    /// For how long it is up, or is not.
    pub turned: Duration,
    /// Asterisk's version; the series only, if the account may not ask for more.
    pub version: Option<String>,
    /// What the account in manager.conf may not.
    pub missing_rights: Vec<MissingRight>,
    /// Extensions that are lines.
    pub lines: usize,
    /// Calls of these lines; one between two of them counts twice.
    pub calls: usize,
    /// Channels of whatever kind.
    pub channels: usize,
    /// Queues.
    pub queues: usize,
    /// Events that were followed, since the start.
    pub events: u64,
    /// Messages that were dropped because too many came or they were too long, since the start.
    pub dropped: u64,
    /// Messages that could not be read, since the start.
    pub malformed: u64,
    /// How often everything was asked for anew because messages were lost.
    pub reseeds: u64,
    /// What was left out because a limit was reached, since the start.
    pub beyond_limits: u64,
    /// How long the oldest message waits that was not followed yet.
    pub behind: Duration,
    /// How long any message waited since the start.
    pub most_behind: Duration,
}

/// What the connection is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// Not wanted.
    Off,
    /// Being made for the first time.
    Connecting,
    /// Logged in; the state is being asked for.
    Seeding,
    /// Logged in, and everything is known.
    Up,
    /// There is none, for this reason; it is tried again and again.
    Down(String),
}

impl LinkState {
    /// What everybody may know where Asterisk is to be connected and is not. Why is the administrators' to know: it tells where it is.
    #[must_use]
    pub fn gone(&self) -> Option<Text> {
        match self {
            Self::Off | Self::Seeding | Self::Up => None,
            Self::Connecting => Some(signs::pbx_connecting),
            Self::Down(_) => Some(signs::pbx_gone),
        }
    }
}

pub(super) fn report(followed: &Followed, settings: Option<&Settings>) -> Report {
    let state = match (followed.link.phase(), settings) {
        (_, None) | (Phase::Off, _) => LinkState::Off,
        (Phase::Connecting, _) => LinkState::Connecting,
        (Phase::Seeding, _) => LinkState::Seeding,
        (Phase::Up, _) => LinkState::Up,
        (Phase::Down(trouble), Some(settings)) => LinkState::Down(trouble.words(settings)),
    };
    let counts = followed.state().counts();
    let waiting = followed.link.queue.waiting();
    let known = followed.known();
    Report {
        on: settings.is_some(),
        state,
        turned: followed.link.turned(),
        version: known.version.as_ref().map(|version| version.shown.clone()),
        missing_rights: known.missing.clone(),
        lines: counts.lines,
        calls: counts.calls,
        channels: counts.channels,
        queues: counts.queues,
        events: known.events,
        dropped: waiting.dropped,
        malformed: known.malformed,
        reseeds: known.reseeds,
        beyond_limits: counts.beyond_limits,
        behind: waiting.behind,
        most_behind: waiting.most_behind,
    }
}

pub(super) fn problems(followed: &Followed, settings: Option<&Settings>) -> Vec<Problem> {
    let Some(settings) = settings else {
        return Vec::new();
    };
    let mut problems = Vec::new();
    if let Phase::Down(trouble) = followed.link.phase() {
        problems.push(trouble.problem(settings));
    }
    problems
}

/// What the admin should know, and can live with.
pub(super) fn warnings(followed: &Followed) -> Vec<Problem> {
    let mut problems = Vec::new();
    let known = followed.known();
    for MissingRight { right, without } in &known.missing {
        let (kind, class) = right.split_once('=').unwrap_or((right, ""));
        problems.push(Problem::new(
            "AsteriskUser",
            format!("the account has no `{class}` in its `{kind}` in manager.conf: {without}"),
            format!("Add `{class}` to the account's `{kind}` in manager.conf, and run `manager reload` on Asterisk's console."),
        ));
    }
    let version = known.version.as_ref();
    if let Some(version) = version.filter(|version| version.is_open() == Some(true)) {
        problems.push(Problem::new(
            "AsteriskHost",
            format!(
                "Asterisk {} lets every account that may originate calls run programs on its machine (CVE-2024-42365)",
                version.shown
            ),
            "Upgrade it to 18.24.2, 20.9.2, 21.4.2 or newer; until then guard the account's secret well.",
        ));
    }
    problems
}
