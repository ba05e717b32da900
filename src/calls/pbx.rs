//! What calls ask of a PBX, in no PBX's own words.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::{CallKey, Control, Dial, Order, Ringing, wording};
use crate::board::{Device, Name};
use crate::language::Language;

/// A PBX that can be asked for something.
pub trait Pbx: Send + Sync + 'static {
    /// Starts a call: rings `from` first, and dials `to` once that is answered. What becomes of it arrives on the receiver,
    /// which ends with [`Progress::Failed`] or [`Progress::Ended`]. That this is `Ok` says only that the PBX took the order.
    fn originate(
        &self,
        call: NewCall,
    ) -> impl Future<Output = Result<mpsc::Receiver<Progress>, Refusal>> + Send;

    /// Hands a text to the PBX, in as many parts as it needs; answers how many those were. `Ok` means accepted, not delivered.
    fn send_text(
        &self,
        message: TextMessage,
    ) -> impl Future<Output = Result<usize, Refusal>> + Send;

    /// Logs an agent in or out, or lets them pause. Answers the queues that it was done in.
    fn agent(
        &self,
        request: AgentRequest,
    ) -> impl Future<Output = Result<Vec<Name>, Refusal>> + Send;

    /// Rings a phone whose display then shows this code, and which hears it when it is answered. `Ok` says only that the PBX took
    /// the order.
    fn announce(&self, to: &Dial, code: Code) -> impl Future<Output = Result<(), Refusal>> + Send;

    /// Switches do-not-disturb of an extension on or off, where the PBX is set up for that.
    fn set_dnd(
        &self,
        extension: &Dial,
        on: bool,
    ) -> impl Future<Output = Result<(), NotSwitched>> + Send;

    /// What it can do to calls that are there, as far as is known: nothing, unless it says so.
    fn controls(&self) -> Vec<Control> {
        Vec::new()
    }

    /// Does something to a call. Answers where it is parked, if that was ordered and is told.
    fn control(
        &self,
        call: CallKey,
        order: Order,
    ) -> impl Future<Output = Result<Option<Arc<str>>, Refusal>> + Send {
        let _ = (call, order);
        std::future::ready(Err(Refusal::Impossible(Impossible::UnknownCall)))
    }

    /// The phone at which that call rings.
    ///
    /// # Errors
    ///
    /// [`Impossible::UnknownCall`] where it rings nowhere.
    fn ringing(&self, call: &CallKey) -> Result<Ringing, Refusal> {
        let _ = call;
        Err(Refusal::Impossible(Impossible::UnknownCall))
    }

    /// The extensions the PBX knows, and whether these are all.
    fn listing(&self) -> Listing;

    /// The extensions the PBX knows, sorted by number.
    fn extensions(&self) -> Vec<Extension> {
        self.listing().extensions
    }
}

/// The extensions that a PBX knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// They, sorted by number.
    pub extensions: Vec<Extension>,
    /// Whether the PBX listed them since it was set up. Until then there may be others, and that there is none says nothing.
    pub complete: bool,
}

/// Why do-not-disturb was not switched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotSwitched {
    /// What the PBX says.
    pub refusal: Refusal,
    /// Whether it may be switched all the same, or is in part.
    pub touched: bool,
}

impl From<Refusal> for NotSwitched {
    /// Nothing was done.
    fn from(refusal: Refusal) -> Self {
        Self {
            refusal,
            touched: false,
        }
    }
}

/// A code for a person to read from their phone: six digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code(u32);

impl Code {
    /// How many digits each has.
    pub const DIGITS: usize = 6;

    /// How many codes there are.
    pub const COUNT: u32 = 10_u32.pow(Self::DIGITS as u32);

    /// The code of this number, of which the last six digits count.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(number % Self::COUNT)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0width$}", self.0, width = Self::DIGITS)
    }
}

/// An extension that the PBX knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// Its number.
    pub number: Dial,
    /// Whose it is, as the board names the line.
    pub user: Name,
    /// What its device is in.
    pub device: Device,
}

/// A call to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCall {
    /// Whose phone rings first.
    pub from: Dial,
    /// What is dialled then.
    pub to: Dial,
    /// The name that phones show; letters, digits and blanks are kept of it.
    pub caller_name: String,
    /// The number that phones show.
    pub caller_number: Dial,
    /// How long the first phone may ring.
    pub ring_limit: Duration,
    /// What rings and is taken over in place of dialling: [`Ringing::channel`].
    pub picks_up: Option<Arc<str>>,
}

/// One of the two sides of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leg {
    /// The phone that rings first.
    Own,
    /// What is dialled then.
    Other,
}

/// How a call goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It rings there.
    Ringing(Leg),
    /// It was answered there. Once [`Leg::Other`] answered, both talk.
    Answered(Leg),
    /// It came to nothing, and is over.
    Failed(Leg, Failure),
    /// It was answered by both, and is over.
    Ended {
        /// How long both talked.
        talked: Duration,
    },
    /// Nothing more will be known of it: the link to the PBX broke.
    Lost,
}

/// Why a leg failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Busy.
    Busy,
    /// It rang, and nobody answered.
    NoAnswer,
    /// Somebody, or the phone, refused.
    Refused,
    /// No phone is registered there, or it cannot be reached.
    Unreachable,
    /// There is no such number.
    NoSuchNumber,
    /// The caller hung up while it rang.
    HungUp,
    /// The line or the network had no room.
    Congestion,
    /// It failed, and the PBX does not tell why.
    Unknown,
}

/// Why a PBX did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no link to it; why not, in words that continue "Asterisk is not connected: …".
    NotConnected(String),
    /// The account may not; the right that misses, such as `originate`.
    MissingRight(&'static str),
    /// It said no, in these words.
    Rejected(String),
    /// It did not answer in time: whether it was done is not known.
    NoAnswer,
    /// Too much is under way at this moment.
    TooMuch,
    /// What was asked for cannot be.
    Impossible(Impossible),
}

/// Why what was asked for cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Impossible {
    /// What would be sent to the PBX under this header is empty, too long, or has a control character in it.
    Unfit(&'static str),
    /// The text is longer than any phone gets it.
    TextTooLong,
    /// There is nothing to send.
    TextEmpty,
    /// The PBX has no queue.
    NoQueue,
    /// It has several, these, and none was named.
    SeveralQueues(Vec<Name>),
    /// It has none of this name; these it has.
    UnknownQueue(Name, Vec<Name>),
    /// This extension is in no queue.
    InNoQueue(Dial),
    /// The dial plan cannot have the context that is set.
    Context(String),
    /// What is set as the interface of agents has no place for an extension.
    QueueInterface,
    /// How phones' do-not-disturb is switched is not set.
    DndNotSet,
    /// It has no such call.
    UnknownCall,
    /// The call has no other side that could be sent on.
    NoOtherSide,
    /// The dial plan has no such number in that context.
    NotInDialPlan(Dial, String),
}

/// A sentence, for the log.
impl fmt::Display for Impossible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&wording::impossible(
            self,
            Language::English,
            wording::Style::Plain,
        ))
    }
}

/// In a few words, for the log.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotConnected(why) => write!(f, "not connected: {why}"),
            Self::MissingRight(right) => write!(f, "the account lacks the right {right}"),
            Self::Rejected(words) => f.write_str(words),
            Self::Impossible(why) => why.fmt(f),
            Self::NoAnswer => f.write_str("no answer in time"),
            Self::TooMuch => f.write_str("too much is under way"),
        }
    }
}

/// A text for a phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextMessage {
    /// By which of the PBX's drivers; nothing for the one that is set.
    pub driver: Option<Driver>,
    /// For whom.
    pub to: Dial,
    /// Who says it, as the phone shows it.
    pub from: String,
    /// The text, of any length, in any language.
    pub text: String,
}

/// A PBX's driver for phones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Driver {
    /// `chan_pjsip`.
    #[default]
    Pjsip,
    /// `chan_sip`, gone since Asterisk 21.
    Sip,
}

/// What an agent wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentRequest {
    /// Whose phone it is.
    pub extension: Dial,
    /// What their colleagues read of them.
    pub name: String,
    /// In which queue; nothing for all they are in, or the only one there is.
    pub queue: Option<Arc<str>>,
    /// What.
    pub action: AgentAction,
}

/// What an agent can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AgentAction {
    /// Take calls of the queue.
    Login,
    /// Take no more.
    Logout,
    /// Take none for a while.
    Pause {
        /// Why, if they say so.
        reason: Option<String>,
    },
    /// Take them again.
    Unpause,
}
