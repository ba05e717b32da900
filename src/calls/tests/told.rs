//! The one message about a call.

use super::*;

const TALKED: Progress = Progress::Ended {
    talked: Duration::from_secs(123),
};

#[tokio::test(start_paused = true)]
async fn one_message_tells_a_call_from_the_first_ring_to_the_end() {
    let (calls, server, exchange) = office().await;
    calls.call(&alice(), "@bob").await.unwrap();
    settle().await;
    let who = "Bob Miller (6002)";
    assert_eq!(
        server.said(),
        format!("Calling {who}: your phone 6001 is to ring first.")
    );
    for (progress, expected) in [
        (
            Progress::Ringing(Leg::Own),
            format!("Calling {who}: your phone 6001 rings. Once you pick it up, {who} is called."),
        ),
        (
            Progress::Answered(Leg::Own),
            format!("Calling {who}: you picked up, dialling …"),
        ),
        (
            Progress::Ringing(Leg::Other),
            format!("Calling {who}: it rings there."),
        ),
        (
            Progress::Answered(Leg::Other),
            format!("You are talking with {who}."),
        ),
        (TALKED, format!("You talked with {who} for 2 min 3 s.")),
    ] {
        exchange.tell(0, progress);
        settle().await;
        assert_eq!(server.said(), expected);
    }
    let message = &server.messages()[0];
    assert_eq!((&*message.to, message.texts.len()), ("id-alice", 6));
    assert_eq!(
        calls.under_way.available_permits(),
        MAX_UNDER_WAY,
        "it is followed no more"
    );
}

#[tokio::test(start_paused = true)]
async fn each_reads_their_own_language() {
    let (calls, server, exchange) = office().await;
    let german = Person {
        language: Language::German,
        ..alice()
    };
    let started = calls.call(&german, "@bob").await.unwrap();
    settle().await;
    let asked = "Anruf bei Bob Miller (6002): Zuerst soll Ihr Telefon 6001 klingeln.";
    assert_eq!(server.said(), asked);
    exchange.tell(0, Progress::Failed(Leg::Own, Failure::Busy));
    settle().await;
    let busy = "Bob Miller (6002) wurde nicht angerufen: Ihr Telefon 6001 ist besetzt.";
    assert_eq!(server.said(), busy);
    // A program that asks for somebody has their language as well.
    assert!(started.sentence(german.language).starts_with("Anruf bei "));

    let french = Person {
        language: Language::French,
        ..person("bob", "Bob Miller")
    };
    lock(&server.people).insert("bob".to_owned(), french.clone());
    calls.mailbox(Mailbox {
        mailbox: "6002@default".to_owned(),
        extension: "6002".to_owned(),
        new: 2,
        old: 0,
    });
    settle().await;
    let voicemail = server.messages().pop().expect("a message");
    let expected = ["Vous avez 2 nouveaux messages vocaux pour 6002."];
    assert_eq!(voicemail.texts, expected);
    let denied = calls.call(&french, "").await.unwrap_err();
    let nobody = denied.markdown(french.language);
    assert!(
        nobody.starts_with("Il manque la personne ou le numéro"),
        "{nobody}"
    );
}

#[tokio::test(start_paused = true)]
async fn names_do_nothing_but_show() {
    let (calls, server, exchange) = office().await;
    calls.call(&alice(), "@eve").await.unwrap();
    exchange.tell(0, Progress::Failed(Leg::Other, Failure::Busy));
    settle().await;
    assert_eq!(server.said(), "Eve\\_\\*Adams\\* (desk-4) is busy.");
}

#[tokio::test(start_paused = true)]
async fn what_changed_while_the_server_was_slow_is_told_once() {
    let (calls, server, exchange) = office().await;
    *lock(&server.delay) = Duration::from_secs(5);
    calls.call(&alice(), "6002").await.unwrap();
    for progress in [
        Progress::Ringing(Leg::Own),
        Progress::Answered(Leg::Own),
        Progress::Ringing(Leg::Other),
        Progress::Answered(Leg::Other),
    ] {
        sleep(Duration::from_secs(1)).await;
        exchange.tell(0, progress);
    }
    sleep(Duration::from_secs(20)).await;
    let texts = &server.messages()[0].texts;
    assert_eq!(texts.len(), 2, "{texts:?}");
    assert_eq!(texts[1], "You are talking with Bob Miller (6002).");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_fails_for_a_while_gets_the_latest_afterwards() {
    let (calls, server, exchange) = office().await;
    server.goes_down(HostErrorKind::Transient);
    calls.call(&alice(), "6002").await.unwrap();
    exchange.tell(0, Progress::Ringing(Leg::Own));
    sleep(Duration::from_secs(60)).await;
    assert!(server.messages().is_empty());
    exchange.tell(0, Progress::Failed(Leg::Own, Failure::NoAnswer));
    sleep(Duration::from_secs(60)).await;
    server.comes_back();
    sleep(Duration::from_secs(40)).await;
    assert_eq!(
        server.messages()[0].texts,
        ["Bob Miller (6002) was not called: you did not pick up your phone 6001."]
    );
    // It fell silent in the middle of another one.
    calls.call(&alice(), "6002").await.unwrap();
    settle().await;
    server.goes_down(HostErrorKind::Transient);
    exchange.tell(1, Progress::Answered(Leg::Own));
    sleep(Duration::from_secs(60)).await;
    exchange.tell(1, TALKED);
    server.comes_back();
    sleep(Duration::from_secs(40)).await;
    let messages = server.messages();
    assert_eq!(messages.len(), 2);
    assert_eq!(
        messages[1].texts,
        [
            "Calling Bob Miller (6002): your phone 6001 is to ring first.",
            "You talked with Bob Miller (6002) for 2 min 3 s."
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_message_is_given_up_and_the_call_is_not() {
    let (calls, server, exchange) = office().await;
    server.goes_down(HostErrorKind::Permanent);
    calls.call(&alice(), "6002").await.unwrap();
    sleep(Duration::from_secs(60)).await;
    assert_eq!(
        server.attempts.load(Ordering::Relaxed),
        1,
        "it would fail the same way"
    );
    exchange.tell(0, Progress::Answered(Leg::Own));

    server.goes_down(HostErrorKind::Transient);
    calls.call(&alice(), "6002").await.unwrap();
    sleep(crate::messages::GIVE_UP_AFTER).await;
    let attempts = server.attempts.load(Ordering::Relaxed);
    assert!((20..80).contains(&attempts), "{attempts}");
    server.comes_back();
    exchange.tell(0, TALKED);
    exchange.tell(1, TALKED);
    sleep(Duration::from_secs(60)).await;
    assert!(server.messages().is_empty());
    assert_eq!(server.attempts.load(Ordering::Relaxed), attempts);
    assert_eq!(calls.under_way.available_permits(), MAX_UNDER_WAY);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_neither_doubles_a_message_nor_keeps_its_old_words() {
    let (calls, server, exchange) = office().await;
    server.lost_answers.store(2, Ordering::Relaxed);
    calls.call(&alice(), "6002").await.unwrap();
    settle().await;
    exchange.tell(0, TALKED);
    sleep(Duration::from_secs(10)).await;
    let messages = server.messages();
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert_eq!(
        messages[0].texts,
        [
            "Calling Bob Miller (6002): your phone 6001 is to ring first.",
            "You talked with Bob Miller (6002) for 2 min 3 s."
        ]
    );
    // What said the same each time needs no change.
    server.lost_answers.store(1, Ordering::Relaxed);
    server.attempts.store(0, Ordering::Relaxed);
    calls.call(&alice(), "6003").await.unwrap();
    sleep(Duration::from_secs(10)).await;
    assert_eq!(server.messages().len(), 2);
    assert_eq!(server.attempts.load(Ordering::Relaxed), 2);
    calls.call(&alice(), "6009").await.unwrap();
    sleep(Duration::from_secs(10)).await;
    assert_eq!(server.messages().len(), 3, "another message is another one");
}

#[tokio::test(start_paused = true)]
async fn an_attempt_without_an_answer_is_made_again() {
    let (calls, server, _exchange) = office().await;
    *lock(&server.delay) = Duration::from_secs(3600);
    calls.call(&alice(), "6002").await.unwrap();
    sleep(Duration::from_secs(1)).await;
    *lock(&server.delay) = Duration::ZERO;
    sleep(crate::messages::ATTEMPT_LIMIT).await;
    assert_eq!(server.messages().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn two_calls_at_once_have_a_message_each() {
    let (calls, server, exchange) = office().await;
    let (first, second) = {
        let alice = alice();
        tokio::join!(calls.call(&alice, "6002"), calls.call(&alice, "@zoe"))
    };
    let order = |dial: &Dial| {
        exchange
            .orders()
            .iter()
            .position(|call| call.to == *dial)
            .unwrap()
    };
    let (first, second) = (
        order(&first.unwrap().to.dial),
        order(&second.unwrap().to.dial),
    );
    exchange.tell(second, Progress::Failed(Leg::Other, Failure::Refused));
    exchange.tell(first, Progress::Answered(Leg::Other));
    settle().await;
    let mut said: Vec<_> = server
        .messages()
        .iter()
        .map(|message| message.texts.last().unwrap().clone())
        .collect();
    said.sort();
    assert_eq!(
        said,
        [
            "You are talking with Bob Miller (6002).",
            "zoe (0140404040) refused the call."
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_broken_link_is_told_and_no_outcome_made_up() {
    let (calls, server, exchange) = office().await;
    calls.call(&alice(), "6002").await.unwrap();
    exchange.tell(0, Progress::Answered(Leg::Own));
    exchange.tell(0, Progress::Lost);
    settle().await;
    let expected = "The link to Asterisk broke when you had picked up. Nothing more is known of the call to Bob Miller (6002).";
    assert_eq!(server.said(), expected);
    // The same where nobody says so.
    calls.call(&alice(), "6002").await.unwrap();
    exchange.drop_call(1);
    settle().await;
    let said = server.messages()[1].texts.last().unwrap().clone();
    assert_eq!(
        said,
        "Nothing was heard of the call to Bob Miller (6002): the link to Asterisk broke before your phone rang, or the plugin's account in Asterisk lacks `call` in its `read` line."
    );
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_plugin_is_the_last_word() {
    let (calls, server, exchange) = office().await;
    calls.call(&alice(), "6002").await.unwrap();
    exchange.tell(0, Progress::Answered(Leg::Other));
    settle().await;
    calls.stop(Duration::from_secs(3)).await;
    assert_eq!(
        server.said(),
        "The plugin was stopped while you talked. Nothing more is told of the call to Bob Miller (6002)."
    );
    let (kind, _) = denied(calls.call(&alice(), "6002").await);
    assert_eq!(kind, DeniedKind::Unavailable);
}

#[tokio::test(start_paused = true)]
async fn the_end_does_not_wait_for_a_dead_server() {
    let (calls, server, _exchange) = office().await;
    server.goes_down(HostErrorKind::Transient);
    calls.call(&alice(), "6002").await.unwrap();
    let before = tokio::time::Instant::now();
    calls.stop(Duration::from_secs(3)).await;
    assert_eq!(before.elapsed().as_secs(), 3);
}
