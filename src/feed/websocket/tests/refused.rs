//! What is wrong, and the close code that says so.

use std::time::Duration;

use super::*;
use crate::feed::{FLOOD_WINDOW, MAX_FRAMES};

/// The code with which a stream is refused, whatever pieces it comes in; and the refusal is the last word.
fn refused(stream: &[u8]) -> u16 {
    let violation = read_in_pieces(stream).expect_err("refused");
    assert!(!violation.why.is_empty());
    violation.code.number()
}

/// The same, and everything up to the refusal is right.
fn refused_at_the_end(stream: &[u8]) -> u16 {
    assert!(read([&stream[..stream.len() - 1]]).is_ok());
    refused(stream)
}

#[test]
fn frames_without_a_mask() {
    // RFC 6455, section 5.7: an unmasked text message, as only a server may send it.
    assert_eq!(refused(b"\x81\x05\x48\x65\x6c\x6c\x6f"), 1002);
    assert_eq!(refused_at_the_end(b"\x81\x00"), 1002);
    assert_eq!(refused_at_the_end(b"\x89\x05"), 1002);
}

#[test]
fn reserved_bits() {
    for bit in [0x40, 0x20, 0x10] {
        assert_eq!(refused(&frame(FIN | bit | TEXT, b"x")), 1002);
        assert_eq!(refused_at_the_end(&[FIN | bit | PING]), 1002);
    }
}

#[test]
fn reserved_opcodes() {
    for opcode in (0x3..=0x7).chain(0xB..=0xF) {
        assert_eq!(refused(&frame(FIN | opcode, b"x")), 1002);
        assert_eq!(refused_at_the_end(&[FIN | opcode]), 1002);
    }
}

#[test]
fn control_frames_in_parts_or_too_long() {
    for opcode in [CLOSE, PING, PONG] {
        assert_eq!(refused(&frame(opcode, b"x")), 1002);
        assert_eq!(refused_at_the_end(&[opcode]), 1002);
        assert_eq!(refused(&frame(FIN | opcode, &[b'x'; 126])), 1002);
        assert_eq!(refused_at_the_end(&[FIN | opcode, 0x80 | 126]), 1002);
        assert_eq!(refused_at_the_end(&[FIN | opcode, 0x80 | 127]), 1002);
    }
}

#[test]
fn parts_that_belong_to_no_message_and_messages_within_others() {
    assert_eq!(refused_at_the_end(&[0]), 1002);
    assert_eq!(refused_at_the_end(&[FIN]), 1002);
    for (a, b) in [(TEXT, TEXT), (TEXT, BINARY), (BINARY, TEXT)] {
        let stream = [frame(a, b"x"), vec![FIN | b]].concat();
        assert_eq!(refused_at_the_end(&stream), 1002);
    }
    let whole = [frame(FIN | TEXT, b"x"), vec![FIN]].concat();
    assert_eq!(refused_at_the_end(&whole), 1002);
}

#[test]
fn lengths_in_more_bytes_than_they_need_or_of_64_bits() {
    assert_eq!(refused_at_the_end(&[FIN | TEXT, 0xFE, 0, 125]), 1002);
    let long = |length: u64| [&[FIN | TEXT, 0xFF][..], &length.to_be_bytes()].concat();
    for length in [0, 125, 126, 65_535, 1 << 63, u64::MAX] {
        assert_eq!(refused_at_the_end(&long(length)), 1002, "{length}");
    }
}

#[test]
fn messages_that_are_too_long_by_the_header_alone() {
    let long = |length: u64| [&[FIN | BINARY, 0xFF][..], &length.to_be_bytes()].concat();
    assert_eq!(refused_at_the_end(&long(65_536)), 1009);
    assert_eq!(refused_at_the_end(&long((1 << 63) - 1)), 1009);
    // One byte more than 16 KiB, in one frame and in parts.
    assert_eq!(refused_at_the_end(&[FIN | TEXT, 0xFE, 0x40, 0x01]), 1009);
    let parts = [
        frame(BINARY, &[0; 16 * 1024]),
        frame(0, b""),
        vec![FIN, 0x81],
    ];
    let stream = parts.concat();
    assert!(read([&stream[..stream.len() - 1]]).is_ok());
    assert_eq!(coded(read(stream.chunks(999))), Err(1009));
}

#[test]
fn text_that_is_not_utf_8() {
    assert_eq!(refused(&frame(FIN | TEXT, b"\xFF")), 1007);
    assert_eq!(refused(&frame(FIN | TEXT, b"x\xC0\xAFx")), 1007);
    // A half of a surrogate pair.
    assert_eq!(refused(&frame(FIN | TEXT, b"\xED\xA0\x80")), 1007);
    assert_eq!(refused(&frame(FIN | TEXT, b"\xE4\xB8")), 1007);
    let parts = [
        frame(TEXT, b"\xE4"),
        frame(FIN | PING, b"\xFF"),
        frame(FIN, b"\xB8x"),
    ];
    assert_eq!(refused(&parts.concat()), 1007);
}

#[test]
fn text_that_is_not_utf_8_before_all_of_it_is_there() {
    let stream = frame(
        TEXT,
        &[&[b'x'; 600], b"\xFF".as_slice(), &[b'x'; 600]].concat(),
    );
    // A header of eight bytes, and the first that is wrong.
    assert_eq!(refused_at_the_end(&stream[..8 + 601]), 1007);
}

#[test]
fn close_frames_that_say_what_they_may_not() {
    let close = |payload: &[u8]| refused(&frame(FIN | CLOSE, payload));
    assert_eq!(close(b"\x03"), 1002);
    for number in [0_u16, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000] {
        assert_eq!(close(&number.to_be_bytes()), 1002, "{number}");
    }
    assert_eq!(close(b"\x03\xE8\xFF"), 1007);
    assert_eq!(close(b"\x03\xE8x\xE4\xB8"), 1007);
}

#[test]
fn more_frames_than_a_client_has_reason_to_send() {
    let start = Instant::now();
    let mut reader = Reader::new(start);
    let mut send = |after: Duration, opcode| {
        let frame = frame(FIN | opcode, b"");
        coded(reader.read(&mut &frame[..], start + after).map(drop))
    };
    let late = FLOOD_WINDOW - Duration::from_millis(1);
    for _ in 0..MAX_FRAMES {
        assert_eq!(send(late, PONG), Ok(()));
    }
    for opcode in [TEXT, PING].repeat(usize::from(MAX_FRAMES) / 2) {
        assert_eq!(send(FLOOD_WINDOW, opcode), Ok(()));
    }
    assert_eq!(send(FLOOD_WINDOW + late, PING), Err(1008));
}

#[test]
fn nothing_is_read_behind_what_is_wrong() {
    let now = Instant::now();
    let mut reader = Reader::new(now);
    let stream = [vec![FIN], frame(FIN | PING, b"x")].concat();
    let mut rest = &stream[..];
    assert_eq!(coded(reader.read(&mut rest, now)), Err(1002));
    assert_eq!((reader.read(&mut rest, now), rest.len()), (Ok(None), 0));
    let more = frame(FIN | PING, b"x");
    assert_eq!(reader.read(&mut &more[..], now), Ok(None));
}
