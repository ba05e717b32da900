use std::collections::BTreeMap;

use proptest::prelude::*;

use super::simulation::{Node, Side, World, id, people};
use super::*;
use crate::cluster::network::{GOOD, Link, ms};
use crate::presence::pages::Closing;
use crate::presence::{NotReady, Status, Table};

#[test]
fn a_change_reaches_all_in_no_time_and_silence_costs_a_heartbeat() {
    let mut world = World::new(1, 3);
    world.fill(10);
    world.run(ms(100));
    assert!(world.equal());
    assert!(
        world.nodes[1..]
            .iter()
            .all(|node| node.follower().is_whole())
    );
    for _ in 0..50 {
        world.change(10);
        world.run(SEND_GAP + ms(10));
        assert!(world.equal());
    }
    world.sent.clear();
    world.run(ms(60_000));
    assert_eq!(world.sent, BTreeMap::from([(kind::HEARTBEAT, 30)]));
}

#[test]
fn a_large_table_comes_in_pieces_and_once_for_all_who_lack_it() {
    let mut world = World::new(2, 3);
    world.fill(40_000);
    world.nodes[0].side = Side::Leads(Leader::new(1, &mut world.nodes[0].table));
    world.run(ms(1_500));
    assert!(world.equal());
    let messages = world.sent[kind::CHANGES];
    assert!((30..=50).contains(&messages), "{messages}");
    assert_eq!(world.sent[kind::REQUEST], 2, "one each");
    // A change in the midst of a copy does not wait for its end.
    let now = world.now;
    world.nodes[2].side = Side::Follows(Follower::new(now, false));
    world.nodes[2].table = Table::new();
    world.run(ms(500));
    world.leader().upsert(&id(7), "new@x");
    world.run(SEND_GAP * 2 + ms(10));
    let has = |node: &Node| people(&node.table).contains(&people(&world.nodes[0].table)[7]);
    assert!(has(&world.nodes[1]) && !has(&world.nodes[2]));
    world.run(ms(5_000));
    assert!(world.equal());
}

#[test]
fn a_lost_change_is_asked_for() {
    let mut world = World::new(3, 2);
    world.fill(5);
    world.run(ms(1000));
    world.network.link.losing = 100;
    world.leader().upsert(&id(1), "lost@x");
    world.run(ms(40));
    world.network.link = GOOD;
    world.sent.clear();
    // Discovered by the next change.
    world.leader().upsert(&id(2), "next@x");
    world.run(GAP_PATIENCE + SEND_GAP * 3);
    assert!(world.equal());
    assert_eq!(world.sent[kind::REQUEST], 1);
    // Or by a heartbeat.
    world.network.link.losing = 100;
    world.leader().upsert(&id(1), "lost-again@x");
    world.run(ms(40));
    world.network.link = GOOD;
    world.run(HEARTBEAT + GAP_PATIENCE + SEND_GAP * 3);
    assert!(world.equal());
}

#[test]
fn questions_are_rare_while_nobody_answers() {
    let mut world = World::new(4, 3);
    world.fill(5);
    world.run(ms(1000));
    world.lead(1, 2, true);
    world.nodes[1].side = Side::Follows(Follower::new(world.now, true));
    world.sent.clear();
    world.run(ms(30_000));
    // Two know of no leader; the third has everything of one that is gone.
    let asked = world.sent[kind::REQUEST];
    assert!((50..=64).contains(&asked), "{asked}");
    assert!(world.nodes[2].follower().silence(world.now) >= SILENCE);
    assert_eq!(world.nodes[2].follower().wake(), None);
}

#[test]
fn a_new_leader_removes_whom_it_does_not_have_only_when_it_is_ready() {
    let mut world = World::new(5, 3);
    world.fill(20);
    world.run(ms(1000));
    world.lead(1, 2, false);
    world.state = State::FirstRound;
    // It has been told that somebody is gone while nobody led, and is yet to read the rest.
    world.leader().drop_ghosts(u64::MAX);
    world.leader().remove(&id(3));
    world.leader().drop_ghosts(u64::MAX);
    world.run(ms(10_000));
    assert_eq!(people(&world.nodes[2].table).len(), 20);
    assert!(world.nodes[2].follower().is_whole(), "shown all the while");
    world.state = State::Ready;
    world.run(ms(50));
    assert_eq!(people(&world.nodes[2].table).len(), 19);
    assert!(world.equal());
}

#[test]
fn an_old_leader_is_not_listened_to() {
    let mut table = Table::new();
    let mut follower = Follower::new(ms(0), false);
    let heartbeat = |epoch, head| Heartbeat {
        epoch,
        head,
        state: State::Ready,
        by_status: [0; 4],
    };
    let changes = |epoch| Changes {
        epoch,
        from: 0,
        to: 1,
        head: 1,
        closing: Closing::default(),
        state: State::Ready,
        records: vec![Copied {
            id: "00000000000000000000000001",
            email: "a@x",
            status: Status::Online,
            listed: true,
            place: 0,
        }],
    };
    follower.heartbeat(ms(0), &heartbeat(5, 0), &mut table);
    assert!(follower.is_whole(), "of nobody");
    assert!(!follower.changes(ms(1), &changes(4), &mut table));
    assert_eq!(table.head(), 0);
    // Somebody deleted the lease's key, and terms begin anew.
    let silence = SILENCE + ms(1);
    assert!(follower.changes(silence, &changes(1), &mut table));
    assert!(!follower.heartbeat(silence, &heartbeat(0, 9), &mut table));
    // Newer ones always count, and what the old one had goes with it.
    assert!(follower.heartbeat(silence, &heartbeat(6, 0), &mut table));
    assert_eq!(people(&table), []);
}

#[test]
fn what_is_on_its_way_is_waited_for() {
    let mut table = Table::new();
    let mut follower = Follower::new(ms(0), false);
    assert_eq!(follower.wake(), Some(ms(0)), "it knows of no leader");
    let heartbeat = |head| Heartbeat {
        epoch: 1,
        head,
        state: State::Ready,
        by_status: [0; 4],
    };
    let changes = |from, to| Changes {
        epoch: 1,
        from,
        to,
        head: to,
        closing: Closing::default(),
        state: State::Ready,
        records: Vec::new(),
    };
    follower.heartbeat(ms(0), &heartbeat(3), &mut table);
    follower.changes(ms(0), &changes(0, 3), &mut table);
    assert_eq!(follower.wake(), None);
    let now = ms(5_000);
    follower.heartbeat(now, &heartbeat(4), &mut table);
    assert_eq!(follower.wake(), Some(now + GAP_PATIENCE));
    assert_eq!(follower.next(now), None);
    follower.changes(now, &changes(3, 4), &mut table);
    assert_eq!(follower.wake(), None);
    // One that is lost is asked for, and again once nobody answers.
    follower.changes(now, &changes(5, 6), &mut table);
    let due = now + GAP_PATIENCE;
    assert_eq!(follower.wake(), Some(due));
    assert!(follower.next(due).is_some());
    assert_eq!(follower.next(due), None);
    assert_eq!(follower.wake(), Some(due + ASK_GAP));
}

#[test]
fn a_leader_sends_again_from_where_the_last_of_them_is() {
    let mut world = World::new(8, 1);
    world.fill(6);
    let mut leader = Leader::new(3, &mut world.nodes[0].table);
    let table = &world.nodes[0].table;
    let beats = |leader: &mut Leader, at, state| {
        let event = leader.next(at, table, state).expect("due");
        assert_eq!(event.kind, kind::HEARTBEAT);
        assert_eq!(leader.next(at, table, state), None);
    };
    beats(&mut leader, ms(0), State::FirstRound);
    assert_eq!(leader.wake(table), HEARTBEAT);
    // How far it is is told at once, in any direction.
    beats(&mut leader, ms(1), State::Ready);
    beats(&mut leader, ms(2), State::StatusesOff);
    beats(&mut leader, ms(3), State::Ready);
    let head = table.head();
    let mut now = ms(10);
    for (asked, from) in [
        (vec![(3, head)], None),
        (vec![(4, 0)], None),
        (vec![(3, 4), (3, 2), (3, 3)], Some(2)),
        (vec![(3, 2), (2, 9)], Some(0)),
    ] {
        for (epoch, have) in asked {
            leader.requested(Request { epoch, have });
        }
        let sent = leader.next(now, table, State::Ready);
        let found = sent.map(|event| match decode(event.kind, &event.data) {
            Ok(Message::Changes(changes)) => (changes.from, changes.to),
            other => panic!("{other:?}"),
        });
        assert_eq!(found, from.map(|from| (from, head)));
        now += SEND_GAP;
    }
}

#[test]
fn a_table_that_differs_though_nothing_is_missing_is_copied_anew() {
    let mut world = World::new(6, 2);
    world.fill(20);
    world.run(ms(1000));
    // Against the rules: somebody else changes a follower's table.
    world.nodes[1].table.remove(&id(4));
    world.run(ms(10_000));
    assert!(!world.equal(), "not at once");
    world.sent.clear();
    world.run(RECOPY_GAP);
    assert!(world.equal());
    assert_eq!(world.sent[kind::REQUEST], 1);
}

#[test]
fn a_follower_closes_holes_with_the_leader() {
    let mut world = World::new(7, 3);
    world.fill(2_000);
    world.run(ms(2_000));
    world.sent.clear();
    // What else happened meanwhile comes in the same message.
    for _ in 0..3 {
        world.leader().remove(&id(3));
        world.leader().observe(&id(1_000), Status::Away);
        world.leader().upsert(&id(3_000), "new@x");
        world.leader().observe(&id(3_000), Status::Away);
        world.leader().close_holes();
        world.leader().observe(&id(1_001), Status::Away);
        world.leader().upsert(&id(3), "back@x");
        world.leader().observe(&id(3), Status::Away);
        world.run(SEND_GAP + ms(10));
        assert!(world.equal());
    }
    assert_eq!(world.sent[kind::CHANGES], 3, "nothing was sent again");
    // Who missed that copies anew.
    world.network.link.losing = 100;
    world.leader().remove(&id(4));
    world.leader().remove(&id(5));
    world.leader().upsert(&id(5_000), "known-to-one@x");
    world.leader().close_holes();
    world.leader().observe(&id(5_000), Status::Away);
    world.leader().remove(&id(6));
    world.run(SEND_GAP + ms(10));
    world.network.link = GOOD;
    world.run(ms(5_000));
    assert!(world.equal());
}

#[test]
fn holes_of_other_people_are_not_closed() {
    let mut world = World::new(9, 2);
    world.fill(20);
    for person in [30, 31] {
        world.leader().upsert(&id(person), "shared@x");
        world.leader().observe(&id(person), Status::Away);
    }
    world.run(ms(1_000));
    assert!(world.equal());
    // One of two with an address leaves no record, so the follower still has them; and has as many people as the leader had.
    world.leader().remove(&id(30));
    world.leader().close_holes();
    world.leader().remove(&id(5));
    world.run(SEND_GAP + ms(10));
    world.leader().upsert(&id(30), "back@x");
    world.leader().observe(&id(30), Status::Away);
    world.run(ms(5_000));
    assert!(world.equal());
}

#[test]
fn a_follower_says_what_the_leader_says_of_the_server() {
    let mut table = Table::new();
    let mut follower = Follower::new(ms(0), false);
    assert_eq!(follower.not_ready(), Some(NotReady::FirstRound));
    let mut told = |epoch, head, state| {
        let heartbeat = Heartbeat {
            epoch,
            head,
            state,
            by_status: [0; 4],
        };
        follower.heartbeat(ms(0), &heartbeat, &mut table);
        follower.not_ready()
    };
    let (off, first) = (Some(NotReady::StatusesOff), Some(NotReady::FirstRound));
    assert_eq!(told(1, 0, State::StatusesOff), off);
    assert_eq!(told(1, 0, State::Ready), None);
    assert_eq!(told(1, 0, State::StatusesOff), off);
    // Until everybody was read again.
    assert_eq!(told(1, 0, State::FirstRound), first);
    assert_eq!(told(2, 0, State::FirstRound), first);
    assert_eq!(told(2, 0, State::Ready), None);
    // Another leader has yet to read everybody; this table was read.
    assert_eq!(told(3, 7, State::FirstRound), None);
    // Older than the last.
    assert_eq!(told(3, 6, State::StatusesOff), None);
}

fn link() -> impl Strategy<Value = Link> {
    (0..60u32, 0..40u32, 0..400u64).prop_map(|(losing, doubling, way)| Link {
        losing,
        doubling,
        way: ms(way),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn tables_are_equal_once_the_link_is_quiet(
        seed in any::<u64>(),
        links in prop::collection::vec((link(), 0..200u32, prop::option::of((0..3usize, any::<bool>()))), 1..6),
        people in 1..40u64,
    ) {
        let mut world = World::new(seed, 3);
        for (link, changes, leads) in links {
            world.network.link = link;
            if let Some((next, killed)) = leads {
                world.lead(next, world.epoch + 1, killed);
            }
            for _ in 0..changes {
                world.change(people);
                let pause = world.rng.u64(0..60);
                world.run(ms(pause));
            }
        }
        world.network.link = GOOD;
        // What was late has come, and what shows in numbers only is found.
        world.run(RECOPY_GAP * 2 + ms(5_000));
        prop_assert!(world.equal());
        let now = world.now;
        for node in &world.nodes {
            if let Side::Follows(follower) = &node.side {
                prop_assert!(follower.is_whole() && follower.wake().is_none());
                prop_assert!(follower.silence(now) <= HEARTBEAT + ms(10));
            }
        }
    }

    #[test]
    fn any_messages_are_taken(
        messages in prop::collection::vec(
            (0..5u64, 0..10u64, 0..10u64, (0..10u64, (0..12u64, 0..4u32), 0..4u32), (0..3usize, any::<bool>()), any::<bool>(), 0..20_000u64),
            0..60,
        ),
    ) {
        let mut table = Table::new();
        let mut follower = Follower::new(ms(0), false);
        let mut leader = Leader::new(3, &mut Table::new());
        let mut now = ms(0);
        for (epoch, from, to, (head, (number, left), place), (state, listed), beats, pause) in messages {
            let state = State::ALL[state];
            let closing = Closing { number, left, who: 0 };
            now += ms(pause);
            if beats {
                let heartbeat = Heartbeat { epoch, head, state, by_status: [0; 4] };
                follower.heartbeat(now, &heartbeat, &mut table);
            } else {
                let records = vec![Copied { id: "00000000000000000000000001", email: "", status: Status::Away, listed, place }];
                follower.changes(now, &Changes { epoch, from, to, head, closing, state, records }, &mut table);
            }
            follower.next(now);
            leader.requested(Request { epoch, have: from });
            leader.next(now, &table, state);
        }
    }
}
