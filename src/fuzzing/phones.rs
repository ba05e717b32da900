//! What phones send: URLs, forms and Polycom's XML.

use std::fmt::Write as _;

use super::is_clean;
use crate::board::Report;
use crate::config::NumbersUsers;
use crate::sources::phone_urls::{
    Body, IntakeError, MAX_CALL_ID_BYTES, MAX_EVENTS, POLYCOM, PhoneRequest, named, read, wants_xml,
};

/// The longest line, in bytes, that says what is wrong with a request.
const MAX_COMPLAINT_BYTES: usize = 600;

fn mapped() -> NumbersUsers {
    NumbersUsers::parse(
        "100:bob,101:alice,+49301234567:bob,0004f2abcdef:bob,00:15:65:aa:bb:cc:alice",
    )
    .0
}

/// A line with a URL behind `/sip/`; then, if there is one, a line with a form; then, if there is one, what the phone calls itself. What
/// is read is bounded and clean, and the same from a form as from a query, and however it is escaped.
pub fn phone_urls(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.splitn(3, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let (url, form, agent) = (line(), line(), line());
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let request = PhoneRequest {
        path,
        query,
        body: Body::Form(form),
        agent,
    };
    let numbers = mapped();
    let outcome = read(&request, &numbers);
    holds(&outcome, 1);
    let pairs = [query, form].join("&");
    let in_form = PhoneRequest {
        query: "",
        body: Body::Form(&pairs),
        ..request
    };
    assert_eq!(read(&in_form, &numbers), outcome, "all of it in the form");
    // What has an escape already would have it undone twice.
    if !path.contains('%') && !pairs.contains('%') {
        let escaped = PhoneRequest {
            path: &escape(path, b"/"),
            query: &escape(query, b"&=+"),
            body: Body::Form(&escape(form, b"&=+")),
            agent,
        };
        assert_eq!(read(&escaped, &numbers), outcome, "all of it escaped");
    }
    assert_eq!(named(&request), named(&in_form));
    assert!(!(wants_xml(agent) && agent.is_empty()));
}

/// Polycom's XML. What is read is bounded and clean, and the same in UTF-8, behind a byte order mark, and within another element.
pub fn polycom(bytes: &[u8]) {
    let numbers = mapped();
    let read = |xml: &[u8]| {
        let request = PhoneRequest {
            path: POLYCOM,
            query: "",
            body: Body::Posted(xml),
            agent: "",
        };
        for name in named(&request) {
            assert!(!name.is_empty());
        }
        read(&request, &numbers)
    };
    let outcome = read(bytes);
    holds(&outcome, MAX_EVENTS);
    let latin = || bytes.iter().map(|&b| char::from(b)).collect();
    let text = std::str::from_utf8(bytes).map_or_else(|_| latin(), str::to_owned);
    assert_eq!(read(text.as_bytes()), outcome, "in UTF-8");
    let marked = format!("\u{feff}{text}");
    assert_eq!(read(marked.as_bytes()), outcome, "behind a mark");
    let within = read(format!("<PolycomIPPhone>{text}</PolycomIPPhone>").as_bytes());
    match (&outcome, within) {
        (Ok(events), Ok(within)) => assert_eq!(within, *events, "within another element"),
        // It may stand too deep then, or have too many parts.
        (Ok(_), Err(IntakeError::Malformed(why))) => {
            assert!(why.contains("too "), "within another element: {why}");
        }
        (Ok(_), Err(other)) => panic!("within another element: {other}"),
        (Err(_), _) => {}
    }
}

/// What is read of anything.
fn holds(outcome: &Result<Vec<Report>, IntakeError>, most: usize) {
    let events = match outcome {
        Ok(events) => events,
        Err(error) => {
            let line = error.to_string();
            let is_line = !line.chars().any(char::is_control);
            assert!(is_line && line.len() <= MAX_COMPLAINT_BYTES, "{line:?}");
            return;
        }
    };
    assert!(events.len() <= most);
    for event in events {
        assert!(!event.user.is_empty() && is_clean(&event.user), "{event:?}");
        if let Some(peer) = &event.peer {
            assert!(
                !peer.number.is_empty() && is_clean(&peer.number),
                "{event:?}"
            );
        }
        if let Some(id) = &event.reference {
            let is_id = !id.is_empty() && !id.chars().any(char::is_control);
            assert!(is_id && id.len() <= MAX_CALL_ID_BYTES, "{event:?}");
        }
    }
}

/// The text with all but these bytes escaped.
fn escape(text: &str, kept: &[u8]) -> String {
    text.bytes().fold(String::new(), |mut out, b| {
        if kept.contains(&b) {
            out.push(char::from(b));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{b:02X}");
        }
        out
    })
}
