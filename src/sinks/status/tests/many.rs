//! A thousand people, and a server that is slow.

use super::*;

const PEOPLE: usize = 1000;

/// What the server takes for each call.
const SLOW: Duration = Duration::from_millis(300);

fn everybody(house: &House) -> Vec<Person> {
    (0..PEOPLE)
        .map(|n| {
            let person = house.server.person(&format!("p{n}"));
            house.put_custom(&person, Some(custom("Lunch", 0)));
            house.put_recent(&person, &["Lunch", "2", "3", "4", "5"]);
            person
        })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_thousand_calls_at_once_show_within_a_minute_and_are_over_within_another() {
    let mut house = House::new().await;
    let people = everybody(&house);
    for person in &people {
        house
            .people
            .choose(&person.id, |own| own.call_status = CallStatus::Dnd)
            .await
            .expect("stored");
    }
    // A new process, which knows nobody's choice.
    house.kill();
    house.start().await;
    house.server.slow(SLOW);
    for n in 0..PEOPLE {
        house.apply(with_id(&format!("p{n}"), "incoming-call", "1"));
        house.apply(with_id(&format!("p{n}"), "call-established", "1"));
    }
    sleep(Duration::from_secs(60)).await;
    for person in &people {
        assert_eq!(
            (&*house.says(person), &*house.status(person)),
            ("On a call", "dnd")
        );
    }
    assert_eq!(house.counts().waiting, 0);
    for n in 0..PEOPLE {
        house.apply(with_id(&format!("p{n}"), "call-terminated", "1"));
    }
    sleep(Duration::from_secs(60)).await;
    for person in &people {
        assert_eq!(
            (&*house.says(person), &*house.status(person)),
            ("Lunch", "online")
        );
        assert_eq!(house.recent(person), ["Lunch", "2", "3", "4", "5"]);
    }
    assert_eq!((house.counts().waiting, house.counts().held), (0, 0));
    assert!(house.records().is_empty());
}

#[tokio::test(start_paused = true)]
async fn calls_that_come_and_go_faster_than_the_server_are_all_right_a_minute_after_the_last() {
    let mut house = House::new().await;
    let people = everybody(&house);
    house.server.slow(SLOW);
    for round in 0..10 {
        for n in 0..PEOPLE {
            let id = round.to_string();
            house.apply(with_id(&format!("p{n}"), "call-established", &id));
        }
        sleep(Duration::from_secs(4)).await;
        for n in 0..PEOPLE {
            // Every third one talks on.
            if round < 9 || n % 3 > 0 {
                let id = round.to_string();
                house.apply(with_id(&format!("p{n}"), "call-terminated", &id));
            }
        }
        sleep(Duration::from_millis(1500)).await;
    }
    sleep(Duration::from_millis(58_500)).await;
    for (n, person) in people.iter().enumerate() {
        let expected = if n % 3 == 0 { "On a call" } else { "Lunch" };
        assert_eq!(house.says(person), expected, "p{n}");
    }
    assert_eq!(house.counts().waiting, 0);
}

#[tokio::test(start_paused = true)]
async fn no_more_people_than_allowed_are_seen_to_at_once() {
    let mut house = House::new().await;
    everybody(&house);
    house.server.slow(Duration::from_secs(1000));
    for n in 0..PEOPLE {
        house.apply(with_id(&format!("p{n}"), "call-established", "1"));
    }
    sleep(Duration::from_secs(5)).await;
    let calls = lock(&house.server.0.calls);
    let asked = calls.iter().filter(|call| **call == "user_by_name");
    assert_eq!(asked.count(), MAX_PARALLEL);
}
