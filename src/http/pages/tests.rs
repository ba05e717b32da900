use std::sync::Arc;

use super::render::{Link, page};
use crate::board::{
    Action, Agent, AgentState, Board, Departure, Device, Event, Name, Peer, QueueEvent,
    QueueReport, Report, Source, Timestamp,
};

const NOW: Timestamp = Timestamp(1_000_000);

fn ago(seconds: u64) -> Timestamp {
    Timestamp(NOW.0 - 1000 * seconds)
}

fn line(board: &mut Board, user: &str, action: &str, number: &str) {
    let report = Report {
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
    board.apply(Event::Device { user, device }, NOW);
}

fn queue(board: &mut Board, queue: &str, event: QueueEvent) {
    let queue = Arc::from(queue);
    board.apply(Event::Queue(QueueReport { queue, event }), NOW);
}

fn waits(caller: &str, number: &str, seconds: u64) -> QueueEvent {
    QueueEvent::Waits {
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

/// The rows of the page, as a reader without colours and signs has them.
fn rows(page: &str) -> Vec<String> {
    let rows = page.split("<tr><th scope=\"row\">").skip(1);
    let text = |row: &str| {
        let row = row.split("</tr>").next().expect("a row");
        let row = row
            .replace("</th><td", " |<td")
            .replace("</td><td", " |<td")
            .replace("<br>", "; ")
            .replace("</li><li>", "; ")
            .replace("<ol>", ": ");
        let mut out = String::new();
        for part in row.split('<') {
            out.push_str(part.split_once('>').map_or(part, |(_, text)| text));
        }
        out
    };
    rows.map(text).collect()
}

#[test]
fn a_line_shows_its_device_where_its_phone_told_nothing() {
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
    let page = page(&board.snapshot(), None, NOW);
    assert_eq!(
        rows(&page),
        [
            "a |✔ free |",
            "b |🔔 rings |",
            "c |📞 in a call |",
            "d |📞 in a call, on hold |",
            "e |✖ not registered |",
            "f |⁇ not known |",
            "g |⁇ not known |rings, from 124",
        ]
    );
    assert!(page.contains(
        "<span class=\"grey\"><span class=\"icon\" aria-hidden=\"true\">✖</span> not registered"
    ));
}

#[test]
fn a_phones_own_words_stay_and_what_they_do_not_say_is_added() {
    let mut board = Board::new();
    for (user, told) in [
        ("a", Device::Free),
        ("b", Device::Busy),
        ("c", Device::Busy),
        ("d", Device::Unreachable),
        ("e", Device::Unknown),
    ] {
        line(&mut board, user, "onhook", "");
        device(&mut board, user, told);
    }
    line(&mut board, "c", "outgoing-call", "124");
    line(&mut board, "d", "outgoing-call", "125");
    assert_eq!(
        rows(&page(&board.snapshot(), None, NOW)),
        [
            "a |✔ on the hook |",
            "b |✔ on the hook; 📞 in a call |",
            "c |✔ on the hook |calls 124",
            "d |✔ on the hook; ✖ not registered |calls 125",
            "e |✔ on the hook |",
        ]
    );
}

#[test]
fn a_queue_shows_who_waits_and_who_takes_calls() {
    let mut board = Board::new();
    let support = |board: &mut Board, event| queue(board, "support", event);
    support(&mut board, waits("1", "0240404040", 95));
    support(&mut board, waits("2", "", 7));
    support(&mut board, waits("3", "1", 300));
    let how = Departure::Abandoned;
    let caller = Arc::from("3");
    support(&mut board, QueueEvent::Left { caller, how });
    support(&mut board, agent("amy", AgentState::Free, None, 500));
    support(&mut board, agent("bob", AgentState::Talking, None, 61));
    support(
        &mut board,
        agent("carol", AgentState::Free, Some("Lunch"), 600),
    );
    support(&mut board, agent("dora", AgentState::Held, Some(""), 5));
    support(&mut board, agent("emil", AgentState::Unreachable, None, 5));
    queue(&mut board, "sales", QueueEvent::Seen);
    let totals = QueueEvent::Totals {
        answered: 12,
        abandoned: 0,
    };
    queue(&mut board, "sales", totals);
    let page = page(&board.snapshot(), None, NOW);
    assert_eq!(
        rows(&page),
        [
            "sales |nobody |nobody |12 |0",
            "support |2: 0240404040 1:35; unknown 0:07 |✔ amy: free; 📞 bob: in a call 1:01; \
             ⏸ carol: paused (Lunch) 10:00; ⏸ dora: paused, in a call, on hold 0:05; ✖ emil: not registered |0 |1",
        ]
    );
    assert!(page.contains("<h2>Queues</h2>"));
}

#[test]
fn a_long_queue_is_cut_and_the_rest_is_counted() {
    let mut board = Board::new();
    for n in 0..25 {
        let (caller, seconds) = (n.to_string(), 100 - n);
        queue(&mut board, "support", waits(&caller, &caller, seconds));
    }
    let page = page(&board.snapshot(), None, NOW);
    assert!(page.contains("<strong>25</strong><ol><li>0 <"), "{page}");
    assert_eq!(page.matches("<li>").count(), 20);
    assert!(page.contains("and 5 more"));
}

#[test]
fn without_queues_or_pbx_nothing_is_said_of_them() {
    let mut board = Board::new();
    line(&mut board, "bob", "dnd-on", "");
    let page = page(&board.snapshot(), None, NOW);
    assert!(!page.contains("Queues") && !page.contains("class=\"link"));
}

#[test]
fn it_is_said_when_the_pbx_tells_nothing() {
    let board = Board::new().snapshot();
    let shown = |connected| {
        let text = "Asterisk <pbx> & what is to be said of it, which may be longer than a name is";
        page(&board, Some(Link { connected, text }), NOW)
    };
    let text =
        "Asterisk &lt;pbx&gt; &amp; what is to be said of it, which may be longer than a name is";
    let page = shown(true);
    assert!(page.contains(&format!("<p class=\"link\">{text} </p>")));
    let page = shown(false);
    let old = "<br>Calls and queues are shown as they were last known.";
    assert!(page.contains(&format!("<p class=\"link red\">{text} {old}</p>")));
}

#[test]
fn nothing_that_others_chose_becomes_markup() {
    let mut board = Board::new();
    let evil = "<script>\"'&\u{202e}";
    queue(&mut board, evil, waits("1", evil, 1));
    queue(
        &mut board,
        evil,
        agent(evil, AgentState::Free, Some(evil), 1),
    );
    device(&mut board, evil, Device::Unreachable);
    let page = page(&board.snapshot(), None, NOW);
    assert_eq!(page.matches("&lt;script&gt;&quot;&#39;&amp;").count(), 5);
    assert!(!page.contains("<script") && !page.contains('\u{202e}'));
}
