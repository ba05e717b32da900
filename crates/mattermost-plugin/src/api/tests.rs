//! Each call against a host that writes down what it was asked.

use std::{
    any::Any as StdAny,
    collections::HashMap,
    sync::{Arc, Mutex},
};

use ::http::{Request, StatusCode, header::CONTENT_TYPE};
use bytes::Bytes;
use go_plugin::{
    broker::BrokerStream,
    rpc::{Call, Reply, Service, serve},
    yamux::{Mode, Session as Yamux},
};
use gob::{DecodeOwned, Encode, Gob, Interface, MapEntries, Time, Value};
use serde_json::json;

use super::{
    wire::{Done, Nothing, One, OneOf, Three, Two},
    *,
};
use crate::{
    error::{AppError, ErrorString, OutgoingError},
    model::{
        Any, AutocompleteData, Bot, BotPatch, Channel, ChannelMember, Command, Config,
        CustomStatus, Dialog, OpenDialogRequest, PluginClusterEvent, PluginClusterEventSendOptions,
        PluginKvSetOptions, Post, Preference, Props, ServiceSettings, Session, Status, Team,
        TeamMember, User, UserGetOptions, WebsocketBroadcast, permission, send_type, status,
    },
};

mod failures;
mod http;
mod people;
mod places;
mod raw;
mod server;

type Handler = Box<dyn Fn(Call<'_, '_>, &Seen) + Send + Sync>;
/// Arguments in the order of the calls, with the methods' names.
type Seen = Mutex<Vec<(String, Box<dyn StdAny + Send>)>>;

/// A host that knows the methods it was given.
#[derive(Default)]
struct Host {
    handlers: HashMap<&'static str, Handler>,
    seen: Seen,
}

impl Host {
    /// Answers `method` with `answer`, and keeps the arguments as an `A`.
    fn on<A, R>(mut self, method: &'static str, answer: R) -> Self
    where
        A: DecodeOwned + Send + 'static,
        R: Encode + Send + Sync + 'static,
    {
        let handler = move |call: Call<'_, '_>, seen: &Seen| {
            let name = call.method().to_owned();
            let (arguments, reply) = call
                .argument::<A>()
                .expect("arguments of the expected form");
            seen.lock().unwrap().push((name, Box::new(arguments)));
            reply.ok(&answer);
        };
        self.handlers.insert(method, Box::new(handler));
        self
    }

    /// Takes `method`, and does not answer as long as the returned list lives.
    fn silent(mut self, method: &'static str) -> (Self, Arc<Mutex<Vec<Reply>>>) {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&kept);
        let handler = move |call: Call<'_, '_>, _: &Seen| {
            let (_, reply) = call.argument::<Value>().unwrap();
            keep.lock().unwrap().push(reply);
        };
        self.handlers.insert(method, Box::new(handler));
        (self, kept)
    }

    async fn start(self) -> Running {
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        let (plugin, driver) = Yamux::new(ours, Mode::Server);
        tokio::spawn(driver);
        let (session, driver) = Yamux::new(theirs, Mode::Client);
        tokio::spawn(driver);
        let host = Arc::new(self);
        let service = Arc::clone(&host);
        tokio::spawn(async move {
            let stream = session.accept().await.unwrap();
            serve(BrokerStream::from(stream), service).await
        });
        let stream = plugin.open().await.unwrap();
        let api = Api::new(Client::new(BrokerStream::from(stream)));
        Running { api, host, plugin }
    }
}

impl Service for Host {
    fn call(&self, call: Call<'_, '_>) {
        match call
            .method()
            .strip_prefix("Plugin.")
            .and_then(|name| self.handlers.get(name))
        {
            Some(handler) => handler(call, &self.seen),
            None => call.unknown(),
        }
    }
}

struct Running {
    api: Api,
    host: Arc<Host>,
    plugin: Yamux,
}

impl Running {
    /// The arguments of the one call of `method` that was made since the last look.
    fn asked<A: 'static>(&self, method: &str) -> A {
        let (name, arguments) = self.host.seen.lock().unwrap().pop().expect("a call");
        assert_eq!(name, format!("Plugin.{method}"));
        *arguments
            .downcast::<A>()
            .expect("arguments of the expected form")
    }
}

fn ok<T>(value: T) -> Two<T, Option<AppError>> {
    Two { a: value, b: None }
}

fn not_found() -> AppError {
    AppError {
        id: "store.missing".into(),
        message: "Missing.".into(),
        status_code: 404,
        ..AppError::default()
    }
}

fn user(id: &str) -> User {
    User {
        id: id.into(),
        username: "alice".into(),
        ..User::default()
    }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

type Text = One<String>;
type Texts = Two<String, String>;

fn texts(a: &str, b: &str) -> Texts {
    Two {
        a: a.into(),
        b: b.into(),
    }
}
