//! The course of a call: what is known of it, and when it is over.

use std::time::Duration;

use super::pbx::{Failure, Leg, Progress};

/// What is known of a call. It only goes forward: word that comes late or twice changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The PBX took the order; nothing rings yet as far as is known.
    Asked,
    /// The first phone rings.
    OwnRings,
    /// The first phone was answered; the other side is dialled.
    Dialling,
    /// It rings at the other side.
    OtherRings,
    /// Both talk.
    Talking,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It came to nothing, on that leg.
    Failed(Leg, Failure),
    /// Both talked, for this long.
    Talked(Duration),
    /// The link to the PBX broke: nothing more is known.
    Lost,
    /// The plugin is stopping: nothing more is told.
    Stopped,
}

/// Where a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Course {
    /// How far it came.
    pub stage: Stage,
    /// How it ended, once it has.
    pub end: Option<End>,
}

impl Default for Course {
    fn default() -> Self {
        Self {
            stage: Stage::Asked,
            end: None,
        }
    }
}

impl Course {
    /// Takes what the PBX says next, and tells whether anything changed by it.
    pub fn apply(&mut self, progress: &Progress) -> bool {
        let stage = match progress {
            Progress::Ringing(Leg::Own) => Stage::OwnRings,
            Progress::Answered(Leg::Own) => Stage::Dialling,
            Progress::Ringing(Leg::Other) => Stage::OtherRings,
            Progress::Answered(Leg::Other) => Stage::Talking,
            Progress::Failed(leg, failure) => return self.finish(End::Failed(*leg, *failure)),
            Progress::Ended { talked } => return self.finish(End::Talked(*talked)),
            Progress::Lost => return self.finish(End::Lost),
        };
        let forward = self.end.is_none() && stage > self.stage;
        if forward {
            self.stage = stage;
        }
        forward
    }

    /// Ends it, unless it ended before; tells whether this did.
    pub fn finish(&mut self, end: End) -> bool {
        let open = self.end.is_none();
        if open {
            self.end = Some(end);
        }
        open
    }

    /// Whether it is known what came of it for a caller: both talk, or it is over.
    #[must_use]
    pub fn decided(&self) -> bool {
        self.end.is_some() || self.stage == Stage::Talking
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ENDED: Progress = Progress::Ended {
        talked: Duration::from_secs(1),
    };

    fn any_progress() -> impl Strategy<Value = Progress> {
        prop::sample::select(vec![
            Progress::Ringing(Leg::Own),
            Progress::Ringing(Leg::Other),
            Progress::Answered(Leg::Own),
            Progress::Answered(Leg::Other),
            Progress::Failed(Leg::Own, Failure::Busy),
            Progress::Failed(Leg::Other, Failure::HungUp),
            ENDED,
            Progress::Lost,
        ])
    }

    #[test]
    fn word_that_comes_late_or_twice_changes_nothing() {
        let mut course = Course::default();
        assert!(course.apply(&Progress::Answered(Leg::Own)));
        assert!(!course.apply(&Progress::Answered(Leg::Own)));
        assert!(!course.apply(&Progress::Ringing(Leg::Own)));
        assert!(!course.decided());
        assert!(course.apply(&Progress::Answered(Leg::Other)));
        assert!(course.decided());
        assert!(course.apply(&ENDED));
        assert!(!course.apply(&Progress::Lost));
        assert!(!course.finish(End::Stopped));
        assert_eq!(course.stage, Stage::Talking);
        assert_eq!(course.end, Some(End::Talked(Duration::from_secs(1))));
    }

    proptest! {
        #[test]
        fn a_course_only_goes_forward(all in prop::collection::vec(any_progress(), 0..20)) {
            let mut course = Course::default();
            for progress in &all {
                let before = course;
                let changed = course.apply(progress);
                prop_assert_eq!(changed, course != before);
                prop_assert!(course.stage >= before.stage);
                prop_assert!(before.end.is_none() || course == before);
            }
        }
    }
}
