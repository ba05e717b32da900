//! What is played at the real Asterisk: two queues and the phones beside them, at once.
//!
//! Whether Asterisk has come so far is asked of Asterisk, over a connection of the player's own.

use super::Play;
use super::count::{Lost, Unanswered, Way};
use crate::asterisk::product::Office;
use crate::asterisk::{Account, Ami, Call, Phone};
use crate::harness;

/// The phones of the office.
pub(super) struct Phones {
    alice: Phone,
    bob: Phone,
    carol: Phone,
    dora: Phone,
    fred: Phone,
    trunk: Phone,
}

impl Phones {
    pub(super) async fn registered(office: &Office) -> Self {
        let phone = |extension| office.asterisk.phone(extension);
        Self {
            alice: phone("6001").await,
            bob: phone("6002").await,
            carol: phone("6003").await,
            dora: phone("6004").await,
            fred: phone("6006").await,
            trunk: phone("trunk").await,
        }
    }
}

/// Somebody in a queue.
pub(super) struct Caller {
    call: Call,
    number: String,
}

/// A queue, with one who plays its callers.
pub(super) struct Desk<'a> {
    queue: &'static str,
    extension: &'static str,
    phones: &'a Phones,
    ami: Ami,
    callers: u32,
}

impl<'a> Desk<'a> {
    async fn open(
        office: &Office,
        phones: &'a Phones,
        queue: &'static str,
        extension: &'static str,
    ) -> Self {
        Self {
            queue,
            extension,
            phones,
            ami: Ami::login(&office.asterisk, Account::SWITCHBOARD).await,
            callers: 0,
        }
    }

    /// The two of them: support and sales.
    pub(super) async fn both(office: &Office, phones: &'a Phones) -> [Self; 2] {
        [
            Self::open(office, phones, "support", "7000").await,
            Self::open(office, phones, "sales", "7001").await,
        ]
    }

    /// Somebody calls from outside and waits.
    async fn joins(&mut self, play: &Play) -> Caller {
        self.callers += 1;
        let number = format!("0240{}{:02}", &self.extension[..4], self.callers);
        let dialled = format!("029999{}", self.extension);
        let call = self.phones.trunk.calls_as(&number, &dialled).await;
        self.joined(&number).await;
        play.played(|count| count.waits(self.queue, &number));
        Caller { call, number }
    }

    async fn joined(&mut self, number: &str) {
        let headers = [("Queue", self.queue), ("CallerIDNum", number)];
        self.ami.event("QueueCallerJoin", &headers).await;
    }

    /// An agent's phone rings for them.
    async fn rings(&self, play: &Play, caller: &Caller, agent: (&str, &Phone)) -> Call {
        let ringing = agent.1.rings().await;
        assert!(ringing.from().contains(&caller.number), "another caller");
        play.played(|count| count.offers(self.queue, &caller.number, agent.0));
        ringing
    }

    /// The agent answers; both talk.
    async fn answers(
        &mut self,
        play: &Play,
        caller: &Caller,
        agent: (&'static str, &Phone),
    ) -> Call {
        let ringing = self.rings(play, caller, agent).await;
        ringing.answer().await;
        let headers = [("Queue", self.queue), ("CallerIDNum", &*caller.number)];
        self.ami.event("AgentConnect", &headers).await;
        play.played(|count| count.answers(self.queue, &caller.number, agent.0));
        ringing
    }

    /// The talk ends: the one hangs up, the other hears of it.
    async fn ends(&self, play: &Play, caller: &Caller, (one, other): (&Call, &Call)) {
        one.hang_up().await;
        other.ended().await;
        play.played(|count| count.ends(self.queue, &caller.number));
    }

    /// The caller does not want to wait any longer; a phone may ring for them.
    async fn gives_up(&self, play: &Play, caller: Caller, ringing: Option<Call>) {
        caller.call.hang_up().await;
        if let Some(ringing) = ringing {
            ringing.ended().await;
        }
        play.played(|count| count.loses(self.queue, &caller.number, Lost::GaveUp));
    }

    /// So many turns with one agent, who is talking at the end of each when the next ones call. Answers who talks with whom at last, and
    /// who waits then.
    async fn turns(
        &mut self,
        play: &Play,
        agent: (&'static str, &Phone),
        turns: u32,
    ) -> (Caller, Call, Caller) {
        let mut caller = self.joins(play).await;
        let mut talk = self.answers(play, &caller, agent).await;
        for turn in 0..turns {
            // One who gives up while the agent talks with another.
            let impatient = self.joins(play).await;
            let next = self.joins(play).await;
            self.gives_up(play, impatient, None).await;
            match turn % 2 {
                0 => self.ends(play, &caller, (&caller.call, &talk)).await,
                _ => self.ends(play, &caller, (&talk, &caller.call)).await,
            }
            // One who gives up when it rings at last.
            let ringing = self.rings(play, &next, agent).await;
            self.gives_up(play, next, Some(ringing)).await;
            caller = self.joins(play).await;
            talk = self.answers(play, &caller, agent).await;
        }
        let waits = self.joins(play).await;
        (caller, talk, waits)
    }

    fn dora(&self) -> (&'static str, &'a Phone) {
        ("Dora", &self.phones.dora)
    }

    fn carol(&self) -> (&'static str, &'a Phone) {
        ("carol", &self.phones.carol)
    }
}

/// Support until its busiest moment: Dora talks, and one waits.
pub(super) async fn support(
    desk: &mut Desk<'_>,
    play: &Play,
    turns: u32,
) -> (Caller, Call, Caller) {
    desk.turns(play, desk.dora(), turns).await
}

/// Support, from there to its end: Emil comes to help.
pub(super) async fn support_goes_on(
    office: &Office,
    desk: &mut Desk<'_>,
    play: &Play,
    (first, talk, second): (Caller, Call, Caller),
) {
    let emil = office.asterisk.phone("6005").await;
    play.played(|count| count.is_away("6005", false));
    let other = desk.answers(play, &second, ("Emil", &emil)).await;
    let third = desk.joins(play).await;
    desk.ends(play, &first, (&talk, &first.call)).await;
    let talk = desk.answers(play, &third, desk.dora()).await;
    desk.ends(play, &second, (&second.call, &other)).await;
    desk.ends(play, &third, (&third.call, &talk)).await;
}

/// Sales until its busiest moment: Carol talks, and one waits; Fred, in the house, did not want to.
pub(super) async fn sales(desk: &mut Desk<'_>, play: &Play, turns: u32) -> (Caller, Call, Caller) {
    let all = desk.turns(play, desk.carol(), turns).await;
    let call = desk.phones.fred.calls("7001").await;
    call.answered().await;
    desk.joined("6006").await;
    play.played(|count| {
        count.calls("6006", Way::Out, "7001");
        count.talks("6006", "7001");
        count.waits("sales", "6006");
    });
    call.hang_up().await;
    play.played(|count| {
        count.loses("sales", "6006", Lost::GaveUp);
        count.over("6006", "7001", Unanswered::Rang);
    });
    all
}

/// Sales, from there to its end.
pub(super) async fn sales_go_on(
    desk: &mut Desk<'_>,
    play: &Play,
    (first, talk, second): (Caller, Call, Caller),
) {
    desk.ends(play, &first, (&talk, &first.call)).await;
    let talk = desk.answers(play, &second, desk.carol()).await;
    desk.ends(play, &second, (&second.call, &talk)).await;
}

/// Phones that call one another, and the world outside.
pub(super) struct Direct<'a> {
    office: &'a Office,
    phones: &'a Phones,
    ami: Ami,
    calls: u32,
}

impl<'a> Direct<'a> {
    pub(super) async fn open(office: &'a Office, phones: &'a Phones) -> Self {
        Self {
            office,
            phones,
            ami: Ami::login(&office.asterisk, Account::SWITCHBOARD).await,
            calls: 0,
        }
    }

    /// Bob's own phone tells the same, by a URL, when it gets to it: no call is over before anybody heard of it.
    async fn bobs_phone(&self, play: &Play, action: &str, number: &str) {
        play.turn().await;
        let path = format!(
            "{action}?user=bob&number={number}&call_id=bob-{}",
            self.calls
        );
        harness::phone(&self.office.host, &path).await;
    }

    /// Somebody outside calls Bob.
    async fn outside_calls_bob(&mut self, play: &Play) -> (String, Call, Call) {
        self.calls += 1;
        let number = format!("02415550{:02}", self.calls);
        let call = self.phones.trunk.calls_as(&number, "0299996002").await;
        let ringing = self.phones.bob.rings().await;
        self.bobs_phone(play, "incoming-call", &number).await;
        call.ringing().await;
        play.played(|count| count.calls("bob", Way::In, &number));
        (number, call, ringing)
    }

    async fn alice_calls_bob(&self, play: &Play) -> (Call, Call) {
        let call = self.phones.alice.calls("6002").await;
        let ringing = self.phones.bob.rings().await;
        call.ringing().await;
        play.played(|count| {
            count.calls("alice", Way::Out, "bob");
            count.calls("bob", Way::In, "alice");
        });
        (call, ringing)
    }

    /// These phones were joined with somebody, which follows the answer.
    async fn joined(&mut self, extensions: &[&str]) {
        for extension in extensions {
            let channel = format!("PJSIP/{extension}-");
            let headers = [("Channel", &*channel)];
            self.ami.event("BridgeEnter", &headers).await;
        }
    }

    /// Until the busiest moment: Alice has Bob on hold.
    pub(super) async fn until_busy(&mut self, play: &Play) -> (Call, Call) {
        let (number, call, ringing) = self.outside_calls_bob(play).await;
        ringing.answer().await;
        self.bobs_phone(play, "call-established", &number).await;
        self.joined(&["6002"]).await;
        play.played(|count| count.talks("bob", &number));
        call.hang_up().await;
        ringing.ended().await;
        self.bobs_phone(play, "call-terminated", &number).await;
        play.played(|count| count.over("bob", &number, Unanswered::Rang));

        let (number, call, ringing) = self.outside_calls_bob(play).await;
        call.give_up().await;
        ringing.ended().await;
        self.bobs_phone(play, "missed-call", &number).await;
        play.played(|count| count.over("bob", &number, Unanswered::Rang));

        let (number, call, ringing) = self.outside_calls_bob(play).await;
        ringing.decline().await;
        call.failed().await;
        play.played(|count| count.over("bob", &number, Unanswered::Refused));

        let (call, ringing) = self.alice_calls_bob(play).await;
        call.give_up().await;
        ringing.ended().await;
        play.played(|count| {
            count.over("alice", "bob", Unanswered::Rang);
            count.over("bob", "alice", Unanswered::Rang);
        });

        let call = self.phones.bob.calls("0242777701").await;
        let outside = self.phones.trunk.rings().await;
        play.played(|count| count.calls("bob", Way::Out, "0242777701"));
        outside.answer().await;
        self.joined(&["6002"]).await;
        play.played(|count| count.talks("bob", "0242777701"));
        call.hang_up().await;
        outside.ended().await;
        play.played(|count| count.over("bob", "0242777701", Unanswered::Rang));

        let (call, ringing) = self.alice_calls_bob(play).await;
        ringing.answer().await;
        self.joined(&["6001", "6002"]).await;
        play.played(|count| {
            count.talks("alice", "bob");
            count.talks("bob", "alice");
        });
        call.hold().await;
        play.played(|count| count.holds("alice", "bob"));
        (call, ringing)
    }

    /// From there to the end.
    pub(super) async fn goes_on(&mut self, play: &Play, (call, ringing): (Call, Call)) {
        call.resume().await;
        play.played(|count| count.talks("alice", "bob"));
        ringing.hang_up().await;
        call.ended().await;
        play.played(|count| {
            count.over("alice", "bob", Unanswered::Rang);
            count.over("bob", "alice", Unanswered::Rang);
        });
        let (number, call, ringing) = self.outside_calls_bob(play).await;
        ringing.answer().await;
        self.bobs_phone(play, "call-established", &number).await;
        self.joined(&["6002"]).await;
        play.played(|count| count.talks("bob", &number));
        ringing.hang_up().await;
        call.ended().await;
        self.bobs_phone(play, "call-terminated", &number).await;
        play.played(|count| count.over("bob", &number, Unanswered::Rang));
    }
}
