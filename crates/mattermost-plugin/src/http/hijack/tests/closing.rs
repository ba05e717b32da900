//! How a connection ends, by itself and with the plugin.

use super::*;

#[tokio::test]
async fn a_shutdown_closes_behind_what_was_written() {
    let setting = Setting::start();
    let (mut connection, mut calls) = setting.hijacked().await;
    connection.write_all(b"last").await.unwrap();
    let host = async {
        assert_eq!(calls.written().await, b"last");
        calls.next("HjConnClose").await.reply.ok(&());
    };
    let ((), closed) = limited(async { tokio::join!(host, connection.shutdown()) }).await;
    closed.unwrap();
    limited(connection.shutdown()).await.unwrap();
    let more = connection.write_all(b"more").await.unwrap_err();
    assert_eq!(more.kind(), io::ErrorKind::BrokenPipe);
    drop(connection);
    calls.ended().await;
}

#[tokio::test]
async fn a_drop_closes_behind_what_was_written() {
    let setting = Setting::start();
    let (mut connection, mut calls) = setting.hijacked().await;
    connection.write_all(b"under way").await.unwrap();
    let (_, waker) = flag();
    let mut cx = Context::from_waker(&waker);
    assert!(Pin::new(&mut connection).poll_flush(&mut cx).is_pending());
    connection.write_all(b"gathered").await.unwrap();
    drop(connection);
    let first = calls.next("HjConnWrite").await;
    assert_eq!(first.data, b"under way");
    calls.none().await;
    first.reply.ok(&9_i64);
    let second = calls.next("HjConnWrite").await;
    assert_eq!(second.data, b"gathered");
    calls.none().await;
    second.reply.ok(&8_i64);
    calls.next("HjConnClose").await.reply.ok(&());
    calls.ended().await;
}

/// A client that takes nothing keeps its connection for so long only.
#[tokio::test(start_paused = true)]
async fn last_words_are_waited_for_ten_seconds() {
    let setting = Setting::start();
    let (mut connection, mut calls) = setting.hijacked().await;
    connection.write_all(b"last").await.unwrap();
    let dropped = Instant::now();
    drop(connection);
    let _unanswered = calls.next("HjConnWrite").await;
    calls.next("HjConnClose").await.reply.ok(&());
    assert_eq!(dropped.elapsed().as_secs(), LAST_WORDS.as_secs());
}

/// Nothing is left of a connection that said nothing, though nobody waits for its end.
#[tokio::test]
async fn an_idle_connection_closes_as_it_is_dropped() {
    let setting = Setting::start();
    let (mut connection, mut calls) = setting.hijacked().await;
    let (_, waker) = flag();
    let mut cx = Context::from_waker(&waker);
    let mut bytes = [0; 8];
    let polled = Pin::new(&mut connection).poll_read(&mut cx, &mut ReadBuf::new(&mut bytes));
    assert!(polled.is_pending());
    let _read = calls.next("HjConnRWRead").await;
    drop(connection);
    let close = calls.next("HjConnClose").await;
    settle().await;
    assert!(!calls.served.is_finished());
    close.reply.ok(&());
    calls.ended().await;
}

#[tokio::test]
async fn all_are_closed_at_once_though_a_write_is_under_way() {
    let setting = Setting::start();
    let (_, waker) = flag();
    let mut cx = Context::from_waker(&waker);
    let mut open = Vec::new();
    for i in 0..100 {
        let (mut connection, mut calls) = setting.hijacked().await;
        let mut write = None;
        if i % 2 == 0 {
            connection.write_all(b"frame").await.unwrap();
            assert!(Pin::new(&mut connection).poll_flush(&mut cx).is_pending());
            write = Some(calls.next("HjConnWrite").await);
        }
        open.push((connection, calls, write));
    }
    let connections = Arc::clone(&setting.connections);
    let closing = tokio::spawn(async move { connections.close_all().await });
    let mut closes = Vec::new();
    for (_, calls, _) in &mut open {
        closes.push(calls.next("HjConnClose").await);
    }
    // All were asked before any was answered; the answers come in another order.
    assert!(!closing.is_finished());
    for close in closes.into_iter().rev() {
        close.reply.ok(&());
    }
    limited(closing).await.unwrap();
    for (mut connection, mut calls, write) in open {
        if let Some(write) = write {
            write
                .reply
                .error("write tcp: use of closed network connection");
        }
        limited(connection.shutdown()).await.unwrap();
        drop(connection);
        calls.ended().await;
    }
}

/// Nobody would close it any more: it is closed at once, though the plugin may be active again.
#[tokio::test]
async fn what_is_taken_over_while_all_are_closed_is_closed_too() {
    let setting = Setting::start();
    let (hijack, mut calls) = setting.request();
    let work = tokio::spawn(hijack.hijack());
    let asked = calls.next("HijackResponse").await;
    limited(setting.connections.close_all()).await;
    let (_next, mut next_calls) = setting.hijacked().await;
    asked.reply.ok(&());
    let outcome = limited(work).await.unwrap();
    assert!(matches!(outcome, Err(HijackError::Deactivated)));
    calls.next("HjConnClose").await.reply.ok(&());
    calls.ended().await;
    // Those of the next activation stay.
    next_calls.none().await;
}
