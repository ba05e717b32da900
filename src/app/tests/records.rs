//! Records of the store that cannot be read.

use super::*;
use crate::config::Problem;
use crate::host::fake::lock;

/// Only the log named them.
#[tokio::test(start_paused = true)]
async fn a_damaged_record_was_not_on_the_status() {
    let (app, host) = app_of("switchboard").await;
    let before = app.problems().len();
    let damaged = (crate::walls::KEY.to_owned(), b"walls".to_vec());
    lock(&host.0.personal.0.store).extend([damaged]);
    assert_eq!(app.walls().list().await, Ok(Vec::new()));
    let problems = app.problems();
    assert_eq!(problems.len(), before + 1, "{problems:?}");
    let is_it = |problem: &Problem| {
        problem.setting == "records"
            && problem
                .what
                .ends_with("`board.walls`: it has no first line")
    };
    assert!(problems.iter().any(is_it), "{problems:?}");
    assert_eq!(app.damaged_records(), 1);
}

/// They were taken out of the board alone.
#[tokio::test(start_paused = true)]
async fn who_was_deactivated_stayed_in_the_report_and_in_what_others_missed() {
    let (app, host) = app_of("switchboard").await;
    let caller = |name: &str| serde_json::json!({"id": 1, "name": name, "count": 1, "last": 1});
    let missed = serde_json::json!({"callers": [caller("amy"), caller("Eve")]});
    let agents = serde_json::json!({"amy": {"answered": 1}, "Eve": {"answered": 1}});
    let report = serde_json::json!({"due": {"agents": agents}});
    for (key, record) in [("missed:zoe", missed), ("report.calls", report)] {
        crate::store::save(&host, key, &record)
            .await
            .expect("stored");
    }
    for user in ["amy", "Eve", "bob"] {
        app.submit(event(user, "dnd-on")).await.expect("running");
        app.submit(event(user, "dnd-off")).await.expect("running");
    }
    tokio::join!(app.deactivated("amy"), app.deactivated("eve"));
    sleep(Duration::from_secs(1)).await;
    let lines = app.snapshot().await.expect("running").lines.clone();
    assert_eq!(lines.len(), 1, "{lines:?}");
    let store = lock(&host.0.personal.0.store);
    for key in ["missed:zoe", "report.calls"] {
        let record = String::from_utf8_lossy(&store[key]);
        for name in ["amy", "Eve"] {
            assert!(!record.contains(name), "{key}: {record}");
        }
    }
}
