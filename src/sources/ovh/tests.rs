//! The source against the stand-in: what is asked, and what comes of what is answered.

use devhost::ovh::{Fault, Number, OTHER_TOKEN, Options, TOKEN};
use devhost::world::PATIENCE;

use super::*;
use crate::app::system_clock;
use crate::board::{Action, CallAction};
use crate::config::{AllowedHosts, NumbersUsers};

/// As short as they can be, but for those that say when something is over.
fn limits() -> Limits {
    Limits {
        poll: Duration::from_secs(20),
        body: 64 * 1024,
        silence: Duration::from_millis(20),
        pace: Duration::ZERO,
        idle_pace: Duration::from_millis(5),
        error_pause: Duration::from_millis(5),
        longest_pause: Duration::from_millis(10),
        refused_pause: Duration::from_millis(10),
        ..Limits::default()
    }
}

struct Bench {
    service: devhost::ovh::Ovh,
    ovh: Arc<Ovh>,
    events: mpsc::Receiver<(Event, Timestamp)>,
}

impl Bench {
    async fn new(tokens: &[&str]) -> Self {
        Self::with(tokens, limits()).await
    }

    async fn with(tokens: &[&str], limits: Limits) -> Self {
        let options = Options {
            tokens: vec![TOKEN.to_owned(), OTHER_TOKEN.to_owned()],
            ..Options::default()
        };
        let service = devhost::ovh::Ovh::start(options).await.expect("a port");
        let (out, events) = mpsc::channel(1_000);
        let ovh = Ovh::with_limits(out, system_clock, limits);
        ovh.configure(Some(settings(&service.url(), tokens)));
        Self {
            service,
            ovh,
            events,
        }
    }

    /// Waits until the report is like that.
    async fn until(&self, what: &str, is: impl Fn(&Report) -> bool) -> Report {
        let mut phases = self.ovh.shared.phases.subscribe();
        let waiting = phases.wait_for(|_| is(&self.ovh.report()));
        let waited = timeout(PATIENCE, waiting).await;
        assert!(waited.is_ok(), "{what}: {:?}", self.ovh.report());
        drop(waited);
        self.ovh.report()
    }

    /// The next call that is told of.
    async fn call(&mut self) -> (String, CallAction) {
        loop {
            let event = timeout(PATIENCE, self.events.recv()).await;
            let event = event.expect("in time").expect("the source is there").0;
            if let Event::Line(report) | Event::Decided(report, _) = event
                && let Action::Call(action) = report.action
            {
                return (report.user.to_string(), action);
            }
        }
    }

    /// Nothing that is said of it holds a token.
    fn says(&self) -> String {
        let (report, problems) = (self.ovh.report(), self.ovh.problems());
        let said = format!("{report:?} {problems:?} {:?}", self.ovh);
        for token in [TOKEN, OTHER_TOKEN] {
            assert!(!said.contains(token), "{said}");
        }
        said
    }
}

fn settings(url: &str, tokens: &[&str]) -> Settings {
    let host = url.trim_start_matches("http://").trim_end_matches('/');
    let (hosts, _) = AllowedHosts::parse(host);
    Settings {
        tokens: tokens
            .iter()
            .filter_map(|token| Token::parse(token))
            .collect(),
        url: url.into(),
        hosts,
        numbers: NumbersUsers::parse("0033912312301:bob").0,
    }
}

fn bob() -> Number {
    Number::line("0033912312301", "Bob")
}

fn is_down(report: &Report) -> bool {
    matches!(report.state, LinkState::Down(_))
}

#[tokio::test]
async fn what_happens_is_told_and_each_poll_carries_the_session() {
    let mut bench = Bench::new(&[TOKEN]).await;
    bench.ovh.settled(PATIENCE).await;
    let report = bench
        .until("it waits for events", |r| r.state == LinkState::Up)
        .await;
    assert_eq!((report.on, report.tokens, report.up), (true, 1, 1));
    bench.service.followed(TOKEN).await;
    let call = bob().call("0033612345678", "a-1");
    bench.service.send(call.start_ringing());
    assert_eq!(
        bench.call().await,
        ("bob".to_owned(), CallAction::IncomingCall)
    );
    bench.service.followed(TOKEN).await;
    bench
        .service
        .send_all([call.start_calling(), call.end_calling()]);
    assert_eq!(bench.call().await.1, CallAction::CallEstablished);
    assert_eq!(bench.call().await.1, CallAction::CallTerminated);
    let polls = bench.service.polls();
    assert_eq!(polls[0].session, None);
    assert!(polls[1].session.is_some());
    assert!(
        polls[1..]
            .iter()
            .all(|poll| poll.session == polls[1].session)
    );
    assert!(
        polls
            .iter()
            .all(|poll| poll.token.as_deref() == Some(TOKEN))
    );
    let report = bench.ovh.report();
    assert_eq!((report.events, report.errors, report.lines), (3, 0, 1));
    assert!(report.answered.is_some());
    assert_eq!(bench.ovh.problems(), []);
    bench.says();
}

#[tokio::test]
async fn after_each_failure_the_session_goes_on() {
    for (fault, said) in [
        (Fault::Answer(500, TOKEN.to_owned()), "it answers 500"),
        (
            Fault::Answer(200, format!("<html>{TOKEN}")),
            "not understood",
        ),
        (Fault::Answer(200, "{}".to_owned()), "not understood"),
        (Fault::Truncated, "the connection ends"),
        (Fault::Huge(65 * 1024), "has more than 65536 bytes"),
        (
            Fault::Elsewhere("http://127.0.0.1:9/".to_owned()),
            "sends us on to `127.0.0.1:9`",
        ),
    ] {
        let mut limits = limits();
        limits.error_pause = Duration::from_millis(200);
        let mut bench = Bench::with(&[TOKEN], limits).await;
        bench.service.followed(TOKEN).await;
        let what = format!("{fault:?}");
        let is_lost = matches!(fault, Fault::Answer(200, _) | Fault::Huge(_));
        bench.service.fault(fault);
        // The poll that waits ends, and the next one goes wrong.
        bench.service.send(bob().registered());
        let report = bench.until(&what, is_down).await;
        assert!(bench.says().contains(said), "{what}: {}", bench.says());
        let problems = bench.ovh.problems();
        assert_eq!(problems.len(), 1, "{what}");
        assert_eq!(problems[0].setting, "OvhUrl");
        assert_eq!(report.up, 0);
        // What happens meanwhile is told once it works again.
        bench
            .service
            .send(bob().call("0033612345678", "a-1").start_ringing());
        assert_eq!(bench.call().await.1, CallAction::IncomingCall, "{what}");
        let report = bench
            .until(&what, |report| report.state == LinkState::Up)
            .await;
        // What such an answer told may not come again.
        let gaps = u64::from(is_lost);
        assert_eq!((report.errors, report.gaps), (1, gaps), "{what}");
        let polls = bench.service.polls();
        let sessions = polls[1..].iter().map(|poll| &poll.session);
        assert!(sessions.clone().all(|session| *session == polls[1].session));
    }
}

#[tokio::test]
async fn a_poll_that_nothing_comes_of_is_no_failure() {
    let mut limits = limits();
    limits.poll = Duration::from_millis(100);
    let bench = Bench::with(&[TOKEN], limits).await;
    bench
        .service
        .wait_for("polls", |service| service.polls().len() >= 5)
        .await;
    let report = bench
        .until("it is followed", |r| r.state == LinkState::Up)
        .await;
    assert_eq!((report.errors, report.gaps), (0, 0));
    assert_eq!(bench.ovh.problems(), []);
}

#[tokio::test]
async fn an_expired_session_makes_a_new_one() {
    let mut bench = Bench::new(&[TOKEN]).await;
    bench.service.followed(TOKEN).await;
    bench.service.send(bob().registered());
    bench
        .service
        .wait_for("a poll with the session", |s| s.polls().len() == 2)
        .await;
    bench.service.followed(TOKEN).await;
    bench.service.expire_sessions();
    bench
        .service
        .wait_for("a new one", |s| s.polls().len() >= 3)
        .await;
    bench.service.followed(TOKEN).await;
    assert_eq!(bench.service.polls()[2].session, None);
    bench
        .service
        .send(bob().call("0033612345678", "a-1").start_ringing());
    assert_eq!(bench.call().await.1, CallAction::IncomingCall);
    let report = bench.ovh.report();
    assert_eq!((report.gaps, report.errors), (1, 1));
}

#[tokio::test]
async fn an_expired_token_is_named_by_its_place_and_its_end_and_the_others_work() {
    let mut limits = limits();
    limits.refused_pause = Duration::from_millis(400);
    let mut bench = Bench::with(&[OTHER_TOKEN, TOKEN], limits).await;
    bench.service.followed(TOKEN).await;
    bench.service.followed(OTHER_TOKEN).await;
    let both = |report: &Report| report.up == 2;
    bench.until("both work", both).await;
    bench.service.expire_token(TOKEN);
    let report = bench.until("it is refused", is_down).await;
    assert_eq!((report.tokens, report.up), (2, 1));
    let problems = bench.ovh.problems();
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].setting, "OvhTokens");
    let said = problems[0].to_string();
    assert!(
        said.contains("token 2 (…0001) is refused") && said.contains("/eventToken"),
        "{said}"
    );
    bench.says();
    bench.service.followed(OTHER_TOKEN).await;
    bench
        .service
        .send(bob().call("0033612345678", "a-1").start_ringing());
    assert_eq!(bench.call().await.1, CallAction::IncomingCall);
    // Once it is known again it works by itself.
    bench.service.add_token(TOKEN);
    bench.until("both work again", both).await;
    assert_eq!(bench.ovh.problems(), []);
}

#[tokio::test]
async fn an_event_that_two_tokens_tell_of_is_one() {
    let mut bench = Bench::new(&[TOKEN, OTHER_TOKEN]).await;
    bench.service.followed(TOKEN).await;
    bench.service.followed(OTHER_TOKEN).await;
    let call = bob().call("0033612345678", "a-1");
    for (event, action) in [
        (call.start_ringing(), CallAction::IncomingCall),
        (call.start_calling(), CallAction::CallEstablished),
        (call.end_calling(), CallAction::CallTerminated),
    ] {
        bench.service.send_to(TOKEN, &event);
        assert_eq!(bench.call().await.1, action);
        bench.service.send_to(OTHER_TOKEN, &event);
    }
    bench
        .service
        .wait_for("all are told", |s| s.polls().len() >= 8)
        .await;
    bench.service.followed(OTHER_TOKEN).await;
    let report = bench.ovh.report();
    assert_eq!((report.events, report.doubled), (3, 3));
}

#[tokio::test]
async fn a_token_that_takes_the_place_of_another_keeps_what_that_told() {
    let mut bench = Bench::new(&[TOKEN]).await;
    bench.service.followed(TOKEN).await;
    let call = bob().call("0033612345678", "a-1");
    bench.service.send_to(TOKEN, &call.start_ringing());
    assert_eq!(bench.call().await.1, CallAction::IncomingCall);
    let url = bench.service.url();
    bench.ovh.configure(Some(settings(&url, &[OTHER_TOKEN])));
    bench.service.followed(OTHER_TOKEN).await;
    bench.service.send_to(OTHER_TOKEN, &call.start_calling());
    let Event::Line(report) = bench.next().await else {
        panic!("the line left the board");
    };
    assert_eq!(report.action, Action::Call(CallAction::CallEstablished));
    // Once nothing takes its place, it leaves.
    bench.ovh.configure(Some(settings(&url, &[])));
    assert!(matches!(bench.next().await, Event::Gone { .. }));
}

#[tokio::test]
async fn events_that_are_lost_leave_what_there_is_in_doubt() {
    let mut limits = limits();
    limits.body = 1024 * 1024;
    let bench = Bench::with(&[TOKEN], limits).await;
    bench.service.followed(TOKEN).await;
    let many = vec![serde_json::json!({}); answer::MAX_EVENTS + 1];
    bench.service.send_all(many);
    bench.until("more than are taken", |r| r.gaps == 1).await;
    bench.service.followed(TOKEN).await;
    let long = serde_json::json!({ "x": "y".repeat(limits.body) });
    bench.service.send_all([long]);
    bench.until("longer than is read", |r| r.gaps == 2).await;
}

#[tokio::test]
async fn other_settings_are_taken_over() {
    let mut bench = Bench::new(&[TOKEN]).await;
    bench.service.followed(TOKEN).await;
    let url = bench.service.url();
    // The same again asks nothing again.
    bench.ovh.configure(Some(settings(&url, &[TOKEN])));
    bench
        .ovh
        .configure(Some(settings(&url, &[TOKEN, OTHER_TOKEN])));
    bench.service.followed(OTHER_TOKEN).await;
    assert_eq!(bench.service.polls().len(), 2);
    bench
        .service
        .send_to(TOKEN, &bob().call("0033612345678", "a-1").start_ringing());
    assert_eq!(bench.call().await.1, CallAction::IncomingCall);
    bench.ovh.configure(Some(settings(&url, &[OTHER_TOKEN])));
    let told_gone = |event: &Event| matches!(event, Event::Gone { user, .. } if **user == *"bob");
    assert!(told_gone(&bench.next().await));
    bench
        .service
        .wait_for("the first is let go", |s| s.waiting(TOKEN) == 0)
        .await;
    bench.ovh.configure(None);
    assert_eq!(
        bench.next().await,
        Event::Cleared(crate::board::Source::Ovh)
    );
    let report = bench.ovh.report();
    assert_eq!(
        (report.on, report.state, report.tokens),
        (false, LinkState::Off, 0)
    );
    bench
        .service
        .wait_for("nobody asks", |s| s.waiting(OTHER_TOKEN) == 0)
        .await;
}

#[tokio::test]
async fn a_service_that_is_not_there_is_told_of_and_found_again() {
    let bench = Bench::new(&[TOKEN]).await;
    // A port that nobody listens at.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let nobody = format!("http://{}/", listener.local_addr().expect("an address"));
    drop(listener);
    bench.ovh.configure(Some(settings(&nobody, &[TOKEN])));
    bench.ovh.settled(PATIENCE).await;
    let report = bench.until("it is not there", is_down).await;
    assert!(report.since <= system_clock());
    let said = bench.says();
    assert!(said.contains("no connection is made"), "{said}");
    bench
        .ovh
        .configure(Some(settings(&bench.service.url(), &[TOKEN])));
    bench
        .until("it is there", |report| report.state == LinkState::Up)
        .await;
    bench.ovh.stop();
    bench
        .service
        .wait_for("nobody asks", |s| s.waiting(TOKEN) == 0)
        .await;
}

#[tokio::test]
async fn what_was_gone_for_long_is_in_doubt_once() {
    let mut limits = limits();
    limits.gone = Duration::ZERO;
    let bench = Bench::with(&[TOKEN], limits).await;
    bench.service.followed(TOKEN).await;
    for _ in 0..4 {
        bench.service.fault(Fault::Answer(503, String::new()));
    }
    bench.service.send(bob().registered());
    bench
        .until("four failed", |report| report.errors == 4)
        .await;
    assert_eq!(bench.ovh.report().gaps, 1);
}

impl Bench {
    /// The next thing that is told of.
    async fn next(&mut self) -> Event {
        let event = timeout(PATIENCE, self.events.recv()).await;
        event.expect("in time").expect("the source is there").0
    }
}
