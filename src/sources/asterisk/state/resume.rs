//! What the board was told of before this process began, and what became of it meanwhile.
//!
//! The board goes on over a restart; this state begins with nothing. Whatever is still there is told of again by the first lists, under the same
//! ids, and nothing changes by that. What they do not tell of is over: when and how it ended, nobody saw.

use std::sync::Arc;

use super::directory::LineChange;
use super::{Output, Seeded, State, UNVERIFIED_LIMIT};
use crate::board::{
    Action, Before, CallAction, Departure, Event, Name, QueueEvent, QueueReport, Report, Source,
    Timestamp,
};

/// What was told of, each as long as it is not known what became of it.
#[derive(Debug, Default)]
pub(super) struct Resumed {
    since: Timestamp,
    /// Lines, and whether they did not want to be disturbed.
    lines: Vec<(Name, bool)>,
    /// The line and the id of each call.
    calls: Vec<(Name, Option<Arc<str>>)>,
    /// The queue and the id of each caller who talked.
    talks: Vec<(Name, Arc<str>)>,
    queues: Vec<Queue>,
}

#[derive(Debug)]
struct Queue {
    name: Name,
    callers: Vec<Arc<str>>,
    agents: Vec<Arc<str>>,
}

impl Resumed {
    fn new(before: Before, since: Timestamp) -> Self {
        let mut resumed = Self {
            since,
            ..Self::default()
        };
        for line in before.lines {
            if line.state.device.is_some() {
                let own = (Arc::clone(&line.user), line.state.dnd);
                resumed.lines.push(own);
            }
            let calls = line.calls.into_iter();
            resumed
                .calls
                .extend(calls.map(|(id, _)| (Arc::clone(&line.user), id)));
        }
        for queue in before.queues {
            let talks = queue.talking.iter();
            resumed
                .talks
                .extend(talks.map(|talk| (Arc::clone(&queue.name), Arc::clone(&talk.caller))));
            let callers = queue.waiting.iter().map(|own| Arc::clone(&own.caller));
            let agents = queue.agents.iter().map(|own| Arc::clone(&own.interface));
            resumed.queues.push(Queue {
                callers: callers.collect(),
                agents: agents.collect(),
                name: queue.name,
            });
        }
        resumed
    }
}

impl State {
    /// The board was told of that before this process began.
    pub(in super::super) fn resume(&mut self, before: Before, now: Timestamp) {
        self.resumed = Resumed::new(before, now);
    }

    /// The lists came, and these came completely: what they did not tell of is over.
    pub(super) fn leave_behind(&mut self, complete: Seeded, now: Timestamp) {
        if complete.channels {
            self.lose_calls(now);
            for (queue, caller) in std::mem::take(&mut self.resumed.talks) {
                let goes_on = self.channels.get(&caller).is_some();
                if !goes_on || !self.queues.talks_on(&queue, &caller) {
                    self.tell_queue(queue, QueueEvent::Lost { caller }, now);
                }
            }
        }
        if complete.queues {
            for queue in std::mem::take(&mut self.resumed.queues) {
                self.leave_queue(queue, now);
            }
        }
        if complete.devices && complete.hints {
            for (user, dnd) in std::mem::take(&mut self.resumed.lines) {
                if !self.directory.has_line(&user) {
                    self.tell_line(LineChange::Gone(user), true, now);
                } else if dnd && self.directory.switched_off(&user) {
                    self.tell_line(LineChange::Dnd(user, false), true, now);
                }
            }
        }
    }

    /// Calls of which nothing could be asked for so long are over.
    pub(super) fn expire_resumed(&mut self, now: Timestamp) {
        if now >= self.resumed.since.after(UNVERIFIED_LIMIT) && !self.resumed.calls.is_empty() {
            self.lose_calls(now);
        }
    }

    fn lose_calls(&mut self, now: Timestamp) {
        for (user, reference) in std::mem::take(&mut self.resumed.calls) {
            let goes_on = reference
                .as_ref()
                .is_some_and(|reference| self.calls.has(&user, reference));
            if goes_on {
                continue;
            }
            let report = Report {
                source: Source::Asterisk,
                user,
                action: Action::Call(CallAction::CallTerminated),
                peer: None,
                reference,
                linked: None,
                queue: None,
                dialed: None,
                own_number: None,
            };
            self.out.push(Output::Board(Event::Lost(report), now));
        }
    }

    fn leave_queue(&mut self, queue: Queue, now: Timestamp) {
        let Queue {
            name,
            callers,
            agents,
        } = queue;
        if !self.queues.has(&name) {
            return self.tell_queue(name, QueueEvent::Gone, now);
        }
        for caller in callers {
            if !self.queues.waits_on(&name, &caller) {
                let how = Departure::Elsewhere;
                self.tell_queue(Arc::clone(&name), QueueEvent::Left { caller, how }, now);
            }
        }
        for interface in agents {
            if !self.queues.has_agent(&name, &interface) {
                self.tell_queue(Arc::clone(&name), QueueEvent::AgentGone { interface }, now);
            }
        }
    }

    fn tell_queue(&mut self, queue: Name, event: QueueEvent, now: Timestamp) {
        let source = Source::Asterisk;
        let report = QueueReport {
            source,
            queue,
            event,
        };
        self.tell_queues(vec![report], now);
    }
}
