//! Why somebody did not get what they asked for.

use std::fmt;
use std::time::Duration;

use super::control::NotControlled;
use super::pbx::Refusal;
use super::wording;
use crate::language::Language;

/// Why somebody did not get what they asked for: a kind for programs, and a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denied {
    reason: Reason,
}

/// What kind of denial it is; HTTP's status codes go by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeniedKind {
    /// What they typed cannot be meant (400).
    BadInput,
    /// They may not, or a rule of the admin's is against it (403).
    Forbidden,
    /// There is nobody, and no queue, of that name, or no such number (404).
    NotFound,
    /// Several people go by that name (409).
    Ambiguous,
    /// Too many within a minute, or at once; it goes again after this (429).
    TooMany(Duration),
    /// No Asterisk is set (503).
    Off,
    /// It cannot be done at this moment, or not to this (409).
    NotNow,
    /// Asterisk said no (502).
    Refused,
    /// Asterisk did not say anything, so nobody knows whether it was done (504).
    Unknown,
    /// Asterisk, or Mattermost, cannot be asked at this moment (503).
    Unavailable,
}

/// The reason, with all that its sentence tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// No Asterisk is set.
    Off,
    /// The plugin is stopping.
    Stopping,
    /// Guests may not.
    Guest,
    /// Deactivated people may not.
    Deactivated,
    /// `NumbersUsers` has no number for this user name.
    NoNumber {
        /// Their user name.
        username: String,
    },
    /// It has numbers for this user name, and none of them is an extension.
    NoExtension {
        /// Their user name.
        username: String,
        /// The first of the numbers.
        number: String,
    },
    /// They asked for nothing.
    NothingToCall,
    /// Longer than anything that is dialled or anybody's name.
    TargetTooLong,
    /// A line end, a NUL or another control character is in it.
    ControlCharacter,
    /// It begins like a number, and has something in it that no number has.
    NotANumber {
        /// What they typed.
        text: String,
    },
    /// There is an extension of that name, and no pattern of internal numbers fits it.
    ExtensionNotAllowed {
        /// Its name.
        number: String,
    },
    /// A code of the PBX's, which no pattern fits.
    CodeNotAllowed {
        /// The code.
        number: String,
    },
    /// It is no extension, and no pattern of external numbers fits.
    OutsideNotAllowed {
        /// The number, as the patterns were tried on it.
        number: String,
        /// Whether there is no such pattern at all.
        none_allowed: bool,
    },
    /// There is nobody of that name.
    Nobody {
        /// The name.
        name: String,
    },
    /// There is somebody of that name, who has no number.
    TheyHaveNoNumber {
        /// The name.
        name: String,
        /// Their user name.
        username: String,
    },
    /// Several are called so.
    Ambiguous {
        /// The name.
        name: String,
        /// Each with what to type instead.
        matches: Vec<String>,
    },
    /// Mattermost did not tell who that is.
    LookupFailed {
        /// The name.
        name: String,
    },
    /// It is their own phone.
    OwnPhone {
        /// Its number.
        number: String,
    },
    /// The person's calls, texts and changes in queues of the last minute are too many.
    TooMany {
        /// How many a minute are allowed.
        limit: u32,
        /// When one goes again.
        wait: Duration,
    },
    /// Everybody's calls together are too many.
    TooManyAtOnce,
    /// The text is empty.
    TextEmpty,
    /// The text is too long.
    TextTooLong {
        /// How many characters it has.
        chars: usize,
    },
    /// The text has a NUL in it.
    TextNul,
    /// Texts go to extensions only.
    TextOutside {
        /// The number.
        number: String,
    },
    /// There is no queue of that name.
    UnknownQueue {
        /// The name.
        name: String,
        /// Those there are.
        known: Vec<String>,
    },
    /// There are several queues, so one is to be named.
    NameAQueue {
        /// Those there are.
        known: Vec<String>,
    },
    /// An argument of the script's cannot be dialled.
    ScriptNumber {
        /// Which argument.
        argument: &'static str,
        /// What it is.
        text: String,
    },
    /// The PBX's dial plan has no such number.
    NotInDialPlan {
        /// As it would be dialled.
        number: String,
        /// Where it was looked for.
        context: String,
    },
    /// The PBX has no phone at this number at this moment.
    NoPhone {
        /// The number.
        number: String,
        /// How many parts of the text it did take, and of how many, where it took some.
        parts: Option<(usize, usize)>,
    },
    /// The PBX has no such driver for texts.
    NoDriver {
        /// For whom the text was.
        number: String,
    },
    /// The PBX does not know what was asked of it.
    UnknownOrder,
    /// There is no link to the PBX.
    NotConnected {
        /// Why not, for the log alone: it tells where the PBX is.
        why: String,
        /// What was not done.
        undone: Undone,
    },
    /// The agent is in the queue.
    InQueueAlready {
        /// Their extension.
        extension: String,
        /// The queue, if they named one.
        queue: Option<String>,
    },
    /// The agent is not in the queue.
    NotInQueue {
        /// Their extension.
        extension: String,
        /// The queue, if they named one.
        queue: Option<String>,
    },
    /// An order about a call that cannot be.
    Control(NotControlled),
    /// The PBX did not.
    Pbx(Refusal),
}

/// What was not done, as there is no link to the PBX.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Undone {
    /// A call.
    Call,
    /// A text.
    Text,
    /// A change in a queue.
    Agent,
    /// An order about a call.
    Control,
}

impl Denied {
    /// What kind it is.
    #[must_use]
    pub fn kind(&self) -> DeniedKind {
        use DeniedKind as Kind;
        match &self.reason {
            Reason::Off => Kind::Off,
            Reason::Stopping
            | Reason::LookupFailed { .. }
            | Reason::UnknownOrder
            | Reason::NotConnected { .. }
            | Reason::Pbx(Refusal::NotConnected(_)) => Kind::Unavailable,
            Reason::Guest
            | Reason::Deactivated
            | Reason::NoNumber { .. }
            | Reason::NoExtension { .. }
            | Reason::ExtensionNotAllowed { .. }
            | Reason::CodeNotAllowed { .. }
            | Reason::OutsideNotAllowed { .. } => Kind::Forbidden,
            Reason::NothingToCall
            | Reason::TargetTooLong
            | Reason::ControlCharacter
            | Reason::NotANumber { .. }
            | Reason::OwnPhone { .. }
            | Reason::TextEmpty
            | Reason::TextTooLong { .. }
            | Reason::TextNul
            | Reason::TextOutside { .. }
            | Reason::NameAQueue { .. }
            | Reason::ScriptNumber { .. }
            | Reason::Pbx(Refusal::Impossible(_)) => Kind::BadInput,
            Reason::Nobody { .. }
            | Reason::TheyHaveNoNumber { .. }
            | Reason::UnknownQueue { .. }
            | Reason::NotInDialPlan { .. } => Kind::NotFound,
            Reason::Ambiguous { .. } => Kind::Ambiguous,
            Reason::TooMany { wait, .. } => Kind::TooMany(*wait),
            Reason::TooManyAtOnce | Reason::Pbx(Refusal::TooMuch) => Kind::TooMany(ONE_MOMENT),
            Reason::NoPhone { .. }
            | Reason::NoDriver { .. }
            | Reason::InQueueAlready { .. }
            | Reason::NotInQueue { .. }
            | Reason::Pbx(Refusal::MissingRight(_) | Refusal::Rejected(_)) => Kind::Refused,
            Reason::Control(why) => why.kind(),
            Reason::Pbx(Refusal::NoAnswer) => Kind::Unknown,
        }
    }

    /// The same about a text: no pattern of the admin's would allow one to a number that is no extension.
    pub(super) fn of_text(self) -> Self {
        match self.reason {
            Reason::OutsideNotAllowed { number, .. } | Reason::CodeNotAllowed { number } => {
                Reason::TextOutside { number }.into()
            }
            reason => reason.into(),
        }
    }

    /// The sentence as plain text, for programs and phones.
    #[must_use]
    pub fn sentence(&self, language: Language) -> String {
        wording::denied(&self.reason, language, wording::Style::Plain)
    }

    /// The sentence as Markdown, for the chat.
    #[must_use]
    pub fn markdown(&self, language: Language) -> String {
        wording::denied(&self.reason, language, wording::Style::Markdown)
    }
}

/// When to come again where too much is under way at once.
const ONE_MOMENT: Duration = Duration::from_secs(5);

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence(Language::English))
    }
}

impl std::error::Error for Denied {}

impl From<Reason> for Denied {
    fn from(reason: Reason) -> Self {
        Self { reason }
    }
}
