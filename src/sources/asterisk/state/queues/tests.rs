use std::collections::HashMap;
use std::fmt::Write;

use asterisk_rs_ami::AmiCodec;
use bytes::BytesMut;
use proptest::prelude::*;
use tokio_util::codec::Decoder;

use super::*;
use crate::board::{Agent, AgentState, Board, Ending, Event, MAX_AGENTS, MAX_WAITING, QueueView};
use crate::config::{DialPatterns, NumbersUsers};

/// The messages of a recording.
pub(in super::super) fn messages(recording: &[u8]) -> Vec<RawAmiMessage> {
    let (mut codec, mut bytes) = (AmiCodec::new(), BytesMut::from(recording));
    let mut found = Vec::new();
    while let Some(message) = codec.decode(&mut bytes).expect("a recording can be read") {
        found.push(message);
    }
    found
}

fn view(numbers: &str) -> View {
    View {
        numbers: NumbersUsers::parse(numbers).0,
        extensions: DialPatterns::default(),
        context: "from-internal".to_owned(),
    }
}

/// All that is known without hints.
impl Lines for View {
    fn extension(&self, _device: &str) -> Option<Arc<str>> {
        None
    }

    fn view(&self) -> &View {
        self
    }
}

/// A follower with a board behind it.
struct Play {
    queues: Queues,
    view: View,
    board: Board,
    now: Timestamp,
    reports: Vec<QueueReport>,
    /// How each queue looked, each time that it looked otherwise.
    seen: BTreeMap<Name, Vec<String>>,
}

impl Play {
    fn new(numbers: &str) -> Self {
        Self {
            queues: Queues::default(),
            view: view(numbers),
            board: Board::new(),
            now: Timestamp(1_900_000_000_000),
            reports: Vec::new(),
            seen: BTreeMap::new(),
        }
    }

    fn act(&mut self, act: impl FnOnce(&mut Queues, &View, Timestamp, &mut Vec<QueueReport>)) {
        let mut out = Vec::new();
        act(&mut self.queues, &self.view, self.now, &mut out);
        for report in out {
            self.board.apply(Event::Queue(report.clone()), self.now);
            self.reports.push(report);
        }
        for queue in self.board.snapshot().queues {
            let (looks, seen) = (shown(&queue), self.seen.entry(queue.name).or_default());
            if seen.last() != Some(&looks) {
                seen.push(looks);
            }
        }
    }

    fn message(&mut self, message: &RawAmiMessage) {
        self.act(|queues, view, now, out| queues.message(message, view, now, out));
    }

    fn event(&mut self, event: &str, headers: &[(&str, &str)]) {
        self.message(&made(event, headers));
    }

    fn begin_seed(&mut self) {
        self.queues.begin_seed();
    }

    fn end_seed(&mut self, complete: bool) {
        self.act(|queues, _, now, out| queues.end_seed(complete, now, out));
    }

    fn wait(&mut self, millis: u64) {
        self.now = self.now.after(millis);
        self.act(|queues, _, now, out| queues.expire(now, out));
    }

    /// The whole recording, whose lists are taken for seeds.
    fn recording(mut self, recording: &[u8]) -> Self {
        for message in messages(recording) {
            if message.get("Message") == Some("Queue status will follow") {
                self.begin_seed();
            }
            self.message(&message);
            if message.get("Event") == Some("QueueStatusComplete") {
                self.end_seed(true);
            }
        }
        self
    }

    fn looks(&self, queue: &str) -> &str {
        self.seen[queue].last().expect("a look")
    }

    fn agent(&self, interface: &str) -> Agent {
        let queues = self.board.snapshot().queues;
        let mut agents = queues.into_iter().flat_map(|queue| queue.agents);
        let found = agents.find(|agent| &*agent.interface == interface);
        found.expect("that agent")
    }

    /// What became of the callers.
    fn departures(&self) -> Vec<Departure> {
        let how = |report: &QueueReport| match &report.event {
            QueueEvent::Left { how, .. } => Some(how.clone()),
            _ => None,
        };
        self.reports.iter().filter_map(how).collect()
    }
}

fn made(event: &str, headers: &[(&str, &str)]) -> RawAmiMessage {
    let mut all = vec![("Event".to_owned(), event.to_owned())];
    all.extend(
        headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    RawAmiMessage {
        headers: all,
        output: Vec::new(),
        channel_variables: HashMap::new(),
    }
}

/// `6001 waits; Dora rings, Emil free; 0 answered, 0 abandoned`
fn shown(queue: &QueueView) -> String {
    let mut text = String::new();
    for waiting in &queue.waiting {
        let peer = waiting.peer.as_ref().map_or("?", |peer| peer.shown());
        write!(text, "{peer} ").expect("written");
    }
    text.push_str(if queue.waiting.is_empty() {
        "nobody waits; "
    } else {
        "waits; "
    });
    for agent in &queue.agents {
        let state = format!("{:?}", agent.state).to_lowercase();
        write!(text, "{} {state}", agent.name).expect("written");
        if agent.paused {
            write!(text, " paused ({})", agent.reason.as_deref().unwrap_or("-")).expect("written");
        }
        text.push_str(", ");
    }
    write!(
        text,
        "{} answered, {} abandoned",
        queue.counters.answered, queue.counters.abandoned
    )
    .expect("written");
    text
}

/// The looks that are expected come in this order, the first one first; others may be in between. At last nobody waits, and
/// the counts are those of the last one. (A recording may end before what the phones are in is told.)
#[track_caller]
fn assert_came(seen: &[String], expected: &[&str]) {
    assert_eq!(seen[0], expected[0]);
    let mut left = seen.iter();
    for look in expected {
        let came = left.any(|seen| seen == look);
        assert!(came, "no {look:?} in its place in {seen:#?}");
    }
    let counts = |look: &str| {
        look.rsplit(", ")
            .take(2)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let last = seen.last().expect("a look");
    assert!(last.starts_with("nobody waits; "), "{seen:#?}");
    assert_eq!(
        counts(last),
        counts(expected[expected.len() - 1]),
        "{seen:#?}"
    );
}

fn answered(agent: &str) -> Departure {
    Departure::Answered {
        agent: Some(Arc::from(agent)),
    }
}

macro_rules! recording {
    ($name:literal) => {
        include_bytes!(concat!(
            "../../../../../tests/asterisk/recordings/least/",
            $name,
            ".ami"
        ))
    };
}

#[test]
fn a_call_is_answered_by_one_of_two_who_ring() {
    let play = Play::new("").recording(recording!("queue-answered"));
    assert_came(
        &play.seen["support"],
        &[
            "nobody waits; 0 answered, 0 abandoned",
            "nobody waits; Dora free, Emil free, 0 answered, 0 abandoned",
            "6001 waits; Dora free, Emil free, 0 answered, 0 abandoned",
            "6001 waits; Dora ringing, Emil ringing, 0 answered, 0 abandoned",
            "nobody waits; Dora talking, Emil free, 1 answered, 0 abandoned",
            "nobody waits; Dora free, Emil free, 1 answered, 0 abandoned",
        ],
    );
    assert_eq!(play.departures(), [answered("Dora")]);
    let call = play.board.history().next().expect("a call");
    assert_eq!(call.agent.as_deref(), Some("Dora"));
    assert!(call.talk.is_some(), "{call:?}");
    assert_eq!(play.board.snapshot().queues[1].talking, []);
    assert_eq!(play.agent("Local/6004@from-queue/n").calls, 1);
    assert_eq!(
        play.looks("sales"),
        "nobody waits; Carol unreachable, 0 answered, 0 abandoned"
    );
}

#[test]
fn a_caller_gives_up() {
    let play = Play::new("6001:alice,0240404040:jean").recording(recording!("queue-abandoned"));
    let call = play.board.history().next().expect("a call");
    assert_eq!((call.ending, call.talk), (Ending::Abandoned, None));
    assert_came(
        &play.seen["support"],
        &[
            "nobody waits; 0 answered, 0 abandoned",
            "jean waits; Dora free, Emil free, 0 answered, 0 abandoned",
            "jean waits; Dora ringing, Emil ringing, 0 answered, 0 abandoned",
            "nobody waits; Dora free, Emil free, 0 answered, 1 abandoned",
        ],
    );
    assert_eq!(play.departures(), [Departure::Abandoned]);
}

#[test]
fn an_agent_declines_and_answers_the_second_time() {
    let play = Play::new("6003:carol,6001:alice").recording(recording!("queue-agent-declines"));
    assert_came(
        &play.seen["sales"],
        &[
            "nobody waits; 0 answered, 0 abandoned",
            "alice waits; carol free, 0 answered, 0 abandoned",
            "alice waits; carol ringing, 0 answered, 0 abandoned",
            "alice waits; carol free, 0 answered, 0 abandoned",
            "alice waits; carol ringing, 0 answered, 0 abandoned",
            "nobody waits; carol talking, 1 answered, 0 abandoned",
            "nobody waits; carol free, 1 answered, 0 abandoned",
        ],
    );
    assert_eq!(play.departures(), [answered("carol")]);
}

#[test]
fn an_agent_whose_phone_is_the_member_answers() {
    let play = Play::new("").recording(recording!("queue-direct-member"));
    assert_came(
        &play.seen["sales"],
        &[
            "nobody waits; 0 answered, 0 abandoned",
            "6001 waits; Carol ringing, 0 answered, 0 abandoned",
            "nobody waits; Carol talking, 1 answered, 0 abandoned",
        ],
    );
}

#[test]
fn members_pause_come_and_go() {
    let play = Play::new("6004:dora").recording(recording!("queue-members"));
    assert_came(
        &play.seen["support"],
        &[
            "nobody waits; 0 answered, 0 abandoned",
            "nobody waits; Emil unreachable, dora free, 0 answered, 0 abandoned",
            "nobody waits; Emil unreachable, dora free paused (Lunch, back soon), 0 answered, 0 abandoned",
            "nobody waits; Emil unreachable, dora free, 0 answered, 0 abandoned",
            "nobody waits; Alice free, Emil unreachable, dora free, 0 answered, 0 abandoned",
            "nobody waits; Alice free paused (-), Emil unreachable, dora free, 0 answered, 0 abandoned",
            "nobody waits; Emil unreachable, dora free, 0 answered, 0 abandoned",
        ],
    );
    let found = play.queues.interfaces("6004");
    assert_eq!(
        found,
        [(Arc::from("support"), Arc::from("Local/6004@from-queue/n"))]
    );
    assert_eq!(play.queues.interfaces("6001"), []);
}

/// Who sees everything gets many more events; none of them means anything else.
#[test]
fn the_rights_of_the_account_change_nothing() {
    for (least, all) in [
        (
            &recording!("queue-answered")[..],
            &include_bytes!("../../../../../tests/asterisk/recordings/queue-answered.ami")[..],
        ),
        (
            recording!("queue-agent-declines"),
            include_bytes!("../../../../../tests/asterisk/recordings/queue-agent-declines.ami"),
        ),
    ] {
        let (least, all) = (Play::new("").recording(least), Play::new("").recording(all));
        let counts = |play: &Play| {
            let queues = play.board.snapshot().queues.into_iter();
            queues
                .map(|queue| (queue.name, queue.counters.answered))
                .collect::<Vec<_>>()
        };
        assert_eq!(counts(&least), counts(&all));
        assert_eq!(least.departures(), all.departures());
    }
}

const SUPPORT: (&str, &str) = ("Queue", "support");
const DORA: (&str, &str) = ("Interface", "Local/6004@from-queue/n");

fn join(play: &mut Play, id: &str, number: &str) {
    play.event(
        "QueueCallerJoin",
        &[SUPPORT, ("Uniqueid", id), ("CallerIDNum", number)],
    );
}

/// A queue "support" with Dora in it and someone who waits.
fn waiting() -> Play {
    let mut play = Play::new("");
    play.event(
        "QueueMemberAdded",
        &[
            SUPPORT,
            DORA,
            ("MemberName", "Dora"),
            ("Status", "1"),
            ("Paused", "0"),
        ],
    );
    join(&mut play, "1.1", "124");
    play
}

#[test]
fn who_leaves_without_a_word_went_elsewhere() {
    let mut play = waiting();
    play.event("QueueCallerLeave", &[SUPPORT, ("Uniqueid", "1.1")]);
    play.wait(ANSWER_LIMIT - 1);
    assert_eq!(play.departures(), []);
    play.wait(1);
    assert_eq!(play.departures(), [Departure::Elsewhere]);
    assert_eq!(
        play.looks("support"),
        "nobody waits; Dora free, 0 answered, 0 abandoned"
    );
}

#[test]
fn a_late_answer_counts_all_the_same_but_once() {
    let mut play = waiting();
    play.event("QueueCallerLeave", &[SUPPORT, ("Uniqueid", "1.1")]);
    play.wait(ANSWER_LIMIT);
    for _ in 0..2 {
        play.event("AgentConnect", &[SUPPORT, DORA, ("Uniqueid", "1.1")]);
    }
    assert_eq!(
        play.looks("support"),
        "nobody waits; Dora talking, 1 answered, 0 abandoned"
    );
}

#[test]
fn who_hangs_up_or_waits_in_another_queue_waits_no_more() {
    let mut play = waiting();
    play.event(
        "Hangup",
        &[("Uniqueid", "1.1"), ("Channel", "PJSIP/trunk-1")],
    );
    assert_eq!(play.departures(), [Departure::Elsewhere]);
    join(&mut play, "1.2", "125");
    play.event("QueueCallerLeave", &[SUPPORT, ("Uniqueid", "1.2")]);
    play.event(
        "QueueCallerJoin",
        &[
            ("Queue", "sales"),
            ("Uniqueid", "1.2"),
            ("CallerIDNum", "125"),
        ],
    );
    assert_eq!(
        play.departures(),
        [Departure::Elsewhere, Departure::Elsewhere]
    );
    assert_eq!(play.looks("sales"), "125 waits; 0 answered, 0 abandoned");
    assert_eq!(
        play.looks("support"),
        "nobody waits; Dora free, 0 answered, 0 abandoned"
    );
}

/// Asterisk tells what a member's phone is in on a scale of its own, by numbers that mean something else for extensions.
#[test]
fn a_members_status_is_a_device_state() {
    for (status, state) in [
        ("0", AgentState::Unknown),
        ("1", AgentState::Free),
        ("2", AgentState::Talking),
        ("3", AgentState::Talking),
        ("4", AgentState::Unreachable),
        ("5", AgentState::Unreachable),
        ("6", AgentState::Ringing),
        ("7", AgentState::Talking),
        ("8", AgentState::Held),
        ("9", AgentState::Unknown),
        ("", AgentState::Unknown),
    ] {
        let mut play = waiting();
        play.event("QueueMemberStatus", &[SUPPORT, DORA, ("Status", status)]);
        assert_eq!(play.agent(DORA.1).state, state, "{status}");
    }
}

#[test]
fn a_pause_lasts_whatever_the_phone_does() {
    let mut play = waiting();
    let began = play.now.after(5000);
    play.wait(5000);
    play.event(
        "QueueMemberPause",
        &[
            SUPPORT,
            DORA,
            ("Paused", "1"),
            ("PausedReason", "Lunch"),
            ("LastPause", "1"),
        ],
    );
    assert_eq!(
        play.agent(DORA.1).since,
        began,
        "an event is told when it happens"
    );
    play.wait(5000);
    play.event(
        "QueueMemberStatus",
        &[
            SUPPORT,
            DORA,
            ("Status", "2"),
            ("Paused", "1"),
            ("PausedReason", "Lunch"),
        ],
    );
    let dora = play.agent(DORA.1);
    assert_eq!((dora.state, dora.since), (AgentState::Talking, began));
    play.wait(5000);
    play.event(
        "QueueMemberPause",
        &[SUPPORT, DORA, ("Paused", "0"), ("PausedReason", "")],
    );
    let dora = play.agent(DORA.1);
    assert_eq!(
        (dora.paused, dora.reason, dora.since),
        (false, None, play.now)
    );
}

fn seed(play: &mut Play, waiting: &[&str], member: &[(&str, &str)]) {
    play.begin_seed();
    play.event(
        "QueueParams",
        &[SUPPORT, ("Completed", "7"), ("Abandoned", "3")],
    );
    play.event(
        "QueueMember",
        &[&[SUPPORT, ("Location", DORA.1), ("Name", "Dora")], member].concat(),
    );
    for id in waiting {
        play.event(
            "QueueEntry",
            &[
                SUPPORT,
                ("Uniqueid", id),
                ("CallerIDNum", "124"),
                ("Wait", "90"),
            ],
        );
    }
    play.event("QueueStatusComplete", &[]);
    play.end_seed(true);
}

#[test]
fn a_list_tells_since_when() {
    let mut play = Play::new("");
    let pause = play.now.0 / 1000 - 600;
    let pause = pause.to_string();
    seed(
        &mut play,
        &["1.1"],
        &[
            ("Status", "1"),
            ("Paused", "1"),
            ("LastPause", &pause),
            ("InCall", "0"),
        ],
    );
    let queue = &play.board.snapshot().queues[0];
    assert_eq!(queue.waiting[0].since, Timestamp(play.now.0 - 90_000));
    assert_eq!(queue.agents[0].since, Timestamp(play.now.0 - 600_000));
    assert_eq!((queue.counters.answered, queue.counters.abandoned), (7, 3));
}

/// Asterisk counts a call when it is over, the board when it is answered.
#[test]
fn who_talks_while_lists_come_was_answered() {
    let mut play = Play::new("");
    seed(
        &mut play,
        &[],
        &[("Status", "1"), ("Paused", "0"), ("InCall", "1")],
    );
    assert_eq!(
        play.looks("support"),
        "nobody waits; Dora talking, 8 answered, 3 abandoned"
    );
    play.event("AgentComplete", &[SUPPORT, DORA, ("Uniqueid", "1.1")]);
    assert_eq!(
        play.looks("support"),
        "nobody waits; Dora free, 8 answered, 3 abandoned"
    );
}

#[test]
fn after_a_lost_link_the_lists_tell_what_is_left() {
    let mut play = waiting();
    let joined = play.now;
    join(&mut play, "1.2", "125");
    play.event(
        "QueueCallerJoin",
        &[("Queue", "sales"), ("Uniqueid", "1.3")],
    );
    play.event(
        "QueueMemberAdded",
        &[SUPPORT, ("Interface", "PJSIP/6005"), ("Status", "1")],
    );
    play.wait(10_000);
    play.act(|queues, _, now, out| queues.lost(now, out));
    assert_eq!(
        play.looks("support"),
        "124 125 waits; 6005 unknown, Dora unknown, 0 answered, 0 abandoned"
    );
    play.wait(10_000);
    seed(
        &mut play,
        &["1.1"],
        &[("Status", "1"), ("Paused", "0"), ("InCall", "0")],
    );
    assert_eq!(
        play.looks("support"),
        "124 waits; Dora free, 7 answered, 3 abandoned"
    );
    let queues = play.board.snapshot().queues;
    assert_eq!(queues.len(), 1, "sales is no longer there");
    assert_eq!(queues[0].waiting[0].since, joined, "no wait begins anew");
    assert_eq!(
        play.agent(DORA.1).since,
        joined,
        "nor does what is as it was"
    );
    assert_eq!(
        play.departures(),
        [Departure::Elsewhere, Departure::Elsewhere]
    );
}

#[test]
fn a_list_that_did_not_come_whole_ends_nothing() {
    let mut play = waiting();
    play.begin_seed();
    play.event(
        "QueueParams",
        &[("Queue", "sales"), ("Completed", "1"), ("Abandoned", "0")],
    );
    play.end_seed(false);
    assert_eq!(
        play.looks("support"),
        "124 waits; Dora free, 0 answered, 0 abandoned"
    );
    assert_eq!(play.looks("sales"), "nobody waits; 1 answered, 0 abandoned");
}

#[test]
fn what_happens_before_a_list_comes_is_kept() {
    let mut play = waiting();
    play.begin_seed();
    play.event("QueueMemberStatus", &[SUPPORT, DORA, ("Status", "2")]);
    join(&mut play, "1.2", "125");
    play.end_seed(true);
    assert_eq!(
        play.looks("support"),
        "125 waits; Dora talking, 0 answered, 0 abandoned"
    );
}

#[test]
fn people_are_named_anew_when_numbers_are() {
    let mut play = waiting();
    play.view = view("6004:dora.d,124:jean");
    play.act(|queues, view, now, out| queues.rename(view, now, out));
    assert_eq!(
        play.looks("support"),
        "jean waits; dora.d free, 0 answered, 0 abandoned"
    );
    play.act(|queues, _, _, out| queues.clear(out));
    assert_eq!(play.board.snapshot().queues, []);
    assert_eq!(play.queues.len(), 0);
}

struct Hints(View);

impl Lines for Hints {
    fn extension(&self, device: &str) -> Option<Arc<str>> {
        (device == "PJSIP/dora-desk").then(|| Arc::from("6004"))
    }

    fn view(&self) -> &View {
        &self.0
    }
}

#[test]
fn a_member_is_named_by_extension_then_as_asterisk_does() {
    for (interface, state_interface, name, expected) in [
        ("PJSIP/6004", "PJSIP/6004", "Dora", "dora"),
        ("SIP/6004", "", "SIP/6004", "dora"),
        ("PJSIP/dora-desk", "PJSIP/dora-desk", "Dora", "dora"),
        ("Local/6004@from-queue/n", "", "", "dora"),
        (
            "Local/99@agents/n",
            "hint:6004@from-internal",
            "Agent",
            "dora",
        ),
        ("Local/6005@from-queue/n", "Custom:away", "Emil", "Emil"),
        ("PJSIP/6005", "PJSIP/6005", "PJSIP/6005", "6005"),
        ("Emil", "", "Emil", "Emil"),
    ] {
        let mut queues = Queues::default();
        let mut out = Vec::new();
        let headers = [
            SUPPORT,
            ("Interface", interface),
            ("StateInterface", state_interface),
            ("MemberName", name),
        ];
        let lines = Hints(view("6004:dora"));
        queues.message(
            &made("QueueMemberAdded", &headers),
            &lines,
            Timestamp(1),
            &mut out,
        );
        let Some(QueueEvent::Agent(agent)) = out.pop().map(|report| report.event) else {
            panic!("no agent");
        };
        assert_eq!(&*agent.name, expected, "{interface}");
    }
}

/// As Asterisk 11 told the same.
#[test]
fn the_older_forms_are_understood() {
    let mut play = Play::new("");
    let dora = |header| (header, "SIP/6004");
    play.event(
        "QueueMemberAdded",
        &[
            SUPPORT,
            dora("Location"),
            ("MemberName", "Dora"),
            ("Status", "1"),
            ("Paused", "0"),
        ],
    );
    play.event(
        "Join",
        &[
            SUPPORT,
            ("Uniqueid", "1.1"),
            ("CallerIDNum", "unknown"),
            ("Position", "1"),
        ],
    );
    play.event(
        "AgentCalled",
        &[
            SUPPORT,
            dora("AgentCalled"),
            ("AgentName", "Dora"),
            ("Uniqueid", "1.1"),
        ],
    );
    assert_eq!(
        play.looks("support"),
        "? waits; Dora ringing, 0 answered, 0 abandoned"
    );
    play.event("Leave", &[SUPPORT, ("Uniqueid", "1.1")]);
    play.event(
        "AgentConnect",
        &[
            SUPPORT,
            dora("Member"),
            ("MemberName", "Dora"),
            ("Uniqueid", "1.1"),
        ],
    );
    assert_eq!(
        play.looks("support"),
        "nobody waits; Dora talking, 1 answered, 0 abandoned"
    );
    play.event(
        "AgentComplete",
        &[SUPPORT, dora("Member"), ("Uniqueid", "1.1")],
    );
    play.event(
        "QueueMemberPaused",
        &[
            SUPPORT,
            dora("Location"),
            ("Paused", "1"),
            ("Reason", "Lunch"),
        ],
    );
    assert_eq!(
        play.looks("support"),
        "nobody waits; Dora free paused (Lunch), 1 answered, 0 abandoned"
    );
    play.event(
        "QueueMemberPenalty",
        &[SUPPORT, dora("Location"), ("Penalty", "2")],
    );
    play.event(
        "QueueMemberRemoved",
        &[SUPPORT, dora("Location"), ("MemberName", "Dora")],
    );
    assert_eq!(
        play.looks("support"),
        "nobody waits; 1 answered, 0 abandoned"
    );
}

#[test]
fn memory_is_bounded_whatever_comes() {
    let mut play = Queues::default();
    let (lines, now) = (view(""), Timestamp(1));
    let mut out = Vec::new();
    let long = "x".repeat(MAX_ID_BYTES + 1);
    for n in 0..MAX_AGENTS + 100 {
        let (queue, id) = (format!("queue {}", n % (MAX_QUEUES + 1)), n.to_string());
        let headers = [("Queue", &*queue), ("Uniqueid", &*id), ("Interface", &*id)];
        play.message(&made("QueueCallerJoin", &headers), &lines, now, &mut out);
        play.message(&made("QueueMemberAdded", &headers), &lines, now, &mut out);
        out.clear();
    }
    for headers in [
        [("Queue", &*long), ("Uniqueid", "1"), ("Interface", "1")],
        [
            ("Queue", "queue 1"),
            ("Uniqueid", &*long),
            ("Interface", &*long),
        ],
    ] {
        play.message(&made("QueueCallerJoin", &headers), &lines, now, &mut out);
        play.message(&made("QueueMemberAdded", &headers), &lines, now, &mut out);
    }
    assert_eq!(out, []);
    let callers = play
        .queues
        .values()
        .map(|queue| queue.callers.len())
        .sum::<usize>();
    let members = play
        .queues
        .values()
        .map(|queue| queue.members.len())
        .sum::<usize>();
    assert_eq!(
        (play.len(), callers, members),
        (MAX_QUEUES, MAX_WAITING, MAX_AGENTS)
    );
    assert_eq!((play.callers, play.members), (callers, members));
    assert!(play.beyond_limits() > 0);
    play.begin_seed();
    let most = u64::MAX.to_string();
    let headers = [("Queue", "queue 1"), ("Completed", &most), ("Wait", &most)];
    play.message(&made("QueueParams", &headers), &lines, now, &mut out);
    let headers = [("Queue", "queue 1"), ("Location", "1"), ("InCall", "1")];
    play.message(&made("QueueMember", &headers), &lines, now, &mut out);
    let headers = [("Queue", "queue 1"), ("Uniqueid", "1"), ("Wait", &most)];
    play.message(&made("QueueEntry", &headers), &lines, now, &mut out);
    play.end_seed(true, now, &mut out);
    let headers = [("Queue", "queue 1"), ("Uniqueid", "1"), ("Interface", "1")];
    play.message(&made("AgentConnect", &headers), &lines, now, &mut out);
    assert_eq!((play.len(), play.callers, play.members), (1, 0, 1));
    assert_eq!(play.queues["queue 1"].answered, u64::MAX);
}

fn any_message() -> impl Strategy<Value = RawAmiMessage> {
    let events = vec![
        "QueueCallerJoin",
        "QueueEntry",
        "QueueCallerLeave",
        "QueueCallerAbandon",
        "AgentCalled",
        "AgentConnect",
        "AgentRingNoAnswer",
        "AgentComplete",
        "QueueMember",
        "QueueMemberAdded",
        "QueueMemberStatus",
        "QueueMemberPause",
        "QueueMemberRemoved",
        "QueueParams",
        "QueueStatusComplete",
        "Hangup",
    ];
    let headers = ("[a-b]", "[1-3]", "PJSIP/[1-3]", "[0-9]{0,2}", "(0|1|x)");
    (proptest::sample::select(events), headers).prop_map(
        |(event, (queue, caller, interface, status, flag))| {
            made(
                event,
                &[
                    ("Queue", &queue),
                    ("Uniqueid", &caller),
                    ("Interface", &interface),
                    ("Status", &status),
                    ("Paused", &flag),
                    ("InCall", &flag),
                    ("Completed", &status),
                    ("Abandoned", &flag),
                    ("Wait", &status),
                    ("CallerIDNum", &status),
                ],
            )
        },
    )
}

proptest! {
    /// Whatever comes, in whatever order: the board and the follower agree, and after a list that tells of nothing all is empty.
    #[test]
    fn the_board_is_never_left_behind(steps in proptest::collection::vec((any_message(), 0..900u64), 0..60)) {
        let mut play = Play::new("");
        for (message, later) in steps {
            play.message(&message);
            play.wait(later);
            let queues = play.board.snapshot().queues;
            prop_assert_eq!(queues.len(), play.queues.len());
            for queue in queues {
                let own = &play.queues.queues[&queue.name];
                prop_assert_eq!(queue.waiting.len(), own.callers.len());
                prop_assert_eq!(queue.agents.len(), own.members.len());
                prop_assert_eq!((queue.counters.answered, queue.counters.abandoned), (own.answered, own.abandoned));
            }
        }
        play.begin_seed();
        play.end_seed(true);
        prop_assert_eq!(play.board.snapshot().queues, []);
        prop_assert_eq!((play.queues.callers, play.queues.members), (0, 0));
    }
}
