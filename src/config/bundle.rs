//! The bundles this program is shipped in, and which settings each of them has, by which name.
//!
//! A bundle that replaces another plugin keeps that plugin's id and settings keys, so that what an admin set
//! there carries over. This table is the only place that knows them.

/// What can be set, whatever a bundle calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Setting {
    /// The team that has the channel, by its name in URLs.
    TeamName,
    /// The channel that posts go to, by its name in URLs.
    ChannelName,
    /// The e-mail address of the person who posts.
    UserMail,
    /// The secret that phones and the dashboard's links carry.
    PhonesSecret,
    /// Whether off-hook, on-hook and the like make no posts.
    HideConnectionMessages,
    /// Which number belongs to whom.
    NumbersUsers,
    /// The secret that clients of presence carry.
    PresenceSecret,
    /// How many people a page of presence has.
    PerPageStatuses,
    /// How often a second the server may be asked for statuses.
    PresenceCallsPerSecond,
    /// Where Asterisk is; empty: there is none.
    AsteriskHost,
    /// Its AMI port.
    AsteriskPort,
    /// Whether AMI is spoken over TLS.
    AsteriskTls,
    /// The certificates that are trusted then.
    AsteriskCertificates,
    /// The AMI account.
    AsteriskUser,
    /// Its secret.
    AsteriskSecret,
    /// The dial plan's context in which numbers are dialled.
    AsteriskContext,
    /// Which numbers are extensions.
    AsteriskExtensions,
    /// Which other numbers people may call.
    AsteriskOutsideNumbers,
    /// What is dialled before those.
    AsteriskOutsidePrefix,
    /// What stands for `+`.
    AsteriskInternationalPrefix,
    /// How many calls, texts and changes in queues a person may ask for in a minute.
    AsteriskCallsPerMinute,
    /// The driver for texts to phones.
    AsteriskDriver,
    /// The interface by which an extension is a queue's agent.
    AsteriskQueueInterface,
    /// Whether Asterisk's calls make posts, too.
    AsteriskPosts,
    /// How calls are posted: `classic`, `card` or `none`.
    PostStyle,
    /// Whether people's custom statuses say that they are on the phone.
    CallStatus,
    /// Whether people get a message of calls that they missed.
    MissedCalls,
    /// Where a queue's missed calls go.
    QueueMissedCalls,
    /// The country in which the phones are, by its two letters (ISO 3166-1).
    Country,
    /// Whether people may say which number is theirs: `off`, `call` or `admin`.
    PhoneLinks,
    /// Names of outside numbers.
    NumberBook,
    /// The address that is asked for the name of an outside number.
    NumberLookupUrl,
    /// What shows that address that it is us who ask.
    NumberLookupSecret,
    /// The hosts that this plugin may ask something over HTTP.
    AllowedHosts,
    /// How Asterisk is told of do-not-disturb: `off`, or the family in its database.
    AsteriskDnd,
    /// What opens OVH's events.
    OvhTokens,
    /// Where they are.
    OvhUrl,
    /// Whether OVH's calls make posts, too.
    OvhPosts,
    /// The time zone at whose midnight the board's day begins, by its IANA name.
    TimeZone,
    /// Within how many seconds a queue's call should be answered.
    ServiceLevelSeconds,
    /// For how many days calls that ended are remembered.
    HistoryDays,
    /// How much of numbers the board shows: `full`, `masked` or `hidden`.
    BoardNumbers,
    /// The addresses that the server calls when a call comes in.
    CallbackUrl,
    /// Those that are opened on the board then.
    CallbackPageUrl,
    /// The hosts whose pages the board may show in a frame.
    CallbackFrameHosts,
    /// Beyond which limits a queue is in trouble.
    AlertLimits,
    /// The channel in which that is posted.
    AlertChannel,
    /// When the report of the day is posted.
    ReportTime,
    /// The channel in which it is.
    ReportChannel,
    /// The conferencing node; empty: there is no video.
    Node,
    /// What each room's alias begins with.
    Prefix,
    /// The rooms' host PIN.
    Pin,
    /// Whether conferences are shown in Mattermost itself.
    Embedded,
    /// What people are called in conferences.
    DisplayNameType,
    /// The only channels that have conferences, where that is on.
    FilterChannels,
    /// What rooms are called: `secret`, `id` or `name`.
    VideoRooms,
    /// Who may host: `members` or `admins`.
    VideoHosts,
    /// The kinds of channels that have conferences.
    VideoChannels,
    /// How conferences are posted: `one`, `classic` or `none`.
    VideoPosts,
    /// Whether a window's address holds the PIN.
    VideoPinInUrl,
    /// The System Console's button that checks the others; nothing is stored under it.
    Check,
}

/// One bundle.
#[derive(Debug)]
pub struct Bundle {
    /// The plugin's id, as in the manifest.
    pub id: &'static str,
    /// What each part of the bundle can have set, with the keys in the manifest.
    parts: &'static [&'static [(Setting, &'static str)]],
    /// The slash commands it offers, by their triggers.
    pub commands: &'static [&'static str],
    /// The account that speaks to people: its user name, and the name that is shown. Each bundle that speaks has one of its own, because
    /// the server renames the account that a plugin had before.
    pub bot: (&'static str, &'static str),
}

impl Bundle {
    /// The bundle with this id. A copy under another id has the settings of `switchboard`.
    #[must_use]
    pub fn of(id: &str) -> &'static Self {
        BUNDLES.iter().find(|b| b.id == id).unwrap_or(&BUNDLES[0])
    }

    /// What this bundle calls a setting, if it has it.
    #[must_use]
    pub fn key(&self, setting: Setting) -> Option<&'static str> {
        self.settings()
            .find(|(own, _)| *own == setting)
            .map(|(_, key)| key)
    }

    /// Each setting the bundle has, with its key in the manifest.
    pub(super) fn settings(&self) -> impl Iterator<Item = (Setting, &'static str)> {
        self.parts.iter().flat_map(|part| part.iter().copied())
    }

    /// Whether it is for phones.
    #[must_use]
    pub fn has_phones(&self) -> bool {
        self.key(Setting::PhonesSecret).is_some()
    }

    /// Whether it can talk to an Asterisk.
    #[must_use]
    pub fn has_asterisk(&self) -> bool {
        self.key(Setting::AsteriskHost).is_some()
    }

    /// Whether it can follow OVH's telephony.
    #[must_use]
    pub fn has_ovh(&self) -> bool {
        self.key(Setting::OvhTokens).is_some()
    }

    /// Whether people have choices of their own about their phones.
    #[must_use]
    pub fn has_people(&self) -> bool {
        self.key(Setting::CallStatus).is_some()
    }

    /// Whether its settings can be checked from the System Console.
    #[must_use]
    pub fn has_check(&self) -> bool {
        self.key(Setting::Check).is_some()
    }

    /// Whether presence can be had from it.
    #[must_use]
    pub fn has_presence(&self) -> bool {
        self.key(Setting::PresenceSecret).is_some()
    }

    /// Whether it has video conferences.
    #[must_use]
    pub fn has_video(&self) -> bool {
        self.key(Setting::Node).is_some()
    }

    /// Whether rooms are called by their channels' names where nothing else is set, as Pexip Video Connect had it up to 1.0.0.
    #[must_use]
    pub fn has_rooms_by_name(&self) -> bool {
        self.id == VIDEO_CONNECT
    }

    /// Whether it has them and nothing else, in place of Pexip Video Connect.
    #[must_use]
    pub fn is_for_video_alone(&self) -> bool {
        self.has_video() && !self.has_phones()
    }
}

const PHONES: &[(Setting, &str)] = &[
    (Setting::TeamName, "TeamName"),
    (Setting::ChannelName, "ChannelName"),
    (Setting::UserMail, "UserMail"),
    (Setting::PhonesSecret, "Secret"),
    (Setting::HideConnectionMessages, "HideConnectionMessages"),
    (Setting::NumbersUsers, "NumbersUsers"),
];

/// Presence beside phones, whose secret has the plain name.
const PRESENCE_TOO: &[(Setting, &str)] = &[
    (Setting::PresenceSecret, "PresenceSecret"),
    (Setting::PerPageStatuses, "PerPageStatuses"),
    (Setting::PresenceCallsPerSecond, "PresenceCallsPerSecond"),
];

const ASTERISK: &[(Setting, &str)] = &[
    (Setting::AsteriskHost, "AsteriskHost"),
    (Setting::AsteriskPort, "AsteriskPort"),
    (Setting::AsteriskTls, "AsteriskTls"),
    (Setting::AsteriskCertificates, "AsteriskCertificates"),
    (Setting::AsteriskUser, "AsteriskUser"),
    (Setting::AsteriskSecret, "AsteriskSecret"),
    (Setting::AsteriskContext, "AsteriskContext"),
    (Setting::AsteriskExtensions, "AsteriskExtensions"),
    (Setting::AsteriskOutsideNumbers, "AsteriskOutsideNumbers"),
    (Setting::AsteriskOutsidePrefix, "AsteriskOutsidePrefix"),
    (
        Setting::AsteriskInternationalPrefix,
        "AsteriskInternationalPrefix",
    ),
    (Setting::AsteriskCallsPerMinute, "AsteriskCallsPerMinute"),
    (Setting::AsteriskDriver, "AsteriskDriver"),
    (Setting::AsteriskQueueInterface, "AsteriskQueueInterface"),
    (Setting::AsteriskPosts, "AsteriskPosts"),
    (Setting::AsteriskDnd, "AsteriskDnd"),
];

/// OVH's telephony.
const OVH: &[(Setting, &str)] = &[
    (Setting::OvhTokens, "OvhTokens"),
    (Setting::OvhUrl, "OvhUrl"),
    (Setting::OvhPosts, "OvhPosts"),
];

/// People on the phone: their statuses, their missed calls, their numbers.
const PEOPLE: &[(Setting, &str)] = &[
    (Setting::PostStyle, "PostStyle"),
    (Setting::CallStatus, "CallStatus"),
    (Setting::MissedCalls, "MissedCalls"),
    (Setting::QueueMissedCalls, "QueueMissedCalls"),
    (Setting::Country, "Country"),
    (Setting::PhoneLinks, "PhoneLinks"),
    (Setting::NumberBook, "NumberBook"),
    (Setting::NumberLookupUrl, "NumberLookupUrl"),
    (Setting::NumberLookupSecret, "NumberLookupSecret"),
    (Setting::AllowedHosts, "AllowedHosts"),
];

/// The board itself.
const BOARD: &[(Setting, &str)] = &[
    (Setting::TimeZone, "TimeZone"),
    (Setting::ServiceLevelSeconds, "ServiceLevelSeconds"),
    (Setting::HistoryDays, "HistoryDays"),
    (Setting::BoardNumbers, "BoardNumbers"),
];

/// What happens beside the board when a call comes in or a queue is in trouble.
const EFFECTS: &[(Setting, &str)] = &[
    (Setting::CallbackUrl, "CallbackUrl"),
    (Setting::CallbackPageUrl, "CallbackPageUrl"),
    (Setting::CallbackFrameHosts, "CallbackFrameHosts"),
    (Setting::AlertLimits, "AlertLimits"),
    (Setting::AlertChannel, "AlertChannel"),
    (Setting::ReportTime, "ReportTime"),
    (Setting::ReportChannel, "ReportChannel"),
];

/// What only the webapp shows.
const CONSOLE: &[(Setting, &str)] = &[(Setting::Check, "Check")];

/// Presence alone, in Outlook Presence's names.
const PRESENCE: &[(Setting, &str)] = &[
    (Setting::PresenceSecret, "Secret"),
    (Setting::PerPageStatuses, "PerPageStatuses"),
];

/// Video conferences, in Pexip Video Connect's names, and what it did not have.
const VIDEO: &[(Setting, &str)] = &[
    (Setting::Node, "Node"),
    (Setting::Prefix, "Prefix"),
    (Setting::Pin, "Pin"),
    (Setting::Embedded, "Embedded"),
    (Setting::DisplayNameType, "DisplayNameType"),
    (Setting::FilterChannels, "FilterChannels"),
    (Setting::VideoRooms, "VideoRooms"),
    (Setting::VideoHosts, "VideoHosts"),
    (Setting::VideoChannels, "VideoChannels"),
    (Setting::VideoPosts, "VideoPosts"),
    (Setting::VideoPinInUrl, "VideoPinInUrl"),
];

/// The id of Pexip Video Connect up to 1.0.0; later ones have another.
const VIDEO_CONNECT: &str = "com.pexip.pexip-video-connect";

/// The bot of all bundles that have none of another plugin's.
const SWITCHBOARD: (&str, &str) = ("switchboard", "Switchboard");

/// Every bundle; the first one is the one to install.
pub const BUNDLES: &[Bundle] = &[
    Bundle {
        id: "switchboard",
        parts: &[
            CONSOLE,
            PHONES,
            PEOPLE,
            BOARD,
            ASTERISK,
            OVH,
            EFFECTS,
            VIDEO,
            PRESENCE_TOO,
        ],
        commands: &["phone", "sip-dashboard", "sip-status", "video"],
        bot: SWITCHBOARD,
    },
    Bundle {
        id: "net.bytemine.sip",
        parts: &[PHONES],
        commands: &["sip-dashboard", "sip-status"],
        bot: SWITCHBOARD,
    },
    Bundle {
        id: "com.mattermost.outlook-presence",
        parts: &[PRESENCE],
        commands: &[],
        bot: SWITCHBOARD,
    },
    Bundle {
        id: "com.pexip.pexip-app",
        parts: &[CONSOLE, VIDEO],
        commands: &["video"],
        bot: ("pexip", "Pexip"),
    },
    Bundle {
        id: VIDEO_CONNECT,
        parts: &[CONSOLE, VIDEO],
        commands: &["video"],
        bot: ("pexip", "Pexip"),
    },
];

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use serde_json::Value;

    use super::*;
    use crate::config::Config;

    /// The System Console shows people the manifest's default where nothing is saved, which `make dist` makes the first of the options.
    #[test]
    fn what_a_dropdown_shows_where_nothing_is_saved_is_what_holds() {
        let manifest: Value = serde_json::from_str(include_str!("../../plugin.json")).unwrap();
        let settings = manifest["settings_schema"]["settings"].as_array().unwrap();
        let made: Value = serde_json::from_str(include_str!("../../scripts/bundles.json")).unwrap();
        let mut seen = 0;
        for bundle in BUNDLES {
            for (_, key) in bundle.settings() {
                let plain = settings.iter().find(|setting| setting["key"] == key);
                let Some(plain) = plain.filter(|setting| setting["type"] == "dropdown") else {
                    continue;
                };
                let own = made[bundle.id]["settings"].as_array().into_iter().flatten();
                let mut own = own.filter(|setting| setting["key"] == key);
                let own = own.next().map_or(&Value::Null, |own| &own["default"]);
                let default = if own.is_null() {
                    &plain["default"]
                } else {
                    own
                };
                let mut saved = serde_json::json!({
                    "Node": "pexip.example.com", "AsteriskHost": "pbx.example.com",
                    "AsteriskUser": "switchboard", "AsteriskSecret": "a long enough secret",
                });
                let parse = |saved: &Value| Config::parse(bundle, saved.to_string().as_bytes());
                let unsaved = parse(&saved);
                saved[key] = default.clone();
                assert_eq!(unsaved, parse(&saved), "{}: {key} is {default}", bundle.id);
                let mut options = plain["options"].as_array().unwrap().iter();
                let other = options.find(|option| option["value"] != *default).unwrap();
                saved[key] = other["value"].clone();
                assert_ne!(
                    unsaved,
                    parse(&saved),
                    "{}: {key} changes nothing",
                    bundle.id
                );
                seen += 1;
            }
        }
        assert!(seen >= 12, "{seen} dropdowns");
    }

    #[test]
    fn a_bundle_is_found_by_its_id() {
        assert_eq!(Bundle::of("net.bytemine.sip").id, "net.bytemine.sip");
        assert_eq!(Bundle::of("some.copy").id, "switchboard");
        assert_eq!(
            Bundle::of("net.bytemine.sip").key(Setting::PhonesSecret),
            Some("Secret")
        );
    }

    #[test]
    fn the_oldest_ids_rooms_go_by_their_channels_names() {
        let rooms = |id| {
            let config = Config::parse(Bundle::of(id), br#"{"node":"pexip.example.com"}"#);
            config.video.expect("video").rooms
        };
        use crate::config::VideoRooms;
        assert_eq!(rooms(VIDEO_CONNECT), VideoRooms::Name);
        assert_eq!(rooms("com.pexip.pexip-app"), VideoRooms::Id);
        assert_eq!(rooms("switchboard"), VideoRooms::Secret);
    }

    #[test]
    fn no_bundle_has_a_key_twice() {
        for bundle in BUNDLES {
            let settings: Vec<_> = bundle.settings().collect();
            for (at, (setting, key)) in settings.iter().enumerate() {
                for (other, name) in &settings[..at] {
                    assert_ne!(setting, other);
                    assert!(!key.eq_ignore_ascii_case(name), "{}: {key}", bundle.id);
                }
            }
        }
    }

    /// What `make dist` packs is made of these two files, and this program reads settings by [`BUNDLES`].
    #[test]
    fn the_manifests_have_these_settings() {
        let manifest: Value = serde_json::from_str(include_str!("../../plugin.json")).unwrap();
        let settings = manifest["settings_schema"]["settings"].as_array().unwrap();
        let all: Vec<&str> = settings
            .iter()
            .map(|s| s["key"].as_str().unwrap())
            .collect();
        let made = include_str!("../../scripts/bundles.json");
        let made: BTreeMap<String, Value> = serde_json::from_str(made).unwrap();

        let mut ids: Vec<&str> = BUNDLES.iter().map(|bundle| bundle.id).collect();
        ids.sort_unstable();
        assert_eq!(made.keys().collect::<Vec<_>>(), ids);
        assert_eq!(manifest["id"], BUNDLES[0].id);

        for bundle in BUNDLES {
            let own = made[bundle.id]["settings"].as_array();
            let own: BTreeSet<&str> = match own {
                // A key of its own, or one of plugin.json's under another name.
                Some(keys) => keys
                    .iter()
                    .map(|key| key.as_str().or(key["key"].as_str()).unwrap())
                    .collect(),
                None => all.iter().copied().collect(),
            };
            let read: BTreeSet<&str> = bundle.settings().map(|(_, key)| key).collect();
            assert_eq!(own, read, "{}", bundle.id);
        }
    }
}
