//! Missed calls over a server in memory, by a clock that stands still.

mod buttons;
mod many;
mod queues;
mod quiet;
mod restart;
mod telling;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::*;
use crate::board::{Action, Board, Event, Name, Peer, Report, Source, Timestamp};
use crate::host::fake::{FakeServer, lock};
use crate::host::{ChannelId, HostErrorKind, Person, PostId, UserId};
use crate::people::Preferences;

const HOUR: Duration = Duration::from_secs(60 * 60);

/// Some seconds after which a call that was missed is told, where nothing is in the way.
const SOON: Duration = Duration::from_secs(4);

thread_local! {
    /// A test has a thread and a runtime of its own.
    static START: Instant = Instant::now();
}

/// A clock that stands still with tokio's. It begins at 2026-06-23 12:05:09 UTC.
fn clock() -> Timestamp {
    let since = START.with(Instant::elapsed);
    Timestamp(1_782_216_309_000).after(since.as_millis() as u64)
}

/// A server, its phones, and the plugin's process.
struct House {
    server: FakeServer,
    board: Board,
    config: Config,
    target: watch::Sender<Option<Target>>,
    missed: Option<MissedCalls<FakeServer>>,
    bob: Person,
}

impl House {
    async fn new() -> Self {
        Self::with("").await
    }

    /// With that in `QueueMissedCalls`.
    async fn with(queues: &str) -> Self {
        let server = FakeServer::default();
        let config = Config {
            missed_calls: true,
            team_name: "sales".to_owned(),
            queue_missed_calls: crate::config::QueueMissedCalls::parse(queues).0,
            ..Config::default()
        };
        let mut house = Self {
            bob: server.person("bob"),
            server,
            board: Board::new(),
            config,
            target: watch::Sender::new(None),
            missed: None,
        };
        house.start().await;
        house
    }

    /// The plugin starts, and knows nothing but what is stored.
    async fn start(&mut self) {
        clock();
        let host = Arc::new(self.server.clone());
        let people = Arc::new(People::new(Arc::clone(&host)));
        let zones = Arc::new(TimeZones::in_folder("/nowhere"));
        let missed = MissedCalls::new(host, people, zones, self.target.subscribe(), clock);
        missed.configure(&self.config);
        self.missed = Some(missed);
        self.board = Board::new();
        sleep(Duration::from_millis(10)).await;
    }

    /// The process is killed.
    fn die(&mut self) {
        self.missed = None;
    }

    fn missed(&self) -> &MissedCalls<FakeServer> {
        self.missed.as_ref().expect("a plugin that runs")
    }

    fn apply(&mut self, event: impl Into<Event>) {
        let mut sink = self.missed().sink();
        for change in self.board.apply(event, clock()) {
            sink.take(&change, &self.config);
        }
    }

    fn phone(&mut self, line: &str, action: &str, number: &str) {
        self.apply(report(line, action, number));
    }

    /// Somebody misses a call, and it is told if nothing is in the way.
    async fn miss(&mut self, line: &str, number: &str) {
        self.phone(line, "missed-call", number);
        sleep(SOON).await;
    }

    /// What the messages to bob say.
    fn told(&self) -> Vec<String> {
        let told = self.server.told(&self.bob.id);
        told.into_iter().map(|message| message.text).collect()
    }

    /// How often the messages were changed.
    fn edits(&self) -> Vec<usize> {
        let direct = lock(&self.server.0.direct);
        direct.iter().map(|direct| direct.edits).collect()
    }

    /// Somebody deletes a message.
    fn delete(&self, message: usize) {
        lock(&self.server.0.direct)[message].deleted = true;
    }

    /// The button of that name under bob's latest message, as the server would send it on.
    fn button(&self, name: &str) -> Press {
        let direct = lock(&self.server.0.direct);
        let mut own = direct.iter().enumerate().rev();
        let own = own.find(|(_, direct)| direct.to == self.bob.id.as_str());
        let (at, direct) = own.expect("a message");
        let mut buttons = direct.message.buttons.iter();
        let button = buttons
            .find(|button| button.name == name)
            .expect("a button");
        Press {
            post: PostId::from(format!("direct{at}")),
            token: button.context[TOKEN].clone(),
            caller: button.context[CALLER].clone(),
        }
    }

    async fn press(&self, press: Press) -> Pressed {
        self.missed().press(&self.bob, press).await
    }

    /// How often a method was called.
    fn calls(&self, method: &str) -> usize {
        let calls = lock(&self.server.0.calls);
        calls.iter().filter(|call| **call == method).count()
    }
}

fn report(line: &str, action: &str, number: &str) -> Report {
    let (number, name) = number
        .split_once(':')
        .map_or((number, None), |(number, name)| (number, Some(name)));
    Report {
        dialed: None,
        own_number: None,
        source: Source::Phone,
        user: line.into(),
        action: Action::from_name(action).expect("an action"),
        peer: (!number.is_empty()).then(|| Peer {
            name: name.map(Name::from),
            ..Peer::new(number)
        }),
        reference: None,
        linked: None,
        queue: None,
    }
}
