//! The whole source against the stand-in. What a real Asterisk does is in `tests/integration`.

mod connection;
mod flood;
mod orders;
mod trouble;

use std::sync::Arc;
use std::time::Duration;

use devhost::asterisk::{Ami, Options, SECRET, USER};
use tokio::sync::mpsc;

use super::link::Limits;
use super::{Asterisk, LinkState, Output, Settings, Tls};
use crate::app::system_clock;
use crate::calls::Driver;
use crate::config::{DialPatterns, NumbersUsers, Secret};

/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// Short where a test waits for a time to pass; what must not pass meanwhile is long.
fn limits() -> Limits {
    Limits {
        login: Duration::from_secs(2),
        longest_wait: Duration::from_millis(200),
        good: Duration::ZERO,
        reseed_pause: Duration::from_millis(100),
        ..Limits::default()
    }
}

fn settings(ami: &Ami) -> Settings {
    let (extensions, _) = DialPatterns::parse("6XXX");
    Settings {
        host: ami.address().ip().to_string(),
        port: ami.address().port(),
        tls: None,
        user: USER.to_owned(),
        secret: Secret::new(SECRET.to_owned()),
        context: "from-internal".to_owned(),
        extensions,
        numbers: NumbersUsers::default(),
        driver: Driver::Pjsip,
        queue_interface: "PJSIP/{extension}".to_owned(),
        dnd: None,
    }
}

fn tls(certificates: &str) -> Option<Tls> {
    Some(Tls {
        certificates: certificates.to_owned(),
    })
}

/// A source whose output is taken and forgotten.
fn asterisk(limits: Limits) -> Arc<Asterisk> {
    let (out, mut taken) = mpsc::channel(64);
    tokio::spawn(async move { while taken.recv().await.is_some() {} });
    Asterisk::with_limits(out, system_clock, limits)
}

/// A source that is connected and has its first seed.
async fn connected(options: Options) -> (Ami, Arc<Asterisk>) {
    let ami = Ami::start(options).await.expect("a port");
    let asterisk = asterisk(limits());
    asterisk.configure(Some(settings(&ami)));
    asterisk.settled(PATIENCE).await;
    assert_eq!(asterisk.report().state, LinkState::Up);
    (ami, asterisk)
}

/// Waits until the source says so of itself.
async fn until<T>(asterisk: &Asterisk, mut look: impl FnMut(&Asterisk) -> Option<T>) -> T {
    let waiting = async {
        loop {
            if let Some(found) = look(asterisk) {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let found = tokio::time::timeout(PATIENCE, waiting).await;
    found.unwrap_or_else(|_| panic!("{:#?}", asterisk.report()))
}

async fn until_state(asterisk: &Asterisk, state: &LinkState) {
    until(asterisk, |own| (own.report().state == *state).then_some(())).await;
}

async fn until_down(asterisk: &Asterisk) -> String {
    until(asterisk, |own| match own.report().state {
        LinkState::Down(why) => Some(why),
        _ => None,
    })
    .await
}

fn outputs() -> (mpsc::Sender<Output>, mpsc::Receiver<Output>) {
    mpsc::channel(1)
}
