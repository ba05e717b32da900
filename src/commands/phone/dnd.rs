//! `/phone dnd`: do-not-disturb in the chat and, where a PBX can do that, of one's phone.

use std::time::Duration;

use super::clock::Clock;
use super::errand::{Asker, Errand};
use super::{Argument, Needs, Offers, Subcommand, Then, arguments};
use crate::app::{App, PhoneSwitch};
use crate::host::{Host, Person};
use crate::language::Language;
use crate::language::texts::people as texts;
use crate::sinks::status::{Dnd, DndOutcome};
use crate::text::markdown;

/// What somebody might type.
pub(super) const EXAMPLE: &str = "/phone dnd 30m";

pub(super) const SUBCOMMAND: Subcommand = Subcommand {
    word: "dnd",
    what: texts::dnd,
    then: Then::Arguments(&[Argument {
        hint: texts::dnd_hint,
        what: texts::dnd_what,
        offers: Offers::Nothing,
        optional: false,
    }]),
    needs: Needs::Nothing,
};

/// The shortest time for which it can be set.
const SHORTEST: Duration = Duration::from_secs(60);

/// The longest.
const LONGEST: Duration = Duration::from_secs(7 * 24 * 3600);

/// What somebody wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::commands) enum Wish {
    On,
    Off,
    /// For so long.
    For(Duration),
    /// Until clocks show this hour and minute the next time.
    Until(u8, u8),
}

/// What may stand before a time of day.
const UNTIL: [&str; 6] = [
    "until ",
    "bis ",
    "jusqu'à ",
    "jusqu’à ",
    "jusqu'a ",
    "jusqu’a ",
];

/// Reads what stands behind the word.
pub(super) fn read(language: Language, text: &str) -> Result<Errand, String> {
    let asked = arguments::whole(text).to_lowercase();
    let wish = match &*asked {
        "" => return Err(texts::dnd_missing(language)),
        "on" => Some(Wish::On),
        "off" => Some(Wish::Off),
        asked => {
            let time = UNTIL.iter().find_map(|word| asked.strip_prefix(word));
            let until = || time_of_day(time.unwrap_or(asked));
            let until = || until().map(|(hour, minute)| Wish::Until(hour, minute));
            if language == Language::French && is_french_hour(asked) {
                until()
            } else {
                duration(asked).map(Wish::For).or_else(until)
            }
        }
    };
    match wish {
        Some(Wish::For(time)) if !(SHORTEST..=LONGEST).contains(&time) => {
            Err(texts::dnd_out_of_range(language))
        }
        Some(wish) => Ok(Errand::Dnd(wish)),
        None => Err(texts::dnd_not_read(language, markdown(&asked))),
    }
}

/// `14h`, `08 h`: in French an hour of the day, as it is written there with two digits. `2h` and `24h` are lengths of time.
fn is_french_hour(text: &str) -> bool {
    let hour = text.strip_suffix('h').map(str::trim_end);
    let hour = hour.filter(|hour| hour.len() == 2);
    hour.and_then(number).is_some_and(|hour| hour < 24)
}

/// `30m`, `2h`, `1h30m`, `1 d`, `90 min`: each unit once. Nothing where it is none, or longer than anything.
fn duration(text: &str) -> Option<Duration> {
    let mut seconds: u64 = 0;
    let mut units = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, behind) = rest.split_at(digits);
        let number: u64 = number.parse().ok()?;
        let behind = behind.trim_start();
        let letters = behind.find(|c: char| !c.is_alphabetic());
        let (unit, behind) = behind.split_at(letters.unwrap_or(behind.len()));
        let unit = match unit {
            "m" | "min" | "mins" | "minute" | "minutes" | "minuten" => 60,
            "h" | "hour" | "hours" | "std" | "stunde" | "stunden" | "heure" | "heures" => 3600,
            "d" | "day" | "days" | "tag" | "tage" | "j" | "jour" | "jours" => 24 * 3600,
            _ => return None,
        };
        if units.contains(&unit) {
            // Which of both is meant is not to be guessed.
            return None;
        }
        units.push(unit);
        seconds = seconds.checked_add(number.checked_mul(unit)?)?;
        rest = behind.trim_start();
    }
    (!text.is_empty()).then(|| Duration::from_secs(seconds))
}

/// `14:05`, `14.05`, `2pm`, `2:30 pm`, `14h30`, `14 h 30`.
fn time_of_day(text: &str) -> Option<(u8, u8)> {
    let text = text.trim().trim_end_matches("uhr").trim_end();
    let (time, half) = match (text.strip_suffix("am"), text.strip_suffix("pm")) {
        (Some(time), _) => (time.trim_end(), Some(0)),
        (_, Some(time)) => (time.trim_end(), Some(12)),
        _ => (text, None),
    };
    let parts = time.split_once([':', '.', 'h']);
    let (hour, minute) = match parts {
        Some((hour, "")) if time.ends_with('h') => (hour.trim_end(), "00"),
        Some((hour, minute)) => (hour.trim_end(), minute.trim_start()),
        None if half.is_some() => (time, "00"),
        None => return None,
    };
    let (hour, minute) = (number(hour)?, number(minute).filter(|_| minute.len() == 2)?);
    let hour = match half {
        Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
        Some(_) => return None,
        None => hour,
    };
    (hour < 24 && minute < 60).then_some((hour, minute))
}

/// A number of one or two digits.
fn number(text: &str) -> Option<u8> {
    let is_number = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

impl Wish {
    pub(super) async fn grant<H: Host>(self, app: &App<H>, asker: &Asker<'_>) -> String {
        let (person, language) = (asker.person, asker.person.language);
        let clock = Clock::of(app, person);
        let until = match self {
            Self::On | Self::Off => None,
            Self::For(time) => Some(time),
            Self::Until(hour, minute) => {
                let offset = |at| app.zones().offset(&person.time_zone, at);
                match clock.until(hour, minute, offset) {
                    Some(time) => Some(time),
                    None => return texts::dnd_no_zone(language),
                }
            }
        };
        let until = until.map(|time| clock.now().after(time.as_millis() as u64));
        let on = self != Self::Off;
        let dnd = match (on, until) {
            (false, _) => Dnd::Off,
            (true, None) => Dnd::On,
            (true, Some(until)) => Dnd::Until(until),
        };
        let chat = app.statuses().set_dnd(&person.id, dnd);
        let phone = app.switch_phone(person, on, until);
        let (mut chat, phone) = tokio::join!(chat, phone);
        if chat == DndOutcome::StillOn && phone == PhoneSwitch::Done {
            // It may have been for the phone's, which that one ends.
            chat = app.statuses().dnd_after_phone(&person.id).await;
        }
        let until = until.map(|until| clock.shown(until));
        let until = until.as_deref();
        let chat = chat_text(language, chat, &clock);
        format!("{chat} {}", phone_text(language, &phone, on, until))
    }
}

/// Switches do-not-disturb on until further notice, or off, for whoever wants that elsewhere than in a command. Answers in Markdown.
pub(crate) async fn switch<H: Host>(app: &App<H>, person: &Person, on: bool) -> String {
    let asker = Asker {
        person,
        trigger_id: "",
    };
    let wish = if on { Wish::On } else { Wish::Off };
    wish.grant(app, &asker).await
}

fn chat_text(language: Language, outcome: DndOutcome, clock: &Clock) -> String {
    match outcome {
        DndOutcome::On(None) => texts::dnd_on(language),
        DndOutcome::On(Some(until)) => texts::dnd_until(language, clock.shown(until)),
        DndOutcome::Off => texts::dnd_off(language),
        DndOutcome::StillOn => texts::dnd_still_on(language),
        DndOutcome::NotOn => texts::dnd_not_on(language),
        DndOutcome::Other => texts::dnd_other(language),
        DndOutcome::InTheWay(status) => {
            let status = match &*status {
                "away" => texts::status_away(language),
                "ooo" => texts::status_ooo(language),
                _ => texts::status_offline(language),
            };
            texts::dnd_in_the_way(language, status)
        }
        DndOutcome::Pending => texts::dnd_pending(language),
        DndOutcome::Failed(why) => {
            tracing::warn!(%why, "do-not-disturb that somebody wants cannot be set in the chat");
            texts::dnd_failed(language)
        }
    }
}

fn phone_text(language: Language, phone: &PhoneSwitch, on: bool, until: Option<&str>) -> String {
    match (phone, on, until) {
        (PhoneSwitch::Done, true, None) => texts::phone_on(language),
        (PhoneSwitch::Done, true, Some(until)) => texts::phone_until(language, until),
        (PhoneSwitch::Done, false, _) => texts::phone_off(language),
        (PhoneSwitch::DoneWithoutEnd, ..) => texts::phone_without_end(language),
        (PhoneSwitch::DoneWithEarlierEnd, ..) => texts::phone_earlier_end(language),
        (PhoneSwitch::None, ..) => texts::phone_none(language),
        (PhoneSwitch::Failed, ..) => texts::phone_failed(language),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read_wish(text: &str) -> Option<Wish> {
        match read(Language::English, text) {
            Ok(Errand::Dnd(wish)) => Some(wish),
            _ => None,
        }
    }

    #[test]
    fn on_off_a_while_or_a_time_of_day() {
        let minutes = |minutes: u64| Some(Wish::For(Duration::from_secs(60 * minutes)));
        for (text, expected) in [
            ("on", Some(Wish::On)),
            (" OFF ", Some(Wish::Off)),
            ("30m", minutes(30)),
            ("30 min", minutes(30)),
            ("90 Minuten", minutes(90)),
            ("2h", minutes(120)),
            ("1h30m", minutes(90)),
            ("1 h 30 min", minutes(90)),
            ("1d", minutes(1440)),
            ("7 days", minutes(7 * 1440)),
            ("1m", minutes(1)),
            ("until 14:00", Some(Wish::Until(14, 0))),
            ("bis 14.05 Uhr", Some(Wish::Until(14, 5))),
            ("jusqu'à 14h30", Some(Wish::Until(14, 30))),
            ("7:05", Some(Wish::Until(7, 5))),
            ("until 2pm", Some(Wish::Until(14, 0))),
            ("2:30 am", Some(Wish::Until(2, 30))),
            ("12am", Some(Wish::Until(0, 0))),
            ("12 pm", Some(Wish::Until(12, 0))),
            ("until 14h", Some(Wish::Until(14, 0))),
            ("14h", minutes(14 * 60)),
            ("12 : 30", Some(Wish::Until(12, 30))),
        ] {
            assert_eq!(read_wish(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_none_of_that_is_refused_with_what_is_right() {
        for (text, says) in [
            ("", "Missing: "),
            ("30", "30 is no"),
            ("maybe", "maybe is no"),
            ("until", "until is no"),
            ("until 24:00", "is no"),
            ("25:00", "is no"),
            ("14:5", "is no"),
            ("13pm", "is no"),
            ("0am", "is no"),
            ("-5m", "is no"),
            ("99999999999999999999m", "is no"),
            ("18446744073709551615d", "is no"),
            ("0m", "from one minute to seven days"),
            ("30s", "is no"),
            ("30m 40m", "is no"),
            ("1h 2 hours", "is no"),
            ("14 30", "is no"),
            ("8d", "from one minute to seven days"),
        ] {
            let said = read(Language::English, text).expect_err(text);
            assert!(said.contains(says), "{text}: {said}");
            assert!(said.contains("`/phone dnd "), "{said}");
        }
    }

    #[test]
    fn hours_are_read_as_they_are_written_in_french() {
        let read_wish = |text: &str| match read(Language::French, text) {
            Ok(Errand::Dnd(wish)) => Some(wish),
            _ => None,
        };
        let hours = |hours: u64| Some(Wish::For(Duration::from_secs(3600 * hours)));
        for (text, expected) in [
            ("jusqu'à 14 h 30", Some(Wish::Until(14, 30))),
            ("jusqu’à 14 h", Some(Wish::Until(14, 0))),
            ("jusqu'a 14h30", Some(Wish::Until(14, 30))),
            ("14 h 30", Some(Wish::Until(14, 30))),
            ("14h", Some(Wish::Until(14, 0))),
            ("08 h", Some(Wish::Until(8, 0))),
            ("2h", hours(2)),
            ("24h", hours(24)),
            ("14 heures", hours(14)),
            ("1 h 30 min", Some(Wish::For(Duration::from_secs(90 * 60)))),
        ] {
            assert_eq!(read_wish(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn anything_typed_is_read_without_harm(text in "[a-z0-9:. ’é]{0,12}") {
            if let Ok(Errand::Dnd(Wish::For(time))) = read(Language::English, &text) {
                prop_assert!((SHORTEST..=LONGEST).contains(&time));
            }
        }
    }
}
