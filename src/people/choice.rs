//! What can be chosen, by name and value, as it is typed, shown and filled in.

use super::{CallStatus, Preferences};
use crate::config::Config;
use crate::language::texts::settings as texts;
use crate::language::{Language, Text};

/// One of the choices in [`Preferences`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    Calls,
    Name,
    Status,
    PhoneDnd,
    ChatDnd,
    Missed,
}

/// The values of a choice that is made or not.
const SWITCH: &[(&str, Text)] = &[("on", texts::on), ("off", texts::off)];

/// Words that people type in their place.
const LIKE_ON: &[&str] = &["on", "yes", "true", "1", "an", "ja", "oui"];
const LIKE_OFF: &[&str] = &["off", "no", "false", "0", "aus", "nein", "non"];

impl Choice {
    /// All of them, in the order in which they are shown.
    pub(crate) const ALL: [Self; 6] = [
        Self::Calls,
        Self::Name,
        Self::Status,
        Self::PhoneDnd,
        Self::ChatDnd,
        Self::Missed,
    ];

    /// Its name, as it is typed, and as a form has it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Calls => "calls",
            Self::Name => "name",
            Self::Status => "status",
            Self::PhoneDnd => "phone-dnd",
            Self::ChatDnd => "chat-dnd",
            Self::Missed => "missed",
        }
    }

    /// The one of that name, in any case.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|choice| choice.name().eq_ignore_ascii_case(name))
    }

    /// Those that mean something with these settings.
    pub(crate) fn offered(config: &Config) -> impl Iterator<Item = Self> {
        let all = Self::ALL.into_iter();
        all.filter(|choice| choice.is_offered(config))
    }

    /// Whether it means something with these settings.
    pub(crate) fn is_offered(self, config: &Config) -> bool {
        match self {
            Self::Calls | Self::Name => config.call_status,
            Self::Status | Self::PhoneDnd => true,
            Self::ChatDnd => config.switches_phones(),
            Self::Missed => config.missed_calls,
        }
    }

    /// What people read above it.
    pub(crate) fn label(self, language: Language) -> String {
        match self {
            Self::Calls => texts::calls(language),
            Self::Name => texts::name(language),
            Self::Status => texts::status(language),
            Self::PhoneDnd => texts::phone_dnd(language),
            Self::ChatDnd => texts::chat_dnd(language),
            Self::Missed => texts::missed(language),
        }
    }

    /// What it does.
    pub(crate) fn what(self, language: Language) -> String {
        match self {
            Self::Calls => texts::calls_what(language),
            Self::Name => texts::name_what(language),
            Self::Status => texts::status_what(language),
            Self::PhoneDnd => texts::phone_dnd_what(language),
            Self::ChatDnd => texts::chat_dnd_what(language),
            Self::Missed => texts::missed_what(language),
        }
    }

    /// Whether it is made or not, rather than one of several.
    pub(crate) const fn is_switch(self) -> bool {
        !matches!(self, Self::Status)
    }

    /// Its values as they are typed, and what people read for them.
    pub(crate) const fn values(self) -> &'static [(&'static str, Text)] {
        match self {
            Self::Status => &[
                ("unchanged", texts::status_unchanged),
                ("dnd", texts::status_dnd),
                ("away", texts::status_away),
            ],
            _ => SWITCH,
        }
    }

    /// Which values it has, in a sentence.
    pub(crate) fn values_text(self, language: Language) -> String {
        let values = self.values().iter().map(|(value, _)| format!("`{value}`"));
        let values: Vec<String> = values.collect();
        texts::values(language, self.name(), language.choice(&values))
    }

    /// The value that somebody chose, as it is typed.
    pub(crate) fn get(self, preferences: &Preferences) -> &'static str {
        let on = match self {
            Self::Calls => preferences.show_calls,
            Self::Name => preferences.show_other,
            Self::Status => {
                return match preferences.call_status {
                    CallStatus::Unchanged => "unchanged",
                    CallStatus::Dnd => "dnd",
                    CallStatus::Away => "away",
                };
            }
            Self::PhoneDnd => preferences.phone_dnd,
            Self::ChatDnd => preferences.chat_dnd,
            Self::Missed => preferences.missed_calls,
        };
        if on { "on" } else { "off" }
    }

    /// The same, as people read it.
    pub(crate) fn shown(self, preferences: &Preferences, language: Language) -> String {
        let value = self.get(preferences);
        let shown = self.values().iter().find(|(other, _)| *other == value);
        shown.map_or_else(String::new, |(_, text)| text(language))
    }

    /// Chooses a value, in any case. Answers whether it is one.
    pub(crate) fn set(self, preferences: &mut Preferences, value: &str) -> bool {
        let value = value.trim().to_lowercase();
        if self == Self::Status {
            preferences.call_status = match &*value {
                "unchanged" => CallStatus::Unchanged,
                "dnd" => CallStatus::Dnd,
                "away" => CallStatus::Away,
                _ => return false,
            };
            return true;
        }
        let on = match &*value {
            value if LIKE_ON.contains(&value) => true,
            value if LIKE_OFF.contains(&value) => false,
            _ => return false,
        };
        let field = match self {
            Self::Calls => &mut preferences.show_calls,
            Self::Name => &mut preferences.show_other,
            Self::PhoneDnd => &mut preferences.phone_dnd,
            Self::ChatDnd => &mut preferences.chat_dnd,
            Self::Missed | Self::Status => &mut preferences.missed_calls,
        };
        *field = on;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_can_be_chosen_and_is_then_what_was_chosen() {
        for choice in Choice::ALL {
            assert_eq!(Choice::of_name(&choice.name().to_uppercase()), Some(choice));
            let mut all = Vec::new();
            for (value, text) in choice.values() {
                let mut preferences = Preferences::default();
                assert!(choice.set(&mut preferences, &value.to_uppercase()));
                assert_eq!(choice.get(&preferences), *value, "{choice:?}");
                let shown = choice.shown(&preferences, Language::German);
                assert_eq!(shown, text(Language::German));
                // Nothing else changed.
                assert!(choice.set(&mut preferences, choice.get(&Preferences::default())));
                assert_eq!(preferences, Preferences::default());
                all.push(*value);
            }
            let mut preferences = Preferences::default();
            for wrong in ["", "maybe", "on off", "dnd,away"] {
                assert!(!choice.set(&mut preferences, wrong), "{choice:?} {wrong}");
            }
            assert_eq!(preferences, Preferences::default());
            assert_eq!(all.len(), if choice.is_switch() { 2 } else { 3 });
        }
        assert_eq!(Choice::of_name("what"), None);
    }

    /// The server refuses a form with longer ones (`Dialog.IsValid` of Mattermost 10; older ones cut them).
    #[test]
    fn labels_and_sentences_fit_a_form() {
        for language in Language::ALL {
            assert!(texts::title(language).chars().count() <= 24);
            for choice in Choice::ALL {
                let label = choice.label(language);
                assert!(label.chars().count() <= 24, "{label}");
                let what = choice.what(language);
                assert!(what.chars().count() <= 150, "{what}");
            }
        }
    }

    #[test]
    fn what_is_turned_off_for_everybody_cannot_be_chosen() {
        let names =
            |config: &Config| -> Vec<_> { Choice::offered(config).map(Choice::name).collect() };
        let mut config = Config::default();
        assert_eq!(names(&config), ["status", "phone-dnd"]);
        config.call_status = true;
        config.missed_calls = true;
        let all = ["calls", "name", "status", "phone-dnd", "missed"];
        assert_eq!(names(&config), all);
    }
}
