//! Interface values: a registered name, and a value of the type that is registered under it.

use std::borrow::Cow;

use crate::decode::Decode;
use crate::desc::Desc;
use crate::encode::Encode;
use crate::encoder::Writer;
use crate::error::{DecodeError, EncodeError};
use crate::plan::Node;
use crate::reader::Reader;
use crate::value::Value;

/// What a Go interface holds: a value, under the name that its type is registered by (`gob.Register`).
///
/// For a type of Go's own the name is the type's, like `string` or `[]interface {}`; for another, its package's
/// path and its own, with a star where a pointer was registered, like
/// `*github.com/mattermost/mattermost/server/public/plugin.ErrorString`.
///
/// A nil interface is `None` of an `Option<Interface<T>>`, or an empty name.
///
/// ```
/// use gob::{Decoder, Encoder, Gob, Interface, Value};
///
/// /// In Go: `struct { Payload any }`.
/// #[derive(Gob)]
/// struct Event<T> {
///     payload: Interface<T>,
/// }
///
/// let mut bytes = Vec::new();
/// Encoder::new().encode(&Event { payload: Interface::new("string", "rings") }, &mut bytes)?;
///
/// let event: Event<Value> = Decoder::new().decode(&mut &bytes[..])?.expect("all of it is there");
/// assert_eq!(event.payload.name, "string");
/// assert_eq!(event.payload.value.as_str(), Some("rings"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Interface<T> {
    /// The registered name.
    pub name: Cow<'static, str>,
    /// The value.
    pub value: T,
}

impl<T> Interface<T> {
    /// A value under the name that its type is registered by.
    pub fn new(name: impl Into<Cow<'static, str>>, value: T) -> Self {
        Self {
            name: name.into(),
            value,
        }
    }
}

impl<T: Encode> Encode for Interface<T> {
    fn desc() -> &'static Desc {
        &Desc::Interface
    }
    fn is_zero(&self) -> bool {
        self.name.is_empty()
    }
    fn write(&self, w: &mut Writer<'_>) {
        if self.name.is_empty() {
            w.nil_interface();
        } else if matches!(
            self.value.as_dynamic(),
            Some(Value::Nil | Value::Interface(_))
        ) {
            w.fail(EncodeError::Nested);
        } else {
            w.interface(&self.name, &self.value);
        }
    }
    fn write_nil(w: &mut Writer<'_>) {
        w.nil_interface();
    }
}

impl<'de, T: Decode<'de>> Decode<'de> for Interface<T> {
    fn desc() -> &'static Desc {
        &Desc::Interface
    }
    fn zero() -> Self {
        Self {
            name: Cow::Borrowed(""),
            value: T::zero(),
        }
    }
    fn read(&mut self, r: &mut Reader<'_, 'de>, _: Node) -> Result<(), DecodeError> {
        match r.interface_name()? {
            None => *self = Self::zero(),
            Some(name) => {
                self.name = Cow::Owned(name.to_owned());
                r.interface_contents(&mut self.value)?;
            }
        }
        Ok(())
    }
    fn read_option(
        slot: &mut Option<Self>,
        r: &mut Reader<'_, 'de>,
        node: Node,
    ) -> Result<(), DecodeError> {
        let interface = slot.insert(Self::zero());
        interface.read(r, node)?;
        if interface.name.is_empty() {
            *slot = None;
        }
        Ok(())
    }
}

/// The last element of a registered name: `ErrorString` for `*github.com/…/plugin.ErrorString`, `string` for itself.
///
/// Names of slices, arrays and maps have no last element: they are only themselves.
#[must_use]
pub fn last_element(name: &str) -> &str {
    if name.starts_with('[') || name.starts_with("map[") {
        return name;
    }
    let name = name.trim_start_matches('*');
    name.rsplit_once(['.', '/']).map_or(name, |(_, last)| last)
}

#[cfg(test)]
mod tests {
    use super::last_element;

    #[test]
    fn last_elements() {
        assert_eq!(
            last_element("*github.com/mattermost/mattermost/server/public/plugin.ErrorString"),
            "ErrorString"
        );
        assert_eq!(
            last_element("*github.com/mattermost/mattermost-server/v6/plugin.ErrorString"),
            "ErrorString"
        );
        assert_eq!(last_element("*plugin.ErrorString"), "ErrorString");
        assert_eq!(last_element("string"), "string");
        assert_eq!(
            last_element("[]*model.SlackAttachment"),
            "[]*model.SlackAttachment"
        );
        assert_eq!(
            last_element("map[string]interface {}"),
            "map[string]interface {}"
        );
        assert_eq!(last_element(""), "");
    }
}
