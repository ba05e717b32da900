//! Who has an account: rounds over the server's list, compared with the table.
//!
//! No clock and no I/O: times are given, as the time since any moment that stays.
//!
//! The list comes in pages that shift while accounts come and go, so a round may meet someone twice, or never. Whoever a
//! round did not meet is asked for singly before they are taken as gone. Hooks tell of new and deactivated accounts
//! at once; the rounds notice the rest: another address, an account that was activated again, a hook that got lost.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use super::Table;
use crate::host::{Account, HostError, HostErrorKind, MAX_ACCOUNTS_A_PAGE, UserId};

/// The pause between two pages of a round, after the first round. Profiles come whole, so a page costs the server much.
pub const PAGE_GAP: Duration = Duration::from_secs(7);

/// The same in the first round, which somebody waits for: 100,000 accounts take some ten seconds, as long as their statuses do.
pub const FIRST_PAGE_GAP: Duration = Duration::from_millis(10);

/// How long it is from the beginning of one round to that of the next, at least: a small server's new addresses are
/// noticed within about a minute. A round of 100,000 accounts takes an hour.
pub const ROUND_PERIOD: Duration = Duration::from_secs(60);

/// The most pages of a round: a million accounts. A server that answers full pages for ever ends here.
pub const MAX_PAGES: u32 = 5_000;

/// The most accounts that wait to be asked for singly. Those beyond it are asked for after the next round, or hinted at again.
pub const MAX_SINGLES: usize = 10_000;

/// How often a single account is asked for while the server cannot give it. Then it is left, until a round or a hint asks for it
/// again.
pub const SINGLE_TRIES: u32 = 3;

/// How long the list may still have somebody after their account was deactivated: it may come from a replica of the database,
/// and a page may have been on its way.
pub const STALE: Duration = Duration::from_secs(30);

/// The state of the rounds.
#[derive(Debug, Default)]
pub struct Directory {
    /// The next page of the round that runs.
    page: Option<u32>,
    /// When the round that runs, or the last one, began.
    began: Option<Duration>,
    /// When the next page is due.
    due: Duration,
    rounds: u64,
    singles: VecDeque<UserId>,
    /// Singles that the server could not give, and how often it could not.
    again: VecDeque<(UserId, u32)>,
    /// Who is in either of them.
    waiting: HashSet<UserId>,
    /// Who was deactivated of late, and when.
    deactivated: HashMap<UserId, Duration>,
}

/// What a page was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Whether the table changed.
    pub changed: bool,
    /// When the round began that this page ended, and how many pages it was.
    pub round: Option<(Duration, u32)>,
}

impl Directory {
    /// When the next page is due; `None` while single accounts of the round before wait that were not asked for yet.
    #[must_use]
    pub fn due(&self) -> Option<Duration> {
        let waits = self.page.is_none() && !self.singles.is_empty();
        (!waits).then_some(self.due)
    }

    /// Whether all accounts were listed once.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.rounds > 0
    }

    /// The table is known to be complete from elsewhere, so that the next round is not the first.
    pub fn adopt(&mut self) {
        self.rounds = self.rounds.max(1);
    }

    /// Gives up the round that runs: another node has listed accounts meanwhile.
    pub fn begin_anew(&mut self, now: Duration) {
        self.page = None;
        self.due = now;
        self.singles.clear();
        self.again.clear();
        self.waiting.clear();
    }

    /// The page to ask for. Begins a round when none runs.
    pub fn next_page(&mut self, now: Duration, table: &mut Table) -> u32 {
        *self.page.get_or_insert_with(|| {
            self.began = Some(now);
            table.begin_listing();
            0
        })
    }

    /// Takes the answer for [`Directory::next_page`]: a page of [`MAX_ACCOUNTS_A_PAGE`], less on the last one.
    pub fn took_page(&mut self, now: Duration, accounts: &[Account], table: &mut Table) -> Taken {
        self.deactivated
            .retain(|_, since| now.saturating_sub(*since) < STALE);
        let mut taken = Taken::default();
        for account in accounts {
            if account.active && !self.deactivated.contains_key(&account.id) {
                taken.changed |= table.upsert(&account.id, &account.email);
            }
        }
        let pages = self.page.map_or(1, |page| page + 1);
        let last = accounts.len() < MAX_ACCOUNTS_A_PAGE as usize;
        if !last && pages < MAX_PAGES {
            self.page = Some(pages);
            self.due = if self.is_complete() {
                now + PAGE_GAP
            } else {
                now + FIRST_PAGE_GAP
            };
            return taken;
        }
        let began = self.began.unwrap_or(now);
        self.page = None;
        self.due = (now + PAGE_GAP).max(began + ROUND_PERIOD);
        self.rounds += 1;
        taken.round = Some((began, pages));
        if last {
            for user in table.missing() {
                self.ask_after(user);
            }
        } else {
            tracing::warn!(pages, "the server's list of accounts has no end");
        }
        taken
    }

    /// Asks for one account soon: a websocket of someone unknown. Not before all accounts were listed once, as they may just
    /// not have been met yet.
    pub fn ask(&mut self, user: &UserId) {
        if self.is_complete()
            && self.waiting.len() < MAX_SINGLES
            && self.waiting.insert(user.clone())
        {
            self.singles.push_front(user.clone());
        }
    }

    fn ask_after(&mut self, user: UserId) {
        if self.waiting.len() < MAX_SINGLES && self.waiting.insert(user.clone()) {
            self.singles.push_back(user);
        }
    }

    /// The account to ask for singly, if any is: those that failed come after all others.
    #[must_use]
    pub fn next_single(&self) -> Option<&UserId> {
        let again = || self.again.front().map(|(user, _)| user);
        self.singles.front().or_else(again)
    }

    /// Takes the answer for one account. True when the table changed. After an answer that may be another later the
    /// account is asked for again, [`SINGLE_TRIES`] times in all; any error leaves the person as they are.
    pub fn took_single(
        &mut self,
        now: Duration,
        user: &UserId,
        answer: &Result<Account, HostError>,
        table: &mut Table,
    ) -> bool {
        let failures = self.take_single(user);
        if answer.as_ref().is_err_and(HostError::is_transient) {
            if failures + 1 < SINGLE_TRIES {
                self.again.push_back((user.clone(), failures + 1));
            } else {
                self.waiting.remove(user);
            }
            return false;
        }
        self.waiting.remove(user);
        match answer {
            Ok(account) if account.active => {
                let stale = self.deactivated.get(user);
                let stale = stale.is_some_and(|since| now.saturating_sub(*since) < STALE);
                !stale && table.upsert(user, &account.email)
            }
            Ok(_) => table.remove(user),
            Err(error) if error.kind == HostErrorKind::NotFound => table.remove(user),
            Err(_) => false,
        }
    }

    /// Takes a single out of its queue, and answers how often it failed. It was the first, but others may have come
    /// before it.
    fn take_single(&mut self, user: &UserId) -> u32 {
        if let Some(at) = self.singles.iter().position(|waiting| waiting == user) {
            self.singles.remove(at);
            return 0;
        }
        let at = self.again.iter().position(|(waiting, _)| waiting == user);
        at.and_then(|at| self.again.remove(at))
            .map_or(0, |(_, failures)| failures)
    }

    /// An account was made, or is known to be active.
    pub fn created(&mut self, account: &Account, table: &mut Table) -> bool {
        self.deactivated.remove(&account.id);
        account.active && table.upsert(&account.id, &account.email)
    }

    /// An account was deactivated.
    pub fn deactivated(&mut self, user: &UserId, now: Duration, table: &mut Table) -> bool {
        if self.deactivated.len() < MAX_SINGLES {
            self.deactivated.insert(user.clone(), now);
        }
        table.remove(user)
    }
}
