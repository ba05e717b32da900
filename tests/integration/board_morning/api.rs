//! What programs read of the board, in the form in which [`Count::shown`](super::count::Count::shown) has it.

use std::collections::BTreeMap;
use std::time::Duration;

use devhost::DevHost;
use devhost::world::PATIENCE;
use serde_json::{Value, json};

use super::count::heading;
use crate::harness::{self, SECRET};

/// How often it is read, which tells nobody that it changed.
const LOOKING: Duration = Duration::from_millis(100);

async fn read(host: &DevHost, path: &str) -> Value {
    let answer = harness::get(host, &format!("{path}?secret={SECRET}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    serde_json::from_slice(&answer.body).expect("JSON")
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value[key].as_array().into_iter().flatten()
}

fn number(value: &Value, key: &str) -> u64 {
    value[key]
        .as_u64()
        .unwrap_or_else(|| panic!("no {key}: {value}"))
}

fn percent(value: &Value, key: &str) -> String {
    value[key]
        .as_u64()
        .map_or_else(|| "–".to_owned(), |share| format!("{share}%"))
}

/// Somebody's name, or else their number, as the board's page writes it: here it is as it came.
fn other(value: &Value) -> String {
    let peer = &value["peer"];
    let (name, number) = (text(peer, "name"), text(peer, "number"));
    match number.strip_prefix("00") {
        _ if !name.is_empty() => name.to_owned(),
        Some(number) => format!("+{number}"),
        None => number.to_owned(),
    }
}

/// What the queue of that name is called.
fn called(board: &Value, name: &str) -> String {
    let queue = list(board, "queues").find(|queue| text(queue, "name") == name);
    let title = queue.map_or("", |queue| text(queue, "description"));
    if title.is_empty() { name } else { title }.to_owned()
}

fn title(value: &Value, name: &str) -> String {
    heading(
        text(value, "description"),
        text(value, name),
        text(value, "number"),
    )
}

/// The parts of the board that are told as they are. Sums, agents and lines' states are the page's own.
pub(super) async fn shown(host: &DevHost) -> Value {
    let board = read(host, "/api/v1/board").await;
    let ended = read(host, "/api/v1/history").await;
    assert_eq!(ended["more"], false, "all of the morning fits");
    let queue = |queue: &Value| {
        let waits: Vec<_> = list(queue, "waiting").map(other).collect();
        let talks = list(queue, "talking");
        let talks = talks.map(|talk| format!("{} ↔ {}", other(talk), text(talk, "agent")));
        let counts = json!([
            waits.len().to_string(),
            number(queue, "answered").to_string(),
            number(queue, "abandoned").to_string(),
            number(queue, "total").to_string(),
            percent(queue, "answered_percent"),
        ]);
        let value = json!({
            "counts": counts,
            "within": percent(queue, "service_level"),
            "waits": waits,
            "talks": talks.collect::<Vec<_>>(),
        });
        (title(queue, "name"), value)
    };
    let call = |call: &Value| {
        let words = match (text(call, "state"), text(call, "direction")) {
            ("ringing", "outgoing") => "calls",
            ("ringing", _) => "rings, from",
            ("talking", _) => "talks with",
            (_, _) => "on hold, with",
        };
        let queue = match text(call, "queue") {
            "" => String::new(),
            name => format!(" {}", called(&board, name)),
        };
        format!("{words} {}{queue}", other(call))
    };
    let line = |line: &Value| {
        let calls: Vec<_> = list(line, "calls").map(call).collect();
        (title(line, "user"), calls.join(" "))
    };
    let mut rows: Vec<_> = list(&ended, "calls")
        .map(|record| row(&board, record))
        .collect();
    rows.sort();
    let hours = list(&board, "queues").chain([&board["day"]]);
    let hours = hours.flat_map(|one| list(one, "hours"));
    let [mut answered, mut lost] = [0, 0];
    for hour in hours {
        answered += number(hour, "answered");
        lost += number(hour, "lost");
    }
    json!({
        "queues": list(&board, "queues").map(queue).collect::<BTreeMap<_, _>>(),
        "lines": list(&board, "lines").map(line).collect::<BTreeMap<_, _>>(),
        "ended": rows,
        "hours": [answered.to_string(), lost.to_string()],
    })
}

fn row(board: &Value, record: &Value) -> [String; 4] {
    let place = match text(record, "queue") {
        "" => text(record, "line").to_owned(),
        queue => called(board, queue),
    };
    let who = match text(record, "direction") {
        "outgoing" => format!("to {}", other(record)),
        _ => other(record),
    };
    let how = match text(record, "ending") {
        "abandoned" => "hung up while waiting",
        "timedout" => "the queue gave up",
        "unanswered" => "no answer",
        other => other,
    };
    [place, who, text(record, "agent").to_owned(), how.to_owned()]
}

/// Waits until programs read what was counted.
pub(super) async fn shows(host: &DevHost, counted: &Value) {
    let mut wanted = counted.clone();
    let all = wanted.as_object_mut().expect("the parts");
    all.retain(|part, _| part != "sums" && part != "agents");
    for line in all["lines"].as_object_mut().expect("lines").values_mut() {
        *line = line[2].take();
    }
    let mut seen = Value::Null;
    let looking = async {
        loop {
            seen = shown(host).await;
            if seen == wanted {
                return;
            }
            tokio::time::sleep(LOOKING).await;
        }
    };
    if tokio::time::timeout(PATIENCE, looking).await.is_err() {
        differ("the board's JSON", &seen, &wanted);
    }
}

/// Says what was seen that was not counted, and the other way round.
pub(super) fn differ(what: &str, seen: &Value, counted: &Value) {
    let (seen, counted) = (said(seen), said(counted));
    let beyond = |one: &[String], other: &[String]| -> Vec<String> {
        let mut other = other.to_vec();
        let mut left = one.to_vec();
        left.retain(|item| match other.iter().position(|own| own == item) {
            Some(at) => {
                other.swap_remove(at);
                false
            }
            None => true,
        });
        left
    };
    let (more, less) = (beyond(&seen, &counted), beyond(&counted, &seen));
    assert!(
        more.is_empty() && less.is_empty(),
        "{what} shows what was not played: {more:#?}; and not what was: {less:#?}"
    );
}

/// Each thing that is shown, in a line of its own.
fn said(shown: &Value) -> Vec<String> {
    let mut all = Vec::new();
    for (part, value) in shown.as_object().into_iter().flatten() {
        match value {
            Value::Object(items) => {
                all.extend(
                    items
                        .iter()
                        .map(|(key, value)| format!("{part}: {key}: {value}")),
                );
            }
            Value::Array(items) => all.extend(items.iter().map(|value| format!("{part}: {value}"))),
            other => all.push(format!("{part}: {other}")),
        }
    }
    all
}
