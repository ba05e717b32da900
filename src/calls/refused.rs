//! What Asterisk's own words mean where it refuses an order: the one place that knows them.

use super::control::NotControlled;
use super::denied::{Reason, Undone};
use super::{AgentRequest, Dial, Impossible, Refusal};

/// Its word on a call whose number is not in the context (`manager.c` of Asterisk 22, and a real one). Nobody is rung.
const NO_EXTENSION: &str = "Extension does not exist";

/// Its word on a text for a phone that is not registered, or an endpoint that is not set up.
const NOT_SENT: &str = "Message failed to send";

/// Its word on a text by a driver that it has not.
const NO_TECHNOLOGY: &str = "Message technology not found";

/// How its word begins where it does not know an action: a module is not loaded, or not yet.
const UNKNOWN_ACTION: &str = "Invalid/unknown command";

/// Its words on an agent who logs in to a queue twice, leaves one they are not in, and pauses there (`app_queue.c` of
/// Asterisk 22, and a real one).
const ALREADY_THERE: &str = "Unable to add interface: Already there";
const NOT_THERE: &str = "Unable to remove interface: Not there";
const NO_INTERFACE: &str = "Interface not found";

/// Why a call to that number was refused.
pub(super) fn call(refusal: Refusal, to: &Dial, context: &str) -> Reason {
    match refusal {
        Refusal::Rejected(words) if words.starts_with(NO_EXTENSION) => Reason::NotInDialPlan {
            number: to.to_string(),
            context: context.to_owned(),
        },
        refusal => order(refusal, Undone::Call),
    }
}

/// Why a text to that phone was refused.
pub(super) fn text(refusal: Refusal, to: &Dial) -> Reason {
    let Refusal::Rejected(words) = &refusal else {
        return order(refusal, Undone::Text);
    };
    let number = to.to_string();
    if let Some(rest) = words.strip_prefix(NOT_SENT) {
        let parts = accepted(rest);
        return Reason::NoPhone { number, parts };
    }
    if words.starts_with(NO_TECHNOLOGY) {
        return Reason::NoDriver { number };
    }
    order(refusal, Undone::Text)
}

/// How many parts of a text went before the one that was refused, and of how many, where the words say so.
fn accepted(words: &str) -> Option<(usize, usize)> {
    let (_, words) = words.split_once('(')?;
    let mut words = words.split(' ');
    let accepted = words.next()?.parse().ok()?;
    let all = words.nth(1)?.parse().ok()?;
    Some((accepted, all))
}

/// Why an agent's wish was refused.
pub(super) fn agent(refusal: Refusal, request: &AgentRequest) -> Reason {
    let Refusal::Rejected(words) = &refusal else {
        return order(refusal, Undone::Agent);
    };
    let extension = request.extension.to_string();
    let queue = request.queue.as_deref().map(str::to_owned);
    if words.starts_with(ALREADY_THERE) {
        return Reason::InQueueAlready { extension, queue };
    }
    if words.starts_with(NOT_THERE) || words.starts_with(NO_INTERFACE) {
        return Reason::NotInQueue { extension, queue };
    }
    order(refusal, Undone::Agent)
}

/// Its words on a channel that ended meanwhile: `Hangup`, `BlindTransfer`, `Park` and `Bridge` of Asterisk 22 in this order, and a real
/// one.
const CHANNEL_OVER: [&str; 5] = [
    "No such channel",
    "Channel specified does not exist",
    "Channel does not exist",
    "Channel1 does not exist",
    "Channel2 does not exist",
];

/// Why an order about a call was refused.
pub(super) fn control(refusal: Refusal) -> Reason {
    match refusal {
        Refusal::Impossible(Impossible::UnknownCall) => Reason::Control(NotControlled::NotThePbxs),
        Refusal::Impossible(Impossible::NoOtherSide) => Reason::Control(NotControlled::NoOtherSide),
        Refusal::Impossible(Impossible::NotInDialPlan(number, context)) => Reason::NotInDialPlan {
            number: number.to_string(),
            context,
        },
        Refusal::Rejected(words) if CHANNEL_OVER.iter().any(|known| words.starts_with(known)) => {
            Reason::Control(NotControlled::Over)
        }
        refusal => order(refusal, Undone::Control),
    }
}

/// Why any order was refused.
fn order(refusal: Refusal, undone: Undone) -> Reason {
    match refusal {
        Refusal::NotConnected(why) => Reason::NotConnected { why, undone },
        Refusal::Rejected(words) if words.starts_with(UNKNOWN_ACTION) => Reason::UnknownOrder,
        refusal => Reason::Pbx(refusal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::AgentAction;

    fn rejected(words: &str) -> Refusal {
        Refusal::Rejected(words.to_owned())
    }

    #[test]
    fn known_words_are_told_apart() {
        let to = Dial::new("6777").expect("a number");
        let number = || "6777".to_owned();
        let context = "from-internal".to_owned();
        assert_eq!(
            call(rejected("Extension does not exist."), &to, &context),
            Reason::NotInDialPlan {
                number: number(),
                context
            }
        );
        for (words, parts) in [
            ("Message failed to send.", None),
            (
                "Message failed to send. (1 of 3 parts were accepted)",
                Some((1, 3)),
            ),
        ] {
            let expected = Reason::NoPhone {
                number: number(),
                parts,
            };
            assert_eq!(text(rejected(words), &to), expected);
        }
        let expected = Reason::NoDriver { number: number() };
        assert_eq!(
            text(rejected("Message technology not found."), &to),
            expected
        );
        let unknown = "Invalid/unknown command: MessageSend. Use Action: ListCommands…";
        assert_eq!(text(rejected(unknown), &to), Reason::UnknownOrder);
        assert_eq!(call(rejected(unknown), &to, "x"), Reason::UnknownOrder);
    }

    #[test]
    fn words_about_queues_are_told_apart() {
        let request = |queue: Option<&str>| AgentRequest {
            extension: Dial::new("6001").expect("a number"),
            name: "6001 alice".to_owned(),
            queue: queue.map(Into::into),
            action: AgentAction::Unpause,
        };
        let extension = || "6001".to_owned();
        for queue in [None, Some("support")] {
            let named = || queue.map(str::to_owned);
            let of = |words: &str| agent(rejected(words), &request(queue));
            let already = Reason::InQueueAlready {
                extension: extension(),
                queue: named(),
            };
            assert_eq!(of("Unable to add interface: Already there"), already);
            for words in [
                "Unable to remove interface: Not there",
                "Interface not found",
            ] {
                let not = Reason::NotInQueue {
                    extension: extension(),
                    queue: named(),
                };
                assert_eq!(of(words), not);
            }
            let other = "Unable to add interface to queue: No such queue";
            assert_eq!(of(other), Reason::Pbx(rejected(other)));
        }
    }

    #[test]
    fn other_refusals_stay_as_they_are() {
        let to = Dial::new("6777").expect("a number");
        for refusal in [
            rejected("Originate failed"),
            Refusal::NoAnswer,
            Refusal::TooMuch,
        ] {
            let same = Reason::Pbx(refusal.clone());
            assert_eq!(call(refusal.clone(), &to, "x"), same);
            assert_eq!(text(refusal, &to), same);
        }
    }
}
