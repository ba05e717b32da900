//! Media: calls over WebRTC, and passing on what they send.
//!
//! One task has all calls, on one UDP socket of this machine's loopback; `str0m` does ICE, DTLS and RTP without I/O of its own.

mod call;
mod lines;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use str0m::change::SdpOffer;
use str0m::media::{KeyframeRequestKind, MediaData};
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Input};
use tokio::net::UdpSocket;
use tokio::select;
use tokio::sync::{mpsc, oneshot};

use super::Shared;
use call::{Call, Happened};
use lines::Role;

/// Orders that may wait for the task.
const MAX_ORDERS: usize = 256;

/// Calls at once.
const MAX_CALLS: usize = 64;

/// The most that a datagram can have on a link without jumbo frames.
const MAX_DATAGRAM: usize = 2000;

/// How long the task sleeps when no call wants to be woken.
const IDLE: Duration = Duration::from_millis(500);

/// Louder than that is speech, in negative decibels (RFC 6464).
const SPEECH: i8 = -50;

/// How long somebody is heard before another one can be.
const TURN: Duration = Duration::from_secs(1);

enum Order {
    Offer {
        call: String,
        alias: String,
        participant: String,
        sdp: String,
        answer: oneshot::Sender<Option<String>>,
    },
    Candidate {
        call: String,
        candidate: String,
    },
    Close {
        call: String,
    },
}

/// Where the rest of the stand-in gives its orders.
#[derive(Debug)]
pub(super) struct Media {
    orders: mpsc::Sender<Order>,
    address: SocketAddr,
}

/// The orders, for the task.
pub(super) struct Orders(mpsc::Receiver<Order>);

impl Media {
    pub(super) fn new(address: SocketAddr) -> (Self, Orders) {
        let (orders, receiver) = mpsc::channel(MAX_ORDERS);
        (Self { orders, address }, Orders(receiver))
    }

    /// The answer to an offer: of a new call, or of one that there is and that changes.
    pub(super) async fn offer(
        &self,
        call: &str,
        alias: &str,
        participant: &str,
        sdp: &str,
    ) -> Option<String> {
        let (answer, answered) = oneshot::channel();
        let order = Order::Offer {
            call: call.to_owned(),
            alias: alias.to_owned(),
            participant: participant.to_owned(),
            sdp: sdp.to_owned(),
            answer,
        };
        self.orders.send(order).await.ok()?;
        answered.await.ok().flatten()
    }

    pub(super) fn candidate(&self, call: &str, candidate: &str) {
        let (call, candidate) = (call.to_owned(), candidate.to_owned());
        // Without it, the other side's first packet says where it is.
        let _ = self.orders.try_send(Order::Candidate { call, candidate });
    }

    pub(super) fn close(&self, call: &str) {
        // A call that cannot be closed ends by itself, without packets.
        let _ = self.orders.try_send(Order::Close {
            call: call.to_owned(),
        });
    }
}

/// The task.
pub(super) async fn run(shared: Arc<Shared>, socket: UdpSocket, mut orders: Orders) {
    let mut calls: BTreeMap<String, Call> = BTreeMap::new();
    let mut datagram = vec![0; MAX_DATAGRAM];
    let address = shared.media.address;
    let mut heard = Instant::now();
    loop {
        let wake = settle(&shared, &socket, &mut calls, &mut heard);
        calls.retain(|_, call| call.rtc.is_alive());
        select! {
            order = orders.0.recv() => match order {
                Some(order) => obey(&mut calls, address, order),
                None => return,
            },
            received = socket.recv_from(&mut datagram) => {
                let (length, source) = match received {
                    Ok(received) => received,
                    // A browser that has gone: Linux tells of the ICMP message at the next read.
                    Err(e) if e.kind() == ErrorKind::ConnectionRefused => continue,
                    Err(_) => return,
                };
                if let Ok(contents) = datagram[..length].try_into() {
                    let received = Receive { proto: Protocol::Udp, source, destination: address, contents };
                    let input = Input::Receive(Instant::now(), received);
                    if let Some(call) = calls.values_mut().find(|call| call.rtc.accepts(&input)) {
                        call.take(input);
                    }
                }
            }
            () = tokio::time::sleep_until(wake.into()) => {
                let now = Instant::now();
                for call in calls.values_mut() {
                    call.take(Input::Timeout(now));
                }
            }
        }
    }
}

/// Has all calls send and tell what they have to, until none has anything left. Returns when the first wants to be woken.
fn settle(
    shared: &Arc<Shared>,
    socket: &UdpSocket,
    calls: &mut BTreeMap<String, Call>,
    heard: &mut Instant,
) -> Instant {
    loop {
        let mut wake = Instant::now() + IDLE;
        let mut happened = Vec::new();
        for (name, call) in &mut *calls {
            let until = call.poll(socket, |what| happened.push((name.clone(), what)));
            wake = wake.min(until);
        }
        if happened.is_empty() {
            return wake;
        }
        for (name, what) in happened {
            match what {
                Happened::Media(role, data) => pass_on(shared, calls, &name, role, &data, heard),
                Happened::KeyframeWanted(role) => want_keyframe(calls, &name, role),
            }
        }
    }
}

fn obey(calls: &mut BTreeMap<String, Call>, address: SocketAddr, order: Order) {
    match order {
        Order::Offer {
            call,
            alias,
            participant,
            sdp,
            answer,
        } => {
            let answered = if let Some(own) = calls.get_mut(&call) {
                own.answer(&sdp)
            } else if calls.len() < MAX_CALLS && SdpOffer::from_sdp_string(&sdp).is_ok() {
                let mut own = Call::new(alias, participant, address);
                let answered = own.answer(&sdp);
                calls.insert(call, own);
                answered
            } else {
                None
            };
            // Who asked may have gone.
            let _ = answer.send(answered);
        }
        Order::Candidate { call, candidate } => {
            let own = calls.get_mut(&call);
            let candidate = candidate.trim_start_matches("a=");
            if let (Some(own), Ok(candidate)) = (own, Candidate::from_sdp_string(candidate)) {
                own.rtc.add_remote_candidate(candidate);
            }
        }
        Order::Close { call } => {
            if let Some(mut own) = calls.remove(&call) {
                own.rtc.disconnect();
            }
        }
    }
}

/// Passes a frame on to whoever gets that participant's sound, picture or presentation.
fn pass_on(
    shared: &Arc<Shared>,
    calls: &mut BTreeMap<String, Call>,
    from: &str,
    role: Role,
    data: &MediaData,
    heard: &mut Instant,
) {
    let Some((alias, sender)) = calls
        .get(from)
        .map(|own| (own.alias.clone(), own.participant.clone()))
    else {
        return;
    };
    let mut state = shared.state();
    let state = &mut *state;
    let Some(conference) = state.conferences.get_mut(&alias) else {
        return;
    };
    let Some(own) = conference.person(&sender) else {
        return;
    };
    let is_silent = match role {
        Role::Audio => own.is_muted || own.is_client_muted,
        Role::Main => own.is_video_muted,
        Role::Slides => conference.presenter.as_ref() != Some(&sender),
    };
    if own.waits || is_silent {
        return;
    }
    let speaks = role == Role::Audio
        && data
            .ext_vals
            .audio_level
            .is_some_and(|level| level > SPEECH);
    if speaks && heard.elapsed() > TURN && conference.heard(&sender) {
        *heard = Instant::now();
        shared.tell();
    }
    let mut is_new = false;
    let mut passed = 0;
    for call in calls
        .values_mut()
        .filter(|call| call.alias == alias && call.participant != sender)
    {
        let gets_it = match role {
            Role::Slides => conference
                .person(&call.participant)
                .is_some_and(|own| !own.waits),
            _ => conference
                .seen_by(&call.participant)
                .is_some_and(|seen| seen.uuid == sender),
        };
        if gets_it && call.send(role, from, data) {
            passed += 1;
            is_new |= call.is_new(role, from);
        }
    }
    if passed > 0 {
        let count = state.passed.entry(sender).or_default();
        match role {
            Role::Audio => count.audio += passed,
            Role::Main => count.video += passed,
            Role::Slides => count.slides += passed,
        }
        shared.tell();
    }
    if (is_new || !data.contiguous)
        && role != Role::Audio
        && let Some(call) = calls.get_mut(from)
    {
        call.ask_for_keyframe(role, KeyframeRequestKind::Pli);
    }
}

/// Whose frames a call is sent is asked for a whole one.
fn want_keyframe(calls: &mut BTreeMap<String, Call>, name: &str, role: Role) {
    let source = calls.get(name).and_then(|call| call.source(role));
    if let Some(call) = source.and_then(|source| calls.get_mut(&source)) {
        call.ask_for_keyframe(role, KeyframeRequestKind::Pli);
    }
}
