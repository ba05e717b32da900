//! From the board to the posts.

use tokio::time::{Instant, sleep};

use super::*;
use crate::board::{Board, Event, Name, Timestamp};
use crate::host::HostErrorKind;
use crate::host::fake::{FakeServer, lock};

thread_local! {
    static STARTED: Instant = Instant::now();
}

/// The runtime's time, which tests let pass.
fn clock() -> Timestamp {
    let since = STARTED.with(|started| started.elapsed());
    Timestamp(1_000_000_000_000 + since.as_millis() as u64)
}

struct Office {
    server: FakeServer,
    board: Board,
    config: Config,
    posting: Arc<Posting<FakeServer>>,
    sink: PostSink<FakeServer>,
    _target: watch::Sender<Option<Target>>,
}

impl Office {
    fn new(style: PostStyle) -> Self {
        let server = FakeServer::default();
        let (target, receiver) = watch::channel(Some(Target {
            channel: "channel".into(),
            author: "author".into(),
        }));
        let posting = Posting::new(Arc::new(server.clone()), receiver, clock);
        Self {
            sink: posting.sink(),
            posting,
            server,
            board: Board::new(),
            config: Config {
                post_style: style,
                ..Config::default()
            },
            _target: target,
        }
    }

    fn phone(&mut self, line: &str, action: &str, number: &str) {
        let number = (!number.is_empty()).then_some(number);
        let event = Event::from(event(line, action, number));
        let changes = self.board.apply(event, clock());
        for change in &changes {
            self.sink.take(change, &self.config);
        }
    }

    /// What the channel shows once nothing waits.
    async fn posts(&self) -> Vec<String> {
        while self.posting.counts().waiting > 0 {
            sleep(Duration::from_millis(10)).await;
        }
        self.shown()
    }

    fn shown(&self) -> Vec<String> {
        let posts = lock(&self.server.0.posts);
        posts.iter().map(|post| post.message.clone()).collect()
    }
}

#[tokio::test(start_paused = true)]
async fn each_style_posts_its_own() {
    for (style, expected) in [
        (
            PostStyle::Classic,
            &[
                "bob DND on",
                "incoming call for bob from 5",
                "bob in call with 5",
                "bob ended call with 5",
            ][..],
        ),
        (PostStyle::Card, &["✔ 5 talked to bob for 1 s"]),
        (PostStyle::None, &[]),
    ] {
        let mut office = Office::new(style);
        office.phone("bob", "dnd-on", "");
        office.phone("bob", "incoming-call", "5");
        office.phone("bob", "call-established", "5");
        sleep(Duration::from_secs(1)).await;
        office.phone("bob", "call-terminated", "5");
        assert_eq!(office.posts().await, expected, "{style:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_phone_that_flaps_is_posted_once_more_when_it_is_calm() {
    let mut office = Office::new(PostStyle::Classic);
    for _ in 0..244 {
        office.phone("bob", "offhook", "");
        office.phone("eve", "dnd-on", "");
        office.phone("eve", "dnd-off", "");
        sleep(Duration::from_millis(100)).await;
    }
    for _ in 0..31 {
        office.phone("bob", "outgoing-call", "*5*");
    }
    assert_eq!(office.posts().await.len(), 4 * MAX_IN_WINDOW);
    assert_eq!(office.posting.counts().flapped, 3 * 214 + 1);
    sleep(Duration::from_millis(CALM + 100)).await;
    let mut told = office.posts().await.split_off(4 * MAX_IN_WINDOW);
    told.sort();
    assert_eq!(
        told,
        [
            "bob's phone reported `offhook` 214 more times; not posted",
            "bob's phone reported `outgoing-call` 1 more time, each with \\*5\\*; not posted",
            "eve's phone reported `dnd-off` 214 more times; not posted",
            "eve's phone reported `dnd-on` 214 more times; not posted",
        ]
    );
    // Afterwards everything is as before.
    office.phone("bob", "offhook", "");
    assert_eq!(
        office.posts().await.last().map(String::as_str),
        Some("bob connected")
    );
}

#[tokio::test(start_paused = true)]
async fn a_phone_that_flaps_for_an_hour_is_told_of_every_ten_minutes() {
    let mut office = Office::new(PostStyle::Classic);
    for _ in 0..3600 {
        office.phone("bob", "offhook", "");
        sleep(Duration::from_secs(1)).await;
    }
    sleep(Duration::from_millis(CALM)).await;
    let posts = office.posts().await;
    let told: Vec<_> = posts
        .iter()
        .filter(|post| post.contains("more times"))
        .collect();
    assert!((6..=7).contains(&told.len()), "{told:?}");
    let times = |post: &&String| -> u64 {
        let mut words = post.split(' ');
        words
            .nth(4)
            .and_then(|times| times.parse().ok())
            .expect("a number")
    };
    let told: u64 = told.iter().map(times).sum();
    assert_eq!(
        told + MAX_IN_WINDOW as u64,
        3600,
        "each event is posted or counted"
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_not_posted_is_told_at_the_stop() {
    for (style, language, expected) in [
        (
            PostStyle::Classic,
            Language::German,
            &["bob's phone reported `incoming-call` 10 more times, each with 5; not posted"][..],
        ),
        (
            PostStyle::Card,
            Language::German,
            &[
                "Das Telefon von bob hat noch 10-mal `incoming-call` gemeldet, stets mit 5; das steht hier nicht einzeln",
            ],
        ),
        (PostStyle::None, Language::English, &[]),
    ] {
        let mut office = Office::new(style);
        office.posting.set_language(language);
        for _ in 0..MAX_IN_WINDOW + 10 {
            office.phone("bob", "incoming-call", "5");
            office.phone("bob", "missed-call", "5");
        }
        assert_eq!(office.posting.stop(Duration::from_secs(5)).await, 0);
        let posts = office.shown();
        let told: Vec<_> = posts
            .iter()
            .filter(|post| post.contains("`incoming-call`"))
            .collect();
        assert_eq!(told, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn bursts_of_what_differs_are_posted_whole() {
    let mut office = Office::new(PostStyle::Classic);
    for n in 0..100 {
        office.phone("bob", "incoming-call", &format!("{}", 1_000_000 + n));
    }
    for _ in 0..25 {
        office.phone("bob", "dnd-on", "");
    }
    assert_eq!(office.posts().await.len(), 125);
}

#[tokio::test(start_paused = true)]
async fn calls_that_go_on_when_the_plugin_stops_say_so() {
    let mut office = Office::new(PostStyle::Card);
    office.phone("bob", "incoming-call", "5");
    office.phone("eve", "call-established", "6");
    office.phone("zoe", "call-established", "7");
    office.phone("zoe", "call-terminated", "7");
    office.posts().await;
    assert_eq!(office.posting.stop(Duration::from_secs(5)).await, 0);
    assert_eq!(
        office.shown(),
        [
            "🔔 5 calls bob … (no longer followed)",
            "📞 eve is talking to 6 … (no longer followed)",
            "✔ zoe talked to 7 for less than a second",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn cards_are_right_whatever_fails_meanwhile() {
    use HostErrorKind::Transient;
    for (first, second) in [
        ("create_post", "change_post"),
        ("change_post", "create_post"),
    ] {
        let mut office = Office::new(PostStyle::Card);
        office.server.fail(first, Transient);
        office.phone("bob", "incoming-call", "5");
        sleep(Duration::from_secs(20)).await;
        office.server.fail(second, Transient);
        office.phone("bob", "call-established", "5");
        sleep(Duration::from_secs(20)).await;
        office.server.mend();
        office.server.fail(second, Transient);
        sleep(Duration::from_secs(60)).await;
        office.phone("bob", "call-terminated", "5");
        sleep(Duration::from_secs(20)).await;
        office.server.mend();
        assert_eq!(office.posts().await, ["✔ 5 talked to bob for 1 min 20 s"]);
    }
}

/// A thousand people on calls at once, and a server that takes 300 ms for each thing that it is asked, of which a change is two.
#[tokio::test(start_paused = true)]
async fn a_thousand_calls_at_once_end_right_within_a_minute() {
    let mut office = Office::new(PostStyle::Card);
    office.server.slow(Duration::from_millis(450));
    let lines: Vec<Name> = (0..1000).map(|n| Name::from(format!("p{n}"))).collect();
    for action in ["incoming-call", "call-established", "call-terminated"] {
        for (n, line) in lines.iter().enumerate() {
            office.phone(line, action, &format!("{}", 1_000_000 + n));
        }
        sleep(Duration::from_secs(1)).await;
    }
    sleep(Duration::from_secs(59)).await;
    let shown = office.shown();
    assert_eq!(shown.len(), 1000);
    assert!(
        shown
            .iter()
            .all(|text| text.starts_with("✔ ") && text.contains(" talked to p"))
    );
    let counts = office.posting.counts();
    assert_eq!((counts.waiting, counts.given_up), (0, 0));
}
