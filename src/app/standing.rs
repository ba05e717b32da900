//! How the app is doing: what should be put right, what waits, and whether this node leads.

use std::time::Duration;

use super::App;
use crate::config::{Problem, Setting};
use crate::host::Host;
use crate::store::Damaged;

/// Events that wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitingEvents {
    /// For this node's board: at most [`MAX_QUEUED_EVENTS`](super::MAX_QUEUED_EVENTS).
    pub board: usize,
    /// For the node that leads: at most [`MAX_FORWARDS`](crate::cluster::relay::MAX_FORWARDS).
    pub leader: usize,
}

impl<H: Host> App<H> {
    /// Whether this node leads the others, or is alone, at this moment: what the lease says, also where this process was frozen and does
    /// not know yet that another one leads.
    #[must_use]
    pub fn leads(&self) -> bool {
        self.active && (self.leads)()
    }

    /// What waits for the board here, and what came here and waits for the node that leads.
    #[must_use]
    pub fn waiting_events(&self) -> WaitingEvents {
        WaitingEvents {
            board: self.board.queued(),
            leader: self.board.standing().waiting(),
        }
    }

    /// Whether everything works, as far as is known.
    #[must_use]
    pub fn healthy(&self) -> bool {
        self.problems().is_empty()
    }

    /// How many records of the store could not be read since the start, and were set aside; those of the board are not among them.
    #[must_use]
    pub fn damaged_records(&self) -> u64 {
        self.host.damaged().map_or(0, Damaged::count)
    }

    /// Everything that should be put right, with its remedy.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = self.config().problems.clone();
        problems.extend(self.resolved.borrow().problems(self.bundle));
        problems.extend(self.presence.problems());
        problems.extend(self.asterisk.problems());
        problems.extend(self.ovh.problems());
        let setting = self.setting(Setting::NumberLookupUrl);
        let config = self.config();
        problems.extend(self.lookup.problem(setting, config.number_lookup.as_ref()));
        if let Some(keeping) = &self.keeping {
            problems.extend(keeping.report().problems());
        }
        problems.extend(self.host.damaged().and_then(Damaged::problem));
        problems.extend(self.day_problem());
        problems.extend(self.missed_problems());
        problems.extend(self.effects_problems());
        problems.extend(self.statuses.problem());
        problems.extend(self.board.standing().problem());
        problems.extend(self.video.problems());
        if let Some(why) = self.posts.failure() {
            problems.push(Problem::new(
                "posts",
                format!(
                    "the server does not make them: {}",
                    crate::text::clean(&why)
                ),
                "Waiting posts are tried again; see the server's log if this lasts.",
            ));
        }
        if self.board.is_stopped() {
            problems.push(Problem::new(
                "board",
                "has stopped",
                "Disable and enable the plugin.",
            ));
        }
        problems
    }

    /// Waits until what the settings name was looked for, `limit` at most: someone who has just saved them and
    /// asks whether all is well wants to hear of these settings.
    pub async fn settled(&self, limit: Duration) {
        let mut resolved = self.resolved.clone();
        let settled = resolved.wait_for(|resolved| resolved.answers(&self.wanted.borrow()));
        // What is not known by then is not told of yet.
        let settled = async {
            let _ = tokio::time::timeout(limit, settled).await;
        };
        tokio::join!(
            settled,
            self.asterisk.settled(limit),
            self.ovh.settled(limit)
        );
    }
}
