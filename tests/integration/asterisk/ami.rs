//! The tests' own view of AMI: as small as can be, and sharing nothing with the plugin's.

use devhost::world::PATIENCE;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use super::instance::Asterisk;

/// Who may log in: a section of `tests/asterisk/config/manager.conf`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Account {
    pub(crate) user: &'static str,
    pub(crate) secret: &'static str,
}

impl Account {
    /// What docs/asterisk.md tells to set up: the least rights that do everything.
    pub(crate) const SWITCHBOARD: Self = Self::new("switchboard", "ami-secret");
    /// The same, and those that setting phones' do-not-disturb needs.
    pub(crate) const SWITCHES: Self = Self::new("switches", "switches-secret");
    /// The same as the first, and to do something to calls: what the phone panel needs.
    pub(crate) const CONTROLS: Self = Self::new("controls", "controls-secret");
    /// All rights: for the tests themselves.
    pub(crate) const TESTER: Self = Self::new("tester", "tester-secret");
    /// The rights that the README of eeCallUs asks for.
    pub(crate) const EEDOMUS: Self = Self::new("eedomus", "eedomus-secret");
    /// Hears calls and queues, and may do nothing.
    pub(crate) const LISTENER: Self = Self::new("listener", "listener-secret");
    /// All rights, but not from 127.0.0.1.
    pub(crate) const ELSEWHERE: Self = Self::new("elsewhere", "elsewhere-secret");

    const fn new(user: &'static str, secret: &'static str) -> Self {
        Self { user, secret }
    }
}

/// A response or an event.
#[derive(Clone, Debug)]
pub(crate) struct Message(Vec<(String, String)>);

impl Message {
    /// The first header of this name, or nothing.
    pub(crate) fn get(&self, name: &str) -> &str {
        let named = |(n, _): &&(String, String)| n.eq_ignore_ascii_case(name);
        self.0.iter().find(named).map_or("", |(_, value)| value)
    }

    /// All headers of this name, which answers of commands have.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self
            .0
            .iter()
            .filter(move |(n, _)| n.eq_ignore_ascii_case(name));
        named.map(|(_, value)| &**value)
    }
}

/// A connection, logged in, that hears every event its account may hear.
pub(crate) struct Ami {
    stream: BufReader<TcpStream>,
    /// What came and nobody waited for yet.
    kept: Vec<Message>,
    asked: u32,
}

impl Ami {
    /// Connects and logs in.
    pub(crate) async fn login(asterisk: &Asterisk, account: Account) -> Self {
        let (ami, answer) = Self::try_login(asterisk, account).await;
        assert_eq!(answer.get("Response"), "Success", "{answer:?}");
        ami
    }

    /// The answer to a login that fails.
    pub(crate) async fn refused(asterisk: &Asterisk, account: Account) -> Message {
        let (_, answer) = Self::try_login(asterisk, account).await;
        assert_eq!(answer.get("Response"), "Error", "{answer:?}");
        answer
    }

    async fn try_login(asterisk: &Asterisk, account: Account) -> (Self, Message) {
        let stream = TcpStream::connect(("127.0.0.1", asterisk.ami_port())).await;
        let mut stream = BufReader::new(stream.expect("Asterisk is there"));
        let mut banner = String::new();
        stream.read_line(&mut banner).await.expect("a banner");
        let mut ami = Self {
            stream,
            kept: Vec::new(),
            asked: 0,
        };
        let given = [("Username", account.user), ("Secret", account.secret)];
        let answer = ami.ask("Login", &given).await;
        (ami, answer)
    }

    /// Sends an action and waits for its response.
    pub(crate) async fn ask(&mut self, action: &str, headers: &[(&str, &str)]) -> Message {
        self.asked += 1;
        let id = format!("test-{}", self.asked);
        let mut text = format!("Action: {action}\r\nActionID: {id}\r\n");
        for (name, value) in headers {
            text += &format!("{name}: {value}\r\n");
        }
        text += "\r\n";
        let sent = self.stream.write_all(text.as_bytes()).await;
        sent.expect("Asterisk is there");
        let answer = |m: &Message| !m.get("Response").is_empty() && m.get("ActionID") == id;
        self.wait(&format!("the answer to {action}"), answer).await
    }

    /// Waits for an event that has these headers; a value may be the beginning of what it should be. Those that came
    /// before are looked at first, and each is answered once only, so the order of two that have none does not matter.
    pub(crate) async fn event(&mut self, name: &str, headers: &[(&str, &str)]) -> Message {
        let what = format!("{name} {headers:?}");
        let fits = |m: &Message| {
            m.get("Event") == name && headers.iter().all(|(n, v)| m.get(n).starts_with(v))
        };
        self.wait(&what, fits).await
    }

    async fn wait(&mut self, what: &str, fits: impl Fn(&Message) -> bool) -> Message {
        if let Some(place) = self.kept.iter().position(&fits) {
            return self.kept.remove(place);
        }
        let reading = async {
            loop {
                let message = read(&mut self.stream).await;
                if fits(&message) {
                    return message;
                }
                self.kept.push(message);
            }
        };
        let read = tokio::time::timeout(PATIENCE, reading).await;
        read.unwrap_or_else(|_| panic!("waited in vain for {what}; there came {:#?}", self.kept))
    }
}

/// Reads up to an empty line.
async fn read(stream: &mut BufReader<TcpStream>) -> Message {
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        let length = stream.read_line(&mut line).await.expect("text");
        assert!(
            length > 0,
            "Asterisk closed the connection after {headers:?}"
        );
        match line.trim_end().split_once(':') {
            Some((name, value)) => headers.push((name.to_owned(), value.trim_start().to_owned())),
            None if headers.is_empty() => {}
            None => return Message(headers),
        }
    }
}
