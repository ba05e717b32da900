//! One Asterisk.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use devhost::world::PATIENCE;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::net::TcpStream;

use super::ami::{Account, Ami};
use super::phone::Phone;
use super::process::Program;
use super::{FILES, ports, root};

/// How often a starting Asterisk is asked whether it is there.
const ASKING: Duration = Duration::from_millis(20);

/// Calls that one instance has ports for.
const RTP_PORTS: u16 = 64;

/// Mounts the instance's folder where its configuration says, for this process alone, and runs Asterisk in the root. It asks
/// no name server: pjproject looks up the machine's own name in mid-call, and one that is slow makes calls wait five seconds.
const SCRIPT: &str = r#"
mount --bind "$1" "$2/mnt" && mount -t proc proc "$2/proc" || exit 1
[ ! -e "$2/etc/resolv.conf" ] || mount --bind /dev/null "$2/etc/resolv.conf" || exit 1
chroot "$2" asterisk -f -C /mnt/etc/asterisk.conf </dev/null &
read -r _
"#;

/// An Asterisk of the test's own, with the configuration in `tests/asterisk/config`. Killed when dropped.
pub(crate) struct Asterisk {
    root: PathBuf,
    folder: TempDir,
    first_port: u16,
    program: Option<Program>,
}

impl Asterisk {
    /// Starts one and waits until it is fully booted. `None`, and a line that says so, where there is none to start.
    pub(crate) async fn start() -> Option<Self> {
        let root = root()?;
        let folder = tempfile::tempdir().expect("a temporary folder");
        for name in ["etc", "lib/moh", "spool", "run", "log", "phones"] {
            fs::create_dir_all(folder.path().join(name)).expect("a new folder");
        }
        let first_port = ports::free(4);
        let rtp = ports::free(RTP_PORTS);
        let words = [
            ("@DIR@", "/mnt".to_owned()),
            ("@AMI_PORT@", first_port.to_string()),
            ("@AMI_TLS_PORT@", (first_port + 1).to_string()),
            ("@SIP_PORT@", (first_port + 2).to_string()),
            ("@RTP_FIRST@", rtp.to_string()),
            ("@RTP_LAST@", (rtp + RTP_PORTS - 1).to_string()),
        ];
        for source in fs::read_dir(Path::new(FILES).join("config")).expect("the configuration") {
            let source = source.expect("a name").path();
            let mut text = fs::read_to_string(&source).expect("text");
            for (word, value) in &words {
                text = text.replace(word, value);
            }
            let name = source.file_name().expect("a name");
            fs::write(folder.path().join("etc").join(name), text).expect("written");
        }
        let mut asterisk = Self {
            root,
            folder,
            first_port,
            program: None,
        };
        asterisk.restart().await;
        Some(asterisk)
    }

    /// Kills it when it runs, and starts it again: same ports, no call left, and the registrations that are older than a
    /// second (astdb is written that often). Waits until it is fully booted.
    pub(crate) async fn restart(&mut self) {
        self.kill();
        let log = self.folder.path().join("log/out");
        let arguments = [self.folder.path(), &self.root];
        let mut program = Program::isolated(SCRIPT, &arguments, self.folder.path(), &log);
        let booting = async {
            while TcpStream::connect(("127.0.0.1", self.first_port))
                .await
                .is_err()
            {
                assert!(!program.has_ended(), "{}", said(self.folder.path()));
                tokio::time::sleep(ASKING).await;
            }
            let mut ami = Ami::login(self, Account::TESTER).await;
            ami.event("FullyBooted", &[]).await;
        };
        if tokio::time::timeout(PATIENCE, booting).await.is_err() {
            panic!("Asterisk does not start: {}", said(self.folder.path()));
        }
        self.program = Some(program);
    }

    /// Kills it, as `kill -9` does: no call is ended, no connection closed in order.
    pub(crate) fn kill(&mut self) {
        self.program = None;
    }

    /// Stops it as a process (SIGSTOP): connections stay open, nothing is answered.
    pub(crate) fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets it go on after [`Self::freeze`].
    pub(crate) fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    /// What a console command prints, as `asterisk -rx` would.
    pub(crate) async fn console(&self, command: &str) -> String {
        let mut ami = Ami::login(self, Account::TESTER).await;
        let answer = ami.ask("Command", &[("Command", command)]).await;
        answer.all("Output").collect::<Vec<_>>().join("\n")
    }

    /// Switches the DND of an extension from 6001 to 6005, as FreePBX's *76 does.
    pub(crate) async fn set_dnd(&self, extension: &str, on: bool) {
        let state = if on { "BUSY" } else { "NOT_INUSE" };
        self.console(&format!("devstate change Custom:DND{extension} {state}"))
            .await;
    }

    /// A phone that is registered: 6001 to 6009, or `trunk`.
    pub(crate) async fn phone(&self, extension: &str) -> Phone {
        Phone::registered(
            extension,
            self.sip_port(),
            &self.folder.path().join("phones"),
        )
        .await
    }

    /// Where AMI listens, on 127.0.0.1.
    pub(crate) fn ami_port(&self) -> u16 {
        self.first_port
    }

    /// Where AMI listens for TLS; the certificate is `tests/asterisk/config/ami.pem`, for `localhost` and 127.0.0.1.
    pub(crate) fn ami_tls_port(&self) -> u16 {
        self.first_port + 1
    }

    fn sip_port(&self) -> u16 {
        self.first_port + 2
    }

    /// The process is the only child of the shell, which is the only one of `unshare`.
    fn signal(&self, signal: Signal) {
        let child = |id: i32| -> i32 {
            let path = format!("/proc/{id}/task/{id}/children");
            let children = fs::read_to_string(&path).expect("a process that runs");
            let first = children.split_whitespace().next();
            first.and_then(|id| id.parse().ok()).expect("a child")
        };
        let program = self.program.as_ref().expect("it runs");
        let keeper = i32::try_from(program.id()).expect("a process id");
        let asterisk = Pid::from_raw(child(child(keeper))).expect("not 0");
        kill_process(asterisk, signal).expect("our own process");
    }
}

/// What Asterisk printed and logged, for a test that fails.
fn said(folder: &Path) -> String {
    let read = |name: &str| fs::read_to_string(folder.join("log").join(name)).unwrap_or_default();
    format!("{}\n{}", read("out"), read("full"))
}
