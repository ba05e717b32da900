//! Posts that change.

use HostErrorKind::{NotFound, Permanent, Transient};

use super::*;

const BOB: &str = "bob";

/// Shows a post that goes on, with a last word.
fn show(outbox: &Outbox<Server>, card: CardId, text: &str) {
    let last_word = Some(format!("{text} …"));
    outbox.show(card, &name(BOB), text.to_owned(), last_word);
}

/// Shows it for the last time.
fn end(outbox: &Outbox<Server>, card: CardId, text: &str) {
    outbox.show(card, &name(BOB), text.to_owned(), None);
    outbox.release(card);
}

/// Waits until nothing does.
async fn quiet(outbox: &Outbox<Server>) {
    while outbox.counts().waiting > 0 {
        sleep(Duration::from_millis(50)).await;
    }
}

/// How many posts are remembered.
fn remembered(outbox: &Outbox<Server>) -> usize {
    outbox.shared.lanes().posts.len()
}

#[tokio::test(start_paused = true)]
async fn a_post_is_made_and_then_changed() {
    let server = Arc::new(Server::default());
    let (outbox, _target) = outbox(&server);
    for text in ["rings", "talks", "talks", "ended"] {
        show(&outbox, 1, text);
        quiet(&outbox).await;
    }
    assert_eq!(server.made(), ["rings"]);
    assert_eq!(server.changed(), ["talks", "ended"]);
    let counts = outbox.counts();
    assert_eq!((counts.made, counts.changed, counts.given_up), (1, 2, 0));
    assert_eq!(remembered(&outbox), 1);
    outbox.release(1);
    assert_eq!(remembered(&outbox), 0);
}

#[tokio::test(start_paused = true)]
async fn what_changes_faster_than_the_server_is_told_once() {
    let server = Arc::new(Server {
        delay: Duration::from_secs(1),
        ..Server::default()
    });
    let (outbox, _target) = outbox(&server);
    show(&outbox, 1, "a");
    sleep(Duration::from_millis(500)).await;
    for text in ["b", "c", "d"] {
        show(&outbox, 1, text);
    }
    sleep(Duration::from_secs(1)).await;
    // The change to d is under way.
    for text in ["e", "f", "d", "e", "g"] {
        show(&outbox, 1, text);
    }
    end(&outbox, 1, "h");
    quiet(&outbox).await;
    assert_eq!(server.made(), ["a"]);
    assert_eq!(server.changed(), ["d", "h"]);
    assert_eq!(remembered(&outbox), 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_back_to_what_it_was_is_not_changed() {
    let server = Arc::new(Server {
        delay: Duration::from_secs(1),
        ..Server::default()
    });
    let (outbox, _target) = outbox(&server);
    show(&outbox, 1, "a");
    sleep(Duration::from_millis(500)).await;
    show(&outbox, 1, "b");
    show(&outbox, 1, "a");
    quiet(&outbox).await;
    assert_eq!(server.made(), ["a"]);
    assert!(server.changed().is_empty());
}

#[tokio::test(start_paused = true)]
async fn posts_keep_their_place_in_the_lane() {
    let server = Arc::new(Server::default());
    let (outbox, _target) = outbox(&server);
    outbox.push(&name(BOB), "first".into());
    show(&outbox, 1, "card");
    outbox.push(&name(BOB), "last".into());
    end(&outbox, 2, "other card");
    quiet(&outbox).await;
    assert_eq!(server.made(), ["first", "card", "last", "other card"]);
}

/// Whichever attempt made the post, it is known what it says.
#[tokio::test(start_paused = true)]
async fn every_attempt_at_making_a_post_is_the_same() {
    let server = Arc::new(Server::failing(&[("a", &[Transient, Transient])]));
    let (outbox, _target) = outbox(&server);
    show(&outbox, 1, "a");
    while outbox.counts().retried < 1 {
        sleep(Duration::from_millis(1)).await;
    }
    show(&outbox, 1, "b");
    quiet(&outbox).await;
    assert_eq!(server.says(), ["b"]);
    let attempts = server.log.lock().expect("a lock").attempts.clone();
    let (texts, ids): (Vec<_>, Vec<_>) = attempts.into_iter().unzip();
    assert_eq!(texts, ["a", "a", "a", "b"]);
    assert_eq!((&ids[0], &ids[0]), (&ids[1], &ids[2]));
}

#[tokio::test(start_paused = true)]
async fn a_change_that_fails_is_tried_again_with_what_is_wanted_then() {
    let server = Arc::new(Server::failing(&[("b", &[Transient; 9])]));
    let (outbox, _target) = outbox(&server);
    show(&outbox, 1, "a");
    quiet(&outbox).await;
    show(&outbox, 1, "b");
    while outbox.counts().retried < 3 {
        sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(outbox.failure().as_deref(), Some("Transient"));
    show(&outbox, 1, "c");
    quiet(&outbox).await;
    assert_eq!(server.changed(), ["c"]);
    assert_eq!((outbox.counts().given_up, outbox.failure()), (0, None));
}

#[tokio::test(start_paused = true)]
async fn a_post_that_somebody_deleted_is_left_alone() {
    let server = Arc::new(Server::failing(&[("b", &[NotFound])]));
    let (outbox, _target) = outbox(&server);
    show(&outbox, 1, "a");
    quiet(&outbox).await;
    show(&outbox, 1, "b");
    quiet(&outbox).await;
    show(&outbox, 1, "c");
    outbox.push(&name(BOB), "other".into());
    assert_eq!(outbox.stop(LONG).await, 0);
    assert_eq!(server.made(), ["a", "other"]);
    assert!(server.changed().is_empty());
    assert_eq!(outbox.counts().given_up, 0);
    assert_eq!(outbox.failure(), None);
}

/// Mattermost allows changes for a time only where its setting PostEditTimeLimit says so.
#[tokio::test(start_paused = true)]
async fn a_post_that_can_be_changed_no_more_goes_on_in_a_new_one() {
    let server = Arc::new(Server::failing(&[
        ("b", &[Permanent]),
        ("d", &[Permanent; 2]),
    ]));
    let (outbox, _target) = outbox(&server);
    show(&outbox, 1, "a");
    quiet(&outbox).await;
    show(&outbox, 1, "b");
    quiet(&outbox).await;
    assert_eq!(server.says(), ["a", "b"]);
    assert_eq!((outbox.counts().given_up, outbox.failure()), (0, None));
    show(&outbox, 1, "c");
    quiet(&outbox).await;
    assert_eq!(server.says(), ["a", "c"]);
    // Where no post can be made either, that was all.
    show(&outbox, 1, "d");
    quiet(&outbox).await;
    assert_eq!(outbox.counts().given_up, 1);
    end(&outbox, 1, "e");
    quiet(&outbox).await;
    assert_eq!(server.says(), ["a", "c"]);
    assert_eq!(remembered(&outbox), 0);
    let attempts = server.log.lock().expect("a lock").attempts.clone();
    let ids: Vec<_> = attempts.iter().filter(|(text, _)| text == "b").collect();
    assert_ne!(ids[1].1, attempts[0].1, "it is another post");
}

#[tokio::test(start_paused = true)]
async fn a_post_that_is_refused_is_given_up_for_good() {
    let server = Arc::new(Server::failing(&[("a", &[Permanent])]));
    let (outbox, _target) = outbox(&server);
    show(&outbox, 1, "a");
    outbox.refused().await;
    show(&outbox, 1, "b");
    end(&outbox, 1, "c");
    quiet(&outbox).await;
    assert!(server.says().is_empty());
    assert_eq!(outbox.counts().given_up, 1);
    assert_eq!(remembered(&outbox), 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_too_old_is_given_up() {
    let server = Arc::new(Server::default());
    let (sender, receiver) = watch::channel(None);
    let outbox = Outbox::new(Arc::clone(&server), receiver);
    show(&outbox, 1, "a");
    sleep(GIVE_UP_AFTER - Duration::from_secs(5)).await;
    // That it changed makes it no younger.
    show(&outbox, 1, "b");
    sleep(Duration::from_secs(6)).await;
    assert_eq!(outbox.counts().given_up, 1);
    sender.send_replace(target());
    end(&outbox, 1, "c");
    quiet(&outbox).await;
    assert!(server.says().is_empty());
    assert_eq!(remembered(&outbox), 0);
}

#[tokio::test(start_paused = true)]
async fn a_change_that_never_succeeds_is_given_up_and_the_next_is_tried() {
    let server = Arc::new(Server::failing(&[("b", &[Transient; 100])]));
    let (outbox, target) = outbox(&server);
    show(&outbox, 1, "a");
    quiet(&outbox).await;
    // What is there stays where it is, whatever the settings say now.
    target.send_replace(None);
    show(&outbox, 1, "b");
    sleep(GIVE_UP_AFTER + Duration::from_secs(1)).await;
    assert_eq!(outbox.counts().given_up, 1);
    assert_eq!(outbox.counts().waiting, 0);
    end(&outbox, 1, "c");
    quiet(&outbox).await;
    assert_eq!(server.says(), ["c"]);
}

#[tokio::test(start_paused = true)]
async fn a_stop_gives_open_posts_their_last_word() {
    let server = Arc::new(Server {
        delay: Duration::from_millis(100),
        ..Server::default()
    });
    let (outbox, _target) = outbox(&server);
    show(&outbox, 1, "talks");
    end(&outbox, 2, "ended");
    show(&outbox, 3, "kept");
    quiet(&outbox).await;
    outbox.show(3, &name(BOB), "over".into(), None);
    // One that is made only now, and one whose change waits.
    show(&outbox, 4, "rings");
    show(&outbox, 1, "holds");
    assert_eq!(outbox.stop(LONG).await, 0);
    assert_eq!(server.says(), ["holds …", "ended", "over", "rings …"]);
    show(&outbox, 1, "late");
    show(&outbox, 5, "late");
    outbox.release(1);
    sleep(LONG).await;
    assert_eq!(server.says().len(), 4);
    assert_eq!(outbox.counts().given_up, 1, "the new one");
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_at_its_deadline() {
    let server = Arc::new(Server::default());
    let (outbox, _target) = outbox(&server);
    for card in 0..10 {
        outbox.show(
            card,
            &name(&format!("p{card}")),
            "a".into(),
            Some("b".into()),
        );
    }
    quiet(&outbox).await;
    let failures = vec![HostError::transient("away"); 1000];
    let before = server
        .failures
        .lock()
        .expect("a lock")
        .insert("b".into(), failures);
    assert_eq!(before, None);
    let before = Instant::now();
    assert_eq!(outbox.stop(Duration::from_secs(3)).await, 10);
    assert_eq!(before.elapsed(), Duration::from_secs(3));
}

#[tokio::test(start_paused = true)]
async fn a_full_lane_takes_no_new_post_and_every_change() {
    let server = Arc::new(Server::default());
    let (outbox, target) = outbox(&server);
    show(&outbox, 1, "a");
    quiet(&outbox).await;
    target.send_replace(None);
    for n in 0..MAX_WAITING_PER_PERSON {
        outbox.push(&name(BOB), format!("{n}"));
    }
    show(&outbox, 2, "one too many");
    show(&outbox, 1, "b");
    outbox.release(1);
    assert_eq!(outbox.counts().given_up, 1);
    outbox.release(2);
    target.send_replace(super::target());
    quiet(&outbox).await;
    assert_eq!(server.says()[0], "b");
    assert_eq!(server.says().len(), 1 + MAX_WAITING_PER_PERSON);
    assert_eq!(remembered(&outbox), 0);
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_a_change_does_not_end_the_lane() {
    let server = Arc::new(Server::default());
    let (outbox, _target) = outbox(&server);
    show(&outbox, 1, "a");
    quiet(&outbox).await;
    server.panics_once.store(true, Ordering::Relaxed);
    show(&outbox, 1, "b");
    sleep(Duration::from_millis(50)).await;
    outbox.push(&name(BOB), "other".into());
    end(&outbox, 1, "c");
    quiet(&outbox).await;
    assert_eq!(server.says(), ["c", "other"]);
    assert_eq!(remembered(&outbox), 0);
}

/// A thousand calls at once, at a server that takes 300 ms for a post and twice as long for a change.
#[tokio::test(start_paused = true)]
async fn a_thousand_calls_are_right_within_a_minute() {
    let server = Arc::new(Server {
        delay: Duration::from_millis(450),
        ..Server::default()
    });
    let (outbox, _target) = outbox(&server);
    let person = |n: u64| name(&format!("p{n}"));
    for n in 0..1000 {
        outbox.show(n, &person(n), format!("{n} rings"), Some(String::new()));
    }
    sleep(Duration::from_secs(1)).await;
    for text in ["talks", "holds", "talks", "ended"] {
        for n in 0..1000 {
            outbox.show(n, &person(n), format!("{n} {text}"), None);
        }
    }
    (0..1000).for_each(|n| outbox.release(n));
    sleep(Duration::from_secs(59)).await;
    let says = server.says();
    assert_eq!(says.len(), 1000);
    assert!(says.iter().all(|text| text.ends_with(" ended")));
    assert_eq!(outbox.counts().waiting, 0);
    assert_eq!(remembered(&outbox), 0);
}
