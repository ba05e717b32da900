//! The day's calls by the hour as a drawing (SVG) and as a table: how many were answered and lost, and how long they waited.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::board::{Hour, Timestamp};
use crate::icons::Elapsed;
use crate::language::texts::board as texts;
use crate::text;

use super::markup::{self, Of, View};

/// An hour, in milliseconds.
const HOUR: u64 = 60 * 60 * 1000;

/// The drawing's width; one unit is a pixel where there is room.
const WIDTH: u32 = 760;
/// Its height.
const HEIGHT: u32 = 300;
/// Where the hours begin, behind the axis' numbers.
const LEFT: u32 = 44;
/// The upper half, of calls: its top and its foot.
const CALLS: (u32, u32) = (28, 160);
/// The lower half, of waiting: its top and its foot.
const WAITS: (u32, u32) = (200, 270);

/// The hours that are drawn at least: a working day.
const USUAL: (u8, u8) = (8, 17);

/// What happened in an hour: answered, lost, and how long all of them waited, in milliseconds.
type Count = (u64, u64, u64);

/// A queue's hours, or those of all queues and lines.
fn hours(view: &View<'_>) -> BTreeMap<u8, Count> {
    let mut counts: BTreeMap<u8, Count> = BTreeMap::new();
    let mut add = |hours: &[Hour]| {
        for hour in hours {
            let count = counts.entry(hour.hour).or_default();
            let (answered, lost) = (u64::from(hour.answered), u64::from(hour.lost));
            count.0 += answered;
            count.1 += lost;
            count.2 += hour.average_wait * (answered + lost);
        }
    };
    match view.of {
        Of::Queue(queue) => add(&queue.hours),
        Of::Unknown(_) => {}
        Of::All => {
            view.snapshot
                .queues
                .iter()
                .for_each(|queue| add(&queue.hours));
            add(&view.snapshot.day.hours);
        }
    }
    counts
}

/// The whole part, of all queues and lines.
pub(super) fn part(out: &mut String, view: &View<'_>) {
    let language = view.language;
    markup::section(out, "chart", &texts::chart(language), false);
    out.push_str("\n<div id=\"drawing\">");
    svg(out, view);
    out.push_str("</div>\n<details><summary>");
    out.push_str(&texts::chart_table(language));
    out.push_str("</summary>\n");
    let columns = [
        ("hour", texts::hour(language)),
        ("answered", texts::answered(language)),
        ("lost", texts::lost(language)),
        ("wait", texts::average_wait(language)),
    ];
    markup::table(out, "chart", &texts::chart(language), &columns);
    out.push_str("<tbody role=\"rowgroup\">\n");
    for (hour, (answered, lost, waited)) in hours(view) {
        out.push_str("<tr role=\"row\"><th scope=\"row\" role=\"rowheader\">");
        out.push_str(&clock(view, hour));
        out.push_str("</th>");
        markup::cell(out, "n", &columns[1].1, answered);
        markup::cell(out, "n", &columns[2].1, lost);
        let wait = waited.checked_div(answered + lost);
        markup::cell(out, "n", &columns[3].1, markup::lasted(language, wait));
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table></div></details>\n</section>\n");
}

/// What clocks show when that hour of the day begins.
fn clock(view: &View<'_>, hour: u8) -> String {
    let day = view.snapshot.day.began;
    if day.0 == 0 {
        return format!("{hour:02}:00");
    }
    let at = day.after(HOUR * u64::from(hour));
    view.zone.time(view.language, at)
}

/// The drawing. It says in words what it shows, and lost calls are hatched, so that it needs no colours.
pub(super) fn svg(out: &mut String, view: &View<'_>) {
    let language = view.language;
    let counts = hours(view);
    let what = match view.of {
        Of::Queue(queue) => {
            let mut html = String::new();
            text::html(&mut html, queue.shown());
            html
        }
        Of::All | Of::Unknown(_) => texts::chart_all(language),
    };
    let answered: u64 = counts.values().map(|count| count.0).sum();
    let lost: u64 = counts.values().map(|count| count.1).sum();
    let description = match answered + lost {
        0 => texts::no_hours(language),
        _ => texts::chart_sum(language, answered, lost),
    };
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-labelledby=\"chart-title \
         chart-about\" font-family=\"system-ui, sans-serif\" font-size=\"12\" fill=\"#1b1d22\"><title id=\"chart-title\">{}</title>\
         <desc id=\"chart-about\">{description}</desc><defs><pattern id=\"hatch\" width=\"6\" height=\"6\" \
         patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect class=\"c-lost\" width=\"6\" height=\"6\" \
         fill=\"#c4161c\"/><rect class=\"c-gap\" width=\"2\" height=\"6\" fill=\"#ffffff\"/></pattern></defs>",
        texts::chart_title(language, what)
    );
    draw(out, view, &counts);
    out.push_str("</svg>\n");
}

fn draw(out: &mut String, view: &View<'_>, counts: &BTreeMap<u8, Count>) {
    let language = view.language;
    let from = counts
        .keys()
        .next()
        .map_or(USUAL.0, |hour| USUAL.0.min(*hour));
    let last = counts.keys().next_back();
    let to = last.map_or(USUAL.1, |hour| USUAL.1.max(*hour));
    let slot = (WIDTH - LEFT) / (u32::from(to - from) + 1);
    let bar = slot * 7 / 10;
    let calls = counts.values().map(|count| count.0 + count.1).max();
    let calls = top(calls.unwrap_or_default(), 4);
    let waits = counts.values().filter_map(wait).max();
    // In whole half minutes, so that the axis reads well.
    let waits = top(waits.unwrap_or_default().div_ceil(30_000), 2) * 30_000;
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "<rect class=\"c-answered\" x=\"{LEFT}\" y=\"4\" width=\"12\" height=\"12\" fill=\"#2f6fb5\"/><text x=\"{}\" y=\"14\">{}</text>\
         <rect x=\"{}\" y=\"4\" width=\"12\" height=\"12\" fill=\"url(#hatch)\"/><text x=\"{}\" y=\"14\">{}</text>\
         <text x=\"{LEFT}\" y=\"192\">{}</text>",
        LEFT + 18,
        texts::chart_answered(language),
        LEFT + 140,
        LEFT + 158,
        texts::chart_lost(language),
        texts::chart_wait(language),
    );
    for step in 0..=4 {
        let value = calls * step / 4;
        let y = CALLS.1 - scaled(value, calls, CALLS);
        grid(out, y, &value.to_string());
    }
    for step in 0..=2 {
        let value = waits * step / 2;
        let y = WAITS.1 - scaled(value, waits, WAITS);
        let words = Elapsed::new(Timestamp(0), Timestamp(value)).words(language);
        grid(out, y, &words);
    }
    for hour in from..=to {
        let x = LEFT + slot * u32::from(hour - from) + (slot - bar) / 2;
        let label = clock(view, hour);
        let label = label.strip_suffix(":00").unwrap_or(&label);
        let middle = x + bar / 2;
        let _ = write!(
            out,
            "<text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{label}</text>",
            HEIGHT - 10
        );
        let Some(count) = counts.get(&hour) else {
            continue;
        };
        let answered = scaled(count.0, calls, CALLS);
        let lost = scaled(count.0 + count.1, calls, CALLS) - answered;
        let waited = scaled(wait(count).unwrap_or_default(), waits, WAITS);
        for (fill, foot, height) in [
            ("class=\"c-answered\" fill=\"#2f6fb5\"", CALLS.1, answered),
            ("fill=\"url(#hatch)\"", CALLS.1 - answered, lost),
            ("class=\"c-wait\" fill=\"#8a6d1d\"", WAITS.1, waited),
        ] {
            if height > 0 {
                let y = foot - height;
                let _ = write!(
                    out,
                    "<rect {fill} x=\"{x}\" y=\"{y}\" width=\"{bar}\" height=\"{height}\"/>"
                );
            }
        }
    }
}

fn wait((answered, lost, waited): &Count) -> Option<u64> {
    waited.checked_div(answered + lost)
}

fn grid(out: &mut String, y: u32, label: &str) {
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "<path class=\"c-grid\" d=\"M{LEFT} {y}H{WIDTH}\" stroke=\"#d3d6dc\"/><text x=\"{}\" y=\"{}\" text-anchor=\"end\">{label}</text>",
        LEFT - 6,
        y + 4
    );
}

/// How high a value is drawn; at least so that it is seen.
fn scaled(value: u64, top: u64, (from, to): (u32, u32)) -> u32 {
    let height = u64::from(to - from);
    let scaled = value.saturating_mul(height).checked_div(top).unwrap_or(0);
    // No more than the height.
    (scaled.max(u64::from(value > 0)).min(height)) as u32
}

/// The lowest round number that is no less than the value and has so many steps: 4, 8, 20, 40, 80, 200 of four.
fn top(value: u64, steps: u64) -> u64 {
    let mut unit = 1;
    loop {
        for factor in [1, 2, 5] {
            let top = steps * factor * unit;
            if top >= value || unit >= u64::MAX / 1_000 {
                return top;
            }
        }
        unit *= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_ends_at_a_round_number() {
        for (value, expected) in [
            (0, 4),
            (4, 4),
            (5, 8),
            (9, 20),
            (21, 40),
            (41, 80),
            (201, 400),
        ] {
            assert_eq!(top(value, 4), expected, "{value}");
        }
        assert!(top(u64::MAX, 4) > 0);
    }

    #[test]
    fn what_is_drawn_is_seen_and_stays_inside() {
        assert_eq!(scaled(0, 1000, CALLS), 0);
        assert_eq!(scaled(1, 1_000_000, CALLS), 1);
        assert_eq!(scaled(1000, 1000, CALLS), 132);
        assert_eq!(scaled(5, 0, CALLS), 1);
    }
}
