//! The HTTP side: one listener on the loopback interface, the plugin under `/plugins/<id>/`, the
//! page beside it.

mod body;
mod go_url;
mod hijack;
mod local;
mod plugin;
mod prepare;
mod response;

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc};

use axum::body::Body;
use http::{Request, Response, Uri};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    select,
    sync::{mpsc, oneshot, watch},
    task::JoinSet,
};
use tower_service::Service;

use hijack::{Stranded, TakeOver, TakenOver};
pub(crate) use local::post;
pub(crate) use prepare::{CSRF_COOKIE, SESSION_COOKIE, cookie, session};

use crate::host::{METRICS, Shared};

/// What every request may need.
#[derive(Clone)]
pub(crate) struct Front {
    pub(crate) host: Arc<Shared>,
    page: axum::Router,
    stranded: Stranded,
}

impl Front {
    pub(crate) fn new(host: Arc<Shared>) -> Self {
        Self {
            page: crate::page::routes(Arc::clone(&host)),
            host,
            stranded: Stranded::default(),
        }
    }

    /// Serves until `stop` is set, and then until the answers under way are done.
    pub(crate) async fn serve(self, listener: TcpListener, mut stop: watch::Receiver<bool>) {
        let mut connections = JoinSet::new();
        let stopping = stop.clone();
        loop {
            select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, peer)) => {
                        connections.spawn(connection(self.clone(), stream, peer, stopping.clone()));
                    }
                    // A client that left before it was accepted; or no descriptors for now.
                    Err(_) => tokio::task::yield_now().await,
                },
                Some(_) = connections.join_next() => {}
                () = set(&mut stop) => break,
            }
        }
        drop(listener);
        while connections.join_next().await.is_some() {}
    }

    async fn answer(
        mut self,
        mut request: Request<Incoming>,
        peer: SocketAddr,
        over: TakeOver,
    ) -> Response<Body> {
        if !below_base(&self.host.base, &mut request) {
            let mut response = Response::new(Body::from("404 page not found\n"));
            *response.status_mut() = http::StatusCode::NOT_FOUND;
            return response;
        }
        if let Some(file) = crate::webapp::public(&self.host, request.uri().path()) {
            return file;
        }
        if request.uri().path().starts_with("/plugins/") {
            return self.serve_plugin(request, peer, over).await;
        }
        if request.uri().path().starts_with(METRICS) {
            return self.serve_metrics(request, peer, over).await;
        }
        request.extensions_mut().insert(peer);
        match self.page.call(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

/// Takes the site's path off a request's. False where the request is for something beside the site.
fn below_base<B>(base: &str, request: &mut Request<B>) -> bool {
    if base.is_empty() {
        return true;
    }
    let whole = request.uri().clone();
    let Some(below) = whole.path_and_query().map(|whole| whole.as_str()) else {
        return false;
    };
    let below = below
        .strip_prefix(base)
        .filter(|rest| rest.starts_with('/'));
    let Some(below) = below.and_then(|below| below.parse().ok()) else {
        return false;
    };
    *request.uri_mut() = below;
    request.extensions_mut().insert(Whole(whole));
    true
}

/// A request's URI as it came, with the site's path in front.
#[derive(Clone)]
pub(crate) struct Whole(pub(crate) Uri);

/// Waits until the flag is set. What guards its value is dropped before anything else is awaited.
async fn set(flag: &mut watch::Receiver<bool>) {
    // Without a sender nobody will stop us any more: the process is ending.
    let _ = flag.wait_for(|set| *set).await;
}

/// One client's connection, until it ends or a plugin takes it over.
async fn connection(
    front: Front,
    stream: TcpStream,
    peer: SocketAddr,
    mut stop: watch::Receiver<bool>,
) {
    // Small answers are not to wait for acknowledgements.
    let _ = stream.set_nodelay(true);
    let (wanted, mut wants) = mpsc::channel::<oneshot::Sender<TakenOver>>(1);
    let service = service_fn(move |request| {
        let answer = front
            .clone()
            .answer(request, peer, TakeOver::new(wanted.clone()));
        async move { Ok::<_, Infallible>(answer.await) }
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let mut stopping = false;
    loop {
        select! {
            biased;
            Some(give) = wants.recv() => {
                let parts = connection.into_parts();
                let _ = give.send(TakenOver::new(parts.io.into_inner(), parts.read_buf));
                return;
            }
            // What went wrong was the client's doing, and it is gone.
            _ = std::future::poll_fn(|cx| std::pin::Pin::new(&mut connection).poll(cx)) => return,
            () = set(&mut stop), if !stopping => {
                stopping = true;
                std::pin::Pin::new(&mut connection).graceful_shutdown();
            }
        }
    }
}

/// Listens on the loopback interface. The error is a sentence with its remedy.
pub(crate) async fn listen(port: u16) -> Result<TcpListener, String> {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    TcpListener::bind(address).await.map_err(|e| match e.kind() {
        io::ErrorKind::AddrInUse => format!(
            "Port {port} is taken on 127.0.0.1, perhaps by another dev host or a Mattermost server: end that one, or \
             choose another port with --port, such as --port {}.",
            if port < u16::MAX { port + 1 } else { 8065 }
        ),
        io::ErrorKind::PermissionDenied => {
            format!("Port {port} may not be opened: choose one from 1024 on with --port, such as --port 8065.")
        }
        _ => format!("{address} cannot be listened on: {e}."),
    })
}
