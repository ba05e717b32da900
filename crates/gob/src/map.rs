//! A map as the list of its entries.

use std::ops::{Deref, DerefMut};

/// A Go map as a list of entries, in the order of the wire: cheaper than a map where it is gone through once,
/// as with `http.Header` into `MapEntries<&str, Vec<&str>>`.
///
/// Nothing keeps keys apart: a Go encoder sends each once, another peer may not.
///
/// ```
/// use gob::{ByteString, Gob, MapEntries};
///
/// /// Of Go's `http.Request`, what is wanted, with values that need not be UTF-8.
/// #[derive(Gob)]
/// struct Request<'a> {
///     method: &'a str,
///     header: MapEntries<&'a str, Vec<ByteString<'a>>>,
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MapEntries<K, V>(pub Vec<(K, V)>);

impl<K, V> Default for MapEntries<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K, V> Deref for MapEntries<K, V> {
    type Target = Vec<(K, V)>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<K, V> DerefMut for MapEntries<K, V> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl<K, V> From<Vec<(K, V)>> for MapEntries<K, V> {
    fn from(entries: Vec<(K, V)>) -> Self {
        Self(entries)
    }
}

impl<K, V> FromIterator<(K, V)> for MapEntries<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        Self(entries.into_iter().collect())
    }
}

impl<K, V> IntoIterator for MapEntries<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, K, V> IntoIterator for &'a MapEntries<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = std::iter::Map<std::slice::Iter<'a, (K, V)>, fn(&'a (K, V)) -> (&'a K, &'a V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().map(|(key, value)| (key, value))
    }
}
