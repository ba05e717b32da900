use super::*;
use proptest::prelude::*;

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
        &["123", "1-2-3"],
    ] {
        for a in forms {
            for b in forms {
                assert!(same(a, b), "{a} {b}");
                let tails = (PhoneNumber::parse(a), PhoneNumber::parse(b));
                let (Some(a), Some(b)) = tails else {
                    panic!("not read as numbers");
                };
                assert_eq!(a.tail(), b.tail());
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
        ("bob", "alice"),
        ("*72", "72"),
        ("", "0"),
    ] {
        assert!(!same(a, b), "{a} {b}");
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
    fn what_matches_shares_a_tail(country in 1u32..999, national in "[1-9][0-9]{6,9}") {
        let forms = [
            format!("+{country}{national}"),
            format!("00{country}{national}"),
            format!("0{national}"),
        ];
        for a in &forms {
            for b in &forms {
                prop_assert!(same(a, b), "{} {}", a, b);
                let tail = |text: &str| PhoneNumber::parse(text).map(|n| n.tail().to_owned());
                prop_assert_eq!(tail(a), tail(b));
            }
        }
    }
}
