//! A thousand people on the phone at once, with a server that takes 300 ms for each call of its API: how long a phone waits for its
//! answer, and how long it takes until every status is right, when the calls begin and when they are over.
//!
//! The plugin's own executable in the dev host. Whatever is wrong in the end makes it fail. `cargo bench --bench people`.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use devhost::world::CustomStatus;
use devhost::{Bundle, DevHost, Options, World};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

const PEOPLE: usize = 1_000;

/// How many phones wait for an answer at once.
const AT_ONCE: usize = 32;

/// How long each call of the server's API takes.
const SLOW: Duration = Duration::from_millis(300);

/// After how long it has failed.
const PATIENCE: Duration = Duration::from_secs(180);

/// Every method that effects of phones' events may call.
const METHODS: &[&str] = &[
    "CreatePost",
    "EnsureBotUser",
    "GetConfig",
    "GetDirectChannel",
    "GetPost",
    "GetPreferencesForUser",
    "GetUser",
    "GetUserByUsername",
    "GetUserStatus",
    "GetUserStatusesByIds",
    "KVDelete",
    "KVGet",
    "KVList",
    "KVSetWithOptions",
    "RemoveUserCustomStatus",
    "SetUserStatusTimedDND",
    "UpdatePost",
    "UpdatePreferencesForUser",
    "UpdateUserCustomStatus",
    "UpdateUserStatus",
];

/// What a person had as custom status before: every other one has one.
fn before(number: usize) -> Option<CustomStatus> {
    number.is_multiple_of(2).then(|| CustomStatus {
        emoji: "palm_tree".to_owned(),
        text: format!("Back on day {number}"),
        ..CustomStatus::default()
    })
}

#[tokio::main]
async fn main() {
    let world = World::new();
    let ids = world.add_people(PEOPLE);
    let mut people = Vec::with_capacity(PEOPLE);
    for (number, id) in ids.iter().enumerate() {
        world.person_connects(id);
        if let Some(status) = before(number) {
            world.set_custom_status(id, &status).expect("a status");
        }
        let name = world.user(id).expect("somebody").username;
        people.push((id.clone(), name));
    }
    let manifest = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/plugin.json"));
    let executable = Path::new(env!("CARGO_BIN_EXE_switchboard"));
    let bundle = Bundle::assemble(manifest, executable, None).expect("what cargo built");
    let options = Options::new(bundle)
        .with("TeamName", "acme")
        .with("ChannelName", "phones")
        .with("UserMail", "admin@example.com")
        .with("Secret", "hush")
        .with("PostStyle", "card");
    let host = DevHost::start(world.clone(), options)
        .await
        .expect("the plugin starts");
    for method in METHODS {
        world.faults().delay(method, SLOW);
    }
    let host = Arc::new(host);
    let people = Arc::new(people);
    println!(
        "{PEOPLE} people, every call of the server's API takes {} ms",
        SLOW.as_millis()
    );
    let answers = phones(&host, &people, &["incoming-call", "call-established"]).await;
    tell("calls that begin", &answers);
    let on_a_call = |number: usize| {
        let status = world.custom_status(&people[number].0);
        status.is_some_and(|status| status.text == "On a call")
    };
    until_right("everybody's status says so", on_a_call).await;
    let answers = phones(&host, &people, &["call-terminated"]).await;
    tell("calls that end", &answers);
    let as_before = |number: usize| {
        let status = world.custom_status(&people[number].0);
        let status = status.filter(|status| !(status.emoji.is_empty() && status.text.is_empty()));
        status == before(number)
    };
    until_right("everybody's status is as it was", as_before).await;
    let calls: u64 = METHODS
        .iter()
        .map(|method| world.faults().calls(method))
        .sum();
    println!("{calls} calls of the API in all");
    for method in METHODS {
        world.faults().mend(method);
    }
    let host = Arc::into_inner(host).expect("nobody else has it");
    let ended = host.stop().await.expect("it ran");
    assert!(ended.by_itself, "the plugin had to be killed");
}

/// Everybody's phone tells of these, one after the other for each; how long each answer took.
async fn phones(
    host: &Arc<DevHost>,
    people: &Arc<Vec<(String, String)>>,
    actions: &'static [&'static str],
) -> Vec<Duration> {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut all = JoinSet::new();
    for number in 0..people.len() {
        let (host, people) = (Arc::clone(host), Arc::clone(people));
        let places = Arc::clone(&places);
        all.spawn(async move {
            let mut took = Vec::new();
            let _place = places.acquire().await.expect("it is open");
            for action in actions {
                let (_, name) = &people[number];
                let path = format!(
                    "/sip/{action}?user={name}&number=0240{number:06}&call_id=c{number}&secret=hush"
                );
                let began = Instant::now();
                let answer = host.get(&path).await.expect("an answer");
                took.push(began.elapsed());
                assert_eq!(answer.status.as_u16(), 200, "{path}: {}", answer.text());
            }
            took
        });
    }
    let mut answers: Vec<Duration> = all.join_all().await.into_iter().flatten().collect();
    answers.sort_unstable();
    answers
}

fn tell(what: &str, answers: &[Duration]) {
    let at = |share: usize| answers[(answers.len() * share / 100).min(answers.len() - 1)];
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    println!(
        "{what}: {} answers, {AT_ONCE} phones at once: p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms",
        answers.len(),
        millis(at(50)),
        millis(at(99)),
        millis(answers[answers.len() - 1]),
    );
}

/// Waits until it is right for everybody.
async fn until_right(what: &str, right: impl Fn(usize) -> bool) {
    let began = Instant::now();
    loop {
        let wrong = (0..PEOPLE).filter(|number| !right(*number)).count();
        if wrong == 0 {
            break;
        }
        assert!(
            began.elapsed() < PATIENCE,
            "{what}: not for {wrong} people after {} s",
            PATIENCE.as_secs()
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    println!(
        "{what} {:.1} s after the last event",
        began.elapsed().as_secs_f64()
    );
}
