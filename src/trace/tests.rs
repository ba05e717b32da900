use tokio::time::{advance, sleep};

use super::*;
use crate::board::{Action, Board, Event, Report, Timestamp};
use crate::config::{NumbersUsers, Secret};
use crate::host::HostErrorKind;
use crate::host::fake::{FakeServer, lock};
use crate::language::Language;
use crate::sources::phone_urls::{self, Body, PhoneRequest};

const NOW: Timestamp = Timestamp(1_782_216_309_000);

fn traces() -> (Traces<FakeServer>, FakeServer) {
    let server = FakeServer::default();
    let zones = Arc::new(TimeZones::in_folder("/nowhere"));
    let traces = traces_of(&server, zones, Between::default());
    (traces, server)
}

fn traces_of(server: &FakeServer, zones: Arc<TimeZones>, between: Between) -> Traces<FakeServer> {
    let codes = Arc::default();
    Traces::new(Arc::new(server.clone()), zones, || NOW, codes, between)
}

fn config() -> Config {
    Config {
        phones_secret: Secret::new("hush-hush".to_owned()),
        numbers_users: NumbersUsers::parse("6001:bob, 6002:eve, 0004f2abcdef:bob").0,
        ..Config::default()
    }
}

/// A phone's GET of this, right or wrong.
fn get(traces: &Traces<FakeServer>, target: &str, right: bool) {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let read = PhoneRequest {
        path: path.strip_prefix("/sip/").unwrap_or(path),
        query,
        body: Body::None,
        agent: "",
    };
    let config = config();
    let outcome = match phone_urls::read(&read, &config.numbers_users) {
        _ if !right => Outcome::WrongSecret,
        Ok(reports) => Outcome::Understood(reports),
        Err(error) => Outcome::Refused(error.to_string()),
    };
    let request = Request {
        method: "GET",
        target,
        read,
        body: b"",
        address: "10.0.0.5",
        agent: "Yealink `SIP-T46S`",
    };
    traces.saw(&request, outcome, &config);
}

/// What the last message to somebody says, after a while.
async fn said(server: &FakeServer, person: &Person) -> String {
    sleep(CHANGE_EVERY * 2).await;
    let told = server.told(&person.id);
    told.last().expect("a message").text.clone()
}

#[tokio::test(start_paused = true)]
async fn a_test_shows_what_ones_own_phone_sends() {
    let (traces, server) = traces();
    let bob = server.person("bob");
    assert!(!traces.is_on());
    get(&traces, "/sip/dnd-on/bob?secret=hush-hush", true);
    assert_eq!(
        traces.start(&bob, Scope::Own("bob".into())),
        Started::Running
    );
    assert!(traces.is_on());
    let text = said(&server, &bob).await;
    assert!(text.starts_with("**What your phone sends**\n\nNothing has arrived yet."));
    assert!(
        text.ends_with("*This goes on until 12:10:09 UTC.*"),
        "{text}"
    );

    get(
        &traces,
        "/sip/incoming-call?user=6001&number=0240404040&call_id=a*b&secret=hush-hush",
        true,
    );
    get(&traces, "/sip/no-such/bob?secret=hush-hush", true);
    get(
        &traces,
        "/sip/dnd-on?mac=00:04:f2:ab:cd:ef&secret=other",
        false,
    );
    get(&traces, "/sip/dnd-on/eve?secret=hush-hush", true);
    let text = said(&server, &bob).await;
    let expected = "**What your phone sends**\n\n\
        - 12:05:09 UTC ✔ understood: **bob**: `incoming-call`, other side 0240404040, call a\\*b\n  \
        `GET /sip/incoming-call?user=6001&number=0240404040&call_id=a*b&secret=…`\n  \
        from `10.0.0.5`, `Yealink ˋSIP-T46Sˋ`\n\
        - 12:05:09 UTC ✖ refused: unknown action \\`no-such\\`";
    assert!(text.starts_with(expected), "{text}");
    assert!(text.contains("✖ refused: the secret is wrong or missing\n  `GET /sip/dnd-on?mac=00:04:f2:ab:cd:ef&secret=…`"));
    assert!(!text.contains("eve") && !text.contains("hush") && !text.contains("other\n"));
    assert_eq!(server.told(&bob.id).len(), 1, "it is one message");
}

#[tokio::test(start_paused = true)]
async fn a_secret_in_anothers_place_was_quoted() {
    let (traces, server) = traces();
    let bob = server.person("bob");
    traces.start(&bob, Scope::All);
    for target in [
        "/sip/hush-hush/bob",
        "/sip/hush%2Dhush/bob",
        "/sip/incoming-call/hush-hush/1",
        "/sip/incoming-call/bob/hush-hush",
        "/sip/incoming-call/bob?number=hush-hush&call_id=hush%2dhush",
    ] {
        let sign = if target.contains('?') { '&' } else { '?' };
        get(&traces, &format!("{target}{sign}secret=hush-hush"), true);
    }
    let text = said(&server, &bob).await;
    assert!(!text.contains("hush"), "{text}");
    let refused = "refused: unknown action \\`…\\`;";
    assert_eq!(text.matches(refused).count(), 2, "{text}");
    assert!(text.contains("understood: **…**: `incoming-call`"));
    assert!(text.contains("understood: **bob**: `incoming-call`, other side …"));
}

#[tokio::test(start_paused = true)]
async fn a_request_was_put_into_words_under_the_tests_lock() {
    let (traces, server) = traces();
    let bob = server.person("bob");
    traces.start(&bob, Scope::All);
    let mut made = 0;
    let seen = || {
        made += 1;
        assert!(traces.0.tests.try_lock().is_ok(), "the lock is held");
        // Somebody ends it meanwhile.
        assert!(traces.end(&bob.id));
        Seen {
            at: NOW,
            raw: None,
            outcome: Outcome::WrongSecret,
        }
    };
    traces.0.show(|_| true, seen);
    assert_eq!(made, 1);
    let text = said(&server, &bob).await;
    assert!(text.contains("*The test was ended."), "{text}");
    traces.0.show(|_| true, || unreachable!("nobody tests"));
}

#[tokio::test(start_paused = true)]
async fn a_test_ends_by_itself_and_says_so() {
    let (traces, server) = traces();
    let bob = server.person("bob");
    traces.start(&bob, Scope::Own("bob".into()));
    get(&traces, "/sip/dnd-on/bob?secret=hush-hush", true);
    said(&server, &bob).await;
    advance(TEST_FOR).await;
    let text = said(&server, &bob).await;
    assert!(text.contains("`dnd-on`"), "{text}");
    assert!(text.ends_with("*The five minutes are over. `/phone test` starts again.*"));
    assert!(!traces.is_on());
    assert!(!traces.end(&bob.id));
    get(&traces, "/sip/dnd-off/bob?secret=hush-hush", true);
    assert_eq!(said(&server, &bob).await, text);
}

#[tokio::test(start_paused = true)]
async fn somebody_ends_a_test_or_begins_it_anew() {
    let (traces, server) = traces();
    let bob = Person {
        language: Language::German,
        ..server.person("bob")
    };
    traces.start(&bob, Scope::Own("bob".into()));
    said(&server, &bob).await;
    traces.start(&bob, Scope::Own("bob".into()));
    let text = said(&server, &bob).await;
    assert!(text.contains("*Das läuft bis "), "{text}");
    let told = server.told(&bob.id);
    assert_eq!(told.len(), 2);
    assert!(
        told[0]
            .text
            .ends_with("*Der Test wurde beendet. `/phone test` beginnt von vorn.*")
    );
    assert!(traces.end(&bob.id));
    assert!(!traces.is_on());
    let text = said(&server, &bob).await;
    assert!(text.ends_with("beginnt von vorn.*"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_flood_costs_few_changes_and_bounded_memory() {
    let (traces, server) = traces();
    let bob = server.person("bob");
    traces.start(&bob, Scope::Own("bob".into()));
    said(&server, &bob).await;
    let long = "x".repeat(2000);
    for _ in 0..20 {
        for _ in 0..2 * MAX_WAITING {
            get(
                &traces,
                &format!("/sip/dnd-on/bob?secret=hush-hush&x={long}"),
                true,
            );
        }
        sleep(CHANGE_EVERY / 2).await;
    }
    let text = said(&server, &bob).await;
    assert_eq!(text.matches("`dnd-on`").count(), MAX_SHOWN);
    let earlier = 20 * MAX_WAITING - MAX_SHOWN;
    assert!(
        text.contains(&format!("no longer shown: {earlier})")),
        "{text}"
    );
    let lost = 20 * MAX_WAITING;
    assert!(text.contains(&format!("came too fast: {lost})")), "{text}");
    assert!(text.chars().count() < 16_000);
    let edits = lock(&server.0.direct)[0].edits;
    assert!(edits <= 13, "{edits} changes in 24 s");
}

#[tokio::test(start_paused = true)]
async fn an_admin_sees_what_they_name() {
    let (traces, server) = traces();
    let bob = server.person("bob");
    for (scope, expected) in [
        (Scope::All, ["bob", "eve", "zoe"].as_slice()),
        (Scope::Only("6002".to_owned()), &["eve"]),
        (Scope::Only("10.0.0.5".to_owned()), &["bob", "eve", "zoe"]),
        (Scope::Only("10.0.0.6".to_owned()), &[]),
    ] {
        traces.start(&bob, scope.clone());
        for target in ["/sip/dnd-on/6001", "/sip/dnd-on/6002", "/sip/dnd-on/zoe"] {
            get(&traces, &format!("{target}?secret=hush-hush"), true);
        }
        let text = said(&server, &bob).await;
        for name in ["bob", "eve", "zoe"] {
            let shown = text.contains(&format!("**{name}**: `dnd-on`"));
            assert_eq!(shown, expected.contains(&name), "{scope:?}: {text}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_pbx_tells_is_shown_too() {
    let (traces, server) = traces();
    let bob = server.person("bob");
    let mut sink = traces.sink();
    traces.start(&bob, Scope::Own("bob".into()));
    let mut board = Board::new();
    for (source, user, action) in [
        (Source::Asterisk, "bob", "call-established"),
        (Source::Asterisk, "eve", "call-held"),
        // A phone's own was shown as it came.
        (Source::Phone, "bob", "dnd-on"),
    ] {
        let report = Report {
            dialed: None,
            own_number: None,
            source,
            user: Arc::from(user),
            action: Action::from_name(action).expect("an action"),
            peer: None,
            reference: None,
            linked: None,
            queue: None,
        };
        for change in board.apply(Event::Line(report), NOW) {
            sink.take(&change, &config());
        }
    }
    let text = said(&server, &bob).await;
    assert!(
        text.contains("- 12:05:09 UTC ✔ Asterisk tells: **bob**: `call-established`\n"),
        "{text}"
    );
    assert!(
        !text.contains("call-held") && !text.contains("dnd-on"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn so_many_test_at_once_and_no_more() {
    let (traces, server) = traces();
    let people: Vec<Person> = (0..=MAX_TESTS)
        .map(|n| server.person(&format!("u{n}")))
        .collect();
    for person in &people[..MAX_TESTS] {
        assert_eq!(traces.start(person, Scope::All), Started::Running);
    }
    let last = &people[MAX_TESTS];
    assert_eq!(traces.start(last, Scope::All), Started::TooMany);
    assert_eq!(traces.start(&people[0], Scope::All), Started::Running);
    assert!(traces.end(&people[1].id));
    assert_eq!(traces.start(last, Scope::All), Started::Running);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_cannot_be_made_ends_the_test() {
    let (traces, server) = traces();
    let bob = server.person("bob");
    server.fail("send_message", HostErrorKind::Permanent);
    traces.start(&bob, Scope::All);
    sleep(CHANGE_EVERY).await;
    assert!(!traces.is_on());
    assert!(server.told(&bob.id).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_stop_gives_messages_their_last_word() {
    let (traces, server) = traces();
    let bob = server.person("bob");
    traces.start(&bob, Scope::All);
    sleep(CHANGE_EVERY).await;
    server.slow(Duration::from_millis(300));
    traces.stop(Duration::from_secs(2)).await;
    let told = server.told(&bob.id);
    assert!(told[0].text.contains("*The test was ended."), "{told:?}");
    assert_eq!(traces.start(&bob, Scope::All), Started::Stopping);
}

#[tokio::test(start_paused = true)]
async fn what_a_phone_sends_to_another_node_is_shown_as_well() {
    let (leader, server) = traces();
    let count = Arc::<AtomicUsize>::default();
    let (sender, mut handed_on) = mpsc::channel(MAX_HANDED_ON);
    let between = Between {
        count: Arc::clone(&count),
        leader: Some(sender),
    };
    let zones = Arc::new(TimeZones::in_folder("/nowhere"));
    let other = traces_of(&server, zones, between);
    let bob = server.person("bob");
    leader.start(&bob, Scope::Own("bob".into()));
    assert!(!other.is_on(), "it was not told yet");
    count.store(1, Ordering::Relaxed);
    assert!(other.is_on());
    get(&other, "/sip/dnd-on/6001?secret=hush-hush", true);
    get(&other, "/sip/dnd-on/6002?secret=hush-hush", true);
    for _ in 0..2 {
        let elsewhere = handed_on.try_recv().expect("handed on");
        let json = serde_json::to_string(&elsewhere).expect("JSON");
        assert!(!json.contains("hush"), "{json}");
        let elsewhere = serde_json::from_str(&json).expect("the same");
        leader.saw_elsewhere(elsewhere, &config());
    }
    let text = said(&server, &bob).await;
    assert!(
        text.contains("understood: **bob**: `dnd-on`\n  `GET /sip/dnd-on/6001?secret=…`"),
        "{text}"
    );
    assert!(!text.contains("eve") && !text.contains("6002"), "{text}");
    // A stop there ends nobody's test.
    other.stop(Duration::from_secs(1)).await;
    assert_eq!(count.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn a_code_that_a_phone_sends_to_another_node_is_left_out() {
    let (leader, server) = traces();
    let (sender, mut handed_on) = mpsc::channel(MAX_HANDED_ON);
    let between = Between {
        count: Arc::new(AtomicUsize::new(1)),
        leader: Some(sender),
    };
    let zones = Arc::new(TimeZones::in_folder("/nowhere"));
    let other = traces_of(&server, zones, between);
    let bob = server.person("bob");
    leader.start(&bob, Scope::All);
    get(
        &other,
        "/sip/incoming-call?user=6001&name=Code%20123456",
        true,
    );
    let elsewhere = handed_on.try_recv().expect("handed on");
    leader.saw_elsewhere(elsewhere, &config());
    let text = said(&server, &bob).await;
    assert!(
        text.contains("name=Code%…") && !text.contains("123456"),
        "{text}"
    );
}
