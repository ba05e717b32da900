//! What nodes send each other: a line of JSON that says what it is, and what follows it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Lineage, NodeId, Position};

/// The version of this form. Nodes with different ones do not understand each other, which lasts while a cluster's nodes are given
/// another version of the plugin one by one.
const VERSION: u32 = 1;

/// How long a message may get before what follows goes into another one, in bytes. One thing that is longer goes alone.
const FULL: usize = 64 * 1024;

/// The longest message that is read, in bytes.
pub const MAX_MESSAGE: usize = 1024 * 1024;

/// How much of a whole state goes into one message, in bytes.
pub const PART: usize = 128 * 1024;

/// The most parts of a whole state: 64 MB.
pub(super) const MAX_PARTS: u32 = 512;

/// What a message is.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Head {
    v: u32,
    #[serde(flatten)]
    kind: Kind,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "lowercase")]
enum Kind {
    Entries {
        lineage: Lineage,
        first: u64,
        stored: u64,
    },
    Whole {
        lineage: Lineage,
        index: u64,
        part: u32,
        parts: u32,
    },
    Want {
        have: Option<Position>,
    },
    Beside {
        lineage: Lineage,
        first: u64,
        stored: u64,
    },
    Forward {
        node: NodeId,
        base: u64,
    },
    Ask {
        node: NodeId,
        number: u64,
        term: u64,
    },
    Answer {
        node: NodeId,
        number: u64,
        done: bool,
    },
}

/// A message: `E` is an entry, `F` what is forwarded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message<E, F> {
    /// Of the leader's: entries, or only a sign of life.
    Entries {
        /// Its history.
        lineage: Lineage,
        /// The index of the first entry; where there is none, of the one to come.
        first: u64,
        /// All entries up to this index are stored.
        stored: u64,
        /// The entries.
        entries: Vec<E>,
    },
    /// Of the leader's: a part of the whole state.
    Whole {
        /// Its history.
        lineage: Lineage,
        /// The last entry in it.
        index: u64,
        /// 0, 1, 2…
        part: u32,
        /// How many there are.
        parts: u32,
        /// The part.
        bytes: Vec<u8>,
    },
    /// A node asks for what comes after that; for the whole state where it has no part of the leader's history.
    Want {
        /// How far it is.
        have: Option<Position>,
    },
    /// Of the leader's: a sign of life, with what it tells beside the entries, all of it each time. Nobody asks for one that got lost.
    Beside {
        /// Its history.
        lineage: Lineage,
        /// The index of the entry to come.
        first: u64,
        /// All entries up to this index are stored.
        stored: u64,
        /// What it tells.
        body: Vec<u8>,
    },
    /// What happened on another node.
    Forward {
        /// On which.
        node: NodeId,
        /// The lowest number that it still keeps.
        base: u64,
        /// What happened, in order.
        items: Vec<Forwarded<F>>,
    },
    /// A node asks the leader of that term to do something.
    Ask {
        /// Which.
        node: NodeId,
        /// That node's number of it.
        number: u64,
        /// Whom.
        term: u64,
        /// What.
        body: Vec<u8>,
    },
    /// Of the leader's: what became of it.
    Answer {
        /// Which node asked.
        node: NodeId,
        /// That node's number of it.
        number: u64,
        /// Whether it was done; otherwise it was not, and will not be.
        done: bool,
        /// What became of it.
        body: Vec<u8>,
    },
}

/// One thing that happened on another node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forwarded<F> {
    /// That node's number of it.
    pub number: u64,
    /// How long ago, in milliseconds: clocks differ.
    pub age: u64,
    /// What.
    pub event: F,
}

/// Why something is no message.
#[derive(Debug)]
pub enum DecodeError {
    /// It has more than [`MAX_MESSAGE`] bytes: so many.
    Long(usize),
    /// It is of another version.
    Version(u32),
    /// It is not of this form.
    Form(serde_json::Error),
    /// A part beyond those that there are.
    Part,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Long(bytes) => write!(f, "it has {bytes} bytes, and {MAX_MESSAGE} are the limit"),
            Self::Version(version) => write!(
                f,
                "it is of version {version} and this node reads {VERSION}: run the same version of the plugin on all nodes"
            ),
            Self::Form(error) => error.fmt(f),
            Self::Part => f.write_str("it is a part beyond the last one"),
        }
    }
}

impl std::error::Error for DecodeError {}

/// Reads a message.
///
/// # Errors
///
/// See [`DecodeError`].
pub fn decode<E: DeserializeOwned, F: DeserializeOwned>(
    data: &[u8],
) -> Result<Message<E, F>, DecodeError> {
    if data.len() > MAX_MESSAGE {
        return Err(DecodeError::Long(data.len()));
    }
    let end = data.iter().position(|byte| *byte == b'\n');
    let (head, body) = data.split_at(end.unwrap_or(data.len()));
    let body = body.get(1..).unwrap_or_default();
    #[derive(Deserialize)]
    struct Version {
        v: u32,
    }
    let Version { v } = serde_json::from_slice(head).map_err(DecodeError::Form)?;
    if v != VERSION {
        return Err(DecodeError::Version(v));
    }
    let head: Head = serde_json::from_slice(head).map_err(DecodeError::Form)?;
    Ok(match head.kind {
        Kind::Entries {
            lineage,
            first,
            stored,
        } => Message::Entries {
            lineage,
            first,
            stored,
            entries: lines(body)?,
        },
        Kind::Whole {
            lineage,
            index,
            part,
            parts,
        } if part < parts && parts <= MAX_PARTS => Message::Whole {
            lineage,
            index,
            part,
            parts,
            bytes: body.to_vec(),
        },
        Kind::Whole { .. } => return Err(DecodeError::Part),
        Kind::Want { have } => Message::Want { have },
        Kind::Beside {
            lineage,
            first,
            stored,
        } => Message::Beside {
            lineage,
            first,
            stored,
            body: body.to_vec(),
        },
        Kind::Forward { node, base } => Message::Forward {
            node,
            base,
            items: lines(body)?,
        },
        Kind::Ask { node, number, term } => Message::Ask {
            node,
            number,
            term,
            body: body.to_vec(),
        },
        Kind::Answer { node, number, done } => Message::Answer {
            node,
            number,
            done,
            body: body.to_vec(),
        },
    })
}

fn lines<T: DeserializeOwned>(body: &[u8]) -> Result<Vec<T>, DecodeError> {
    let lines = body.split(|byte| *byte == b'\n');
    lines
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).map_err(DecodeError::Form))
        .collect()
}

/// A message in the making.
pub(super) struct Output(Vec<u8>);

impl Output {
    fn new(kind: Kind) -> Self {
        let head = Head { v: VERSION, kind };
        // Nothing in it has a form that JSON lacks.
        Self(serde_json::to_vec(&head).unwrap_or_default())
    }

    pub(super) fn entries(lineage: Lineage, first: u64, stored: u64) -> Self {
        Self::new(Kind::Entries {
            lineage,
            first,
            stored,
        })
    }

    pub(super) fn forward(node: &NodeId, base: u64) -> Self {
        let node = Arc::clone(node);
        Self::new(Kind::Forward { node, base })
    }

    pub(super) fn whole(
        lineage: Lineage,
        index: u64,
        part: u32,
        parts: u32,
        bytes: &[u8],
    ) -> Vec<u8> {
        let kind = Kind::Whole {
            lineage,
            index,
            part,
            parts,
        };
        Self::new(kind).with(bytes)
    }

    pub(super) fn want(have: Option<Position>) -> Vec<u8> {
        Self::new(Kind::Want { have }).0
    }

    pub(super) fn beside(lineage: Lineage, first: u64, stored: u64, body: &[u8]) -> Vec<u8> {
        let kind = Kind::Beside {
            lineage,
            first,
            stored,
        };
        Self::new(kind).with(body)
    }

    pub(super) fn ask(node: &NodeId, number: u64, term: u64, body: &[u8]) -> Vec<u8> {
        let node = Arc::clone(node);
        Self::new(Kind::Ask { node, number, term }).with(body)
    }

    pub(super) fn answer(node: &NodeId, number: u64, done: bool, body: &[u8]) -> Vec<u8> {
        let node = Arc::clone(node);
        Self::new(Kind::Answer { node, number, done }).with(body)
    }

    fn with(mut self, body: &[u8]) -> Vec<u8> {
        self.0.push(b'\n');
        self.0.extend_from_slice(body);
        self.0
    }

    /// Takes one more line, unless the message is full.
    pub(super) fn line(&mut self, json: &[u8], first: bool) -> bool {
        if !first && self.0.len() + json.len() >= FULL {
            return false;
        }
        self.0.push(b'\n');
        self.0.extend_from_slice(json);
        true
    }

    /// One thing that happened, unless the message is full.
    pub(super) fn item(&mut self, number: u64, age: Duration, event: &[u8], first: bool) -> bool {
        let age = age.as_millis();
        let mut line = format!("{{\"number\":{number},\"age\":{age},\"event\":").into_bytes();
        line.extend_from_slice(event);
        line.push(b'}');
        self.line(&line, first)
    }

    pub(super) fn end(self) -> Vec<u8> {
        self.0
    }
}
