//! The service that the host calls its hooks on.

use std::{
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{Context, Event};
use crate::{
    Api, Hook, Plugin,
    error::{AppError, HookError, OutgoingError},
    http::{self, HttpService, ServeHttpArgs},
    model::{CommandArgs, CommandResponse, FileData},
};
use go_plugin::{
    broker::{Broker, BrokerStream},
    panics::{CatchPanic, panic_words},
    rpc::{Call, Client, Service},
};

/// Hooks that every plugin implements, besides those it asks for.
const ALWAYS: [&str; 3] = ["OnActivate", "OnDeactivate", "OnConfigurationChange"];

/// How long the host may take to close the connections that were taken over, when the plugin is
/// deactivated. It kills the process two seconds after it has told it to go.
const CLOSING: Duration = Duration::from_secs(2);

/// Answers the host's hooks with a plugin of type `P`, from its activation on.
pub(crate) struct HookService<P> {
    http: Arc<http::Shared>,
    state: Mutex<State<P>>,
}

enum State<P> {
    Inactive,
    Activating {
        /// The settings were saved meanwhile, when the plugin had perhaps read them already.
        changed: bool,
    },
    Active(Arc<Active<P>>),
}

/// A plugin that is activated.
struct Active<P> {
    plugin: Arc<P>,
    http: HttpService,
    metrics: HttpService,
    /// The database's stream, which is not used, and whose end the host would log.
    _driver: BrokerStream,
}

#[derive(gob::Decode)]
struct ActivateArgs {
    #[gob(name = "APIMuxId")]
    api_mux_id: u32,
    driver_mux_id: u32,
}

#[derive(gob::Decode)]
struct CommandCall {
    a: Option<Context>,
    b: Option<CommandArgs>,
}

/// Arguments of the hooks that get nothing else.
#[derive(gob::Decode)]
struct ContextCall {
    a: Option<Context>,
}

#[derive(gob::Encode)]
struct SupportReturns {
    a: Vec<FileData>,
    b: OutgoingError,
}

/// Returns of the hooks that answer with an `error`.
#[derive(gob::Encode)]
struct ErrorReturns {
    a: OutgoingError,
}

impl From<Result<(), HookError>> for ErrorReturns {
    fn from(outcome: Result<(), HookError>) -> Self {
        Self { a: outcome.into() }
    }
}

#[derive(gob::Encode)]
struct CommandReturns {
    a: Option<CommandResponse>,
    b: Option<AppError>,
}

impl<P: Plugin> HookService<P> {
    pub(crate) fn new(broker: Broker) -> Arc<Self> {
        Arc::new(Self {
            http: Arc::new(http::Shared::new(broker)),
            state: Mutex::new(State::Inactive),
        })
    }

    fn state(&self) -> MutexGuard<'_, State<P>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn active(&self) -> Option<Arc<Active<P>>> {
        match &*self.state() {
            State::Active(active) => Some(Arc::clone(active)),
            State::Inactive | State::Activating { .. } => None,
        }
    }

    /// Lets the plugin begin, in the place of one that is active.
    ///
    /// A failure must be the typed error: one of net/rpc's own is only logged by the host, which
    /// then takes the plugin for active.
    async fn activate(&self, args: ActivateArgs) -> Result<(), HookError> {
        let activating = State::Activating { changed: false };
        let replaced = {
            let mut state = self.state();
            if matches!(*state, State::Activating { .. }) {
                return Err(HookError::from("an activation is under way"));
            }
            std::mem::replace(&mut *state, activating)
        };
        if let State::Active(active) = replaced
            && let Err(e) = self.finish(&active).await
        {
            tracing::warn!("the plugin that is replaced did not end in good order: {e}");
        }
        let begun = self.begin(args).await;
        let (active, changed) = {
            let mut state = self.state();
            let changed = matches!(*state, State::Activating { changed: true });
            *state = State::Inactive;
            let active = begun?;
            *state = State::Active(Arc::clone(&active));
            (active, changed)
        };
        if changed && let Err(e) = caught(active.plugin.configuration_changed()).await {
            tracing::warn!("settings saved during the activation are not in force: {e}");
        }
        Ok(())
    }

    /// Dials the streams that the host offers, and makes the plugin.
    async fn begin(&self, args: ActivateArgs) -> Result<Arc<Active<P>>, HookError> {
        let broker = &self.http.broker;
        let gone = |e: go_plugin::yamux::SessionError| HookError::from(e.to_string());
        let api = broker.dial(args.api_mux_id, &[]).await.map_err(gone)?;
        let driver = broker.dial(args.driver_mux_id, &[]).await.map_err(gone)?;
        caught(async {
            let plugin = Arc::new(P::activate(Api::new(Client::new(api))).await?);
            Ok(Arc::new(Active {
                http: plugin.http(),
                metrics: plugin.metrics(),
                plugin,
                _driver: driver,
            }))
        })
        .await
    }

    async fn deactivate(&self) -> Result<(), HookError> {
        // Taken out first, so that it ends once only.
        let active = {
            let mut state = self.state();
            match std::mem::replace(&mut *state, State::Inactive) {
                State::Active(active) => active,
                other => {
                    *state = other;
                    return Ok(());
                }
            }
        };
        self.finish(&active).await
    }

    /// Ends a plugin that is active no more.
    async fn finish(&self, active: &Active<P>) -> Result<(), HookError> {
        let outcome = caught(active.plugin.deactivate()).await;
        let closing = self.http.connections.close_all();
        if tokio::time::timeout(CLOSING, closing).await.is_err() {
            tracing::warn!("the host does not close the connections that were taken over");
        }
        outcome
    }

    /// Lets the plugin put in order what the process must not end without. The host has usually
    /// deactivated it before.
    pub(crate) async fn end(&self) {
        if let Err(e) = self.deactivate().await {
            tracing::warn!("the plugin did not end in good order: {e}");
        }
    }

    fn on_activate(self: Arc<Self>, call: Call<'_, '_>) {
        let Some((args, reply)) = call.argument::<ActivateArgs>() else {
            return;
        };
        reply.run(async move { Ok(ErrorReturns::from(self.activate(args).await)) });
    }

    fn on_deactivate(self: Arc<Self>, call: Call<'_, '_>) {
        let Some(((), reply)) = call.argument() else {
            return;
        };
        reply.run(async move { Ok(ErrorReturns::from(self.deactivate().await)) });
    }

    fn on_configuration_change(&self, call: Call<'_, '_>) {
        let Some(((), reply)) = call.argument() else {
            return;
        };
        // Before the activation there is nobody to tell, and the plugin reads its settings then.
        let active = match &mut *self.state() {
            State::Active(active) => Some(Arc::clone(active)),
            State::Activating { changed } => {
                *changed = true;
                None
            }
            State::Inactive => None,
        };
        reply.run(async move {
            let Some(active) = active else {
                return Ok(ErrorReturns::from(Ok(())));
            };
            Ok(ErrorReturns::from(
                active.plugin.configuration_changed().await,
            ))
        });
    }

    /// Answers with the service that `of` picks; before the activation there is none.
    fn serve_http(&self, call: Call<'_, '_>, of: fn(&Active<P>) -> &HttpService) {
        let Some((args, reply)) = call.argument::<ServeHttpArgs<'_>>() else {
            return;
        };
        // Before it is known who answers: one that is being deactivated takes no connection over.
        let closings = self.http.connections.closings();
        let active = self.active();
        let not_found = HttpService::not_found();
        let service = active.as_deref().map_or(&not_found, of);
        reply.run(http::serve(service, &self.http, closings, args));
    }

    fn execute_command(&self, call: Call<'_, '_>) {
        let Some((args, reply)) = call.argument::<CommandCall>() else {
            return;
        };
        let active = self.active();
        reply.run(async move {
            let active = active.ok_or("the plugin is not active")?;
            let (context, args) = (args.a.unwrap_or_default(), args.b.unwrap_or_default());
            Ok(match active.plugin.execute_command(context, args).await {
                Ok(response) => CommandReturns {
                    a: Some(response),
                    b: None,
                },
                Err(e) => CommandReturns {
                    a: None,
                    b: Some(e),
                },
            })
        });
    }

    fn support_data(&self, call: Call<'_, '_>) {
        let Some((ContextCall { .. }, reply)) = call.argument() else {
            return;
        };
        let active = self.active();
        reply.run(async move {
            let active = active.ok_or("the plugin is not active")?;
            let (files, outcome) = match caught(active.plugin.support_data()).await {
                Ok(files) => (files, Ok(())),
                Err(e) => (Vec::new(), Err(e)),
            };
            Ok(SupportReturns {
                a: files,
                b: outcome.into(),
            })
        });
    }

    fn event(&self, call: Call<'_, '_>) {
        let call = match Event::from_call::<P>(call) {
            Ok(Some((event, reply))) => {
                let active = self.active();
                return reply.run(async move {
                    if let Some(active) = active {
                        active.plugin.event(event).await;
                    }
                    Ok(())
                });
            }
            Ok(None) => return,
            Err(call) => call,
        };
        call.unknown();
    }
}

/// Runs a part of the plugin whose panic is an error like others.
async fn caught<T>(work: impl Future<Output = Result<T, HookError>>) -> Result<T, HookError> {
    CatchPanic::new(work).await.unwrap_or_else(|panic| {
        let words = format!("the plugin panicked: {}", panic_words(panic.as_ref()));
        tracing::error!("{words}");
        Err(HookError::from(words))
    })
}

/// The service as the runner holds it.
pub(crate) struct Hooks<P>(pub(crate) Arc<HookService<P>>);

impl<P: Plugin> Service for Hooks<P> {
    fn call(&self, call: Call<'_, '_>) {
        let service = &self.0;
        match call.method() {
            "Plugin.ServeHTTP" => service.serve_http(call, |active| &active.http),
            "Plugin.ServeMetrics" => service.serve_http(call, |active| &active.metrics),
            "Plugin.GenerateSupportData" => service.support_data(call),
            "Plugin.ExecuteCommand" => service.execute_command(call),
            "Plugin.OnConfigurationChange" => service.on_configuration_change(call),
            "Plugin.Implemented" => {
                let Some(((), reply)) = call.argument() else {
                    return;
                };
                let asked = P::HOOKS.iter().map(|hook: &Hook| hook.name());
                reply.ok(&ALWAYS.into_iter().chain(asked).collect::<Vec<_>>());
            }
            "Plugin.OnActivate" => Arc::clone(service).on_activate(call),
            "Plugin.OnDeactivate" => Arc::clone(service).on_deactivate(call),
            _ => service.event(call),
        }
    }
}

#[cfg(test)]
mod tests;
