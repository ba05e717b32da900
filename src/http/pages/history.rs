//! Calls that ended.

use crate::board::{CallRecord, Direction, Ending};
use crate::language::Text;
use crate::language::texts::board as texts;

use super::markup::{self, View};

/// The most calls that a page lists.
pub(in crate::http) const MAX_LISTED: usize = 200;

/// The whole part.
pub(super) fn part(out: &mut String, view: &View<'_>) {
    let language = view.language;
    let heading = texts::history(language);
    markup::section(out, "history", &heading, false);
    let columns = [
        ("time", texts::time(language)),
        ("place", texts::place(language)),
        ("who", texts::caller(language)),
        ("agent", texts::agent(language)),
        ("wait", texts::wait(language)),
        ("talk", texts::talk(language)),
        ("ending", texts::ending(language)),
    ];
    markup::table(out, "history", &heading, &columns);
    out.push_str("<tbody role=\"rowgroup\">\n");
    for record in view.history.iter().take(MAX_LISTED) {
        row(out, view, record, &columns);
    }
    out.push_str("</tbody>\n</table></div>\n<p class=\"none\"");
    if view.history.is_empty() {
        out.push('>');
        out.push_str(&texts::no_calls(language));
    } else {
        out.push_str(" hidden>");
    }
    out.push_str("</p>\n</section>\n");
}

fn row(out: &mut String, view: &View<'_>, record: &CallRecord, columns: &[(&str, String)]) {
    let language = view.language;
    out.push_str("<tr role=\"row\"><th scope=\"row\" role=\"rowheader\">");
    out.push_str(&view.zone.moment(language, record.began, view.now));
    out.push_str("</th>");
    let mut html = String::new();
    match (&record.queue, &record.line) {
        (Some(name), _) => markup::name(&mut html, view.queue_name(name)),
        (None, Some(line)) => markup::name(&mut html, line),
        (None, None) => {}
    }
    markup::cell(out, "", &columns[1].1, html);
    let mut peer = String::new();
    markup::peer(&mut peer, language, record.peer.as_ref());
    if record.direction == Direction::Outgoing {
        peer = texts::to(language, peer);
    }
    markup::cell(out, "", &columns[2].1, peer);
    let mut html = String::new();
    if let Some(agent) = &record.agent {
        markup::name(&mut html, agent);
    }
    markup::cell(out, "", &columns[3].1, html);
    let wait = markup::lasted(language, Some(record.wait));
    markup::cell(out, "n", &columns[4].1, wait);
    let talk = markup::lasted(language, record.talk);
    markup::cell(out, "n", &columns[5].1, talk);
    let (class, words) = ending(record.ending);
    let mut html = String::new();
    markup::state(&mut html, class, &words(language));
    markup::cell(out, "", &columns[6].1, html);
    out.push_str("</tr>\n");
}

/// How a call ended: the sign's class, and the words.
fn ending(ending: Ending) -> (&'static str, Text) {
    match ending {
        Ending::Answered => ("done", texts::ended_answered),
        Ending::Abandoned => ("lost", texts::ended_abandoned),
        Ending::TimedOut => ("lost", texts::ended_timedout),
        Ending::Missed => ("lost", texts::ended_missed),
        Ending::Unanswered => ("other", texts::ended_unanswered),
        Ending::Refused => ("other", texts::ended_refused),
        Ending::Elsewhere => ("other", texts::ended_elsewhere),
        Ending::Unknown => ("other", texts::ended_unknown),
    }
}
