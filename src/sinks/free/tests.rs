mod records;

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::*;
use crate::board::{Action, Board, Device, Event, Peer, Report, Source, TALKING_LIMIT, kept};
use crate::host::HostErrorKind;
use crate::host::fake::FakeServer;
use crate::language::Language;

thread_local! {
    static STARTED: Instant = Instant::now();
}

/// The runtime's time, which tests let pass.
fn clock() -> Timestamp {
    let since = STARTED.with(|started| started.elapsed());
    Timestamp(1_000_000_000_000 + since.as_millis() as u64)
}

/// A board, and what follows it.
struct Office {
    server: FakeServer,
    board: Board,
    free: Free<FakeServer>,
    sink: FreeSink<FakeServer>,
    alice: Person,
}

impl Office {
    async fn new() -> Self {
        Self::at(FakeServer::default()).await
    }

    /// A start at a server that may know something of before.
    async fn at(server: FakeServer) -> Self {
        let free = Free::new(Arc::new(server.clone()), clock, true);
        let alice = server.person("alice");
        sleep(Duration::from_millis(10)).await;
        Self {
            sink: free.sink(),
            alice,
            server,
            board: Board::new(),
            free,
        }
    }

    fn give(&mut self, changes: &[Change]) {
        for change in changes {
            self.sink.take(change, &Config::default());
        }
    }

    fn apply(&mut self, event: impl Into<Event>) {
        let changes = self.board.apply(event, clock());
        self.give(&changes);
    }

    fn phone(&mut self, line: &str, action: &str) {
        self.apply(report(Source::Phone, line, action));
    }

    fn asterisk(&mut self, line: &str, action: &str) {
        self.apply(report(Source::Asterisk, line, action));
    }

    fn device(&mut self, line: &str, device: Device) {
        let user = line.into();
        self.apply(Event::Device {
            source: Source::Asterisk,
            user,
            device,
        });
    }

    fn ask(&self, person: &str) -> Asked {
        self.free.ask(&self.alice, person, person)
    }

    fn told(&self) -> Vec<String> {
        let told = self.server.told(&self.alice.id);
        told.into_iter().map(|message| message.text).collect()
    }

    /// What alice was told within that time from now.
    async fn told_within(&self, seconds: u64) -> usize {
        let before = self.told().len();
        sleep(Duration::from_secs(seconds)).await;
        self.told().len() - before
    }
}

fn report(source: Source, line: &str, action: &str) -> Report {
    let (action, reference) = action.split_once(' ').unwrap_or((action, ""));
    let reference = (!reference.is_empty()).then(|| Arc::from(reference));
    Report {
        dialed: None,
        own_number: None,
        source,
        user: line.into(),
        action: Action::from_name(action).expect("an action"),
        peer: reference.as_ref().map(|_| Peer::new("5")),
        reference,
        linked: None,
        queue: None,
    }
}

fn is_waiting(asked: Asked) -> bool {
    matches!(asked, Asked::Waiting { .. } | Asked::Unheard { .. })
}

const BOB: &str = "bob is off the phone now.";

#[tokio::test(start_paused = true)]
async fn one_message_comes_once_the_call_is_over() {
    let mut office = Office::new().await;
    office.phone("bob", "incoming-call x");
    assert!(is_waiting(office.ask("bob")));
    office.phone("bob", "call-established x");
    assert_eq!(office.told_within(60).await, 0);
    office.phone("bob", "call-terminated x");
    assert_eq!(office.told_within(1).await, 0);
    assert_eq!(office.told_within(2).await, 1);
    assert_eq!(office.told(), [BOB]);
    // Once is once.
    office.phone("bob", "incoming-call y");
    office.phone("bob", "call-terminated y");
    assert_eq!(office.told_within(60).await, 0);
    assert_eq!(office.ask("bob"), Asked::FreeNow);
    assert!(office.free.waited_for(&office.alice.id).is_empty());
}

/// After a start nobody knows whether somebody is on the phone of whom nothing was told: that is no call that one waits for the end of.
#[tokio::test(start_paused = true)]
async fn who_was_never_heard_of_is_not_said_to_be_on_the_phone() {
    let mut office = Office::new().await;
    let is_unheard = |asked| matches!(asked, Asked::Unheard { .. });
    assert!(is_unheard(office.ask("bob")));
    office.phone("eve", "dnd-on");
    assert!(is_unheard(office.ask("eve")), "that says nothing of calls");
    for (line, action) in [("zoe", "offhook"), ("amy", "incoming-call x")] {
        office.phone(line, action);
        assert!(matches!(office.ask(line), Asked::Waiting { .. }), "{line}");
    }
    office.device("dan", Device::Busy);
    assert!(matches!(office.ask("dan"), Asked::Waiting { .. }));
    // What was asked holds all the same.
    office.phone("bob", "onhook");
    assert_eq!(office.told_within(10).await, 1);
    assert_eq!(office.told(), [BOB]);
}

/// What a line does while somebody waits, and whether they are told within ten seconds of the end of it.
#[tokio::test(start_paused = true)]
async fn who_is_free_is_known_from_what_sources_tell() {
    let phone = |told: &'static [&'static str]| (Source::Phone, told);
    let asterisk = |told: &'static [&'static str]| (Source::Asterisk, told);
    for ((source, steps), told) in [
        // Nothing is known after a start, and some words say nothing of calls.
        (phone(&[]), 0),
        (phone(&["dnd-on", "login", "agent-login"]), 0),
        (phone(&["missed-call old"]), 0),
        (phone(&["answered-elsewhere old"]), 0),
        // The end of a call that began before the start.
        (phone(&["call-terminated old"]), 1),
        (phone(&["onhook"]), 1),
        (asterisk(&["call-terminated old"]), 1),
        (phone(&["incoming-call x", "missed-call x"]), 1),
        (phone(&["incoming-call x", "refused-call x"]), 1),
        (phone(&["incoming-call x", "answered-elsewhere x"]), 1),
        (phone(&["outgoing-call x", "call-terminated x"]), 1),
        (phone(&["incoming-call x"]), 0),
        (phone(&["call-established x", "call-held x"]), 0),
        // Two calls.
        (
            phone(&["call-established x", "incoming-call y", "missed-call y"]),
            0,
        ),
        (
            phone(&[
                "call-established x",
                "call-held x",
                "call-established y",
                "call-terminated y",
            ]),
            0,
        ),
        // The handset is all that some phones tell of.
        (phone(&["offhook"]), 0),
        (phone(&["offhook", "onhook"]), 1),
        (phone(&["onhook", "offhook"]), 0),
        (phone(&["incoming-call", "offhook", "onhook"]), 1),
        // A lifted handset whose return was lost does not count once a call ended.
        (
            phone(&["offhook", "call-established x", "call-terminated x"]),
            1,
        ),
    ] {
        let mut office = Office::new().await;
        assert!(is_waiting(office.ask("bob")));
        for step in steps {
            office.apply(report(source, "bob", step));
        }
        assert_eq!(office.told_within(10).await, told, "{source:?} {steps:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_device_says_whether_somebody_is_free() {
    use Device::{Busy, Free, Held, Ringing, Unknown, Unreachable};
    for (devices, told) in [
        (&[Free][..], 1),
        (&[Unreachable], 1),
        (&[Unknown], 0),
        (&[Busy], 0),
        (&[Ringing], 0),
        (&[Held], 0),
        (&[Busy, Unknown], 0),
        (&[Busy, Held, Busy, Free], 1),
        (&[Free, Busy], 0),
    ] {
        let mut office = Office::new().await;
        assert!(is_waiting(office.ask("bob")));
        for device in devices {
            office.device("bob", *device);
        }
        assert_eq!(office.told_within(10).await, told, "{devices:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn both_the_device_and_the_calls_must_be_free() {
    let mut office = Office::new().await;
    office.device("bob", Device::Busy);
    office.asterisk("bob", "call-established x");
    assert!(is_waiting(office.ask("bob")));
    office.device("bob", Device::Free);
    assert_eq!(office.told_within(10).await, 0);
    office.device("bob", Device::Ringing);
    office.asterisk("bob", "call-terminated x");
    assert_eq!(office.told_within(10).await, 0);
    office.device("bob", Device::Free);
    assert_eq!(office.told_within(3).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_over_a_restart_is_waited_for_to_its_end() {
    let mut office = Office::new().await;
    office.phone("bob", "call-established x");
    office.phone("eve", "call-established y");
    assert!(is_waiting(office.ask("bob")));
    sleep(Duration::from_secs(1)).await;
    let mut again = Office::at(office.server.clone()).await;
    again.board = kept(&office.board);
    again.sink.restored(&again.board, &Config::default());
    assert_eq!(again.told_within(60).await, 0);
    // Of somebody else it is known, too, that they are in a call.
    assert!(matches!(again.ask("eve"), Asked::Waiting { .. }));
    again.phone("bob", "call-terminated x");
    assert_eq!(again.told_within(10).await, 1);
    assert_eq!(again.told(), [BOB]);
}

#[tokio::test(start_paused = true)]
async fn a_transfer_is_no_pause() {
    let mut office = Office::new().await;
    office.phone("bob", "call-established x");
    assert!(is_waiting(office.ask("bob")));
    for n in 0..5 {
        office.phone("bob", "call-terminated x");
        assert_eq!(office.told_within(1).await, 0, "{n}");
        office.phone("bob", &format!("call-established {n}"));
        assert_eq!(office.told_within(5).await, 0, "{n}");
        office.phone("bob", &format!("call-terminated {n}"));
        office.phone("bob", "call-established x");
    }
    office.phone("bob", "call-terminated x");
    assert_eq!(office.told_within(3).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_was_lost_says_nothing_of_who_is_free() {
    let mut office = Office::new().await;
    office.device("bob", Device::Busy);
    office.asterisk("bob", "call-established x");
    // A line that a phone tells of, too, stays on the board.
    office.phone("eve", "dnd-on");
    office.asterisk("eve", "call-established y");
    assert!(is_waiting(office.ask("bob")));
    assert!(is_waiting(office.ask("eve")));
    office.apply(Event::Cleared(Source::Asterisk));
    assert_eq!(office.told_within(60).await, 0);
    // It is back, and the call still goes on.
    office.apply(Event::Found(report(
        Source::Asterisk,
        "bob",
        "call-established x",
    )));
    office.device("bob", Device::Busy);
    office.device("eve", Device::Free);
    assert_eq!(office.told_within(60).await, 1);
    office.asterisk("bob", "call-terminated x");
    office.device("bob", Device::Free);
    assert_eq!(office.told_within(60).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_without_an_end_ends_by_itself() {
    let mut office = Office::new().await;
    office.phone("bob", "call-established x");
    assert!(is_waiting(office.ask("bob")));
    sleep(Duration::from_millis(TALKING_LIMIT)).await;
    let changes = office.board.expire(clock());
    office.give(&changes);
    assert_eq!(office.told_within(3).await, 1);
}

#[tokio::test(start_paused = true)]
async fn all_of_somebodys_lines_count_however_they_are_written() {
    let mut office = Office::new().await;
    office.phone("Bob", "call-established x");
    office.phone("bob", "call-established y");
    assert!(is_waiting(office.ask("bob")));
    office.phone("bob", "call-terminated y");
    assert_eq!(office.told_within(10).await, 0);
    office.phone("Bob", "call-terminated x");
    assert_eq!(office.told_within(10).await, 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_asked_twice_is_told_once_and_can_be_withdrawn() {
    let mut office = Office::new().await;
    office.phone("bob", "call-established x");
    office.phone("eve", "call-established y");
    assert!(is_waiting(office.ask("bob")));
    assert!(matches!(office.ask("Bob"), Asked::Already { .. }));
    assert!(is_waiting(office.ask("eve")));
    let shown = office.free.waited_for(&office.alice.id);
    let shown: Vec<_> = shown.into_iter().map(|waited| waited.shown).collect();
    assert_eq!(shown, ["bob", "eve"]);
    assert!(office.free.withdraw(&office.alice.id, "EVE"));
    assert!(!office.free.withdraw(&office.alice.id, "eve"));
    assert!(!office.free.withdraw(&office.alice.id, "zoe"));
    office.phone("bob", "call-terminated x");
    office.phone("eve", "call-terminated y");
    assert_eq!(office.told_within(10).await, 1);
    assert_eq!(office.told(), [BOB]);
}

#[tokio::test(start_paused = true)]
async fn after_a_day_it_is_withdrawn_without_a_word() {
    let mut office = Office::new().await;
    office.phone("bob", "call-established x");
    let Asked::Waiting { until } = office.ask("bob") else {
        panic!("bob is on the phone");
    };
    assert_eq!(until, clock().after(WAIT_LIMIT));
    sleep(Duration::from_millis(WAIT_LIMIT) + Duration::from_secs(2)).await;
    assert!(office.free.waited_for(&office.alice.id).is_empty());
    assert!(lock_store(&office.server).is_empty(), "the record is gone");
    office.phone("bob", "call-terminated x");
    assert_eq!(office.told_within(10).await, 0);
}

fn lock_store(server: &FakeServer) -> Vec<String> {
    let store = crate::host::fake::lock(&server.0.store);
    store.keys().cloned().collect()
}

#[tokio::test(start_paused = true)]
async fn who_asks_too_much_is_told_so() {
    let office = Office::new().await;
    for n in 0..MAX_ASKS_PER_PERSON {
        assert!(is_waiting(office.ask(&format!("p{n}"))), "{n}");
    }
    assert_eq!(office.ask("bob"), Asked::TooMany);
    assert!(matches!(office.ask("p0"), Asked::Already { .. }));
    for n in MAX_ASKS_PER_PERSON..MAX_ASKS {
        let asker = office.server.person(&format!("asker{n}"));
        let asked = office.free.ask(&asker, "bob", "bob");
        assert!(is_waiting(asked), "{n}");
    }
    let one_more = office.server.person("one-more");
    assert_eq!(office.free.ask(&one_more, "bob", "bob"), Asked::TooMany);
    assert!(office.free.withdraw(&office.alice.id, "p0"));
    assert!(is_waiting(office.free.ask(&one_more, "bob", "bob")));
}

/// The longest names there are, as many as there can be, fit into the record.
#[tokio::test(start_paused = true)]
async fn the_record_holds_as_many_as_can_ask() {
    let office = Office::new().await;
    for n in 0..MAX_ASKS {
        let asker = Person {
            id: format!("{n:026}").into(),
            ..office.alice.clone()
        };
        let name = "\u{10348}".repeat(crate::text::MAX_CHARS);
        assert!(is_waiting(office.free.ask(&asker, &name, &name)));
    }
    office.free.stop(Duration::from_secs(10)).await;
    let again = Office::at(office.server.clone()).await;
    let asker = UserId::from(format!("{:026}", MAX_ASKS - 1));
    assert_eq!(again.free.waited_for(&asker).len(), 1);
}
