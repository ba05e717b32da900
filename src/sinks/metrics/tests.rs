use std::collections::BTreeSet;

use super::*;
use crate::app::tests::{FakeHost, app_of, settle};
use crate::board::QueueView;

/// Everything that can be set, none of which is there: addresses on a port that is nobody's.
pub(crate) const EVERYTHING: &str = r#"{"teamname":"sales","channelname":"phones","usermail":"phones@example.com","secret":"hush",
    "presencesecret":"a-long-secret-of-presence","asteriskhost":"127.0.0.1","asteriskport":"1","asteriskuser":"switchboard",
    "asterisksecret":"a-long-secret-of-asterisk","ovhtokens":"ABCDEFAB-CDEF-ABCD-EFAB-CDEFABCD1234","ovhurl":"http://127.0.0.1:1/",
    "callbackurl":"http://127.0.0.1:1/?key=a-key-of-callbacks&of=*CALLING*","allowedhosts":"127.0.0.1:1","alertlimits":"support: waiting 3"}"#;

async fn measured() -> (std::sync::Arc<App<FakeHost>>, String) {
    let (app, _host) = app_of("switchboard").await;
    app.configure(EVERYTHING.as_bytes());
    settle().await;
    let board = Snapshot {
        queues: vec![QueueView {
            name: "a \"b\" \\".into(),
            ..queue()
        }],
        ..Snapshot::default()
    };
    let text = text(&app, Some(&board));
    (app, text)
}

fn queue() -> QueueView {
    QueueView {
        name: "support".into(),
        source: crate::board::Source::Asterisk,
        details: Default::default(),
        waiting: Vec::new(),
        talking: Vec::new(),
        agents: Vec::new(),
        counters: Default::default(),
        tallies: Vec::new(),
        hours: Vec::new(),
    }
}

/// The names of families, in the order of the text.
fn families(text: &str) -> Vec<&str> {
    let lines = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let names = lines.filter_map(|line| line.split(' ').next());
    // Whether a round of presence ended depends on the moment.
    names.filter(|name| !name.contains("_round_")).collect()
}

#[tokio::test(start_paused = true)]
async fn the_text_has_the_form_of_prometheus() {
    let (_app, text) = measured().await;
    let mut seen = BTreeSet::new();
    let mut family = ("", "");
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, what) = help.split_once(' ').expect("a text");
            assert!(
                what.ends_with('.') || what.contains(". ") || what.contains(';'),
                "{line}"
            );
            assert!(seen.insert(name.to_owned()), "{name} comes twice");
            continue;
        }
        if let Some(kind) = line.strip_prefix("# TYPE ") {
            family = kind.split_once(' ').expect("a kind");
            assert!(seen.contains(family.0), "{line} has no help");
            let is_total = family.0.ends_with("_total");
            assert_eq!(is_total, family.1 == "counter", "{line}");
            continue;
        }
        let (sample, value) = line.rsplit_once(' ').expect("a value");
        let name = sample.split('{').next().expect("a name");
        assert_eq!(name, family.0, "a sample stands below its family: {line}");
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        assert!(name.chars().all(fits), "{line}");
        assert!(
            name.starts_with("switchboard_") || name.starts_with("process_"),
            "{line}"
        );
        assert!(value.parse::<f64>().is_ok(), "{line}");
    }
    assert!(
        text.contains("switchboard_queue_waiting{queue=\"a \\\"b\\\" \\\\\"} 0\n"),
        "{text}"
    );
    assert!(text.contains("switchboard_api_failures_total{method=\"KVGet\"} 2\n"));
}

/// What a text names of our metrics.
fn named(text: &str) -> BTreeSet<&str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = text.split(|c| !is_part(c));
    words
        .filter(|word| word.starts_with("switchboard_") || word.starts_with("process_"))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn dashboards_and_alerts_name_metrics_that_exist() {
    let (_app, text) = measured().await;
    let known: BTreeSet<&str> = families(&text).into_iter().collect();
    for (file, text) in [
        (
            "docs/grafana.json",
            include_str!("../../../docs/grafana.json"),
        ),
        (
            "docs/prometheus-alerts.yml",
            include_str!("../../../docs/prometheus-alerts.yml"),
        ),
    ] {
        let named = named(text);
        assert!(named.len() > 10, "{file} names {named:?}");
        let unknown: Vec<_> = named.difference(&known).collect();
        assert!(unknown.is_empty(), "{file} names {unknown:?}");
    }
    let board: serde_json::Value =
        serde_json::from_str(include_str!("../../../docs/grafana.json")).expect("JSON");
    let panels = board["panels"].as_array().expect("panels");
    let mut ids = BTreeSet::new();
    for panel in panels {
        assert!(ids.insert(panel["id"].as_u64().expect("an id")), "{panel}");
    }
}

#[tokio::test(start_paused = true)]
async fn every_metric_is_documented() {
    let (_app, text) = measured().await;
    let documented = named(include_str!("../../../docs/operations.md"));
    let known = families(&text);
    let missing = known.iter().filter(|name| !documented.contains(**name));
    let missing: Vec<_> = missing.collect();
    assert!(missing.is_empty(), "docs/operations.md lacks {missing:?}");
    let known: BTreeSet<&str> = known.into_iter().collect();
    let gone: Vec<_> = documented.difference(&known).collect();
    assert!(gone.is_empty(), "docs/operations.md has {gone:?}");
}

#[tokio::test(start_paused = true)]
async fn calls_are_counted_by_how_they_end() {
    use crate::board::{Event, Timestamp};
    use crate::sources::phone_urls::{Body, PhoneRequest, read};
    let (app, _host) = app_of("switchboard").await;
    app.configure(EVERYTHING.as_bytes());
    settle().await;
    for path in [
        "incoming-call/bob/+491234",
        "call-established/bob/+491234",
        "call-terminated/bob/+491234",
        "incoming-call/eve/+495678",
        "call-terminated/eve/+495678",
    ] {
        let request = PhoneRequest {
            path,
            query: "",
            body: Body::None,
            agent: "",
        };
        let reports = read(&request, &app.config().numbers_users).expect("a report");
        for report in reports {
            app.submit(Event::from(report)).await.expect("taken");
        }
    }
    let board = app.snapshot().await.expect("a board");
    assert_eq!(app.call_counts().began(), 2);
    let ended: Vec<_> = app.call_counts().ended().filter(|(_, n)| *n > 0).collect();
    assert_eq!(ended, [("answered", 1), ("missed", 1)]);
    assert!(app.call_counts().changes() >= board.sequence && board.sequence > 0);
    assert!(app.started() > Timestamp(0));
}
