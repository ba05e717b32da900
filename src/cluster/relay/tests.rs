use std::time::Duration;

use super::simulation::{Side, World};
use super::*;
use crate::cluster::network::{GOOD, Link, ms};
use crate::journal::Origin;

const SECOND: Duration = Duration::from_secs(1);

const BAD: Link = Link {
    losing: 20,
    doubling: 20,
    way: ms(400),
};

/// Something happens on each node, every 20 ms.
fn busy(world: &mut World, from: u64, rounds: u64) -> u64 {
    let mut event = from;
    for _ in 0..rounds {
        for node in 0..world.nodes.len() {
            if !world.nodes[node].frozen {
                event += 1;
                world.happen(node, event);
            }
        }
        world.run(ms(20));
    }
    event
}

#[test]
fn what_happens_on_any_node_is_on_all_at_once_and_in_order() {
    let mut world = World::new(1, 3);
    world.run(SECOND);
    let last = busy(&mut world, 0, 100);
    world.run(ms(250));
    let events = world.nodes[0].state.events();
    assert_eq!(events.len() as u64, last);
    for node in 0..3 {
        assert_eq!(world.nodes[node].state.events(), events);
        let of_node = events
            .iter()
            .filter(|event| (*event - 1) % 3 == node as u64);
        assert!(of_node.is_sorted(), "each node's in order");
    }
    world.settle();
    assert!(world.lags().all(|lag| lag <= 60), "clocks are no matter");
}

#[test]
fn a_quiet_cluster_says_little() {
    let mut world = World::new(1, 3);
    world.run(5 * SECOND);
    let before = world.messages;
    world.run(60 * SECOND);
    assert!(world.messages - before <= 61);
}

#[test]
fn a_node_that_comes_late_is_sent_what_it_lacks() {
    for many in [40, 2 * MAX_KEPT as u64] {
        let mut world = World::new(1, 2);
        world.nodes[1].cut = true;
        for event in 1..=many {
            world.happen(0, event);
            if event % 100 == 0 {
                world.run(ms(5));
            }
        }
        world.kill(1);
        world.run(3 * SECOND);
        assert_eq!(world.nodes[1].state.events().len() as u64, many);
        world.settle();
    }
}

#[test]
fn a_leader_that_dies_takes_nothing_of_others_along() {
    for seed in 0..20 {
        let mut world = World::new(seed, 3);
        let event = busy(&mut world, 0, 10 + seed);
        world.kill(0);
        let event = busy(&mut world, event, 20);
        world.lead(1);
        busy(&mut world, event, 20);
        world.settle();
        let lost = world.excused.clone();
        // Of its own, those of the last moment.
        let kept = world.nodes[1].state.events();
        let lost = lost.iter().filter(|event| !kept.contains(event)).count();
        assert!(lost <= 4, "{lost}");
    }
}

#[test]
fn a_leader_that_was_cut_off_gives_back_what_it_had_alone() {
    let mut world = World::new(3, 3);
    let event = busy(&mut world, 0, 50);
    world.nodes[0].cut = true;
    let event = busy(&mut world, event, 100);
    world.depose();
    world.lead(2);
    let event = busy(&mut world, event, 100);
    world.nodes[0].cut = false;
    busy(&mut world, event, 10);
    world.settle();
    assert_eq!(world.excused.len(), 0);
}

#[test]
fn a_leader_that_was_frozen_follows_the_next_one() {
    let mut world = World::new(4, 2);
    let event = busy(&mut world, 0, 50);
    world.nodes[0].frozen = true;
    let event = busy(&mut world, event, 50);
    world.lead(1);
    let event = busy(&mut world, event, 50);
    world.nodes[0].frozen = false;
    busy(&mut world, event, 50);
    world.settle();
}

#[test]
fn a_leader_that_comes_back_takes_the_stores_state_if_that_is_further() {
    let mut world = World::new(5, 2);
    let event = busy(&mut world, 0, 50);
    world.nodes[0].cut = true;
    world.lead(1);
    let event = busy(&mut world, event, 200);
    // The other one dies, and the first has heard nothing of its term.
    world.kill(1);
    world.nodes[0].cut = false;
    world.lead(0);
    busy(&mut world, event, 20);
    world.settle();
}

#[test]
fn whatever_befalls_them_nothing_acknowledged_is_lost_and_all_are_the_same() {
    for seed in 0..120 {
        let nodes = 2 + usize::from(seed % 2 == 1);
        let mut world = World::new(seed, nodes);
        let mut event = 0;
        for _ in 0..12 {
            world.network.link = if world.rng.bool() { BAD } else { GOOD };
            event = busy(&mut world, event, 30);
            let node = world.rng.usize(0..nodes);
            match world.rng.u32(0..6) {
                0 => {
                    if world.leader() == Some(node) {
                        world.depose();
                    }
                    world.kill(node);
                }
                1 => world.nodes[node].frozen = true,
                2 => world.nodes[node].cut = true,
                3 => {
                    world.nodes[node].frozen = false;
                    world.nodes[node].cut = false;
                }
                4 => world.depose(),
                _ if !world.nodes[node].frozen && !world.nodes[node].cut => world.lead(node),
                _ => {}
            }
        }
        world.settle();
    }
}

#[test]
fn a_state_that_is_no_part_of_the_leaders_history_is_copied_anew() {
    let at = |term, index| Position { term, index };
    let lineage = Lineage {
        term: 5,
        from: at(3, 100),
    };
    for (have, part) in [
        (at(5, 700), true),
        (at(3, 100), true),
        (at(3, 101), false),
        (at(4, 90), false),
        (at(2, 90), false),
        (at(0, 0), true),
        (at(4, 0), true),
    ] {
        assert_eq!(lineage.contains(have), part, "{have:?}");
    }
    // Servers that were alone have histories of their own.
    let lineage = Lineage {
        term: 1,
        from: at(0, 100),
    };
    assert!(!lineage.contains(at(0, 50)) && lineage.contains(at(0, 0)));
}

#[test]
fn who_is_before_a_gap_copies_the_whole_state() {
    let mut leader = Leader::new(1, Position::default());
    leader.applied(&1);
    leader.jumped(70);
    leader.applied(&2);
    assert_eq!(leader.position(), Position { term: 1, index: 71 });
    let mut at = Duration::ZERO;
    let mut asks_for = |index| {
        at += 10 * SECOND;
        while let Some(Step::Send(_) | Step::Beside) = leader.next(at) {}
        leader.wanted(at, Some(Position { term: 1, index }));
        while let Some(step) = leader.next(at + SECOND) {
            match step {
                Step::Send(_) | Step::Beside => {}
                Step::Whole => return true,
            }
        }
        false
    };
    assert!(!asks_for(70));
    assert!(asks_for(1));
}

#[test]
fn what_waits_is_bounded() {
    let mut forwards = Forwards::new("1".into());
    for n in 1..=MAX_FORWARDS as u64 {
        let origin = forwards.push(Duration::ZERO, n);
        assert_eq!(
            origin,
            Ok(Origin {
                node: "1".into(),
                number: n
            })
        );
    }
    assert_eq!(forwards.push(Duration::ZERO, 0), Err(Full));
    forwards.applied(MAX_FORWARDS as u64, MAX_FORWARDS as u64);
    assert_eq!(forwards.waiting(), 0);
    // The store fails: the oldest are kept no longer.
    for n in 1..=3 * MAX_FORWARDS as u64 {
        let origin = forwards.push(Duration::ZERO, n).expect("room");
        forwards.applied(origin.number, origin.number);
    }
    assert_eq!(forwards.waiting(), 0);
    assert_eq!(forwards.next(SECOND), None);
}

#[test]
fn a_question_is_done_once_and_answered_as_often_as_asked() {
    let mut asks = Asks::new("7".into());
    let mut answers = Answers::new(3);
    asks.push(Duration::ZERO, 10 * SECOND, 3, b"x".to_vec(), "anna")
        .expect("room");
    let question = asks.next(Duration::ZERO).expect("a question");
    assert_eq!(asks.next(Duration::ZERO), None);
    assert_eq!(asks.next(SECOND).as_ref(), Some(&question), "again");
    let Ok(Message::<u64, u64>::Ask {
        node,
        number,
        term,
        body,
    }) = decode(&question)
    else {
        panic!("a question");
    };
    assert_eq!(body, b"x");
    assert_eq!(answers.asked(&node, number, term), Asked::Do);
    assert_eq!(answers.asked(&node, number, term), Asked::Nothing);
    let answer = answers.done(&node, number, b"y");
    assert_eq!(
        answers.asked(&node, number, term),
        Asked::Send(answer.clone())
    );
    assert_eq!(answers.asked(&node, number, 2), Asked::Nothing, "of before");
    let Ok(Message::<u64, u64>::Answer { done, body, .. }) = decode(&answer) else {
        panic!("an answer");
    };
    assert_eq!((done, &*body), (true, &b"y"[..]));
    assert_eq!(asks.answered("8", number), None, "another node's");
    assert_eq!(asks.answered(&node, number), Some("anna"));
    assert_eq!(asks.wake(), None);
}

#[test]
fn a_question_that_found_no_place_kept_one_for_ever() {
    let node: NodeId = "7".into();
    let mut answers = Answers::new(3);
    // More than are remembered.
    for number in 0..5_000 {
        assert_eq!(answers.asked(&node, number, 3), Asked::Do, "{number}");
        let answer = answers.refused(&node, number);
        let Ok(Message::<u64, u64>::Answer { done, .. }) = decode(&answer) else {
            panic!("an answer");
        };
        assert!(!done);
        // Who was told that it is not done may ask again before that arrives.
        assert_eq!(answers.asked(&node, number, 3), Asked::Send(answer));
    }
}

#[test]
fn no_more_questions_wait_than_may_and_those_are_sent() {
    let mut asks = Asks::new("7".into());
    for number in 0..256 {
        assert_eq!(
            asks.push(Duration::ZERO, SECOND, 3, Vec::new(), number),
            Ok(())
        );
    }
    assert_eq!(
        asks.push(Duration::ZERO, SECOND, 3, Vec::new(), 256),
        Err(256)
    );
    let sent = std::iter::from_fn(|| asks.next(Duration::ZERO));
    assert_eq!(sent.count(), 256);
    // One that is answered makes room.
    assert_eq!(asks.answered("7", 1), Some(0));
    assert_eq!(
        asks.push(Duration::ZERO, SECOND, 3, Vec::new(), 256),
        Ok(())
    );
}

#[test]
fn long_questions_took_more_memory_than_there_is() {
    let mut asks = Asks::new("7".into());
    let long = vec![b'x'; 200_000];
    let mut taken = 0;
    while let Ok(()) = asks.push(Duration::ZERO, SECOND, 3, long.clone(), ()) {
        taken += 1;
    }
    assert_eq!(taken, 10, "of 2 MiB");
    // A short one has room.
    assert_eq!(
        asks.push(Duration::ZERO, SECOND, 3, vec![b'x'; 2_000], ()),
        Ok(())
    );
}

/// As where that was of a form which only another version of the plugin writes.
#[test]
fn a_node_that_could_read_nothing_new_said_that_it_lacks_nothing() {
    let mut replica = Replica::new(Duration::ZERO, Position::default());
    let lineage = Lineage {
        term: 1,
        from: Position::default(),
    };
    let place = |first| Place {
        lineage,
        first,
        stored: 0,
    };
    assert_eq!(replica.entries(Duration::ZERO, place(1), vec![1]), [1]);
    assert_eq!(replica.waits(Duration::ZERO), None);
    // Signs of life arrive, and what is new does not.
    for second in 1..=40 {
        let none = replica.entries::<u64>(second * SECOND, place(6), Vec::new());
        assert!(none.is_empty());
    }
    assert_eq!(replica.waits(40 * SECOND), Some(39 * SECOND));
    // Some of it counts as coming on.
    assert_eq!(replica.entries(40 * SECOND, place(2), vec![2, 3]), [2, 3]);
    assert_eq!(replica.waits(41 * SECOND), Some(SECOND));
    assert_eq!(replica.entries(41 * SECOND, place(4), vec![4, 5]), [4, 5]);
    assert_eq!(replica.waits(41 * SECOND), None);
}

#[test]
fn whoever_asked_a_leader_that_is_gone_is_told_so() {
    let mut asks = Asks::new("7".into());
    for asker in ["anna", "bob"] {
        let limit = if asker == "anna" { SECOND } else { 5 * SECOND };
        asks.push(Duration::ZERO, limit, 3, Vec::new(), asker)
            .expect("room");
    }
    assert_eq!(asks.over(ms(999), Some(3)).count(), 0);
    assert_eq!(asks.over(SECOND, Some(3)).collect::<Vec<_>>(), ["anna"]);
    assert_eq!(asks.over(SECOND, Some(4)).collect::<Vec<_>>(), ["bob"]);
}

#[test]
fn what_is_no_message_is_refused() {
    let refused = |data: &[u8]| decode::<u64, u64>(data).expect_err("refused").to_string();
    assert!(refused(b"").contains("EOF"));
    assert!(refused(b"{\"v\":2,\"is\":\"other\"}").contains("version 2"));
    assert!(refused(&vec![b' '; MAX_MESSAGE + 1]).contains("the limit"));
    let lineage = r#""lineage":{"term":1,"from":{"term":0,"index":0}}"#;
    let whole = format!(r#"{{"v":1,"is":"whole",{lineage},"index":1,"part":2,"parts":2}}"#);
    assert!(refused(whole.as_bytes()).contains("beyond"));
    let entries =
        format!("{{\"v\":1,\"is\":\"entries\",{lineage},\"first\":1,\"stored\":0}}\n1\nx");
    assert!(refused(entries.as_bytes()).contains("expected"));
    assert!(decode::<u64, u64>(&entries.as_bytes()[..entries.len() - 2]).is_ok());
}

#[test]
fn an_older_leader_is_listened_to_only_after_a_long_silence() {
    let lineage = |term| Lineage {
        term,
        from: Position::default(),
    };
    let mut replica = Replica::new(Duration::ZERO, Position::default());
    let mut heard = |now, term, first| {
        let place = Place {
            lineage: lineage(term),
            first,
            stored: 0,
        };
        replica.entries(now, place, vec![term])
    };
    assert_eq!(heard(SECOND, 4, 1), [4]);
    assert_eq!(heard(2 * SECOND, 3, 2), [0; 0]);
    assert_eq!(heard(SECOND + SILENCE, 3, 2), [0; 0], "another history");
    assert_eq!(replica.leader(), Some(3));
    assert!(!replica.joined() && replica.next(60 * SECOND).is_some());
}

#[test]
fn the_simulation_has_leaders_that_store() {
    let mut world = World::new(9, 2);
    busy(&mut world, 0, 100);
    assert!(matches!(&world.nodes[0].side, Side::Leads(leader, _) if leader.position().index > 0));
    world.run(3 * SECOND);
    assert!(world.nodes[1].forwards.next(world.now).is_none());
}
