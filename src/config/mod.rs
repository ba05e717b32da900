//! What the admin set: read from whatever the server hands out, and never fatal.
//!
//! The server stores keys in the case some client sent, often in lower case, sometimes twice; and values as
//! whatever JSON type the console or a script used. All of that is read. What cannot be read is a
//! [`Problem`] that names the setting and the remedy, and the setting keeps its default.

mod bundle;
mod numbers;
mod secret;
mod values;

pub use bundle::{BUNDLES, Bundle, Setting};
pub use numbers::{MAX_BYTES, MAX_COMPLAINTS, MAX_ENTRIES, NumbersUsers};
pub use secret::Secret;

use std::fmt;

use values::Values;

/// The longest configuration that is read, in bytes.
pub const MAX_CONFIG_BYTES: usize = 4 * 1024 * 1024;

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
    /// Whether posts about connections (off-hook, on-hook and the like) are left out.
    pub hide_connection_messages: bool,
    /// Which number belongs to whom.
    pub numbers_users: NumbersUsers,
    /// What is wrong with the settings themselves.
    pub problems: Vec<Problem>,
}

impl Config {
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
            ..Self::default()
        };
        let numbers = values.text(Setting::NumbersUsers).unwrap_or_default();
        let (numbers, complaints) = NumbersUsers::parse(&numbers);
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
