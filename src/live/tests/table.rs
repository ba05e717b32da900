use proptest::prelude::*;

use super::*;
use crate::board::{Board, Timestamp};
use crate::config::BoardNumbers;
use crate::live::table::{Table, has_all_before};

/// What a viewer has who replaces, adds and removes as messages say.
#[derive(Clone, Debug, Default, PartialEq)]
struct Copy {
    lines: std::collections::BTreeMap<String, Value>,
    highest: u64,
}

impl Copy {
    fn take(&mut self, message: &Value) {
        let n = message["n"].as_u64().expect("a number");
        assert!(n >= self.highest, "{message} behind {}", self.highest);
        self.highest = n;
        if let Some(line) = message.get("line") {
            let user = line["user"].as_str().expect("a name").to_owned();
            self.lines.insert(user, line.clone());
        }
        if let Some(user) = message["gone"]["line"].as_str() {
            self.lines.remove(user);
        }
    }
}

fn read(table: &Table, has: &mut u64, bytes: usize) -> Vec<Value> {
    let (messages, up_to) = table.messages(*has, bytes, true);
    *has = (*has).max(up_to);
    let messages = messages.iter();
    messages
        .map(|(n, message)| {
            let message: Value = serde_json::from_slice(message).expect("JSON");
            assert_eq!(message["n"], *n);
            message
        })
        .collect()
}

fn whole(board: &Board) -> std::collections::BTreeMap<String, Value> {
    let snapshot = board.snapshot();
    let lines = snapshot.lines.iter();
    lines
        .map(|line| {
            (
                line.user.to_string(),
                serde_json::to_value(line).expect("JSON"),
            )
        })
        .collect()
}

proptest! {
    /// Whatever happens, whoever reads in whatever pieces, and whoever goes on with the highest number they saw, has the board.
    #[test]
    fn every_viewer_comes_to_have_the_board(
        steps in prop::collection::vec((0u8..6, 0u8..4, 1usize..400), 1..60),
    ) {
        let (mut board, table) = (Board::new(), Table::default());
        let (mut has, mut copy) = (0, Copy::default());
        for (at, (what, user, bytes)) in steps.into_iter().enumerate() {
            let user: crate::board::Name = format!("user{user}").into();
            let now = Timestamp(at as u64);
            let report = |action: &str| Report {
                source: Source::Phone,
                user: std::sync::Arc::clone(&user),
                action: Action::from_name(action).expect("an action"),
                peer: None,
                reference: None,
                linked: None,
                queue: None,
                dialed: None,
                own_number: None,
            };
            match what {
                0 => drop(board.apply(report("dnd-on"), now)),
                1 => drop(board.apply(report("dnd-off"), now)),
                2 => drop(board.apply(report("incoming-call"), now)),
                3 => {
                    let (source, user) = (Source::Phone, std::sync::Arc::clone(&user));
                    board.apply(Event::Gone { source, user }, now);
                }
                4 => {
                    let from = table.told().sequence().unwrap_or_default();
                    table.told().take(board.since(from, 200), BoardNumbers::Full);
                }
                _ => {
                    for message in read(&table, &mut has, bytes) {
                        copy.take(&message);
                    }
                    // Sometimes the connection breaks, and another table is made meanwhile.
                    if bytes % 3 == 0 && copy.highest > 0 {
                        let fresh = board.since(0, 200);
                        *table.told() = Default::default();
                        table.told().take(fresh, BoardNumbers::Full);
                        let gone = board.since(copy.highest, 0);
                        table.told().take_gone_since(copy.highest, &gone.gone);
                        has = has_all_before(copy.highest);
                    }
                }
            }
        }
        let from = table.told().sequence().unwrap_or_default();
        table.told().take(board.since(from, 200), BoardNumbers::Full);
        loop {
            let messages = read(&table, &mut has, 100);
            if messages.is_empty() {
                break;
            }
            messages.iter().for_each(|message| copy.take(message));
        }
        prop_assert_eq!(&copy.lines, &whole(&board));
    }
}

#[test]
fn of_ended_calls_the_newest_are_told() {
    let (mut board, table) = (Board::new(), Table::default());
    for n in 0..MAX_RECORDS as u64 + 50 {
        for action in ["incoming-call", "missed-call"] {
            let report = Report {
                source: Source::Phone,
                user: "bob".into(),
                action: Action::from_name(action).expect("an action"),
                peer: None,
                reference: None,
                linked: None,
                queue: None,
                dialed: None,
                own_number: None,
            };
            board.apply(report, Timestamp(n * 1000 + 1));
        }
        let from = table.told().sequence().unwrap_or_default();
        table
            .told()
            .take(board.since(from, 200), BoardNumbers::Full);
    }
    let mut has = 0;
    let all = read(&table, &mut has, usize::MAX);
    let calls: Vec<_> = all.iter().filter(|m| m.get("call").is_some()).collect();
    assert_eq!(calls.len(), MAX_RECORDS);
    assert_eq!(calls[0]["call"]["began"], 50_001);
    assert!(read(&table, &mut has, 1).is_empty());
}
