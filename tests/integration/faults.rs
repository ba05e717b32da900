//! What breaks around the plugin, and what is there afterwards: docs/reliability.md has the table, filled from these tests.
//!
//! Each test keeps an account of its own of what was played and acknowledged, and compares. How long something took is printed, and not
//! judged: `cargo test --test integration faults:: -- --nocapture` shows it.

mod api;
mod clients;
mod kill;
mod load;
mod process;
mod sources;
mod store;

use std::fmt::Display;
use std::fs;
use std::time::Duration;

use devhost::DevHost;

/// What the plugin asks the store for.
const STORE: [&str; 6] = [
    "KVGet",
    "KVSet",
    "KVSetWithOptions",
    "KVCompareAndSet",
    "KVDelete",
    "KVList",
];

/// By how much the plugin's memory may grow by a fault, in bytes. An executable for tests is a few times as large as one that is shipped;
/// what is not bounded passes this within a fraction of these tests.
const MORE_MEMORY: u64 = 24 << 20;

/// A figure for docs/reliability.md.
fn measured(what: &str, value: impl Display) {
    println!("measured: {what}: {value}");
}

/// A file about the plugin's process (proc(5)).
fn about(host: &DevHost, file: &str) -> String {
    let process = host.process_id().expect("the plugin runs");
    fs::read_to_string(format!("/proc/{process}/{file}")).expect("a process")
}

/// The plugin's resident memory in bytes.
fn resident(host: &DevHost) -> u64 {
    let status = about(host, "status");
    let mut lines = status.lines();
    let line = lines.find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kilobytes: u64 = kilobytes.expect("its memory").parse().expect("a number");
    kilobytes * 1024
}

/// The processor time that the plugin used so far.
fn processor(host: &DevHost) -> Duration {
    let stat = about(host, "stat");
    // Behind the name, which stands in parentheses: the fields from the third one on.
    let (_, fields) = stat.rsplit_once(") ").expect("fields");
    let fields = fields.split(' ').skip(11).take(2);
    let ticks = fields.map(|ticks| ticks.parse::<u64>().expect("a number"));
    // Linux tells a hundredth of a second to programs, whatever it counts in.
    Duration::from_millis(ticks.sum::<u64>() * 10)
}

/// Wants the plugin to have no more memory than it had before a fault, or not much.
fn has_no_more_than(host: &DevHost, before: u64, what: &str) {
    let now = resident(host);
    let more = now.saturating_sub(before);
    measured(
        &format!("memory, {what}"),
        format!("{} KB more than {} KB", more >> 10, before >> 10),
    );
    assert!(more < MORE_MEMORY, "{what}: from {before} to {now} bytes");
}
