//! Asterisk's dial plan, evaluated as far as what is printed uses it.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::*;

/// What an Asterisk knows of a call.
struct Channel {
    extension: &'static str,
    caller: &'static str,
    status: &'static str,
}

const LINKED: &str = "pbx-1700000000.42";

impl Channel {
    /// Puts in the variables, the inner ones first.
    fn evaluate(&self, text: &str) -> String {
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let (caller, extension) = (encode(self.caller), encode(self.extension));
        fill(
            text,
            &[
                ("${URIENCODE(${CALLERID(num)})}", &caller),
                ("${URIENCODE(${EXTEN})}", &extension),
                ("${EXTEN}", self.extension),
                ("${CHANNEL(linkedid)}", LINKED),
            ],
        )
    }

    /// The action that an extension of the routine's context reports.
    fn action(&self, routine: &str, extension: &str) -> String {
        let begins = format!("exten => {extension},1,");
        let (_, rest) = routine
            .split_once(&begins)
            .unwrap_or_else(|| panic!("{begins}"));
        let own = rest.split("\nexten => ").next().unwrap_or_default();
        let mut end = "";
        for line in own.lines() {
            let (condition, set) = line.split_once("]?").unwrap_or(("", line));
            // `"${DIALSTATUS}" = "A" | "${DIALSTATUS}" = "B"`
            let asked = condition.split(" | ").filter_map(|one| {
                let (_, status) = one.split_once("\"${DIALSTATUS}\" = \"")?;
                status.strip_suffix('"')
            });
            let holds = condition.is_empty() || asked.into_iter().any(|one| one == self.status);
            if let Some((_, value)) = set.split_once("Set(SB_END=").filter(|_| holds) {
                end = value.trim_end_matches(')');
            }
        }
        let action = between(own, "Gosub(switchboard,report,1(", "))");
        self.evaluate(&action.replace("${SB_END}", end))
    }
}

/// What stands between `before` and `after` in the one line that has both.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let mut found = text.lines().filter_map(|line| {
        let (_, rest) = line.split_once(before)?;
        rest.strip_suffix(after)
    });
    let one = found.next().unwrap_or_else(|| panic!("{before} in {text}"));
    assert_eq!(found.next(), None, "{before} in {text}");
    one
}

#[test]
fn asterisks_dial_plan_is_understood() {
    for whose in WHOSE {
        for (form, _) in FORMS {
            let printed = printed("asterisk", *whose, *form);
            let [account, routine, incoming, outgoing] = &printed[..] else {
                panic!("{printed:?}");
            };
            assert!(account.text.starts_with("[switchboard]\nsecret = "));
            let url = between(&routine.text, "Set(DONE=${CURL(", ")})");
            // What parts arguments, and what begins a comment.
            assert!(!url.contains([',', ';', ' ']), "{url}");
            let call = |extension, caller, status| Channel {
                extension,
                caller,
                status,
            };
            for (block, begins, number, ends, channel) in [
                (
                    incoming,
                    "incoming-call",
                    "+33240404040",
                    "missed-call",
                    call("100", "+33240404040", "CANCEL"),
                ),
                (
                    incoming,
                    "incoming-call",
                    "5",
                    "missed-call",
                    call("100", "5", "NOANSWER"),
                ),
                (
                    incoming,
                    "incoming-call",
                    "-",
                    "call-terminated",
                    call("100", "", "ANSWER"),
                ),
                (
                    incoming,
                    "incoming-call",
                    "a&user=eve)},1^x",
                    "call-terminated",
                    call("100", "a&user=eve)},1^x", "CHANUNAVAIL"),
                ),
                (
                    outgoing,
                    "outgoing-call",
                    "*31#0240404040",
                    "call-terminated",
                    call("*31#0240404040", "100", "NOANSWER"),
                ),
            ] {
                let text = channel.evaluate(&block.text);
                let user = between(&text, "Set(__SB_USER=", ")");
                let other = between(&text, "Set(__SB_NUMBER=", ")");
                let handler = between(&text, "(hangup_handler_push)=switchboard,", ",1)");
                assert!(text.ends_with(",30,U(switchboard))"), "{text}");
                // Nobody outside chooses what stands between the brackets of an application but `Set`.
                for line in block
                    .text
                    .lines()
                    .filter(|line| !line.contains("n,Set(__SB_"))
                {
                    assert!(
                        !line.contains("URIENCODE") && !line.contains("CALLERID"),
                        "{line}"
                    );
                }
                let actions = [
                    (
                        between(&text, "Gosub(switchboard,report,1(", "))").to_owned(),
                        begins,
                    ),
                    (channel.action(&routine.text, "s"), "call-established"),
                    (channel.action(&routine.text, handler), ends),
                ];
                for (action, expected) in actions {
                    let filled = [
                        ("${ARG1}", &*action),
                        ("${SB_USER}", user),
                        ("${SB_NUMBER}", other),
                    ];
                    let url = channel.evaluate(&fill(url, &filled));
                    let expected = format!("{expected} bob {number} {LINKED}");
                    assert_eq!(get(place(&url).1), Ok(expected), "{url}");
                }
            }
        }
    }
    by_hand(&[(
        "incoming-call?user=100&number=%2B33240404040&secret=x",
        "incoming-call bob +33240404040 -",
    )]);
}

/// A phone that was busy, or whose owner refused, said that the call ended while it rang, which counts as missed.
#[test]
fn what_was_refused_counted_as_missed() {
    for whose in WHOSE {
        for (form, _) in FORMS {
            let printed = printed("asterisk", *whose, *form);
            for (status, said) in [
                ("BUSY", "refused-call"),
                ("NOANSWER", "missed-call"),
                ("CANCEL", "missed-call"),
                ("ANSWER", "call-terminated"),
                ("CHANUNAVAIL", "call-terminated"),
                ("CONGESTION", "call-terminated"),
            ] {
                let channel = Channel {
                    extension: "100",
                    caller: "5",
                    status,
                };
                assert_eq!(channel.action(&printed[1].text, "in"), said, "{status}");
            }
        }
    }
}
