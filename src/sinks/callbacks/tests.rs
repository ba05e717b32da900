//! What is called, and when; by a server on this machine.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use percent_encoding::utf8_percent_encode;
use tokio::io::AsyncWriteExt as _;
use tokio::time::{advance, timeout};

use super::*;
use crate::app::system_clock;
use crate::board::{
    Action, Board, CallAction, Details, Event, Peer, QueueEvent, QueueReport, Report, kept,
};
use crate::config::Bundle;
use crate::outbound::tests::Server;
use crate::site::RESERVED;

const NOW: Timestamp = Timestamp(1_800_000_000_000);

fn parse(json: &serde_json::Value) -> Config {
    Config::parse(Bundle::of("switchboard"), json.to_string().as_bytes())
}

fn config(url: &str, host: &str) -> Config {
    let config = parse(&serde_json::json!({
        "CallbackUrl": url, "AllowedHosts": host, "NumbersUsers": "00:04:f2:ab:cd:ef:bob, 6002|6003:bob",
    }));
    let ours = |p: &&Problem| p.setting.starts_with("Callback");
    assert_eq!(config.problems.iter().find(ours), None);
    config
}

fn report(user: &str, action: CallAction, number: &str, id: &str) -> Report {
    Report {
        source: Source::Phone,
        user: user.into(),
        action: Action::Call(action),
        peer: (!number.is_empty()).then(|| Peer::new(number)),
        reference: (!id.is_empty()).then(|| id.into()),
        linked: None,
        queue: None,
        dialed: None,
        own_number: None,
    }
}

fn queue(source: Source, event: QueueEvent) -> Event {
    Event::Queue(QueueReport {
        source,
        queue: "support".into(),
        event,
    })
}

fn waits(caller: &str, number: &str, since: Timestamp) -> QueueEvent {
    QueueEvent::Waits {
        caller: caller.into(),
        peer: (!number.is_empty()).then(|| Peer::new(number)),
        dialed: None,
        own_number: None,
        since,
    }
}

/// What is called because of these events, in short.
fn moments(events: Vec<Event>) -> Vec<String> {
    let config = config("", "");
    let (mut board, mut moments) = (Board::new(), Moments::default());
    let mut found = Vec::new();
    for event in events {
        for change in board.apply(event, NOW) {
            if let Some(moment) = moments.take(&change, &config) {
                let values = moment.values();
                found.push(format!(
                    "{} {} {} {} {}",
                    values.event, moment.subject, values.calling, values.called, values.dialed
                ));
            }
        }
    }
    found
}

#[test]
fn a_call_that_comes_in_is_told_once() {
    let incoming = |id| report("bob", CallAction::IncomingCall, "0301", id);
    let pbx = |action| Report {
        source: Source::Asterisk,
        dialed: Some("800".into()),
        ..report("bob", action, "0301", "a1")
    };
    let label = Peer {
        label: Some("Miller".into()),
        ..Peer::new("0301")
    };
    let events = vec![
        incoming("1").into(),
        incoming("1").into(),
        pbx(CallAction::IncomingCall).into(),
        Event::Named(label),
        report("bob", CallAction::CallEstablished, "", "1").into(),
        report("bob", CallAction::CallTerminated, "", "1").into(),
    ];
    assert_eq!(moments(events), ["start_ringing bob 0301 6002 6002"]);
    for (event, expected) in [
        (
            Event::from(pbx(CallAction::IncomingCall)),
            "start_ringing bob 0301 6002 800",
        ),
        (Event::Found(pbx(CallAction::IncomingCall)), ""),
        (pbx(CallAction::OutgoingCall).into(), ""),
        (pbx(CallAction::CallEstablished).into(), ""),
        (
            report("6001", CallAction::IncomingCall, "", "").into(),
            "start_ringing 6001  6001 6001",
        ),
    ] {
        assert_eq!(moments(vec![event.clone()]).concat(), expected, "{event:?}");
    }
}

#[test]
fn a_source_may_tell_a_lines_number() {
    let details = |number: Option<&str>| Event::Details {
        source: Source::Ovh,
        user: "alice".into(),
        details: Details {
            number: number.map(Into::into),
            ..Details::default()
        },
    };
    let rings = |id| Event::from(report("alice", CallAction::IncomingCall, "0301", id));
    let told = moments(vec![
        details(Some("0033912")),
        rings("1"),
        details(None),
        rings("2"),
    ]);
    assert_eq!(
        told,
        [
            "start_ringing alice 0301 0033912 0033912",
            "start_ringing alice 0301 alice alice"
        ]
    );
}

#[test]
fn numbers_are_as_the_source_wrote_them_and_not_as_the_admin_did() {
    let (caller, own) = ("0033612345678", "0033912312301");
    let told = Report {
        source: Source::Ovh,
        own_number: Some(own.into()),
        ..report("bob", CallAction::IncomingCall, caller, "a1")
    };
    let expected = format!("start_ringing bob {caller} {own} {own}");
    assert_eq!(moments(vec![told.into()]), [expected]);
    let details = QueueEvent::Details(Details {
        number: Some("+33912312399".into()),
        ..Details::default()
    });
    let QueueEvent::Waits { caller, peer, .. } = waits("1", caller, NOW) else {
        unreachable!("it waits");
    };
    let waits = QueueEvent::Waits {
        caller,
        peer,
        dialed: None,
        own_number: Some("0033912312399".into()),
        since: NOW,
    };
    let events = [QueueEvent::Seen, details, waits];
    let told = moments(events.map(|event| queue(Source::Ovh, event)).to_vec());
    let expected = "member-queue-start support 0033612345678 0033912312399 0033912312399";
    assert_eq!(told, [expected]);
}

#[test]
fn calls_that_go_out_are_told_of_where_ovh_tells_them() {
    let (own, other) = ("0033912312301", "0033612345678");
    let told = |source| {
        let told = Report {
            source,
            own_number: Some(own.into()),
            ..report("bob", CallAction::OutgoingCall, other, "a1")
        };
        moments(vec![told.into()])
    };
    let expected = format!("start_ringing bob {own} {other} {other}");
    assert_eq!(told(Source::Ovh), [expected]);
    assert_eq!(told(Source::Asterisk), [""; 0]);
    assert_eq!(told(Source::Phone), [""; 0]);
}

#[tokio::test]
async fn a_call_that_goes_out_opens_no_page() {
    let config = parse(&serde_json::json!({"CallbackPageUrl": "https://a.b/"}));
    let mut play = Play::new(config);
    let shown = Arc::new(Shown::default());
    play.callbacks.show_on(Arc::clone(&shown) as Arc<dyn Pages>);
    for action in [CallAction::OutgoingCall, CallAction::IncomingCall] {
        play.apply(Report {
            source: Source::Ovh,
            ..report("bob", action, "0301", action.name())
        });
    }
    let rings = lock(&shown.0);
    assert_eq!(rings.len(), 1, "{rings:?}");
}

#[test]
fn a_caller_of_a_queue_is_told_once_when_they_come() {
    let details = QueueEvent::Details(Details {
        number: Some("0800".into()),
        ..Details::default()
    });
    let events = vec![
        queue(Source::Asterisk, waits("1", "", NOW)),
        queue(Source::Asterisk, waits("1", "0301", NOW)),
        queue(Source::Asterisk, details),
        queue(Source::Asterisk, waits("2", "0302", NOW)),
        // Who was there when somebody looked.
        queue(
            Source::Asterisk,
            waits("3", "0303", Timestamp(NOW.0 - NEW_CALLER - 1)),
        ),
    ];
    assert_eq!(
        moments(events),
        [
            "member-queue-start support  support support",
            "member-queue-start support 0302 0800 0800"
        ]
    );
}

#[test]
fn a_queue_that_gets_another_name_tells_nothing_of_who_waits_there_already() {
    let waits = || waits("1", "0301", Timestamp(NOW.0 - NEW_CALLER - 1));
    let events = [QueueEvent::Gone, QueueEvent::Seen, waits()];
    let told = moments(events.map(|event| queue(Source::Ovh, event)).to_vec());
    assert_eq!(told, [""; 0]);
}

/// Numbers of lines and queues are told once, and who waits when the plugin starts waited before.
#[test]
fn after_a_restart_numbers_are_known_and_nothing_is_called_anew() {
    let config = config("", "");
    let number = |number: &str| Details {
        number: Some(number.into()),
        ..Details::default()
    };
    let mut board = Board::new();
    let rings = |id| Event::from(report("alice", CallAction::IncomingCall, "0301", id));
    for event in [
        Event::Details {
            source: Source::Ovh,
            user: "alice".into(),
            details: number("0033912"),
        },
        rings("1"),
        queue(Source::Ovh, QueueEvent::Details(number("0800"))),
        queue(Source::Ovh, waits("1", "", NOW)),
    ] {
        board.apply(event, NOW);
    }
    let mut board = kept(&board);
    let callbacks = Callbacks::new(Arc::default(), Arc::new(|| true), system_clock);
    let mut sink = callbacks.sink();
    sink.restored(&board, &config);
    assert_eq!(callbacks.counts(), Counts::default());
    let mut found = Vec::new();
    for event in [
        rings("1"),
        // The caller's number becomes known.
        queue(Source::Ovh, waits("1", "0301", NOW)),
        rings("2"),
        queue(Source::Ovh, waits("2", "0302", NOW)),
    ] {
        for change in board.apply(event, NOW) {
            let moment = sink.moments.take(&change, &config);
            found.extend(moment.map(|moment| {
                let values = moment.values();
                format!("{} {} {}", values.event, values.calling, values.called)
            }));
        }
    }
    assert_eq!(
        found,
        ["start_ringing 0301 0033912", "member-queue-start 0302 0800"]
    );
}

/// What is called, with its own sink.
struct Play {
    callbacks: Callbacks,
    sink: CallbackSink,
    board: Board,
    config: Config,
    leads: Arc<AtomicBool>,
}

impl Play {
    fn new(config: Config) -> Self {
        let leads = Arc::new(AtomicBool::new(true));
        let own = Arc::clone(&leads);
        let leading: Leads = Arc::new(move || own.load(Ordering::Relaxed));
        let callbacks = Callbacks::new(Arc::default(), leading, system_clock);
        callbacks.configure(&config);
        Self {
            sink: callbacks.sink(),
            callbacks,
            board: Board::new(),
            config,
            leads,
        }
    }

    fn apply(&mut self, event: impl Into<Event>) {
        for change in self.board.apply(event, NOW) {
            self.sink.take(&change, &self.config);
        }
    }

    fn rings(&mut self, number: &str) {
        let id = format!("id{number}");
        self.apply(report("bob", CallAction::IncomingCall, number, &id));
        self.apply(report("bob", CallAction::CallTerminated, number, &id));
    }

    async fn over(&self) {
        let mut pending = self.callbacks.shared.pending.subscribe();
        let over = pending.wait_for(|pending| *pending == 0);
        timeout(Duration::from_secs(60), over)
            .await
            .expect("in time")
            .expect("it is there");
    }

    fn outcomes(&self) -> Vec<String> {
        let results = self.callbacks.results().into_iter();
        results
            .map(|done| format!("{} {}", done.attempts, done.outcome))
            .collect()
    }
}

fn status(status: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").into_bytes()
}

#[tokio::test]
async fn the_server_is_called_with_the_calls_values() {
    let mut server = Server::start(|_| status("204 No Content")).await;
    let url = server.url("/c/*CALLED*?from=*CALLING*&e=*EVENT*\n") + &server.url("/other");
    let mut play = Play::new(config(&url, &server.address.to_string()));
    play.rings("+49 30 1");
    play.over().await;
    let mut asked = Vec::new();
    for _ in 0..2 {
        let question = server.questions.recv().await.expect("a question");
        asked.push(question.lines().next().expect("a line").to_owned());
    }
    asked.sort();
    assert_eq!(
        asked,
        [
            "GET /c/6002?from=%2B49%2030%201&e=start_ringing HTTP/1.1",
            "GET /other HTTP/1.1"
        ]
    );
    assert_eq!(play.outcomes(), ["1 204", "1 204"]);
    let counts = play.callbacks.counts();
    assert_eq!((counts.answered, counts.failed, counts.waiting), (2, 0, 0));
    assert_eq!(
        &*play.callbacks.results()[0].host,
        server.address.to_string()
    );
}

#[tokio::test]
async fn an_answer_may_be_of_any_length() {
    let long = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(MAX_BODY_BYTES * 2));
    let server = Server::start(move |_| long.clone().into_bytes()).await;
    let mut play = Play::new(config(&server.url("/"), &server.address.to_string()));
    play.rings("1");
    play.over().await;
    assert_eq!(play.outcomes(), ["1 200"]);
}

#[tokio::test(start_paused = true)]
async fn trouble_that_may_pass_is_tried_once_more() {
    for (answer, attempts) in [
        ("500 No", 2),
        ("503 No", 2),
        ("429 No", 2),
        ("404 No", 1),
        ("400 No", 1),
        ("302 No", 1),
    ] {
        let asked = Arc::new(AtomicUsize::new(0));
        let own = Arc::clone(&asked);
        let server = Server::start(move |_| {
            own.fetch_add(1, Ordering::Relaxed);
            status(answer)
        })
        .await;
        let mut play = Play::new(config(&server.url("/"), &server.address.to_string()));
        play.rings("1");
        play.over().await;
        assert_eq!(asked.load(Ordering::Relaxed), attempts, "{answer}");
        let expected = format!("{attempts} {}", &answer[..3]);
        assert_eq!(play.outcomes(), [expected]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_gone_becomes_a_problem_and_none_when_it_is_back() {
    let answers = Arc::new(AtomicBool::new(false));
    let own = Arc::clone(&answers);
    let server = Server::start_with(move |_, mut stream| {
        let answers = own.load(Ordering::Relaxed);
        async move {
            if answers {
                let _ = stream.write_all(&status("200 OK")).await;
            }
        }
    })
    .await;
    let url = server.url("/?key=hush&n=*CALLING*");
    let mut play = Play::new(config(&url, &server.address.to_string()));
    for n in 0..3 {
        assert_eq!(play.callbacks.problems("CallbackUrl"), []);
        play.rings(&n.to_string());
        play.over().await;
    }
    let expected = "2 the connection ends before the answer does";
    assert_eq!(play.outcomes(), [expected; 3]);
    let problems = play.callbacks.problems("CallbackUrl");
    let expected = format!(
        "line 1 `{}` is not reached: the connection ends before the answer does",
        server.address
    );
    assert_eq!(problems[0].what, expected);
    assert_eq!(problems.len(), 1);
    assert!(!format!("{problems:?}{:?}", play.callbacks.results()).contains("hush"));
    answers.store(true, Ordering::Relaxed);
    play.rings("7");
    play.over().await;
    assert_eq!(play.callbacks.problems("CallbackUrl"), []);
    assert_eq!(play.callbacks.counts().retried, 3);
}

#[tokio::test]
async fn an_address_that_is_gone_is_told_also_beside_others_that_answer() {
    let well = Arc::new(AtomicBool::new(false));
    let own = Arc::clone(&well);
    let server = Server::start(move |question| {
        let fails = question.contains("/gone") && !own.load(Ordering::Relaxed);
        status(if fails { "404 Not Found" } else { "200 OK" })
    })
    .await;
    let host = server.address.to_string();
    let url = |path: &str| server.url(path) + "?key=hush&n=*CALLING*\n";
    let lines = url("/well") + "\n" + &url("/gone") + &url("/fine") + &url("/gone/too");
    let mut play = Play::new(config(&lines, &host));
    let told = |play: &Play| -> Vec<String> {
        let problems = play.callbacks.problems("CallbackUrl").into_iter();
        problems.map(|problem| problem.to_string()).collect()
    };
    for n in 0..3 {
        assert!(told(&play).is_empty());
        play.rings(&n.to_string());
        play.over().await;
    }
    // Each by its place and host: what else is in it may be a key, or a caller's number.
    let said = |line: usize| {
        format!(
            "CallbackUrl: line {line} `{host}` answers 404. Check the address, and the service's own log. The next call tries again."
        )
    };
    assert_eq!(told(&play), [said(3), said(5)]);
    let counts = play.callbacks.counts();
    assert_eq!((counts.answered, counts.failed), (6, 6));
    // What is left out of the settings is complained of no more, what stays in its place still is.
    let fewer = url("/well") + "\n" + &url("/gone");
    play.config = config(&fewer, &host);
    play.callbacks.configure(&play.config);
    assert_eq!(told(&play), [said(3)]);
    well.store(true, Ordering::Relaxed);
    play.rings("7");
    play.over().await;
    assert!(told(&play).is_empty());
}

#[tokio::test]
async fn addresses_of_this_machine_have_to_be_named() {
    let mut play = Play::new(config(
        "http://localhost:1/x\nhttp://127.0.0.1:1/",
        "localhost:1, 127.0.0.1:2, 127.0.0.1:1",
    ));
    // As when the setting changes between the call and the question.
    play.callbacks.shared.state().hosts = crate::outbound::tests::hosts("localhost:1");
    play.rings("1");
    play.over().await;
    let outcomes = play.outcomes().join("\n");
    assert_eq!(
        outcomes.matches("1 `localhost:1` stands for").count(),
        1,
        "{outcomes}"
    );
    assert_eq!(
        outcomes
            .matches("1 `127.0.0.1:1` is none of the allowed hosts")
            .count(),
        1,
        "{outcomes}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_waits_is_bounded_and_the_oldest_goes_first() {
    let server = Server::start_with(|_, stream| async move {
        // Never answers, as long as the connection is there.
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let mut play = Play::new(config(
        &server.url("/*CALLING*"),
        &server.address.to_string(),
    ));
    let calls = MAX_WAITING + MAX_AT_ONCE + 30;
    for n in 0..calls {
        play.rings(&n.to_string());
    }
    let last = server.url(&format!("/{}", calls - 1));
    {
        let state = play.callbacks.shared.state();
        assert_eq!(state.waiting.len(), MAX_WAITING);
        assert_eq!(state.waiting.back().map(|job| &*job.url), Some(&*last));
    }
    assert_eq!(play.callbacks.counts().dropped, (MAX_AT_ONCE + 30) as u64);
    // Who changes the address does not want the others any more.
    let other = config(&server.url("/other"), &server.address.to_string());
    play.callbacks.configure(&other);
    assert_eq!(play.callbacks.counts().dropped, calls as u64);
    advance(TIME_LIMIT).await;
    play.over().await;
}

#[tokio::test(start_paused = true)]
async fn no_more_are_called_at_once_than_may_be_and_results_are_bounded() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let seen = Arc::clone(&most);
    let server = Server::start_with(move |_, mut stream| {
        let (now, most) = (Arc::clone(&now), Arc::clone(&most));
        async move {
            let count = now.fetch_add(1, Ordering::Relaxed) + 1;
            most.fetch_max(count, Ordering::Relaxed);
            tokio::task::yield_now().await;
            now.fetch_sub(1, Ordering::Relaxed);
            let _ = stream.write_all(&status("200 OK")).await;
        }
    })
    .await;
    let mut play = Play::new(config(&server.url("/"), &server.address.to_string()));
    for n in 0..100 {
        play.rings(&n.to_string());
    }
    play.over().await;
    assert!((1..=MAX_AT_ONCE).contains(&seen.load(Ordering::Relaxed)));
    let counts = play.callbacks.counts();
    assert_eq!((counts.answered, counts.dropped), (100, 0));
    assert_eq!(play.callbacks.results().len(), MAX_RESULTS);
}

#[tokio::test]
async fn in_a_cluster_what_all_nodes_hear_is_called_by_one() {
    let server = Server::start(|_| status("200 OK")).await;
    let mut play = Play::new(config(&server.url("/"), &server.address.to_string()));
    play.leads.store(false, Ordering::Relaxed);
    let pbx = Report {
        source: Source::Asterisk,
        ..report("alice", CallAction::IncomingCall, "1", "1")
    };
    play.apply(pbx);
    play.apply(queue(Source::Asterisk, waits("1", "2", NOW)));
    assert_eq!(play.callbacks.counts().waiting, 0);
    play.rings("3");
    play.over().await;
    assert_eq!(play.outcomes(), ["1 200"]);
}

#[derive(Default)]
struct Shown(Mutex<Vec<Ring>>);

impl Pages for Shown {
    fn ring(&self, ring: Ring) {
        lock(&self.0).push(ring);
    }
}

#[tokio::test]
async fn viewers_get_pages_to_open() {
    let config = parse(
        &serde_json::json!({"CallbackPageUrl": "https://a.b/#*CALLING*\nhttp://c.d/*EVENT*"}),
    );
    let mut play = Play::new(config);
    let shown = Arc::new(Shown::default());
    play.callbacks.show_on(Arc::clone(&shown) as Arc<dyn Pages>);
    play.leads.store(false, Ordering::Relaxed);
    play.rings("1/2");
    play.apply(queue(Source::Asterisk, waits("1", "2", NOW)));
    let rings = lock(&shown.0);
    let told: Vec<_> = rings
        .iter()
        .map(|ring| (ring.line.as_deref(), ring.queue.as_deref(), &*ring.url))
        .collect();
    assert_eq!(
        told,
        [
            (Some("bob"), None, "https://a.b/#1%2F2"),
            (Some("bob"), None, "http://c.d/start_ringing"),
            (None, Some("support"), "https://a.b/#2"),
            (None, Some("support"), "http://c.d/member-queue-start"),
        ]
    );
    assert!(rings.iter().all(|ring| ring.at == NOW));
    assert_eq!(play.callbacks.counts().pages, 4);
}

#[tokio::test]
async fn pages_tell_no_more_of_numbers_than_the_board() {
    for (numbers, expected) in [
        ("full", "https://a.b/#0301234567"),
        (
            "masked",
            "https://a.b/#030123%E2%80%A2%E2%80%A2%E2%80%A2%E2%80%A2",
        ),
        ("hidden", "https://a.b/#%E2%80%A2%E2%80%A2%E2%80%A2"),
    ] {
        let config = parse(&serde_json::json!({
            "CallbackPageUrl": "https://a.b/#*CALLING*", "BoardNumbers": numbers,
        }));
        let mut play = Play::new(config);
        let shown = Arc::new(Shown::default());
        play.callbacks.show_on(Arc::clone(&shown) as Arc<dyn Pages>);
        play.rings("0301234567");
        let rings = lock(&shown.0);
        assert_eq!(rings[0].url, expected);
        // Nor does what the page is headed with.
        let peer = rings[0].peer.as_ref().expect("a caller");
        let number = utf8_percent_encode(&peer.number, RESERVED).to_string();
        assert_eq!(format!("https://a.b/#{number}"), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_waits_for_what_waits_and_no_longer_than_it_may() {
    let server = Server::start_with(|line, mut stream| {
        let hangs = line.contains("/1 ");
        async move {
            if hangs {
                std::future::pending::<()>().await;
            }
            let _ = stream.write_all(&status("200 OK")).await;
        }
    })
    .await;
    let mut play = Play::new(config(
        &server.url("/*CALLING*"),
        &server.address.to_string(),
    ));
    play.rings("1");
    play.rings("2");
    play.callbacks.stop(Duration::from_secs(2)).await;
    assert_eq!(play.outcomes(), ["1 200"]);
    play.rings("3");
    assert_eq!(play.callbacks.counts().answered, 1);
}
