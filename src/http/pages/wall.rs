//! What a screen on the wall shows: the queues in large type, or the lines where there are no queues.

use crate::board::{LineView, QueueView};
use crate::language::texts::board as texts;
use crate::live::gone;

use super::markup::{self, Of, View};
use super::{lines, states};

/// So many fit on a page.
const QUEUES_FIT: usize = 12;
const LINES_FIT: usize = 20;

/// How long a page of them stays, in milliseconds.
const STAYS: u64 = 10_000;

/// As many as fit, and the others a while later.
pub(super) fn part(out: &mut String, view: &View<'_>) {
    let (queues, lines) = (&view.snapshot.queues, &view.snapshot.lines);
    if queues.is_empty() {
        let heading = texts::lines(view.language);
        tiles(out, view, &heading, lines, LINES_FIT, line_tile);
    } else {
        let heading = texts::queues(view.language);
        tiles(out, view, &heading, queues, QUEUES_FIT, queue_tile);
    }
}

fn tiles<T>(
    out: &mut String,
    view: &View<'_>,
    heading: &str,
    all: &[T],
    fit: usize,
    tile: fn(&mut String, &View<'_>, &T),
) {
    let language = view.language;
    let mut pages = all.chunks(fit);
    let count = pages.len().max(1) as u64;
    let page = view.now.0 / STAYS % count;
    out.push_str(
        "<section id=\"wall\" aria-labelledby=\"wall-head\"><h2 id=\"wall-head\" class=\"unseen\">",
    );
    out.push_str(heading);
    out.push_str("</h2>\n<div id=\"tiles\">\n");
    for one in pages.nth(page as usize).unwrap_or_default() {
        tile(out, view, one);
    }
    out.push_str("</div>\n<p id=\"wall-note\">");
    if let Of::Unknown(name) = view.of {
        out.push_str(&texts::no_such_queue(language, states::escaped(name)));
    } else if all.is_empty() {
        out.push_str(&texts::wall_empty(language));
    } else if count > 1 {
        out.push_str(&texts::wall_page(language, page + 1, count));
    }
    out.push_str("</p></section>\n");
}

fn line_tile(out: &mut String, view: &View<'_>, line: &LineView) {
    let busy = if line.calls.is_empty() { "" } else { " busy" };
    for part in ["<article class=\"tile line", busy, "\"><h3>"] {
        out.push_str(part);
    }
    markup::name(out, line.details.description.as_ref().unwrap_or(&line.user));
    out.push_str("</h3><p class=\"is\">");
    lines::state(out, view, line);
    out.push_str("</p><ul>");
    for call in &line.calls {
        out.push_str("<li>");
        lines::describe(out, view, call, false);
        out.push_str("</li>");
    }
    out.push_str("</ul></article>\n");
}

fn queue_tile(out: &mut String, view: &View<'_>, queue: &QueueView) {
    let (language, now) = (view.language, view.now);
    let within = view.within;
    let longest = queue.waiting.first().map(|first| first.since);
    let class = match longest {
        Some(since) if now.since(since) > within => "tile some late",
        Some(_) => "tile some",
        None => "tile",
    };
    for part in ["<article class=\"", class, "\"><h3>"] {
        out.push_str(part);
    }
    markup::name(out, queue.shown());
    out.push_str("</h3><p class=\"big\"><b>");
    out.push_str(&queue.waiting.len().to_string());
    out.push_str("</b><span class=\"side\">");
    if let Some(since) = longest {
        out.push_str(&markup::timer(language, since, now));
    }
    out.push_str(" <span>");
    out.push_str(&texts::waiting(language));
    out.push_str("</span>");
    let seconds = within.div_ceil(1000);
    if class.ends_with("late") {
        out.push_str(" <span class=\"flag\">");
        out.push_str(&texts::wall_late(language, seconds));
        out.push_str("</span>");
    }
    out.push_str("</span>");
    out.push_str("</p><dl>");
    let gone = gone(view.sources);
    let count = |wanted: &[&str]| {
        let agents = queue.agents.iter();
        let count = agents.filter(|agent| wanted.contains(&states::agent(queue, agent, gone).0));
        count.count().to_string()
    };
    let counters = &queue.counters;
    let level = counters.service_level();
    for (class, name, value) in [
        ("free", texts::wall_free(language), count(&["free"])),
        (
            "talking",
            texts::wall_busy(language),
            count(&["talking", "ringing", "held"]),
        ),
        ("paused", texts::wall_paused(language), count(&["paused"])),
        ("", texts::answered(language), counters.answered.to_string()),
        ("", texts::lost(language), counters.abandoned.to_string()),
        (
            "",
            texts::within(language, seconds),
            level.map_or_else(|| "–".to_owned(), |level| texts::percent(language, level)),
        ),
    ] {
        out.push_str("<div><dt>");
        match class {
            "" => out.push_str(&name),
            class => markup::state(out, class, &name),
        }
        for part in ["</dt><dd>", &value, "</dd></div>"] {
            out.push_str(part);
        }
    }
    out.push_str("</dl></article>\n");
}
