//! The end, in good order: of the plugin, or of what this node did in its role.

use std::time::Duration;

use super::{App, lock};
use crate::host::Host;
use crate::presence::CLOSE_LIMIT;

/// What an orderly stop left undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StopReport {
    /// Posts that were not made before the deadline.
    pub posts_remaining: usize,
}

/// How long an orderly stop waits for the last words about calls, and then for Asterisk to take leave.
const HANG_UP_LIMIT: Duration = Duration::from_secs(2);

impl<H: Host> App<H> {
    /// Ends in good order: takes no more events, applies those it has, makes the posts that wait, and takes
    /// leave of the clients, all of it until the deadline at the latest.
    pub async fn stop(&self, deadline: Duration) -> StopReport {
        self.end(deadline, true).await
    }

    /// Ends what this node did in its role until now, as far as that does not last.
    pub(crate) async fn retire(&self, deadline: Duration) {
        self.end(deadline, false).await;
    }

    async fn end(&self, deadline: Duration, last: bool) -> StopReport {
        let board_and_posts = async {
            let started = tokio::time::Instant::now();
            self.ovh.stop();
            let last = match last {
                true => self.board.stop(deadline).await,
                false => None,
            };
            let left = deadline.saturating_sub(started.elapsed());
            let (_, posts, conferences, statuses, missed, notices) = tokio::join!(
                async {
                    if let Some(keeping) = &self.keeping {
                        keeping.stop(last, left).await;
                    }
                },
                self.posts.stop(left),
                self.video.stop(left),
                self.statuses.stop(left),
                self.missed.stop(left),
                self.effects.stop(left)
            );
            if missed > 0 {
                tracing::warn!(missed, "stopped before all missed calls were stored");
            }
            if statuses > 0 {
                tracing::warn!(
                    statuses,
                    "stopped before all statuses were given back, which happens after the next start"
                );
            }
            posts + conferences + notices
        };
        let leave = async {
            let limit = CLOSE_LIMIT.min(deadline);
            let presence = async {
                if last {
                    self.presence.stop(limit).await;
                }
            };
            let viewers = async {
                if last {
                    self.live.stop(limit).await;
                }
            };
            tokio::join!(presence, viewers);
        };
        let calls = async {
            self.calls.stop(HANG_UP_LIMIT.min(deadline)).await;
            self.asterisk.stop(HANG_UP_LIMIT.min(deadline)).await;
        };
        let traces = self.traces.stop(HANG_UP_LIMIT.min(deadline));
        let free = self.free.stop(deadline);
        let (posts_remaining, (), (), (), ()) =
            tokio::join!(board_and_posts, leave, calls, traces, free);
        self.desk.stop();
        for task in lock(&self.tasks).drain(..) {
            task.abort();
        }
        if posts_remaining > 0 {
            tracing::warn!(posts_remaining, "stopped before all posts were made");
        }
        StopReport { posts_remaining }
    }
}
