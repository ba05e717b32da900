//! Polycom's telephony notifications: XML that the phone posts, one event a request, on older firmware
//! inside `<PolycomIPPhone>` ("Web Application for Polycom Phones", UC Software 5.0.0).
//!
//! No entity is ever expanded beyond XML's own five and character references, and a document type is refused.

use std::borrow::Cow;
use std::mem;

use quick_xml::events::{BytesRef, BytesStart, Event as Xml};
use quick_xml::{Reader, escape};

use super::decode::text_of;
use super::party::{self, Plus};
use super::{IntakeError, MAX_CALL_ID_BYTES, Phone, event};
use crate::board::{Action, CallAction, PhoneAction, Report};
use crate::config::NumbersUsers;

/// How deep elements may stand in each other; Polycom's own stand five deep.
pub const MAX_DEPTH: usize = 16;

/// The most tags, texts and references that are read of one body.
pub const MAX_XML_NODES: usize = 4096;

/// The most events that are read of one body.
pub const MAX_EVENTS: usize = 16;

/// The longest text of one element that is kept, in bytes.
const MAX_FIELD_BYTES: usize = 256;

/// Reads a posted body.
pub(super) fn read(body: &[u8], numbers: &NumbersUsers) -> Result<Vec<Report>, IntakeError> {
    let text = text_of(body);
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    // A bare "&" in a name is no reason to lose the call.
    reader.config_mut().allow_dangling_amp = true;
    let mut reading = Reading::default();
    for _ in 0..MAX_XML_NODES {
        match reader.read_event() {
            Ok(Xml::Eof) => return reading.finish(),
            Ok(node) => reading.node(&node, numbers)?,
            // The error's text quotes what was posted.
            Err(_) => return Err(malformed("it is not well-formed")),
        }
    }
    Err(malformed("it has too many parts"))
}

/// The phone's own address in what was posted, be that well-formed or not.
pub(super) fn address(body: &[u8]) -> Option<String> {
    let text = text_of(body);
    let (_, behind) = text.split_once("<MACAddress>")?;
    let (address, _) = behind.split_once('<')?;
    let fits = address.len() <= MAX_FIELD_BYTES;
    fits.then(|| party::address(address)).flatten()
}

fn malformed(what: &str) -> IntakeError {
    IntakeError::Malformed(Cow::Owned(format!(
        "malformed request: Polycom's XML: {what}"
    )))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Incoming,
    Outgoing,
    OffHook,
    OnHook,
    CallState,
}

impl Kind {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "IncomingCallEvent" => Self::Incoming,
            "OutgoingCallEvent" => Self::Outgoing,
            "OffHookEvent" => Self::OffHook,
            "OnHookEvent" => Self::OnHook,
            "CallStateChangeEvent" => Self::CallState,
            _ => return None,
        })
    }
}

/// What is kept of an event, or of one `<CallInfo>` inside it.
#[derive(Default)]
struct Fields {
    mac: String,
    line: String,
    calling: String,
    calling_name: String,
    called: String,
    called_name: String,
    state: String,
    outgoing: bool,
    reference: String,
}

impl Fields {
    fn set(&mut self, name: &str, value: &str) {
        let field = match name {
            "MACAddress" => &mut self.mac,
            "LineDirNum" => &mut self.line,
            "CallingPartyNumber" | "CallingPartyDirNum" => &mut self.calling,
            "CallingPartyName" => &mut self.calling_name,
            "CalledPartyNumber" | "CalledPartyDirNum" => &mut self.called,
            "CalledPartyName" => &mut self.called_name,
            "CallState" => &mut self.state,
            "CallReference" => &mut self.reference,
            "CallType" => {
                self.outgoing = value.eq_ignore_ascii_case("Outgoing");
                return;
            }
            _ => return,
        };
        if field.is_empty() {
            value.clone_into(field);
        }
    }
}

#[derive(Default)]
struct Reading {
    depth: usize,
    open: Option<(Kind, Fields)>,
    /// The `<CallInfo>` being read, and the one that the event is about.
    info: Option<Fields>,
    call: Option<Fields>,
    field: String,
    value: String,
    any: bool,
    events: Vec<Report>,
}

impl Reading {
    fn node(&mut self, node: &Xml<'_>, numbers: &NumbersUsers) -> Result<(), IntakeError> {
        match node {
            Xml::Start(start) => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Err(malformed("its elements stand too deep in each other"));
                }
                self.start(start)
            }
            Xml::Empty(start) => {
                self.start(start)?;
                self.end(start.local_name().as_ref(), numbers)
            }
            Xml::End(end) => {
                self.depth = self.depth.saturating_sub(1);
                self.end(end.local_name().as_ref(), numbers)
            }
            Xml::Text(text) => {
                self.text(text);
                Ok(())
            }
            Xml::CData(text) => {
                self.text(text);
                Ok(())
            }
            Xml::GeneralRef(reference) => {
                let mut buffer = [0; 4];
                let text = referenced(reference, &mut buffer)
                    .ok_or_else(|| malformed("it uses an entity that is not XML's own"))?;
                self.text(text);
                Ok(())
            }
            Xml::DocType(_) => Err(malformed("it has a document type")),
            _ => Ok(()),
        }
    }

    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), IntakeError> {
        let name = start.local_name();
        let name: &str = name.as_ref();
        self.any = true;
        self.value.clear();
        name.clone_into(&mut self.field);
        if self.open.is_none()
            && let Some(kind) = Kind::of(name)
        {
            if self.events.len() == MAX_EVENTS {
                return Err(malformed("it has too many events"));
            }
            let mut fields = Fields::default();
            for attribute in start.attributes().take(MAX_DEPTH) {
                let attribute =
                    attribute.map_err(|_| malformed("an attribute is not well-formed"))?;
                let value = escape::unescape(&attribute.value)
                    .map_err(|_| malformed("it uses an entity that is not XML's own"))?;
                let key: &str = attribute.key.local_name().into_inner();
                if value.len() <= MAX_FIELD_BYTES {
                    fields.set(key, value.trim());
                }
            }
            self.open = Some((kind, fields));
        } else if name == "CallInfo" {
            self.info = Some(Fields::default());
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if self.open.is_some() && self.value.len() + text.len() <= MAX_FIELD_BYTES {
            self.value.push_str(text);
        }
    }

    fn end(&mut self, name: &str, numbers: &NumbersUsers) -> Result<(), IntakeError> {
        let Some((_, fields)) = &mut self.open else {
            return Ok(());
        };
        if name == self.field {
            let value = mem::take(&mut self.value);
            let into = self.info.as_mut().unwrap_or(fields);
            into.set(name, value.trim());
        }
        self.field.clear();
        self.value.clear();
        if name == "CallInfo" {
            let info = self.info.take();
            let is_it = info.as_ref().is_some_and(|info| {
                fields.reference.is_empty() || info.reference == fields.reference
            });
            // The call that the event names, or else the first one.
            if is_it && self.call.is_none() {
                self.call = info;
            }
        } else if Kind::of(name).is_some()
            && let Some((kind, fields)) = self.open.take()
        {
            self.info = None;
            self.events
                .extend(convert(kind, fields, self.call.take(), numbers)?);
        }
        Ok(())
    }

    fn finish(self) -> Result<Vec<Report>, IntakeError> {
        if !self.any || self.depth > 0 || self.open.is_some() {
            return Err(malformed("it is empty or cut short"));
        }
        Ok(self.events)
    }
}

/// What a reference stands for: a character, or one of XML's own five entities.
fn referenced<'a>(reference: &BytesRef<'_>, buffer: &'a mut [u8; 4]) -> Option<&'a str> {
    if reference.is_char_ref() {
        let c = reference.resolve_char_ref().ok().flatten()?;
        return Some(c.encode_utf8(buffer));
    }
    escape::resolve_xml_entity(reference)
}

fn convert(
    kind: Kind,
    fields: Fields,
    call: Option<Fields>,
    numbers: &NumbersUsers,
) -> Result<Option<Report>, IntakeError> {
    let call = call.unwrap_or_default();
    let or = |own: String, call: String| if own.is_empty() { call } else { own };
    let outgoing = kind == Kind::Outgoing || call.outgoing || fields.outgoing;
    let state = or(fields.state, call.state);
    let Some(action) = action(kind, &state) else {
        return Ok(None);
    };
    let party = |number: String, name: String| {
        party::clean(&number, Plus::Kept).or_else(|| party::clean(&name, Plus::Kept))
    };
    let calling = party(
        or(fields.calling, call.calling),
        or(fields.calling_name, call.calling_name),
    );
    let called = party(
        or(fields.called, call.called),
        or(fields.called_name, call.called_name),
    );
    let (near, far) = if outgoing {
        (calling, called)
    } else {
        (called, calling)
    };
    let mac = party::address(&fields.mac);
    let known_mac = mac
        .as_deref()
        .is_some_and(|mac| numbers.user_of_mac(mac).is_some());
    let line = party::clean(&or(fields.line, call.line), Plus::Kept);
    let user = if known_mac {
        None
    } else {
        near.clone().or(line)
    };
    // The near side is the other one only where the far side turns out to be the user's own.
    let near = near.filter(|_| far.is_some());
    let reference = party::filled(&or(fields.reference, call.reference))
        .filter(|id| id.len() <= MAX_CALL_ID_BYTES);
    let phone = Phone {
        user: user.as_deref(),
        own: None,
        mac: mac.as_deref(),
    };
    let sides = far.into_iter().chain(near);
    event(action, phone, sides, reference.as_deref(), numbers)
        .map(Some)
        .ok_or_else(|| malformed("an event has neither MACAddress nor a number of the phone's own"))
}

/// What an event means. The phone's own words for a call's state: Dialtone, Setup, Ringback, Offering,
/// Connected, Hold, Held, Free, Disconnected, Ncas.
fn action(kind: Kind, state: &str) -> Option<Action> {
    Some(match kind {
        Kind::OffHook => Action::Phone(PhoneAction::Offhook),
        Kind::OnHook => Action::Phone(PhoneAction::Onhook),
        Kind::Incoming => Action::Call(CallAction::IncomingCall),
        Kind::Outgoing => Action::Call(CallAction::OutgoingCall),
        Kind::CallState => {
            let is = |words: &[&str]| words.iter().any(|word| state.eq_ignore_ascii_case(word));
            Action::Call(if is(&["Offering"]) {
                CallAction::IncomingCall
            } else if is(&["Ringback"]) {
                CallAction::OutgoingCall
            } else if is(&["Connected"]) {
                CallAction::CallEstablished
            } else if is(&["Hold", "Held"]) {
                CallAction::CallHeld
            } else if is(&["Disconnected", "Free"]) {
                CallAction::CallTerminated
            } else {
                return None;
            })
        }
    })
}
