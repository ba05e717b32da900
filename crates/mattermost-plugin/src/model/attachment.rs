//! Boxes under a post's text, with buttons and menus.

use gob::Gob;
use serde::{Deserialize, Serialize};

use super::{Any, Props, null_is_empty};

/// A box under a post's text (Mattermost's "message attachment").
///
/// ```
/// use mattermost_plugin::model::{Attachment, AttachmentField, Post};
///
/// let mut post = Post::new("a bot's id", "a channel's id", "");
/// post.set_attachments(&[Attachment {
///     fallback: "Missed call from 0240404040".into(),
///     color: "danger".into(),
///     title: "Missed call".into(),
///     fields: vec![AttachmentField::new("From", "0240404040", true)],
///     ..Attachment::default()
/// }]);
/// assert!(post.props.contains_key("attachments"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Gob, Serialize, Deserialize)]
#[serde(default)]
#[gob(type_name = "SlackAttachment")]
pub struct Attachment {
    /// Plain text for where the box cannot be shown, as in notifications.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub fallback: String,
    /// Colour of its edge: `#rrggbb`, `good`, `warning` or `danger`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub color: String,
    /// Text above the box.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub pretext: String,
    /// Who is named on top of the box.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub author_name: String,
    /// Where that name leads.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub author_link: String,
    /// URL of the picture beside that name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub author_icon: String,
    /// Title.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Where the title leads.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title_link: String,
    /// Text, Markdown.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Table of facts.
    #[serde(
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "null_is_empty"
    )]
    pub fields: Vec<AttachmentField>,
    /// URL of a picture below the text.
    #[gob(name = "ImageURL")]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub image_url: String,
    /// URL of a small picture at the right.
    #[gob(name = "ThumbURL")]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub thumb_url: String,
    /// Small text at the bottom.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub footer: String,
    /// URL of the picture beside it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub footer_icon: String,
    /// Buttons and menus.
    #[serde(
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "null_is_empty"
    )]
    pub actions: Vec<PostAction>,
}

impl Attachment {
    /// The box as lists and maps, under its names in JSON.
    #[must_use]
    pub fn to_any(&self) -> Any {
        // Texts, lists and maps with text keys: there is nothing that JSON could refuse.
        serde_json::to_value(self)
            .map(Any::from)
            .unwrap_or_default()
    }
}

/// A row in the table of an attachment.
#[derive(Clone, Debug, Default, PartialEq, Gob, Serialize, Deserialize)]
#[serde(default)]
#[gob(type_name = "SlackAttachmentField")]
pub struct AttachmentField {
    /// Heading.
    pub title: String,
    /// Value, usually a text.
    pub value: Any,
    /// Whether two fit beside each other.
    pub short: bool,
}

impl AttachmentField {
    /// A row.
    #[must_use]
    pub fn new(title: impl Into<String>, value: impl Into<Any>, short: bool) -> Self {
        Self {
            title: title.into(),
            value: value.into(),
            short,
        }
    }
}

/// A button or a menu.
///
/// ```
/// use mattermost_plugin::model::{Attachment, Post, PostAction, Props};
///
/// let context = Props::from([("call".to_owned(), "17".into())]);
/// let done = PostAction::button("Done", "/plugins/com.example.calls/done", context);
/// let mut post = Post::new("a bot's id", "a channel's id", "**Missed call** from 0240404040");
/// post.set_attachments(&[Attachment { actions: vec![done], ..Attachment::default() }]);
/// ```
///
/// The plugin answers as [`PostActionIntegrationRequest`](super::PostActionIntegrationRequest) shows.
#[derive(Clone, Debug, Default, PartialEq, Gob, Serialize, Deserialize)]
#[serde(default)]
pub struct PostAction {
    /// Letters and digits, one of its kind in the post; empty lets the server choose. Clients do
    /// not show actions with other characters in it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// `button` or `select`.
    #[gob(name = "Type")]
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// What stands on the button, or in the empty menu.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Whether it cannot be used.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
    /// `default`, `primary`, `success`, `good`, `warning`, `danger`, or `#rrggbb`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub style: String,
    /// `users` or `channels` for a menu of those; empty for one of `options`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub data_source: String,
    /// The menu.
    #[serde(
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "null_is_empty"
    )]
    pub options: Vec<PostActionOption>,
    /// The option that is chosen at first.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub default_option: String,
    /// Whom the server tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration: Option<PostActionIntegration>,
}

impl PostAction {
    /// A button. The server sends a
    /// [`PostActionIntegrationRequest`](super::PostActionIntegrationRequest) to `url`, which for a
    /// plugin is `/plugins/<id>/…` without the server's own path.
    #[must_use]
    pub fn button(name: impl Into<String>, url: impl Into<String>, context: Props) -> Self {
        Self {
            kind: "button".into(),
            name: name.into(),
            integration: Some(PostActionIntegration {
                url: url.into(),
                context,
            }),
            ..Self::default()
        }
    }

    /// A menu, answered like a [`PostAction::button`]. The chosen value comes in the context, as
    /// `selected_option`.
    #[must_use]
    pub fn select(
        name: impl Into<String>,
        url: impl Into<String>,
        context: Props,
        options: Vec<PostActionOption>,
    ) -> Self {
        Self {
            kind: "select".into(),
            options,
            ..Self::button(name, url, context)
        }
    }
}

/// An entry of a menu, in a post or a dialog.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob, Serialize, Deserialize)]
#[serde(default)]
#[gob(type_name = "PostActionOptions")]
pub struct PostActionOption {
    /// What is shown.
    pub text: String,
    /// What is sent.
    pub value: String,
}

impl PostActionOption {
    /// An entry.
    pub fn new(text: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            value: value.into(),
        }
    }
}

/// Whom the server tells when a button is pressed. Clients never see it.
#[derive(Clone, Debug, Default, PartialEq, Gob, Serialize, Deserialize)]
#[serde(default)]
pub struct PostActionIntegration {
    /// Where the request is sent.
    #[gob(name = "URL")]
    pub url: String,
    /// What is sent along unchanged.
    #[serde(
        skip_serializing_if = "Props::is_empty",
        deserialize_with = "null_is_empty"
    )]
    pub context: Props,
}
