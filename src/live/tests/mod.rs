//! The stream as its viewers see it, on connections in memory and a clock that tests wind.

mod beside;
mod checks;
mod events;
mod stream;
mod table;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, DuplexStream, duplex};
use tokio::time::{sleep, timeout};

use super::*;
use crate::app::App;
use crate::app::tests::{FakeHost, SETTINGS, app_of, settle};
use crate::board::{Action, Event, Peer, QueueEvent, QueueReport, Report, Source};

/// What a viewer gets.
#[derive(Debug, PartialEq)]
enum Got {
    Message(Value),
    Close(u16, String),
    End,
}

/// A viewer on a websocket.
struct Screen {
    connection: DuplexStream,
    /// What it would resume with.
    resume: Resume,
}

/// Room for everything that a test sends.
const ROOM: usize = 1 << 20;

fn who(viewer: Viewer) -> Who {
    Who {
        viewer,
        session: None,
        address: "192.0.2.7".to_owned(),
    }
}

impl Screen {
    async fn open(app: &App<FakeHost>) -> Self {
        Self::open_with(app, who(Viewer::Secret), None, ROOM).await
    }

    async fn open_with(app: &App<FakeHost>, who: Who, resume: Option<Resume>, room: usize) -> Self {
        let (connection, ours) = duplex(room);
        let taken = app.live().accept(ours, who, resume, &|| true).await;
        assert_eq!(taken, Ok(()));
        let resume = Resume {
            epoch: "".into(),
            after: 0,
        };
        Self { connection, resume }
    }

    async fn got(&mut self) -> Got {
        let Ok(first) = self.connection.read_u8().await else {
            return Got::End;
        };
        let length = match self.connection.read_u8().await.expect("a length") {
            126 => usize::from(self.connection.read_u16().await.expect("a length")),
            127 => usize::try_from(self.connection.read_u64().await.expect("a length"))
                .expect("a length"),
            short => usize::from(short),
        };
        let mut payload = vec![0; length];
        self.connection
            .read_exact(&mut payload)
            .await
            .expect("a frame");
        match first {
            0x81 => {
                let message: Value = serde_json::from_slice(&payload).expect("JSON");
                let n = message["n"].as_u64().expect("a number");
                self.resume.after = self.resume.after.max(n);
                if let Some(epoch) = message["board"]["epoch"].as_str() {
                    self.resume.epoch = epoch.into();
                }
                Got::Message(message)
            }
            0x88 => {
                let code = u16::from_be_bytes([payload[0], payload[1]]);
                let reason = String::from_utf8(payload[2..].to_vec()).expect("text");
                Got::Close(code, reason)
            }
            other => panic!("a frame {other:#x}"),
        }
    }

    /// The next message.
    async fn message(&mut self) -> Value {
        match timeout(Duration::from_secs(60), self.got()).await {
            Ok(Got::Message(message)) => message,
            other => panic!("{other:?}"),
        }
    }

    /// What there is now.
    async fn all(&mut self) -> Vec<Value> {
        let mut all = Vec::new();
        while let Ok(Got::Message(message)) = timeout(Duration::from_millis(1), self.got()).await {
            all.push(message);
        }
        all
    }

    /// Everything up to the end, without messages.
    async fn farewell(&mut self) -> (u16, String) {
        loop {
            match timeout(Duration::from_secs(300), self.got()).await {
                Ok(Got::Message(_)) => {}
                Ok(Got::Close(code, reason)) => return (code, reason),
                other => panic!("{other:?}"),
            }
        }
    }
}

/// What a message is about, in short: `line bob`, `gone bob`, `call 3`.
fn about(message: &Value) -> String {
    for (kind, name) in [("line", "user"), ("queue", "name"), ("call", "id")] {
        if let Some(what) = message.get(kind) {
            let name = &what[name];
            let name = name
                .as_str()
                .map_or_else(|| name.to_string(), str::to_owned);
            return format!("{kind} {name}");
        }
    }
    let names: Vec<&str> = ["board", "day", "ring", "gone"]
        .into_iter()
        .filter(|kind| message.get(kind).is_some())
        .collect();
    names.join(" ")
}

fn abouts(messages: &[Value]) -> Vec<String> {
    messages.iter().map(about).collect()
}

async fn live_app() -> (Arc<App<FakeHost>>, FakeHost) {
    app_of("net.bytemine.sip").await
}

async fn phone(app: &App<FakeHost>, user: &str, action: &str) {
    called(app, user, action, "").await;
}

async fn called(app: &App<FakeHost>, user: &str, action: &str, number: &str) {
    let report = Report {
        source: Source::Phone,
        user: user.into(),
        action: Action::from_name(action).expect("an action"),
        peer: (!number.is_empty()).then(|| Peer::new(number)),
        reference: None,
        linked: None,
        queue: None,
        dialed: None,
        own_number: None,
    };
    app.submit(report.into()).await.expect("it runs");
}

async fn queue(app: &App<FakeHost>, queue: &str, event: QueueEvent) {
    let (source, queue) = (Source::Ovh, queue.into());
    let report = QueueReport {
        source,
        queue,
        event,
    };
    app.submit(Event::Queue(report)).await.expect("it runs");
}

async fn gone(app: &App<FakeHost>, user: &str) {
    let (source, user) = (Source::Phone, user.into());
    let event = Event::Gone { source, user };
    app.submit(event).await.expect("it runs");
}
