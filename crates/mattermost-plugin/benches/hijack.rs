//! What an open connection costs a plugin, and a frame to all of them.
//!
//! The benchmark starts itself as a plugin and is its host: it opens [`CONNECTIONS`] connections, each
//! with a task of its own as a websocket has, and lets the plugin write to all of them, one round
//! after the other. The figures are the plugin's process alone; the client's side is constants.
//! `cargo bench -p mattermost-plugin`.

use std::{
    fmt::Write as _,
    process::ExitCode,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use go_plugin::{
    host::{Process, StartOptions},
    rpc::{Call, Client, Reply, Service, serve},
};
use http::{HeaderMap, Request, Response};
use mattermost_plugin::{
    Api, HANDSHAKE, Hook, Plugin,
    error::HookError,
    http::{Body, Hijack, Hijacked, HttpService},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::Command,
    select,
    sync::Notify,
    task::JoinSet,
};

/// Connections open at once.
const CONNECTIONS: usize = 3000;

/// Set for the process that is the plugin.
const IS_PLUGIN: &str = "HIJACK_BENCH_PLUGIN";

/// A status as Outlook's clients get it is about so long, its frame's head included.
const FRAME: usize = 104;

/// Processor time of this process in nanoseconds. Source: proc(5), `/proc/self/schedstat`.
fn cpu() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let first = stat.split(' ').next();
    first.and_then(|n| n.parse().ok()).unwrap_or_default()
}

/// Resident memory of this process in KiB. Source: proc(5), `VmRSS`.
fn rss() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|n| n.parse().ok()).unwrap_or_default()
}

/// What the plugin's tasks share.
#[derive(Default)]
struct Shared {
    frame: Mutex<Arc<[u8]>>,
    go: Notify,
    open: AtomicUsize,
    written: AtomicUsize,
    all: Notify,
}

struct Holder {
    shared: Arc<Shared>,
}

impl Plugin for Holder {
    const HOOKS: &'static [Hook] = &[Hook::ServeHttp];

    async fn activate(_: Api) -> Result<Self, HookError> {
        let shared = Arc::default();
        Ok(Self { shared })
    }

    fn http(self: &Arc<Self>) -> HttpService {
        let shared = Arc::clone(&self.shared);
        HttpService::from_fn(move |request| answer(Arc::clone(&shared), request))
    }
}

/// `/hold` takes the connection over; `/<bytes>/<rounds>` writes so many bytes to all connections so
/// often. The answer is the memory and the processor time that the plugin uses by then.
async fn answer(shared: Arc<Shared>, mut request: Request<Body>) -> Response<String> {
    if let Some((bytes, rounds)) = request.uri().path()[1..].split_once('/') {
        let number = |text: &str| text.parse().expect("a number");
        *shared.frame.lock().expect("no panics") = vec![7; number(bytes)].into();
        for _ in 0..number(rounds) {
            shared.written.store(0, Ordering::Relaxed);
            shared.go.notify_waiters();
            shared.all.notified().await;
        }
    } else if request.uri().path() == "/hold" {
        let hijack = request.extensions_mut().remove::<Hijack>();
        let headers = HeaderMap::new();
        let taken = hijack.expect("the right").switch_protocols(&headers).await;
        let connection = taken.expect("a connection");
        shared.open.fetch_add(1, Ordering::Relaxed);
        tokio::spawn(hold(connection, shared));
    }
    Response::new(format!("{} {}", rss(), cpu()))
}

async fn hold(mut connection: Hijacked, shared: Arc<Shared>) {
    let mut arrived = [0; 16];
    loop {
        select! {
            biased;
            _ = connection.read(&mut arrived) => return,
            () = shared.go.notified() => {}
        }
        let frame = Arc::clone(&shared.frame.lock().expect("no panics"));
        connection.write_all(&frame).await.expect("written");
        connection.flush().await.expect("flushed");
        if shared.written.fetch_add(1, Ordering::Relaxed) + 1 == shared.open.load(Ordering::Relaxed)
        {
            shared.all.notify_one();
        }
    }
}

/// The host's end of a response: a client that says nothing and takes everything.
#[derive(Default)]
struct Writer {
    body: Mutex<Vec<u8>>,
    reading: Mutex<Option<Reply>>,
}

impl Service for Writer {
    fn call(&self, call: Call<'_, '_>) {
        match call.method() {
            "Plugin.HjConnWrite" => {
                if let Some((data, reply)) = call.argument::<&[u8]>() {
                    reply.ok(&(data.len() as i64));
                }
            }
            "Plugin.HjConnRWRead" => {
                if let Some((_, reply)) = call.argument::<&[u8]>() {
                    *self.reading.lock().expect("no panics") = Some(reply);
                }
            }
            "Plugin.HijackResponse" => {
                if let Some(((), reply)) = call.argument() {
                    reply.ok(&());
                }
            }
            "Plugin.Write" => {
                if let Some((data, reply)) = call.argument::<&[u8]>() {
                    let body = &mut *self.body.lock().expect("no panics");
                    body.extend_from_slice(data);
                    reply.ok(&());
                }
            }
            _ => call.unknown(),
        }
    }
}

#[derive(gob::Encode)]
struct Activate {
    #[gob(name = "APIMuxId")]
    api_mux_id: u32,
    driver_mux_id: u32,
}

#[derive(gob::Encode)]
struct SentRequest {
    method: &'static str,
    #[gob(name = "URL")]
    url: gob::BinaryMarshaled<'static>,
}

#[derive(gob::Encode)]
struct ServeHttp {
    response_writer_stream: u32,
    request: SentRequest,
}

/// The plugin as its host holds it.
struct Host {
    process: Process,
    hooks: Client,
}

/// What the plugin had used when it answered.
#[derive(Clone, Copy)]
struct Figures {
    /// KiB.
    rss: u64,
    /// Nanoseconds.
    cpu: u64,
}

impl Host {
    fn accept(&self) -> u32 {
        let (id, broker) = (
            self.process.broker().next_id(),
            self.process.broker().clone(),
        );
        tokio::spawn(async move {
            let stream = broker.accept(id).await;
            std::future::pending::<()>().await;
            drop(stream);
        });
        id
    }

    fn get(&self, path: String) -> impl Future<Output = Vec<u8>> + use<> {
        let (id, broker) = (
            self.process.broker().next_id(),
            self.process.broker().clone(),
        );
        let writer = Arc::new(Writer::default());
        let service = Arc::clone(&writer);
        tokio::spawn(
            async move { serve(broker.accept(id).await.expect("dialled"), service).await },
        );
        let hooks = self.hooks.clone();
        async move {
            let args = ServeHttp {
                response_writer_stream: id,
                request: SentRequest {
                    method: "GET",
                    url: gob::BinaryMarshaled(path.into_bytes().into()),
                },
            };
            let answered = hooks.call::<_, ()>("Plugin.ServeHTTP", &args).await;
            answered.expect("answered");
            std::mem::take(&mut *writer.body.lock().expect("no panics"))
        }
    }

    async fn figures(&self, path: String) -> Figures {
        let body = String::from_utf8(self.get(path).await).expect("text");
        let mut numbers = body.split(' ').map(|n| n.parse().expect("a number"));
        let mut next = || numbers.next().expect("two numbers");
        let (rss, cpu) = (next(), next());
        Figures { rss, cpu }
    }
}

async fn measure() -> String {
    let mut command = Command::new(std::env::current_exe().expect("this executable"));
    command.env(IS_PLUGIN, "1");
    let options = StartOptions::new(HANDSHAKE);
    let (process, mut output) = Process::start(command, &options).await.expect("started");
    tokio::spawn(async move {
        while let Some(line) = output.recv().await {
            eprintln!("{line:?}");
        }
    });
    let hooks = process.dispense("hooks").await.expect("hooks");
    let host = Host { process, hooks };
    let activate = Activate {
        api_mux_id: host.accept(),
        driver_mux_id: host.accept(),
    };
    let activated = host
        .hooks
        .call::<_, gob::Value>("Plugin.OnActivate", &activate);
    activated.await.expect("activated");

    let mut text = String::new();
    let idle = host.figures("/idle".into()).await;
    let began = Instant::now();
    // As many at once as a crowd of clients that comes back.
    for _ in 0..CONNECTIONS / 100 {
        let mut opening = JoinSet::new();
        for _ in 0..100 {
            opening.spawn(host.get("/hold".into()));
        }
        opening.join_all().await;
    }
    let opening = began.elapsed();
    let open = host.figures("/idle".into()).await;
    let connections = CONNECTIONS as u64;
    let _ = writeln!(
        text,
        "{connections} connections: RSS {} -> {} KiB, {} bytes each; opened in {opening:.1?}, {:.1} µs CPU each",
        idle.rss,
        open.rss,
        (open.rss - idle.rss) * 1024 / connections,
        (open.cpu - idle.cpu) as f64 / 1000.0 / connections as f64,
    );
    for (bytes, rounds) in [
        (FRAME, 100),
        (FRAME, 100),
        (20 * FRAME, 50),
        (600 * FRAME, 10),
        (FRAME, 100),
    ] {
        let before = host.figures("/idle".into()).await;
        let began = Instant::now();
        let after = host.figures(format!("/{bytes}/{rounds}")).await;
        let writes = (rounds * connections) as f64;
        let _ = writeln!(
            text,
            "{bytes:6} bytes to all, {rounds:3} times: {:5.2} µs CPU and {:5.2} µs of time a write; RSS {} KiB",
            (after.cpu - before.cpu) as f64 / 1000.0 / writes,
            began.elapsed().as_secs_f64() * 1e6 / writes,
            after.rss,
        );
    }
    let _ = host.process.quit().await;
    text
}

fn main() -> ExitCode {
    if std::env::var_os(IS_PLUGIN).is_some() {
        return mattermost_plugin::run::<Holder>();
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    print!("{}", runtime.expect("a runtime").block_on(measure()));
    ExitCode::SUCCESS
}
