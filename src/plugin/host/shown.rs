//! Buttons and forms as the server wants them.

use mattermost_plugin::model::{
    Any, Attachment, Dialog as ServerDialog, DialogElement, OpenDialogRequest, Post, PostAction,
    PostActionOption,
};

use super::Mattermost;
use crate::host::{Button, Dialog, Dialogs, Element, ElementKind, HostError};

/// The address that the server calls: without the sub-path, which it takes for the plugin's own (Mattermost 9.11).
fn address(id: &str, path: &str) -> String {
    format!("/plugins/{id}/{path}")
}

/// The buttons in a box of their own; none without buttons.
pub(super) fn attachments(id: &str, buttons: &[Button]) -> Vec<Attachment> {
    if buttons.is_empty() {
        return Vec::new();
    }
    let action = |button: &Button| {
        let context = button.context.iter();
        let context = context.map(|(name, value)| ((*name).into(), Any::from(value.clone())));
        let mut action = PostAction::button(
            button.name.as_str(),
            address(id, button.path),
            context.collect(),
        );
        action.id = button.id.to_owned();
        action.style = if button.primary { "primary" } else { "default" }.to_owned();
        action
    };
    vec![Attachment {
        actions: buttons.iter().map(action).collect(),
        ..Attachment::default()
    }]
}

/// How many buttons a post has.
pub(super) fn buttons(post: &Post) -> usize {
    let Some(Any::List(boxes)) = post.props.get("attachments") else {
        return 0;
    };
    let actions = |attachment: &Any| match attachment {
        Any::Map(fields) => match fields.get("actions") {
            Some(Any::List(actions)) => actions.len(),
            _ => 0,
        },
        _ => 0,
    };
    boxes.iter().map(actions).sum()
}

impl Dialogs for Mattermost {
    async fn open_dialog(&self, trigger_id: &str, dialog: Dialog) -> Result<(), HostError> {
        let request = OpenDialogRequest {
            trigger_id: trigger_id.to_owned(),
            url: address(&self.id, dialog.path),
            dialog: ServerDialog {
                callback_id: dialog.id.to_owned(),
                title: dialog.title,
                introduction_text: dialog.introduction,
                elements: dialog.elements.into_iter().map(element).collect(),
                submit_label: dialog.submit,
                state: dialog.state,
                ..ServerDialog::default()
            },
        };
        Ok(self.api.open_interactive_dialog(&request).await?)
    }
}

fn element(element: Element) -> DialogElement {
    let mut shown = DialogElement {
        display_name: element.label,
        name: element.name.to_owned(),
        help_text: element.help,
        ..DialogElement::default()
    };
    match element.kind {
        ElementKind::Checkbox { checked, words } => {
            shown.kind = "bool".to_owned();
            shown.default = checked.to_string();
            shown.placeholder = words;
            // A box that is not ticked counts as left out.
            shown.optional = true;
        }
        ElementKind::Choice { chosen, options } => {
            shown.kind = "select".to_owned();
            shown.default = chosen.to_owned();
            let option = |(value, words): (&str, String)| PostActionOption {
                text: words,
                value: value.to_owned(),
            };
            shown.options = options.into_iter().map(option).collect();
        }
        ElementKind::Text {
            value,
            max,
            optional,
        } => {
            shown.kind = "text".to_owned();
            shown.default = value;
            shown.max_length = max.into();
            shown.optional = optional;
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn buttons_are_counted_as_they_were_made() {
        let button = |id| Button {
            id,
            name: id.to_owned(),
            primary: false,
            path: "api/v1/x",
            context: BTreeMap::from([("token", "t".to_owned())]),
        };
        let mut post = Post::default();
        assert_eq!(buttons(&post), 0);
        post.set_attachments(&attachments("switchboard", &[button("a"), button("b")]));
        assert_eq!(buttons(&post), 2);
        post.set_attachments(&attachments("switchboard", &[]));
        assert_eq!(buttons(&post), 0);
    }
}
