//! The status: what is to be done about it.

use super::super::wanted::{Kind, WantedStatus};
use super::{Due, HeldStatus, Ours, Progress, RENEW_BEFORE};
use crate::board::Timestamp;
use crate::host::PersonalStatus;

/// Servers look this often whether a timed do-not-disturb is over, and some round its end down to multiples of it, in seconds.
const DND_STEP: u64 = 5 * 60;

/// What is to be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Step {
    /// Do-not-disturb, until then in seconds since 1970, or for ever (0).
    Dnd(u64),
    Away,
    Online,
}

/// The way from a status of ours, or from online, to the next one.
///
/// A do-not-disturb over another one makes that what the server returns to, so online comes between; and the end of a timed one stays
/// in the server when another status is set, and would end whatever do-not-disturb the person chooses next, unless it is taken
/// away first.
fn way(from: Option<Ours>, to: Option<Ours>) -> Vec<Step> {
    let from_dnd = from.filter(|from| from.kind == Kind::Dnd);
    let clear = from_dnd.and_then(|from| from.end).map(|_| Step::Dnd(0));
    let (first, last) = match to.map(|to| (to.kind, to.end)) {
        None => (clear, Step::Online),
        Some((Kind::Away, _)) => (clear, Step::Away),
        Some((Kind::Dnd, end)) => (from.map(|_| Step::Online), Step::Dnd(end.unwrap_or(0))),
    };
    first.into_iter().chain([last]).collect()
}

/// What is to be done about the status, before anything is read.
pub(in super::super) fn status_due(
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
pub(in super::super) fn status_change(
    held: &HeldStatus,
    wanted: &WantedStatus,
) -> Option<Timestamp> {
    let [ours] = &*held.ours else {
        return Some(Timestamp(0));
    };
    if held.progress != Progress::Sure || ours.kind != wanted.kind {
        return Some(Timestamp(0));
    }
    if wanted.only_own && ours.end != self::ours(wanted).end {
        // What somebody asked for ends when they said, also where the plugin is gone.
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
    pub(in super::super) fn stands(&self, seen: &PersonalStatus) -> bool {
        self.find(seen).is_some()
    }

    /// Which of those that may be there is seen. The server may have forgotten both the end and what was before. What somebody chooses
    /// over ours, or after it, has another end, or none, or ours as what was before.
    fn find(&self, seen: &PersonalStatus) -> Option<Ours> {
        let end = u64::try_from(seen.dnd_end).unwrap_or_default();
        let (forgot, over_dnd) = (seen.previous.is_empty(), seen.previous == Kind::Dnd.word());
        let is_ours = |ours: &&Ours| {
            let same = match (ours.kind, end) {
                (Kind::Away, _) => true,
                (Kind::Dnd, 0) if over_dnd => self.clearing,
                (Kind::Dnd, 0) => forgot || ours.end.is_none(),
                (Kind::Dnd, end) => !over_dnd && ours.end == Some(end),
            };
            same && seen.manual && seen.status == ours.kind.word()
        };
        let found = self.ours.iter().find(is_ours).copied();
        found.filter(|_| !self.lost)
    }
}

/// Whether the server keeps statuses: where it does not, it answers with an empty one, and changes none.
pub(in super::super) fn is_kept(seen: &PersonalStatus) -> bool {
    !seen.status.is_empty()
}

/// Whether somebody in this may be set to something else: online, and not by hand; who asks for it by a command is there, whatever the
/// server has heard of it.
pub(in super::super) fn may_be_set(seen: &PersonalStatus, own: bool) -> bool {
    let idle = own && matches!(&*seen.status, "away" | "offline");
    !seen.manual && (seen.status == "online" || idle)
}

/// What follows from what stands there.
pub(in super::super) fn status(
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
            only_own: wanted.only_own,
            progress: Progress::Meant,
            ..HeldStatus::default()
        });
        return way(None, Some(new));
    };
    let unseen = !own.lost && seen.is_some_and(|seen| !is_kept(seen));
    if due == Due::Nothing || unseen {
        return Vec::new();
    }
    let stands = seen.and_then(|seen| own.find(seen));
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
        let steps = way(stands, None);
        own.clearing = steps.len() > 1;
        return steps;
    };
    own.only_own = wanted.only_own;
    if status_change(own, wanted).is_none_or(|at| at > now) {
        return Vec::new();
    }
    let new = ours(wanted);
    own.ours.retain(|ours| *ours != new);
    own.ours.push(new);
    let steps = way(stands, Some(new));
    own.clearing = new.kind == Kind::Away && steps.len() > 1;
    steps
}
