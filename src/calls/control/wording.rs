//! What people read of orders about their calls.

use super::Controlled;
use crate::calls::denied::Reason;
use crate::calls::wording::Style;
use crate::calls::{Denied, DeniedKind};
use crate::language::Language;
use crate::language::texts::controls as texts;

/// Why an order about a call was not even given, or could not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::calls) enum NotControlled {
    /// It is no call of theirs.
    NotYours,
    /// It is over, or there never was one of that number.
    Over,
    /// The PBX knows nothing of it: the phone alone told.
    NotThePbxs,
    /// It does not ring, or goes out.
    RingsNot,
    /// It still rings.
    TalksNot,
    /// It rings at their own phone, which is there to be answered.
    OwnRings,
    /// The other call is none that can be connected with it.
    WithWhat,
    /// There is no single other side: it hears an announcement, or talks in a conference.
    NoOtherSide,
}

impl NotControlled {
    pub(in crate::calls) fn kind(self) -> DeniedKind {
        match self {
            Self::NotYours => DeniedKind::Forbidden,
            Self::Over => DeniedKind::NotFound,
            Self::OwnRings | Self::WithWhat => DeniedKind::BadInput,
            Self::NotThePbxs | Self::RingsNot | Self::TalksNot | Self::NoOtherSide => {
                DeniedKind::NotNow
            }
        }
    }
}

impl From<NotControlled> for Denied {
    fn from(why: NotControlled) -> Self {
        Reason::Control(why).into()
    }
}

/// Why not.
pub(in crate::calls) fn denied(why: NotControlled, language: Language) -> String {
    let text = match why {
        NotControlled::NotYours => texts::not_yours,
        NotControlled::Over => texts::over,
        NotControlled::NotThePbxs => texts::not_the_pbxs,
        NotControlled::RingsNot => texts::rings_not,
        NotControlled::TalksNot => texts::talks_not,
        NotControlled::OwnRings => texts::own_rings,
        NotControlled::WithWhat => texts::with_what,
        NotControlled::NoOtherSide => texts::no_other_side,
    };
    text(language)
}

/// What was done.
pub(super) fn controlled(done: &Controlled, language: Language) -> String {
    let style = Style::Plain;
    match done {
        Controlled::HungUp => texts::hung_up(language),
        Controlled::Refused => texts::refused(language),
        Controlled::Transferred(to) => texts::transferred(language, style.target(to)),
        Controlled::Parked(Some(space)) => texts::parked_at(language, style.show(space)),
        Controlled::Parked(None) => texts::parked(language),
        Controlled::Joined => texts::joined(language),
        Controlled::PicksUp(own) => texts::picks_up(language, style.show(own.as_str())),
    }
}
