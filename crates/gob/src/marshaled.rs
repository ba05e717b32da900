//! Types that marshal themselves, as the bytes that they make.

use std::borrow::Cow;
use std::ops::Deref;

use crate::decode::Decode;
use crate::desc::Desc;
use crate::encode::Encode;
use crate::encoder::Writer;
use crate::error::DecodeError;
use crate::plan::Node;
use crate::reader::Reader;
use crate::strings::ByteString;
use crate::types::Marshaler;

macro_rules! marshaled {
    ($($(#[$doc:meta])* $name:ident, $by:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// Whichever way the peer's type marshals itself can be read; what is written says that it is this way.
        /// Empty bytes are not sent in a struct, unless they are behind a pointer.
        #[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
        pub struct $name<'a>(pub Cow<'a, [u8]>);

        impl Encode for $name<'_> {
            fn desc() -> &'static Desc {
                &Desc::Opaque(Marshaler::$by, stringify!($name))
            }
            fn is_zero(&self) -> bool {
                self.0.is_empty()
            }
            fn is_zero_behind_pointer(&self) -> bool {
                false
            }
            fn write(&self, w: &mut Writer<'_>) {
                w.bytes(&self.0);
            }
        }

        impl<'de: 'a, 'a> Decode<'de> for $name<'a> {
            fn desc() -> &'static Desc {
                &Desc::Opaque(Marshaler::$by, stringify!($name))
            }
            fn zero() -> Self {
                Self::default()
            }
            fn read(&mut self, r: &mut Reader<'_, 'de>, _: Node) -> Result<(), DecodeError> {
                self.0 = Cow::Borrowed(r.bytes()?);
                Ok(())
            }
        }
    )*};
}

marshaled! {
    /// What a Go type with a `GobEncode` method made of itself.
    GobEncoded, Gob;
    /// What a Go type with a `MarshalBinary` method made of itself.
    BinaryMarshaled, Binary;
    /// What a Go type with a `MarshalText` method made of itself. Go's gob has not sent such types since Go 1.2.
    TextMarshaled, Text;
}

/// Go's `url.URL`, as its string: that is what its `MarshalBinary` makes.
///
/// Use `Option<Url>` for `*url.URL`. An empty one that stands there itself is not sent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Url<'a>(pub Cow<'a, str>);

impl Encode for Url<'_> {
    fn desc() -> &'static Desc {
        &Desc::Opaque(Marshaler::Binary, "URL")
    }
    fn is_zero(&self) -> bool {
        self.0.is_empty()
    }
    fn is_zero_behind_pointer(&self) -> bool {
        false
    }
    fn write(&self, w: &mut Writer<'_>) {
        w.bytes(self.0.as_bytes());
    }
}

impl<'de: 'a, 'a> Decode<'de> for Url<'a> {
    fn desc() -> &'static Desc {
        &Desc::Opaque(Marshaler::Binary, "URL")
    }
    fn zero() -> Self {
        Self::default()
    }
    fn read(&mut self, r: &mut Reader<'_, 'de>, _: Node) -> Result<(), DecodeError> {
        self.0 = Cow::Borrowed(r.str()?);
        Ok(())
    }
}

/// One of the types that borrow from the bytes, made to keep a copy instead: `Owned<Url<'static>>` can be received
/// where [`DecodeOwned`](crate::DecodeOwned) is asked for.
///
/// ```
/// use gob::{DecodeOwned, Gob, Owned, Url};
///
/// /// In Go: `struct { Link *url.URL }`.
/// #[derive(Gob)]
/// struct Link {
///     link: Option<Owned<Url<'static>>>,
/// }
///
/// fn is_owned<T: DecodeOwned>() {}
/// is_owned::<Link>();
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Owned<T>(pub T);

impl<T> Deref for Owned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Encode> Encode for Owned<T> {
    fn desc() -> &'static Desc {
        T::desc()
    }
    fn is_zero(&self) -> bool {
        self.0.is_zero()
    }
    fn is_zero_behind_pointer(&self) -> bool {
        self.0.is_zero_behind_pointer()
    }
    fn write(&self, w: &mut Writer<'_>) {
        self.0.write(w);
    }
}

macro_rules! owned {
    ($($name:ident)*) => {$(
        impl<'de> Decode<'de> for Owned<$name<'static>> {
            fn desc() -> &'static Desc {
                <$name<'de> as Decode<'de>>::desc()
            }
            fn zero() -> Self {
                Self::default()
            }
            fn read(&mut self, r: &mut Reader<'_, 'de>, node: Node) -> Result<(), DecodeError> {
                let mut borrowed = $name::zero();
                borrowed.read(r, node)?;
                self.0.0 = Cow::Owned(borrowed.0.into_owned());
                Ok(())
            }
        }
    )*};
}

owned!(GobEncoded BinaryMarshaled TextMarshaled Url ByteString);
