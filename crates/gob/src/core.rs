//! What a decoder knows of its stream: the peer's definitions and the plans made from them.

use std::sync::Arc;

use crate::cache::{self, Planned, Set};
use crate::definition::get_wire_type;
use crate::desc::Desc;
use crate::error::DecodeError;
use crate::limits::{Limits, MAX_PLAN_STEPS, MAX_SHARED_BATCHES};
use crate::plan::{Plan, Scope, compile};
use crate::types::{Types, WireType, id};
use crate::wire::{Uint, get_uint, unfold_int};

/// What few streams have stands apart: a process may hold thousands of decoders that wait.
#[derive(Debug)]
pub(crate) struct Core {
    /// Where they are not the usual ones.
    limits: Option<Box<Limits>>,
    /// Definitions that other streams begin with as well.
    shared: Option<Arc<Set>>,
    /// Definitions of this stream alone, in addition.
    local: Option<Box<Local>>,
    definition_bytes: usize,
    /// Plans in use on this stream by their keys, in ascending order, and the length of `order` when they were made.
    plans: Vec<(Planned, usize)>,
    /// The plan asked for last: most streams read few types, many times.
    last: usize,
    steps_left: usize,
}

/// Definitions that stand inside a stream's values, or are too many to be shared.
#[derive(Debug, Default)]
struct Local {
    types: Types,
    /// The ids in `types` in the order of their definition, each with its length, to take them back.
    order: Vec<(i64, usize)>,
}

/// A point to go back to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark(usize);

impl Core {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits: (limits != Limits::USUAL).then(|| Box::new(limits)),
            shared: None,
            local: None,
            definition_bytes: 0,
            plans: Vec::new(),
            last: 0,
            steps_left: MAX_PLAN_STEPS,
        }
    }

    #[inline]
    pub(crate) fn limits(&self) -> &Limits {
        self.limits.as_deref().unwrap_or(&Limits::USUAL)
    }

    fn local(&self) -> Option<&Types> {
        self.local.as_ref().map(|local| &local.types)
    }

    /// How many definitions are this stream's own.
    fn local_len(&self) -> usize {
        self.local.as_ref().map_or(0, |local| local.order.len())
    }

    pub(crate) fn definition_bytes(&self) -> usize {
        self.definition_bytes
    }

    /// Takes in whole definition messages, which stand between values.
    pub(crate) fn define_messages(&mut self, bytes: &[u8]) -> Result<(), DecodeError> {
        let total = self.definition_bytes + bytes.len();
        if total > self.limits().definition_bytes {
            return Err(too_many_bytes(self.limits()));
        }
        let share = self.local.is_none()
            && self.limits().shares_definitions()
            && self
                .shared
                .as_ref()
                .is_none_or(|set| set.batches < MAX_SHARED_BATCHES);
        if !share {
            return self.messages(bytes, |core, id, wire_type, len| {
                core.define(id, wire_type, len)
            });
        }
        if let Some(set) = cache::lookup(self.shared.as_deref(), bytes) {
            self.shared = Some(set);
        } else {
            let mut types = self
                .shared
                .as_ref()
                .map(|set| set.types.clone())
                .unwrap_or_default();
            self.messages(bytes, |core, id, wire_type, _| {
                core.check_new(id, &types)?;
                types.insert(id, Arc::new(wire_type));
                Ok(())
            })?;
            self.shared = Some(cache::insert(self.shared.as_deref(), bytes, types));
        }
        self.definition_bytes = total;
        Ok(())
    }

    fn messages(
        &mut self,
        mut bytes: &[u8],
        mut each: impl FnMut(&mut Self, i64, WireType, usize) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        while !bytes.is_empty() {
            let (message, rest) = split_message(bytes)?;
            let Uint::Value(folded, n) = get_uint(message) else {
                return Err(DecodeError::corrupt("a type definition has no id"));
            };
            let mut body = &message[n..];
            let wire_type = get_wire_type(&mut body, self.limits())?;
            if !body.is_empty() {
                return Err(DecodeError::corrupt(
                    "bytes are left over behind a type definition",
                ));
            }
            each(
                self,
                defined_id(unfold_int(folded))?,
                wire_type,
                bytes.len() - rest.len(),
            )?;
            bytes = rest;
        }
        Ok(())
    }

    /// Takes in one definition of this stream alone.
    pub(crate) fn define(
        &mut self,
        id: i64,
        wire_type: WireType,
        len: usize,
    ) -> Result<(), DecodeError> {
        if self.definition_bytes + len > self.limits().definition_bytes {
            return Err(too_many_bytes(self.limits()));
        }
        self.check_new(
            id,
            self.shared.as_ref().map_or(&Types::new(), |set| &set.types),
        )?;
        self.definition_bytes += len;
        let local = self.local.get_or_insert_default();
        local.order.push((id, len));
        local.types.insert(id, Arc::new(wire_type));
        Ok(())
    }

    fn check_new(&self, id: i64, shared: &Types) -> Result<(), DecodeError> {
        let local = self.local();
        if local.is_some_and(|local| local.contains_key(&id)) || shared.contains_key(&id) {
            return Err(DecodeError::corrupt(format!(
                "type id {id} is defined twice"
            )));
        }
        if self.local_len() + shared.len() >= self.limits().types {
            return Err(DecodeError::limit(format!(
                "more than {} types are defined",
                self.limits().types
            )));
        }
        Ok(())
    }

    /// The plan to read that type of the peer's into ours.
    #[inline]
    pub(crate) fn plan(
        &mut self,
        wire: i64,
        ours: &'static Desc,
    ) -> Result<Arc<Plan>, DecodeError> {
        let key = (wire, ours.key());
        match self.plans.get(self.last) {
            Some((planned, _)) if planned.key == key => planned.plan.clone(),
            _ => self.find_plan(key, ours),
        }
    }

    fn find_plan(
        &mut self,
        key: (i64, usize),
        ours: &'static Desc,
    ) -> Result<Arc<Plan>, DecodeError> {
        let at = match self
            .plans
            .binary_search_by_key(&key, |(planned, _)| planned.key)
        {
            Ok(at) => at,
            Err(at) => {
                let planned = self.make_plan(key, ours)?;
                self.plans.insert(at, (planned, self.local_len()));
                at
            }
        };
        self.last = at;
        self.plans[at].0.plan.clone()
    }

    fn make_plan(
        &mut self,
        key: (i64, usize),
        ours: &'static Desc,
    ) -> Result<Planned, DecodeError> {
        let shared = self.shared.as_deref().filter(|_| self.local.is_none());
        if let Some(planned) = shared.and_then(|set| set.plan(key)) {
            return Ok(planned);
        }
        let scope = Scope {
            shared: self.shared.as_ref().map(|set| &set.types),
            local: self.local.as_ref().map(|local| &local.types),
        };
        let plan = compile(scope, key.0, ours, &mut self.steps_left).map(Arc::new);
        if self.steps_left == 0
            || matches!(&plan, Err(e) if e.kind() == crate::DecodeErrorKind::Limit)
        {
            // Not worth keeping, and every further attempt ends here.
            plan?;
            return Err(DecodeError::limit(
                "the peer's types take too many steps to match with ours",
            ));
        }
        let planned = Planned { key, plan };
        if let Some(set) = shared {
            set.keep(&planned);
        }
        Ok(planned)
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark(self.local_len())
    }

    /// Forgets the definitions that came since.
    pub(crate) fn rewind(&mut self, mark: Mark) {
        let Some(local) = &mut self.local else {
            return;
        };
        if local.order.len() == mark.0 {
            return;
        }
        for (id, len) in local.order.drain(mark.0..) {
            local.types.remove(&id);
            self.definition_bytes -= len;
        }
        if local.order.is_empty() {
            self.local = None;
        }
        self.plans.retain(|(_, made_at)| *made_at <= mark.0);
        self.last = 0;
    }
}

/// The id that a definition message defines.
pub(crate) fn defined_id(signed: i64) -> Result<i64, DecodeError> {
    signed
        .checked_neg()
        .filter(|id| (id::FIRST_USER..=id::LAST_USER).contains(id))
        .ok_or_else(|| {
            DecodeError::corrupt(format!("type id {signed} is not one that can be defined"))
        })
}

fn too_many_bytes(limits: &Limits) -> DecodeError {
    DecodeError::limit(format!(
        "more than {} bytes of type definitions",
        limits.definition_bytes
    ))
}

/// Splits a whole message, without its length, off the front.
fn split_message(bytes: &[u8]) -> Result<(&[u8], &[u8]), DecodeError> {
    match get_uint(bytes) {
        Uint::Value(len, n) => usize::try_from(len)
            .ok()
            .and_then(|len| bytes[n..].split_at_checked(len)),
        _ => None,
    }
    .ok_or_else(|| DecodeError::corrupt("a message ends early"))
}
