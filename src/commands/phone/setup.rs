//! `/phone setup`: what to paste into a phone.

use super::{
    Argument, Asker, Context, Errand, Needs, Offers, Response, Step, Subcommand, Then, arguments,
};
use crate::app::App;
use crate::board::Name;
use crate::config::{Bundle, Setting};
use crate::host::Host;
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

/// Lines that are made, for somebody who may not be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::commands) struct Wish {
    answer: String,
    /// The user name that was typed.
    name: Name,
}

impl Wish {
    /// The lines, and before them that nobody has that name. Where the server does not tell, there is nothing to say.
    pub(super) async fn grant<H: Host>(self, app: &App<H>, asker: &Asker<'_>) -> String {
        let Self { answer, name } = self;
        match app.people().of(&name).await {
            Ok(None) => {
                let name = text::markdown(&name);
                let what = texts::nobody(asker.person.language, name);
                format!("{what}\n\n{answer}")
            }
            _ => answer,
        }
    }
}

/// Whose phone somebody means.
enum Target {
    /// That of whoever asks.
    Own,
    Everyone,
    /// Somebody's with that user name.
    User(Name),
    /// That of a name which need not be a user's.
    Name(Name),
}

impl Target {
    fn read(text: &str) -> Option<Self> {
        let target = arguments::whole(text);
        let name = |name: &str| {
            let name = text::clean(name);
            (!name.is_empty()).then(|| name.into_owned())
        };
        Some(match target.strip_prefix('@') {
            // User names are in small letters.
            Some(user) => Self::User(name(user)?.to_lowercase().into()),
            None if target.is_empty() => Self::Own,
            None if target.eq_ignore_ascii_case(EVERYONE) => Self::Everyone,
            None => Self::Name(name(target)?.into()),
        })
    }
}

/// Answers what stands behind the word.
pub(super) fn run(context: &Context<'_>, text: &str) -> Step {
    let language = context.language();
    let (word, rest) = arguments::word(text);
    let Some(vendor) = Vendor::of(word) else {
        let words = VENDORS.iter().map(|vendor| format!("`{}`", vendor.word));
        let list = words.collect::<Vec<_>>().join(", ");
        let what = match word {
            "" => texts::which(language, list),
            _ => texts::unknown(language, text::markdown(word), list),
        };
        return Response::private(what).into();
    };
    let Some(target) = Target::read(rest) else {
        return Response::private(texts::whose(language, vendor.word)).into();
    };
    let whose = match &target {
        Target::Own => Whose::Person(&context.person.username),
        Target::User(name) | Target::Name(name) => Whose::Person(name),
        Target::Everyone if context.secret.is_none() => {
            return Response::private(texts::everyone_refused(language, vendor.word)).into();
        }
        Target::Everyone => Whose::Everyone,
    };
    let Some(base) = site::base(context.site_url) else {
        return Response::private(texts::no_site(language)).into();
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
    let answer = guide(&request).markdown(language);
    match target {
        Target::User(name) => Step::Do(Errand::Setup(Wish { answer, name })),
        _ => Response::private(answer).into(),
    }
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
        match run(&context, line) {
            Step::Say(response) => {
                assert!(response.ephemeral);
                response.text
            }
            Step::Do(Errand::Setup(wish)) => wish.answer,
            other => panic!("{other:?}"),
        }
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
    fn that_a_mac_address_counts_is_said_where_the_phones_send_it() {
        for vendor in VENDORS {
            for whose in ["", "all"] {
                let text = english(true, &format!("{} {whose}", vendor.word));
                let says = text.contains("The phone sends its MAC address as well");
                assert_eq!(says, text.contains("mac="), "{text}");
            }
        }
        let text = english(true, "yealink all");
        assert!(text.contains("`001565abcdef:bob`"), "{text}");
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
    #[tokio::test]
    async fn who_is_not_there_is_said_and_the_lines_are_there_all_the_same() {
        let (app, _host) = crate::app::tests::app().await;
        let ask = async |line: &str| {
            let user = crate::host::UserId::from("admin");
            let invocation = crate::commands::Invocation {
                line,
                user: &user,
                channel: "",
                site_url: "https://chat.example.com",
                trigger_id: "",
            };
            app.execute(invocation).await.text
        };
        let text = ask("/phone setup yealink @Nobody").await;
        assert!(
            text.starts_with("Nobody here has the user name nobody"),
            "{text}"
        );
        assert!(text.contains("user=nobody&"), "{text}");
        for line in [
            "/phone setup yealink nobody",
            "/phone setup yealink @eve",
            "/phone setup yealink",
        ] {
            let text = ask(line).await;
            assert!(text.starts_with("**Yealink: "), "{text}");
        }
    }
}
