//! Missed calls: who is told of them, in a message that lists them.

mod record;
mod tracker;
mod wording;
