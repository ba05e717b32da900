//! `GET /api/v1/suggest/<list>`: what Mattermost offers while somebody types a command.
//!
//! The server asks as whoever types. In the query, `user_input` is the line so far without its slash, and `parsed` what of it stands before
//! the argument. It offers the items that begin with what was typed, whatever their case, and takes an argument for done when an item
//! and a blank stand there (`getDynamicListArgument` and `parseListItems` of Mattermost 9.11).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use mattermost_plugin::model::AutocompleteListItem;

use super::calls::signed_in;
use super::{errors, form};
use crate::app::App;
use crate::board::{Device, Snapshot};
use crate::calls::{MAX_SUGGESTIONS, Suggestion, Suggestions};
use crate::host::Host;
use crate::icons;
use crate::language::texts::{board_command, calls as texts};
use crate::language::{Language, Text};
use crate::people::{fold, is_username};
use crate::text;

/// The list of that name.
pub(super) async fn suggest<H: Host>(
    State(app): State<Arc<App<H>>>,
    Path(list): Path<String>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, _) = request.into_parts();
    if parts.method != Method::GET {
        return errors::method_not_allowed("GET", true);
    }
    let Some(user) = signed_in(&parts) else {
        let what = "sign in to Mattermost: lists are for those who may call";
        return errors::answer(StatusCode::UNAUTHORIZED, what, true);
    };
    let language = match app.person(&user).await {
        Some(person) if !person.guest && !person.deactivated => person.language,
        // The server reads a list, whatever the status, and would log anything else at each key.
        Some(_) => return answer(StatusCode::FORBIDDEN, &[]),
        None => return answer(StatusCode::SERVICE_UNAVAILABLE, &[]),
    };
    let typed = typed(&parts);
    let calls = app.calls();
    let items = match &*list {
        "call" => {
            let found = calls.suggestions(Suggestions::Call, &typed);
            items(found, &typed, language, |_| true)
        }
        "message" => {
            // What stands behind the first word is the text.
            let first = typed.split_whitespace().next().unwrap_or_default();
            let found = calls.suggestions(Suggestions::Message, first);
            let fits = |name: &str| !name.contains(char::is_whitespace);
            items(found, first, language, fits)
        }
        "queue" => match app.snapshot().await {
            Ok(snapshot) => queues(&snapshot, &typed, language),
            Err(_) => Vec::new(),
        },
        "board" => match app.snapshot().await {
            Ok(snapshot) => board(&snapshot, &typed, language),
            Err(_) => Vec::new(),
        },
        "line" => match app.snapshot().await {
            Ok(snapshot) => lines(&snapshot, &typed),
            Err(_) => Vec::new(),
        },
        _ => {
            let what = "there are the lists board, call, line, message and queue";
            return errors::answer(StatusCode::NOT_FOUND, what, true);
        }
    };
    answer(StatusCode::OK, &items)
}

fn answer(status: StatusCode, items: &[AutocompleteListItem]) -> Response<Body> {
    let body = serde_json::to_string(items).unwrap_or_else(|_| "[]".to_owned());
    errors::response(status, errors::JSON, body)
}

/// What was typed of the argument so far.
fn typed(parts: &Parts) -> String {
    let query = parts.uri.query().unwrap_or_default();
    let value = |name| form::first(query, name).unwrap_or_default();
    let (input, parsed) = (value("user_input"), value("parsed"));
    let typed = input.strip_prefix(&*parsed).unwrap_or_default();
    let typed = typed.trim_start();
    typed.chars().take(text::MAX_CHARS).collect()
}

/// People and numbers, for what was typed: under their name or their number where that is what somebody types, and the name fits
/// there.
fn items(
    suggestions: Vec<Suggestion>,
    typed: &str,
    language: Language,
    fits: fn(&str) -> bool,
) -> Vec<AutocompleteListItem> {
    let items = suggestions.into_iter().filter_map(|suggestion| {
        let Suggestion {
            item,
            number,
            name,
            device,
        } = suggestion;
        let name = name.as_deref().map(text::clean).unwrap_or_default();
        let item = if begins(&item, typed) {
            item
        } else if begins(&name, typed) && fits(&name) {
            name.clone().into_owned()
        } else if begins(&number, typed) {
            number.clone()
        } else {
            return None;
        };
        let mut help = name.into_owned();
        if let Some(device) = device.filter(|device| *device != Device::Unknown) {
            if !help.is_empty() {
                help.push_str(", ");
            }
            help.push_str(&(icons::device(device).words)(language));
        }
        let hint = if item == number {
            String::new()
        } else {
            number
        };
        Some(AutocompleteListItem::new(item, hint, help))
    });
    items.take(MAX_SUGGESTIONS).collect()
}

/// The lines on the board, with `@` before a user name unless somebody began without.
fn lines(snapshot: &Snapshot, typed: &str) -> Vec<AutocompleteListItem> {
    let items = snapshot.lines.iter().filter_map(|line| {
        let at = format!("@{}", line.user);
        let item = if is_username(&fold(&line.user)) && begins(&at, typed) {
            at
        } else if begins(&line.user, typed) {
            line.user.to_string()
        } else {
            return None;
        };
        Some(AutocompleteListItem::new(item, "", ""))
    });
    items.take(MAX_SUGGESTIONS).collect()
}

/// The queues on the board.
fn queues(snapshot: &Snapshot, typed: &str, language: Language) -> Vec<AutocompleteListItem> {
    let queues = snapshot.queues.iter();
    let fitting = queues.filter(|queue| begins(&queue.name, typed));
    let items = fitting.map(|queue| {
        let waiting = match queue.waiting.len() {
            0 => String::new(),
            1 => texts::one_waits(language),
            more => texts::many_wait(language, more),
        };
        AutocompleteListItem::new(&*queue.name, "", waiting)
    });
    items.take(MAX_SUGGESTIONS).collect()
}

/// What may stand behind `/phone board`: words, and queues.
fn board(snapshot: &Snapshot, typed: &str, language: Language) -> Vec<AutocompleteListItem> {
    let words: [(&str, Text); 5] = [
        ("reset", board_command::offer_reset),
        ("wall", board_command::offer_wall),
        ("walls", board_command::offer_walls),
        ("withdraw", board_command::offer_withdraw),
        ("erase", board_command::offer_erase),
    ];
    if let Some(name) = typed.strip_prefix("erase ") {
        let mut items = lines(snapshot, name.trim_start());
        for item in &mut items {
            item.item.insert_str(0, "erase ");
        }
        return items;
    }
    if let Some(queue) = typed.strip_prefix("reset ") {
        let mut items = queues(snapshot, queue.trim_start(), language);
        for item in &mut items {
            item.item.insert_str(0, "reset ");
        }
        return items;
    }
    let mut items = queues(snapshot, typed, language);
    let words = words.iter().filter(|(word, _)| begins(word, typed));
    items.extend(words.map(|(word, what)| AutocompleteListItem::new(*word, "", what(language))));
    items
}

/// Whether an item begins with what was typed, as the server sees it.
fn begins(item: &str, typed: &str) -> bool {
    let lower = |text: &str| text.to_lowercase();
    !item.is_empty() && lower(item).starts_with(&lower(typed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed_of(query: &str) -> String {
        let (parts, ()) = Request::get(format!("/api/v1/suggest/call?{query}"))
            .body(())
            .expect("a request")
            .into_parts();
        typed(&parts)
    }

    fn suggestion(item: &str, number: &str, name: &str) -> Suggestion {
        Suggestion {
            item: item.to_owned(),
            number: number.to_owned(),
            name: (!name.is_empty()).then(|| name.into()),
            device: Some(Device::Busy),
        }
    }

    fn shown(typed: &str) -> Vec<(String, String, String)> {
        let suggestions = vec![
            suggestion("@bob", "6001", "Bob Miller"),
            suggestion("6002", "6002", ""),
        ];
        let fits = |name: &str| name != "Bob M";
        let items = items(suggestions, typed, Language::English, fits).into_iter();
        items
            .map(|item| (item.item, item.hint, item.help_text))
            .collect()
    }

    #[test]
    fn lines_are_offered_as_somebody_begins_to_type_them() {
        let mut board = crate::board::Board::new();
        for user in ["bob", "Desk 4"] {
            let user = std::sync::Arc::from(user);
            let device = Device::Free;
            let event = crate::board::Event::Device {
                source: crate::board::Source::Asterisk,
                user,
                device,
            };
            board.apply(event, crate::board::Timestamp(1));
        }
        let snapshot = board.snapshot();
        let offered = |typed| -> Vec<String> {
            let items = lines(&snapshot, typed).into_iter();
            items.map(|item| item.item).collect()
        };
        assert_eq!(offered(""), ["Desk 4", "@bob"]);
        assert_eq!(offered("@B"), ["@bob"]);
        assert_eq!(offered("b"), ["bob"]);
        assert_eq!(offered("desk"), ["Desk 4"]);
    }

    #[test]
    fn words_and_queues_are_offered_for_the_board() {
        use crate::board::{Board, Event, QueueEvent, QueueReport, Source, Timestamp};
        let mut state = Board::new();
        for queue in ["support", "sales", "return"] {
            let report = QueueReport {
                source: Source::Asterisk,
                queue: queue.into(),
                event: QueueEvent::Seen,
            };
            state.apply(Event::Queue(report), Timestamp(1));
        }
        let bob = Event::Device {
            source: Source::Asterisk,
            user: "bob".into(),
            device: Device::Free,
        };
        state.apply(bob, Timestamp(1));
        let snapshot = state.snapshot();
        let offered = |typed| -> Vec<String> {
            let items = board(&snapshot, typed, Language::English).into_iter();
            items.map(|item| item.item).collect()
        };
        let all = [
            "return", "sales", "support", "reset", "wall", "walls", "withdraw", "erase",
        ];
        assert_eq!(offered(""), all);
        assert_eq!(offered("re"), ["return", "reset"]);
        assert_eq!(offered("reset s"), ["reset sales", "reset support"]);
        assert_eq!(offered("wall"), ["wall", "walls"]);
        assert_eq!(offered("e"), ["erase"]);
        assert_eq!(offered("erase "), ["erase @bob"]);
        assert_eq!(offered("erase B"), ["erase bob"]);
    }

    #[test]
    fn what_was_typed_is_what_stands_behind_what_was_parsed() {
        for (query, expected) in [
            ("user_input=phone+call+%40bo&parsed=phone+call+", "@bo"),
            ("user_input=phone+call++Bob+M&parsed=phone+call+", "Bob M"),
            ("user_input=phone+call+&parsed=phone+call+", ""),
            ("user_input=phone&parsed=other", ""),
            ("", ""),
        ] {
            assert_eq!(typed_of(query), expected, "{query}");
        }
        let long = format!("user_input={}&parsed=", "x".repeat(5000));
        assert_eq!(typed_of(&long).len(), text::MAX_CHARS);
    }

    #[test]
    fn somebody_is_offered_when_their_number_is_typed() {
        let items: Vec<_> = shown("60").into_iter().map(|(item, ..)| item).collect();
        assert_eq!(items, ["6001", "6002"]);
        let (_, hint, help) = shown("6001").remove(0);
        assert_eq!((&*hint, &*help), ("", "Bob Miller, in a call"));
    }

    #[test]
    fn somebody_is_offered_under_what_is_typed_of_them() {
        let bob = |item: &str| {
            let help = "Bob Miller, in a call".to_owned();
            (item.to_owned(), "6001".to_owned(), help)
        };
        let line = ("6002".to_owned(), String::new(), "in a call".to_owned());
        assert_eq!(shown(""), [bob("@bob"), line.clone()]);
        assert_eq!(shown("@B"), [bob("@bob")]);
        assert_eq!(shown("bob m"), [bob("Bob Miller")]);
        assert_eq!(shown("6002"), [line]);
        assert_eq!(shown("x"), []);
    }
}
