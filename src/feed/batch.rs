//! What goes to clients in one write.

use super::websocket::frame;

/// The most bytes of one write, which is what `mattermost-plugin` sends in one call.
pub const BATCH_BYTES: usize = 64 * 1024;

/// The room that a batch keeps for one more message, in bytes. Where every message and its frame are no longer than this, a batch
/// never becomes longer than its limit; a longer message still goes, as the last one of its batch.
pub const MESSAGE_ROOM: usize = 256;

/// Messages on their way to clients, framed once for all of them.
#[derive(Debug)]
pub struct Batch {
    bytes: Vec<u8>,
    messages: usize,
    limit: usize,
}

impl Default for Batch {
    fn default() -> Self {
        Self::with_limit(BATCH_BYTES)
    }
}

impl Batch {
    /// An empty one that is full near `limit` bytes.
    pub(super) const fn with_limit(limit: usize) -> Self {
        Self {
            bytes: Vec::new(),
            messages: 0,
            limit,
        }
    }

    /// One control frame, which is no message. Its payload is no longer than
    /// [`MAX_CONTROL_BYTES`](frame::MAX_CONTROL_BYTES).
    pub(super) fn control(opcode: frame::Opcode, payload: &[u8]) -> Self {
        let mut batch = Self::with_limit(0);
        frame::put_header(&mut batch.bytes, opcode, payload.len());
        batch.bytes.extend_from_slice(payload);
        batch
    }

    /// Adds one message, as an unmasked text frame. The payload is UTF-8, as RFC 6455, section 5.6, wants of text.
    pub fn push(&mut self, payload: &[u8]) {
        debug_assert!(std::str::from_utf8(payload).is_ok());
        frame::put_header(&mut self.bytes, frame::Opcode::Text, payload.len());
        self.bytes.extend_from_slice(payload);
        self.messages += 1;
    }

    /// Whether a source should stop here: another message of [`MESSAGE_ROOM`] would go beyond the limit, which is
    /// [`BATCH_BYTES`] or less.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.bytes.len() + MESSAGE_ROOM > self.limit
    }

    /// How many messages there are.
    #[must_use]
    pub const fn messages(&self) -> usize {
        self.messages
    }

    /// The frames, one behind the other.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The length of the frames, in bytes.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there is no message.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.messages == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_unmasked_text_frames_one_behind_the_other() {
        let mut batch = Batch::default();
        assert!(batch.is_empty());
        batch.push(b"Hello");
        batch.push(b"{}");
        // RFC 6455, section 5.7: a single-frame unmasked text message.
        assert_eq!(
            batch.as_bytes(),
            b"\x81\x05\x48\x65\x6c\x6c\x6f\x81\x02{}".as_slice()
        );
        assert_eq!((batch.messages(), batch.len()), (2, 11));
    }

    #[test]
    fn a_full_batch_is_within_its_limit() {
        for limit in [1024, 4096, BATCH_BYTES] {
            let mut batch = Batch::with_limit(limit);
            while !batch.is_full() {
                batch.push(&[b'x'; MESSAGE_ROOM - 4]);
            }
            assert!(batch.len() <= limit, "{} of {limit}", batch.len());
            assert!(batch.len() > limit - MESSAGE_ROOM);
        }
    }
}
