//! Lines on their way to stderr: a bounded queue and the one thread that writes it out.

use std::{
    io::{self, Write},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant, SystemTime},
};

use super::timestamp;

/// Bytes of lines that wait for a host that does not read stderr: 1 MiB, about what a minute of
/// busy logging makes. What comes then is dropped, counted, and named in the log once there is
/// room: a host that is slow to read must not stop the plugin.
pub const MAX_QUEUED_BYTES: usize = 1024 * 1024;

/// Stack of the writing thread in bytes. It calls nothing but `write`.
const STACK_BYTES: usize = 64 * 1024;

/// Keep at most this much of a buffer that was written out, in bytes.
const KEEP_BYTES: usize = 64 * 1024;

#[derive(Default)]
struct State {
    lines: Vec<u8>,
    lost: u64,
    writing: bool,
    closed: bool,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    wake: Condvar,
    idle: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The queue. Clones share it.
#[derive(Clone)]
pub(super) struct Queue(Arc<Shared>);

impl Queue {
    /// A queue whose lines a new thread writes to `to`, each with a call of its own.
    pub(super) fn start(to: impl Write + Send + 'static) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let queue = Self(Arc::clone(&shared));
        thread::Builder::new()
            .name("log".into())
            .stack_size(STACK_BYTES)
            .spawn(move || write_out(&shared, to))?;
        Ok(queue)
    }

    /// Adds a line, which ends in a line feed. Never waits.
    pub(super) fn push(&self, line: &[u8]) {
        let mut state = self.0.lock();
        if state.closed {
            return;
        }
        // Once lines are lost all that follow are, until the loss has been written down: what
        // arrives is in order and without further holes.
        if state.lost > 0 || state.lines.len() + line.len() > MAX_QUEUED_BYTES {
            state.lost += 1;
            return;
        }
        let was_empty = state.lines.is_empty();
        state.lines.extend_from_slice(line);
        drop(state);
        if was_empty {
            self.0.wake.notify_one();
        }
    }

    /// Waits until all lines are written, `patience` at most. Whether they are.
    pub(super) fn flush(&self, patience: Duration) -> bool {
        let until = Instant::now().checked_add(patience);
        let mut state = self.0.lock();
        while !state.closed && (state.writing || !state.lines.is_empty()) {
            let left = match until {
                Some(until) => until.saturating_duration_since(Instant::now()),
                // So long that the clock does not reach it.
                None => Duration::MAX,
            };
            if left.is_zero() {
                return false;
            }
            state = self
                .0
                .idle
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        true
    }
}

fn write_out(shared: &Shared, mut to: impl Write) {
    let mut batch = Vec::new();
    let mut state = shared.lock();
    loop {
        while state.lines.is_empty() {
            state = shared
                .wake
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        std::mem::swap(&mut state.lines, &mut batch);
        state.writing = true;
        let lost = std::mem::take(&mut state.lost);
        drop(state);

        if lost > 0 {
            note_loss(&mut batch, lost);
        }
        // One line a call: up to the pipe's atomic size nothing else gets in between.
        let written = batch
            .split_inclusive(|byte| *byte == b'\n')
            .try_for_each(|line| to.write_all(line));
        batch.clear();
        if batch.capacity() > KEEP_BYTES {
            batch = Vec::new();
        }

        state = shared.lock();
        state.writing = false;
        // Nobody reads stderr any more: the host is gone.
        state.closed = written.is_err();
        if state.closed {
            state.lines = Vec::new();
        }
        if state.closed || state.lines.is_empty() {
            shared.idle.notify_all();
        }
        if state.closed {
            return;
        }
    }
}

fn note_loss(batch: &mut Vec<u8>, lost: u64) {
    batch.extend_from_slice(b"{\"@level\":\"warn\",\"@message\":\"log lines were lost because stderr was not read\",\"@timestamp\":\"");
    timestamp::push(batch, SystemTime::now());
    batch.extend_from_slice(format!("\",\"lost\":{lost}}}\n").as_bytes());
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    /// A stderr that takes a write only when it is told to.
    struct Pipe {
        taken: Sender<Vec<u8>>,
        leave: Receiver<io::Result<()>>,
    }

    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.leave.recv().unwrap_or(Ok(()))?;
            let _ = self.taken.send(bytes.to_vec());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn queue() -> (Queue, Receiver<Vec<u8>>, Sender<io::Result<()>>) {
        let (taken, written) = channel();
        let (allow, leave) = channel();
        (Queue::start(Pipe { taken, leave }).unwrap(), written, allow)
    }

    #[test]
    fn each_line_is_one_write() {
        let (queue, written, allow) = queue();
        let lines = [&b"one\n"[..], b"two\n", b"three\n"];
        for line in lines {
            queue.push(line);
        }
        assert!(!queue.flush(Duration::ZERO), "nothing was written yet");
        drop(allow);
        assert!(queue.flush(Duration::MAX));
        assert_eq!(written.try_iter().collect::<Vec<_>>(), lines);
    }

    #[test]
    fn a_host_that_does_not_read_costs_lines_and_neither_time_nor_memory() {
        let (queue, written, allow) = queue();
        let line = [&[b'x'; 1023][..], b"\n"].concat();
        // The writer takes the first away and waits with it.
        queue.push(b"first\n");
        while !queue.0.lock().writing {
            thread::yield_now();
        }
        let room = MAX_QUEUED_BYTES / line.len();
        for _ in 0..room + 5 {
            queue.push(&line);
        }
        // There would be room for this one; it would stand before the loss that preceded it.
        queue.push(b"");
        assert_eq!(queue.0.lock().lines.len(), room * line.len());

        drop(allow);
        assert!(queue.flush(Duration::MAX));
        queue.push(b"after\n");
        assert!(queue.flush(Duration::MAX));
        let written: Vec<_> = written.try_iter().collect();
        assert_eq!(written.len(), 1 + room + 1 + 1);
        let note: serde_json::Value = serde_json::from_slice(&written[1 + room]).unwrap();
        assert_eq!(
            (&note["@level"], &note["lost"]),
            (&"warn".into(), &6.into())
        );
        assert_eq!(written[2 + room], b"after\n");
    }

    #[test]
    fn a_host_that_is_gone_ends_the_writing() {
        let (queue, written, allow) = queue();
        allow.send(Err(io::ErrorKind::BrokenPipe.into())).unwrap();
        queue.push(b"one\n");
        assert!(queue.flush(Duration::MAX));
        queue.push(b"two\n");
        assert!(queue.flush(Duration::ZERO));
        assert!(queue.0.lock().lines.is_empty());
        assert_eq!(written.iter().count(), 0);
    }
}
