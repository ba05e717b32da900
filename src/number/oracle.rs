//! Our reading of numbers beside libphonenumber's, in every country.

use rlibphonenumber::{
    NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumberFormat, Region,
    get_national_significant_number_owned,
};

use super::Plan;
use super::plan::PUBLIC_DIGITS;
use super::territory::{self, Territory};

/// What libphonenumber makes of a number: in international form, if there can be such a one, and it reads that as the same number. A valid
/// number always is: that counts in `valid`.
fn theirs(text: &str, country: Region, valid: &mut usize) -> Option<String> {
    let form = |text: &str| {
        let number = PHONE_NUMBER_UTIL.parse(text, Some(country)).ok()?;
        let possible = PHONE_NUMBER_UTIL.is_possible_number_with_reason(&number);
        let is_possible = possible == Ok(NumberLengthType::IsPossible);
        let form = PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164);
        is_possible.then(|| {
            (
                form.into_owned(),
                PHONE_NUMBER_UTIL.is_valid_number(&number),
            )
        })
    };
    let (told, is_valid) = form(text)?;
    let is_same = form(&told).is_some_and(|(again, _)| again == told);
    assert!(is_same || !is_valid, "{country:?} {text}: {told}");
    *valid += usize::from(is_valid);
    is_same.then_some(told)
}

fn ours(text: &str, plan: &Plan) -> Option<String> {
    plan.read(text)?.international()
}

fn countries() -> impl Iterator<Item = (&'static Territory, Region, Plan)> {
    territory::all()
        .filter(|territory| territory.id != "001")
        .map(|territory| {
            let region = territory.id.parse().expect("a region");
            (territory, region, Plan::of(territory.id).expect("a plan"))
        })
}

/// National numbers of a country: one of each kind, and any digits.
fn nationals(region: Region, random: &mut fastrand::Rng) -> Vec<String> {
    use rlibphonenumber::PhoneNumberType as Type;
    let kinds = [
        Type::FixedLine,
        Type::Mobile,
        Type::TollFree,
        Type::PremiumRate,
        Type::SharedCost,
        Type::VoIP,
        Type::PersonalNumber,
        Type::UAN,
    ];
    let mut all = Vec::new();
    for kind in kinds {
        if let Ok(number) = PHONE_NUMBER_UTIL.get_example_number_for_type_and_region(region, kind) {
            let number = get_national_significant_number_owned(&number);
            all.push(number);
        }
    }
    let examples = all.len();
    for _ in 0..MADE_UP {
        let any: String = (0..random.usize(2..16)).map(|_| random.digit(10)).collect();
        let example = match examples {
            0 => "",
            _ => &all[random.usize(..examples)],
        };
        let keep = random.usize(..=example.len());
        let (begin, rest) = example.split_at(keep);
        all.push(match random.usize(..3) {
            0 => any,
            1 => format!("{begin}{any}"),
            // As long as one that there is.
            _ => format!("{begin}{:.*}", rest.len(), format!("{any:0<16}")),
        });
    }
    all
}

/// How many numbers are made up for each country.
const MADE_UP: usize = 20;

#[test]
fn every_country_reads_numbers_as_libphonenumber_does() {
    let mut random = fastrand::Rng::with_seed(6);
    let (mut compared, mut told, mut valid) = (0, 0, 0);
    let mut other = Vec::new();
    for (territory, region, plan) in countries() {
        let code = territory.calling_code;
        for national in nationals(region, &mut random) {
            let shapes = [
                format!("+{code}{national}"),
                format!("+{code}0{national}"),
                format!("00{code}{national}"),
                format!("011 {code} {national}"),
                format!("{code}{national}"),
                national.clone(),
                format!("0{national}"),
                format!("1{national}"),
                format!("8{national}"),
                format!("+{national}"),
                format!("+00{code}{national}"),
            ];
            for text in shapes {
                let (own, lib) = (ours(&text, &plan), theirs(&text, region, &mut valid));
                compared += 1;
                told += usize::from(lib.is_some());
                let digits = text.bytes().filter(u8::is_ascii_digit).count();
                if digits < PUBLIC_DIGITS && !text.starts_with('+') {
                    // Extensions, but where numbers are so short.
                    assert!(own.is_none() || own == lib, "{} {text}", territory.id);
                } else if own != lib {
                    other.push(format!("{} {text}: {own:?}, not {lib:?}", territory.id));
                }
            }
        }
    }
    assert_eq!(other.first(), None, "{} of {compared}", other.len());
    assert!(compared > 50_000 && told > 20_000, "{told} of {compared}");
    assert!(valid > 10_000, "{valid} of {told}");
}
