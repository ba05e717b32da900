use super::*;
use proptest::prelude::*;

fn parse(text: &str) -> NumbersUsers {
    let (numbers, complaints) = NumbersUsers::parse(text);
    assert_eq!(complaints, [""; 0], "{text}");
    numbers
}

fn user<'a>(numbers: &'a NumbersUsers, number: &str) -> Option<&'a str> {
    numbers.user(number).map(|user| &**user)
}

#[test]
fn the_original_form_and_its_relatives_are_read() {
    for text in [
        "123:bob,124:alice",
        "123:bob, 124:alice,",
        "123:bob\n124:alice\n",
        "123:bob;\r\n124:alice;",
        "123:bob 124:alice",
        " 123 : bob ,\t124 : @alice",
    ] {
        let numbers = parse(text);
        assert_eq!(numbers.len(), 2, "{text}");
        assert_eq!(user(&numbers, "123"), Some("bob"), "{text}");
        assert_eq!(user(&numbers, "124"), Some("alice"), "{text}");
        assert_eq!(user(&numbers, "125"), None);
    }
    assert!(parse("").is_empty());
    assert!(parse(" ,;\n").is_empty());
}

#[test]
fn numbers_match_in_every_form() {
    let numbers = parse("+49 30 1234567:bob, 0240404040:alice, desk-4:carol, 7:dave");
    for (number, expected) in [
        ("030 1234567", Some("bob")),
        ("0049301234567", Some("bob")),
        ("+33240404040", Some("alice")),
        ("desk-4", Some("carol")),
        ("7", Some("dave")),
        ("07", None),
        ("bob", None),
    ] {
        assert_eq!(user(&numbers, number), expected, "{number}");
    }
}

#[test]
fn mac_addresses_match_in_every_form() {
    let numbers = parse("0004f2abcdef:bob, 00:15:65:AA:bb:01:alice, 80-5e-c0-00-00-02:carol");
    for (mac, expected) in [
        ("0004F2ABCDEF", "bob"),
        ("00:04:f2:ab:cd:ef", "bob"),
        ("001565aabb01", "alice"),
        ("805e.c000.0002", "carol"),
    ] {
        assert_eq!(
            numbers.user_of_mac(mac).map(|u| &**u),
            Some(expected),
            "{mac}"
        );
        assert_eq!(user(&numbers, mac), Some(expected), "{mac}");
    }
    assert_eq!(numbers.user_of_mac("0004f2abcde"), None);
    assert_eq!(numbers.user_of_mac("0004f2abcdef0"), None);
}

#[test]
fn wrong_entries_are_named_and_the_others_work() {
    let (numbers, complaints) = NumbersUsers::parse("123:bob,foo,:x,124:,1:2:3,125:dave,123:eve");
    assert_eq!(
        complaints,
        [
            "entry 2 `foo` has no colon",
            "entry 3 has no number before its colon",
            "entry 4 `124` has no name behind its colon",
            "entry 5 `1:2` has more than one colon",
            "entry 7 `123` gives a number that is `bob`'s already; this later one holds",
        ]
    );
    assert_eq!(user(&numbers, "123"), Some("eve"));
    assert_eq!(user(&numbers, "125"), Some("dave"));
    assert_eq!(numbers.len(), 2);
}

#[test]
fn a_persons_own_numbers_are_known() {
    let numbers = parse("123:bob,+49301234567:bob,124:alice");
    let own = |user: &str, number: &str| {
        PhoneNumber::parse(number).is_some_and(|number| numbers.is_own(user, &number))
    };
    assert!(own("bob", "123"));
    assert!(own("bob", "0301234567"));
    assert!(!own("bob", "124"));
    assert!(!own("zoe", "123"));
}

#[test]
fn numbers_come_in_their_order_without_addresses() {
    let (numbers, _) = NumbersUsers::parse(
        "6002:bob, 0004f2abcdef:bob, 00:15:65:11:22:33:bob, desk-4:eve, 493012345678:bob, +49 30 1:Bob Miller, 6002:eve",
    );
    let list: Vec<(&str, &str)> = numbers.numbers().map(|(n, user)| (n, &**user)).collect();
    let expected = [
        ("6002", "eve"),
        ("desk-4", "eve"),
        ("493012345678", "bob"),
        ("+49 30 1", "Bob Miller"),
    ];
    assert_eq!(list, expected);
}

#[test]
fn too_much_is_cut_and_said() {
    let many: String = (0..=MAX_ENTRIES).map(|n| format!("{n}:u,")).collect();
    let (numbers, complaints) = NumbersUsers::parse(&many);
    assert_eq!(numbers.len(), MAX_ENTRIES);
    assert_eq!(
        complaints,
        ["entry 20001 `20000` is one more than the 20000 that are kept"]
    );

    let long = format!("1:a,{},2:b", "é".repeat(MAX_BYTES));
    let (numbers, complaints) = NumbersUsers::parse(&long);
    assert_eq!(numbers.len(), 1);
    assert_eq!(complaints.len(), 1);

    let (_, complaints) = NumbersUsers::parse(&"x,".repeat(MAX_COMPLAINTS + 80));
    assert_eq!(complaints.len(), MAX_COMPLAINTS + 1);
    assert_eq!(
        complaints[MAX_COMPLAINTS],
        "has 80 more entries that are wrong"
    );
}

proptest! {
    #[test]
    fn any_text_is_read_without_harm(text in "[0-9a-f:;, @\n+é-]{0,80}") {
        let (numbers, _) = NumbersUsers::parse(&text);
        prop_assert!(numbers.len() <= text.len());
        for entry in &numbers.0.entries {
            prop_assert_eq!(numbers.user(&entry.text), Some(&entry.user));
        }
    }
}

#[test]
fn what_was_written_by_hand_beside_a_pair_is_shown() {
    let (_, complaints) = NumbersUsers::parse("123:bob,nonsense");
    assert_eq!(complaints.len(), 1);
    assert!(
        complaints[0].starts_with("entry 2 `nonsense` has no colon"),
        "{complaints:?}"
    );
}

/// What each number is found as, and what is wrong.
fn table(text: &str) -> (Vec<String>, Vec<String>) {
    let (numbers, complaints) = NumbersUsers::parse(text);
    let entries = numbers.0.entries.iter();
    let entries = entries.map(|entry| format!("{} {}", entry.text, entry.user));
    (entries.collect(), complaints)
}

#[test]
fn a_person_may_have_several_numbers_and_blocks() {
    for (text, expected) in [
        (
            "6001|+49 30 1234567: bob",
            &["6001 bob", "+49 30 1234567 bob"][..],
        ),
        (
            "6001 | 6002:@bob, 7:eve",
            &["6001 bob", "6002 bob", "7 eve"],
        ),
        (
            "6100..6102: sales",
            &["6100 sales", "6101 sales", "6102 sales"],
        ),
        ("98..99|5:x", &["98 x", "99 x", "5 x"]),
        ("+49 30 12-098..-099:x", &["+493012098 x", "+493012099 x"]),
        (
            "6001|00:04:f2:ab:cd:ef:bob",
            &["6001 bob", "00:04:f2:ab:cd:ef bob"],
        ),
        (
            "# people\n\n6001:bob\n  # more\n6002:eve # no comment",
            &["6001 bob", "6002 eve # no comment"],
        ),
    ] {
        assert_eq!(table(text).0, expected, "{text}");
        assert_eq!(table(text).1, [""; 0], "{text}");
    }
}

#[test]
fn a_table_may_be_pasted() {
    let both = ["6001 bob", "6002 Miller, Eve"];
    for text in [
        "6001,bob\n6002,\"Miller, Eve\"",
        "bob,6001\n\"Miller, Eve\",6002\n",
        "6001;bob\r\n6002;Miller, Eve\r\n",
        "6001\tbob\n\n# nobody\n6002\tMiller, Eve",
        "\u{feff}number,name\n6001,bob\n6002,\"Miller, Eve\"",
        "Name;Durchwahl\nbob;6001\nMiller, Eve;6002",
        "\"Extension\",\"Password\",\"User name\",\"Name\"\n6001,s3cret,bob,Bob B\n\"6002\",,\"Miller, Eve\",",
        "who,extension\nbob,6001\n\"Miller, Eve\",6002",
        "6001:bob\n6002,\"Miller, Eve\"",
        "number,name\n6001:bob\n6002,\"Miller, Eve\"",
    ] {
        let (entries, complaints) = table(text);
        assert_eq!(complaints, [""; 0], "{text}");
        assert_eq!(entries, both, "{text}");
    }
    let (entries, complaints) =
        table("name,extension,mobile,mac\nbob,6001,,0004f2abcdef\neve,6002|6003,+49 170 1234567,");
    assert_eq!(complaints, [""; 0]);
    let expected = [
        "6001 bob",
        "0004f2abcdef bob",
        "6002 eve",
        "6003 eve",
        "+49 170 1234567 eve",
    ];
    assert_eq!(entries, expected);
    let (entries, _) = table("6001,\"Bob \"\"the phone\"\" B\"\n6002,\"a:b\"");
    assert_eq!(entries, ["6001 Bob \"the phone\" B", "6002 a:b"]);
}

#[test]
fn every_wrong_line_is_named_and_hides_no_other() {
    let text = "6001,bob\n\
        6002,\n\
        6003,\"Eve\n\
        6004,6005\n\
        6006,eve,sales\n\
        6010..6008:x\n\
        6020|:x\n\
        6030: \n\
        6001:eve\n\
        6040:zoe";
    let (entries, complaints) = table(text);
    assert_eq!(entries, ["6001 eve", "6020 x", "6040 zoe"]);
    assert_eq!(
        complaints,
        [
            "line 2 `6002` has no colon",
            "line 3 has a quote that is not closed",
            "line 4 has two numbers and no name",
            "line 5 has more than two cells, and no line above all others says what they are: `number,name`",
            "line 6 `6010..6008` has a block whose last number is lower than its first",
            "line 7 has nothing on one side of a `|`",
            "line 8 `6030` has no name behind its colon",
            "line 9 `6001` gives a number that is `bob`'s already; this later one holds",
        ]
    );
    let (_, complaints) = table("extension,name\n,bob\n6001,\n6002,eve");
    let expected = ["line 2 has no number", "line 3 `6001` has no name"];
    assert_eq!(complaints, expected);
}

#[test]
fn repeated_blocks_made_numbers_without_end() {
    for (text, place) in [
        ("6100..6999,b\n", "line 89 `6100..6999`"),
        ("6100..6999:b,", "entry 89 `6100..6999`"),
    ] {
        let (numbers, complaints) = NumbersUsers::parse(&text.repeat(80_000));
        assert_eq!(numbers.len(), 900);
        // 88 blocks of 900 are as many as fit into 80,000.
        let what = format!("{place} is a block too many: ");
        assert!(complaints[0].starts_with(&what), "{}", complaints[0]);
        let unnamed = 80_000 - 88 - (complaints.len() - 1);
        let what = format!("has {unnamed} more entries that are wrong");
        assert_eq!(complaints.last(), Some(&what));
    }
    // A block is taken but for what is wrong with it.
    let (entries, complaints) = table("6100:bob\n6100..6102:eve");
    assert_eq!(entries, ["6100 eve", "6101 eve", "6102 eve"]);
    assert_eq!(complaints.len(), 1);
}

#[test]
fn numbers_that_go_to_and_fro_were_looked_for_among_all() {
    let text = "10000..10999:a\n10000..10999:b\n10000:a";
    let (numbers, complaints) = NumbersUsers::parse(text);
    assert_eq!((numbers.len(), complaints.len()), (1000, 2));
    let own = |user: &str| numbers.0.by_user[user].iter().copied().collect::<Vec<_>>();
    assert_eq!(own("a"), [0]);
    assert_eq!(own("b"), (1..1000).collect::<Vec<_>>());
}

#[test]
fn passwords_of_a_pasted_table_were_told() {
    for (text, first) in [
        ("6001,s3cretSIP,bob,Bob B\n6002,hush:hush,eve,Eve", 1),
        ("extension,password,name\n,s3cretSIP,bob\n,hush,eve", 2),
        ("extension,password,name\nx:6001,s3cretSIP,bob", 2),
        ("extension;password;name\n6001;\"s3cretSIP;bob", 2),
        ("x,s3cretSIP,bob\nx s3cretSIP bob\nx s3:cret:SIP", 1),
        ("6001:s3cretSIP:bob\ns3cretSIP\nsecret=s3cretSIP", 1),
        ("6001,s3cretSIP,bob,Bob B", 1),
        ("s3cretSIP", 1),
    ] {
        let (_, complaints) = table(text);
        let wrong = text.lines().count() + 1 - first;
        let kind = if text.contains('\n') { "line" } else { "entry" };
        for place in first..first + wrong {
            let place = format!("{kind} {place} ");
            let named = complaints.iter().any(|what| what.starts_with(&place));
            assert!(named, "{text:?}: {complaints:?}");
        }
        for complaint in complaints {
            for secret in ["s3c", "SIP", "hush", "bob", "Bob", "eve", "Eve"] {
                assert!(!complaint.contains(secret), "{text:?}: {complaint}");
            }
        }
    }
    // What is entered alone is a word, and not a row of a table.
    assert_eq!(table("oops").1, ["entry 1 `oops` has no colon"]);
}

#[test]
fn passwords_of_a_table_with_two_columns_were_user_names() {
    let what =
        "heads a column of secrets, and not both numbers and names: the rows below it are not read";
    for heading in [
        "Extension;Password",
        "Extension;SIP-Secret",
        "PIN;Durchwahl",
        "Kennwort;Benutzer",
        "Login;PIN",
        "Poste;Mot de passe",
    ] {
        // A number and a word, so that either may be what the other is not.
        for row in ["6001;s3cretSIP", "s3cretSIP;6001", "6001;4711", "bob;4711"] {
            let (entries, complaints) = table(&format!("{heading}\n{row}\n6009:bob\n"));
            assert_eq!(entries, ["6009 bob"], "{heading} {row}");
            assert_eq!(complaints, [format!("line 1 {what}")], "{heading} {row}");
        }
        let (entries, complaints) = table(&format!("Phones;\n{heading}\n6001;s3cretSIP"));
        assert_eq!(entries, [""; 0], "{heading}");
        assert_eq!(complaints.len(), 2, "{complaints:?}");
        assert_eq!(complaints[1], format!("line 2 {what}"));
    }
    // Beside numbers and names such a column is nobody's.
    let (entries, complaints) = table("PIN;Extension;User\n4711;6001;bob");
    assert_eq!((entries, complaints), (vec!["6001 bob".to_owned()], vec![]));
}

#[test]
fn a_line_by_hand_below_a_heading_that_begins_with_names_was_refused() {
    let (entries, complaints) = table("Name;Durchwahl\nbob;6001\n6002:eve\n6003:zoe, 6004:joe");
    assert_eq!(complaints, [""; 0]);
    assert_eq!(entries, ["6001 bob", "6002 eve", "6003 zoe", "6004 joe"]);
}

#[test]
fn a_column_that_no_word_tells_of_holds_numbers_or_none() {
    let (entries, complaints) = table("Name;What\nbob;6001\neve;her desk\nzoe;6002|6003");
    assert_eq!(entries, ["6001 bob", "6002 zoe", "6003 zoe"]);
    assert_eq!(complaints, ["line 3 has no number"]);
}

#[test]
fn with_a_country_numbers_are_what_they_are_there() {
    let plan = Plan::of("DE").expect("a country");
    let (numbers, complaints) =
        NumbersUsers::read("030 1234567:bob\n+49 (30) 1234567:eve\n6001:zoe", plan);
    let what =
        "line 2 `+49 (30) 1234567` gives a number that is `bob`'s already; this later one holds";
    assert_eq!(complaints, [what]);
    assert_eq!(user(&numbers, "0049 30 1234567"), Some("eve"));
    assert_eq!(user(&numbers, "493012345 67"), Some("eve"));
    assert_eq!(user(&numbers, "030 1234567"), Some("bob"));
    assert_eq!(user(&numbers, "6001"), Some("zoe"));
    assert_eq!(user(&numbers, "06001"), None);
    assert_ne!(numbers, NumbersUsers::parse("").0);
}

#[test]
fn numbers_of_others_count_where_the_setting_says_nothing() {
    let numbers = parse("6001:bob");
    let more = numbers.and([
        ("6001", "eve"),
        ("6002", "eve"),
        ("6002", "zoe"),
        ("6003", "bob"),
    ]);
    for (number, expected) in [("6001", "bob"), ("6002", "eve"), ("6003", "bob")] {
        assert_eq!(user(&more, number), Some(expected), "{number}");
    }
    assert_eq!(user(&numbers, "6002"), None);
    assert!(more.is_own("bob", &PhoneNumber::parse("6003").expect("a number")));
    assert_eq!(numbers.and([]), numbers);
}

proptest! {
    #[test]
    fn any_table_is_read_without_harm(text in "([0-9a-f]{0,4}[;,:\t|\"#. \n-]{0,3}|number|name|6001..6100){0,12}") {
        let (numbers, complaints) = NumbersUsers::parse(&text);
        prop_assert!(numbers.len() <= text.len() * 100);
        prop_assert!(complaints.len() <= text.len());
        for entry in &numbers.0.entries {
            prop_assert_eq!(numbers.user(&entry.text), Some(&entry.user));
        }
    }
}
