//! What is set for a person at the moment, and what was there before. Pure: what is seen goes in, what is to be set comes out.
//!
//! Theirs wins: what is given back is given back only where exactly that stands there that was set. Anything else is a change by the
//! person, or by another plugin; it is never undone, and nothing is set over it while the same claims last.

use serde::{Deserialize, Serialize};

use super::wanted::{Kind, WantedStatus};
use crate::board::Timestamp;
use crate::host::{CustomStatus, PersonalStatus};

/// How long before its end in the server a status that is still wanted is set anew, in milliseconds (10 minutes).
pub(super) const RENEW_BEFORE: u64 = 10 * 60 * 1000;

/// The shortest time between two changes of a person's custom status by us, in milliseconds: each is told to every client.
pub(super) const CHANGE_GAP: u64 = 3_000;

/// For how long after a set the account may still be read as it was before, in milliseconds: it is read from a replica of the database.
const REPLICA_LAG: u64 = 10_000;

/// Servers look this often whether a timed do-not-disturb is over, and some round its end down to multiples of it, in seconds.
const DND_STEP: u64 = 5 * 60;

/// How far something is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Progress {
    /// It comes from a record: whether it is there is to be seen.
    #[default]
    Recorded,
    /// It is meant to be set, and was not tried.
    Meant,
    /// It was tried, and may be there.
    Tried,
    /// The server took it.
    Sure,
}

/// What is set for one person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Held {
    pub(super) custom: Option<HeldCustom>,
    pub(super) status: Option<HeldStatus>,
    /// The list of recent ones that is to be put right.
    pub(super) undo: Option<Undo>,
}

impl Held {
    pub(super) fn is_empty(&self) -> bool {
        self.custom.is_none() && self.status.is_none() && self.undo.is_none()
    }

    /// Forgets what was meant and never tried.
    pub(super) fn forget_meant(&mut self) {
        let meant = |progress: Progress| progress == Progress::Meant;
        if self.custom.as_ref().is_some_and(|c| meant(c.progress)) {
            (self.custom, self.undo) = (None, None);
        }
        if self.status.as_ref().is_some_and(|s| meant(s.progress)) {
            self.status = None;
        }
    }
}

/// A list of recent custom statuses as it was before something was pushed into it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Undo {
    pub(super) before: Option<String>,
    pub(super) pushed: CustomStatus,
}

/// A custom status of ours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct HeldCustom {
    /// What was there before, unless it was over.
    pub(super) before: Option<CustomStatus>,
    /// What stands there if it is ours: the last one that is known to, and those that may.
    pub(super) ours: Vec<CustomStatus>,
    /// The person changed it: it is theirs.
    pub(super) lost: bool,
    #[serde(skip)]
    pub(super) progress: Progress,
    #[serde(skip)]
    pub(super) set_at: Timestamp,
}

/// A status of ours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct HeldStatus {
    pub(super) ours: Vec<Ours>,
    pub(super) lost: bool,
    /// Whether nothing but the person's own command wants it.
    pub(super) only_own: bool,
    #[serde(skip)]
    pub(super) progress: Progress,
}

/// A status as we set it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ours {
    pub(super) kind: Kind,
    /// When the server ends it by itself, in seconds since 1970.
    pub(super) end: Option<u64>,
}

/// What is to be done about one of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    Nothing,
    Take,
    Change,
    Return,
}

/// What is to be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CustomEffect {
    Nothing,
    Set(CustomStatus),
    Remove,
}

/// What is to be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Do-not-disturb, until then in seconds since 1970, or for ever (0).
    Dnd(u64),
    Away,
    Online,
}

/// The way from a status of ours, or from online, to the next one.
///
/// A second timed do-not-disturb makes do-not-disturb what the server returns to, so online comes between; and the end of one that is
/// over stays in the server and would end whatever do-not-disturb the person chooses next, unless it is taken away first.
fn way(from: Option<Ours>, to: Option<Ours>) -> Vec<Step> {
    let timed = from.is_some_and(|from| from.kind == Kind::Dnd && from.end.is_some());
    let clear = timed.then_some(Step::Dnd(0));
    let to = to.map(|to| (to.kind, to.end));
    match (from, to) {
        (_, None) => clear.into_iter().chain([Step::Online]).collect(),
        (_, Some((Kind::Away, _))) => clear.into_iter().chain([Step::Away]).collect(),
        (_, Some((Kind::Dnd, None))) => vec![Step::Dnd(0)],
        (Some(_), Some((Kind::Dnd, Some(end)))) => vec![Step::Online, Step::Dnd(end)],
        (None, Some((Kind::Dnd, Some(end)))) => vec![Step::Dnd(end)],
    }
}

/// Unless it is over.
pub(super) fn lasting(status: Option<CustomStatus>, now: Timestamp) -> Option<CustomStatus> {
    let is_empty = |status: &CustomStatus| status.emoji.is_empty() && status.text.is_empty();
    status.filter(|s| !is_empty(s) && (s.expires_at == 0 || s.expires_at > now.0))
}

/// What is to be done about the custom status, before anything is read.
pub(super) fn custom_due(
    held: Option<&HeldCustom>,
    wanted: Option<&CustomStatus>,
    now: Timestamp,
) -> Due {
    match (held, wanted) {
        (None, None) => Due::Nothing,
        (None, Some(_)) => Due::Take,
        (Some(_), None) => Due::Return,
        (Some(held), Some(_)) if held.lost => Due::Nothing,
        (Some(held), Some(wanted)) => match custom_change(held, wanted) {
            Some(at) if at <= now => Due::Change,
            _ => Due::Nothing,
        },
    }
}

/// When a custom status of ours is to be changed into the one that is wanted; nothing where it is that.
pub(super) fn custom_change(held: &HeldCustom, wanted: &CustomStatus) -> Option<Timestamp> {
    let [ours] = &*held.ours else {
        return Some(Timestamp(0));
    };
    if held.progress != Progress::Sure {
        return Some(Timestamp(0));
    }
    if (&ours.text, &ours.emoji) != (&wanted.text, &wanted.emoji) {
        return Some(held.set_at.after(CHANGE_GAP));
    }
    let renew = Timestamp(ours.expires_at.saturating_sub(RENEW_BEFORE));
    (ours.expires_at < wanted.expires_at).then_some(renew.max(held.set_at.after(CHANGE_GAP)))
}

/// What follows from what stands there.
pub(super) fn custom(
    held: &mut Option<HeldCustom>,
    due: Due,
    wanted: Option<&CustomStatus>,
    seen: Option<CustomStatus>,
    now: Timestamp,
) -> CustomEffect {
    let set = |wanted: Option<&CustomStatus>| {
        wanted
            .cloned()
            .map_or(CustomEffect::Nothing, CustomEffect::Set)
    };
    let Some(own) = held else {
        if due == Due::Take {
            *held = Some(HeldCustom {
                before: lasting(seen, now),
                ours: wanted.cloned().into_iter().collect(),
                progress: Progress::Meant,
                ..HeldCustom::default()
            });
            return set(wanted);
        }
        return CustomEffect::Nothing;
    };
    if due == Due::Nothing {
        return CustomEffect::Nothing;
    }
    let stands = seen.clone().filter(|seen| own.ours.contains(seen));
    let as_before = lasting(seen, now) == lasting(own.before.clone(), now);
    let tried = matches!(own.progress, Progress::Tried | Progress::Sure);
    if let Some(stands) = stands.filter(|_| !own.lost) {
        own.ours = vec![stands];
        own.progress = Progress::Sure;
    } else if due == Due::Return {
        let behind = tried && as_before && now < own.set_at.after(REPLICA_LAG);
        if own.lost || !behind {
            *held = None;
            return CustomEffect::Nothing;
        }
    } else if own.progress != Progress::Tried || !as_before {
        own.lost = true;
        return CustomEffect::Nothing;
    }
    if due == Due::Return {
        let before = lasting(own.before.clone(), now);
        return before.map_or(CustomEffect::Remove, CustomEffect::Set);
    }
    let Some(wanted) = wanted.filter(|wanted| custom_change(own, wanted).is_some()) else {
        return CustomEffect::Nothing;
    };
    if !own.ours.contains(wanted) {
        own.ours.push(wanted.clone());
    }
    CustomEffect::Set(wanted.clone())
}

/// What is to be done about the status, before anything is read.
pub(super) fn status_due(
    held: Option<&HeldStatus>,
    wanted: Option<&WantedStatus>,
    now: Timestamp,
) -> Due {
    match (held, wanted) {
        (None, None) => Due::Nothing,
        (None, Some(_)) => Due::Take,
        (Some(_), None) => Due::Return,
        (Some(held), Some(_)) if held.lost => Due::Nothing,
        // Somebody who chose it long ago may have chosen something else since.
        (Some(held), Some(wanted)) if held.only_own && !wanted.only_own => Due::Change,
        (Some(held), Some(wanted)) => match status_change(held, wanted) {
            Some(at) if at <= now => Due::Change,
            _ => Due::Nothing,
        },
    }
}

/// When a status of ours is to be changed into the one that is wanted; nothing where it is that.
pub(super) fn status_change(held: &HeldStatus, wanted: &WantedStatus) -> Option<Timestamp> {
    let [ours] = &*held.ours else {
        return Some(Timestamp(0));
    };
    if held.progress != Progress::Sure || ours.kind != wanted.kind {
        return Some(Timestamp(0));
    }
    let end = ours.end?;
    let Some(until) = wanted.until else {
        return Some(Timestamp(0));
    };
    let renew = Timestamp((end * 1000).saturating_sub(RENEW_BEFORE));
    (until.0 > end * 1000).then_some(renew)
}

/// A status as it is to be set: its end is one that no server rounds.
fn ours(wanted: &WantedStatus) -> Ours {
    let end = |until: Timestamp| until.0.div_ceil(1000).div_ceil(DND_STEP) * DND_STEP;
    Ours {
        kind: wanted.kind,
        end: wanted.until.filter(|_| wanted.kind == Kind::Dnd).map(end),
    }
}

impl HeldStatus {
    /// Whether what is seen is ours.
    pub(super) fn stands(&self, seen: &PersonalStatus) -> bool {
        !self.lost && self.ours.iter().any(|ours| is_ours(seen, ours))
    }
}

/// Whether that is what we set. The server may have forgotten the end and what was before. Somebody who chooses do-not-disturb
/// over ours leaves the end where it is, but not what was before.
fn is_ours(seen: &PersonalStatus, ours: &Ours) -> bool {
    let end = u64::try_from(seen.dnd_end).unwrap_or_default();
    let same = end == 0 || (Some(end) == ours.end && seen.previous != Kind::Dnd.word());
    seen.manual && seen.status == ours.kind.word() && (ours.kind != Kind::Dnd || same)
}

/// Whether somebody in this may be set to something else: online, and not by hand; who asks for it by a command is there, whatever the
/// server has heard of it.
pub(super) fn may_be_set(seen: &PersonalStatus, own: bool) -> bool {
    let idle = own && matches!(&*seen.status, "away" | "offline");
    !seen.manual && (seen.status == "online" || idle)
}

/// What follows from what stands there.
pub(super) fn status(
    held: &mut Option<HeldStatus>,
    due: Due,
    wanted: Option<&WantedStatus>,
    seen: Option<&PersonalStatus>,
    now: Timestamp,
) -> Vec<Step> {
    let Some(own) = held else {
        let may = |wanted: &&WantedStatus| seen.is_some_and(|seen| may_be_set(seen, wanted.own));
        let Some(wanted) = wanted.filter(|_| due == Due::Take).filter(may) else {
            return Vec::new();
        };
        let new = ours(wanted);
        *held = Some(HeldStatus {
            ours: vec![new],
            lost: false,
            only_own: wanted.only_own,
            progress: Progress::Meant,
        });
        return way(None, Some(new));
    };
    if due == Due::Nothing {
        return Vec::new();
    }
    let is_there = |ours: &Ours| seen.is_some_and(|seen| is_ours(seen, ours));
    let stands = own.ours.iter().copied().find(is_there);
    let stands = stands.filter(|_| !own.lost);
    let not_taken =
        own.progress == Progress::Tried && seen.is_some_and(|seen| may_be_set(seen, own.only_own));
    if let Some(stands) = stands {
        own.ours = vec![stands];
        own.progress = Progress::Sure;
    } else if due == Due::Return || (own.only_own && !not_taken) {
        // What somebody chose by a command they left as they liked: it binds nothing else.
        *held = None;
        return Vec::new();
    } else if !not_taken {
        own.lost = true;
        return Vec::new();
    }
    let Some(wanted) = wanted.filter(|_| due == Due::Change) else {
        return way(stands, None);
    };
    own.only_own = wanted.only_own;
    if status_change(own, wanted).is_none_or(|at| at > now) {
        return Vec::new();
    }
    let new = ours(wanted);
    own.ours.retain(|ours| *ours != new);
    own.ours.push(new);
    way(stands, Some(new))
}
