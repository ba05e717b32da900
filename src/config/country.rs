//! Where the phones are.

use super::Setting;
use super::values::Values;
use crate::number::Plan;
use crate::text;

/// The plan of the country that is set, if one is.
pub(super) fn read(values: &mut Values<'_>) -> Plan {
    let text = values.text(Setting::Country).unwrap_or_default();
    let letters = text.trim();
    if letters.is_empty() {
        return Plan::default();
    }
    let letters = match letters {
        // What people write for GB, and what the tags of its languages have.
        uk if uk.eq_ignore_ascii_case("UK") => "GB",
        letters => letters,
    };
    Plan::of(letters).unwrap_or_else(|| {
        let what = format!(
            "is `{}`, which is no country; numbers are compared by their digits",
            text::clean(letters)
        );
        let remedy = "Enter the two letters of the country in which the phones are (ISO 3166-1), for example `DE`, `FR` or `US`.";
        values.problem(Setting::Country, what, remedy);
        Plan::default()
    })
}
