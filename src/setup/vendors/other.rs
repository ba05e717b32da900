//! Whatever else can call a URL.

use super::super::maker::{Block, Event, Form, Maker, Variable, Variables};
use super::{SAFE_CHARS, Vendor, call, lines, phone};
use crate::board::CallAction::{
    CallEstablished, CallHeld, CallResumed, CallTerminated, IncomingCall, MissedCall, OutgoingCall,
    RefusedCall,
};
use crate::board::PhoneAction::{DndOff, DndOn, Offhook, Onhook};
use crate::language::texts::setup as texts;

pub(super) const VENDOR: Vendor = Vendor {
    word: "other",
    aliases: &[],
    name: texts::other_name,
    what: texts::other,
    limit: SAFE_CHARS,
    forms: &[Form::Plain, Form::Short],
    blocks,
    notes: &[texts::other_variables, texts::leave_out],
};

/// What is to be replaced by the phone's own variables.
const VARIABLES: Variables = Variables {
    user: Variable::new("<user>"),
    own: false,
    mac: None,
    call_id: Some(Variable::new("<call-id>")),
    number: Variable::new("<number>"),
    local: None,
};

const EVENTS: &[Event] = &[
    call("incoming-call", IncomingCall),
    call("outgoing-call", OutgoingCall),
    call("call-established", CallEstablished),
    call("call-held", CallHeld),
    call("call-resumed", CallResumed),
    call("missed-call", MissedCall),
    call("refused-call", RefusedCall),
    call("call-terminated", CallTerminated),
    phone("offhook", Offhook),
    phone("onhook", Onhook),
    phone("dnd-on", DndOn),
    phone("dnd-off", DndOff),
];

pub(super) fn blocks(maker: &mut Maker<'_>) -> Vec<Block> {
    vec![Block {
        title: texts::other_lines,
        kind: "text",
        text: lines(EVENTS, ": ", |event| maker.url(&VARIABLES, event)),
    }]
}
