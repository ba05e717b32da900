//! `/phone queue`: being an agent of a queue, or not, or not for a while.

use super::{Argument, Needs, Offers, Request, Subcommand, Then, arguments};
use crate::calls::AgentAction;
use crate::text;

pub(super) const SUBCOMMAND: Subcommand = Subcommand {
    word: "queue",
    what: "Take calls of a queue, or pause",
    then: Then::Word(&[
        Subcommand {
            word: "login",
            what: "Take calls of a queue",
            then: QUEUE,
            needs: Needs::Pbx,
        },
        Subcommand {
            word: "logout",
            what: "Take no more calls of a queue",
            then: QUEUE,
            needs: Needs::Pbx,
        },
        Subcommand {
            word: "pause",
            what: "Take no calls of your queues for a while",
            then: Then::Arguments(&[Argument {
                hint: "[reason]",
                what: "Why, for your colleagues; you need not say",
                offers: Offers::Nothing,
                optional: true,
            }]),
            needs: Needs::Pbx,
        },
        Subcommand {
            word: "unpause",
            what: "Take calls of your queues again",
            then: Then::Arguments(&[]),
            needs: Needs::Pbx,
        },
    ]),
    needs: Needs::Pbx,
};

const QUEUE: Then = Then::Arguments(&[Argument {
    hint: "[queue]",
    what: "Which queue; you need not say where there is only one",
    offers: Offers::List("queue"),
    optional: true,
}]);

/// What may follow the word.
const ACTIONS: &str = "`login [queue]`, `logout [queue]`, `pause [reason]` or `unpause`";

/// Reads what stands behind the word.
pub(super) fn read(text: &str) -> Result<Request, String> {
    let (action, rest) = arguments::word(text);
    let rest = arguments::whole(rest);
    let queue = || (!rest.is_empty()).then(|| rest.to_owned());
    let (queue, action) = match &*action.to_ascii_lowercase() {
        "login" => (queue(), AgentAction::Login),
        "logout" => (queue(), AgentAction::Logout),
        "pause" => {
            let reason = text::clean(rest);
            let reason = (!reason.is_empty()).then(|| reason.into_owned());
            (None, AgentAction::Pause { reason })
        }
        "unpause" if rest.is_empty() => (None, AgentAction::Unpause),
        "unpause" => {
            let what = "Nothing stands behind `/phone queue unpause`: it ends your pause in all your queues.";
            return Err(what.to_owned());
        }
        "" => {
            let what = format!("what to do, {ACTIONS}");
            return Err(arguments::missing(&[&what], "/phone queue pause lunch"));
        }
        other => {
            let other = text::markdown(&text::clean(other)).into_owned();
            return Err(format!(
                "`/phone queue` knows no {other}; it takes {ACTIONS}."
            ));
        }
    };
    Ok(Request::Agent { queue, action })
}
