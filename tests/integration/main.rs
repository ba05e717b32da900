//! The plugin's own executable in the dev host, as Mattermost would start it.
//!
//! What a test waits for it waits for by the world's changes, up to `devhost::world::PATIENCE`; nothing here
//! sleeps, and nothing measures time.

mod commands;
mod harness;
mod intake;
mod life;
mod pages;
mod posts;
mod settings;
