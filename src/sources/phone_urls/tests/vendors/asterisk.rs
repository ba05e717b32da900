//! Asterisk's dial plan, evaluated as far as what is printed uses it.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::*;

/// What an Asterisk knows of a call.
struct Channel {
    extension: &'static str,
    caller: &'static str,
    status: &'static str,
}

const LINKED: &str = "1700000000.42";

impl Channel {
    /// Puts in the variables, the inner ones first.
    fn evaluate(&self, text: &str) -> String {
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let (caller, extension) = (encode(self.caller), encode(self.extension));
        let missed = ["NOANSWER", "CANCEL"].contains(&self.status);
        let outcome = if missed {
            "missed-call"
        } else {
            "call-terminated"
        };
        fill(
            text,
            &[
                ("${URIENCODE(${CALLERID(num)})}", &caller),
                ("${URIENCODE(${EXTEN})}", &extension),
                ("${EXTEN}", self.extension),
                ("${CHANNEL(linkedid)}", LINKED),
                ("${IF(${MISSED}?missed-call:call-terminated)}", outcome),
            ],
        )
    }
}

/// The arguments between the brackets behind `before`.
fn arguments(line: &str, before: &str, separator: char) -> Vec<String> {
    let (_, rest) = line.split_once(before).unwrap_or_else(|| panic!("{line}"));
    let end = rest.find(')').expect("a bracket");
    rest[..end].split(separator).map(str::to_owned).collect()
}

/// What the routine's URL, called with these arguments, is understood as.
fn reported(routine: &str, arguments: &[String], channel: &Channel) -> String {
    let line = routine.lines().find(|line| line.contains("${CURL("));
    let (_, url) = line
        .and_then(|line| line.split_once("${CURL("))
        .expect("CURL");
    let url = url.strip_suffix(")})").expect("its end");
    assert!(!url.contains([',', ';', ' ']), "{url}");
    let [action, user, number] = arguments else {
        panic!("{arguments:?}");
    };
    let url = fill(
        url,
        &[("${ARG1}", action), ("${ARG2}", user), ("${ARG3}", number)],
    );
    get(place(&channel.evaluate(&url)).1).expect("an event")
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
            let routine = &*routine.text;
            for (block, begins, handler, number, channel) in [
                (
                    incoming,
                    "incoming-call",
                    "in",
                    "+33240404040",
                    Channel {
                        extension: "100",
                        caller: "+33240404040",
                        status: "CANCEL",
                    },
                ),
                (
                    incoming,
                    "incoming-call",
                    "in",
                    "-",
                    Channel {
                        extension: "100",
                        caller: "",
                        status: "ANSWER",
                    },
                ),
                (
                    incoming,
                    "incoming-call",
                    "in",
                    "a&user=eve)},1^x",
                    Channel {
                        extension: "100",
                        caller: "a&user=eve)},1^x",
                        status: "BUSY",
                    },
                ),
                (
                    outgoing,
                    "outgoing-call",
                    "out",
                    "*31#0240404040",
                    Channel {
                        extension: "*31#0240404040",
                        caller: "100",
                        status: "NOANSWER",
                    },
                ),
            ] {
                let text = channel.evaluate(&block.text);
                let [starts, hangs_up, dials] = &text.lines().collect::<Vec<_>>()[..] else {
                    panic!("{text}");
                };
                let expected = |action: &str| format!("{action} bob {number} {LINKED}");
                let given = arguments(starts, "Gosub(switchboard,s,1(", ',');
                assert_eq!(reported(routine, &given, &channel), expected(begins));

                let given = arguments(dials, "U(switchboard^", '^');
                let talks = reported(routine, &given, &channel);
                assert_eq!(talks, expected("call-established"));

                let place = format!("(hangup_handler_push)=switchboard,{handler},1(");
                let given = arguments(hangs_up, &place, ',');
                let begins = format!("exten => {handler},1,");
                let mut lines = routine
                    .lines()
                    .skip_while(|line| !line.starts_with(&begins));
                let line = lines.find(|line| line.contains("Gosub(switchboard,s,1("));
                let line = channel.evaluate(line.expect("a line"));
                let [user, number] = &given[..] else {
                    panic!("{given:?}");
                };
                let line = fill(&line, &[("${ARG1}", user), ("${ARG2}", number)]);
                let given = arguments(&line, "Gosub(switchboard,s,1(", ',');
                let ended = match (handler, channel.status) {
                    ("in", "NOANSWER" | "CANCEL") => "missed-call",
                    _ => "call-terminated",
                };
                assert_eq!(reported(routine, &given, &channel), expected(ended));
            }
        }
    }
    by_hand(&[(
        "incoming-call?user=100&number=%2B33240404040&secret=x",
        "incoming-call bob +33240404040 -",
    )]);
}
