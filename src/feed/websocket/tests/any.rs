//! Any bytes at all.

use proptest::prelude::*;

use super::*;

/// Bytes that look like frames more often than chance would have it.
fn almost_frames() -> impl Strategy<Value = Vec<u8>> {
    let first = prop::sample::select(vec![
        FIN | TEXT,
        TEXT,
        0,
        FIN,
        FIN | PING,
        FIN | CLOSE,
        0xC1,
    ]);
    let payload = prop::collection::vec(any::<u8>(), 0..130);
    let frames = (first, payload, any::<prop::sample::Index>(), any::<u8>()).prop_map(
        |(first, payload, at, byte)| {
            let mut frame = frame(first, &payload);
            // One in four is damaged.
            if byte < 64 {
                let at = at.index(frame.len());
                frame[at] = byte;
            }
            frame
        },
    );
    prop_oneof![
        prop::collection::vec(frames, 0..8).prop_map(|frames| frames.concat()),
        prop::collection::vec(any::<u8>(), 0..300),
    ]
}

proptest! {
    #[test]
    fn are_read_the_same_way_in_any_pieces(stream in almost_frames(), size in 1..200_usize) {
        let whole = read([&stream[..]]);
        prop_assert_eq!(read(stream.chunks(size)), whole);
    }

    #[test]
    fn keep_no_more_than_one_control_frame(stream in almost_frames()) {
        let now = Instant::now();
        let mut reader = Reader::new(now);
        for mut byte in stream.chunks(1) {
            let event = reader.read(&mut byte, now);
            // Twice, as a vector grows.
            prop_assert!(reader.kept() <= 2 * 125);
            match event {
                Ok(Some(Event::Ping(payload))) => prop_assert!(payload.len() <= 125),
                Ok(_) => {}
                Err(violation) => {
                    prop_assert_eq!(CloseCode::new(violation.code.number()), Some(violation.code));
                    break;
                }
            }
        }
    }
}
