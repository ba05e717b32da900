//! One event of OVH's, as it is written.
//!
//! The guide ("Documentation technique CTI" of OVH's) shows a form; what comes differs from it: names in another case or with other marks,
//! numbers as strings and strings as numbers, fields beside `Data` that belong into it, fields that are missing. So a field is known by the
//! letters and digits of its name alone, wherever it stands, and each value is read as text. Queues' fields are those of FreeSWITCH's
//! mod_callcenter: `CC-Member-UUID` is `QueueMemberUUID` here.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The most characters that are kept of a value. SIP's ids of calls are shorter; names and numbers are cut further where they are shown.
pub(super) const MAX_VALUE_CHARS: usize = 256;

/// The most characters of a field's name that are looked at. All that are known are shorter.
const MAX_NAME_CHARS: usize = 40;

/// How deep in an event its fields are looked for: `Data` and `Details` are one level down.
const MAX_DEPTH: usize = 3;

macro_rules! fields {
    ($($(#[$doc:meta])* $field:ident = $($name:literal)|+,)*) => {
        /// What an event can say.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Field {
            $($(#[$doc])* $field,)*
        }

        impl Field {
            const COUNT: usize = [$(Self::$field,)*].len();

            fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($($name)|+ => Some(Self::$field),)*
                    _ => None,
                }
            }
        }
    };
}

fields! {
    /// What happened.
    Event = "event" | "eventtype" | "action",
    /// The number that it happened to.
    Resource = "ressource" | "resource",
    /// The same, where it is a line's.
    Billing = "billing",
    /// When the service handed it on, in nanoseconds.
    Timestamp = "timestamp",
    /// When it happened, in seconds.
    Ts = "ts",
    /// When the service got it, in nanoseconds.
    TsGet = "tsget",
    /// The first line of the SIP message that it was seen by.
    Body = "body",
    /// Which message of its dialogue that answers or is.
    Cseq = "cseq",
    /// SIP's id of the call.
    CallId = "callid",
    /// Who calls.
    Calling = "calling",
    /// Who is called.
    Called = "called",
    /// The number that was dialled.
    Dialed = "dialed" | "dialled",
    /// How many wait in a queue.
    Count = "count" | "queuecount",
    /// `agent_<number>_<n>`.
    Agent = "queueagent",
    /// The same, where that is missing.
    AgentToo = "agent",
    /// The caller in a queue.
    Member = "queuememberuuid",
    /// Their channel.
    MemberSession = "queuemembersessionuuid",
    /// Their number.
    MemberNumber = "queuemembercidnumber",
    /// The number that they dialled.
    MemberDialed = "queuememberdnis",
    /// When they joined the queue, in seconds.
    Joined = "queuememberjoinedtime",
    /// When they left it.
    Leaving = "queuememberleavingtime",
    /// When the agent was called.
    AgentCalled = "queueagentcalledtime",
    /// When the agent answered.
    AgentAnswered = "queueagentansweredtime",
    /// `Terminated` after a talk, `Cancel` without one.
    Cause = "queuecause",
    /// Why there was none.
    CancelReason = "queuecancelreason" | "queuecausereason",
    /// How a call to an agent, or with one, ended: a name of Q.850's causes as FreeSWITCH writes them.
    HangupCause = "queuehangupcause",
    /// What the number is called at OVH.
    Description = "description",
    /// `sipCirpack`, `easyHunting` …
    Type = "type",
    /// How many calls the line takes at once.
    Simultaneous = "simultaneousline" | "simultaneouslines",
}

/// An event's fields, as texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fields {
    values: [Option<Box<str>>; Field::COUNT],
    /// How deep each was found: what stands further up holds.
    depths: [u8; Field::COUNT],
}

impl Fields {
    /// What it says, without blanks around it; nothing where it says nothing.
    pub(super) fn get(&self, field: Field) -> Option<&str> {
        self.values[field as usize].as_deref()
    }

    /// The first of these that says something.
    pub(super) fn first(&self, fields: &[Field]) -> Option<&str> {
        fields.iter().find_map(|field| self.get(*field))
    }

    /// A point in time, in nanoseconds since the Unix epoch, whatever unit it is written in: it is known by how many there are.
    pub(super) fn time(&self, field: Field) -> Option<u64> {
        nanoseconds(self.get(field)?)
    }

    fn set(&mut self, field: Field, value: &str, depth: usize) {
        let at = field as usize;
        let value = value.trim();
        if value.is_empty() || (self.values[at].is_some() && usize::from(self.depths[at]) <= depth)
        {
            return;
        }
        let end = value.char_indices().nth(MAX_VALUE_CHARS);
        let end = end.map_or(value.len(), |(end, _)| end);
        self.values[at] = Some(value[..end].into());
        self.depths[at] = depth as u8;
    }
}

/// Between 2001 and 2286 a time in seconds has ten digits, and one in nanoseconds nineteen.
fn nanoseconds(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty() || !whole.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let scale = match whole.len() {
        10 => 1_000_000_000,
        13 => 1_000_000,
        16 => 1_000,
        19 => 1,
        _ => return None,
    };
    let whole = whole.parse::<u64>().ok()?.checked_mul(scale)?;
    let digits = fraction.bytes().take_while(u8::is_ascii_digit).take(9);
    let fraction = digits.fold((0, scale), |(sum, unit), b| {
        (sum + u64::from(b - b'0') * (unit / 10), unit / 10)
    });
    whole.checked_add(fraction.0)
}

/// Reads an event; nothing where there stands something that is none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Read;

impl<'de> DeserializeSeed<'de> for Read {
    type Value = Option<Fields>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let mut fields = Fields::default();
        let what = Value {
            fields: &mut fields,
            field: None,
            depth: 0,
        };
        let is_event = deserializer.deserialize_any(what)?;
        Ok(is_event.then_some(fields))
    }
}

/// A value in an event. Answers whether it is an object.
struct Value<'a> {
    fields: &'a mut Fields,
    field: Option<Field>,
    depth: usize,
}

impl Value<'_> {
    fn is(self, text: &str) -> bool {
        if let Some(field) = self.field {
            self.fields.set(field, text, self.depth);
        }
        false
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_i64<E>(self, number: i64) -> Result<bool, E> {
        Ok(self.is(&number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<bool, E> {
        Ok(self.is(&number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<bool, E> {
        Ok(self.is(&number.to_string()))
    }

    fn visit_str<E>(self, text: &str) -> Result<bool, E> {
        Ok(self.is(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<bool, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(false)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        while let Some(name) = map.next_key_seed(Name)? {
            if self.depth >= MAX_DEPTH {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            map.next_value_seed(Value {
                fields: &mut *self.fields,
                field: Field::from_name(&name),
                depth: self.depth + 1,
            })?;
        }
        Ok(true)
    }
}

/// A field's name: its letters in lower case and its digits.
pub(super) struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<String, E> {
        let kept = name.bytes().take(MAX_NAME_CHARS);
        let kept = kept.filter(u8::is_ascii_alphanumeric);
        Ok(kept.map(|b| char::from(b.to_ascii_lowercase())).collect())
    }
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// It rings, at the line or at whom it calls.
    StartRinging,
    /// It does no longer.
    EndRinging,
    /// The handset was lifted: both sides talk.
    StartCalling,
    /// The call ended.
    EndCalling,
    /// The line's phone registered.
    Registered,
    /// A caller waits in a queue.
    MemberStart,
    /// They do no longer, or their call is over.
    MemberEnd,
    /// An agent's line rings for a caller.
    AgentOffering,
    /// An agent answered a caller.
    BridgeStart,
    /// Their talk ended.
    BridgeEnd,
    /// The agent did not answer.
    BridgeFail,
    /// How many are in a queue.
    Count,
}

impl Kind {
    /// The event of that name, in each of its spellings.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        let letters: String = name
            .bytes()
            .take(MAX_NAME_CHARS)
            .filter(u8::is_ascii_alphanumeric)
            .map(|b| char::from(b.to_ascii_lowercase()))
            .collect();
        Some(match &*letters {
            "startringing" => Self::StartRinging,
            "endringing" => Self::EndRinging,
            "startcalling" => Self::StartCalling,
            "endcalling" => Self::EndCalling,
            "registered" | "register" => Self::Registered,
            "memberqueuestart" => Self::MemberStart,
            "memberqueueend" => Self::MemberEnd,
            "agentoffering" => Self::AgentOffering,
            "bridgeagentstart" => Self::BridgeStart,
            "bridgeagentend" => Self::BridgeEnd,
            "bridgeagentfail" | "bridgeagentfailed" => Self::BridgeFail,
            "memberscount" | "membercount" => Self::Count,
            _ => return None,
        })
    }

    /// Whether it is a queue's.
    pub(super) fn is_queue(self) -> bool {
        !matches!(
            self,
            Self::StartRinging
                | Self::EndRinging
                | Self::StartCalling
                | Self::EndCalling
                | Self::Registered
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_every_unit() {
        for (text, expected) in [
            ("1425554670255954700", Some(1_425_554_670_255_954_700)),
            ("1425554670255", Some(1_425_554_670_255_000_000)),
            ("1425554670", Some(1_425_554_670_000_000_000)),
            ("1425554670.102", Some(1_425_554_670_102_000_000)),
            ("", None),
            ("0", None),
            ("-1425554670", None),
            ("1e18", None),
            ("99999999999999999999", None),
            ("9999999999999999999", Some(9_999_999_999_999_999_999)),
        ] {
            assert_eq!(nanoseconds(text), expected, "{text}");
        }
    }

    #[test]
    fn events_are_known_in_every_spelling() {
        for (name, kind) in [
            ("start_ringing", Some(Kind::StartRinging)),
            ("START-RINGING", Some(Kind::StartRinging)),
            ("member-count", Some(Kind::Count)),
            ("members-count", Some(Kind::Count)),
            ("bridge-agent-fail", Some(Kind::BridgeFail)),
            ("bridge-agent-failed", Some(Kind::BridgeFail)),
            ("bridge_agent_start", Some(Kind::BridgeStart)),
            ("agent-status-change", None),
            ("", None),
        ] {
            assert_eq!(Kind::from_name(name), kind, "{name}");
        }
        let long = "start_ringing".repeat(1000);
        assert_eq!(Kind::from_name(&long), None);
    }
}
