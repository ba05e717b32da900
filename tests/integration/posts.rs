//! Posts arrive: in order, once each, whatever the server does, and also when the plugin is stopped.

use std::time::Duration;

use devhost::world::AppError;

use crate::harness::{host, options, phone, phones, posts, start, stop};

#[tokio::test]
async fn an_orderly_stop_loses_no_post_however_slow_the_server_is() {
    let host = host().await;
    let world = host.world().clone();
    world
        .faults()
        .delay("CreatePost", Duration::from_millis(150));
    let actions = ["offhook", "onhook", "dnd-on", "dnd-off", "paused-on"];
    for action in actions {
        for user in ["alice", "bob", "carol"] {
            phone(&host, &format!("{action}/{user}")).await;
        }
    }
    stop(host).await;
    let messages = world.messages_in(&phones());
    for user in ["alice", "bob", "carol"] {
        let own: Vec<_> = messages
            .iter()
            .filter_map(|message| message.strip_prefix(user))
            .collect();
        assert_eq!(
            own,
            [
                " connected",
                " disconnected",
                " DND on",
                " DND off",
                " paused"
            ],
            "{user}"
        );
    }
    assert_eq!(messages.len(), 3 * actions.len());
}

#[tokio::test]
async fn what_fails_is_repeated_and_keeps_its_place() {
    let host = host().await;
    let error = AppError::new(
        "CreatePost",
        "app.post.save.app_error",
        "the database is away",
        500,
    );
    host.world().faults().fail_times("CreatePost", 2, error);
    phone(&host, "dnd-on/bob").await;
    phone(&host, "dnd-off/bob").await;
    assert_eq!(posts(&host, 2).await, ["bob DND on", "bob DND off"]);
    assert!(host.world().faults().calls("CreatePost") >= 4);
    stop(host).await;
}

#[tokio::test]
async fn an_attempt_whose_answer_was_lost_makes_no_second_post() {
    let host = host().await;
    let error = AppError::new(
        "CreatePost",
        "app.post.save.app_error",
        "the answer was lost",
        504,
    );
    host.world().faults().lose_answers("CreatePost", 1, error);
    phone(&host, "dnd-on/bob").await;
    phone(&host, "dnd-off/bob").await;
    posts(&host, 2).await;
    let world = host.world().clone();
    stop(host).await;
    assert_eq!(world.messages_in(&phones()), ["bob DND on", "bob DND off"]);
}

#[tokio::test]
async fn hidden_connections_are_on_the_board_all_the_same() {
    let host = start(options().with("HideConnectionMessages", true)).await;
    phone(&host, "offhook/bob").await;
    phone(&host, "dnd-on/bob").await;
    assert_eq!(posts(&host, 1).await, ["bob DND on"]);
    let board = crate::pages::board(&host).await;
    assert_eq!(board["lines"][0]["off_hook"], true, "{board}");
    stop(host).await;
}
