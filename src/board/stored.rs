//! Forms in which things are stored that have another one for those who look at the board, where ids are left out and what is not known is
//! `null`. A field that is missing is one that is not known, so a later version may add some.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{CallRecord, Direction, Ending, Name, Peer, Source, Talk, Timestamp, Waiting};

/// A peer without what is not known of it.
#[derive(Serialize)]
struct ShortPeer<'a> {
    number: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    international: &'a Option<Arc<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: &'a Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: &'a Option<Name>,
}

impl<'a> From<&'a Peer> for ShortPeer<'a> {
    fn from(peer: &'a Peer) -> Self {
        Self {
            number: &peer.number,
            international: &peer.international,
            name: &peer.name,
            label: &peer.label,
        }
    }
}

/// A [`Peer`].
pub(super) mod one_peer {
    use super::*;

    pub(in super::super) fn serialize<S: Serializer>(
        peer: &Peer,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        ShortPeer::from(peer).serialize(serializer)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Peer, D::Error> {
        Peer::deserialize(deserializer)
    }
}

/// A [`Peer`] that need not be known.
pub(super) mod peer {
    use super::*;

    pub(in super::super) fn serialize<S: Serializer>(
        peer: &Option<Peer>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        peer.as_ref().map(ShortPeer::from).serialize(serializer)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Peer>, D::Error> {
        Option::deserialize(deserializer)
    }
}

/// Something for each source, by its name, so that there may be more sources one day.
pub(super) mod by_source {
    use super::*;

    pub(in super::super) fn serialize<S: Serializer, T: Serialize, const N: usize>(
        all: &[Option<T>; N],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let all = Source::ALL.iter().zip(all);
        serializer.collect_map(all.filter_map(|(source, own)| Some((source, own.as_ref()?))))
    }

    pub(in super::super) fn deserialize<
        'de,
        D: Deserializer<'de>,
        T: Deserialize<'de>,
        const N: usize,
    >(
        deserializer: D,
    ) -> Result<[Option<T>; N], D::Error> {
        let mut all = [const { None }; N];
        for (source, own) in std::collections::BTreeMap::<Source, T>::deserialize(deserializer)? {
            if let Some(place) = all.get_mut(source as usize) {
                *place = Some(own);
            }
        }
        Ok(all)
    }
}

/// The sources for which something is so.
pub(super) mod flags {
    use super::*;

    pub(in super::super) fn serialize<S: Serializer, const N: usize>(
        all: &[bool; N],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let all = Source::ALL.iter().zip(all);
        serializer.collect_seq(all.filter(|(_, own)| **own).map(|(source, _)| source))
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>, const N: usize>(
        deserializer: D,
    ) -> Result<[bool; N], D::Error> {
        let mut all = [false; N];
        for source in Vec::<Source>::deserialize(deserializer)? {
            if let Some(place) = all.get_mut(source as usize) {
                *place = true;
            }
        }
        Ok(all)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Waiting")]
struct WaitingForm {
    id: u64,
    caller: Arc<str>,
    #[serde(default, with = "peer", skip_serializing_if = "Option::is_none")]
    peer: Option<Peer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dialed: Option<Arc<str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    own_number: Option<Arc<str>>,
    since: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Talk")]
struct TalkForm {
    id: u64,
    caller: Arc<str>,
    #[serde(default, with = "peer", skip_serializing_if = "Option::is_none")]
    peer: Option<Peer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agent: Option<Name>,
    waited_since: Timestamp,
    since: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "CallRecord")]
struct RecordForm {
    id: u64,
    began: Timestamp,
    ended: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    queue: Option<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    line: Option<Name>,
    #[serde(default, with = "peer", skip_serializing_if = "Option::is_none")]
    peer: Option<Peer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agent: Option<Name>,
    direction: Direction,
    wait: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    talk: Option<u64>,
    ending: Ending,
}

/// A call that ended, with the number of the change that told of it.
#[derive(Serialize)]
pub(super) struct WrittenRecord<'a>(
    pub(super) u64,
    #[serde(with = "RecordForm")] pub(super) &'a CallRecord,
);

/// The same, as it is read.
#[derive(Debug, Deserialize)]
pub(super) struct ReadRecord(
    pub(super) u64,
    #[serde(with = "RecordForm")] pub(super) CallRecord,
);

macro_rules! list {
    ($(#[$doc:meta])* $module:ident, $form:literal, $of:ty) => {
        $(#[$doc])*
        pub(super) mod $module {
            use super::*;

            #[derive(Serialize)]
            struct Written<'a>(#[serde(with = $form)] &'a $of);

            #[derive(Deserialize)]
            struct Read(#[serde(with = $form)] $of);

            pub(in super::super) fn serialize<S: Serializer>(
                all: &[$of],
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                serializer.collect_seq(all.iter().map(Written))
            }

            pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Vec<$of>, D::Error> {
                let all = Vec::<Read>::deserialize(deserializer)?;
                Ok(all.into_iter().map(|read| read.0).collect())
            }
        }
    };
}

list! {
    /// Those who wait, with the sources' ids of them.
    waiting, "WaitingForm", Waiting
}

list! {
    /// Those who talk, with the sources' ids of them.
    talking, "TalkForm", Talk
}
