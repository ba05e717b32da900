//! Missed calls: the message, its buttons, and what a restart leaves of them.

use devhost::world::{Post, fixed_id};
use devhost::{DevHost, Pressed};
use http::Method;

use crate::harness::{host, phone, send, stop};

/// The messages of the bot to bob.
fn told(host: &DevHost) -> Vec<Post> {
    let world = host.world();
    let Ok(bot) = world.user_by_name("switchboard") else {
        return Vec::new();
    };
    let channel = world.direct_channel(&bot.id, &fixed_id("bob"));
    let channel = channel.expect("a channel for the two").id;
    let posts = world.posts().into_iter();
    posts.filter(|post| post.channel_id == channel).collect()
}

/// Waits until the latest message to bob is like that.
async fn latest(host: &DevHost, what: &str, like: impl Fn(&Post) -> bool) -> Post {
    let found = host.world().wait_for(what, |_| {
        let last = told(host).pop()?;
        like(&last).then_some(last)
    });
    found
        .await
        .unwrap_or_else(|e| panic!("{e}: {:?}", told(host)))
}

fn names(post: &Post) -> Vec<String> {
    let buttons = post.buttons().into_iter();
    buttons.map(|button| button.name).collect()
}

async fn press(host: &DevHost, user: &str, post: &Post, id: &str) -> Pressed {
    let pressed = host.press(&fixed_id(user), &post.id, id).await;
    pressed.unwrap_or_else(|e| panic!("{id}: {e}"))
}

#[tokio::test]
async fn a_missed_call_is_a_message_with_buttons_that_changes_and_is_done() {
    let host = host().await;
    host.world()
        .change_user(&fixed_id("bob"), |bob| bob.locale = "de".to_owned());
    phone(&host, "incoming-call/bob/0240404040").await;
    phone(&host, "missed-call/bob/0240404040").await;
    let first = latest(&host, "the message", |_| true).await;
    assert!(
        first
            .message
            .starts_with("Verpasster Anruf von 0240404040 "),
        "{}",
        first.message
    );
    assert_eq!(first.props["sent_by_plugin"], true);
    assert_eq!(names(&first), ["Zurückrufen", "Erledigt"]);

    phone(&host, "missed-call/bob/124").await;
    let both = latest(&host, "the change", |post| post.message.contains("alice")).await;
    assert_eq!(both.id, first.id);
    assert_eq!(
        names(&both),
        [
            "Alice Archer zurückrufen",
            "0240404040 zurückrufen",
            "Erledigt"
        ]
    );
    let pressed = press(&host, "bob", &both, "call2").await;
    assert!(
        pressed.text.contains("[0240404040](tel:0240404040)"),
        "{pressed:?}"
    );
    // Whoever does not see a message presses none of its buttons.
    let other = host.press(&fixed_id("alice"), &both.id, "done").await;
    assert_eq!(other.expect_err("it is bob's").status_code, 403);

    assert_eq!(press(&host, "bob", &both, "done").await.text, "");
    let done = latest(&host, "that it is done", |post| {
        post.message.contains("erledigt")
    })
    .await;
    assert_eq!((names(&done), told(&host).len()), (Vec::new(), 1));

    phone(&host, "missed-call/bob/124").await;
    let next = latest(&host, "another message", |post| post.id != done.id).await;
    assert_eq!(names(&next), ["Zurückrufen", "Erledigt"]);
    stop(host).await;
}

#[tokio::test]
async fn a_press_that_somebody_makes_up_does_nothing() {
    let host = host().await;
    phone(&host, "missed-call/bob/124").await;
    let message = latest(&host, "the message", |_| true).await;
    let path = "/api/v1/buttons/missed";
    let body = format!(
        r#"{{"user_id":"{}","post_id":"{}","context":{{}}}}"#,
        fixed_id("bob"),
        message.id
    );
    let answer = send(&host, Method::POST, path, &[], &body).await;
    assert_eq!(answer.status.as_u16(), 401, "{}", answer.text());
    // The server takes the header from a session, and from nowhere else.
    let forged = [("mattermost-user-id", &*fixed_id("bob"))];
    let answer = send(&host, Method::POST, path, &forged, &body).await;
    assert_eq!(answer.status.as_u16(), 401, "{}", answer.text());
    assert_eq!(told(&host), [message]);
    stop(host).await;
}

#[tokio::test]
async fn an_orderly_stop_and_a_crash_lose_nothing() {
    let host = host().await;
    phone(&host, "missed-call/bob/124").await;
    // Nobody decided about it yet.
    host.disable().await.expect("it was running");
    host.enable().await.expect("it starts again");
    let first = latest(&host, "the message after the stop", |_| true).await;
    // A crash before that is stored would tell it again.
    let key = format!("missed:{}", fixed_id("bob"));
    let stored = host.world().wait_for("the record", |world| {
        let record = world.kv_get(host.bundle().id(), &key)?;
        String::from_utf8_lossy(&record)
            .contains(&first.id)
            .then_some(())
    });
    stored.await.expect("the record");
    host.kill().await;
    host.check_health().await;
    assert_eq!(press(&host, "bob", &first, "done").await.text, "");
    latest(&host, "that it is done", |post| {
        post.message.contains("(done)")
    })
    .await;
    stop(host).await;
}

#[tokio::test]
async fn a_phone_in_do_not_disturb_is_told_afterwards() {
    let host = host().await;
    phone(&host, "dnd-on/bob").await;
    phone(&host, "incoming-call/bob/5").await;
    phone(&host, "call-terminated/bob/5").await;
    phone(&host, "missed-call/alice/5").await;
    // Alice's came later, and is told.
    let alices = host.world().wait_for("alice's message", |world| {
        let posts = world.posts();
        posts
            .into_iter()
            .find(|post| post.message.starts_with("Missed call from 5 "))
    });
    alices.await.expect("alice's message");
    assert_eq!(told(&host), []);
    phone(&host, "dnd-off/bob").await;
    latest(&host, "bob's message", |post| {
        post.message.contains("from 5 ")
    })
    .await;
    stop(host).await;
}
