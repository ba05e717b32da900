use super::*;
use crate::board::Timestamp;
use crate::calls::Code;
use crate::host::fake::{FakeServer, lock};

thread_local! {
    static START: Instant = Instant::now();
}

fn now() -> Timestamp {
    let since = START.with(Instant::elapsed);
    Timestamp(1_700_000_000_000).after(since.as_millis() as u64)
}

fn start(server: &FakeServer) -> Links<FakeServer> {
    let links = Links::start(Arc::new(server.clone()), now, Arc::default());
    links.configure(true);
    links
}

fn numbers(setting: &str) -> NumbersUsers {
    NumbersUsers::parse(setting).0
}

/// A wrong code of a right one.
fn wrong(code: Code) -> String {
    let code: u32 = code.to_string().parse().expect("digits");
    Code::new(code + 1).to_string()
}

fn in_force(links: &Links<FakeServer>) -> Vec<(String, String)> {
    let pairs = Arc::clone(&links.in_force().borrow());
    let pair = |(number, name): &(Box<str>, Name)| (number.to_string(), name.to_string());
    pairs.iter().map(pair).collect()
}

fn pair(number: &str, name: &str) -> (String, String) {
    (number.to_owned(), name.to_owned())
}

async fn a_while() {
    sleep(Duration::from_secs(1)).await;
}

#[tokio::test(start_paused = true)]
async fn the_right_code_links_a_number() {
    let server = FakeServer::default();
    let bob = server.person("bob");
    let links = start(&server);
    let setting = numbers("6002:eve");
    let code = links
        .ask_code(&bob, "6001", &setting)
        .await
        .expect("a code");
    assert_eq!(
        links.asked(&bob.id).await,
        Ok(Some(("6001".to_owned(), false)))
    );
    let wrong = wrong(code);
    let refused = links.confirm(&bob, &wrong, &setting).await;
    assert_eq!(refused, Err(NotLinked::WrongCode(2)));
    let done = links.confirm(&bob, &code.to_string(), &setting).await;
    assert_eq!(done.as_deref(), Ok("6001"));
    assert_eq!(in_force(&links), [pair("6001", "bob")]);
    assert_eq!(links.asked(&bob.id).await, Ok(None));
    let again = links.confirm(&bob, &code.to_string(), &setting).await;
    assert_eq!(again, Err(NotLinked::NotAsked), "a code counts once");
    // It is there after a restart.
    let links = start(&server);
    a_while().await;
    assert_eq!(in_force(&links), [pair("6001", "bob")]);
}

#[tokio::test(start_paused = true)]
async fn three_wrong_codes_are_enough_even_at_once() {
    let server = FakeServer::default();
    let bob = server.person("bob");
    let links = start(&server);
    let none = numbers("");
    let code = links.ask_code(&bob, "6001", &none).await.expect("a code");
    server.slow(Duration::from_millis(5));
    let wrong = wrong(code);
    let all = (0..4).map(|_| links.confirm(&bob, &wrong, &none));
    let all = futures_util::future::join_all(all).await;
    for left in [2, 1, 0] {
        assert!(all.contains(&Err(NotLinked::WrongCode(left))), "{all:?}");
    }
    assert!(all.contains(&Err(NotLinked::TooLate)), "{all:?}");
    let right = links.confirm(&bob, &code.to_string(), &none).await;
    assert_eq!(right, Err(NotLinked::TooLate));
    assert_eq!(in_force(&links), []);
}

#[tokio::test(start_paused = true)]
async fn a_code_is_good_for_five_minutes() {
    let server = FakeServer::default();
    let bob = server.person("bob");
    let links = start(&server);
    let none = numbers("");
    let code = links.ask_code(&bob, "6001", &none).await.expect("a code");
    sleep(CODE_FOR).await;
    let late = links.confirm(&bob, &code.to_string(), &none).await;
    assert_eq!(late, Err(NotLinked::TooLate));
    assert_eq!(links.asked(&bob.id).await, Ok(None));
    let awaited = links.awaits_code(&bob.id).await;
    assert_eq!(
        awaited,
        Ok(Some("6001".to_owned())),
        "so that one that comes late is known for a code"
    );
}

#[tokio::test(start_paused = true)]
async fn a_number_that_is_somebodys_is_not_asked_for() {
    let server = FakeServer::default();
    let (bob, eve) = (server.person("bob"), server.person("eve"));
    let links = start(&server);
    let setting = numbers("+33 2 40 40 40 40:eve, 6001:bob, 0004f2abcdef:eve");
    for (number, why) in [
        ("0240404040", NotLinked::Taken),
        ("6001", NotLinked::Own),
        ("bob", NotLinked::NoNumber),
        ("*72", NotLinked::NoNumber),
        ("", NotLinked::NoNumber),
    ] {
        let refused = links.ask_code(&bob, number, &setting).await;
        assert_eq!(refused, Err(why), "{number}");
    }
    let code = links
        .ask_code(&bob, "6003", &setting)
        .await
        .expect("a code");
    // Meanwhile it became somebody else's.
    links.add(&eve, "6003", &setting).await.expect("linked");
    let taken = links.confirm(&bob, &code.to_string(), &setting).await;
    assert_eq!(taken, Err(NotLinked::Taken));
    assert_eq!(in_force(&links), [pair("6003", "eve")]);
}

#[tokio::test(start_paused = true)]
async fn nobody_rings_a_number_again_and_again() {
    let server = FakeServer::default();
    let bob = server.person("bob");
    let links = start(&server);
    let none = numbers("");
    for number in ["6001", "6002", "6003"] {
        links.ask_code(&bob, number, &none).await.expect("a code");
    }
    let refused = links.ask_code(&bob, "6004", &none).await;
    assert_eq!(refused, Err(NotLinked::TooOften(ASK_WINDOW)));
}

#[tokio::test(start_paused = true)]
async fn one_person_kept_a_numbers_owner_from_linking_it() {
    let server = FakeServer::default();
    let (bob, eve) = (server.person("bob"), server.person("eve"));
    let links = start(&server);
    let none = numbers("");
    // A number in its forms is one, whoever asks.
    let forms = ["+33 2 40 40 40 40", "0240404040", "0033240404040"];
    for form in forms {
        links.ask_code(&eve, form, &none).await.expect("a code");
    }
    let refused = links.ask_code(&eve, forms[0], &none).await;
    assert_eq!(refused, Err(NotLinked::TooOften(ASK_WINDOW)));
    let own = links.ask_code(&bob, "02 40 40 40 40", &none).await;
    assert!(own.is_ok(), "{own:?}");

    // Many together do; but that takes nothing from what one may ask for.
    for n in 4..MAX_ASKS_FOR_NUMBER {
        let person = server.person(&format!("p{n}"));
        let code = links.ask_code(&person, forms[0], &none).await;
        code.expect("a code");
    }
    for _ in 0..MAX_ASKS {
        let refused = links.ask_code(&bob, forms[0], &none).await;
        assert_eq!(refused, Err(NotLinked::TooOften(ASK_WINDOW)));
    }
    let other = links.ask_code(&bob, "6001", &none).await;
    assert!(other.is_ok(), "{other:?}");
}

#[tokio::test(start_paused = true)]
async fn an_admin_decides_once() {
    let server = FakeServer::default();
    let bob = server.person("bob");
    let links = start(&server);
    let none = numbers("");
    let (first, before) = links.ask_admin(&bob, "6001", &none).await.expect("asked");
    assert_eq!(before, None);
    let (admin, post) = (UserId::from("id-root"), PostId::from("post1"));
    let told = [(admin, post)];
    assert_eq!(links.told_admins(&bob.id, &first, &told).await, Ok(true));
    let (second, before) = links.ask_admin(&bob, "6002", &none).await.expect("asked");
    let expected = Asked {
        number: "6001".to_owned(),
        posts: told.to_vec(),
    };
    assert_eq!(before, Some(expected), "these messages ask no more");
    assert_eq!(links.told_admins(&bob.id, &first, &told).await, Ok(false));
    for token in [&*first, "", "x"] {
        let forged = links.decide(&bob.id, token, true).await;
        assert_eq!(forged, Err(NotLinked::NotAsked), "{token}");
    }
    let eve = server.person("eve");
    let forged = links.decide(&eve.id, &second, true).await;
    assert_eq!(forged, Err(NotLinked::NotAsked));
    // No code confirms what an admin decides.
    let code = links.confirm(&bob, &second, &none).await;
    assert_eq!(code, Err(NotLinked::NotAsked));
    let asked = links
        .decide(&bob.id, &second, false)
        .await
        .expect("decided");
    assert_eq!(asked.number, "6002");
    let twice = links.decide(&bob.id, &second, true).await;
    assert_eq!(twice, Err(NotLinked::NotAsked));
}

#[tokio::test(start_paused = true)]
async fn what_admins_approve_at_once_is_linked_and_told_once() {
    let server = FakeServer::default();
    let bob = server.person("bob");
    let links = start(&server);
    let none = numbers("");
    let (token, _) = links.ask_admin(&bob, "6001", &none).await.expect("asked");
    server.slow(Duration::from_millis(20));
    let approve = async || {
        let asked = match links.decide(&bob.id, &token, true).await {
            Ok(asked) => asked,
            // By the time that the second one's decision was stored all was done.
            Err(NotLinked::NotAsked) => return Ok(false),
            Err(why) => panic!("not approved: {why:?}"),
        };
        let added = links.add(&bob, &asked.number, &none).await;
        assert!(matches!(added, Ok(()) | Err(NotLinked::Own)), "{added:?}");
        links.decided(&bob.id, &token).await
    };
    let refuse = async || {
        sleep(Duration::from_millis(70)).await;
        links.decide(&bob.id, &token, false).await
    };
    let (one, other, refused) = tokio::join!(approve(), approve(), refuse());
    assert_ne!(one, other);
    assert!([one, other].contains(&Ok(true)));
    assert_eq!(refused, Err(NotLinked::NotAsked), "it is approved already");
    assert_eq!(in_force(&links), [pair("6001", "bob")]);
    assert_eq!(links.asked(&bob.id).await, Ok(None));
}

#[tokio::test(start_paused = true)]
async fn an_admin_has_a_week() {
    let server = FakeServer::default();
    let bob = server.person("bob");
    let links = start(&server);
    let (token, _) = links
        .ask_admin(&bob, "6001", &numbers(""))
        .await
        .expect("asked");
    sleep(DECIDE_WITHIN).await;
    let late = links.decide(&bob.id, &token, true).await;
    assert_eq!(late, Err(NotLinked::TooLate));
}

#[tokio::test(start_paused = true)]
async fn a_link_is_taken_back_by_whose_it_is_or_an_admin() {
    let server = FakeServer::default();
    let (bob, eve) = (server.person("bob"), server.person("eve"));
    let links = start(&server);
    let none = numbers("");
    links.add(&bob, "0240404040", &none).await.expect("linked");
    links.add(&bob, "6002", &none).await.expect("linked");
    let plan = none.plan();
    assert!(links.is_link(&bob.id, "+33240404040", plan));
    assert!(!links.is_link(&eve.id, "6002", plan));
    let others = links.remove(&eve.id, "6002", false, plan).await;
    assert_eq!(others, Ok((false, None)));
    let own = links.remove(&bob.id, "02 40 40 40 40", false, plan).await;
    assert_eq!(own, Ok((true, None)));
    assert_eq!(in_force(&links), [pair("6002", "bob")]);
    let anybodys = links.remove(&eve.id, "6002", true, plan).await;
    assert_eq!(anybodys, Ok((true, None)));
    assert_eq!(in_force(&links), []);
}

#[tokio::test(start_paused = true)]
async fn nobody_has_too_many() {
    let server = FakeServer::default();
    let bob = server.person("bob");
    let links = start(&server);
    let none = numbers("");
    for n in 0..MAX_OWN_LINKS {
        links
            .add(&bob, &format!("600{n}"), &none)
            .await
            .expect("linked");
    }
    let one_more = links.add(&bob, "6009", &none).await;
    assert_eq!(one_more, Err(NotLinked::TooManyOwn));
    let asked = links.ask_code(&bob, "6009", &none).await;
    assert_eq!(asked, Err(NotLinked::TooManyOwn));
}

#[tokio::test(start_paused = true)]
async fn links_hold_while_the_admin_wants_them_to() {
    let server = FakeServer::default();
    let bob = server.person("bob");
    let links = start(&server);
    links.add(&bob, "6001", &numbers("")).await.expect("linked");
    links.configure(false);
    assert_eq!(in_force(&links), []);
    links.configure(true);
    a_while().await;
    assert_eq!(in_force(&links), [pair("6001", "bob")]);
}

#[tokio::test(start_paused = true)]
async fn links_follow_people_who_are_renamed_and_leave() {
    let server = FakeServer::default();
    let (bob, eve) = (server.person("bob"), server.person("eve"));
    let links = start(&server);
    let none = numbers("");
    links.add(&bob, "6001", &none).await.expect("linked");
    links.add(&eve, "6002", &none).await.expect("linked");
    {
        let mut people = lock(&server.0.people);
        let bob = people.get_mut("bob").expect("bob");
        bob.username = "robert".into();
    }
    sleep(READ_EVERY).await;
    a_while().await;
    assert_eq!(
        in_force(&links),
        [pair("6001", "robert"), pair("6002", "eve")]
    );
    links.forget(&eve.id);
    assert_eq!(in_force(&links), [pair("6001", "robert")]);
    // What was theirs is free.
    links.add(&bob, "6002", &none).await.expect("linked");
    assert_eq!(in_force(&links).len(), 2);
}

/// What another node of a cluster stored is not lost, and holds here a while later.
#[tokio::test(start_paused = true)]
async fn nodes_do_not_lose_each_others_links() {
    let server = FakeServer::default();
    let (bob, eve) = (server.person("bob"), server.person("eve"));
    let (one, other) = (start(&server), start(&server));
    let none = numbers("");
    server.slow(Duration::from_millis(20));
    let (first, second) =
        tokio::join!(one.add(&bob, "6001", &none), other.add(&eve, "6002", &none));
    assert_eq!((first, second), (Ok(()), Ok(())));
    sleep(READ_EVERY * 2).await;
    for links in [one, other] {
        let mut both = in_force(&links);
        both.sort_unstable();
        assert_eq!(both, [pair("6001", "bob"), pair("6002", "eve")]);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_stored_is_said() {
    let server = FakeServer::default();
    let bob = server.person("bob");
    let links = start(&server);
    server.fail("compare_and_set", HostErrorKind::Transient);
    let asked = links.ask_code(&bob, "6001", &numbers("")).await;
    assert!(matches!(asked, Err(NotLinked::NotStored(_))), "{asked:?}");
}

/// A panel showed a phone, or none, until the page was loaded anew.
#[tokio::test(start_paused = true)]
async fn open_pages_did_not_learn_of_a_number_that_was_linked() {
    let server = FakeServer::default();
    let (bob, admin) = (server.person("bob"), server.person("admin"));
    let links = start(&server);
    let setting = NumbersUsers::default();
    let told = || -> Vec<(String, String)> {
        let events = std::mem::take(&mut *lock(&server.0.events));
        let names = events.into_iter().map(|(name, to, told)| {
            assert!(told.is_empty(), "{told:?}");
            (name, to)
        });
        names.collect()
    };
    a_while().await;
    assert_eq!(told(), []);
    let bobs = (SETTINGS_CHANGED.to_owned(), bob.id.as_str().to_owned());
    links.add(&bob, "6001", &setting).await.expect("linked");
    a_while().await;
    assert_eq!(told(), std::slice::from_ref(&bobs));
    let plan = setting.plan();
    let removed = links.remove(&admin.id, "6001", true, plan).await;
    assert!(removed.is_ok_and(|(removed, _)| removed));
    a_while().await;
    assert_eq!(told(), [bobs]);
    let removed = links.remove(&bob.id, "6001", false, plan).await;
    assert!(removed.is_ok_and(|(removed, _)| !removed));
    a_while().await;
    assert_eq!(told(), []);
}
