//! New voicemail.

use super::*;

fn mailbox(extension: &str, new: u32) -> Mailbox {
    Mailbox {
        mailbox: format!("{extension}@default"),
        extension: extension.to_owned(),
        new,
        old: 7,
    }
}

fn texts(server: &Server) -> Vec<(String, String)> {
    let messages = server.messages().into_iter();
    messages
        .map(|message| (message.to, message.texts.join("|")))
        .collect()
}

fn told(texts: &[&str]) -> Vec<(String, String)> {
    let text = |text: &&str| ("id-bob".to_owned(), format!("You have {text} for 6002."));
    texts.iter().map(text).collect()
}

#[tokio::test(start_paused = true)]
async fn only_more_messages_are_told_and_only_once() {
    let (calls, server, _) = office().await;
    let mut expected = Vec::new();
    for (new, text) in [
        (0, None),
        (1, Some("1 new voicemail message")),
        (1, None),
        (3, Some("3 new voicemail messages")),
        (2, None),
        (2, None),
        (3, Some("3 new voicemail messages")),
        (0, None),
        (1, Some("1 new voicemail message")),
    ] {
        calls.mailbox(mailbox("6002", new));
        settle().await;
        expected.extend(text);
        assert_eq!(texts(&server), told(&expected), "{new}");
    }
    calls.mailbox(mailbox("6002", 0));
    settle().await;
    assert!(
        lock(&server.store).is_empty(),
        "nothing stays of an empty mailbox"
    );
}

#[tokio::test(start_paused = true)]
async fn freepbx_aliases_do_not_double_a_message() {
    let (calls, server, _) = office().await;
    for context in ["default", "device"] {
        calls.mailbox(Mailbox {
            mailbox: format!("6002@{context}"),
            ..mailbox("6002", 1)
        });
        settle().await;
    }
    assert_eq!(texts(&server), told(&["1 new voicemail message"]));
}

#[tokio::test(start_paused = true)]
async fn neither_a_restart_nor_another_node_repeats_it() {
    let (calls, server, exchange) = office().await;
    let other = Calls::new(Arc::clone(&server), Arc::clone(&exchange));
    other.configure(Some(rules()));
    calls.mailbox(mailbox("6002", 2));
    other.mailbox(mailbox("6002", 2));
    sleep(Duration::from_secs(60)).await;
    assert_eq!(texts(&server), told(&["2 new voicemail messages"]));
    let again = Calls::new(Arc::clone(&server), exchange);
    again.configure(Some(rules()));
    // Its first reading comes from a replica that has not heard of it yet.
    lock(&server.stale).extend([None, Some(b"1".to_vec())]);
    again.mailbox(mailbox("6002", 2));
    sleep(Duration::from_secs(60)).await;
    assert_eq!(texts(&server), told(&["2 new voicemail messages"]));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_fails_for_a_while_is_waited_for() {
    let (calls, server, _) = office().await;
    server.goes_down(HostErrorKind::Transient);
    calls.mailbox(mailbox("6002", 1));
    calls.mailbox(mailbox("6002", 2));
    sleep(Duration::from_secs(3)).await;
    server.comes_back();
    sleep(Duration::from_secs(60)).await;
    assert_eq!(texts(&server), told(&["2 new voicemail messages"]));
}

#[tokio::test(start_paused = true)]
async fn attempts_are_bounded_and_the_others_go_on() {
    let (calls, server, _) = office().await;
    server.goes_down(HostErrorKind::Transient);
    calls.mailbox(mailbox("6002", 1));
    sleep(Duration::from_secs(600)).await;
    let attempts = server.attempts.load(Ordering::Relaxed);
    assert_eq!(attempts, super::super::voicemail::ATTEMPTS as usize);
    server.comes_back();
    calls.mailbox(mailbox("6002", 2));
    settle().await;
    assert_eq!(texts(&server), told(&["2 new voicemail messages"]));
}

#[tokio::test(start_paused = true)]
async fn mailboxes_of_nobody_make_neither_messages_nor_records() {
    let (calls, server, _) = office().await;
    for extension in ["6009", "6005", "0140404040", ""] {
        calls.mailbox(mailbox(extension, 1));
    }
    let mut gone = person("bob", "Bob Miller");
    gone.deactivated = true;
    lock(&server.people).insert("bob".to_owned(), gone);
    calls.mailbox(mailbox("6002", 1));
    calls.mailbox(Mailbox {
        mailbox: "x".repeat(64 * 1024),
        ..mailbox("6001", 1)
    });
    settle().await;
    assert!(server.messages().is_empty());
    assert!(lock(&server.store).is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_waits_is_told_before_the_end() {
    let (calls, server, _) = office().await;
    for n in [1, 2, 3] {
        calls.mailbox(mailbox(&format!("600{n}"), n));
    }
    calls.stop(Duration::from_secs(3)).await;
    assert_eq!(server.messages().len(), 3);
    calls.mailbox(mailbox("6002", 9));
    settle().await;
    assert_eq!(server.messages().len(), 3, "nothing is taken any more");
}

#[tokio::test(start_paused = true)]
async fn somebody_whose_message_fails_holds_up_nobody_else() {
    let (calls, server, _) = office().await;
    *lock(&server.unlucky) = Some(UserId::from("id-alice"));
    calls.mailbox(mailbox("6001", 1));
    for extension in ["6002", "6003", "desk-4"] {
        calls.mailbox(mailbox(extension, 1));
    }
    settle().await;
    let to = |server: &Server| -> Vec<String> {
        let messages = server.messages().into_iter();
        messages.map(|message| message.to).collect()
    };
    let others = ["id-bob", "id-bob2", "id-eve"];
    assert_eq!(to(&server), others);
    // Word of her own mailbox waits for its turn.
    calls.mailbox(mailbox("6001", 2));
    *lock(&server.unlucky) = None;
    sleep(Duration::from_secs(60)).await;
    assert_eq!(to(&server)[3..], ["id-alice", "id-alice"]);
    let said: Vec<String> = texts(&server).into_iter().map(|(_, text)| text).collect();
    assert_eq!(
        said[3..],
        [
            "You have 1 new voicemail message for 6001.",
            "You have 2 new voicemail messages for 6001."
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn no_more_mailboxes_than_that_are_told_of_at_once() {
    let (calls, server, _) = office().await;
    *lock(&server.unlucky) = Some(UserId::from("id-alice"));
    let most = super::super::voicemail::MAX_PARALLEL;
    for n in 0..most {
        calls.mailbox(Mailbox {
            mailbox: format!("{n}@default"),
            ..mailbox("6001", 1)
        });
    }
    settle().await;
    calls.mailbox(mailbox("6002", 1));
    settle().await;
    assert!(server.messages().is_empty());
    *lock(&server.unlucky) = None;
    sleep(Duration::from_secs(60)).await;
    assert_eq!(server.messages().len(), most + 1);
    calls.stop(Duration::from_secs(3)).await;
}
