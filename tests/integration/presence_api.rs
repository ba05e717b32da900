//! The pages of everybody's status, and who gets them.

use devhost::client::Answer;
use devhost::world::{AppError, PATIENCE, fixed_id};
use devhost::{DevHost, World};
use http::Method;
use serde_json::{Map, Value, json};

use crate::harness::{SECRET, get, send, stop};
use crate::outlook::{Outlook, SOON, host, open, options};

/// A page, with the secret.
async fn page(host: &DevHost, page: &str) -> Answer {
    get(host, &format!("/api/v1/status?secret={SECRET}&page={page}")).await
}

fn mails(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let page: Vec<Value> = serde_json::from_slice(&answer.body).expect("a list");
    let mails = page.iter().map(|entry| entry["email"].as_str());
    mails.map(|mail| mail.expect("a text").to_owned()).collect()
}

/// Asks for a page until it is answered with that status; answers the text.
async fn until(host: &DevHost, wanted: u16) -> String {
    let mut changes = host.world().changes();
    let asking = async {
        loop {
            changes.borrow_and_update();
            let answer = page(host, "0").await;
            if answer.status.as_u16() == wanted {
                return answer.text();
            }
            changes.changed().await.expect("the world is there");
        }
    };
    let answer = tokio::time::timeout(PATIENCE, asking).await;
    answer.unwrap_or_else(|_| panic!("a page does not come to answer {wanted}"))
}

async fn save(host: &DevHost, key: &str, value: impl Into<Value>) {
    host.save_settings(Map::from_iter([(key.to_owned(), value.into())]))
        .await;
}

#[tokio::test]
async fn pages_have_the_size_that_is_set_and_end_with_an_empty_one() {
    let host = host(World::new()).await;
    let (first, second) = (page(&host, "0").await, page(&host, "1").await);
    assert_eq!(mails(&first), ["admin@example.com", "alice@example.com"]);
    assert_eq!(mails(&second), ["bob@example.com", "carol@example.com"]);
    let entry = json!({"user_id": fixed_id("bob"), "email": "bob@example.com", "status": "online"});
    let list: Value = serde_json::from_slice(&second.body).expect("JSON");
    assert_eq!(list[0], entry);
    for beyond in ["2", "3", "1000000", "99999999999999999999999"] {
        assert_eq!(page(&host, beyond).await.text().trim(), "[]", "{beyond}");
    }
    save(&host, "PerPageStatuses", 3).await;
    assert_eq!(mails(&page(&host, "0").await).len(), 3);
    // Without a page it is the first.
    let all = get(&host, &format!("/api/v1/status?secret={SECRET}")).await;
    assert_eq!(mails(&all).len(), 3);
    stop(host).await;
}

#[tokio::test]
async fn a_page_that_did_not_change_is_not_sent_again() {
    let host = host(World::new()).await;
    let first = page(&host, "0").await;
    let tag = first.headers.get("etag").expect("an ETag");
    let known = [("If-None-Match", tag.to_str().expect("a text"))];
    let path = format!("/api/v1/status?secret={SECRET}&page=0");
    let again = send(&host, Method::GET, &path, &known, "").await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    let mut outlook = Outlook::start(&host).await;
    let alice = fixed_id("alice");
    host.world()
        .set_status(&alice, "dnd")
        .expect("alice is there");
    outlook.sees("alice@example.com", "dnd", SOON).await;
    let again = send(&host, Method::GET, &path, &known, "").await;
    assert_eq!(again.status, 200);
    assert_ne!(again.headers.get("etag"), Some(tag));
    stop(host).await;
}

#[tokio::test]
async fn what_is_no_page_is_refused_with_the_reason() {
    let host = host(World::new()).await;
    for bad in ["-1", "one", "1.5", "1e3", "%00", "0x1"] {
        let answer = page(&host, bad).await;
        assert_eq!(answer.status, 400, "{bad}: {}", answer.text());
        assert!(answer.text().contains("page"), "{bad}: {}", answer.text());
    }
    let path = format!("/api/v1/status?secret={SECRET}");
    let answer = send(&host, Method::DELETE, &path, &[], "").await;
    assert_eq!(answer.status, 405);
    assert!(answer.headers.contains_key("allow"));
    stop(host).await;
}

#[tokio::test]
async fn the_secret_comes_in_the_query_in_a_form_or_as_a_bearer_token() {
    let secret = "a b&c%/+ü";
    let host = DevHost::start(World::new(), options().with("Secret", secret));
    let host = host.await.expect("the plugin starts");
    let mut escaped = secret.to_owned();
    for times in 1..=5 {
        escaped =
            percent_encoding::utf8_percent_encode(&escaped, percent_encoding::NON_ALPHANUMERIC)
                .to_string();
        let answer = get(&host, &format!("/api/v1/status?secret={escaped}")).await;
        assert_eq!(answer.status, 200, "escaped {times} times");
    }
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let body = "secret=a+b%26c%25%2F%2B%C3%BC&page=1";
    let answer = send(&host, Method::POST, "/api/v1/status", &[form], body).await;
    assert_eq!(mails(&answer), ["bob@example.com", "carol@example.com"]);
    let wrong = send(&host, Method::POST, "/api/v1/status", &[form], "secret=a").await;
    assert_eq!(wrong.status, 401);
    save(&host, "Secret", SECRET).await;
    let bearer = format!("Bearer {SECRET}");
    let headers = [("Authorization", &*bearer)];
    let answer = send(&host, Method::GET, "/api/v1/status", &headers, "").await;
    assert_eq!(mails(&answer).len(), 2);
    stop(host).await;
}

#[tokio::test]
async fn who_guesses_is_slowed_down_and_who_knows_never() {
    let host = host(World::new()).await;
    for path in [
        "/api/v1/status",
        "/api/v1/status?secret=",
        "/api/v1/ws",
        "/status",
    ] {
        let answer = get(&host, path).await;
        assert_eq!(answer.status, 401, "{path}: {}", answer.text());
    }
    let refused = open(&host, "?secret=wrong").await.expect_err("no feed");
    assert_eq!(refused.0, 401, "{}", refused.1);
    let mut last = get(&host, "/api/v1/status?secret=guess-0").await;
    for guess in 1..100 {
        last = get(&host, &format!("/api/v1/status?secret=guess-{guess}")).await;
        assert_eq!(page(&host, "0").await.status, 200, "after guess {guess}");
    }
    assert_eq!(last.status, 429, "{}", last.text());
    assert!(last.headers.contains_key("retry-after"));
    let refused = open(&host, "?secret=guess").await.expect_err("no feed");
    assert_eq!(refused.0, 429, "{}", refused.1);
    Outlook::start(&host).await;
    for line in host.world().logs() {
        let said = format!("{} {:?}", line.message, line.fields);
        assert!(!said.contains("guess") && !said.contains(SECRET), "{said}");
    }
    stop(host).await;
}

#[tokio::test]
async fn a_server_without_statuses_is_not_taken_for_an_empty_office() {
    let world = World::new();
    world.configure(|config| config.enable_user_statuses = false);
    let host = host(world).await;
    let said = until(&host, 503).await;
    assert!(said.contains("EnableUserStatuses"), "{said}");
    let health = get(&host, &format!("/status?secret={SECRET}")).await;
    assert_eq!(health.status, 503, "{}", health.text());
    assert!(health.text().contains("EnableUserStatuses"));
    host.world()
        .configure(|config| config.enable_user_statuses = true);
    host.disable().await.expect("it was running");
    host.enable().await.expect("it starts");
    let outlook = Outlook::start(&host).await;
    assert_eq!(outlook.store.len(), 4);
    stop(host).await;
}

#[tokio::test]
async fn pages_wait_for_the_first_round_rather_than_answer_half() {
    let world = World::new();
    world.add_people(450);
    let busy = AppError::new("GetUserStatusesByIds", "", "busy", 500);
    world.faults().fail_times("GetUserStatusesByIds", 1, busy);
    let host = host(world).await;
    save(&host, "PerPageStatuses", 100).await;
    let outlook = Outlook::start(&host).await;
    assert_eq!((outlook.store.len(), outlook.pages), (454, 5));
    stop(host).await;
}
