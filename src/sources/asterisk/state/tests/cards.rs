//! The cards that recordings become, from Asterisk's messages to the posts.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::*;
use crate::config::{Config, PostStyle};
use crate::host::fake::{FakeServer, lock};
use crate::sinks::Sink;
use crate::sinks::posts::{Posting, Target};

const NUMBERS: &str = "6001:alice,6002:bob,6003:carol,6004:dave,6005:eve,6008:hal";

/// What cards say once a recording is played, without how long it took.
async fn cards(play: &str) -> Vec<String> {
    let mut it = Play::new(NUMBERS);
    it.seed(&recording(play));
    let server = FakeServer::default();
    let (_target, target) = watch::channel(Some(Target {
        channel: "channel".into(),
        author: "author".into(),
    }));
    let posting = Posting::new(Arc::new(server.clone()), target, || Timestamp(0));
    let mut sink = posting.sink();
    let config = Config {
        post_style: PostStyle::Card,
        asterisk_posts: true,
        numbers_users: NumbersUsers::parse(NUMBERS).0,
        ..Config::default()
    };
    for change in &it.changes {
        sink.take(change, &config);
    }
    assert_eq!(posting.stop(Duration::from_secs(60)).await, 0);
    let posts = lock(&server.0.posts);
    let texts = posts.iter().map(|post| post.message.split(" for ").next());
    texts.flatten().map(str::to_owned).collect()
}

#[tokio::test(start_paused = true)]
async fn each_call_has_a_card_that_says_who_talked_to_whom() {
    for (play, expected) in [
        ("plain-call", &["✔ alice talked to bob"][..]),
        ("plain-call-busy", &["❌ alice called bob: refused"]),
        ("plain-call-given-up", &["❌ alice called bob: missed"]),
        ("trunk-inbound", &["✔ 0240404040 talked to alice"]),
        ("hold", &["✔ alice talked to bob"]),
        ("call-forward", &["✔ alice talked to carol"]),
        ("blind-transfer", &["✔ alice talked to bob and carol"]),
        ("transfer-by-caller", &["✔ alice talked to bob and carol"]),
        (
            "attended-transfer",
            &["✔ alice talked to bob", "✔ bob talked to carol"],
        ),
        ("ring-group", &["✔ alice talked to carol"]),
        ("queue-answered", &["✔ alice talked to dave"]),
        ("queue-agent-declines", &["✔ alice talked to carol"]),
        (
            "queue-abandoned",
            &["❌ 0240404040 called eve and dave: missed"],
        ),
        (
            "pickup-group",
            &["✔ alice talked to carol", "✔ carol talked to alice"],
        ),
        // Ordered by somebody else's program, which rings the caller's own phone first.
        ("click-answered", &["✔ alice talked to bob"]),
        ("click-group", &["✔ alice talked to carol"]),
        ("click-other-no-answer", &["❌ alice called hal: missed"]),
        ("click-other-refused", &["❌ alice called bob: refused"]),
        ("click-external", &["✔ alice talked to 0240404040"]),
        ("click-then-transfer", &["✔ alice talked to bob and carol"]),
        ("originate-answered", &["✔ alice talked to bob"]),
        ("other-busy", &["❌ alice called bob: refused"]),
        // Nothing but texts and voicemail.
        ("message-delivered", &[]),
        ("voicemail", &[]),
    ] {
        assert_eq!(cards(play).await, expected, "{play}");
    }
}
