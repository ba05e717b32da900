//! The service that the host calls its hooks on.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Context, Event};
use crate::{
    Api, Hook, Plugin,
    error::{AppError, HookError, OutgoingError},
    http::{self, HttpService, ServeHttpArgs},
    model::{CommandArgs, CommandResponse},
};
use go_plugin::{
    broker::{Broker, BrokerStream},
    panics::{CatchPanic, panic_words},
    rpc::{Call, Client, Service},
};

/// Hooks that every plugin implements, besides those it asks for.
const ALWAYS: [&str; 3] = ["OnActivate", "OnDeactivate", "OnConfigurationChange"];

/// Answers the host's hooks with a plugin of type `P`, from its activation on.
pub(crate) struct HookService<P> {
    http: Arc<http::Shared>,
    active: Mutex<Option<Arc<Active<P>>>>,
}

/// A plugin that is activated.
struct Active<P> {
    plugin: Arc<P>,
    http: HttpService,
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
            active: Mutex::new(None),
        })
    }

    fn active(&self) -> Option<Arc<Active<P>>> {
        self.active
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Dials the streams that the host offers, and lets the plugin begin.
    ///
    /// A failure must be the typed error: one of net/rpc's own is only logged by the host, which
    /// then takes the plugin for active.
    async fn activate(&self, args: ActivateArgs) -> Result<(), HookError> {
        let broker = &self.http.broker;
        let gone = |e: go_plugin::yamux::SessionError| HookError::from(e.to_string());
        let api = broker.dial(args.api_mux_id, &[]).await.map_err(gone)?;
        let driver = broker.dial(args.driver_mux_id, &[]).await.map_err(gone)?;
        let plugin = CatchPanic::new(P::activate(Api::new(Client::new(api))));
        let plugin = Arc::new(match plugin.await {
            Ok(outcome) => outcome?,
            Err(panic) => {
                let words = format!("the plugin panicked: {}", panic_words(panic.as_ref()));
                tracing::error!("{words}");
                return Err(HookError::from(words));
            }
        });
        let http = plugin.http();
        let active = Arc::new(Active {
            plugin,
            http,
            _driver: driver,
        });
        *self.active.lock().unwrap_or_else(PoisonError::into_inner) = Some(active);
        Ok(())
    }

    async fn deactivate(&self) -> Result<(), HookError> {
        let Some(active) = self.active() else {
            return Ok(());
        };
        let outcome = active.plugin.deactivate().await;
        self.http.connections.close_all().await;
        *self.active.lock().unwrap_or_else(PoisonError::into_inner) = None;
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
        let active = self.active();
        reply.run(async move {
            let Some(active) = active else {
                return Ok(ErrorReturns::from(Ok(())));
            };
            Ok(ErrorReturns::from(
                active.plugin.configuration_changed().await,
            ))
        });
    }

    fn serve_http(&self, call: Call<'_, '_>) {
        let Some((args, reply)) = call.argument::<ServeHttpArgs<'_>>() else {
            return;
        };
        let active = self.active();
        let not_found = HttpService::not_found();
        let service = active.as_ref().map_or(&not_found, |active| &active.http);
        let served = http::serve(service, &self.http, args);
        reply.run(async move {
            served.await;
            Ok(())
        });
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

    fn event(&self, call: Call<'_, '_>) {
        let call = match Event::from_call(call) {
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

/// The service as the runner holds it.
pub(crate) struct Hooks<P>(pub(crate) Arc<HookService<P>>);

impl<P: Plugin> Service for Hooks<P> {
    fn call(&self, call: Call<'_, '_>) {
        let service = &self.0;
        match call.method() {
            "Plugin.ServeHTTP" => service.serve_http(call),
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
