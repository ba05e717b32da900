//! What following a busy Asterisk costs: a recorded stream, replayed through TCP by the stand-in in a thread of its own, into the whole
//! source and a board behind it.
//!
//! 10,000 events a second for some seconds: how far behind the source is at most, CPU time per event, resident memory; then as fast
//! as can be followed, and beyond. `cargo bench --bench asterisk`.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use devhost::asterisk::{Ami, Options, Recording, SECRET, USER};
use switchboard::app::system_clock;
use switchboard::board::Board;
use switchboard::calls::Driver;
use switchboard::config::{DialPatterns, NumbersUsers, Secret};
use switchboard::sources::asterisk::{Asterisk, LinkState, Output, Report, Settings};
use tokio::sync::{mpsc, oneshot};

/// Events a second that must be followed.
const RATE: u32 = 10_000;

/// For how long, in seconds.
const SECONDS: u32 = 5;

/// Rates that are tried then, in events a second, up to the first at which messages are dropped.
const RATES: [u32; 8] = [
    20_000, 40_000, 80_000, 120_000, 160_000, 240_000, 320_000, 640_000,
];

/// What is replayed: calls that are answered, held, transferred, not answered, and a queue's.
const RECORDINGS: [&str; 6] = [
    "plain-call",
    "hold",
    "attended-transfer",
    "blind-transfer",
    "queue-answered",
    "hung-up-while-ringing",
];

/// CPU time of this thread. Source: proc(5), `/proc/thread-self/schedstat`, in nanoseconds.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = stat.split(' ').next().and_then(|n| n.parse().ok());
    Duration::from_nanos(nanos.unwrap_or_default())
}

/// Resident memory of this process in bytes, the stand-in's with it. Source: proc(5), `/proc/self/statm`, in pages of 4 KiB.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split(' ').nth(1);
    let pages = pages.and_then(|n| n.parse::<usize>().ok());
    pages.unwrap_or_default() * 4096
}

/// An order to replay so many events a second, and so many in all; and what to answer when that is done.
type Order = (u32, u64, oneshot::Sender<Duration>);

/// When how many events were about to be sent, of those that were not followed yet.
type Sent = Arc<Mutex<VecDeque<(Instant, u64)>>>;

/// The stand-in in a thread of its own: its port, and where orders go.
fn stand_in(recording: Recording, sent: Sent) -> (u16, mpsc::UnboundedSender<Order>) {
    let (orders, mut receiver) = mpsc::unbounded_channel::<Order>();
    let (port, known) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let ami = Ami::start(Options::default()).await.expect("a port");
            port.send(ami.address().port()).expect("a listener");
            while let Some((rate, count, done)) = receiver.recv().await {
                let began = Instant::now();
                let note = |count| {
                    sent.lock()
                        .expect("no panic")
                        .push_back((Instant::now(), count));
                };
                ami.replay_with(&recording, rate, count, note).await;
                let _ = done.send(began.elapsed());
            }
        });
    });
    (known.recv().expect("a port"), orders)
}

/// What one run showed.
struct Run {
    events: u64,
    /// How long the stand-in took to send them.
    sending: Duration,
    cpu: Duration,
    behind: Duration,
    dropped: u64,
}

/// Waits until the source followed, or dropped, all that was sent.
async fn run(
    asterisk: &Asterisk,
    orders: &mpsc::UnboundedSender<Order>,
    sent: &Sent,
    rate: u32,
    count: u64,
) -> Run {
    let seen = |report: &Report| report.events + report.dropped;
    let before = asterisk.report();
    let began = cpu();
    let (sender, mut done) = oneshot::channel();
    orders.send((rate, count, sender)).expect("the stand-in");
    let mut behind = Duration::ZERO;
    let mut sending = None;
    loop {
        tokio::time::sleep(Duration::from_millis(1)).await;
        let now = asterisk.report();
        let followed = seen(&now) - seen(&before);
        {
            let mut sent = sent.lock().expect("no panic");
            while sent.front().is_some_and(|(_, count)| *count <= followed) {
                sent.pop_front();
            }
            let oldest = sent.front().map(|(at, _)| at.elapsed());
            behind = behind.max(oldest.unwrap_or_default());
        }
        if let Ok(took) = done.try_recv() {
            sending = Some(took);
        }
        if let Some(sending) = sending
            && followed >= count
        {
            return Run {
                events: now.events - before.events,
                sending,
                cpu: cpu() - began,
                behind,
                dropped: now.dropped - before.dropped,
            };
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/asterisk/recordings/");
    let recordings = RECORDINGS.iter().map(|name| {
        let path = format!("{folder}{name}.ami");
        Recording::read(path).expect("a recording")
    });
    // What comes to a connection that asks for these classes, as the source does.
    let recording = Recording::chain(recordings).of_classes(&["system", "call", "agent"]);
    println!("{} recorded events, again and again", recording.len());
    let sent = Sent::default();
    let (port, orders) = stand_in(recording, Arc::clone(&sent));

    let (out, mut outputs) = mpsc::channel(1024);
    let board = tokio::spawn(async move {
        let mut board = Board::new();
        let (mut changes, mut latest) = (0, 0);
        while let Some(output) = outputs.recv().await {
            if let Output::Board(event, at) = output {
                changes += board.apply(event, at).len();
                latest = latest.max(system_clock().0.saturating_sub(at.0));
            }
        }
        (changes, latest)
    });
    let asterisk: Arc<Asterisk> = Asterisk::new(out, system_clock);
    asterisk.configure(Some(Settings {
        host: "127.0.0.1".to_owned(),
        port,
        tls: None,
        user: USER.to_owned(),
        secret: Secret::new(SECRET.to_owned()),
        context: "from-internal".to_owned(),
        extensions: DialPatterns::parse("6XXX").0,
        numbers: NumbersUsers::default(),
        driver: Driver::Pjsip,
        queue_interface: "PJSIP/{extension}".to_owned(),
        dnd: None,
    }));
    asterisk.settled(Duration::from_secs(10)).await;
    assert_eq!(asterisk.report().state, LinkState::Up);
    // So that what is allocated once is there before.
    run(&asterisk, &orders, &sent, RATE, u64::from(RATE)).await;

    let before = resident();
    let count = u64::from(RATE * SECONDS);
    let steady = run(&asterisk, &orders, &sent, RATE, count).await;
    println!(
        "{:.0} events a second for {SECONDS} s: the source is at most {:.1} ms behind, {} of {count} events dropped",
        count as f64 / steady.sending.as_secs_f64(),
        steady.behind.as_secs_f64() * 1e3,
        steady.dropped,
    );
    println!(
        "{:.1} µs of CPU per event, {:.0} % of one core",
        steady.cpu.as_secs_f64() * 1e6 / steady.events as f64,
        steady.cpu.as_secs_f64() * 100.0 / steady.sending.as_secs_f64(),
    );
    let mib = |bytes: usize| bytes as f64 / (1024.0 * 1024.0);
    println!(
        "{:.1} MiB resident, {:+.1} MiB by these events, with the stand-in",
        mib(resident()),
        mib(resident()) - mib(before),
    );
    for rate in RATES {
        let run = run(&asterisk, &orders, &sent, rate, u64::from(rate) * 2).await;
        println!(
            "{rate} events a second wanted, {:.0} sent: at most {:.1} ms behind, {} dropped, {:.1} MiB resident",
            (u64::from(rate) * 2) as f64 / run.sending.as_secs_f64(),
            run.behind.as_secs_f64() * 1e3,
            run.dropped,
            mib(resident()),
        );
        if run.dropped > 0 {
            break;
        }
    }
    let report = asterisk.report();
    println!(
        "{} events followed, {} dropped, {} seeds because of that",
        report.events, report.dropped, report.reseeds
    );
    drop(asterisk);
    let (changes, latest) = board.await.expect("a board");
    println!(
        "{changes} changes of the board, none later than {latest} ms after the source followed"
    );
}
