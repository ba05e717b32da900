//! One log line: a JSON object in hclog's form, never longer than the host can read.

use std::{
    fmt::{self, Write},
    time::SystemTime,
};

use tracing::{
    Level,
    field::{Field, Visit},
};

use super::timestamp;

/// Longest line in bytes, with its line end: 32 KiB.
///
/// go-plugin reads stderr through a buffer of 64 KiB and logs what is longer unparsed, in pieces,
/// at the debug level.
pub const MAX_LINE_BYTES: usize = 32 * 1024;

/// Longest message or value in bytes of JSON: 8 KiB. What is longer is cut and ends in `…`.
pub const MAX_VALUE_BYTES: usize = 8 * 1024;

/// Most fields of one line, those of its spans included: 64.
pub const MAX_FIELDS: usize = 64;

/// Room for what every line holds beside message and fields: level, module, time, end and the
/// note about fields that were left out.
const FRAME_BYTES: usize = 512;

const _: () = assert!(FRAME_BYTES + MAX_MODULE_BYTES + MAX_VALUE_BYTES < MAX_LINE_BYTES);

/// Longest module path and longest key in bytes of JSON: 256.
const MAX_MODULE_BYTES: usize = 256;

/// The largest whole number that Go keeps when it reads JSON into an interface (a float64).
const MAX_EXACT: u64 = 1 << 53;

/// The fields of an event or a span, each value already JSON.
#[derive(Debug, Default)]
pub(super) struct Fields {
    message: Vec<u8>,
    fields: Vec<(&'static str, Vec<u8>)>,
    left_out: usize,
}

impl Fields {
    /// Later values replace earlier ones, as in a span that records a field again.
    fn set(&mut self, field: &Field, value: Vec<u8>) {
        let name = field.name();
        if name == "message" {
            self.message = value;
        } else if let Some((_, old)) = self.fields.iter_mut().find(|(known, _)| *known == name) {
            *old = value;
        } else if self.fields.len() < MAX_FIELDS {
            self.fields.push((name, value));
        } else {
            self.left_out += 1;
        }
    }

    fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(known, _)| *known == name)
    }

    /// Takes over what an outer span says, unless something nearer says it already.
    pub(super) fn inherit(&mut self, outer: &Self) {
        for (name, value) in &outer.fields {
            if !self.has(name) {
                if self.fields.len() < MAX_FIELDS {
                    self.fields.push((name, value.clone()));
                } else {
                    self.left_out += 1;
                }
            }
        }
    }

    fn text(&mut self, field: &Field, value: &dyn fmt::Display) {
        let mut text = JsonText::new(MAX_VALUE_BYTES);
        // The error is the text's own: it is full.
        let _ = write!(text, "{value}");
        self.set(field, text.finish());
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.text(field, &format_args!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, &value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.text(field, &value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field, value.to_string().into_bytes());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        if value.unsigned_abs() <= MAX_EXACT {
            self.set(field, value.to_string().into_bytes());
        } else {
            self.text(field, &value);
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if value <= MAX_EXACT {
            self.set(field, value.to_string().into_bytes());
        } else {
            self.text(field, &value);
        }
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.text(field, &value);
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.text(field, &value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        // JSON has no infinity, and Rust never writes an exponent where JSON would not take it.
        if value.is_finite() {
            self.set(field, value.to_string().into_bytes());
        } else {
            self.text(field, &value);
        }
    }
}

/// Puts a line together.
pub(super) fn line(time: SystemTime, level: Level, module: &str, fields: &Fields) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    out.extend_from_slice(b"{\"@level\":\"");
    out.extend_from_slice(level_name(level).as_bytes());
    out.extend_from_slice(b"\",\"@message\":");
    if fields.message.first() == Some(&b'"') {
        out.extend_from_slice(&fields.message);
    } else {
        // The host takes the message for text without a look: a number would panic there.
        out.push(b'"');
        out.extend_from_slice(&fields.message);
        out.push(b'"');
    }
    out.extend_from_slice(b",\"@module\":");
    out.extend_from_slice(&json_text(module, MAX_MODULE_BYTES));
    out.extend_from_slice(b",\"@timestamp\":\"");
    timestamp::push(&mut out, time);
    out.push(b'"');

    let mut left_out = fields.left_out;
    for (name, value) in &fields.fields {
        // `@` is hclog's own, and `r#` is how Rust writes a name that is a keyword.
        let name = name.trim_start_matches('@').trim_start_matches("r#");
        let name = json_text(name, MAX_MODULE_BYTES);
        if out.len() + name.len() + value.len() + FRAME_BYTES > MAX_LINE_BYTES {
            left_out += 1;
            continue;
        }
        out.push(b',');
        out.extend_from_slice(&name);
        out.push(b':');
        out.extend_from_slice(value);
    }
    if left_out > 0 {
        let note = format!(",\"@warn\":\"{left_out} fields left out\"");
        out.extend_from_slice(note.as_bytes());
    }
    out.extend_from_slice(b"}\n");
    out
}

fn level_name(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        Level::TRACE => "trace",
    }
}

fn json_text(text: &str, limit: usize) -> Vec<u8> {
    let mut json = JsonText::new(limit);
    let _ = json.write_str(text);
    json.finish()
}

/// A JSON string of bounded length.
///
/// Beside what JSON asks for it escapes every control character, the line and paragraph
/// separators and the marks that turn the direction of text: a log is read in terminals.
struct JsonText {
    out: Vec<u8>,
    limit: usize,
    /// Where the text can be cut so that `…` still fits.
    cut: usize,
}

impl JsonText {
    const MARK: &str = "…";

    fn new(limit: usize) -> Self {
        Self {
            out: vec![b'"'],
            limit,
            cut: 1,
        }
    }

    fn finish(mut self) -> Vec<u8> {
        if self.out.len() + 1 > self.limit {
            self.out.truncate(self.cut);
            self.out.extend_from_slice(Self::MARK.as_bytes());
        }
        self.out.push(b'"');
        self.out
    }
}

impl Write for JsonText {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            if self.out.len() + 1 > self.limit {
                return Err(fmt::Error);
            }
            if self.out.len() + Self::MARK.len() < self.limit {
                self.cut = self.out.len();
            }
            match c {
                '"' => self.out.extend_from_slice(b"\\\""),
                '\\' => self.out.extend_from_slice(b"\\\\"),
                '\n' => self.out.extend_from_slice(b"\\n"),
                '\r' => self.out.extend_from_slice(b"\\r"),
                '\t' => self.out.extend_from_slice(b"\\t"),
                c if is_escaped(c) => {
                    // All of them stand in the first plane, where JSON's escapes are.
                    let _ = std::io::Write::write_fmt(
                        &mut self.out,
                        format_args!("\\u{:04x}", u32::from(c)),
                    );
                }
                c => self
                    .out
                    .extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        Ok(())
    }
}

fn is_escaped(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{061c}'
        )
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
