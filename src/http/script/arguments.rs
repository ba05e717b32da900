//! What the URL asks for.

use std::borrow::Cow;
use std::fmt;

use http::StatusCode;

use crate::calls::Driver;
use crate::http::form;
use crate::text;

/// The one script there is, as eeCallUs's file and its templates call it.
const NAME: &str = "eeCallUs.php";

/// What eeCallUs's README calls it.
const OTHER_NAME: &str = "eeCall.php";

/// The sender of a text that names none, as each of eeCallUs's texts had it.
const SENDER: &str = "eedomus";

/// The drivers there are, by eeCallUs's names.
const DRIVERS: &[(&str, Driver)] = &[("pjsip", Driver::Pjsip), ("sip", Driver::Sip)];

/// What is read of a request.
#[derive(Debug)]
pub(in crate::http) struct Script<'a> {
    /// Where Asterisk is, as the client believes.
    pub(super) ip: Cow<'a, str>,
    /// Its port, if the client says one.
    pub(super) port: Option<u16>,
    /// As they were written, escapes and all.
    user: &'a str,
    secret: &'a str,
    order: Order,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// `from` is rung, then `to`.
    Call { from: String, to: String },
    /// A text for `to`.
    Text {
        driver: Driver,
        from: String,
        to: String,
        text: String,
    },
}

/// What is wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    /// Another script is asked for.
    Name(String),
    /// These arguments miss.
    Missing(Vec<&'static str>),
    /// The port is no number.
    Port(String),
    /// There is no such driver.
    Driver(String),
}

impl<'a> Script<'a> {
    /// Reads a query and a form; an argument that stands in both, or in one of them twice, is the first.
    pub(super) fn read(query: &'a str, form: &'a str) -> Result<Self, Wrong> {
        let written = |name| {
            [query, form]
                .into_iter()
                .filter_map(|pairs| form::written(pairs, name))
                .find(|value| !value.is_empty())
        };
        let plain = |name| written(name).map(form::decoded).unwrap_or_default();
        let name = plain("exec");
        let is_name = |known: &str| name.eq_ignore_ascii_case(known);
        if !name.is_empty() && !is_name(NAME) && !is_name(OTHER_NAME) {
            return Err(Wrong::Name(name.into_owned()));
        }
        let text = plain("msg");
        // A text says who sent it by itself, if it does.
        let of_order = if text.is_empty() { "from" } else { "drv" };
        let needed = ["exec", "ip", "user", "secret", "to", of_order].into_iter();
        let missing: Vec<_> = needed.filter(|name| written(name).is_none()).collect();
        if !missing.is_empty() {
            return Err(Wrong::Missing(missing));
        }
        let number = |name| written(name).map(number).unwrap_or_default();
        let order = if text.is_empty() {
            Order::Call {
                from: number("from"),
                to: number("to"),
            }
        } else {
            let named = plain("drv");
            let known = DRIVERS
                .iter()
                .find(|(name, _)| named.trim().eq_ignore_ascii_case(name));
            let Some((_, driver)) = known else {
                return Err(Wrong::Driver(named.into_owned()));
            };
            Order::Text {
                driver: *driver,
                from: match plain("from") {
                    from if from.trim().is_empty() => SENDER.to_owned(),
                    from => from.into_owned(),
                },
                to: number("to"),
                text: text.into_owned(),
            }
        };
        let port = plain("port");
        let port = match port.trim() {
            // What is 0 is nothing to PHP.
            "" | "0" => None,
            digits => match digits.parse() {
                Ok(port) => Some(port),
                Err(_) => return Err(Wrong::Port(digits.to_owned())),
            },
        };
        Ok(Self {
            ip: plain("ip"),
            port,
            user: written("user").unwrap_or_default(),
            secret: written("secret").unwrap_or_default(),
            order,
        })
    }

    /// The account's name and secret, as they were written.
    pub(super) fn account(&self) -> (&str, &str) {
        (self.user, self.secret)
    }

    pub(super) fn order(&self) -> &Order {
        &self.order
    }
}

/// A number. A `+` at its beginning is one, whether it is escaped or not: no number begins with a blank.
fn number(written: &str) -> String {
    match written.strip_prefix('+') {
        Some(rest) => format!("+{}", form::decoded(rest).trim()),
        None => form::decoded(written).trim().to_owned(),
    }
}

impl Wrong {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Name(_) => StatusCode::NOT_FOUND,
            Self::Missing(_) | Self::Port(_) | Self::Driver(_) => StatusCode::BAD_REQUEST,
        }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => {
                let name = text::clean(name);
                write!(f, "there is no script {name}; exec must be {NAME}")
            }
            Self::Missing(names) => {
                let names = names.join(", ");
                write!(
                    f,
                    "missing: {names}. A call: ?exec={NAME}&ip=&port=&user=&secret=&from=100&to=291; a text: the same with msg=, and drv= for the driver (pjsip or sip)"
                )
            }
            Self::Port(port) => {
                let port = text::clean(port);
                write!(
                    f,
                    "port must be a number from 1 to 65535 or empty, but is {port}"
                )
            }
            Self::Driver(name) => {
                let known: Vec<&str> = DRIVERS.iter().map(|(name, _)| *name).collect();
                let (name, known) = (text::clean(name), known.join(", "));
                write!(f, "there is no driver {name}; drv can be: {known}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: &str =
        "exec=eeCall.php&ip=192.0.2.1&port=&user=ee&secret=hush&from=100&to=291&msg=&drv=";

    fn order(query: &str, form: &str) -> Order {
        let script = Script::read(query, form).unwrap_or_else(|wrong| panic!("{wrong}"));
        script.order().clone()
    }

    fn call(from: &str, to: &str) -> Order {
        let (from, to) = (from.to_owned(), to.to_owned());
        Order::Call { from, to }
    }

    #[test]
    fn the_originals_three_urls_are_read() {
        assert_eq!(order(CALL, ""), call("100", "291"));
        let outside = CALL.replace("from=100", "from=0240404040");
        assert_eq!(order(&outside, ""), call("0240404040", "291"));
        let text = "exec=eeCall.php&ip=192.0.2.1&port=5038&user=ee&secret=x&from=eedomus&to=100&msg=Alerte%20d%C3%A9bordement+cuve&drv=sip";
        let expected = Order::Text {
            driver: Driver::Sip,
            from: "eedomus".to_owned(),
            to: "100".to_owned(),
            text: "Alerte débordement cuve".to_owned(),
        };
        assert_eq!(order(text, ""), expected);
        assert_eq!(order("", text), expected, "in a form");
        let latin = text.replace("%C3%A9", "%E9");
        assert_eq!(order(&latin, ""), expected, "in Latin-1");
        let script = Script::read(text, "").unwrap();
        assert_eq!((&*script.ip, script.port), ("192.0.2.1", Some(5038)));
        assert_eq!(Script::read(CALL, "").unwrap().port, None);
    }

    #[test]
    fn arguments_may_be_parted_between_query_and_form() {
        let (query, form) = CALL.split_at(CALL.find("&user").unwrap());
        assert_eq!(order(query, &form[1..]), call("100", "291"));
        let query = format!("to=8&{CALL}");
        assert_eq!(order(&query, "to=9"), call("100", "8"), "the first counts");
        let query = CALL.replace("to=291", "to=");
        assert_eq!(order(&query, "to=9"), call("100", "9"));
    }

    #[test]
    fn a_numbers_plus_is_one() {
        for to in ["+33240404040", "%2B33240404040", "+33240404040+"] {
            let query = CALL.replace("to=291", &format!("to={to}"));
            assert_eq!(order(&query, ""), call("100", "+33240404040"), "{to}");
        }
    }

    #[test]
    fn what_misses_is_named_at_once() {
        let wrong = |query: &str| Script::read(query, "").unwrap_err();
        let all = vec!["exec", "ip", "user", "secret", "to", "from"];
        assert_eq!(wrong(""), Wrong::Missing(all));
        let some = wrong("exec=eeCall.php&ip=1&from=&secret=x&to=1&msg=hi");
        assert_eq!(some, Wrong::Missing(vec!["user", "drv"]));
        assert!(some.to_string().starts_with("missing: user, drv. "));
        assert_eq!(some.status(), StatusCode::BAD_REQUEST);
    }

    #[test]
    fn other_scripts_drivers_and_ports_are_told_what_there_is() {
        for (from, to, status, says) in [
            (
                "eeCall.php",
                "other.php%0a",
                404,
                "there is no script other.php; exec must be eeCallUs.php",
            ),
            ("&msg=", "&msg=hi", 400, "missing: drv. "),
            (
                "&msg=&drv=",
                "&msg=hi&drv=iax",
                400,
                "there is no driver iax; drv can be: pjsip, sip",
            ),
            ("port=", "port=ami", 400, "port must be a number"),
            ("port=", "port=65536", 400, "port must be a number"),
        ] {
            let wrong =
                Script::read(&CALL.replace(from, to), "").map(|script| script.order().clone());
            let wrong = wrong.unwrap_err();
            assert_eq!(wrong.status().as_u16(), status, "{to}");
            assert!(wrong.to_string().starts_with(says), "{wrong}");
        }
        assert_eq!(
            order(&CALL.replace("eeCall", "EECALL"), ""),
            call("100", "291")
        );
    }

    #[test]
    fn the_script_goes_by_its_files_name_too() {
        for name in ["eeCallUs.php", "eecallus.PHP"] {
            let query = CALL.replace("eeCall.php", name);
            assert_eq!(order(&query, ""), call("100", "291"), "{name}");
        }
    }

    #[test]
    fn a_text_of_eecalluss_template_needs_no_from() {
        let filled = CALL.replace("to=291&msg=&drv=", "to=100&msg=Alarm&drv=sip");
        for from in ["", "from=&", "from=+&"] {
            let query = filled.replace("from=100&", from);
            let Order::Text { from: sender, .. } = order(&query, "") else {
                panic!("{query} is no text");
            };
            assert_eq!(sender, "eedomus", "{query}");
        }
        let call = CALL.replace("from=100", "from=");
        let wrong = Script::read(&call, "").unwrap_err();
        assert_eq!(wrong, Wrong::Missing(vec!["from"]), "nobody to ring");
    }

    #[test]
    fn a_port_of_0_is_none_as_in_php() {
        let query = CALL.replace("port=", "port=0");
        assert_eq!(Script::read(&query, "").unwrap().port, None);
    }
}
