//! Buttons and forms as the server wants them.

use std::collections::BTreeMap;

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
        let mut context = BTreeMap::new();
        for (name, value) in &button.context {
            context.insert((*name).into(), Any::from(value.clone()));
        }
        let mut action =
            PostAction::button(button.name.as_str(), address(id, button.path), context);
        action.id = button.id.to_owned();
        action.style = if button.primary { "primary" } else { "default" }.to_owned();
        action
    };
    vec![Attachment {
        actions: buttons.iter().map(action).collect(),
        ..Attachment::default()
    }]
}

/// Gives a post these buttons, unless it has them. The server adds to what it was given, so what is compared is what people see of each
/// button, and what comes back with it.
pub(super) fn set_buttons(post: &mut Post, id: &str, buttons: &[Button]) {
    let mut wanted = Post::default();
    wanted.set_attachments(&attachments(id, buttons));
    if shown(post) != shown(&wanted) {
        post.set_attachments(&attachments(id, buttons));
    }
}

/// Name and context of each button; nothing where a post has something else than boxes with buttons.
fn shown(post: &Post) -> Option<Vec<[Option<&Any>; 2]>> {
    fn list(value: Option<&Any>) -> Option<&[Any]> {
        match value {
            None => Some(&[]),
            Some(Any::List(list)) => Some(list),
            Some(_) => None,
        }
    }
    fn field<'a>(value: &'a Any, name: &str) -> Option<&'a Any> {
        match value {
            Any::Map(fields) => fields.get(name),
            _ => None,
        }
    }
    let mut buttons = Vec::new();
    for attachment in list(post.props.get("attachments"))? {
        for action in list(field(attachment, "actions"))? {
            let integration = field(action, "integration");
            let context = integration.and_then(|integration| field(integration, "context"));
            buttons.push([field(action, "name"), context]);
        }
    }
    Some(buttons)
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
    use super::*;

    fn button(id: &'static str, name: &str, token: &str) -> Button {
        Button {
            id,
            name: name.to_owned(),
            primary: false,
            path: "api/v1/x",
            context: BTreeMap::from([("token", token.to_owned())]),
        }
    }

    #[test]
    fn buttons_change_where_they_are_others() {
        let mut post = Post::default();
        let mut set = |buttons: &[Button]| {
            let before = post.clone();
            set_buttons(&mut post, "switchboard", buttons);
            post != before
        };
        assert!(!set(&[]));
        assert!(set(&[button("a", "A", "t")]));
        assert!(!set(&[button("a", "A", "t")]));
        assert!(set(&[button("a", "B", "t")]));
        assert!(set(&[button("a", "B", "u")]));
        assert!(set(&[button("a", "B", "u"), button("b", "C", "u")]));
        assert!(!set(&[button("a", "B", "u"), button("b", "C", "u")]));
        assert!(set(&[]));
    }

    #[test]
    fn what_the_server_adds_changes_nothing() {
        let mut post = Post::default();
        let buttons = [button("a", "A", "t")];
        set_buttons(&mut post, "switchboard", &buttons);
        let Some(Any::List(boxes)) = post.props.get_mut("attachments") else {
            panic!("no boxes");
        };
        let Some(Any::Map(fields)) = boxes.first_mut() else {
            panic!("no box");
        };
        fields.insert("id".into(), Any::Float(0.0));
        fields.insert("fallback".into(), Any::from(String::new()));
        let before = post.clone();
        set_buttons(&mut post, "switchboard", &buttons);
        assert_eq!(post, before);
        // What is none of ours is replaced.
        post.props.insert("attachments".into(), Any::Bool(true));
        set_buttons(&mut post, "switchboard", &buttons);
        assert_ne!(post.props.get("attachments"), Some(&Any::Bool(true)));
    }
}
