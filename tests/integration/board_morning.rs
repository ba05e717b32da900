//! A morning of a call centre: OVH's stand-in, a real Asterisk and phones' URLs at once, and the board's page in a browser.
//!
//! Whoever plays it counts it. The page, the JSON and the page without a script have to show the same numbers: at the busiest moment, and
//! when all is over.

mod api;
mod count;
mod hosted;
mod pbx;
mod phones;

use std::cell::RefCell;
use std::time::Duration;

use devhost::ovh::{Number, Options as Service, Ovh, TOKEN};
use serde_json::Value;

use crate::asterisk::Account;
use crate::asterisk::product::Office;
use crate::board_page::browser::{Case, Tools};
use crate::harness::{self, SECRET};
use count::Count;
use hosted::{AT_ONCE, Group};
use pbx::{Desk, Direct, Phones};
use phones::Urls;

/// Whose extension and whose number at OVH is whose, and which queue is whose number.
const PEOPLE: &str = "6001:alice,6002:bob,6003:carol,0033912312301:olga,0033912312302:oskar,\
                      0033912312399:hotline,0033912312398:orders";

/// How often each part of the morning goes through all that can happen: for every queue of Asterisk's, and for the others.
const TURNS: u32 = 2;

/// How long something takes to happen at OVH and at the phones of the URLs: at Asterisk real phones take their time.
const PACE: Duration = Duration::from_millis(150);

/// What all who play at once have in common: what they counted so far.
struct Play {
    count: RefCell<Count>,
}

impl Play {
    /// Something was played.
    fn played(&self, counts: impl FnOnce(&mut Count)) {
        counts(&mut self.count.borrow_mut());
    }

    /// Something is about to be played where nothing takes any time.
    async fn turn(&self) {
        tokio::time::sleep(PACE).await;
    }

    fn shown(&self) -> Value {
        self.count.borrow().shown()
    }
}

/// What there is before anything is played.
fn opening() -> Count {
    let mut count = Count::default();
    for queue in ["support", "sales"] {
        count.queue(queue, ["", ""]);
    }
    for (queue, agent, line) in [
        ("support", "Dora", "6004"),
        ("support", "Emil", "6005"),
        ("sales", "carol", "carol"),
    ] {
        count.hires(queue, agent, line);
    }
    for user in ["alice", "bob", "carol", "6004", "6005", "6006"] {
        count.line(user, ["", ""], None);
    }
    // Emil comes later, and others not at all.
    for user in ["6007", "6008", "6009"] {
        count.line(user, ["", ""], None);
        count.is_away(user, true);
    }
    count.is_away("6005", true);
    for (queue, titles) in hosted::QUEUES {
        count.queue(queue, titles);
    }
    for (user, titles) in hosted::LINES {
        count.line(user, titles, Some(AT_ONCE));
    }
    for user in phones::LINES {
        count.line(user, ["", ""], None);
    }
    count
}

/// Has the page show what was counted, and compares.
async fn page_shows(case: &mut Case, what: &str, counted: &Value) {
    case.go_on(counted.clone()).await;
    let seen = case.reaches("seen").await;
    api::differ(what, &seen, counted);
}

#[tokio::test]
async fn a_morning_of_a_call_centre_is_on_the_page_as_it_was_played() {
    let Some(tools) = Tools::find() else { return };
    let ovh = Ovh::start(Service::default()).await.expect("a port");
    let url = ovh.url();
    let office = Office::open_with(Account::SWITCHBOARD, |options| {
        options
            .with("NumbersUsers", PEOPLE)
            .with("OvhTokens", TOKEN)
            .with("OvhUrl", url)
            .with("ServiceLevelSeconds", 3600)
    });
    let Some(office) = office.await else { return };
    ovh.followed(TOKEN).await;
    let page = office
        .host
        .plugin_url(&format!("/dashboard?secret={SECRET}"));
    let mut case = tools.case("morning", &page);
    case.reaches("open").await;

    let play = Play {
        count: RefCell::new(opening()),
    };
    let phones = Phones::registered(&office).await;
    let [mut support, mut sales] = Desk::both(&office, &phones).await;
    let mut direct = Direct::open(&office, &phones).await;
    let [mut hotline, mut orders] = Group::both(&ovh);
    let mut urls = Urls::new(&office.host);
    urls.begin().await;

    let hosted = async {
        hotline.registers(&play).await;
        orders.registers(&play).await;
        tokio::join!(
            hotline.until_busy(&play, TURNS),
            orders.until_busy(&play, TURNS),
        )
    };
    let (supported, sold, called, (hotlines, orderings), with_urls) = tokio::join!(
        pbx::support(&mut support, &play, TURNS),
        pbx::sales(&mut sales, &play, TURNS),
        direct.until_busy(&play),
        hosted,
        urls.until_busy(&play, TURNS),
    );

    let busy = play.shown();
    api::shows(&office.host, &busy).await;
    page_shows(&mut case, "the page at the busiest moment", &busy).await;
    page_shows(&mut case, "the page without a script, then", &busy).await;

    tokio::join!(
        pbx::support_goes_on(&office, &mut support, &play, supported),
        pbx::sales_go_on(&mut sales, &play, sold),
        direct.goes_on(&play, called),
        hotline.goes_on(&play, hotlines, TURNS),
        orders.goes_on(&play, orderings, TURNS),
        urls.goes_on(&play, with_urls, TURNS),
    );
    let over = play.shown();
    api::shows(&office.host, &over).await;
    page_shows(&mut case, "the page when all is over", &over).await;

    // Each of the three tells one thing more. With that, everything they told before has arrived, and nothing else came of it.
    office.asterisk.set_dnd("6001", true).await;
    let last = Number::line("0033912312303", "The last one");
    ovh.send(last.registered());
    harness::phone(&office.host, "dnd-on/gina").await;
    play.played(|count| {
        count.do_not_disturb("alice");
        count.do_not_disturb("gina");
        count.line("+33912312303", ["The last one", ""], Some(AT_ONCE));
    });
    let last = play.shown();
    api::shows(&office.host, &last).await;
    page_shows(&mut case, "the page at last", &last).await;
    page_shows(&mut case, "the page loaded again", &last).await;
    page_shows(&mut case, "the page without a script", &last).await;
    case.go_on(Value::Null).await;
    let told = case.done().await;
    assert_eq!(told["same"], true, "the page was loaded again meanwhile");
    let played = play.count.borrow().played();
    assert!(played > 60, "a morning has many calls: {played}");
    assert_eq!(told["rows"], played, "each call once");
    office.close().await;
}
