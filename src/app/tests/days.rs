use super::*;

const DAY: u64 = 24 * 60 * 60 * 1000;

fn with_zone(zone: &str) -> String {
    SETTINGS.replace('}', &format!(",\"timezone\":\"{zone}\"}}"))
}

async fn began(app: &App<FakeHost>) -> Timestamp {
    settle().await;
    app.snapshot().await.expect("running").day.began
}

#[tokio::test(start_paused = true)]
async fn the_board_is_told_of_its_day_at_once_and_at_each_midnight() {
    // 2023-11-14T22:13:20Z.
    let (app, _) = app_of("switchboard").await;
    let midnight = Timestamp(1_700_000_000_000 / DAY * DAY);
    assert_eq!(began(&app).await, midnight);
    sleep(Duration::from_secs(2 * 3600)).await;
    assert_eq!(began(&app).await, midnight.after(DAY));
    sleep(Duration::from_secs(24 * 3600)).await;
    assert_eq!(began(&app).await, midnight.after(2 * DAY));
    // It is told of each day once.
    let before = app.snapshot().await.expect("running").sequence;
    sleep(Duration::from_secs(3600)).await;
    assert_eq!(app.snapshot().await.expect("running").sequence, before);
}

#[tokio::test(start_paused = true)]
async fn another_zone_has_another_day() {
    let (app, _) = app_of("switchboard").await;
    let midnight = Timestamp(1_700_000_000_000 / DAY * DAY);
    assert!(app.configure(with_zone("Asia/Kolkata").as_bytes()));
    // It is 03:43 of the next day there.
    let expected = midnight.after(DAY - 11 * DAY / 48);
    assert_eq!(began(&app).await, expected);
    assert!(app.configure(with_zone("America/New_York").as_bytes()));
    assert_eq!(began(&app).await, midnight.after(5 * DAY / 24));
    assert_eq!(settings(&app), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_zone_that_is_not_known_is_told_and_is_utc() {
    let (app, _) = app_of("switchboard").await;
    assert!(app.configure(with_zone("Europe/Berlln").as_bytes()));
    let midnight = Timestamp(1_700_000_000_000 / DAY * DAY);
    assert_eq!(began(&app).await, midnight);
    assert_eq!(settings(&app), ["TimeZone"]);
    let problem = app.problems().remove(0).to_string();
    assert!(
        problem.contains("`Europe/Berlln`") && problem.contains("tzdata"),
        "{problem}"
    );
}
