//! What has to hold whatever Asterisk sends: see `crate::fuzzing`.

use std::collections::HashMap;

use super::link::{Frames, MAX_MESSAGE, Parser, header};
use super::state::{Output, Seeded, State, View};
use crate::board::{Board, Timestamp};
use crate::calls::Dial;
use crate::config::{DialPatterns, NumbersUsers};
use crate::fuzzing::piece;

use asterisk_rs_ami::RawAmiMessage;

/// How long it takes from one message to the next, in milliseconds.
const TICK: u64 = 10;

/// An event of this name is none of Asterisk's: its header `Do` says what happens to the link.
const CONTROL: &str = "Control";

/// What Asterisk sends after the login. It is cut into the same messages however the bytes arrive; a message can be written and read
/// again; the board shows the calls that are known, and a complete list of nothing leaves nothing.
pub fn ami(bytes: &[u8]) {
    let cut = Cut::of(bytes, bytes.len().max(1));
    let in_pieces = Cut::of(bytes, piece(bytes));
    assert_eq!(in_pieces, cut, "in pieces");
    let messages: Vec<_> = cut.messages.iter().filter_map(read).collect();
    for message in &messages {
        written_again(message);
    }
    follow(&messages);
}

/// A message's headers, and what a command put out.
type Message = (Vec<(String, String)>, Vec<String>);

/// What bytes are cut into.
#[derive(Debug, Default, PartialEq)]
struct Cut {
    messages: Vec<Option<Message>>,
    /// The ids of the actions that were answered.
    answers: Vec<Option<Vec<u8>>>,
    skipped: usize,
}

impl Cut {
    fn of(bytes: &[u8], piece: usize) -> Self {
        let (mut frames, mut parser, mut cut) = (Frames::default(), Parser::new(), Self::default());
        for piece in bytes.chunks(piece) {
            frames.buffer().extend_from_slice(piece);
            let answers = &mut cut.answers;
            let answer =
                |answer: &[u8]| answers.push(header(answer, b"ActionID").map(<[u8]>::to_vec));
            let mut batch = frames.take(answer);
            assert!(frames.buffer().len() <= MAX_MESSAGE);
            cut.skipped += batch.skipped;
            while let Some(message) = parser.next(&mut batch.bytes) {
                cut.messages
                    .push(message.ok().map(|m| (m.headers, m.output)));
            }
        }
        cut
    }
}

fn read(message: &Option<Message>) -> Option<RawAmiMessage> {
    let (headers, output) = message.clone()?;
    Some(RawAmiMessage {
        headers,
        output,
        channel_variables: HashMap::new(),
    })
}

fn written_again(message: &RawAmiMessage) {
    let lines = message.headers.iter();
    let lines = lines.map(|(name, value)| format!("{name}: {value}\r\n"));
    let text = lines.collect::<String>() + "\r\n";
    let cut = Cut::of(text.as_bytes(), text.len());
    let expected = (message.headers.clone(), Vec::new());
    assert_eq!(cut.messages, [Some(expected)], "{text:?}");
}

/// The state machine with a board behind it.
struct Followed {
    state: State,
    board: Board,
    now: Timestamp,
}

impl Followed {
    fn act(&mut self, act: impl FnOnce(&mut State, Timestamp)) {
        self.now = self.now.after(TICK);
        act(&mut self.state, self.now);
        for output in self.state.take() {
            if let Output::Board(event, at) = output {
                self.board.apply(event, at);
            }
        }
        let lines = self.board.snapshot().lines;
        let calls: usize = lines.iter().map(|line| line.calls.len()).sum();
        assert_eq!(
            calls,
            self.state.counts().calls,
            "the board shows what is known"
        );
    }

    fn lists(&mut self, complete: bool) {
        let complete = Seeded {
            channels: complete,
            devices: complete,
            hints: complete,
            queues: complete,
        };
        self.act(|state, now| state.end_seed(complete, now));
    }
}

fn follow(messages: &[RawAmiMessage]) {
    let view = View {
        numbers: NumbersUsers::parse("6001:alice, 6002:bob, 6003:bob").0,
        extensions: DialPatterns::parse("XX, XXX, XXXX, XXXXX").0,
        context: "from-internal".to_owned(),
    };
    let mut it = Followed {
        state: State::new(view),
        board: Board::new(),
        now: Timestamp(1_900_000_000_000),
    };
    let mut order = match (Dial::new("6001"), Dial::new("6002")) {
        (Some(from), Some(to)) => it.state.watch("sb-1", "originate-11", &from, &to),
        wrong => panic!("{wrong:?}"),
    };
    it.act(State::begin_seed);
    for message in messages {
        if message.get("Event") != Some(CONTROL) {
            it.act(|state, now| state.message(message, now));
            continue;
        }
        match message.get("Do") {
            Some("listed") => it.lists(true),
            Some("listed in part") => it.lists(false),
            Some("list") => it.act(State::begin_seed),
            Some("gap") => it.act(State::gap),
            Some("lose") => it.act(State::lost),
            Some("wait") => {
                it.now = it.now.after(60_000);
                it.act(State::expire);
            }
            _ => {}
        }
    }
    let mut told = 0;
    while order.try_recv().is_ok() {
        told += 1;
    }
    assert!(told <= 6, "a call is told of {told} times");
    it.act(State::begin_seed);
    it.lists(true);
    assert_eq!(it.state.counts().channels, 0);
    assert_eq!(it.state.listing().extensions, []);
    let lines = it.board.snapshot().lines;
    assert!(lines.iter().all(|line| line.calls.is_empty()));
    it.act(State::clear);
    assert_eq!(it.board.snapshot().lines, []);
}
