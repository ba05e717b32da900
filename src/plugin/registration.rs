//! Commands as the server wants them registered.

use std::fmt;

use futures_util::future::join_all;
use mattermost_plugin::model::{AutocompleteData, Command};

use crate::commands::{self, Argument, Features, Offers, Subcommand, Then};
use crate::language::Language;

/// For which settings and in which language the commands are registered, once all of them are.
#[derive(Debug, Default)]
pub(super) struct Registered {
    of: Option<(Features, Language)>,
    triggers: Vec<&'static str>,
}

impl Registered {
    /// Has the commands registered, unless they are already, and those no more that are not offered any more. One that cannot be costs
    /// itself alone, and all are tried again the next time.
    pub(super) async fn bring<R, U, E>(
        &mut self,
        commands: impl Iterator<Item = &'static commands::Command>,
        features: Features,
        language: Language,
        register: impl Fn(Command) -> R,
        unregister: impl Fn(&'static str) -> U,
    ) where
        R: Future<Output = Result<(), E>>,
        U: Future<Output = Result<(), E>>,
        E: fmt::Display,
    {
        if self.of == Some((features, language)) {
            return;
        }
        let commands: Vec<_> = commands.collect();
        let is_offered =
            |trigger: &&'static str| commands.iter().any(|command| command.trigger == *trigger);
        let (offered, gone): (Vec<_>, Vec<_>) = std::mem::take(&mut self.triggers)
            .into_iter()
            .partition(is_offered);
        self.triggers = offered;
        for trigger in gone {
            if let Err(e) = unregister(trigger).await {
                tracing::warn!(trigger, "a command that is not offered any more stays: {e}");
                self.triggers.push(trigger);
            }
        }
        // A command that is registered again takes the place of what it was.
        let all = commands.iter().map(|command| {
            let done = register(registration(command, features, language));
            async move {
                let done = done.await;
                if let Err(e) = &done {
                    let trigger = command.trigger;
                    tracing::error!(trigger, "a command cannot be registered: {e}; the next change of the settings tries again");
                }
                done.is_ok().then_some(command.trigger)
            }
        });
        let done: Vec<_> = join_all(all).await.into_iter().flatten().collect();
        let all = done.len() == commands.len();
        for trigger in done {
            if !self.triggers.contains(&trigger) {
                self.triggers.push(trigger);
            }
        }
        self.of = all.then_some((features, language));
    }
}

/// A command as it is registered.
fn registration(command: &commands::Command, features: Features, language: Language) -> Command {
    let hint = command.hint(language, features);
    let autocomplete = (command.autocomplete)(language);
    let description = (command.description)(language);
    let data = AutocompleteData::new(command.trigger, hint.as_str(), autocomplete.as_str());
    Command {
        trigger: command.trigger.into(),
        auto_complete: true,
        auto_complete_desc: autocomplete,
        auto_complete_hint: hint,
        description: description.clone(),
        display_name: description,
        autocomplete_data: Some(with_words(data, command.subcommands, features, language)),
        ..Command::default()
    }
}

/// The words that may follow, as far as the settings have what they need.
fn with_words(
    data: AutocompleteData,
    words: &[Subcommand],
    features: Features,
    language: Language,
) -> AutocompleteData {
    let offered = words.iter().filter(|word| features.has(word.needs));
    offered.fold(data, |data, word| {
        let hint = commands::hint(language, word.then, features);
        let own = AutocompleteData::new(word.word, hint, (word.what)(language));
        data.with_command(match word.then {
            Then::Word(words) => with_words(own, words, features, language),
            Then::Arguments(arguments) => arguments
                .iter()
                .fold(own, |own, argument| with_argument(own, argument, language)),
        })
    })
}

fn with_argument(
    data: AutocompleteData,
    argument: &Argument,
    language: Language,
) -> AutocompleteData {
    let (what, hint) = ((argument.what)(language), (argument.hint)(language));
    match argument.offers {
        // The server takes no text that is optional and has no name (`AutocompleteData.IsValid` of Mattermost 9.11); it
        // only hints at it, and runs the command without.
        Offers::Nothing => data.with_text(what, hint, ""),
        Offers::List(name) => {
            let data = data.with_dynamic_list(what, crate::http::suggestions_path(name));
            if argument.optional {
                data.optional()
            } else {
                data
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use mattermost_plugin::model::AutocompleteArgData;

    use super::*;

    fn pbx_only(pbx: bool) -> Features {
        Features {
            pbx,
            ..Features::default()
        }
    }

    /// `/phone` as it is registered.
    fn phone(pbx: bool, language: Language) -> AutocompleteData {
        let features = pbx_only(pbx);
        let command = commands::all().find(|command| command.trigger == "phone");
        let command = registration(command.expect("a command"), features, language);
        command.autocomplete_data.expect("its data")
    }

    /// What the server's `AutocompleteData.IsValid` checks, and what its `getSuggestions` needs in order to offer something to
    /// people who are no admins.
    fn check(data: &AutocompleteData) {
        assert_eq!(data.role_id, "system_user", "{data:?}");
        assert!(!data.trigger.is_empty() && data.trigger == data.trigger.to_lowercase());
        assert!(data.arguments.is_empty() || data.sub_commands.is_empty());
        for argument in &data.arguments {
            match &argument.data {
                AutocompleteArgData::Text(_) => assert!(argument.required, "{argument:?}"),
                AutocompleteArgData::DynamicList(list) => {
                    // It is joined to `/plugins/<id>`, and a query would be escaped.
                    assert!(!list.fetch_url.starts_with("/plugins"), "{list:?}");
                    assert!(!list.fetch_url.contains(['?', ':']), "{list:?}");
                }
                other => panic!("{other:?}"),
            }
        }
        data.sub_commands.iter().for_each(check);
    }

    #[test]
    fn what_is_registered_is_what_the_server_takes() {
        let words = |data: &AutocompleteData| -> Vec<String> {
            let words = data.sub_commands.iter();
            words.map(|word| word.trigger.clone()).collect()
        };
        let without = phone(false, Language::English);
        check(&without);
        let all = words(&without);
        assert_eq!(without.hint, format!("[{}]", all.join("|")));
        assert!(all.iter().any(|word| word == "settings"), "{all:?}");
        let with = phone(true, Language::English);
        check(&with);
        for pbx in ["call", "message", "queue"] {
            assert!(!all.iter().any(|word| word == pbx), "{all:?}");
            assert!(words(&with).iter().any(|word| word == pbx));
        }
        assert_eq!(words(&with).len(), all.len() + 3);
        let word = |name: &str| {
            let mut words = with.sub_commands.iter();
            words.find(|word| word.trigger == name).expect("a word")
        };
        let queue = word("queue");
        assert_eq!(words(queue), ["login", "logout", "pause", "unpause"]);
        assert!(!queue.sub_commands[0].arguments[0].required);
        let message = &word("message").arguments;
        let AutocompleteArgData::DynamicList(list) = &message[0].data else {
            panic!("{message:?}");
        };
        assert_eq!(list.fetch_url, "api/v1/suggest/message");
        assert_eq!(message.len(), 2);
    }

    #[test]
    fn words_are_the_same_in_each_language_and_what_they_do_is_not() {
        let words = |data: &AutocompleteData| -> Vec<String> {
            let words = data.sub_commands.iter();
            words.map(|word| word.trigger.clone()).collect()
        };
        let english = phone(true, Language::English);
        for language in [Language::German, Language::French] {
            let other = phone(true, language);
            check(&other);
            assert_eq!(words(&other), words(&english));
            assert_eq!(other.hint, english.hint, "it lists the words");
            for (own, english) in other.sub_commands.iter().zip(&english.sub_commands) {
                assert_ne!(own.help_text, english.help_text, "{}", own.trigger);
            }
        }
    }

    #[tokio::test]
    async fn a_command_that_could_not_be_registered_is_tried_again() {
        let asked = Mutex::new(Vec::new());
        let mut registered = Registered::default();
        let bring = async |registered: &mut Registered, pbx, fails: &'static str, language| {
            let register = |command: Command| {
                asked.lock().expect("a lock").push(command.trigger.clone());
                std::future::ready(if command.trigger == fails {
                    Err("the database is away")
                } else {
                    Ok(())
                })
            };
            let features = pbx_only(pbx);
            registered
                .bring(commands::all(), features, language, register, |_| {
                    std::future::ready(Ok(()))
                })
                .await;
            std::mem::take(&mut *asked.lock().expect("a lock")).len()
        };
        let all = commands::all().count();
        for (pbx, fails, language, expected) in [
            (true, "phone", Language::English, all),
            (true, "", Language::English, all),
            (true, "", Language::English, 0),
            (true, "", Language::German, all),
            (true, "", Language::German, 0),
            (false, "phone", Language::German, all),
            (true, "", Language::German, all),
        ] {
            let asked = bring(&mut registered, pbx, fails, language).await;
            assert_eq!(asked, expected, "{pbx} {fails} {language:?}");
        }
    }

    #[tokio::test]
    async fn a_command_that_is_not_offered_any_more_is_registered_no_more() {
        let gone = Mutex::new(Vec::new());
        let mut registered = Registered::default();
        let bring = async |registered: &mut Registered, video| {
            let features = Features {
                video,
                ..Features::default()
            };
            let offered = commands::all().filter(|command| features.has(command.needs));
            let register = |_| std::future::ready(Ok::<_, &str>(()));
            let unregister = |trigger| {
                gone.lock().expect("a lock").push(trigger);
                std::future::ready(Ok(()))
            };
            registered
                .bring(offered, features, Language::English, register, unregister)
                .await;
            std::mem::take(&mut *gone.lock().expect("a lock"))
        };
        for (video, expected) in [
            (false, &[][..]),
            (true, &[]),
            (false, &["video"]),
            (false, &[]),
            (true, &[]),
        ] {
            assert_eq!(bring(&mut registered, video).await, expected, "{video}");
        }
    }
}
