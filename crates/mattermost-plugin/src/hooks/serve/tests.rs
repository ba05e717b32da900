//! Hooks against a host that writes down what it is told.

use std::sync::Arc;

use go_plugin::{
    broker::Broker,
    rpc::{Call, CallError, Client, Service, serve},
    yamux::{Mode, Session},
};
use gob::{ByteString, Decode, Encode, MapEntries, Owned};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::*;

mod lifecycle;
mod responses;
mod support;

type Text = Owned<ByteString<'static>>;
type WireHeaders = MapEntries<Text, Vec<Text>>;

fn text(bytes: &[u8]) -> Text {
    Owned(ByteString(bytes.to_vec().into()))
}

fn header(name: &str, values: &[&[u8]]) -> (Text, Vec<Text>) {
    (
        text(name.as_bytes()),
        values.iter().copied().map(text).collect(),
    )
}

/// What the response's writer was told.
#[derive(Debug, PartialEq)]
enum Told {
    Headers(Vec<(Text, Vec<Text>)>),
    Status(i64),
    Written(Vec<u8>),
}

/// The host's response writer, with headers of its own; `None` cannot tell them.
struct Writer {
    headers: Option<WireHeaders>,
    told: UnboundedSender<Told>,
}

impl Service for Writer {
    fn call(&self, call: Call<'_, '_>) {
        let tell = |what| self.told.send(what).unwrap();
        match call.method() {
            "Plugin.Header" => {
                let ((), reply) = call.argument().unwrap();
                match &self.headers {
                    Some(headers) => reply.ok(headers),
                    None => reply.error("no headers"),
                }
            }
            "Plugin.SyncHeader" => {
                let (headers, reply) = call.argument::<WireHeaders>().unwrap();
                tell(Told::Headers(headers.into_iter().collect()));
                reply.ok(&());
            }
            "Plugin.WriteHeader" => {
                let (status, reply) = call.argument().unwrap();
                tell(Told::Status(status));
                reply.ok(&());
            }
            "Plugin.Write" => {
                let (data, reply) = call.argument().unwrap();
                tell(Told::Written(data));
                reply.ok(&());
            }
            _ => call.unknown(),
        }
    }
}

#[derive(Encode)]
struct Activate {
    #[gob(name = "APIMuxId")]
    api_mux_id: u32,
    driver_mux_id: u32,
}

#[derive(Default, Encode)]
struct SentContext {
    accept_language: Text,
    user_agent: Text,
}

#[derive(Default, Encode)]
struct SentRequest {
    method: Text,
    #[gob(name = "URL")]
    url: gob::BinaryMarshaled<'static>,
    header: WireHeaders,
}

#[derive(Encode)]
struct ServeHttp {
    response_writer_stream: u32,
    request: SentRequest,
    context: SentContext,
}

/// A plugin of type `P`, and the host's end of the connection.
struct Setting<P> {
    host: Broker,
    hooks: Client,
    service: Arc<HookService<P>>,
}

impl<P: Plugin> Setting<P> {
    async fn start() -> Self {
        let (ours, theirs) = tokio::io::duplex(256 * 1024);
        let broker = |io, mode| {
            let (session, driver) = Session::new(io, mode);
            tokio::spawn(driver);
            let broker = Broker::new(session);
            tokio::spawn(broker.clone().run());
            broker
        };
        let (plugin, host) = (broker(ours, Mode::Server), broker(theirs, Mode::Client));
        let service = HookService::<P>::new(plugin.clone());
        let hooks = Arc::new(Hooks(Arc::clone(&service)));
        let id = plugin.next_id();
        tokio::spawn(async move { serve(plugin.accept(id).await.unwrap(), hooks).await });
        let hooks = Client::new(host.dial(id, &[]).await.unwrap());
        Self {
            host,
            hooks,
            service,
        }
    }

    fn accept(&self) -> u32 {
        let (id, host) = (self.host.next_id(), self.host.clone());
        tokio::spawn(async move {
            let stream = host.accept(id).await.unwrap();
            std::future::pending::<()>().await;
            drop(stream);
        });
        id
    }

    fn activation(&self) -> ActivateArgs {
        ActivateArgs {
            api_mux_id: self.accept(),
            driver_mux_id: self.accept(),
        }
    }

    /// One request, answered to a writer whose headers are `headers`.
    async fn request(
        &self,
        request: SentRequest,
        context: SentContext,
        headers: Option<WireHeaders>,
    ) -> (Result<(), CallError>, UnboundedReceiver<Told>) {
        self.request_of("Plugin.ServeHTTP", request, context, headers)
            .await
    }

    /// As [`Setting::request`], of this hook.
    async fn request_of(
        &self,
        hook: &str,
        request: SentRequest,
        context: SentContext,
        headers: Option<WireHeaders>,
    ) -> (Result<(), CallError>, UnboundedReceiver<Told>) {
        let (sender, told) = unbounded_channel();
        let writer = Arc::new(Writer {
            headers,
            told: sender,
        });
        let (id, host) = (self.host.next_id(), self.host.clone());
        tokio::spawn(async move { serve(host.accept(id).await.unwrap(), writer).await });
        let args = ServeHttp {
            response_writer_stream: id,
            request,
            context,
        };
        (self.hooks.call(hook, &args).await, told)
    }
}

fn get(method: &str, path: &str) -> SentRequest {
    SentRequest {
        method: text(method.as_bytes()),
        url: gob::BinaryMarshaled(path.as_bytes().to_vec().into()),
        header: WireHeaders::default(),
    }
}
