//! `AlertLimits`, `AlertChannel`, `ReportTime` and `ReportChannel`: when a queue is in trouble, and the report of the day.

use std::sync::Arc;

use super::queue_lines::QueueLines;
use super::queue_missed::is_channel;
use super::values::Values;
use super::{Setting, shown};
use crate::board::{MAX_WAITING, WAITING_LIMIT};

const LIMITS_REMEDY: &str = "Write a queue a line, as `support: waiting 5, longest 2:00, service 80%`, `sales: none`, or `*` for all others.";

const CHANNEL_REMEDY: &str =
    "Enter the channel's name as it stands in its URL, for example `~helpdesk`, or nothing.";

/// What a queue may come to before it is in trouble. What is not limited is nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// The most callers who may wait.
    pub waiting: Option<u32>,
    /// The longest that one of them may wait, in milliseconds.
    pub longest: Option<u64>,
    /// Of a hundred calls, how many have to be answered in time at least.
    pub service: Option<u8>,
}

/// The limits, queue by queue. Cheap to clone; the default limits nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlertLimits(Arc<QueueLines<Limits>>);

impl AlertLimits {
    /// Reads lines such as `support: waiting 5, longest 2:00, service 80%`, `sales: none` and `*: waiting 10`. Wrong lines are left
    /// out and described, each by its number and queue; the others work. Of two lines for one queue the later one holds.
    #[must_use]
    pub fn parse(input: &str) -> (Self, Vec<String>) {
        let (lines, complaints) = QueueLines::read(input, |text| {
            limits_of(text).map(|limits| (limits, Vec::new()))
        });
        (Self(Arc::new(lines)), complaints)
    }

    /// The limits of the queue with that name and that description, if it has one; nothing where it has none.
    #[must_use]
    pub fn of(&self, name: &str, description: Option<&str>) -> Option<Limits> {
        let own = self.0.own(name).or_else(|| self.0.own(description?));
        let limits = *own.unwrap_or(self.0.others());
        (limits != Limits::default()).then_some(limits)
    }

    /// The queues that have a line of their own, in lower case and in order.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<_> = self.0.names().collect();
        names.sort_unstable();
        names
    }

    /// Whether any queue has limits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.values().all(|limits| *limits == Limits::default())
    }
}

/// What a queue is limited to.
fn limits_of(text: &str) -> Result<Limits, String> {
    let mut limits = Limits::default();
    if text.eq_ignore_ascii_case("none") {
        return Ok(limits);
    }
    let mut any = false;
    for part in text.split([',', ';']).map(str::trim) {
        if part.is_empty() {
            continue;
        }
        any = true;
        let end = part.find(|c: char| !c.is_alphabetic());
        let (word, value) = part.split_at(end.unwrap_or(part.len()));
        let value = value.trim().trim_start_matches(['=', '>', '<']).trim();
        match &*word.to_lowercase() {
            "waiting" => {
                let count = value.parse().ok();
                let count = count.filter(|count| *count < MAX_WAITING as u32);
                let count = count.ok_or_else(|| {
                    format!(
                        "has no number of callers from 0 to {} behind `waiting`",
                        MAX_WAITING - 1
                    )
                })?;
                limits.waiting = Some(count);
            }
            "longest" => {
                let time = duration(value).filter(|time| (1000..=WAITING_LIMIT).contains(time));
                limits.longest = Some(time.ok_or(
                    "has no time from one second to four hours behind `longest`, such as `90`, `2:00` or `2 min`",
                )?);
            }
            "service" => {
                let percent = value.strip_suffix('%').unwrap_or(value).trim_end();
                let percent = percent.parse().ok();
                let percent = percent.filter(|percent| (1..=100).contains(percent));
                limits.service =
                    Some(percent.ok_or("has no percentage from 1 to 100 behind `service`")?);
            }
            word => {
                return Err(match shown::word(word) {
                    Some(word) => {
                        format!("has `{word}`, which is none of `waiting`, `longest` and `service`")
                    }
                    None => "has something that is none of `waiting`, `longest` and `service`"
                        .to_owned(),
                });
            }
        }
    }
    if !any {
        return Err("limits nothing behind its colon".to_owned());
    }
    Ok(limits)
}

/// A time in milliseconds: `90`, `90s`, `90 sec`, `2 min`, `2m`, `1 h`, `2:00`, `1:30:00`.
fn duration(text: &str) -> Option<u64> {
    let number = |text: &str| {
        text.parse::<u64>()
            .ok()
            .filter(|number| *number < 1_000_000)
    };
    if text.contains(':') {
        let mut seconds = 0;
        let mut parts = text.split(':');
        seconds += number(parts.next()?)?;
        let mut more = 0;
        for part in parts {
            let part = number(part).filter(|part| *part < 60)?;
            seconds = seconds * 60 + part;
            more += 1;
        }
        return (more <= 2).then_some(seconds * 1000);
    }
    let end = text.find(|c: char| !c.is_ascii_digit());
    let (count, unit) = text.split_at(end.unwrap_or(text.len()));
    let seconds = match &*unit.trim().to_lowercase() {
        "" | "s" | "sec" | "seconds" => 1,
        "m" | "min" | "minutes" => 60,
        "h" | "hours" => 3600,
        _ => return None,
    };
    Some(number(count)? * seconds * 1000)
}

/// When posts about queues are made, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notices {
    /// Beyond which limits there is an alert.
    pub limits: AlertLimits,
    /// The channel for alerts, by its name in the configured team; nothing for the phones' own.
    pub alert_channel: Option<Arc<str>>,
    /// When the report is made, in minutes after midnight; nothing for never.
    pub report_time: Option<u16>,
    /// The channel for reports, by its name in the configured team; nothing for the phones' own.
    pub report_channel: Option<Arc<str>>,
}

/// Reads the four settings.
pub(super) fn read(values: &mut Values<'_>) -> Notices {
    let text = values.text(Setting::AlertLimits).unwrap_or_default();
    let (limits, complaints) = AlertLimits::parse(&text);
    for what in complaints {
        values.problem(Setting::AlertLimits, what, LIMITS_REMEDY);
    }
    let alert_channel = channel(values, Setting::AlertChannel);
    let time = values.text(Setting::ReportTime).unwrap_or_default();
    let time = time.trim();
    let report_time = time_of_day(time);
    if report_time.is_none() && !time.is_empty() {
        let what = "is no time of day, so there is no report";
        let remedy = "Enter hours and minutes, such as `18:00`, or nothing.";
        values.problem(Setting::ReportTime, what, remedy);
    }
    let report_channel = channel(values, Setting::ReportChannel);
    Notices {
        limits,
        report_channel: report_channel.or_else(|| alert_channel.clone()),
        alert_channel,
        report_time,
    }
}

/// A channel's name, if one is set.
fn channel(values: &mut Values<'_>, setting: Setting) -> Option<Arc<str>> {
    let text = values.text(setting)?;
    let name = text.trim();
    let name = name.strip_prefix('~').unwrap_or(name).to_lowercase();
    if name.is_empty() {
        return None;
    }
    if !is_channel(&name) {
        let what = "cannot be a channel's name; the phones' channel is used";
        values.problem(setting, what, CHANNEL_REMEDY);
        return None;
    }
    Some(name.into())
}

/// Minutes after midnight.
fn time_of_day(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |text: &str, below: u16| {
        let digits = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let number: u16 = text.parse().ok().filter(|_| digits)?;
        (number < below).then_some(number)
    };
    let time: u16 = number(hours, 24)? * 60 + number(minutes, 60)?;
    (minutes.len() == 2).then_some(time)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::board::MAX_QUEUES;
    use crate::config::queue_lines::{MAX_COMPLAINTS, MAX_QUEUE_LINES_BYTES};
    use crate::config::{Bundle, Config};

    fn limits(waiting: u32, longest: u64, service: u8) -> Option<Limits> {
        Some(Limits {
            waiting: (waiting > 0).then_some(waiting),
            longest: (longest > 0).then_some(longest),
            service: (service > 0).then_some(service),
        })
    }

    #[test]
    fn each_queue_has_its_limits() {
        let text = "support: waiting 5, longest 2:00, service 80%\n\n Sales Team :WAITING 3 \r\n400: longest 90 s;service 75\nfax: none\n*: waiting > 20";
        let (read, complaints) = AlertLimits::parse(text);
        assert_eq!(complaints, [""; 0]);
        for (name, description, expected) in [
            ("support", None, limits(5, 120_000, 80)),
            ("SUPPORT", Some("sales team"), limits(5, 120_000, 80)),
            ("0033912", Some("Sales Team"), limits(3, 0, 0)),
            ("400", None, limits(0, 90_000, 75)),
            ("fax", None, None),
            ("other", Some("Other"), limits(20, 0, 0)),
        ] {
            assert_eq!(read.of(name, description), expected, "{name}");
        }
        assert!(!read.is_empty());
        for none in ["", "\n", "a: none", "*: none"] {
            assert!(AlertLimits::parse(none).0.is_empty(), "{none}");
        }
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, seconds) in [
            ("90", 90),
            ("90s", 90),
            ("90 sec", 90),
            ("2:00", 120),
            ("0:05", 5),
            ("90:00", 5400),
            ("1:30:00", 5400),
            ("2 min", 120),
            ("2min", 120),
            ("3M", 180),
            ("1 h", 3600),
        ] {
            assert_eq!(duration(text), Some(seconds * 1000), "{text}");
        }
        for text in [
            "", ":", "2:", ":30", "2:60", "1:2:3:4", "-5", "2.5", "5 d", "99999999", "x", "2:0x",
        ] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn wrong_lines_are_named_and_the_others_work() {
        for (line, what) in [
            ("support", "has no colon"),
            (": waiting 5", "has no queue"),
            ("support:", "limits nothing"),
            ("support: , ,", "limits nothing"),
            (
                "support: waiting",
                "has no number of callers from 0 to 1999 behind `waiting`",
            ),
            ("support: waiting -1", "has no number"),
            ("support: waiting 2000", "has no number"),
            ("support: longest 0", "has no time"),
            ("support: longest 5:00:00", "has no time"),
            ("support: service 101%", "has no percentage"),
            ("support: service 0", "has no percentage"),
            ("support: holding 5", "has `holding`, which is none of"),
            ("support: 5", "has something that is none of"),
            (
                &format!("{}: none", "q".repeat(80)),
                "more than 79 characters",
            ),
            ("good: none", ""),
        ] {
            let (read, complaints) = AlertLimits::parse(&format!("{line}\nsales: waiting 1"));
            assert_eq!(read.of("sales", None), limits(1, 0, 0), "{line}");
            assert_eq!(read.of("support", None), None, "{line}");
            assert_eq!(
                complaints.len(),
                usize::from(!what.is_empty()),
                "{complaints:?}"
            );
            if let Some(said) = complaints.first() {
                assert!(said.starts_with("line 1 ") && said.contains(what), "{said}");
            }
        }
        let (read, complaints) = AlertLimits::parse("a: waiting 1\nA: waiting 2");
        assert_eq!(read.of("a", None), limits(2, 0, 0));
        assert!(
            complaints[0].starts_with("line 2 `A` is for a queue"),
            "{complaints:?}"
        );
    }

    #[test]
    fn too_much_is_cut_and_told() {
        let line = |n: usize| format!("q{n}: waiting 1\n");
        let many: String = (0..MAX_QUEUES + 30).map(line).collect();
        let (read, complaints) = AlertLimits::parse(&many);
        assert_eq!(read.of(&format!("q{MAX_QUEUES}"), None), None);
        assert_eq!(complaints.len(), MAX_COMPLAINTS + 1);
        let long = format!(
            "a: waiting 1\n{}\nb: waiting 1",
            "x".repeat(MAX_QUEUE_LINES_BYTES)
        );
        let (read, complaints) = AlertLimits::parse(&long);
        assert_eq!((read.of("b", None), complaints.len()), (None, 1));
    }

    #[test]
    fn channels_and_the_time_of_the_report_are_read() {
        let read = |json: serde_json::Value| {
            let config = Config::parse(Bundle::of("switchboard"), json.to_string().as_bytes());
            let own = |p: &&crate::config::Problem| {
                ["AlertChannel", "ReportChannel", "ReportTime"].contains(&&*p.setting)
            };
            let problems = config.problems.iter().filter(own);
            let problems: Vec<String> = problems.map(|p| p.setting.clone()).collect();
            (config.notices, problems)
        };
        let (notices, problems) = read(serde_json::json!({
            "AlertChannel": " ~HelpDesk ", "ReportTime": " 7:05 ",
        }));
        assert_eq!(problems, [""; 0]);
        assert_eq!(notices.alert_channel.as_deref(), Some("helpdesk"));
        assert_eq!(notices.report_channel.as_deref(), Some("helpdesk"));
        assert_eq!(notices.report_time, Some(425));
        let (notices, problems) = read(
            serde_json::json!({"ReportChannel": "~a b", "AlertChannel": "x", "ReportTime": "25:00"}),
        );
        assert_eq!(problems, ["ReportTime", "ReportChannel"]);
        assert_eq!(notices.report_channel.as_deref(), Some("x"));
        for wrong in [
            "24:00", "18", "18:0", "18:60", "1800", "18:00:00", "+1:00", ":", "six",
        ] {
            assert_eq!(time_of_day(wrong), None, "{wrong}");
        }
        assert_eq!(
            (time_of_day("00:00"), time_of_day("23:59")),
            (Some(0), Some(1439))
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(text in any::<String>(), lines in "([a-c*]{0,2}[: ]{0,2}(waiting|longest|service)? ?[0-9:a-z%, ]{0,9}\n){0,9}") {
            for text in [text, lines] {
                let (_, complaints) = AlertLimits::parse(&text);
                prop_assert!(complaints.len() <= MAX_COMPLAINTS + 1);
                let _ = (duration(&text), time_of_day(&text));
            }
        }
    }
}
