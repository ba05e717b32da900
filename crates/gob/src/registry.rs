//! The types this process sends: numbered once, their definitions encoded once.

use std::collections::HashMap;
use std::sync::{LazyLock, PoisonError, RwLock};

use crate::desc::{Desc, StructDesc};
use crate::error::EncodeError;
use crate::types::{Marshaler, WireKind, id, put_definition};
use crate::wire::put_int;

/// Ids from here on are numbered by each stream for types made at run time; the process's own end before.
pub(crate) const FIRST_DYNAMIC_ID: i64 = 1 << 14;

/// A set of the process's type ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct IdSet {
    // Most programs have few types: the first 256 need no allocation.
    first: [u64; 4],
    more: Vec<u64>,
}

impl IdSet {
    fn insert(&mut self, index: u32) -> bool {
        let (word, bit) = ((index / 64) as usize, 1 << (index % 64));
        let word = if let Some(word) = self.first.get_mut(word) {
            word
        } else {
            let word = word - self.first.len();
            if self.more.len() <= word {
                self.more.resize(word + 1, 0);
            }
            &mut self.more[word]
        };
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    fn is_disjoint(&self, other: &Self) -> bool {
        self.first
            .iter()
            .zip(&other.first)
            .chain(self.more.iter().zip(&other.more))
            .all(|(a, b)| a & b == 0)
    }

    fn contains_all(&self, other: &Self) -> bool {
        let tail = other.more.get(self.more.len()..).unwrap_or_default();
        self.first
            .iter()
            .zip(&other.first)
            .chain(self.more.iter().zip(&other.more))
            .all(|(a, b)| b & !a == 0)
            && tail.iter().all(|&b| b == 0)
    }

    fn extend(&mut self, other: &Self) {
        for (a, b) in self.first.iter_mut().zip(&other.first) {
            *a |= b;
        }
        if self.more.len() < other.more.len() {
            self.more.resize(other.more.len(), 0);
        }
        for (a, b) in self.more.iter_mut().zip(&other.more) {
            *a |= b;
        }
    }
}

/// A type that can be sent, with all that it refers to.
#[derive(Debug)]
pub(crate) struct Root {
    pub(crate) id: i64,
    /// The id as it stands in front of a value, and the zero byte in front of one that is no struct.
    pub(crate) head: Box<[u8]>,
    ids: IdSet,
    /// Index of each type and where its definition ends in `definitions`.
    parts: Box<[(u32, usize)]>,
    definitions: Box<[u8]>,
}

impl Root {
    /// Appends those of this type's definitions that are not in `sent` yet, and notes them there.
    pub(crate) fn define(&self, sent: &mut IdSet, out: &mut Vec<u8>) {
        if sent.is_disjoint(&self.ids) {
            out.extend_from_slice(&self.definitions);
            sent.extend(&self.ids);
        } else if !sent.contains_all(&self.ids) {
            let mut start = 0;
            for &(index, end) in &self.parts {
                if sent.insert(index) {
                    out.extend_from_slice(&self.definitions[start..end]);
                }
                start = end;
            }
        }
    }
}

/// What makes two types without a name of their own the same.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Composite {
    Slice(i64),
    Array(i64, usize),
    Map(i64, i64),
    Opaque(Marshaler, &'static str),
}

/// A struct's name and fields; a field of its own type counts as 0.
type Signature = (&'static str, Vec<(&'static str, i64)>);

#[derive(Debug)]
struct Defined {
    name: String,
    definition: Vec<u8>,
    children: Vec<i64>,
}

#[derive(Debug, Default)]
struct Registry {
    roots: HashMap<usize, &'static Root>,
    structs: HashMap<usize, i64>,
    composites: HashMap<Composite, i64>,
    /// Structs by all that is sent of them. A compiler may make several copies of one description; that they are one
    /// type matters to Go, which takes one type of its own for one of ours.
    signatures: HashMap<Signature, i64>,
    types: Vec<Defined>,
    /// Set when the numbers ran out, which may leave a struct half described: nothing new is taken from then on.
    full: bool,
}

static REGISTRY: LazyLock<RwLock<Registry>> = LazyLock::new(RwLock::default);

/// What to send for a type. The first call for a type numbers it; what it makes lives as long as the process,
/// and there are no more of them than the program has types.
pub(crate) fn root(desc: &'static Desc) -> Result<&'static Root, EncodeError> {
    let known = REGISTRY
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .roots
        .get(&desc.key())
        .copied();
    if let Some(root) = known {
        return Ok(root);
    }
    let mut registry = REGISTRY.write().unwrap_or_else(PoisonError::into_inner);
    let id = registry.number(desc)?;
    let root = Box::leak(Box::new(
        registry.build(id, matches!(desc, Desc::Struct(_))),
    ));
    registry.roots.insert(desc.key(), root);
    Ok(root)
}

impl Registry {
    fn number(&mut self, desc: &'static Desc) -> Result<i64, EncodeError> {
        Ok(match *desc {
            Desc::Bool => id::BOOL,
            Desc::Int => id::INT,
            Desc::Uint => id::UINT,
            Desc::Float => id::FLOAT,
            Desc::Complex => id::COMPLEX,
            Desc::Bytes => id::BYTES,
            Desc::String => id::STRING,
            Desc::Interface | Desc::Any => id::INTERFACE,
            Desc::Opaque(by, name) => self.composite(
                Composite::Opaque(by, name),
                name.into(),
                &WireKind::Opaque(by),
                Vec::new(),
            )?,
            Desc::Slice(elem) => {
                let elem = self.number(elem())?;
                let name = format!("[]{}", self.name(elem));
                self.composite(
                    Composite::Slice(elem),
                    name,
                    &WireKind::Slice { elem },
                    vec![elem],
                )?
            }
            Desc::Array(elem, len) => {
                let elem = self.number(elem())?;
                let name = format!("[{len}]{}", self.name(elem));
                let kind = WireKind::Array {
                    elem,
                    len: len as u64,
                };
                self.composite(Composite::Array(elem, len), name, &kind, vec![elem])?
            }
            Desc::Map(key, elem) => {
                let (key, elem) = (self.number(key())?, self.number(elem())?);
                let name = format!("map[{}]{}", self.name(key), self.name(elem));
                self.composite(
                    Composite::Map(key, elem),
                    name,
                    &WireKind::Map { key, elem },
                    vec![key, elem],
                )?
            }
            Desc::Struct(ref desc) => self.structure(desc)?,
        })
    }

    fn structure(&mut self, desc: &'static StructDesc) -> Result<i64, EncodeError> {
        let key = std::ptr::from_ref(desc).addr();
        if let Some(&id) = self.structs.get(&key)
            && !self.full
        {
            return Ok(id);
        }
        // Numbered before its fields, for one of them may lead back here.
        let id = self.add(desc.name.into())?;
        self.structs.insert(key, id);
        let mut children = Vec::with_capacity(desc.fields.len());
        for field in desc.fields {
            children.push(self.number((field.desc)())?);
        }
        let fields = desc
            .fields
            .iter()
            .zip(&children)
            .map(|(field, &child)| (field.name, if child == id { 0 } else { child }));
        if let Some(&known) = self.signatures.get(&(desc.name, fields.clone().collect())) {
            self.structs.insert(key, known);
            return Ok(known);
        }
        self.signatures.insert((desc.name, fields.collect()), id);
        let mut definition = Vec::new();
        let fields = desc
            .fields
            .iter()
            .map(|field| field.name)
            .zip(children.iter().copied());
        put_definition(
            &mut definition,
            id,
            desc.name,
            &WireKind::Struct { fields: [].into() },
            fields,
        );
        let place = &mut self.types[(id - id::FIRST_USER) as usize];
        place.definition = definition;
        place.children = children;
        Ok(id)
    }

    fn composite(
        &mut self,
        key: Composite,
        name: String,
        kind: &WireKind,
        children: Vec<i64>,
    ) -> Result<i64, EncodeError> {
        if let Some(&id) = self.composites.get(&key) {
            return Ok(id);
        }
        let id = self.add(name)?;
        let place = &mut self.types[(id - id::FIRST_USER) as usize];
        put_definition(
            &mut place.definition,
            id,
            &place.name,
            kind,
            std::iter::empty(),
        );
        place.children = children;
        self.composites.insert(key, id);
        Ok(id)
    }

    fn add(&mut self, name: String) -> Result<i64, EncodeError> {
        let id = id::FIRST_USER + self.types.len() as i64;
        if self.full || id >= FIRST_DYNAMIC_ID {
            self.full = true;
            return Err(EncodeError::TooManyTypes);
        }
        self.types.push(Defined {
            name,
            definition: Vec::new(),
            children: Vec::new(),
        });
        Ok(id)
    }

    fn name(&self, id: i64) -> &str {
        match id {
            id::BOOL => "bool",
            id::INT => "int",
            id::UINT => "uint",
            id::FLOAT => "float64",
            id::BYTES => "[]uint8",
            id::STRING => "string",
            id::COMPLEX => "complex128",
            id::INTERFACE => "interface {}",
            _ => &self.types[(id - id::FIRST_USER) as usize].name,
        }
    }

    fn build(&self, id: i64, is_struct: bool) -> Root {
        let mut ids = IdSet::default();
        let (mut parts, mut definitions) = (Vec::new(), Vec::new());
        let mut todo = vec![id];
        while let Some(id) = todo.pop() {
            if id < id::FIRST_USER {
                continue;
            }
            let index = (id - id::FIRST_USER) as u32;
            if ids.insert(index) {
                let defined = &self.types[index as usize];
                definitions.extend_from_slice(&defined.definition);
                parts.push((index, definitions.len()));
                todo.extend(defined.children.iter().rev());
            }
        }
        let mut head = Vec::new();
        put_int(&mut head, id);
        if !is_struct {
            head.push(0);
        }
        Root {
            id,
            head: head.into(),
            ids,
            parts: parts.into(),
            definitions: definitions.into(),
        }
    }
}
