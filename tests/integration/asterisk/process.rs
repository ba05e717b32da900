//! Programs that end with their owner.

use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A program under a shell that ends it when its own standard input ends: that is a pipe whose other end only the test
/// has, so nothing outlives a test that is killed.
pub(crate) struct Program {
    shell: Child,
}

impl Program {
    /// Starts `arguments`, with what they print going to `log`.
    pub(crate) fn start<S: AsRef<OsStr>>(arguments: &[S], folder: &Path, log: &Path) -> Self {
        let script = r#""$@" </dev/null & child=$!; read -r _; kill -9 "$child"; wait "$child""#;
        Self::shell(&["sh"], script, arguments, folder, log)
    }

    /// Starts a script in namespaces of its own. When it ends, all that it started is killed and its mounts are gone; it
    /// should read its input to the end and then return.
    pub(crate) fn isolated<S: AsRef<OsStr>>(
        script: &str,
        arguments: &[S],
        folder: &Path,
        log: &Path,
    ) -> Self {
        let shell = [
            "unshare",
            "--mount",
            "--pid",
            "--fork",
            "--kill-child",
            "sh",
        ];
        Self::shell(&shell, script, arguments, folder, log)
    }

    fn shell<S: AsRef<OsStr>>(
        shell: &[&str],
        script: &str,
        arguments: &[S],
        folder: &Path,
        log: &Path,
    ) -> Self {
        let log = OpenOptions::new().create(true).append(true).open(log);
        let log = log.expect("a log file");
        let mut command = Command::new(shell[0]);
        command.args(&shell[1..]).args(["-c", script, "sh"]);
        command.args(arguments).current_dir(folder);
        command.stdin(Stdio::piped());
        command.stdout(log.try_clone().expect("a file")).stderr(log);
        let shell = command
            .spawn()
            .unwrap_or_else(|e| panic!("{command:?}: {e}"));
        Self { shell }
    }

    /// The process id of the shell, or of what keeps its namespaces.
    pub(crate) fn id(&self) -> u32 {
        self.shell.id()
    }

    /// Whether it has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.shell.try_wait().expect("our own child").is_some()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}
