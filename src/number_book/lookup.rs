//! Asking the service for names, without anybody waiting for it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::answer;
use super::cache::{Cache, FAILED_LASTS, KNOWN_LASTS, Known, UNKNOWN_LASTS};
use crate::board::{Name, Peer};
use crate::config::{NUMBER, NumberLookup, Problem};
use crate::number::PhoneNumber;
use crate::outbound::{Client, Request};

/// How many numbers are asked for at once.
pub const MAX_ASKED_AT_ONCE: usize = 8;

/// How many numbers may wait to be asked for, those that are asked for among them. One more is shown without a name.
pub const MAX_WAITING: usize = 500;

/// How long an answer may take: 3 s.
pub const TIME_LIMIT: Duration = Duration::from_secs(3);

/// The most bytes of an answer: 64 KiB.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// After so many failures in a row the service is left alone for a while.
const FAILURES: u32 = 3;

/// For how long at first, and at most: each further failure doubles it.
const FIRST_PAUSE: Duration = Duration::from_secs(30);
const LONGEST_PAUSE: Duration = Duration::from_secs(10 * 60);

/// What became of the look-ups so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Numbers that have a name.
    pub found: u64,
    /// Numbers that the service does not know.
    pub unknown: u64,
    /// Questions that came to nothing.
    pub failed: u64,
    /// Numbers that were not asked for, because too many waited or the service was left alone.
    pub left_out: u64,
}

/// Names that a service tells. Shared between whoever wants to know and the tasks that ask.
#[derive(Debug)]
pub struct Lookup {
    state: Mutex<State>,
    asks: mpsc::Sender<Ask>,
}

#[derive(Debug, Default)]
struct State {
    /// The service that all of this is about.
    settings: Option<NumberLookup>,
    names: Cache,
    failures: u32,
    /// What was wrong last, and what to do about it.
    trouble: Option<(String, &'static str)>,
    left_alone_until: Option<Instant>,
    /// How often in a row it was left alone.
    pauses: u32,
    counts: Counts,
}

/// What is still to be asked. Belongs to the tasks that ask.
#[derive(Debug)]
pub struct Asks(tokio::sync::Mutex<mpsc::Receiver<Ask>>);

/// Nothing will be asked any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended;

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("nobody asks any more")
    }
}

impl std::error::Error for Ended {}

#[derive(Debug)]
struct Ask {
    number: String,
    peer: Peer,
    settings: NumberLookup,
}

impl Lookup {
    /// One, and what its tasks take.
    #[must_use]
    pub fn new() -> (Arc<Self>, Asks) {
        let (asks, receiver) = mpsc::channel(MAX_WAITING);
        let lookup = Self {
            state: Mutex::default(),
            asks,
        };
        (Arc::new(lookup), Asks(tokio::sync::Mutex::new(receiver)))
    }

    /// What a number is called, if that is known; otherwise it is asked for.
    pub(super) fn find(
        &self,
        number: &PhoneNumber,
        peer: &Peer,
        settings: &NumberLookup,
    ) -> Option<Name> {
        let number = number.asked();
        let now = Instant::now();
        let mut state = self.state();
        if state.settings.as_ref() != Some(settings) {
            // Another service knows other names. Numbers that are asked for still are nobody's any more.
            *state = State {
                settings: Some(settings.clone()),
                counts: state.counts,
                ..State::default()
            };
        }
        match state.names.get(&number, now) {
            Known::Name(name) => return name.cloned(),
            Known::Asked => return None,
            Known::Nothing => {}
        }
        let ask = Ask {
            number: number.clone(),
            peer: peer.clone(),
            settings: settings.clone(),
        };
        if state.may_ask(now) && self.asks.try_send(ask).is_ok() {
            state.names.ask(&number, now);
        } else {
            state.counts.left_out += 1;
        }
        None
    }

    /// What a number is called, if that is known.
    pub(super) fn known(&self, number: &PhoneNumber, settings: &NumberLookup) -> Option<Name> {
        let state = self.state();
        if state.settings.as_ref() != Some(settings) {
            return None;
        }
        match state.names.get(&number.asked(), Instant::now()) {
            Known::Name(name) => name.cloned(),
            Known::Asked | Known::Nothing => None,
        }
    }

    /// Asks for the next number that somebody wants to know, and tells what it is called if that becomes known: the number, and its
    /// label. [`MAX_ASKED_AT_ONCE`] tasks do that again and again.
    ///
    /// # Errors
    ///
    /// Nobody is left who could want to know anything.
    pub async fn next(&self, asks: &Asks, client: &Client) -> Result<Option<Peer>, Ended> {
        let ask = asks.0.lock().await.recv().await;
        Ok(self.ask(ask.ok_or(Ended)?, client).await)
    }

    async fn ask(&self, ask: Ask, client: &Client) -> Option<Peer> {
        let is_current = |state: &State| state.settings.as_ref() == Some(&ask.settings);
        {
            let mut state = self.state();
            if !is_current(&state) {
                return None;
            }
            // It was left alone since this number began to wait.
            if !state.is_asked(Instant::now()) {
                state.names.give_up(&ask.number);
                state.counts.left_out += 1;
                return None;
            }
        }
        // A number is `+` and digits; nothing else of it needs an escape.
        let url = ask
            .settings
            .url
            .replace(NUMBER, &ask.number.replace('+', "%2B"));
        let request = Request {
            bearer: &ask.settings.secret,
            accept: "application/json",
            limit: TIME_LIMIT,
            max_body: MAX_BODY_BYTES,
            status_only: false,
        };
        let answer = client.get(&url, &ask.settings.hosts, &request).await;
        let told = match &answer {
            Ok(response) => answer::read(response)
                .map_err(|why| (format!("the service {why}"), "Check the service's address and secret, and its own log; docs/numbers.md says what it has to answer.")),
            Err(error) => Err((error.to_string(), error.remedy())),
        };
        let now = Instant::now();
        let mut state = self.state();
        if !is_current(&state) {
            return None;
        }
        match told {
            Ok(label) => {
                state.works();
                let lasts = match label {
                    Some(_) => KNOWN_LASTS,
                    None => UNKNOWN_LASTS,
                };
                match label {
                    Some(_) => state.counts.found += 1,
                    None => state.counts.unknown += 1,
                }
                state.names.tell(&ask.number, label.clone(), now, lasts);
                let label = Some(label?);
                drop(state);
                Some(Peer { label, ..ask.peer })
            }
            Err(trouble) => {
                state.counts.failed += 1;
                state.names.tell(&ask.number, None, now, FAILED_LASTS);
                state.fails(trouble, now);
                None
            }
        }
    }

    /// What became of the look-ups so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.state().counts
    }

    /// What the admin should put right, if the service that is set does not do its work.
    #[must_use]
    pub fn problem(&self, setting: &str, settings: Option<&NumberLookup>) -> Option<Problem> {
        let state = self.state();
        if settings.is_none() || state.settings.as_ref() != settings || state.failures < FAILURES {
            return None;
        }
        let (what, remedy) = state.trouble.as_ref()?;
        let what = format!("names of numbers are not looked up: {what}");
        let remedy = format!("{remedy} It is asked again by itself.");
        Some(Problem::new(setting, what, remedy))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that happens under it leaves it half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether one more number may wait.
    fn may_ask(&self, now: Instant) -> bool {
        // Of a service that failed, one number finds out whether it is back.
        let most = match self.left_alone_until {
            Some(_) => 1,
            None => MAX_WAITING,
        };
        self.is_asked(now) && self.names.asked() < most
    }

    /// Whether the service is not left alone at this moment.
    fn is_asked(&self, now: Instant) -> bool {
        self.left_alone_until.is_none_or(|until| until <= now)
    }

    fn works(&mut self) {
        if self.left_alone_until.take().is_some() {
            tracing::info!("names of numbers are looked up again");
        }
        (self.failures, self.pauses) = (0, 0);
        self.trouble = None;
    }

    fn fails(&mut self, trouble: (String, &'static str), now: Instant) {
        self.failures = self.failures.saturating_add(1);
        // Those that were asked for at the same time fail together, and that counts once.
        if self.failures >= FAILURES && (self.left_alone_until.is_none() || self.is_asked(now)) {
            if self.pauses == 0 {
                let (what, remedy) = &trouble;
                tracing::warn!(%what, %remedy, "names of numbers are not looked up for now");
            }
            let pause = FIRST_PAUSE.saturating_mul(1 << self.pauses.min(8));
            self.left_alone_until = Some(now + pause.min(LONGEST_PAUSE));
            self.pauses += 1;
        }
        self.trouble = Some(trouble);
    }
}
