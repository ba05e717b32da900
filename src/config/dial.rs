//! Patterns of numbers, in the dial plan's own language.

use super::shown;

/// The most patterns that are read.
pub const MAX_PATTERNS: usize = 100;

/// The longest pattern, in characters.
pub const MAX_PATTERN: usize = 80;

/// Patterns as `extensions.conf` has them behind its `_`: `X` is a digit, `Z` one from 1 to 9, `N` one from 2 to 9, `[13-5]` one of
/// those, `.` at least one more character, `!` any number of them. Everything else stands for itself; a `-` counts neither in a
/// pattern nor in a number, as in the dial plan.
///
/// Unlike there, `.` and `!` take no `*` and no `#`: whoever allows `0.` or `.` means numbers, and not the codes with which a PBX is
/// operated (`*72` sends somebody's calls elsewhere). Those have to be written out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DialPatterns(Vec<Pattern>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Pattern {
    text: String,
    places: Vec<Place>,
    tail: Tail,
}

/// One character of a number.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Is(char),
    /// One of these ranges, both ends included.
    Among(Vec<(char, char)>),
}

/// What may follow the places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tail {
    Nothing,
    /// `!`
    Anything,
    /// `.`
    Something,
}

impl DialPatterns {
    /// Reads patterns separated by commas, semicolons, blanks or line ends. Wrong ones are left out, and described.
    #[must_use]
    pub fn parse(text: &str) -> (Self, Vec<String>) {
        Self::parse_if(text, |_| Ok(()))
    }

    /// The same for numbers outside, which have no letters: a pattern in which one stands for itself fits none of them.
    #[must_use]
    pub fn parse_outside(text: &str) -> (Self, Vec<String>) {
        Self::parse_if(text, Pattern::fits_numbers)
    }

    fn parse_if(
        text: &str,
        check: impl Fn(&Pattern) -> Result<(), &'static str>,
    ) -> (Self, Vec<String>) {
        let mut patterns = Vec::new();
        let mut complaints = Vec::new();
        let words = text
            .split(|c: char| c.is_whitespace() || c == ',' || c == ';')
            .filter(|word| !word.is_empty());
        for (at, word) in words.enumerate() {
            if at == MAX_PATTERNS {
                complaints.push(format!(
                    "has more than {MAX_PATTERNS} patterns; the rest is not read"
                ));
                break;
            }
            let pattern = Pattern::parse(word.strip_prefix('_').unwrap_or(word));
            match pattern.and_then(|pattern| check(&pattern).map(|()| pattern)) {
                Ok(pattern) => patterns.push(pattern),
                Err(why) => {
                    let place = format!("pattern {}", at + 1);
                    let what = format!("{why}, and is left out");
                    complaints.push(shown::complaint(&place, shown::pattern(word), &what));
                }
            }
        }
        (Self(patterns), complaints)
    }

    /// Whether a number fits one of them.
    #[must_use]
    pub fn matches(&self, number: &str) -> bool {
        self.0.iter().any(|pattern| pattern.matches(number))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Display for DialPatterns {
    /// As they were written, separated by commas.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, pattern) in self.0.iter().enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            write!(f, "{comma}{}", pattern.text)?;
        }
        Ok(())
    }
}

impl Pattern {
    fn parse(text: &str) -> Result<Self, &'static str> {
        if text.is_empty() {
            return Err("is empty");
        }
        if text.chars().count() > MAX_PATTERN {
            return Err("is too long");
        }
        let mut places = Vec::new();
        let mut tail = Tail::Nothing;
        let mut rest = text.chars();
        while let Some(c) = rest.next() {
            if tail != Tail::Nothing {
                return Err("goes on behind its `.` or `!`");
            }
            match c {
                'X' | 'x' => places.push(Place::Among(vec![('0', '9')])),
                'Z' | 'z' => places.push(Place::Among(vec![('1', '9')])),
                'N' | 'n' => places.push(Place::Among(vec![('2', '9')])),
                '.' => tail = Tail::Something,
                '!' => tail = Tail::Anything,
                '[' => places.push(Place::Among(set(&mut rest)?)),
                // Marks that people write into numbers and patterns.
                '-' => {}
                '0'..='9' | '*' | '#' | '+' | 'A'..='W' | 'a'..='w' | 'Y' | 'y' | '_' => {
                    places.push(Place::Is(c));
                }
                _ => return Err("has a character that no number has"),
            }
        }
        Ok(Self {
            text: text.to_owned(),
            places,
            tail,
        })
    }

    /// Whether a number can fit at all.
    fn fits_numbers(&self) -> Result<(), &'static str> {
        let in_numbers = "0123456789*#+";
        let fits = |place: &Place| match place {
            Place::Is(own) => in_numbers.contains(*own),
            Place::Among(ranges) => {
                let any =
                    |&(from, to): &(char, char)| in_numbers.contains(|c| (from..=to).contains(&c));
                ranges.iter().any(any)
            }
        };
        if self.places.iter().all(fits) {
            return Ok(());
        }
        Err("has a letter that stands for itself, which no number outside has")
    }

    fn matches(&self, number: &str) -> bool {
        let mut rest = number.chars().filter(|c| *c != '-');
        for place in &self.places {
            let Some(c) = rest.next() else { return false };
            let fits = match place {
                Place::Is(own) => own.eq_ignore_ascii_case(&c),
                Place::Among(ranges) => ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)),
            };
            if !fits {
                return false;
            }
        }
        let mut rest = rest.peekable();
        let there_is_more = rest.peek().is_some();
        let no_code = rest.all(|c| !matches!(c, '*' | '#'));
        match self.tail {
            Tail::Nothing => !there_is_more,
            Tail::Anything => no_code,
            Tail::Something => there_is_more && no_code,
        }
    }
}

/// What stands in brackets: characters, and ranges of them.
fn set(rest: &mut std::str::Chars<'_>) -> Result<Vec<(char, char)>, &'static str> {
    let mut ranges: Vec<(char, char)> = Vec::new();
    let mut open = false;
    loop {
        let c = rest.next().ok_or("has a `[` without its `]`")?;
        match c {
            ']' if open || ranges.is_empty() => return Err("has an empty or open range in `[]`"),
            ']' => return Ok(ranges),
            '-' if open || ranges.is_empty() => return Err("has a range without a beginning"),
            '-' => open = true,
            c if open => {
                open = false;
                let from = ranges.last_mut().ok_or("has a range without a beginning")?;
                if from.0 > c {
                    return Err("has a range whose end is before its beginning");
                }
                from.1 = c;
            }
            c => ranges.push((c, c)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(text: &str) -> DialPatterns {
        let (patterns, complaints) = DialPatterns::parse(text);
        assert_eq!(complaints, Vec::<String>::new());
        patterns
    }

    #[test]
    fn numbers_fit_as_in_the_dial_plan() {
        let all = patterns("6XXX, _2ZN; [13-5]7\n0. *8!");
        for good in ["6001", "229", "37", "47", "00", "0240404040", "*8", "*8123"] {
            assert!(all.matches(good), "{good}");
        }
        for bad in [
            "600",
            "60011",
            "209",
            "211",
            "27",
            "67",
            "0",
            "8",
            "",
            "a",
            "６００１",
        ] {
            assert!(!all.matches(bad), "{bad}");
        }
        assert!(!DialPatterns::default().matches("1"));
        assert_eq!(all.to_string(), "6XXX, 2ZN, [13-5]7, 0., *8!");
    }

    #[test]
    fn no_pattern_allows_a_code_by_its_tail() {
        let wide = patterns("., !, 0., 9!");
        for code in ["*72", "*", "#", "#31#0240404040", "0900*1", "9#"] {
            assert!(!wide.matches(code), "{code}");
        }
        let written = patterns("*72., #31#.");
        assert!(written.matches("*726002") && written.matches("#31#0240"));
        assert!(!written.matches("*72*98"));
    }

    #[test]
    fn a_hyphen_counts_neither_in_a_pattern_nor_in_a_name() {
        let all = patterns("desk-X, 6-1XX");
        for good in ["desk-4", "desk4", "6123", "6-123"] {
            assert!(all.matches(good), "{good}");
        }
        assert!(!all.matches("desk-") && !all.matches("desk-44"));
    }

    #[test]
    fn patterns_of_numbers_outside_have_no_letters() {
        let (all, complaints) =
            DialPatterns::parse_outside("abc, 0., 0a., [a-f]X, ., +33Z!, *72., [a-f1]X, _NXX");
        assert_eq!(all.to_string(), "0., ., +33Z!, *72., [a-f1]X, NXX");
        let expected = [1, 3, 4].map(|place| {
            format!(
                "pattern {place} has a letter that stands for itself, which no number outside has, and is left out"
            )
        });
        assert_eq!(complaints, expected);
        let (_, complaints) = DialPatterns::parse("6XXX, [1-, s3cret/hush");
        let expected = [
            "pattern 2 `[1-` has a `[` without its `]`, and is left out",
            "pattern 3 has a character that no number has, and is left out",
        ];
        assert_eq!(complaints, expected);
    }

    #[test]
    fn wrong_patterns_are_named_and_the_others_hold() {
        let (all, complaints) = DialPatterns::parse("[1-, 0.1, 6XXX, [], [5-1], 1/2, [-3]");
        assert!(all.matches("6001"));
        assert_eq!(all.to_string(), "6XXX");
        assert_eq!(complaints.len(), 6, "{complaints:?}");
        let many = "1 ".repeat(MAX_PATTERNS + 1);
        assert_eq!(DialPatterns::parse(&many).1.len(), 1);
        assert_eq!(DialPatterns::parse(&"1".repeat(MAX_PATTERN + 1)).1.len(), 1);
    }
}
