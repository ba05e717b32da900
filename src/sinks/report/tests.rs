//! Reports on a server in memory, by a clock that stands still.

use tokio::sync::watch as channel;
use tokio::time::sleep;

use super::noted::DAY_KEY;
use super::*;
use crate::board::Erased;
use crate::board::{
    Action, Board, CallAction, Departure, Details, Event, Peer, QueueEvent, QueueReport, Report,
    Source, kept,
};
use crate::config::Bundle;
use crate::host::fake::{FakeServer, lock as locked};
use crate::host::{ChannelId, HostErrorKind, UserId};
use crate::sinks::posts::Target;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// A clock that stands still with tokio's. It begins at 2026-06-23 12:05:09 UTC.
fn clock() -> Timestamp {
    thread_local! {
        static START: Instant = Instant::now();
    }
    let since = START.with(Instant::elapsed);
    Timestamp(1_782_216_309_000 + since.as_millis() as u64)
}

async fn pass(seconds: u64) {
    sleep(Duration::from_secs(seconds)).await;
}

/// A server, and what becomes of its nodes.
struct House {
    server: Arc<FakeServer>,
    config: Config,
}

/// A plugin on it, from a start to a stop.
struct Node {
    reports: Reports<FakeServer>,
    sink: ReportSink<FakeServer>,
    channels: Arc<Channels<FakeServer>>,
    board: Board,
    config: Config,
    leads: channel::Sender<bool>,
    _target: channel::Sender<Option<Target>>,
}

fn config(time: &str) -> Config {
    let json =
        serde_json::json!({"TeamName": "sales", "ReportTime": time, "ReportChannel": "~helpdesk"});
    Config::parse(Bundle::of("switchboard"), json.to_string().as_bytes())
}

impl House {
    fn new(time: &str) -> Self {
        clock();
        let server = Arc::new(FakeServer::default());
        server.channel("sales", "helpdesk");
        Self {
            server,
            config: config(time),
        }
    }

    fn start(&self) -> Node {
        let (target, main) = channel::channel(Some(Target {
            channel: ChannelId::from("phones-id"),
            author: UserId::from("author-id"),
        }));
        let channels = Arc::new(Channels::new(Arc::clone(&self.server), main));
        let finding = Arc::clone(&channels);
        tasks::spawn(async move { finding.run().await });
        let (leads, leading) = channel::channel(true);
        let reports = Reports::new(
            Arc::clone(&self.server),
            Arc::clone(&channels),
            Arc::default(),
            Arc::new(move || *leading.borrow()),
            clock,
        );
        let mut node = Node {
            sink: reports.sink(),
            reports,
            channels,
            board: Board::new(),
            config: Config::default(),
            leads,
            _target: target,
        };
        node.configure(self.config.clone());
        node
    }

    fn posts(&self) -> Vec<String> {
        let posts = locked(&self.server.0.posts);
        let posts = posts.iter().map(|post| post.message.clone());
        posts.collect()
    }
}

impl Node {
    fn configure(&mut self, config: Config) {
        self.channels.configure("sales", vec!["helpdesk".into()]);
        self.reports.configure(&config);
        self.config = config;
    }

    fn apply(&mut self, event: impl Into<Event>) {
        for change in self.board.apply(event, clock()) {
            self.sink.take(&change, &self.config);
        }
    }

    fn queue(&mut self, queue: &str, event: QueueEvent) {
        self.apply(Event::Queue(QueueReport {
            source: Source::Asterisk,
            queue: queue.into(),
            event,
        }));
    }

    /// A caller who waits for so long, and is then answered by that agent, or by nobody.
    async fn call(&mut self, queue: &str, waits: u64, agent: Option<&str>) {
        let caller: Arc<str> = "1".into();
        self.queue(
            queue,
            QueueEvent::Waits {
                caller: Arc::clone(&caller),
                peer: Some(Peer::new("0301")),
                dialed: None,
                own_number: None,
                since: clock(),
            },
        );
        pass(waits).await;
        let how = match agent {
            Some(agent) => Departure::Answered {
                agent: Some(agent.into()),
            },
            None => Departure::Abandoned,
        };
        let left = QueueEvent::Left {
            caller: Arc::clone(&caller),
            how,
        };
        self.queue(queue, left);
        if agent.is_some() {
            pass(90).await;
            self.queue(queue, QueueEvent::Ended { caller });
        }
    }

    async fn stop(self) {
        let limit = Duration::from_secs(5);
        self.channels.stop(limit).await;
        self.reports.stop(limit).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_was_far_ahead_stops_no_report() {
    let house = House::new("18:00");
    let ahead = clock().after(100 * 24 * HOUR * 1000);
    let noted = serde_json::json!({
        "day": ahead.0 / (24 * HOUR * 1000), "made": true, "by": "us", "at": ahead.0, "ends": ahead.0,
    });
    let noted = noted.to_string().into_bytes();
    locked(&house.server.0.store).insert(DAY_KEY.to_owned(), noted);
    let mut node = house.start();
    node.reports.shared.state().current.ends = ahead.0;
    node.call("400", 10, Some("bob")).await;
    pass(6 * HOUR).await;
    assert_eq!(house.posts().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_day_has_its_report() {
    let house = House::new("18:00");
    let mut node = house.start();
    node.queue(
        "400",
        QueueEvent::Details(Details {
            description: Some("Sales|*team*".into()),
            ..Details::default()
        }),
    );
    node.call("400", 10, Some("bob")).await;
    node.call("400", 30, Some("alice")).await;
    node.call("400", 200, None).await;
    pass(HOUR).await;
    node.call("support", 5, Some("bob")).await;
    node.apply(Event::Reset(None));
    // A call on a line, and one that went out.
    for (action, seconds) in [
        (CallAction::IncomingCall, 8),
        (CallAction::CallTerminated, 0),
        (CallAction::OutgoingCall, 8),
        (CallAction::CallEstablished, 60),
        (CallAction::CallTerminated, 0),
    ] {
        let report = Report {
            source: Source::Phone,
            user: "carol".into(),
            action: Action::Call(action),
            peer: Some(Peer::new("0302")),
            reference: None,
            linked: None,
            queue: None,
            dialed: None,
            own_number: None,
        };
        node.apply(report);
        pass(seconds).await;
    }
    assert_eq!(house.posts(), [""; 0]);
    pass(5 * HOUR).await;
    let expected = "\
#### Calls from 23 June, 12:05 to 23 June, 18:00

**5 calls**: 3 answered, 2 lost, 60% answered.

```text
█ answered, ░ lost
12:00  2  1  ██░
13:00  1  1  █░
```

| Queue | Calls | Answered | Lost | % | Average wait | Longest | Average talk | In time |
|:--|--:|--:|--:|--:|--:|--:|--:|--:|
| **∑** | 5 | 3 | 2 | 60% | 0:15 | 3:20 | 1:30 | 40% |
| Sales\\|\\*team\\* | 3 | 2 | 1 | 67% | 0:20 | 3:20 | 1:30 | 33% |
| support | 1 | 1 | 0 | 100% | 0:05 | 0:05 | 1:30 | 100% |
| *Calls without a queue* | 1 | 0 | 1 | 0% |  | 0:08 |  | 0% |

| Agent | Answered | Talked | Average talk |
|:--|--:|--:|--:|
| bob | 2 | 3:00 | 1:30 |
| alice | 1 | 1:30 | 1:30 |
";
    assert_eq!(house.posts(), [expected]);
    assert_eq!(
        locked(&house.server.0.posts)[0].channel.as_str(),
        "helpdesk-id"
    );
    // The next one begins with nothing; and none is made of a day without a call.
    pass(24 * HOUR).await;
    node.call("support", 5, None).await;
    pass(24 * HOUR).await;
    let posts = house.posts();
    assert_eq!(posts.len(), 2);
    assert!(
        posts[1].starts_with(
            "#### Calls from 24 June, 18:00 to 25 June, 18:00\n\n**One call**: 0 answered, 1 lost."
        ),
        "{}",
        posts[1]
    );
}

#[tokio::test(start_paused = true)]
async fn a_restart_loses_no_call_and_doubles_none() {
    let house = House::new("18:00");
    let mut node = house.start();
    pass(1).await;
    node.call("a", 5, Some("bob")).await;
    node.stop().await;
    let mut node = house.start();
    pass(1).await;
    node.call("a", 5, Some("bob")).await;
    // A crash: what was stored last counts.
    pass(STORE_EVERY.as_secs() + MINUTE).await;
    drop(node);
    let node = house.start();
    pass(6 * HOUR).await;
    assert_eq!(house.posts().len(), 1);
    assert!(
        house.posts()[0].contains("**2 calls**: 2 answered"),
        "{:?}",
        house.posts()
    );
    node.stop().await;
    let node = house.start();
    pass(HOUR).await;
    assert_eq!(house.posts().len(), 1);
    node.stop().await;
}

/// What a queue is called is told once, and not again after a restart.
#[tokio::test(start_paused = true)]
async fn a_queue_keeps_its_name_in_the_report_over_a_restart() {
    let house = House::new("18:00");
    let mut node = house.start();
    pass(1).await;
    let sales = Details {
        description: Some("Sales".into()),
        ..Details::default()
    };
    node.queue("400", QueueEvent::Details(sales));
    let board = kept(&node.board);
    node.stop().await;
    let mut node = house.start();
    pass(1).await;
    node.board = board;
    node.sink.restored(&node.board, &node.config);
    node.call("400", 5, Some("bob")).await;
    pass(6 * HOUR).await;
    let posts = house.posts();
    assert_eq!(posts.len(), 1);
    assert!(posts[0].contains("\n| Sales | 1 | 1 | 0 |"), "{}", posts[0]);
    assert!(!posts[0].contains("400"), "{}", posts[0]);
    node.stop().await;
}

/// How many reports there are where the plugin is away for so long from shortly after noon on.
async fn made_after(away: u64) -> usize {
    let house = House::new("18:00");
    let mut node = house.start();
    pass(1).await;
    node.call("a", 5, None).await;
    node.stop().await;
    pass(away).await;
    // The second time it is there already, or too late.
    for _ in 0..2 {
        let node = house.start();
        pass(MINUTE).await;
        node.stop().await;
    }
    house.posts().len()
}

#[tokio::test(start_paused = true)]
async fn a_report_that_was_due_while_the_plugin_was_away_is_made_when_it_is_back() {
    assert_eq!(made_after(11 * HOUR).await, 1);
}

/// At a start nobody leads for some milliseconds; it waited a minute for its next attempt then.
#[tokio::test(start_paused = true)]
async fn a_report_that_is_due_waits_no_longer_than_for_somebody_to_lead() {
    let house = House::new("18:00");
    let mut node = house.start();
    pass(1).await;
    node.call("a", 5, None).await;
    node.stop().await;
    pass(7 * HOUR).await;
    let node = house.start();
    node.leads.send_replace(false);
    pass(1).await;
    assert_eq!(house.posts().len(), 0);
    node.leads.send_replace(true);
    (node.reports.waker())();
    pass(1).await;
    assert_eq!(house.posts().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn on_the_next_day_it_is_too_late_for_it() {
    assert_eq!(made_after(15 * HOUR).await, 0);
}

#[tokio::test(start_paused = true)]
async fn of_the_nodes_of_a_cluster_one_makes_it() {
    let house = House::new("18:00");
    let mut nodes = [house.start(), house.start(), house.start()];
    nodes[1].leads.send_replace(false);
    nodes[2].leads.send_replace(false);
    pass(1).await;
    for node in &mut nodes {
        node.call("a", 5, None).await;
    }
    pass(6 * HOUR).await;
    assert_eq!(house.posts().len(), 1);
    // Another one leads from now on.
    nodes[0].leads.send_replace(false);
    nodes[1].leads.send_replace(true);
    pass(HOUR).await;
    assert_eq!(house.posts().len(), 1);
    // And two that both believe to lead.
    nodes[2].leads.send_replace(true);
    for node in &mut nodes {
        node.call("a", 5, None).await;
    }
    pass(24 * HOUR).await;
    assert_eq!(house.posts().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_answer_gets_it_later_and_once() {
    let house = House::new("18:00");
    let mut node = house.start();
    pass(1).await;
    node.call("a", 5, None).await;
    for method in ["create_post", "get", "compare_and_set", "put"] {
        house.server.fail(method, HostErrorKind::Transient);
    }
    pass(7 * HOUR).await;
    assert_eq!(house.posts(), [""; 0]);
    house.server.mend();
    house.server.fail("create_post", HostErrorKind::Permanent);
    pass(20 * MINUTE).await;
    assert_eq!(house.posts(), [""; 0]);
    house.server.mend();
    pass(20 * MINUTE).await;
    assert_eq!(house.posts().len(), 1);
    pass(5 * HOUR).await;
    assert_eq!(house.posts().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn another_time_makes_no_second_report_of_a_day() {
    let house = House::new("13:00");
    let mut node = house.start();
    pass(1).await;
    node.call("a", 5, None).await;
    pass(HOUR).await;
    assert_eq!(house.posts().len(), 1);
    node.call("a", 5, None).await;
    node.configure(config("14:00"));
    pass(2 * HOUR).await;
    assert_eq!(house.posts().len(), 1);
    node.call("a", 5, None).await;
    pass(24 * HOUR).await;
    let posts = house.posts();
    assert_eq!(posts.len(), 2);
    assert!(
        posts[1].contains("from 23 June, 13:00 to 24 June, 14:00"),
        "{}",
        posts[1]
    );
    assert!(posts[1].contains("**2 calls**"), "{}", posts[1]);
    // Nor is one made, or anything counted, where none is wanted.
    node.configure(config(""));
    node.call("a", 5, None).await;
    pass(48 * HOUR).await;
    assert_eq!(house.posts().len(), 2);
}

/// The report named an agent who was erased before it was made.
#[tokio::test(start_paused = true)]
async fn somebody_who_is_erased_is_in_no_report_and_not_in_what_is_stored_of_it() {
    let of = |name: &str| Erased {
        names: vec![name.into()],
        numbers: Vec::new(),
    };
    let house = House::new("18:00");
    let stored = || {
        let store = locked(&house.server.0.store);
        store
            .get(CALLS_KEY)
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    };
    let mut node = house.start();
    pass(1).await;
    for agent in ["bob", "amy", "eve"] {
        node.call("a", 5, Some(agent)).await;
    }
    pass(STORE_EVERY.as_secs()).await;
    assert!(stored().expect("a record").contains("bob"));
    assert_eq!(node.reports.erase(of("Bob")).await, Ok(true));
    assert!(!stored().expect("a record").contains("bob"));
    assert_eq!(node.reports.erase(of("bob")).await, Ok(false));
    // While the store fails, it is done as far as it can be, and the rest once it can: not only when it would be stored anyway.
    node.stop().await;
    let node = house.start();
    pass(1).await;
    house.server.fail("put", HostErrorKind::Transient);
    assert!(node.reports.erase(of("amy")).await.is_err());
    house.server.mend();
    pass(2 * TRY_EVERY.as_secs()).await;
    assert!(!stored().expect("a record").contains("amy"));
    node.stop().await;
    // What was counted before the start and is not taken over: no report is wanted.
    let off = House {
        server: Arc::clone(&house.server),
        config: config(""),
    };
    let node = off.start();
    pass(1).await;
    assert!(stored().expect("a record").contains("eve"));
    assert_eq!(node.reports.erase(of("eve")).await, Ok(true));
    assert!(!stored().expect("a record").contains("eve"));
    node.stop().await;
    let node = house.start();
    pass(6 * HOUR).await;
    let posts = house.posts();
    assert_eq!(posts.len(), 1);
    assert!(posts[0].contains("**3 calls**"), "{}", posts[0]);
    for name in ["bob", "amy", "eve"] {
        assert!(!posts[0].contains(name), "{}", posts[0]);
    }
    drop(node);
}

#[tokio::test(start_paused = true)]
async fn what_is_stored_may_be_damaged() {
    let house = House::new("18:00");
    for key in [CALLS_KEY, DAY_KEY] {
        let mut store = locked(&house.server.0.store);
        store.insert(key.to_owned(), b"no record".to_vec());
    }
    let mut node = house.start();
    pass(1).await;
    node.call("a", 5, None).await;
    pass(6 * HOUR).await;
    assert_eq!(house.posts().len(), 1);
    let store = locked(&house.server.0.store);
    for key in [CALLS_KEY, DAY_KEY] {
        assert!(store.contains_key(&format!("{key}-damaged")), "{key}");
    }
}

#[test]
fn a_report_of_any_size_fits_a_post() {
    let zones = TimeZones::default();
    let zone = Arc::from("");
    let clocks = Clocks {
        zones: &zones,
        zone: &zone,
    };
    let mut period = Period {
        ends: clock_start(),
        ..Period::default()
    };
    for n in 0..500u64 {
        let sum = period::Sum {
            description: Some("😀|*_`~".repeat(40)),
            answered: n,
            lost: n % 7,
            waited: u64::MAX,
            longest: u64::MAX,
            in_time: n,
            talks: 1,
            talked: u64::MAX,
        };
        period.queues.insert(format!("q{n}"), sum);
    }
    for n in 0..MAX_REPORTED_AGENTS {
        let agent = period::Agent {
            answered: u64::MAX,
            talks: 1,
            talked: u64::MAX,
        };
        period
            .agents
            .insert(format!("{}{n}", "agent".repeat(20)), agent);
    }
    for hour in &mut period.hours {
        *hour = period::Hour {
            answered: u64::MAX,
            lost: u64::MAX,
        };
    }
    for language in Language::ALL {
        let text = words::report(&period, language, &clocks, Timestamp(clock_start()));
        assert!(text.chars().count() < 16_383, "{}", text.len());
    }
    let text = words::report(
        &period,
        Language::English,
        &clocks,
        Timestamp(clock_start()),
    );
    let of = |what: &str| text.lines().filter(|line| line.starts_with(what)).count();
    assert_eq!(of("… and "), 2, "{text}");
}

fn clock_start() -> u64 {
    1_782_216_309_000
}

#[test]
fn bars_fit_their_row_and_begin_in_one_column() {
    let zones = TimeZones::default();
    let zone = Arc::from("");
    let clocks = Clocks {
        zones: &zones,
        zone: &zone,
    };
    let mut period = Period {
        // From 18:30 to 18:30.
        ends: 1_782_239_400_000,
        ..Period::default()
    };
    for (hour, answered, lost) in [(22, 1000, 1), (3, 0, 20), (18, 500, 0)] {
        period.hours[hour] = period::Hour { answered, lost };
    }
    let text = words::report(&period, Language::English, &clocks, Timestamp(period.ends));
    let rows: Vec<&str> = text.lines().filter(|line| line.contains(":00  ")).collect();
    assert_eq!(rows.len(), 21, "{text}");
    assert!(
        rows[0].starts_with("22:00  1000   1  █") && rows[20].starts_with("18:00   500   0  █")
    );
    let column = |row: &str| row.chars().position(|c| c == '█' || c == '░');
    for row in rows.iter().filter(|row| column(row).is_some()) {
        assert_eq!(column(row), Some(17), "{row}");
        assert!(row.chars().count() <= 17 + 41, "{row}");
    }
    assert!(rows[5].ends_with("03:00     0  20  ░"), "{}", rows[5]);
}
