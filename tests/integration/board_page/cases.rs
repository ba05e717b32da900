//! What people do with the page, one case each.

use serde_json::{Value, json};

use super::browser::Tools;
use super::centre::Centre;
use crate::harness;

/// The agents of every case but the largest.
pub(super) const AGENTS: [(&str, &str); 4] = [
    ("sales", "Dora"),
    ("sales", "Fay"),
    ("support", "Dora"),
    ("support", "Emil"),
];

pub(super) async fn centre() -> Centre {
    Centre::open(&AGENTS, |options| options).await
}

pub(super) fn text<'a>(row: &'a Value, column: &str) -> &'a str {
    let cell = &row[column];
    cell.as_str()
        .unwrap_or_else(|| panic!("no {column} in {row}"))
}

/// The row of that name.
fn row<'a>(rows: &'a Value, name: &str) -> &'a Value {
    let rows = rows.as_array().expect("rows");
    let found = rows.iter().find(|row| text(row, "name") == name);
    found.unwrap_or_else(|| panic!("no {name} in {rows:?}"))
}

pub(super) fn names(rows: &Value) -> Vec<&str> {
    rows.as_array()
        .expect("rows")
        .iter()
        .map(|row| text(row, "name"))
        .collect()
}

/// Whether a text is a time as timers show it.
pub(super) fn is_time(text: &str) -> bool {
    let (minutes, seconds) = text.split_once(':').unwrap_or_default();
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    digits(minutes) && seconds.len() == 2 && digits(seconds)
}

#[tokio::test]
async fn what_is_played_is_what_the_page_shows() {
    let Some(tools) = Tools::find() else { return };
    let mut centre = centre().await;
    let mut case = tools.case("live", &centre.page());
    case.reaches("open").await;

    let first = centre.joins("support", "0240404040").await;
    centre.answers("support", &first, "Dora").await;
    centre.ends("support", &first, "Dora").await;
    let second = centre.joins("support", "0171555001").await;
    centre.gives_up("support", &second).await;
    centre.joins("support", "0171222333").await;
    let third = centre.joins("support", "124").await;
    centre.answers("support", &third, "Dora").await;
    centre.pauses("support", "Emil", "Lunch").await;
    let fourth = centre.joins("sales", "0301").await;
    centre.answers("sales", &fourth, "Fay").await;
    centre.ends("sales", &fourth, "Fay").await;
    for number in ["0302", "0303"] {
        let lost = centre.joins("sales", number).await;
        centre.gives_up("sales", &lost).await;
    }
    centre
        .phone("incoming-call?user=bob&number=124&call_id=1")
        .await;
    centre
        .phone("call-established?user=bob&number=124&call_id=1")
        .await;
    centre.phone("dnd-on/carol").await;
    centre
        .phone("incoming-call?user=alice&number=0777&call_id=2")
        .await;
    centre
        .phone("missed-call?user=alice&number=0777&call_id=2")
        .await;
    case.go_on(json!({ "last": "0777" })).await;
    let seen = case.done().await;

    for (name, played) in &centre.queues {
        let row = row(&seen["queues"], name);
        let counts = ["Waiting", "Answered", "Lost", "Total", "% answered"]
            .map(|column| text(row, column).trim_start_matches("▲ "));
        let expected = [
            played.waiting.len().to_string(),
            played.answered.to_string(),
            played.lost.to_string(),
            played.total().to_string(),
            played.percent(),
        ];
        assert_eq!(counts, expected, "{name}");
        // Everybody who was answered was answered in time, so the service level is the share of those who were.
        assert_eq!(text(row, "Within 3600 s"), played.percent(), "{name}");
        let waits = text(row, "Longest wait");
        assert_eq!(
            is_time(waits),
            !played.waiting.is_empty(),
            "{name}: {waits}"
        );
        assert!(is_time(text(row, "Average wait")) && is_time(text(row, "Average talk")));
    }
    let people = &seen["support"];
    let only = |part: &str| text_of(&people[part]);
    assert!(only("waits").starts_with("0171222333 0:"), "{people}");
    assert!(only("talks").starts_with("alice ↔ Dora 0:"), "{people}");
    let takes = people["takes"].as_array().expect("agents");
    assert!(
        text_of_item(&takes[1]).starts_with("Emil paused: Lunch 0:"),
        "{people}"
    );

    assert_eq!(names(&seen["agents"]), ["Dora", "Emil", "Fay"]);
    let dora = row(&seen["agents"], "Dora");
    assert_eq!(
        [
            text(dora, "State"),
            text(dora, "With whom"),
            text(dora, "Calls today"),
            text(dora, "Queues")
        ],
        ["in a call", "alice", "2", "sales, support"]
    );
    assert_eq!(text(row(&seen["agents"], "Emil"), "State"), "paused: Lunch");
    assert_eq!(text(row(&seen["agents"], "Fay"), "Calls today"), "1");

    let lines = &seen["lines"];
    assert_eq!(names(lines), ["alice", "bob", "carol"]);
    assert_eq!(text(row(lines, "alice"), "State"), "free");
    let bob = row(lines, "bob");
    assert_eq!([text(bob, "State"), text(bob, "Calls")], ["in a call", "1"]);
    assert!(
        text(bob, "With whom").starts_with("talks with alice 0:"),
        "{bob}"
    );
    assert_eq!(text(row(lines, "carol"), "State"), "do not disturb");

    // The newest first: how each call ended, and where.
    let history = seen["history"].as_array().expect("calls");
    let calls: Vec<_> = history
        .iter()
        .map(|call| {
            ["Queue or line", "Caller", "Agent", "How it ended"].map(|column| text(call, column))
        })
        .collect();
    assert_eq!(
        calls,
        [
            ["alice", "0777", "", "missed"],
            ["sales", "0303", "", "hung up while waiting"],
            ["sales", "0302", "", "hung up while waiting"],
            ["sales", "0301", "Fay", "answered"],
            ["support", "0171555001", "", "hung up while waiting"],
            ["support", "0240404040", "Dora", "answered"],
        ]
    );
    // The hours have all of them, and the call that a phone missed.
    let answered: u64 = centre.queues.values().map(|played| played.answered).sum();
    let lost: u64 = centre
        .queues
        .values()
        .map(|played| played.lost)
        .sum::<u64>()
        + 1;
    let hours = seen["chart"].as_array().expect("hours");
    let sum = |column| {
        hours
            .iter()
            .map(|hour| text(hour, column).parse::<u64>().expect("a number"))
            .sum::<u64>()
    };
    assert_eq!((sum("Answered"), sum("Lost")), (answered, lost));
    assert_eq!(seen["title"], "(1) Phone board");
    assert_eq!(seen["same"], true, "the page was loaded again");
    assert_eq!(
        seen["sources"],
        json!(["Asterisk is connected", "Times are UTC."])
    );
    centre.close().await;
}

/// The one text of a list.
fn text_of(list: &Value) -> &str {
    let list = list.as_array().expect("a list");
    assert_eq!(list.len(), 1, "{list:?}");
    text_of_item(&list[0])
}

fn text_of_item(item: &Value) -> &str {
    item.as_str().expect("a text")
}

#[tokio::test]
async fn rows_are_filtered_and_sorted_and_do_not_jump() {
    let Some(tools) = Tools::find() else { return };
    let centre = centre().await;
    for (user, number) in [("ann", "0240404040"), ("ben", "0301"), ("cid", "0302")] {
        centre
            .phone(&format!(
                "incoming-call?user={user}&number={number}&call_id={user}"
            ))
            .await;
    }
    for user in ["dan", "eve", "flo"] {
        centre.phone(&format!("onhook/{user}")).await;
    }
    let mut case = tools.case("controls", &centre.page());
    case.reaches("sorted").await;
    // Sorted by calls, those with one are first; now another one has one, and stays where it is.
    centre
        .phone("incoming-call?user=flo&number=0666&call_id=6")
        .await;
    case.go_on(Value::Null).await;
    case.reaches("hovers").await;
    centre
        .phone("missed-call?user=ben&number=0301&call_id=ben")
        .await;
    centre
        .phone("incoming-call?user=dan&number=0303&call_id=dan")
        .await;
    case.go_on(Value::Null).await;
    let seen = case.done().await;

    let all = json!(["ann", "ben", "cid", "dan", "eve", "flo"]);
    assert_eq!(seen["all"], all);
    assert_eq!(seen["text"], json!({ "lines": ["ann"], "count": "1 of 6" }));
    assert_eq!(seen["cleared"], all);
    assert_eq!(seen["busy"], json!(["ann", "ben", "cid"]));
    assert_eq!(seen["kept"], json!(["ann", "ben", "cid"]));
    assert_eq!(
        seen["queue"],
        json!({ "queues": ["sales"], "agents": ["Dora", "Fay"] })
    );
    assert_eq!(
        seen["down"],
        json!(["flo", "eve", "dan", "cid", "ben", "ann"])
    );
    assert_eq!(seen["ariaSort"], "descending");
    assert_eq!(seen["calls"], all, "by calls, and then by name");
    assert_eq!(seen["unmoved"], all, "a new call moved a row");
    assert_eq!(seen["before"], json!(["ann", "ben", "cid", "flo"]));
    assert_eq!(
        seen["hovered"], seen["before"],
        "a row went or came under the pointer"
    );
    assert_eq!(seen["left"], json!(["ann", "cid", "dan", "flo"]));
    let stored = seen["stored"].as_str().expect("what is kept");
    for name in all
        .as_array()
        .expect("names")
        .iter()
        .chain([&json!("sales"), &json!("0240404040")])
    {
        assert!(!stored.contains(name.as_str().expect("a name")), "{stored}");
    }
    centre.close().await;
}

#[tokio::test]
async fn the_wall_is_read_from_afar() {
    let Some(tools) = Tools::find() else { return };
    let queues: Vec<String> = (10..24)
        .map(|n| format!("Queue {n} with a long name"))
        .collect();
    let agents: Vec<_> = queues.iter().map(|queue| (&**queue, "Dora")).collect();
    let mut centre = Centre::open(&agents, |options| options).await;
    centre.joins(&queues[0], "0240404040").await;
    centre.joins(&queues[13], "0240404041").await;
    let mut case = tools.case("wall", &centre.page());
    case.reaches("wall").await;
    centre.joins(&queues[1], "0240404042").await;
    case.go_on(Value::Null).await;
    let seen = case.done().await;
    for size in ["1920x1080", "1280x720", "1080x1920"] {
        let pages = ["first", "second"].map(|page| &seen[size][page]);
        assert_eq!(seen[size]["complaints"], json!([]));
        let mut shown: Vec<_> = pages
            .iter()
            .flat_map(|page| page["names"].as_array().expect("names"))
            .collect();
        shown.sort_by_key(|name| name.as_str());
        assert_eq!(json!(shown), json!(queues), "{size}");
        let waiting: u64 = pages
            .iter()
            .flat_map(|page| page["waiting"].as_array().expect("numbers"))
            .map(|number| {
                number
                    .as_str()
                    .expect("text")
                    .parse::<u64>()
                    .expect("a number")
            })
            .sum();
        assert_eq!(waiting, 2, "{size}");
        for page in pages {
            assert_eq!(
                [&page["scrolls"], &page["inside"], &page["onScreen"]],
                [&json!(false), &json!(true), &json!(true)],
                "{size}: {page}"
            );
            // Of a screen's shorter side: the numbers that matter, and the smallest word.
            assert!(page["number"].as_f64() >= Some(0.08), "{size}: {page}");
            assert!(page["smallest"].as_f64() >= Some(0.018), "{size}: {page}");
            assert!(
                page["note"].as_str().expect("a note").ends_with("von 2"),
                "{size}: {page}"
            );
        }
    }
    assert_eq!(seen["parts"], 1, "the wall alone");
    assert_eq!(seen["back"], 5);
    centre.close().await;
}

#[tokio::test]
async fn the_wall_of_an_office_without_queues_shows_its_lines() {
    let Some(tools) = Tools::find() else { return };
    let centre = Centre::open(&[], |options| options).await;
    for n in 10..30 {
        harness::phone(&centre.host, &format!("dnd-on/desk-{n}")).await;
    }
    let mut case = tools.case("wall-lines", &centre.page());
    case.reaches("wall").await;
    harness::phone(&centre.host, "call-established/desk-10/0240404040").await;
    case.go_on(Value::Null).await;
    case.reaches("called").await;
    harness::phone(&centre.host, "call-terminated/desk-10/0240404040").await;
    case.go_on(Value::Null).await;
    let seen = case.done().await;
    for size in ["1920x1080", "1080x1920"] {
        let page = &seen[size];
        let names: Vec<_> = (10..30).map(|n| format!("desk-{n}")).collect();
        assert_eq!(page["names"], json!(names), "{size}");
        assert_eq!(page["states"], json!(vec!["do not disturb"; 20]), "{size}");
        assert_eq!(page["complaints"], json!([]));
        assert_eq!(
            [&page["scrolls"], &page["inside"]],
            [&json!(false), &json!(true)],
            "{size}"
        );
        assert!(page["state"].as_f64() >= Some(0.025), "{size}: {page}");
    }
    let call = seen["call"].as_str().expect("words");
    assert!(call.contains("talks with 0240404040"), "{call}");
    centre.close().await;
}

#[tokio::test]
async fn without_a_script_all_is_there_and_comes_anew() {
    let Some(tools) = Tools::find() else { return };
    let mut centre = centre().await;
    centre.joins("support", "0240404040").await;
    let lost = centre.joins("sales", "0301").await;
    centre.gives_up("sales", &lost).await;
    centre
        .phone("incoming-call?user=bob&number=124&call_id=1")
        .await;
    let mut case = tools.case("noscript", &centre.page());
    case.reaches("open").await;
    centre
        .phone("incoming-call?user=carol&number=0999&call_id=2")
        .await;
    case.go_on(Value::Null).await;
    let seen = case.done().await;
    let support = row(&seen["queues"], "support");
    assert_eq!(text(support, "Waiting").trim_start_matches("▲ "), "1");
    assert_eq!(text(row(&seen["queues"], "sales"), "Lost"), "1");
    assert_eq!(names(&seen["agents"]), ["Dora", "Emil", "Fay"]);
    assert!(text(row(&seen["lines"], "bob"), "With whom").starts_with("rings, from alice"));
    assert_eq!(text(&seen["history"][0], "Caller"), "0301");
    assert!(seen["live"].as_str().expect("words").starts_with("As of "));
    assert_eq!(seen["controls"], "");
    assert_eq!(names(&seen["after"]), ["bob", "carol"]);
    centre.close().await;
}

#[tokio::test]
async fn nobody_is_shut_out() {
    let Some(tools) = Tools::find() else { return };
    let mut centre = Centre::open(&[], |options| options).await;
    let mut case = tools.case("axe", &centre.page());
    case.reaches("empty").await;
    for (queue, agent) in AGENTS {
        centre.hires(queue, agent).await;
    }
    centre.pauses("support", "Emil", "Lunch").await;
    for number in ["0240404040", "0301", "0302", "0303"] {
        centre.joins("support", number).await;
        let lost = centre.joins("sales", number).await;
        centre.gives_up("sales", &lost).await;
    }
    let answered = centre.joins("sales", "0304").await;
    centre.answers("sales", &answered, "Fay").await;
    for path in [
        "incoming-call?user=bob&number=124&call_id=1",
        "call-established?user=carol&number=0305&call_id=2",
        "dnd-on/alice",
        "paused-on/dan",
        "logout/eve",
    ] {
        centre.phone(path).await;
    }
    case.go_on(Value::Null).await;
    let seen = case.done().await;
    let looks = seen.as_object().expect("looks");
    assert_eq!(looks.len(), 20);
    for (look, seen) in looks {
        assert_eq!(seen["violations"], json!([]), "{look}");
        assert_eq!(seen["complaints"], json!([]), "{look}");
        assert!(seen["rules"].as_u64() > Some(10), "{look}: {seen}");
    }
    centre.close().await;
}

#[tokio::test]
async fn what_callers_call_themselves_is_harmless_and_readable() {
    let Some(tools) = Tools::find() else { return };
    let mut centre = centre().await;
    let mut case = tools.case("callers", &centre.page());
    case.reaches("open").await;
    let long = "9".repeat(1000);
    let strange = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "\u{202e}0301\u{2066}",
        "☎️👩‍💻🇩🇪 Zoë",
        "مرحبا 123",
        &long,
        "&amp;<b>{{x}}</b>",
    ];
    for (at, number) in strange.iter().enumerate() {
        let pairs = [
            ("user", format!("line{at}")),
            ("number", (*number).to_owned()),
            ("call_id", at.to_string()),
        ];
        let query: Vec<String> = pairs
            .iter()
            .map(|(name, value)| format!("{name}={}", escaped(value)))
            .collect();
        centre
            .phone(&format!("incoming-call?{}", query.join("&")))
            .await;
        centre.joins("support", number).await;
    }
    centre.joins(MARKUP, "0301").await;
    case.go_on(json!({ "count": strange.len() })).await;
    let seen = case.done().await;
    let shown = |at: usize| text(row(&seen["lines"], &format!("line{at}")), "With whom").to_owned();
    assert!(shown(2).starts_with("rings, from 0301 0:"), "{}", shown(2));
    assert!(shown(4).contains("مرحبا 123"), "{}", shown(4));
    // A phone's angle brackets are taken for a SIP address; a queue's name is taken as it is.
    assert_eq!(text(row(&seen["queues"], MARKUP), "Waiting"), "1");
    assert_eq!(
        seen["support"]["waits"].as_array().map(Vec::len),
        Some(strange.len())
    );
    for page in [&seen["page"], &seen["wall"]] {
        assert_eq!(page["elements"], 0, "{page}");
        assert_eq!(
            [&page["wide"], &page["marks"]],
            [&json!(false), &json!(false)],
            "{page}"
        );
        assert!(page["longest"].as_u64() <= Some(64), "{page}");
    }
    centre.close().await;
}

/// A name that would do much if it were read as HTML.
const MARKUP: &str = "<img src=x onerror=alert(1)>&amp;<b>{{x}}</b>";

/// Every byte but letters and digits, as a URL has it.
fn escaped(text: &str) -> String {
    let byte = |b: u8| match b.is_ascii_alphanumeric() {
        true => char::from(b).to_string(),
        false => format!("%{b:02X}"),
    };
    text.bytes().map(byte).collect()
}
