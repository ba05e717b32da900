use super::*;
use proptest::prelude::*;

/// Whether what is kept under one number is there under the other.
fn is_found(a: &str, b: &str) -> bool {
    let mut map = NumberMap::default();
    map.insert(PhoneNumber::parse(a).expect(a), 1);
    map.get(&PhoneNumber::parse(b).expect(b)).is_some()
}

#[test]
fn forms_of_one_number_match() {
    for forms in [
        &[
            "+33240404040",
            "0033240404040",
            "0240404040",
            "02 40 40 40 40",
            "33240404040",
        ][..],
        &[
            "+49 (0) 30 1234567",
            "+49 ( 0 ) 30 1234567",
            "+49 30 1234567",
            "030/1234567",
            "0049301234567",
        ],
        &[
            "+1 212 555 1234",
            "12125551234",
            "(212) 555-1234",
            "212.555.1234",
        ],
        &["+39 011 1234567", "011 1234567"],
        // No number of any length; their countries are known all the same.
        &["+49 2404040", "02404040"],
        &["123", "1-2-3"],
    ] {
        for a in forms {
            for b in forms {
                assert!(same(a, b), "{a} {b}");
                assert!(is_found(a, b), "{a} {b}");
            }
        }
    }
}

#[test]
fn different_numbers_do_not() {
    for (a, b) in [
        ("123", "0123"),
        ("123", "+49123"),
        ("123456", "49123456"),
        ("+33240404040", "+49240404040"),
        ("0240404040", "0240404041"),
        ("1234567", "8881234567"),
        ("123456", "0123456"),
        ("0123456", "123456"),
        ("bob", "alice"),
        ("*72", "72"),
        ("", "0"),
    ] {
        assert!(!same(a, b), "{a} {b}");
    }
}

#[test]
fn callers_had_the_names_of_other_countries_numbers() {
    for (a, b) in [
        // America has no trunk 0.
        ("+12025550123", "02025550123"),
        ("+13012345678", "03012345678"),
        // No country has the codes 491, 331 or 390.
        ("05123456789", "+4915123456789"),
        ("+33123456789", "03123456789"),
        ("+33123456789", "023456789"),
        ("+39 011 1234567", "0111234567 8"),
        ("+39 011 1234567", "11 1234567"),
        // Spain's numbers are dialled as they are.
        ("+34912345678", "0912345678"),
        // Seven digits are no whole number in America.
        ("12345678", "02345678"),
        ("12345678", "2345678"),
        ("+999 12345678", "012345678"),
    ] {
        assert!(!same(a, b) && !same(b, a), "{a} {b}");
        assert!(!is_found(a, b) && !is_found(b, a), "{a} {b}");
    }
}

#[test]
fn what_is_no_number_is_refused() {
    for text in ["", "+", "bob", "100@pbx", "#31#", "①②"] {
        assert_eq!(PhoneNumber::parse(text), None, "{text}");
    }
    assert_eq!(PhoneNumber::parse(&"1".repeat(33)), None);
}

proptest! {
    #[test]
    fn same_is_symmetric_and_never_panics(a in "[+0-9 ()./x-]{0,20}", b in "[+0-9 ()./-]{0,20}") {
        prop_assert_eq!(same(&a, &b), same(&b, &a));
        prop_assert!(same(&a, &a));
    }

    #[test]
    fn what_matches_is_found(
        country in proptest::sample::select(&["33", "44", "49", "41", "43", "353", "380"][..]),
        national in "[1-9][0-9]{6,9}",
    ) {
        let forms = [
            format!("+{country}{national}"),
            format!("00{country}{national}"),
            format!("0{national}"),
        ];
        for a in &forms {
            for b in &forms {
                prop_assert!(same(a, b), "{} {}", a, b);
                prop_assert!(is_found(a, b), "{} {}", a, b);
            }
        }
    }
}

fn plan(country: &str) -> Plan {
    Plan::of(country).expect(country)
}

#[test]
fn with_a_country_all_forms_of_a_number_are_one() {
    for (country, told, forms) in [
        (
            "DE",
            "+49301234567",
            &[
                "+49 30 1234567",
                "+49 (0) 30 1234567",
                "+49 (30) 123 45 67",
                "0301234567",
                "030/1234567",
                "(030) 123 45 67",
                "0049301234567",
                "49301234567",
                "+490301234567",
            ][..],
        ),
        (
            "DE",
            "+33240404040",
            &["+33 2 40 40 40 40", "0033240404040", "+33 (0)2 40 40 40 40"],
        ),
        (
            "US",
            "+12125551234",
            &[
                "+1 212 555 1234",
                "2125551234",
                "(212) 555-1234",
                "12125551234",
                "01112125551234",
                "1-212-555-1234",
            ],
        ),
        (
            "US",
            "+442079460018",
            &[
                "011 44 20 7946 0018",
                "+44 (0)20 7946 0018",
                "+44 20 7946 0018",
            ],
        ),
        // The 0 belongs to the number, unless it is a mobile's.
        (
            "IT",
            "+390612345678",
            &["06 1234 5678", "+39 06 12345678", "00390612345678"],
        ),
        (
            "IT",
            "+393123456789",
            &["312 345 6789", "+39 312 3456789", "0039 3123456789"],
        ),
        (
            "DE",
            "+390612345678",
            &["+39 06 12345678", "0039 06 12345678"],
        ),
        (
            "FR",
            "+33240404040",
            &[
                "02 40 40 40 40",
                "+33 240404040",
                "0033240404040",
                "+33 (0) 2 40 40 40 40",
            ],
        ),
        (
            "GB",
            "+442079460018",
            &[
                "020 7946 0018",
                "+44 20 7946 0018",
                "00442079460018",
                "+44 (0)20 7946 0018",
            ],
        ),
        (
            "RU",
            "+74951234567",
            &[
                "8 495 123-45-67",
                "+7 495 123-45-67",
                "84951234567",
                "4951234567",
            ],
        ),
        // A mobile has a 9 abroad and a 15 at home.
        (
            "AR",
            "+5491123456789",
            &["011 15 2345-6789", "+54 9 11 2345-6789", "01115 23456789"],
        ),
        (
            "HU",
            "+3612345678",
            &["06 1 234 5678", "+36 1 234 5678", "0036 1 2345678"],
        ),
        (
            "FO",
            "+298201234",
            &["201234", "+298 201234", "00298201234"],
        ),
    ] {
        let plan = plan(country);
        for form in forms {
            let read = plan.read(form).expect(form);
            assert_eq!(
                read.international().as_deref(),
                Some(told),
                "{country} {form}"
            );
            for other in forms {
                assert!(plan.same(form, other), "{country} {form} {other}");
            }
        }
    }
}

#[test]
fn with_a_country_other_numbers_are_others() {
    for (country, one, other) in [
        ("DE", "030 1234567", "030 1234568"),
        ("DE", "030 1234567", "+33 30 1234567"),
        ("DE", "6001", "06001"),
        ("DE", "6001", "+49 6001"),
        ("DE", "123456", "0123456"),
        ("IT", "06 1234 5678", "+39 6 1234 5678"),
        ("US", "555 1234", "(212) 555-1234"),
        ("FR", "02 40 40 40 40", "+49 2 40 40 40 40"),
    ] {
        assert!(!plan(country).same(one, other), "{country} {one} {other}");
    }
    for extension in ["6001", "12", "0", "123456"] {
        let read = plan("DE").read(extension).expect(extension);
        assert!(!read.is_public() && !read.is_told(), "{extension}");
        assert_eq!(read.asked(), extension);
    }
    assert_eq!(plan("de").country(), Some("DE"));
    assert_eq!(Plan::of("XX"), None);
    assert_eq!(Plan::default().country(), None);
}

#[test]
fn an_international_form_that_would_be_read_as_another_number_is_none() {
    // Dialled so it reaches nobody: no country's code begins with 0, and no national number in Germany does.
    for (country, prefix, text) in [
        ("DE", "", "000171 1234567"),
        ("DE", "0", "0000171 1234567"),
        ("DE", "", "+49 00 171 1234567"),
        ("FR", "", "+33 00 2 40 40 40 40"),
    ] {
        let plan = plan(country).with_outside_prefix(prefix);
        let read = plan.read(text).expect(text);
        assert_eq!(read.international(), None, "{country} {text}");
        let again = plan.read(&read.asked()).expect(text);
        assert!(again.same(&read) && read.same(&again), "{country} {text}");
    }
    // By its digits it is still the number that somebody meant, whatever stands before it.
    let plan = plan("DE");
    assert!(plan.same("000171 1234567", "0171 1234567"));
    // What a PBX puts before a number for a line outside, and what is dialled into another country.
    let outside = plan.with_outside_prefix("0");
    for text in ["00171 1234567", "0171 1234567", "00049 171 1234567"] {
        let told = outside.read(text).and_then(|n| n.international());
        assert_eq!(told.as_deref(), Some("+491711234567"), "{text}");
    }
}

#[test]
fn what_is_dialled_before_numbers_outside_may_stand_there() {
    let told = |country, prefix, text: &str| {
        let plan = plan(country).with_outside_prefix(prefix);
        plan.read(text).and_then(|number| number.international())
    };
    for (country, prefix, text, expected) in [
        ("DE", "0", "00301234567", Some("+49301234567")),
        ("DE", "0", "0301234567", Some("+49301234567")),
        ("DE", "0", "0049301234567", Some("+49301234567")),
        ("DE", "0", "00049301234567", Some("+49301234567")),
        ("DE", "0", "00033240404040", Some("+33240404040")),
        ("DE", "0", "+49301234567", Some("+49301234567")),
        ("DE", "9", "90301234567", Some("+49301234567")),
        ("DE", "9", "900493012345", Some("+493012345")),
        ("DE", "9", "0301234567", Some("+49301234567")),
        ("US", "9", "912125551234", Some("+12125551234")),
        ("US", "9", "92125551234", Some("+12125551234")),
        ("US", "9", "9195551234", Some("+19195551234")),
        ("US", "9", "901144 20 7946 0018", Some("+442079460018")),
        ("FR", "0", "00240404040", Some("+33240404040")),
        ("DE", "0", "06001", None),
        ("DE", "*9", "0301234567", Some("+49301234567")),
    ] {
        assert_eq!(
            told(country, prefix, text).as_deref(),
            expected,
            "{country} {prefix} {text}"
        );
    }
}

proptest! {
    #[test]
    fn with_a_country_same_is_symmetric_and_found(
        country in prop::sample::select(vec!["DE", "US", "IT", "AR", "JP", "FO", "BR", "GG"]),
        prefix in "[0-9]{0,2}",
        a in "[+0-9 ()./x-]{0,24}",
        b in "[+]?[0-9]{0,40}",
    ) {
        let plan = plan(country).with_outside_prefix(&prefix);
        prop_assert_eq!(plan.same(&a, &b), plan.same(&b, &a));
        prop_assert!(plan.same(&a, &a));
        let mut map = NumberMap::default();
        if let Some(number) = plan.read(&a) {
            map.insert(number, 1);
            prop_assert_eq!(map.get(&number), Some(&1));
            if let Some(told) = number.international() {
                let again = plan.read(&told).expect("a number");
                prop_assert_eq!(again.international(), Some(told));
                prop_assert_eq!(map.get(&again), Some(&1));
            }
        }
    }
}
