//! What the admin set for video conferences.
//!
//! Keys and forms are those of Pexip Video Connect, so that what was saved there carries over: its PIN is a number or a text, its filter an
//! object.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde_json::Value;

use super::values::Values;
use super::{Secret, Setting, shown};
use crate::outbound::{Address, Url};

/// The longest prefix of a room's alias, in characters. With a channel's name behind it, which has 64 at most, an alias stays far below
/// the 250 that Pexip Infinity takes.
pub const MAX_PREFIX: usize = 64;

/// The most channels that a filter lists. The server's own configuration holds them all.
pub const MAX_FILTER_CHANNELS: usize = 10_000;

/// The prefix where none was ever set, as Pexip Video Connect has it.
const PREFIX: &str = "matt-";

/// What a PIN has at least and at most, in digits (Pexip Infinity's administrator guide; a `#` may stand behind them).
const PIN_DIGITS: std::ops::RangeInclusive<usize> = 4..=20;

const NODE_REMEDY: &str = "Enter the name or the address of a conferencing node, for example `pexip.example.com`, with its port if that is not 443.";

/// Where the conferences are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    url: Url,
}

impl Node {
    /// Host and port, the latter only where it is not the usual one.
    #[must_use]
    pub fn authority(&self) -> String {
        self.url.origin()
    }

    /// The origin in a browser's sense (RFC 6454).
    #[must_use]
    pub fn origin(&self) -> String {
        let scheme = if self.url.is_https() { "https" } else { "http" };
        format!("{scheme}://{}", self.url.origin())
    }

    /// The host alone, which is the domain of SIP addresses.
    #[must_use]
    pub fn domain(&self) -> String {
        self.url.host().to_string()
    }

    /// Reads what an admin enters: a name or an address, with or without scheme, port, path and blanks around it.
    fn parse(text: &str) -> Result<Self, String> {
        let rest = text.trim();
        let (scheme, rest) = match rest.split_once("://") {
            Some((scheme, rest)) => (scheme, rest),
            None => ("https", rest.trim_start_matches('/')),
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let url = Url::parse(&format!("{scheme}://{}", authority.trim()));
        let url = url.map_err(|error| error.to_string())?;
        let is_loopback = match url.host() {
            Address::Name(name) => **name == *"localhost",
            Address::Ip(IpAddr::V4(address)) => address.is_loopback(),
            Address::Ip(IpAddr::V6(address)) => address.is_loopback(),
        };
        if !url.is_https() && !is_loopback {
            return Err(
                "it begins with `http://`, and conferences need `https://`: browsers hand out cameras and microphones to nothing else"
                    .to_owned(),
            );
        }
        Ok(Self { url })
    }
}

/// What people are called in a conference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DisplayName {
    /// By their user name.
    #[default]
    Username,
    /// By their nickname.
    Nickname,
    /// By first and last name.
    FullName,
    /// As Mattermost shows people by its own setting.
    Mattermost,
}

impl DisplayName {
    /// As the setting has it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Username => "username",
            Self::Nickname => "nickname",
            Self::FullName => "firstAndLastName",
            Self::Mattermost => "mattermost",
        }
    }
}

/// What a channel's room is called, behind the prefix.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VideoRooms {
    /// By something that nobody can guess.
    #[default]
    Secret,
    /// By the channel's id.
    Id,
    /// By the channel's name in its URL.
    Name,
}

/// Who may host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VideoHosts {
    /// Each member of the channel who is no guest.
    #[default]
    Members,
    /// Administrators of the channel, of its team and of the system.
    Admins,
}

impl VideoHosts {
    const WORDS: &[(&str, Self)] = &[("members", Self::Members), ("admins", Self::Admins)];
}

/// How conferences are posted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VideoPosts {
    /// One post a conference, which changes.
    #[default]
    One,
    /// Two posts a person, in the words of Pexip Video Connect.
    Classic,
    /// None.
    None,
}

/// The kinds of channels that have conferences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VideoKinds {
    /// Channels of teams, public and private.
    pub channels: bool,
    /// Direct messages.
    pub direct: bool,
    /// Group messages.
    pub group: bool,
}

/// The settings of video conferences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VideoSettings {
    /// Where the conferences are.
    pub node: Node,
    /// What each room's alias begins with: letters and digits of ASCII, and `-._`.
    pub prefix: Box<str>,
    /// What makes whoever knows it a host; empty: rooms have no PIN.
    pub pin: Secret,
    /// Whether a conference is shown in Mattermost itself.
    pub embedded: bool,
    /// What people are called.
    pub display_name: DisplayName,
    /// The only channels of teams that have conferences, by their ids; nothing: all of them.
    pub filter: Option<BTreeSet<Box<str>>>,
    /// What rooms are called.
    pub rooms: VideoRooms,
    /// Who may host.
    pub hosts: VideoHosts,
    /// The kinds of channels that have conferences.
    pub kinds: VideoKinds,
    /// How conferences are posted.
    pub posts: VideoPosts,
    /// Whether the address of a window of its own holds the PIN, for those who may host.
    pub pin_in_url: bool,
}

impl VideoSettings {
    /// Whether everybody's pages are told the same of both by `GET /api/v1/webapp`.
    #[must_use]
    pub fn shows_as(&self, other: &Self) -> bool {
        let shown = |own: &Self| (own.embedded, own.display_name, own.kinds);
        shown(self) == shown(other) && self.node == other.node && self.filter == other.filter
    }
}

/// Whether a text has the form of a Mattermost id: 26 letters and digits.
#[must_use]
pub fn is_id(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    text.len() == 26 && text.bytes().all(fits)
}

/// Reads them; nothing where no node is set, or what is set is none.
pub(super) fn read(values: &mut Values<'_>) -> Option<VideoSettings> {
    let node = values.text(Setting::Node).unwrap_or_default();
    if node.trim().is_empty() {
        if values.is_for_video_alone() {
            values.problem(Setting::Node, "is empty, so video is off", NODE_REMEDY);
        }
        return None;
    }
    let node = match Node::parse(&node) {
        Ok(node) => node,
        Err(why) => {
            let node = shown::host(node.trim()).map(|node| format!("is `{node}` and "));
            let node = node.unwrap_or_default();
            let what = format!("{node}cannot be used, so video is off: {why}");
            values.problem(Setting::Node, what, NODE_REMEDY);
            return None;
        }
    };
    // What another plugin's settings came to is kept where nothing else was chosen.
    let drop_in = values.is_for_video_alone();
    let mut rooms = [
        ("secret", VideoRooms::Secret),
        ("id", VideoRooms::Id),
        ("name", VideoRooms::Name),
    ];
    if values.has_rooms_by_name() {
        rooms.swap(0, 2);
    } else if drop_in {
        rooms.swap(0, 1);
    }
    let posts: &[_] = match drop_in {
        true => &[
            ("classic", VideoPosts::Classic),
            ("one", VideoPosts::One),
            ("none", VideoPosts::None),
        ],
        false => &[
            ("one", VideoPosts::One),
            ("classic", VideoPosts::Classic),
            ("none", VideoPosts::None),
        ],
    };
    let mut names = [
        DisplayName::Mattermost,
        DisplayName::Username,
        DisplayName::Nickname,
        DisplayName::FullName,
    ];
    if drop_in {
        names.swap(0, 1);
    }
    Some(VideoSettings {
        node,
        prefix: prefix(values),
        pin: pin(values),
        embedded: values.flag_or(Setting::Embedded, !drop_in),
        display_name: values.choice(
            Setting::DisplayNameType,
            &names.map(|name| (name.word(), name)),
        ),
        filter: filter(values),
        rooms: values.choice(Setting::VideoRooms, &rooms),
        hosts: values.choice(Setting::VideoHosts, VideoHosts::WORDS),
        kinds: kinds(values),
        posts: values.choice(Setting::VideoPosts, posts),
        pin_in_url: values.flag_or(Setting::VideoPinInUrl, drop_in),
    })
}

/// Only what a SIP address can hold without escapes (RFC 3261, 25.1) and people can type.
fn prefix(values: &mut Values<'_>) -> Box<str> {
    let Some(text) = values.text(Setting::Prefix) else {
        return PREFIX.into();
    };
    let fits = |c: &char| c.is_ascii_alphanumeric() || "-._".contains(*c);
    let text = text.trim();
    let kept: String = text.chars().filter(fits).take(MAX_PREFIX).collect();
    if kept != text {
        let what = format!("has something in it that a room cannot have; `{kept}` is used");
        let remedy = format!(
            "Enter at most {MAX_PREFIX} letters and digits of ASCII, `-`, `.` and `_`, the same as in the policy script."
        );
        values.problem(Setting::Prefix, what, remedy);
    }
    kept.into()
}

/// A PIN is never shown, also where it is none.
fn pin(values: &mut Values<'_>) -> Secret {
    let text = values.text(Setting::Pin).unwrap_or_default();
    let text = text.trim();
    // The console may have written a number as `1234.0`; 0 is what another plugin made of nothing.
    let text = text.strip_suffix(".0").unwrap_or(text);
    if text == "0" {
        return Secret::default();
    }
    let digits = text.strip_suffix('#').unwrap_or(text);
    let is_pin =
        PIN_DIGITS.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !text.is_empty() && !is_pin {
        let (least, most) = (PIN_DIGITS.start(), PIN_DIGITS.end());
        values.problem(
            Setting::Pin,
            "is no PIN, and was ignored: nobody hosts by it",
            format!("Enter {least} to {most} digits, the same as in the policy script."),
        );
        return Secret::default();
    }
    Secret::new(text.to_owned())
}

/// A filter that cannot be read lets no channel of a team through: it was set to keep some out.
fn filter(values: &mut Values<'_>) -> Option<BTreeSet<Box<str>>> {
    let remedy = "Choose the channels anew in the System Console.";
    let mut value = values.value(Setting::FilterChannels)?;
    if let Value::String(text) = &value {
        if text.trim().is_empty() {
            return None;
        }
        // As some scripts save it.
        value = serde_json::from_str(text).unwrap_or_default();
    }
    let Value::Object(object) = value else {
        let what = "is no list of channels; no team's channel has video until it is one";
        values.problem(Setting::FilterChannels, what, remedy);
        return Some(BTreeSet::new());
    };
    let field = |name: &str| {
        let mut fields = object.iter();
        let found = fields.find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value)
    };
    let enabled = match field("enabled") {
        Some(Value::Bool(enabled)) => *enabled,
        Some(Value::String(text)) => text.trim().eq_ignore_ascii_case("true"),
        _ => false,
    };
    if !enabled {
        return None;
    }
    let listed = field("allowedChannels").and_then(Value::as_array);
    let mut ignored = 0;
    let mut allowed = BTreeSet::new();
    for id in listed.into_iter().flatten() {
        match id.as_str().filter(|id| is_id(id)) {
            Some(id) if allowed.len() < MAX_FILTER_CHANNELS => drop(allowed.insert(id.into())),
            _ => ignored += 1,
        }
    }
    if ignored > 0 {
        let what = format!(
            "has {ignored} entries that are no channel's id, or beyond the first {MAX_FILTER_CHANNELS}; they were ignored"
        );
        values.problem(Setting::FilterChannels, what, remedy);
    }
    Some(allowed)
}

fn kinds(values: &mut Values<'_>) -> VideoKinds {
    let text = values.text(Setting::VideoChannels).unwrap_or_default();
    let text = text.trim();
    let all = text.is_empty();
    let mut kinds = VideoKinds {
        channels: all,
        direct: all,
        group: all,
    };
    let mut wrong = false;
    let parts = text.split(|c: char| c.is_whitespace() || ",;|".contains(c));
    for word in parts.filter(|word| !word.is_empty()) {
        match word.to_ascii_lowercase().as_str() {
            "channel" | "channels" => kinds.channels = true,
            "direct" => kinds.direct = true,
            "group" => kinds.group = true,
            _ => wrong = true,
        }
    }
    if wrong {
        values.problem(
            Setting::VideoChannels,
            "has a word that is none of the three, which was ignored",
            "Enter `channels`, `direct` and `group`, those that are to have video, with commas between them.",
        );
    }
    kinds
}
