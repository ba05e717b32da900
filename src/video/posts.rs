//! What channels read of their conferences: one post each, which changes, or two a person in the words of Pexip Video Connect.
//!
//! Each channel has an outbox of its own while it has a conference, so that a channel in which nothing can be posted is nobody else's
//! trouble.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::conferences::{Conference, Step, Who};
use crate::board::Name;
use crate::config::VideoPosts;
use crate::host::{ChannelId, PostId, Posts, UserId};
use crate::language::{Language, texts::video as texts};
use crate::sinks::posts::{CardId, Outbox, Target};
use crate::text::markdown;

/// The most people whom a post names; of the others it says how many they are.
pub const MAX_NAMED: usize = 10;

/// Under which name a channel's posts are in order.
const LANE: &str = "video";

/// A channel's posts.
struct Desk<P> {
    outbox: Outbox<P>,
    target: watch::Sender<Option<Target>>,
    /// The post of its conference, if it has one.
    card: Option<CardId>,
}

/// The posts of all channels.
pub(super) struct Desks<P> {
    host: Arc<P>,
    /// Who says it, once that is known.
    author: Option<UserId>,
    pub(super) language: Language,
    desks: HashMap<ChannelId, Desk<P>>,
    /// Where nothing can be posted any more while the conference is remembered.
    closed: HashSet<ChannelId>,
    last: CardId,
}

impl<P: Posts + Send + Sync + 'static> Desks<P> {
    pub(super) fn new(host: Arc<P>) -> Self {
        Self {
            host,
            author: None,
            language: Language::default(),
            desks: HashMap::new(),
            closed: HashSet::new(),
            last: 0,
        }
    }

    fn desk(&mut self, channel: &ChannelId) -> &mut Desk<P> {
        let (host, author) = (&self.host, &self.author);
        self.desks.entry(channel.clone()).or_insert_with(|| {
            let target = author.clone().map(|author| Target {
                channel: channel.clone(),
                author,
            });
            let (target, receiver) = watch::channel(target);
            Desk {
                outbox: Outbox::new(Arc::clone(host), receiver),
                target,
                card: None,
            }
        })
    }

    /// It is known who says it: what waits for that is posted.
    pub(super) fn author(&mut self, author: &UserId) {
        for (channel, desk) in &self.desks {
            let target = Target {
                channel: channel.clone(),
                author: author.clone(),
            };
            desk.target.send_replace(Some(target));
        }
        self.author = Some(author.clone());
    }

    /// Whether something waits until it is known who says it.
    pub(super) fn needs_author(&self) -> bool {
        self.author.is_none() && !self.desks.is_empty()
    }

    /// Says what happened to somebody.
    pub(super) fn step(&mut self, style: VideoPosts, step: &Step) {
        if style == VideoPosts::Classic && !self.closed.contains(&step.channel) {
            let text = classic(&step.who.username, step.entered);
            self.desk(&step.channel).outbox.push(&lane(), text);
        }
    }

    /// Brings the post of a channel's conference up to date. Answers what is done once the server has it, if anything is to be.
    pub(super) fn show(
        &mut self,
        style: VideoPosts,
        channel: &ChannelId,
        conference: &Conference,
        people: &[Who],
    ) -> Option<impl Future<Output = ()> + Send + use<P>> {
        let (language, last) = (self.language, self.last + 1);
        let has_card = self.desks.get(channel).is_some_and(|d| d.card.is_some());
        // A post that is there is kept true in each style.
        if (style != VideoPosts::One && !has_card) || self.closed.contains(channel) {
            return None;
        }
        self.last = last;
        let desk = self.desk(channel);
        let card = *desk.card.get_or_insert(last);
        let text = one(language, conference, people);
        let last_word = last_word(language, conference, &text);
        desk.outbox.show(card, &lane(), text, last_word);
        Some(desk.outbox.settled())
    }

    /// The same of a conference whose post an earlier process made.
    pub(super) fn adopt(
        &mut self,
        channel: &ChannelId,
        post: &PostId,
        conference: &Conference,
        people: &[Who],
    ) {
        self.last += 1;
        let (language, card) = (self.language, self.last);
        let text = one(language, conference, people);
        let last_word = last_word(language, conference, &text);
        let desk = self.desk(channel);
        desk.card = Some(card);
        desk.outbox
            .adopt(card, &lane(), post.clone(), text, last_word);
    }

    /// The post of a channel's conference, once it is made.
    pub(super) fn post(&self, channel: &ChannelId) -> Option<PostId> {
        let desk = self.desks.get(channel)?;
        desk.outbox.post(desk.card?)
    }

    /// A channel was archived: the server changes no post in it any more, and one that says how it ended would be a new one.
    pub(super) fn close(&mut self, channel: &ChannelId) {
        self.release(channel);
        self.closed.insert(channel.clone());
    }

    /// A channel's conference is over for good. What waits is still posted.
    pub(super) fn release(&mut self, channel: &ChannelId) {
        self.closed.remove(channel);
        if let Some(desk) = self.desks.remove(channel)
            && let Some(card) = desk.card
        {
            desk.outbox.release(card);
        }
    }

    /// Why something is not posted at the moment, in the server's words.
    pub(super) fn failure(&self) -> Option<String> {
        self.desks.values().find_map(|desk| desk.outbox.failure())
    }

    /// Takes no more posts. Answers what makes those that wait, until the deadline at the latest, and tells how many remained.
    pub(super) fn stop(
        &mut self,
        deadline: Duration,
    ) -> impl Future<Output = usize> + Send + use<P> {
        let desks: Vec<Desk<P>> = self.desks.drain().map(|(_, desk)| desk).collect();
        async move {
            let stops = desks.iter().map(|desk| desk.outbox.stop(deadline));
            futures_util::future::join_all(stops)
                .await
                .into_iter()
                .sum()
        }
    }
}

fn lane() -> Name {
    Name::from(LANE)
}

/// In the words of Pexip Video Connect, which knows English alone.
fn classic(username: &str, entered: bool) -> String {
    let what = if entered { "joined" } else { "left" };
    format!("@{username} has {what} the channel video conference.")
}

/// What the one post of a conference says.
fn one(language: Language, conference: &Conference, people: &[Who]) -> String {
    match conference.ended {
        None => texts::goes_on(language, named(language, people)),
        Some(at) => {
            let duration = Duration::from_millis(at.since(conference.since));
            let people = named(language, &conference.ever);
            texts::ended(language, language.duration(duration), people)
        }
    }
}

/// What it says where the plugin stops while the conference goes on.
fn last_word(language: Language, conference: &Conference, text: &str) -> Option<String> {
    let open = conference.ended.is_none();
    open.then(|| crate::language::texts::posts::unfollowed(language, text))
}

/// People by what others call them; two of one name by their user names, too.
fn named(language: Language, people: &[Who]) -> String {
    let names: Vec<String> = people
        .iter()
        .map(|who| {
            let same = people.iter().filter(|other| other.name == who.name);
            match same.count() {
                1 => markdown(&who.name).into_owned(),
                _ => format!("{} ({})", markdown(&who.name), markdown(&who.username)),
            }
        })
        .collect();
    language.short_list(&names, MAX_NAMED)
}
