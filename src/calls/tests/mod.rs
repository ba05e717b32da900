//! Calls as people have them, over a PBX and a server that do as they are told.

mod calling;
mod controls;
mod logs;
mod others;
mod targets;
mod told;
mod voicemail;

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::mpsc;
use tokio::time::sleep;

use super::*;
use crate::board::{Device, Name};
use crate::config::{DialPatterns, NumbersUsers};
use crate::host::{ChannelId, HostError, HostErrorKind, Pending, Person, PostId, TeamId, UserId};
use crate::language::Language;

/// A server with a few people.
#[derive(Default)]
struct Server {
    people: Mutex<HashMap<String, Person>>,
    messages: Mutex<Vec<Message>>,
    store: Mutex<HashMap<String, Vec<u8>>>,
    /// What the next reads of the store answer instead of what is there: a replica that lags behind.
    stale: Mutex<VecDeque<Option<Vec<u8>>>>,
    /// While it is something, everything fails like this.
    down: Mutex<Option<HostErrorKind>>,
    /// Whose messages fail for the time being.
    unlucky: Mutex<Option<UserId>>,
    delay: Mutex<Duration>,
    /// Calls that came, those that failed included.
    attempts: AtomicUsize,
    lookups: AtomicUsize,
    /// So many of the next messages are made, and their answers get lost.
    lost_answers: AtomicUsize,
}

/// A direct message, with everything that it said.
#[derive(Clone, Debug)]
struct Message {
    to: String,
    texts: Vec<String>,
    pending: Pending,
}

impl Server {
    async fn answer<T>(&self, answer: impl FnOnce() -> T) -> Result<T, HostError> {
        self.attempts.fetch_add(1, Ordering::Relaxed);
        let delay = *lock(&self.delay);
        if !delay.is_zero() {
            sleep(delay).await;
        }
        match *lock(&self.down) {
            Some(kind) => Err(HostError {
                kind,
                message: "down on purpose".to_owned(),
            }),
            None => Ok(answer()),
        }
    }

    fn goes_down(&self, kind: HostErrorKind) {
        *lock(&self.down) = Some(kind);
    }

    fn comes_back(&self) {
        *lock(&self.down) = None;
    }

    fn messages(&self) -> Vec<Message> {
        lock(&self.messages).clone()
    }

    /// What the only message says now.
    fn said(&self) -> String {
        let messages = self.messages();
        assert_eq!(messages.len(), 1, "{messages:?}");
        messages[0].texts.last().expect("a text").clone()
    }
}

impl Messages for Server {
    async fn send_message(
        &self,
        to: &UserId,
        message: crate::host::Message,
        pending: Pending,
    ) -> Result<PostId, HostError> {
        let text = message.text;
        if lock(&self.unlucky).as_ref() == Some(to) {
            return Err(HostError::transient("this person is out of luck"));
        }
        let send = || {
            let mut messages = lock(&self.messages);
            let made = messages.iter().position(|made| made.pending == pending);
            let at = made.unwrap_or_else(|| {
                messages.push(Message {
                    to: to.as_str().to_owned(),
                    texts: vec![text],
                    pending,
                });
                messages.len() - 1
            });
            PostId::from(at.to_string())
        };
        let made = self.answer(send).await?;
        let lose = |left: usize| left.checked_sub(1);
        let lost = &self.lost_answers;
        match lost.fetch_update(Ordering::Relaxed, Ordering::Relaxed, lose) {
            Ok(_) => Err(HostError::transient("the answer got lost")),
            Err(_) => Ok(made),
        }
    }

    async fn change_message(
        &self,
        post: &PostId,
        message: crate::host::Message,
    ) -> Result<(), HostError> {
        let text = message.text;
        let at: usize = post.as_str().parse().expect("a message's number");
        let change = || {
            let texts = &mut lock(&self.messages)[at].texts;
            if texts.last() != Some(&text) {
                texts.push(text);
            }
        };
        self.answer(change).await
    }
}

fn no_such(what: &str) -> HostError {
    HostError::from_status(404, format!("no {what}"))
}

impl Directory for Server {
    async fn team_by_name(&self, name: &str) -> Result<TeamId, HostError> {
        Err(no_such(name))
    }

    async fn channel_by_name(&self, _: &TeamId, name: &str) -> Result<ChannelId, HostError> {
        Err(no_such(name))
    }

    async fn user_by_mail(&self, mail: &str) -> Result<Person, HostError> {
        Err(no_such(mail))
    }

    async fn user_by_name(&self, name: &str) -> Result<Person, HostError> {
        self.lookups.fetch_add(1, Ordering::Relaxed);
        let found = self
            .answer(|| lock(&self.people).get(name).cloned())
            .await?;
        found.ok_or_else(|| no_such(name))
    }
}

impl Store for Server {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, HostError> {
        let stale = lock(&self.stale).pop_front();
        self.answer(|| stale.unwrap_or_else(|| lock(&self.store).get(key).cloned()))
            .await
    }

    async fn compare_and_set(
        &self,
        key: &str,
        old: Option<&[u8]>,
        value: Option<&[u8]>,
    ) -> Result<bool, HostError> {
        let set = || {
            let mut store = lock(&self.store);
            let is_there = store.get(key).map(Vec::as_slice) == old;
            if is_there {
                match value {
                    Some(value) => drop(store.insert(key.to_owned(), value.to_owned())),
                    None => drop(store.remove(key)),
                }
            }
            is_there
        };
        self.answer(set).await
    }
}

/// A PBX that takes every order, or refuses each. What becomes of a call is the test's.
#[derive(Default)]
struct Exchange {
    calls: Mutex<Vec<(NewCall, Option<mpsc::Sender<Progress>>)>>,
    texts: Mutex<Vec<TextMessage>>,
    agents: Mutex<Vec<AgentRequest>>,
    extensions: Mutex<Vec<Extension>>,
    announced: Mutex<Vec<(Dial, Code)>>,
    dnd: Mutex<Vec<(Dial, bool)>>,
    orders: Mutex<Vec<(CallKey, Order)>>,
    refusal: Mutex<Option<Refusal>>,
    delay: Mutex<Duration>,
}

impl Exchange {
    async fn answer<T>(&self, answer: T) -> Result<T, Refusal> {
        let delay = *lock(&self.delay);
        if !delay.is_zero() {
            sleep(delay).await;
        }
        lock(&self.refusal).clone().map_or(Ok(answer), Err)
    }

    /// What becomes of a call, by its place.
    fn tell(&self, call: usize, progress: Progress) {
        let calls = lock(&self.calls);
        let sender = calls[call].1.as_ref().expect("it is not hung up");
        sender.try_send(progress).expect("it is followed");
    }

    /// Nothing more comes of a call.
    fn drop_call(&self, call: usize) {
        lock(&self.calls)[call].1 = None;
    }

    fn orders(&self) -> Vec<NewCall> {
        let calls = lock(&self.calls);
        calls.iter().map(|(call, _)| call.clone()).collect()
    }
}

impl Pbx for Exchange {
    async fn originate(&self, call: NewCall) -> Result<mpsc::Receiver<Progress>, Refusal> {
        let (sender, receiver) = mpsc::channel(16);
        lock(&self.calls).push((call, Some(sender)));
        self.answer(receiver).await
    }

    async fn send_text(&self, message: TextMessage) -> Result<usize, Refusal> {
        let parts = message.text.len().div_ceil(1_000);
        lock(&self.texts).push(message);
        self.answer(parts).await
    }

    async fn agent(&self, request: AgentRequest) -> Result<Vec<Name>, Refusal> {
        let queues = request.queue.clone().map_or_else(
            || vec![Arc::from("sales"), Arc::from("support")],
            |q| vec![q],
        );
        lock(&self.agents).push(request);
        self.answer(queues).await
    }

    async fn announce(&self, to: &Dial, code: Code) -> Result<(), Refusal> {
        lock(&self.announced).push((to.clone(), code));
        self.answer(()).await
    }

    async fn set_dnd(&self, extension: &Dial, on: bool) -> Result<(), NotSwitched> {
        lock(&self.dnd).push((extension.clone(), on));
        Ok(self.answer(()).await?)
    }

    fn controls(&self) -> Vec<Control> {
        Control::ALL.to_vec()
    }

    async fn control(&self, call: CallKey, order: Order) -> Result<Option<Arc<str>>, Refusal> {
        let space = (order == Order::Park).then(|| Arc::from("701"));
        lock(&self.orders).push((call, order));
        self.answer(space).await
    }

    fn ringing(&self, call: &CallKey) -> Result<Ringing, Refusal> {
        Ok(Ringing {
            channel: format!("PJSIP/{}-1", call.line).into(),
            extension: Dial::new("6002").expect("a number"),
        })
    }

    fn listing(&self) -> Listing {
        Listing {
            extensions: lock(&self.extensions).clone(),
            complete: true,
        }
    }
}

fn person(username: &str, display_name: &str) -> Person {
    Person {
        id: UserId::from(format!("id-{username}")),
        username: username.into(),
        display_name: display_name.into(),
        language: crate::language::Language::English,
        time_zone: "".into(),
        guest: false,
        admin: false,
        deactivated: false,
    }
}

fn alice() -> Person {
    person("alice", "Alice Smith")
}

fn rules() -> CallRules {
    CallRules {
        extensions: DialPatterns::parse("6XXX").0,
        outside: DialPatterns::parse("0[1-9]., 00.").0,
        outside_prefix: "9".to_owned(),
        international_prefix: "00".to_owned(),
        context: "from-internal".to_owned(),
        calls_per_minute: 3,
        numbers: NumbersUsers::parse(
            "6001:alice, 6002:@Bob, 6003:bob2, desk-4:eve, 0140404040:zoe, 6005:Max Power, 7001:old",
        )
        .0,
    }
}

type Office = (Arc<Calls<Server, Exchange>>, Arc<Server>, Arc<Exchange>);

/// Calls under [`rules`], with a server that knows these people.
async fn office_of(people: &[(&str, &str)]) -> Office {
    let server = Arc::new(Server::default());
    for (username, display_name) in people {
        let person = person(username, display_name);
        lock(&server.people).insert((*username).to_owned(), person);
    }
    let exchange = Arc::new(Exchange::default());
    let calls = Calls::new(Arc::clone(&server), Arc::clone(&exchange));
    calls.configure(Some(rules()));
    // Names are read in the background.
    sleep(Duration::from_secs(2)).await;
    server.attempts.store(0, Ordering::Relaxed);
    server.lookups.store(0, Ordering::Relaxed);
    (calls, server, exchange)
}

async fn office() -> Office {
    office_of(&[
        ("alice", "Alice Smith"),
        ("bob", "Bob Miller"),
        ("bob2", "Bob Miller"),
        ("eve", "Eve_*Adams*"),
        ("max", "Max Power"),
        ("joe", "Joe Doe"),
    ])
    .await
}

/// Lets everything happen that waits for nothing but its turn: time, which stands still in these tests, goes on once nobody has
/// anything to do.
async fn settle() {
    sleep(Duration::from_millis(1)).await;
}

fn denied<T: std::fmt::Debug>(result: Result<T, Denied>) -> (DeniedKind, String) {
    let denied = result.expect_err("it is denied");
    (denied.kind(), denied.sentence(Language::English))
}
