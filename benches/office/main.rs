//! An hour of a company in ten minutes: 10,000 people, 4,000 phones, 30,000 calls, 20 queues, 50 viewers of the board and 2,000
//! programs that show presence, on one server, all on loopback.
//!
//! The plugin's own executable in the dev host. `SWITCHBOARD_EXECUTABLE` names the one that is shipped; without it, it is the one that cargo
//! built for this machine. In an office the phones, the programs and whoever looks at the board are machines of their own: here each kind
//! has threads of its own, so that what a phone waits is the server's time and the plugin's, and not that of two thousand programs which are
//! woken at once and read what they were sent. What is played is known beforehand, and counted by itself; in the end every call, post and
//! status is compared with that count. It fails where one of them is wrong, where phones wait too long, or where memory grows.
//! `make load`; `ARGS='--seconds 60 --programs 100'` plays a tenth of it, as many calls a second, with fewer programs.

mod follow;
mod memory;
mod plan;
mod play;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use devhost::ovh::{self, Ovh};
use devhost::world::{CustomStatus, fixed_id};
use devhost::{Bundle, DevHost, Options, World};
use tokio::runtime::{Builder, Runtime};

use follow::{History, Presence, Viewer};
use memory::Memory;
use plan::Plan;

const PEOPLE: usize = 10_000;
const PHONES: usize = 4_000;
const QUEUES: usize = 20;
const AGENTS: usize = 200;
const VIEWERS: usize = 50;
const PROGRAMS: usize = 2_000;

/// Calls a second: 30,000 in ten minutes. A third of them come to queues.
const CALLS_PER_SECOND: usize = 50;

/// How long it takes unless told.
const SECONDS: u64 = 600;

/// What the first minute is for: the plugin comes to hold what it holds at most. Its board remembers 10,000 calls, so in that minute they
/// come more than three times as fast.
const WARM_UP: Duration = Duration::from_secs(60);

/// Calls a second in the first minute.
const WARM_UP_CALLS: usize = 170;

/// The longest that 99 of 100 phones may wait for their answer.
const PHONES_WAIT: Duration = Duration::from_millis(100);

/// The most memory that the plugin may have resident, in KiB.
const MEMORY: u64 = 64 * 1024;

/// What the end may have more of it than the end of the first minute, in KiB: the allocator keeps pages of its own.
const GROWTH: u64 = 4 * 1024;

/// How long the effects of the last call may take.
const SETTLE: Duration = Duration::from_secs(60);

/// How much less important programs and viewers are than the server, its plugin and the phones: they are many, and nobody measures them.
const AUDIENCE_NICE: i32 = 10;

const SECRET: &str = "hush";
const PRESENCE_SECRET: &str = "presence-secret";

/// The number that was told after a word, as in `--seconds 60`.
fn told(word: &str) -> Option<u64> {
    let mut arguments = std::env::args().skip_while(|argument| argument != word);
    arguments.nth(1)?.parse().ok()
}

/// Every other person on the phone has a custom status before.
fn status_before(number: usize) -> Option<CustomStatus> {
    number.is_multiple_of(2).then(|| CustomStatus {
        emoji: "palm_tree".to_owned(),
        text: format!("Back on day {number}"),
        ..CustomStatus::default()
    })
}

fn people(world: &World) -> Vec<(String, String)> {
    let ids = world.add_people(PEOPLE);
    let people = ids.into_iter().enumerate().map(|(number, id)| {
        // A third of those with a phone are not there.
        if number % 3 != 0 {
            world.person_connects(&id);
        }
        if number < PHONES
            && let Some(status) = status_before(number)
        {
            world.set_custom_status(&id, &status).expect("a status");
        }
        let name = world.user(&id).expect("somebody").username;
        (id, name)
    });
    people.collect()
}

fn options(people: &[(String, String)], ovh: &Ovh) -> Options {
    let manifest = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/plugin.json"));
    let shipped = std::env::var_os("SWITCHBOARD_EXECUTABLE").filter(|path| !path.is_empty());
    let executable = shipped.unwrap_or_else(|| env!("CARGO_BIN_EXE_switchboard").into());
    println!("the executable is {}", executable.display());
    let bundle = Bundle::assemble(manifest, Path::new(&executable), None);
    let bundle = bundle.expect("an executable that was built");
    let phones = people.iter().take(PHONES).enumerate();
    let numbers = phones.map(|(number, (_, name))| format!("{}:{name}", 10_000 + number));
    let numbers: Vec<String> = numbers.chain(follow::queue_numbers()).collect();
    Options::new(bundle)
        .with("TeamName", "acme")
        .with("ChannelName", "phones")
        .with("UserMail", "admin@example.com")
        .with("Secret", SECRET)
        .with("PresenceSecret", PRESENCE_SECRET)
        .with("NumbersUsers", numbers.join("\n"))
        .with("OvhTokens", ovh::TOKEN)
        .with("OvhUrl", ovh.url())
}

#[tokio::main]
async fn main() {
    raise_file_limit();
    let seconds = told("--seconds").unwrap_or(SECONDS);
    let programs = told("--programs").and_then(|many| usize::try_from(many).ok());
    let programs = programs.unwrap_or(PROGRAMS);
    let plan = Plan::new(seconds);
    println!(
        "{PEOPLE} people, {PHONES} phones, {} calls in {seconds} s ({} to {QUEUES} queues), {VIEWERS} viewers of the board, {programs} programs of presence",
        plan.calls(),
        plan.queued.len(),
    );
    let world = World::new();
    let people = Arc::new(people(&world));
    let before: Vec<_> = people.iter().map(|(id, _)| status(&world, id)).collect();
    let ovh = Arc::new(Ovh::start(ovh::Options::default()).await.expect("a port"));
    let host = DevHost::start(world.clone(), options(&people, &ovh)).await;
    let host = Arc::new(host.expect("the plugin starts"));
    ovh.followed(ovh::TOKEN).await;
    let url = Arc::new(host.plugin_url(""));
    let (audience, phones) = (machines("audience", AUDIENCE_NICE), machines("phones", 0));
    let reader = machines("reader", 0);
    let at = Arc::clone(&url);
    let coming = audience.spawn(async move {
        let viewers = follow::viewers(&at, VIEWERS).await;
        let programs = follow::programs(&at, programs, PEOPLE).await;
        (viewers, programs)
    });
    let (viewers, programs) = coming.await.expect("all come");
    println!("viewers and programs are there");
    let memory = Memory::watch(host.process_id().expect("it runs"));
    let history = History::follow(Arc::clone(&url), reader.handle());
    let began = Instant::now();
    let waits = play::all(&plan, &people, &url, (&ovh, phones.handle()), &memory).await;
    println!(
        "all was played after {:.0} s",
        began.elapsed().as_secs_f64()
    );
    let mut failures = Failures::default();
    failures.phones(waits);
    posts(&world, &plan, &people, &mut failures).await;
    let calls = history.all(plan.calls(), SETTLE).await;
    failures.same("calls in the history", &plan.history(&people), &calls);
    board(&url, &plan, &viewers, &mut failures).await;
    statuses(&world, &people, &before, &mut failures).await;
    presence(&world, &people, &programs, &mut failures).await;
    failures.memory(&memory.end(began).await);
    drop((viewers, programs));
    for machines in [audience, phones, reader] {
        machines.shutdown_background();
    }
    let Ok(host) = Arc::try_unwrap(host) else {
        unreachable!("nobody else has it")
    };
    let ended = host.stop().await.expect("it ran");
    failures.unless(ended.by_itself, "the plugin had to be killed");
    let lines = world.logs();
    let errors = lines
        .iter()
        .filter(|line| line.level == devhost::world::Level::Error)
        .count();
    failures.unless(errors == 0, &format!("{errors} errors in the log"));
    failures.end();
}

/// A thread for what is on other machines, that much less important than the rest.
fn machines(name: &str, nice: i32) -> Runtime {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name(name)
        .enable_all()
        .on_thread_start(move || {
            // Linux has it of each thread. Where it may not be so, the phones wait for them: that is no easier to pass.
            let _ = rustix::process::nice(nice);
        })
        .build();
    runtime.expect("a thread")
}

/// Both statuses of somebody.
fn status(world: &World, id: &str) -> (String, Option<CustomStatus>) {
    let word = world.status(id).map_or("offline", |status| status.word());
    let custom = world.custom_status(id);
    let custom = custom.filter(|custom| !(custom.emoji.is_empty() && custom.text.is_empty()));
    (word.to_owned(), custom)
}

async fn posts(world: &World, plan: &Plan, people: &[(String, String)], failures: &mut Failures) {
    let expected = plan.posts(people);
    let posts = expected
        .iter()
        .filter(|(key, _)| !key.ends_with(", missed"));
    let wanted: usize = posts.map(|(_, count)| count).sum();
    let channel = fixed_id("channelphones");
    let began = Instant::now();
    let mut messages = world.messages_in(&channel);
    while messages.len() < wanted && began.elapsed() < SETTLE {
        tokio::time::sleep(Duration::from_millis(200)).await;
        messages = world.messages_in(&channel);
    }
    println!(
        "{wanted} posts were due; the last was there {:.1} s after the last event",
        began.elapsed().as_secs_f64()
    );
    failures.same(
        "posts",
        &expected,
        &follow::posts_by_kind(&messages, people),
    );
}

async fn board(url: &str, plan: &Plan, viewers: &[Viewer], failures: &mut Failures) {
    let expected = plan.queues();
    let began = Instant::now();
    let mut shown = follow::board(url).await;
    while follow::queues(&shown) != expected && began.elapsed() < SETTLE {
        tokio::time::sleep(Duration::from_millis(200)).await;
        shown = follow::board(url).await;
    }
    failures.same("queues", &expected, &follow::queues(&shown));
    let calling = follow::in_calls(&shown);
    failures.unless(
        calling == 0,
        &format!("{calling} calls are left on the board"),
    );
    let wrong = |viewer: &&Viewer| {
        let shown = viewer.shows();
        follow::queues(&shown) != expected || follow::in_calls(&shown) > 0
    };
    while viewers.iter().any(|viewer| wrong(&viewer)) && began.elapsed() < SETTLE {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let others = viewers.iter().filter(wrong).count();
    failures.unless(
        others == 0,
        &format!("{others} viewers of the board show something else than the board"),
    );
}

async fn statuses(
    world: &World,
    people: &[(String, String)],
    before: &[(String, Option<CustomStatus>)],
    failures: &mut Failures,
) {
    let began = Instant::now();
    loop {
        let others = people
            .iter()
            .zip(before)
            .filter(|((id, _), before)| status(world, id) != **before);
        let wrong = others.count();
        if wrong == 0 || began.elapsed() > SETTLE {
            println!(
                "every status was given back {:.1} s later",
                began.elapsed().as_secs_f64()
            );
            return failures.unless(
                wrong == 0,
                &format!("{wrong} statuses are not what they were before"),
            );
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn presence(
    world: &World,
    people: &[(String, String)],
    programs: &[Presence],
    failures: &mut Failures,
) {
    let began = Instant::now();
    let now: Vec<_> = people
        .iter()
        .map(|(id, _)| (id.clone(), status(world, id).0))
        .collect();
    loop {
        let wrong = programs
            .iter()
            .filter(|program| !program.shows(&now))
            .count();
        if wrong == 0 || began.elapsed() > SETTLE {
            let changes: u64 = programs.iter().map(Presence::messages).sum();
            println!(
                "{changes} messages of presence reached {} programs",
                programs.len()
            );
            return failures.unless(wrong == 0, &format!("{wrong} programs show a wrong status"));
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// What was not as it should be.
#[derive(Default)]
struct Failures(Vec<String>);

impl Failures {
    fn unless(&mut self, right: bool, what: &str) {
        if !right {
            self.0.push(what.to_owned());
        }
    }

    fn same<T: PartialEq + std::fmt::Debug>(
        &mut self,
        what: &str,
        expected: &std::collections::BTreeMap<String, T>,
        seen: &std::collections::BTreeMap<String, T>,
    ) {
        let keys = expected
            .keys()
            .chain(seen.keys())
            .collect::<std::collections::BTreeSet<_>>();
        let other: Vec<_> = keys
            .iter()
            .filter(|key| expected.get(**key) != seen.get(**key))
            .collect();
        println!(
            "{what}: {} of {} as counted",
            keys.len() - other.len(),
            keys.len()
        );
        for key in other.iter().take(5) {
            self.0.push(format!(
                "{what}, {key}: {:?} was played, {:?} is seen",
                expected.get(**key),
                seen.get(**key)
            ));
        }
    }

    fn phones(&mut self, mut waits: Vec<Duration>) {
        waits.sort_unstable();
        let at = |share: usize| waits[(waits.len() * share / 1000).min(waits.len() - 1)];
        let (p50, p99, p999) = (at(500), at(990), at(999));
        let longest = waits[waits.len() - 1];
        println!(
            "{} requests of phones: p50 {p50:.1?}, p99 {p99:.1?}, p99.9 {p999:.1?}, longest {longest:.1?}",
            waits.len()
        );
        self.unless(p99 <= PHONES_WAIT, &format!("phones wait {p99:.1?} at p99"));
    }

    fn memory(&mut self, memory: &memory::Seen) {
        println!("{memory}");
        self.unless(memory.most < MEMORY, "too much memory");
        self.unless(memory.last <= memory.warm + GROWTH, "memory grows");
    }

    fn end(self) {
        for failure in &self.0 {
            println!("WRONG: {failure}");
        }
        assert!(self.0.is_empty(), "{} things are wrong", self.0.len());
        println!("Everything is as it was counted.");
    }
}

/// Both ends of every connection are in this process.
fn raise_file_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    setrlimit(Resource::Nofile, raised).expect("the limit may be raised to its maximum");
}
