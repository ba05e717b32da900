//! `devhost`: the plugin without a Mattermost, for `make run`.

use std::{
    env,
    io::{IsTerminal, stdout},
    process::{Command, ExitCode, Stdio},
};

use devhost::{
    Bundle, DevHost, Options, World,
    asterisk::{self, Ami, OFFICE_NUMBERS},
    cli::{Arguments, HELP},
    demo::{Office, play},
    hello,
    ovh::{self, Ovh},
    pexip::{self, Pexip},
    world::{Event, Level},
};
use tokio::{
    select,
    signal::unix::{SignalKind, signal},
    sync::broadcast::error::RecvError,
};

/// The letters of a secret, as the System Console generates them.
const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Letters in a secret.
const SECRET_LENGTH: usize = 26;

/// More people than a new world has, for the demo's office.
const COLLEAGUES: [(&str, &str, &str); 5] = [
    ("dave", "Dave", "Dyer"),
    ("erin", "Erin", "Eyre"),
    ("frank", "Frank", "Fisher"),
    ("grace", "Grace", "Gardner"),
    ("heidi", "Heidi", "Hunter"),
];

/// Who writes the plugin's posts.
const AUTHOR: &str = "phones";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match Arguments::parse(env::args_os().skip(1)) {
        Ok(Some(arguments)) => arguments,
        Ok(None) => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(problem) => return fail(&problem),
    };
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => fail(&problem),
    }
}

fn fail(problem: &str) -> ExitCode {
    eprintln!("devhost: {problem}");
    ExitCode::FAILURE
}

/// Everything, until it is told to end. The error is a sentence.
async fn run(arguments: Arguments) -> Result<(), String> {
    let bundle = match (&arguments.plugin, &arguments.id) {
        (Some(executable), Some(id)) => Bundle::bare(executable, id),
        (Some(executable), None) => Bundle::assemble("plugin.json".as_ref(), executable, None),
        (None, _) => Bundle::open(&arguments.bundle),
    };
    let bundle = bundle.map_err(|e| e.to_string())?;
    let world = world(arguments.demo.is_some());
    let ami = if arguments.asterisk {
        let secret = secret()?;
        let started = asterisk::office(&secret).await;
        let ami = started.map_err(|e| format!("--asterisk: no port can be had: {e}"))?;
        Some((ami, secret))
    } else {
        None
    };
    let ovh = if arguments.ovh {
        let started = Ovh::start(ovh::Options::default()).await;
        Some(started.map_err(|e| format!("--ovh: no port can be had: {e}"))?)
    } else {
        None
    };
    let pexip = if arguments.pexip {
        let started = Pexip::start(pexip::Options {
            host_pin: Some(pexip::PIN.to_owned()),
            ..pexip::Options::default()
        });
        let started = started.await;
        Some(started.map_err(|e| format!("--pexip: no port can be had: {e}"))?)
    } else {
        None
    };
    let stand_ins = StandIns {
        ami: ami.as_ref(),
        ovh: ovh.as_ref(),
        pexip: pexip.as_ref(),
    };
    let options = options(bundle, &arguments, &stand_ins)?;
    tokio::spawn(print_trouble(world.clone()));
    let mut interrupted = signal(SignalKind::interrupt()).map_err(|e| e.to_string())?;
    let mut terminated = signal(SignalKind::terminate()).map_err(|e| e.to_string())?;
    let host = DevHost::start(world, options)
        .await
        .map_err(|e| e.to_string())?;
    print!("{}", hello(&host));
    if arguments.open {
        open(host.url());
    }
    let office = async {
        match (arguments.demo, host.phones_secret()) {
            (Some(seed), Some(secret)) => play(office(&host, secret, seed)).await,
            _ => std::future::pending().await,
        }
    };
    let calls = async {
        match &ami {
            Some((ami, _)) => ami.play_office().await,
            None => std::future::pending().await,
        }
    };
    let mornings = async {
        match &ovh {
            Some(ovh) => ovh.play_mornings().await,
            None => std::future::pending().await,
        }
    };
    select! {
        () = office => {}
        () = calls => {}
        () = mornings => {}
        _ = interrupted.recv() => {}
        _ = terminated.recv() => {}
    }
    println!("\nThe plugin is told to end; press Ctrl-C again to leave at once.");
    select! {
        ended = host.stop() => match ended {
            Some(ended) if !ended.by_itself => println!("It did not end in time and was killed."),
            _ => println!("It has ended."),
        },
        // Dropped with us, it is killed.
        _ = interrupted.recv() => {}
    }
    Ok(())
}

fn world(lively: bool) -> World {
    let world = World::new();
    let author = world.add_user(AUTHOR, "Desk", "Phones");
    world.change_user(&author, |user| user.is_bot = true);
    world.join_everything(&author);
    if lively {
        for (name, first, last) in COLLEAGUES {
            let user = world.add_user(name, first, last);
            world.join_everything(&user);
            world.opens_mattermost(&user);
        }
    }
    world
}

/// What stands in for what the plugin connects to.
struct StandIns<'a> {
    ami: Option<&'a (Ami, String)>,
    ovh: Option<&'a Ovh>,
    pexip: Option<&'a Pexip>,
}

/// Settings with which everything works at once, and those of the command line.
fn options(
    bundle: Bundle,
    arguments: &Arguments,
    &StandIns { ami, ovh, pexip }: &StandIns<'_>,
) -> Result<Options, String> {
    let ready = [
        ("TeamName", "acme".to_owned()),
        ("ChannelName", "phones".into()),
        ("UserMail", format!("{AUTHOR}@example.com")),
        ("NumbersUsers", "123:bob,124:alice,125:carol".into()),
    ];
    let mut ready: Vec<_> = ready
        .into_iter()
        .filter(|(key, _)| bundle.setting(key).is_some())
        .map(|(key, value)| (key.to_owned(), value))
        .collect();
    for key in bundle.secrets() {
        ready.push((key.to_owned(), secret()?));
    }
    let mut stand_ins = Vec::new();
    if let Some((ami, secret)) = ami {
        let (host, port) = (ami.address().ip(), ami.address().port());
        stand_ins.extend([
            ("AsteriskHost", host.to_string()),
            ("AsteriskPort", port.to_string()),
            ("AsteriskUser", asterisk::USER.into()),
            ("AsteriskSecret", secret.clone()),
        ]);
    }
    if let Some(ovh) = ovh {
        stand_ins.extend([("OvhTokens", ovh::TOKEN.to_owned()), ("OvhUrl", ovh.url())]);
    }
    if let Some(pexip) = pexip {
        stand_ins.extend([
            ("Node", pexip.url()),
            ("Pin", pexip::PIN.to_owned()),
            ("Embedded", "true".to_owned()),
        ]);
    }
    let people = [
        ami.map(|_| OFFICE_NUMBERS),
        ovh.map(|_| ovh::MORNING_NUMBERS),
    ];
    let people: Vec<&str> = people.into_iter().flatten().collect();
    if !people.is_empty() {
        stand_ins.push(("NumbersUsers", people.join(",")));
    }
    for (key, value) in stand_ins {
        if bundle.setting(key).is_none() {
            return Err(format!(
                "--asterisk, --ovh, --pexip: the plugin has no setting {key}."
            ));
        }
        ready.push((key.into(), value));
    }
    for (key, _) in &arguments.settings {
        if bundle.setting(key).is_none() {
            let known: Vec<_> = bundle.settings().collect();
            return Err(format!(
                "--set {key}=…: the plugin has no such setting; it has {}.",
                known.join(", ")
            ));
        }
    }
    let mut options = Options {
        port: arguments.port,
        base: arguments.base.clone(),
        webapp: arguments.webapp.clone(),
        ..Options::new(bundle)
    };
    for (key, value) in ready.into_iter().chain(arguments.settings.iter().cloned()) {
        options = options.with(&key.to_lowercase(), value);
    }
    Ok(options)
}

fn secret() -> Result<String, String> {
    let mut bytes = [0; SECRET_LENGTH];
    getrandom::fill(&mut bytes)
        .map_err(|e| format!("the system gives no random bytes for a secret: {e}"))?;
    Ok(bytes
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
        .collect())
}

fn office(host: &DevHost, secret: String, seed: u64) -> Office {
    let people = host
        .world()
        .users()
        .into_iter()
        .filter(|user| !user.is_bot && !user.is_admin());
    Office {
        plugin: host.plugin_url(""),
        secret,
        people: people.map(|user| user.username).collect(),
        seed,
    }
}

/// Opens the page where there is a display.
fn open(url: &str) {
    let display = ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()));
    if display && stdout().is_terminal() {
        // Without xdg-open there is still the URL to click on.
        let _ = Command::new("xdg-open")
            .arg(url)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
    }
}

/// Prints what the log has of warnings and errors.
async fn print_trouble(world: World) {
    let mut events = world.events();
    loop {
        match events.recv().await {
            Ok(Event::Log(line)) if line.level >= Level::Warn => {
                let fields: String = line
                    .fields
                    .iter()
                    .map(|(key, value)| format!(" {key}={value}"))
                    .collect();
                eprintln!("{:?} {}{fields}", line.level, line.message);
            }
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}
