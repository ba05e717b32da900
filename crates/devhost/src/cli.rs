//! The command line of the `devhost` program.

use std::{ffi::OsString, path::PathBuf};

use lexopt::{Arg, Parser, ValueExt};

use crate::host::PAGE;

/// What `--help` prints.
pub const HELP: &str = "\
A small stand-in for the Mattermost server: starts a plugin as Mattermost does,
and shows on a page what it does.

Usage: devhost [options] [bundle]

  bundle            folder of an unpacked bundle (dist/unpacked/switchboard)
  --plugin FILE     the plugin's executable, with ./plugin.json as its manifest,
                    in place of a bundle
  --id ID           with --plugin: a plugin of this id that has no manifest
  --port PORT       port on 127.0.0.1 (8065; 0 for any)
  --set KEY=VALUE   a setting of the plugin; again for more
  --demo[=SEED]     an office's phones call; the same number, the same office
  --asterisk        connect the plugin to a stand-in for an Asterisk that plays
                    recorded calls; what is ordered of it is taken, and nothing
                    rings
  --ovh             connect the plugin to a stand-in for OVH's events, in which
                    a call centre's mornings go by
  --pexip           connect the plugin to a stand-in for a Pexip conferencing
                    node, with which embedded calls have sound and picture
  --base PATH       the site is below a path, such as /chat
  --webapp FOLDER   where the scripts are of the page that loads the plugin's
                    webapp (webapp/dev/dist, which make run builds)
  --no-open         do not open the page
  --help            this text

A real Asterisk (its manager.conf: docs/asterisk.md):
  devhost --set AsteriskHost=127.0.0.1 --set AsteriskUser=switchboard \\
    --set AsteriskSecret=... --set NumbersUsers=6001:alice,6002:bob
With make, the options go into ARGS: make run ARGS='--set AsteriskHost=...'
";

/// Where Mattermost listens, and so what people expect.
const PORT: u16 = 8065;

/// The bundle that `make dist` leaves.
const BUNDLE: &str = "dist/unpacked/switchboard";

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Arguments {
    /// The unpacked bundle's folder.
    pub bundle: PathBuf,
    /// An executable in its place.
    pub plugin: Option<PathBuf>,
    /// The id of the plugin that it is, if it has no manifest.
    pub id: Option<String>,
    /// The port; zero for any.
    pub port: u16,
    /// Settings, in the order of the command line.
    pub settings: Vec<(String, String)>,
    /// The seed of the office that plays, if one does.
    pub demo: Option<u64>,
    /// Whether there is a stand-in for an Asterisk.
    pub asterisk: bool,
    /// Whether there is one for OVH's events.
    pub ovh: bool,
    /// Whether there is one for a Pexip node.
    pub pexip: bool,
    /// The path below which the site is.
    pub base: String,
    /// Where the scripts of the webapp's page are.
    pub webapp: PathBuf,
    /// Whether to open the page.
    pub open: bool,
}

impl Arguments {
    /// Parses the command line without the program's name; `None` when help is asked for.
    ///
    /// # Errors
    /// A sentence that names the argument.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Option<Self>, String> {
        Self::read(Parser::from_args(arguments)).map_err(|e| format!("{e}. See devhost --help."))
    }

    fn read(mut parser: Parser) -> Result<Option<Self>, lexopt::Error> {
        let mut found = Self {
            bundle: BUNDLE.into(),
            plugin: None,
            id: None,
            port: PORT,
            settings: Vec::new(),
            demo: None,
            asterisk: false,
            ovh: false,
            pexip: false,
            base: String::new(),
            webapp: PAGE.into(),
            open: true,
        };
        let mut bundles = 0;
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Long("plugin") => found.plugin = Some(parser.value()?.into()),
                Arg::Long("id") => found.id = Some(parser.value()?.string()?),
                Arg::Long("port") => {
                    let port = parser.value()?.string()?;
                    found.port = port.parse().map_err(|_| {
                        format!("--port wants a number from 0 to 65535, but got {port:?}")
                    })?;
                }
                Arg::Long("set") => {
                    let pair = parser.value()?.string()?;
                    let Some((key, value)) = pair.split_once('=') else {
                        return Err(format!("--set wants KEY=VALUE, but got {pair:?}").into());
                    };
                    found.settings.push((key.into(), value.into()));
                }
                Arg::Long("demo") => {
                    found.demo = Some(match parser.optional_value() {
                        Some(seed) => seed.parse()?,
                        None => 1,
                    });
                }
                Arg::Long("asterisk") => found.asterisk = true,
                Arg::Long("ovh") => found.ovh = true,
                Arg::Long("pexip") => found.pexip = true,
                Arg::Long("base") => {
                    let base = parser.value()?.string()?;
                    let base = base.trim_end_matches('/');
                    if !is_path(base) {
                        return Err(
                            format!("--base wants a path such as /chat, but got {base:?}").into(),
                        );
                    }
                    found.base = base.into();
                }
                Arg::Long("webapp") => found.webapp = parser.value()?.into(),
                Arg::Long("no-open") => found.open = false,
                Arg::Long("help") | Arg::Short('h') => return Ok(None),
                Arg::Value(folder) if bundles == 0 => {
                    bundles += 1;
                    found.bundle = folder.into();
                }
                other => return Err(other.unexpected()),
            }
        }
        if found.id.is_some() && found.plugin.is_none() {
            return Err("--id wants --plugin: a bundle has its id in its manifest".into());
        }
        let real = |(key, _): &(String, String)| key.eq_ignore_ascii_case("AsteriskHost");
        if found.asterisk && found.settings.iter().any(real) {
            return Err(
                "--asterisk brings an Asterisk of its own: leave it or AsteriskHost out".into(),
            );
        }
        let real = |(key, _): &(String, String)| key.eq_ignore_ascii_case("OvhTokens");
        if found.ovh && found.settings.iter().any(real) {
            return Err("--ovh brings a token of its own: leave it or OvhTokens out".into());
        }
        let real = |(key, _): &(String, String)| key.eq_ignore_ascii_case("Node");
        if found.pexip && found.settings.iter().any(real) {
            return Err("--pexip brings a node of its own: leave it or Node out".into());
        }
        Ok(Some(found))
    }
}

/// Whether a site can be below this path: it stands in the page as it is.
fn is_path(base: &str) -> bool {
    let fine = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let mut parts = base.split('/');
    parts.next() == Some("") && parts.all(|part| !part.is_empty() && part.chars().all(fine))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Option<Arguments>, String> {
        Arguments::parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn everything_has_its_place() {
        let found =
            parse("--port 9000 dist/x --set Secret=a=b --set TeamName=t --demo=7 --no-open")
                .unwrap()
                .unwrap();
        assert_eq!(
            found,
            Arguments {
                bundle: "dist/x".into(),
                plugin: None,
                id: None,
                port: 9000,
                settings: vec![
                    ("Secret".into(), "a=b".into()),
                    ("TeamName".into(), "t".into())
                ],
                demo: Some(7),
                asterisk: false,
                ovh: false,
                pexip: false,
                base: String::new(),
                webapp: PAGE.into(),
                open: false,
            }
        );
        let found = parse("--demo --plugin target/release/switchboard")
            .unwrap()
            .unwrap();
        assert_eq!((found.demo, found.port, found.open), (Some(1), PORT, true));
        assert_eq!(found.plugin, Some("target/release/switchboard".into()));
        assert!(parse("--asterisk").unwrap().unwrap().asterisk);
        assert!(parse("--ovh").unwrap().unwrap().ovh);
        assert!(parse("--pexip").unwrap().unwrap().pexip);
        let found = parse("--base /a/chat/ --webapp x").unwrap().unwrap();
        assert_eq!((&*found.base, found.webapp), ("/a/chat", "x".into()));
        assert_eq!(parse("--help"), Ok(None));
    }

    #[test]
    fn mistakes_are_named() {
        for (line, word) in [
            ("--port many", "many"),
            ("--set Secret", "KEY=VALUE"),
            ("--colour", "colour"),
            ("--base chat", "--base"),
            ("--base /a\"b", "--base"),
            ("--id hello", "--plugin"),
            ("--asterisk --set asteriskhost=pbx", "AsteriskHost"),
            ("--ovh --set ovhtokens=x", "OvhTokens"),
            ("--pexip --set node=meet.example.com", "Node"),
            ("a b", "b"),
        ] {
            let error = parse(line).unwrap_err();
            assert!(
                error.contains(word) && error.contains("--help"),
                "{line}: {error}"
            );
        }
    }
}
