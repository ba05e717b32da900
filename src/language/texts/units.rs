//! Words for times, and for what joins a list. They are read through [`Language`](crate::language::Language).

use crate::language::table::texts;

texts! {
    /// A list's last item behind the others.
    and(before, last) {
        en: "{before} and {last}",
        de: "{before} und {last}",
        fr: "{before} et {last}",
    }

    /// The last of several to choose from.
    or(before, last) {
        en: "{before} or {last}",
        de: "{before} oder {last}",
        fr: "{before} ou {last}",
    }

    /// The end of a list that is cut.
    and_more(before, count) {
        en: "{before} and {count} more",
        de: "{before} und {count} weitere",
        fr: "{before} et {count} de plus",
    }

    /// A duration.
    less_than_a_second() {
        en: "less than a second",
        de: "weniger als eine Sekunde",
        fr: "moins d’une seconde",
    }

    /// The months in their order, as they stand in a date, a blank between two.
    months() {
        en: "January February March April May June July August September October November December",
        de: "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        fr: "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    }

    /// The first day of a month.
    first_of(month) {
        en: "1 {month}",
        de: "1. {month}",
        fr: "1er {month}",
    }

    /// Any other day of a month.
    day_of(day, month) {
        en: "{day} {month}",
        de: "{day}. {month}",
        fr: "{day} {month}",
    }

    /// Today, at that time of day.
    at(time) {
        en: "at {time}",
        de: "um {time} Uhr",
        fr: "à {time}",
    }

    /// Yesterday.
    yesterday_at(time) {
        en: "yesterday at {time}",
        de: "gestern um {time} Uhr",
        fr: "hier à {time}",
    }

    /// On another day.
    on_at(date, time) {
        en: "on {date} at {time}",
        de: "am {date} um {time} Uhr",
        fr: "le {date} à {time}",
    }

    /// Up to that time of day.
    until(time) {
        en: "until {time}",
        de: "bis {time} Uhr",
        fr: "jusqu’à {time}",
    }

    /// Up to that time of tomorrow.
    until_tomorrow_at(time) {
        en: "until tomorrow at {time}",
        de: "bis morgen um {time} Uhr",
        fr: "jusqu’à demain à {time}",
    }

    /// Up to that time of another day.
    until_on_at(date, time) {
        en: "until {date} at {time}",
        de: "bis zum {date} um {time} Uhr",
        fr: "jusqu’au {date} à {time}",
    }

    /// A moment that is told as clocks show it where UTC is the time.
    in_utc(when) {
        en: "{when} (UTC)",
        de: "{when} (UTC)",
        fr: "{when} (UTC)",
    }
}
