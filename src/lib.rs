//! Switchboard: the telephone in Mattermost.
//!
//! One way leads through the product: a source turns something outside into an [`board::Event`], the
//! board turns it into numbered [`board::Change`]s, and a sink turns each change into one kind of effect.
//! Everything that needs the Mattermost server asks the narrow traits of [`host`], so that all of it runs
//! and is tested without one.

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used))]

pub mod app;
pub mod backoff;
pub mod board;
pub mod calls;
pub mod cluster;
pub mod commands;
pub mod config;
pub mod day;
pub mod feed;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
pub mod health;
pub mod host;
pub mod http;
pub mod icons;
pub mod journal;
pub mod language;
pub mod live;
#[cfg(test)]
mod logged;
pub mod messages;
pub mod net;
pub mod node;
pub mod number;
pub mod number_book;
pub mod outbound;
pub mod people;
pub mod plugin;
pub mod presence;
pub mod setup;
pub mod sinks;
pub mod site;
pub mod sources;
pub mod store;
mod tasks;
pub mod text;
pub mod time_zone;
pub mod trace;
pub mod video;
pub mod walls;
