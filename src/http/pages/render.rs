//! The board as a page: a row for each line, and below them one for each queue.

use std::fmt::{self, Write};

use crate::board::{Agent, Call, LineView, QueueView, Snapshot, Timestamp, Waiting};
use crate::icons::{self, Colour, Elapsed, Sign};
use crate::language::Language;
use crate::text;

/// The page asks for itself anew so often, in seconds.
const REFRESH_SECONDS: u32 = 5;

/// The page's own texts are in this language, and so are the words for what it shows.
const LANGUAGE: Language = Language::English;

/// The most callers of a queue that are listed, those who wait longest.
const MAX_WAITING: usize = 20;

/// How the PBX is doing that tells of lines and queues.
#[derive(Clone, Copy, Debug)]
pub(in crate::http) struct Link<'a> {
    /// Whether it tells anything now.
    pub(in crate::http) connected: bool,
    /// The same in a few words, with the reason.
    pub(in crate::http) text: &'a str,
}

/// The whole page, as it is at `now`.
pub(in crate::http) fn page(snapshot: &Snapshot, link: Option<Link<'_>>, now: Timestamp) -> String {
    let lines = snapshot.lines.len() + snapshot.queues.len();
    let mut out = String::with_capacity(1024 + 256 * lines);
    // A page that was not rendered whole would be worse than none; writing to a string cannot fail.
    let _ = write_page(&mut out, snapshot, link, now);
    out
}

fn write_page(
    out: &mut String,
    snapshot: &Snapshot,
    link: Option<Link<'_>>,
    now: Timestamp,
) -> fmt::Result {
    out.push_str("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    writeln!(
        out,
        "<meta http-equiv=\"refresh\" content=\"{REFRESH_SECONDS}\">"
    )?;
    out.push_str(
        "<meta name=\"color-scheme\" content=\"light dark\">\n<title>SIP dashboard</title>\n",
    );
    out.push_str("<link rel=\"stylesheet\" href=\"dashboard.css\">\n</head>\n<body>\n<main>\n");
    if let Some(link) = link {
        let class = if link.connected { "link" } else { "link red" };
        write!(out, "<p class=\"{class}\">")?;
        // Word by word, because a text as a whole would be cut to the length of a name.
        for word in link.text.split_whitespace() {
            text::html(out, word);
            out.push(' ');
        }
        if !link.connected {
            out.push_str("<br>Calls and queues are shown as they were last known.");
        }
        out.push_str("</p>\n");
    }
    out.push_str("<h1>Phones</h1>\n");
    if snapshot.lines.is_empty() {
        out.push_str("<p>No phone has reported yet.</p>\n");
    } else {
        out.push_str("<table>\n<thead><tr><th scope=\"col\">Name</th><th scope=\"col\">Phone</th>");
        out.push_str("<th scope=\"col\">Calls</th></tr></thead>\n<tbody>\n");
        for line in &snapshot.lines {
            write_line(out, line)?;
        }
        out.push_str("</tbody>\n</table>\n");
    }
    if !snapshot.queues.is_empty() {
        out.push_str("<h2>Queues</h2>\n<table class=\"queues\">\n<thead><tr>");
        for heading in ["Queue", "Waiting", "Agents", "Answered", "Abandoned"] {
            write!(out, "<th scope=\"col\">{heading}</th>")?;
        }
        out.push_str("</tr></thead>\n<tbody>\n");
        for queue in &snapshot.queues {
            write_queue(out, queue, now)?;
        }
        out.push_str("</tbody>\n</table>\n");
    }
    out.push_str("</main>\n</body>\n</html>\n");
    Ok(())
}

fn write_line(out: &mut String, line: &LineView) -> fmt::Result {
    out.push_str("<tr><th scope=\"row\">");
    text::html(out, &line.user);
    out.push_str("</th><td>");
    write_sign(out, icons::phone(line))?;
    if let Some(sign) = icons::besides(line) {
        out.push_str("<br>");
        write_sign(out, sign)?;
    }
    out.push_str("</td><td>");
    for (at, call) in line.calls.iter().enumerate() {
        if at > 0 {
            out.push_str("<br>");
        }
        describe(out, call);
    }
    out.push_str("</td></tr>\n");
    Ok(())
}

fn class(colour: Option<Colour>) -> &'static str {
    match colour {
        Some(Colour::Red) => " class=\"red\"",
        Some(Colour::Green) => " class=\"green\"",
        Some(Colour::Grey) => " class=\"grey\"",
        None => "",
    }
}

fn write_sign(out: &mut String, sign: Sign) -> fmt::Result {
    let (class, icon) = (class(sign.colour), sign.icon);
    let words = (sign.words)(LANGUAGE);
    write!(
        out,
        "<span{class}><span class=\"icon\" aria-hidden=\"true\">{icon}</span> {words}</span>"
    )
}

fn describe(out: &mut String, call: &Call) {
    let peer = call.peer.as_ref().map(|peer| {
        let mut html = String::new();
        text::html(&mut html, peer.shown());
        html
    });
    out.push_str(&icons::call_words(call, LANGUAGE, peer.as_deref()));
}

fn write_queue(out: &mut String, queue: &QueueView, now: Timestamp) -> fmt::Result {
    out.push_str("<tr><th scope=\"row\">");
    text::html(out, &queue.name);
    out.push_str("</th><td data-label=\"Waiting\"><div>");
    match queue.waiting.len() {
        0 => out.push_str("nobody"),
        count => write!(out, "<strong>{count}</strong>")?,
    }
    if !queue.waiting.is_empty() {
        out.push_str("<ol>");
        for waiting in queue.waiting.iter().take(MAX_WAITING) {
            write_waiting(out, waiting, now)?;
        }
        out.push_str("</ol>");
    }
    if let Some(more) = queue.waiting.len().checked_sub(MAX_WAITING + 1) {
        write!(out, "and {} more", more + 1)?;
    }
    out.push_str("</div></td><td data-label=\"Agents\"><div>");
    if queue.agents.is_empty() {
        out.push_str("nobody");
    } else {
        out.push_str("<ul>");
        for agent in &queue.agents {
            write_agent(out, agent, now)?;
        }
        out.push_str("</ul>");
    }
    let (answered, abandoned) = (queue.answered, queue.abandoned);
    writeln!(
        out,
        "</div></td><td data-label=\"Answered\">{answered}</td><td data-label=\"Abandoned\">{abandoned}</td></tr>"
    )
}

fn write_waiting(out: &mut String, waiting: &Waiting, now: Timestamp) -> fmt::Result {
    out.push_str("<li>");
    match &waiting.peer {
        Some(peer) => text::html(out, peer.shown()),
        None => out.push_str("unknown"),
    }
    let time = Elapsed::new(waiting.since, now).words(LANGUAGE);
    write!(out, " <span class=\"time\">{time}</span></li>")
}

fn write_agent(out: &mut String, agent: &Agent, now: Timestamp) -> fmt::Result {
    let sign = icons::agent(agent);
    let (class, icon) = (class(sign.colour), sign.icon);
    write!(
        out,
        "<li><span{class}><span class=\"icon\" aria-hidden=\"true\">{icon}</span> "
    )?;
    text::html(out, &agent.name);
    out.push_str("</span>: ");
    out.push_str(&(sign.words)(LANGUAGE));
    if let Some(reason) = &agent.reason {
        out.push_str(" (");
        text::html(out, reason);
        out.push(')');
    }
    if let Some(words) = icons::agent_besides(agent) {
        write!(out, ", {}", words(LANGUAGE))?;
    }
    if let Some(time) = icons::agent_since(agent, now) {
        let time = time.words(LANGUAGE);
        write!(out, " <span class=\"time\">{time}</span>")?;
    }
    out.push_str("</li>");
    Ok(())
}
