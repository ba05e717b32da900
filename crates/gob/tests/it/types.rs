//! The catalogue of tests/go/gobpeer/types.go, in Rust.

use std::collections::BTreeMap;

use gob::{Complex64, Complex128, Gob, MapEntries, Owned, Time, Url, Value};
use serde_json::Value as Json;

use crate::canon::{BigInt, Bytes, Custom, Model};
use crate::random::Random;

fn go_name(field: &str) -> String {
    let mut name = String::new();
    for word in field.split('_') {
        name.push_str(&word[..1].to_uppercase());
        name.push_str(&word[1..]);
    }
    name
}

macro_rules! types {
    ($($(#[$meta:meta])* $name:ident { $($field:ident: $ty:ty,)* })*) => {$(
        #[derive(Debug, Clone, PartialEq, Gob)]
        $(#[$meta])*
        pub(crate) struct $name {
            $(pub(crate) $field: $ty,)*
        }

        impl Model for $name {
            fn canon(&self) -> Json {
                Json::Object([$((go_name(stringify!($field)), self.$field.canon())),*].into_iter().collect())
            }
            #[allow(unused_variables)]
            fn random(g: &mut Random, depth: i32) -> Self {
                Self { $($field: <$ty>::random(g, depth - 1),)* }
            }
        }
    )*};
}

types! {
    Basics {
        b: bool,
        i: isize,
        i8: i8,
        i16: i16,
        i32: i32,
        i64: i64,
        u: usize,
        u8: u8,
        u16: u16,
        u32: u32,
        u64: u64,
        up: usize,
        f32: f32,
        f64: f64,
        c64: Complex64,
        c128: Complex128,
        s: String,
        by: Bytes,
    }

    Inner {
        a: i64,
        b: String,
    }

    Containers {
        ints: Vec<i64>,
        strs: Vec<String>,
        floats: Vec<f64>,
        bools: Vec<bool>,
        arr: [i16; 3],
        byte_arr: [u8; 4],
        arrs: [[String; 2]; 2],
        nested: Vec<Vec<String>>,
        bytes: Vec<Bytes>,
        map: MapEntries<String, i64>,
        lists: MapEntries<i64, Vec<String>>,
        structs: Vec<Inner>,
        by_name: MapEntries<String, Inner>,
        ptrs: Vec<Option<Box<Inner>>>,
        empty: (),
        header: MapEntries<String, Vec<String>>,
        keys: MapEntries<[i8; 2], bool>,
    }

    Pointers {
        p: Option<i64>,
        pp: Option<Option<i64>>,
        s: Option<String>,
        one: Option<Inner>,
        two: Option<Box<Option<Inner>>>,
        sl: Option<Vec<i64>>,
        m: Option<MapEntries<String, i64>>,
        a: Option<[i64; 2]>,
        b: Option<bool>,
        by: Option<Bytes>,
    }

    Node {
        name: String,
        next: Option<Box<Node>>,
        kids: Vec<Node>,
        map: MapEntries<String, Option<Box<Node>>>,
    }

    Ping {
        n: i64,
        pongs: Vec<Pong>,
    }

    Pong {
        s: String,
        ping: Option<Box<Ping>>,
    }

    #[gob(type_name = "Texted")]
    Texted {
        inner: String,
    }

    Special {
        t: Time,
        pt: Option<Time>,
        u: Option<Owned<Url<'static>>>,
        c: Custom,
        pc: Option<Custom>,
        big: Option<BigInt>,
        x: Texted,
        ts: Vec<Time>,
        us: MapEntries<String, Option<Owned<Url<'static>>>>,
    }

    Holder {
        any: Value,
        list: Vec<Value>,
    }

    Iface {
        a: Value,
        l: Vec<Value>,
        m: BTreeMap<String, Value>,
        h: Holder,
        t: Vec<Inner>,
    }

    EvoOne {
        gone: MapEntries<String, Vec<Inner>>,
        id: i64,
        name: String,
        count: Option<u32>,
        tags: Vec<String>,
        sub: Inner,
        deep: Option<Box<Option<Inner>>>,
        also: Value,
        old: [Node; 2],
        score: f32,
        custom: Custom,
    }

    EvoTwo {
        new: Vec<Inner>,
        score: f64,
        tags: Option<Vec<String>>,
        name: Option<Option<String>>,
        deep: Inner,
        count: u64,
        sub: Option<InnerTwo>,
        id: Option<isize>,
        added: Time,
    }

    InnerTwo {
        z: bool,
        b: String,
        a: i64,
    }

    Empty {}
}
