//! One request through the plugin's service.

use std::{
    convert::Infallible,
    fmt,
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::Poll,
};

use go_plugin::{
    broker::Broker,
    panics::{CatchPanic, panic_words},
    rpc::Caller,
};
use http::{Method, Request, Response, StatusCode, header::ORIGIN};
use tokio::sync::Mutex;
use tower_service::Service;

use super::{
    Body, Hijack,
    connections::Connections,
    request::{BadRequest, ServeHttpArgs},
    response::{self, Asked, HostFacts},
};

/// Ends when the request is answered, or with why nothing of an answer could be told the host,
/// which then answers 500 itself.
type BoxFuture = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// What answers a plugin's requests: any `tower` service over `http` types.
///
/// Requests are answered at the same time, up to [`MAX_IN_FLIGHT`](go_plugin::rpc::MAX_IN_FLIGHT) of them; a client that
/// leaves ends nothing: what its handler began runs to its end.
#[derive(Clone)]
pub struct HttpService {
    call: Arc<dyn Fn(Request<Body>, Exchange) -> BoxFuture + Send + Sync>,
}

impl HttpService {
    /// Answers requests with `service`, an axum `Router` for example. A panic in it is logged and
    /// answered with 500.
    ///
    /// ```
    /// use axum::{Router, extract::Path, routing::get};
    /// use mattermost_plugin::http::HttpService;
    ///
    /// // Answers GET /plugins/<id>/hello/ada; paths come without `/plugins/<id>`.
    /// let router = Router::new().route(
    ///     "/hello/{name}",
    ///     get(|Path(name): Path<String>| async move { format!("Hello, {name}!") }),
    /// );
    /// let service = HttpService::new(router);
    /// ```
    pub fn new<S, B>(service: S) -> Self
    where
        S: Service<Request<Body>, Response = Response<B>, Error = Infallible>,
        S: Clone + Send + Sync + 'static,
        S::Future: Send,
        B: http_body::Body + Send + 'static,
        B::Data: Send,
        B::Error: fmt::Display,
    {
        Self {
            call: Arc::new(move |request, exchange| {
                let mut service = service.clone();
                Box::pin(exchange.run(request, |request| async move {
                    let Ok(()) = poll_fn(|cx| service.poll_ready(cx)).await;
                    let Ok(response) = service.call(request).await;
                    response
                }))
            }),
        }
    }

    /// Answers requests with an async function, for plugins that need no router. A panic in it is logged and answered
    /// with 500.
    ///
    /// ```
    /// use http::{Response, StatusCode};
    /// use mattermost_plugin::http::{HttpService, user_id};
    ///
    /// let service = HttpService::from_fn(|request| async move {
    ///     let mut response = Response::new(String::new());
    ///     match user_id(request.headers()) {
    ///         Some(id) => response.body_mut().push_str(id),
    ///         None => *response.status_mut() = StatusCode::UNAUTHORIZED,
    ///     }
    ///     response
    /// });
    /// ```
    pub fn from_fn<F, Fut, B>(handler: F) -> Self
    where
        F: Fn(Request<Body>) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Response<B>> + Send + 'static,
        B: http_body::Body + Send + 'static,
        B::Data: Send,
        B::Error: fmt::Display,
    {
        Self {
            call: Arc::new(move |request, exchange| {
                let handler = handler.clone();
                Box::pin(exchange.run(request, handler))
            }),
        }
    }

    /// Answers every request with 404.
    #[must_use]
    pub fn not_found() -> Self {
        Self {
            call: Arc::new(|_, exchange| {
                Box::pin(async move { exchange.answer(StatusCode::NOT_FOUND).await })
            }),
        }
    }
}

impl fmt::Debug for HttpService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HttpService")
    }
}

/// The way back to the host, shared with whoever may take the connection over. Locked while the host is
/// asked for that: a request that Go's server takes for finished must not be hijacked any more, it panics.
pub(super) type Writer = Arc<Mutex<Option<Caller>>>;

/// What all requests of a plugin share.
pub(crate) struct Shared {
    pub(crate) broker: Broker,
    facts: HostFacts,
    pub(crate) connections: Arc<Connections>,
}

impl Shared {
    pub(crate) fn new(broker: Broker) -> Self {
        Self {
            broker,
            facts: HostFacts::default(),
            connections: Arc::default(),
        }
    }
}

/// One request, on its way to the service.
pub(crate) struct Exchange {
    shared: Arc<Shared>,
    writer: Writer,
    asked: Asked,
    /// The body's stream, where dialling it has to wait.
    late_body: Option<u32>,
}

/// Hands one request to `service`.
///
/// Both streams of the request are dialled, wanted or not: the host waits for them for five
/// seconds, and then logs an error. `closings` is how often all connections had been closed when the
/// request came.
pub(crate) fn serve(
    service: &HttpService,
    shared: &Arc<Shared>,
    closings: u64,
    args: ServeHttpArgs<'_>,
) -> BoxFuture {
    let broker = &shared.broker;
    let body = match args.request_body_stream {
        0 => Some(None),
        // A session that is over shows when the answer is written.
        id => broker.try_dial(id, &[]).unwrap_or_default().map(Some),
    };
    let mut exchange = Exchange {
        shared: Arc::clone(shared),
        writer: Arc::new(Mutex::new(Some(Caller::new(
            broker.clone(),
            args.response_writer_stream,
        )))),
        asked: Asked {
            head: false,
            origin: false,
        },
        late_body: body.is_none().then_some(args.request_body_stream),
    };
    let wire = args.request.unwrap_or_default();
    match wire.into_request(args.context, Body::new(body.flatten())) {
        Ok(mut request) => {
            exchange.asked.head = request.method() == Method::HEAD;
            exchange.asked.origin = request.headers().contains_key(ORIGIN);
            request.extensions_mut().insert(Hijack::new(
                Arc::clone(&exchange.writer),
                Arc::clone(&shared.connections),
                closings,
            ));
            (service.call)(request, exchange)
        }
        Err(BadRequest { status, what }) => {
            tracing::debug!("a request that cannot be handed on: {what}");
            Box::pin(exchange.answer(status))
        }
    }
}

impl Exchange {
    async fn run<F, Fut, B>(mut self, mut request: Request<Body>, handler: F) -> Result<(), String>
    where
        F: FnOnce(Request<Body>) -> Fut,
        Fut: Future<Output = Response<B>>,
        B: http_body::Body,
        B::Error: fmt::Display,
    {
        if let Some(id) = self.late_body.take() {
            match self.shared.broker.dial(id, &[]).await {
                Ok(stream) => *request.body_mut() = Body::new(Some(stream)),
                Err(e) => return Err(format!("the request's body cannot be reached: {e}")),
            }
        }
        // The handler itself runs inside the future: it may panic before its first await.
        let mut answer = CatchPanic::new(async move { handler(request).await });
        // A service that answers at once lets its first call to the host travel with the dial. One
        // that takes its time must not let the host wait for the stream.
        let first = poll_fn(|cx| Poll::Ready(Pin::new(&mut answer).poll(cx))).await;
        let answer = match first {
            Poll::Ready(answer) => answer,
            Poll::Pending => {
                self.dial().await;
                answer.await
            }
        };
        match answer {
            Ok(response) => self.write(response).await,
            Err(panic) => {
                tracing::error!("a handler panicked: {}", panic_words(panic.as_ref()));
                self.answer(StatusCode::INTERNAL_SERVER_ERROR).await
            }
        }
    }

    /// Dials the response's stream, unless it was taken over.
    async fn dial(&self) {
        let Ok(mut place) = self.writer.try_lock() else {
            return;
        };
        // Where so many dials are under way that this one has to wait, a hijack waits for it.
        if let Some(host) = &mut *place
            && !host.try_dial()
        {
            // A session that is over shows when the answer is written.
            let _ = host.dial().await;
        }
    }

    async fn answer(self, status: StatusCode) -> Result<(), String> {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        self.write(response).await
    }

    async fn write<B>(self, response: Response<B>) -> Result<(), String>
    where
        B: http_body::Body,
        B::Error: fmt::Display,
    {
        // A hijack may be under way that the service waits for no more.
        let Some(mut host) = self.writer.lock().await.take() else {
            return Ok(());
        };
        let told = response::write(&mut host, &self.shared.facts, self.asked, response).await;
        // An empty answer needs no call, but its stream is waited for.
        let dialled = host.dial().await;
        told.and(dialled)
            .map_err(|e| format!("the response cannot be told: {e}"))
    }
}
