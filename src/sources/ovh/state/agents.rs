//! What agents are in: it follows from their queues' callers and from the calls on their lines.

use std::sync::Arc;

use super::lines::LineCall;
use super::{Key, State};
use crate::board::{
    Agent, AgentState, Event, MAX_AGENTS, Name, QueueEvent, QueueReport, Source, Timestamp,
};

/// An agent, as a queue has them.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) state: AgentState,
    pub(super) since: Timestamp,
    /// How many of the queue's callers they answered.
    pub(super) calls: u64,
}

impl State {
    /// Makes sure that a queue has an agent.
    pub(super) fn agent(&mut self, queue: &Key, agent: &Key, now: Timestamp) {
        let known: usize = self
            .agent_of
            .values()
            .map(std::collections::BTreeSet::len)
            .sum();
        let Some(own) = self.queues.get_mut(queue) else {
            return;
        };
        if own.agents.contains_key(agent) {
            return;
        }
        if known >= MAX_AGENTS {
            self.counts.beyond_limits += 1;
            return;
        }
        let known = Known {
            state: AgentState::Unknown,
            since: now,
            calls: 0,
        };
        own.agents.insert(Arc::clone(agent), known);
        let queues = self.agent_of.entry(Arc::clone(agent)).or_default();
        queues.insert(Arc::clone(queue));
    }

    /// Tells all queues of an agent what the agent is in, where that changed.
    pub(super) fn refresh_agent(&mut self, agent: &Key, now: Timestamp) {
        let Some(queues) = self.agent_of.get(agent).cloned() else {
            return;
        };
        let state = self.agent_state(agent, &queues);
        for key in queues {
            let Some(queue) = self.queues.get_mut(&key) else {
                continue;
            };
            let Some(known) = queue.agents.get_mut(agent) else {
                continue;
            };
            if known.state == state {
                continue;
            }
            (known.state, known.since) = (state, now);
            self.tell_agent(&key, agent, now);
        }
    }

    fn agent_state<'a>(
        &self,
        agent: &Key,
        queues: impl IntoIterator<Item = &'a Key>,
    ) -> AgentState {
        let calls = self.lines.get(agent).map(|line| &*line.calls);
        let calls = calls.unwrap_or_default();
        let mut rings = calls.iter().any(|call: &LineCall| !call.talking);
        let mut talks = calls.iter().any(|call| call.talking);
        for queue in queues.into_iter().filter_map(|key| self.queues.get(key)) {
            talks |= queue
                .talking
                .values()
                .any(|talk| talk.agent.as_ref() == Some(agent));
            rings |= queue
                .waiting
                .values()
                .any(|caller| caller.offered.contains(agent));
        }
        match (talks, rings) {
            (true, _) => AgentState::Talking,
            (false, true) => AgentState::Ringing,
            (false, false) => AgentState::Free,
        }
    }

    pub(super) fn tell_agent(&mut self, queue: &Key, agent: &Key, now: Timestamp) {
        let name = self.name(agent, agent);
        let Some(own) = self.queues.get(queue) else {
            return;
        };
        let Some(known) = own.agents.get(agent) else {
            return;
        };
        let event = QueueEvent::Agent(Agent {
            interface: Arc::clone(agent),
            name,
            state: known.state,
            paused: false,
            reason: None,
            since: known.since,
            calls: known.calls,
        });
        let name = Arc::clone(&own.name);
        self.tell_queue(&name, event, now);
    }

    pub(super) fn tell_queue(&mut self, queue: &Name, event: QueueEvent, now: Timestamp) {
        let report = QueueReport {
            source: Source::Ovh,
            queue: Arc::clone(queue),
            event,
        };
        self.push(Event::Queue(report), now);
    }
}
