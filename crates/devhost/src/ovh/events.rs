//! Events as OVH writes them, made by hand after the guide's form.
//!
//! Which fields a line's events have is the guide's; a queue's are FreeSWITCH's of mod_callcenter, with `Queue` in place of `CC`, as the guide
//! says and the example reads them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

/// How an event is written. All say the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Spelling {
    /// As in the guide.
    #[default]
    Guide,
    /// Times and counts as texts, and numbers of phones as numbers.
    Swapped,
    /// Fields in lower case, `resource` with one s, and `member-count` and `bridge-agent-failed` for their like.
    Second,
    /// All fields side by side, without `Data` and `Details`.
    Flat,
}

impl Spelling {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Guide, Self::Swapped, Self::Second, Self::Flat];
}

/// A number at OVH: a line or a queue.
#[derive(Clone, Debug)]
pub struct Number {
    /// The number, as OVH writes it: `0033912312312`.
    pub number: String,
    /// What it is called.
    pub description: String,
    /// `sipCirpack`, `easyHunting` …
    pub kind: String,
    /// How many calls it takes at once.
    pub simultaneous: u16,
    /// How its events are written.
    pub spelling: Spelling,
}

/// A call on a line.
#[derive(Clone, Debug)]
pub struct Call {
    line: Number,
    calling: String,
    called: String,
    dialed: String,
    id: String,
}

/// A caller in a queue.
#[derive(Clone, Debug)]
pub struct Queued {
    queue: Number,
    calling: String,
    id: String,
    joined: u64,
}

/// Each event has a time of its own, later than that of the one before, as seconds of a day in 2026.
static CLOCK: AtomicU64 = AtomicU64::new(0);

/// The present, in nanoseconds, and never twice the same.
fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.map_or(0, |now| now.as_nanos() as u64);
    let least = CLOCK.fetch_max(now, Ordering::Relaxed).max(now);
    CLOCK.fetch_max(least + 1_000, Ordering::Relaxed);
    least
}

impl Number {
    /// A line with two simultaneous calls, of the type `sipCirpack`.
    #[must_use]
    pub fn line(number: &str, description: &str) -> Self {
        Self {
            number: number.to_owned(),
            description: description.to_owned(),
            kind: "sipCirpack".to_owned(),
            simultaneous: 2,
            spelling: Spelling::default(),
        }
    }

    /// A queue of the type `easyHunting`.
    #[must_use]
    pub fn queue(number: &str, description: &str) -> Self {
        Self {
            kind: "easyHunting".to_owned(),
            simultaneous: 10,
            ..Self::line(number, description)
        }
    }

    /// The same, written in another way.
    #[must_use]
    pub fn spelt(mut self, spelling: Spelling) -> Self {
        self.spelling = spelling;
        self
    }

    /// Its phone registered.
    #[must_use]
    pub fn registered(&self) -> Value {
        let own = &self.number;
        self.event(
            "registered",
            "sip",
            &[
                ("Billing", json!(own)),
                ("Body", json!("SIP/2.0 200 OK")),
                ("CallId", json!(format!("register-{own}"))),
                ("Called", json!(own)),
                ("Calling", json!(own)),
                ("Cseq", json!("181 REGISTER")),
                ("Dialed", json!(own)),
            ],
        )
    }

    /// A call that comes in.
    #[must_use]
    pub fn call(&self, calling: &str, id: &str) -> Call {
        Call {
            line: self.clone(),
            calling: calling.to_owned(),
            called: self.number.clone(),
            dialed: self.number.clone(),
            id: id.to_owned(),
        }
    }

    /// A call that goes out.
    #[must_use]
    pub fn calls(&self, called: &str, id: &str) -> Call {
        Call {
            line: self.clone(),
            calling: self.number.clone(),
            called: called.to_owned(),
            dialed: called.to_owned(),
            id: id.to_owned(),
        }
    }

    /// A caller of this queue.
    #[must_use]
    pub fn caller(&self, calling: &str, id: &str) -> Queued {
        Queued {
            queue: self.clone(),
            calling: calling.to_owned(),
            id: id.to_owned(),
            joined: now() / 1_000_000_000,
        }
    }

    /// How many wait.
    #[must_use]
    pub fn members_count(&self, count: u64) -> Value {
        let event = match self.spelling {
            Spelling::Second => "member-count",
            _ => "members-count",
        };
        self.event(event, "queues", &[("Count", json!(count.to_string()))])
    }

    /// Any event of this number, with these fields in its `Data`.
    #[must_use]
    pub fn event(&self, event: &str, service: &str, data: &[(&str, Value)]) -> Value {
        let at = now();
        let mut fields = Map::new();
        for (name, value) in data {
            fields.insert((*name).to_owned(), value.clone());
        }
        fields.insert("Event".to_owned(), json!(event));
        fields.insert("Protocol".to_owned(), json!("sip"));
        fields.insert("RelevantInfo".to_owned(), json!(""));
        fields.insert("Ts".to_owned(), json!(at as f64 / 1e9));
        fields.insert("TsGet".to_owned(), json!(at + 17_000));
        let whole = json!({
            "Data": fields,
            "Date": "2015-03-05T12:24:30.255954 (CET)",
            "Details": {
                "Description": self.description,
                "Id": "295670",
                "IdBillingAccount": "59415",
                "SimultaneousLine": self.simultaneous.to_string(),
                "Type": self.kind,
            },
            "Event": event,
            "Ressource": self.number,
            "Service": service,
            "Timestamp": at + 34_000,
        });
        self.spelling.write(&whole)
    }
}

impl Call {
    /// Of whom the caller sees another number than the one dialled.
    #[must_use]
    pub fn dialed(mut self, number: &str) -> Self {
        self.dialed = number.to_owned();
        self
    }

    /// It rings.
    #[must_use]
    pub fn start_ringing(&self) -> Value {
        self.event("start_ringing", "SIP/2.0 180 Ringing", "1 INVITE")
    }

    /// It rings no more, unanswered.
    #[must_use]
    pub fn end_ringing(&self) -> Value {
        self.event("end_ringing", "SIP/2.0 487 Request Terminated", "1 INVITE")
    }

    /// The handset is lifted.
    #[must_use]
    pub fn start_calling(&self) -> Value {
        self.event("start_calling", "SIP/2.0 200 OK", "1 INVITE")
    }

    /// It is over.
    #[must_use]
    pub fn end_calling(&self) -> Value {
        self.event("end_calling", "BYE", "2 BYE")
    }

    /// Any event of it, by that SIP message.
    #[must_use]
    pub fn event(&self, event: &str, body: &str, cseq: &str) -> Value {
        self.line.event(
            event,
            "sip",
            &[
                ("Billing", json!(self.line.number)),
                ("Body", json!(body)),
                ("CallId", json!(self.id)),
                ("Called", json!(self.called)),
                ("Calling", json!(self.calling)),
                ("Cseq", json!(cseq)),
                ("Dialed", json!(self.dialed)),
            ],
        )
    }
}

impl Queued {
    /// They wait, one of so many.
    #[must_use]
    pub fn start(&self, count: u64) -> Value {
        self.event("member-queue-start", &[("Count", json!(count.to_string()))])
    }

    /// An agent's line rings for them.
    #[must_use]
    pub fn offering(&self, agent: &Number) -> Value {
        let called = seconds();
        self.event(
            "agent-offering",
            &[
                ("QueueAgent", json!(agent_name(agent))),
                ("QueueAgentCalledTime", json!(called)),
            ],
        )
    }

    /// That agent answered.
    #[must_use]
    pub fn bridge_start(&self, agent: &Number) -> Value {
        let answered = seconds();
        self.event(
            "bridge-agent-start",
            &[
                ("QueueAgent", json!(agent_name(agent))),
                ("QueueAgentAnsweredTime", json!(answered)),
            ],
        )
    }

    /// That agent did not, for a cause as `NO_ANSWER`.
    #[must_use]
    pub fn bridge_fail(&self, agent: &Number, cause: &str) -> Value {
        let event = match self.queue.spelling {
            Spelling::Second => "bridge-agent-failed",
            _ => "bridge-agent-fail",
        };
        self.event(
            event,
            &[
                ("QueueAgent", json!(agent_name(agent))),
                ("QueueHangupCause", json!(cause)),
            ],
        )
    }

    /// Their talk ended.
    #[must_use]
    pub fn bridge_end(&self, agent: &Number) -> Value {
        self.event(
            "bridge-agent-end",
            &[
                ("QueueAgent", json!(agent_name(agent))),
                ("QueueAgentAnsweredTime", json!(seconds())),
                ("QueueBridgeTerminatedTime", json!(seconds())),
                ("QueueHangupCause", json!("SUCCESS")),
            ],
        )
    }

    /// They left the queue after a talk.
    #[must_use]
    pub fn terminated(&self) -> Value {
        self.event(
            "member-queue-end",
            &[
                ("QueueCause", json!("Terminated")),
                ("QueueMemberLeavingTime", json!(seconds())),
                ("Count", json!("0")),
            ],
        )
    }

    /// They left the queue without one, for a reason as `BREAK_OUT` or `NO_AGENT_TIMEOUT`.
    #[must_use]
    pub fn cancelled(&self, reason: &str) -> Value {
        self.event(
            "member-queue-end",
            &[
                ("QueueCause", json!("Cancel")),
                ("QueueCancelReason", json!(reason)),
                ("QueueMemberLeavingTime", json!(seconds())),
                ("Count", json!("0")),
            ],
        )
    }

    /// Any event of theirs.
    #[must_use]
    pub fn event(&self, event: &str, more: &[(&str, Value)]) -> Value {
        let mut data = vec![
            ("Calling", json!(self.calling)),
            ("Queue", json!(self.queue.number)),
            ("QueueAgentSystem", json!("single_box")),
            ("QueueMemberCIDName", json!(self.calling)),
            ("QueueMemberCIDNumber", json!(self.calling)),
            ("QueueMemberUUID", json!(self.id)),
            (
                "QueueMemberSessionUUID",
                json!(format!("session-{}", self.id)),
            ),
            ("QueueMemberJoinedTime", json!(self.joined.to_string())),
        ];
        data.extend(more.iter().cloned());
        self.queue.event(event, "queues", &data)
    }
}

fn agent_name(agent: &Number) -> String {
    format!("agent_{}_1", agent.number)
}

fn seconds() -> String {
    (now() / 1_000_000_000).to_string()
}

impl Spelling {
    fn write(self, event: &Value) -> Value {
        match self {
            Self::Guide => event.clone(),
            Self::Swapped => swapped(event),
            Self::Second => renamed(event),
            Self::Flat => flat(event),
        }
    }
}

fn map(object: &Map<String, Value>, change: impl Fn(&str, &Value) -> (String, Value)) -> Value {
    let fields = object.iter().map(|(name, value)| change(name, value));
    Value::Object(fields.collect())
}

fn swapped(value: &Value) -> Value {
    match value {
        Value::Object(object) => map(object, |name, value| (name.to_owned(), swapped(value))),
        Value::Number(number) => json!(number.to_string()),
        Value::String(text) => match text.parse::<u64>() {
            // A number that begins with noughts loses them, as in any language.
            Ok(number) if !text.starts_with('0') => json!(number),
            _ => value.clone(),
        },
        other => other.clone(),
    }
}

fn renamed(value: &Value) -> Value {
    let Value::Object(object) = value else {
        return value.clone();
    };
    map(object, |name, value| {
        let name = match name {
            "Ressource" => "resource".to_owned(),
            other => other.to_lowercase(),
        };
        (name, renamed(value))
    })
}

fn flat(event: &Value) -> Value {
    let mut fields = Map::new();
    for (name, value) in event.as_object().into_iter().flatten() {
        match value {
            Value::Object(inner) => {
                for (name, value) in inner {
                    fields.entry(name.clone()).or_insert(value.clone());
                }
            }
            other => {
                fields.insert(name.clone(), other.clone());
            }
        }
    }
    Value::Object(fields)
}
