//! The plugin in the dev host, at a stand-in of OVH's events.

use std::time::Duration;

use devhost::ovh::{Fault, Morning, Number, OTHER_TOKEN, Options as Service, Ovh, TOKEN};
use devhost::world::PATIENCE;
use devhost::{DevHost, Options};
use serde_json::Value;

use crate::harness::{self, SECRET, get, posts, start, status, stop};
use crate::pages::board;

/// How often the board is looked at, which tells nobody that it changed.
const LOOKING: Duration = Duration::from_millis(20);

const CALLER: &str = "0033612345678";

fn bob() -> Number {
    Number::line("0033912312301", "Bob at the desk")
}

fn support() -> Number {
    Number::queue("0033912312399", "Hotline")
}

async fn service() -> Ovh {
    Ovh::start(Service::default()).await.expect("a port")
}

fn options(service: &Ovh, tokens: &str) -> Options {
    harness::options()
        .with("NumbersUsers", "0033912312301:bob,0033912312399:support")
        .with("OvhTokens", tokens)
        .with("OvhUrl", service.url())
}

/// Looks at the board until there is something on it.
async fn seen<T>(host: &DevHost, what: &str, probe: impl Fn(&Value) -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(found) = probe(&board(host).await) {
                return found;
            }
            tokio::time::sleep(LOOKING).await;
        }
    };
    match tokio::time::timeout(PATIENCE, looking).await {
        Ok(found) => found,
        Err(_) => panic!("{what} is not on the board: {:#}", board(host).await),
    }
}

/// Looks at `/status` until it says that.
async fn says(host: &DevHost, words: &str) -> String {
    let path = format!("/status?secret={SECRET}");
    let looking = async {
        loop {
            let said = get(host, &path).await.text();
            if said.contains(words) {
                return said;
            }
            tokio::time::sleep(LOOKING).await;
        }
    };
    let said = tokio::time::timeout(PATIENCE, looking).await;
    said.unwrap_or_else(|_| panic!("/status does not come to say {words}"))
}

async fn save(host: &DevHost, tokens: &str) {
    let settings = [("OvhTokens".to_owned(), tokens.into())];
    host.save_settings(serde_json::Map::from_iter(settings))
        .await;
}

fn named<'a>(list: &'a Value, key: &str, name: &str) -> Option<&'a Value> {
    let mut all = list.as_array()?.iter();
    all.find(|one| one[key] == name)
}

#[tokio::test]
async fn a_queues_call_is_on_the_board_from_its_first_event_to_its_last() {
    let service = service().await;
    let host = start(options(&service, TOKEN)).await;
    service.followed(TOKEN).await;
    let (caller, call) = (support().caller(CALLER, "m-1"), bob().call(CALLER, "a-1"));
    service.send_all([bob().registered(), caller.start(1)]);
    let queue = seen(&host, "the caller", |board| {
        let queue = named(&board["queues"], "name", "support")?;
        (queue["waiting"].as_array()?.len() == 1).then(|| queue.clone())
    })
    .await;
    assert_eq!(queue["source"], "ovh");
    assert_eq!(queue["description"], "Hotline");
    assert_eq!(queue["type"], "easyHunting");
    assert_eq!(queue["waiting"][0]["peer"]["number"], CALLER);

    service.send_all([caller.offering(&bob()), call.start_ringing()]);
    let line = seen(&host, "the ring", |board| {
        let line = named(&board["lines"], "user", "bob")?;
        (line["calls"][0]["state"] == "ringing").then(|| line.clone())
    })
    .await;
    assert_eq!(line["description"], "Bob at the desk");
    assert_eq!(
        (&line["type"], &line["simultaneous"]),
        (&"sipCirpack".into(), &2.into())
    );
    assert_eq!(line["calls"][0]["queue"], "support");
    assert!(line["registered"].is_u64());

    service.send_all([call.start_calling(), caller.bridge_start(&bob())]);
    seen(&host, "the talk", |board| {
        let queue = named(&board["queues"], "name", "support")?;
        (queue["talking"][0]["agent"] == "bob" && queue["agents"][0]["state"] == "talking")
            .then_some(())
    })
    .await;
    service.send_all([
        caller.bridge_end(&bob()),
        call.end_calling(),
        caller.terminated(),
    ]);
    let queue = seen(&host, "its end", |board| {
        let queue = named(&board["queues"], "name", "support")?;
        queue["talking"]
            .as_array()?
            .is_empty()
            .then(|| queue.clone())
    })
    .await;
    assert_eq!(
        (&queue["answered"], &queue["agents"][0]["state"]),
        (&1.into(), &"free".into())
    );
    assert_eq!(
        harness::posts(&host, 0).await,
        [""; 0],
        "OVH's calls are not posted unless that is set"
    );
    stop(host).await;
}

#[tokio::test]
async fn calls_are_posted_where_that_is_set_and_their_line_has_a_name() {
    let service = service().await;
    let host = start(
        options(&service, TOKEN)
            .with("OvhPosts", true)
            .with("PostStyle", "classic"),
    )
    .await;
    service.followed(TOKEN).await;
    let (call, nobodys) = (
        bob().call(CALLER, "a-1"),
        Number::line("0033912312302", "").call(CALLER, "a-2"),
    );
    service.send_all([
        nobodys.start_ringing(),
        call.start_ringing(),
        call.start_calling(),
        call.end_calling(),
    ]);
    let made = posts(&host, 3).await;
    assert!(made.iter().all(|post| post.contains("bob")), "{made:?}");
    stop(host).await;
}

#[tokio::test]
async fn the_admin_reads_what_is_wrong_and_nobody_reads_a_token() {
    let service = service().await;
    service.fault(Fault::Answer(500, TOKEN.to_owned()));
    let host = start(options(&service, TOKEN)).await;
    let failed = says(&host, "ovh: OVH is not followed: it answers 500, for ").await;
    assert!(failed.contains("OvhUrl: "), "{failed}");
    says(&host, "ovh: OVH is followed, for ").await;
    save(&host, &format!("{TOKEN},{OTHER_TOKEN}")).await;
    let refused = says(&host, "ovh: OVH is followed by 1 of 2 tokens").await;
    assert!(
        refused.contains("OvhTokens: token 2 (…0002) is refused"),
        "{refused}"
    );
    save(&host, TOKEN).await;
    let said = status(&host, 200).await + &failed + &refused;
    let metrics = host.metrics("/metrics").await.expect("metrics").text();
    assert!(metrics.contains("switchboard_ovh_up 1\n"), "{metrics}");
    let board = board(&host).await.to_string();
    let logs = host.world().logs();
    let logs: Vec<String> = logs.iter().map(|entry| format!("{entry:?}")).collect();
    for token in [TOKEN, OTHER_TOKEN] {
        for said in [&said, &metrics, &board, &logs.concat()] {
            assert!(!said.contains(token), "{said}");
        }
    }
    stop(host).await;
}

#[tokio::test]
async fn a_token_that_is_an_address_is_complained_of() {
    let service = service().await;
    let tokens = format!("{}?token={TOKEN}", service.url());
    let host = start(options(&service, &tokens)).await;
    let said = status(&host, 503).await;
    assert!(
        said.contains("OvhTokens: has an address as entry 1"),
        "{said}"
    );
    assert!(!said.contains(TOKEN), "{said}");
    assert_eq!(service.polls(), []);
    stop(host).await;
}

#[tokio::test]
async fn a_morning_is_counted_as_it_was_played() {
    let service = service().await;
    let host = start(options(&service, TOKEN)).await;
    service.followed(TOKEN).await;
    let lines = [bob(), Number::line("0033912312302", "Alice")];
    let morning = Morning::new(&[support()], &lines, 60, 7);
    for step in morning.steps {
        service.send_all(step);
    }
    let of = |counts: &std::collections::BTreeMap<String, u64>| {
        counts.get("0033912312399").copied().unwrap_or_default()
    };
    let answered = of(&morning.expected.answered);
    let lost = of(&morning.expected.abandoned) + of(&morning.expected.timed_out);
    seen(&host, "the morning", |board| {
        let queue = named(&board["queues"], "name", "support")?;
        (queue["answered"] == answered && queue["abandoned"] == lost).then_some(())
    })
    .await;
    let quiet = |board: &Value| {
        let queue = named(&board["queues"], "name", "support")?;
        let is_empty = |list: &Value| list.as_array().is_some_and(Vec::is_empty);
        let lines = board["lines"]
            .as_array()?
            .iter()
            .all(|line| is_empty(&line["calls"]));
        (lines && is_empty(&queue["waiting"]) && is_empty(&queue["talking"])).then_some(())
    };
    seen(&host, "its end", quiet).await;
    stop(host).await;
}
