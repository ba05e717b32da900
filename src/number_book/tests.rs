//! Looking numbers up, from the event to the board, with a service on this machine.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::mpsc;
use tokio::time::{Duration, advance, timeout};

use super::*;
use crate::board::{Action, Board, ChangeKind, Report, Source, Timestamp};
use crate::config::Bundle;
use crate::outbound::Client;
use crate::outbound::tests::Server;

/// How long the test waits for what has to happen.
const SOON: Duration = Duration::from_secs(20);

fn config(lookup: &Server, more: &str) -> Config {
    let (url, host) = (lookup.url("/lookup?n={number}"), lookup.address);
    let json = format!(
        r#"{{"Country": "DE", "NumbersUsers": "6001:bob", "NumberBook": "030 1111111: Mum",
            "NumberLookupUrl": "{url}", "NumberLookupSecret": "hush", "AllowedHosts": "{host}"{more}}}"#
    );
    let config = Config::parse(Bundle::of("switchboard"), json.as_bytes());
    assert!(config.number_lookup.is_some(), "{:?}", config.problems);
    config
}

struct Playing {
    labels: Labels,
    lookup: Arc<Lookup>,
    names: mpsc::Receiver<Peer>,
    config: Config,
}

impl Playing {
    fn start(server: &Server) -> Self {
        let (lookup, asks) = Lookup::new();
        let (sender, names) = mpsc::channel(64);
        let (asks, client) = (Arc::new(asks), Arc::new(Client::default()));
        for _ in 0..MAX_ASKED_AT_ONCE {
            let (lookup, asks, client) =
                (Arc::clone(&lookup), Arc::clone(&asks), Arc::clone(&client));
            let sender = sender.clone();
            tokio::spawn(async move {
                while let Ok(name) = lookup.next(&asks, &client).await {
                    if let Some(peer) = name
                        && sender.send(peer).await.is_err()
                    {
                        return;
                    }
                }
            });
        }
        Self {
            labels: Labels::new(Arc::clone(&lookup)),
            lookup,
            names,
            config: config(server, ""),
        }
    }

    /// The other side of a call, labelled.
    fn peer(&self, number: &str) -> Peer {
        let mut event = call(number);
        self.labels.label(&mut event, &self.config);
        let Event::Line(report) = event else {
            panic!("another event");
        };
        report.peer.expect("a peer")
    }

    fn label(&self, number: &str) -> Option<String> {
        self.peer(number).label.map(|label| label.to_string())
    }

    async fn named(&mut self) -> Peer {
        let named = timeout(SOON, self.names.recv()).await;
        named.expect("in time").expect("a name")
    }

    /// Waits until so many questions came to their end.
    async fn ended(&self, wanted: u64) {
        let ended = async {
            loop {
                let counts = self.lookup.counts();
                if counts.found + counts.unknown + counts.failed >= wanted {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(SOON, ended).await.expect("in time");
    }
}

fn call(number: &str) -> Event {
    Event::Line(Report {
        dialed: None,
        own_number: None,
        source: Source::Phone,
        user: Name::from("bob"),
        action: Action::from_name("incoming-call").expect("an action"),
        peer: Some(Peer::new(number)),
        reference: None,
        linked: None,
        queue: None,
    })
}

fn json(name: &str) -> Vec<u8> {
    let body = format!("{{\"name\": \"{name}\"}}");
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}

fn unknown() -> Vec<u8> {
    b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec()
}

#[tokio::test]
async fn an_event_goes_through_at_once_and_its_name_follows() {
    let mut server = Server::start(|_| json("Miller & Sons")).await;
    let mut playing = Playing::start(&server);
    let mut board = Board::new();
    let mut event = call("030 1234567");
    playing.labels.label(&mut event, &playing.config);
    let changes = board.apply(event, Timestamp(1));
    assert!(changes.iter().any(|change| matches!(
        &change.kind,
        ChangeKind::CallBegan(call) if call.peer.as_ref().is_some_and(|peer| peer.shown() == "030 1234567")
    )));
    let named = playing.named().await;
    assert_eq!(named.label.as_deref(), Some("Miller & Sons"));
    let changes = board.apply(Event::Named(named), Timestamp(2));
    let shown: Vec<_> = changes
        .iter()
        .map(|change| match &change.kind {
            ChangeKind::CallChanged(call) => call.peer.as_ref().map(|p| p.shown().to_owned()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(shown, [Some("Miller & Sons".to_owned())]);
    let question = server.questions.recv().await.expect("a question");
    assert!(
        question.starts_with("GET /lookup?n=%2B49301234567 HTTP/1.1\r\n"),
        "{question}"
    );
    assert!(question.contains("\r\nAuthorization: Bearer hush\r\n"));
    // From now on it is known, in every form, and asked for no more.
    assert_eq!(
        playing.label("+49 30 1234567").as_deref(),
        Some("Miller & Sons")
    );
    assert_eq!(
        playing.label("0049301234567").as_deref(),
        Some("Miller & Sons")
    );
    assert_eq!(
        playing.lookup.counts(),
        Counts {
            found: 1,
            ..Counts::default()
        }
    );
    assert_eq!(
        playing
            .labels
            .known("030/1234567", &playing.config)
            .as_deref(),
        Some("Miller & Sons")
    );
    assert!(server.questions.try_recv().is_err());
}

#[tokio::test]
async fn the_book_is_asked_first_and_extensions_never() {
    let mut server = Server::start(|_| unknown()).await;
    let playing = Playing::start(&server);
    let mum = playing.peer("+49301111111");
    assert_eq!(
        (mum.shown(), mum.international.as_deref()),
        ("Mum", Some("+49301111111"))
    );
    for number in ["6002", "desk-4", "anonymous", ""] {
        assert_eq!(playing.peer(number), Peer::new(number));
    }
    let mut event = call("030 2222222");
    if let Event::Line(report) = &mut event {
        report.peer.as_mut().expect("a peer").name = Some(Name::from("alice"));
    }
    playing.labels.label(&mut event, &playing.config);
    assert_eq!(playing.label("030 3333333"), None);
    let question = timeout(SOON, server.questions.recv())
        .await
        .expect("in time");
    assert!(question.expect("a question").contains("%2B49303333333"));
    playing.ended(1).await;
    assert!(server.questions.try_recv().is_err());
    assert_eq!(playing.lookup.counts().unknown, 1);
    // It is known that nobody knows it.
    assert_eq!(playing.label("030 3333333"), None);
    assert_eq!(
        playing.lookup.counts().unknown + playing.lookup.counts().left_out,
        1
    );
}

#[tokio::test]
async fn who_waits_in_a_queue_is_labelled_too() {
    let server = Server::start(|_| unknown()).await;
    let playing = Playing::start(&server);
    let mut event = Event::Queue(crate::board::QueueReport {
        source: Source::Asterisk,
        queue: Name::from("support"),
        event: QueueEvent::Waits {
            dialed: None,
            own_number: None,
            caller: Arc::from("1"),
            peer: Some(Peer::new("0301111111")),
            since: Timestamp(1),
        },
    });
    playing.labels.label(&mut event, &playing.config);
    let Event::Queue(report) = event else {
        panic!("another event");
    };
    let QueueEvent::Waits { peer, .. } = report.event else {
        panic!("another event");
    };
    assert_eq!(peer.expect("a peer").shown(), "Mum");
}

#[tokio::test]
async fn one_number_is_asked_for_once_at_a_time() {
    let (release, released) = tokio::sync::watch::channel(false);
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let server = Server::start_with(move |_, mut stream| {
        count.fetch_add(1, Ordering::SeqCst);
        let mut released = released.clone();
        async move {
            use tokio::io::AsyncWriteExt as _;
            let _ = released.wait_for(|released| *released).await;
            let _ = stream.write_all(&json("Miller")).await;
        }
    })
    .await;
    let mut playing = Playing::start(&server);
    for number in [
        "030 1234567",
        "+49301234567",
        "0049301234567",
        "030 1234567",
    ] {
        assert_eq!(playing.label(number), None);
    }
    release.send_replace(true);
    playing.named().await;
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

/// What a service that answers so costs: no name, no panic, and after a few failures no question either.
async fn costs_a_name_only(answer: Vec<u8>, expected: &str) {
    let server = Server::start(move |_| answer.clone()).await;
    let playing = Playing::start(&server);
    for n in 0..3 {
        assert_eq!(playing.label(&format!("030 123456{n}")), None);
        playing.ended(n + 1).await;
    }
    let settings = playing.config.number_lookup.as_ref();
    let problem = playing.lookup.problem("NumberLookupUrl", settings);
    let problem = problem.expect("a problem").to_string();
    assert!(problem.contains(expected), "{problem}");
    assert!(
        !problem.contains("hush") && !problem.contains("lookup?"),
        "{problem}"
    );
    assert_eq!(playing.label("030 1234569"), None);
    let counts = playing.lookup.counts();
    assert_eq!((counts.failed, counts.left_out), (3, 1));
    assert_eq!(playing.lookup.problem("NumberLookupUrl", None), None);
}

#[tokio::test]
async fn a_service_that_talks_nonsense_costs_a_name_only() {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n";
    let mut html = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n".to_vec();
    html.resize(10 * 1024 * 1024, b'<');
    costs_a_name_only(html, "the answer's body has more than 65536 bytes").await;
    costs_a_name_only(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>".to_vec(),
        "`text/html` in place of JSON",
    )
    .await;
    costs_a_name_only(format!("{head}[1]").into_bytes(), "something else than").await;
    costs_a_name_only(
        b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n".to_vec(),
        "does not let us in",
    )
    .await;
    costs_a_name_only(
        b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n".to_vec(),
        "answers 500",
    )
    .await;
    costs_a_name_only(
        b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n".to_vec(),
        "none of the allowed hosts",
    )
    .await;
    costs_a_name_only(Vec::new(), "the connection ends before the answer does").await;
}

#[tokio::test]
async fn a_service_that_is_back_is_asked_again() {
    let works = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&works);
    let server = Server::start(move |_| match flag.load(Ordering::SeqCst) {
        true => json("Miller"),
        false => Vec::new(),
    })
    .await;
    let mut playing = Playing::start(&server);
    for n in 0..3 {
        playing.label(&format!("030 123456{n}"));
        playing.ended(n + 1).await;
    }
    tokio::time::pause();
    // Left alone for half a minute at first; then one number tries, and the next pause is twice as long.
    advance(Duration::from_secs(31)).await;
    tokio::time::resume();
    assert_eq!(playing.label("030 2000001"), None);
    assert_eq!(playing.label("030 2000002"), None);
    playing.ended(4).await;
    assert_eq!(playing.lookup.counts().failed, 4);
    assert_eq!(playing.lookup.counts().left_out, 1);
    tokio::time::pause();
    advance(Duration::from_secs(31)).await;
    tokio::time::resume();
    assert_eq!(playing.label("030 2000003"), None);
    assert_eq!(playing.lookup.counts().left_out, 2);
    works.store(true, Ordering::SeqCst);
    tokio::time::pause();
    advance(Duration::from_secs(31)).await;
    tokio::time::resume();
    assert_eq!(playing.label("030 2000004"), None);
    assert_eq!(playing.named().await.label.as_deref(), Some("Miller"));
    let settings = playing.config.number_lookup.as_ref();
    assert_eq!(playing.lookup.problem("x", settings), None);
}

#[tokio::test]
async fn no_more_wait_and_ask_than_may() {
    let most = Arc::new(Mutex::new((0, 0)));
    let seen = Arc::clone(&most);
    let server = Server::start_with(move |_, mut stream| {
        let seen = Arc::clone(&seen);
        async move {
            use tokio::io::AsyncWriteExt as _;
            {
                let mut seen = seen.lock().expect("no panic");
                seen.0 += 1;
                seen.1 = seen.1.max(seen.0);
            }
            for _ in 0..50 {
                tokio::task::yield_now().await;
            }
            seen.lock().expect("no panic").0 -= 1;
            let _ = stream.write_all(&unknown()).await;
        }
    })
    .await;
    let playing = Playing::start(&server);
    for n in 0..MAX_WAITING + 50 {
        playing.label(&format!("030 {:07}", 1_000_000 + n));
    }
    playing.ended(MAX_WAITING as u64).await;
    let counts = playing.lookup.counts();
    assert_eq!((counts.unknown, counts.left_out), (MAX_WAITING as u64, 50));
    assert!(most.lock().expect("no panic").1 <= MAX_ASKED_AT_ONCE);
}

#[tokio::test]
async fn another_service_knows_other_names() {
    let one = Server::start(|_| json("One")).await;
    let two = Server::start(|_| json("Two")).await;
    let mut playing = Playing::start(&one);
    assert_eq!(playing.label("030 1234567"), None);
    playing.named().await;
    playing.config = config(&two, "");
    assert_eq!(playing.label("030 1234567"), None);
    assert_eq!(playing.named().await.label.as_deref(), Some("Two"));
    playing.config = config(&two, r#", "NumberLookupSecret2": "x""#);
    assert_eq!(playing.label("030 1234567").as_deref(), Some("Two"));
    playing.config.number_lookup = None;
    assert_eq!(playing.label("030 1234567"), None);
}
