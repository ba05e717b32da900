//! Whose line somebody means who types a user name, a number or a name.

use std::sync::Arc;

use crate::app::App;
use crate::board::{LineView, Name, Snapshot};
use crate::config::NumbersUsers;
use crate::host::Host;
use crate::language::Language;
use crate::language::texts::{denials, people};
use crate::number;
use crate::people::fold;
use crate::text::markdown;

/// The line that is meant: by `@user`, by a number in any form, or by the name under which the board or the setting has it. Nothing
/// where neither has it.
pub(super) fn line(text: &str, numbers: &NumbersUsers, snapshot: &Snapshot) -> Option<Name> {
    if !text.starts_with('@')
        && let Some(name) = numbers.user(text)
    {
        return Some(Arc::clone(name));
    }
    let folded = fold(text);
    if folded.is_empty() {
        return None;
    }
    let mut lines = snapshot.lines.iter().map(|line| &line.user);
    let on_board = lines.find(|user| fold(user) == folded || number::same(user, text));
    let mapped = || {
        let mut names = numbers.numbers().map(|(_, name)| name);
        names.find(|name| fold(name) == folded)
    };
    on_board.or_else(mapped).map(Arc::clone)
}

/// The line of the person whose user name that is, after an `@`: the board forgets at a restart whom only their phone names. The
/// answer is a sentence for whoever asks where there is nobody of that name, or the server did not tell.
pub(super) async fn person<H: Host>(
    app: &App<H>,
    text: &str,
    language: Language,
) -> Result<Name, String> {
    let unknown = || people::no_phone_of(language, markdown(text));
    if !text.starts_with('@') {
        return Err(unknown());
    }
    match app.people().of(&Arc::from(text)).await {
        Ok(Some(person)) => Ok(person.username),
        Ok(None) => Err(unknown()),
        Err(_) => Err(denials::lookup_failed(language, markdown(text))),
    }
}

/// What the board knows of a line.
pub(super) fn view<'a>(line: &Name, snapshot: &'a Snapshot) -> Option<&'a LineView> {
    let folded = fold(line);
    let mut lines = snapshot.lines.iter();
    lines.find(|view| view.user == *line || fold(&view.user) == folded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::board::{Board, Device, Event, Source};

    #[test]
    fn a_line_is_found_by_whatever_it_is_called() {
        let mut board = Board::new();
        for user in ["bob", "Desk 4", "0240404040"] {
            let user: Name = Arc::from(user);
            let device = Device::Free;
            board.apply(
                Event::Device {
                    source: Source::Asterisk,
                    user,
                    device,
                },
                crate::board::Timestamp(1),
            );
        }
        let numbers = NumbersUsers::parse("6001:bob, +49 30 1234567:Eve").0;
        let found = |text| line(text, &numbers, &board.snapshot());
        for (text, expected) in [
            ("@bob", Some("bob")),
            ("BOB", Some("bob")),
            ("6001", Some("bob")),
            ("030 1234567", Some("Eve")),
            ("@eve", Some("Eve")),
            ("desk 4", Some("Desk 4")),
            ("+33 2 40 40 40 40", Some("0240404040")),
            ("@6001", None),
            ("6002", None),
            ("@", None),
            ("", None),
        ] {
            assert_eq!(found(text).as_deref(), expected, "{text}");
        }
        let bob: Name = Arc::from("Bob");
        assert!(view(&bob, &board.snapshot()).is_some());
        assert!(view(&Arc::from("Eve"), &board.snapshot()).is_none());
    }
}
