//! How the table of texts is written.

use std::fmt::{Display, Write as _};

use super::Language;

/// Parts the pieces of an entry.
const SEPARATOR: char = '\0';

/// A blank at which no line breaks.
const NO_BREAK_SPACE: char = '\u{a0}';

/// Makes of each entry a function that gives its text in a language. What is to be put in stands in braces, by its name alone.
/// An entry that lacks a language, or a text that leaves out or invents a name, does not compile.
macro_rules! texts {
    ($(
        $(#[$doc:meta])*
        $name:ident($($argument:ident),* $(,)?) {
            en: $en:literal,
            de: $de:literal,
            fr: $fr:literal $(,)?
        }
    )*) => {
        $(
            $(#[$doc])*
            #[must_use]
            pub fn $name(language: $crate::language::Language $(, $argument: impl ::std::fmt::Display)*) -> String {
                // Never called: it makes the compiler compare the texts with the names.
                #[allow(dead_code)]
                fn compared($($argument: &str),*) {
                    let _ = format_args!($en $(, $argument = $argument)*);
                    let _ = format_args!($de $(, $argument = $argument)*);
                    let _ = format_args!($fr $(, $argument = $argument)*);
                }
                $crate::language::table::text(
                    concat!($(stringify!($argument), ",",)* "\0", $en, "\0", $de, "\0", $fr),
                    language,
                    &[$(&$argument),*],
                )
            }
        )*

        /// Every entry: its name, the names of what is put in, and its text in each language as it is written.
        #[cfg(test)]
        pub(crate) const ENTRIES: &[$crate::language::table::Entry] =
            &[$((stringify!($name), &[$(stringify!($argument)),*], [$en, $de, $fr]),)*];
    };
}

pub(super) use texts;

/// An entry's name, the names of what is put in, and its text in each language.
#[cfg(test)]
pub(crate) type Entry = (
    &'static str,
    &'static [&'static str],
    [&'static str; Language::ALL.len()],
);

/// The text of an entry, which is the names of what is to be put in, each with a comma behind it, and the text in each
/// language as [`Language::ALL`] has them. All of it is one string, and put together while the program runs: there are hundreds
/// of texts, and what `format!` makes of one in three languages is several times as long as the text.
pub(crate) fn text(entry: &'static str, language: Language, arguments: &[&dyn Display]) -> String {
    let (names, mut texts) = cut(entry, SEPARATOR);
    for _ in 0..language as usize {
        (_, texts) = cut(texts, SEPARATOR);
    }
    let (mut rest, _) = cut(texts, SEPARATOR);
    let mut text = String::with_capacity(rest.len() + 32);
    while !rest.is_empty() {
        let (before, behind) = cut(rest, '{');
        match language {
            Language::French => push_french(&mut text, before),
            _ => text.push_str(before),
        }
        let (name, after) = cut(behind, '}');
        let mut names = names;
        for argument in arguments {
            let (known, others) = cut(names, ',');
            if known == name {
                // A string takes everything.
                let _ = write!(text, "{argument}");
            }
            names = others;
        }
        rest = after;
    }
    text
}

/// What stands before a mark and behind it; all and nothing where there is none.
#[inline(never)]
fn cut(text: &'static str, mark: char) -> (&'static str, &'static str) {
    text.split_once(mark).unwrap_or((text, ""))
}

/// Adds what stands in the table in French. The blanks that French has before `: ; ! ?` and inside its quotation marks stand
/// there as any others, so that they are seen; no line may break at them.
fn push_french(text: &mut String, written: &str) {
    let mut before = None;
    for (at, c) in written.char_indices() {
        let mut behind = written[at..].chars().skip(1);
        let mark = matches!(behind.next(), Some(':' | ';' | '!' | '?' | '»'));
        // Before a letter it is an emoji's name that begins.
        let stays = mark && !behind.next().is_some_and(char::is_alphanumeric);
        let joins = c == ' ' && (stays || before == Some('«'));
        text.push(if joins { NO_BREAK_SPACE } else { c });
        before = Some(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names in another order, twice, and beside each other.
    const SUM: &str = "first,second,\0{first}{second} and {first}.\0{second} und {first}\0« {first} »{second} ! a :b";

    #[test]
    fn what_is_put_in_stands_where_its_name_does() {
        assert_eq!(text(SUM, Language::English, &[&1, &"b"]), "1b and 1.");
        // What is put in is not looked through for names, nor for blanks.
        let german = text(SUM, Language::German, &[&"{second}", &'}']);
        assert_eq!(german, "} und {second}");
        let french = text(SUM, Language::French, &[&"", &" ?"]);
        assert_eq!(french, "«\u{a0}\u{a0}» ?\u{a0}! a :b");
        let bare = Language::ALL.map(|language| text("\0bare\0bloß\0nu", language, &[]));
        assert_eq!(bare, ["bare", "bloß", "nu"]);
    }

    #[test]
    fn languages_stand_in_their_order() {
        for (at, language) in Language::ALL.into_iter().enumerate() {
            assert_eq!(language as usize, at);
        }
    }
}
