//! A lively office: people whose phones report calls, breaks and quiet hours through real URLs.

use std::{sync::Arc, time::Duration};

use fastrand::Rng;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::{task::JoinSet, time::sleep};

use crate::client;

/// What the demo's phones call, and whose they are.
#[derive(Debug)]
pub struct Office {
    /// The plugin's address, such as `http://127.0.0.1:8065/plugins/switchboard`.
    pub plugin: String,
    /// The phones' secret.
    pub secret: String,
    /// The people who have a phone.
    pub people: Vec<String>,
    /// The same seed gives the same office.
    pub seed: u64,
}

/// Numbers that call in.
const CALLERS: [&str; 8] = [
    "0240404040",
    "+49301234567",
    "0891122334",
    "+33140506070",
    "+15550100",
    "022171717",
    "+442079460018",
    "0561900900",
];

/// Plays until it is dropped.
pub async fn play(office: Office) {
    let office = Arc::new(office);
    let mut seeds = Rng::with_seed(office.seed);
    let mut phones = JoinSet::new();
    for (at, person) in office.people.iter().enumerate() {
        let phone = Phone {
            office: Arc::clone(&office),
            person: person.clone(),
            rng: Rng::with_seed(seeds.u64(..)),
            calls: 0,
        };
        // People come to work one after the other.
        let begins = Duration::from_millis(500 + 900 * at as u64);
        phones.spawn(async move {
            sleep(begins).await;
            phone.day().await;
        });
    }
    while phones.join_next().await.is_some() {}
}

struct Phone {
    office: Arc<Office>,
    person: String,
    rng: Rng,
    calls: u32,
}

impl Phone {
    /// One thing after the other, as in any office.
    async fn day(mut self) {
        self.report("login", &[]).await;
        if self.rng.u8(..3) == 0 {
            self.report("agent-login", &[]).await;
        }
        loop {
            self.wait(3.0, 14.0).await;
            match self.rng.u8(..10) {
                0..=3 => self.is_called().await,
                4..=5 => self.is_called_in_vain().await,
                6..=7 => self.calls_out().await,
                8 => self.wants_quiet().await,
                _ => self.takes_a_break().await,
            }
        }
    }

    async fn is_called(&mut self) {
        let (number, call) = self.call();
        self.report("incoming-call", &[("number", &number), ("call_id", &call)])
            .await;
        // Now and then nobody is at the desk at once.
        if self.rng.u8(..5) == 0 {
            self.wait(16.0, 28.0).await;
        } else {
            self.wait(2.0, 6.0).await;
        }
        self.report("offhook", &[]).await;
        self.talk(&number, &call).await;
    }

    async fn is_called_in_vain(&mut self) {
        let (number, call) = self.call();
        self.report("incoming-call", &[("number", &number), ("call_id", &call)])
            .await;
        self.wait(6.0, 14.0).await;
        self.report("missed-call", &[("number", &number), ("call_id", &call)])
            .await;
    }

    async fn calls_out(&mut self) {
        let (number, call) = self.call();
        self.report("offhook", &[]).await;
        self.wait(1.0, 3.0).await;
        self.report("outgoing-call", &[("number", &number), ("call_id", &call)])
            .await;
        self.wait(3.0, 8.0).await;
        self.talk(&number, &call).await;
    }

    async fn talk(&mut self, number: &str, call: &str) {
        self.report("call-established", &[("number", number), ("call_id", call)])
            .await;
        self.wait(6.0, 30.0).await;
        if self.rng.u8(..4) == 0 {
            self.report("call-held", &[("number", number), ("call_id", call)])
                .await;
            self.wait(3.0, 8.0).await;
            self.report("call-resumed", &[("number", number), ("call_id", call)])
                .await;
            self.wait(3.0, 10.0).await;
        }
        self.report("call-terminated", &[("number", number), ("call_id", call)])
            .await;
        self.wait(0.3, 1.0).await;
        self.report("onhook", &[]).await;
    }

    async fn wants_quiet(&mut self) {
        self.report("dnd-on", &[]).await;
        self.wait(12.0, 40.0).await;
        self.report("dnd-off", &[]).await;
    }

    async fn takes_a_break(&mut self) {
        self.report("paused-on", &[]).await;
        self.wait(10.0, 25.0).await;
        self.report("paused-off", &[]).await;
    }

    /// A number and the phone's own id of the call.
    fn call(&mut self) -> (String, String) {
        self.calls += 1;
        let number = CALLERS[self.rng.usize(..CALLERS.len())];
        (number.into(), format!("{}-{}", self.person, self.calls))
    }

    async fn wait(&mut self, least: f64, most: f64) {
        sleep(Duration::from_secs_f64(
            least + (most - least) * self.rng.f64(),
        ))
        .await;
    }

    /// Calls a phone URL in its query form. While the plugin is down the phone's word is lost, as
    /// it is in an office.
    async fn report(&self, action: &str, more: &[(&str, &str)]) {
        let mut url = format!(
            "{}/sip/{action}?user={}",
            self.office.plugin,
            escape(&self.person)
        );
        for (name, value) in more
            .iter()
            .chain(&[("secret", self.office.secret.as_str())])
        {
            url.push_str(&format!("&{name}={}", escape(value)));
        }
        let _ = client::get(&url).await;
    }
}

fn escape(text: &str) -> impl std::fmt::Display + '_ {
    utf8_percent_encode(text, NON_ALPHANUMERIC)
}
