//! What clocks show where somebody is.
//!
//! The rules of time zones are the system's own (`tzdata`), which are kept up to date with it; an executable would hold those of the
//! day on which it was built.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tz::TimeZone;

use crate::board::Timestamp;

/// Where the rules are, a file a zone (RFC 9636), on Linux.
const FOLDER: &str = "/usr/share/zoneinfo";

/// The longest file that is read, in bytes: the longest there are have four thousand.
const MAX_FILE_BYTES: u64 = 64 * 1024;

/// The longest name, in bytes.
const MAX_NAME: usize = 64;

/// The most zones that are remembered. There are about six hundred; more are names that somebody made up.
const MAX_ZONES: usize = 1_000;

/// The time zones of this system. Each is read once, when it is asked for first.
#[derive(Debug)]
pub struct TimeZones {
    folder: PathBuf,
    known: Mutex<HashMap<Arc<str>, Option<Arc<TimeZone>>>>,
}

impl Default for TimeZones {
    fn default() -> Self {
        Self::in_folder(FOLDER)
    }
}

impl TimeZones {
    /// With the rules in that folder.
    #[must_use]
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            known: Mutex::default(),
        }
    }

    /// By how many seconds clocks in that zone were or are ahead of UTC at that moment. Nothing where the system does not know the
    /// zone, by its IANA name, or has no rules at all.
    #[must_use]
    pub fn offset(&self, zone: &Arc<str>, at: Timestamp) -> Option<i32> {
        let rules = self.rules(zone)?;
        // Milliseconds in 64 bits are no more than 2^55 seconds.
        let local = rules.find_local_time_type((at.0 / 1000) as i64).ok()?;
        Some(local.ut_offset())
    }

    fn rules(&self, zone: &Arc<str>) -> Option<Arc<TimeZone>> {
        // Nothing that happens under the lock can leave the map half changed.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rules) = known.get(zone) {
            return rules.clone();
        }
        if !is_name(zone) {
            return None;
        }
        // A small file that the system has at hand: shorter than handing it to another thread.
        let rules = self.read(zone).map(Arc::new);
        if known.len() >= MAX_ZONES {
            known.clear();
        }
        known.insert(Arc::clone(zone), rules.clone());
        rules
    }

    fn read(&self, zone: &str) -> Option<TimeZone> {
        let file = File::open(self.folder.join(zone)).ok()?;
        let mut bytes = Vec::new();
        file.take(MAX_FILE_BYTES).read_to_end(&mut bytes).ok()?;
        TimeZone::from_tz_data(&bytes).ok()
    }
}

/// Whether it can be a zone's name, and leads nowhere but to a file in the folder: people can set their zone to anything.
#[must_use]
pub fn is_name(zone: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"_+-".contains(&b);
    let is_part = |part: &str| !part.is_empty() && part.bytes().all(fits);
    zone.len() <= MAX_NAME && zone.split('/').all(is_part)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A zone as `zic` would write it for `XST0XDT-1,M3.5.0/1,M10.5.0/2`: the second version's block, without transitions of its own.
    fn file() -> Vec<u8> {
        let header = |types: u32, chars: u32| {
            let mut header = b"TZif2".to_vec();
            header.extend([0; 15]);
            for count in [0, 0, 0, 0, types, chars] {
                header.extend(u32::to_be_bytes(count));
            }
            header
        };
        let block = [0, 0, 0, 0, 0, 0, b'X', b'S', b'T', 0];
        let mut file = header(1, 4);
        file.extend(block);
        file.extend(header(1, 4));
        file.extend(block);
        file.extend(b"\nXST0XDT-1,M3.5.0/1,M10.5.0/2\n");
        file
    }

    fn zones() -> (TimeZones, tempfile::TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("Some")).expect("a folder");
        std::fs::write(folder.path().join("Some/Place"), file()).expect("a file");
        std::fs::write(folder.path().join("broken"), b"TZif2 and no more").expect("a file");
        (TimeZones::in_folder(folder.path()), folder)
    }

    #[test]
    fn clocks_go_by_the_systems_rules() {
        let (zones, _folder) = zones();
        // 2026-01-15 and 2026-07-15, each at 12:00 UTC.
        let (winter, summer) = (Timestamp(1_768_478_400_000), Timestamp(1_784_116_800_000));
        let offset = |zone: &str, at| zones.offset(&zone.into(), at);
        assert_eq!(offset("Some/Place", winter), Some(0));
        assert_eq!(offset("Some/Place", summer), Some(3600));
        for unknown in ["Some/Other", "Some", "broken", "", "UTC"] {
            assert_eq!(offset(unknown, summer), None, "{unknown}");
        }
        // It is read once.
        std::fs::remove_file(zones.folder.join("Some/Place")).expect("the file");
        assert_eq!(offset("Some/Place", summer), Some(3600));
    }

    #[test]
    fn a_name_leads_nowhere_else() {
        let (zones, folder) = zones();
        let inner = TimeZones::in_folder(folder.path().join("Some"));
        let summer = Timestamp(1_784_116_800_000);
        for name in [
            "../Some/Place",
            "./Place",
            "/Place",
            "Place/",
            "Some//Place",
            "Pl\0ace",
            "Plâce",
        ] {
            assert_eq!(inner.offset(&name.into(), summer), None, "{name}");
        }
        let absolute = folder.path().join("Some/Place");
        let absolute = absolute.to_str().expect("a path");
        assert_eq!(zones.offset(&absolute.into(), summer), None);
    }

    #[test]
    fn memory_is_bounded() {
        let (zones, _folder) = zones();
        for n in 0..2 * MAX_ZONES {
            assert_eq!(zones.offset(&format!("Zone{n}").into(), Timestamp(0)), None);
        }
        assert!(zones.known.lock().expect("a lock").len() <= MAX_ZONES);
    }

    proptest! {
        #[test]
        fn any_file_is_read_without_harm(bytes in any::<Vec<u8>>(), at in any::<u64>(), cut in 0usize..200) {
            let (zones, folder) = zones();
            std::fs::write(folder.path().join("any"), bytes).expect("a file");
            let _ = zones.offset(&"any".into(), Timestamp(at));
            let mut file = file();
            file.truncate(cut);
            std::fs::write(folder.path().join("cut"), file).expect("a file");
            let _ = zones.offset(&"cut".into(), Timestamp(at));
            let _ = zones.offset(&"Some/Place".into(), Timestamp(at));
        }
    }
}
