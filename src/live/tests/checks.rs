use super::*;
use crate::host::UserId;
use crate::host::fake::lock;
use crate::walls;

const MAY_NOT: (u16, &str) = (1008, "you may no longer see the board");

fn member(name: &str) -> Who {
    Who {
        session: Some(format!("session-of-{name}").into()),
        ..who(Viewer::Member(UserId::from(name)))
    }
}

async fn screen_of(app: &App<FakeHost>, who: Who) -> Screen {
    Screen::open_with(app, who, None, ROOM).await
}

fn is(farewell: &(u16, String), expected: (u16, &str)) -> bool {
    (farewell.0, &*farewell.1) == expected
}

#[tokio::test(start_paused = true)]
async fn a_member_who_is_removed_is_sent_away_within_the_minute() {
    let (app, host) = live_app().await;
    for name in ["bob", "eve"] {
        host.set_member(name, true);
    }
    let mut bob = screen_of(&app, member("bob")).await;
    let mut eve = screen_of(&app, member("eve")).await;
    sleep(3 * CHECK_EVERY).await;
    host.set_member("eve", false);
    let farewell = timeout(CHECK_EVERY + Duration::from_secs(2), eve.farewell()).await;
    assert!(is(&farewell.expect("in time"), MAY_NOT));
    bob.all().await;
    assert_eq!(about(&bob.message().await), "board", "the others stay");
    sleep(CLOSE_LIMIT).await;
    assert_eq!(app.live().count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_session_that_ends_ends_the_stream() {
    let (app, host) = live_app().await;
    host.set_member("bob", true);
    let mut bob = screen_of(&app, member("bob")).await;
    lock(&host.personal().0.signed_out).insert("session-of-bob".to_owned());
    let limit = CHECK_EVERY + CHECK_AGAIN + Duration::from_secs(2);
    let farewell = timeout(limit, bob.farewell()).await;
    assert!(is(&farewell.expect("in time"), MAY_NOT));
    // Somebody else's is as good as none.
    let mut other = member("bob");
    other.session = Some("session-of-eve".into());
    let mut other = screen_of(&app, other).await;
    assert!(is(&other.farewell().await, MAY_NOT));
}

#[tokio::test(start_paused = true)]
async fn a_session_is_over_only_when_the_server_says_so_twice() {
    let (app, host) = live_app().await;
    host.set_member("bob", true);
    let mut bob = screen_of(&app, member("bob")).await;
    let signed_out = || lock(&host.personal().0.signed_out);
    let asked = async || {
        let count = || {
            let calls = lock(&host.personal().0.calls);
            calls.iter().filter(|call| **call == "session").count()
        };
        let before = count();
        while count() == before {
            sleep(Duration::from_millis(100)).await;
        }
    };
    for _ in 0..3 {
        signed_out().insert("session-of-bob".to_owned());
        timeout(2 * CHECK_EVERY, asked()).await.expect("asked");
        signed_out().clear();
        timeout(2 * CHECK_AGAIN, asked())
            .await
            .expect("asked once more");
    }
    sleep(CHECK_EVERY).await;
    bob.all().await;
    assert_eq!(app.live().count(), 1);
}

#[tokio::test(start_paused = true)]
async fn while_nobody_knows_they_stay_for_a_while() {
    let (app, host) = live_app().await;
    host.set_member("bob", true);
    let mut bob = screen_of(&app, member("bob")).await;
    host.fail("bob", crate::host::HostErrorKind::Transient);
    sleep(u32::from(MAX_UNKNOWN) * CHECK_EVERY * 4 / 5).await;
    assert_eq!(app.live().count(), 1);
    let (code, _) = bob.farewell().await;
    assert_eq!(code, 1013, "they may come again");
}

#[tokio::test(start_paused = true)]
async fn a_walls_link_that_is_withdrawn_ends_what_it_opened_at_once() {
    let (app, _) = live_app().await;
    let admin = UserId::from("admin");
    let wall = async |name: &str| {
        let token = app.walls().create(name, &admin).await.expect("a link");
        screen_of(&app, who(Viewer::Wall(walls::mark(&token).into()))).await
    };
    let (mut hall, mut lobby) = (wall("Hall").await, wall("Lobby").await);
    let mut secret = Screen::open(&app).await;
    app.walls().withdraw("Hall").await.expect("withdrawn");
    let farewell = timeout(Duration::from_secs(1), hall.farewell()).await;
    assert!(is(&farewell.expect("at once"), MAY_NOT));
    for screen in [&mut lobby, &mut secret] {
        screen.all().await;
        assert_eq!(about(&screen.message().await), "board", "the others stay");
    }
}

#[tokio::test(start_paused = true)]
async fn another_secret_ends_what_the_old_one_opened() {
    let (app, host) = live_app().await;
    host.set_member("bob", true);
    let mut secret = Screen::open(&app).await;
    let mut bob = screen_of(&app, member("bob")).await;
    assert!(app.configure(SETTINGS.replace("hush", "another").as_bytes()));
    let farewell = timeout(Duration::from_secs(1), secret.farewell()).await;
    assert!(is(&farewell.expect("at once"), MAY_NOT));
    bob.all().await;
    assert_eq!(about(&bob.message().await), "board", "the others stay");
}

#[tokio::test(start_paused = true)]
async fn who_may_no_longer_when_they_are_taken_is_sent_away() {
    let (app, _) = live_app().await;
    let (connection, ours) = duplex(ROOM);
    let taken = app
        .live()
        .accept(ours, who(Viewer::Secret), None, &|| false);
    assert_eq!(taken.await, Ok(()));
    let resume = Resume {
        epoch: "".into(),
        after: 0,
    };
    let mut screen = Screen { connection, resume };
    assert!(is(&screen.farewell().await, MAY_NOT));
}
