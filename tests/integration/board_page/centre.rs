//! A call centre: a stand-in's queues beside phones, and a count of its own of what is played.

use std::collections::BTreeMap;

use devhost::DevHost;
use devhost::asterisk::{Ami, Message, Options, SECRET as AMI_SECRET, USER};

use crate::harness::{self, SECRET};

/// What was played of a queue.
#[derive(Debug, Default)]
pub(super) struct Played {
    pub(super) answered: u64,
    pub(super) lost: u64,
    /// Who waits: the caller's id and number.
    pub(super) waiting: Vec<(String, String)>,
}

impl Played {
    pub(super) fn total(&self) -> u64 {
        self.answered + self.lost
    }

    /// How many of a hundred were answered.
    pub(super) fn percent(&self) -> String {
        match self.total() {
            0 => "–".to_owned(),
            total => format!("{:.0}%", self.answered as f64 * 100.0 / total as f64),
        }
    }
}

/// The dev host with the plugin, and a stand-in for its Asterisk.
pub(super) struct Centre {
    pub(super) host: DevHost,
    ami: Ami,
    pub(super) queues: BTreeMap<String, Played>,
    callers: u64,
}

impl Centre {
    /// Opens with these agents in these queues.
    pub(super) async fn open(
        agents: &[(&str, &str)],
        with: impl FnOnce(devhost::Options) -> devhost::Options,
    ) -> Self {
        Self::open_with(agents, &[], with).await
    }

    /// The same, with extensions that have lines.
    pub(super) async fn open_with(
        agents: &[(&str, &str)],
        extensions: &[String],
        with: impl FnOnce(devhost::Options) -> devhost::Options,
    ) -> Self {
        let ami = Ami::start(Options::default()).await.expect("a port");
        let mut items = Vec::new();
        let mut queues = BTreeMap::new();
        for (queue, agent) in agents {
            if queues
                .insert((*queue).to_owned(), Played::default())
                .is_none()
            {
                items.push(Message::new(&[
                    ("Event", "QueueParams"),
                    ("Queue", queue),
                    ("Calls", "0"),
                ]));
            }
            let mut member = vec![("Event", "QueueMember"), ("Status", "1"), ("Paused", "0")];
            let interface = interface(agent);
            member.extend([
                ("Queue", *queue),
                ("Name", *agent),
                ("Location", &interface),
            ]);
            items.push(Message::new(&member));
        }
        ami.set_list("QueueStatus", items);
        let hint = |extension: &String| extension_status(extension, "0");
        ami.set_list("ExtensionStateList", extensions.iter().map(hint).collect());
        let options = harness::options()
            .with("AsteriskHost", "127.0.0.1")
            .with("AsteriskPort", ami.address().port().to_string())
            .with("AsteriskUser", USER)
            .with("AsteriskSecret", AMI_SECRET)
            .with("ServiceLevelSeconds", 3600);
        let host = harness::start(with(options)).await;
        harness::status(&host, 200).await;
        // The plugin asks again now and then; this list knows nothing of what happens from now on.
        let refused = [("Response", "Error"), ("Message", "Permission denied")];
        ami.set_answer("QueueStatus", vec![Message::new(&refused)]);
        Self {
            host,
            ami,
            queues,
            callers: 0,
        }
    }

    /// The board's page, for whoever has the secret.
    pub(super) fn page(&self) -> String {
        self.host.plugin_url(&format!("/dashboard?secret={SECRET}"))
    }

    fn queue(&mut self, queue: &str) -> &mut Played {
        self.queues.entry(queue.to_owned()).or_default()
    }

    /// Somebody begins to wait. Answers their id.
    pub(super) async fn joins(&mut self, queue: &str, number: &str) -> String {
        self.callers += 1;
        let id = format!("1795250991.{}", self.callers);
        self.queue(queue)
            .waiting
            .push((id.clone(), number.to_owned()));
        let event = [
            ("Event", "QueueCallerJoin"),
            ("Queue", queue),
            ("Uniqueid", &id),
            ("CallerIDNum", number),
        ];
        self.ami.event(&event).await;
        id
    }

    fn leaves(&mut self, queue: &str, id: &str) {
        let waiting = &mut self.queue(queue).waiting;
        let at = waiting.iter().position(|(waiting, _)| waiting == id);
        waiting.remove(at.expect("somebody who waits"));
    }

    /// An agent answers.
    pub(super) async fn answers(&mut self, queue: &str, id: &str, agent: &str) {
        self.leaves(queue, id);
        self.queue(queue).answered += 1;
        let interface = interface(agent);
        let who = [("Queue", queue), ("Uniqueid", id)];
        self.event("QueueCallerLeave", &who, &[]).await;
        let more = [("Interface", &*interface), ("MemberName", agent)];
        self.event("AgentConnect", &who, &more).await;
    }

    /// Their talk is over.
    pub(super) async fn ends(&mut self, queue: &str, id: &str, agent: &str) {
        let interface = interface(agent);
        let who = [("Queue", queue), ("Uniqueid", id)];
        let more = [("Interface", &*interface), ("MemberName", agent)];
        self.event("AgentComplete", &who, &more).await;
    }

    /// Somebody waits in vain.
    pub(super) async fn gives_up(&mut self, queue: &str, id: &str) {
        self.leaves(queue, id);
        self.queue(queue).lost += 1;
        let who = [("Queue", queue), ("Uniqueid", id)];
        self.event("QueueCallerAbandon", &who, &[]).await;
        self.event("QueueCallerLeave", &who, &[]).await;
    }

    /// An agent takes a queue's calls from now on.
    pub(super) async fn hires(&self, queue: &str, agent: &str) {
        let interface = interface(agent);
        let who = [
            ("Queue", queue),
            ("MemberName", agent),
            ("Interface", &*interface),
        ];
        let more = [("Status", "1"), ("Paused", "0")];
        self.event("QueueMemberAdded", &who, &more).await;
    }

    /// An agent pauses.
    pub(super) async fn pauses(&self, queue: &str, agent: &str, reason: &str) {
        let interface = interface(agent);
        let who = [
            ("Queue", queue),
            ("MemberName", agent),
            ("Interface", &*interface),
        ];
        let more = [("Status", "1"), ("Paused", "1"), ("PausedReason", reason)];
        self.event("QueueMemberPause", &who, &more).await;
    }

    /// An extension's phone is in this now: 0 free, 1 in a call, 8 ringing.
    pub(super) async fn phone_is(&self, extension: &str, state: &str) {
        self.ami
            .send(extension_status(extension, state).to_bytes())
            .await;
    }

    async fn event(&self, event: &str, who: &[(&str, &str)], more: &[(&str, &str)]) {
        let all = [&[("Event", event)], who, more].concat();
        self.ami.event(&all).await;
    }

    /// Calls a phone's URL.
    pub(super) async fn phone(&self, path: &str) {
        harness::phone(&self.host, path).await;
    }

    pub(super) async fn close(self) {
        harness::stop(self.host).await;
    }
}

fn interface(agent: &str) -> String {
    format!("Local/{agent}@agents/n")
}

fn extension_status(extension: &str, state: &str) -> Message {
    let hint = format!("PJSIP/{extension}");
    Message::new(&[
        ("Event", "ExtensionStatus"),
        ("Exten", extension),
        ("Context", "from-internal"),
        ("Hint", &hint),
        ("Status", state),
    ])
}
