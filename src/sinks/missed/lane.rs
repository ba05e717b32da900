//! One person's missed calls: what is kept of them, the message that tells them, and its buttons. All of it happens one after the
//! other, and the record is stored before anything is shown, so that a restart loses nothing. It may tell something twice, where it
//! comes between a message and the word that it was sent.

use std::sync::Arc;
use std::time::Duration;

use subtle::ConstantTimeEq;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};

use super::MissedHost;
use super::gate::{Answer, Phone};
use super::record::{self, BUTTONS_AGE, Entry, Record};
use super::shared::{Kind, Shared};
use super::wording::{self, Reader};
use crate::backoff::Backoff;
use crate::board::{Erased, Timestamp};
use crate::host::{HostError, HostErrorKind, Person, PostId, UserId};
use crate::messages::Kept;
use crate::store::{self, RecordError};

/// After how long without success nothing is tried any more for somebody, until they miss another call or the plugin starts again: what
/// was stored is told then. What could not be stored by then is lost.
pub const GIVE_UP_AFTER: Duration = Duration::from_secs(15 * 60);

/// How long it is tried to take the buttons off a message that another one follows. After that it keeps them, and they say that they are no
/// longer good: whoever is to be told of a call does not wait for an older message.
const PARTING_LIMIT: Duration = Duration::from_secs(60);

/// How much waits for one person while the server does not answer.
pub(super) const MAX_WORK: usize = 64;

/// How long somebody's record is held once nothing is to be done: what was stored a moment ago may not be read yet, where the server
/// reads from a replica of its database.
const HOLD: Duration = Duration::from_secs(60);

/// Who is to be nobody, and who wants to know it.
pub(super) type Erasing = (Arc<Erased>, oneshot::Sender<Result<bool, HostError>>);

/// Something to do for one person.
#[derive(Debug)]
pub(super) enum Work {
    /// They missed something.
    Missed(Box<(Person, Entry)>),
    /// A button was pressed in their name. Boxed, as the other: a lane has room for as many as its channel takes in one piece.
    Press(Box<(Press, oneshot::Sender<Verdict>)>),
    /// Somebody is to be nobody among the callers. Whether they were one is answered once that is stored.
    Erase(Box<Erasing>),
    /// Look whether something of their record is still to be told, or whether it is over.
    Look,
}

/// A pressed button, as it came.
#[derive(Clone, Debug)]
pub struct Press {
    /// The post that it is said to be under.
    pub post: PostId,
    /// What it carries to show that we made it.
    pub token: String,
    /// The caller to call back, by the number in the record; empty for *Done*.
    pub caller: String,
}

/// What a button does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// This number is to be called.
    Call(String),
    /// The message was done with, and says so.
    Done,
    /// The message was done with, and cannot say so.
    DoneUnchanged,
    /// The message is not the one any more, or is not theirs, or was never.
    Stale,
    /// It is too old.
    TooOld,
    /// The caller is no longer listed, or has no number.
    NoCaller,
    /// The server did not do it. It may at another time.
    Again,
}

/// Whether somebody may be told now.
#[derive(Debug)]
enum Leave {
    NotAsked,
    Asked(oneshot::Receiver<Answer>),
    Given,
}

/// Why a lane ends before its time.
struct Ended;

pub(super) struct Lane<H> {
    missed: Arc<Shared<H>>,
    user: UserId,
    work: mpsc::Receiver<Work>,
    person: Option<Person>,
    record: Record,
    unsaved: bool,
    kept: Option<Kept>,
    leave: Leave,
    backoff: Backoff,
    failing_since: Option<Instant>,
    retry_at: Option<Instant>,
    /// It was tried for too long.
    given_up: bool,
    idle_until: Instant,
}

impl<H: MissedHost> Lane<H> {
    pub(super) fn new(missed: Arc<Shared<H>>, user: UserId, work: mpsc::Receiver<Work>) -> Self {
        Self {
            missed,
            user,
            work,
            person: None,
            record: Record::default(),
            unsaved: false,
            kept: None,
            leave: Leave::NotAsked,
            backoff: Backoff::default(),
            failing_since: None,
            retry_at: None,
            given_up: false,
            idle_until: Instant::now(),
        }
    }

    /// Does what comes until nothing comes any more. Whatever asks the server is boxed here and below, and gone once it is done: a lane stays for
    /// [`HOLD`] with nothing to do, and in an office in which everybody misses calls, there are thousands of them.
    pub(super) async fn run(mut self) {
        let loaded = Box::pin(self.missed.load(&self.user)).await;
        let ended = match loaded {
            Ok(record) => {
                self.record = record;
                self.follow().await.is_err()
            }
            Err(error) => {
                tracing::warn!(%error, "somebody's missed calls could not be read");
                true
            }
        };
        if ended {
            self.missed.leave_at_once(&self.user, &mut self.work);
        }
    }

    async fn follow(&mut self) -> Result<(), Ended> {
        let missed = Arc::clone(&self.missed);
        loop {
            while let Ok(work) = self.work.try_recv() {
                self.take(work).await;
            }
            if missed.is_stopping() {
                if self.unsaved {
                    Box::pin(self.save()).await;
                }
                return Err(Ended);
            }
            if let Some(at) = self.retry_at {
                tokio::select! {
                    () = sleep_until(at) => self.retry_at = None,
                    work = self.work.recv() => self.take_some(work).await?,
                    () = missed.stopped() => {}
                }
            } else if self.unsaved {
                Box::pin(self.save()).await;
            } else if self.record.waiting && !self.given_up {
                match &mut self.leave {
                    Leave::NotAsked => Box::pin(self.ask()).await,
                    Leave::Asked(answer) => tokio::select! {
                        answer = answer => {
                            let let_in = answer == Ok(Answer::LetIn);
                            self.leave = if let_in { Leave::Given } else { Leave::NotAsked };
                            self.unsaved |= answer.is_ok() && self.record.is_quiet(None);
                        }
                        work = self.work.recv() => self.take_some(work).await?,
                        () = missed.stopped() => {}
                    },
                    Leave::Given => Box::pin(self.tell()).await,
                }
            } else if Instant::now() < self.idle_until {
                tokio::select! {
                    () = sleep_until(self.idle_until) => {}
                    work = self.work.recv() => self.take_some(work).await?,
                    () = missed.stopped() => {}
                }
            } else if self.missed.leave(&self.user, &self.work) {
                return Ok(());
            } else {
                // Somebody is about to hand it something.
                self.idle();
            }
        }
    }

    async fn take_some(&mut self, work: Option<Work>) -> Result<(), Ended> {
        self.take(work.ok_or(Ended)?).await;
        Ok(())
    }

    async fn take(&mut self, work: Work) {
        match work {
            Work::Missed(missed) => {
                let (person, entry) = *missed;
                self.person = Some(person);
                self.record.add(&entry);
                self.unsaved = true;
                (self.given_up, self.failing_since) = (false, None);
            }
            Work::Press(pressed) => {
                let (press, answer) = *pressed;
                let verdict = Box::pin(self.press(&press)).await;
                // Whoever asked may be gone.
                let _ = answer.send(verdict);
                self.idle();
            }
            Work::Erase(erase) => {
                let (whom, answer) = *erase;
                let found = self.record.erase(&whom);
                // What could not be stored before names them still.
                if found || self.given_up || self.unsaved {
                    self.unsaved = true;
                    Box::pin(self.save()).await;
                }
                let later = || HostError::transient("somebody's missed calls are not stored yet");
                // Whoever asked may be gone.
                let _ = answer.send(if self.unsaved {
                    Err(later())
                } else {
                    Ok(found)
                });
                self.idle();
            }
            Work::Look => {
                if self.record.is_over(self.missed.now()) && !self.record.is_empty() {
                    self.record = Record::default();
                    self.kept = None;
                    self.unsaved = true;
                }
            }
        }
    }

    /// Nothing is known to be done.
    fn idle(&mut self) {
        self.idle_until = Instant::now() + HOLD;
    }

    async fn save(&mut self) {
        let key = record::key(&self.user);
        let missed = Arc::clone(&self.missed);
        let saved = missed
            .attempt(async {
                if self.record.is_empty() {
                    return missed.host.put(&key, None).await;
                }
                let saved = store::save(&*missed.host, &key, &self.record).await;
                saved.map_err(RecordError::into_host)
            })
            .await;
        match saved {
            Ok(()) => self.succeeded(),
            Err(error) if error.is_transient() && !missed.is_stopping() => {
                self.failed(&error);
            }
            Err(error) => {
                tracing::warn!(%error, "somebody's missed calls are not stored: a restart would forget them");
                missed.count(Kind::Unstored);
                self.succeeded();
            }
        }
    }

    fn succeeded(&mut self) {
        self.unsaved = false;
        (self.backoff, self.failing_since) = (Backoff::default(), None);
        self.idle();
    }

    fn failed(&mut self, error: &HostError) {
        self.missed.count(Kind::Retried);
        let wait = self.backoff.next_wait();
        let since = *self.failing_since.get_or_insert_with(Instant::now);
        self.retry_at = Some(Instant::now() + wait);
        if since.elapsed() + wait >= GIVE_UP_AFTER {
            self.give_up(error);
        }
    }

    fn give_up(&mut self, error: &HostError) {
        tracing::warn!(%error, "somebody was not told of missed calls; they are with the next one");
        self.missed.count(Kind::GivenUp);
        // Storing is tried no longer, either: it would be what failed.
        (self.given_up, self.unsaved, self.retry_at) = (true, false, None);
        (self.backoff, self.failing_since) = (Backoff::default(), None);
        self.idle();
    }

    /// Asks whether they may be told.
    async fn ask(&mut self) {
        if let Some(username) = self.wanted().await {
            // What a restart made the board forget stays in the record until the phone says that it is over.
            let resumed = Duration::from_millis(self.record.quiet_for(self.missed.now()));
            let (answer, phone) = self.missed.gate.ask(&self.user, &username, resumed);
            self.unsaved |= match phone {
                Phone::Quiet(since) => self.record.is_quiet(Some(since)),
                Phone::Resumed => false,
                Phone::Free => self.record.is_quiet(None),
            };
            self.leave = Leave::Asked(answer);
        }
    }

    /// Their user name, if they are to be told at all. If not, that is seen to.
    async fn wanted(&mut self) -> Option<Arc<str>> {
        match self.is_wanted().await {
            Ok(Some(username)) => return Some(username),
            Ok(None) => {
                self.record.forget_waiting();
                self.unsaved = true;
            }
            Err(error) if error.is_transient() => self.failed(&error),
            Err(error) => self.give_up(&error),
        }
        self.leave = Leave::NotAsked;
        None
    }

    /// Their user name, if they and the admin want them to be told.
    async fn is_wanted(&mut self) -> Result<Option<Arc<str>>, HostError> {
        let missed = Arc::clone(&self.missed);
        if !missed.is_on() {
            return Ok(None);
        }
        if self.person.is_none() {
            let person = missed.attempt(missed.host.person(&self.user)).await;
            self.person = match person {
                Ok(person) => Some(person).filter(|person| !person.deactivated),
                Err(error) if error.kind == HostErrorKind::NotFound => None,
                Err(error) => return Err(error),
            };
        }
        let Some(person) = &self.person else {
            return Ok(None);
        };
        let chosen = missed
            .attempt(missed.people.preferences(&self.user))
            .await?;
        Ok(chosen.missed_calls.then(|| Arc::clone(&person.username)))
    }

    async fn tell(&mut self) {
        // They may have waited for long.
        if self.wanted().await.is_none() {
            return;
        }
        let missed = Arc::clone(&self.missed);
        let now = missed.now();
        if self.record.outgrows_message(now) && !self.part(now).await {
            return;
        }
        if self.record.begin(now, token) {
            self.kept = None;
            self.unsaved = true;
            return;
        }
        let Some(person) = &self.person else {
            self.leave = Leave::NotAsked;
            return;
        };
        let message = wording::message(&self.record, &Reader::new(person, &missed.zones, now));
        let kept = self.kept.get_or_insert_with(|| kept(&self.record));
        let made = kept.post().is_some();
        match missed.messenger.bring(&self.user, kept, message).await {
            Ok(post) => {
                self.record.is_told(&post, now);
                missed.count(Kind::Told);
                self.succeeded();
                self.unsaved = true;
                self.leave = Leave::NotAsked;
            }
            Err(error) if made && !error.is_transient() => self.unchangeable(&error, now),
            Err(error) if error.is_transient() => {
                self.leave = Leave::NotAsked;
                self.failed(&error);
            }
            Err(error) => {
                self.leave = Leave::NotAsked;
                self.give_up(&error);
            }
        }
    }

    /// Takes the buttons off the message, as another one is to follow it. Answers whether that is seen to. Where it is done and not
    /// stored that it was, it is done again.
    async fn part(&mut self, now: Timestamp) -> bool {
        let missed = Arc::clone(&self.missed);
        let Some(person) = &self.person else {
            self.leave = Leave::NotAsked;
            return false;
        };
        let reader = Reader::new(person, &missed.zones, now);
        let message = wording::continued(&self.record.told(), &reader);
        let kept = self.kept.get_or_insert_with(|| kept(&self.record));
        match missed.messenger.bring(&self.user, kept, message).await {
            Ok(_) => self.outgrow(now),
            Err(error) if !error.is_transient() => self.unchangeable(&error, now),
            Err(error) => {
                let tried = |since: Instant| since.elapsed() >= PARTING_LIMIT;
                if !self.failing_since.is_some_and(tried) {
                    self.leave = Leave::NotAsked;
                    self.failed(&error);
                    return false;
                }
                tracing::info!(%error, "a message of missed calls that another one follows stays as it is");
                self.outgrow(now);
            }
        }
        true
    }

    /// The message can be changed no more: whoever deleted it is done with what it told; and a server may let no message be changed
    /// after a while (its setting `PostEditTimeLimit`).
    fn unchangeable(&mut self, error: &HostError, now: Timestamp) {
        if error.kind == HostErrorKind::NotFound {
            self.record.leave_message();
            self.kept = None;
            self.unsaved = true;
        } else {
            self.outgrow(now);
        }
    }

    fn outgrow(&mut self, now: Timestamp) {
        self.record.outgrow_message(now);
        self.kept = None;
        self.unsaved = true;
    }

    async fn press(&mut self, press: &Press) -> Verdict {
        let missed = Arc::clone(&self.missed);
        let now = missed.now();
        let Some(message) = &self.record.message else {
            return Verdict::Stale;
        };
        let is_ours = message.token.as_bytes().ct_eq(press.token.as_bytes());
        if message.token.is_empty() || !bool::from(is_ours) {
            return Verdict::Stale;
        }
        match &message.post {
            // It was sent, and the word of it is on its way.
            None => return Verdict::Again,
            Some(post) if *post != *press.post.as_str() => return Verdict::Stale,
            Some(_) if now.0 >= message.since.saturating_add(BUTTONS_AGE) => {
                return Verdict::TooOld;
            }
            Some(_) => {}
        }
        if !press.caller.is_empty() {
            let mut callers = self.record.callers.iter();
            let caller = press.caller.parse().ok();
            let caller = caller.and_then(|id: u32| callers.find(|caller| caller.id == id));
            let number = caller.and_then(|caller| caller.dial());
            return number.map_or(Verdict::NoCaller, |number| Verdict::Call(number.to_owned()));
        }
        if self.person.is_none() {
            self.person = missed.attempt(missed.host.person(&self.user)).await.ok();
        }
        let Some(person) = &self.person else {
            return Verdict::Again;
        };
        let reader = Reader::new(person, &missed.zones, now);
        let message = wording::done(&self.record.told(), &reader);
        let kept = self.kept.get_or_insert_with(|| kept(&self.record));
        let verdict = match missed.messenger.bring(&self.user, kept, message).await {
            Ok(_) => Verdict::Done,
            Err(error) if error.is_transient() => return Verdict::Again,
            Err(error) if error.kind == HostErrorKind::NotFound => Verdict::Done,
            Err(error) => {
                tracing::info!(%error, "a message of missed calls stays as it is, and counts as done");
                Verdict::DoneUnchanged
            }
        };
        self.record.leave_message();
        self.kept = None;
        self.unsaved = true;
        verdict
    }
}

/// The message as far as the record knows of it.
fn kept(record: &Record) -> Kept {
    let post = record
        .message
        .as_ref()
        .and_then(|message| message.post.as_deref());
    post.map_or_else(Kept::default, |post| Kept::of(post.into()))
}

/// Something that nobody guesses: 128 bits.
fn token() -> String {
    let mut bytes = [0; 16];
    // Without the system's randomness there is no token that would be safe: then no button of the message works.
    if getrandom::fill(&mut bytes).is_err() {
        return String::new();
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
