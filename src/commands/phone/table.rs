//! Who is on the phone, and who waits in queues, as tables.

use crate::board::{Agent, Call, LineView, QueueView, Snapshot, Timestamp, Waiting};
use crate::commands::sip_status::MAX_TABLE_BYTES;
use crate::icons::{self, Elapsed};
use crate::language::Language;
use crate::language::texts::{commands, signs};
use crate::text::markdown;

/// The most bytes of the lines' table where there are queues as well.
const MAX_LINES_BYTES: usize = MAX_TABLE_BYTES / 3 * 2;

/// Where the rest of a table is.
const SEE: &str = "/phone board";

/// The most callers of a queue that are listed, those who wait longest.
const MAX_WAITING: usize = 5;

/// A row for each line: who, what the phone is in, and the calls in progress. Then a row for each queue.
pub(super) fn table(snapshot: &Snapshot, now: Timestamp, language: Language) -> String {
    let mut text = String::new();
    if snapshot.lines.is_empty() {
        text.push_str(&signs::no_lines(language));
    } else {
        let limit = if snapshot.queues.is_empty() {
            MAX_TABLE_BYTES
        } else {
            MAX_LINES_BYTES
        };
        text.push_str(&signs::lines_heads(language));
        text.push_str("\n|---|---|---|\n");
        let row = |view: &LineView| line(view, language);
        rows(&mut text, &snapshot.lines, limit, (language, SEE), row);
    }
    if !snapshot.queues.is_empty() {
        text.push_str("\n\n");
        text.push_str(&signs::queues_heads(language));
        text.push_str("\n|---|---|---|---|---|\n");
        let row = |view: &QueueView| queue(view, now, language);
        rows(
            &mut text,
            &snapshot.queues,
            MAX_TABLE_BYTES,
            (language, SEE),
            row,
        );
    }
    text
}

/// Adds rows until the text would be longer than that.
pub(super) fn rows<T>(
    text: &mut String,
    all: &[T],
    limit: usize,
    (language, see): (Language, &str),
    row: impl Fn(&T) -> String,
) {
    for (shown, one) in all.iter().enumerate() {
        let row = row(one);
        if text.len() + row.len() > limit {
            let left_out = commands::left_out(language, all.len() - shown, see);
            text.push_str(&format!("\n{left_out}\n"));
            break;
        }
        text.push_str(&row);
    }
}

fn line(line: &LineView, language: Language) -> String {
    let calls: Vec<_> = line.calls.iter().map(|one| call(one, language)).collect();
    let (user, phone, calls) = (
        markdown(&line.user),
        state(line, language),
        calls.join("; "),
    );
    format!("| {user} | {phone} | {calls} |\n")
}

/// What a line's phone is in, where that is known.
pub(super) fn state(line: &LineView, language: Language) -> String {
    let known = line.state.last_action.is_some() || line.state.device.is_some();
    let signs = known.then(|| icons::phone(line)).into_iter();
    let signs = signs.chain(icons::besides(line));
    let signs = signs.map(|sign| format!("{} {}", sign.icon, (sign.words)(language)));
    signs.collect::<Vec<_>>().join(", ")
}

pub(super) fn call(call: &Call, language: Language) -> String {
    let peer = call.peer.as_ref();
    let peer = peer.map(|peer| markdown(&peer.on_board()).to_string());
    icons::call_words(call, language, peer.as_deref())
}

fn queue(queue: &QueueView, now: Timestamp, language: Language) -> String {
    let shown = queue.waiting.iter().take(MAX_WAITING);
    let waiting: Vec<_> = shown.map(|one| caller(one, now, language)).collect();
    let mut waiting = match queue.waiting.len() {
        0 => signs::nobody(language),
        count => signs::waiting(language, count, waiting.join(", ")),
    };
    if queue.waiting.len() > MAX_WAITING {
        waiting.push_str(", …");
    }
    let agents = queue.agents.iter().map(|one| agent(one, now, language));
    let agents: Vec<_> = agents.collect();
    format!(
        "| {} | {waiting} | {} | {} | {} |\n",
        markdown(&queue.name),
        agents.join("; "),
        queue.counters.answered,
        queue.counters.abandoned
    )
}

fn caller(waiting: &Waiting, now: Timestamp, language: Language) -> String {
    let time = Elapsed::new(waiting.since, now).words(language);
    match &waiting.peer {
        Some(peer) => format!("{} ({time})", markdown(&peer.on_board())),
        None => format!("{} ({time})", signs::unknown_caller(language)),
    }
}

fn agent(agent: &Agent, now: Timestamp, language: Language) -> String {
    let sign = icons::agent(agent);
    let words = signs::agent(
        language,
        markdown(&agent.name),
        agent_state(agent, now, language),
    );
    format!("{} {words}", sign.icon)
}

/// What an agent is in.
pub(super) fn agent_state(agent: &Agent, now: Timestamp, language: Language) -> String {
    let mut text = (icons::agent(agent).words)(language);
    if let Some(reason) = &agent.reason {
        text.push_str(&format!(" ({})", markdown(reason)));
    }
    if let Some(words) = icons::agent_besides(agent) {
        text.push_str(&format!(", {}", words(language)));
    }
    if let Some(time) = icons::agent_since(agent, now) {
        text.push_str(&format!(", {}", time.words(language)));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::board::{AgentState, Board, Device, Event, Name, QueueEvent, QueueReport, Source};

    const NOW: Timestamp = Timestamp(1_000_000);

    fn report(board: &mut Board, queue: &str, event: QueueEvent) {
        let queue = Arc::from(queue);
        board.apply(
            Event::Queue(QueueReport {
                source: Source::Asterisk,
                queue,
                event,
            }),
            NOW,
        );
    }

    fn waits(caller: &str) -> QueueEvent {
        QueueEvent::Waits {
            dialed: None,
            own_number: None,
            caller: Arc::from(caller),
            peer: None,
            since: Timestamp(NOW.0 - 65_000),
        }
    }

    #[test]
    fn devices_and_queues_are_in_the_answer() {
        let mut board = Board::new();
        let user: Name = Arc::from("bob");
        let device = Device::Unreachable;
        board.apply(
            Event::Device {
                source: Source::Asterisk,
                user,
                device,
            },
            NOW,
        );
        report(&mut board, "support|1", waits("1"));
        let agent = Agent {
            interface: Arc::from("PJSIP/6004"),
            name: Arc::from("dora*"),
            state: AgentState::Talking,
            paused: true,
            reason: Some(Arc::from("Lunch | tea")),
            since: Timestamp(NOW.0 - 5000),
            calls: 0,
        };
        report(&mut board, "support|1", QueueEvent::Agent(agent));
        let expected = "| Name | Phone | Calls |\n|---|---|---|\n| bob | ✖ not registered |  |\n\n\n\
            | Queue | Waiting | Agents | Answered | Abandoned |\n|---|---|---|---|---|\n\
            | support\\|1 | 1: unknown (1:05) | ⏸ dora\\*: paused (Lunch \\| tea), in a call, 0:05 | 0 | 0 |\n";
        assert_eq!(table(&board.snapshot(), NOW, Language::English), expected);
    }

    #[test]
    fn queues_keep_their_room_beside_many_lines() {
        let mut board = Board::new();
        for n in 0..1000 {
            let user: Name = Arc::from(format!("user-{n:04}"));
            let device = Device::Free;
            board.apply(
                Event::Device {
                    source: Source::Asterisk,
                    user,
                    device,
                },
                NOW,
            );
            report(&mut board, "all", waits(&n.to_string()));
        }
        for n in 0..400 {
            report(&mut board, &format!("queue {n}"), QueueEvent::Seen);
        }
        let text = table(&board.snapshot(), NOW, Language::English);
        assert!(text.len() < MAX_TABLE_BYTES + 100);
        assert_eq!(text.matches(" more; see `/phone board`").count(), 2);
        assert!(text.contains("| all | 1000: unknown (1:05), unknown (1:05)"));
        assert!(text.contains(", … |"));
    }
}
