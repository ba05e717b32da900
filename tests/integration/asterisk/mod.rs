//! A real Asterisk and real phones.
//!
//! [`Asterisk::start`] gives an instance of its own within half a second, [`Asterisk::phone`] a SIPp that registers with
//! it, rings when it is called and does what it is told, [`Ami`] what the manager interface says about it. All of it
//! ends with the value that owns it, and also with the process when that is killed.
//!
//! `SWITCHBOARD_ASTERISK_ROOT` says where the Asterisk is; `make test` sets it to what `tests/asterisk/provision.py`
//! made. Without it a test that wants one says that it did not run, and returns; with `SWITCHBOARD_ASTERISK=required`,
//! as in CI, it fails.

mod ami;
mod instance;
mod phone;
mod ports;
mod process;
pub(crate) mod product;
mod product_board;
mod product_calls;
mod product_controls;
mod product_life;
mod product_people;
mod product_queues;
mod product_rights;
mod product_script;
mod product_targets;
mod product_texts;
mod product_turns;
mod relay;
mod sip;
mod smoke;

use std::env;
use std::io::Write as _;
use std::path::PathBuf;

pub(crate) use ami::{Account, Ami, Message};
pub(crate) use instance::Asterisk;
pub(crate) use phone::{Call, Phone};

/// Configuration, SIPp scenarios, recordings.
pub(crate) const FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/asterisk");

/// Where the Asterisk is, or a line that says that the test of this thread did not run.
fn root() -> Option<PathBuf> {
    let given = env::var_os("SWITCHBOARD_ASTERISK_ROOT").filter(|root| !root.is_empty());
    if given.is_none() {
        let remedy = "SWITCHBOARD_ASTERISK_ROOT is not set; `make test` as root on Debian sets it";
        let required = env::var("SWITCHBOARD_ASTERISK").is_ok_and(|word| word == "required");
        assert!(!required, "an Asterisk is required, but {remedy}");
        let thread = std::thread::current();
        let test = thread.name().unwrap_or("a test");
        // Past the test runner, which keeps what passing tests print to itself.
        let _ = writeln!(std::io::stderr(), "not run: {test}: {remedy}");
    }
    given.map(PathBuf::from)
}
