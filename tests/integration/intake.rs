//! Phones' URLs through a host's own HTTP.

use http::Method;

use crate::harness::{SECRET, call, get, host, options, phone, posts, send, start, stop};

#[tokio::test]
async fn every_action_of_the_original_posts_the_originals_words() {
    let host = host().await;
    let said = [
        ("dnd-on/bob", "bob DND on"),
        ("dnd-off/bob", "bob DND off"),
        ("offhook/bob", "bob connected"),
        ("onhook/bob", "bob disconnected"),
        ("paused-on/bob", "bob paused"),
        ("paused-off/bob", "bob unpaused"),
        ("login/bob", "bob logged in"),
        ("logout/bob", "bob logged out"),
        ("agent-login/bob", "bob logged in as agent"),
        ("agent-logout/bob", "bob logged out as agent"),
        ("answering-call/bob", "bob answers call"),
        (
            "incoming-call/bob/1234567",
            "incoming call for bob from 1234567",
        ),
        (
            "incoming-conf/bob/1234567",
            "incoming call for bob from 1234567",
        ),
        (
            "unknown-exten/bob/1234567",
            "incoming call for bob from unknown extension 1234567",
        ),
    ];
    for (path, _) in said {
        phone(&host, path).await;
    }
    assert_eq!(posts(&host, said.len()).await, said.map(|(_, words)| words));
    for post in host.world().posts() {
        assert_eq!(post.props.get("sent_by_plugin"), Some(&true.into()));
        assert_eq!(
            host.world()
                .user(&post.user_id)
                .expect("an author")
                .username,
            "admin"
        );
    }
    stop(host).await;
}

#[tokio::test]
async fn a_phone_may_ask_by_path_query_or_form() {
    let host = host().await;
    phone(&host, "incoming-call/123/124").await;
    phone(
        &host,
        "incoming-call?user=bob&number=%3Csip%3A%2B4930123%40pbx%3Buser%3Dphone%3E",
    )
    .await;
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let body = format!("user=bob&number=0240404040&secret={SECRET}");
    let answer = send(&host, Method::POST, "/sip/incoming-call", &[form], &body).await;
    assert_eq!((answer.status.as_u16(), &*answer.text()), (200, ""));
    let said = [
        "incoming call for bob from alice",
        "incoming call for bob from +4930123",
        "incoming call for bob from 0240404040",
    ];
    assert_eq!(posts(&host, said.len()).await, said);
    stop(host).await;
}

#[tokio::test]
async fn polycom_is_known_by_its_mac_address() {
    let host = host().await;
    let body = "<PolycomIPPhone><OffHookEvent><PhoneIP>10.0.0.9</PhoneIP><MACAddress>0004F2ABCDEF</MACAddress>\
                </OffHookEvent></PolycomIPPhone>";
    let path = format!("/sip/polycom?secret={SECRET}");
    let answer = send(
        &host,
        Method::POST,
        &path,
        &[("Content-Type", "text/xml")],
        body,
    )
    .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(posts(&host, 1).await, ["carol connected"]);
    stop(host).await;
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_and_posts_nothing() {
    let host = host().await;
    for (path, status, word) in [
        ("/sip/dnd-on/bob".to_owned(), 401, "Unauthorized"),
        ("/sip/dnd-on/bob?secret=wrong".into(), 401, "Unauthorized"),
        (format!("/sip/dance/bob?secret={SECRET}"), 404, "dnd-on"),
        (format!("/sip/dnd-on/bob/1/2/3?secret={SECRET}"), 400, ""),
    ] {
        let answer = get(&host, &path).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.text());
        assert!(answer.text().contains(word), "{path}: {}", answer.text());
    }
    let path = format!("/sip/dnd-on/bob?secret={SECRET}");
    let answer = send(&host, Method::DELETE, &path, &[], "").await;
    assert_eq!(answer.status, 405);
    assert!(answer.headers.contains_key("allow"));
    // What comes after them is the first post.
    phone(&host, "dnd-on/alice").await;
    assert_eq!(posts(&host, 1).await, ["alice DND on"]);
    stop(host).await;
}

#[tokio::test]
async fn an_empty_secret_lets_nobody_in_and_names_the_setting() {
    let host = start(options().with("Secret", "")).await;
    for path in [
        "/sip/dnd-on/bob?secret=",
        "/sip/dnd-on/bob",
        "/status?secret=",
        "/dashboard?secret=",
    ] {
        let answer = get(&host, path).await;
        assert_eq!(answer.status, 503, "{path}");
        assert!(
            answer.text().contains("Secret"),
            "{path}: {}",
            answer.text()
        );
    }
    stop(host).await;
}

#[tokio::test]
async fn names_and_numbers_from_a_phone_do_nothing_in_the_channel() {
    let host = host().await;
    // A name of "**x** #tag :smile:" and a number of "[x](http://evil.example) @all".
    phone(&host, "dnd-on?user=%2A%2Ax%2A%2A%20%23tag%20%3Asmile%3A").await;
    phone(
        &host,
        "incoming-call?user=bob&number=%5Bx%5D%28http%3A%2F%2Fevil.example%29%20%40all",
    )
    .await;
    let said = posts(&host, 2).await.join("\n");
    for active in ["**x**", " #tag", ":smile:", "[x](", "http://evil", "@all"] {
        assert!(!said.contains(active), "{active} in {said}");
    }
    stop(host).await;
}

#[tokio::test]
async fn an_empty_variable_in_a_path_is_cleaned_by_the_servers_router() {
    let host = host().await;
    let answer = call(&host, "incoming-call//123").await;
    assert_eq!(answer.status, 301);
    let to = answer
        .headers
        .get("location")
        .and_then(|to| to.to_str().ok())
        .expect("a place to go");
    assert_eq!(
        to,
        format!("/plugins/switchboard/sip/incoming-call/123?secret={SECRET}")
    );
    stop(host).await;
}
