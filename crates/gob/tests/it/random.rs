//! Random values, from a seed.

/// A small generator of random numbers (splitmix64): tests need no better, and it repeats from its seed.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    pub(crate) fn int(&mut self) -> i64 {
        match self.below(6) {
            0 => 0,
            1 => self.below(300) as i64 - 150,
            2 => i64::MIN,
            3 => i64::MAX,
            _ => {
                let shift = self.below(64);
                self.next().cast_signed() >> shift
            }
        }
    }

    pub(crate) fn float(&mut self) -> f64 {
        match self.below(5) {
            0 => 0.0,
            1 => self.below(100) as f64,
            2 => f64::INFINITY,
            3 => -(self.below(1 << 20) as f64) / 3.0,
            _ => self.below(1 << 50) as f64 * 1.5e-9,
        }
    }

    pub(crate) fn string(&mut self) -> String {
        const LETTERS: [char; 11] = ['a', 'Z', '0', ' ', '-', '/', 'ä', '€', '語', '🙂', '\n'];
        let len = self.below(4) * self.below(12);
        (0..len).map(|_| LETTERS[self.below(11) as usize]).collect()
    }
}

/// The seed of a test: `GOB_SEED`, or one from the clock. Printed, so that a failure can be repeated.
pub(crate) fn seed() -> u64 {
    let seed = std::env::var("GOB_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or_else(|| {
            std::time::SystemTime::now()
                .duration_since(std::time::UNIX_EPOCH)
                .map_or(1, |now| now.as_micros() as u64 >> 1)
        });
    println!("GOB_SEED={seed}");
    seed
}
