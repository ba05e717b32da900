//! What becomes of it: names of numbers, posts, callbacks, missed calls and people's statuses.

use super::exposition::Exposition;
use crate::number_book;
use crate::sinks::posts::Counts;
use crate::sinks::{callbacks, missed, status};

pub(super) fn lookups(out: &mut Exposition, counts: number_book::Counts) {
    let what = "Numbers whose names a service was asked for, by what came of it.";
    out.family("number_lookups", "counter", what);
    for (outcome, value) in [
        ("found", counts.found),
        ("unknown", counts.unknown),
        ("failed", counts.failed),
        ("left_out", counts.left_out),
    ] {
        let sample = format!("number_lookups_total{{outcome=\"{outcome}\"}}");
        out.sample(&sample, value);
    }
}

pub(super) fn posts(out: &mut Exposition, counts: Counts) {
    out.counter("posts_made", "Posts that were made.", counts.made);
    out.counter(
        "posts_given_up",
        "Posts that were given up.",
        counts.given_up,
    );
    let what = "Attempts at a post that failed and were or will be repeated.";
    out.counter("posts_retried", what, counts.retried);
    out.gauge("posts_waiting", "Posts that wait.", counts.waiting);
    out.counter("posts_changed", "Changes of posts.", counts.changed);
    let what = "Events that were not posted because their phone reported them too often.";
    out.counter("posts_flapped", what, counts.flapped);
}

pub(super) fn notices(out: &mut Exposition, counts: Counts) {
    let what = "Posts of alerts and reports that were made.";
    out.counter("notices_made", what, counts.made);
    let what = "Those of them that were given up.";
    out.counter("notices_given_up", what, counts.given_up);
}

pub(super) fn callbacks(out: &mut Exposition, counts: callbacks::Counts) {
    for (name, what, value) in [
        (
            "callbacks_answered",
            "Callbacks that were answered.",
            counts.answered,
        ),
        (
            "callbacks_failed",
            "Callbacks that were not answered, or refused.",
            counts.failed,
        ),
        (
            "callbacks_retried",
            "Attempts that failed and were or will be repeated.",
            counts.retried,
        ),
        (
            "callbacks_dropped",
            "Callbacks that were dropped because too many waited.",
            counts.dropped,
        ),
        (
            "callbacks_pages",
            "Pages that viewers were given to open.",
            counts.pages,
        ),
    ] {
        out.counter(name, what, value);
    }
    let what = "Callbacks that wait, or are under way.";
    out.gauge("callbacks_waiting", what, counts.waiting);
}

pub(super) fn missed(out: &mut Exposition, counts: missed::Counts) {
    for (name, what, value) in [
        (
            "missed_calls_told",
            "Messages of missed calls that were sent or changed.",
            counts.told,
        ),
        (
            "missed_calls_given_up",
            "Missed calls that were given up.",
            counts.given_up,
        ),
        (
            "missed_calls_retried",
            "Attempts to tell of one that failed and were or will be repeated.",
            counts.retried,
        ),
        (
            "missed_calls_unstored",
            "Times at which missed calls could not be stored.",
            counts.unstored,
        ),
        (
            "missed_calls_posted",
            "Posts of queues' missed calls that were made.",
            counts.posts.made,
        ),
        (
            "missed_calls_posts_given_up",
            "Those of them that were given up.",
            counts.posts.given_up,
        ),
    ] {
        out.counter(name, what, value);
    }
    let what = "People who are told of missed calls once they may be disturbed.";
    out.gauge("missed_calls_held", what, counts.held);
}

pub(super) fn statuses(out: &mut Exposition, counts: status::Counts) {
    for (name, what, value) in [
        ("statuses_set", "Statuses that were set.", counts.set),
        (
            "statuses_given_back",
            "Those that were given back.",
            counts.given_back,
        ),
        (
            "statuses_changed_by_people",
            "Those that their person changed meanwhile.",
            counts.theirs,
        ),
        (
            "statuses_retried",
            "Attempts that failed and were or will be repeated.",
            counts.retried,
        ),
        (
            "statuses_given_up",
            "Attempts that the server refused for good.",
            counts.given_up,
        ),
    ] {
        out.counter(name, what, value);
    }
    out.gauge("statuses_held", "People something is set for.", counts.held);
    let what = "People whose status is being changed, or waits for that.";
    out.gauge("statuses_waiting", what, counts.waiting);
    let what = "Those of them with whom it failed last.";
    out.gauge("statuses_failing", what, counts.failing);
}
