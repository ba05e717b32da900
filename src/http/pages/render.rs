//! The board as a page, complete without a script: what `/dashboard.js` changes as it happens is all there already.

use std::fmt::Write;

use crate::language::texts::board as texts;
use crate::live::SourceState;
use crate::text;

use super::markup::{View, Viewer};
use super::{agents, chart, history, lines, queues, wall, words};

/// Without a script the page asks for itself anew so often, in seconds.
const REFRESH_SECONDS: u32 = 5;

/// The whole page.
pub(in crate::http) fn page(view: &View<'_>) -> String {
    let snapshot = view.snapshot;
    let rows = snapshot.lines.len() + 4 * snapshot.queues.len() + view.history.len();
    let mut out = String::with_capacity(16 * 1024 + 512 * rows);
    head(&mut out, view);
    strip(&mut out, view);
    out.push_str("<main id=\"main\">\n");
    if view.wall {
        wall::part(&mut out, view);
    } else {
        queues::part(&mut out, view);
        agents::part(&mut out, view);
        lines::part(&mut out, view);
        history::part(&mut out, view);
        chart::part(&mut out, view);
    }
    out.push_str("</main>\n<p id=\"told\" class=\"unseen\" role=\"status\"></p>\n");
    words::block(&mut out, view.language);
    out.push_str("</body>\n</html>\n");
    out
}

fn head(out: &mut String, view: &View<'_>) {
    let language = view.language;
    let (title, code) = (texts::title(language), language.code());
    let mode = if view.wall { "wall" } else { "board" };
    let viewer = match view.viewer {
        Viewer::Trusted => "trusted",
        Viewer::Member => "member",
        Viewer::Wall => "wall",
    };
    let mut zone = String::new();
    text::html(&mut zone, view.zone.name);
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"{code}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <noscript><meta http-equiv=\"refresh\" content=\"{REFRESH_SECONDS}\"></noscript>\n<title>{title}</title>\n\
         <link rel=\"icon\" href=\"dashboard/icon.svg\">\n<link rel=\"stylesheet\" href=\"dashboard.css\">\n<script src=\"dashboard/look.js\"></script>\n\
         <script type=\"module\" src=\"dashboard.js\"></script>\n</head>\n\
         <body data-mode=\"{mode}\" data-viewer=\"{viewer}\" data-rings=\"{}\" data-zone=\"{zone}\" data-now=\"{}\" \
         data-within=\"{}\">\n<a class=\"skip\" href=\"#main\">{}</a>\n<header>\n<h1>{title}</h1>\n",
        u8::from(view.rings),
        view.now.0,
        view.within,
        texts::skip(language),
    );
}

/// How the page and its sources do.
fn strip(out: &mut String, view: &View<'_>) {
    let language = view.language;
    let time = view.zone.time(language, view.now);
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "<p id=\"live\"><noscript>{}</noscript></p>\n<ul id=\"sources\">",
        texts::as_of(language, &time)
    );
    for source in view.sources {
        let class = if source.up { "up" } else { "down" };
        let words = source_words(view, source);
        let _ = write!(out, "<li class=\"{class}\">{words}</li>");
    }
    if view.zone.name.is_empty() {
        let _ = write!(out, "<li>{}</li>", texts::utc(language));
    }
    let _ = write!(
        out,
        "</ul>\n<p id=\"clock\" aria-hidden=\"true\">{time}</p>\n<div id=\"controls\"></div>\n</header>\n"
    );
}

fn source_words(view: &View<'_>, source: &SourceState) -> String {
    let (language, name) = (view.language, &*source.name);
    if source.up {
        return texts::source_up(language, name);
    }
    let time = view.zone.moment(language, source.since, view.now);
    texts::source_down(language, name, time)
}
