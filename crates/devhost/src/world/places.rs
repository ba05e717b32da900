//! Teams, channels and who is in them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{AppError, World, ids::fixed_id};

/// A team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Team {
    /// The id.
    pub id: String,
    /// The name in its URL.
    pub name: String,
    /// The name that people see.
    pub display_name: String,
}

/// A channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Channel {
    /// The id.
    pub id: String,
    /// The team's id; empty for direct and group messages.
    pub team_id: String,
    /// `O` public, `P` private, `D` direct, `G` group.
    pub kind: &'static str,
    /// The name in its URL.
    pub name: String,
    /// The name that people see.
    pub display_name: String,
    /// When it was archived, in milliseconds since 1970; 0 otherwise.
    pub delete_at: i64,
}

#[derive(Default)]
pub(crate) struct Places {
    teams: BTreeMap<String, Team>,
    channels: BTreeMap<String, Channel>,
    team_members: BTreeMap<String, BTreeSet<String>>,
    members: BTreeMap<String, BTreeSet<String>>,
}

impl Places {
    pub(crate) fn is_member(&self, channel: &str, user: &str) -> bool {
        self.members
            .get(channel)
            .is_some_and(|members| members.contains(user))
    }

    pub(crate) fn is_team_member(&self, team: &str, user: &str) -> bool {
        self.team_members
            .get(team)
            .is_some_and(|members| members.contains(user))
    }

    pub(crate) fn channel(&self, id: &str) -> Option<&Channel> {
        self.channels.get(id)
    }
}

fn no_team(at: &str) -> AppError {
    AppError::missing(
        at,
        "app.team.get_by_name.missing.app_error",
        "Unable to find the existing team.",
    )
}

fn no_channel(at: &str) -> AppError {
    AppError::missing(
        at,
        "app.channel.get.existing.app_error",
        "Unable to find the existing channel.",
    )
}

impl World {
    /// Adds a team and answers its id.
    pub fn add_team(&self, name: &str, display_name: &str) -> String {
        let id = fixed_id(&format!("team{name}"));
        let team = Team {
            id: id.clone(),
            name: name.into(),
            display_name: display_name.into(),
        };
        self.state().places.teams.insert(id.clone(), team);
        self.changed();
        id
    }

    /// Adds a public channel and answers its id.
    pub fn add_channel(&self, team: &str, name: &str, display_name: &str) -> String {
        let id = fixed_id(&format!("channel{name}"));
        let channel = Channel {
            id: id.clone(),
            team_id: team.into(),
            kind: "O",
            name: name.into(),
            display_name: display_name.into(),
            delete_at: 0,
        };
        self.state().places.channels.insert(id.clone(), channel);
        self.changed();
        id
    }

    /// Makes someone a member of every team and channel that there is.
    pub fn join_everything(&self, user: &str) {
        let mut state = self.state();
        let places = &mut state.places;
        for team in places.teams.keys() {
            places
                .team_members
                .entry(team.clone())
                .or_default()
                .insert(user.into());
        }
        for (id, channel) in &places.channels {
            if !["D", "G"].contains(&channel.kind) {
                places
                    .members
                    .entry(id.clone())
                    .or_default()
                    .insert(user.into());
            }
        }
        drop(state);
        self.changed();
    }

    /// Makes a channel for a few people's messages and answers its id.
    pub fn add_group(&self, users: &[&str]) -> String {
        let mut state = self.state();
        let id = state.ids.next("group");
        let channel = Channel {
            id: id.clone(),
            team_id: String::new(),
            kind: "G",
            name: format!("{:0<40}", users.concat())
                .chars()
                .take(40)
                .collect(),
            display_name: users.join(", "),
            delete_at: 0,
        };
        let members = users.iter().map(|user| (*user).to_owned()).collect();
        state.places.members.insert(id.clone(), members);
        state.places.channels.insert(id.clone(), channel);
        drop(state);
        self.changed();
        id
    }

    /// Makes someone a member of a channel.
    pub fn join(&self, channel: &str, user: &str) {
        let mut state = self.state();
        let members = state.places.members.entry(channel.into()).or_default();
        members.insert(user.into());
        drop(state);
        self.changed();
    }

    /// Changes a channel: its name, or that it is archived. Nothing happens when there is none with this id.
    pub fn change_channel(&self, id: &str, change: impl FnOnce(&mut Channel)) {
        if let Some(channel) = self.state().places.channels.get_mut(id) {
            change(channel);
        }
        self.changed();
    }

    /// Takes someone out of a channel.
    pub fn leave(&self, channel: &str, user: &str) {
        if let Some(members) = self.state().places.members.get_mut(channel) {
            members.remove(user);
        }
        self.changed();
    }

    /// The team with this id.
    ///
    /// # Errors
    /// 404.
    pub fn team(&self, id: &str) -> Result<Team, AppError> {
        self.state()
            .places
            .teams
            .get(id)
            .cloned()
            .ok_or_else(|| no_team("GetTeam"))
    }

    /// The team with this name.
    ///
    /// # Errors
    /// 404.
    pub fn team_by_name(&self, name: &str) -> Result<Team, AppError> {
        let state = self.state();
        let mut teams = state.places.teams.values();
        teams
            .find(|team| team.name == name)
            .cloned()
            .ok_or_else(|| no_team("GetTeamByName"))
    }

    /// All channels.
    pub fn channels(&self) -> Vec<Channel> {
        self.state().places.channels.values().cloned().collect()
    }

    /// The channel with this id.
    ///
    /// # Errors
    /// 404.
    pub fn channel(&self, id: &str) -> Result<Channel, AppError> {
        self.state()
            .places
            .channel(id)
            .cloned()
            .ok_or_else(|| no_channel("GetChannel"))
    }

    /// The channel with this name in this team.
    ///
    /// # Errors
    /// 404.
    pub fn channel_by_name(&self, team: &str, name: &str) -> Result<Channel, AppError> {
        let state = self.state();
        let mut channels = state.places.channels.values();
        channels
            .find(|channel| channel.team_id == team && channel.name == name)
            .cloned()
            .ok_or_else(|| no_channel("GetChannelByName"))
    }

    /// The channel for two people's direct messages, made if need be.
    ///
    /// # Errors
    /// 404 when one of them does not exist.
    pub fn direct_channel(&self, one: &str, other: &str) -> Result<Channel, AppError> {
        let (one, other) = (self.user(one)?, self.user(other)?);
        let (first, second) = if one.id <= other.id {
            (one, other)
        } else {
            (other, one)
        };
        let name = format!("{}__{}", first.id, second.id);
        let mut state = self.state();
        if let Some(channel) = state
            .places
            .channels
            .values()
            .find(|channel| channel.name == name)
        {
            return Ok(channel.clone());
        }
        let channel = Channel {
            id: state.ids.next("direct"),
            team_id: String::new(),
            kind: "D",
            name,
            display_name: format!("{}, {}", first.username, second.username),
            delete_at: 0,
        };
        state
            .places
            .members
            .insert(channel.id.clone(), [first.id, second.id].into());
        state
            .places
            .channels
            .insert(channel.id.clone(), channel.clone());
        drop(state);
        self.changed();
        Ok(channel)
    }

    /// Whether someone is a member of a channel.
    pub fn is_member(&self, channel: &str, user: &str) -> bool {
        self.state().places.is_member(channel, user)
    }

    /// Whether someone is a member of a team.
    pub fn is_team_member(&self, team: &str, user: &str) -> bool {
        self.state().places.is_team_member(team, user)
    }
}
