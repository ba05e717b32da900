mod plays;
mod random;
mod rules;

use std::collections::BTreeMap;

use super::*;
use crate::board::{Board, Event, Peer};
use crate::config::NumbersUsers;

/// Whose number is whose.
const PEOPLE: [(&str, &str); 4] = [("1", "alice"), ("2", "bob"), ("3", "carol"), ("4", "dave")];

/// A board, what makes cards of it, and what they say.
pub(super) struct Desk {
    board: Board,
    cards: Cards,
    flaps: Flaps,
    config: Config,
    language: Language,
    now: Timestamp,
    /// What each card says now, and whether its call goes on.
    says: BTreeMap<CardId, (String, bool)>,
    released: Vec<CardId>,
    /// What cards said, in order: the card's number, and its text.
    said: Vec<String>,
}

impl Desk {
    fn new() -> Self {
        let numbers = PEOPLE.map(|(number, name)| format!("{number}:{name}"));
        Self {
            board: Board::new(),
            cards: Cards::default(),
            flaps: Flaps::default(),
            config: Config {
                post_style: PostStyle::Card,
                numbers_users: NumbersUsers::parse(&numbers.join(",")).0,
                asterisk_posts: true,
                ..Config::default()
            },
            language: Language::English,
            now: Timestamp(1_000_000),
            says: BTreeMap::new(),
            released: Vec::new(),
            said: Vec::new(),
        }
    }

    /// `p` for the phone, `a` for Asterisk, `o` for OVH or `f` for what Asterisk found, whose line, what it reports, and then, each maybe left out or
    /// `-`, the other side's number, the call's id, and the id of the whole call. Or `wait` and how many milliseconds, `lost` for an
    /// Asterisk that is gone, `card` and `classic` for the style.
    fn step(&mut self, step: &str) {
        let mut words = step.split_whitespace();
        let mut word = || words.next().filter(|word| *word != "-");
        let first = word().expect("a step");
        let source = match first {
            "wait" => {
                let millis: u64 = word().and_then(|word| word.parse().ok()).expect("millis");
                self.now = self.now.after(millis);
                let changes = self.board.expire(self.now);
                return self.give(&changes);
            }
            "lost" => return self.apply(Event::Cleared(Source::Asterisk)),
            "card" => return self.config.post_style = PostStyle::Card,
            "classic" => return self.config.post_style = PostStyle::Classic,
            "p" => Source::Phone,
            "o" => Source::Ovh,
            _ => Source::Asterisk,
        };
        let report = Report {
            dialed: None,
            own_number: None,
            source,
            user: word().expect("a line").into(),
            action: word().and_then(Action::from_name).expect("an action"),
            peer: word().map(|number| Peer {
                name: self.config.numbers_users.user(number).cloned(),
                ..Peer::new(number)
            }),
            reference: word().map(Arc::from),
            linked: word().map(Arc::from),
            queue: None,
        };
        self.apply(match first {
            "f" => Event::Found(report),
            _ => Event::Line(report),
        });
    }

    fn apply(&mut self, event: impl Into<Event>) {
        let changes = self.board.apply(event, self.now);
        self.give(&changes);
    }

    fn give(&mut self, changes: &[Change]) {
        for change in changes {
            let setting = Setting {
                config: &self.config,
                language: self.language,
                flaps: &mut self.flaps,
            };
            for effect in self.cards.take(change, setting) {
                match effect {
                    Effect::Show {
                        card, text, open, ..
                    } => {
                        assert!(!self.released.contains(&card), "{card} is released: {text}");
                        self.said.push(format!("{card} {text}"));
                        self.says.insert(card, (text, open));
                    }
                    Effect::Release(card) => self.released.push(card),
                }
            }
        }
    }

    fn play(&mut self, steps: &[&str]) -> Vec<String> {
        for step in steps {
            self.step(step);
        }
        std::mem::take(&mut self.said)
    }

    /// Which cards say that their call goes on.
    fn open(&self) -> Vec<&String> {
        let open = self.says.values().filter(|(_, open)| *open);
        open.map(|(text, _)| text).collect()
    }
}
