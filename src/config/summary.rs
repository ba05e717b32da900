//! What may be told of the settings to somebody who helps from outside: what is set, and no text that an admin entered.

use serde_json::{Map, Value, json};

use super::values::Values;
use super::{Bundle, Setting};

/// The settings whose values are told where they have a form that tells nothing else. All others, and so every new one until it is
/// named here, are told to be set or not.
const SHOWN: &[Setting] = &[
    Setting::HideConnectionMessages,
    Setting::PerPageStatuses,
    Setting::PresenceCallsPerSecond,
    Setting::AsteriskPort,
    Setting::AsteriskTls,
    Setting::AsteriskCallsPerMinute,
    Setting::AsteriskDriver,
    Setting::AsteriskPosts,
    Setting::AsteriskDnd,
    Setting::OvhPosts,
    Setting::PostStyle,
    Setting::CallStatus,
    Setting::MissedCalls,
    Setting::Country,
    Setting::TimeZone,
    Setting::ServiceLevelSeconds,
    Setting::BoardNumbers,
    Setting::ReportTime,
    Setting::Embedded,
    Setting::DisplayNameType,
    Setting::VideoRooms,
    Setting::VideoHosts,
    Setting::VideoChannels,
    Setting::VideoPosts,
    Setting::VideoPinInUrl,
];

/// The longest value that is told, in bytes.
const MAX_SHOWN: usize = 40;

/// Each setting of the bundle by its key: its value where that may be told, and otherwise how many characters and lines it has.
#[must_use]
pub fn summary(bundle: &Bundle, json: &[u8]) -> Value {
    let mut values = Values::read(bundle, json);
    let mut told = Map::new();
    for (setting, key) in bundle.settings() {
        let text = values.text(setting).unwrap_or_default();
        let value = match text.trim() {
            "" => Value::Null,
            text if SHOWN.contains(&setting) && is_harmless(text) => json!(text),
            text => json!({ "characters": text.chars().count(), "lines": text.lines().count() }),
        };
        told.insert(key.to_owned(), value);
    }
    Value::Object(told)
}

/// Whether a value is a word or two, a number, a time, or the name of a time zone.
fn is_harmless(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || ":/_, -".contains(c);
    text.len() <= MAX_SHOWN && text.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_is_only_told_to_be_set() {
        let json = r#"{"secret":"hush hush","numbersusers":"1:bob\n2:eve","callstatus":"dnd","timezone":"Europe/Paris",
            "asteriskport":"https://user:word@pbx","ovhposts":true,"teamname":" "}"#;
        let told = summary(Bundle::of("switchboard"), json.as_bytes());
        assert_eq!(told["Secret"], json!({"characters": 9, "lines": 1}));
        assert_eq!(told["NumbersUsers"], json!({"characters": 11, "lines": 2}));
        assert_eq!(told["CallStatus"], "dnd");
        assert_eq!(told["TimeZone"], "Europe/Paris");
        assert_eq!(told["OvhPosts"], "true");
        assert_eq!(told["TeamName"], Value::Null);
        assert_eq!(told["AsteriskPort"], json!({"characters": 21, "lines": 1}));
        let keys = told.as_object().expect("an object").len();
        assert_eq!(keys, Bundle::of("switchboard").settings().count());
    }
}
