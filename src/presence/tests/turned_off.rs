use std::sync::Arc;

use tokio::io::AsyncReadExt;
use tokio::time::{Instant, sleep};

use super::super::lock;
use super::id;
use super::server::Server;
use super::watcher::{SECOND, SETTINGS, everybody, start};
use crate::feed::Full;
use crate::presence::NotReady;

#[tokio::test(start_paused = true)]
async fn turned_off_it_forgets_and_asks_for_nothing() {
    let (server, presence) = start(Server::with(3));
    everybody(&presence).await.unwrap();
    presence.configure(None);
    assert_eq!(everybody(&presence).await, Err(NotReady::Off));
    assert!(!presence.knows(&id(1)));
    assert!(!presence.report().on);
    assert!(presence.is_full());
    let before = server.calls().len();
    sleep(SECOND * 100).await;
    assert_eq!(server.calls().len(), before);

    // On again, and off while somebody waits: for good, or by a setting.
    *lock(&server.takes) = SECOND * 5;
    for stops in [true, false] {
        presence.configure(Some(SETTINGS));
        let waiting = tokio::spawn({
            let presence = Arc::clone(&presence);
            async move { everybody(&presence).await }
        });
        sleep(SECOND).await;
        let began = Instant::now();
        if stops {
            presence.stop(SECOND).await;
        } else {
            presence.configure(None);
        }
        assert_eq!(waiting.await.unwrap(), Err(NotReady::Off));
        assert!(began.elapsed() < SECOND);
        let before = server.calls().len();
        sleep(SECOND * 100).await;
        assert_eq!(server.calls().len(), before);
    }
}

/// A handshake that was under way as presence was turned off ends on the feed there was.
#[tokio::test(start_paused = true)]
async fn a_feed_that_is_turned_off_takes_nobody() {
    let (_server, presence) = start(Server::with(3));
    everybody(&presence).await.unwrap();
    let feed = Arc::clone(presence.watcher().unwrap().feed());
    let (ours, mut before) = tokio::io::duplex(4096);
    presence.accept(ours, "192.0.2.1".to_owned()).unwrap();
    assert!(!presence.is_full());
    presence.configure(None);
    assert!(feed.is_full());
    let (ours, mut after) = tokio::io::duplex(4096);
    assert_eq!(feed.accept(ours, "192.0.2.2".to_owned()), Err(Full));

    let mut read = Vec::new();
    after.read_to_end(&mut read).await.unwrap();
    assert_eq!(read, b"", "dropped as it was");
    before.read_to_end(&mut read).await.unwrap();
    let farewell = b"\x03\xe9presence was turned off";
    assert!(read.ends_with(farewell), "{read:?}");
    assert_eq!(feed.clients(), 0);

    presence.configure(Some(SETTINGS));
    assert!(!presence.is_full());
}

#[tokio::test(start_paused = true)]
async fn why_there_are_no_pages_is_known_without_waiting() {
    let server = Server::with(3);
    *lock(&server.takes) = SECOND;
    let (_server, presence) = start(server);
    assert_eq!(presence.not_ready(), Some(NotReady::FirstRound));
    sleep(SECOND * 5).await;
    assert_eq!(presence.not_ready(), None);
    presence.configure(None);
    assert_eq!(presence.not_ready(), Some(NotReady::Off));
}
