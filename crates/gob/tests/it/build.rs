//! Streams made by hand, by the documentation of encoding/gob: what no encoder would write.

/// An unsigned integer.
pub(crate) fn uint(x: u64) -> Vec<u8> {
    if x < 128 {
        return vec![x as u8];
    }
    let digits: Vec<u8> = x
        .to_be_bytes()
        .into_iter()
        .skip_while(|&b| b == 0)
        .collect();
    let mut out = vec![(digits.len() as u8).wrapping_neg()];
    out.extend(digits);
    out
}

/// A signed integer.
pub(crate) fn int(i: i64) -> Vec<u8> {
    uint(if i < 0 {
        !(i as u64) << 1 | 1
    } else {
        (i as u64) << 1
    })
}

/// A string or byte slice.
pub(crate) fn text(s: &str) -> Vec<u8> {
    [uint(s.len() as u64), s.into()].concat()
}

/// A message: its length and its parts.
pub(crate) fn message(parts: &[Vec<u8>]) -> Vec<u8> {
    let body = parts.concat();
    [uint(body.len() as u64), body].concat()
}

/// The definition of the wireType's alternative `number`, whose fields behind the name are given.
pub(crate) fn definition(id: i64, number: u8, name: &str, fields: &[Vec<u8>]) -> Vec<u8> {
    let mut common = Vec::new();
    if !name.is_empty() {
        common.extend([vec![1], text(name)].concat());
    }
    common.extend([vec![if name.is_empty() { 2 } else { 1 }], int(id), vec![0]].concat());
    let mut parts = vec![int(-id), vec![number, 1], common];
    for field in fields {
        parts.push([vec![1], field.clone()].concat());
    }
    parts.push(vec![0, 0]);
    message(&parts)
}

pub(crate) fn define_array(id: i64, elem: i64, len: i64) -> Vec<u8> {
    definition(id, 1, "", &[int(elem), int(len)])
}

pub(crate) fn define_slice(id: i64, elem: i64) -> Vec<u8> {
    definition(id, 2, "", &[int(elem)])
}

pub(crate) fn define_map(id: i64, key: i64, elem: i64) -> Vec<u8> {
    definition(id, 4, "", &[int(key), int(elem)])
}

pub(crate) fn define_struct(id: i64, name: &str, fields: &[(&str, i64)]) -> Vec<u8> {
    let mut list = uint(fields.len() as u64);
    for (name, id) in fields {
        list.extend([vec![1], text(name), vec![1], int(*id), vec![0]].concat());
    }
    definition(
        id,
        3,
        name,
        if fields.is_empty() {
            &[]
        } else {
            std::slice::from_ref(&list)
        },
    )
}

/// A message with a value of this type.
pub(crate) fn value(id: i64, body: &[Vec<u8>]) -> Vec<u8> {
    message(&[int(id), body.concat()])
}

pub(crate) const INT: i64 = 2;
pub(crate) const UINT: i64 = 3;
pub(crate) const STRING: i64 = 6;
pub(crate) const INTERFACE: i64 = 8;
