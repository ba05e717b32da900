//! Asking for the whole state: which lists are under way, and what came of them.

use std::time::Duration;

use asterisk_rs_ami::RawAmiMessage;
use tokio::time::Instant;

use super::actions;
use super::actions::Action;
use super::link::Connection;
use super::state::Seeded;
use crate::calls::Refusal;

/// How long the lists may take together.
const SEED_LIMIT: Duration = Duration::from_secs(20);

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    /// What the account may. One answer, no items.
    Commands,
    /// Asterisk's version. One answer, no items; few accounts may have it.
    Version,
    Channels,
    Devices,
    Hints,
    Queues,
}

/// What came of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Came {
    Nothing,
    Whole,
    Refused,
    /// Asterisk has no such action; or not yet, while it starts.
    Unknown,
}

/// The lists that are under way.
#[derive(Debug)]
pub(super) struct Seed {
    began: Instant,
    lists: Vec<(String, List, Came)>,
}

impl List {
    fn action(self) -> Action {
        match self {
            Self::Commands => actions::list_commands(),
            Self::Version => actions::core_settings(),
            Self::Channels => actions::list("Status"),
            Self::Devices => actions::list("DeviceStateList"),
            Self::Hints => actions::list("ExtensionStateList"),
            Self::Queues => actions::list("QueueStatus"),
        }
    }

    /// Whether one answer is all.
    fn is_single(self) -> bool {
        matches!(self, Self::Commands | Self::Version)
    }
}

impl Seed {
    /// Asks for everything at once. The answers come one after the other.
    pub(super) fn begin(connection: &Connection, with_version: bool) -> Result<Self, Refusal> {
        let mut lists = vec![
            List::Commands,
            List::Channels,
            List::Devices,
            List::Hints,
            List::Queues,
        ];
        if with_version {
            lists.push(List::Version);
        }
        let lists = lists.into_iter().map(|list| {
            let id = connection.new_id();
            connection.send(&list.action(), &id)?;
            Ok::<_, Refusal>((id, list, Came::Nothing))
        });
        Ok(Self {
            began: Instant::now(),
            lists: lists.collect::<Result<_, _>>()?,
        })
    }

    /// Takes note of a message. Answers which list it is of, if any.
    pub(super) fn note(&mut self, message: &RawAmiMessage) -> Option<List> {
        let id = message.get("ActionID")?;
        let (_, list, came) = self.lists.iter_mut().find(|(own, ..)| own == id)?;
        if let Some(response) = message.get("Response") {
            let words = message.get("Message").unwrap_or_default();
            if !response.eq_ignore_ascii_case("Error") {
                if list.is_single() {
                    *came = Came::Whole;
                }
            } else if words.starts_with("Invalid/unknown command") {
                *came = Came::Unknown;
            } else {
                *came = Came::Refused;
            }
        } else if is_end(message) {
            *came = Came::Whole;
        }
        Some(*list)
    }

    /// Whether there is nothing more to wait for.
    pub(super) fn is_over(&self, now: Instant) -> bool {
        let waits = |(_, _, came): &(String, List, Came)| *came == Came::Nothing;
        !self.lists.iter().any(waits) || now >= self.began + SEED_LIMIT
    }

    /// Whether something did not come that was not refused.
    pub(super) fn is_cut_short(&self) -> bool {
        self.lists.iter().any(|(_, _, came)| *came == Came::Nothing)
    }

    /// Whether nothing is waited for of which extensions there are.
    pub(super) fn tells_extensions(&self) -> bool {
        let lists = [List::Devices, List::Hints];
        lists.iter().all(|list| self.came(*list) != Came::Nothing)
    }

    /// Whether Asterisk does not know a list.
    pub(super) fn lacks(&self, list: List) -> bool {
        self.came(list) == Came::Unknown
    }

    /// Which lists are whole.
    pub(super) fn complete(&self) -> Seeded {
        let whole = |list| self.came(list) == Came::Whole;
        Seeded {
            channels: whole(List::Channels),
            devices: whole(List::Devices),
            hints: whole(List::Hints),
            queues: whole(List::Queues),
        }
    }

    fn came(&self, list: List) -> Came {
        let found = self.lists.iter().find(|(_, own, _)| *own == list);
        found.map_or(Came::Nothing, |(_, _, came)| *came)
    }
}

/// Whether it is the end of a list. Asterisk 11 ends some without `EventList`.
fn is_end(message: &RawAmiMessage) -> bool {
    let complete = |value: &str| value.eq_ignore_ascii_case("Complete");
    message.get("EventList").is_some_and(complete)
        || message
            .get("Event")
            .is_some_and(|event| event.ends_with("Complete"))
}
