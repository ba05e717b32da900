//! What the admin set for the board: its day, its service level, and how much of numbers it shows.

use std::sync::Arc;

use super::values::Values;
use super::{Setting, shown};
use crate::board::SERVICE_LEVEL_WITHIN;
use crate::time_zone;

/// The longest time within which a call should be answered, in seconds: an hour.
pub const MAX_SERVICE_LEVEL_SECONDS: u32 = 3600;

/// The time within which a call should be answered unless it is set, in seconds.
pub const DEFAULT_SERVICE_LEVEL_SECONDS: u32 = (SERVICE_LEVEL_WITHIN / 1000) as u32;

/// The most days for which calls that ended may be remembered: ten years.
pub(super) const MAX_HISTORY_DAYS: u32 = 3650;

/// For how many days they are unless it is set.
pub(super) const DEFAULT_HISTORY_DAYS: u32 = 30;

/// What an admin should do about a time zone that is none.
pub const TIME_ZONE_REMEDY: &str = "Enter a zone's name as the IANA has it, for example `Europe/Berlin`, or leave it empty for UTC.";

/// How much of people's numbers the board shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BoardNumbers {
    /// All of them.
    #[default]
    Full,
    /// Without their last digits.
    Masked,
    /// Nothing of them.
    Hidden,
}

impl BoardNumbers {
    const WORDS: &[(&str, Self)] = &[
        ("full", Self::Full),
        ("masked", Self::Masked),
        ("hidden", Self::Hidden),
    ];
}

/// The board's settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardSettings {
    /// The zone at whose midnight the day begins, by its IANA name; empty for UTC. It has a name's form; whether there is such a zone the
    /// system knows.
    pub time_zone: Arc<str>,
    /// Within how long a queue's call should be answered, in milliseconds.
    pub service_level: u64,
    /// For how many days calls that ended are remembered, as far as there is room; 0 is for as long as there is.
    pub history_days: u32,
    /// How much of numbers is shown.
    pub numbers: BoardNumbers,
}

impl Default for BoardSettings {
    fn default() -> Self {
        Self {
            time_zone: Arc::from(""),
            service_level: SERVICE_LEVEL_WITHIN,
            history_days: DEFAULT_HISTORY_DAYS,
            numbers: BoardNumbers::default(),
        }
    }
}

pub(super) fn read(values: &mut Values<'_>) -> BoardSettings {
    let zone = values.text(Setting::TimeZone).unwrap_or_default();
    let mut zone = zone.trim();
    if !zone.is_empty() && !time_zone::is_name(zone) {
        let what = match shown::zone(zone) {
            Some(zone) => format!("is `{zone}`, which is no time zone; UTC is used"),
            None => "is no time zone; UTC is used".to_owned(),
        };
        values.problem(Setting::TimeZone, what, TIME_ZONE_REMEDY);
        zone = "";
    }
    let seconds = values.number(
        Setting::ServiceLevelSeconds,
        1..=MAX_SERVICE_LEVEL_SECONDS,
        DEFAULT_SERVICE_LEVEL_SECONDS,
    );
    BoardSettings {
        time_zone: Arc::from(zone),
        service_level: u64::from(seconds) * 1000,
        history_days: values.number(
            Setting::HistoryDays,
            0..=MAX_HISTORY_DAYS,
            DEFAULT_HISTORY_DAYS,
        ),
        numbers: values.choice_or(Setting::BoardNumbers, BoardNumbers::WORDS, 2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Bundle, Config};

    fn parse(json: &str) -> (BoardSettings, Vec<String>) {
        let config = Config::parse(Bundle::of("switchboard"), json.as_bytes());
        let own = [
            "TimeZone",
            "ServiceLevelSeconds",
            "HistoryDays",
            "BoardNumbers",
        ];
        let problems = config.problems.iter();
        let problems = problems.filter(|problem| own.contains(&&*problem.setting));
        let problems = problems.map(ToString::to_string).collect();
        (config.board, problems)
    }

    #[test]
    fn what_is_not_set_has_its_default() {
        for json in [
            "{}",
            r#"{"timezone":" ","servicelevelseconds":null,"boardnumbers":""}"#,
        ] {
            assert_eq!(parse(json), (BoardSettings::default(), vec![]), "{json}");
        }
        assert_eq!(BoardSettings::default().service_level, 20_000);
    }

    #[test]
    fn what_is_set_is_read() {
        let (board, problems) = parse(
            r#"{"timezone":" Europe/Berlin ","servicelevelseconds":"30","historydays":"0","boardnumbers":"Masked"}"#,
        );
        assert_eq!(problems, [""; 0]);
        assert_eq!(&*board.time_zone, "Europe/Berlin");
        assert_eq!(board.service_level, 30_000);
        assert_eq!(board.history_days, 0);
        assert_eq!(board.numbers, BoardNumbers::Masked);
    }

    #[test]
    fn what_cannot_be_read_names_its_setting_and_a_remedy() {
        for (json, setting, remedy) in [
            (
                r#"{"timezone":"../etc/passwd"}"#,
                "TimeZone: ",
                "`Europe/Berlin`",
            ),
            (r#"{"timezone":"<b>"}"#, "TimeZone: ", "UTC"),
            (
                r#"{"servicelevelseconds":0}"#,
                "ServiceLevelSeconds: ",
                "1 to 3600",
            ),
            (
                r#"{"servicelevelseconds":3601}"#,
                "ServiceLevelSeconds: ",
                "1 to 3600",
            ),
            (r#"{"historydays":3651}"#, "HistoryDays: ", "0 to 3650"),
            (r#"{"historydays":"long"}"#, "HistoryDays: ", "0 to 3650"),
        ] {
            let (board, problems) = parse(json);
            assert_eq!(board, BoardSettings::default(), "{json}");
            assert_eq!(problems.len(), 1, "{json}");
            assert!(problems[0].starts_with(setting), "{}", problems[0]);
            assert!(problems[0].contains(remedy), "{}", problems[0]);
        }
    }

    #[test]
    fn a_mistake_in_what_keeps_numbers_private_showed_them_all() {
        let (board, problems) = parse(r#"{"boardnumbers":"some"}"#);
        assert_eq!(board.numbers, BoardNumbers::Hidden);
        assert_eq!(
            problems,
            ["BoardNumbers: is `some`; `hidden` is used. Enter one of full, masked, hidden."]
        );
    }
}
