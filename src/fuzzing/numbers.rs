//! The number map: whose number is whose, as an admin wrote it or pasted it.

use std::sync::Arc;

use crate::config::NumbersUsers;
use crate::config::{MAX_COMPLAINTS, MAX_ENTRIES};
use crate::number::{PhoneNumber, Plan};

/// How many of the numbers are compared with each other and written again.
const SOME: usize = 64;

/// A line with a country and what is dialled before a number outside, both of which may be missing; the setting; and, behind its last
/// line end, a number that is asked for. What is found is what a look at all entries finds, and the map can be written and read again.
pub fn numbers(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    let (setting, asked) = rest.rsplit_once('\n').unwrap_or((rest, ""));
    let (country, prefix) = first.split_once(' ').unwrap_or((first, ""));
    let plan = Plan::of(country).unwrap_or_default();
    let plan = plan.with_outside_prefix(prefix);

    let (map, complaints) = NumbersUsers::read(setting, plan);
    // The last one counts those that are not named.
    assert!(map.len() <= MAX_ENTRIES && complaints.len() <= MAX_COMPLAINTS + 1);
    for complaint in &complaints {
        assert!(!complaint.chars().any(char::is_control), "{complaint:?}");
    }
    let with_returns = setting.replace('\n', "\r\n");
    assert_eq!(
        NumbersUsers::read(&with_returns, plan),
        (map.clone(), complaints)
    );

    let entries: Vec<_> = map.numbers().collect();
    for (number, user) in &entries {
        assert_eq!(map.user(number), Some(*user), "{number}");
        assert!(map.has_user(user), "{user}");
        if let Some(read) = plan.read(number) {
            assert!(map.is_own(user, &read), "{number} of {user}");
        }
    }
    assert_eq!(
        map.user(asked),
        by_a_look_at_all(&map, &entries, asked),
        "{asked:?}"
    );
    let some = &entries[..entries.len().min(SOME)];
    for (number, _) in some {
        assert_eq!(
            plan.same(number, asked),
            plan.same(asked, number),
            "{number} {asked:?}"
        );
        if let Some(read) = plan.read(number) {
            let again = plan.read(&read.asked()).expect("a number");
            assert!(again.same(&read) && read.same(&again), "{number}");
        }
    }
    written_again(some, plan);
}

/// The entry whose text that is, or else whose address, or else the latest of the same international form, or else of the same number.
fn by_a_look_at_all<'a>(
    map: &'a NumbersUsers,
    entries: &[(&str, &'a Arc<str>)],
    asked: &str,
) -> Option<&'a Arc<str>> {
    if let Some((_, user)) = entries.iter().find(|(text, _)| *text == asked) {
        return Some(user);
    }
    if let Some(user) = map.user_of_mac(asked) {
        return Some(user);
    }
    let asked = map.plan().read(asked)?;
    let read = |text: &str| map.plan().read(text);
    let latest = |same: &dyn Fn(&PhoneNumber) -> bool| {
        let mut latest = entries.iter().rev();
        latest.find(|(text, _)| read(text).as_ref().is_some_and(same))
    };
    let told = asked.international();
    let by_form = latest(&|number| told.is_some() && number.international() == told);
    let found = by_form.or_else(|| latest(&|number| number.same(&asked)));
    found.map(|(_, user)| *user)
}

/// Numbers and names without marks that mean something else in the setting are read again as they were.
fn written_again(entries: &[(&str, &Arc<str>)], plan: Plan) {
    let is_number = |text: &str| {
        let has_digit = text.bytes().any(|b| b.is_ascii_digit());
        has_digit && text.bytes().all(|b| b.is_ascii_digit() || b == b'+')
    };
    let is_name = |text: &str| text.bytes().all(|b| b.is_ascii_lowercase());
    let mut plain = entries.to_vec();
    plain.retain(|(number, user)| is_number(number) && is_name(user));
    let lines = plain
        .iter()
        .map(|(number, user)| format!("{number}:{user}\n"));
    let lines: String = lines.collect();
    let (again, complaints) = NumbersUsers::read(&lines, plan);
    assert_eq!(again.numbers().collect::<Vec<_>>(), plain);
    // Of two forms of one number the later one holds, which is complained of.
    assert!(complaints.len() <= plain.len());
}
