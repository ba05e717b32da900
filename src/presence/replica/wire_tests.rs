use proptest::prelude::*;

use super::wire::Output;
use super::*;
use crate::host::{Account, UserId};
use crate::presence::pages::{Closing, MAX_PLACE};
use crate::presence::{Record, Status};

const ID: &str = "abcdefghijklmnopqrstuvwx01";

const CLOSING: Closing = Closing {
    number: 5,
    left: 258,
    who: 3,
};

/// The bytes of changes before the first record.
const HEADER: usize = 54;

const KINDS: [&str; 4] = [kind::CHANGES, kind::HEARTBEAT, kind::REQUEST, kind::FORWARD];

fn user() -> UserId {
    UserId::from(ID)
}

fn changes() -> Vec<u8> {
    let mut output = Output::changes(7, 3, CLOSING, State::Ready);
    for (number, status, listed) in [(4, Status::DoNotDisturb, true), (6, Status::Offline, false)] {
        assert!(output.record(&Record {
            number,
            id: ID,
            email: "b\u{f6}b@x",
            status,
            listed,
            place: 770,
        }));
    }
    output.end_changes(8, 9)
}

fn forwards() -> Vec<Forward> {
    let status = Status::Away;
    let account = |active, email: &str| {
        Forward::Created(Account {
            id: user(),
            email: email.into(),
            active,
        })
    };
    vec![
        Forward::Publish {
            user: user(),
            status,
        },
        Forward::Hint { user: user() },
        account(true, "a@x"),
        account(false, ""),
        Forward::Deactivated { user: user() },
        Forward::Turning,
    ]
}

fn forwarded() -> Vec<u8> {
    let mut output = Output::forwards();
    for forward in forwards() {
        assert!(output.forward(&forward));
    }
    output.end()
}

#[test]
fn the_forms_are_kept() {
    let mut expected = vec![1];
    for number in [7u64, 3, 8, 9, 5] {
        expected.extend(number.to_be_bytes());
    }
    expected.extend([0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 3, 1]);
    assert_eq!(expected.len(), HEADER);
    expected.extend([0b110, 0, 0, 3, 2]);
    expected.extend(ID.bytes());
    expected.extend(b"\x00\x06b\xc3\xb6b@x\x03\0\0\x03\x02");
    expected.extend(ID.bytes());
    expected.extend(b"\x00\x06b\xc3\xb6b@x");
    assert_eq!(changes(), expected);
    let heartbeat = Heartbeat {
        epoch: 258,
        head: 9,
        state: State::StatusesOff,
        by_status: [1, 2, 3, 4],
    };
    let bytes =
        b"\x01\0\0\0\0\0\0\x01\x02\0\0\0\0\0\0\0\x09\x02\0\0\0\x01\0\0\0\x02\0\0\0\x03\0\0\0\x04";
    assert_eq!(Output::heartbeat(&heartbeat), bytes);
    assert_eq!(
        decode(kind::HEARTBEAT, bytes),
        Ok(Message::Heartbeat(heartbeat))
    );
    let request = Request { epoch: 1, have: 2 };
    let bytes = b"\x01\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\x02";
    assert_eq!(Output::request(request), bytes);
    assert_eq!(decode(kind::REQUEST, bytes), Ok(Message::Request(request)));
    assert_eq!(
        forwarded(),
        [
            b"\x01\x01\x01",
            ID.as_bytes(),
            b"\x02",
            ID.as_bytes(),
            b"\x03",
            ID.as_bytes(),
            b"\x01\0\x03a@x\x03",
            ID.as_bytes(),
            b"\0\0\0\x04",
            ID.as_bytes(),
            b"\x05",
        ]
        .concat()
    );
}

#[test]
fn messages_survive() {
    let bytes = changes();
    let Ok(Message::Changes(changes)) = decode(kind::CHANGES, &bytes) else {
        panic!("well formed");
    };
    assert_eq!(
        (changes.epoch, changes.from, changes.to, changes.head),
        (7, 3, 8, 9)
    );
    assert_eq!((changes.closing, changes.state), (CLOSING, State::Ready));
    let copied = |status, listed| Copied {
        id: ID,
        email: "b\u{f6}b@x",
        status,
        listed,
        place: 770,
    };
    assert_eq!(
        changes.records,
        [
            copied(Status::DoNotDisturb, true),
            copied(Status::Offline, false)
        ]
    );
    assert_eq!(
        decode(kind::FORWARD, &forwarded()),
        Ok(Message::Forward(forwards()))
    );
}

#[test]
fn what_is_wrong_is_told_apart() {
    let good = changes();
    let wrong = |kind: &str, bytes: &[u8]| decode(kind, bytes).expect_err("wrong");
    assert_eq!(wrong("presence.other", &good), DecodeError::Kind);
    assert_eq!(wrong("", &good), DecodeError::Kind);
    assert_eq!(
        wrong(kind::CHANGES, &vec![1; MAX_MESSAGE + 1]),
        DecodeError::Long(MAX_MESSAGE + 1)
    );
    assert_eq!(
        wrong(kind::CHANGES, b"\x02anything"),
        DecodeError::Version(2)
    );
    assert_eq!(wrong(kind::CHANGES, b""), DecodeError::Malformed);
    let mut bytes = good.clone();
    bytes[HEADER] = 8;
    assert_eq!(
        wrong(kind::CHANGES, &bytes),
        DecodeError::Malformed,
        "flags"
    );
    bytes = good.clone();
    bytes[HEADER + 5] = b'"';
    assert_eq!(wrong(kind::CHANGES, &bytes), DecodeError::Malformed, "id");
    bytes = good.clone();
    bytes[HEADER + 33] = 0xff;
    assert_eq!(
        wrong(kind::CHANGES, &bytes),
        DecodeError::Malformed,
        "utf-8"
    );
    bytes = good.clone();
    bytes[HEADER - 1] = 3;
    assert_eq!(
        wrong(kind::CHANGES, &bytes),
        DecodeError::Malformed,
        "state"
    );
    bytes = good.clone();
    bytes[HEADER + 1..HEADER + 5].copy_from_slice(&(MAX_PLACE + 1).to_be_bytes());
    assert_eq!(
        wrong(kind::CHANGES, &bytes),
        DecodeError::Malformed,
        "place"
    );
    bytes = good.clone();
    bytes[HEADER - 14] = 10;
    assert_eq!(
        wrong(kind::CHANGES, &bytes),
        DecodeError::Malformed,
        "closing"
    );
    bytes = good.clone();
    bytes[8 + 8] = 9;
    assert_eq!(wrong(kind::CHANGES, &bytes), DecodeError::Malformed, "from");
    // A record is cut off, or something follows.
    let whole = HEADER;
    let ends = [whole, whole + (good.len() - whole) / 2, good.len()];
    for end in 0..good.len() {
        let ok = decode(kind::CHANGES, &good[..end]).is_ok();
        assert_eq!(ok, ends.contains(&end), "{end}");
    }
    for (kind, mut bytes) in [
        (kind::HEARTBEAT, vec![1; 34]),
        (kind::REQUEST, vec![1; 17]),
        (kind::FORWARD, forwarded()),
    ] {
        assert!(decode(kind, &bytes).is_ok(), "{kind}");
        bytes.push(0);
        assert_eq!(wrong(kind, &bytes), DecodeError::Malformed, "{kind}");
    }
}

#[test]
fn messages_end_at_the_limit() {
    let email = "m".repeat(MAX_EMAIL);
    let record = Record {
        number: 1,
        id: ID,
        email: &email,
        status: Status::Online,
        listed: true,
        place: 0,
    };
    let mut output = Output::changes(1, 0, Closing::default(), State::Ready);
    let mut records = 0;
    while output.record(&record) {
        records += 1;
    }
    let bytes = output.end_changes(1, 1);
    assert!(bytes.len() <= MAX_MESSAGE && bytes.len() + MAX_EMAIL + 33 > MAX_MESSAGE);
    let Ok(Message::Changes(changes)) = decode(kind::CHANGES, &bytes) else {
        panic!("well formed");
    };
    assert_eq!(changes.records.len(), records);

    let mut forwards = Forwards::default();
    let at = Duration::ZERO;
    for _ in 0..MAX_FORWARDS + 5 {
        forwards.push(at, Forward::Hint { user: user() });
    }
    assert_eq!(forwards.next(at), None, "more may come");
    let mut sent = 0;
    while let Some(at) = forwards.wake() {
        let event = forwards.next(at).expect("it said so");
        assert!(event.data.len() <= MAX_MESSAGE);
        let Ok(Message::Forward(forwards)) = decode(event.kind, &event.data) else {
            panic!("well formed");
        };
        sent += forwards.len();
    }
    assert_eq!(sent, MAX_FORWARDS);
}

#[test]
fn what_cannot_be_carried_is_left_out() {
    let mut forwards = Forwards::default();
    let long = Account {
        id: user(),
        email: "m".repeat(MAX_EMAIL + 1),
        active: true,
    };
    forwards.push(Duration::ZERO, Forward::Created(long));
    // The hook may tell of nobody.
    let nobody = UserId::from("");
    forwards.push(Duration::ZERO, Forward::Hint { user: nobody });
    assert_eq!(forwards.wake(), None);
    let email = "m".repeat(MAX_EMAIL + 1);
    let mut output = Output::changes(1, 0, Closing::default(), State::Ready);
    assert!(output.record(&Record {
        number: 1,
        id: ID,
        email: &email,
        status: Status::Online,
        listed: true,
        place: 0,
    }));
    assert_eq!(output.end().len(), HEADER);
}

proptest! {
    #[test]
    fn any_bytes_are_read(which in 0..4usize, mut bytes in prop::collection::vec(any::<u8>(), 0..2000), version in any::<bool>()) {
        if version && !bytes.is_empty() {
            bytes[0] = VERSION;
        }
        let mut inbox = Inbox::default();
        let message = inbox.read(KINDS[which], &bytes);
        prop_assert_eq!(message.is_some(), decode(KINDS[which], &bytes).is_ok());
    }

    #[test]
    fn messages_with_faults_are_read(which in 0..4usize, faults in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8), cut in any::<prop::sample::Index>()) {
        let mut bytes = [changes(), vec![1; 34], vec![1; 17], forwarded()][which].clone();
        for (at, byte) in faults {
            *at.get_mut(&mut bytes[..]) = byte;
        }
        bytes.truncate(cut.index(bytes.len() * 2));
        if let Ok(Message::Changes(changes)) = decode(KINDS[which], &bytes) {
            prop_assert!(changes.records.len() <= bytes.len() / 33);
            prop_assert!(changes.from <= changes.to && changes.to <= changes.head);
        }
    }
}
