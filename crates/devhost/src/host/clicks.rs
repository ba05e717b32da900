//! What people do in Mattermost's own pages that a plugin is told of by a request: they press buttons
//! under posts, fill in forms. Also as the server's API, under its own paths.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{DevHost, Shared};
use crate::{
    front,
    world::{AppError, Dialog, Event, Post},
};

/// What somebody sees who pressed a button.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pressed {
    /// Words that only they see (`ephemeral_text`); empty for none.
    pub text: String,
    /// Whether the answer changed the post.
    pub updated: bool,
}

/// What a plugin says to a form; nothing closes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Submitted {
    /// What is wrong with the whole.
    pub error: String,
    /// What is wrong with fields, by name.
    pub errors: std::collections::BTreeMap<String, String>,
}

impl Submitted {
    /// Whether the form is closed.
    pub fn is_taken(&self) -> bool {
        *self == Self::default()
    }
}

/// A form as clients send it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Submission {
    url: String,
    callback_id: String,
    state: String,
    channel_id: String,
    team_id: String,
    submission: Map<String, Value>,
    cancelled: bool,
}

impl DevHost {
    /// Someone presses a button of a post's, by its id. [`Post::buttons`] tells which there are.
    ///
    /// # Errors
    /// As the server answers: 403 for somebody who does not see the post, 404 for a button that is
    /// not there (any more), 400 when the plugin's answer is none.
    pub async fn press(&self, user: &str, post: &str, action: &str) -> Result<Pressed, AppError> {
        self.shared.press(user, post, action, None).await
    }

    /// Someone chooses from a menu of a post's.
    ///
    /// # Errors
    /// As [`DevHost::press`].
    pub async fn choose(
        &self,
        user: &str,
        post: &str,
        action: &str,
        option: &str,
    ) -> Result<Pressed, AppError> {
        self.shared.press(user, post, action, Some(option)).await
    }

    /// Someone fills in a form and sends it, from the channel with this id.
    ///
    /// # Errors
    /// 403 when they are not in that channel, or its team.
    pub async fn submit(
        &self,
        user: &str,
        channel: &str,
        dialog: &Dialog,
        values: Map<String, Value>,
    ) -> Result<Submitted, AppError> {
        let form = self.filled_in(channel, dialog, values, false)?;
        self.shared.submit(user, form).await
    }

    /// Someone closes a form. Clients tell of it only when [`Dialog::notify_on_cancel`] asks for it.
    ///
    /// # Errors
    /// As [`DevHost::submit`].
    pub async fn cancel(&self, user: &str, channel: &str, dialog: &Dialog) -> Result<(), AppError> {
        if dialog.notify_on_cancel {
            let form = self.filled_in(channel, dialog, Map::new(), true)?;
            self.shared.submit(user, form).await?;
        }
        Ok(())
    }

    fn filled_in(
        &self,
        channel: &str,
        dialog: &Dialog,
        submission: Map<String, Value>,
        cancelled: bool,
    ) -> Result<Submission, AppError> {
        Ok(Submission {
            url: dialog.url.clone(),
            callback_id: dialog.callback_id.clone(),
            state: dialog.state.clone(),
            channel_id: channel.into(),
            team_id: self.shared.team_around(channel)?,
            submission,
            cancelled,
        })
    }
}

fn forbidden(permission: &str) -> AppError {
    let id = "api.context.permissions.app_error";
    let words = "You do not have the appropriate permissions.";
    let mut error = AppError::new("Permissions", id, words, 403);
    error.detailed_error = format!("permission={permission}");
    error
}

impl Shared {
    /// The team that somebody is in while they look at a channel: its own, or of a direct one any.
    fn team_around(&self, channel: &str) -> Result<String, AppError> {
        let own = self.world.channel(channel)?.team_id;
        let all = self.world.channels().into_iter();
        let mut teams = std::iter::once(own).chain(all.map(|channel| channel.team_id));
        Ok(teams.find(|team| !team.is_empty()).unwrap_or_default())
    }

    fn sees(&self, user: &str, channel: &str) -> Result<(), AppError> {
        let is_admin = self.world.user(user)?.is_admin();
        if self.world.is_member(channel, user) || is_admin {
            return Ok(());
        }
        Err(forbidden("read_channel_content"))
    }

    /// Tells the plugin, and everybody who watches the host.
    async fn tell_plugin(&self, user: &str, url: &str, body: &Value) -> Result<Bytes, String> {
        let answer = front::post(self, user, url, body.to_string()).await;
        self.world.tell(Event::Request {
            plugin: self.id.clone(),
            method: "POST".into(),
            path: url.split('?').next().unwrap_or_default().into(),
            status: if answer.is_ok() { 200 } else { 500 },
        });
        answer
    }

    pub(crate) async fn press(
        &self,
        user: &str,
        post: &str,
        action: &str,
        option: Option<&str>,
    ) -> Result<Pressed, AppError> {
        let world = &self.world;
        let post = world
            .post(post)
            .map_err(|_| forbidden("read_channel_content"))?;
        self.sees(user, &post.channel_id)?;
        let integration = post.integration(action)?;
        let channel = world.channel(&post.channel_id)?;
        let team = world.team(&channel.team_id).map(|team| team.name);
        let mut context = integration.context;
        if let Some(option) = option {
            context["selected_option"] = option.into();
        }
        let body = json!({
            "user_id": user,
            "user_name": world.user(user)?.username,
            "channel_id": channel.id,
            "channel_name": channel.name,
            "team_id": channel.team_id,
            "team_domain": team.unwrap_or_default(),
            "post_id": post.id,
            "trigger_id": world.trigger_id(user),
            "type": integration.kind,
            "data_source": integration.data_source,
            "context": context,
        });
        let failed = |why: String| {
            let id = "api.post.do_action.action_integration.app_error";
            let mut error = AppError::new("DoPostAction", id, "Action integration error.", 400);
            error.detailed_error = why;
            error
        };
        let answer = self.tell_plugin(user, &integration.url, &body).await;
        let answer = answer.map_err(failed)?;
        if answer.is_empty() {
            return Ok(Pressed::default());
        }
        let answer: Value = serde_json::from_slice(&answer).map_err(|e| failed(e.to_string()))?;
        let updated = answer["update"].is_object();
        if updated {
            world.update_as_answered(&post.id, &answer["update"])?;
        }
        let text = answer["ephemeral_text"].as_str().unwrap_or_default();
        if !text.is_empty() {
            let root = [&post.root_id, &post.id];
            let told = Post {
                user_id: user.into(),
                channel_id: post.channel_id.clone(),
                root_id: root
                    .into_iter()
                    .find(|id| !id.is_empty())
                    .cloned()
                    .unwrap_or_default(),
                message: text.into(),
                ..Post::default()
            };
            world.send_ephemeral(user, told);
        }
        Ok(Pressed {
            text: text.into(),
            updated,
        })
    }

    pub(crate) async fn submit(&self, user: &str, form: Submission) -> Result<Submitted, AppError> {
        if form.url.is_empty() {
            let id = "api.context.invalid_body_param.app_error";
            let words = "Invalid or missing url in request body.";
            return Err(AppError::new("SetInvalidParam", id, words, 400));
        }
        self.sees(user, &form.channel_id)?;
        if !self.world.is_team_member(&form.team_id, user) {
            return Err(forbidden("view_team"));
        }
        let body = json!({
            // Also when it was closed: that is what `cancelled` says.
            "type": "dialog_submission",
            "callback_id": form.callback_id,
            "state": form.state,
            "user_id": user,
            "channel_id": form.channel_id,
            "team_id": form.team_id,
            "submission": form.submission,
            "cancelled": form.cancelled,
        });
        // A plugin that fails, or answers no JSON, closes the form like one that has nothing to say.
        let answer = self.tell_plugin(user, &form.url, &body).await.ok();
        let answer: Option<Value> = answer.and_then(|answer| serde_json::from_slice(&answer).ok());
        let answer = answer.unwrap_or_default();
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let errors = answer["errors"].as_object().into_iter().flatten();
        Ok(Submitted {
            error: word(&answer["error"]),
            errors: errors
                .map(|(name, value)| (name.clone(), word(value)))
                .collect(),
        })
    }
}
