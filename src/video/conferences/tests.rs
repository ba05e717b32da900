//! Whatever clients say, in whatever order.

use proptest::prelude::*;

use super::*;

fn who(name: &str) -> Who {
    Who {
        id: name.into(),
        username: name.into(),
        name: name.into(),
    }
}

fn channel(name: &str) -> ChannelId {
    ChannelId::from(name)
}

fn admit(
    all: &mut Conferences,
    id: &str,
    name: &str,
    at: &str,
    tab: Option<&str>,
    now: Timestamp,
) -> Result<(), Denied> {
    let entry = Entry {
        who: &who(name),
        channel: &channel(at),
        alias: "alias",
        tab,
        take_over: false,
    };
    all.admit(id, entry, now).map(drop)
}

#[test]
fn what_was_taken_over_is_remembered_for_as_long_as_its_client_may_ask_and_so_much_of_it() {
    let (mut all, now) = (Conferences::default(), Timestamp(1));
    let bob = UserId::from("bob");
    let mut take_over = |n: usize| {
        let (id, tab) = (format!("p{n}"), format!("t{n}"));
        let entry = Entry {
            who: &who("bob"),
            channel: &channel("c"),
            alias: "alias",
            tab: Some(&tab),
            take_over: true,
        };
        let replaced = all.admit(&id, entry, now).expect("let in");
        all.joined(&id, &bob, now).expect("in");
        replaced
    };
    assert!(take_over(0).is_empty());
    for n in 1..MAX_REPLACED + 3 {
        assert_eq!(take_over(n), [format!("p{}", n - 1).into()]);
    }
    assert_eq!(all.replaced.len(), MAX_REPLACED);
    assert_eq!(all.beat("p0", &bob, now), Err(Lost::Replaced));
    let forgotten = format!("p{}", MAX_REPLACED + 1);
    assert_eq!(all.beat(&forgotten, &bob, now), Err(Lost::Gone));
    let later = now.after(BEAT_LIMIT.as_millis() as u64);
    all.expire(later);
    assert_eq!(all.beat("p0", &bob, later), Err(Lost::Gone));
}

#[test]
fn a_conference_holds_so_many_and_there_are_so_many() {
    let (mut all, now) = (Conferences::default(), Timestamp(1));
    for n in 0..MAX_IN_CONFERENCE {
        let id = n.to_string();
        assert_eq!(admit(&mut all, &id, &id, "c", Some("t"), now), Ok(()));
    }
    let full = Err(Denied::Full);
    assert_eq!(admit(&mut all, "x", "x", "c", Some("t"), now), full);
    // Whoever comes again in the same tab takes no further place.
    assert_eq!(admit(&mut all, "y", "7", "c", Some("t"), now), Ok(()));
    for n in 0..MAX_CONFERENCES {
        let id = format!("of-{n}");
        assert_eq!(admit(&mut all, &id, &id, &id, Some("t"), now), Ok(()));
        assert!(all.joined(&id, &UserId::from(&*id), now).is_ok());
    }
    assert_eq!(admit(&mut all, "x", "x", "new", Some("t"), now), full);
    assert_eq!(admit(&mut all, "x", "x", "of-0", Some("t"), now), Ok(()));
}

/// One thing that happens.
#[derive(Clone, Debug)]
enum Act {
    Admit(usize, usize, usize),
    Joined(usize),
    Beat(usize),
    Leave(usize),
    Pass(u64),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (0..3usize, 0..2usize, 0..3usize).prop_map(|(who, at, tab)| Act::Admit(who, at, tab)),
        (0..12usize).prop_map(Act::Joined),
        (0..12usize).prop_map(Act::Beat),
        (0..12usize).prop_map(Act::Leave),
        (1..100u64).prop_map(Act::Pass),
    ]
}

proptest! {
    /// Whatever clients say in whatever order: who came has not come before without leaving, and in the end nothing is left.
    #[test]
    fn steps_alternate_and_nothing_stays(acts in proptest::collection::vec(act(), 1..80)) {
        let mut all = Conferences::default();
        let mut now = Timestamp(1);
        let mut ids: Vec<(String, UserId)> = Vec::new();
        let mut inside: Vec<(ChannelId, Arc<str>)> = Vec::new();
        let mut follow = |all: &Conferences, steps: Vec<Step>| {
            for step in steps {
                let one = (step.channel, step.who.id);
                assert_eq!(inside.contains(&one), !step.entered, "{one:?}");
                inside.retain(|other| *other != one);
                if step.entered {
                    inside.push(one);
                }
            }
            for at in ["c0", "c1"].map(channel) {
                let people = all.people(&at);
                assert_eq!(people.len(), inside.iter().filter(|(own, _)| *own == at).count());
                let on = all.going_on().iter().any(|(own, _)| *own == at);
                assert_eq!(on, !people.is_empty());
            }
        };
        for act in acts {
            let picked = |n: usize| ids.get(ids.len().saturating_sub(1 + n)).cloned();
            let steps = match act {
                Act::Admit(who, at, tab) => {
                    let (id, who) = (ids.len().to_string(), format!("u{who}"));
                    let tab = (tab < 2).then(|| format!("t{tab}"));
                    let at = format!("c{at}");
                    if admit(&mut all, &id, &who, &at, tab.as_deref(), now).is_ok() {
                        ids.push((id, UserId::from(who)));
                    }
                    vec![]
                }
                Act::Joined(n) => match picked(n).map(|(id, user)| all.joined(&id, &user, now)) {
                    Some(Ok((_, step))) => step.into_iter().collect(),
                    _ => vec![],
                },
                Act::Beat(n) => {
                    if let Some((id, user)) = picked(n) {
                        let _ = all.beat(&id, &user, now);
                    }
                    vec![]
                }
                Act::Leave(n) => match picked(n).map(|(id, user)| all.leave(&id, Some(&user), now)) {
                    Some(Ok(step)) => step.into_iter().collect(),
                    _ => vec![],
                },
                Act::Pass(seconds) => {
                    now = now.after(seconds * 1000);
                    all.expire(now).0
                }
            };
            follow(&all, steps);
        }
        now = now.after(SILENT_LIMIT.as_millis() as u64);
        let steps = all.expire(now).0;
        follow(&all, steps);
        now = now.after(REOPENS_WITHIN.as_millis() as u64);
        prop_assert!(all.expire(now).0.is_empty());
        prop_assert!(all.participations.is_empty() && all.conferences.is_empty());
        prop_assert!(all.replaced.is_empty());
        prop_assert_eq!(all.next(), None);
    }
}
