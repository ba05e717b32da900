//! One connection: reads actions, writes answers and events.

use std::future::pending;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use md5::{Digest, Md5};
use tokio::io::{
    AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, split,
};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use super::answers::answer;
use super::{Greeting, Message, Options, Release, Shared};

/// The longest line; what is longer is not AMI.
const MAX_LINE: u64 = 1024;

/// What a challenge is. (Asterisk's is a random number.)
const CHALLENGE: &str = "123456789";

/// What is waiting to be sent on one connection, in writes.
const MAX_WAITING: usize = 16;

pub(super) async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let options = shared.options();
    let mut closes = shared.closes.subscribe();
    let serving = async {
        // A connection that ends is no fault of ours.
        let _ = match &options.tls {
            Some(certificate) => match certificate.accept(stream).await {
                Ok(stream) => talk(stream, &options, &shared).await,
                Err(error) => Err(error),
            },
            None => talk(stream, &options, &shared).await,
        };
    };
    tokio::select! {
        () = serving => {}
        _ = closes.changed() => {}
    }
}

/// Waits while everything is frozen.
pub(super) async fn thawed(shared: &Shared) {
    let mut frozen = shared.frozen.subscribe();
    // It ends only with the stand-in itself.
    let _ = frozen.wait_for(|frozen| !frozen).await;
}

async fn talk(
    stream: impl AsyncRead + AsyncWrite,
    options: &Options,
    shared: &Shared,
) -> io::Result<()> {
    let (reader, mut writer) = split(stream);
    let banner = match options.release {
        Release::Eleven => "Asterisk Call Manager/1.3\r\n",
        Release::TwentyTwo => "Asterisk Call Manager/11.0.0\r\n",
    };
    match &options.greeting {
        Greeting::Banner => writer.write_all(banner.as_bytes()).await?,
        Greeting::Words(words) => writer.write_all(words.as_bytes()).await?,
        Greeting::Silence => {}
        Greeting::Close => return Ok(()),
        Greeting::BannerOnly => writer.write_all(banner.as_bytes()).await?,
    }
    writer.flush().await?;
    if options.greeting != Greeting::Banner {
        return pending().await;
    }
    let (sender, receiver) = mpsc::channel::<Bytes>(MAX_WAITING);
    tokio::select! {
        done = read(reader, options, shared, sender) => done,
        done = write(writer, shared, receiver) => done,
    }
}

async fn write(
    mut writer: impl AsyncWrite + Unpin,
    shared: &Shared,
    mut receiver: mpsc::Receiver<Bytes>,
) -> io::Result<()> {
    while let Some(bytes) = receiver.recv().await {
        thawed(shared).await;
        writer.write_all(&bytes).await?;
        writer.flush().await?;
    }
    Ok(())
}

async fn read(
    reader: impl AsyncRead + Unpin,
    options: &Options,
    shared: &Shared,
    sender: mpsc::Sender<Bytes>,
) -> io::Result<()> {
    let mut reader = BufReader::new(reader);
    let mut logged_in = false;
    while let Some(action) = next(&mut reader).await? {
        thawed(shared).await;
        let name = action.get("Action").unwrap_or_default().to_owned();
        let (answers, goes_on) = if logged_in || matches!(&*name, "Login" | "Challenge" | "Logoff")
        {
            match &*name {
                "Login" => {
                    let refusal = shared.inner().login.clone();
                    logged_in = refusal.is_none() && is_right(&action, options);
                    let words = if let Some(refusal) = refusal {
                        refusal
                    } else if logged_in {
                        Message::new(&[
                            ("Response", "Success"),
                            ("Message", "Authentication accepted"),
                        ])
                    } else {
                        error("Authentication failed")
                    };
                    (vec![words], logged_in)
                }
                "Challenge" if options.challenge => {
                    let success = [("Response", "Success"), ("Challenge", CHALLENGE)];
                    (vec![Message::new(&success)], true)
                }
                "Logoff" => {
                    let words = [
                        ("Response", "Goodbye"),
                        ("Message", "Thanks for all the fish."),
                    ];
                    (vec![Message::new(&words)], false)
                }
                _ => (answer(&action, options, shared), true),
            }
        } else {
            (vec![error("Permission denied")], true)
        };
        let login = name == "Login" && logged_in;
        for mut message in answers {
            if let Some(id) = action.get("ActionID") {
                let id = ("ActionID".to_owned(), id.to_owned());
                message.0.insert(1.min(message.0.len()), id);
            }
            if sender.send(message.to_bytes()).await.is_err() {
                return Ok(());
            }
        }
        {
            let mut inner = shared.inner();
            inner.actions.push(action);
            if login {
                inner.logins += 1;
                inner.listeners.retain(|listener| !listener.is_closed());
                inner.listeners.push(sender.clone());
            }
        }
        shared.heard.send_modify(|heard| *heard += 1);
        if !goes_on {
            // So that the answer is sent before the end.
            while sender.capacity() < MAX_WAITING {
                tokio::task::yield_now().await;
            }
            return Ok(());
        }
    }
    Ok(())
}

/// The next action; nothing when the other side closed.
async fn next(reader: &mut (impl AsyncBufReadExt + Unpin)) -> io::Result<Option<Message>> {
    let mut message = Message::default();
    loop {
        let mut line = Vec::new();
        let mut limited = (&mut *reader).take(MAX_LINE);
        if limited.read_until(b'\n', &mut line).await? == 0 {
            return Ok(None);
        }
        if line.last() != Some(&b'\n') {
            return Err(io::Error::other("a line is too long"));
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end_matches(['\r', '\n']);
        match line.split_once(':') {
            Some((name, value)) => {
                let value = value.trim_start_matches(' ').to_owned();
                message.0.push((name.to_owned(), value));
            }
            None if line.is_empty() && !message.0.is_empty() => return Ok(Some(message)),
            None => {}
        }
    }
}

fn is_right(login: &Message, options: &Options) -> bool {
    if login.get("Username") != Some(&*options.user) {
        return false;
    }
    if let Some(key) = login.get("Key") {
        let digest = Md5::new()
            .chain_update(CHALLENGE)
            .chain_update(&options.secret);
        let wanted: String = digest
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        return options.challenge && key.eq_ignore_ascii_case(&wanted);
    }
    login.get("Secret") == Some(&*options.secret)
}

pub(super) fn error(words: &str) -> Message {
    Message::new(&[("Response", "Error"), ("Message", words)])
}
