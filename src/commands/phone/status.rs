//! `/phone status`: everyone's phone, or one person's in detail.

use std::time::Duration;

use super::errand::{Asker, Errand};
use super::who;
use super::{
    Argument, Context, Needs, Offers, Response, Step, Subcommand, Then, arguments, table, texts,
};
use crate::app::{App, system_clock};
use crate::board::{CallState, Direction, LineView, Name, Timestamp};
use crate::host::Host;
use crate::language::Language;
use crate::language::texts::{people, signs};
use crate::people::fold;
use crate::text::markdown;

/// What somebody might type.
pub(super) const EXAMPLE: &str = "/phone status @bob";

pub(super) const SUBCOMMAND: Subcommand = Subcommand {
    word: "status",
    what: texts::status,
    then: Then::Arguments(&[Argument {
        hint: people::who_hint,
        what: people::status_of,
        offers: Offers::List("line"),
        optional: true,
    }]),
    needs: Needs::Nothing,
};

/// The most numbers of one person that are told.
const MAX_NUMBERS: usize = 10;

/// What is to be found out before there is an answer: whether there is somebody of that name, of whom neither the board nor the
/// setting has a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::commands) struct Wish {
    /// What was typed.
    whom: String,
    /// That Asterisk is gone, where it is.
    gone: Option<String>,
}

/// That Asterisk is gone, where it is, and then what was asked for.
pub(super) fn run(context: &Context<'_>, text: &str) -> Step {
    let language = context.language();
    let now = system_clock();
    let asked = arguments::whole(text);
    let gone = context.gone.map(|gone| gone(language));
    let answer = match asked {
        "" => table::table(context.snapshot, now, language),
        asked => match who::line(asked, &context.config.numbers_users, context.snapshot) {
            Some(line) => one(context, &line, now),
            None => {
                let whom = asked.to_owned();
                return Step::Do(Errand::Status(Wish { whom, gone }));
            }
        },
    };
    Response::private(below(gone, answer)).into()
}

fn below(gone: Option<String>, answer: String) -> String {
    match gone {
        Some(gone) => format!("{gone}\n\n{answer}"),
        None => answer,
    }
}

impl Wish {
    pub(super) async fn grant<H: Host>(self, app: &App<H>, asker: &Asker<'_>) -> String {
        let language = asker.person.language;
        match who::person(app, &self.whom, language).await {
            Ok(line) => {
                let nothing = people::nothing_reported(language);
                below(self.gone, people::line(language, markdown(&line), nothing))
            }
            Err(what) => what,
        }
    }
}

fn one(context: &Context<'_>, line: &Name, now: Timestamp) -> String {
    let language = context.language();
    let view = who::view(line, context.snapshot);
    let state = view.map_or_else(
        || people::nothing_reported(language),
        |view| heading(view, language),
    );
    let mut lines = vec![people::line(language, markdown(line), state)];
    if let Some(view) = view {
        lines.extend(calls(view, now, language));
    }
    for queue in &context.snapshot.queues {
        let folded = fold(line);
        let own = |agent: &&crate::board::Agent| fold(&agent.name) == folded;
        if let Some(agent) = queue.agents.iter().find(own) {
            let state = table::agent_state(agent, now, language);
            lines.push(people::queue(language, markdown(&queue.name), state));
        }
    }
    let numbers = context.config.numbers_users.numbers();
    let folded = fold(line);
    let own = numbers.filter(|(_, name)| fold(name) == folded);
    let own: Vec<_> = own.map(|(number, _)| markdown(number)).collect();
    if !own.is_empty() {
        let own = language.short_list(&own, MAX_NUMBERS);
        lines.push(people::numbers(language, own));
    }
    lines.join("\n")
}

/// What the phone is in: as it told of itself, or else by its calls.
fn heading(view: &LineView, language: Language) -> String {
    let told = table::state(view, language);
    if !told.is_empty() {
        return told;
    }
    let mut calls = view.calls.iter();
    match calls.clone().find(|call| call.state != CallState::Ringing) {
        Some(_) => signs::in_a_call(language),
        None => match calls.next() {
            Some(call) if call.direction == Direction::Outgoing => signs::calls(language),
            Some(_) => signs::rings(language),
            None => signs::free(language),
        },
    }
}

/// Each call and since when, and when the phone last told of something else.
fn calls(view: &LineView, now: Timestamp, language: Language) -> Vec<String> {
    let ago = |then: Timestamp| {
        let passed = Duration::from_millis(now.0.saturating_sub(then.0));
        language.duration(passed)
    };
    let call = |call| table::call(call, language);
    let calls = view.calls.iter();
    let calls = calls.map(|one| people::call_since(language, call(one), ago(one.since)));
    let told = view.state.last_action_at;
    let told = told.map(|at| people::reported_ago(language, ago(at)));
    calls.chain(told).collect()
}
