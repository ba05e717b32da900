//! Streams that together want to send more than may be on its way.

use super::*;

/// Many streams want to send at once: they take turns, so that what is on its way stays small, and each
/// gets its turn, also where those before it have changed their minds.
#[tokio::test]
async fn those_who_ask_for_room_take_turns() {
    const STREAMS: usize = 400;
    const EACH: usize = 32 * 1024;
    const PIPE: usize = 64 * 1024;
    // So many in a row want nothing any more that whole rounds of them do.
    const SENDS: fn(usize) -> bool = |i| !(20..STREAMS - 20).contains(&i);
    let (ours, mut peer) = duplex(PIPE);
    let (session, driver) = Session::new(ours, Mode::Server);
    tokio::spawn(driver);
    let sent = Arc::new(AtomicUsize::new(0));
    let mut writers = Vec::new();
    for i in 0..STREAMS {
        let id = 2 * i as u32 + 1;
        put(
            &mut peer,
            Header::new(FrameType::WindowUpdate, Flags::SYN, id, 0),
            &[],
        )
        .await;
        let stream = limited(session.accept()).await.unwrap();
        let sent = Arc::clone(&sent);
        writers.push(tokio::spawn(async move {
            poll_fn(|cx| stream.sender().poll_room(cx)).await;
            if SENDS(i) {
                stream.sender().send(&[1; EACH]).unwrap();
                sent.fetch_add(EACH, Ordering::SeqCst);
            }
            stream
        }));
    }
    for _ in 0..10 * STREAMS {
        tokio::task::yield_now().await;
    }
    // Nobody has read yet: what is in the pipe, what the driver has in hand, and the room.
    assert!(sent.load(Ordering::SeqCst) <= PIPE + 2 * (ROOM + EACH));
    let reading = tokio::spawn(async move {
        let mut read = vec![0; PIPE];
        while let Ok(1..) = peer.read(&mut read).await {}
    });
    // Kept to the end: a stream that ends would give the driver another reason to look.
    let mut streams = Vec::new();
    for writer in writers {
        streams.push(limited(writer).await.unwrap());
    }
    assert_eq!(session.crowd_count(), 0);
    let all = (0..STREAMS).filter(|i| SENDS(*i)).count() * EACH;
    assert_eq!(sent.load(Ordering::SeqCst), all);
    reading.abort();
}

/// Streams that always have something to send are all served equally often, though each asks again as
/// soon as it can, and what all of them want is many times what has room.
#[tokio::test]
async fn a_load_that_lasts_is_shared_evenly() {
    const STREAMS: usize = 400;
    const ROUNDS: usize = 20;
    for each in [4 * 1024, 64 * 1024] {
        let (ours, theirs) = pair();
        let peer = tokio::spawn(async move {
            while let Ok(mut stream) = theirs.accept().await {
                tokio::spawn(async move {
                    let mut data = vec![0; each];
                    while stream.read_exact(&mut data).await.is_ok() {
                        stream.sender().send(&[1]).unwrap();
                    }
                });
            }
        });
        let counts: Arc<[AtomicUsize]> = (0..STREAMS).map(|_| AtomicUsize::new(0)).collect();
        let left = Arc::new(Semaphore::new(STREAMS * ROUNDS));
        let mut open = Vec::new();
        for _ in 0..STREAMS {
            open.push(limited(ours.open()).await.unwrap());
            open[open.len() - 1].sender().announce();
        }
        let mut writers = JoinSet::new();
        for (i, mut stream) in open.into_iter().enumerate() {
            let (counts, left) = (Arc::clone(&counts), Arc::clone(&left));
            writers.spawn(async move {
                let data = vec![1; each];
                loop {
                    poll_fn(|cx| stream.sender().poll_room(cx)).await;
                    let Ok(permit) = left.try_acquire() else {
                        return stream;
                    };
                    permit.forget();
                    stream.sender().send(&data).unwrap();
                    stream.read_u8().await.unwrap();
                    counts[i].fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        limited(writers.join_all()).await;
        let counts = counts.iter().map(|count| count.load(Ordering::SeqCst));
        let (least, most) = (counts.clone().min().unwrap(), counts.max().unwrap());
        assert!(most <= 2 * least, "{each} bytes: {least} to {most} times");
        peer.abort();
    }
}

/// Nothing leaves any more, so nobody waits for it to.
#[tokio::test]
async fn the_end_makes_room() {
    let (ours, theirs) = duplex(1024);
    let (session, driver) = Session::new(ours, Mode::Server);
    let driving = tokio::spawn(driver);
    // The first is in the driver's hand, the second before it.
    let streams = [session.open().await.unwrap(), session.open().await.unwrap()];
    for stream in &streams {
        stream.sender().send(&[1; WINDOW as usize]).unwrap();
        tokio::task::yield_now().await;
    }
    let stream = &streams[0];
    let mut waiting = Box::pin(poll_fn(|cx| stream.sender().poll_room(cx)));
    let first = poll_fn(|cx| Poll::Ready(waiting.as_mut().poll(cx))).await;
    assert!(first.is_pending());
    drop(theirs);
    limited(waiting).await;
    let _ = limited(driving).await;
}
