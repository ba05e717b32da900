//! What the system gives the process, and refuses: somewhere to log to, and file descriptors.

use std::fs;
use std::io::Write as _;
use std::os::fd::AsRawFd as _;
use std::path::Path;
use std::time::Duration;

use devhost::asterisk::{Ami, Options as AmiOptions, SECRET as AMI_SECRET, USER as AMI_USER};
use devhost::ovh::{Options as Service, Ovh, TOKEN};
use devhost::world::{Level, PATIENCE};
use devhost::{Bundle, DevHost, Options};
use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};
use tokio::time::{sleep, timeout};

use super::load::{Load, account, desks};
use super::{has_no_more_than, measured, processor, resident};
use crate::harness::{SECRET, get, options, phone, posts, start, status, stop};
use crate::state::{board, history};

const REPORTS: u64 = 150;

/// How long the processor time is counted while file descriptors lack.
const COUNTED: Duration = Duration::from_secs(3);

/// The plugin with its log going there; the socket and the handshake are as ever.
async fn logging_to(place: &str) -> DevHost {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let script = root.join("tests/integration/faults/with-stderr.sh");
    let bundle = Bundle::assemble(&root.join("plugin.json"), &script, Some("switchboard"));
    let executable = env!("CARGO_BIN_EXE_switchboard");
    let environment = [
        ("SWITCHBOARD_EXECUTABLE", executable),
        ("SWITCHBOARD_STDERR", place),
    ];
    start(Options {
        bundle: bundle.expect("a bundle of a script"),
        environment: environment
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        ..options()
    })
    .await
}

/// Wants phones, posts and pages to be as ever, and an end in good order.
async fn is_as_ever(host: DevHost, what: &str) {
    let memory = resident(&host);
    let load = Load::start(&host, desks(4));
    // Each of these is a line of the log, up to the limit.
    for guess in 0..30 {
        let answer = get(&host, &format!("/sip/dnd-on/bob?secret=guess{guess}")).await;
        assert!(
            answer.status == 401 || answer.status == 429,
            "{}",
            answer.status
        );
    }
    load.passes(REPORTS).await;
    let calls = load.end().await;
    assert_eq!(account(&calls, &history(&host).await, |_| false), 0);
    phone(&host, "dnd-on/bob").await;
    let found = host.world().wait_for("the post", |world| {
        let posts = world.posts();
        posts
            .iter()
            .any(|post| post.message == "bob DND on")
            .then_some(())
    });
    found.await.unwrap_or_else(|e| panic!("{what}: {e}"));
    assert_eq!(status(&host, 200).await, "OK");
    has_no_more_than(&host, memory, what);
    stop(host).await;
}

#[tokio::test]
async fn a_log_on_a_full_disk_costs_the_log_only() {
    is_as_ever(logging_to("/dev/full").await, "full disk for the log").await;
}

#[tokio::test]
async fn a_closed_log_costs_the_log_only() {
    is_as_ever(logging_to("closed").await, "closed log").await;
}

/// As of a server whose own log stands still, so that it reads nothing of ours.
#[tokio::test]
async fn a_log_that_nobody_reads_costs_the_log_only() {
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    let place = format!("/proc/{}/fd/{}", std::process::id(), writer.as_raw_fd());
    // It is full before the plugin starts, and stays so until its reader goes: that is an error here.
    let filling = std::thread::spawn(move || while writer.write_all(&[b'\n'; 512]).is_ok() {});
    is_as_ever(logging_to(&place).await, "log that nobody reads").await;
    drop(reader);
    filling.join().expect("a thread");
}

/// Lets the plugin open no more files than it has now, or as many as ever.
fn limit(host: &DevHost, files: Option<u64>) {
    let process = host.process_id().and_then(|id| i32::try_from(id).ok());
    let process = process.and_then(Pid::from_raw);
    let own = getrlimit(Resource::Nofile);
    let limit = Rlimit {
        current: files.or(own.current),
        maximum: own.maximum,
    };
    prlimit(process, Resource::Nofile, limit).expect("a limit of our own process");
}

/// How many files the plugin has open.
fn open_files(host: &DevHost) -> u64 {
    let process = host.process_id().expect("the plugin runs");
    let files = fs::read_dir(format!("/proc/{process}/fd")).expect("a process");
    files.count() as u64
}

/// Asks for `/status` until it has that in it.
async fn says(host: &DevHost, wanted: &str) -> String {
    let path = format!("/status?secret={SECRET}");
    let mut text = String::new();
    let asking = async {
        loop {
            text = get(host, &path).await.text();
            if text.contains(wanted) {
                return;
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    let said = timeout(PATIENCE, asking).await;
    assert!(
        said.is_ok(),
        "/status does not come to have {wanted:?}: {text}"
    );
    text
}

/// How many warnings and errors there are.
fn complaints(host: &DevHost) -> usize {
    let logs = host.world().logs();
    logs.iter().filter(|line| line.level >= Level::Warn).count()
}

#[tokio::test]
async fn without_file_descriptors_phones_are_answered_and_the_rest_waits() {
    let ami = Ami::start(AmiOptions::default()).await.expect("a stand-in");
    let service = Ovh::start(Service::default()).await.expect("a port");
    let port = ami.address().port();
    let options = options()
        .with("AsteriskHost", "127.0.0.1")
        .with("AsteriskPort", &*port.to_string())
        .with("AsteriskUser", AMI_USER)
        .with("AsteriskSecret", AMI_SECRET)
        .with("CallbackUrl", format!("http://127.0.0.1:{port}/*CALLING*"))
        .with("AllowedHosts", format!("127.0.0.1:{port}"))
        .with("OvhTokens", TOKEN)
        .with("OvhUrl", service.url());
    let host = start(options).await;
    says(&host, "asterisk: Asterisk 22 is connected\n").await;
    let memory = resident(&host);
    let before = complaints(&host);
    // Less than it has: whatever it closes it cannot open again.
    limit(&host, Some(open_files(&host).saturating_sub(4)));
    ami.close_all();
    says(&host, "asterisk: Asterisk is not connected").await;
    let load = Load::start(&host, desks(4));
    load.passes(REPORTS).await;
    let calls = load.end().await;
    assert_eq!(account(&calls, &history(&host).await, |_| false), 0);
    phone(&host, "dnd-on/bob").await;
    posts(&host, 1).await;
    let used = processor(&host);
    sleep(COUNTED).await;
    let used = processor(&host) - used;
    measured(
        "no descriptors: processor time",
        format!("{used:?} in {COUNTED:?}"),
    );
    assert!(
        used < COUNTED / 4,
        "something goes round and round: {used:?}"
    );
    let told = complaints(&host) - before;
    measured("no descriptors: warnings and errors", told);
    assert!(told < 30, "{:?}", host.world().logs());
    has_no_more_than(&host, memory, "no descriptors");
    let logins = ami.logins();
    limit(&host, None);
    says(&host, "asterisk: Asterisk 22 is connected\n").await;
    assert!(ami.logins() > logins);
    assert_eq!(account(&calls, &history(&host).await, |_| false), 0);
    assert!(board(&host).await["lines"].is_array());
    stop(host).await;
}
