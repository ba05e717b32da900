//! `/phone queue`: being an agent of a queue, or not, or not for a while.

use super::{Argument, Needs, Offers, Request, Subcommand, Then, arguments, texts};
use crate::calls::AgentAction;
use crate::language::Language;
use crate::text;

pub(super) const SUBCOMMAND: Subcommand = Subcommand {
    word: "queue",
    what: texts::queue,
    then: Then::Word(&[
        Subcommand {
            word: "login",
            what: texts::queue_login,
            then: QUEUE,
            needs: Needs::Pbx,
        },
        Subcommand {
            word: "logout",
            what: texts::queue_logout,
            then: QUEUE,
            needs: Needs::Pbx,
        },
        Subcommand {
            word: "pause",
            what: texts::queue_pause,
            then: Then::Arguments(&[Argument {
                hint: texts::reason_hint,
                what: texts::reason_what,
                offers: Offers::Nothing,
                optional: true,
            }]),
            needs: Needs::Pbx,
        },
        Subcommand {
            word: "unpause",
            what: texts::queue_unpause,
            then: Then::Arguments(&[]),
            needs: Needs::Pbx,
        },
    ]),
    needs: Needs::Pbx,
};

const QUEUE: Then = Then::Arguments(&[Argument {
    hint: texts::queue_hint,
    what: texts::queue_which,
    offers: Offers::List("queue"),
    optional: true,
}]);

/// What may follow the word.
fn actions(language: Language) -> String {
    let (queue, reason) = (texts::queue_hint(language), texts::reason_hint(language));
    language.choice(&[
        format!("`login {queue}`"),
        format!("`logout {queue}`"),
        format!("`pause {reason}`"),
        "`unpause`".to_owned(),
    ])
}

/// Reads what stands behind the word.
pub(super) fn read(language: Language, text: &str) -> Result<Request, String> {
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
        "unpause" => return Err(texts::queue_unpause_alone(language)),
        "" => {
            let what = texts::queue_what(language, actions(language));
            let example = texts::queue_example(language);
            return Err(texts::missing(language, what, example));
        }
        other => {
            let other = text::markdown(other);
            return Err(texts::queue_unknown(language, other, actions(language)));
        }
    };
    Ok(Request::Agent { queue, action })
}
