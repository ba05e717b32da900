//! Who is meant.

use super::*;

async fn shown(calls: &Calls<Server, Exchange>, text: &str) -> Option<(String, Option<String>)> {
    let target = calls.target(text).await.ok()?;
    Some((
        target.dial.to_string(),
        target.name.map(|name| name.to_string()),
    ))
}

#[tokio::test(start_paused = true)]
async fn people_and_numbers_are_found_in_every_form() {
    let (calls, server, exchange) = office().await;
    let named = Extension {
        number: Dial::new("lobby").unwrap(),
        user: "lobby".into(),
        device: Device::Free,
    };
    lock(&exchange.extensions).push(named);
    for (text, dialled, name) in [
        ("6002", "6002", Some("Bob Miller")),
        ("60 02", "6002", Some("Bob Miller")),
        ("sip:6002@pbx.example.com", "6002", Some("Bob Miller")),
        ("6009", "6009", None),
        ("@bob", "6002", Some("Bob Miller")),
        ("@BOB", "6002", Some("Bob Miller")),
        ("bob", "6002", Some("Bob Miller")),
        ("eve adams", "", None),
        ("Alice smith", "6001", Some("Alice Smith")),
        ("desk-4", "desk-4", Some("Eve_*Adams*")),
        ("Desk-4", "desk-4", Some("Eve_*Adams*")),
        ("@eve", "desk-4", Some("Eve_*Adams*")),
        ("zoe", "90140404040", Some("zoe")),
        ("+33 1 40 40 40 40", "90033140404040", Some("zoe")),
        ("max power", "6005", Some("Max Power")),
        ("max", "6005", Some("Max Power")),
        ("0240404040", "90240404040", None),
        ("tel:0240404040", "90240404040", None),
    ] {
        let found = (!dialled.is_empty()).then(|| (dialled.to_owned(), name.map(str::to_owned)));
        assert_eq!(shown(&calls, text).await, found, "{text}");
    }
    assert_eq!(
        server.lookups.load(Ordering::Relaxed),
        1,
        "max alone is asked for"
    );
}

#[tokio::test(start_paused = true)]
async fn who_is_not_found_is_told_apart() {
    let (calls, _, exchange) = office().await;
    lock(&exchange.extensions).push(Extension {
        number: Dial::new("lobby").unwrap(),
        user: "lobby".into(),
        device: Device::Free,
    });
    for (text, kind, sentence) in [
        (
            "@nobody",
            DeniedKind::NotFound,
            "Nobody is called nobody. Type a number, a user name with its @, or a name as it stands in the chat.",
        ),
        (
            "Jane Roe",
            DeniedKind::NotFound,
            "Nobody is called Jane Roe. Type a number, a user name with its @, or a name as it stands in the chat.",
        ),
        (
            "@max",
            DeniedKind::NotFound,
            "Max Power has no phone that is known here. The administrator links one by adding its extension and their user name to NumbersUsers, for example 6002:max.",
        ),
        (
            "@joe",
            DeniedKind::NotFound,
            "Joe Doe has no phone that is known here. The administrator links one by adding its extension and their user name to NumbersUsers, for example 6002:joe.",
        ),
        (
            "@old",
            DeniedKind::Forbidden,
            "7001 may not be called: it is no extension by the patterns in AsteriskExtensions, and no pattern in AsteriskOutsideNumbers fits it. The administrator can add one.",
        ),
        (
            "Bob Miller",
            DeniedKind::Ambiguous,
            "Several people are called Bob Miller: @bob and @bob2. Type one of these user names.",
        ),
        (
            "0800 FLOWERS",
            DeniedKind::BadInput,
            "0800 FLOWERS cannot be dialled. A number has digits, * and #, maybe a + at its beginning, and blanks, points, hyphens, slashes and parentheses between them.",
        ),
        (
            "lobby",
            DeniedKind::Forbidden,
            "The extension lobby may not be called: no pattern in AsteriskExtensions fits it. The administrator can add one.",
        ),
    ] {
        assert_eq!(
            denied(calls.target(text).await),
            (kind, sentence.to_owned()),
            "{text}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_sentence_in_the_chat_mentions_nobody() {
    let (calls, _, _) = office().await;
    let denied = calls.target("@all").await.unwrap_err();
    assert!(
        denied
            .markdown(Language::English)
            .starts_with("Nobody is called all.")
    );
    let denied = calls.target("<script> @channel *x*").await.unwrap_err();
    assert!(
        denied
            .markdown(Language::English)
            .starts_with("Nobody is called ＜script\\> @\u{200b}channel \\*x\\*."),
        "{}",
        denied.markdown(Language::English)
    );
    let ambiguous = calls
        .target("Bob Miller")
        .await
        .unwrap_err()
        .markdown(Language::English);
    assert!(
        ambiguous.contains("@\u{200b}bob and @\u{200b}bob2"),
        "{ambiguous}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_answer_is_told_from_nobody() {
    let (calls, server, _) = office().await;
    server.goes_down(HostErrorKind::Transient);
    let failed = (
        DeniedKind::Unavailable,
        "Mattermost did not say who joe is. Try again in a moment, or type the number.".to_owned(),
    );
    assert_eq!(denied(calls.target("@joe").await), failed);
    assert!(
        calls.target("@bob").await.is_ok(),
        "known people need nobody's answer"
    );
    server.comes_back();
    *lock(&server.delay) = Duration::from_secs(3600);
    assert_eq!(denied(calls.target("joe").await), failed);
}

#[tokio::test(start_paused = true)]
async fn names_are_read_again_and_follow_the_settings() {
    let (calls, server, _) = office().await;
    lock(&server.people).insert("bob".to_owned(), person("bob", "Robert Miller"));
    assert_eq!(
        shown(&calls, "6002").await.unwrap().1.as_deref(),
        Some("Bob Miller")
    );
    sleep(Duration::from_secs(3601)).await;
    assert_eq!(
        shown(&calls, "6002").await.unwrap().1.as_deref(),
        Some("Robert Miller")
    );
    calls.configure(Some(CallRules {
        numbers: NumbersUsers::parse("6002:joe").0,
        ..rules()
    }));
    sleep(Duration::from_secs(1)).await;
    assert_eq!(
        shown(&calls, "6002").await.unwrap().1.as_deref(),
        Some("Joe Doe")
    );
    assert_eq!(shown(&calls, "Joe Doe").await.unwrap().0, "6002");
}
