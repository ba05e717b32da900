//! Slices, arrays, maps, pointers.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash};

use crate::decode::{Decode, push, reserve};
use crate::desc::Desc;
use crate::error::DecodeError;
use crate::map::MapEntries;
use crate::plan::Node;
use crate::reader::Reader;

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
