//! Channels that settings name beside the phones' own, and posts in them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::{sleep, timeout};

use crate::board::Name;
use crate::config::Problem;
use crate::host::{Directory, HostError, HostErrorKind, Posts};
use crate::messages::ATTEMPT_LIMIT;
use crate::sinks::posts::{Counts, Outbox, Target};
use crate::text;

/// How long after a channel was not found, or refused a post, it is looked for again: an admin may be making it.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// The channels. Posts for one wait until it is found. The one with an empty name is the phones' own.
#[derive(Debug)]
pub(crate) struct Channels<H> {
    host: Arc<H>,
    /// Where other posts go: who says these is who says those.
    main: watch::Receiver<Option<Target>>,
    state: Mutex<State<H>>,
    changed: Notify,
}

#[derive(Debug)]
struct State<H> {
    team: String,
    channels: HashMap<Arc<str>, Channel<H>>,
    /// What became of posts for channels that are no longer named.
    gone: Counts,
}

#[derive(Debug)]
struct Channel<H> {
    outbox: Arc<Outbox<H>>,
    target: watch::Sender<Option<Target>>,
    /// Why it was not found.
    failure: Option<HostError>,
}

impl<H: Directory + Posts + Send + Sync + 'static> Channels<H> {
    pub(crate) fn new(host: Arc<H>, main: watch::Receiver<Option<Target>>) -> Self {
        Self {
            host,
            main,
            state: Mutex::new(State {
                team: String::new(),
                channels: HashMap::new(),
                gone: Counts::default(),
            }),
            changed: Notify::new(),
        }
    }

    /// Takes which channels there are, of which team.
    pub(crate) fn configure(&self, team: &str, names: Vec<Arc<str>>) {
        let mut state = self.state();
        let State {
            team: known,
            channels,
            gone,
        } = &mut *state;
        let other_team = known != team;
        team.clone_into(known);
        channels.retain(|name, channel| {
            let stays = !other_team && names.contains(name);
            if !stays {
                add(gone, channel.outbox.counts());
                // What waits there is posted no more.
                gone.given_up += std::mem::take(&mut gone.waiting) as u64;
            }
            stays
        });
        for name in names {
            channels.entry(name).or_insert_with(|| {
                let (target, found) = watch::channel(None);
                Channel {
                    outbox: Arc::new(Outbox::new(Arc::clone(&self.host), found)),
                    target,
                    failure: None,
                }
            });
        }
        drop(state);
        self.changed.notify_one();
    }

    /// Posts something of that queue's in the channel of that name, after what was posted of the queue's before.
    pub(super) fn post(&self, name: &Arc<str>, queue: &Name, text: String) {
        if let Some(channel) = self.state().channels.get(name) {
            channel.outbox.push(queue, text);
        }
    }

    /// What posts in the channel of that name, if that is one of them.
    pub(super) fn outbox(&self, name: &str) -> Option<Arc<Outbox<H>>> {
        let state = self.state();
        let channel = state.channels.get(name)?;
        Some(Arc::clone(&channel.outbox))
    }

    /// Finds the channels, and finds them again, until it is ended.
    pub(crate) async fn run(&self) {
        let mut main = self.main.clone();
        loop {
            let target = main.borrow_and_update().clone();
            if let Some(target) = target {
                for name in self.to_find(&target) {
                    self.find(&name, &target).await;
                }
            }
            let any = !self.state().channels.is_empty();
            tokio::select! {
                () = self.changed.notified() => {}
                () = sleep(LOOK_AGAIN), if any => {}
                // Without anybody who would say so, nothing changes.
                Ok(()) = main.changed() => {}
            }
        }
    }

    /// Which channels are to be looked for.
    fn to_find(&self, main: &Target) -> Vec<Arc<str>> {
        let state = self.state();
        let lost = |name: &str, channel: &Channel<H>| {
            let target = channel.target.borrow();
            channel.outbox.failure().is_some()
                || target.as_ref().is_none_or(|target| {
                    target.author != main.author || (name.is_empty() && target != main)
                })
        };
        let all = state.channels.iter();
        let lost = all.filter(|(name, channel)| lost(name, channel));
        lost.map(|(name, _)| Arc::clone(name)).collect()
    }

    async fn find(&self, name: &Arc<str>, main: &Target) {
        let team = self.state().team.clone();
        let look = async {
            if name.is_empty() {
                return Ok(main.channel.clone());
            }
            let team = self.host.team_by_name(&team).await?;
            self.host.channel_by_name(&team, name).await
        };
        let found = timeout(ATTEMPT_LIMIT, look).await;
        let found = found.unwrap_or_else(|_| Err(HostError::transient("no answer in time")));
        let mut state = self.state();
        if state.team != team {
            return;
        }
        let Some(channel) = state.channels.get_mut(name) else {
            return;
        };
        match found {
            Ok(found) => {
                channel.failure = None;
                let target = Target {
                    channel: found,
                    author: main.author.clone(),
                };
                channel.target.send_if_modified(|known| {
                    let new = Some(target);
                    let changed = *known != new;
                    *known = new;
                    changed
                });
            }
            Err(error) => {
                if channel.failure.as_ref().map(|known| known.kind) != Some(error.kind) {
                    tracing::warn!(%error, channel = %name, "a channel that a setting names was not found");
                }
                channel.failure = Some(error);
            }
        }
    }

    /// That this channel was not found, as a problem of that setting.
    pub(crate) fn problem(&self, name: &str, setting: &str) -> Option<Problem> {
        let state = self.state();
        let error = state.channels.get(name)?.failure.as_ref()?;
        Some(not_found(name, error, setting))
    }

    /// Which channels were not found, as problems of that setting.
    pub(super) fn problems(&self, setting: &str) -> Vec<Problem> {
        let state = self.state();
        let mut problems: Vec<Problem> = state
            .channels
            .iter()
            .filter_map(|(name, channel)| Some(not_found(name, channel.failure.as_ref()?, setting)))
            .collect();
        problems.sort_by(|a, b| a.what.cmp(&b.what));
        problems
    }

    /// What became of posts so far.
    pub(crate) fn counts(&self) -> Counts {
        let state = self.state();
        let mut counts = state.gone;
        for channel in state.channels.values() {
            add(&mut counts, channel.outbox.counts());
        }
        counts
    }

    /// Makes what waits, until the deadline at the latest. Tells how many posts remained.
    pub(crate) async fn stop(&self, deadline: Duration) -> usize {
        let outboxes: Vec<_> = {
            let state = self.state();
            let channels = state.channels.values();
            channels
                .map(|channel| Arc::clone(&channel.outbox))
                .collect()
        };
        let stopping = outboxes.iter().map(|outbox| outbox.stop(deadline));
        futures_util::future::join_all(stopping)
            .await
            .into_iter()
            .sum()
    }

    fn state(&self) -> MutexGuard<'_, State<H>> {
        // Nothing that happens under the lock can leave it half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn not_found(name: &str, error: &HostError, setting: &str) -> Problem {
    let name = text::clean(name);
    if error.kind == HostErrorKind::NotFound {
        let remedy =
            "Enter the channel's name as it stands in its URL, not the one that is displayed.";
        let what = format!("there is no channel `{name}` in the team");
        return Problem::new(setting, what, remedy);
    }
    let error = text::clean(&error.message);
    let what = format!("`{name}` could not be looked up: {error}");
    Problem::new(
        setting,
        what,
        "It is tried again; see the server's log if this lasts.",
    )
}

fn add(sum: &mut Counts, counts: Counts) {
    sum.made += counts.made;
    sum.given_up += counts.given_up;
    sum.retried += counts.retried;
    sum.waiting += counts.waiting;
}
