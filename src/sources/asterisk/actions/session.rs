//! Actions that a connection needs for itself.

use super::Action;

/// The classes of events that are asked for at login: calls, devices, hints and mailboxes are `call`, queues are `agent`,
/// registrations and restarts are `system`. The others (every step of the dial plan, RTP reports) are most of a busy PBX's events, and
/// nothing here needs them.
const EVENTS: &str = "system,call,agent";

/// Asks for a challenge, so that the secret itself is not sent.
pub(in super::super) fn challenge() -> Action {
    Action::new("Challenge").with("AuthType", "MD5")
}

/// Logs in with the answer to a challenge: the MD5 of challenge and secret, in hex.
pub(in super::super) fn login_with_key(user: &str, key: String) -> Action {
    Action::new("Login")
        .with("AuthType", "MD5")
        .with("Username", user)
        .with("Key", key)
        .with("Events", EVENTS)
}

/// Logs in with the secret itself.
pub(in super::super) fn login(user: &str, secret: &str) -> Action {
    Action::new("Login")
        .with("Username", user)
        .with("Secret", secret)
        .with("Events", EVENTS)
}

/// Says good-bye.
pub(in super::super) fn logoff() -> Action {
    Action::new("Logoff")
}

/// Asks for a sign of life.
pub(in super::super) fn ping() -> Action {
    Action::new("Ping")
}

/// Asks which actions the account may use.
pub(in super::super) fn list_commands() -> Action {
    Action::new("ListCommands")
}

/// Asks for Asterisk's version.
pub(in super::super) fn core_settings() -> Action {
    Action::new("CoreSettings")
}

/// Asks for a list, by an action without headers such as `QueueStatus`.
pub(in super::super) fn list(name: &'static str) -> Action {
    Action::new(name)
}
