//! The board's page and its JSON, and who may see them.

use devhost::DevHost;
use devhost::world::fixed_id;
use http::Method;
use serde_json::Value;

use crate::harness::{SECRET, get, host, phone, phones, send, status, stop};

/// The board as JSON.
pub(crate) async fn board(host: &DevHost) -> Value {
    let answer = get(host, &format!("/api/v1/board?secret={SECRET}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    serde_json::from_slice(&answer.body).expect("JSON")
}

/// The dashboard's status for someone who is signed in.
async fn seen_by(host: &DevHost, user: &str) -> u16 {
    let session = host.world().sign_in(&fixed_id(user));
    let cookie = format!("MMAUTHTOKEN={}", session.token);
    send(host, Method::GET, "/dashboard", &[("Cookie", &cookie)], "")
        .await
        .status
        .as_u16()
}

/// The dev host does with the header what Mattermost was recorded to do; the plugin believes no other one.
#[tokio::test]
async fn a_header_that_names_a_person_makes_nobody_that_person() {
    let host = host().await;
    let admin = fixed_id("admin");
    let bob = host.world().sign_in(&fixed_id("bob"));
    let bearer = format!("Bearer {}", bob.token);
    for forged in [
        "Mattermost-User-Id",
        "mattermost-user-id",
        "X-Mattermost-User-Id",
        "X-Forwarded-User",
        "Remote-User",
    ] {
        for (session, expected) in [("", 401), (&*bearer, 403)] {
            let headers = [(forged, &*admin), ("Authorization", session)];
            let headers = &headers[..1 + usize::from(!session.is_empty())];
            let check = "/api/v1/admin/check";
            let answer = send(&host, Method::POST, check, headers, "{}").await;
            assert_eq!(answer.status, expected, "{forged}: {}", answer.text());
        }
    }
    // Who is the administrator is let in.
    let session = host.world().sign_in(&admin);
    let bearer = format!("Bearer {}", session.token);
    let headers = [("Authorization", &*bearer)];
    let answer = send(&host, Method::POST, "/api/v1/admin/check", &headers, "{}").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    stop(host).await;
}

#[tokio::test]
async fn the_board_shows_what_phones_told() {
    let host = host().await;
    phone(&host, "incoming-call?user=bob&number=124&call_id=c1").await;
    phone(&host, "dnd-on/alice").await;
    let board = board(&host).await;
    let lines = board["lines"].as_array().expect("lines");
    let users: Vec<_> = lines
        .iter()
        .map(|line| line["user"].as_str().expect("a name"))
        .collect();
    assert_eq!(users, ["alice", "bob"]);
    assert_eq!(lines[0]["dnd"], true);
    assert_eq!(lines[1]["calls"][0]["state"], "ringing");
    assert_eq!(lines[1]["calls"][0]["peer"]["name"], "alice");
    let page = get(&host, &format!("/dashboard?secret={SECRET}")).await;
    assert_eq!(page.status, 200);
    let kind = page.headers.get("content-type").expect("a type");
    assert_eq!(kind, "text/html; charset=utf-8");
    assert!(page.headers.contains_key("content-security-policy"));
    for name in ["alice", "bob"] {
        assert!(page.text().contains(name), "{}", page.text());
    }
    assert!(!page.text().contains(SECRET));
    stop(host).await;
}

#[tokio::test]
async fn members_of_the_channel_see_the_board_and_guests_do_not() {
    let host = host().await;
    status(&host, 200).await;
    assert_eq!(seen_by(&host, "bob").await, 200);
    host.world().change_user(&fixed_id("alice"), |user| {
        user.roles = "system_guest".into();
    });
    assert_eq!(seen_by(&host, "alice").await, 403);
    host.world().leave(&phones(), &fixed_id("carol"));
    assert_eq!(seen_by(&host, "carol").await, 403);
    assert_eq!(get(&host, "/dashboard").await.status, 401);
    let forged = [("Mattermost-User-Id", &*fixed_id("bob"))];
    assert_eq!(
        send(&host, Method::GET, "/dashboard", &forged, "")
            .await
            .status,
        401
    );
    stop(host).await;
}
