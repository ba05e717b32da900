//! How the table of texts is written.

/// Makes of each entry a function that gives its text in a language. What is to be put in stands in braces, by name, as in `format!`.
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
                // One body for all types, so that a text costs its bytes once.
                fn text(language: $crate::language::Language $(, $argument: &dyn ::std::fmt::Display)*) -> String {
                    match language {
                        $crate::language::Language::English => format!($en $(, $argument = $argument)*),
                        $crate::language::Language::German => format!($de $(, $argument = $argument)*),
                        $crate::language::Language::French => format!($fr $(, $argument = $argument)*),
                    }
                }
                text(language $(, &$argument)*)
            }
        )*

        /// Every entry: its name, and its text in each language as it is written.
        #[cfg(test)]
        pub(crate) const ENTRIES: &[(&str, [&str; 3])] = &[$((stringify!($name), [$en, $de, $fr]),)*];
    };
}

pub(super) use texts;
