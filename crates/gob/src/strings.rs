//! Strings that need not be UTF-8.

use std::borrow::Cow;

use crate::decode::Decode;
use crate::desc::Desc;
use crate::encode::Encode;
use crate::encoder::Writer;
use crate::error::DecodeError;
use crate::plan::Node;
use crate::reader::Reader;

/// A Go string as its bytes. Go does not hold strings to UTF-8; where a peer's may be anything, as in HTTP headers,
/// this takes what `str` would refuse.
///
/// ```
/// use gob::{ByteString, Decoder, Encoder};
///
/// let mut bytes = Vec::new();
/// Encoder::new().encode(&ByteString(b"caf\xe9"[..].into()), &mut bytes)?; // Latin-1
/// let read: ByteString<'_> = Decoder::new().decode(&mut &bytes[..])?.expect("all of it is there");
/// assert_eq!(String::from_utf8_lossy(&read.0), "caf\u{fffd}");
/// assert!(Decoder::new().decode::<String>(&mut &bytes[..]).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ByteString<'a>(pub Cow<'a, [u8]>);

impl Encode for ByteString<'_> {
    fn desc() -> &'static Desc {
        &Desc::String
    }
    fn is_zero(&self) -> bool {
        self.0.is_empty()
    }
    fn write(&self, w: &mut Writer<'_>) {
        w.bytes(&self.0);
    }
}

impl<'de: 'a, 'a> Decode<'de> for ByteString<'a> {
    fn desc() -> &'static Desc {
        &Desc::String
    }
    fn zero() -> Self {
        Self::default()
    }
    fn read(&mut self, r: &mut Reader<'_, 'de>, _: Node) -> Result<(), DecodeError> {
        self.0 = Cow::Borrowed(r.bytes()?);
        Ok(())
    }
}
