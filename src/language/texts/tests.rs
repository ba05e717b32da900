//! What the compiler does not see of the table.

use super::PARTS;
use crate::language::Language;
use crate::language::table::Entry;

/// Calls `check` with each entry, and with where it stands.
fn each(mut check: impl FnMut(&str, &Entry)) {
    for (part, entries) in PARTS {
        for entry in *entries {
            check(&format!("{part}.{}", entry.0), entry);
        }
    }
}

/// Calls `check` with each text outside of code, and with where it stands.
fn each_prose(mut check: impl FnMut(&str, Language, &str)) {
    each(|place, (_, _, texts)| {
        for (language, text) in Language::ALL.into_iter().zip(texts) {
            let prose: Vec<&str> = text.split('`').step_by(2).collect();
            // What stands in code is a word of the sentence.
            check(
                &format!("{place} ({})", language.code()),
                language,
                &prose.join("x"),
            );
        }
    });
}

/// What stands in grave accents, sorted.
fn code(text: &str) -> Vec<&str> {
    let mut code: Vec<&str> = text.split('`').skip(1).step_by(2).collect();
    code.sort_unstable();
    code
}

/// How a text begins or ends, with what a sentence does not have there.
fn ends(text: &str) -> (bool, bool, Option<char>) {
    let last = text.chars().next_back();
    let mark = last.filter(|last| ".!?:…".contains(*last));
    (
        text.starts_with(char::is_whitespace),
        text.ends_with(char::is_whitespace),
        mark,
    )
}

#[test]
fn every_part_is_among_those_tested() {
    let parts = include_str!("../texts.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod "))
        .map(|line| line.trim_end_matches(';'));
    let tested: Vec<&str> = PARTS.iter().map(|(part, _)| *part).collect();
    assert_eq!(parts.collect::<Vec<_>>(), tested);
}

#[test]
fn no_text_is_missing_and_none_was_left_in_english() {
    each(|place, (_, _, texts)| {
        let [english, german, french] = texts;
        for text in texts {
            assert!(!text.trim().is_empty(), "{place}");
        }
        if prose_words(english) > 2 {
            assert_ne!(english, german, "{place} in German");
            assert_ne!(english, french, "{place} in French");
        }
    });
}

/// How many words there are to translate.
fn prose_words(text: &str) -> usize {
    let prose: Vec<&str> = text.split('`').step_by(2).collect();
    let words = prose.join(" ");
    let words = words.split_whitespace();
    words
        .filter(|word| !word.starts_with('{'))
        .filter(|word| word.contains(char::is_alphabetic))
        .count()
}

#[test]
fn each_language_puts_in_the_same_and_nothing_else() {
    each(|place, (_, names, texts)| {
        for text in texts {
            assert!(!text.contains('\0'), "{place}");
            let mut put_in: Vec<&str> = Vec::new();
            let mut rest = *text;
            while let Some((_, behind)) = rest.split_once('{') {
                let (name, after) = behind.split_once('}').expect("a brace that ends");
                put_in.push(name);
                rest = after;
            }
            assert!(!rest.contains('}'), "{place}: {text}");
            for name in &put_in {
                assert!(names.contains(name), "{place}: {{{name}}} in {text}");
            }
            for name in *names {
                assert!(put_in.contains(name), "{place}: no {{{name}}} in {text}");
            }
        }
    });
}

#[test]
fn texts_begin_and_end_alike() {
    each(|place, (_, _, texts)| {
        let [english, german, french] = texts.map(ends);
        assert_eq!(english, german, "{place} in German");
        assert_eq!(english, french, "{place} in French");
        assert!(!english.0 && !english.1, "{place}: blanks around it");
    });
}

#[test]
fn markdown_and_code_are_the_same_in_each() {
    each(|place, (_, _, texts)| {
        let [english, german, french] = texts;
        for (text, language) in [(german, "German"), (french, "French")] {
            assert_eq!(code(english), code(text), "{place} in {language}");
            for mark in ["`", "*", "~", "|", "\n", "](", "#"] {
                let count = |text: &str| text.matches(mark).count();
                assert_eq!(
                    count(english),
                    count(text),
                    "{place} in {language}: {mark:?}"
                );
            }
        }
        assert_eq!(english.matches('`').count() % 2, 0, "{place}");
    });
}

#[test]
fn typography_is_that_of_the_language() {
    each_prose(|place, language, text| {
        assert!(
            !text.contains(['\u{a0}', '\u{202f}', '\t']),
            "{place}: a blank that is none"
        );
        assert!(!text.contains("  "), "{place}: two blanks");
        assert!(!text.contains("..."), "{place}: three points for …");
        for mark in [" .", " ,", " )", "( "] {
            assert!(!text.contains(mark), "{place}: {mark:?}");
        }
        let strange: &[char] = match language {
            Language::English => &['„', '«', '»', '’', '“', '”', 'ß'],
            Language::German => &['"', '\'', '«', '»', '”', '’'],
            Language::French => &['"', '\'', '„', '“', '”', 'ß'],
        };
        assert!(!text.contains(strange), "{place}: one of {strange:?}");
        for (begin, end) in [('„', '“'), ('«', '»'), ('(', ')')] {
            let count = |mark| text.matches(mark).count();
            assert_eq!(count(begin), count(end), "{place}: {begin} and {end}");
        }
    });
}

#[test]
fn punctuation_has_the_blanks_of_the_language() {
    each_prose(|place, language, text| {
        let chars: Vec<char> = text.chars().collect();
        for (at, &mark) in chars.iter().enumerate() {
            let before = at.checked_sub(1).map(|at| chars[at]);
            let after = chars.get(at + 1);
            // A mark that joins what is on both sides of it is none of a sentence's: 14:05, `https://…`, :telephone:.
            let ends_words = after.is_none_or(|after| !after.is_alphanumeric() && *after != '/');
            match (language, mark) {
                (Language::French, ':' | ';' | '!' | '?') if ends_words => {
                    assert!(
                        before.is_none_or(|before| before == ' '),
                        "{place}: no blank before {mark}"
                    );
                }
                (_, ';' | '!' | '?' | ':') => {
                    assert!(
                        before != Some(' ') || !ends_words,
                        "{place}: a blank before {mark}"
                    );
                }
                (Language::French, '«') => assert_eq!(after, Some(&' '), "{place}"),
                (Language::French, '»') => assert_eq!(before, Some(' '), "{place}"),
                (Language::German, '„') => assert_ne!(after, Some(&' '), "{place}"),
                (Language::German, '“') => assert_ne!(before, Some(' '), "{place}"),
                _ => {}
            }
        }
    });
}

#[test]
fn nobody_is_addressed_as_a_friend() {
    each_prose(|place, language, text| {
        let words = || text.split(|c: char| !c.is_alphabetic());
        let familiar: &[&str] = match language {
            Language::English => &[],
            Language::German => &[
                "du", "dich", "dir", "dein", "deine", "deinen", "deiner", "deinem", "deines",
            ],
            Language::French => &["tu", "toi", "ton", "ta", "tes"],
        };
        for word in words() {
            assert!(
                !familiar.contains(&&*word.to_lowercase()),
                "{place}: {word}"
            );
        }
    });
}
