//! What can be received.

mod containers;
mod scalars;

use crate::desc::Desc;
use crate::error::DecodeError;
use crate::plan::Node;
use crate::reader::Reader;

/// A type that can be received as a gob. Derive it with `#[derive(Gob)]` or `#[derive(Decode)]`.
///
/// `'de` is the lifetime of the bytes that are decoded: a type may borrow from them.
///
/// Its methods are the derive's business: they are no part of the interface, and change in any version.
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

/// A type that can be received without borrowing from the bytes. Every [`Decode`] that borrows nothing is one.
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
