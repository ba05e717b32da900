//! Slash commands.

use gob::Gob;
use serde::{Deserialize, Serialize};

use super::{Attachment, AutocompleteData, Props, null_is_empty};

/// A slash command of a plugin.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob, Serialize, Deserialize)]
#[serde(default)]
pub struct Command {
    /// The team it is for; empty for all.
    pub team_id: String,
    /// The word behind the slash, without it. Not empty, and without spaces, or nobody can send it; the server makes it lower-case.
    pub trigger: String,
    /// Whether it is offered while somebody types.
    pub auto_complete: bool,
    /// What is then said of it.
    pub auto_complete_desc: String,
    /// Which arguments are hinted at.
    pub auto_complete_hint: String,
    /// Name for people.
    pub display_name: String,
    /// Description.
    pub description: String,
    /// Arguments and sub-commands to be offered. From 5.24.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub autocomplete_data: Option<AutocompleteData>,
    /// A picture: `data:image/svg+xml;base64,…`. From 5.26.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub autocomplete_icon_data: String,
}

/// A slash command as somebody sent it.
///
/// ```
/// use mattermost_plugin::model::CommandArgs;
///
/// let args = CommandArgs { command: "/dice roll 20".into(), ..CommandArgs::default() };
/// let words: Vec<_> = args.command.split_whitespace().skip(1).collect();
/// assert_eq!(words, ["roll", "20"]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob, Serialize, Deserialize)]
#[serde(default)]
pub struct CommandArgs {
    /// Who.
    pub user_id: String,
    /// Where.
    pub channel_id: String,
    /// In which team.
    pub team_id: String,
    /// In which thread; empty for none.
    pub root_id: String,
    /// With it a dialog can be opened, within three seconds (30 on newer servers).
    pub trigger_id: String,
    /// The whole line, slash included.
    pub command: String,
    /// The server's own URL.
    #[gob(name = "SiteURL")]
    #[serde(skip)]
    pub site_url: String,
}

/// What the one who sent a command sees, or the channel.
#[derive(Clone, Debug, Default, PartialEq, Gob, Serialize, Deserialize)]
#[serde(default)]
pub struct CommandResponse {
    /// One of [`response_type`]; empty is ephemeral.
    pub response_type: String,
    /// The text, Markdown; none for no answer.
    pub text: String,
    /// In whose name, where the server allows that.
    pub username: String,
    /// Where, when not where the command was sent.
    pub channel_id: String,
    /// URL of the picture beside that name.
    #[gob(name = "IconURL")]
    pub icon_url: String,
    /// Kind of the post, `custom_…`.
    #[serde(rename = "type")]
    #[gob(name = "Type")]
    pub kind: String,
    /// Properties of the post.
    #[serde(deserialize_with = "null_is_empty")]
    pub props: Props,
    /// A URL that the client then opens.
    pub goto_location: String,
    /// Opens a dialog.
    pub trigger_id: String,
    /// Leaves the text alone, where otherwise Slack's way to write links is understood.
    pub skip_slack_parsing: bool,
    /// Boxes under the text.
    #[serde(deserialize_with = "null_is_empty")]
    pub attachments: Vec<Attachment>,
    /// Further answers.
    #[serde(deserialize_with = "null_is_empty")]
    pub extra_responses: Vec<CommandResponse>,
}

impl CommandResponse {
    /// A text that only the one who sent the command sees, until their next reload.
    #[must_use]
    pub fn ephemeral(text: impl Into<String>) -> Self {
        Self {
            response_type: response_type::EPHEMERAL.into(),
            text: text.into(),
            ..Self::default()
        }
    }

    /// A text for the whole channel, in the name of whoever sent the command.
    #[must_use]
    pub fn in_channel(text: impl Into<String>) -> Self {
        Self {
            response_type: response_type::IN_CHANNEL.into(),
            text: text.into(),
            ..Self::default()
        }
    }
}

/// Who sees the answer to a command.
pub mod response_type {
    /// Everybody in the channel.
    pub const IN_CHANNEL: &str = "in_channel";
    /// The one who sent the command.
    pub const EPHEMERAL: &str = "ephemeral";
}
