//! Phones that call as fast as they are answered, and what they know of it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use devhost::world::PATIENCE;
use devhost::{DevHost, client};
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::measured;
use crate::harness::SECRET;

/// What a phone reports of each call, one after the other.
const ACTIONS: [&str; 3] = ["incoming-call", "call-established", "call-terminated"];

/// How long a phone takes to its next report where nobody took the last one.
const PAUSE: Duration = Duration::from_millis(20);

/// A call, as its phone knows it. A phone reports once, whatever becomes of it.
pub(super) struct Call {
    /// The number that called, and no other call's.
    number: String,
    /// When each of [`ACTIONS`] was acknowledged.
    told: [Option<Instant>; 3],
}

/// Phones under way.
pub(super) struct Load {
    stop: watch::Sender<bool>,
    acknowledged: watch::Sender<u64>,
    phones: Vec<JoinHandle<Vec<Call>>>,
    began: Instant,
}

/// So many lines that are nobody's.
pub(super) fn desks(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|desk| format!("desk{desk:02}"))
}

impl Load {
    /// A phone for each of these lines, with a connection for each report, as phones have it.
    pub(super) fn start(host: &DevHost, lines: impl IntoIterator<Item = String>) -> Self {
        let stop = watch::Sender::new(false);
        let acknowledged = watch::Sender::new(0);
        let url = host.plugin_url("/sip");
        let phones = lines.into_iter().enumerate().map(|(place, line)| {
            let phone = Phone {
                url: url.clone(),
                line,
                place,
                acknowledged: acknowledged.clone(),
                stop: stop.subscribe(),
            };
            tokio::spawn(phone.call())
        });
        Self {
            phones: phones.collect(),
            stop,
            acknowledged,
            began: Instant::now(),
        }
    }

    /// Waits until so many more reports were acknowledged, for as long as now and then one is.
    pub(super) async fn passes(&self, more: u64) {
        let mut acknowledged = self.acknowledged.subscribe();
        let until = *acknowledged.borrow_and_update() + more;
        while *acknowledged.borrow_and_update() < until {
            let next = timeout(PATIENCE, acknowledged.changed()).await;
            next.expect("phones are answered").expect("they call");
        }
    }

    /// Each phone ends its call.
    pub(super) async fn end(self) -> Vec<Call> {
        self.stop.send_replace(true);
        let mut calls = Vec::new();
        for phone in self.phones {
            calls.extend(phone.await.expect("a phone"));
        }
        let rate = *self.acknowledged.borrow() as f64 / self.began.elapsed().as_secs_f64();
        measured("reports acknowledged a second", format!("{rate:.0}"));
        calls
    }
}

struct Phone {
    url: String,
    line: String,
    place: usize,
    acknowledged: watch::Sender<u64>,
    stop: watch::Receiver<bool>,
}

impl Phone {
    async fn call(self) -> Vec<Call> {
        let (url, line) = (&self.url, &self.line);
        let mut calls = Vec::new();
        while !*self.stop.borrow() {
            let number = format!("07{:02}{:06}", self.place, calls.len());
            let mut told = [None; 3];
            for (action, told) in ACTIONS.iter().zip(&mut told) {
                let path = format!(
                    "{url}/{action}?user={line}&number={number}&call_id={number}&secret={SECRET}"
                );
                let answer = client::get(&path).await;
                if answer.is_ok_and(|answer| answer.status == 200) {
                    *told = Some(Instant::now());
                    self.acknowledged.send_modify(|count| *count += 1);
                } else {
                    sleep(PAUSE).await;
                }
            }
            calls.push(Call { number, told });
        }
        calls
    }
}

/// Compares what phones know with the calls that ended: each call whose reports were all acknowledged, and none of them at a time that may be
/// lost, is there once and as it was; no call is there twice, and none that nobody made. Answers of how many calls an acknowledged report
/// was lost.
pub(super) fn account(
    calls: &[Call],
    history: &Value,
    may_be_lost: impl Fn(Instant) -> bool,
) -> usize {
    let history = history.as_array().expect("calls");
    assert!(calls.len() < 10_000, "more than are remembered");
    let mut ended: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for call in history {
        let number = call["peer"]["number"].as_str().expect("a number");
        ended.entry(number).or_default().push(call);
    }
    let mut lost = 0;
    for call in calls {
        let ended = ended.remove(&*call.number).unwrap_or_default();
        assert!(ended.len() <= 1, "twice: {ended:?}");
        let is_told = call.told.iter().all(Option::is_some);
        let is_there = ended.iter().any(|call| {
            call["ending"] == "answered" && call["talk"].is_u64() && call["wait"].is_u64()
        });
        let times = call.told.iter().flatten();
        if is_told && !times.copied().any(&may_be_lost) {
            assert!(is_there, "{} was acknowledged: {ended:?}", call.number);
        }
        lost += usize::from(is_told && !is_there);
    }
    assert!(ended.is_empty(), "nobody made these: {ended:?}");
    lost
}

/// Wants the hours of the day to count what is in the history, so far as that is of this day.
pub(super) fn counts(board: &Value, history: &Value) {
    let day = &board["day"];
    let began = day["began"].as_u64().expect("when the day began");
    let sum = |what: &str| -> u64 {
        let hours = day["hours"].as_array().expect("hours").iter();
        hours
            .map(|hour| hour[what].as_u64().expect("a count"))
            .sum()
    };
    let ended = |how: &str| {
        let calls = history.as_array().expect("calls").iter();
        let of_today = calls.filter(|call| call["ended"].as_u64() >= Some(began));
        of_today.filter(|call| call["ending"] == how).count() as u64
    };
    assert_eq!(
        (sum("answered"), sum("lost")),
        (ended("answered"), ended("missed"))
    );
}
