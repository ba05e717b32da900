//! People's statuses while they are on the phone.

use crate::language::table::texts;

texts! {
    /// The custom status of someone on the phone.
    on_a_call() {
        en: "On a call",
        de: "Im Gespräch",
        fr: "En appel",
    }

    /// The same of someone who shows with whom.
    on_a_call_with(other) {
        en: "On a call with {other}",
        de: "Im Gespräch mit {other}",
        fr: "En appel avec {other}",
    }
    /// The custom status of someone in a video conference.
    in_a_video_conference() {
        en: "In a video conference",
        de: "In einer Videokonferenz",
        fr: "En visioconférence",
    }
}
