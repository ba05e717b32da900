//! Conferences over a server in memory, by a clock that stands still.

mod hosts;
mod posts;
mod presence;

use tokio::time::{Instant, sleep};

use super::*;
use crate::config::{Bundle, Config};
use crate::host::fake::{FakeServer, lock};
use crate::host::{ChannelKind, Membership, Names};
use crate::people::People;

thread_local! {
    /// A test has a thread and a runtime of its own.
    static START: Instant = Instant::now();
}

/// A clock that stands still with tokio's.
fn clock() -> Timestamp {
    let since = START.with(Instant::elapsed);
    Timestamp(1_700_000_000_000).after(since.as_millis() as u64)
}

/// Lets every task do what it can do at this moment.
async fn settle() {
    sleep(Duration::from_millis(1)).await;
}

/// A server with alice, bob and eve, of whom the first two are in ~town, and the plugin.
struct House {
    server: FakeServer,
    video: Arc<Video<FakeServer>>,
    statuses: Arc<Statuses<FakeServer>>,
    alice: Person,
    bob: Person,
    eve: Person,
    town: ChannelId,
}

const PIN: &str = "0123";

impl House {
    async fn new(more: &str) -> Self {
        let server = FakeServer::default();
        let [alice, bob, eve] = ["alice", "bob", "eve"].map(|name| server.person(name));
        let town = server.place("town-square", ChannelKind::Team, &[&alice, &bob]);
        Self::over(server, [alice, bob, eve], town, more).await
    }

    async fn over(server: FakeServer, people: [Person; 3], town: ChannelId, more: &str) -> Self {
        let host = Arc::new(server.clone());
        let known = Arc::new(People::new(Arc::clone(&host)));
        let statuses = Arc::new(Statuses::start(Arc::clone(&host), known, clock));
        statuses.configure(true);
        let [alice, bob, eve] = people;
        let house = Self {
            video: Video::start(host, Arc::clone(&statuses), clock),
            statuses,
            server,
            alice,
            bob,
            eve,
            town,
        };
        house.set(more).await;
        house
    }

    /// Other settings hold from now on.
    async fn set(&self, more: &str) {
        let json = format!(r#"{{"node":"pexip.example.com","pin":"{PIN}"{more}}}"#);
        let config = Config::parse(Bundle::of("switchboard"), json.as_bytes());
        assert!(config.video.is_some());
        self.video.configure(config.video);
        settle().await;
    }

    async fn join(&self, person: &Person, tab: &str) -> Result<Joined, Refused> {
        self.join_at(person, tab, &self.town, false).await
    }

    async fn join_at(
        &self,
        person: &Person,
        tab: &str,
        channel: &ChannelId,
        take_over: bool,
    ) -> Result<Joined, Refused> {
        let join = Join {
            person,
            channel,
            tab,
            take_over,
        };
        self.video.join(join).await
    }

    /// Somebody joins and is in; answers by what.
    async fn enters(&self, person: &Person, tab: &str) -> String {
        let joined = self.join(person, tab).await.expect("let in");
        let joined = joined.participation;
        self.video.joined(&joined, &person.id).await.expect("in");
        settle().await;
        joined
    }

    /// The user names of those who are in, with blanks between them.
    fn people(&self) -> String {
        let state = self.video.state();
        let people = state.conferences.people(&self.town);
        let names: Vec<&str> = people.iter().map(|who| &*who.username).collect();
        names.join(" ")
    }

    fn says(&self, person: &Person) -> String {
        let custom = lock(&self.server.0.custom);
        let custom = custom.get(person.id.as_str());
        custom
            .map(|custom| format!(":{}: {}", custom.emoji, custom.text))
            .unwrap_or_default()
    }
}
