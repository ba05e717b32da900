//! Each call of Mattermost's API that the plugin makes of people, posts and the store fails once, with each status that there is.

use std::collections::BTreeMap;
use std::time::Duration;

use devhost::DevHost;
use devhost::world::{AppError, CustomStatus, PATIENCE, World, fixed_id};
use serde_json::{Map, Value};
use tokio::time::{sleep, timeout};

use super::{has_no_more_than, measured, resident};
use crate::harness::{SECRET, get, options, phone, phones, start, status, stop};
use crate::state::history;
use crate::status::{given_back, lunch};

/// What fails.
const METHODS: [&str; 17] = [
    "CreatePost",
    "GetChannelByName",
    "GetDirectChannel",
    "GetPost",
    "GetPreferencesForUser",
    "GetTeamByName",
    "GetUserByEmail",
    "GetUserByUsername",
    "GetUserStatus",
    "KVDelete",
    "KVGet",
    "KVSetWithOptions",
    "RemoveUserCustomStatus",
    "SetUserStatusTimedDND",
    "UpdatePost",
    "UpdatePreferencesForUser",
    "UpdateUserCustomStatus",
];

/// The statuses that say that it will fail the same way again.
const REFUSALS: [u16; 5] = [400, 401, 403, 404, 413];

/// Those that say that it may go better later; 0 is an error without any.
const FAILURES: [u16; 6] = [0, 429, 500, 502, 503, 504];

/// How often calls are played until everything failed once.
const ROUNDS: usize = 8;

/// How long a status is waited for that may have been refused: a call shows after three seconds, and its end after one.
const REFUSED: Duration = Duration::from_secs(8);

const LOOKING: Duration = Duration::from_millis(20);

/// What is played of calls, with a count of its own.
struct Played {
    host: DevHost,
    world: World,
    code: u16,
    round: usize,
    before: BTreeMap<&'static str, Option<CustomStatus>>,
}

/// Whose statuses follow their phones: who had a custom status before, and who had none.
const PEOPLE: [&str; 2] = ["bob", "alice"];

impl Played {
    async fn begin(code: u16) -> Self {
        let host = start(options().with("PostStyle", "card")).await;
        let world = host.world().clone();
        let bob = fixed_id("bob");
        world.choose_custom_status(&bob, &lunch()).expect("set");
        for user in PEOPLE {
            let line = "/phone settings status dnd";
            let said = host.command(&fixed_id(user), &phones(), line).await;
            said.expect("an answer");
        }
        let before = PEOPLE.map(|user| (user, world.custom_status(&fixed_id(user))));
        Self {
            host,
            world,
            code,
            round: 0,
            before: before.into(),
        }
    }

    fn desk(&self, round: usize) -> String {
        format!("desk{}x{round}", self.code)
    }

    fn missed(&self, round: usize, time: usize) -> String {
        format!("08{:03}{round}{time}", self.code)
    }

    /// Waits until nothing of these waits to be done.
    async fn is_calm(&self, kinds: &[&str]) {
        let path = format!("/status?secret={SECRET}&format=json");
        let looking = async {
            loop {
                let told = get(&self.host, &path).await.text();
                let told: Value = serde_json::from_str(&told).expect("JSON");
                let waiting = &told["waiting"];
                if kinds.iter().all(|kind| waiting[kind] == 0) {
                    return;
                }
                sleep(LOOKING).await;
            }
        };
        let calm = timeout(PATIENCE, looking).await;
        assert!(calm.is_ok(), "{}: something waits for ever", self.code);
    }

    /// Waits until both custom statuses are like that, or were refused.
    async fn statuses(&self, are: impl Fn(&str, Option<CustomStatus>) -> bool) {
        let shown = self.world.wait_for("the statuses", |world| {
            let mut all = PEOPLE.iter();
            all.all(|user| are(user, world.custom_status(&fixed_id(user))))
                .then_some(())
        });
        // Which of both it was is seen in the end.
        let _ = timeout(REFUSED, shown).await;
        self.is_calm(&["statuses"]).await;
    }

    /// Two people's calls, two that carol missed, and one that a desk missed; each phone is answered.
    async fn round(&mut self) {
        let (host, round) = (&self.host, self.round);
        for action in ["incoming-call", "call-terminated"] {
            let call = format!("user={}&number=0302&call_id=desk", self.desk(round));
            phone(host, &format!("{action}?{call}")).await;
        }
        for time in 0..2 {
            let number = self.missed(round, time);
            phone(host, &format!("missed-call/carol/{number}")).await;
        }
        for action in ["incoming-call", "call-established"] {
            self.all_report(action).await;
        }
        self.statuses(|_, custom| custom.is_some_and(|custom| custom.text == "On a call"))
            .await;
        self.all_report("call-terminated").await;
        self.statuses(|user, custom| custom == self.before[user])
            .await;
        // Another author, who is looked up with team and channel.
        let author = ["bob@example.com", "admin@example.com"][round % 2];
        let settings = [("UserMail".to_owned(), author.into())];
        host.save_settings(Map::from_iter(settings)).await;
        self.round += 1;
    }

    async fn all_report(&self, action: &str) {
        for user in PEOPLE {
            let call = format!("user={user}&number=0240404040&call_id={}", self.round);
            phone(&self.host, &format!("{action}?{call}")).await;
        }
    }

    /// What carol was told.
    fn told(&self) -> String {
        let Ok(bot) = self.world.user_by_name("switchboard") else {
            return String::new();
        };
        let channel = self.world.direct_channel(&bot.id, &fixed_id("carol"));
        let channel = channel.expect("a channel for the two").id;
        self.world.messages_in(&channel).concat()
    }

    /// How many desks' calls no post tells of, or not to their end. None has two posts, but where one could not be changed any more and goes
    /// on in a new one.
    fn unposted(&self) -> usize {
        let posts = self.world.messages_in(&phones());
        let mut missing = 0;
        for round in 0..self.round {
            let desk = format!(" {}", self.desk(round));
            let own: Vec<_> = posts.iter().filter(|post| post.contains(&desk)).collect();
            let most = if FAILURES.contains(&self.code) { 1 } else { 2 };
            assert!(own.len() <= most, "{}: {own:?}", self.code);
            let is_told = own.iter().any(|post| post.ends_with(": missed"));
            missing += usize::from(!is_told);
        }
        missing
    }
}

async fn each_call_fails_once(code: u16) {
    let mut played = Played::begin(code).await;
    let process = played.host.process_id();
    let memory = resident(&played.host);
    let faults = played.world.faults().clone();
    let calls = || METHODS.map(|method| faults.calls(method));
    let before = calls();
    for method in METHODS {
        let error = AppError::new(method, "test", "it went wrong", code);
        faults.fail_times(method, 1, error);
    }
    let untried = || -> Vec<&str> {
        let now = calls();
        let places = 0..METHODS.len();
        let untried = places.filter(|place| now[*place] == before[*place]);
        untried.map(|place| METHODS[place]).collect()
    };
    while !untried().is_empty() && played.round < ROUNDS {
        played.round().await;
    }
    assert_eq!(untried(), [""; 0], "{code}: not asked for any more");
    // From here on nothing fails.
    played.round().await;
    played.is_calm(&["posts", "statuses"]).await;
    status(&played.host, 200).await;
    given_back(&played.host).await;
    for (user, custom) in &played.before {
        assert_eq!(
            played.world.custom_status(&fixed_id(user)),
            *custom,
            "{code}"
        );
    }
    let ended = history(&played.host).await;
    let talked = ended.as_array().expect("calls").iter();
    let talked = talked.filter(|call| call["ending"] == "answered").count();
    assert_eq!(talked, PEOPLE.len() * played.round, "{code}");
    let unposted = played.unposted();
    if FAILURES.contains(&code) {
        assert_eq!(unposted, 0, "{code}: a post that can be made later is made");
        for (round, time) in (0..played.round).flat_map(|round| [(round, 0), (round, 1)]) {
            let number = played.missed(round, time);
            let what = format!("carol to be told of {number}, after {code}");
            let told = played
                .world
                .wait_for(&what, |_| played.told().contains(&number).then_some(()));
            told.await
                .unwrap_or_else(|e| panic!("{e}: {}", played.told()));
        }
    } else {
        // One was not made, and what is not found counts as deleted: one could not be read, and one not be changed.
        let most = if code == 404 { 3 } else { 1 };
        assert!(unposted <= most, "{code}: {unposted} posts are missing");
    }
    assert_eq!(played.host.process_id(), process, "{code}: it died");
    let logs = played.world.logs();
    let panics = logs.iter().find(|line| line.message.contains("panic"));
    assert_eq!(panics, None, "{code}");
    measured(
        &format!("API answers {code}: calls without a post of their end"),
        unposted,
    );
    has_no_more_than(&played.host, memory, &format!("API answers {code}"));
    stop(played.host).await;
}

#[tokio::test]
async fn each_call_of_the_api_may_be_refused_in_each_way() {
    let all = REFUSALS.map(each_call_fails_once);
    futures_util::future::join_all(all).await;
}

#[tokio::test]
async fn each_call_of_the_api_may_fail_in_each_way_and_nothing_is_lost() {
    let all = FAILURES.map(each_call_fails_once);
    futures_util::future::join_all(all).await;
}
