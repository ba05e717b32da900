//! Clients that take nothing of what they asked for, or a byte now and then.

use std::net::SocketAddr;

use devhost::DevHost;
use devhost::world::{World, fixed_id};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use super::load::{Load, account, desks};
use super::{has_no_more_than, measured, resident};
use crate::harness::{SECRET, get, options, phone, stop};
use crate::state::history;

/// As little as the system keeps for a client that does not read, in bytes.
const BUFFER: u32 = 4096;

/// How many of each kind there are.
const CLIENTS: usize = 10;

/// The presence secret.
const PRESENCE: &str = "a-secret-for-presence-0123456789";

/// What makes a websocket of a request; the key is RFC 6455's own example.
const UPGRADE: &str = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                       Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// A client that asked for something and took the first line of the answer.
async fn asks(host: &DevHost, path: &str, headers: &str, wanted: &str) -> TcpStream {
    let site = host.url().trim_start_matches("http://").to_owned();
    let address: SocketAddr = site.parse().expect("an address");
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(BUFFER).expect("a size");
    let mut stream = socket.connect(address).await.expect("a host");
    let url = host.plugin_url(path);
    let path = &url[host.url().len()..];
    let head = format!("GET {path} HTTP/1.1\r\nHost: {site}\r\n{headers}\r\n");
    stream.write_all(head.as_bytes()).await.expect("a host");
    let mut line = Vec::new();
    while !line.ends_with(b"\r\n") {
        line.push(stream.read_u8().await.expect("an answer"));
    }
    let line = String::from_utf8_lossy(&line).into_owned();
    assert!(line.contains(wanted), "{path}: {line}");
    stream
}

/// A morning with many calls, none of whose reports is lost.
async fn calls(host: &DevHost, reports: u64) {
    let load = Load::start(host, desks(8));
    load.passes(reports).await;
    let calls = load.end().await;
    let ended = history(host).await;
    let ended = ended.as_array().expect("calls");
    let (own, numbers) = (calls.len(), ended.len());
    assert!(numbers >= own, "{numbers} of {own}");
}

#[tokio::test]
async fn clients_that_take_nothing_cost_the_others_nothing() {
    let world = World::new();
    let options = options().with("PresenceSecret", PRESENCE);
    let host = DevHost::start(world.clone(), options).await;
    let host = host.expect("the plugin starts");
    let load = Load::start(&host, desks(8));
    load.passes(900).await;
    let first = load.end().await;
    assert_eq!(account(&first, &history(&host).await, |_| false), 0);
    let whole = get(&host, &format!("/api/v1/history?secret={SECRET}")).await;
    let before = resident(&host);
    let mut held = Vec::new();
    for _ in 0..CLIENTS {
        for (path, headers, wanted) in [
            (
                format!("/api/v1/board/ws?secret={SECRET}"),
                UPGRADE,
                " 101 ",
            ),
            (format!("/api/v1/ws?secret={PRESENCE}"), UPGRADE, " 101 "),
            (format!("/api/v1/history?secret={SECRET}"), "", " 200 "),
        ] {
            held.push(asks(&host, &path, headers, wanted).await);
        }
    }
    // Everybody's status changes, again and again, and lines do.
    for round in 0..20 {
        let status = if round % 2 == 0 { "dnd" } else { "online" };
        for user in ["alice", "bob", "carol"] {
            world.set_status(&fixed_id(user), status).expect("somebody");
        }
    }
    calls(&host, 300).await;
    phone(&host, "dnd-on/bob").await;
    // Who reads has it all.
    let answer = get(&host, &format!("/api/v1/history?secret={SECRET}&limit=10")).await;
    assert_eq!(answer.status, 200);
    let body = whole.body.len() >> 10;
    measured(
        "slow clients: the history that each of them asked for",
        format!("{body} KB"),
    );
    has_no_more_than(
        &host,
        before,
        &format!("{} clients that take nothing", held.len()),
    );
    // A byte now and then is an answer, too.
    for client in &mut held {
        client.read_u8().await.expect("what comes next");
    }
    drop(held);
    stop(host).await;
}
