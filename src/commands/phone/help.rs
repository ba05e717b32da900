//! `/phone help`: every subcommand that there is for whoever asks, with an example; and what the others wait for.

use super::{
    COMMAND, Context, Needs, SUBCOMMANDS, Subcommand, board, call, dnd, link, notify, settings,
    status, test, texts,
};
use crate::commands::hint;
use crate::config::{Bundle, Setting};
use crate::language::Text;

/// What somebody might type, of each subcommand behind whose word something can stand.
const EXAMPLES: &[(&str, Text)] = &[
    ("status", |_| status::EXAMPLE.to_owned()),
    ("board", |_| board::EXAMPLE.to_owned()),
    ("call", |_| call::EXAMPLE.to_owned()),
    ("message", texts::message_example),
    ("queue", texts::queue_example),
    ("test", |_| test::EXAMPLE.to_owned()),
    ("dnd", |_| dnd::EXAMPLE.to_owned()),
    ("notify", |_| notify::EXAMPLE.to_owned()),
    ("link", |_| link::EXAMPLE.to_owned()),
    ("unlink", |_| link::UNLINK_EXAMPLE.to_owned()),
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
        let choices = settings::offered(subcommand.word, context.config);
        let hint = match &choices {
            Some((hint, _)) => hint.clone(),
            None => hint(language, subcommand.then, features),
        };
        if !hint.is_empty() {
            line.push(' ');
            line.push_str(&hint);
        }
        let what = (subcommand.what)(language);
        let example = example(subcommand).map(|example| example(language));
        let example = choices.map(|(_, example)| example).or(example);
        text.push_str(&match example {
            Some(example) => texts::help_line_example(language, line, what, example),
            None => texts::help_line(language, line, what),
        });
        text.push('\n');
    }
    for (needs, settings) in WANTING {
        missing(&mut text, context, *needs, settings);
    }
    text
}

/// Which settings an administrator has to fill in for what is not there.
const WANTING: &[(Needs, &[Setting])] = &[
    (
        Needs::Pbx,
        &[
            Setting::AsteriskHost,
            Setting::AsteriskUser,
            Setting::AsteriskSecret,
        ],
    ),
    (Needs::Links, &[Setting::PhoneLinks]),
];

/// Names the subcommands that are left out because of these settings, where the bundle has those.
fn missing(text: &mut String, context: &Context<'_>, needs: Needs, settings: &[Setting]) {
    let bundle = Bundle::of(context.id);
    let keys: Option<Vec<_>> = settings
        .iter()
        .map(|setting| bundle.key(*setting))
        .collect();
    let Some(keys) = keys.filter(|_| !context.features.has(needs)) else {
        return;
    };
    let words = SUBCOMMANDS.iter().filter(|word| word.needs == needs);
    let words: Vec<_> = words.map(|word| format!("`{}`", word.word)).collect();
    let keys: Vec<_> = keys.iter().map(|key| format!("`{key}`")).collect();
    let language = context.language();
    text.push_str(&texts::help_missing(
        language,
        language.list(&keys),
        language.list(&words),
    ));
    text.push('\n');
}

fn example(subcommand: &Subcommand) -> Option<Text> {
    let found = EXAMPLES.iter().find(|(word, _)| *word == subcommand.word);
    found.map(|(_, example)| *example)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::Then;
    use crate::config::Config;
    use crate::language::Language;

    #[test]
    fn what_takes_something_has_an_example() {
        for subcommand in SUBCOMMANDS {
            // What can be chosen, and so its example, is for the settings to say.
            let is_chosen = settings::offered(subcommand.word, &Config::default()).is_some();
            let takes = !matches!(subcommand.then, Then::Arguments([])) && !is_chosen;
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
