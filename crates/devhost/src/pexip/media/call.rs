//! One call.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use str0m::change::SdpOffer;
use str0m::media::{KeyframeRequestKind, MediaData, MediaTime, Mid};
use str0m::{Candidate, Event, IceConnectionState, Input, Output, Rtc};
use tokio::net::UdpSocket;

use super::lines::{Role, roles, with_content};

/// Between two requests for a whole frame.
const KEYFRAME_PAUSE: Duration = Duration::from_millis(500);

/// A call without packets for so long has ended: browsers change their address meanwhile, and begin ICE anew.
const MAX_SILENCE: Duration = Duration::from_secs(30);

/// What happened in a call that concerns others.
pub(super) enum Happened {
    Media(Role, Box<MediaData>),
    KeyframeWanted(Role),
}

pub(super) struct Call {
    pub(super) alias: String,
    pub(super) participant: String,
    pub(super) rtc: Rtc,
    lines: Vec<(Mid, Role)>,
    /// What it is sent, by role.
    streams: BTreeMap<Role, Stream>,
    asked: BTreeMap<Role, Instant>,
    /// Since when no way to the other side is known.
    lost: Option<Instant>,
}

/// A stream that goes out: its times go on when it comes from somebody else.
struct Stream {
    /// The call that it comes from.
    source: String,
    /// Whether that is so since the last frame only.
    is_new: bool,
    /// The source's time at its first frame, and what that is in this stream.
    began: u64,
    shift: u64,
    last: u64,
    at: Instant,
}

impl Call {
    pub(super) fn new(alias: String, participant: String, address: SocketAddr) -> Self {
        let config = Rtc::builder().clear_codecs();
        // What every browser has, and nothing that would have to be told apart.
        let config = config.enable_opus(true, false).enable_vp8(true);
        let provider = str0m::crypto::from_feature_flags();
        let mut rtc = config
            .set_crypto_provider(provider.into())
            .build(Instant::now());
        if let Ok(candidate) = Candidate::host(address, "udp") {
            rtc.add_local_candidate(candidate);
        }
        Self {
            alias,
            participant,
            rtc,
            lines: Vec::new(),
            streams: BTreeMap::new(),
            asked: BTreeMap::new(),
            lost: None,
        }
    }

    /// The answer to an offer; `None` when it cannot be understood.
    pub(super) fn answer(&mut self, sdp: &str) -> Option<String> {
        let offer = SdpOffer::from_sdp_string(sdp).ok()?;
        let answer = self.rtc.sdp_api().accept_offer(offer).ok()?;
        self.lines = roles(sdp);
        Some(with_content(&answer.to_sdp_string(), &self.lines))
    }

    pub(super) fn take(&mut self, input: Input<'_>) {
        if self.rtc.is_alive() && self.rtc.handle_input(input).is_err() {
            self.rtc.disconnect();
        }
    }

    /// Sends what there is to send, and tells what happened. Returns when it wants to be woken.
    pub(super) fn poll(&mut self, socket: &UdpSocket, mut tell: impl FnMut(Happened)) -> Instant {
        if self.lost.is_some_and(|since| since.elapsed() > MAX_SILENCE) {
            self.rtc.disconnect();
        }
        while self.rtc.is_alive() {
            match self.rtc.poll_output() {
                // What the socket does not take is lost, as on any network.
                Ok(Output::Transmit(packet)) => {
                    let _ = socket.try_send_to(&packet.contents, packet.destination);
                }
                Ok(Output::Timeout(wake)) => return wake,
                Ok(Output::Event(event)) => self.event(event, &mut tell),
                Err(_) => self.rtc.disconnect(),
            }
        }
        Instant::now() + MAX_SILENCE
    }

    fn event(&mut self, event: Event, tell: &mut impl FnMut(Happened)) {
        match event {
            Event::MediaData(data) => {
                if let Some(role) = self.role(data.mid) {
                    tell(Happened::Media(role, Box::new(data)));
                }
            }
            Event::KeyframeRequest(request) => {
                if let Some(role) = self.role(request.mid) {
                    tell(Happened::KeyframeWanted(role));
                }
            }
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) => {
                self.lost = Some(Instant::now());
            }
            Event::IceConnectionStateChange(_) => self.lost = None,
            _ => {}
        }
    }

    fn role(&self, mid: Mid) -> Option<Role> {
        let line = self.lines.iter().find(|(own, _)| *own == mid);
        line.map(|(_, role)| *role)
    }

    fn mid(&self, role: Role) -> Option<Mid> {
        let line = self.lines.iter().find(|(_, own)| *own == role);
        line.map(|(mid, _)| *mid)
    }

    /// Sends a frame of another call; whether it could be sent.
    pub(super) fn send(&mut self, role: Role, source: &str, data: &MediaData) -> bool {
        let Some(mid) = self.mid(role) else {
            return false;
        };
        // Audio in both directions, a presentation in one.
        if !self
            .rtc
            .media(mid)
            .is_some_and(|media| media.direction().is_sending())
        {
            return false;
        }
        let Some(writer) = self.rtc.writer(mid) else {
            return false;
        };
        let Some(format) = writer.match_params(data.params) else {
            return false;
        };
        let now = Instant::now();
        let (time, frequency) = (data.time.numer(), data.time.frequency());
        let stream = self
            .streams
            .entry(role)
            .or_insert_with(|| Stream::of(source, time, 0, now));
        if stream.source == source {
            stream.is_new = false;
        } else {
            let pause = now.duration_since(stream.at).as_micros();
            let pause = pause * u128::from(frequency.get()) / 1_000_000;
            let next = stream.last + u64::try_from(pause).unwrap_or_default().max(1);
            *stream = Stream::of(source, time, next, now);
        }
        stream.last = stream.shift + time.saturating_sub(stream.began);
        stream.at = now;
        let time = MediaTime::new(stream.last, frequency);
        writer
            .write(format, data.network_time, time, data.data.clone())
            .is_ok()
    }

    /// Whether the last frame that it was sent was the first of that call.
    pub(super) fn is_new(&self, role: Role, source: &str) -> bool {
        let stream = self.streams.get(&role);
        stream.is_some_and(|own| own.source == source && own.is_new)
    }

    /// The call that it is sent frames of.
    pub(super) fn source(&self, role: Role) -> Option<String> {
        self.streams.get(&role).map(|own| own.source.clone())
    }

    pub(super) fn ask_for_keyframe(&mut self, role: Role, kind: KeyframeRequestKind) {
        let is_recent = self
            .asked
            .get(&role)
            .is_some_and(|at| at.elapsed() < KEYFRAME_PAUSE);
        let Some(mid) = self.mid(role).filter(|_| !is_recent) else {
            return;
        };
        if let Some(mut writer) = self.rtc.writer(mid) {
            // Where the other side has not said that it can, its next whole frame comes by itself.
            let _ = writer.request_keyframe(None, kind);
            self.asked.insert(role, Instant::now());
        }
    }
}

impl Stream {
    fn of(source: &str, began: u64, shift: u64, at: Instant) -> Self {
        Self {
            source: source.to_owned(),
            is_new: true,
            began,
            shift,
            last: shift,
            at,
        }
    }
}
