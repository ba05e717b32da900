//! The socket that the host connects to.
//!
//! Source: hashicorp/go-plugin 1.8.0, `server.go` (`serverListener`, `setGroupWritable`).

use std::{
    collections::hash_map::RandomState,
    env,
    error::Error,
    fmt, fs,
    hash::{BuildHasher, Hasher},
    io,
    net::{Ipv4Addr, SocketAddr},
    ops::RangeInclusive,
    path::{Path, PathBuf},
};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
};

use crate::handshake::{Address, ENV_MAX_PORT, ENV_MIN_PORT, ENV_SOCKET_DIR, ENV_SOCKET_GROUP};

/// How many names are tried for the socket before the folder is taken to be at fault.
const NAME_TRIES: usize = 100;

/// go-plugin's own port range when the host names none.
const DEFAULT_PORTS: RangeInclusive<u16> = 10_000..=25_000;

/// Why the plugin cannot listen.
#[derive(Debug)]
#[non_exhaustive]
pub enum ListenError {
    /// No socket can be made in this folder.
    Socket(PathBuf, io::Error),
    /// The group in `PLUGIN_UNIX_SOCKET_GROUP` does not exist, or the socket cannot be given to it.
    Group(String, io::Error),
    /// No free port between `PLUGIN_MIN_PORT` and `PLUGIN_MAX_PORT`.
    Ports(RangeInclusive<u16>),
    /// A port variable that is no port.
    Port(&'static str, String),
}

impl fmt::Display for ListenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket(dir, e) => write!(
                f,
                "no socket can be made in {}: {e}; {ENV_SOCKET_DIR} can name another folder",
                dir.display()
            ),
            Self::Group(group, e) => {
                write!(
                    f,
                    "the socket cannot be given to {ENV_SOCKET_GROUP}={group}: {e}"
                )
            }
            Self::Ports(ports) => write!(
                f,
                "no free port from {} ({ENV_MIN_PORT}) to {} ({ENV_MAX_PORT})",
                ports.start(),
                ports.end()
            ),
            Self::Port(name, value) => write!(f, "{name}={value} is no port number"),
        }
    }
}

impl Error for ListenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Socket(_, e) | Self::Group(_, e) => Some(e),
            Self::Ports(_) | Self::Port(..) => None,
        }
    }
}

/// A connection to the host.
pub(super) trait Connection: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Connection for T {}

/// A bound socket; its file goes with it.
pub(super) enum Listener {
    #[cfg(unix)]
    Unix(tokio::net::UnixListener, SocketFile),
    #[cfg_attr(
        unix,
        allow(dead_code, reason = "where there are Unix sockets they are used")
    )]
    Tcp(TcpListener, SocketAddr),
}

/// A socket's file, removed when dropped.
pub(super) struct SocketFile(PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

impl Listener {
    pub(super) async fn bind() -> Result<Self, ListenError> {
        #[cfg(unix)]
        return Self::bind_unix(
            &env::var_os(ENV_SOCKET_DIR)
                .filter(|dir| !dir.is_empty())
                .map_or_else(env::temp_dir, PathBuf::from),
            env::var(ENV_SOCKET_GROUP)
                .ok()
                .filter(|group| !group.is_empty())
                .as_deref(),
        );
        #[cfg(not(unix))]
        return Self::bind_tcp(ports(
            env::var(ENV_MIN_PORT).ok(),
            env::var(ENV_MAX_PORT).ok(),
        )?)
        .await;
    }

    #[cfg(unix)]
    fn bind_unix(dir: &Path, group: Option<&str>) -> Result<Self, ListenError> {
        let failed = |e| ListenError::Socket(dir.to_owned(), e);
        let mut last = io::Error::from(io::ErrorKind::AlreadyExists);
        for _ in 0..NAME_TRIES {
            let path = dir.join(format!(
                "plugin{:016x}",
                RandomState::new().build_hasher().finish()
            ));
            match tokio::net::UnixListener::bind(&path) {
                Ok(listener) => {
                    let file = SocketFile(path);
                    if let Some(group) = group {
                        give_to_group(&file.0, group)
                            .map_err(|e| ListenError::Group(group.to_owned(), e))?;
                    }
                    return Ok(Self::Unix(listener, file));
                }
                Err(e) if e.kind() == io::ErrorKind::AddrInUse => last = e,
                Err(e) => return Err(failed(e)),
            }
        }
        Err(failed(last))
    }

    #[cfg_attr(
        unix,
        allow(dead_code, reason = "where there are Unix sockets they are used")
    )]
    async fn bind_tcp(ports: RangeInclusive<u16>) -> Result<Self, ListenError> {
        for port in ports.clone() {
            if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
                return Ok(Self::Tcp(listener, (Ipv4Addr::LOCALHOST, port).into()));
            }
        }
        Err(ListenError::Ports(ports))
    }

    pub(super) fn address(&self) -> Address {
        match self {
            #[cfg(unix)]
            Self::Unix(_, file) => Address::Unix(file.0.clone()),
            Self::Tcp(_, address) => Address::Tcp(*address),
        }
    }

    pub(super) async fn accept(&self) -> io::Result<Box<dyn Connection>> {
        Ok(match self {
            #[cfg(unix)]
            Self::Unix(listener, _) => Box::new(listener.accept().await?.0),
            Self::Tcp(listener, _) => {
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                Box::new(stream)
            }
        })
    }
}

#[cfg_attr(
    unix,
    allow(dead_code, reason = "where there are Unix sockets they are used")
)]
fn ports(min: Option<String>, max: Option<String>) -> Result<RangeInclusive<u16>, ListenError> {
    let port = |name, value: Option<String>, default| match value.filter(|v| !v.is_empty()) {
        None => Ok(default),
        Some(value) => value.parse().map_err(|_| ListenError::Port(name, value)),
    };
    Ok(port(ENV_MIN_PORT, min, *DEFAULT_PORTS.start())?
        ..=port(ENV_MAX_PORT, max, *DEFAULT_PORTS.end())?)
}

/// Lets a group write to the socket: by number, or by its name in `/etc/group`.
#[cfg(unix)]
fn give_to_group(path: &Path, group: &str) -> io::Result<()> {
    use std::os::unix::fs::{PermissionsExt, chown};
    let id = match group.parse() {
        Ok(id) => id,
        Err(_) => group_id(&fs::read_to_string("/etc/group")?, group).ok_or_else(|| {
            io::Error::new(io::ErrorKind::NotFound, "no such group in /etc/group")
        })?,
    };
    chown(path, None, Some(id))?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o660))
}

/// Source: group(5): name, password, id, members.
#[cfg(unix)]
fn group_id(groups: &str, name: &str) -> Option<u32> {
    groups.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(name))
            .then(|| fields.nth(1)?.parse().ok())
            .flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[tokio::test]
    async fn socket_lies_in_the_folder_and_goes_with_its_listener() {
        let dir = env::temp_dir().join(format!("go-plugin-test-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let listener = Listener::bind_unix(&dir, None).unwrap();
        let Address::Unix(path) = listener.address() else {
            panic!("not a Unix socket")
        };
        assert_eq!(path.parent(), Some(&*dir));
        assert!(
            path.file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with("plugin")
        );
        assert!(path.exists());
        drop(listener);
        assert!(!path.exists());
        fs::remove_dir(&dir).unwrap();
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn socket_is_writable_for_its_group() {
        use std::os::unix::fs::MetadataExt;
        let dir = env::temp_dir().join(format!("go-plugin-group-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let gid = fs::metadata(&dir).unwrap().gid();
        let listener = Listener::bind_unix(&dir, Some(&gid.to_string())).unwrap();
        let Address::Unix(path) = listener.address() else {
            panic!("not a Unix socket")
        };
        let meta = fs::metadata(path).unwrap();
        assert_eq!((meta.gid(), meta.mode() & 0o777), (gid, 0o660));
        let missing = Listener::bind_unix(&dir, Some("no-such-group"))
            .err()
            .unwrap();
        assert!(
            missing
                .to_string()
                .contains("PLUGIN_UNIX_SOCKET_GROUP=no-such-group")
        );
        drop(listener);
        fs::remove_dir(&dir).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn group_is_found_by_its_whole_name() {
        let groups = "wheel:x:10:bob\nmatter:x:1:\nmattermost:x:998:a,b\n";
        assert_eq!(group_id(groups, "mattermost"), Some(998));
        assert_eq!(group_id(groups, "matter"), Some(1));
        assert_eq!(group_id(groups, "bob"), None);
    }

    #[tokio::test]
    async fn tcp_takes_a_free_port_of_the_range_or_says_the_range() {
        let first = Listener::bind_tcp(DEFAULT_PORTS).await.unwrap();
        let Address::Tcp(taken) = first.address() else {
            panic!("not TCP")
        };
        assert!(DEFAULT_PORTS.contains(&taken.port()));
        let none = Listener::bind_tcp(taken.port()..=taken.port())
            .await
            .err()
            .unwrap();
        assert!(none.to_string().contains(&taken.port().to_string()));
        assert!(
            ports(Some("x".into()), None)
                .unwrap_err()
                .to_string()
                .contains("PLUGIN_MIN_PORT=x")
        );
        assert_eq!(
            ports(Some("7".into()), Some(String::new())).unwrap(),
            7..=25_000
        );
    }
}
