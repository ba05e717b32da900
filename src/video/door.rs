//! Who may join, and what they get.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};

use super::conferences::{Denied, Entry, Who};
use super::{Join, Joined, Refused, Room, Video, VideoHost, key, room};
use crate::board::Timestamp;
use crate::config::{DisplayName, VideoHosts, VideoRooms, VideoSettings};
use crate::host::{
    Channel, ChannelId, ChannelKind, HostError, HostErrorKind, Membership, Person, UserId,
};

/// How often somebody may join within [`JOIN_WINDOW`]: more often no person does, and each may make a post.
pub const MAX_JOINS: u32 = 20;

/// How long that is counted.
pub const JOIN_WINDOW: Duration = Duration::from_secs(60);

/// The most people whose joins are counted at once; beyond it those are forgotten whose window is over.
const MAX_COUNTED: usize = 10_000;

/// The most conferences that are told of at once.
pub const MAX_ROOMS: usize = 200;

/// How long it is believed who is a member of a channel, for what is only shown.
const MEMBERS_FOR: u64 = 60_000;

/// The most memberships that are remembered for that.
const MAX_MEMBERS: usize = 10_000;

/// How many memberships are asked for at once.
const MAX_PARALLEL: usize = 8;

/// Random bytes of a participation's id.
const ID_BYTES: usize = 16;

/// Who may come in where, and by which settings that was judged.
pub(super) struct Admitted {
    settings: Arc<VideoSettings>,
    channel: Channel,
    membership: Membership,
}

impl From<HostError> for Refused {
    fn from(error: HostError) -> Self {
        Self::Unknown(error)
    }
}

impl<H: VideoHost> Video<H> {
    /// Whether somebody may come in.
    pub(super) async fn admit(
        &self,
        person: &Person,
        channel: &ChannelId,
    ) -> Result<Admitted, Refused> {
        if person.deactivated {
            return Err(Refused::NoMember);
        }
        let mut admitted = self.check(&person.id, channel).await?;
        admitted.membership.guest |= person.guest;
        Ok(admitted)
    }

    /// The same by what a channel tells.
    async fn check(&self, user: &UserId, id: &ChannelId) -> Result<Admitted, Refused> {
        let settings = self.settings().ok_or(Refused::Off)?;
        let channel = match self.host.channel(id).await {
            Ok(channel) => channel,
            Err(error) if error.kind == HostErrorKind::NotFound => return Err(Refused::NoChannel),
            Err(error) => return Err(error.into()),
        };
        let membership = self.host.membership(id, user).await?;
        let membership = membership.ok_or(Refused::NoMember)?;
        if channel.archived {
            return Err(Refused::Archived);
        }
        let has_video = match channel.kind {
            ChannelKind::Team => {
                let filter = settings.filter.as_ref();
                let is_listed = filter.is_none_or(|allowed| allowed.contains(id.as_str()));
                settings.kinds.channels && is_listed
            }
            // The list is of teams' channels: it never holds these.
            ChannelKind::Direct => settings.kinds.direct,
            ChannelKind::Group => settings.kinds.group,
        };
        if !has_video {
            return Err(Refused::NotHere);
        }
        Ok(Admitted {
            settings,
            channel,
            membership,
        })
    }

    /// Whether somebody may still be where they take part. Who may not is let go.
    pub(super) async fn still(self: &Arc<Self>, id: &str, user: &UserId) -> Result<(), Refused> {
        let channel = self.state().conferences.channel(id, user)?;
        match self.check(user, &channel).await {
            Err(refused) if refused.is_certain() => {
                if refused == Refused::Archived {
                    let mut state = self.state();
                    // What is closed opens again when its conference is over: without one it never would.
                    if state.conferences.of(&channel).is_some() {
                        state.desks.close(&channel);
                    }
                }
                // They may have left meanwhile.
                let _ = self.leave(id, Some(user));
                Err(refused)
            }
            // What is not known at the moment changes nothing.
            _ => Ok(()),
        }
    }

    /// What somebody gets who may come in.
    pub(super) async fn door(
        &self,
        person: &Person,
        admitted: &Admitted,
    ) -> Result<Joined, Refused> {
        let settings = &admitted.settings;
        let host = self.may_host(person, admitted).await?;
        let alias = self.alias(settings, &admitted.channel).await?;
        let display_name = self.display_name(settings.display_name, person).await;
        let pin = (host && !settings.pin.is_empty()).then(|| settings.pin.reveal().to_owned());
        let window = (!settings.embedded).then(|| window(settings, &alias, &display_name, host));
        Ok(Joined {
            participation: random_id()?,
            sip: room::sip(settings, &alias),
            alias,
            display_name,
            pin,
            host,
            members_host: members_host(admitted),
            window,
            settings: Arc::clone(settings),
        })
    }

    /// Notes that somebody takes part. Answers the participations of other tabs of theirs whose place it took.
    pub(super) fn take(
        &self,
        joined: &Joined,
        join: &Join<'_>,
        tab: Option<&str>,
    ) -> Result<Vec<Box<str>>, Refused> {
        let person = join.person;
        let who = Who {
            id: Arc::clone(&person.id.0),
            username: Arc::clone(&person.username),
            // As the conference itself calls them.
            name: joined.display_name.as_str().into(),
        };
        let entry = Entry {
            who: &who,
            channel: join.channel,
            alias: &joined.alias,
            tab,
            take_over: join.take_over,
        };
        let now = (self.clock)();
        let mut state = self.state();
        let admitted = state.conferences.admit(&joined.participation, entry, now);
        self.timer.notify_one();
        admitted.map_err(|denied| match denied {
            Denied::Elsewhere => Refused::Elsewhere,
            Denied::Full => Refused::Full,
        })
    }

    /// The address by which somebody comes into a channel's room in a browser, and the room's address for SIP devices.
    ///
    /// # Errors
    ///
    /// See [`Refused`].
    pub async fn link(
        &self,
        person: &Person,
        channel: &ChannelId,
    ) -> Result<(String, String), Refused> {
        let admitted = self.admit(person, channel).await?;
        let door = self.door(person, &admitted).await?;
        let window = window(&door.settings, &door.alias, &door.display_name, door.host);
        Ok((window, door.sip))
    }

    /// The conferences that go on in channels of which somebody is a member, the oldest [`MAX_ROOMS`].
    ///
    /// # Errors
    ///
    /// The server does not tell whose they are at the moment.
    pub async fn rooms(&self, user: &UserId) -> Result<Vec<Room>, HostError> {
        let going_on = self.state().conferences.going_on();
        let asked = stream::iter(going_on).map(|(channel, since)| async move {
            let member = self.is_member(&channel, user).await?;
            Ok::<_, HostError>(member.then_some((channel, since)))
        });
        let asked: Vec<_> = asked.buffered(MAX_PARALLEL).collect().await;
        let state = self.state();
        let mut rooms = Vec::new();
        for found in asked {
            let Some((channel, since)) = found? else {
                continue;
            };
            let people = state.conferences.people(&channel);
            if rooms.len() < MAX_ROOMS && !people.is_empty() {
                rooms.push(Room {
                    channel,
                    since,
                    people: people.iter().map(Who::user).collect(),
                });
            }
        }
        Ok(rooms)
    }

    /// Those of the channels to which video is limited of which somebody is a member, if it is limited. Of the others nobody else
    /// is to know the ids: rooms may be called by them.
    ///
    /// # Errors
    ///
    /// The server does not tell whose they are at the moment.
    pub async fn filter_of(&self, user: &UserId) -> Result<Option<Vec<ChannelId>>, HostError> {
        let filter = self.settings().and_then(|settings| settings.filter.clone());
        let Some(filter) = filter else {
            return Ok(None);
        };
        let asked = stream::iter(filter).map(|id| async move {
            let channel = ChannelId::from(&*id);
            let member = self.is_member(&channel, user).await?;
            Ok::<_, HostError>(member.then_some(channel))
        });
        let asked: Vec<_> = asked.buffered(MAX_PARALLEL).collect().await;
        let found = asked.into_iter().filter_map(Result::transpose);
        found.collect::<Result<_, _>>().map(Some)
    }

    async fn is_member(&self, channel: &ChannelId, user: &UserId) -> Result<bool, HostError> {
        let key = (channel.clone(), user.clone());
        let now = (self.clock)();
        let known = self.state().members.get(&key).copied();
        if let Some((member, until)) = known
            && now < until
        {
            return Ok(member);
        }
        let member = self.host.membership(channel, user).await?.is_some();
        let mut state = self.state();
        if state.members.len() >= MAX_MEMBERS {
            state.members.clear();
        }
        state.members.insert(key, (member, now.after(MEMBERS_FOR)));
        Ok(member)
    }

    /// Counts a join, and refuses what are too many.
    pub(super) fn count(&self, user: &UserId) -> Result<(), Refused> {
        let now = (self.clock)();
        let window = JOIN_WINDOW.as_millis() as u64;
        let mut state = self.state();
        if state.joins.len() >= MAX_COUNTED {
            let is_fresh = |since: &Timestamp| since.after(window) > now;
            state.joins.retain(|_, (since, _)| is_fresh(since));
        }
        let (since, count) = state.joins.entry(user.clone()).or_insert((now, 0));
        if since.after(window) <= now {
            (*since, *count) = (now, 0);
        }
        if *count >= MAX_JOINS {
            let left = since.after(window).0.saturating_sub(now.0);
            return Err(Refused::TooMany(Duration::from_millis(left)));
        }
        *count += 1;
        Ok(())
    }

    async fn may_host(&self, person: &Person, admitted: &Admitted) -> Result<bool, Refused> {
        if admitted.membership.guest {
            return Ok(false);
        }
        if members_host(admitted) {
            return Ok(true);
        }
        if admitted.membership.admin || person.admin {
            return Ok(true);
        }
        let asked = self.host.administers(&admitted.channel.team, &person.id);
        Ok(asked.await?)
    }

    /// What a channel's room is called: while a conference goes on, as it was when it began.
    async fn alias(&self, settings: &VideoSettings, channel: &Channel) -> Result<String, Refused> {
        if settings.rooms == VideoRooms::Name {
            let state = self.state();
            let conference = state.conferences.of(&channel.id);
            let alias = conference.map(|own| &own.alias);
            if let Some(alias) = alias.filter(|alias| alias.starts_with(&*settings.prefix)) {
                return Ok(alias.to_string());
            }
        }
        let mut secret = &[0; room::KEY_BYTES];
        if settings.rooms == VideoRooms::Secret {
            let key = self.key.get_or_try_init(|| key::load(&*self.host)).await;
            secret = key.map_err(|error| {
                tracing::warn!(%error, key = key::KEY, "the key of rooms' names cannot be had");
                Refused::Unknown(HostError::transient(error.to_string()))
            })?;
        }
        Ok(room::alias(settings, channel, secret))
    }

    async fn display_name(&self, wanted: DisplayName, person: &Person) -> String {
        let names = match wanted {
            DisplayName::Username => None,
            // Without an answer they are called by what is known.
            _ => self.host.names(&person.id).await.ok(),
        };
        let name = names.map(|names| match wanted {
            DisplayName::Nickname => names.nickname,
            DisplayName::FullName => names.full,
            DisplayName::Username | DisplayName::Mattermost => names.shown,
        });
        name.filter(|name| !name.is_empty())
            .unwrap_or_else(|| person.username.to_string())
    }
}

/// Whether each member who is no guest hosts: direct and group messages have no administrators.
fn members_host(admitted: &Admitted) -> bool {
    admitted.settings.hosts == VideoHosts::Members || admitted.channel.kind != ChannelKind::Team
}

/// With the PIN only where the settings say so, and for those who may host.
fn window(settings: &VideoSettings, alias: &str, name: &str, host: bool) -> String {
    let pin = host && settings.pin_in_url && !settings.pin.is_empty();
    room::window(settings, alias, name, pin.then(|| settings.pin.reveal()))
}

fn random_id() -> Result<String, Refused> {
    let mut bytes = [0; ID_BYTES];
    let random = getrandom::fill(&mut bytes);
    random.map_err(|_| {
        let what = "the system has no random numbers";
        Refused::Unknown(HostError::transient(what))
    })?;
    let mut id = String::with_capacity(2 * ID_BYTES);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(id, "{byte:02x}");
    }
    Ok(id)
}
