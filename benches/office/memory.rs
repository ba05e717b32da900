//! The plugin's memory and processor time, as the kernel tells them.

use std::fmt;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::AbortHandle;
use tokio::time::{interval, sleep};

/// How long the plugin is left alone before its memory is taken for the last time.
const REST: Duration = Duration::from_secs(5);

pub(crate) struct Memory {
    process: u32,
    most: Arc<AtomicU64>,
    warm: AtomicU64,
    task: AbortHandle,
}

/// In KiB, all resident.
pub(crate) struct Seen {
    pub(crate) warm: u64,
    pub(crate) most: u64,
    pub(crate) last: u64,
    /// Of the plugin's processor time, in percent of one core.
    share: f64,
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            warm,
            most,
            last,
            share,
        } = self;
        write!(
            f,
            "memory: {warm} KiB after the first minute, {last} KiB in the end, {most} KiB at most; processor: {share:.0} % of a core"
        )
    }
}

impl Memory {
    pub(crate) fn watch(process: u32) -> Self {
        let most = Arc::new(AtomicU64::new(0));
        let seen = Arc::clone(&most);
        let task = tokio::spawn(async move {
            let mut ticks = interval(Duration::from_secs(1));
            loop {
                ticks.tick().await;
                seen.fetch_max(resident(process), Ordering::Relaxed);
            }
        });
        Self {
            process,
            most,
            warm: AtomicU64::default(),
            task: task.abort_handle(),
        }
    }

    /// The first minute is over.
    pub(crate) fn is_warm(&self) {
        self.warm.store(resident(self.process), Ordering::Relaxed);
    }

    pub(crate) async fn end(self, began: Instant) -> Seen {
        sleep(REST).await;
        self.task.abort();
        let last = resident(self.process);
        Seen {
            warm: self.warm.load(Ordering::Relaxed),
            most: self.most.load(Ordering::Relaxed).max(last),
            last,
            share: 100.0 * computed(self.process).as_secs_f64() / began.elapsed().as_secs_f64(),
        }
    }
}

/// `VmRSS` of `/proc/<pid>/status`, in KiB.
fn resident(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("the plugin runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kib.and_then(|kib| kib.parse().ok())
        .expect("a number of kB")
}

/// The processor time of all threads: the 14th and 15th fields of `/proc/<pid>/stat`, in hundredths of a second.
fn computed(process: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).expect("the plugin runs");
    let (_, fields) = stat.rsplit_once(')').expect("a name in brackets");
    let ticks: u64 = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<u64>().ok())
        .sum();
    Duration::from_millis(ticks * 10)
}
