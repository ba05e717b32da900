//! The whole, over a server in memory: from settings to what people see.

mod board_command;
mod cluster;
mod days;
mod numbers;
mod pages;
mod records;
mod server;

pub(crate) use server::FakeHost;

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

use super::*;
use crate::board::{Action, Event, RINGING_LIMIT};
use crate::commands::Invocation;
use crate::host::{
    Account, Accounts, ChannelId, CustomStatus, Dialog, Dialogs, Directory, HostError,
    HostErrorKind, Members, Message, Messages, NewPost, Nodes, Pending, PersonalStatus,
    PersonalStatuses, PostId, Posts, Records, Statuses, Store, TeamId,
};
use crate::host::{Audience, Channel, Channels, Membership, Names, Told};
use crate::store::Damaged;

fn person(id: &str) -> Person {
    Person {
        id: id.into(),
        username: id.into(),
        display_name: id.into(),
        language: crate::language::Language::English,
        time_zone: "".into(),
        guest: id == "guest",
        admin: id == "admin",
        deactivated: id == "gone",
    }
}

pub(crate) const SETTINGS: &str = r#"{"teamname":"sales","channelname":"phones","usermail":"p@example.com",
    "secret":"hush","hideconnectionmessages":false,"numbersusers":"123:bob"}"#;

thread_local! {
    /// A test has a thread and a runtime of its own.
    static START: Instant = Instant::now();
}

/// A clock that stands still with tokio's.
pub(crate) fn test_clock() -> Timestamp {
    let since = START.with(Instant::elapsed);
    Timestamp(1_700_000_000_000).after(since.as_millis() as u64)
}

/// The product over a fake server, with good settings, its channel found.
pub(crate) async fn app() -> (Arc<App<FakeHost>>, FakeHost) {
    app_of("net.bytemine.sip").await
}

/// The same of another bundle.
pub(crate) async fn app_of(id: &str) -> (Arc<App<FakeHost>>, FakeHost) {
    let host = FakeHost::default();
    let app = App::with_clock(id, host.clone(), test_clock);
    assert!(app.configure(SETTINGS.as_bytes()));
    settle().await;
    assert_eq!(app.problems(), []);
    (app, host)
}

/// Lets every task do what it can do at this moment; time is paused, so this takes none.
pub(crate) async fn settle() {
    sleep(Duration::from_millis(1)).await;
}

fn event(user: &str, action: &str) -> Event {
    Event::Line(crate::board::Report {
        dialed: None,
        own_number: None,
        source: crate::board::Source::Phone,
        user: Arc::from(user),
        action: Action::from_name(action).expect("an action"),
        peer: None,
        reference: None,
        linked: None,
        queue: None,
    })
}

fn settings(app: &App<FakeHost>) -> Vec<String> {
    app.problems().into_iter().map(|p| p.setting).collect()
}

#[tokio::test(start_paused = true)]
async fn an_event_reaches_board_and_channel() {
    let (app, host) = app().await;
    app.submit(event("bob", "dnd-on")).await.expect("running");
    app.try_submit(event("bob", "offhook")).expect("room");
    let board = app.snapshot().await.expect("running");
    assert!(board.lines[0].state.dnd && board.lines[0].state.off_hook);
    settle().await;
    assert_eq!(host.messages(), ["bob DND on", "bob connected"]);
    let post = lock(&host.0.posts)[0].clone();
    assert_eq!(post.channel.as_str(), "channel-id");
    assert_eq!(post.author.as_str(), "author-id");
    assert_eq!(app.post_counts().made, 2);
}

#[tokio::test(start_paused = true)]
async fn nothing_happens_when_nothing_changed() {
    let (app, host) = app().await;
    app.submit(event("bob", "dnd-on")).await.expect("running");
    let lookups = host.lookups();
    assert!(!app.configure(SETTINGS.as_bytes()));
    // The same settings, written otherwise.
    assert!(!app.configure(SETTINGS.replace("teamname", "TeamName").as_bytes()));
    settle().await;
    assert_eq!(host.lookups() - lookups, 1, "the post only");
}

#[tokio::test(start_paused = true)]
async fn new_settings_keep_the_board() {
    let (app, host) = app().await;
    app.submit(event("bob", "dnd-on")).await.expect("running");
    settle().await;
    let lookups = host.lookups();
    assert!(app.configure(SETTINGS.replace("false", "true").as_bytes()));
    app.submit(event("bob", "offhook")).await.expect("running");
    app.submit(event("bob", "paused-on"))
        .await
        .expect("running");
    settle().await;
    assert_eq!(host.messages(), ["bob DND on", "bob paused"]);
    assert_eq!(host.lookups() - lookups, 1, "the channel is known already");
    let board = app.snapshot().await.expect("running");
    assert!(board.lines[0].state.dnd && board.lines[0].state.off_hook);
}

#[tokio::test(start_paused = true)]
async fn the_old_channel_is_out_of_force_before_the_new_one_is_found() {
    let (app, host) = app().await;
    host.set_member("bob", true);
    assert_eq!(app.access(&"bob".into()).await, Access::Granted);
    assert!(app.configure(SETTINGS.replace("\"phones\"", "\"fones\"").as_bytes()));
    assert!(matches!(
        app.access(&"bob".into()).await,
        Access::Unknown(_)
    ));
    assert_eq!(app.target(), None);
    assert_eq!(*app.target.borrow(), None);
    app.submit(event("bob", "dnd-on")).await.expect("running");
    settle().await;
    assert!(host.messages().is_empty());
    assert!(app.configure(SETTINGS.as_bytes()));
    settle().await;
    assert_eq!(host.messages(), ["bob DND on"]);
}

#[tokio::test(start_paused = true)]
async fn before_settings_come_everything_is_missing() {
    let app = App::with_clock("switchboard", FakeHost::default(), test_clock);
    assert_eq!(
        settings(&app),
        ["TeamName", "ChannelName", "UserMail", "Secret"]
    );
    assert!(!app.healthy());
}

#[tokio::test(start_paused = true)]
async fn what_settings_name_and_is_not_there_is_a_problem_until_it_is() {
    let (app, _host) = app().await;
    for (from, to, setting, what) in [
        ("sales", "sails", "TeamName", "there is no team `sails`"),
        (
            "\"phones\"",
            "\"fones\"",
            "ChannelName",
            "there is no channel in that team `fones`",
        ),
        (
            "p@example.com",
            "q@example.com",
            "UserMail",
            "there is no person with the e-mail address `q@example.com`",
        ),
    ] {
        assert!(app.configure(SETTINGS.replace(from, to).as_bytes()));
        settle().await;
        let problems = app.problems();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!((&*problems[0].setting, &*problems[0].what), (setting, what));
        assert_eq!(app.target(), None);
    }
    assert!(app.configure(SETTINGS.as_bytes()));
    settle().await;
    assert!(app.healthy());
}

#[tokio::test(start_paused = true)]
async fn look_ups_are_repeated_and_posts_wait_for_them() {
    for kind in [HostErrorKind::Transient, HostErrorKind::NotFound] {
        let host = FakeHost::default();
        host.fail("phones", kind);
        let app = App::with_clock("net.bytemine.sip", host.clone(), test_clock);
        app.configure(SETTINGS.as_bytes());
        app.submit(event("bob", "dnd-on")).await.expect("running");
        sleep(Duration::from_secs(5)).await;
        assert_eq!(settings(&app), ["ChannelName"]);
        assert!(host.messages().is_empty());
        host.mend();
        sleep(RETRY_NOT_FOUND).await;
        assert!(app.healthy());
        assert_eq!(host.messages(), ["bob DND on"]);
    }
}

#[tokio::test(start_paused = true)]
async fn posts_that_fail_are_a_problem_until_one_is_made() {
    let (app, host) = app().await;
    host.fail("posts", HostErrorKind::Transient);
    app.submit(event("bob", "dnd-on")).await.expect("running");
    settle().await;
    assert_eq!(settings(&app), ["posts"]);
    host.mend();
    sleep(Duration::from_secs(60)).await;
    assert!(app.healthy());
    assert_eq!(host.messages(), ["bob DND on"]);
}

#[tokio::test(start_paused = true)]
async fn a_refused_post_makes_everything_be_looked_up_anew() {
    let (app, host) = app().await;
    host.fail("posts", HostErrorKind::NotFound);
    app.submit(event("bob", "dnd-on")).await.expect("running");
    settle().await;
    host.fail("phones", HostErrorKind::NotFound);
    sleep(Duration::from_secs(11)).await;
    assert_eq!(settings(&app), ["ChannelName", "posts"]);
    assert_eq!(app.target(), None);
}

#[tokio::test(start_paused = true)]
async fn an_orderly_stop_loses_nothing() {
    let (app, host) = app().await;
    for n in 0..50 {
        app.try_submit(event(&format!("p{n}"), "dnd-on"))
            .expect("room");
    }
    let report = app.stop(Duration::from_secs(5)).await;
    assert_eq!(report, StopReport { posts_remaining: 0 });
    assert_eq!(host.messages().len(), 50);
    assert_eq!(app.submit(event("bob", "dnd-on")).await, Err(Stopped));
    assert_eq!(app.snapshot().await, Err(Stopped));
    assert!(settings(&app).contains(&"board".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_stop_keeps_its_deadline_and_tells_what_remained() {
    let (app, host) = app().await;
    host.fail("posts", HostErrorKind::Transient);
    for _ in 0..3 {
        app.try_submit(event("bob", "dnd-on")).expect("room");
    }
    let before = tokio::time::Instant::now();
    let report = app.stop(Duration::from_secs(2)).await;
    assert_eq!(report.posts_remaining, 3);
    assert!(before.elapsed() <= Duration::from_millis(2001));
}

#[tokio::test(start_paused = true)]
async fn calls_end_by_themselves_when_their_time_is_up() {
    let (app, _host) = app().await;
    app.submit(event("bob", "incoming-call"))
        .await
        .expect("running");
    let calls = async || app.snapshot().await.expect("running").lines[0].calls.len();
    sleep(Duration::from_millis(RINGING_LIMIT - 10)).await;
    assert_eq!(calls().await, 1);
    sleep(Duration::from_millis(20)).await;
    assert_eq!(calls().await, 0);
}

#[tokio::test(start_paused = true)]
async fn members_may_and_what_was_said_of_them_is_believed_for_moments() {
    let (app, host) = app().await;
    let access = async |user: &str| app.access(&user.into()).await;
    host.set_member("bob", true);
    host.set_member("guest", true);
    host.set_member("gone", true);
    assert_eq!(access("bob").await, Access::Granted);
    assert_eq!(access("eve").await, Access::Denied);
    assert_eq!(access("guest").await, Access::Denied);
    assert_eq!(access("gone").await, Access::Denied);
    assert_eq!(access("nobody").await, Access::Denied);
    let lookups = host.lookups();
    host.set_member("bob", false);
    host.set_member("eve", true);
    assert_eq!(access("bob").await, Access::Granted);
    assert_eq!(access("eve").await, Access::Denied);
    assert_eq!(host.lookups(), lookups, "remembered");
    sleep(BELIEVED).await;
    assert_eq!(access("bob").await, Access::Denied);
    assert_eq!(access("eve").await, Access::Granted);
    host.fail("zoe", HostErrorKind::Transient);
    assert!(matches!(access("zoe").await, Access::Unknown(_)));
}

/// What is answered to a command of that person's, who alone sees it.
async fn ask(app: &App<FakeHost>, user: &str, line: &str) -> String {
    let user = UserId::from(user);
    let invocation = Invocation {
        line,
        user: &user,
        channel: "",
        site_url: "https://chat.example.com",
        trigger_id: "",
    };
    let answer = app.execute(invocation).await;
    assert!(answer.ephemeral);
    answer.text
}

#[tokio::test(start_paused = true)]
async fn commands_answer_in_private_and_keep_the_secret() {
    let (app, _host) = app().await;
    app.submit(event("bob", "dnd-on")).await.expect("running");
    assert_eq!(
        ask(&app, "eve", "/sip-status").await,
        "|bob|\n|---|\n|🚫|\n"
    );
    assert_eq!(
        ask(&app, "eve", "/SIP-Status whatever ").await,
        "|bob|\n|---|\n|🚫|\n"
    );
    let link = "[SIP Dashboard](https://chat.example.com/plugins/net.bytemine.sip/dashboard";
    assert_eq!(ask(&app, "eve", "/sip-dashboard").await, format!("{link})"));
    assert_eq!(
        ask(&app, "admin", "/sip-dashboard").await,
        format!("{link}?secret=hush)")
    );
    assert_eq!(
        ask(&app, "guest", "/sip-status").await,
        "Guests cannot see the phones."
    );
    assert!(
        ask(&app, "nobody", "/sip-status")
            .await
            .contains("Try again")
    );
    assert!(ask(&app, "eve", "/other").await.contains("does not know"));
    let triggers: Vec<_> = app.commands().map(|command| command.trigger).collect();
    assert_eq!(triggers, ["sip-dashboard", "sip-status"]);
}

#[test]
fn short_secrets_that_whoever_reaches_the_server_may_try_are_warned_of() {
    let short = |phones: &str, asterisk: &str, presence: &str| {
        let json = format!(
            r#"{{"secret":"{phones}","asteriskhost":"pbx","asteriskuser":"u","asterisksecret":"{asterisk}","presencesecret":"{presence}"}}"#
        );
        let config = Config::parse(Bundle::of("switchboard"), json.as_bytes());
        configure::short_secrets(&config)
    };
    let long = "a-secret-of-16-letters";
    assert_eq!(short(long, long, long), []);
    assert_eq!(short(long, long, ""), [], "off");
    assert_eq!(
        short("hush", "amp111", "hush"),
        [
            Setting::PhonesSecret,
            Setting::PresenceSecret,
            Setting::AsteriskSecret
        ]
    );
}
