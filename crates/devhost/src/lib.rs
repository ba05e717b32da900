//! A small stand-in for the Mattermost server, for `make run` and for tests in Rust.
//!
//! [`DevHost`] starts a plugin exactly as Mattermost does: the executable of an unpacked bundle as
//! a child process, handshake, all streams, hooks, HTTP under `/plugins/<id>/`. Behind it is a
//! [`World`]: a Mattermost in memory that a test looks at and makes trouble in ([`world::Faults`]).
//!
//! ```no_run
//! # async fn test() -> Result<(), Box<dyn std::error::Error>> {
//! use devhost::{Bundle, DevHost, Options, World, world::fixed_id};
//!
//! let options = Options::new(Bundle::open("dist/unpacked/switchboard")?)
//!     .with("TeamName", "acme")
//!     .with("ChannelName", "phones")
//!     .with("UserMail", "admin@example.com")
//!     .with("Secret", "s");
//! let host = DevHost::start(World::new(), options).await?;
//! host.get("/sip/dnd-on/bob?secret=s").await?;
//! let phones = fixed_id("channelphones");
//! let post = host.world().wait_for("a post", |world| world.messages_in(&phones).pop()).await?;
//! assert_eq!(post, "bob DND on");
//! host.stop().await;
//! # Ok(())
//! # }
//! ```

mod api;
pub mod asterisk;
pub mod cli;
pub mod client;
pub mod demo;
mod front;
mod hello;
mod host;
pub mod ovh;
mod page;
pub mod pexip;
mod webapp;
pub mod world;

pub use hello::hello;
pub use host::{
    Bundle, BundleError, CommandResponse, DevHost, Ended, HEALTH_INTERVAL, Options, Pressed,
    StartError, State, Submitted,
};
pub use world::World;
