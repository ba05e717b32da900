use std::sync::Arc;

use super::markup::{Of, View, Viewer, Zone};
use super::render;
use crate::board::{
    Action, Agent, AgentState, Board, Departure, Details, Device, Event, Name, Peer, QueueEvent,
    QueueReport, Report, Source, Timestamp,
};
use crate::language::Language;
use crate::live::SourceState;
use crate::time_zone::TimeZones;

const NOW: Timestamp = Timestamp(1_000_000);

fn ago(seconds: u64) -> Timestamp {
    Timestamp(NOW.0 - 1000 * seconds)
}

fn line(board: &mut Board, user: &str, action: &str, number: &str) {
    let report = Report {
        dialed: None,
        own_number: None,
        source: Source::Phone,
        user: Arc::from(user),
        action: Action::from_name(action).expect("an action"),
        peer: peer(number),
        reference: None,
        linked: None,
        queue: None,
    };
    board.apply(report, NOW);
}

fn peer(number: &str) -> Option<Peer> {
    (!number.is_empty()).then(|| Peer::new(number))
}

fn device(board: &mut Board, user: &str, device: Device) {
    let user: Name = Arc::from(user);
    board.apply(
        Event::Device {
            source: Source::Asterisk,
            user,
            device,
        },
        NOW,
    );
}

fn queue(board: &mut Board, queue: &str, event: QueueEvent) {
    let queue = Arc::from(queue);
    board.apply(
        Event::Queue(QueueReport {
            source: Source::Asterisk,
            queue,
            event,
        }),
        NOW,
    );
}

fn waits(caller: &str, number: &str, seconds: u64) -> QueueEvent {
    QueueEvent::Waits {
        dialed: None,
        own_number: None,
        caller: Arc::from(caller),
        peer: peer(number),
        since: ago(seconds),
    }
}

fn agent(name: &str, state: AgentState, pause: Option<&str>, seconds: u64) -> QueueEvent {
    QueueEvent::Agent(Agent {
        interface: Arc::from(format!("PJSIP/{name}")),
        name: Arc::from(name),
        state,
        paused: pause.is_some(),
        reason: pause.filter(|reason| !reason.is_empty()).map(Arc::from),
        since: ago(seconds),
        calls: 3,
    })
}

/// The page of that board in a language, on the wall or not.
fn shown(board: &Board, language: Language, wall: bool, sources: &[SourceState]) -> String {
    shown_of(board, language, wall, sources, Of::All)
}

/// The same, of a part of the board.
fn shown_of(
    board: &Board,
    language: Language,
    wall: bool,
    sources: &[SourceState],
    of: Of<'_>,
) -> String {
    let history: Vec<_> = board.history().cloned().collect();
    render::page(&View {
        snapshot: &board.snapshot(),
        history: &history,
        sources,
        now: NOW,
        zone: Zone {
            zones: &TimeZones::in_folder("/nowhere"),
            name: &Arc::from(""),
        },
        within: 20_000,
        of,
        language,
        viewer: Viewer::Trusted,
        wall,
        rings: false,
    })
}

fn page(board: &Board) -> String {
    shown(board, Language::English, false, &[])
}

/// What a reader without colours and signs has of a piece of HTML.
fn text(html: &str) -> String {
    let html = html
        .replace("</th><td", " | <td")
        .replace("</td><td", " | <td")
        .replace("</li><li>", "; ")
        .replace("</b><ul>", ": ")
        .replace("</div><div", " // <div");
    let mut out = String::new();
    for part in html.split('<') {
        out.push_str(part.split_once('>').map_or(part, |(_, text)| text));
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The rows of a part of the page.
fn rows(page: &str, part: &str) -> Vec<String> {
    let start = format!("<section id=\"{part}\"");
    let (_, section) = page.split_once(&start).expect("that part");
    let (section, _) = section.split_once("</section>").expect("its end");
    let (_, body) = section
        .split_once("<tbody role=\"rowgroup\">")
        .unwrap_or_default();
    let (body, _) = body.split_once("<tfoot").unwrap_or((body, ""));
    let rows = body.split("<tr").skip(1);
    rows.map(|row| text(&format!("<tr{row}"))).collect()
}

#[test]
fn a_line_shows_what_it_is_in_now() {
    let mut board = Board::new();
    for (user, told) in [
        ("a", Device::Free),
        ("b", Device::Ringing),
        ("c", Device::Busy),
        ("d", Device::Held),
        ("e", Device::Unreachable),
        ("f", Device::Unknown),
    ] {
        device(&mut board, user, told);
    }
    line(&mut board, "g", "incoming-call", "124");
    line(&mut board, "h", "dnd-off", "");
    line(&mut board, "i", "dnd-on", "");
    line(&mut board, "i", "outgoing-call", "125");
    line(&mut board, "j", "logout", "");
    line(&mut board, "k", "dnd-on", "");
    device(&mut board, "k", Device::Unreachable);
    assert_eq!(
        rows(&page(&board), "lines"),
        [
            "a | free | – | | |",
            "b | rings | – | | |",
            "c | in a call | – | | |",
            "d | on hold | – | | |",
            "e | not registered | – | | |",
            "f | unknown | – | | |",
            "g | rings | 1 | rings, from 124 0:00 | |",
            "h | free | – | | |",
            "i | calling do not disturb | 1 | calls 125 0:00 | |",
            "j | logged out | – | | |",
            "k | do not disturb not registered | – | | |",
        ]
    );
}

#[test]
fn a_line_shows_what_its_provider_tells_of_it() {
    let mut board = Board::new();
    let details = Details {
        description: Some(Arc::from("Gaëlle Becquet")),
        number: Some(Arc::from("0033972101010")),
        kind: Some(Arc::from("sipCirpack")),
        simultaneous: Some(2),
        registered: Some(ago(60)),
    };
    let event = Event::Details {
        source: Source::Ovh,
        user: Arc::from("gaelle"),
        details,
    };
    board.apply(event, NOW);
    line(&mut board, "gaelle", "incoming-call", "124");
    let mut labelled = Peer::new("124");
    labelled.label = Some(Arc::from("Miller GmbH"));
    board.apply(Event::Named(labelled), NOW);
    assert_eq!(
        rows(&page(&board), "lines"),
        [
            "Gaëlle Becquet gaelle 0033972101010 | rings | 1 of 2 | rings, from Miller GmbH 124 0:00 | sipCirpack | 00:15"
        ]
    );
}

#[test]
fn numbers_have_one_form_wherever_they_came_from() {
    let forms = [
        // As OVH, a phone and an Asterisk tell one number, with the country set.
        ("0033240404040", Some("+33240404040"), "+33240404040"),
        ("0240404040", Some("+33240404040"), "+33240404040"),
        ("+33 2 40 40 40 40", Some("+33240404040"), "+33240404040"),
        // Without a country.
        ("0033240404040", None, "+33240404040"),
        ("0240404040", None, "0240404040"),
        ("00331234••••", None, "+331234••••"),
        // Extensions.
        ("6001", None, "6001"),
        ("00123", None, "00123"),
        ("000240404040", None, "000240404040"),
        ("•••", None, "•••"),
    ];
    for (number, international, expected) in forms {
        for label in [None, Some("Miller")] {
            let mut board = Board::new();
            let report = Report {
                dialed: None,
                own_number: None,
                source: Source::Ovh,
                user: Arc::from("bob"),
                action: Action::from_name("incoming-call").expect("an action"),
                peer: Some(Peer {
                    international: international.map(Arc::from),
                    label: label.map(Arc::from),
                    ..Peer::new(number)
                }),
                reference: None,
                linked: None,
                queue: None,
            };
            board.apply(report, NOW);
            let who =
                label.map_or_else(|| expected.to_owned(), |name| format!("{name} {expected}"));
            let row = format!("bob | rings | 1 | rings, from {who} 0:00 | |");
            assert_eq!(rows(&page(&board), "lines"), [row], "{number}");
        }
    }
}

#[test]
fn a_call_from_a_queue_names_it_as_people_do() {
    let mut board = Board::new();
    let details = Details {
        description: Some(Arc::from("Orders and returns")),
        ..Details::default()
    };
    queue(&mut board, "orders", QueueEvent::Details(details));
    for (user, from) in [("bob", "orders"), ("carol", "gone")] {
        let report = Report {
            dialed: None,
            own_number: None,
            source: Source::Ovh,
            user: Arc::from(user),
            action: Action::from_name("incoming-call").expect("an action"),
            peer: peer("0301"),
            reference: None,
            linked: None,
            queue: Some(Arc::from(from)),
        };
        board.apply(report, NOW);
    }
    assert_eq!(
        rows(&page(&board), "lines"),
        [
            "bob | rings | 1 | rings, from 0301 Orders and returns 0:00 | |",
            "carol | rings | 1 | rings, from 0301 gone 0:00 | |",
        ]
    );
}

#[test]
fn a_queue_shows_who_waits_who_talks_and_who_takes_calls() {
    let mut board = Board::new();
    let support = |board: &mut Board, event| queue(board, "support", event);
    support(&mut board, agent("amy", AgentState::Free, None, 500));
    support(&mut board, agent("bob", AgentState::Talking, None, 61));
    support(
        &mut board,
        agent("carol", AgentState::Free, Some("Lunch"), 600),
    );
    support(&mut board, agent("dora", AgentState::Held, Some(""), 5));
    support(&mut board, agent("emil", AgentState::Unreachable, None, 5));
    support(&mut board, waits("1", "0240404040", 95));
    support(&mut board, waits("2", "", 7));
    support(&mut board, waits("3", "1", 300));
    support(&mut board, waits("4", "2", 10));
    let left = |caller: &str, how| {
        let caller = Arc::from(caller);
        QueueEvent::Left { caller, how }
    };
    support(&mut board, left("3", Departure::Abandoned));
    let agent = Some(Arc::from("bob"));
    support(&mut board, left("4", Departure::Answered { agent }));
    queue(&mut board, "sales", QueueEvent::Seen);
    let page = page(&board);
    assert_eq!(
        rows(&page, "queues"),
        [
            "sales | 0 | – | 0 | 0 | 0 | – | – | – | –",
            "support | 2 | 1:35 | 1 | 1 | 2 | 50% | 0:10 | – | 50%",
            "Waiting: 0240404040 1:35; unknown 0:07 // In calls: 2 ↔ bob 0:00 // Agents: amy free 8:20; bob in a call 1:01; \
             carol paused: Lunch 10:00; dora on hold, paused 0:05; emil not registered 0:05",
        ]
    );
    let (_, foot) = page.split_once("<tfoot role=\"rowgroup\">").expect("sums");
    let (foot, _) = foot.split_once("</tfoot>").expect("their end");
    assert_eq!(text(foot), "All queues | 2 | 1:35 | 1 | 1 | 2 | 50% |");
    assert_eq!(
        rows(&page, "agents"),
        [
            "amy | free | 8:20 | | 0 | support",
            "bob | in a call | 1:01 | 2 | 1 | support",
            "carol | paused: Lunch | 10:00 | | 0 | support",
            "dora | on hold paused | 0:05 | | 0 | support",
            "emil | not registered | 0:05 | | 0 | support",
        ]
    );
    assert_eq!(
        rows(&page, "history"),
        ["00:11 | support | 1 | | 5:00 | – | hung up while waiting"]
    );
}

#[test]
fn an_agent_of_several_queues_is_there_once() {
    let mut board = Board::new();
    for (name, pause) in [("sales", None), ("support", Some("Lunch"))] {
        queue(&mut board, name, agent("amy", AgentState::Free, pause, 9));
    }
    assert_eq!(
        rows(&page(&board), "agents"),
        ["amy | free paused in support (Lunch) | 0:09 | | 0 | sales, support"]
    );
}

#[test]
fn a_long_queue_is_cut_and_the_rest_is_counted() {
    let mut board = Board::new();
    for n in 0..25 {
        let (caller, seconds) = (n.to_string(), 100 - n);
        queue(&mut board, "support", waits(&caller, &caller, seconds));
    }
    let people = rows(&page(&board), "queues").remove(1);
    assert!(people.starts_with("Waiting: 0 1:40; 1 1:39;"), "{people}");
    assert!(people.ends_with("19 1:21; and 5 more"), "{people}");
}

#[test]
fn without_queues_or_pbx_nothing_is_said_of_them() {
    let mut board = Board::new();
    line(&mut board, "bob", "dnd-on", "");
    let page = page(&board);
    assert!(page.contains("<section id=\"queues\" aria-labelledby=\"queues-head\" hidden>"));
    assert!(page.contains("<section id=\"agents\" aria-labelledby=\"agents-head\" hidden>"));
    assert!(page.contains("<ul id=\"sources\"><li>Times are UTC.</li></ul>"));
}

#[test]
fn it_is_said_when_a_source_tells_nothing() {
    let source = |up, since| SourceState {
        name: "Asterisk".into(),
        up,
        since,
    };
    let told = |source| shown(&Board::new(), Language::French, false, &[source]);
    assert!(told(source(true, ago(60))).contains("<li class=\"up\">Asterisk est connecté</li>"));
    let page = told(source(false, ago(60)));
    let words = "Asterisk n’est plus connecté depuis 00:15\u{a0}: l’état de ses lignes est inconnu, leurs appels sont ceux d’alors";
    assert!(
        page.contains(&format!("<li class=\"down\">{words}</li>")),
        "{page}"
    );
}

#[test]
fn lines_and_agents_were_shown_as_free_while_their_pbx_was_gone() {
    let mut board = Board::new();
    line(&mut board, "url", "dnd-off", "");
    for (user, told) in [("a", Device::Free), ("b", Device::Unreachable)] {
        device(&mut board, user, told);
    }
    line(&mut board, "b", "dnd-on", "");
    queue(&mut board, "q", agent("a", AgentState::Free, None, 5));
    let gone = |up| {
        let source = SourceState {
            name: "Asterisk".into(),
            up,
            since: ago(60),
        };
        let signs = |page: &str| {
            let signs = page.split("<span class=\"state ").skip(1);
            let signs = signs.map(|rest| rest[..rest.find('"').expect("a quote")].to_owned());
            signs.collect::<Vec<_>>()
        };
        let page = shown(
            &board,
            Language::English,
            false,
            std::slice::from_ref(&source),
        );
        let beside = page.contains("<small>not registered</small>");
        let wall = shown(&board, Language::English, true, &[source]);
        let free = wall.split("free</span></dt><dd>").nth(1).expect("free");
        (signs(&page), beside, free[..1].to_owned())
    };
    let classes = |all: [&str; 5]| all.map(str::to_owned).to_vec();
    // The queue's agent, the agent, and the lines.
    let there = classes(["free", "free", "free", "dnd", "free"]);
    assert_eq!(gone(true), (there, true, "1".to_owned()));
    let unknown = classes(["unknown", "unknown", "unknown", "dnd", "free"]);
    assert_eq!(gone(false), (unknown, false, "0".to_owned()));
}

#[test]
fn the_wall_shows_so_many_queues_at_once_and_the_others_later() {
    let mut board = Board::new();
    for n in 10..24 {
        queue(&mut board, &format!("q{n}"), waits("1", "2", 21));
    }
    let wall = shown(&board, Language::German, true, &[]);
    // At 1,000,000 ms a second page of two is due every other ten seconds.
    assert_eq!(wall.matches("<article").count(), 12);
    assert!(wall.contains("Seite 1 von 2") && wall.contains("über 20 s"));
    assert!(!wall.contains("<table"));
    let empty = shown(&Board::new(), Language::German, true, &[]);
    assert!(empty.contains("Noch gibt es weder eine Warteschlange noch eine Leitung."));
}

#[test]
fn the_wall_of_an_office_without_queues_shows_its_lines() {
    let mut board = Board::new();
    for n in 10..33 {
        line(&mut board, &format!("l{n}"), "dnd-on", "");
    }
    line(&mut board, "l10", "call-established", "0240");
    let wall = shown(&board, Language::English, true, &[]);
    // At 1,000,000 ms the first page of two is due.
    assert_eq!(wall.matches("<article").count(), 20);
    assert!(wall.contains("Page 1 of 2"), "{wall}");
    let first = "<article class=\"tile line busy\"><h3><bdi>l10</bdi></h3>";
    let (_, tile) = wall.split_once(first).expect("busy");
    let tile = tile.split("</article>").next().unwrap_or_default();
    for words in ["in a call", "do not disturb", "<bdi>0240</bdi>"] {
        assert!(tile.contains(words), "{words}: {tile}");
    }
    queue(&mut board, "support", waits("1", "2", 21));
    let wall = shown(&board, Language::English, true, &[]);
    assert!(!wall.contains("tile line") && wall.contains("<bdi>support</bdi>"));
}

#[test]
fn a_queue_that_is_not_there_is_named_with_and_without_a_script() {
    let mut board = Board::new();
    line(&mut board, "bob", "dnd-on", "");
    let name = "<Sales>";
    let of = Of::Unknown(name);
    for wall in [false, true] {
        let page = shown_of(&board, Language::English, wall, &[], of);
        let words = "There is no queue \"<bdi>&lt;Sales&gt;</bdi>\".";
        assert!(page.contains(words), "{page}");
    }
}

#[test]
fn the_chart_says_in_words_what_it_shows() {
    let mut board = Board::new();
    line(&mut board, "bob", "incoming-call", "124");
    line(&mut board, "bob", "missed-call", "124");
    let page = page(&board);
    assert!(page.contains("<desc id=\"chart-about\">0 answered and 1 lost so far.</desc>"));
    assert_eq!(rows(&page, "chart"), ["00:00 | 0 | 1 | 0:00"]);
    let page = shown(&Board::new(), Language::English, false, &[]);
    assert!(page.contains("No call was counted yet today."));
}

#[test]
fn nothing_that_others_chose_becomes_markup() {
    let mut board = Board::new();
    let evil = "</script><script>\"'&\u{202e}";
    queue(&mut board, evil, waits("1", evil, 1));
    let paused = agent(evil, AgentState::Free, Some(evil), 1);
    queue(&mut board, evil, paused);
    device(&mut board, evil, Device::Unreachable);
    line(&mut board, evil, "incoming-call", evil);
    for wall in [false, true] {
        let page = shown(&board, Language::English, wall, &[]);
        assert!(page.contains("&lt;/script&gt;&lt;script&gt;&quot;&#39;&amp;"));
        assert!(!page.contains("<script>") && !page.contains('\u{202e}'));
        assert_eq!(page.matches("</script>").count(), 3, "its own");
    }
}

#[test]
fn each_language_has_all_the_words_of_the_script() {
    let script: String = [
        include_str!("../../../assets/board/cells.js"),
        include_str!("../../../assets/board/chart.js"),
        include_str!("../../../assets/board/controls.js"),
        include_str!("../../../assets/board/dashboard.js"),
        include_str!("../../../assets/board/rings.js"),
        include_str!("../../../assets/board/table.js"),
        include_str!("../../../assets/board/tables.js"),
        include_str!("../../../assets/board/text.js"),
        include_str!("../../../assets/board/wall.js"),
    ]
    .concat();
    let names = |mark: &'static str| {
        let parts = script.split(mark).skip(1);
        parts.map(|part| {
            let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            &part[..end.unwrap_or(part.len())]
        })
    };
    let used: Vec<&str> = names("words.").chain(names("say('")).collect();
    assert!(used.len() > 60);
    for language in Language::ALL {
        let page = shown(&Board::new(), language, false, &[]);
        let (_, words) = page.split_once("id=\"words\">").expect("words");
        let (words, _) = words.split_once("</script>").expect("their end");
        let words: serde_json::Value = serde_json::from_str(words).expect("JSON");
        for name in used.iter().filter(|name| !name.is_empty()) {
            assert!(words[*name].is_string(), "{name}");
        }
        let unused = words.as_object().expect("words").keys();
        let unused: Vec<&String> = unused
            .filter(|name| !name.starts_with("ended_") && !used.contains(&&***name))
            .collect();
        assert!(unused.is_empty(), "{unused:?} are in the page in vain");
    }
}
