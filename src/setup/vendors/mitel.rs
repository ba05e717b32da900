//! Mitel's 6700, 6800 and 6900 series, formerly Aastra. A URL has at most 128 characters ("IP Phones Administrator Guide"), so it is
//! always the short one. The guide's table of variables says which events have which: at the end of a call, and at the handset's, the
//! phone knows neither its user nor the other side, and at the end of a call it tells what the line was doing.

use super::super::Whose;
use super::super::maker::{
    Block, Event, Form, LONGEST_NUMBER, LONGEST_USER, Maker, Says, Variable, Variables,
};
use super::{Vendor, call, lines, phone};
use crate::board::Action;
use crate::board::CallAction::{CallEstablished, CallTerminated, IncomingCall, OutgoingCall};
use crate::board::PhoneAction::{Offhook, Onhook};
use crate::language::Text;
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

/// What the line was doing, at the end of a call. The longest value is `CONNECTED`.
const LINE_STATE: Variable = Variable::new("$$LINESTATE$$");

const CALLS: &[Event] = &[
    call("incoming", IncomingCall),
    call("outgoing", OutgoingCall),
    call("connected", CallEstablished),
];

/// Those that have no variable for the phone's user.
const NAMELESS: &[Event] = &[
    call("disconnected", CallTerminated),
    phone("offhook", Offhook),
    phone("onhook", Onhook),
];

fn blocks(maker: &mut Maker<'_>) -> Vec<Block> {
    let whose = maker.whose();
    let mut block = |title: Text, events: &[&[Event]]| {
        let text = lines(&events.concat(), ": ", |event| {
            let number = || ("n", VARIABLES.number);
            let parameter = match event.action {
                Action::Call(CallTerminated) => Some(("l", LINE_STATE)),
                _ => (event.says != Says::Nothing).then(number),
            };
            maker.shortest(&VARIABLES, event, parameter)
        });
        let lines = text.lines().map(|line| format!("action uri {line}"));
        Block {
            title,
            kind: "text",
            text: lines.collect::<Vec<_>>().join("\n"),
        }
    };
    match whose {
        Whose::Person(_) => vec![block(texts::mitel_lines, &[CALLS, NAMELESS])],
        Whose::Everyone => vec![
            block(texts::mitel_lines, &[CALLS]),
            block(texts::mitel_nameless, &[NAMELESS]),
        ],
    }
}
