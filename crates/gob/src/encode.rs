//! What can be sent.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use crate::desc::{Desc, StructDesc};
use crate::encoder::Writer;
use crate::error::EncodeError;
use crate::value::Value;

/// A type that can be sent as a gob. Derive it with `#[derive(Gob)]` or `#[derive(Encode)]`.
///
/// Its methods are the derive's business: they are no part of the interface, and change in any version.
pub trait Encode {
    /// The type's description.
    #[doc(hidden)]
    fn desc() -> &'static Desc;

    /// Whether Go would omit this value from a struct.
    #[doc(hidden)]
    fn is_zero(&self) -> bool;

    /// Writes the value, zero or not.
    #[doc(hidden)]
    fn write(&self, w: &mut Writer<'_>);

    /// Whether Go would omit a pointer to this value from a struct.
    #[doc(hidden)]
    fn is_zero_behind_pointer(&self) -> bool {
        self.is_zero()
    }

    /// Writes a nil pointer to this type as an element, where that can be done.
    #[doc(hidden)]
    fn write_nil(w: &mut Writer<'_>) {
        w.fail(EncodeError::Nil);
    }

    /// The value whose type is known at run time only, when this is one.
    #[doc(hidden)]
    fn as_dynamic(&self) -> Option<&Value> {
        None
    }

    /// The description of a slice of this type.
    #[doc(hidden)]
    fn slice_desc() -> &'static Desc {
        const { &Desc::Slice(Self::desc) }
    }

    /// Writes a slice of this type.
    #[doc(hidden)]
    fn write_slice(items: &[Self], w: &mut Writer<'_>)
    where
        Self: Sized,
    {
        w.uint(items.len() as u64);
        if w.enter() {
            for item in items {
                item.write(w);
            }
        }
        w.leave();
    }
}

macro_rules! number {
    ($kind:ident, $write:ident as $wide:ty: $($t:ty)*) => {$(
        impl Encode for $t {
            fn desc() -> &'static Desc {
                &Desc::$kind
            }
            #[inline]
            fn is_zero(&self) -> bool {
                *self == <$t>::default()
            }
            #[inline]
            fn write(&self, w: &mut Writer<'_>) {
                w.$write(<$wide>::from(*self));
            }
        }
    )*};
}

number!(Int, int as i64: i8 i16 i32 i64);
number!(Uint, uint as u64: u16 u32 u64);
number!(Float, float as f64: f32 f64);
number!(Bool, uint as u64: bool);

impl Encode for isize {
    fn desc() -> &'static Desc {
        &Desc::Int
    }
    #[inline]
    fn is_zero(&self) -> bool {
        *self == 0
    }
    #[inline]
    fn write(&self, w: &mut Writer<'_>) {
        w.int(*self as i64);
    }
}

impl Encode for usize {
    fn desc() -> &'static Desc {
        &Desc::Uint
    }
    #[inline]
    fn is_zero(&self) -> bool {
        *self == 0
    }
    #[inline]
    fn write(&self, w: &mut Writer<'_>) {
        w.uint(*self as u64);
    }
}

/// A slice of these is Go's `[]byte`.
impl Encode for u8 {
    fn desc() -> &'static Desc {
        &Desc::Uint
    }
    #[inline]
    fn is_zero(&self) -> bool {
        *self == 0
    }
    #[inline]
    fn write(&self, w: &mut Writer<'_>) {
        w.uint(u64::from(*self));
    }
    fn slice_desc() -> &'static Desc {
        &Desc::Bytes
    }
    #[inline]
    fn write_slice(items: &[Self], w: &mut Writer<'_>) {
        w.bytes(items);
    }
}

impl Encode for str {
    fn desc() -> &'static Desc {
        &Desc::String
    }
    #[inline]
    fn is_zero(&self) -> bool {
        self.is_empty()
    }
    #[inline]
    fn write(&self, w: &mut Writer<'_>) {
        w.bytes(self.as_bytes());
    }
}

impl Encode for String {
    fn desc() -> &'static Desc {
        &Desc::String
    }
    #[inline]
    fn is_zero(&self) -> bool {
        self.is_empty()
    }
    #[inline]
    fn write(&self, w: &mut Writer<'_>) {
        w.bytes(self.as_bytes());
    }
}

/// Go's `struct{}`.
impl Encode for () {
    fn desc() -> &'static Desc {
        &Desc::Struct(StructDesc {
            name: "",
            fields: &[],
        })
    }
    fn is_zero(&self) -> bool {
        false
    }
    fn write(&self, w: &mut Writer<'_>) {
        w.out.push(0);
    }
}

impl<T: Encode> Encode for [T] {
    fn desc() -> &'static Desc {
        T::slice_desc()
    }
    #[inline]
    fn is_zero(&self) -> bool {
        self.is_empty()
    }
    #[inline]
    fn write(&self, w: &mut Writer<'_>) {
        T::write_slice(self, w);
    }
}

impl<T: Encode> Encode for Vec<T> {
    fn desc() -> &'static Desc {
        T::slice_desc()
    }
    #[inline]
    fn is_zero(&self) -> bool {
        self.is_empty()
    }
    #[inline]
    fn write(&self, w: &mut Writer<'_>) {
        T::write_slice(self, w);
    }
}

/// Always sent, as in Go.
impl<T: Encode, const N: usize> Encode for [T; N] {
    fn desc() -> &'static Desc {
        const { &Desc::Array(T::desc, N) }
    }
    fn is_zero(&self) -> bool {
        false
    }
    fn write(&self, w: &mut Writer<'_>) {
        w.uint(N as u64);
        if w.enter() {
            for item in self {
                item.write(w);
            }
        }
        w.leave();
    }
}

/// `None` is a nil pointer.
impl<T: Encode> Encode for Option<T> {
    fn desc() -> &'static Desc {
        T::desc()
    }
    #[inline]
    fn is_zero(&self) -> bool {
        self.as_ref().is_none_or(T::is_zero_behind_pointer)
    }
    #[inline]
    fn is_zero_behind_pointer(&self) -> bool {
        self.is_zero()
    }
    #[inline]
    fn write(&self, w: &mut Writer<'_>) {
        match self {
            Some(value) => value.write(w),
            None => T::write_nil(w),
        }
    }
    fn write_nil(w: &mut Writer<'_>) {
        T::write_nil(w);
    }
    fn as_dynamic(&self) -> Option<&Value> {
        self.as_ref()?.as_dynamic()
    }
}

macro_rules! pointer {
    ($([$($generics:tt)*] $t:ty;)*) => {$(
        impl<$($generics)*> Encode for $t {
            fn desc() -> &'static Desc {
                T::desc()
            }
            #[inline]
            fn is_zero(&self) -> bool {
                (**self).is_zero()
            }
            #[inline]
            fn is_zero_behind_pointer(&self) -> bool {
                (**self).is_zero_behind_pointer()
            }
            #[inline]
            fn write(&self, w: &mut Writer<'_>) {
                (**self).write(w);
            }
            fn write_nil(w: &mut Writer<'_>) {
                T::write_nil(w);
            }
            fn as_dynamic(&self) -> Option<&Value> {
                (**self).as_dynamic()
            }
        }
    )*};
}

pointer! {
    [T: Encode + ?Sized] &T;
    [T: Encode + ?Sized] &mut T;
    [T: Encode + ?Sized] Box<T>;
    [T: Encode + ?Sized] Rc<T>;
    [T: Encode + ?Sized] Arc<T>;
    [T: Encode + ToOwned + ?Sized] Cow<'_, T>;
}

macro_rules! map {
    ($([$($generics:tt)*] $t:ty;)*) => {$(
        /// An empty map is a nil one, unless it is behind a pointer.
        impl<$($generics)*> Encode for $t {
            fn desc() -> &'static Desc {
                const { &Desc::Map(K::desc, V::desc) }
            }
            fn is_zero(&self) -> bool {
                self.is_empty()
            }
            fn is_zero_behind_pointer(&self) -> bool {
                false
            }
            fn write(&self, w: &mut Writer<'_>) {
                w.uint(self.len() as u64);
                if w.enter() {
                    for (key, value) in self {
                        key.write(w);
                        value.write(w);
                    }
                }
                w.leave();
            }
        }
    )*};
}

map! {
    [K: Encode, V: Encode, S] HashMap<K, V, S>;
    [K: Encode, V: Encode] BTreeMap<K, V>;
    [K: Encode, V: Encode] crate::map::MapEntries<K, V>;
}
