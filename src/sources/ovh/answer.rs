//! What a poll is answered with: `{"Session": "…", "Message": "…", "Events": […]}`.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::event::{Fields, Name, Read};

/// The most events that are taken of one answer. Those behind them are counted, and are lost.
pub(super) const MAX_EVENTS: usize = 2_000;

/// The longest session that is sent back, in bytes.
pub(super) const MAX_SESSION: usize = 256;

/// An answer to a poll.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    /// What the next poll has to carry, if the service said so.
    pub(super) session: Option<String>,
    /// What the service says besides; short and clean.
    pub(super) message: String,
    /// Whether there was a list of events, even an empty one.
    pub(super) has_events: bool,
    /// What happened, as it came.
    pub(super) events: Vec<Fields>,
    /// How much stood among the events that is none, or one too many.
    pub(super) malformed: u64,
    /// Whether there were too many.
    pub(super) is_cut: bool,
}

impl Answer {
    /// Reads a body. Nothing if it is no such answer.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let mut deserializer = serde_json::Deserializer::from_slice(body);
        let answer = deserializer.deserialize_any(Whole).ok()?;
        deserializer.end().ok()?;
        Some(answer)
    }
}

struct Whole;

impl<'de> Visitor<'de> for Whole {
    type Value = Answer;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an answer to a poll")
    }

    /// The second version of the service answers with the events alone.
    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Answer, A::Error> {
        let mut answer = Answer::default();
        Events(&mut answer).visit_seq(list)?;
        Ok(answer)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Answer, A::Error> {
        let mut answer = Answer::default();
        while let Some(name) = map.next_key_seed(Name)? {
            match &*name {
                "session" => answer.session = map.next_value_seed(Text)?,
                "message" => {
                    let message = map.next_value_seed(Text)?.unwrap_or_default();
                    answer.message = crate::text::clean(&message).into_owned();
                }
                "events" => map.next_value_seed(Events(&mut answer))?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        answer.session = answer
            .session
            .filter(|session| !session.is_empty() && session.len() <= MAX_SESSION);
        Ok(answer)
    }
}

/// A text, or what stands for one.
struct Text;

impl<'de> DeserializeSeed<'de> for Text {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Text {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Some(number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Some(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Some(number.to_string()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

/// The list of events; `null` is an empty one.
struct Events<'a>(&'a mut Answer);

impl<'de> DeserializeSeed<'de> for Events<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Events<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of events")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.0.has_events = true;
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        self.0.has_events = true;
        loop {
            let more = if self.0.events.len() < MAX_EVENTS {
                list.next_element_seed(Read)?
            } else {
                let more = list.next_element::<IgnoredAny>()?;
                self.0.is_cut |= more.is_some();
                more.map(|_| None)
            };
            match more {
                Some(Some(event)) => self.0.events.push(event),
                Some(None) => self.0.malformed += 1,
                None => return Ok(()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::event::{Field, MAX_VALUE_CHARS};
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn read(body: &serde_json::Value) -> Answer {
        Answer::read(body.to_string().as_bytes()).expect("an answer")
    }

    fn one(event: &serde_json::Value) -> Fields {
        let mut answer = read(&json!({"Session": "s", "Events": [event]}));
        answer.events.pop().expect("an event")
    }

    #[test]
    fn the_form_of_the_guide_is_read() {
        let answer = read(&json!({"Session": "s-1", "Message": "", "Events": [{
            "Data": {
                "Billing": "0033912312312", "Body": "SIP/2.0 200 OK",
                "CallId": "N2ZkZmEyNGMxZWM0N2VhN2M4NGJkMTY4ZGYwZmU2OTY.",
                "Called": "0033912312312", "Calling": "0033912312312", "Cseq": "181 REGISTER",
                "Dialed": "0033912312312", "Event": "registered", "Protocol": "sip", "RelevantInfo": "",
                "Ts": 1_425_554_670.102, "TsGet": 1_425_554_670_238_926_800_u64,
            },
            "Date": "2015-03-05T12:24:30.255954 (CET)",
            "Details": {
                "Description": "Gaelle Becquet", "Id": "295670", "IdBillingAccount": "59415",
                "SimultaneousLine": "2", "Type": "sipCirpack",
            },
            "Event": "registered", "Ressource": "0033912312312", "Service": "sip",
            "Timestamp": 1_425_554_670_255_954_700_u64, "Token": "XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX",
        }]}));
        assert_eq!(answer.session.as_deref(), Some("s-1"));
        assert!(answer.has_events);
        let event = &answer.events[0];
        for (field, expected) in [
            (Field::Event, "registered"),
            (Field::Resource, "0033912312312"),
            (Field::Description, "Gaelle Becquet"),
            (Field::Type, "sipCirpack"),
            (Field::Simultaneous, "2"),
            (Field::Body, "SIP/2.0 200 OK"),
            (Field::Cseq, "181 REGISTER"),
        ] {
            assert_eq!(event.get(field), Some(expected), "{field:?}");
        }
        assert_eq!(
            event.time(Field::Timestamp),
            Some(1_425_554_670_255_954_700)
        );
        assert_eq!(event.time(Field::Ts), Some(1_425_554_670_102_000_000));
    }

    #[test]
    fn every_spelling_says_the_same() {
        let plain = one(
            &json!({"Event": "members-count", "Ressource": "0033", "Data": {"Count": "3", "QueueMemberUUID": "7"}}),
        );
        for event in [
            json!({"event": "members-count", "resource": 33, "data": {"count": 3, "queue_member_uuid": 7}}),
            json!({"EVENT": "members-count", "Resource": "33", "Count": 3.0, "QueueMemberUUID": "7"}),
            json!({"Data": {"Action": "members-count", "Resource": " 33 ", "Count": " 3", "Queue-Member-UUID": 7}, "Ressource": null}),
        ] {
            let read = one(&event);
            for field in [Field::Event, Field::Count, Field::Member] {
                assert_eq!(read.get(field), plain.get(field), "{event}");
            }
            assert_eq!(read.get(Field::Resource), Some("33"), "{event}");
        }
    }

    #[test]
    fn what_stands_further_up_holds() {
        for event in [
            json!({"Event": "a", "Data": {"Event": "b"}}),
            json!({"Data": {"Event": "b"}, "Event": "a"}),
        ] {
            assert_eq!(one(&event).get(Field::Event), Some("a"));
        }
    }

    #[test]
    fn what_is_no_event_is_counted_and_the_others_are_read() {
        let answer = read(
            &json!({"session": 7, "events": [1, "x", null, [{"Event": "a"}], true, {}, {"Event": "b"}]}),
        );
        assert_eq!(answer.session.as_deref(), Some("7"));
        assert_eq!((answer.malformed, answer.events.len()), (5, 2));
        assert_eq!(answer.events[1].get(Field::Event), Some("b"));
        let many = vec![json!({"Event": "a"}); MAX_EVENTS + 3];
        let answer = read(&json!({"Session": "s", "Events": many}));
        assert_eq!((answer.malformed, answer.events.len()), (3, MAX_EVENTS));
        assert!(answer.is_cut);
        let enough = vec![json!({"Event": "a"}); MAX_EVENTS];
        assert!(!read(&json!({"Session": "s", "Events": enough})).is_cut);
    }

    #[test]
    fn answers_without_events_are_told_apart() {
        assert!(read(&json!({"Session": "s", "Events": null})).has_events);
        let refusal = read(&json!({"Message": "Invalid\u{202e} token\n"}));
        assert!(!refusal.has_events);
        assert_eq!(refusal.message, "Invalid token");
        let listed = read(&json!([{"event": "start_ringing"}]));
        assert_eq!((listed.session, listed.events.len()), (None, 1));
        let long = read(&json!({"Session": "s".repeat(MAX_SESSION + 1), "Events": []}));
        assert_eq!(long.session, None);
        for body in ["", "null", "7", "<html>", "{\"Session\":", "{} x", "\"x\""] {
            assert_eq!(Answer::read(body.as_bytes()), None, "{body}");
        }
    }

    #[test]
    fn values_are_cut() {
        let event = one(&json!({"Event": "a", "Data": {"Calling": "ü".repeat(1000)}}));
        let calling = event.get(Field::Calling).expect("a number");
        assert_eq!(calling.chars().count(), MAX_VALUE_CHARS);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_harm(bytes in any::<Vec<u8>>()) {
            let _ = Answer::read(&bytes);
        }

        #[test]
        fn any_json_is_read_without_harm(text in r#"(\[|\{|\}|\]|:|,|"(Events|Data|Session|Event|x)"|[0-9.]{1,20}|null| ){0,60}"#) {
            let _ = Answer::read(text.as_bytes());
        }
    }
}
