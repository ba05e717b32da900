//! Whatever comes: messages doubled, missing, out of order, or made up.

use proptest::prelude::*;

use super::*;

const PLAYS: &[&str] = &[
    "plain-call",
    "attended-transfer",
    "blind-transfer",
    "pickup-directed",
    "queue-answered",
    "click-forwarded",
    "click-queue",
    "dnd",
    "status-in-calls",
];

/// What is done to a recording.
#[derive(Clone, Debug)]
enum Harm {
    Drop(usize),
    Double(usize),
    Swap(usize, usize),
    /// A header's value is another one's, or nothing one would expect.
    Change(usize, usize, String),
    Lose(usize),
    Seed(usize, bool),
    Expire(usize),
}

fn harm() -> impl Strategy<Value = Harm> {
    let value = prop_oneof![
        Just(String::new()),
        Just("<unknown>".to_owned()),
        Just("PJSIP/6001-00000000".to_owned()),
        Just("Local/6001@from-internal-00000000;2".to_owned()),
        Just("Custom:DND6002&PJSIP/6003&".to_owned()),
        Just("-1".to_owned()),
        Just("x".repeat(2000)),
        "[0-9]{1,3}",
        any::<String>(),
    ];
    let at = 0..2000_usize;
    prop_oneof![
        3 => at.clone().prop_map(Harm::Drop),
        3 => at.clone().prop_map(Harm::Double),
        3 => (at.clone(), at.clone()).prop_map(|(a, b)| Harm::Swap(a, b)),
        6 => (at.clone(), 0..40_usize, value).prop_map(|(at, header, value)| Harm::Change(at, header, value)),
        1 => at.clone().prop_map(Harm::Lose),
        1 => (at.clone(), any::<bool>()).prop_map(|(at, complete)| Harm::Seed(at, complete)),
        1 => at.prop_map(Harm::Expire),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// It never panics, the board's changes stay consistent, and a complete list of nothing leaves nothing.
    #[test]
    fn no_harm_lasts(play in proptest::sample::select(PLAYS), harms in proptest::collection::vec(harm(), 0..40)) {
        let mut messages = recording(play);
        let count = messages.len();
        for harm in &harms {
            match harm {
                Harm::Swap(a, b) => messages.swap(a % count, b % count),
                Harm::Change(at, header, value) => {
                    let headers = &mut messages[at % count].headers;
                    let index = header % headers.len();
                    headers[index].1.clone_from(value);
                }
                _ => {}
            }
        }
        let mut it = Play::new("6001:alice, 6002:bob, 6003:bob");
        let mut order = it.state.watch("sb-1", "originate-11", &dial("6001"), &dial("6002"));
        it.act(State::begin_seed);
        for (index, message) in messages.iter().enumerate() {
            let mut times = 1;
            for harm in &harms {
                match harm {
                    Harm::Drop(at) if at % count == index => times = 0,
                    Harm::Double(at) if at % count == index => times = 2,
                    Harm::Lose(at) if at % count == index => it.act(State::lost),
                    Harm::Expire(at) if at % count == index => {
                        it.now = it.now.after(60_000);
                        it.act(State::expire);
                    }
                    Harm::Seed(at, complete) if at % count == index => {
                        let complete = Seeded { channels: *complete, devices: *complete, hints: *complete, queues: *complete };
                        it.act(|state, now| state.end_seed(complete, now));
                        it.act(State::begin_seed);
                    }
                    _ => {}
                }
            }
            for _ in 0..times {
                it.all(std::slice::from_ref(message));
            }
            let calls = it.board.snapshot().lines.iter().map(|line| line.calls.len()).sum::<usize>();
            prop_assert_eq!(calls, it.state.counts().calls, "the board shows what is known");
        }
        let steps = progress(&mut order);
        prop_assert!(steps.len() <= 6, "{:?}", steps);
        it.lists(&[]);
        prop_assert_eq!(it.calls(), Vec::<String>::new());
        prop_assert_eq!(it.state.counts().channels, 0);
        prop_assert_eq!(it.state.extensions(), Vec::new());
        prop_assert!(it.board.snapshot().lines.iter().all(|line| line.state.device.is_none()));
        it.act(State::clear);
        prop_assert_eq!(it.board.snapshot().lines, Vec::new());
    }
}

#[test]
fn no_more_is_kept_than_the_limits_allow() {
    use super::super::{channels::MAX_CHANNELS, directory::MAX_EXTENSIONS};
    let mut state = State::new(view(""));
    let now = Timestamp(0);
    for number in 0..MAX_CHANNELS + 5 {
        let channel = format!(
            "Event: Newchannel\nChannel: PJSIP/trunk-{number:08x}\nChannelState: 4\nUniqueid: {number}\nLinkedid: {number}"
        );
        state.message(&event(&channel), now);
        let hint = format!(
            "Event: ExtensionStatus\nExten: {}\nHint: PJSIP/{number}\nStatus: 0",
            20_000 + number
        );
        state.message(&event(&hint), now);
    }
    state.take();
    let counts = state.counts();
    assert_eq!(
        (counts.channels, counts.lines, counts.beyond_limits),
        (MAX_CHANNELS, MAX_EXTENSIONS, 10)
    );
}
