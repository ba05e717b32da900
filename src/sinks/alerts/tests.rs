//! Queues in trouble: the state machine alone, and posts on a server in memory by a clock that stands still.

use proptest::prelude::*;
use tokio::sync::watch as channel;
use tokio::time::Instant;

use super::reading::{Beyond, Reading};
use super::watch::Said;
use super::*;
use crate::board::{Board, Departure, Details, Event, Peer, QueueEvent, QueueReport, Source, kept};
use crate::config::Bundle;
use crate::host::fake::{FakeServer, lock};
use crate::host::{ChannelId, UserId};
use crate::sinks::posts::Target;

const LIMITS: Limits = Limits {
    waiting: Some(5),
    longest: Some(120_000),
    service: Some(80),
};

const T: u64 = 1_800_000_000_000;

fn reading(waiting: u32, oldest: Option<u64>) -> Reading {
    Reading {
        waiting,
        oldest: oldest.map(|at| Timestamp(T + at)),
        ..Reading::default()
    }
}

/// A queue with a clock of its own, which looks whenever it is due.
#[derive(Default)]
struct Play {
    watch: Watch,
    last_post: u64,
    now: u64,
    reading: Option<Reading>,
    told: Vec<(u64, Telling)>,
}

impl Play {
    fn look(&mut self) {
        let now = Timestamp(T + self.now);
        let reading = self.reading;
        let telling = self
            .watch
            .look(reading.as_ref(), Some(&LIMITS), now, &mut self.last_post);
        self.told.extend(telling.map(|telling| (self.now, telling)));
        self.watch.finished(now);
        let due = self.watch.due(reading.as_ref(), Some(&LIMITS));
        assert!(
            due.is_none_or(|due| due > now),
            "{due:?} is not after {now:?}"
        );
    }

    /// Time passes, and every look that is due happens.
    fn pass(&mut self, millis: u64) {
        let end = self.now + millis;
        loop {
            let due = self.watch.due(self.reading.as_ref(), Some(&LIMITS));
            let Some(due) = due.map(|due| due.0 - T).filter(|due| *due <= end) else {
                break;
            };
            self.now = due;
            self.look();
        }
        self.now = end;
    }

    fn is(&mut self, reading: Reading) {
        self.reading = Some(reading);
        self.look();
    }

    /// What was told, in short, and when.
    fn short(&self) -> Vec<(u64, &'static str, u64)> {
        let short = |(at, telling): &(u64, Telling)| {
            let what = match telling.said {
                Said::Trouble { .. } if telling.is_new => "new",
                Said::Trouble { .. } => "trouble",
                Said::Well { .. } => "well",
                Said::Lost { .. } => "lost",
            };
            (*at, what, telling.post)
        };
        self.told.iter().map(short).collect()
    }
}

#[test]
fn limits_themselves_are_kept() {
    let now = Timestamp(T + 300_000);
    let of = |waiting, oldest, counted, in_time| Reading {
        counted,
        in_time,
        ..reading(waiting, oldest)
    };
    let nothing = Beyond::default();
    for (reading, expected, is_well) in [
        (of(5, Some(180_000), 10, 8), nothing, false),
        (of(4, Some(204_000), 100, 83), nothing, true),
        (of(4, Some(203_999), 100, 83), nothing, false),
        (of(0, None, 100, 82), nothing, false),
        (of(0, None, 0, 0), nothing, true),
        // Too few to say anything.
        (of(0, None, 9, 0), nothing, true),
        (
            of(6, None, 0, 0),
            Beyond {
                waiting: Some(6),
                ..nothing
            },
            false,
        ),
        (
            of(1, Some(179_999), 0, 0),
            Beyond {
                longest: Some(120_001),
                ..nothing
            },
            false,
        ),
        (
            of(0, None, 1000, 799),
            Beyond {
                service: Some(79),
                ..nothing
            },
            false,
        ),
    ] {
        assert_eq!(reading.beyond(&LIMITS, now), expected, "{reading:?}");
        assert_eq!(reading.is_well(&LIMITS, now), is_well, "{reading:?}");
    }
    let tight = Limits {
        waiting: Some(0),
        longest: None,
        service: Some(100),
    };
    assert!(of(0, None, 10, 10).is_well(&tight, now));
    assert!(!of(0, None, 100, 99).is_well(&tight, now));
}

#[test]
fn trouble_is_told_after_a_while_and_its_end_after_another() {
    let mut play = Play::default();
    play.is(reading(6, None));
    play.pass(14_999);
    assert_eq!(play.short(), []);
    play.pass(1);
    play.pass(10_000);
    play.is(reading(5, None));
    play.pass(100_000);
    play.is(reading(4, None));
    play.pass(59_999);
    assert_eq!(play.short(), [(15_000, "new", 1)]);
    play.pass(1);
    assert_eq!(play.short()[1..], [(185_000, "well", 1)]);
    let Said::Well {
        since,
        until,
        worst,
    } = play.told[1].1.said
    else {
        panic!("{:?}", play.told);
    };
    assert_eq!((since, until), (Timestamp(T), Timestamp(T + 125_000)));
    assert_eq!(
        worst,
        Beyond {
            waiting: Some(6),
            ..Beyond::default()
        }
    );
}

#[test]
fn a_moment_is_no_trouble_and_no_end() {
    let mut play = Play::default();
    for _ in 0..100 {
        play.is(reading(9, None));
        play.pass(10_000);
        play.is(reading(5, None));
        play.pass(5_000);
    }
    assert_eq!(play.short(), []);
    play.is(reading(9, None));
    play.pass(20_000);
    for _ in 0..10 {
        play.is(reading(0, None));
        play.pass(50_000);
        play.is(reading(9, None));
        play.pass(5_000);
    }
    let news: Vec<_> = play
        .short()
        .into_iter()
        .filter(|told| told.1 != "trouble")
        .collect();
    assert_eq!(news, [(1_515_000, "new", 1)]);
}

#[test]
fn somebody_who_waits_waits_longer_though_nothing_happens() {
    let mut play = Play::default();
    play.is(reading(1, Some(0)));
    play.pass(1_000_000);
    let told = play.short();
    assert_eq!(told[0], (135_001, "new", 1));
    // It is brought up to date now and then.
    assert_eq!(
        told[1..],
        [(435_001, "trouble", 1), (735_001, "trouble", 1)]
    );
}

#[test]
fn there_is_one_new_post_in_ten_minutes_and_what_happens_before_changes_it() {
    let mut play = Play::default();
    for _ in 0..8 {
        play.is(reading(9, None));
        play.pass(60_000);
        play.is(reading(0, None));
        play.pass(60_000);
    }
    let told = play.short();
    let new: Vec<_> = told.iter().filter(|told| told.1 == "new").collect();
    assert_eq!(new, [&(15_000, "new", 1), &(615_000, "new", 2)]);
    assert!(
        told.iter()
            .all(|(at, _, post)| *post == if *at < 615_000 { 1 } else { 2 })
    );
    assert_eq!(told.last().map(|told| told.1), Some("well"));
}

#[test]
fn another_limit_that_is_passed_is_told_at_once() {
    let mut play = Play::default();
    play.is(reading(6, Some(0)));
    play.pass(120_000);
    assert_eq!(play.short(), [(15_000, "new", 1)]);
    // Time alone does it.
    play.pass(1);
    assert_eq!(play.short()[1..], [(120_001, "trouble", 1)]);
    play.is(reading(7, Some(0)));
    assert_eq!(play.short().len(), 2);
}

#[test]
fn a_queue_that_is_gone_is_followed_no_longer() {
    let mut play = Play::default();
    play.is(reading(6, None));
    play.pass(20_000);
    play.reading = None;
    play.look();
    play.pass(30_000);
    // Its source was away for a moment.
    play.is(reading(6, None));
    play.pass(20_000);
    play.reading = None;
    play.look();
    play.pass(1_000_000);
    assert_eq!(play.short(), [(15_000, "new", 1), (130_000, "lost", 1)]);
    assert!(play.watch.is_idle());
}

#[test]
fn who_has_no_limits_any_more_is_followed_no_longer() {
    let mut play = Play::default();
    play.is(reading(6, None));
    play.pass(20_000);
    let now = Timestamp(T + play.now);
    let telling = play
        .watch
        .look(play.reading.as_ref(), None, now, &mut play.last_post);
    assert!(matches!(
        telling.map(|telling| telling.said),
        Some(Said::Lost { .. })
    ));
}

proptest! {
    /// Whatever happens: one new post in ten minutes at most, few changes, and a good end.
    #[test]
    fn it_never_flaps(steps in proptest::collection::vec((0u32..12, 0u64..400_000, any::<bool>(), 0u64..20, 1u64..90_000), 1..60)) {
        let mut play = Play::default();
        for (waiting, waited, is_here, in_time, pause) in steps {
            let oldest = Timestamp((T + play.now).saturating_sub(waited));
            play.reading = is_here.then_some(Reading {
                waiting,
                oldest: (waiting > 0).then_some(oldest),
                counted: 20,
                in_time,
            });
            play.look();
            play.pass(pause);
        }
        play.is(reading(0, None));
        play.pass(WELL_AFTER);
        let told = play.short();
        for (at, (when, ..)) in told.iter().enumerate() {
            let window: Vec<_> = told[at..].iter().take_while(|(later, ..)| later - when < ONE_POST_IN).collect();
            prop_assert!(window.iter().filter(|told| told.1 == "new").count() <= 1, "{told:?}");
            // Each end needs a minute of its own, and each beginning 15 s; two other limits, and an update in five minutes.
            let cycles = (ONE_POST_IN / (PASSES_AFTER + WELL_AFTER) + 1) as usize;
            prop_assert!(window.len() <= 4 * cycles + 2, "{told:?}");
        }
        // Each that begins ends, and nothing is told of one that is over.
        let mut in_trouble = false;
        for (_, what, _) in &told {
            match *what {
                "well" | "lost" => {
                    prop_assert!(in_trouble, "{told:?}");
                    in_trouble = false;
                }
                _ => in_trouble = true,
            }
        }
        prop_assert!(!in_trouble, "{told:?}");
        play.pass(ONE_POST_IN);
        prop_assert!(play.watch.is_idle());
    }
}

/// A clock that stands still with tokio's. It begins at 2026-06-23 12:05:09 UTC.
fn clock() -> Timestamp {
    thread_local! {
        static START: Instant = Instant::now();
    }
    let since = START.with(Instant::elapsed);
    Timestamp(1_782_216_309_000 + since.as_millis() as u64)
}

/// The whole part over a server in memory.
struct House {
    server: Arc<FakeServer>,
    alerts: Alerts<FakeServer>,
    sink: AlertSink<FakeServer>,
    channels: Arc<Channels<FakeServer>>,
    board: Board,
    config: Config,
    _target: channel::Sender<Option<Target>>,
}

impl House {
    fn new(limits: &str, channel: &str) -> Self {
        clock();
        let server = Arc::new(FakeServer::default());
        server.channel("sales", "helpdesk");
        let (target, main) = channel::channel(Some(Target {
            channel: ChannelId::from("phones-id"),
            author: UserId::from("author-id"),
        }));
        let channels = Arc::new(Channels::new(Arc::clone(&server), main));
        let finding = Arc::clone(&channels);
        tasks::spawn(async move { finding.run().await });
        let alerts = Alerts::new(
            Arc::clone(&channels),
            Arc::default(),
            Arc::new(|| true),
            clock,
        );
        let mut house = Self {
            server,
            sink: alerts.sink(),
            alerts,
            channels,
            board: Board::new(),
            config: Config::default(),
            _target: target,
        };
        house.configure(limits, channel);
        house
    }

    fn configure(&mut self, limits: &str, channel: &str) {
        let json = serde_json::json!({"TeamName": "sales", "AlertLimits": limits, "AlertChannel": channel});
        self.config = Config::parse(Bundle::of("switchboard"), json.to_string().as_bytes());
        let name = self
            .config
            .notices
            .alert_channel
            .clone()
            .unwrap_or_default();
        self.channels.configure("sales", vec![name]);
        self.alerts.configure(&self.config);
    }

    fn queue(&mut self, event: QueueEvent) {
        let report = QueueReport {
            source: Source::Asterisk,
            queue: "400".into(),
            event,
        };
        for change in self.board.apply(Event::Queue(report), clock()) {
            self.sink.take(&change, &self.config);
        }
    }

    fn waits(&mut self, caller: &str) {
        self.queue(QueueEvent::Waits {
            caller: caller.into(),
            peer: Some(Peer::new("0301")),
            dialed: None,
            own_number: None,
            since: clock(),
        });
    }

    fn left(&mut self, caller: &str, how: Departure) {
        self.queue(QueueEvent::Left {
            caller: caller.into(),
            how,
        });
    }

    /// What is posted now, and in which channel.
    fn posts(&self) -> Vec<(String, String)> {
        let posts = lock(&self.server.0.posts);
        let posts = posts.iter();
        posts
            .map(|post| (post.channel.as_str().to_owned(), post.message.clone()))
            .collect()
    }
}

async fn pass(seconds: u64) {
    sleep(Duration::from_secs(seconds)).await;
}

#[tokio::test(start_paused = true)]
async fn an_alert_is_posted_and_changed_when_the_queue_is_well() {
    let mut house = House::new(
        "*support*team: none\nsupport team: longest 2:00, waiting 1",
        "~helpdesk",
    );
    house.queue(QueueEvent::Details(Details {
        description: Some("Support @team".into()),
        ..Details::default()
    }));
    house.waits("1");
    pass(200).await;
    assert_eq!(house.posts(), [], "no limits under that name");
    house.queue(QueueEvent::Details(Details {
        description: Some("Support team".into()),
        ..Details::default()
    }));
    pass(20).await;
    let trouble =
        "⚠️ Queue **Support team**, since 12:08: the longest wait is 3:35 (limit: at most 2:00).";
    assert_eq!(
        house.posts(),
        [("helpdesk-id".to_owned(), trouble.to_owned())]
    );
    house.waits("2");
    pass(1).await;
    let more = "⚠️ Queue **Support team**, since 12:08: 2 callers wait (limit: at most 1) and the longest wait is 3:40 (limit: at most 2:00).";
    assert_eq!(house.posts()[0].1, more);
    house.left("1", Departure::Abandoned);
    house.left("2", Departure::Answered { agent: None });
    pass(61).await;
    let well = "✅ Queue **Support team** is well again since 12:08. Since 12:08 it had passed its limits: up to 2 waiting and the longest wait 3:41.";
    assert_eq!(house.posts(), [("helpdesk-id".to_owned(), well.to_owned())]);
}

/// The plugin starts again on another server, with the board as it was stored.
fn restarted(house: &House, limits: &str) -> House {
    let mut again = House::new(limits, "");
    again.board = kept(&house.board);
    again.sink.restored(&again.board, &again.config);
    again
}

#[tokio::test(start_paused = true)]
async fn trouble_from_before_a_restart_is_not_told_anew_and_the_next_is() {
    let mut house = House::new("*: waiting 0", "");
    house.waits("1");
    pass(20).await;
    assert_eq!(house.posts().len(), 1);
    let mut again = restarted(&house, "*: waiting 0");
    pass(60).await;
    again.left("1", Departure::Answered { agent: None });
    pass(61).await;
    assert_eq!(again.posts(), []);
    again.waits("2");
    pass(20).await;
    let text = "⚠️ Queue **400**, since 12:07: one caller waits (limit: at most 0).";
    assert_eq!(again.posts(), [("phones-id".to_owned(), text.to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn who_waited_before_a_restart_waits_on_after_it() {
    let mut house = House::new("*: longest 2:00", "");
    house.waits("1");
    pass(100).await;
    let again = restarted(&house, "*: longest 2:00");
    pass(40).await;
    let text = "⚠️ Queue **400**, since 12:07: the longest wait is 2:15 (limit: at most 2:00).";
    assert_eq!(again.posts(), [("phones-id".to_owned(), text.to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn alerts_go_to_the_phones_channel_unless_one_is_set() {
    let mut house = House::new("*: waiting 0", "");
    house.alerts.set_language(Language::German);
    house.waits("1");
    pass(20).await;
    let text =
        "⚠️ Warteschlange **400**, seit 12:05 Uhr: ein Anrufer wartet (Grenze: höchstens 0).";
    assert_eq!(house.posts(), [("phones-id".to_owned(), text.to_owned())]);
    // What goes on is told where alerts go from now on.
    house.configure("*: waiting 0", "~helpdesk");
    pass(20).await;
    assert_eq!(house.posts()[1].0, "helpdesk-id");
}

#[tokio::test(start_paused = true)]
async fn a_stop_says_that_nobody_follows_the_queue_any_more() {
    let mut house = House::new("*: waiting 0", "");
    house.waits("1");
    pass(20).await;
    house.channels.stop(Duration::from_secs(5)).await;
    let (_, text) = house.posts().remove(0);
    assert!(text.ends_with("… (no longer followed)"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn only_the_node_that_leads_tells() {
    let mut house = House::new("*: waiting 0", "");
    let channels = Arc::clone(&house.channels);
    house.alerts = Alerts::new(channels, Arc::default(), Arc::new(|| false), clock);
    house.sink = house.alerts.sink();
    house.alerts.configure(&house.config);
    house.waits("1");
    pass(20).await;
    assert_eq!(house.posts(), []);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_too_slow_is_told_of_after_ten_calls() {
    let mut house = House::new("*: service 80%", "");
    for caller in 0..20 {
        house.waits(&caller.to_string());
        pass(if caller % 2 == 0 { 5 } else { 30 }).await;
        house.left(&caller.to_string(), Departure::Answered { agent: None });
        if caller == 8 {
            pass(60).await;
            assert_eq!(house.posts(), []);
        }
    }
    pass(20).await;
    let (_, text) = house.posts().remove(0);
    assert!(
        text.ends_with("54% answered in time (limit: at least 80%)."),
        "{text}"
    );
    // The counters begin anew.
    for change in house.board.apply(Event::Reset(None), clock()) {
        house.sink.take(&change, &house.config);
    }
    pass(61).await;
    assert!(house.posts()[0].1.starts_with('✅'), "{:?}", house.posts());
}

#[test]
fn a_wait_that_just_passed_its_limit_reads_as_longer_in_each_language() {
    let beyond = Beyond {
        waiting: Some(6),
        longest: Some(120_001),
        service: Some(79),
    };
    let (since, until) = (Timestamp(T), Timestamp(T));
    for (language, trouble, well) in [
        (
            Language::English,
            "6 callers wait (limit: at most 5), the longest wait is 2:01 (limit: at most 2:00) and 79% answered in time (limit: at least 80%).",
            "the longest wait 2:01",
        ),
        (
            Language::German,
            "6 Anrufer warten (Grenze: höchstens 5), die längste Wartezeit ist 2:01 (Grenze: höchstens 2:00) und 79 % rechtzeitig angenommen (Grenze: mindestens 80 %).",
            "längste Wartezeit 2:01",
        ),
        (
            Language::French,
            "6 personnes attendent (limite : 5 au plus), l’attente la plus longue est de 2:01 (limite : 2:00 au plus) et 79 % pris à temps (limite : 80 % au moins).",
            "attente la plus longue 2:01",
        ),
    ] {
        let reader = words::Reader {
            language,
            offset: 0,
        };
        let post = |said: &Said| {
            let text = reader.post(&"support".into(), &LIMITS, said).0;
            // As one reads them: no line breaks at these blanks.
            text.replace(['\u{a0}', '\u{202f}'], " ")
        };
        let text = post(&Said::Trouble { since, beyond });
        assert!(text.ends_with(trouble), "{text}");
        let worst = beyond;
        let text = post(&Said::Well {
            since,
            until,
            worst,
        });
        assert!(text.contains(well), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_line_for_a_queue_that_nobody_knows_is_named_with_those_that_are() {
    let mut house = House::new(
        "suport: waiting 5\nSupport Team: none\n400: none\n*: waiting 9",
        "",
    );
    let said = |house: &House| house.alerts.unknown("AlertLimits").map(|p| p.to_string());
    assert_eq!(said(&house), None, "no queue is known yet");
    house.queue(QueueEvent::Details(Details::default()));
    let expected = "AlertLimits: names `suport` and `support team`, and no queue is called so now. The queues that are known now: `400`. \
        A line works once its queue is known.";
    assert_eq!(said(&house).as_deref(), Some(expected));
    house.queue(QueueEvent::Details(Details {
        description: Some("Support Team".into()),
        ..Details::default()
    }));
    let expected = "AlertLimits: names `suport`, and no queue is called so now. The queues that are known now: `400` (Support Team). \
        A line works once its queue is known.";
    assert_eq!(said(&house).as_deref(), Some(expected));
    // The log names it once.
    assert!(!house.alerts.shared.state().is_unknown_logged());
    pass(UNKNOWN_AFTER / 1000 + 1).await;
    assert!(house.alerts.shared.state().is_unknown_logged());
    house.configure("support team: waiting 5", "");
    assert_eq!(said(&house), None);
}

#[test]
fn many_unknown_queues_are_cut() {
    let lines = |n: usize| format!("queue{n:03}: waiting 1\n");
    let limits: String = (0..50).map(lines).collect();
    let mut state = State {
        limits: AlertLimits::parse(&limits).0,
        ..State::default()
    };
    for n in 50..100 {
        let mut queue = Queue::default();
        queue.followed.is_here = true;
        state.queues.insert(format!("queue{n:03}").into(), queue);
    }
    let (what, remedy) = state.unknown().expect("a notice");
    assert!(what.contains("`queue009` and 40 more"), "{what}");
    assert!(remedy.contains("`queue059` and 40 more"), "{remedy}");
}
