//! "Tell me when free".

use crate::language::table::texts;

texts! {
    /// The one message.
    off_the_phone(name) {
        en: "{name} is off the phone now.",
        de: "{name} telefoniert nicht mehr.",
        fr: "{name} n’est plus au téléphone.",
    }
}
