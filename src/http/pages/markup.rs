//! What all parts of the board's page are written with.

use std::fmt::Display;
use std::sync::Arc;

use crate::board::{CallRecord, Peer, QueueView, Snapshot, Timestamp};
use crate::icons::Elapsed;
use crate::language::Language;
use crate::language::texts::board as texts;
use crate::live::SourceState;
use crate::text;
use crate::time_zone::TimeZones;

/// What a page is made of.
#[derive(Clone, Copy, Debug)]
pub(in crate::http) struct View<'a> {
    /// The board, masked as viewers may see it.
    pub(in crate::http) snapshot: &'a Snapshot,
    /// Calls that ended, the newest first, masked as well.
    pub(in crate::http) history: &'a [Arc<CallRecord>],
    /// Those who tell of lines and queues over a connection.
    pub(in crate::http) sources: &'a [SourceState],
    /// When that is.
    pub(in crate::http) now: Timestamp,
    /// Which time clocks show.
    pub(in crate::http) zone: Zone<'a>,
    /// Within how long a queue's call should be answered, in milliseconds.
    pub(in crate::http) within: u64,
    /// To what all of that is cut down.
    pub(in crate::http) of: Of<'a>,
    /// The viewer's language.
    pub(in crate::http) language: Language,
    /// What the viewer may do.
    pub(in crate::http) viewer: Viewer,
    /// Whether only the queues are shown, in large type.
    pub(in crate::http) wall: bool,
    /// Whether pages of callers may be opened.
    pub(in crate::http) rings: bool,
}

impl<'a> View<'a> {
    /// What people call the queue of that name; the name itself where that queue is gone.
    pub(super) fn queue_name<'b>(&self, name: &'b str) -> &'b str
    where
        'a: 'b,
    {
        let queues = &self.snapshot.queues;
        let queue = queues.binary_search_by(|queue| (*queue.name).cmp(name));
        queue.map_or(name, |at| queues[at].shown())
    }
}

/// What of the board is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) enum Of<'a> {
    All,
    Queue(&'a QueueView),
    /// A queue of that name, which there is not.
    Unknown(&'a str),
}

/// Who looks at the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) enum Viewer {
    /// Somebody who may reset the counters.
    Trusted,
    /// Somebody signed in who may look, and choose what happens with callers' pages.
    Member,
    /// A screen on the wall, which may look only.
    Wall,
}

/// What clocks show: those of the time zone that is set, or of UTC.
#[derive(Clone, Copy, Debug)]
pub(in crate::http) struct Zone<'a> {
    /// The rules.
    pub(in crate::http) zones: &'a TimeZones,
    /// The zone's IANA name; empty for UTC.
    pub(in crate::http) name: &'a Arc<str>,
}

impl Zone<'_> {
    /// By how many seconds clocks were ahead of UTC at that moment.
    pub(super) fn offset(&self, at: Timestamp) -> i32 {
        if self.name.is_empty() {
            return 0;
        }
        self.zones.offset(self.name, at).unwrap_or_default()
    }

    /// "14:05".
    pub(super) fn time(&self, language: Language, at: Timestamp) -> String {
        language.time_of_day(at, self.offset(at))
    }

    /// "14:05", and with its date where that is not today.
    pub(super) fn moment(&self, language: Language, at: Timestamp, now: Timestamp) -> String {
        let time = self.time(language, at);
        let date = |of| language.date(of, now, self.offset(of));
        let day = date(at);
        if day == date(now) {
            return time;
        }
        format!("{day}, {time}")
    }
}

/// Adds text that is not ours: cleaned, escaped, and with a direction of its own, so that it turns nothing around that stands
/// beside it.
pub(super) fn name(out: &mut String, name: &str) {
    out.push_str("<bdi>");
    text::html(out, name);
    out.push_str("</bdi>");
}

/// The same, less conspicuous.
pub(super) fn small(out: &mut String, what: &str) {
    out.push_str(" <small>");
    name(out, what);
    out.push_str("</small>");
}

/// Somebody's name, and their number where the name is that of no line.
pub(super) fn peer(out: &mut String, language: Language, peer: Option<&Peer>) {
    let Some(peer) = peer else {
        out.push_str(&texts::unknown_caller(language));
        return;
    };
    let shown = peer.on_board();
    if shown.is_empty() {
        out.push_str(&texts::unknown_caller(language));
        return;
    }
    name(out, &shown);
    if peer.name.is_none() && peer.label.is_some() && !peer.number.is_empty() {
        small(out, &peer.one_form());
    }
}

/// A cell of a row, whose column's name is shown before it where the table is a list. What is in it is already HTML.
pub(super) fn cell(out: &mut String, class: &str, label: &str, content: impl Display) {
    out.push_str("<td role=\"cell\"");
    if !class.is_empty() {
        out.push_str(" class=\"");
        out.push_str(class);
        out.push('"');
    }
    out.push_str(" data-label=\"");
    text::html(out, label);
    out.push_str("\">");
    // Writing to a string cannot fail.
    let _ = std::fmt::Write::write_fmt(out, format_args!("{content}"));
    out.push_str("</td>");
}

/// How long something lasts that goes on.
pub(super) fn timer(language: Language, since: Timestamp, now: Timestamp) -> String {
    let time = Elapsed::new(since, now).words(language);
    format!("<span class=\"t\">{time}</span>")
}

/// How long something lasted, in milliseconds.
pub(super) fn lasted(language: Language, millis: Option<u64>) -> String {
    match millis {
        Some(millis) => Elapsed::new(Timestamp(0), Timestamp(millis)).words(language),
        None => "–".to_owned(),
    }
}

/// A state: its sign, which is drawn, and its words.
pub(super) fn state(out: &mut String, class: &str, words: &str) {
    out.push_str("<span class=\"state ");
    out.push_str(class);
    out.push_str("\"><span class=\"dot\" aria-hidden=\"true\"></span> ");
    out.push_str(words);
    out.push_str("</span>");
}

/// A part of the page, with its heading.
pub(super) fn section(out: &mut String, id: &str, heading: &str, hidden: bool) {
    let hidden = if hidden { " hidden" } else { "" };
    for part in ["<section id=\"", id, "\" aria-labelledby=\"", id, "-head\""] {
        out.push_str(part);
    }
    for part in [hidden, ">\n<h2 id=\"", id, "-head\">", heading] {
        out.push_str(part);
    }
    out.push_str("</h2>");
}

/// A table up to its rows. A column is its key, by which rows are sorted, and its name; `n` columns are numbers.
pub(super) fn table(out: &mut String, of: &str, caption: &str, columns: &[(&str, String)]) {
    for part in [
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-labelledby=\"",
        of,
        "-head\">\n<table id=\"",
        of,
        "-table\" role=\"table\">\n<caption>",
        caption,
        "</caption>\n<thead role=\"rowgroup\"><tr role=\"row\">",
    ] {
        out.push_str(part);
    }
    for (key, name) in columns {
        for part in [
            "<th scope=\"col\" role=\"columnheader\" data-key=\"",
            key,
            "\">",
            name,
            "</th>",
        ] {
            out.push_str(part);
        }
    }
    out.push_str("</tr></thead>\n");
}
