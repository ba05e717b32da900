//! What people ask for until it is confirmed, by a code or by an admin.

use std::time::Duration;

use super::record::{Ask, Way, ask_key};
use super::{
    Asked, CODE_FOR, DECIDE_WITHIN, Links, MAX_OWN_LINKS, MAX_WRONG_CODES, NotLinked, Shared, whose,
};
use crate::board::Timestamp;
use crate::calls::Code;
use crate::config::NumbersUsers;
use crate::host::{Channels, HostError, Members, Person, PostId, Records, UserId};
use crate::store::{self, RecordError};

impl<H: Channels + Members + Records + Send + Sync + 'static> Links<H> {
    /// Somebody wants this number, and shall give a code that is shown there: whether they may, and then the code.
    ///
    /// # Errors
    ///
    /// See [`NotLinked`].
    pub async fn ask_code(
        &self,
        person: &Person,
        number: &str,
        numbers: &NumbersUsers,
    ) -> Result<Code, NotLinked> {
        self.may_ask(person, number, numbers)?;
        let code = Code::new(random()?);
        let until = self.after(CODE_FOR);
        let ask = Ask::by_code(number, code, MAX_WRONG_CODES, until);
        self.replace_ask(&person.id, Some(ask)).await?;
        self.shared.codes.shows(&person.id, number);
        Ok(code)
    }

    /// The same for an admin to decide about: what the buttons bring along, and what the one before asked for, if there was one.
    ///
    /// # Errors
    ///
    /// See [`NotLinked`].
    pub async fn ask_admin(
        &self,
        person: &Person,
        number: &str,
        numbers: &NumbersUsers,
    ) -> Result<(String, Option<Asked>), NotLinked> {
        self.may_ask(person, number, numbers)?;
        let token = format!("{:08x}{:08x}", random()?, random()?);
        let until = self.after(DECIDE_WITHIN);
        let ask = Ask::by_admin(number, &token, until);
        let before = self.replace_ask(&person.id, Some(ask)).await?;
        Ok((token, before.map(asked)))
    }

    /// These messages went to admins. Answers whether it is still asked for.
    ///
    /// # Errors
    ///
    /// See [`NotLinked`].
    pub async fn told_admins(
        &self,
        user: &UserId,
        token: &str,
        told: &[(UserId, PostId)],
    ) -> Result<bool, NotLinked> {
        let told: Vec<_> = told
            .iter()
            .map(|(admin, post)| (admin.as_str().to_owned(), post.as_str().to_owned()))
            .collect();
        let change = |ask: Option<Ask>| {
            let Some(mut ask) = ask else {
                return (None, false);
            };
            let mut same = false;
            if let Way::Admin {
                token: own, posts, ..
            } = &mut ask.way
                && own == token
            {
                posts.clone_from(&told);
                same = true;
            }
            (Some(ask), same)
        };
        Ok(store::change(&*self.shared.host, &ask_key(user), change).await?)
    }

    /// What somebody asked for and is still to be confirmed: the number, and whether an admin decides.
    ///
    /// # Errors
    ///
    /// See [`NotLinked`].
    pub async fn asked(&self, user: &UserId) -> Result<Option<(String, bool)>, NotLinked> {
        let ask = store::load::<Option<Ask>>(&*self.shared.host, &ask_key(user))
            .await
            .map_err(NotLinked::NotStored)?;
        let now = (self.shared.clock)();
        let pending = ask.flatten().filter(|ask| ask.until > now.0);
        Ok(pending.map(|ask| (ask.number, matches!(ask.way, Way::Admin { .. }))))
    }

    /// The number for which somebody was to give a code, be it too late by now or not.
    ///
    /// # Errors
    ///
    /// See [`NotLinked`].
    pub async fn awaits_code(&self, user: &UserId) -> Result<Option<String>, NotLinked> {
        let ask = store::load::<Option<Ask>>(&*self.shared.host, &ask_key(user))
            .await
            .map_err(NotLinked::NotStored)?;
        let code = ask
            .flatten()
            .filter(|ask| matches!(ask.way, Way::Code { .. }));
        Ok(code.map(|ask| ask.number))
    }

    /// Somebody gives a code. With the right one the number is theirs.
    ///
    /// # Errors
    ///
    /// See [`NotLinked`].
    pub async fn confirm(
        &self,
        person: &Person,
        given: &str,
        numbers: &NumbersUsers,
    ) -> Result<String, NotLinked> {
        let now = (self.shared.clock)();
        let change = |ask: Option<Ask>| {
            let Some(mut ask) = ask else {
                return (None, Err(NotLinked::NotAsked));
            };
            let Way::Code { code, left } = &mut ask.way else {
                return (Some(ask), Err(NotLinked::NotAsked));
            };
            if ask.until <= now.0 || *left == 0 {
                return (Some(ask), Err(NotLinked::TooLate));
            }
            if code != given {
                *left -= 1;
                let left = *left;
                return (Some(ask), Err(NotLinked::WrongCode(left)));
            }
            let number = ask.number.clone();
            (Some(ask), Ok(number))
        };
        let key = ask_key(&person.id);
        let number = store::change(&*self.shared.host, &key, change).await??;
        match self.add(person, &number, numbers).await {
            // It was linked by this code, and what follows here failed.
            Ok(()) | Err(NotLinked::Own) => {}
            // The code may be given once more.
            Err(why) => return Err(why),
        }
        let done = |ask: &Ask| matches!(&ask.way, Way::Code { code, .. } if code == given);
        if let Err(error) = self.shared.take_ask(&person.id, done).await {
            tracing::info!(%error, "a code that linked a number counts until its time is over");
        }
        Ok(number)
    }

    /// An admin decides, by the token of a button. It can be decided once, but approved until the number is linked: the caller links
    /// it with [`Links::add`], and says so with [`Links::decided`] once that is done or can never be.
    ///
    /// # Errors
    ///
    /// [`NotLinked::NotAsked`] where it was decided, withdrawn, or never asked for; [`NotLinked::TooLate`]; [`NotLinked::NotStored`].
    pub async fn decide(
        &self,
        user: &UserId,
        token: &str,
        approves: bool,
    ) -> Result<Asked, NotLinked> {
        let now = (self.shared.clock)();
        let change = |ask: Option<Ask>| {
            let Some(mut ask) = ask else {
                return (None, Err(NotLinked::NotAsked));
            };
            match &mut ask.way {
                Way::Admin { token: own, .. } if own != token => {
                    (Some(ask), Err(NotLinked::NotAsked))
                }
                Way::Admin { .. } if ask.until <= now.0 => (Some(ask), Err(NotLinked::TooLate)),
                Way::Admin { approved, .. } if approves => {
                    *approved = true;
                    let asked = asked(ask.clone());
                    (Some(ask), Ok(asked))
                }
                Way::Admin {
                    approved: false, ..
                } => (None, Ok(asked(ask))),
                // Another admin approved it already, or a code is awaited.
                Way::Admin { .. } | Way::Code { .. } => (Some(ask), Err(NotLinked::NotAsked)),
            }
        };
        store::change(&*self.shared.host, &ask_key(user), change).await?
    }

    /// What an admin approved is done. Answers whether nobody said so before: of several admins who approve at once, one does.
    ///
    /// # Errors
    ///
    /// The server did not store it. The buttons can then be pressed again until their time is over, and change nothing.
    pub async fn decided(&self, user: &UserId, token: &str) -> Result<bool, NotLinked> {
        let is_it = |ask: &Ask| matches!(&ask.way, Way::Admin { token: own, .. } if own == token);
        Ok(self.shared.take_ask(user, is_it).await?)
    }

    /// What was asked for is not wanted any more.
    ///
    /// # Errors
    ///
    /// The server did not store it.
    pub async fn withdraw(&self, user: &UserId) -> Result<(), NotLinked> {
        self.replace_ask(user, None).await.map(drop)
    }

    fn after(&self, time: Duration) -> Timestamp {
        (self.shared.clock)().after(time.as_millis() as u64)
    }

    fn may_ask(
        &self,
        person: &Person,
        number: &str,
        numbers: &NumbersUsers,
    ) -> Result<(), NotLinked> {
        whose(person, number, numbers)?;
        {
            let state = self.shared.state();
            let own = state
                .links
                .iter()
                .filter(|link| link.user == person.id.as_str());
            if own.count() >= MAX_OWN_LINKS {
                return Err(NotLinked::TooManyOwn);
            }
        }
        let shared = &self.shared;
        shared
            .people
            .count(person.id.as_str())
            .map_err(NotLinked::TooOften)?;
        // One number has several forms; those with other beginnings count together.
        let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
        let end: String = digits[digits.len().saturating_sub(6)..].iter().collect();
        shared.numbers.count(&end).map_err(|wait| {
            // It was not asked for.
            shared.people.give_back(person.id.as_str());
            NotLinked::TooOften(wait)
        })
    }

    async fn replace_ask(&self, user: &UserId, ask: Option<Ask>) -> Result<Option<Ask>, NotLinked> {
        let change = |before: Option<Ask>| (ask.clone(), before);
        let before = store::change(&*self.shared.host, &ask_key(user), change).await?;
        self.shared.codes.over(user);
        Ok(before)
    }
}

impl<H: Records> Shared<H> {
    /// Removes what somebody asked for, if that is it. Answers whether it was.
    async fn take_ask(
        &self,
        user: &UserId,
        is_it: impl Fn(&Ask) -> bool,
    ) -> Result<bool, RecordError> {
        let change = |ask: Option<Ask>| match ask {
            Some(ask) if is_it(&ask) => (None, true),
            other => (other, false),
        };
        let taken = store::change(&*self.host, &ask_key(user), change).await?;
        if taken {
            self.codes.over(user);
        }
        Ok(taken)
    }
}

pub(super) fn asked(ask: Ask) -> Asked {
    Asked {
        posts: ask.posts(),
        number: ask.number,
    }
}

/// A number that nobody can guess.
fn random() -> Result<u32, NotLinked> {
    getrandom::u32().map_err(|_| {
        let what = "the system gives no random numbers";
        NotLinked::NotStored(HostError::transient(what))
    })
}
