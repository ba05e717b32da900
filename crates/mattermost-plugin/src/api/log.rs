//! The server's log, through its API.

use gob::Interface;

use super::{Api, api_calls, wire::Nothing};
use crate::error::ApiError;

/// Names and values in turn, each a text in an interface.
type Fields<'a> = Vec<Interface<&'a str>>;

api_calls! {
    //! # The server's log
    //!
    //! `tracing::info!` and the others reach the same log without a call, through stderr ([`crate::log`]): use those. These are for
    //! what must stand in it with its fields apart on servers before 11.
    //!
    //! ```
    //! # use mattermost_plugin::{Api, error::ApiError};
    //! # async fn example(api: &Api) -> Result<(), ApiError> {
    //! api.log_warn("the phones are silent", &[("site", "Nantes"), ("since", "10:00")]).await?;
    //! # Ok(())
    //! # }
    //! ```

    /// As [`Api::log_debug`].
    LogDebug "5.2": write_debug(message: &str, fields: Fields<'_>) -> (), by Nothing;
    /// As [`Api::log_info`].
    LogInfo "5.2": write_info(message: &str, fields: Fields<'_>) -> (), by Nothing;
    /// As [`Api::log_warn`].
    LogWarn "5.2": write_warn(message: &str, fields: Fields<'_>) -> (), by Nothing;
    /// As [`Api::log_error`].
    LogError "5.2": write_error(message: &str, fields: Fields<'_>) -> (), by Nothing;
}

fn alternating<'a>(fields: &[(&'a str, &'a str)]) -> Fields<'a> {
    let texts = fields.iter().flat_map(|&(name, value)| [name, value]);
    texts.map(|text| Interface::new("string", text)).collect()
}

macro_rules! levels {
    ($($name:ident, $write:ident, $wire:literal;)*) => {
        impl Api {
            $(
                #[doc = concat!("Writes a line with these fields. Mattermost's `", $wire, "`, from 5.2.")]
                ///
                /// # Errors
                /// [`ApiError`]: no answer.
                pub async fn $name(&self, message: &str, fields: &[(&str, &str)]) -> Result<(), ApiError> {
                    self.$write(message, alternating(fields)).await
                }
            )*
        }
    };
}

levels! {
    log_debug, write_debug, "LogDebug";
    log_info, write_info, "LogInfo";
    log_warn, write_warn, "LogWarn";
    log_error, write_error, "LogError";
}
