//! Who is in, and what their status says.

use super::*;
use crate::video::follow::MAX_UNTOLD;

const IN: &str = ":calendar: In a video conference";

/// Long enough for what shows to be set.
const SHOWS: Duration = Duration::from_secs(5);

#[tokio::test(start_paused = true)]
async fn somebody_is_in_from_when_they_say_so_until_they_leave() {
    let house = House::new("").await;
    let joined = house.join(&house.bob, "tab").await.expect("let in");
    assert_eq!(house.people(), "", "they may join, and have not yet");
    let id = joined.participation;
    house.video.joined(&id, &house.bob.id).await.expect("in");
    house
        .video
        .joined(&id, &house.bob.id)
        .await
        .expect("in still");
    assert_eq!(house.people(), "bob");
    sleep(SHOWS).await;
    assert_eq!(house.says(&house.bob), IN);
    assert_eq!(house.says(&house.alice), "");
    house.video.leave(&id, Some(&house.bob.id)).expect("left");
    sleep(SHOWS).await;
    assert_eq!((&*house.people(), &*house.says(&house.bob)), ("", ""));
    let gone = Err(Refused::Gone);
    assert_eq!(house.video.leave(&id, Some(&house.bob.id)), gone);
    assert_eq!(house.video.joined(&id, &house.bob.id).await, gone);
    let events = lock(&house.server.0.events).clone();
    assert_eq!(events.len(), 2, "they came, and left");
    assert_eq!((&*events[0].0, &*events[0].1), (EVENT, house.town.as_str()));
}

#[tokio::test(start_paused = true)]
async fn nobody_speaks_for_somebody_else() {
    let house = House::new("").await;
    let id = house.enters(&house.bob, "tab").await;
    let (alice, gone) = (&house.alice.id, Err(Refused::Gone));
    assert_eq!(house.video.joined(&id, alice).await, gone);
    assert_eq!(house.video.beat(&id, alice).await, gone);
    assert_eq!(house.video.leave(&id, Some(alice)), gone);
    assert_eq!(house.video.leave("x", None), gone);
    assert_eq!(house.people(), "bob");
    // A page that is being closed cannot say who it is, but knows what nobody else does.
    assert_eq!(house.video.leave(&id, None), Ok(()));
    assert_eq!(house.people(), "");
}

#[tokio::test(start_paused = true)]
async fn a_second_tab_is_told_of_the_first_and_may_take_its_place() {
    let house = House::new("").await;
    let first = house.enters(&house.bob, "one").await;
    let refused = house.join(&house.bob, "two").await;
    assert_eq!(refused, Err(Refused::Elsewhere));
    let second = house.join_at(&house.bob, "two", &house.town, true).await;
    let second = second.expect("let in").participation;
    assert_eq!(house.people(), "bob", "they never left");
    assert_eq!(
        house.video.beat(&first, &house.bob.id).await,
        Err(Refused::Replaced)
    );
    let gone = house.video.beat(&first, &house.alice.id).await;
    assert_eq!(gone, Err(Refused::Gone), "it is nobody else's");
    house
        .video
        .joined(&second, &house.bob.id)
        .await
        .expect("in");
    sleep(SHOWS).await;
    assert_eq!(house.says(&house.bob), IN);
    // The same tab, loaded anew, goes on where it was.
    let third = house.enters(&house.bob, "two").await;
    assert_eq!(
        house.video.beat(&second, &house.bob.id).await,
        Err(Refused::Gone)
    );
    house
        .video
        .leave(&third, Some(&house.bob.id))
        .expect("left");
    assert_eq!(house.people(), "");
    settle().await;
    let events = lock(&house.server.0.events).clone();
    let (own, all): (Vec<_>, Vec<_>) = events.iter().partition(|(name, ..)| name == TAKEN_OVER);
    assert_eq!(all.len(), 2, "they came once, and left once");
    // Of the tab that was loaded anew nothing is left that could be told.
    let [(_, to, told)] = &own[..] else {
        panic!("{own:?}");
    };
    assert_eq!(to, house.bob.id.as_str());
    assert_eq!(told["participations"], serde_json::json!([first]));
}

#[tokio::test(start_paused = true)]
async fn two_tabs_that_join_at_once_are_one_person() {
    let house = House::new("").await;
    let one = house.join(&house.bob, "one").await.expect("let in");
    let two = house.join(&house.bob, "two").await.expect("let in");
    for joined in [&one, &two] {
        let id = &joined.participation;
        house.video.joined(id, &house.bob.id).await.expect("in");
    }
    assert_eq!(house.people(), "bob");
    house
        .video
        .leave(&one.participation, Some(&house.bob.id))
        .expect("left");
    assert_eq!(house.people(), "bob", "by the other tab");
    house
        .video
        .leave(&two.participation, Some(&house.bob.id))
        .expect("left");
    assert_eq!(house.people(), "");
    settle().await;
    let events = lock(&house.server.0.events).len();
    assert_eq!(events, 2, "they came once, and left once");
}

#[tokio::test(start_paused = true)]
async fn who_says_nothing_any_more_has_left() {
    let house = House::new("").await;
    let bob = house.enters(&house.bob, "tab").await;
    house.enters(&house.alice, "tab").await;
    for _ in 0..4 {
        sleep(BEAT).await;
        house.video.beat(&bob, &house.bob.id).await.expect("in");
    }
    assert_eq!(house.people(), "bob");
    assert_eq!(house.says(&house.alice), "");
    sleep(BEAT_LIMIT + SHOWS).await;
    assert_eq!(house.people(), "");
    assert_eq!(house.says(&house.bob), "");
}

#[tokio::test(start_paused = true)]
async fn turned_off_it_gives_everything_back() {
    let house = House::new("").await;
    let id = house.enters(&house.bob, "tab").await;
    sleep(SHOWS).await;
    assert_eq!(house.says(&house.bob), IN);
    house.video.configure(None);
    sleep(SHOWS).await;
    assert_eq!(house.says(&house.bob), "");
    assert_eq!(
        house.video.beat(&id, &house.bob.id).await,
        Err(Refused::Gone)
    );
}

#[tokio::test(start_paused = true)]
async fn rooms_are_told_of_to_members_alone() {
    let house = House::new("").await;
    let since = clock();
    house.enters(&house.bob, "tab").await;
    let rooms = house.video.rooms(&house.alice.id).await.expect("rooms");
    let expected = Room {
        channel: house.town.clone(),
        since,
        people: vec![house.bob.id.clone()],
    };
    assert_eq!(rooms, [expected]);
    assert_eq!(house.video.rooms(&house.eve.id).await, Ok(vec![]));
}

#[tokio::test(start_paused = true)]
async fn members_are_told_all_that_a_button_shows_so_that_nobody_has_to_ask() {
    let house = House::new("").await;
    let since = clock();
    house.enters(&house.alice, "tab").await;
    let id = house.enters(&house.bob, "tab").await;
    house.video.leave(&id, None).expect("left");
    settle().await;
    let (alice, bob) = (house.alice.id.as_str(), house.bob.id.as_str());
    let expected = [vec![alice], vec![alice, bob], vec![alice]].map(|people| {
        serde_json::json!({"channelId": house.town.as_str(), "since": since.0, "count": people.len(), "people": people})
    });
    let events = lock(&house.server.0.events).clone();
    let told = events
        .into_iter()
        .map(|(_, _, told)| serde_json::Value::from(told));
    assert_eq!(told.collect::<Vec<_>>(), expected);
}

/// Each change was told by a task of its own, and of two the later one could come first: a button then showed for good what was no more.
#[tokio::test(start_paused = true)]
async fn what_is_told_last_is_what_is_so_and_a_slow_server_lets_nothing_pile_up() {
    let house = House::new("").await;
    let id = house.enters(&house.alice, "tab").await;
    house.server.slow(Duration::from_secs(1));
    {
        let mut state = house.video.state();
        for _ in 0..2 * MAX_UNTOLD {
            house.video.tell(&mut state, house.town.clone());
        }
        assert!(state.untold.len() <= MAX_UNTOLD);
    }
    house.video.leave(&id, None).expect("left");
    let waiting = house.video.state().untold.len() as u64;
    sleep(Duration::from_secs(waiting + 1)).await;
    let events = lock(&house.server.0.events).clone();
    let (_, _, last) = events.last().expect("something was told");
    assert_eq!(
        (&last["count"], &last["people"]),
        (&0.into(), &serde_json::json!([]))
    );
}
