//! The server's JSON object, asked setting by setting.

use std::ops::RangeInclusive;

use serde_json::Value;

use super::{Bundle, MAX_CONFIG_BYTES, Problem, Setting};
use crate::text;

/// The longest name or address that is read, in bytes (an e-mail address has at most 254, RFC 5321).
const MAX_NAME_BYTES: usize = 254;

/// What stands in for the settings as a whole where a problem names a setting.
const WHOLE: &str = "settings";

/// The object, and what is found wrong while it is read.
pub(super) struct Values<'a> {
    bundle: &'a Bundle,
    object: serde_json::Map<String, Value>,
    problems: Vec<Problem>,
}

impl<'a> Values<'a> {
    pub(super) fn read(bundle: &'a Bundle, json: &[u8]) -> Self {
        let mut values = Self {
            bundle,
            object: serde_json::Map::new(),
            problems: Vec::new(),
        };
        let remedy = "Open the plugin's page in the System Console, fill it in and save it.";
        if json.len() > MAX_CONFIG_BYTES {
            let what = format!("are longer than {MAX_CONFIG_BYTES} bytes and were not read");
            values.problems.push(Problem::new(WHOLE, what, remedy));
            return values;
        }
        if json.trim_ascii().is_empty() {
            return values;
        }
        match serde_json::from_slice(json) {
            Ok(Value::Object(object)) => values.object = object,
            Ok(Value::Null) => {}
            // The error's text could quote a value, and a value could be a secret.
            Ok(_) | Err(_) => {
                let what = "are not a JSON object and were not read";
                values.problems.push(Problem::new(WHOLE, what, remedy));
            }
        }
        values
    }

    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    pub(super) fn problem(
        &mut self,
        setting: Setting,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        if let Some(key) = self.bundle.key(setting) {
            self.problems.push(Problem::new(key, what, remedy));
        }
    }

    /// The value under the setting's key in whichever case; the lower-case one if there are several.
    fn take(&mut self, setting: Setting) -> Option<Value> {
        let key = self.bundle.key(setting)?;
        let mut found: Vec<String> = self
            .object
            .keys()
            .filter(|k| k.eq_ignore_ascii_case(key))
            .cloned()
            .collect();
        // Lower-case letters sort behind upper-case ones.
        found.sort_unstable();
        let chosen = found.pop()?;
        let value = self.object.remove(&chosen);
        if !found.is_empty() {
            for other in &found {
                self.object.remove(other);
            }
            let shown = text::clean(&chosen).into_owned();
            self.problem(
                setting,
                format!("is stored twice, in different case; `{shown}` holds"),
                "Remove the other one from `PluginSettings.Plugins` in the server's configuration.",
            );
        }
        value.filter(|value| !value.is_null())
    }

    /// Whatever is stored.
    pub(super) fn value(&mut self, setting: Setting) -> Option<Value> {
        self.take(setting)
    }

    /// Whether the bundle's rooms go by their channels' names where nothing else is set.
    pub(super) fn has_rooms_by_name(&self) -> bool {
        self.bundle.has_rooms_by_name()
    }

    /// Whether the bundle has video and nothing else.
    pub(super) fn is_for_video_alone(&self) -> bool {
        self.bundle.is_for_video_alone()
    }

    /// A text, or what stands for one.
    pub(super) fn text(&mut self, setting: Setting) -> Option<String> {
        match self.take(setting)? {
            Value::String(text) => Some(text),
            Value::Bool(flag) => Some(flag.to_string()),
            Value::Number(number) => Some(number.to_string()),
            _ => {
                self.problem(
                    setting,
                    "is a list or an object, and was ignored",
                    "Save it as text.",
                );
                None
            }
        }
    }

    /// A name that must be set.
    pub(super) fn name(&mut self, setting: Setting, remedy: &str) -> String {
        let text = self.text(setting).unwrap_or_default();
        let mut name = text.trim().trim_start_matches('~');
        if name.len() > MAX_NAME_BYTES {
            let what = format!("is longer than {MAX_NAME_BYTES} bytes, and was ignored");
            self.problem(setting, what, remedy);
            name = "";
        }
        if name.is_empty() {
            self.problem(setting, "is empty", remedy);
        }
        name.to_owned()
    }

    /// A whole number within a range, or the default.
    pub(super) fn number(
        &mut self,
        setting: Setting,
        range: RangeInclusive<u32>,
        default: u32,
    ) -> u32 {
        let text = self.text(setting).unwrap_or_default();
        let text = text.trim();
        if text.is_empty() {
            return default;
        }
        // The console may write a number as `100.0`.
        let whole = text.strip_suffix(".0").unwrap_or(text);
        match whole.parse() {
            Ok(number) if range.contains(&number) => number,
            _ => {
                let what = format!("is `{}`; {default} is used", text::clean(text));
                let (least, most) = (range.start(), range.end());
                let remedy = format!("Enter a whole number from {least} to {most}.");
                self.problem(setting, what, remedy);
                default
            }
        }
    }

    /// Yes or no, yes where nothing is set; no in a bundle without the setting.
    pub(super) fn flag_unless_off(&mut self, setting: Setting) -> bool {
        let there = self.bundle.key(setting).is_some();
        self.flag_or(setting, there)
    }

    /// Yes or no, and that where nothing is set.
    pub(super) fn flag_or(&mut self, setting: Setting, default: bool) -> bool {
        let is_set = self.bundle.key(setting).is_some_and(|key| {
            let mut all = self.object.iter();
            all.any(|(k, value)| k.eq_ignore_ascii_case(key) && !value.is_null())
        });
        if is_set { self.flag(setting) } else { default }
    }

    /// One of several words, in any case; the first of them where nothing is set, or something else.
    pub(super) fn choice<T: Copy>(&mut self, setting: Setting, words: &[(&str, T)]) -> T {
        self.choice_or(setting, words, 0)
    }

    /// The same, where a word that is none of them stands for that one of them.
    pub(super) fn choice_or<T: Copy>(
        &mut self,
        setting: Setting,
        words: &[(&str, T)],
        otherwise: usize,
    ) -> T {
        let ((_, default), (other, wrong)) = (words[0], words[otherwise]);
        let text = self.text(setting).unwrap_or_default();
        let text = text.trim();
        if text.is_empty() {
            return default;
        }
        let found = words
            .iter()
            .find(|(word, _)| text.eq_ignore_ascii_case(word));
        if found.is_none() {
            let what = format!("is `{}`; `{other}` is used", text::clean(text));
            let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let remedy = format!("Enter one of {}.", all.join(", "));
            self.problem(setting, what, remedy);
        }
        found.map_or(wrong, |(_, meaning)| *meaning)
    }

    /// Yes or no; no unless it is clearly yes.
    pub(super) fn flag(&mut self, setting: Setting) -> bool {
        let Some(text) = self.text(setting) else {
            return false;
        };
        let text = text.trim();
        let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
        if is(&["true", "1", "yes", "on"]) {
            return true;
        }
        if !is(&["", "false", "0", "no", "off"]) {
            let what = format!("is `{}`, and was taken as false", text::clean(text));
            self.problem(setting, what, "Set it to true or false.");
        }
        false
    }
}
