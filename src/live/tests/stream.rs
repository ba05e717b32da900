use super::*;
use tokio::time::Instant;

#[tokio::test(start_paused = true)]
async fn who_comes_gets_the_whole_board_and_then_what_changes() {
    let (app, _) = live_app().await;
    phone(&app, "bob", "dnd-on").await;
    queue(&app, "support", QueueEvent::Seen).await;
    let mut screen = Screen::open(&app).await;
    let first = screen.message().await;
    assert_eq!(first["n"], 0, "who resumes with it gets everything");
    let board = &first["board"];
    assert_eq!(board["whole"], true);
    assert_eq!(board["epoch"], &*app.live().epoch());
    assert_eq!(board["sources"], json!([]));
    assert_eq!(board["service_level_within"], 20_000);
    assert_eq!(board["refresh"], 10_000);
    assert!(
        board["now"]
            .as_u64()
            .is_some_and(|now| now >= 1_700_000_000_000)
    );
    let all = screen.all().await;
    assert_eq!(abouts(&all), ["day", "line bob", "queue support"]);
    assert_eq!(all[1]["line"]["dnd"], true);

    let before = screen.resume.after;
    called(&app, "bob", "incoming-call", "555").await;
    let line = screen.message().await;
    assert_eq!(line["line"]["calls"][0]["peer"]["number"], "555");
    assert!(line["n"].as_u64().is_some_and(|n| n > before));
    called(&app, "bob", "missed-call", "555").await;
    sleep(PACE).await;
    let all = screen.all().await;
    assert_eq!(abouts(&all), ["line bob", "call 1", "day"]);
    assert_eq!(all[1]["call"]["ending"], "missed");
    assert_eq!(all[2]["day"]["hours"][0]["lost"], 1);
    gone(&app, "bob").await;
    let left = screen.message().await;
    assert_eq!(left["gone"], json!({ "line": "bob" }));
}

#[tokio::test(start_paused = true)]
async fn a_viewer_is_written_to_five_times_a_second_at_most() {
    let (app, _) = live_app().await;
    let mut screen = Screen::open(&app).await;
    screen.all().await;
    sleep(PACE).await;
    let started = Instant::now();
    phone(&app, "bob", "dnd-on").await;
    screen.message().await;
    assert!(
        started.elapsed() < Duration::from_millis(5),
        "the first one at once"
    );
    for action in ["dnd-off", "offhook", "onhook", "dnd-on", "offhook"] {
        phone(&app, "bob", action).await;
        phone(&app, "eve", action).await;
    }
    sleep(PACE / 2).await;
    assert_eq!(screen.all().await, [json!(null); 0]);
    // Each once, as it is then.
    let bob = screen.message().await;
    assert!(started.elapsed() >= PACE && started.elapsed() < PACE + PACE / 2);
    assert_eq!(
        (&bob["line"]["dnd"], &bob["line"]["off_hook"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(abouts(&screen.all().await), ["line eve"]);
    assert_eq!(
        app.live().counts().messages,
        5,
        "board, day, bob, bob and eve"
    );
}

#[tokio::test(start_paused = true)]
async fn who_was_there_before_gets_what_they_missed() {
    let (app, _) = live_app().await;
    phone(&app, "bob", "dnd-on").await;
    phone(&app, "eve", "dnd-on").await;
    phone(&app, "dan", "dnd-on").await;
    let mut screen = Screen::open(&app).await;
    let told = screen.all().await.len();
    assert_eq!(told, 5);
    let resume = screen.resume.clone();
    drop(screen);
    settle().await;
    assert_eq!(app.live().count(), 0);

    phone(&app, "bob", "dnd-off").await;
    gone(&app, "eve").await;
    gone(&app, "dan").await;
    phone(&app, "dan", "offhook").await;
    let mut screen = Screen::open_with(&app, who(Viewer::Secret), Some(resume), ROOM).await;
    let first = screen.message().await;
    assert_eq!(first["board"]["whole"], false);
    let all = screen.all().await;
    // What has the very number that they had is told again.
    assert_eq!(abouts(&all), ["line bob", "gone", "line dan"]);
    assert_eq!(all[1]["gone"], json!({ "line": "eve" }));

    // Nothing happened since.
    let resume = screen.resume.clone();
    let mut again = Screen::open_with(&app, who(Viewer::Secret), Some(resume), ROOM).await;
    assert_eq!(again.message().await["board"]["whole"], false);
    assert_eq!(abouts(&again.all().await), ["line dan"]);
}

#[tokio::test(start_paused = true)]
async fn who_was_at_another_board_gets_everything() {
    let (app, _) = live_app().await;
    phone(&app, "bob", "dnd-on").await;
    let mut screen = Screen::open(&app).await;
    screen.all().await;
    let good = screen.resume.clone();
    for resume in [
        Resume {
            epoch: "another".into(),
            ..good.clone()
        },
        Resume {
            after: good.after + 1,
            ..good.clone()
        },
        Resume {
            after: u64::MAX,
            ..good.clone()
        },
        Resume { after: 0, ..good },
    ] {
        let mut screen = Screen::open_with(&app, who(Viewer::Secret), Some(resume), ROOM).await;
        assert_eq!(screen.message().await["board"]["whole"], true);
        assert_eq!(abouts(&screen.all().await), ["day", "line bob"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_viewer_gets_each_thing_once_as_it_is_then() {
    let (app, _) = live_app().await;
    let mut screen = Screen::open_with(&app, who(Viewer::Secret), None, 64).await;
    // The first write is stuck halfway.
    settle().await;
    for round in 0..50 {
        let action = if round % 2 == 0 { "dnd-on" } else { "dnd-off" };
        for user in ["bob", "eve"] {
            phone(&app, user, action).await;
        }
        sleep(PACE).await;
    }
    let all = screen.all().await;
    assert_eq!(
        abouts(&all),
        ["board", "day", "line bob", "line eve", "board"]
    );
    assert_eq!(all[2]["line"]["dnd"], false);
}

#[tokio::test(start_paused = true)]
async fn the_board_tells_of_itself_every_ten_seconds() {
    let (app, _) = live_app().await;
    let mut screen = Screen::open(&app).await;
    screen.all().await;
    let (sequence, started) = (screen.resume.after, Instant::now());
    let mut nows = Vec::new();
    for _ in 0..3 {
        let message = screen.message().await;
        assert_eq!(
            (about(&message), &message["board"]["whole"]),
            ("board".into(), &json!(false))
        );
        assert_eq!(message["n"], sequence, "it is no change");
        nows.push(message["board"]["now"].as_u64().expect("a time"));
    }
    assert!(
        started.elapsed() <= 3 * BOARD_EVERY + PACE,
        "{:?}",
        started.elapsed()
    );
    assert!(
        nows.windows(2).all(|pair| pair[1] - pair[0] >= 10_000),
        "{nows:?}"
    );
    // Also while everything else goes on.
    let mut boards = 0;
    for _ in 0..50 {
        phone(&app, "bob", "dnd-on").await;
        phone(&app, "bob", "dnd-off").await;
        sleep(Duration::from_millis(500)).await;
        boards += screen
            .all()
            .await
            .iter()
            .filter(|m| about(m) == "board")
            .count();
    }
    assert_eq!(boards, 2);
}

#[tokio::test(start_paused = true)]
async fn without_viewers_nothing_is_made() {
    let (app, _) = live_app().await;
    phone(&app, "bob", "dnd-on").await;
    sleep(Duration::from_secs(30)).await;
    let told = || app.live().table.told().sequence();
    assert_eq!(told(), None);
    let screen = Screen::open(&app).await;
    assert!(told().is_some());
    drop(screen);
    sleep(2 * PACE).await;
    assert_eq!((told(), app.live().count()), (None, 0));
}

#[tokio::test(start_paused = true)]
async fn numbers_are_masked_and_everybody_begins_anew_when_that_changes() {
    let (app, _) = app_of("switchboard").await;
    called(&app, "bob", "incoming-call", "0240404040").await;
    let mut screen = Screen::open(&app).await;
    let line = screen.all().await.pop().expect("a line");
    assert_eq!(line["line"]["calls"][0]["peer"]["number"], "0240404040");
    let settings = SETTINGS.replace('}', ",\"boardnumbers\":\"masked\"}");
    assert!(app.configure(settings.as_bytes()));
    assert_eq!(screen.farewell().await.0, 1001);
    let resume = screen.resume.clone();
    let mut screen = Screen::open_with(&app, who(Viewer::Secret), Some(resume), ROOM).await;
    let first = screen.message().await;
    assert_eq!(first["board"]["whole"], true);
    let line = screen.all().await.pop().expect("a line");
    assert_eq!(line["line"]["calls"][0]["peer"]["number"], "024040••••");
    called(&app, "bob", "call-terminated", "0240404040").await;
    sleep(PACE).await;
    for message in screen.all().await {
        assert!(!message.to_string().contains("4040404"), "{message}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_level_that_is_changed_is_told() {
    let (app, _) = app_of("switchboard").await;
    let mut screen = Screen::open(&app).await;
    screen.all().await;
    let settings = SETTINGS.replace('}', ",\"servicelevelseconds\":30}");
    assert!(app.configure(settings.as_bytes()));
    let message = screen.message().await;
    assert_eq!(message["board"]["service_level_within"], 30_000);
}

#[tokio::test(start_paused = true)]
async fn a_ring_is_told_at_once_and_to_who_comes_soon() {
    let (app, _) = live_app().await;
    let mut screen = Screen::open(&app).await;
    screen.all().await;
    let at = app.now();
    app.live().ring(Ring {
        event: "start_ringing".into(),
        line: Some("bob".into()),
        queue: None,
        peer: None,
        url: "https://crm.example.com/?n=1".into(),
        at,
    });
    let message = screen.message().await;
    let id = &message["ring"]["id"];
    assert_eq!(
        message["ring"],
        json!({ "id": id, "event": "start_ringing", "line": "bob", "queue": null, "peer": null,
            "url": "https://crm.example.com/?n=1", "at": at.0 })
    );
    sleep(RING_TOLD - Duration::from_secs(2)).await;
    let mut second = Screen::open(&app).await;
    sleep(PACE).await;
    let rings = |messages: &[Value]| abouts(messages).iter().filter(|m| *m == "ring").count();
    assert_eq!(rings(&second.all().await), 1);
    sleep(Duration::from_secs(4)).await;
    let mut third = Screen::open(&app).await;
    sleep(PACE).await;
    assert_eq!(rings(&third.all().await), 0);
    assert_eq!(rings(&screen.all().await), 0, "each is told once");
}

#[tokio::test(start_paused = true)]
async fn a_wall_is_given_no_callers_page() {
    let (app, _) = live_app().await;
    let wall = who(Viewer::Wall("a mark".into()));
    let mut wall = Screen::open_with(&app, wall, None, ROOM).await;
    let mut other = Screen::open(&app).await;
    wall.all().await;
    other.all().await;
    app.live().ring(Ring {
        event: "start_ringing".into(),
        line: Some("bob".into()),
        queue: None,
        peer: None,
        url: "https://crm.example.com/?n=1".into(),
        at: app.now(),
    });
    assert_eq!(about(&other.message().await), "ring");
    phone(&app, "bob", "incoming-call").await;
    assert_eq!(about(&wall.message().await), "line bob");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_kept_that_shows_more_than_may_be_shown_now() {
    // A bundle that has the setting.
    let (app, _) = app_of("switchboard").await;
    let mut first = Screen::open(&app).await;
    first.all().await;
    called(&app, "bob", "incoming-call", "0240404040").await;
    let line = first.message().await;
    assert_eq!(about(&line), "line bob");
    assert!(line.to_string().contains("0240404040"), "{line}");
    // What this one is sent is kept for the next, and just now nothing else is told.
    let mut second = Screen::open(&app).await;
    while about(&second.message().await) != "line bob" {}
    let settings = SETTINGS.replace('}', ",\"boardnumbers\":\"hidden\"}");
    assert!(app.configure(settings.as_bytes()));
    let mut third = Screen::open(&app).await;
    let mut line = third.message().await;
    while about(&line) != "line bob" {
        line = third.message().await;
    }
    assert_eq!(line["line"]["calls"][0]["peer"]["number"], "•••");
    assert!(!line.to_string().contains("4040404"), "{line}");
}

#[tokio::test(start_paused = true)]
async fn when_too_much_left_everybody_begins_anew() {
    let (app, _) = live_app().await;
    for n in 0..crate::board::MAX_GONE + 10 {
        phone(&app, &format!("user{n}"), "dnd-on").await;
    }
    let mut screen = Screen::open(&app).await;
    screen.all().await;
    let event = Event::Cleared(Source::Phone);
    app.submit(event).await.expect("it runs");
    let (code, _) = screen.farewell().await;
    assert_eq!(code, 1001);
    let resume = screen.resume.clone();
    let mut screen = Screen::open_with(&app, who(Viewer::Secret), Some(resume), ROOM).await;
    assert_eq!(screen.message().await["board"]["whole"], true);
    assert_eq!(abouts(&screen.all().await), ["day"]);
}

#[tokio::test(start_paused = true)]
async fn viewers_are_told_when_the_plugin_stops() {
    let (app, _) = live_app().await;
    let (mut one, mut two) = (Screen::open(&app).await, Screen::open(&app).await);
    let stopping = app.stop(Duration::from_secs(8));
    let (_, first, second) = tokio::join!(stopping, one.farewell(), two.farewell());
    assert_eq!((first.0, second.0), (1001, 1001));
    let (_theirs, ours) = duplex(ROOM);
    let taken = app.live().accept(ours, who(Viewer::Secret), None, &|| true);
    assert_eq!(taken.await, Err(NotTaken::Stopped));
}
