//! What is said: posts, direct messages and dialogs, and the channels that they are in.

use super::*;

impl Posts for FakeServer {
    async fn create_post(&self, post: NewPost) -> Result<PostId, HostError> {
        let make = || {
            let at = self.once(post.pending_id.clone(), &self.0.posts, post);
            Ok(PostId::from(format!("post{at}")))
        };
        self.answer("create_post", make).await
    }

    async fn change_post(&self, post: &PostId, text: String) -> Result<(), HostError> {
        let change = || {
            let at = number(post, "post")?;
            let mut posts = lock(&self.0.posts);
            posts.get_mut(at).ok_or_else(|| no_such("post"))?.message = text;
            Ok(())
        };
        self.answer("change_post", change).await
    }
}

impl Messages for FakeServer {
    async fn send_message(
        &self,
        to: &UserId,
        message: Message,
        pending: Pending,
    ) -> Result<PostId, HostError> {
        let make = || {
            let direct = Direct {
                to: to.as_str().to_owned(),
                message,
                edits: 0,
                deleted: false,
            };
            let at = self.once(pending.id("bot"), &self.0.direct, direct);
            Ok(PostId::from(format!("direct{at}")))
        };
        self.answer("send_message", make).await
    }

    async fn change_message(&self, post: &PostId, message: Message) -> Result<(), HostError> {
        let change = || {
            let at = number(post, "direct")?;
            let mut direct = lock(&self.0.direct);
            let direct = direct.get_mut(at).filter(|direct| !direct.deleted);
            let direct = direct.ok_or_else(|| no_such("post"))?;
            if direct.message != message {
                direct.message = message;
                direct.edits += 1;
            }
            Ok(())
        };
        self.answer("change_message", change).await
    }
}

impl Dialogs for FakeServer {
    async fn open_dialog(&self, trigger_id: &str, dialog: Dialog) -> Result<(), HostError> {
        let open = || {
            lock(&self.0.dialogs).push((trigger_id.to_owned(), dialog));
            Ok(())
        };
        self.answer("open_dialog", open).await
    }
}

impl Channels for FakeServer {
    async fn channel(&self, id: &ChannelId) -> Result<Channel, HostError> {
        let find = || {
            let places = lock(&self.0.places);
            let place = places.get(id.as_str());
            place
                .map(|place| place.channel.clone())
                .ok_or_else(|| no_such("channel"))
        };
        self.answer("channel", find).await
    }

    async fn membership(
        &self,
        channel: &ChannelId,
        user: &UserId,
    ) -> Result<Option<Membership>, HostError> {
        let find = || {
            let places = lock(&self.0.places);
            let place = places.get(channel.as_str());
            Ok(place.and_then(|place| place.members.get(user.as_str()).copied()))
        };
        self.answer("membership", find).await
    }

    async fn administers(&self, team: &TeamId, user: &UserId) -> Result<bool, HostError> {
        let key = (team.as_str().to_owned(), user.as_str().to_owned());
        let find = || Ok(lock(&self.0.team_admins).contains(&key));
        self.answer("administers", find).await
    }

    async fn names(&self, user: &UserId) -> Result<Names, HostError> {
        let find = || {
            let names = lock(&self.0.names);
            Ok(names.get(user.as_str()).cloned().unwrap_or_default())
        };
        self.answer("names", find).await
    }

    async fn own_account(&self) -> Result<UserId, HostError> {
        self.answer("own_account", || Ok("bot".into())).await
    }

    async fn tell_clients(
        &self,
        event: &str,
        to: Audience<'_>,
        told: Told,
    ) -> Result<(), HostError> {
        let tell = || {
            let to = match to {
                Audience::Channel(channel) => channel.as_str(),
                Audience::User(user) => user.as_str(),
                Audience::Everybody => "",
            };
            lock(&self.0.events).push((event.to_owned(), to.to_owned(), told));
            Ok(())
        };
        self.answer("tell_clients", tell).await
    }
}
