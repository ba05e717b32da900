//! Which day has its report, so that it has one, whatever restarts and whichever node leads.

use serde::{Deserialize, Serialize};

use super::super::posts::GIVE_UP_AFTER;
use super::{ReportHost, Shared};
use crate::board::SET_BACK;
use crate::store::{self, RecordError};

/// Where it is noted which day has its report.
pub(super) const DAY_KEY: &str = "report.day";

/// For how long another one who began a report may be about to make it, in milliseconds: as long as a post is tried, and 5 minutes.
pub const OTHERS_TIME: u64 = GIVE_UP_AFTER.as_millis() as u64 + 5 * 60 * 1000;

/// Which day has its report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Noted {
    /// Counted from 1970-01-01.
    day: i64,
    /// Whether it was made; if not, somebody began to.
    made: bool,
    /// Who, and when.
    by: String,
    at: u64,
    /// When its calls end.
    ends: u64,
}

/// What comes of wanting to make a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// It is ours to make.
    Ours,
    /// Somebody else may be making it.
    Others,
    /// There is this one.
    Made,
    /// There is another one of the same day: the time of reports was changed.
    Another,
}

impl<H: ReportHost> Shared<H> {
    /// Notes that this node makes a day's report, or has made it.
    pub(super) async fn note(&self, day: i64, ends: u64, made: bool) -> Result<Claim, RecordError> {
        let now = (self.clock)();
        store::change(&*self.host, DAY_KEY, |noted: Noted| {
            // What a clock that was far ahead had noted says nothing.
            let is_ahead = noted.at > now.after(SET_BACK).0;
            let claim = if is_ahead {
                Claim::Ours
            } else if noted.day > day || (noted.day == day && noted.made) {
                if noted.ends == ends {
                    Claim::Made
                } else {
                    Claim::Another
                }
            } else if noted.day == day
                && noted.by != self.me
                && now.0 < noted.at.saturating_add(OTHERS_TIME)
            {
                Claim::Others
            } else {
                Claim::Ours
            };
            if claim != Claim::Ours {
                return (noted, claim);
            }
            let own = Noted {
                day,
                made,
                by: self.me.clone(),
                at: now.0,
                ends,
            };
            (own, claim)
        })
        .await
    }
}
