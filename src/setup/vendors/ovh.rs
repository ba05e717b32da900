//! Phones on lines of OVH. Which vendor made the phone decides what it can tell.

use super::super::maker::Form;
use super::{SAFE_CHARS, Vendor, other};
use crate::language::texts::setup as texts;

pub(super) const VENDOR: Vendor = Vendor {
    word: "ovh",
    aliases: &["ovhcloud"],
    name: |_| "OVH".to_owned(),
    what: texts::ovh,
    limit: SAFE_CHARS,
    forms: &[Form::Plain, Form::Short],
    blocks: other::blocks,
    notes: &[
        texts::ovh_phone,
        texts::ovh_asterisk,
        texts::other_variables,
    ],
};
