//! Ports for what cannot be told "any", as configuration files.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::sync::atomic::{AtomicU16, Ordering};

/// From here to [`LAST`]: below those that the kernel gives to clients. A client that connects to a port of those where
/// nobody listens may be given that very port, and then talks to itself.
const FIRST: u16 = 10_000;
const LAST: u16 = 32_000;

/// The first of `count` ports in a row that nobody has, UDP or TCP. The first is even, as RTP wants it.
pub(crate) fn free(count: u16) -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let blocks = (LAST - FIRST) / 64;
    // Processes that run at the same time begin at different places.
    let place = u16::try_from(std::process::id() % u32::from(blocks)).expect("less than a u16");
    let _ = NEXT.compare_exchange(0, FIRST + place * 64, Ordering::Relaxed, Ordering::Relaxed);
    for _ in 0..LAST - FIRST {
        let next = |at: u16| {
            let end = if at + 2 * count > LAST {
                FIRST
            } else {
                at + count
            };
            Some(end.next_multiple_of(2))
        };
        let first = NEXT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        let first = first.expect("there is always a next one");
        if (first..first + count).all(is_free) {
            return first;
        }
    }
    panic!("no {count} ports in a row are free");
}

fn is_free(port: u16) -> bool {
    let address = (Ipv4Addr::LOCALHOST, port);
    TcpListener::bind(address).is_ok() && UdpSocket::bind(address).is_ok()
}
