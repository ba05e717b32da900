//! Names by which people are known, as they are compared.

/// A name as it is compared: in lower case, without the `@` that people write before it.
#[must_use]
pub(crate) fn fold(name: &str) -> String {
    let name = name.trim();
    name.strip_prefix('@').unwrap_or(name).to_lowercase()
}

/// Whether a [folded](fold) name can be a user name: Mattermost's have up to 64 of these characters.
#[must_use]
pub(crate) fn is_username(folded: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b);
    (1..=64).contains(&folded.len()) && folded.bytes().all(fits)
}
