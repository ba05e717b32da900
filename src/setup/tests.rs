//! What is printed fits, and shows secrets to nobody who may not see them. That phones' requests made of it are understood is
//! tested beside the intake.

mod docs;
mod fits;

use super::*;
use crate::config::Secret;
use crate::language::Language;

/// A secret as the installation tells to make it.
const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// Secrets, the short one too.
struct Pair(Secret, Secret);

impl Pair {
    fn of(secret: &str) -> Self {
        let secret = Secret::new(secret.to_owned());
        let short = secret.short();
        Self(secret, short)
    }

    fn keys(&self, shown: bool) -> Keys<'_> {
        Keys {
            secret: &self.0,
            short: &self.1,
            setting: "Secret",
            shown,
        }
    }
}

fn vendor(word: &str) -> &'static Vendor {
    Vendor::of(word).expect(word)
}

fn request<'a>(word: &str, whose: Whose<'a>, base: &'a str, keys: Keys<'a>) -> Request<'a> {
    Request {
        vendor: vendor(word),
        whose,
        base,
        id: "switchboard",
        keys,
    }
}

/// The URLs in what is to be pasted, without the clothes of the file.
fn urls(blocks: &[Block]) -> Vec<String> {
    let mut urls = Vec::new();
    for block in blocks {
        for line in block.text.lines() {
            let Some(at) = line.find("https://") else {
                continue;
            };
            let url = line[at..].trim_end_matches(")})").trim_end_matches('"');
            let url = url.split("</").next().unwrap_or_default();
            urls.push(match block.kind {
                "xml" => url.replace("&amp;", "&"),
                _ => url.to_owned(),
            });
        }
    }
    urls
}

#[test]
fn vendors_are_known_by_every_name_they_have() {
    for (word, expected) in [
        ("yealink", "yealink"),
        ("Yealink", "yealink"),
        ("sangoma", "yealink"),
        ("AASTRA", "mitel"),
        ("poly", "polycom"),
        ("FreePBX", "asterisk"),
        ("ovh", "ovh"),
        ("other", "other"),
    ] {
        assert_eq!(vendor(word).word, expected);
    }
    for word in ["", "cisco", "yealin"] {
        assert!(Vendor::of(word).is_none(), "{word}");
    }
    for vendor in VENDORS {
        let own = Vendor::of(vendor.word).expect("itself");
        assert_eq!(own.word, vendor.word);
        assert_eq!(vendor.word, vendor.word.to_ascii_lowercase());
    }
}

#[test]
fn only_who_may_see_them_reads_secrets() {
    let pair = Pair::of("hush-hush-9f3b1c77");
    let secrets = [pair.0.reveal(), pair.1.reveal()];
    let hosts = [
        "https://chat.example.com".to_owned(),
        format!("https://{}.example.com", "x".repeat(180)),
    ];
    for vendor in VENDORS {
        for language in Language::ALL {
            for whose in [Whose::Person("bob"), Whose::Everyone] {
                for base in &hosts {
                    let text = |shown| {
                        let request = request(vendor.word, whose, base, pair.keys(shown));
                        guide(&request).markdown(language)
                    };
                    let what = format!("{} {language:?} {whose:?} {base}", vendor.word);
                    let hidden = text(false);
                    for secret in secrets {
                        assert!(!hidden.contains(secret), "{what}");
                    }
                    assert!(hidden.contains("`SECRET`"), "{what}");
                    let shown = text(true);
                    assert!(secrets.iter().any(|s| shown.contains(s)), "{what}");
                    assert!(!shown.contains("SECRET"), "{what}");
                }
            }
        }
    }
}

#[test]
fn without_a_secret_it_is_said_where_to_set_one() {
    let pair = Pair::of("");
    for vendor in VENDORS {
        let request = request(
            vendor.word,
            Whose::Everyone,
            "https://chat.example.com",
            pair.keys(true),
        );
        let text = guide(&request).markdown(Language::English);
        assert!(text.contains("plugin's setting `Secret`"), "{text}");
    }
}

#[test]
fn each_language_says_the_same_lines_in_its_own_words() {
    let pair = Pair::of(SECRET);
    for vendor in VENDORS {
        for whose in [Whose::Person("bob"), Whose::Everyone] {
            let request = request(
                vendor.word,
                whose,
                "https://chat.example.com",
                pair.keys(false),
            );
            let guide = guide(&request);
            let texts = Language::ALL.map(|language| guide.markdown(language));
            for text in &texts {
                for block in &guide.blocks {
                    assert!(text.contains(&format!("\n{}\n```\n", block.text)), "{text}");
                }
                let fences = text.lines().filter(|line| line.starts_with("```"));
                assert_eq!(fences.count(), 2 * guide.blocks.len(), "{text}");
            }
            let [english, german, french] = texts;
            assert_ne!(english, german);
            assert_ne!(english, french);
            assert_ne!(german, french);
        }
    }
}

#[test]
fn the_servers_path_and_the_plugins_id_are_in_every_url() {
    let pair = Pair::of(SECRET);
    for vendor in VENDORS {
        let request = Request {
            id: "com.example.copy",
            ..request(
                vendor.word,
                Whose::Everyone,
                "https://x.example.com/chat",
                pair.keys(true),
            )
        };
        let urls = urls(&guide(&request).blocks);
        assert!(!urls.is_empty());
        for url in urls {
            let rest = url.strip_prefix("https://x.example.com/chat/plugins/com.example.copy/");
            let rest = rest.unwrap_or_else(|| panic!("{url}"));
            assert!(rest.starts_with("sip/") || rest.starts_with("s/"), "{url}");
        }
    }
}

/// A name is anybody's choice.
#[test]
fn a_name_with_marks_changes_nothing_but_itself() {
    let pair = Pair::of(SECRET);
    let name = "a&secret=b?c#`d\"<e>";
    for vendor in VENDORS {
        let request = request(
            vendor.word,
            Whose::Person(name),
            "https://chat.example.com",
            pair.keys(false),
        );
        let guide = guide(&request);
        for block in &guide.blocks {
            assert!(!block.text.contains("secret=b"), "{}", block.text);
        }
        let text = guide.markdown(Language::English);
        let fences = text.lines().filter(|line| line.starts_with("```"));
        assert_eq!(fences.count(), 2 * guide.blocks.len(), "{text}");
    }
}
