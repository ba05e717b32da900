//! Statuses and custom statuses.

use go_plugin::rpc::Call;
use gob::Gob;

use super::{
    Api, Served,
    errors::{ErrorAlone, WithError},
    method,
    model::{CustomStatus, Status},
    people::{Text, TwoTexts},
};
use crate::world::AppError;

#[derive(Gob)]
struct Texts {
    a: Vec<String>,
}

#[derive(Gob)]
struct TimedArgs {
    a: String,
    b: i64,
}

#[derive(Gob)]
struct CustomStatusArgs {
    a: String,
    b: Option<CustomStatus>,
}

pub(super) fn call<'c, 'a>(api: &Api, call: Call<'c, 'a>) -> Served<'c, 'a> {
    match method(&call) {
        "GetUserStatus" => api.answer::<_, _, WithError<_>>(call, |api, args: Text| {
            api.world
                .status(&args.a)
                .map(|status| Some(Status::from(status)))
        }),
        "GetUserStatusesByIds" => api.answer::<_, _, WithError<_>>(call, |api, args: Texts| {
            Ok(api
                .world
                .statuses(&args.a)
                .into_iter()
                .map(Status::from)
                .collect::<Vec<_>>())
        }),
        "UpdateUserStatus" => api.answer::<_, _, WithError<_>>(call, |api, args: TwoTexts| {
            api.world
                .set_status(&args.a, &args.b)
                .map(|status| Some(Status::from(status)))
        }),
        "SetUserStatusTimedDND" => {
            api.answer::<_, _, WithError<_>>(call, |api, args: TimedArgs| {
                api.world
                    .set_timed_dnd(&args.a, args.b)
                    .map(|status| Some(Status::from(status)))
            });
        }
        "UpdateUserCustomStatus" => {
            api.answer::<_, _, ErrorAlone>(call, |api, args: CustomStatusArgs| {
                let status = args.b.ok_or_else(|| {
                    let id = "api.custom_status.set_custom_statuses.update.app_error";
                    AppError::new(
                        "SetCustomStatus",
                        id,
                        "Failed to update the custom status.",
                        400,
                    )
                })?;
                api.world.set_custom_status(&args.a, &status.into())
            });
        }
        "RemoveUserCustomStatus" => {
            api.answer::<_, _, ErrorAlone>(call, |api, args: Text| {
                api.world.remove_custom_status(&args.a)
            });
        }
        _ => return Err(call),
    }
    Ok(())
}
