//! How long things may take.

use std::time::Duration;

/// The times of a connection. The product has only [`Limits::default`]; tests shorten what they would wait for.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Limits {
    /// The host's name, the connection and TLS together: 5 s.
    pub(in super::super) connect: Duration,
    /// The banner, and each answer of the login: 5 s. (Asterisk makes those wait a second whose secret is wrong.)
    pub(in super::super) login: Duration,
    /// How often Asterisk is asked for a sign of life: every 5 s.
    pub(in super::super) ping_every: Duration,
    /// How long it may be silent then before the connection counts as lost: 4 s, so that a frozen Asterisk is noticed within 9.
    pub(in super::super) ping: Duration,
    /// How long it may leave pings unanswered while it sends other things: 30 s.
    pub(in super::super) deaf: Duration,
    /// How long the answer to an action may take: 10 s.
    pub(in super::super) action: Duration,
    /// How long good-bye may take: 1 s.
    pub(in super::super) logoff: Duration,
    /// The longest wait before the next attempt, before jitter: 4 s, so that an Asterisk that is back is found within 10.
    pub(in super::super) longest_wait: Duration,
    /// The wait after what only an admin can mend, such as a wrong password, before jitter: 90 s, longer than bans in the manner
    /// of fail2ban look back at the attempts they count.
    pub(in super::super) wait_for_admin: Duration,
    /// How long a connection lasts that was a good one: 5 s. After a shorter one the waits go on growing.
    pub(in super::super) good: Duration,
    /// How long after one seed the next may begin, when messages were lost: 3 s.
    pub(in super::super) reseed_pause: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            login: Duration::from_secs(5),
            ping_every: Duration::from_secs(5),
            ping: Duration::from_secs(4),
            deaf: Duration::from_secs(30),
            action: Duration::from_secs(10),
            logoff: Duration::from_secs(1),
            longest_wait: Duration::from_secs(4),
            wait_for_admin: Duration::from_secs(90),
            good: Duration::from_secs(5),
            reseed_pause: Duration::from_secs(3),
        }
    }
}
