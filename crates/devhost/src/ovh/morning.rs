//! A morning of a call centre, as recorded-form events, with an independent count of what happened in it.

use std::collections::BTreeMap;
use std::time::Duration;

use fastrand::Rng;
use serde_json::Value;
use tokio::time::sleep;

use super::Ovh;
use super::events::{Number, Queued, Spelling};

/// Whose numbers are played by [`Ovh::play_mornings`], as `NumbersUsers` has it.
pub const MORNING_NUMBERS: &str = "0033912312301:alice,0033912312302:bob,0033912312303:carol";

/// How long a step of these takes: seldom so long that who waits meanwhile is answered too late (a service level of 20 s is usual).
fn pause(rng: &mut Rng) -> Duration {
    let millis = match rng.u8(..8) {
        0 => 14_000..26_000,
        _ => 2_000..4_000,
    };
    Duration::from_millis(rng.u64(millis))
}

/// What became of the callers of a morning.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// Who was answered, by queue.
    pub answered: BTreeMap<String, u64>,
    /// Who hung up while they waited, by queue.
    pub abandoned: BTreeMap<String, u64>,
    /// Of whom the queue let go, by queue.
    pub timed_out: BTreeMap<String, u64>,
    /// Calls on lines that came from no queue and were answered, by line.
    pub line_answered: BTreeMap<String, u64>,
    /// The same, unanswered.
    pub line_missed: BTreeMap<String, u64>,
}

/// A morning: what happens, one thing after the other, and what comes of it.
#[derive(Clone, Debug)]
pub struct Morning {
    /// The steps. Each is handed out at once.
    pub steps: Vec<Vec<Value>>,
    /// What is to be counted once all of them happened.
    pub expected: Expected,
}

impl Morning {
    /// So many callers of these queues, and half as many of the lines themselves; the lines are the queues' agents. The same seed gives the
    /// same morning, but for its times. At its end nobody waits or talks.
    #[must_use]
    pub fn new(queues: &[Number], lines: &[Number], callers: usize, seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let mut morning = Self {
            steps: Vec::new(),
            expected: Expected::default(),
        };
        if queues.is_empty() || lines.is_empty() {
            return morning;
        }
        morning
            .steps
            .push(lines.iter().map(Number::registered).collect());
        for at in 0..callers {
            let spelling = Spelling::ALL[rng.usize(..Spelling::ALL.len())];
            let queue = queues[rng.usize(..queues.len())].clone().spelt(spelling);
            let agent = lines[rng.usize(..lines.len())].clone().spelt(spelling);
            let number = format!("00336{:08}", rng.u32(..100_000_000));
            let id = format!("{seed:x}-{at:04}-4000-8000-{:012x}", rng.u64(..1 << 48));
            morning.queued(
                &queue.caller(&number, &id),
                (&queue, &agent),
                (&number, &id),
                &mut rng,
            );
            if at % 2 == 0 {
                let line = lines[rng.usize(..lines.len())].clone().spelt(spelling);
                morning.called(
                    &line,
                    &format!("00337{at:08}"),
                    &format!("{seed:x}-{at}@line"),
                    &mut rng,
                );
            }
        }
        morning
    }

    fn step(&mut self, events: impl IntoIterator<Item = Value>) {
        self.steps.push(events.into_iter().collect());
    }

    fn queued(
        &mut self,
        caller: &Queued,
        (queue, agent): (&Number, &Number),
        (number, id): (&str, &str),
        rng: &mut Rng,
    ) {
        let call = agent.call(number, &format!("{id}@agent"));
        let name = queue.number.clone();
        self.step([queue.members_count(1), caller.start(1)]);
        match rng.u8(..10) {
            // They hang up before anybody's phone rings.
            0 => {
                self.step([caller.cancelled("BREAK_OUT"), queue.members_count(0)]);
                *self.expected.abandoned.entry(name).or_default() += 1;
            }
            // They hang up while it rings.
            1 => {
                self.step([caller.offering(agent), call.start_ringing()]);
                self.step([
                    call.end_ringing(),
                    caller.bridge_fail(agent, "ORIGINATOR_CANCEL"),
                    caller.cancelled("BREAK_OUT"),
                ]);
                *self.expected.abandoned.entry(name).or_default() += 1;
            }
            // Nobody is there.
            2 => {
                self.step([caller.cancelled("NO_AGENT_TIMEOUT"), queue.members_count(0)]);
                *self.expected.timed_out.entry(name).or_default() += 1;
            }
            // The agent answers, at the second ring some of the time.
            chance => {
                if chance < 5 {
                    let first = agent.call(number, &format!("{id}@first"));
                    self.step([caller.offering(agent), first.start_ringing()]);
                    self.step([first.end_ringing(), caller.bridge_fail(agent, "NO_ANSWER")]);
                }
                // The line may tell before the queue does.
                let mut rings = vec![caller.offering(agent), call.start_ringing()];
                rng.shuffle(&mut rings);
                self.step(rings);
                self.step([
                    call.start_calling(),
                    caller.bridge_start(agent),
                    queue.members_count(0),
                ]);
                self.step([
                    caller.bridge_end(agent),
                    call.end_calling(),
                    caller.terminated(),
                ]);
                *self.expected.answered.entry(name).or_default() += 1;
            }
        }
    }

    fn called(&mut self, line: &Number, number: &str, id: &str, rng: &mut Rng) {
        let call = line.call(number, id);
        let name = line.number.clone();
        self.step([call.start_ringing()]);
        if rng.u8(..3) == 0 {
            self.step([call.end_ringing()]);
            *self.expected.line_missed.entry(name).or_default() += 1;
        } else {
            self.step([call.end_ringing(), call.start_calling()]);
            self.step([call.end_calling()]);
            *self.expected.line_answered.entry(name).or_default() += 1;
        }
    }
}

impl Ovh {
    /// Plays one morning after the other, for somebody to watch, until it is dropped.
    pub async fn play_mornings(&self) {
        let queues = [
            Number::queue("0033912312390", "Sales"),
            Number::queue("0033912312391", "Support"),
        ];
        let lines = [
            Number::line("0033912312301", "Alice at the window"),
            Number::line("0033912312302", "Bob at the door"),
            Number::line("0033912312303", "Carol's desk"),
        ];
        for seed in 0.. {
            let mut rng = Rng::with_seed(seed);
            for step in Morning::new(&queues, &lines, 100, seed).steps {
                self.send_all(step);
                sleep(pause(&mut rng)).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::slice::from_ref;

    use super::*;

    #[test]
    fn some_callers_of_the_mornings_that_one_watches_are_answered_too_late() {
        const USUAL: Duration = Duration::from_secs(20);
        let queue = Number::queue("0033912312390", "Sales");
        let line = Number::line("0033912312301", "Alice at the window");
        for seed in 0..5 {
            let mut rng = Rng::with_seed(seed);
            let (mut waited, mut late, mut in_time) = (Duration::ZERO, 0, 0);
            for step in Morning::new(from_ref(&queue), from_ref(&line), 100, seed).steps {
                let has = |name: &str| step.iter().any(|event| event.to_string().contains(name));
                if has("member-queue-start") {
                    waited = Duration::ZERO;
                } else if has("bridge-agent-start") && waited > USUAL {
                    late += 1;
                } else if has("bridge-agent-start") {
                    in_time += 1;
                }
                waited += pause(&mut rng);
            }
            assert!(late > 0 && in_time > late, "{seed}: {late} of {in_time}");
        }
    }
}
