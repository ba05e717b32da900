//! What a peer may ask for, and what it may not.

use super::*;

/// The second trap: beyond 256 unacknowledged streams hashicorp/yamux resets them.
#[tokio::test]
async fn unacknowledged_streams_are_bounded() {
    let (session, _driver, mut peer) = raw();
    let mut open = Vec::new();
    while let Some(stream) = session.try_open().unwrap() {
        stream.sender().send(b"x").unwrap();
        open.push(stream);
    }
    assert_eq!(open.len(), MAX_UNACKNOWLEDGED);
    put(
        &mut peer,
        Header::new(FrameType::WindowUpdate, Flags::ACK, 2, 0),
        &[],
    )
    .await;
    // The acknowledgement of one makes room for one, whether that one is read or not.
    let next = limited(session.open()).await.unwrap();
    assert!(session.try_open().unwrap().is_none());
    drop(next);
}

#[tokio::test]
async fn streams_beyond_the_backlog_are_reset() {
    let (session, _driver, mut peer) = raw();
    for i in 0..=MAX_BACKLOG as u32 {
        put(
            &mut peer,
            Header::new(FrameType::WindowUpdate, Flags::SYN, 2 * i + 1, 0),
            &[],
        )
        .await;
    }
    let (header, _) = frame(&mut peer).await;
    assert_eq!(
        (header.flags, header.stream),
        (Flags::RST, 2 * MAX_BACKLOG as u32 + 1)
    );
    for _ in 0..MAX_BACKLOG {
        drop(limited(session.accept()).await.unwrap());
    }
}

/// Each of these ends the session with its reason, and nothing is allocated for it.
#[tokio::test]
async fn what_breaks_the_protocol_ends_the_session() {
    let data = |flags, stream, length| Header::new(FrameType::Data, flags, stream, length);
    for (header, error) in [
        (data(Flags::SYN, 2, 0), ProtocolError::StreamId(2)),
        (data(Flags::SYN, 0, 0), ProtocolError::StreamId(0)),
        (
            data(Flags::SYN, 1, WINDOW + 1),
            ProtocolError::Window {
                stream: 1,
                length: WINDOW + 1,
                window: WINDOW,
            },
        ),
        (
            data(Flags(0), 9, u32::MAX),
            ProtocolError::Window {
                stream: 9,
                length: u32::MAX,
                window: WINDOW,
            },
        ),
        (
            Header::new(FrameType::WindowUpdate, Flags::SYN, 1, u32::MAX),
            ProtocolError::WindowOverflow(1),
        ),
    ] {
        let (session, driver, mut peer) = raw();
        put(&mut peer, header, &[]).await;
        let (last, _) = frame(&mut peer).await;
        assert_eq!((last.kind, last.length), (FrameType::GoAway, 1));
        match limited(driver).await.unwrap() {
            Err(SessionError::Protocol(e)) => assert_eq!(e, error),
            other => panic!("{header:?}: {other:?}"),
        }
        assert!(session.open().await.is_err());
        // A stream that was opened before the breach may still be accepted; after it, none.
        while limited(session.accept()).await.is_ok() {}
    }
    for bytes in [[9; HEADER_LEN], [0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]] {
        let (_session, driver, mut peer) = raw();
        peer.write_all(&bytes).await.unwrap();
        assert!(matches!(
            limited(driver).await.unwrap(),
            Err(SessionError::Protocol(_))
        ));
    }
}

/// A peer that asks for answers and never reads them costs bounded memory.
#[tokio::test]
async fn a_flood_of_pings_ends_the_session() {
    let (ours, mut peer) = duplex(64 * 1024);
    let (_session, driver) = Session::new(ours, Mode::Server);
    let driver = tokio::spawn(driver);
    let mut pings = Vec::new();
    for i in 0..4096 {
        Header::new(FrameType::Ping, Flags::SYN, 0, i).put(&mut pings);
    }
    while limited(peer.write_all(&pings)).await.is_ok() {}
    match limited(driver).await.unwrap() {
        Err(SessionError::Protocol(e)) => assert_eq!(e, ProtocolError::Flood),
        other => panic!("{other:?}"),
    }
}

/// A peer that reads nothing and makes room in tiny steps fills no queue.
#[tokio::test]
async fn window_updates_of_a_stalled_stream_are_not_gathered() {
    let (ours, mut peer) = duplex(64 * 1024);
    let (session, driver) = Session::new(ours, Mode::Server);
    tokio::spawn(driver);
    let mut open = Vec::new();
    for _ in 0..8 {
        let stream = session.open().await.unwrap();
        stream.sender().send(&vec![0; 512 * 1024]).unwrap();
        open.push(stream);
    }
    let mut updates = Vec::new();
    for _ in 0..10_000 {
        Header::new(FrameType::WindowUpdate, Flags(0), 14, 1).put(&mut updates);
    }
    for _ in 0..10 {
        limited(peer.write_all(&updates)).await.unwrap();
    }
    put(
        &mut peer,
        Header::new(FrameType::Ping, Flags::SYN, 0, 1),
        &[],
    )
    .await;
    assert!(session.stalled_count() <= open.len());
}

/// Unread data is bounded over all streams, not only by each window.
#[tokio::test]
async fn unread_data_of_all_streams_is_bounded() {
    let (session, _driver, mut peer) = raw();
    let mut streams = Vec::new();
    let full = vec![1; WINDOW as usize];
    let fits = crate::yamux::MAX_UNREAD / full.len();
    for i in 0..fits as u32 {
        put(
            &mut peer,
            Header::new(FrameType::Data, Flags::SYN, 2 * i + 1, WINDOW),
            &full,
        )
        .await;
        streams.push(limited(session.accept()).await.unwrap());
        let (header, _) = frame(&mut peer).await;
        assert_eq!((header.flags, header.stream), (Flags::ACK, 2 * i + 1));
    }
    let one_more = 2 * fits as u32 + 1;
    let header = Header::new(FrameType::Data, Flags::SYN, one_more, 1);
    put(&mut peer, header, b"x").await;
    let (header, _) = frame(&mut peer).await;
    assert_eq!((header.flags, header.stream), (Flags::RST, one_more));
    drop(streams);
    put(
        &mut peer,
        Header::new(FrameType::Data, Flags::SYN, 9999, 1),
        b"y",
    )
    .await;
    assert_eq!(
        limited(limited(session.accept()).await.unwrap().read_u8())
            .await
            .unwrap(),
        b'y'
    );
}

/// A session without stream ids ends, so that its plugin is started anew.
#[tokio::test]
async fn a_session_without_ids_ends() {
    let (session, driver, _peer) = raw();
    session.use_up_ids();
    assert!(matches!(session.open().await, Err(SessionError::Exhausted)));
    assert!(matches!(
        limited(driver).await.unwrap(),
        Err(SessionError::Exhausted)
    ));
}
