//! Texts, agents, scripts and suggestions.

use super::*;
use crate::board::QueueView;

#[tokio::test(start_paused = true)]
async fn a_text_is_accepted_which_is_not_delivered() {
    let (calls, _, exchange) = office().await;
    let sent = calls.text(&alice(), "@bob", " Grüße\n李雷 ").await.unwrap();
    assert_eq!(
        sent.sentence(Language::English),
        "Asterisk accepted the text for Bob Miller (6002). It does not tell whether it is delivered."
    );
    let expected = TextMessage {
        driver: None,
        to: Dial::new("6002").unwrap(),
        from: "6001 alice".to_owned(),
        text: "Grüße\n李雷".to_owned(),
    };
    assert_eq!(*lock(&exchange.texts), [expected]);
    let sent = calls
        .text(&alice(), "6002", &"x".repeat(MAX_TEXT))
        .await
        .unwrap();
    assert!(
        sent.sentence(Language::English)
            .contains("(6002) in 4 parts."),
        "{}",
        sent.sentence(Language::English)
    );
}

#[tokio::test(start_paused = true)]
async fn whoever_has_no_phone_may_write_to_one() {
    let (calls, _, _) = office().await;
    assert!(
        calls
            .text(&person("joe", "Joe Doe"), "6002", "hi")
            .await
            .is_ok()
    );
    let mut guest = alice();
    guest.guest = true;
    let (kind, _) = denied(calls.text(&guest, "6002", "hi").await);
    assert_eq!(kind, DeniedKind::Forbidden);
}

#[tokio::test(start_paused = true)]
async fn texts_that_cannot_be_sent_are_told_why() {
    let (calls, _, exchange) = office().await;
    for (to, text, sentence) in [
        (
            "6002",
            " \n",
            "The text is empty. Type it behind the extension or the name.",
        ),
        (
            "6002",
            &*"é".repeat(MAX_TEXT + 1),
            "The text has 4001 characters; a phone takes 4000 at most. Shorten it, or write in the chat.",
        ),
        (
            "6002",
            "a\0b",
            "The text has a NUL character in it, which no phone shows. Remove it.",
        ),
        (
            "@zoe",
            "hi",
            "Texts go to extensions only, and 0140404040 is none by the patterns in AsteriskExtensions.",
        ),
    ] {
        let expected = (DeniedKind::BadInput, sentence.to_owned());
        assert_eq!(denied(calls.text(&alice(), to, text).await), expected);
    }
    assert!(lock(&exchange.texts).is_empty());
}

#[tokio::test(start_paused = true)]
async fn nobody_writes_or_works_in_a_colleagues_name() {
    let (calls, _, exchange) = office().await;
    // They call themselves as they like, and one has a user name like another's name on a phone.
    let eve = person("eve", "6002 bob");
    let joe = person("6002_bob", "Bob Miller");
    for person in [&eve, &joe] {
        calls.text(person, "6001", "Pay me").await.unwrap();
    }
    let login = AgentAction::Login;
    let sales = queues(&["sales"]);
    calls.agent(&eve, &sales, None, login).await.unwrap();
    let texts = lock(&exchange.texts);
    let from: Vec<&str> = texts.iter().map(|text| &*text.from).collect();
    assert_eq!(from, ["desk-4 eve", "chat 6002-bob"]);
    assert_eq!(lock(&exchange.agents)[0].name, "desk-4 eve");
}

#[tokio::test(start_paused = true)]
async fn changes_in_queues_count_with_calls_and_texts() {
    let (calls, _, exchange) = office().await;
    let queues = queues(&["sales"]);
    for action in [AgentAction::Login, AgentAction::Logout] {
        calls.agent(&alice(), &queues, None, action).await.unwrap();
    }
    calls.text(&alice(), "6002", "hi").await.unwrap();
    let login = async || {
        calls
            .agent(&alice(), &queues, None, AgentAction::Login)
            .await
    };
    let (kind, sentence) = denied(login().await);
    assert!(matches!(kind, DeniedKind::TooMany(_)), "{sentence}");
    assert_eq!(lock(&exchange.agents).len(), 2);
    sleep(Duration::from_secs(60)).await;
    assert!(login().await.is_ok());
}

fn queues(names: &[&str]) -> Vec<QueueView> {
    let view = |name: &&str| QueueView {
        name: Arc::from(*name),
        ..QueueView::default()
    };
    names.iter().map(view).collect()
}

#[tokio::test(start_paused = true)]
async fn agents_use_their_own_phone_in_queues_there_are() {
    let (calls, _, exchange) = office().await;
    let both = queues(&["Sales", "support"]);
    let agent = async |queues: &[QueueView], queue, action| {
        // So many are not allowed in one minute.
        sleep(Duration::from_secs(30)).await;
        let done = calls.agent(&alice(), queues, queue, action).await;
        done.map(|done| done.sentence(Language::English))
            .unwrap_or_else(|denied| denied.sentence(Language::English))
    };
    let pause = |reason: &str| AgentAction::Pause {
        reason: Some(reason.to_owned()),
    };
    for (queues, queue, action, sentence) in [
        (
            &*both,
            Some("sales"),
            AgentAction::Login,
            "Your phone 6001 takes calls of the queue Sales.",
        ),
        (
            &queues(&["only"]),
            None,
            AgentAction::Login,
            "Your phone 6001 takes calls of the queue only.",
        ),
        (
            &both,
            None,
            AgentAction::Login,
            "There are several queues. Name one of these: Sales and support.",
        ),
        (
            &both,
            Some("x"),
            AgentAction::Logout,
            "There is no queue x. These are known: Sales and support.",
        ),
        (
            &[],
            Some("hidden"),
            AgentAction::Login,
            "Your phone 6001 takes calls of the queue hidden.",
        ),
        (
            &both,
            None,
            AgentAction::Logout,
            "Your phone 6001 takes no more calls of the queues sales and support.",
        ),
        (
            &both,
            Some("support"),
            pause("lunch\r\nInterface: x"),
            "Your phone 6001 pauses in the queue support: lunch Interface: x.",
        ),
        (
            &both,
            None,
            pause(" "),
            "Your phone 6001 pauses in the queues sales and support.",
        ),
        (
            &both,
            None,
            AgentAction::Unpause,
            "Your phone 6001 takes calls of the queues sales and support again.",
        ),
    ] {
        assert_eq!(agent(queues, queue, action).await, sentence);
    }
    let asked = lock(&exchange.agents);
    assert_eq!(asked.len(), 7, "what is denied does not reach the PBX");
    assert!(asked.iter().all(|request| request.name == "6001 alice"));
    assert!(
        asked
            .iter()
            .all(|request| request.extension.as_str() == "6001")
    );
    assert_eq!(asked[4].action, pause("lunch Interface: x"));
    assert_eq!(asked[5].action, AgentAction::Pause { reason: None });
}

#[tokio::test(start_paused = true)]
async fn a_script_waits_for_what_comes_of_its_call() {
    let (calls, server, exchange) = office().await;
    for (at, (from, progress, sentence)) in [
        (
            "0240404040",
            vec![Progress::Answered(Leg::Own), Progress::Answered(Leg::Other)],
            "0240404040 and 291 are connected.",
        ),
        (
            "100",
            vec![Progress::Failed(Leg::Own, Failure::NoAnswer)],
            "291 was not called: 100 did not answer.",
        ),
        (
            "100",
            vec![
                Progress::Answered(Leg::Own),
                Progress::Failed(Leg::Other, Failure::NoSuchNumber),
            ],
            "100 answered; 291 does not exist.",
        ),
        (
            "100",
            vec![Progress::Ringing(Leg::Own), Progress::Lost],
            "The link to Asterisk broke, so nothing more is known of the call. Before that: 100 rings.",
        ),
        (
            "100",
            vec![Progress::Answered(Leg::Own), Progress::Ringing(Leg::Other)],
            "So far: 100 answered, and 291 rings. The call goes on.",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let started = tokio::time::Instant::now();
        let (call, ()) = tokio::join!(calls.script_call(from, "291"), async {
            sleep(Duration::from_secs(1)).await;
            for progress in progress {
                exchange.tell(at, progress);
            }
        });
        let call = call.unwrap();
        assert_eq!(call.sentence(), sentence);
        let waited = match call.outcome {
            ScriptOutcome::Undecided(_) => SCRIPT_LIMIT,
            _ => Duration::from_secs(1),
        };
        assert_eq!(started.elapsed().as_secs(), waited.as_secs());
    }
    let orders = exchange.orders();
    assert_eq!(
        orders[0].from.as_str(),
        "0240404040",
        "as given, without a prefix"
    );
    assert_eq!(orders[0].caller_number.as_str(), "291");
    assert!(server.messages().is_empty());
    // The last one is still followed.
    exchange.tell(4, Progress::Answered(Leg::Other));
    for (from, to, sentence) in [
        (
            "",
            "291",
            "from is empty. Give it a number or an extension.",
        ),
        (
            "100",
            "291\r\nApplication: System",
            "to is 291 Application: System, which cannot be dialled: up to 40 letters, digits and * # + . _ - can.",
        ),
    ] {
        let expected = (DeniedKind::BadInput, sentence.to_owned());
        assert_eq!(denied(calls.script_call(from, to).await), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_script_writes_by_the_driver_it_names() {
    let (calls, _, exchange) = office().await;
    let text = "Alerte débordement cuve";
    let sent = calls
        .script_text(Driver::Sip, "100", "eedomus", text)
        .await
        .unwrap();
    assert_eq!(
        sent.sentence(),
        "Asterisk accepted the text for 100. It does not tell whether it is delivered."
    );
    let sent = lock(&exchange.texts).pop().unwrap();
    assert_eq!(
        (sent.driver, &*sent.from, &*sent.text),
        (Some(Driver::Sip), "eedomus", text)
    );
}

#[tokio::test(start_paused = true)]
async fn suggestions_are_people_and_lines_that_may_be_called() {
    let (calls, server, exchange) = office().await;
    let extension = |number: &str, user: &str, device| Extension {
        number: Dial::new(number).unwrap(),
        user: user.into(),
        device,
    };
    *lock(&exchange.extensions) = vec![
        extension("6002", "Bob", Device::Busy),
        extension("6008", "Lobby", Device::Free),
        extension("6009", "6009", Device::Unreachable),
        extension("7001", "old", Device::Free),
    ];
    let before = server.attempts.load(Ordering::Relaxed);
    let items = |which, typed: &str| -> Vec<String> {
        let found = calls.suggestions(which, typed);
        found.into_iter().map(|found| found.item).collect()
    };
    use Suggestions::{Call, Message};
    let all = [
        "@alice", "@bob", "@bob2", "@eve", "6008", "6005", "@zoe", "6009",
    ];
    assert_eq!(items(Call, ""), all);
    assert_eq!(items(Message, "z"), [""; 0], "no extension");
    for (typed, expected) in [
        ("@b", &["@bob", "@bob2"][..]),
        ("mil", &["@bob", "@bob2"]),
        ("adams", &["@eve"]),
        ("LOB", &["6008"]),
        ("60 02", &["@bob"]),
        ("60", &["@alice", "@bob", "@bob2", "6008", "6005", "6009"]),
        ("014", &["@zoe"]),
        ("xyz", &[]),
        ("*", &[]),
    ] {
        assert_eq!(items(Call, typed), expected, "{typed}");
    }
    let bob = &calls.suggestions(Call, "@bob")[0];
    assert_eq!(
        (bob.name.as_deref(), &*bob.number, bob.device),
        (Some("Bob Miller"), "6002", Some(Device::Busy))
    );
    assert!(calls.suggestions(Call, &"6".repeat(64 * 1024)).is_empty());
    assert_eq!(
        server.attempts.load(Ordering::Relaxed),
        before,
        "the server is not asked"
    );
    let many: String = (0..100).map(|n| format!("6{n:03}:user{n},")).collect();
    calls.configure(Some(CallRules {
        numbers: NumbersUsers::parse(&many).0,
        ..rules()
    }));
    assert_eq!(calls.suggestions(Call, "user").len(), MAX_SUGGESTIONS);
}
