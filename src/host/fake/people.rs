//! People: who they are, where they are members, their statuses and sessions.

use super::*;

impl Directory for FakeServer {
    async fn team_by_name(&self, name: &str) -> Result<TeamId, HostError> {
        let find = || {
            let channels = lock(&self.0.channels);
            let known = channels.iter().any(|(team, _)| team == name);
            known
                .then(|| TeamId::from(format!("{name}-id")))
                .ok_or_else(|| no_such(name))
        };
        self.answer("team_by_name", find).await
    }

    async fn channel_by_name(&self, team: &TeamId, name: &str) -> Result<ChannelId, HostError> {
        let find = || {
            let channels = lock(&self.0.channels);
            let is =
                |(of, own): &(String, String)| own == name && format!("{of}-id") == *team.as_str();
            let known = channels.iter().any(is);
            known
                .then(|| ChannelId::from(format!("{name}-id")))
                .ok_or_else(|| no_such(name))
        };
        self.answer("channel_by_name", find).await
    }

    async fn user_by_mail(&self, mail: &str) -> Result<Person, HostError> {
        Err(no_such(mail))
    }

    async fn user_by_name(&self, name: &str) -> Result<Person, HostError> {
        let find = || {
            let people = lock(&self.0.people);
            people.get(name).cloned().ok_or_else(|| no_such(name))
        };
        self.answer("user_by_name", find).await
    }
}

impl Members for FakeServer {
    async fn person(&self, user: &UserId) -> Result<Person, HostError> {
        let find = || {
            let people = lock(&self.0.people);
            let person = people.values().find(|person| person.id == *user);
            person.cloned().ok_or_else(|| no_such("person"))
        };
        self.answer("person", find).await
    }

    async fn administrators(&self, most: u32) -> Result<Vec<Person>, HostError> {
        let find = || {
            let people = lock(&self.0.people);
            let admins = people.values().filter(|person| person.admin);
            Ok(admins.take(most as usize).cloned().collect())
        };
        self.answer("administrators", find).await
    }

    async fn is_member(&self, _: &ChannelId, _: &UserId) -> Result<bool, HostError> {
        self.answer("is_member", || Ok(true)).await
    }
}

impl Statuses for FakeServer {
    async fn statuses(&self, users: &[UserId]) -> Result<Vec<(UserId, String)>, HostError> {
        let find = || {
            if self.0.no_statuses.load(Ordering::Relaxed) {
                return Ok(Vec::new());
            }
            let statuses = lock(&self.0.statuses);
            let mut earlier = lock(&self.0.earlier);
            let status = |user: &UserId| {
                let status = statuses.get(user.as_str())?.status.clone();
                let status = earlier.remove(user.as_str()).unwrap_or(status);
                Some((user.clone(), status))
            };
            Ok(users.iter().filter_map(status).collect())
        };
        self.answer("statuses", find).await
    }

    async fn statuses_enabled(&self) -> Result<bool, HostError> {
        let enabled = !self.0.no_statuses.load(Ordering::Relaxed);
        self.answer("statuses_enabled", || Ok(enabled)).await
    }
}

impl PersonalStatuses for FakeServer {
    async fn personal_status(&self, user: &UserId) -> Result<PersonalStatus, HostError> {
        let find = || {
            let statuses = lock(&self.0.statuses);
            let status = statuses.get(user.as_str()).cloned();
            if self.0.no_statuses.load(Ordering::Relaxed) {
                // As Mattermost answers, without an error.
                return Ok(PersonalStatus::default());
            }
            status.ok_or_else(|| no_such("status"))
        };
        self.answer("personal_status", find).await
    }

    async fn set_status(&self, user: &UserId, status: &str) -> Result<(), HostError> {
        let set = || {
            self.keep_status(user, status);
            Ok(())
        };
        self.answer("set_status", set).await
    }

    async fn set_timed_dnd(&self, user: &UserId, end: i64) -> Result<(), HostError> {
        let set = || {
            self.keep_timed_dnd(user, end);
            Ok(())
        };
        self.answer("set_timed_dnd", set).await
    }

    async fn custom_status(&self, user: &UserId) -> Result<Option<CustomStatus>, HostError> {
        let find = || Ok(lock(&self.0.custom).get(user.as_str()).cloned());
        self.answer("custom_status", find).await
    }

    async fn set_custom_status(
        &self,
        user: &UserId,
        status: Option<&CustomStatus>,
    ) -> Result<(), HostError> {
        let set = || self.keep_custom_status(user, status);
        self.answer("set_custom_status", set).await
    }

    async fn recent_custom_statuses(&self, user: &UserId) -> Result<Option<String>, HostError> {
        let find = || Ok(lock(&self.0.recent).get(user.as_str()).cloned());
        self.answer("recent_custom_statuses", find).await
    }

    async fn set_recent_custom_statuses(&self, user: &UserId, json: &str) -> Result<(), HostError> {
        let set = || {
            lock(&self.0.recent).insert(user.as_str().to_owned(), json.to_owned());
            Ok(())
        };
        self.answer("set_recent_custom_statuses", set).await
    }
}

impl Sessions for FakeServer {
    /// `session-of-bob` is one of somebody whose id is `bob`, until it is signed out.
    async fn session(&self, id: &str) -> Result<Session, HostError> {
        let find = || {
            let user = id
                .strip_prefix("session-of-")
                .ok_or_else(|| no_such("session"))?;
            if lock(&self.0.signed_out).contains(id) {
                return Err(HostError::from_status(400, "no such session"));
            }
            Ok(Session {
                user: user.into(),
                ends: None,
            })
        };
        self.answer("session", find).await
    }
}
