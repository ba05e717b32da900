//! What each vendor's phones send: the URLs that `/phone setup` prints, with the variables filled in as the vendor's phones do, and URLs
//! written by hand from the vendors' manuals. The variables' names stand here once more, so that one that is wrong there shows.

mod asterisk;
mod grandstream;
mod mitel;
mod other;
mod polycom;
mod snom;
mod yealink;

use super::*;
use crate::config::Secret;
use crate::setup::{Block, Keys, Request, Vendor, Whose, guide};

const SITE: &str = "https://chat.example.com/plugins/switchboard/";

/// Which form a URL has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Plain,
    Short,
}

/// Each form, and where its URLs go.
const FORMS: &[(Form, &str)] = &[(Form::Plain, "sip"), (Form::Short, "s")];

/// What `/phone setup` prints; a long secret has it print the short form.
fn printed(word: &str, whose: Whose<'_>, form: Form) -> Vec<Block> {
    let secret = match form {
        Form::Plain => "hush".to_owned(),
        Form::Short => "h".repeat(500),
    };
    let secret = Secret::new(secret);
    let short = secret.short();
    let request = Request {
        vendor: Vendor::of(word).expect(word),
        whose,
        base: "https://chat.example.com",
        id: "switchboard",
        keys: Keys {
            secret: &secret,
            short: &short,
            setting: "Secret",
            shown: true,
        },
    };
    guide(&request).blocks
}

/// Where a URL goes, `sip` or `s`, and what the intake reads of it. Its secret is the one that belongs there.
fn place(url: &str) -> (&str, &str) {
    let rest = url.strip_prefix(SITE).unwrap_or_else(|| panic!("{url}"));
    let (place, rest) = rest.split_once('/').expect("a path");
    match place {
        "s" => {
            let (short, rest) = rest.split_once('/').expect("a short secret");
            let expected = Secret::new("h".repeat(500)).short();
            let hush = Secret::new("hush".to_owned()).short();
            assert!([expected.reveal(), hush.reveal()].contains(&short), "{url}");
            (place, rest)
        }
        _ => {
            let (_, query) = rest.split_once('?').expect("a query");
            assert_eq!(query.split('&').next(), Some("secret=hush"), "{url}");
            (place, rest)
        }
    }
}

/// What a phone puts in: a variable's name and its value. What is not here stays as it stands.
type Filled<'a> = &'a [(&'a str, &'a str)];

fn fill(url: &str, filled: Filled<'_>) -> String {
    let mut filled: Vec<_> = filled.to_vec();
    // `$local` is the beginning of `$local_x`.
    filled.sort_by_key(|(variable, _)| std::cmp::Reverse(variable.len()));
    filled.iter().fold(url.to_owned(), |url, (name, value)| {
        url.replace(name, value)
    })
}

/// The events in lines of `<key><between><URL>`: key and URL.
fn lines(block: &Block, between: &str) -> Vec<(String, String)> {
    let lines = block.text.lines().map(|line| {
        let (key, url) = line.split_once(between).expect(line);
        (key.to_owned(), url.to_owned())
    });
    lines.collect()
}

/// A vendor's names of its variables.
struct Names {
    user: &'static str,
    mac: Option<&'static str>,
    id: Option<&'static str>,
    number: &'static str,
    local: Option<&'static str>,
}

/// What a call's other side may look like, and what is understood.
const NUMBERS: &[(&str, &str)] = &[
    ("0240404040", "0240404040"),
    ("101", "alice"),
    ("+33240404040", "+33240404040"),
    ("%2B33240404040", "+33240404040"),
    ("%252B33240404040", "+33240404040"),
    ("0033240404040", "0033240404040"),
    ("sip:0240404040@10.0.0.5", "0240404040"),
    ("sip:0240404040@10.0.0.5:5060;user=phone", "0240404040"),
    ("sips:0240404040@[2001:db8::1]", "0240404040"),
    ("sip://0240404040@pbx", "0240404040"),
    ("<sip:0240404040@pbx;user=phone>", "0240404040"),
    ("%3Csip:0240404040%40pbx%3E", "0240404040"),
    ("%22Eve%20M.%22%20%3Csip:0240404040@pbx%3E", "0240404040"),
    ("0240404040@pbx//x", "0240404040"),
    ("eve", "eve"),
    ("J%F6rg", "Jörg"),
    ("J%C3%B6rg", "Jörg"),
    ("*31#", "*31#"),
    ("anonymous", "anonymous"),
    ("", "-"),
    ("%20", "-"),
];

/// What a phone calls itself, all of them bob's.
const USERS: &[&str] = &[
    "100",
    "100@pbx",
    "sip:100@10.0.0.5",
    "%3Csip:100@pbx%3E",
    "bob",
];

/// Bob's phone's address.
const MACS: &[&str] = &[
    "0004f2abcdef",
    "0004F2ABCDEF",
    "00:04:F2:AB:CD:EF",
    "00-04-f2-ab-cd-ef",
];

/// Plays every event of `lines`, which are those of `expected`: key, action, and whether a number belongs to it.
fn play(
    lines: &[(String, String)],
    names: &Names,
    expected: &[(&str, &str, bool)],
    whose: Whose<'_>,
    form: Form,
) {
    let keys: Vec<&str> = lines.iter().map(|(key, _)| &**key).collect();
    let known: Vec<&str> = expected.iter().map(|(key, ..)| *key).collect();
    assert_eq!(keys, known);
    let path = FORMS
        .iter()
        .find(|(own, _)| *own == form)
        .expect("a form")
        .1;
    for ((_, url), (key, action, has_number)) in lines.iter().zip(expected) {
        let understood = |filled: Filled<'_>| {
            let url = fill(url, filled);
            let (place, request) = place(&url);
            assert_eq!(place, path, "{url}");
            (get(request), url)
        };
        let words = |number: &str, id: &str| {
            let (number, id) = match has_number {
                true => (number, id),
                false => ("-", "-"),
            };
            Ok(format!("{action} bob {number} {id}"))
        };
        let id = names.id.map_or("-", |_| "17@10.0.0.7");
        let all = |user, number| {
            let mut all = vec![(names.user, user), (names.number, number)];
            all.extend(names.mac.map(|name| (name, "0004f2abcdef")));
            all.extend(names.id.map(|name| (name, "17@10.0.0.7")));
            all.extend(names.local.map(|name| (name, "sip:100@pbx")));
            all
        };
        for (number, expected) in NUMBERS {
            let (got, url) = understood(&all("100", number));
            assert_eq!(got, words(expected, id), "{key}: {url}");
        }
        for user in USERS {
            let (got, url) = understood(&all(user, "5"));
            assert_eq!(got, words("5", id), "{key}: {url}");
        }
        // Nothing is filled in, or it is nothing.
        for value in [None, Some("")] {
            let names_of = [Some(names.user), names.id, Some(names.number), names.local];
            let named = names_of.into_iter().flatten();
            let nothing: Vec<_> = named.filter_map(|name| Some((name, value?))).collect();
            match names.mac {
                Some(mac) => {
                    for address in MACS {
                        let mut filled = nothing.clone();
                        filled.push((mac, address));
                        let (got, url) = understood(&filled);
                        assert_eq!(got, words("-", "-"), "{key}: {url}");
                    }
                }
                None if whose == Whose::Everyone => {
                    let (got, url) = understood(&nothing);
                    assert!(matches!(got, Err(IntakeError::Malformed(_))), "{url}");
                }
                None => {
                    let (got, url) = understood(&nothing);
                    assert_eq!(got, words("-", "-"), "{key}: {url}");
                }
            }
        }
    }
}

/// Whose phones are played.
const WHOSE: &[Whose<'_>] = &[Whose::Everyone, Whose::Person("bob")];

/// Requests written by hand, each with what is understood.
fn by_hand(requests: &[(&str, &str)]) {
    for (request, expected) in requests {
        assert_eq!(get(request).as_deref(), Ok(*expected), "{request}");
    }
}
