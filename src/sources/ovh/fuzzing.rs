//! What has to hold whatever OVH answers: see `crate::fuzzing`.

use super::answer::{Answer, MAX_EVENTS, MAX_SESSION};
use super::state::{COUNT_WAIT, DECISION_WAIT, DOUBT_TALKING, State};
use crate::board::{Board, Timestamp};
use crate::config::NumbersUsers;
use crate::fuzzing::is_clean;

/// How often what waits for its time is looked at, in milliseconds.
const TICK: u64 = 500;

/// The longest pause that a line of the input makes, in milliseconds.
const MAX_PAUSE: u64 = 60_000;

/// Answers to polls, a line each; the lines `gap`, `forget`, `other numbers` and `wait <milliseconds>` are what happens between them. An
/// answer is the same with blanks between its parts; the board shows what is known, and once all is quiet, nothing is left on it.
pub fn ovh(bytes: &[u8]) {
    let mut it = Followed {
        state: State::default(),
        board: Board::new(),
        now: Timestamp(1_700_000_000_000),
    };
    it.numbers("0033912312301:bob, 0912312302:alice, +33 9 12 31 23 99:support");
    for (index, line) in bytes.split(|b| *b == b'\n').enumerate() {
        // Two tokens in turn.
        let slot = 1 << (index % 2);
        match line {
            b"gap" => it.state.gap(slot, it.now),
            b"forget" => it.state.forget(slot, it.now),
            b"other numbers" => it.numbers("0033912312301:carol, 0033912312399:y"),
            _ if line.starts_with(b"wait ") => {
                let millis = str::from_utf8(&line[5..])
                    .ok()
                    .and_then(|text| text.parse().ok());
                it.wait(millis.unwrap_or(0).min(MAX_PAUSE));
            }
            _ => {
                if let Some(answer) = read(line) {
                    it.state.events(&answer.events, slot, it.now);
                }
            }
        }
        it.flush();
    }
    it.wait(DECISION_WAIT.max(COUNT_WAIT));
    it.state.gap(3, it.now);
    it.now = it.now.after(DOUBT_TALKING);
    it.wait(2 * TICK);
    let view = it.board.snapshot();
    assert!(view.lines.iter().all(|line| line.calls.is_empty()));
    let is_empty =
        |queue: &crate::board::QueueView| queue.waiting.is_empty() && queue.talking.is_empty();
    assert!(view.queues.iter().all(is_empty));
    it.state.clear(it.now);
    it.flush();
    let view = it.board.snapshot();
    assert!(view.lines.is_empty() && view.queues.is_empty(), "{view:?}");
}

fn read(body: &[u8]) -> Option<Answer> {
    let answer = Answer::read(body);
    assert_eq!(Answer::read(&spread(body)), answer, "with blanks");
    let answer = answer?;
    assert!(answer.events.len() <= MAX_EVENTS && is_clean(&answer.message));
    let session = answer.session.as_deref().unwrap_or("s");
    assert!(!session.is_empty() && session.len() <= MAX_SESSION);
    Some(answer)
}

/// The same JSON with blanks and line ends around its brackets, colons and commas.
fn spread(body: &[u8]) -> Vec<u8> {
    let (mut out, mut in_string, mut escaped) = (Vec::new(), false, false);
    for &b in body {
        if in_string || !matches!(b, b'{' | b'}' | b'[' | b']' | b':' | b',') {
            out.push(b);
        } else {
            out.extend([b' ', b'\n', b, b'\r', b'\t']);
        }
        in_string ^= b == b'"' && !escaped;
        escaped = in_string && b == b'\\' && !escaped;
    }
    out
}

/// The state machine with a board behind it.
struct Followed {
    state: State,
    board: Board,
    now: Timestamp,
}

impl Followed {
    fn numbers(&mut self, text: &str) {
        self.state
            .set_numbers(&NumbersUsers::parse(text).0, self.now);
        self.flush();
    }

    fn wait(&mut self, millis: u64) {
        let end = self.now.after(millis);
        while self.now < end {
            self.now = self.now.after(TICK).min(end);
            self.board.expire(self.now);
            self.state.tick(self.now);
            self.tell();
        }
        self.flush();
    }

    fn tell(&mut self) {
        for (event, at) in self.state.take() {
            self.board.apply(event, at);
        }
    }

    fn flush(&mut self) {
        self.tell();
        let (view, counts) = (self.board.snapshot(), self.state.counts());
        let waiting: usize = view.queues.iter().map(|queue| queue.waiting.len()).sum();
        assert_eq!(waiting, counts.waiting, "who waits");
        let calls: usize = view.lines.iter().map(|line| line.calls.len()).sum();
        assert!(
            calls <= counts.calls,
            "the board has {calls} calls of {}",
            counts.calls
        );
    }
}
