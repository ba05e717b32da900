//! Go's `time.Time`.

use std::time::{Duration, SystemTime};

use crate::decode::Decode;
use crate::desc::Desc;
use crate::encode::Encode;
use crate::encoder::Writer;
use crate::error::{DecodeError, EncodeError};
use crate::plan::Node;
use crate::reader::Reader;
use crate::types::Marshaler;

/// Seconds from Go's zero time, the beginning of the year 1 in UTC, to the Unix epoch.
const UNIX_EPOCH: i64 = 62_135_596_800;

/// Go's `time.Time`: an instant, to the nanosecond, and the offset of the zone it is shown in.
///
/// It travels as what its `MarshalBinary` makes: a version, the seconds since the year 1, the nanoseconds, and the
/// offset in minutes, −1 for UTC; version 2 has the offset's seconds as well.
///
/// Two are equal only when their offsets are, too. Instants compare by `(time.unix(), time.nanos())`.
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use gob::Time;
///
/// let time = Time::from(SystemTime::UNIX_EPOCH + Duration::from_millis(1500));
/// assert_eq!((time.unix(), time.nanos()), (1, 500_000_000));
/// let paris = time.with_offset(3600);
/// assert_ne!(paris, time);
/// assert_eq!(paris.to_system_time(), time.to_system_time());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    /// Seconds since the Unix epoch.
    seconds: i64,
    /// Nanoseconds in that second.
    nanos: u32,
    /// Seconds east of UTC, or `None` for UTC.
    offset: Option<i32>,
}

impl Time {
    /// Go's zero time: the beginning of the year 1 in UTC.
    pub const ZERO: Self = Self {
        seconds: -UNIX_EPOCH,
        nanos: 0,
        offset: None,
    };

    /// The instant so many seconds after the Unix epoch and nanoseconds after that, in UTC. Nanoseconds beyond a
    /// second count into the seconds.
    #[must_use]
    pub const fn from_unix(seconds: i64, nanos: u32) -> Self {
        let more = (nanos / 1_000_000_000) as i64;
        Self {
            seconds: seconds.saturating_add(more),
            nanos: nanos % 1_000_000_000,
            offset: None,
        }
    }

    /// The same instant in a zone so many seconds east of UTC.
    #[must_use]
    pub const fn with_offset(self, seconds_east: i32) -> Self {
        Self {
            offset: Some(seconds_east),
            ..self
        }
    }

    /// Seconds since the Unix epoch.
    #[must_use]
    pub const fn unix(self) -> i64 {
        self.seconds
    }

    /// Nanoseconds in the second.
    #[must_use]
    pub const fn nanos(self) -> u32 {
        self.nanos
    }

    /// Seconds east of UTC, or `None` when the time is in UTC itself.
    #[must_use]
    pub const fn offset(self) -> Option<i32> {
        self.offset
    }

    /// Whether this is Go's zero time, whatever its zone.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.seconds == -UNIX_EPOCH && self.nanos == 0
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (&version, rest) = bytes.split_first()?;
        let (seconds, rest) = rest.split_first_chunk()?;
        let (nanos, rest) = rest.split_first_chunk()?;
        let (minutes, rest) = rest.split_first_chunk()?;
        let minutes = i32::from(i16::from_be_bytes(*minutes));
        let odd = match (version, rest) {
            (1, []) => 0,
            (2, &[odd]) => i32::from(odd.cast_signed()),
            _ => return None,
        };
        let nanos = u32::from_be_bytes(*nanos);
        if nanos >= 1_000_000_000 {
            return None;
        }
        Some(Self {
            // Wraps at the edges of time as Go does.
            seconds: i64::from_be_bytes(*seconds).wrapping_sub(UNIX_EPOCH),
            nanos,
            offset: (minutes != -1).then_some(minutes * 60 + odd),
        })
    }

    /// The binary form, and its length.
    fn to_bytes(self) -> Option<([u8; 16], usize)> {
        let (minutes, odd) = match self.offset {
            None => (-1, 0),
            // Go reads the odd seconds as positive, whatever sign they were written with. In the one minute before
            // UTC that cannot be helped, for -1 means UTC itself.
            Some(offset @ -59..0) => (0, offset as i8),
            Some(offset) => {
                let minutes = i16::try_from(offset.div_euclid(60)).ok();
                (
                    minutes.filter(|minutes| *minutes != -1)?,
                    offset.rem_euclid(60) as i8,
                )
            }
        };
        let mut bytes = [0; 16];
        bytes[0] = if odd == 0 { 1 } else { 2 };
        bytes[1..9].copy_from_slice(&self.seconds.wrapping_add(UNIX_EPOCH).to_be_bytes());
        bytes[9..13].copy_from_slice(&self.nanos.to_be_bytes());
        bytes[13..15].copy_from_slice(&minutes.to_be_bytes());
        bytes[15] = odd.cast_unsigned();
        Some((bytes, if odd == 0 { 15 } else { 16 }))
    }
}

/// Go's zero time.
impl Default for Time {
    fn default() -> Self {
        Self::ZERO
    }
}

impl From<SystemTime> for Time {
    fn from(time: SystemTime) -> Self {
        match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => Self::from_unix(after.as_secs() as i64, after.subsec_nanos()),
            Err(before) => {
                let before = before.duration();
                let borrow = i64::from(before.subsec_nanos() > 0);
                Self::from_unix(
                    -(before.as_secs() as i64) - borrow,
                    (1_000_000_000 - before.subsec_nanos()) % 1_000_000_000,
                )
            }
        }
    }
}

impl Time {
    /// The instant as the system's time, when that can represent it.
    #[must_use]
    pub fn to_system_time(self) -> Option<SystemTime> {
        let whole = Duration::from_secs(self.seconds.unsigned_abs());
        let base = if self.seconds < 0 {
            SystemTime::UNIX_EPOCH.checked_sub(whole)
        } else {
            SystemTime::UNIX_EPOCH.checked_add(whole)
        };
        base?.checked_add(Duration::from_nanos(self.nanos.into()))
    }
}

const DESC: Desc = Desc::Opaque(Marshaler::Gob, "Time");

/// The zero time in UTC is not sent in a struct, unless it is behind a pointer.
impl Encode for Time {
    fn desc() -> &'static Desc {
        &DESC
    }
    fn is_zero(&self) -> bool {
        *self == Self::ZERO
    }
    fn is_zero_behind_pointer(&self) -> bool {
        false
    }
    fn write(&self, w: &mut Writer<'_>) {
        match self.to_bytes() {
            Some((bytes, len)) => w.bytes(&bytes[..len]),
            None => w.fail(EncodeError::BadTime),
        }
    }
}

impl<'de> Decode<'de> for Time {
    fn desc() -> &'static Desc {
        &DESC
    }
    fn zero() -> Self {
        Self::ZERO
    }
    fn read(&mut self, r: &mut Reader<'_, 'de>, _: Node) -> Result<(), DecodeError> {
        *self = Self::parse(r.bytes()?)
            .ok_or_else(|| DecodeError::invalid("not a time.Time's binary form"))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binary_forms_are_gos() {
        // From Go: time.Unix(1, 2).UTC().MarshalBinary().
        let utc = Time::from_unix(1, 2);
        let bytes = [
            1, 0, 0, 0, 0x0e, 0x77, 0x91, 0xf7, 0x01, 0, 0, 0, 2, 0xff, 0xff,
        ];
        assert_eq!(Time::parse(&bytes), Some(utc));
        assert_eq!(
            utc.to_bytes().map(|(all, len)| all[..len].to_vec()),
            Some(bytes.to_vec())
        );
    }

    #[test]
    fn offsets_come_back() {
        for offset in [
            0,
            60,
            -120,
            3600,
            4521,
            -4521,
            -61,
            -59,
            -1,
            59,
            32_767 * 60,
            -32_768 * 60,
        ] {
            let time = Time::from_unix(0, 0).with_offset(offset);
            let (bytes, len) = time.to_bytes().expect("an offset that Go knows");
            assert_eq!(Time::parse(&bytes[..len]), Some(time), "{offset}");
        }
        assert_eq!(Time::from_unix(0, 0).with_offset(-60).to_bytes(), None);
        assert_eq!(
            Time::from_unix(0, 0).with_offset(32_768 * 60).to_bytes(),
            None
        );
        // As Go writes an offset of -75 minutes and 21 seconds.
        let mut bytes = [0; 16];
        bytes[0] = 2;
        bytes[13..].copy_from_slice(&[0xff, 0xb5, 0xeb]);
        assert_eq!(
            Time::parse(&bytes).and_then(Time::offset),
            Some(-75 * 60 - 21)
        );
    }

    #[test]
    fn malformed_times_are_refused() {
        let good = Time::ZERO.to_bytes().expect("UTC").0;
        assert!(Time::parse(&good[..15]).is_some());
        for (version, len) in [(0, 15), (3, 15), (1, 14), (1, 16), (2, 15), (1, 0)] {
            let mut bytes = good;
            bytes[0] = version;
            assert_eq!(
                Time::parse(&bytes[..len]),
                None,
                "version {version}, {len} bytes"
            );
        }
        let mut bytes = good;
        bytes[9..13].copy_from_slice(&1_000_000_000u32.to_be_bytes());
        assert_eq!(Time::parse(&bytes[..15]), None);
    }

    #[test]
    fn system_times_come_back() {
        for nanos in [0, 1, 999_999_999, 1_000_000_000, 1_500_000_000] {
            for base in [
                SystemTime::UNIX_EPOCH - Duration::from_secs(5),
                SystemTime::UNIX_EPOCH,
            ] {
                let time = base + Duration::from_nanos(nanos);
                assert_eq!(Time::from(time).to_system_time(), Some(time));
            }
        }
        assert_eq!(
            Time::from(SystemTime::UNIX_EPOCH - Duration::from_nanos(1)),
            Time::from_unix(-1, 999_999_999)
        );
    }
}
