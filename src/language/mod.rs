//! What people read, in the languages there are.
//!
//! Everything a person reads comes from one table, `texts`: a function for each text, which takes what is to be put into it and gives
//! the text in whatever language. A text without one of the languages, or one that leaves out what it is given, does not compile.
//! What is made of values stands with [`Language`]: lists, durations, times of day and dates.
//! Logs, problems of settings and answers to phones are for admins and machines, and are English.

mod lists;
mod table;
pub mod texts;
mod times;

/// A language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English, also for every language that is none of the others.
    #[default]
    English,
    /// German.
    German,
    /// French.
    French,
}

/// A text that nothing is put into, as tables have it.
pub type Text = fn(Language) -> String;

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::English, Self::German, Self::French];

    /// The language of a locale as Mattermost writes it: `de`, `fr`, `pt-BR`.
    #[must_use]
    pub fn from_locale(locale: &str) -> Self {
        let language = locale.split(['-', '_']).next().unwrap_or_default();
        let is = |code: &str| language.eq_ignore_ascii_case(code);
        if is("de") {
            Self::German
        } else if is("fr") {
            Self::French
        } else {
            Self::English
        }
    }

    /// Its code (ISO 639-1).
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_has_a_language() {
        for language in Language::ALL {
            assert_eq!(Language::from_locale(language.code()), language);
        }
        for (locale, language) in [
            ("de-AT", Language::German),
            ("FR_ca", Language::French),
            ("", Language::English),
            ("nl", Language::English),
            ("den", Language::English),
        ] {
            assert_eq!(Language::from_locale(locale), language, "{locale}");
        }
    }
}
