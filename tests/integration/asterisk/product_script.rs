//! eeCallUs's URL, as home automation calls it.

use devhost::client::Answer;
use http::Method;

use super::Account;
use super::product::Office;
use crate::harness;

/// The URL's query with these arguments in place of the right ones; without a value, an argument is left out.
fn query(office: &Office, change: &[(&str, &str)]) -> String {
    let port = office.asterisk.ami_port().to_string();
    let Account { user, secret } = Account::SWITCHBOARD;
    let right = [
        ("exec", "eeCallUs.php"),
        ("ip", "127.0.0.1"),
        ("port", &port),
        ("user", user),
        ("secret", secret),
        ("from", "6001"),
        ("to", "291"),
        ("msg", ""),
        ("drv", ""),
    ];
    let pairs = right.map(|(name, value)| {
        let changed = change.iter().find(|(changed, _)| *changed == name);
        format!("{name}={}", changed.map_or(value, |(_, value)| value))
    });
    pairs.join("&")
}

/// Calls the URL.
async fn script(office: &Office, change: &[(&str, &str)]) -> (u16, String) {
    let path = format!("/script/?{}", query(office, change));
    seen(&harness::get(&office.host, &path).await)
}

fn seen(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.text().trim_end().to_owned())
}

#[tokio::test]
async fn two_are_connected_and_the_answer_is_true() {
    let Some(office) = Office::open().await else {
        return;
    };
    let (alice, bob) = (
        office.asterisk.phone("6001").await,
        office.asterisk.phone("6002").await,
    );
    // An extension and an announcement.
    let play = async {
        let own = alice.rings().await;
        own.answer().await;
        own
    };
    let (answer, own) = tokio::join!(script(&office, &[]), play);
    assert_eq!(answer, (200, "6001 and 291 are connected.".to_owned()));
    own.hang_up().await;

    // Two extensions.
    let play = async {
        let own = alice.rings().await;
        own.answer().await;
        bob.rings().await.answer().await;
        own
    };
    let (answer, own) = tokio::join!(script(&office, &[("to", "6002")]), play);
    assert_eq!(answer, (200, "6001 and 6002 are connected.".to_owned()));
    own.hang_up().await;

    // A number outside and an announcement, as the original's second scenario.
    let trunk = office.asterisk.phone("trunk").await;
    let play = async {
        let own = trunk.rings().await;
        own.answer().await;
        own
    };
    let change = [("from", "0240404040")];
    let (answer, own) = tokio::join!(script(&office, &change), play);
    let expected = "0240404040 and 291 are connected.";
    assert_eq!(answer, (200, expected.to_owned()));
    own.hang_up().await;
    office.close().await;
}

#[tokio::test]
async fn a_call_that_fails_has_the_status_of_its_failure() {
    let Some(office) = Office::open().await else {
        return;
    };
    let (alice, bob) = (
        office.asterisk.phone("6001").await,
        office.asterisk.phone("6002").await,
    );
    let to = [("to", "6002")];
    let play = async {
        alice.rings().await.answer().await;
        bob.rings().await.busy().await;
    };
    let ((status, text), ()) = tokio::join!(script(&office, &to), play);
    assert_eq!(status, 486, "{text}");
    assert!(text.contains("6002"), "{text}");

    let play = async { alice.rings().await.busy().await };
    let ((status, text), ()) = tokio::join!(script(&office, &to), play);
    assert_eq!(status, 486, "{text}");
    assert!(text.contains("6002 was not called: 6001"), "{text}");

    let (status, text) = script(&office, &[("from", "6005")]).await;
    assert_eq!(status, 480, "{text}");
    let (status, text) = script(&office, &[("to", "6777")]).await;
    assert_eq!(status, 404, "{text}");
    assert!(text.contains("6777"), "{text}");
    office.close().await;
}

#[tokio::test]
async fn a_text_reaches_the_phone_by_get_and_by_post() {
    let Some(office) = Office::open().await else {
        return;
    };
    let bob = office.asterisk.phone("6002").await;
    let change = [
        ("from", "eedomus"),
        ("to", "6002"),
        ("msg", "Alerte+d%C3%A9bordement%20cuve"),
        ("drv", "pjsip"),
    ];
    let (status, text) = script(&office, &change).await;
    assert_eq!(status, 202, "{text}");
    assert!(text.contains("accepted"), "{text}");
    assert_eq!(bob.text().await, "Alerte débordement cuve");

    let form = query(&office, &change);
    let kind = [("Content-Type", "application/x-www-form-urlencoded")];
    let answer = harness::send(&office.host, Method::POST, "/script/", &kind, &form).await;
    assert_eq!(answer.status, 202, "{}", answer.text());
    assert_eq!(bob.text().await, "Alerte débordement cuve");

    // The driver that Asterisk has no more, and nobody who is registered.
    let mut sip = change;
    sip[3].1 = "sip";
    let (status, text) = script(&office, &sip).await;
    assert_eq!(status, 502, "{text}");
    let mut nobody = change;
    nobody[1].1 = "6005";
    let (status, text) = script(&office, &nobody).await;
    assert_eq!(status, 502, "{text}");
    assert!(text.contains("6005"), "{text}");
    office.close().await;
}

#[tokio::test]
async fn what_is_wrong_is_named_and_rings_nowhere() {
    let Some(office) = Office::open().await else {
        return;
    };
    let alice = office.asterisk.phone("6001").await;
    let text = [("msg", "x"), ("drv", "iax2")];
    let missing = ["ip", "user", "secret", "from", "to"].map(|name| (name, ""));
    let injected = [("from", "6001%0d%0aApplication:%20System")];
    for (change, status, words) in [
        (&[("ip", "192.0.2.7")][..], 403, &["ip"][..]),
        (&[("port", "5039")], 403, &["port"]),
        (&[("secret", "wrong")], 401, &[]),
        (&[("user", "tester")], 401, &[]),
        (&missing, 400, &["ip", "user", "secret", "from", "to"]),
        (&text, 400, &["iax2", "pjsip", "sip"]),
        (&injected, 400, &["from"]),
        (&[("exec", "other.php")], 404, &["eeCallUs.php"]),
    ] {
        let (code, answer) = script(&office, change).await;
        assert_eq!(code, status, "{change:?}: {answer}");
        for word in words {
            assert!(answer.contains(word), "{change:?}: {answer}");
        }
        assert!(!answer.contains(Account::SWITCHBOARD.secret), "{answer}");
    }
    let path = format!("/script/?{}", query(&office, &[]));
    let answer = harness::send(&office.host, Method::HEAD, &path, &[], "").await;
    assert_eq!(answer.status, 405);

    // The first call that rings is the one that was in order.
    let (answer, ()) = tokio::join!(script(&office, &[]), async {
        let own = alice.rings().await;
        own.answer().await;
    });
    assert_eq!(answer.0, 200, "{}", answer.1);
    office.close().await;
}
