//! The hooks of a running plugin.

use std::collections::BTreeSet;

use go_plugin::{
    broker::Broker,
    rpc::{CallError, Client},
};
use gob::{DecodeOwned, Encode};

use super::wire::{
    ClusterEventArgs, CommandArgs, CommandResponse, ConnectionArgs, Context, ErrorReturns,
    ExecuteCommandArgs, ExecuteCommandReturns, OnActivateArgs, PluginClusterEvent, PostArgs,
    ServeHttpArgs, SupportArgs, SupportReturns, UserArgs,
};
use crate::world::{AppError, ClusterEvent, Post, User};

/// A hook that answers a request. Their arguments are the same, under either's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HttpHook {
    /// What comes in under `/plugins/<id>/`.
    ServeHttp,
    /// What comes in on the server's metrics port. From Mattermost 9.2.
    ServeMetrics,
}

impl HttpHook {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ServeHttp => "ServeHTTP",
            Self::ServeMetrics => "ServeMetrics",
        }
    }
}

/// A running plugin's hooks. Clones share the stream.
#[derive(Clone)]
pub(crate) struct Hooks {
    client: Client,
    broker: Broker,
    implemented: BTreeSet<String>,
}

impl Hooks {
    pub(crate) async fn new(client: Client, broker: Broker) -> Result<Self, CallError> {
        let implemented: Vec<String> = client.call("Plugin.Implemented", &()).await?;
        Ok(Self {
            client,
            broker,
            implemented: implemented.into_iter().collect(),
        })
    }

    pub(crate) fn broker(&self) -> &Broker {
        &self.broker
    }

    pub(crate) fn implements(&self, hook: &str) -> bool {
        self.implemented.contains(hook)
    }

    /// Calls a hook if the plugin has it; the server calls no other.
    async fn call<A: Encode, R: DecodeOwned + Send + 'static>(
        &self,
        hook: &str,
        arguments: &A,
    ) -> Result<Option<R>, CallError> {
        if !self.implements(hook) {
            return Ok(None);
        }
        self.client
            .call(&format!("Plugin.{hook}"), arguments)
            .await
            .map(Some)
    }

    /// The error is the plugin's own words, or why they did not come.
    pub(crate) async fn activate(&self, api: u32, driver: u32) -> Result<(), String> {
        let arguments = OnActivateArgs {
            api_mux_id: api,
            driver_mux_id: driver,
        };
        // Asked of every plugin: it is how a plugin learns of its API.
        let returns: Result<ErrorReturns, _> =
            self.client.call("Plugin.OnActivate", &arguments).await;
        returns
            .map_err(|e| e.to_string())?
            .a
            .words()
            .map_or(Ok(()), Err)
    }

    /// The error is the plugin's own words, or why they did not come.
    pub(crate) async fn deactivate(&self) -> Result<(), String> {
        self.told("OnDeactivate").await
    }

    /// The error is the plugin's own words, or why they did not come.
    pub(crate) async fn configuration_changed(&self) -> Result<(), String> {
        self.told("OnConfigurationChange").await
    }

    async fn told(&self, hook: &str) -> Result<(), String> {
        let returns: Option<ErrorReturns> =
            self.call(hook, &()).await.map_err(|e| e.to_string())?;
        returns
            .and_then(|returns| returns.a.words())
            .map_or(Ok(()), Err)
    }

    pub(crate) async fn serve(
        &self,
        hook: HttpHook,
        arguments: &ServeHttpArgs,
    ) -> Result<(), CallError> {
        self.client
            .call(&format!("Plugin.{}", hook.name()), arguments)
            .await
    }

    /// The plugin's files of a Support Packet, by name. The error is the plugin's own words, or why they did not come.
    pub(crate) async fn support_data(&self) -> Result<Vec<(String, Vec<u8>)>, String> {
        let arguments = SupportArgs {
            a: Some(Context::default()),
        };
        let returns: Option<SupportReturns> = self
            .call("GenerateSupportData", &arguments)
            .await
            .map_err(|e| e.to_string())?;
        let Some(returns) = returns else {
            return Ok(Vec::new());
        };
        if let Some(words) = returns.b.words() {
            return Err(words);
        }
        let files = returns.a.into_iter();
        Ok(files.map(|file| (file.filename, file.body)).collect())
    }

    pub(crate) async fn execute_command(
        &self,
        args: CommandArgs,
    ) -> Result<CommandResponse, AppError> {
        let failed = |words: String| {
            AppError::new(
                "ExecuteCommand",
                "model.plugin_command_error.error.app_error",
                words,
                500,
            )
        };
        let arguments = ExecuteCommandArgs {
            a: Some(Context::default()),
            b: Some(args),
        };
        let returns = self
            .call::<_, ExecuteCommandReturns>("ExecuteCommand", &arguments)
            .await;
        match returns {
            Ok(Some(returns)) => match returns.b {
                Some(error) => Err(error.into()),
                None => Ok(returns.a.unwrap_or_default()),
            },
            Ok(None) => Err(failed("the plugin takes no commands".into())),
            Err(e) => Err(failed(e.to_string())),
        }
    }

    pub(crate) async fn websocket(
        &self,
        hook: &str,
        connection: &str,
        user: &str,
    ) -> Result<(), CallError> {
        let arguments = ConnectionArgs {
            a: connection.into(),
            b: user.into(),
        };
        self.call::<_, ()>(hook, &arguments).await.map(drop)
    }

    /// Tells of someone's account: `UserHasBeenCreated` or `UserHasBeenDeactivated`.
    pub(crate) async fn user(&self, hook: &str, user: User) -> Result<(), CallError> {
        let arguments = UserArgs {
            a: Some(Context::default()),
            b: Some(user.into()),
        };
        self.call::<_, ()>(hook, &arguments).await.map(drop)
    }

    /// Tells of a post that is there (`MessageHasBeenPosted`).
    pub(crate) async fn posted(&self, post: Post) -> Result<(), CallError> {
        let arguments = PostArgs {
            a: Some(Context::default()),
            b: Some(post.into()),
        };
        self.call::<_, ()>("MessageHasBeenPosted", &arguments)
            .await
            .map(drop)
    }

    pub(crate) async fn cluster_event(&self, event: &ClusterEvent) -> Result<(), CallError> {
        let b = PluginClusterEvent {
            id: event.id.clone(),
            data: event.data.clone(),
        };
        let arguments = ClusterEventArgs {
            a: Some(Context::default()),
            b,
        };
        self.call::<_, ()>("OnPluginClusterEvent", &arguments)
            .await
            .map(drop)
    }
}
