//! The request's body, as the plugin asks for it.
//!
//! The reader writes how many bytes it wants as Go's signed varint, and gets up to so many; the
//! stream's end is the body's end.

use bytes::{Buf, Bytes, BytesMut};
use go_plugin::broker::BrokerStream;
use http_body_util::BodyExt;
use hyper::body::Body;

/// Bytes sent and not yet taken by the plugin, beyond which the body waits.
const UNSENT: usize = 64 * 1024;

/// Feeds the plugin until it has all, wants no more, or the client has left.
pub(super) async fn feed(mut stream: BrokerStream, mut body: impl Body<Data = Bytes> + Unpin) {
    let mut asked = BytesMut::new();
    let mut ready = Bytes::new();
    loop {
        let mut credit = loop {
            match varint(&mut asked) {
                Some(Ok(credit)) => break credit,
                Some(Err(())) => return stream.sender().reset(),
                None => match stream.fill(&mut asked).await {
                    Ok(true) => {}
                    Ok(false) | Err(_) => return,
                },
            }
        };
        while credit > 0 {
            while ready.is_empty() {
                match body.frame().await {
                    Some(Ok(frame)) => ready = frame.into_data().unwrap_or_default(),
                    // At its end or broken off: the plugin cannot tell these apart, as with Mattermost.
                    Some(Err(_)) | None => return,
                }
            }
            let part = ready.split_to(
                ready
                    .len()
                    .min(usize::try_from(credit).unwrap_or(usize::MAX)),
            );
            credit -= part.len() as i64;
            if stream.sender().send(&part).is_err() || stream.sender().sent(UNSENT).await.is_err() {
                return;
            }
        }
    }
}

/// Takes a number off `bytes`, if it is all there; an error when it is too long to be one.
fn varint(bytes: &mut BytesMut) -> Option<Result<i64, ()>> {
    const LONGEST: usize = 10;
    let Some(last) = bytes.iter().take(LONGEST).position(|byte| *byte < 0x80) else {
        return (bytes.len() >= LONGEST).then_some(Err(()));
    };
    let folded = bytes[..=last]
        .iter()
        .rev()
        .fold(0_u64, |value, byte| value << 7 | u64::from(byte & 0x7f));
    bytes.advance(last + 1);
    let sign = (folded & 1).cast_signed();
    Some(Ok((folded >> 1).cast_signed() ^ -sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_gos_varints() {
        // encoding/binary: PutVarint.
        for (bytes, number) in [
            (&[0_u8][..], 0),
            (&[1], -1),
            (&[2], 1),
            (&[0x80, 0x80, 0x04], 32_768),
        ] {
            let mut buffer = BytesMut::from(bytes);
            assert_eq!(varint(&mut buffer), Some(Ok(number)));
            assert!(buffer.is_empty());
        }
        assert_eq!(varint(&mut BytesMut::from(&[0x80][..])), None);
        assert_eq!(varint(&mut BytesMut::from(&[0x80; 10][..])), Some(Err(())));
    }
}
