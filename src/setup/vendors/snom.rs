//! Snom. Its manuals name no limit of a URL's characters, and disagree whether `$remote` is the caller or the other side: both sides
//! are sent where that makes a difference.

use quick_xml::escape::escape;

use super::super::maker::{Block, Event, Form, Maker, Variable, Variables};
use super::{SAFE_CHARS, Vendor, call, call_of_both, lines, phone};
use crate::board::CallAction::{
    CallEstablished, CallTerminated, IncomingCall, MissedCall, OutgoingCall,
};
use crate::board::PhoneAction::{DndOff, DndOn, Offhook, Onhook};
use crate::language::texts::setup as texts;

pub(super) const VENDOR: Vendor = Vendor {
    word: "snom",
    aliases: &[],
    name: |_| "Snom".to_owned(),
    what: |_| "Snom".to_owned(),
    limit: SAFE_CHARS,
    forms: &[Form::Plain, Form::Short],
    blocks,
    notes: &[texts::leave_out, texts::snom_remote, texts::snom_unfilled],
};

const VARIABLES: Variables = Variables {
    user: Variable::new("$active_user"),
    own: true,
    mac: Some(Variable::new("$mac")),
    call_id: Some(Variable::new("$call-id")),
    number: Variable::new("$remote"),
    local: Some(Variable::new("$local")),
};

const EVENTS: &[Event] = &[
    call("action_incoming_url", IncomingCall),
    call_of_both("action_outgoing_url", OutgoingCall),
    call_of_both("action_connected_url", CallEstablished),
    call("action_missed_url", MissedCall),
    call_of_both("action_disconnected_url", CallTerminated),
    phone("action_offhook_url", Offhook),
    phone("action_onhook_url", Onhook),
    phone("action_dnd_on_url", DndOn),
    phone("action_dnd_off_url", DndOff),
];

fn blocks(maker: &mut Maker<'_>) -> Vec<Block> {
    let page = lines(EVENTS, ": ", |event| maker.url(&VARIABLES, event));
    let mut xml = "<settings>\n  <phone-settings>\n".to_owned();
    for event in EVENTS {
        let (key, url) = (event.key, maker.url(&VARIABLES, event));
        xml.push_str(&format!("    <{key} perm=\"\">{}</{key}>\n", escape(url)));
    }
    xml.push_str("  </phone-settings>\n</settings>");
    vec![
        Block {
            title: texts::snom_page,
            kind: "text",
            text: page,
        },
        Block {
            title: texts::snom_file,
            kind: "xml",
            text: xml,
        },
    ]
}
