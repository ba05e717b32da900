//! What is right.

use super::*;

#[test]
fn the_standards_examples_are_read() {
    // RFC 6455, section 5.7, those that a client sends: a masked text message, and a masked pong.
    let hello = b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";
    assert_eq!(frame(FIN | TEXT, b"Hello"), hello);
    assert_eq!(read_in_pieces(hello), Ok(vec![]));
    let pong = b"\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";
    assert_eq!(read_in_pieces(pong), Ok(vec![]));
    // The others are a server's; masked, they are a client's.
    let fragmented = [frame(TEXT, b"Hel"), frame(FIN, b"lo")].concat();
    assert_eq!(read_in_pieces(&fragmented), Ok(vec![]));
    let ping = frame(FIN | PING, b"Hello");
    assert_eq!(
        read_in_pieces(&ping),
        Ok(vec![Event::Ping(b"Hello".to_vec())])
    );
    let middle = frame(FIN | BINARY, &[7; 256]);
    assert_eq!(middle[1..4], [0xFE, 0x01, 0x00]);
    assert_eq!(read_in_pieces(&middle), Ok(vec![]));
}

#[test]
fn control_frames_come_between_the_parts_of_a_message() {
    let stream = [
        frame(TEXT, "Grü".as_bytes()),
        frame(FIN | PING, b""),
        frame(0, "ße".as_bytes()),
        frame(FIN | PONG, b"unasked"),
        frame(FIN | PING, &[b'x'; 125]),
        frame(FIN, b""),
        frame(FIN | TEXT, b""),
    ];
    let pings = vec![Event::Ping(vec![]), Event::Ping(vec![b'x'; 125])];
    assert_eq!(read_in_pieces(&stream.concat()), Ok(pings));
}

#[test]
fn a_character_may_be_cut_anywhere_within_a_message() {
    let text = "🎉 Grüße".as_bytes();
    for cut in 0..=text.len() {
        let stream = [frame(TEXT, &text[..cut]), frame(FIN, &text[cut..])].concat();
        assert_eq!(read_in_pieces(&stream), Ok(vec![]), "cut at {cut}");
    }
}

#[test]
fn binary_messages_need_not_be_text() {
    let stream = [frame(BINARY, b"\xFF"), frame(FIN, b"\xC0")].concat();
    assert_eq!(read_in_pieces(&stream), Ok(vec![]));
}

#[test]
fn the_longest_message_is_taken_in_one_frame_and_in_many() {
    let whole = frame(FIN | TEXT, &[b'x'; 16 * 1024]);
    assert_eq!(read([&whole[..]]), Ok(vec![]));
    let half = [b'x'; 8 * 1024];
    let halves = [frame(TEXT, &half), frame(FIN, &half), whole].concat();
    assert_eq!(read(halves.chunks(1000)), Ok(vec![]));
}

#[test]
fn close_frames_tell_their_code() {
    let close = |payload: &[u8]| read_in_pieces(&frame(FIN | CLOSE, payload));
    let event = |number| Ok(vec![Event::Close(CloseCode::new(number))]);
    assert_eq!(close(b""), Ok(vec![Event::Close(None)]));
    assert_eq!(close(b"\x03\xE8"), event(1000));
    assert_eq!(close(b"\x03\xE9bye"), event(1001));
    assert_eq!(
        close(&[b"\x0F\xA0", [b'x'; 123].as_slice()].concat()),
        event(4000)
    );
}

#[test]
fn nothing_behind_a_close_frame_is_read() {
    let stream = [
        frame(FIN | PING, b"1"),
        frame(FIN | CLOSE, b"\x03\xE8"),
        frame(FIN | PING, b"2"),
        vec![0xFF; 40],
    ];
    let events = vec![
        Event::Ping(b"1".to_vec()),
        Event::Close(Some(CloseCode::NORMAL)),
    ];
    assert_eq!(read_in_pieces(&stream.concat()), Ok(events));
}
