//! The list of a person's recent custom statuses: what setting one for them did to it, undone.

use serde_json::Value;

use crate::host::CustomStatus;

/// How many of them the server keeps.
pub(super) const MAX_RECENT: usize = 5;

/// The list as it should be, in the server's form, after `pushed` was set for the person: it had been `before`, and is `now`. What the
/// person changed meanwhile stays changed. Nothing where nothing is to be done, or where the list cannot be understood.
///
/// `sure` says that the server has just taken `pushed`: then a list without it is one that a replica of the database still had.
#[must_use]
pub(super) fn undone(
    before: Option<&str>,
    now: Option<&str>,
    pushed: &CustomStatus,
    sure: bool,
) -> Option<String> {
    let (old, new) = (read(before)?, read(now)?);
    let is_pushed = |entry: &Value| words(entry) == pushed.text;
    if !new.iter().any(is_pushed) && !sure {
        return None;
    }
    let mut list: Vec<Value> = new.iter().filter(|e| !is_pushed(e)).cloned().collect();
    let place = |entry: &Value| old.iter().position(|old| is_same(old, entry));
    // What they chose meanwhile stands in front, out of the old order.
    let ordered = |list: &[Value]| {
        list.iter().map(place).is_sorted() && list.iter().all(|e| place(e).is_some())
    };
    let chosen = (0..list.len()).find(|at| ordered(&list[*at..]));
    let chosen = chosen.unwrap_or(list.len());
    // So does whatever stands before what was pushed, even where that is the old order but for it.
    let chosen = chosen.max(new.iter().position(is_pushed).unwrap_or(0));
    // As many fell off the end as were one too many.
    let was_there = old.iter().any(is_pushed);
    let longest = old.len() + chosen + usize::from(!was_there);
    let stayed = old.len().saturating_sub(longest.saturating_sub(MAX_RECENT));
    let again = |list: &[Value], entry: &Value| list.iter().any(|new| is_same(new, entry));
    for entry in &old[stayed..] {
        if !again(&list, entry) && !is_pushed(entry) {
            list.push(entry.clone());
        }
    }
    for (at, entry) in old.iter().enumerate() {
        if is_pushed(entry) && !again(&list, entry) {
            let after = |other: &Value| place(other).is_some_and(|other| other > at);
            let next = list.iter().skip(chosen).position(after);
            list.insert(next.map_or(list.len(), |next| chosen + next), entry.clone());
        }
    }
    list.truncate(MAX_RECENT);
    if !sure && list == new {
        return None;
    }
    Some(Value::Array(list).to_string())
}

fn read(list: Option<&str>) -> Option<Vec<Value>> {
    match list.map(str::trim) {
        None | Some("" | "null") => Some(Vec::new()),
        Some(json) => serde_json::from_str(json).ok(),
    }
}

/// The server keeps one entry of the same words, whatever the emoji: the latest.
fn is_same(one: &Value, other: &Value) -> bool {
    words(one) == words(other)
}

fn words(entry: &Value) -> &str {
    entry["text"].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &str) -> String {
        let entries: Vec<Value> = entries
            .chars()
            .map(|c| serde_json::json!({"emoji": "x", "text": c.to_string(), "more": 1}))
            .collect();
        Value::Array(entries).to_string()
    }

    fn check(before: &str, now: &str, sure: bool) -> Option<String> {
        let pushed = CustomStatus {
            emoji: "x".to_owned(),
            text: "O".to_owned(),
            ..CustomStatus::default()
        };
        let list = undone(Some(&list(before)), Some(&list(now)), &pushed, sure)?;
        let list: Vec<Value> = serde_json::from_str(&list).expect("a list");
        Some(
            list.iter()
                .map(|entry| {
                    assert_eq!(entry["more"], 1, "an entry stays whole");
                    words(entry)
                })
                .collect(),
        )
    }

    #[test]
    fn what_was_pushed_leaves_and_what_fell_off_comes_back() {
        for (what, before, now, wanted) in [
            ("nothing else", "12345", "O1234", "12345"),
            ("a short list", "123", "O123", "123"),
            ("an empty list", "", "O", ""),
            ("they added one, then we", "12345", "OP123", "P1234"),
            ("we, then they added one", "12345", "PO123", "P1234"),
            ("they added four", "12345", "PQRSO", "PQRS1"),
            ("they removed one", "12345", "O124", "1245"),
            ("they removed one and added one", "12345", "PO124", "P1245"),
            ("they chose one of them again", "12345", "3O124", "31245"),
            (
                "they chose the one again that fell off",
                "12345",
                "5O123",
                "51234",
            ),
            ("it was among them", "12O45", "O1245", "12O45"),
            ("it was, and they chose another", "12O45", "2O145", "21O45"),
            (
                "it was the first, and they chose the next",
                "O1345",
                "1O345",
                "1O345",
            ),
            ("it was the last", "1234O", "O1234", "1234O"),
            ("it was the only one", "O", "O", "O"),
        ] {
            assert_eq!(check(before, now, true).as_deref(), Some(wanted), "{what}");
        }
    }

    #[test]
    fn words_that_they_chose_with_another_emoji_do_not_come_back_with_the_old_one() {
        let now = r#"[{"emoji":"y","text":"4"},{"emoji":"x","text":"O"}]"#;
        let now = now.replace("]", &format!(",{}", &list("123")[1..]));
        let pushed = CustomStatus {
            text: "O".to_owned(),
            ..CustomStatus::default()
        };
        let list = undone(Some(&list("12345")), Some(&now), &pushed, true).expect("a list");
        let list: Vec<Value> = serde_json::from_str(&list).expect("a list");
        let words: String = list.iter().map(words).collect();
        assert_eq!(words, "41235");
        assert_eq!(list[0]["emoji"], "y");
    }

    #[test]
    fn a_replica_that_has_not_heard_of_it_yet_is_seen_through() {
        assert_eq!(check("12345", "12345", true).as_deref(), Some("12345"));
        assert_eq!(check("12345", "12345", false), None);
    }

    #[test]
    fn a_second_time_changes_nothing() {
        assert_eq!(check("12345", "P1234", false), None);
        assert_eq!(check("12O45", "12O45", false), None);
    }

    #[test]
    fn what_cannot_be_understood_is_left_alone() {
        let pushed = CustomStatus::default();
        assert_eq!(undone(Some("{"), Some("[]"), &pushed, true), None);
        assert_eq!(undone(Some("[]"), Some("7"), &pushed, true), None);
        assert_eq!(undone(None, None, &pushed, true).as_deref(), Some("[]"));
    }
}
