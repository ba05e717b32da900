//! What the admin set: read from whatever the server hands out, and never fatal.
//!
//! The server stores keys in the case some client sent, often in lower case, sometimes twice; and values as
//! whatever JSON type the console or a script used. All of that is read. What cannot be read is a
//! [`Problem`] that names the setting and the remedy, and the setting keeps its default.

mod alerts;
mod asterisk;
mod board;
mod bundle;
mod callbacks;
mod country;
mod dial;
mod labels;
mod number_book;
mod numbers;
mod outbound;
mod ovh;
mod people;
mod queue_lines;
mod queue_missed;
mod secret;
mod shown;
mod summary;
mod values;
mod video;

pub use alerts::{AlertLimits, Limits, Notices};
pub use asterisk::CallRules;
pub use board::{
    BoardNumbers, BoardSettings, DEFAULT_SERVICE_LEVEL_SECONDS, MAX_SERVICE_LEVEL_SECONDS,
    TIME_ZONE_REMEDY,
};
pub use bundle::{BUNDLES, Bundle, Setting};
pub use callbacks::{
    CallValues, Callbacks, MAX_CALLED_BYTES, MAX_FRAME_HOSTS, MAX_TEMPLATE_BYTES, MAX_TEMPLATES,
    Template,
};
pub use dial::{DialPatterns, MAX_PATTERN, MAX_PATTERNS};
pub use labels::{label, labelled};
pub use number_book::NumberBook;
pub use numbers::{MAX_BYTES, MAX_COMPLAINTS, MAX_ENTRIES, MAX_RANGE, NumbersUsers};
pub use outbound::{AllowedHosts, MAX_ALLOWED_HOSTS, NUMBER, NumberLookup};
pub use people::{PhoneLinks, PostStyle};
pub use queue_lines::MAX_QUEUE_LINES_BYTES;
pub use queue_missed::{MAX_TOLD, QueueMissed, QueueMissedCalls};
pub use secret::{GUESSABLE, SHORT_CHARS, Secret};
pub use summary::summary;
pub use video::{
    DisplayName, MAX_FILTER_CHANNELS, MAX_PREFIX, Node, VideoHosts, VideoKinds, VideoPosts,
    VideoRooms, VideoSettings, is_id,
};

use std::fmt;
use std::sync::Arc;

use crate::number::Plan;
use crate::sources::asterisk as asterisk_source;
use crate::sources::ovh as ovh_source;
use values::Values;

/// The longest configuration that is read, in bytes.
pub const MAX_CONFIG_BYTES: usize = 4 * 1024 * 1024;

/// People on a page of presence, unless it is set.
pub const DEFAULT_PER_PAGE_STATUSES: u32 = 100;

/// The most people on a page of presence: about a megabyte of JSON.
pub const MAX_PER_PAGE_STATUSES: u32 = 10_000;

/// How often a second the server may be asked for statuses, unless it is set.
pub const DEFAULT_PRESENCE_CALLS_PER_SECOND: u32 = 10;

/// The most that can be set. A call reads a thousand people.
pub const MAX_PRESENCE_CALLS_PER_SECOND: u32 = 100;

/// Something that an admin should put right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The setting's key, as the System Console's help and this bundle's manifest call it, or the name of
    /// the part that has the problem.
    pub setting: String,
    /// What is wrong, in words that continue "*setting*: …".
    pub what: String,
    /// What to do about it, a whole sentence.
    pub remedy: String,
}

impl Problem {
    /// A problem from its three parts.
    #[must_use]
    pub fn new(
        setting: impl Into<String>,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            setting: setting.into(),
            what: what.into(),
            remedy: remedy.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}. {}", self.setting, self.what, self.remedy)
    }
}

/// The settings, in the types the product works with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The name of the team that has the channel; empty when none is set.
    pub team_name: String,
    /// The name of the channel that posts go to; empty when none is set.
    pub channel_name: String,
    /// The e-mail address of the person who posts; empty when none is set.
    pub user_mail: String,
    /// What phones and the dashboard's links must carry.
    pub phones_secret: Secret,
    /// What stands in its place in phones' short URLs: follows from it.
    pub phones_short_secret: Secret,
    /// Whether posts about connections (off-hook, on-hook and the like) are left out.
    pub hide_connection_messages: bool,
    /// Which number belongs to whom.
    pub numbers_users: NumbersUsers,
    /// By what numbers are read: the country's rules, if one is set.
    pub plan: Plan,
    /// What outside numbers are called.
    pub number_book: NumberBook,
    /// The hosts that may be asked something over HTTP.
    pub allowed_hosts: AllowedHosts,
    /// The service that is asked for names of numbers, if one is set.
    pub number_lookup: Option<NumberLookup>,
    /// What clients of presence must carry; empty: there is no presence.
    pub presence_secret: Secret,
    /// How many people a page of presence has.
    pub per_page_statuses: u32,
    /// How often a second the server may be asked for statuses.
    pub presence_calls_per_second: u32,
    /// Asterisk, and what people may do with it; nothing where there is none.
    pub asterisk: Option<(asterisk_source::Settings, CallRules)>,
    /// Whether Asterisk's calls make posts, too.
    pub asterisk_posts: bool,
    /// OVH's events; nothing where they are not followed.
    pub ovh: Option<ovh_source::Settings>,
    /// Whether OVH's calls make posts, too.
    pub ovh_posts: bool,
    /// How calls are posted.
    pub post_style: PostStyle,
    /// Whether people's custom statuses say that they are on the phone.
    pub call_status: bool,
    /// Whether people get a message of calls that they missed.
    pub missed_calls: bool,
    /// Where the missed calls of queues go.
    pub queue_missed_calls: QueueMissedCalls,
    /// Whether people may say which number is theirs.
    pub phone_links: PhoneLinks,
    /// The board's day, its service level, and how much of numbers it shows.
    pub board: BoardSettings,
    /// What is called and opened when a call comes in.
    pub callbacks: Callbacks,
    /// When posts about queues are made, and where.
    pub notices: Notices,
    /// Video conferences; nothing where there is no node for them.
    pub video: Option<Arc<VideoSettings>>,
    /// What is wrong with the settings themselves.
    pub problems: Vec<Problem>,
}

impl Config {
    /// Whether phones can be switched to do-not-disturb: there is an Asterisk, and it is told how.
    #[must_use]
    pub fn switches_phones(&self) -> bool {
        let settings = self.asterisk.as_ref().map(|(settings, _)| settings);
        settings.is_some_and(|settings| settings.dnd.is_some())
    }

    /// Reads the JSON object that `LoadPluginConfiguration` gives. Never fails: whatever is wrong is in
    /// [`Config::problems`].
    #[must_use]
    pub fn parse(bundle: &Bundle, json: &[u8]) -> Self {
        let mut values = Values::read(bundle, json);
        let mut config = Self {
            team_name: values.name(
                Setting::TeamName,
                "Enter the team's name as it stands in its URL, for example `sales`.",
            ),
            channel_name: values.name(
                Setting::ChannelName,
                "Enter the channel's name as it stands in its URL, for example `phones`.",
            ),
            user_mail: values.name(
                Setting::UserMail,
                "Enter the e-mail address of the account that posts, for example `phones@example.com`.",
            ),
            phones_secret: Secret::new(values.text(Setting::PhonesSecret).unwrap_or_default()),
            hide_connection_messages: values.flag(Setting::HideConnectionMessages),
            presence_secret: Secret::new(values.text(Setting::PresenceSecret).unwrap_or_default()),
            per_page_statuses: values.number(
                Setting::PerPageStatuses,
                1..=MAX_PER_PAGE_STATUSES,
                DEFAULT_PER_PAGE_STATUSES,
            ),
            presence_calls_per_second: values.number(
                Setting::PresenceCallsPerSecond,
                1..=MAX_PRESENCE_CALLS_PER_SECOND,
                DEFAULT_PRESENCE_CALLS_PER_SECOND,
            ),
            ..Self::default()
        };
        let prefix = asterisk::outside_prefix(&mut values);
        let plan = country::read(&mut values);
        let plan = plan.with_outside_prefix(prefix.as_deref().unwrap_or_default());
        let numbers = values.text(Setting::NumbersUsers).unwrap_or_default();
        config.phones_short_secret = config.phones_secret.short();
        let (numbers, complaints) = NumbersUsers::read(&numbers, plan);
        config.plan = plan;
        let book = values.text(Setting::NumberBook).unwrap_or_default();
        let (book, complaints_of_book) = NumberBook::read(&book, plan);
        config.number_book = book;
        for what in complaints_of_book {
            values.problem(
                Setting::NumberBook,
                what,
                "Write a number a line, as `+49 30 1234567: Miller & Sons`.",
            );
        }
        (config.allowed_hosts, config.number_lookup) = outbound::read(&mut values);
        config.callbacks = callbacks::read(&mut values, &config.allowed_hosts);
        config.notices = alerts::read(&mut values);
        config.video = video::read(&mut values).map(Arc::new);
        config.asterisk_posts = values.flag(Setting::AsteriskPosts);
        config.post_style = values.choice(Setting::PostStyle, PostStyle::WORDS);
        config.call_status = values.flag_unless_off(Setting::CallStatus);
        config.missed_calls = values.flag_unless_off(Setting::MissedCalls);
        let queues = values.text(Setting::QueueMissedCalls).unwrap_or_default();
        let (queues, complaints_of_queues) = QueueMissedCalls::parse(&queues);
        config.queue_missed_calls = queues;
        for what in complaints_of_queues {
            values.problem(
                Setting::QueueMissedCalls,
                what,
                "Write a queue a line, as `support: ~helpdesk`, `sales: @alice, @bob`, `hotline: agents` or `*: none`.",
            );
        }
        config.board = board::read(&mut values);
        config.phone_links = values.choice(Setting::PhoneLinks, PhoneLinks::WORDS);
        config.asterisk = asterisk::read(&mut values, &numbers, prefix);
        config.ovh = ovh::read(&mut values, &numbers);
        config.ovh_posts = values.flag(Setting::OvhPosts);
        config.numbers_users = numbers;
        for what in complaints {
            values.problem(
                Setting::NumbersUsers,
                what,
                "Write it as `<number>:<name>`, for example `123:bob,124:alice`.",
            );
        }
        if config.phones_secret.is_empty() {
            values.problem(
                Setting::PhonesSecret,
                "is empty, so no phone is let in",
                "Enter a long random text, and the same in the phones' action URLs behind `secret=`.",
            );
        }
        if config.presence_secret.is_empty() && !bundle.has_phones() {
            values.problem(
                Setting::PresenceSecret,
                "is empty, so no client is let in",
                "Press Regenerate beside it, save, and enter the same secret in the clients.",
            );
        }
        config.problems = values.into_problems();
        config
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(json: &str) -> Config {
        Config::parse(Bundle::of("net.bytemine.sip"), json.as_bytes())
    }

    const GOOD: &str = r#"{"teamname":"sales","channelname":"phones","usermail":"p@example.com",
        "secret":"hush","hideconnectionmessages":true,"numbersusers":"123:bob"}"#;

    fn settings(config: &Config) -> Vec<&str> {
        config.problems.iter().map(|p| &*p.setting).collect()
    }

    #[test]
    fn keys_in_any_case_are_read() {
        let config = parse(GOOD);
        assert_eq!(config.problems, []);
        assert_eq!(config.team_name, "sales");
        assert_eq!(config.channel_name, "phones");
        assert_eq!(config.user_mail, "p@example.com");
        assert!(config.phones_secret.matches(b"hush"));
        assert!(config.hide_connection_messages);
        assert_eq!(config.numbers_users.user("123").map(|u| &**u), Some("bob"));

        let mixed = GOOD
            .replace("teamname", "TeamName")
            .replace("\"secret\"", "\"SECRET\"");
        assert_eq!(parse(&mixed), config);
    }

    #[test]
    fn values_in_each_others_clothes_are_read() {
        for (value, expected) in [
            ("true", true),
            ("\"true\"", true),
            ("\"TRUE\"", true),
            ("1", true),
            ("\"1\"", true),
            ("\" yes \"", true),
            ("\"on\"", true),
            ("false", false),
            ("\"false\"", false),
            ("0", false),
            ("\"\"", false),
            ("null", false),
        ] {
            let config = parse(&GOOD.replace("true", value));
            assert_eq!(config.problems, [], "{value}");
            assert_eq!(config.hide_connection_messages, expected, "{value}");
        }
        let config = parse(
            &GOOD
                .replace("\"hush\"", "123456")
                .replace("\"sales\"", "true"),
        );
        assert_eq!(config.problems, []);
        assert!(config.phones_secret.matches(b"123456"));
        assert_eq!(config.team_name, "true");
    }

    #[test]
    fn each_problem_names_its_setting_and_a_remedy() {
        for (json, expected) in [
            ("", &["TeamName", "ChannelName", "UserMail", "Secret"][..]),
            ("null", &["TeamName", "ChannelName", "UserMail", "Secret"]),
            ("{}", &["TeamName", "ChannelName", "UserMail", "Secret"]),
            (
                "[1]",
                &["settings", "TeamName", "ChannelName", "UserMail", "Secret"],
            ),
            (
                "{\"a\"",
                &["settings", "TeamName", "ChannelName", "UserMail", "Secret"],
            ),
            (
                &GOOD.replace("true", "\"maybe\""),
                &["HideConnectionMessages"],
            ),
            (&GOOD.replace("true", "2"), &["HideConnectionMessages"]),
            (&GOOD.replace("\"sales\"", "[]"), &["TeamName", "TeamName"]),
            (&GOOD.replace("sales", " "), &["TeamName"]),
            (&GOOD.replace("123:bob", "x"), &["NumbersUsers"]),
            (&GOOD.replace("hush", "  "), &["Secret"]),
        ] {
            let config = parse(json);
            assert_eq!(settings(&config), expected, "{json}");
            for problem in &config.problems {
                assert!(problem.remedy.ends_with('.'), "{problem}");
            }
        }
    }

    #[test]
    fn of_one_key_in_two_cases_the_lower_case_one_holds() {
        for json in [
            GOOD.replace('{', "{\"TeamName\":\"old\","),
            GOOD.replace('}', ",\"TEAMNAME\":\"old\"}"),
        ] {
            let config = parse(&json);
            assert_eq!(config.team_name, "sales");
            assert_eq!(settings(&config), ["TeamName"]);
            assert!(
                config.problems[0].what.contains("twice"),
                "{}",
                config.problems[0]
            );
        }
    }

    #[test]
    fn a_problem_never_holds_the_secret() {
        let config = parse(r#"{"secret":["hush-hush"],"Secret":{"a":"hush-hush"}}"#);
        assert!(!format!("{config:?}").contains("hush"));
    }

    #[test]
    fn names_lose_the_marks_of_links() {
        let config = parse(&GOOD.replace("phones\"", " ~phones \""));
        assert_eq!(config.channel_name, "phones");
    }

    #[test]
    fn presence_has_numbers_within_limits() {
        let parse = |json: &str| Config::parse(Bundle::of("switchboard"), json.as_bytes());
        let good = GOOD.replace(
            '}',
            ",\"perpagestatuses\":250,\"presencecallspersecond\":\"5\"}",
        );
        let config = parse(&good);
        assert_eq!(config.problems, []);
        assert_eq!(config.per_page_statuses, 250);
        assert_eq!(config.presence_calls_per_second, 5);
        assert_eq!(parse(GOOD).per_page_statuses, DEFAULT_PER_PAGE_STATUSES);
        assert_eq!(parse(&good.replace("250", "250.0")).per_page_statuses, 250);
        for wrong in ["0", "-1", "10001", "1e99", "\"many\"", "2.5"] {
            let config = parse(&good.replace("250", wrong));
            assert_eq!(settings(&config), ["PerPageStatuses"], "{wrong}");
            assert_eq!(config.per_page_statuses, DEFAULT_PER_PAGE_STATUSES);
        }
    }

    #[test]
    fn presence_alone_wants_its_secret_and_nothing_of_phones() {
        let parse = |json: &str| {
            let bundle = Bundle::of("com.mattermost.outlook-presence");
            Config::parse(bundle, json.as_bytes())
        };
        assert_eq!(settings(&parse("{}")), ["Secret"]);
        let config = parse(r#"{"secret":" hush\n","perpagestatuses":20}"#);
        assert_eq!(config.problems, []);
        assert!(config.presence_secret.matches(b"hush"));
        assert!(config.phones_secret.is_empty());
        assert_eq!(config.per_page_statuses, 20);
    }

    #[test]
    fn too_much_is_refused() {
        let json = GOOD.replace(
            '}',
            &format!(",\"x\":\"{}\"}}", "y".repeat(MAX_CONFIG_BYTES)),
        );
        assert_eq!(settings(&parse(&json))[0], "settings");
        let config = parse(&GOOD.replace("sales", &"s".repeat(300)));
        assert_eq!(settings(&config), ["TeamName", "TeamName"]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_harm(bytes in any::<Vec<u8>>()) {
            let config = Config::parse(Bundle::of("switchboard"), &bytes);
            prop_assert!(!config.problems.is_empty());
        }

        #[test]
        fn any_value_is_read_without_harm(value in r#"(null|true|[-]?[0-9]{1,30}(\.[0-9]{1,3})?|"[a-z:, ]{0,9}"|\[\]|\{"a":1\})"#) {
            for key in ["teamname", "secret", "hideconnectionmessages", "numbersusers"] {
                let _ = parse(&format!("{{\"{key}\":{value}}}"));
            }
        }
    }
}
