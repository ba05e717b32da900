//! What a player counts of what it plays; nothing of it is read back from the product. And how that reads on the board.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// Who called whom, as a line has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    In,
    Out,
}

/// How a caller's wait was in vain.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lost {
    GaveUp,
    QueueGaveUp,
}

/// How a call on a line ended that was not answered.
#[derive(Clone, Copy, Debug)]
pub(super) enum Unanswered {
    /// Nobody took it, whoever called whom.
    Rang,
    Refused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Rings,
    Talks,
    Held,
}

#[derive(Debug)]
struct Call {
    way: Way,
    other: String,
    state: State,
    was_answered: bool,
    queue: Option<&'static str>,
}

#[derive(Debug, Default)]
struct Line {
    /// What the board says besides its name: what it is called, and its number.
    titles: [&'static str; 2],
    at_once: Option<u16>,
    is_away: bool,
    is_dnd: bool,
    calls: Vec<Call>,
}

#[derive(Debug)]
struct Agent {
    line: &'static str,
    answered: u64,
}

#[derive(Debug, Default)]
struct Queue {
    titles: [&'static str; 2],
    answered: u64,
    lost: u64,
    waiting: Vec<String>,
    talking: Vec<(String, &'static str)>,
    agents: BTreeMap<&'static str, Agent>,
}

/// Everything that was played so far.
#[derive(Debug, Default)]
pub(super) struct Count {
    queues: BTreeMap<&'static str, Queue>,
    lines: BTreeMap<&'static str, Line>,
    /// Where, who, by whom, how.
    ended: Vec<[String; 4]>,
    /// Calls to lines that came from no queue: answered and missed.
    direct: [u64; 2],
}

/// What people call something, then its name and number, each where it is another one.
pub(super) fn heading(title: &str, name: &str, number: &str) -> String {
    let mut all = vec![if title.is_empty() { name } else { title }];
    for more in [name, number] {
        if !more.is_empty() && !all.contains(&more) {
            all.push(more);
        }
    }
    all.join(" ")
}

fn percent(part: u64, whole: u64) -> String {
    match whole {
        0 => "–".to_owned(),
        _ => format!("{}%", (part as f64 * 100.0 / whole as f64).round()),
    }
}

impl Queue {
    fn shown(&self, name: &'static str) -> &'static str {
        Some(self.titles[0])
            .filter(|title| !title.is_empty())
            .unwrap_or(name)
    }

    fn leaves(&mut self, caller: &str) {
        let at = self.waiting.iter().position(|waiting| waiting == caller);
        self.waiting.remove(at.expect("somebody who waits"));
    }
}

impl Count {
    /// There is a queue; its titles are what it is called and its number, where it has them.
    pub(super) fn queue(&mut self, name: &'static str, titles: [&'static str; 2]) {
        let queue = Queue {
            titles,
            ..Queue::default()
        };
        self.queues.insert(name, queue);
    }

    /// Somebody takes the calls of a queue on this line.
    pub(super) fn hires(&mut self, queue: &str, agent: &'static str, line: &'static str) {
        let agents = &mut self.of(queue).agents;
        agents.entry(agent).or_insert(Agent { line, answered: 0 });
    }

    /// There is a line, with its titles as a queue, and so many calls at once where that is known.
    pub(super) fn line(
        &mut self,
        user: &'static str,
        titles: [&'static str; 2],
        at_once: Option<u16>,
    ) {
        let line = Line {
            titles,
            at_once,
            ..Line::default()
        };
        self.lines.insert(user, line);
    }

    /// A line's phone is registered, or not.
    pub(super) fn is_away(&mut self, line: &str, is_away: bool) {
        self.at(line).is_away = is_away;
    }

    /// Somebody wants no calls.
    pub(super) fn do_not_disturb(&mut self, line: &str) {
        self.at(line).is_dnd = true;
    }

    /// A caller begins to wait.
    pub(super) fn waits(&mut self, queue: &str, caller: &str) {
        self.of(queue).waiting.push(caller.to_owned());
    }

    /// An agent's phone rings for a caller.
    pub(super) fn offers(&mut self, queue: &'static str, caller: &str, agent: &str) {
        let line = self.of(queue).agents[agent].line;
        self.begins(line, Way::In, caller, Some(queue));
    }

    /// It rings no more, unanswered; the caller may wait on.
    pub(super) fn withdraws(&mut self, queue: &str, caller: &str, agent: &str) {
        let line = self.of(queue).agents[agent].line;
        self.take(line, caller);
    }

    /// The agent answers.
    pub(super) fn answers(&mut self, queue: &str, caller: &str, agent: &'static str) {
        let own = self.of(queue);
        own.leaves(caller);
        own.answered += 1;
        own.talking.push((caller.to_owned(), agent));
        let agent = own.agents.get_mut(agent).expect("an agent");
        agent.answered += 1;
        let line = agent.line;
        self.talks(line, caller);
    }

    /// The talk of a queue's caller ends.
    pub(super) fn ends(&mut self, queue: &'static str, caller: &str) {
        let own = self.of(queue);
        let at = own
            .talking
            .iter()
            .position(|(talking, _)| talking == caller);
        let (_, agent) = own.talking.remove(at.expect("a talk"));
        let line = own.agents[agent].line;
        let place = own.shown(queue).to_owned();
        self.take(line, caller);
        self.ended
            .push([place, caller.into(), agent.into(), "answered".into()]);
    }

    /// A caller waited in vain. Whoever's phone rang for them, it does no more.
    pub(super) fn loses(&mut self, queue: &'static str, caller: &str, how: Lost) {
        let own = self.of(queue);
        own.leaves(caller);
        own.lost += 1;
        let place = own.shown(queue).to_owned();
        let lines: Vec<_> = own.agents.values().map(|agent| agent.line).collect();
        for line in lines {
            let ours = |call: &Call| call.queue == Some(queue) && call.other == caller;
            self.at(line).calls.retain(|call| !ours(call));
        }
        let how = match how {
            Lost::GaveUp => "hung up while waiting",
            Lost::QueueGaveUp => "the queue gave up",
        };
        self.ended
            .push([place, caller.into(), String::new(), how.into()]);
    }

    /// A line rings, or dials.
    pub(super) fn calls(&mut self, line: &str, way: Way, other: &str) {
        self.begins(line, way, other, None);
    }

    /// It is answered, or taken back from hold.
    pub(super) fn talks(&mut self, line: &str, other: &str) {
        let call = self.find(line, other);
        call.state = State::Talks;
        call.was_answered = true;
    }

    /// It is on hold.
    pub(super) fn holds(&mut self, line: &str, other: &str) {
        self.find(line, other).state = State::Held;
    }

    /// It is over: after it was answered, or else like that.
    pub(super) fn over(&mut self, line: &'static str, other: &str, unanswered: Unanswered) {
        let call = self.take(line, other);
        let how = match (call.was_answered, unanswered, call.way) {
            (true, _, _) => "answered",
            (false, Unanswered::Refused, _) => "refused",
            (false, Unanswered::Rang, Way::In) => "missed",
            (false, Unanswered::Rang, Way::Out) => "no answer",
        };
        match (call.way, how) {
            (Way::In, "answered") => self.direct[0] += 1,
            (Way::In, "missed") => self.direct[1] += 1,
            _ => {}
        }
        let other = match call.way {
            Way::In => call.other,
            Way::Out => format!("to {}", call.other),
        };
        self.ended
            .push([line.into(), other, String::new(), how.into()]);
    }

    /// How many calls were played to their end.
    pub(super) fn played(&self) -> usize {
        self.ended.len()
    }

    fn of(&mut self, queue: &str) -> &mut Queue {
        self.queues.get_mut(queue).expect("a queue")
    }

    fn at(&mut self, line: &str) -> &mut Line {
        self.lines.get_mut(line).expect("a line")
    }

    fn begins(&mut self, line: &str, way: Way, other: &str, queue: Option<&'static str>) {
        let call = Call {
            way,
            other: other.to_owned(),
            state: State::Rings,
            was_answered: false,
            queue,
        };
        self.at(line).calls.push(call);
    }

    fn find(&mut self, line: &str, other: &str) -> &mut Call {
        let calls = &mut self.at(line).calls;
        let call = calls.iter_mut().find(|call| call.other == other);
        call.expect("a call of that line")
    }

    fn take(&mut self, line: &str, other: &str) -> Call {
        let calls = &mut self.at(line).calls;
        let at = calls.iter().position(|call| call.other == other);
        calls.remove(at.expect("a call of that line"))
    }

    /// What the board has to show.
    pub(super) fn shown(&self) -> Value {
        let mut ended = self.ended.clone();
        ended.sort();
        let all = |of: fn(&Queue) -> u64| self.queues.values().map(of).sum::<u64>();
        let (answered, lost) = (all(|queue| queue.answered), all(|queue| queue.lost));
        let waiting = all(|queue| queue.waiting.len() as u64);
        json!({
            "queues": self.queues.iter().map(|(name, queue)| self.queue_shown(name, queue)).collect::<BTreeMap<_, _>>(),
            "sums": counts(waiting, answered, lost),
            "agents": self.agents_shown(),
            "lines": self.lines.iter().map(|(user, line)| self.line_shown(user, line)).collect::<BTreeMap<_, _>>(),
            "ended": ended,
            "hours": [(answered + self.direct[0]).to_string(), (lost + self.direct[1]).to_string()],
        })
    }

    fn queue_shown(&self, name: &'static str, queue: &Queue) -> (String, Value) {
        let talks = queue.talking.iter();
        let talks = talks.map(|(caller, agent)| format!("{caller} ↔ {agent}"));
        let value = json!({
            // Everybody who was answered was answered in time.
            "counts": counts(queue.waiting.len() as u64, queue.answered, queue.lost),
            "within": percent(queue.answered, queue.answered + queue.lost),
            "waits": queue.waiting,
            "talks": talks.collect::<Vec<_>>(),
        });
        let [title, number] = queue.titles;
        (heading(title, name, number), value)
    }

    /// State, with whom, how many calls, and in which queues.
    fn agents_shown(&self) -> BTreeMap<&'static str, [String; 4]> {
        let mut shown = BTreeMap::new();
        for (name, queue) in &self.queues {
            for (agent, own) in &queue.agents {
                let line = &self.lines[own.line];
                let state = match line.state() {
                    "do not disturb" => "free",
                    other => other,
                };
                let talks = line.calls.iter().find(|call| call.state != State::Rings);
                let with = talks.map_or_else(String::new, |call| call.other.clone());
                let queue = queue.shown(name).to_owned();
                let entry = shown.entry(*agent);
                let entry: &mut (u64, [String; 3]) =
                    entry.or_insert((0, [state.to_owned(), with, String::new()]));
                entry.0 += own.answered;
                if !entry.1[2].is_empty() {
                    entry.1[2] += ", ";
                }
                entry.1[2] += &queue;
            }
        }
        let shown = shown.into_iter();
        shown
            .map(|(agent, (calls, [state, with, queues]))| {
                (agent, [state, with, calls.to_string(), queues])
            })
            .collect()
    }

    /// State, how many calls, and what each of them does.
    fn line_shown(&self, user: &str, line: &Line) -> (String, [String; 3]) {
        let calls = match (line.calls.len(), line.at_once) {
            (0, None) => "–".to_owned(),
            (count, None) => count.to_string(),
            (count, Some(most)) => format!("{count} of {most}"),
        };
        let doing: Vec<_> = line
            .calls
            .iter()
            .map(|call| self.call_shown(call))
            .collect();
        let [title, number] = line.titles;
        let key = heading(title, user, number);
        (key, [line.state().to_owned(), calls, doing.join(" ")])
    }

    fn call_shown(&self, call: &Call) -> String {
        let words = match (call.state, call.way) {
            (State::Rings, Way::In) => "rings, from",
            (State::Rings, Way::Out) => "calls",
            (State::Talks, _) => "talks with",
            (State::Held, _) => "on hold, with",
        };
        let queue = call.queue.map(|queue| self.queues[queue].shown(queue));
        let queue = queue.map_or_else(String::new, |queue| format!(" {queue}"));
        format!("{words} {}{queue}", call.other)
    }
}

/// How many wait, were answered, were lost, both together, and the share of those who were answered.
fn counts(waiting: u64, answered: u64, lost: u64) -> [String; 5] {
    let total = answered + lost;
    let share = percent(answered, total);
    let [waiting, answered, lost, total] = [waiting, answered, lost, total].map(|n| n.to_string());
    [waiting, answered, lost, total, share]
}

impl Line {
    fn state(&self) -> &'static str {
        let has = |state| self.calls.iter().any(|call| call.state == state);
        let dials = || self.calls[0].way == Way::Out;
        if has(State::Talks) {
            "in a call"
        } else if has(State::Held) {
            "on hold"
        } else if has(State::Rings) {
            if dials() { "calling" } else { "rings" }
        } else if self.is_dnd {
            "do not disturb"
        } else if self.is_away {
            "not registered"
        } else {
            "free"
        }
    }
}
