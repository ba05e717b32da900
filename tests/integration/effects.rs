//! What happens beside the board: addresses that are called, alerts, and the report of the day.

use std::net::SocketAddr;
use std::time::Duration;

use devhost::asterisk::{Ami, Options as AmiOptions, SECRET as AMI_SECRET, USER as AMI_USER};
use devhost::ovh::{Number, Options as OvhOptions, Ovh, TOKEN};
use devhost::world::{PATIENCE, SetOptions};
use devhost::{DevHost, World};
use sha1::{Digest, Sha1};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::harness::{SECRET, get, options, phone, phones, posts, start, status, stop};

/// A server that answers everything with that status, and tells the first line of each question.
async fn service(answer: &'static str) -> (SocketAddr, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (sender, lines) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut question = Vec::new();
            while !question.ends_with(b"\r\n\r\n") {
                if stream.read_buf(&mut question).await.unwrap_or(0) == 0 {
                    break;
                }
            }
            let question = String::from_utf8_lossy(&question).into_owned();
            let line = question.lines().next().unwrap_or_default().to_owned();
            // Whoever asked may be gone, and so may the test.
            let _ = sender.send(line);
            let text = format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n");
            let _ = stream.write_all(text.as_bytes()).await;
        }
    });
    (address, lines)
}

async fn next(lines: &mut mpsc::UnboundedReceiver<String>) -> String {
    let line = timeout(PATIENCE, lines.recv()).await;
    line.expect("in time").expect("the service is there")
}

/// Asks for `/status` until it has that in it.
async fn status_has(host: &DevHost, wanted: &str) -> String {
    let path = format!("/status?secret={SECRET}");
    let asking = async {
        loop {
            let text = get(host, &path).await.text();
            if text.contains(wanted) {
                return text;
            }
        }
    };
    let answer = timeout(PATIENCE, asking).await;
    answer.unwrap_or_else(|_| panic!("/status does not come to have {wanted:?}"))
}

#[tokio::test]
async fn a_call_that_comes_in_is_told_to_the_address_that_is_set() {
    let (address, mut lines) = service("204 No Content").await;
    let url = format!("http://{address}/*CALLED*/*EVENT*?from=*CALLING*&key=hidden-key");
    let options = options()
        .with("CallbackUrl", &*url)
        .with("AllowedHosts", &*address.to_string());
    let host = start(options).await;
    phone(&host, "incoming-call/bob/%2B49%20240%26x=1%23?call_id=1").await;
    let expected = "GET /123/start_ringing?from=%2B49%20240%26x%3D1%23&key=hidden-key HTTP/1.1";
    assert_eq!(next(&mut lines).await, expected);
    // Not again where it is reported again, answered or over.
    phone(&host, "incoming-call/bob/%2B49%20240%26x=1%23?call_id=1").await;
    phone(&host, "call-established/bob?call_id=1").await;
    phone(&host, "call-terminated/bob?call_id=1").await;
    phone(&host, "incoming-call/nobody").await;
    let expected = "GET /nobody/start_ringing?from=&key=hidden-key HTTP/1.1";
    assert_eq!(next(&mut lines).await, expected);
    let text = status_has(
        &host,
        "callbacks: 2 answered, 0 failed, 0 dropped, 0 waiting\n",
    )
    .await;
    assert!(text.starts_with("OK\n"), "{text}");
    let result = format!("callbacks: start_ringing to {address} ");
    assert_eq!(text.matches(&result).count(), 2, "{text}");
    assert!(!text.contains("hidden-key"), "{text}");
    stop(host).await;
}

#[tokio::test]
async fn ovhs_numbers_are_told_as_ovh_writes_them_also_of_calls_that_go_out() {
    let (address, mut lines) = service("204 No Content").await;
    let ovh = Ovh::start(OvhOptions::default()).await.expect("a port");
    let url = format!("http://{address}/*CALLING*/*CALLED*/*DIALED*/*EVENT*");
    let options = options()
        .with("NumbersUsers", "+33 9 12 31 23 01:bob, 0912312399:support")
        .with("CallbackUrl", &*url)
        .with("AllowedHosts", &*address.to_string())
        .with("OvhTokens", TOKEN)
        .with("OvhUrl", ovh.url());
    let host = start(options).await;
    ovh.followed(TOKEN).await;
    let bob = Number::line("0033912312301", "Bob at the desk");
    let support = Number::queue("0033912312399", "Hotline");
    let (caller, dialed) = ("0033612345678", "0033912312300");
    for (event, expected) in [
        (
            bob.call(caller, "a-1").start_ringing(),
            "0033612345678/0033912312301/0033912312301/start_ringing",
        ),
        (
            bob.call(caller, "a-2").dialed(dialed).start_ringing(),
            "0033612345678/0033912312301/0033912312300/start_ringing",
        ),
        (
            bob.calls(caller, "a-3").start_ringing(),
            "0033912312301/0033612345678/0033612345678/start_ringing",
        ),
        (
            support.caller(caller, "m-1").start(1),
            "0033612345678/0033912312399/0033912312399/member-queue-start",
        ),
    ] {
        ovh.send_all([event]);
        assert_eq!(next(&mut lines).await, format!("GET /{expected} HTTP/1.1"));
    }
    stop(host).await;
}

#[tokio::test]
async fn a_wrong_address_is_named_and_harmless() {
    let (address, mut lines) = service("404 Not Found").await;
    let wrong = [
        "javascript:alert(1)",
        "https://crm.example.com/*WHO*",
        "https://*CALLING*/",
        "http://169.254.169.254/latest",
    ];
    let urls = format!("{}\nhttp://{address}/ok", wrong.join("\n"));
    let options = options()
        .with("CallbackUrl", &*urls)
        .with("CallbackPageUrl", "ftp://crm.example.com/")
        .with("AllowedHosts", &*format!("crm.example.com, {address}"));
    let host = start(options).await;
    let text = status(&host, 503).await;
    for place in [
        "CallbackUrl: line 1",
        "CallbackUrl: line 2 `crm.example.com` has the word `*WHO*`",
        "CallbackUrl: line 3",
        "CallbackUrl: line 4 `169.254.169.254` has a host that is not allowed",
        "CallbackPageUrl: line 1",
    ] {
        assert_eq!(text.matches(place).count(), 1, "{place}: {text}");
    }
    phone(&host, "incoming-call/bob/0240").await;
    assert_eq!(next(&mut lines).await, "GET /ok HTTP/1.1");
    let text = status_has(&host, &format!("to {address} 0 s ago: 404")).await;
    assert!(text.contains("callbacks: 0 answered, 1 failed"), "{text}");
    stop(host).await;
}

#[tokio::test]
async fn a_queue_in_trouble_is_posted_and_the_post_changes() {
    let ami = Ami::start(AmiOptions::default()).await.expect("a stand-in");
    let options = options()
        .with("AsteriskHost", "127.0.0.1")
        .with("AsteriskPort", &*ami.address().port().to_string())
        .with("AsteriskUser", AMI_USER)
        .with("AsteriskSecret", AMI_SECRET)
        .with("AlertLimits", "support: waiting 0, longest 0:17");
    let host = start(options).await;
    status_has(&host, "is connected\n").await;
    for queue in ["support", "sales"] {
        let caller = [
            ("Event", "QueueCallerJoin"),
            ("Queue", queue),
            ("Uniqueid", queue),
            ("CallerIDNum", "0301234567"),
        ];
        ami.event(&caller).await;
    }
    let first = posts(&host, 1).await.remove(0);
    assert!(first.starts_with("⚠️ Queue **support**, since "), "{first}");
    assert!(
        first.ends_with(": one caller waits (limit: at most 0)."),
        "{first}"
    );
    let changed = host.world().wait_for("the change", |world| {
        let message = world.messages_in(&phones()).remove(0);
        message
            .contains("the longest wait is 0:18 (limit: at most 0:17)")
            .then_some(())
    });
    changed.await.unwrap_or_else(|e| panic!("{e}"));
    let world = host.world().clone();
    stop(host).await;
    let all = world.messages_in(&phones());
    assert_eq!(all.len(), 1, "{all:?}");
    assert!(all[0].ends_with("… (no longer followed)"), "{all:?}");
}

/// A record as the plugin stores it.
pub(crate) fn record(json: &serde_json::Value) -> Vec<u8> {
    let json = json.to_string();
    let sum = Sha1::digest(json.as_bytes());
    let sum: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("switchboard 1 {sum}\n{json}").into_bytes()
}

#[tokio::test]
async fn a_report_that_was_due_is_posted_once() {
    let world = World::new();
    let now = u64::try_from(world.now()).expect("after 1970");
    let minutes = Duration::from_millis(now).as_secs() / 60;
    let stored = serde_json::json!({"current": {
        "began": now - 3_600_000,
        "ends": now - 60_000,
        "queues": {"support": {"answered": 3, "lost": 1, "waited": 30_000, "longest": 20_000, "in_time": 3}},
        "agents": {"bob": {"answered": 3, "talks": 2, "talked": 120_000}},
        "hours": vec![serde_json::json!({"answered": 3, "lost": 1}); 24],
    }});
    let kept = world.kv_set(
        "switchboard",
        "report.calls",
        Some(record(&stored)),
        &SetOptions::default(),
    );
    assert_eq!(kept.ok(), Some(true));
    // The next one is half a day away.
    let next = (minutes + 12 * 60) % (24 * 60);
    let time = format!("{:02}:{:02}", next / 60, next % 60);
    let options = || options().with("ReportTime", &*time);
    let host = DevHost::start(world.clone(), options())
        .await
        .expect("it starts");
    let text = posts(&host, 1).await.remove(0);
    assert!(text.starts_with("#### Calls from "), "{text}");
    assert!(
        text.contains("\n| support | 4 | 3 | 1 | 75% | 0:10 | 0:20 |  | 75% |\n"),
        "{text}"
    );
    assert!(text.contains("\n| bob | 3 | 2:00 | 1:00 |\n"), "{text}");
    stop(host).await;
    let host = DevHost::start(world.clone(), options())
        .await
        .expect("it starts");
    status(&host, 200).await;
    stop(host).await;
    assert_eq!(world.messages_in(&phones()).len(), 1);
}
