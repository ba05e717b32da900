//! What calls ask of Asterisk.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::timeout;

use super::link::{Connection, Phase};
use super::state::Sides;
use super::{Asterisk, Settings, actions};
use crate::board::Name;
use crate::calls::{
    AgentAction, AgentRequest, CallKey, Code, Control, Dial, Impossible, Listing, NewCall,
    NotSwitched, Order, Pbx, Progress, RING_LIMIT, Refusal, Ringing, TextMessage,
};

/// Q.850's causes "normal clearing" and "user busy".
const NORMAL: u16 = 16;
const BUSY: u16 = 17;

/// How soon after a call was parked Asterisk tells where: it does so in the same moment.
const PARKED_WITHIN: Duration = Duration::from_secs(2);

/// What Asterisk says to an account that may not.
const DENIED: &str = "Permission denied";

impl Pbx for Asterisk {
    async fn originate(&self, call: NewCall) -> Result<mpsc::Receiver<Progress>, Refusal> {
        let (settings, connection) = self.connected()?;
        self.may("originate", |rights| rights.originate)?;
        let context = self.context(&settings)?;
        let (action_id, channel_id) = (connection.new_id(), connection.new_id());
        let action = actions::originate(&call, context, &channel_id);
        let progress = self
            .followed
            .state()
            .watch(&channel_id, &action_id, &call.from, &call.to);
        let answer = connection.ask_as(&action, &action_id).await;
        answer.map_err(|refusal| named(refusal, "originate"))?;
        self.followed.originated.store(true, Ordering::Relaxed);
        Ok(progress)
    }

    async fn send_text(&self, message: TextMessage) -> Result<usize, Refusal> {
        let (settings, connection) = self.connected()?;
        self.may("message", |rights| rights.message)?;
        let parts = actions::TextParts::cut(&message.text)
            .ok_or(Refusal::Impossible(Impossible::TextTooLong))?;
        let count = parts.len();
        if count == 0 {
            return Err(Refusal::Impossible(Impossible::TextEmpty));
        }
        let driver = message.driver.unwrap_or(settings.driver);
        for (done, part) in parts.iter().enumerate() {
            let action = actions::message_send(driver, &message.to, &message.from, part);
            if let Err(refusal) = connection.ask(&action).await {
                return Err(match named(refusal, "message") {
                    Refusal::Rejected(words) if done > 0 => Refusal::Rejected(format!(
                        "{words} ({done} of {count} parts were accepted)"
                    )),
                    refusal => refusal,
                });
            }
        }
        Ok(count)
    }

    async fn agent(&self, request: AgentRequest) -> Result<Vec<Name>, Refusal> {
        let (settings, connection) = self.connected()?;
        self.may("agent", |rights| rights.agent)?;
        let mut done = Vec::new();
        for (queue, interface) in self.places(&request, &settings)? {
            let action = match &request.action {
                AgentAction::Login => actions::queue_add(&queue, &interface, &request.name),
                AgentAction::Logout => actions::queue_remove(&queue, &interface),
                AgentAction::Pause { reason } => {
                    actions::queue_pause(&queue, &interface, true, reason.as_deref())
                }
                AgentAction::Unpause => actions::queue_pause(&queue, &interface, false, None),
            };
            match connection.ask(&action).await {
                Ok(_) => done.push(queue),
                // Where it worked is what the agent has to know; where it did not, they still see.
                Err(refusal) if !done.is_empty() => {
                    tracing::warn!(%queue, why = %refusal, "Asterisk refuses it in this queue only");
                }
                Err(refusal) => return Err(named(refusal, "agent")),
            }
        }
        Ok(done)
    }

    async fn announce(&self, to: &Dial, code: Code) -> Result<(), Refusal> {
        let (settings, connection) = self.connected()?;
        self.may("originate", |rights| rights.originate)?;
        let context = self.context(&settings)?;
        let action = actions::announce(to, code, context, RING_LIMIT, &connection.new_id());
        let answer = connection.ask(&action).await;
        answer.map_err(|refusal| named(refusal, "originate"))?;
        Ok(())
    }

    async fn set_dnd(&self, extension: &Dial, on: bool) -> Result<(), NotSwitched> {
        let (settings, connection) = self.connected()?;
        let Some(switch) = &settings.dnd else {
            return Err(Refusal::Impossible(Impossible::DndNotSet).into());
        };
        let mut touched = false;
        for action in actions::dnd(switch, extension, on) {
            let right = if action.is("Setvar") {
                "call"
            } else {
                "system"
            };
            match connection.ask(&action).await {
                Ok(_) => touched = true,
                // Asterisk's words for an entry that is not there: it was off already.
                Err(Refusal::Rejected(words)) if action.is("DBDel") && words != DENIED => {}
                Err(refusal) => {
                    touched |= refusal == Refusal::NoAnswer;
                    let refusal = named(refusal, right);
                    return Err(NotSwitched { refusal, touched });
                }
            }
        }
        Ok(())
    }

    fn controls(&self) -> Vec<Control> {
        let rights = self.followed.known().rights;
        let may = |control: Control| match (rights, control) {
            (None, _) => true,
            (Some(rights), Control::Park) => rights.park,
            (Some(rights), Control::Pickup) => rights.control && rights.originate,
            (Some(rights), _) => rights.control,
        };
        Control::ALL.into_iter().filter(|c| may(*c)).collect()
    }

    async fn control(&self, call: CallKey, order: Order) -> Result<Option<Arc<str>>, Refusal> {
        let (settings, connection) = self.connected()?;
        let right = "call";
        match order {
            Order::Park => self.may(right, |rights| rights.park)?,
            _ => self.may(right, |rights| rights.control)?,
        }
        let ask = async |action| {
            let answer = connection.ask(&action).await;
            answer.map_err(|refusal| named(refusal, right))
        };
        let unknown = || Refusal::Impossible(Impossible::UnknownCall);
        let alone = || Refusal::Impossible(Impossible::NoOtherSide);
        match order {
            Order::Hangup | Order::Refuse => {
                let channels = self.followed.state().call_channels(&call);
                if channels.is_empty() {
                    return Err(unknown());
                }
                let cause = if order == Order::Refuse { BUSY } else { NORMAL };
                let mut done = false;
                for channel in channels {
                    match ask(actions::hangup(&channel, cause)).await {
                        Ok(_) => done = true,
                        // Of several phones that ring, one may have stopped by itself.
                        Err(refusal) if !done => return Err(refusal),
                        Err(_) => {}
                    }
                }
            }
            Order::Transfer(to) => {
                let sides = self.followed.state().sides(&call).ok_or_else(unknown)?;
                if sides.other.is_none() {
                    return Err(alone());
                }
                let context = self.context(&settings)?;
                let exists = connection
                    .ask(&actions::dialplan_exists(context, &to))
                    .await;
                // An Asterisk without that function, or an account that may not ask, says nothing.
                if exists.is_ok_and(|answer| answer.get("Value") == Some("0")) {
                    let context = context.to_owned();
                    return Err(Refusal::Impossible(Impossible::NotInDialPlan(to, context)));
                }
                ask(actions::blind_transfer(&sides.own, context, &to)).await?;
            }
            Order::Park => {
                let sides = self.followed.state().sides(&call).ok_or_else(unknown)?;
                let (other, id) = sides.other.ok_or_else(alone)?;
                let parked = self.followed.state().watch_parking(id);
                ask(actions::park(&other, &sides.own)).await?;
                let space = timeout(PARKED_WITHIN, parked).await;
                return Ok(space.ok().and_then(Result::ok));
            }
            Order::Join(with) => {
                let (one, other) = {
                    let state = self.followed.state();
                    (state.sides(&call), state.sides(&with))
                };
                let other_of =
                    |sides: Option<Sides>| sides.ok_or_else(unknown)?.other.ok_or_else(alone);
                let ((one, _), (other, _)) = (other_of(one)?, other_of(other)?);
                ask(actions::bridge(&one, &other)).await?;
            }
        }
        Ok(None)
    }

    fn ringing(&self, call: &CallKey) -> Result<Ringing, Refusal> {
        let ringing = self.followed.state().ringing(call);
        ringing.ok_or(Refusal::Impossible(Impossible::UnknownCall))
    }

    fn listing(&self) -> Listing {
        let mut listing = self.followed.state().listing();
        // As long as there was no answer, it is still another Asterisk's, which is about to be forgotten.
        let phase = self.followed.link.phase();
        listing.complete &= !matches!(phase, Phase::Off | Phase::Connecting);
        listing
    }
}

impl Asterisk {
    /// The context in which numbers are dialled.
    fn context<'a>(&self, settings: &'a Settings) -> Result<&'a str, Refusal> {
        let context = &*settings.context;
        if is_context(context) {
            return Ok(context);
        }
        let context = context.to_owned();
        Err(Refusal::Impossible(Impossible::Context(context)))
    }

    fn connected(&self) -> Result<(Arc<Settings>, Arc<Connection>), Refusal> {
        let not = |why: String| Err(Refusal::NotConnected(why));
        let Some(settings) = self.settings() else {
            return not("it is not set up".to_owned());
        };
        match self.followed.link.connection() {
            Some(connection) => Ok((settings, connection)),
            None => match self.followed.link.phase() {
                Phase::Down(trouble) => not(trouble.words(&settings)),
                _ => not("the connection is being made".to_owned()),
            },
        }
    }

    fn may(
        &self,
        right: &'static str,
        has: impl Fn(&super::rights::Rights) -> bool,
    ) -> Result<(), Refusal> {
        match &self.followed.known().rights {
            Some(rights) if !has(rights) => Err(Refusal::MissingRight(right)),
            _ => Ok(()),
        }
    }

    /// The queues that a request is about, and the agent's interface in each.
    fn places(
        &self,
        request: &AgentRequest,
        settings: &Settings,
    ) -> Result<Vec<(Name, Arc<str>)>, Refusal> {
        let extension = &request.extension;
        let member = self.followed.state().agent_interfaces(extension);
        let asked = match &request.queue {
            Some(queue) => Some(self.queue(queue)?),
            None => None,
        };
        match (asked, &request.action) {
            (Some(queue), _) => {
                let interface = interface(&member, &queue, extension, settings)?;
                Ok(vec![(queue, interface)])
            }
            (None, AgentAction::Login) => {
                let queues = self.followed.known().queues.clone();
                let [queue] = &queues[..] else {
                    return Err(Refusal::Impossible(match &queues[..] {
                        [] => Impossible::NoQueue,
                        many => Impossible::SeveralQueues(many.to_vec()),
                    }));
                };
                let interface = interface(&member, queue, extension, settings)?;
                Ok(vec![(Arc::clone(queue), interface)])
            }
            (None, _) if member.is_empty() => Err(Refusal::Impossible(Impossible::InNoQueue(
                extension.clone(),
            ))),
            (None, _) => Ok(member),
        }
    }

    /// The queue's name as Asterisk writes it.
    fn queue(&self, asked: &Name) -> Result<Name, Refusal> {
        let known = &self.followed.known().queues;
        let same = |queue: &&Name| queue.eq_ignore_ascii_case(asked);
        match known.iter().find(same) {
            Some(queue) => Ok(Arc::clone(queue)),
            // They could not be asked for.
            None if known.is_empty() => Ok(Arc::clone(asked)),
            None => {
                let why = Impossible::UnknownQueue(Arc::clone(asked), known.clone());
                Err(Refusal::Impossible(why))
            }
        }
    }
}

/// By which interface an extension is an agent: as the queue has it, else as another queue has it, else as is set.
fn interface(
    member: &[(Name, Arc<str>)],
    queue: &Name,
    extension: &Dial,
    settings: &Settings,
) -> Result<Arc<str>, Refusal> {
    let here = member.iter().find(|(own, _)| own == queue);
    if let Some((_, interface)) = here.or(member.first()) {
        return Ok(Arc::clone(interface));
    }
    let template = &settings.queue_interface;
    if !template.contains("{extension}") {
        return Err(Refusal::Impossible(Impossible::QueueInterface));
    }
    Ok(template.replace("{extension}", extension.as_str()).into())
}

/// A refusal for want of a right by that right's name.
fn named(refusal: Refusal, right: &'static str) -> Refusal {
    match refusal {
        Refusal::Rejected(words) if words == DENIED => Refusal::MissingRight(right),
        refusal => refusal,
    }
}

/// Whether it is a name that a context can have, and nothing that means more in a channel's name.
fn is_context(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
    (1..80).contains(&name.len()) && name.bytes().all(fits)
}
