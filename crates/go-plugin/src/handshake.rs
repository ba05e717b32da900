//! The handshake: an environment variable one way, a line on stdout the other.
//!
//! Source: hashicorp/go-plugin 1.8.0, `server.go` and `client.go`.

use std::{fmt, net::SocketAddr, path::PathBuf, str::FromStr};

/// Version of go-plugin's own protocol, the line's first field.
pub const CORE_VERSION: u32 = 1;

/// Folder for the plugin's socket; the temporary folder when it is not set.
pub const ENV_SOCKET_DIR: &str = "PLUGIN_UNIX_SOCKET_DIR";

/// Group, by name or number, that may write to the plugin's socket.
pub const ENV_SOCKET_GROUP: &str = "PLUGIN_UNIX_SOCKET_GROUP";

/// Lowest TCP port to listen on, where there are no Unix sockets.
pub const ENV_MIN_PORT: &str = "PLUGIN_MIN_PORT";

/// Highest TCP port to listen on.
pub const ENV_MAX_PORT: &str = "PLUGIN_MAX_PORT";

/// Set by hosts that can multiplex gRPC; the line then has a seventh field.
pub const ENV_MULTIPLEX_GRPC: &str = "PLUGIN_MULTIPLEX_GRPC";

/// Longest handshake line that a host reads, in bytes.
pub const MAX_LINE: usize = 4096;

/// How host and plugin know that they are meant for each other. It keeps people from starting a
/// plugin by hand; it is no security.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handshake {
    /// Name of the environment variable that the host sets.
    pub cookie_key: &'static str,
    /// The value that it must have.
    pub cookie_value: &'static str,
    /// Version of the protocol between the two applications, the line's second field.
    pub app_version: u32,
}

/// Where a plugin listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A Unix socket's path.
    Unix(PathBuf),
    /// A TCP address, on the loopback interface.
    Tcp(SocketAddr),
}

/// What a plugin says once it listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Version of the protocol between the two applications.
    pub app_version: u32,
    /// Where to connect.
    pub address: Address,
}

impl Line {
    /// The line as it is printed, without its end. `multiplex` is whether the host asked for the
    /// seventh field, which says that gRPC may be multiplexed; go-plugin says so for net/rpc too.
    #[must_use]
    pub fn format(&self, multiplex: bool) -> String {
        let address = match &self.address {
            Address::Unix(path) => format!("unix|{}", path.display()),
            Address::Tcp(address) => format!("tcp|{address}"),
        };
        let seventh = if multiplex { "|true" } else { "" };
        format!(
            "{CORE_VERSION}|{}|{address}|netrpc|{seventh}",
            self.app_version
        )
    }
}

/// A handshake line that cannot be understood, and the field that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineError(pub String);

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the plugin's handshake line: {}", self.0)
    }
}

impl std::error::Error for LineError {}

impl FromStr for Line {
    type Err = LineError;

    fn from_str(line: &str) -> Result<Self, LineError> {
        let bad = |what: &str, value: &str| LineError(format!("{what} {value:?}"));
        let fields: Vec<&str> = line.trim_end().split('|').collect();
        let [core, app, network, address, rest @ ..] = fields.as_slice() else {
            return Err(bad("fewer than four fields in", line));
        };
        if core.parse() != Ok(CORE_VERSION) {
            return Err(bad("core version other than 1:", core));
        }
        let app_version = app.parse().map_err(|_| bad("no version:", app))?;
        let address = match *network {
            "unix" => Address::Unix(PathBuf::from(address)),
            "tcp" => Address::Tcp(
                address
                    .parse()
                    .map_err(|_| bad("no TCP address:", address))?,
            ),
            other => return Err(bad("unknown network", other)),
        };
        match rest.first() {
            None | Some(&"netrpc") => Ok(Self {
                app_version,
                address,
            }),
            Some(other) => Err(bad("a protocol other than netrpc:", other)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_is_what_go_plugin_prints() {
        let line = Line {
            app_version: 1,
            address: Address::Unix("/tmp/plugin123".into()),
        };
        assert_eq!(line.format(false), "1|1|unix|/tmp/plugin123|netrpc|");
        assert_eq!(
            "1|1|unix|/tmp/plugin123|netrpc|\n".parse(),
            Ok(line.clone())
        );
        assert_eq!(line.format(true).parse(), Ok(line));
    }

    #[test]
    fn bad_lines_name_what_is_wrong() {
        for (line, word) in [
            ("", "four fields"),
            ("1|1|unix", "four fields"),
            ("2|1|unix|/x|netrpc|", "core version"),
            ("1|x|unix|/x|netrpc|", "version"),
            ("1|1|udp|/x|netrpc|", "network"),
            ("1|1|tcp|/x|netrpc|", "TCP"),
            ("1|1|unix|/x|grpc|", "netrpc"),
        ] {
            let error = line.parse::<Line>().unwrap_err();
            assert!(error.to_string().contains(word), "{line}: {error}");
        }
    }
}
