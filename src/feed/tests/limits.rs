//! How many, and anything at all.

use proptest::prelude::*;

use super::*;
use crate::feed::{Full, MAX_CLIENTS};

#[tokio::test(start_paused = true)]
async fn one_client_too_many_is_not_taken() {
    let (_office, feed) = office(&[]);
    let mut desks: Vec<_> = (0..MAX_CLIENTS).map(|_| Desk::open(&feed, 1)).collect();
    assert!(feed.is_full());
    let (_, one_more) = duplex(1);
    assert_eq!(feed.accept(one_more, String::new()), Err(Full));
    assert_eq!((feed.clients(), feed.counts().refused), (MAX_CLIENTS, 1));
    desks.pop();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(!feed.is_full());
    desks.push(Desk::open(&feed, 1));
    assert_eq!(feed.clients(), MAX_CLIENTS);
}

#[tokio::test(start_paused = true)]
async fn a_feed_that_was_stopped_takes_nobody_and_keeps_whom_it_has() {
    let (_office, feed) = office(&["alice"]);
    let mut desk = Desk::open(&feed, 4096);
    feed.stop();
    assert!(feed.is_full());
    let (_, one_more) = duplex(1);
    assert_eq!(feed.accept(one_more, String::new()), Err(Full));
    assert_eq!(desk.message().await, "alice=online");
}

proptest! {
    #[test]
    fn any_bytes_end_in_a_close_frame_or_are_ignored(
        stream in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let (_office, feed) = office(&["alice"]);
            let mut desk = Desk::open(&feed, 4096);
            desk.message().await;
            desk.connection.write_all(&stream).await.unwrap();
            desk.connection.shutdown().await.unwrap();
            while let Some(frame) = desk.frame().await {
                assert!(!matches!(frame, Frame::Text(_)), "{frame:?}");
            }
            settle().await;
            assert_eq!(feed.clients(), 0);
        });
    }
}
