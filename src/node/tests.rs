use super::*;
use crate::app::tests::{FakeHost, test_clock};
use crate::host::HostError;

/// What was sent to the other nodes, in order.
#[derive(Default)]
struct Sent(Mutex<Vec<Vec<u8>>>);

impl Nodes for Sent {
    async fn clustered(&self) -> Result<bool, HostError> {
        Ok(true)
    }

    async fn tell(&self, _: &str, data: Vec<u8>) -> Result<(), HostError> {
        lock(&self.0).push(data);
        Ok(())
    }
}

#[tokio::test]
async fn what_phones_told_waited_behind_questions() {
    let (out, outgoing) = mpsc::channel(9);
    let (questions, asking) = mpsc::channel(9);
    for (way, data) in [
        (&questions, b"q1"),
        (&out, b"p1"),
        (&questions, b"q2"),
        (&out, b"p2"),
    ] {
        way.send(data.to_vec()).await.expect("room");
    }
    drop((out, questions));
    let sent = Arc::<Sent>::default();
    tell(Arc::clone(&sent), outgoing, asking).await;
    assert_eq!(*lock(&sent.0), [b"p1", b"p2", b"q1", b"q2"]);
}

/// The store hangs while this node takes the lead: the stop waited for that, and for as long as it may take itself.
#[tokio::test(start_paused = true)]
async fn a_stop_while_a_node_takes_the_lead_took_longer_than_the_server_waits() {
    let host = FakeHost::default();
    host.be_clustered();
    let store = host.personal().clone();
    // So that the node follows at first.
    store.slow(Duration::from_millis(700));
    let own = host.clone();
    let node = Node::with_clock("switchboard", move |_| own.clone(), test_clock).await;
    assert!(!node.app().is_active());
    let mut role = node.leadership.watch();
    role.wait_for(|role| role.leads()).await.expect("it runs");
    store.slow(Duration::from_secs(3600));
    while !node.app().is_active() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(node.changing.try_lock().is_err(), "it takes the lead");
    let began = Instant::now();
    let deadline = Duration::from_secs(9);
    node.stop(deadline).await;
    let took = began.elapsed();
    assert!(took <= deadline, "{took:?}");
    assert!(node.app().is_active());
}
