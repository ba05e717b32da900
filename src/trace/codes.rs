//! Requests without the codes that phones show (`/phone link`): whoever reads one could link the number.

use super::seen::{Outcome, Seen};
use crate::people::without_codes;

impl Seen {
    /// Without codes; with `all`, without all digits that can be one.
    pub(super) fn without_codes(mut self, all: bool) -> Self {
        if let Some(raw) = &mut self.raw {
            for text in [&mut raw.line, &mut raw.body, &mut raw.agent] {
                *text = shown(text, all);
            }
        }
        if let Outcome::Refused(why) = &mut self.outcome {
            *why = shown(why, all);
        }
        self
    }
}

fn shown(text: &str, all: bool) -> String {
    let text = without_codes(text, all);
    // Of a long text the end is cut off, perhaps in the middle of a code.
    match text.strip_suffix('…') {
        Some(cut) => format!(
            "{}…",
            cut.trim_end_matches(|c: char| c == '…' || c.is_ascii_digit())
        ),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_half_of_a_code_is_shown() {
        assert_eq!(shown("GET /?name=Code%201234…", false), "GET /?name=Code%…");
        assert_eq!(
            shown("GET /?name=Code%20123456", false),
            "GET /?name=Code%…"
        );
        assert_eq!(shown("GET /?number=123456&x=1", true), "GET /?number=…&x=1");
        assert_eq!(shown("GET /?number=6002", true), "GET /?number=6002");
    }
}
