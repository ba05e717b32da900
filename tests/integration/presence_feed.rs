//! The feed as websockets see it, well-behaved ones and others (RFC 6455).

use devhost::world::fixed_id;
use devhost::{DevHost, World};
use futures_util::{SinkExt, StreamExt};
use http::Method;
use serde_json::Map;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use crate::harness::{SECRET, send, stop};
use crate::outlook::{Outlook, SOON, Socket, closed, host, open};

/// The headers of a good handshake; the key is RFC 6455's own example.
const GOOD: [(&str, &str); 4] = [
    ("Connection", "Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
];

async fn feed(host: &DevHost) -> Socket {
    open(host, &format!("?secret={SECRET}"))
        .await
        .expect("the feed")
}

/// A websocket without a library, which can do what none does.
struct Raw(TcpStream);

impl Raw {
    async fn open(host: &DevHost) -> Self {
        let address = host.url().trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).await.expect("a host");
        let path = host.plugin_url(&format!("/api/v1/ws?secret={SECRET}"));
        let path = &path[host.url().len()..];
        let headers = GOOD.map(|(name, value)| format!("{name}: {value}\r\n"));
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\n{}\r\n",
            headers.concat()
        );
        stream.write_all(head.as_bytes()).await.expect("a host");
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(stream.read_u8().await.expect("an answer"));
        }
        let answer = String::from_utf8(answer).expect("a text").to_lowercase();
        assert!(answer.starts_with("http/1.1 101 "), "{answer}");
        // RFC 6455, 1.3.
        let accept = "sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=\r\n";
        assert!(answer.contains(accept), "{answer}");
        Self(stream)
    }

    /// The next frame: its first byte and its payload, which servers do not mask.
    async fn frame(&mut self) -> (u8, Vec<u8>) {
        let first = self.0.read_u8().await.expect("a frame");
        let length = match self.0.read_u8().await.expect("a length") {
            126 => self.0.read_u16().await.expect("a length").into(),
            short => usize::from(short),
        };
        assert!(length < 0x1_0000, "masked or too long");
        let mut payload = vec![0; length];
        self.0.read_exact(&mut payload).await.expect("a payload");
        (first, payload)
    }

    /// Sends these bytes, and wants a close frame and then the end; answers the code.
    async fn end_after(mut self, bytes: &[u8]) -> u16 {
        self.0.write_all(bytes).await.expect("a feed");
        let closed = async {
            let code = loop {
                let (first, payload) = self.frame().await;
                if first == 0x88 {
                    break u16::from_be_bytes([payload[0], payload[1]]);
                }
                assert_eq!(first, 0x81, "whole texts and nothing else");
            };
            let end = self.0.read(&mut [0; 1]).await;
            assert!(matches!(end, Ok(0) | Err(_)), "more comes: {end:?}");
            code
        };
        timeout(SOON, closed).await.expect("it is closed")
    }
}

#[tokio::test]
async fn what_is_no_websocket_is_told_so() {
    let host = host(World::new()).await;
    let path = format!("/api/v1/ws?secret={SECRET}");
    let without = |name: &str| {
        let others = GOOD.into_iter().filter(|(own, _)| *own != name);
        others.collect::<Vec<_>>()
    };
    let mut old = GOOD;
    old[2].1 = "8";
    let mut short = GOOD;
    short[3].1 = "c2hvcnQ=";
    for (headers, status) in [
        (Vec::new(), 426),
        (without("Upgrade"), 426),
        (without("Connection"), 426),
        (without("Sec-WebSocket-Version"), 426),
        (old.to_vec(), 426),
        (without("Sec-WebSocket-Key"), 400),
        (short.to_vec(), 400),
    ] {
        let answer = send(&host, Method::GET, &path, &headers, "").await;
        assert_eq!(answer.status.as_u16(), status, "{headers:?}");
        assert!(answer.text().contains("error"), "{}", answer.text());
        if status == 426 {
            assert_eq!(answer.headers["upgrade"], "websocket");
            assert_eq!(answer.headers["sec-websocket-version"], "13");
        }
    }
    let answer = send(&host, Method::POST, &path, &GOOD, "").await;
    assert_eq!(answer.status, 405);
    stop(host).await;
}

#[tokio::test]
async fn who_breaks_the_protocol_is_closed_with_the_code_for_it() {
    let host = host(World::new()).await;
    let mut bystander = Outlook::start(&host).await;
    let long = [
        &[0x81, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0, 1, 2, 3, 4][..],
        &[0; 64],
    ]
    .concat();
    for (what, bytes, code) in [
        ("an unmasked frame", &b"\x81\x02hi"[..], 1002),
        ("a reserved opcode", b"\x83\x80\x01\x02\x03\x04", 1002),
        ("a reserved bit", b"\xC1\x80\x01\x02\x03\x04", 1002),
        ("a ping in parts", b"\x09\x80\x01\x02\x03\x04", 1002),
        (
            "a ping of 126 bytes",
            b"\x89\xFE\x00\x7E\x01\x02\x03\x04",
            1002,
        ),
        ("the rest of nothing", b"\x80\x80\x01\x02\x03\x04", 1002),
        ("text that is none", b"\x81\x81\x00\x00\x00\x00\xFF", 1007),
        ("64 KiB at once", &long, 1009),
    ] {
        let raw = Raw::open(&host).await;
        assert_eq!(raw.end_after(bytes).await, code, "{what}");
    }
    let bob = fixed_id("bob");
    host.world().set_status(&bob, "dnd").expect("bob is there");
    bystander.sees("bob@example.com", "dnd", SOON).await;
    stop(host).await;
}

#[tokio::test]
async fn what_a_client_says_is_read_and_ignored_but_pings_are_answered() {
    let host = host(World::new()).await;
    let mut socket = feed(&host).await;
    for said in [
        "hello",
        "{\"email\":\"bob@example.com\",\"status\":\"dnd\"}",
        "",
    ] {
        let text = Message::Text(said.into());
        socket.send(text).await.expect("a feed");
    }
    let binary = Message::Binary(vec![0; 1000].into());
    socket.send(binary).await.expect("a feed");
    let ping = Message::Ping("are you there".into());
    socket.send(ping).await.expect("a feed");
    let pong = async {
        loop {
            match socket.next().await.expect("the feed goes on") {
                Ok(Message::Pong(payload)) => return payload,
                Ok(Message::Text(_) | Message::Ping(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    };
    let pong = timeout(SOON, pong).await.expect("a pong");
    assert_eq!(&*pong, b"are you there");
    // And whoever takes leave is let go.
    socket.close(None).await.expect("a feed");
    let rest = timeout(SOON, socket.collect::<Vec<_>>()).await;
    assert!(rest.expect("an end").iter().all(Result::is_ok));
    stop(host).await;
}

#[tokio::test]
async fn another_secret_ends_what_the_old_one_opened() {
    let host = host(World::new()).await;
    let (mut outlook, mut other) = (Outlook::start(&host).await, feed(&host).await);
    host.save_settings(Map::from_iter([("Secret".into(), "another".into())]))
        .await;
    assert_eq!(outlook.is_closed().await.0, 1008);
    assert_eq!(closed(&mut other).await.0, 1008);
    let refused = open(&host, &format!("?secret={SECRET}")).await;
    assert_eq!(refused.expect_err("no feed").0, 401);
    open(&host, "?secret=another").await.expect("the feed");
    stop(host).await;
}

#[tokio::test]
async fn clients_are_told_when_the_plugin_stops() {
    let host = host(World::new()).await;
    let (mut one, mut two) = (feed(&host).await, feed(&host).await);
    let (ended, first, second) = tokio::join!(host.disable(), closed(&mut one), closed(&mut two));
    assert_eq!((first.0, second.0), (1001, 1001));
    let ended = ended.expect("it was running");
    assert!(ended.by_itself && ended.problem.is_none(), "{ended:?}");
    host.enable().await.expect("it starts");
    Outlook::start(&host).await;
    stop(host).await;
}
