//! Posts in the configured channel, in one of three styles: an event a post, in the original's words; a call a post, which changes as the
//! call goes on; or none.

mod cards;
mod classic;
mod flap;
mod outbox;
#[cfg(test)]
mod tests;
mod wording;

pub use cards::{LINGER, MAX_CHANGES, MAX_LEGS, MAX_LINGERING, MAX_NAMED, SAME_CALL};
pub use flap::{
    CALM, LONG_WINDOW, MAX_COUNTED, MAX_IN_LONG_WINDOW, MAX_IN_WINDOW, TELL_EVERY, WINDOW,
};
pub use outbox::{
    ATTEMPT_LIMIT, CardId, Counts, GIVE_UP_AFTER, MAX_PARALLEL, MAX_WAITING,
    MAX_WAITING_PER_PERSON, Outbox, Target,
};
pub use wording::message;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use super::Sink;
use crate::app::Clock;
use crate::board::{Change, Report, Source};
use crate::config::{Config, PostStyle};
use crate::host::Posts;
use crate::language::{Language, texts};
use crate::tasks;
use crate::text::markdown;
use cards::{Cards, Effect, Setting};
use classic::Classic;
use flap::{Flaps, Subject, Surplus};

/// Makes the posts of what the board tells.
#[derive(Debug)]
pub struct Posting<P> {
    outbox: Outbox<P>,
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    classic: Classic,
    cards: Cards,
    flaps: Flaps,
    /// What the settings said last.
    style: PostStyle,
    /// What cards are in.
    language: Language,
    /// Whether a task tells of phones that flap.
    telling: bool,
}

impl<P: Posts + Send + Sync + 'static> Posting<P> {
    /// Nothing is posted yet. Posts wait while there is no target.
    #[must_use]
    pub fn new(posts: Arc<P>, target: watch::Receiver<Option<Target>>, clock: Clock) -> Arc<Self> {
        Arc::new(Self {
            outbox: Outbox::new(posts, target),
            clock,
            state: Mutex::default(),
        })
    }

    /// What follows the board for it.
    #[must_use]
    pub fn sink(self: &Arc<Self>) -> PostSink<P> {
        PostSink(Arc::clone(self))
    }

    /// What cards are in from now on: the language of what is said to nobody in particular.
    pub fn set_language(&self, language: Language) {
        self.state().language = language;
    }

    /// That language; English until it is known.
    #[must_use]
    pub fn language(&self) -> Language {
        self.state().language
    }

    /// What became of posts so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            flapped: self.state().flaps.surplus,
            ..self.outbox.counts()
        }
    }

    /// Why posts are not made at the moment, in the server's words; nothing while they are.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        self.outbox.failure()
    }

    /// Returns once the server refused a post for good, which may mean that the target is gone.
    pub async fn refused(&self) {
        self.outbox.refused().await;
    }

    /// Takes no more posts, and makes those that wait, until the deadline at the latest. Cards of calls that go on say that they are no
    /// longer followed: whoever starts next knows nothing of them. Tells how many posts remained.
    pub async fn stop(&self, deadline: Duration) -> usize {
        let surplus = self.state().flaps.told_at_last();
        self.tell(surplus);
        self.outbox.stop(deadline).await
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in the lock's scopes can leave it half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(self: &Arc<Self>, change: &Change, config: &Config) {
        let mut locked = self.state();
        let state = &mut *locked;
        let flapped = state.flaps.surplus;
        state.style = config.post_style;
        if config.post_style == PostStyle::Classic
            && let Some((report, message)) = state.classic.post(change, config)
            && state.flaps.admit(&subject(report), change.at)
        {
            self.outbox.push(&change.subject, message);
        }
        // Cards that are there are followed in each style.
        let setting = Setting {
            config,
            language: state.language,
            flaps: &mut state.flaps,
        };
        for effect in state.cards.take(change, setting) {
            match effect {
                Effect::Show {
                    card,
                    line,
                    text,
                    open,
                } => {
                    let last_word = open.then(|| texts::posts::unfollowed(state.language, &text));
                    self.outbox.show(card, &line, text, last_word);
                }
                Effect::Release(card) => self.outbox.release(card),
            }
        }
        if state.flaps.surplus > flapped && !state.telling {
            state.telling = true;
            tasks::spawn(tell_of_flaps(Arc::downgrade(self)));
        }
    }

    /// Posts how often phones reported what was not posted.
    fn tell(&self, surplus: Vec<Surplus>) {
        let (style, language) = {
            let state = self.state();
            (state.style, state.language)
        };
        let language = match style {
            PostStyle::Classic => Language::English,
            PostStyle::Card => language,
            PostStyle::None => return,
        };
        for surplus in surplus {
            let text = flapped(&surplus, language);
            self.outbox.push(&surplus.subject.line, text);
        }
    }
}

fn flapped(surplus: &Surplus, language: Language) -> String {
    let times = match surplus.times {
        1 => texts::posts::once_more(language),
        times => texts::posts::more_times(language, times),
    };
    let subject = &surplus.subject;
    let (line, action) = (markdown(&subject.line), subject.action.name());
    match &subject.other {
        Some(other) => texts::posts::flapped_with(language, line, action, markdown(other), times),
        None => texts::posts::flapped(language, line, action, times),
    }
}

/// Tells of phones that flap, until all of them are calm.
async fn tell_of_flaps<P: Posts + Send + Sync + 'static>(posting: Weak<Posting<P>>) {
    loop {
        let wait = {
            let Some(posting) = posting.upgrade() else {
                return;
            };
            let mut state = posting.state();
            let Some(due) = state.flaps.next_due() else {
                state.telling = false;
                return;
            };
            Duration::from_millis(due.0.saturating_sub((posting.clock)().0))
        };
        sleep(wait).await;
        let Some(posting) = posting.upgrade() else {
            return;
        };
        let now = (posting.clock)();
        let surplus = posting.state().flaps.told(now);
        posting.tell(surplus);
    }
}

/// Follows the board.
#[derive(Debug)]
pub struct PostSink<P>(Arc<Posting<P>>);

impl<P: Posts + Send + Sync + 'static> Sink for PostSink<P> {
    fn take(&mut self, change: &Change, config: &Config) {
        self.0.take(change, config);
    }
}

fn subject(report: &Report) -> Subject {
    let other = report.peer.as_ref().map(|peer| Arc::clone(&peer.number));
    Subject {
        line: Arc::clone(&report.user),
        action: report.action,
        other,
    }
}

/// Whether a PBX's calls of a line are posted: where the admin wants that, and the line has a name. It tells of every line it has.
fn posts_pbx(config: &Config, source: Source, line: &str) -> bool {
    let wanted = match source {
        Source::Phone => false,
        Source::Asterisk => config.asterisk_posts,
        Source::Ovh => config.ovh_posts,
    };
    wanted && config.numbers_users.has_user(line)
}
