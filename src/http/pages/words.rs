//! The texts that the page's script puts in, as JSON in the page.

use serde_json::{Map, Value};

use crate::language::texts::{board, signs};
use crate::language::{Language, Text};

/// The block with them. It holds no text but ours, and no `<` at all, so nothing in it ends it.
pub(super) fn block(out: &mut String, language: Language) {
    out.push_str("<script type=\"application/json\" id=\"words\">");
    out.push_str(&json(language).replace('<', "\\u003c"));
    out.push_str("</script>\n");
}

/// Texts by their names. What is to be put in stands in braces.
fn json(language: Language) -> String {
    /// A text by its own name; each `{name}` in it stays.
    macro_rules! words {
        ($($part:ident: $($name:ident($($put:ident),*))*;)*) => {
            [$($((
                stringify!($name),
                (|language| $part::$name(language $(, concat!("{", stringify!($put), "}"))*)) as Text,
            ),)*)*]
        };
    }
    let words = words! {
        board:
            title() connecting() live() not_live(time) never_live() ended() live_again() utc() source_up(name) source_down(name, time) queues() agents() queue() waiting() longest_wait() answered() lost()
            total() answered_percent() average_wait() average_talk() within(seconds) in_calls() all_queues() no_queues() no_agents()
            no_match() no_lines() no_calls() and_more(count) kind() state() calls() of(count, most) who() registered() agent()
            since() calls_today() place() caller() wait() talk() ending() to(other) ended_answered() ended_abandoned()
            ended_timedout() ended_missed() ended_unanswered() ended_refused() ended_elsewhere() ended_unknown() unknown_caller()
            paused_because(reason) paused_in(queues) no_state() calling() held() percent(count) filter() filter_hint()
            only_calls() display() colours() colours_auto() colours_light() colours_dark() contrast() keep_sorted() shortcuts()
            language() wall() leave_wall() reset() reset_all() reset_queue(queue) reset_failed(why) cancel() close() rings()
            rings_off() rings_here() rings_window() ring_for(place, caller) ring_next(count) ring_blocked() ring_open() waits_now(queues)
            held_back(count) shown_of(shown, total) wall_free() wall_busy() wall_paused() wall_late(seconds)
            wall_page(page, pages) wall_empty() no_such_queue(queue);
        signs:
            do_not_disturb() off_the_hook() paused() logged_out() logged_in_as_agent() free() rings_from(other) in_a_call()
            not_registered() calls_to(other) talks() talks_with(other) on_hold() on_hold_with(other) one_day() days(count);
    };
    let mut map: Map<String, Value> = words
        .into_iter()
        .map(|(name, text)| (name.to_owned(), Value::String(text(language))))
        .collect();
    // Two parts of the table have a text of this name.
    let rings = signs::rings(language);
    map.insert("ringing".to_owned(), Value::String(rings));
    Value::Object(map).to_string()
}
