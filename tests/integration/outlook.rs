//! A replica of the Windows program that shows Mattermost's statuses in Outlook, by its documented algorithm.
//!
//! It reads `status` page by page until `[]`, once in its life; then it listens to `ws`, and connects again when no message
//! came for 30 s. It stops at the first answer or frame that it does not understand; here that is a panic.

use std::collections::BTreeMap;
use std::time::Duration;

use devhost::world::World;
use devhost::{DevHost, Options, client};
use futures_util::StreamExt;
use serde_json::{Map, Value};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::harness::{SECRET, bundle};

/// The id that the program has built in.
pub(crate) const ID: &str = "com.mattermost.outlook-presence";

/// Within this a change must be seen of someone who has Mattermost open.
pub(crate) const SOON: Duration = Duration::from_secs(5);

/// How long the program goes without a message; pings do not count.
const SILENCE: Duration = Duration::from_secs(30);

/// What it knows: `online`, `away`, `dnd` and `offline`, and nothing else.
const KNOWN: [&str; 4] = ["online", "away", "dnd", "offline"];

/// A websocket of a client library's.
pub(crate) type Socket = WebSocketStream<TcpStream>;

/// The plugin under the program's id, with pages of two people.
pub(crate) fn options() -> Options {
    Options::new(bundle(ID))
        .with("Secret", SECRET)
        .with("PerPageStatuses", 2)
}

/// A host with [`options`] in `world`.
pub(crate) async fn host(world: World) -> DevHost {
    DevHost::start(world, options())
        .await
        .expect("the plugin starts")
}

/// Opens the feed with whatever query; the error is the status and the text that refused it.
pub(crate) async fn open(host: &DevHost, query: &str) -> Result<Socket, (u16, String)> {
    let url = host.plugin_url(&format!("/api/v1/ws{query}"));
    let url = url.replacen("http", "ws", 1);
    let address = url["ws://".len()..].split('/').next().unwrap_or_default();
    let stream = TcpStream::connect(address).await.expect("a host");
    match client_async(url.as_str(), stream).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(answer)) => {
            let body = answer.body().as_deref().unwrap_or_default();
            let text = String::from_utf8_lossy(body).into_owned();
            Err((answer.status().as_u16(), text))
        }
        Err(e) => panic!("no websocket and no answer: {e}"),
    }
}

fn text<'a>(entry: &'a Map<String, Value>, key: &str) -> &'a str {
    let value = entry.get(key).and_then(Value::as_str);
    value.unwrap_or_else(|| panic!("no text {key} in {entry:?}"))
}

/// The program.
pub(crate) struct Outlook {
    query: String,
    socket: Option<Socket>,
    /// The status of each address.
    pub(crate) store: BTreeMap<String, String>,
    /// How many pages it read.
    pub(crate) pages: usize,
}

impl Outlook {
    /// Starts it.
    pub(crate) async fn start(host: &DevHost) -> Self {
        let mut this = Self {
            query: format!("?secret={SECRET}"),
            socket: None,
            store: BTreeMap::new(),
            pages: 0,
        };
        loop {
            let path = format!("/api/v1/status{}&page={}", this.query, this.pages);
            let answer = client::get(&host.plugin_url(&path)).await.expect("a page");
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
            let page: Vec<Value> = serde_json::from_slice(&answer.body).expect("a list");
            if page.is_empty() {
                break;
            }
            this.pages += 1;
            for entry in &page {
                let entry = entry.as_object().expect("an entry, and no null");
                assert_eq!(text(entry, "user_id").len(), 26, "{entry:?}");
                let mail = text(entry, "email").to_owned();
                assert!(this.put(entry).is_none(), "{mail} is there twice");
            }
        }
        this.come_back(host).await;
        this
    }

    /// Takes an entry; answers what was known of that address before.
    fn put(&mut self, entry: &Map<String, Value>) -> Option<String> {
        let (mail, status) = (text(entry, "email"), text(entry, "status"));
        assert!(KNOWN.contains(&status), "{mail} is {status}");
        self.store.insert(mail.into(), status.into())
    }

    /// Its cable is pulled: nobody is told that it is gone.
    pub(crate) fn vanish(&mut self) {
        self.socket = None;
    }

    /// Connects, without asking for `status` again.
    pub(crate) async fn come_back(&mut self, host: &DevHost) {
        self.socket = Some(open(host, &self.query).await.expect("the feed"));
    }

    /// Takes the next frame.
    async fn read(&mut self) {
        let socket = self.socket.as_mut().expect("it is connected");
        let next = async {
            loop {
                match socket.next().await.expect("the feed goes on") {
                    Ok(Message::Text(frame)) => return frame,
                    Ok(Message::Ping(_)) => {}
                    other => panic!("no frame that it understands: {other:?}"),
                }
            }
        };
        let frame = timeout(SILENCE, next).await;
        let frame = frame.expect("a message every 30 s, or the program connects again");
        let entry: Value = serde_json::from_str(&frame).expect("JSON");
        self.put(entry.as_object().expect("an object"));
    }

    /// Wants this address to have this status, `within` that time.
    pub(crate) async fn sees(&mut self, mail: &str, status: &str, within: Duration) {
        let until = Instant::now() + within;
        while self.store.get(mail).is_none_or(|known| known != status) {
            let read = timeout_at(until, self.read()).await;
            assert!(
                read.is_ok(),
                "{mail} is not {status} within {within:?}: {:?}",
                self.store
            );
        }
    }

    /// Wants the feed to be closed; answers the code and the reason.
    pub(crate) async fn is_closed(&mut self) -> (u16, String) {
        closed(self.socket.as_mut().expect("it is connected")).await
    }
}

/// Reads until the close frame, which a client library answers, and then the end; answers its code and reason.
pub(crate) async fn closed(socket: &mut Socket) -> (u16, String) {
    let reading = async {
        let mut said = None;
        while let Some(message) = socket.next().await {
            match message {
                Ok(Message::Close(frame)) => {
                    let frame = frame.expect("a close frame with a code");
                    said = Some((frame.code.into(), frame.reason.to_string()));
                }
                Ok(_) => {}
                Err(e) => panic!("the connection ends without ado: {e}, {said:?}"),
            }
        }
        said.expect("a close frame")
    };
    timeout(SOON, reading)
        .await
        .expect("it is closed within 5 s")
}
