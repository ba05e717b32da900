//! What channels read, and what is left after a restart.

use super::*;
use crate::host::HostErrorKind::{Permanent, Transient};

/// The posts that there are, as they are now.
fn posts(house: &House) -> Vec<String> {
    let posts = lock(&house.server.0.posts);
    posts.iter().map(|post| post.message.clone()).collect()
}

async fn leave(house: &House, id: &str, person: &Person) {
    house.video.leave(id, Some(&person.id)).expect("left");
    settle().await;
}

#[tokio::test(start_paused = true)]
async fn a_conference_is_one_post_that_changes() {
    let house = House::new("").await;
    let bob = house.enters(&house.bob, "tab").await;
    assert_eq!(posts(&house), ["🎥 Video conference: bob"]);
    let alice = house.enters(&house.alice, "tab").await;
    assert_eq!(posts(&house), ["🎥 Video conference: bob and alice"]);
    sleep(Duration::from_secs(60)).await;
    house.video.beat(&alice, &house.alice.id).await.expect("in");
    leave(&house, &bob, &house.bob).await;
    assert_eq!(posts(&house), ["🎥 Video conference: alice"]);
    // Whoever comes again is not named twice.
    let bob = house.enters(&house.bob, "tab").await;
    leave(&house, &bob, &house.bob).await;
    sleep(Duration::from_secs(60)).await;
    leave(&house, &alice, &house.alice).await;
    let ended = "🎥 Video conference, ended after 2 min 0 s: bob and alice";
    assert_eq!(posts(&house), [ended]);
    let post = lock(&house.server.0.posts)[0].clone();
    assert_eq!((&post.channel, post.author.as_str()), (&house.town, "bot"));
    // Soon after it goes on, and later it is another one.
    let bob = house.enters(&house.bob, "tab").await;
    assert_eq!(posts(&house), ["🎥 Video conference: bob"]);
    leave(&house, &bob, &house.bob).await;
    assert_eq!(posts(&house), [ended]);
    sleep(REOPENS_WITHIN).await;
    house.enters(&house.alice, "tab").await;
    assert_eq!(posts(&house), [ended, "🎥 Video conference: alice"]);
}

#[tokio::test(start_paused = true)]
async fn who_joined_is_said_to_have_left_when_video_is_turned_off() {
    let house = House::new(r#","videoposts":"classic""#).await;
    house.enters(&house.bob, "tab").await;
    house.video.configure(None);
    settle().await;
    let expected = ["joined", "left"];
    let expected = expected.map(|what| format!("@bob has {what} the channel video conference."));
    assert_eq!(posts(&house), expected);
}

#[tokio::test(start_paused = true)]
async fn names_are_safe_and_told_apart_and_not_too_many() {
    let house = House::new("").await;
    for who in [&house.bob, &house.alice] {
        let names = Names {
            shown: "*Al*".to_owned(),
            ..Names::default()
        };
        lock(&house.server.0.names).insert(who.id.as_str().to_owned(), names);
        house.enters(who, "tab").await;
    }
    let expected = r"🎥 Video conference: \*Al\* (bob) and \*Al\* (alice)";
    assert_eq!(posts(&house), [expected]);
    for n in 0..MAX_NAMED {
        let one = house.server.person(&format!("p{n}"));
        house.server.change_place(&house.town, |place| {
            place
                .members
                .insert(one.id.as_str().to_owned(), Membership::default());
        });
        house.enters(&one, "tab").await;
    }
    assert!(
        posts(&house)[0].ends_with(", p7 and 2 more"),
        "{:?}",
        posts(&house)
    );
}

#[tokio::test(start_paused = true)]
async fn posts_are_in_the_servers_language() {
    let house = House::new("").await;
    house.video.set_language(Language::German);
    let bob = house.enters(&house.bob, "tab").await;
    leave(&house, &bob, &house.bob).await;
    assert!(posts(&house)[0].starts_with("🎥 Videokonferenz, beendet nach "));
}

#[tokio::test(start_paused = true)]
async fn in_the_original_words_each_makes_two_posts() {
    let house = House::new(r#","videoposts":"classic""#).await;
    house.video.set_language(Language::German);
    let bob = house.enters(&house.bob, "tab").await;
    house.enters(&house.bob, "tab").await;
    house.video.leave(&bob, None).expect_err("joined anew");
    house.video.leave_all();
    settle().await;
    let expected = [
        "@bob has joined the channel video conference.",
        "@bob has left the channel video conference.",
    ];
    assert_eq!(posts(&house), expected);
    house.set(r#","videoposts":"none""#).await;
    house.enters(&house.alice, "tab").await;
    assert_eq!(posts(&house).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn without_an_account_conferences_go_on_and_it_is_told() {
    let server = FakeServer::default();
    let people = ["alice", "bob", "eve"].map(|name| server.person(name));
    let town = server.place("town", ChannelKind::Team, &[&people[0], &people[1]]);
    server.fail("own_account", Permanent);
    let house = House::over(server, people, town, "").await;
    assert_eq!(house.video.problems(), []);
    house.enters(&house.bob, "tab").await;
    assert_eq!(house.people(), "bob");
    let problems = house.video.problems();
    assert_eq!((problems.len(), &*problems[0].setting), (1, "bot"));
    assert_eq!(posts(&house), [""; 0]);
    house.server.mend();
    sleep(Duration::from_secs(60)).await;
    assert_eq!(posts(&house), ["🎥 Video conference: bob"]);
    assert_eq!(house.video.problems(), []);
}

#[tokio::test(start_paused = true)]
async fn what_the_server_does_not_take_at_once_is_posted_later() {
    let house = House::new("").await;
    house.server.fail("create_post", Transient);
    let bob = house.enters(&house.bob, "tab").await;
    sleep(Duration::from_secs(1)).await;
    assert_eq!(house.video.problems()[0].setting, "video");
    leave(&house, &bob, &house.bob).await;
    house.server.mend();
    sleep(Duration::from_secs(60)).await;
    assert!(
        posts(&house)[0].contains("ended after"),
        "{:?}",
        posts(&house)
    );
    assert_eq!(posts(&house).len(), 1);
}

/// The plugin is started again over the same server.
async fn again(house: &House) -> House {
    let people = [&house.alice, &house.bob, &house.eve].map(Person::clone);
    House::over(house.server.clone(), people, house.town.clone(), "").await
}

#[tokio::test(start_paused = true)]
async fn a_conference_and_its_post_go_on_over_a_restart() {
    let house = House::new("").await;
    let id = house.enters(&house.bob, "tab").await;
    house.enters(&house.alice, "tab").await;
    sleep(Duration::from_secs(10)).await;
    house.statuses.stop(Duration::from_secs(5)).await;
    assert_eq!(house.video.stop(Duration::from_secs(5)).await, 0);
    let open = "🎥 Video conference: bob and alice";
    assert_eq!(posts(&house), [format!("{open} … (no longer followed)")]);
    let house = again(&house).await;
    assert_eq!(posts(&house), [open]);
    let gone = house.video.beat(&id, &house.bob.id).await;
    assert_eq!(gone, Err(Refused::Gone));
    let id = house.enters(&house.bob, "tab").await;
    assert_eq!(
        posts(&house),
        [open],
        "alice's client has time to come back"
    );
    sleep(BEAT).await;
    house.video.beat(&id, &house.bob.id).await.expect("in");
    sleep(BEAT_LIMIT - BEAT).await;
    assert_eq!(posts(&house), ["🎥 Video conference: bob"]);
    leave(&house, &id, &house.bob).await;
    assert_eq!(posts(&house).len(), 1);
    assert!(posts(&house)[0].contains("ended after"));
    sleep(REOPENS_WITHIN).await;
    settle().await;
    let kept = lock(&house.server.0.store)
        .keys()
        .any(|key| key.starts_with("video:"));
    assert!(!kept, "nothing is kept of what is over");
}

#[tokio::test(start_paused = true)]
async fn a_process_that_is_killed_gives_everything_back() {
    let house = House::new("").await;
    house.enters(&house.bob, "tab").await;
    sleep(Duration::from_secs(10)).await;
    assert_ne!(house.says(&house.bob), "");
    let server = house.server.clone();
    let people = [&house.alice, &house.bob, &house.eve].map(Person::clone);
    let town = house.town.clone();
    drop(house);
    let house = House::over(server, people, town, "").await;
    assert_ne!(house.says(&house.bob), "", "he may be in still");
    sleep(BEAT_LIMIT + Duration::from_secs(5)).await;
    assert_eq!(house.says(&house.bob), "");
    assert!(
        posts(&house)[0].contains("ended after"),
        "{:?}",
        posts(&house)
    );
}

#[tokio::test(start_paused = true)]
async fn what_nobody_followed_for_long_is_over() {
    for in_good_order in [true, false] {
        let house = House::new("").await;
        house.enters(&house.bob, "tab").await;
        sleep(Duration::from_secs(10)).await;
        assert_ne!(house.says(&house.bob), "");
        let server = house.server.clone();
        let people = [&house.alice, &house.bob, &house.eve].map(Person::clone);
        let town = house.town.clone();
        if in_good_order {
            house.statuses.stop(Duration::from_secs(5)).await;
            house.video.stop(Duration::from_secs(5)).await;
        }
        drop(house);
        sleep(RESUMES_WITHIN).await;
        let house = House::over(server, people, town, "").await;
        assert_eq!(house.people(), "");
        let ended = posts(&house)[0].clone();
        assert!(ended.contains("ended after "), "{ended}");
        sleep(BEAT_LIMIT + Duration::from_secs(5)).await;
        assert_eq!(house.says(&house.bob), "");
        house.enters(&house.bob, "tab").await;
        assert_eq!(posts(&house), [&*ended, "🎥 Video conference: bob"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_damaged_note_is_set_aside() {
    let house = House::new("").await;
    let key = format!("video:{}", house.town.as_str());
    lock(&house.server.0.store).insert(key.clone(), b"oops".to_vec());
    let house = again(&house).await;
    let house = again(&house).await;
    let keys = || {
        let store = lock(&house.server.0.store);
        let own = store.keys().filter(|own| own.starts_with(&key));
        own.cloned().collect::<Vec<_>>()
    };
    assert_eq!(keys(), [format!("{key}-damaged")]);
    house.enters(&house.bob, "tab").await;
    assert_eq!(posts(&house), ["🎥 Video conference: bob"]);
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_is_archived_meanwhile_is_survived() {
    let house = House::new("").await;
    let bob = house.enters(&house.bob, "tab").await;
    house
        .server
        .change_place(&house.town, |place| place.channel.archived = true);
    // As Mattermost does with posts of an archived channel.
    house.server.fail("change_post", Permanent);
    house.server.fail("create_post", Permanent);
    assert_eq!(
        house.video.beat(&bob, &house.bob.id).await,
        Err(Refused::Archived)
    );
    sleep(REOPENS_WITHIN + Duration::from_secs(5)).await;
    assert_eq!((&*house.people(), &*house.says(&house.bob)), ("", ""));
    assert_eq!(
        house.video.problems(),
        [],
        "nothing that could be put right"
    );
    house.server.mend();
    house
        .server
        .change_place(&house.town, |place| place.channel.archived = false);
    house.enters(&house.bob, "tab").await;
    assert_eq!(posts(&house).len(), 2);
}

/// Nothing ended that could have opened it again: the channel had no more posts about conferences until the next start.
#[tokio::test(start_paused = true)]
async fn a_channel_that_was_archived_before_its_conference_began_has_posts_afterwards() {
    let house = House::new("").await;
    let joined = house.join(&house.bob, "tab").await.expect("let in");
    let archived = |archived| {
        house
            .server
            .change_place(&house.town, |place| place.channel.archived = archived);
    };
    archived(true);
    let id = &joined.participation;
    let refused = house.video.joined(id, &house.bob.id).await;
    assert_eq!(refused, Err(Refused::Archived));
    archived(false);
    house.enters(&house.bob, "tab").await;
    assert_eq!(posts(&house), ["🎥 Video conference: bob"]);
}

#[tokio::test(start_paused = true)]
async fn clients_of_pexip_video_connect_tell_only_when_they_join_and_leave() {
    let house = House::new("").await;
    for _ in 0..2 {
        house
            .video
            .notified(&house.bob, &house.town, true)
            .await
            .expect("in");
    }
    assert_eq!(house.people(), "bob");
    sleep(Duration::from_secs(10 * 60)).await;
    assert_eq!(house.people(), "bob", "they have no beats");
    assert_ne!(house.says(&house.bob), "");
    let (eve, town) = (&house.eve, &house.town);
    let refused = house.video.notified(eve, town, true).await;
    assert_eq!(refused, Err(Refused::NoMember));
    house
        .video
        .notified(eve, town, false)
        .await
        .expect("nothing");
    house
        .video
        .notified(&house.bob, &house.town, false)
        .await
        .expect("left");
    sleep(Duration::from_secs(5)).await;
    assert_eq!((&*house.people(), &*house.says(&house.bob)), ("", ""));
    assert_eq!(
        posts(&house),
        ["🎥 Video conference, ended after 10 min 0 s: bob"]
    );
}
