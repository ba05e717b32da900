//! UTF-8 that arrives in pieces.

/// The longest character, in bytes.
const MAX_CHARACTER_BYTES: usize = 4;

/// Checks a text piece by piece, and keeps no more than one unfinished character.
#[derive(Debug, Default)]
pub(crate) struct Utf8 {
    unfinished: [u8; MAX_CHARACTER_BYTES],
    length: u8,
}

impl Utf8 {
    /// Whether the text is UTF-8 as far as it goes; it may end within a character.
    #[must_use]
    pub(crate) fn goes_on(&mut self, mut piece: &[u8]) -> bool {
        while self.length > 0 {
            let Some((byte, rest)) = piece.split_first() else {
                return true;
            };
            piece = rest;
            // Never beyond the array: what is no character after four bytes is an error after as many.
            self.unfinished[usize::from(self.length)] = *byte;
            self.length += 1;
            match std::str::from_utf8(&self.unfinished[..usize::from(self.length)]) {
                Ok(_) => self.length = 0,
                Err(e) if e.error_len().is_some() => return false,
                Err(_) => {}
            }
        }
        let Err(e) = std::str::from_utf8(piece) else {
            return true;
        };
        let rest = &piece[e.valid_up_to()..];
        if e.error_len().is_some() {
            return false;
        }
        // What may yet become a character is shorter than one.
        self.unfinished[..rest.len()].copy_from_slice(rest);
        self.length = rest.len() as u8;
        true
    }

    /// Whether the text may end here. The next piece begins another one.
    #[must_use]
    pub(crate) fn ends(&mut self) -> bool {
        std::mem::take(&mut self.length) == 0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn is_utf8<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> bool {
        let mut utf8 = Utf8::default();
        pieces.into_iter().all(|piece| utf8.goes_on(piece)) && utf8.ends()
    }

    #[test]
    fn every_cut_gives_the_same_answer() {
        let texts: [&[u8]; 9] = [
            b"",
            "Grüße, 世界 🎉".as_bytes(),
            b"\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF",
            b"\xC0\xAF",
            b"\xED\xA0\x80",
            b"\xF4\x90\x80\x80",
            b"x\xE4\xB8",
            b"\x80",
            b"\xFF",
        ];
        for text in texts {
            let expected = std::str::from_utf8(text).is_ok();
            for a in 0..=text.len() {
                for b in a..=text.len() {
                    let pieces = [&text[..a], &text[a..b], &text[b..]];
                    assert_eq!(is_utf8(pieces), expected, "{text:x?} at {a} and {b}");
                }
            }
        }
    }

    #[test]
    fn an_error_shows_before_the_text_ends() {
        let mut utf8 = Utf8::default();
        assert!(utf8.goes_on(b"\xF4"));
        // Above the last character there is, whatever follows.
        assert!(!utf8.goes_on(b"\x90"));
    }

    proptest! {
        #[test]
        fn bytes_in_any_pieces_are_judged_as_the_standard_library_does(
            pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..5), 0..8),
        ) {
            let whole = pieces.concat();
            let expected = std::str::from_utf8(&whole).is_ok();
            prop_assert_eq!(is_utf8(pieces.iter().map(Vec::as_slice)), expected);
        }

        #[test]
        fn characters_in_any_pieces_are_taken(
            text in ".{0,40}",
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        ) {
            let bytes = text.as_bytes();
            let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            prop_assert!(is_utf8(cuts.windows(2).map(|cut| &bytes[cut[0]..cut[1]])));
        }
    }
}
