//! What stands in a message.

use asterisk_rs_ami::RawAmiMessage;

/// The longest value that is taken over, in bytes; a longer one counts as missing. Asterisk's own limits are lower: 79 for a
/// channel's name, 149 for its `Uniqueid`, 79 for an extension, and what a hint names is at most a line of the dial plan.
pub(super) const MAX_VALUE: usize = 512;

/// A header's value, if it says something: Asterisk writes `<unknown>` where it has nothing.
pub(super) fn value<'a>(message: &'a RawAmiMessage, name: &str) -> Option<&'a str> {
    said(message.get(name)?)
}

/// A header's value as a number.
pub(super) fn number<T: std::str::FromStr>(message: &RawAmiMessage, name: &str) -> Option<T> {
    message.get(name)?.trim().parse().ok()
}

fn said(value: &str) -> Option<&str> {
    let value = value.trim();
    let says = !value.is_empty() && value != "<unknown>" && value.len() <= MAX_VALUE;
    says.then_some(value)
}

/// A channel as a message describes it. Most messages about channels hold a whole description; those about two hold a second
/// one whose headers begin with `Dest` or another word.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Description<'a> {
    /// `Uniqueid`, which stays the same as long as the channel lives.
    pub(super) id: &'a str,
    /// `Channel`, such as `PJSIP/6001-0000002a`.
    pub(super) name: &'a str,
    /// `Linkedid`: the id of the channel by which all of this began.
    pub(super) linked: Option<&'a str>,
    /// `ChannelState`, in Asterisk's numbers.
    pub(super) state: Option<u8>,
    /// `ConnectedLineNum`: the number of the other side.
    pub(super) connected: Option<&'a str>,
    /// `Exten`: where in the dial plan it is.
    pub(super) exten: Option<&'a str>,
}

impl<'a> Description<'a> {
    /// Reads the one whose headers begin with `prefix`; nothing if the message has none.
    pub(super) fn read(message: &'a RawAmiMessage, prefix: &str) -> Option<Self> {
        let mut found = Self::default();
        for (name, value) in &message.headers {
            let Some(name) = name.strip_prefix(prefix) else {
                continue;
            };
            match name {
                "Uniqueid" => found.id = said(value).unwrap_or_default(),
                "Channel" => found.name = said(value).unwrap_or_default(),
                "Linkedid" => found.linked = said(value),
                "ChannelState" => found.state = value.trim().parse().ok(),
                "ConnectedLineNum" => found.connected = said(value),
                "Exten" => found.exten = said(value),
                _ => {}
            }
        }
        (!found.id.is_empty() && !found.name.is_empty()).then_some(found)
    }
}

/// The device that a channel belongs to: its name without what makes it unique. Nothing for a channel that is being taken down.
pub(super) fn device_of(channel: &str) -> Option<&str> {
    if channel.ends_with('>') {
        return None; // "<ZOMBIE>", "<MASQ>"
    }
    let (device, _) = channel.rsplit_once('-')?;
    Some(device)
}

/// What Asterisk calls channels of its own, behind which there is no phone: halves of calls, what plays to and records a
/// conference (by whose number it is named), a bridge or a channel, and those that stand in for another for a moment.
const NO_PHONES: [&str; 8] = [
    "Local",
    "CBAnn",
    "CBRec",
    "Announcer",
    "Recorder",
    "Snoop",
    "Surrogate",
    "AsyncGoto",
];

/// What stands behind the technology in a device's name, for devices that have one and are a phone's or a trunk's.
pub(super) fn resource_of(device: &str) -> Option<&str> {
    let (technology, resource) = device.split_once('/')?;
    let is = |other: &&str| technology.eq_ignore_ascii_case(other);
    (!technology.is_empty() && !NO_PHONES.iter().any(is)).then_some(resource)
}

/// Whether a device is of that technology.
pub(super) fn is_of(device: &str, technology: &str) -> bool {
    device
        .split_once('/')
        .is_some_and(|(own, _)| own.eq_ignore_ascii_case(technology))
}

/// One half of a Local channel: its name without `;1` or `;2`, and which half it is.
pub(super) fn local_half(channel: &str) -> Option<(&str, char)> {
    let (name, half) = channel.rsplit_once(';')?;
    let half = half.chars().next().filter(|_| half.len() == 1)?;
    name.starts_with("Local/").then_some((name, half))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        assert_eq!(device_of("PJSIP/6001-0000002a"), Some("PJSIP/6001"));
        assert_eq!(
            device_of("PJSIP/sip-trunk-0000002a"),
            Some("PJSIP/sip-trunk")
        );
        assert_eq!(device_of("PJSIP/6001-0000002a<ZOMBIE>"), None);
        assert_eq!(device_of("PJSIP/6001"), None);
        assert_eq!(resource_of("PJSIP/6001"), Some("6001"));
        assert_eq!(resource_of("Local/6001@from-queue"), None);
        assert_eq!(resource_of("Queue:support_avail"), None);
        assert_eq!(
            local_half("Local/6001@from-internal-00000000;2"),
            Some(("Local/6001@from-internal-00000000", '2'))
        );
        assert_eq!(local_half("PJSIP/6001-0000002a"), None);
    }
}
