//! Dialogs: forms that a client shows.

use gob::Gob;
use serde::{Deserialize, Serialize};

use super::{PostActionOption, Props, StringMap, null_is_empty};

/// Asks for a dialog to be shown to whoever pressed a button or sent a command.
///
/// ```
/// use mattermost_plugin::{
///     Api,
///     error::ApiError,
///     model::{CommandArgs, Dialog, DialogElement, OpenDialogRequest},
/// };
///
/// async fn ask(api: &Api, args: &CommandArgs) -> Result<(), ApiError> {
///     let sides = DialogElement {
///         display_name: "Sides".into(),
///         name: "sides".into(),
///         kind: "text".into(),
///         subtype: "number".into(),
///         ..DialogElement::default()
///     };
///     let dialog = Dialog {
///         title: "Roll a die".into(),
///         elements: vec![sides],
///         ..Dialog::default()
///     };
///     // The answer arrives at the plugin's own HTTP, as a `SubmitDialogRequest`.
///     let request = OpenDialogRequest {
///         trigger_id: args.trigger_id.clone(),
///         url: "/plugins/com.example.dice/roll".into(),
///         dialog,
///     };
///     api.open_interactive_dialog(&request).await
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob, Serialize, Deserialize)]
#[serde(default)]
pub struct OpenDialogRequest {
    /// From the button's request or the command; good for three seconds (30 on newer servers).
    pub trigger_id: String,
    /// Where the filled form is sent: `/plugins/<id>/…` behind the server's own path, or a whole
    /// URL.
    #[gob(name = "URL")]
    pub url: String,
    /// The form.
    pub dialog: Dialog,
}

/// A form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob, Serialize, Deserialize)]
#[serde(default)]
pub struct Dialog {
    /// Comes back with the answer.
    pub callback_id: String,
    /// Title, 24 characters at most.
    pub title: String,
    /// Text above the fields, Markdown.
    pub introduction_text: String,
    /// URL of a picture beside the title.
    #[gob(name = "IconURL")]
    pub icon_url: String,
    /// The fields.
    #[serde(deserialize_with = "null_is_empty")]
    pub elements: Vec<DialogElement>,
    /// What stands on the button that sends it; empty for "Submit".
    pub submit_label: String,
    /// Whether closing it is told too.
    pub notify_on_cancel: bool,
    /// Comes back with the answer.
    pub state: String,
}

/// A field of a form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob, Serialize, Deserialize)]
#[serde(default)]
pub struct DialogElement {
    /// Its label, 24 characters at most.
    pub display_name: String,
    /// Its name in the answer, 300 characters at most.
    pub name: String,
    /// `text`, `textarea`, `select`, `bool` or `radio`.
    #[serde(rename = "type")]
    #[gob(name = "Type")]
    pub kind: String,
    /// Of a text: `text`, `email`, `number`, `password`, `tel` or `url`.
    #[gob(name = "SubType")]
    pub subtype: String,
    /// What stands there at first.
    pub default: String,
    /// Shown while it is empty, 150 characters at most.
    pub placeholder: String,
    /// Shown below, 150 characters at most.
    pub help_text: String,
    /// Whether it may stay empty.
    pub optional: bool,
    /// Fewest characters of a text.
    pub min_length: i64,
    /// Most characters of a text; 0 for 150, or 3,000 in a `textarea`.
    pub max_length: i64,
    /// `users` or `channels` for a menu of those.
    pub data_source: String,
    /// Entries of a menu.
    #[serde(deserialize_with = "null_is_empty")]
    pub options: Vec<PostActionOption>,
}

/// A form was sent or closed. JSON only.
///
/// Who it was is what the request's `Mattermost-User-Id` header says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SubmitDialogRequest {
    /// `dialog_submission`, or `dialog_cancelled`.
    #[serde(rename = "type")]
    pub kind: String,
    /// [`Dialog::callback_id`].
    pub callback_id: String,
    /// [`Dialog::state`].
    pub state: String,
    /// Who it claims to be.
    pub user_id: String,
    /// Where they were.
    pub channel_id: String,
    /// Where they were.
    pub team_id: String,
    /// Values by the fields' names.
    #[serde(deserialize_with = "null_is_empty")]
    pub submission: Props,
    /// Whether it was closed instead.
    pub cancelled: bool,
}

/// The answer to a [`SubmitDialogRequest`]: an empty body closes the form, this keeps it open. JSON
/// only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SubmitDialogResponse {
    /// What is wrong with the whole.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub error: String,
    /// What is wrong with fields, by name.
    #[serde(
        skip_serializing_if = "StringMap::is_empty",
        deserialize_with = "null_is_empty"
    )]
    pub errors: StringMap,
}
