//! Clients that take nothing of what they asked for, or a byte now and then.

use std::net::SocketAddr;

use devhost::DevHost;
use devhost::world::{PATIENCE, SetOptions, World, fixed_id};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use super::load::{Load, account, desks};
use super::{has_no_more_than, measured, resident};
use crate::effects::record;
use crate::harness::{SECRET, get, options, phone, status, stop};
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
async fn asks(host: &DevHost, path: &str, headers: &str) -> (String, TcpStream) {
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
    (String::from_utf8_lossy(&line).into_owned(), stream)
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
    load.passes(150).await;
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
            let (line, client) = asks(&host, &path, headers).await;
            assert!(line.contains(wanted), "{path}: {line}");
            held.push(client);
        }
    }
    // Everybody's status changes, again and again, and lines do.
    for round in 0..20 {
        let status = if round % 2 == 0 { "dnd" } else { "online" };
        for user in ["alice", "bob", "carol"] {
            world.set_status(&fixed_id(user), status).expect("somebody");
        }
    }
    calls(&host, 150).await;
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

/// A store with as many calls that ended as are remembered, and no board beside them.
fn many_calls(world: &World) {
    let put = |key: &str, record: Vec<u8>| {
        let put = world.kv_set("switchboard", key, Some(record), &SetOptions::default());
        assert_eq!(put.ok(), Some(true));
    };
    let began = world.now() - 3_600_000;
    for segment in 0..20 {
        let calls = (segment * 500..(segment + 1) * 500).map(|call| {
            let record = json!({
                "id": call + 1, "began": began, "ended": began + 60_000, "line": "somebody.at.the.desk",
                "peer": {"number": format!("+4930{call:08}")}, "direction": "incoming", "wait": 5_000, "talk": 55_000,
                "ending": "answered",
            });
            json!([call + 1, record])
        });
        let calls: Vec<Value> = calls.collect();
        let key = format!("board.history.{segment}");
        put(&key, record(&json!([segment, segment * 500, calls])));
    }
    put("board.state", b"switchboard 1 nonsense\n{}".to_vec());
}

#[tokio::test]
async fn slow_downloads_of_ended_calls_cost_the_others_nothing() {
    let world = World::new();
    many_calls(&world);
    let host = DevHost::start(world, options()).await;
    let host = host.expect("the plugin starts");
    let told = status(&host, 503).await;
    assert!(
        told.contains("and 10000 calls that ended were read"),
        "{told}"
    );
    let path = format!("/api/v1/history?secret={SECRET}");
    let whole = get(&host, &path).await;
    assert_eq!(whole.status, 200);
    let all: Value = serde_json::from_slice(&whole.body).expect("JSON");
    assert_eq!(all["calls"].as_array().map(Vec::len), Some(10_000));
    let before = resident(&host);
    let mut held = Vec::new();
    for _ in 0..2 * CLIENTS {
        let (line, client) = asks(&host, &path, "").await;
        // There is room for so many at once, which the server in between takes off the plugin.
        assert!(line.contains(" 200 ") || line.contains(" 503 "), "{line}");
        held.push(client);
    }
    measured(
        "slow downloads: an answer",
        format!("{} KB", whole.body.len() >> 10),
    );
    has_no_more_than(&host, before, "slow downloads");
    let short = get(&host, &format!("{path}&limit=10")).await;
    assert_eq!(short.status, 200);
    phone(&host, "dnd-on/bob").await;
    drop(held);
    let again = async {
        while get(&host, &path).await.status != 200 {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, again).await.expect("room again");
    stop(host).await;
}
