//! With a websocket library on the other side.

use futures_util::{SinkExt, StreamExt};
use http::Request;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::frame::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode as Code;
use tokio_tungstenite::{WebSocketStream, client_async};

use super::*;
use crate::feed::{CloseCode, handshake};

/// What an HTTP server does in front of a feed.
async fn serve(mut connection: DuplexStream, feed: Arc<Feed<Office>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(connection.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    let mut request = Request::get("/");
    for line in head.lines().skip(1).filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(": ").unwrap();
        request = request.header(name, value);
    }
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let mut answer = String::from("HTTP/1.1 101 Switching Protocols\r\n");
    for (name, value) in &handshake(&parts).unwrap() {
        answer += &format!("{name}: {}\r\n", value.to_str().unwrap());
    }
    connection
        .write_all((answer + "\r\n").as_bytes())
        .await
        .unwrap();
    feed.accept(connection, "192.0.2.7".to_owned()).unwrap();
}

async fn connect(feed: &Arc<Feed<Office>>) -> WebSocketStream<DuplexStream> {
    let (client, server) = duplex(8192);
    let server = tokio::spawn(serve(server, Arc::clone(feed)));
    let (socket, _) = client_async("ws://example.com/", client).await.unwrap();
    server.await.unwrap();
    socket
}

#[tokio::test(start_paused = true)]
async fn it_connects_reads_and_closes() {
    let (office, feed) = office(&["alice", "bob"]);
    let mut socket = connect(&feed).await;
    let text = |text: &str| Message::text(text.to_owned());
    assert_eq!(socket.next().await.unwrap().unwrap(), text("alice=online"));
    assert_eq!(socket.next().await.unwrap().unwrap(), text("bob=online"));
    office.set("bob", &"x".repeat(10_000));
    feed.changed();
    let long = format!("bob={}", "x".repeat(10_000));
    assert_eq!(socket.next().await.unwrap().unwrap(), text(&long));
    socket.send(text("ignored")).await.unwrap();
    socket.send(Message::Ping(vec![1, 2].into())).await.unwrap();
    let pong = Message::Pong(vec![1, 2].into());
    assert_eq!(socket.next().await.unwrap().unwrap(), pong);
    socket.close(None).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap(), Message::Close(None));
    assert!(socket.next().await.is_none(), "closed by the server");
    settle().await;
    assert_eq!(feed.clients(), 0);
}

#[tokio::test(start_paused = true)]
async fn it_is_closed_and_answers() {
    let (_office, feed) = office(&["alice"]);
    let mut socket = connect(&feed).await;
    socket.next().await.unwrap().unwrap();
    let client = tokio::spawn(async move {
        let close = socket.next().await.unwrap().unwrap();
        assert!(socket.next().await.is_none(), "closed by the server");
        close
    });
    let limit = Duration::from_secs(5);
    let start = tokio::time::Instant::now();
    feed.close_all(CloseCode::GOING_AWAY, "the plugin stops", limit)
        .await;
    assert_eq!(start.elapsed(), Duration::ZERO, "it answered");
    let said = CloseFrame {
        code: Code::Away,
        reason: "the plugin stops".into(),
    };
    assert_eq!(client.await.unwrap(), Message::Close(Some(said)));
}

#[tokio::test(start_paused = true)]
async fn its_messages_are_limited() {
    let (_office, feed) = office(&["alice"]);
    let mut socket = connect(&feed).await;
    socket.next().await.unwrap().unwrap();
    // It goes on sending while it is told.
    let _ = socket.send(Message::binary(vec![0; 16 * 1024 + 1])).await;
    let close = socket.next().await.unwrap().unwrap();
    let Message::Close(Some(close)) = close else {
        panic!("no close frame: {close:?}");
    };
    assert_eq!(close.code, Code::Size);
    let end = socket.next().await;
    let reset = Error::Protocol(ProtocolError::ResetWithoutClosingHandshake);
    assert!(
        end.as_ref().is_none_or(|end| end
            .as_ref()
            .is_err_and(|e| e.to_string() == reset.to_string())),
        "{end:?}"
    );
}
