//! Voicemail: `MessageWaiting` tells how many messages a mailbox holds whenever that may have changed.

use asterisk_rs_ami::RawAmiMessage;

use crate::calls::Mailbox;

/// The longest name of a mailbox that is taken over, in bytes; Asterisk's own limit is 80 for each of its two parts.
const MAX_MAILBOX_BYTES: usize = 161;

/// What the event says, if it is one of a mailbox.
pub(super) fn message(message: &RawAmiMessage) -> Option<Mailbox> {
    if message.get("Event") != Some("MessageWaiting") {
        return None;
    }
    let mailbox = message.get("Mailbox")?.trim();
    let extension = mailbox.split_once('@').map_or(mailbox, |(name, _)| name);
    if extension.is_empty() || mailbox.len() > MAX_MAILBOX_BYTES {
        return None;
    }
    let count = |header: &str| message.get(header)?.trim().parse::<u32>().ok();
    Some(Mailbox {
        mailbox: mailbox.to_owned(),
        extension: extension.to_owned(),
        // Not every module counts; `Waiting` is 0 or 1.
        new: count("New").or_else(|| count("Waiting")).unwrap_or(0),
        old: count("Old").unwrap_or(0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(headers: &[(&str, &str)]) -> RawAmiMessage {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        RawAmiMessage {
            headers: headers.iter().map(own).collect(),
            output: Vec::new(),
            channel_variables: std::collections::HashMap::new(),
        }
    }

    #[test]
    fn a_mailbox_is_read() {
        for (headers, expected) in [
            (
                &[
                    ("Mailbox", "6009@default"),
                    ("Waiting", "1"),
                    ("New", "3"),
                    ("Old", "2"),
                ][..],
                Some(("6009@default", "6009", 3, 2)),
            ),
            (
                &[("Mailbox", "6009"), ("Waiting", "1")],
                Some(("6009", "6009", 1, 0)),
            ),
            (
                &[("Mailbox", "6009@default"), ("Waiting", "0")],
                Some(("6009@default", "6009", 0, 0)),
            ),
            (
                &[("Mailbox", "6009@default"), ("New", "-1")],
                Some(("6009@default", "6009", 0, 0)),
            ),
            (&[("Mailbox", "@default"), ("New", "1")], None),
            (&[("Mailbox", ""), ("New", "1")], None),
            (&[("New", "1")], None),
        ] {
            let headers = [&[("Event", "MessageWaiting")], headers].concat();
            let seen = message(&event(&headers));
            let seen = seen
                .as_ref()
                .map(|m| (&*m.mailbox, &*m.extension, m.new, m.old));
            assert_eq!(seen, expected, "{headers:?}");
        }
        let long = format!("{}@default", "6".repeat(MAX_MAILBOX_BYTES));
        assert_eq!(
            message(&event(&[("Event", "MessageWaiting"), ("Mailbox", &long)])),
            None
        );
        assert_eq!(
            message(&event(&[
                ("Event", "Newstate"),
                ("Mailbox", "6009@default")
            ])),
            None
        );
    }

    /// Somebody spoke into the mailbox 6009; the recording is of a real Asterisk 22.
    #[test]
    fn a_message_left_is_one_new_message() {
        let recording = include_bytes!("../../../../tests/asterisk/recordings/least/voicemail.ami");
        let seen: Vec<_> = super::super::queues::tests::messages(recording)
            .iter()
            .filter_map(message)
            .collect();
        let expected = Mailbox {
            mailbox: "6009@default".to_owned(),
            extension: "6009".to_owned(),
            new: 1,
            old: 0,
        };
        assert_eq!(seen, [expected]);
    }
}
