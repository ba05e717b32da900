//! Forms that plugins show to people.

use serde::Serialize;
use serde_json::json;

use super::{Audience, Event, World, events::keep};

/// A form that somebody sees. A server takes it as the plugin gives it, and checks nothing of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Dialog {
    /// Who sees it.
    pub user_id: String,
    /// The command or button that it answers.
    pub trigger_id: String,
    /// Where its answer goes.
    pub url: String,
    /// Its name for the plugin.
    pub callback_id: String,
    /// Its title.
    pub title: String,
    /// The text above the fields, in Markdown.
    pub introduction_text: String,
    /// The fields.
    pub elements: Vec<DialogElement>,
    /// What stands on the button that sends it; empty for the client's own word.
    pub submit_label: String,
    /// Whether the plugin is told when it is closed.
    pub notify_on_cancel: bool,
    /// Comes back with the answer.
    pub state: String,
}

/// A field of a form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DialogElement {
    /// Its label.
    pub display_name: String,
    /// Its name in the answer.
    pub name: String,
    /// `text`, `textarea`, `select`, `bool` or `radio`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Of a text: `email`, `number`, `password`, `tel` or `url`.
    pub subtype: String,
    /// What stands there at first; `true` for a box that is ticked.
    pub default: String,
    /// Shown while it is empty, or beside a box.
    pub placeholder: String,
    /// Shown below.
    pub help_text: String,
    /// Whether it may stay empty.
    pub optional: bool,
    /// Fewest characters of a text.
    pub min_length: i64,
    /// Most characters of a text; zero for the client's own limit.
    pub max_length: i64,
    /// `users` or `channels` for a menu of those.
    pub data_source: String,
    /// What there is to choose from.
    pub options: Vec<DialogOption>,
}

/// Something to choose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DialogOption {
    /// What is shown.
    pub text: String,
    /// What is sent.
    pub value: String,
}

impl World {
    /// Shows a form to whom it is for.
    pub fn open_dialog(&self, dialog: Dialog) {
        let audience = Audience {
            user_id: dialog.user_id.clone(),
            ..Audience::default()
        };
        // Clients get the form as text within the message.
        let data = json!({ "dialog": json!(dialog).to_string() });
        self.publish("", "open_dialog", data, audience);
        keep(&mut self.state().outbox.dialogs, dialog.clone());
        self.tell(Event::Dialog(dialog));
    }

    /// The forms that were shown, the oldest first.
    pub fn dialogs(&self) -> Vec<Dialog> {
        self.state().outbox.dialogs.iter().cloned().collect()
    }
}
