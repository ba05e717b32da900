//! What belongs together: a whole call, with all lines that it rings and all attempts at ringing them.

use std::collections::HashMap;
use std::sync::Arc;

use super::DECISION_WAIT;
use crate::board::{Name, RINGING_LIMIT, Timestamp};

/// How long a whole call is remembered after it was heard of last, in milliseconds (10 minutes): what follows somebody from phone to
/// phone rings again after a while.
const REMEMBERED: u64 = 10 * 60 * 1000;

/// The most whole calls that are remembered; of more, those go that nothing rings or waits of.
const MAX_WHOLES: usize = 20_000;

/// The most that is dialled outside at once for one whole call and is waited for.
const MAX_OUTSIDE: usize = 32;

/// Somebody is dialled for a call who is no line's, as a number outside to which it is forwarded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outside {
    /// The whole call that it belongs to, as [`crate::board::Report::linked`].
    pub linked: Arc<str>,
    /// The source's id of this leg.
    pub channel: Arc<str>,
    /// What becomes of it.
    pub reach: Reach,
}

/// What becomes of [somebody outside](Outside).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// They are dialled. That lasts for [`RINGING_LIMIT`] at most, unless more is told.
    Dialled,
    /// They answered.
    Answered,
    /// They did not, or it is another call's from now on.
    Over,
}

/// A whole call.
#[derive(Debug, Default)]
pub(super) struct Whole {
    /// How many calls of it ring, on whatever line.
    rings: u32,
    /// Whether its caller waits in a queue.
    waits: bool,
    /// Who is dialled for it who is no line's, and since when.
    outside: Vec<(Arc<str>, Timestamp)>,
    /// When a call of it stopped ringing last, or its caller left a queue.
    heard: Timestamp,
    /// When it was answered last by whoever it rang for.
    pub(super) answered: Option<Timestamp>,
    /// On which lines it counts as missed.
    told: Vec<Name>,
}

impl Whole {
    fn is_open(&self, now: Timestamp) -> bool {
        let rings = |(_, since): &(_, Timestamp)| now < since.after(RINGING_LIMIT);
        self.rings > 0 || self.waits || self.outside.iter().any(rings)
    }

    /// Notes that it was missed on that line, unless that is known.
    pub(super) fn tell(&mut self, line: &Name) -> bool {
        if self.told.contains(line) {
            return false;
        }
        self.told.push(Arc::clone(line));
        true
    }
}

/// All whole calls, by their ids.
#[derive(Debug, Default)]
pub(super) struct Wholes {
    map: HashMap<Arc<str>, Whole>,
    tidied: Timestamp,
}

impl Wholes {
    pub(super) fn get_mut(&mut self, id: &Arc<str>) -> Option<&mut Whole> {
        self.map.get_mut(id)
    }

    /// A call of it rings.
    pub(super) fn rings(&mut self, id: Option<&Arc<str>>) {
        if let Some(id) = id {
            self.map.entry(Arc::clone(id)).or_default().rings += 1;
        }
    }

    /// A call of it rings no longer.
    pub(super) fn stops(&mut self, id: Option<&Arc<str>>, at: Timestamp) {
        if let Some(whole) = id.and_then(|id| self.map.get_mut(id)) {
            whole.rings = whole.rings.saturating_sub(1);
            whole.heard = at;
        }
    }

    /// Its caller waits in a queue. (Asterisk's id of the caller's channel is that of the whole call, where it began with that one.)
    pub(super) fn waits(&mut self, id: &Arc<str>) {
        self.map.entry(Arc::clone(id)).or_default().waits = true;
    }

    /// Its caller waits no longer.
    pub(super) fn leaves(&mut self, id: &Arc<str>, at: Timestamp) {
        if let Some(whole) = self.map.get_mut(id) {
            whole.waits = false;
            whole.heard = at;
        }
    }

    /// Somebody whom it rang for answered it.
    pub(super) fn answered(&mut self, id: &Arc<str>, at: Timestamp) {
        let whole = self.map.entry(Arc::clone(id)).or_default();
        whole.answered = whole.answered.max(Some(at));
        whole.heard = whole.heard.max(at);
    }

    /// Somebody is dialled for it who is no line's.
    pub(super) fn outside(&mut self, told: &Outside, at: Timestamp) {
        if told.reach == Reach::Answered {
            self.answered(&told.linked, at);
        }
        let whole = match told.reach {
            Reach::Dialled => self.map.entry(Arc::clone(&told.linked)).or_default(),
            Reach::Answered | Reach::Over => match self.map.get_mut(&told.linked) {
                Some(whole) => whole,
                None => return,
            },
        };
        whole.heard = whole.heard.max(at);
        whole.outside.retain(|(known, _)| *known != told.channel);
        if told.reach == Reach::Dialled && whole.outside.len() < MAX_OUTSIDE {
            whole.outside.push((Arc::clone(&told.channel), at));
        }
    }

    /// Whether it rings anywhere, or its caller waits.
    pub(super) fn is_open(&self, id: Option<&Arc<str>>, now: Timestamp) -> bool {
        let whole = id.and_then(|id| self.map.get(id));
        whole.is_some_and(|whole| whole.is_open(now))
    }

    /// Until when nothing of it is decided, if anything may still change it.
    pub(super) fn undecided_until(
        &self,
        id: Option<&Arc<str>>,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let whole = self.map.get(id?)?;
        if whole.is_open(now) {
            return Some(now.after(DECISION_WAIT));
        }
        let due = whole.heard.after(DECISION_WAIT);
        (due > now).then_some(due)
    }

    /// How many there are.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.map.len()
    }

    /// Forgets what is long over, once a minute, or where there are too many.
    pub(super) fn tidy(&mut self, now: Timestamp) {
        let full = self.map.len() > MAX_WHOLES;
        if !full && now < self.tidied.after(60 * 1000) {
            return;
        }
        self.tidied = now;
        let kept =
            |whole: &Whole, for_long: u64| whole.is_open(now) || now <= whole.heard.after(for_long);
        self.map.retain(|_, whole| kept(whole, REMEMBERED));
        if self.map.len() > MAX_WHOLES {
            self.map.retain(|_, whole| kept(whole, DECISION_WAIT));
        }
    }
}
