//! The seeds, played without a fuzzer.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What a target calls with each input.
type Target = fn(&[u8]);

/// A target's name, its function, and the least number of seeds it has.
const TARGETS: [(&str, Target, usize); 7] = [
    ("ami", super::ami, 12),
    ("gob_decode", super::gob_decode, 61),
    ("numbers", super::numbers, 8),
    ("ovh", super::ovh, 8),
    ("phone_urls", super::phone_urls, 20),
    ("polycom", super::polycom, 8),
    ("yamux", super::yamux, 8),
];

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    entries
        .map(|entry| entry.expect("an entry").path())
        .collect()
}

fn stems(folder: &Path) -> BTreeSet<String> {
    let stem = |path: &PathBuf| path.file_stem().expect("a name").to_string_lossy().into();
    files(folder).iter().map(stem).collect()
}

#[test]
fn seeds_are_played() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    for (name, target, least) in TARGETS {
        let seeds = files(&fuzz.join("seeds").join(name));
        assert!(seeds.len() >= least, "{name} has {} seeds", seeds.len());
        for seed in seeds {
            let bytes = fs::read(&seed).expect("a seed");
            assert!(
                bytes.len() <= 4096,
                "{} is longer than what is fuzzed",
                seed.display()
            );
            // What does not hold panics; this tells with which seed.
            println!("{}", seed.display());
            target(&bytes);
        }
    }
    let names: BTreeSet<String> = TARGETS
        .iter()
        .map(|(name, ..)| (*name).to_owned())
        .collect();
    assert_eq!(stems(&fuzz.join("seeds")), names);
    assert_eq!(stems(&fuzz.join("fuzz_targets")), names);
}
