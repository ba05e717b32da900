//! `/phone board`: who may, and what they see and do.

use super::*;
use crate::board::{Departure, Details, Peer, QueueEvent, QueueReport, Source};

async fn queue(app: &App<FakeHost>, queue: &str, event: QueueEvent) {
    let report = QueueReport {
        source: Source::Asterisk,
        queue: queue.into(),
        event,
    };
    app.submit(Event::Queue(report)).await.expect("running");
}

fn waits(caller: &str, number: &str) -> QueueEvent {
    QueueEvent::Waits {
        caller: caller.into(),
        peer: Some(Peer::new(number)),
        dialed: None,
        own_number: None,
        since: test_clock(),
    }
}

/// A board with a call, and two queues.
async fn office() -> (Arc<App<FakeHost>>, FakeHost) {
    let (app, host) = app_of("switchboard").await;
    host.set_member("bob", true);
    let mut rings = event("amy", "incoming-call");
    if let Event::Line(report) = &mut rings {
        report.peer = Some(Peer::new("0301234567"));
    }
    app.submit(rings).await.expect("running");
    let details = Details {
        description: Some("Help *desk*".into()),
        ..Details::default()
    };
    queue(&app, "400", QueueEvent::Details(details)).await;
    queue(&app, "400", waits("1", "0302345678")).await;
    queue(&app, "400", waits("2", "0303456789")).await;
    queue(&app, "sales", waits("3", "0304567890")).await;
    let left = QueueEvent::Left {
        caller: "3".into(),
        how: Departure::Abandoned,
    };
    queue(&app, "sales", left).await;
    (app, host)
}

const LINK: &str = "\n[The live board](https://chat.example.com/plugins/switchboard/dashboard)";

#[tokio::test(start_paused = true)]
async fn members_see_calls_and_queues() {
    let (app, _host) = office().await;
    sleep(Duration::from_secs(65)).await;
    let expected = "\
| Name | Call | For |
|:--|:--|--:|
| amy | rings, from 0301234567 | 1:05 |

| Queue | Waiting | Longest | Answered | Lost | % | In time |
|:--|--:|--:|--:|--:|--:|--:|
| Help \\*desk\\* | 2 | 1:05 | 0 | 0 |  |  |
| sales | 0 |  | 0 | 1 | 0% | 0% |
";
    let answer = ask(&app, "bob", "/phone board").await;
    let answer = answer.replace("🔔 ", "");
    assert_eq!(answer, format!("{expected}{LINK}"));
    for name in ["400", "help *DESK*", "\"400\""] {
        let answer = ask(&app, "bob", &format!("/phone board {name}")).await;
        assert!(
            answer.contains("| 0302345678 | 1:05 |\n| 0303456789 | 1:05 |\n"),
            "{answer}"
        );
        assert!(!answer.contains("sales"), "{answer}");
    }
    let answer = ask(&app, "bob", "/phone board sales").await;
    assert!(answer.contains("Nobody is waiting."), "{answer}");
    let answer = ask(&app, "bob", "/phone board n@body").await;
    assert_eq!(answer, "There is no queue n@\u{200b}body on the board.");
}

#[tokio::test(start_paused = true)]
async fn others_do_not() {
    let (app, host) = office().await;
    for line in ["/phone board", "/phone board 400", "/phone board reset"] {
        let answer = ask(&app, "eve", line).await;
        assert!(
            answer.starts_with("The board is for members of the channel"),
            "{answer}"
        );
    }
    host.fail("zoe", HostErrorKind::Transient);
    assert!(
        ask(&app, "guest", "/phone board")
            .await
            .starts_with("Guests cannot")
    );
}

#[tokio::test(start_paused = true)]
async fn numbers_are_masked_as_on_the_page() {
    let (app, _host) = office().await;
    let json = SETTINGS.replacen('{', "{\"BoardNumbers\": \"masked\",", 1);
    assert!(app.configure(json.as_bytes()));
    settle().await;
    for line in ["/phone board", "/phone board 400"] {
        let answer = ask(&app, "bob", line).await;
        assert!(answer.contains("••••"), "{answer}");
        for digits in ["4567", "5678", "6789"] {
            assert!(!answer.contains(digits), "{answer}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn administrators_reset_counters_as_on_the_page() {
    let (app, host) = office().await;
    let lost = async || {
        let board = app.snapshot().await.expect("running");
        board.queues[1].counters.abandoned
    };
    // A member like any other does not: it is for everybody who looks at the board.
    let answer = ask(&app, "bob", "/phone board reset").await;
    assert!(
        answer.contains("administrators of the system, of the phones' channel"),
        "{answer}"
    );
    host.set_channel_admin("carol");
    let answer = ask(&app, "carol", "/phone board reset help *desk*").await;
    assert_eq!(
        answer,
        "The counters of Help \\*desk\\* begin at zero from now on."
    );
    assert_eq!(lost().await, 1);
    host.set_member("admin", true);
    let answer = ask(&app, "admin", "/phone board reset fax").await;
    assert_eq!(answer, "There is no queue fax on the board.");
    host.set_member("dan", true);
    host.set_team_admin("dan");
    let answer = ask(&app, "dan", "/phone board RESET").await;
    assert_eq!(
        answer,
        "The counters of all 2 queues begin at zero from now on."
    );
    assert_eq!(lost().await, 0);
}

#[tokio::test(start_paused = true)]
async fn administrators_make_and_withdraw_links_for_screens() {
    let (app, _host) = office().await;
    for line in ["wall lobby", "walls", "withdraw lobby"] {
        let answer = ask(&app, "bob", &format!("/phone board {line}")).await;
        assert!(
            answer.ends_with("by administrators of the system."),
            "{answer}"
        );
    }
    let admin = async |line: &str| ask(&app, "admin", &format!("/phone board {line}")).await;
    assert!(admin("walls").await.starts_with("There are no links"));
    let answer = admin("wall Lobby 1").await;
    let (_, token) = answer
        .split_once("https://chat.example.com/plugins/switchboard/dashboard?view=wall&wall=")
        .expect("a link");
    let name = app.walls().name_of(token).await.expect("read");
    assert_eq!(name.as_deref(), Some("Lobby 1"));
    let list = admin("walls").await;
    assert!(
        list.contains("| Lobby 1 | ") && !list.contains(token),
        "{list}"
    );
    assert!(
        admin("wall lobby 1")
            .await
            .starts_with("There is a link of lobby 1 already.")
    );
    assert!(admin("wall").await.contains("`/phone board wall lobby`"));
    assert!(
        admin("withdraw")
            .await
            .contains("`/phone board withdraw lobby`")
    );
    assert!(
        admin(&format!("wall {}", "x".repeat(65)))
            .await
            .contains("at most 64")
    );
    assert!(
        admin("withdraw garage")
            .await
            .starts_with("There is no link of garage.")
    );
    assert!(
        admin("withdraw LOBBY 1")
            .await
            .starts_with("The link of LOBBY 1 is withdrawn")
    );
    assert_eq!(app.walls().name_of(token).await, Ok(None));
}

#[tokio::test(start_paused = true)]
async fn a_link_that_was_to_be_withdrawn_was_made_for_a_screen_of_that_name() {
    let (app, _host) = office().await;
    let admin = async |line: &str| ask(&app, "admin", &format!("/phone board {line}")).await;
    for (line, name) in [
        ("wall withdraw Lobby 1", "Lobby 1"),
        ("wall WITHDRAW \"Lobby 1\"", "Lobby 1"),
        ("wall withdraw", "NAME"),
    ] {
        let answer = admin(line).await;
        let right = format!("/phone board withdraw {name}");
        assert!(answer.ends_with(&right), "{line}: {answer}");
    }
    assert!(admin("walls").await.starts_with("There are no links"));
    // Somebody may want to call a screen so.
    let answer = admin("wall \"withdraw it\"").await;
    assert!(answer.contains("screen of withdraw it."), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn of_somebody_who_is_erased_a_second_number_stayed() {
    let (app, _host) = app_of("switchboard").await;
    let numbers = "0301111111:bob, 0302222222:bob, 0303333333:eve";
    assert!(app.configure(SETTINGS.replace("123:bob", numbers).as_bytes()));
    for number in ["0301111111", "0302222222", "0303333333"] {
        for action in ["incoming-call", "missed-call"] {
            let mut told = event("amy", action);
            if let Event::Line(report) = &mut told {
                report.peer = Some(Peer::new(number));
            }
            app.submit(told).await.expect("running");
        }
    }
    let remembered = async || {
        let wanted = History {
            most: 9,
            ..History::default()
        };
        let ended = app.board.history(wanted).await.expect("running");
        let peers = ended.calls.iter().filter_map(|call| call.peer.as_ref());
        peers
            .map(|peer| peer.number.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(remembered().await.len(), 3);
    let answer = ask(&app, "admin", "/phone board erase").await;
    assert!(answer.starts_with("Say whom to erase"), "{answer}");
    assert_eq!(remembered().await.len(), 3);
    let answer = ask(&app, "bob", "/phone board erase bob").await;
    assert!(
        answer.ends_with("by administrators of the system."),
        "{answer}"
    );
    assert_eq!(remembered().await.len(), 3);
    let answer = ask(&app, "admin", "/phone board erase @Bob").await;
    assert!(
        answer.starts_with("Whoever is called Bob is erased"),
        "{answer}"
    );
    assert_eq!(remembered().await, ["0303333333"]);
    // The answer was the same where nobody is called so.
    for name in ["Bob", "nobody", "0309999999"] {
        let answer = ask(&app, "admin", &format!("/phone board erase {name}")).await;
        let expected = format!("Nothing was found of {name}");
        assert!(answer.starts_with(&expected), "{answer}");
    }
    // A number in another form than the one in which it came.
    let answer = ask(&app, "admin", "/phone board erase +49303333333").await;
    assert!(
        answer.starts_with("Whoever is called +49303333333"),
        "{answer}"
    );
    assert!(remembered().await.is_empty());
    let lines = async || app.snapshot().await.expect("running").lines.len();
    assert_eq!(lines().await, 1);
    let answer = ask(&app, "admin", "/phone board erase amy").await;
    assert!(answer.starts_with("Whoever is called amy"), "{answer}");
    assert_eq!(lines().await, 0);
}
