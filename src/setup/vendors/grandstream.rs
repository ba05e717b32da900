//! Grandstream's GXP and GRP. Four events have P-values that are the same on all of them. Their manuals name no limit of a URL's
//! characters, and the phones have no call's id; the outbound notification of GRP261x has variables of its own.

use super::super::maker::{Block, Event, Form, Maker, Variable, Variables};
use super::{SAFE_CHARS, Vendor, call, lines, phone};
use crate::board::CallAction::{
    CallEstablished, CallHeld, CallResumed, CallTerminated, IncomingCall, MissedCall, OutgoingCall,
};
use crate::board::PhoneAction::{DndOff, DndOn, Offhook, Onhook};
use crate::language::texts::setup as texts;

pub(super) const VENDOR: Vendor = Vendor {
    word: "grandstream",
    aliases: &[],
    name: |_| "Grandstream".to_owned(),
    what: |_| "Grandstream GXP, GRP".to_owned(),
    limit: SAFE_CHARS,
    forms: &[Form::Plain, Form::Short],
    blocks,
    notes: &[texts::leave_out, texts::no_call_id],
};

const VARIABLES: Variables = Variables {
    user: Variable::new("$active_user"),
    own: false,
    mac: Some(Variable::new("$mac")),
    call_id: None,
    number: Variable::new("$remote"),
    local: None,
};

const NOTIFICATION: Variables = Variables {
    user: Variable::new("{localNumber}"),
    own: false,
    mac: Some(Variable::new("{mac}")),
    call_id: Some(Variable::new("{call-id}")),
    number: Variable::new("{remoteNumber}"),
    local: None,
};

const CODES: &[Event] = &[
    call("P8310", IncomingCall),
    call("P8311", OutgoingCall),
    phone("P8308", Offhook),
    phone("P8309", Onhook),
];

const FIELDS: &[Event] = &[
    call("Incoming Call", IncomingCall),
    call("Outgoing Call", OutgoingCall),
    call("Established Call", CallEstablished),
    call("Hold Call", CallHeld),
    call("UnHold Call", CallResumed),
    call("Missed Call", MissedCall),
    call("Terminated Call", CallTerminated),
    phone("Off Hook", Offhook),
    phone("On Hook", Onhook),
    phone("Open DND", DndOn),
    phone("Close DND", DndOff),
];

const NOTIFIED: &[Event] = &[
    call("Incoming Call", IncomingCall),
    call("Outgoing Call", OutgoingCall),
    call("Established Call", CallEstablished),
    call("Missed Call", MissedCall),
    call("Terminated Call", CallTerminated),
];

fn blocks(maker: &mut Maker<'_>) -> Vec<Block> {
    vec![
        Block {
            title: texts::grandstream_page,
            kind: "text",
            text: lines(FIELDS, ": ", |event| maker.url(&VARIABLES, event)),
        },
        Block {
            title: texts::grandstream_file,
            kind: "text",
            text: lines(CODES, " = ", |event| maker.url(&VARIABLES, event)),
        },
        Block {
            title: texts::grandstream_notification,
            kind: "text",
            text: lines(NOTIFIED, ": ", |event| maker.url(&NOTIFICATION, event)),
        },
    ]
}
