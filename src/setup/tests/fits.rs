//! Every URL fits into what the vendor's phones take, counted here once more.

use super::*;

/// The longest that may stand in the place of each variable, for the vendors whose limit is known.
const WORST: &[(&str, &[(&str, usize)])] = &[
    (
        "yealink",
        &[
            ("$active_user", 16),
            ("$mac", 17),
            ("$call_id", 128),
            ("$remote", 100),
        ],
    ),
    (
        "mitel",
        &[
            ("$$SIPUSERNAME$$", 16),
            ("$$REMOTENUMBER$$", 16),
            ("$$LINESTATE$$", 9),
        ],
    ),
];

/// How many characters a URL has on the wire, or in the phone's settings, if that is more.
fn length(vendor: &Vendor, url: &str) -> usize {
    let mut longest = url.to_owned();
    let worst = WORST.iter().find(|(word, _)| *word == vendor.word);
    for (variable, length) in worst.map_or(&[][..], |(_, worst)| worst) {
        longest = longest.replace(variable, &"9".repeat((*length).max(variable.len())));
    }
    longest.len()
}

#[test]
fn each_vendors_limit_holds_with_long_names_hosts_and_secrets() {
    let long = "x".repeat(64);
    let mut shortened = 0;
    for vendor in VENDORS {
        for host in [4, 15, 40, 44, 60, 120, 200, 253, 600] {
            let base = format!("https://{}", "h".repeat(host));
            for path in ["", "/chat", "/a/longer/path/to/the/chat"] {
                let base = format!("{base}{path}");
                for secret in ["", "short", SECRET, &"a&".repeat(40), &"s".repeat(600)] {
                    let pair = Pair::of(secret);
                    for whose in [Whose::Person("bob"), Whose::Person(&long), Whose::Everyone] {
                        let request = request(vendor.word, whose, &base, pair.keys(true));
                        let guide = guide(&request);
                        let hidden = super::guide(&Request {
                            keys: pair.keys(false),
                            ..request
                        });
                        let what = format!("{} {base} {secret} {whose:?}", vendor.word);
                        assert_eq!(guide.room, hidden.room, "{what}");
                        let urls = urls(&guide.blocks);
                        let own = match guide.room {
                            None => "HOST".len(),
                            Some(0) => {
                                assert!(urls.is_empty());
                                continue;
                            }
                            Some(room) => room,
                        };
                        assert!(!urls.is_empty(), "{what}");
                        let more = own - "HOST".len();
                        for url in &urls {
                            let length = length(vendor, url) + more;
                            assert!(length <= vendor.limit, "{what}: {url} has {length}");
                        }
                        shortened += usize::from(guide.by_number);
                    }
                }
            }
        }
    }
    assert!(shortened > 0);
}

#[test]
fn mitel_has_room_for_a_host_of_forty_characters_and_says_so_beyond() {
    let pair = Pair::of(SECRET);
    let of = |host: usize, whose| {
        let base = format!("https://{}", "h".repeat(host));
        let request = request("mitel", whose, &base, pair.keys(true));
        let guide = guide(&request);
        (
            guide.room,
            guide.by_number,
            guide.markdown(Language::English),
        )
    };
    let (room, _, text) = of(40, Whose::Everyone);
    assert_eq!(room, None);
    assert!(
        text.contains(
            "/plugins/switchboard/s/qNCwqjcx0uNSjW2H/i/$$SIPUSERNAME$$?n=$$REMOTENUMBER$$"
        )
    );
    let name = "x".repeat(20);
    // A name that does not fit is left to the phone, before the host is.
    assert!(!of(30, Whose::Person(&name)).1);
    let (room, by_number, text) = of(40, Whose::Person(&name));
    assert_eq!((room, by_number), (None, true));
    assert!(text.contains("/i/$$SIPUSERNAME$$?n=") && text.contains("With the name xxxx"));
    let (room, by_number, text) = of(60, Whose::Person("bob"));
    assert_eq!((room, by_number), (Some(56), false));
    assert!(text.contains("at most 56 characters") && text.contains("https://HOST/plugins/"));
    let (room, ..) = of(60, Whose::Everyone);
    assert_eq!(room, Some(43));
}

#[test]
fn a_path_that_leaves_no_room_is_said() {
    let pair = Pair::of(SECRET);
    let base = format!("https://chat.example.com/{}", "p".repeat(120));
    for language in Language::ALL {
        let request = request("mitel", Whose::Everyone, &base, pair.keys(true));
        let guide = guide(&request);
        assert_eq!(guide.room, Some(0));
        let text = guide.markdown(language);
        assert!(text.contains("128") && !text.contains("```"), "{text}");
    }
}

#[test]
fn a_long_secret_gives_way_to_the_short_one() {
    let pair = Pair::of(&"s".repeat(400));
    for word in [
        "yealink",
        "snom",
        "grandstream",
        "polycom",
        "asterisk",
        "ovh",
        "other",
    ] {
        let of = |pair: &Pair| {
            let keys = pair.keys(true);
            let request = request(word, Whose::Everyone, "https://chat.example.com", keys);
            urls(&guide(&request).blocks)
        };
        for url in of(&pair) {
            assert!(url.contains(&format!("/s/{}/", pair.1.reveal())), "{url}");
        }
        for url in of(&Pair::of(SECRET)) {
            assert!(url.contains("/sip/"), "{url}");
        }
    }
}

/// A post of Mattermost's has at most 16,383 characters; an answer to a command is one.
#[test]
fn every_answer_fits_into_a_post() {
    let pair = Pair::of(&"s".repeat(60));
    let base = format!("https://{}.example.com/chat", "x".repeat(80));
    let name = "x".repeat(64);
    for vendor in VENDORS {
        for whose in [Whose::Person(&name), Whose::Everyone] {
            for language in Language::ALL {
                let request = request(vendor.word, whose, &base, pair.keys(true));
                let text = guide(&request).markdown(language);
                assert!(text.chars().count() < 12_000, "{}", vendor.word);
            }
        }
    }
}
