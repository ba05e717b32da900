//! Numbers, strings, bytes.

use std::borrow::Cow;

use crate::decode::Decode;
use crate::desc::{Desc, StructDesc};
use crate::error::DecodeError;
use crate::plan::Node;
use crate::reader::Reader;

#[cold]
fn out_of_range(value: impl std::fmt::Display, target: &str) -> DecodeError {
    DecodeError::invalid(format!("{value} does not fit {target}"))
}

macro_rules! integer {
    ($kind:ident $read:ident: $($t:ident)*) => {$(
        impl<'de> Decode<'de> for $t {
            fn desc() -> &'static Desc {
                &Desc::$kind
            }
            #[inline]
            fn zero() -> Self {
                0
            }
            #[inline]
            fn read(&mut self, r: &mut Reader<'_, 'de>, _: Node) -> Result<(), DecodeError> {
                let wide = r.$read()?;
                *self = wide.try_into().map_err(|_| out_of_range(wide, stringify!($t)))?;
                Ok(())
            }
        }
    )*};
}

integer!(Int int: i8 i16 i32 i64 isize);
integer!(Uint uint: u16 u32 u64 usize);

/// A slice of these is Go's `[]byte`.
impl<'de> Decode<'de> for u8 {
    fn desc() -> &'static Desc {
        &Desc::Uint
    }
    #[inline]
    fn zero() -> Self {
        0
    }
    #[inline]
    fn read(&mut self, r: &mut Reader<'_, 'de>, _: Node) -> Result<(), DecodeError> {
        let wide = r.uint()?;
        *self = wide.try_into().map_err(|_| out_of_range(wide, "u8"))?;
        Ok(())
    }
    fn slice_desc() -> &'static Desc {
        &Desc::Bytes
    }
    fn read_slice(
        items: &mut Vec<Self>,
        r: &mut Reader<'_, 'de>,
        _: Node,
    ) -> Result<(), DecodeError> {
        *items = r.bytes()?.to_vec();
        Ok(())
    }
}

impl<'de> Decode<'de> for bool {
    fn desc() -> &'static Desc {
        &Desc::Bool
    }
    #[inline]
    fn zero() -> Self {
        false
    }
    #[inline]
    fn read(&mut self, r: &mut Reader<'_, 'de>, _: Node) -> Result<(), DecodeError> {
        *self = r.uint()? != 0;
        Ok(())
    }
}

impl<'de> Decode<'de> for f64 {
    fn desc() -> &'static Desc {
        &Desc::Float
    }
    #[inline]
    fn zero() -> Self {
        0.0
    }
    #[inline]
    fn read(&mut self, r: &mut Reader<'_, 'de>, _: Node) -> Result<(), DecodeError> {
        *self = r.float()?;
        Ok(())
    }
}

/// As in Go, a finite number that `f32` cannot hold is an error; one that it holds less exactly is not.
impl<'de> Decode<'de> for f32 {
    fn desc() -> &'static Desc {
        &Desc::Float
    }
    #[inline]
    fn zero() -> Self {
        0.0
    }
    #[inline]
    fn read(&mut self, r: &mut Reader<'_, 'de>, _: Node) -> Result<(), DecodeError> {
        let wide = r.float()?;
        if wide.is_finite() && wide.abs() > f64::from(Self::MAX) {
            return Err(out_of_range(wide, "f32"));
        }
        *self = wide as Self;
        Ok(())
    }
}

impl<'de> Decode<'de> for String {
    fn desc() -> &'static Desc {
        &Desc::String
    }
    #[inline]
    fn zero() -> Self {
        Self::new()
    }
    #[inline]
    fn read(&mut self, r: &mut Reader<'_, 'de>, _: Node) -> Result<(), DecodeError> {
        *self = r.str()?.to_owned();
        Ok(())
    }
}

impl<'de: 'a, 'a> Decode<'de> for &'a str {
    fn desc() -> &'static Desc {
        &Desc::String
    }
    #[inline]
    fn zero() -> Self {
        ""
    }
    #[inline]
    fn read(&mut self, r: &mut Reader<'_, 'de>, _: Node) -> Result<(), DecodeError> {
        *self = r.str()?;
        Ok(())
    }
}

impl<'de: 'a, 'a> Decode<'de> for &'a [u8] {
    fn desc() -> &'static Desc {
        &Desc::Bytes
    }
    #[inline]
    fn zero() -> Self {
        &[]
    }
    #[inline]
    fn read(&mut self, r: &mut Reader<'_, 'de>, _: Node) -> Result<(), DecodeError> {
        *self = r.bytes()?;
        Ok(())
    }
}

impl<'de: 'a, 'a> Decode<'de> for Cow<'a, str> {
    fn desc() -> &'static Desc {
        &Desc::String
    }
    #[inline]
    fn zero() -> Self {
        Cow::Borrowed("")
    }
    #[inline]
    fn read(&mut self, r: &mut Reader<'_, 'de>, _: Node) -> Result<(), DecodeError> {
        *self = Cow::Borrowed(r.str()?);
        Ok(())
    }
}

impl<'de: 'a, 'a> Decode<'de> for Cow<'a, [u8]> {
    fn desc() -> &'static Desc {
        &Desc::Bytes
    }
    #[inline]
    fn zero() -> Self {
        Cow::Borrowed(&[])
    }
    #[inline]
    fn read(&mut self, r: &mut Reader<'_, 'de>, _: Node) -> Result<(), DecodeError> {
        *self = Cow::Borrowed(r.bytes()?);
        Ok(())
    }
}

/// Any struct can be received as none: all its fields are skipped.
impl<'de> Decode<'de> for () {
    fn desc() -> &'static Desc {
        &Desc::Struct(StructDesc {
            name: "",
            fields: &[],
        })
    }
    fn zero() -> Self {}
    fn read(&mut self, r: &mut Reader<'_, 'de>, node: Node) -> Result<(), DecodeError> {
        r.skip(node)
    }
}
