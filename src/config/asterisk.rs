//! What the admin set of Asterisk.

use super::values::Values;
use super::{DialPatterns, NumbersUsers, Secret, Setting, shown};
use crate::calls::Driver;
use crate::sources::asterisk::{DndSwitch, Settings, Tls};

/// AMI's port, without and with TLS.
const DEFAULT_PORTS: (u16, u16) = (5038, 5039);

/// The context in which numbers are dialled, unless it is set: FreePBX's.
const DEFAULT_CONTEXT: &str = "from-internal";

/// How many digits extensions have, unless patterns of them are set.
const DEFAULT_EXTENSION_DIGITS: std::ops::RangeInclusive<usize> = 2..=5;

/// What stands for `+`, unless it is set.
const DEFAULT_INTERNATIONAL_PREFIX: &str = "00";

/// How many calls, texts and changes in queues a person may ask for in a minute, unless it is set.
const DEFAULT_CALLS_PER_MINUTE: u32 = 6;

/// The most that can be set.
const MAX_CALLS_PER_MINUTE: u32 = 600;

/// The longest PEM text that is read, in bytes: a chain of a few certificates, several times over.
const MAX_CERTIFICATES: usize = 64 * 1024;

/// The longest name of a context or an interface, in bytes (Asterisk's own limit is 79).
const MAX_NAME: usize = 79;

/// The longest prefix, in digits.
const MAX_PREFIX: usize = 8;

/// The longest name of a family in Asterisk's database.
const MAX_FAMILY: usize = 40;

/// What to enter in place of what cannot be dialled.
const DIALLED_REMEDY: &str = "Enter up to 8 digits, `*` or `#`, or nothing.";

/// What stands for the number in `AsteriskQueueInterface`.
const EXTENSION: &str = "{extension}";

/// What people may call, and how it is dialled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallRules {
    /// Which numbers are extensions, which everybody may call.
    pub extensions: DialPatterns,
    /// Which other numbers people may call, as they are dialled but for the prefix.
    pub outside: DialPatterns,
    /// What is dialled before those.
    pub outside_prefix: String,
    /// What stands for `+`.
    pub international_prefix: String,
    /// The context of the dial plan in which all of them are dialled.
    pub context: String,
    /// How many calls, texts and changes in queues a person may ask for in a minute.
    pub calls_per_minute: u32,
    /// Whose number is whose.
    pub numbers: NumbersUsers,
}

/// What is dialled before numbers outside; an error, with what is set, if that cannot be dialled.
pub(super) fn outside_prefix(values: &mut Values<'_>) -> Result<String, String> {
    dialled(values, Setting::AsteriskOutsidePrefix)
}

/// Reads it; nothing where no host is set.
pub(super) fn read(
    values: &mut Values<'_>,
    numbers: &NumbersUsers,
    prefix: Result<String, String>,
) -> Option<(Settings, CallRules)> {
    let host = values.text(Setting::AsteriskHost).unwrap_or_default();
    let host = host.trim();
    let port = values.text(Setting::AsteriskPort).unwrap_or_default();
    let tls = values.flag(Setting::AsteriskTls);
    let certificates = values
        .text(Setting::AsteriskCertificates)
        .unwrap_or_default();
    let user = values.text(Setting::AsteriskUser).unwrap_or_default();
    let secret = values.text(Setting::AsteriskSecret).unwrap_or_default();
    let calls_per_minute = values.number(
        Setting::AsteriskCallsPerMinute,
        1..=MAX_CALLS_PER_MINUTE,
        DEFAULT_CALLS_PER_MINUTE,
    );
    // Also of one that is not valid: what it begins with was meant for numbers outside.
    let usual = default_extensions(prefix.as_ref().map_or_else(|e| &**e, |prefix| &**prefix));
    let extensions = patterns(
        values,
        Setting::AsteriskExtensions,
        &usual,
        DialPatterns::parse,
    );
    let outside = patterns(
        values,
        Setting::AsteriskOutsideNumbers,
        "",
        DialPatterns::parse_outside,
    );
    let (outside, outside_prefix) = match prefix {
        Ok(prefix) => (outside, prefix),
        // Without its prefix a number may lead somewhere else, so none is called.
        Err(text) => {
            let what = format!(
                "is `{}`, which cannot be dialled, so no number outside may be called",
                crate::text::clean(&text)
            );
            values.problem(Setting::AsteriskOutsidePrefix, what, DIALLED_REMEDY);
            (DialPatterns::default(), String::new())
        }
    };
    let international_prefix = match dialled(values, Setting::AsteriskInternationalPrefix) {
        Ok(prefix) if !prefix.is_empty() => prefix,
        Ok(_) => DEFAULT_INTERNATIONAL_PREFIX.to_owned(),
        Err(text) => {
            let what = format!(
                "is `{}`, which cannot be dialled; {DEFAULT_INTERNATIONAL_PREFIX} is used",
                crate::text::clean(&text)
            );
            values.problem(Setting::AsteriskInternationalPrefix, what, DIALLED_REMEDY);
            DEFAULT_INTERNATIONAL_PREFIX.to_owned()
        }
    };
    let context = context(values);
    let driver = driver(values);
    let queue_interface = queue_interface(values, driver);
    let dnd = dnd(values);
    if host.is_empty() {
        return None;
    }
    let (host, port) = address(values, host, &port, tls)?;
    let user = user.trim();
    if user.is_empty() || !is_header(user) {
        let what = if user.is_empty() {
            "is empty"
        } else {
            "has a character that a name cannot have"
        };
        let remedy = "Enter the name of the account in manager.conf, for example `switchboard`.";
        values.problem(Setting::AsteriskUser, what, remedy);
        return None;
    }
    let secret = Secret::new(secret.to_owned());
    if secret.is_empty() || !is_header(secret.reveal()) {
        let what = if secret.is_empty() {
            "is empty"
        } else {
            "has a character that a secret cannot have"
        };
        let remedy = "Enter the `secret` of the account in manager.conf.";
        values.problem(Setting::AsteriskSecret, what, remedy);
        return None;
    }
    if certificates.len() > MAX_CERTIFICATES {
        let what = format!("is longer than {MAX_CERTIFICATES} bytes, so nothing is trusted");
        let remedy = "Paste only the certificate of the authority, or that of Asterisk itself.";
        values.problem(Setting::AsteriskCertificates, what, remedy);
        return None;
    }
    // With TLS, the connection says so and is not made.
    if !tls && certificates.contains("PRIVATE KEY-----") {
        let remedy =
            "Remove it, and make a new one for Asterisk; only the CERTIFICATE part belongs here.";
        values.problem(Setting::AsteriskCertificates, "holds a private key", remedy);
    }
    let settings = Settings {
        host,
        port,
        tls: tls.then(|| Tls {
            certificates: certificates.trim().to_owned(),
        }),
        user: user.to_owned(),
        secret,
        context: context.clone(),
        extensions: extensions.clone(),
        numbers: numbers.clone(),
        driver,
        queue_interface,
        dnd,
    };
    let rules = CallRules {
        extensions,
        outside,
        outside_prefix,
        international_prefix,
        context,
        calls_per_minute,
        numbers: numbers.clone(),
    };
    Some((settings, rules))
}

/// How do-not-disturb is told.
fn dnd(values: &mut Values<'_>) -> Option<DndSwitch> {
    let text = values.text(Setting::AsteriskDnd).unwrap_or_default();
    let family = text.trim();
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"_-".contains(&b);
    match family {
        "" => None,
        _ if family.eq_ignore_ascii_case("switch") => Some(DndSwitch::Device),
        _ if family.len() <= MAX_FAMILY && family.bytes().all(fits) => {
            Some(DndSwitch::Database(family.to_owned()))
        }
        _ => {
            let what = format!(
                "is `{}`, which is no family of Asterisk's database, so do-not-disturb is not told",
                crate::text::clean(family)
            );
            let remedy = "Enter `DND` with FreePBX, `switch` where the dial plan asks for the state of `Custom:DND<extension>`, or nothing.";
            values.problem(Setting::AsteriskDnd, what, remedy);
            None
        }
    }
}

/// Host and port. A port behind the host's name counts where none is set.
fn address(values: &mut Values<'_>, entered: &str, port: &str, tls: bool) -> Option<(String, u16)> {
    let remedy = "Enter the name or the address of the machine alone, for example `pbx.example.com`, and the port in its own field.";
    let in_brackets = entered.strip_prefix('[');
    let (host, behind) = match in_brackets.and_then(|rest| rest.split_once(']')) {
        Some((v6, rest)) => (v6, rest.strip_prefix(':').unwrap_or_default()),
        // One colon only: an IPv6 address has more.
        None => match entered.split_once(':') {
            Some((name, port)) if !port.contains(':') => (name, port),
            _ => (entered, ""),
        },
    };
    let fits = |c: char| c.is_alphanumeric() || ".-_:%".contains(c);
    let is_port = behind.bytes().all(|b| b.is_ascii_digit());
    if host.is_empty() || host.len() > 253 || !host.chars().all(fits) || !is_port {
        let what = match shown::host(entered) {
            Some(shown) => format!("is no name of a machine, or has more than that: `{shown}`"),
            None => "is no name of a machine".to_owned(),
        };
        values.problem(Setting::AsteriskHost, what, remedy);
        return None;
    }
    let port = port.trim();
    let port = port.strip_suffix(".0").unwrap_or(port);
    let written = if port.is_empty() || port == "0" {
        behind
    } else {
        port
    };
    let default = if tls {
        DEFAULT_PORTS.1
    } else {
        DEFAULT_PORTS.0
    };
    if written.is_empty() {
        return Some((host.to_owned(), default));
    }
    match written.parse::<u16>() {
        Ok(port) if port > 0 => Some((host.to_owned(), port)),
        _ => {
            let what = format!("is `{}`; {default} is used", crate::text::clean(written));
            let remedy = "Enter a number from 1 to 65535, or nothing for 5038 (5039 with TLS).";
            values.problem(Setting::AsteriskPort, what, remedy);
            Some((host.to_owned(), default))
        }
    }
}

/// Whether a text can stand in one of AMI's headers.
fn is_header(text: &str) -> bool {
    text.len() <= 255 && !text.chars().any(char::is_control)
}

fn patterns(
    values: &mut Values<'_>,
    setting: Setting,
    default: &str,
    parse: fn(&str) -> (DialPatterns, Vec<String>),
) -> DialPatterns {
    let text = values.text(setting).unwrap_or_default();
    let text = if text.trim().is_empty() {
        default
    } else {
        &text
    };
    let (patterns, complaints) = parse(text);
    for what in complaints {
        let remedy = "Write patterns as in extensions.conf, for example `6XXX, 0.`: X is a digit, Z one from 1 to 9, N one from 2 to 9, `.` at least one more character.";
        values.problem(setting, what, remedy);
    }
    patterns
}

/// The patterns of extensions, unless they are set. What begins as outside numbers do is none: otherwise a short one with its prefix
/// would be an extension, which everybody may call.
fn default_extensions(outside_prefix: &str) -> String {
    let taken = outside_prefix.chars().next();
    let first: String = match taken.filter(char::is_ascii_digit) {
        Some(taken) => format!(
            "[{}]",
            ('0'..='9').filter(|c| *c != taken).collect::<String>()
        ),
        None => "X".to_owned(),
    };
    let pattern = |digits: usize| format!("{first}{}", "X".repeat(digits - 1));
    let patterns: Vec<String> = DEFAULT_EXTENSION_DIGITS.map(pattern).collect();
    patterns.join(", ")
}

/// Digits that are dialled, or else what stands there in place of them.
fn dialled(values: &mut Values<'_>, setting: Setting) -> Result<String, String> {
    let text = values.text(setting).unwrap_or_default();
    let text = text.trim().to_owned();
    let fits = |b: u8| b.is_ascii_digit() || b"*#+".contains(&b);
    if text.len() <= MAX_PREFIX && text.bytes().all(fits) {
        Ok(text)
    } else {
        Err(text)
    }
}

fn context(values: &mut Values<'_>) -> String {
    let text = values.text(Setting::AsteriskContext).unwrap_or_default();
    let text = text.trim();
    if text.is_empty() {
        return DEFAULT_CONTEXT.to_owned();
    }
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    if text.len() <= MAX_NAME && text.bytes().all(fits) {
        return text.to_owned();
    }
    let what = format!(
        "is `{}`; {DEFAULT_CONTEXT} is used",
        crate::text::clean(text)
    );
    let remedy = "Enter the context's name as it stands in brackets in extensions.conf.";
    values.problem(Setting::AsteriskContext, what, remedy);
    DEFAULT_CONTEXT.to_owned()
}

fn driver(values: &mut Values<'_>) -> Driver {
    let text = values.text(Setting::AsteriskDriver).unwrap_or_default();
    match text.trim().to_ascii_lowercase().as_str() {
        "" | "pjsip" => Driver::Pjsip,
        "sip" => Driver::Sip,
        other => {
            let what = format!("is `{}`; pjsip is used", crate::text::clean(other));
            let remedy =
                "Choose pjsip, or sip for chan_sip, which Asterisk 21 and newer no longer have.";
            values.problem(Setting::AsteriskDriver, what, remedy);
            Driver::Pjsip
        }
    }
}

fn queue_interface(values: &mut Values<'_>, driver: Driver) -> String {
    let default = match driver {
        Driver::Pjsip => "PJSIP/{extension}",
        Driver::Sip => "SIP/{extension}",
    };
    let text = values
        .text(Setting::AsteriskQueueInterface)
        .unwrap_or_default();
    let text = text.trim();
    if text.is_empty() {
        return default.to_owned();
    }
    let rest = text.replacen(EXTENSION, "", 1);
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-_./@".contains(&b);
    if rest.len() < text.len() && text.len() <= MAX_NAME && rest.bytes().all(fits) {
        return text.to_owned();
    }
    let what = format!("is `{}`; {default} is used", crate::text::clean(text));
    let remedy = "Enter an interface with `{extension}` in it, such as `PJSIP/{extension}`, or `Local/{extension}@from-queue/n` on FreePBX.";
    values.problem(Setting::AsteriskQueueInterface, what, remedy);
    default.to_owned()
}

#[cfg(test)]
mod tests;
