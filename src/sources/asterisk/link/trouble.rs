//! Every way in which a connection can fail, in words and with a remedy.

use std::io;

use crate::config::Problem;
use crate::sources::asterisk::Settings;

/// Why there is no connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Trouble {
    /// The host's name is not known, and why.
    NoSuchHost(&'static str),
    /// Nothing listens at the port.
    Refused,
    /// No answer to the attempt to connect.
    TimedOut,
    /// The network said something else.
    Network(String),
    /// Connected, and then not a word.
    Silent,
    /// Connected and closed again without a word.
    Closed,
    /// It greets as something else.
    NotAmi(String),
    /// It answers in TLS, which is off in the settings.
    SpeaksTls,
    /// It does not answer in TLS, which is on in the settings.
    NoTls,
    /// Nobody who is trusted signed its certificate.
    UnknownCertificate,
    /// Its certificate is for another name.
    WrongName,
    /// Its certificate is not valid at this time.
    Expired,
    /// TLS failed in another way.
    Tls(String),
    /// The trusted certificates cannot be read.
    BadCertificates(String),
    /// There is a private key among them, which the other side alone may have.
    PrivateKey,
    /// Their line breaks were lost.
    OneLine,
    /// Wrong user or secret, or not from this address: Asterisk tells no difference.
    WrongPassword,
    /// It refused the login in other words, such as those of an Asterisk that shuts down.
    LoginRefused(String),
    /// It greeted, and did not answer to the login.
    NoReply,
    /// What is set cannot be sent.
    Unsendable(&'static str),
    /// It closed the connection.
    Ended,
    /// It closed the connection in mid-work, with an error.
    Broken(String),
    /// It stopped answering.
    Deaf,
}

impl Trouble {
    /// From an error of the network while connected.
    pub(super) fn broken(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => Self::Ended,
            _ => Self::Broken(error.to_string()),
        }
    }

    /// Whether trying again soon is of no use, and may even be punished (fail2ban reads Asterisk's log).
    pub(super) fn is_final(&self) -> bool {
        matches!(
            self,
            Self::WrongPassword
                | Self::BadCertificates(_)
                | Self::PrivateKey
                | Self::OneLine
                | Self::Unsendable(_)
        )
    }

    /// In words that continue "Asterisk is not connected: …".
    pub(in super::super) fn words(&self, settings: &Settings) -> String {
        let host = crate::text::clean(&settings.host);
        let at = format!("{host}, port {}", settings.port);
        match self {
            Self::NoSuchHost(why) => format!("the host {host} is not known ({why})"),
            Self::Refused => format!("nothing listens at {at}"),
            Self::TimedOut => format!("no answer from {at}"),
            Self::Network(why) => format!("{at} cannot be reached ({why})"),
            Self::Silent => format!("{at} takes the connection, and then says nothing"),
            Self::Closed => format!("{at} closes the connection without a word"),
            Self::NotAmi(words) if words.is_empty() => {
                format!("{at} does not greet as an Asterisk's manager interface does")
            }
            Self::NotAmi(words) => {
                format!("{at} greets with “{words}”, not as an Asterisk's manager interface does")
            }
            Self::SpeaksTls => format!("{at} speaks TLS, which is off"),
            Self::NoTls => format!("{at} does not speak TLS"),
            Self::UnknownCertificate => {
                format!("the certificate of {at} is signed by nobody who is trusted")
            }
            Self::WrongName => format!("the certificate of {at} is for another name"),
            Self::Expired => format!("the certificate of {at} has expired, or is not valid yet"),
            Self::Tls(why) => format!("TLS with {at} failed ({why})"),
            Self::BadCertificates(why) => {
                format!("the trusted certificates cannot be read ({why})")
            }
            Self::PrivateKey => {
                "the setting holds a private key, so nothing of it is used".to_owned()
            }
            Self::OneLine => {
                "the trusted certificates cannot be read (their line breaks were lost)".to_owned()
            }
            Self::WrongPassword => format!("{at} refuses the user and secret"),
            Self::LoginRefused(words) => format!("{at} refuses the login: “{words}”"),
            Self::NoReply => format!("{at} greets, and then does not answer to the login"),
            Self::Unsendable(what) => format!("the {what} cannot be sent as it is"),
            Self::Ended => format!("{at} closed the connection"),
            Self::Broken(why) => format!("the connection to {at} broke ({why})"),
            Self::Deaf => format!("{at} stopped answering"),
        }
    }

    /// For the admin.
    pub(in super::super) fn problem(&self, settings: &Settings) -> Problem {
        let (setting, remedy) = match self {
            Self::NoSuchHost(_) => (
                "AsteriskHost",
                "Enter the name or the address of the Asterisk, without a port.",
            ),
            Self::Refused if settings.tls.is_some() => (
                "AsteriskPort",
                "Check that Asterisk runs, that manager.conf has `enabled = yes`, `tlsenable = yes` and a `tlsbindaddr` that can be reached from here, and that this is its TLS port (usually 5039).",
            ),
            Self::Refused => (
                "AsteriskPort",
                "Check that Asterisk runs, that manager.conf has `enabled = yes` and a `bindaddr` that can be reached from here, and that this is its port (usually 5038).",
            ),
            Self::TimedOut | Self::Network(_) => (
                "AsteriskHost",
                "Check the address, and that no firewall between here and Asterisk stops this port.",
            ),
            Self::Silent if settings.tls.is_none() => (
                "AsteriskPort",
                "Check that this is the port of the manager interface (usually 5038), and switch AsteriskTls on if it is the one for TLS (usually 5039).",
            ),
            Self::Silent | Self::Closed | Self::NotAmi(_) => (
                "AsteriskPort",
                "Check that this is the port of the manager interface: 5038, or 5039 for TLS, unless manager.conf says otherwise.",
            ),
            Self::SpeaksTls => ("AsteriskTls", "Switch it on, or use the port without TLS."),
            Self::NoTls => (
                "AsteriskTls",
                "Use the port for TLS (usually 5039; `tlsenable = yes` in manager.conf), or switch it off.",
            ),
            Self::UnknownCertificate => (
                "AsteriskCertificates",
                "Paste the certificate of the authority that signed it, or the server's own (`tlscertfile` in manager.conf), in PEM.",
            ),
            Self::WrongName => (
                "AsteriskHost",
                "Enter the name that the certificate has, or paste the server's own certificate into AsteriskCertificates, which is then trusted by itself.",
            ),
            Self::Expired => (
                "AsteriskCertificates",
                "Renew the certificate on the Asterisk, and check the clocks of both machines.",
            ),
            Self::Tls(_) => (
                "AsteriskTls",
                "Check `tlscertfile` and `tlsprivatekey` in manager.conf; TLS 1.2 or newer is needed.",
            ),
            Self::BadCertificates(_) => (
                "AsteriskCertificates",
                "Paste PEM: from `-----BEGIN CERTIFICATE-----` to `-----END CERTIFICATE-----`, both included; or leave it empty to trust the system's authorities.",
            ),
            Self::PrivateKey => (
                "AsteriskCertificates",
                "Remove it, and make a new one for Asterisk; only the CERTIFICATE part belongs here.",
            ),
            Self::OneLine => (
                "AsteriskCertificates",
                "Paste it again and keep its line breaks: `-----BEGIN CERTIFICATE-----` and `-----END CERTIFICATE-----` stand on lines of their own.",
            ),
            Self::WrongPassword => (
                "AsteriskSecret",
                "Check AsteriskUser and AsteriskSecret against manager.conf, and that the account's `deny` and `permit` let this server in: Asterisk gives the same answer to both.",
            ),
            Self::LoginRefused(_) => (
                "AsteriskUser",
                "Check the account in manager.conf, and Asterisk's log.",
            ),
            Self::NoReply | Self::Deaf => (
                "AsteriskHost",
                "Check that Asterisk is not frozen or overloaded; the connection is tried again by itself.",
            ),
            Self::Unsendable(what) => (
                *what,
                "Use letters, digits and signs only, and fewer than 900 characters.",
            ),
            Self::Ended | Self::Broken(_) => (
                "AsteriskHost",
                "Check whether Asterisk was stopped; the connection is tried again by itself.",
            ),
        };
        Problem::new(setting, self.words(settings), remedy)
    }
}
