//! Missed calls, and the buttons of their messages.

use std::sync::Arc;

use tokio::sync::watch;

use super::{App, Clock};
use crate::config::{Problem, Setting};
use crate::host::{Host, Person};
use crate::language::texts;
use crate::people::People;
use crate::sinks::missed::{MissedCalls, Press, Pressed, tel};
use crate::sinks::posts::Target;
use crate::time_zone::TimeZones;

pub(super) fn start<H: Host>(
    host: &Arc<H>,
    people: &Arc<People<H>>,
    zones: &Arc<TimeZones>,
    target: watch::Receiver<Option<Target>>,
    clock: Clock,
) -> MissedCalls<H> {
    let (host, people, zones) = (Arc::clone(host), Arc::clone(people), Arc::clone(zones));
    MissedCalls::new(host, people, zones, target, clock)
}

impl<H: Host> App<H> {
    /// What people missed.
    #[must_use]
    pub fn missed(&self) -> &MissedCalls<H> {
        &self.missed
    }

    pub(super) fn missed_problems(&self) -> Vec<Problem> {
        self.missed
            .problems(self.setting(Setting::QueueMissedCalls))
    }

    /// A button under a message of missed calls was pressed, as far as is known. Answers what whoever pressed it reads, as Markdown.
    pub(crate) async fn press_missed(&self, person: &Person, press: Press) -> Option<String> {
        let language = person.language;
        let number = match self.missed.press(person, press).await {
            Pressed::Nothing => return None,
            Pressed::Say(text) => return Some(text),
            Pressed::Call(number) => number,
        };
        if self.config().asterisk.is_none() {
            self.missed.not_called(&person.id, &number);
            return Some(texts::missed::call_yourself(language, tel(&number)));
        }
        Some(match self.calls.call_and_watch(person, &number).await {
            Ok((started, course)) => {
                self.missed.called(&person.id, number, course);
                started.markdown(language)
            }
            Err(denied) => {
                self.missed.not_called(&person.id, &number);
                denied.markdown(language)
            }
        })
    }
}
