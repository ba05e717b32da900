//! The table of texts, a file for each part of the product.

pub mod status;

#[cfg(test)]
mod tests {
    use super::*;

    /// An entry's name, and its text in each language.
    type Entry = (&'static str, [&'static str; 3]);

    /// Every part of the table.
    const PARTS: &[(&str, &[Entry])] = &[("status", status::ENTRIES)];

    #[test]
    fn no_text_is_missing_and_none_was_left_in_english() {
        for (part, entries) in PARTS {
            for (name, texts) in *entries {
                for text in texts {
                    assert!(!text.trim().is_empty(), "{part}.{name}");
                    assert_eq!(text.trim(), *text, "{part}.{name}: blanks around it");
                }
                let [english, german, french] = texts;
                let words = english.split_whitespace().count();
                if words > 2 {
                    assert_ne!(english, german, "{part}.{name} in German");
                    assert_ne!(english, french, "{part}.{name} in French");
                }
            }
        }
    }

    #[test]
    fn every_part_is_among_those_tested() {
        let parts = include_str!("texts.rs")
            .lines()
            .filter_map(|line| line.strip_prefix("pub mod "))
            .map(|line| line.trim_end_matches(';'));
        let tested: Vec<&str> = PARTS.iter().map(|(part, _)| *part).collect();
        assert_eq!(parts.collect::<Vec<_>>(), tested);
    }
}
