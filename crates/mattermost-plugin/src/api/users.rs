//! People.

use super::{
    api_calls,
    wire::{OneOf, Two},
};
use crate::{
    error::AppError,
    model::{Session, User, UserGetOptions},
};

api_calls! {
    //! # People
    //!
    //! ```
    //! # use mattermost_plugin::{Api, error::ApiError};
    //! use mattermost_plugin::model::UserGetOptions;
    //!
    //! # async fn example(api: &Api) -> Result<(), ApiError> {
    //! let alice = api.get_user_by_username("alice").await?;
    //!
    //! // Everybody, a page at a time.
    //! let mut options = UserGetOptions { per_page: 200, ..UserGetOptions::default() };
    //! loop {
    //!     let page = api.get_users(&options).await?;
    //!     if page.is_empty() {
    //!         break;
    //!     }
    //!     options.page += 1;
    //! }
    //! # Ok(())
    //! # }
    //! ```

    /// The person with this id.
    pub GetUser "5.2": get_user(user_id: &str) -> User, by OneOf<User>;

    /// The person with this mail address.
    pub GetUserByEmail "5.2": get_user_by_email(email: &str) -> User, by OneOf<User>;

    /// The person with this user name, without `@`.
    pub GetUserByUsername "5.2": get_user_by_username(username: &str) -> User, by OneOf<User>;

    /// A page of people, sorted by user name. While people come and go, pages shift: drop those
    /// that come twice, and ask for someone missing singly before taking them as gone.
    pub GetUsers "5.10": get_users(options: &UserGetOptions)
        -> Vec<User>, by Two<Vec<User>, Option<AppError>>;

    /// The people with these ids, in no order; ids that do not exist are left out.
    pub GetUsersByIds "9.8": get_users_by_ids(user_ids: &[impl Id])
        -> Vec<User>, by Two<Vec<User>, Option<AppError>>;

    /// The session with this id, as [`Context`](crate::Context) names it.
    pub GetSession "5.2": get_session(session_id: &str) -> Session, by OneOf<Session>;

    /// Gives the account a picture: PNG, JPEG or GIF.
    pub SetProfileImage "5.6": set_profile_image(user_id: &str, image: &[u8])
        -> (), by super::wire::Done;
}

/// A text that names something: `String`, `&str`, `Arc<str>` and the like.
pub trait Id: gob::Encode + AsRef<str> + Sync {}

impl<T: gob::Encode + AsRef<str> + Sync> Id for T {}
