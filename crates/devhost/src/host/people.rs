//! What people do on this node, with the hooks by which the server tells plugins of it.
//!
//! In a cluster a hook is called on one node alone: the one that the person's client, or the
//! administrator, is connected to.

use super::DevHost;
use crate::world::{AppError, Post, User};

impl DevHost {
    /// Adds someone with the address `<username>@example.com` (`UserHasBeenCreated`). Answers the id.
    ///
    /// # Errors
    /// When the plugin does not answer; the account is there all the same.
    pub async fn create_user(&self, username: &str) -> Result<String, AppError> {
        let id = self.shared.world.add_user(username, "", "");
        self.tell_of("UserHasBeenCreated", self.shared.world.user(&id)?)
            .await?;
        Ok(id)
    }

    /// Deactivates someone's account (`UserHasBeenDeactivated`, which servers have from 9.1 on).
    ///
    /// # Errors
    /// 404 when there is no such person, or when the plugin does not answer.
    pub async fn deactivate_user(&self, user: &str) -> Result<(), AppError> {
        self.shared.world.deactivate(user)?;
        self.tell_of("UserHasBeenDeactivated", self.shared.world.user(user)?)
            .await
    }

    /// Someone writes into a channel, and the plugin is told (`MessageHasBeenPosted`). Of what it posts itself it is not, as it
    /// would be by a server.
    ///
    /// # Errors
    /// 400 when person, channel or text is none, or when the plugin does not answer; the post is there all the same then.
    pub async fn write(&self, user: &str, channel: &str, text: &str) -> Result<Post, AppError> {
        self.shared.write(user, channel, text).await
    }

    async fn tell_of(&self, hook: &str, user: User) -> Result<(), AppError> {
        match self.shared.plugin.hooks() {
            Some(hooks) => hooks.user(hook, user).await.map_err(|e| failed(hook, &e)),
            None => Ok(()),
        }
    }

    /// Someone opens Mattermost: the plugin is told (`OnWebSocketConnect`), and then they are
    /// online, unless they chose a status.
    ///
    /// # Errors
    /// 404 when there is no such person, or when the plugin does not answer.
    pub async fn open_mattermost(&self, user: &str) -> Result<(), AppError> {
        self.shared.open_mattermost(user).await
    }

    /// They close it wherever they have it open: the plugin is told of each
    /// (`OnWebSocketDisconnect`), and then they are offline, unless they chose a status.
    ///
    /// # Errors
    /// 404 when there is no such person, or when the plugin does not answer.
    pub async fn close_mattermost(&self, user: &str) -> Result<(), AppError> {
        self.shared.close_mattermost(user).await
    }
}

fn failed(hook: &str, problem: &impl ToString) -> AppError {
    AppError::new(hook, "plugin", problem.to_string(), 500)
}

impl super::Shared {
    pub(crate) async fn write(
        &self,
        user: &str,
        channel: &str,
        text: &str,
    ) -> Result<Post, AppError> {
        let post = self.world.create_post(Post {
            user_id: user.into(),
            channel_id: channel.into(),
            message: text.into(),
            ..Post::default()
        })?;
        if let Some(hooks) = self.plugin.hooks() {
            let told = hooks.posted(post.clone()).await;
            told.map_err(|e| failed("MessageHasBeenPosted", &e))?;
        }
        Ok(post)
    }

    pub(crate) async fn open_mattermost(&self, user: &str) -> Result<(), AppError> {
        self.world.user(user)?;
        let connection = self.world.add_connection(user);
        self.websocket("OnWebSocketConnect", &connection, user)
            .await?;
        self.world.person_connects(user);
        Ok(())
    }

    pub(crate) async fn close_mattermost(&self, user: &str) -> Result<(), AppError> {
        self.world.user(user)?;
        for connection in self.world.remove_connections_of(user) {
            self.websocket("OnWebSocketDisconnect", &connection, user)
                .await?;
        }
        self.world.person_disconnects(user);
        Ok(())
    }

    async fn websocket(&self, hook: &str, connection: &str, user: &str) -> Result<(), AppError> {
        match self.plugin.hooks() {
            Some(hooks) => hooks
                .websocket(hook, connection, user)
                .await
                .map_err(|e| failed(hook, &e)),
            None => Ok(()),
        }
    }
}
