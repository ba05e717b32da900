//! What each action is answered.

use super::connection::error;
use super::{Message, Options, Release, Shared};

/// An action that is known: its name, the classes of `write` of which one is needed (none: everybody may), and since which release.
type Known = (&'static str, &'static [&'static str], Release);

/// The actions, as `ListCommands` of Asterisk 22.10 has them.
const ACTIONS: &[Known] = &[
    ("BlindTransfer", &["call"], Release::TwentyTwo),
    ("Bridge", &["call"], Release::Eleven),
    ("Challenge", &[], Release::Eleven),
    ("CoreSettings", &["system", "reporting"], Release::Eleven),
    (
        "CoreShowChannels",
        &["system", "reporting"],
        Release::Eleven,
    ),
    ("CoreStatus", &["system", "reporting"], Release::Eleven),
    (
        "DeviceStateList",
        &["call", "reporting"],
        Release::TwentyTwo,
    ),
    ("Events", &[], Release::Eleven),
    ("ExtensionState", &["call", "reporting"], Release::Eleven),
    (
        "ExtensionStateList",
        &["call", "reporting"],
        Release::TwentyTwo,
    ),
    ("Getvar", &["call", "reporting"], Release::Eleven),
    ("Hangup", &["system", "call"], Release::Eleven),
    ("ListCommands", &[], Release::Eleven),
    ("Login", &[], Release::Eleven),
    ("Logoff", &[], Release::Eleven),
    ("MessageSend", &["message"], Release::Eleven),
    ("Originate", &["originate"], Release::Eleven),
    ("Park", &["call"], Release::Eleven),
    ("Ping", &[], Release::Eleven),
    ("QueueAdd", &["agent"], Release::Eleven),
    ("QueuePause", &["agent"], Release::Eleven),
    ("QueueRemove", &["agent"], Release::Eleven),
    ("QueueStatus", &[], Release::Eleven),
    ("QueueSummary", &[], Release::Eleven),
    ("Status", &["system", "call", "reporting"], Release::Eleven),
];

/// The messages that answer an action, without its `ActionID`.
pub(super) fn answer(action: &Message, options: &Options, shared: &Shared) -> Vec<Message> {
    let name = action.get("Action").unwrap_or_default();
    if let Some(told) = shared.inner().answers.get(name) {
        return told.clone();
    }
    let known = ACTIONS
        .iter()
        .find(|(own, ..)| own.eq_ignore_ascii_case(name));
    let Some(known) = known.filter(|known| is_there(known, options)) else {
        return vec![error(&format!(
            "Invalid/unknown command: {name}. Use Action: ListCommands to show available commands."
        ))];
    };
    if !may(known, options) {
        return vec![error("Permission denied")];
    }
    match known.0 {
        "Ping" => vec![Message::new(&[
            ("Response", "Success"),
            ("Ping", "Pong"),
            ("Timestamp", "1795250991.061757"),
        ])],
        "Events" => vec![Message::new(&[("Response", "Success"), ("Events", "On")])],
        "ListCommands" => vec![commands(options)],
        "CoreSettings" => vec![core_settings(options)],
        "CoreStatus" => vec![Message::new(&[
            ("Response", "Success"),
            ("CoreCurrentCalls", "0"),
        ])],
        "Originate" => vec![success("Originate successfully queued")],
        "MessageSend" => vec![message_send(action, options)],
        "Hangup" => vec![success("Channel Hungup")],
        "BlindTransfer" => vec![success("Transfer succeeded")],
        "Bridge" => vec![success("Channels have been bridged")],
        "Park" => vec![success("Park successful")],
        "Getvar" => vec![getvar(action)],
        "QueueAdd" => vec![success("Added interface to queue")],
        "QueueRemove" => vec![success("Removed interface from queue")],
        "QueuePause" => vec![success(match action.get("Paused") {
            Some("true") => "Interface paused successfully",
            _ => "Interface unpaused successfully",
        })],
        list => listed(list, options, shared),
    }
}

fn is_there(known: &Known, options: &Options) -> bool {
    known.2 == Release::Eleven || options.release == Release::TwentyTwo
}

fn may((_, classes, _): &Known, options: &Options) -> bool {
    classes.is_empty() || classes.iter().any(|class| options.write.contains(class))
}

fn success(words: &str) -> Message {
    Message::new(&[("Response", "Success"), ("Message", words)])
}

fn commands(options: &Options) -> Message {
    let mut message = Message::new(&[("Response", "Success")]);
    for known in ACTIONS {
        if is_there(known, options) && may(known, options) {
            let classes = match known.1 {
                [] => "<none>".to_owned(),
                some => format!("{},all", some.join(",")),
            };
            let words = format!("What it does.  (Priv: {classes})");
            message.0.push((known.0.to_owned(), words));
        }
    }
    message
}

fn core_settings(options: &Options) -> Message {
    let (ami, version) = match options.release {
        Release::Eleven => ("1.3", "11.25.3"),
        Release::TwentyTwo => ("11.0.0", "22.10.1"),
    };
    Message::new(&[
        ("Response", "Success"),
        ("AMIversion", ami),
        ("AsteriskVersion", version),
    ])
}

/// Phones whose number ends in 0 are not registered.
fn message_send(action: &Message, options: &Options) -> Message {
    let to = action.get("To").unwrap_or_default();
    let scheme = match options.release {
        Release::Eleven => "sip:",
        Release::TwentyTwo => "pjsip:",
    };
    match to.strip_prefix(scheme) {
        _ if to.is_empty() => error("No 'To' address specified."),
        None => error("Message technology not found."),
        Some(number) if number.ends_with('0') => error("Message failed to send."),
        Some(_) => success("Message successfully sent"),
    }
}

/// The dial plan has every number but those that begin with 9.
fn getvar(action: &Message) -> Message {
    let variable = action.get("Variable").unwrap_or_default();
    let missing = variable.starts_with("DIALPLAN_EXISTS(") && variable.contains(",9");
    Message::new(&[
        ("Response", "Success"),
        ("Variable", variable),
        ("Value", if missing { "0" } else { "1" }),
    ])
}

fn listed(name: &str, options: &Options, shared: &Shared) -> Vec<Message> {
    let items = shared.inner().lists.get(name).cloned().unwrap_or_default();
    let modern = options.release == Release::TwentyTwo;
    let mut begin = Message::new(&[("Response", "Success")]);
    let mut end = Message::new(&[("Event", &*format!("{name}Complete"))]);
    let count = items.len().to_string();
    if modern {
        begin.0.push(("EventList".to_owned(), "start".to_owned()));
        end.0.push(("EventList".to_owned(), "Complete".to_owned()));
        end.0.push(("ListItems".to_owned(), count));
    } else {
        end.0.push(("Items".to_owned(), count));
    }
    let words = "A list will follow".to_owned();
    begin.0.push(("Message".to_owned(), words));
    let mut messages = vec![begin];
    messages.extend(items);
    messages.push(end);
    messages
}
