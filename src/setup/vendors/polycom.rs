//! Polycom, now Poly: the phones post XML to one URL for all events ("Web Application Developer's Guide", UC Software 4 and later).

use quick_xml::escape::escape;

use super::super::maker::{Block, Form, Maker};
use super::{SAFE_CHARS, Vendor};
use crate::language::texts::setup as texts;

pub(super) const VENDOR: Vendor = Vendor {
    word: "polycom",
    aliases: &["poly"],
    name: |_| "Polycom".to_owned(),
    what: |_| "Polycom, Poly".to_owned(),
    limit: SAFE_CHARS,
    forms: &[Form::Plain, Form::Short],
    blocks,
    notes: &[texts::polycom_mac, texts::polycom_older],
};

/// What the phone is to tell. A change of a call's state tells all of a call, and its id; `incomingEvent` and `outgoingEvent` would
/// tell its beginning once more, without the id.
const EVENTS: &[&str] = &["callStateChangeEvent", "offhookEvent", "onhookEvent"];

fn blocks(maker: &mut Maker<'_>) -> Vec<Block> {
    let url = maker.polycom();
    let mut text = format!(
        "<PHONE_CONFIG>\n  <ALL\n    apps.telNotification.URL=\"{}\"\n",
        escape(url)
    );
    for event in EVENTS {
        text.push_str(&format!("    apps.telNotification.{event}=\"1\"\n"));
    }
    text.push_str("  />\n</PHONE_CONFIG>");
    vec![Block {
        title: texts::polycom_file,
        kind: "xml",
        text,
    }]
}
