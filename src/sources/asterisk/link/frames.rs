//! Cutting the stream into messages, and reading them.

use asterisk_rs_ami::{AmiCodec, RawAmiMessage};
use bytes::{Buf, BytesMut};
use memchr::memmem;
use tokio_util::codec::Decoder;

/// The longest message that is read, in bytes; the same as [`AmiCodec`]'s. Asterisk's longest, the answer to `ListCommands`, has
/// about 15 KB.
pub(in super::super) const MAX_MESSAGE: usize = 64 * 1024;

/// Where a message ends.
const END: &[u8] = b"\r\n\r\n";

/// Bytes that came, cut where messages end.
#[derive(Debug, Default)]
pub(in super::super) struct Frames {
    buffer: BytesMut,
    /// How much of the buffer has no end of a message in it.
    searched: usize,
    /// Within a message that is too long.
    skips: bool,
}

/// Whole messages as they came.
#[derive(Debug, Default)]
pub(in super::super) struct Batch {
    /// The messages.
    pub(in super::super) bytes: BytesMut,
    /// How many they are.
    pub(in super::super) messages: usize,
    /// How many are left out, because they are too long.
    pub(in super::super) skipped: usize,
}

impl Frames {
    /// Where to read into.
    pub(in super::super) fn buffer(&mut self) -> &mut BytesMut {
        &mut self.buffer
    }

    /// Takes a whole line, without its end: the banner.
    pub(super) fn line(&mut self) -> Option<BytesMut> {
        let end = memchr::memchr(b'\n', &self.buffer)?;
        let mut line = self.buffer.split_to(end + 1);
        line.truncate(end);
        if line.ends_with(b"\r") {
            line.truncate(end - 1);
        }
        Some(line)
    }

    /// Takes the first whole message, and leaves the rest. A login's answers are far from [`MAX_MESSAGE`]: what is longer is dropped.
    pub(super) fn first(&mut self) -> Option<BytesMut> {
        if let Some(at) = memmem::find(&self.buffer, END) {
            return Some(self.buffer.split_to(at + END.len()));
        }
        if self.buffer.len() > MAX_MESSAGE {
            self.buffer.clear();
        }
        None
    }

    /// Takes what is whole, and shows each answer (not events) to `answer` on the way.
    pub(in super::super) fn take(&mut self, mut answer: impl FnMut(&[u8])) -> Batch {
        let mut batch = Batch::default();
        let from = self.searched.saturating_sub(END.len() - 1);
        let mut start = 0;
        for at in memmem::find_iter(&self.buffer[from..], END) {
            let end = from + at + END.len();
            if self.skips {
                self.skips = false;
                self.buffer.advance(end);
                self.searched = 0;
                let rest = self.take(answer);
                return Batch {
                    skipped: rest.skipped + 1,
                    ..rest
                };
            }
            let message = self.buffer[start..end].trim_ascii_start();
            if message.starts_with(b"Response:") {
                answer(message);
            }
            batch.messages += usize::from(!message.is_empty());
            start = end;
        }
        batch.bytes = self.buffer.split_to(start);
        if self.buffer.len() > MAX_MESSAGE {
            // What may be the beginning of its end stays.
            self.skips = true;
            self.buffer.advance(self.buffer.len() - (END.len() - 1));
        }
        self.searched = self.buffer.len();
        batch
    }
}

/// Reads whole messages.
#[derive(Debug)]
pub(in super::super) struct Parser(AmiCodec);

impl Parser {
    pub(in super::super) fn new() -> Self {
        let mut codec = AmiCodec::new();
        // It wants a banner first; ours was read at the login.
        let _nothing = codec.decode(&mut BytesMut::from(&b"Asterisk Call Manager/0\r\n"[..]));
        Self(codec)
    }

    /// The next message of a batch; nothing at its end. A message that cannot be read is an error, and is taken out.
    pub(in super::super) fn next(
        &mut self,
        bytes: &mut BytesMut,
    ) -> Option<Result<RawAmiMessage, ()>> {
        loop {
            // One at a time: of more the codec takes what stands behind `Response: Follows` for the answer's own, if it came at once.
            let end = memmem::find(bytes, END)? + END.len();
            let mut message = bytes.split_to(end);
            return match self.0.decode(&mut message) {
                // Only answers to `Command` are so, which is never sent.
                Ok(Some(read)) if follows(&read) => Some(Err(())),
                Ok(Some(read)) => Some(Ok(read)),
                Ok(None) if message.is_empty() => continue, // It has no header.
                Ok(None) | Err(_) => Some(Err(())),
            };
        }
    }

    /// One message.
    pub(super) fn one(&mut self, message: &[u8]) -> Option<RawAmiMessage> {
        self.next(&mut BytesMut::from(message))?.ok()
    }
}

/// Whether lines of another form stand behind its headers.
fn follows(message: &RawAmiMessage) -> bool {
    let mut headers = message.headers.iter();
    headers.any(|(name, value)| {
        name.eq_ignore_ascii_case("Response") && value.eq_ignore_ascii_case("Follows")
    })
}

/// The value of a header, without reading the whole message.
pub(in super::super) fn header<'a>(message: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    message.split(|b| *b == b'\n').find_map(|line| {
        let (own, value) = line.split_at_checked(name.len())?;
        let value = value.strip_prefix(b":")?;
        own.eq_ignore_ascii_case(name).then(|| value.trim_ascii())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn events(batch: Batch) -> Vec<String> {
        let (mut parser, mut bytes, mut names) = (Parser::new(), batch.bytes, Vec::new());
        while let Some(message) = parser.next(&mut bytes) {
            names.push(message.map_or("?".into(), |m| m.get("Event").unwrap_or("-").to_owned()));
        }
        names
    }

    #[test]
    fn messages_are_cut_and_answers_shown() {
        let mut frames = Frames::default();
        frames
            .buffer()
            .extend_from_slice(b"Asterisk Call Manager/1.3\r\nEvent: A\r\nX: 1\r\n\r\nRespon");
        assert_eq!(
            frames.line().as_deref(),
            Some(&b"Asterisk Call Manager/1.3"[..])
        );
        assert_eq!(events(frames.take(|_| panic!("no answer"))), ["A"]);
        frames
            .buffer()
            .extend_from_slice(b"se: Success\r\nActionid:  7 \r\n\r");
        assert_eq!(frames.take(|_| panic!("not yet")).messages, 0);
        frames
            .buffer()
            .extend_from_slice(b"\n\r\n\r\nEvent: B\r\n\r\n");
        let mut answers = Vec::new();
        let batch =
            frames.take(|answer| answers.push(header(answer, b"ActionID").map(<[u8]>::to_vec)));
        assert_eq!(answers, [Some(b"7".to_vec())]);
        assert_eq!(events(batch), ["-", "B"]);
    }

    #[test]
    fn a_message_that_is_too_long_costs_itself_only() {
        let mut frames = Frames::default();
        frames
            .buffer()
            .extend_from_slice(b"Event: A\r\n\r\nEvent: Long\r\n");
        assert_eq!(events(frames.take(|_| ())), ["A"]);
        for _ in 0..100 {
            frames.buffer().extend_from_slice(&[b'x'; 8 * 1024]);
            assert_eq!(frames.take(|_| ()).messages, 0);
            assert!(frames.buffer().len() <= MAX_MESSAGE + 8 * 1024);
        }
        frames
            .buffer()
            .extend_from_slice(b"\r\n\r\nEvent: B\r\n\r\n");
        let batch = frames.take(|_| ());
        assert_eq!(batch.skipped, 1);
        assert_eq!(events(batch), ["B"]);
        // Whole, but with more headers than are read.
        let many = format!("Event: M\r\n{}\r\nEvent: C\r\n\r\n", "A: b\r\n".repeat(600));
        frames.buffer().extend_from_slice(many.as_bytes());
        assert_eq!(events(frames.take(|_| ())), ["?", "C"]);
    }

    #[test]
    fn an_answer_that_never_ends_costs_itself_only() {
        let mut frames = Frames::default();
        let text = b"Event: A\r\n\r\nResponse: Follows\r\nX: y\r\n\r\nEvent: B\r\n\r\n\r\n\r\n";
        frames.buffer().extend_from_slice(text);
        assert_eq!(events(frames.take(|_| ())), ["A", "?", "B"]);
    }

    #[test]
    fn what_stands_behind_an_answer_that_follows_is_not_the_answers_own() {
        let text =
            "Response: Follows\r\nX: y\r\n\r\nEvent: B\r\n--END COMMAND--\r\n\r\nEvent: C\r\n\r\n";
        let mut at_once = Frames::default();
        at_once.buffer().extend_from_slice(text.as_bytes());
        assert_eq!(events(at_once.take(|_| ())), ["?", "B", "C"]);
        // Whole, and with a blank more than the codec knows.
        for value in ["Follows", "  follows "] {
            let mut whole = Frames::default();
            let text = format!("Response: {value}\r\nOutput: x\r\n--END COMMAND--\r\n\r\n");
            whole.buffer().extend_from_slice(text.as_bytes());
            assert_eq!(events(whole.take(|_| ())), ["?"]);
        }
    }

    #[test]
    fn a_message_without_a_header_is_none() {
        let mut frames = Frames::default();
        frames
            .buffer()
            .extend_from_slice(b"so what\r\n\r\nEvent: A\r\n\r\n\r\n\r\n");
        assert_eq!(events(frames.take(|_| ())), ["A"]);
    }

    proptest! {
        #[test]
        fn however_the_bytes_arrive(pieces in proptest::collection::vec("(Event: [A-Z]\r\n)?[a-z:\r\n]{0,9}(\r\n\r\n)?", 0..20)) {
            let whole = pieces.concat();
            let mut at_once = Frames::default();
            at_once.buffer().extend_from_slice(whole.as_bytes());
            let expected = events(at_once.take(|_| ()));
            let (mut frames, mut found) = (Frames::default(), Vec::new());
            for piece in pieces {
                frames.buffer().extend_from_slice(piece.as_bytes());
                found.extend(events(frames.take(|_| ())));
            }
            prop_assert_eq!(found, expected);
        }
    }
}
