//! A network between nodes that loses, doubles and reorders, for tests of what goes over it.

use std::time::Duration;

use fastrand::Rng;

pub(crate) const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// What a link does to messages, in a hundred.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link {
    pub(crate) losing: u32,
    pub(crate) doubling: u32,
    /// The longest way.
    pub(crate) way: Duration,
}

pub(crate) const GOOD: Link = Link {
    losing: 0,
    doubling: 0,
    way: ms(1),
};

/// Messages that are under way, all over links of one kind.
#[derive(Debug)]
pub(crate) struct Network<M> {
    pub(crate) link: Link,
    /// To whom, and when.
    under_way: Vec<(Duration, usize, M)>,
}

impl<M: Clone> Network<M> {
    pub(crate) fn new() -> Self {
        Self {
            link: GOOD,
            under_way: Vec::new(),
        }
    }

    pub(crate) fn send(&mut self, rng: &mut Rng, now: Duration, to: usize, message: &M) {
        let mut copies = usize::from(rng.u32(0..100) >= self.link.losing);
        copies *= 1 + usize::from(rng.u32(0..100) < self.link.doubling);
        for _ in 0..copies {
            let way = rng.u64(0..=self.link.way.as_millis() as u64);
            self.under_way.push((now + ms(way), to, message.clone()));
        }
    }

    /// What arrives now, with its node. What is for one that does not hear stays under way.
    pub(crate) fn arrived(
        &mut self,
        now: Duration,
        hears: impl Fn(usize) -> bool,
    ) -> Vec<(usize, M)> {
        let arrives = |(at, to, _): &mut (Duration, usize, M)| *at <= now && hears(*to);
        let arrived = self.under_way.extract_if(.., arrives);
        arrived.map(|(_, to, message)| (to, message)).collect()
    }
}
