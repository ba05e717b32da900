//! What is offered while somebody types a slash command. From Mattermost 5.24.

use gob::Gob;
use serde::{Deserialize, Serialize};

/// A command or a sub-command.
///
/// ```
/// use mattermost_plugin::model::{AutocompleteData, AutocompleteListItem, Command};
///
/// let sides = ["6", "20"].map(|item| AutocompleteListItem {
///     item: item.into(),
///     ..AutocompleteListItem::default()
/// });
/// let offered = AutocompleteData::new("dice", "[command]", "Roll dice")
///     .with_command(AutocompleteData::new("roll", "[sides]", "Roll a die").with_static_list("Its sides", sides))
///     .with_command(AutocompleteData::new("ban", "[user]", "Take somebody's dice").for_role("system_admin"));
/// let command = Command {
///     trigger: "dice".into(),
///     auto_complete: true,
///     autocomplete_data: Some(offered),
///     ..Command::default()
/// };
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct AutocompleteData {
    /// The word, in lower case and without the slash.
    pub trigger: String,
    /// Which arguments it takes, in short.
    pub hint: String,
    /// What it does.
    pub help_text: String,
    /// To whom it is offered: everybody (`system_user`), or admins (`system_admin`). An empty one offers it to admins
    /// only, too. It hides, it does not forbid.
    #[gob(name = "RoleID")]
    #[serde(rename = "RoleID")]
    pub role_id: String,
    /// Its arguments, those without a name first.
    pub arguments: Vec<AutocompleteArg>,
    /// Its sub-commands. The server takes either these or arguments.
    pub sub_commands: Vec<AutocompleteData>,
}

impl AutocompleteData {
    /// A command or sub-command that is offered to everybody.
    #[must_use]
    pub fn new(
        trigger: impl Into<String>,
        hint: impl Into<String>,
        help_text: impl Into<String>,
    ) -> Self {
        Self {
            trigger: trigger.into(),
            hint: hint.into(),
            help_text: help_text.into(),
            role_id: "system_user".into(),
            ..Self::default()
        }
    }

    /// Offers it to those with this role only.
    #[must_use]
    pub fn for_role(mut self, role_id: impl Into<String>) -> Self {
        self.role_id = role_id.into();
        self
    }

    /// Adds a sub-command.
    #[must_use]
    pub fn with_command(mut self, command: Self) -> Self {
        self.sub_commands.push(command);
        self
    }

    /// Adds an argument that is free text. `pattern`, where not empty, is a regular expression that
    /// clients check it with.
    #[must_use]
    pub fn with_text(
        self,
        help_text: impl Into<String>,
        hint: impl Into<String>,
        pattern: impl Into<String>,
    ) -> Self {
        let data = AutocompleteTextArg {
            hint: hint.into(),
            pattern: pattern.into(),
        };
        self.with_argument(help_text, "TextInput", AutocompleteArgData::Text(data))
    }

    /// Adds an argument that is one of a list.
    #[must_use]
    pub fn with_static_list(
        self,
        help_text: impl Into<String>,
        items: impl IntoIterator<Item = AutocompleteListItem>,
    ) -> Self {
        let data = AutocompleteStaticListArg {
            possible_arguments: items.into_iter().collect(),
        };
        self.with_argument(
            help_text,
            "StaticList",
            AutocompleteArgData::StaticList(data),
        )
    }

    /// Adds an argument that is one of a list that the plugin makes each time. The server asks for
    /// it with a GET as whoever types, and wants a JSON list of [`AutocompleteListItem`]s. It offers those that begin with
    /// what was typed.
    ///
    /// `fetch_url` is a path without a query, and without `/plugins/<id>`: the server puts that before it, whether or not
    /// the path begins with a slash. It adds a query: `user_input` is the whole line so far without its slash, `parsed` what of it
    /// stands before this argument.
    #[must_use]
    pub fn with_dynamic_list(
        self,
        help_text: impl Into<String>,
        fetch_url: impl Into<String>,
    ) -> Self {
        let data = AutocompleteDynamicListArg {
            fetch_url: fetch_url.into(),
        };
        self.with_argument(
            help_text,
            "DynamicList",
            AutocompleteArgData::DynamicList(data),
        )
    }

    fn with_argument(
        mut self,
        help_text: impl Into<String>,
        kind: &str,
        data: AutocompleteArgData,
    ) -> Self {
        self.arguments.push(AutocompleteArg {
            help_text: help_text.into(),
            kind: kind.into(),
            required: true,
            data,
            ..AutocompleteArg::default()
        });
        self
    }

    /// Gives the argument added last a name, as in `--name value`.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        if let Some(argument) = self.arguments.last_mut() {
            argument.name = name.into();
        }
        self
    }

    /// Makes the argument added last optional. The server takes that of text only when it has a
    /// [name](Self::named).
    #[must_use]
    pub fn optional(mut self) -> Self {
        if let Some(argument) = self.arguments.last_mut() {
            argument.required = false;
        }
        self
    }
}

/// An argument of a command.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct AutocompleteArg {
    /// Its name; empty when its place says what it is.
    pub name: String,
    /// What it means.
    pub help_text: String,
    /// `TextInput`, `StaticList` or `DynamicList`; the data must fit.
    #[gob(name = "Type")]
    #[serde(rename = "Type")]
    pub kind: String,
    /// Whether it must be there.
    pub required: bool,
    /// What is offered.
    pub data: AutocompleteArgData,
}

/// What is offered for an argument.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AutocompleteArgData {
    /// Nothing, which the server refuses.
    #[default]
    #[gob(nil)]
    None,
    /// A list.
    #[gob(
        name = "*model.AutocompleteStaticListArg",
        last = "AutocompleteStaticListArg"
    )]
    StaticList(AutocompleteStaticListArg),
    /// A list that the plugin makes each time.
    #[gob(
        name = "*model.AutocompleteDynamicListArg",
        last = "AutocompleteDynamicListArg"
    )]
    DynamicList(AutocompleteDynamicListArg),
    /// A hint.
    #[gob(name = "*model.AutocompleteTextArg", last = "AutocompleteTextArg")]
    Text(AutocompleteTextArg),
}

/// Free text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct AutocompleteTextArg {
    /// What is meant, `[number]` for example.
    pub hint: String,
    /// Regular expression that clients check it with; empty for none.
    pub pattern: String,
}

/// One of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AutocompleteStaticListArg {
    /// The list.
    pub possible_arguments: Vec<AutocompleteListItem>,
}

/// One of a list that the plugin makes each time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob, Serialize, Deserialize)]
pub struct AutocompleteDynamicListArg {
    /// Where the server asks for it, relative to `/plugins/<id>`.
    #[gob(name = "FetchURL")]
    #[serde(rename = "FetchURL")]
    pub fetch_url: String,
}

/// An entry of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct AutocompleteListItem {
    /// What is put into the line.
    pub item: String,
    /// A word on it.
    pub hint: String,
    /// What it means.
    pub help_text: String,
}

impl AutocompleteListItem {
    /// An entry.
    pub fn new(
        item: impl Into<String>,
        hint: impl Into<String>,
        help_text: impl Into<String>,
    ) -> Self {
        Self {
            item: item.into(),
            hint: hint.into(),
            help_text: help_text.into(),
        }
    }
}
