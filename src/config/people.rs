//! What the admin chose for people on the phone.

/// How calls are posted in the channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PostStyle {
    /// An event a post, in the original plugin's words.
    #[default]
    Classic,
    /// A call a post, which changes as the call goes on.
    Card,
    /// Not at all.
    None,
}

impl PostStyle {
    pub(super) const WORDS: &[(&str, Self)] = &[
        ("classic", Self::Classic),
        ("card", Self::Card),
        ("none", Self::None),
    ];
}

/// Whether people may say which number is theirs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PhoneLinks {
    /// They may not.
    #[default]
    Off,
    /// After a call to that number, whose display shows a code.
    Call,
    /// After an admin approved it.
    Admin,
}

impl PhoneLinks {
    pub(super) const WORDS: &[(&str, Self)] = &[
        ("off", Self::Off),
        ("call", Self::Call),
        ("admin", Self::Admin),
    ];
}
