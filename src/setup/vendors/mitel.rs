//! Mitel's 6700, 6800 and 6900 series, formerly Aastra. A URL has at most 128 characters ("IP Phones Administrator Guide"), so it is
//! always the short one.

use super::super::maker::{
    Block, Event, Form, LONGEST_NUMBER, LONGEST_USER, Maker, Variable, Variables,
};
use super::{Vendor, call, lines, phone};
use crate::board::CallAction::{CallEstablished, CallTerminated, IncomingCall, OutgoingCall};
use crate::board::PhoneAction::{Offhook, Onhook};
use crate::language::texts::setup as texts;

pub(super) const VENDOR: Vendor = Vendor {
    word: "mitel",
    aliases: &["aastra"],
    name: |_| "Mitel".to_owned(),
    what: |_| "Mitel, Aastra".to_owned(),
    limit: 128,
    forms: &[Form::Short],
    blocks,
    notes: &[texts::leave_out, texts::mitel_missed],
};

const VARIABLES: Variables = Variables {
    user: Variable::counted("$$SIPUSERNAME$$", LONGEST_USER),
    own: false,
    mac: None,
    call_id: None,
    number: Variable::counted("$$REMOTENUMBER$$", LONGEST_NUMBER),
    local: None,
};

const EVENTS: &[Event] = &[
    call("incoming", IncomingCall),
    call("outgoing", OutgoingCall),
    call("connected", CallEstablished),
    call("disconnected", CallTerminated),
    phone("offhook", Offhook),
    phone("onhook", Onhook),
];

fn blocks(maker: &mut Maker<'_>) -> Vec<Block> {
    let mut text = String::new();
    for line in lines(EVENTS, ": ", |event| maker.shortest(&VARIABLES, event)).lines() {
        text.push_str(&format!("action uri {line}\n"));
    }
    vec![Block {
        title: texts::mitel_lines,
        kind: "text",
        text: text.trim_end().to_owned(),
    }]
}
