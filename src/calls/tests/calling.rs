//! Who may call, and what is asked of the PBX then.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_call_rings_ones_own_phone_and_shows_it() {
    let (calls, _, exchange) = office().await;
    let started = calls.call(&alice(), "+33 2 40 40 40 40").await.unwrap();
    let expected = NewCall {
        from: Dial::new("6001").unwrap(),
        to: Dial::new("90033240404040").unwrap(),
        caller_name: "Alice Smith".to_owned(),
        caller_number: Dial::new("6001").unwrap(),
        ring_limit: Duration::from_secs(30),
        picks_up: None,
    };
    assert_eq!(exchange.orders(), [expected]);
    assert_eq!(
        started.sentence(Language::English),
        "Calling +33240404040: pick up your phone 6001 when it rings. A direct message tells how the call goes."
    );
}

#[tokio::test(start_paused = true)]
async fn who_may_not_is_told_why_and_nothing_rings() {
    let (calls, server, exchange) = office().await;
    let mut guest = alice();
    guest.guest = true;
    let mut gone = alice();
    gone.deactivated = true;
    let joe = person("joe", "Joe Doe");
    // Whoever calls themselves like somebody else does not get their phone.
    let imitator = person("joe", "alice");
    let old = person("old", "Old Hand");
    let zoe = person("zoe", "Zoe");
    for (person, target, kind, sentence) in [
        (
            &guest,
            "6002",
            DeniedKind::Forbidden,
            "Guests cannot call, write to phones or use queues.",
        ),
        (
            &gone,
            "6002",
            DeniedKind::Forbidden,
            "This account is deactivated.",
        ),
        (
            &joe,
            "6002",
            DeniedKind::Forbidden,
            "No phone is linked to you yet. The administrator links one by adding its extension and your user name to NumbersUsers, for example 6001:joe.",
        ),
        (
            &imitator,
            "6002",
            DeniedKind::Forbidden,
            "No phone is linked to you yet. The administrator links one by adding its extension and your user name to NumbersUsers, for example 6001:joe.",
        ),
        (
            &old,
            "6002",
            DeniedKind::Forbidden,
            "Your number 7001 in NumbersUsers is no extension: no pattern in AsteriskExtensions fits it. The administrator adds your extension, for example 6001:old, or a pattern.",
        ),
        (
            &zoe,
            "6002",
            DeniedKind::Forbidden,
            "Your number 0140404040 in NumbersUsers is no extension: no pattern in AsteriskExtensions fits it. The administrator adds your extension, for example 6001:zoe, or a pattern.",
        ),
        (
            &alice(),
            "7002",
            DeniedKind::Forbidden,
            "7002 may not be called: it is no extension by the patterns in AsteriskExtensions, and no pattern in AsteriskOutsideNumbers fits it. The administrator can add one.",
        ),
        (
            &alice(),
            "*98",
            DeniedKind::Forbidden,
            "The code *98 may not be dialled: no pattern in AsteriskExtensions or AsteriskOutsideNumbers fits it. The administrator can add one.",
        ),
        (
            &alice(),
            "6001",
            DeniedKind::BadInput,
            "6001 is your own phone. Type whom to call from it.",
        ),
        (
            &alice(),
            "@alice",
            DeniedKind::BadInput,
            "6001 is your own phone. Type whom to call from it.",
        ),
        (
            &alice(),
            "6002\r\nApplication: System",
            DeniedKind::BadInput,
            "There is a line end or another character in it that no number and no name has. Type the number alone.",
        ),
        (
            &alice(),
            &"6".repeat(64 * 1024),
            DeniedKind::BadInput,
            "That is too long to be a number or a name: a number has at most 40 digits, a name at most 64 characters.",
        ),
        (
            &alice(),
            " ",
            DeniedKind::BadInput,
            "It does not say whom. Type a number, an extension, a user name with its @, or a name.",
        ),
    ] {
        let result = calls.call(person, target).await;
        assert_eq!(denied(result), (kind, sentence.to_owned()), "{target}");
    }
    settle().await;
    assert!(exchange.orders().is_empty());
    assert!(server.messages().is_empty());
}

#[tokio::test(start_paused = true)]
async fn without_outside_patterns_the_denial_says_so() {
    let (calls, _, _) = office().await;
    calls.configure(Some(CallRules {
        outside: DialPatterns::default(),
        ..rules()
    }));
    assert_eq!(
        denied(calls.call(&alice(), "0240404040").await),
        (
            DeniedKind::Forbidden,
            "0240404040 may not be called: it is no extension by the patterns in AsteriskExtensions, and AsteriskOutsideNumbers allows no other numbers. The administrator can add patterns there.".to_owned()
        )
    );
}

#[tokio::test(start_paused = true)]
async fn without_asterisk_everything_is_off() {
    let (calls, _, _) = office().await;
    calls.configure(None);
    let off = (
        DeniedKind::Off,
        "No Asterisk is set, so nobody can be called from here. The administrator sets one under AsteriskHost.".to_owned(),
    );
    assert_eq!(denied(calls.call(&alice(), "6002").await), off);
    assert_eq!(denied(calls.text(&alice(), "6002", "hi").await), off);
    assert_eq!(
        denied(calls.agent(&alice(), &[], None, AgentAction::Login).await),
        off
    );
    assert_eq!(denied(calls.script_call("1", "2").await), off);
    assert_eq!(
        denied(calls.script_text(Driver::Pjsip, "1", "x", "y").await),
        off
    );
    assert_eq!(denied(calls.extension_of(&alice())), off);
    assert!(calls.suggestions(Suggestions::Call, "").is_empty());
}

#[tokio::test(start_paused = true)]
async fn calls_and_texts_of_a_minute_are_limited_for_each_person() {
    let (calls, _, exchange) = office().await;
    for _ in 0..2 {
        calls.call(&alice(), "6002").await.unwrap();
        sleep(Duration::from_secs(10)).await;
    }
    // What is denied for another reason does not count.
    calls.call(&alice(), "7002").await.unwrap_err();
    calls.text(&alice(), "6002", "hi").await.unwrap();
    let (kind, sentence) = denied(calls.call(&alice(), "6002").await);
    assert!(matches!(kind, DeniedKind::TooMany(wait) if wait <= Duration::from_secs(40)));
    assert_eq!(
        sentence,
        "You may ask for 3 calls, texts and changes in queues a minute (AsteriskCallsPerMinute). Try again in 40 s."
    );
    calls.text(&alice(), "6002", "hi").await.unwrap_err();
    calls
        .call(&person("bob", "Bob Miller"), "6001")
        .await
        .unwrap();
    assert_eq!(exchange.orders().len(), 3);
    sleep(Duration::from_secs(40)).await;
    calls.call(&alice(), "6002").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_whole_minute_is_called_so() {
    let (calls, _, _) = office().await;
    for _ in 0..3 {
        calls.call(&alice(), "6002").await.unwrap();
    }
    let (_, sentence) = denied(calls.call(&alice(), "6002").await);
    assert!(sentence.ends_with(" Try again in a minute."), "{sentence}");
}

#[tokio::test(start_paused = true)]
async fn without_a_link_everybody_reads_what_was_not_done_and_not_where_asterisk_is() {
    let (calls, _, exchange) = office().await;
    let why = "pbx, port 5038 refuses the user and secret";
    *lock(&exchange.refusal) = Some(Refusal::NotConnected(why.to_owned()));
    let queue = Some("support");
    for (undone, (kind, sentence)) in [
        (
            "nobody was called",
            denied(calls.call(&alice(), "6002").await),
        ),
        (
            "nothing was sent",
            denied(calls.text(&alice(), "6002", "hi").await),
        ),
        (
            "nothing was changed",
            denied(calls.agent(&alice(), &[], queue, AgentAction::Login).await),
        ),
        (
            "nobody was called",
            denied(calls.script_call("1", "2").await),
        ),
    ] {
        assert_eq!(kind, DeniedKind::Unavailable);
        assert_eq!(
            sentence,
            format!(
                "Asterisk cannot be reached at this moment, so {undone}. Try again later; the plugin's page /status tells an administrator why."
            )
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_agent_reads_why_a_queue_does_not_take_them() {
    let (calls, _, exchange) = office().await;
    let pause = || AgentAction::Pause { reason: None };
    let left = "Your phone 6001 has just left a queue. Look at the board, and try again.";
    for (words, queue, action, sentence) in [
        (
            "Unable to add interface: Already there",
            Some("support"),
            AgentAction::Login,
            "Your phone 6001 takes calls of support already.",
        ),
        (
            "Unable to remove interface: Not there",
            Some("support"),
            AgentAction::Logout,
            "Your phone 6001 is not in the queue support.",
        ),
        (
            "Interface not found",
            Some("support"),
            pause(),
            "Your phone 6001 is not in the queue support.",
        ),
        ("Interface not found", None, pause(), left),
    ] {
        sleep(Duration::from_secs(30)).await;
        *lock(&exchange.refusal) = Some(Refusal::Rejected(words.to_owned()));
        let seen = denied(calls.agent(&alice(), &[], queue, action).await);
        assert_eq!(seen, (DeniedKind::Refused, sentence.to_owned()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_text_for_outside_is_not_denied_for_want_of_a_pattern() {
    let (calls, _, exchange) = office().await;
    for outside in [rules().outside, DialPatterns::default()] {
        calls.configure(Some(CallRules { outside, ..rules() }));
        for number in ["0240404040", "7002", "*98"] {
            let expected = format!(
                "Texts go to extensions only, and {number} is none by the patterns in AsteriskExtensions."
            );
            let seen = denied(calls.text(&alice(), number, "hi").await);
            assert_eq!(seen, (DeniedKind::BadInput, expected));
        }
    }
    assert!(lock(&exchange.texts).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_refused_order_is_told_at_once_and_makes_no_message() {
    let (calls, server, exchange) = office().await;
    calls.configure(Some(CallRules {
        calls_per_minute: 10,
        ..rules()
    }));
    for (refusal, kind, sentence) in [
        (
            Refusal::NotConnected("nobody listens at pbx:5038".to_owned()),
            DeniedKind::Unavailable,
            "Asterisk cannot be reached at this moment, so nobody was called. Try again later; the plugin's page /status tells an administrator why.",
        ),
        (
            Refusal::MissingRight("originate"),
            DeniedKind::Refused,
            "The account that the plugin has in Asterisk lacks the right originate. The administrator adds it to the account's write line in manager.conf and reloads Asterisk's manager.",
        ),
        (
            Refusal::Rejected("Originate failed".to_owned()),
            DeniedKind::Refused,
            "Asterisk refused: Originate failed.",
        ),
        (
            Refusal::Rejected("Extension does not exist.".to_owned()),
            DeniedKind::NotFound,
            "Nobody was called: there is no number 6002 in Asterisk's dial plan (context from-internal). Check the number; the administrator checks AsteriskContext.",
        ),
        (
            Refusal::NoAnswer,
            DeniedKind::Unknown,
            "Asterisk did not answer in time, so it is not known whether it was done. Look before you ask again.",
        ),
    ] {
        *lock(&exchange.refusal) = Some(refusal);
        assert_eq!(
            denied(calls.call(&alice(), "6002").await),
            (kind, sentence.to_owned())
        );
    }
    settle().await;
    assert!(server.messages().is_empty());
    assert_eq!(calls.under_way.available_permits(), MAX_UNDER_WAY);
}

#[tokio::test(start_paused = true)]
async fn what_is_under_way_is_bounded() {
    let (calls, _, exchange) = office().await;
    calls.call(&alice(), "6002").await.unwrap();
    let places: Vec<_> = std::iter::from_fn(|| calls.place().ok()).collect();
    assert_eq!(places.len(), MAX_UNDER_WAY - 1);
    let (kind, _) = denied(calls.call(&alice(), "6002").await);
    assert!(matches!(kind, DeniedKind::TooMany(_)));
    exchange.tell(0, Progress::Failed(Leg::Own, Failure::Busy));
    settle().await;
    calls.call(&alice(), "6002").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_call_goes_on_when_whoever_asked_is_gone() {
    let (calls, server, exchange) = office().await;
    *lock(&exchange.delay) = Duration::from_secs(2);
    let request = tokio::time::timeout(Duration::from_secs(1), async {
        calls.call(&alice(), "6002").await
    });
    request.await.expect_err("the request broke off");
    exchange.tell(0, Progress::Ringing(Leg::Own));
    sleep(Duration::from_secs(2)).await;
    assert_eq!(
        server.said(),
        "Calling Bob Miller (6002): your phone 6001 rings. Once you pick it up, Bob Miller (6002) is called."
    );
}

#[tokio::test(start_paused = true)]
async fn a_text_that_no_phone_takes_says_that_there_is_no_phone() {
    let (calls, _, exchange) = office().await;
    for (words, sentence) in [
        (
            "Message failed to send.",
            "The text for 6002 was not accepted: the phone is not registered, or there is none. Is it switched on?",
        ),
        (
            "Message failed to send. (1 of 3 parts were accepted)",
            "The text for 6002 was not accepted: the phone is not registered, or there is none (1 of 3 parts were accepted). Is it switched on?",
        ),
        (
            "Message technology not found.",
            "The text for 6002 was not accepted: Asterisk has no such driver for phones. Asterisk 21 and newer have pjsip only; the administrator chooses it under AsteriskDriver, a script by drv=.",
        ),
    ] {
        *lock(&exchange.refusal) = Some(Refusal::Rejected(words.to_owned()));
        assert_eq!(
            denied(calls.text(&alice(), "6002", "hi").await),
            (DeniedKind::Refused, sentence.to_owned())
        );
    }
}
