//! A plugin process, as its host holds it.
//!
//! Source: hashicorp/go-plugin 1.8.0, `client.go` and `rpc_client.go`.

use std::{
    error::Error,
    fmt, io,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader},
    net::TcpStream,
    process::{Child, Command},
    sync::mpsc,
    task::JoinHandle,
    time::timeout,
};

use crate::{
    broker::{Broker, BrokerError, BrokerStream},
    handshake::{Address, Handshake, Line, LineError, MAX_LINE},
    rpc::{CallError, Client},
    yamux::{Mode, Session, SessionError},
};

/// How long a plugin has to end by itself after `Control.Quit`, before it is killed.
const QUIT_GRACE: Duration = Duration::from_secs(2);

/// How long a plugin may take to print its handshake line, where nothing else is said: three seconds, as Mattermost allows.
///
/// Source: Mattermost 9.11, `server/public/plugin/supervisor.go` (`StartTimeout`).
pub const START_TIMEOUT: Duration = Duration::from_secs(3);

/// Longest line of output that is passed on in one piece, in bytes.
const MAX_OUTPUT_LINE: u64 = 64 * 1024;

/// Where a line of a plugin's output came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Descriptor 1 of the process, after the handshake line.
    Stdout(String),
    /// Descriptor 2 of the process; hclog's JSON lines come here.
    Stderr(String),
    /// The protocol's own stream for standard output.
    SyncStdout(String),
    /// The protocol's own stream for standard error.
    SyncStderr(String),
}

/// How to start a plugin.
///
/// ```
/// use std::time::Duration;
///
/// use go_plugin::{handshake::Handshake, host::StartOptions};
///
/// const HANDSHAKE: Handshake = Handshake {
///     cookie_key: "GREETER_PLUGIN",
///     cookie_value: "hello",
///     app_version: 1,
/// };
///
/// let mut options = StartOptions::new(HANDSHAKE);
/// options.start_timeout = Duration::from_secs(10);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StartOptions {
    /// What host and plugin know each other by.
    pub handshake: Handshake,
    /// How long the plugin may take to print its line: [`START_TIMEOUT`], unless it is set.
    pub start_timeout: Duration,
    /// Folder for the socket; the temporary folder when `None`.
    pub socket_dir: Option<PathBuf>,
}

impl StartOptions {
    /// With [`START_TIMEOUT`], and the socket in the temporary folder.
    #[must_use]
    pub const fn new(handshake: Handshake) -> Self {
        Self {
            handshake,
            start_timeout: START_TIMEOUT,
            socket_dir: None,
        }
    }
}

/// Why a plugin could not be started or used.
#[derive(Debug)]
#[non_exhaustive]
pub enum HostError {
    /// The process could not be started, or its pipes or socket failed.
    Io(io::Error),
    /// The process ended before it shook hands.
    Exited(ExitStatus),
    /// No handshake line within [`StartOptions::start_timeout`].
    Timeout(Duration),
    /// The line makes no sense.
    Line(LineError),
    /// The plugin speaks another version of the application's protocol.
    Version(u32),
    /// The session ended.
    Session(SessionError),
    /// A call failed.
    Call(CallError),
    /// A stream could not be had.
    Broker(BrokerError),
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(e) => e.fmt(f),
            Self::Exited(status) => write!(f, "the plugin ended before its handshake: {status}"),
            Self::Timeout(limit) => write!(f, "no handshake line within {limit:?}"),
            Self::Line(e) => e.fmt(f),
            Self::Version(version) => write!(f, "the plugin speaks protocol version {version}"),
            Self::Session(e) => e.fmt(f),
            Self::Call(e) => e.fmt(f),
            Self::Broker(e) => e.fmt(f),
        }
    }
}

impl Error for HostError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        // They are told in their own words, so what stands behind those stands behind this.
        match self {
            Self::Io(e) => e.source(),
            Self::Line(e) => e.source(),
            Self::Session(e) => e.source(),
            Self::Call(e) => e.source(),
            Self::Broker(e) => e.source(),
            Self::Exited(_) | Self::Timeout(_) | Self::Version(_) => None,
        }
    }
}

macro_rules! from {
    ($($variant:ident($error:ty)),*) => {$(
        impl From<$error> for HostError {
            fn from(e: $error) -> Self {
                Self::$variant(e)
            }
        }
    )*};
}
from!(
    Io(io::Error),
    Line(LineError),
    Session(SessionError),
    Call(CallError),
    Broker(BrokerError)
);

/// A running plugin. Dropped, it is killed.
pub struct Process {
    child: Child,
    control: Client,
    broker: Broker,
    session: Session,
    driver: JoinHandle<Result<(), SessionError>>,
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process")
            .field("id", &self.id())
            .finish_non_exhaustive()
    }
}

impl Process {
    /// Starts `command` and shakes hands. Lines that it prints arrive on the returned channel,
    /// which must be emptied: a plugin whose output nobody takes waits. A line of more than 64 KiB comes in pieces.
    ///
    /// # Errors
    /// [`HostError`]: the command cannot be started, or what it starts is no such plugin. The process is killed then.
    ///
    /// # Panics
    /// Outside of a tokio runtime with I/O and time enabled.
    pub async fn start(
        mut command: Command,
        options: &StartOptions,
    ) -> Result<(Self, mpsc::Receiver<Output>), HostError> {
        let handshake = options.handshake;
        command
            .env(handshake.cookie_key, handshake.cookie_value)
            .kill_on_drop(true);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(dir) = &options.socket_dir {
            command.env(crate::handshake::ENV_SOCKET_DIR, dir);
        }
        let mut child = command.spawn()?;
        let (sender, output) = mpsc::channel(64);
        if let Some(stderr) = child.stderr.take() {
            tokio::spawn(lines(stderr, sender.clone(), Output::Stderr));
        }
        let stdout = child
            .stdout
            .take()
            .ok_or_else(|| io::Error::other("stdout is not piped"))?;
        let mut stdout = BufReader::new(stdout);
        let mut line = String::new();
        let limited = async {
            (&mut stdout)
                .take(MAX_LINE as u64)
                .read_line(&mut line)
                .await
        };
        match timeout(options.start_timeout, limited).await {
            Err(_) => return Err(HostError::Timeout(options.start_timeout)),
            Ok(read) => {
                if read? == 0 {
                    return Err(HostError::Exited(child.wait().await?));
                }
            }
        }
        let line: Line = line.parse()?;
        if line.app_version != handshake.app_version {
            return Err(HostError::Version(line.app_version));
        }
        tokio::spawn(lines(stdout, sender.clone(), Output::Stdout));
        let (session, driver) = match &line.address {
            Address::Tcp(address) => {
                let stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                let (session, driver) = Session::new(stream, Mode::Client);
                (session, tokio::spawn(driver))
            }
            #[cfg(unix)]
            Address::Unix(path) => {
                let stream = tokio::net::UnixStream::connect(path).await?;
                let (session, driver) = Session::new(stream, Mode::Client);
                (session, tokio::spawn(driver))
            }
            #[cfg(not(unix))]
            Address::Unix(_) => return Err(io::Error::from(io::ErrorKind::Unsupported).into()),
        };
        // The order of the first three streams is their meaning, and nothing is ever sent on the
        // last two.
        let control = session.open().await?;
        let stdout = session.open().await?;
        let stderr = session.open().await?;
        for stream in [&control, &stdout, &stderr] {
            stream.sender().announce();
        }
        tokio::spawn(lines(stdout, sender.clone(), Output::SyncStdout));
        tokio::spawn(lines(stderr, sender, Output::SyncStderr));
        let broker = Broker::new(session.clone());
        tokio::spawn(broker.clone().run());
        let control = Client::new(BrokerStream::from(control));
        Ok((
            Self {
                child,
                control,
                broker,
                session,
                driver,
            },
            output,
        ))
    }

    /// The process id, while it runs.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Streams by number, for what goes beside the calls.
    #[must_use]
    pub fn broker(&self) -> &Broker {
        &self.broker
    }

    /// Asks for the service behind `name`.
    ///
    /// # Errors
    /// [`HostError`] when the plugin has no such service, or is gone.
    pub async fn dispense(&self, name: &str) -> Result<Client, HostError> {
        let id: u32 = self.control.call("Dispenser.Dispense", name).await?;
        Ok(Client::new(self.broker.dial(id, &[]).await?))
    }

    /// Asks whether the plugin is there.
    ///
    /// # Errors
    /// [`CallError`] when it is not.
    pub async fn ping(&self) -> Result<(), CallError> {
        self.control.call("Control.Ping", &true).await
    }

    /// Waits until the plugin has gone by itself.
    ///
    /// # Errors
    /// An I/O error when the process cannot be waited for.
    pub async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// Tells the plugin to end, and kills it if it has not within two seconds. Answers its exit
    /// status and whether it went by itself.
    ///
    /// # Errors
    /// An I/O error when the process cannot be waited for.
    pub async fn quit(mut self) -> io::Result<(ExitStatus, bool)> {
        // A plugin that is gone already, or hangs, is waited for all the same.
        let quit = self.control.call::<_, ()>("Control.Quit", &true);
        let _ = timeout(QUIT_GRACE, quit).await;
        self.session.close();
        self.driver.abort();
        match timeout(QUIT_GRACE, self.child.wait()).await {
            Ok(status) => Ok((status?, true)),
            Err(_) => {
                self.child.kill().await?;
                Ok((self.child.wait().await?, false))
            }
        }
    }
}

/// Passes lines on until the end; a line that is too long comes in pieces.
async fn lines(
    from: impl AsyncRead + Unpin,
    to: mpsc::Sender<Output>,
    which: fn(String) -> Output,
) {
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    loop {
        line.clear();
        match (&mut from)
            .take(MAX_OUTPUT_LINE)
            .read_until(b'\n', &mut line)
            .await
        {
            Ok(0) | Err(_) => return,
            Ok(_) => {
                let text = String::from_utf8_lossy(&line);
                if to
                    .send(which(text.trim_end_matches(['\r', '\n']).to_owned()))
                    .await
                    .is_err()
                {
                    return;
                }
            }
        }
    }
}
