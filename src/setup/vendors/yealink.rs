//! Yealink, and those whose phones are like theirs. Keys and variables as in the provisioning files of the T4 and T5 series, where
//! a URL is a "string within 511 characters"; variables are documented for the query only.

use super::super::maker::{
    Block, Event, Form, LONGEST_ADDRESS, LONGEST_CALL_ID, LONGEST_USER, Maker, Variable, Variables,
};
use super::{Vendor, call, lines, phone};
use crate::board::CallAction::{
    CallEstablished, CallHeld, CallResumed, CallTerminated, IncomingCall, MissedCall, OutgoingCall,
    RefusedCall,
};
use crate::board::PhoneAction::{DndOff, DndOn, Offhook, Onhook};
use crate::language::texts::setup as texts;

pub(super) const VENDOR: Vendor = Vendor {
    word: "yealink",
    aliases: &["sangoma", "clearlyip", "akuvox"],
    name: |_| "Yealink".to_owned(),
    what: |_| "Yealink, Sangoma, ClearlyIP, Akuvox".to_owned(),
    limit: 511,
    forms: &[Form::Plain, Form::Short],
    blocks,
    notes: &[texts::leave_out, texts::yealink_canceled],
};

const VARIABLES: Variables = Variables {
    user: Variable::counted("$active_user", LONGEST_USER),
    own: false,
    mac: Some(Variable::counted("$mac", 17)),
    call_id: Some(Variable::counted("$call_id", LONGEST_CALL_ID)),
    number: Variable::counted("$remote", LONGEST_ADDRESS),
    local: None,
};

const EVENTS: &[Event] = &[
    call("incoming_call", IncomingCall),
    call("outgoing_call", OutgoingCall),
    call("call_established", CallEstablished),
    call("hold", CallHeld),
    call("unhold", CallResumed),
    call("missed_call", MissedCall),
    call("reject_incoming_call", RefusedCall),
    call("call_terminated", CallTerminated),
    phone("off_hook", Offhook),
    phone("on_hook", Onhook),
    phone("dnd_on", DndOn),
    phone("dnd_off", DndOff),
];

fn blocks(maker: &mut Maker<'_>) -> Vec<Block> {
    let mut text = String::new();
    for line in lines(EVENTS, " = ", |event| maker.url(&VARIABLES, event)).lines() {
        text.push_str(&format!("action_url.{line}\n"));
    }
    vec![Block {
        title: texts::yealink_lines,
        kind: "ini",
        text: text.trim_end().to_owned(),
    }]
}
