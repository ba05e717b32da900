//! Who is in which conference: a state machine without I/O and without a clock of its own.
//!
//! What a tab takes part by is its *participation*. Somebody is in a conference while one of their participations is: two tabs are one
//! person, and a tab that is loaded anew goes on where it was.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::board::Timestamp;
use crate::host::{ChannelId, UserId};

/// How often a client says that it is still there.
pub const BEAT: Duration = Duration::from_secs(30);

/// Who says nothing for so long has left: two beats may be lost.
pub const BEAT_LIMIT: Duration = Duration::from_secs(90);

/// When somebody who never says anything has left: clients of Pexip Video Connect tell only when they join and leave. As long as what a
/// conference sets in somebody's status lasts at most.
pub const SILENT_LIMIT: Duration = Duration::from_secs(4 * 60 * 60);

/// Somebody who comes so soon after a conference ended goes on with it, and with its post.
pub const REOPENS_WITHIN: Duration = Duration::from_secs(60);

/// The most conferences at once.
pub const MAX_CONFERENCES: usize = 1000;

/// The most participations of one conference. Pexip's own largest rooms are smaller.
pub const MAX_IN_CONFERENCE: usize = 500;

/// The most participations of one person, of all conferences together.
pub const MAX_OF_PERSON: usize = 8;

/// The most participations that another tab took over and that are remembered as such; further ones are forgotten at once, as by a restart.
pub const MAX_REPLACED: usize = 4000;

/// Somebody, as a conference knows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Who {
    pub(super) id: Arc<str>,
    pub(super) username: Arc<str>,
    /// What people call them.
    pub(super) name: Arc<str>,
}

impl Who {
    pub(super) fn user(&self) -> UserId {
        UserId(Arc::clone(&self.id))
    }
}

/// What a participation is by.
#[derive(Clone, Debug, PartialEq, Eq)]
enum By {
    /// A tab, by an id that it made up.
    Tab(Box<str>),
    /// A client of Pexip Video Connect, which has no tabs and no beats.
    Original,
    /// Nothing yet: they were in when the plugin was ended, and their client has not come back.
    Before,
}

#[derive(Clone, Debug)]
struct Participation {
    who: Who,
    channel: ChannelId,
    alias: Arc<str>,
    by: By,
    /// Since when they are in; nothing while they are about to.
    since: Option<Timestamp>,
    beat: Timestamp,
}

impl Participation {
    fn ends(&self) -> Timestamp {
        let limit = match self.by {
            By::Original => SILENT_LIMIT,
            _ => BEAT_LIMIT,
        };
        self.beat.after(limit.as_millis() as u64)
    }
}

/// A conference, from when the first one is in.
#[derive(Clone, Debug)]
pub(super) struct Conference {
    pub(super) since: Timestamp,
    /// What its room is called, whatever the channel is called meanwhile.
    pub(super) alias: Arc<str>,
    /// Everybody who was in, each once, as they came.
    pub(super) ever: Vec<Who>,
    /// When the last one left.
    pub(super) ended: Option<Timestamp>,
}

/// Something that happened to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) channel: ChannelId,
    pub(super) who: Who,
    /// Whether they came; else they left.
    pub(super) entered: bool,
}

/// Why somebody cannot take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Denied {
    /// Another tab of theirs is in it.
    Elsewhere,
    /// There are too many.
    Full,
}

/// Why somebody does not take part by what they name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lost {
    /// There is no such participation of theirs, or no longer.
    Gone,
    /// Another tab of theirs took its place.
    Replaced,
}

/// Who wants to take part, where, and by what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    pub(super) who: &'a Who,
    pub(super) channel: &'a ChannelId,
    /// What the room is called.
    pub(super) alias: &'a str,
    /// The tab's own id; nothing for a client that has none.
    pub(super) tab: Option<&'a str>,
    /// Whether it takes the place of another tab.
    pub(super) take_over: bool,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Conferences {
    participations: HashMap<Box<str>, Participation>,
    conferences: HashMap<ChannelId, Conference>,
    /// Those that another tab took over, with whose they were, until their client has to have asked.
    replaced: HashMap<Box<str>, (Arc<str>, Timestamp)>,
}

impl Conferences {
    /// Lets somebody take part by that id, which nobody else knows. They are in once they [say so](Self::joined), or at once in the
    /// place of another participation of theirs that was. Answers the participations of other tabs whose place it took.
    pub(super) fn admit(
        &mut self,
        id: &str,
        entry: Entry<'_>,
        now: Timestamp,
    ) -> Result<Vec<Box<str>>, Denied> {
        let by = match entry.tab {
            Some(tab) => By::Tab(tab.into()),
            None => By::Original,
        };
        let own =
            |other: &Participation| other.who.id == entry.who.id && other.channel == *entry.channel;
        let elsewhere = |other: &Participation| {
            matches!(other.by, By::Tab(_)) && other.by != by && other.since.is_some()
        };
        let all = || self.participations.values();
        if !entry.take_over && all().any(|other| own(other) && elsewhere(other)) {
            return Err(Denied::Elsewhere);
        }
        let is_replaced =
            |other: &Participation| own(other) && (other.by == by || other.since.is_some());
        let (mut of_person, mut in_conference) = (0, 0);
        for other in all().filter(|other| !is_replaced(other)) {
            of_person += usize::from(other.who.id == entry.who.id);
            in_conference += usize::from(other.channel == *entry.channel);
        }
        let new = !self.conferences.contains_key(entry.channel);
        if of_person >= MAX_OF_PERSON
            || in_conference >= MAX_IN_CONFERENCE
            || (new && self.conferences.len() >= MAX_CONFERENCES)
        {
            return Err(Denied::Full);
        }
        let since = all().filter(|other| is_replaced(other));
        let since = since.filter_map(|other| other.since).min();
        // Tabs alone go by an id that they know.
        let is_told = |other: &Participation| is_replaced(other) && elsewhere(other);
        let told = self.participations.iter();
        let told = told.filter(|(_, other)| entry.tab.is_some() && is_told(other));
        let told: Vec<Box<str>> = told.map(|(id, _)| id.clone()).collect();
        self.participations.retain(|_, other| !is_replaced(other));
        let until = now.after(BEAT_LIMIT.as_millis() as u64);
        for id in &told {
            if self.replaced.len() < MAX_REPLACED {
                let whose = (Arc::clone(&entry.who.id), until);
                self.replaced.insert(id.clone(), whose);
            }
        }
        let new = Participation {
            who: entry.who.clone(),
            channel: entry.channel.clone(),
            alias: entry.alias.into(),
            by,
            since,
            beat: now,
        };
        self.participations.insert(id.into(), new);
        Ok(told)
    }

    /// Why somebody has no such participation. Nobody learns that of somebody else's.
    fn lost(&self, id: &str, user: &UserId) -> Lost {
        match self.replaced.get(id) {
            Some((whose, _)) if *whose == user.0 => Lost::Replaced,
            _ => Lost::Gone,
        }
    }

    /// Somebody's participation.
    fn own(&mut self, id: &str, user: &UserId) -> Result<&mut Participation, Lost> {
        let lost = self.lost(id, user);
        let found = self.participations.get_mut(id);
        found.filter(|own| own.who.id == user.0).ok_or(lost)
    }

    /// The channel of somebody's participation.
    pub(super) fn channel(&self, id: &str, user: &UserId) -> Result<ChannelId, Lost> {
        let found = self.participations.get(id);
        let found = found.filter(|own| own.who.id == user.0);
        let channel = found.map(|own| own.channel.clone());
        channel.ok_or_else(|| self.lost(id, user))
    }

    /// They are in. Answers since when, and what happened if they were not before.
    pub(super) fn joined(
        &mut self,
        id: &str,
        user: &UserId,
        now: Timestamp,
    ) -> Result<(Timestamp, Option<Step>), Lost> {
        let own = self.own(id, user)?;
        own.beat = now;
        if let Some(since) = own.since {
            return Ok((since, None));
        }
        let (who, channel) = (own.who.clone(), own.channel.clone());
        let alias = Arc::clone(&own.alias);
        // By another tab they may be in already.
        let others = self.participations.values();
        let others = others.filter(|other| other.who.id == who.id && other.channel == channel);
        let before = others.filter_map(|other| other.since).min();
        self.own(id, user)?.since = Some(now);
        if let Some(since) = before {
            return Ok((since, None));
        }
        let conference = self.conferences.entry(channel.clone());
        let conference = conference.or_insert_with(|| Conference {
            since: now,
            alias,
            ever: Vec::new(),
            ended: None,
        });
        conference.ended = None;
        if !conference.ever.iter().any(|other| other.id == who.id) {
            conference.ever.push(who.clone());
        }
        let step = Step {
            channel,
            who,
            entered: true,
        };
        Ok((now, Some(step)))
    }

    /// They are still there.
    pub(super) fn beat(&mut self, id: &str, user: &UserId, now: Timestamp) -> Result<(), Lost> {
        self.own(id, user)?.beat = now;
        Ok(())
    }

    /// They leave by one participation; where it is not known who asks, knowing a tab's random id is enough for that.
    pub(super) fn leave(
        &mut self,
        id: &str,
        user: Option<&UserId>,
        now: Timestamp,
    ) -> Result<Option<Step>, Lost> {
        let own = self.participations.get(id).ok_or(Lost::Gone)?;
        let may = match user {
            Some(user) => user.0 == own.who.id,
            None => matches!(own.by, By::Tab(_)),
        };
        if !may {
            return Err(Lost::Gone);
        }
        Ok(self.remove(id, now))
    }

    /// They leave by whatever they take part by.
    pub(super) fn leave_channel(
        &mut self,
        channel: &ChannelId,
        user: &UserId,
        now: Timestamp,
    ) -> Vec<Step> {
        self.remove_where(now, |own| own.channel == *channel && own.who.id == user.0)
    }

    /// Everybody leaves.
    pub(super) fn clear(&mut self, now: Timestamp) -> Vec<Step> {
        self.remove_where(now, |_| true)
    }

    /// Those leave whose clients said nothing for too long. Answers what happened, and which conferences are over for good.
    pub(super) fn expire(&mut self, now: Timestamp) -> (Vec<Step>, Vec<ChannelId>) {
        let steps = self.remove_where(now, |own| own.ends() <= now);
        self.replaced.retain(|_, (_, until)| *until > now);
        let over = |conference: &Conference| {
            let ended = conference.ended;
            ended.is_some_and(|at| at.after(REOPENS_WITHIN.as_millis() as u64) <= now)
        };
        let done = self.conferences.iter();
        let done: Vec<ChannelId> = done
            .filter(|(_, conference)| over(conference))
            .map(|(channel, _)| channel.clone())
            .collect();
        for channel in &done {
            self.conferences.remove(channel);
        }
        (steps, done)
    }

    /// When something happens by itself.
    pub(super) fn next(&self) -> Option<Timestamp> {
        let ends = self.participations.values().map(Participation::ends);
        let over = self.conferences.values().filter_map(|own| own.ended);
        let over = over.map(|at| at.after(REOPENS_WITHIN.as_millis() as u64));
        let forgotten = self.replaced.values().map(|(_, until)| *until);
        ends.chain(over).chain(forgotten).min()
    }

    /// A conference that went on when the plugin was ended, with those who were in. They have as long as anybody to say that they
    /// still are.
    pub(super) fn resume(
        &mut self,
        channel: &ChannelId,
        conference: Conference,
        people: &[Who],
        now: Timestamp,
    ) {
        if self.conferences.contains_key(channel) || self.conferences.len() >= MAX_CONFERENCES {
            return;
        }
        for who in people.iter().take(MAX_IN_CONFERENCE) {
            let participation = Participation {
                who: who.clone(),
                channel: channel.clone(),
                alias: Arc::clone(&conference.alias),
                by: By::Before,
                since: Some(conference.since),
                beat: now,
            };
            let id = format!("{}:{}", channel.as_str(), who.id);
            self.participations.insert(id.into(), participation);
        }
        self.conferences.insert(channel.clone(), conference);
    }

    /// A channel's conference that goes on, or just ended.
    pub(super) fn of(&self, channel: &ChannelId) -> Option<&Conference> {
        self.conferences.get(channel)
    }

    /// Who is in, each once, as they came.
    pub(super) fn people(&self, channel: &ChannelId) -> Vec<Who> {
        let Some(conference) = self.conferences.get(channel) else {
            return Vec::new();
        };
        let is_in = |who: &&Who| self.is_in(channel, &who.id);
        conference.ever.iter().filter(is_in).cloned().collect()
    }

    /// The conferences that go on, the oldest first.
    pub(super) fn going_on(&self) -> Vec<(ChannelId, Timestamp)> {
        let all = self.conferences.iter();
        let all = all.filter(|(_, conference)| conference.ended.is_none());
        let mut all: Vec<_> = all
            .map(|(channel, conference)| (channel.clone(), conference.since))
            .collect();
        all.sort_by(|(one, since), (other, later)| (since, &one.0).cmp(&(later, &other.0)));
        all
    }

    fn is_in(&self, channel: &ChannelId, user: &str) -> bool {
        let mut all = self.participations.values();
        all.any(|own| own.since.is_some() && own.channel == *channel && *own.who.id == *user)
    }

    fn remove_where(&mut self, now: Timestamp, is: impl Fn(&Participation) -> bool) -> Vec<Step> {
        let all = self.participations.iter();
        let ids = all.filter(|(_, own)| is(own)).map(|(id, _)| id.clone());
        let ids: Vec<_> = ids.collect();
        ids.iter().filter_map(|id| self.remove(id, now)).collect()
    }

    fn remove(&mut self, id: &str, now: Timestamp) -> Option<Step> {
        let own = self.participations.remove(id)?;
        own.since?;
        if self.is_in(&own.channel, &own.who.id) {
            return None;
        }
        let mut all = self.participations.values();
        let goes_on = all.any(|other| other.since.is_some() && other.channel == own.channel);
        if !goes_on && let Some(conference) = self.conferences.get_mut(&own.channel) {
            conference.ended = Some(now);
        }
        Some(Step {
            channel: own.channel,
            who: own.who,
            entered: false,
        })
    }
}
