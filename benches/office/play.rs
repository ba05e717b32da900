//! Plays the plan: phones over HTTP, a connection each time, as phones do; queues over OVH's stand-in.

use std::sync::Arc;
use std::time::Duration;

use devhost::client;
use devhost::ovh::{Number, Ovh, Queued};
use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::memory::Memory;
use crate::plan::{self, Plan};
use crate::{AGENTS, QUEUES, SECRET, WARM_UP};

/// Something that happens at a time.
enum Step {
    /// A phone's URL, without the secret.
    Phone(String),
    /// What OVH tells, of the caller with that place in the plan.
    Queue(usize, Moment),
}

enum Moment {
    Joins,
    Rings,
    Talks,
    Ends,
}

/// Plays everything; how long each phone waited for its answer.
pub(crate) async fn all(
    plan: &Plan,
    people: &[(String, String)],
    url: &Arc<String>,
    (ovh, threads): (&Ovh, &Handle),
    memory: &Memory,
) -> Vec<Duration> {
    let mut steps = phones(plan, people);
    steps.extend(queues(plan));
    steps.sort_by_key(|(at, _)| *at);
    let caller = |place: usize| callers(plan, place);
    let began = Instant::now();
    let mut requests = JoinSet::new();
    let mut waits = Vec::new();
    let mut warm = false;
    for (at, step) in steps {
        if !warm && at >= u64::try_from(WARM_UP.as_millis()).expect("short") {
            warm = true;
            memory.is_warm();
        }
        sleep_until(began + Duration::from_millis(at)).await;
        match step {
            Step::Phone(path) => {
                let url = format!("{url}/sip/{path}&secret={SECRET}");
                requests.spawn_on(async move { request(&url).await }, threads);
            }
            Step::Queue(place, moment) => tells(ovh, &caller(place), plan, place, &moment),
        }
        while let Some(wait) = requests.try_join_next() {
            waits.push(wait.expect("no phone panics"));
        }
    }
    if !warm {
        memory.is_warm();
    }
    waits.extend(requests.join_all().await);
    waits
}

async fn request(url: &str) -> Duration {
    let began = Instant::now();
    let answer = client::get(url).await.expect("an answer");
    let wait = began.elapsed();
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    wait
}

fn phones(plan: &Plan, people: &[(String, String)]) -> Vec<(u64, Step)> {
    let mut steps = Vec::new();
    for call in &plan.phones {
        let name = &people[call.phone].1;
        let step = |action: &str| {
            let number = call.number;
            Step::Phone(format!(
                "{action}?user={name}&number=0240{number:06}&call_id=c{number}"
            ))
        };
        steps.push((call.rings, step("incoming-call")));
        match call.answered {
            Some(answered) => {
                steps.push((answered, step("call-established")));
                steps.push((call.ends, step("call-terminated")));
            }
            None => steps.push((call.ends, step("missed-call"))),
        }
    }
    steps
}

fn queues(plan: &Plan) -> Vec<(u64, Step)> {
    let mut steps = Vec::new();
    for (place, queued) in plan.queued.iter().enumerate() {
        steps.push((queued.joins, Step::Queue(place, Moment::Joins)));
        if let Some(answer) = &queued.answered {
            steps.push((answer.rings, Step::Queue(place, Moment::Rings)));
            steps.push((answer.talks, Step::Queue(place, Moment::Talks)));
        }
        steps.push((queued.ends, Step::Queue(place, Moment::Ends)));
    }
    steps
}

fn queue(number: usize) -> Number {
    debug_assert!(number < QUEUES, "there is such a queue");
    Number::queue(&plan::queue_number(number), &format!("Queue {number}"))
}

fn agent(number: usize) -> Number {
    debug_assert!(number < AGENTS, "there is such an agent");
    Number::line(
        &format!("0033902000{number:03}"),
        &format!("Agent {number}"),
    )
}

fn callers(plan: &Plan, place: usize) -> Queued {
    let queued = &plan.queued[place];
    let number = queued.number;
    let id = format!("0ff1ce00-0000-4000-8000-{number:012x}");
    queue(queued.queue).caller(&format!("0033241{number:06}"), &id)
}

fn tells(ovh: &Ovh, caller: &Queued, plan: &Plan, place: usize, moment: &Moment) {
    let queued = &plan.queued[place];
    let Some(answer) = &queued.answered else {
        return ovh.send(match moment {
            Moment::Ends => caller.cancelled("BREAK_OUT"),
            _ => caller.start(1),
        });
    };
    let agent = agent(answer.agent);
    let number = queued.number;
    let call = agent.call(&format!("0033241{number:06}"), &format!("{number}@agent"));
    ovh.send_all(match moment {
        Moment::Joins => vec![caller.start(1)],
        Moment::Rings => vec![caller.offering(&agent), call.start_ringing()],
        Moment::Talks => vec![call.start_calling(), caller.bridge_start(&agent)],
        Moment::Ends => vec![
            caller.bridge_end(&agent),
            call.end_calling(),
            caller.terminated(),
        ],
    });
}
