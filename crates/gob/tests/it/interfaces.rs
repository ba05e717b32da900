//! Interface values: chosen by name, sent under a name, dynamic.

use std::borrow::Cow;
use std::collections::BTreeMap;

use gob::{Decode, DecodeErrorKind, Decoder, Encode, EncodeError, Encoder, Gob, Interface, Value};

const NEW: &str = "*github.com/mattermost/mattermost/server/public/plugin.ErrorString";
const OLD: &str = "*github.com/mattermost/mattermost-server/v6/plugin.ErrorString";

#[derive(Debug, Clone, PartialEq, Gob)]
struct ErrorString {
    code: i64,
    err: String,
}

#[derive(Debug, PartialEq, Decode)]
enum AnyError {
    #[gob(nil)]
    None,
    ErrorString(ErrorString),
    #[gob(last = "AppError")]
    App(AppError),
    #[gob(name = "string")]
    Text(String),
    #[gob(other)]
    Other(Interface<Value>),
}

#[derive(Debug, Clone, PartialEq, Gob)]
struct AppError {
    message: String,
}

#[derive(Debug, PartialEq, Decode)]
enum Strict {
    #[gob(nil)]
    None,
    ErrorString(ErrorString),
}

#[derive(Debug, PartialEq, Gob)]
enum Both<'a> {
    #[gob(nil)]
    Nil,
    #[gob(name = "string")]
    Text(&'a str),
    #[gob(name = "int")]
    Number(i64),
}

#[derive(Debug, PartialEq, Gob)]
struct Returns<T> {
    a: T,
    b: i64,
}

fn encoded<T: Encode>(value: &T) -> Vec<u8> {
    let mut out = Vec::new();
    Encoder::new().encode(value, &mut out).expect("a value");
    out
}

fn through<T: Encode, U: for<'de> Decode<'de>>(value: &T) -> U {
    let bytes = encoded(value);
    let mut input = &bytes[..];
    let read = Decoder::new()
        .decode(&mut input)
        .expect("a value")
        .expect("whole");
    assert!(input.is_empty());
    read
}

fn error() -> ErrorString {
    ErrorString {
        code: 4,
        err: "no".into(),
    }
}

#[test]
fn a_variant_is_chosen_by_the_names_last_element() {
    for name in [NEW, OLD] {
        let sent = Returns {
            a: Some(Interface::new(name, error())),
            b: 1,
        };
        let read: Returns<AnyError> = through(&sent);
        assert_eq!(
            read,
            Returns {
                a: AnyError::ErrorString(error()),
                b: 1
            }
        );
        let read: Returns<Option<AnyError>> = through(&sent);
        assert_eq!(read.a, Some(AnyError::ErrorString(error())));
        let read: Returns<Option<Interface<ErrorString>>> = through(&sent);
        assert_eq!(read, sent);
    }
    let app = AppError {
        message: "m".into(),
    };
    let sent = Returns {
        a: Interface::new(
            "*github.com/mattermost/mattermost/server/public/model.AppError",
            app,
        ),
        b: 0,
    };
    assert_eq!(
        through::<_, Returns<AnyError>>(&sent).a,
        AnyError::App(AppError {
            message: "m".into()
        })
    );
    let sent = Returns {
        a: Interface::new("string", "s"),
        b: 0,
    };
    assert_eq!(
        through::<_, Returns<AnyError>>(&sent).a,
        AnyError::Text("s".into())
    );
}

#[test]
fn nil_is_nil() {
    let nil = Returns {
        a: None::<Interface<ErrorString>>,
        b: 1,
    };
    assert_eq!(through::<_, Returns<AnyError>>(&nil).a, AnyError::None);
    assert_eq!(through::<_, Returns<Option<AnyError>>>(&nil).a, None);
    assert_eq!(
        through::<_, Returns<Option<Interface<ErrorString>>>>(&nil),
        nil
    );
    assert_eq!(through::<_, Returns<Value>>(&nil).a, Value::Nil);
    // Among elements a nil has a place of its own.
    let list = vec![None, Some(Interface::new(NEW, error())), None];
    assert_eq!(
        through::<_, Vec<Option<Interface<ErrorString>>>>(&list),
        list
    );
    let read: Vec<Option<AnyError>> = through(&list);
    assert_eq!(read, [None, Some(AnyError::ErrorString(error())), None]);
    let read: Vec<AnyError> = through(&list);
    assert_eq!(
        read,
        [
            AnyError::None,
            AnyError::ErrorString(error()),
            AnyError::None
        ]
    );
}

#[test]
fn a_name_that_nobody_knows_is_kept_or_costs_one_value() {
    let sent = Returns {
        a: Interface::new("*pq.Error", error()),
        b: 1,
    };
    let read: Returns<AnyError> = through(&sent);
    let AnyError::Other(other) = read.a else {
        panic!("{read:?}")
    };
    assert_eq!(other.name, "*pq.Error");
    assert_eq!(other.value.get("Err").and_then(Value::as_str), Some("no"));

    let (mut bytes, mut encoder) = (Vec::new(), Encoder::new());
    encoder.encode(&sent, &mut bytes).expect("a value");
    encoder
        .encode(
            &Returns {
                a: Interface::new(NEW, error()),
                b: 2,
            },
            &mut bytes,
        )
        .expect("a value");
    let (mut decoder, mut input) = (Decoder::new(), &bytes[..]);
    let error = decoder
        .decode::<Returns<Strict>>(&mut input)
        .expect_err("unknown");
    assert_eq!(
        (error.kind(), error.path(), error.is_fatal()),
        (DecodeErrorKind::UnknownName, "A", false)
    );
    assert!(error.to_string().contains("*pq.Error"), "{error}");
    let read = decoder
        .decode::<Returns<Strict>>(&mut input)
        .expect("known")
        .expect("whole");
    assert_eq!(
        (matches!(read.a, Strict::ErrorString(_)), read.b),
        (true, 2)
    );
}

#[test]
fn an_enum_goes_both_ways() {
    let list = [Both::Text("x"), Both::Nil, Both::Number(-1), Both::Text("")];
    let sent: Vec<_> = list.into_iter().map(|a| Returns { a, b: 1 }).collect();
    let bytes = encoded(&sent);
    let read: Vec<Returns<Both<'_>>> = Decoder::new()
        .decode(&mut &bytes[..])
        .expect("a value")
        .expect("whole");
    assert_eq!(read, sent);
}

#[test]
fn values_need_no_name_where_go_has_one() {
    let arguments: Vec<Value> = vec![
        "key".into(),
        1i64.into(),
        2u32.into(),
        0.5.into(),
        true.into(),
        vec![1u8, 2].into(),
        Value::Nil,
    ];
    let names: Vec<_> = through::<_, Vec<Value>>(&arguments)
        .into_iter()
        .map(|value| match value {
            Value::Interface(interface) => interface.name.into_owned(),
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(
        names,
        ["string", "int", "uint", "float64", "bool", "[]uint8", "Nil"]
    );

    let map = Value::Map(vec![
        ("list".into(), Value::Slice(vec!["a".into()])),
        ("none".into(), Value::Nil),
    ]);
    let read: Value = through(&BTreeMap::from([("props", map)]));
    let props = read.get("props").expect("the entry");
    assert!(
        matches!(props, Value::Interface(interface) if interface.name == "map[string]interface {}")
    );
    let list = props.get("list").expect("the entry");
    assert!(
        matches!(list, Value::Interface(interface) if interface.name == "[]string"),
        "{list:?}"
    );
    assert_eq!(
        list.as_slice().map(|items| items[0].as_str()),
        Some(Some("a"))
    );
}

#[test]
fn what_go_could_not_name_is_refused() {
    let refused = |value: Value| {
        Encoder::new()
            .encode(&vec![value], &mut Vec::new())
            .expect_err("no name")
    };
    assert_eq!(
        refused(Value::from(gob::Struct {
            name: "T".into(),
            fields: vec![]
        })),
        EncodeError::Unnamed
    );
    assert_eq!(
        refused(Value::Array(vec![1i64.into()])),
        EncodeError::Unnamed
    );
    let interface =
        |name: &'static str, value| Value::Interface(Box::new(Interface::new(name, value)));
    assert_eq!(
        refused(interface("x", interface("int", 1i64.into()))),
        EncodeError::Nested
    );
    assert_eq!(refused(interface("x", Value::Nil)), EncodeError::Nested);
    let long = Interface {
        name: Cow::Owned("n".repeat(1025)),
        value: 1i64,
    };
    assert_eq!(
        Encoder::new().encode(&vec![long], &mut Vec::new()),
        Err(EncodeError::BadName)
    );
}

#[test]
fn structs_of_one_name_are_one_type() {
    let node = |fields: Vec<(&str, Value)>| {
        let fields = fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        Value::from(gob::Struct {
            name: "Node".into(),
            fields,
        })
    };
    let leaf = node(vec![("Weight", 7i64.into())]);
    let list = Value::Slice(vec![
        node(vec![("Name", "a".into()), ("Next", leaf)]),
        node(vec![]),
    ]);
    #[derive(Debug, PartialEq, Gob)]
    struct Node {
        name: String,
        next: Option<Box<Node>>,
        weight: i64,
    }
    let next = Some(Box::new(Node {
        name: String::new(),
        next: None,
        weight: 7,
    }));
    let read: Vec<Node> = through(&list);
    let empty = Node {
        name: String::new(),
        next: None,
        weight: 0,
    };
    assert_eq!(
        read,
        [
            Node {
                name: "a".into(),
                next,
                weight: 0
            },
            empty
        ]
    );
    // The second time only the value is sent, and a field more defines the type anew.
    let (mut encoder, mut out) = (Encoder::new(), Vec::new());
    encoder.encode(&list, &mut out).expect("a value");
    let first = out.len();
    encoder.encode(&list, &mut out).expect("a value");
    let second = out.len() - first;
    assert!(second < first / 2);
    encoder
        .encode(&node(vec![("Weight", 1i64.into())]), &mut out)
        .expect("a value");
    assert!(out.len() - first - second < 12);
    encoder
        .encode(
            &node(vec![("Added", 1i64.into()), ("Weight", 2i64.into())]),
            &mut out,
        )
        .expect("a value");
    let (mut decoder, mut input) = (Decoder::new(), &out[..]);
    for _ in 0..2 {
        assert_eq!(
            decoder
                .decode::<Vec<Node>>(&mut input)
                .expect("a value")
                .expect("whole")
                .len(),
            2
        );
    }
    for weight in [1, 2] {
        assert_eq!(
            decoder
                .decode::<Node>(&mut input)
                .expect("a value")
                .expect("whole")
                .weight,
            weight
        );
    }
}
