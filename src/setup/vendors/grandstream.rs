//! Grandstream's GXP and GRP: P-values by the tables "Action URL Parameters P-values" of the administration guides of GXP16xx, GXP21xx
//! and GRP261x, variables by the "ActionURL Module User Guide". Older guides lack `$call-id`, and a phone that does not know it sends it
//! as it stands, which counts as none. The manuals name no limit of a URL's characters; the outbound notification of GRP261x has
//! variables of its own.

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
    call_id: Some(Variable::new("$call-id")),
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
    call("P8313", CallEstablished),
    call("P8324", CallHeld),
    call("P8325", CallResumed),
    call("P8312", MissedCall),
    call("P8314", CallTerminated),
    phone("P8308", Offhook),
    phone("P8309", Onhook),
    phone("P8316", DndOn),
    phone("P8317", DndOff),
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
