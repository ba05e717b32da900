mod board_command;
mod cluster;
mod days;
mod numbers;
mod pages;
mod records;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
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

/// A server with one team `sales`, its channel `phones`, and a few people. Its clones are the same server.
#[derive(Clone, Debug, Default)]
pub(crate) struct FakeHost(Arc<Server>);

#[derive(Debug, Default)]
struct Server {
    posts: Mutex<Vec<NewPost>>,
    /// What fails, by the name asked for or by `posts`.
    failures: Mutex<HashMap<String, HostError>>,
    /// Direct messages of the bot: to whom, and each as it is now.
    direct: Mutex<Vec<(String, Message)>>,
    members: Mutex<HashSet<String>>,
    channel_admins: Mutex<HashSet<String>>,
    lookups: AtomicUsize,
    /// Who has an account, with the status.
    accounts: Mutex<Vec<(Account, String)>>,
    /// Everything that belongs to one person, and the store.
    personal: crate::host::fake::FakeServer,
}

impl FakeHost {
    pub(crate) fn messages(&self) -> Vec<String> {
        let posts = lock(&self.0.posts);
        posts.iter().map(|post| post.message.clone()).collect()
    }

    /// Direct messages of the bot, each under its post: to whom, and what it says now.
    pub(crate) fn direct(&self) -> Vec<(String, String, Message)> {
        let direct = lock(&self.0.direct);
        let all = direct.iter().enumerate();
        all.map(|(at, (to, message))| (format!("direct{at}"), to.clone(), message.clone()))
            .collect()
    }

    pub(crate) fn fail(&self, what: &str, kind: HostErrorKind) {
        let error = HostError {
            kind,
            message: format!("{what} is {kind:?}"),
        };
        lock(&self.0.failures).insert(what.to_owned(), error);
    }

    pub(crate) fn mend(&self) {
        lock(&self.0.failures).clear();
    }

    pub(crate) fn set_member(&self, user: &str, member: bool) {
        let mut members = lock(&self.0.members);
        if member {
            members.insert(user.to_owned());
        } else {
            members.remove(user);
        }
    }

    /// Makes a member an administrator of the channel, who is a member from now on.
    pub(crate) fn set_channel_admin(&self, user: &str) {
        self.set_member(user, true);
        lock(&self.0.channel_admins).insert(user.to_owned());
    }

    /// Makes somebody an administrator of the channel's team.
    pub(crate) fn set_team_admin(&self, user: &str) {
        let key = ("team-id".to_owned(), user.to_owned());
        crate::host::fake::lock(&self.0.personal.0.team_admins).insert(key);
    }

    /// Adds an account, or changes it and its status.
    pub(crate) fn set_account(&self, id: &str, email: &str, status: &str) {
        let account = Account {
            id: id.into(),
            email: email.to_owned(),
            active: true,
        };
        let mut accounts = lock(&self.0.accounts);
        accounts.retain(|(other, _)| other.id != account.id);
        accounts.push((account, status.to_owned()));
    }

    /// Everything that belongs to one person, and the store.
    pub(crate) fn personal(&self) -> &crate::host::fake::FakeServer {
        &self.0.personal
    }

    pub(crate) fn lookups(&self) -> usize {
        self.0.lookups.load(Ordering::Relaxed)
    }

    fn answer<T>(&self, asked: &str, known: &str, answer: T) -> Result<T, HostError> {
        self.0.lookups.fetch_add(1, Ordering::Relaxed);
        if let Some(error) = lock(&self.0.failures).get(asked) {
            return Err(error.clone());
        }
        if asked == known {
            return Ok(answer);
        }
        Err(HostError::from_status(404, format!("no {asked}")))
    }
}

impl Posts for FakeHost {
    async fn create_post(&self, post: NewPost) -> Result<PostId, HostError> {
        self.answer("posts", "posts", ())?;
        lock(&self.0.posts).push(post);
        Ok(PostId::from("post"))
    }

    async fn change_post(&self, post: &PostId, text: String) -> Result<(), HostError> {
        self.0.personal.change_post(post, text).await
    }
}

impl Messages for FakeHost {
    async fn send_message(
        &self,
        to: &UserId,
        message: Message,
        _: Pending,
    ) -> Result<PostId, HostError> {
        self.answer("messages", "messages", ())?;
        let mut direct = lock(&self.0.direct);
        direct.push((to.as_str().to_owned(), message));
        Ok(PostId::from(format!("direct{}", direct.len() - 1)))
    }

    async fn change_message(&self, post: &PostId, message: Message) -> Result<(), HostError> {
        self.answer("messages", "messages", ())?;
        let at = post
            .as_str()
            .strip_prefix("direct")
            .expect("a message's post");
        let at: usize = at.parse().expect("a message's number");
        lock(&self.0.direct)[at].1 = message;
        Ok(())
    }
}

impl Directory for FakeHost {
    async fn team_by_name(&self, name: &str) -> Result<TeamId, HostError> {
        self.answer(name, "sales", TeamId::from("team-id"))
    }

    async fn channel_by_name(&self, team: &TeamId, name: &str) -> Result<ChannelId, HostError> {
        assert_eq!(team.as_str(), "team-id");
        self.answer(name, "phones", ChannelId::from("channel-id"))
    }

    async fn user_by_mail(&self, mail: &str) -> Result<Person, HostError> {
        self.answer(mail, "p@example.com", person("author-id"))
    }

    async fn user_by_name(&self, name: &str) -> Result<Person, HostError> {
        let known = if name == "nobody" { "" } else { name };
        self.answer(name, known, person(name))
    }
}

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

impl Members for FakeHost {
    async fn person(&self, user: &UserId) -> Result<Person, HostError> {
        let id = user.as_str();
        let known = if id == "nobody" { "" } else { id };
        self.answer(id, known, person(id))
    }

    async fn administrators(&self, _: u32) -> Result<Vec<Person>, HostError> {
        self.answer("administrators", "administrators", vec![person("admin")])
    }

    async fn is_member(&self, channel: &ChannelId, user: &UserId) -> Result<bool, HostError> {
        assert_eq!(channel.as_str(), "channel-id");
        Ok(lock(&self.0.members).contains(user.as_str()))
    }
}

impl Channels for FakeHost {
    async fn channel(&self, id: &ChannelId) -> Result<Channel, HostError> {
        if id.as_str() == "channel-id" {
            return Ok(Channel {
                id: id.clone(),
                kind: crate::host::ChannelKind::Team,
                name: "phones".into(),
                team: "team-id".into(),
                archived: false,
            });
        }
        Channels::channel(&self.0.personal, id).await
    }

    async fn membership(
        &self,
        channel: &ChannelId,
        user: &UserId,
    ) -> Result<Option<Membership>, HostError> {
        if channel.as_str() == "channel-id" {
            let is_in = |of: &Mutex<HashSet<String>>| lock(of).contains(user.as_str());
            let membership = Membership {
                guest: false,
                admin: is_in(&self.0.channel_admins),
            };
            return Ok(is_in(&self.0.members).then_some(membership));
        }
        self.0.personal.membership(channel, user).await
    }

    async fn administers(&self, team: &TeamId, user: &UserId) -> Result<bool, HostError> {
        self.0.personal.administers(team, user).await
    }

    async fn names(&self, user: &UserId) -> Result<Names, HostError> {
        self.0.personal.names(user).await
    }

    async fn own_account(&self) -> Result<UserId, HostError> {
        self.0.personal.own_account().await
    }

    async fn tell_clients(
        &self,
        event: &str,
        to: Audience<'_>,
        told: Told,
    ) -> Result<(), HostError> {
        self.0.personal.tell_clients(event, to, told).await
    }
}

impl Accounts for FakeHost {
    async fn accounts(&self, page: u32, per_page: u32) -> Result<Vec<Account>, HostError> {
        self.answer("accounts", "accounts", ())?;
        let accounts = lock(&self.0.accounts);
        let active = accounts.iter().filter(|(account, _)| account.active);
        let page = active
            .skip((page * per_page) as usize)
            .take(per_page as usize);
        Ok(page.map(|(account, _)| account.clone()).collect())
    }

    async fn account(&self, user: &UserId) -> Result<Account, HostError> {
        let accounts = lock(&self.0.accounts);
        let found = accounts.iter().find(|(account, _)| account.id == *user);
        found
            .map(|(account, _)| account.clone())
            .ok_or_else(|| HostError::from_status(404, "no such account"))
    }
}

impl Statuses for FakeHost {
    async fn statuses(&self, users: &[UserId]) -> Result<Vec<(UserId, String)>, HostError> {
        self.answer("statuses", "statuses", ())?;
        let accounts = lock(&self.0.accounts);
        let asked = accounts
            .iter()
            .filter(|(account, _)| users.contains(&account.id));
        Ok(asked
            .map(|(account, status)| (account.id.clone(), status.clone()))
            .collect())
    }

    async fn statuses_enabled(&self) -> Result<bool, HostError> {
        Ok(true)
    }
}

impl Nodes for FakeHost {
    async fn clustered(&self) -> Result<bool, HostError> {
        Ok(false)
    }

    async fn tell(&self, _: &str, _: Vec<u8>) -> Result<(), HostError> {
        Ok(())
    }
}

impl Store for FakeHost {
    fn damaged(&self) -> Option<&Damaged> {
        self.0.personal.damaged()
    }

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, HostError> {
        self.0.personal.get(key).await
    }

    async fn compare_and_set(
        &self,
        key: &str,
        old: Option<&[u8]>,
        value: Option<&[u8]>,
    ) -> Result<bool, HostError> {
        self.0.personal.compare_and_set(key, old, value).await
    }
}

impl Records for FakeHost {
    async fn put(&self, key: &str, value: Option<&[u8]>) -> Result<(), HostError> {
        self.0.personal.put(key, value).await
    }

    async fn keys(&self, prefix: &str) -> Result<Vec<String>, HostError> {
        self.0.personal.keys(prefix).await
    }
}

impl Dialogs for FakeHost {
    async fn open_dialog(&self, trigger_id: &str, dialog: Dialog) -> Result<(), HostError> {
        self.0.personal.open_dialog(trigger_id, dialog).await
    }
}

impl crate::host::Sessions for FakeHost {
    async fn session(&self, id: &str) -> Result<crate::host::Session, HostError> {
        self.0.personal.session(id).await
    }
}

impl crate::host::Server for FakeHost {
    async fn version(&self) -> Result<String, HostError> {
        self.0.personal.version().await
    }

    fn api_calls(&self) -> Vec<crate::host::ApiCalls> {
        self.0.personal.api_calls()
    }

    async fn site_url(&self) -> Result<String, HostError> {
        self.0.personal.site_url().await
    }

    async fn server_language(&self) -> Result<crate::language::Language, HostError> {
        self.0.personal.server_language().await
    }

    async fn custom_statuses_enabled(&self) -> Result<bool, HostError> {
        self.0.personal.custom_statuses_enabled().await
    }
}

impl PersonalStatuses for FakeHost {
    async fn personal_status(&self, user: &UserId) -> Result<PersonalStatus, HostError> {
        self.0.personal.personal_status(user).await
    }

    async fn set_status(&self, user: &UserId, status: &str) -> Result<(), HostError> {
        self.0.personal.set_status(user, status).await
    }

    async fn set_timed_dnd(&self, user: &UserId, end: i64) -> Result<(), HostError> {
        self.0.personal.set_timed_dnd(user, end).await
    }

    async fn custom_status(&self, user: &UserId) -> Result<Option<CustomStatus>, HostError> {
        self.0.personal.custom_status(user).await
    }

    async fn set_custom_status(
        &self,
        user: &UserId,
        status: Option<&CustomStatus>,
    ) -> Result<(), HostError> {
        self.0.personal.set_custom_status(user, status).await
    }

    async fn recent_custom_statuses(&self, user: &UserId) -> Result<Option<String>, HostError> {
        self.0.personal.recent_custom_statuses(user).await
    }

    async fn set_recent_custom_statuses(&self, user: &UserId, json: &str) -> Result<(), HostError> {
        self.0.personal.set_recent_custom_statuses(user, json).await
    }
}

pub(crate) const SETTINGS: &str = r#"{"teamname":"sales","channelname":"phones","usermail":"p@example.com",
    "secret":"hush","hideconnectionmessages":false,"numbersusers":"123:bob"}"#;

thread_local! {
    /// A test has a thread and a runtime of its own.
    static START: Instant = Instant::now();
}

/// A clock that stands still with tokio's.
fn test_clock() -> Timestamp {
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
