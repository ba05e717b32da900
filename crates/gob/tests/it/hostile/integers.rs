//! Ids, lengths and counts at their limits.

use std::collections::{BTreeMap, HashMap};

use gob::{DecodeErrorKind, MapEntries, Value};

use super::{Small, decode, fatal_for_all};
use crate::build::{
    INT, INTERFACE, STRING, define_array, define_map, define_slice, define_struct, int, message,
    text, uint, value,
};

#[test]
fn ids_at_the_limits_of_integers() {
    let limits = [
        i64::MIN,
        i64::MIN + 1,
        i64::from(i32::MIN) - 1,
        i64::from(i32::MIN),
        -63,
        -16,
        -1,
    ];
    for id in limits {
        let definition = message(&[int(id), vec![2, 2, 1, 4, 0, 0, 0]]);
        let bytes = [definition, value(INT, &[vec![0, 2]])].concat();
        assert_eq!(
            fatal_for_all(&bytes).kind(),
            DecodeErrorKind::Corrupt,
            "{id}"
        );
    }
    for id in [0, 9, 15, 16, 23, 63, 64, i64::from(i32::MAX), i64::MAX] {
        fatal_for_all(&value(id, &[vec![0, 2]]));
        fatal_for_all(&[define_slice(70, id), value(70, &[vec![0, 1, 2]])].concat());
        fatal_for_all(
            &[
                define_struct(70, "S", &[("A", id)]),
                value(70, &[vec![1, 2, 0]]),
            ]
            .concat(),
        );
    }
    // The last that Go could give.
    let last = i64::from(i32::MAX);
    let bytes = [define_slice(last, INT), value(last, &[vec![0, 1, 2]])].concat();
    assert_eq!(decode(&bytes), Ok(Some(vec![1i64])));
}

#[test]
fn lengths_at_the_limits_of_integers() {
    for len in [
        1 << 26 | 1,
        u64::from(u32::MAX),
        i64::MAX as u64,
        1 << 63,
        u64::MAX - 1,
        u64::MAX,
    ] {
        // The length alone is enough: nobody waits for eighteen exabytes.
        let error = decode::<Small>(&uint(len)).expect_err("too long");
        assert_eq!(
            (error.kind(), error.is_fatal()),
            (DecodeErrorKind::Limit, true),
            "{len}"
        );
        // A string, a byte slice, a name, a field's delta, a count.
        fatal_for_all(&value(STRING, &[vec![0], uint(len), vec![b'x'; 9]]));
        fatal_for_all(&value(5, &[vec![0], uint(len)]));
        fatal_for_all(
            &[
                define_struct(70, "S", &[("A", INT)]),
                value(70, &[uint(len), vec![2, 0]]),
            ]
            .concat(),
        );
        let name = message(&[int(-70), vec![3, 1, 1], uint(len), vec![b'n'; 9]]);
        fatal_for_all(&[name, value(70, &[])].concat());
        fatal_for_all(
            &[
                message(&[int(-70), vec![3, 2], uint(len), vec![1; 9]]),
                value(70, &[]),
            ]
            .concat(),
        );
        fatal_for_all(&value(INTERFACE, &[vec![0], uint(len)]));
        fatal_for_all(&value(
            INTERFACE,
            &[vec![0], text("int"), int(INT), uint(len), vec![0, 2]],
        ));
    }
    // Nine bytes for an integer cannot be; one byte for each count byte that announces so.
    for first in 0x80..=0xf7 {
        assert!(decode::<Small>(&[first]).is_err_and(|e| e.is_fatal()));
    }
    // No length at all.
    assert!(decode::<Small>(&[0]).is_err_and(|e| e.is_fatal()));
}

#[test]
fn negative_counts() {
    // Counts are unsigned; what would be negative in an int64 is just too many.
    for count in [1 << 63, u64::MAX, u64::MAX - 7] {
        let slice = [
            define_slice(64, INT),
            value(64, &[vec![0], uint(count), vec![2; 9]]),
        ]
        .concat();
        assert_eq!(fatal_for_all(&slice).kind(), DecodeErrorKind::Corrupt);
        let map = [
            define_map(64, STRING, INT),
            value(64, &[vec![0], uint(count), vec![0, 2]]),
        ]
        .concat();
        assert_eq!(fatal_for_all(&map).kind(), DecodeErrorKind::Corrupt);
        let array = [
            define_array(64, INT, 3),
            value(64, &[vec![0], uint(count), vec![2; 9]]),
        ]
        .concat();
        assert_eq!(fatal_for_all(&array).kind(), DecodeErrorKind::Corrupt);
    }
    for len in [-1, i64::MIN] {
        let bytes = [define_array(64, INT, len), value(64, &[vec![0, 0]])].concat();
        assert_eq!(fatal_for_all(&bytes).kind(), DecodeErrorKind::Corrupt);
    }
}

#[test]
fn counts_far_beyond_the_bytes() {
    for count in [100, 1 << 20, 1 << 40, 1 << 62] {
        let body = [vec![0], uint(count), vec![2; 20]];
        let slice = [define_slice(64, INT), value(64, &body)].concat();
        assert!(decode::<Vec<i64>>(&slice).is_err_and(|e| e.is_fatal()));
        assert_eq!(fatal_for_all(&slice).kind(), DecodeErrorKind::Corrupt);
        let map = [define_map(64, INT, INT), value(64, &body)].concat();
        assert!(decode::<HashMap<i64, i64>>(&map).is_err_and(|e| e.is_fatal()));
        assert!(decode::<BTreeMap<i64, i64>>(&map).is_err_and(|e| e.is_fatal()));
        assert!(decode::<MapEntries<i64, i64>>(&map).is_err_and(|e| e.is_fatal()));
        assert_eq!(fatal_for_all(&map).kind(), DecodeErrorKind::Corrupt);
        // Interfaces among the elements could go on in another message; there is none.
        let slice = [
            define_slice(64, INTERFACE),
            value(64, &[vec![0], uint(count), vec![0; 20]]),
        ]
        .concat();
        assert!(decode::<Vec<Value>>(&slice).is_err_and(|e| e.is_fatal()));
        assert_eq!(fatal_for_all(&slice).kind(), DecodeErrorKind::Corrupt);
        let array = [define_array(64, INT, count as i64), value(64, &body)].concat();
        assert_eq!(fatal_for_all(&array).kind(), DecodeErrorKind::Corrupt);
        assert!(decode::<[i64; 4]>(&array).is_err_and(|e| e.is_fatal()));
    }
}

#[test]
fn zero_size_elements_in_huge_numbers() {
    // []struct{} of 2^60 elements: each still takes a byte, and there are ten.
    for elem in [define_struct(65, "", &[]), define_array(65, INT, 0)] {
        let bytes = [
            define_slice(64, 65),
            elem,
            value(64, &[vec![0], uint(1 << 60), vec![0; 10]]),
        ]
        .concat();
        assert!(decode::<Vec<()>>(&bytes).is_err_and(|e| e.is_fatal()));
        assert!(decode::<Vec<[i64; 0]>>(&bytes).is_err_and(|e| e.is_fatal()));
        assert_eq!(fatal_for_all(&bytes).kind(), DecodeErrorKind::Corrupt);
    }
    let bytes = [
        define_slice(64, 65),
        define_struct(65, "", &[]),
        value(64, &[vec![0, 10], vec![0; 10]]),
    ]
    .concat();
    assert_eq!(decode(&bytes), Ok(Some(vec![(); 10])));
}
