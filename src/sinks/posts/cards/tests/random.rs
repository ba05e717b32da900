//! Any sequence of what sources may tell, and calls that run at the same time.

use proptest::prelude::*;

use super::*;

const ACTIONS: [&str; 12] = [
    "incoming-call",
    "outgoing-call",
    "call-established",
    "call-held",
    "call-resumed",
    "call-terminated",
    "missed-call",
    "answered-elsewhere",
    "refused-call",
    "offhook",
    "onhook",
    "answering-call",
];

fn any_step() -> impl Strategy<Value = String> {
    let report = (
        prop::sample::select(vec!["p", "a", "f"]),
        prop::sample::select(vec!["alice", "bob", "carol", "6002"]),
        prop::sample::select(ACTIONS.to_vec()),
        prop::sample::select(vec!["-", "1", "2", "3", "5", "0240404040"]),
        prop::sample::select(vec!["-", "x", "y", "z"]),
        prop::sample::select(vec!["-", "L", "M"]),
    );
    let report = report.prop_map(|(source, line, action, number, id, linked)| {
        format!("{source} {line} {action} {number} {id} {linked}")
    });
    prop_oneof![
        20 => report,
        4 => (0..8_000_u64).prop_map(|millis| format!("wait {millis}")),
        1 => (0..400_000_u64).prop_map(|millis| format!("wait {millis}")),
        1 => prop::sample::select(vec!["lost", "classic", "card"]).prop_map(str::to_owned),
    ]
}

/// One call as it really is.
#[derive(Clone, Debug)]
struct Plan {
    /// Whose phone calls; an outside number where there is none.
    caller: Option<usize>,
    /// Whose phones ring; an outside number where there are none.
    called: Vec<usize>,
    /// Which of them answers.
    answers: Option<usize>,
    /// How long it takes to go on.
    pace: u64,
}

impl Plan {
    /// A group's number says nothing of its members, so a caller who is told of last would join nobody.
    fn is_told_backwards(&self, backwards: bool) -> bool {
        backwards && (self.called.len() < 2 || self.caller.is_none())
    }
}

const LINES: usize = 6;

fn any_plan() -> impl Strategy<Value = Plan> {
    let called = prop::sample::subsequence((0..LINES).collect::<Vec<_>>(), 0..4);
    let caller = prop::option::of(0..LINES);
    (caller, called, prop::option::of(0..4_usize), 0..2_000_u64).prop_map(
        |(caller, mut called, answers, pace)| {
            called.retain(|line| Some(*line) != caller);
            let caller = if called.is_empty() {
                Some(caller.unwrap_or(0))
            } else {
                caller
            };
            let answers = answers.filter(|at| *at < called.len().max(1));
            Plan {
                caller,
                called,
                answers,
                pace,
            }
        },
    )
}

/// Calls that are told of in parts, and what is known of them.
struct Office {
    desk: Desk,
    /// When each line dialled last: nobody dials twice within the time in which what belongs together is told.
    dialled: [Timestamp; LINES],
    /// Who tells of calls. Not one of one call and the other of another: at the same time on one line these would be one call.
    phones: bool,
    asterisk: bool,
}

impl Office {
    fn tell(&mut self, line: usize, action: &str, number: &str, id: usize) {
        let mut sources = Vec::new();
        if self.asterisk {
            sources.push(format!("a l{line} {action} {number} a{id}-{line} L{id}"));
        }
        if self.phones {
            sources.push(format!("p l{line} {action} {number} p{id}-{line}"));
        }
        for step in sources {
            self.desk.step(&step);
        }
    }

    /// The number of a line, or of an outside party of a call.
    fn number(line: Option<usize>, id: usize) -> String {
        match line {
            Some(line) => format!("{}", 10 + line),
            None => format!("0240{:06}", 100_000 + id * 7_919),
        }
    }

    fn begin(&mut self, plan: &Plan, id: usize, backwards: bool) {
        if let Some(caller) = plan.caller {
            let free = self.dialled[caller].after(SAME_CALL + 1);
            let wait = free.0.saturating_sub(self.desk.now.0);
            self.desk.step(&format!("wait {wait}"));
        }
        let mut legs: Vec<(usize, &str, String)> = Vec::new();
        if let Some(caller) = plan.caller {
            let number = match plan.called[..] {
                [] => Self::number(None, id),
                [one] => Self::number(Some(one), id),
                _ => "600".to_owned(),
            };
            legs.push((caller, "outgoing-call", number));
        }
        for line in &plan.called {
            legs.push((*line, "incoming-call", Self::number(plan.caller, id)));
        }
        if plan.is_told_backwards(backwards) {
            legs.reverse();
        }
        for (line, action, number) in legs {
            self.tell(line, action, &number, id);
            let wait = plan.pace / 3;
            self.desk.step(&format!("wait {wait}"));
        }
        if let Some(caller) = plan.caller {
            self.dialled[caller] = self.desk.now;
        }
    }

    fn answer(&mut self, plan: &Plan, id: usize) {
        let Some(answers) = plan.answers else { return };
        if let Some(&line) = plan.called.get(answers) {
            self.tell(line, "call-established", "-", id);
            for other in plan.called.iter().filter(|other| **other != line) {
                self.tell(*other, "answered-elsewhere", "-", id);
            }
        }
        if let Some(caller) = plan.caller {
            self.tell(caller, "call-established", "-", id);
        }
    }

    fn end(&mut self, plan: &Plan, id: usize) {
        if let Some(caller) = plan.caller {
            self.tell(caller, "call-terminated", "-", id);
        }
        match plan.answers.and_then(|at| plan.called.get(at)) {
            Some(&line) => self.tell(line, "call-terminated", "-", id),
            None => {
                for line in &plan.called {
                    self.tell(*line, "missed-call", "-", id);
                }
            }
        }
    }
}

proptest! {
    /// Whatever is told, no card says that a call goes on once none does, and nothing is remembered of any.
    #[test]
    fn no_card_stays_open(steps in prop::collection::vec(any_step(), 0..80)) {
        let mut desk = Desk::new();
        for step in &steps {
            desk.step(step);
        }
        let snapshot = desk.board.snapshot();
        let calls: usize = snapshot.lines.iter().map(|line| line.calls.len()).sum();
        prop_assert!(desk.open().len() <= calls, "{} calls, and {:?}", calls, desk.open());
        desk.step(&format!("wait {}", crate::board::TALKING_LIMIT));
        prop_assert!(desk.open().is_empty(), "{:?}", desk.open());
        desk.step(&format!("wait {}", LINGER + SAME_CALL));
        desk.step("p bob dnd-on");
        let cards = &desk.cards;
        prop_assert!(cards.cards.is_empty() && cards.calls.is_empty() && cards.linked.is_empty());
        prop_assert!(cards.aside.is_empty() && cards.recent.is_empty() && cards.over.is_empty());
        prop_assert_eq!(desk.released.len(), desk.says.len());
    }

    /// Calls at the same time, told of by phones, by Asterisk, or by both, in any order: each has one card, which says how it ended.
    #[test]
    fn a_call_is_a_card(
        plans in prop::collection::vec((any_plan(), any::<bool>()), 1..8),
        order in prop::collection::vec(any::<prop::sample::Index>(), 24),
        (phones, asterisk) in prop::sample::select(vec![(true, false), (false, true), (true, true)]),
    ) {
        let mut desk = Desk::new();
        let numbers = (0..LINES).map(|line| format!("{}:l{line}", 10 + line)).collect::<Vec<_>>();
        desk.config.numbers_users = NumbersUsers::parse(&numbers.join(",")).0;
        let mut office = Office { desk, dialled: [Timestamp(0); LINES], phones, asterisk };
        // What is told of each call next.
        let mut at = vec![0; plans.len()];
        let mut order = order.iter();
        loop {
            let going: Vec<usize> = (0..plans.len()).filter(|id| at[*id] < 3).collect();
            if going.is_empty() {
                break;
            }
            let id = order.next().map_or(going[0], |index| going[index.index(going.len())]);
            let (plan, backwards) = &plans[id];
            match at[id] {
                0 => office.begin(plan, id, *backwards),
                1 => office.answer(plan, id),
                _ => office.end(plan, id),
            }
            at[id] += 1;
            office.desk.step(&format!("wait {}", plan.pace));
        }
        let desk = &office.desk;
        prop_assert!(desk.open().is_empty(), "{:?}", desk.open());
        let texts: Vec<&String> = desk.says.values().map(|(text, _)| text).collect();
        prop_assert_eq!(texts.len(), plans.len(), "{:?}", texts);
        for (id, (plan, backwards)) in plans.iter().enumerate() {
            let name = |line: usize| format!("l{line}");
            let outside = Office::number(None, id);
            let caller = plan.caller.map_or(outside.clone(), name);
            let answered = plan.answers.map(|at| plan.called.get(at).map_or(outside.clone(), |line| name(*line)));
            let expected = match answered {
                Some(who) => format!("✔ {caller} talked to {who} for "),
                None if !plan.called.is_empty() => {
                    let mut called: Vec<String> =
                        plan.called.iter().map(|line| name(*line)).collect();
                    if plan.is_told_backwards(*backwards) {
                        called.reverse();
                    }
                    format!("❌ {caller} called {}: missed", Language::English.list(&called))
                }
                None if asterisk => format!("❌ {caller} called {outside}: no answer"),
                None => format!("✔ {caller} called {outside}: the call has ended"),
            };
            let found = texts.iter().any(|text| text.starts_with(&expected));
            prop_assert!(found, "no {expected:?} among {texts:?}");
        }
    }
}
