//! What the System Console calls the settings: whoever reads there of a setting finds it by that.

use std::borrow::Cow;

/// The keys of `plugin.json`, and what stands beside their fields, without the colon.
const LABELS: &[(&str, &str)] = &[
    ("TeamName", "Team name"),
    ("ChannelName", "Channel name"),
    ("UserMail", "Post as (e-mail address)"),
    ("Secret", "Phones' secret"),
    ("HideConnectionMessages", "Hide connection messages"),
    ("NumbersUsers", "Numbers and users"),
    ("PostStyle", "Posts of calls"),
    ("CallStatus", "Show calls as custom status"),
    ("MissedCalls", "Tell people of missed calls"),
    ("QueueMissedCalls", "Missed calls of queues"),
    ("Country", "Country of the phones"),
    ("PhoneLinks", "People may link their own number"),
    ("NumberBook", "Number book"),
    ("NumberLookupUrl", "Number look-up: address"),
    ("NumberLookupSecret", "Number look-up: secret"),
    ("AllowedHosts", "Allowed hosts"),
    ("TimeZone", "Board: time zone"),
    (
        "ServiceLevelSeconds",
        "Board: service level within (seconds)",
    ),
    ("HistoryDays", "Board: calls are remembered for (days)"),
    ("BoardNumbers", "Board: telephone numbers"),
    ("AsteriskHost", "Asterisk: host"),
    ("AsteriskPort", "Asterisk: AMI port"),
    ("AsteriskTls", "Asterisk: use TLS"),
    ("AsteriskCertificates", "Asterisk: trusted certificates"),
    ("AsteriskUser", "Asterisk: AMI user"),
    ("AsteriskSecret", "Asterisk: AMI secret"),
    ("AsteriskContext", "Asterisk: context"),
    ("AsteriskExtensions", "Asterisk: extensions"),
    (
        "AsteriskOutsideNumbers",
        "Asterisk: outside numbers people may call",
    ),
    (
        "AsteriskOutsidePrefix",
        "Asterisk: prefix for outside numbers",
    ),
    (
        "AsteriskInternationalPrefix",
        "Asterisk: international prefix",
    ),
    (
        "AsteriskCallsPerMinute",
        "Asterisk: calls and texts a minute",
    ),
    ("AsteriskDriver", "Asterisk: driver of the phones"),
    ("AsteriskQueueInterface", "Asterisk: agents' interface"),
    ("AsteriskPosts", "Asterisk: post its calls"),
    ("AsteriskDnd", "Asterisk: do not disturb"),
    ("OvhTokens", "OVH: tokens"),
    ("OvhUrl", "OVH: address"),
    ("OvhPosts", "OVH: post its calls"),
    ("CallbackUrl", "Callbacks: addresses the server calls"),
    ("CallbackPageUrl", "Callbacks: addresses viewers open"),
    ("CallbackFrameHosts", "Callbacks: hosts shown in frames"),
    ("AlertLimits", "Alerts: limits of queues"),
    ("AlertChannel", "Alerts: channel"),
    ("ReportTime", "Daily report: time"),
    ("ReportChannel", "Daily report: channel"),
    ("Node", "Video: conferencing node"),
    ("Prefix", "Video: prefix of rooms"),
    ("Pin", "Video: host PIN"),
    ("Embedded", "Video: inside Mattermost"),
    ("DisplayNameType", "Video: people's names"),
    ("FilterChannels", "Video: only in these channels"),
    ("VideoRooms", "Video: names of rooms"),
    ("VideoHosts", "Video: who may host"),
    ("VideoChannels", "Video: kinds of channels"),
    ("VideoPosts", "Video: posts"),
    ("VideoPinInUrl", "Video: PIN in the window's address"),
    ("PresenceSecret", "Presence secret"),
    ("PerPageStatuses", "Statuses on a page"),
    ("PresenceCallsPerSecond", "Status calls a second"),
];

/// What stands beside the field of that key; nothing for what is no setting.
#[must_use]
pub fn label(key: &str) -> Option<&'static str> {
    let found = LABELS.iter().find(|(known, _)| *known == key);
    found.map(|(_, label)| *label)
}

/// A text with labels in quotes in place of the keys in it, and of what marks a key as code. A key that is a word of people's as well
/// (`Secret`, `Country`) stays.
#[must_use]
pub fn labelled(text: &str) -> Cow<'_, str> {
    let is_of_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut out = String::new();
    let mut done = 0;
    let mut at = 0;
    while let Some(begin) = text[at..]
        .find(char::is_alphanumeric)
        .map(|found| at + found)
    {
        let end = text[begin..].find(|c| !is_of_word(c));
        let end = end.map_or(text.len(), |length| begin + length);
        at = end;
        let word = &text[begin..end];
        let is_own = word.bytes().filter(u8::is_ascii_uppercase).count() > 1;
        let Some(label) = label(word).filter(|_| is_own) else {
            continue;
        };
        let is_code = text[..begin].ends_with('`') && text[end..].starts_with('`');
        out.push_str(&text[done..begin - usize::from(is_code)]);
        out.push('“');
        out.push_str(label);
        out.push('”');
        done = end + usize::from(is_code);
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn labels_are_those_of_the_system_console() {
        let manifest: serde_json::Value =
            serde_json::from_str(include_str!("../../plugin.json")).expect("a manifest");
        let settings = manifest["settings_schema"]["settings"].as_array();
        let settings = settings.expect("settings").iter().map(|setting| {
            let text = |key: &str| setting[key].as_str().expect("a text").to_owned();
            (
                text("key"),
                text("display_name").trim_end_matches(':').to_owned(),
            )
        });
        let mut settings: BTreeMap<_, _> = settings.collect();
        // The button that shows them.
        settings.remove("Check");
        let own = LABELS
            .iter()
            .map(|(key, label)| (key.to_string(), label.to_string()));
        assert_eq!(own.collect::<BTreeMap<_, _>>(), settings);
    }

    #[test]
    fn keys_in_a_text_are_called_as_the_console_calls_them() {
        for (text, expected) in [
            ("", ""),
            ("Enter a long text.", "Enter a long text."),
            (
                "Check AsteriskUser and `AsteriskSecret`: a Secret",
                "Check “Asterisk: AMI user” and “Asterisk: AMI secret”: a Secret",
            ),
            (
                "the page of CallbackPageUrl's line 1",
                "the page of “Callbacks: addresses viewers open”'s line 1",
            ),
            ("`OvhUrl", "`“OVH: address”"),
            (
                "AsteriskUsers, é`OvhUrl`é",
                "AsteriskUsers, é“OVH: address”é",
            ),
            ("`PluginSettings.Plugins`", "`PluginSettings.Plugins`"),
        ] {
            assert_eq!(labelled(text), expected);
        }
    }
}
