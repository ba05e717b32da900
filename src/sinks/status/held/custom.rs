//! The custom status: what is to be done about it.

use super::{CustomEffect, Due, HeldCustom, Progress, RENEW_BEFORE, lasting};
use crate::board::Timestamp;
use crate::host::CustomStatus;

/// The shortest time between two changes of a person's custom status by us, in milliseconds: each is told to every client.
pub(super) const CHANGE_GAP: u64 = 3_000;

/// For how long after a set the account may still be read as it was before, in milliseconds: it is read from a replica of the database.
const REPLICA_LAG: u64 = 10_000;

/// What is to be done about the custom status, before anything is read.
pub(in super::super) fn custom_due(
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
pub(in super::super) fn custom_change(
    held: &HeldCustom,
    wanted: &CustomStatus,
) -> Option<Timestamp> {
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
pub(in super::super) fn custom(
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
