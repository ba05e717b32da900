//! The agents of all queues, each once.

use std::collections::BTreeMap;

use crate::board::{Agent, AgentState, CallState, Name, Peer, QueueView, Snapshot, Timestamp};
use crate::language::texts::board as texts;
use crate::live::gone;

use super::markup::{self, View};
use super::states;

/// Where somebody sits: a queue, and what they are in it.
type Seats<'a> = Vec<(&'a QueueView, &'a Agent)>;

/// All agents by their names, each with the queues that they are in.
fn agents(snapshot: &Snapshot) -> BTreeMap<&Name, Seats<'_>> {
    let mut agents: BTreeMap<&Name, Seats<'_>> = BTreeMap::new();
    for queue in &snapshot.queues {
        for agent in &queue.agents {
            agents.entry(&agent.name).or_default().push((queue, agent));
        }
    }
    agents
}

/// The whole part.
pub(super) fn part(out: &mut String, view: &View<'_>) {
    let language = view.language;
    let agents = agents(view.snapshot);
    let heading = texts::agents(language);
    markup::section(out, "agents", &heading, agents.is_empty());
    let columns = [
        ("name", texts::agent(language)),
        ("state", texts::state(language)),
        ("since", texts::since(language)),
        ("who", texts::who(language)),
        ("calls", texts::calls_today(language)),
        ("queues", texts::queues(language)),
    ];
    markup::table(out, "agents", &heading, &columns);
    out.push_str("<tbody role=\"rowgroup\">\n");
    for (name, seats) in &agents {
        row(out, view, name, seats, &columns);
    }
    out.push_str("</tbody>\n</table></div>\n<p class=\"none\" hidden></p>\n</section>\n");
}

fn row(
    out: &mut String,
    view: &View<'_>,
    name: &Name,
    seats: &Seats<'_>,
    columns: &[(&str, String)],
) {
    let language = view.language;
    // Somebody who has two phones is in what the busier one is in.
    let gone = gone(view.sources);
    let seat = seats
        .iter()
        .min_by_key(|(queue, agent)| rank(states::now(queue, agent, gone), agent.since));
    let Some((queue, agent)) = seat else {
        return;
    };
    out.push_str("<tr role=\"row\"><th scope=\"row\" role=\"rowheader\">");
    markup::name(out, name);
    out.push_str("</th>");
    let everywhere = seats.iter().all(|(_, agent)| agent.paused);
    let (class, words) = match everywhere {
        true => states::agent(queue, agent, gone),
        false => states::phone(states::now(queue, agent, gone)),
    };
    let pause = states::pause(language, seats);
    let mut html = String::new();
    match pause {
        Some(pause) if class == "paused" => markup::state(&mut html, class, &pause),
        pause => {
            markup::state(&mut html, class, &words(language));
            if let Some(pause) = pause {
                html.push_str(" <small>");
                html.push_str(&pause);
                html.push_str("</small>");
            }
        }
    }
    markup::cell(out, "", &columns[1].1, html);
    let since = markup::timer(language, agent.since, view.now);
    markup::cell(out, "n", &columns[2].1, since);
    let mut html = String::new();
    if let Some(peer) = talks_with(view.snapshot, name) {
        markup::peer(&mut html, language, Some(peer));
    }
    markup::cell(out, "", &columns[3].1, html);
    let tallies = seats.iter().flat_map(|(queue, _)| {
        let index = queue
            .tallies
            .binary_search_by(|tally| tally.agent.cmp(name));
        index
            .ok()
            .map(|at| (&queue.name, queue.tallies[at].answered))
    });
    // Somebody with two phones sits twice in a queue, and is counted there once.
    let calls: u64 = tallies.collect::<BTreeMap<_, _>>().values().sum();
    markup::cell(out, "n", &columns[4].1, calls);
    let mut html = String::new();
    let mut queues: Vec<&str> = seats.iter().map(|(queue, _)| queue.shown()).collect();
    queues.dedup();
    for (at, queue) in queues.into_iter().enumerate() {
        if at > 0 {
            html.push_str(", ");
        }
        markup::name(&mut html, queue);
    }
    markup::cell(out, "", &columns[5].1, html);
    out.push_str("</tr>\n");
}

/// The busiest first, and what began first before the others.
fn rank(state: AgentState, since: Timestamp) -> (u8, Timestamp) {
    let rank = match state {
        AgentState::Talking => 0,
        AgentState::Held => 1,
        AgentState::Ringing => 2,
        AgentState::Free => 3,
        AgentState::Unreachable => 4,
        AgentState::Unknown => 5,
    };
    (rank, since)
}

/// With whom an agent talks: a queue's caller, or whoever is on their line.
fn talks_with<'a>(snapshot: &'a Snapshot, name: &Name) -> Option<&'a Peer> {
    let mut talking = snapshot.queues.iter().flat_map(|queue| &queue.talking);
    if let Some(talk) = talking.find(|talk| talk.agent.as_ref() == Some(name)) {
        return talk.peer.as_ref();
    }
    let line = snapshot.lines.binary_search_by(|line| line.user.cmp(name));
    let calls = &snapshot.lines[line.ok()?].calls;
    let call = calls.iter().find(|call| call.state != CallState::Ringing)?;
    call.peer.as_ref()
}
