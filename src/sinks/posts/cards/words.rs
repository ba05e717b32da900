//! What a card says, from what its lines told.

use std::time::Duration;

use super::leg::{Ended, Leg, Role};
use crate::board::{CallState, Timestamp};
use crate::language::Language;
use crate::language::texts::posts;
use crate::text::markdown;

/// The most people whom a card names; of the others it says how many they are.
pub const MAX_NAMED: usize = 5;

/// What a card says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) text: String,
    /// Whether the call goes on, as far as is known.
    pub(super) open: bool,
}

/// A sentence of the table, with who calls and who is called.
type Sentence = fn(Language, String, String) -> String;

/// What a card of these lines says. A `steady` one says nothing of holding.
pub(super) fn words(legs: &[Leg], steady: bool, language: Language) -> Words {
    let course = Course::of(legs);
    let talks = |leg: &&Leg| {
        let up = leg.is_in(CallState::Talking) || leg.is_in(CallState::Held);
        up && course.answer(leg).is_some()
    };
    let answered = |leg: &&Leg| course.answer(leg).is_some();
    let ringing = |leg: &&Leg| course.rings(leg);
    let called = |leg: &&Leg| leg.role == Role::Called;
    let say = |text: Sentence, parties: (String, String), open| Words {
        text: text(language, parties.0, parties.1),
        open,
    };
    let parties = |among: &dyn Fn(&&Leg) -> bool| parties(legs, among, language);
    let any = |test: &dyn Fn(&&Leg) -> bool| legs.iter().any(|leg| test(&leg));
    // Who waits in a queue, or is transferred, is up already when the next one rings.
    let next_one =
        any(&|leg| called(leg) && ringing(leg)) && !any(&|leg| called(leg) && talks(leg));
    if any(&talks) && !next_one {
        let held = !steady && any(&|leg| talks(leg) && leg.is_in(CallState::Held));
        let text: Sentence = if held { posts::held } else { posts::talks };
        return say(text, parties(&talks), true);
    }
    if any(&ringing) {
        return say(posts::rings, parties(&ringing), true);
    }
    let ended = |how: Ended| {
        let mut ends = legs.iter().filter_map(|leg| leg.ended);
        ends.any(|(ended, _)| ended == how)
    };
    if let Some((begin, _)) = course.answers {
        let parties = parties(&answered);
        let ends = legs.iter().filter(answered).filter_map(|leg| leg.ended);
        let told = ends.filter(|(how, _)| *how != Ended::Untold);
        let Some(end) = told.map(|(_, at)| at).max() else {
            return say(posts::talked_on, parties, false);
        };
        let duration = Duration::from_millis(end.0.saturating_sub(begin.0));
        let duration = language.duration(duration);
        return Words {
            text: posts::talked(language, parties.0, parties.1, duration),
            open: false,
        };
    }
    let text: Sentence = if ended(Ended::Elsewhere) {
        posts::elsewhere
    } else if ended(Ended::Missed) {
        posts::missed
    } else if ended(Ended::Refused) {
        posts::refused
    } else if !ended(Ended::Finished) {
        posts::rang_on
    } else if legs.iter().any(|leg| !leg.by_pbx.is_empty()) {
        posts::unanswered
    } else {
        posts::over
    };
    say(text, parties(&|_| true), false)
}

/// What all lines together say of a call.
struct Course {
    /// Whether there is a line that was called.
    has_called: bool,
    /// When it was answered first, and last.
    answers: Option<(Timestamp, Timestamp)>,
    /// Whether the caller is gone.
    caller_left: bool,
}

impl Course {
    fn of(legs: &[Leg]) -> Self {
        let mut course = Self {
            has_called: legs.iter().any(|leg| leg.role == Role::Called),
            answers: None,
            caller_left: legs
                .iter()
                .any(|leg| leg.role == Role::Caller && leg.ended.is_some()),
        };
        let answers = || legs.iter().filter_map(|leg| course.answer(leg));
        course.answers = answers().min().zip(answers().max());
        course
    }

    /// When a line's call was answered. That whoever ordered a call lifted the handset is no answer yet.
    fn answer(&self, leg: &Leg) -> Option<Timestamp> {
        let waits = leg.is_callback && self.has_called;
        leg.call.answered.filter(|_| !waits)
    }

    /// Whether a line rings. Phones that tell of no end leave calls that ring behind: one does not ring once another line answered what
    /// rang there, nor once the caller gave up.
    fn rings(&self, leg: &Leg) -> bool {
        let in_vain = match self.answers {
            Some((_, last)) => last >= leg.call.began,
            None => leg.role == Role::Called && self.caller_left,
        };
        leg.is_in(CallState::Ringing) && !in_vain
    }
}

/// Who calls, and who is called, going by the lines of which `among` is true, and by the others only where these do not tell.
fn parties(legs: &[Leg], among: &dyn Fn(&&Leg) -> bool, language: Language) -> (String, String) {
    let chosen = |role: Role| {
        legs.iter()
            .filter(among)
            .filter(move |leg| leg.role == role)
    };
    let all = |role: Role| legs.iter().filter(move |leg| leg.role == role);
    let others = |legs: &mut dyn Iterator<Item = &Leg>| {
        let name = legs.filter_map(Leg::other).next();
        name.map(|name| markdown(name).into_owned())
    };
    let first = |names: Vec<String>| names.into_iter().next();
    // After a transfer two who were called talk to each other.
    let pair = || {
        let both =
            |a: &Leg, b: &Leg| a.line != b.line && (a.is_with(&b.line) || b.is_with(&a.line));
        let first = chosen(Role::Called).find(|a| chosen(Role::Called).any(|b| both(a, b)));
        first.map(|leg| markdown(&leg.line).into_owned())
    };
    let caller = first(names(&mut chosen(Role::Caller)))
        .or_else(pair)
        .or_else(|| others(&mut chosen(Role::Called)))
        .or_else(|| first(names(&mut all(Role::Caller))))
        .or_else(|| others(&mut all(Role::Called)));
    let called = Some(names(&mut chosen(Role::Called)))
        .filter(|names| !names.is_empty())
        .or_else(|| others(&mut chosen(Role::Caller)).map(|name| vec![name]))
        .unwrap_or_else(|| names(&mut all(Role::Called)));
    let called: Vec<String> = called
        .into_iter()
        .filter(|name| Some(name) != caller.as_ref())
        .collect();
    let somebody = || posts::somebody(language);
    let called = if called.is_empty() {
        somebody()
    } else {
        language.short_list(&called, MAX_NAMED)
    };
    (caller.unwrap_or_else(somebody), called)
}

/// The lines' names, each once.
fn names(legs: &mut dyn Iterator<Item = &Leg>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for leg in legs {
        let name = markdown(&leg.line).into_owned();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
