//! Posts.

use gob::Gob;
use serde::{Deserialize, Serialize};

use super::{Any, Attachment, Props, null_is_empty};

/// A message in a channel.
///
/// `UpdatePost` takes the message, props, files, `is_pinned` and `has_reactions` as they are given:
/// change a post that `GetPost` gave, rather than make one anew.
#[derive(Clone, Debug, Default, PartialEq, Gob, Serialize, Deserialize)]
#[serde(default)]
pub struct Post {
    /// Id; empty for one that is to be created.
    pub id: String,
    /// When it was made; 0 lets the server say.
    pub create_at: i64,
    /// When it was last changed, in any way.
    pub update_at: i64,
    /// When its text was last changed; 0 for never.
    pub edit_at: i64,
    /// When it was deleted; 0 otherwise.
    pub delete_at: i64,
    /// Whether it is pinned to the channel.
    pub is_pinned: bool,
    /// Who wrote it.
    pub user_id: String,
    /// Where.
    pub channel_id: String,
    /// The post whose thread it belongs to; empty for none.
    pub root_id: String,
    /// The post that this is an earlier version of.
    pub original_id: String,
    /// The text, Markdown; at most 16,383 characters on most servers.
    pub message: String,
    /// Empty, or `custom_…` for a kind of a plugin's own, or `system_…`.
    #[serde(rename = "type")]
    #[gob(name = "Type")]
    pub kind: String,
    /// Properties; as JSON 800,000 characters at most. See [`Post::set_attachments`].
    #[serde(deserialize_with = "null_is_empty")]
    pub props: Props,
    /// The `#words` in it.
    pub hashtags: String,
    /// Its files, ten at most.
    #[serde(
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "null_is_empty"
    )]
    pub file_ids: Vec<String>,
    /// Makes `CreatePost` idempotent for half a minute: `<user id>:<milliseconds>`.
    pub pending_post_id: String,
    /// Whether there are reactions to it.
    pub has_reactions: bool,
    /// Answers in its thread.
    pub reply_count: i64,
}

impl Post {
    /// The property that holds attachments.
    const ATTACHMENTS: &str = "attachments";

    /// A post to be created.
    #[must_use]
    pub fn new(
        user_id: impl Into<String>,
        channel_id: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            user_id: user_id.into(),
            channel_id: channel_id.into(),
            message: message.into(),
            ..Self::default()
        }
    }

    /// Sets a property. Some names have a meaning of the server's (`attachments`, `from_bot` and others), all else is the plugin's.
    ///
    /// ```
    /// use mattermost_plugin::model::{Any, Post};
    ///
    /// let post = Post::new("a bot's id", "a channel's id", "6").with_prop("sides", 6_u32);
    /// assert_eq!(post.props["sides"], Any::Int(6));
    /// ```
    #[must_use]
    pub fn with_prop(mut self, name: impl Into<String>, value: impl Into<Any>) -> Self {
        self.props.insert(name.into(), value.into());
        self
    }

    /// Puts these attachments under the text instead of those there were; none removes them.
    ///
    /// They travel as lists and maps, the form in which clients send them too. The server's own
    /// type would save it a conversion, but its registered name follows its Go name, which was
    /// `SlackAttachment` up to 11 and is changing: a name that a server does not know costs the
    /// whole call.
    pub fn set_attachments(&mut self, attachments: &[Attachment]) {
        if attachments.is_empty() {
            self.props.remove(Self::ATTACHMENTS);
        } else {
            let list = attachments.iter().map(Attachment::to_any).collect();
            self.props.insert(Self::ATTACHMENTS.into(), Any::List(list));
        }
    }
}
