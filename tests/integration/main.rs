//! The plugin's own executable in the dev host, as Mattermost would start it.
//!
//! What a test waits for it waits for by the world's changes, up to `devhost::world::PATIENCE`, or by what a websocket
//! brings; nothing here sleeps. No time is measured but those that are promised, as limits.

mod asterisk;
mod board_live;
mod board_morning;
mod board_page;
mod cards;
mod cluster;
mod commands;
mod effects;
mod faults;
mod harness;
mod intake;
mod life;
mod missed;
mod operations;
mod outlook;
mod ovh;
mod pages;
mod people;
mod posts;
mod presence_api;
mod presence_cluster;
mod presence_feed;
mod presence_outlook;
mod presence_parts;
mod screen;
mod settings;
mod state;
mod status;
mod video;
mod webapp;
mod webapp_background;
mod webapp_phone;
mod webapp_video;
