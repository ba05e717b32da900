//! What stands between a phone's SIPp processes and Asterisk: it passes messages on, keeps them, and hands SIPp what the
//! test wants it to do.
//!
//! SIPp plays a scenario and has no way of being told anything but by SIP. So the test's wishes are requests with methods
//! of our own (`X-ANSWER`, `X-HOLD` …) in the call that is meant; tests/asterisk/sipp has a branch for each.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use devhost::world::PATIENCE;
use tokio::net::UdpSocket;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::sip::{Message, Way};

/// How long SIPp may take to do as it was told before it is told again: it drops what comes between two of its steps.
const AGAIN: Duration = Duration::from_millis(50);

/// The largest UDP datagram.
const DATAGRAM: usize = 65_535;

/// A phone's line. Closed when dropped.
pub(crate) struct Relay {
    shared: Arc<Shared>,
    passing: [JoinHandle<()>; 2],
}

struct Shared {
    /// Faces Asterisk.
    outside: UdpSocket,
    /// Faces SIPp.
    inside: UdpSocket,
    asterisk: SocketAddr,
    state: Mutex<State>,
    seen: watch::Sender<usize>,
}

#[derive(Default)]
struct State {
    messages: Vec<Arc<Message>>,
    /// The SIPp process that has the call.
    owners: HashMap<String, SocketAddr>,
    /// The processes for calls that come in, and for texts.
    callee: Option<SocketAddr>,
    texts: Option<SocketAddr>,
    told: u32,
}

impl Relay {
    pub(crate) async fn new(asterisk_port: u16) -> Self {
        let any = (Ipv4Addr::LOCALHOST, 0);
        let shared = Arc::new(Shared {
            outside: UdpSocket::bind(any).await.expect("a socket"),
            inside: UdpSocket::bind(any).await.expect("a socket"),
            asterisk: (Ipv4Addr::LOCALHOST, asterisk_port).into(),
            state: Mutex::default(),
            seen: watch::Sender::new(0),
        });
        let inwards = tokio::spawn(shared.clone().pass_in());
        let outwards = tokio::spawn(shared.clone().pass_out());
        Self {
            shared,
            passing: [inwards, outwards],
        }
    }

    /// Where SIPp finds its "Asterisk".
    pub(crate) fn port(&self) -> u16 {
        self.shared.inside.local_addr().expect("it is bound").port()
    }

    /// Says which processes take the calls and the texts that come in.
    pub(crate) fn set_ports(&self, callee: u16, texts: u16) {
        let mut state = self.shared.state();
        state.callee = Some((Ipv4Addr::LOCALHOST, callee).into());
        state.texts = Some((Ipv4Addr::LOCALHOST, texts).into());
    }

    /// How many messages went by.
    pub(crate) fn place(&self) -> usize {
        self.shared.state().messages.len()
    }

    /// The latest message that fits.
    pub(crate) fn last(&self, fits: impl Fn(&Message) -> bool) -> Option<Arc<Message>> {
        let state = self.shared.state();
        state.messages.iter().rfind(|m| fits(m)).cloned()
    }

    /// Waits for a message from `place` on, and answers it and the place behind it.
    pub(crate) async fn wait(
        &self,
        what: &str,
        place: usize,
        fits: impl Fn(&Message) -> bool,
    ) -> (Arc<Message>, usize) {
        let waiting = self.next(place, fits);
        let found = tokio::time::timeout(PATIENCE, waiting).await;
        found.unwrap_or_else(|_| panic!("waited in vain for {what}; {}", self.story(place)))
    }

    /// Sends SIPp a request in the call of `invite`, until `effect` goes out; answers the place behind that.
    pub(crate) async fn tell(
        &self,
        invite: &Message,
        method: &str,
        more: &str,
        effect: impl Fn(&Message) -> bool,
    ) -> usize {
        let place = self.place();
        let telling = async {
            loop {
                self.send(invite, method, more).await;
                let seen = self.next(place, |m| {
                    m.way == Way::Out && m.call_id() == invite.call_id() && effect(m)
                });
                if let Ok((_, place)) = tokio::time::timeout(AGAIN, seen).await {
                    return place;
                }
            }
        };
        let done = tokio::time::timeout(PATIENCE, telling).await;
        done.unwrap_or_else(|_| panic!("SIPp does not {method}; {}", self.story(place)))
    }

    async fn send(&self, invite: &Message, method: &str, more: &str) {
        let (owner, told) = {
            let mut state = self.shared.state();
            state.told += 1;
            (state.owners.get(invite.call_id()).copied(), state.told)
        };
        // The INVITE's own headers, so that what SIPp copies from the last request fits the answer to the INVITE. The
        // number keeps SIPp from taking the second for the first, sent again.
        let mut text = format!("{method} sip:phone@127.0.0.1 SIP/2.0\r\n");
        for name in ["Via", "From", "To", "Call-ID", "CSeq"] {
            text += &format!("{name}: {}\r\n", invite.header(name));
        }
        text += &format!("{more}X-Number: {told}\r\nContent-Length: 0\r\n\r\n");
        let owner = owner.expect("a call that SIPp has");
        let sent = self.shared.inside.send_to(text.as_bytes(), owner).await;
        sent.expect("SIPp listens");
    }

    async fn next(&self, place: usize, fits: impl Fn(&Message) -> bool) -> (Arc<Message>, usize) {
        let mut seen = self.shared.seen.subscribe();
        let mut next = place;
        loop {
            seen.borrow_and_update();
            let new = self.shared.state().messages[next..].to_vec();
            if let Some(found) = new.iter().position(|m| fits(m)) {
                return (new[found].clone(), next + found + 1);
            }
            next += new.len();
            seen.changed().await.expect("we have the sender");
        }
    }

    fn story(&self, place: usize) -> String {
        let state = self.shared.state();
        let lines = state.messages[place..].iter().map(|m| {
            let start = m.text.lines().next().unwrap_or_default();
            let more = m.body().lines().next().unwrap_or_default();
            let (call, order) = (m.call_id(), m.header("CSeq"));
            format!("\n{:?} {start} ({call}, {order}) {more}", m.way)
        });
        format!("there went by:{}", lines.collect::<String>())
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.passing.iter().for_each(JoinHandle::abort);
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic while it was locked")
    }

    fn keep(&self, way: Way, datagram: &[u8]) -> Arc<Message> {
        let text = String::from_utf8_lossy(datagram).into_owned();
        let message = Arc::new(Message { way, text });
        self.state().messages.push(message.clone());
        message
    }

    async fn pass_in(self: Arc<Self>) {
        let mut buffer = vec![0; DATAGRAM];
        loop {
            // An error is what a port that is closed meanwhile sent back: the next datagram is none the worse.
            let Ok(length) = self.outside.recv(&mut buffer).await else {
                continue;
            };
            let message = self.keep(Way::In, &buffer[..length]);
            let to = {
                let mut state = self.state();
                let new = if message.is(Way::In, "MESSAGE") {
                    state.texts
                } else {
                    state.callee
                };
                let id = message.call_id();
                let owner = state.owners.get(id).copied().or(new);
                if let Some(owner) = owner {
                    state.owners.insert(id.to_owned(), owner);
                }
                owner
            };
            if let Some(to) = to {
                let _ = self.inside.send_to(&buffer[..length], to).await;
            }
            self.seen.send_modify(|count| *count += 1);
        }
    }

    async fn pass_out(self: Arc<Self>) {
        let mut buffer = vec![0; DATAGRAM];
        loop {
            let Ok((length, from)) = self.inside.recv_from(&mut buffer).await else {
                continue;
            };
            let message = self.keep(Way::Out, &buffer[..length]);
            let id = message.call_id().to_owned();
            self.state().owners.insert(id, from);
            let _ = self.outside.send_to(&buffer[..length], self.asterisk).await;
            self.seen.send_modify(|count| *count += 1);
        }
    }
}
