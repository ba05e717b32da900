//! Lines and queues that have another name now, or that nobody tells of any more.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Key, Slots, State};
use crate::board::{CallAction, Event, Name, QueueEvent, Source, Timestamp};

impl State {
    pub(super) fn rename_lines(&mut self, now: Timestamp) {
        let mut changed = BTreeSet::new();
        let keys: Vec<Key> = self.lines.keys().cloned().collect();
        for key in &keys {
            let name = self.name(key, key);
            let Some(line) = self.lines.get_mut(key) else {
                continue;
            };
            if line.user == name {
                continue;
            }
            let old = std::mem::replace(&mut line.user, Arc::clone(&name));
            if let Some(numbers) = self.users.get_mut(&old) {
                numbers.remove(key);
                if numbers.is_empty() {
                    self.users.remove(&old);
                }
            }
            let numbers = self.users.entry(Arc::clone(&name)).or_default();
            numbers.insert(Arc::clone(key));
            changed.extend([old, name]);
        }
        for user in changed {
            self.retell(&user, now);
        }
    }

    /// The board forgets a line of ours, and hears again of what has that name now; calls that have another one go on there.
    fn retell(&mut self, user: &Name, now: Timestamp) {
        let gone = Event::Retold {
            source: Source::Ovh,
            user: Arc::clone(user),
        };
        self.push(gone, now);
        self.tell_details(user, now);
        let numbers = self.users.get(user).cloned().unwrap_or_default();
        let mut found = Vec::new();
        for line in numbers.iter().filter_map(|key| self.lines.get(key)) {
            for call in &line.calls {
                found.push(self.report(line, call, call.begins()));
                if call.talking {
                    found.push(self.report(line, call, CallAction::CallEstablished));
                }
            }
        }
        for report in found {
            self.push(Event::Found(report), now);
        }
    }

    pub(super) fn forget_lines(&mut self, slot: Slots, now: Timestamp) {
        let mut changed = BTreeSet::new();
        let mut left = Vec::new();
        for (key, line) in &mut self.lines {
            line.slots &= !slot;
            if line.slots == 0 {
                left.push(Arc::clone(key));
            }
        }
        for key in left {
            let Some(line) = self.lines.remove(&key) else {
                continue;
            };
            if let Some(numbers) = self.users.get_mut(&line.user) {
                numbers.remove(&key);
                if numbers.is_empty() {
                    self.users.remove(&line.user);
                }
            }
            if self.users.contains_key(&line.user) {
                for call in &line.calls {
                    let report = self.report(&line, call, CallAction::CallTerminated);
                    self.push(Event::Lost(report), now);
                }
            }
            changed.insert(line.user);
        }
        for user in changed {
            if self.users.contains_key(&user) {
                self.tell_details(&user, now);
                continue;
            }
            let source = Source::Ovh;
            self.push(Event::Gone { source, user }, now);
        }
    }

    pub(super) fn rename_queues(&mut self, now: Timestamp) {
        let (mut gone, mut changed) = (BTreeSet::new(), BTreeSet::new());
        let keys: Vec<Key> = self.queues.keys().cloned().collect();
        for key in &keys {
            let name = self.name(key, key);
            let Some(queue) = self.queues.get_mut(key) else {
                continue;
            };
            if queue.name != name {
                queue.details.number = Some(Arc::clone(key)).filter(|number| *number != name);
                gone.insert(std::mem::replace(&mut queue.name, Arc::clone(&name)));
                changed.insert(name);
            }
        }
        self.retell_queues(&gone, &changed, now);
        // Agents may have other names, too.
        for key in &keys {
            let queue = self.queues.get(key);
            let agents = queue.map(|queue| queue.agents.keys().cloned().collect());
            let agents: Vec<Key> = agents.unwrap_or_default();
            for agent in agents {
                self.tell_agent(key, &agent, now);
            }
        }
    }

    /// The board forgets queues, and hears again of those that have these names, and of others that have other ones now. It knows nothing
    /// of those who were answered before.
    fn retell_queues(&mut self, gone: &BTreeSet<Name>, more: &BTreeSet<Name>, now: Timestamp) {
        for name in gone {
            self.tell_queue(name, QueueEvent::Gone, now);
        }
        let mut told = Vec::new();
        for (key, queue) in &self.queues {
            if !gone.contains(&queue.name) && !more.contains(&queue.name) {
                continue;
            }
            let mut tell = |event| told.push((Arc::clone(&queue.name), event));
            tell(QueueEvent::Seen);
            tell(QueueEvent::Details(queue.details.clone()));
            for (member, caller) in &queue.waiting {
                tell(self.waits(key, member, caller).1);
            }
        }
        for (name, event) in told {
            self.tell_queue(&name, event, now);
        }
    }

    pub(super) fn forget_queues(&mut self, slot: Slots, now: Timestamp) {
        let mut gone = BTreeSet::new();
        let agent_of = &mut self.agent_of;
        self.queues.retain(|key, queue| {
            queue.slots &= !slot;
            if queue.slots != 0 {
                return true;
            }
            gone.insert(Arc::clone(&queue.name));
            agent_of.retain(|_, queues| {
                queues.remove(key);
                !queues.is_empty()
            });
            false
        });
        self.retell_queues(&gone, &BTreeSet::new(), now);
    }
}
