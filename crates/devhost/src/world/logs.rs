//! The server's log.

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Event, World};

/// Lines kept; older ones are forgotten.
const KEPT: usize = 2000;

/// How grave a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// For developers.
    Debug,
    /// In the course of things.
    Info,
    /// Not as it should be.
    Warn,
    /// Something failed.
    Error,
}

impl Level {
    fn from_word(word: &str) -> Self {
        match word {
            "trace" | "debug" => Self::Debug,
            "warn" => Self::Warn,
            "error" => Self::Error,
            _ => Self::Info,
        }
    }
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LogLine {
    /// One more than the line before; the first is 1.
    pub number: u64,
    /// Milliseconds since 1970.
    pub at: i64,
    /// How grave it is.
    pub level: Level,
    /// The plugin from which it comes; empty for the host's own.
    pub plugin: String,
    /// The words.
    pub message: String,
    /// What stands beside them.
    pub fields: Map<String, Value>,
}

#[derive(Default)]
pub(crate) struct Logs {
    lines: VecDeque<LogLine>,
    last: u64,
}

impl World {
    /// Writes a line.
    pub fn log(
        &self,
        level: Level,
        plugin: &str,
        message: impl Into<String>,
        fields: Map<String, Value>,
    ) {
        let at = self.now();
        let mut state = self.state();
        state.logs.last += 1;
        let number = state.logs.last;
        let line = LogLine {
            number,
            at,
            level,
            plugin: plugin.into(),
            message: message.into(),
            fields,
        };
        if state.logs.lines.len() == KEPT {
            state.logs.lines.pop_front();
        }
        state.logs.lines.push_back(line.clone());
        drop(state);
        self.tell(Event::Log(line));
    }

    /// Writes what a plugin printed on stderr: hclog's JSON with its level and fields, anything
    /// else as plain text.
    pub fn log_output(&self, plugin: &str, text: &str) {
        let Ok(Value::Object(mut fields)) = serde_json::from_str(text) else {
            return self.log(Level::Info, plugin, text, Map::new());
        };
        let mut take = |key: &str| match fields.remove(key) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        let (level, message) = (take("@level"), take("@message"));
        take("@timestamp");
        match (level, message) {
            (Some(level), Some(message)) => {
                self.log(Level::from_word(&level), plugin, message, fields);
            }
            _ => self.log(Level::Info, plugin, text, Map::new()),
        }
    }

    /// The last lines, the oldest first.
    pub fn logs(&self) -> Vec<LogLine> {
        self.state().logs.lines.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hclogs_lines_keep_their_level_and_fields() {
        let world = World::new();
        world.log_output(
            "p",
            r#"{"@level":"warn","@message":"m","@timestamp":"t","line":7}"#,
        );
        world.log_output("p", "plain");
        world.log_output("p", r#"{"other":"json"}"#);
        let lines = world.logs();
        assert_eq!(
            (lines[0].level, lines[0].message.as_str()),
            (Level::Warn, "m")
        );
        assert_eq!(
            Value::Object(lines[0].fields.clone()),
            serde_json::json!({"line": 7})
        );
        assert_eq!(
            (lines[1].level, lines[1].message.as_str()),
            (Level::Info, "plain")
        );
        assert_eq!(lines[2].message, r#"{"other":"json"}"#);
    }
}
