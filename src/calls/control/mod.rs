//! Calls that are there are ended, sent on, parked and taken over, by those whose they are.
//!
//! Nobody names a channel of the PBX: people name a call of the board, and only what the PBX itself knows of the line's call is touched.

mod order;
mod wording;

use std::sync::Arc;

pub use order::{CallKey, Control, Order, Ringing};
pub(super) use wording::{NotControlled, denied};

use super::denied::Reason;
use super::originate::Asker;
use super::{
    Calls, CallsHost, Denied, Dial, NewCall, Pbx, RING_LIMIT, Refusal, Target, permit, refused,
    wording as sentences,
};
use crate::board::{Call, CallState, Direction, LineView, Snapshot};
use crate::host::Person;
use crate::language::Language;
use crate::people::fold;
use crate::tasks;

/// How many orders about their calls people may give for each call that they may start: what ends or parks a call costs nobody anything,
/// and whoever answers many calls ends as many.
pub const CONTROLS_PER_CALL: u32 = 5;

/// What somebody wants of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish<'a> {
    /// The line that has it, as the board names it.
    pub line: &'a str,
    /// The board's number of it.
    pub call: u64,
    /// What.
    pub control: Control,
    /// To whom it goes ([`Control::Transfer`]): a number, `@bob` or a name.
    pub to: &'a str,
    /// The board's number of the line's other call ([`Control::Join`]).
    pub with: Option<u64>,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Controlled {
    /// It was ended.
    HungUp,
    /// It was refused.
    Refused,
    /// The other side was sent there.
    Transferred(Target),
    /// The other side waits; where, if the PBX told.
    Parked(Option<Arc<str>>),
    /// The other sides of two calls were connected.
    Joined,
    /// This phone of theirs rings: who answers it has the call.
    PicksUp(Dial),
}

impl Controlled {
    /// A sentence about it, as plain text.
    #[must_use]
    pub fn sentence(&self, language: Language) -> String {
        wording::controlled(self, language)
    }
}

/// Whether that line is this person's: by their user name, since display names are chosen freely.
#[must_use]
pub fn is_own_line(person: &Person, line: &str) -> bool {
    fold(line) == fold(&person.username)
}

impl<H: CallsHost, P: Pbx> Calls<H, P> {
    /// What the PBX can do to calls that are there, as far as is known.
    #[must_use]
    pub fn controls(&self) -> Vec<Control> {
        match self.known() {
            Ok(_) => self.pbx.controls(),
            Err(_) => Vec::new(),
        }
    }

    /// Does something to a call: to the person's own, or ([`Control::Pickup`]) to one that rings at a colleague's. `board` is the board
    /// as it is.
    ///
    /// # Errors
    ///
    /// It is not theirs, it is over or not in the right state, the target is not to be called, they asked for too much within a minute,
    /// or the PBX did not do it.
    pub async fn control(
        self: &Arc<Self>,
        person: &Person,
        board: &Snapshot,
        wish: Wish<'_>,
    ) -> Result<Controlled, Denied> {
        let known = self.known()?;
        permit::may(person)?;
        if wish.control == Control::Pickup {
            return self.pick_up(person, board, wish).await;
        }
        if !is_own_line(person, wish.line) {
            return Err(NotControlled::NotYours.into());
        }
        let (line, call) = find(board, wish.line, wish.call)?;
        let talks = call.state != CallState::Ringing;
        let mut target = None;
        let order = match wish.control {
            Control::Hangup => Order::Hangup,
            Control::Refuse if talks || call.direction == Direction::Outgoing => {
                return Err(NotControlled::RingsNot.into());
            }
            Control::Refuse => Order::Refuse,
            _ if !talks => return Err(NotControlled::TalksNot.into()),
            Control::Transfer => {
                let to = self.target(wish.to).await?;
                if self.extension_of(person).is_ok_and(|own| own == to.dial) {
                    let number = to.number;
                    return Err(Reason::OwnPhone { number }.into());
                }
                Order::Transfer(target.insert(to).dial.clone())
            }
            Control::Park => Order::Park,
            Control::Join | Control::Pickup => {
                let other = wish.with.ok_or(NotControlled::WithWhat)?;
                let (_, other) = find(board, wish.line, other)?;
                if other.id == call.id || other.state == CallState::Ringing {
                    return Err(NotControlled::WithWhat.into());
                }
                Order::Join(CallKey::of(&line.user, other))
            }
        };
        let key = CallKey::of(&line.user, call);
        let place = self.place()?;
        let per_minute = known.rules.calls_per_minute;
        match order {
            // It calls somebody.
            Order::Transfer(_) => self.limiter.take(&person.id, per_minute)?,
            _ => self
                .control_limiter
                .take(&person.id, per_minute.saturating_mul(CONTROLS_PER_CALL))?,
        }
        let asker = Asker::Person(person.id.clone(), Arc::clone(&person.username));
        let (pbx, id) = (Arc::clone(&self.pbx), call.id);
        let task = tasks::spawn(async move {
            let _place = place;
            let control = order.control().name();
            let to = match &order {
                Order::Transfer(to) => Some(to.clone()),
                _ => None,
            };
            let done = pbx.control(key, order).await;
            let done = done.map_err(refused::control);
            let to = to.as_ref().map_or("", Dial::as_str);
            match &done {
                Ok(_) => {
                    tracing::info!(%asker, control, call = id, to, "an order about a call was taken");
                }
                Err(reason) => {
                    let why = sentences::logged(reason);
                    tracing::info!(%asker, control, call = id, to, outcome = %why, "an order about a call was refused");
                }
            }
            done
        });
        // An error is that the task broke off.
        let space = task.await.unwrap_or(Err(Reason::Pbx(Refusal::NoAnswer)))?;
        Ok(match (wish.control, target) {
            (Control::Transfer, Some(to)) => Controlled::Transferred(to),
            (Control::Refuse, _) => Controlled::Refused,
            (Control::Park, _) => Controlled::Parked(space),
            (Control::Join, _) => Controlled::Joined,
            _ => Controlled::HungUp,
        })
    }

    /// Rings the person's own phone; once they answer, it has the call that rings at a colleague's.
    async fn pick_up(
        self: &Arc<Self>,
        person: &Person,
        board: &Snapshot,
        wish: Wish<'_>,
    ) -> Result<Controlled, Denied> {
        let known = self.known()?;
        let from = self.extension_of(person)?;
        if is_own_line(person, wish.line) {
            return Err(NotControlled::OwnRings.into());
        }
        let (line, call) = find(board, wish.line, wish.call)?;
        if call.state != CallState::Ringing || call.direction != Direction::Incoming {
            return Err(NotControlled::RingsNot.into());
        }
        if !self.pbx.controls().contains(&Control::Pickup) {
            return Err(Reason::Pbx(Refusal::MissingRight("call")).into());
        }
        let ringing = self.pbx.ringing(&CallKey::of(&line.user, call));
        let ringing = ringing.map_err(refused::control)?;
        let place = self.place()?;
        self.limiter
            .take(&person.id, known.rules.calls_per_minute)?;
        let call = NewCall {
            from: from.clone(),
            to: ringing.extension.clone(),
            caller_name: line.user.to_string(),
            caller_number: ringing.extension,
            ring_limit: RING_LIMIT,
            picks_up: Some(ringing.channel),
        };
        let asker = Asker::Person(person.id.clone(), Arc::clone(&person.username));
        // How it goes on shows on the board; a message would come on top of the colleague's own.
        drop(
            self.start(asker, call, &known.rules.context, None, place)
                .await?,
        );
        Ok(Controlled::PicksUp(from))
    }
}

/// A line of the board and its call.
fn find<'a>(
    board: &'a Snapshot,
    line: &str,
    call: u64,
) -> Result<(&'a LineView, &'a Call), NotControlled> {
    let wanted = fold(line);
    let line = board.lines.iter().find(|known| fold(&known.user) == wanted);
    let line = line.ok_or(NotControlled::Over)?;
    let call = line.calls.iter().find(|known| known.id == call);
    Ok((line, call.ok_or(NotControlled::Over)?))
}
