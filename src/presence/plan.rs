//! What to ask of the server next, and what its answers mean.
//!
//! No clock and no I/O: times are given, as the time since any moment that stays.

use std::collections::HashSet;
use std::time::Duration;

use super::directory::Directory;
use super::hints::Hints;
use super::house::House;
use super::schedule::{Lane, Load, Next, STATUSES_A_CALL, Schedule};
use super::table::Which;
use super::tally::{Done, Tally, Trouble};
use super::{NotReady, Status, Table};
use crate::host::{Account, HostError, UserId};

/// How often a server that keeps no statuses is asked whether it does now; and for how long its word that it does holds,
/// when it has none for anybody.
pub const SETTING_PERIOD: Duration = Duration::from_secs(30);

/// The longest time without a look at what is due.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// What to do next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Ask for these people's statuses.
    Statuses(Reading),
    /// Ask for this page of accounts.
    Page(u32),
    /// Ask for this account.
    Single(UserId),
    /// Ask whether the server keeps statuses.
    Setting,
    /// Nothing before then, unless something happens.
    Wait(Duration),
}

/// A call for statuses.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reading {
    lane: Lane,
    pub(super) ids: Vec<UserId>,
    /// Where the lane goes on when this one was read.
    cursor: usize,
    /// The table's head as it began: whoever changed later is not believed to be what this says.
    head: u64,
}

#[derive(Debug, Default)]
struct Cursors {
    all: usize,
    hot: usize,
    unknown: usize,
}

/// The plan.
#[derive(Debug)]
pub(super) struct Plan {
    schedule: Schedule,
    hints: Hints,
    directory: Directory,
    cursors: Cursors,
    /// Until everybody was listed and read once.
    first: bool,
    /// Until everybody was read again, after a time without statuses.
    stale: bool,
    /// The server keeps no statuses; when to ask again.
    off: Option<Duration>,
    /// When the server said that it does.
    on: Option<Duration>,
    pub(super) statuses: Trouble,
    pub(super) accounts: Trouble,
    /// Accounts asked for one by one: one of them that the server cannot give does not keep the list from being read.
    singles: Trouble,
    /// When the round of all began that runs, and its calls so far.
    round: Option<(Duration, u64)>,
    pub(super) tally: Tally,
    pub(super) house: House,
    strange_word: bool,
}

impl Plan {
    pub(super) fn new(calls_per_second: u32) -> Self {
        Self {
            schedule: Schedule::new(calls_per_second),
            hints: Hints::default(),
            directory: Directory::default(),
            cursors: Cursors::default(),
            first: true,
            stale: false,
            off: None,
            on: None,
            statuses: Trouble::default(),
            accounts: Trouble::default(),
            singles: Trouble::default(),
            round: None,
            tally: Tally::default(),
            house: House::default(),
            strange_word: false,
        }
    }

    pub(super) fn set_budget(&mut self, calls_per_second: u32) {
        self.schedule.set_budget(calls_per_second);
    }

    /// Why there are no pages.
    pub(super) fn not_ready(&self) -> Option<NotReady> {
        let failing = self.statuses.failing.is_some() || self.accounts.failing.is_some();
        match (self.off, self.first || self.stale) {
            (Some(_), _) => Some(NotReady::StatusesOff),
            (None, true) if failing => Some(NotReady::Failing),
            (None, true) => Some(NotReady::FirstRound),
            (None, false) => None,
        }
    }

    /// The table is a copy of another node's, and what that says of it: why it cannot be shown.
    pub(super) fn copied(&mut self, now: Duration, not_ready: Option<NotReady>) {
        match not_ready {
            None => {
                self.first = false;
                self.stale = false;
                self.off = None;
                self.directory.adopt();
            }
            Some(NotReady::StatusesOff) => {
                self.off = Some(now);
                self.stale = !self.first;
            }
            Some(NotReady::Off | NotReady::FirstRound | NotReady::Failing) => {
                self.off = None;
                self.stale = !self.first;
            }
        }
    }

    /// Another node reads from now on: what went wrong here is no longer of interest. A table that was read before
    /// the server stopped keeping statuses is shown again once that node's was copied.
    pub(super) fn give_up(&mut self) {
        self.stale |= self.off.take().is_some();
        self.forget_troubles();
    }

    /// This node reads from now on, as maybe another did before.
    pub(super) fn take_over(&mut self, now: Duration) {
        self.directory.begin_anew(now);
        self.cursors = Cursors::default();
        self.off = None;
        self.forget_troubles();
    }

    fn forget_troubles(&mut self) {
        self.round = None;
        self.statuses = Trouble::default();
        self.accounts = Trouble::default();
        self.singles = Trouble::default();
    }

    /// What to do while another node reads: nothing but to keep the house.
    pub(super) fn follow(&mut self, now: Duration, table: &mut Table) -> Step {
        self.house.forget(now, table);
        Step::Wait(now + LONGEST_WAIT)
    }

    /// What to do at the time `now`.
    pub(super) fn next(&mut self, now: Duration, table: &mut Table) -> Step {
        self.house.keep(now, table);
        if let Some(at) = self.off {
            return if at <= now {
                Step::Setting
            } else {
                Step::Wait(at)
            };
        }
        loop {
            let load = self.load(now, table);
            let page = self.directory.due().map(|due| due.max(self.accounts.until));
            let next = if now < self.statuses.until {
                Next::Wait(Some(self.statuses.until))
            } else {
                self.schedule.next(now, &load)
            };
            // While the first listing runs without pauses, whole pages of people are read in between.
            let first_listing = !self.directory.is_complete();
            let statuses_first = first_listing && matches!(next, Next::Call(_));
            if page.is_some_and(|due| due <= now) && !statuses_first {
                self.tally.account_calls += 1;
                return Step::Page(self.directory.next_page(now, table));
            }
            match next {
                Next::Call(lane) => {
                    if let Some(step) = self.call(lane, now, &load, table) {
                        return step;
                    }
                }
                Next::Wait(until) => {
                    let earliest = until.into_iter().chain(page).min();
                    let longest = now + LONGEST_WAIT;
                    return Step::Wait(earliest.map_or(longest, |at| at.min(longest)));
                }
            }
        }
    }

    fn load(&self, now: Duration, table: &Table) -> Load {
        let people = table.people();
        let unknown = people.unknown();
        let read_unknown =
            unknown >= STATUSES_A_CALL || (unknown > 0 && self.directory.is_complete());
        let single = self.directory.next_single().is_some();
        Load {
            people: people.listed,
            hot: people.hot(),
            hints: if read_unknown {
                Some(now)
            } else {
                self.hints.due()
            },
            singles: single && self.singles.until <= now,
            first: self.first,
        }
    }

    /// The call of that kind, unless there turns out to be nobody to ask for.
    fn call(&mut self, lane: Lane, now: Duration, load: &Load, table: &Table) -> Option<Step> {
        if lane == Lane::Single {
            let user = self.directory.next_single()?.clone();
            self.schedule.began(lane, now, load);
            self.tally.account_calls += 1;
            return Some(Step::Single(user));
        }
        let mut ids = Vec::new();
        let cursor = match lane {
            Lane::All => {
                let (cursor, anew) = gather(table, self.cursors.all, Which::All, &mut ids);
                // Whoever was left of the round that ran is gone.
                if anew {
                    self.end_all(now);
                }
                cursor
            }
            Lane::Hot => gather(table, self.cursors.hot, Which::Hot, &mut ids).0,
            Lane::Hints | Lane::Single => {
                let (cursor, _) = gather(table, self.cursors.unknown, Which::Unknown, &mut ids);
                let small = self.schedule.all_is_enough(load.people);
                let room = STATUSES_A_CALL - ids.len();
                let hinted = self.hints.take(now, room, |user| {
                    !small && table.status(user) == Some(Some(Status::Offline))
                });
                // Those not read yet are there already.
                let read =
                    |user: &UserId| table.status(user).is_some_and(|status| status.is_some());
                ids.extend(hinted.into_iter().filter(read));
                cursor
            }
        };
        if ids.is_empty() {
            return None;
        }
        self.schedule.began(lane, now, load);
        self.tally.status_calls += 1;
        if lane == Lane::All || self.first {
            self.round.get_or_insert((now, 0)).1 += 1;
        }
        Some(Step::Statuses(Reading {
            lane,
            ids,
            cursor,
            head: table.head(),
        }))
    }

    /// Whether an answer without anybody in it needs to be asked about: the server's word that it keeps statuses is old, or somebody
    /// who was asked for was not offline, so they have a record.
    pub(super) fn doubts(&self, now: Duration, reading: &Reading, table: &Table) -> bool {
        let old = |on| now.saturating_sub(on) >= SETTING_PERIOD;
        let hot = |user| table.status(user).flatten().is_some_and(Status::is_hot);
        self.on.is_none_or(old) || reading.ids.iter().any(hot)
    }

    /// Takes the server's word on whether it keeps statuses.
    pub(super) fn took_setting(&mut self, now: Duration, enabled: bool) {
        self.statuses.went_well("statuses");
        match (enabled, self.off) {
            (true, Some(_)) => {
                tracing::info!("the server keeps statuses again");
                self.off = None;
                self.stale = true;
                self.cursors = Cursors::default();
                self.round = None;
            }
            (false, before) => {
                if before.is_none() {
                    tracing::warn!("the server keeps no statuses: EnableUserStatuses is off");
                }
                self.off = Some(now + SETTING_PERIOD);
            }
            (true, None) => {}
        }
        self.on = enabled.then_some(now);
    }

    /// Takes an answer. True when the table changed.
    pub(super) fn took_statuses(
        &mut self,
        now: Duration,
        reading: &Reading,
        answer: &[(UserId, String)],
        table: &mut Table,
    ) -> bool {
        self.statuses.went_well("statuses");
        let mut changes = 0;
        let mut answered = HashSet::with_capacity(answer.len());
        for (user, word) in answer {
            answered.insert(user.as_str());
            self.notice(word);
            let status = Status::from_server(word);
            changes += u64::from(table.observe_as_of(reading.head, user, status));
        }
        // Somebody without a record has not been there yet.
        for user in &reading.ids {
            if !answered.contains(user.as_str()) {
                changes += u64::from(table.observe_as_of(reading.head, user, Status::Offline));
            }
        }
        match reading.lane {
            Lane::All => self.cursors.all = reading.cursor,
            Lane::Hot => self.cursors.hot = reading.cursor,
            Lane::Hints | Lane::Single => self.cursors.unknown = reading.cursor,
        }
        if self.first {
            self.end_first(now, table);
        } else {
            self.tally.changes += changes;
            if reading.lane == Lane::All && reading.cursor == 0 {
                self.end_all(now);
            }
        }
        changes > 0
    }

    /// Takes a page of accounts. True when the table changed.
    pub(super) fn took_page(
        &mut self,
        now: Duration,
        accounts: &[Account],
        table: &mut Table,
    ) -> bool {
        self.accounts.went_well("accounts");
        let taken = self.directory.took_page(now, accounts, table);
        if let Some((began, pages)) = taken.round {
            self.tally.accounts = Some(Done {
                ended: now,
                took: now.saturating_sub(began),
                calls: pages.into(),
            });
        }
        // On a server without anybody that is all.
        self.end_first(now, table);
        taken.changed
    }

    /// Takes what the server says of one account. True when the table changed.
    pub(super) fn took_single(
        &mut self,
        now: Duration,
        user: &UserId,
        answer: &Result<Account, HostError>,
        table: &mut Table,
    ) -> bool {
        match answer {
            Err(error) if error.is_transient() => {
                self.tally.failures += 1;
                self.singles.failed(now, "single accounts", error);
            }
            _ => self.singles.went_well("single accounts"),
        }
        let changed = self.directory.took_single(now, user, answer, table);
        // They may have been the last who were not read.
        self.end_first(now, table);
        changed
    }

    pub(super) fn statuses_failed(&mut self, now: Duration, error: &HostError) {
        self.tally.failures += 1;
        self.statuses.failed(now, "statuses", error);
        // Asked about a server without statuses, and no answer: again when it is due.
        if self.off.is_some() {
            self.off = Some(self.statuses.until);
        }
    }

    pub(super) fn accounts_failed(&mut self, now: Duration, error: &HostError) {
        self.tally.failures += 1;
        self.accounts.failed(now, "accounts", error);
    }

    /// Somebody's websocket came or went.
    pub(super) fn hint(&mut self, now: Duration, user: &UserId, table: &Table) {
        if table.status(user).is_some() {
            self.hints.hint(user, now);
        } else if Table::is_id(user) {
            self.directory.ask(user);
        }
    }

    /// Somebody's own word. `None` for who is not listed; otherwise whether it is a change.
    pub(super) fn publish(
        &mut self,
        now: Duration,
        user: &UserId,
        status: Status,
        table: &mut Table,
    ) -> Option<bool> {
        table.status(user)?;
        self.hints.hint(user, now);
        let changed = table.observe(user, status);
        self.tally.changes += u64::from(changed);
        self.end_first(now, table);
        Some(changed)
    }

    /// An account was made. True when the table changed.
    pub(super) fn created(&mut self, account: &Account, table: &mut Table) -> bool {
        self.directory.created(account, table)
    }

    /// An account was deactivated. True when the table changed.
    pub(super) fn deactivated(&mut self, now: Duration, user: &UserId, table: &mut Table) -> bool {
        let changed = self.directory.deactivated(user, now, table);
        self.end_first(now, table);
        changed
    }

    fn end_first(&mut self, now: Duration, table: &Table) {
        if self.first && self.directory.is_complete() && table.people().unknown() == 0 {
            self.first = false;
            self.end_round(now);
            let people = table.people().listed;
            tracing::info!(people, "everybody's status was read for the first time");
        }
    }

    /// Everybody was read again.
    fn end_all(&mut self, now: Duration) {
        self.end_round(now);
        self.stale = false;
    }

    fn end_round(&mut self, now: Duration) {
        let (began, calls) = self.round.take().unwrap_or((now, 0));
        self.tally.statuses = Some(Done {
            ended: now,
            took: now.saturating_sub(began),
            calls,
        });
    }

    /// A word that this version does not know is logged once.
    fn notice(&mut self, word: &str) {
        if !self.strange_word && word != "ooo" && Status::parse(word).is_none() {
            self.strange_word = true;
            let status = crate::text::clean(word);
            tracing::warn!(%status, "a status that is not known counts as offline");
        }
    }
}

/// Gathers a call's people from the cursor on, from the start when there is nobody behind it. Answers where to go on,
/// and whether it went back to the start.
fn gather(table: &Table, from: usize, which: Which, ids: &mut Vec<UserId>) -> (usize, bool) {
    let mut cursor = from;
    table.next_ids(&mut cursor, which, STATUSES_A_CALL, ids);
    let anew = ids.is_empty() && from > 0;
    if anew {
        cursor = 0;
        table.next_ids(&mut cursor, which, STATUSES_A_CALL, ids);
    }
    (cursor, anew)
}
