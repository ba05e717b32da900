//! `/phone help`: every subcommand that there is for whoever asks, with an example.

use super::{
    COMMAND, Context, SUBCOMMANDS, Subcommand, call, dnd, link, notify, settings, status, test,
    texts,
};
use crate::commands::hint;
use crate::language::Text;

/// What somebody might type, of each subcommand behind whose word something can stand.
const EXAMPLES: &[(&str, Text)] = &[
    ("status", |_| status::EXAMPLE.to_owned()),
    ("call", |_| call::EXAMPLE.to_owned()),
    ("message", texts::message_example),
    ("queue", texts::queue_example),
    ("test", |_| test::EXAMPLE.to_owned()),
    ("dnd", |_| dnd::EXAMPLE.to_owned()),
    ("notify", |_| notify::EXAMPLE.to_owned()),
    ("link", |_| link::EXAMPLE.to_owned()),
    ("unlink", |_| link::UNLINK_EXAMPLE.to_owned()),
    ("settings", |_| settings::EXAMPLE.to_owned()),
    ("setup", |_| super::setup::EXAMPLE.to_owned()),
];

/// A line for each subcommand: what is typed, with hints, what it does, and an example.
pub(super) fn help(context: &Context<'_>) -> String {
    let (language, features) = (context.language(), context.features);
    let mut text = String::new();
    for subcommand in SUBCOMMANDS {
        if !features.has(subcommand.needs) {
            continue;
        }
        let mut line = format!("{} {}", COMMAND.trigger, subcommand.word);
        let hint = hint(language, subcommand.then, features);
        if !hint.is_empty() {
            line.push(' ');
            line.push_str(&hint);
        }
        let what = (subcommand.what)(language);
        text.push_str(&match example(subcommand) {
            Some(example) => texts::help_line_example(language, line, what, example(language)),
            None => texts::help_line(language, line, what),
        });
        text.push('\n');
    }
    text
}

fn example(subcommand: &Subcommand) -> Option<Text> {
    let found = EXAMPLES.iter().find(|(word, _)| *word == subcommand.word);
    found.map(|(_, example)| *example)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::Then;
    use crate::language::Language;

    #[test]
    fn what_takes_something_has_an_example() {
        for subcommand in SUBCOMMANDS {
            let takes = !matches!(subcommand.then, Then::Arguments([]));
            let example = example(subcommand);
            assert_eq!(takes, example.is_some(), "{}", subcommand.word);
            for language in Language::ALL {
                let begins = format!("/phone {} ", subcommand.word);
                let fits = example.is_none_or(|example| example(language).starts_with(&begins));
                assert!(fits, "{begins}");
            }
        }
        assert!(EXAMPLES.iter().all(|(word, _)| {
            let mut words = SUBCOMMANDS.iter().map(|subcommand| subcommand.word);
            words.any(|other| other == *word)
        }));
    }
}
