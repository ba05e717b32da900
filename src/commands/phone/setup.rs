//! `/phone setup`: what to paste into a phone.

use super::{Argument, Context, Needs, Offers, Response, Subcommand, Then, arguments};
use crate::config::{Bundle, Setting};
use crate::language::texts::setup as texts;
use crate::setup::{Keys, Request, VENDORS, Vendor, Whose, guide};
use crate::{site, text};

/// What somebody might type.
pub(super) const EXAMPLE: &str = "/phone setup yealink @bob";

/// What stands for everybody's phones.
const EVERYONE: &str = "all";

const WORDS: usize = VENDORS.len();

pub(super) const SUBCOMMAND: Subcommand = Subcommand {
    word: "setup",
    what: texts::setup,
    then: Then::Word(&const { words() }),
    needs: Needs::Nothing,
};

/// A word for each vendor.
const fn words() -> [Subcommand; WORDS] {
    let mut words = [word(&VENDORS[0]); WORDS];
    let mut at = 1;
    while at < WORDS {
        words[at] = word(&VENDORS[at]);
        at += 1;
    }
    words
}

const fn word(vendor: &Vendor) -> Subcommand {
    Subcommand {
        word: vendor.word,
        what: vendor.what,
        then: Then::Arguments(&[Argument {
            hint: texts::whose_hint,
            what: texts::whose_what,
            offers: Offers::Nothing,
            optional: true,
        }]),
        needs: Needs::Nothing,
    }
}

/// Answers what stands behind the word.
pub(super) fn run(context: &Context<'_>, text: &str) -> Response {
    Response::private(answer(context, text))
}

fn answer(context: &Context<'_>, text: &str) -> String {
    let language = context.language();
    let (word, rest) = arguments::word(text);
    let Some(vendor) = Vendor::of(word) else {
        let words = VENDORS.iter().map(|vendor| format!("`{}`", vendor.word));
        let list = words.collect::<Vec<_>>().join(", ");
        return match word {
            "" => texts::which(language, list),
            _ => texts::unknown(language, text::markdown(word), list),
        };
    };
    let target = arguments::whole(rest);
    let name;
    let whose = match target {
        "" => Whose::Person(&context.person.username),
        _ if target.eq_ignore_ascii_case(EVERYONE) => {
            if context.secret.is_none() {
                return texts::everyone_refused(language, vendor.word);
            }
            Whose::Everyone
        }
        _ => {
            // User names are in small letters; other names that phones' numbers may have are not.
            name = match target.strip_prefix('@') {
                Some(user) => text::clean(user).to_lowercase(),
                None => text::clean(target).into_owned(),
            };
            if name.is_empty() {
                return texts::whose(language, vendor.word);
            }
            Whose::Person(&name)
        }
    };
    let Some(base) = site::base(context.site_url) else {
        return texts::no_site(language);
    };
    let setting = Bundle::of(context.id).key(Setting::PhonesSecret);
    let request = Request {
        vendor,
        whose,
        base,
        id: context.id,
        keys: Keys {
            secret: &context.config.phones_secret,
            short: &context.config.phones_short_secret,
            setting: setting.unwrap_or_default(),
            shown: context.secret.is_some(),
        },
    };
    guide(&request).markdown(language)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::board::Board;
    use crate::commands::Features;
    use crate::config::Config;
    use crate::host::Person;
    use crate::host::fake::FakeServer;
    use crate::language::Language;

    const SECRET: &str = "hush-hush-9f3b1c77";

    fn person(language: Language) -> Person {
        Person {
            language,
            ..FakeServer::default().person("bob.miller")
        }
    }

    /// What that person reads, an administrator or not.
    fn says(person: &Person, admin: bool, site_url: &str, line: &str) -> String {
        let json = format!("{{\"secret\":\"{SECRET}\"}}");
        let config = Config::parse(Bundle::of("switchboard"), json.as_bytes());
        let snapshot = Board::new().snapshot();
        let context = Context {
            arguments: "",
            id: "switchboard",
            site_url,
            person,
            config: &config,
            secret: admin.then_some(&config.phones_secret),
            snapshot: &snapshot,
            features: Features::default(),
            gone: None,
        };
        let response = run(&context, line);
        assert!(response.ephemeral);
        response.text
    }

    fn english(admin: bool, line: &str) -> String {
        let person = person(Language::English);
        says(&person, admin, "https://chat.example.com", line)
    }

    #[test]
    fn every_vendor_is_a_word_that_is_offered() {
        let Then::Word(words) = SUBCOMMAND.then else {
            panic!("{SUBCOMMAND:?}");
        };
        let words: Vec<&str> = words.iter().map(|word| word.word).collect();
        let vendors: Vec<&str> = VENDORS.iter().map(|vendor| vendor.word).collect();
        assert_eq!(words, vendors);
    }

    #[test]
    fn an_unknown_vendor_or_none_lists_those_there_are() {
        for line in ["", " ", "cisco", "cisco all", "@bob"] {
            let text = english(false, line);
            for vendor in VENDORS {
                assert!(text.contains(&format!("`{}`", vendor.word)), "{text}");
            }
            assert!(!text.contains("https://"), "{text}");
        }
        let text = english(false, "<b>*@all*");
        assert!(!text.contains("@all") && !text.contains("<b>"), "{text}");
    }

    #[test]
    fn it_is_for_whoever_is_named_and_else_for_whoever_asks() {
        for (line, user) in [
            ("yealink", "user=bob.miller&"),
            ("Yealink  @Alice", "user=alice&"),
            ("sangoma alice", "user=alice&"),
            ("yealink \"front desk\"", "user=front%20desk&"),
            ("yealink front desk", "user=front%20desk&"),
        ] {
            let text = english(false, line);
            assert!(text.contains(user), "{line}: {text}");
            assert!(!text.contains("$active_user"), "{line}: {text}");
        }
        for line in ["yealink @", "yealink \"@\""] {
            let text = english(true, line);
            assert!(text.starts_with("Whose phone is it?"), "{text}");
        }
    }

    #[test]
    fn all_phones_are_for_administrators() {
        for line in ["snom all", "snom ALL", "snom \"all\""] {
            let text = english(false, line);
            assert!(text.contains("administrators"), "{text}");
            assert!(text.contains("`/phone setup snom`"), "{text}");
            assert!(!text.contains("https://"), "{text}");
            let text = english(true, line);
            assert!(text.contains("user=$active_user"), "{text}");
            assert!(text.contains(&format!("secret={SECRET}&")), "{text}");
        }
    }

    #[test]
    fn nobody_but_an_administrator_ever_reads_a_secret() {
        let secret = crate::config::Secret::new(SECRET.to_owned());
        let short = secret.short();
        let long = format!("https://{}.example.com/chat", "x".repeat(100));
        for language in Language::ALL {
            let person = person(language);
            for vendor in VENDORS {
                for site in ["https://chat.example.com", &long, "nonsense"] {
                    for whose in ["", "all", "@alice", "@", "`", "a b"] {
                        let line = format!("{} {whose}", vendor.word);
                        let text = says(&person, false, site, &line);
                        for secret in [secret.reveal(), short.reveal()] {
                            assert!(!text.contains(secret), "{line}: {text}");
                        }
                    }
                    let text = says(&person, true, site, vendor.word);
                    let shown = text.contains(SECRET) || text.contains(short.reveal());
                    assert_eq!(shown, site != "nonsense", "{text}");
                }
            }
        }
    }

    #[test]
    fn an_address_that_is_none_is_said() {
        for language in Language::ALL {
            let person = person(language);
            for site in ["", "chat.example.com", "https://a b"] {
                let text = says(&person, true, site, "mitel");
                assert_eq!(text, texts::no_site(language));
            }
        }
    }
}
