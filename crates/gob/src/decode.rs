//! What can be received.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash};

use crate::desc::{Desc, StructDesc};
use crate::error::DecodeError;
use crate::map::MapEntries;
use crate::plan::Node;
use crate::reader::Reader;

/// A type that can be received as a gob. Derive it with `#[derive(Gob)]` or `#[derive(Decode)]`.
///
/// `'de` is the lifetime of the bytes that are decoded: a type may borrow from them.
pub trait Decode<'de>: Sized {
    /// The type's description.
    #[doc(hidden)]
    fn desc() -> &'static Desc;

    /// What Go would call the zero value: what a field is that was not sent.
    #[doc(hidden)]
    fn zero() -> Self;

    /// Reads a value in place of this one.
    #[doc(hidden)]
    fn read(&mut self, r: &mut Reader<'_, 'de>, node: Node) -> Result<(), DecodeError>;

    /// Reads a value through a pointer.
    #[doc(hidden)]
    fn read_option(
        slot: &mut Option<Self>,
        r: &mut Reader<'_, 'de>,
        node: Node,
    ) -> Result<(), DecodeError> {
        slot.insert(Self::zero()).read(r, node)
    }

    /// The description of a slice of this type.
    #[doc(hidden)]
    fn slice_desc() -> &'static Desc {
        const { &Desc::Slice(Self::desc) }
    }

    /// Reads a slice of this type.
    #[doc(hidden)]
    fn read_slice(
        items: &mut Vec<Self>,
        r: &mut Reader<'_, 'de>,
        node: Node,
    ) -> Result<(), DecodeError> {
        let (count, elem) = r.begin_slice(node)?;
        reserve(items, count, r)?;
        for i in 0..count {
            let mut item = Self::zero();
            item.read(r, elem).map_err(|e| e.in_element(i as usize))?;
            push(items, item, r)?;
        }
        r.leave();
        Ok(())
    }
}

/// A type that can be received without borrowing from the bytes.
pub trait DecodeOwned: for<'de> Decode<'de> {}

impl<T: for<'de> Decode<'de>> DecodeOwned for T {}

/// Empties a list and makes room for elements of which each takes a byte or more of what is left.
pub(crate) fn reserve<T>(
    items: &mut Vec<T>,
    count: u64,
    r: &mut Reader<'_, '_>,
) -> Result<(), DecodeError> {
    let room = usize::try_from(count)
        .unwrap_or(usize::MAX)
        .min(r.remaining());
    r.claim(room.saturating_mul(size_of::<T>()))?;
    *items = Vec::with_capacity(room);
    Ok(())
}

/// Adds an element; claims memory when the room made for them is used up.
#[inline]
pub(crate) fn push<T>(
    items: &mut Vec<T>,
    item: T,
    r: &mut Reader<'_, '_>,
) -> Result<(), DecodeError> {
    if size_of::<T>() > 0 && items.len() == items.capacity() {
        r.claim(items.len().max(4).saturating_mul(size_of::<T>()))?;
    }
    items.push(item);
    Ok(())
}

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

impl<'de, T: Decode<'de>> Decode<'de> for Vec<T> {
    fn desc() -> &'static Desc {
        T::slice_desc()
    }
    #[inline]
    fn zero() -> Self {
        Self::new()
    }
    #[inline]
    fn read(&mut self, r: &mut Reader<'_, 'de>, node: Node) -> Result<(), DecodeError> {
        T::read_slice(self, r, node)
    }
}

impl<'de, T: Decode<'de>, const N: usize> Decode<'de> for [T; N] {
    fn desc() -> &'static Desc {
        const { &Desc::Array(T::desc, N) }
    }
    fn zero() -> Self {
        std::array::from_fn(|_| T::zero())
    }
    fn read(&mut self, r: &mut Reader<'_, 'de>, node: Node) -> Result<(), DecodeError> {
        let (_, elem) = r.begin_array(node)?;
        for (i, item) in self.iter_mut().enumerate() {
            item.read(r, elem).map_err(|e| e.in_element(i))?;
        }
        r.leave();
        Ok(())
    }
}

/// A Go pointer: `None` when nothing was sent for it.
impl<'de, T: Decode<'de>> Decode<'de> for Option<T> {
    fn desc() -> &'static Desc {
        T::desc()
    }
    #[inline]
    fn zero() -> Self {
        None
    }
    #[inline]
    fn read(&mut self, r: &mut Reader<'_, 'de>, node: Node) -> Result<(), DecodeError> {
        T::read_option(self, r, node)
    }
}

impl<'de, T: Decode<'de>> Decode<'de> for Box<T> {
    fn desc() -> &'static Desc {
        T::desc()
    }
    fn zero() -> Self {
        Self::new(T::zero())
    }
    fn read(&mut self, r: &mut Reader<'_, 'de>, node: Node) -> Result<(), DecodeError> {
        r.claim(size_of::<T>())?;
        (**self).read(r, node)
    }
}

/// Reads the entries of a map one after the other.
fn read_entries<'de, K: Decode<'de>, V: Decode<'de>>(
    count: u64,
    (key_node, value_node): (Node, Node),
    r: &mut Reader<'_, 'de>,
    mut each: impl FnMut(&mut Reader<'_, 'de>, K, V) -> Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    for i in 0..count {
        let (mut key, mut value) = (K::zero(), V::zero());
        key.read(r, key_node)
            .map_err(|e| e.in_element(i as usize))?;
        value
            .read(r, value_node)
            .map_err(|e| e.in_element(i as usize))?;
        each(r, key, value)?;
    }
    r.leave();
    Ok(())
}

impl<'de, K: Decode<'de>, V: Decode<'de>> Decode<'de> for MapEntries<K, V> {
    fn desc() -> &'static Desc {
        const { &Desc::Map(K::desc, V::desc) }
    }
    fn zero() -> Self {
        Self::default()
    }
    fn read(&mut self, r: &mut Reader<'_, 'de>, node: Node) -> Result<(), DecodeError> {
        let (count, key, value) = r.begin_map(node)?;
        reserve(&mut self.0, count, r)?;
        read_entries(count, (key, value), r, |r, key, value| {
            push(&mut self.0, (key, value), r)
        })
    }
}

/// What an entry of a map takes beyond its key and value, about.
const ENTRY_BYTES: usize = 16;

impl<'de, K, V, S> Decode<'de> for HashMap<K, V, S>
where
    K: Decode<'de> + Eq + Hash,
    V: Decode<'de>,
    S: BuildHasher + Default,
{
    fn desc() -> &'static Desc {
        const { &Desc::Map(K::desc, V::desc) }
    }
    fn zero() -> Self {
        Self::default()
    }
    fn read(&mut self, r: &mut Reader<'_, 'de>, node: Node) -> Result<(), DecodeError> {
        let (count, key, value) = r.begin_map(node)?;
        self.clear();
        read_entries(count, (key, value), r, |r, key, value| {
            // Not reserved at once: most of what a hash map allocates is empty.
            let share = if self.is_empty() { 4 } else { 2 };
            r.claim(share * (size_of::<(K, V)>() + ENTRY_BYTES))?;
            self.insert(key, value);
            Ok(())
        })
    }
}

impl<'de, K: Decode<'de> + Ord, V: Decode<'de>> Decode<'de> for BTreeMap<K, V> {
    fn desc() -> &'static Desc {
        const { &Desc::Map(K::desc, V::desc) }
    }
    fn zero() -> Self {
        Self::new()
    }
    fn read(&mut self, r: &mut Reader<'_, 'de>, node: Node) -> Result<(), DecodeError> {
        let (count, key, value) = r.begin_map(node)?;
        self.clear();
        read_entries(count, (key, value), r, |r, key, value| {
            // A node has room for eleven.
            let share = if self.is_empty() { 11 } else { 2 };
            r.claim(share * (size_of::<(K, V)>() + ENTRY_BYTES))?;
            self.insert(key, value);
            Ok(())
        })
    }
}
