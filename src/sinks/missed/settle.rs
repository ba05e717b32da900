//! From what was missed to whom it is told.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::sleep;

use super::lane::Work;
use super::record::Entry;
use super::shared::Shared;
use super::tracker::{DECISION_WAIT, MissedCall, MissedWait, News};
use super::{MAX_UNSETTLED, MissedHost, lock, wording};
use crate::board::Name;
use crate::config::QueueMissed;
use crate::host::HostError;

/// The longest time without a look at what is due: the clock may be set.
const LONGEST_WAIT: Duration = Duration::from_millis(DECISION_WAIT);

impl<H: MissedHost> Shared<H> {
    /// Finds out what was missed, as it comes, until it is ended.
    pub(super) async fn decide(self: Arc<Self>) {
        loop {
            let next = lock(&self.tracker).next();
            match next {
                None => self.decide.notified().await,
                Some(at) => {
                    let wait = Duration::from_millis(at.0.saturating_sub(self.now().0));
                    tokio::select! {
                        () = sleep(wait.min(LONGEST_WAIT)) => {}
                        () = self.decide.notified() => {}
                    }
                }
            }
            let news = lock(&self.tracker).decide(self.now());
            self.settle_all(news);
        }
    }

    pub(super) fn settle_all(self: &Arc<Self>, news: Vec<News>) {
        for news in news {
            match news {
                News::Call(MissedCall {
                    line,
                    peer,
                    queue,
                    at,
                }) => self.settle(
                    line,
                    Entry {
                        peer,
                        colleague: None,
                        queue,
                        at,
                    },
                ),
                News::Queue(wait) => self.of_queue(&wait),
            }
        }
    }

    /// A queue's call was missed.
    pub(super) fn of_queue(self: &Arc<Self>, wait: &MissedWait) {
        let (told, language) = {
            let rules = self.rules();
            (rules.queues.of(&wait.queue).clone(), rules.language)
        };
        match told {
            QueueMissed::Nobody | QueueMissed::Agents => {}
            QueueMissed::Channel(channel) => {
                let text = wording::of_queue(wait, language);
                self.channels.post(&channel, &wait.queue, text);
            }
            QueueMissed::People(people) => {
                for name in people.iter() {
                    let entry = Entry {
                        peer: wait.peer.clone(),
                        colleague: None,
                        queue: Some(Arc::clone(&wait.queue)),
                        at: wait.at,
                    };
                    self.settle(Arc::clone(name), entry);
                }
            }
        }
    }

    /// Whoever goes by that name missed something: finds out who that is, and hands it to their lane.
    pub(super) fn settle(self: &Arc<Self>, name: Name, entry: Entry) {
        if !self.is_on() {
            return;
        }
        if self.unsettled.fetch_add(1, Ordering::Relaxed) >= MAX_UNSETTLED {
            self.unsettled.fetch_sub(1, Ordering::Relaxed);
            self.give_up("too many wait for the server already");
            return;
        }
        let shared = Arc::clone(self);
        self.spawn(async move {
            if let Err(error) = shared.settled(&name, entry).await {
                shared.give_up(&error.message);
            }
            shared.unsettled.fetch_sub(1, Ordering::Relaxed);
        });
    }

    pub(super) async fn settled(
        self: &Arc<Self>,
        name: &Name,
        mut entry: Entry,
    ) -> Result<(), HostError> {
        // Lines of nobody's are nobody's to be told of.
        let Some(person) = self.again(|| self.people.of(name)).await? else {
            return Ok(());
        };
        let chosen = self.again(|| self.people.preferences(&person.id)).await?;
        if !chosen.missed_calls {
            return Ok(());
        }
        if let Some(caller) = entry.peer.as_ref().and_then(|peer| peer.name.as_ref()) {
            // Without an answer the name that is known will do.
            let colleague = self.attempt(self.people.of(caller)).await.ok().flatten();
            entry.colleague = colleague.map(|colleague| {
                (
                    colleague.username.to_string(),
                    colleague.display_name.to_string(),
                )
            });
        }
        let user = person.id.clone();
        self.hand(&user, Work::Missed(Box::new((person, entry))))
            .await;
        Ok(())
    }
}
