//! Who the people on the lines are, and what each of them chose.

mod choice;
mod known;
mod links;
mod name;
mod phone_timers;
mod preferences;

pub(crate) use choice::Choice;
pub use links::{
    ASK_WINDOW, Asked, CODE_FOR, CodesShown, DECIDE_WITHIN, InForce, Links, MAX_ASKS,
    MAX_ASKS_FOR_NUMBER, MAX_LINKS, MAX_OWN_LINKS, MAX_WRONG_CODES, NotLinked, without_codes,
};
pub(crate) use name::{fold, is_username};
pub use phone_timers::{MAX_TIMERS, Noted, PhoneTimers};
pub use preferences::{CallStatus, Preferences};

use std::sync::Arc;
use std::time::Duration;

use crate::board::Name;
use crate::host::{Directory, HostError, HostErrorKind, Person, Records, UserId};
use crate::store::RecordError;
use known::Known;

/// How long it is believed who a line's name is. People rename themselves, and choose another language.
const BELIEVED_FOR: Duration = Duration::from_secs(60);

/// How long it is believed that nobody has a line's name.
const NOBODY_FOR: Duration = Duration::from_secs(60);

/// How long it is believed what somebody chose: another node of a cluster may have stored something else.
const CHOICE_FOR: Duration = Duration::from_secs(5 * 60);

/// The people on the lines. Every method may be called from several tasks at once; of those who ask for the same at once, one asks the
/// server.
#[derive(Debug)]
pub struct People<H> {
    host: Arc<H>,
    names: Known<Box<str>, Option<Person>>,
    preferences: Known<UserId, Arc<Preferences>>,
}

impl<H: Directory + Records> People<H> {
    /// Nobody is known yet.
    #[must_use]
    pub fn new(host: Arc<H>) -> Self {
        Self {
            host,
            names: Known::default(),
            preferences: Known::default(),
        }
    }

    /// Who a line's name is: the person with this user name, in any case and with an `@` or not, unless their account is deactivated.
    /// Someone who was renamed is found under their new name, once what is believed of names is over.
    ///
    /// # Errors
    ///
    /// The server did not tell; that there is nobody of that name is none.
    pub async fn of(&self, name: &Name) -> Result<Option<Person>, HostError> {
        let folded = fold(name);
        if !is_username(&folded) {
            return Ok(None);
        }
        let look = || async {
            match self.host.user_by_name(&folded).await {
                Ok(person) => Ok(Some(person).filter(|person| !person.deactivated)),
                Err(error) if error.kind == HostErrorKind::NotFound => Ok(None),
                Err(error) => Err(error),
            }
        };
        let believed = |found: &Option<Person>| match found {
            Some(_) => BELIEVED_FOR,
            None => NOBODY_FOR,
        };
        let key = folded.clone().into_boxed_str();
        self.names.get(key, look, believed).await
    }

    /// What somebody chose.
    ///
    /// # Errors
    ///
    /// The store did not tell. A damaged record counts as none: its owner chooses again.
    pub async fn preferences(&self, user: &UserId) -> Result<Arc<Preferences>, HostError> {
        let look = || async {
            let key = preferences::key(user);
            let stored = crate::store::load_or_default(&*self.host, &key).await;
            stored.map(Arc::new)
        };
        let known = &self.preferences;
        known.get(user.clone(), look, |_| CHOICE_FOR).await
    }

    /// Stores what somebody chooses, and answers all that they chose by now. `choose` gets what is stored, not what is believed, so that
    /// of two who choose at once neither undoes what the other chose; it may be asked several times, each time anew. A damaged record
    /// counts as none.
    ///
    /// # Errors
    ///
    /// It is not known to be stored.
    pub async fn choose(
        &self,
        user: &UserId,
        mut choose: impl FnMut(&mut Preferences),
    ) -> Result<Arc<Preferences>, HostError> {
        let key = preferences::key(user);
        let store = move || async move {
            let mut made = |mut stored: Preferences| {
                choose(&mut stored);
                (stored.clone(), stored)
            };
            let stored = crate::store::change(&*self.host, &key, &mut made).await;
            stored.map(Arc::new).map_err(RecordError::into_host)
        };
        self.preferences.make(user, CHOICE_FOR, store).await
    }

    /// Somebody's account was deactivated, or changed: what is known of them is asked for again. What they chose stays stored, because
    /// accounts come back.
    pub fn forget(&self, user: &UserId) {
        let is = |person: &Option<Person>| person.as_ref().is_some_and(|person| person.id == *user);
        self.names.forget(|_, person| is(person));
        self.preferences.forget(|other, _| other == user);
    }

    /// Somebody new may have a name that was nobody's.
    pub fn created(&self, username: &str) {
        let folded = fold(username);
        self.names.forget(|name, _| **name == *folded);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::host::fake::{FakeServer, lock};

    fn people() -> (People<FakeServer>, FakeServer) {
        let server = FakeServer::default();
        (People::new(Arc::new(server.clone())), server)
    }

    async fn who(people: &People<FakeServer>, name: &str) -> Option<String> {
        let person = people.of(&Arc::from(name)).await.expect("an answer");
        person.map(|person| person.id.as_str().to_owned())
    }

    fn lookups(server: &FakeServer) -> usize {
        let calls = lock(&server.0.calls);
        calls.iter().filter(|call| **call == "user_by_name").count()
    }

    #[tokio::test(start_paused = true)]
    async fn a_name_is_the_same_with_capitals_and_an_at_sign() {
        let (people, server) = people();
        server.person("bob");
        for name in ["bob", "Bob", "@BOB", " bob "] {
            assert_eq!(
                who(&people, name).await.as_deref(),
                Some("id-bob"),
                "{name}"
            );
        }
        assert_eq!(lookups(&server), 1);
        for name in ["Bob Miller", "", "@", "+49 30 1234", &"b".repeat(65)] {
            assert_eq!(who(&people, name).await, None, "{name}");
        }
        assert_eq!(lookups(&server), 1, "none of these can be a user name");
    }

    #[tokio::test(start_paused = true)]
    async fn many_who_ask_for_one_ask_the_server_once() {
        let (people, server) = people();
        server.person("bob");
        server.slow(Duration::from_millis(300));
        let all = (0..1000).map(|_| who(&people, "bob"));
        let all = futures_util::future::join_all(all).await;
        assert!(all.iter().all(|id| id.as_deref() == Some("id-bob")));
        assert_eq!(lookups(&server), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_renamed_has_the_new_name_soon() {
        let (people, server) = people();
        let bob = server.person("bob");
        assert_eq!(who(&people, "robert").await, None);
        assert_eq!(who(&people, "bob").await.as_deref(), Some("id-bob"));
        {
            let mut all = lock(&server.0.people);
            all.remove("bob");
            let username = "robert".into();
            all.insert("robert".to_owned(), Person { username, ..bob });
        }
        tokio::time::advance(NOBODY_FOR).await;
        assert_eq!(who(&people, "robert").await.as_deref(), Some("id-bob"));
        tokio::time::advance(BELIEVED_FOR).await;
        assert_eq!(who(&people, "bob").await, None);
        assert_eq!(who(&people, "robert").await.as_deref(), Some("id-bob"));
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_deactivated_is_nobody_at_once() {
        let (people, server) = people();
        let bob = server.person("bob");
        assert!(who(&people, "bob").await.is_some());
        lock(&server.0.people)
            .get_mut("bob")
            .expect("bob")
            .deactivated = true;
        people.forget(&bob.id);
        assert_eq!(who(&people, "bob").await, None);
        lock(&server.0.people)
            .get_mut("bob")
            .expect("bob")
            .deactivated = false;
        people.created("Bob");
        assert!(who(&people, "bob").await.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn what_somebody_chose_is_stored_and_read_again() {
        let (people, server) = people();
        let bob = server.person("bob").id;
        let defaults = people.preferences(&bob).await.expect("defaults");
        assert_eq!(*defaults, Preferences::default());
        let chosen = Preferences {
            show_other: true,
            ..Preferences::default()
        };
        let choose = |own: &mut Preferences| own.show_other = true;
        let stored = people.choose(&bob, choose).await.expect("stored");
        assert_eq!(*stored, chosen);
        assert_eq!(*people.preferences(&bob).await.expect("known"), chosen);
        let again = People::new(Arc::new(server.clone()));
        assert_eq!(*again.preferences(&bob).await.expect("stored"), chosen);

        server.fail("compare_and_set", HostErrorKind::Transient);
        assert!(
            people
                .choose(&bob, |own| own.show_other = false)
                .await
                .is_err()
        );
        assert_eq!(*people.preferences(&bob).await.expect("stored"), chosen);
    }

    /// What another node of a cluster stored holds here, too, a while later.
    #[tokio::test(start_paused = true)]
    async fn what_was_stored_elsewhere_is_read_in_a_while() {
        let (people, server) = people();
        let bob = server.person("bob").id;
        people.preferences(&bob).await.expect("defaults");
        let other = People::new(Arc::new(server.clone()));
        let chosen = Preferences {
            missed_calls: false,
            ..Preferences::default()
        };
        let choose = |own: &mut Preferences| own.missed_calls = false;
        other.choose(&bob, choose).await.expect("stored");
        tokio::time::advance(CHOICE_FOR).await;
        assert_eq!(*people.preferences(&bob).await.expect("stored"), chosen);
    }

    /// Two forms and commands at once, or one after the other on two nodes of a cluster, each of which believes what it read before.
    #[tokio::test(start_paused = true)]
    async fn two_who_choose_do_not_undo_each_other() {
        let (people, server) = people();
        let bob = server.person("bob").id;
        let other = People::new(Arc::new(server.clone()));
        for people in [&people, &other] {
            people.preferences(&bob).await.expect("defaults");
        }
        server.slow(Duration::from_millis(300));
        let choose = |own: &mut Preferences| own.show_other = true;
        people.choose(&bob, choose).await.expect("stored");
        let (one, two) = tokio::join!(
            other.choose(&bob, |own| own.call_status = CallStatus::Away),
            people.choose(&bob, |own| own.missed_calls = false),
        );
        one.and(two).expect("both stored");
        let chosen = Preferences {
            show_other: true,
            call_status: CallStatus::Away,
            missed_calls: false,
            ..Preferences::default()
        };
        let again = People::new(Arc::new(server.clone()));
        assert_eq!(*again.preferences(&bob).await.expect("stored"), chosen);
    }

    #[tokio::test(start_paused = true)]
    async fn a_damaged_record_counts_as_none() {
        let (people, server) = people();
        let bob = server.person("bob").id;
        let key = preferences::key(&bob);
        lock(&server.0.store).insert(key, b"switchboard 1 x\n{}".to_vec());
        let read = people.preferences(&bob).await.expect("defaults");
        assert_eq!(*read, Preferences::default());
        let choose = |own: &mut Preferences| own.show_other = true;
        let chosen = people.choose(&bob, choose).await.expect("replaced");
        let again = People::new(Arc::new(server.clone()));
        assert_eq!(again.preferences(&bob).await, Ok(chosen));
    }
}
