//! What phones tell by URLs, of lines that no telephone system tells of.

use devhost::DevHost;

use super::Play;
use super::count::{Unanswered, Way};
use crate::harness;

/// Whose phones they are.
pub(super) const LINES: [&str; 3] = ["erika", "frank", "gina"];

pub(super) struct Urls<'a> {
    host: &'a DevHost,
    calls: u32,
}

/// A call on a line: whose, with whom, and its id.
pub(super) type Call = (&'static str, String, u32);

impl<'a> Urls<'a> {
    pub(super) fn new(host: &'a DevHost) -> Self {
        Self { host, calls: 0 }
    }

    /// Each turns something on and off: from then on there is a line.
    pub(super) async fn begin(&self) {
        for line in LINES {
            harness::phone(self.host, &format!("dnd-on/{line}")).await;
            harness::phone(self.host, &format!("dnd-off/{line}")).await;
        }
    }

    async fn tell(&self, play: &Play, action: &str, (line, number, id): &Call) {
        play.turn().await;
        let path = format!("{action}?user={line}&number={number}&call_id=url-{id}");
        harness::phone(self.host, &path).await;
    }

    async fn begins(&mut self, play: &Play, line: &'static str, way: Way) -> Call {
        self.calls += 1;
        let call = (line, format!("0171{:06}", self.calls), self.calls);
        let action = match way {
            Way::In => "incoming-call",
            Way::Out => "outgoing-call",
        };
        self.tell(play, action, &call).await;
        play.played(|count| count.calls(line, way, &call.1));
        call
    }

    async fn talks(&self, play: &Play, action: &str, call: &Call) {
        self.tell(play, action, call).await;
        play.played(|count| count.talks(call.0, &call.1));
    }

    async fn holds(&self, play: &Play, call: &Call) {
        self.tell(play, "call-held", call).await;
        play.played(|count| count.holds(call.0, &call.1));
    }

    async fn ends(&self, play: &Play, action: &str, call: &Call) {
        self.tell(play, action, call).await;
        let how = match action {
            "refused-call" => Unanswered::Refused,
            _ => Unanswered::Rang,
        };
        play.played(|count| count.over(call.0, &call.1, how));
    }

    /// So many turns of all that can happen.
    pub(super) async fn turns(&mut self, play: &Play, turns: u32) {
        let [erika, frank, gina] = LINES;
        for _ in 0..turns {
            let answered = self.begins(play, erika, Way::In).await;
            let missed = self.begins(play, frank, Way::In).await;
            self.talks(play, "call-established", &answered).await;
            let dialled = self.begins(play, gina, Way::Out).await;
            self.ends(play, "missed-call", &missed).await;
            self.talks(play, "call-established", &dialled).await;
            self.holds(play, &dialled).await;
            self.ends(play, "call-terminated", &answered).await;
            let refused = self.begins(play, frank, Way::In).await;
            self.talks(play, "call-resumed", &dialled).await;
            self.ends(play, "refused-call", &refused).await;
            self.ends(play, "call-terminated", &dialled).await;
            let unheard = self.begins(play, gina, Way::Out).await;
            self.ends(play, "call-terminated", &unheard).await;
        }
    }

    /// At the busiest moment Erika talks and has another one on hold, and Frank's phone rings.
    pub(super) async fn until_busy(&mut self, play: &Play, turns: u32) -> [Call; 3] {
        self.turns(play, turns).await;
        let [erika, frank, _] = LINES;
        let held = self.begins(play, erika, Way::In).await;
        self.talks(play, "call-established", &held).await;
        self.holds(play, &held).await;
        let talks = self.begins(play, erika, Way::In).await;
        self.talks(play, "call-established", &talks).await;
        let rings = self.begins(play, frank, Way::In).await;
        [held, talks, rings]
    }

    /// From there to the end.
    pub(super) async fn goes_on(&mut self, play: &Play, calls: [Call; 3], turns: u32) {
        let [held, talks, rings] = calls;
        self.ends(play, "call-terminated", &talks).await;
        self.talks(play, "call-resumed", &held).await;
        self.talks(play, "call-established", &rings).await;
        self.ends(play, "call-terminated", &held).await;
        self.ends(play, "call-terminated", &rings).await;
        self.turns(play, turns).await;
    }
}
