//! Whoever looks at the board: a screen on the stream, and a browser's event stream.

use std::collections::BTreeMap;
use std::time::Duration;

use devhost::DevHost;
use futures_util::StreamExt;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::harness::SECRET;

/// Within this whatever is told at once has arrived.
pub(crate) const SOON: Duration = Duration::from_secs(10);

/// Why somebody is not let in, or was sent away.
pub(crate) type Refused = (u16, String);

/// A screen that shows the board, as a page does that replaces, adds and removes.
pub(crate) struct Screen {
    pub(crate) socket: WebSocketStream<TcpStream>,
    pub(crate) lines: BTreeMap<String, Value>,
    pub(crate) calls: Vec<Value>,
    pub(crate) epoch: String,
    after: u64,
    /// How often it was told to forget everything.
    pub(crate) wholes: usize,
    /// All that it was sent, as text.
    pub(crate) said: String,
}

impl Screen {
    pub(crate) async fn open(
        host: &DevHost,
        query: &str,
        headers: &[(&str, String)],
    ) -> Result<Self, Refused> {
        let url = host.plugin_url(&format!("/api/v1/board/ws{query}"));
        let url = url.replacen("http", "ws", 1);
        let mut request = url.as_str().into_client_request().expect("an address");
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
            let value = HeaderValue::from_str(value).expect("a value");
            request.headers_mut().insert(name, value);
        }
        let address = url["ws://".len()..].split('/').next().unwrap_or_default();
        let stream = TcpStream::connect(address).await.expect("a host");
        match client_async(request, stream).await {
            Ok((socket, _)) => Ok(Self {
                socket,
                lines: BTreeMap::new(),
                calls: Vec::new(),
                epoch: String::new(),
                after: 0,
                wholes: 0,
                said: String::new(),
            }),
            Err(Error::Http(answer)) => {
                let body = answer.body().as_deref().unwrap_or_default();
                let text = String::from_utf8_lossy(body).into_owned();
                Err((answer.status().as_u16(), text))
            }
            Err(e) => panic!("no websocket and no answer: {e}"),
        }
    }

    /// With the secret, as a screen on a wall had it before there were links.
    pub(crate) async fn by_secret(host: &DevHost) -> Self {
        let screen = Self::open(host, &format!("?secret={SECRET}"), &[]).await;
        screen.expect("a stream")
    }

    pub(crate) fn take(&mut self, text: &str) {
        self.said.push_str(text);
        let message: Value = serde_json::from_str(text).expect("JSON");
        let n = message["n"].as_u64().expect("a number");
        if let Some(board) = message.get("board") {
            self.epoch = board["epoch"].as_str().expect("an epoch").to_owned();
            if board["whole"] == true {
                self.wholes += 1;
                self.lines.clear();
                self.calls.clear();
                self.after = 0;
            }
            return;
        }
        assert!(n >= self.after, "{text} behind {}", self.after);
        self.after = n;
        if let Some(line) = message.get("line") {
            let user = line["user"].as_str().expect("a name").to_owned();
            self.lines.insert(user, line.clone());
        } else if let Some(user) = message["gone"]["line"].as_str() {
            self.lines.remove(user);
        } else if let Some(call) = message.get("call") {
            self.calls.retain(|known| known["id"] != call["id"]);
            self.calls.push(call.clone());
        }
    }

    /// Reads on until this is so.
    pub(crate) async fn until(&mut self, what: &str, is: impl Fn(&Self) -> bool) {
        self.until_within(SOON, what, is).await;
    }

    /// The same where it may take so long.
    pub(crate) async fn until_within(
        &mut self,
        limit: Duration,
        what: &str,
        is: impl Fn(&Self) -> bool,
    ) {
        let reading = async {
            while !is(self) {
                match self.socket.next().await {
                    Some(Ok(Message::Text(text))) => self.take(&text),
                    other => panic!("{what}: {other:?}"),
                }
            }
        };
        let read = timeout(limit, reading).await;
        assert!(read.is_ok(), "never {what}: {:?}", self.lines);
    }

    /// Reads on to the end, which comes within this.
    pub(crate) async fn end(&mut self, limit: Duration) -> Refused {
        let reading = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Text(text))) => self.take(&text),
                    Some(Ok(Message::Close(Some(frame)))) => {
                        return (u16::from(frame.code), frame.reason.to_string());
                    }
                    other => panic!("no end: {other:?}"),
                }
            }
        };
        timeout(limit, reading).await.expect("it ends in time")
    }

    pub(crate) fn dnd(&self, user: &str) -> bool {
        self.lines.get(user).is_some_and(|line| line["dnd"] == true)
    }

    pub(crate) fn resume(&self) -> String {
        format!("?secret={SECRET}&after={}&epoch={}", self.after, self.epoch)
    }
}

/// A browser's event stream, as it comes over the wire.
pub(crate) struct Events {
    stream: TcpStream,
    text: String,
}

impl Events {
    pub(crate) async fn open(host: &DevHost, header: &str) -> Self {
        let address = host.url().trim_start_matches("http://");
        let path = host.plugin_url(&format!("/api/v1/board/events?secret={SECRET}"));
        let path = &path[host.url().len()..];
        let mut stream = TcpStream::connect(address).await.expect("a host");
        // HTTP/1.0 has no chunks, so what comes is the text itself.
        let request = format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n{header}\r\n");
        stream.write_all(request.as_bytes()).await.expect("a host");
        let text = String::new();
        Self { stream, text }
    }

    /// All that came, once this is in it.
    pub(crate) async fn until(&mut self, what: &str) -> String {
        let reading = async {
            while !self.text.contains(what) {
                let mut bytes = [0; 4096];
                let read = self.stream.read(&mut bytes).await.expect("a stream");
                assert!(read > 0, "it ended: {}", self.text);
                self.text.push_str(&String::from_utf8_lossy(&bytes[..read]));
            }
        };
        let read = timeout(SOON, reading).await;
        assert!(read.is_ok(), "never {what}: {}", self.text);
        self.text.clone()
    }
}
