use std::collections::HashMap;
use std::sync::atomic::AtomicBool;

use tokio::time::sleep;

use super::*;
use crate::host::{HostError, HostErrorKind, NewPost, PostId};
use crate::logged::Logged;

mod changes;

/// A server that takes posts in its own time, and fails as it is told.
#[derive(Default)]
struct Server {
    log: Mutex<Log>,
    panics_once: AtomicBool,
    delay: Duration,
    /// How a message's first attempts fail, by message.
    failures: Mutex<HashMap<String, Vec<HostError>>>,
}

#[derive(Default)]
struct Log {
    /// What posts said when they were made.
    made: Vec<String>,
    /// When each was told, where the server was told that.
    told: Vec<(u64, String)>,
    /// What they were changed to.
    changed: Vec<String>,
    /// What they say now.
    posts: Vec<String>,
    attempts: Vec<(String, String)>,
    parallel: usize,
    most_parallel: usize,
}

impl Server {
    /// An attempt, up to where it would succeed.
    async fn attempt(&self, text: &str, id: &str) -> Result<(), HostError> {
        {
            let mut log = self.log.lock().expect("a lock");
            log.attempts.push((text.to_owned(), id.to_owned()));
            log.parallel += 1;
            log.most_parallel = log.most_parallel.max(log.parallel);
        }
        sleep(self.delay).await;
        self.log.lock().expect("a lock").parallel -= 1;
        let panics = self.panics_once.swap(false, Ordering::Relaxed);
        assert!(!panics, "a panic on purpose");
        let mut failures = self.failures.lock().expect("a lock");
        match failures.get_mut(text) {
            Some(failures) if !failures.is_empty() => Err(failures.remove(0)),
            _ => Ok(()),
        }
    }
}

impl Posts for Server {
    async fn change_post(&self, post: &PostId, text: String) -> Result<(), HostError> {
        self.attempt(&text, post.as_str()).await?;
        let mut log = self.log.lock().expect("a lock");
        let at: usize = post.as_str().parse().expect("a post's id");
        log.changed.push(text.clone());
        log.posts[at] = text;
        Ok(())
    }

    async fn create_post(&self, post: NewPost) -> Result<PostId, HostError> {
        self.attempt(&post.message, &post.pending_id).await?;
        let mut log = self.log.lock().expect("a lock");
        log.made.push(post.message.clone());
        log.told
            .extend(post.told_at.map(|at| (at, post.message.clone())));
        log.posts.push(post.message);
        Ok(PostId::from(format!("{}", log.posts.len() - 1)))
    }
}

impl Server {
    fn failing(failures: &[(&str, &[HostErrorKind])]) -> Self {
        let error = |kind: &HostErrorKind| HostError {
            kind: *kind,
            message: format!("{kind:?}"),
        };
        let failures = failures
            .iter()
            .map(|(message, kinds)| ((*message).to_owned(), kinds.iter().map(error).collect()));
        Self {
            failures: Mutex::new(failures.collect()),
            ..Self::default()
        }
    }

    fn made(&self) -> Vec<String> {
        self.log.lock().expect("a lock").made.clone()
    }

    fn changed(&self) -> Vec<String> {
        self.log.lock().expect("a lock").changed.clone()
    }

    fn says(&self) -> Vec<String> {
        self.log.lock().expect("a lock").posts.clone()
    }
}

fn target() -> Option<Target> {
    Some(Target {
        channel: "channel".into(),
        author: "author".into(),
    })
}

fn outbox(server: &Arc<Server>) -> (Outbox<Server>, watch::Sender<Option<Target>>) {
    let (sender, receiver) = watch::channel(target());
    (Outbox::new(Arc::clone(server), receiver), sender)
}

fn name(text: &str) -> Name {
    Arc::from(text)
}

const LONG: Duration = Duration::from_secs(3600);

#[tokio::test(start_paused = true)]
async fn posts_of_one_person_keep_their_order_through_failures() {
    use HostErrorKind::Transient;
    let server = Arc::new(Server::failing(&[
        ("bob 1", &[Transient, Transient, Transient]),
        ("bob 3", &[Transient]),
    ]));
    let (outbox, _target) = outbox(&server);
    for n in 0..5 {
        outbox.push(&name("bob"), format!("bob {n}"));
        outbox.push(&name("eve"), format!("eve {n}"));
    }
    // Not yet closing: the pauses are the real ones.
    while outbox.counts().waiting > 0 {
        sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(outbox.stop(LONG).await, 0);
    for person in ["bob", "eve"] {
        let made = server.made();
        let of: Vec<_> = made.iter().filter(|m| m.starts_with(person)).collect();
        let expected: Vec<_> = (0..5).map(|n| format!("{person} {n}")).collect();
        assert_eq!(of, expected.iter().collect::<Vec<_>>());
    }
    let counts = outbox.counts();
    assert_eq!((counts.made, counts.retried, counts.given_up), (10, 4, 0));
    assert_eq!(outbox.failure(), None);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_again_carries_the_same_pending_id() {
    let server = Arc::new(Server::failing(&[("a", &[HostErrorKind::Transient])]));
    let (outbox, _target) = outbox(&server);
    outbox.push(&name("bob"), "a".into());
    outbox.push(&name("bob"), "b".into());
    assert_eq!(outbox.stop(LONG).await, 0);
    let attempts = &server.log.lock().expect("a lock").attempts;
    let ids: Vec<_> = attempts.iter().map(|(_, id)| id).collect();
    assert_eq!(ids.len(), 3);
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[1], ids[2]);
    assert!(ids[0].starts_with("author:"));
    assert!(ids[0]["author:".len()..].parse::<u64>().is_ok());
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_for_good_is_given_up_and_said() {
    let server = Arc::new(Server::failing(&[
        ("a", &[HostErrorKind::Permanent]),
        ("b", &[HostErrorKind::NotFound]),
    ]));
    let (outbox, _target) = outbox(&server);
    outbox.push(&name("bob"), "a".into());
    outbox.push(&name("bob"), "b".into());
    outbox.refused().await;
    assert_eq!(outbox.stop(LONG).await, 0);
    assert_eq!(outbox.counts().given_up, 2);
    assert_eq!(outbox.failure().as_deref(), Some("NotFound"));
    assert!(server.made().is_empty());
}

/// Posts about different people are made side by side, and stood in the order in which the server was done with them.
#[tokio::test(start_paused = true)]
async fn posts_about_different_people_stood_in_any_order() {
    let server = Arc::new(Server::failing(&[("p1", &[HostErrorKind::Transient; 2])]));
    let (outbox, _target) = outbox(&server);
    for n in 0..25 {
        outbox.push(&name(&format!("p{n}")), format!("p{n}"));
    }
    while outbox.counts().made < 25 {
        sleep(Duration::from_millis(10)).await;
    }
    let mut told = server.log.lock().expect("a lock").told.clone();
    assert_eq!(told.len(), 25);
    told.sort();
    let texts: Vec<_> = told.into_iter().map(|(_, text)| text).collect();
    let pushed: Vec<_> = (0..25).map(|n| format!("p{n}")).collect();
    assert_eq!(texts, pushed);
    assert_eq!(outbox.stop(LONG).await, 0);
}

#[tokio::test(start_paused = true)]
async fn people_do_not_wait_for_each_other_and_attempts_are_bounded() {
    let server = Arc::new(Server {
        delay: Duration::from_secs(1),
        ..Server::failing(&[("p0", &[HostErrorKind::Transient; 8])])
    });
    let (outbox, _target) = outbox(&server);
    let before = Instant::now();
    let people = 3 * MAX_PARALLEL;
    for n in 0..people {
        outbox.push(&name(&format!("p{n}")), format!("p{n}"));
    }
    while outbox.counts().made < people as u64 - 1 {
        sleep(Duration::from_millis(10)).await;
    }
    assert!(
        before.elapsed() < Duration::from_secs(8),
        "{:?}",
        before.elapsed()
    );
    assert_eq!(
        server.log.lock().expect("a lock").most_parallel,
        MAX_PARALLEL
    );
    assert_eq!(outbox.counts().waiting, 1);
    assert_eq!(outbox.stop(LONG).await, 0);
}

#[tokio::test(start_paused = true)]
async fn posts_wait_for_a_target_and_are_given_up_when_too_old() {
    let server = Arc::new(Server::default());
    let (sender, receiver) = watch::channel(None);
    let outbox = Outbox::new(Arc::clone(&server), receiver);
    outbox.push(&name("bob"), "old".into());
    sleep(GIVE_UP_AFTER - Duration::from_secs(1)).await;
    outbox.push(&name("bob"), "new".into());
    sleep(Duration::from_secs(2)).await;
    assert_eq!((outbox.counts().given_up, outbox.counts().waiting), (1, 1));
    sender.send_replace(target());
    assert_eq!(outbox.stop(LONG).await, 0);
    assert_eq!(server.made(), ["new"]);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_answers_costs_its_limit_only() {
    let server = Arc::new(Server {
        delay: LONG,
        ..Server::default()
    });
    let (outbox, _target) = outbox(&server);
    outbox.push(&name("bob"), "a".into());
    sleep(ATTEMPT_LIMIT + Duration::from_millis(1)).await;
    assert_eq!(outbox.counts().retried, 1);
    assert!(outbox.failure().is_some_and(|why| why.contains("15 s")));
    assert_eq!(
        outbox.stop(Duration::from_secs(3)).await,
        1,
        "what remained is told"
    );
    assert_eq!(outbox.counts().waiting, 0);
}

#[tokio::test(start_paused = true)]
async fn stopping_cuts_pauses_short_and_takes_no_more() {
    let server = Arc::new(Server::failing(&[("a", &[HostErrorKind::Transient; 12])]));
    let (outbox, _target) = outbox(&server);
    outbox.push(&name("bob"), "a".into());
    while outbox.counts().retried < 8 {
        sleep(Duration::from_millis(100)).await;
    }
    let before = Instant::now();
    assert_eq!(outbox.stop(Duration::from_secs(5)).await, 0);
    assert!(before.elapsed() < Duration::from_secs(3));
    let (logged, _listening) = Logged::of("posts::outbox");
    outbox.push(&name("bob"), "late".into());
    assert_eq!(outbox.counts().given_up, 1);
    let why = logged.take().pop().expect("a line").fields;
    assert!(why.contains("error=the plugin is stopping"), "{why}");
    assert_eq!(server.made(), ["a"]);
}

#[tokio::test(start_paused = true)]
async fn the_outbox_is_bounded() {
    let server = Arc::new(Server::default());
    let (_sender, receiver) = watch::channel(None);
    let outbox = Outbox::new(server, receiver);
    for n in 0..MAX_WAITING_PER_PERSON + 5 {
        outbox.push(&name("bob"), format!("{n}"));
    }
    assert_eq!(outbox.counts().waiting, MAX_WAITING_PER_PERSON);
    assert_eq!(outbox.counts().given_up, 5);
    for n in 0..MAX_WAITING {
        outbox.push(&name(&format!("p{}", n % 100)), format!("{n}"));
    }
    assert_eq!(outbox.counts().waiting, MAX_WAITING);
    assert_eq!(outbox.counts().given_up, 5 + MAX_WAITING_PER_PERSON as u64);
    assert_eq!(outbox.stop(Duration::ZERO).await, MAX_WAITING);
}

/// A panic while a post is made must not silence that person for ever.
#[tokio::test(start_paused = true)]
async fn a_lane_that_panicked_goes_on_with_the_next_post() {
    let server = Arc::new(Server::default());
    server.panics_once.store(true, Ordering::Relaxed);
    let (outbox, _target) = outbox(&server);
    outbox.push(&name("bob"), "bob 1".to_owned());
    sleep(Duration::from_millis(50)).await;
    assert!(server.made().is_empty());
    outbox.push(&name("bob"), "bob 2".to_owned());
    assert_eq!(outbox.stop(LONG).await, 0);
    assert_eq!(server.made(), ["bob 1", "bob 2"]);
}
