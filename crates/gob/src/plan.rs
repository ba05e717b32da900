//! Plans: what the peer defined, matched with a type of ours.
//!
//! A plan is a flat list of nodes that refer to each other by index, so that recursive types need no
//! special care, and it is built without recursion, so that definitions may be chained as deep as they like.
//! Each pair of a peer's type and one of ours is compiled once: a plan grows with the definitions,
//! never with what they expand to.

use std::collections::HashMap;
use std::sync::Arc;

use crate::desc::{ANY, Desc, StructDesc};
use crate::error::DecodeError;
use crate::types::{Types, WireKind, WireType, id};

/// A place in a [`Plan`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[doc(hidden)]
pub struct Node(u32);

/// What stands at a place.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Op {
    /// Bool, int, uint or float: one integer on the wire.
    Bool,
    Int,
    Uint,
    Float,
    Complex,
    Bytes,
    String,
    Interface,
    /// `def` is an index of [`Plan::types`].
    Opaque {
        def: u32,
    },
    Array {
        elem: Node,
        len: u64,
    },
    Slice {
        elem: Node,
    },
    Map {
        key: Node,
        elem: Node,
    },
    /// `count` steps from `first`, one for each of the peer's fields.
    Struct {
        first: u32,
        count: u32,
        def: u32,
    },
}

/// What to do with one of the peer's fields.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    /// Our field's index, or [`SKIP`].
    pub(crate) field: u32,
    pub(crate) node: Node,
}

/// The field of a [`Step`] that no field of ours takes.
pub(crate) const SKIP: u32 = u32::MAX;

/// How to read values of one of the peer's types into one of ours.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) root: Node,
    /// Whether the type is a struct: any other has a zero byte in front where it stands alone.
    pub(crate) root_is_struct: bool,
    /// Whether an interface may stand anywhere in it.
    pub(crate) has_interfaces: bool,
    ops: Box<[Op]>,
    pub(crate) steps: Box<[Step]>,
    /// The definitions that nodes refer to for names.
    pub(crate) types: Box<[Arc<WireType>]>,
}

impl Plan {
    #[inline]
    pub(crate) fn op(&self, node: Node) -> Op {
        self.ops[node.0 as usize]
    }

    /// How much was compiled, in nodes and steps.
    pub(crate) fn cost(&self) -> usize {
        self.ops.len() + self.steps.len()
    }
}

/// Where definitions are looked up: those shared by streams, and this stream's own.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) shared: Option<&'a Types>,
    pub(crate) local: Option<&'a Types>,
}

impl<'a> Scope<'a> {
    pub(crate) fn get(&self, id: i64) -> Option<&'a Arc<WireType>> {
        let local = self.local.and_then(|local| local.get(&id));
        local.or_else(|| self.shared?.get(&id))
    }
}

/// Compiles a plan, in at most `budget` nodes and steps; takes what it used off that, on an error as well.
pub(crate) fn compile(
    scope: Scope<'_>,
    wire: i64,
    ours: &'static Desc,
    budget: &mut usize,
) -> Result<Plan, DecodeError> {
    let mut c = Compiler {
        scope,
        budget,
        ops: Vec::new(),
        steps: Vec::new(),
        types: Vec::new(),
        nodes: HashMap::new(),
        todo: Vec::new(),
    };
    // Charged even when nothing comes of it, so that failing is not free.
    c.charge(16)?;
    let root = c.node(wire, ours)?;
    while let Some((node, def, ours)) = c.todo.pop() {
        c.fill(node, &def, ours)?;
    }
    let root_is_struct = matches!(c.ops[root.0 as usize], Op::Struct { .. });
    let plan = Plan {
        root,
        root_is_struct,
        has_interfaces: c.ops.iter().any(|op| matches!(op, Op::Interface)),
        ops: c.ops.into(),
        steps: c.steps.into(),
        types: c.types.into(),
    };
    plan.check_fields_in_common(ours)?;
    Ok(plan)
}

impl Plan {
    /// As in Go: two structs that have fields but none in common are a mistake, at the top.
    fn check_fields_in_common(&self, ours: &Desc) -> Result<(), DecodeError> {
        let (Desc::Struct(ours), Op::Struct { first, count, .. }) = (ours, self.op(self.root))
        else {
            return Ok(());
        };
        let steps = &self.steps[first as usize..(first + count) as usize];
        if ours.fields.is_empty() || steps.is_empty() || steps.iter().any(|step| step.field != SKIP)
        {
            return Ok(());
        }
        Err(DecodeError::mismatch(format!(
            "none of the peer's fields is one of {}'s",
            ours.name
        )))
    }
}

struct Compiler<'a> {
    scope: Scope<'a>,
    budget: &'a mut usize,
    ops: Vec<Op>,
    steps: Vec<Step>,
    types: Vec<Arc<WireType>>,
    /// The node of each pair of types.
    nodes: HashMap<(i64, usize), Node>,
    /// Nodes that stand but are not filled in.
    todo: Vec<(Node, Arc<WireType>, &'static Desc)>,
}

impl Compiler<'_> {
    fn charge(&mut self, cost: usize) -> Result<(), DecodeError> {
        *self.budget = self.budget.checked_sub(cost).ok_or_else(|| {
            DecodeError::limit("the peer's types take too many steps to match with ours")
        })?;
        Ok(())
    }

    fn node(&mut self, wire: i64, ours: &'static Desc) -> Result<Node, DecodeError> {
        let key = (wire, ours.key());
        if let Some(&node) = self.nodes.get(&key) {
            return Ok(node);
        }
        self.charge(1)?;
        let node = Node(self.ops.len() as u32);
        let builtin = match wire {
            id::BOOL => Some((Op::Bool, matches!(ours, Desc::Bool))),
            id::INT => Some((Op::Int, matches!(ours, Desc::Int))),
            id::UINT => Some((Op::Uint, matches!(ours, Desc::Uint))),
            id::FLOAT => Some((Op::Float, matches!(ours, Desc::Float))),
            id::BYTES => Some((Op::Bytes, matches!(ours, Desc::Bytes))),
            id::STRING => Some((Op::String, matches!(ours, Desc::String))),
            id::COMPLEX => Some((Op::Complex, matches!(ours, Desc::Complex))),
            id::INTERFACE => Some((Op::Interface, matches!(ours, Desc::Interface))),
            _ => None,
        };
        if let Some((op, fits)) = builtin {
            if !fits && !matches!(ours, Desc::Any) {
                return Err(mismatch(&format!("{op:?}").to_lowercase(), ours));
            }
            self.ops.push(op);
        } else {
            let def = self
                .scope
                .get(wire)
                .ok_or_else(|| DecodeError::corrupt(format!("type id {wire} is not defined")))?;
            // A placeholder until the node's turn comes.
            self.ops.push(Op::Interface);
            self.todo.push((node, Arc::clone(def), ours));
        }
        self.nodes.insert(key, node);
        Ok(node)
    }

    fn fill(
        &mut self,
        node: Node,
        def: &Arc<WireType>,
        ours: &'static Desc,
    ) -> Result<(), DecodeError> {
        let op = match (&def.kind, ours) {
            (WireKind::Opaque(_), Desc::Opaque(..) | Desc::Any) => {
                Op::Opaque { def: self.def(def) }
            }
            (&WireKind::Array { elem, len }, Desc::Any) => Op::Array {
                elem: self.node(elem, ours)?,
                len,
            },
            (&WireKind::Slice { elem }, Desc::Any) => Op::Slice {
                elem: self.node(elem, ours)?,
            },
            (&WireKind::Map { key, elem }, Desc::Any) => Op::Map {
                key: self.node(key, ours)?,
                elem: self.node(elem, ours)?,
            },
            (&WireKind::Array { elem, len }, &Desc::Array(our_elem, our_len)) => {
                if len != our_len as u64 {
                    let message = format!("the peer's array has {len} elements, ours {our_len}");
                    return Err(DecodeError::mismatch(message));
                }
                Op::Array {
                    elem: self.node(elem, our_elem())?,
                    len,
                }
            }
            (&WireKind::Slice { elem }, &Desc::Slice(our_elem)) => Op::Slice {
                elem: self.node(elem, our_elem())?,
            },
            (&WireKind::Map { key, elem }, &Desc::Map(our_key, our_elem)) => Op::Map {
                key: self.node(key, our_key())?,
                elem: self.node(elem, our_elem())?,
            },
            (WireKind::Struct { fields }, Desc::Any) => self.structure(def, fields, None, ours)?,
            (WireKind::Struct { fields }, Desc::Struct(our)) => {
                self.structure(def, fields, Some(our), ours)?
            }
            (kind, _) => {
                let theirs = match kind {
                    WireKind::Array { .. } => "array",
                    WireKind::Slice { .. } => "slice",
                    WireKind::Map { .. } => "map",
                    WireKind::Struct { .. } => "struct",
                    WireKind::Opaque(_) => "self-marshalled",
                };
                return Err(mismatch(&format!("{theirs} {}", def.name), ours));
            }
        };
        self.ops[node.0 as usize] = op;
        Ok(())
    }

    fn def(&mut self, def: &Arc<WireType>) -> u32 {
        self.types.push(Arc::clone(def));
        (self.types.len() - 1) as u32
    }

    fn structure(
        &mut self,
        def: &Arc<WireType>,
        fields: &[(Box<str>, i64)],
        ours: Option<&'static StructDesc>,
        any: &'static Desc,
    ) -> Result<Op, DecodeError> {
        self.charge(fields.len())?;
        let mut steps = Vec::with_capacity(fields.len());
        for (at, (name, id)) in fields.iter().enumerate() {
            let our = ours.and_then(|ours| find(ours, name, at));
            let (field, desc) = match our {
                Some((index, desc)) => (index, desc),
                // Dynamic values keep every field; structs of ours skip those they do not have.
                None if ours.is_none() => (at as u32, any),
                None => (SKIP, &ANY),
            };
            let node = self
                .node(*id, desc)
                .map_err(|e| e.in_field(name).in_field(&def.name))?;
            steps.push(Step { field, node });
        }
        let first = self.steps.len() as u32;
        self.steps.extend(steps);
        Ok(Op::Struct {
            first,
            count: fields.len() as u32,
            def: self.def(def),
        })
    }
}

/// Our field of this name; most often where the peer has it.
fn find(ours: &'static StructDesc, name: &str, at: usize) -> Option<(u32, &'static Desc)> {
    let fields = ours.fields;
    let index = match fields.get(at) {
        Some(field) if field.name == name => at,
        _ => fields.iter().position(|field| field.name == name)?,
    };
    Some((index as u32, (fields[index].desc)()))
}

fn mismatch(theirs: &str, ours: &Desc) -> DecodeError {
    DecodeError::mismatch(format!("the peer sends {theirs}, ours is {}", ours.label()))
}
