//! Somebody's phone by their own command, over a PBX that may refuse, and a server in memory.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

use super::*;
use crate::board::{Device, Name};
use crate::calls::{
    AgentRequest, Code, Extension, Listing, NewCall, NotSwitched, Progress, TextMessage,
};
use crate::host::HostErrorKind;
use crate::host::fake::{FakeServer, lock};
use crate::sinks::status::{PhoneDnd, PhoneDndError};

const MINUTE: Duration = Duration::from_secs(60);

thread_local! {
    static START: Instant = Instant::now();
}

fn now() -> Timestamp {
    let since = START.with(Instant::elapsed);
    Timestamp(1_700_000_000_000).after(since.as_millis() as u64)
}

fn dial(number: &str) -> Dial {
    Dial::new(number).expect("a number")
}

/// A PBX with phones that are on or off. It may refuse the next orders for an extension.
#[derive(Default)]
struct Exchange {
    listing: Mutex<Listing>,
    on: Mutex<Vec<String>>,
    refusals: Mutex<Vec<(&'static str, NotSwitched)>>,
}

impl Exchange {
    fn on(&self) -> Vec<String> {
        lock(&self.on).clone()
    }

    /// Bob has these.
    fn lists(&self, numbers: &[&str]) {
        let extension = |number: &&str| Extension {
            number: dial(number),
            user: "bob".into(),
            device: Device::Free,
        };
        *lock(&self.listing) = Listing {
            extensions: numbers.iter().map(extension).collect(),
            complete: true,
        };
    }

    /// The next order for this extension is not carried out, or nobody knows.
    fn refuses(&self, number: &'static str, refusal: Refusal, touched: bool) {
        let refusal = NotSwitched { refusal, touched };
        lock(&self.refusals).push((number, refusal));
    }
}

impl Pbx for Exchange {
    async fn originate(&self, _: NewCall) -> Result<mpsc::Receiver<Progress>, Refusal> {
        Err(Refusal::TooMuch)
    }

    async fn send_text(&self, _: TextMessage) -> Result<usize, Refusal> {
        Err(Refusal::TooMuch)
    }

    async fn agent(&self, _: AgentRequest) -> Result<Vec<Name>, Refusal> {
        Err(Refusal::TooMuch)
    }

    async fn announce(&self, _: &Dial, _: Code) -> Result<(), Refusal> {
        Err(Refusal::TooMuch)
    }

    async fn set_dnd(&self, extension: &Dial, on: bool) -> Result<(), NotSwitched> {
        let refusal = {
            let mut refusals = lock(&self.refusals);
            let own = |(number, _): &(&str, NotSwitched)| *number == extension.as_str();
            let at = refusals.iter().position(own);
            at.map(|at| refusals.remove(at).1)
        };
        if refusal.as_ref().is_none_or(|refusal| refusal.touched) {
            let mut phones = lock(&self.on);
            phones.retain(|phone| phone != extension.as_str());
            if on {
                phones.push(extension.to_string());
            }
        }
        refusal.map_or(Ok(()), Err)
    }

    fn listing(&self) -> Listing {
        lock(&self.listing).clone()
    }
}

/// Phones as the timers switch them.
struct Phones(Arc<Calls<FakeServer, Exchange>>);

impl PhoneDnd for Phones {
    fn phones_of(&self, line: &Name) -> Result<Vec<Dial>, PhoneDndError> {
        let phones = self.0.phones_of(line);
        phones.map_err(|refusal| NotSwitched::from(refusal).into())
    }

    fn set_dnd<'a>(
        &'a self,
        phones: &'a [Dial],
        on: bool,
    ) -> Pin<Box<dyn Future<Output = Result<(), PhoneDndError>> + Send + 'a>> {
        Box::pin(async move {
            let done = self.0.set_dnd(phones, on).await;
            done.map_err(PhoneDndError::from)
        })
    }
}

struct House {
    server: FakeServer,
    pbx: Arc<Exchange>,
    calls: Arc<Calls<FakeServer, Exchange>>,
    timers: PhoneTimers<FakeServer>,
    bob: Person,
}

impl House {
    fn new() -> Self {
        let server = FakeServer::default();
        let bob = server.person("bob");
        let pbx = Arc::new(Exchange::default());
        let calls = Calls::new(Arc::new(server.clone()), Arc::clone(&pbx));
        let timers = PhoneTimers::start(Arc::new(server.clone()), now);
        timers.connect(Some(Arc::new(Phones(Arc::clone(&calls)))));
        Self {
            server,
            pbx,
            calls,
            timers,
            bob,
        }
    }

    fn phone(&self) -> Phone<'_, FakeServer, Exchange, FakeServer> {
        Phone {
            calls: &self.calls,
            timers: &self.timers,
            person: &self.bob,
        }
    }

    async fn on_for(&self, time: Duration) -> Result<PhoneSwitch, Refusal> {
        let until = now().after(time.as_millis() as u64);
        self.phone().on_until(until).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_phone_is_switched_on_and_ends_at_its_time() {
    let house = House::new();
    house.pbx.lists(&["6001", "6011"]);
    assert_eq!(house.on_for(30 * MINUTE).await, Ok(PhoneSwitch::Done));
    sleep(29 * MINUTE).await;
    assert_eq!(house.pbx.on(), ["6001", "6011"]);
    sleep(2 * MINUTE).await;
    assert_eq!(house.pbx.on(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn before_the_lists_came_nothing_is_said_to_be_no_phone_and_no_timer_is_lost() {
    let house = House::new();
    house.pbx.lists(&["6001"]);
    assert_eq!(house.on_for(120 * MINUTE).await, Ok(PhoneSwitch::Done));
    *lock(&house.pbx.listing) = Listing::default();
    let phone = house.phone();
    for refused in [house.on_for(30 * MINUTE).await, phone.on().await] {
        assert!(
            matches!(refused, Err(Refusal::NotConnected(_))),
            "{refused:?}"
        );
    }
    sleep(119 * MINUTE).await;
    assert_eq!(house.pbx.on(), ["6001"]);
    sleep(2 * MINUTE).await;
    assert_eq!(house.pbx.on(), [""; 0]);
    house.pbx.lists(&[]);
    assert_eq!(house.on_for(MINUTE).await, Ok(PhoneSwitch::None));
    assert_eq!(phone.off().await, Ok(PhoneSwitch::None));
}

#[tokio::test(start_paused = true)]
async fn what_was_not_done_leaves_the_end_that_was_noted_before() {
    let house = House::new();
    house.pbx.lists(&["6001"]);
    assert_eq!(house.on_for(120 * MINUTE).await, Ok(PhoneSwitch::Done));
    for refusal in [
        Refusal::NotConnected("away".to_owned()),
        Refusal::MissingRight("system"),
    ] {
        house.pbx.refuses("6001", refusal.clone(), false);
        assert_eq!(house.on_for(30 * MINUTE).await, Err(refusal.clone()));
        house.pbx.refuses("6001", refusal.clone(), false);
        assert_eq!(house.phone().on().await, Err(refusal.clone()));
        house.pbx.refuses("6001", refusal.clone(), false);
        assert_eq!(house.phone().off().await, Err(refusal));
    }
    sleep(119 * MINUTE).await;
    assert_eq!(house.pbx.on(), ["6001"]);
    sleep(2 * MINUTE).await;
    assert_eq!(house.pbx.on(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn what_may_have_been_done_ends_although_it_failed() {
    let denied = Refusal::MissingRight("call");
    for (refusal, touched) in [(Refusal::NoAnswer, true), (denied, false)] {
        let house = House::new();
        house.pbx.lists(&["6001", "6011", "6021"]);
        house.pbx.refuses("6011", refusal.clone(), touched);
        assert_eq!(house.on_for(30 * MINUTE).await, Err(refusal));
        let on = house.pbx.on();
        assert_eq!(on.contains(&"6011".to_owned()), touched);
        for other in ["6001", "6021"] {
            assert!(on.contains(&other.to_owned()), "{on:?}");
        }
        sleep(31 * MINUTE).await;
        assert_eq!(house.pbx.on(), [""; 0]);
    }
}

#[tokio::test(start_paused = true)]
async fn an_end_that_cannot_be_taken_back_is_told() {
    let house = House::new();
    house.pbx.lists(&["6001"]);
    assert_eq!(house.on_for(30 * MINUTE).await, Ok(PhoneSwitch::Done));
    house
        .server
        .fail("compare_and_set", HostErrorKind::Transient);
    let kept = Ok(PhoneSwitch::DoneWithEarlierEnd);
    assert_eq!(house.phone().on().await, kept);
    let none = Ok(PhoneSwitch::DoneWithoutEnd);
    assert_eq!(house.on_for(60 * MINUTE).await, none);
    house.server.mend();
    assert_eq!(house.phone().on().await, Ok(PhoneSwitch::Done));
    sleep(31 * MINUTE).await;
    assert_eq!(house.pbx.on(), ["6001"]);
}

#[tokio::test(start_paused = true)]
async fn an_extension_that_went_to_somebody_else_is_switched_off_too() {
    let house = House::new();
    house.pbx.lists(&["6001"]);
    assert_eq!(house.on_for(30 * MINUTE).await, Ok(PhoneSwitch::Done));
    house.pbx.lists(&["6002"]);
    assert_eq!(house.phone().on().await, Ok(PhoneSwitch::Done));
    assert_eq!(house.phone().off().await, Ok(PhoneSwitch::Done));
    assert_eq!(house.pbx.on(), [""; 0]);
    assert_eq!(house.on_for(30 * MINUTE).await, Ok(PhoneSwitch::Done));
    house.pbx.lists(&["6003"]);
    sleep(31 * MINUTE).await;
    assert_eq!(house.pbx.on(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_new_end_does_not_move_that_of_an_extension_that_went_to_somebody_else() {
    let house = House::new();
    house.pbx.lists(&["6001"]);
    assert_eq!(house.on_for(60 * MINUTE).await, Ok(PhoneSwitch::Done));
    house.pbx.lists(&["6002"]);
    assert_eq!(house.on_for(180 * MINUTE).await, Ok(PhoneSwitch::Done));
    assert_eq!(house.pbx.on(), ["6002"]);
    // Whose it is now sets it.
    house
        .calls
        .set_dnd(&[dial("6001")], true)
        .await
        .expect("set");
    sleep(179 * MINUTE).await;
    assert_eq!(house.pbx.on(), ["6002", "6001"]);
    sleep(2 * MINUTE).await;
    assert_eq!(house.pbx.on(), ["6001"]);
}

#[tokio::test(start_paused = true)]
async fn an_extension_that_went_to_somebody_else_and_cannot_be_given_back_keeps_its_end() {
    for time in [180, 30] {
        let house = House::new();
        house.pbx.lists(&["6001"]);
        assert_eq!(house.on_for(60 * MINUTE).await, Ok(PhoneSwitch::Done));
        house.pbx.lists(&["6002"]);
        house.pbx.refuses("6001", Refusal::NoAnswer, false);
        let earlier = time > 60;
        let done = if earlier {
            PhoneSwitch::DoneWithEarlierEnd
        } else {
            PhoneSwitch::Done
        };
        assert_eq!(house.on_for(time * MINUTE).await, Ok(done));
        let end = time.min(60);
        sleep((end - 1) * MINUTE).await;
        assert_eq!(house.pbx.on(), ["6001", "6002"]);
        sleep(2 * MINUTE).await;
        assert_eq!(house.pbx.on(), [""; 0]);
    }
}
