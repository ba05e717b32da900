//! The banner and the login.

use std::fmt::Write;
use std::io::ErrorKind;
use std::time::Duration;

use asterisk_rs_ami::RawAmiMessage;
use md5::{Digest, Md5};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};

use super::connect::Stream;
use super::frames::{Frames, Parser, header};
use super::trouble::Trouble;
use crate::sources::asterisk::Settings;
use crate::sources::asterisk::actions::{self, Action};

/// How a manager interface greets; its version stands behind it.
const BANNER: &[u8] = b"Asterisk Call Manager/";

/// The longest banner, in bytes.
const MAX_BANNER: usize = 256;

/// The first byte of a TLS alert or handshake (RFC 8446, 5.1).
const TLS_RECORDS: [u8; 2] = [21, 22];

/// What was said before the login ended.
pub(super) struct Welcome {
    /// The interface's own version, such as `11.0.0`.
    pub(super) ami: String,
    /// What came behind it.
    pub(super) frames: Frames,
}

/// Reads the banner and logs in: by a challenge, so that the secret itself is not sent. With the secret, if there is none, within TLS
/// only: whoever stands in for the Asterisk, and every Asterisk that shuts down, has no challenge.
pub(super) async fn login(
    stream: &mut dyn Stream,
    settings: &Settings,
    limit: Duration,
) -> Result<Welcome, Trouble> {
    let (user, secret) = (&*settings.user, settings.secret.reveal());
    let mut dialogue = Dialogue {
        stream,
        frames: Frames::default(),
        parser: Parser::new(),
        limit,
    };
    let ami = dialogue.banner().await?;
    let answer = dialogue.ask(&actions::challenge(), "challenge").await?;
    let login = match answer.get("Challenge") {
        Some(challenge) => actions::login_with_key(user, key(challenge, secret)),
        None if settings.tls.is_none() => return Err(refused(&answer)),
        None => actions::login(user, secret),
    };
    let answer = dialogue.ask(&login, "login").await?;
    let success = answer.get("Response").unwrap_or_default();
    if success.eq_ignore_ascii_case("Success") {
        let frames = dialogue.frames;
        return Ok(Welcome { ami, frames });
    }
    Err(refused(&answer))
}

fn refused(answer: &RawAmiMessage) -> Trouble {
    match answer.get("Message").unwrap_or_default() {
        "Authentication failed" => Trouble::WrongPassword,
        "" => Trouble::LoginRefused("no word of why".to_owned()),
        words => Trouble::LoginRefused(crate::text::clean(words).into_owned()),
    }
}

/// The answer to a challenge: the MD5 of challenge and secret, in hex.
fn key(challenge: &str, secret: &str) -> String {
    let digest = Md5::new().chain_update(challenge).chain_update(secret);
    let mut key = String::with_capacity(32);
    for byte in digest.finalize() {
        // Writing to a string cannot fail.
        let _ = write!(key, "{byte:02x}");
    }
    key
}

/// One question after the other.
struct Dialogue<'a> {
    stream: &'a mut dyn Stream,
    frames: Frames,
    parser: Parser,
    /// For each answer.
    limit: Duration,
}

impl Dialogue<'_> {
    async fn banner(&mut self) -> Result<String, Trouble> {
        let deadline = Instant::now() + self.limit;
        loop {
            if let Some(line) = self.frames.line() {
                return match line.strip_prefix(BANNER) {
                    Some(version) => Ok(shown(version)),
                    None => Err(Trouble::NotAmi(shown(&line))),
                };
            }
            let so_far = self.frames.buffer();
            if so_far.first().is_some_and(|b| TLS_RECORDS.contains(b)) {
                return Err(Trouble::SpeaksTls);
            }
            if so_far.len() > MAX_BANNER {
                return Err(Trouble::NotAmi(String::new()));
            }
            let began = !so_far.is_empty();
            match timeout_at(deadline, self.stream.read_buf(so_far)).await {
                Ok(Ok(0)) if began => return Err(Trouble::NotAmi(String::new())),
                Ok(Ok(0)) => return Err(Trouble::Closed),
                Ok(Ok(_)) => {}
                Ok(Err(error)) if error.kind() == ErrorKind::ConnectionReset => {
                    return Err(Trouble::Closed);
                }
                Ok(Err(error)) => return Err(Trouble::broken(&error)),
                Err(_) if began => return Err(Trouble::NotAmi(String::new())),
                Err(_) => return Err(Trouble::Silent),
            }
        }
    }

    /// Sends an action, and waits for its answer. (No event comes before the login.)
    async fn ask(&mut self, action: &Action, id: &str) -> Result<RawAmiMessage, Trouble> {
        let bytes = action.encode(id).map_err(|unfit| {
            Trouble::Unsendable(match unfit.header() {
                "Username" => "AsteriskUser",
                _ => "AsteriskSecret",
            })
        })?;
        let deadline = Instant::now() + self.limit;
        let sent = timeout_at(deadline, async {
            self.stream.write_all(&bytes).await?;
            self.stream.flush().await
        });
        match sent.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(Trouble::broken(&error)),
            Err(_) => return Err(Trouble::NoReply),
        }
        loop {
            // The last answer is whole before anything else comes: what is behind it stays for whoever reads on.
            if let Some(message) = self.frames.first() {
                if header(&message, b"ActionID") == Some(id.as_bytes()) {
                    return self.parser.one(&message).ok_or(Trouble::NoReply);
                }
                continue;
            }
            let read = self.stream.read_buf(self.frames.buffer());
            match timeout_at(deadline, read).await {
                Ok(Ok(0)) => return Err(Trouble::Ended),
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return Err(Trouble::broken(&error)),
                Err(_) => return Err(Trouble::NoReply),
            }
        }
    }
}

fn shown(bytes: &[u8]) -> String {
    crate::text::clean(&String::from_utf8_lossy(bytes)).into_owned()
}
