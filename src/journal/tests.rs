use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::board::{Board, Source};
use crate::board::{any_step, kept};

fn origin(node: &str, number: u64) -> Origin {
    Origin {
        node: Arc::from(node),
        number,
    }
}

fn cleared(index: u64) -> Entry {
    Entry {
        index,
        at: Timestamp(index),
        within: 20_000,
        origin: None,
        step: Step::Event(Event::Cleared(Source::Phone)),
    }
}

/// Through JSON, as it is stored.
fn stored(entry: &Entry) -> Entry {
    let json = serde_json::to_vec(entry).expect("words");
    serde_json::from_slice(&json).expect("an entry")
}

proptest! {
    #[test]
    fn entries_over_an_earlier_state_give_the_same_board(
        steps in proptest::collection::vec((any_step(), any::<bool>(), 0..3u64), 0..100),
        cut in 0..100usize,
    ) {
        let mut leader = Replica::default();
        let mut now = Timestamp(1_000_000);
        let mut journal = Vec::new();
        let mut earlier = None;
        let mut numbers = [0; 2];
        for (at, ((event, later), from_other, within)) in steps.into_iter().enumerate() {
            if at == cut {
                let board = kept(leader.board());
                earlier = Some(Replica::new(board, leader.index(), leader.term(), leader.origins().clone()));
            }
            now = now.after(later);
            let from = from_other.then(|| {
                numbers[at % 2] += 1;
                origin(if at % 2 == 0 { "a" } else { "b" }, numbers[at % 2])
            });
            let step = event.map_or(Step::Expire, Step::Event);
            let entry = leader.next(step, now, 10_000 * within, from);
            let changes = leader.apply(&entry).expect("the next one");
            journal.push((entry, changes));
        }
        let mut replica = earlier.unwrap_or_default();
        for (entry, changes) in &journal {
            let applied = replica.apply(&stored(entry));
            if entry.index > replica.index() {
                prop_assert!(false, "a gap");
            }
            // What the state has in it already is refused, and so never done twice.
            if let Ok(applied) = applied {
                prop_assert_eq!(&applied, changes);
            }
        }
        prop_assert_eq!(format!("{replica:?}"), format!("{leader:?}"));
    }
}

#[test]
fn a_step_is_taken_once_and_in_its_place() {
    let mut replica = Replica::new(Board::new(), 4, 0, Origins::default());
    let gap = |came| Err(Gap { wanted: 5, came });
    assert_eq!(replica.apply(&cleared(4)), gap(4));
    assert_eq!(replica.apply(&cleared(6)), gap(6));
    assert_eq!(replica.apply(&cleared(5)), Ok(Vec::new()));
    assert_eq!(replica.index(), 5);
}

#[test]
fn the_nodes_that_were_silent_longest_are_forgotten() {
    let mut origins = Origins::default();
    origins.note(&origin("first", 7), 1);
    origins.note(&origin("second", 3), 2);
    origins.note(&origin("first", 8), 3);
    for index in 4..(MAX_ORIGINS as u64 + 3) {
        origins.note(&origin(&index.to_string(), 1), index);
    }
    assert_eq!((origins.last("first"), origins.last("second")), (8, 0));
    assert!(origins.has(&origin("first", 8)) && !origins.has(&origin("first", 9)));
}

#[tokio::test]
async fn the_tail_is_bounded_and_says_what_it_lost() {
    let tail = Tail::default();
    assert_eq!((tail.last(), tail.after(9, 1)), (0, Ok(Vec::new())));
    let last = MAX_TAIL as u64 + 3;
    (1..=last).for_each(|index| tail.push(cleared(index)));
    let indices = |entries: Vec<Arc<Entry>>| entries.iter().map(|e| e.index).collect::<Vec<_>>();
    assert_eq!(tail.after(3, 2).map(indices), Ok(vec![4, 5]));
    let gap = Gap { wanted: 3, came: 4 };
    assert_eq!(tail.after(2, 2), Err(gap));
    assert_eq!(tail.after(last - 1, 9).map(indices), Ok(vec![last]));
    assert_eq!(tail.after(last + 5, 9), Ok(Vec::new()));
    tail.wait(last - 1).await;
    tail.push(cleared(1));
    assert_eq!(tail.after(0, 9).map(indices), Ok(vec![1]));
}
