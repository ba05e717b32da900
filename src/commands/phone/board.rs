//! `/phone board`: the board as tables, its counters, and links for screens.
//!
//! It is for those who may see the board's page: members of the channel. Those of them who administer it, its team or the system may reset
//! its counters, as on the page; the daily report and the history do not follow that. Links for screens open the board to whoever has them, so only administrators of the system make
//! and withdraw them.

use std::sync::Arc;

use super::errand::{Asker, Errand};
use super::{
    Argument, Context, Needs, Offers, Subcommand, Then, arguments, table, texts as commands,
};
use crate::app::{Access, App};
use crate::board::{Event, QueueView, Snapshot, Timestamp};
use crate::commands::sip_status::MAX_TABLE_BYTES;
use crate::host::{Host, Person};
use crate::icons::Elapsed;
use crate::language::Language;
use crate::language::texts::{board_command as texts, signs};
use crate::site;
use crate::text::markdown;
use crate::walls::{MAX_NAME, MAX_WALLS, WallError};

/// What somebody might type.
pub(super) const EXAMPLE: &str = "/phone board support";

pub(super) const SUBCOMMAND: Subcommand = Subcommand {
    word: "board",
    what: commands::board,
    then: Then::Arguments(&[Argument {
        hint: texts::hint,
        what: texts::argument,
        offers: Offers::List("board"),
        optional: true,
    }]),
    needs: Needs::Nothing,
};

/// Where the rest of a table is.
const SEE: &str = "/sip-dashboard";

/// The most bytes of the table of lines where there are queues as well.
const MAX_LINES_BYTES: usize = MAX_TABLE_BYTES / 2;

/// What somebody wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::commands) struct Wish {
    what: What,
    /// The address of the board's page, where the server knows its own.
    page: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    /// All of it.
    All,
    /// A queue, by its name or description.
    Queue(String),
    /// To reset its counters, or those of all.
    Reset(Option<String>),
    /// A link for a screen of that name.
    Wall(String),
    /// What is said of links with a word too many: `wall withdraw lobby`, which would else be a screen of that name.
    NoWall(String),
    /// Which links there are.
    Walls,
    /// That the link of that name is no longer good.
    Withdraw(String),
    /// That somebody is nobody in what is remembered of calls.
    Erase(String),
}

/// Reads what stands behind the word.
pub(super) fn read(context: &Context<'_>, text: &str) -> Errand {
    let (word, behind) = arguments::word(text);
    let rest = arguments::whole(behind).to_owned();
    let what = match &*word.to_lowercase() {
        "" => What::All,
        "reset" => What::Reset((!rest.is_empty()).then_some(rest)),
        "wall" => match arguments::word(behind) {
            // In quotes it is a name.
            (word, name) if word.eq_ignore_ascii_case("withdraw") => {
                What::NoWall(arguments::whole(name).to_owned())
            }
            _ => What::Wall(rest),
        },
        "walls" if rest.is_empty() => What::Walls,
        "withdraw" => What::Withdraw(rest),
        "erase" => What::Erase(rest),
        // A queue of one of these names stands in quotes.
        _ => What::Queue(arguments::whole(text).to_owned()),
    };
    let page =
        site::base(context.site_url).map(|site| format!("{site}/plugins/{}/dashboard", context.id));
    Errand::Board(Wish { what, page })
}

impl Wish {
    pub(super) async fn grant<H: Host>(self, app: &App<H>, asker: &Asker<'_>) -> String {
        let (person, language) = (asker.person, asker.person.language);
        if matches!(
            self.what,
            What::Wall(_) | What::NoWall(_) | What::Walls | What::Withdraw(_)
        ) {
            return self.wall(app, person).await;
        }
        if let What::Erase(name) = &self.what {
            return erase(app, person, name).await;
        }
        match app.access(&person.id).await {
            Access::Granted => {}
            Access::Denied => return texts::not_yours(language),
            Access::Unknown(_) => return texts::not_known(language),
        }
        if matches!(self.what, What::Reset(_)) {
            match app.may_reset(&person.id).await {
                Access::Granted => {}
                Access::Denied => return texts::reset_denied(language),
                Access::Unknown(_) => return texts::not_known(language),
            }
        }
        let Ok(snapshot) = app.snapshot_for_viewers().await else {
            return commands::stopping(language);
        };
        let text = match &self.what {
            What::Queue(name) => match snapshot.queue(name) {
                Some(found) => queue(found, app.now(), language),
                None => return texts::no_queue(language, markdown(name)),
            },
            What::Reset(name) => return reset(app, person, &snapshot, name.as_deref()).await,
            _ => all(&snapshot, app.now(), language),
        };
        match self.page {
            Some(page) => format!("{text}\n{}", texts::link(language, page)),
            None => text,
        }
    }

    async fn wall<H: Host>(self, app: &App<H>, person: &Person) -> String {
        let language = person.language;
        if !person.admin {
            return texts::admins_only(language);
        }
        if let What::NoWall(name) = &self.what {
            let name = if name.is_empty() { "NAME" } else { name };
            return texts::wall_is_withdrawn_so(language, markdown(name));
        }
        let (word, name) = match &self.what {
            What::Wall(name) => ("wall", &**name),
            What::Withdraw(name) => ("withdraw", &**name),
            _ => ("walls", ""),
        };
        let done = match &self.what {
            What::Wall(_) => match &self.page {
                None => return commands::no_site_url(language),
                Some(page) => {
                    let made = app.walls().create(name, &person.id).await;
                    // The token's letters are those of URLs.
                    made.map(|token| {
                        let url = format!("{page}?view=wall&wall={token}");
                        texts::wall_made(language, markdown(name), url)
                    })
                }
            },
            What::Withdraw(_) => {
                let withdrawn = app.walls().withdraw(name).await;
                withdrawn.map(|()| texts::withdrawn(language, markdown(name)))
            }
            _ => walls(app, person).await,
        };
        let denied = |error| match error {
            WallError::NoName => texts::wall_needs_name(language, word),
            WallError::LongName => texts::wall_long_name(language, MAX_NAME),
            WallError::Taken => texts::wall_taken(language, markdown(name)),
            WallError::TooMany => texts::walls_full(language, MAX_WALLS),
            WallError::Unknown if name.is_empty() => texts::wall_needs_name(language, word),
            WallError::Unknown => texts::wall_unknown(language, markdown(name)),
            WallError::NoRandom | WallError::Record(_) => {
                tracing::warn!(%error, "a link for a screen was not made or withdrawn");
                texts::wall_failed(language)
            }
        };
        done.unwrap_or_else(denied)
    }
}

async fn walls<H: Host>(app: &App<H>, person: &Person) -> Result<String, WallError> {
    let (language, now) = (person.language, app.now());
    let walls = app.walls().list().await?;
    if walls.is_empty() {
        return Ok(texts::no_walls(language));
    }
    let offset = app.zones().offset(&person.time_zone, now).unwrap_or(0);
    let row = |wall: &crate::walls::Wall| {
        let made = language.date(wall.made, now, offset);
        format!("| {} | {made} |\n", markdown(&wall.name))
    };
    let rows: String = walls.iter().map(row).collect();
    Ok(format!(
        "{}\n|---|---|\n{rows}",
        texts::walls_heads(language)
    ))
}

async fn erase<H: Host>(app: &App<H>, person: &Person, name: &str) -> String {
    let language = person.language;
    if !person.admin {
        return texts::admins_erase(language);
    }
    let name = name.trim_start_matches('@');
    if name.is_empty() {
        return texts::erase_whom(language);
    }
    tracing::info!(by = %person.username, "somebody is erased from what is remembered of calls");
    match app.erase(name).await {
        Ok(true) => texts::erased(language, markdown(name)),
        Ok(false) => texts::nobody_to_erase(language, markdown(name)),
        Err(error) => texts::erased_later(language, markdown(name), markdown(&error.to_string())),
    }
}

async fn reset<H: Host>(
    app: &App<H>,
    person: &Person,
    snapshot: &Snapshot,
    name: Option<&str>,
) -> String {
    let language = person.language;
    let (queue, answer) = match name {
        None if snapshot.queues.is_empty() => return texts::no_queues(language),
        None => (None, texts::reset_all(language, snapshot.queues.len())),
        Some(name) => match snapshot.queue(name) {
            None => return texts::no_queue(language, markdown(name)),
            Some(found) => (
                Some(Arc::clone(&found.name)),
                texts::reset(language, markdown(found.shown())),
            ),
        },
    };
    tracing::info!(
        user = person.id.as_str(),
        queue = queue.as_deref().unwrap_or("all"),
        "somebody resets counters"
    );
    match app.submit(Event::Reset(queue)).await {
        Ok(()) => answer,
        Err(_) => commands::stopping(language),
    }
}

fn clock(since: Timestamp, now: Timestamp, language: Language) -> String {
    Elapsed::new(since, now).words(language)
}

/// Lines in a call, and queues.
fn all(snapshot: &Snapshot, now: Timestamp, language: Language) -> String {
    let mut out = String::new();
    let calls: Vec<_> = snapshot
        .lines
        .iter()
        .flat_map(|line| line.calls.iter().map(move |call| (&line.user, call)))
        .collect();
    if calls.is_empty() {
        out.push_str(&texts::no_calls(language));
        out.push('\n');
    } else {
        let limit = if snapshot.queues.is_empty() {
            MAX_TABLE_BYTES
        } else {
            MAX_LINES_BYTES
        };
        out.push_str(&texts::lines_heads(language));
        out.push_str("\n|:--|:--|--:|\n");
        table::rows(&mut out, &calls, limit, (language, SEE), |(user, call)| {
            let time = clock(call.since, now, language);
            let (user, call) = (markdown(user), table::call(call, language));
            format!("| {user} | {call} | {time} |\n")
        });
    }
    if !snapshot.queues.is_empty() {
        out.push('\n');
        out.push_str(&texts::queues_heads(language));
        out.push_str("\n|:--|--:|--:|--:|--:|--:|--:|\n");
        let row = |queue: &QueueView| queue_row(queue, now, language);
        table::rows(
            &mut out,
            &snapshot.queues,
            MAX_TABLE_BYTES,
            (language, SEE),
            row,
        );
    }
    out
}

fn queue_row(queue: &QueueView, now: Timestamp, language: Language) -> String {
    let longest = queue.waiting.first();
    let longest = longest.map(|waiting| clock(waiting.since, now, language));
    let percent = |share: Option<u64>| {
        let percent = share.map(|share| crate::language::texts::report::percent(language, share));
        percent.unwrap_or_default()
    };
    let counters = &queue.counters;
    format!(
        "| {} | {} | {} | {} | {} | {} | {} |\n",
        markdown(queue.shown()),
        queue.waiting.len(),
        longest.unwrap_or_default(),
        counters.answered,
        counters.abandoned,
        percent(counters.answered_percent()),
        percent(counters.service_level()),
    )
}

/// One queue: its row, who waits, and its agents.
fn queue(queue: &QueueView, now: Timestamp, language: Language) -> String {
    let mut out = texts::queues_heads(language);
    out.push_str("\n|:--|--:|--:|--:|--:|--:|--:|\n");
    out.push_str(&queue_row(queue, now, language));
    out.push('\n');
    if queue.waiting.is_empty() {
        out.push_str(&texts::nobody_waits(language));
        out.push('\n');
    } else {
        out.push_str(&texts::waiting_heads(language));
        out.push_str("\n|:--|--:|\n");
        table::rows(
            &mut out,
            &queue.waiting,
            MAX_LINES_BYTES,
            (language, SEE),
            |one| {
                let peer = one.peer.as_ref();
                let peer = peer.map(|peer| markdown(&peer.on_board()).to_string());
                let caller = peer.unwrap_or_else(|| signs::unknown_caller(language));
                let time = clock(one.since, now, language);
                format!("| {caller} | {time} |\n")
            },
        );
    }
    if !queue.agents.is_empty() {
        out.push('\n');
        out.push_str(&texts::agents_heads(language));
        out.push_str("\n|:--|:--|--:|\n");
        table::rows(
            &mut out,
            &queue.agents,
            MAX_TABLE_BYTES,
            (language, SEE),
            |one| {
                let state = table::agent_state(one, now, language);
                let icon = crate::icons::agent(one).icon;
                let tally = queue.tallies.iter().find(|tally| tally.agent == one.name);
                let calls = tally.map_or(0, |tally| tally.answered);
                let name = markdown(&one.name);
                format!("| {name} | {icon} {state} | {calls} |\n")
            },
        );
    }
    out
}
