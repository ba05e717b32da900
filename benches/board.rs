//! What the board's viewers cost: a thousand on websockets, 500 lines and 50 queues, 200 events a second, for some seconds; and the same
//! events without any viewer. The connections take everything at once, so this is the plugin's own part: what the server does with a
//! frame comes on top.
//!
//! CPU time of this process, bytes and messages a viewer, resident memory. `cargo bench --bench board`.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use switchboard::app::{BoardHandle, board_alone, system_clock};
use switchboard::board::{
    Action, Agent, AgentState, Departure, Event, Peer, QueueEvent, QueueReport, Report, Source,
    Timestamp,
};
use switchboard::live::{Live, Signal, Viewer, Who};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, interval, sleep};

const VIEWERS: usize = 1_000;
const LINES: u64 = 500;
const QUEUES: u64 = 50;
const AGENTS: u64 = 8;

/// Events a second.
const RATE: u64 = 200;

/// Events as fast as they are taken.
const BURST: u64 = 20_000;

/// For how long each round is measured.
const ROUND: Duration = Duration::from_secs(10);

/// A viewer's connection, which takes all there is.
struct Connection(Arc<AtomicU64>);

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Poll::Pending
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.0.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

fn line(number: u64, action: &str) -> Event {
    let line = number % LINES;
    Event::Line(Report {
        source: Source::Asterisk,
        user: format!("line{line:03}").into(),
        action: Action::from_name(action).expect("an action"),
        peer: Some(Peer::new(format!("024040{line:04}"))),
        reference: Some(format!("call-{number}").into()),
        linked: Some(format!("{number}.1").into()),
        queue: None,
        dialed: None,
        own_number: None,
    })
}

fn queue(number: u64, event: QueueEvent) -> Event {
    Event::Queue(QueueReport {
        source: Source::Ovh,
        queue: format!("queue{:02}", number % QUEUES).into(),
        event,
    })
}

fn agent(number: u64, state: AgentState) -> QueueEvent {
    let agent = number / QUEUES % AGENTS;
    let name = format!("agent{:03}", number % QUEUES * AGENTS + agent);
    QueueEvent::Agent(Agent {
        interface: format!("PJSIP/{name}").into(),
        name: name.into(),
        state,
        paused: false,
        reason: None,
        since: system_clock(),
        calls: number / 100,
    })
}

/// The events of a busy day: half on lines, half in queues. Each call and each caller rings or waits, talks, and ends.
fn event(number: u64) -> Event {
    let step = number / 2;
    if number.is_multiple_of(2) {
        let (call, action) = (
            step / 3,
            ["incoming-call", "call-established", "call-terminated"],
        );
        return line(call, action[(step % 3) as usize]);
    }
    let call = step / 4;
    let caller: Arc<str> = format!("caller-{call}").into();
    let name = format!(
        "agent{:03}",
        call % QUEUES * AGENTS + call / QUEUES % AGENTS
    );
    queue(
        call,
        match step % 4 {
            0 => QueueEvent::Waits {
                caller,
                peer: Some(Peer::new(format!("017{call:08}"))),
                dialed: None,
                own_number: None,
                since: system_clock(),
            },
            1 => agent(call, AgentState::Talking),
            2 => QueueEvent::Left {
                caller,
                how: Departure::Answered {
                    agent: Some(name.into()),
                },
            },
            _ => QueueEvent::Ended { caller },
        },
    )
}

/// CPU time of this process. Source: proc(5), `/proc/self/schedstat`, in nanoseconds.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanos = stat.split(' ').next().and_then(|n| n.parse().ok());
    Duration::from_nanos(nanos.unwrap_or_default())
}

/// Resident memory of this process in bytes. Source: proc(5), `/proc/self/statm`, in pages of 4 KiB.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split(' ').nth(1);
    pages
        .and_then(|n| n.parse::<usize>().ok())
        .unwrap_or_default()
        * 4096
}

/// Events at their rate for a round; answers CPU time of it.
async fn round(board: &BoardHandle, next: &mut u64) -> Duration {
    let mut ticks = interval(Duration::from_millis(1000 / RATE));
    let (started, before) = (Instant::now(), cpu());
    while started.elapsed() < ROUND {
        ticks.tick().await;
        submit(board, event(*next)).await;
        *next += 1;
    }
    cpu() - before
}

async fn submit(board: &BoardHandle, event: Event) {
    board.submit(event, system_clock()).await.expect("it runs");
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let signal = Arc::<Signal>::default();
    let board = board_alone(vec![Box::new(signal.sink())], system_clock);
    let live = Live::new(signal, board.clone(), system_clock);
    tokio::spawn(Arc::clone(&live).run());
    submit(
        &board,
        Event::Day(Timestamp(system_clock().0 / 86_400_000 * 86_400_000)),
    )
    .await;
    for number in 0..LINES {
        submit(&board, line(number, "call-terminated")).await;
    }
    for number in 0..QUEUES * AGENTS {
        submit(&board, queue(number, agent(number, AgentState::Free))).await;
    }
    let mut next = 0;
    let seconds = ROUND.as_secs_f64();
    let micros = |spent: Duration| spent.as_secs_f64() * 1e6;
    let spent = cpu();
    while next < BURST {
        submit(&board, event(next)).await;
        next += 1;
    }
    println!(
        "without viewers: {:.1} us of CPU time per event, the board's own work",
        micros(cpu() - spent) / BURST as f64
    );
    let spent = round(&board, &mut next).await;
    println!(
        "{RATE} events/s without viewers: {:.2} % of a core, timer and all",
        spent.as_secs_f64() / seconds * 100.0
    );

    let bytes = Arc::<AtomicU64>::default();
    let (before, spent) = (resident(), cpu());
    for _ in 0..VIEWERS {
        let who = Who {
            viewer: Viewer::Secret,
            session: None,
            address: "192.0.2.1".to_owned(),
        };
        let connection = Connection(Arc::clone(&bytes));
        let taken = live.accept(connection, who, None, &|| true).await;
        taken.expect("room");
    }
    sleep(Duration::from_secs(1)).await;
    let snapshot = bytes.load(Ordering::Relaxed) / VIEWERS as u64;
    println!(
        "{VIEWERS} viewers come: {:.0} us of CPU time and {snapshot} bytes for each",
        micros(cpu() - spent) / VIEWERS as f64
    );

    let (sent, counts) = (bytes.load(Ordering::Relaxed), live.counts());
    let spent = round(&board, &mut next).await;
    let sent = bytes.load(Ordering::Relaxed) - sent;
    let viewers = VIEWERS as f64;
    let messages = live.counts().messages - counts.messages;
    let writes = live.counts().writes - counts.writes;
    println!(
        "{RATE} events/s: {:.1} us of CPU time per viewer and second ({:.1} % of a core for all), {:.0} bytes in {:.0} messages and {:.1} writes per viewer and second",
        micros(spent) / viewers / seconds,
        spent.as_secs_f64() / seconds * 100.0,
        sent as f64 / viewers / seconds,
        messages as f64 / viewers / seconds,
        writes as f64 / viewers / seconds,
    );
    let after = resident().saturating_sub(before);
    println!(
        "{:.1} MB more resident memory with viewers, {} bytes each",
        after as f64 / 1e6,
        after / VIEWERS
    );
}
