//! What the board was told of before this process began: it goes on here, in doubt as after any loss of events.

use std::sync::Arc;

use super::agents::Known;
use super::lines::{Line, LineCall};
use super::queues::{Caller, Queue, Talk};
use super::{Key, State};
use crate::board::{Before, LineBefore, QueueView, Timestamp};

impl State {
    /// The board was told of that before this process began. What was told of since is known better.
    pub(in super::super) fn resume(&mut self, before: Before, now: Timestamp) {
        for line in before.lines {
            self.resume_line(line, now);
        }
        for queue in &before.queues {
            self.resume_queue(queue, now);
        }
    }

    fn resume_line(&mut self, before: LineBefore, now: Timestamp) {
        let details = before.details.unwrap_or_default();
        let key: Key = self.key(details.number.as_deref().unwrap_or(&before.user));
        if self.lines.contains_key(&key) {
            return;
        }
        let calls = before.calls.into_iter();
        let calls = calls.map(|(id, call)| LineCall::resumed(&key, id, call, now));
        let line = Line::resumed(&before.user, details, &key, calls.collect());
        self.lines.insert(Arc::clone(&key), line);
        self.users.entry(before.user).or_default().insert(key);
    }

    fn resume_queue(&mut self, before: &QueueView, now: Timestamp) {
        let key: Key = self.key(before.details.number.as_deref().unwrap_or(&before.name));
        if self.queues.contains_key(&key) {
            return;
        }
        let mut queue = Queue::resumed(before);
        for agent in &before.agents {
            let known = Known {
                state: agent.state,
                since: agent.since,
                calls: agent.calls,
            };
            queue.agents.insert(Arc::clone(&agent.interface), known);
            let queues = self.agent_of.entry(Arc::clone(&agent.interface));
            queues.or_default().insert(Arc::clone(&key));
        }
        for waiting in &before.waiting {
            let caller = Caller::resumed(waiting, now);
            queue.waiting.insert(Arc::clone(&waiting.caller), caller);
        }
        for talk in &before.talking {
            let agents = before.agents.iter();
            let agent = talk.agent.as_ref().and_then(|name| {
                let mut named = agents.filter(|agent| agent.name == *name);
                named.next().map(|agent| Arc::clone(&agent.interface))
            });
            let own = Talk::resumed(talk, agent, now);
            queue.talking.insert(Arc::clone(&talk.caller), own);
        }
        self.queues.insert(key, queue);
    }
}
