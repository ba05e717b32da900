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
