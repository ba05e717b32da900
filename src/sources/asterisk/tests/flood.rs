//! More than usual, and more than can be followed.

use devhost::asterisk::{Ami, Message, Options, Recording};

use super::{PATIENCE, connected, limits, outputs, settings, until};
use crate::app::system_clock;
use crate::sources::asterisk::{Asterisk, LinkState};

fn recording(name: &str) -> Recording {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/asterisk/recordings/");
    Recording::read(format!("{folder}{name}.ami")).expect("a recording")
}

fn seeds(actions: &[Message]) -> usize {
    let asked = actions.iter().filter(|a| a.get("Action") == Some("Status"));
    asked.count()
}

#[tokio::test]
async fn a_burst_is_followed_and_nothing_is_lost() {
    const COUNT: u64 = 10_000;
    let (ami, asterisk) = connected(Options::default()).await;
    let before = asterisk.report().events;
    ami.replay(&recording("plain-call"), 10_000, COUNT).await;
    let report = until(&asterisk, |own| {
        let report = own.report();
        (report.events >= before + COUNT).then_some(report)
    })
    .await;
    assert_eq!(report.events, before + COUNT);
    assert_eq!(
        (report.dropped, report.malformed, report.reseeds),
        (0, 0, 0)
    );
    assert_eq!(seeds(&ami.actions()), 1);
}

/// A mailbox's event, which always makes something of itself.
fn waiting(number: u32) -> Vec<u8> {
    let padding = "x".repeat(500);
    let new = number.to_string();
    Message::new(&[
        ("Event", "MessageWaiting"),
        ("Privilege", "call,all"),
        ("Mailbox", "6001@default"),
        ("Waiting", "1"),
        ("New", &new),
        ("Old", "0"),
        ("Padding", &padding),
    ])
    .to_bytes()
    .to_vec()
}

#[tokio::test]
async fn what_cannot_be_followed_is_dropped_and_asked_for_again() {
    let ami = Ami::start(Options::default()).await.expect("a port");
    let (out, mut taken) = outputs();
    let asterisk = Asterisk::with_limits(out, system_clock, limits());
    asterisk.configure(Some(settings(&ami)));
    asterisk.settled(PATIENCE).await;
    // Nobody takes what comes of it, so it waits, up to a limit.
    let mut number = 0;
    let dropped = loop {
        for _ in 0..200 {
            number += 1;
            ami.send(waiting(number)).await;
        }
        tokio::task::yield_now().await;
        let dropped = asterisk.report().dropped;
        if dropped > 0 {
            break dropped;
        }
        assert!(
            u64::from(number) * 600 < 16 * 1024 * 1024,
            "nothing is dropped"
        );
    };
    assert!(dropped > 1_000, "{dropped}");
    assert_eq!(seeds(&ami.actions()), 1);
    // Once it is taken again, everything is asked for, and what comes then arrives.
    let taking = tokio::spawn(async move {
        let mut count = 0;
        while taken.recv().await.is_some() {
            count += 1;
        }
        count
    });
    ami.wait_until(|actions| (seeds(actions) == 2).then_some(()))
        .await;
    until(&asterisk, |own| (own.report().reseeds == 1).then_some(())).await;
    super::until_state(&asterisk, &LinkState::Up).await;
    let events = asterisk.report().events;
    ami.send(waiting(number + 1)).await;
    until(&asterisk, |own| {
        (own.report().events > events).then_some(())
    })
    .await;
    assert_eq!(asterisk.report().reseeds, 1);
    drop(asterisk);
    assert!(taking.await.expect("no panic") > 0);
}

#[tokio::test]
async fn a_message_that_is_too_long_does_not_end_the_link() {
    let (ami, asterisk) = connected(Options::default()).await;
    let long = format!("Event: Long\r\nValue: {}\r\n\r\n", "x".repeat(300_000));
    ami.send(long).await;
    let many = format!("Event: Many\r\n{}\r\n", "A: b\r\n".repeat(1_000));
    ami.wait_until(|actions| (seeds(actions) == 2).then_some(()))
        .await;
    ami.send(many).await;
    ami.wait_until(|actions| (seeds(actions) == 3).then_some(()))
        .await;
    let report = asterisk.report();
    assert_eq!((report.dropped, report.malformed), (1, 1));
    assert_eq!((ami.connections(), report.reseeds), (1, 2));
}
