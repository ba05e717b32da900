//! The queues: a row of numbers for each, and below it who waits, who talks, and who takes calls.

use crate::board::{Counters, QueueView};
use crate::icons::Elapsed;
use crate::language::texts::board as texts;
use crate::live::gone;

use super::markup::{self, Of, View};
use super::states;

/// The most callers of a queue that are listed, those who wait longest; and the most who talk, and the most agents.
pub(super) const MAX_LISTED: usize = 20;

/// The columns' keys and names.
fn columns(view: &View<'_>) -> [(&'static str, String); 10] {
    let language = view.language;
    let seconds = view.within.div_ceil(1000);
    [
        ("name", texts::queue(language)),
        ("waiting", texts::waiting(language)),
        ("longest", texts::longest_wait(language)),
        ("answered", texts::answered(language)),
        ("lost", texts::lost(language)),
        ("total", texts::total(language)),
        ("percent", texts::answered_percent(language)),
        ("wait", texts::average_wait(language)),
        ("talk", texts::average_talk(language)),
        ("within", texts::within(language, seconds)),
    ]
}

/// The whole part.
pub(super) fn part(out: &mut String, view: &View<'_>) {
    let (language, queues) = (view.language, &view.snapshot.queues);
    let heading = texts::queues(language);
    let unknown = match view.of {
        Of::Unknown(name) => Some(texts::no_such_queue(language, states::escaped(name))),
        Of::All | Of::Queue(_) => None,
    };
    let is_hidden = queues.is_empty() && unknown.is_none();
    markup::section(out, "queues", &heading, is_hidden);
    let columns = columns(view);
    markup::table(out, "queues", &heading, &columns);
    for queue in queues {
        row(out, view, queue, &columns);
    }
    out.push_str("<tfoot role=\"rowgroup\">");
    if queues.len() > 1 {
        sum(out, view, &columns);
    }
    out.push_str("</tfoot>\n</table></div>\n<p class=\"none\"");
    out.push_str(if unknown.is_some() { ">" } else { " hidden>" });
    out.push_str(&unknown.unwrap_or_default());
    out.push_str("</p>\n</section>\n");
}

fn row(out: &mut String, view: &View<'_>, queue: &QueueView, columns: &[(&str, String)]) {
    let (language, now) = (view.language, view.now);
    let within = view.within;
    out.push_str(
        "<tbody role=\"rowgroup\">\n<tr role=\"row\"><th scope=\"row\" role=\"rowheader\">",
    );
    markup::name(out, queue.shown());
    if queue.details.description.is_some() && queue.shown() != &*queue.name {
        markup::small(out, &queue.name);
    }
    if let Some(number) = &queue.details.number
        && **number != *queue.name
    {
        markup::small(out, number);
    }
    out.push_str("</th>");
    let longest = queue.waiting.first().map(|first| first.since);
    let late = longest.is_some_and(|since| now.since(since) > within);
    let waiting = queue.waiting.len() as u64;
    let class = states::number(waiting, if late { "some late" } else { "some" });
    markup::cell(out, &class, &columns[1].1, waiting);
    let time = longest.map_or_else(
        || "–".to_owned(),
        |since| markup::timer(language, since, now),
    );
    markup::cell(out, if late { "n late" } else { "n" }, &columns[2].1, time);
    numbers(out, view, &queue.counters, columns);
    out.push_str("</tr>\n");
    people(out, view, queue);
    out.push_str("</tbody>\n");
}

/// What was counted, by columns from the fourth on.
fn numbers(out: &mut String, view: &View<'_>, counters: &Counters, columns: &[(&str, String)]) {
    let language = view.language;
    let percent = |share: Option<u64>| match share {
        Some(share) => texts::percent(language, share),
        None => "–".to_owned(),
    };
    for (at, value) in [
        counters.answered.to_string(),
        counters.abandoned.to_string(),
        counters.total().to_string(),
        percent(counters.answered_percent()),
        markup::lasted(language, counters.average_wait()),
        markup::lasted(language, counters.average_talk()),
        percent(counters.service_level()),
    ]
    .into_iter()
    .enumerate()
    {
        markup::cell(out, "n", &columns[3 + at].1, value);
    }
}

/// Who waits, who talks and who takes calls, if anybody does.
fn people(out: &mut String, view: &View<'_>, queue: &QueueView) {
    let (language, now) = (view.language, view.now);
    if queue.waiting.is_empty() && queue.talking.is_empty() && queue.agents.is_empty() {
        return;
    }
    out.push_str("<tr class=\"people\" role=\"row\"><td colspan=\"10\" role=\"cell\"><div>");
    group(
        out,
        view,
        "waits",
        &texts::waiting(language),
        &queue.waiting,
        |out, waiting| {
            markup::peer(out, language, waiting.peer.as_ref());
            out.push(' ');
            out.push_str(&markup::timer(language, waiting.since, now));
        },
    );
    group(
        out,
        view,
        "talks",
        &texts::in_calls(language),
        &queue.talking,
        |out, talk| {
            markup::peer(out, language, talk.peer.as_ref());
            if let Some(agent) = &talk.agent {
                out.push_str(" ↔ ");
                markup::name(out, agent);
            }
            out.push(' ');
            out.push_str(&markup::timer(language, talk.since, now));
        },
    );
    group(
        out,
        view,
        "takes",
        &texts::agents(language),
        &queue.agents,
        |out, agent| {
            let (class, words) = states::agent(queue, agent, gone(view.sources));
            out.push_str("<span class=\"state ");
            out.push_str(class);
            out.push_str("\"><span class=\"dot\" aria-hidden=\"true\"></span> ");
            markup::name(out, &agent.name);
            out.push_str("</span> <small>");
            match states::pause(language, &[(queue, agent)]) {
                Some(pause) if class == "paused" => out.push_str(&pause),
                Some(pause) => {
                    out.push_str(&words(language));
                    out.push_str(", ");
                    out.push_str(&pause);
                }
                None => out.push_str(&words(language)),
            }
            out.push(' ');
            out.push_str(&markup::timer(language, agent.since, now));
            out.push_str("</small>");
        },
    );
    out.push_str("</div></td></tr>\n");
}

fn group<T>(
    out: &mut String,
    view: &View<'_>,
    class: &str,
    heading: &str,
    all: &[T],
    item: impl Fn(&mut String, &T),
) {
    if all.is_empty() {
        return;
    }
    for part in ["<div class=\"", class, "\"><b>", heading, "</b><ul>"] {
        out.push_str(part);
    }
    for one in all.iter().take(MAX_LISTED) {
        out.push_str("<li>");
        item(out, one);
        out.push_str("</li>");
    }
    if let Some(more @ 1..) = all.len().checked_sub(MAX_LISTED) {
        out.push_str("<li>");
        out.push_str(&texts::and_more(view.language, more));
        out.push_str("</li>");
    }
    out.push_str("</ul></div>");
}

/// All queues together, as far as that follows from what each of them tells.
fn sum(out: &mut String, view: &View<'_>, columns: &[(&str, String)]) {
    let (language, queues) = (view.language, &view.snapshot.queues);
    let total = |of: fn(&QueueView) -> u64| queues.iter().map(of).sum::<u64>();
    let waiting = total(|queue| queue.waiting.len() as u64);
    let (answered, lost) = (
        total(|queue| queue.counters.answered),
        total(|queue| queue.counters.abandoned),
    );
    let first = queues.iter().filter_map(|queue| queue.waiting.first());
    let longest = first.map(|first| first.since).min();
    out.push_str("<tr role=\"row\"><th scope=\"row\" role=\"rowheader\">");
    out.push_str(&texts::all_queues(language));
    out.push_str("</th>");
    let time = longest.map_or_else(
        || "–".to_owned(),
        |since| Elapsed::new(since, view.now).words(language),
    );
    let share = (200 * answered + answered + lost).checked_div(2 * (answered + lost));
    let share = share.map_or_else(|| "–".to_owned(), |share| texts::percent(language, share));
    for (at, value) in [
        waiting.to_string(),
        time,
        answered.to_string(),
        lost.to_string(),
        (answered + lost).to_string(),
        share,
    ]
    .into_iter()
    .enumerate()
    {
        markup::cell(out, "n", &columns[1 + at].1, value);
    }
    out.push_str("<td colspan=\"3\" role=\"cell\"></td></tr>");
}
