//! The composition root: which hook goes to which part, and the server's API as [`crate::host`] wants it.

use std::sync::Arc;
use std::time::Duration;
use std::{env, fs, io};

use futures_util::future::join_all;
use mattermost_plugin::error::{ApiError, AppError, HookError};
use mattermost_plugin::http::HttpService;
use mattermost_plugin::model::{
    AutocompleteData, Bot, Command, CommandArgs, CommandResponse, PluginClusterEvent,
    PluginClusterEventSendOptions, Post, User, UserGetOptions, send_type,
};
use mattermost_plugin::{Api, Context, Event, Hook, Plugin};
use tokio::sync::OnceCell;

use crate::app::App;
use crate::commands::{self, Argument, Invocation, Offers, Subcommand, Then};
use crate::host::{
    Account, Accounts, ChannelId, Directory, HostError, Members, Messages, NewPost, Nodes, Pending,
    Person, PostId, Posts, Statuses, Store, TeamId, UserId,
};
use crate::http::Service;

/// How long an orderly stop may take to make the posts that wait. The server gives a plugin ten seconds when
/// it ends itself, and as long as it takes when somebody disables the plugin.
const STOP_DEADLINE: Duration = Duration::from_secs(8);

/// The user name of the account that speaks to people.
const BOT_NAME: &str = "switchboard";

/// The id when there is no manifest to read it from.
const DEFAULT_ID: &str = "switchboard";

/// The plugin, from its activation on.
#[derive(Debug)]
pub struct Switchboard {
    api: Api,
    app: Arc<App<Mattermost>>,
    /// Loading and applying settings happen as one: of two saves, the later one's load comes last. Holds whether the commands that
    /// are registered are those with a PBX, once they are.
    configuring: tokio::sync::Mutex<Option<bool>>,
}

impl Switchboard {
    async fn configure(&self) -> Result<(), ApiError> {
        let mut registered = self.configuring.lock().await;
        let settings = self.api.load_plugin_configuration_json().await?;
        self.app.configure(&settings);
        let pbx = self.app.offers_pbx();
        if *registered != Some(pbx) {
            // A command that is registered again takes the place of what it was.
            join_all(
                self.app
                    .commands()
                    .map(|command| self.register(command, pbx)),
            )
            .await;
            *registered = Some(pbx);
        }
        Ok(())
    }

    /// A command that cannot be registered costs that command alone.
    async fn register(&self, command: &'static commands::Command, pbx: bool) {
        if let Err(e) = self.api.register_command(&registration(command, pbx)).await {
            tracing::error!(
                trigger = command.trigger,
                "a command cannot be registered: {e}"
            );
        }
    }
}

impl Plugin for Switchboard {
    const HOOKS: &'static [Hook] = &[
        Hook::ServeHttp,
        Hook::ServeMetrics,
        Hook::ExecuteCommand,
        Hook::OnWebSocketConnect,
        Hook::OnWebSocketDisconnect,
        Hook::UserHasBeenCreated,
        Hook::UserHasBeenDeactivated,
        Hook::OnPluginClusterEvent,
    ];

    async fn activate(api: Api) -> Result<Self, HookError> {
        let id = bundle_id().unwrap_or_else(|e| {
            tracing::warn!("plugin.json beside the executable cannot be read ({e}): the id is taken to be {DEFAULT_ID}");
            DEFAULT_ID.to_owned()
        });
        let app = App::new(&id, Mattermost::new(api.clone()));
        let this = Self {
            api,
            app,
            configuring: tokio::sync::Mutex::default(),
        };
        this.configure().await?;
        Ok(this)
    }

    async fn deactivate(&self) -> Result<(), HookError> {
        // What remained is logged there.
        self.app.stop(STOP_DEADLINE).await;
        Ok(())
    }

    async fn configuration_changed(&self) -> Result<(), HookError> {
        // Some of the server's own settings concern presence, too.
        self.app.presence().configuration_changed();
        Ok(self.configure().await?)
    }

    fn http(self: &Arc<Self>) -> HttpService {
        HttpService::new(Service::new(Arc::clone(&self.app)))
    }

    fn metrics(self: &Arc<Self>) -> HttpService {
        let app = Arc::clone(&self.app);
        HttpService::from_fn(move |_| std::future::ready(crate::http::metrics(&app)))
    }

    async fn event(&self, event: Event) {
        let presence = self.app.presence();
        match event {
            Event::WebSocketConnected { user_id, .. }
            | Event::WebSocketDisconnected { user_id, .. } => {
                presence.hint(&UserId::from(user_id));
            }
            Event::UserCreated { user, .. } => presence.created(account(user)),
            Event::UserDeactivated { user, .. } => presence.deactivated(&UserId::from(user.id)),
            Event::PluginCluster { event, .. } => presence.cluster_event(&event.id, &event.data),
            _ => {}
        }
    }

    async fn execute_command(
        &self,
        _: Context,
        args: CommandArgs,
    ) -> Result<CommandResponse, AppError> {
        let user = UserId::from(args.user_id);
        let invocation = Invocation {
            line: &args.command,
            user: &user,
            site_url: &args.site_url,
        };
        let response = self.app.execute(invocation).await;
        Ok(if response.ephemeral {
            CommandResponse::ephemeral(response.text)
        } else {
            CommandResponse::in_channel(response.text)
        })
    }
}

/// The id in the bundle's manifest: the executable lies in `server/dist` of the bundle, and the process in
/// the server's own folder.
fn bundle_id() -> io::Result<String> {
    let executable = env::current_exe()?;
    let bundle = executable
        .ancestors()
        .nth(3)
        .ok_or(io::ErrorKind::NotFound)?;
    let manifest = fs::read(bundle.join("plugin.json"))?;
    let manifest: serde_json::Value = serde_json::from_slice(&manifest)?;
    let id = manifest.get("id").and_then(serde_json::Value::as_str);
    id.map(str::to_owned)
        .ok_or_else(|| io::Error::other("it has no id"))
}

fn registration(command: &commands::Command, pbx: bool) -> Command {
    let hint = command.hint(pbx);
    let data = AutocompleteData::new(command.trigger, hint.as_str(), command.autocomplete);
    Command {
        trigger: command.trigger.into(),
        auto_complete: true,
        auto_complete_desc: command.autocomplete.into(),
        auto_complete_hint: hint,
        description: command.description.into(),
        display_name: command.description.into(),
        autocomplete_data: Some(with_words(data, command.subcommands, pbx)),
        ..Command::default()
    }
}

/// The words that may follow, those that ask a PBX only where there is one.
fn with_words(data: AutocompleteData, words: &[Subcommand], pbx: bool) -> AutocompleteData {
    let offered = words.iter().filter(|word| pbx || !word.pbx);
    offered.fold(data, |data, word| {
        let hint = commands::hint(word.then, pbx);
        let own = AutocompleteData::new(word.word, hint, word.what);
        data.with_command(match word.then {
            Then::Word(words) => with_words(own, words, pbx),
            Then::Arguments(arguments) => arguments.iter().fold(own, with_argument),
        })
    })
}

fn with_argument(data: AutocompleteData, argument: &Argument) -> AutocompleteData {
    match argument.offers {
        // The server takes no text that is optional and has no name (`AutocompleteData.IsValid` of Mattermost 9.11); it
        // only hints at it, and runs the command without.
        Offers::Nothing => data.with_text(argument.what, argument.hint, ""),
        Offers::List(name) => {
            let data = data.with_dynamic_list(argument.what, crate::http::suggestions_path(name));
            if argument.optional {
                data.optional()
            } else {
                data
            }
        }
    }
}

/// The server's API as the product's host.
#[derive(Debug)]
struct Mattermost {
    api: Api,
    /// The bot's user id, once it is known.
    bot: OnceCell<String>,
}

impl Mattermost {
    fn new(api: Api) -> Self {
        Self {
            api,
            bot: OnceCell::new(),
        }
    }

    /// The account that speaks to people. It is made when it is needed first.
    async fn bot(&self) -> Result<&str, HostError> {
        let made = self.bot.get_or_try_init(|| async {
            let bot = Bot {
                username: BOT_NAME.to_owned(),
                display_name: "Switchboard".to_owned(),
                description: "Tells you what becomes of your calls.".to_owned(),
                ..Bot::default()
            };
            self.api.ensure_bot_user(&bot).await
        });
        Ok(made.await?)
    }
}

impl From<ApiError> for HostError {
    fn from(error: ApiError) -> Self {
        match error.status() {
            Some(status) => Self::from_status(status.as_u16(), error.to_string()),
            None if error.is_not_found() => Self::from_status(404, error.to_string()),
            None if error.is_unknown_method() => Self::from_status(400, error.to_string()),
            // Nobody knows whether it goes better later; whoever repeats bounds it.
            None => Self::transient(error.to_string()),
        }
    }
}

impl Posts for Mattermost {
    async fn create_post(&self, post: NewPost) -> Result<PostId, HostError> {
        let mut new = Post::new(post.author.as_str(), post.channel.as_str(), post.message)
            .with_prop("sent_by_plugin", true);
        new.pending_post_id = post.pending_id;
        Ok(self.api.create_post(&new).await?.id.into())
    }
}

impl Messages for Mattermost {
    async fn send_message(
        &self,
        to: &UserId,
        text: String,
        pending: Pending,
    ) -> Result<PostId, HostError> {
        let bot = self.bot().await?;
        let channel = self.api.get_direct_channel(bot, to.as_str()).await?;
        let post = NewPost {
            channel: channel.id.into(),
            author: bot.into(),
            message: text,
            pending_id: pending.id(bot),
        };
        self.create_post(post).await
    }

    async fn change_message(&self, post: &PostId, text: String) -> Result<(), HostError> {
        let mut post = self.api.get_post(post.as_str()).await?;
        if post.message != text {
            post.message = text;
            self.api.update_post(&post).await?;
        }
        Ok(())
    }
}

impl Directory for Mattermost {
    async fn team_by_name(&self, name: &str) -> Result<TeamId, HostError> {
        Ok(self.api.get_team_by_name(name).await?.id.into())
    }

    async fn channel_by_name(&self, team: &TeamId, name: &str) -> Result<ChannelId, HostError> {
        Ok(self
            .api
            .get_channel_by_name(team.as_str(), name, false)
            .await?
            .id
            .into())
    }

    async fn user_by_mail(&self, mail: &str) -> Result<Person, HostError> {
        Ok(person(&self.api.get_user_by_email(mail).await?))
    }

    async fn user_by_name(&self, name: &str) -> Result<Person, HostError> {
        Ok(person(&self.api.get_user_by_username(name).await?))
    }
}

impl Members for Mattermost {
    async fn person(&self, user: &UserId) -> Result<Person, HostError> {
        Ok(person(&self.api.get_user(user.as_str()).await?))
    }

    async fn is_member(&self, channel: &ChannelId, user: &UserId) -> Result<bool, HostError> {
        match self
            .api
            .get_channel_member(channel.as_str(), user.as_str())
            .await
        {
            Ok(_) => Ok(true),
            Err(e) if e.is_not_found() => Ok(false),
            Err(e) => Err(e.into()),
        }
    }
}

impl Accounts for Mattermost {
    async fn accounts(&self, page: u32, per_page: u32) -> Result<Vec<Account>, HostError> {
        let options = UserGetOptions {
            active: true,
            page: page.into(),
            per_page: per_page.into(),
            ..UserGetOptions::default()
        };
        let users = self.api.get_users(&options).await?;
        Ok(users.into_iter().map(account).collect())
    }

    async fn account(&self, user: &UserId) -> Result<Account, HostError> {
        Ok(account(self.api.get_user(user.as_str()).await?))
    }
}

impl Statuses for Mattermost {
    async fn statuses(&self, users: &[UserId]) -> Result<Vec<(UserId, String)>, HostError> {
        let ids: Vec<&str> = users.iter().map(UserId::as_str).collect();
        let statuses = self.api.get_user_statuses_by_ids(&ids).await?;
        let pairs = statuses
            .into_iter()
            .map(|status| (UserId::from(status.user_id), status.status));
        Ok(pairs.collect())
    }

    async fn statuses_enabled(&self) -> Result<bool, HostError> {
        let config = self.api.get_config().await?;
        Ok(config.service_settings.enable_user_statuses)
    }
}

impl Nodes for Mattermost {
    async fn clustered(&self) -> Result<bool, HostError> {
        Ok(self.api.get_config().await?.cluster_settings.enable)
    }

    async fn tell(&self, kind: &str, data: Vec<u8>) -> Result<(), HostError> {
        let event = PluginClusterEvent {
            id: kind.to_owned(),
            data,
        };
        let options = PluginClusterEventSendOptions {
            send_type: send_type::RELIABLE.to_owned(),
            ..PluginClusterEventSendOptions::default()
        };
        Ok(self
            .api
            .publish_plugin_cluster_event(&event, &options)
            .await?)
    }
}

impl Store for Mattermost {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, HostError> {
        Ok(self.api.kv_get(key).await?)
    }

    async fn compare_and_set(
        &self,
        key: &str,
        old: Option<&[u8]>,
        value: Option<&[u8]>,
    ) -> Result<bool, HostError> {
        // An empty value deletes the key.
        let value = value.unwrap_or_default();
        Ok(self.api.kv_compare_and_set(key, old, value).await?)
    }
}

fn account(user: User) -> Account {
    Account {
        active: user.delete_at == 0,
        id: UserId::from(user.id),
        email: user.email,
    }
}

/// What people call someone.
fn display_name(user: &User) -> String {
    let full = format!("{} {}", user.first_name.trim(), user.last_name.trim());
    [full.trim(), user.nickname.trim(), &user.username]
        .into_iter()
        .find(|name| !name.is_empty())
        .unwrap_or_default()
        .to_owned()
}

fn person(user: &User) -> Person {
    Person {
        id: UserId::from(user.id.as_str()),
        username: user.username.as_str().into(),
        display_name: display_name(user).into(),
        guest: user.is_guest(),
        admin: user.has_role("system_admin"),
        deactivated: user.delete_at != 0,
    }
}

#[cfg(test)]
mod tests {
    use mattermost_plugin::error::ErrorString;
    use mattermost_plugin::model::AutocompleteArgData;

    use super::*;
    use crate::host::HostErrorKind;

    /// `/phone` as it is registered.
    fn phone(pbx: bool) -> AutocompleteData {
        let command = commands::all().find(|command| command.trigger == "phone");
        let command = registration(command.expect("a command"), pbx);
        command.autocomplete_data.expect("its data")
    }

    /// What the server's `AutocompleteData.IsValid` checks, and what its `getSuggestions` needs in order to offer something to
    /// people who are no admins.
    fn check(data: &AutocompleteData) {
        assert_eq!(data.role_id, "system_user", "{data:?}");
        assert!(!data.trigger.is_empty() && data.trigger == data.trigger.to_lowercase());
        assert!(data.arguments.is_empty() || data.sub_commands.is_empty());
        for argument in &data.arguments {
            match &argument.data {
                AutocompleteArgData::Text(_) => assert!(argument.required, "{argument:?}"),
                AutocompleteArgData::DynamicList(list) => {
                    // It is joined to `/plugins/<id>`, and a query would be escaped.
                    assert!(!list.fetch_url.starts_with("/plugins"), "{list:?}");
                    assert!(!list.fetch_url.contains(['?', ':']), "{list:?}");
                }
                other => panic!("{other:?}"),
            }
        }
        data.sub_commands.iter().for_each(check);
    }

    #[test]
    fn what_is_registered_is_what_the_server_takes() {
        let words = |data: &AutocompleteData| -> Vec<String> {
            let words = data.sub_commands.iter();
            words.map(|word| word.trigger.clone()).collect()
        };
        let without = phone(false);
        check(&without);
        assert_eq!(words(&without), ["status", "board", "help"]);
        assert_eq!(without.hint, "[status|board|help]");
        let with = phone(true);
        check(&with);
        assert_eq!(
            words(&with),
            ["status", "board", "call", "message", "queue", "help"]
        );
        let word = |name: &str| {
            let mut words = with.sub_commands.iter();
            words.find(|word| word.trigger == name).expect("a word")
        };
        let queue = word("queue");
        assert_eq!(words(queue), ["login", "logout", "pause", "unpause"]);
        assert!(!queue.sub_commands[0].arguments[0].required);
        let message = &word("message").arguments;
        let AutocompleteArgData::DynamicList(list) = &message[0].data else {
            panic!("{message:?}");
        };
        assert_eq!(list.fetch_url, "api/v1/suggest/message");
        assert_eq!(message.len(), 2);
    }

    #[test]
    fn an_error_without_a_status_is_worth_repeating() {
        let kind = |error: ApiError| HostError::from(error).kind;
        for status_code in [0, -1, 70_000] {
            let error = AppError {
                status_code,
                ..AppError::default()
            };
            assert_eq!(
                kind(ApiError::App(Box::new(error))),
                HostErrorKind::Transient
            );
        }
        let words = ApiError::Plugin(ErrorString::default());
        assert_eq!(kind(words), HostErrorKind::Transient);
        let method = "CreatePost";
        assert_eq!(kind(ApiError::Empty { method }), HostErrorKind::Transient);
        let since = "9.0";
        let unknown = ApiError::UnknownMethod { method, since };
        assert_eq!(kind(unknown), HostErrorKind::Permanent);
    }
}
