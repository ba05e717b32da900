//! Conferences and who is in them: no I/O, no clock but the tokens'.

use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::wire;

/// Conferences at once.
pub const MAX_CONFERENCES: usize = 32;

/// People in one conference, those who wait included.
pub const MAX_PARTICIPANTS: usize = 16;

/// Events that a participant's stream may be behind. One that is further behind is cut, and begins anew with a whole list.
pub(super) const MAX_EVENTS: usize = 512;

/// An event of the stream: its name and its data.
pub(super) type Event = (&'static str, Value);

/// Somebody in a conference.
#[derive(Debug)]
pub(super) struct Participant {
    pub(super) uuid: String,
    pub(super) token: String,
    pub(super) name: String,
    pub(super) is_host: bool,
    /// In the waiting room.
    pub(super) waits: bool,
    /// Muted by a host.
    pub(super) is_muted: bool,
    /// Muted by themselves.
    pub(super) is_client_muted: bool,
    pub(super) is_video_muted: bool,
    pub(super) raised: bool,
    /// Their WebRTC call.
    pub(super) call: Option<String>,
    /// Who was dialled, in place of somebody who has a token.
    pub(super) is_dialled: bool,
    pub(super) since: SystemTime,
    /// Until when the token is good. Who was dialled stays until somebody removes them.
    pub(super) good_until: Instant,
    pub(super) feed: Option<mpsc::Sender<Event>>,
}

impl Participant {
    /// The form of Pexip's "participants".
    fn to_json(&self, alias: &str, presenter: Option<&str>) -> Value {
        let yes = |is: bool| if is { "YES" } else { "NO" };
        let since = self.since.duration_since(SystemTime::UNIX_EPOCH);
        json!({
            "uuid": self.uuid,
            "display_name": self.name,
            "overlay_text": self.name,
            "uri": if self.is_dialled { format!("sip:{}", self.name) } else { String::new() },
            "local_alias": alias,
            "role": if self.is_host { "chair" } else { "guest" },
            "service_type": if self.waits { "waiting_room" } else { "conference" },
            "protocol": if self.is_dialled { "sip" } else if self.call.is_some() { "webrtc" } else { "api" },
            "call_direction": if self.is_dialled { "out" } else { "in" },
            "call_tag": "",
            "buzz_time": u8::from(self.raised),
            "encryption": "On",
            "external_node_uuid": "",
            "has_media": self.call.is_some(),
            "is_audio_only_call": "NO",
            "is_video_call": yes(self.call.is_some()),
            "is_client_muted": self.is_client_muted,
            "is_external": false,
            "is_muted": yes(self.is_muted),
            "is_presenting": yes(presenter == Some(self.uuid.as_str())),
            "is_streaming_conference": false,
            "is_transferring": false,
            "is_video_muted": self.is_video_muted,
            "is_video_silent": false,
            "mute_supported": "YES",
            "disconnect_supported": "YES",
            "fecc_supported": "NO",
            "presentation_supported": "YES",
            "transfer_supported": "YES",
            "rx_presentation_policy": "ALLOW",
            "spotlight": 0,
            "start_time": since.unwrap_or_default().as_secs(),
            "supports_direct_chat": false,
            "vendor": "",
            "can_receive_personal_mix": false,
            "receive_from_video_mix": {"mix_name": "main", "timestamp": 0},
        })
    }
}

/// A conference: it is there for as long as somebody is in it.
#[derive(Debug)]
pub(super) struct Conference {
    pub(super) alias: String,
    /// In the order in which they came.
    pub(super) people: Vec<Participant>,
    pub(super) is_locked: bool,
    pub(super) guests_muted: bool,
    /// Whether guests whom a host muted may unmute themselves.
    pub(super) guests_can_unmute: bool,
    pub(super) presenter: Option<String>,
    /// Who spoke last.
    pub(super) speaker: Option<String>,
}

impl Conference {
    pub(super) fn new(alias: &str, is_locked: bool) -> Self {
        Self {
            alias: alias.to_owned(),
            people: Vec::new(),
            is_locked,
            guests_muted: false,
            guests_can_unmute: true,
            presenter: None,
            speaker: None,
        }
    }

    /// Somebody comes; `None` when it is full.
    pub(super) fn join(
        &mut self,
        name: &str,
        is_host: bool,
        life: Duration,
    ) -> Option<&Participant> {
        if self.people.len() >= MAX_PARTICIPANTS {
            return None;
        }
        let has_host = self.people.iter().any(|other| other.is_host);
        let participant = Participant {
            uuid: wire::uuid(),
            token: wire::token(),
            name: name.to_owned(),
            is_host,
            waits: !is_host && (self.is_locked || !has_host),
            is_muted: !is_host && self.guests_muted,
            is_client_muted: false,
            is_video_muted: false,
            raised: false,
            call: None,
            is_dialled: false,
            since: SystemTime::now(),
            good_until: Instant::now() + life,
            feed: None,
        };
        self.arrive(participant);
        if is_host && !self.is_locked {
            // Guests of an open conference wait for a host only.
            let waiting: Vec<String> = self.waiting().collect();
            for uuid in waiting {
                self.admit(&uuid);
            }
        }
        self.people.last()
    }

    /// Somebody is dialled, and answers at once, without media.
    pub(super) fn dial(&mut self, destination: &str, is_host: bool) -> Option<String> {
        if self.people.len() >= MAX_PARTICIPANTS {
            return None;
        }
        let uuid = wire::uuid();
        self.arrive(Participant {
            uuid: uuid.clone(),
            token: String::new(),
            name: destination.trim_start_matches("sip:").to_owned(),
            is_host,
            waits: false,
            is_muted: false,
            is_client_muted: false,
            is_video_muted: false,
            raised: false,
            call: None,
            is_dialled: true,
            since: SystemTime::now(),
            good_until: Instant::now(),
            feed: None,
        });
        Some(uuid)
    }

    fn arrive(&mut self, participant: Participant) {
        let uuid = participant.uuid.clone();
        self.people.push(participant);
        self.tell_of("participant_create", &uuid);
    }

    fn waiting(&self) -> impl Iterator<Item = String> {
        let waiting = self.people.iter().filter(|own| own.waits);
        waiting.map(|own| own.uuid.clone())
    }

    /// Lets somebody in who waits.
    pub(super) fn admit(&mut self, uuid: &str) -> bool {
        let Some(own) = self.person_mut(uuid) else {
            return false;
        };
        if !std::mem::take(&mut own.waits) {
            return false;
        }
        self.tell_of("participant_update", uuid);
        // They see who is there from now on.
        for event in self.everybody() {
            self.tell_one(uuid, &event);
        }
        self.tell_one(uuid, &self.presentation());
        true
    }

    /// Somebody goes. A reason is told to them.
    pub(super) fn leave(&mut self, uuid: &str, reason: Option<&str>) -> Option<Participant> {
        let position = self.people.iter().position(|own| own.uuid == uuid)?;
        if let Some(reason) = reason {
            self.tell_one(uuid, &("disconnect", json!({"reason": reason})));
        }
        self.release_floor(uuid);
        let gone = self.people.remove(position);
        if self.speaker.as_deref() == Some(uuid) {
            self.speaker = None;
        }
        self.tell(&("participant_delete", json!({"uuid": uuid})), |other| {
            !other.waits
        });
        Some(gone)
    }

    /// Changes somebody, and tells of it.
    pub(super) fn change(&mut self, uuid: &str, change: impl FnOnce(&mut Participant)) -> bool {
        let Some(own) = self.person_mut(uuid) else {
            return false;
        };
        change(own);
        self.tell_of("participant_update", uuid);
        true
    }

    pub(super) fn lock(&mut self, is_locked: bool) {
        self.is_locked = is_locked;
        self.tell_status();
    }

    pub(super) fn let_guests_unmute(&mut self, may: bool) {
        self.guests_can_unmute = may;
        self.tell_status();
    }

    pub(super) fn mute_guests(&mut self, muted: bool) {
        self.guests_muted = muted;
        let guests = self.people.iter().filter(|own| !own.is_host);
        let guests: Vec<String> = guests.map(|own| own.uuid.clone()).collect();
        for uuid in guests {
            self.change(&uuid, |own| own.is_muted = muted);
        }
        self.tell_status();
    }

    /// Somebody presents, in place of whoever did.
    pub(super) fn take_floor(&mut self, uuid: &str) {
        if let Some(before) = self.presenter.replace(uuid.to_owned()) {
            self.tell_of("participant_update", &before);
        }
        self.tell_of("participant_update", uuid);
        let event = self.presentation();
        self.tell(&event, |other| !other.waits && other.uuid != uuid);
    }

    pub(super) fn release_floor(&mut self, uuid: &str) {
        if self.presenter.as_deref() != Some(uuid) {
            return;
        }
        self.presenter = None;
        self.tell_of("participant_update", uuid);
        let event = self.presentation();
        self.tell(&event, |other| !other.waits && other.uuid != uuid);
    }

    /// Whether that is news.
    pub(super) fn heard(&mut self, uuid: &str) -> bool {
        if self.speaker.as_deref() == Some(uuid) {
            return false;
        }
        self.speaker = Some(uuid.to_owned());
        let order = self
            .people
            .iter()
            .filter(|own| !own.waits && own.uuid != uuid);
        let order = std::iter::once(uuid).chain(order.map(|own| own.uuid.as_str()));
        let stage = order.enumerate().map(|(index, own)| {
            json!({"participant_uuid": own, "stage_index": index, "vad": if index == 0 { 100 } else { 0 }})
        });
        let event = ("stage", stage.collect());
        self.tell(&event, |other| !other.waits);
        true
    }

    /// Whose sound and picture somebody gets: whoever spoke last, else the first other one with a call.
    pub(super) fn seen_by(&self, uuid: &str) -> Option<&Participant> {
        let own = self.person(uuid)?;
        let others = || {
            let others = self.people.iter().filter(|other| other.uuid != uuid);
            others.filter(|other| !other.waits && other.call.is_some())
        };
        let speaker = others().find(|other| Some(&other.uuid) == self.speaker.as_ref());
        speaker.or_else(|| others().next()).filter(|_| !own.waits)
    }

    pub(super) fn person(&self, uuid: &str) -> Option<&Participant> {
        self.people.iter().find(|own| own.uuid == uuid)
    }

    pub(super) fn person_mut(&mut self, uuid: &str) -> Option<&mut Participant> {
        self.people.iter_mut().find(|own| own.uuid == uuid)
    }

    pub(super) fn by_token(&mut self, token: &str) -> Option<&mut Participant> {
        let mut people = self.people.iter_mut();
        people.find(|own| !own.is_dialled && own.token == token)
    }

    /// A new stream for somebody, which begins with a whole list.
    pub(super) fn follow(&mut self, uuid: &str) -> mpsc::Receiver<Event> {
        let (feed, events) = mpsc::channel(MAX_EVENTS);
        if let Some(own) = self.person_mut(uuid) {
            own.feed = Some(feed);
        }
        self.tell_one(uuid, &("conference_update", self.status()));
        for event in self.seen_list(uuid) {
            self.tell_one(uuid, &event);
        }
        if self.person(uuid).is_some_and(|own| !own.waits)
            && self.presenter.as_deref() != Some(uuid)
            && self.presenter.is_some()
        {
            self.tell_one(uuid, &self.presentation());
        }
        events
    }

    /// Who waits sees themselves alone.
    fn seen_list(&self, uuid: &str) -> Vec<Event> {
        match self.person(uuid) {
            Some(own) if own.waits => vec![
                ("participant_sync_begin", Value::Null),
                ("participant_create", self.json_of(own)),
                ("participant_sync_end", Value::Null),
            ],
            _ => self.everybody(),
        }
    }

    fn everybody(&self) -> Vec<Event> {
        let mut events = vec![("participant_sync_begin", Value::Null)];
        let people = self.people.iter();
        events.extend(people.map(|own| ("participant_create", self.json_of(own))));
        events.push(("participant_sync_end", Value::Null));
        events
    }

    pub(super) fn json_of(&self, own: &Participant) -> Value {
        own.to_json(&self.alias, self.presenter.as_deref())
    }

    /// The form of Pexip's "participants".
    pub(super) fn list(&self) -> Value {
        self.people.iter().map(|own| self.json_of(own)).collect()
    }

    /// The form of Pexip's "conference_status".
    pub(super) fn status(&self) -> Value {
        json!({
            "locked": self.is_locked,
            "guests_muted": self.guests_muted,
            "all_muted": false,
            "started": self.people.iter().any(|own| own.is_host),
            "direct_media": false,
            "presentation_allowed": true,
            "guests_can_unmute": self.guests_can_unmute,
            "guests_can_present": true,
        })
    }

    fn presentation(&self) -> Event {
        match self.presenter.as_deref().and_then(|uuid| self.person(uuid)) {
            Some(own) => (
                "presentation_start",
                json!({"presenter_name": own.name, "presenter_uri": "", "presenter_uuid": own.uuid}),
            ),
            None => ("presentation_stop", Value::Null),
        }
    }

    fn tell_status(&mut self) {
        let event = ("conference_update", self.status());
        self.tell(&event, |_| true);
    }

    /// Tells of a participant: themselves, and all who do not wait.
    fn tell_of(&mut self, what: &'static str, uuid: &str) {
        let Some(json) = self.person(uuid).map(|own| self.json_of(own)) else {
            return;
        };
        self.tell(&(what, json), |other| !other.waits || other.uuid == uuid);
    }

    pub(super) fn tell_one(&mut self, uuid: &str, event: &Event) {
        self.tell(event, |other| other.uuid == uuid);
    }

    pub(super) fn tell(&mut self, event: &Event, whom: impl Fn(&Participant) -> bool) {
        for own in self.people.iter_mut().filter(|own| whom(own)) {
            let is_cut = own
                .feed
                .as_ref()
                .is_some_and(|feed| feed.try_send(event.clone()).is_err());
            if is_cut {
                own.feed = None;
            }
        }
    }
}
