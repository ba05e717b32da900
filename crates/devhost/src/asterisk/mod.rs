//! A stand-in for an Asterisk's manager interface (AMI).
//!
//! For what a real Asterisk cannot be brought to do in a test: to greet wrongly, to say nothing, to be one of 2012, to send 10,000
//! events a second. It is no PBX: it knows accounts, actions and lists, and answers in the words of Asterisk 22.10, or of Asterisk 11
//! ([`Release`]); calls are what a [`Recording`] says, or what a test [sends](Ami::send).
//!
//! Sources: Asterisk's manual ("AMI Action_…", "AMI Event_…") for 22, `main/manager.c` of 11.25 for its banner and lists
//! without `EventList`, and recordings of a real 22.10.
//!
//! ```no_run
//! # async fn test() -> std::io::Result<()> {
//! use devhost::asterisk::{Ami, Options};
//!
//! let ami = Ami::start(Options::default()).await?;
//! // … let the plugin connect to ami.address() …
//! let text = ami.wait_for("MessageSend").await;
//! assert_eq!(text.get("To"), Some("pjsip:6001"));
//! # Ok(())
//! # }
//! ```

mod answers;
mod certificates;
mod connection;
mod office;
mod recording;

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;
use tokio::time::{MissedTickBehavior, interval};

pub use certificates::{Authority, Certificate};
pub use office::{OFFICE_NUMBERS, office};
pub use recording::Recording;

/// The account that it knows unless told.
pub const USER: &str = "switchboard";

/// That account's secret.
pub const SECRET: &str = "ami-secret";

/// Which Asterisk it stands in for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Release {
    /// Asterisk 11: its old banner, `chan_sip`, no lists of devices and hints, lists without `EventList`.
    Eleven,
    /// Asterisk 22.
    #[default]
    TwentyTwo,
}

/// What it says to a new connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Greeting {
    /// Its release's banner.
    #[default]
    Banner,
    /// Something else, as it is.
    Words(String),
    /// Nothing at all.
    Silence,
    /// Nothing, and it closes.
    Close,
    /// The banner, and then nothing more.
    BannerOnly,
}

/// How it is.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which Asterisk it stands in for.
    pub release: Release,
    /// What it says first.
    pub greeting: Greeting,
    /// Its one account's name.
    pub user: String,
    /// Its secret.
    pub secret: String,
    /// What the account may, as `write` in manager.conf.
    pub write: Vec<&'static str>,
    /// Whether there is a challenge, or only plain logins.
    pub challenge: bool,
    /// TLS, with this certificate.
    pub tls: Option<Certificate>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            release: Release::default(),
            greeting: Greeting::default(),
            user: USER.to_owned(),
            secret: SECRET.to_owned(),
            write: vec!["originate", "message", "call", "agent"],
            challenge: true,
            tls: None,
        }
    }
}

/// A message: headers in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message(pub Vec<(String, String)>);

impl Message {
    /// A message of these headers.
    #[must_use]
    pub fn new(headers: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self(headers.iter().map(owned).collect())
    }

    /// The first header of a name, in whatever case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut found = self.0.iter();
        let header = found.find(|(own, _)| own.eq_ignore_ascii_case(name))?;
        Some(&header.1)
    }

    /// As it is on the wire.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        let mut text = String::new();
        for (name, value) in &self.0 {
            text.push_str(name);
            text.push_str(": ");
            text.push_str(value);
            text.push_str("\r\n");
        }
        text.push_str("\r\n");
        text.into()
    }
}

/// The stand-in. It ends when it is dropped.
#[derive(Debug)]
pub struct Ami {
    shared: Arc<Shared>,
    address: SocketAddr,
    task: Mutex<Option<AbortHandle>>,
}

/// What its connections share.
#[derive(Debug)]
struct Shared {
    options: Mutex<Options>,
    inner: Mutex<Inner>,
    /// How many actions came, for those who wait for one.
    heard: watch::Sender<usize>,
    frozen: watch::Sender<bool>,
    /// Counted up to close all connections.
    closes: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Inner {
    actions: Vec<Message>,
    lists: HashMap<String, Vec<Message>>,
    answers: HashMap<String, Vec<Message>>,
    login: Option<Message>,
    /// Logged in and listening.
    listeners: Vec<mpsc::Sender<Bytes>>,
    connections: usize,
    logins: usize,
}

impl Shared {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn options(&self) -> Options {
        let options = self.options.lock();
        options.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Ami {
    /// Starts on a port of its own, on this machine only.
    ///
    /// # Errors
    ///
    /// No port can be had.
    pub async fn start(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            options: Mutex::new(options),
            inner: Mutex::default(),
            heard: watch::Sender::new(0),
            frozen: watch::Sender::new(false),
            closes: watch::Sender::new(0),
        });
        let task = accept(listener, Arc::clone(&shared));
        Ok(Self {
            shared,
            address,
            task: Mutex::new(Some(task)),
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes how it is, for connections from now on.
    pub fn change(&self, change: impl FnOnce(&mut Options)) {
        let options = self.shared.options.lock();
        change(&mut options.unwrap_or_else(PoisonError::into_inner));
    }

    /// What a list has in it, such as `Status`; nothing, unless told. The items need no `ActionID`.
    pub fn set_list(&self, action: &str, items: Vec<Message>) {
        let mut inner = self.shared.inner();
        inner.lists.insert(action.to_owned(), items);
    }

    /// What an action is answered instead of the usual; again and again. The messages need no `ActionID`; none: it is not answered.
    pub fn set_answer(&self, action: &str, messages: Vec<Message>) {
        let mut inner = self.shared.inner();
        inner.answers.insert(action.to_owned(), messages);
    }

    /// What every login is answered instead of the usual, if anything: it is refused.
    pub fn set_login(&self, refusal: Option<Message>) {
        self.shared.inner().login = refusal;
    }

    /// Answers an action as usual again.
    pub fn reset_answer(&self, action: &str) {
        self.shared.inner().answers.remove(action);
    }

    /// Every action that came, in its order, logins among them.
    #[must_use]
    pub fn actions(&self) -> Vec<Message> {
        self.shared.inner().actions.clone()
    }

    /// How many connections there were.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.inner().connections
    }

    /// How many logins were good.
    #[must_use]
    pub fn logins(&self) -> usize {
        self.shared.inner().logins
    }

    /// Waits for the first action of a name, which may have come before.
    pub async fn wait_for(&self, action: &str) -> Message {
        self.wait_until(|actions| {
            let mut named = actions.iter();
            named.find(|own| own.get("Action") == Some(action)).cloned()
        })
        .await
    }

    /// Waits until what came shows something.
    pub async fn wait_until<T>(&self, mut look: impl FnMut(&[Message]) -> Option<T>) -> T {
        let mut heard = self.shared.heard.subscribe();
        loop {
            heard.mark_unchanged();
            if let Some(found) = look(&self.shared.inner().actions) {
                return found;
            }
            // It ends only with this stand-in itself.
            let _ = heard.changed().await;
        }
    }

    /// Sends an event to all who are logged in.
    pub async fn event(&self, headers: &[(&str, &str)]) {
        self.send(Message::new(headers).to_bytes()).await;
    }

    /// Sends bytes as they are to all who are logged in. Waits until the system took most of them.
    pub async fn send(&self, bytes: impl Into<Bytes>) {
        let bytes = bytes.into();
        let listeners = self.shared.inner().listeners.clone();
        for listener in listeners {
            // One that went is not missed.
            let _ = listener.send(bytes.clone()).await;
        }
    }

    /// Sends a recording's events again and again, with ids of their own each time: so many a second, so many in all.
    pub async fn replay(&self, recording: &Recording, rate: u32, count: u64) {
        self.replay_with(recording, rate, count, |_| ()).await;
    }

    /// The same, and tells how many there are by now whenever some are about to be sent.
    pub async fn replay_with(
        &self,
        recording: &Recording,
        rate: u32,
        count: u64,
        mut progress: impl FnMut(u64),
    ) {
        const SLICES: u32 = 200;
        let mut slices = interval(Duration::from_secs(1) / SLICES);
        // What was late is made up for: the rate is right on average.
        slices.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut events = recording.rounds();
        let (mut sent, mut due) = (0, 0);
        while sent < count {
            slices.tick().await;
            due += u64::from(rate);
            let mut bytes = Vec::new();
            while sent < count && sent < due / u64::from(SLICES) {
                events.next(&mut bytes);
                sent += 1;
            }
            if !bytes.is_empty() {
                progress(sent);
                self.send(bytes).await;
            }
        }
    }

    /// Closes all connections. New ones are taken.
    pub fn close_all(&self) {
        self.shared.closes.send_modify(|closes| *closes += 1);
    }

    /// Does nothing any more, as a process that was stopped: the system still takes connections and what is sent.
    pub fn freeze(&self) {
        self.shared.frozen.send_replace(true);
    }

    /// Goes on.
    pub fn thaw(&self) {
        self.shared.frozen.send_replace(false);
    }

    /// Closes everything, and listens no more.
    pub fn stop(&self) {
        let task = self.task.lock();
        if let Some(task) = task.unwrap_or_else(PoisonError::into_inner).take() {
            task.abort();
        }
        self.close_all();
    }

    /// Listens again at the same port, after [`Ami::stop`].
    ///
    /// # Errors
    ///
    /// The port is somebody else's now.
    pub async fn start_again(&self) -> io::Result<()> {
        let listener = TcpListener::bind(self.address).await?;
        let accepting = accept(listener, Arc::clone(&self.shared));
        let task = self.task.lock();
        *task.unwrap_or_else(PoisonError::into_inner) = Some(accepting);
        Ok(())
    }
}

impl Drop for Ami {
    fn drop(&mut self) {
        self.stop();
    }
}

fn accept(listener: TcpListener, shared: Arc<Shared>) -> AbortHandle {
    let task = tokio::spawn(async move {
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                continue;
            };
            connection::thawed(&shared).await;
            shared.inner().connections += 1;
            tokio::spawn(connection::serve(stream, Arc::clone(&shared)));
        }
    });
    task.abort_handle()
}
