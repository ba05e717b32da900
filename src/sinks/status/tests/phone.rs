//! Do-not-disturb of the phone in the chat, and of the chat at the phone.

use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;

use super::*;
use crate::calls::Dial;
use crate::host::{Records, Store};

#[tokio::test(start_paused = true)]
async fn dnd_of_the_phone_is_dnd_in_the_chat_for_those_who_want_it() {
    let mut house = House::new().await;
    let (bob, eve) = (house.server.person("bob"), house.server.person("eve"));
    house.choose(&bob, |chosen| chosen.phone_dnd = true).await;
    for line in ["bob", "eve"] {
        house.phone(line, "dnd-on").await;
    }
    assert_eq!(
        (&*house.status(&bob), &*house.status(&eve)),
        ("dnd", "online")
    );
    assert_eq!(house.custom(&bob), None);
    house.call("bob", "1").await;
    house.hang_up("bob", "1").await;
    assert_eq!(house.status(&bob), "dnd", "a call in it changes nothing");
    house.phone("bob", "dnd-off").await;
    assert_eq!(house.status(&bob), "online");
}

#[tokio::test(start_paused = true)]
async fn a_call_goes_on_when_the_phones_dnd_ends() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    let choose = |chosen: &mut Preferences| {
        (chosen.phone_dnd, chosen.call_status) = (true, CallStatus::Away);
    };
    house.choose(&bob, choose).await;
    house.call("bob", "1").await;
    assert_eq!(house.status(&bob), "away");
    house.phone("bob", "dnd-on").await;
    let status = house.personal(&bob);
    assert_eq!((&*status.status, &*status.previous), ("dnd", "online"));
    house.phone("bob", "dnd-off").await;
    assert_eq!(house.status(&bob), "away");
    house.hang_up("bob", "1").await;
    let status = house.personal(&bob);
    assert_eq!(
        (&*status.status, status.manual, status.dnd_end),
        ("online", false, 0)
    );
}

#[tokio::test(start_paused = true)]
async fn a_phone_that_is_forgotten_in_dnd_is_so_for_a_day() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    house.choose(&bob, |chosen| chosen.phone_dnd = true).await;
    house.phone("bob", "dnd-on").await;
    sleep(Duration::from_millis(PHONE_DND_LIMIT - 60_000)).await;
    assert_eq!(house.status(&bob), "dnd");
    sleep(Duration::from_secs(61)).await;
    assert_eq!(house.status(&bob), "online");
}

#[tokio::test(start_paused = true)]
async fn dnd_of_the_phone_outlasts_a_restart_until_the_phone_says_otherwise() {
    for orderly in [true, false] {
        let mut house = House::new().await;
        let bob = house.server.person("bob");
        house.choose(&bob, |chosen| chosen.phone_dnd = true).await;
        house.phone("bob", "dnd-on").await;
        if orderly {
            house.stop().await;
        } else {
            house.kill();
        }
        house.start().await;
        assert_eq!(house.status(&bob), "dnd");
        house.phone("bob", "onhook").await;
        assert_eq!(house.status(&bob), "dnd");
        house.phone("bob", "dnd-on").await;
        house.phone("bob", "dnd-off").await;
        assert_eq!(house.status(&bob), "online");
        assert!(house.records().is_empty());
    }
}

/// What is wrong with phones.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// Nothing is done.
    Refuses,
    /// It may be done, although it failed.
    MayBeDone,
    /// There is no answer.
    Hangs,
}

fn error(why: &str, touched: bool) -> PhoneDndError {
    PhoneDndError {
        why: why.to_owned(),
        touched,
    }
}

/// Phones that take what they are told, and what they were told. Bob has `bob`, and nobody else has one.
#[derive(Clone, Default)]
struct Phones(Arc<Inside>);

#[derive(Default)]
struct Inside {
    told: Mutex<Vec<(String, bool)>>,
    fault: Mutex<Option<Fault>>,
    /// Takes no more records once they are told something.
    breaks: Mutex<Option<FakeServer>>,
    /// Nothing was heard of the PBX yet.
    unknown: Mutex<bool>,
    /// What bob has instead.
    moved: Mutex<Option<&'static str>>,
}

impl Phones {
    fn told(&self) -> Vec<(String, bool)> {
        std::mem::take(&mut *lock(&self.0.told))
    }
}

impl PhoneDnd for Phones {
    fn phones_of(&self, line: &Name) -> Result<Vec<Dial>, PhoneDndError> {
        if *lock(&self.0.unknown) {
            return Err(error("no lists yet", false));
        }
        let own = (&**line == "bob").then(|| lock(&self.0.moved).unwrap_or("bob"));
        Ok(own.and_then(Dial::new).into_iter().collect())
    }

    fn set_dnd<'a>(
        &'a self,
        phones: &'a [Dial],
        on: bool,
    ) -> Pin<Box<dyn Future<Output = Result<(), PhoneDndError>> + Send + 'a>> {
        Box::pin(async move {
            if let Some(server) = &*lock(&self.0.breaks) {
                server.fail("put", HostErrorKind::Transient);
            }
            let fault = *lock(&self.0.fault);
            match fault {
                None => {}
                Some(Fault::Hangs) => std::future::pending().await,
                Some(fault) => return Err(error("no Asterisk", fault == Fault::MayBeDone)),
            }
            let told = phones.iter().map(|phone| (phone.to_string(), on));
            lock(&self.0.told).extend(told);
            Ok(())
        })
    }
}

fn told(on: bool) -> [(String, bool); 1] {
    [("bob".to_owned(), on)]
}

async fn with_phones() -> (House, Person, Phones) {
    let house = House::new().await;
    let bob = house.server.person("bob");
    let phones = Phones::default();
    house.statuses().connect(Some(Arc::new(phones.clone())));
    let choose = |chosen: &mut Preferences| (chosen.phone_dnd, chosen.chat_dnd) = (true, true);
    house.choose(&bob, choose).await;
    (house, bob, phones)
}

/// Two rounds, so that what follows from one is seen in the next.
async fn polled() {
    sleep(2 * POLL).await;
    settle().await;
}

#[tokio::test(start_paused = true)]
async fn dnd_in_the_chat_is_dnd_of_the_phone_and_does_not_bounce() {
    let (mut house, bob, phones) = with_phones().await;
    polled().await;
    assert_eq!(phones.told(), []);
    house.server.is(&bob.id, "dnd", true);
    polled().await;
    assert_eq!(phones.told(), [("bob".to_owned(), true)]);
    // The phone tells of it, which is nothing new.
    house.phone("bob", "dnd-on").await;
    house.server.is(&bob.id, "online", false);
    house.call("bob", "1").await;
    assert_eq!(house.status(&bob), "online");
    house.hang_up("bob", "1").await;
    polled().await;
    assert_eq!(phones.told(), [("bob".to_owned(), false)]);
    house.phone("bob", "dnd-off").await;
    polled().await;
    assert_eq!(phones.told(), []);
    assert_eq!(house.status(&bob), "online");
    let store = lock(&house.server.0.store);
    assert!(!store.keys().any(|key| key.starts_with("chat-dnd:")));
}

#[tokio::test(start_paused = true)]
async fn our_own_dnd_is_no_wish_of_theirs_unless_they_gave_the_command() {
    let (mut house, bob, phones) = with_phones().await;
    house.phone("bob", "dnd-on").await;
    assert_eq!(house.status(&bob), "dnd");
    polled().await;
    assert_eq!(phones.told(), []);
    house.phone("bob", "dnd-off").await;
    let both = |chosen: &mut Preferences| {
        (chosen.chat_dnd, chosen.call_status) = (true, CallStatus::Dnd);
    };
    house.choose(&bob, both).await;
    house.call("bob", "1").await;
    polled().await;
    assert_eq!(phones.told(), []);
    house.hang_up("bob", "1").await;
    house.statuses().set_dnd(&bob.id, Dnd::On).await;
    polled().await;
    assert_eq!(phones.told(), [("bob".to_owned(), true)]);
    house.statuses().set_dnd(&bob.id, Dnd::Off).await;
    polled().await;
    assert_eq!(phones.told(), [("bob".to_owned(), false)]);
}

#[tokio::test(start_paused = true)]
async fn who_ends_the_phones_dnd_in_the_chat_ends_it_at_the_phone() {
    let (mut house, bob, phones) = with_phones().await;
    house.phone("bob", "dnd-on").await;
    assert_eq!(house.status(&bob), "dnd");
    house
        .server
        .set_status(&bob.id, "online")
        .await
        .expect("set");
    sleep(POLL).await;
    settle().await;
    assert_eq!(phones.told(), [("bob".to_owned(), false)]);
    house.phone("bob", "dnd-off").await;
    polled().await;
    assert_eq!(phones.told(), []);
    assert_eq!(house.status(&bob), "online");
}

#[tokio::test(start_paused = true)]
async fn nobody_is_asked_about_where_nobody_wants_it() {
    let house = House::new().await;
    let bob = house.server.person("bob");
    house.statuses().connect(Some(Arc::new(Phones::default())));
    house.choose(&bob, |chosen| chosen.phone_dnd = true).await;
    polled().await;
    assert_eq!(house.calls("statuses"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_phone_that_was_switched_before_a_restart_is_switched_back() {
    let (mut house, bob, phones) = with_phones().await;
    house.server.is(&bob.id, "dnd", true);
    polled().await;
    assert_eq!(phones.told(), [("bob".to_owned(), true)]);
    house.kill();
    house.server.is(&bob.id, "online", false);
    house.start().await;
    house.statuses().connect(Some(Arc::new(phones.clone())));
    polled().await;
    assert_eq!(phones.told(), [("bob".to_owned(), false)]);
}

#[tokio::test(start_paused = true)]
async fn who_no_longer_wants_it_gets_the_phone_back() {
    let (house, bob, phones) = with_phones().await;
    house.server.is(&bob.id, "dnd", true);
    polled().await;
    phones.told();
    house.choose(&bob, |_| {}).await;
    polled().await;
    assert_eq!(phones.told(), [("bob".to_owned(), false)]);
}

#[tokio::test(start_paused = true)]
async fn a_pbx_that_is_away_is_told_when_it_is_back() {
    let (house, bob, phones) = with_phones().await;
    *lock(&phones.0.fault) = Some(Fault::Refuses);
    house.server.is(&bob.id, "dnd", true);
    polled().await;
    assert_eq!(phones.told(), []);
    *lock(&phones.0.fault) = None;
    polled().await;
    assert_eq!(phones.told(), [("bob".to_owned(), true)]);
}

#[tokio::test(start_paused = true)]
async fn before_the_lists_came_a_phone_is_not_said_to_be_switched_back() {
    let (mut house, bob, phones) = with_phones().await;
    // As records had it that knew no extensions.
    let key = format!("chat-dnd:{}", bob.id.as_str());
    house.kill();
    house.server.put(&key, Some(b"1")).await.expect("stored");
    house.start().await;
    *lock(&phones.0.unknown) = true;
    house.statuses().connect(Some(Arc::new(phones.clone())));
    polled().await;
    assert_eq!(phones.told(), []);
    *lock(&phones.0.unknown) = false;
    polled().await;
    assert_eq!(phones.told(), told(false));
    assert_eq!(house.server.get(&key).await, Ok(None));
}

#[tokio::test(start_paused = true)]
async fn the_extension_that_was_switched_on_is_switched_off_whosever_it_is_now() {
    for restarted in [false, true] {
        let (mut house, bob, phones) = with_phones().await;
        house.server.is(&bob.id, "dnd", true);
        polled().await;
        assert_eq!(phones.told(), told(true));
        *lock(&phones.0.moved) = Some("6002");
        house.server.is(&bob.id, "online", false);
        if restarted {
            house.kill();
            house.start().await;
            house.statuses().connect(Some(Arc::new(phones.clone())));
        }
        polled().await;
        assert_eq!(phones.told(), told(false));
    }
}

#[tokio::test(start_paused = true)]
async fn dnd_that_was_set_at_the_phone_before_is_left_to_the_phone() {
    let (mut house, bob, phones) = with_phones().await;
    house.choose(&bob, |chosen| chosen.chat_dnd = true).await;
    house.phone("bob", "dnd-on").await;
    for ended_at_phone in [false, true] {
        house.server.is(&bob.id, "dnd", true);
        polled().await;
        if ended_at_phone {
            house.phone("bob", "dnd-off").await;
            polled().await;
        }
        house.server.is(&bob.id, "online", false);
        polled().await;
        assert_eq!(phones.told(), []);
    }
    house.server.is(&bob.id, "dnd", true);
    polled().await;
    assert_eq!(phones.told(), told(true));
}

#[tokio::test(start_paused = true)]
async fn dnd_that_was_set_at_the_phone_before_is_left_to_it_also_where_statuses_follow_nothing() {
    for connected_before in [true, false] {
        let (mut house, bob, phones) = with_phones().await;
        house.statuses().configure(false);
        if !connected_before {
            house.statuses().connect(None);
        }
        house.phone("bob", "dnd-on").await;
        house.statuses().connect(Some(Arc::new(phones.clone())));
        settle().await;
        assert_eq!(house.status(&bob), "online");
        house.server.is(&bob.id, "dnd", true);
        polled().await;
        house.server.is(&bob.id, "online", false);
        polled().await;
        assert_eq!(phones.told(), []);
        house.phone("bob", "dnd-off").await;
        house.server.is(&bob.id, "dnd", true);
        polled().await;
        assert_eq!(phones.told(), told(true));
    }
}

#[tokio::test(start_paused = true)]
async fn where_statuses_follow_nothing_nobody_is_asked_about_calls() {
    let (mut house, ..) = with_phones().await;
    house.statuses().configure(false);
    let before = house.calls("user_by_name");
    house.call("eve", "1").await;
    assert_eq!(house.calls("user_by_name"), before);
    house.phone("eve", "dnd-on").await;
    assert_eq!(house.calls("user_by_name"), before + 1);
}

#[tokio::test(start_paused = true)]
async fn a_try_goes_on_although_the_phone_tells_of_it() {
    for fault in [Fault::Refuses, Fault::MayBeDone] {
        let (mut house, bob, phones) = with_phones().await;
        *lock(&phones.0.fault) = Some(fault);
        house.server.is(&bob.id, "dnd", true);
        polled().await;
        house.phone("bob", "dnd-on").await;
        *lock(&phones.0.fault) = None;
        polled().await;
        assert_eq!(phones.told(), told(true));
        house.server.is(&bob.id, "online", false);
        polled().await;
        assert_eq!(phones.told(), told(false));
    }
}

/// Whether it is noted that somebody's phone is to be switched back.
fn is_noted(house: &House, person: &Person) -> bool {
    let key = format!("chat-dnd:{}", person.id.as_str());
    lock(&house.server.0.store).contains_key(&key)
}

#[tokio::test(start_paused = true)]
async fn a_phone_that_may_not_be_switched_is_not_to_be_switched_back_without_end() {
    let (mut house, bob, phones) = with_phones().await;
    *lock(&phones.0.fault) = Some(Fault::Refuses);
    house.server.is(&bob.id, "dnd", true);
    polled().await;
    assert!(!is_noted(&house, &bob));
    house.server.is(&bob.id, "online", false);
    polled().await;
    let retried = house.counts().retried;
    polled().await;
    assert_eq!(house.counts().retried, retried, "nothing is left to do");
    house.phone("bob", "dnd-on").await;
    assert_eq!(house.status(&bob), "dnd", "the phone's counts");
    *lock(&phones.0.fault) = None;
    polled().await;
    assert_eq!(phones.told(), []);
}

#[tokio::test(start_paused = true)]
async fn a_record_that_could_not_be_deleted_is_deleted_in_the_end() {
    let (house, bob, phones) = with_phones().await;
    *lock(&phones.0.fault) = Some(Fault::Refuses);
    *lock(&phones.0.breaks) = Some(house.server.clone());
    house.server.is(&bob.id, "dnd", true);
    polled().await;
    assert!(is_noted(&house, &bob));
    house.server.is(&bob.id, "online", false);
    polled().await;
    house.server.mend();
    polled().await;
    assert!(!is_noted(&house, &bob));
    assert_eq!(phones.told(), []);
}

#[tokio::test(start_paused = true)]
async fn a_phone_that_may_be_switched_although_it_failed_is_switched_back() {
    for fault in [Fault::MayBeDone, Fault::Hangs] {
        let (house, bob, phones) = with_phones().await;
        *lock(&phones.0.fault) = Some(fault);
        house.server.is(&bob.id, "dnd", true);
        sleep(LONG).await;
        assert!(is_noted(&house, &bob));
        *lock(&phones.0.fault) = Some(Fault::Refuses);
        sleep(LONG).await;
        assert!(is_noted(&house, &bob), "it may be on since before");
        house.server.is(&bob.id, "online", false);
        *lock(&phones.0.fault) = None;
        sleep(LONG).await;
        assert_eq!(phones.told(), told(false));
        assert!(!is_noted(&house, &bob));
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_ends_while_statuses_are_read_is_no_wish_of_theirs() {
    let (mut house, bob, phones) = with_phones().await;
    let both = |chosen: &mut Preferences| {
        (chosen.chat_dnd, chosen.call_status) = (true, CallStatus::Dnd);
    };
    house.choose(&bob, both).await;
    polled().await;
    house.call("bob", "1").await;
    assert_eq!(house.status(&bob), "dnd");
    house.server.reads(&bob.id, "dnd");
    house.hang_up("bob", "1").await;
    assert_eq!(house.status(&bob), "online");
    polled().await;
    assert_eq!(phones.told(), []);
}

#[tokio::test(start_paused = true)]
async fn dnd_of_the_phone_that_is_set_while_statuses_are_read_is_not_ended() {
    let (mut house, bob, phones) = with_phones().await;
    polled().await;
    house.server.reads(&bob.id, "online");
    house.phone("bob", "dnd-on").await;
    assert_eq!(house.status(&bob), "dnd");
    polled().await;
    assert_eq!(phones.told(), []);
}

#[tokio::test(start_paused = true)]
async fn a_command_that_ends_it_while_statuses_are_read_does_not_switch_the_phone_on() {
    let (house, bob, phones) = with_phones().await;
    let statuses = house.statuses();
    assert_eq!(
        statuses.set_dnd(&bob.id, Dnd::On).await,
        DndOutcome::On(None)
    );
    assert_eq!(statuses.set_dnd(&bob.id, Dnd::Off).await, DndOutcome::Off);
    house.server.reads(&bob.id, "dnd");
    polled().await;
    assert_eq!(phones.told(), []);
}

#[tokio::test(start_paused = true)]
async fn dnd_that_is_set_at_the_phone_while_it_is_switched_off_shows_in_the_end() {
    let (mut house, bob, phones) = with_phones().await;
    house.server.is(&bob.id, "dnd", true);
    polled().await;
    house.phone("bob", "dnd-on").await;
    house.server.is(&bob.id, "online", false);
    while !phones.told().contains(&("bob".to_owned(), false)) {
        sleep(Duration::from_secs(1)).await;
    }
    house.phone("bob", "dnd-off").await;
    house.phone("bob", "dnd-on").await;
    assert_eq!(house.status(&bob), "online");
    sleep(POLL).await;
    settle().await;
    assert_eq!(house.status(&bob), "dnd");
}

#[tokio::test(start_paused = true)]
async fn where_no_phone_is_switched_any_more_their_dnd_is_their_own() {
    let (mut house, bob, phones) = with_phones().await;
    house.server.is(&bob.id, "dnd", true);
    polled().await;
    assert_eq!(phones.told(), told(true));
    house.phone("bob", "dnd-on").await;
    house.server.is(&bob.id, "online", false);
    house.statuses().connect(None);
    settle().await;
    assert_eq!(house.status(&bob), "dnd");
}

#[tokio::test(start_paused = true)]
async fn what_the_chat_did_to_a_phone_does_not_come_back_from_there_after_a_start() {
    let (mut house, bob, phones) = with_phones().await;
    house.server.is(&bob.id, "dnd", true);
    polled().await;
    house.kill();
    house.server.is(&bob.id, "online", false);
    house.start().await;
    house.statuses().connect(Some(Arc::new(phones.clone())));
    house.phone("bob", "dnd-on").await;
    assert_eq!(house.status(&bob), "online");
    sleep(POLL / 2).await;
    assert_eq!(house.status(&bob), "online");
}

#[tokio::test(start_paused = true)]
async fn a_line_of_another_pbx_costs_no_record() {
    let (house, _, phones) = with_phones().await;
    let eve = house.server.person("eve");
    house.choose(&eve, |chosen| chosen.chat_dnd = true).await;
    house.server.is(&eve.id, "dnd", true);
    polled().await;
    let changes = |house: &House| house.calls("put") + house.calls("person");
    let before = changes(&house);
    for _ in 0..10 {
        polled().await;
    }
    assert_eq!(changes(&house), before);
    assert_eq!(phones.told(), []);
}
