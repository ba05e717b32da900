//! What is played at the stand-in of OVH: two queues and their agents' lines, in every spelling.

use devhost::ovh::{Number, Ovh, Queued, Spelling};
use serde_json::Value;

use super::Play;
use super::count::{Lost, Unanswered, Way};

/// A queue with its one agent.
pub(super) struct Group<'a> {
    ovh: &'a Ovh,
    queue: &'static str,
    agent: &'static str,
    queue_number: Number,
    line_number: Number,
    calls: u32,
}

/// A caller in a queue, and how their events are written.
struct Caller {
    number: String,
    queued: Queued,
    queue: Number,
    agent: Number,
}

/// Hotline's and orders' names, titles and numbers as the board shows them; and those of Olga's and Oskar's lines.
pub(super) const QUEUES: [(&str, [&str; 2]); 2] = [
    ("hotline", ["Hotline", "+33912312399"]),
    ("orders", ["Orders & returns", "+33912312398"]),
];
pub(super) const LINES: [(&str, [&str; 2]); 2] = [
    ("olga", ["Olga at the desk", "+33912312301"]),
    ("oskar", ["Oskar at home", "+33912312302"]),
];

/// A number as OVH writes it.
fn written(number: &str) -> String {
    number.replacen('+', "00", 1)
}

/// Calls that a line takes at once.
pub(super) const AT_ONCE: u16 = 2;

impl<'a> Group<'a> {
    pub(super) fn both(ovh: &'a Ovh) -> [Self; 2] {
        [0, 1].map(|at| {
            let ((queue, [title, number]), (agent, [line_title, line])) = (QUEUES[at], LINES[at]);
            Self {
                ovh,
                queue,
                agent,
                queue_number: Number::queue(&written(number), title),
                line_number: Number::line(&written(line), line_title),
                calls: 0,
            }
        })
    }

    /// The agent's phone registers.
    pub(super) async fn registers(&self, play: &Play) {
        self.tell(play, [self.line_number.registered()]).await;
    }

    async fn tell<const N: usize>(&self, play: &Play, events: [Value; N]) {
        play.turn().await;
        self.ovh.send_all(events);
    }

    fn next(&mut self) -> (String, String, Spelling) {
        self.calls += 1;
        let spelling = Spelling::ALL[self.calls as usize % Spelling::ALL.len()];
        let last = &self.queue_number.number[10..];
        // As the board shows it.
        let number = format!("+3361{last}{:04}", self.calls);
        let id = format!("{}-{:04}-4000-8000-00000000beef", self.queue, self.calls);
        (number, id, spelling)
    }

    /// Somebody waits, after so many others.
    async fn joins(&mut self, play: &Play, others: u64) -> Caller {
        let (number, id, spelling) = self.next();
        let queue = self.queue_number.clone().spelt(spelling);
        let agent = self.line_number.clone().spelt(spelling);
        let queued = queue.caller(&written(&number), &id);
        let count = queue.members_count(others + 1);
        self.tell(play, [count, queued.start(others + 1)]).await;
        play.played(|count| count.waits(self.queue, &number));
        Caller {
            number,
            queued,
            queue,
            agent,
        }
    }

    /// The agent's line rings for them, under this id; the line may tell before the queue does.
    async fn rings(&self, play: &Play, caller: &Caller, id: &str) {
        let call = caller
            .agent
            .call(&written(&caller.number), &self.call_id(caller, id));
        let offering = caller.queued.offering(&caller.agent);
        let mut events = [offering, call.start_ringing()];
        if self.calls.is_multiple_of(2) {
            events.reverse();
        }
        self.tell(play, events).await;
        play.played(|count| {
            count.hires(self.queue, self.agent, self.agent);
            count.offers(self.queue, &caller.number, self.agent);
        });
    }

    fn call_id(&self, caller: &Caller, id: &str) -> String {
        format!("{}{}@{id}", self.agent, caller.number)
    }

    /// It rings, and nobody answers; they wait on.
    async fn rings_in_vain(&self, play: &Play, caller: &Caller) {
        self.rings(play, caller, "first").await;
        let call = self.call_id(caller, "first");
        let call = caller.agent.call(&written(&caller.number), &call);
        let failed = caller.queued.bridge_fail(&caller.agent, "NO_ANSWER");
        self.tell(play, [call.end_ringing(), failed]).await;
        play.played(|count| count.withdraws(self.queue, &caller.number, self.agent));
    }

    async fn answers(&self, play: &Play, caller: &Caller, others: u64) {
        self.rings(play, caller, "talk").await;
        let call = caller
            .agent
            .call(&written(&caller.number), &self.call_id(caller, "talk"));
        let bridged = caller.queued.bridge_start(&caller.agent);
        let count = caller.queue.members_count(others);
        self.tell(
            play,
            [call.end_ringing(), call.start_calling(), bridged, count],
        )
        .await;
        play.played(|count| count.answers(self.queue, &caller.number, self.agent));
    }

    async fn ends(&self, play: &Play, caller: &Caller) {
        let call = caller
            .agent
            .call(&written(&caller.number), &self.call_id(caller, "talk"));
        let over = caller.queued.bridge_end(&caller.agent);
        let events = [over, call.end_calling(), caller.queued.terminated()];
        self.tell(play, events).await;
        play.played(|count| count.ends(self.queue, &caller.number));
    }

    async fn leaves(&self, play: &Play, caller: &Caller, how: Lost, others: u64) {
        let reason = match how {
            Lost::GaveUp => "BREAK_OUT",
            Lost::QueueGaveUp => "NO_AGENT_TIMEOUT",
        };
        let count = caller.queue.members_count(others);
        self.tell(play, [caller.queued.cancelled(reason), count])
            .await;
        play.played(|count| count.loses(self.queue, &caller.number, how));
    }

    /// They hang up while it rings.
    async fn leaves_ringing(&self, play: &Play, caller: &Caller) {
        self.rings(play, caller, "first").await;
        let call = self.call_id(caller, "first");
        let call = caller.agent.call(&written(&caller.number), &call);
        let fail = caller
            .queued
            .bridge_fail(&caller.agent, "ORIGINATOR_CANCEL");
        let left = caller.queued.cancelled("BREAK_OUT");
        let count = caller.queue.members_count(0);
        self.tell(play, [call.end_ringing(), fail, left, count])
            .await;
        play.played(|count| count.loses(self.queue, &caller.number, Lost::GaveUp));
    }

    /// A call to the agent's own line, or from it.
    async fn direct(&mut self, play: &Play, way: Way, is_answered: bool) {
        let (number, id, spelling) = self.next();
        let line = self.line_number.clone().spelt(spelling);
        let call = match way {
            Way::In => line.call(&written(&number), &id),
            Way::Out => line.calls(&written(&number), &id),
        };
        self.tell(play, [call.start_ringing()]).await;
        play.played(|count| count.calls(self.agent, way, &number));
        if is_answered {
            self.tell(play, [call.end_ringing(), call.start_calling()])
                .await;
            play.played(|count| count.talks(self.agent, &number));
            self.tell(play, [call.end_calling()]).await;
        } else {
            self.tell(play, [call.end_ringing()]).await;
        }
        play.played(|count| count.over(self.agent, &number, Unanswered::Rang));
    }

    /// So many turns of all that can happen, one after the other.
    async fn turns(&mut self, play: &Play, turns: u32) {
        for _ in 0..turns {
            let first = self.joins(play, 0).await;
            self.rings_in_vain(play, &first).await;
            let second = self.joins(play, 1).await;
            self.answers(play, &first, 1).await;
            self.leaves(play, &second, Lost::GaveUp, 0).await;
            self.ends(play, &first).await;
            self.direct(play, Way::In, true).await;
            let third = self.joins(play, 0).await;
            self.leaves_ringing(play, &third).await;
            self.direct(play, Way::In, false).await;
            let fourth = self.joins(play, 0).await;
            self.leaves(play, &fourth, Lost::QueueGaveUp, 0).await;
            self.direct(play, Way::Out, true).await;
            self.direct(play, Way::Out, false).await;
        }
    }

    /// Until the busiest moment: one talks, two wait, and the agent's second line rings for somebody else.
    pub(super) async fn until_busy(&mut self, play: &Play, turns: u32) -> Busy {
        self.turns(play, turns).await;
        let talks = self.joins(play, 0).await;
        self.answers(play, &talks, 0).await;
        let waiting = [self.joins(play, 0).await, self.joins(play, 1).await];
        let (number, id, _) = self.next();
        let call = self.line_number.call(&written(&number), &id);
        self.tell(play, [call.start_ringing()]).await;
        play.played(|count| count.calls(self.agent, Way::In, &number));
        Busy {
            talks,
            waiting,
            rings: (number, id),
        }
    }

    /// From there to the end.
    pub(super) async fn goes_on(&mut self, play: &Play, busy: Busy, turns: u32) {
        let (number, id) = busy.rings;
        let call = self.line_number.call(&written(&number), &id);
        // Busy, says the phone: RFC 3261, 21.4.24.
        let busy_here = "SIP/2.0 486 Busy Here";
        let refused = call.event("end_ringing", busy_here, "1 INVITE");
        self.tell(play, [refused]).await;
        play.played(|count| count.over(self.agent, &number, Unanswered::Refused));
        self.ends(play, &busy.talks).await;
        let [first, second] = busy.waiting;
        self.answers(play, &first, 1).await;
        self.leaves(play, &second, Lost::GaveUp, 0).await;
        self.ends(play, &first).await;
        self.turns(play, turns).await;
    }
}

/// What goes on at the busiest moment.
pub(super) struct Busy {
    talks: Caller,
    waiting: [Caller; 2],
    rings: (String, String),
}
