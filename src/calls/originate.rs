//! Calls are started, and followed to their end.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot, watch};

use super::denied::Reason;
use super::{
    Calls, CallsHost, Course, Denied, Dial, End, NewCall, Pbx, Progress, Refusal, Target, permit,
    refused, wording,
};
use crate::host::{Person, UserId};
use crate::language::Language;
use crate::tasks;

/// How long the first phone rings: as long as eeCallUs let it.
pub const RING_LIMIT: Duration = Duration::from_secs(30);

/// The most calls and texts that are under way at once, each until its message says the last of it. One more is refused. Asterisk's
/// events are followed for as many calls at once, so that no call is started of which nothing would be known.
pub const MAX_UNDER_WAY: usize = 500;

/// A call that the PBX took the order for. What comes of it is told in a direct message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Started {
    /// Whose phone rings first.
    pub from: Dial,
    /// Who is called then.
    pub to: Target,
}

impl Started {
    /// A sentence about it, as Markdown.
    #[must_use]
    pub fn markdown(&self, language: Language) -> String {
        wording::started(self, language, wording::Style::Markdown)
    }

    /// The same as plain text.
    #[must_use]
    pub fn sentence(&self, language: Language) -> String {
        wording::started(self, language, wording::Style::Plain)
    }
}

/// Who ordered a call, for the log.
#[derive(Clone, Debug)]
pub(super) enum Asker {
    /// A person, who is told what comes of it.
    Person(UserId, Arc<str>),
    /// A program with the account's secret.
    Script,
}

impl std::fmt::Display for Asker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Person(_, username) => write!(f, "@{}", crate::text::clean(username)),
            Self::Script => f.write_str("a script"),
        }
    }
}

impl<H: CallsHost, P: Pbx> Calls<H, P> {
    /// Calls: rings the person's own phone first. What comes of it is told in a direct message, which is kept up to date. The call
    /// is made and followed even if nobody waits for this.
    ///
    /// # Errors
    ///
    /// They may not, the target is not to be called, or the PBX did not take the order.
    pub async fn call(self: &Arc<Self>, person: &Person, target: &str) -> Result<Started, Denied> {
        let (started, _) = self.call_and_watch(person, target).await?;
        Ok(started)
    }

    /// The same, for whoever wants to know how it goes on: nothing more comes once the sender is gone.
    ///
    /// # Errors
    ///
    /// See [`Calls::call`].
    pub async fn call_and_watch(
        self: &Arc<Self>,
        person: &Person,
        target: &str,
    ) -> Result<(Started, watch::Receiver<Course>), Denied> {
        let known = self.known()?;
        permit::may(person)?;
        let from = self.extension_of(person)?;
        let to = self.target(target).await?;
        if to.dial == from {
            let number = to.number;
            return Err(Reason::OwnPhone { number }.into());
        }
        let place = self.place()?;
        self.limiter
            .take(&person.id, known.rules.calls_per_minute)?;
        let call = NewCall {
            from: from.clone(),
            to: to.dial.clone(),
            caller_name: person.display_name.to_string(),
            caller_number: from.clone(),
            ring_limit: RING_LIMIT,
            picks_up: None,
        };
        let started = Started { from, to };
        let asker = Asker::Person(person.id.clone(), Arc::clone(&person.username));
        let context = &known.rules.context;
        let told = Some((started.clone(), person.language));
        let course = self.start(asker, call, context, told, place).await?;
        Ok((started, course))
    }

    /// A place among what is under way, which is free again when it is dropped.
    pub(super) fn place(&self) -> Result<OwnedSemaphorePermit, Reason> {
        if *self.stopping.borrow() {
            return Err(Reason::Stopping);
        }
        Arc::clone(&self.under_way)
            .try_acquire_owned()
            .map_err(|_| Reason::TooManyAtOnce)
    }

    /// Orders a call in that context, in a task that then follows it to its end and tells the person of it, in their language.
    pub(super) async fn start(
        &self,
        asker: Asker,
        call: NewCall,
        context: &str,
        told: Option<(Started, Language)>,
        place: OwnedSemaphorePermit,
    ) -> Result<watch::Receiver<Course>, Reason> {
        let id = self.last_call.fetch_add(1, Ordering::Relaxed) + 1;
        let (from, to) = (call.from.clone(), call.to.clone());
        tracing::info!(call = id, %asker, %from, %to, "a call is asked for");
        let pbx = Arc::clone(&self.pbx);
        let messenger = Arc::clone(&self.messenger);
        let stopping = self.stopping.subscribe();
        let context = context.to_owned();
        let (answer, answered) = oneshot::channel();
        tasks::spawn(async move {
            let _place = place;
            let progress = match pbx.originate(call).await {
                Ok(progress) => progress,
                Err(refusal) => {
                    let reason = refused::call(refusal, &to, &context);
                    let why = wording::logged(&reason);
                    tracing::info!(call = id, %asker, %from, %to, outcome = %why, "a call was not made");
                    // Whoever asked may be gone.
                    let _ = answer.send(Err(reason));
                    return;
                }
            };
            let (course, watched) = watch::channel(Course::default());
            let _ = answer.send(Ok(watched.clone()));
            let followed = async {
                let last = follow(progress, course, stopping).await;
                let outcome = wording::outcome(last);
                tracing::info!(call = id, %asker, %from, %to, %outcome, "a call is over");
            };
            match (&asker, told) {
                (Asker::Person(user, _), Some((started, language))) => {
                    let words = |course: &Course| wording::course(&started, *course, language);
                    tokio::join!(followed, messenger.keep(user, watched, words));
                }
                _ => followed.await,
            }
        });
        // Without an answer the task broke off, and nobody knows how far it came.
        answered
            .await
            .unwrap_or(Err(Reason::Pbx(Refusal::NoAnswer)))
    }
}

/// Follows a call until it is over. Once the course is dropped here, nothing more is told of it.
async fn follow(
    mut progress: mpsc::Receiver<Progress>,
    course: watch::Sender<Course>,
    mut stopping: watch::Receiver<bool>,
) -> Course {
    while course.borrow().end.is_none() {
        tokio::select! {
            biased;
            next = progress.recv() => course.send_if_modified(|course| match next {
                Some(next) => course.apply(&next),
                None => course.finish(End::Lost),
            }),
            // An error is that nobody is left who could say so.
            _ = stopping.wait_for(|stopping| *stopping) => {
                course.send_if_modified(|course| course.finish(End::Stopped))
            }
        };
    }
    *course.borrow()
}
