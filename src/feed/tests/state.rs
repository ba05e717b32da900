//! What a client ends up with.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_new_client_gets_the_present_state_and_then_each_change() {
    let (office, feed) = office(&["alice", "bob", "carol"]);
    office.set("alice", "away");
    let mut desk = Desk::open(&feed, 4096);
    let state = ["bob=online", "carol=online", "alice=away"];
    assert_eq!(desk.messages(3).await, state);
    office.set("bob", "dnd");
    feed.changed();
    assert_eq!(desk.message().await, "bob=dnd");
    let counts = feed.counts();
    assert_eq!((counts.connections, counts.messages), (1, 4));
    assert_eq!(counts.writes, 2, "what waits goes in one write");
}

#[tokio::test(start_paused = true)]
async fn an_empty_source_says_nothing_until_there_is_something() {
    let (office, feed) = office(&[]);
    let mut desk = Desk::open(&feed, 4096);
    let silence = timeout(Duration::from_secs(3600), desk.frame()).await;
    assert!(silence.is_err());
    office.set("alice", "online");
    feed.changed();
    assert_eq!(desk.message().await, "alice=online");
}

#[tokio::test(start_paused = true)]
async fn who_does_not_read_gets_the_latest_only() {
    let (office, feed) = office(&["alice", "bob"]);
    let mut desk = Desk::open(&feed, 16);
    settle().await;
    for turn in 0..1000 {
        office.set("alice", &format!("turn {turn}"));
        feed.changed();
        settle().await;
    }
    // What was on its way as it stopped reading, and then the last.
    assert_eq!(
        desk.all().await,
        ["alice=online", "bob=online", "alice=turn 999"]
    );
}

#[tokio::test(start_paused = true)]
async fn who_reads_slowly_loses_nothing_of_the_last_state() {
    let (office, feed) = office(&[]);
    let names: Vec<_> = (0..500).map(|number| format!("person {number}")).collect();
    for name in &names {
        office.set(name, "online");
    }
    let mut desk = Desk::open(&feed, 512);
    let mut seen = HashMap::new();
    let mut tell = |message: String| {
        let (who, what) = message.split_once('=').unwrap();
        seen.insert(who.to_owned(), what.to_owned());
    };
    let mut random = fastrand::Rng::with_seed(7);
    for turn in 0..2000 {
        office.set(&names[random.usize(..names.len())], &format!("turn {turn}"));
        feed.changed();
        if turn % 4 == 0 {
            tell(desk.message().await);
        }
    }
    desk.all().await.into_iter().for_each(tell);
    assert_eq!(seen, office.state());
    assert!(feed.counts().messages < 2500, "{:?}", feed.counts());
}

#[tokio::test(start_paused = true)]
async fn a_change_during_a_write_follows_it() {
    let (office, feed) = office(&["alice", "bob"]);
    let mut desk = Desk::open(&feed, 1);
    // The first byte of the first frame is there, and the rest waits.
    settle().await;
    office.set("alice", "away");
    feed.changed();
    settle().await;
    let state = ["alice=online", "bob=online", "alice=away"];
    assert_eq!(desk.all().await, state);
}

#[tokio::test(start_paused = true)]
async fn clients_that_stand_at_the_same_place_share_what_is_built() {
    let (office, feed) = office(&["alice"]);
    let mut desks: Vec<_> = (0..50).map(|_| Desk::open(&feed, 4096)).collect();
    for turn in 0..10 {
        office.set("alice", &format!("turn {turn}"));
        feed.changed();
        feed.changed();
        for desk in &mut desks {
            assert_eq!(desk.message().await, format!("alice=turn {turn}"));
        }
    }
    assert_eq!(office.asked.load(Ordering::Relaxed), 10);
    assert_eq!(feed.counts().messages, 500);
}

#[tokio::test(start_paused = true)]
async fn a_state_of_many_writes_arrives_whole() {
    let (office, feed) = office(&[]);
    for number in 0..20_000 {
        office.set(&format!("somebody with a name {number}"), "online");
    }
    let mut desk = Desk::open(&feed, 1 << 20);
    let messages = desk.messages(20_000).await;
    assert_eq!(messages[0], "somebody with a name 0=online");
    assert_eq!(messages[19_999], "somebody with a name 19999=online");
    // 740,000 bytes: some of 4 KiB and growing, then 64 KiB each.
    let writes = feed.counts().writes;
    assert!((12..=17).contains(&writes), "{writes}");
}

#[tokio::test(start_paused = true)]
async fn a_source_that_begins_anew_is_sent_anew() {
    let (office, feed) = office(&["alice", "bob", "carol"]);
    let mut desk = Desk::open(&feed, 4096);
    desk.messages(3).await;
    *office.people.lock().unwrap() = People::default();
    office.set("dave", "online");
    feed.changed();
    assert_eq!(desk.all().await, ["dave=online"]);
}

#[tokio::test(start_paused = true)]
async fn numbers_whose_things_are_gone_are_passed_over() {
    let (office, feed) = office(&["alice"]);
    let mut desk = Desk::open(&feed, 4096);
    desk.message().await;
    office.people.lock().unwrap().head += 5;
    feed.changed();
    assert_eq!(desk.all().await, Vec::<String>::new());
    office.set("bob", "online");
    feed.changed();
    assert_eq!(desk.all().await, ["bob=online"]);
}
