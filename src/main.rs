//! Starts the plugin.

use std::process::ExitCode;

fn main() -> ExitCode {
    mattermost_plugin::run::<switchboard::plugin::Switchboard>()
}
