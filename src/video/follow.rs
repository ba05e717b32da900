//! What follows from who comes and goes: claims on statuses, posts, what clients are told, and records.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use super::conferences::{Step, Who};
use super::record::{self, Found, NOTED_EVERY, PREFIX, Record};
use super::{BEAT_LIMIT, EVENT, Join, LONGEST_SLEEP, State, TAKEN_OVER, Video, VideoHost};
use crate::backoff::Backoff;
use crate::board::Timestamp;
use crate::config::VideoPosts;
use crate::host::{Audience, ChannelId, HostError, Told};
use crate::sinks::status::{Claim, Reason};
use crate::store::{self, RecordError};

/// How long somebody who joins right after the start waits until it is known what went on before: then their conference goes on, too.
const LOOK_BACK_LIMIT: Duration = Duration::from_secs(3);

/// The most people whom clients are told of by name when something changed; `GET /api/v1/video/rooms` has all of them.
pub const MAX_TOLD: usize = 20;

/// So many changes wait to be told one by one; beyond it each channel is told of once. A channel has to wait only where the server
/// does not answer.
pub(super) const MAX_UNTOLD: usize = 1000;

/// By what a conference's claim on a person's status goes.
fn claim_key(channel: &ChannelId) -> String {
    format!("video:{}", channel.as_str())
}

impl<H: VideoHost> Video<H> {
    /// Does what follows from what happened.
    pub(super) fn follow(self: &Arc<Self>, state: &mut State<H>, steps: Vec<Step>) {
        let style = state.settings.as_ref().map(|settings| settings.posts);
        let style = style.unwrap_or(VideoPosts::None);
        let mut changed: Vec<ChannelId> = Vec::new();
        for step in steps {
            let user = step.who.user();
            if step.entered {
                self.claim(&user, &step.channel, (self.clock)());
            } else {
                self.statuses.release(&user, &claim_key(&step.channel));
            }
            state.desks.step(style, &step);
            if !changed.contains(&step.channel) {
                changed.push(step.channel);
            }
        }
        for channel in changed {
            let people = state.conferences.people(&channel);
            if let Some(conference) = state.conferences.of(&channel) {
                let shown = state.desks.show(style, &channel, conference, &people);
                self.unsaved(state, &channel);
                if let Some(shown) = shown {
                    let (weak, channel) = (Arc::downgrade(self), channel.clone());
                    self.spawn(async move {
                        shown.await;
                        // The post is known now.
                        if let Some(video) = weak.upgrade() {
                            video.unsaved(&mut video.state(), &channel);
                        }
                    });
                }
            }
            self.tell(state, channel);
        }
        if state.desks.needs_author() && !state.asks_author {
            state.asks_author = true;
            self.spawn(find_author(Arc::downgrade(self)));
        }
        self.timer.notify_one();
    }

    pub(super) fn claim(&self, user: &crate::host::UserId, channel: &ChannelId, since: Timestamp) {
        let claim = Claim {
            key: claim_key(channel).into(),
            reason: Reason::Video,
            since,
        };
        self.statuses.claim(user, claim);
    }

    /// The tabs whose places somebody's other tab took learn of it at once. One that is not told learns it by its next beat.
    pub(super) fn tell_replaced(&self, join: &Join<'_>, replaced: &[Box<str>]) {
        if replaced.is_empty() {
            return;
        }
        let ids: Vec<&str> = replaced.iter().map(|id| &**id).collect();
        let fields = [
            ("channelId", join.channel.as_str().into()),
            ("participations", ids.into()),
        ];
        let told: Told = fields
            .map(|(name, it)| (name.to_owned(), it))
            .into_iter()
            .collect();
        let (host, user) = (Arc::clone(&self.host), join.person.id.clone());
        self.spawn(async move {
            let told = host.tell_clients(TAKEN_OVER, Audience::User(&user), told);
            if let Err(error) = told.await {
                tracing::debug!(%error, "a tab was not told that another one took over");
            }
        });
    }

    /// Clients of a channel's members show something else now. Who is not told sees it when they look.
    pub(super) fn tell(&self, state: &mut State<H>, channel: ChannelId) {
        if state.untold.len() >= MAX_UNTOLD {
            // What is told later says all that this would have said.
            state.untold.retain(|other| *other != channel);
        }
        state.untold.push_back(channel);
        self.telling.notify_one();
    }

    /// Tells them of the channel that changed first, as it is now. Answers whether there was one.
    async fn tell_next(&self) -> bool {
        let (channel, told) = {
            let mut state = self.state();
            let Some(channel) = state.untold.pop_front() else {
                return false;
            };
            let told = told(&state, &channel);
            (channel, told)
        };
        let told = self
            .host
            .tell_clients(EVENT, Audience::Channel(&channel), told);
        if let Err(error) = told.await {
            tracing::debug!(%error, "clients were not told of a conference");
        }
        true
    }

    fn unsaved(&self, state: &mut State<H>, channel: &ChannelId) {
        state.unsaved.insert(channel.clone());
        self.dirty.notify_one();
    }

    /// Lets those go whose clients say nothing any more, and tells when to look again.
    pub(super) fn expire(self: &Arc<Self>) -> Option<Duration> {
        let now = (self.clock)();
        let mut state = self.state();
        let (steps, over) = state.conferences.expire(now);
        if !steps.is_empty() {
            self.follow(&mut state, steps);
        }
        for channel in over {
            state.desks.release(&channel);
            self.unsaved(&mut state, &channel);
        }
        let next = state.conferences.next()?;
        Some(Duration::from_millis(next.0.saturating_sub(now.0)).min(LONGEST_SLEEP))
    }

    /// Waits until it is known what went on before the start, but not for long.
    pub(super) async fn looked_back(&self) {
        let mut resumed = self.resumed.subscribe();
        let known = resumed.wait_for(|resumed| *resumed);
        // What is not known by then is not taken up.
        drop(timeout(LOOK_BACK_LIMIT, known).await);
    }

    /// Writes what goes on in a channel, or that nothing does.
    async fn save(&self, channel: &ChannelId) -> Result<(), RecordError> {
        let record = {
            let state = self.state();
            let conference = state.conferences.of(channel);
            conference.map(|conference| {
                let people = state.conferences.people(channel);
                let post = state.desks.post(channel);
                Record::new(conference, people, post, (self.clock)())
            })
        };
        let key = record::key(channel);
        match record {
            Some(record) => store::save(&*self.host, &key, &record).await,
            None => Ok(self.host.put(&key, None).await?),
        }
    }

    /// Writes what is to be written. What fails is to be written still.
    pub(super) async fn save_all(&self) {
        let unsaved = std::mem::take(&mut self.state().unsaved);
        for channel in unsaved {
            if let Err(error) = self.save(&channel).await {
                tracing::debug!(%error, "a conference was not noted");
                self.state().unsaved.insert(channel);
            }
        }
    }

    /// Takes up what an earlier process noted.
    async fn look_back(self: &Arc<Self>) -> Result<(), HostError> {
        for key in store::keys(&*self.host, PREFIX).await? {
            let Some(channel) = key.strip_prefix(PREFIX).map(ChannelId::from) else {
                continue;
            };
            let Some(record) = store::load::<Record>(&*self.host, &key).await? else {
                continue;
            };
            let now = (self.clock)();
            let mut state = self.state();
            if state.conferences.of(&channel).is_some() {
                continue;
            }
            let post = record.post();
            match record.found(now) {
                Found::GoesOn(conference) => {
                    if let Some(post) = post {
                        let people = &record.people;
                        state.desks.adopt(&channel, &post, &conference, people);
                    }
                    let conferences = &mut state.conferences;
                    conferences.resume(&channel, conference, &record.people, now);
                }
                Found::Over(conference) => {
                    if let Some(post) = post {
                        state.desks.adopt(&channel, &post, &conference, &[]);
                        state.desks.release(&channel);
                    }
                    self.unsaved(&mut state, &channel);
                    self.release_later(channel, record.people);
                }
            }
        }
        self.timer.notify_one();
        Ok(())
    }

    /// Gives back what these had in their statuses. A claim of before the start is not there at once, but by the time that everybody
    /// would have come back.
    fn release_later(self: &Arc<Self>, channel: ChannelId, people: Vec<Who>) {
        let video = Arc::downgrade(self);
        self.spawn(async move {
            sleep(BEAT_LIMIT).await;
            let Some(video) = video.upgrade() else {
                return;
            };
            let now = video.state().conferences.people(&channel);
            for who in people.iter().filter(|who| !now.contains(who)) {
                video.statuses.release(&who.user(), &claim_key(&channel));
            }
        });
    }
}

/// What a channel's members are told of its conference: all that a button shows, so that nobody has to ask.
fn told<H>(state: &State<H>, channel: &ChannelId) -> Told {
    let since = state.conferences.of(channel).map(|own| own.since.0);
    let people = state.conferences.people(channel);
    let first: Vec<&str> = people.iter().take(MAX_TOLD).map(|who| &*who.id).collect();
    let fields = [
        ("channelId", channel.as_str().into()),
        ("since", since.into()),
        ("count", people.len().into()),
        ("people", first.into()),
    ];
    let fields = fields.into_iter();
    fields.map(|(name, it)| (name.to_owned(), it)).collect()
}

/// Tells clients of what changed, one after the other: what came later must not be told first.
pub(super) async fn tell<H: VideoHost>(video: Weak<Video<H>>, telling: Arc<Notify>) {
    loop {
        telling.notified().await;
        loop {
            let Some(video) = video.upgrade() else {
                return;
            };
            if !video.tell_next().await {
                break;
            }
        }
    }
}

/// Writes records when they are to be written, and now and then that conferences still go on, until all is over.
pub(super) async fn save<H: VideoHost>(video: Weak<Video<H>>, dirty: Arc<Notify>) {
    let mut backoff = Backoff::default();
    loop {
        let noting = timeout(NOTED_EVERY, dirty.notified()).await.is_err();
        let Some(video) = video.upgrade() else {
            return;
        };
        if noting {
            let mut state = video.state();
            let going_on = state.conferences.going_on();
            let channels = going_on.into_iter().map(|(channel, _)| channel);
            state.unsaved.extend(channels);
        }
        video.save_all().await;
        if video.state().unsaved.is_empty() {
            backoff = Backoff::default();
            continue;
        }
        dirty.notify_one();
        drop(video);
        sleep(backoff.next_wait()).await;
    }
}

/// Takes up what went on before the start, again until that succeeds.
pub(super) async fn resume<H: VideoHost>(video: Weak<Video<H>>) {
    let mut backoff = Backoff::default();
    loop {
        let Some(video) = video.upgrade() else {
            return;
        };
        match video.look_back().await {
            Ok(()) => {
                video.resumed.send_replace(true);
                return;
            }
            Err(error) => {
                tracing::warn!(%error, "conferences of before the start cannot be read, which will be tried again");
            }
        }
        drop(video);
        sleep(backoff.next_wait()).await;
    }
}

/// Finds out who posts, again until that succeeds.
async fn find_author<H: VideoHost>(video: Weak<Video<H>>) {
    let mut backoff = Backoff::default();
    loop {
        let Some(video) = video.upgrade() else {
            return;
        };
        let found = video.host.own_account().await;
        {
            let mut state = video.state();
            match found {
                Ok(author) => {
                    state.desks.author(&author);
                    (state.no_author, state.asks_author) = (None, false);
                    return;
                }
                Err(error) => {
                    if state.no_author.replace(error.message.clone()).is_none() {
                        tracing::warn!(%error, "there is no account to post about conferences, which go on without; it is tried again");
                    }
                }
            }
        }
        drop(video);
        sleep(backoff.next_wait()).await;
    }
}
