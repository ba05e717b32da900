//! What people are shown: messages with buttons, and dialogs.

use std::collections::BTreeMap;

/// A message with buttons under it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// The text, already safe Markdown (see [`crate::text`]).
    pub text: String,
    /// The buttons, in their order; mostly none.
    pub buttons: Vec<Button>,
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Self {
            text,
            buttons: Vec::new(),
        }
    }
}

/// A button under a message. Who presses it, and whether they may, is for the one to check who is called: what arrives there can be
/// forged by anybody who is signed in, but for the header that names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// Its id, of letters and digits, unique in the message.
    pub id: &'static str,
    /// What stands on it, plain text.
    pub name: String,
    /// Whether it is the one that is mostly meant.
    pub primary: bool,
    /// The plugin's own path that the server calls by POST when it is pressed, without a leading slash.
    pub path: &'static str,
    /// What arrives there with it. The server keeps it to itself; nothing secret belongs in it all the same.
    pub context: BTreeMap<&'static str, String>,
}

/// A form that a client shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialog {
    /// The plugin's own path that takes what was filled in, by POST, without a leading slash.
    pub path: &'static str,
    /// Names the form there.
    pub id: &'static str,
    /// The headline; at most 24 characters are shown.
    pub title: String,
    /// Markdown above the elements; may be empty.
    pub introduction: String,
    /// What the button says that submits it.
    pub submit: String,
    /// Comes back unchanged with what was filled in.
    pub state: String,
    /// What can be filled in, in its order.
    pub elements: Vec<Element>,
}

/// An element of a [`Dialog`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// Its key in what was filled in.
    pub name: &'static str,
    /// The label; at most 24 characters.
    pub label: String,
    /// A hint below; at most 150 characters.
    pub help: String,
    /// What can be filled in.
    pub kind: ElementKind,
}

/// What can be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ElementKind {
    /// Ticked or not.
    Checkbox {
        /// Whether it is now.
        checked: bool,
        /// The words beside the box.
        words: String,
    },
    /// One of several: value and what people read.
    Choice {
        /// The value that is chosen now.
        chosen: &'static str,
        /// All of them.
        options: Vec<(&'static str, String)>,
    },
    /// A line of text.
    Text {
        /// What stands there now.
        value: String,
        /// The most characters.
        max: u32,
        /// Whether it can be left empty.
        optional: bool,
    },
}
