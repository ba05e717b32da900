//! The one way in which a call of the API is written down.

/// Makes methods of [`Api`](super::Api) out of lines like
///
/// ```text
/// /// What it does.
/// GetUser "5.2": get_user(user_id: &str) -> User, by OneOf<User>;
/// ```
///
/// which are the server's name for it, the version that brought it, ours with its arguments, what
/// comes of it, and the form of the answer on the wire (see [`wire`](super::wire)). Arguments travel
/// in their order, as a struct with the fields A, B and so on; where `whole` ends the line, the one
/// argument is that struct itself.
///
/// What stands before the first of them as `//!` is what all of them have in common: the modules are
/// private, so it is shown above the methods on the page of `Api`.
macro_rules! api_calls {
    ($(#![$family:meta])* $(
        $(#[$doc:meta])*
        $vis:vis $wire:ident $since:literal:
        $name:ident($($argument:ident: $type:ty),* $(,)?) -> $value:ty, by $answer:ty $(, $whole:ident)?;
    )*) => {
        $(#[$family])*
        impl $crate::api::Api {
            $(
                $(#[$doc])*
                ///
                #[doc = concat!("Mattermost's `", stringify!($wire), "`, from ", $since, ".")]
                ///
                /// # Errors
                /// [`ApiError`](crate::error::ApiError): the server's refusal, or no answer.
                $vis async fn $name(&self, $($argument: $type),*) -> Result<$value, $crate::error::ApiError> {
                    self.call::<_, $answer>(
                        stringify!($wire),
                        concat!("Plugin.", stringify!($wire)),
                        $since,
                        &$crate::api::calls::arguments!($($whole)? $($argument),*),
                    )
                    .await
                }
            )*
        }
    };
}

/// The arguments of a call as the struct that travels.
macro_rules! arguments {
    () => {
        ()
    };
    (whole $a:ident) => {
        $a
    };
    ($a:ident) => {
        $crate::api::wire::One { a: $a }
    };
    ($a:ident, $b:ident) => {
        $crate::api::wire::Two { a: $a, b: $b }
    };
    ($a:ident, $b:ident, $c:ident) => {
        $crate::api::wire::Three {
            a: $a,
            b: $b,
            c: $c,
        }
    };
}

pub(super) use {api_calls, arguments};
