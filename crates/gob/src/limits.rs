//! What a peer may make us spend.
//!
//! Go's own decoder knows no limits but an 8 GiB message. These are chosen so that everything a
//! Mattermost server sends passes with much room, and so that no input costs memory or time out of
//! proportion to its length.

/// Longest message, in bytes, without its length prefix: 64 MiB.
pub const MAX_MESSAGE_BYTES: usize = 64 << 20;
/// Most types that one stream may define: 4,096.
pub const MAX_TYPES: usize = 4096;
/// Most bytes of type definitions on one stream: 1 MiB.
pub const MAX_DEFINITION_BYTES: usize = 1 << 20;
/// Most fields of one struct: 1,024.
pub const MAX_FIELDS: usize = 1024;
/// Deepest nesting of a value, counted in structs, slices, arrays, maps and interfaces: 256. Each level
/// costs stack, so raise it with care.
pub const MAX_DEPTH: usize = 256;
/// Bytes of memory that one byte of a message may claim, beyond [`SLACK_BYTES`]: 64.
///
/// Every element takes at least one byte on the wire, but its Rust type may take hundreds: this is what
/// stops a megabyte of zeros from becoming gigabytes of empty structs.
pub const MAX_AMPLIFICATION: usize = 64;
/// Memory that any value may claim whatever its length: 1 MiB.
pub const SLACK_BYTES: usize = 1 << 20;
/// Memory that any value may claim at most: 256 MiB. Strings and bytes do not count, for they are no longer
/// than the message.
pub const MAX_DECODED_BYTES: usize = 256 << 20;
/// Most steps (types and fields) that matching one stream's types with ours may take in all: 2^20.
pub const MAX_PLAN_STEPS: usize = 1 << 20;
/// Longest registered name of an interface's contents, in bytes: 1,024, as in Go.
pub const MAX_NAME_BYTES: usize = 1024;
/// A value of several messages is gone through again with each that arrives; in all, at most so many times the
/// longest message: 16. Only values with interface contents of new types span messages.
pub const MAX_RESCANS: usize = 16;

/// Sets of type definitions remembered for the whole process: 128. When one more comes, all are dropped;
/// streams that use them keep theirs.
pub const MAX_CACHED_SETS: usize = 128;
/// Bytes of type definitions remembered for the whole process: 4 MiB.
pub const MAX_CACHED_BYTES: usize = 4 << 20;
/// Steps of all plans remembered for the whole process: 2^20 (about 16 MiB). With more, all are dropped as well.
pub const MAX_CACHED_STEPS: usize = 1 << 20;
/// How many times a stream may add definitions before what it adds is no longer worth sharing: 8.
pub const MAX_SHARED_BATCHES: usize = 8;

/// Most types made at run time (from [`Value`](crate::Value)s) that one encoder defines: 4,096.
pub const MAX_DYNAMIC_TYPES: usize = 4096;

/// The limits of one [`Decoder`](crate::Decoder). Each field's default is the constant named beside it; make them with
/// `..Limits::default()`, for there may be more in any version.
///
/// ```
/// use gob::{DecodeErrorKind, Decoder, Limits};
/// # use gob::Encoder;
///
/// # let mut bytes = Vec::new();
/// # Encoder::new().encode(&vec![0_u8; 2000][..], &mut bytes).unwrap();
/// let limits = Limits { message_bytes: 1024, ..Limits::default() };
/// // A message of 2,000 bytes.
/// let error = Decoder::with_limits(limits).decode::<Vec<u8>>(&mut &bytes[..]).unwrap_err();
/// assert_eq!(error.kind(), DecodeErrorKind::Limit);
/// assert!(error.is_fatal());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// [`MAX_MESSAGE_BYTES`]; checked as soon as the length is there, before the message is.
    pub message_bytes: usize,
    /// [`MAX_TYPES`].
    pub types: usize,
    /// [`MAX_DEFINITION_BYTES`].
    pub definition_bytes: usize,
    /// [`MAX_FIELDS`].
    pub fields: usize,
    /// [`MAX_DEPTH`].
    pub depth: usize,
    /// [`MAX_AMPLIFICATION`].
    pub amplification: usize,
    /// [`SLACK_BYTES`].
    pub slack_bytes: usize,
    /// [`MAX_DECODED_BYTES`].
    pub decoded_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self::USUAL
    }
}

impl Limits {
    /// Those of every decoder that was given none of its own.
    pub(crate) const USUAL: Self = Self {
        message_bytes: MAX_MESSAGE_BYTES,
        types: MAX_TYPES,
        definition_bytes: MAX_DEFINITION_BYTES,
        fields: MAX_FIELDS,
        depth: MAX_DEPTH,
        amplification: MAX_AMPLIFICATION,
        slack_bytes: SLACK_BYTES,
        decoded_bytes: MAX_DECODED_BYTES,
    };

    /// Whether definitions that pass the default limits pass these too, so that they may be shared.
    pub(crate) fn shares_definitions(&self) -> bool {
        let usual = Self::USUAL;
        (self.types, self.definition_bytes, self.fields)
            == (usual.types, usual.definition_bytes, usual.fields)
    }
}
