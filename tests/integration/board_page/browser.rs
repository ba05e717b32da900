//! A case in a browser: `tests/browser/<case>.mjs` under Node.js, with Debian's Chromium.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// Where the cases are, and what they need from npm.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser");

/// What Chromium's executable may be called.
const CHROMIUM: [&str; 2] = ["chromium", "chromium-browser"];

/// The longest that a step may take: a machine may have much else to do.
const PATIENCE: Duration = Duration::from_secs(180);

/// What runs a case, and the Chromium that it drives.
pub(crate) struct Tools {
    node: PathBuf,
    chromium: PathBuf,
}

impl Tools {
    /// What is there; nothing where something is missing, which is said in a sentence, and fails where `SWITCHBOARD_BROWSER` is
    /// `required`.
    pub(crate) fn find() -> Option<Self> {
        match Self::look() {
            Ok(tools) => Some(tools),
            Err(missing) => {
                let required =
                    std::env::var_os("SWITCHBOARD_BROWSER").is_some_and(|it| it == "required");
                assert!(!required, "{missing}");
                eprintln!("Not run in a browser: {missing}");
                None
            }
        }
    }

    fn look() -> Result<Self, &'static str> {
        let node =
            in_path("node").ok_or("Node.js is missing (Debian: apt-get install nodejs npm).")?;
        let chromium = CHROMIUM.into_iter().find_map(in_path);
        let chromium = chromium.ok_or("Chromium is missing (Debian: apt-get install chromium).")?;
        if !Path::new(FOLDER)
            .join("node_modules/playwright-core")
            .is_dir()
        {
            return Err("its tools are missing (run `npm ci` in tests/browser).");
        }
        Ok(Self { node, chromium })
    }

    /// Starts a case with a page.
    pub(crate) fn case(&self, name: &str, url: &str) -> Case {
        let mut child = Command::new(&self.node)
            .arg(format!("{name}.mjs"))
            .arg(url)
            .current_dir(FOLDER)
            .env("SWITCHBOARD_CHROMIUM", &self.chromium)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("Node.js runs");
        let stdout = child.stdout.take().expect("its output");
        Case {
            name: name.to_owned(),
            stdin: child.stdin.take().expect("its input"),
            lines: BufReader::new(stdout).lines(),
            child,
        }
    }
}

fn in_path(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

/// A case that runs.
pub(crate) struct Case {
    name: String,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    child: Child,
}

impl Case {
    /// Waits until the case is so far, and answers what it tells.
    pub(crate) async fn reaches(&mut self, step: &str) -> Value {
        let line = tokio::time::timeout(PATIENCE, self.lines.next_line());
        let line = line
            .await
            .unwrap_or_else(|_| panic!("{} does not come to {step}", self.name));
        let Some(line) = line.expect("its output can be read") else {
            let ended = self.child.wait().await.expect("it ended");
            panic!(
                "{} ended before {step} ({ended}): its errors are above",
                self.name
            );
        };
        let told: Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!(told["step"], step, "{}: {line}", self.name);
        told["told"].clone()
    }

    /// Lets it go on, with what it should know.
    pub(crate) async fn go_on(&mut self, told: Value) {
        let line = format!("{told}\n");
        self.stdin
            .write_all(line.as_bytes())
            .await
            .expect("it reads");
    }

    /// Its last word; no page may have complained.
    pub(crate) async fn done(mut self) -> Value {
        let told = self.reaches("done").await;
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        let ended = ended.expect("it ends").expect("it ended");
        assert!(ended.success(), "{}: {ended}", self.name);
        if let Some(complaints) = told.get("complaints") {
            assert_eq!(*complaints, serde_json::json!([]), "{}", self.name);
        }
        told
    }
}
