//! Phones' short URLs.

use super::*;
use crate::language::Language;
use crate::setup::{Keys, Request as Setup, Vendor, Whose, guide};

/// The short form of the tests' secret.
fn short() -> String {
    crate::config::Secret::new("hush".to_owned())
        .short()
        .reveal()
        .to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_short_url_is_a_phones_url() {
    let (mut client, host) = client().await;
    let short = short();
    let escaped: String = short.bytes().map(|byte| format!("%{byte:02X}")).collect();
    for (method, path, body) in [
        ("GET", format!("/s/{short}/d1/bob"), ""),
        ("GET", format!("/s/{short}/i/123?n=5"), ""),
        (
            "GET",
            format!("/s/{short}/incoming-call?user=123&number=6"),
            "",
        ),
        ("GET", format!("/s/{escaped}/m/bob?n=%2B491234"), ""),
        ("POST", format!("/s/{short}/u/bob"), ""),
        ("POST", format!("/s/{short}/o"), "user=123&number=7"),
        (
            "POST",
            format!("/s/{short}/polycom"),
            "<OnHookEvent><MACAddress>0004f2abcdef</MACAddress></OnHookEvent>",
        ),
    ] {
        let (status, body, headers) = client.call(method, &path, &[], body).await;
        assert_eq!((status, &*body, headers.len()), (200, "", 0), "{path}");
    }
    settle().await;
    assert_eq!(
        host.messages(),
        [
            "bob DND on",
            "incoming call for bob from 5",
            "incoming call for bob from 6",
            "missed call for bob from +491234",
            "bob connected",
            "outgoing call from bob to 7",
            "0004f2abcdef disconnected",
        ]
    );
    let request = Request::get(format!("/s/{short}/d0/bob"));
    let answer = client
        .0
        .call(request.body(Body::empty()).expect("a request"));
    assert!(matches!(answer, Answer::Now(_)));
}

#[tokio::test(start_paused = true)]
async fn nothing_but_the_short_secret_opens_a_short_url() {
    let (mut client, host) = client().await;
    let short = short();
    let other = if short.starts_with('A') { "B" } else { "A" };
    for offer in [
        "",
        "hush",
        &short[..15],
        &format!("{short}0"),
        &format!("{other}{}", &short[1..]),
        &short.to_ascii_uppercase(),
    ] {
        for (method, query) in [
            ("GET", ""),
            ("GET", "?secret=hush"),
            ("POST", ""),
            ("DELETE", ""),
        ] {
            for place in ["/d1/bob", "/no-such-action/bob", "/", ""] {
                let uri = format!("/s/{offer}{place}{query}");
                let (status, body, headers) = client.call(method, &uri, &[], "secret=hush").await;
                assert_eq!((status, &*body), (401, "Unauthorized\n"), "{method} {uri}");
                assert!(headers.contains_key("www-authenticate"));
            }
        }
        tokio::time::advance(WINDOW).await;
    }
    // Nor does it open anything else.
    for uri in [
        format!("/sip/d1/bob?secret={short}"),
        format!("/status?secret={short}"),
        format!("/dashboard?secret={short}"),
        format!("/s{short}/d1/bob"),
        "/s".to_owned(),
    ] {
        assert_eq!(client.get(&uri).await.0, 401, "{uri}");
    }
    settle().await;
    assert!(host.messages().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_short_url_that_is_wrong_is_answered_like_a_long_one() {
    let (mut client, _host) = client().await;
    let short = short();
    let long = "x".repeat(9000);
    for (method, rest, expected, start) in [
        (
            "GET",
            "zz/bob",
            404,
            "unknown action `zz`; the known ones are dnd-on ",
        ),
        ("GET", "", 400, "malformed request"),
        ("GET", "i/?n=5", 400, "malformed request: no user"),
        (
            "GET",
            "i/$$SIPUSERNAME$$?n=$$REMOTENUMBER$$",
            400,
            "malformed request: no user",
        ),
        ("GET", "i/bob/1/2", 400, "malformed request"),
        ("GET", "polycom", 405, "method not allowed"),
        ("PUT", "i/bob", 405, "method not allowed"),
        ("GET", &*format!("i/{long}"), 414, "the path is longer"),
        (
            "GET",
            &*format!("i/bob?n={long}"),
            414,
            "the query is longer",
        ),
    ] {
        let uri = format!("/s/{short}/{rest}");
        let (status, body, _) = client.call(method, &uri, &[], "").await;
        assert_eq!(status, expected, "{body}");
        assert!(body.starts_with(start), "{body}");
        assert!(!body.contains(&short), "{body}");
    }
    let (status, body) = client.get(&format!("/s/{short}")).await;
    assert_eq!(status, 400, "{body}");
}

#[tokio::test(start_paused = true)]
async fn without_a_secret_there_is_no_short_one_and_it_changes_with_it() {
    let (app, host) = app().await;
    let before = short();
    let mut client = Client(Service::new(Arc::clone(&app)));
    app.configure(SETTINGS.replace("hush", "").as_bytes());
    let of_nothing = crate::config::Secret::default().short();
    for offer in [&before, of_nothing.reveal(), ""] {
        let (status, body) = client.get(&format!("/s/{offer}/d1/bob")).await;
        assert_eq!(status, 503, "{offer}");
        assert!(body.contains("setting Secret is empty"), "{body}");
    }
    app.configure(SETTINGS.replace("hush", "other").as_bytes());
    assert_eq!(client.get(&format!("/s/{before}/d1/bob")).await.0, 401);
    let now = app.config().phones_secret.short();
    let uri = format!("/s/{}/d1/bob", now.reveal());
    assert_eq!(client.get(&uri).await.0, 200);
    settle().await;
    assert_eq!(host.messages(), ["bob DND on"]);
}

/// What an administrator reads is what lets the phone in.
#[tokio::test(start_paused = true)]
async fn the_lines_that_are_printed_let_the_phone_in() {
    let (app, host) = app().await;
    let config = app.config();
    let request = Setup {
        vendor: Vendor::of("mitel").expect("a vendor"),
        whose: Whose::Person("bob"),
        base: "https://chat.example.com/team",
        id: app.id(),
        keys: Keys {
            secret: &config.phones_secret,
            short: &config.phones_short_secret,
            setting: "Secret",
            shown: true,
        },
    };
    let text = guide(&request).markdown(Language::English);
    let line = text
        .lines()
        .find(|line| line.starts_with("action uri incoming: "));
    let url = line
        .and_then(|line| line.split(' ').next_back())
        .expect("a URL");
    let url = url.replace("$$REMOTENUMBER$$", "0240404040");
    let path = url.strip_prefix("https://chat.example.com/team/plugins/net.bytemine.sip");
    let mut client = Client(Service::new(app));
    let (status, body) = client.get(path.expect("the plugin's place")).await;
    assert_eq!((status, &*body), (200, ""), "{url}");
    settle().await;
    assert_eq!(host.messages(), ["incoming call for bob from 0240404040"]);
}

/// Mitel's phones show an error at every ring where the answer is no XML of their kind ("IP Phones Administrator Guide" 4.2).
#[tokio::test(start_paused = true)]
async fn mitels_phones_are_answered_by_xml_that_does_nothing() {
    const NOTHING: &str = "<AastraIPPhoneExecute><ExecuteItem URI=\"\"/></AastraIPPhoneExecute>";
    let (mut client, host) = client().await;
    let short = short();
    for agent in [
        "Aastra6731i MAC:00-08-5D-4A-1B-2C V:3.3.1.4305-SIP",
        "Mitel6867i MAC:00-08-5D-4A-1B-2C V:5.1.0.1024-SIP",
    ] {
        for (method, path, expected) in [
            ("GET", format!("/s/{short}/i/123?n=5"), 200),
            ("POST", format!("/s/{short}/i/123?n=5"), 200),
            (
                "GET",
                "/sip/incoming-call/bob/5?secret=hush".to_owned(),
                200,
            ),
            ("GET", format!("/s/{short}/zz/123"), 404),
            ("GET", format!("/s/{short}/i/1/2/3"), 400),
            ("GET", "/s/wrong/i/123".to_owned(), 401),
            ("POST", "/s/wrong/i/123".to_owned(), 401),
            ("PUT", format!("/s/{short}/i/123"), 405),
            ("GET", format!("/s/{short}/i/{}", "x".repeat(9000)), 414),
        ] {
            let asked = client
                .call(method, &path, &[("user-agent", agent)], "")
                .await;
            let (status, body, headers) = asked;
            assert_eq!((status, &*body), (expected, NOTHING), "{method} {path}");
            assert_eq!(headers[CONTENT_TYPE], "text/xml", "{method} {path}");
            assert_eq!(headers.contains_key("www-authenticate"), status == 401);
            assert_eq!(headers.contains_key(ALLOW), status == 405);
        }
    }
    // Nobody else gets it.
    for agent in ["Yealink SIP-T46S", "Mozilla/5.0 (Mitel)", ""] {
        let path = format!("/s/{short}/i/123?n=5");
        let (status, body, headers) = client
            .call("GET", &path, &[("user-agent", agent)], "")
            .await;
        assert_eq!((status, &*body, headers.len()), (200, "", 0), "{agent}");
    }
    settle().await;
    assert_eq!(host.messages().len(), 9);
}

/// The end of a call, at which the phone does not know its user, reaches the line of its address.
#[tokio::test(start_paused = true)]
async fn mitels_missed_call_without_a_user_is_posted() {
    let (app, host) = app().await;
    app.configure(
        SETTINGS
            .replace("123:bob", "123:bob,00085d4a1b2c:bob")
            .as_bytes(),
    );
    let mut client = Client(Service::new(app));
    let agent = (
        "user-agent",
        "Mitel6867i MAC:00-08-5D-4A-1B-2C V:5.1.0.1024-SIP",
    );
    let short = short();
    for path in ["i/123?n=5", "t/?l=INCOMING"] {
        let path = format!("/s/{short}/{path}");
        assert_eq!(client.call("GET", &path, &[agent], "").await.0, 200);
    }
    settle().await;
    assert_eq!(
        host.messages(),
        ["incoming call for bob from 5", "missed call for bob"]
    );
}
