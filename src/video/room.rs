//! What a channel's room is called, and the addresses that follow from it.

use percent_encoding::utf8_percent_encode;
use ring::hmac;

use crate::config::{VideoRooms, VideoSettings};
use crate::host::{Channel, ChannelKind};
use crate::site::RESERVED;

/// How many characters an alias that cannot be guessed has behind its prefix. Each is one of 32, so that it has 100 bits.
pub const SECRET_CHARS: usize = 20;

/// How many bytes the key has of which such aliases are made.
pub const KEY_BYTES: usize = 32;

/// How many characters a channel's id has.
const ID_CHARS: usize = 26;

/// Base32's letters (RFC 4648, section 6) in lower case: people may have to type them at a room's terminal, and SIP compares user parts
/// with regard to case.
const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// What is signed, beside the channel's id. Other words would make other aliases.
const PURPOSE: &str = "switchboard: video room ";

/// What a channel's room is called: the prefix, and behind it the channel's name, its id, or the first 100 bits of the HMAC-SHA256
/// (RFC 2104) of its id, by a key of this installation's.
pub(super) fn alias(settings: &VideoSettings, channel: &Channel, key: &[u8; KEY_BYTES]) -> String {
    let mut alias = settings.prefix.to_string();
    match (settings.rooms, channel.kind) {
        (VideoRooms::Name, ChannelKind::Team) => alias.push_str(&channel.name),
        // The name of a direct message holds both user ids, and that of a group message follows from them.
        (VideoRooms::Name, _) | (VideoRooms::Id, _) => alias.push_str(channel.id.as_str()),
        (VideoRooms::Secret, _) => {
            let key = hmac::Key::new(hmac::HMAC_SHA256, key);
            let tag = hmac::sign(&key, format!("{PURPOSE}{}", channel.id.as_str()).as_bytes());
            push_base32(&mut alias, tag.as_ref(), SECRET_CHARS);
        }
    }
    alias
}

/// A room's alias as the settings make them, of no channel: what it is tried with whether the node makes rooms of such. Nothing where the
/// system has no random numbers.
#[must_use]
pub fn trial(settings: &VideoSettings) -> Option<String> {
    let mut bytes = [0; KEY_BYTES];
    getrandom::fill(&mut bytes).ok()?;
    let mut alias = settings.prefix.to_string();
    let chars = match settings.rooms {
        VideoRooms::Secret => SECRET_CHARS,
        VideoRooms::Id | VideoRooms::Name => ID_CHARS,
    };
    push_base32(&mut alias, &bytes, chars);
    Some(alias)
}

/// The first so many characters of these bytes in base32.
fn push_base32(text: &mut String, bytes: &[u8], chars: usize) {
    let bits = bytes
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1));
    let mut letter = 0;
    for (at, bit) in bits.take(chars * 5).enumerate() {
        letter = letter << 1 | bit;
        if at % 5 == 4 {
            text.push(char::from(LETTERS[usize::from(letter)]));
            letter = 0;
        }
    }
}

/// The room's address for SIP devices.
pub(super) fn sip(settings: &VideoSettings, alias: &str) -> String {
    format!("{alias}@{}", settings.node.domain())
}

/// The room in Pexip's Web App 3 (its guide for administrators: `/webapp3/m/<alias>/express`), entered by that name and PIN.
pub(super) fn window(
    settings: &VideoSettings,
    alias: &str,
    name: &str,
    pin: Option<&str>,
) -> String {
    let escaped = |text| utf8_percent_encode(text, RESERVED).to_string();
    let (origin, alias, name) = (settings.node.origin(), escaped(alias), escaped(name));
    let mut window = format!("{origin}/webapp3/m/{alias}/express?name={name}");
    if let Some(pin) = pin {
        window.push_str("&pin=");
        window.push_str(&escaped(pin));
    }
    window
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Bundle, Config};

    fn settings(rooms: &str) -> VideoSettings {
        let json = format!(r#"{{"node":"https://pexip.example.com:8443","videorooms":"{rooms}"}}"#);
        let config = Config::parse(Bundle::of("switchboard"), json.as_bytes());
        (*config.video.expect("video")).clone()
    }

    fn channel(kind: ChannelKind, name: &str) -> Channel {
        Channel {
            id: "c1234567890123456789012345".into(),
            kind,
            name: name.into(),
            team: "".into(),
            archived: false,
        }
    }

    #[test]
    fn a_room_is_called_as_the_settings_say_and_never_by_peoples_ids() {
        use ChannelKind::{Direct, Group, Team};
        let key = [7; KEY_BYTES];
        let id = "matt-c1234567890123456789012345";
        for (rooms, kind, expected) in [
            ("name", Team, "matt-town-square"),
            ("name", Direct, id),
            ("name", Group, id),
            ("id", Team, id),
            ("id", Direct, id),
        ] {
            let alias = alias(&settings(rooms), &channel(kind, "town-square"), &key);
            assert_eq!(alias, expected, "{rooms} {kind:?}");
        }
    }

    /// By `printf 'switchboard: video room c1234567890123456789012345' | openssl dgst -sha256 -mac hmac -macopt hexkey:0707… -binary |
    /// base32 | tr A-Z a-z | cut -c1-20`.
    #[test]
    fn an_alias_that_cannot_be_guessed_is_the_channels_own_and_the_installations() {
        let settings = settings("secret");
        let of = |channel: &Channel, key: u8| alias(&settings, channel, &[key; KEY_BYTES]);
        let one = channel(ChannelKind::Team, "town-square");
        let alias = of(&one, 7);
        assert_eq!(alias, "matt-xjktoiy2bmesyw42w6sb");
        assert_eq!(alias.len(), "matt-".len() + SECRET_CHARS);
        assert_eq!(alias, of(&channel(ChannelKind::Direct, "renamed"), 7));
        assert_ne!(alias, of(&one, 8));
        let other = Channel {
            id: "c1234567890123456789012346".into(),
            ..one
        };
        assert_ne!(alias, of(&other, 7));
    }

    #[test]
    fn addresses_are_escaped() {
        let settings = settings("id");
        assert_eq!(sip(&settings, "matt-x"), "matt-x@pexip.example.com");
        assert_eq!(
            window(&settings, "matt-x", "Jörg & Co", None),
            "https://pexip.example.com:8443/webapp3/m/matt-x/express?name=J%C3%B6rg%20%26%20Co"
        );
        assert!(
            window(&settings, "matt-x", "bob", Some("0123#")).ends_with("?name=bob&pin=0123%23")
        );
    }
}
