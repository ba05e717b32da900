//! Whatever happens in whatever order: in the end everything is as the person had it last.

use proptest::prelude::*;

use super::*;
use crate::host::fake::Fault;

/// Something that happens.
#[derive(Clone, Debug)]
enum Step {
    /// On one of bob's two lines, a call of that id.
    Answer(bool, u8),
    HangUp(bool, u8),
    PhoneDnd(bool),
    Command(u8),
    /// The person sets a custom status, or takes theirs away.
    Custom(Option<u8>),
    /// The person chooses a status from the menu.
    Status(u8),
    Wait(u64),
    Kill,
    Stop(u64),
    Configure(bool),
    Choose(bool, bool),
    Fault(usize, Fault),
}

fn step() -> impl Strategy<Value = Step> {
    let fault = prop_oneof![
        Just(Fault::Fails(HostErrorKind::Transient)),
        Just(Fault::AnswerLost),
        Just(Fault::Hangs),
        Just(Fault::AnswerHangs),
    ];
    prop_oneof![
        6 => (any::<bool>(), 0..3_u8).prop_map(|(line, id)| Step::Answer(line, id)),
        4 => (any::<bool>(), 0..3_u8).prop_map(|(line, id)| Step::HangUp(line, id)),
        2 => any::<bool>().prop_map(Step::PhoneDnd),
        2 => (0..3_u8).prop_map(Step::Command),
        2 => proptest::option::of(0..8_u8).prop_map(Step::Custom),
        2 => (0..5_u8).prop_map(Step::Status),
        8 => prop_oneof![Just(1), Just(4), Just(30), Just(900), Just(5400)].prop_map(Step::Wait),
        1 => Just(Step::Kill),
        1 => prop_oneof![Just(10), Just(600)].prop_map(Step::Stop),
        1 => any::<bool>().prop_map(Step::Configure),
        1 => (any::<bool>(), any::<bool>()).prop_map(|(calls, dnd)| Step::Choose(calls, dnd)),
        4 => (0..8_usize, fault).prop_map(|(at, fault)| Step::Fault(at, fault)),
    ]
}

/// What the person has by their own doing alone, in a server without the plugin.
struct Alone {
    server: FakeServer,
    bob: Person,
    /// The status, and whether it was chosen by hand.
    status: (String, bool),
    /// Whether they asked for do-not-disturb without an end by a command: one from the menu cannot be told from that.
    asked: bool,
}

const LINES: [&str; 2] = ["bob", "Bob"];

async fn run(steps: &[Step]) {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    let mut alone = Alone {
        server: FakeServer::default(),
        bob: bob.clone(),
        status: ("online".to_owned(), false),
        asked: false,
    };
    house.put_recent(&bob, &["1", "2", "3", "4", "5"]);
    let recent = lock(&house.server.0.recent).clone();
    *lock(&alone.server.0.recent) = recent;
    let chosen = |calls: bool, dnd: bool| Preferences {
        show_calls: calls,
        call_status: if dnd {
            CallStatus::Dnd
        } else {
            CallStatus::Unchanged
        },
        phone_dnd: true,
        ..Preferences::default()
    };
    choose(&house, &bob, chosen(true, true)).await;
    for step in steps {
        happen(&mut house, &mut alone, step, chosen).await;
    }
    // It all comes to its end.
    lock(&house.server.0.faults).clear();
    house.server.mend();
    house.statuses().configure(true);
    sleep(Duration::from_secs(120)).await;
    for line in LINES {
        for id in 0..3 {
            house
                .report(with_id(line, "call-terminated", &id.to_string()))
                .await;
        }
        house.phone(line, "dnd-off").await;
    }
    house.statuses().set_dnd(&bob.id, Dnd::Off).await;
    sleep(Duration::from_secs(120)).await;
    let custom = lock(&alone.server.0.custom).get(bob.id.as_str()).cloned();
    assert_eq!(house.custom(&bob), custom);
    let recent = lock(&alone.server.0.recent)[bob.id.as_str()].clone();
    let recent: Vec<Value> = serde_json::from_str(&recent).expect("a list");
    let recent: Vec<&str> = recent
        .iter()
        .filter_map(|entry| entry["text"].as_str())
        .collect();
    assert_eq!(house.recent(&bob), recent);
    let status = house.personal(&bob);
    assert_eq!((status.status, status.manual), alone.status);
    assert_eq!(house.records(), [""; 0]);
    let counts = house.counts();
    assert_eq!(
        (counts.held, counts.waiting, counts.failing, counts.given_up),
        (0, 0, 0, 0)
    );
}

async fn choose(house: &House, bob: &Person, chosen: Preferences) {
    // The store may fail: then nobody knows what they chose.
    let choosing = house.people.choose(&bob.id, |own| own.clone_from(&chosen));
    drop(tokio::time::timeout(Duration::from_secs(30), choosing).await);
    house.statuses().preferences_changed(&bob.id);
    settle().await;
}

async fn happen(
    house: &mut House,
    alone: &mut Alone,
    step: &Step,
    chosen: impl Fn(bool, bool) -> Preferences,
) {
    let bob = alone.bob.clone();
    match step {
        Step::Answer(line, id) => {
            let line = LINES[usize::from(*line)];
            house
                .report(with_id(line, "call-established", &id.to_string()))
                .await;
        }
        Step::HangUp(line, id) => {
            let line = LINES[usize::from(*line)];
            house
                .report(with_id(line, "call-terminated", &id.to_string()))
                .await;
        }
        Step::PhoneDnd(on) => {
            house
                .phone("bob", if *on { "dnd-on" } else { "dnd-off" })
                .await;
        }
        Step::Command(which) => {
            alone.asked |= *which == 0;
            let dnd = match which {
                0 => Dnd::On,
                1 => Dnd::Until(clock().after(20 * 60 * 1000)),
                _ => Dnd::Off,
            };
            house.statuses().set_dnd(&bob.id, dnd).await;
        }
        Step::Custom(which) => {
            let status = which.map(|which| custom(&which.to_string(), 0));
            for server in [&house.server, &alone.server] {
                let kept = server.keep_custom_status(&bob.id, status.as_ref());
                kept.expect("a status");
            }
            settle().await;
        }
        Step::Status(which) => {
            // Ours is that for a moment before it is taken away, which may last where the server does not answer, or fails and does not
            // say what was done: who chooses the very same then cannot be told from somebody who did nothing.
            let now = house.personal(&bob);
            let ours = house.is_clearing() || (now.status == "dnd" && now.dnd_end == 0);
            let same = alone.asked || ours;
            match which {
                0 => house.server.keep_status(&bob.id, "online"),
                1 => house.server.keep_status(&bob.id, "away"),
                2 => house.server.keep_status(&bob.id, "offline"),
                3 if !same => house.server.keep_timed_dnd(&bob.id, 0),
                // An end that none of ours has.
                _ => {
                    let end = clock().0 / 1000 + 3601;
                    house.server.keep_timed_dnd(&bob.id, end as i64);
                }
            }
            let status = house.personal(&bob);
            alone.status = (status.status, status.manual);
            settle().await;
        }
        Step::Wait(seconds) => sleep(Duration::from_secs(*seconds)).await,
        Step::Kill => {
            house.kill();
            house.start().await;
        }
        Step::Stop(pause) => {
            house.stop().await;
            sleep(Duration::from_secs(*pause)).await;
            house.start().await;
        }
        Step::Configure(on) => {
            house.statuses().configure(*on);
            settle().await;
        }
        Step::Choose(calls, dnd) => choose(house, &bob, chosen(*calls, *dnd)).await,
        Step::Fault(at, fault) => {
            let calls = lock(&house.server.0.calls).len();
            lock(&house.server.0.faults).insert(calls + at, *fault);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]
    #[test]
    fn in_the_end_everything_is_as_they_had_it(steps in proptest::collection::vec(step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        runtime.block_on(run(&steps));
    }
}
