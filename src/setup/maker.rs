//! Making and counting URLs.

use percent_encoding::utf8_percent_encode;

use super::{Request, Whose};
use crate::board::Action;
use crate::config::{SHORT_CHARS, Secret};
use crate::language::Text;
use crate::site::{self, RESERVED};
use crate::sources::phone_urls::{self, MAX_CALL_ID_BYTES, POLYCOM};

/// What stands for a secret that is not shown.
pub(super) const PLACEHOLDER: &str = "SECRET";

/// What stands for a host that is still to be chosen.
pub(super) const HOST: &str = "HOST";

/// How many characters are left for a secret that is not set yet: those that the installation tells to make.
const UNSET_CHARS: usize = 32;

/// The longest that a phone is expected to put in for its user, in characters.
pub(super) const LONGEST_USER: usize = 16;

/// The same of a number: `+` and fifteen digits (ITU-T E.164).
pub(super) const LONGEST_NUMBER: usize = 16;

/// The same of a SIP address: a name and a host of usual length.
pub(super) const LONGEST_ADDRESS: usize = 100;

/// The same of a call's id: a longer one is not kept.
pub(super) const LONGEST_CALL_ID: usize = MAX_CALL_ID_BYTES;

/// The phones' two secrets.
#[derive(Clone, Copy, Debug)]
pub struct Keys<'a> {
    /// The phones' secret; may be empty.
    pub secret: &'a Secret,
    /// The short one that follows from it.
    pub short: &'a Secret,
    /// What the setting is called.
    pub setting: &'static str,
    /// Whether they are shown: to an administrator. Anybody else gets a placeholder.
    pub shown: bool,
}

/// Something to paste.
#[derive(Clone, Debug)]
pub struct Block {
    /// Where it goes, in the reader's language.
    pub title: Text,
    /// What it is, for colouring: `ini`, `xml`, `text`.
    pub kind: &'static str,
    /// The lines, without a line end behind the last one.
    pub text: String,
}

/// A variable, which the phone replaces.
#[derive(Clone, Copy, Debug)]
pub(super) struct Variable {
    /// As it stands in a URL.
    pub(super) text: &'static str,
    /// How long what the phone puts in may be, in characters, as far as that counts.
    pub(super) longest: usize,
}

impl Variable {
    /// One whose value does not count for the vendor's limit.
    pub(super) const fn new(text: &'static str) -> Self {
        Self { text, longest: 0 }
    }

    /// One whose value does.
    pub(super) const fn counted(text: &'static str, longest: usize) -> Self {
        Self { text, longest }
    }
}

/// A vendor's variables, and what else its URLs have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Variables {
    /// The phone's own user or number.
    pub(super) user: Variable,
    /// Whether that is sent beside a person's name, too, so that it is not taken for the other side of a call.
    pub(super) own: bool,
    pub(super) mac: Option<Variable>,
    pub(super) call_id: Option<Variable>,
    /// A call's other side, or what the vendor believes to be it.
    pub(super) number: Variable,
    /// The side that is left then.
    pub(super) local: Option<Variable>,
}

/// Which numbers are in an event's URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// None: it is about the phone itself.
    Nothing,
    /// The other side's.
    Caller,
    /// Both sides', where the phone has them.
    Both,
}

/// An event of a phone's, and the action that it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Event {
    /// What the phone calls it.
    pub(super) key: &'static str,
    pub(super) action: Action,
    pub(super) says: Says,
}

/// Which secret the URLs have, and how they begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `/sip/<action>?secret=…`.
    Plain,
    /// `/s/<short secret>/<code>`.
    Short,
}

/// A text as a URL wants it.
pub(super) fn escaped(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// A URL that is being made.
#[derive(Debug, Default)]
struct Url {
    text: String,
    /// Its characters, with the real secret and the longest that the phone puts in.
    length: usize,
}

impl Url {
    fn push(&mut self, text: &str) {
        self.push_as(text, text.len());
    }

    fn push_as(&mut self, text: &str, length: usize) {
        self.text.push_str(text);
        self.length += length;
    }

    fn part(&mut self, part: Part<'_>) {
        match part {
            Part::Text(text) => self.push(&escaped(text)),
            Part::Variable(variable) => {
                let length = variable.text.len().max(variable.longest);
                self.push_as(variable.text, length);
            }
        }
    }

    /// A parameter, the first one or one more.
    fn parameter(&mut self, name: &str, value: Part<'_>) {
        let mark = if self.text.contains('?') { "&" } else { "?" };
        self.push(mark);
        self.push(name);
        self.push("=");
        self.part(value);
    }
}

/// A part of a URL.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part<'a> {
    /// What it is.
    Text(&'a str),
    /// What the phone puts in.
    Variable(Variable),
}

/// Makes URLs, and remembers how long the longest one was.
#[derive(Debug)]
pub(super) struct Maker<'a> {
    whose: Whose<'a>,
    form: Form,
    /// The server's address and the plugin's place on it.
    place: String,
    /// The secret as it is written, or what stands for it.
    secret: String,
    /// How many characters the secret itself has.
    secret_chars: usize,
    /// How many the longest URL has that was made so far.
    longest: usize,
}

impl<'a> Maker<'a> {
    /// `host` stands in the place of the server's host, if there is one.
    pub(super) fn new(request: &Request<'a>, form: Form, host: Option<&str>) -> Self {
        let Keys {
            secret,
            short,
            shown,
            ..
        } = request.keys;
        let (key, unset) = match form {
            Form::Plain => (secret, UNSET_CHARS),
            Form::Short => (short, SHORT_CHARS),
        };
        let written = escaped(key.reveal());
        let secret_chars = if key.is_empty() { unset } else { written.len() };
        let secret = if shown && !key.is_empty() {
            written
        } else {
            PLACEHOLDER.to_owned()
        };
        let base = match host {
            Some(host) => request.base.replacen(site::host(request.base), host, 1),
            None => request.base.to_owned(),
        };
        Self {
            whose: request.whose,
            form,
            place: format!("{base}/plugins/{}", request.id),
            secret,
            secret_chars,
            longest: 0,
        }
    }

    /// How many characters the longest URL has that was made so far.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    /// Whose phone it is.
    pub(super) fn whose(&self) -> Whose<'a> {
        self.whose
    }

    /// An event's URL.
    pub(super) fn url(&mut self, variables: &Variables, event: &Event) -> String {
        let action = match self.form {
            Form::Plain => event.action.name(),
            Form::Short => phone_urls::code(event.action),
        };
        let user = self.user(variables);
        self.url_of(Part::Text(action), user, variables, event.says)
    }

    /// The same where the action and the user are the phone's to put in. All parameters stand in the query, and what comes from
    /// outside stands last, where it can cut off nothing that matters, and puts in nothing that was not said before.
    pub(super) fn url_of(
        &mut self,
        action: Part<'_>,
        user: Part<'_>,
        variables: &Variables,
        says: Says,
    ) -> String {
        let mut url = self.begin(action);
        url.parameter("user", user);
        if matches!(user, Part::Text(_)) {
            if variables.own && says == Says::Both {
                url.parameter("active_user", Part::Variable(variables.user));
            }
        } else if let Some(mac) = variables.mac {
            url.parameter("mac", Part::Variable(mac));
        }
        if says != Says::Nothing {
            if let Some(id) = variables.call_id {
                url.parameter("call_id", Part::Variable(id));
            }
            if says == Says::Both
                && let Some(local) = variables.local
            {
                url.parameter("local", Part::Variable(local));
            }
            url.parameter("number", Part::Variable(variables.number));
        }
        self.done(url)
    }

    /// An event's URL in as few characters as can be: `/s/<short secret>/<code>/<user>?n=<number>`, or with another parameter in the
    /// place of the number, or with none.
    pub(super) fn shortest(
        &mut self,
        variables: &Variables,
        event: &Event,
        parameter: Option<(&str, Variable)>,
    ) -> String {
        let mut url = self.begin(Part::Text(phone_urls::code(event.action)));
        url.push("/");
        url.part(self.user(variables));
        if let Some((name, variable)) = parameter {
            url.parameter(name, Part::Variable(variable));
        }
        self.done(url)
    }

    /// The URL to which Polycom's phones post.
    pub(super) fn polycom(&mut self) -> String {
        let url = self.begin(Part::Text(POLYCOM));
        self.done(url)
    }

    fn user(&self, variables: &Variables) -> Part<'a> {
        match self.whose {
            Whose::Person(name) => Part::Text(name),
            Whose::Everyone => Part::Variable(variables.user),
        }
    }

    fn begin(&self, action: Part<'_>) -> Url {
        let mut url = Url::default();
        url.push(&self.place);
        match self.form {
            Form::Plain => {
                url.push("/sip/");
                url.part(action);
                url.push("?secret=");
                url.push_as(&self.secret, self.secret_chars);
            }
            Form::Short => {
                url.push("/s/");
                url.push_as(&self.secret, self.secret_chars);
                url.push("/");
                url.part(action);
            }
        }
        url
    }

    fn done(&mut self, url: Url) -> String {
        self.longest = self.longest.max(url.length);
        url.text
    }
}
