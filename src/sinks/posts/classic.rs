//! An event a post.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::{message, posts_pbx};
use crate::board::{Action, CallAction, Change, ChangeKind, Name, Report, Source};
use crate::config::Config;

/// How many calls of a line are remembered for what the phone itself told of them.
const REMEMBERED: usize = 16;

/// Says which events make a post.
#[derive(Debug, Default)]
pub(super) struct Classic {
    /// What phones told of their calls, by the calls' ids. Only of lines that a PBX tells of, too, without that being posted: what
    /// it told first is no repetition there.
    told: HashMap<Name, VecDeque<(Arc<str>, u8)>>,
}

impl Classic {
    /// What the post for a change says, and what was reported, if the change makes one. Phones' reports do. A PBX tells of every line
    /// it has: its calls are posted where the admin wants that, and only those of lines with a name.
    pub(super) fn post<'a>(
        &mut self,
        change: &'a Change,
        config: &Config,
    ) -> Option<(&'a Report, String)> {
        let (report, repeats) = match &change.kind {
            ChangeKind::Reported { report, repeats } => (report, *repeats),
            ChangeKind::LineDropped => {
                self.told.remove(&change.subject);
                return None;
            }
            _ => return None,
        };
        let wanted = match report.source {
            Source::Phone => self.is_news(report, repeats),
            source if posts_pbx(config, source, &report.user) => {
                // Since it is posted, what the phone repeats is no news.
                self.told.remove(&report.user);
                !repeats
            }
            _ => {
                self.told.entry(Arc::clone(&report.user)).or_default();
                false
            }
        };
        if !wanted {
            return None;
        }
        Some((report, message(report, config.hide_connection_messages)?))
    }

    /// Whether a phone's report is news, whatever a PBX told before.
    fn is_news(&mut self, report: &Report, repeats: bool) -> bool {
        let Some(calls) = self.told.get_mut(&report.user) else {
            return !repeats;
        };
        let (Action::Call(action), Some(id)) = (report.action, &report.reference) else {
            // Without its id a call that the phone told of twice is two.
            return true;
        };
        let at = calls.iter().position(|(other, _)| other == id);
        let at = at.unwrap_or_else(|| {
            if calls.len() >= REMEMBERED {
                calls.pop_front();
            }
            calls.push_back((Arc::clone(id), 0));
            calls.len() - 1
        });
        let told = &mut calls[at].1;
        let meaning = meaning(action);
        if meaning == BEGUN && !repeats {
            // Some phones use an id again.
            *told = 0;
        }
        let news = *told & (meaning | OVER) == 0;
        *told |= meaning;
        news || !repeats
    }
}

const BEGUN: u8 = 1;
const OVER: u8 = 8;

/// What an action says of a call, one bit each.
const fn meaning(action: CallAction) -> u8 {
    match action {
        CallAction::IncomingCall
        | CallAction::IncomingConference
        | CallAction::UnknownExtension
        | CallAction::OutgoingCall => BEGUN,
        CallAction::CallEstablished | CallAction::CallResumed => 2,
        CallAction::CallHeld => 4,
        CallAction::MissedCall
        | CallAction::AnsweredElsewhere
        | CallAction::RefusedCall
        | CallAction::CallTerminated => OVER,
    }
}
