//! `/phone settings`: one's own choices, in a form or in words.

use super::errand::{Asker, Errand};
use super::{Needs, Subcommand, Then, arguments};
use crate::app::App;
use crate::config::Config;
use crate::host::{Dialog, Element, ElementKind, Host};
use crate::language::texts::settings as texts;
use crate::language::{Language, Text};
use crate::people::{Choice, Preferences};
use crate::text;

/// The form that is filled in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Form {
    /// Names it.
    pub(crate) id: &'static str,
    /// Where what was filled in goes, relative to the plugin.
    pub(crate) path: &'static str,
}

/// That of the settings.
pub(crate) const FORM: Form = Form {
    id: "settings",
    path: "api/v1/dialogs/settings",
};

pub(super) const SUBCOMMAND: Subcommand = Subcommand {
    word: "settings",
    what: texts::settings,
    then: Then::Word(&[
        switch("calls", texts::calls_what),
        switch("name", texts::name_what),
        Subcommand {
            word: "status",
            what: texts::status_what,
            then: Then::Word(&[
                value("unchanged", texts::status_unchanged),
                value("dnd", texts::status_dnd),
                value("away", texts::status_away),
            ]),
            needs: Needs::Nothing,
        },
        switch("phone-dnd", texts::phone_dnd_what),
        switch("chat-dnd", texts::chat_dnd_what),
        switch("missed", texts::missed_what),
    ]),
    needs: Needs::Nothing,
};

const fn switch(word: &'static str, what: Text) -> Subcommand {
    const VALUES: &[Subcommand] = &[value("on", texts::on), value("off", texts::off)];
    Subcommand {
        word,
        what,
        then: Then::Word(VALUES),
        needs: Needs::Nothing,
    }
}

const fn value(word: &'static str, what: Text) -> Subcommand {
    Subcommand {
        word,
        what,
        then: Then::Arguments(&[]),
        needs: Needs::Nothing,
    }
}

/// Of this subcommand's word: what may stand behind it with these settings, and what somebody might type.
pub(super) fn offered(word: &str, config: &Config) -> Option<(String, String)> {
    let is_own = word == SUBCOMMAND.word;
    let names: Vec<_> = Choice::offered(config).map(Choice::name).collect();
    // The last one is a switch, and what most people look for: missed calls, or else what their phone does.
    let last = names.last().filter(|_| is_own)?;
    let example = format!("/phone {word} {last} off");
    Some((format!("[{}]", names.join("|")), example))
}

/// What somebody wants of their settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::commands) enum Wish {
    /// To see them, in a form if there is one.
    See,
    /// To choose this value.
    Choose(Choice, String),
}

/// Reads what stands behind the word.
pub(super) fn read(config: &Config, language: Language, text: &str) -> Result<Errand, String> {
    let (name, rest) = arguments::word(text);
    if name.is_empty() {
        return Ok(Errand::Settings(Wish::See));
    }
    let known = Choice::of_name(name);
    if known.is_some_and(|choice| !choice.is_offered(config)) {
        return Err(texts::turned_off(language, text::markdown(name)));
    }
    let Some(choice) = known else {
        let names: Vec<String> = Choice::offered(config)
            .map(|choice| format!("`{}`", choice.name()))
            .collect();
        let name = text::markdown(name).into_owned();
        return Err(texts::unknown(language, name, language.list(&names)));
    };
    if !choice.set(&mut Preferences::default(), rest) {
        return Err(choice.values_text(language));
    }
    Ok(Errand::Settings(Wish::Choose(choice, rest.to_owned())))
}

impl Wish {
    pub(super) async fn grant<H: Host>(self, app: &App<H>, asker: &Asker<'_>) -> String {
        let (person, language) = (asker.person, asker.person.language);
        let Self::Choose(choice, value) = self else {
            return match app.people().preferences(&person.id).await {
                Ok(preferences) => see(app, asker, &app.config(), &preferences).await,
                Err(error) => {
                    tracing::warn!(%error, "what somebody chose cannot be read");
                    texts::not_read(language)
                }
            };
        };
        let choose = |own: &mut Preferences| {
            // It was read before whether it is one of its values.
            choice.set(own, &value);
        };
        match app.choose(&person.id, choose).await {
            Ok(chosen) => {
                let shown = choice.shown(&chosen, language);
                texts::chosen(language, choice.label(language), shown)
            }
            Err(error) => {
                tracing::warn!(%error, "what somebody chose cannot be stored");
                texts::not_stored(language)
            }
        }
    }
}

async fn see<H: Host>(
    app: &App<H>,
    asker: &Asker<'_>,
    config: &Config,
    preferences: &Preferences,
) -> String {
    let language = asker.person.language;
    if Choice::offered(config).next().is_none() {
        return texts::nothing_to_choose(language);
    }
    if asker.trigger_id.is_empty() {
        return words(config, preferences, language);
    }
    let form = form(config, preferences, language);
    match app.host().open_dialog(asker.trigger_id, form).await {
        Ok(()) => texts::form_is_open(language),
        Err(error) => {
            tracing::info!(%error, "a form cannot be shown; the settings are told in words");
            let words = words(config, preferences, language);
            format!("{}\n\n{words}", texts::no_form(language))
        }
    }
}

/// What holds, and how each is changed.
fn words(config: &Config, preferences: &Preferences, language: Language) -> String {
    let mut text = texts::what_holds(language);
    for choice in Choice::offered(config) {
        let now = choice.get(preferences);
        let mut values = choice.values().iter().map(|(value, _)| *value);
        let other = values.find(|value| *value != now).unwrap_or(now);
        let example = format!("/phone settings {} {other}", choice.name());
        let (label, shown) = (choice.label(language), choice.shown(preferences, language));
        let what = choice.what(language);
        text.push('\n');
        text.push_str(&texts::line(language, label, shown, what, example));
    }
    text
}

fn form(config: &Config, preferences: &Preferences, language: Language) -> Dialog {
    let element = |choice: Choice| {
        let chosen = choice.get(preferences);
        let what = choice.what(language);
        let (help, kind) = if choice.is_switch() {
            let checked = chosen == "on";
            (
                String::new(),
                ElementKind::Checkbox {
                    checked,
                    words: what,
                },
            )
        } else {
            let values = choice.values().iter();
            let options = values
                .map(|(value, text)| (*value, text(language)))
                .collect();
            (what, ElementKind::Choice { chosen, options })
        };
        Element {
            name: choice.name(),
            label: choice.label(language),
            help,
            kind,
        }
    };
    Dialog {
        path: FORM.path,
        id: FORM.id,
        title: texts::title(language),
        introduction: String::new(),
        submit: texts::save(language),
        state: String::new(),
        elements: Choice::offered(config).map(element).collect(),
    }
}
