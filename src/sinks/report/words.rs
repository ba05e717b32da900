//! What the report says: tables, and a chart in a code block.

use super::days::Clocks;
use super::period::{Hour, Period, Sum};
use crate::board::Timestamp;
use crate::icons::Elapsed;
use crate::language::Language;
use crate::language::texts::report as texts;
use crate::text::markdown;

/// The longest report, in bytes. A post of Mattermost's has 16,383 characters.
pub const MAX_REPORT_BYTES: usize = 15_000;

/// How much of that queues may take, the rest being the agents'.
const MAX_QUEUES_BYTES: usize = 8_000;

/// The most signs of a bar of the chart.
const BAR: u64 = 40;

/// Answered and lost calls in the chart. Both are as wide as each other sign of a fixed-width font.
const ANSWERED: char = '█';
const LOST: char = '░';

/// The whole report.
pub(super) fn report(
    period: &Period,
    language: Language,
    clocks: &Clocks<'_>,
    now: Timestamp,
) -> String {
    let moment = |at: u64| {
        let at = Timestamp(at);
        let offset = clocks.offset(at);
        let date = language.date(at, now, offset);
        texts::moment(language, date, language.time_of_day(at, offset))
    };
    let mut total = period.lines.clone();
    for sum in period.queues.values() {
        total.add(sum);
    }
    let (answered, lost) = (total.answered, total.lost);
    let mut out = texts::heading(language, moment(period.began), moment(period.ends));
    out.push_str("\n\n");
    out.push_str(&match total.total() {
        1 => texts::total_one(language, answered, lost),
        calls => texts::totals(language, calls, answered, lost, percent(answered, calls)),
    });
    out.push_str("\n\n");
    chart(&mut out, period, language, clocks);
    queues(&mut out, period, &total, language);
    agents(&mut out, period, language);
    out
}

fn percent(part: u64, whole: u64) -> u64 {
    (part.saturating_mul(200).saturating_add(whole))
        .checked_div(whole.saturating_mul(2))
        .unwrap_or(0)
}

fn clock(millis: Option<u64>, language: Language) -> String {
    millis.map_or_else(String::new, |millis| {
        Elapsed::new(Timestamp(0), Timestamp(millis)).words(language)
    })
}

/// Adds rows until the text would be longer than that, and how many are left out.
fn rows(out: &mut String, rows: Vec<String>, limit: usize, language: Language) {
    let count = rows.len();
    for (shown, row) in rows.into_iter().enumerate() {
        if out.len() + row.len() > limit {
            out.push('\n');
            out.push_str(&texts::more(language, count - shown));
            out.push('\n');
            return;
        }
        out.push_str(&row);
    }
}

fn queues(out: &mut String, period: &Period, total: &Sum, language: Language) {
    let mut queues: Vec<(&String, &Sum)> = period.queues.iter().collect();
    queues.retain(|(_, sum)| sum.total() > 0);
    queues.sort_by(|(a, one), (b, other)| other.total().cmp(&one.total()).then(a.cmp(b)));
    let row = |name: &str, sum: &Sum| {
        let calls = sum.total();
        let share = |part| texts::percent(language, percent(part, calls));
        format!(
            "| {name} | {calls} | {} | {} | {} | {} | {} | {} | {} |\n",
            sum.answered,
            sum.lost,
            share(sum.answered),
            clock(sum.waited.checked_div(sum.answered), language),
            clock(Some(sum.longest), language),
            clock(sum.talked.checked_div(sum.talks), language),
            share(sum.in_time),
        )
    };
    let mut all: Vec<String> = queues
        .iter()
        .map(|(name, sum)| {
            let shown = sum.description.as_ref().unwrap_or(name);
            row(&markdown(shown), sum)
        })
        .collect();
    if period.lines.total() > 0 {
        // Not the last where a long table is cut.
        let at = queues.partition_point(|(_, sum)| sum.total() >= period.lines.total());
        all.insert(at, row(&texts::lines(language), &period.lines));
    }
    if all.len() > 1 {
        all.insert(0, row("**∑**", total));
    }
    out.push_str(&texts::queues_heads(language));
    out.push_str("\n|:--|--:|--:|--:|--:|--:|--:|--:|--:|\n");
    rows(out, all, MAX_QUEUES_BYTES, language);
}

fn agents(out: &mut String, period: &Period, language: Language) {
    let mut agents: Vec<_> = period.agents.iter().collect();
    agents.sort_by(|(a, one), (b, other)| other.answered.cmp(&one.answered).then(a.cmp(b)));
    if agents.is_empty() {
        return;
    }
    let row = |(name, agent): &(&String, &super::period::Agent)| {
        format!(
            "| {} | {} | {} | {} |\n",
            markdown(name),
            agent.answered,
            clock((agent.talks > 0).then_some(agent.talked), language),
            clock(agent.talked.checked_div(agent.talks), language),
        )
    };
    let all = agents.iter().map(row).collect();
    out.push('\n');
    out.push_str(&texts::agents_heads(language));
    out.push_str("\n|:--|--:|--:|--:|\n");
    rows(out, all, MAX_REPORT_BYTES, language);
}

/// A row for each hour from the first one with a call to the last. Numbers stand before the bars, so that they are in columns whatever
/// a font makes of the bars.
fn chart(out: &mut String, period: &Period, language: Language, clocks: &Clocks<'_>) {
    // The hour in which the period ends comes last, unless it ends as that begins.
    let last = Timestamp(period.ends.saturating_sub(1));
    let first = clocks.hour(last) + 1;
    let hours = (first..first + 24).map(|hour| hour % 24);
    let hours: Vec<(usize, Hour)> = hours
        .filter_map(|hour| Some((hour, *period.hours.get(hour)?)))
        .collect();
    let calls = |hour: &Hour| hour.answered.saturating_add(hour.lost);
    let happened = |(_, hour): &(usize, Hour)| calls(hour) > 0;
    let Some(from) = hours.iter().position(happened) else {
        return;
    };
    let to = hours.iter().rposition(happened).unwrap_or(from);
    let shown = &hours[from..=to];
    let most = shown.iter().map(|(_, hour)| calls(hour)).max().unwrap_or(1);
    let width = |count: fn(&Hour) -> u64| {
        let most = shown.iter().map(|(_, hour)| count(hour)).max();
        most.unwrap_or(0).to_string().len()
    };
    let (wide, narrow) = (width(|hour| hour.answered), width(|hour| hour.lost));
    // A call is a sign, as long as there is room.
    let signs = |count: u64| match (count, most) {
        (0, _) => 0,
        (count, ..=BAR) => count,
        (count, most) => (count.saturating_mul(BAR) / most).max(1),
    };
    out.push_str("```text\n");
    out.push_str(&texts::legend(language, ANSWERED, LOST));
    out.push('\n');
    for (hour, count) in shown {
        let Hour { answered, lost } = count;
        let mut row = format!("{hour:02}:00  {answered:wide$}  {lost:narrow$}  ");
        row.extend((0..signs(*answered)).map(|_| ANSWERED));
        row.extend((0..signs(*lost)).map(|_| LOST));
        out.push_str(row.trim_end());
        out.push('\n');
    }
    out.push_str("```\n\n");
}
