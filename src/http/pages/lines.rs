//! The lines: what each is in, and its calls.

use crate::board::{Call, LineView};
use crate::icons;
use crate::language::texts::board as texts;
use crate::live::gone;

use super::markup::{self, View};
use super::states;

/// The whole part.
pub(super) fn part(out: &mut String, view: &View<'_>) {
    let (language, lines) = (view.language, &view.snapshot.lines);
    let heading = texts::lines(language);
    markup::section(out, "lines", &heading, false);
    let columns = [
        ("name", texts::name(language)),
        ("state", texts::state(language)),
        ("calls", texts::calls(language)),
        ("who", texts::who(language)),
        ("kind", texts::kind(language)),
        ("registered", texts::registered(language)),
    ];
    markup::table(out, "lines", &heading, &columns);
    out.push_str("<tbody role=\"rowgroup\">\n");
    for line in lines {
        row(out, view, line, &columns);
    }
    out.push_str("</tbody>\n</table></div>\n<p class=\"none\"");
    if lines.is_empty() {
        out.push('>');
        out.push_str(&texts::no_lines(language));
    } else {
        out.push_str(" hidden>");
    }
    out.push_str("</p>\n</section>\n");
}

fn row(out: &mut String, view: &View<'_>, line: &LineView, columns: &[(&str, String)]) {
    let language = view.language;
    out.push_str("<tr role=\"row\"><th scope=\"row\" role=\"rowheader\">");
    match &line.details.description {
        Some(description) if **description != *line.user => {
            markup::name(out, description);
            markup::small(out, &line.user);
        }
        _ => markup::name(out, &line.user),
    }
    if let Some(number) = &line.details.number
        && **number != *line.user
    {
        markup::small(out, number);
    }
    out.push_str("</th>");
    let mut html = String::new();
    state(&mut html, view, line);
    markup::cell(out, "", &columns[1].1, html);
    let calls = match (line.calls.len(), line.details.simultaneous) {
        (0, None) => "–".to_owned(),
        (count, None) => count.to_string(),
        (count, Some(most)) => texts::of(language, count, most),
    };
    markup::cell(out, "n", &columns[2].1, calls);
    let mut html = String::new();
    if !line.calls.is_empty() {
        html.push_str("<ul>");
        for call in &line.calls {
            html.push_str("<li>");
            describe(&mut html, view, call, true);
            html.push_str("</li>");
        }
        html.push_str("</ul>");
    }
    markup::cell(out, "", &columns[3].1, html);
    let mut html = String::new();
    if let Some(kind) = &line.details.kind {
        crate::text::html(&mut html, kind);
    }
    markup::cell(out, "", &columns[4].1, html);
    let registered = line.details.registered;
    let registered = registered.map(|at| view.zone.moment(language, at, view.now));
    markup::cell(out, "", &columns[5].1, registered.unwrap_or_default());
    out.push_str("</tr>\n");
}

/// What a line is in, and what else is so meanwhile.
pub(super) fn state(out: &mut String, view: &View<'_>, line: &LineView) {
    let (language, gone) = (view.language, gone(view.sources));
    let (class, words) = states::line(line, gone);
    markup::state(out, class, &words(language));
    for words in states::beside(line, gone, class) {
        out.push_str(" <small>");
        out.push_str(&words(language));
        out.push_str("</small>");
    }
}

/// What a call is doing, with whom, from which queue where that is wanted, and for how long.
pub(super) fn describe(out: &mut String, view: &View<'_>, call: &Call, queue: bool) {
    let language = view.language;
    let peer = call.peer.as_ref().filter(|peer| !peer.shown().is_empty());
    let peer = peer.map(|peer| {
        let mut html = String::new();
        markup::peer(&mut html, language, Some(peer));
        html
    });
    out.push_str(&icons::call_words(call, language, peer.as_deref()));
    if let Some(queue) = call.queue.as_ref().filter(|_| queue) {
        markup::small(out, view.queue_name(queue));
    }
    out.push(' ');
    out.push_str(&markup::timer(language, call.since, view.now));
}
