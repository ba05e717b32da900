//! Calls as cards: one post a call, which changes as the call goes on.

use std::time::Duration;

use devhost::world::AppError;
use devhost::{DevHost, Options};

use crate::harness::{get, options, phone, phones, posts, start, stop};

fn cards() -> Options {
    options().with("PostStyle", "card")
}

/// Waits until ~phones says this, post by post.
async fn says(host: &DevHost, expected: &[&str]) {
    let found = host.world().wait_for("the cards", |world| {
        (world.messages_in(&phones()) == expected).then_some(())
    });
    found.await.unwrap_or_else(|e| {
        let there = host.world().messages_in(&phones());
        panic!("{e}: {there:?} is not {expected:?}")
    });
}

#[tokio::test]
async fn a_call_is_a_post_that_changes() {
    let host = start(cards()).await;
    phone(&host, "dnd-on/bob").await;
    phone(&host, "incoming-call?user=123&number=0240404040&call_id=x").await;
    says(&host, &["🔔 0240404040 calls bob"]).await;
    phone(&host, "call-established?user=123&call_id=x").await;
    says(&host, &["📞 0240404040 is talking to bob"]).await;
    phone(&host, "call-terminated?user=123&call_id=x").await;
    let ended = host.world().wait_for("the end", |world| {
        let messages = world.messages_in(&phones());
        messages.iter().find(|text| text.starts_with("✔ ")).cloned()
    });
    let ended = ended.await.expect("the card's end");
    assert!(
        ended.starts_with("✔ 0240404040 talked to bob for "),
        "{ended}"
    );
    let posts = host.world().posts();
    let posts: Vec<_> = posts
        .iter()
        .filter(|post| post.channel_id == phones())
        .collect();
    assert_eq!(posts.len(), 1);
    assert_eq!(posts[0].props["sent_by_plugin"], true);
    assert_ne!(posts[0].edit_at, 0);
    stop(host).await;
}

#[tokio::test]
async fn colleagues_and_groups_have_one_card() {
    let host = start(cards()).await;
    phone(&host, "outgoing-call/alice/123").await;
    phone(&host, "incoming-call/bob/124").await;
    phone(&host, "missed-call/bob/124").await;
    phone(&host, "call-terminated/alice/123").await;
    says(&host, &["❌ alice called bob: missed"]).await;
    phone(&host, "incoming-call/bob/0240404040").await;
    phone(&host, "incoming-call/carol/%2B49240404040").await;
    phone(&host, "call-established/carol/%2B49240404040").await;
    says(
        &host,
        &[
            "❌ alice called bob: missed",
            "📞 +49240404040 is talking to carol",
        ],
    )
    .await;
    stop(host).await;
}

#[tokio::test]
async fn failures_and_lost_answers_make_no_second_card() {
    let host = start(cards()).await;
    let error = |text| AppError::new("Post", "app.post.save.app_error", text, 504);
    let faults = host.world().faults();
    faults.lose_answers("CreatePost", 1, error("the answer was lost"));
    phone(&host, "incoming-call/bob/5").await;
    phone(&host, "call-established/bob/5").await;
    says(&host, &["📞 5 is talking to bob"]).await;
    faults.lose_answers("UpdatePost", 1, error("the answer was lost"));
    faults.fail_times("GetPost", 2, error("the database is away"));
    phone(&host, "call-held/bob/5").await;
    says(&host, &["⏸ 5 is talking to bob (on hold)"]).await;
    stop(host).await;
}

#[tokio::test]
async fn a_stop_says_what_is_no_longer_followed() {
    let host = start(cards()).await;
    phone(&host, "incoming-call/bob/5").await;
    phone(&host, "call-established/alice/6").await;
    phone(&host, "call-terminated/alice/6").await;
    posts(&host, 2).await;
    let world = host.world().clone();
    world
        .faults()
        .delay("UpdatePost", Duration::from_millis(150));
    stop(host).await;
    let mut messages = world.messages_in(&phones());
    messages.sort();
    assert_eq!(
        messages,
        [
            "✔ alice talked to 6 for less than a second",
            "🔔 5 calls bob … (no longer followed)",
        ]
    );
}

#[tokio::test]
async fn nothing_is_posted_where_nothing_is_to_be() {
    let host = start(options().with("PostStyle", "none")).await;
    for action in [
        "dnd-on/bob",
        "incoming-call/bob/5",
        "call-established/bob/5",
    ] {
        phone(&host, action).await;
    }
    let board = crate::pages::board(&host).await;
    assert_eq!(board["lines"][0]["calls"][0]["state"], "talking", "{board}");
    let world = host.world().clone();
    stop(host).await;
    assert!(world.messages_in(&phones()).is_empty());
}

#[tokio::test]
async fn a_phone_that_flaps_is_posted_up_to_a_limit_and_counted() {
    let host = start(options()).await;
    for _ in 0..40 {
        phone(&host, "offhook/bob").await;
        phone(&host, "onhook/bob").await;
    }
    posts(&host, 60).await;
    let metrics = host.metrics("/metrics").await.expect("metrics").text();
    assert!(
        metrics.contains("\nswitchboard_posts_flapped_total 20\n"),
        "{metrics}"
    );
    assert_eq!(get(&host, "/status?secret=hush").await.status, 200);
    let world = host.world().clone();
    stop(host).await;
    let mut told = world.messages_in(&phones()).split_off(60);
    told.sort();
    assert_eq!(
        told,
        [
            "bob's phone reported `offhook` 10 more times; not posted",
            "bob's phone reported `onhook` 10 more times; not posted",
        ]
    );
}
