//! What posts about queues in trouble say.

use crate::board::{Name, Timestamp};
use crate::config::Limits;
use crate::icons::Elapsed;
use crate::language::Language;
use crate::language::texts::{alerts as texts, posts};
use crate::text::markdown;

use super::reading::Beyond;
use super::watch::Said;

/// In which words, by which clocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader {
    pub(super) language: Language,
    /// By how many seconds clocks are ahead of UTC.
    pub(super) offset: i32,
}

impl Reader {
    /// The text, and what it is to be where nobody follows the queue any more.
    pub(super) fn post(
        self,
        queue: &Name,
        limits: &Limits,
        said: &Said,
    ) -> (String, Option<String>) {
        let language = self.language;
        let time = |at| language.time_of_day(at, self.offset);
        let queue = markdown(queue);
        match said {
            Said::Trouble { since, beyond } => {
                let what = language.list(&self.now(beyond, limits));
                let text = texts::trouble(language, queue, time(*since), what);
                let last_word = posts::unfollowed(language, &text);
                (text, Some(last_word))
            }
            Said::Well {
                since,
                until,
                worst,
            } => {
                let what = language.list(&self.worst(worst, limits));
                let text = texts::well(language, queue, time(*until), time(*since), what);
                (text, None)
            }
            Said::Lost { since, worst } => {
                let what = language.list(&self.worst(worst, limits));
                (texts::lost(language, queue, time(*since), what), None)
            }
        }
    }

    fn clock(self, millis: u64) -> String {
        Elapsed::new(Timestamp(0), Timestamp(millis)).words(self.language)
    }

    /// A wait that is longer than its limit: less than a second too long still reads as longer.
    fn too_long(self, millis: u64, limit: u64) -> String {
        self.clock(millis.max(limit + 1000))
    }

    fn now(self, beyond: &Beyond, limits: &Limits) -> Vec<String> {
        let language = self.language;
        let mut parts = Vec::new();
        if let Some((count, limit)) = beyond.waiting.zip(limits.waiting) {
            parts.push(match count {
                1 => texts::one_waits(language, limit),
                count => texts::wait(language, count, limit),
            });
        }
        if let Some((time, limit)) = beyond.longest.zip(limits.longest) {
            let (time, limit) = (self.too_long(time, limit), self.clock(limit));
            parts.push(texts::longest(language, time, limit));
        }
        if let Some((percent, limit)) = beyond.service.zip(limits.service) {
            parts.push(texts::service(language, percent, limit));
        }
        parts
    }

    fn worst(self, worst: &Beyond, limits: &Limits) -> Vec<String> {
        let language = self.language;
        let waiting = worst.waiting;
        let waiting = waiting.map(|count| texts::waited_at_most(language, count));
        let longest = worst
            .longest
            .map(|time| self.too_long(time, limits.longest.unwrap_or(0)))
            .map(|time| texts::longest_at_most(language, time));
        let service = worst.service;
        let service = service.map(|percent| texts::service_at_least(language, percent));
        waiting.into_iter().chain(longest).chain(service).collect()
    }
}
