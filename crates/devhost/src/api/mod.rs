//! The API that plugins call, over a [`World`]. Names and forms are Mattermost 9.11's.

mod errors;
mod kv;
mod messages;
mod model;
mod people;
mod places;
mod posts;
mod server;
mod statuses;

use std::path::PathBuf;

pub(crate) use model::{Post, User};

use go_plugin::rpc::{Call, Service};
use gob::{DecodeOwned, Encode};

use crate::{
    host::Recipe,
    world::{AppError, World},
};

/// What one plugin on one node calls.
#[derive(Clone)]
pub(crate) struct Api {
    world: World,
    plugin: String,
    node: String,
    bundle: PathBuf,
}

impl Api {
    pub(crate) fn new(world: World, recipe: &Recipe) -> Self {
        Self {
            world,
            plugin: recipe.plugin.clone(),
            node: recipe.node.clone(),
            bundle: recipe.bundle.clone(),
        }
    }

    /// Does `work` with the argument of `call`, after the delay and unless it meets the error that
    /// was ordered for the method.
    fn answer<A, V, R>(
        &self,
        call: Call<'_, '_>,
        work: impl FnOnce(&Self, A) -> Result<V, AppError> + Send + 'static,
    ) where
        A: DecodeOwned + Send + 'static,
        R: From<Result<V, AppError>> + Encode + 'static,
    {
        let method = method(&call);
        let met = self.world.faults().meet(&self.node, method);
        let Some((argument, reply)) = call.argument::<A>() else {
            return;
        };
        let api = self.clone();
        reply.run(async move {
            if !met.delay.is_zero() {
                tokio::time::sleep(met.delay).await;
            }
            let result = match met.instead {
                Some(error) => Err(error),
                None => work(&api, argument),
            };
            let result = met.afterwards.map_or(result, Err);
            api.world.changed();
            Ok(R::from(result))
        });
    }
}

/// The method without the service's name.
fn method<'m>(call: &'m Call<'_, '_>) -> &'m str {
    call.method().strip_prefix("Plugin.").unwrap_or_default()
}

impl Service for Api {
    fn call(&self, call: Call<'_, '_>) {
        let served = people::call(self, call)
            .or_else(|call| places::call(self, call))
            .or_else(|call| posts::call(self, call))
            .or_else(|call| statuses::call(self, call))
            .or_else(|call| kv::call(self, call))
            .or_else(|call| messages::call(self, call))
            .or_else(|call| server::call(self, call));
        if let Err(call) = served {
            call.unknown();
        }
    }
}

/// What each group of methods answers: done, or somebody else's call.
type Served<'c, 'a> = Result<(), Call<'c, 'a>>;
