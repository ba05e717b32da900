//! The log of a whole process, as its host reads it: this program starts itself as a plugin that
//! logs and panics, and looks at what arrives on its stderr.

use std::{
    process::{Command, ExitCode, Stdio},
    time::Duration,
};

use mattermost_plugin::log;
use serde_json::Value;
use tracing::level_filters::LevelFilter;

/// Set for the process that logs.
const ROLE: &str = "MATTERMOST_PLUGIN_TEST_LOGS";

/// Lines that are on their way when the process ends.
const AT_THE_END: usize = 1000;

fn main() -> ExitCode {
    if std::env::var_os(ROLE).is_some() {
        return logs();
    }
    let this = std::env::current_exe().expect("a test has a path");
    let output = Command::new(this)
        .env(ROLE, "1")
        .env_remove("RUST_BACKTRACE")
        .env_remove("RUST_LIB_BACKTRACE")
        .stdin(Stdio::null())
        .output()
        .expect("the process starts");
    let stderr = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(output.status.success(), "{stderr}");
    let lines: Vec<Value> = stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}")))
        .collect();

    let first = |field: &'static str| -> Vec<&str> {
        let texts = lines
            .iter()
            .map(|line| line[field].as_str().unwrap_or_default());
        texts.take(4).collect()
    };
    assert_eq!(
        first("@message"),
        ["shown", "panic: a bad day", "shown now", "started twice"]
    );
    assert_eq!(first("@level"), ["info", "error", "debug", "warn"]);
    let location = lines[1]["location"].as_str().unwrap_or_default();
    assert!(location.contains("log.rs:"), "{location}");
    assert!(lines[1]["stacktrace"].is_null(), "only when asked for");

    let last: Vec<_> = lines[4..]
        .iter()
        .map(|line| line["number"].as_u64())
        .collect();
    assert_eq!(last, (0..AT_THE_END as u64).map(Some).collect::<Vec<_>>());
    println!("the log of a process: ok");
    ExitCode::SUCCESS
}

fn logs() -> ExitCode {
    if let Err(e) = log::init(LevelFilter::INFO) {
        println!("{e}");
        return ExitCode::FAILURE;
    }
    tracing::debug!("hidden");
    tracing::info!("shown");
    let panicked = std::thread::spawn(|| panic!("a bad day")).join();
    assert!(panicked.is_err());
    log::set_level(LevelFilter::DEBUG);
    tracing::debug!("shown now");
    if log::init(LevelFilter::INFO).is_err() {
        tracing::warn!("started twice");
    }
    for number in 0..AT_THE_END {
        tracing::info!(number, "one of many");
    }
    if log::flush(Duration::from_secs(60)) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
