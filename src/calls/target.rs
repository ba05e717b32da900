//! Who is to be called: a number, a person, a name.

use crate::board::Name;

use super::Dial;

/// Whom a call or a text is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// What is dialled, with its prefixes.
    pub dial: Dial,
    /// The number as people write it, without the outside prefix.
    pub number: String,
    /// Whose number it is, as people call them, if known. Not yet fit for Markdown.
    pub name: Option<Name>,
    /// Whether the call stays inside.
    pub way: Way,
}

/// Where a number leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// An extension, by the patterns of internal numbers.
    Extension,
    /// A code of the PBX's, with `*` or `#` in it.
    Code,
    /// A number outside.
    Outside,
}
