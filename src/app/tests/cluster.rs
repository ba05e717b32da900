//! Boards of several nodes, which hear each other.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

use super::*;
use crate::app::board_task::{self, Duty, Followers};
use crate::app::{Beginning, BoardHandle, Errand, Lasting, Leads, Ways, begin_again};
use crate::board::{Action, Change, ChangeKind, PhoneAction, Report, Source};
use crate::cluster::Role;
use crate::cluster::relay::{MAX_FORWARDS, Message, Outcome, decode};
use crate::journal::Entry;
use crate::node::answer;
use crate::sinks::Sink;

/// Who was told of what was reported, in order.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<String>>>);

impl Sink for Told {
    fn take(&mut self, change: &Change, _: &Config) {
        if let ChangeKind::Reported { report, .. } = &change.kind {
            lock(&self.0).push(report.user.to_string());
        }
    }
}

struct Node {
    board: BoardHandle,
    leads: Arc<AtomicBool>,
    told: Told,
}

impl Node {
    async fn become_one(&self, role: Role) {
        self.leads.store(role.leads(), Ordering::SeqCst);
        let sinks: Vec<Box<dyn Sink>> = match role.leads() {
            true => vec![Box::new(self.told.clone())],
            false => Vec::new(),
        };
        let duty = Duty {
            role,
            ready: oneshot::channel().1,
            followers: Followers {
                sinks,
                ..Followers::default()
            },
        };
        let begun = self.board.become_one(duty).await.expect("it runs");
        begun.await.expect("it runs");
    }

    async fn dnd(&self, user: &str) {
        let report = Report {
            source: Source::Phone,
            user: user.into(),
            action: Action::Phone(PhoneAction::DndOn),
            peer: None,
            reference: None,
            linked: None,
            queue: None,
            dialed: None,
            own_number: None,
        };
        let submitted = self.board.submit(report.into(), test_clock()).await;
        submitted.expect("it runs");
    }

    async fn lines(&self) -> Vec<String> {
        let snapshot = self.board.snapshot().await.expect("it runs");
        let lines = snapshot.lines.iter();
        lines.map(|line| line.user.to_string()).collect()
    }

    fn told(&self) -> Vec<String> {
        lock(&self.told.0).clone()
    }
}

/// Nodes whose first one leads; whatever one sends, all others hear, unless it is cut off.
async fn nodes<const N: usize>(cut: &Arc<AtomicBool>) -> [Node; N] {
    let all = followers(cut);
    all[0].become_one(Role::Leader { term: 1 }).await;
    for node in &all[1..] {
        node.become_one(Role::Follower).await;
    }
    all
}

/// The same, of which none leads yet. Nobody does what they ask each other for.
fn followers<const N: usize>(cut: &Arc<AtomicBool>) -> [Node; N] {
    asked_followers(cut).0
}

/// The same, and what each is asked for.
fn asked_followers<const N: usize>(
    cut: &Arc<AtomicBool>,
) -> ([Node; N], Vec<mpsc::Receiver<Errand>>) {
    let (mut outs, mut asked) = (Vec::new(), Vec::new());
    let all = std::array::from_fn(|at| {
        let leads = Arc::<AtomicBool>::default();
        let own = Arc::clone(&leads);
        let (out, outgoing) = mpsc::channel(64);
        let (questions, asking) = mpsc::channel(64);
        let (errands, own_asked) = mpsc::channel(64);
        let ways = Ways {
            out,
            questions,
            errands,
            leads: Arc::new(move || own.load(Ordering::SeqCst)),
        };
        outs.extend([(at, false, outgoing), (at, true, asking)]);
        asked.push(own_asked);
        let (board, _) = board_task::start(Role::Follower, ways, test_clock);
        Node {
            board,
            leads,
            told: Told::default(),
        }
    });
    for (at, questions, mut outgoing) in outs {
        let boards = all.iter().enumerate().filter(|(other, _)| *other != at);
        let boards: Vec<_> = boards.map(|(_, node)| node.board.clone()).collect();
        let cut = Arc::clone(cut);
        tokio::spawn(async move {
            while let Some(data) = outgoing.recv().await {
                // What goes the wrong way gets lost.
                let goes = is_question(&data) == questions && !cut.load(Ordering::SeqCst);
                if goes {
                    boards.iter().for_each(|board| board.received(data.clone()));
                }
            }
        });
    }
    (all, asked)
}

/// Whether a message between nodes is a question or an answer, which go behind everything else.
fn is_question(data: &[u8]) -> bool {
    let message = decode::<Entry, Event>(data).expect("a message");
    matches!(message, Message::Ask { .. } | Message::Answer { .. })
}

/// Waits, by the paused clock, until all have these lines.
async fn all_have(nodes: &[&Node], wanted: &[&str]) {
    let until = Instant::now() + Duration::from_secs(60);
    for node in nodes {
        while node.lines().await != wanted {
            assert!(Instant::now() < until, "{:?}", node.lines().await);
            sleep(Duration::from_millis(10)).await;
        }
    }
    let snapshot = nodes[0].board.snapshot().await.expect("it runs");
    for node in nodes {
        assert_eq!(node.board.snapshot().await.expect("it runs"), snapshot);
    }
}

#[tokio::test(start_paused = true)]
async fn what_comes_to_any_node_is_on_all_and_told_of_by_the_one_that_leads() {
    let [one, two, three] = nodes(&Arc::default()).await;
    one.dnd("a").await;
    two.dnd("b").await;
    three.dnd("c").await;
    all_have(&[&one, &two, &three], &["a", "b", "c"]).await;
    assert_eq!(one.told().len(), 3);
    assert!(two.told().is_empty() && three.told().is_empty());
}

#[tokio::test(start_paused = true)]
async fn whoever_takes_over_goes_on_where_the_other_one_stopped() {
    let cut = Arc::<AtomicBool>::default();
    let [one, two] = nodes(&cut).await;
    one.dnd("a").await;
    all_have(&[&one, &two], &["a"]).await;
    // By its clock it leads no longer, though nobody has told it so.
    one.leads.store(false, Ordering::SeqCst);
    one.dnd("b").await;
    two.dnd("c").await;
    two.become_one(Role::Leader { term: 2 }).await;
    one.become_one(Role::Follower).await;
    all_have(&[&one, &two], &["a", "b", "c"]).await;
    assert_eq!(one.told(), ["a"]);
    assert_eq!(two.told(), ["c", "b"], "each by one of them");
}

#[tokio::test(start_paused = true)]
async fn what_a_leader_took_that_nobody_heard_is_given_to_the_next() {
    let cut = Arc::<AtomicBool>::default();
    let [one, two] = nodes(&cut).await;
    one.dnd("a").await;
    all_have(&[&one, &two], &["a"]).await;
    cut.store(true, Ordering::SeqCst);
    one.dnd("b").await;
    two.dnd("c").await;
    sleep(Duration::from_secs(5)).await;
    one.become_one(Role::Follower).await;
    two.become_one(Role::Leader { term: 2 }).await;
    two.dnd("d").await;
    cut.store(false, Ordering::SeqCst);
    // It copies the board of the other one, with other numbers than its own.
    all_have(&[&one, &two], &["a", "b", "c", "d"]).await;
    assert_eq!(two.told(), ["c", "d", "b"]);
}

#[tokio::test(start_paused = true)]
async fn what_was_stored_is_taken_over_by_whoever_copied_a_board_that_began_empty() {
    let [one, two] = nodes(&Arc::default()).await;
    one.dnd("old").await;
    all_have(&[&one, &two], &["old"]).await;
    let stored = one.board.replica().await.expect("it runs");
    let [one, two] = followers(&Arc::default());
    let begin = async |node: &Node, term, beginning| {
        let (begin, begins) = oneshot::channel();
        let begun = begin_again(&node.board, Role::Leader { term }, begins).await;
        assert!(begin.send(beginning).is_ok());
        begun.expect("it runs").await.expect("it runs");
        node.leads.store(true, Ordering::SeqCst);
    };
    let (asked, empty) = oneshot::channel();
    begin(&one, 2, Beginning::Unread(asked)).await;
    assert!(empty.await.expect("it runs"));
    one.dnd("new").await;
    all_have(&[&one, &two], &["new"]).await;
    one.become_one(Role::Follower).await;
    begin(&two, 3, Beginning::Stored(Box::new(stored))).await;
    all_have(&[&two, &one], &["new", "old"]).await;
}

#[tokio::test(start_paused = true)]
async fn a_node_that_leads_nobody_waits_for_is_asked_in_vain() {
    let [one, two] = nodes(&Arc::default()).await;
    let limit = Duration::from_secs(3);
    assert_eq!(
        one.board.ask_leader(Vec::new(), limit).await,
        Outcome::NotDone
    );
    all_have(&[&one, &two], &[]).await;
    sleep(Duration::from_secs(2)).await;
    // Nobody does what it is asked for, and it says so.
    assert_eq!(
        two.board.ask_leader(Vec::new(), limit).await,
        Outcome::NotDone
    );
    assert_eq!(two.board.standing().problem(), None);
    one.become_one(Role::Follower).await;
    sleep(Duration::from_secs(60)).await;
    let problem = two.board.standing().problem().expect("nobody leads");
    assert_eq!(problem.setting, "cluster");
}

#[tokio::test(start_paused = true)]
async fn an_errand_that_panicked_was_never_answered() {
    let ([one, two], asked) = asked_followers(&Arc::default());
    for asked in asked {
        let perform = |body: Vec<u8>| async move {
            assert_ne!(body, b"panic", "as a defect does");
            b"done".to_vec()
        };
        tokio::spawn(answer(one.board.clone(), asked, perform));
    }
    one.become_one(Role::Leader { term: 1 }).await;
    all_have(&[&one, &two], &[]).await;
    sleep(Duration::from_secs(2)).await;
    let ask = async |body: &[u8]| {
        let limit = Duration::from_secs(30);
        two.board.ask_leader(body.to_vec(), limit).await
    };
    // More than are done at once, so that none keeps its place.
    for _ in 0..100 {
        assert_eq!(ask(b"panic").await, Outcome::Done(Vec::new()));
    }
    assert_eq!(ask(b"other").await, Outcome::Done(b"done".to_vec()));
}

#[tokio::test(start_paused = true)]
async fn a_node_that_leads_no_more_was_asked_for_half_a_minute() {
    let cut = Arc::<AtomicBool>::default();
    let [one, two] = nodes(&cut).await;
    all_have(&[&one, &two], &[]).await;
    cut.store(true, Ordering::SeqCst);
    let limit = Duration::from_secs(30);
    // It may lead still, and may do it.
    assert_eq!(
        two.board.ask_leader(Vec::new(), limit).await,
        Outcome::Unknown
    );
    let asked = Instant::now();
    assert_eq!(
        two.board.ask_leader(Vec::new(), limit).await,
        Outcome::NotDone
    );
    assert_eq!(asked.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn events_that_were_lost_were_a_problem_until_the_next_start() {
    let cut = Arc::<AtomicBool>::default();
    let [one, two] = nodes(&cut).await;
    all_have(&[&one, &two], &[]).await;
    cut.store(true, Ordering::SeqCst);
    for _ in 0..MAX_FORWARDS + 3 {
        two.dnd("a").await;
    }
    all_have(&[&two], &[]).await;
    let problem = two.board.standing().problem().expect("lost events");
    assert!(
        problem.what.starts_with("3 events were lost"),
        "{problem:?}"
    );
    cut.store(false, Ordering::SeqCst);
    let until = Instant::now() + Duration::from_secs(60);
    while two.board.standing().problem().is_some() {
        assert!(Instant::now() < until, "{:?}", two.board.standing());
        sleep(Duration::from_millis(100)).await;
    }
    all_have(&[&one, &two], &["a"]).await;
    assert_eq!(one.told().len(), MAX_FORWARDS);
}

/// It read the record once, so what was asked later was gone from it.
#[tokio::test(start_paused = true)]
async fn a_node_that_follows_wrote_who_is_to_be_told_when_others_are_free() {
    for active in [false, true] {
        let host = Arc::new(FakeHost::default());
        // Too late to be told, so that it is withdrawn.
        let asks =
            serde_json::json!([{ "asker": "amy", "person": "bob", "shown": "bob", "until": 1 }]);
        let saved = crate::store::save(&*host, "free", &asks).await;
        saved.expect("it can be written");
        let role = (Role::Alone, Ways::alone());
        let lasting = Lasting::new("switchboard", &host, role, test_clock);
        let (app, _followers) = App::of(&lasting, Arc::clone(&host), Arc::new(|| true), active);
        sleep(Duration::from_secs(60)).await;
        let stored = host.get("free").await.expect("it can be read");
        assert_eq!(stored.is_none(), active);
        app.stop(Duration::from_secs(1)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn events_that_wait_are_counted() {
    let cut = Arc::<AtomicBool>::default();
    let [one, two] = nodes(&cut).await;
    all_have(&[&one, &two], &[]).await;
    cut.store(true, Ordering::SeqCst);
    two.dnd("a").await;
    two.dnd("b").await;
    settle().await;
    let waiting = |node: &Node| (node.board.queued(), node.board.standing().waiting());
    assert_eq!(waiting(&two), (0, 2));
    cut.store(false, Ordering::SeqCst);
    all_have(&[&one, &two], &["a", "b"]).await;
    assert_eq!(waiting(&two), (0, 0));
    // Nothing else runs before this waits.
    for _ in 0..3 {
        let event = Event::Gone {
            source: Source::Phone,
            user: "a".into(),
        };
        assert!(one.board.try_submit(event, test_clock()).is_ok());
    }
    assert_eq!(waiting(&one), (3, 0));
    settle().await;
    assert_eq!(waiting(&one), (0, 0));
}

/// `/status` named what this node was told to do, and not what the lease says.
#[tokio::test(start_paused = true)]
async fn a_node_whose_lease_is_over_says_at_once_that_it_leads_no_more() {
    let host = Arc::new(FakeHost::default());
    let role = (Role::Alone, Ways::alone());
    let lasting = Lasting::new("switchboard", &host, role, test_clock);
    let lease = Arc::new(AtomicBool::new(true));
    let own = Arc::clone(&lease);
    let leads: Leads = Arc::new(move || own.load(Ordering::SeqCst));
    let (app, followers) = App::of(&lasting, host, leads, true);
    lasting.board.follow_at_once(followers);
    assert!(app.configure(SETTINGS.as_bytes()));
    let said = async || {
        let report = crate::health::report(&app).await;
        let metrics = crate::sinks::metrics::text(&app, None);
        let metric = metrics
            .lines()
            .find(|line| line.starts_with("switchboard_leads "));
        (
            report["cluster"]["leads"].clone(),
            metric.map(str::to_owned),
        )
    };
    let now = |leads: u8| {
        (
            serde_json::json!(leads == 1),
            Some(format!("switchboard_leads {leads}")),
        )
    };
    assert_eq!(said().await, now(1));
    lease.store(false, Ordering::SeqCst);
    assert_eq!(said().await, now(0));
}
