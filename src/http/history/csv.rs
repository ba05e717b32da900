//! Calls as a table for spreadsheets: RFC 4180, in UTF-8.

use std::borrow::Borrow;
use std::fmt::Write;

use gob::Time;
use mattermost_plugin::model::calendar::rfc3339;

use crate::board::{CallRecord, Direction, Ending, Timestamp};

/// The first row. Waits and talks are in seconds.
const HEAD: &str = "id,began,ended,queue,line,direction,number,international,name,label,agent,wait,talk,ending\r\n";

/// The calls in the order given, where clocks are so many seconds ahead of UTC at a time.
pub(super) fn table(
    calls: &[impl Borrow<CallRecord>],
    offset: impl Fn(Timestamp) -> i32,
) -> String {
    let mut out = String::with_capacity(HEAD.len() + 150 * calls.len());
    out.push_str(HEAD);
    for call in calls.iter().map(Borrow::<CallRecord>::borrow) {
        let peer = call.peer.as_ref();
        let time = |at| time(at, offset(at));
        // Writing to a string cannot fail.
        let _ = write!(out, "{},{},{}", call.id, time(call.began), time(call.ended));
        let cells = [
            call.queue.as_deref(),
            call.line.as_deref(),
            Some(direction(call.direction)),
            peer.map(|peer| &*peer.number),
            peer.and_then(|peer| peer.international.as_deref()),
            peer.and_then(|peer| peer.name.as_deref()),
            peer.and_then(|peer| peer.label.as_deref()),
            call.agent.as_deref(),
        ];
        for text in cells {
            out.push(',');
            cell(&mut out, text.unwrap_or_default());
        }
        let _ = write!(out, ",{}", Seconds(call.wait));
        let _ = match call.talk {
            Some(talk) => write!(out, ",{}", Seconds(talk)),
            None => write!(out, ","),
        };
        let _ = write!(out, ",{}\r\n", ending(call.ending));
    }
    out
}

/// One cell of a text that others chose. One that a spreadsheet would take for a formula gets a quote in front, which spreadsheets take
/// for "this is text" (OWASP, "CSV Injection").
fn cell(out: &mut String, text: &str) {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let quoted = text.contains([',', '"', '\r', '\n']);
    if quoted {
        out.push('"');
    }
    if formula {
        out.push('\'');
    }
    for c in text.chars() {
        if c == '"' {
            out.push('"');
        }
        out.push(c);
    }
    if quoted {
        out.push('"');
    }
}

fn time(at: Timestamp, offset: i32) -> String {
    let seconds = i64::try_from(at.0 / 1000).unwrap_or(i64::MAX);
    let nanos = (at.0 % 1000) as u32 * 1_000_000;
    let time = Time::from_unix(seconds, nanos).with_offset(offset);
    // A clock beyond the year 9999 is told as it is.
    rfc3339::format(time).unwrap_or_else(|| at.0.to_string())
}

struct Seconds(u64);

impl std::fmt::Display for Seconds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:03}", self.0 / 1000, self.0 % 1000)
    }
}

/// In the words of the JSON.
fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Incoming => "incoming",
        Direction::Outgoing => "outgoing",
        Direction::Unknown => "unknown",
    }
}

/// In the words of the JSON.
fn ending(ending: Ending) -> &'static str {
    match ending {
        Ending::Answered => "answered",
        Ending::Abandoned => "abandoned",
        Ending::TimedOut => "timedout",
        Ending::Missed => "missed",
        Ending::Unanswered => "unanswered",
        Ending::Refused => "refused",
        Ending::Elsewhere => "elsewhere",
        Ending::Unknown => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::board::Peer;

    fn call() -> CallRecord {
        CallRecord {
            id: 7,
            began: Timestamp(1_700_000_000_000),
            ended: Timestamp(1_700_000_061_500),
            queue: Some("support, 1st".into()),
            line: None,
            peer: Some(Peer {
                international: Some("+49240404040".into()),
                label: Some("Miller & \"Sons\"".into()),
                ..Peer::new("0240404040")
            }),
            agent: Some("amy".into()),
            direction: Direction::Incoming,
            wait: 1_250,
            talk: Some(60_250),
            ending: Ending::Answered,
        }
    }

    #[test]
    fn a_call_is_a_row() {
        let table = table(&[call()], |_| 3600);
        assert_eq!(
            table,
            "id,began,ended,queue,line,direction,number,international,name,label,agent,wait,talk,ending\r\n\
             7,2023-11-14T23:13:20+01:00,2023-11-14T23:14:21.5+01:00,\"support, 1st\",,incoming,0240404040,'+49240404040,,\
             \"Miller & \"\"Sons\"\"\",amy,1.250,60.250,answered\r\n"
        );
    }

    #[test]
    fn what_is_not_known_is_empty() {
        let call = CallRecord {
            queue: None,
            line: Some("bob".into()),
            peer: None,
            agent: None,
            talk: None,
            ending: Ending::Missed,
            ..call()
        };
        let table = table(&[call], |_| 0);
        let row = table.lines().nth(1).expect("a row");
        assert_eq!(
            row,
            "7,2023-11-14T22:13:20Z,2023-11-14T22:14:21.5Z,,bob,incoming,,,,,,1.250,,missed"
        );
    }

    #[test]
    fn no_spreadsheet_runs_a_cell() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("+49", "'+49"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("=HYPERLINK(\"x\",1)", "\"'=HYPERLINK(\"\"x\"\",1)\""),
            ("a=1", "a=1"),
            ("a\nb", "\"a\nb\""),
            ("", ""),
        ] {
            let mut out = String::new();
            cell(&mut out, text);
            assert_eq!(out, expected, "{text}");
        }
    }

    #[test]
    fn the_words_are_those_of_the_json() {
        for word in [
            Ending::Answered,
            Ending::Abandoned,
            Ending::TimedOut,
            Ending::Missed,
            Ending::Unanswered,
            Ending::Refused,
            Ending::Elsewhere,
            Ending::Unknown,
        ] {
            assert_eq!(serde_json::json!(word), ending(word));
        }
        for word in [Direction::Incoming, Direction::Outgoing, Direction::Unknown] {
            assert_eq!(serde_json::json!(word), direction(word));
        }
    }
}
