//! Timers over a server in memory and phones that note what they are told.

use std::future::Future;
use std::pin::Pin;

use super::*;
use crate::board::Name;
use crate::host::Records;
use crate::host::fake::FakeServer;
use crate::sinks::status::PhoneDndError;

thread_local! {
    static START: tokio::time::Instant = tokio::time::Instant::now();
}

fn now() -> Timestamp {
    let since = START.with(tokio::time::Instant::elapsed);
    Timestamp(1_700_000_000_000).after(since.as_millis() as u64)
}

/// Phones that note what they are told, and may fail: `bob` has `6001`, and so on.
#[derive(Default)]
struct Phones {
    told: Mutex<Vec<(String, bool)>>,
    fails: Mutex<bool>,
    /// Nothing was heard of the PBX yet.
    unknown: Mutex<bool>,
    /// Whose lines are others'.
    moved: Mutex<bool>,
}

impl PhoneDnd for Phones {
    fn phones_of(&self, line: &Name) -> Result<Vec<Dial>, PhoneDndError> {
        if *self.unknown.lock().unwrap() {
            return Err(refused("no lists yet"));
        }
        let number = if *self.moved.lock().unwrap() {
            "7001"
        } else {
            number(line)
        };
        Ok(vec![dial(number)])
    }

    fn set_dnd<'a>(
        &'a self,
        phones: &'a [Dial],
        on: bool,
    ) -> Pin<Box<dyn Future<Output = Result<(), PhoneDndError>> + Send + 'a>> {
        Box::pin(async move {
            if *self.fails.lock().unwrap() {
                return Err(refused("not connected"));
            }
            let mut told = self.told.lock().unwrap();
            told.extend(phones.iter().map(|phone| (phone.to_string(), on)));
            Ok(())
        })
    }
}

fn refused(why: &str) -> PhoneDndError {
    PhoneDndError {
        why: why.to_owned(),
        touched: false,
    }
}

fn dial(number: &str) -> Dial {
    Dial::new(number).expect("a number")
}

fn number(line: &str) -> &'static str {
    if line == "bob" { "6001" } else { "6002" }
}

fn told(phones: &Phones) -> Vec<(String, bool)> {
    phones.told.lock().unwrap().clone()
}

fn off(name: &str) -> Vec<(String, bool)> {
    vec![(number(name).to_owned(), false)]
}

/// Bob's phone, or Eve's, is to end then.
async fn set(timers: &PhoneTimers<FakeServer>, user: &UserId, after: Option<u64>) {
    let phones = [dial(number(user.as_str().trim_start_matches("id-")))];
    let until = after.map(|after| now().after(after));
    let _ = timers.set(user, until, &phones).await.expect("stored");
}

const MINUTE: Duration = Duration::from_secs(60);

fn start(server: &FakeServer) -> (PhoneTimers<FakeServer>, Arc<Phones>) {
    let timers = PhoneTimers::start(Arc::new(server.clone()), now);
    let phones = Arc::new(Phones::default());
    timers.connect(Some(Arc::clone(&phones) as Arc<dyn PhoneDnd>));
    (timers, phones)
}

#[tokio::test(start_paused = true)]
async fn a_phone_ends_at_its_time_and_not_before() {
    let server = FakeServer::default();
    let bob = server.person("bob").id;
    let (timers, phones) = start(&server);
    set(&timers, &bob, Some(120_000)).await;
    sleep(MINUTE).await;
    assert_eq!(told(&phones), []);
    sleep(2 * MINUTE).await;
    assert_eq!(told(&phones), off("bob"));
    sleep(60 * MINUTE).await;
    assert_eq!(told(&phones).len(), 1, "once");
}

#[tokio::test(start_paused = true)]
async fn it_is_kept_over_a_restart_and_tried_again() {
    let server = FakeServer::default();
    let bob = server.person("bob").id;
    {
        let (timers, _) = start(&server);
        set(&timers, &bob, Some(60_000)).await;
    }
    sleep(2 * MINUTE).await;
    let (_timers, phones) = start(&server);
    *phones.fails.lock().unwrap() = true;
    sleep(5 * MINUTE).await;
    *phones.fails.lock().unwrap() = false;
    sleep(MINUTE).await;
    assert_eq!(told(&phones), off("bob"));
    drop(_timers);
    let (_timers, phones) = start(&server);
    sleep(MINUTE).await;
    assert_eq!(told(&phones), [], "it is done");
}

#[tokio::test(start_paused = true)]
async fn what_is_set_anew_or_no_longer_holds() {
    let server = FakeServer::default();
    let (bob, eve) = (server.person("bob").id, server.person("eve").id);
    let (timers, phones) = start(&server);
    for user in [&bob, &eve] {
        set(&timers, user, Some(60_000)).await;
    }
    set(&timers, &bob, Some(600_000)).await;
    set(&timers, &eve, None).await;
    sleep(5 * MINUTE).await;
    assert_eq!(told(&phones), []);
    sleep(6 * MINUTE).await;
    assert_eq!(told(&phones), off("bob"));
}

#[tokio::test(start_paused = true)]
async fn a_phone_that_never_answers_is_given_up() {
    let server = FakeServer::default();
    let bob = server.person("bob").id;
    let (timers, phones) = start(&server);
    *phones.fails.lock().unwrap() = true;
    set(&timers, &bob, Some(0)).await;
    sleep(62 * MINUTE).await;
    *phones.fails.lock().unwrap() = false;
    sleep(5 * MINUTE).await;
    assert_eq!(told(&phones), []);
}
#[tokio::test(start_paused = true)]
async fn as_long_as_no_extension_is_known_nothing_counts_as_ended() {
    let server = FakeServer::default();
    let bob = server.person("bob").id;
    // As records had it that knew no extensions.
    let ends = BTreeMap::from([(bob.as_str(), now().0)]);
    store::save(&server, KEY, &ends).await.expect("stored");
    let (_timers, phones) = start(&server);
    *phones.unknown.lock().unwrap() = true;
    sleep(20 * MINUTE).await;
    assert_eq!(told(&phones), []);
    *phones.unknown.lock().unwrap() = false;
    sleep(MINUTE).await;
    assert_eq!(told(&phones), off("bob"));
}

#[tokio::test(start_paused = true)]
async fn the_extension_that_was_switched_ends_although_it_is_no_longer_theirs() {
    let server = FakeServer::default();
    let bob = server.person("bob").id;
    {
        let (timers, _) = start(&server);
        set(&timers, &bob, Some(60_000)).await;
    }
    let (timers, phones) = start(&server);
    sleep(MINUTE / 2).await;
    *phones.moved.lock().unwrap() = true;
    assert_eq!(timers.phones(&bob), [dial("6001")]);
    sleep(MINUTE).await;
    assert_eq!(told(&phones), off("bob"));
}

#[tokio::test(start_paused = true)]
async fn what_is_undone_is_as_before_unless_it_was_set_anew() {
    let server = FakeServer::default();
    let bob = server.person("bob").id;
    let (timers, phones) = start(&server);
    let until = |after| Some(now().after(after));
    let other = [dial("6009")];
    set(&timers, &bob, Some(600_000)).await;
    let noted = timers.set(&bob, until(60_000), &other).await;
    timers
        .undo(&bob, noted.expect("stored"))
        .await
        .expect("stored");
    sleep(5 * MINUTE).await;
    assert_eq!(told(&phones), []);
    sleep(6 * MINUTE).await;
    assert_eq!(told(&phones), off("bob"));
    let noted = timers.set(&bob, until(60_000), &other).await;
    set(&timers, &bob, Some(120_000)).await;
    timers
        .undo(&bob, noted.expect("stored"))
        .await
        .expect("stored");
    sleep(3 * MINUTE).await;
    let ended = [off("bob"), off("bob"), vec![("6009".to_owned(), false)]];
    assert_eq!(told(&phones), ended.concat());
}

#[tokio::test(start_paused = true)]
async fn a_damaged_record_is_set_aside_and_stops_no_timer() {
    for at_start in [true, false] {
        let server = FakeServer::default();
        let bob = server.person("bob").id;
        let damage = async || {
            server.put(KEY, Some(b"nonsense")).await.expect("stored");
        };
        if at_start {
            damage().await;
        }
        let (timers, phones) = start(&server);
        sleep(MINUTE).await;
        damage().await;
        set(&timers, &bob, Some(60_000)).await;
        let aside = server.get("phone-dnd-until-damaged").await.expect("read");
        assert_eq!(aside.as_deref(), Some(&b"nonsense"[..]));
        sleep(2 * MINUTE).await;
        assert_eq!(told(&phones), off("bob"));
        assert!(store::load::<Ends>(&server, KEY).await.is_ok());
    }
}

#[tokio::test(start_paused = true)]
async fn a_timer_that_is_taken_back_while_the_record_is_read_does_not_come_back() {
    let server = FakeServer::default();
    let bob = server.person("bob").id;
    {
        let (timers, _) = start(&server);
        set(&timers, &bob, Some(120_000)).await;
    }
    let record = server.get(KEY).await.expect("read");
    let (timers, phones) = start(&server);
    set(&timers, &bob, None).await;
    // What is read only now is what stood there before.
    server.put(KEY, record.as_deref()).await.expect("stored");
    sleep(5 * MINUTE).await;
    assert_eq!(told(&phones), []);
}
