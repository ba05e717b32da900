//! Much goes on for long.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::browser::Tools;
use super::centre::Centre;

/// How many lines there are, and how many queues.
const LINES: usize = 500;
const QUEUES: usize = 50;

/// Agents of each queue.
const AGENTS: usize = 5;

/// Events a second.
const RATE: u32 = 200;

/// How long it goes on unless `SWITCHBOARD_BOARD_SECONDS` says otherwise.
const SECONDS: u64 = 60;

/// No task of the page's may take longer, in milliseconds of the processor's time.
const LONGEST_TASK: u64 = 100;

/// By how much memory may be more at the end than after the first part, in bytes: what a garbage collector leaves.
const GROWTH: f64 = 3e6;

/// Plays so many events of a busy centre.
struct Traffic {
    extensions: Vec<String>,
    queues: Vec<String>,
    random: fastrand::Rng,
    talks: Vec<(String, String, String)>,
}

impl Traffic {
    async fn event(&mut self, centre: &mut Centre) {
        if self.random.bool() {
            let extension = &self.extensions[self.random.usize(..LINES)];
            let state = ["0", "1", "8"][self.random.usize(..3)];
            centre.phone_is(extension, state).await;
            return;
        }
        let queue = self.queues[self.random.usize(..QUEUES)].clone();
        let waiting = &centre.queues[&queue].waiting;
        let first = waiting.first().map(|(id, _)| id.clone());
        match (first, self.random.u8(..4)) {
            (Some(id), 0) => centre.gives_up(&queue, &id).await,
            (Some(id), 1) => {
                let agent = agent(&queue, self.random.usize(..AGENTS));
                centre.answers(&queue, &id, &agent).await;
                self.talks.push((queue, id, agent));
                if self.talks.len() > QUEUES {
                    let (queue, id, agent) = self.talks.swap_remove(self.random.usize(..QUEUES));
                    centre.ends(&queue, &id, &agent).await;
                }
            }
            (Some(_), 2) if waiting.len() > 4 => {}
            _ => {
                let number = format!("0{}", self.random.u32(100_000_000..999_999_999));
                centre.joins(&queue, &number).await;
            }
        }
    }

    async fn play(&mut self, centre: &mut Centre, time: Duration) -> u64 {
        let until = Instant::now() + time;
        let mut ticks = interval(Duration::from_secs(1) / RATE);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut played = 0;
        while Instant::now() < until {
            ticks.tick().await;
            self.event(centre).await;
            played += 1;
        }
        played
    }
}

fn agent(queue: &str, at: usize) -> String {
    format!("{queue} agent {at}")
}

#[tokio::test]
async fn a_busy_centre_costs_a_browser_little() {
    let Some(tools) = Tools::find() else { return };
    let seconds = std::env::var("SWITCHBOARD_BOARD_SECONDS").ok();
    let seconds = seconds.map_or(SECONDS, |seconds| {
        seconds.parse().expect("a number of seconds")
    });
    let extensions: Vec<String> = (0..LINES).map(|n| (6000 + n).to_string()).collect();
    let queues: Vec<String> = (0..QUEUES).map(|n| format!("queue{n:02}")).collect();
    let agents: Vec<(&String, String)> = queues
        .iter()
        .flat_map(|queue| (0..AGENTS).map(move |at| (queue, agent(queue, at))))
        .collect();
    let agents: Vec<(&str, &str)> = agents
        .iter()
        .map(|(queue, agent)| (&***queue, &**agent))
        .collect();
    let mut centre = Centre::open_with(&agents, &extensions, |options| options).await;
    let mut traffic = Traffic {
        extensions,
        queues: queues.clone(),
        random: fastrand::Rng::with_seed(7),
        talks: Vec::new(),
    };

    let mut case = tools.case("load", &centre.page());
    case.reaches("open").await;
    case.go_on(json!({ "lines": LINES, "queues": QUEUES, "seconds": seconds }))
        .await;
    case.reaches("load").await;
    let played = traffic
        .play(&mut centre, Duration::from_secs(seconds))
        .await;
    case.go_on(json!({ "events": played })).await;
    let hidden = case.reaches("hidden").await;
    let time = hidden["milliseconds"].as_u64().expect("a time");
    traffic.play(&mut centre, Duration::from_millis(time)).await;
    centre
        .phone("incoming-call?user=zoe&number=0999&call_id=1")
        .await;
    case.go_on(json!({ "marker": "0999" })).await;
    let seen = case.done().await;

    println!(
        "{played} events in {seconds} s: tasks {}, memory {}",
        seen["tasks"], seen["heaps"]
    );
    assert!(
        seen["measured"].as_u64() > Some(0),
        "no thread of the page was found"
    );
    let tasks = seen["tasks"].as_array().expect("tasks");
    let long: Vec<&Value> = tasks
        .iter()
        .filter(|task| task["took"].as_u64() > Some(LONGEST_TASK))
        .collect();
    assert!(long.is_empty(), "tasks of {long:?} ms");
    let heaps = seen["heaps"].as_array().expect("heaps");
    let bytes = |at: usize| heaps[at]["bytes"].as_f64().expect("a number");
    let growth = bytes(heaps.len() - 1) - bytes(0);
    assert!(growth < GROWTH, "{growth} bytes more: {heaps:?}");

    // And it shows what was played.
    let rows = seen["queues"].as_array().expect("rows");
    assert_eq!(rows.len(), QUEUES);
    for row in rows {
        let text = |column: &str| row[column].as_str().expect("a text");
        let counted = &centre.queues[text("name")];
        let shown =
            ["Waiting", "Answered", "Lost"].map(|column| text(column).trim_start_matches("▲ "));
        let expected = [counted.waiting.len() as u64, counted.answered, counted.lost];
        assert_eq!(shown, expected.map(|number| number.to_string()), "{row}");
    }
    centre.close().await;
}
