//! The life of a plugin process, from the cookie to its end.

use std::{
    env,
    error::Error,
    fmt,
    future::Future,
    io::{self, Write as _},
    sync::Arc,
    time::Duration,
};

use tokio::{select, sync::Notify, time::timeout};

use super::listener::{ListenError, Listener};
use crate::{
    broker::{Broker, BrokerStream},
    handshake::{ENV_MULTIPLEX_GRPC, Handshake, Line},
    rpc::{self, Call, Service},
    yamux::{Mode, Sender, Session, SessionError},
};

/// How long a plugin waits for its host to connect. Mattermost connects within
/// milliseconds; a host that died in between must leave no process behind.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(60);

/// How long a plugin that answered `Control.Quit` waits for the host to close the connection. The
/// host kills what has not gone within two seconds.
const QUIT_TIMEOUT: Duration = Duration::from_millis(1800);

/// What a process serves to its host.
pub trait Plugin: Send + Sync + 'static {
    /// The service behind `name`, which the host dispenses once. `None` when there is none.
    fn dispense(&self, name: &str, broker: &Broker) -> Option<Arc<dyn Service>>;

    /// Called once the connection stands: the streams whose lines the host writes to its log.
    fn connected(&self, streams: PluginStreams) {
        let _ = streams;
    }

    /// Called when the process is about to end, for what must still be done. Bounded by the host:
    /// after `Control.Quit` it kills the process within two seconds.
    fn ending(&self) -> impl Future<Output = ()> + Send {
        async {}
    }
}

/// The streams that carry a plugin's standard output to its host.
///
/// What the process writes to descriptor 2 reaches the host too, through a pipe; these streams
/// are the protocol's own.
#[derive(Clone, Debug)]
pub struct PluginStreams {
    /// Lines that the host logs as the plugin's standard output.
    pub stdout: Sender,
    /// Lines that the host logs as the plugin's standard error.
    pub stderr: Sender,
}

/// Why a plugin process ended in good order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServeExit {
    /// The host said `Control.Quit`.
    Quit,
    /// The host closed the connection, or died.
    HostGone,
    /// The process was told to end by SIGTERM.
    Terminated,
}

/// Why a plugin process could not serve.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The process was not started by a host: the cookie is missing or wrong.
    NotAPlugin,
    /// No socket to listen on.
    Listen(ListenError),
    /// The handshake line or the connection failed.
    Io(io::Error),
    /// The host did not connect in time.
    NoHost,
    /// The connection broke its protocol or failed.
    Session(SessionError),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAPlugin => f.write_str(
                "This program is a plugin. It is started by its host, not by hand: \
                 install it there instead.",
            ),
            Self::Listen(e) => e.fmt(f),
            Self::Io(e) => write!(f, "the connection to the host failed: {e}"),
            Self::NoHost => {
                write!(
                    f,
                    "no host connected within {} s",
                    CONNECT_TIMEOUT.as_secs()
                )
            }
            Self::Session(e) => e.fmt(f),
        }
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Io(e) => Some(e),
            // These are told in their own words, so what stands behind those stands behind this.
            Self::Listen(e) => e.source(),
            Self::Session(e) => e.source(),
            Self::NotAPlugin | Self::NoHost => None,
        }
    }
}

/// Shakes hands, serves `plugin` on the current tokio runtime until the host is done with it, and
/// removes the socket. The process should end afterwards.
///
/// Standard output belongs to the handshake until its line is printed: print nothing before.
///
/// # Errors
/// [`StartError`]: [`NotAPlugin`](StartError::NotAPlugin) when a person started the program, which is worth
/// saying and nothing else.
///
/// # Panics
/// Outside of a tokio runtime with I/O and time enabled.
pub async fn serve<P: Plugin>(
    handshake: Handshake,
    plugin: Arc<P>,
) -> Result<ServeExit, StartError> {
    if env::var(handshake.cookie_key).as_deref() != Ok(handshake.cookie_value) {
        return Err(StartError::NotAPlugin);
    }
    // The host's Ctrl-C goes to its whole process group; the host decides when plugins end.
    // Registered before the handshake, so that there is no moment in which it would kill.
    let mut signals = Signals::new().map_err(StartError::Io)?;
    let listener = Listener::bind().await.map_err(StartError::Listen)?;
    let line = Line {
        app_version: handshake.app_version,
        address: listener.address(),
    };
    let multiplex = env::var_os(ENV_MULTIPLEX_GRPC).is_some_and(|value| !value.is_empty());
    {
        let mut stdout = io::stdout().lock();
        writeln!(stdout, "{}", line.format(multiplex)).map_err(StartError::Io)?;
        stdout.flush().map_err(StartError::Io)?;
    }
    let connection = select! {
        connection = timeout(CONNECT_TIMEOUT, listener.accept()) => {
            connection.map_err(|_| StartError::NoHost)?.map_err(StartError::Io)?
        }
        () = signals.terminated() => return Ok(ServeExit::Terminated),
    };
    let (session, driver) = Session::new(connection, Mode::Server);
    let mut driver = tokio::spawn(driver);
    let quit = Arc::new(Notify::new());
    let conversation = tokio::spawn(converse(session, Arc::clone(&plugin), Arc::clone(&quit)));
    let exit = select! {
        ended = &mut driver => match ended {
            Ok(Ok(())) => Ok(ServeExit::HostGone),
            Ok(Err(e)) => Err(StartError::Session(e)),
            Err(e) => Err(StartError::Io(io::Error::other(e))),
        },
        () = quit.notified() => {
            end(&*plugin).await;
            // Whoever leaves before its answer has arrived leaves two errors in the host's log.
            let _ = timeout(QUIT_TIMEOUT, &mut driver).await;
            return Ok(ServeExit::Quit);
        }
        () = signals.terminated() => Ok(ServeExit::Terminated),
    };
    end(&*plugin).await;
    conversation.abort();
    drop(listener);
    exit
}

/// Lets the plugin end, but not for ever: its host is gone, or kills it soon.
async fn end<P: Plugin>(plugin: &P) {
    if timeout(QUIT_TIMEOUT, plugin.ending()).await.is_err() {
        tracing::error!("the plugin took more than {QUIT_TIMEOUT:?} to end");
    }
}

/// Takes the host's first three streams in their order, and serves control and dispenser.
async fn converse<P: Plugin>(
    session: Session,
    plugin: Arc<P>,
    quit: Arc<Notify>,
) -> Result<(), SessionError> {
    let control = session.accept().await?;
    let stdout = session.accept().await?;
    let stderr = session.accept().await?;
    let broker = Broker::new(session);
    tokio::spawn(broker.clone().run());
    plugin.connected(PluginStreams {
        stdout: stdout.sender().clone(),
        stderr: stderr.sender().clone(),
    });
    let service = Arc::new(ControlService {
        plugin,
        broker,
        quit,
    });
    if let Err(e) = rpc::serve(BrokerStream::from(control), service).await {
        tracing::error!("the control stream failed: {e}");
    }
    // Dropped they would be finished, and the host would log that.
    drop((stdout, stderr));
    Ok(())
}

/// `Control` and `Dispenser`, which share the control stream.
struct ControlService<P> {
    plugin: Arc<P>,
    broker: Broker,
    quit: Arc<Notify>,
}

impl<P: Plugin> Service for ControlService<P> {
    fn call(&self, call: Call<'_, '_>) {
        match call.method() {
            "Control.Ping" => {
                if let Some((_, reply)) = call.argument::<bool>() {
                    reply.ok(&());
                }
            }
            "Control.Quit" => {
                if let Some((_, reply)) = call.argument::<bool>() {
                    reply.ok(&());
                    self.quit.notify_one();
                }
            }
            "Dispenser.Dispense" => {
                let Some((name, reply)) = call.argument::<&str>() else {
                    return;
                };
                let Some(service) = self.plugin.dispense(name, &self.broker) else {
                    return reply.error(&format!("unknown plugin type: {name}"));
                };
                let (id, broker) = (self.broker.next_id(), self.broker.clone());
                tokio::spawn(async move {
                    let stream = match broker.accept(id).await {
                        Ok(stream) => stream,
                        Err(e) => return tracing::error!("the host dispensed and never came: {e}"),
                    };
                    if let Err(e) = rpc::serve(stream, service).await {
                        tracing::error!("the host's calls ended: {e}");
                    }
                });
                reply.ok(&id);
            }
            _ => call.unknown(),
        }
    }
}

/// SIGINT, which is ignored, and SIGTERM, which ends the process in good order.
struct Signals {
    #[cfg(unix)]
    _interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            _interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    #[cfg(not(unix))]
    fn new() -> io::Result<Self> {
        tokio::spawn(async { while tokio::signal::ctrl_c().await.is_ok() {} });
        Ok(Self {})
    }

    async fn terminated(&mut self) {
        #[cfg(unix)]
        self.terminate.recv().await;
        #[cfg(not(unix))]
        std::future::pending().await
    }
}
