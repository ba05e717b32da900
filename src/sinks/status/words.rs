//! How a custom status of ours looks.

use super::wanted::{Shown, WantedCustom};
use crate::host::CustomStatus;
use crate::language::{Language, texts};

/// The emoji of a call; Mattermost has it by this name.
pub(super) const TELEPHONE: &str = "telephone_receiver";

/// The emoji of a video conference, as Pexip Video Connect has it.
pub(super) const CALENDAR: &str = "calendar";

/// How the server calls an end that is a point in time.
const DATE_AND_TIME: &str = "date_and_time";

/// The custom status that is wanted, in a language; `other` is the other side's name, if it is to be seen.
pub(super) fn custom_status(
    wanted: &WantedCustom,
    other: Option<&str>,
    language: Language,
) -> CustomStatus {
    let (emoji, text) = match (&wanted.shown, other) {
        (Shown::Video, _) => (CALENDAR, texts::status::in_a_video_conference(language)),
        (Shown::Call(_), None) => (TELEPHONE, texts::status::on_a_call(language)),
        // Clients show it as plain text, and the server cuts what is longer than 100 characters: a clean name has 64 at most.
        (Shown::Call(_), Some(other)) => {
            let other = crate::text::clean(other);
            (
                TELEPHONE,
                texts::status::on_a_call_with(language, other.as_ref()),
            )
        }
    };
    CustomStatus {
        emoji: emoji.to_owned(),
        text,
        duration: DATE_AND_TIME.to_owned(),
        expires_at: wanted.until.0,
    }
}
