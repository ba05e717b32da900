//! An office to watch: what a real Asterisk sent of its lines, queues and calls, again and again.

use std::io;

use super::{Ami, Message, Options, Recording};

/// Whose lines are in the recordings, as `NumbersUsers` has it.
pub const OFFICE_NUMBERS: &str = "6001:alice,6002:bob,6003:carol";

/// Events a second: a call takes about ten seconds.
const RATE: u32 = 16;

/// What is played, one after the other. The first one also tells what lines and queues there are.
const RECORDINGS: [&[u8]; 4] = [
    include_bytes!("../../../../tests/asterisk/recordings/plain-call.ami"),
    include_bytes!("../../../../tests/asterisk/recordings/queue-answered.ami"),
    include_bytes!("../../../../tests/asterisk/recordings/trunk-inbound.ami"),
    include_bytes!("../../../../tests/asterisk/recordings/hold.ami"),
];

/// The lists that the plugin asks for, and what the recordings' `ActionID` begins with in their items.
const LISTS: [(&str, &str); 3] = [
    ("DeviceStateList", "devicestatelist-"),
    ("ExtensionStateList", "extensionstatelist-"),
    ("QueueStatus", "queuestatus-"),
];

/// A stand-in with the recordings' lines and queues, whose account has this secret. Nothing happens in it until
/// [`Ami::play_office`].
///
/// # Errors
///
/// No port can be had.
pub async fn office(secret: &str) -> io::Result<Ami> {
    let ami = Ami::start(Options {
        secret: secret.to_owned(),
        ..Options::default()
    })
    .await?;
    for (action, id) in LISTS {
        ami.set_list(action, items(RECORDINGS[0], id));
    }
    Ok(ami)
}

impl Ami {
    /// Plays the office's calls from the first login on, and does not end. What is ordered of it is taken, and nothing rings.
    pub async fn play_office(&self) {
        self.wait_for("Login").await;
        let recording = Recording::chain(RECORDINGS.map(Recording::parse));
        let recording = recording.of_classes(&["system", "call", "agent"]);
        self.replay(&recording, RATE, u64::MAX).await;
    }
}

/// A recorded list's items, without their `ActionID`.
fn items(recording: &[u8], id: &str) -> Vec<Message> {
    let text = String::from_utf8_lossy(recording).replace("\r\n", "\n");
    let messages = text.split("\n\n").map(|message| {
        let headers = message.lines().filter_map(|line| line.split_once(": "));
        Message(headers.map(|(n, v)| (n.to_owned(), v.to_owned())).collect())
    });
    let of_list = messages.filter(|message| {
        let event = message.get("Event").unwrap_or_default();
        let own = message.get("ActionID").unwrap_or_default();
        own.starts_with(id) && !event.is_empty() && !event.ends_with("Complete")
    });
    of_list
        .map(|mut message| {
            message.0.retain(|(name, _)| name != "ActionID");
            message
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_office_has_lines_hints_and_queues() {
        for ((action, id), (header, value)) in LISTS.into_iter().zip([
            ("Device", "PJSIP/6001"),
            ("Exten", "6001"),
            ("Queue", "support"),
        ]) {
            let items = items(RECORDINGS[0], id);
            let found = items.iter().find(|item| item.get(header) == Some(value));
            let found = found.unwrap_or_else(|| panic!("{action} has no {value}"));
            assert_eq!(found.get("ActionID"), None);
            assert!(items.iter().all(|item| item.get("EventList").is_none()));
        }
    }
}
