//! Reading the peer's type definitions.

use crate::error::DecodeError;
use crate::limits::Limits;
use crate::types::{Marshaler, WireKind, WireType};
use crate::wire::{Uint, get_uint, unfold_int};

/// Reads what follows the id in a definition, off the front of `bytes`.
pub(crate) fn get_wire_type(bytes: &mut &[u8], limits: &Limits) -> Result<WireType, DecodeError> {
    let mut r = Definition { bytes };
    let mut found = None;
    let mut last = 0;
    while let Some(field) = r.field(&mut last)? {
        if found.is_some() {
            return Err(DecodeError::corrupt("a type definition defines two types"));
        }
        found = Some(match field {
            1 => r.array()?,
            2 => r.slice()?,
            3 => r.structure(limits)?,
            4 => r.map()?,
            5 => r.opaque(Marshaler::Gob)?,
            6 => r.opaque(Marshaler::Binary)?,
            7 => r.opaque(Marshaler::Text)?,
            _ => return Err(unknown_field()),
        });
    }
    *bytes = r.bytes;
    found.ok_or_else(|| DecodeError::corrupt("a type definition defines nothing"))
}

#[cold]
fn unknown_field() -> DecodeError {
    DecodeError::corrupt("a type definition has a field that no type has")
}

/// A reader for definitions alone: the structs in them are known and never change.
struct Definition<'a> {
    bytes: &'a [u8],
}

impl Definition<'_> {
    fn uint(&mut self) -> Result<u64, DecodeError> {
        match get_uint(self.bytes) {
            Uint::Value(x, n) => {
                self.bytes = &self.bytes[n..];
                Ok(x)
            }
            Uint::Short(_) => Err(DecodeError::corrupt("a type definition ends early")),
            Uint::Invalid => Err(DecodeError::corrupt(
                "a type definition holds an invalid integer",
            )),
        }
    }

    fn int(&mut self) -> Result<i64, DecodeError> {
        Ok(unfold_int(self.uint()?))
    }

    /// The number of the struct's next field, counted from one, or `None` at its end.
    fn field(&mut self, last: &mut u64) -> Result<Option<u64>, DecodeError> {
        let delta = self.uint()?;
        if delta == 0 {
            return Ok(None);
        }
        *last = last.checked_add(delta).ok_or_else(unknown_field)?;
        Ok(Some(*last))
    }

    fn text(&mut self) -> Result<Box<str>, DecodeError> {
        let len = self.uint()?;
        let text = usize::try_from(len)
            .ok()
            .and_then(|len| self.bytes.split_at_checked(len))
            .ok_or_else(|| DecodeError::corrupt("a name in a type definition is longer than it"))?;
        self.bytes = text.1;
        Ok(String::from_utf8_lossy(text.0).into())
    }

    /// A CommonType's name; its id repeats the message's and is not looked at, as in Go.
    fn common(&mut self) -> Result<Box<str>, DecodeError> {
        let mut name = Box::default();
        let mut last = 0;
        while let Some(field) = self.field(&mut last)? {
            match field {
                1 => name = self.text()?,
                2 => {
                    self.int()?;
                }
                _ => return Err(unknown_field()),
            }
        }
        Ok(name)
    }

    /// A struct of a CommonType and up to two integers.
    fn numbers(&mut self, count: usize) -> Result<(Box<str>, [i64; 2]), DecodeError> {
        let (mut name, mut numbers) = (Box::default(), [0; 2]);
        let mut last = 0;
        while let Some(field) = self.field(&mut last)? {
            match field {
                1 => name = self.common()?,
                2 if count > 0 => numbers[0] = self.int()?,
                3 if count > 1 => numbers[1] = self.int()?,
                _ => return Err(unknown_field()),
            }
        }
        Ok((name, numbers))
    }

    fn array(&mut self) -> Result<WireType, DecodeError> {
        let (name, [elem, len]) = self.numbers(2)?;
        let len = u64::try_from(len)
            .map_err(|_| DecodeError::corrupt("an array of negative length is defined"))?;
        Ok(WireType {
            name,
            kind: WireKind::Array { elem, len },
        })
    }

    fn slice(&mut self) -> Result<WireType, DecodeError> {
        let (name, [elem, _]) = self.numbers(1)?;
        Ok(WireType {
            name,
            kind: WireKind::Slice { elem },
        })
    }

    fn map(&mut self) -> Result<WireType, DecodeError> {
        let (name, [key, elem]) = self.numbers(2)?;
        Ok(WireType {
            name,
            kind: WireKind::Map { key, elem },
        })
    }

    fn opaque(&mut self, by: Marshaler) -> Result<WireType, DecodeError> {
        let (name, _) = self.numbers(0)?;
        Ok(WireType {
            name,
            kind: WireKind::Opaque(by),
        })
    }

    fn structure(&mut self, limits: &Limits) -> Result<WireType, DecodeError> {
        let (mut name, mut fields) = (Box::default(), Vec::new());
        let mut last = 0;
        while let Some(field) = self.field(&mut last)? {
            match field {
                1 => name = self.common()?,
                2 => fields = self.fields(limits)?,
                _ => return Err(unknown_field()),
            }
        }
        Ok(WireType {
            name,
            kind: WireKind::Struct {
                fields: fields.into(),
            },
        })
    }

    fn fields(&mut self, limits: &Limits) -> Result<Vec<(Box<str>, i64)>, DecodeError> {
        let count = self.uint()?;
        if count > limits.fields as u64 {
            return Err(DecodeError::limit(format!(
                "a struct of {count} fields; {} are allowed",
                limits.fields
            )));
        }
        // Each takes a byte at least: nothing is reserved for what cannot be there.
        if count > self.bytes.len() as u64 {
            return Err(DecodeError::corrupt(
                "a struct's fields are more than its definition's bytes",
            ));
        }
        let mut fields = Vec::with_capacity(count as usize);
        for _ in 0..count {
            let (mut name, mut id) = (Box::<str>::default(), 0);
            let mut last = 0;
            while let Some(field) = self.field(&mut last)? {
                match field {
                    1 => name = self.text()?,
                    2 => id = self.int()?,
                    _ => return Err(unknown_field()),
                }
            }
            if name.is_empty() {
                return Err(DecodeError::corrupt("a struct's field has no name"));
            }
            fields.push((name, id));
        }
        Ok(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::put_definition;

    fn read_back(id: i64, name: &str, kind: &WireKind) -> WireType {
        let mut out = Vec::new();
        let none: &[(Box<str>, i64)] = &[];
        let fields = match kind {
            WireKind::Struct { fields } => fields,
            _ => none,
        };
        put_definition(
            &mut out,
            id,
            name,
            kind,
            fields.iter().map(|(name, id)| (&**name, *id)),
        );
        let mut rest = &out[1..];
        let Uint::Value(x, n) = get_uint(rest) else {
            panic!("no id")
        };
        assert_eq!(unfold_int(x), -id);
        rest = &rest[n..];
        let read = get_wire_type(&mut rest, &Limits::default()).expect("a definition");
        assert!(rest.is_empty());
        read
    }

    #[test]
    fn definitions_read_back() {
        let kinds = [
            WireKind::Array { elem: 2, len: 3 },
            WireKind::Array { elem: 66, len: 0 },
            WireKind::Slice { elem: 100 },
            WireKind::Map { key: 6, elem: 8 },
            WireKind::Struct {
                fields: [("A".into(), 2), ("B".into(), 70)].into(),
            },
            WireKind::Struct { fields: [].into() },
            WireKind::Opaque(Marshaler::Gob),
            WireKind::Opaque(Marshaler::Binary),
            WireKind::Opaque(Marshaler::Text),
        ];
        for kind in kinds {
            for name in ["", "Name"] {
                assert_eq!(
                    read_back(65, name, &kind),
                    WireType {
                        name: name.into(),
                        kind: kind.clone()
                    }
                );
            }
        }
    }

    #[test]
    fn the_example_of_gos_documentation() {
        // doc.go: type Point struct { X, Y int }, id 65.
        let kind = WireKind::Struct {
            fields: [("X".into(), 2), ("Y".into(), 2)].into(),
        };
        let mut out = Vec::new();
        put_definition(
            &mut out,
            65,
            "Point",
            &kind,
            [("X", 2), ("Y", 2)].into_iter(),
        );
        assert_eq!(
            out,
            [
                0x1f, 0xff, 0x81, 0x03, 0x01, 0x01, 0x05, 0x50, 0x6f, 0x69, 0x6e, 0x74, 0x01, 0xff,
                0x82, 0x00, 0x01, 0x02, 0x01, 0x01, 0x58, 0x01, 0x04, 0x00, 0x01, 0x01, 0x59, 0x01,
                0x04, 0x00, 0x00, 0x00
            ]
        );
    }
}
