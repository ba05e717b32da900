//! What people choose for themselves, and say of their own phones.

use devhost::DevHost;
use devhost::world::{PATIENCE, Post, fixed_id};
use serde_json::{Map, Value, json};

use crate::harness::{call, host, options, phone, phones, posts, start, stop};

async fn say(host: &DevHost, user: &str, line: &str) -> String {
    let answer = host.command(&fixed_id(user), &phones(), line).await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.response_type, "ephemeral", "{line}");
    answer.text
}

/// Waits until the latest message of the bot to somebody is like that.
async fn latest(host: &DevHost, user: &str, what: &str, like: impl Fn(&Post) -> bool) -> Post {
    let found = host.world().wait_for(what, |world| {
        let bot = world.user_by_name("switchboard").ok()?;
        let channel = world.direct_channel(&bot.id, &fixed_id(user)).ok()?;
        let mut posts = world.posts().into_iter();
        let last = posts.rfind(|post| post.channel_id == channel.id)?;
        like(&last).then_some(last)
    });
    found.await.unwrap_or_else(|e| panic!("{e}"))
}

#[tokio::test]
async fn settings_are_chosen_in_a_form_and_outlast_the_plugin() {
    let host = host().await;
    host.world()
        .change_user(&fixed_id("bob"), |bob| bob.locale = "de".to_owned());
    let said = say(&host, "bob", "/phone settings").await;
    assert_eq!(said, "Ihre Einstellungen stehen im Formular.");
    let form = host.world().dialogs().pop().expect("a form");
    assert_eq!(form.title, "Telefoneinstellungen");
    let facts: Vec<_> = form
        .elements
        .iter()
        .map(|field| (&*field.name, &*field.kind, &*field.default))
        .collect();
    let expected = [
        ("calls", "bool", "true"),
        ("name", "bool", "false"),
        ("status", "select", "unchanged"),
        ("phone-dnd", "bool", "false"),
        ("missed", "bool", "true"),
    ];
    assert_eq!(facts, expected);

    let (bob, channel) = (fixed_id("bob"), phones());
    let submit = |values: Value| {
        let values = values.as_object().cloned().unwrap_or_default();
        host.submit(&bob, &channel, &form, values)
    };
    let wrong = submit(json!({ "status": "ooo" })).await.expect("an answer");
    assert!(wrong.errors["status"].contains("`unchanged`"), "{wrong:?}");
    let values = json!({ "calls": true, "name": true, "status": "dnd", "missed": false });
    let taken = submit(values).await.expect("an answer");
    assert!(taken.is_taken(), "{taken:?}");

    host.kill().await;
    host.check_health().await;
    say(&host, "bob", "/phone settings").await;
    let form = host.world().dialogs().pop().expect("a form");
    let now: Vec<&str> = form.elements.iter().map(|field| &*field.default).collect();
    assert_eq!(now, ["true", "true", "dnd", "false", "false"]);
    stop(host).await;
}

#[tokio::test]
async fn a_test_shows_what_the_phone_sends() {
    let host = host().await;
    let said = say(&host, "bob", "/phone test").await;
    assert!(said.starts_with("What arrives is shown"), "{said}");
    latest(&host, "bob", "the message", |post| {
        post.message.contains("Nothing has arrived yet.")
    })
    .await;
    phone(&host, "incoming-call?user=123&number=0240404040").await;
    assert_eq!(call(&host, "no-such/bob").await.status, 404);
    let shown = latest(&host, "bob", "the request", |post| {
        post.message.contains("0240404040")
    });
    let shown = shown.await.message;
    assert!(
        shown.contains("✔ understood: **bob**: `incoming-call`, other side 0240404040"),
        "{shown}"
    );
    let raw = "`GET /sip/incoming-call?user=123&number=0240404040&secret=…`";
    assert!(shown.contains(raw), "{shown}");
    let said = say(&host, "bob", "/phone test stop").await;
    assert_eq!(said, "The test has ended.");
    let last = latest(&host, "bob", "the end", |post| {
        post.message.ends_with("`/phone test` starts again.*")
    });
    let last = last.await.message;
    assert!(last.contains("✖ refused: unknown action"), "{last}");
    stop(host).await;
}

#[tokio::test]
async fn a_number_that_an_admin_approves_is_linked_and_stays_so() {
    let host = start(options().with("PhoneLinks", "admin")).await;
    let said = say(&host, "bob", "/phone link 6001").await;
    assert!(said.starts_with("The administrators were asked"), "{said}");
    let question = latest(&host, "admin", "the question", |post| {
        !post.buttons().is_empty()
    })
    .await;
    let names: Vec<String> = question.buttons().into_iter().map(|b| b.name).collect();
    assert_eq!(names, ["Approve", "Refuse"]);
    let pressed = host
        .press(&fixed_id("admin"), &question.id, "approve")
        .await;
    assert_eq!(pressed.expect("a press").text, "");
    latest(&host, "bob", "the answer", |post| {
        post.message.ends_with("6001 is your number from now on.")
    })
    .await;
    let decided = latest(&host, "admin", "the end", |post| post.buttons().is_empty()).await;
    assert!(
        decided.message.ends_with("approved by @admin."),
        "{}",
        decided.message
    );
    assert_eq!(decided.id, question.id);
    phone(&host, "dnd-on/6001").await;
    assert_eq!(posts(&host, 1).await, ["bob DND on"]);

    host.disable().await.expect("it was running");
    host.enable().await.expect("it starts again");
    let linked = host.world().wait_for("the link", |world| {
        world.kv_get(host.bundle().id(), "links")
    });
    linked.await.expect("the record");
    // It is read in the background.
    let read = async {
        while !say(&host, "bob", "/phone link").await.contains("6001") {
            tokio::task::yield_now().await;
        }
    };
    let read = tokio::time::timeout(PATIENCE, read).await;
    read.expect("links are read after a start");
    phone(&host, "dnd-off/6001").await;
    assert_eq!(posts(&host, 2).await, ["bob DND on", "bob DND off"]);
    // What the admin writes holds before it.
    host.save_settings(Map::from_iter([(
        "NumbersUsers".to_owned(),
        Value::from("6001:alice"),
    )]))
    .await;
    phone(&host, "dnd-on/6001").await;
    assert_eq!(posts(&host, 3).await[2], "alice DND on");
    stop(host).await;
}
