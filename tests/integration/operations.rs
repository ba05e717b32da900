//! What an admin who watches it sees: the status for programs, the Support Packet, metrics, wrong secrets in the log.

use serde_json::Value;

use crate::harness::{get, options, phone, posts, start, stop};

#[tokio::test]
async fn the_support_packet_has_the_status_and_metrics_and_no_secret() {
    let host = start(options()).await;
    phone(&host, "dnd-on/bob").await;
    posts(&host, 1).await;
    let files = host.support_data().await.expect("files");
    let names: Vec<_> = files.iter().map(|(name, _)| &**name).collect();
    let [status, metrics] = names[..] else {
        panic!("{names:?} are not two files");
    };
    assert!(
        status.ends_with("-status.json") && metrics.ends_with("-metrics.txt"),
        "{names:?}"
    );
    let told: Value = serde_json::from_slice(&files[0].1).expect("JSON");
    assert_eq!(told["healthy"], true, "{told}");
    assert_eq!(told["sources"]["phones"]["reports"], 1, "{told}");
    assert!(told["server"]["version"].is_string(), "{told}");
    for (name, body) in &files {
        let body = String::from_utf8_lossy(body);
        assert!(!body.contains("hush"), "{name}: {body}");
    }
    stop(host).await;
}

#[tokio::test]
async fn the_status_for_programs_counts_calls_of_the_servers_api() {
    let host = start(options()).await;
    let answer = get(&host, "/status?secret=hush&format=json").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let told: Value = serde_json::from_str(&answer.text()).expect("JSON");
    assert_eq!(told["board"]["calls"], 0, "{told}");
    let metrics = host.metrics("").await.expect("metrics").text();
    let calls = metrics.lines().find_map(|line| {
        line.strip_prefix("switchboard_api_calls_total{method=\"LoadPluginConfiguration\"} ")
    });
    let calls: f64 = calls.expect("it is called").parse().expect("a number");
    assert!(calls >= 1.0, "{metrics}");
    stop(host).await;
}

#[tokio::test]
async fn wrong_secrets_of_phones_are_logged_twice_a_minute_without_the_secret() {
    let host = start(options()).await;
    for n in 0..30 {
        let answer = get(&host, &format!("/sip/dnd-on/bob?secret=guess-{n}")).await;
        assert_eq!(answer.status, if n < 20 { 401 } else { 429 }, "{n}");
    }
    phone(&host, "dnd-on/bob").await;
    posts(&host, 1).await;
    let logs = host.world().logs();
    let told: Vec<_> = logs
        .iter()
        .filter(|line| line.message.contains("secret"))
        .collect();
    assert_eq!(told.len(), 2, "{told:?}");
    for line in &logs {
        let said = format!("{} {:?}", line.message, line.fields);
        assert!(!said.contains("guess") && !said.contains("hush"), "{said}");
    }
    stop(host).await;
}
